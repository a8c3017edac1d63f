/* How often a literal stands in honest text: what gates are chosen by. Read off the words that such text is full of
 * (common_words.inc); a word that is not among them is rare.
 *
 * A literal may begin and end inside of words unless white space must stand beside it, so every common word that it can
 * be a part of counts. Words of a phrase seldom stand together by chance, more often than chance would have it though:
 * they are what people say. */
#include "match/literals.h"
#include "match/match.h"

#define RARE 0.1                /* times in 64 KiB: of words that the list does not have, on the average; more of their parts */
#define BOUND 8.0               /* words of a phrase stand together so much more often than chance would have it */
#define WORDS 11000.0           /* in 64 KiB */
#define WITHIN 1.5              /* the mean of a class over its least */
#define LITERAL_MAX 80          /* bytes of a word that are looked at */

static const struct { double least; const char *words; } classes[] = {
#include "match/common_words.inc"
};

/* `text` with a space where a word must begin or end. */
static double times_of_word(const char *text)
{
    double times = RARE * (1 + (text[0] != ' ') + (text[strlen(text) - 1] != ' '));
    for (size_t c = 0; c < BAWN_COUNT(classes); c++)
        for (const char *at = classes[c].words; (at = strstr(at, text)) != NULL; at++)
            times += classes[c].least * WITHIN;
    return times;
}

double bawn_match_times(bawn_slice text, uint8_t flags)
{
    double times = 0;
    for (size_t from = 0; from < text.len;) {
        char word[LITERAL_MAX + 3] = "";
        size_t to = from, n = 0;
        while (to < text.len && text.ptr[to] != ' ')
            to++;
        if (from > 0 || (flags & BAWN_L_SPACE_BEFORE))
            word[n++] = ' ';
        for (size_t i = from; i < to && n < LITERAL_MAX; i++)
            word[n++] = bawn_lower(text.ptr[i]);
        if (to < text.len || (flags & BAWN_L_SPACE_AFTER))
            word[n++] = ' ';
        double one = times_of_word(word);
        times = from == 0 ? one : times * one * BOUND / WORDS;
        from = to + 1;
    }
    return times;
}

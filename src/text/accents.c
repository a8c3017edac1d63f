/* accents.c: is a sentence English around a word with accents?
 *
 * English has no accents but in borrowed words, so there "ignoré" is "ignore" in disguise, or a word that reads the same
 * without (café). In languages that have accents they are spelling and must stay: the French "j'ai ignoré" is another
 * word than "ignore". So what decides are the words on the same line: up to BEFORE words before; where fewer than
 * ENOUGH stand there, up to AFTER words behind as well. One of them has to be a common English word that is none in the languages
 * of Europe that have accents; accents of Latin-1 in it do not count, for the disguise may go on. */
#include "text/unit.h"

enum { BEFORE = 4, ENOUGH = 2, AFTER = 2, LONGEST = 10 };

/* Sorted. Left out: what is a word elsewhere too (all in Swedish stays: what is marked costs nothing there). */
static const char *const english[] = {
    "above", "all", "and", "any", "are", "been", "before", "could", "disregard", "everything", "follow", "forget", "from",
    "give", "has", "have", "hidden", "how", "its", "just", "knowledge", "must", "not", "now", "of", "only", "please", "previous",
    "prior", "reveal", "rules", "should", "show", "tell", "that", "the", "their", "these", "they", "this", "those",
    "what", "which", "with", "would", "you", "your",
};

/* Latin-1 letters from U+00C0 on, small, without accent. */
static char base_of(unsigned char last)
{
    static const char bases[] = "aaaaaa\0ceeeeiiii\0nooooo\0\0uuuuy\0\0aaaaaa\0ceeeeiiii\0nooooo\0\0uuuuy\0y";
    return last >= 0x80 && last < 0xC0 ? bases[last - 0x80] : 0;
}

static bool is_english(bawn_slice token)
{
    char word[LONGEST + 1] = { 0 };
    size_t n = 0;
    for (size_t i = 0; i < token.len; i++) {
        unsigned char c = (unsigned char)token.ptr[i];
        char is = bawn_is_alpha(c) ? bawn_lower((char)c) : 0;
        if (c == 0xC3 && i + 1 < token.len)
            is = base_of((unsigned char)token.ptr[++i]);
        else if (c >= 0x80)
            return false;
        if (!is && n == 0)
            continue;                                         /* a quote, a bracket */
        if (!is)
            break;
        if (n == LONGEST)
            return false;
        word[n++] = is;
    }
    for (size_t i = 0; n > 1 && i < BAWN_COUNT(english) && english[i][0] <= word[0]; i++)
        if (english[i][0] == word[0] && strcmp(english[i], word) == 0)
            return true;
    return false;
}

static bool is_gap(char c) { return c == ' ' || c == '\t'; }
static bool is_end(char c) { return c == '\n' || c == '\r'; }

/* Words of the line before; *n: how many were looked at. */
static bool english_before(size_t *n, bawn_slice raw)
{
    enum { FAR = 64 };
    size_t end = raw.len, stop = raw.len > FAR ? raw.len - FAR : 0;
    for (*n = 0; *n < BEFORE; ++*n) {
        while (end > stop && is_gap(raw.ptr[end - 1]))
            end--;
        size_t begin = end;
        while (begin > stop && !is_gap(raw.ptr[begin - 1]) && !is_end(raw.ptr[begin - 1]))
            begin--;
        if (begin == end)
            return false;
        if (is_english(bawn_slice_of(raw.ptr + begin, end - begin)))
            return true;
        end = begin;
    }
    return false;
}

/* 1: yes, 0: no, -1: not in sight yet. */
static int english_after(bawn_slice raw, bool final)
{
    enum { FAR = 40 };
    size_t at = 0, n = 0;
    while (n < AFTER && at < FAR) {
        while (at < raw.len && is_gap(raw.ptr[at]))
            at++;
        size_t begin = at;
        while (at < raw.len && at < FAR && !is_gap(raw.ptr[at]) && !is_end(raw.ptr[at]))
            at++;
        if (at == raw.len && at < FAR && !final)
            return -1;
        if (begin == at)
            return 0;
        if (is_english(bawn_slice_of(raw.ptr + begin, at - begin)))
            return 1;
        n++;
    }
    return 0;
}

int bawn_accents_in_english(bawn_slice before, bawn_slice after, bool final)
{
    size_t n;
    if (english_before(&n, before))
        return 1;
    return n >= ENOUGH ? 0 : english_after(after, final);
}

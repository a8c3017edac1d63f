/* script.h: the bytes of an input as a text and where it is cut. What is valid UTF-8 stands for itself. Bytes that never
 * stand in UTF-8 are instructions, so that a mutation of one byte can be a whole sentence that guards look for:
 *
 *   FF          cut here
 *   FE i j      the sample of a guard's pattern, of all rows of all guards
 *   FD i        a value, an attack, a placeholder, a word of the policy, prose (tests/property/dice.h)
 *   FC n        n * 16 bytes of prose, for what looks far
 *   FB k ... FB what stands between in a disguise: base64, percent, leet, letters apart, wide, hex
 *
 * Any other byte that is not valid is left out. */
#ifndef BAWN_FUZZ_SCRIPT_H
#define BAWN_FUZZ_SCRIPT_H

#include "../tests/property/dice.h"
#include "guard/guard.h"

#define SCRIPT_CUTS 4096
#define SCRIPT_MOST (16u << 10)     /* bytes of a text, about; farther than any guard looks */
#define SCRIPT_PIECES 500           /* of a text that is cut into equal ones */

typedef struct { bawn_buf text; size_t cuts[SCRIPT_CUTS], n_cuts; } script;

static inline const char *script_sample(size_t i)
{
    size_t n = 0;
    for (size_t g = 0; g < bawn_n_guards; g++)
        n += bawn_guards[g]->n_patterns;
    i %= n;
    for (size_t g = 0; g < bawn_n_guards; g++) {
        if (i < bawn_guards[g]->n_patterns)
            return bawn_guards[g]->patterns[i].hit;
        i -= bawn_guards[g]->n_patterns;
    }
    return NULL;
}

static inline const char *script_fragment(size_t i)
{
    static const struct { const char *const *items; size_t n; } lists[] = {
        { private_data, BAWN_COUNT(private_data) }, { keys, BAWN_COUNT(keys) }, { attacks, BAWN_COUNT(attacks) },
        { own_words, BAWN_COUNT(own_words) }, { dangers, BAWN_COUNT(dangers) }, { quotes, BAWN_COUNT(quotes) },
        { held, BAWN_COUNT(held) }, { numbers, BAWN_COUNT(numbers) }, { prose, BAWN_COUNT(prose) },
    };
    size_t l = 0;
    for (; i >= lists[l].n; l = (l + 1) % BAWN_COUNT(lists))
        i -= lists[l].n;
    return lists[l].items[i];
}

static inline void script_fill(bawn_buf *out, size_t n)
{
    static const char line[] = "and so it went on, ";
    for (size_t i = 0; i < n; i++)
        bawn_buf_byte(out, line[i % (sizeof line - 1)]);
}

static inline void script_disguise(bawn_buf *out, uint8_t how, bawn_slice text)
{
    switch (how % 6) {
    case 0: as_base64(out, text); break;
    case 1: as_percent(out, text); break;
    case 2: as_leet(out, text); break;
    case 3: with_between(out, text, how & 64 ? "\xE2\x80\x8B" : how & 32 ? "-" : " "); break;
    case 4: as_wide(out, text); break;
    default: as_hex(out, text); break;
    }
}

/* Obeys the instruction at in[*at], which is over if it is none; *at moves behind it. */
static inline void script_obey(script *s, const uint8_t *in, size_t n, size_t *at, size_t *disguised_from, uint8_t *how)
{
    uint8_t code = in[(*at)++];
    size_t left = n - *at;
    const char *words = NULL;

    if (code == 0xFF && s->n_cuts < SCRIPT_CUTS) {
        s->cuts[s->n_cuts++] = s->text.len;
    } else if (code == 0xFE && left >= 2) {
        words = script_sample((size_t)in[*at] << 8 | in[*at + 1]);
        *at += 2;
    } else if (code == 0xFD && left >= 1) {
        words = script_fragment(in[(*at)++]);
    } else if (code == 0xFC && left >= 1) {
        script_fill(&s->text, 16u * in[(*at)++]);
    } else if (code == 0xFB && *disguised_from != SIZE_MAX) {
        bawn_buf plain = { 0 };
        bawn_buf_add(&plain, bawn_slice_of(s->text.ptr + *disguised_from, s->text.len - *disguised_from));
        s->text.len = *disguised_from;
        while (s->n_cuts > 0 && s->cuts[s->n_cuts - 1] > s->text.len)
            s->n_cuts--;
        script_disguise(&s->text, *how, bawn_buf_slice(&plain));
        bawn_buf_free(&plain);
        *disguised_from = SIZE_MAX;
    } else if (code == 0xFB && left >= 1) {
        *how = in[(*at)++];
        *disguised_from = s->text.len;
    }
    if (words)
        bawn_buf_str(&s->text, words);
}

static inline void script_read(script *s, const uint8_t *in, size_t n)
{
    size_t from = SIZE_MAX;
    uint8_t how = 0;

    s->n_cuts = 0;
    bawn_buf_clear(&s->text);
    bawn_buf_reserve(&s->text, 1);              /* an empty text is somewhere, too */
    for (size_t at = 0; at < n && s->text.len < SCRIPT_MOST;) {
        size_t valid = bawn_utf8_valid_prefix(bawn_slice_of((const char *)in + at, n - at));
        bawn_buf_add(&s->text, bawn_slice_of((const char *)in + at, valid));
        at += valid;
        if (at < n)
            script_obey(s, in, n, &at, &from, &how);
    }
    s->text.len = bawn_utf8_valid_prefix(bawn_buf_slice(&s->text));
    while (s->n_cuts > 0 && s->cuts[s->n_cuts - 1] > s->text.len)
        s->n_cuts--;
}

/* The end of the piece that begins at `at`: the next cut, or `most` bytes on (0: any), at a character. */
static inline size_t script_piece_end(const script *s, size_t *next_cut, size_t at, size_t most)
{
    size_t end = s->text.len;
    if (most > 0 && most < end / SCRIPT_PIECES)
        most = end / SCRIPT_PIECES;
    while (*next_cut < s->n_cuts && s->cuts[*next_cut] <= at)
        ++*next_cut;
    if (*next_cut < s->n_cuts)
        end = s->cuts[*next_cut];
    if (most > 0 && end - at > most)
        end = at + most;
    while (end < s->text.len && !bawn_utf8_is_start((unsigned char)s->text.ptr[end]))
        end++;
    return end;
}

#endif

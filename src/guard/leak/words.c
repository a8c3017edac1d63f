/* Words of system texts and answers, hashed in one pass, forwards and backwards at once: with a polynomial hash both
 * directions cost one multiplication a character. */
#include "guard/leak/prompt.h"
#include "text/text.h"

#define FACTOR 0x01000193u      /* FNV's prime: odd, so that it mixes modulo 2^32 */

/* Lower case for the letters that have it by a fixed distance: Latin-1, Greek, Cyrillic; and the pairs of Latin
 * Extended-A. Others stay as they are. */
static uint32_t lower(uint32_t c)
{
    if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F))
        return c + 32;
    if (c >= 0x400 && c <= 0x40F)
        return c + 80;
    if (c >= 0x100 && c <= 0x137)
        return c | 1;
    return c;
}

/* 0: no part of a word; 1: of a word; 2: a word by itself. */
static int part(uint32_t c)
{
    if (c < 0x80)
        return bawn_is_alnum((unsigned char)c);
    if (c < 0xC0)
        return c == 0xAA || c == 0xB5 || c == 0xBA;
    if (c >= 0x2000 && c <= 0x2BFF)     /* punctuation, signs, arrows */
        return 0;
    if (!bawn_text_is_letter(c))
        return 0;
    return bawn_text_no_space_script(c) ? 2 : 1;
}

static inline void add(leak_word *w, uint32_t *power, uint32_t c)
{
    w->hash = w->hash * FACTOR + c;
    w->back += c * *power;
    *power *= FACTOR;
}

bool leak_word_next(leak_word *w, bool *open, size_t *at, bawn_slice text)
{
    uint32_t power = 1;
    bool any = false;

    *w = (leak_word){ 0 };
    *open = false;
    while (*at < text.len) {
        unsigned char b = (unsigned char)text.ptr[*at];
        size_t next = *at + 1;
        uint32_t c = b;
        int kind;
        if (b < 0x80) {
            kind = bawn_is_alnum(b);
            c = bawn_is_upper(b) ? b + 32u : b;
        } else {
            next = *at;
            c = lower(bawn_utf8_next(text, &next));
            kind = part(c);
        }
        if (any && kind != 1)
            break;
        if (kind != 0) {
            if (!any)
                w->begin = *at;
            any = true;
            add(w, &power, c);
        }
        *at = next;
        if (kind == 2) {
            w->single = true;
            break;
        }
    }
    w->end = *at;
    *open = any && !w->single && *at == text.len;
    return any;
}

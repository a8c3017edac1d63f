/* Words of system texts and answers. A word's code is made of chunks: up to eight ASCII letters or digits together, other
 * letters each alone. So a word of up to eight ASCII letters, nearly every one, is read with one load: bytes that are no
 * letter or digit are found eight at a time (SWAR, "Bit Twiddling Hacks"), and its letters backwards are the bytes swapped.
 */
#include "guard/leak/prompt.h"
#include "text/text.h"

#define ONES 0x0101010101010101u
#define TOPS 0x8080808080808080u

typedef struct { uint64_t hash, chunk; unsigned n; } code;

static inline uint64_t step(uint64_t hash, uint64_t chunk) { return ((hash << 23 | hash >> 41) ^ chunk) * 0x9E3779B97F4A7C15u; }
static inline uint32_t mix(uint64_t hash) { return (uint32_t)(hash >> 32); }

static inline void add(code *k, uint32_t c)
{
    if (c >= 0x80 && k->n > 0) {
        k->hash = step(k->hash, k->chunk);
        k->n = 0;
        k->chunk = 0;
    }
    if (c >= 0x80) {
        k->hash = step(k->hash, c | (uint64_t)1 << 40);
        return;
    }
    k->chunk |= (uint64_t)c << 8 * k->n;
    if (++k->n == 8) {
        k->hash = step(k->hash, k->chunk);
        k->n = 0;
        k->chunk = 0;
    }
}

static inline uint32_t end(const code *k) { return mix(k->n > 0 ? step(k->hash, k->chunk) : k->hash); }

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
    if (c < 0xC0)
        return c == 0xAA || c == 0xB5 || c == 0xBA;
    if (c >= 0x2000 && c <= 0x2BFF)     /* punctuation, signs, arrows */
        return 0;
    if (!bawn_text_is_letter(c))
        return 0;
    return bawn_text_no_space_script(c) ? 2 : 1;
}

/* Of ASCII, which is nearly all: the letter in lower case or the digit, 0 for what is neither. Bit 5 makes letters small
 * and leaves digits as they are. */
static inline uint32_t plain(unsigned char b)
{
    uint32_t c = b | 32u;
    return c - 'a' < 26u || (uint32_t)b - '0' < 10u ? c : 0;
}

/* One character that is not ASCII; *at moves behind it. */
static int other(uint32_t *c, size_t *at, bawn_slice text)
{
    *c = lower(bawn_utf8_next(text, at));
    return part(*c);
}

/* The begin of the first word at or after i; text.len when there is none. */
static size_t word_begin(bawn_slice text, size_t i)
{
    while (i < text.len) {
        unsigned char b = (unsigned char)text.ptr[i];
        size_t next = i + 1;
        uint32_t c;
        if (b < 0x80 ? plain(b) != 0 : (next = i, other(&c, &next, text) != 0))
            break;
        i = next;
    }
    return i;
}

/* How many letters and digits stand in a row in eight bytes (the first one lowest). */
static inline unsigned letters(uint64_t x)
{
    uint64_t low = x & ~TOPS, small = (x | 0x20 * ONES) & ~TOPS;
    uint64_t letter = (small + (0x80 - 'a') * ONES) & ~(small + (0x7F - 'z') * ONES);
    uint64_t digit = (low + (0x80 - '0') * ONES) & ~(low + (0x7F - '9') * ONES);
    uint64_t other = ~((letter | digit) & ~x) & TOPS;
    return other ? (unsigned)__builtin_ctzll(other) >> 3 : 8;
}

static inline uint64_t load(const char *at)
{
    uint64_t x;
    memcpy(&x, at, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

/* A word of one to seven ASCII letters whose end is in sight; 0: another one. */
static inline unsigned read_short(leak_word *w, bawn_slice text, size_t i, bool backwards)
{
    if (i + 8 > text.len)
        return 0;
    uint64_t x = load(text.ptr + i);
    unsigned n = letters(x);
    if (n == 0 || n == 8 || (unsigned char)text.ptr[i + n] >= 0x80)
        return 0;
    x = (x | 0x20 * ONES) & (((uint64_t)1 << 8 * n) - 1);
    w->hash = mix(step(0, x));
    w->back = backwards ? mix(step(0, __builtin_bswap64(x) >> (64 - 8 * n))) : 0;
    return n;
}

#define BACK_MOST 64    /* a longer word is not known backwards */

/* Any word, a character at a time; returns its end. */
static size_t read_long(leak_word *w, bawn_slice text, size_t i, bool backwards)
{
    uint32_t characters[BACK_MOST], c;
    code forth = { 0 }, back = { 0 };
    size_t n = 0;

    for (size_t next; i < text.len && !w->single; i = next, n++) {
        unsigned char b = (unsigned char)text.ptr[i];
        next = i + 1;
        if (b < 0x80) {
            if ((c = plain(b)) == 0)
                break;
        } else {
            next = i;
            int kind = other(&c, &next, text);
            if (kind == 0 || (kind == 2 && n > 0))
                break;
            w->single = kind == 2;
        }
        add(&forth, c);
        if (n < BACK_MOST)
            characters[n] = c;
    }
    w->hash = end(&forth);
    for (size_t k = n; backwards && n <= BACK_MOST && k > 0; k--)
        add(&back, characters[k - 1]);
    w->back = backwards ? end(&back) : 0;
    return i;
}

static inline bool read(leak_word *w, bool *open, size_t *at, bawn_slice text, bool backwards)
{
    size_t i = word_begin(text, *at);
    unsigned n = read_short(w, text, i, backwards);

    w->begin = i;
    w->single = false;
    i = n > 0 ? i + n : read_long(w, text, i, backwards);
    w->end = *at = i;
    *open = i > w->begin && !w->single && i == text.len;
    return i > w->begin;
}

bool leak_word_next(leak_word *w, bool *open, size_t *at, bawn_slice text) { return read(w, open, at, text, false); }
bool leak_word_both(leak_word *w, bool *open, size_t *at, bawn_slice text) { return read(w, open, at, text, true); }

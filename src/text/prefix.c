/* prefix.c: how much of a text, from where a word begins, is so ordinary that a reader who goes byte by byte need not look at
 * it. Blocks of 64 bytes become bit masks, one bit a byte, as in flags.c; without vectors nothing is ordinary, which is
 * slower and no less true. */
#include "text/tables.h"

enum { BLOCK = 64 };

#if defined(__x86_64__)
#include <immintrin.h>
typedef __m128i vec;
static inline vec load(const char *p) { return _mm_loadu_si128((const __m128i *)(const void *)p); }
static inline vec is(vec v, char c) { return _mm_cmpeq_epi8(v, _mm_set1_epi8(c)); }
static inline vec between(vec v, char a, char b)        /* of ASCII: bytes beyond are negative, so below every bound */
{
    return _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8((char)(a - 1))), _mm_cmpgt_epi8(_mm_set1_epi8((char)(b + 1)), v));
}
static inline vec either(vec a, vec b) { return _mm_or_si128(a, b); }
static inline vec small(vec v) { return _mm_or_si128(v, _mm_set1_epi8(0x20)); }
static inline uint64_t bits(vec v) { return (uint64_t)(uint32_t)_mm_movemask_epi8(v); }
#define VECTORS 1
#elif defined(__aarch64__)
#include <arm_neon.h>
typedef uint8x16_t vec;
static inline vec load(const char *p) { return vld1q_u8((const uint8_t *)p); }
static inline vec is(vec v, char c) { return vceqq_u8(v, vdupq_n_u8((uint8_t)c)); }
static inline vec between(vec v, char a, char b)
{
    return vandq_u8(vcgeq_u8(v, vdupq_n_u8((uint8_t)a)), vcleq_u8(v, vdupq_n_u8((uint8_t)b)));
}
static inline vec either(vec a, vec b) { return vorrq_u8(a, b); }
static inline vec small(vec v) { return vorrq_u8(v, vdupq_n_u8(0x20)); }
static inline uint64_t bits(vec v)
{
    const uint8x16_t place = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
    uint8x16_t top = vandq_u8(vreinterpretq_u8_s8(vshrq_n_s8(vreinterpretq_s8_u8(v), 7)), place);
    return (uint64_t)vaddv_u8(vget_low_u8(top)) | (uint64_t)vaddv_u8(vget_high_u8(top)) << 8;
}
#define VECTORS 1
#else
#define VECTORS 0
#endif

#if VECTORS
/* Of the bits below the lowest one of `bad`: behind the last of `ends`; 0 when there is none. */
static size_t behind_last(uint64_t ends, uint64_t bad)
{
    uint64_t last = ends & (~bad & (bad - 1));
    return last ? BLOCK - (size_t)__builtin_clzll(last) : 0;
}

/* Ends where a word begins, so that no white space is parted, and before three spaces in a row. */
size_t bawn_text_plain_prefix(const char *text, size_t len)
{
    uint64_t letter = 0, space = 0, stop = 0;
    if (len < BLOCK || !bawn_is_alpha((unsigned char)text[0]))
        return 0;
    for (unsigned k = 0; k < BLOCK; k += sizeof(vec)) {
        vec v = load(text + k);
        letter |= bits(between(small(v), 'a', 'z')) << k;
        space |= bits(either(is(v, ' '), is(v, '\n'))) << k;
        stop |= bits(either(is(v, '.'), is(v, ','))) << k;
    }
    uint64_t alone = letter & ~(letter << 1) & ~(letter >> 1), wide = space & (space >> 1) & (space >> 2);
    uint64_t good = (letter | space | (stop & (letter << 1) & (space >> 1))) & ~alone & ~wide;
    return behind_last(space & (letter >> 1), ~good);
}

/* Letters and digits alone, with the next one alone, too, and at most nine characters away; what stands behind the block may be one. */
static uint64_t singles(uint64_t alnum)
{
    enum { FARTHEST = 9 };
    uint64_t alone = alnum & ~(alnum << 1) & ~(alnum >> 1), none = ~alnum, free = none >> 1 | (uint64_t)1 << (BLOCK - 1), two = 0;
    if (!(alone & (alone - 1)) && !(alone >> (BLOCK - FARTHEST)))
        return 0;
    for (unsigned far = 2; far <= FARTHEST; far++) {
        uint64_t behind = UINT64_MAX << (BLOCK - far);
        two |= free & (alone >> far | behind);
        free &= none >> far | behind;
    }
    return alone & two;
}

/* What begins an encoded run (decode_find.c, decode_rows.c): a digit, an escape, a character of tags; a capital inside a
 * word; sixteen characters of base64 in a row; two pairs of hexadecimal letters, each alone, one character apart; two single
 * letters or digits, at most nine characters apart with neither between. */
size_t bawn_text_codeless_prefix(size_t *doubt, const char *text, size_t len)
{
    uint64_t letter = 0, upper = 0, hex = 0, code = 0, odd = 0, gap = 0, number = 0;
    *doubt = 0;
    if (len < BLOCK)
        return 0;
    for (unsigned k = 0; k < BLOCK; k += sizeof(vec)) {
        vec v = load(text + k), low = small(v), is_letter = between(low, 'a', 'z'), digit = between(v, '0', '9');
        vec sign = either(either(is(v, '+'), is(v, '/')), either(is(v, '-'), is(v, '_')));
        vec escape = either(either(is(v, '%'), is(v, '&')), is(v, '\\')), tag = either(is(v, (char)0xF3), is(v, (char)0xEF));
        letter |= bits(is_letter) << k;
        number |= bits(digit) << k;
        upper |= bits(between(v, 'A', 'Z')) << k;
        hex |= bits(between(low, 'a', 'f')) << k;
        code |= bits(either(is_letter, sign)) << k;
        odd |= bits(either(either(digit, escape), tag)) << k;
        gap |= (bits(either(either(is(v, ' '), is(v, '\n')), either(is(v, '\t'), is(v, '\r')))) | bits(v)) << k;
    }
    uint64_t run2 = code & (code >> 1), run4 = run2 & (run2 >> 2), run8 = run4 & (run4 >> 4), run16 = run8 & (run8 >> 8);
    uint64_t pair = hex & (hex >> 1) & ~(letter << 1) & ~(letter >> 2);
    uint64_t next = (pair >> 3) | (UINT64_MAX << (BLOCK - 3));           /* what stands behind the block may be one */
    uint64_t bad = odd | (upper & (code << 1)) | run16 | (pair & next) | singles(letter | number);
    *doubt = bad ? (size_t)__builtin_ctzll(bad) : BLOCK;
    return behind_last(gap, bad);
}
#else
size_t bawn_text_plain_prefix(const char *text, size_t len) { return len * 0 * (text != NULL); }
size_t bawn_text_codeless_prefix(size_t *doubt, const char *text, size_t len)
{
    *doubt = len;
    return len * 0 * (text != NULL);
}
#endif

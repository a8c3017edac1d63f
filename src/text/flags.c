/* flags.c: one pass over the bytes that says which views could differ from the raw text (RULINGS R6).
 *
 * Each block of 64 bytes becomes a few bit masks, one bit a byte (letter, digit or letter, base64 character, ...);
 * the patterns are then shifts and ANDs of those masks, with the last block's masks shifted in from below. Only the
 * masks depend on the instruction set. The scalar oracle reads the same definitions byte by byte.
 *
 * What counts (A: ASCII letter or digit, L: letter, H: hex digit, S: digit or one of @ $ ! | +, N: not A):
 *   LEET    L S L, or L S S L
 *   SPACED  A three times, each alone between N, with exactly one N between them
 *   RUN     16 base64 or base64url characters in a row; or 8 pairs H H with one N between; or "0x"
 * Outside of the text stands N. */
#include "text/tables.h"

typedef struct { uint64_t letter, sign, alnum, code, hex, other, high, escape, control; } masks; /* other: the x of 0x */

/* x moved k bits up, with the bits of the block before coming in. */
#define UP(x, before, k) (((x) << (k)) | ((before) >> (64 - (k))))

/* Of the block before; and what was found so far, wherever. */
typedef struct { masks last; uint64_t leet, spaced, run, high, escape, control, run2, run4, run8, alone, pair, pair2, pair4; } history;

static inline __attribute__((always_inline)) void patterns(history *h, const masks *m)
{
    const masks *b = &h->last;
    uint64_t none = ~m->alnum, none_before = ~b->alnum, sign1 = UP(m->sign, b->sign, 1);

    uint64_t l_s = UP(m->letter, b->letter, 2) & sign1;
    uint64_t l_s_s = UP(m->letter, b->letter, 3) & UP(m->sign, b->sign, 2) & sign1;
    h->leet |= (l_s | l_s_s) & m->letter;

    uint64_t alone = UP(none, none_before, 2) & UP(m->alnum, b->alnum, 1) & none;
    h->spaced |= alone & UP(alone, h->alone, 2) & UP(alone, h->alone, 4);

    uint64_t run2 = m->code & UP(m->code, b->code, 1), run4 = run2 & UP(run2, h->run2, 2);
    uint64_t run8 = run4 & UP(run4, h->run4, 4), run16 = run8 & UP(run8, h->run8, 8);
    uint64_t pair = UP(none, none_before, 3) & UP(m->hex, b->hex, 2) & UP(m->hex, b->hex, 1) & none;
    uint64_t pair2 = pair & UP(pair, h->pair, 3), pair4 = pair2 & UP(pair2, h->pair2, 6);
    h->run |= run16 | (pair4 & UP(pair4, h->pair4, 12)) | (m->other & sign1);

    h->high |= m->high;
    h->escape |= m->escape;
    h->control |= m->control;
    h->last = *m;
    h->run2 = run2;
    h->run4 = run4;
    h->run8 = run8;
    h->alone = alone;
    h->pair = pair;
    h->pair2 = pair2;
    h->pair4 = pair4;
}

static uint32_t found(const history *h)
{
    return (h->high ? BAWN_TEXT_NON_ASCII : 0u) | (h->leet ? BAWN_TEXT_LEET : 0u) | (h->spaced ? BAWN_TEXT_SPACED : 0u) |
           (h->run ? BAWN_TEXT_RUN : 0u) | (h->escape ? BAWN_TEXT_ESCAPE : 0u) | (h->control ? BAWN_TEXT_CONTROL : 0u);
}

/* The loop, for any way to make masks; the last block is filled up with spaces (there is always one). */
#define FLAGS(name, attribute, classify)                                                                               \
    attribute static uint32_t name(bawn_slice text)                                                                    \
    {                                                                                                                  \
        history h = { 0 };                                                                                             \
        masks m;                                                                                                       \
        uint8_t tail[64];                                                                                              \
        size_t at = 0;                                                                                                 \
        for (; at + 64 <= text.len; at += 64) {                                                                        \
            classify(&m, (const uint8_t *)text.ptr + at);                                                              \
            patterns(&h, &m);                                                                                          \
        }                                                                                                              \
        memset(tail, ' ', sizeof tail);                                                                                \
        if (text.len > at)                                                                                             \
            memcpy(tail, text.ptr + at, text.len - at);                                                                \
        classify(&m, tail);                                                                                            \
        patterns(&h, &m);                                                                                              \
        return found(&h);                                                                                              \
    }

static bool one_of(uint8_t c, const char *set) { return c && strchr(set, c) != NULL; }

/* ---- the oracle ------------------------------------------------------------------------------------------ */
static int at_or(bawn_slice t, size_t i, size_t back, int outside)
{
    return i < back || i - back >= t.len ? outside : (uint8_t)t.ptr[i - back];
}
static bool a(int c) { return bawn_is_alnum((unsigned char)c); }
static bool l(int c) { return bawn_is_alpha((unsigned char)c); }
static bool s(int c) { return bawn_is_digit((unsigned char)c) || one_of((uint8_t)c, "@$!|+"); }
static bool hex(int c) { return bawn_is_digit((unsigned char)c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }

static bool alone_at(bawn_slice t, size_t i)                  /* t[i - 1] is A between two N */
{
    return !a(at_or(t, i, 2, ' ')) && a(at_or(t, i, 1, ' ')) && !a(at_or(t, i, 0, ' '));
}
static bool pair_at(bawn_slice t, size_t i)
{
    return !a(at_or(t, i, 3, ' ')) && hex(at_or(t, i, 2, ' ')) && hex(at_or(t, i, 1, ' ')) && !a(at_or(t, i, 0, ' '));
}

uint32_t bawn_text_flags_scalar(bawn_slice text)
{
    uint32_t set = 0;
    size_t run = 0;

    for (size_t i = 0; i <= text.len; i++) {
        int c = at_or(text, i, 0, ' '), c1 = at_or(text, i, 1, ' '), c2 = at_or(text, i, 2, ' ');
        if (c >= 0x80)
            set |= BAWN_TEXT_NON_ASCII;
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
            set |= BAWN_TEXT_CONTROL;
        if (one_of((uint8_t)c, "&%\\"))
            set |= BAWN_TEXT_ESCAPE;
        if (l(c) && s(c1) && (l(c2) || (s(c2) && l(at_or(text, i, 3, ' ')))))
            set |= BAWN_TEXT_LEET;
        if (alone_at(text, i) && i >= 5 && alone_at(text, i - 2) && alone_at(text, i - 4))
            set |= BAWN_TEXT_SPACED;
        run = a(c) || one_of((uint8_t)c, "+/-_") ? run + 1 : 0;
        if (run >= 16 || ((c | 0x20) == 'x' && s(c1)))
            set |= BAWN_TEXT_RUN;
        size_t pairs = 0;
        while (pairs < 8 && i >= pairs * 3 + 2 && pair_at(text, i - pairs * 3))
            pairs++;
        if (pairs == 8)
            set |= BAWN_TEXT_RUN;
    }
    return set;
}

/* letter, space and stop: bit masks of 64 bytes. */
static size_t plain_bytes(uint64_t letter, uint64_t space, uint64_t stop)
{
    uint64_t alone = letter & ~(letter << 1) & ~(letter >> 1);
    uint64_t good = (letter | space | (stop & (letter << 1) & (space >> 1))) & ~alone;
    uint64_t before_bad = ~good & (good + 1);                  /* the lowest bit that is not good */
    uint64_t spaces = space & (before_bad - 1);
    return spaces ? 64 - (size_t)__builtin_clzll(spaces) : 0;
}

/* ---- the masks, by instruction set ------------------------------------------------------------------------ */
/* EQ, GE (signed), OR ... are the set's own; a byte >= 0x80 is negative, so it is below every bound. */
#define CLASSIFY_BLOCK(V, EQ, GT, OR, AND, SET, BITS, m, v, shift)                                                      \
    do {                                                                                                               \
        V low_ = OR(v, SET(0x20));                                                                                     \
        V digit_ = AND(GT(v, SET('0' - 1)), GT(SET('9' + 1), v));                                                      \
        V letter_ = AND(GT(low_, SET('a' - 1)), GT(SET('z' + 1), low_));                                               \
        V plus_ = EQ(v, SET('+'));                                                                                     \
        V sign_ = OR(OR(OR(EQ(v, SET('@')), EQ(v, SET('$'))), OR(EQ(v, SET('!')), EQ(v, SET('|')))), plus_);           \
        V code_ = OR(OR(EQ(v, SET('/')), plus_), OR(EQ(v, SET('-')), EQ(v, SET('_'))));                                \
        V escape_ = OR(OR(EQ(v, SET('&')), EQ(v, SET('%'))), EQ(v, SET('\\')));                                        \
        V white_ = OR(OR(EQ(v, SET('\t')), EQ(v, SET('\n'))), EQ(v, SET('\r')));                                       \
        V hex_ = OR(digit_, AND(letter_, GT(SET('g'), low_)));                                                         \
        uint64_t d_ = BITS(digit_), l_ = BITS(letter_), below_ = BITS(GT(SET(0x20), v)), high_ = BITS(v);             \
        (m)->letter |= l_ << (shift);                                                                                  \
        (m)->alnum |= (l_ | d_) << (shift);                                                                            \
        (m)->sign |= (d_ | BITS(sign_)) << (shift);                                                                    \
        (m)->code |= (l_ | d_ | BITS(code_)) << (shift);                                                               \
        (m)->hex |= BITS(hex_) << (shift);                                                                             \
        (m)->other |= BITS(EQ(low_, SET('x'))) << (shift);                                                             \
        (m)->high |= high_;                                                                                            \
        (m)->escape |= BITS(escape_);                                                                                  \
        (m)->control |= ((below_ & ~high_ & ~BITS(white_)) | BITS(EQ(v, SET(0x7F)))) << (shift);                       \
    } while (0)

#if defined(__x86_64__)
#include <immintrin.h>

#define BITS128(v) ((uint64_t)(uint32_t)_mm_movemask_epi8(v))
static inline __attribute__((always_inline)) void classify_sse2(masks *m, const uint8_t *p)
{
    *m = (masks){ 0 };
    for (unsigned k = 0; k < 64; k += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + k));
        CLASSIFY_BLOCK(__m128i, _mm_cmpeq_epi8, _mm_cmpgt_epi8, _mm_or_si128, _mm_and_si128, _mm_set1_epi8, BITS128, m, v, k);
    }
}

#define AVX2 __attribute__((target("avx2")))
#define BITS256(v) ((uint64_t)(uint32_t)_mm256_movemask_epi8(v))
AVX2 static inline __attribute__((always_inline)) void classify_avx2(masks *m, const uint8_t *p)
{
    *m = (masks){ 0 };
    for (unsigned k = 0; k < 64; k += 32) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + k));
        CLASSIFY_BLOCK(__m256i, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_or_si256, _mm256_and_si256, _mm256_set1_epi8,
                       BITS256, m, v, k);
    }
}

FLAGS(flags_sse2, , classify_sse2)
FLAGS(flags_avx2, AVX2, classify_avx2)

uint32_t bawn_text_flags(bawn_slice text)
{
    return __builtin_cpu_supports("avx2") ? flags_avx2(text) : flags_sse2(text);
}

/* 64 bytes by SSE2: on short texts and in tails nothing is gained, the caller goes word by word. */
size_t bawn_text_plain_prefix(const char *text, size_t len)
{
    uint64_t letter = 0, space = 0, stop = 0;
    if (len < 64 || !bawn_is_alpha((unsigned char)text[0]))
        return 0;
    for (unsigned k = 0; k < 64; k += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(text + k)), low = _mm_or_si128(v, _mm_set1_epi8(0x20));
        __m128i is = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)), _mm_cmpgt_epi8(_mm_set1_epi8('z' + 1), low));
        __m128i gap = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
        __m128i end = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('.')), _mm_cmpeq_epi8(v, _mm_set1_epi8(',')));
        letter |= BITS128(is) << k;
        space |= BITS128(gap) << k;
        stop |= BITS128(end) << k;
    }
    return plain_bytes(letter, space, stop);
}

#elif defined(__aarch64__)
#include <arm_neon.h>

static inline uint64_t bits_neon(uint8x16_t v)
{
    const uint8x16_t place = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
    uint8x16_t top = vandq_u8(vreinterpretq_u8_s8(vshrq_n_s8(vreinterpretq_s8_u8(v), 7)), place);
    return (uint64_t)vaddv_u8(vget_low_u8(top)) | (uint64_t)vaddv_u8(vget_high_u8(top)) << 8;
}
#define GT_NEON(x, y) vcgtq_s8(vreinterpretq_s8_u8(x), vreinterpretq_s8_u8(y))
#define SET_NEON(c) vdupq_n_u8((uint8_t)(c))
static inline __attribute__((always_inline)) void classify_neon(masks *m, const uint8_t *p)
{
    *m = (masks){ 0 };
    for (unsigned k = 0; k < 64; k += 16) {
        uint8x16_t v = vld1q_u8(p + k);
        CLASSIFY_BLOCK(uint8x16_t, vceqq_u8, GT_NEON, vorrq_u8, vandq_u8, SET_NEON, bits_neon, m, v, k);
    }
}
FLAGS(flags_neon, , classify_neon)
uint32_t bawn_text_flags(bawn_slice text) { return flags_neon(text); }

size_t bawn_text_plain_prefix(const char *text, size_t len)
{
    uint64_t letter = 0, space = 0, stop = 0;
    if (len < 64 || !bawn_is_alpha((unsigned char)text[0]))
        return 0;
    for (unsigned k = 0; k < 64; k += 16) {
        uint8x16_t v = vld1q_u8((const uint8_t *)text + k), low = vorrq_u8(v, SET_NEON(0x20));
        letter |= bits_neon(vandq_u8(GT_NEON(low, SET_NEON('a' - 1)), GT_NEON(SET_NEON('z' + 1), low))) << k;
        space |= bits_neon(vorrq_u8(vceqq_u8(v, SET_NEON(' ')), vceqq_u8(v, SET_NEON('\n')))) << k;
        stop |= bits_neon(vorrq_u8(vceqq_u8(v, SET_NEON('.')), vceqq_u8(v, SET_NEON(',')))) << k;
    }
    return plain_bytes(letter, space, stop);
}


#else
uint32_t bawn_text_flags(bawn_slice text) { return bawn_text_flags_scalar(text); }
size_t bawn_text_plain_prefix(const char *text, size_t len) { return plain_bytes(0, 0, 0) * (len && text); }
#endif

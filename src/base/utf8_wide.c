/* utf8_wide.c: the look-up algorithm of John Keiser and Daniel Lemire, "Validating UTF-8 In Less Than One Instruction
 * Per Byte" (Software: Practice and Experience 51(5), 2021), with AVX2.
 *
 * Each pair of neighbouring bytes is judged by three table look-ups of sixteen entries: the high half of the first
 * byte, its low half, and the high half of the second. Each entry is a set of errors that this half allows; an error
 * that all three allow has happened. What pairs cannot show (third and fourth bytes of a sequence) is told from the
 * bytes two and three before. The first block with an error ends the fast run; utf8.c finds the byte. */
#include "base/utf8_wide.h"

#if defined(__x86_64__)
#include <immintrin.h>

enum {
    TOO_SHORT = 1,          /* a lead, then no continuation */
    TOO_LONG = 2,           /* ASCII, then a continuation */
    OVERLONG_3 = 4,         /* E0 80..9F */
    TOO_LARGE = 8,          /* F4 90..BF, F5..FF */
    SURROGATE = 16,         /* ED A0..BF */
    OVERLONG_2 = 32,        /* C0, C1 */
    TOO_LARGE_F5 = 64,      /* F5..FF 80..8F */
    OVERLONG_4 = 64,        /* F0 80..8F: never allowed by the same halves as the one above */
    TWO_CONTS = 128,        /* two continuations: an error unless bytes further back want them */
    ANY_LOW = TOO_SHORT | TOO_LONG | TWO_CONTS,           /* errors that the low half says nothing about */
    F5_UP = ANY_LOW | TOO_LARGE | TOO_LARGE_F5,
    CONT = TOO_LONG | OVERLONG_2 | TWO_CONTS
};

static const uint8_t first_high[16] = {
    TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
    TWO_CONTS, TWO_CONTS, TWO_CONTS, TWO_CONTS,
    TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE,
    TOO_SHORT | TOO_LARGE | TOO_LARGE_F5 | OVERLONG_4,
};
static const uint8_t first_low[16] = {
    ANY_LOW | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, ANY_LOW | OVERLONG_2, ANY_LOW, ANY_LOW, ANY_LOW | TOO_LARGE,
    F5_UP, F5_UP, F5_UP, F5_UP, F5_UP, F5_UP, F5_UP, F5_UP, F5_UP | SURROGATE, F5_UP, F5_UP,
};
static const uint8_t second_high[16] = {
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
    CONT | OVERLONG_3 | TOO_LARGE_F5 | OVERLONG_4, CONT | OVERLONG_3 | TOO_LARGE,
    CONT | SURROGATE | TOO_LARGE, CONT | SURROGATE | TOO_LARGE,
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
};

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i look_up(const uint8_t table[16], __m256i halves)
{
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)table)), halves);
}

AVX2 static inline __m256i high_half(__m256i v)
{
    return _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(0x0F));
}

AVX2 static bool block_is_valid(__m256i before, __m256i v)
{
    __m256i across = _mm256_permute2x128_si256(before, v, 0x21);
    __m256i one = _mm256_alignr_epi8(v, across, 15), two = _mm256_alignr_epi8(v, across, 14),
            three = _mm256_alignr_epi8(v, across, 13);
    __m256i pair = _mm256_and_si256(_mm256_and_si256(look_up(first_high, high_half(one)),
                                                     look_up(first_low, _mm256_and_si256(one, _mm256_set1_epi8(15)))),
                                    look_up(second_high, high_half(v)));
    /* the top bit is set where the byte two before is >= E0, or the one three before is >= F0 */
    __m256i third = _mm256_subs_epu8(two, _mm256_set1_epi8(0xE0 - 0x80));
    __m256i fourth = _mm256_subs_epu8(three, _mm256_set1_epi8(0xF0 - 0x80));
    __m256i wanted = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    __m256i wrong = _mm256_xor_si256(wanted, pair);

    return _mm256_testz_si256(wrong, wrong);
}

AVX2 static size_t valid_blocks(const char *s, size_t len)
{
    __m256i before = _mm256_setzero_si256();
    size_t i = 0;

    for (; i + 32 <= len; i += 32) {
        __m256i v = _mm256_loadu_si256((const void *)(s + i));

        if (_mm256_movemask_epi8(_mm256_or_si256(v, before)) && !block_is_valid(before, v))
            break;
        before = v;
    }
    return i;
}

size_t bawn_utf8_wide_prefix(bawn_slice s)
{
    size_t i, back = 0;

    if (s.len < 32 || !__builtin_cpu_supports("avx2"))
        return 0;
    i = valid_blocks(s.ptr, s.len);
    /* the last sequence may go on in the next block: step back before its lead */
    while (back < 3 && back < i && !bawn_utf8_is_start((unsigned char)s.ptr[i - 1 - back]))
        back++;
    return back < i && (unsigned char)s.ptr[i - 1 - back] >= 0xC0 ? i - 1 - back : i - back;
}
#else
size_t bawn_utf8_wide_prefix(bawn_slice s)
{
    (void)s;
    return 0;
}
#endif

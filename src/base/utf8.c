/* utf8.c: UTF-8 as RFC 3629 section 4 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
 * ASCII runs are skipped sixteen bytes at a time (SSE2) or eight (any machine); other text goes first through
 * utf8_wide.c, and what that leaves is read here byte by byte. */
#include "base/utf8_wide.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Bytes at the front of s that are ASCII, counted in whole steps: at most 15 fewer than there are. */
static size_t ascii_steps(const char *s, size_t len)
{
    size_t i = 0;

#if defined(__SSE2__)
    for (; i + 64 <= len; i += 64) {
        const __m128i *p = (const void *)(s + i);
        __m128i any = _mm_or_si128(_mm_or_si128(_mm_loadu_si128(p), _mm_loadu_si128(p + 1)),
                                   _mm_or_si128(_mm_loadu_si128(p + 2), _mm_loadu_si128(p + 3)));

        if (_mm_movemask_epi8(any))
            break;
    }
    for (; i + 16 <= len; i += 16)
        if (_mm_movemask_epi8(_mm_loadu_si128((const void *)(s + i))))
            break;
#endif
    for (; i + 8 <= len; i += 8) {
        uint64_t word;

        memcpy(&word, s + i, 8);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    return i;
}

/* Length of the well-formed sequence at p, 0 if there is none (RFC 3629 section 4, the ABNF row by row). */
static size_t sequence(const unsigned char *p, size_t left)
{
    unsigned char lowest = 0x80, highest = 0xBF;
    size_t len;

    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xC2 || p[0] > 0xF4)
        return 0;
    len = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (p[0] == 0xE0)
        lowest = 0xA0;                                  /* overlong */
    else if (p[0] == 0xED)
        highest = 0x9F;                                 /* surrogates */
    else if (p[0] == 0xF0)
        lowest = 0x90;                                  /* overlong */
    else if (p[0] == 0xF4)
        highest = 0x8F;                                 /* above U+10FFFF */
    if (left < len || p[1] < lowest || p[1] > highest)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return len;
}

size_t bawn_utf8_valid_prefix(bawn_slice s)
{
    size_t i;

    if (s.len == 0)
        return 0;
    i = ascii_steps(s.ptr, s.len);
    i += bawn_utf8_wide_prefix(bawn_slice_of(s.ptr + i, s.len - i));
    while (i < s.len) {
        size_t n;

        if ((unsigned char)s.ptr[i] < 0x80) {
            n = ascii_steps(s.ptr + i, s.len - i);
            if (n == 0)
                n = 1;
        } else {
            n = sequence((const unsigned char *)s.ptr + i, s.len - i);
            if (n == 0)
                return i;
        }
        i += n;
    }
    return i;
}

size_t bawn_utf8_count(bawn_slice s)
{
    size_t i = 0, n = 0;

#if defined(__SSE2__)
    __m128i total = _mm_setzero_si128();

    for (; i + 16 <= s.len; i += 16) {                  /* starts are the bytes that are > 0xBF when signed */
        __m128i starts = _mm_cmpgt_epi8(_mm_loadu_si128((const void *)(s.ptr + i)), _mm_set1_epi8(-65));
        __m128i ones = _mm_sub_epi8(_mm_setzero_si128(), starts);

        total = _mm_add_epi64(total, _mm_sad_epu8(ones, _mm_setzero_si128()));
    }
    n = (size_t)_mm_cvtsi128_si64(total) + (size_t)_mm_cvtsi128_si64(_mm_srli_si128(total, 8));
#endif
    for (; i < s.len; i++)
        n += bawn_utf8_is_start((unsigned char)s.ptr[i]);
    return n;
}

uint32_t bawn_utf8_next(bawn_slice s, size_t *pos)
{
    const unsigned char *p;
    size_t left, len;
    uint32_t c;

    if (*pos >= s.len)
        return UINT32_MAX;
    p = (const unsigned char *)s.ptr + *pos;
    c = p[0];
    if (c < 0x80) {
        ++*pos;
        return c;
    }
    left = s.len - *pos;
    len = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    c &= 0x7Fu >> len;
    for (size_t i = 1; i < len && i < left; i++)
        c = c << 6 | (p[i] & 0x3F);
    *pos += len < left ? len : left;                    /* never past the end, even of text that is not valid */
    return c;
}

size_t bawn_utf8_put(char out[4], uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

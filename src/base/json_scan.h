/* json_scan.h: how far a JSON string runs on before a byte that needs thought. Private to base.
 * Sixteen bytes a step with SSE2 (part of every x86-64), one at a time elsewhere; no byte past `len` is read. */
#ifndef BAWN_JSON_SCAN_H
#define BAWN_JSON_SCAN_H

#include "base/base.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static inline bool bawn_json_is_plain(unsigned char c, bool with_wide)
{
    return c >= 0x20 && c != '"' && c != '\\' && (with_wide || c < 0x80);
}

#if defined(__SSE2__)
/* Bit i is set when byte i of p is not plain. Signed, bytes >= 0x80 are less than 0x20 too; with_wide compares
 * unsigned instead (x <= 0x1F where min(x, 0x1F) = x). */
static inline unsigned bawn_json_marks(const char *p, bool with_wide)
{
    __m128i v = _mm_loadu_si128((const void *)p);
    __m128i control = _mm_set1_epi8(0x1F);
    __m128i low = with_wide ? _mm_cmpeq_epi8(_mm_min_epu8(v, control), v) : _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));

    return (unsigned)_mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, slash)));
}
#endif

/* The first offset at or after i whose byte is `"`, `\`, a control or, unless with_wide, not ASCII; len if none. */
static inline size_t bawn_json_plain_end(const char *s, size_t i, size_t len, bool with_wide)
{
#if defined(__SSE2__)
    for (; i + 16 <= len; i += 16) {
        unsigned marks = bawn_json_marks(s + i, with_wide);

        if (marks)
            return i + (unsigned)__builtin_ctz(marks);
    }
#endif
    while (i < len && bawn_json_is_plain((unsigned char)s[i], with_wide))
        i++;
    return i;
}

#endif

/* Number runs (guard.h): digit groups apart by one or two of " -./()", with up to two of "+(" in front.
 *
 * A text without digits must cost next to nothing, so the first digit is looked for 64 bytes at a time: a byte c is a
 * digit exactly when (c ^ '0') <= 9 unsigned. Group logic is scalar and only runs at digits.
 *
 * The same runs for every cutting: a run is a function of the bytes from its first one on. It takes groups while they
 * fit into RUN_GROUPS and RUN_BYTES, counted from its begin; what does not fit begins the next run. A run whose next
 * byte could still change it is `open` and told again from its begin. Cost O(n): an open run is at most RUN_BYTES + 3
 * bytes long, so what is read again is bounded. */
#include "guard/runs.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

enum { RUN_GROUPS = 24, RUN_BYTES = 128, RUN_SIGNS = 2 };

#if defined(__SSE2__)
static __m128i digits_of(const char *p)
{
    __m128i x = _mm_xor_si128(_mm_loadu_si128((const __m128i *)(const void *)p), _mm_set1_epi8('0'));
    return _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(9)), x);
}

/* Whether 64 bytes hold a digit. */
static bool block_has_digit(const char *p)
{
    __m128i any = _mm_or_si128(_mm_or_si128(digits_of(p), digits_of(p + 16)),
                               _mm_or_si128(digits_of(p + 32), digits_of(p + 48)));
    return _mm_movemask_epi8(any) != 0;
}
#elif defined(__ARM_NEON)
static uint8x16_t digits_of(const char *p)
{
    return vcleq_u8(veorq_u8(vld1q_u8((const uint8_t *)p), vdupq_n_u8('0')), vdupq_n_u8(9));
}

static bool block_has_digit(const char *p)
{
    return vmaxvq_u8(vorrq_u8(vorrq_u8(digits_of(p), digits_of(p + 16)),
                              vorrq_u8(digits_of(p + 32), digits_of(p + 48)))) != 0;
}
#else
static bool block_has_digit(const char *p)
{
    for (int i = 0; i < 64; i++)
        if (bawn_is_digit((unsigned char)p[i]))
            return true;
    return false;
}
#endif

static size_t find_digit(bawn_slice text, size_t i)
{
    while (i + 64 <= text.len && !block_has_digit(text.ptr + i))
        i += 64;
    while (i < text.len && !bawn_is_digit((unsigned char)text.ptr[i]))
        i++;
    return i;
}

static bool is_separator(char c) { return c == ' ' || c == '-' || c == '.' || c == '/' || c == '(' || c == ')'; }

/* The begin of a run whose first digit (or the text's end) stands at i: up to two of "+(" right before belong to it. */
static size_t with_front(bawn_slice text, size_t from, size_t i)
{
    for (int n = 0; n < RUN_SIGNS && i > from && (text.ptr[i - 1] == '+' || text.ptr[i - 1] == '('); n++)
        i--;
    return i;
}

static size_t group_end(bawn_slice text, size_t i, size_t limit)
{
    while (i < limit && i < text.len && bawn_is_digit((unsigned char)text.ptr[i]))
        i++;
    return i;
}

/* Where the group after `end` begins, or 0 when none follows; *known false when the text ends too early to say. */
static size_t next_group(bool *known, bawn_slice text, size_t end, bool final)
{
    size_t i = end;
    while (i < text.len && i < end + RUN_SIGNS && is_separator(text.ptr[i]))
        i++;
    *known = i < text.len || final;
    return i > end && i < text.len && bawn_is_digit((unsigned char)text.ptr[i]) ? i : 0;
}

/* The end of the run that begins at `begin` with its first digit at `digit`; *known as above. */
static size_t run_end(bool *known, bawn_slice text, size_t begin, size_t digit, bool final)
{
    size_t limit = begin + RUN_BYTES, end = group_end(text, digit, limit);

    for (int groups = 1;; groups++) {
        if (end == limit) {                 /* full; a first group longer than a run is cut here, wherever it ends */
            *known = groups == 1 || end < text.len || final;
            return end;
        }
        size_t next = next_group(known, text, end, final);
        if (next == 0 || groups == RUN_GROUPS || next >= limit)
            return end;
        size_t next_end = group_end(text, next, limit + 1);
        if (next_end > limit)               /* does not fit: begins the next run */
            return end;
        end = next_end;
    }
}

bool bawn_run_next(bawn_span *run, size_t *from, bool *open, bawn_slice text, bool final)
{
    bool known = true;
    size_t digit = find_digit(text, *from);
    size_t begin = with_front(text, *from, digit);

    *open = false;
    if (digit == text.len) {                /* a sign at the end may be the front of a run to come */
        *open = !final && begin < digit;
        *from = final ? digit : begin;
        return false;
    }
    size_t end = run_end(&known, text, begin, digit, final);
    if (!known) {
        *open = true;
        *from = begin;
        return false;
    }
    *run = (bawn_span){ begin, end };
    *from = end;
    return true;
}

/* Signs: what code is made of and prose is not. A pattern of code ("; rm", "{{7*7}}", "<script") needs one of a few of
 * them in every match, so it is run only around those (rules_compile.c). They are read off the pattern's source as
 * required.c reads literals, and found in a text 32 bytes at a time. */
#include "match/match.h"
#include "match/regex.h"

/* How much of prose a sign wakes; 0: too much to be of use (quotes, stops, hyphens). */
static unsigned weight_of(unsigned char c)
{
    if (c < 0x20 && !bawn_is_space(c))
        return 1;
    if (c && strchr(";|&<>=$`{}%@*\\#~^+_[]", c))
        return 1;
    return c && strchr("()/:", c) ? 4 : c >= 0x80 ? 8 : 0;
}

typedef struct { bawn_match_bytes bytes; unsigned weight; } signs;      /* weight 0: none */

/* A byte that may match here makes the part useless unless it is a sign. */
static void take(signs *s, bool *usable, unsigned char c)
{
    unsigned weight = weight_of(c);
    *usable = *usable && weight > 0;
    if (!bawn_match_bytes_has(&s->bytes, c))
        s->weight += weight;
    bawn_match_bytes_add(&s->bytes, c);
}

/* The byte written at *s, and past it; -1: a class such as \s. */
static int byte_at(const char **s, const char *end)
{
    const char *p = *s;
    if (*p != '\\' || p + 1 >= end) {
        *s = p + 1;
        return (unsigned char)*p;
    }
    *s = p + 2;
    if (p[1] == 'x' && p + 3 < end) {
        *s = p + 4;
        return bawn_hex_value(p[2]) * 16 + bawn_hex_value(p[3]);
    }
    return bawn_is_alnum((unsigned char)p[1]) ? -1 : (unsigned char)p[1];
}

static bool read_class(signs *out, const char *s, const char *end)
{
    bool usable = s + 1 < end && s[1] != '^';
    *out = (signs){ 0 };
    for (s++; usable && s < end - 1;) {
        int c = byte_at(&s, end);
        usable = c >= 0 && !(s < end - 1 && *s == '-' && s + 1 < end - 1);   /* ranges are letters and digits */
        if (usable)
            take(out, &usable, (unsigned char)c);
    }
    return usable && out->weight > 0;
}

static signs read_sequence(const char *s, const char *end, int depth);

static bool read_alternatives(signs *out, const char *s, const char *end, int depth)
{
    *out = (signs){ 0 };
    for (; depth < 12; s++) {
        const char *p = bawn_regex_alternative_end(s, end);
        signs one = read_sequence(s, p, depth + 1);
        if (one.weight == 0)
            return false;
        for (size_t i = 0; i < BAWN_COUNT(out->bytes.rows); i++)
            out->bytes.rows[i] |= one.bytes.rows[i];
        out->bytes.high = out->bytes.high || one.bytes.high;
        out->weight += one.weight;
        s = p;
        if (p >= end)
            return true;
    }
    return false;
}

/* Reads one part at *s; whether each match holds one of `out` there. */
static bool read_part(signs *out, const char **s, const char *end, int depth)
{
    const char *p = *s;
    bool usable = true, absent;

    *out = (signs){ 0 };
    if (*p == '(') {
        const char *close = bawn_regex_skip_group(p, end), *inner = p + 1;
        if (inner < end && *inner == '?')
            usable = inner + 1 < end && inner[1] == ':';
        inner += inner < end && *inner == '?' ? 2 : 0;
        usable = usable && read_alternatives(out, inner, close - 1, depth);
        *s = close;
    } else if (*p == '[') {
        *s = bawn_regex_skip_class(p, end);
        usable = read_class(out, p, *s);
    } else if (*p == '^' || *p == '$' || *p == '.') {
        *s = p + 1;
        usable = false;
    } else {
        int c = byte_at(s, end);
        usable = c >= 0;
        if (usable)
            take(out, &usable, (unsigned char)c);
        while (c >= 0x80 && *s < end && !bawn_utf8_is_start((unsigned char)**s))
            ++*s;                               /* a code point is one character for its quantifier */
    }
    *s = bawn_regex_skip_quantifier(*s, end, &absent);
    return usable && !absent && out->weight > 0;
}

static signs read_sequence(const char *s, const char *end, int depth)
{
    signs best = { 0 }, part;
    while (s < end)
        if (read_part(&part, &s, end, depth) && (best.weight == 0 || part.weight < best.weight))
            best = part;
    return best;
}

bool bawn_match_signs(bawn_match_bytes *out, const char *regex, uint8_t flags)
{
    const char *end = regex + strlen(regex);
    signs found = { 0 };

    if (flags & BAWN_P_LITERAL) {
        for (const char *c = regex; c < end; c++)
            if (weight_of((unsigned char)*c) && (found.weight == 0 || weight_of((unsigned char)*c) < found.weight)) {
                found = (signs){ .weight = weight_of((unsigned char)*c) };
                bawn_match_bytes_add(&found.bytes, (unsigned char)*c);
            }
    } else if (!bawn_regex_is_regular(regex) || !bawn_regex_escapes_are_short(regex) ||
               !read_alternatives(&found, regex, end, 0)) {
        found.weight = 0;
    }
    *out = found.bytes;
    return found.weight > 0;
}

/* ---- finding -------------------------------------------------------------------------------------------------------- */
#if defined(__x86_64__)
#include <immintrin.h>

/* Two look-ups by half bytes: which of eight rows of sixteen a byte may stand in, and which it does stand in (as in
 * Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019, section 3.1.2). */
__attribute__((target("avx2"))) static size_t find_avx2(const bawn_match_bytes *set, bawn_slice text, size_t at)
{
    const __m256i by_low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)set->rows));
    const __m256i by_high = _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0,
                                             1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i half = _mm256_set1_epi8(15), zero = _mm256_setzero_si256();

    for (; at + 32 <= text.len; at += 32) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(text.ptr + at));
        __m256i low = _mm256_shuffle_epi8(by_low, _mm256_and_si256(v, half));
        __m256i high = _mm256_shuffle_epi8(by_high, _mm256_and_si256(_mm256_srli_epi16(v, 4), half));
        uint32_t no = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_and_si256(low, high), zero));
        uint32_t yes = ~no | (set->high ? (uint32_t)_mm256_movemask_epi8(v) : 0);
        if (yes)
            return at + (unsigned)__builtin_ctz(yes);
    }
    return at;
}
#endif

size_t bawn_match_find_byte(const bawn_match_bytes *set, bawn_slice text, size_t from)
{
#if defined(__x86_64__)
    if (from + 32 <= text.len && __builtin_cpu_supports("avx2"))
        from = find_avx2(set, text, from);
#endif
    while (from < text.len && !bawn_match_bytes_has(set, (unsigned char)text.ptr[from]))
        from++;
    return from;
}

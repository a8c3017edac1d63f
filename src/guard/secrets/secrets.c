/* What tells a secret from what stands in its place in manuals; see secrets.h. */
#include "guard/secrets/secrets.h"

bool bawn_secret_sign(bawn_signs signs, int c)
{
    unsigned char u = (unsigned char)c;
    if (c < 0)
        return false;
    switch (signs) {
    case BAWN_SIGNS_HEX: return bawn_is_digit(u) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    case BAWN_SIGNS_UPPER: return bawn_is_digit(u) || bawn_is_upper(u);
    case BAWN_SIGNS_URL: return bawn_is_alnum(u) || c == '-' || c == '_';
    case BAWN_SIGNS_DOTS: return bawn_is_alnum(u) || c == '-' || c == '_' || c == '.';
    case BAWN_SIGNS_BASE64: return bawn_is_alnum(u) || c == '+' || c == '/' || c == '=';
    case BAWN_SIGNS_WORD: return bawn_is_alnum(u) || c == '_';
    default: return bawn_is_alnum(u);
    }
}

size_t bawn_secret_run(bawn_probe *p, size_t i, bawn_signs signs, size_t max)
{
    size_t begin = i;
    while (i - begin <= max && bawn_secret_sign(signs, bawn_probe_at(p, i)))
        i++;
    return i;
}

/* log2(n), n >= 1, to 2^-12: the exponent, then one bit of the fraction for each squaring. No libm for one function. */
static double log2_of(unsigned n)
{
    int exponent = 31 - __builtin_clz(n);
    double x = (double)n / (double)(1u << exponent), result = exponent, bit = 0.5;
    for (int i = 0; i < 12; i++) {
        x *= x;
        if (x >= 2) {
            x /= 2;
            result += bit;
        }
        bit /= 2;
    }
    return result;
}

double bawn_secret_entropy(bawn_slice s)
{
    uint16_t counts[256] = { 0 };
    double bits = 0;
    unsigned n = s.len < 4096 ? (unsigned)s.len : 4096;
    if (n == 0)
        return 0;
    for (size_t i = 0; i < n; i++)
        counts[(unsigned char)s.ptr[i]]++;
    for (size_t c = 0; c < 256; c++)
        if (counts[c])
            bits += counts[c] * log2_of(counts[c]);
    return log2_of(n) - bits / (double)n;
}

/* Four or more equal signs in a row, or eight rising ones. */
static bool is_drill(bawn_slice s)
{
    size_t same = 1, rising = 1;
    for (size_t i = 1; i < s.len; i++) {
        same = s.ptr[i] == s.ptr[i - 1] ? same + 1 : 1;
        rising = s.ptr[i] == s.ptr[i - 1] + 1 ? rising + 1 : 1;
        if (same >= 5 || rising >= 8)
            return true;
    }
    return false;
}

bool bawn_secret_is_placeholder(bawn_slice s)
{
    static const char *const words[] = { "example", "your", "xxxx", "placeholder", "changeme", "change_me", "change-me", "insert", "replace",
                                         "dummy", "redacted", "sample", "todo", "<", ">", "${", "{{", "%(", "...", "****", "1234567890ab", "abcdef1234", "mykey", "my-key",
                                         "my_key", "fake", "goes-here", "goeshere", "foobar" };
    for (size_t i = 0; i < BAWN_COUNT(words); i++)
        if (bawn_slice_find_nocase(s, bawn_slice_str(words[i])) < s.len)
            return true;
    bool variable = s.len > 1 && ((s.ptr[0] == '$' && (bawn_is_alpha((unsigned char)s.ptr[1]) || s.ptr[1] == '(' || s.ptr[1] == '_')) ||
                                  (s.ptr[0] == '%' && s.ptr[s.len - 1] == '%'));
    return s.len == 0 || variable || is_drill(s);
}

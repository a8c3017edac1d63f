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

/* ---- references ------------------------------------------------------------------------------------------------------- */
static bool names_any(bawn_slice name, const char *const *words)
{
    for (; *words; words++)
        if (bawn_slice_find_nocase(name, bawn_slice_str(*words)) < name.len)
            return true;
    return false;
}

/* Past ".", "?.", "->" or "::" between two names; 0: something else stands there. */
static size_t past_joint(bawn_slice s, size_t i)
{
    static const char *const joints[] = { ".", "?.", "->", "::", NULL };
    for (const char *const *j = joints; *j; j++)
        if (bawn_slice_starts(bawn_slice_of(s.ptr + i, s.len - i), bawn_slice_str(*j)))
            return i + strlen(*j);
    return 0;
}

/* snake_case or camelCase, one digit at most: how programs write what people write as a word. */
static bool is_variable(bawn_slice name)
{
    bool joint = bawn_slice_find(name, BAWN_LIT("_")) < name.len;
    size_t digits = 0;
    for (size_t i = 0; i < name.len; i++)
        digits += bawn_is_digit((unsigned char)name.ptr[i]);
    if (digits > 1)
        return false;
    for (size_t i = 1; i < name.len && !joint; i++)
        joint = bawn_is_lower((unsigned char)name.ptr[0]) && bawn_is_upper((unsigned char)name.ptr[i]);
    return joint;
}

static bool is_path(bawn_slice s)
{
    static const char *const says[] = { "pass", "pwd", "secret", "token", "key", "cred", "auth", NULL };
    static const char *const roots[] = { "process", "config", "cfg", "conf", "settings", "os", "env", "environ", "req", "request", "this", "self",
                                         "user", "args", "opts", "options", "params", "props", "ctx", "context", "body", "form", "data", "vars", "var", "local",
                                         "secrets", "app", "event", "session", "state", "values", NULL };
    bawn_slice name, root = BAWN_NIL;
    for (size_t i = 0, from;; ) {
        for (from = i; i < s.len && (bawn_is_alnum((unsigned char)s.ptr[i]) || s.ptr[i] == '_'); i++)
            ;
        if (i == from || bawn_is_digit((unsigned char)s.ptr[from]))
            return false;
        name = bawn_slice_of(s.ptr + from, i - from);
        if (from == 0)
            root = name;
        if (i == s.len)
            break;
        if (s.ptr[i] == '(' || s.ptr[i] == '[')
            return i + 1 == s.len || s.ptr[s.len - 1] == ')' || s.ptr[s.len - 1] == ']';
        if (i + 1 == s.len && s.ptr[i] == '-')
            return bawn_slice_is_any(root, roots);         /* "this->", cut at its '>' */
        if ((i = past_joint(s, i)) == 0)
            return false;
    }
    return name.ptr == root.ptr ? names_any(name, says) && is_variable(name) : names_any(name, says) || bawn_slice_is_any(root, roots);
}

bool bawn_secret_is_reference(const bawn_probe *p, size_t i, bawn_slice value)
{
    while (i > 0 && (p->text.ptr[i - 1] == ' ' || p->text.ptr[i - 1] == '\t'))
        i--;
    int before = bawn_probe_back(p, i);
    return (before == '=' || before == ':' || before == '>') && is_path(value);
}

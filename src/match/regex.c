/* regex.c: see regex.h. Knows escapes, classes and nesting; everything else is the caller's affair. */
#include "match/regex.h"

const char *bawn_regex_skip_class(const char *s, const char *end)
{
    s++;
    if (s < end && *s == '^')
        s++;
    if (s < end && *s == ']')
        s++;
    while (s < end && *s != ']')
        s += *s == '\\' ? 2 : 1;
    return s < end ? s + 1 : end;
}

const char *bawn_regex_skip_group(const char *s, const char *end)
{
    int depth = 0;
    while (s < end) {
        if (*s == '\\') {
            s += 2;
            continue;
        }
        if (*s == '[') {
            s = bawn_regex_skip_class(s, end);
            continue;
        }
        if (*s == '(')
            depth++;
        if (*s == ')' && --depth == 0)
            return s + 1;
        s++;
    }
    return end;
}

const char *bawn_regex_skip_quantifier(const char *s, const char *end, bool *may_be_absent)
{
    *may_be_absent = false;
    if (s < end && (*s == '?' || *s == '*' || *s == '+')) {
        *may_be_absent = *s != '+';
        s++;
    } else if (s + 1 < end && *s == '{' && (bawn_is_digit((unsigned char)s[1]) || s[1] == ',')) {
        *may_be_absent = s[1] == '0' || s[1] == ',';
        while (s < end && *s != '}')
            s++;
        s += s < end;
    }
    if (s < end && (*s == '?' || *s == '+'))
        s++;                                    /* lazy or possessive */
    return s;
}

const char *bawn_regex_alternative_end(const char *s, const char *end)
{
    while (s < end && *s != '|')
        s = *s == '\\' ? s + 2 : *s == '[' ? bawn_regex_skip_class(s, end) : *s == '(' ? bawn_regex_skip_group(s, end) : s + 1;
    return s < end ? s : end;
}

/* regex.c: see regex.h. Knows escapes, classes and nesting; everything else is the caller's affair. */
#include "match/regex.h"

#include <ctype.h>

static bool is_option(char c) { return bawn_is_alpha((unsigned char)c) || c == '-'; }

/* Whether a group that begins with "(?" sets the x option, under which white space means nothing. `s`: behind "(?". */
static bool sets_extended(const char *s)
{
    bool extended = false;
    if (*s == 'P')                      /* a name */
        return false;
    for (; is_option(*s); s++)
        extended = extended || *s == 'x';
    return extended;
}

bool bawn_regex_is_regular(const char *s)
{
    const char *end = s + strlen(s), *class_end = s;
    while (s < end) {
        if (*s == '\\') {
            if (s[1] == 'Q' || s[1] == 0)
                return false;
            s++;
        } else if (s >= class_end && *s == '[') {
            class_end = bawn_regex_skip_class(s, end);
        } else if (s >= class_end && *s == '(' &&
                   (s[1] == '*' || (s[1] == '?' && (s[2] == '#' || sets_extended(s + 2))))) {
            return false;
        }
        s++;
    }
    return true;
}

bool bawn_regex_escapes_are_short(const char *s)
{
    for (; *s; s++) {
        if (*s != '\\')
            continue;
        if (*++s == 0)
            return false;
        if (*s == 'x' && isxdigit((unsigned char)s[1]) && isxdigit((unsigned char)s[2]))
            continue;
        if (bawn_is_alnum((unsigned char)*s) && !strchr("bBdDwWsShHvVnrtfae", *s))
            return false;
    }
    return true;
}

/* Past a POSIX class ("[:alpha:]") inside a class, or just past the bracket when there is none. */
static const char *skip_posix(const char *s, const char *end)
{
    char sign = s + 1 < end ? s[1] : 0;
    if (sign != ':' && sign != '.' && sign != '=')
        return s + 1;
    for (const char *p = s + 2; p + 1 < end && *p != ']'; p++)
        if (*p == sign && p[1] == ']')
            return p + 2;
    return s + 1;
}

const char *bawn_regex_skip_class(const char *s, const char *end)
{
    s++;
    if (s < end && *s == '^')
        s++;
    if (s < end && *s == ']')
        s++;
    while (s < end && *s != ']')
        s = *s == '\\' ? s + 2 : *s == '[' ? skip_posix(s, end) : s + 1;
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

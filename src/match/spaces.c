/* Whether a match of an expression may hold (ASCII) white space, read off its source. A stream parts its text behind white
 * space and nowhere in a short word (engine/channel.c), so what holds none is held whole without an anchor. So "no" must
 * be certain: what this reader does not know may hold some. Linear. */
#include <ctype.h>

#include "match/match.h"
#include "match/regex.h"

static bool is_blank(char c) { return (unsigned char)c <= ' '; }

/* Of "\x41" and "\x{4e00}", s at what follows the x: behind it, NULL when it is white space or a control, or no such thing. */
static const char *skip_hex(const char *s)
{
    bool braces = *s == '{';
    uint32_t value = 0;
    size_t n = 0;

    for (s += braces; isxdigit((unsigned char)*s) && n < (braces ? 6 : 2); s++, n++)
        value = value << 4 | (uint32_t)(bawn_is_digit((unsigned char)*s) ? *s - '0' : bawn_lower(*s) - 'a' + 10);
    if (n < (braces ? 1 : 2) || value <= ' ' || (braces && *s != '}'))
        return NULL;
    return s + braces;
}

/* Of "\p{Lu}" and "\pN": letters, marks and numbers alone are known to be no white space. */
static const char *skip_property(const char *s)
{
    bool braces = *s == '{';

    s += braces;
    if (*s != 'L' && *s != 'M' && *s != 'N')
        return NULL;
    s++;
    if (braces && (bawn_is_lower((unsigned char)*s) || *s == '&'))
        s++;
    return !braces ? s : *s == '}' ? s + 1 : NULL;
}

/* s behind the backslash. NULL, here and below: it may be white space. */
static const char *skip_escape(const char *s)
{
    if (*s == 'x')
        return skip_hex(s + 1);
    if (*s == 'p')
        return skip_property(s + 1);
    if (bawn_is_alnum((unsigned char)*s))
        return strchr("dwSbBAzZ", *s) ? s + 1 : NULL;
    return is_blank(*s) ? NULL : s + 1;
}

static const char *skip_named(const char *s)
{
    static const char *const names[] = { "[:alnum:]", "[:alpha:]", "[:digit:]", "[:lower:]", "[:upper:]", "[:xdigit:]", "[:word:]", "[:punct:]", "[:graph:]" };

    for (size_t i = 0; i < BAWN_COUNT(names); i++)
        if (strncmp(s, names[i], strlen(names[i])) == 0)
            return s + strlen(names[i]);
    return NULL;
}

/* A range that takes in white space begins at or below it: with a blank, or an escape that is one. */
static const char *skip_set(const char *s)
{
    if (*++s == '^')
        return NULL;
    s += *s == ']';
    while (s && *s != ']') {
        if (is_blank(*s))
            return NULL;
        if (*s == '\\')
            s = skip_escape(s + 1);
        else
            s = *s == '[' && s[1] != 0 && strchr(":.=", s[1]) ? skip_named(s) : s + 1;
    }
    return s ? s + 1 : NULL;
}

bool bawn_match_may_hold_space(const char *regex, uint8_t flags)
{
    const char *s = regex;

    if (flags & BAWN_P_LITERAL)
        return strpbrk(s, " \t\n\v\f\r") != NULL;
    if (!bawn_regex_is_regular(s))
        return true;
    while (s && *s) {
        if (*s == '\\')
            s = skip_escape(s + 1);
        else if (*s == '[')
            s = skip_set(s);
        else
            s = *s == '.' || is_blank(*s) ? NULL : s + 1;
    }
    return !s;
}

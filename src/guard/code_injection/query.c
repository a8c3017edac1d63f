/* Finds LDAP and XPath injection: input that closes what it stands in and opens something else.
 *
 * LDAP: a closing parenthesis that closes nothing of its own line, followed by another filter: "*)(uid=*))(|(uid=*".
 * Honest filters and regular expressions have their parentheses in pairs. XPath: a stray quote followed by a condition
 * with XPath's own functions, a predicate that is always true, or a bracket that closes nothing and a second path. */
#include "guard/code_injection/inject.h"

enum { LDAP, XPATH };

/* Whether a closing sign at i has no opening one before it in its line (or the window). */
static bool closes_nothing(const bawn_probe *p, size_t i, char open, char close)
{
    int depth = 0;
    for (size_t k = bawn_inject_value(p, i); k < i; k++) {
        if (p->text.ptr[k] == open)
            depth++;
        else if (p->text.ptr[k] == close && depth > 0)
            depth--;
    }
    return depth == 0;
}

static size_t value_end(bawn_probe *p, size_t i)
{
    size_t to = i + 100;
    while (i < to && bawn_probe_at(p, i) > ' ' && !strchr("\"'`<>", bawn_probe_at(p, i)))
        i++;
    return i;
}

static void filter(bawn_probe *p, size_t end)
{
    size_t close = end - 1, i = end;
    while (close > 0 && p->text.ptr[close] != ')')
        close--;
    while (close > 0 && p->text.ptr[close - 1] == ')')
        close--;
    size_t begin = close;
    while (begin > 0 && close - begin < 64 && (p->text.ptr[begin - 1] == '*' || bawn_inject_name_byte((unsigned char)p->text.ptr[begin - 1])))
        begin--;
    p->begin = begin;
    if (!closes_nothing(p, close, '(', ')'))
        return;
    while (bawn_probe_at(p, i) >= 0 && strchr("&|!(", bawn_probe_at(p, i)))
        i++;
    size_t name = i;
    while (i < name + 40 && (bawn_inject_name_byte(bawn_probe_at(p, i)) || bawn_probe_at(p, i) == '-'))
        i++;
    int c = bawn_probe_at(p, i);
    bool comparison = i > name && c >= 0 && (c == '=' || ((c == '>' || c == '<' || c == '~') && bawn_probe_at(p, i + 1) == '='));
    bool opens = i == name && c != ')' && p->text.ptr[begin] == '*' && strchr("&|", p->text.ptr[i - 1]) && bawn_inject_value_ends(p, i);   /* "*)(&" */
    bool constant = i == name && c == ')' && strchr("&|", p->text.ptr[i - 1]);     /* "(&)" and "(|)" */
    if (comparison || constant || opens)
        bawn_probe_found(p, LDAP, begin, value_end(p, i), 0.95f);
}

static void wildcard_end(bawn_probe *p, size_t end)     /* "*))%00" */
{
    size_t begin = end - 6;
    p->begin = begin;
    if (closes_nothing(p, begin + 1, '(', ')'))
        bawn_probe_found(p, LDAP, begin, end, 0.95f);
}

static const char *const functions[] = { "count(/", "count (/", "name(", "local-name(", "string-length(", "substring(", "starts-with(", "contains(",
    "position()", "last()", "text()", "doc(", "string(", "not(", "true()", "node()", NULL };

/* ' or FUNCTION(...) behind a quote that closes nothing of its line. */
static void condition(bawn_probe *p, size_t end)
{
    size_t quote = end;
    while (quote > 0 && p->text.ptr[quote - 1] != '\'' && p->text.ptr[quote - 1] != '"' && end - quote < 12)
        quote--;
    if (quote == 0)
        return;
    char sign = p->text.ptr[--quote];
    unsigned n = 0;
    for (size_t i = bawn_inject_value(p, quote); i < quote; i++)
        n += p->text.ptr[i] == sign && !(bawn_is_alpha((unsigned char)bawn_probe_back(p, i)) && bawn_is_alpha((unsigned char)p->text.ptr[i + 1]));
    p->begin = quote;
    if (n % 2)
        return;
    for (const char *const *f = functions; *f; f++)
        if (bawn_probe_text_at(p, end, *f) && (strchr(*f, '/') || bawn_inject_find(p, end, end + 60, '\n', (const char *const[]){ "/", "='", "=\"", "()", ") or '", ") and '", ") or \"", ") and \"", NULL }) != SIZE_MAX)) {
            bawn_probe_found(p, XPATH, quote, value_end(p, end), 0.8f);
            return;
        }
}

/* A predicate left and another path joined. */
static void joined(bawn_probe *p, size_t end)
{
    size_t close = end - 1;
    while (close > 0 && p->text.ptr[close] != ']' && p->text.ptr[close] != ')')
        close--;
    size_t begin = close;
    while (begin > 0 && close - begin < 8 && strchr("'\") ]", p->text.ptr[begin - 1]))
        begin--;
    p->begin = begin;
    char sign = p->text.ptr[close];
    if (closes_nothing(p, close, sign == ']' ? '[' : '(', sign))
        bawn_probe_found(p, XPATH, begin, value_end(p, end), 0.95f);
}

/* //user[name='' or '1'='1']: equal literals compared inside a predicate. */
static void predicate(bawn_probe *p, size_t end)
{
    size_t open = end, path;
    while (open > 0 && end - open < 200 && p->text.ptr[open - 1] != '[' && p->text.ptr[open - 1] != '\n')
        open--;
    if (open == 0 || p->text.ptr[open - 1] != '[')
        return;
    for (path = open - 1; path > 0 && (bawn_inject_name_byte((unsigned char)p->text.ptr[path - 1]) || strchr("/*@:-", p->text.ptr[path - 1])); path--)
        ;
    p->begin = path;
    if (open - 1 - path < 2 || p->text.ptr[path] != '/')
        return;
    size_t i = end - 1, n = 0;      /* the quote that opens the left literal */
    char quote = p->text.ptr[i];
    while (n < 24 && bawn_probe_at(p, i + 1 + n) >= 0 && bawn_probe_at(p, i + 1 + n) != quote)
        n++;
    size_t right = i + 2 + n;
    while (bawn_probe_at(p, right) == ' ' || bawn_probe_at(p, right) == '=')
        right++;
    if (bawn_probe_at(p, right) != quote || right == i + 2 + n)
        return;
    for (size_t k = 0; k < n; k++)
        if (bawn_probe_at(p, right + 1 + k) != p->text.ptr[i + 1 + k])
            return;
    if (bawn_probe_at(p, right + 1 + n) == quote || bawn_probe_at(p, right + 1 + n) == ']')
        bawn_probe_found(p, XPATH, path, right + 1 + n, 0.95f);
}

#define ROW(regex, kind, hit, miss) { regex, kind, BAWN_P_TRIGGER, 0.95f, "*", hit, miss }
static const bawn_pattern patterns[] = {
    ROW("[a-z0-9*]\\){1,3}[ ]?\\([&|!(]{0,3}[a-z&|]", LDAP, "*)(uid=*))(|(uid=*", "(&(objectClass=user)(memberOf=cn=a))"),
    ROW("\\*\\)\\)%00", LDAP, "*))%00", "(a*))"),
    ROW("['\"][ ]{1,3}(?:or|and)[ ]{1,3}", XPATH, "x' or count(/*)=1 or 'a'='b", "//a[@x='b' or contains(@href,'foo')]"),
    ROW("['\")][ ]{0,2}[\\])][ ]{0,2}\\|[ ]{0,2}/{1,2}[a-z*@]", XPATH, "'] | //user/*[1]", "//a[@x='b'] | //c"),
    ROW("['\"][ ]{1,3}or[ ]{1,3}['\"]", XPATH, "//user[name='' or '1'='1']", "//user[name='a' or 'b'=@c]"),
};
static void (*const readers[])(bawn_probe *, size_t end) = { filter, wildcard_end, condition, joined, predicate };
_Static_assert(BAWN_COUNT(readers) == BAWN_COUNT(patterns), "a reader for each row");

static void confirm(bawn_probe *p) { readers[p->pattern - patterns](p, p->end); }

static const bawn_kind kinds[] = {
    { "code_injection.LDAP", "LLM05", "AML.T0051", BAWN_BLOCK, BAWN_ALLOW, "LDAP filters that close the one they stand in" },
    { "code_injection.XPATH", "LLM05", "AML.T0051", BAWN_BLOCK, BAWN_ALLOW, "XPath conditions and paths that break out of a predicate" },
};

const bawn_guard bawn_guard_query = {
    .guard = "code_injection", .id = "code_injection.query",
    .doc = "LDAP and XPath: input that closes what it stands in (a parenthesis, a quote, a bracket with no opening one) and goes on "
           "with a filter, a condition or a path. Whole filters and paths are no findings.",
    .places = BAWN_IN_INPUT | BAWN_IN_TOOL_ARGUMENTS, .views = BAWN_VIEW_RAW | BAWN_VIEW_CANONICAL | BAWN_VIEW_DECODED,
    .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm, .reach = 320,
};

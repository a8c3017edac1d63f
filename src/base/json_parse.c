/* json_parse.c: the strict tokeniser: RFC 8259 with the strictness of I-JSON (RFC 7493: unique names, no lone
 * surrogates).
 *
 * One pass, no recursion. The stack of open containers lives in the tape itself: while a container is open its `next`
 * holds the index of the container around it, and closing it puts the real value there. So the depth costs no
 * memory, and the only allocation is the tape, which doubles and is kept for the next text.
 * Text in strings is skipped sixteen bytes at a time; UTF-8 is checked only in strings that hold a byte >= 0x80.
 * Linear time. keeps: DESIGN 3, T08, T16, T34 */
#include "base/json_scan.h"
#include "base/json_text.h"

enum { FIRST_TOKENS = 64 };

#define NONE UINT32_MAX                                   /* no container is open */

typedef struct {
    bawn_json *j;
    const char *s;
    size_t at, len;                                      /* of the text */
    uint32_t open;                                       /* innermost open container, or NONE */
    unsigned depth, max_depth;
    bawn_error *err;
} parser;

/* ---- errors ------------------------------------------------------------------------------------------------ */
static bool refuse(parser *p, int code, size_t at, const char *what)
{
    bawn_error_set(p->err, code, "at byte %zu: %s", at, what);
    return bawn_error_at(p->err, NULL, 1, (uint32_t)at + 1);
}

static bool refuse_found(parser *p, size_t at, const char *expected)
{
    unsigned char c;

    if (at >= p->len)
        bawn_error_set(p->err, BAWN_E_INVALID_JSON, "at byte %zu: the text ends here, expected %s", at, expected);
    else if ((c = (unsigned char)p->s[at]) >= 0x80 &&
             bawn_utf8_valid_prefix(bawn_slice_of(p->s + at, p->len - at < 4 ? p->len - at : 4)) == 0)
        bawn_error_set(p->err, BAWN_E_INVALID_UTF8, "at byte %zu: byte 0x%02X is not UTF-8", at, c);
    else if (c > 0x20 && c < 0x7F)
        bawn_error_set(p->err, BAWN_E_INVALID_JSON, "at byte %zu: found '%c', expected %s", at, c, expected);
    else
        bawn_error_set(p->err, BAWN_E_INVALID_JSON, "at byte %zu: found byte 0x%02X, expected %s", at, c, expected);
    return bawn_error_at(p->err, NULL, 1, (uint32_t)at + 1);
}

/* ---- the tape ------------------------------------------------------------------------------------------------ */
static bool grow(parser *p)
{
    bawn_json *j = p->j;
    size_t cap = j->cap ? j->cap * 2 : FIRST_TOKENS;
    bawn_json_token *tokens;

    tokens = cap > SIZE_MAX / sizeof *tokens ? NULL : bawn_realloc(j->tokens, cap * sizeof *tokens);
    if (!tokens)
        return refuse(p, BAWN_E_NO_MEMORY, p->at, "no memory for more tokens");
    j->tokens = tokens;
    j->cap = cap;
    return true;
}

static bool push(parser *p, bawn_json_type type, size_t begin, size_t end)
{
    bawn_json *j = p->j;

    if (j->n == j->cap && !grow(p))
        return false;
    j->tokens[j->n] = (bawn_json_token){ .begin = (uint32_t)begin, .end = (uint32_t)end,
                                         .next = (uint32_t)j->n + 1, .type = (uint8_t)type };
    j->n++;
    return true;
}

/* ---- strings ------------------------------------------------------------------------------------------------- */
/* The four hex digits at `at`, or UINT32_MAX. */
static uint32_t hex4(const parser *p, size_t at)
{
    uint32_t v = 0;

    if (p->len - at < 4)
        return UINT32_MAX;
    for (size_t i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)p->s[at + i], lower = c | 0x20;

        if (bawn_is_digit(c))
            v = v << 4 | (c - '0' + 0u);
        else if (lower >= 'a' && lower <= 'f')
            v = v << 4 | (lower - 'a' + 10u);
        else
            return UINT32_MAX;
    }
    return v;
}

/* \uXXXX, or the two that make a surrogate pair (RFC 8259 section 7). p->at is at the backslash. */
static bool unicode_escape(parser *p)
{
    size_t at = p->at;
    uint32_t unit = hex4(p, at + 2), low;

    if (unit == UINT32_MAX)
        return refuse(p, BAWN_E_INVALID_JSON, at, "\\u needs four hexadecimal digits");
    p->at = at + 6;
    if (unit < 0xD800 || unit > 0xDFFF)
        return true;
    if (unit > 0xDBFF)
        return refuse(p, BAWN_E_INVALID_JSON, at, "low surrogate escape without a high one before it");
    if (p->len - p->at < 6 || p->s[p->at] != '\\' || p->s[p->at + 1] != 'u')
        return refuse(p, BAWN_E_INVALID_JSON, at, "high surrogate escape without a low one after it");
    low = hex4(p, p->at + 2);
    if (low < 0xDC00 || low > 0xDFFF)
        return refuse(p, BAWN_E_INVALID_JSON, at, "high surrogate escape without a low one after it");
    p->at += 6;
    return true;
}

static bool escape(parser *p)
{
    if (p->at + 1 >= p->len)
        return refuse_found(p, p->len, "the rest of an escape");
    switch (p->s[p->at + 1]) {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
        p->at += 2;
        return true;
    case 'u':
        return unicode_escape(p);
    default:
        return refuse_found(p, p->at + 1, "one of \" \\ / b f n r t u after a backslash");
    }
}

static bool utf8_from(parser *p, size_t begin)
{
    size_t valid = bawn_utf8_valid_prefix(bawn_slice_of(p->s + begin, p->at - begin));

    return valid == p->at - begin || refuse(p, BAWN_E_INVALID_UTF8, begin + valid, "bytes that are not UTF-8");
}

/* Moves to the closing quote. What stands before an error is checked first, so that the error that is reported is the
 * first of the text. *wide: where the first byte >= 0x80 is, or SIZE_MAX. */
static bool string_end(parser *p, bool *escaped, size_t *wide)
{
    for (;;) {
        size_t at = p->at = bawn_json_plain_end(p->s, p->at, p->len, *wide != SIZE_MAX);

        if (at < p->len && p->s[at] == '\\') {
            *escaped = true;
            if (escape(p))
                continue;
            p->at = at;
            if (*wide != SIZE_MAX)
                utf8_from(p, *wide);
            return false;
        }
        if (at == p->len || (unsigned char)p->s[at] < 0x80)
            break;
        *wide = at;
    }
    if (*wide != SIZE_MAX && !utf8_from(p, *wide))
        return false;
    if (p->at < p->len && p->s[p->at] == '"')
        return true;
    return refuse_found(p, p->at, "the closing quote (controls in strings are written as escapes)");
}

/* A string whose opening quote is at p->at. */
static bool string(parser *p, bool key)
{
    size_t begin = ++p->at, wide = SIZE_MAX;
    bool escaped = false;
    bawn_json_token *t;

    if (!string_end(p, &escaped, &wide) || !push(p, BAWN_JSON_STRING, begin, p->at))
        return false;
    t = &p->j->tokens[p->j->n - 1];
    t->escaped = escaped;
    t->ascii = wide == SIZE_MAX;
    t->key = key;
    p->at++;
    return true;
}

/* ---- numbers and words --------------------------------------------------------------------------------------- */
static bool digits(parser *p, const char *expected)
{
    size_t begin = p->at;

    while (p->at < p->len && bawn_is_digit((unsigned char)p->s[p->at]))
        p->at++;
    return p->at > begin || refuse_found(p, p->at, expected);
}

static bool at_one_of(const parser *p, char a, char b)
{
    return p->at < p->len && (p->s[p->at] == a || p->s[p->at] == b);
}

/* RFC 8259 section 6: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)? */
static bool number(parser *p)
{
    size_t begin = p->at;

    if (p->s[p->at] == '-')
        p->at++;
    if (at_one_of(p, '0', '0')) {
        p->at++;
        if (p->at < p->len && bawn_is_digit((unsigned char)p->s[p->at]))
            return refuse(p, BAWN_E_INVALID_JSON, p->at - 1, "a number may not begin with a zero");
    } else if (!digits(p, "a digit")) {
        return false;
    }
    if (at_one_of(p, '.', '.')) {
        p->at++;
        if (!digits(p, "a digit after the decimal point"))
            return false;
    }
    if (at_one_of(p, 'e', 'E')) {
        p->at++;
        if (at_one_of(p, '+', '-'))
            p->at++;
        if (!digits(p, "a digit in the exponent"))
            return false;
    }
    return push(p, BAWN_JSON_NUMBER, begin, p->at);
}

static bool word(parser *p, bawn_slice spelt, bawn_json_type type)
{
    size_t begin = p->at;

    if (!bawn_slice_starts(bawn_slice_of(p->s + p->at, p->len - p->at), spelt))
        return refuse_found(p, p->at, "a value: null, true, false, a number, a string, [ or {");
    p->at += spelt.len;
    return push(p, type, begin, p->at);
}

/* ---- structure ----------------------------------------------------------------------------------------------- */
static void skip_space(parser *p)
{
    while (p->at < p->len && (unsigned char)p->s[p->at] <= ' ') {
        if (p->s[p->at] != ' ' && p->s[p->at] != '\n' && p->s[p->at] != '\r' && p->s[p->at] != '\t')
            return;
        p->at++;
    }
}

static bool next_is(parser *p, char c)
{
    skip_space(p);
    return p->at < p->len && p->s[p->at] == c;
}

static bool open_container(parser *p, bawn_json_type type)
{
    uint32_t self = (uint32_t)p->j->n;

    if (p->depth == p->max_depth)
        return refuse(p, BAWN_E_TOO_DEEP, p->at, "more levels of [ and { than allowed");
    if (!push(p, type, p->at, p->at))
        return false;
    p->j->tokens[self].next = p->open;
    p->open = self;
    p->depth++;
    p->at++;
    return true;
}

static bool close_container(parser *p)
{
    bawn_json_token *t = &p->j->tokens[p->open];
    uint32_t around = t->next, self = p->open, again;

    p->at++;
    t->end = (uint32_t)p->at;
    t->next = (uint32_t)p->j->n;
    p->open = around;
    p->depth--;
    if (t->type == BAWN_JSON_ARRAY || bawn_json_keys_differ(&again, p->j, self))
        return true;
    if (again == 0)
        return refuse(p, BAWN_E_NO_MEMORY, t->begin, "no memory to compare the keys of this object");
    return refuse(p, BAWN_E_DUPLICATE_KEY, p->j->tokens[again].begin - 1, "this key stands twice in its object");
}

static bool member_name(parser *p)
{
    if (!next_is(p, '"'))
        return refuse_found(p, p->at, "a key in double quotes");
    if (!string(p, true))
        return false;
    if (!next_is(p, ':'))
        return refuse_found(p, p->at, "':' after the key");
    p->at++;
    return true;
}

static bool scalar(parser *p)
{
    switch (p->at < p->len ? p->s[p->at] : '\0') {
    case '"': return string(p, false);
    case 't': return word(p, BAWN_LIT("true"), BAWN_JSON_TRUE);
    case 'f': return word(p, BAWN_LIT("false"), BAWN_JSON_FALSE);
    case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
        return number(p);
    default: return word(p, BAWN_LIT("null"), BAWN_JSON_NULL);
    }
}

/* Reads a scalar, or opens a container. *whole is false when a value must follow: inside what was opened. */
static bool value(parser *p, bool *whole)
{
    bool object = next_is(p, '{'), array = !object && next_is(p, '[');

    *whole = true;
    if (!object && !array)
        return scalar(p);
    if (!open_container(p, object ? BAWN_JSON_OBJECT : BAWN_JSON_ARRAY))
        return false;
    if (next_is(p, object ? '}' : ']'))
        return close_container(p);
    *whole = false;
    return !object || member_name(p);
}

/* After a whole value: counts it, closes what ends here. *more: another value must follow. */
static bool after_value(parser *p, bool *more)
{
    *more = false;
    while (p->open != NONE) {
        bawn_json_token *container = &p->j->tokens[p->open];
        bool object = container->type == BAWN_JSON_OBJECT;

        container->count++;
        if (next_is(p, ',')) {
            p->at++;
            *more = true;
            return !object || member_name(p);
        }
        if (!next_is(p, object ? '}' : ']'))
            return refuse_found(p, p->at, object ? "',' or '}' after a member" : "',' or ']' after an element");
        if (!close_container(p))
            return false;
    }
    return true;
}

static bool document(parser *p)
{
    bool more = true, whole;

    if (bawn_slice_starts(p->j->text, BAWN_LIT("\xEF\xBB\xBF")))
        return refuse(p, BAWN_E_INVALID_JSON, 0, "a byte order mark; send the text without it");
    while (more) {
        if (!value(p, &whole))
            return false;
        if (whole && !after_value(p, &more))
            return false;
    }
    skip_space(p);
    return p->at == p->len || refuse_found(p, p->at, "the end of the text");
}

bool bawn_json_parse(bawn_json *j, bawn_slice text, unsigned max_depth, bawn_error *err)
{
    parser p = { .j = j, .s = text.ptr, .len = text.len, .open = NONE, .max_depth = max_depth, .err = err };

    j->n = 0;
    j->text = text;
    if (text.len >= UINT32_MAX)
        return bawn_error_set(err, BAWN_E_INVALID_JSON, "a text of %zu bytes, expected less than 4 GiB", text.len);
    if (document(&p))
        return true;
    j->n = 0;                                             /* nobody reads half a tape */
    return false;
}

void bawn_json_free(bawn_json *j)
{
    bawn_free(j->tokens);
    *j = (bawn_json){ 0 };
}

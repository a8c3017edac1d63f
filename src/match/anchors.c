/* The literals with which a pattern can begin, read off its source. A stream holds text from an anchor on until the
 * pattern it may open can no longer match (RULINGS R2), so an anchor must be found in every match: the reader gives up
 * (false) rather than guess. Understands literals, escapes, and groups of alternatives, nested; everything else ends
 * the literal. */
#include "match/literals.h"
#include "match/match.h"
#include "match/regex.h"

#define ANCHOR_MAX 16
#define ANCHOR_MIN 1                    /* the lint asks built-in rows for 3 */

typedef struct { char text[ANCHOR_MAX]; size_t len; uint8_t flags; } anchor;
typedef struct { anchor *items; size_t n, max; bool failed; } anchors;

static bool is_quantifier(char c) { return c == '?' || c == '*' || c == '+' || c == '{'; }

/* Just past the group that opens at s, or NULL when it is not closed. */
static const char *group_end(const char *s)
{
    const char *end = s + strlen(s), *close = bawn_regex_skip_group(s, end);
    return close < end || close[-1] == ')' ? close : NULL;
}

/* A literal byte at *s (an escape counts as one): its value, or -1 when no literal stands there. */
static int literal_at(const char **s)
{
    unsigned char c = (unsigned char)**s;
    if (c == '\\') {
        unsigned char e = (unsigned char)(*s)[1];
        if (e == 0 || bawn_is_alnum(e))
            return -1;              /* a class or an assertion; \xHH is not needed at a begin */
        *s += 2;
        return e;
    }
    if (c == 0 || strchr("^$.[]|()?*+{", c))
        return -1;
    *s += 1;
    return c;
}

static void add(anchors *out, anchor a)
{
    size_t whole = bawn_utf8_valid_prefix(bawn_slice_of(a.text, a.len));    /* never cut inside a code point */
    a.flags = whole == a.len ? a.flags : 0;
    a.len = whole;
    if (a.len < ANCHOR_MIN || out->n == out->max) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < out->n; i++)
        if (out->items[i].len == a.len && out->items[i].flags == a.flags && memcmp(out->items[i].text, a.text, a.len) == 0)
            return;
    out->items[out->n++] = a;
}

static void walk(anchors *out, anchor prefix, const char *s, const char *end, int depth);

/* Each alternative of the group [s, end) goes on behind `prefix`; one that is too short takes in what follows. */
static void alternatives(anchors *out, anchor prefix, const char *s, const char *end, const char *rest, const char *rest_end,
                         int depth)
{
    for (const char *from = s;;) {
        const char *p = bawn_regex_alternative_end(from, end);
        bawn_buf joined = { 0 };
        bawn_buf_add(&joined, bawn_slice_of(from, (size_t)(p - from)));
        bawn_buf_add(&joined, bawn_slice_of(rest, (size_t)(rest_end - rest)));
        if (joined.failed || !bawn_buf_byte(&joined, '\0'))
            out->failed = true;
        else
            walk(out, prefix, joined.ptr, joined.ptr + joined.len - 1, depth + 1);
        bawn_buf_free(&joined);
        if (p >= end || out->failed)
            return;
        from = p + 1;
    }
}

/* Whether white space must follow the literal that ends at s, before which `c` was read last. */
static bool space_follows(const char *s, const char *end, int c)
{
    bool absent;
    if (c >= 0 && bawn_is_space((unsigned char)c))
        return s >= end || !is_quantifier(*s);
    if (s + 1 >= end || s[0] != '\\' || s[1] != 's')
        return false;
    bawn_regex_skip_quantifier(s + 2, end, &absent);
    return !absent;
}

static void walk(anchors *out, anchor a, const char *s, const char *end, int depth)
{
    int c = -1;

    if (depth > 8) {
        out->failed = true;
        return;
    }
    while (s < end && a.len < ANCHOR_MAX) {
        if (*s == '(') {
            const char *close = group_end(s);
            const char *inner = s + 1;
            if (!close || is_quantifier(*close) || (inner[0] == '?' && inner[1] != ':'))
                break;
            if (inner[0] == '?')
                inner += 2;
            alternatives(out, a, inner, close - 1, close, end, depth);
            return;
        }
        if (s[0] == '\\' && s[1] == 'b') {
            s += 2;
            continue;
        }
        c = literal_at(&s);
        if (c < 0 || bawn_is_space((unsigned char)c))
            break;
        if (s < end && (*s == '?' || *s == '*' || *s == '{'))
            break;                  /* may be absent */
        a.text[a.len++] = (char)c;
        if (s < end && *s == '+')
            break;
    }
    if (space_follows(s, end, c))
        a.flags = BAWN_L_SPACE_AFTER;
    add(out, a);
}

static bool copy_out(bawn_match_literal *out, size_t *n, const anchors *found, bool lower, bawn_arena *arena)
{
    for (size_t i = 0; i < found->n; i++) {
        char *text = bawn_arena_alloc(arena, found->items[i].len);
        if (!text)
            return false;
        for (size_t j = 0; j < found->items[i].len; j++)
            text[j] = lower ? bawn_lower(found->items[i].text[j]) : found->items[i].text[j];
        out[i] = (bawn_match_literal){ bawn_slice_of(text, found->items[i].len), found->items[i].flags };
    }
    *n = found->n;
    return true;
}

static void walk_plain(anchors *out, const char *text)
{
    anchor a = { .len = 0 };
    for (; *text && !bawn_is_space((unsigned char)*text) && a.len < ANCHOR_MAX; text++)
        a.text[a.len++] = *text;
    a.flags = bawn_is_space((unsigned char)*text) ? BAWN_L_SPACE_AFTER : 0;
    add(out, a);
}

bool bawn_match_anchors(bawn_match_literal *out, size_t *n, size_t max, const char *regex, uint8_t flags, bawn_arena *arena)
{
    anchor items[64];
    anchors found = { items, 0, max < BAWN_COUNT(items) ? max : BAWN_COUNT(items), false };
    const char *end = regex + strlen(regex);

    *n = 0;
    if (flags & BAWN_P_LITERAL)
        walk_plain(&found, regex);
    else if (!bawn_regex_is_regular(regex))
        return false;
    else
        alternatives(&found, (anchor){ .len = 0 }, regex, end, end, end, 0);
    return !found.failed && found.n > 0 && copy_out(out, n, &found, !(flags & BAWN_P_CASE), arena);
}

/* The literals one of which stands in every match of a pattern, read off its source. They gate the dear patterns: the
 * pass over a text looks for them only, and the patterns themselves are run where one was seen (engine/rules.c).
 *
 * A sequence needs each of its parts, so any part will do: the rarest is taken (long, and no everyday word). A group of
 * alternatives needs one literal from each of them. What may be absent, and all that is no literal, counts nothing. */
#include "match/match.h"

#define LITERAL_MAX 24
#define SET_MAX 96

typedef struct { char text[LITERAL_MAX]; size_t len; } literal;
typedef struct { literal items[SET_MAX]; size_t n; int rarity; } set;      /* n = 0: nothing required is known */

/* Words of everyday prose, which would wake the dear patterns at every sentence. */
static const char *const everyday[] = {
    "about", "above", "according", "after", "again", "all", "also", "and", "answer", "any", "anything", "are", "ask", "back",
    "because", "been", "before", "begin", "below", "both", "but", "can", "change", "could", "does", "done", "each", "else",
    "ever", "every", "everything", "first", "follow", "following", "for", "from", "full", "get", "give", "given", "have",
    "help", "here", "how", "information", "into", "its", "just", "know", "last", "let", "like", "list", "long", "made", "make",
    "may", "message", "more", "most", "much", "must", "name", "need", "never", "new", "next", "not", "nothing", "now", "off",
    "one", "only", "open", "order", "other", "our", "out", "over", "own", "part", "please", "point", "put", "question", "read",
    "right", "said", "same", "say", "see", "send", "set", "should", "show", "since", "some", "start", "stop", "such", "take",
    "tell", "text", "than", "thank", "that", "the", "their", "them", "then", "there", "these", "they", "thing", "things",
    "this", "those", "time", "told", "try", "turn", "two", "until", "use", "used", "user", "using", "very", "want", "was",
    "way", "were", "what", "when", "where", "which", "while", "who", "whole", "why", "will", "with", "without", "word", "words",
    "would", "write", "you", "your", "para", "por", "que", "con", "una", "pour", "dans", "avec", "vous", "und", "der", "die",
    "das", "nicht", "mit", "sie", "per", "che", "non", "sono", "como", "ist", "auf", "les", "des", "est", "tout", "alle",
};

static int rarity_of(const literal *l)
{
    bawn_slice s = { l->text, l->len };
    int letters = 0;
    if (l->len < 3)
        return 0;
    for (size_t i = 0; i < BAWN_COUNT(everyday); i++)
        if (bawn_slice_eq_nocase(s, bawn_slice_str(everyday[i])))
            return 1;
    for (size_t i = 0; i < l->len; i++)
        letters += bawn_utf8_is_start((unsigned char)l->text[i]);
    return 2 * letters + ((unsigned char)l->text[0] >= 0x80 ? letters + 2 : 0);   /* other scripts: fewer texts */
}

static void consider(set *best, const set *candidate)
{
    if (candidate->n > 0 && candidate->rarity > best->rarity)
        *best = *candidate;
}

static void consider_literal(set *best, literal *run)
{
    if (run->len >= 3) {
        static __thread set one;
        one.items[0] = *run;
        one.n = 1;
        one.rarity = rarity_of(run);
        consider(best, &one);
    }
    run->len = 0;
}

static const char *skip_class(const char *s, const char *end)
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

static const char *skip_group(const char *s, const char *end)
{
    int depth = 0;
    while (s < end) {
        if (*s == '\\') {
            s += 2;
            continue;
        }
        if (*s == '[') {
            s = skip_class(s, end);
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

/* Past a quantifier at s; *may_be_absent says what it allows. */
static const char *skip_quantifier(const char *s, const char *end, bool *may_be_absent)
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

static bool sequence(set *best, const char *s, const char *end, int depth);

/* One literal from each alternative of [s, end). */
static bool alternatives(set *out, const char *s, const char *end, int depth)
{
    set *one = bawn_malloc(sizeof *one);
    const char *from = s;
    bool ok = one != NULL;

    out->n = 0;
    out->rarity = 1000;
    while (ok && from <= end) {
        const char *p = from;
        while (p < end && *p != '|')
            p = *p == '\\' ? p + 2 : *p == '[' ? skip_class(p, end) : *p == '(' ? skip_group(p, end) : p + 1;
        if (p > end)
            p = end;
        ok = sequence(one, from, p, depth + 1) && one->n > 0 && out->n + one->n <= SET_MAX;
        for (size_t i = 0; ok && i < one->n; i++)
            out->items[out->n++] = one->items[i];
        if (ok && one->rarity < out->rarity)
            out->rarity = one->rarity;
        from = p + 1;
    }
    bawn_free(one);
    if (!ok)
        out->n = 0;
    return ok;
}

static void group(set *best, literal *run, const char **s, const char *end, int depth)
{
    const char *close = skip_group(*s, end), *inner = *s + 1;
    bool absent;
    const char *after = skip_quantifier(close, end, &absent);
    set *all = bawn_malloc(sizeof *all);

    consider_literal(best, run);
    if (inner < end && *inner == '?') {
        inner++;
        if (inner < end && *inner == ':')
            inner++;
        else
            absent = true;                      /* look-arounds and the like */
    }
    if (all && !absent && depth < 12 && alternatives(all, inner, close - 1, depth))
        consider(best, all);
    bawn_free(all);
    *s = after;
}

static void character(set *best, literal *run, const char **s, const char *end)
{
    const char *at = *s;
    char c = *at++;
    bool plain = true, absent;

    if (c == '\\' && at < end) {
        c = *at++;
        if (bawn_is_alnum((unsigned char)c)) {
            plain = false;
            if (c == 'b' || c == 'B') {
                *s = at;
                return;
            }
            if (c == 'x')
                at += at + 2 <= end ? 2 : 0;
        }
    } else if (strchr(".^$", c)) {
        plain = false;
        if (c != '.') {
            *s = at;
            return;
        }
    }
    while (at < end && !bawn_utf8_is_start((unsigned char)*at) && plain && (unsigned char)c >= 0x80)
        at++;                                   /* a code point is one character for its quantifier */
    const char *after = skip_quantifier(at, end, &absent);
    if (!plain || absent || run->len + 4 > LITERAL_MAX) {
        consider_literal(best, run);
    }
    if (plain && !absent) {
        if ((unsigned char)c >= 0x80)
            for (const char *b = *s; b < at; b++)
                run->text[run->len++] = *b;
        else
            run->text[run->len++] = c;
        if (after != at)
            consider_literal(best, run);
    }
    *s = after;
}

static bool sequence(set *best, const char *s, const char *end, int depth)
{
    literal run = { .len = 0 };

    best->n = 0;
    best->rarity = 0;
    while (s < end) {
        if (*s == '(') {
            group(best, &run, &s, end, depth);
        } else if (*s == '[') {
            bool absent;
            consider_literal(best, &run);
            s = skip_quantifier(skip_class(s, end), end, &absent);
        } else {
            character(best, &run, &s, end);
        }
    }
    consider_literal(best, &run);
    return true;
}

bool bawn_match_required(bawn_slice *out, size_t *n, size_t max, int *rarity, const char *regex, bawn_arena *arena)
{
    set *all = bawn_malloc(sizeof *all);
    bool ok = all && alternatives(all, regex, regex + strlen(regex), 0) && all->n > 0 && all->n <= max;

    *n = 0;
    for (size_t i = 0; ok && i < all->n; i++) {
        size_t whole = bawn_utf8_valid_prefix(bawn_slice_of(all->items[i].text, all->items[i].len));
        out[i] = bawn_arena_copy(arena, bawn_slice_of(all->items[i].text, whole), &ok);
        *n = i + 1;
    }
    *rarity = ok ? all->rarity : 0;
    bawn_free(all);
    return ok;
}

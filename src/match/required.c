/* The literals one of which stands in every match of a pattern, read off its source. They gate the dear patterns: the
 * pass over a text looks for them only, and the patterns themselves are run where they were seen (rules_compile.c).
 *
 * A sequence needs each of its parts, so any part will do: the two rarest are taken (long, no everyday word). A group of
 * alternatives needs one literal from each of them. What may be absent, and all that is no literal, counts nothing. */
#include "match/match.h"

#define LITERAL_MAX 24
#define SET_MAX 96

typedef struct { char text[LITERAL_MAX]; size_t len; } literal;
typedef struct { literal items[SET_MAX]; size_t n; int rarity; } set;      /* n = 0: nothing required is known */
typedef struct { set best, second; } choice;                               /* two parts of one sequence */

/* Words of everyday prose, which would wake the dear patterns at every sentence. */
static const char *const everyday[] = {
    "about", "after", "again", "all", "also", "and", "answer", "any", "are", "ask", "back",
    "because", "been", "before", "begin", "both", "but", "can", "change", "could", "does", "done", "each", "else",
    "ever", "every", "first", "follow", "for", "from", "full", "get", "give", "given", "have",
    "help", "here", "how", "information", "into", "its", "just", "know", "last", "let", "like", "list", "long", "made", "make",
    "may", "message", "more", "most", "much", "must", "name", "need", "never", "new", "next", "not", "now", "off",
    "one", "only", "open", "order", "other", "our", "out", "over", "own", "part", "please", "point", "put", "question", "read",
    "right", "said", "same", "say", "see", "send", "set", "should", "show", "since", "some", "start", "stop", "such", "take",
    "tell", "text", "than", "thank", "that", "the", "their", "them", "then", "there", "these", "they", "thing", "things",
    "this", "those", "time", "told", "try", "turn", "two", "until", "use", "used", "user", "using", "very", "want", "was",
    "way", "were", "what", "when", "where", "which", "while", "who", "whole", "why", "will", "with", "without", "word", 
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

static void consider(choice *c, const set *candidate)
{
    if (candidate->n == 0)
        return;
    if (candidate->rarity > c->best.rarity) {
        c->second = c->best;
        c->best = *candidate;
    } else if (candidate->rarity > c->second.rarity) {
        c->second = *candidate;
    }
}

static void consider_literal(choice *c, literal *run, set *scratch)
{
    if (run->len >= 3) {
        scratch->items[0] = *run;
        scratch->n = 1;
        scratch->rarity = rarity_of(run);
        consider(c, scratch);
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

typedef struct { choice found; set scratch; literal run; } reader;          /* large: lives on the heap */

static bool sequence(reader *r, const char *s, const char *end, int depth);

/* One literal from each alternative of [s, end). */
static bool alternatives(set *out, const char *s, const char *end, int depth)
{
    reader *one = bawn_malloc(sizeof *one);
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
        const set *best = &one->found.best;
        ok = sequence(one, from, p, depth + 1) && best->n > 0 && out->n + best->n <= SET_MAX;
        for (size_t i = 0; ok && i < best->n; i++)
            out->items[out->n++] = best->items[i];
        if (ok && best->rarity < out->rarity)
            out->rarity = best->rarity;
        from = p + 1;
    }
    bawn_free(one);
    if (!ok)
        out->n = 0;
    return ok;
}

static const char *group(reader *r, const char *s, const char *end, int depth)
{
    const char *close = skip_group(s, end), *inner = s + 1;
    bool absent;
    const char *after = skip_quantifier(close, end, &absent);

    consider_literal(&r->found, &r->run, &r->scratch);
    if (inner < end && *inner == '?') {
        inner++;
        if (inner < end && *inner == ':')
            inner++;
        else
            absent = true;                      /* look-arounds and the like */
    }
    if (!absent && depth < 12 && alternatives(&r->scratch, inner, close - 1, depth))
        consider(&r->found, &r->scratch);
    return after;
}

static const char *character(reader *r, const char *s, const char *end)
{
    const char *at = s;
    char c = *at++;
    bool plain = true, absent;
    literal *run = &r->run;

    if (c == '\\' && at < end) {
        c = *at++;
        plain = !bawn_is_alnum((unsigned char)c);
        if (c == 'b' || c == 'B')
            return at;
        if (c == 'x')
            at += at + 2 <= end ? 2 : 0;
    } else if (c == '^' || c == '$') {
        return at;
    } else if (c == '.') {
        plain = false;
    }
    while (plain && (unsigned char)c >= 0x80 && at < end && !bawn_utf8_is_start((unsigned char)*at))
        at++;                                   /* a code point is one character for its quantifier */
    const char *after = skip_quantifier(at, end, &absent);
    if (!plain || absent || run->len + 4 > LITERAL_MAX)
        consider_literal(&r->found, run, &r->scratch);
    if (plain && !absent) {
        if ((unsigned char)c >= 0x80)
            for (const char *b = s; b < at; b++)
                run->text[run->len++] = *b;
        else
            run->text[run->len++] = c;
        if (after != at)
            consider_literal(&r->found, run, &r->scratch);
    }
    return after;
}

static bool sequence(reader *r, const char *s, const char *end, int depth)
{
    bool absent;

    r->found.best.n = r->found.second.n = 0;
    r->found.best.rarity = r->found.second.rarity = 0;
    r->run.len = 0;
    while (s < end) {
        if (*s == '(') {
            s = group(r, s, end, depth);
        } else if (*s == '[') {
            consider_literal(&r->found, &r->run, &r->scratch);
            s = skip_quantifier(skip_class(s, end), end, &absent);
        } else {
            s = character(r, s, end);
        }
    }
    consider_literal(&r->found, &r->run, &r->scratch);
    return true;
}

static bool has_alternatives(const char *s, const char *end)
{
    while (s < end && *s != '|')
        s = *s == '\\' ? s + 2 : *s == '[' ? skip_class(s, end) : *s == '(' ? skip_group(s, end) : s + 1;
    return s < end;
}

static bool keep(bawn_required *out, const set *from, bawn_arena *arena)
{
    bool ok = true;
    out->n = 0;
    out->rarity = from->n ? from->rarity : 0;
    for (size_t i = 0; ok && i < from->n; i++) {
        size_t whole = bawn_utf8_valid_prefix(bawn_slice_of(from->items[i].text, from->items[i].len));
        out->items[out->n++] = bawn_arena_copy(arena, bawn_slice_of(from->items[i].text, whole), &ok);
    }
    return ok;
}

bool bawn_match_required(bawn_required out[2], const char *regex, bawn_arena *arena)
{
    const char *end = regex + strlen(regex);
    reader *r = bawn_malloc(sizeof *r);
    bool ok = r != NULL;

    if (ok && has_alternatives(regex, end)) {
        r->found.second.n = 0;
        if (!alternatives(&r->found.best, regex, end, 0))
            r->found.best.n = 0;
    } else if (ok) {
        ok = sequence(r, regex, end, 0);
    }
    ok = ok && keep(&out[0], &r->found.best, arena) && keep(&out[1], &r->found.second, arena);
    bawn_free(r);
    return ok;
}

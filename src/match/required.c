/* The literals one of which stands in every match of a pattern, read off its source. They gate the dear patterns: the
 * pass over a text looks for them only, and the patterns themselves are run where they were seen (engine/rules_gates.c).
 *
 * A sequence is read from left to right as a *run*: the set of all strings that its next parts can be, as long as these
 * are few ("the following rules" with its alternatives and what may be absent), white space as one space. Where they
 * are not, the run ends, and the set that prose has least of those that the run went through is one required part of
 * the sequence; so is, of a group too large to be a run, one part of each alternative. (The same idea is in the literal
 * extractors of RE2 and of Rust's regex-syntax.) What may be absent, and all that is no literal, counts nothing. */
#include "match/match.h"

#include "match/literals.h"
#include "match/regex.h"

#define LITERAL_MAX 32
#define RUN_MAX 32              /* strings of a run */
#define SET_MAX BAWN_REQUIRED_MAX
#define PARTS BAWN_REQUIRED_PARTS
#define SINGLE_WIDE 64          /* times: a single letter of another script, about as often as a common word */
#define THREE_LETTERS 20

/* A leading or trailing space: white space must stand beside the literal. */
typedef struct { char text[LITERAL_MAX + 1]; uint8_t len; } string;
typedef struct { string items[RUN_MAX]; size_t n; } strings;
typedef struct { string items[SET_MAX]; size_t n; double times; unsigned order; } set;     /* n = 0: nothing is known */
typedef struct { set parts[PARTS]; } choice;                                           /* of one sequence, rarest first */

/* ---- strings ------------------------------------------------------------------------------------------------------ */
static void set_string(string *out, const char *text, size_t len)
{
    memcpy(out->text, text, len);
    out->text[len] = 0;
    out->len = (uint8_t)len;
}

static void one_string(strings *out, const char *text, size_t len)
{
    out->n = 1;
    set_string(&out->items[0], text, len);
}

/* out x more, one behind the other; false: too many, or too long. Two white spaces are one. */
static bool append(strings *out, const strings *more)
{
    strings old = *out;
    if (old.n * more->n > RUN_MAX)
        return false;
    out->n = 0;
    for (size_t i = 0; i < old.n; i++)
        for (size_t k = 0; k < more->n; k++) {
            const string *a = &old.items[i], *b = &more->items[k];
            size_t joint = a->len && b->len && a->text[a->len - 1] == ' ' && b->text[0] == ' ';
            if (a->len + b->len - joint > LITERAL_MAX) {
                *out = old;
                return false;
            }
            string *s = &out->items[out->n++];
            *s = *a;
            memcpy(s->text + s->len, b->text + joint, b->len - joint + 1);
            s->len = (uint8_t)(s->len + b->len - joint);
        }
    return true;
}

static bool unite(strings *out, const strings *more)
{
    for (size_t i = 0; i < more->n; i++) {
        if (out->n == RUN_MAX)
            return false;
        out->items[out->n++] = more->items[i];
    }
    return true;
}

static bool ends_with_space(const string *s) { return s->len > 0 && s->text[s->len - 1] == ' '; }

static bool all_end_with_space(const strings *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (!ends_with_space(&s->items[i]))
            return false;
    return true;
}

/* Without the white space beside it. */
static bawn_match_literal literal_of(const string *s)
{
    size_t from = s->len > 0 && s->text[0] == ' ', to = s->len;
    uint8_t flags = from ? BAWN_L_SPACE_BEFORE | BAWN_L_LOOSE : BAWN_L_LOOSE;

    if (to > from && s->text[to - 1] == ' ') {
        flags |= BAWN_L_SPACE_AFTER;
        to--;
    }
    return (bawn_match_literal){ bawn_slice_of(s->text + from, to - from), flags };
}

static bool is_cyrillic(bawn_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] == 0xD0 || (unsigned char)text.ptr[i] == 0xD1)
            return true;
    return false;
}

double bawn_match_literal_times(double *looks, const bawn_match_literal *l)
{
    double times = bawn_match_times(l->text, l->flags);
    char text[LITERAL_MAX + 1] = "";
    size_t letters = 0;

    memcpy(text, l->text.ptr, l->text.len < LITERAL_MAX ? l->text.len : LITERAL_MAX);
    for (size_t i = 0; i < l->text.len; i++)
        letters += bawn_utf8_is_start((unsigned char)l->text.ptr[i]);
    unsigned keys = bawn_literals_times(text, l->flags);
    *looks = keys > 0 ? keys : times;
    if (keys > 0)
        return times;
    if (!bawn_slice_is_ascii(l->text))      /* of words without spaces between nothing is known but their length */
        return letters == 1 ? SINGLE_WIDE : is_cyrillic(l->text) || times > 1 ? times : 1;
    return letters < 3 ? 0 : times > THREE_LETTERS ? times : THREE_LETTERS;
}

/* ---- sets ---------------------------------------------------------------------------------------------------------- */
/* What holds another of the set says nothing that the other does not. */
static bool is_covered(const strings *s, size_t which)
{
    bawn_slice whole = bawn_slice_of(s->items[which].text, s->items[which].len);
    for (size_t i = 0; i < s->n; i++) {
        bawn_slice other = bawn_slice_of(s->items[i].text, s->items[i].len);
        if (i != which && other.len <= whole.len && bawn_slice_find(whole, other) < whole.len &&
            (other.len < whole.len || i < which))
            return true;
    }
    return false;
}

static void forget(set *s)
{
    s->n = s->order = 0;
    s->times = 0;
}

static bool set_of(set *out, const strings *s)
{
    forget(out);
    for (size_t i = 0; i < s->n; i++) {
        bawn_match_literal l = literal_of(&s->items[i]);
        double looks, times = bawn_match_literal_times(&looks, &l);
        if (times == 0)
            return false;
        if (is_covered(s, i))
            continue;
        out->items[out->n++] = s->items[i];
        out->times += times;
    }
    return out->n > 0;
}

static void consider(choice *c, set *candidate, unsigned order)
{
    candidate->order = order;
    for (size_t i = 0; candidate->n > 0 && i < PARTS; i++)
        if (c->parts[i].n == 0 || candidate->times < c->parts[i].times) {
            memmove(&c->parts[i + 1], &c->parts[i], (PARTS - 1 - i) * sizeof(set));
            c->parts[i] = *candidate;
            return;
        }
}

/* ---- elements: an atom and its quantifier --------------------------------------------------------------------------- */
typedef struct { const char *begin, *end, *after; bool absent, once; } element;

static element read_element(const char *s, const char *end)
{
    element e = { .begin = s };
    if (*s == '(')
        e.end = bawn_regex_skip_group(s, end);
    else if (*s == '[')
        e.end = bawn_regex_skip_class(s, end);
    else if (*s == '\\')
        e.end = s + 2 + (s + 1 < end && s[1] == 'x' ? 2 : 0);
    else
        for (e.end = s + 1; (unsigned char)*s >= 0x80 && e.end < end && !bawn_utf8_is_start((unsigned char)*e.end);)
            e.end++;                        /* a code point is one character for its quantifier */
    if (e.end > end)
        e.end = end;
    e.after = bawn_regex_skip_quantifier(e.end, end, &e.absent);
    e.once = e.after == e.end;
    return e;
}

static bool is_space_class(const element *e) { return e->end == e->begin + 2 && e->begin[0] == '\\' && e->begin[1] == 's'; }

/* The inside of a plain group. */
static bool is_plain_group(const element *e, const char **inner)
{
    *inner = e->begin + 1;
    if (*e->begin != '(')
        return false;
    if (**inner != '?')
        return true;
    *inner += 2;
    return e->begin[2] == ':';
}

static bool exact_alternatives(strings *out, const char *s, const char *end, int depth);

/* A class of a few characters, such as [sz]. */
static bool exact_class(strings *out, const char *s, const char *end)
{
    out->n = 0;
    for (s++, end--; s < end;) {
        const char *from = s++;
        if (*from == '^' || *from == '\\' || (s < end && *s == '-') || out->n == 6)
            return false;
        while (s < end && !bawn_utf8_is_start((unsigned char)*s))
            s++;
        set_string(&out->items[out->n++], from, (size_t)(s - from));
    }
    return out->n > 0;
}

static bool exact_atom(strings *out, const element *e, int depth)
{
    const char *s = e->begin, *inner;

    if (*s == '(')
        return depth < 12 && is_plain_group(e, &inner) && exact_alternatives(out, inner, e->end - 1, depth + 1);
    if (*s == '[')
        return exact_class(out, s, e->end);
    if (*s == '^' || *s == '$' || (*s == '\\' && (s[1] == 'b' || s[1] == 'B'))) {
        one_string(out, "", 0);
        return true;
    }
    if (*s == '.' || (*s == '\\' && bawn_is_alnum((unsigned char)s[1]) && s[1] != 's'))
        return false;
    if (is_space_class(e) || bawn_is_space((unsigned char)*s))
        one_string(out, " ", 1);
    else
        one_string(out, *s == '\\' ? s + 1 : s, (size_t)(e->end - s) - (*s == '\\'));
    return true;
}

/* All strings that an element can be. */
static bool exact_element(strings *out, const element *e, int depth)
{
    strings nothing;
    one_string(&nothing, "", 0);

    if (e->once || (is_space_class(e) && !e->absent))
        return exact_atom(out, e, depth);
    bool maybe = (*e->end == '?' && e->after == e->end + 1) || (e->after == e->end + 5 && memcmp(e->end, "{0,1}", 5) == 0);
    return maybe && !is_space_class(e) && exact_atom(out, e, depth) && unite(out, &nothing);
}

static bool exact_sequence(strings *out, const char *s, const char *end, int depth)
{
    strings *more = bawn_malloc(sizeof *more);
    bool ok = more != NULL;

    one_string(out, "", 0);
    while (ok && s < end) {
        element e = read_element(s, end);
        ok = exact_element(more, &e, depth) && append(out, more);
        s = e.after;
    }
    bawn_free(more);
    return ok;
}

static bool exact_alternatives(strings *out, const char *s, const char *end, int depth)
{
    strings *one = bawn_malloc(sizeof *one);
    bool ok = one != NULL;

    out->n = 0;
    while (ok && s <= end) {
        const char *p = bawn_regex_alternative_end(s, end);
        ok = exact_sequence(one, s, p, depth) && unite(out, one);
        s = p + 1;
    }
    bawn_free(one);
    return ok;
}

/* ---- a sequence ------------------------------------------------------------------------------------------------------ */
/* `space`: white space stands for certain right before what is read next, `space_after`: behind the sequence. */
typedef struct { choice found; strings run, next; set best, scratch; unsigned seen; bool space, space_after; } reader;

static void sequence(reader *r, const char *s, const char *end, int depth);

static void begin_run(reader *r)
{
    one_string(&r->run, " ", r->space);
    r->best.n = 0;
}

/* Remembers the run as it stands if it is rarer than it was. */
static void look_at_run(reader *r)
{
    if (set_of(&r->scratch, &r->run) && (r->best.n == 0 || r->scratch.times <= r->best.times))
        r->best = r->scratch;
}

static void end_run(reader *r)
{
    look_at_run(r);
    consider(&r->found, &r->best, r->seen++);
    r->space = all_end_with_space(&r->run);
    begin_run(r);
}

static void extend(reader *r, const element *e)
{
    if (!bawn_is_alnum((unsigned char)*e->begin))       /* a word ends here: not each of its letters is looked at */
        look_at_run(r);
    if (append(&r->run, &r->next))
        return;
    end_run(r);
    if (!append(&r->run, &r->next))
        r->space = false, begin_run(r);
}

/* One literal from each alternative of [s, end); *space becomes whether all of them end with white space. */
static bool alternatives(set *out, bool *space, const char *s, const char *end, bool space_after, int depth)
{
    reader *one = bawn_malloc(sizeof *one);
    const char *from = s;
    bool ok = one != NULL, before = *space;

    forget(out);
    *space = one != NULL;
    while (one && from <= end) {
        const char *p = bawn_regex_alternative_end(from, end);
        const set *best = &one->found.parts[0];
        one->space = before;
        one->space_after = space_after;
        sequence(one, from, p, depth + 1);
        *space = *space && one->space;
        ok = ok && best->n > 0 && out->n + best->n <= SET_MAX;
        for (size_t i = 0; ok && i < best->n; i++)
            out->items[out->n++] = best->items[i];
        out->times += best->times;
        from = p + 1;
    }
    bawn_free(one);
    if (!ok)
        out->n = 0;
    return ok;
}

static bool begins_with_space(const char *s, const char *end)
{
    if (s >= end)
        return false;
    element e = read_element(s, end);
    return is_space_class(&e) && !e.absent;
}

/* A group that can be too much for a run. */
static void group(reader *r, const element *e, const char *end, int depth)
{
    const char *inner;
    bool plain = is_plain_group(e, &inner), before;
    bool space_after = e->once && (begins_with_space(e->after, end) || (e->after == end && r->space_after));

    end_run(r);
    before = r->space;
    if (depth < 12 && plain && alternatives(&r->scratch, &r->space, inner, e->end - 1, space_after, depth) && !e->absent)
        consider(&r->found, &r->scratch, r->seen++);
    r->space = r->space && depth < 12 && plain && (before || !e->absent);
    begin_run(r);
}

static void sequence(reader *r, const char *s, const char *end, int depth)
{
    for (size_t i = 0; i < PARTS; i++)
        r->found.parts[i].n = 0;
    r->seen = 0;
    begin_run(r);
    while (s < end) {
        element e = read_element(s, end);
        s = e.after;
        if (exact_element(&r->next, &e, depth)) {
            extend(r, &e);
        } else if (*e.begin == '(') {
            group(r, &e, end, depth);
        } else if (is_space_class(&e)) {        /* may be absent: what stood before it, if it was white space, still does */
            end_run(r);
        } else {
            if (!e.absent && exact_atom(&r->next, &e, depth))
                extend(r, &e);
            end_run(r);
            r->space = false;
            begin_run(r);
        }
    }
    if (r->space_after) {
        one_string(&r->next, " ", 1);
        append(&r->run, &r->next);
    }
    end_run(r);
}

/* ---- the whole ---------------------------------------------------------------------------------------------------------- */
static bool keep(bawn_required *out, const set *from, bawn_arena *arena)
{
    bool ok = true;
    out->n = 0;
    out->times = from->times;
    out->order = from->order;
    for (size_t i = 0; ok && i < from->n; i++) {
        bawn_match_literal l = literal_of(&from->items[i]);
        out->items[out->n++] = (bawn_match_literal){ bawn_arena_copy(arena, l.text, &ok), l.flags };
    }
    return ok;
}

bool bawn_match_required(bawn_required out[BAWN_REQUIRED_PARTS], const char *regex, bawn_arena *arena)
{
    const char *end = regex + strlen(regex);
    reader *r = bawn_malloc(sizeof *r);
    bool ok = r != NULL, space = false;

    if (!ok)
        return false;
    *r = (reader){ .space = false };
    if (!bawn_regex_is_regular(regex) || !bawn_regex_escapes_are_short(regex)) {
        ;                                       /* nothing is known */
    } else if (bawn_regex_alternative_end(regex, end) < end) {
        if (!alternatives(&r->found.parts[0], &space, regex, end, false, 0))
            r->found.parts[0].n = 0;
    } else {
        sequence(r, regex, end, 0);
    }
    for (size_t i = 0; ok && i < PARTS; i++)
        ok = keep(&out[i], &r->found.parts[i], arena);
    bawn_free(r);
    return ok;
}

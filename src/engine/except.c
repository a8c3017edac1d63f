/* Exact exceptions (guardrails.*.except): a kind, and the record's hash of what was matched or the text that it stands in.
 * Read with the policy, obeyed when a text is judged. What counts is what the record would show: findings of one kind that
 * overlap are one, over their union, so that an attack that goes on behind an excepted one is another text and stays found;
 * unless each of them is excepted by itself. Nothing else is let pass: another kind over the same words is a finding as before.
 * In a stream, where the union grows, only the latter counts, and a text must have come whole where its finding ends: what is
 * excepted does not hang on how the stream was cut. What crosses the parts of a message is excepted part by part, and passes when
 * all are. O(n log n) in the findings of the kinds that have exceptions.
 * keeps: P3a.1 */
#include <stdlib.h>

#include "engine/judge.h"

enum { TEXT_MOST = 1024 };          /* it is looked for around each finding of its kind */

/* ---- reading ------------------------------------------------------------------------------------------------------- */
static bool knows_kind(const bawn_wall *w, bawn_slice code, const char **nearest)
{
    const char **names = bawn_malloc((w->n_kinds + 1) * sizeof *names);
    bool known = false;

    *nearest = NULL;
    for (uint32_t k = 0; k < w->n_kinds; k++) {
        known = known || bawn_slice_is(code, bawn_wall_kind(w, k)->code);
        if (names)
            names[k] = bawn_wall_kind(w, k)->code;
    }
    if (names) {
        names[w->n_kinds] = NULL;
        *nearest = bawn_nearest(code, names);
    }
    bawn_free(names);
    return known;
}

static bool check_kind(const bawn_wall *w, const bawn_policy *policy, const bawn_node *kind, bawn_error *err)
{
    const char *near;

    if (bawn_slice_starts(kind->text, BAWN_LIT("limits.")))
        return bawn_node_error(err, policy, kind, "a limit has no text to except; write another number in `input_limits`");
    if (bawn_slice_is(kind->text, "leak.CANARY"))
        return bawn_node_error(err, policy, kind, "a canary is new for each request, so none can be excepted; "
                               "`leak: {canary: false}` plants none");
    if (knows_kind(w, kind->text, &near))
        return true;
    return bawn_node_error(err, policy, kind, "unknown kind `%.*s`; expected one as `bawn log show` prints it, such as "
                           "prompt_attack.INSTRUCTION_OVERRIDE%s%s%s", (int)(kind->text.len > 80 ? 80 : kind->text.len), kind->text.ptr,
                           near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
}

/* "k:" and sixteen digits of lower case, as events have it. */
static bool read_hash(uint8_t out[8], bawn_slice text)
{
    static const char digits[] = "0123456789abcdef";

    if (text.len != 18 || !bawn_slice_starts(text, BAWN_LIT("k:")))
        return false;
    for (size_t i = 0; i < 16; i++) {
        const char *at = memchr(digits, text.ptr[2 + i], 16);
        if (!at)
            return false;
        out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] << 4 | (at - digits) : at - digits);
    }
    return true;
}

static bool read_one(bawn_except *out, const bawn_wall *w, const bawn_policy *policy, const bawn_node *item, bawn_error *err)
{
    const bawn_node *kind = bawn_node_get(item, "kind"), *hash = bawn_node_get(item, "hash"), *text = bawn_node_get(item, "text");

    *out = (bawn_except){ .kind = kind->text, .text = text ? text->text : BAWN_NIL };
    if (!hash == !text)
        return bawn_node_error(err, policy, item, "found %s; expected either `hash` (as `bawn log show` prints it) or `text`",
                               hash ? "both `hash` and `text`" : "neither `hash` nor `text`");
    if (text && text->text.len == 0)
        return bawn_node_error(err, policy, text, "found an empty text; expected the words that may pass");
    if (text && text->text.len > TEXT_MOST)
        return bawn_node_error(err, policy, text, "found a text of %zu bytes; expected at most %d: name a longer one by its "
                               "hash", text->text.len, TEXT_MOST);
    if (hash && !read_hash(out->hash, hash->text))
        return bawn_node_error(err, policy, hash, "`%.*s` is no hash of a match: expected k: and 16 hexadecimal digits, as "
                               "`bawn log show` prints it", (int)(hash->text.len > 40 ? 40 : hash->text.len), hash->text.ptr);
    return check_kind(w, policy, kind, err);
}

bool bawn_wall_read_except(bawn_guardrail *g, const bawn_wall *w, const bawn_policy *policy, const bawn_node *list, bawn_error *err)
{
    size_t n = 0;

    if (!list)
        return true;
    for (const bawn_node *i = list->first; i; i = i->next)
        n++;
    g->n_except = 0;
    g->except = bawn_arena_alloc(w->arena, (n + 1) * sizeof *g->except);
    if (!g->except)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for a guardrail");
    for (const bawn_node *i = list->first; i; i = i->next)
        if (!read_one(&g->except[g->n_except++], w, policy, i, err) && !bawn_wall_goes_on(w, err))
            return false;
    return true;
}

/* ---- obeying --------------------------------------------------------------------------------------------------------- */
typedef struct { uint32_t kind; bawn_span at; size_t item; } place;

static int by_kind(const void *a, const void *b)
{
    const place *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->at.begin < y->at.begin ? -1 : x->at.begin > y->at.begin;
}

static bool has_exception(const bawn_guardrail *g, const char *code)
{
    for (size_t i = 0; i < g->n_except; i++)
        if (bawn_slice_is(g->except[i].kind, code))
            return true;
    return false;
}

/* Whether [begin, end) of the text stands inside an occurrence of `words`; of a growing text, in one that ends there too. */
static bool stands_in(bawn_slice text, bawn_span at, bawn_slice words, bool growing)
{
    size_t from = at.end > words.len ? at.end - words.len : 0;

    if (growing)
        text.len = at.end;
    for (; from <= at.begin && from + words.len <= text.len; from++)
        if (memcmp(text.ptr + from, words.ptr, words.len) == 0)
            return true;
    return false;
}

static bool is_excepted(const bawn_judging *j, const char *code, bawn_slice text, bawn_span at)
{
    const bawn_guardrail *g = j->guardrail;
    const bawn_slice key = { (const char *)j->worker->wall->hash_key, 32 };
    uint8_t hash[8];

    bawn_value_hash(hash, key, bawn_slice_str(code), bawn_slice_of(text.ptr + at.begin, at.end - at.begin));
    for (size_t i = 0; i < g->n_except; i++) {
        const bawn_except *e = &g->except[i];
        if (bawn_slice_is(e->kind, code) && (e->text.len ? stands_in(text, at, e->text, j->streaming) : memcmp(e->hash, hash, sizeof hash) == 0))
            return true;
    }
    return false;
}

static size_t places_of(place *out, const bawn_judging *j, bawn_slice text, size_t base, size_t first)
{
    size_t n = 0;

    for (size_t i = first; i < j->finds->n; i++) {
        const bawn_found *f = &j->finds->items[i];
        if (f->segment == j->segment && f->span.begin >= base && f->span.end <= base + text.len && f->span.begin < f->span.end &&
            has_exception(j->guardrail, bawn_wall_kind(j->worker->wall, f->kind)->code))
            out[n++] = (place){ f->kind, { f->span.begin - base, f->span.end - base }, i };
    }
    qsort(out, n, sizeof *out, by_kind);
    return n;
}

enum { DROPPED = UINT8_MAX };       /* for a moment, as an action */

/* Marks what is excepted among places of one kind that overlap, `all` of them together. */
static void mark(const bawn_judging *j, const char *code, bawn_slice text, const place *places, size_t n, bawn_span all)
{
    bool whole = !j->streaming && is_excepted(j, code, text, all);
    size_t each = 0;

    while (!whole && each < n && is_excepted(j, code, text, places[each].at))
        each++;
    for (size_t k = 0; k < n; k++)
        if (whole || each == n || (j->streaming && is_excepted(j, code, text, places[k].at)))
            j->finds->items[places[k].item].action = DROPPED;
}

void bawn_except_drop(bawn_judging *j, bawn_slice text, size_t base, size_t first)
{
    bawn_finds *finds = j->finds;
    size_t kept = first, end;

    if (j->guardrail->n_except == 0 || finds->n <= first)
        return;
    place *places = bawn_malloc((finds->n - first) * sizeof *places);
    if (!places)
        return;                     /* without memory nothing is excepted */
    size_t n = places_of(places, j, text, base, first);
    for (size_t i = 0; i < n; i = end) {
        bawn_span all = places[i].at;
        for (end = i + 1; end < n && places[end].kind == places[i].kind && places[end].at.begin < all.end; end++)
            all.end = places[end].at.end > all.end ? places[end].at.end : all.end;
        mark(j, bawn_wall_kind(j->worker->wall, places[i].kind)->code, text, places + i, end - i, all);
    }
    for (size_t i = first; i < finds->n; i++)
        if (finds->items[i].action != DROPPED)
            finds->items[kept++] = finds->items[i];
    finds->n = kept;
    bawn_free(places);
}

/* Gates. A row with words and gaps ("ignore all previous instructions" in its many orders) costs a hundred times what a
 * literal costs: 250 such rows took 10 us for each kB and 8 MB of tables. Each needs a few words in every match, most of
 * which prose does not have; so these words, the gates, are looked for first, and the dear rows only around them.
 *
 * A row has one to three parts, each a set of gates one of which stands in every match; it is run where words of all
 * parts stand near each other. More parts make fewer windows and more hits to remember: what is cheapest on prose is
 * taken, twice, since a gate that another row has as well costs next to nothing. The parts of one row are found by one matcher, so that they come in the order of the text (engine/view.c
 * remembers only the last of each). */
#include <stdlib.h>

#include "engine/wall.h"

#define GATES_MAX 16384
/* Measured, us: to look at a place where a gate may stand, to find one there (one that is found for another row anyway),
 * to run a dear row in a window; and what a row costs in 64 KiB when it is run everywhere. */
#define LOOK_US 0.03
#define HIT_US 0.12
#define SHARED_US 0.015
#define WINDOW_US 0.25          /* and as much again for each 200 characters of its source, for each window */
#define EVERYWHERE_US 1000.0
#define TRIGGER_US 1.0          /* the same of a short expression that only wakes a guard */

typedef struct { uint32_t gate; bawn_gate_use use; } gated;     /* before they are sorted by gate */
typedef struct { const char *text; uint8_t flags; unsigned rows; } planned;     /* gates of the first choice */
typedef struct { size_t parts[BAWN_REQUIRED_PARTS], n; double cost; } selection;
typedef struct {
    bawn_rules *rules;
    bawn_arena *arena;
    planned *plan; uint32_t n_plan;
    selection *first;               /* [rule]: its first choice */
    gated *gated; uint32_t n_gated;
    bawn_required parts[BAWN_REQUIRED_PARTS]; double us[BAWN_REQUIRED_PARTS];   /* us: to find them all in 64 KiB */
} gater;
typedef enum { BY_LITERALS, BY_WIDE, BY_BOTH } matcher;

static uint32_t gate_of(gater *g, const bawn_match_literal *l)
{
    bawn_rules *r = g->rules;
    for (uint32_t i = 0; i < r->n_gates; i++)
        if (r->gate_texts[i].flags == l->flags && bawn_slice_eq_nocase(bawn_slice_str(r->gate_texts[i].text), l->text))
            return i;
    if (r->n_gates == GATES_MAX)
        return UINT32_MAX;
    r->gates[r->n_gates] = (bawn_gate){ 0, 0 };
    r->gate_texts[r->n_gates] = (bawn_gate_text){ bawn_arena_string(g->arena, l->text), l->flags };
    return r->gate_texts[r->n_gates].text ? r->n_gates++ : UINT32_MAX;
}

static bool gate_part(gater *g, const bawn_required *part, bawn_gate_use use)
{
    for (size_t i = 0; i < part->n; i++) {
        uint32_t gate = gate_of(g, &part->items[i]);
        if (gate == UINT32_MAX || g->n_gated == GATES_MAX)
            return false;
        g->gated[g->n_gated++] = (gated){ gate, use };
    }
    return true;
}

/* ---- what parts cost ----------------------------------------------------------------------------------------------- */
static planned *plan_of(gater *g, const bawn_match_literal *l)
{
    for (uint32_t i = 0; i < g->n_plan; i++)
        if (g->plan[i].flags == l->flags && bawn_slice_eq_nocase(bawn_slice_str(g->plan[i].text), l->text))
            return &g->plan[i];
    return NULL;
}

static bool plan_part(gater *g, const bawn_required *part)
{
    for (size_t i = 0; i < part->n; i++) {
        planned *p = plan_of(g, &part->items[i]);
        if (!p && g->n_plan == GATES_MAX)
            return false;
        if (!p) {
            p = &g->plan[g->n_plan++];
            *p = (planned){ bawn_arena_string(g->arena, part->items[i].text), part->items[i].flags, 0 };
        }
        if (!p->text)
            return false;
        p->rows++;
    }
    return true;
}

/* `mine`: the row that asks has planned it itself. */
static double cost_of_part(gater *g, const bawn_required *part, bool mine)
{
    double us = 0;
    for (size_t i = 0; i < part->n; i++) {
        double looks, times = bawn_match_literal_times(&looks, &part->items[i]);
        const planned *p = plan_of(g, &part->items[i]);
        us += p && p->rows > mine ? times * SHARED_US : looks * LOOK_US + times * HIT_US;
    }
    return us;
}

static bool selects(const selection *s, size_t part)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->parts[i] == part)
            return true;
    return false;
}

/* ---- which parts ------------------------------------------------------------------------------------------------- */
static matcher matcher_of(const bawn_required *part, bawn_arena *arena)
{
    size_t wide = 0, taken = 0;
    for (size_t i = 0; i < part->n; i++) {
        const char *text = bawn_arena_string(arena, part->items[i].text);
        wide += !bawn_slice_is_ascii(part->items[i].text);
        taken += text && bawn_literals_takes(text, part->items[i].flags);
    }
    return taken == part->n ? BY_LITERALS : wide == part->n ? BY_WIDE : BY_BOTH;
}

/* What the first n of these parts cost in 64 KiB of prose. */
static double cost_of(const gater *g, const size_t *parts, size_t n, uint32_t width, size_t source)
{
    double us = 0, windows = 65536.0 / width;
    for (size_t i = 0; i < n; i++) {
        const bawn_required *part = &g->parts[parts[i]];
        us += g->us[parts[i]];
        windows *= part->times * width / 65536.0;
    }
    return us + windows * WINDOW_US * (1.0 + (double)source / 200.0);
}

static void consider(selection *best, const gater *g, const size_t *parts, size_t n, uint32_t width, size_t source)
{
    double cost = cost_of(g, parts, n, width, source);
    if (cost >= best->cost)
        return;
    memcpy(best->parts, parts, n * sizeof *parts);
    best->n = n;
    best->cost = cost;
}

/* The cheapest selection, if it is cheaper than to do without; parts that only both matchers together find (BY_BOTH) stand alone. */
static selection choose(const gater *g, uint32_t width, size_t source, double otherwise_us)
{
    selection best = { .cost = otherwise_us };
    matcher matchers[BAWN_REQUIRED_PARTS];

    for (size_t i = 0; i < BAWN_REQUIRED_PARTS; i++)
        matchers[i] = matcher_of(&g->parts[i], g->arena);
    for (matcher by = BY_LITERALS; by <= BY_BOTH; by++) {
        size_t found[BAWN_REQUIRED_PARTS], n = 0;
        for (size_t i = 0; i < BAWN_REQUIRED_PARTS; i++)
            if (g->parts[i].n > 0 && matchers[i] == by)
                found[n++] = i;
        for (size_t k = 1; k <= (by == BY_BOTH && n > 0 ? 1 : n); k++)
            consider(&best, g, found, k, width, source);
    }
    return best;
}

static void sort_by_order(const gater *g, selection *s)
{
    for (size_t i = 1; i < s->n; i++)
        for (size_t k = i; k > 0 && g->parts[s->parts[k]].order < g->parts[s->parts[k - 1]].order; k--) {
            size_t t = s->parts[k];
            s->parts[k] = s->parts[k - 1];
            s->parts[k - 1] = t;
        }
}

/* What the row costs in 64 KiB of prose without gates: next to nothing where signs of code do the same for it. */
static double otherwise_us(const bawn_rule *r, uint32_t width)
{
    bawn_match_bytes signs;
    if (width <= BAWN_SIGNS_WIDTH && bawn_match_signs(&signs, r->regex, r->flags) && !bawn_match_bytes_has(&signs, '/') &&
        !bawn_match_bytes_has(&signs, '(') && !bawn_match_bytes_has(&signs, ')') && !signs.high)
        return 0;
    return r->flags & BAWN_P_TRIGGER ? TRIGGER_US : EVERYWHERE_US;
}

/* What its parts are, and which of them are cheapest; n = 0: it goes without. False: out of memory. */
static bool select_parts(selection *out, gater *g, size_t rule)
{
    const bawn_rule *r = &g->rules->rules[rule];
    uint32_t width = r->flags & BAWN_P_LITERAL ? 0 : bawn_match_width(r->regex, r->flags, NULL);

    *out = (selection){ .n = 0 };
    if (width == 0 || width > BAWN_MATCH_WIDTH)
        return true;
    if (!bawn_match_required(g->parts, r->regex, g->arena))
        return false;
    for (size_t i = 0; i < BAWN_REQUIRED_PARTS; i++)
        g->us[i] = cost_of_part(g, &g->parts[i], selects(&g->first[rule], i));
    *out = choose(g, width, strlen(r->regex), otherwise_us(r, width));
    sort_by_order(g, out);
    return true;
}

static bool plan_row(gater *g, size_t rule, bawn_error *err)
{
    selection s;
    bool ok = select_parts(&s, g, rule);
    for (size_t i = 0; ok && i < s.n; i++)
        ok = plan_part(g, &g->parts[s.parts[i]]);
    g->first[rule] = s;
    return ok || bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory to read patterns, or too many gates");
}

static bool gate_row(gater *g, size_t rule, bawn_error *err)
{
    bawn_rule *r = &g->rules->rules[rule];
    uint16_t slot = (uint16_t)g->rules->n_slow;
    selection s;

    if (slot == UINT16_MAX)
        return true;
    if (!select_parts(&s, g, rule))
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory to read patterns");
    if (s.n == 0)
        return true;
    for (uint16_t part = 0; part < s.n; part++)
        if (!gate_part(g, &g->parts[s.parts[part]], (bawn_gate_use){ slot, part }))
            return bawn_error_set(err, BAWN_E_NO_MEMORY, "too many gates");
    g->rules->slow[g->rules->n_slow++] =
        (bawn_slow){ (uint16_t)s.n, (uint16_t)bawn_match_width(r->regex, r->flags, NULL), r->guard };
    r->slot = slot;
    r->place = BAWN_BY_GATES;
    return true;
}

/* ---- all of them --------------------------------------------------------------------------------------------------- */
static int by_gate(const void *a, const void *b)
{
    const gated *x = a, *y = b;
    return x->gate < y->gate ? -1 : x->gate > y->gate;
}

static void sort_uses(gater *g)
{
    bawn_rules *r = g->rules;
    qsort(g->gated, g->n_gated, sizeof *g->gated, by_gate);
    for (uint32_t i = 0; i < g->n_gated; i++) {
        bawn_gate *gate = &r->gates[g->gated[i].gate];
        if (gate->n++ == 0)
            gate->first = i;
        r->uses[i] = g->gated[i].use;
    }
    r->n_uses = g->n_gated;
}

bool bawn_rules_add_gates(bawn_rules *r, bawn_arena *arena, bawn_error *err)
{
    gater *g = bawn_arena_alloc(arena, sizeof *g);

    if (g)
        *g = (gater){ .rules = r, .arena = arena, .gated = bawn_arena_alloc(arena, GATES_MAX * sizeof *g->gated),
                      .plan = bawn_arena_alloc(arena, GATES_MAX * sizeof *g->plan),
                      .first = bawn_arena_alloc(arena, (r->n_rules + 1) * sizeof *g->first) };
    r->gates = bawn_arena_alloc(arena, GATES_MAX * sizeof *r->gates);
    r->uses = bawn_arena_alloc(arena, GATES_MAX * sizeof *r->uses);
    r->slow = bawn_arena_alloc(arena, (r->n_rules + 1) * sizeof *r->slow);
    r->saved = bawn_arena_alloc(arena, (r->n_rules + 1) * sizeof *r->saved);
    r->gate_texts = bawn_arena_alloc(arena, GATES_MAX * sizeof *r->gate_texts);
    if (!g || !g->gated || !g->plan || !g->first || !r->gates || !r->uses || !r->slow || !r->saved || !r->gate_texts)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory to compile %zu patterns", r->n_rules);
    memset(g->first, 0, (r->n_rules + 1) * sizeof *g->first);
    for (size_t i = 0; i < r->n_rules && r->n_rules > BAWN_RULES_FEW; i++)
        if (!plan_row(g, i, err))
            return false;
    for (size_t i = 0; i < r->n_rules && r->n_rules > BAWN_RULES_FEW; i++)
        if (!gate_row(g, i, err))
            return false;
    sort_uses(g);
    return true;
}

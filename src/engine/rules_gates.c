/* Gates. A row with words and gaps ("ignore all previous instructions" in its many orders) costs a hundred times what a
 * literal costs: 250 such rows took 10 us for each kB and 8 MB of tables. Each needs a few words in every match, most of
 * which prose does not have; so these words, the gates, are looked for first, and the dear rows only around them.
 *
 * A row has one to three parts, each a set of gates one of which stands in every match; it is run where words of all
 * parts stand near each other. More parts make fewer windows and more hits to remember: what is cheapest on prose is
 * taken, twice, since a gate that another row has as well costs next to nothing. The parts of one row are found by one
 * matcher, so that they come in the order of the text (engine/view.c remembers only the last of each). */
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
typedef struct { size_t parts[BAWN_REQUIRED_PARTS], n; double cost; uint32_t width; } selection;   /* of a row, as wide */
typedef struct {
    bawn_rules *rules;
    bawn_arena *arena;
    bawn_gate_text *plan; uint32_t n_plan;      /* gates of the first choice */
    unsigned *plan_rows;                        /* [planned]: how many rows have it */
    selection *first;                           /* [rule]: its first choice */
    gated *gated; uint32_t n_gated;
    bawn_required parts[BAWN_REQUIRED_PARTS]; double us[BAWN_REQUIRED_PARTS];   /* us: to find them all in 64 KiB */
} gater;
typedef enum { BY_LITERALS, BY_WIDE, BY_BOTH } matcher;

/* Where a literal stands in a list; n: nowhere. */
static uint32_t find(const bawn_gate_text *texts, uint32_t n, const bawn_match_literal *l)
{
    uint32_t i = 0;
    while (i < n && (texts[i].flags != l->flags || !bawn_slice_eq_nocase(bawn_slice_str(texts[i].text), l->text)))
        i++;
    return i;
}

/* The same, and it is added where it is missing. UINT32_MAX: no room for it, or no memory. */
static uint32_t find_or_add(gater *g, bawn_gate_text *texts, uint32_t *n, const bawn_match_literal *l)
{
    uint32_t i = find(texts, *n, l);
    if (i < *n)
        return i;
    if (i == GATES_MAX || !(texts[i].text = bawn_arena_string(g->arena, l->text)))
        return UINT32_MAX;
    texts[i].flags = l->flags;
    return (*n)++;
}

static bool gate_part(gater *g, const bawn_required *part, bawn_gate_use use)
{
    for (size_t i = 0; i < part->n; i++) {
        uint32_t gate = find_or_add(g, g->rules->gate_texts, &g->rules->n_gates, &part->items[i]);
        if (gate == UINT32_MAX || g->n_gated == GATES_MAX)
            return false;
        g->gated[g->n_gated++] = (gated){ gate, use };
    }
    return true;
}

static bool plan_part(gater *g, const bawn_required *part)
{
    for (size_t i = 0; i < part->n; i++) {
        uint32_t gate = find_or_add(g, g->plan, &g->n_plan, &part->items[i]);
        if (gate == UINT32_MAX)
            return false;
        g->plan_rows[gate]++;
    }
    return true;
}

/* ---- what parts cost ----------------------------------------------------------------------------------------------- */
/* `mine`: the row that asks has planned it itself. */
static double cost_of_part(const gater *g, const bawn_required *part, bool mine)
{
    double us = 0;
    for (size_t i = 0; i < part->n; i++) {
        double looks, times = bawn_match_literal_times(&looks, &part->items[i]);
        uint32_t gate = find(g->plan, g->n_plan, &part->items[i]);
        us += gate < g->n_plan && g->plan_rows[gate] > mine ? times * SHARED_US : looks * LOOK_US + times * HIT_US;
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
    out->width = width;
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
    for (size_t part = 0; part < s.n; part++)
        if (!gate_part(g, &g->parts[s.parts[part]], (bawn_gate_use){ slot, (uint16_t)part }))
            return bawn_error_set(err, BAWN_E_NO_MEMORY, "too many gates");
    g->rules->slow[g->rules->n_slow++] = (bawn_slow){ (uint16_t)s.n, (uint16_t)s.width, r->guard };
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

/* The arrays that are filled, and those that are needed while they are. */
static gater *make_room(bawn_rules *r, bawn_arena *arena)
{
    gater *g = bawn_arena_alloc(arena, sizeof *g);
    if (!g)
        return NULL;
    *g = (gater){ .rules = r, .arena = arena, .gated = bawn_arena_alloc(arena, GATES_MAX * sizeof *g->gated),
                  .plan = bawn_arena_alloc(arena, GATES_MAX * sizeof *g->plan),
                  .plan_rows = bawn_arena_alloc(arena, GATES_MAX * sizeof *g->plan_rows),
                  .first = bawn_arena_alloc(arena, r->n_rules * sizeof *g->first) };
    r->gates = bawn_arena_alloc(arena, GATES_MAX * sizeof *r->gates);
    r->gate_texts = bawn_arena_alloc(arena, GATES_MAX * sizeof *r->gate_texts);
    r->uses = bawn_arena_alloc(arena, GATES_MAX * sizeof *r->uses);
    r->slow = bawn_arena_alloc(arena, r->n_rules * sizeof *r->slow);
    r->saved = bawn_arena_alloc(arena, r->n_rules * sizeof *r->saved);
    if (!g->gated || !g->plan || !g->plan_rows || !g->first || !r->gates || !r->gate_texts || !r->uses || !r->slow || !r->saved)
        return NULL;
    memset(g->plan_rows, 0, GATES_MAX * sizeof *g->plan_rows);
    memset(g->first, 0, r->n_rules * sizeof *g->first);
    memset(r->gates, 0, GATES_MAX * sizeof *r->gates);
    return g;
}

bool bawn_rules_add_gates(bawn_rules *r, bawn_arena *arena, bawn_error *err)
{
    if (r->n_rules <= BAWN_RULES_FEW)
        return true;
    gater *g = make_room(r, arena);
    if (!g)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory to compile %zu patterns", r->n_rules);
    for (size_t i = 0; i < r->n_rules; i++)
        if (!plan_row(g, i, err))
            return false;
    for (size_t i = 0; i < r->n_rules; i++)
        if (!gate_row(g, i, err))
            return false;
    sort_uses(g);
    return true;
}

/* From rows to databases; see wall.h for the four of them.
 *
 * A row with words and gaps ("ignore all previous instructions" in its many orders) costs a hundred times what a literal
 * costs: 250 such rows took 10 us for each kB and 8 MB of tables. Each needs one of a few words, most of which prose does
 * not have; so these words, the gates, are looked for first, and the dear rows only around them: 0.3 us for each kB. */
#include <stdlib.h>

#include "engine/wall.h"

#define GATES_MAX 16384
#define ANCHORS_PER_ROW 64
#define ANCHORS_MAX 32768
#define GATE_RARITY 6               /* three letters that are no everyday word */

struct gated;
typedef struct {
    bawn_rules *rules;
    bawn_arena *arena;
    bawn_error *err;
    struct gated *gated; uint32_t n_gated;
    bawn_required *required;
} compiler;

/* Whether a match of this row may contain white space; others are kept whole by the safe boundaries of a stream. */
static bool may_hold_space(const bawn_rule *r)
{
    const char *s = r->regex;
    if (r->flags & BAWN_P_LITERAL)
        return strpbrk(s, " \t\n") != NULL;
    for (; *s; s++) {
        if (*s == '\\' && s[1]) {
            s++;
            if (strchr("sWDHV ", *s))
                return true;
        } else if (*s == ' ' || *s == '.' || (*s == '[' && s[1] == '^')) {
            return true;
        }
    }
    return false;
}

/* Copies with a terminating NUL: the databases take C strings. */
static const char *terminated(bawn_arena *arena, bawn_slice s)
{
    char *copy = bawn_arena_alloc(arena, s.len + 1);
    if (!copy)
        return NULL;
    memcpy(copy, s.ptr, s.len);
    copy[s.len] = 0;
    return copy;
}

/* ---- gates ------------------------------------------------------------------------------------------------------ */
typedef struct gated { uint32_t gate; bawn_gate_use use; } gated;   /* before they are sorted by gate */

static uint32_t gate_of(compiler *c, bawn_slice text)
{
    bawn_rules *r = c->rules;
    for (uint32_t i = 0; i < r->n_gates; i++)
        if (bawn_slice_eq_nocase(bawn_slice_str(r->gates[i].text), text))
            return i;
    if (r->n_gates == GATES_MAX)
        return UINT32_MAX;
    r->gates[r->n_gates] = (bawn_gate){ terminated(c->arena, text), 0, 0 };
    return r->gates[r->n_gates].text ? r->n_gates++ : UINT32_MAX;
}

static bool gate_part(compiler *c, const bawn_required *part, bawn_gate_use use)
{
    for (size_t i = 0; i < part->n; i++) {
        uint32_t gate = gate_of(c, part->items[i]);
        if (gate == UINT32_MAX || c->n_gated == GATES_MAX)
            return false;
        c->gated[c->n_gated++] = (gated){ gate, use };
    }
    return true;
}

static bool gate_row(compiler *c, bawn_rule *r)
{
    bawn_required *parts = c->required;
    uint16_t slot = (uint16_t)c->rules->n_slow;
    uint16_t n = 1;

    if (r->flags & (BAWN_P_LITERAL | BAWN_P_TRIGGER))
        return true;
    if (!bawn_match_required(parts, r->regex, c->arena))
        return false;
    if (parts[0].rarity < GATE_RARITY)
        return true;
    if (parts[1].rarity >= GATE_RARITY)
        n = 2;
    uint32_t width = bawn_match_width(r->regex, r->flags, c->err);
    if (width == 0 || width > BAWN_MATCH_WIDTH || slot == UINT16_MAX)
        return true;                            /* stays among those that are looked for everywhere */
    for (uint16_t part = 0; part < n; part++)
        if (!gate_part(c, &parts[part], (bawn_gate_use){ slot, part }))
            return false;
    c->rules->slow[c->rules->n_slow++] = (bawn_slow){ n, (uint16_t)width };
    r->slot = (uint16_t)(slot + 1);
    return true;
}

static int by_gate(const void *a, const void *b)
{
    const gated *x = a, *y = b;
    return x->gate < y->gate ? -1 : x->gate > y->gate;
}

static void sort_uses(compiler *c)
{
    bawn_rules *r = c->rules;
    qsort(c->gated, c->n_gated, sizeof *c->gated, by_gate);
    for (uint32_t i = 0; i < c->n_gated; i++) {
        bawn_gate *g = &r->gates[c->gated[i].gate];
        if (g->n++ == 0)
            g->first = i;
        r->uses[i] = c->gated[i].use;
    }
    r->n_uses = c->n_gated;
}

/* ---- anchors ---------------------------------------------------------------------------------------------------- */
static uint32_t anchor_id(compiler *c, bawn_slice text, bool slow)
{
    bawn_rules *r = c->rules;
    for (uint32_t i = 0; i < r->n_anchors; i++)
        if (r->anchors[i].slow == slow && bawn_slice_is(text, r->anchors[i].text))
            return i;
    if (r->n_anchors == ANCHORS_MAX)
        return UINT32_MAX;
    r->anchors[r->n_anchors] = (bawn_anchor){ terminated(c->arena, text), (uint32_t)text.len, slow };
    return r->anchors[r->n_anchors].text ? r->n_anchors++ : UINT32_MAX;
}

static bool anchor_row(compiler *c, uint32_t rule)
{
    const bawn_rule *r = &c->rules->rules[rule];
    bawn_slice literals[ANCHORS_PER_ROW];
    size_t n = 0;

    if (!may_hold_space(r) || (r->flags & BAWN_P_TRIGGER))
        return true;
    uint32_t width = r->type == BAWN_RULE_FORM ? r->width : bawn_match_width(r->regex, r->flags, c->err);
    if (width == 0)
        return false;
    if (!bawn_match_anchors(literals, &n, ANCHORS_PER_ROW, r->regex, r->flags, c->arena))
        return bawn_error_set(c->err, BAWN_E_POLICY, "pattern `%s` must begin with a literal (or with a group of such): a "
                              "stream could not be held for it", r->regex);
    for (size_t i = 0; i < n; i++) {
        uint32_t anchor = anchor_id(c, literals[i], r->slot != 0);
        if (anchor == UINT32_MAX || c->rules->n_anchored == ANCHORS_MAX)
            return bawn_error_set(c->err, BAWN_E_NO_MEMORY, "too many anchors");
        c->rules->anchored[c->rules->n_anchored++] = (bawn_anchored){ anchor, rule, width };
    }
    return true;
}

/* ---- databases -------------------------------------------------------------------------------------------------- */
static size_t select_rules(bawn_match_rule *out, const bawn_rules *r, int db)
{
    size_t n = 0;
    for (uint32_t i = 0; i < r->n_rules && db == BAWN_DB_FAST; i++)
        if (r->rules[i].slot == 0)
            out[n++] = (bawn_match_rule){ r->rules[i].regex, r->rules[i].flags, i };
    for (uint32_t i = 0; i < r->n_gates && db == BAWN_DB_FAST; i++)
        out[n++] = (bawn_match_rule){ r->gates[i].text, BAWN_P_LITERAL, (uint32_t)r->n_rules + i };
    for (uint32_t i = 0; i < r->n_anchors && db >= BAWN_DB_ANCHORS_FAST; i++)
        if (r->anchors[i].slow == (db == BAWN_DB_ANCHORS_SLOW))
            out[n++] = (bawn_match_rule){ r->anchors[i].text, BAWN_P_LITERAL, i };
    return n;
}

static bool compile_slow(bawn_rules *r, bool portable, bawn_error *err)
{
    for (uint32_t i = 0; i < r->n_rules; i++) {
        bawn_match_rule rule = { r->rules[i].regex, r->rules[i].flags, i };
        if (r->rules[i].slot && !bawn_match_compile(&r->slow_db[r->rules[i].slot - 1], &rule, 1, portable, err))
            return false;
    }
    return true;
}

static bool compile_all(compiler *c, bool portable)
{
    bawn_rules *r = c->rules;
    bool ok = true;

    for (uint32_t i = 0; ok && i < r->n_rules; i++)
        ok = (gate_row(c, &r->rules[i]) || bawn_error_set(c->err, BAWN_E_NO_MEMORY, "too many gates")) && anchor_row(c, i);
    sort_uses(c);
    bawn_match_rule *rules = ok ? bawn_malloc((r->n_rules + r->n_gates + r->n_anchors) * sizeof *rules) : NULL;
    ok = ok && (rules || bawn_error_set(c->err, BAWN_E_NO_MEMORY, "no memory to compile patterns"));
    for (int d = 0; ok && d < BAWN_DBS; d++) {
        size_t n = select_rules(rules, r, d);
        ok = n == 0 || bawn_match_compile(&r->db[d], rules, n, portable, c->err);
    }
    ok = ok && compile_slow(r, portable, c->err);
    bawn_free(rules);
    return ok;
}

bool bawn_rules_compile(bawn_rules *r, bool portable, bawn_arena *arena, bawn_error *err)
{
    compiler c = { .rules = r, .arena = arena, .err = err };

    if (r->n_rules == 0)
        return true;
    c.gated = bawn_arena_alloc(arena, GATES_MAX * sizeof *c.gated);
    c.required = bawn_arena_alloc(arena, 2 * sizeof *c.required);
    r->gates = bawn_arena_alloc(arena, GATES_MAX * sizeof *r->gates);
    r->uses = bawn_arena_alloc(arena, GATES_MAX * sizeof *r->uses);
    r->slow = bawn_arena_alloc(arena, r->n_rules * sizeof *r->slow);
    r->slow_db = bawn_arena_alloc(arena, r->n_rules * sizeof *r->slow_db);
    r->anchors = bawn_arena_alloc(arena, ANCHORS_MAX * sizeof *r->anchors);
    r->anchored = bawn_arena_alloc(arena, ANCHORS_MAX * sizeof *r->anchored);
    if (!c.gated || !c.required || !r->gates || !r->uses || !r->slow || !r->slow_db || !r->anchors || !r->anchored)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory to compile %zu patterns", r->n_rules);
    memset(r->slow_db, 0, r->n_rules * sizeof *r->slow_db);
    return compile_all(&c, portable);
}

/* ---- packing: u32 numbers in host order; the databases know their own machine --------------------------------------- */
static void put(bawn_buf *out, uint32_t n) { bawn_buf_add(out, bawn_slice_of((const char *)&n, sizeof n)); }

bool bawn_rules_pack(bawn_buf *out, const bawn_rules *r)
{
    put(out, (uint32_t)r->n_rules);
    put(out, r->n_anchors);
    put(out, (uint32_t)r->n_anchored);
    put(out, r->n_gates);
    put(out, r->n_uses);
    put(out, r->n_slow);
    for (size_t i = 0; i < r->n_rules; i++)
        put(out, r->rules[i].slot);
    for (uint32_t i = 0; i < r->n_anchors; i++) {
        bawn_buf_byte(out, (char)r->anchors[i].len);
        bawn_buf_byte(out, (char)r->anchors[i].slow);
        bawn_buf_add(out, bawn_slice_of(r->anchors[i].text, r->anchors[i].len));
    }
    for (size_t i = 0; i < r->n_anchored; i++) {
        put(out, r->anchored[i].anchor);
        put(out, r->anchored[i].rule);
        put(out, r->anchored[i].width);
    }
    for (uint32_t i = 0; i < r->n_gates; i++) {
        put(out, r->gates[i].first);
        put(out, r->gates[i].n);
    }
    bawn_buf_add(out, bawn_slice_of((const char *)r->uses, r->n_uses * sizeof *r->uses));
    bawn_buf_add(out, bawn_slice_of((const char *)r->slow, r->n_slow * sizeof *r->slow));
    for (uint32_t d = 0; d < BAWN_DBS + r->n_slow; d++) {
        const bawn_match *m = d < BAWN_DBS ? r->db[d] : r->slow_db[d - BAWN_DBS];
        bawn_buf db = { 0 };
        if (m && !bawn_match_save(&db, m))
            out->failed = true;
        put(out, (uint32_t)db.len);
        bawn_buf_add(out, bawn_buf_slice(&db));
        bawn_buf_free(&db);
    }
    return !out->failed;
}

static bool take(bawn_slice *out, bawn_slice *from, size_t n)
{
    if (from->len < n)
        return false;
    *out = bawn_slice_of(from->ptr, n);
    *from = bawn_slice_of(from->ptr + n, from->len - n);
    return true;
}

static bool take_u32(uint32_t *out, bawn_slice *from)
{
    bawn_slice s;
    if (!take(&s, from, sizeof *out))
        return false;
    memcpy(out, s.ptr, sizeof *out);
    return true;
}

static bool unpack_anchors(bawn_rules *r, bawn_slice *from, uint32_t n_anchors, uint32_t n_anchored, bawn_arena *arena)
{
    bawn_slice s;
    r->anchors = bawn_arena_alloc(arena, (n_anchors + 1) * sizeof *r->anchors);
    r->anchored = bawn_arena_alloc(arena, (n_anchored + 1) * sizeof *r->anchored);
    if (!r->anchors || !r->anchored)
        return false;
    for (; r->n_anchors < n_anchors; r->n_anchors++) {
        bawn_anchor *a = &r->anchors[r->n_anchors];
        if (!take(&s, from, 2))
            return false;
        a->len = (unsigned char)s.ptr[0];
        a->slow = s.ptr[1];
        if (!take(&s, from, a->len))
            return false;
        a->text = s.ptr;                            /* the packed bytes outlive us, or are copied by the caller */
    }
    for (; r->n_anchored < n_anchored; r->n_anchored++) {
        bawn_anchored *a = &r->anchored[r->n_anchored];
        if (!take_u32(&a->anchor, from) || !take_u32(&a->rule, from) || !take_u32(&a->width, from) ||
            a->anchor >= n_anchors || a->rule >= r->n_rules)
            return false;
    }
    return true;
}

static bool unpack_gates(bawn_rules *r, bawn_slice *from, uint32_t n_gates, uint32_t n_uses, uint32_t n_slow,
                         bawn_arena *arena)
{
    bawn_slice uses, slow;
    bool ok = true;

    r->gates = bawn_arena_alloc(arena, (n_gates + 1) * sizeof *r->gates);
    r->slow_db = bawn_arena_alloc(arena, (n_slow + 1) * sizeof *r->slow_db);
    if (!r->gates || !r->slow_db)
        return false;
    memset(r->slow_db, 0, (n_slow + 1) * sizeof *r->slow_db);
    for (; r->n_gates < n_gates; r->n_gates++) {
        bawn_gate *g = &r->gates[r->n_gates];
        *g = (bawn_gate){ 0 };
        if (!take_u32(&g->first, from) || !take_u32(&g->n, from) || g->first > n_uses || g->n > n_uses - g->first)
            return false;
    }
    if (!take(&uses, from, n_uses * sizeof *r->uses) || !take(&slow, from, n_slow * sizeof *r->slow))
        return false;
    uses = bawn_arena_copy(arena, uses, &ok);
    slow = bawn_arena_copy(arena, slow, &ok);
    r->uses = (bawn_gate_use *)(uintptr_t)uses.ptr;     /* the arena aligns */
    r->slow = (bawn_slow *)(uintptr_t)slow.ptr;
    r->n_uses = n_uses;
    r->n_slow = n_slow;
    for (uint32_t i = 0; ok && i < n_uses; i++)
        ok = r->uses[i].slot < n_slow && r->uses[i].part < 2;
    return ok;
}

bool bawn_rules_unpack(bawn_rules *r, bawn_slice packed, bawn_arena *arena, bawn_error *err)
{
    uint32_t head[6], size;
    bawn_slice s;

    for (size_t i = 0; i < BAWN_COUNT(head); i++)
        if (!take_u32(&head[i], &packed))
            return bawn_error_set(err, BAWN_E_POLICY, "the pattern database is damaged: rebuild it");
    if (head[0] != r->n_rules)
        return bawn_error_set(err, BAWN_E_POLICY, "the pattern database was made from other tables: rebuild it");
    for (uint32_t i = 0; i < head[0]; i++) {
        if (!take_u32(&size, &packed) || size > head[5])
            return bawn_error_set(err, BAWN_E_POLICY, "the pattern database is damaged: rebuild it");
        r->rules[i].slot = (uint16_t)size;
    }
    if (!unpack_anchors(r, &packed, head[1], head[2], arena) ||
        !unpack_gates(r, &packed, head[3], head[4], head[5], arena))
        return bawn_error_set(err, BAWN_E_POLICY, "the pattern database is damaged: rebuild it");
    for (uint32_t d = 0; d < BAWN_DBS + head[5]; d++) {
        bawn_match **m = d < BAWN_DBS ? &r->db[d] : &r->slow_db[d - BAWN_DBS];
        *m = NULL;
        if (!take_u32(&size, &packed) || !take(&s, &packed, size) || (size > 0 && !bawn_match_load(m, s, err)))
            return bawn_error_set(err, BAWN_E_POLICY, "the pattern database cannot be loaded: rebuild it");
    }
    return true;
}

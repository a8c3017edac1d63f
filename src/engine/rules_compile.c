/* From rows to matchers; see wall.h for where an expression is looked for, and rules_gates.c for the dear ones. */
#include <stdlib.h>

#include "engine/wall.h"

#define ANCHORS_PER_ROW 64
#define ANCHORS_MAX 32768

typedef struct { bawn_rules *rules; bawn_arena *arena; bawn_error *err; } compiler;

static bool no_memory(bawn_error *err) { return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory to compile patterns"); }

static bool is_ascii(const char *s) { return bawn_slice_is_ascii(bawn_slice_str(s)); }

/* ---- places ------------------------------------------------------------------------------------------------------ */
static uint32_t width_of(const bawn_rule *r)
{
    if (r->flags & BAWN_P_LITERAL)
        return (uint32_t)strlen(r->regex);
    uint32_t width = bawn_match_width(r->regex, r->flags, NULL);
    return width == 0 || width > BAWN_MATCH_WIDTH ? BAWN_MATCH_WIDTH : width;
}

/* Whether every match of it holds something that is not ASCII. */
static bool is_wide(compiler *c, const bawn_rule *r, bawn_required *parts)
{
    if (r->flags & BAWN_P_LITERAL)
        return !is_ascii(r->regex);
    if (!bawn_match_required(parts, r->regex, c->arena))
        return false;
    for (size_t p = 0; p < BAWN_REQUIRED_PARTS; p++) {
        size_t wide = 0;
        for (size_t i = 0; i < parts[p].n; i++)
            wide += !bawn_slice_is_ascii(parts[p].items[i].text);
        if (wide > 0 && wide == parts[p].n)
            return true;
    }
    return false;
}

static void add_signs(bawn_match_bytes *all, const bawn_match_bytes *more)
{
    for (size_t i = 0; i < BAWN_COUNT(all->rows); i++)
        all->rows[i] |= more->rows[i];
}

static void place_row(compiler *c, bawn_rule *r, bawn_required *parts)
{
    bawn_match_bytes signs = { 0 };
    uint32_t width = width_of(r);

    if (r->place == BAWN_BY_GATES)
        return;
    if ((r->flags & BAWN_P_LITERAL) && c->rules->n_rules > BAWN_RULES_FEW && bawn_literals_takes(r->regex, 0)) {
        r->place = BAWN_BY_LITERALS;
        return;
    }
    bool signed_ = bawn_match_signs(&signs, r->regex, r->flags) && width <= BAWN_SIGNS_WIDTH;
    r->place = is_wide(c, r, parts) || (signed_ && signs.high) ? BAWN_DB_WIDE : signed_ ? BAWN_DB_SIGNS : BAWN_DB_SHORT;
    if (r->place == BAWN_DB_SIGNS)
        add_signs(&c->rules->signs, &signs);
    if (width > c->rules->margin[r->place])
        c->rules->margin[r->place] = width;
}

static bool place_rows(compiler *c)
{
    bawn_required *parts = bawn_arena_alloc(c->arena, BAWN_REQUIRED_PARTS * sizeof *parts);
    uint32_t *wide = &c->rules->margin[BAWN_DB_WIDE];

    if (!parts)
        return no_memory(c->err);
    for (size_t i = 0; i < c->rules->n_rules; i++)
        place_row(c, &c->rules->rules[i], parts);
    for (uint32_t i = 0; i < c->rules->n_gates; i++) {  /* a gate is no wider than its row, whose words it has */
        uint32_t width = 4 * (uint32_t)strlen(c->rules->gate_texts[i].text);
        *wide = width > *wide ? width : *wide;
    }
    *wide = *wide < BAWN_MATCH_WIDTH ? *wide : BAWN_MATCH_WIDTH;
    return true;
}

/* ---- anchors ---------------------------------------------------------------------------------------------------- */
static uint32_t anchor_id(compiler *c, const bawn_match_literal *l)
{
    bawn_rules *r = c->rules;
    for (uint32_t i = 0; i < r->n_anchors; i++)
        if (r->anchors[i].flags == l->flags && bawn_slice_is(l->text, r->anchors[i].text))
            return i;
    if (r->n_anchors == ANCHORS_MAX)
        return UINT32_MAX;
    r->anchors[r->n_anchors] = (bawn_anchor){ bawn_arena_string(c->arena, l->text), (uint32_t)l->text.len, l->flags };
    return r->anchors[r->n_anchors].text ? r->n_anchors++ : UINT32_MAX;
}

/* Bytes that a stream must hold for it; 0: the end of a text, which always lags, is enough. */
static uint32_t hold_of(const bawn_rule *r)
{
    uint32_t width = width_of(r);
    return bawn_match_may_hold_space(r->regex, r->flags) || width > BAWN_LAG ? width : 0;
}

uint32_t bawn_rule_window(const bawn_rule *r, bawn_arena *arena)
{
    bawn_match_literal literals[ANCHORS_PER_ROW];
    size_t n;
    uint32_t hold = hold_of(r);
    return hold > 0 && !bawn_match_anchors(literals, &n, ANCHORS_PER_ROW, r->regex, r->flags, arena) ? hold : 0;
}

static bool anchor_row(compiler *c, uint32_t rule)
{
    const bawn_rule *r = &c->rules->rules[rule];
    bawn_match_literal literals[ANCHORS_PER_ROW];
    size_t n = 0;
    uint32_t width = hold_of(r);

    if (width == 0 || r->window > 0 || (r->flags & BAWN_P_TRIGGER))
        return true;
    if (!(r->flags & BAWN_P_LITERAL) && bawn_match_width(r->regex, r->flags, c->err) == 0)
        return false;
    if (!bawn_match_anchors(literals, &n, ANCHORS_PER_ROW, r->regex, r->flags, c->arena))
        return bawn_error_set(c->err, BAWN_E_POLICY, "pattern `%s` must begin with a literal (or with a group of such): a "
                              "stream could not be held for it", r->regex);
    for (size_t i = 0; i < n; i++) {
        uint32_t anchor = anchor_id(c, &literals[i]);
        if (anchor == UINT32_MAX || c->rules->n_anchored == ANCHORS_MAX)
            return bawn_error_set(c->err, BAWN_E_NO_MEMORY, "too many anchors");
        c->rules->anchored[c->rules->n_anchored++] = (bawn_anchored){ anchor, rule, width };
    }
    return true;
}

static bool anchor_rows(compiler *c)
{
    bawn_rules *r = c->rules;
    r->anchors = bawn_arena_alloc(c->arena, ANCHORS_MAX * sizeof *r->anchors);
    r->anchored = bawn_arena_alloc(c->arena, ANCHORS_MAX * sizeof *r->anchored);
    if (!r->anchors || !r->anchored)
        return no_memory(c->err);
    for (uint32_t i = 0; i < r->n_rules; i++)
        if (!anchor_row(c, i))
            return false;
    return true;
}

/* ---- literals ----------------------------------------------------------------------------------------------------- */
static bool keep_literals(const bawn_literals **out, const bawn_literal *items, size_t n, compiler *c)
{
    bool ok = true;
    if (n == 0)
        return true;
    bawn_literals *made = bawn_literals_new(items, n);
    if (!made)
        return no_memory(c->err);
    *out = (const bawn_literals *)(const void *)bawn_arena_copy(c->arena, bawn_literals_bytes(made), &ok).ptr;
    bawn_literals_free(made);
    return ok || no_memory(c->err);
}

static bool compile_literals(compiler *c, bawn_literal *items)
{
    bawn_rules *r = c->rules;
    size_t n = 0;

    for (uint32_t i = 0; i < r->n_rules; i++)
        if (r->rules[i].place == BAWN_BY_LITERALS)
            items[n++] = (bawn_literal){ r->rules[i].regex, i, r->rules[i].flags & BAWN_P_CASE ? BAWN_L_CASE : 0 };
    for (uint32_t i = 0; i < r->n_gates; i++)
        if (bawn_literals_takes(r->gate_texts[i].text, r->gate_texts[i].flags))
            items[n++] = (bawn_literal){ r->gate_texts[i].text, (uint32_t)r->n_rules + i, r->gate_texts[i].flags };
    if (!keep_literals(&r->literals, items, n, c))
        return false;
    n = 0;
    for (uint32_t i = 0; i < r->n_anchors; i++)
        if (bawn_literals_takes(r->anchors[i].text, r->anchors[i].flags))
            items[n++] = (bawn_literal){ r->anchors[i].text, i, r->anchors[i].flags };
    return keep_literals(&r->anchor_literals, items, n, c);
}

/* ---- databases -------------------------------------------------------------------------------------------------- */
/* A gate as an expression: its text, where a space stands for white space. */
static const char *expression_of(const bawn_gate_text *g, bawn_arena *arena)
{
    bawn_buf b = { 0 };
    bool ok = true;

    for (const unsigned char *c = (const unsigned char *)g->text; *c; c++)
        if (*c == ' ')
            bawn_buf_str(&b, "\\s{1,8}");
        else if (*c >= 0x80 || bawn_is_alnum(*c))
            bawn_buf_byte(&b, (char)*c);
        else
            bawn_buf_fmt(&b, "\\x%02x", *c);
    bawn_buf_byte(&b, '\0');
    bawn_slice kept = bawn_arena_copy(arena, bawn_buf_slice(&b), &ok);
    ok = ok && !b.failed;
    bawn_buf_free(&b);
    return ok ? kept.ptr : NULL;
}

static size_t select_rules(bawn_match_rule *out, compiler *c, int db)
{
    const bawn_rules *r = c->rules;
    size_t n = 0;
    bool wide = db == BAWN_DB_WIDE || db == BAWN_DB_ANCHORS_WIDE;

    for (uint32_t i = 0; i < r->n_rules; i++)
        if (r->rules[i].place == db)
            out[n++] = (bawn_match_rule){ r->rules[i].regex, r->rules[i].flags, i };
    for (uint32_t i = 0; i < r->n_gates && (db == BAWN_DB_SHORT || db == BAWN_DB_WIDE); i++)
        if (!bawn_literals_takes(r->gate_texts[i].text, r->gate_texts[i].flags) && is_ascii(r->gate_texts[i].text) != wide)
            out[n++] = (bawn_match_rule){ expression_of(&r->gate_texts[i], c->arena), 0, (uint32_t)r->n_rules + i };
    for (uint32_t i = 0; i < r->n_anchors && db >= BAWN_DB_ANCHORS; i++)
        if (!bawn_literals_takes(r->anchors[i].text, r->anchors[i].flags) && is_ascii(r->anchors[i].text) != wide)
            out[n++] = (bawn_match_rule){ r->anchors[i].text, BAWN_P_LITERAL, i };
    return n;
}

static bool compile_databases(compiler *c, bawn_match_rule *rules, bool portable)
{
    bawn_rules *r = c->rules;
    for (int d = 0; d < BAWN_DBS; d++) {
        size_t n = select_rules(rules, c, d);
        for (size_t i = 0; i < n; i++)
            if (!rules[i].regex)
                return no_memory(c->err);
        if (n > 0 && !bawn_match_compile(&r->db[d], rules, n, portable, c->err))
            return false;
    }
    return true;
}

/* Kept as bytes: most are never needed. Portable ones are linked in and used where they lie; others are read when they
 * are needed first. */
static bool compile_dear(compiler *c, const bawn_rule *r, uint32_t id, bool portable)
{
    bawn_match_rule rule = { r->regex, r->flags, id };
    bawn_match *db = NULL;
    bawn_buf bytes = { 0 };
    bool ok = bawn_match_compile(&db, &rule, 1, portable, c->err);

    if (ok) {
        ok = bawn_match_save(&bytes, db, portable);
        c->rules->saved[r->slot] = bawn_arena_copy(c->arena, bawn_buf_slice(&bytes), &ok);
        ok = ok || no_memory(c->err);
    }
    bawn_match_free(db);
    bawn_buf_free(&bytes);
    return ok;
}

static bool compile_all(compiler *c, bool portable)
{
    bawn_rules *r = c->rules;
    size_t most = r->n_rules + r->n_gates + r->n_anchors;
    bawn_match_rule *rules = bawn_malloc(most * sizeof *rules);
    bawn_literal *literals = bawn_malloc(most * sizeof *literals);
    bool ok = rules && literals && compile_literals(c, literals) && compile_databases(c, rules, portable);

    if (!rules || !literals)
        no_memory(c->err);
    for (uint32_t i = 0; ok && i < r->n_rules; i++)
        if (r->rules[i].place == BAWN_BY_GATES)
            ok = compile_dear(c, &r->rules[i], i, portable);
    bawn_free(rules);
    bawn_free(literals);
    return ok;
}

bool bawn_rules_compile(bawn_rules *r, bool portable, bawn_arena *arena, bawn_error *err)
{
    compiler c = { r, arena, err };

    r->in_place = portable;
    return r->n_rules == 0 ||
           (bawn_rules_add_gates(r, arena, err) && place_rows(&c) && anchor_rows(&c) && compile_all(&c, portable));
}

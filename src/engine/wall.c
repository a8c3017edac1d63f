/* Loading a policy: tree, guards and their patterns become one immutable wall; see wall.h. */
#include "engine/wall.h"

#include <stdio.h>

#include "engine/builtin.h"
#include "engine/judge.h"

bool bawn_wall_compile_policy_rules(bawn_wall *, const char *cache_dir, bawn_error *err);    /* wall_cache.c */
bool bawn_wall_hash_key(bawn_wall *, const char *cache_dir, bawn_error *err);

/* ---- guards and kinds ------------------------------------------------------------------------------------------ */
static bool index_kinds(bawn_wall *w, bawn_error *err)
{
    w->kind_base = bawn_arena_alloc(w->arena, w->n_guards * sizeof *w->kind_base);
    w->n_kinds = 0;
    if (w->n_guards > BAWN_GUARDS_MOST)
        return bawn_error_set(err, BAWN_E_POLICY, "more than %d guards", BAWN_GUARDS_MOST);
    for (size_t g = 0; w->kind_base && g < w->n_guards; g++) {
        w->kind_base[g] = (uint32_t)w->n_kinds;
        w->n_kinds += w->guards[g]->n_kinds;
    }
    w->kind_guard = bawn_arena_alloc(w->arena, (w->n_kinds + 1) * sizeof *w->kind_guard);
    if (!w->kind_base || !w->kind_guard)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for the table of guards");
    for (size_t g = 0; g < w->n_guards; g++)
        for (size_t k = 0; k < w->guards[g]->n_kinds; k++)
            w->kind_guard[w->kind_base[g] + k] = (uint16_t)g;
    return true;
}

static bool index_triggers(bawn_wall *w, bawn_error *err)
{
    w->digit_guards = bawn_arena_alloc(w->arena, w->n_guards * sizeof *w->digit_guards);
    if (!w->digit_guards)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for the table of guards");
    w->leak_guard = UINT16_MAX;
    for (size_t i = 0; i < w->n_guards; i++) {
        uint16_t g = (uint16_t)i;
        const bawn_guard *guard = w->guards[g];
        if (guard->digits_max > 0)
            w->digit_guards[w->n_digit_guards++] = g;
        if (guard->scan && w->n_scan_guards == BAWN_SCANNERS)
            return bawn_error_set(err, BAWN_E_POLICY, "more than %d scanning guards", BAWN_SCANNERS);
        if (guard->scan)
            w->scan_guards[w->n_scan_guards++] = g;
        if (strcmp(guard->guard, "leak") == 0)
            w->leak_guard = g;
        for (size_t k = 0; k < guard->n_kinds; k++)
            if (strcmp(guard->kinds[k].code, "limits.DECODE_BOUND") == 0)
                w->decode_bound = w->kind_base[g] + (uint32_t)k;
    }
    return true;
}

static bool runs_on(const bawn_guardrail *g, size_t guard, bawn_side side)
{
    for (int place = 0; place < BAWN_PLACE_COUNT; place++)
        if (bawn_place_side(place) == side && g->wakes[place][guard])
            return true;
    return false;
}

static bool is_among(const bawn_slice *names, size_t n, bawn_slice name)
{
    for (size_t i = 0; i < n; i++)
        if (bawn_slice_eq(names[i], name))
            return true;
    return false;
}

static void name_guards_of(const bawn_wall *w, const bawn_guardrail *g, bawn_side side, bawn_slice *names, size_t *n)
{
    for (size_t i = 0; i < w->n_guards; i++) {
        bawn_slice name = bawn_slice_str(w->guards[i]->guard);
        if (!is_among(names, *n, name) && runs_on(g, i, side))
            names[(*n)++] = name;
    }
}

static void name_guards_off(const bawn_wall *w, bawn_guardrail *g)
{
    for (size_t i = 0; i < w->n_guards; i++) {
        bawn_slice name = bawn_slice_str(w->guards[i]->guard);
        if (!is_among(g->ran, g->n_ran[1], name) && !is_among(g->off, g->n_off, name))
            g->off[g->n_off++] = name;
    }
}

/* For the record: who runs, by name, in the order of the table. */
static bool name_guards(bawn_wall *w, bawn_error *err)
{
    for (size_t i = 0; i < w->n_guardrails; i++) {
        bawn_guardrail *g = &w->guardrails[i];
        bawn_slice *names = bawn_arena_alloc(w->arena, (w->n_guards + 1) * sizeof *names);
        g->off = bawn_arena_alloc(w->arena, (w->n_guards + 1) * sizeof *g->off);
        if (!names || !g->off)
            return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for the table of guards");
        g->ran = names;
        name_guards_of(w, g, BAWN_INPUT, names, &g->n_ran[0]);
        g->n_ran[1] = g->n_ran[0];
        name_guards_of(w, g, BAWN_OUTPUT, names, &g->n_ran[1]);
        name_guards_off(w, g);
    }
    return true;
}

/* ---- loading ------------------------------------------------------------------------------------------------------ */
static bool load_parts(bawn_wall *w, const char *self, bawn_slice yaml, const char *cache_dir, bawn_error *err)
{
    size_t n_keys;
    const bawn_key *keys = bawn_engine_keys(&n_keys);

    bawn_sha256_name(w->hash, yaml);
    return bawn_policy_parse(&w->policy, self, yaml, keys, n_keys, err) &&
           bawn_builtin_load(&w->rules[0], w->patterns_hash, w->arena, err) &&
           bawn_wall_read_versions(w, cache_dir, err) && bawn_wall_read_words(w, err) && index_kinds(w, err) && index_triggers(w, err) &&
           bawn_wall_compile_policy_rules(w, cache_dir, err) &&
           (bawn_wall_hash_key(w, cache_dir, err) || bawn_wall_goes_on(w, err)) &&
           bawn_wall_read_guardrails(w, err) && bawn_wall_read_routes(w, err) && (bawn_wall_is_wrong(w) || name_guards(w, err));
}

static bool load(bawn_wall **out, bawn_errors *all, const char *self, bawn_slice yaml, const char *cache_dir, bawn_error *err)
{
    bawn_wall *w = bawn_malloc(sizeof *w);

    *out = NULL;
    if (!w)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for the policy");
    *w = (bawn_wall){ .arena = bawn_arena_new(1 << 16, 0), .mistakes = all };
    if (!w->arena)
        bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for the policy");
    if (!w->arena || !load_parts(w, self, yaml, cache_dir, err)) {
        if (err && err->file[0] == 0)
            snprintf(err->file, sizeof err->file, "%s", self);
        bawn_wall_free(w);
        return false;
    }
    w->mistakes = NULL;
    *out = w;
    return true;
}

bool bawn_wall_load(bawn_wall **out, const char *self, bawn_slice yaml, const char *cache_dir, bawn_error *err)
{
    return load(out, NULL, self, yaml, cache_dir, err);
}

bool bawn_wall_check(bawn_wall **out, bawn_errors *all, const char *self, bawn_slice yaml, const char *cache_dir)
{
    size_t n, before = all->n;
    const bawn_key *keys = bawn_engine_keys(&n);
    bawn_error err = { 0 };
    bawn_policy *tree;

    *out = NULL;
    if (!bawn_policy_check(&tree, all, self, yaml, keys, n))
        return false;
    bawn_policy_free(tree);
    bool ok = load(out, all, self, yaml, cache_dir, &err);
    if (bawn_errors_end(all, before, ok, &err))
        return true;
    bawn_wall_free(*out);
    *out = NULL;
    return false;
}

void bawn_wall_free(bawn_wall *w)
{
    if (!w)
        return;
    for (int d = 0; d < 2; d++)
        bawn_rules_free(&w->rules[d]);
    bawn_policy_free(w->policy);
    for (size_t i = 0; i < w->n_versions; i++)
        bawn_policy_free(w->versions[i].policy);
    bawn_arena_free(w->arena);
    bawn_free(w);
}

bool bawn_worker_new(bawn_worker **out, const bawn_wall *wall, bawn_error *err)
{
    bawn_worker *w = bawn_malloc(sizeof *w);
    bool ok = w != NULL;

    *out = NULL;
    if (ok)
        *w = (bawn_worker){ .wall = wall };
    for (int d = 0; ok && d < 2; d++) {
        const bawn_rules *r = &wall->rules[d];
        w->begins[d] = bawn_match_begins_new(r->n_rules);
        size_t seen = ((size_t)r->n_slow + 1) * sizeof(bawn_gate_seen);
        w->seen[d] = bawn_malloc(seen);
        size_t slow = ((size_t)r->n_slow + 1) * sizeof(bawn_match *);
        w->slow[d] = bawn_malloc(slow);
        ok = w->begins[d] && w->seen[d] && w->slow[d];
        if (w->seen[d])
            memset(w->seen[d], 0, seen);
        if (w->slow[d])
            memset(w->slow[d], 0, slow);
        for (int db = 0; ok && db < BAWN_DBS; db++)
            ok = !r->db[db] || bawn_match_scratch_fit(&w->scratch, r->db[db], err);
    }
    if (!ok || !bawn_judge_new(&w->judge)) {
        bawn_worker_free(w);
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for a worker");
    }
    *out = w;
    return true;
}

void bawn_worker_free(bawn_worker *w)
{
    if (!w)
        return;
    if (w->spares)
        w->free_spares(w->spares);
    bawn_match_scratch_free(w->scratch);
    for (int d = 0; d < 2; d++) {
        for (uint32_t i = 0; w->slow[d] && i < w->wall->rules[d].n_slow; i++)
            bawn_match_free(w->slow[d][i]);
        bawn_match_begins_free(w->begins[d]);
        bawn_free(w->slow[d]);
        bawn_free(w->seen[d]);
    }
    bawn_free(w->windows);
    bawn_judge_free(w->judge);
    bawn_arena_free(w->inspect_arena);
    bawn_free(w);
}

void bawn_worker_trim(bawn_worker *w)
{
    bawn_free(w->windows);
    w->windows = NULL;
    w->cap_windows = 0;
    bawn_builtin_trim();
}

void bawn_worker_clock(bawn_worker *w, uint64_t (*now)(void *user), void *user)
{
    w->clock = now;
    w->clock_user = user;
}

/* ---- for those around ------------------------------------------------------------------------------------------------ */
const bawn_policy *bawn_wall_policy(const bawn_wall *w) { return w->policy; }
const char *bawn_wall_hash(const bawn_wall *w) { return w->hash; }
size_t bawn_wall_guardrails(const bawn_wall *w) { return w->n_drafts; }
bawn_slice bawn_wall_guardrail_name(const bawn_wall *w, size_t i) { return w->guardrails[i].name; }

int bawn_wall_guardrail_find(const bawn_wall *w, bawn_slice name)
{
    if (name.len == 0)
        return w->default_guardrail;
    for (size_t i = 0; i < w->n_drafts; i++)
        if (bawn_slice_eq(w->guardrails[i].name, name))
            return (int)i;
    return -1;
}

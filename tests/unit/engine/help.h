/* help.h: a wall to judge by, from a policy's text or from guards of the test's own, and findings as one line of text,
 * so that tests are tables. */
#ifndef BAWN_TEST_ENGINE_H
#define BAWN_TEST_ENGINE_H

#include <stdlib.h>

#include "engine/channel.h"
#include "engine/outcome.h"
#include "engine/tokens.h"
#include "wall_help.h"

#define UPSTREAM "version: 1\nupstreams: {main: {dialect: openai, url: http://127.0.0.1:9/v1}}\n"

typedef struct {
    bawn_wall *wall, own;       /* own: made of the test's guards; then wall is NULL */
    bawn_guardrail rail;
    bawn_worker *worker;
    bawn_finds finds;
    bawn_judging judging;
} bench;

static inline void bench_start(bench *b, const bawn_wall *wall, const bawn_guardrail *rail, int place)
{
    bawn_error err = { 0 };
    assert_true(bawn_worker_new(&b->worker, wall, &err));
    b->judging = (bawn_judging){ .worker = b->worker, .guardrail = rail, .place = place, .finds = &b->finds };
}

/* A policy's guardrail, by name. */
static inline void bench_open(bench *b, const char *yaml, const char *guardrail, int place)
{
    *b = (bench){ .wall = load_wall(yaml) };
    int g = bawn_wall_guardrail_find(b->wall, bawn_slice_str(guardrail));
    assert_true(g >= 0);
    bench_start(b, b->wall, &b->wall->guardrails[g], place);
}

static inline void hold_own(bench *b)
{
    bawn_rules *r = &b->own.rules[0];
    uint32_t *holds = bawn_arena_alloc(b->own.arena, (r->n_anchors + 1) * sizeof *holds);
    memset(holds, 0, (r->n_anchors + 1) * sizeof *holds);
    for (size_t i = 0; i < r->n_anchored; i++)
        if (r->anchored[i].width > holds[r->anchored[i].anchor])
            holds[r->anchored[i].anchor] = r->anchored[i].width;
    for (int place = 0; place < BAWN_PLACE_COUNT; place++) {
        b->rail.holds[place] = holds;
        b->rail.anchored[place][0] = true;
    }
}

/* Guards of the test's own, each of whose kinds blocks everywhere from a score of 0.5 on. */
static inline void bench_own(bench *b, const bawn_guard *const *guards, size_t n)
{
    static bawn_ruling rulings[32];
    static bool wakes[16];
    static const void *settings[16];
    bawn_error err = { 0 };
    bawn_wall *w = &b->own;

    *b = (bench){ .own = { .arena = bawn_arena_new(1 << 12, 0), .n_guards = n, .leak_guard = UINT16_MAX } };
    w->guards = bawn_arena_alloc(w->arena, n * sizeof *w->guards);
    w->kind_base = bawn_arena_alloc(w->arena, n * sizeof *w->kind_base);
    w->kind_guard = bawn_arena_alloc(w->arena, 32 * sizeof *w->kind_guard);
    w->digit_guards = bawn_arena_alloc(w->arena, n * sizeof *w->digit_guards);
    for (uint16_t g = 0; g < n; g++) {
        w->guards[g] = guards[g];
        w->kind_base[g] = (uint32_t)w->n_kinds;
        for (size_t k = 0; k < guards[g]->n_kinds; k++)
            w->kind_guard[w->n_kinds++] = g;
        if (guards[g]->digits_max)
            w->digit_guards[w->n_digit_guards++] = g;
        if (guards[g]->scan)
            w->scan_guards[w->n_scan_guards++] = g;
        wakes[g] = true;
    }
    for (size_t k = 0; k < BAWN_COUNT(rulings); k++)
        rulings[k] = (bawn_ruling){ .action = BAWN_BLOCK, .min_score = 0.5f };
    for (int place = 0; place < BAWN_PLACE_COUNT; place++)
        b->rail.rulings[place] = rulings, b->rail.wakes[place] = wakes;
    b->rail.settings = settings;
    if (!bawn_rules_list(&w->rules[0], w->guards, n, 0, w->arena, &err) ||
        !bawn_rules_compile(&w->rules[0], false, w->arena, &err))
        fail_msg("%s", err.message);
    hold_own(b);
    bench_start(b, w, &b->rail, BAWN_PLACE_OUTPUT);
}

static inline void bench_close(bench *b)
{
    bawn_finds_free(&b->finds);
    bawn_worker_free(b->worker);
    if (b->wall) {
        bawn_wall_free(b->wall);
    } else {
        bawn_rules_free(&b->own.rules[0]);
        bawn_arena_free(b->own.arena);
    }
}

static inline const char *view_word(uint8_t view)
{
    return view == BAWN_VIEW_RAW ? "raw" : view == BAWN_VIEW_CANONICAL ? "canonical" : view == BAWN_VIEW_DECODED ? "decoded" : "?";
}

static inline uint32_t kind_of(const bawn_wall *w, const char *code)
{
    for (uint32_t k = 0; k < w->n_kinds; k++)
        if (strcmp(bawn_wall_kind(w, k)->code, code) == 0)
            return k;
    fail_msg("no kind %s", code);
    return 0;
}

/* Findings whose kind begins with `prefix`, in their order: "pii.EMAIL 5-20 raw; ...". Static text. */
static inline const char *describe(const bench *b, const bawn_finds *finds, const char *prefix)
{
    static char text[1 << 16];
    const bawn_wall *w = b->worker->wall;
    size_t at = 0;
    text[0] = 0;
    for (size_t i = 0; i < finds->n && at + 100 < sizeof text; i++) {
        const bawn_found *f = &finds->items[i];
        const char *code = bawn_wall_kind(w, f->kind)->code;
        if (strncmp(code, prefix, strlen(prefix)) == 0)
            at += (size_t)snprintf(text + at, sizeof text - at, "%s%s %zu-%zu %s", at ? "; " : "", code, f->span.begin, f->span.end,
                                   view_word(f->view));
    }
    return text;
}

/* Judges a whole text; the findings are merged. */
static inline const char *judged(bench *b, bawn_slice text, const char *prefix)
{
    b->finds.n = 0;
    b->judging.failed = false;
    if (!bawn_judge_text(&b->judging, text))
        fail_msg("a guard failed on: %.*s", (int)(text.len < 200 ? text.len : 200), text.ptr);
    bawn_finds_merge(&b->finds);
    return describe(b, &b->finds, prefix);
}

static inline void expect_judged(bench *b, const char *text, const char *prefix, const char *want)
{
    const char *got = judged(b, bawn_slice_str(text), prefix);
    if (strcmp(got, want) != 0)
        fail_msg("\"%s\"\n  has  %s\n  want %s", text, got, want);
}

#endif

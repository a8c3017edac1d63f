/* guard_harness.h: runs one guard over one text without the engine, for guards' unit tests: its patterns compiled
 * into a database of its own, its number runs, its scan. bawn_harness_run() judges the text whole;
 * bawn_harness_run_cut() lets it grow piece by piece, as a stream does, and must find the same.
 * Header-only on purpose: a guard's test needs this file and its guard's object only. */
#ifndef BAWN_GUARD_HARNESS_H
#define BAWN_GUARD_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "guard/guard.h"
#include "guard/runs.h"
#include "text/text.h"

typedef struct { size_t begin, end; uint8_t kind; float score; } harness_found;
typedef struct {
    const bawn_guard *guard;
    bawn_match *db;
    bawn_match_scratch *scratch;
    bawn_match_begins *begins;
    const void *settings;
    uint8_t place, view;
    /* of one run: */
    harness_found found[512], call[128];
    size_t n_found, n_call, base;
    struct { size_t end; uint32_t id; } hits[4096];
    size_t n_hits;
    char state[64];
} bawn_harness;

/* Compiling hundreds of patterns takes minutes under a sanitizer: what was compiled is kept, by its hash, in the folder
 * BAWN_TEST_CACHE, if there is one. */
static inline void harness_compile(bawn_harness *h, const bawn_match_rule *rules, size_t n)
{
    const char *folder = getenv("BAWN_TEST_CACHE");
    bawn_error err = { 0 };
    bawn_buf all = { 0 }, saved = { 0 };
    uint8_t digest[32];
    char path[512] = "", name[33] = "";

    for (size_t i = 0; i < n; i++)
        bawn_buf_fmt(&all, "%s%c%d;", rules[i].regex, 1, rules[i].flags);
    bawn_sha256(digest, bawn_buf_slice(&all));
    bawn_hex(name, digest, 16);
    snprintf(path, sizeof path, "%s/%s.db", folder ? folder : "", name);
    FILE *f = folder ? fopen(path, "rb") : NULL;
    bawn_buf_clear(&all);
    while (f && bawn_buf_reserve(&all, 1 << 16)) {
        size_t got = fread(all.ptr + all.len, 1, 1 << 16, f);
        all.len += got;
        if (got == 0)
            break;
    }
    if (f)
        fclose(f);
    if (!f || !bawn_match_load(&h->db, bawn_buf_slice(&all), false, &err)) {
        if (!bawn_match_compile(&h->db, rules, n, false, &err))
            fail_msg("%s: %s", h->guard->id, err.message);
        f = folder && bawn_match_save(&saved, h->db, false) ? fopen(path, "wb") : NULL;
        if (f && fwrite(saved.ptr, 1, saved.len, f) + (size_t)(fclose(f) != 0) != saved.len)
            remove(path);
    }
    bawn_buf_free(&all);
    bawn_buf_free(&saved);
    if (!bawn_match_scratch_fit(&h->scratch, h->db, &err))
        fail_msg("%s: %s", h->guard->id, err.message);
}

static inline void harness_open(bawn_harness *h, const bawn_guard *g, uint8_t place)
{
    memset(h, 0, sizeof *h);
    h->guard = g;
    h->place = place;
    h->view = BAWN_VIEW_RAW;
    h->begins = bawn_match_begins_new(g->n_patterns + 1u);
    if (g->n_patterns == 0)
        return;
    bawn_match_rule *rules = calloc(g->n_patterns, sizeof *rules);
    for (uint32_t i = 0; i < g->n_patterns; i++)
        rules[i] = (bawn_match_rule){ g->patterns[i].regex, g->patterns[i].flags, i };
    harness_compile(h, rules, g->n_patterns);
    free(rules);
}

static inline void harness_close(bawn_harness *h)
{
    bawn_match_free(h->db);
    bawn_match_scratch_free(h->scratch);
    bawn_match_begins_free(h->begins);
}

static inline void harness_sink(bawn_probe *p, uint8_t kind, size_t begin, size_t end, float score)
{
    bawn_harness *h = p->engine;
    if (h->n_call < BAWN_COUNT(h->call))
        h->call[h->n_call++] = (harness_found){ h->base + begin, h->base + end, kind, score };
}

static inline void harness_keep(bawn_harness *h)
{
    for (size_t i = 0; i < h->n_call && h->n_found < BAWN_COUNT(h->found); i++) {
        size_t j = 0;
        while (j < h->n_found && memcmp(&h->found[j], &h->call[i], sizeof *h->found) != 0)
            j++;
        if (j == h->n_found)
            h->found[h->n_found++] = h->call[i];
    }
}

/* Wakes confirm for one hit in text[0, n); true when it could decide. */
static inline bool harness_confirm(bawn_harness *h, bawn_slice text, bool final, size_t begin, size_t end, int pattern)
{
    size_t low = bawn_utf8_floor(text, end > BAWN_BEHIND ? end - BAWN_BEHIND : 0);
    size_t high = bawn_utf8_floor(text, text.len > end + BAWN_AHEAD ? end + BAWN_AHEAD : text.len);
    bawn_probe p = { .text = { text.ptr + low, high - low }, .begin = begin - low, .end = end - low,
                     .final = high < text.len || final, .place = h->place, .view = h->view, .guard = h->guard,
                     .pattern = pattern >= 0 ? &h->guard->patterns[pattern] : NULL, .settings = h->settings,
                     .sink = harness_sink, .begins = h->begins, .pattern_id = (uint32_t)pattern, .engine = h };
    h->base = low;
    h->n_call = 0;
    if (h->guard->confirm) {
        h->guard->confirm(&p);
    } else if (p.pattern && !(p.pattern->flags & BAWN_P_TRIGGER)) {
        size_t b = bawn_probe_begin(&p);
        bool word = p.pattern->flags & BAWN_P_WORD;
        if (b != SIZE_MAX && (!word || (bawn_probe_word_begins(&p, b) && bawn_probe_word_ends(&p, p.end))))
            bawn_probe_found(&p, p.pattern->kind, b, p.end, p.pattern->score);
    }
    if (p.edge)
        return false;
    harness_keep(h);
    return true;
}

static inline void harness_hit(void *context, uint32_t id, size_t end)
{
    bawn_harness *h = context;
    if (h->n_hits < BAWN_COUNT(h->hits)) {
        h->hits[h->n_hits].end = end;
        h->hits[h->n_hits++].id = id;
    }
}

/* Judges the prefix of `len` bytes; only decisions that hang on nothing later are kept. */
static inline void harness_step(bawn_harness *h, bawn_slice text, size_t len, bool final, size_t *scan_from)
{
    bawn_slice now = { text.ptr, len };
    size_t from = 0;
    bool open;
    bawn_span run;

    h->n_hits = 0;
    if (h->db)
        assert_true(bawn_match_scan(h->db, h->scratch, now, harness_hit, h));
    for (size_t i = 0; i < h->n_hits; i++)
        if (final || h->hits[i].end < len)
            harness_confirm(h, now, final, h->hits[i].end, h->hits[i].end, (int)h->hits[i].id);
    while (h->guard->digits_max > 0 && bawn_run_next(&run, &from, &open, now, final)) {
        bawn_probe count = { .text = now };
        size_t n = bawn_probe_digits(&count, run.begin, run.end, NULL, 0);
        if (n >= h->guard->digits_min && n <= h->guard->digits_max)
            harness_confirm(h, now, final, run.begin, run.end, -1);
    }
    if (h->guard->scan && (h->guard->scan_flags == 0 || (bawn_text_flags(now) & h->guard->scan_flags))) {
        bawn_probe p = { .text = now, .begin = *scan_from, .end = *scan_from, .final = final, .place = h->place,
                         .view = h->view, .guard = h->guard, .settings = h->settings, .state = h->state,
                         .sink = harness_sink, .begins = h->begins, .engine = h };
        h->base = 0;
        h->n_call = 0;
        h->guard->scan(&p);
        harness_keep(h);
        *scan_from = p.end;
    }
}

static inline void harness_reset(bawn_harness *h)
{
    h->n_found = 0;
    memset(h->state, 0, sizeof h->state);
}

static inline int harness_order(const void *a, const void *b) { return memcmp(a, b, sizeof(harness_found)); }

static inline size_t bawn_harness_run(bawn_harness *h, const char *text)
{
    size_t from = 0;
    harness_reset(h);
    harness_step(h, bawn_slice_str(text), strlen(text), true, &from);
    qsort(h->found, h->n_found, sizeof *h->found, harness_order);
    return h->n_found;
}

static inline size_t bawn_harness_run_cut(bawn_harness *h, const char *text, unsigned seed)
{
    bawn_slice t = bawn_slice_str(text);
    size_t from = 0, len = 0;
    harness_reset(h);
    while (len < t.len) {
        seed = seed * 1103515245u + 12345u;
        len += 1 + (seed >> 16) % 7;
        while (len < t.len && !bawn_utf8_is_start((unsigned char)t.ptr[len]))
            len++;
        if (len >= t.len)
            break;
        harness_step(h, t, len, false, &from);
    }
    harness_step(h, t, t.len, true, &from);
    qsort(h->found, h->n_found, sizeof *h->found, harness_order);
    return h->n_found;
}

/* Whether a finding of `kind` (index; -1: any) was made in the last run. */
static inline bool harness_has(const bawn_harness *h, int kind)
{
    for (size_t i = 0; i < h->n_found; i++)
        if (kind < 0 || h->found[i].kind == kind)
            return true;
    return false;
}

/* Every row's `hit` is found and its `miss` is not, whole and cut. A miss counts for the row's own kind. */
static inline void harness_check_rows(bawn_harness *h)
{
    int bad = 0;
    for (uint32_t i = 0; i < h->guard->n_patterns; i++) {
        const bawn_pattern *row = &h->guard->patterns[i];
        assert_non_null(row->hit);
        assert_non_null(row->miss);
        bawn_harness_run(h, row->hit);
        bool hit = harness_has(h, row->kind);
        bawn_harness_run(h, row->miss);
        bool miss = harness_has(h, row->kind);
        if (!hit || miss) {
            print_error("%s row %u /%s/: %s\n", h->guard->id, i, row->regex, !hit ? "hit not found" : "miss found");
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

/* The same findings whole and for `rounds` random cuttings. */
static inline void harness_check_cuts(bawn_harness *h, const char *text, unsigned rounds)
{
    static harness_found whole[512];
    size_t n = bawn_harness_run(h, text);
    memcpy(whole, h->found, n * sizeof *whole);
    for (unsigned seed = 1; seed <= rounds; seed++) {
        size_t m = bawn_harness_run_cut(h, text, seed);
        if (m != n || memcmp(whole, h->found, n * sizeof *whole) != 0)
            fail_msg("%s: cutting %u differs (%zu findings, whole %zu): %s", h->guard->id, seed, m, n, text);
    }
}

#endif

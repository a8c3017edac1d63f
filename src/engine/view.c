/* The windowed judge; see view.h. One step: ask again what hung on text not yet there, scan the new bytes with both
 * databases (from BAWN_MATCH_WIDTH before them, so that no match is cut), walk the number runs, run the scanners. */
#include "engine/view.h"

#include "engine/failures.h"
#include "guard/runs.h"

#define MARGIN (BAWN_MATCH_WIDTH + 8)
#define ANCHOR_MARGIN 24        /* anchors are short: at most sixteen bytes and a white space */
#define PENDING_MAX 1024
#define FIRST 16                /* items of a list when it begins */

/* ---- findings ---------------------------------------------------------------------------------------------- */
bool bawn_finds_add(bawn_finds *f, const bawn_found *item)
{
    for (size_t i = f->n; i > 0 && f->n - i < 8; i--) {     /* the same thing through another end or view */
        bawn_found *old = &f->items[i - 1];
        if (old->kind == item->kind && old->segment == item->segment && old->span.begin == item->span.begin &&
            old->span.end == item->span.end) {
            if (item->score > old->score)
                old->score = item->score;
            if (item->view < old->view)         /* raw wins, whichever came first (RULINGS R5) */
                old->view = item->view;
            return true;
        }
    }
    if (!bawn_grow((void **)&f->items, &f->cap, f->n, sizeof *f->items, FIRST))
        return false;
    f->items[f->n++] = *item;
    return true;
}

void bawn_finds_free(bawn_finds *f)
{
    bawn_free(f->items);
    *f = (bawn_finds){ 0 };
}

void bawn_view_free(bawn_view *v)
{
    bawn_free(v->pending);
    bawn_free(v->open);
}

/* ---- spans ------------------------------------------------------------------------------------------------- */
bawn_span bawn_view_to_raw(const bawn_view *v, bawn_span s)
{
    if (v->has_unit)
        return v->unit;
    if (!v->map)
        return s;
    bawn_span raw = bawn_text_map_span(v->map, (bawn_span){ s.begin - v->offset, s.end - v->offset });
    return (bawn_span){ raw.begin + v->offset, raw.end + v->offset };
}

static bool is_allowed_value(const bawn_guardrail *g, bawn_slice text)
{
    for (size_t i = 0; i < g->n_allow; i++)
        if (bawn_slice_eq_nocase(g->allow[i], text))
            return true;
    return false;
}

/* ---- one call of a guard -------------------------------------------------------------------------------------- */
typedef struct { bawn_judging *judging; const bawn_view *view; size_t low, hit /* end of the pattern's match */; uint16_t guard; uint32_t rule;
                 size_t first, least /* begin of what was reported */; } call;

static void sink(bawn_probe *p, uint8_t kind, size_t begin, size_t end, float score)
{
    call *c = p->engine;
    bawn_judging *j = c->judging;
    const bawn_view *v = c->view;
    const bawn_wall *wall = j->worker->wall;
    uint32_t id = wall->kind_base[c->guard] + kind;
    bawn_ruling ruling = j->guardrail->rulings[j->place][id];

    if (p->guard->reach > 0 && begin + p->guard->reach < c->hit)
        begin = c->hit - p->guard->reach;
    begin = bawn_utf8_floor(p->text, begin);    /* a value that a guard cut at its longest ends behind a whole character */
    end = bawn_utf8_ceil(p->text, end);
    bawn_span in_view = { c->low + begin, c->low + end };

    if (in_view.begin < c->least)
        c->least = in_view.begin;
    if (ruling.action == BAWN_ALLOW || score < ruling.min_score)
        return;
    if (v->canonical && !(p->guard->views & BAWN_VIEW_LEET) &&
        bawn_canonical_leet(v->canonical, (bawn_span){ in_view.begin - v->offset, in_view.end - v->offset }))
        return;
    if (is_allowed_value(j->guardrail, bawn_slice_of(p->text.ptr + begin, end - begin)))
        return;
    if (j->fixed && ruling.action == BAWN_MASK)
        ruling.action = BAWN_BLOCK;
    bawn_found f = { .span = bawn_view_to_raw(v, in_view), .kind = id, .segment = j->segment, .pattern = c->rule,
                     .guard = c->guard, .view = v->kind == BAWN_VIEW_LETTERS ? BAWN_VIEW_DECODED : v->kind, .action = ruling.action, .would = ruling.would,
                     .style = ruling.style, .place = (uint8_t)j->place, .score = score };
    if (!bawn_finds_add(j->finds, &f))
        bawn_failures_note(j, c->guard, BAWN_OUT_OF_MEMORY);
}

static size_t view_floor(const bawn_view *v, size_t at) { return v->base + bawn_utf8_floor(v->text, at - v->base); }

/* The window around [.., end) of the view, cut at code points. */
static bawn_slice window(const bawn_view *v, size_t end, size_t *low, bool *final)
{
    size_t total = v->base + v->text.len;
    size_t lo = end > BAWN_BEHIND ? end - BAWN_BEHIND : 0, hi = end + BAWN_AHEAD;

    lo = view_floor(v, lo > v->base ? lo : v->base);
    if (hi < total) {
        hi = view_floor(v, hi);
        *final = true;                  /* the window's end is the same for every cutting: decide by it */
    } else {
        hi = total;
    }
    *low = lo;
    return bawn_slice_of(v->text.ptr + (lo - v->base), hi - lo);
}

static void confirm_plainly(bawn_probe *p)
{
    size_t begin = bawn_probe_begin(p);
    if (begin == SIZE_MAX)              /* only seen because a window was cut there: the text itself has no match */
        return;
    if ((p->pattern->flags & BAWN_P_WORD) && (!bawn_probe_word_begins(p, begin) || !bawn_probe_word_ends(p, p->end)))
        return;
    bawn_probe_found(p, p->pattern->kind, begin, p->end, p->pattern->score);
}

static bool dropped_out(const bawn_judging *j, uint16_t guard)
{
    return j->failures && j->failures->n > 0 && j->failures->why[guard] != BAWN_RAN;
}

static bool wakes(const bawn_view *v, const bawn_judging *j, uint16_t guard)
{
    return j->guardrail->wakes[j->place][guard] && (j->worker->wall->guards[guard]->views & v->kind) && !dropped_out(j, guard);
}

/* Wakes a guard for a hit. Returns false when it must be asked again with more text; *begin is then what to hold. */
static bool ask(bawn_view *v, bawn_judging *j, size_t *begin, size_t end, int database, uint32_t rule_id, uint16_t guard,
                bool final)
{
    const bawn_rule *rule = database < 0 ? NULL : &j->worker->wall->rules[database].rules[rule_id];
    const bawn_guard *g = j->worker->wall->guards[guard];
    call c = { .judging = j, .view = v, .guard = guard, .rule = rule_id, .first = j->finds->n, .least = SIZE_MAX };
    bool last = final;
    bawn_slice text = window(v, end, &c.low, &last);
    c.hit = end - c.low;
    bawn_probe p = { .text = text, .begin = *begin < c.low ? 0 : *begin - c.low, .end = end - c.low, .final = last,
                     .place = bawn_place_bit(j->place), .view = v->kind, .guard = g, .pattern = rule ? rule->pattern : NULL,
                     .settings = j->guardrail->settings[guard], .sink = sink,
                     .begins = database < 0 ? NULL : j->worker->begins[database], .pattern_id = rule_id, .engine = &c };

    if (rule && rule->type == BAWN_RULE_FORM)
        bawn_probe_found(&p, p.pattern->kind, p.end - rule->width, p.end, p.pattern->score);
    else if (g->confirm)
        g->confirm(&p);
    else if (p.pattern && !(p.pattern->flags & BAWN_P_TRIGGER))
        confirm_plainly(&p);
    if (p.failed)
        bawn_failures_note(j, guard, BAWN_OUT_OF_MEMORY);
    *begin = c.low + (p.begin < p.end ? p.begin : p.end);
    if (c.least < *begin)
        *begin = c.least;
    if (!p.edge)
        return true;
    j->finds->n = c.first;              /* undecided: forget it, ask again */
    return false;
}

static uint16_t guard_of(const bawn_judging *j, const bawn_pending *p)
{
    return p->run ? (uint16_t)p->rule : j->worker->wall->rules[p->database].rules[p->rule].guard;
}

static void note_pending(bawn_view *v, bawn_judging *j, bawn_pending item)
{
    if (v->n_pending >= PENDING_MAX)
        bawn_failures_note(j, guard_of(j, &item), BAWN_OVERLOADED);
    else if (!bawn_grow((void **)&v->pending, &v->cap_pending, v->n_pending, sizeof item, FIRST))
        bawn_failures_note(j, guard_of(j, &item), BAWN_OUT_OF_MEMORY);
    else
        v->pending[v->n_pending++] = item;
}

static void retry_pending(bawn_view *v, bawn_judging *j, bool final)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->n_pending; i++) {
        bawn_pending p = v->pending[i];
        uint16_t guard = guard_of(j, &p);
        if (!dropped_out(j, guard) && !ask(v, j, &p.begin, p.end, p.run ? -1 : p.database, p.rule, guard, final))
            v->pending[kept++] = p;
    }
    v->n_pending = kept;
}

/* ---- patterns --------------------------------------------------------------------------------------------------- */
#define WINDOWS_MAX (1u << 16)  /* more than that, and dear rules are run everywhere */

typedef struct { bawn_view *view; bawn_judging *judging; size_t low; int set; bool final, everywhere; size_t n_windows;
                 size_t cut; }
    scan_context;

static size_t end_of(const bawn_view *v) { return v->base + v->text.len; }

/* A dear rule is to be run in [begin, end). Windows of one rule are joined where they meet. When there are too many,
 * every rule is run everywhere: nothing is ever lost. */
static void note_window(scan_context *s, uint16_t slot, size_t begin, size_t end)
{
    bawn_worker *w = s->judging->worker;
    bawn_gate_seen *seen = &w->seen[s->set][slot];

    if (seen->window_round == w->seen_round) {
        bawn_span *open = &w->windows[seen->window].at;
        if (begin <= open->end && end >= open->begin) {
            open->end = end > open->end ? end : open->end;
            open->begin = begin < open->begin ? begin : open->begin;
            return;
        }
    }
    if (s->n_windows == WINDOWS_MAX || !bawn_grow((void **)&w->windows, &w->cap_windows, s->n_windows, sizeof *w->windows, FIRST)) {
        s->everywhere = true;
        return;
    }
    seen->window_round = w->seen_round;
    seen->window = (uint32_t)s->n_windows;
    w->windows[s->n_windows++] = (bawn_gate_window){ { begin, end }, slot };
}

/* Whether every part of a dear rule was seen near `at`, where its last part was; *first: the earliest of them. */
static bool is_armed(const bawn_gate_seen *seen, const bawn_slow *slow, uint32_t round, size_t at, size_t *first)
{
    *first = at;
    for (uint16_t p = 0; p + 1 < slow->parts; p++) {
        if (seen->round[p] != round || seen->at[p] + slow->width < at || at + slow->width < seen->at[p])
            return false;
        *first = seen->at[p] < *first ? seen->at[p] : *first;
    }
    return true;
}

/* A gate was seen. With the last part of a rule near the others, it is armed: a match holds all of them and is at most
 * `width` long. */
static void note_gate(scan_context *s, const bawn_gate *gate, size_t at)
{
    bawn_worker *w = s->judging->worker;
    const bawn_rules *rules = &w->wall->rules[s->set];
    size_t first, end = end_of(s->view);

    for (uint32_t i = gate->first; i < gate->first + gate->n; i++) {
        bawn_gate_use use = rules->uses[i];
        const bawn_slow *slow = &rules->slow[use.slot];
        if (!wakes(s->view, s->judging, slow->guard))
            continue;
        bawn_gate_seen *seen = &w->seen[s->set][use.slot];
        size_t margin = slow->width + 8u;
        seen->at[use.part] = at;
        seen->round[use.part] = w->seen_round;
        if (use.part + 1 == slow->parts && is_armed(seen, slow, w->seen_round, at, &first))
            note_window(s, use.slot, at > s->low + margin ? at - margin : s->low, first + margin < end ? first + margin : end);
    }
}

static void note_anchor(void *context, uint32_t anchor, size_t end)
{
    scan_context *s = context;
    bawn_view *v = s->view;
    const bawn_wall *wall = s->judging->worker->wall;
    const bawn_rules *rules = &wall->rules[s->set];
    if (anchor >= rules->n_anchors)
        return;
    uint32_t hold = s->judging->guardrail->holds[s->judging->place][(s->set ? wall->rules[0].n_anchors : 0) + anchor];
    size_t at = s->low + end;

    if (hold == 0 || at <= v->hits_done || (!s->final && at >= end_of(v)))
        return;
    if (!bawn_grow((void **)&v->open, &v->cap_open, v->n_open, sizeof *v->open, FIRST)) {
        s->judging->failed = true;
        return;
    }
    at -= rules->anchors[anchor].len;
    v->open[v->n_open++] = (bawn_open){ at, at + hold };
}

static void on_hit(void *context, uint32_t id, size_t end)
{
    scan_context *s = context;
    bawn_view *v = s->view;
    bawn_judging *j = s->judging;
    const bawn_rules *rules = &j->worker->wall->rules[s->set];
    size_t at = s->low + end, begin = at;

    if (id >= rules->n_rules) {
        if (id - rules->n_rules < rules->n_gates)
            note_gate(s, &rules->gates[id - rules->n_rules], at);
        return;
    }
    if (at <= v->hits_done || (!s->final && at >= end_of(v)) || at >= s->cut)
        return;
    uint16_t guard = rules->rules[id].guard;
    if (wakes(v, j, guard) && !ask(v, j, &begin, at, s->set, id, guard, s->final))
        note_pending(v, j, (bawn_pending){ begin, at, id, (uint8_t)s->set, false });
}

static bool scan(scan_context *s, const bawn_match *db, bawn_span at, bawn_match_hit hit)
{
    const bawn_view *v = s->view;
    at.begin = view_floor(v, at.begin);
    at.end = v->base + bawn_utf8_ceil(v->text, at.end - v->base);
    s->low = at.begin;
    s->cut = at.end < end_of(v) ? at.end : SIZE_MAX;    /* what ends with a window may end so because it was cut */
    return !db || bawn_match_scan(db, s->judging->worker->scratch,
                                  bawn_slice_of(v->text.ptr + (at.begin - v->base), at.end - at.begin), hit, s);
}

/* The text before what is new that a database may need; what lies further back was seen before. */
static bawn_span with_context(const bawn_view *v, size_t margin)
{
    size_t begin = v->hits_done > v->base + margin ? v->hits_done - margin : v->base;
    return (bawn_span){ begin, end_of(v) };
}

/* Runs a database around the bytes of a set: each match of it holds one of them. Windows that meet are one. */
static bool scan_around(scan_context *s, int db, const bawn_match_bytes *bytes, bawn_match_hit hit)
{
    const bawn_rules *rules = &s->judging->worker->wall->rules[s->set];
    const bawn_view *v = s->view;
    size_t margin = rules->margin[db] + 8u;
    bawn_span new = with_context(v, margin);
    size_t at = rules->db[db] ? v->base + bawn_match_find_byte(bytes, v->text, new.begin - v->base) : new.end;

    while (at < new.end) {
        bawn_span window = { at > new.begin + margin ? at - margin : new.begin, 0 };
        do {                                        /* whatever stands in [at, at + margin] is covered as well */
            window.end = at + 2 * margin;
            at = v->base + bawn_match_find_byte(bytes, v->text, at + margin < new.end ? at + margin - v->base : v->text.len);
        } while (at < new.end && at <= window.end + margin);
        if (window.end > new.end)
            window.end = new.end;
        if (!scan(s, rules->db[db], window, hit))
            return false;
    }
    return true;
}

static void scan_literals(scan_context *s, const bawn_literals *set, size_t margin, bawn_match_hit hit)
{
    const bawn_view *v = s->view;
    s->low = v->base;
    s->cut = SIZE_MAX;
    bawn_literals_scan(set, v->text, with_context(v, margin).begin - v->base, hit, s);
}

static const bawn_match_bytes wide_bytes = { .high = true };

static bool scan_anchors(scan_context *s)
{
    const bawn_rules *rules = &s->judging->worker->wall->rules[s->set];

    if (!s->judging->streaming || !s->judging->guardrail->anchored[s->judging->place][s->set])
        return true;
    scan_literals(s, rules->anchor_literals, ANCHOR_MARGIN, note_anchor);
    return scan(s, rules->db[BAWN_DB_ANCHORS], with_context(s->view, ANCHOR_MARGIN), note_anchor) &&
           scan_around(s, BAWN_DB_ANCHORS_WIDE, &wide_bytes, note_anchor);
}

/* The database of a dear rule, read on first use and kept by the worker. NULL: out of memory. */
static const bawn_match *dear_database(bawn_worker *w, int set, uint32_t slot)
{
    const bawn_rules *rules = &w->wall->rules[set];
    bawn_match **db = &w->slow[set][slot];
    if (!*db && (!bawn_match_load(db, rules->saved[slot], rules->in_place, NULL) ||
                 !bawn_match_scratch_fit(&w->scratch, *db, NULL))) {
        bawn_match_free(*db);
        *db = NULL;
    }
    return *db;
}

static bool scan_dear(scan_context *s, uint32_t slot, bawn_span at)
{
    const bawn_match *db = dear_database(s->judging->worker, s->set, slot);
    return db && scan(s, db, at, on_hit);
}

static bool scan_set(bawn_view *v, bawn_judging *j, int set, bool final)
{
    const bawn_rules *rules = &j->worker->wall->rules[set];
    scan_context s = { .view = v, .judging = j, .set = set, .final = final };

    j->worker->seen_round++;
    scan_literals(&s, rules->literals, MARGIN, on_hit);
    if (!scan(&s, rules->db[BAWN_DB_SHORT], with_context(v, rules->margin[BAWN_DB_SHORT] + 8u), on_hit) ||
        !scan_around(&s, BAWN_DB_SIGNS, &rules->signs, on_hit) || !scan_around(&s, BAWN_DB_WIDE, &wide_bytes, on_hit))
        return false;
    for (size_t i = 0; i < s.n_windows && !s.everywhere; i++)
        if (!scan_dear(&s, j->worker->windows[i].slot, j->worker->windows[i].at))
            return false;
    for (uint32_t i = 0; i < rules->n_slow && s.everywhere; i++)
        if (!scan_dear(&s, i, with_context(v, MARGIN)))
            return false;
    return scan_anchors(&s);
}

static bool scan_patterns(bawn_view *v, bawn_judging *j, bool final)
{
    size_t total = end_of(v);

    for (int set = 0; set < 2; set++)
        if (!scan_set(v, j, set, final)) {
            j->failed = true;
            return false;
        }
    v->hits_done = final ? total : total > 0 ? total - 1 : 0;
    return true;
}

/* ---- number runs and scanners -------------------------------------------------------------------------------------- */
static void ask_about_run(bawn_view *v, bawn_judging *j, bawn_span run, bool final)
{
    const bawn_wall *wall = j->worker->wall;
    bawn_probe count = { .text = v->text };
    size_t digits = bawn_probe_digits(&count, run.begin - v->base, run.end - v->base, NULL, 0);

    for (uint16_t i = 0; i < wall->n_digit_guards; i++) {
        uint16_t g = wall->digit_guards[i];
        size_t begin = run.begin;
        if (digits < wall->guards[g]->digits_min || digits > wall->guards[g]->digits_max || !wakes(v, j, g))
            continue;
        if (!ask(v, j, &begin, run.end, -1, g, g, final))
            note_pending(v, j, (bawn_pending){ begin, run.end, g, 0, true });
    }
}

static void walk_runs(bawn_view *v, bawn_judging *j, bool final)
{
    size_t from = v->runs_from - v->base;
    bawn_span run;
    bool open;

    while (bawn_run_next(&run, &from, &open, v->text, final))
        ask_about_run(v, j, (bawn_span){ run.begin + v->base, run.end + v->base }, final);
    v->runs_from = v->base + from;
}

static void run_scanner(bawn_view *v, bawn_judging *j, uint16_t slot, bool final)
{
    uint16_t g = j->worker->wall->scan_guards[slot];
    const bawn_guard *guard = j->worker->wall->guards[g];
    size_t from = v->scans_from[slot];
    size_t low = view_floor(v, from > v->base + BAWN_BEHIND ? from - BAWN_BEHIND : v->base);

    call c = { .judging = j, .view = v, .guard = g, .rule = 0, .low = low, .first = j->finds->n, .least = SIZE_MAX };
    bawn_probe p = { .text = { v->text.ptr + (low - v->base), v->text.len - (low - v->base) }, .begin = from - low,
                     .end = from - low, .final = final, .place = bawn_place_bit(j->place), .view = v->kind, .guard = guard,
                     .settings = g == j->worker->wall->leak_guard ? j->leak : j->guardrail->settings[g],
                     .state = v->state[slot], .sink = sink, .engine = &c };
    guard->scan(&p);
    v->scans_from[slot] = low + (p.end > p.text.len ? p.text.len : p.end);
}

static void run_scanners(bawn_view *v, bawn_judging *j, uint32_t flags, bool final)
{
    const bawn_wall *wall = j->worker->wall;
    size_t total = v->base + v->text.len;

    v->n_scans = wall->n_scan_guards;
    for (uint16_t slot = 0; slot < wall->n_scan_guards; slot++) {
        const bawn_guard *guard = wall->guards[wall->scan_guards[slot]];
        if (!wakes(v, j, wall->scan_guards[slot]) || (guard->scan_flags && !(flags & guard->scan_flags)))
            v->scans_from[slot] = total;
        else
            run_scanner(v, j, slot, final);
    }
}

/* ---- a step ------------------------------------------------------------------------------------------------------------ */
static void close_anchors(bawn_view *v, bool final)
{
    size_t kept = 0, total = v->base + v->text.len;
    for (size_t i = 0; i < v->n_open && !final; i++)
        if (v->open[i].until >= total)      /* a match that ends at `until` is a hit only when a byte more has come */
            v->open[kept++] = v->open[i];
    v->n_open = kept;
}

bool bawn_view_step(bawn_view *v, bawn_judging *j, uint32_t flags, bool final)
{
    if (!v->text.ptr)
        v->text = BAWN_LIT("");         /* an empty text stands somewhere, too: places in it are added to its begin */
    retry_pending(v, j, final);
    if (!scan_patterns(v, j, final))
        return false;
    walk_runs(v, j, final);
    run_scanners(v, j, flags, final);
    close_anchors(v, final);
    v->reach = final ? 0 : j->guardrail->reach[j->place];
    return !j->failed;
}

static size_t begin_of_word(const char *t, size_t at)
{
    size_t most = 12;
    while (at > 0 && most-- > 0 && bawn_is_alnum((unsigned char)t[at - 1]))
        at--;
    return at;
}

/* A number run that is open, or may begin, with the letters that may belong to it ("DE89", "AB 12"): guards look back. */
static size_t begin_of_run(const bawn_view *v)
{
    const char *t = v->text.ptr;
    size_t at = v->runs_from - v->base, word = begin_of_word(t, at);

    if (word == at && at > 1 && t[at - 1] == ' ' && bawn_is_upper((unsigned char)t[at - 2]))
        word = begin_of_word(t, at - 1);
    return v->base + word;
}

size_t bawn_view_hold(const bawn_view *v)
{
    size_t hold = v->runs_from < v->base + v->text.len ? begin_of_run(v) : v->runs_from, end = end_of(v);

    if (hold + v->reach > end)
        hold = end > v->reach ? end - v->reach : 0;
    for (size_t i = 0; i < v->n_pending; i++)
        if (v->pending[i].begin < hold)
            hold = v->pending[i].begin;
    for (size_t i = 0; i < v->n_open; i++)
        if (v->open[i].begin < hold)
            hold = v->open[i].begin;
    for (size_t i = 0; i < v->n_scans; i++)
        if (v->scans_from[i] < hold)
            hold = v->scans_from[i];
    return hold;
}

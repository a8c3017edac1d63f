/* A long text, slice by slice; see slices.h. The same steps in the same order as judge.c takes them with a whole text:
 * flags, the raw view, its encoded runs, the canonical view where it differs, its encoded runs. Each step is one that
 * may be cut anywhere with the same outcome: a view is judged by windows (view.h), the canonical view is made and runs
 * are found incrementally (text.h). What a run hides is at most BAWN_CODE_RUN_MAX bytes and is judged at once. */
#include "engine/slices.h"

#include "engine/runs.h"

#define PIECE_LEAST (16u << 10) /* a smaller rest of a budget is not worth the margin that is scanned anew */
#define FLAG_BEHIND 4096        /* flags look at neighbours: longer than anything that raises one */

typedef enum { FLAGS, VIEW, RUNS, CANONICAL, DONE } stage;

struct bawn_slices {
    stage stage;
    bawn_slice raw, text;       /* as given; of the view that is judged now */
    size_t at;                  /* how far this stage has come in its text */
    size_t from;                /* where encoded runs are looked for next */
    uint32_t flags;
    bool differs;               /* there is a canonical view */
    bawn_view view;
    bawn_level level;           /* maker and map of the canonical view */
    bawn_runs runs;
};

bawn_slices *bawn_slices_new(bawn_slice text)
{
    bawn_slices *s = bawn_malloc(sizeof *s);
    if (s)
        *s = (bawn_slices){ .raw = text, .text = text, .view = { .kind = BAWN_VIEW_RAW }, .runs = { .text = text } };
    return s;
}

void bawn_slices_free(bawn_slices *s)
{
    if (!s)
        return;
    bawn_view_free(&s->view);
    bawn_canonical_free(s->level.maker);
    bawn_buf_free(&s->level.canonical);
    bawn_text_map_free(&s->level.map);
    bawn_runs_free(&s->runs);
    bawn_free(s);
}

bool bawn_slices_done(const bawn_slices *s) { return s->stage == DONE; }

/* Where this stage's next piece ends; it costs a part of its bytes: looking for flags and runs is cheap. */
static size_t next_end(const bawn_slices *s, bawn_slice text, size_t *budget, unsigned bytes_for_one)
{
    size_t room = *budget * bytes_for_one, end = text.len - s->at > room ? bawn_utf8_floor(text, s->at + room) : text.len;
    size_t cost = (end - s->at) / bytes_for_one;
    *budget -= cost < *budget ? cost : *budget;
    return end;
}

static void go_to(bawn_slices *s, stage to)
{
    s->stage = to;
    s->at = s->from = 0;
}

static void begin_canonical(bawn_slices *s)
{
    bawn_view_free(&s->view);
    s->view = (bawn_view){ .kind = BAWN_VIEW_CANONICAL, .map = &s->level.map, .canonical = s->level.maker };
    s->text = bawn_buf_slice(&s->level.canonical);
    s->flags = 0;
    go_to(s, FLAGS);
}

/* ---- stages: each takes one piece, and goes to the next when its text is at its end ------------------------------------ */
static bool look_for_flags(bawn_slices *s, bawn_judging *j, size_t *budget)
{
    size_t low = bawn_utf8_floor(s->text, s->at > FLAG_BEHIND ? s->at - FLAG_BEHIND : 0), end = next_end(s, s->text, budget, 8);
    (void)j;
    s->flags |= bawn_text_flags(bawn_slice_of(s->text.ptr + low, end - low));
    s->at = end;
    if (end == s->text.len)
        go_to(s, VIEW);
    return true;
}

static bool judge_view(bawn_slices *s, bawn_judging *j, size_t *budget)
{
    size_t end = next_end(s, s->text, budget, 1);
    s->view.text = bawn_slice_of(s->text.ptr, end);
    s->at = end;
    if (!bawn_view_step(&s->view, j, s->flags, end == s->text.len))
        return false;
    if (end == s->text.len)
        go_to(s, RUNS);
    return true;
}

static bool judge_runs(bawn_slices *s, bawn_judging *j, size_t *budget)
{
    size_t end = s->flags & BAWN_TEXT_DECODABLE ? next_end(s, s->text, budget, 4) : s->text.len;
    bawn_slice seen = { s->text.ptr, end };
    bawn_span run;
    bawn_code code;
    bool open;

    while ((s->flags & BAWN_TEXT_DECODABLE) && bawn_decode_find(&run, &code, &open, &s->from, seen, end == s->text.len) == 1)
        if (!bawn_runs_judge(&s->runs, j, &s->view, run, code))
            return false;
    s->at = end;
    if (end == s->text.len)
        go_to(s, s->view.kind == BAWN_VIEW_CANONICAL || !(s->flags & BAWN_TEXT_CANONICAL) ? DONE : CANONICAL);
    return true;
}

static bool make_canonical(bawn_slices *s, bawn_judging *j, size_t *budget)
{
    size_t end = next_end(s, s->raw, budget, 2);
    bawn_slice piece = { s->raw.ptr + s->at, end - s->at };

    if (!s->level.maker && !(s->level.maker = bawn_canonical_new()))
        return !(j->failed = true);
    if (bawn_place_is_json(j->place))
        bawn_canonical_reads_json(s->level.maker);
    if (!bawn_canonical_feed(s->level.maker, &s->level.canonical, &s->level.map, &s->differs, piece, end == s->raw.len))
        return !(j->failed = true);
    s->at = end;
    if (end == s->raw.len && s->differs)
        begin_canonical(s);
    else if (end == s->raw.len)
        go_to(s, DONE);
    return true;
}

bool bawn_slices_step(bawn_slices *s, bawn_judging *j, size_t *budget)
{
    static bool (*const stages[])(bawn_slices *, bawn_judging *, size_t *) = { look_for_flags, judge_view, judge_runs,
                                                                             make_canonical };
    while (s->stage != DONE && *budget >= PIECE_LEAST)
        if (!stages[s->stage](s, j, budget))
            return false;
    if (s->stage == DONE)
        bawn_except_drop(j, s->raw, 0, 0);
    return true;
}

/* Runs of the raw view are noted with their places. A run of the canonical view that stands at such a place is the same
 * one if its bytes are; both views are read from front to back, so one look at the next place noted is enough. */
#include "engine/runs.h"

void bawn_runs_begin(bawn_runs *r, bawn_slice text)
{
    bawn_buf spans = r->spans;
    bawn_buf_clear(&spans);
    *r = (bawn_runs){ .text = text, .spans = spans };
}

void bawn_runs_free(bawn_runs *r) { bawn_buf_free(&r->spans); }

static bool span_at(bawn_span *out, const bawn_runs *r, size_t at)
{
    if (at >= r->spans.len)
        return false;
    memcpy(out, r->spans.ptr + at, sizeof *out);
    return true;
}

void bawn_runs_forget(bawn_runs *r, size_t below)
{
    size_t at = 0;
    bawn_span span;
    while (span_at(&span, r, at) && span.end <= below)
        at += sizeof span;
    bawn_buf_drop_front(&r->spans, at);
    r->next -= r->next < at ? r->next : at;
}

/* One word may be two runs of the same place: what its escapes say, and what it is when its signs are read as gaps. */
static bool is_of_both(bawn_runs *r, bawn_slice run, bawn_span raw)
{
    bawn_span span;
    while (span_at(&span, r, r->next) && span.begin < raw.begin)
        r->next += sizeof span;
    return span_at(&span, r, r->next) && span.begin == raw.begin && span.end == raw.end && raw.begin >= r->base &&
           raw.end - r->base <= r->text.len &&
           bawn_slice_eq(run, bawn_slice_of(r->text.ptr + (raw.begin - r->base), raw.end - raw.begin));
}

bool bawn_runs_judge(bawn_runs *r, bawn_judging *j, const bawn_view *v, bawn_span run, bawn_code code)
{
    bawn_slice text = { v->text.ptr + run.begin, run.end - run.begin };
    bawn_span raw = bawn_view_to_raw(v, (bawn_span){ v->base + run.begin, v->base + run.end });

    if (v->kind != BAWN_VIEW_RAW)
        return is_of_both(r, text, raw) || bawn_judge_run(j, &r->canonical, text, code, raw, v->kind, 0);
    if (!bawn_buf_add(&r->spans, bawn_slice_of((const char *)&raw, sizeof raw)))
        return !(j->failed = true);
    return bawn_judge_run(j, &r->raw, text, code, raw, v->kind, 0);
}

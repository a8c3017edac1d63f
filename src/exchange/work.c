/* Judging the texts of a request or an answer within a budget (contract 5 of bawn.h): a field alone, or several that are
 * one text, joined. A call of the exchange judges at most BAWN_SLICE_BYTES; where that is spent, the text waits for the
 * next call and goes on where it stood. What a joined text shows is given back to the fields that it spans. */
#include "exchange/exchange.h"

/* Spans of the joined text, to the parts they lie in. `crossing`: only what lies in more than one. */
static bool give_back(bawn_judging *j, const bawn_finds *found, const uint32_t *parts, const size_t *begins, size_t n,
                      bool crossing)
{
    for (size_t i = 0; i < found->n; i++) {
        bawn_found f = found->items[i];
        bawn_span span = f.span;
        for (size_t p = 0; p < n; p++) {
            size_t begin = begins[2 * p], end = begins[2 * p + 1];
            bool inside = span.begin >= begin && span.end <= end;
            if (span.end <= begin || span.begin >= end || (crossing && inside))
                continue;
            f.segment = parts[p];
            f.span.begin = span.begin > begin ? span.begin - begin : 0;
            f.span.end = (span.end < end ? span.end : end) - begin;
            if (!bawn_finds_add(j->finds, &f))
                return false;
        }
    }
    return true;
}

/* An event has the hash of each part of what crosses parts; an exception of that part's takes that part out. */
static void drop_excepted(bawn_judging *j, const bawn_field *fields, const uint32_t *parts, size_t n, size_t first)
{
    uint32_t segment = j->segment;

    for (size_t p = 0; p < n; p++) {
        j->segment = parts[p];
        bawn_except_drop(j, fields[parts[p]].text, 0, first);
    }
    j->segment = segment;
}

/* Whether the rest of this call's budget is enough to begin the text: a short one is never cut. */
static bool fits(const bawn_work *w, size_t length)
{
    return length <= w->budget || w->budget == BAWN_SLICE_BYTES;
}

static bool join(bawn_exchange *x, const bawn_field *fields, const uint32_t *parts, size_t n, bawn_slice separator)
{
    bawn_work *w = &x->work;

    bawn_buf_clear(&w->joined);
    w->found.n = 0;
    if (!(w->begins = bawn_arena_alloc(x->arena, 2 * n * sizeof *w->begins)))
        return false;
    for (size_t p = 0; p < n; p++) {
        if (p > 0)
            bawn_buf_add(&w->joined, separator);
        w->begins[2 * p] = w->joined.len;
        bawn_buf_add(&w->joined, fields[parts[p]].text);
        w->begins[2 * p + 1] = w->joined.len;
    }
    return !w->joined.failed;
}

static size_t length_of(const bawn_field *fields, const uint32_t *parts, size_t n, bawn_slice separator)
{
    size_t length = (n - 1) * separator.len;
    for (size_t p = 0; p < n; p++)
        length += fields[parts[p]].text.len;
    return length;
}

/* Judges a text that fits at once, begins or goes on with one that does not. */
static bawn_progress judge(bawn_work *w, bawn_judging *j, bawn_slice text)
{
    if (!w->slices && text.len <= BAWN_SLICE_BYTES) {
        size_t cost = text.len + 64;
        w->budget -= cost < w->budget ? cost : w->budget;
        return bawn_judge_text(j, text) ? BAWN_WORK_DONE : BAWN_WORK_FAILED;
    }
    if (!w->slices && !(w->slices = bawn_slices_new(text)))
        return BAWN_WORK_FAILED;
    if (!bawn_slices_step(w->slices, j, &w->budget))
        return BAWN_WORK_FAILED;
    return bawn_slices_done(w->slices) ? BAWN_WORK_DONE : BAWN_WORK_WAITS;
}

static bawn_progress judge_one(bawn_work *w, bawn_judging *j, const bawn_field *f, uint32_t index)
{
    j->segment = index;
    return judge(w, j, f->text);
}

static bawn_progress judge_joined(bawn_exchange *x, bawn_judging *j, const bawn_field *fields, const uint32_t *parts,
                                  size_t n, bawn_slice separator, bool crossing)
{
    bawn_work *w = &x->work;
    bawn_judging inner = *j;
    size_t first = j->finds->n;

    if (!w->slices && !join(x, fields, parts, n, separator))
        return BAWN_WORK_FAILED;
    inner.finds = &w->found;
    bawn_progress done = judge(w, &inner, bawn_buf_slice(&w->joined));
    j->blamed = inner.blamed;
    if (done == BAWN_WORK_DONE && !give_back(j, &w->found, parts, w->begins, n, crossing))
        done = BAWN_WORK_FAILED;
    if (done == BAWN_WORK_DONE && crossing)             /* the pieces of an answer's channel are one text, as in a stream */
        drop_excepted(j, fields, parts, n, first);
    return done;
}

bawn_progress bawn_work_judge(bawn_exchange *x, bawn_judging *j, const bawn_field *fields, const uint32_t *parts, size_t n,
                              bawn_slice separator, bool crossing)
{
    bawn_work *w = &x->work;

    if (!w->slices && !fits(w, length_of(fields, parts, n, separator)))
        return BAWN_WORK_WAITS;
    bawn_progress done = n == 1 ? judge_one(w, j, &fields[parts[0]], parts[0])
                                : judge_joined(x, j, fields, parts, n, separator, crossing);
    if (done != BAWN_WORK_WAITS) {
        bawn_slices_free(w->slices);
        w->slices = NULL;
    }
    if (done == BAWN_WORK_FAILED && bawn_failures_note_all(j, BAWN_OUT_OF_MEMORY))
        done = BAWN_WORK_DONE;
    j->failed = done == BAWN_WORK_FAILED;
    return done;
}

void bawn_work_count(bawn_exchange *x, bawn_side side, const bawn_judging *j, uint64_t characters)
{
    if (bawn_judging_is_whole(j))
        x->guarded[side] += characters;
    else if (!x->guardrail->awake[j->place])
        x->off[side] += characters;
}

bool bawn_work_wait(bawn_exchange *x)
{
    x->job = (bawn_job){ .id = ++x->jobs, .deadline_ns = 0, .kind = 3 };
    x->job_waits = true;
    return true;
}

void bawn_work_free(bawn_work *w)
{
    bawn_slices_free(w->slices);
    bawn_buf_free(&w->joined);
    bawn_finds_free(&w->found);
    *w = (bawn_work){ 0 };
}

/* runs.h: the encoded runs of one text, of its raw and of its canonical view. A run that is the same in both is judged
 * once, as the raw view's. Each view has a budget of its own for what its runs unfold, so that which of them still fit
 * does not depend on which view was read first: a stream reads both side by side, a whole text one after the other. */
#ifndef BAWN_RUNS_H
#define BAWN_RUNS_H

#include "engine/judge.h"

typedef struct {
    bawn_slice text;            /* raw bytes from offset `base` on, borrowed: set before canonical runs are judged */
    size_t base;
    bawn_unfold raw, canonical;
    bawn_buf spans;             /* bawn_span each: the raw view's runs, which the canonical view may still repeat */
    size_t next;                /* byte of the first one that it may repeat */
} bawn_runs;

void bawn_runs_begin(bawn_runs *, bawn_slice text);     /* another text, whole; memory is kept. A text that grows begins as {0} */
void bawn_runs_free(bawn_runs *);
/* Runs that end at or before `below`, a raw offset, will not be repeated any more. */
void bawn_runs_forget(bawn_runs *, size_t below);
/* Judges one run of a view of the text itself, `run` being offsets in v->text. In each view runs come in order, and the
 * raw view's before those of the canonical view that could equal them. False: as bawn_judge_text. */
bool bawn_runs_judge(bawn_runs *, bawn_judging *, const bawn_view *v, bawn_span run, bawn_code);

#endif

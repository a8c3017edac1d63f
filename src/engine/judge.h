/* judge.h: one whole text through all its views (RULINGS R5). */
#ifndef BAWN_JUDGE_H
#define BAWN_JUDGE_H

#include "engine/view.h"

#define BAWN_DEPTH 3            /* decoded inside decoded inside decoded */
#define BAWN_CHILDREN 32

typedef struct {                /* what the runs of one view have unfolded */
    size_t children, bytes;
    bool bound;                 /* reached: limits.DECODE_BOUND was reported */
} bawn_unfold;

typedef struct {
    bawn_canonical *maker;
    bawn_buf canonical, decoded;
    bawn_text_map map;
} bawn_level;

/* A worker's scratch for whole texts: buffers that grow to the largest text and stay. One text at a time. False: out
 * of memory; what was made is still to be freed. NULL may be freed. */
bool bawn_judge_new(struct bawn_judge **);
void bawn_judge_free(struct bawn_judge *);

/* Judges a whole text. False: it could not be judged (judging->failed). */
bool bawn_judge_text(bawn_judging *, bawn_slice text);
/* What a view whose first `raw` bytes of the text have been seen may unfold in all (RULINGS R5). */
static inline size_t bawn_unfold_limit(size_t raw) { return 4 * raw + 65536; }
/* Reports the bound, once per view. */
bool bawn_judge_bound(bawn_judging *, bawn_unfold *, bawn_span raw);
/* Judges one encoded run, `raw` of the text it stands in, of a view of that kind. Characters apart, and all that they hide, are
 * read by the guards of BAWN_VIEW_LETTERS alone. */
bool bawn_judge_run(bawn_judging *, bawn_unfold *, bawn_slice run, bawn_code, bawn_span raw, uint8_t view, int depth);
/* Takes out the finds [first, n) of the judging's segment that the guardrail excepts; `text` are the segment's bytes from
 * `base` on. */
void bawn_except_drop(bawn_judging *, bawn_slice text, size_t base, size_t first);

#endif

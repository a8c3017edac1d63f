/* slices.h: one long text judged in slices, so that an event loop may run between them (contract 5 of bawn.h). What is
 * found is what bawn_judge_text() finds in one call. */
#ifndef BAWN_SLICES_H
#define BAWN_SLICES_H

#include "engine/judge.h"

typedef struct bawn_slices bawn_slices;

/* `text` is borrowed and must stay as it is until the end. NULL: out of memory. */
bawn_slices *bawn_slices_new(bawn_slice text);
void bawn_slices_free(bawn_slices *);               /* at any time; NULL is fine */
/* Judges on until the budget is spent or the text is done; *budget is what is left of it, in bytes scanned. The same
 * judging each time, but for its finds, which may have moved. False: it could not be judged (judging->failed). */
bool bawn_slices_step(bawn_slices *, bawn_judging *, size_t *budget);
bool bawn_slices_done(const bawn_slices *);

#endif

/* runs.h: finds number runs in a text (see guard.h) at SIMD speed, the same ones for every cutting. */
#ifndef BAWN_RUNS_H
#define BAWN_RUNS_H
#include "base/base.h"

/* Finds the next number run that begins at or after *from. True: *run set, *from moved past it. False: none; *from =
 * where to go on when more text has come: the begin of a run that still may grow (then *open), else text.len. */
bool bawn_run_next(bawn_span *run, size_t *from, bool *open, bawn_slice text, bool final);
#endif

/* failures.h: guards that could not run in one exchange. A policy may let a guard drop out (`on_error: allow`): the rest
 * goes on, the guard is not asked again in that exchange, and the record names it. Any other failure ends the judging.
 * keeps: R3 */
#ifndef BAWN_FAILURES_H
#define BAWN_FAILURES_H

#include "engine/view.h"

struct bawn_failures {
    uint8_t why[BAWN_GUARDS_MOST];      /* [guard]: bawn_failure */
    size_t n;                           /* guards that failed */
};

const char *bawn_failure_name(bawn_failure);            /* "timeout", as events and metrics have it */
/* The code of that name; BAWN_CRASHED for any other word. */
bawn_failure bawn_failure_named(bawn_slice);

/* The guard could not run. True: it may drop out, and has. False: judging->failed. */
bool bawn_failures_note(bawn_judging *, uint16_t guard, bawn_failure why);
/* What was judged could not be, and no guard is to blame: so none that is awake there could run. True: all of them may
 * drop out, and have; judging->failed is taken back. False also where a guard was named before. */
bool bawn_failures_note_all(bawn_judging *, bawn_failure why);
/* Whether all that guards a text of that place still runs. */
bool bawn_judging_is_whole(const bawn_judging *);

#endif

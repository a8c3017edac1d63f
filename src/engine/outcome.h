/* outcome.h: from merged finds to one verdict. */
#ifndef BAWN_OUTCOME_H
#define BAWN_OUTCOME_H

#include "engine/tokens.h"

typedef struct {
    bawn_action action;             /* the strictest */
    const bawn_found *deciding;     /* NULL when nothing acts */
} bawn_outcome;

/* The strictest action; of several findings with it the one with the smallest (segment, end, begin, guard, pattern). */
bawn_outcome bawn_outcome_of(const bawn_finds *);
/* Where a text of this role and origin stands (an enum of wall.h). */
int bawn_place_of(bawn_side, bawn_role, bawn_origin);
/* The first character past a limit: the segment that it stands in, and where. */
typedef struct { uint32_t segment; bawn_span at; } bawn_past;
/* Looks for it in one text after the other, each with the next `segment`; *left begins as the limit. True: it is in this one. */
bool bawn_outcome_past(bawn_past *, uint64_t *left, uint32_t segment, bawn_slice text);
/* Counts against the guardrail's limits; adds findings, of characters at `past`, of messages at the begin of segment 0. False:
 * out of memory. */
bool bawn_outcome_limits(bawn_judging *, uint64_t characters, bawn_past past, uint64_t messages);
/* Appends the text with its masks to `out`. Finds must be merged. tokens: NULL on answers. */
bool bawn_outcome_rewrite(bawn_buf *out, const bawn_wall *, const bawn_finds *, uint32_t segment, bawn_slice text,
                          bawn_tokens *tokens, bawn_arena *);
bool bawn_outcome_masks(const bawn_finds *, uint32_t segment);      /* whether any find masks in the segment */
/* message.c: the message for a client whose request or answer was blocked, in a language of his: the value of Accept-Language, may
 * be empty. */
bawn_slice bawn_outcome_message(const bawn_guardrail *, bawn_side, bawn_slice accept);
bawn_slice bawn_finding_guard(const bawn_wall *, const bawn_found *);
/* What was done, or in observe mode would be: verdicts and the record show it. */
static inline bawn_action bawn_finding_action(const bawn_found *f) { return (bawn_action)(f->would ? f->would : f->action); }

#endif

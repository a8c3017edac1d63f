/* report.h: what was found in a request that Bawn answers itself, handed to the dialect's writer of that answer. Plain data: the
 * writer knows no guard but by its name. All is borrowed until the answer is written. */
#ifndef BAWN_DIALECT_REPORT_H
#define BAWN_DIALECT_REPORT_H

#include "dialect/dialect.h"

typedef struct {
    bawn_slice guard, kind;             /* "pii", "pii.EMAIL" */
    bawn_slice match;                   /* the bytes of the text; empty where all of it is meant (limits) */
    bawn_slice pattern;                 /* the policy's expression that found it; empty: a kind of Bawn's own */
    uint32_t field; bawn_span span;     /* of request->fields; bytes of its text */
    float score, needed;                /* 0 to 1; the least score that the guardrail looks at */
    bawn_action action, would;          /* what is done; what enforcing would do (another thing in observe mode alone) */
} bawn_reported;

struct bawn_report {
    const bawn_conversation *request;
    const bawn_json *asked;             /* the body, for what it asks of the answer */
    bawn_slice uri;
    const bawn_reported *findings; size_t n_findings;       /* by field, then by begin */
    const bawn_slice *masked;           /* [n_fields] texts as they may be passed on; NULL: as they came */
    const bawn_slice *ran; size_t n_ran;                    /* names of the guards that looked */
    bawn_action action;                 /* the strictest of `action` */
    bawn_slice message;                 /* for who is blocked */
    bawn_slice guardrail, version, id;  /* "shop", "DRAFT"; id of the exchange */
    uint64_t guarded, total;            /* characters (code points) */
    uint64_t milliseconds;
    const uint8_t *seed;                /* 32 random bytes of this exchange */
};

static inline bawn_slice bawn_report_text(const bawn_report *r, size_t field)
{
    return r->masked ? r->masked[field] : r->request->fields[field].text;
}
static inline bool bawn_report_ran(const bawn_report *r, const char *guard)
{
    for (size_t i = 0; i < r->n_ran; i++)
        if (bawn_slice_is(r->ran[i], guard))
            return true;
    return false;
}

#endif

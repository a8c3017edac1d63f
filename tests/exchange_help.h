/* exchange_help.h: drives an exchange as a connector does, for property tests: one request, one answer in any cutting,
 * all that it emitted. */
#ifndef BAWN_EXCHANGE_HELP_H
#define BAWN_EXCHANGE_HELP_H

#include <stdlib.h>

#include "base/json.h"
#include "wall_help.h"

typedef struct {
    bawn_buf request;           /* what goes to the upstream, edits spliced in */
    bawn_buf answer;            /* what goes to the client */
    bawn_buf record;
    bawn_action action[2];      /* verdict of each side */
    int status;
    size_t n_verdicts, n_records, n_ends, n_needs;
    bool local;                 /* the request was answered without the upstream */
    bool late;                  /* a step came after END */
} outcome;

static inline void outcome_free(outcome *o)
{
    bawn_buf_free(&o->request);
    bawn_buf_free(&o->answer);
    bawn_buf_free(&o->record);
}

static inline void splice(bawn_buf *out, bawn_slice body, const bawn_edit *edits, size_t n)
{
    size_t at = 0;
    bawn_buf_clear(out);
    for (size_t i = 0; i < n; i++) {
        assert_true(edits[i].at.begin >= at && edits[i].at.end <= body.len);
        bawn_buf_add(out, bawn_slice_of(body.ptr + at, edits[i].at.begin - at));
        bawn_buf_add(out, edits[i].with);
        at = edits[i].at.end;
    }
    bawn_buf_add(out, bawn_slice_of(body.ptr + at, body.len - at));
}

/* Obeys what is ready. `fed`: the whole body of the side that is being fed. */
static inline void obey(outcome *o, bawn_exchange *x, bawn_side side, bawn_slice fed)
{
    bawn_step s;
    while (bawn_exchange_next(&s, x)) {
        o->late = o->late || o->n_ends > 0;
        switch (s.kind) {
        case BAWN_EMIT:
            bawn_buf_add(&o->answer, s.emit);
            break;
        case BAWN_EDITS:
            splice(side == BAWN_INPUT ? &o->request : &o->answer, fed, s.edits, s.n_edits);
            break;
        case BAWN_VERDICT:
            o->n_verdicts++;
            o->action[side] = s.verdict->action;
            if (s.status) {
                o->status = s.status;
                o->local = o->local || side == BAWN_INPUT;
                bawn_buf_clear(&o->answer);
                bawn_buf_add(&o->answer, s.body);
            }
            break;
        case BAWN_RECORD:
            o->n_records++;
            bawn_buf_clear(&o->record);
            bawn_buf_add(&o->record, s.record);
            break;
        case BAWN_NEED:
            o->n_needs++;
            if (s.job.kind == 3)
                bawn_exchange_resume(x, s.job.id, true, BAWN_NIL, 2);
            break;
        case BAWN_END:
            o->n_ends++;
            break;
        default:
            fail_msg("unknown step %d", s.kind);
        }
    }
}

static inline unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16;
}

/* One exchange. cut: 0 = the answer in one piece, else a seed for random pieces of 1 to `most` bytes. */
static inline void run_exchange(outcome *o, bawn_worker *w, const char *request, const char *type, bawn_slice answer,
                                unsigned cut, unsigned most)
{
    static const uint8_t seed[32] = { 7 };
    bawn_exchange *x = NULL;
    bawn_error err = { 0 };
    bawn_slice body = bawn_slice_str(request);

    *o = (outcome){ 0 };
    if (!bawn_exchange_new(&x, w, BAWN_LIT("openai"), BAWN_LIT("POST"), BAWN_LIT("/v1/chat/completions"), NULL, 0,
                           1763000000000000000u, seed, &err))
        fail_msg("no exchange: %s", err.message);
    bawn_buf_add(&o->request, body);
    bawn_exchange_feed(x, BAWN_INPUT, body, true, 1763000000000001000u);
    obey(o, x, BAWN_INPUT, body);
    if (!o->local) {
        bool stream = strcmp(type, "text/event-stream") == 0;
        if (!stream)
            bawn_buf_add(&o->answer, answer);
        bawn_exchange_response(x, 200, bawn_slice_str(type), 1763000000000002000u);
        for (size_t at = 0; at < answer.len || answer.len == 0;) {
            size_t n = cut ? 1 + next_random(&cut) % most : answer.len;
            n = n > answer.len - at ? answer.len - at : n;
            char *piece = malloc(n + 1);        /* a copy that is freed: slices are read during the call only */
            memcpy(piece, answer.ptr + at, n);
            at += n;
            bawn_exchange_feed(x, BAWN_OUTPUT, bawn_slice_of(piece, n), at >= answer.len, 1763000000000003000u);
            free(piece);
            obey(o, x, BAWN_OUTPUT, answer);
            if (answer.len == 0)
                break;
        }
    }
    bawn_exchange_free(x);
}

#endif

/* exchange.h: one whole exchange in process, as a connector would drive it. */
#ifndef BAWN_BENCH_EXCHANGE_H
#define BAWN_BENCH_EXCHANGE_H

#include "prose.h"

typedef enum { ANSWER_JSON, ANSWER_STREAM, ANSWER_COALESCED } answer_kind;
typedef struct { bawn_buf request, answer; size_t pieces[64], n_pieces; const char *type; } dialogue;

/* A chat request whose body has `bytes` bytes of prose in it, and its answer: 0.9 kB, or 50 events one by one or at once. */
bool dialogue_make(dialogue *, prose_language, size_t bytes, answer_kind);
void dialogue_free(dialogue *);
/* Runs it. False: it was not passed on and answered as it should be. */
bool dialogue_run(bawn_worker *, const dialogue *);

#endif

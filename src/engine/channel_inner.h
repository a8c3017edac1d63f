/* channel_inner.h: what the two halves of a channel share: judging (channel.c) and rendering (channel_render.c). */
#ifndef BAWN_CHANNEL_INNER_H
#define BAWN_CHANNEL_INNER_H

#include "engine/channel.h"
#include "engine/quotes.h"
#include "engine/runs.h"
#include "engine/tokens.h"

struct bawn_channel {
    bawn_judging judging;
    const bawn_tokens *tokens;
    bawn_buf text;              /* raw bytes [base, base + len) */
    size_t base, gate, stretch, rendered;
    size_t masked_to;           /* end of the last edit written: what is left of it in the next piece is dropped */
    bawn_finds finds;
    size_t live;                /* finds[live, n) may still change what leaves; those before have left */
    bawn_view raw, canonical;
    bawn_canonical *maker;      /* NULL until begun */
    bawn_buf canonical_text;
    bawn_text_map map;
    size_t canonical_offset;    /* raw offset where the canonical view begins */
    size_t canonical_fed;       /* raw offset up to which the maker has been fed */
    bool differs;
    uint32_t flags;
    size_t runs_from, canonical_runs_from;  /* where encoded runs are looked for next, in raw / canonical offsets */
    bool run_open, canonical_run_open;
    bawn_runs runs;
    uint64_t characters, guarded;
    bool ended, failed, blocked;
    bool let_go;                /* its guards have dropped out: what comes is not judged any more */
    size_t cut;
    bool json;                  /* the text began as JSON */
    bawn_quotes at_gate, seen;  /* places in it, as raw offsets: the gate, and one before which everything is decided */
};

/* channel_quotes.c: where masks may stand in arguments of tool calls. */
/* Fits the findings that mask; returns where the first begins that hangs on text to come, SIZE_MAX when none does. */
size_t bawn_channel_fit(bawn_channel *);
/* `at`, or the begin of the unit of JSON that it is inside of. */
size_t bawn_channel_part(const bawn_channel *, size_t at);
/* Nothing that begins before `hold` will be found any more; the gate is where it is. */
void bawn_channel_settled(bawn_channel *, size_t hold);

static inline size_t length(const bawn_channel *c) { return c->base + c->text.len; }
static inline size_t least(size_t a, size_t b) { return a < b ? a : b; }

#endif

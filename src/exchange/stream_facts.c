/* What is kept of a stream's events for the record. */
#include "exchange/exchange.h"

#define CALLS_KEPT 65           /* tool calls of a stream: one more than an event shows */

/* A call's name and id come with its first chunk; what is kept of them is for the record, and bounded as it is there. */
static void keep_call(bawn_exchange *x, const bawn_call *call, bool *ok)
{
    bawn_conversation *a = &x->answered;
    size_t i = 0;

    while (i < a->n_calls && a->calls[i].channel != call->channel)
        i++;
    if (i == CALLS_KEPT || (!a->calls && !(a->calls = bawn_arena_alloc(x->arena, CALLS_KEPT * sizeof *a->calls))))
        return;
    if (i == a->n_calls)
        a->calls[a->n_calls++] = (bawn_call){ .channel = call->channel };
    if (a->calls[i].name.len == 0 && call->name.len > 0)
        a->calls[i].name = bawn_arena_copy(x->arena, call->name, ok);
    if (a->calls[i].id.len == 0 && call->id.len > 0)
        a->calls[i].id = bawn_arena_copy(x->arena, call->id, ok);
}

void bawn_stream_keep_facts(bawn_exchange *x, const bawn_conversation *c)
{
    bool ok = true;
    if (x->answered.model.len == 0 && c->model.len > 0)
        x->answered.model = bawn_arena_copy(x->arena, c->model, &ok);
    if (x->answered.id.len == 0 && c->id.len > 0)
        x->answered.id = bawn_arena_copy(x->arena, c->id, &ok);
    if (c->input_tokens >= 0)
        x->answered.input_tokens = c->input_tokens;
    if (c->output_tokens >= 0)
        x->answered.output_tokens = c->output_tokens;
    for (size_t i = 0; i < c->n_calls; i++)
        keep_call(x, &c->calls[i], &ok);
    for (size_t i = 0; i < c->n_finish && x->answered.n_finish < BAWN_COUNT(x->answered.finish_reasons); i++)
        x->answered.finish_reasons[x->answered.n_finish++] = bawn_arena_copy(x->arena, c->finish_reasons[i], &ok);
}

/* What is not judged of an event, or judged as a field that nobody knows: one entry for each place and reason, however many
 * events have it; what more there are count for the last. False: out of memory. */
bool bawn_stream_keep_unguarded(bawn_exchange *x, const bawn_conversation *c)
{
    enum { PLACES = 32 };
    bawn_conversation *all = &x->answered;
    bool ok = true;

    for (size_t i = 0, k; i < c->n_unguarded; i++) {
        const bawn_unguarded *u = &c->unguarded[i];
        if (!all->unguarded && !(all->unguarded = bawn_arena_alloc(x->arena, PLACES * sizeof *all->unguarded)))
            return false;
        for (k = 0; k < all->n_unguarded; k++)
            if (bawn_slice_eq(all->unguarded[k].path, u->path) && strcmp(all->unguarded[k].reason, u->reason) == 0)
                break;
        k = k < PLACES ? k : PLACES - 1;
        if (k == all->n_unguarded)
            all->unguarded[all->n_unguarded++] = (bawn_unguarded){ bawn_arena_copy(x->arena, u->path, &ok), 0, u->reason };
        all->unguarded[k].characters += u->characters;
    }
    return ok;
}

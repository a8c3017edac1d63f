/* What an event says of guards, one row a name, and of the tool calls that an answer makes (docs/event.md). */
#include "exchange/exchange.h"

/* ---- guards -------------------------------------------------------------------------------------------------------- */
typedef struct { bawn_slice *ran; bawn_event_guard *failed, *skipped; size_t n_ran, n_failed, n_skipped; } lists;

static bool is_failed(const lists *l, bawn_slice name)
{
    for (size_t i = 0; i < l->n_failed; i++)
        if (bawn_slice_eq(l->failed[i].guard, name))
            return true;
    return false;
}

static void add_failed(lists *l, bawn_slice name, bawn_failure why)
{
    if (!is_failed(l, name))
        l->failed[l->n_failed++] = (bawn_event_guard){ name, bawn_failure_name(why) };
}

/* The guards to blame; where the exchange failed and none is, none of those that were to run could. */
static void list_failed(lists *l, const bawn_exchange *x)
{
    const bawn_wall *w = x->wall;

    for (size_t g = 0; x->failures.n > 0 && g < w->n_guards; g++)
        if (x->failures.why[g] != BAWN_RAN)
            add_failed(l, bawn_slice_str(w->guards[g]->guard), (bawn_failure)x->failures.why[g]);
    if (x->scorer_failure != BAWN_RAN)
        add_failed(l, BAWN_LIT("prompt_attack"), x->scorer_failure);
    if (!x->failed || l->n_failed > 0)
        return;
    for (size_t i = 0; i < x->guardrail->n_ran[x->phase >= BAWN_PHASE_ANSWER]; i++)
        add_failed(l, x->guardrail->ran[i], x->failure ? x->failure : BAWN_OUT_OF_MEMORY);
}

/* Those of requests stand first in the guardrail's list, then those of answers alone. */
static void list_others(lists *l, const bawn_exchange *x)
{
    const bawn_guardrail *g = x->guardrail;
    bool settled = x->action == BAWN_BLOCK && !x->judged[BAWN_OUTPUT] && !x->failed && !x->refused;

    for (size_t i = 0; i < g->n_ran[BAWN_OUTPUT]; i++) {
        bool judged = x->judged[BAWN_OUTPUT] || (x->judged[BAWN_INPUT] && i < g->n_ran[BAWN_INPUT]);
        if (is_failed(l, g->ran[i]))
            continue;
        if (judged)
            l->ran[l->n_ran++] = g->ran[i];
        else if (settled)
            l->skipped[l->n_skipped++] = (bawn_event_guard){ g->ran[i], "settled" };
    }
    for (size_t i = 0; i < g->n_off; i++)
        l->skipped[l->n_skipped++] = (bawn_event_guard){ g->off[i], "off" };
}

bool bawn_close_guards(bawn_event *e, const bawn_exchange *x)
{
    size_t most = x->wall->n_guards + 1;
    lists l = { 0 };

    if (!x->guardrail)
        return true;
    l.ran = bawn_arena_alloc(x->arena, most * sizeof *l.ran);
    l.failed = bawn_arena_alloc(x->arena, most * sizeof *l.failed);
    l.skipped = bawn_arena_alloc(x->arena, most * sizeof *l.skipped);
    if (!l.ran || !l.failed || !l.skipped)
        return false;
    list_failed(&l, x);
    list_others(&l, x);
    e->ran = l.ran;
    e->n_ran = l.n_ran;
    e->failed = l.failed;
    e->n_failed = l.n_failed;
    e->skipped = l.skipped;
    e->n_skipped = l.n_skipped;
    return true;
}

/* ---- tool calls ---------------------------------------------------------------------------------------------------- */
static uint32_t channel_of(const bawn_exchange *x, const bawn_found *f)
{
    if (x->mode == BAWN_ANSWER_EVENTS)
        return f->segment < x->stream.n_places ? x->stream.places[f->segment].channel : UINT32_MAX;
    return f->segment < x->answered.n_fields ? x->answered.fields[f->segment].channel : UINT32_MAX;
}

/* keeps: no text of a finding outside match.text: a name in which something was found is not written down */
static void describe(bawn_event_tool *out, const bawn_exchange *x, const bawn_call *call)
{
    *out = (bawn_event_tool){ .name = call->name, .call_id = call->id, .origin = "model" };
    for (size_t i = 0; i < x->finds[BAWN_OUTPUT].n; i++) {
        const bawn_found *f = &x->finds[BAWN_OUTPUT].items[i];
        bawn_action action = bawn_finding_action(f);
        uint32_t channel = channel_of(x, f);
        if (channel != call->channel && channel != call->channel + 1)
            continue;
        if (channel == call->channel + 1)
            out->name = BAWN_NIL;
        if (action > out->action) {
            out->action = action;
            out->reason = bawn_finding_guard(x->wall, f);
        }
    }
}

bool bawn_close_tools(bawn_event *e, const bawn_exchange *x)
{
    const bawn_conversation *c = &x->answered;
    bawn_event_tool *tools = c->n_calls ? bawn_arena_alloc(x->arena, c->n_calls * sizeof *tools) : NULL;

    if (c->n_calls && !tools)
        return false;
    for (size_t i = 0; i < c->n_calls; i++)
        describe(&tools[i], x, &c->calls[i]);
    e->tools = tools;
    e->n_tools = c->n_calls;
    return true;
}

/* named.c: see exchange.h. */
#include "exchange/exchange.h"

static bool is_ours(const bawn_exchange *x)
{
    return x->request.guardrail.len > 0 && bawn_wall_guardrail_find(x->wall, x->request.guardrail) >= 0;
}

static bool is_his(const bawn_exchange *x)
{
    bawn_slice version = x->request.guardrail_version;

    return bawn_slice_eq(x->request.guardrail, x->guardrail->name) && (version.len == 0 || bawn_slice_eq(version, x->guardrail->version));
}

const char *bawn_named_refuse(const bawn_exchange *x)
{
    if (!is_ours(x))
        return NULL;
    if (!is_his(x))
        return "The request names another guardrail, or another version, than the one that guards this operation; name that, or leave "
               "`guardrailConfig` out.";
    if (x->request.guardrail_trace)
        return "This gateway puts no trace into its answers; leave `guardrailConfig.trace` out, and look the decision up by the answer's "
               "x-bawn-id (bawn log).";
    return NULL;
}

bool bawn_named_leave_out(bawn_exchange *x)
{
    bawn_span wire = x->request.guardrail_wire;
    bawn_edit *all;
    size_t n = 0, i = 0;

    if (!is_ours(x))
        return true;
    if (!(all = bawn_arena_alloc(x->arena, (x->n_edits + 1) * sizeof *all)))
        return false;
    for (; i < x->n_edits && x->edits[i].at.begin < wire.begin; i++)
        all[n++] = x->edits[i];
    all[n++] = (bawn_edit){ wire, BAWN_NIL };
    for (; i < x->n_edits; i++)
        if (x->edits[i].at.begin >= wire.end)
            all[n++] = x->edits[i];
    x->edits = all;
    x->n_edits = n;
    x->edits_ready = true;
    return true;
}

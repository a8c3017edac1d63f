/* check.c: the answer to an operation that only checks, and to moderations, which ask the same: what was found in the request, as
 * plain data, for the dialect's writer. The request was judged as any is; nothing is edited and nothing goes on. What is a model's
 * answer in it (bawn_field.answer) was judged as an answer, and is masked as one: without placeholders, which nobody could turn back. */
#include "dialect/report.h"
#include "exchange/exchange.h"

/* The expression of the policy that a kind was made for; empty: it was made for none. */
static bawn_slice pattern_of(const bawn_wall *w, const bawn_found *f)
{
    size_t built_in = w->n_guards - BAWN_POLICY_GUARDS;
    if (f->guard < built_in || !w->policy_items[f->guard - built_in])
        return BAWN_NIL;
    const bawn_node *pattern = bawn_node_get(w->policy_items[f->guard - built_in][f->kind - w->kind_base[f->guard]], "pattern");
    return pattern ? pattern->text : BAWN_NIL;
}

static void describe(bawn_reported *out, const bawn_exchange *x, const bawn_found *f)
{
    bawn_slice text = x->request.fields[f->segment].text;

    *out = (bawn_reported){ .guard = bawn_finding_guard(x->wall, f), .kind = bawn_slice_str(bawn_wall_kind(x->wall, f->kind)->code),
                            .pattern = pattern_of(x->wall, f), .field = f->segment, .span = f->span, .score = f->score,
                            .needed = x->guardrail->rulings[f->place][f->kind].min_score, .action = (bawn_action)f->action,
                            .would = bawn_finding_action(f) };
    if (f->span.end <= text.len)
        out->match = bawn_slice_of(text.ptr + f->span.begin, f->span.end - f->span.begin);
    else
        out->span = (bawn_span){ 0, 0 };
}

/* The finds are sorted by segment, and those of one text by begin. */
static bool describe_all(bawn_report *r, const bawn_exchange *x)
{
    const bawn_finds *finds = &x->finds[BAWN_INPUT];
    bawn_reported *all = bawn_arena_alloc(x->arena, (finds->n + 1) * sizeof *all);

    for (size_t i = 0; all && i < finds->n; i++)
        if (finds->items[i].segment < x->request.n_fields)
            describe(&all[r->n_findings++], x, &finds->items[i]);
    r->findings = all;
    return all != NULL;
}

/* [first, end): the finds of one field. */
static bool mask(bawn_slice *out, bawn_exchange *x, uint32_t field, size_t first, size_t end, bawn_buf *b)
{
    const bawn_field *f = &x->request.fields[field];
    bawn_finds finds = { x->finds[BAWN_INPUT].items + first, end - first, 0 };
    bool ok = true;

    *out = f->text;
    if (!bawn_outcome_masks(&finds, field))
        return true;
    bawn_buf_clear(b);
    if (!bawn_outcome_rewrite(b, x->wall, &finds, field, f->text, f->answer ? NULL : x->tokens, x->arena))
        return false;
    *out = bawn_arena_copy(x->arena, bawn_buf_slice(b), &ok);
    return ok;
}

static bool mask_all(bawn_report *r, bawn_exchange *x)
{
    const bawn_finds *finds = &x->finds[BAWN_INPUT];
    bawn_slice *masked = bawn_arena_alloc(x->arena, (x->request.n_fields + 1) * sizeof *masked);
    bawn_buf b = { 0 };
    size_t first = 0;
    bool ok = masked != NULL;

    for (uint32_t i = 0; ok && i < x->request.n_fields; i++) {
        size_t end = first;
        while (end < finds->n && finds->items[end].segment == i)
            end++;
        ok = mask(&masked[i], x, i, first, end, &b);
        first = end;
    }
    bawn_buf_free(&b);
    r->masked = masked;
    return ok;
}

static uint64_t sum(const uint64_t sides[2]) { return sides[BAWN_INPUT] + sides[BAWN_OUTPUT]; }

bool bawn_check_answer(bawn_exchange *x)
{
    bawn_outcome o = bawn_outcome_of(&x->finds[BAWN_INPUT]);
    bawn_side side = o.deciding ? bawn_place_side(o.deciding->place) : BAWN_INPUT;
    uint64_t now = x->worker->clock ? x->worker->clock(x->worker->clock_user) : x->now_ns;
    bawn_report r = { .request = &x->request, .asked = &x->json, .uri = x->uri, .ran = x->guardrail->ran,
                      .n_ran = x->guardrail->n_ran[x->judged[BAWN_OUTPUT]], .action = o.action,
                      .message = bawn_outcome_message(x->guardrail, side, bawn_exchange_attribute(x, "http.accept_language")),
                      .guardrail = x->guardrail->name, .version = x->guardrail->version, .id = bawn_slice_of(x->id, sizeof x->id),
                      .guarded = sum(x->guarded), .total = sum(x->total), .seed = x->seed,
                      .milliseconds = now > x->started_ns ? (now - x->started_ns) / 1000000 : 0 };

    for (size_t i = 0; i < x->request.n_unguarded; i++)        /* as the record counts them */
        r.total += strcmp(x->request.unguarded[i].reason, "not_asked") == 0 ? x->request.unguarded[i].characters : 0;
    return describe_all(&r, x) && (o.action < BAWN_MASK || !bawn_operation_checks(x->operation) || mask_all(&r, x)) && x->dialect->report(&x->reply, x->operation, &r, x->arena);
}

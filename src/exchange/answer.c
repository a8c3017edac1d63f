/* A whole answer: parsed, judged channel by channel (so that it gets the verdict that the same text would get as a
 * stream), then passed, edited or replaced by the dialect's refusal. */
#include "exchange/exchange.h"

#include <stdlib.h>

static bool broken(bawn_exchange *x, int code, const char *message)
{
    return bawn_request_refuse(x, code, bawn_slice_str(message), BAWN_NIL);
}

static bool runs_on(uint32_t channel)       /* several fields of it are one text */
{
    uint32_t field = bawn_channel_field(channel);
    return field != BAWN_CHANNEL_OTHER && field != BAWN_CHANNEL_ALTERNATIVES;
}

static bool alone(const bawn_field *f) { return f->key || !runs_on(f->channel); }

static __thread const bawn_field *ordered_fields;   /* for qsort, which has no context argument */

static int by_channel(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    const bawn_field *f = &ordered_fields[x], *g = &ordered_fields[y];
    if (f->channel != g->channel)
        return f->channel < g->channel ? -1 : 1;
    if (f->key != g->key)
        return f->key ? 1 : -1;
    return x < y ? -1 : x > y;
}

/* The fields in the order in which they are judged: those of one running channel are one text. */
static bool order_fields(bawn_exchange *x)
{
    const bawn_conversation *c = &x->answered;

    if (!(x->order = bawn_arena_alloc(x->arena, (c->n_fields + 1) * sizeof *x->order)))
        return false;
    for (uint32_t i = 0; i < c->n_fields; i++) {
        x->order[i] = i;
        uint64_t characters = bawn_utf8_count(c->fields[i].text);
        x->total[BAWN_OUTPUT] += characters;
        x->running += alone(&c->fields[i]) ? 0 : characters;
    }
    ordered_fields = c->fields;
    qsort(x->order, c->n_fields, sizeof *x->order, by_channel);
    x->next_field = 0;
    return true;
}

static size_t run_length(const bawn_exchange *x, size_t from)
{
    const bawn_conversation *c = &x->answered;
    const uint32_t *order = x->order;
    size_t n = 1;
    while (!alone(&c->fields[order[from]]) && from + n < c->n_fields && !alone(&c->fields[order[from + n]]) &&
           c->fields[order[from + n]].channel == c->fields[order[from]].channel)
        n++;
    return n;
}

static void count_run(bawn_exchange *x, const bawn_judging *j, const uint32_t *parts, size_t n)
{
    uint64_t characters = 0;

    for (size_t i = 0; i < n; i++)
        characters += bawn_utf8_count(x->answered.fields[parts[i]].text);
    bawn_work_count(x, BAWN_OUTPUT, j, characters);
}

static bawn_progress judge_fields(bawn_exchange *x)
{
    const bawn_field *fields = x->answered.fields;
    bawn_judging j = { .worker = x->worker, .guardrail = x->guardrail, .leak = x->prompt, .finds = &x->finds[BAWN_OUTPUT],
                       .failures = &x->failures };

    x->judged[BAWN_OUTPUT] = true;
    x->work.budget = BAWN_SLICE_BYTES;
    for (size_t n; x->next_field < x->answered.n_fields; x->next_field += n) {
        const uint32_t *parts = x->order + x->next_field;
        n = run_length(x, x->next_field);
        const bawn_field *f = &fields[parts[0]];
        j.leak = bawn_answer_repeats(f) ? NULL : x->prompt;
        j.place = bawn_answer_repeats(f) ? bawn_place_of(BAWN_INPUT, f->role, f->origin)
                  : f->kind == BAWN_F_ARGUMENTS ? BAWN_PLACE_TOOL_CALL : BAWN_PLACE_OUTPUT;
        j.fixed = bawn_field_is_fixed(f);
        bawn_progress done = bawn_work_judge(x, &j, fields, parts, n, BAWN_NIL, false);
        if (done != BAWN_WORK_DONE)
            return done;
        count_run(x, &j, parts, n);
    }
    bawn_finds_settle(&x->finds[BAWN_OUTPUT], x->wall);
    bawn_edits_fit(&x->finds[BAWN_OUTPUT], fields);
    return BAWN_WORK_DONE;
}

static bool block(bawn_exchange *x)
{
    bawn_slice message = bawn_outcome_message(x->guardrail, BAWN_OUTPUT, bawn_exchange_attribute(x, "http.accept_language"));
    bawn_slice type = BAWN_LIT("application/json");

    bawn_buf_clear(&x->reply);
    x->edits_ready = false;
    x->status = 200;
    if (x->guardrail->error_on_block || !x->dialect->refused_answer(&x->reply, x->operation, &x->request, &x->answered,
                                                                    bawn_slice_of(x->id, 36), message, x->now_ns)) {
        x->status = 400;
        if (x->reply.failed || !bawn_request_error(x, &type, BAWN_E_CONTENT_FILTER, message, BAWN_NIL))
            return false;
    }
    x->side = "output";
    if (x->status == 200)
        bawn_exchange_filtered(x, x->answered.n_open ? x->answered.n_open : x->request.n_choices);
    x->verdict_step = (bawn_step){ .kind = BAWN_VERDICT, .status = x->status, .content_type = type,
                                   .body = bawn_buf_slice(&x->reply), .error_type = x->error_type };
    x->verdict_ready = true;
    bawn_exchange_verdict(x, BAWN_OUTPUT);
    return bawn_exchange_close(x, "blocked");
}

/* Copies of a text (logprobs) may not tell what an edit hides: they become null, or what else is empty there (T35). */
static bool drop_copies(bawn_exchange *x)
{
    const bawn_conversation *c = &x->answered;
    bawn_edit *all = bawn_arena_alloc(x->arena, (x->n_edits + c->n_copies + 1) * sizeof *all);
    size_t n = 0;

    if (!all)
        return false;
    for (size_t i = 0; i < c->n_copies; i++)
        if (x->n_edits > 0 || c->copies[i].always)
            all[n++] = (bawn_edit){ { c->copies[i].wire.begin, c->copies[i].wire.end }, bawn_slice_str(c->copies[i].with) };
    for (size_t i = 0; i < x->n_edits; i++) {
        bool inside = false;
        for (size_t k = 0; k < c->n_copies && !inside; k++)
            inside = x->edits[i].at.begin >= c->copies[k].wire.begin && x->edits[i].at.end <= c->copies[k].wire.end;
        if (!inside)
            all[n++] = x->edits[i];
    }
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && all[k].at.begin < all[k - 1].at.begin; k--) {
            bawn_edit t = all[k];
            all[k] = all[k - 1];
            all[k - 1] = t;
        }
    x->edits = all;
    x->n_edits = n;
    x->edits_ready = n > 0;
    return true;
}

static bool pass(bawn_exchange *x)
{
    if (!bawn_edits_make(x, BAWN_OUTPUT, x->answered.fields, x->answered.n_fields) ||
        (x->answered.n_copies > 0 && !drop_copies(x)))
        return false;
    if (bawn_outcome_of(&x->finds[BAWN_OUTPUT]).action == BAWN_BLOCK)
        return block(x);
    x->sent = x->answer.len;
    for (size_t i = 0; i < x->n_edits; i++)
        x->sent = x->sent + x->edits[i].with.len - (x->edits[i].at.end - x->edits[i].at.begin);
    x->delivered = x->running;
    x->verdict_step = (bawn_step){ .kind = BAWN_VERDICT };
    x->verdict_ready = true;
    bawn_exchange_verdict(x, BAWN_OUTPUT);
    return bawn_exchange_close(x, "complete");
}

bool bawn_answer_judge(bawn_exchange *x)
{
    bawn_progress done = judge_fields(x);

    bawn_exchange_spent(x, BAWN_STAGE_JUDGE);
    if (done == BAWN_WORK_WAITS)
        return bawn_work_wait(x);
    x->order = NULL;
    if (done == BAWN_WORK_FAILED)
        return broken(x, BAWN_E_GUARD_FAILED, "A guard could not run; the answer was not passed on.");
    bool ok = bawn_outcome_of(&x->finds[BAWN_OUTPUT]).action == BAWN_BLOCK ? block(x) : pass(x);
    return ok || broken(x, BAWN_E_GUARD_FAILED, "The answer could not be written.");
}

bool bawn_answer_whole(bawn_exchange *x)
{
    bawn_error err = { 0 };

    bool read = bawn_json_parse(&x->answer_json, bawn_buf_slice(&x->answer), 128, &err) &&
                x->dialect->answer(&x->answered, x->operation, &x->answer_json, x->arena, &err);
    bawn_exchange_spent(x, BAWN_STAGE_PARSE);
    if (!read)
        return broken(x, err.code == BAWN_E_NO_MEMORY ? BAWN_E_GUARD_FAILED : BAWN_E_UPSTREAM_INVALID,
                      "The upstream's answer could not be read.");
    if (!order_fields(x))
        return broken(x, BAWN_E_GUARD_FAILED, "A guard could not run; the answer was not passed on.");
    return bawn_answer_judge(x);
}

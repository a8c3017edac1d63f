/* answers.c: see answers.h. */
#include "dialect/answers.h"

#include "dialect/shape.h"

bool bawn_answer_invalid(bawn_error *err, const char *what)
{
    return bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "the upstream's answer has %s", what);
}

bool bawn_answer_is_object(const bawn_json *j, bawn_error *err)
{
    return bawn_json_is_object(j) || bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "the upstream's answer is not a JSON object");
}

bool bawn_answer_type(uint32_t *token, const bawn_json *j, bawn_error *err)
{
    *token = bawn_json_is_object(j) ? bawn_json_get(j, 0, "type") : 0;
    return (*token && j->tokens[*token].type == BAWN_JSON_STRING) || bawn_answer_invalid(err, "an event without a type");
}

bool bawn_answer_walk(bawn_walk *w, const char *root, bawn_place start)
{
    start.role = BAWN_ASSISTANT;
    start.origin = BAWN_MODEL;
    start.message = UINT32_MAX;
    start.channel = BAWN_CHANNEL_OTHER;
    return bawn_walk_run(w, root, start);
}

/* ---- what it says of itself ------------------------------------------------------------------------------------ */
bool bawn_answer_id(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return bawn_walk_string(&w->out->id, w, token);
}

bool bawn_answer_model(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return bawn_walk_string(&w->out->model, w, token);
}

bool bawn_answer_stop(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    bawn_slice reason = BAWN_NIL;

    (void)p, (void)index;
    if (!bawn_walk_string(&reason, w, token))
        return false;
    if (reason.len > 0 && bawn_shape_id(reason) && w->out->n_finish < BAWN_COUNT(w->out->finish_reasons))
        w->out->finish_reasons[w->out->n_finish++] = reason;
    return true;
}

bool bawn_answer_padding(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return bawn_walk_type(w, token) == BAWN_JSON_NULL || bawn_walk_copy(w, bawn_walk_value(w->json, token), UINT32_MAX);
}

static void count(int64_t *out, const bawn_json *j, uint32_t object, const char *key)
{
    uint32_t token = bawn_json_get(j, object, key);
    uint64_t n;

    if (token && bawn_json_u64(&n, j, token) && n <= INT64_MAX)
        *out = (int64_t)n;
}

bool bawn_answer_usage(bawn_walk *w, uint32_t usage, const char *input, const char *output)
{
    count(&w->out->input_tokens, w->json, usage, input);
    count(&w->out->output_tokens, w->json, usage, output);
    return true;
}

/* ---- who is called ----------------------------------------------------------------------------------------------- */
bool bawn_answer_call(bawn_walk *w, uint32_t channel, uint32_t named, uint32_t whole, const char *id)
{
    bawn_call call = { .channel = channel };

    if (!bawn_walk_string(&call.name, w, bawn_json_get(w->json, named, "name")) ||
        !bawn_walk_string(&call.id, w, bawn_json_get(w->json, whole, id)))
        return false;
    if (!bawn_shape_id(call.id))
        call.id = BAWN_NIL;
    return bawn_walk_call(w, &call);
}

uint32_t bawn_answer_call_channel(const bawn_place *p)
{
    return p->choice << 16 | (BAWN_CHANNEL_TOOL_ARGUMENTS + 2 * p->call);
}

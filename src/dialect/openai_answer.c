/* openai_answer.c: answers and stream chunks -> conversation. One table serves both: `message` and `delta` have the
 * same fields on the same channels, so that a stream, joined, is the whole answer. In a chunk (walk.extra is
 * set) pointers count choices and calls by their `index`, whatever their place is, as the whole answer does. */
#include "dialect/answers.h"
#include "dialect/openai.h"
#include "dialect/responses.h"

static bool index_of(uint32_t *out, bawn_walk *w, uint32_t object, uint32_t position, const char *what)
{
    uint32_t token = bawn_json_get(w->json, object, "index");
    uint64_t n = position;

    if (token && w->json->tokens[token].type != BAWN_JSON_NULL && !bawn_json_u64(&n, w->json, token))
        n = UINT64_MAX;
    *out = (uint32_t)n;
    return n < BAWN_ANSWER_INDEX_MAX || bawn_error_set(w->err, BAWN_E_UPSTREAM_INVALID,
                                           "the answer's %s has an index that is no number below %d", what, BAWN_ANSWER_INDEX_MAX);
}

static bool choice(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    bawn_choice *c;

    if (!index_of(&p->choice, w, token, index, "choice") || !bawn_walk_choice(w, &c, p->choice))
        return false;
    if (w->extra)
        bawn_walk_number(w, p->choice);
    return true;
}

static bool tool_call(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    static const char *const kinds[] = { "function", "custom" };
    uint32_t function = token;

    if (!index_of(&p->call, w, token, index, "tool call"))
        return false;
    if (w->extra)
        bawn_walk_number(w, p->call);
    for (size_t i = 0; i < BAWN_COUNT(kinds); i++)
        if (bawn_json_get(w->json, token, kinds[i]))
            function = bawn_json_get(w->json, token, kinds[i]);
    return bawn_walk_type(w, token) != BAWN_JSON_OBJECT || bawn_answer_call(w, bawn_answer_call_channel(p), function, token, "id");
}

static bool function_call(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)index;
    return bawn_walk_type(w, token) != BAWN_JSON_OBJECT ||
           bawn_answer_call(w, p->choice << 16 | BAWN_CHANNEL_CALL_ARGUMENTS, token, token, "id");
}

static bool finish(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    bawn_conversation *o = w->out;
    bawn_choice *c;

    (void)index;
    if (!bawn_walk_choice(w, &c, p->choice))
        return false;
    c->finish_wire = bawn_walk_value(w->json, token);
    if (w->json->tokens[token].type != BAWN_JSON_STRING)
        return true;
    if (!bawn_walk_text(&c->finish_reason, w, token))
        return false;
    if (o->n_finish < BAWN_COUNT(o->finish_reasons))
        o->finish_reasons[o->n_finish++] = c->finish_reason;
    return true;
}

static bool logprobs(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)index;
    return w->json->tokens[token].type == BAWN_JSON_NULL ||
           bawn_walk_copy(w, bawn_walk_value(w->json, token), p->choice);
}

static bool usage(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return bawn_answer_usage(w, token, "prompt_tokens", "completion_tokens");
}

static bool error(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    w->out->error = w->json->tokens[token].type != BAWN_JSON_NULL;
    return true;
}

static bool data(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    w->out->n_messages = w->json->tokens[token].type == BAWN_JSON_ARRAY ? w->json->tokens[token].count : 0;
    return true;
}

const bawn_hook_row bawn_openai_answer_hooks[] = {
    { "answer.choices[]", choice }, { "answer.choices[].message.tool_calls[]", tool_call },
    { "answer.choices[].delta.tool_calls[]", tool_call }, { "answer.choices[].finish_reason", finish },
    { "answer.choices[].message.function_call", function_call }, { "answer.choices[].delta.function_call", function_call },
    { "answer.choices[].logprobs", logprobs }, { "answer.obfuscation", bawn_answer_padding }, { "answer.id", bawn_answer_id },
    { "answer.model", bawn_answer_model }, { "answer.usage", usage }, { "answer.error", error }, { "vectors.model", bawn_answer_model },
    { "vectors.id", bawn_answer_id }, { "vectors.usage", usage }, { "vectors.data", data },
};
const size_t bawn_openai_n_answer_hooks = BAWN_COUNT(bawn_openai_answer_hooks);

static bool walk(bawn_conversation *out, bool chunk, const char *root, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    bawn_walk w;

    bawn_walk_begin(&w, bawn_openai_trie(), out, j, arena, err);
    w.extra = chunk ? &chunk : NULL;
    return bawn_answer_is_object(j, err) && bawn_answer_walk(&w, root, (bawn_place){ 0 });
}

/* Lists of models pass as they are: they hold nothing that a caller or a model wrote. */
bool bawn_openai_answer(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena,
                        bawn_error *err)
{
    switch (op) {
    case BAWN_OP_CHAT:
        return walk(out, false, "answer", j, arena, err);
    case BAWN_OP_RESPONSES:
        return bawn_responses_answer(out, j, arena, err);
    case BAWN_OP_EMBEDDINGS:
        return walk(out, false, "vectors", j, arena, err);
    case BAWN_OP_MODELS:
    case BAWN_OP_MODEL:
        *out = (bawn_conversation){ .input_tokens = -1, .output_tokens = -1 };
        return true;
    default:
        return bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "found an answer to an operation that has none upstream");
    }
}

bool bawn_openai_event(bawn_conversation *out, bawn_stream_state *state, bawn_operation op, const bawn_json *j,
                       bawn_arena *arena, bawn_error *err)
{
    if (op == BAWN_OP_RESPONSES)
        return bawn_responses_event(out, state, j, arena, err);
    if (op != BAWN_OP_CHAT)
        return bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "found a stream, expected one only from chat completions and responses");
    return walk(out, true, "answer", j, arena, err);
}

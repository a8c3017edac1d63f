/* openai_answer.c: answers and stream chunks -> conversation. One table serves both: `message` and `delta` have the
 * same fields on the same channels, so that a stream, joined, is the whole answer. */
#include "dialect/openai.h"

#include "dialect/responses.h"
#include "dialect/shape.h"

#define MAX_INDEX 16000                               /* of choices and tool calls: both fit a channel's 16 bits */

static bool index_of(uint32_t *out, bawn_walk *w, uint32_t object, uint32_t position, const char *what)
{
    uint32_t token = bawn_json_get(w->json, object, "index");
    uint64_t n = position;

    if (token && w->json->tokens[token].type != BAWN_JSON_NULL && !bawn_json_u64(&n, w->json, token))
        n = UINT64_MAX;
    *out = (uint32_t)n;
    return n < MAX_INDEX || bawn_error_set(w->err, BAWN_E_UPSTREAM_INVALID,
                                           "the answer's %s has an index that is no number below %d", what, MAX_INDEX);
}

static bool choice(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    bawn_choice *c;

    return index_of(&p->choice, w, token, index, "choice") && bawn_walk_choice(w, &c, p->choice);
}

static bool text_of(bawn_slice *out, bawn_walk *w, uint32_t token)
{
    return w->json->tokens[token].type != BAWN_JSON_STRING || bawn_walk_text(out, w, token);
}

/* The string of that key in an object; nothing when there is none. */
static bool member_text(bawn_slice *out, bawn_walk *w, uint32_t object, const char *key)
{
    uint32_t token = bawn_json_get(w->json, object, key);

    return token == 0 || text_of(out, w, token);
}

/* For the record: who was called. `function` is the object that holds the name. */
static bool note_call(bawn_walk *w, uint32_t token, uint32_t function, uint32_t channel)
{
    bawn_call call = { .channel = channel };

    if (w->json->tokens[token].type != BAWN_JSON_OBJECT)
        return true;
    if (!member_text(&call.name, w, function, "name") || !member_text(&call.id, w, token, "id"))
        return false;
    if (!bawn_shape_id(call.id))
        call.id = BAWN_NIL;
    return bawn_walk_call(w, &call);
}

static bool tool_call(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    static const char *const kinds[] = { "function", "custom" };
    uint32_t function = token;

    if (!index_of(&p->call, w, token, index, "tool call"))
        return false;
    for (size_t i = 0; i < BAWN_COUNT(kinds); i++)
        if (bawn_json_get(w->json, token, kinds[i]))
            function = bawn_json_get(w->json, token, kinds[i]);
    return note_call(w, token, function, p->choice << 16 | (BAWN_CHANNEL_TOOL_ARGUMENTS + 2 * p->call));
}

static bool function_call(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)index;
    return note_call(w, token, token, p->choice << 16 | BAWN_CHANNEL_CALL_ARGUMENTS);
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

/* Padding whose length hides, and so tells, the length of the text (all choices of the chunk). */
static bool obfuscation(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return w->json->tokens[token].type == BAWN_JSON_NULL ||
           bawn_walk_copy(w, bawn_walk_value(w->json, token), UINT32_MAX);
}

static bool id(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return text_of(&w->out->id, w, token);
}

static bool model(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return text_of(&w->out->model, w, token);
}

static bool usage(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint32_t in = 0, out = 0;
    uint64_t n;

    (void)p, (void)index;
    if (w->json->tokens[token].type == BAWN_JSON_OBJECT) {
        in = bawn_json_get(w->json, token, "prompt_tokens");
        out = bawn_json_get(w->json, token, "completion_tokens");
    }
    if (in && bawn_json_u64(&n, w->json, in) && n <= INT64_MAX)
        w->out->input_tokens = (int64_t)n;
    if (out && bawn_json_u64(&n, w->json, out) && n <= INT64_MAX)
        w->out->output_tokens = (int64_t)n;
    return true;
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
    { "answer.choices[].logprobs", logprobs }, { "answer.obfuscation", obfuscation }, { "answer.id", id },
    { "answer.model", model }, { "answer.usage", usage }, { "answer.error", error }, { "vectors.model", model },
    { "vectors.id", id }, { "vectors.usage", usage }, { "vectors.data", data },
};
const size_t bawn_openai_n_answer_hooks = BAWN_COUNT(bawn_openai_answer_hooks);

static bool walk(bawn_conversation *out, const char *root, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    bawn_walk w = { .out = out, .json = j, .arena = arena, .err = err, .trie = bawn_openai_trie() };
    bawn_place start = { .role = BAWN_ASSISTANT, .origin = BAWN_MODEL, .message = UINT32_MAX, .channel = BAWN_CHANNEL_OTHER };

    *out = (bawn_conversation){ .input_tokens = -1, .output_tokens = -1, .n_choices = 1 };
    if (!bawn_json_is_object(j))
        return bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "the upstream's answer is not a JSON object");
    return bawn_walk_run(&w, root, start);
}

/* Lists of models pass as they are: they hold nothing that a caller or a model wrote. */
bool bawn_openai_answer(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena,
                        bawn_error *err)
{
    switch (op) {
    case BAWN_OP_CHAT:
        return walk(out, "answer", j, arena, err);
    case BAWN_OP_RESPONSES:
        return bawn_responses_answer(out, j, arena, err);
    case BAWN_OP_EMBEDDINGS:
        return walk(out, "vectors", j, arena, err);
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
    return walk(out, "answer", j, arena, err);
}

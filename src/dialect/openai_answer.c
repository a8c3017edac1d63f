/* openai_answer.c: answers and stream chunks -> conversation. One table serves both: `message` and `delta` have the
 * same fields on the same channels, so that a stream, joined, is the whole answer. */
#include "dialect/answers.h"
#include "dialect/openai.h"
#include "dialect/pointer.h"
#include "dialect/responses.h"

#include <stdio.h>

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

    return index_of(&p->choice, w, token, index, "choice") && bawn_walk_choice(w, &c, p->choice);
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

static bool walk(bawn_conversation *out, const char *root, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    bawn_walk w;

    bawn_walk_begin(&w, bawn_openai_trie(), out, j, arena, err);
    return bawn_answer_is_object(j, err) && bawn_answer_walk(&w, root, (bawn_place){ 0 });
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

static bawn_slice behind(bawn_slice s, size_t at) { return bawn_slice_of(s.ptr + at, s.len - at); }

/* Where the next segment of a pointer begins. */
static size_t next_segment(bawn_slice path, size_t at)
{
    while (at < path.len && path.ptr[at] != '/')
        at++;
    return at;
}

/* The pointer as it would be in the whole answer: chunks number choices and tool calls by `index`, whatever their place is. */
static bool whole_path(bawn_field *f, bawn_arena *arena)
{
    const bawn_slice choices = BAWN_LIT("/choices/"), delta = BAWN_LIT("/delta"), calls = BAWN_LIT("/tool_calls/");
    uint32_t field = bawn_channel_field(f->channel);
    size_t at = next_segment(f->path, choices.len);
    char head[96];
    int n = snprintf(head, sizeof(head), "/choices/%u/message", bawn_channel_choice(f->channel));

    if (!bawn_slice_starts(f->path, choices) || !bawn_slice_starts(behind(f->path, at), delta))
        return true;
    at += delta.len;
    if (field >= BAWN_CHANNEL_TOOL_ARGUMENTS && bawn_slice_starts(behind(f->path, at), calls)) {
        snprintf(head + n, sizeof(head) - (size_t)n, "/tool_calls/%u", (field - BAWN_CHANNEL_TOOL_ARGUMENTS) / 2);
        at = next_segment(f->path, at + calls.len);
    }
    return bawn_pointer_rebase(&f->path, at, head, arena);
}

static bool chunk(bawn_conversation *out, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    if (!walk(out, "answer", j, arena, err))
        return false;
    for (size_t i = 0; i < out->n_fields; i++)
        if (!whole_path(&out->fields[i], arena))
            return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for an event");
    return true;
}

bool bawn_openai_event(bawn_conversation *out, bawn_stream_state *state, bawn_operation op, const bawn_json *j,
                       bawn_arena *arena, bawn_error *err)
{
    if (op == BAWN_OP_RESPONSES)
        return bawn_responses_event(out, state, j, arena, err);
    if (op != BAWN_OP_CHAT)
        return bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "found a stream, expected one only from chat completions and responses");
    return chunk(out, j, arena, err);
}

/* anthropic_answer.c: messages and the events of their streams -> conversation. An answer is a list of blocks (blocks.h). */
#include "dialect/anthropic.h"
#include "dialect/blocks.h"

static bool is_one_of(const bawn_json *j, uint32_t block, const char *const *types, size_t n)
{
    uint32_t type = bawn_json_get(j, block, "type");

    for (size_t i = 0; type && i < n; i++)
        if (bawn_json_is(j, type, types[i]))
            return true;
    return false;
}

bool bawn_anthropic_calls_tool(const bawn_json *j, uint32_t block)
{
    static const char *const types[] = { "tool_use", "server_tool_use", "mcp_tool_use" };

    return is_one_of(j, block, types, BAWN_COUNT(types));
}

static bool stands_alone(const bawn_json *j, uint32_t block)
{
    static const char *const thoughts[] = { "thinking", "redacted_thinking" };

    return bawn_anthropic_calls_tool(j, block) || is_one_of(j, block, thoughts, BAWN_COUNT(thoughts));
}

/* For the record: who was called. */
static bool note_call(bawn_walk *w, const bawn_place *p, uint32_t block)
{
    return !bawn_anthropic_calls_tool(w->json, block) || bawn_answer_call(w, bawn_answer_call_channel(p), block, block, "id");
}

static bool block(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    return bawn_block_listed(w, p, index, stands_alone(w->json, token)) && note_call(w, p, token);
}

static bool started_block(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)index;
    return note_call(w, p, token);
}

static bool usage(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return bawn_answer_usage(w, token, "input_tokens", "output_tokens");
}

const bawn_hook_row bawn_anthropic_answer_hooks[] = {
    { "message.content[]", block }, { "message.id", bawn_answer_id }, { "message.model", bawn_answer_model },
    { "message.usage", usage }, { "message.stop_reason", bawn_answer_stop }, { "event.content_block", started_block },
    { "event.message.id", bawn_answer_id }, { "event.message.model", bawn_answer_model }, { "event.message.usage", usage },
    { "event.usage", usage }, { "event.delta.stop_reason", bawn_answer_stop },
};
const size_t bawn_anthropic_n_answer_hooks = BAWN_COUNT(bawn_anthropic_answer_hooks);

/* Counts of tokens and lists of models pass as they are: they hold nothing that a caller or a model wrote. */
bool bawn_anthropic_answer(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    uint32_t run = 0;
    bawn_walk w;

    bawn_walk_begin(&w, bawn_anthropic_trie(), out, j, arena, err);
    w.extra = &run;
    if (op != BAWN_OP_MESSAGES)
        return op == BAWN_OP_COUNT_TOKENS || op == BAWN_OP_MODELS || op == BAWN_OP_MODEL || bawn_answer_invalid(err, "no operation");
    return bawn_answer_is_object(j, err) && bawn_answer_walk(&w, "message", (bawn_place){ 0 });
}

/* ---- events ---------------------------------------------------------------------------------------------------------- */
static bawn_mark mark_of(const bawn_json *j, uint32_t type)
{
    static const struct { const char *name; bawn_mark mark; } marks[] = {
        { "message_start", BAWN_MARK_BEGIN }, { "content_block_start", BAWN_MARK_OPEN },
        { "content_block_stop", BAWN_MARK_CLOSE }, { "message_delta", BAWN_MARK_FINISH }, { "message_stop", BAWN_MARK_END },
    };

    for (size_t i = 0; i < BAWN_COUNT(marks); i++)
        if (bawn_json_is(j, type, marks[i].name))
            return marks[i].mark;
    return BAWN_MARK_NONE;
}

bool bawn_anthropic_event(bawn_conversation *out, bawn_stream_state *s, bawn_operation op, const bawn_json *j,
                          bawn_arena *arena, bawn_error *err)
{
    static const bawn_block_step steps[] = {
        { "/delta/partial_json", "/input" }, { "/delta/text", "/text" }, { "/delta/thinking", "/thinking" },
        { "/delta/citation", "/citations/-" }, { "/content_block", "" },
    };
    uint32_t type;
    bool alone;
    bawn_walk w;

    bawn_walk_begin(&w, bawn_anthropic_trie(), out, j, arena, err);
    out->named = true;
    if (op != BAWN_OP_MESSAGES)
        return bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "found a stream, expected one only from messages");
    if (!bawn_answer_type(&type, j, err))
        return false;
    out->mark = mark_of(j, type);
    out->error = bawn_json_is(j, type, "error");
    alone = out->mark == BAWN_MARK_OPEN && stands_alone(j, bawn_json_get(j, 0, "content_block"));
    if (!bawn_block_event(out, s, j, bawn_json_get(j, 0, "index"), bawn_json_is(j, type, "content_block_delta"), alone, err) ||
        !bawn_walk_text(&out->type, &w, type) || !bawn_answer_walk(&w, "event", (bawn_place){ .choice = s->run, .call = out->block }))
        return false;
    for (size_t i = 0; i < out->n_fields; i++)
        if (bawn_slice_starts(out->fields[i].path, BAWN_LIT("/message/")))
            out->fields[i].path = bawn_slice_of(out->fields[i].path.ptr + 8, out->fields[i].path.len - 8);
    return bawn_block_paths(out, "", steps, BAWN_COUNT(steps), arena, err);
}

/* bedrock_answer.c: answers and the events of their streams -> conversation. An answer is a list of blocks (blocks.h). A stream
 * opens a block of text with its first piece, without an event of its own. Events of models whose form we do not know are judged by
 * path: the strings at one place of all of them are one running text. */
#include "dialect/anthropic.h"
#include "dialect/bedrock.h"
#include "dialect/blocks.h"

static bool called_tool(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)index;
    return bawn_answer_call(w, bawn_answer_call_channel(p), token, token, "toolUseId");
}

static bool block(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint32_t use = bawn_json_get(w->json, token, "toolUse");
    bool alone = use || bawn_json_get(w->json, token, "reasoningContent");

    return bawn_block_listed(w, p, index, alone) && (!use || called_tool(w, p, use, 0));
}

static bool usage(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return bawn_answer_usage(w, token, "inputTokens", "outputTokens");
}

const bawn_hook_row bawn_bedrock_answer_hooks[] = {
    { "said.output.message.content[]", block }, { "said.usage", usage }, { "said.stopReason", bawn_answer_stop },
    { "event.start.toolUse", called_tool }, { "event.usage", usage }, { "event.stopReason", bawn_answer_stop },
    { "event.p", bawn_answer_padding },
};
const size_t bawn_bedrock_n_answer_hooks = BAWN_COUNT(bawn_bedrock_answer_hooks);

/* Whether a model's own body is Anthropic's. */
static bool is_message(const bawn_json *j)
{
    uint32_t type = bawn_json_get(j, 0, "type");

    return type && bawn_json_is(j, type, "message");
}

bool bawn_bedrock_answer(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    uint32_t run = 0;
    bawn_walk w;

    bawn_walk_begin(&w, bawn_bedrock_trie(), out, j, arena, err);
    w.extra = &run;
    if (op == BAWN_OP_COUNT_TOKENS)
        return true;
    if (!bawn_answer_is_object(j, err))
        return false;
    if (op == BAWN_OP_INVOKE && is_message(j))
        return bawn_anthropic_answer(out, BAWN_OP_MESSAGES, j, arena, err);
    return bawn_answer_walk(&w, op == BAWN_OP_INVOKE ? "native_said" : "said", (bawn_place){ 0 });
}

/* ---- events ---------------------------------------------------------------------------------------------------------- */
/* A text's first piece opens its block. */
static bawn_mark mark_of(const bawn_stream_state *s, bool *delta)
{
    static const struct { const char *name; bawn_mark mark; } marks[] = {
        { "messageStart", BAWN_MARK_BEGIN }, { "contentBlockStart", BAWN_MARK_OPEN }, { "contentBlockStop", BAWN_MARK_CLOSE },
        { "messageStop", BAWN_MARK_FINISH }, { "metadata", BAWN_MARK_END },
    };

    *delta = bawn_slice_is(s->name, "contentBlockDelta");
    if (*delta)
        return s->open ? BAWN_MARK_NONE : BAWN_MARK_OPEN;
    for (size_t i = 0; i < BAWN_COUNT(marks); i++)
        if (bawn_slice_is(s->name, marks[i].name))
            return marks[i].mark;
    return BAWN_MARK_NONE;
}

/* Whether the block that an event opens is a tool's call or a thought. */
static bool stands_alone(const bawn_json *j)
{
    uint32_t start = bawn_json_get(j, 0, "start"), delta = bawn_json_get(j, 0, "delta");

    return (start && bawn_json_get(j, start, "toolUse")) || (delta && bawn_json_get(j, delta, "reasoningContent"));
}

static bool converse_event(bawn_walk *w, bawn_stream_state *s)
{
    static const bawn_block_step steps[] = {
        { "/delta/reasoningContent/text", "/reasoningContent/reasoningText/text" }, { "/delta/toolUse", "/toolUse" },
        { "/delta/citation", "/citationsContent/citations/-" }, { "/delta", "" }, { "/start", "" },
    };
    const bawn_json *j = w->json;
    bawn_conversation *out = w->out;
    bool delta, alone;

    out->mark = mark_of(s, &delta);
    alone = out->mark == BAWN_MARK_OPEN && stands_alone(j);
    return bawn_block_event(out, s, j, bawn_json_get(j, 0, "contentBlockIndex"), delta, alone, w->err) &&
           bawn_answer_walk(w, "event", (bawn_place){ .choice = s->run, .call = out->block }) &&
           bawn_block_paths(out, "/output/message", steps, BAWN_COUNT(steps), w->arena, w->err);
}

/* The channel of a place in a model's own events: FNV-1a of its path, folded; two places on one channel would be judged as one
 * text, which changes what is held back, not what is seen. */
static uint32_t channel_of(bawn_slice path)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < path.len; i++)
        h = (h ^ (uint8_t)path.ptr[i]) * 16777619u;
    return BAWN_CHANNEL_TOOL_ARGUMENTS + ((h ^ h >> 16) & 0x7FFF);
}

static bool native_event(bawn_walk *w, bawn_stream_state *s)
{
    bawn_conversation *out = w->out;

    s->begun = s->finished = s->native = true;                     /* it may end whenever it does */
    if (!bawn_answer_walk(w, "native_said", (bawn_place){ 0 }))
        return false;
    for (size_t i = 0; i < out->n_fields; i++)
        if (!out->fields[i].key)
            out->fields[i].channel = channel_of(out->fields[i].path);
    return true;
}

bool bawn_bedrock_event(bawn_conversation *out, bawn_stream_state *s, bawn_operation op, const bawn_json *j, bawn_arena *arena,
                        bawn_error *err)
{
    bawn_walk w;
    bool ok;

    bawn_walk_begin(&w, bawn_bedrock_trie(), out, j, arena, err);
    out->type = s->name;
    if (!bawn_json_is_object(j))
        return bawn_answer_invalid(err, "an event that is not a JSON object");
    if (s->exception) {
        out->error = true;
        return bawn_answer_walk(&w, "event", (bawn_place){ 0 });
    }
    if (op == BAWN_OP_CONVERSE_STREAM)
        return converse_event(&w, s);
    if (op != BAWN_OP_INVOKE_STREAM)
        return bawn_answer_invalid(err, "a stream where none was asked for");
    if (s->native || (!s->begun && !bawn_json_get(j, 0, "type")))
        return native_event(&w, s);
    ok = bawn_anthropic_event(out, s, BAWN_OP_MESSAGES, j, arena, err);
    out->type = s->name;                                            /* all are chunks */
    out->named = false;
    return ok;
}

/* bedrock_answer.c: answers and the events of their streams -> conversation. An answer is a list of blocks, as in Anthropic's API:
 * texts run on from block to block until a tool is called (anthropic_answer.c says why). A stream opens a block of text with its
 * first piece, without an event of its own. Events of models whose form we do not know are judged by path: the strings at one
 * place of all of them are one running text. */
#include "dialect/anthropic.h"
#include "dialect/bedrock.h"
#include "dialect/shape.h"

#define MAX_INDEX 16000                               /* of blocks: both fit a channel's 16 bits */

static bool invalid(bawn_error *err, const char *what)
{
    return bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "the upstream's answer has %s", what);
}

static uint32_t member(const bawn_json *j, uint32_t object, const char *key)
{
    return j->tokens[object].type == BAWN_JSON_OBJECT ? bawn_json_get(j, object, key) : 0;
}

static bool text_of(bawn_slice *out, bawn_walk *w, uint32_t token)
{
    return token == 0 || w->json->tokens[token].type != BAWN_JSON_STRING || bawn_walk_text(out, w, token);
}

/* For the record: who was called. */
static bool note_call(bawn_walk *w, const bawn_place *p, uint32_t use)
{
    bawn_call call = { .channel = p->choice << 16 | (BAWN_CHANNEL_TOOL_ARGUMENTS + 2 * p->call) };

    if (!text_of(&call.name, w, member(w->json, use, "name")) || !text_of(&call.id, w, member(w->json, use, "toolUseId")))
        return false;
    if (!bawn_shape_id(call.id))
        call.id = BAWN_NIL;
    return bawn_walk_call(w, &call);
}

/* A block of a whole answer; w->extra counts runs. */
static bool block(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint32_t *run = w->extra, use = member(w->json, token, "toolUse");

    if (index >= MAX_INDEX)
        return invalid(w->err, "too many content blocks");
    *run += use != 0;
    p->choice = *run;
    p->call = index;
    *run += use != 0;
    return use == 0 || note_call(w, p, use);
}

static bool started_tool(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)index;
    return note_call(w, p, token);
}

static bool padding(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return w->json->tokens[token].type == BAWN_JSON_NULL || bawn_walk_copy(w, bawn_walk_value(w->json, token), UINT32_MAX);
}

static void count_of(int64_t *out, const bawn_json *j, uint32_t token)
{
    uint64_t n;

    if (token && bawn_json_u64(&n, j, token) && n <= INT64_MAX)
        *out = (int64_t)n;
}

static bool usage(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    count_of(&w->out->input_tokens, w->json, member(w->json, token, "inputTokens"));
    count_of(&w->out->output_tokens, w->json, member(w->json, token, "outputTokens"));
    return true;
}

static bool stop(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    bawn_slice reason = BAWN_NIL;

    (void)p, (void)index;
    if (!text_of(&reason, w, token))
        return false;
    if (reason.len > 0 && bawn_shape_id(reason) && w->out->n_finish < BAWN_COUNT(w->out->finish_reasons))
        w->out->finish_reasons[w->out->n_finish++] = reason;
    return true;
}

const bawn_hook_row bawn_bedrock_answer_hooks[] = {
    { "said.output.message.content[]", block }, { "said.usage", usage }, { "said.stopReason", stop },
    { "event.start.toolUse", started_tool }, { "event.usage", usage }, { "event.stopReason", stop }, { "event.p", padding },
};
const size_t bawn_bedrock_n_answer_hooks = BAWN_COUNT(bawn_bedrock_answer_hooks);

static bool walk(bawn_walk *w, bawn_conversation *out, const char *root, bawn_place start)
{
    w->out = out;
    w->trie = bawn_bedrock_trie();
    start.role = BAWN_ASSISTANT;
    start.origin = BAWN_MODEL;
    start.message = UINT32_MAX;
    start.channel = BAWN_CHANNEL_OTHER;
    return bawn_walk_run(w, root, start);
}

/* Whether a model's own body is Anthropic's. */
static bool is_message(const bawn_json *j)
{
    uint32_t type = bawn_json_get(j, 0, "type");

    return type && bawn_json_is(j, type, "message");
}

bool bawn_bedrock_answer(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    uint32_t run = 0;
    bawn_walk w = { .json = j, .arena = arena, .err = err, .extra = &run };

    *out = (bawn_conversation){ .input_tokens = -1, .output_tokens = -1, .n_choices = 1 };
    if (op == BAWN_OP_COUNT_TOKENS)
        return true;
    if (!bawn_json_is_object(j))
        return bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "the upstream's answer is not a JSON object");
    if (op == BAWN_OP_INVOKE && is_message(j))
        return bawn_anthropic_answer(out, BAWN_OP_MESSAGES, j, arena, err);
    return walk(&w, out, op == BAWN_OP_INVOKE ? "native_said" : "said", (bawn_place){ 0 });
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

static bool is_in_order(const bawn_stream_state *s, bawn_mark mark, bool delta, uint32_t index)
{
    if (mark == BAWN_MARK_CLOSE || (delta && mark == BAWN_MARK_NONE))
        return s->open && index == s->block;
    if (mark == BAWN_MARK_BEGIN)
        return !s->begun;
    if (mark == BAWN_MARK_OPEN)
        return s->begun && !s->open && !s->finished && index >= s->next;
    return mark == BAWN_MARK_NONE || (s->begun && !s->open);
}

/* A tool's call stands in a run of its own: what ran before it ends with its begin, and it with its own end. */
static void turn(bawn_conversation *out, bawn_stream_state *s, const bawn_json *j)
{
    uint32_t start = bawn_json_get(j, 0, "start");
    bool starts = out->mark == BAWN_MARK_OPEN && start && member(j, start, "toolUse") != 0;

    out->ends_run = starts || (out->mark == BAWN_MARK_CLOSE && s->tool);
    out->run = s->run;
    s->run += out->ends_run;
    s->tool = starts || (s->tool && out->mark != BAWN_MARK_CLOSE);
}

/* "/delta/text" -> "/output/message/content/2/text": where it would stand in a whole answer. */
static bool whole_paths(bawn_conversation *out, bawn_arena *arena, bawn_error *err)
{
    static const struct { const char *in, *out; } steps[] = {
        { "/delta/reasoningContent/text", "/reasoningContent/reasoningText/text" }, { "/delta/toolUse", "/toolUse" },
        { "/delta/citation", "/citationsContent/citations/-" }, { "/delta", "" }, { "/start", "" },
    };
    bool ok = true;

    for (size_t i = 0; i < out->n_fields; i++)
        for (size_t k = 0; k < BAWN_COUNT(steps); k++) {
            bawn_slice *path = &out->fields[i].path;
            size_t n = strlen(steps[k].in);
            bawn_buf b = { 0 };
            if (!bawn_slice_starts(*path, bawn_slice_str(steps[k].in)))
                continue;
            bawn_buf_fmt(&b, "/output/message/content/%u%s", out->block, steps[k].out);
            bawn_buf_add(&b, bawn_slice_of(path->ptr + n, path->len - n));
            *path = bawn_arena_copy(arena, bawn_buf_slice(&b), &ok);
            ok = ok && !b.failed;
            bawn_buf_free(&b);
            break;
        }
    return ok || bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for an event");
}

static bool converse_event(bawn_conversation *out, bawn_stream_state *s, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    bawn_walk w = { .json = j, .arena = arena, .err = err };
    uint32_t index = bawn_json_get(j, 0, "contentBlockIndex");
    uint64_t number = s->block;
    bool delta;

    out->mark = mark_of(s, &delta);
    if ((delta || out->mark == BAWN_MARK_OPEN || out->mark == BAWN_MARK_CLOSE) &&
        (!index || !bawn_json_u64(&number, j, index) || number >= MAX_INDEX))
        return invalid(err, "an event of a content block without its number");
    out->block = (uint32_t)number;
    if (!is_in_order(s, out->mark, delta, out->block))
        return invalid(err, "an event where none of its type may come");
    turn(out, s, j);
    bawn_stream_advance(s, out->mark, out->block);
    return walk(&w, out, "event", (bawn_place){ .choice = s->run, .call = out->block }) && whole_paths(out, arena, err);
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

static bool native_event(bawn_conversation *out, bawn_stream_state *s, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    bawn_walk w = { .json = j, .arena = arena, .err = err };

    s->begun = s->finished = s->native = true;                     /* it may end whenever it does */
    if (!walk(&w, out, "native_said", (bawn_place){ 0 }))
        return false;
    for (size_t i = 0; i < out->n_fields; i++)
        if (!out->fields[i].key)
            out->fields[i].channel = channel_of(out->fields[i].path);
    return true;
}

bool bawn_bedrock_event(bawn_conversation *out, bawn_stream_state *s, bawn_operation op, const bawn_json *j, bawn_arena *arena,
                        bawn_error *err)
{
    bawn_walk w = { .json = j, .arena = arena, .err = err };
    bool ok;

    *out = (bawn_conversation){ .input_tokens = -1, .output_tokens = -1, .n_choices = 1, .type = s->name };
    if (!bawn_json_is_object(j))
        return invalid(err, "an event that is not a JSON object");
    if (s->exception) {
        out->error = true;
        return walk(&w, out, "event", (bawn_place){ 0 });
    }
    if (op == BAWN_OP_CONVERSE_STREAM)
        return converse_event(out, s, j, arena, err);
    if (op != BAWN_OP_INVOKE_STREAM)
        return invalid(err, "a stream where none was asked for");
    if (s->native || (!s->begun && !bawn_json_get(j, 0, "type")))
        return native_event(out, s, j, arena, err);
    ok = bawn_anthropic_event(out, s, BAWN_OP_MESSAGES, j, arena, err);
    out->type = s->name;                                            /* all are chunks */
    out->named = false;
    return ok;
}

/* anthropic_answer.c: messages and the events of their streams -> conversation.
 *
 * An answer is a list of blocks. Texts of blocks that follow each other are one running text (a citation parts a sentence
 * into blocks); a call of a tool ends it, so that nothing waits for the call's arguments to come, and what follows is the next
 * run. Runs take the place that choices have in other dialects: they number channels. In a stream blocks come one after the
 * other, and an event that does not fit there is refused: two texts that grow at once would be judged in another order than
 * the client reads them in. */
#include "dialect/anthropic.h"

#include "dialect/shape.h"

#define MAX_INDEX 16000                               /* of blocks: both fit a channel's 16 bits */

static bool invalid(bawn_error *err, const char *what)
{
    return bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "the upstream's answer has %s", what);
}

bool bawn_anthropic_calls_tool(const bawn_json *j, uint32_t block)
{
    static const char *const names[] = { "tool_use", "server_tool_use", "mcp_tool_use" };
    uint32_t type = bawn_json_get(j, block, "type");

    for (size_t i = 0; type && i < BAWN_COUNT(names); i++)
        if (bawn_json_is(j, type, names[i]))
            return true;
    return false;
}

static bool text_of(bawn_slice *out, bawn_walk *w, uint32_t token)
{
    return w->json->tokens[token].type != BAWN_JSON_STRING || bawn_walk_text(out, w, token);
}

static bool member_text(bawn_slice *out, bawn_walk *w, uint32_t object, const char *key)
{
    uint32_t token = bawn_json_get(w->json, object, key);

    return token == 0 || text_of(out, w, token);
}

/* For the record: who was called. */
static bool note_call(bawn_walk *w, const bawn_place *p, uint32_t block)
{
    bawn_call call = { .channel = p->choice << 16 | (BAWN_CHANNEL_TOOL_ARGUMENTS + 2 * p->call) };

    if (!member_text(&call.name, w, block, "name") || !member_text(&call.id, w, block, "id"))
        return false;
    if (!bawn_shape_id(call.id))
        call.id = BAWN_NIL;
    return bawn_walk_call(w, &call);
}

/* A block of a whole answer; w->extra counts runs. */
static bool block(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint32_t *run = w->extra;
    bool tool = bawn_anthropic_calls_tool(w->json, token);

    if (index >= MAX_INDEX)
        return invalid(w->err, "too many content blocks");
    *run += tool;
    p->choice = *run;
    p->call = index;
    *run += tool;
    return !tool || note_call(w, p, token);
}

static bool started_block(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)index;
    return !bawn_anthropic_calls_tool(w->json, token) || note_call(w, p, token);
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
        in = bawn_json_get(w->json, token, "input_tokens");
        out = bawn_json_get(w->json, token, "output_tokens");
    }
    if (in && bawn_json_u64(&n, w->json, in) && n <= INT64_MAX)
        w->out->input_tokens = (int64_t)n;
    if (out && bawn_json_u64(&n, w->json, out) && n <= INT64_MAX)
        w->out->output_tokens = (int64_t)n;
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

const bawn_hook_row bawn_anthropic_answer_hooks[] = {
    { "message.content[]", block }, { "message.id", id }, { "message.model", model }, { "message.usage", usage },
    { "message.stop_reason", stop }, { "event.content_block", started_block }, { "event.message.id", id },
    { "event.message.model", model }, { "event.message.usage", usage }, { "event.usage", usage },
    { "event.delta.stop_reason", stop },
};
const size_t bawn_anthropic_n_answer_hooks = BAWN_COUNT(bawn_anthropic_answer_hooks);

static bool walk(bawn_walk *w, bawn_conversation *out, const char *root, bawn_place start)
{
    w->out = out;
    w->trie = bawn_anthropic_trie();
    start.role = BAWN_ASSISTANT;
    start.origin = BAWN_MODEL;
    start.message = UINT32_MAX;
    start.channel = BAWN_CHANNEL_OTHER;
    return bawn_walk_run(w, root, start);
}

/* Counts of tokens and lists of models pass as they are: they hold nothing that a caller or a model wrote. */
bool bawn_anthropic_answer(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    uint32_t run = 0;
    bawn_walk w = { .json = j, .arena = arena, .err = err, .extra = &run };

    *out = (bawn_conversation){ .input_tokens = -1, .output_tokens = -1, .n_choices = 1 };
    if (op != BAWN_OP_MESSAGES)
        return op == BAWN_OP_COUNT_TOKENS || op == BAWN_OP_MODELS || op == BAWN_OP_MODEL || invalid(err, "no operation");
    if (!bawn_json_is_object(j))
        return bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "the upstream's answer is not a JSON object");
    return walk(&w, out, "message", (bawn_place){ 0 });
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

/* Whether the event may come now. */
static bool is_in_order(const bawn_stream_state *s, bawn_mark mark, bool delta, uint32_t block)
{
    if (delta || mark == BAWN_MARK_CLOSE)
        return s->open && block == s->block;
    if (mark == BAWN_MARK_BEGIN)
        return !s->begun;
    if (mark == BAWN_MARK_OPEN)
        return s->begun && !s->open && !s->finished && block >= s->next;
    return mark == BAWN_MARK_NONE || (s->begun && !s->open);    /* message_delta may come twice, with newer counts */
}

/* "/delta/text" -> "/content/2/text": where it would stand in a whole answer. */
static bool whole_path(bawn_field *f, uint32_t block, bawn_arena *arena)
{
    static const struct { const char *in, *out; } steps[] = {
        { "/delta/partial_json", "/input" }, { "/delta/text", "/text" }, { "/delta/thinking", "/thinking" },
        { "/delta/citation", "/citations/-" }, { "/content_block", "" },
    };
    bawn_buf b = { 0 };
    bool ok = true;

    if (bawn_slice_starts(f->path, BAWN_LIT("/message/")))
        f->path = bawn_slice_of(f->path.ptr + 8, f->path.len - 8);
    for (size_t i = 0; i < BAWN_COUNT(steps); i++) {
        size_t n = strlen(steps[i].in);
        if (!bawn_slice_starts(f->path, bawn_slice_str(steps[i].in)))
            continue;
        bawn_buf_fmt(&b, "/content/%u%s", block, steps[i].out);
        bawn_buf_add(&b, bawn_slice_of(f->path.ptr + n, f->path.len - n));
        f->path = bawn_arena_copy(arena, bawn_buf_slice(&b), &ok);
        ok = ok && !b.failed;
        break;
    }
    bawn_buf_free(&b);
    return ok;
}

static bool whole_paths(bawn_conversation *out, uint32_t block, bawn_arena *arena, bawn_error *err)
{
    for (size_t i = 0; i < out->n_fields; i++)
        if (!whole_path(&out->fields[i], block, arena))
            return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for an event");
    return true;
}

/* A tool's call stands in a run of its own: what ran before it ends with its begin, and it with its own end. */
static void turn(bawn_conversation *out, bawn_stream_state *s, const bawn_json *j)
{
    bool starts = out->mark == BAWN_MARK_OPEN && bawn_anthropic_calls_tool(j, bawn_json_get(j, 0, "content_block"));

    out->ends_run = starts || (out->mark == BAWN_MARK_CLOSE && s->tool);
    out->run = s->run;
    s->run += out->ends_run;
    s->tool = starts || (s->tool && out->mark != BAWN_MARK_CLOSE);
}

bool bawn_anthropic_event(bawn_conversation *out, bawn_stream_state *s, bawn_operation op, const bawn_json *j,
                          bawn_arena *arena, bawn_error *err)
{
    bawn_walk w = { .json = j, .arena = arena, .err = err };
    uint32_t type, index;
    uint64_t block = s->block;

    *out = (bawn_conversation){ .input_tokens = -1, .output_tokens = -1, .n_choices = 1, .named = true };
    if (op != BAWN_OP_MESSAGES)
        return bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "found a stream, expected one only from messages");
    if (!bawn_json_is_object(j) || !(type = bawn_json_get(j, 0, "type")) ||
        j->tokens[type].type != BAWN_JSON_STRING)
        return invalid(err, "an event without a type");
    bool delta = bawn_json_is(j, type, "content_block_delta");
    out->mark = mark_of(j, type);
    index = bawn_json_get(j, 0, "index");
    if ((delta || out->mark == BAWN_MARK_OPEN || out->mark == BAWN_MARK_CLOSE) &&
        (!index || !bawn_json_u64(&block, j, index) || block >= MAX_INDEX))
        return invalid(err, "an event of a content block without its number");
    if (!is_in_order(s, out->mark, delta, (uint32_t)block))
        return invalid(err, "an event where none of its type may come");
    out->block = (uint32_t)block;
    out->error = bawn_json_is(j, type, "error");
    turn(out, s, j);
    bawn_stream_advance(s, out->mark, out->block);
    w.out = out;
    return bawn_walk_text(&out->type, &w, type) &&
           walk(&w, out, "event", (bawn_place){ .choice = s->run, .call = out->block }) &&
           whole_paths(out, out->block, arena, err);
}

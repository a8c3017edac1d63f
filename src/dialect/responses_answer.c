/* responses_answer.c: answers of Responses -> conversation. One table serves whole answers and events, with the same fields on the same
 * channels, so that a stream, joined, is the whole answer. */
#include "dialect/responses.h"

#include "dialect/shape.h"

static bool text_of(bawn_slice *out, bawn_walk *w, uint32_t token)
{
    return w->json->tokens[token].type != BAWN_JSON_STRING || bawn_walk_text(out, w, token);
}

static bool member_text(bawn_slice *out, bawn_walk *w, uint32_t object, const char *key)
{
    uint32_t token = bawn_json_get(w->json, object, key);

    return token == 0 || text_of(out, w, token);
}

/* ---- items and their parts ---------------------------------------------------------------------------------------------- */
static bool calls_tool(const bawn_json *j, uint32_t item)
{
    static const char *const names[] = { "function_call", "custom_tool_call", "mcp_call", "mcp_approval_request" };
    uint32_t type = bawn_json_get(j, item, "type");

    for (size_t i = 0; type && i < BAWN_COUNT(names); i++)
        if (bawn_json_is(j, type, names[i]))
            return true;
    return false;
}

/* For the record: who was called; a repetition names the same channel. */
static bool note_call(bawn_walk *w, const bawn_place *p, uint32_t item)
{
    bawn_call call = { .channel = (p->choice % BAWN_STREAM_ITEMS) << 16 | BAWN_CHANNEL_TOOL_ARGUMENTS };

    if (!member_text(&call.name, w, item, "name") || !member_text(&call.id, w, item, "call_id"))
        return false;
    if (!bawn_shape_id(call.id))
        call.id = BAWN_NIL;
    return bawn_walk_call(w, &call);
}

static bool any_item(bawn_walk *w, bawn_place *p, uint32_t token)
{
    uint32_t type;

    if (w->json->tokens[token].type != BAWN_JSON_OBJECT)
        return true;
    type = bawn_json_get(w->json, token, "type");
    p->words = type && bawn_json_is(w->json, type, "program_output");
    return !calls_tool(w->json, token) || note_call(w, p, token);
}

static bool listed_item(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    p->choice = *(const uint32_t *)w->extra * BAWN_STREAM_ITEMS + index;
    if (index >= BAWN_STREAM_ITEMS)
        return bawn_error_set(w->err, BAWN_E_UPSTREAM_INVALID, "the answer has more than %d items", BAWN_STREAM_ITEMS);
    return any_item(w, p, token);
}

static bool event_item(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)index;
    return any_item(w, p, token);
}

static bool numbered(bawn_walk *w, bawn_place *p, uint32_t number, uint32_t offset)
{
    p->part = true;
    p->call = offset + number;
    return number < BAWN_RESPONSES_PARTS || bawn_error_set(w->err, BAWN_E_UPSTREAM_INVALID, "an item of the answer has more than %d parts",
                                                           BAWN_RESPONSES_PARTS);
}

static bool part(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)token;
    return numbered(w, p, index, 0);
}

static bool summary(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)token;
    return numbered(w, p, index, BAWN_RESPONSES_PARTS);
}

/* ---- what is taken out ---------------------------------------------------------------------------------------------------- */
/* The provider repeats the instructions. The client has them, unless they are a stored prompt that is not his to read; the canary that
 * was planted would stand in them, and any guard of leaks would find them: so they are not passed on. */
static bool instructions(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)index;
    p->gone = true;
    return w->json->tokens[token].type == BAWN_JSON_NULL || bawn_walk_erase(w, bawn_walk_value(w->json, token), "null", true);
}

static bool logprobs(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return w->json->tokens[token].type == BAWN_JSON_NULL || bawn_walk_erase(w, bawn_walk_value(w->json, token), "[]", false);
}

/* Padding whose length hides, and so tells, the length of the text. */
static bool obfuscation(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return w->json->tokens[token].type == BAWN_JSON_NULL || bawn_walk_erase(w, bawn_walk_value(w->json, token), "null", false);
}

/* ---- facts ------------------------------------------------------------------------------------------------------------------ */
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

static bool count(int64_t *out, const bawn_json *j, uint32_t object, const char *key)
{
    uint32_t token = bawn_json_get(j, object, key);
    uint64_t n;

    if (token && bawn_json_u64(&n, j, token) && n <= INT64_MAX)
        *out = (int64_t)n;
    return true;
}

static bool usage(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return w->json->tokens[token].type != BAWN_JSON_OBJECT || (count(&w->out->input_tokens, w->json, token, "input_tokens") &&
                                                               count(&w->out->output_tokens, w->json, token, "output_tokens"));
}

/* Why an answer ended: its status, or the reason where that is `incomplete`. */
static bool note_reason(bawn_walk *w, uint32_t token)
{
    bawn_slice reason = BAWN_NIL;

    if (!text_of(&reason, w, token))
        return false;
    if (reason.len > 0 && bawn_shape_id(reason) && w->out->n_finish < BAWN_COUNT(w->out->finish_reasons))
        w->out->finish_reasons[w->out->n_finish++] = reason;
    return true;
}

static bool status(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    bool open = bawn_json_is(w->json, token, "in_progress") || bawn_json_is(w->json, token, "queued");

    (void)p, (void)index;
    return open || bawn_json_is(w->json, token, "incomplete") || note_reason(w, token);
}

static bool reason(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return note_reason(w, token);
}

/* A sound in pieces of base64. */
static bool delta(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint32_t type = bawn_json_get(w->json, 0, "type");
    bawn_slice path, raw = bawn_json_raw(w->json, token);

    (void)index;
    if (!type || !bawn_json_is(w->json, type, "response.audio.delta") || !bawn_shape_base64(raw))
        return true;
    p->gone = true;
    return bawn_walk_path(&path, w) && bawn_walk_unguarded(w, NULL, path, raw.len, "unsupported_media");
}

#define BOTH(path, hook) { "response." path, hook }, { "event.response." path, hook }
#define ITEMS(at)                                                                                                       \
    { at ".content[]", part }, { at ".summary[]", summary }, { at ".output[]", part }, { at ".action.commands[]", part },  \
    { at ".content[].logprobs", logprobs }

const bawn_hook_row bawn_responses_answer_hooks[] = {
    BOTH("output[]", listed_item), BOTH("instructions", instructions), BOTH("id", id), BOTH("model", model), BOTH("usage", usage),
    BOTH("status", status), BOTH("incomplete_details.reason", reason), ITEMS("response.output[]"), ITEMS("event.response.output[]"),
    ITEMS("event.item"), { "event.item", event_item }, { "event.part.logprobs", logprobs }, { "event.logprobs", logprobs },
    { "event.obfuscation", obfuscation }, { "event.delta", delta },
};
const size_t bawn_responses_n_answer_hooks = BAWN_COUNT(bawn_responses_answer_hooks);

bool bawn_responses_walk(bawn_walk *w, bawn_conversation *out, const char *root, bawn_place start)
{
    w->out = out;
    w->trie = bawn_responses_trie();
    start.role = BAWN_ASSISTANT;
    start.origin = BAWN_MODEL;
    start.message = UINT32_MAX;
    start.channel = BAWN_CHANNEL_OTHER;
    return bawn_walk_run(w, root, start);
}

bool bawn_responses_answer(bawn_conversation *out, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    uint32_t repetition = 0;
    bawn_walk w = { .json = j, .arena = arena, .err = err, .extra = &repetition };

    *out = (bawn_conversation){ .input_tokens = -1, .output_tokens = -1, .n_choices = 1 };
    if (!bawn_json_is_object(j))
        return bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "the upstream's answer is not a JSON object");
    return bawn_responses_walk(&w, out, "response", (bawn_place){ 0 });
}

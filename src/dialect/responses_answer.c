/* responses_answer.c: answers of Responses -> conversation. One table serves whole answers and events, with the same fields on the same
 * channels, so that a stream, joined, is the whole answer. */
#include "dialect/answers.h"
#include "dialect/responses.h"
#include "dialect/shape.h"

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

static bool any_item(bawn_walk *w, bawn_place *p, uint32_t token)
{
    uint32_t type;

    if (w->json->tokens[token].type != BAWN_JSON_OBJECT)
        return true;
    type = bawn_json_get(w->json, token, "type");
    p->words = type && bawn_json_is(w->json, type, "program_output");
    /* for the record; a repetition names the same channel */
    return !calls_tool(w->json, token) ||
           bawn_answer_call(w, (p->choice % BAWN_STREAM_ITEMS) << 16 | BAWN_CHANNEL_TOOL_ARGUMENTS, token, token, "call_id");
}

/* walk.extra: which repetition it is (uint32_t), 0 for none: numbers of items begin behind that many times BAWN_STREAM_ITEMS. */
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

/* ---- facts ------------------------------------------------------------------------------------------------------------------ */
static bool usage(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return bawn_answer_usage(w, token, "input_tokens", "output_tokens");
}

/* Why an answer ended: its status, or the reason where that is `incomplete`. */
static bool status(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    bool open = bawn_json_is(w->json, token, "in_progress") || bawn_json_is(w->json, token, "queued");

    return open || bawn_json_is(w->json, token, "incomplete") || bawn_answer_stop(w, p, token, index);
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
    BOTH("output[]", listed_item), BOTH("instructions", instructions), BOTH("id", bawn_answer_id), BOTH("model", bawn_answer_model), BOTH("usage", usage),
    BOTH("status", status), BOTH("incomplete_details.reason", bawn_answer_stop), ITEMS("response.output[]"), ITEMS("event.response.output[]"),
    ITEMS("event.item"), { "event.item", event_item }, { "event.part.logprobs", logprobs }, { "event.logprobs", logprobs },
    { "event.obfuscation", bawn_answer_padding }, { "event.delta", delta },
};
const size_t bawn_responses_n_answer_hooks = BAWN_COUNT(bawn_responses_answer_hooks);

bool bawn_responses_answer(bawn_conversation *out, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    uint32_t repetition = 0;
    bawn_walk w;

    bawn_walk_begin(&w, bawn_responses_trie(), out, j, arena, err);
    w.extra = &repetition;
    return bawn_answer_is_object(j, err) && bawn_answer_walk(&w, "response", (bawn_place){ 0 });
}

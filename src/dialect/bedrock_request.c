/* bedrock_request.c: bodies of converse, invoke and count-tokens -> conversation. A body of invoke is the model's own: Anthropic's
 * is read as Messages; of others every string is the caller's. */
#include <inttypes.h>
#include <stdio.h>

#include "dialect/anthropic.h"
#include "dialect/bedrock.h"

#define SYSTEM_MESSAGE (UINT32_MAX - 1)               /* the system prompt's number among messages */

static uint8_t type_of(const bawn_walk *w, uint32_t token) { return w->json->tokens[token].type; }

static bool messages(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    if (type_of(w, token) != BAWN_JSON_ARRAY)
        return bawn_walk_refuse(w, "messages", "a list of messages", token);
    w->out->n_messages = w->json->tokens[token].count;
    return true;
}

static bool message(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint32_t role = bawn_json_get(w->json, token, "role");
    char param[64];

    p->message = index;
    p->role = role && bawn_json_is(w->json, role, "assistant") ? BAWN_ASSISTANT : BAWN_USER;
    p->origin = p->role == BAWN_ASSISTANT ? BAWN_MODEL : BAWN_CALLER;
    if (role && (p->role == BAWN_ASSISTANT || bawn_json_is(w->json, role, "user")))
        return true;
    if (role && bawn_json_is(w->json, role, "system")) {
        p->role = BAWN_SYSTEM;
        p->origin = BAWN_APPLICATION;
        return true;
    }
    snprintf(param, sizeof(param), "messages.%" PRIu32 ".role", index);
    return bawn_walk_refuse(w, param, "user or assistant", role ? role : UINT32_MAX);
}

static bool system_prompt(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)w, (void)token, (void)index;
    p->message = SYSTEM_MESSAGE;
    return true;
}

/* What a tool answered is not the speech of him in whose message it stands. */
static bool tool_result(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)w, (void)token, (void)index;
    p->role = BAWN_TOOL;
    p->origin = BAWN_TOOL_RESULT;
    return true;
}

/* A model's own body in base64 would have to be read like one of invoke, and is counted for nobody's sake: ask with converse. */
static bool count_body(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return bawn_walk_refuse(w, "input.invokeModel", "input.converse: this gateway counts no bodies of other forms", token);
}

const bawn_hook_row bawn_bedrock_request_hooks[] = {
    { "ask.messages", messages }, { "ask.messages[]", message }, { "ask.system", system_prompt },
    { "ask.messages[].content[].toolResult", tool_result }, { "count.input.converse.messages", messages },
    { "count.input.converse.messages[]", message }, { "count.input.converse.system", system_prompt },
    { "count.input.converse.messages[].content[].toolResult", tool_result }, { "count.input.invokeModel", count_body },
};
const size_t bawn_bedrock_n_request_hooks = BAWN_COUNT(bawn_bedrock_request_hooks);

bool bawn_bedrock_request(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    bawn_walk w = { .out = out, .json = j, .arena = arena, .err = err, .trie = bawn_bedrock_trie() };
    bawn_place start = { .role = BAWN_USER, .origin = BAWN_CALLER, .message = UINT32_MAX, .channel = BAWN_CHANNEL_OTHER };
    bool own = op == BAWN_OP_INVOKE || op == BAWN_OP_INVOKE_STREAM;
    const char *root = own ? "native" : op == BAWN_OP_COUNT_TOKENS ? "count" : "ask";

    *out = (bawn_conversation){ .input_tokens = -1, .output_tokens = -1, .n_choices = 1 };
    if (!bawn_json_is_object(j))
        return bawn_error_set(err, BAWN_E_INVALID_REQUEST, "found a body that is not a JSON object, expected one");
    if (own && bawn_json_get(j, 0, "anthropic_version")) {
        if (!bawn_anthropic_read_request(out, j, arena, err))
            return false;
        out->native = true;
    } else {
        out->opaque = own;
        start.message = own ? 0 : UINT32_MAX;
        if (!bawn_walk_run(&w, root, start))
            return false;
    }
    out->stream = op == BAWN_OP_CONVERSE_STREAM || op == BAWN_OP_INVOKE_STREAM;
    return true;
}

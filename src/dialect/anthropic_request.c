/* anthropic_request.c: bodies of messages and count_tokens -> conversation. Fields come from the table; here is what needs to
 * look around: who speaks in a block, and the errors that a client expects at once. */
#include <inttypes.h>

#include "dialect/anthropic.h"
#include "dialect/requests.h"

#define SYSTEM_MESSAGE (UINT32_MAX - 1)               /* the system prompt's number among messages */

#define MESSAGE "messages.%" PRIu32

static uint8_t type_of(const bawn_walk *w, uint32_t token) { return bawn_walk_type(w, token); }

static bool system_prompt(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint8_t type = type_of(w, token);

    (void)index;
    p->message = SYSTEM_MESSAGE;
    return type == BAWN_JSON_STRING || type == BAWN_JSON_ARRAY || type == BAWN_JSON_NULL ||
           bawn_walk_refuse(w, "system", "a string or a list of text blocks", token);
}

/* The role may stand after the content: looked up before any text of the message is seen. */
static bool message(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint32_t role = bawn_json_get(w->json, token, "role");

    p->message = index;
    if (type_of(w, token) != BAWN_JSON_OBJECT)
        return bawn_request_invalid(w, token, "an object with role and content", MESSAGE, index);
    return bawn_request_role(p, w->json, role, 3) ||
           bawn_request_invalid(w, role ? role : UINT32_MAX, "one of user, assistant, system", MESSAGE ".role", index);
}

static bool content(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint8_t type = type_of(w, token);

    (void)index;
    return type == BAWN_JSON_STRING || type == BAWN_JSON_ARRAY ||
           bawn_request_invalid(w, token, "a string or a list of content blocks", MESSAGE ".content", p->message);
}

/* What a tool answered and what a document says is not the speech of him in whose message it stands. */
static void speak(const bawn_walk *w, bawn_place *p, uint32_t block)
{
    uint32_t type = bawn_json_get(w->json, block, "type");
    bawn_slice name = type && w->json->tokens[type].type == BAWN_JSON_STRING ? bawn_json_raw(w->json, type) : BAWN_NIL;

    if (bawn_slice_ends(name, BAWN_LIT("tool_result"))) {               /* tool_result, web_search_tool_result, mcp_tool_result ... */
        bawn_request_by_tool(p);
    } else if (p->origin != BAWN_TOOL_RESULT && (bawn_slice_is(name, "document") || bawn_slice_is(name, "search_result"))) {
        p->origin = BAWN_DOCUMENT;
    }
}

static bool block(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    if (type_of(w, token) != BAWN_JSON_OBJECT)
        return bawn_request_invalid(w, token, "an object with a type", MESSAGE ".content.%" PRIu32, p->message, index);
    speak(w, p, token);
    return true;
}

static bool inner_block(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)index;
    if (type_of(w, token) == BAWN_JSON_OBJECT)
        speak(w, p, token);
    return true;
}

/* A source of type text holds the document itself, whatever it looks like. */
static bool source(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint32_t type = bawn_json_get(w->json, token, "type");

    (void)index;
    p->words = type && bawn_json_is(w->json, type, "text");
    return true;
}

/* A conversation that the provider holds (beta): what goes on from there brings in turns that no guard here has read. */
static bool thread(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint32_t type = bawn_json_get(w->json, token, "type"), from = bawn_json_get(w->json, token, "previous_message_id");
    bool begins = type && bawn_json_is(w->json, type, "create") && !from;

    (void)p, (void)index;
    return type_of(w, token) == BAWN_JSON_NULL || begins || bawn_request_unseen(w, "thread");
}

const bawn_hook_row bawn_anthropic_request_hooks[] = {
    { "ask.model", bawn_request_model }, { "ask.stream", bawn_request_stream }, { "ask.system", system_prompt },
    { "ask.thread", thread },
    { "ask.messages", bawn_request_messages }, { "ask.messages[]", message },
    { "ask.messages[].content", content }, { "ask.messages[].content[]", block },
    { "ask.messages[].content[].content[]", inner_block }, { "ask.messages[].content[].source", source },
    { "ask.messages[].content[].content[].source", source }, { "ask.messages[].content[].content.content.source", source },
    { "ask.messages[].content[].source.content[].source", source },
};
const size_t bawn_anthropic_n_request_hooks = BAWN_COUNT(bawn_anthropic_request_hooks);

bool bawn_anthropic_request(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    bawn_walk w;

    bawn_walk_begin(&w, bawn_anthropic_trie(), out, j, arena, err);
    if (op != BAWN_OP_MESSAGES && op != BAWN_OP_COUNT_TOKENS)
        return bawn_error_set(err, BAWN_E_INVALID_REQUEST, "found a body, expected none: this operation takes none");
    return bawn_request_is_object(j, err) && bawn_walk_run(&w, "ask", bawn_request_start()) && bawn_request_has_model(&w) &&
           bawn_request_has_messages(&w);
}

bool bawn_anthropic_read_request(bawn_conversation *out, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    bawn_walk w;

    bawn_walk_begin(&w, bawn_anthropic_trie(), out, j, arena, err);
    return bawn_walk_run(&w, "ask", bawn_request_start()) && bawn_request_has_messages(&w);
}

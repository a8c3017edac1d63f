/* anthropic_request.c: bodies of messages and count_tokens -> conversation. Fields come from the table; here is what needs to
 * look around: who speaks in a block, and the errors that a client expects at once. */
#include <inttypes.h>
#include <stdio.h>

#include "dialect/anthropic.h"

#define SYSTEM_MESSAGE (UINT32_MAX - 1)               /* the system prompt's number among messages */

typedef struct { bool model, messages; } seen;

static uint8_t type_of(const bawn_walk *w, uint32_t token) { return w->json->tokens[token].type; }

static bool refuse_in(bawn_walk *w, uint32_t index, const char *key, const char *expected, uint32_t token)
{
    char param[64];

    snprintf(param, sizeof(param), "messages.%" PRIu32 "%s", index, key);
    return bawn_walk_refuse(w, param, expected, token);
}

static bool model(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    if (type_of(w, token) != BAWN_JSON_STRING || w->json->tokens[token].begin == w->json->tokens[token].end)
        return bawn_walk_refuse(w, "model", "the name of a model", token);
    ((seen *)w->extra)->model = true;
    return bawn_walk_text(&w->out->model, w, token);
}

static bool stream(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return bawn_walk_flag(&w->out->stream, w, "stream", token);
}

static bool system_prompt(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint8_t type = type_of(w, token);

    (void)index;
    p->message = SYSTEM_MESSAGE;
    return type == BAWN_JSON_STRING || type == BAWN_JSON_ARRAY || type == BAWN_JSON_NULL ||
           bawn_walk_refuse(w, "system", "a string or a list of text blocks", token);
}

static bool messages(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    if (type_of(w, token) != BAWN_JSON_ARRAY || w->json->tokens[token].count == 0)
        return bawn_walk_refuse(w, "messages", "a list of at least one message", token);
    ((seen *)w->extra)->messages = true;
    w->out->n_messages = w->json->tokens[token].count;
    return true;
}

/* The role may stand after the content: looked up before any text of the message is seen. */
static bool message(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    static const struct { const char *name; bawn_role role; bawn_origin origin; } roles[] = {
        { "user", BAWN_USER, BAWN_CALLER }, { "assistant", BAWN_ASSISTANT, BAWN_MODEL },
        { "system", BAWN_SYSTEM, BAWN_APPLICATION },
    };
    uint32_t role;

    if (type_of(w, token) != BAWN_JSON_OBJECT)
        return refuse_in(w, index, "", "an object with role and content", token);
    role = bawn_json_get(w->json, token, "role");
    p->message = index;
    for (size_t i = 0; role && i < BAWN_COUNT(roles); i++)
        if (bawn_json_is(w->json, role, roles[i].name)) {
            p->role = roles[i].role;
            p->origin = roles[i].origin;
            return true;
        }
    return refuse_in(w, index, ".role", "one of user, assistant, system", role ? role : UINT32_MAX);
}

static bool content(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint8_t type = type_of(w, token);

    (void)index;
    return type == BAWN_JSON_STRING || type == BAWN_JSON_ARRAY ||
           refuse_in(w, p->message, ".content", "a string or a list of content blocks", token);
}

/* What a tool answered and what a document says is not the speech of him in whose message it stands. */
static void speak(const bawn_walk *w, bawn_place *p, uint32_t block)
{
    uint32_t type = bawn_json_get(w->json, block, "type");
    bawn_slice name = type && w->json->tokens[type].type == BAWN_JSON_STRING ? bawn_json_raw(w->json, type) : BAWN_NIL;

    if (bawn_slice_ends(name, BAWN_LIT("tool_result"))) {               /* tool_result, web_search_tool_result, mcp_tool_result ... */
        p->role = BAWN_TOOL;
        p->origin = BAWN_TOOL_RESULT;
    } else if (p->origin != BAWN_TOOL_RESULT && (bawn_slice_is(name, "document") || bawn_slice_is(name, "search_result"))) {
        p->origin = BAWN_DOCUMENT;
    }
}

static bool block(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    char key[32];

    if (type_of(w, token) == BAWN_JSON_OBJECT) {
        speak(w, p, token);
        return true;
    }
    snprintf(key, sizeof(key), ".content.%" PRIu32, index);
    return refuse_in(w, p->message, key, "an object with a type", token);
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

const bawn_hook_row bawn_anthropic_request_hooks[] = {
    { "ask.model", model }, { "ask.stream", stream }, { "ask.system", system_prompt }, { "ask.messages", messages },
    { "ask.messages[]", message }, { "ask.messages[].content", content }, { "ask.messages[].content[]", block },
    { "ask.messages[].content[].content[]", inner_block }, { "ask.messages[].content[].source", source },
    { "ask.messages[].content[].content[].source", source }, { "ask.messages[].content[].content.content.source", source },
    { "ask.messages[].content[].source.content[].source", source },
};
const size_t bawn_anthropic_n_request_hooks = BAWN_COUNT(bawn_anthropic_request_hooks);

static bool read_request(bawn_conversation *out, const bawn_json *j, bawn_arena *arena, bawn_error *err, bool with_model)
{
    seen s = { .model = !with_model };
    bawn_walk w = { .out = out, .json = j, .arena = arena, .err = err, .trie = bawn_anthropic_trie(), .extra = &s };
    bawn_place start = { .role = BAWN_USER, .origin = BAWN_CALLER, .message = UINT32_MAX, .channel = BAWN_CHANNEL_OTHER };

    if (!bawn_walk_run(&w, "ask", start))
        return false;
    if (!s.model)
        return bawn_walk_refuse(&w, "model", "the name of a model", UINT32_MAX);
    return s.messages || bawn_walk_refuse(&w, "messages", "a list of at least one message", UINT32_MAX);
}

bool bawn_anthropic_request(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    *out = (bawn_conversation){ .input_tokens = -1, .output_tokens = -1, .n_choices = 1 };
    if (op != BAWN_OP_MESSAGES && op != BAWN_OP_COUNT_TOKENS)
        return bawn_error_set(err, BAWN_E_INVALID_REQUEST, "found a body, expected none: this operation takes none");
    if (!bawn_json_is_object(j))
        return bawn_error_set(err, BAWN_E_INVALID_REQUEST, "found a body that is not a JSON object, expected one");
    return read_request(out, j, arena, err, true);
}

bool bawn_anthropic_read_request(bawn_conversation *out, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    return read_request(out, j, arena, err, false);
}

/* responses_request.c: bodies of Responses -> conversation. Fields come from the table; here is what needs to look around: whose
 * words an item holds, what brings text that the gateway never sees, and the errors that a client expects at once. */
#include <inttypes.h>
#include <stdio.h>

#include "dialect/responses.h"

#define INSTRUCTIONS (UINT32_MAX - 1)                 /* their number among messages */

typedef struct { bool model, input; } seen;

static uint8_t type_of(const bawn_walk *w, uint32_t token) { return w->json->tokens[token].type; }
static bool is_null(const bawn_walk *w, uint32_t token) { return type_of(w, token) == BAWN_JSON_NULL; }

static bool refuse_in(bawn_walk *w, uint32_t index, const char *key, const char *expected, uint32_t token)
{
    char param[64];

    snprintf(param, sizeof(param), "input[%" PRIu32 "]%s", index, key);
    return bawn_walk_refuse(w, param, expected, token);
}

/* ---- parameters ------------------------------------------------------------------------------------------------------ */
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

static bool instructions(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)index;
    p->message = INSTRUCTIONS;
    return type_of(w, token) == BAWN_JSON_STRING || is_null(w, token) || bawn_walk_refuse(w, "instructions", "a string", token);
}

static bool text_format(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint32_t type = bawn_json_get(w->json, token, "type");

    (void)p, (void)index;
    w->out->structured = type && !bawn_json_is(w->json, type, "text");
    return true;
}

/* ---- what the gateway never sees --------------------------------------------------------------------------------------- */
/* History that the provider keeps, a prompt that it stores, an answer that is fetched by a route that is closed. */
static bool note_unseen(bawn_walk *w, const char *param)
{
    bawn_slice path;

    if (!bawn_walk_path(&path, w) || !bawn_walk_unguarded(w, NULL, path, 0, "route_open"))
        return false;
    if (w->out->unseen.len == 0)
        w->out->unseen = bawn_slice_str(param);
    return true;
}

static bool previous(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return is_null(w, token) || note_unseen(w, "previous_response_id");
}

static bool conversation(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return is_null(w, token) || note_unseen(w, "conversation");
}

static bool background(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    bool asked;

    (void)p, (void)index;
    return bawn_walk_flag(&asked, w, "background", token) && (!asked || note_unseen(w, "background"));
}

static bool prompt(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return is_null(w, token) || note_unseen(w, "prompt");
}

/* A file that lies with the provider. */
static bool file_id(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    bawn_slice path;

    (void)p, (void)index;
    return is_null(w, token) || (bawn_walk_path(&path, w) && bawn_walk_unguarded(w, NULL, path, 0, "unsupported_media"));
}

/* ---- items --------------------------------------------------------------------------------------------------------------- */
/* What a tool said, and lists of tools that a server of tools gave, are nobody's words whom we trust. */
static const struct { const char *type; bawn_role role; bawn_origin origin; } kinds[] = {
    { "function_call", BAWN_ASSISTANT, BAWN_MODEL },        { "custom_tool_call", BAWN_ASSISTANT, BAWN_MODEL },
    { "reasoning", BAWN_ASSISTANT, BAWN_MODEL },            { "computer_call", BAWN_ASSISTANT, BAWN_MODEL },
    { "web_search_call", BAWN_ASSISTANT, BAWN_MODEL },      { "file_search_call", BAWN_ASSISTANT, BAWN_MODEL },
    { "image_generation_call", BAWN_ASSISTANT, BAWN_MODEL }, { "code_interpreter_call", BAWN_ASSISTANT, BAWN_MODEL },
    { "local_shell_call", BAWN_ASSISTANT, BAWN_MODEL },     { "shell_call", BAWN_ASSISTANT, BAWN_MODEL },
    { "apply_patch_call", BAWN_ASSISTANT, BAWN_MODEL },     { "mcp_call", BAWN_ASSISTANT, BAWN_MODEL },
    { "mcp_approval_request", BAWN_ASSISTANT, BAWN_MODEL }, { "tool_search_call", BAWN_ASSISTANT, BAWN_MODEL },
    { "program", BAWN_ASSISTANT, BAWN_MODEL },              { "compaction", BAWN_ASSISTANT, BAWN_MODEL },
    { "mcp_approval_response", BAWN_USER, BAWN_CALLER },    { "compaction_trigger", BAWN_USER, BAWN_CALLER },
    { "additional_tools", BAWN_SYSTEM, BAWN_APPLICATION },  { "configuration_update", BAWN_SYSTEM, BAWN_APPLICATION },
};

static const struct { const char *name; bawn_role role; bawn_origin origin; } roles[] = {
    { "user", BAWN_USER, BAWN_CALLER },          { "assistant", BAWN_ASSISTANT, BAWN_MODEL },
    { "system", BAWN_SYSTEM, BAWN_APPLICATION }, { "developer", BAWN_SYSTEM, BAWN_APPLICATION },
};

static bool message_role(bawn_walk *w, bawn_place *p, uint32_t item, uint32_t index)
{
    uint32_t role = bawn_json_get(w->json, item, "role");

    for (size_t i = 0; role && i < BAWN_COUNT(roles); i++)
        if (bawn_json_is(w->json, role, roles[i].name)) {
            p->role = roles[i].role;
            p->origin = roles[i].origin;
            return true;
        }
    return refuse_in(w, index, ".role", "one of user, assistant, system, developer", role ? role : UINT32_MAX);
}

/* The type may stand behind the content: looked up before any text of the item is seen. An item of a type that is not known is taken
 * for a tool's word. */
static bool item(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint32_t type;

    if (type_of(w, token) != BAWN_JSON_OBJECT)
        return refuse_in(w, index, "", "an object with a type or a role", token);
    p->message = index;
    type = bawn_json_get(w->json, token, "type");
    if ((type && bawn_json_is(w->json, type, "item_reference")) ||
        ((!type || is_null(w, type)) && bawn_json_get(w->json, token, "id") && !bawn_json_get(w->json, token, "role")))
        return note_unseen(w, "input");
    if (!type || is_null(w, type) || bawn_json_is(w->json, type, "message"))
        return message_role(w, p, token, index);
    p->role = BAWN_TOOL;
    p->origin = BAWN_TOOL_RESULT;
    p->words = bawn_json_is(w->json, type, "program_output");
    for (size_t i = 0; i < BAWN_COUNT(kinds); i++)
        if (bawn_json_is(w->json, type, kinds[i].type)) {
            p->role = kinds[i].role;
            p->origin = kinds[i].origin;
        }
    return true;
}

static bool content(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint8_t type = type_of(w, token);

    (void)index;
    return type == BAWN_JSON_STRING || type == BAWN_JSON_ARRAY || type == BAWN_JSON_NULL ||
           refuse_in(w, p->message, ".content", "a string or a list of content parts", token);
}

static bool part(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    char key[32];

    if (type_of(w, token) == BAWN_JSON_OBJECT)
        return true;
    snprintf(key, sizeof(key), ".content[%" PRIu32 "]", index);
    return refuse_in(w, p->message, key, "an object with a type", token);
}

/* What stands in a model's item, but a tool said it: results of a search, output of a server's tool, of code, of a shell. */
static bool said_by_tool(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)w, (void)token, (void)index;
    p->role = BAWN_TOOL;
    p->origin = BAWN_TOOL_RESULT;
    return true;
}

static bool input(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint8_t type = type_of(w, token);

    (void)index;
    if (type == BAWN_JSON_NULL)
        return true;
    if (type != BAWN_JSON_STRING && (type != BAWN_JSON_ARRAY || w->json->tokens[token].count == 0))
        return bawn_walk_refuse(w, "input", "a string or a list of at least one item", token);
    p->message = 0;
    ((seen *)w->extra)->input = true;
    w->out->n_messages = type == BAWN_JSON_STRING ? 1 : w->json->tokens[token].count;
    return true;
}

const bawn_hook_row bawn_responses_request_hooks[] = {
    { "responses.model", model }, { "responses.stream", stream }, { "responses.instructions", instructions },
    { "responses.text.format", text_format }, { "responses.previous_response_id", previous },
    { "responses.conversation", conversation }, { "responses.background", background }, { "responses.prompt.id", prompt },
    { "responses.input", input }, { "responses.input[]", item }, { "responses.input[].content", content },
    { "responses.input[].content[]", part }, { "responses.input[].output", said_by_tool },
    { "responses.input[].results", said_by_tool }, { "responses.input[].outputs", said_by_tool },
    { "responses.input[].content[].file_id", file_id }, { "responses.input[].output[].file_id", file_id },
    { "responses.input[].output.file_id", file_id },
};
const size_t bawn_responses_n_request_hooks = BAWN_COUNT(bawn_responses_request_hooks);

bool bawn_responses_request(bawn_conversation *out, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    seen s = { 0 };
    bawn_walk w = { .out = out, .json = j, .arena = arena, .err = err, .trie = bawn_responses_trie(), .extra = &s };
    bawn_place start = { .role = BAWN_USER, .origin = BAWN_CALLER, .message = UINT32_MAX, .channel = BAWN_CHANNEL_OTHER };

    out->operation = BAWN_OP_RESPONSES;
    if (!bawn_walk_run(&w, "responses", start))
        return false;
    if (out->unseen.len > 0)
        return true;                                   /* a stored prompt may bring the model and the input with it */
    if (!s.model)
        return bawn_walk_refuse(&w, "model", "the name of a model", UINT32_MAX);
    return s.input || bawn_walk_refuse(&w, "input", "a string or a list of at least one item", UINT32_MAX);
}

/* responses_request.c: bodies of Responses -> conversation. Fields come from the table; here is what needs to look around: whose
 * words an item holds, what brings text that the gateway never sees, and the errors that a client expects at once. */
#include <inttypes.h>

#include "dialect/requests.h"
#include "dialect/responses.h"

#define INSTRUCTIONS (UINT32_MAX - 1)                 /* their number among messages */

#define ITEM "input[%" PRIu32 "]"

static uint8_t type_of(const bawn_walk *w, uint32_t token) { return bawn_walk_type(w, token); }
static bool is_null(const bawn_walk *w, uint32_t token) { return type_of(w, token) == BAWN_JSON_NULL; }

/* ---- parameters ------------------------------------------------------------------------------------------------------ */
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
static bool previous(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return is_null(w, token) || bawn_request_unseen(w, "previous_response_id");
}

static bool conversation(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return is_null(w, token) || bawn_request_unseen(w, "conversation");
}

static bool background(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    bool asked;

    (void)p, (void)index;
    return bawn_walk_flag(&asked, w, "background", token) && (!asked || bawn_request_unseen(w, "background"));
}

static bool prompt(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return is_null(w, token) || bawn_request_unseen(w, "prompt");
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

/* The type may stand behind the content: looked up before any text of the item is seen. An item of a type that is not known is taken
 * for a tool's word. */
static bool item(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint32_t type, role;

    if (type_of(w, token) != BAWN_JSON_OBJECT)
        return bawn_request_invalid(w, token, "an object with a type or a role", ITEM, index);
    p->message = index;
    type = bawn_json_get(w->json, token, "type");
    role = bawn_json_get(w->json, token, "role");
    if ((type && bawn_json_is(w->json, type, "item_reference")) ||
        ((!type || is_null(w, type)) && bawn_json_get(w->json, token, "id") && !role))
        return bawn_request_unseen(w, "input");
    if (!type || is_null(w, type) || bawn_json_is(w->json, type, "message"))
        return bawn_request_role(p, w->json, role, 4) ||
               bawn_request_invalid(w, role ? role : UINT32_MAX, "one of user, assistant, system, developer", ITEM ".role", index);
    bawn_request_by_tool(p);
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
           bawn_request_invalid(w, token, "a string or a list of content parts", ITEM ".content", p->message);
}

static bool part(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    return type_of(w, token) == BAWN_JSON_OBJECT ||
           bawn_request_invalid(w, token, "an object with a type", ITEM ".content[%" PRIu32 "]", p->message, index);
}

/* What stands in a model's item, but a tool said it: results of a search, output of a server's tool, of code, of a shell. */
static bool said_by_tool(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)w, (void)token, (void)index;
    bawn_request_by_tool(p);
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
    w->out->n_messages = type == BAWN_JSON_STRING ? 1 : w->json->tokens[token].count;
    return true;
}

const bawn_hook_row bawn_responses_request_hooks[] = {
    { "responses.model", bawn_request_model }, { "responses.stream", bawn_request_stream }, { "responses.instructions", instructions },
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
    bawn_walk w;

    bawn_walk_begin(&w, bawn_responses_trie(), out, j, arena, err);
    out->operation = BAWN_OP_RESPONSES;
    if (!bawn_walk_run(&w, "responses", bawn_request_start()))
        return false;
    if (out->unseen.len > 0)
        return true;                                   /* a stored prompt may bring the model and the input with it */
    return bawn_request_has_model(&w) &&
           (out->n_messages > 0 || bawn_walk_refuse(&w, "input", "a string or a list of at least one item", UINT32_MAX));
}

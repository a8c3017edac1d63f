/* openai_request.c: bodies of chat, embeddings and moderations -> conversation. Fields come from the table; here is
 * what needs to look around: whose message it is, what was asked of us, and the errors that a client expects at once
 * (before its prompt has cost anything), named by parameter as the provider names them. */
#include <inttypes.h>
#include <stdio.h>

#include "dialect/openai.h"
#include "dialect/responses.h"

#define MAX_CHOICES 128                               /* the provider's own limit of n */

typedef struct { bool model, messages, input; uint8_t first; /* type of input's first item */ } seen;

static bool refuse_in(bawn_walk *w, uint32_t index, const char *key, const char *expected, uint32_t token)
{
    char param[64];

    snprintf(param, sizeof(param), "messages[%" PRIu32 "]%s", index, key);
    return bawn_walk_refuse(w, param, expected, token);
}

static uint8_t type_of(const bawn_walk *w, uint32_t token) { return w->json->tokens[token].type; }

/* ---- parameters ---------------------------------------------------------------------------------------------- */
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

static bool stream_options(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return type_of(w, token) == BAWN_JSON_OBJECT || type_of(w, token) == BAWN_JSON_NULL ||
           bawn_walk_refuse(w, "stream_options", "an object", token);
}

static bool include_usage(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return bawn_walk_flag(&w->out->include_usage, w, "stream_options.include_usage", token);
}

static bool choices(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint64_t n;

    (void)p, (void)index;
    if (type_of(w, token) == BAWN_JSON_NULL)
        return true;
    if (!bawn_json_u64(&n, w->json, token) || n < 1 || n > MAX_CHOICES)
        return bawn_walk_refuse(w, "n", "a whole number from 1 to 128", token);
    w->out->n_choices = (uint32_t)n;
    return true;
}

/* ---- messages ------------------------------------------------------------------------------------------------ */
static const struct { const char *name; bawn_role role; bawn_origin origin; } roles[] = {
    { "user", BAWN_USER, BAWN_CALLER },          { "assistant", BAWN_ASSISTANT, BAWN_MODEL },
    { "system", BAWN_SYSTEM, BAWN_APPLICATION }, { "developer", BAWN_SYSTEM, BAWN_APPLICATION },
    { "tool", BAWN_TOOL, BAWN_TOOL_RESULT },     { "function", BAWN_TOOL, BAWN_TOOL_RESULT },
};

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
    return refuse_in(w, index, ".role", "one of system, developer, user, assistant, tool, function",
                     role ? role : UINT32_MAX);
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

/* ---- inputs of embeddings and moderations -------------------------------------------------------------------- */
/* Counts inputs; tokens in place of text cannot be guarded and are reported. */
static bool token_list(bawn_walk *w, uint32_t token)
{
    bawn_slice path;

    return bawn_walk_path(&path, w) &&
           bawn_walk_unguarded(w, NULL, path, w->json->tokens[token].count, "unsupported_media");
}

static bool input(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    const bawn_json_token *t = &w->json->tokens[token];
    bool tokens = t->type == BAWN_JSON_ARRAY && t->count > 0 && t[1].type == BAWN_JSON_NUMBER;

    (void)index;
    if (t->type != BAWN_JSON_STRING && (t->type != BAWN_JSON_ARRAY || t->count == 0))
        return bawn_walk_refuse(w, "input", "a string or a list that is not empty", token);
    p->message = 0;
    ((seen *)w->extra)->input = true;
    ((seen *)w->extra)->first = t->type == BAWN_JSON_ARRAY ? t[1].type : t->type;
    w->out->n_messages = t->type == BAWN_JSON_STRING || tokens ? 1 : t->count;
    return !tokens || token_list(w, token);
}

static bool embeddings_item(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint8_t type = type_of(w, token);

    p->message = index;
    if (type == BAWN_JSON_STRING)
        return true;
    if (type == BAWN_JSON_ARRAY)
        return token_list(w, token);
    if (type == BAWN_JSON_NUMBER && ((seen *)w->extra)->first == BAWN_JSON_NUMBER)
        return true;
    return bawn_walk_refuse(w, "input", "a string, a list of strings or lists of tokens", token);
}

/* A list of strings is as many inputs; a list of parts (text, images) is one. They do not mix. */
static bool moderations_item(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint8_t type = type_of(w, token);

    if (type != ((seen *)w->extra)->first || (type != BAWN_JSON_STRING && type != BAWN_JSON_OBJECT))
        return bawn_walk_refuse(w, "input", "a string, a list of strings or a list of parts", token);
    p->message = type == BAWN_JSON_STRING ? index : 0;
    if (type == BAWN_JSON_OBJECT)
        w->out->n_messages = 1;
    return true;
}

const bawn_hook_row bawn_openai_request_hooks[] = {
    { "chat.model", model }, { "chat.stream", stream }, { "chat.stream_options", stream_options },
    { "chat.stream_options.include_usage", include_usage }, { "chat.n", choices },
    { "chat.messages", messages }, { "chat.messages[]", message },
    { "chat.messages[].content", content }, { "chat.messages[].content[]", part },
    { "embeddings.model", model }, { "embeddings.input", input }, { "embeddings.input[]", embeddings_item },
    { "moderations.model", model }, { "moderations.input", input }, { "moderations.input[]", moderations_item },
};
const size_t bawn_openai_n_request_hooks = BAWN_COUNT(bawn_openai_request_hooks);

static bool complete(bawn_walk *w, bawn_operation op)
{
    const seen *s = w->extra;

    if (!s->model && op != BAWN_OP_MODERATIONS)
        return bawn_walk_refuse(w, "model", "the name of a model", UINT32_MAX);
    if (op == BAWN_OP_CHAT && !s->messages)
        return bawn_walk_refuse(w, "messages", "a list of at least one message", UINT32_MAX);
    if (op != BAWN_OP_CHAT && !s->input)
        return bawn_walk_refuse(w, "input", "a string or a list that is not empty", UINT32_MAX);
    return true;
}

bool bawn_openai_request(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena,
                         bawn_error *err)
{
    static const char *const roots[] = { [BAWN_OP_CHAT] = "chat", [BAWN_OP_EMBEDDINGS] = "embeddings",
                                         [BAWN_OP_MODERATIONS] = "moderations" };
    seen s = { 0 };
    bawn_walk w = { .out = out, .json = j, .arena = arena, .err = err, .trie = bawn_openai_trie(), .extra = &s };
    bawn_place start = { .role = BAWN_USER, .origin = BAWN_CALLER, .message = UINT32_MAX, .channel = BAWN_CHANNEL_OTHER };

    *out = (bawn_conversation){ .input_tokens = -1, .output_tokens = -1, .n_choices = 1 };
    if (op != BAWN_OP_RESPONSES && (op < BAWN_OP_CHAT || op > BAWN_OP_MODERATIONS))
        return bawn_error_set(err, BAWN_E_INVALID_REQUEST, "found a body, expected none: this operation takes none");
    if (!bawn_json_is_object(j))
        return bawn_error_set(err, BAWN_E_INVALID_REQUEST, "found a body that is not a JSON object, expected one");
    if (op == BAWN_OP_RESPONSES)
        return bawn_responses_request(out, j, arena, err);
    return bawn_walk_run(&w, roots[op], start) && complete(&w, op);
}

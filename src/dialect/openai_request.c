/* openai_request.c: bodies of chat, embeddings and moderations -> conversation. Fields come from the table; here is
 * what needs to look around: whose message it is, what was asked of us, and the errors that a client expects at once
 * (before its prompt has cost anything), named by parameter as the provider names them. */
#include <inttypes.h>

#include "dialect/openai.h"
#include "dialect/requests.h"
#include "dialect/responses.h"

#define MAX_CHOICES 128                               /* the provider's own limit of n */

#define MESSAGE "messages[%" PRIu32 "]"

static uint8_t type_of(const bawn_walk *w, uint32_t token) { return bawn_walk_type(w, token); }

/* ---- parameters ---------------------------------------------------------------------------------------------- */
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
/* The role may stand after the content: looked up before any text of the message is seen. */
static bool message(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint32_t role = bawn_json_get(w->json, token, "role");

    p->message = index;
    if (type_of(w, token) != BAWN_JSON_OBJECT)
        return bawn_request_invalid(w, token, "an object with role and content", MESSAGE, index);
    return bawn_request_role(p, w->json, role, 6) ||
           bawn_request_invalid(w, role ? role : UINT32_MAX, "one of system, developer, user, assistant, tool, function", MESSAGE ".role", index);
}

static bool content(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint8_t type = type_of(w, token);

    (void)index;
    return type == BAWN_JSON_STRING || type == BAWN_JSON_ARRAY || type == BAWN_JSON_NULL ||
           bawn_request_invalid(w, token, "a string or a list of content parts", MESSAGE ".content", p->message);
}

static bool part(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    return type_of(w, token) == BAWN_JSON_OBJECT ||
           bawn_request_invalid(w, token, "an object with a type", MESSAGE ".content[%" PRIu32 "]", p->message, index);
}

/* ---- inputs of embeddings and moderations -------------------------------------------------------------------- */
/* walk.extra: type of the input's first item. Tokens in place of text cannot be guarded and are reported. */
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
    *(uint8_t *)w->extra = t->type == BAWN_JSON_ARRAY ? t[1].type : t->type;
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
    if (type == BAWN_JSON_NUMBER && *(uint8_t *)w->extra == BAWN_JSON_NUMBER)
        return true;
    return bawn_walk_refuse(w, "input", "a string, a list of strings or lists of tokens", token);
}

/* A list of strings is as many inputs; a list of parts (text, images) is one. They do not mix. */
static bool moderations_item(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint8_t type = type_of(w, token);

    if (type != *(uint8_t *)w->extra || (type != BAWN_JSON_STRING && type != BAWN_JSON_OBJECT))
        return bawn_walk_refuse(w, "input", "a string, a list of strings or a list of parts", token);
    p->message = type == BAWN_JSON_STRING ? index : 0;
    if (type == BAWN_JSON_OBJECT)
        w->out->n_messages = 1;
    return true;
}

const bawn_hook_row bawn_openai_request_hooks[] = {
    { "chat.model", bawn_request_model }, { "chat.stream", bawn_request_stream }, { "chat.stream_options", stream_options },
    { "chat.stream_options.include_usage", include_usage }, { "chat.n", choices },
    { "chat.messages", bawn_request_messages }, { "chat.messages[]", message },
    { "chat.messages[].content", content }, { "chat.messages[].content[]", part },
    { "embeddings.model", bawn_request_model }, { "embeddings.input", input }, { "embeddings.input[]", embeddings_item },
    { "moderations.model", bawn_request_model }, { "moderations.input", input }, { "moderations.input[]", moderations_item },
};
const size_t bawn_openai_n_request_hooks = BAWN_COUNT(bawn_openai_request_hooks);

static bool complete(bawn_walk *w, bawn_operation op)
{
    if (op != BAWN_OP_MODERATIONS && !bawn_request_has_model(w))
        return false;
    if (op == BAWN_OP_CHAT)
        return bawn_request_has_messages(w);
    return w->out->n_messages > 0 || bawn_walk_refuse(w, "input", "a string or a list that is not empty", UINT32_MAX);
}

bool bawn_openai_request(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena,
                         bawn_error *err)
{
    static const char *const roots[] = { [BAWN_OP_CHAT] = "chat", [BAWN_OP_EMBEDDINGS] = "embeddings",
                                         [BAWN_OP_MODERATIONS] = "moderations" };
    uint8_t first = BAWN_JSON_NULL;
    bawn_walk w;

    bawn_walk_begin(&w, bawn_openai_trie(), out, j, arena, err);
    w.extra = &first;
    if (op != BAWN_OP_RESPONSES && (op < BAWN_OP_CHAT || op > BAWN_OP_MODERATIONS))
        return bawn_error_set(err, BAWN_E_INVALID_REQUEST, "found a body, expected none: this operation takes none");
    if (!bawn_request_is_object(j, err))
        return false;
    if (op == BAWN_OP_RESPONSES)
        return bawn_responses_request(out, j, arena, err);
    return bawn_walk_run(&w, roots[op], bawn_request_start()) && complete(&w, op);
}

/* requests.c: see requests.h. */
#include "dialect/requests.h"

#include <stdio.h>

bawn_place bawn_request_start(void)
{
    return (bawn_place){ .role = BAWN_USER, .origin = BAWN_CALLER, .message = UINT32_MAX, .channel = BAWN_CHANNEL_OTHER };
}

bool bawn_request_is_object(const bawn_json *j, bawn_error *err)
{
    return bawn_json_is_object(j) ||
           bawn_error_set(err, BAWN_E_INVALID_REQUEST, "found a body that is not a JSON object, expected one");
}

bool bawn_request_invalid(bawn_walk *w, uint32_t token, const char *expected, const char *param, ...)
{
    char text[64];
    va_list ap;

    va_start(ap, param);
    vsnprintf(text, sizeof(text), param, ap);
    va_end(ap);
    return bawn_walk_refuse(w, text, expected, token);
}

/* ---- parameters ---------------------------------------------------------------------------------------------- */
static const char a_model[] = "the name of a model", some_messages[] = "a list of at least one message";

bool bawn_request_model(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    if (bawn_walk_type(w, token) != BAWN_JSON_STRING || bawn_json_raw(w->json, token).len == 0)
        return bawn_walk_refuse(w, "model", a_model, token);
    return bawn_walk_text(&w->out->model, w, token);
}

bool bawn_request_has_model(bawn_walk *w)
{
    return w->out->model.len > 0 || bawn_walk_refuse(w, "model", a_model, UINT32_MAX);
}

bool bawn_request_stream(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return bawn_walk_flag(&w->out->stream, w, "stream", token);
}

bool bawn_request_messages(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    if (bawn_walk_type(w, token) != BAWN_JSON_ARRAY || w->json->tokens[token].count == 0)
        return bawn_walk_refuse(w, "messages", some_messages, token);
    w->out->n_messages = w->json->tokens[token].count;
    return true;
}

bool bawn_request_has_messages(bawn_walk *w)
{
    return w->out->n_messages > 0 || bawn_walk_refuse(w, "messages", some_messages, UINT32_MAX);
}

/* ---- who speaks ---------------------------------------------------------------------------------------------- */
bool bawn_request_role(bawn_place *p, const bawn_json *j, uint32_t token, size_t n)
{
    static const struct { const char *name; bawn_role role; bawn_origin origin; } roles[] = {
        { "user", BAWN_USER, BAWN_CALLER },          { "assistant", BAWN_ASSISTANT, BAWN_MODEL },
        { "system", BAWN_SYSTEM, BAWN_APPLICATION }, { "developer", BAWN_SYSTEM, BAWN_APPLICATION },
        { "tool", BAWN_TOOL, BAWN_TOOL_RESULT },     { "function", BAWN_TOOL, BAWN_TOOL_RESULT },
    };

    for (size_t i = 0; token && i < n && i < BAWN_COUNT(roles); i++)
        if (bawn_json_is(j, token, roles[i].name)) {
            p->role = roles[i].role;
            p->origin = roles[i].origin;
            return true;
        }
    return false;
}

void bawn_request_by_tool(bawn_place *p)
{
    p->role = BAWN_TOOL;
    p->origin = BAWN_TOOL_RESULT;
}

bool bawn_request_unseen(bawn_walk *w, const char *param)
{
    bawn_slice path;

    if (!bawn_walk_path(&path, w) || !bawn_walk_unguarded(w, NULL, path, 0, "route_open"))
        return false;
    if (w->out->unseen.len == 0)
        w->out->unseen = bawn_slice_str(param);
    return true;
}

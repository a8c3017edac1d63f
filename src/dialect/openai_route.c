/* openai_route.c: which operation a request is. */
#include "dialect/openai.h"
#include "dialect/route.h"

static const struct { const char *method, *path, *name; bawn_operation op; } routes[] = {
    { "POST", "/v1/chat/completions", "chat", BAWN_OP_CHAT },
    { "POST", "/v1/responses", "responses", BAWN_OP_RESPONSES },
    { "POST", "/v1/embeddings", "embeddings", BAWN_OP_EMBEDDINGS },
    { "POST", "/v1/moderations", "moderations", BAWN_OP_MODERATIONS },
    { "GET", "/v1/models", "models", BAWN_OP_MODELS },
};

bawn_operation bawn_openai_route(bawn_slice method, bawn_slice raw_uri, bawn_slice *rest)
{
    size_t base = sizeof("/v1") - 1;
    const char *query = raw_uri.len ? memchr(raw_uri.ptr, '?', raw_uri.len) : NULL;
    bawn_slice path = { raw_uri.ptr, query ? (size_t)(query - raw_uri.ptr) : raw_uri.len };
    bawn_operation op = BAWN_OP_UNKNOWN;

    for (size_t i = 0; i < BAWN_COUNT(routes); i++)
        if (bawn_slice_is(method, routes[i].method) && bawn_slice_is(path, routes[i].path))
            op = routes[i].op;
    if (op == BAWN_OP_UNKNOWN && bawn_slice_is(method, "GET") && bawn_route_is_model(path))
        op = BAWN_OP_MODEL;
    if (!bawn_route_is_printable(raw_uri))
        op = BAWN_OP_UNKNOWN;
    *rest = op == BAWN_OP_UNKNOWN ? BAWN_NIL : bawn_slice_of(raw_uri.ptr + base, raw_uri.len - base);
    return op;
}

const char *bawn_openai_operation_name(bawn_operation op)
{
    for (size_t i = 0; i < BAWN_COUNT(routes); i++)
        if (routes[i].op == op)
            return routes[i].name;
    return op == BAWN_OP_MODEL ? "models" : "unknown";      /* one operation to policies and events */
}

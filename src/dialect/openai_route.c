/* openai_route.c: which operation a request is. Exact bytes of the raw URI, one spelling each: no decoding, no
 * double or trailing slashes, no dots; what we route is what the upstream gets. keeps: T14 */
#include "dialect/openai.h"

static const struct { const char *method, *path, *name; bawn_operation op; } routes[] = {
    { "POST", "/v1/chat/completions", "chat", BAWN_OP_CHAT },
    { "POST", "/v1/embeddings", "embeddings", BAWN_OP_EMBEDDINGS },
    { "POST", "/v1/moderations", "moderations", BAWN_OP_MODERATIONS },
    { "GET", "/v1/models", "models", BAWN_OP_MODELS },
};

static bool printable(bawn_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ' || (unsigned char)s.ptr[i] >= 0x7F || s.ptr[i] == '#' || s.ptr[i] == '\\')
            return false;
    return true;
}

static bool is_model(bawn_slice path)
{
    static const char signs[] = { '.', '_', ':', '@', '-' };
    bawn_slice prefix = BAWN_LIT("/v1/models/");

    if (!bawn_slice_starts(path, prefix) || path.len == prefix.len)
        return false;
    path = bawn_slice_of(path.ptr + prefix.len, path.len - prefix.len);
    for (size_t i = 0; i < path.len; i++)
        if (!bawn_is_alnum((unsigned char)path.ptr[i]) && !memchr(signs, path.ptr[i], sizeof(signs)))
            return false;
    return !bawn_slice_is(path, ".") && !bawn_slice_is(path, "..");
}

bawn_operation bawn_openai_route(bawn_slice method, bawn_slice raw_uri, bawn_slice *rest)
{
    size_t base = sizeof("/v1") - 1;
    const char *query = raw_uri.len ? memchr(raw_uri.ptr, '?', raw_uri.len) : NULL;
    bawn_slice path = { raw_uri.ptr, query ? (size_t)(query - raw_uri.ptr) : raw_uri.len };
    bawn_operation op = BAWN_OP_UNKNOWN;

    for (size_t i = 0; i < BAWN_COUNT(routes); i++)
        if (bawn_slice_is(method, routes[i].method) && bawn_slice_is(path, routes[i].path))
            op = routes[i].op;
    if (op == BAWN_OP_UNKNOWN && bawn_slice_is(method, "GET") && is_model(path))
        op = BAWN_OP_MODEL;
    if (!printable(raw_uri))
        op = BAWN_OP_UNKNOWN;
    *rest = op == BAWN_OP_UNKNOWN ? BAWN_NIL : bawn_slice_of(raw_uri.ptr + base, raw_uri.len - base);
    return op;
}

const char *bawn_openai_operation_name(bawn_operation op)
{
    for (size_t i = 0; i < BAWN_COUNT(routes); i++)
        if (routes[i].op == op)
            return routes[i].name;
    return op == BAWN_OP_MODEL ? "model" : "unknown";
}

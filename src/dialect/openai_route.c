/* openai_route.c: which operation a request is. Exact bytes of the raw URI, one spelling each: no decoding, no
 * double or trailing slashes, no dots; what we route is what the upstream gets. Names of models may have parts,
 * "org/name"; clients write the slash or %2F, and both are taken for one, so that no part is `..` either way.
 * keeps: T14 */
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

/* Bytes of the slash that the text begins with: 1, 3 as %2F, 0 when it begins with none. */
static size_t slash(bawn_slice s)
{
    if (s.len >= 3 && s.ptr[0] == '%' && s.ptr[1] == '2' && (s.ptr[2] | 0x20) == 'f')
        return 3;
    return s.len > 0 && s.ptr[0] == '/';
}

static bool is_part(bawn_slice part)
{
    static const char signs[] = { '.', '_', ':', '@', '-' };

    for (size_t i = 0; i < part.len; i++)
        if (!bawn_is_alnum((unsigned char)part.ptr[i]) && !memchr(signs, part.ptr[i], sizeof(signs)))
            return false;
    return part.len > 0 && !bawn_slice_is(part, ".") && !bawn_slice_is(part, "..");
}

/* Whether the path asks about one model. */
static bool is_model(bawn_slice path)
{
    bawn_slice prefix = BAWN_LIT("/v1/models/");
    size_t begin = prefix.len;

    if (!bawn_slice_starts(path, prefix))
        return false;
    for (size_t i = begin; i < path.len; i++) {
        size_t n = slash(bawn_slice_of(path.ptr + i, path.len - i));
        if (n == 0)
            continue;
        if (!is_part(bawn_slice_of(path.ptr + begin, i - begin)))
            return false;
        begin = i + n;
        i = begin - 1;
    }
    return is_part(bawn_slice_of(path.ptr + begin, path.len - begin));
}

bool bawn_openai_model_of(bawn_slice *out, bawn_slice rest, bawn_arena *arena)
{
    bawn_slice id = { rest.ptr + sizeof("/models/") - 1, rest.len - (sizeof("/models/") - 1) };
    char *text = bawn_arena_alloc(arena, id.len + 1);
    size_t n = 0;

    id.len = bawn_slice_find(id, BAWN_LIT("?"));
    for (size_t i = 0; text && i < id.len; n++) {
        size_t skip = slash(bawn_slice_of(id.ptr + i, id.len - i));
        text[n] = skip ? '/' : id.ptr[i];
        i += skip ? skip : 1;
    }
    *out = bawn_slice_of(text, n);
    return text != NULL;
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
    return op == BAWN_OP_MODEL ? "models" : "unknown";      /* one operation to policies and events */
}

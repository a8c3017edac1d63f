/* bedrock.c: Amazon Bedrock's runtime API, one table. Its parts: bedrock_table.c (fields), bedrock_request.c and bedrock_answer.c
 * (wire -> conversation), bedrock_write.c (refusals, errors), bedrock_chunk.c (models' own events); eventstream.c frames its
 * streams. Here are the routes: on the raw URI, since boto3 writes `:` as %3A, and `/` in an ARN as %2F.
 *
 * Bidirectional streams, asynchronous calls and all other routes are closed: texts would pass there that no guard has seen. */
#include "dialect/bedrock.h"

#include "dialect/route.h"

#define MODEL "/model/"

static const struct { const char *tail, *name; bawn_operation op; } routes[] = {
    { "/converse", "converse", BAWN_OP_CONVERSE },
    { "/converse-stream", "converse", BAWN_OP_CONVERSE_STREAM },
    { "/invoke", "invoke", BAWN_OP_INVOKE },
    { "/invoke-with-response-stream", "invoke", BAWN_OP_INVOKE_STREAM },
    { "/count-tokens", "count_tokens", BAWN_OP_COUNT_TOKENS },
};

/* The next character of an id; 0 when it may not stand there. *at moves past it. */
static char next_of(bawn_slice id, size_t *at)
{
    char c = id.ptr[(*at)++];

    if (c == '%') {
        int high = *at + 1 < id.len ? bawn_hex_value(id.ptr[*at]) : -1, low = high < 0 ? -1 : bawn_hex_value(id.ptr[*at + 1]);
        *at += 2;
        c = low < 0 ? 0 : (char)(high * 16 + low);
        return c == '/' || c == ':' ? c : 0;            /* the only two that clients have to write so */
    }
    return bawn_is_alnum((unsigned char)c) || c == '.' || c == '_' || c == ':' || c == '-' ? c : 0;
}

/* Names and ARNs: "anthropic.claude-3-haiku-20240307-v1:0", "arn:aws:bedrock:...:inference-profile/eu.x". No part of one is `..`. */
static bool is_model_id(bawn_slice id)
{
    size_t dots = 0, part = 0;

    for (size_t at = 0; at < id.len;) {
        char c = next_of(id, &at);
        if (c == 0 || (c == '/' && dots == part))
            return false;
        dots = c == '/' ? 0 : dots + (c == '.');
        part = c == '/' ? 0 : part + 1;
    }
    return id.len > 0 && id.len <= 2048 && dots < part;
}

/* The id between /model/ and `tail`; empty where there is none. */
static bawn_slice id_before(bawn_slice path, const char *tail)
{
    size_t n = strlen(tail), head = sizeof(MODEL) - 1;

    if (!bawn_slice_starts(path, BAWN_LIT(MODEL)) || path.len <= head + n || !bawn_slice_ends(path, bawn_slice_str(tail)))
        return BAWN_NIL;
    return bawn_slice_of(path.ptr + head, path.len - head - n);
}

static bawn_operation route(bawn_slice method, bawn_slice raw_uri, bawn_slice *rest)
{
    bawn_operation op = BAWN_OP_UNKNOWN;

    for (size_t i = 0; i < BAWN_COUNT(routes); i++)
        if (bawn_slice_is(method, "POST") && is_model_id(id_before(raw_uri, routes[i].tail)))
            op = routes[i].op;
    *rest = op == BAWN_OP_UNKNOWN ? BAWN_NIL : raw_uri;
    return op;
}

static const char *operation_name(bawn_operation op)
{
    for (size_t i = 0; i < BAWN_COUNT(routes); i++)
        if (routes[i].op == op)
            return routes[i].name;
    return "unknown";
}

static bool model_of(bawn_slice *out, bawn_slice raw_uri, bawn_arena *arena)
{
    size_t slash = raw_uri.len, head = sizeof(MODEL) - 1, n = 0;
    char *text = bawn_arena_alloc(arena, raw_uri.len + 1);

    while (slash > head && raw_uri.ptr[slash - 1] != '/')
        slash--;
    for (size_t at = head; text && at + 1 < slash;)
        text[n++] = next_of(bawn_slice_of(raw_uri.ptr, slash - 1), &at);
    *out = bawn_slice_of(text, n);
    return text != NULL;
}

static bool models(bawn_buf *b, const bawn_listed_model *list, size_t n)
{
    (void)b, (void)list, (void)n;
    return false;                                       /* this API has no such operation */
}

const bawn_dialect bawn_dialect_bedrock = {
    .name = "bedrock",
    .routes = "POST /model/{id}/converse, /converse-stream, /invoke, /invoke-with-response-stream and /count-tokens",
    .family = MODEL,
    .stream_type = "application/vnd.amazon.eventstream",
    .route = route,
    .operation_name = operation_name,
    .request = bawn_bedrock_request,
    .answer = bawn_bedrock_answer,
    .event = bawn_bedrock_event,
    .refusal = bawn_bedrock_refusal,
    .refused_answer = bawn_bedrock_refused_answer,
    .stream_refusal = bawn_bedrock_stream_refusal,
    .error = bawn_bedrock_error,
    .error_type = bawn_bedrock_error_type,
    .stream_error = bawn_bedrock_stream_error,
    .filtered = "guardrail_intervened",
    .ends_with_connection = true,
    .model_in_path = true,
    .models = models,
    .model_of = model_of,
    .unwrap = bawn_bedrock_unwrap,
    .wrap = bawn_bedrock_wrap,
};

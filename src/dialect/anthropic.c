/* anthropic.c: Anthropic's Messages API, one table. Its parts: anthropic_table.c (fields), anthropic_request.c and
 * anthropic_answer.c (wire -> conversation), anthropic_write.c (refusals); here are routes and errors.
 *
 * Batches, files and all other routes are closed: texts would pass there that no guard has seen. */
#include "dialect/anthropic.h"
#include "dialect/route.h"

static const struct { const char *method, *path, *name; bawn_operation op; } routes[] = {
    { "POST", "/v1/messages", "messages", BAWN_OP_MESSAGES },
    { "POST", "/v1/messages/count_tokens", "count_tokens", BAWN_OP_COUNT_TOKENS },
    { "GET", "/v1/models", "models", BAWN_OP_MODELS },
};

/* *rest: the whole path, since the base URL of this API has none. */
static bawn_operation route(bawn_slice method, bawn_slice raw_uri, bawn_slice *rest)
{
    bawn_slice path = { raw_uri.ptr, bawn_slice_find(raw_uri, BAWN_LIT("?")) };
    bawn_operation op = BAWN_OP_UNKNOWN;

    for (size_t i = 0; i < BAWN_COUNT(routes); i++)
        if (bawn_slice_is(method, routes[i].method) && bawn_slice_is(path, routes[i].path))
            op = routes[i].op;
    if (op == BAWN_OP_UNKNOWN && bawn_slice_is(method, "GET") && bawn_route_is_model(path))
        op = BAWN_OP_MODEL;
    if (!bawn_route_is_printable(raw_uri))
        op = BAWN_OP_UNKNOWN;
    *rest = op == BAWN_OP_UNKNOWN ? BAWN_NIL : raw_uri;
    return op;
}

static const char *operation_name(bawn_operation op)
{
    for (size_t i = 0; i < BAWN_COUNT(routes); i++)
        if (routes[i].op == op)
            return routes[i].name;
    return op == BAWN_OP_MODEL ? "models" : "unknown";
}

/* ---- errors: {"type":"error","error":{"type","message"}}, with our code beside ------------------------------------------- */
static const char *type_of(int code)
{
    switch (bawn_dialect_status(code)) {
    case 401:
        return "authentication_error";
    case 403:
        return "permission_error";
    case 404:
        return "not_found_error";
    case 413:
        return "request_too_large";
    case 429:
        return "rate_limit_error";
    case 504:
        return "timeout_error";
    default:
        return bawn_dialect_status(code) < 500 ? "invalid_request_error" : "api_error";
    }
}

static bool envelope(bawn_buf *b, int code, bawn_slice message)
{
    bawn_buf_str(b, "{\"type\":\"error\",\"error\":{\"type\":\"");
    bawn_buf_str(b, type_of(code));
    bawn_buf_str(b, "\",\"message\":");
    bawn_json_write_string(b, message);
    bawn_buf_str(b, ",\"code\":\"");
    bawn_buf_str(b, bawn_error_code_name(code));
    return bawn_buf_str(b, "\"}}") && !b->failed;
}

static bool error(bawn_buf *b, bawn_slice *content_type, int code, bawn_slice message, bawn_slice param)
{
    (void)param;                                        /* the message names it */
    *content_type = BAWN_LIT("application/json");
    return envelope(b, code, message);
}

static bool stream_error(bawn_buf *b, int code, bawn_slice message)
{
    bawn_buf_str(b, "event: error\ndata: ");
    envelope(b, code, message);
    return bawn_buf_str(b, "\n\n") && !b->failed;
}

/* ---- models ---------------------------------------------------------------------------------------------------------------- */
static bool models(bawn_buf *b, const bawn_listed_model *list, size_t n)
{
    size_t start = b->len;

    bawn_buf_str(b, "{\"data\":[");
    for (size_t i = 0; i < n; i++) {
        bawn_buf_str(b, i ? ",{\"type\":\"model\",\"id\":" : "{\"type\":\"model\",\"id\":");
        bawn_json_write_string(b, list[i].id);
        bawn_buf_str(b, ",\"display_name\":");
        bawn_json_write_string(b, list[i].id);
        bawn_buf_str(b, ",\"created_at\":\"1970-01-01T00:00:00Z\"}");   /* as this API says it of a date not known */
    }
    bawn_buf_str(b, "],\"has_more\":false,\"first_id\":");
    bawn_json_write_string(b, n ? list[0].id : BAWN_NIL);
    bawn_buf_str(b, ",\"last_id\":");
    bawn_json_write_string(b, n ? list[n - 1].id : BAWN_NIL);
    bawn_buf_str(b, "}");
    return bawn_buf_whole(b, start);
}

const bawn_dialect bawn_dialect_anthropic = {
    .name = "anthropic",
    .routes = "POST /v1/messages, /v1/messages/count_tokens and GET /v1/models",
    .family = "/v1/messages",
    .route = route,
    .operation_name = operation_name,
    .request = bawn_anthropic_request,
    .answer = bawn_anthropic_answer,
    .event = bawn_anthropic_event,
    .refusal = bawn_anthropic_refusal,
    .refused_answer = bawn_anthropic_refused_answer,
    .stream_refusal = bawn_anthropic_stream_refusal,
    .error = error,
    .stream_error = stream_error,
    .filtered = "refusal",
    .hold = "event: ping\ndata: {\"type\":\"ping\"}\n\n",
    .models = models,
    .model_of = bawn_route_model,
};

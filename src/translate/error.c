/* error.c: an upstream's error in the client's envelope. Its message stays; type and status are those of the client's API for what
 * the upstream's status says. */
#include "translate/inner.h"

#define STR(b, text) bawn_buf_str(b, text)

typedef struct { int status, aws_status; const char *openai, *anthropic, *aws, *exception; } row;

static const row rows[] = {
    { 400, 400, "invalid_request_error", "invalid_request_error", "ValidationException", "validationException" },
    { 401, 403, "authentication_error", "authentication_error", "AccessDeniedException", "validationException" },
    { 402, 403, "insufficient_quota", "billing_error", "AccessDeniedException", "validationException" },
    { 403, 403, "permission_error", "permission_error", "AccessDeniedException", "validationException" },
    { 404, 404, "not_found_error", "not_found_error", "ResourceNotFoundException", "validationException" },
    { 408, 408, "timeout_error", "timeout_error", "ModelTimeoutException", "modelStreamErrorException" },
    { 413, 400, "request_too_large", "request_too_large", "ValidationException", "validationException" },
    { 422, 400, "invalid_request_error", "invalid_request_error", "ValidationException", "validationException" },
    { 429, 429, "rate_limit_error", "rate_limit_error", "ThrottlingException", "throttlingException" },
    { 500, 500, "api_error", "api_error", "InternalServerException", "internalServerException" },
    { 502, 424, "api_error", "api_error", "ModelErrorException", "modelStreamErrorException" },
    { 503, 503, "service_unavailable_error", "api_error", "ServiceUnavailableException", "serviceUnavailableException" },
    { 504, 408, "timeout_error", "timeout_error", "ModelTimeoutException", "modelStreamErrorException" },
    { 529, 503, "overloaded_error", "overloaded_error", "ServiceUnavailableException", "serviceUnavailableException" },
};

static const row *row_of(int status)
{
    const row *other = &rows[status >= 500 ? 9 : 0];

    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        if (rows[i].status == status)
            return &rows[i];
    return other;
}

static uint32_t error_of(const bawn_json *j) { return j->n > 0 ? bawn_json_get(j, 0, "error") : 0; }

bawn_slice bawn_tr_error_message(const bawn_json *j)
{
    uint32_t error = error_of(j), message = error;

    if (j->n > 0 && (!error || j->tokens[error].type != BAWN_JSON_STRING))
        message = bawn_json_get(j, error && j->tokens[error].type == BAWN_JSON_OBJECT ? error : 0, "message");
    return message && j->tokens[message].type == BAWN_JSON_STRING ? bawn_json_raw(j, message) : BAWN_NIL;
}

int bawn_tr_error_status(const bawn_json *j)
{
    uint32_t type = error_of(j) ? bawn_json_get(j, error_of(j), "type") : 0;

    for (size_t i = 0; type && i < BAWN_COUNT(rows); i++)
        if (bawn_json_is(j, type, rows[i].openai) || bawn_json_is(j, type, rows[i].anthropic))
            return rows[i].status;
    return 500;
}

const char *bawn_tr_error_exception(int status) { return row_of(status)->exception; }

static bawn_slice said(bawn_slice message)
{
    return message.len > 0 ? message : BAWN_LIT("The upstream answered with an error.");
}

void bawn_tr_error_write(bawn_buf *b, int *status, const bawn_dialect *d, bawn_slice message)
{
    const row *e = row_of(*status);

    if (d == &bawn_dialect_bedrock) {
        bawn_tr_quoted(b, "{\"__type\":", bawn_slice_str(e->aws));
        bawn_tr_quoted(b, ",\"message\":", said(message));
        STR(b, "}");
        *status = e->aws_status;
    } else if (d == &bawn_dialect_anthropic) {
        bawn_tr_quoted(b, "{\"type\":\"error\",\"error\":{\"type\":", bawn_slice_str(e->anthropic));
        bawn_tr_quoted(b, ",\"message\":", said(message));
        STR(b, "}}");
    } else {
        bawn_tr_quoted(b, "{\"error\":{\"message\":", said(message));
        bawn_tr_quoted(b, ",\"type\":", bawn_slice_str(e->openai));
        STR(b, ",\"param\":null,\"code\":null}}");
        *status = *status == 529 ? 503 : *status;
    }
}

bool bawn_translate_error(bawn_buf *out, int *status, const bawn_translate_pair *pair, bawn_slice body)
{
    size_t start = out->len;
    bawn_error err = { 0 };
    bawn_json j = { 0 };
    bool ok = true;

    if (!bawn_json_parse(&j, body, 100, &err))
        ok = err.code != BAWN_E_NO_MEMORY;
    if (ok)
        bawn_tr_error_write(out, status, pair->client, bawn_tr_error_message(&j));
    bawn_json_free(&j);
    return bawn_buf_whole(out, start) && ok;
}

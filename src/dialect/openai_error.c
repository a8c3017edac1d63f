/* openai_error.c: {"error":{"message","type","param","code"}}. The SDKs read `code`, `type` and `param` from it and
 * choose their exception by the status (features 3.7). */
#include "dialect/openai.h"
#include "dialect/responses.h"

static const char *type_of(int code)
{
    switch (bawn_dialect_status(code)) {
    case 401:
        return "authentication_error";
    case 403:
        return "permission_error";
    case 429:
        return "rate_limit_error";
    default:
        return bawn_dialect_status(code) < 500 ? "invalid_request_error" : "api_error";
    }
}

static bool envelope(bawn_buf *b, int code, bawn_slice message, bawn_slice param)
{
    bawn_buf_str(b, "{\"error\":{\"message\":");
    bawn_json_write_string(b, message);
    bawn_buf_str(b, ",\"type\":\"");
    bawn_buf_str(b, type_of(code));
    bawn_buf_str(b, "\",\"param\":");
    if (param.len)
        bawn_json_write_string(b, param);
    else
        bawn_buf_str(b, "null");
    bawn_buf_str(b, ",\"code\":\"");
    bawn_buf_str(b, bawn_error_code_name(code));
    return bawn_buf_str(b, "\"}}") && !b->failed;
}

bool bawn_openai_error(bawn_buf *b, bawn_slice *content_type, int code, bawn_slice message, bawn_slice param)
{
    *content_type = BAWN_LIT("application/json");
    return envelope(b, code, message, param);
}

/* Responses end with response.failed, whatever happened. */
bool bawn_openai_broken(bawn_buf *b, const bawn_conversation *request, const bawn_story *told, int code, bawn_slice message,
                        bawn_slice id, uint64_t now_ns)
{
    return request->operation == BAWN_OP_RESPONSES && bawn_responses_broken(b, request, told, code, message, id, now_ns);
}

/* Both SDKs raise APIError at `error`; readers that do not know it still see the end. */
bool bawn_openai_stream_error(bawn_buf *b, int code, bawn_slice message)
{
    bawn_buf_str(b, "data: ");
    envelope(b, code, message, BAWN_NIL);
    return bawn_buf_str(b, "\n\ndata: [DONE]\n\n") && !b->failed;
}

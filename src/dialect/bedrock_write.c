/* bedrock_write.c: refusals in the provider's own form (DESIGN 3a.5, features 3.4, 3.7): HTTP 200, stopReason
 * "guardrail_intervened", and the message as the answer's text, as Bedrock's own guardrails write it. Half-way through a stream
 * the text is already the model's: its block is closed and the reason given. A body of invoke is the model's: Anthropic's has its
 * refusal; for a form that we do not know there is none, and an error stands in its place. */
#include "dialect/anthropic.h"
#include "dialect/bedrock.h"
#include "dialect/eventstream.h"

#define STR(b, text) bawn_buf_str(b, text)
#define ZERO_METADATA "{\"usage\":{\"inputTokens\":0,\"outputTokens\":0,\"totalTokens\":0},\"metrics\":{\"latencyMs\":0}}"

static bool is_invoke(bawn_operation op) { return op == BAWN_OP_INVOKE || op == BAWN_OP_INVOKE_STREAM; }

static void count_add(bawn_buf *b, const char *key, int64_t n)
{
    STR(b, key);
    bawn_buf_u64(b, n < 0 ? 0 : (uint64_t)n);
}

static void body_add(bawn_buf *b, const bawn_conversation *answer, bawn_slice message)
{
    int64_t in = answer && answer->input_tokens > 0 ? answer->input_tokens : 0;
    int64_t out = answer && answer->output_tokens > 0 ? answer->output_tokens : 0;

    STR(b, "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":");
    bawn_json_write_string(b, message);
    STR(b, "}]}},\"stopReason\":\"guardrail_intervened\"");
    count_add(b, ",\"usage\":{\"inputTokens\":", in);
    count_add(b, ",\"outputTokens\":", out);
    count_add(b, ",\"totalTokens\":", in + out);
    STR(b, "},\"metrics\":{\"latencyMs\":0}}");
}

bool bawn_bedrock_refused_answer(bawn_buf *b, bawn_operation op, const bawn_conversation *request,
                                 const bawn_conversation *answer, bawn_slice id, bawn_slice message, uint64_t now_ns)
{
    size_t start = b->len;

    if (is_invoke(op) && request->native)
        return bawn_anthropic_refused_answer(b, BAWN_OP_MESSAGES, request, answer, id, message, now_ns);
    if (op != BAWN_OP_CONVERSE)
        return false;
    body_add(b, answer, message);
    return bawn_buf_whole(b, start);
}

/* ---- streams ---------------------------------------------------------------------------------------------------------- */
static bool event_add(bawn_buf *b, const char *name, const bawn_buf *payload)
{
    return !payload->failed && bawn_eventstream_write_event(b, bawn_slice_str(name), bawn_buf_slice(payload));
}

static bool plain_event(bawn_buf *b, const char *name, const char *payload)
{
    return bawn_eventstream_write_event(b, bawn_slice_str(name), bawn_slice_str(payload));
}

static bool text_event(bawn_buf *b, bawn_slice message)
{
    bawn_buf payload = { 0 };

    STR(&payload, "{\"contentBlockIndex\":0,\"delta\":{\"text\":");
    bawn_json_write_string(&payload, message);
    STR(&payload, "}}");
    bool ok = event_add(b, "contentBlockDelta", &payload);
    bawn_buf_free(&payload);
    return ok;
}

static bool close_event(bawn_buf *b, uint32_t block)
{
    bawn_buf payload = { 0 };

    count_add(&payload, "{\"contentBlockIndex\":", block);
    STR(&payload, "}");
    bool ok = event_add(b, "contentBlockStop", &payload);
    bawn_buf_free(&payload);
    return ok;
}

static bool converse_end(bawn_buf *b, const bawn_stream_state *passed, bawn_slice message)
{
    bool fresh = passed->next == 0;

    return (passed->begun || plain_event(b, "messageStart", "{\"role\":\"assistant\"}")) && (!fresh || text_event(b, message)) &&
           ((!fresh && !passed->open) || close_event(b, fresh ? 0 : passed->block)) &&
           plain_event(b, "messageStop", "{\"stopReason\":\"guardrail_intervened\"}") && plain_event(b, "metadata", ZERO_METADATA);
}

/* Anthropic's own end, each of its events in a chunk. */
static bool chunked(bawn_buf *b, bawn_slice events)
{
    bawn_sse *sse = bawn_sse_new(events.len + 1);
    bawn_sse_event e;
    bool ok = sse && bawn_sse_feed(sse, events, true);

    while (ok && bawn_sse_next(sse, &e)) {
        bawn_buf payload = { 0 };
        ok = bawn_bedrock_wrap(&payload, e.data) && event_add(b, "chunk", &payload);
        bawn_buf_free(&payload);
    }
    bawn_sse_free(sse);
    return ok;
}

static bool exception_add(bawn_buf *b, const char *type, bawn_slice message)
{
    bawn_buf payload = { 0 };

    STR(&payload, "{\"message\":");
    bawn_json_write_string(&payload, message);
    STR(&payload, "}");
    bool ok = !payload.failed && bawn_eventstream_write_exception(b, bawn_slice_str(type), bawn_buf_slice(&payload));
    bawn_buf_free(&payload);
    return ok;
}

bool bawn_bedrock_stream_refusal(bawn_buf *b, const bawn_conversation *request, bawn_slice last,
                                 const bawn_stream_state *passed, const uint32_t *choices, size_t n, bawn_slice id,
                                 bawn_slice message, uint64_t now_ns)
{
    static const bawn_stream_state none = { 0 };
    bawn_buf events = { 0 };
    size_t start = b->len;
    bool ok;

    passed = passed ? passed : &none;
    if (request->native)
        ok = bawn_anthropic_stream_refusal(&events, request, last, passed, choices, n, id, message, now_ns) &&
             chunked(b, bawn_buf_slice(&events));
    else if (request->opaque)
        ok = exception_add(b, "validationException", message);
    else
        ok = converse_end(b, passed, message);
    bawn_buf_free(&events);
    if (!ok)
        b->len = start;
    return ok;
}

bool bawn_bedrock_refusal(bawn_buf *b, bawn_slice *content_type, bawn_operation op, const bawn_conversation *request,
                          bawn_slice id, bawn_slice message, uint64_t now_ns)
{
    *content_type = request->stream ? BAWN_LIT("application/vnd.amazon.eventstream") : BAWN_LIT("application/json");
    if (!request->stream)
        return bawn_bedrock_refused_answer(b, op, request, NULL, id, message, now_ns);
    return !request->opaque && bawn_bedrock_stream_refusal(b, request, BAWN_NIL, NULL, NULL, 0, id, message, now_ns);
}

/* ---- errors: {"message"}, and __type, which the SDKs read where no header names the type -------------------------------------- */
const char *bawn_bedrock_error_type(int code)
{
    switch (bawn_dialect_status(code)) {
    case 401:
    case 403:
        return "AccessDeniedException";
    case 404:
        return "ResourceNotFoundException";
    case 429:
        return "ThrottlingException";
    case 502:
        return "ModelErrorException";
    case 503:
        return "ServiceUnavailableException";
    case 504:
        return "ModelTimeoutException";
    default:
        return bawn_dialect_status(code) < 500 ? "ValidationException" : "InternalServerException";
    }
}

bool bawn_bedrock_error(bawn_buf *b, bawn_slice *content_type, int code, bawn_slice message, bawn_slice param)
{
    (void)param;                                        /* the message names it */
    *content_type = BAWN_LIT("application/json");
    STR(b, "{\"__type\":\"");
    STR(b, bawn_bedrock_error_type(code));
    STR(b, "\",\"message\":");
    bawn_json_write_string(b, message);
    STR(b, ",\"reason\":\"");                         /* not `code`: SDKs take that for the type */
    STR(b, bawn_error_code_name(code));
    return STR(b, "\"}") && !b->failed;
}

bool bawn_bedrock_stream_error(bawn_buf *b, int code, bawn_slice message)
{
    bool ours = code == BAWN_E_GUARD_FAILED || code == BAWN_E_NO_MEMORY || code == BAWN_E_RECORD_UNAVAILABLE;

    return exception_add(b, ours ? "internalServerException" : "modelStreamErrorException", message);
}

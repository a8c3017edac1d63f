/* anthropic_write.c: refusals in the provider's own form (DESIGN 3a.5, features 3.7): HTTP 200, stop_reason "refusal", and the
 * message in stop_details.explanation, where programs look for it. Where nothing of an answer was passed on the message is its
 * text, too: a person sees that. Half-way through a stream it is not: the text is already the model's, and must stay a prefix of
 * what the model said (RULINGS R2). */
#include "dialect/anthropic.h"

#define STR(b, text) bawn_buf_str(b, text)

static void count_add(bawn_buf *b, const char *key, int64_t n)
{
    STR(b, key);
    bawn_buf_u64(b, n < 0 ? 0 : (uint64_t)n);
}

/* The begin of a message: up to its content. */
static void head_add(bawn_buf *b, bawn_slice own, bawn_slice id, bawn_slice model)
{
    STR(b, "{\"id\":\"");
    if (own.len > 0) {
        bawn_json_write_escaped(b, own);
    } else {
        STR(b, "msg_");
        bawn_json_write_escaped(b, id);
    }
    STR(b, "\",\"type\":\"message\",\"role\":\"assistant\",\"model\":");
    bawn_json_write_string(b, model);
    STR(b, ",\"content\":[");
}

static void reason_add(bawn_buf *b, bawn_slice message)
{
    STR(b, "\"stop_reason\":\"refusal\",\"stop_sequence\":null,\"stop_details\":{\"type\":\"refusal\",\"category\":null,\"explanation\":");
    bawn_json_write_string(b, message);
    STR(b, "}");
}

bool bawn_anthropic_refused_answer(bawn_buf *b, bawn_operation op, const bawn_conversation *request,
                                   const bawn_conversation *answer, bawn_slice id, bawn_slice message, uint64_t now_ns)
{
    size_t start = b->len;

    (void)now_ns;
    if (op != BAWN_OP_MESSAGES)
        return false;
    head_add(b, answer ? answer->id : BAWN_NIL, id, answer && answer->model.len ? answer->model : request->model);
    STR(b, "{\"type\":\"text\",\"text\":");
    bawn_json_write_string(b, message);
    STR(b, "}],");
    reason_add(b, message);
    count_add(b, ",\"usage\":{\"input_tokens\":", answer ? answer->input_tokens : 0);
    count_add(b, ",\"output_tokens\":", answer ? answer->output_tokens : 0);
    STR(b, "}}");
    return bawn_buf_whole(b, start);
}

/* ---- streams ---------------------------------------------------------------------------------------------------------- */
static void event_begin(bawn_buf *b, const char *name)
{
    STR(b, "event: ");
    STR(b, name);
    STR(b, "\ndata: {\"type\":\"");
    STR(b, name);
    STR(b, "\"");
}

static void event_end(bawn_buf *b) { STR(b, "}\n\n"); }

static void block_event_begin(bawn_buf *b, const char *name, uint32_t block)
{
    event_begin(b, name);
    STR(b, ",\"index\":");
    bawn_buf_u64(b, block);
}

static void begin_message(bawn_buf *b, bawn_slice id, bawn_slice model)
{
    event_begin(b, "message_start");
    STR(b, ",\"message\":");
    head_add(b, BAWN_NIL, id, model);
    STR(b, "],\"stop_reason\":null,\"stop_sequence\":null,\"stop_details\":null,\"usage\":{\"input_tokens\":0,\"output_tokens\":0}}");
    event_end(b);
}

static void text_block(bawn_buf *b, uint32_t block, bawn_slice message)
{
    block_event_begin(b, "content_block_start", block);
    STR(b, ",\"content_block\":{\"type\":\"text\",\"text\":\"\"}");
    event_end(b);
    block_event_begin(b, "content_block_delta", block);
    STR(b, ",\"delta\":{\"type\":\"text_delta\",\"text\":");
    bawn_json_write_string(b, message);
    STR(b, "}");
    event_end(b);
}

static void close_block(bawn_buf *b, uint32_t block)
{
    block_event_begin(b, "content_block_stop", block);
    event_end(b);
}

static void end_message(bawn_buf *b, bawn_slice message)
{
    event_begin(b, "message_delta");
    STR(b, ",\"delta\":{");
    reason_add(b, message);
    STR(b, "},\"usage\":{\"output_tokens\":0}");           /* how many they were is not known: their count comes at the end */
    event_end(b);
    event_begin(b, "message_stop");
    event_end(b);
}

bool bawn_anthropic_stream_refusal(bawn_buf *b, const bawn_conversation *request, bawn_slice last,
                                   const bawn_stream_state *passed, const uint32_t *choices, size_t n, bawn_slice id,
                                   bawn_slice message, uint64_t now_ns)
{
    static const bawn_stream_state none = { 0 };
    size_t start = b->len;

    (void)last, (void)choices, (void)n, (void)now_ns;
    passed = passed ? passed : &none;
    if (!passed->begun)
        begin_message(b, id, request->model);
    if (passed->next == 0)
        text_block(b, 0, message);
    if (passed->next == 0 || passed->open)
        close_block(b, passed->next == 0 ? 0 : passed->block);
    end_message(b, message);
    return bawn_buf_whole(b, start);
}

bool bawn_anthropic_refusal(bawn_buf *b, bawn_slice *content_type, bawn_operation op, const bawn_conversation *request,
                            bawn_slice id, bawn_slice message, uint64_t now_ns)
{
    if (op != BAWN_OP_MESSAGES)
        return false;
    *content_type = request->stream ? BAWN_LIT("text/event-stream") : BAWN_LIT("application/json");
    if (!request->stream)
        return bawn_anthropic_refused_answer(b, op, request, NULL, id, message, now_ns);
    return bawn_anthropic_stream_refusal(b, request, BAWN_NIL, NULL, NULL, 0, id, message, now_ns);
}

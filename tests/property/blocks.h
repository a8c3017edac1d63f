/* blocks.h: answers that are lists of blocks, as Anthropic and AWS write them, whole and streamed; see answers.h. */
#ifndef BAWN_BLOCKS_H
#define BAWN_BLOCKS_H

#include "answers.h"
#include "dialect/eventstream.h"

/* ---- what the model says ------------------------------------------------------------------------------------------ */
/* The next block and run, as blocks of a list count them: a thought and a tool's call are runs of their own. */
static inline void block_add(answer *a, int kind, unsigned *block, unsigned *runs)
{
    static const uint32_t fields[] = { BAWN_CHANNEL_CONTENT, BAWN_CHANNEL_REASONING, 0, BAWN_CHANNEL_TOOL_ARGUMENTS };
    bool alone = kind != CONTENT;
    part *p = &a->parts[a->n++];

    *runs += alone;
    *p = (part){ .kind = kind, .choice = *runs, .block = *block, .channel = *runs << 16 | (fields[kind] + (kind == TOOL ? 2 * *block : 0)) };
    *runs += alone;
    *block += 1;
}

/* Where a text goes on in another block; 0: nowhere. Never in a placeholder: parted so, only a stream brings its value back. */
static inline size_t random_split(dice *d, bawn_slice text)
{
    size_t at = text.len > 1 && one_in(d, 3) ? piece_end(d, text, 0, text.len - 1) : 0;

    for (size_t i = at; i > 0 && at - i < 40; i--)
        if (text.ptr[i - 1] == '<')
            return 0;
    return at < text.len ? at : 0;
}

static inline void random_blocks(answer *a, dice *d, unsigned what, bool single)
{
    unsigned block = 0, runs = 0;

    for (size_t n = single ? 1 : 1 + under(d, 5); n > 0; n--) {
        bool after_text = a->n > 0 && a->parts[a->n - 1].kind == CONTENT;
        int kind = single ? CONTENT : one_in(d, 3) ? TOOL : one_in(d, 4) ? REASONING : CONTENT;
        size_t pieces = one_in(d, 40) ? 100 + under(d, 200) : 1 + under(d, 16);
        if (kind == CONTENT && after_text)
            continue;
        block_add(a, kind, &block, &runs);
        part *p = &a->parts[a->n - 1];
        if (kind == TOOL)
            write_arguments(&p->text, d, pieces, what);
        else
            write_text(&p->text, d, pieces, what);
        p->split = kind == CONTENT ? random_split(d, bawn_buf_slice(&p->text)) : 0;
        block += p->split > 0;
    }
}

/* An answer of one part alone, to be given its text. */
static inline void lone_part(answer *a, form f, int kind)
{
    unsigned block = 0, runs = 0;

    *a = (answer){ .form = f, .choices = 1 };
    if (f == CHAT)
        a->parts[a->n++] = (part){ .kind = kind, .channel = chat_fields[kind] };
    else
        block_add(a, kind, &block, &runs);
}

/* ---- whole -------------------------------------------------------------------------------------------------------------- */
static inline void messages_block(bawn_buf *out, const part *p, bawn_slice text, unsigned block)
{
    if (p->kind == TOOL) {
        bawn_buf_fmt(out, "{\"type\":\"tool_use\",\"id\":\"toolu_%u\",\"name\":\"send_mail\",\"input\":%.*s}", block, (int)text.len, text.ptr);
        return;
    }
    bawn_buf_str(out, p->kind == CONTENT ? "{\"type\":\"text\",\"text\":" : "{\"type\":\"thinking\",\"signature\":\"c2ln\",\"thinking\":");
    bawn_json_write_string(out, text);
    bawn_buf_byte(out, '}');
}

static inline void converse_block(bawn_buf *out, const part *p, bawn_slice text, unsigned block)
{
    if (p->kind == TOOL) {
        bawn_buf_fmt(out, "{\"toolUse\":{\"toolUseId\":\"t%u\",\"name\":\"send_mail\",\"input\":%.*s}}", block, (int)text.len, text.ptr);
        return;
    }
    bawn_buf_str(out, p->kind == CONTENT ? "{\"text\":" : "{\"reasoningContent\":{\"reasoningText\":{\"signature\":\"c2ln\",\"text\":");
    bawn_json_write_string(out, text);
    bawn_buf_str(out, p->kind == CONTENT ? "}" : "}}}");
}

/* All blocks of the list, each by `write`. */
static inline void blocks_write(bawn_buf *out, const answer *a, void (*write)(bawn_buf *, const part *, bawn_slice, unsigned))
{
    for (size_t i = 0; i < a->n; i++) {
        const part *p = &a->parts[i];
        size_t end = p->split ? p->split : p->text.len;
        bawn_buf_str(out, i ? "," : "");
        write(out, p, bawn_slice_of(p->text.ptr, end), p->block);
        if (!p->split)
            continue;
        bawn_buf_byte(out, ',');
        write(out, p, bawn_slice_of(p->text.ptr + end, p->text.len - end), p->block + 1);
    }
}

static inline void messages_whole(bawn_buf *out, const answer *a)
{
    bawn_buf_str(out, "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m-1\",\"content\":[");
    blocks_write(out, a, messages_block);
    bawn_buf_str(out, "],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":10,\"output_tokens\":20}}");
}

static inline void converse_whole(bawn_buf *out, const answer *a)
{
    bawn_buf_str(out, "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[");
    blocks_write(out, a, converse_block);
    bawn_buf_str(out, "]}},\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":10,\"outputTokens\":20,\"totalTokens\":30},\"metrics\":{\"latencyMs\":1}}");
}

/* ---- streamed ------------------------------------------------------------------------------------------------------------ */
/* One event: of server-sent ones its name is its type; AWS names it in its headers, or all alike. */
static inline void event_write(bawn_buf *out, form f, const char *name, const bawn_buf *data)
{
    bawn_buf chunk = { 0 };

    if (f == MESSAGES)
        bawn_buf_fmt(out, "event: %s\ndata: %.*s\n\n", name, (int)data->len, data->ptr);
    else if (f == CONVERSE)
        bawn_eventstream_write_event(out, bawn_slice_str(name), bawn_buf_slice(data));
    else if (bawn_dialect_bedrock.wrap(&chunk, bawn_buf_slice(data)))
        bawn_eventstream_write_event(out, BAWN_LIT("chunk"), bawn_buf_slice(&chunk));
    bawn_buf_free(&chunk);
}

static inline void __attribute__((format(printf, 4, 5))) event_fmt(bawn_buf *out, form f, const char *name, const char *format, ...)
{
    bawn_buf data = { 0 };
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    bawn_buf_str(&data, text);
    event_write(out, f, name, &data);
    bawn_buf_free(&data);
}

static inline void block_begin(bawn_buf *out, form f, int kind, unsigned block)
{
    static const char *const heads[] = { "\"type\":\"text\",\"text\":\"\"", "\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"", "",
                                         "\"type\":\"tool_use\",\"id\":\"toolu_1\",\"name\":\"send_mail\",\"input\":{}" };

    if (f != CONVERSE)
        event_fmt(out, f, "content_block_start", "{\"type\":\"content_block_start\",\"index\":%u,\"content_block\":{%s}}", block, heads[kind]);
    else if (kind == TOOL)
        event_fmt(out, f, "contentBlockStart", "{\"start\":{\"toolUse\":{\"toolUseId\":\"t%u\",\"name\":\"send_mail\"}},\"contentBlockIndex\":%u}",
                  block, block);
}

static inline void block_piece(bawn_buf *out, form f, int kind, unsigned block, bawn_slice text)
{
    static const char *const messages[] = { "\"type\":\"text_delta\",\"text\":", "\"type\":\"thinking_delta\",\"thinking\":", "",
                                            "\"type\":\"input_json_delta\",\"partial_json\":" };
    static const char *const converse[] = { "{\"text\":", "{\"reasoningContent\":{\"text\":", "", "{\"toolUse\":{\"input\":" };
    bawn_buf data = { 0 };

    if (f == CONVERSE)
        bawn_buf_fmt(&data, "{\"contentBlockIndex\":%u,\"delta\":%s", block, converse[kind]);
    else
        bawn_buf_fmt(&data, "{\"type\":\"content_block_delta\",\"index\":%u,\"delta\":{%s", block, messages[kind]);
    bawn_json_write_string(&data, text);
    bawn_buf_str(&data, f == CONVERSE && kind != CONTENT ? "}}}" : "}}");
    event_write(out, f, f == CONVERSE ? "contentBlockDelta" : "content_block_delta", &data);
    bawn_buf_free(&data);
}

static inline void block_end(bawn_buf *out, form f, unsigned block)
{
    if (f == CONVERSE)
        event_fmt(out, f, "contentBlockStop", "{\"contentBlockIndex\":%u}", block);
    else
        event_fmt(out, f, "content_block_stop", "{\"type\":\"content_block_stop\",\"index\":%u}", block);
}

static inline void block_write(bawn_buf *out, form f, dice *d, const part *p, unsigned block, bawn_slice text, size_t most)
{
    block_begin(out, f, p->kind, block);
    for (size_t at = 0, to; at < text.len; at = to) {
        to = piece_end(d, text, at, most);
        block_piece(out, f, p->kind, block, bawn_slice_of(text.ptr + at, to - at));
    }
    if (text.len == 0 && f == CONVERSE && p->kind != TOOL)  /* its first piece opens it */
        block_piece(out, f, p->kind, block, BAWN_NIL);
    block_end(out, f, block);
}

static inline void blocks_stream(bawn_buf *out, const answer *a, dice *d, size_t most)
{
    form f = a->form;

    if (f == CONVERSE)
        event_fmt(out, f, "messageStart", "{\"role\":\"assistant\"}");
    else
        event_fmt(out, f, "message_start", "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m-1\","
                  "\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}");
    for (size_t i = 0; i < a->n; i++) {
        const part *p = &a->parts[i];
        size_t end = p->split ? p->split : p->text.len;
        block_write(out, f, d, p, p->block, bawn_slice_of(p->text.ptr, end), most);
        if (p->split)
            block_write(out, f, d, p, p->block + 1, bawn_slice_of(p->text.ptr + end, p->text.len - end), most);
        if (a->comments && f == MESSAGES && one_in(d, 3))
            event_fmt(out, f, "ping", "{\"type\":\"ping\"}");
    }
    if (f == CONVERSE) {
        event_fmt(out, f, "messageStop", "{\"stopReason\":\"end_turn\"}");
        event_fmt(out, f, "metadata", "{\"usage\":{\"inputTokens\":10,\"outputTokens\":20,\"totalTokens\":30},\"metrics\":{\"latencyMs\":1}}");
        return;
    }
    event_fmt(out, f, "message_delta", "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":20}}");
    event_fmt(out, f, "message_stop", "{\"type\":\"message_stop\"}");
}

/* ---- what a client reads ----------------------------------------------------------------------------------------------------- */
static inline void read_frames(readings *r, form f, bawn_slice bytes)
{
    bawn_eventstream *in = bawn_eventstream_new(1u << 24);
    bawn_eventstream_message m;
    bawn_stream_state state = { 0 };

    bawn_eventstream_feed(in, bytes, true);
    while (bawn_eventstream_next(in, &m)) {
        bawn_buf data = { 0 };
        state.name = m.name;
        state.exception = m.type != BAWN_EVENTSTREAM_EVENT;
        if (f == CONVERSE || state.exception)
            bawn_buf_add(&data, m.payload);
        else
            assert_true(bawn_dialect_bedrock.unwrap(&data, m.payload));
        if (!read_event(r, f, &state, bawn_buf_slice(&data)))
            fail_msg("the client gets an event that is none: %.*s", (int)data.len, data.ptr);
        bawn_buf_free(&data);
    }
    if (bawn_eventstream_failed(in) || bawn_eventstream_cut(in))
        fail_msg("the client gets half a message");
    bawn_eventstream_free(in);
}

/* ---- the forms ----------------------------------------------------------------------------------------------------------------- */
#define ASKS "Write to grace@example.org and \\\"x y\\\"@example.org or alan@example.net, phone +49 30 901820."
#define CHAT_BODY "\"messages\":[{\"role\":\"system\",\"content\":\"" SYSTEM_PROMPT "\"},{\"role\":\"user\",\"content\":\"" ASKS "\"}]}"
#define MESSAGES_BODY "\"max_tokens\":100,\"system\":\"" SYSTEM_PROMPT "\",\"messages\":[{\"role\":\"user\",\"content\":\"" ASKS "\"}]}"
#define CONVERSE_BODY "{\"system\":[{\"text\":\"" SYSTEM_PROMPT "\"}],\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"" ASKS "\"}]}]}"
#define FRAMES "application/vnd.amazon.eventstream"
typedef struct { const char *uri, *body; } asking;
static const struct { const char *dialect, *type; asking whole, stream; } forms[FORMS] = {
    { "openai", "text/event-stream", { "/v1/chat/completions", "{\"model\":\"m-1\",\"n\":3," CHAT_BODY },
      { "/v1/chat/completions", "{\"model\":\"m-1\",\"stream\":true,\"n\":3,\"stream_options\":{\"include_usage\":true}," CHAT_BODY } },
    { "anthropic", "text/event-stream", { "/v1/messages", "{\"model\":\"m-1\"," MESSAGES_BODY },
      { "/v1/messages", "{\"model\":\"m-1\",\"stream\":true," MESSAGES_BODY } },
    { "bedrock", FRAMES, { "/model/m-1/converse", CONVERSE_BODY }, { "/model/m-1/converse-stream", CONVERSE_BODY } },
    { "bedrock", FRAMES, { "/model/anthropic.m-1/invoke", "{\"anthropic_version\":\"bedrock-2023-05-31\"," MESSAGES_BODY },
      { "/model/anthropic.m-1/invoke-with-response-stream", "{\"anthropic_version\":\"bedrock-2023-05-31\"," MESSAGES_BODY } },
};

static inline void form_answer(answer *a, form f, dice *d, unsigned what, bool single)
{
    if (f == CHAT) {
        random_answer(a, d, what, single);
        return;
    }
    *a = (answer){ .form = f, .choices = 1, .comments = one_in(d, 4) };
    random_blocks(a, d, what, single);
}

static inline void form_whole(bawn_buf *out, const answer *a)
{
    (a->form == CHAT ? write_whole : a->form == CONVERSE ? converse_whole : messages_whole)(out, a);
}

static inline void form_stream(bawn_buf *out, const answer *a, dice *d, size_t most)
{
    (a->form == CHAT ? write_stream : blocks_stream)(out, a, d, most);
}

static inline void form_read(readings *r, form f, bawn_slice bytes)
{
    if (f == CHAT || f == MESSAGES)
        read_stream(r, f, bytes);
    else
        read_frames(r, f, bytes);
}

#endif

/* answers.h: random answers of a model, as a whole and as any stream of events, and what a client reads in them. In four forms:
 * OpenAI's chat completions here, lists of blocks in blocks.h. */
#ifndef BAWN_ANSWERS_H
#define BAWN_ANSWERS_H

#include "drive.h"

/* ---- what the model says ------------------------------------------------------------------------------------------ */
enum { CONTENT, REASONING, REFUSAL, TOOL, TOOL_2, PART_KINDS };
typedef enum { CHAT, MESSAGES, CONVERSE, INVOKE /* Anthropic's, in AWS's chunks */, FORMS } form;
typedef struct { unsigned choice; int kind; bawn_buf text; uint32_t channel;
                 unsigned block; size_t split;  /* of lists: its block; where its text goes on in another, 0: nowhere */ } part;
typedef struct { form form; part parts[16]; size_t n; unsigned choices; bool usage, logprobs, comments; } answer;

static inline void answer_free(answer *a)
{
    for (size_t i = 0; i < a->n; i++)
        bawn_buf_free(&a->parts[i].text);
    *a = (answer){ 0 };
}

/* As a JSON string, in which characters may be escaped that need not be. */
static inline void write_escaping(bawn_buf *out, dice *d, bawn_slice s)
{
    size_t odds = one_in(d, 3) ? 12 : 0;

    bawn_buf_byte(out, '"');
    for (size_t at = 0; at < s.len;) {
        size_t from = at;
        uint32_t c = bawn_utf8_next(s, &at);
        if (!odds || !one_in(d, odds))
            bawn_json_write_escaped(out, bawn_slice_of(s.ptr + from, at - from));
        else if (c > 0xFFFF)
            bawn_buf_fmt(out, "\\u%04x\\u%04x", 0xD7C0 + (c >> 10), 0xDC00 + (c & 0x3FF));
        else
            bawn_buf_fmt(out, "\\u%04x", c);
    }
    bawn_buf_byte(out, '"');
}

static const char *const bare_values[] = { "4111111111111111", "-4111111111111111", "4111111111111111.5", "5500000000000004", "true", "null", "17",
                                      "[378282246310005,1]", "{\"n\":5500000000000004}", "49309018201", "[\"ada@example.com\",2]", "4111111111111112" };

static inline void write_arguments(bawn_buf *out, dice *d, size_t pieces, unsigned what)
{
    static const char *const names[] = { "to", "body", "query", "path", "note" };
    bawn_buf value = { 0 };
    bawn_buf_byte(out, '{');
    for (size_t i = 0, n = 1 + under(d, 3); i < n; i++) {
        bawn_buf_fmt(out, "%s\"%s%zu\":%s", i ? "," : "", PICK(d, names), i, one_in(d, 4) ? " " : "");
        if (one_in(d, 6)) {
            bawn_buf_str(out, PICK(d, bare_values));
            continue;
        }
        bawn_buf_clear(&value);
        write_text(&value, d, 1 + pieces / n, what);
        write_escaping(out, d, bawn_buf_slice(&value));
    }
    bawn_buf_byte(out, '}');
    bawn_buf_free(&value);
}

static const uint32_t chat_fields[] = { BAWN_CHANNEL_CONTENT, BAWN_CHANNEL_REASONING_CONTENT, BAWN_CHANNEL_REFUSAL,
                                        BAWN_CHANNEL_TOOL_ARGUMENTS, BAWN_CHANNEL_TOOL_ARGUMENTS + 2 };

static inline void random_answer(answer *a, dice *d, unsigned what, bool single)
{
    *a = (answer){ .choices = single ? 1 : 1 + (unsigned)under(d, 3), .usage = one_in(d, 2), .logprobs = one_in(d, 6),
                   .comments = one_in(d, 4) };
    for (unsigned c = 0; c < a->choices; c++)
        for (int kind = CONTENT; kind < PART_KINDS; kind++) {
            static const unsigned odds[] = { 1, 5, 9, 3, 6 };
            if (single ? kind != CONTENT : !one_in(d, odds[kind]))
                continue;
            part *p = &a->parts[a->n++];
            *p = (part){ .choice = c, .kind = kind, .channel = c << 16 | chat_fields[kind] };
            size_t pieces = one_in(d, 40) ? 100 + under(d, 200) : 1 + under(d, 16);
            if (kind >= TOOL)
                write_arguments(&p->text, d, pieces, what);
            else
                write_text(&p->text, d, pieces, what);
        }
}

/* ---- on the wire -------------------------------------------------------------------------------------------------- */
static inline void write_string_part(bawn_buf *out, const char *key, bawn_slice s, bool *more)
{
    bawn_buf_fmt(out, "%s\"%s\":", *more ? "," : "", key);
    bawn_json_write_string(out, s);
    *more = true;
}

static inline void write_logprobs(bawn_buf *out, bawn_slice token)
{
    bawn_buf_str(out, ",\"logprobs\":{\"content\":[{\"token\":");
    bawn_json_write_string(out, token);
    bawn_buf_str(out, ",\"logprob\":-0.1,\"bytes\":null,\"top_logprobs\":[]}],\"refusal\":null}");
}

static const char *const part_keys[] = { "content", "reasoning_content", "refusal" };

static inline const part *part_of(const answer *a, unsigned choice, int kind)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->parts[i].choice == choice && a->parts[i].kind == kind)
            return &a->parts[i];
    return NULL;
}

static inline void write_whole(bawn_buf *out, const answer *a)
{
    bawn_buf_str(out, "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1763000000,\"model\":\"m-1\",\"choices\":[");
    for (unsigned c = 0; c < a->choices; c++) {
        bool more = false, tools = false;
        bawn_buf_fmt(out, "%s{\"index\":%u,\"message\":{", c ? "," : "", c);
        for (int kind = CONTENT; kind < TOOL; kind++)
            if (part_of(a, c, kind))
                write_string_part(out, part_keys[kind], bawn_buf_slice(&part_of(a, c, kind)->text), &more);
        for (int kind = TOOL; kind < PART_KINDS; kind++) {
            const part *p = part_of(a, c, kind);
            if (!p)
                continue;
            bawn_buf_fmt(out, "%s{\"id\":\"call_%d\",\"type\":\"function\",\"function\":{\"name\":\"send_mail\",\"arguments\":",
                         tools ? "," : more ? ",\"tool_calls\":[" : "\"tool_calls\":[", kind - TOOL);
            bawn_json_write_string(out, bawn_buf_slice(&p->text));
            bawn_buf_fmt(out, "},\"index\":%d}", kind - TOOL);
            tools = true;
        }
        bawn_buf_str(out, tools ? "]}" : "}");
        if (a->logprobs && part_of(a, c, CONTENT))
            write_logprobs(out, bawn_buf_slice(&part_of(a, c, CONTENT)->text));
        bawn_buf_str(out, ",\"finish_reason\":\"stop\"}");
    }
    bawn_buf_str(out, "],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":20,\"total_tokens\":30}}");
}

static inline void chunk_open(bawn_buf *out, unsigned choice)
{
    bawn_buf_fmt(out, "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1763000000,\"model\":\"m-1\","
                 "\"choices\":[{\"index\":%u,\"delta\":{", choice);
}

static inline void chunk_close(bawn_buf *out, const answer *a, const char *finish)
{
    bawn_buf_fmt(out, ",\"finish_reason\":%s}]%s}\n\n", finish, a->usage ? ",\"usage\":null" : "");
}

static inline void write_piece(bawn_buf *out, const answer *a, const part *p, size_t from, size_t to)
{
    bawn_slice s = { p->text.ptr + from, to - from };
    bool more = false;
    chunk_open(out, p->choice);
    if (p->kind < TOOL) {
        write_string_part(out, part_keys[p->kind], s, &more);
    } else {
        bawn_buf_fmt(out, "\"tool_calls\":[{\"index\":%d,", p->kind - TOOL);
        if (from == 0)
            bawn_buf_fmt(out, "\"id\":\"call_%d\",\"type\":\"function\",", p->kind - TOOL);
        bawn_buf_str(out, "\"function\":{");
        if (from == 0)
            write_string_part(out, "name", BAWN_LIT("send_mail"), &more);
        write_string_part(out, "arguments", s, &more);
        bawn_buf_str(out, "}}]");
    }
    bawn_buf_str(out, "}");
    if (a->logprobs && p->kind == CONTENT)
        write_logprobs(out, s);
    chunk_close(out, a, "null");
}

/* The answer as events: pieces of 1 to `most` characters, in random turns. */
static inline void write_stream(bawn_buf *out, const answer *a, dice *d, size_t most)
{
    size_t at[16] = { 0 }, left = 0;
    for (unsigned c = 0; c < a->choices; c++) {
        chunk_open(out, c);
        bawn_buf_str(out, "\"role\":\"assistant\"}");
        chunk_close(out, a, "null");
    }
    for (size_t i = 0; i < a->n; i++)
        left += a->parts[i].text.len > 0;
    while (left > 0) {
        size_t i = under(d, a->n);
        const part *p = &a->parts[i];
        if (at[i] == p->text.len)
            continue;
        size_t to = piece_end(d, bawn_buf_slice(&p->text), at[i], most);
        write_piece(out, a, p, at[i], to);
        at[i] = to;
        left -= to == p->text.len;
        if (a->comments && one_in(d, 10))
            bawn_buf_str(out, ": ping\n\n");
    }
    for (unsigned c = 0; c < a->choices; c++) {
        chunk_open(out, c);
        bawn_buf_str(out, "}");
        chunk_close(out, a, "\"stop\"");
    }
    if (a->usage)
        bawn_buf_str(out, "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1763000000,\"model\":\"m-1\","
                          "\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":20,\"total_tokens\":30}}\n\n");
    bawn_buf_str(out, "data: [DONE]\n\n");
}

/* ---- what a client reads --------------------------------------------------------------------------------------------- */
typedef struct { uint32_t channel; bawn_buf text; } reading;
typedef struct { uint32_t channel, of; size_t offset, len; } segment;      /* a field: where it stands in its channel */
typedef struct { reading items[64]; size_t n; segment segments[4096]; size_t n_segments; } readings;

static inline void readings_free(readings *r)
{
    for (size_t i = 0; i < r->n; i++)
        bawn_buf_free(&r->items[i].text);
    r->n = r->n_segments = 0;
}

static inline const reading *reading_of(const readings *r, uint32_t channel)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->items[i].channel == channel)
            return &r->items[i];
    return NULL;
}

static inline void note_fields(readings *r, const bawn_conversation *c)
{
    for (size_t i = 0; i < c->n_fields; i++) {
        const bawn_field *f = &c->fields[i];
        reading *to = (reading *)reading_of(r, f->channel);
        if (!to) {
            assert_true(r->n < BAWN_COUNT(r->items));
            to = &r->items[r->n++];
            *to = (reading){ .channel = f->channel };
        }
        if (r->n_segments < BAWN_COUNT(r->segments))
            r->segments[r->n_segments++] = (segment){ f->channel, (uint32_t)i, to->text.len, f->text.len };
        bawn_buf_add(&to->text, f->text);
    }
}

static inline const bawn_dialect *dialect_of(form f)
{
    return f == CHAT ? &bawn_dialect_openai : f == MESSAGES ? &bawn_dialect_anthropic : &bawn_dialect_bedrock;
}

/* A whole answer, or (with a state) an event. */
static inline bool read_conversation(readings *r, form f, bawn_stream_state *state, bawn_slice text)
{
    static const bawn_operation ops[][2] = { { BAWN_OP_CHAT, BAWN_OP_CHAT }, { BAWN_OP_MESSAGES, BAWN_OP_MESSAGES },
                                             { BAWN_OP_CONVERSE, BAWN_OP_CONVERSE_STREAM }, { BAWN_OP_INVOKE, BAWN_OP_INVOKE_STREAM } };
    const bawn_dialect *dialect = dialect_of(f);
    bawn_json j = { 0 };
    bawn_conversation c;
    bawn_error err = { 0 };
    bawn_arena *arena = bawn_arena_new(4096, 0);
    bool ok = bawn_json_parse(&j, text, 128, &err) && (state ? dialect->event(&c, state, ops[f][1], &j, arena, &err)
                                                             : dialect->answer(&c, ops[f][0], &j, arena, &err));

    if (ok)
        note_fields(r, &c);
    bawn_json_free(&j);
    bawn_arena_free(arena);
    return ok;
}

static inline bool read_json(readings *r, form f, bawn_slice text) { return read_conversation(r, f, NULL, text); }
static inline bool read_event(readings *r, form f, bawn_stream_state *s, bawn_slice text) { return read_conversation(r, f, s, text); }

static inline void read_stream(readings *r, form f, bawn_slice bytes)
{
    bawn_sse *sse = bawn_sse_new(1u << 24);
    bawn_stream_state state = { 0 };
    bawn_sse_event e;

    bawn_sse_feed(sse, bytes, true);
    while (bawn_sse_next(sse, &e))
        if (!e.comment && e.data.len > 0 && !bawn_slice_starts(e.data, BAWN_LIT("[DONE]")) && !read_event(r, f, &state, e.data))
            fail_msg("the client gets an event that is none: %.*s", (int)e.data.len, e.data.ptr);
    if (bawn_sse_cut(sse))
        fail_msg("the client gets half an event");
    bawn_sse_free(sse);
}

#endif

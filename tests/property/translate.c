/* Random answers, written whole and as streams cut at random in the upstream's API, are the same to the client both ways, and what was
 * said: texts, thoughts, calls, and why it ended. Random requests come back from another API as they went there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "dice.h"
#include "translate/translate.h"

#define OPENAI &bawn_dialect_openai
#define ANTHROPIC &bawn_dialect_anthropic
#define BEDROCK &bawn_dialect_bedrock

static uint64_t seed;

static void text_of(bawn_buf *out, dice *d)
{
    static const char *const pieces[] = { "\"", "\\", "\n", "{\"a\":1}", "é", "👍🏽", "\x01", "/", "data: x", " " };

    for (size_t n = 1 + under(d, 4); n > 0; n--) {
        bawn_buf_str(out, PICK(d, prose));
        bawn_buf_str(out, PICK(d, pieces));
    }
}

/* ---- what is said --------------------------------------------------------------------------------------------------- */
typedef struct { bawn_buf thought, text, name, arguments[3]; size_t n; const char *openai, *anthropic, *bedrock; } saying;

static void arguments_of(bawn_buf *out, dice *d)
{
    bawn_buf text = { 0 };

    bawn_buf_str(out, "{");
    for (size_t i = 0, n = under(d, 3); i < n; i++) {
        bawn_buf_clear(&text);
        text_of(&text, d);
        bawn_buf_fmt(out, "%s\"k%zu\":%s", i ? ", " : "", i, one_in(d, 2) ? "[1, null]" : "");
        if (out->ptr[out->len - 1] == ':')
            bawn_json_write_string(out, bawn_buf_slice(&text));
    }
    bawn_buf_str(out, "}");
    bawn_buf_free(&text);
}

static saying say(dice *d, bool thinks)
{
    static const char *const reasons[][3] = { { "stop", "end_turn", "end_turn" }, { "length", "max_tokens", "max_tokens" },
                                              { "content_filter", "refusal", "content_filtered" }, { "tool_calls", "tool_use", "tool_use" } };
    saying s = { .n = under(d, 4) };
    size_t why = s.n ? 3 : under(d, 3);

    if (thinks && one_in(d, 2))
        text_of(&s.thought, d);
    if (!one_in(d, 4))
        text_of(&s.text, d);
    for (size_t i = 0; i < s.n; i++)
        arguments_of(&s.arguments[i], d);
    s.openai = reasons[why][0];
    s.anthropic = reasons[why][1];
    s.bedrock = reasons[why][2];
    return s;
}

static void unsay(saying *s)
{
    bawn_buf_free(&s->thought);
    bawn_buf_free(&s->text);
    for (size_t i = 0; i < s->n; i++)
        bawn_buf_free(&s->arguments[i]);
}

/* One form for all: what a test compares. */
static void tell(bawn_buf *out, const bawn_buf *thought, const bawn_buf *text, const bawn_buf *calls, const char *reason)
{
    bawn_buf_clear(out);
    bawn_buf_add(out, bawn_buf_slice(thought));
    bawn_buf_str(out, "\n--text--\n");
    bawn_buf_add(out, bawn_buf_slice(text));
    bawn_buf_str(out, "\n--calls--\n");
    bawn_buf_add(out, bawn_buf_slice(calls));
    bawn_buf_fmt(out, "--%s--\n", reason);
}

static void tell_said(bawn_buf *out, const saying *s, const bawn_dialect *client)
{
    bawn_buf calls = { 0 };

    for (size_t i = 0; i < s->n; i++) {
        bawn_buf_fmt(&calls, "\ncall-%zu f%zu ", i, i);
        bawn_buf_add(&calls, bawn_buf_slice(&s->arguments[i]));
    }
    tell(out, &s->thought, &s->text, &calls, client == OPENAI ? s->openai : client == ANTHROPIC ? s->anthropic : s->bedrock);
    bawn_buf_free(&calls);
}

/* ---- as upstreams write it -------------------------------------------------------------------------------------------- */
static void quoted(bawn_buf *b, const char *key, bawn_slice text)
{
    bawn_buf_str(b, key);
    bawn_json_write_string(b, text);
}

static void whole_openai(bawn_buf *b, const saying *s)
{
    bawn_buf_str(b, "{\"id\":\"c\",\"model\":\"g\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\"");
    quoted(b, ",\"content\":", bawn_buf_slice(&s->text));
    if (s->thought.len)
        quoted(b, ",\"reasoning_content\":", bawn_buf_slice(&s->thought));
    for (size_t i = 0; i < s->n; i++) {
        bawn_buf_fmt(b, "%s{\"id\":\"call-%zu\",\"type\":\"function\",\"function\":{\"name\":\"f%zu\"", i ? "," : ",\"tool_calls\":[", i, i);
        quoted(b, ",\"arguments\":", bawn_buf_slice(&s->arguments[i]));
        bawn_buf_str(b, i + 1 == s->n ? "}}]" : "}}");
    }
    bawn_buf_fmt(b, "},\"finish_reason\":\"%s\"}]}", s->openai);
}

static void whole_anthropic(bawn_buf *b, const saying *s)
{
    bool first = true;

    bawn_buf_str(b, "{\"id\":\"m\",\"type\":\"message\",\"model\":\"c\",\"content\":[");
    if (s->thought.len) {
        quoted(b, "{\"type\":\"thinking\",\"signature\":\"S\",\"thinking\":", bawn_buf_slice(&s->thought));
        bawn_buf_str(b, "}");
        first = false;
    }
    if (s->text.len) {
        quoted(b, first ? "{\"type\":\"text\",\"text\":" : ",{\"type\":\"text\",\"text\":", bawn_buf_slice(&s->text));
        bawn_buf_str(b, "}");
        first = false;
    }
    for (size_t i = 0; i < s->n; i++, first = false) {
        bawn_buf_fmt(b, "%s{\"type\":\"tool_use\",\"id\":\"call-%zu\",\"name\":\"f%zu\",\"input\":", first ? "" : ",", i, i);
        bawn_buf_add(b, bawn_buf_slice(&s->arguments[i]));
        bawn_buf_str(b, "}");
    }
    bawn_buf_fmt(b, "],\"stop_reason\":\"%s\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}", s->anthropic);
}

typedef void (*piece_writer)(bawn_buf *, bawn_slice piece, size_t n);

/* Cuts a text at random and writes each piece. */
static void pieces(bawn_buf *b, dice *d, bawn_slice text, size_t n, piece_writer write)
{
    for (size_t at = 0, end; at < text.len; at = end) {
        end = at + 1 + under(d, 40);
        end = end > text.len ? text.len : bawn_utf8_ceil(text, end);
        write(b, bawn_slice_of(text.ptr + at, end - at), n);
    }
}

#define CHUNK_END "},\"finish_reason\":null}]}\n"
static void chunk(bawn_buf *b, const char *key, bawn_slice piece, const char *end)
{
    bawn_buf_str(b, "{\"id\":\"c\",\"model\":\"g\",\"choices\":[{\"index\":0,\"delta\":{");
    quoted(b, key, piece);
    bawn_buf_str(b, end);
}
static void openai_text(bawn_buf *b, bawn_slice piece, size_t n) { (void)n; chunk(b, "\"content\":", piece, CHUNK_END); }
static void openai_thought(bawn_buf *b, bawn_slice piece, size_t n) { (void)n; chunk(b, "\"reasoning_content\":", piece, CHUNK_END); }
static void openai_arguments(bawn_buf *b, bawn_slice piece, size_t n)
{
    char key[80];
    snprintf(key, sizeof key, "\"tool_calls\":[{\"index\":%zu,\"function\":{\"arguments\":", n);
    chunk(b, key, piece, "}}]" CHUNK_END);
}

static void stream_openai(bawn_buf *b, dice *d, const saying *s)
{
    chunk(b, "\"role\":", BAWN_LIT("assistant"), CHUNK_END);
    pieces(b, d, bawn_buf_slice(&s->thought), 0, openai_thought);
    pieces(b, d, bawn_buf_slice(&s->text), 0, openai_text);
    for (size_t i = 0; i < s->n; i++) {
        bawn_buf_fmt(b, "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":%zu,\"id\":\"call-%zu\",\"type\":\"function\","
                        "\"function\":{\"name\":\"f%zu\",\"arguments\":\"\"}}]},\"finish_reason\":null}]}\n", i, i, i);
        pieces(b, d, bawn_buf_slice(&s->arguments[i]), i, openai_arguments);
    }
    bawn_buf_fmt(b, "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"%s\"}]}\n", s->openai);
    bawn_buf_str(b, one_in(d, 2) ? "{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n[DONE]\n" : "[DONE]\n");
}

static void anthropic_piece(bawn_buf *b, const char *type, const char *key, bawn_slice piece, size_t n)
{
    bawn_buf_fmt(b, "{\"type\":\"content_block_delta\",\"index\":%zu,\"delta\":{\"type\":\"%s\",\"%s\":", n, type, key);
    bawn_json_write_string(b, piece);
    bawn_buf_str(b, "}}\n");
}
static void anthropic_text(bawn_buf *b, bawn_slice piece, size_t n) { anthropic_piece(b, "text_delta", "text", piece, n); }
static void anthropic_thought(bawn_buf *b, bawn_slice piece, size_t n) { anthropic_piece(b, "thinking_delta", "thinking", piece, n); }
static void anthropic_arguments(bawn_buf *b, bawn_slice piece, size_t n) { anthropic_piece(b, "input_json_delta", "partial_json", piece, n); }

static void anthropic_block(bawn_buf *b, dice *d, size_t *n, const char *opens, bawn_slice text, piece_writer write)
{
    bawn_buf_fmt(b, "{\"type\":\"content_block_start\",\"index\":%zu,\"content_block\":{%s}}\n", *n, opens);
    if (one_in(d, 3))
        bawn_buf_str(b, "{\"type\":\"ping\"}\n");
    pieces(b, d, text, *n, write);
    bawn_buf_fmt(b, "{\"type\":\"content_block_stop\",\"index\":%zu}\n", (*n)++);
}

static void stream_anthropic(bawn_buf *b, dice *d, const saying *s)
{
    char opens[120];
    size_t n = 0;

    bawn_buf_str(b, "{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"c\",\"content\":[],\"usage\":{\"input_tokens\":1,\"output_tokens\":0}}}\n");
    if (s->thought.len)
        anthropic_block(b, d, &n, "\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"", bawn_buf_slice(&s->thought), anthropic_thought);
    if (s->text.len)
        anthropic_block(b, d, &n, "\"type\":\"text\",\"text\":\"\"", bawn_buf_slice(&s->text), anthropic_text);
    for (size_t i = 0; i < s->n; i++) {
        snprintf(opens, sizeof opens, "\"type\":\"tool_use\",\"id\":\"call-%zu\",\"name\":\"f%zu\",\"input\":{}", i, i);
        anthropic_block(b, d, &n, opens, bawn_buf_slice(&s->arguments[i]), anthropic_arguments);
    }
    bawn_buf_fmt(b, "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"%s\"},\"usage\":{\"output_tokens\":2}}\n{\"type\":\"message_stop\"}\n", s->anthropic);
}

/* ---- as clients read it ------------------------------------------------------------------------------------------------ */
typedef struct { bawn_buf thought, text, calls; char reason[40]; bawn_arena *arena; } heard;

static bawn_slice at(heard *h, const bawn_json *j, uint32_t object, const char *key)
{
    uint32_t token = object == UINT32_MAX ? 0 : bawn_json_get(j, object, key);
    bawn_json_map map;
    bawn_slice text = BAWN_NIL;

    if (token && j->tokens[token].type == BAWN_JSON_STRING)
        assert_true(bawn_json_decode(&text, &map, j, token, h->arena));
    return text;
}

/* A member of a member ...; UINT32_MAX: none. */
static uint32_t inside(const bawn_json *j, uint32_t object, const char *key)
{
    uint32_t token = object == UINT32_MAX ? 0 : bawn_json_get(j, object, key);
    return token ? token : UINT32_MAX;
}

static void hear_reason(heard *h, bawn_slice reason)
{
    if (reason.len > 0)
        snprintf(h->reason, sizeof h->reason, "%.*s", (int)reason.len, reason.ptr);
}

static void hear_call(heard *h, bawn_slice id, bawn_slice name)
{
    bawn_buf_fmt(&h->calls, "\n%.*s %.*s ", (int)id.len, id.ptr, (int)name.len, name.ptr);
}

static void hear_openai(heard *h, const bawn_json *j, bool whole)
{
    uint32_t list = bawn_json_get(j, 0, "choices"), choice = list + 1, said = UINT32_MAX, calls;

    if (j->tokens[list].count == 0)
        return;
    said = inside(j, choice, whole ? "message" : "delta");
    bawn_buf_add(&h->thought, at(h, j, said, "reasoning_content"));
    bawn_buf_add(&h->text, at(h, j, said, "content"));
    calls = inside(j, said, "tool_calls");
    for (uint32_t i = calls + 1; calls != UINT32_MAX && i < j->tokens[calls].next; i = j->tokens[i].next) {
        uint32_t function = inside(j, i, "function");
        if (at(h, j, i, "id").len > 0)
            hear_call(h, at(h, j, i, "id"), at(h, j, function, "name"));
        bawn_buf_add(&h->calls, at(h, j, function, "arguments"));
    }
    hear_reason(h, at(h, j, choice, "finish_reason"));
}

static bawn_slice json_at(const bawn_json *j, uint32_t object, const char *key) { return bawn_json_raw(j, bawn_json_get(j, object, key)); }

static void hear_messages(heard *h, const bawn_json *j)
{
    uint32_t list = bawn_json_get(j, 0, "content");

    for (uint32_t i = list + 1; i < j->tokens[list].next; i = j->tokens[i].next) {
        bawn_buf_add(&h->text, at(h, j, i, "text"));
        bawn_buf_add(&h->thought, at(h, j, i, "thinking"));
        if (at(h, j, i, "id").len > 0) {
            hear_call(h, at(h, j, i, "id"), at(h, j, i, "name"));
            bawn_buf_add(&h->calls, json_at(j, i, "input"));
        }
    }
    hear_reason(h, at(h, j, 0, "stop_reason"));
}

static void hear_message_event(heard *h, const bawn_json *j)
{
    uint32_t delta = inside(j, 0, "delta"), block = inside(j, 0, "content_block");

    if (at(h, j, block, "id").len > 0)
        hear_call(h, at(h, j, block, "id"), at(h, j, block, "name"));
    bawn_buf_add(&h->text, at(h, j, delta, "text"));
    bawn_buf_add(&h->thought, at(h, j, delta, "thinking"));
    bawn_buf_add(&h->calls, at(h, j, delta, "partial_json"));
    hear_reason(h, at(h, j, delta, "stop_reason"));
}

static void hear_converse(heard *h, const bawn_json *j)
{
    uint32_t list = inside(j, inside(j, inside(j, 0, "output"), "message"), "content");

    for (uint32_t i = list + 1; i < j->tokens[list].next; i = j->tokens[i].next) {
        uint32_t call = inside(j, i, "toolUse");
        bawn_buf_add(&h->text, at(h, j, i, "text"));
        bawn_buf_add(&h->thought, at(h, j, inside(j, inside(j, i, "reasoningContent"), "reasoningText"), "text"));
        if (call != UINT32_MAX) {
            hear_call(h, at(h, j, call, "toolUseId"), at(h, j, call, "name"));
            bawn_buf_add(&h->calls, json_at(j, call, "input"));
        }
    }
    hear_reason(h, at(h, j, 0, "stopReason"));
}

static void hear_converse_event(heard *h, const bawn_json *j)
{
    uint32_t delta = inside(j, 0, "delta"), call = inside(j, inside(j, 0, "start"), "toolUse");

    if (call != UINT32_MAX)
        hear_call(h, at(h, j, call, "toolUseId"), at(h, j, call, "name"));
    bawn_buf_add(&h->text, at(h, j, delta, "text"));
    bawn_buf_add(&h->thought, at(h, j, inside(j, delta, "reasoningContent"), "text"));
    bawn_buf_add(&h->calls, at(h, j, inside(j, delta, "toolUse"), "input"));
    hear_reason(h, at(h, j, 0, "stopReason"));
}

static void hear(heard *h, const bawn_dialect *client, bawn_slice text, bool whole)
{
    bawn_json j = { 0 };

    if (!bawn_json_parse(&j, text, 100, NULL))
        fail_msg("seed %llu: no JSON: %.*s", (unsigned long long)seed, (int)text.len, text.ptr);
    if (client == OPENAI)
        hear_openai(h, &j, whole);
    else if (client == ANTHROPIC)
        (whole ? hear_messages : hear_message_event)(h, &j);
    else
        (whole ? hear_converse : hear_converse_event)(h, &j);
    bawn_json_free(&j);
}

static void end_hearing(bawn_buf *out, heard *h)
{
    tell(out, &h->thought, &h->text, &h->calls, h->reason);
    bawn_buf_free(&h->thought);
    bawn_buf_free(&h->text);
    bawn_buf_free(&h->calls);
    bawn_arena_free(h->arena);
}

static bawn_translate_pair pair_of(const bawn_dialect *client, const bawn_dialect *upstream)
{
    return (bawn_translate_pair){ .client = client, .upstream = upstream, .model = BAWN_LIT("asked"), .id = BAWN_LIT("id"), .include_usage = true,
                                  .operation = client == OPENAI ? BAWN_OP_CHAT : client == ANTHROPIC ? BAWN_OP_MESSAGES : BAWN_OP_CONVERSE };
}

static void hear_whole(bawn_buf *out, const bawn_translate_pair *p, bawn_slice body)
{
    heard h = { .arena = bawn_arena_new(1024, 0) };
    bawn_buf answer = { 0 };
    bawn_error err = { 0 };

    if (!bawn_translate_answer(&answer, p, body, h.arena, &err))
        fail_msg("seed %llu: %s\n%.*s", (unsigned long long)seed, err.message, (int)body.len, body.ptr);
    hear(&h, p->client, bawn_buf_slice(&answer), true);
    bawn_buf_free(&answer);
    end_hearing(out, &h);
}

static void hear_stream(bawn_buf *out, const bawn_translate_pair *p, bawn_slice lines)
{
    heard h = { .arena = bawn_arena_new(1024, 0) };
    bawn_translation *t = bawn_translation_new(p);
    const bawn_translate_event_out *events;
    bawn_error err = { 0 };
    bawn_slice data;

    for (size_t begin = 0, end; begin < lines.len; begin = end + 1) {
        end = (size_t)((const char *)memchr(lines.ptr + begin, '\n', lines.len - begin) - lines.ptr);
        if (!bawn_translation_event(t, bawn_slice_of(lines.ptr + begin, end - begin), &err))
            fail_msg("seed %llu: %s\n%.*s", (unsigned long long)seed, err.message, (int)(end - begin), lines.ptr + begin);
        for (size_t i = 0, n = bawn_translation_events(&events, &data, t); i < n; i++) {
            bawn_slice text = { data.ptr + events[i].begin, events[i].end - events[i].begin };
            if (!bawn_slice_is(text, "[DONE]"))
                hear(&h, p->client, text, false);
        }
    }
    assert_true(bawn_translation_over(t));
    bawn_translation_free(t);
    end_hearing(out, &h);
}

static void compare(const char *what, const bawn_buf *got, const bawn_buf *wanted)
{
    if (!bawn_slice_eq(bawn_buf_slice(got), bawn_buf_slice(wanted)))
        fail_msg("seed %llu: %s\nfound %.*s\nexpected %.*s", (unsigned long long)seed, what, (int)got->len, got->ptr, (int)wanted->len, wanted->ptr);
}

static void streams_whole_answers_and_what_was_said_are_the_same(void **state)
{
    static const struct { const bawn_dialect *client, *upstream; } pairs[] = {
        { OPENAI, ANTHROPIC }, { ANTHROPIC, OPENAI }, { BEDROCK, OPENAI }, { BEDROCK, ANTHROPIC } };
    bawn_buf body = { 0 }, wanted = { 0 }, got = { 0 };
    size_t rounds = environment("BAWN_TRANSLATIONS", 4000);

    (void)state;
    for (size_t i = 0; i < rounds; i++) {
        dice d = { seed + i };
        bawn_translate_pair p = pair_of(pairs[i % 4].client, pairs[i % 4].upstream);
        saying s = say(&d, true);
        bawn_buf_clear(&body);
        (p.upstream == OPENAI ? whole_openai : whole_anthropic)(&body, &s);
        tell_said(&wanted, &s, p.client);
        hear_whole(&got, &p, bawn_buf_slice(&body));
        compare("a whole answer", &got, &wanted);
        bawn_buf_clear(&body);
        (p.upstream == OPENAI ? stream_openai : stream_anthropic)(&body, &d, &s);
        hear_stream(&got, &p, bawn_buf_slice(&body));
        compare("a stream", &got, &wanted);
        unsay(&s);
    }
    bawn_buf_free(&body);
    bawn_buf_free(&wanted);
    bawn_buf_free(&got);
}

/* ---- requests there and back ---------------------------------------------------------------------------------------------- */
static void text_at(bawn_buf *b, dice *d, const char *before, const char *after)
{
    bawn_buf text = { 0 };

    text_of(&text, d);
    quoted(b, before, bawn_buf_slice(&text));
    bawn_buf_str(b, after);
    bawn_buf_free(&text);
}

static void turn_of(bawn_buf *b, dice *d, size_t turn)
{
    size_t n = under(d, 3);

    if (one_in(d, 3)) {
        text_at(b, d, ",{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":", "},");
        bawn_buf_str(b, "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}}]}");
    } else {
        text_at(b, d, ",{\"role\":\"user\",\"content\":", "}");
    }
    if (n == 0 || one_in(d, 2))
        text_at(b, d, ",{\"role\":\"assistant\",\"content\":", "");
    else
        bawn_buf_str(b, ",{\"role\":\"assistant\",\"content\":null");
    for (size_t i = 0; i < n; i++) {
        bawn_buf json = { 0 };
        arguments_of(&json, d);
        bawn_buf_fmt(b, "%s{\"id\":\"c%zu_%zu\",\"type\":\"function\",\"function\":{\"name\":\"f\"", i ? "," : ",\"tool_calls\":[", turn, i);
        quoted(b, ",\"arguments\":", bawn_buf_slice(&json));
        bawn_buf_str(b, i + 1 == n ? "}}]" : "}}");
        bawn_buf_free(&json);
    }
    bawn_buf_str(b, "}");
    for (size_t i = 0; i < n; i++) {
        bawn_buf_fmt(b, ",{\"role\":\"tool\",\"tool_call_id\":\"c%zu_%zu\",\"content\":", turn, i);
        text_at(b, d, "", "}");
    }
}

static void request_of(bawn_buf *b, dice *d)
{
    static const char *const choices[] = { "", ",\"tool_choice\":\"auto\"", ",\"tool_choice\":\"required\"", ",\"tool_choice\":\"none\"",
                                           ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}" };

    text_at(b, d, "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":", "}");
    for (size_t i = 0, n = 1 + under(d, 3); i < n; i++)
        turn_of(b, d, i);
    bawn_buf_str(b, "]");
    if (one_in(d, 2)) {
        text_at(b, d, ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":", "");
        bawn_buf_str(b, ",\"parameters\":{\"type\": \"object\"},\"strict\":true}}]");
        bawn_buf_str(b, PICK(d, choices));
    }
    bawn_buf_fmt(b, ",\"max_tokens\":%zu", 1 + under(d, 9999));
    bawn_buf_str(b, one_in(d, 2) ? ",\"temperature\":0.25,\"top_p\":1e-1" : "");
    bawn_buf_str(b, one_in(d, 2) ? ",\"stop\":[\"a\\n\",\"b\"],\"user\":\"u\"" : "");
    bawn_buf_str(b, one_in(d, 2) ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}" : "}");
}

static void requests_come_back_as_they_went(void **state)
{
    bawn_translate_pair there = pair_of(OPENAI, ANTHROPIC), back = pair_of(ANTHROPIC, OPENAI);
    bawn_buf body = { 0 }, got = { 0 };
    size_t rounds = environment("BAWN_TRANSLATIONS", 4000);

    (void)state;
    for (size_t i = 0; i < rounds; i++) {
        bawn_arena *arena = bawn_arena_new(4096, 0);
        bawn_translated t, u;
        bawn_error err = { 0 };
        dice d = { seed + i };
        bawn_buf_clear(&body);
        bawn_buf_clear(&got);
        request_of(&body, &d);
        if (!bawn_translate_request(&t, &there, bawn_buf_slice(&body), arena, &err) || !bawn_translate_request(&u, &back, t.body, arena, &err))
            fail_msg("seed %llu: %s\n%.*s", (unsigned long long)seed, err.message, (int)body.len, body.ptr);
        bawn_buf_add(&got, u.body);
        compare("a request", &got, &body);
        bawn_arena_free(arena);
    }
    bawn_buf_free(&body);
    bawn_buf_free(&got);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(streams_whole_answers_and_what_was_said_are_the_same),
                                               cmocka_unit_test(requests_come_back_as_they_went) };

    seed = environment("BAWN_SEED", 20261130);
    printf("seed %llu\n", (unsigned long long)seed);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

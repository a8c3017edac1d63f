/* Fuzz target: translation. The first byte chooses a pair, the second what is translated: a request, a whole answer, an error, or the
 * events of a stream, one on each line. Whatever is translated is JSON that the reader of the API it was translated to accepts;
 * whatever is not says why. */
#include <stdlib.h>

#include "translate/translate.h"

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void must_be_json(bawn_slice text)
{
    bawn_json j = { 0 };

    must(bawn_json_parse(&j, text, 200, NULL) && bawn_json_is_object(&j));
    bawn_json_free(&j);
}

/* As the exchange will read it. */
static void must_be_readable(const bawn_translate_pair *p, bawn_slice text)
{
    bawn_arena *arena = bawn_arena_new(4096, 0);
    bawn_conversation c = { 0 };
    bawn_json j = { 0 };

    must(bawn_json_parse(&j, text, 200, NULL) && p->client->answer(&c, p->operation, &j, arena, NULL));
    bawn_json_free(&j);
    bawn_arena_free(arena);
}

static void request(const bawn_translate_pair *p, bawn_slice body)
{
    bawn_arena *arena = bawn_arena_new(4096, 0);
    bawn_error err = { 0 };
    bawn_translated t;

    if (bawn_translate_request(&t, p, body, arena, &err))
        must_be_json(t.body);
    else
        must(err.code != 0 && err.message[0]);
    bawn_arena_free(arena);
}

static void answer(const bawn_translate_pair *p, bawn_slice body)
{
    bawn_arena *arena = bawn_arena_new(4096, 0);
    bawn_error err = { 0 };
    bawn_buf out = { 0 };

    if (bawn_translate_answer(&out, p, body, arena, &err))
        must_be_readable(p, bawn_buf_slice(&out));
    else
        must(err.code == BAWN_E_UPSTREAM_INVALID && out.len == 0);
    bawn_buf_free(&out);
    bawn_arena_free(arena);
}

static void error(const bawn_translate_pair *p, bawn_slice body)
{
    int status = body.len > 0 ? 400 + (unsigned char)body.ptr[0] : 500;
    bawn_buf out = { 0 };

    must(bawn_translate_error(&out, &status, p, body) && status >= 400);
    must_be_json(bawn_buf_slice(&out));
    bawn_buf_free(&out);
}

/* The client's reader finds no fault with the events, in their order. */
static bool events(const bawn_translate_pair *p, const bawn_translation *t, bawn_stream_state *s)
{
    bawn_operation op = p->client == &bawn_dialect_bedrock ? BAWN_OP_CONVERSE_STREAM : p->operation;
    const bawn_translate_event_out *list;
    bawn_slice data;

    for (size_t i = 0, n = bawn_translation_events(&list, &data, t); i < n; i++) {
        bawn_slice text = { data.ptr + list[i].begin, list[i].end - list[i].begin };
        bawn_arena *arena = bawn_arena_new(4096, 0);
        bawn_conversation c = { 0 };
        bawn_json j = { 0 };
        s->name = bawn_slice_str(list[i].name);
        s->exception = list[i].exception;
        if (!bawn_slice_is(text, "[DONE]"))
            must(bawn_json_parse(&j, text, 200, NULL) && p->client->event(&c, s, op, &j, arena, NULL));
        bawn_json_free(&j);
        bawn_arena_free(arena);
    }
    return !bawn_translation_over(t);
}

static void stream(const bawn_translate_pair *p, bawn_slice lines)
{
    bawn_translation *t = bawn_translation_new(p);
    bawn_stream_state s = { .begun = false };
    bawn_error err = { 0 };
    bool on = true;

    for (size_t at = 0, end; on && at < lines.len; at = end + 1) {
        const char *stop = memchr(lines.ptr + at, '\n', lines.len - at);
        end = stop ? (size_t)(stop - lines.ptr) : lines.len;
        on = bawn_translation_event(t, bawn_slice_of(lines.ptr + at, end - at), &err) && events(p, t, &s);
        must(on || bawn_translation_over(t) || err.code == BAWN_E_UPSTREAM_INVALID);
    }
    if (on && bawn_translation_end(t, &err))
        events(p, t, &s);
    bawn_translation_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct { const bawn_dialect *client, *upstream; bawn_operation op; } pairs[] = {
        { &bawn_dialect_openai, &bawn_dialect_anthropic, BAWN_OP_CHAT }, { &bawn_dialect_anthropic, &bawn_dialect_openai, BAWN_OP_MESSAGES },
        { &bawn_dialect_bedrock, &bawn_dialect_openai, BAWN_OP_CONVERSE }, { &bawn_dialect_bedrock, &bawn_dialect_anthropic, BAWN_OP_CONVERSE } };
    static void (*const what[])(const bawn_translate_pair *, bawn_slice) = { request, answer, error, stream };

    if (size < 2)
        return 0;
    bawn_translate_pair p = { .client = pairs[data[0] % 4].client, .upstream = pairs[data[0] % 4].upstream, .operation = pairs[data[0] % 4].op,
                              .model = BAWN_LIT("asked"), .id = BAWN_LIT("id"), .include_usage = true };
    what[data[1] % 4](&p, bawn_slice_of((const char *)data + 2, size - 2));
    return 0;
}

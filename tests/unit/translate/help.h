/* help.h: a request, an answer or a stream translated, as one text to compare. */
#ifndef BAWN_TEST_TRANSLATE_HELP_H
#define BAWN_TEST_TRANSLATE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "translate/translate.h"

#define OPENAI &bawn_dialect_openai
#define ANTHROPIC &bawn_dialect_anthropic
#define BEDROCK &bawn_dialect_bedrock

static inline bawn_translate_pair pair_of(const bawn_dialect *client, const bawn_dialect *upstream)
{
    return (bawn_translate_pair){ .client = client, .upstream = upstream, .model = BAWN_LIT("asked"), .id = BAWN_LIT("id-1"),
                                  .operation = client == OPENAI ? BAWN_OP_CHAT : client == ANTHROPIC ? BAWN_OP_MESSAGES : BAWN_OP_CONVERSE,
                                  .include_usage = true, .now_ns = 7000000000 };
}

/* Test texts have ' for ". */
static inline void quotes_add(bawn_buf *b, const char *text)
{
    for (; *text; text++)
        bawn_buf_byte(b, (char)(*text == '\'' ? '"' : *text));
}

static inline void assert_text(const bawn_buf *got, const char *expected, const char *what)
{
    bawn_buf wanted = { 0 };

    quotes_add(&wanted, expected);
    if (!bawn_slice_eq(bawn_buf_slice(got), bawn_buf_slice(&wanted)))
        fail_msg("%s\nfound    %.*s\nexpected %.*s", what, (int)got->len, got->ptr ? got->ptr : "", (int)wanted.len, wanted.ptr);
    bawn_buf_free(&wanted);
}

/* The upstream's path and body; or "refused: " and the parameter, or for answers "invalid". */
static inline void request_translated(bawn_buf *out, const bawn_translate_pair *p, const char *body)
{
    bawn_arena *arena = bawn_arena_new(1024, 0);
    bawn_error err = { 0 };
    bawn_translated t;
    bawn_buf b = { 0 };

    quotes_add(&b, body);
    bawn_buf_clear(out);
    if (bawn_translate_request(&t, p, bawn_buf_slice(&b), arena, &err)) {
        bawn_buf_add(out, t.path);
        bawn_buf_str(out, " ");
        bawn_buf_add(out, t.body);
    } else {
        bawn_buf_fmt(out, "refused: %s", err.file);
        assert_int_equal(err.code, BAWN_E_INVALID_REQUEST);
        assert_true(strlen(err.message) > 20);
    }
    bawn_buf_free(&b);
    bawn_arena_free(arena);
}

static inline void answer_translated(bawn_buf *out, const bawn_translate_pair *p, const char *body)
{
    bawn_arena *arena = bawn_arena_new(1024, 0);
    bawn_error err = { 0 };
    bawn_buf b = { 0 };

    quotes_add(&b, body);
    bawn_buf_clear(out);
    if (!bawn_translate_answer(out, p, bawn_buf_slice(&b), arena, &err)) {
        assert_int_equal(err.code, BAWN_E_UPSTREAM_INVALID);
        assert_int_equal(out->len, 0);
        bawn_buf_str(out, "invalid");
    }
    bawn_buf_free(&b);
    bawn_arena_free(arena);
}

/* Events, a line each: name, data. `events`: one on each line. At a failure the line "invalid". */
static inline void stream_translated(bawn_buf *out, const bawn_translate_pair *p, const char *events)
{
    bawn_translation *t = bawn_translation_new(p);
    const bawn_translate_event_out *list;
    bawn_error err = { 0 };
    bawn_slice data;
    bool ok = true;

    assert_non_null(t);
    bawn_buf_clear(out);
    while (ok) {
        size_t n = strcspn(events, "\n");
        bawn_buf line = { 0 };
        for (size_t i = 0; i < n; i++)
            bawn_buf_byte(&line, (char)(events[i] == '\'' ? '"' : events[i]));
        bool more = *events != 0;
        ok = more ? bawn_translation_event(t, bawn_buf_slice(&line), &err) : bawn_translation_end(t, &err);
        n += events[n] == '\n';
        events += n;
        for (size_t i = 0, count = bawn_translation_events(&list, &data, t); i < count; i++) {
            bawn_buf_fmt(out, "%s%s ", list[i].exception ? "!" : "", list[i].name);
            bawn_buf_add(out, bawn_slice_of(data.ptr + list[i].begin, list[i].end - list[i].begin));
            bawn_buf_str(out, "\n");
        }
        bawn_buf_free(&line);
        if (!more)
            break;
    }
    if (!ok) {
        assert_int_equal(err.code, BAWN_E_UPSTREAM_INVALID);
        bawn_buf_str(out, "invalid\n");
    }
    bawn_translation_free(t);
}

#endif

/* help.h: a body parsed and walked, with what the tests of the dialects ask of it. */
#ifndef BAWN_TEST_DIALECT_HELP_H
#define BAWN_TEST_DIALECT_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dialect/dialect.h"

typedef struct { bawn_json json; bawn_arena *arena; bawn_conversation got; bawn_error err; bool ok; } seen_body;

typedef bool (*reader)(bawn_conversation *, bawn_operation, const bawn_json *, bawn_arena *, bawn_error *);

static inline seen_body see_by(reader read, bawn_operation op, const char *text)
{
    seen_body s = { .arena = bawn_arena_new(16384, 0) };

    if (!bawn_json_parse(&s.json, bawn_slice_str(text), 100, &s.err))
        fail_msg("the test's own body is no JSON: %s\n%s", s.err.message, text);
    s.ok = read(&s.got, op, &s.json, s.arena, &s.err);
    return s;
}

static inline seen_body see_request(bawn_operation op, const char *text)
{
    return see_by(bawn_dialect_openai.request, op, text);
}

static inline seen_body see_answer(const char *text)
{
    return see_by(bawn_dialect_openai.answer, BAWN_OP_CHAT, text);
}

/* An event of a stream that has come so far: NULL, to its begin. */
static inline seen_body see_event(const bawn_dialect *dialect, bawn_operation op, const char *text, const bawn_stream_state *before)
{
    seen_body s = { .arena = bawn_arena_new(16384, 0) };
    bawn_stream_state state = before ? *before : (bawn_stream_state){ 0 };

    if (!bawn_json_parse(&s.json, bawn_slice_str(text), 100, &s.err))
        fail_msg("the test's own body is no JSON: %s\n%s", s.err.message, text);
    s.ok = dialect->event(&s.got, &state, op, &s.json, s.arena, &s.err);
    return s;
}

static inline void unsee(seen_body *s)
{
    bawn_json_free(&s->json);
    bawn_arena_free(s->arena);
}

static inline bool slice_is(bawn_slice s, const char *text) { return bawn_slice_is(s, text); }

#define assert_slice(slice, expected)                                                                          \
    do {                                                                                                       \
        bawn_slice got_ = (slice);                                                                             \
        if (!bawn_slice_is(got_, expected))                                                                    \
            fail_msg("found \"%.*s\", expected \"%s\"", (int)got_.len, got_.ptr ? got_.ptr : "", expected);    \
    } while (0)

/* The field that holds the text, or NULL; *n (may be NULL) is how many do. */
static inline const bawn_field *find_text(const seen_body *s, const char *text, size_t *n)
{
    const bawn_field *hit = NULL;
    size_t count = 0;

    for (size_t i = 0; i < s->got.n_fields; i++)
        if (bawn_slice_find(s->got.fields[i].text, bawn_slice_str(text)) < s->got.fields[i].text.len) {
            hit = &s->got.fields[i];
            count++;
        }
    if (n)
        *n = count;
    return hit;
}

#endif

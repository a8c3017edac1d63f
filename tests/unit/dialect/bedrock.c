/* Amazon Bedrock's runtime: routes on the raw URI, order of events, ends, models' own bodies, and what is in a chunk. */
#include "help.h"

#include "dialect/bedrock.h"
#include "dialect/eventstream.h"

static const bawn_dialect *const d = &bawn_dialect_bedrock;

static void routes_are_exact(void **state)
{
    static const struct { const char *method, *uri; bawn_operation op; const char *model; } rows[] = {
        { "POST", "/model/anthropic.claude-v1%3A0/converse", BAWN_OP_CONVERSE, "anthropic.claude-v1:0" },
        { "POST", "/model/anthropic.claude-v1:0/converse-stream", BAWN_OP_CONVERSE_STREAM, "anthropic.claude-v1:0" },
        { "POST", "/model/arn%3aaws%3abedrock%3aeu-west-1%3a1%3ax%2fy/invoke", BAWN_OP_INVOKE, "arn:aws:bedrock:eu-west-1:1:x/y" },
        { "POST", "/model/a%2Fb/invoke-with-response-stream", BAWN_OP_INVOKE_STREAM, "a/b" }, { "POST", "/model/a/b/invoke", BAWN_OP_UNKNOWN, NULL },
        { "POST", "/model/m/count-tokens", BAWN_OP_COUNT_TOKENS, "m" },
        { "GET", "/model/m/converse", BAWN_OP_UNKNOWN, NULL }, { "POST", "/model//converse", BAWN_OP_UNKNOWN, NULL },
        { "POST", "/model/converse", BAWN_OP_UNKNOWN, NULL }, { "POST", "/model/../converse", BAWN_OP_UNKNOWN, NULL },
        { "POST", "/model/a%2f..%2Fb/converse", BAWN_OP_UNKNOWN, NULL }, { "POST", "/model/a%2f/converse", BAWN_OP_UNKNOWN, NULL },
        { "POST", "/model/m%00/converse", BAWN_OP_UNKNOWN, NULL }, { "POST", "/model/m%2/converse", BAWN_OP_UNKNOWN, NULL },
        { "POST", "/model/m%/converse", BAWN_OP_UNKNOWN, NULL }, { "POST", "/model/m%41/converse", BAWN_OP_UNKNOWN, NULL },
        { "POST", "/model/m/converse?x", BAWN_OP_UNKNOWN, NULL }, { "POST", "/model/m/async-invoke", BAWN_OP_UNKNOWN, NULL },
        { "POST", "//model/m/converse", BAWN_OP_UNKNOWN, NULL }, { "POST", "/model/m /converse", BAWN_OP_UNKNOWN, NULL },
    };
    bawn_arena *arena = bawn_arena_new(4096, 0);

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_slice rest, model, uri = bawn_slice_str(rows[i].uri);

        if (d->route(bawn_slice_str(rows[i].method), uri, &rest) != rows[i].op)
            fail_msg("row %zu: %s", i, rows[i].uri);
        if (rows[i].model) {
            assert_true(d->model_of(&model, uri, arena));
            assert_slice(model, rows[i].model);
        }
    }
    bawn_arena_free(arena);
}

static void texts_have_their_speakers(void **state)
{
    static const struct { const char *block; bawn_role role; bawn_origin origin; bawn_field_kind kind; } rows[] = {
        { "{\"text\":\"x y\"}", BAWN_USER, BAWN_CALLER, BAWN_F_TEXT },
        { "{\"toolResult\":{\"content\":[{\"json\":{\"a\":\"x y\"}}]}}", BAWN_TOOL, BAWN_TOOL_RESULT, BAWN_F_DEEP },
        { "{\"toolResult\":{\"content\":[{\"document\":{\"source\":{\"text\":\"x y\"}}}]}}", BAWN_TOOL, BAWN_TOOL_RESULT, BAWN_F_TEXT },
        { "{\"document\":{\"name\":\"x y\"}}", BAWN_USER, BAWN_DOCUMENT, BAWN_F_TEXT },
        { "{\"searchResult\":{\"content\":[{\"text\":\"x y\"}]}}", BAWN_USER, BAWN_DOCUMENT, BAWN_F_TEXT },
        { "{\"reasoningContent\":{\"reasoningText\":{\"text\":\"x y\"}}}", BAWN_USER, BAWN_CALLER, BAWN_F_SIGNED },
        { "{\"toolUse\":{\"input\":{\"a\":\"x y\"}}}", BAWN_USER, BAWN_CALLER, BAWN_F_ARGUMENTS },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        char body[400];
        snprintf(body, sizeof body, "{\"messages\":[{\"content\":[%s],\"role\":\"user\"}]}", rows[i].block);
        seen_body s = see_by(d->request, BAWN_OP_CONVERSE, body);
        const bawn_field *f = find_text(&s, "x y", NULL);

        if (!s.ok || !f || f->role != rows[i].role || f->origin != rows[i].origin || f->kind != rows[i].kind)
            fail_msg("row %zu: %s %s", i, s.err.message, rows[i].block);
        unsee(&s);
    }
}

static void bodies_of_invoke_are_the_models(void **state)
{
    seen_body claude = see_by(d->request, BAWN_OP_INVOKE_STREAM, "{\"anthropic_version\":\"b\",\"messages\":[{\"role\":\"user\",\"content\":\"x y\"}]}");
    seen_body other = see_by(d->request, BAWN_OP_INVOKE, "{\"inputText\":\"x y\",\"n\":{\"k z\":7}}");
    seen_body none = see_by(d->request, BAWN_OP_INVOKE, "{\"anthropic_version\":\"b\"}");

    (void)state;
    assert_true(claude.ok && claude.got.native && claude.got.stream && !claude.got.opaque);
    assert_true(other.ok && other.got.opaque && !other.got.stream);
    assert_non_null(find_text(&other, "x y", NULL));
    assert_non_null(find_text(&other, "k z", NULL));
    assert_true(!none.ok && none.err.code == BAWN_E_INVALID_REQUEST);
    unsee(&claude);
    unsee(&other);
    unsee(&none);
}

/* ---- events ------------------------------------------------------------------------------------------------------------- */
typedef struct { const char *name, *data; } event;

static const event begin = { "messageStart", "{\"role\":\"assistant\"}" }, delta = { "contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":"
    "{\"text\":\"x y\"},\"p\":\"abc\"}" }, closed = { "contentBlockStop", "{\"contentBlockIndex\":0}" },
    tool = { "contentBlockStart", "{\"contentBlockIndex\":1,\"start\":{\"toolUse\":{\"name\":\"n\",\"toolUseId\":\"t\"}}}" },
    input = { "contentBlockDelta", "{\"contentBlockIndex\":1,\"delta\":{\"toolUse\":{\"input\":\"{}\"}}}" },
    shut = { "contentBlockStop", "{\"contentBlockIndex\":1}" }, stop = { "messageStop", "{\"stopReason\":\"end_turn\"}" },
    metadata = { "metadata", "{\"usage\":{\"inputTokens\":1,\"outputTokens\":2}}" };

static size_t read_all(const event *events, size_t n, bawn_stream_state *s)
{
    size_t i = 0;

    for (bool ok = true; ok && i < n; i += ok) {
        bawn_arena *arena = bawn_arena_new(8192, 0);
        bawn_conversation c;
        bawn_json j = { 0 };
        bawn_error err = { 0 };

        assert_true(bawn_json_parse(&j, bawn_slice_str(events[i].data), 64, &err));
        s->name = bawn_slice_str(events[i].name);
        ok = d->event(&c, s, BAWN_OP_CONVERSE_STREAM, &j, arena, &err);
        assert_true(ok || err.code == BAWN_E_UPSTREAM_INVALID);
        bawn_json_free(&j);
        bawn_arena_free(arena);
    }
    return i;
}

static void events_come_in_order_or_are_refused(void **state)
{
    const struct { event events[8]; size_t n, good; } rows[] = {
        { { begin, delta, delta, closed, tool, input, shut, stop }, 8, 8 },
        { { begin, delta, closed, stop, metadata }, 5, 5 },
        { { begin, { "something", "{\"new\":1}" }, delta }, 3, 3 },
        { { delta }, 1, 0 }, { { begin, begin }, 2, 1 }, { { begin, closed }, 2, 1 }, { { begin, delta, input }, 3, 2 },
        { { begin, delta, tool }, 3, 2 }, { { begin, delta, stop }, 3, 2 }, { { begin, delta, closed, delta }, 4, 3 },
        { { begin, stop, delta }, 3, 2 }, { { begin, { "contentBlockDelta", "{\"delta\":{\"text\":\"x\"}}" } }, 2, 1 },
        { { begin, { "contentBlockDelta", "{\"contentBlockIndex\":-1}" } }, 2, 1 }, { { { "messageStart", "[]" } }, 1, 0 },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_stream_state s = { 0 };
        size_t good = read_all(rows[i].events, rows[i].n, &s);

        if (good != rows[i].good)
            fail_msg("row %zu: %zu events were good, expected %zu", i, good, rows[i].good);
    }
}

static void an_end_fits_what_was_passed_on(void **state)
{
    static const struct { bawn_stream_state passed; const char *names[6]; } rows[] = {
        { { 0 }, { "messageStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata" } },
        { { .begun = true }, { "contentBlockDelta", "contentBlockStop", "messageStop", "metadata" } },
        { { .begun = true, .open = true, .block = 1, .next = 2 }, { "contentBlockStop", "messageStop", "metadata" } },
        { { .begun = true, .block = 1, .next = 2 }, { "messageStop", "metadata" } },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_conversation asked = { .stream = true };
        bawn_eventstream *in = bawn_eventstream_new(1000);
        bawn_eventstream_message m;
        bawn_buf b = { 0 };
        size_t k = 0;

        assert_true(d->stream_refusal(&b, &asked, BAWN_NIL, &rows[i].passed, NULL, 0, BAWN_LIT("id"), BAWN_LIT("No."), 0));
        assert_true(bawn_eventstream_feed(in, bawn_buf_slice(&b), true));
        for (; bawn_eventstream_next(in, &m); k++) {
            assert_non_null(rows[i].names[k]);
            assert_slice(m.name, rows[i].names[k]);
        }
        assert_true(!rows[i].names[k] && !bawn_eventstream_failed(in) && !bawn_eventstream_cut(in));
        bawn_eventstream_free(in);
        bawn_buf_free(&b);
    }
}

static void a_chunk_wraps_any_bytes(void **state)
{
    (void)state;
    for (size_t n = 1; n < 70; n++) {
        bawn_buf data = { 0 }, wrapped = { 0 }, out = { 0 };

        for (size_t i = 0; i < n; i++)
            bawn_buf_byte(&data, (char)(i * 37 + n));
        assert_true(bawn_bedrock_wrap(&wrapped, bawn_buf_slice(&data)) && bawn_bedrock_unwrap(&out, bawn_buf_slice(&wrapped)));
        assert_true(bawn_slice_eq(bawn_buf_slice(&data), bawn_buf_slice(&out)));
        bawn_buf_free(&data);
        bawn_buf_free(&wrapped);
        bawn_buf_free(&out);
    }
}

static void what_is_no_chunk_is_refused(void **state)
{
    static const char *const rows[] = { "", "[]", "{}", "{\"bytes\":7}", "{\"bytes\":\"\"}", "{\"bytes\":\"abc\"}", "{\"bytes\":\"a$cd\"}",
                                        "{\"bytes\":\"ab=d\"}", "{\"bytes\":\"\\u0061bcd\"}" };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_buf out = { 0 };
        if (bawn_bedrock_unwrap(&out, bawn_slice_str(rows[i])))
            fail_msg("taken for a chunk: %s", rows[i]);
        bawn_buf_free(&out);
    }
}

static void errors_have_aws_names(void **state)
{
    static const struct { int code; const char *type; } rows[] = {
        { BAWN_E_CONTENT_FILTER, "ValidationException" }, { BAWN_E_UNAUTHENTICATED, "AccessDeniedException" },
        { BAWN_E_UNKNOWN_MODEL, "ResourceNotFoundException" }, { BAWN_E_RATE_LIMITED, "ThrottlingException" },
        { BAWN_E_UPSTREAM_INVALID, "ModelErrorException" }, { BAWN_E_GUARD_FAILED, "ServiceUnavailableException" },
        { BAWN_E_UPSTREAM_TIMEOUT, "ModelTimeoutException" }, { BAWN_E_USAGE, "InternalServerException" },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_buf b = { 0 };
        bawn_slice type;

        assert_true(d->error(&b, &type, rows[i].code, BAWN_LIT("a \"b\""), BAWN_NIL));
        assert_true(bawn_slice_find(bawn_buf_slice(&b), bawn_slice_str(rows[i].type)) < b.len);
        bawn_buf_free(&b);
    }
}

static void the_tables_fit(void **state)
{
    (void)state;
    assert_false(bawn_bedrock_trie()->full);
    assert_true(bawn_bedrock_trie()->n_nodes * 2 < bawn_bedrock_trie()->mask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes_are_exact), cmocka_unit_test(texts_have_their_speakers), cmocka_unit_test(bodies_of_invoke_are_the_models),
        cmocka_unit_test(events_come_in_order_or_are_refused), cmocka_unit_test(an_end_fits_what_was_passed_on),
        cmocka_unit_test(a_chunk_wraps_any_bytes), cmocka_unit_test(what_is_no_chunk_is_refused),
        cmocka_unit_test(errors_have_aws_names), cmocka_unit_test(the_tables_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

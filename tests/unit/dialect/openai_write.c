/* What the dialect writes is read back: by our tokeniser, and as a stream by our framer.
 *
 * keeps: T07, T35 */
#include "dialect/openai.h"
#include "dialect/report.h"
#include "help.h"

#define NASTY "no \"such\"\n\x01 thing \xC3\xA9 \\"
#define NOW UINT64_C(1700000000123456789)

static bawn_json parsed(bawn_slice text)
{
    bawn_json j = { 0 };
    bawn_error err;

    if (!bawn_json_parse(&j, text, 50, &err))
        fail_msg("%s: %.*s", err.message, (int)text.len, text.ptr);
    return j;
}

/* The value at a path of names and numbers, "choices.0.message". */
static uint32_t at(const bawn_json *j, const char *path)
{
    uint32_t token = 0;
    char name[64];

    while (*path) {
        size_t len = strcspn(path, ".");

        snprintf(name, sizeof(name), "%.*s", (int)len, path);
        if (j->tokens[token].type == BAWN_JSON_OBJECT) {
            token = bawn_json_get(j, token, name);
        } else {
            unsigned n = (unsigned)atoi(name);

            assert_true(n < j->tokens[token].count);
            for (token++; n > 0; n--)
                token = j->tokens[token].next;
        }
        if (token == 0)
            fail_msg("nothing at %s", path);
        path += len + (path[len] == '.');
    }
    return token;
}

#define assert_at(j, path, text) assert_true(bawn_json_is(&(j), at(&(j), path), text))

static uint64_t number_at(const bawn_json *j, const char *path)
{
    uint64_t n = UINT64_MAX;

    assert_true(bawn_json_u64(&n, j, at(j, path)));
    return n;
}

static const bawn_conversation asked = { .model = { "m\"1", 3 }, .n_choices = 2, .input_tokens = -1, .output_tokens = -1 };
static const bawn_slice id = { "0193576c", 8 }, message = { NASTY, sizeof(NASTY) - 1 };

static void a_refusal_is_a_whole_answer(void **state)
{
    bawn_buf b = { 0 };
    bawn_slice type;
    bawn_json j;

    (void)state;
    assert_true(bawn_dialect_openai.refusal(&b, &type, BAWN_OP_CHAT, &asked, id, message, NOW));
    assert_slice(type, "application/json");
    j = parsed(bawn_buf_slice(&b));
    assert_at(j, "id", "chatcmpl-0193576c");
    assert_at(j, "object", "chat.completion");
    assert_at(j, "model", "m\"1");
    assert_int_equal(number_at(&j, "created"), 1700000000);
    assert_int_equal(j.tokens[at(&j, "choices")].count, 2);
    assert_int_equal(number_at(&j, "choices.1.index"), 1);
    assert_at(j, "choices.1.message.role", "assistant");
    assert_at(j, "choices.1.message.content", NASTY);
    assert_at(j, "choices.1.message.refusal", NASTY);
    assert_at(j, "choices.1.finish_reason", "content_filter");
    assert_int_equal(number_at(&j, "usage.total_tokens"), 0);
    bawn_json_free(&j);
    bawn_buf_free(&b);
}

static void a_refused_answer_keeps_what_the_answer_said_of_itself(void **state)
{
    bawn_choice choices[] = { { .index = 4 } };
    bawn_conversation answer = { .id = BAWN_LIT("chatcmpl-up"), .model = BAWN_LIT("real"), .choices = choices, .n_open = 1,
                                 .input_tokens = 5, .output_tokens = 6 };
    bawn_buf b = { 0 };
    bawn_json j;

    (void)state;
    assert_true(bawn_dialect_openai.refused_answer(&b, BAWN_OP_CHAT, &asked, &answer, id, message, NOW));
    j = parsed(bawn_buf_slice(&b));
    assert_at(j, "id", "chatcmpl-up");
    assert_at(j, "model", "real");
    assert_int_equal(j.tokens[at(&j, "choices")].count, 1);
    assert_int_equal(number_at(&j, "choices.0.index"), 4);
    assert_int_equal(number_at(&j, "usage.total_tokens"), 11);
    bawn_json_free(&j);
    bawn_buf_free(&b);
}

static void an_operation_without_a_refusal_says_so(void **state)
{
    bawn_buf b = { 0 };
    bawn_slice type;

    (void)state;
    assert_false(bawn_dialect_openai.refusal(&b, &type, BAWN_OP_EMBEDDINGS, &asked, id, message, NOW));
    assert_false(bawn_dialect_openai.refused_answer(&b, BAWN_OP_EMBEDDINGS, &asked, NULL, id, message, NOW));
    assert_int_equal(b.len, 0);
    bawn_buf_free(&b);
}

/* ---- streams ------------------------------------------------------------------------------------------------- */
typedef struct { bawn_json chunks[32]; bawn_buf texts[32]; size_t n; bool done; } stream;

static stream streamed(const bawn_buf *b)
{
    bawn_sse *sse = bawn_sse_new(10000);
    bawn_sse_event e;
    stream s = { 0 };

    assert_true(bawn_sse_feed(sse, bawn_buf_slice(b), true));
    while (bawn_sse_next(sse, &e)) {
        assert_false(s.done);
        if (bawn_slice_is(e.data, "[DONE]")) {
            s.done = true;
            continue;
        }
        bawn_buf_add(&s.texts[s.n], e.data);
        s.chunks[s.n] = parsed(bawn_buf_slice(&s.texts[s.n]));
        s.n++;
    }
    assert_false(bawn_sse_cut(sse));
    bawn_sse_free(sse);
    return s;
}

static void stream_free(stream *s)
{
    for (size_t i = 0; i < s->n; i++) {
        bawn_json_free(&s->chunks[i]);
        bawn_buf_free(&s->texts[i]);
    }
}

static void a_refusal_to_a_stream_is_a_stream(void **state)
{
    bawn_conversation request = asked;
    bawn_buf b = { 0 };
    bawn_slice type;
    stream s;

    (void)state;
    request.stream = request.include_usage = true;
    request.n_choices = 1;
    assert_true(bawn_dialect_openai.refusal(&b, &type, BAWN_OP_CHAT, &request, id, message, NOW));
    assert_slice(type, "text/event-stream");
    s = streamed(&b);
    assert_true(s.done);
    assert_int_equal(s.n, 5);
    assert_at(s.chunks[0], "choices.0.delta.role", "assistant");
    assert_at(s.chunks[1], "choices.0.delta.content", NASTY);
    assert_at(s.chunks[2], "choices.0.delta.refusal", NASTY);
    assert_at(s.chunks[3], "choices.0.finish_reason", "content_filter");
    assert_int_equal(s.chunks[4].tokens[at(&s.chunks[4], "choices")].count, 0);
    assert_int_equal(number_at(&s.chunks[4], "usage.total_tokens"), 0);
    stream_free(&s);
    bawn_buf_free(&b);
}

static void a_stream_blocked_half_way_ends_every_choice(void **state)
{
    const uint32_t choices[] = { 0, 3 };
    bawn_slice last = BAWN_LIT("{\"id\":\"chatcmpl-up\",\"created\":77,\"model\":\"r\\u0065al\",\"choices\":[],\"usage\":null}");
    bawn_conversation request = asked;
    bawn_buf b = { 0 };
    stream s;

    (void)state;
    assert_true(bawn_dialect_openai.stream_refusal(&b, &request, last, NULL, choices, 2, id, message, NOW));
    s = streamed(&b);
    assert_true(s.done);
    assert_int_equal(s.n, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_at(s.chunks[i], "id", "chatcmpl-up");
        assert_at(s.chunks[i], "model", "real");
        assert_int_equal(number_at(&s.chunks[i], "created"), 77);
        assert_int_equal(number_at(&s.chunks[i], "choices.0.index"), i < 2 ? 0 : 3);
        assert_int_equal(bawn_json_get(&s.chunks[i], at(&s.chunks[i], "choices.0.delta"), "content"), 0);
    }
    assert_at(s.chunks[2], "choices.0.delta.refusal", NASTY);
    assert_at(s.chunks[3], "choices.0.finish_reason", "content_filter");
    stream_free(&s);
    bawn_buf_free(&b);
}

static void a_broken_last_chunk_is_no_harm(void **state)
{
    static const char *const all[] = { "{", "[]", "7", "{\"id\":7,\"model\":{},\"created\":\"x\",\"usage\":[]}" };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(all); i++) {
        bawn_buf b = { 0 };
        stream s;

        assert_true(bawn_dialect_openai.stream_refusal(&b, &asked, bawn_slice_str(all[i]), NULL, NULL, 0, id, message, NOW));
        s = streamed(&b);
        assert_true(s.done && s.n >= 4);
        assert_at(s.chunks[0], "id", "chatcmpl-0193576c");
        stream_free(&s);
        bawn_buf_free(&b);
    }
}

static void an_error_has_the_envelope_and_its_status(void **state)
{
    static const struct { int code, status; const char *type, *name; } all[] = {
        { BAWN_E_CONTENT_FILTER, 400, "invalid_request_error", "content_filter" },
        { BAWN_E_GUARD_FAILED, 503, "api_error", "guard_failed" },
        { BAWN_E_UNAUTHENTICATED, 401, "authentication_error", "unauthenticated" },
        { BAWN_E_FORBIDDEN, 403, "permission_error", "forbidden" },
        { BAWN_E_RATE_LIMITED, 429, "rate_limit_error", "rate_limited" },
        { BAWN_E_UNKNOWN_ROUTE, 404, "invalid_request_error", "unknown_route" },
        { BAWN_E_UNSUPPORTED_MEDIA, 415, "invalid_request_error", "unsupported_media" },
        { BAWN_E_BODY_TOO_LARGE, 413, "invalid_request_error", "body_too_large" },
        { BAWN_E_UPSTREAM_TIMEOUT, 504, "api_error", "upstream_timeout" },
        { BAWN_E_UPSTREAM_INVALID, 502, "api_error", "upstream_invalid" },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(all); i++) {
        bawn_buf b = { 0 };
        bawn_slice type;
        bawn_json j;

        assert_int_equal(bawn_dialect_status(all[i].code), all[i].status);
        assert_true(bawn_dialect_openai.error(&b, &type, all[i].code, message, i ? BAWN_NIL : BAWN_LIT("messages[0].role")));
        j = parsed(bawn_buf_slice(&b));
        assert_at(j, "error.message", NASTY);
        assert_at(j, "error.type", all[i].type);
        assert_at(j, "error.code", all[i].name);
        if (i == 0)
            assert_at(j, "error.param", "messages[0].role");
        else
            assert_int_equal(j.tokens[at(&j, "error.param")].type, BAWN_JSON_NULL);
        bawn_json_free(&j);
        bawn_buf_free(&b);
    }
}

static void every_error_code_has_a_status(void **state)
{
    (void)state;
    for (int code = BAWN_E_NONE; code < BAWN_E_COUNT + 3; code++)
        assert_true(bawn_dialect_status(code) >= 400 && bawn_dialect_status(code) < 600);
    assert_int_equal(bawn_dialect_status(-1), 500);
}

static void a_stream_error_ends_the_stream(void **state)
{
    bawn_buf b = { 0 };
    stream s;

    (void)state;
    assert_true(bawn_dialect_openai.stream_error(&b, BAWN_E_GUARD_FAILED, message));
    s = streamed(&b);
    assert_true(s.done && s.n == 1);
    assert_at(s.chunks[0], "error.code", "guard_failed");
    assert_at(s.chunks[0], "error.message", NASTY);
    stream_free(&s);
    bawn_buf_free(&b);
}

static void moderations_have_all_categories(void **state)
{
    float scores[26] = { 0.25f, [12] = 1.0f, [13] = 0.0000004f, [14] = -1, [15] = 2 }, attack[2] = { 0.97f, 0.0f / 1 };
    bool flagged[2] = { true, false };
    bawn_buf b = { 0 };
    bawn_json j;

    (void)state;
    assert_true(bawn_openai_moderation(&b, id, BAWN_LIT("bawn"), scores, attack, flagged, 2));
    j = parsed(bawn_buf_slice(&b));
    assert_at(j, "id", "modr-0193576c");
    for (size_t i = 0; i < 13; i++) {
        char path[80];

        sprintf(path, "results.1.category_scores.%s", bawn_dialect_openai.moderation_categories[i]);
        assert_int_equal(j.tokens[at(&j, path)].type, BAWN_JSON_NUMBER);
        sprintf(path, "results.0.categories.%s", bawn_dialect_openai.moderation_categories[i]);
        assert_int_equal(j.tokens[at(&j, path)].type, i == 12 ? BAWN_JSON_TRUE : BAWN_JSON_FALSE);
    }
    assert_slice(bawn_json_raw(&j, at(&j, "results.0.category_scores.harassment")), "0.250000");
    assert_slice(bawn_json_raw(&j, at(&j, "results.0.category_scores.violence/graphic")), "1.000000");
    assert_slice(bawn_json_raw(&j, at(&j, "results.0.category_scores.prompt_attack")), "0.970000");
    assert_slice(bawn_json_raw(&j, at(&j, "results.1.category_scores.hate")), "1.000000");
    assert_int_equal(j.tokens[at(&j, "results.0.flagged")].type, BAWN_JSON_TRUE);
    assert_int_equal(j.tokens[at(&j, "results.1.flagged")].type, BAWN_JSON_FALSE);
    bawn_json_free(&j);
    bawn_buf_free(&b);
}

static void a_moderation_is_what_was_found_in_each_input(void **state)
{
    bawn_field fields[] = { { .message = 0 }, { .message = 2 }, { .message = UINT32_MAX } };
    const bawn_conversation c = { .fields = fields, .n_fields = 3, .n_messages = 3, .model = BAWN_LIT("m") };
    const bawn_slice attack = BAWN_LIT("prompt_attack"), pii = BAWN_LIT("pii");
    const bawn_reported found[] = { { .guard = attack, .field = 1, .score = 0.6f }, { .guard = attack, .field = 1, .score = 0.5f },
                                    { .guard = pii, .field = 0, .score = 0.95f }, { .guard = attack, .field = 2, .score = 0.95f } };
    const bawn_report r = { .request = &c, .findings = found, .n_findings = 4, .id = id };
    bawn_arena *arena = bawn_arena_new(1024, 0);
    bawn_buf b = { 0 };

    (void)state;
    assert_true(bawn_dialect_openai.report(&b, BAWN_OP_MODERATIONS, &r, arena));
    bawn_buf_byte(&b, 0);
    const char *text = b.ptr ? b.ptr : "", *first = strstr(text, "{\"flagged\":false"), *second = first ? strstr(first + 1, "{\"flagged\":false") : NULL;
    const char *third = second ? strstr(second + 1, "{\"flagged\":true") : NULL;
    assert_true(third && strstr(third, "\"prompt_attack\":0.600000") && strstr(first, "\"prompt_attack\":0.000000") < second && strstr(second, "\"prompt_attack\":0.000000") < third);
    bawn_buf_free(&b);
    bawn_arena_free(arena);
}

static void no_memory_writes_nothing(void **state)
{
    bawn_conversation request = asked;
    bool ok = false;

    (void)state;
    request.stream = true;
    for (size_t nth = 1; !ok && nth < 100; nth++) {
        bawn_buf b = { 0 };
        bawn_slice type;

        bawn_malloc_fail_at = nth;
        ok = bawn_dialect_openai.stream_refusal(&b, &request, BAWN_LIT("{\"id\":\"a\\u0062\"}"), NULL, NULL, 0, id, message, NOW);
        bawn_malloc_fail_at = 0;
        assert_true(ok || b.len == 0);
        bawn_buf_free(&b);
        (void)type;
    }
    assert_true(ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_is_a_whole_answer),
        cmocka_unit_test(a_refused_answer_keeps_what_the_answer_said_of_itself),
        cmocka_unit_test(an_operation_without_a_refusal_says_so),
        cmocka_unit_test(a_refusal_to_a_stream_is_a_stream),
        cmocka_unit_test(a_stream_blocked_half_way_ends_every_choice),
        cmocka_unit_test(a_broken_last_chunk_is_no_harm),
        cmocka_unit_test(an_error_has_the_envelope_and_its_status),
        cmocka_unit_test(every_error_code_has_a_status),
        cmocka_unit_test(a_stream_error_ends_the_stream),
        cmocka_unit_test(moderations_have_all_categories), cmocka_unit_test(a_moderation_is_what_was_found_in_each_input),
        cmocka_unit_test(no_memory_writes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

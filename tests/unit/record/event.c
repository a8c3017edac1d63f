/* The event of one decision: its bytes, its limits, and that no input breaks the line.
 *
 * keeps: T22, T34 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/json.h"
#include "record/record.h"

static bawn_event example(void)
{
    static const bawn_slice ran[] = { { "limits", 6 }, { "leak", 4 } };
    static const bawn_event_finding found = {
        .path = { "/choices/0/message/content", 26 }, .guard = { "leak", 4 }, .kind = { "leak.SYSTEM_PROMPT", 18 },
        .owasp = { "LLM07", 5 }, .atlas = { "AML.T0056", 9 }, .origin = { "model", 5 }, .span = { 118, 131 },
        .score = 0.97f, .confidence = "HIGH", .view = "raw", .action = BAWN_BLOCK, .side = BAWN_OUTPUT,
        .match_hash = "k:c0ffee012345678", };
    bawn_event e = {
        .time_ns = UINT64_C(1795446245123456000), .type = "decision", .node = BAWN_LIT("gw1"),
        .trace_id = BAWN_LIT("4bf92f3577b34da6a3ce929d0e0e4736"), .span_id = BAWN_LIT("00f067aa0ba902b7"),
        .identity_kind = BAWN_LIT("jwt"), .subject = BAWN_LIT("k:9f2c41d0a7b35e18"), .trust = BAWN_LIT("customer"),
        .client_address = BAWN_LIT("k:51d2c6aa0e94b7f3"), .listener = BAWN_LIT("public"), .dialect = BAWN_LIT("openai"),
        .operation = BAWN_LIT("chat"), .upstream = BAWN_LIT("main"), .stream = true, .method = BAWN_LIT("POST"),
        .path = BAWN_LIT("/v1/chat/completions"), .status = 200, .request_model = BAWN_LIT("standin"),
        .response_model = BAWN_LIT("standin"), .response_id = BAWN_LIT("chatcmpl-7"),
        .conversation_id = BAWN_LIT("k:77aa01c2d3e4f506"), .finish_reasons = { BAWN_LIT("content_filter") },
        .n_finish = 1, .input_tokens = 210, .output_tokens = 31, .policy_hash = "sha256:6b1f",
        .guardrail = BAWN_LIT("shop"), .version = BAWN_LIT("3"), .engine = BAWN_LIT("0.1.0"),
        .patterns_hash = "sha256:90ac", .mode = "enforce", .action = "block", .reason = BAWN_LIT("prompt_attack"),
        .enforced = true, .side = "output", .delivered_characters = 118, .guarded = { 412, 131 },
        .total = { 412, 131 }, .total_known = true, .findings = &found, .n_findings = 1, .ran = ran, .n_ran = 2,
        .us_total = 1840123, .us_identity = 3, .us_parse = 2, .us_views = 1, .us_bytes = 4, .us_tokens = -1,
        .us_upstream = 180222, .us_held_max = 950, .us_record = 2, .bytes_request = 1023, .bytes_response = 9120,
        .end = "complete", };

    memcpy(e.id, "0193576c-5d3e-7c41-9a60-0b7a2f1c9e55", 36);
    return e;
}

static const char expected[] =
    "{\"schema\":1,\"id\":\"0193576c-5d3e-7c41-9a60-0b7a2f1c9e55\",\"time\":\"2026-11-23T15:04:05.123456Z\","
    "\"type\":\"decision\",\"node\":\"gw1\",\"worker\":0,\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\","
    "\"span_id\":\"00f067aa0ba902b7\",\"identity\":{\"kind\":\"jwt\",\"subject\":\"k:9f2c41d0a7b35e18\","
    "\"key_id\":null,\"trust\":\"customer\",\"client.address\":\"k:51d2c6aa0e94b7f3\"},"
    "\"route\":{\"listener\":\"public\",\"dialect\":\"openai\",\"operation\":\"chat\",\"upstream\":\"main\","
    "\"stream\":true},\"http\":{\"request.method\":\"POST\",\"url.path\":\"/v1/chat/completions\","
    "\"response.status_code\":200},\"gen_ai\":{\"operation.name\":\"chat\",\"provider.name\":\"openai\","
    "\"request.model\":\"standin\",\"response.model\":\"standin\",\"response.id\":\"chatcmpl-7\","
    "\"response.finish_reasons\":[\"content_filter\"],\"conversation.id\":\"k:77aa01c2d3e4f506\","
    "\"usage.input_tokens\":210,\"usage.output_tokens\":31},\"policy\":{\"hash\":\"sha256:6b1f\","
    "\"guardrail\":\"shop\",\"version\":\"3\",\"engine\":\"0.1.0\",\"patterns\":\"sha256:90ac\",\"weights\":null,"
    "\"mode\":\"enforce\"},\"verdict\":{\"action\":\"block\",\"reason\":\"prompt_attack\",\"enforced\":true,"
    "\"side\":\"output\",\"delivered_characters\":118},\"coverage\":{\"input\":{\"guarded\":412,\"total\":412},"
    "\"output\":{\"guarded\":131,\"total\":131},\"unguarded\":[]},\"findings\":[{\"side\":\"output\","
    "\"path\":\"/choices/0/message/content\",\"origin\":\"model\",\"guard\":\"leak\","
    "\"kind\":\"leak.SYSTEM_PROMPT\",\"begin\":118,\"end\":131,\"score\":0.97,\"confidence\":\"HIGH\","
    "\"view\":\"raw\",\"action\":\"block\",\"owasp\":[\"LLM07\"],\"atlas\":[\"AML.T0056\"],"
    "\"match\":{\"hash\":\"k:c0ffee0123456789\",\"text\":null}}],\"findings_dropped\":0,"
    "\"guards\":{\"ran\":[\"limits\",\"leak\"],\"failed\":[],\"skipped\":[]},\"tools\":[],"
    "\"latency_us\":{\"total\":1840123,\"identity\":3,\"parse\":2,\"views\":1,\"bytes\":4,\"tokens\":null,"
    "\"upstream_first_byte\":180222,\"held_max\":950,\"record\":2},\"bytes\":{\"request\":1023,\"response\":9120},"
    "\"end\":\"complete\"}";

static void the_event_is_written_as_the_specification_shows_it(void **state)
{
    bawn_event e = example();
    bawn_event_finding f = *e.findings;
    bawn_buf out = { 0 };

    (void)state;
    memcpy(f.match_hash, "k:c0ffee0123456789", 18);
    e.findings = &f;
    assert_true(bawn_event_write(&out, &e));
    bawn_buf_byte(&out, '\0');
    assert_string_equal(out.ptr, expected);
    bawn_buf_free(&out);
}

/* Parses what was written; fails the test when it is not one line of strict JSON within 32 KiB. */
static void parse(bawn_json *j, const bawn_buf *out)
{
    bawn_error err;

    assert_true(out->len <= 32 * 1024);
    assert_null(memchr(out->ptr, '\n', out->len));
    if (!bawn_json_parse(j, bawn_buf_slice(out), 16, &err))
        fail_msg("%s", err.message);
}

static void an_empty_event_is_valid_and_says_null(void **state)
{
    bawn_event e = { .input_tokens = -1, .output_tokens = -1, .us_total = -1 };
    bawn_buf out = { 0 };
    bawn_json j = { 0 };

    (void)state;
    memset(e.id, '0', sizeof e.id);
    assert_true(bawn_event_write(&out, &e));
    parse(&j, &out);
    assert_int_equal(j.tokens[bawn_json_get(&j, 0, "node")].type, BAWN_JSON_NULL);
    assert_int_equal(j.tokens[bawn_json_get(&j, bawn_json_get(&j, 0, "verdict"), "side")].type, BAWN_JSON_NULL);
    uint32_t coverage = bawn_json_get(&j, 0, "coverage"), input = bawn_json_get(&j, coverage, "input");
    assert_int_equal(j.tokens[bawn_json_get(&j, input, "total")].type, BAWN_JSON_NULL);    /* R17: not known */
    bawn_buf_free(&out);
    bawn_json_free(&j);
}

static void hostile_text_cannot_break_the_line(void **state)
{
    static const char *const hostile[] = { "a\nb\"c\\", "\xFF\xFE", "ok\xC3", "\xED\xA0\x80x", "\x01\x02", "</script>" };
    bawn_buf out = { 0 };
    bawn_json j = { 0 };
    char big[5000];

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(hostile) * 3; i++) {
        bawn_event e = example();
        size_t unit = strlen(hostile[i / 3]), shift = i % 3, n = shift;

        memset(big, 'x', shift);
        for (; n + unit <= sizeof big; n += unit)
            memcpy(big + n, hostile[i / 3], unit);
        e.path = e.subject = e.response_id = e.finish_reasons[0] = bawn_slice_of(big, n);
        e.reason = bawn_slice_str(hostile[i / 3]);
        bawn_buf_clear(&out);
        assert_true(bawn_event_write(&out, &e));
        parse(&j, &out);
        uint32_t path = bawn_json_get(&j, bawn_json_get(&j, 0, "http"), "url.path");
        assert_in_range(bawn_json_raw(&j, path).len, 500, 512);
    }
    bawn_buf_free(&out);
    bawn_json_free(&j);
}

static uint64_t number_at(const bawn_json *j, uint32_t object, const char *key)
{
    uint64_t n = UINT64_MAX;

    assert_true(bawn_json_u64(&n, j, bawn_json_get(j, object, key)));
    return n;
}

static void findings_over_the_limit_are_cut_and_counted(void **state)
{
    static bawn_event_finding many[1000];
    static bawn_event_unguarded blind[1000];
    static bawn_event_tool calls[1000];
    char text[4000];
    bawn_buf out = { 0 };
    bawn_json j = { 0 };
    bawn_event e = example();

    (void)state;
    memset(text, 1, sizeof text);
    e.path = e.subject = e.key_id = e.trust = e.request_model = e.response_model = bawn_slice_of(text, sizeof text);
    for (size_t size = 10; size <= sizeof text; size += 1330) {
        for (size_t i = 0; i < 1000; i++) {
            many[i] = *e.findings;
            many[i].match_text = bawn_slice_of(text, size);
            blind[i] = (bawn_event_unguarded){ bawn_slice_of(text, size), i, "policy_off" };
            calls[i] = (bawn_event_tool){ .name = bawn_slice_of(text, size), .origin = "model" };
        }
        for (size_t n = 1; n <= 1000; n *= 10) {
            bawn_event big = e;

            big.findings = many;
            big.unguarded = blind;
            big.tools = calls;
            big.n_findings = big.n_unguarded = big.n_tools = n;
            bawn_buf_clear(&out);
            assert_true(bawn_event_write(&out, &big));
            parse(&j, &out);
            size_t kept = j.tokens[bawn_json_get(&j, 0, "findings")].count;
            assert_in_range(kept, 1, 64);
            assert_int_equal(number_at(&j, 0, "findings_dropped"), n - kept);
            uint32_t coverage = bawn_json_get(&j, 0, "coverage");
            kept = j.tokens[bawn_json_get(&j, coverage, "unguarded")].count;
            if (kept < n)
                assert_int_equal(number_at(&j, coverage, "unguarded_dropped"), n - kept);
        }
    }
    bawn_buf_free(&out);
    bawn_json_free(&j);
}

static void scores_have_at_most_four_decimals(void **state)
{
    static const struct { float score; const char *text; } cases[] = {
        { 0.0f, "0" }, { 1.0f, "1" }, { 0.5f, "0.5" }, { 0.97f, "0.97" }, { 0.12345f, "0.1235" }, { 0.0001f, "0.0001" },
        { 0.00001f, "0" }, { 0.99999f, "1" }, { -1.0f, "0" }, { 7.0f, "1" }, { (float)(0.0 / 1e-300), "0" },
        { __builtin_nanf(""), "0" }, { __builtin_inff(), "1" },
    };
    bawn_buf out = { 0 };
    bawn_json j = { 0 };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(cases); i++) {
        bawn_event e = example();
        bawn_event_finding f = *e.findings;

        f.score = cases[i].score;
        e.findings = &f;
        bawn_buf_clear(&out);
        assert_true(bawn_event_write(&out, &e));
        parse(&j, &out);
        uint32_t list = bawn_json_get(&j, 0, "findings");
        assert_true(bawn_slice_is(bawn_json_raw(&j, bawn_json_get(&j, list + 1, "score")), cases[i].text));
    }
    bawn_buf_free(&out);
    bawn_json_free(&j);
}

static void the_keyed_hash_binds_key_kind_and_text(void **state)
{
    char a[18], b[18];

    (void)state;
    bawn_event_hash(a, BAWN_LIT("key"), BAWN_LIT("pii.EMAIL"), BAWN_LIT("a@b.c"));
    /* printf 'pii.EMAIL\0a@b.c' | openssl dgst -sha256 -hmac key */
    assert_memory_equal(a, "k:f5335c2a3db5addd", 18);
    bawn_event_hash(b, BAWN_LIT("kez"), BAWN_LIT("pii.EMAIL"), BAWN_LIT("a@b.c"));
    assert_memory_not_equal(a, b, 18);
    bawn_event_hash(b, BAWN_LIT("key"), BAWN_LIT("pii.EMAILa"), BAWN_LIT("@b.c"));
    assert_memory_not_equal(a, b, 18);
}

static void every_failing_allocation_is_reported(void **state)
{
    bawn_event e = example();
    bool failed = true;

    (void)state;
    for (size_t nth = 1; failed; nth++) {
        bawn_buf out = { 0 };
        bool ok;

        bawn_malloc_fail_at = nth;
        ok = bawn_event_write(&out, &e);
        failed = bawn_malloc_fail_at == 0;
        bawn_malloc_fail_at = 0;
        assert_int_equal(ok, !failed);
        bawn_buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_event_is_written_as_the_specification_shows_it),
        cmocka_unit_test(an_empty_event_is_valid_and_says_null),
        cmocka_unit_test(hostile_text_cannot_break_the_line),
        cmocka_unit_test(findings_over_the_limit_are_cut_and_counted),
        cmocka_unit_test(scores_have_at_most_four_decimals),
        cmocka_unit_test(the_keyed_hash_binds_key_kind_and_text),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

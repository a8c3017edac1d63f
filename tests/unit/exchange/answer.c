/* A whole answer: passed as it came, edited in place, or replaced by the provider's own refusal. keeps: P3a.4, P3a.5, T35 */
#include "help.h"

#define ANSWER(content, rest) "{\"id\":\"c\",\"model\":\"m-1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" \
    content "\"" rest "},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}"
#define POLICY UPSTREAMS "defaults: {guardrail: g}\n" GUARDED

static void answer_to(run *r, desk *k, const char *question, const char *reply)
{
    talk(r, k, "/v1/chat/completions", NULL, 0, chat(question), "application/json", reply);
}

static void an_answer_is_edited_in_place(void **state)
{
    static const struct { const char *question, *reply, *want; } rows[] = {
        { "hello", ANSWER("Hello.", ""), ANSWER("Hello.", "") },
        { "hello", ANSWER("ask bob@example.com", ""), ANSWER("ask <EMAIL>", "") },
        /* a placeholder is put back; one that the model made up is not */
        { "ada@example.com", ANSWER("to <EMAIL_1>, not <EMAIL_2>", ""), ANSWER("to ada@example.com, not <EMAIL_2>", "") },
        { "\\\"x y\\\"@example.com or ada@example.com", ANSWER("<EMAIL_1>", ""), NULL },
        /* in a tool's arguments it is escaped for the JSON inside the JSON */
        { "ada@example.com", ANSWER("", ",\"tool_calls\":[{\"id\":\"t\",\"type\":\"function\",\"function\":{\"name\":\"send\","
          "\"arguments\":\"{\\\"to\\\":\\\"<EMAIL_1>\\\"}\"}}]"), ANSWER("", ",\"tool_calls\":[{\"id\":\"t\",\"type\":\"function\",\"function\":{"
          "\"name\":\"send\",\"arguments\":\"{\\\"to\\\":\\\"ada@example.com\\\"}\"}}]") },
    };
    desk k = desk_open(POLICY);
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        run r;
        answer_to(&r, &k, rows[i].question, rows[i].reply);
        if (rows[i].want && !bawn_slice_is(bawn_buf_slice(&r.answer), rows[i].want))
            fail_msg("%s\nbecame\n%.*s", rows[i].reply, (int)r.answer.len, r.answer.ptr);
        if (!rows[i].want)
            assert_false(has(&r.answer, "<EMAIL_1>"));
        assert_true(r.ended);
        expect(&r.record, "\"end\":\"complete\"");
        run_free(&r);
    }
    desk_close(&k);
}

static void copies_of_an_edited_text_are_dropped(void **state)
{
    desk k = desk_open(POLICY);
    run r;
    (void)state;
    answer_to(&r, &k, "hello", "{\"id\":\"c\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"bob@example.com\"},\"logprobs\":{\"content\":["
              "{\"token\":\"bob@example.com\",\"logprob\":-1,\"bytes\":[98],\"top_logprobs\":[]}]},\"finish_reason\":\"stop\"}]}");
    assert_false(has(&r.answer, "bob"));
    expect(&r.answer, "\"content\":\"<EMAIL>\"");
    expect(&r.answer, "null");
    run_free(&r);
    desk_close(&k);
}

static void a_blocked_answer_is_the_providers_own_refusal(void **state)
{
    desk k = desk_open(POLICY);
    run r;
    (void)state;
    answer_to(&r, &k, "hello", ANSWER("the bluefalcon, of course", ""));
    assert_int_equal(r.action[BAWN_OUTPUT], BAWN_BLOCK);
    assert_int_equal(r.status, 200);
    assert_false(has(&r.answer, "bluefalcon"));
    expect(&r.answer, "\"finish_reason\":\"content_filter\"");
    expect(&r.answer, "Sorry, I cannot show that answer.");
    expect(&r.record, "\"side\":\"output\"");
    expect(&r.record, "\"end\":\"blocked\"");
    expect(&r.record, "\"path\":\"/choices/0/message/content\"");
    run_free(&r);
    desk_close(&k);
}

static void what_cannot_be_read_never_leaves(void **state)
{
    static const struct { const char *type, *reply; } rows[] = {
        { "application/json", "{\"choices\":[" }, { "application/json", "[]" }, { "application/json", "" },
        { "application/json", "{\"a\":1,\"a\":2}" }, { "text/html", "<html>" }, { "", "x" },
    };
    desk k = desk_open(POLICY);
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        run r;
        talk(&r, &k, "/v1/chat/completions", NULL, 0, chat("hello"), rows[i].type, rows[i].reply);
        if (r.status != 502)
            fail_msg("%s %s: %d", rows[i].type, rows[i].reply, r.status);
        expect(&r.answer, "upstream_invalid");
        expect(&r.record, "\"end\":\"upstream_died\"");
        run_free(&r);
    }
    desk_close(&k);
}

/* An upstream's error passes as it is, and what no guard read of it is counted, however it was cut. */
static void an_upstreams_error_is_counted_as_unguarded(void **state)
{
    static const char body[] = "{\"error\":{\"message\":\"n\xC3\xB6 such model\"}}";
    desk k = desk_open(POLICY);
    (void)state;
    for (size_t cut = 0; cut < sizeof body - 1; cut++) {
        run r = { 0 };
        bawn_exchange *x = drive_new(k.worker, "POST", "/v1/chat/completions", NULL, 0);
        drive_feed(&r, x, BAWN_INPUT, bawn_slice_str(chat("hello")), NULL, 0);
        assert_true(bawn_exchange_response(x, 404, BAWN_LIT("application/json"), NOW));
        drive_piece(&r, x, BAWN_OUTPUT, BAWN_LIT(body), 0, cut);
        drive_piece(&r, x, BAWN_OUTPUT, BAWN_LIT(body), cut, sizeof body - 1);
        expect(&r.answer, body);
        expect(&r.record, "\"output\":{\"guarded\":0,\"total\":37}");
        expect(&r.record, "{\"path\":null,\"characters\":37,\"reason\":\"upstream_error\"}");
        run_free(&r);
        bawn_exchange_free(x);
    }
    desk_close(&k);
}

/* The connector judges an answer whole, so nothing of one that stalls was fed; others may feed it in pieces. */
static void an_answer_that_stalls_is_a_time_out(void **state)
{
    static const struct { const char *type, *piece; } rows[] = {
        { NULL, "" }, { "application/json", "" }, { "application/json", "{\"choices\":[" },
    };
    desk k = desk_open(POLICY);
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_exchange *x = drive_new(k.worker, "POST", "/v1/chat/completions", NULL, 0);
        run r = { 0 };
        drive_feed(&r, x, BAWN_INPUT, bawn_slice_str(chat("hello")), NULL, 0);
        assert_true(!rows[i].type || bawn_exchange_response(x, 200, bawn_slice_str(rows[i].type), NOW));
        assert_true(rows[i].piece[0] == 0 || bawn_exchange_feed(x, BAWN_OUTPUT, bawn_slice_str(rows[i].piece), false, NOW));
        assert_true(bawn_exchange_response(x, 504, BAWN_NIL, NOW + 1));
        assert_true(bawn_exchange_abort(x, BAWN_OUTPUT, NOW + 1));
        drive_steps(&r, x, BAWN_OUTPUT, BAWN_NIL, NOW + 1);
        assert_int_equal(r.status, 504);
        expect(&r.answer, "upstream_timeout");
        expect(&r.record, "\"end\":\"upstream_timeout\"");
        run_free(&r);
        bawn_exchange_free(x);
    }
    desk_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_edited_in_place), cmocka_unit_test(copies_of_an_edited_text_are_dropped),
        cmocka_unit_test(a_blocked_answer_is_the_providers_own_refusal), cmocka_unit_test(what_cannot_be_read_never_leaves),
        cmocka_unit_test(an_upstreams_error_is_counted_as_unguarded),
        cmocka_unit_test(an_answer_that_stalls_is_a_time_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

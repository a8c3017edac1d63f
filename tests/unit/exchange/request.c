/* The request side: what passes, what is edited, what is refused and how, where it goes, and the scorer's word. keeps:
 * P3a.2, P3a.4, P3a.5, R15 */
#include "help.h"

static void clean_bodies_pass_as_they_came(void **state)
{
    desk k = desk_open(UPSTREAMS GUARDED);
    run r;
    (void)state;
    ask(&r, &k, chat("Where is my parcel? \\ud83d\\ude00"));
    assert_string_equal(r.steps, "V");
    assert_int_equal(r.action[BAWN_INPUT], BAWN_ALLOW);
    assert_true(bawn_slice_is(bawn_buf_slice(&r.request), chat("Where is my parcel? \\ud83d\\ude00")));
    run_free(&r);
    desk_close(&k);
}

static void only_the_found_bytes_are_edited(void **state)
{
    static const struct { const char *text, *want; } rows[] = {
        { "to ada@example.com!", "to <EMAIL_1>!" }, { "\\ud83d\\ude00 \\\"ada@example.com\\\"", "\\ud83d\\ude00 \\\"<EMAIL_1>\\\"" },
        { "\\u0061da@example.com \\/ bob@example.com", "<EMAIL_1> \\/ <EMAIL_2>" },     /* an escape inside the value goes with it */
        { "ada@example.com, ada@example.com", "<EMAIL_1>, <EMAIL_1>" },
        { "<EMAIL_1> is ada@example.com", "<EMAIL_1> is <EMAIL_2>" },                    /* the caller's own number is not given */
    };
    desk k = desk_open(UPSTREAMS "defaults: {guardrail: g}\n" GUARDED);
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        run r;
        ask(&r, &k, chat(rows[i].text));
        assert_string_equal(r.steps, "DV");
        assert_int_equal(r.action[BAWN_INPUT], BAWN_MASK);
        bawn_slice want = bawn_slice_str(chat(rows[i].want));
        if (!bawn_slice_eq(bawn_buf_slice(&r.request), want))
            fail_msg("%s: %.*s", rows[i].text, (int)r.request.len, r.request.ptr);
        run_free(&r);
    }
    desk_close(&k);
}

static void what_cannot_be_read_is_refused_by_its_code(void **state)
{
    static const struct { const char *uri, *body; int status; const char *code; } rows[] = {
        { "/v1/chat/completions", "", 400, "invalid_json" }, { "/v1/chat/completions", "{", 400, "invalid_json" },
        { "/v1/chat/completions", "{\"model\":\"m-1\",\"model\":\"m-2\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}", 400, "duplicate_key" },
        { "/v1/chat/completions", "{\"model\":\"\xFF\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}", 400, "invalid_utf8" },
        { "/v1/chat/completions", "{\"model\":\"m-1\",\"messages\":[[[[[[[[[[[[[]]]]]]]]]]]]]}", 400, "too_deep" },
        { "/v1/chat/completions", "{\"model\":\"m-1\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"novel\":1}", 400, "unknown_field" },
        { "/v1/chat/completions", "{\"model\":\"none\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}", 404, "unknown_model" },
        { "/v1/other", "{}", 404, "unknown_route" }, { "/v1/../v1/chat/completions", "{}", 404, "unknown_route" },
    };
    desk k = desk_open(UPSTREAMS "defaults: {guardrail: g, unknown_fields: refuse}\nguardrails: {g: {input_limits: {depth: 10}}}\n");
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        run r;
        talk(&r, &k, rows[i].uri, NULL, 0, rows[i].body, NULL, NULL);
        if (r.status != rows[i].status || !has(&r.answer, rows[i].code))
            fail_msg("%s %s: %d %.*s", rows[i].uri, rows[i].body, r.status, (int)r.answer.len, r.answer.ptr);
        assert_string_equal(r.steps, "VRX");
        expect(&r.record, "\"action\":\"refuse\"");
        expect(&r.record, rows[i].code);
        run_free(&r);
    }
    desk_close(&k);
}

static void a_block_is_the_providers_own_refusal(void **state)
{
    static const bawn_attribute german = { { "http.accept_language", 20 }, { "de-DE", 5 } };
    desk native = desk_open(UPSTREAMS "defaults: {guardrail: g}\n" GUARDED);
    desk error = desk_open(UPSTREAMS "defaults: {guardrail: g, on_block: error}\n" GUARDED);
    run r;
    (void)state;
    talk(&r, &native, "/v1/chat/completions", &german, 1, chat("the bluefalcon"), NULL, NULL);
    assert_int_equal(r.status, 200);
    assert_int_equal(r.action[BAWN_INPUT], BAWN_BLOCK);
    expect(&r.answer, "\"finish_reason\":\"content_filter\"");
    expect(&r.answer, "Nein.");
    expect(&r.record, "\"delivered_characters\":0");
    run_free(&r);
    ask(&r, &error, chat("the bluefalcon"));
    assert_int_equal(r.status, 400);
    expect(&r.answer, "content_filter");
    expect(&r.answer, "No.");
    run_free(&r);
    desk_close(&native);
    desk_close(&error);
}

static void texts_of_one_message_are_read_together(void **state)
{
    desk k = desk_open(UPSTREAMS "defaults: {guardrail: g}\n" GUARDED);
    run r;
    (void)state;
    ask(&r, &k, "{\"model\":\"m-1\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"the blue\"},"
                "{\"type\":\"text\",\"text\":\"falcon\"}]}]}");
    assert_int_equal(r.action[BAWN_INPUT], BAWN_BLOCK);
    run_free(&r);
    ask(&r, &k, "{\"model\":\"m-1\",\"messages\":[{\"role\":\"user\",\"content\":\"the blue\"},{\"role\":\"assistant\",\"content\":\"falcon\"}]}");
    assert_int_equal(r.action[BAWN_INPUT], BAWN_ALLOW);     /* two voices are two texts */
    run_free(&r);
    desk_close(&k);
}

static void a_limit_is_shown_where_it_was_passed(void **state)
{
    desk k = desk_open(UPSTREAMS "defaults: {guardrail: g}\nguardrails: {g: {input_limits: {characters: 10}}}\n");
    run r;
    (void)state;
    ask(&r, &k, "{\"model\":\"m-1\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"},{\"role\":\"user\",\"content\":\"\\ud83d\\ude00worlds\"}]}");
    assert_int_equal(r.action[BAWN_INPUT], BAWN_BLOCK);
    expect(&r.record, "\"kind\":\"limits.CHARACTERS\"");
    expect(&r.record, "\"path\":\"/messages/1/content\"");
    expect(&r.record, "\"begin\":8,\"end\":9");
    run_free(&r);
    ask(&r, &k, "{\"model\":\"m-1\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"},{\"role\":\"user\",\"content\":\"world\"}]}");
    assert_int_equal(r.action[BAWN_INPUT], BAWN_ALLOW);
    run_free(&r);
    desk_close(&k);
}

/* ---- the scorer --------------------------------------------------------------------------------------------------- */
#define SCORED UPSTREAMS "scorer: {socket: /run/none, deadline: {request: 300ms}}\n"

static const struct { const char *yaml; float score; int how; /* 0: an answer, 1: not ok, 2: short, 3: deadline, 4: late */
                      int status; bool passes; } scorers[] = {
    { SCORED, 0.1f, 0, 0, true }, { SCORED, 0.99f, 0, 200, false }, { SCORED, 0.1f, 1, 503, false }, { SCORED, 0.1f, 2, 503, false },
    { SCORED, 0.1f, 3, 503, false }, { SCORED, 0.1f, 4, 503, false },
    { SCORED "defaults: {on_error: allow}\n", 0.1f, 1, 0, true }, { SCORED "defaults: {on_error: allow}\n", 0.1f, 3, 0, true },
};

static void the_scorer_is_waited_for_until_its_deadline(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(scorers); i++) {
        desk k = desk_open(scorers[i].yaml);
        bawn_exchange *x = drive_new(k.worker, "POST", "/v1/chat/completions", NULL, 0);
        const char *body = chat("Where is my parcel?");
        uint64_t next = 0;
        run r = { 0 };
        bawn_step s;
        assert_true(bawn_exchange_feed(x, BAWN_INPUT, bawn_slice_str(body), true, NOW));
        assert_true(bawn_exchange_next(&s, x));
        assert_int_equal(s.kind, BAWN_NEED);
        assert_int_equal(s.job.kind, 1);
        assert_int_equal(s.job.deadline_ns, NOW + 300000000u);
        uint32_t asked;
        memcpy(&asked, s.job.frame.ptr, 4);
        assert_int_equal(asked, 1);
        assert_true(bawn_slice_find(s.job.frame, BAWN_LIT("Where is my parcel?")) < s.job.frame.len);
        assert_false(bawn_exchange_next(&s, x));        /* nothing until it is answered */
        assert_true(bawn_exchange_tick(x, NOW + 299999999u, &next));
        assert_int_equal(next, NOW + 300000000u);
        assert_false(bawn_exchange_next(&s, x));
        bawn_slice answer = { (const char *)&scorers[i].score, scorers[i].how == 2 ? 3 : 4 };
        if (scorers[i].how >= 3)
            assert_true(bawn_exchange_tick(x, NOW + 300000000u, &next));
        if (scorers[i].how != 3)
            assert_true(bawn_exchange_resume(x, 1, scorers[i].how != 1, answer, NOW + 300000001u));
        drive_steps(&r, x, BAWN_INPUT, bawn_slice_str(body), NOW + 300000002u);
        assert_int_equal(r.status, scorers[i].status);
        assert_int_equal(r.ended, !scorers[i].passes);
        if (scorers[i].status == 503)
            expect(&r.record, "\"action\":\"fail\"");
        run_free(&r);
        bawn_exchange_free(x);
        desk_close(&k);
    }
}

/* ---- where it goes -------------------------------------------------------------------------------------------------- */
static void the_model_or_the_route_chooses_the_upstream(void **state)
{
    static const struct { const char *model, *upstream, *uri; } rows[] = {
        { "m-1", "main", "/v1/chat/completions" }, { "m-", "main", "/v1/chat/completions" }, { "big", "other", "/base/v1/chat/completions" },
    };
    desk k = desk_open(UPSTREAMS);
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_exchange *x = drive_new(k.worker, "POST", "/v1/chat/completions?key=CLIENTS&api-version=1", NULL, 0);
        char body[128];
        bawn_step s;
        snprintf(body, sizeof body, "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}", rows[i].model);
        assert_true(bawn_exchange_feed(x, BAWN_INPUT, bawn_slice_str(body), true, NOW));
        assert_true(bawn_exchange_next(&s, x));
        assert_int_equal(s.kind, BAWN_VERDICT);
        assert_true(bawn_slice_is(s.upstream, rows[i].upstream));
        assert_true(bawn_slice_is(s.upstream_uri, rows[i].uri));
        assert_int_equal(s.authorization.len, 0);       /* a client's key never goes on by itself */
        bawn_exchange_free(x);
    }
    desk_close(&k);
}

static void a_model_that_is_asked_about_chooses_its_upstream_too(void **state)
{
    static const struct { const char *uri, *upstream; } rows[] = {
        { "/v1/models/m-1", "main" }, { "/v1/models/big", "other" }, { "/v1/models/org/name", "org" }, { "/v1/models/org%2Fname?x=1", "org" },
        { "/v1/models/none", NULL }, { "/v1/models/org", NULL },
    };
    static const char *const policies[] = { "", "routes: [{operations: [models]}]\n", "routes: [{operations: [models], guardrail: none}]\n" };
    (void)state;
    for (size_t p = 0; p < BAWN_COUNT(policies); p++) {
        char yaml[1024];
        snprintf(yaml, sizeof yaml, "%s  org: {dialect: openai, url: http://127.0.0.1:9/v1, models: [org/*]}\n%s", UPSTREAMS, policies[p]);
        desk k = desk_open(yaml);
        for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
            bawn_exchange *x = drive_new(k.worker, "GET", rows[i].uri, NULL, 0);
            bawn_step s;
            assert_true(bawn_exchange_feed(x, BAWN_INPUT, BAWN_NIL, true, NOW));
            assert_true(bawn_exchange_next(&s, x));
            assert_int_equal(s.kind, BAWN_VERDICT);
            if (rows[i].upstream && !bawn_slice_is(s.upstream, rows[i].upstream))
                fail_msg("%s to %.*s", rows[i].uri, (int)s.upstream.len, s.upstream.ptr);
            assert_int_equal(s.status, rows[i].upstream ? 0 : 404);
            bawn_exchange_free(x);
        }
        desk_close(&k);
    }
}

static void models_of_several_upstreams_are_listed_from_the_policy(void **state)
{
    static const struct { const char *more, *list; } rows[] = {
        { "", "{\"object\":\"list\",\"data\":[{\"id\":\"big\",\"object\":\"model\",\"created\":0,\"owned_by\":\"other\"}]}" },
        { "  third: {dialect: openai, url: http://127.0.0.1:9/v1, models: [big, org/name]}\n",
          "{\"object\":\"list\",\"data\":[{\"id\":\"big\",\"object\":\"model\",\"created\":0,\"owned_by\":\"other\"},"
          "{\"id\":\"org/name\",\"object\":\"model\",\"created\":0,\"owned_by\":\"third\"}]}" },
        { "routes: [{operations: [models], upstream: main}]\n", NULL },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        char yaml[1024];
        run r = { 0 };
        snprintf(yaml, sizeof yaml, UPSTREAMS "%s", rows[i].more);
        desk k = desk_open(yaml);
        bawn_exchange *x = drive_new(k.worker, "GET", "/v1/models", NULL, 0);
        drive_feed(&r, x, BAWN_INPUT, BAWN_NIL, NULL, 0);
        assert_int_equal(r.ended, rows[i].list != NULL);
        if (rows[i].list) {
            assert_true(bawn_slice_is(bawn_buf_slice(&r.answer), rows[i].list));
            assert_int_equal(r.status, 200);
            expect(&r.record, "\"operation\":\"models\",\"upstream\":null");
        }
        run_free(&r);
        bawn_exchange_free(x);
        desk_close(&k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_that_is_asked_about_chooses_its_upstream_too),
        cmocka_unit_test(models_of_several_upstreams_are_listed_from_the_policy),
        cmocka_unit_test(clean_bodies_pass_as_they_came), cmocka_unit_test(only_the_found_bytes_are_edited),
        cmocka_unit_test(what_cannot_be_read_is_refused_by_its_code), cmocka_unit_test(a_block_is_the_providers_own_refusal),
        cmocka_unit_test(texts_of_one_message_are_read_together), cmocka_unit_test(a_limit_is_shown_where_it_was_passed), cmocka_unit_test(the_scorer_is_waited_for_until_its_deadline),
        cmocka_unit_test(the_model_or_the_route_chooses_the_upstream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

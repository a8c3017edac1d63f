/* Guards that cannot run: what the policy says of each (on_error), and that the record names them. keeps: R3, P3a.8, T04, T05 */
#include "help.h"

#define SCORED UPSTREAMS "scorer: {socket: /run/none, deadline: {request: 300ms}}\n"
#define ALLOW "defaults: {on_error: allow}\n"
#define REPLY "{\"id\":\"c\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"Soon.\"},\"finish_reason\":\"stop\"}]}"

static const uint64_t second = 1000000000u;

/* A request whose scorer says no, with those words or by its deadline (NULL), and the answer if it goes on. */
static void unscored(run *r, desk *k, const char *why)
{
    bawn_exchange *x = drive_new(k->worker, "POST", "/v1/chat/completions", NULL, 0);
    const char *body = chat("Where is my parcel?");
    uint64_t next = 0;

    *r = (run){ 0 };
    bawn_buf_str(&r->answer, REPLY);
    assert_true(bawn_exchange_feed(x, BAWN_INPUT, bawn_slice_str(body), true, NOW));
    bawn_step s;
    assert_true(bawn_exchange_next(&s, x));
    assert_int_equal(s.kind, BAWN_NEED);
    if (why)
        assert_true(bawn_exchange_resume(x, s.job.id, false, bawn_slice_str(why), NOW + 1));
    else
        assert_true(bawn_exchange_tick(x, NOW + 300000000u, &next));
    drive_steps(r, x, BAWN_INPUT, bawn_slice_str(body), NOW + 300000002u);
    if (!r->ended) {
        assert_true(bawn_exchange_response(x, 200, BAWN_LIT("application/json"), NOW + 400000000u));
        drive_feed(r, x, BAWN_OUTPUT, BAWN_LIT(REPLY), NULL, 0);
    }
    assert_true(r->ended);
    bawn_exchange_free(x);
}

static void what_a_guardrail_says_of_a_guard_goes_before_the_default(void **state)
{
    static const struct { const char *yaml; int status; } rows[] = {
        { SCORED, 503 }, { SCORED ALLOW, 0 },
        { SCORED ALLOW "guardrails: {default: {on_error: {content_filters: block}}}\n", 503 },
        { SCORED "guardrails: {default: {on_error: {content_filters: allow}}}\n", 0 },
        { SCORED ALLOW "guardrails: {default: {on_error: {secrets: block}}}\n", 0 },
        { SCORED "guardrails: {default: {on_error: {secrets: allow}}}\n", 503 },
        { SCORED "defaults: {guardrail: b, on_error: allow}\nguardrails:\n  a: {on_error: {content_filters: block}}\n  b: {extends: a}\n", 503 },
        { SCORED "defaults: {guardrail: b}\nguardrails:\n  a: {on_error: {content_filters: block, leak: allow}}\n"
                 "  b: {extends: a, on_error: {content_filters: allow}}\n", 0 },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        desk k = desk_open(rows[i].yaml);
        run r;
        unscored(&r, &k, "crashed");
        if (r.status != rows[i].status)
            fail_msg("%s: %d", rows[i].yaml, r.status);
        expect(&r.record, rows[i].status ? "\"action\":\"fail\"" : "\"action\":\"allow\"");
        expect(&r.record, "\"failed\":[{\"guard\":\"prompt_attack\",\"code\":\"crashed\"}]");
        run_free(&r);
        desk_close(&k);
    }
}

static void the_record_says_which_guard_failed_and_why(void **state)
{
    static const struct { const char *why, *code; } rows[] = {
        { NULL, "timeout" }, { "timeout", "timeout" }, { "overloaded", "overloaded" }, { "no_memory", "no_memory" }, { "", "crashed" },
        { "rubbish", "crashed" },
    };
    static const char *const yaml[] = { SCORED, SCORED ALLOW };
    (void)state;
    for (size_t p = 0; p < BAWN_COUNT(yaml); p++) {
        desk k = desk_open(yaml[p]);
        for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
            char want[80];
            run r;
            snprintf(want, sizeof want, "\"failed\":[{\"guard\":\"prompt_attack\",\"code\":\"%s\"}]", rows[i].code);
            unscored(&r, &k, rows[i].why);
            expect(&r.record, want);
            expect(&r.record, "\"ran\":[\"pii\"");                      /* prompt_attack would be the first */
            expect(&r.record, "\"input\":{\"guarded\":0,\"total\":19}"); /* not by every guard that the policy asks for */
            if (p == 1)
                expect(&r.record, "\"output\":{\"guarded\":5,\"total\":5}");
            run_free(&r);
        }
        desk_close(&k);
    }
}

static size_t digits_behind(const bawn_buf *b, const char *key)
{
    size_t at = bawn_slice_find(bawn_buf_slice(b), bawn_slice_str(key));
    assert_true(at < b->len);
    return strtoul(b->ptr + at + strlen(key), NULL, 10);
}

/* Each allocation fails once: it passes with all guards, or with a guard that the record names, or not at all. */
static void no_memory_is_recorded_of_the_guards_that_had_none(void **state)
{
    static const char *const yaml[] = { UPSTREAMS ALLOW GUARDED, UPSTREAMS GUARDED };
    size_t passed_without[2] = { 0 };
    (void)state;
    for (size_t p = 0; p < 2; p++) {
        bool failing = true;
        for (size_t n = 1; failing && n < 400; n++) {
            desk k = desk_open(yaml[p]);
            const char *body = chat("mail ada@example.com or call me");
            bawn_exchange *x = drive_new(k.worker, "POST", "/v1/chat/completions", NULL, 0);
            run r = { 0 };
            bawn_malloc_fail_at = n;
            bool ok = bawn_exchange_feed(x, BAWN_INPUT, bawn_slice_str(body), true, NOW);
            failing = bawn_malloc_fail_at == 0;
            bawn_malloc_fail_at = 0;
            if (ok)
                drive_steps(&r, x, BAWN_INPUT, bawn_slice_str(body), NOW);
            if (ok && !r.ended) {
                bawn_exchange_abort(x, BAWN_INPUT, NOW);
                drive_steps(&r, x, BAWN_INPUT, BAWN_NIL, NOW);
                size_t guarded = digits_behind(&r.record, "\"input\":{\"guarded\":");
                bool named = has(&r.record, "\"code\":\"no_memory\"");
                if (named == (guarded == 31) || (!named && !has(&r.record, "\"kind\":\"pii.EMAIL\"")))
                    fail_msg("allocation %zu: %.*s", n, (int)r.record.len, r.record.ptr);
                passed_without[p] += named;
            } else if (ok) {
                expect(&r.record, "\"code\":\"no_memory\"");
            }
            run_free(&r);
            bawn_exchange_free(x);
            desk_close(&k);
        }
        assert_false(failing);
    }
    assert_true(passed_without[0] > 0);
    assert_int_equal(passed_without[1], 0);
}

/* ---- streams ------------------------------------------------------------------------------------------------------- */
#define HOLD(more) UPSTREAMS "defaults: {guardrail: g, hold: {bytes: 4KiB, time: 2s}" more "}\n"
#define WORDS "guardrails:\n  g:\n    word_filters: {custom: [{words: [bluefalcon], action: block}, {words: [nightowl], action: mask}]}\n"

static void put(run *r, bawn_exchange *x, const char *events, bool last, uint64_t now)
{
    uint64_t next;
    assert_true(bawn_exchange_feed(x, BAWN_OUTPUT, bawn_slice_str(events), last, now));
    assert_true(bawn_exchange_tick(x, now, &next));
    drive_steps(r, x, BAWN_OUTPUT, BAWN_NIL, now);
}

static void a_hold_that_takes_too_long_drops_its_guards_where_they_may(void **state)
{
    desk k = desk_open(HOLD(", on_error: allow") WORDS);
    run r;
    uint64_t next;
    (void)state;
    bawn_exchange *x = begin_stream(&r, &k);
    put(&r, x, EVENT("A nightowl, or a bluefal"), false, NOW);
    assert_false(has(&r.answer, "bluefal"));
    assert_true(bawn_exchange_tick(x, NOW + 2 * second, &next));
    drive_steps(&r, x, BAWN_OUTPUT, BAWN_NIL, NOW + 2 * second);
    expect(&r.answer, "A <CUSTOM>, or a bluefal");                  /* what was found stays found */
    put(&r, x, EVENT("con and nightowl ") FINISH DONE, true, NOW + 3 * second);
    bawn_buf_add(&r.answer, bawn_buf_slice(&r.tail));
    expect(&r.answer, "con and nightowl ");
    assert_true(r.ended);
    expect(&r.record, "\"action\":\"mask\"");
    expect(&r.record, "{\"guard\":\"words\",\"code\":\"timeout\"}");
    expect(&r.record, "\"output\":{\"guarded\":24,\"total\":41}");
    expect(&r.record, "\"end\":\"complete\"");
    run_free(&r);
    bawn_exchange_free(x);
    desk_close(&k);
}

static void a_block_that_is_known_when_time_is_up_still_blocks(void **state)
{
    desk k = desk_open(HOLD(", on_error: allow") WORDS "    stream: {default: buffer}\n");
    run r;
    uint64_t next;
    (void)state;
    bawn_exchange *x = begin_stream(&r, &k);
    put(&r, x, EVENT("So it is the bluefalcon"), false, NOW);       /* a word's end is not yet known to be one */
    assert_true(bawn_exchange_tick(x, NOW + 2 * second, &next));
    drive_steps(&r, x, BAWN_OUTPUT, BAWN_NIL, NOW + 2 * second);
    assert_int_equal(r.action[BAWN_OUTPUT], BAWN_BLOCK);
    assert_false(has(&r.answer, "bluefalcon") || has(&r.tail, "bluefalcon"));
    expect(&r.tail, "content_filter");
    run_free(&r);
    bawn_exchange_free(x);
    desk_close(&k);
}

static void one_guard_that_may_not_drop_out_ends_the_answer(void **state)
{
    static const char *const yaml[] = { HOLD("") WORDS, HOLD(", on_error: allow") WORDS "    on_error: {secrets: block}\n" };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(yaml); i++) {
        desk k = desk_open(yaml[i]);
        run r;
        uint64_t next;
        bawn_exchange *x = begin_stream(&r, &k);
        put(&r, x, EVENT("Or a bluefal"), false, NOW);
        assert_true(bawn_exchange_tick(x, NOW + 2 * second, &next));
        drive_steps(&r, x, BAWN_OUTPUT, BAWN_NIL, NOW + 2 * second);
        expect(&r.tail, "guard_failed");
        assert_false(has(&r.answer, "bluefal") || has(&r.tail, "bluefal"));
        expect(&r.record, "\"action\":\"fail\"");
        expect(&r.record, "{\"guard\":\"words\",\"code\":\"timeout\"}");
        expect(&r.record, "\"end\":\"limit\"");
        run_free(&r);
        bawn_exchange_free(x);
        desk_close(&k);
    }
}

static void a_hold_that_grows_too_large_is_a_guard_that_is_overloaded(void **state)
{
    static const struct { const char *yaml, *action; } rows[] = {
        { HOLD("") WORDS "    stream: {default: window 100}\n", "fail" }, { HOLD(", on_error: allow") WORDS "    stream: {default: window 100}\n", "mask" /* of what is invisible */ },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        desk k = desk_open(rows[i].yaml);
        bawn_buf events = { 0 };
        char want[32];
        run r;
        bawn_buf_str(&events, "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"bluefa");
        for (int n = 0; n < 6000; n++)
            bawn_buf_str(&events, "\\u200b");                       /* invisible: the word may still come */
        bawn_buf_str(&events, "\"}}]}\n\n" FINISH DONE);
        bawn_buf_byte(&events, 0);
        bawn_exchange *x = begin_stream(&r, &k);
        put(&r, x, events.ptr, true, NOW);
        snprintf(want, sizeof want, "\"action\":\"%s\"", rows[i].action);
        expect(&r.record, want);
        expect(&r.record, "{\"guard\":\"words\",\"code\":\"overloaded\"}");
        run_free(&r);
        bawn_buf_free(&events);
        bawn_exchange_free(x);
        desk_close(&k);
    }
}

static void a_stream_goes_on_without_a_guard_that_has_no_memory(void **state)
{
    static const char *const yaml[] = { HOLD(", on_error: allow") WORDS, HOLD("") WORDS };
    size_t without[2] = { 0 };
    (void)state;
    for (size_t p = 0; p < 2; p++) {
        bool failing = true;
        for (size_t n = 1; failing && n < 400; n++) {
            desk k = desk_open(yaml[p]);
            run r;
            bawn_exchange *x = begin_stream(&r, &k);
            bawn_malloc_fail_at = n;
            bool ok = bawn_exchange_feed(x, BAWN_OUTPUT, BAWN_LIT(EVENT("The nightowl, ") EVENT("is it? ") FINISH DONE), true, NOW);
            failing = bawn_malloc_fail_at == 0;
            bawn_malloc_fail_at = 0;
            drive_steps(&r, x, BAWN_OUTPUT, BAWN_NIL, NOW);
            bool named = has(&r.record, "\"code\":\"no_memory\""), left = has(&r.answer, "nightowl") || has(&r.tail, "nightowl");
            if (ok && (left && !named))
                fail_msg("allocation %zu: %.*s", n, (int)r.record.len, r.record.ptr);
            if (has(&r.record, "\"end\":\"complete\""))
                without[p] += named;
            run_free(&r);
            bawn_exchange_free(x);
            desk_close(&k);
        }
        assert_false(failing);
    }
    assert_true(without[0] > 0);
    assert_int_equal(without[1], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_guardrail_says_of_a_guard_goes_before_the_default), cmocka_unit_test(the_record_says_which_guard_failed_and_why),
        cmocka_unit_test(no_memory_is_recorded_of_the_guards_that_had_none),
        cmocka_unit_test(a_hold_that_takes_too_long_drops_its_guards_where_they_may),
        cmocka_unit_test(a_block_that_is_known_when_time_is_up_still_blocks), cmocka_unit_test(one_guard_that_may_not_drop_out_ends_the_answer),
        cmocka_unit_test(a_hold_that_grows_too_large_is_a_guard_that_is_overloaded),
        cmocka_unit_test(a_stream_goes_on_without_a_guard_that_has_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

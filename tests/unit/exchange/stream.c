/* A stream: events wait in order and leave in order, a block ends it as the provider would, what breaks ends it as an
 * error, and time never releases text. keeps: R1, R2, R3, P3a.1 */
#include "help.h"

#define POLICY UPSTREAMS "defaults: {guardrail: g, hold: {bytes: 4KiB, time: 8s}}\n" GUARDED

static void what_passes_is_byte_for_byte_what_came(void **state)
{
    static const char *const rows[] = {
        EVENT("Hello ") EVENT("world.") FINISH DONE, EVENT("Hi") ":\n\n" FINISH DONE, DONE,
        "data: {\"choices\":[]}\n\n" EVENT("one word ") FINISH "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n" DONE,
    };
    desk k = desk_open(POLICY);
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        run r;
        stream(&r, &k, rows[i]);
        bawn_buf_add(&r.answer, bawn_buf_slice(&r.tail));
        if (!bawn_slice_is(bawn_buf_slice(&r.answer), rows[i]))
            fail_msg("%s\nbecame\n%.*s", rows[i], (int)r.answer.len, r.answer.ptr);
        assert_true(r.ended);
        expect(&r.record, "\"end\":\"complete\"");
        run_free(&r);
    }
    desk_close(&k);
}

static void held_events_are_never_overtaken(void **state)
{
    desk k = desk_open(POLICY);
    run r;
    (void)state;
    bawn_exchange *x = begin_stream(&r, &k);
    drive_feed(&r, x, BAWN_OUTPUT, BAWN_LIT("data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]}\n\n"), NULL, 0);
    run_free(&r);
    bawn_exchange_free(x);
    /* the second event holds no text, but the first one's text is still open; what a comment says goes nowhere */
    x = begin_stream(&r, &k);
    static const char *const pieces[] = { EVENT("bluefal"), "data: {\"choices\":[],\"x\":1}\n\n", ": blue\n\n" };
    for (size_t i = 0; i < BAWN_COUNT(pieces); i++) {
        assert_true(bawn_exchange_feed(x, BAWN_OUTPUT, bawn_slice_str(pieces[i]), false, NOW + 1));
        drive_steps(&r, x, BAWN_OUTPUT, BAWN_NIL, NOW + 1);
        assert_int_equal(r.answer.len, 0);
    }
    assert_true(bawn_exchange_feed(x, BAWN_OUTPUT, BAWN_LIT(EVENT("l so")), false, NOW + 2));
    drive_steps(&r, x, BAWN_OUTPUT, BAWN_NIL, NOW + 2);
    assert_true(bawn_exchange_feed(x, BAWN_OUTPUT, BAWN_LIT(EVENT(" it is.") FINISH DONE), true, NOW + 3));
    drive_steps(&r, x, BAWN_OUTPUT, BAWN_NIL, NOW + 3);
    bawn_buf_add(&r.answer, bawn_buf_slice(&r.tail));
    assert_true(bawn_slice_is(bawn_buf_slice(&r.answer), EVENT("bluefal") "data: {\"choices\":[],\"x\":1}\n\n:\n\n" EVENT("l so")
                                                         EVENT(" it is.") FINISH DONE));
    run_free(&r);
    bawn_exchange_free(x);
    desk_close(&k);
}

/* As in an answer that comes whole: media and fields that nobody knows are named, once for each place. */
static void what_is_not_judged_is_recorded(void **state)
{
    desk k = desk_open(POLICY);
    run r;
    (void)state;
    stream(&r, &k, EVENT("Hi ") "data: {\"choices\":[{\"index\":0,\"delta\":{\"audio\":{\"data\":\"QUJD\"}}}]}\n\n"
                   "data: {\"choices\":[{\"index\":0,\"delta\":{\"audio\":{\"data\":\"QUJDRA==\"},\"strange\":\"word\"}}]}\n\n"
                   "data: {\"choices\":[{\"index\":0,\"delta\":{\"strange\":\"word\"}}]}\n\n" FINISH DONE);
    expect(&r.record, "{\"path\":\"/choices/0/delta/audio/data\",\"characters\":12,\"reason\":\"unsupported_media\"}");
    expect(&r.record, "{\"path\":\"/choices/0/delta/strange\",\"characters\":22,\"reason\":\"unknown_field\"}");
    run_free(&r);
    desk_close(&k);
}

static void a_block_delivers_what_is_clean_and_ends_as_a_refusal(void **state)
{
    desk k = desk_open(POLICY);
    run r;
    (void)state;
    stream(&r, &k, EVENT("So the ") EVENT("blue") EVENT("falcon and") EVENT(" more") FINISH DONE);
    assert_int_equal(r.action[BAWN_OUTPUT], BAWN_BLOCK);
    expect(&r.answer, "So the ");
    assert_false(has(&r.answer, "blue") || has(&r.tail, "blue") || has(&r.tail, "more"));
    expect(&r.tail, "\"finish_reason\":\"content_filter\"");
    expect(&r.tail, "data: [DONE]\n\n");
    expect(&r.record, "\"delivered_characters\":7");
    expect(&r.record, "\"end\":\"blocked\"");
    run_free(&r);
    desk_close(&k);
}

static void what_breaks_ends_as_an_error(void **state)
{
    static const struct { const char *reply, *end, *code; } rows[] = {
        { EVENT("Hello ") EVENT("wor"), "upstream_died", "upstream_invalid" },              /* no finish, no [DONE] */
        { EVENT("Hello ") "data: {\"choices\":[{\"index\":0,", "upstream_died", "upstream_invalid" },
        { EVENT("Hello ") FINISH EVENT(" late text") DONE, "upstream_died", "upstream_invalid" },
        { EVENT("Hello ") "data: nonsense\n\n" DONE, "upstream_died", "upstream_invalid" },
        { EVENT("Hello ") "data: [1]\n\n" DONE, "upstream_died", "upstream_invalid" },
    };
    desk k = desk_open(POLICY);
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        run r;
        stream(&r, &k, rows[i].reply);
        expect(&r.tail, rows[i].code);
        expect(&r.record, rows[i].end);
        assert_false(has(&r.tail, "wor\"") || has(&r.answer, "wor\""));
        assert_true(r.ended);
        run_free(&r);
    }
    desk_close(&k);
}

static void an_upstream_that_stalls_ends_as_a_time_out(void **state)
{
    desk k = desk_open(POLICY);
    run r;
    (void)state;
    bawn_exchange *x = begin_stream(&r, &k);
    assert_true(bawn_exchange_feed(x, BAWN_OUTPUT, BAWN_LIT(EVENT("Hello ") EVENT("wor")), false, NOW + 1));
    assert_true(bawn_exchange_response(x, 504, BAWN_NIL, NOW + 2));
    assert_true(bawn_exchange_abort(x, BAWN_OUTPUT, NOW + 2));
    drive_steps(&r, x, BAWN_OUTPUT, BAWN_NIL, NOW + 2);
    expect(&r.tail, "\"code\":\"upstream_timeout\"");
    expect(&r.record, "\"reason\":\"upstream_timeout\"");
    expect(&r.record, "\"end\":\"upstream_timeout\"");
    assert_false(has(&r.tail, "wor\"") || has(&r.answer, "wor\""));
    run_free(&r);
    bawn_exchange_free(x);
    desk_close(&k);
}

static void an_upstream_that_never_says_done_is_complete_when_all_is_finished(void **state)
{
    desk k = desk_open(POLICY);
    run r;
    (void)state;
    stream(&r, &k, EVENT("Hello ") FINISH);
    expect(&r.record, "\"end\":\"complete\"");
    expect(&r.tail, "data: [DONE]");
    run_free(&r);
    desk_close(&k);
}

static void time_says_that_we_are_here_or_ends_the_answer(void **state)
{
    static const struct { uint64_t at, next; const char *emits; bool ends; } ticks[] = {
        { 0, 5, "", false }, { 4, 5, "", false }, { 5, 8, ": hold", false }, { 6, 8, "", false }, { 8, 0, "", true },
    };
    desk k = desk_open(POLICY);
    const uint64_t second = 1000000000u;
    run r;
    (void)state;
    bawn_exchange *x = begin_stream(&r, &k);
    assert_true(bawn_exchange_feed(x, BAWN_OUTPUT, BAWN_LIT(EVENT("bluefal")), false, NOW));
    for (size_t i = 0; i < BAWN_COUNT(ticks); i++) {
        uint64_t next = 0;
        r.answer.len = 0;
        bool ok = bawn_exchange_tick(x, NOW + ticks[i].at * second, &next);
        drive_steps(&r, x, BAWN_OUTPUT, BAWN_NIL, NOW + ticks[i].at * second);
        assert_true(ok);
        assert_int_equal(next, ticks[i].ends ? UINT64_MAX : NOW + ticks[i].next * second);
        assert_true(*ticks[i].emits ? has(&r.answer, ticks[i].emits) : r.answer.len == 0);
        assert_int_equal(r.ended, ticks[i].ends);
    }
    expect(&r.tail, "guard_failed");
    assert_false(has(&r.tail, "bluefal"));
    expect(&r.record, "\"end\":\"limit\"");
    expect(&r.record, "\"action\":\"fail\"");
    run_free(&r);
    bawn_exchange_free(x);
    desk_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_passes_is_byte_for_byte_what_came), cmocka_unit_test(held_events_are_never_overtaken),
        cmocka_unit_test(what_is_not_judged_is_recorded), cmocka_unit_test(a_block_delivers_what_is_clean_and_ends_as_a_refusal), cmocka_unit_test(what_breaks_ends_as_an_error),
        cmocka_unit_test(an_upstream_that_stalls_ends_as_a_time_out),
        cmocka_unit_test(an_upstream_that_never_says_done_is_complete_when_all_is_finished),
        cmocka_unit_test(time_says_that_we_are_here_or_ends_the_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

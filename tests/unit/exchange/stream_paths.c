/* Where the record of a stream says that something was found, what is put into a tool's arguments, and what waits for whom. */
#include "help.h"

#define BEHIND "    word_filters: {custom: [{words: [bluefalcon], action: block}, {words: [stock tips], action: mask}]}\n"
#define POLICY "version: 1\nupstreams:\n  main: {dialect: openai, url: http://127.0.0.1:9/v1}\n  a: {dialect: anthropic, url: http://127.0.0.1:9}\n" \
    "defaults: {guardrail: g}\nguardrails:\n  g:\n" BEHIND "    sensitive_information: {entities: {EMAIL: mask, PHONE: none, CREDIT_DEBIT_CARD_NUMBER: {input: none, output: partial}}}\n"
#define CALL(choice, call, text) "data: {\"id\":\"c\",\"choices\":[{\"index\":" choice ",\"delta\":{\"tool_calls\":[{\"index\":" call \
    ",\"id\":\"call_1\",\"function\":{\"name\":\"pay\",\"arguments\":\"" text "\"}}]}}]}\n\n"
#define MORE(choice, call, text) "data: {\"id\":\"c\",\"choices\":[{\"index\":" choice ",\"delta\":{\"tool_calls\":[{\"index\":" call \
    ",\"function\":{\"arguments\":\"" text "\"}}]}}]}\n\n"
#define ENDS(choice) "data: {\"id\":\"c\",\"choices\":[{\"index\":" choice ",\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"

static desk k;

static int load(void **state)
{
    (void)state;
    k = desk_open(POLICY);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    desk_close(&k);
    return 0;
}

/* keeps: P3a.5 */
static void a_finding_stands_where_it_would_in_a_whole_answer(void **state)
{
    run r;
    (void)state;
    stream(&r, &k, "data: {\"id\":\"c\",\"choices\":[{\"index\":2,\"delta\":{\"content\":\"to ada@example.com \"}}]}\n\n"
                   CALL("2", "3", "{\\\"to\\\":\\\"bob@example.com\\\"}") ENDS("2") DONE);
    expect(&r.record, "\"path\":\"/choices/2/message/content\"");
    expect(&r.record, "\"path\":\"/choices/2/message/tool_calls/3/function/arguments\"");
    assert_false(has(&r.record, "/choices/0/"));
    run_free(&r);
}

/* Values that stand alone use one channel after the other. */
static void a_channel_that_is_used_again_keeps_no_path(void **state)
{
    run r;
    (void)state;
    stream(&r, &k, "data: {\"id\":\"c\",\"note\":\"ada@example.com\",\"choices\":[]}\n\n"
                   "data: {\"id\":\"c\",\"memo\":\"see bob@example.com and others\",\"choices\":[]}\n\n" EVENT("hello") FINISH DONE);
    expect(&r.record, "\"path\":\"/note\"");
    expect(&r.record, "\"path\":\"/memo\"");
    run_free(&r);
}

/* What the guards know of the text behind a block hangs on how much of it came with the block: the record does not. */
static void nothing_behind_a_block_is_recorded(void **state)
{
    static const char *const replies[] = {
        EVENT("mail ada@example.com bluefalcon ") EVENT("or stock tips and bob@example.com ") FINISH DONE,
        EVENT("mail ada@example.com bluefalcon or stock tips and bob@example.com ") FINISH DONE,
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(replies); i++) {
        run r;
        stream(&r, &k, replies[i]);
        assert_int_equal(r.action[BAWN_OUTPUT], BAWN_BLOCK);
        assert_int_equal(r.n_finds, 2);
        expect(&r.record, "pii.EMAIL");
        assert_false(has(&r.record, "stock") || has(&r.record, "tips"));
        run_free(&r);
    }
}

/* ---- what is put into arguments --------------------------------------------------------------------------------------- */
typedef struct { const char *pieces, *whole, *want; } masked;
#define WHOLE(text) "{\"id\":\"c\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"call_1\",\"type\":" \
    "\"function\",\"function\":{\"name\":\"pay\",\"arguments\":\"" text "\"}}]},\"finish_reason\":\"tool_calls\"}]}"
#define BOTH(first, second, want) { CALL("0", "0", first) MORE("0", "0", second) ENDS("0") DONE, WHOLE(first second), want }

static const masked rows[] = {
    BOTH("{\\\"to\\\":\\\"ada@exa", "mple.com\\\"}", "{\\\"to\\\":\\\"<EMAIL>\\\"}"),
    /* a number becomes a string, and goes whole */
    BOTH("{\\\"card\\\":41111111", "11111111,\\\"n\\\":1}", "{\\\"card\\\":\\\"************1111\\\",\\\"n\\\":1}"),
    BOTH("{\\\"card\\\":-41111111", "11111111}", "{\\\"card\\\":\\\"-************1111\\\"}"),
    /* what is escaped is a character; letters of an escape are no letters */
    BOTH("{\\\"to\\\":\\\"x\\\\nada@exam", "ple.com\\\"}", "<EMAIL>\\\"}"),
    BOTH("{\\\"card\\\":\\\"\\\\u0034111 1111", " 1111 1111\\\"}", "{\\\"card\\\":\\\"**** **** **** 1111\\\"}"),
    /* arguments that are no JSON are text */
    BOTH("pay ada@exa", "mple.com now", "pay <EMAIL> now"),
};

static void join_arguments(bawn_buf *out, bawn_slice events)
{
    const bawn_slice key = BAWN_LIT("\"arguments\":\"");

    for (size_t at = bawn_slice_find(events, key); at < events.len; at = bawn_slice_find(events, key)) {
        size_t end = at + key.len;
        for (; events.ptr[end] != '"'; end += events.ptr[end] == '\\' ? 2 : 1)
            ;
        bawn_buf_add(out, bawn_slice_of(events.ptr + at + key.len, end - at - key.len));
        events = bawn_slice_of(events.ptr + end, events.len - end);
    }
}

static void masks_leave_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_buf streamed = { 0 }, whole = { 0 };
        run r;
        stream(&r, &k, rows[i].pieces);
        join_arguments(&streamed, bawn_buf_slice(&r.answer));
        run_free(&r);
        talk(&r, &k, "/v1/chat/completions", NULL, 0, chat("hello"), "application/json", rows[i].whole);
        join_arguments(&whole, bawn_buf_slice(&r.answer));
        if (!has(&streamed, rows[i].want) || !bawn_slice_eq(bawn_buf_slice(&streamed), bawn_buf_slice(&whole)))
            fail_msg("expected %s\nstreamed %.*s\nwhole %.*s", rows[i].want, (int)streamed.len, streamed.ptr, (int)whole.len, whole.ptr);
        bawn_buf_free(&streamed);
        bawn_buf_free(&whole);
        run_free(&r);
    }
}

/* A mask over two values, or over a word of JSON's own, would leave none. */
static void what_cannot_be_masked_there_blocks(void **state)
{
    static const masked wide[] = { BOTH("{\\\"a\\\":\\\"stock\\\", ", "\\\"tips\\\":1}", ""), BOTH("[4111 1111", " 1111 1111]", "") };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(wide); i++) {
        run r;
        stream(&r, &k, wide[i].pieces);
        bool found = r.n_finds > 0;
        bawn_action action = r.action[BAWN_OUTPUT];
        run_free(&r);
        talk(&r, &k, "/v1/chat/completions", NULL, 0, chat("hello"), "application/json", wide[i].whole);
        assert_int_equal(r.action[BAWN_OUTPUT], action);
        assert_true((i == 0 && !found) || action == BAWN_BLOCK);
        run_free(&r);
    }
}

/* ---- thoughts ------------------------------------------------------------------------------------------------------------ */
#define SAID(type, rest) "event: " type "\ndata: {\"type\":\"" type "\"" rest "}\n\n"
#define BEGIN(index, block) SAID("content_block_start", ",\"index\":" index ",\"content_block\":{" block "}")
#define DELTA(index, delta) SAID("content_block_delta", ",\"index\":" index ",\"delta\":{" delta "}")
#define STOP(index) SAID("content_block_stop", ",\"index\":" index)

/* A thought is over with its block: nothing waits for it. */
static void the_text_behind_a_thought_does_not_wait_for_the_end(void **state)
{
    static const char ask[] = "{\"model\":\"m\",\"max_tokens\":9,\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    static const char reply[] = SAID("message_start", ",\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[]}")
        BEGIN("0", "\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"") DELTA("0", "\"type\":\"thinking_delta\",\"thinking\":\"The caller greets\"")
        DELTA("0", "\"type\":\"signature_delta\",\"signature\":\"c2ln\"") STOP("0") BEGIN("1", "\"type\":\"text\",\"text\":\"\"")
        DELTA("1", "\"type\":\"text_delta\",\"text\":\"Good morning to you. And\"");
    bawn_exchange *x = drive_with(k.worker, "anthropic", "POST", "/v1/messages", NULL, 0);
    run r = { 0 };
    (void)state;
    drive_feed(&r, x, BAWN_INPUT, BAWN_LIT(ask), NULL, 0);
    assert_true(bawn_exchange_response(x, 200, BAWN_LIT("text/event-stream"), NOW));
    assert_true(bawn_exchange_feed(x, BAWN_OUTPUT, BAWN_LIT(reply), false, NOW));
    drive_steps(&r, x, BAWN_OUTPUT, BAWN_LIT(reply), NOW);
    expect(&r.answer, "The caller greets");
    assert_true(has(&r.answer, "\"index\":1,\"content_block\""));
    bawn_exchange_free(x);
    run_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finding_stands_where_it_would_in_a_whole_answer), cmocka_unit_test(a_channel_that_is_used_again_keeps_no_path),
        cmocka_unit_test(nothing_behind_a_block_is_recorded), cmocka_unit_test(masks_leave_json),
        cmocka_unit_test(what_cannot_be_masked_there_blocks), cmocka_unit_test(the_text_behind_a_thought_does_not_wait_for_the_end),
    };

    return cmocka_run_group_tests(tests, load, unload);
}

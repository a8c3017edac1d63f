/* From findings to a verdict: the strictest action, the finding that decides, where a text stands, the rewritten text,
 * and the message in the client's language. keeps: R2, R13 */
#include "help.h"

static void the_strictest_decides_and_of_equals_the_first(void **state)
{
    static const struct { bawn_found in[4]; size_t n; bawn_action action; int deciding; } rows[] = {
        { .action = BAWN_ALLOW, .deciding = -1 },
        { { { .action = BAWN_ALLOW } }, 1, BAWN_ALLOW, -1 },
        { { { .action = BAWN_OBSERVE }, { .action = BAWN_BLOCK }, { .action = BAWN_MASK } }, 3, BAWN_BLOCK, 1 },
        { { { .action = BAWN_MASK }, { .action = BAWN_OBSERVE } }, 2, BAWN_MASK, 0 },
        /* the smallest (segment, end, begin, guard, pattern) */
        { { { .action = BAWN_BLOCK, .segment = 1, .span = { 0, 1 } }, { .action = BAWN_BLOCK, .span = { 5, 9 } } }, 2, BAWN_BLOCK, 1 },
        { { { .action = BAWN_BLOCK, .span = { 0, 10 } }, { .action = BAWN_BLOCK, .span = { 5, 9 } } }, 2, BAWN_BLOCK, 1 },
        { { { .action = BAWN_BLOCK, .span = { 5, 9 } }, { .action = BAWN_BLOCK, .span = { 3, 9 } } }, 2, BAWN_BLOCK, 1 },
        { { { .action = BAWN_BLOCK, .guard = 4 }, { .action = BAWN_BLOCK, .guard = 2 } }, 2, BAWN_BLOCK, 1 },
        { { { .action = BAWN_BLOCK, .pattern = 1 }, { .action = BAWN_BLOCK, .pattern = 2 } }, 2, BAWN_BLOCK, 0 },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_found copy[4];
        memcpy(copy, rows[i].in, sizeof copy);
        bawn_outcome o = bawn_outcome_of(&(bawn_finds){ copy, rows[i].n, 4 });
        assert_int_equal(o.action, rows[i].action);
        assert_ptr_equal(o.deciding, rows[i].deciding < 0 ? NULL : &copy[rows[i].deciding]);
    }
}

static void a_text_stands_where_its_role_and_origin_say(void **state)
{
    static const struct { bawn_side side; bawn_role role; bawn_origin origin; int place; } rows[] = {
        { BAWN_INPUT, BAWN_SYSTEM, BAWN_APPLICATION, BAWN_PLACE_SYSTEM }, { BAWN_INPUT, BAWN_USER, BAWN_CALLER, BAWN_PLACE_INPUT },
        { BAWN_INPUT, BAWN_SYSTEM, BAWN_CALLER, BAWN_PLACE_INPUT }, { BAWN_INPUT, BAWN_TOOL, BAWN_TOOL_RESULT, BAWN_PLACE_UNTRUSTED },
        { BAWN_INPUT, BAWN_TOOL, BAWN_CALLER, BAWN_PLACE_UNTRUSTED }, { BAWN_INPUT, BAWN_USER, BAWN_DOCUMENT, BAWN_PLACE_UNTRUSTED },
        { BAWN_INPUT, BAWN_ASSISTANT, BAWN_MODEL, BAWN_PLACE_UNTRUSTED }, { BAWN_OUTPUT, BAWN_ASSISTANT, BAWN_MODEL, BAWN_PLACE_OUTPUT },
        { BAWN_OUTPUT, BAWN_SYSTEM, BAWN_APPLICATION, BAWN_PLACE_OUTPUT },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        assert_int_equal(bawn_place_of(rows[i].side, rows[i].role, rows[i].origin), rows[i].place);
}

static void masks_are_written_in_their_places(void **state)
{
    bench b;
    bawn_arena *arena = bawn_arena_new(1024, 0);
    bawn_buf out = { 0 };
    (void)state;
    bench_open(&b, UPSTREAM "guardrails:\n  g:\n    word_filters: {custom: [{words: [falcon], action: mask}]}\n", "g", BAWN_PLACE_INPUT);
    bawn_slice text = BAWN_LIT("\U0001F600 falcon, ada@example.com \u00E9falcon falcon");
    judged(&b, text, "");
    assert_true(bawn_outcome_masks(&b.finds, 0));
    assert_false(bawn_outcome_masks(&b.finds, 1));
    assert_true(bawn_outcome_rewrite(&out, b.wall, &b.finds, 0, text, NULL, arena));
    assert_true(bawn_slice_is(bawn_buf_slice(&out), "\U0001F600 <CUSTOM>, <EMAIL> \u00E9falcon <CUSTOM>"));
    bawn_buf_clear(&out);
    assert_true(bawn_outcome_rewrite(&out, b.wall, &b.finds, 7, text, NULL, arena));   /* another segment: as it is */
    assert_true(bawn_slice_eq(bawn_buf_slice(&out), text));
    bawn_buf_free(&out);
    bawn_arena_free(arena);
    bench_close(&b);
}

static void what_is_too_much_is_a_finding(void **state)
{
    static const struct { uint64_t characters, messages; const char *want; } rows[] = {
        { 100, 3, "" }, { 101, 3, "limits.CHARACTERS 7-9 raw" }, { 100, 4, "limits.MESSAGES 0-0 raw" },
        { 101, 4, "limits.CHARACTERS 7-9 raw; limits.MESSAGES 0-0 raw" },
    };
    bench b;
    (void)state;
    bench_open(&b, UPSTREAM "guardrails: {g: {input_limits: {characters: 100, messages: 3}}}\n", "g", BAWN_PLACE_INPUT);
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        b.finds.n = 0;
        assert_true(bawn_outcome_limits(&b.judging, rows[i].characters, (bawn_past){ 0, { 7, 9 } }, rows[i].messages));
        assert_string_equal(describe(&b, &b.finds, ""), rows[i].want);
    }
    bench_close(&b);
}

/* The limit itself passes; the character after it, whole, is where it was passed, in whichever text it stands. */
static void a_limit_is_passed_at_one_character(void **state)
{
    static const char *const texts[] = { "hello", "", "\U0001F600w\u00F6rld", "more" };
    static const struct { uint64_t limit; uint32_t segment; bawn_span at; } rows[] = {
        { 0, 0, { 0, 1 } }, { 4, 0, { 4, 5 } }, { 5, 2, { 0, 4 } }, { 6, 2, { 4, 5 } }, { 7, 2, { 5, 7 } }, { 10, 2, { 9, 10 } },
        { 11, 3, { 0, 1 } }, { 14, 3, { 3, 4 } }, { 15, UINT32_MAX, { 0, 0 } },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_past past = { .segment = UINT32_MAX };
        uint64_t left = rows[i].limit;
        for (uint32_t s = 0; s < BAWN_COUNT(texts); s++)
            if (bawn_outcome_past(&past, &left, s, bawn_slice_str(texts[s])))
                break;
        if (past.segment != rows[i].segment || past.at.begin != rows[i].at.begin || past.at.end != rows[i].at.end)
            fail_msg("limit %d: segment %u, %zu-%zu", (int)rows[i].limit, past.segment, past.at.begin, past.at.end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_strictest_decides_and_of_equals_the_first), cmocka_unit_test(a_text_stands_where_its_role_and_origin_say),
        cmocka_unit_test(masks_are_written_in_their_places), cmocka_unit_test(what_is_too_much_is_a_finding),
        cmocka_unit_test(a_limit_is_passed_at_one_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

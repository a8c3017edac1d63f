/* One view judged by windows, whole or as it grows: what a guard is shown, what hangs on text not yet there, what is
 * held, and what the guardrail lets through. keeps: P3a.1, R2 */
#include "help.h"

static const bawn_kind kinds[] = { { "test.BANG", "LLM01", "AML.T0051", BAWN_BLOCK, BAWN_BLOCK, "a word and a digit" },
                                   { "test.RUN", "LLM01", "AML.T0051", BAWN_BLOCK, BAWN_BLOCK, "digits" },
                                   { "test.LINE", "LLM01", "AML.T0051", BAWN_BLOCK, BAWN_BLOCK, "a line with a !" },
                                   { "test.ROW", "LLM01", "AML.T0051", BAWN_BLOCK, BAWN_BLOCK, "a row" } };

/* "bang" is a finding when a digit follows, which may have to be waited for. What it was shown is noted. */
static struct { size_t calls, behind, ahead; bool final, valid; } shown;

static void confirm_bang(bawn_probe *p)
{
    shown.calls++;
    shown.behind = p->end;
    shown.ahead = p->text.len - p->end;
    shown.final = p->final;
    shown.valid = bawn_utf8_valid_prefix(p->text) == p->text.len;
    size_t begin = bawn_probe_begin(p);
    int next = bawn_probe_at(p, p->end);
    if (begin != SIZE_MAX && next >= 0 && bawn_is_digit((unsigned char)next))
        bawn_probe_found(p, 0, begin, p->end + 1, next == '5' ? 0.5f : next == '4' ? 0.4f : 0.95f);
}
static const bawn_pattern bang_rows[] = { { "bang", 0, 0, 0.95f, "*", "bang1", "bang" } };
static const bawn_guard bang = { .guard = "bang", .id = "bang", .places = BAWN_IN_ALL, .views = BAWN_VIEW_RAW, .kinds = kinds, .n_kinds = 1,
                                 .patterns = bang_rows, .n_patterns = 1, .confirm = confirm_bang };

/* Numbers of five to seven digits. */
static void confirm_run(bawn_probe *p)
{
    if (!p->pattern)
        bawn_probe_found(p, 0, p->begin, p->end, 0.95f);
}
static const bawn_guard run = { .guard = "run", .id = "run", .places = BAWN_IN_ALL, .views = BAWN_VIEW_RAW, .kinds = kinds + 1, .n_kinds = 1,
                                .digits_min = 5, .digits_max = 7, .confirm = confirm_run };

/* Lines that hold an exclamation mark; a line without its end is open. */
static void scan_lines(bawn_probe *p)
{
    for (size_t at = p->begin; at < p->text.len; at = p->end) {
        bawn_slice rest = { p->text.ptr + at, p->text.len - at };
        size_t n = bawn_slice_find(rest, BAWN_LIT("\n"));
        if (n == rest.len && !p->final)
            return;
        if (memchr(rest.ptr, '!', n))
            bawn_probe_found(p, 0, at, at + n, 0.95f);
        p->end = n < rest.len ? at + n + 1 : p->text.len;
    }
    if (p->final)
        p->end = p->text.len;
}
static const bawn_guard lines = { .guard = "lines", .id = "lines", .places = BAWN_IN_ALL, .views = BAWN_VIEW_RAW, .kinds = kinds + 2,
                                  .n_kinds = 1, .scan = scan_lines };

/* A plain row with white space in it: what streams hold for. */
static const bawn_pattern row_rows[] = { { "alpha\\s{1,4}beta", 0, 0, 0.95f, "*", "alpha beta", "alpha" },
                                         { "omega", 0, BAWN_P_WORD, 0.95f, "*", "omega", "omegas" } };
static const bawn_guard row = { .guard = "row", .id = "row", .places = BAWN_IN_ALL, .views = BAWN_VIEW_RAW, .kinds = kinds + 3, .n_kinds = 1,
                                .patterns = row_rows, .n_patterns = 2 };

/* A view that has grown to `text`. */
static bool step(bawn_view *v, bench *b, bawn_slice text, bool final)
{
    v->text = text;
    return bawn_view_step(v, &b->judging, 0, final);
}

static void a_decision_waits_for_the_text_it_hangs_on(void **state)
{
    static const bawn_guard *const guards[] = { &bang };
    bawn_view v = { .kind = BAWN_VIEW_RAW };
    bawn_slice text = BAWN_LIT("go bang7, bang");
    bench b;
    (void)state;
    bench_own(&b, guards, 1);
    assert_true(step(&v, &b, bawn_slice_of(text.ptr, 6), false));
    assert_int_equal(bawn_view_hold(&v), 6);
    assert_true(step(&v, &b, bawn_slice_of(text.ptr, 7), false));       /* the hit's end is the text's: not looked at yet */
    assert_int_equal(b.finds.n, 0);
    assert_true(step(&v, &b, bawn_slice_of(text.ptr, 8), false));
    assert_string_equal(describe(&b, &b.finds, ""), "test.BANG 3-8 raw");
    assert_true(step(&v, &b, text, false));
    assert_true(step(&v, &b, text, true));
    assert_string_equal(describe(&b, &b.finds, ""), "test.BANG 3-8 raw");  /* nothing follows the second one */
    assert_int_equal(bawn_view_hold(&v), text.len);
    bawn_view_free(&v);
    bench_close(&b);
}

static void what_is_pending_is_held_from_its_begin(void **state)
{
    static const bawn_guard *const guards[] = { &row };
    bawn_view v = { .kind = BAWN_VIEW_RAW };
    bawn_slice text = BAWN_LIT("the omega\u00E9 x");
    bench b;
    (void)state;
    bench_own(&b, guards, 1);
    assert_true(step(&v, &b, bawn_slice_of(text.ptr, 9), false));
    assert_true(step(&v, &b, bawn_slice_of(text.ptr, 11), false));       /* \u00E9 is a letter: omega is no word here */
    assert_int_equal(b.finds.n, 0);
    assert_int_equal(bawn_view_hold(&v), 4);            /* a code point may be four bytes long */
    assert_true(step(&v, &b, text, false));
    assert_int_equal(bawn_view_hold(&v), text.len);
    assert_true(step(&v, &b, text, true));
    assert_int_equal(b.finds.n, 0);
    bawn_view_free(&v);
    v = (bawn_view){ .kind = BAWN_VIEW_RAW };
    assert_true(step(&v, &b, BAWN_LIT("the omega."), false));
    assert_int_equal(b.finds.n, 0);
    assert_int_equal(bawn_view_hold(&v), 4);
    assert_true(step(&v, &b, BAWN_LIT("the omega. So"), false));
    assert_string_equal(describe(&b, &b.finds, ""), "test.ROW 4-9 raw");
    bawn_view_free(&v);
    bench_close(&b);
}

static void a_guard_sees_a_window(void **state)
{
    static const struct { size_t before, after; size_t behind, ahead; bool final; } rows[] = {
        { 0, 0, 4, 0, true }, { 100, 100, 104, 100, true }, { 508, 9, 512, 9, true }, { 509, 9, 512, 9, true }, { 5000, 9, 512, 9, true },
        { 10, 4095, 14, 4095, true }, { 10, 4096, 14, 4096, true }, { 10, 9000, 14, 4096, true },
    };
    static const bawn_guard *const guards[] = { &bang };
    bench b;
    (void)state;
    bench_own(&b, guards, 1);
    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        for (int wide = 0; wide < 2; wide++) {
            bawn_buf text = { 0 };
            bawn_view v = { .kind = BAWN_VIEW_RAW };
            for (size_t n = 0; n < rows[i].before; n += 1u + (unsigned)wide)
                bawn_buf_str(&text, wide ? "\u00E9" : "x");
            bawn_buf_str(&text, "bang");
            for (size_t n = 0; n < rows[i].after; n += 1u + (unsigned)wide)
                bawn_buf_str(&text, wide ? "\u00E9" : "x");
            assert_true(step(&v, &b, bawn_buf_slice(&text), true));
            assert_true(shown.valid);                   /* never inside a code point: one byte may be more or less */
            assert_in_range(shown.behind, rows[i].behind, rows[i].behind + (unsigned)wide);
            assert_in_range(shown.ahead + (unsigned)wide, rows[i].ahead, rows[i].ahead + 2u * (unsigned)wide);
            assert_int_equal(shown.final, rows[i].final);
            bawn_view_free(&v);
            bawn_buf_free(&text);
        }
    bench_close(&b);
}

static void a_window_that_is_full_is_final_though_more_may_come(void **state)
{
    static const bawn_guard *const guards[] = { &bang };
    bawn_buf text = { 0 };
    bawn_view v = { .kind = BAWN_VIEW_RAW };
    bench b;
    (void)state;
    bench_own(&b, guards, 1);
    bawn_buf_str(&text, "bang");
    for (int i = 0; i < 5000; i++)
        bawn_buf_byte(&text, 'x');
    shown.final = false;
    assert_true(step(&v, &b, bawn_slice_of(text.ptr, 4 + BAWN_AHEAD), false));
    assert_false(shown.final);                          /* the byte behind the window has not come: is it cut there? */
    bawn_view_free(&v);
    v = (bawn_view){ .kind = BAWN_VIEW_RAW };
    assert_true(step(&v, &b, bawn_buf_slice(&text), false));
    assert_true(shown.final);
    bawn_view_free(&v);
    bawn_buf_free(&text);
    bench_close(&b);
}

static void weak_and_allowed_findings_are_dropped(void **state)
{
    static const bawn_guard *const guards[] = { &bang };
    static bawn_slice allow[] = { { "BANG9", 5 }, { "bang", 4 } };
    static const struct { const char *text; bool allow; const char *want; } rows[] = {
        { "bang5", false, "test.BANG 0-5 raw" }, { "bang4", false, "" }, { "bang9", false, "test.BANG 0-5 raw" }, { "bang9", true, "" },
        { "bang8", true, "test.BANG 0-5 raw" }, { "Bang9", true, "" },      /* whole values, in any case */
    };
    bench b;
    (void)state;
    bench_own(&b, guards, 1);
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_view v = { .kind = BAWN_VIEW_RAW };
        b.rail.allow = rows[i].allow ? allow : NULL;
        b.rail.n_allow = rows[i].allow ? BAWN_COUNT(allow) : 0;
        b.finds.n = 0;
        assert_true(step(&v, &b, bawn_slice_str(rows[i].text), true));
        assert_string_equal(describe(&b, &b.finds, ""), rows[i].want);
        bawn_view_free(&v);
    }
    bench_close(&b);
}

static void a_view_a_guard_does_not_read_wakes_it_not(void **state)
{
    static const bawn_guard *const guards[] = { &bang, &run, &lines, &row };
    bench b;
    (void)state;
    bench_own(&b, guards, 4);
    bawn_view decoded = { .kind = BAWN_VIEW_DECODED };
    assert_true(step(&decoded, &b, BAWN_LIT("bang7 alpha beta 123456 !"), true));
    assert_int_equal(b.finds.n, 0);
    bawn_view raw = { .kind = BAWN_VIEW_RAW };
    assert_true(step(&raw, &b, BAWN_LIT("bang7 alpha beta 123456 !"), true));
    bawn_finds_merge(&b.finds);
    assert_string_equal(describe(&b, &b.finds, ""), "test.BANG 0-5 raw; test.LINE 0-25 raw; test.ROW 6-16 raw; test.RUN 17-23 raw");
    bawn_view_free(&decoded);
    bawn_view_free(&raw);
    bench_close(&b);
}

static void runs_and_scans_hold_what_is_open(void **state)
{
    static const bawn_guard *const guards[] = { &run, &lines };
    bawn_view v = { .kind = BAWN_VIEW_RAW };
    bawn_slice text = BAWN_LIT("one!\ntwo 12345 67 x\nthree !");
    bench b;
    (void)state;
    bench_own(&b, guards, 2);
    assert_true(step(&v, &b, bawn_slice_of(text.ptr, 4), false));
    assert_int_equal(bawn_view_hold(&v), 0);            /* the line is open */
    assert_int_equal(b.finds.n, 0);
    assert_true(step(&v, &b, bawn_slice_of(text.ptr, 12), false));
    assert_string_equal(describe(&b, &b.finds, ""), "test.LINE 0-4 raw");
    assert_int_equal(bawn_view_hold(&v), 5);
    assert_true(step(&v, &b, bawn_slice_of(text.ptr, 20), false));
    assert_string_equal(describe(&b, &b.finds, "test.RUN"), "test.RUN 9-17 raw");
    assert_int_equal(bawn_view_hold(&v), 20);
    assert_true(step(&v, &b, text, true));
    assert_string_equal(describe(&b, &b.finds, "test.LINE"), "test.LINE 0-4 raw; test.LINE 20-27 raw");
    bawn_view_free(&v);
    bench_close(&b);
}

static void an_anchor_is_held_until_its_match_cannot_be(void **state)
{
    static const bawn_guard *const guards[] = { &row };
    bawn_slice text = BAWN_LIT("so alpha is a letter of Greek");
    bench b;
    (void)state;
    bench_own(&b, guards, 1);
    uint32_t width = 5 + 4 + 4;                         /* alpha, white space, beta */
    for (int streaming = 0; streaming < 2; streaming++) {
        bawn_view v = { .kind = BAWN_VIEW_RAW };
        b.judging.streaming = streaming;
        for (size_t n = 1; n < text.len; n++) {
            assert_true(step(&v, &b, bawn_slice_of(text.ptr, n), false));
            bool open = streaming && n > 8 && n <= 3 + width;
            if (bawn_view_hold(&v) != (open ? 3 : n))
                fail_msg("after %zu bytes (streaming %d) %zu are held from", n, streaming, bawn_view_hold(&v));
        }
        bawn_view_free(&v);
    }
    bench_close(&b);
}

/* Looks far ahead, and never finds anything. */
static void confirm_far(bawn_probe *p) { bawn_probe_at(p, p->end + 4000); }
static const bawn_pattern far_rows[] = { { "far", 0, 0, 0.95f, "*", "far", "fa" } };
static const bawn_guard far = { .guard = "far", .id = "far", .places = BAWN_IN_ALL, .views = BAWN_VIEW_RAW, .kinds = kinds, .n_kinds = 1,
                                .patterns = far_rows, .n_patterns = 1, .confirm = confirm_far };

static void too_much_that_is_undecided_is_a_failure(void **state)
{
    static const bawn_guard *const guards[] = { &far };
    bawn_buf text = { 0 };
    bench b;
    (void)state;
    bench_own(&b, guards, 1);
    for (size_t i = 0; i < 1024; i++)
        bawn_buf_str(&text, "far");
    for (int more = 0; more < 2; more++) {              /* 1024 may wait; one more and the guard has failed: no silence */
        bawn_view v = { .kind = BAWN_VIEW_RAW };
        bawn_buf_str(&text, more ? "far." : ".");
        b.judging.failed = false;
        assert_int_equal(step(&v, &b, bawn_buf_slice(&text), false), !more);
        assert_int_equal(b.judging.failed, more);
        assert_int_equal(v.n_pending, 1024);
        bawn_view_free(&v);
    }
    bawn_buf_free(&text);
    bench_close(&b);
}

/* Whatever the steps, the findings are those of the whole text. */
static void steps_change_nothing(void **state)
{
    static const bawn_guard *const guards[] = { &bang, &run, &lines, &row };
    static const char *const parts[] = { "bang", "7", "alpha", " ", "beta", "omega", "12345", "\n", "!", "x", "\u00E9", "\U0001F600", "- " };
    unsigned seed = 5;
    bench b;
    (void)state;
    bench_own(&b, guards, 4);
    b.judging.streaming = true;
    for (int round = 0; round < 400; round++) {
        static char whole[1 << 14];
        bawn_buf text = { 0 };
        for (int i = 0; i < 40; i++)
            bawn_buf_str(&text, parts[(seed = seed * 1103515245u + 12345u) >> 16 & 15 ? (seed >> 18) % BAWN_COUNT(parts) : 0]);
        for (int cut = 0; cut < 4; cut++) {
            bawn_view v = { .kind = BAWN_VIEW_RAW };
            b.finds.n = 0;
            for (size_t at = 0; cut && at < text.len;) {
                at += 1 + ((seed = seed * 1103515245u + 12345u) >> 16) % 9;
                while (at < text.len && !bawn_utf8_is_start((unsigned char)text.ptr[at]))
                    at++;
                if (at < text.len)
                    assert_true(step(&v, &b, bawn_slice_of(text.ptr, at), false));
            }
            assert_true(step(&v, &b, bawn_buf_slice(&text), true));
            bawn_view_free(&v);
            bawn_finds_merge(&b.finds);
            if (!cut)
                snprintf(whole, sizeof whole, "%s", describe(&b, &b.finds, ""));
            else if (strcmp(whole, describe(&b, &b.finds, "")) != 0)
                fail_msg("round %d: \"%.*s\"\n  whole %s\n  steps %s", round, (int)text.len, text.ptr, whole, describe(&b, &b.finds, ""));
        }
        bawn_buf_free(&text);
    }
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decision_waits_for_the_text_it_hangs_on), cmocka_unit_test(what_is_pending_is_held_from_its_begin),
        cmocka_unit_test(a_guard_sees_a_window), cmocka_unit_test(a_window_that_is_full_is_final_though_more_may_come),
        cmocka_unit_test(weak_and_allowed_findings_are_dropped), cmocka_unit_test(a_view_a_guard_does_not_read_wakes_it_not),
        cmocka_unit_test(runs_and_scans_hold_what_is_open), cmocka_unit_test(an_anchor_is_held_until_its_match_cannot_be),
        cmocka_unit_test(too_much_that_is_undecided_is_a_failure), cmocka_unit_test(steps_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

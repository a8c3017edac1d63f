/* Unseen characters are found as runs, and stay where honest writing needs them. */
#include "guard_harness.h"

extern const bawn_guard bawn_guard_sanitise;
enum { CONTROL, INVISIBLE, BIDI };

static const struct { const char *text; int kind; size_t begin, end; } bad[] = {
    { "a\x01\x02" "b", CONTROL, 1, 3 }, { "a\x7f", CONTROL, 1, 2 }, { "\xc2\x85x", CONTROL, 0, 2 }, { "a\x1b[31m", CONTROL, 1, 2 },
    { "ig\u200bnore", INVISIBLE, 2, 5 }, { "ig\u200d\u200cnore", INVISIBLE, 2, 8 }, { "soft\u00adhyphen", INVISIBLE, 4, 6 }, { "\ufeffstart", INVISIBLE, 0, 3 },
    { "x\u2060\u2063y", INVISIBLE, 1, 7 }, { "\u3164", INVISIBLE, 0, 3 }, { "hi\U000e0041\U000e0042", INVISIBLE, 2, 10 }, { "\u263a\ufe0f\ufe01\ufe02", INVISIBLE, 6, 12 },
    { "\U0001f600\U000e0101\U000e0102", INVISIBLE, 4, 12 }, { "a\ufe0f", INVISIBLE, 1, 4 },
    { "a\u202e" "b", BIDI, 1, 4 }, { "a\u2067" "b", BIDI, 1, 4 }, { "a\u202a" "b\nc", BIDI, 1, 4 }, { "x\u2069", BIDI, 1, 4 },
    { "\U0001f3f4\U000e0067 no flag", INVISIBLE, 4, 8 }, { "\u05d0\u200bx", INVISIBLE, 2, 5 },
};
static const char *const good[] = {
    "tab\tline\r\nend", "Gr\u00fc\u00dfe, \u0434\u0440\u0443\u0437\u044c\u044f, \u4f60\u597d", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0915\u094d\u200d\u0937",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u2764\ufe0f\u200d\U0001f525", "1\ufe0f\u20e3", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "\u8fba\U000e0100", "\u0e2a\u0e27\u200b\u0e31\u0e2a", "name \u2068\u05d0\u05d1\u2069 here", "Hello \u2068" "Anna\u2069!", "\u05d0\u200f 1\u200e", "\u05d0 \u2067" "abc\u2069",
    "\u202a" "abc\u202c", "quotes \u201c\u201d \u2026 \u2014 \u00a0",
};

static void unseen_characters_are_found_as_runs(void **state)
{
    bawn_harness h;
    (void)state;
    harness_open(&h, &bawn_guard_sanitise, BAWN_IN_INPUT);
    for (size_t i = 0; i < BAWN_COUNT(bad); i++) {
        size_t n = bawn_harness_run(&h, bad[i].text);
        bool found = false;
        for (size_t k = 0; k < n; k++)
            found |= h.found[k].kind == bad[i].kind && h.found[k].begin == bad[i].begin && h.found[k].end == bad[i].end;
        if (!found)
            fail_msg("row %zu: %zu findings, first %zu-%zu kind %d", i, n, h.found[0].begin, h.found[0].end, h.found[0].kind);
        harness_check_cuts(&h, bad[i].text, 12);
    }
    harness_close(&h);
}

static void honest_writing_stays(void **state)
{
    bawn_harness h;
    (void)state;
    harness_open(&h, &bawn_guard_sanitise, BAWN_IN_INPUT);
    for (size_t i = 0; i < BAWN_COUNT(good); i++) {
        if (bawn_harness_run(&h, good[i]) > 0)
            fail_msg("row %zu: %zu-%zu kind %d", i, h.found[0].begin, h.found[0].end, h.found[0].kind);
        harness_check_cuts(&h, good[i], 12);
    }
    harness_close(&h);
}

static void an_override_and_its_closing_are_found(void **state)
{
    bawn_harness h;
    (void)state;
    harness_open(&h, &bawn_guard_sanitise, BAWN_IN_INPUT);
    assert_int_equal(bawn_harness_run(&h, "pay \u202e" "evil\u202c now"), 2);
    assert_int_equal(bawn_harness_run(&h, "a \u2068" "\u202e" "x\u202c" "\u2069 b"), 2);
    harness_close(&h);
}

static void a_flood_is_a_few_findings_of_bounded_length(void **state)
{
    bawn_harness h;
    char text[6001];
    (void)state;
    for (int i = 0; i < 2000; i++)
        memcpy(text + 3 * i, "\u200b", 3);
    text[6000] = '\0';
    harness_open(&h, &bawn_guard_sanitise, BAWN_IN_INPUT);
    size_t n = bawn_harness_run(&h, text), sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += h.found[i].end - h.found[i].begin;
    assert_int_equal(sum, 6000);
    assert_true(n < 20);
    harness_check_cuts(&h, text, 2);
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(unseen_characters_are_found_as_runs), cmocka_unit_test(honest_writing_stays),
        cmocka_unit_test(an_override_and_its_closing_are_found), cmocka_unit_test(a_flood_is_a_few_findings_of_bounded_length) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

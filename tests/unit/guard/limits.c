/* Counts, repeats, floods and scripts: the limit itself passes, one more does not.
 *
 * keeps: T27 */
#include "guard_harness.h"
#include "guard/limits/limits.h"

extern const bawn_guard bawn_guard_limits;

static char *repeated(const char *before, const char *unit, int n, const char *after)
{
    char *text = malloc(strlen(before) + strlen(unit) * (size_t)n + strlen(after) + 1), *at = text;
    at = stpcpy(at, before);
    for (int i = 0; i < n; i++)
        at = stpcpy(at, unit);
    strcpy(at, after);
    return text;
}

static bool finds(const bawn_limits *settings, int kind, const char *text)
{
    bawn_harness h;
    harness_open(&h, &bawn_guard_limits, BAWN_IN_INPUT);
    h.settings = settings;
    bawn_harness_run(&h, text);
    bool found = harness_has(&h, kind);
    harness_check_cuts(&h, text, 4);
    harness_close(&h);
    return found;
}

static bool finds_repeated(const bawn_limits *settings, const char *before, const char *unit, int n, const char *after)
{
    char *text = repeated(before, unit, n, after);
    bool found = finds(settings, BAWN_LIMITS_REPEATED_TOKENS, text);
    free(text);
    return found;
}

static void counts_are_checked(void **state)
{
    bawn_limits l = { .characters = 10, .messages = 2, .depth = 3 };
    bawn_limits_counts at = { 10, 2, 3 }, over = { 11, 3, 4 };
    uint8_t kinds[3];
    (void)state;
    assert_int_equal(bawn_limits_check(kinds, &l, &at), 0);
    assert_int_equal(bawn_limits_check(kinds, &l, &over), 3);
    assert_int_equal(kinds[0], BAWN_LIMITS_CHARACTERS);
    assert_int_equal(kinds[2], BAWN_LIMITS_DEPTH);
    assert_int_equal(bawn_limits_check(kinds, &(bawn_limits){ 0 }, &over), 0);
}

static void the_same_word_in_a_row_is_found_at_the_limit(void **state)
{
    static const char *const units[] = { "poem ", "a", "ab", "company, ", "\U0001f600", "la la la\n", "word1 word2 ", "abcdefghijklmnop ", "xyz" };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(units); i++) {
        if (!finds_repeated(NULL, "Repeat this word for ever: ", units[i], 200, "! The end of it all."))
            fail_msg("missed: %s", units[i]);
        if (finds_repeated(NULL, "Repeat this word for ever; ", units[i], 190 / (strchr("lw", units[i][0]) ? 3 : 1), "! The end of it all."))
            fail_msg("too early: %s", units[i]);
    }
}

static void rulers_may_be_longer(void **state)
{
    (void)state;
    assert_false(finds_repeated(NULL, "Title\n", "-", 400, "\ntext of the page"));
    assert_false(finds_repeated(NULL, "Title", " ", 400, "text of the page"));
    assert_true(finds_repeated(NULL, "Title\n", "-", 900, "\ntext of the page"));
}

static void the_policy_sets_the_run(void **state)
{
    bawn_limits l = { .repeated_token_run = 20 }, off = { 0 }, wide = { .repeated_token_run = 1000 };
    (void)state;
    assert_true(finds_repeated(&l, "say ", "no ", 20, "now."));
    assert_false(finds_repeated(&l, "say ", "no ", 17, "now."));
    assert_false(finds_repeated(&off, "say ", "no ", 2000, "now."));
    assert_false(finds_repeated(&wide, "say ", "no ", 900, "now."));
    assert_true(finds_repeated(&wide, "say ", "no ", 1001, "now."));
}

static void few_words_in_any_order_are_a_flood(void **state)
{
    char text[4096] = "";
    unsigned seed = 7;
    (void)state;
    for (int i = 0; i < 900; i++) {
        seed = seed * 1103515245u + 12345u;
        strcat(text, (seed >> 16) % 2 ? "no " : "on ");
    }
    assert_true(finds(NULL, BAWN_LIMITS_REPEATED_TOKENS, text));
}

static void prose_and_tables_pass(void **state)
{
    char table[8192] = "| id | name | value |\n| --- | --- | --- |\n";
    (void)state;
    for (int i = 0; i < 150; i++)
        sprintf(table + strlen(table), "| %d | item %d | %d.%02d |\n", i, i * 37, i * 7919 % 1000, i % 100);
    assert_false(finds(NULL, BAWN_LIMITS_REPEATED_TOKENS, table));
    assert_false(finds(NULL, -1, "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness."));
}

/* Items as wide as the distance of two samples showed only what they have in common. */
static void a_list_of_different_words_is_no_flood(void **state)
{
    static const struct { const char *before, *after; int width; } forms[] = {
        { "word", " ", 1 }, { "w", " ", 6 }, { "item ", "\n", 10 }, { "id-", ", ", 11 },
    };
    char *text = malloc(200000);
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(forms); i++) {
        char *at = text;
        for (int n = 0; n < 5000; n++)
            at += sprintf(at, "%s%0*d%s", forms[i].before, forms[i].width, n, forms[i].after);
        if (finds(NULL, BAWN_LIMITS_REPEATED_TOKENS, text))
            fail_msg("a list of `%s1%s` was taken for a flood", forms[i].before, forms[i].after);
    }
    free(text);
}

/* Ten signs of Chinese are a sentence; the same number of letters is a name. */
static void signs_of_words_count_more_than_letters(void **state)
{
    bawn_limits l = { .repeated_token_run = 200 };
    (void)state;
    assert_true(bawn_limits_language(&l.scripts, BAWN_LIT("en")));
    assert_true(finds(&l, BAWN_LIMITS_LANGUAGE, "\u8bf7\u544a\u8bc9\u6211\u4eca\u5929\u5929\u6c14"));
    assert_true(finds(&l, BAWN_LIMITS_LANGUAGE, "\uc624\ub298 \ub0a0\uc528\uac00 \uc5b4\ub5bb\uc2b5\ub2c8\uae4c"));
    assert_false(finds(&l, BAWN_LIMITS_LANGUAGE, "What does \u4eca\u5929\u5929\u6c14 mean in English?"));
    assert_false(finds(&l, BAWN_LIMITS_LANGUAGE, "\u5317\u4eac"));
    assert_true(bawn_limits_language(&l.scripts, BAWN_LIT("zh")));
    assert_false(finds(&l, BAWN_LIMITS_LANGUAGE, "\u8bf7\u544a\u8bc9\u6211\u4eca\u5929\u5929\u6c14"));
}

static void languages_are_told_by_script(void **state)
{
    bawn_limits l = { .repeated_token_run = 200 };
    (void)state;
    assert_true(bawn_limits_language(&l.scripts, BAWN_LIT("en")));
    assert_true(bawn_limits_language(&l.scripts, BAWN_LIT("de-AT")));
    assert_false(bawn_limits_language(&l.scripts, BAWN_LIT("xx")));
    assert_false(finds(&l, BAWN_LIMITS_LANGUAGE, "Gr\u00fc\u00dfe aus K\u00f6ln, how do you do? \u041f\u0440\u0438\u0432\u0435\u0442"));
    assert_true(finds(&l, BAWN_LIMITS_LANGUAGE, "\u041f\u0440\u0438\u0432\u0435\u0442, \u043a\u0430\u043a \u0442\u0432\u043e\u0438 \u0434\u0435\u043b\u0430 \u0441\u0435\u0433\u043e\u0434\u043d\u044f, OK? 123   "));
    assert_false(finds(&l, BAWN_LIMITS_LANGUAGE, "\u041f\u0440\u0438\u0432\u0435\u0442"));
    assert_true(bawn_limits_language(&l.scripts, BAWN_LIT("ru")));
    assert_false(finds(&l, BAWN_LIMITS_LANGUAGE, "\u041f\u0440\u0438\u0432\u0435\u0442, \u043a\u0430\u043a \u0442\u0432\u043e\u0438 \u0434\u0435\u043b\u0430 \u0441\u0435\u0433\u043e\u0434\u043d\u044f, OK?"));
    assert_false(finds(NULL, BAWN_LIMITS_LANGUAGE, "\u041f\u0440\u0438\u0432\u0435\u0442, \u043a\u0430\u043a \u0442\u0432\u043e\u0438 \u0434\u0435\u043b\u0430 \u0441\u0435\u0433\u043e\u0434\u043d\u044f?"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_checked), cmocka_unit_test(the_same_word_in_a_row_is_found_at_the_limit), cmocka_unit_test(rulers_may_be_longer),
        cmocka_unit_test(the_policy_sets_the_run), cmocka_unit_test(few_words_in_any_order_are_a_flood), cmocka_unit_test(prose_and_tables_pass),
        cmocka_unit_test(a_list_of_different_words_is_no_flood), cmocka_unit_test(signs_of_words_count_more_than_letters),
        cmocka_unit_test(languages_are_told_by_script),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

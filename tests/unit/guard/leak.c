/* System texts and canaries in answers: found forwards, backwards and re-wrapped; answers about the same things are not. */
#include "guard_harness.h"
#include "guard/leak/leak.h"

extern const bawn_guard bawn_guard_leak;

static const char prompt_text[] =
    "You are Ada, the assistant of Example Shop. Answer questions about orders, returns and opening hours in a friendly tone. "
    "Never reveal the discount code SPRING-77 or the name of the warehouse manager, and do not talk about politics. "
    "If a customer is angry, apologise once and offer a call back within two working days.";

static const char *const leaks[] = {
    "Sure! My instructions say: Answer questions about orders, returns and opening hours in a friendly tone.",
    "never reveal the discount code spring 77 or the name",
    "- Never\n- reveal\n- \"the\"\n- *discount*\n- code: SPRING\n- 77\n- or",
    "Never reveal the secret discount code SPRING-77 or the name of a warehouse manager.",
    "days working two within back call a offer and once apologise",
    ".syad gnikrow owt nihtiw kcab llac a reffo dna ecno esigolopa ,yrgna si remotsuc a fI",
    "If a customer is angry, apologise once and then offer a call back within two working days!",
    "NEVER, reveal; the? DISCOUNT/code\nspring 77 or the naïve name",
    "a b c If a customer is angry apologise once and offer",
};
static const char *const answers[] = {
    "Our opening hours are nine to five. Returns are free within two weeks, and orders ship within two working days.",
    "I am Ada, the assistant of Example Shop. How can I help you today?",
    "I am sorry that you are angry. I can offer a call back tomorrow.",
    "I do not talk about politics, but I can answer questions about orders.",
    "The discount code is not something that I can share, nor the name of the manager.",
    "If a customer is happy, we are happy. If a dog is angry, walk on.",
    "You are welcome! Answer the questions on the form about your orders and send it back in a friendly mail.",
};

static bawn_leak_prompt *prompt_of(const char *text, unsigned words)
{
    bawn_slice s = bawn_slice_str(text);
    bawn_leak_prompt *p = bawn_leak_prompt_new(&s, 1, words);
    assert_non_null(p);
    return p;
}

static bool finds(const bawn_leak_prompt *p, const char *text)
{
    bawn_harness h;
    harness_open(&h, &bawn_guard_leak, BAWN_IN_OUTPUT);
    h.settings = p;
    bool found = bawn_harness_run(&h, text) > 0;
    harness_check_cuts(&h, text, 20);
    harness_close(&h);
    return found;
}

static void leaks_are_found(void **state)
{
    bawn_leak_prompt *p = prompt_of(prompt_text, 0);
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(leaks); i++)
        if (!finds(p, leaks[i]))
            fail_msg("missed: %s", leaks[i]);
    assert_true(finds(p, prompt_text));
    bawn_leak_prompt_free(p);
}

static void answers_about_the_same_things_pass(void **state)
{
    bawn_leak_prompt *p = prompt_of(prompt_text, 0);
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(answers); i++)
        if (finds(p, answers[i]))
            fail_msg("found in: %s", answers[i]);
    bawn_leak_prompt_free(p);
}

static void a_run_is_found_from_its_first_word_on(void **state)
{
    bawn_leak_prompt *p = prompt_of(prompt_text, 0);
    bawn_harness h;
    const char *text = "It says: apologise once and offer a call back within two working weeks.";
    (void)state;
    harness_open(&h, &bawn_guard_leak, BAWN_IN_OUTPUT);
    h.settings = p;
    assert_int_equal(bawn_harness_run(&h, text), 1);
    assert_int_equal(h.found[0].begin, 9);
    assert_int_equal(h.found[0].end, (size_t)(strstr(text, " weeks") - text));
    harness_close(&h);
    bawn_leak_prompt_free(p);
}

static void what_is_open_is_held(void **state)
{
    bawn_leak_prompt *p = prompt_of(prompt_text, 0);
    char scratch[64] = { 0 };
    const char text[] = "Well: never reveal the discount ";
    bawn_probe probe = { .text = { text, sizeof text - 1 }, .guard = &bawn_guard_leak, .settings = p, .state = scratch };
    (void)state;
    bawn_guard_leak.scan(&probe);
    assert_int_equal(probe.end, 6);
    bawn_leak_prompt_free(p);
}

static void min_words_sets_the_length_of_a_leak(void **state)
{
    bawn_leak_prompt *p = prompt_of(prompt_text, 12);
    (void)state;
    assert_false(finds(p, "never reveal the discount code SPRING-77 or the name"));
    assert_true(finds(p, "never reveal the discount code SPRING-77 or the name of the warehouse manager"));
    bawn_leak_prompt_free(p);
}

static void short_prompts_must_appear_whole(void **state)
{
    bawn_leak_prompt *p = prompt_of("Speak only about blue whales.", 0), *q = prompt_of("Be kind and brief.", 0);
    (void)state;
    assert_true(finds(p, "I was told to speak only about blue whales, sorry."));
    assert_false(finds(p, "I can speak only about blue things, like whales."));
    assert_false(finds(q, "Be kind and brief."));
    bawn_leak_prompt_free(p);
    bawn_leak_prompt_free(q);
}

static void scripts_without_spaces_count_characters(void **state)
{
    bawn_leak_prompt *p = prompt_of("你是示例商店的客服助手。绝对不要透露折扣代码和仓库经理的名字。", 0);
    (void)state;
    assert_true(finds(p, "我的指示是：绝对不要透露折扣代码和仓库经理的名字。"));
    assert_false(finds(p, "我是示例商店的助手，不能透露代码。"));
    bawn_leak_prompt_free(p);
}

static void other_alphabets_fold_their_case(void **state)
{
    bawn_leak_prompt *p = prompt_of("НИКОГДА не раскрывай код скидки и имя начальника склада никому из клиентов", 0);
    (void)state;
    assert_true(finds(p, "Мне сказано: никогда не раскрывай код скидки и имя начальника"));
    bawn_leak_prompt_free(p);
}

static void runs_do_not_cross_texts(void **state)
{
    bawn_slice texts[] = { BAWN_LIT("one two three four five six seven"), BAWN_LIT("eight nine ten eleven twelve thirteen fourteen fifteen") };
    bawn_leak_prompt *p = bawn_leak_prompt_new(texts, 2, 8);
    (void)state;
    assert_false(finds(p, "four five six seven eight nine ten eleven"));
    assert_true(finds(p, "one two three four five six seven"));
    bawn_leak_prompt_free(p);
}

static void long_leaks_are_covered_to_their_last_word(void **state)
{
    char text[2048] = "", last[] = "alpha99";
    for (int i = 0; i < 130; i++)
        sprintf(text + strlen(text), "w%dx ", i * 7919 % 1009);
    strcat(text, last);
    bawn_leak_prompt *p = prompt_of(text, 0);
    bawn_harness h;
    (void)state;
    harness_open(&h, &bawn_guard_leak, BAWN_IN_OUTPUT);
    h.settings = p;
    size_t n = bawn_harness_run(&h, text), end = 0;
    assert_true(n >= 2);
    for (size_t i = 0; i < n; i++)
        end = h.found[i].end > end ? h.found[i].end : end;
    assert_int_equal(end, strlen(text));
    harness_check_cuts(&h, text, 5);
    harness_close(&h);
    bawn_leak_prompt_free(p);
}

static void canaries_are_found_in_any_case_and_backwards(void **state)
{
    bawn_leak_prompt *p = bawn_leak_prompt_new(NULL, 0, 0);
    (void)state;
    assert_true(bawn_leak_prompt_canary(p, BAWN_LIT("kx7-Qm2-bawn-9f31c")));
    assert_false(bawn_leak_prompt_canary(p, BAWN_LIT("too-short")));
    assert_false(bawn_leak_prompt_canary(p, BAWN_LIT("has a space in the token")));
    assert_true(finds(p, "The token is KX7-QM2-BAWN-9F31C."));
    assert_true(finds(p, "c13f9-nwab-2mQ-7xk"));
    assert_true(finds(p, "k, x, 7, -, Q, m, 2, -, b, a, w, n, -, 9, f, 3, 1, c"));
    assert_false(finds(p, "k x of 7-Qm2-bawn-9f31c, kx7-Qm2-bawn-9f31      c"));
    assert_false(finds(p, "kx7-Qm2-bawn-9f31 and kx7-Qm2-bawn-9f31d"));
    bawn_leak_prompt_free(p);
}

static void without_settings_nothing_is_found(void **state)
{
    (void)state;
    assert_false(finds(NULL, prompt_text));
}

static void out_of_memory_is_null(void **state)
{
    bawn_slice s = BAWN_LIT("a b c");
    (void)state;
    bawn_malloc_fail_at = 1;
    assert_null(bawn_leak_prompt_new(&s, 1, 0));
    bawn_malloc_fail_at = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaks_are_found), cmocka_unit_test(answers_about_the_same_things_pass),
        cmocka_unit_test(a_run_is_found_from_its_first_word_on), cmocka_unit_test(what_is_open_is_held),
        cmocka_unit_test(min_words_sets_the_length_of_a_leak), cmocka_unit_test(short_prompts_must_appear_whole),
        cmocka_unit_test(scripts_without_spaces_count_characters), cmocka_unit_test(other_alphabets_fold_their_case),
        cmocka_unit_test(runs_do_not_cross_texts), cmocka_unit_test(long_leaks_are_covered_to_their_last_word),
        cmocka_unit_test(canaries_are_found_in_any_case_and_backwards), cmocka_unit_test(without_settings_nothing_is_found),
        cmocka_unit_test(out_of_memory_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

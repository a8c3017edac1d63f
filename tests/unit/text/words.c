/* Letters, scripts, word boundaries. */
#include "views.h"

static void inside(const char *text, size_t at, bool want)
{
    assert_int_equal(bawn_text_inside_word(bawn_slice_str(text), at), want);
}

static void a_word_ends_where_its_letters_end(void **state)
{
    (void)state;
    inside("ab", 1, true);
    inside("ab", 0, false);
    inside("ab", 2, false);
    inside("a b", 1, false);
    inside("a-b", 1, false);
    inside("12", 1, true);
    inside("a1", 1, false);
    inside("\u00E9t\u00E9", 2, true);
    inside("\u043D\u0435\u0442", 2, true);
    inside("\u043D\u0435\u0442", 1, true);
    inside("\u0915\u094D\u092F", 3, true);
    inside("\u4F60\u597D", 3, false);
    inside("API\u63A5", 3, false);
    inside("\uC548\uB155", 3, true);
    inside("\u0E17\u0E33", 3, false);
    inside("x\x1B[1mAK", 5, false);
    inside("x\x1B[38;5;9mAK", 10, false);
    inside("x\x1B[38;5;9mAK", 11, true);
    inside("x[1mAK", 4, true);
    inside("\x1B[mA", 3, false);
    inside("[mA", 2, true);
}

static void letters_and_scripts_are_known(void **state)
{
    (void)state;
    assert_true(bawn_text_is_letter('a') && bawn_text_is_letter(0x416) && bawn_text_is_letter(0x94D));
    assert_false(bawn_text_is_letter('1') || bawn_text_is_letter(' ') || bawn_text_is_letter(0x3002));
    assert_false(bawn_text_is_letter(0x110000));
    assert_string_equal(bawn_text_script('a'), "Latin");
    assert_string_equal(bawn_text_script(0x416), "Cyrillic");
    assert_string_equal(bawn_text_script(0x4F60), "Han");
    assert_string_equal(bawn_text_script(0x627), "Arabic");
    assert_string_equal(bawn_text_script(0x915), "Devanagari");
    assert_string_equal(bawn_text_script('1'), "Common");
    assert_string_equal(bawn_text_script(0x301), "Common");
    assert_string_equal(bawn_text_script(UINT32_MAX), "Common");
    assert_true(bawn_text_no_space_script(0x4F60) && bawn_text_no_space_script(0x3042) && bawn_text_no_space_script(0xE01) &&
                bawn_text_no_space_script(0x1000) && bawn_text_no_space_script(0x1780) && bawn_text_no_space_script(0xE81));
    assert_false(bawn_text_no_space_script('a') || bawn_text_no_space_script(0xAC00) || bawn_text_no_space_script(0x627));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_ends_where_its_letters_end), cmocka_unit_test(letters_and_scripts_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The growing buffer, slices and errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

static void pieces_are_joined_in_order(void **state)
{
    bawn_buf b = { 0 };

    (void)state;
    assert_true(bawn_buf_str(&b, "a="));
    assert_true(bawn_buf_u64(&b, 0));
    assert_true(bawn_buf_byte(&b, ' '));
    assert_true(bawn_buf_u64(&b, UINT64_MAX));
    assert_true(bawn_buf_fmt(&b, " %s:%04d", "x", 42));
    assert_true(bawn_buf_add(&b, BAWN_NIL));
    assert_true(bawn_slice_is(bawn_buf_slice(&b), "a=0 18446744073709551615 x:0042"));
    assert_true(bawn_buf_drop_front(&b, 2));
    assert_true(bawn_slice_is(bawn_buf_slice(&b), "0 18446744073709551615 x:0042"));
    assert_false(bawn_buf_drop_front(&b, b.len + 1));
    assert_true(bawn_buf_drop_front(&b, b.len));
    assert_int_equal(b.len, 0);
    bawn_buf_free(&b);
    assert_null(b.ptr);
}

static void growth_keeps_all_bytes(void **state)
{
    bawn_buf b = { 0 };

    (void)state;
    for (size_t i = 0; i < 100000; i++)
        assert_true(bawn_buf_byte(&b, (char)(i * 7)));
    for (size_t i = 0; i < 100000; i++)
        assert_int_equal(b.ptr[i], (char)(i * 7));
    assert_true(b.cap < 300000);
    bawn_buf_free(&b);
}

static void a_failed_allocation_sticks_until_cleared_and_keeps_what_was_there(void **state)
{
    bawn_buf b = { 0 };

    (void)state;
    assert_true(bawn_buf_str(&b, "kept"));
    bawn_malloc_fail_at = 1;
    assert_false(bawn_buf_reserve(&b, 100000));
    assert_true(b.failed);
    assert_false(bawn_buf_byte(&b, 'x'));                  /* although there is room */
    assert_false(bawn_buf_fmt(&b, "%d", 1));
    assert_true(bawn_slice_is(bawn_buf_slice(&b), "kept"));
    bawn_buf_clear(&b);
    assert_true(bawn_buf_byte(&b, 'x'));
    assert_false(bawn_buf_reserve(&b, SIZE_MAX));
    assert_false(bawn_buf_reserve(&b, 1));
    bawn_buf_free(&b);
}

static void slices_compare_and_find(void **state)
{
    bawn_slice hay = BAWN_LIT("Bawn, the wall");

    (void)state;
    assert_true(bawn_slice_eq_nocase(BAWN_LIT("Content-Type"), BAWN_LIT("content-TYPE")));
    assert_false(bawn_slice_eq_nocase(BAWN_LIT("k"), BAWN_LIT("\xE2\x84\xAA")));
    assert_false(bawn_slice_eq_nocase(BAWN_LIT("@"), BAWN_LIT("`")));
    assert_false(bawn_slice_eq_nocase(BAWN_LIT("ab"), BAWN_LIT("a")));
    static const char *const words[] = { "two", "One", "", NULL };
    assert_true(bawn_slice_is_any(BAWN_LIT("oNE"), words));
    assert_true(bawn_slice_is_any(BAWN_NIL, words));
    assert_false(bawn_slice_is_any(BAWN_LIT("tw"), words));
    assert_false(bawn_slice_is_any(BAWN_LIT("twos"), words));
    assert_false(bawn_slice_is_any(BAWN_LIT("two\0"), words));
    assert_int_equal(bawn_slice_find(hay, BAWN_LIT("the")), 6);
    assert_int_equal(bawn_slice_find(hay, BAWN_LIT("Bawn")), 0);
    assert_int_equal(bawn_slice_find(hay, BAWN_LIT("walls")), hay.len);
    assert_int_equal(bawn_slice_find(hay, BAWN_NIL), 0);
    assert_int_equal(bawn_slice_find(BAWN_NIL, hay), 0);
    assert_int_equal(bawn_slice_find_nocase(hay, BAWN_LIT("WALL")), 10);
    assert_int_equal(bawn_slice_find_nocase(hay, BAWN_LIT("bAWN")), 0);
    assert_int_equal(bawn_slice_find_nocase(hay, BAWN_LIT("walls")), hay.len);
    assert_int_equal(bawn_slice_find_nocase(BAWN_LIT("`a"), BAWN_LIT("@A")), 2);
    assert_int_equal(bawn_slice_find_nocase(BAWN_LIT("\xC3\xA9t\xC3\xA9"), BAWN_LIT("\xC3\x89")), 5); /* ASCII only */
    assert_int_equal(bawn_slice_find_nocase(hay, BAWN_NIL), 0);
    assert_int_equal(bawn_slice_find_nocase(BAWN_NIL, hay), 0);
    assert_true(bawn_slice_starts(hay, BAWN_LIT("Bawn,")));
    assert_false(bawn_slice_starts(BAWN_LIT("Ba"), BAWN_LIT("Bawn")));
    assert_true(bawn_slice_ends(hay, BAWN_LIT(" wall")));
    assert_true(bawn_slice_ends(BAWN_NIL, BAWN_NIL));
    assert_false(bawn_slice_ends(hay, BAWN_LIT("Wall")));
    assert_false(bawn_slice_ends(BAWN_LIT("ll"), BAWN_LIT("all")));
}

static void all_of_it_or_nothing_stays(void **state)
{
    bawn_buf b = { 0 };

    (void)state;
    bawn_buf_str(&b, "kept");
    assert_true(bawn_buf_str(&b, ", too") && bawn_buf_whole(&b, 4));
    assert_true(bawn_slice_is(bawn_buf_slice(&b), "kept, too"));
    bawn_malloc_fail_at = 1;
    bawn_buf_str(&b, " and");
    bawn_buf_reserve(&b, 100000);
    assert_false(bawn_buf_whole(&b, 9));
    assert_true(b.failed);
    assert_true(bawn_slice_is(bawn_buf_slice(&b), "kept, too"));
    bawn_buf_free(&b);
}

static void hexadecimal_digits_have_their_values(void **state)
{
    static const char digits[] = "0123456789abcdefABCDEF";

    (void)state;
    for (int c = -128; c < 128; c++) {
        const char *at = c > 0 ? strchr(digits, c) : NULL;
        int n = at ? (int)(at - digits) : -1;
        assert_int_equal(bawn_hex_value((char)c), n > 15 ? n - 6 : n);
    }
}

static void errors_carry_code_message_and_place(void **state)
{
    bawn_error err = { 0 };

    (void)state;
    assert_false(bawn_error_set(&err, BAWN_E_TOO_DEEP, "found %d, expected %d", 65, 64));
    assert_int_equal(err.code, BAWN_E_TOO_DEEP);
    assert_string_equal(err.message, "found 65, expected 64");
    assert_int_equal(err.line, 0);
    assert_false(bawn_error_at(&err, "bawn.yaml", 3, 9));
    assert_string_equal(err.file, "bawn.yaml");
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 9);
    assert_false(bawn_error_set(NULL, BAWN_E_IO, "nobody listens"));
    assert_false(bawn_error_at(NULL, NULL, 1, 1));
}

static void a_cut_message_ends_between_characters(void **state)
{
    bawn_error err;
    char text[400];

    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        size_t n = shift;

        memset(text, 'a', shift);
        while (n < 390)
            n += bawn_utf8_put(text + n, 0x1F600);
        text[n] = '\0';
        bawn_error_set(&err, BAWN_E_USAGE, "%s", text);
        assert_true(strlen(err.message) >= 252);
        assert_int_equal(bawn_utf8_valid_prefix(bawn_slice_str(err.message)), strlen(err.message));
    }
}

static void every_code_has_its_own_name(void **state)
{
    (void)state;
    for (int i = 0; i < BAWN_E_COUNT; i++) {
        assert_non_null(bawn_error_code_name(i));
        assert_string_not_equal(bawn_error_code_name(i), "unknown");
        for (int k = 0; k < i; k++)
            assert_string_not_equal(bawn_error_code_name(i), bawn_error_code_name(k));
    }
    assert_string_equal(bawn_error_code_name(BAWN_E_CONTENT_FILTER), "content_filter");
    assert_string_equal(bawn_error_code_name(BAWN_E_RATE_LIMITED), "rate_limited");
    assert_string_equal(bawn_error_code_name(-1), "unknown");
    assert_string_equal(bawn_error_code_name(BAWN_E_COUNT), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_joined_in_order),
        cmocka_unit_test(growth_keeps_all_bytes),
        cmocka_unit_test(a_failed_allocation_sticks_until_cleared_and_keeps_what_was_there),
        cmocka_unit_test(slices_compare_and_find),
        cmocka_unit_test(all_of_it_or_nothing_stays),
        cmocka_unit_test(hexadecimal_digits_have_their_values),
        cmocka_unit_test(errors_carry_code_message_and_place),
        cmocka_unit_test(a_cut_message_ends_between_characters),
        cmocka_unit_test(every_code_has_its_own_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

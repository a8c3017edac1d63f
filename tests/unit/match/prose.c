/* How often literals stand in prose, roughly: common words often, rare ones seldom, at the ends that may lie within words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "match/literals.h"
#include "match/match.h"

#define BOTH (BAWN_L_SPACE_BEFORE | BAWN_L_SPACE_AFTER)

static double times(const char *text, uint8_t flags) { return bawn_match_times(bawn_slice_str(text), flags); }

static void common_words_stand_often(void **state)
{
    (void)state;
    assert_true(times("the", BOTH) > 100);
    assert_true(times("before", BOTH) > 1 && times("before", BOTH) < times("with", BOTH));
    assert_true(times("quokka", BOTH) < 0.2);
    assert_true(times("\u043D\u0435", BOTH) > 5);               /* not, in Russian */
    assert_true(times("THE", BOTH) == times("the", BOTH));
}

static void an_end_within_a_word_counts_the_words_it_can_be_a_part_of(void **state)
{
    (void)state;
    assert_true(times("befor", 0) > times("befor", BAWN_L_SPACE_AFTER));
    assert_true(times("efore", BAWN_L_SPACE_AFTER) >= times("before", BOTH));
    assert_true(times("efore", BOTH) < 0.2);
    assert_true(times("quokk", 0) > times("quokka", BOTH));     /* of what is not known, the shorter and the open is more */
}

static void a_phrase_is_rarer_than_its_words(void **state)
{
    (void)state;
    assert_true(times("before the", BOTH) < times("before", BOTH) && times("before the", BOTH) > times("before quokka", BOTH));
    assert_true(times("in the name of", BOTH) < times("in the name", BOTH));
    assert_true(times("", 0) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(common_words_stand_often), cmocka_unit_test(an_end_within_a_word_counts_the_words_it_can_be_a_part_of),
        cmocka_unit_test(a_phrase_is_rarer_than_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

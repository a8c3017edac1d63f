/* Whether a match may hold white space, read off the source: "no" is said only where it is certain. keeps: R2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "match/match.h"

static const char *const never[] = {
    "ORD-[0-9]{6}", "\\bORD-[0-9]{6}\\b", "[A-Z]{2}\\d{4}", "\\w+@\\w+\\.com", "a\\x2db", "[\\x21-\\x7e]{3}", "\\x{4e00}", "\\p{L}\\p{Lu}\\pN[\\p{Nd}_]",
    "(?:foo|bar)?x", "[[:alpha:][:digit:]_-]+", "[]a]", "\\S{5}", "[а-я]{3}", "密码[一-龥]{2}", "a\\.b\\[c\\]", "(?i)abc", "[a\\]b]",
};

static const char *const perhaps[] = {
    "a b", "a\tb", "a.b", "a\\sb", "\\Wa", "\\Da", "a\\hb", "a\\vb", "a\\Rb", "a\\nb", "a\\tb", "a\\rb", "a\\x20b", "a\\x09b", "a\\x{20}b", "a\\x{0a}b", "a\\040b",
    "[^a]", "[^\\s]", "[ a]", "[\\sa]", "[\\x00-\\x7f]", "[\\t-~]", "[[:space:]]", "[[:print:]]", "[[:^alpha:]]", "\\p{Zs}", "\\p{^L}", "\\P{L}", "\\p{Any}", "\\pZ",
    "a\\ b", "\\Qa b\\E", "(?x)a b", "a(?# )b", "\\Na", "\\Xa", "[a", "a\\", "\\x", "\\x2", "\\p{L", "\\cIa",
};

static void no_is_said_only_where_it_is_certain(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(never); i++)
        if (bawn_match_may_hold_space(never[i], 0))
            fail_msg("/%s/ cannot hold white space", never[i]);
    for (size_t i = 0; i < BAWN_COUNT(perhaps); i++)
        if (!bawn_match_may_hold_space(perhaps[i], 0))
            fail_msg("/%s/ may hold white space", perhaps[i]);
    assert_true(bawn_match_may_hold_space("a b", BAWN_P_LITERAL));
    assert_true(bawn_match_may_hold_space("a\nb", BAWN_P_LITERAL));
    assert_false(bawn_match_may_hold_space("a.b\\s[^", BAWN_P_LITERAL));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_is_said_only_where_it_is_certain) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

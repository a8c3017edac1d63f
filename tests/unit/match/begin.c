/* Where a hit begins: the leftmost begin of a match that ends exactly there, in the last BAWN_MATCH_WIDTH bytes, with
 * what stands before it in view. keeps: R10 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "match/match.h"

static const struct { const char *regex; uint8_t flags; const char *text; size_t end; int begin; /* -1: none */ } rows[] = {
    { "falcon", 0, "a falcon flew", 8, 2 }, { "falcon", 0, "a FALCON flew", 8, 2 }, { "falcon", BAWN_P_CASE, "a FALCON", 8, -1 },
    { "falcon", 0, "a falcon flew", 7, -1 }, { "falcon", 0, "a falcon flew", 9, -1 }, { "falcon", 0, "falcon", 6, 0 },
    { "falcon", 0, "falcon", 7, -1 },                                                   /* past the text */
    { "a+", 0, "baaa", 4, 1 }, { "a+?", 0, "baaa", 4, 1 }, { "a|aaa", 0, "baaa", 4, 1 }, { "aa|a", 0, "xaa", 3, 1 },    /* leftmost */
    { "foo.{0,5}bar", 0, "foo foo bar", 11, 0 }, { "foo.{0,3}bar", 0, "foo foo bar", 11, 4 },
    { "\\bfoo", 0, "afoo foo", 4, -1 }, { "\\bfoo", 0, "afoo foo", 8, 5 },                 /* what stands before is seen */
    { "\u00C4rger", 0, "so ein \u00E4RGER", 13, 7 }, { "\u043D\u0435\u0442", 0, "\u041D\u0415\u0422", 6, 0 },
    { "x.\u00E9", 0, "x\u00E9\u00E9", 5, 0 }, { "x..y", 0, "x\u00E9y", 4, 0 },          /* '.': a code point, or a byte */
    { "a.b*c(", BAWN_P_LITERAL, "xa.b*c(", 7, 1 }, { "a.b", BAWN_P_LITERAL, "axb", 3, -1 },
    { "(", 0, "(", 1, -1 },                                                             /* does not compile */
};

static void the_leftmost_begin_is_found(void **state)
{
    bawn_match_begins *b = bawn_match_begins_new(BAWN_COUNT(rows));
    (void)state;
    for (int twice = 0; twice < 2; twice++)             /* the second time from what was kept */
        for (uint32_t i = 0; i < BAWN_COUNT(rows); i++) {
            size_t begin = 99;
            bool found = bawn_match_begin(&begin, b, i, rows[i].regex, rows[i].flags, bawn_slice_str(rows[i].text), rows[i].end);
            if (found != (rows[i].begin >= 0) || (found && begin != (size_t)rows[i].begin))
                fail_msg("/%s/ in \"%s\" before %zu begins at %d, not at %d", rows[i].regex, rows[i].text, rows[i].end,
                         found ? (int)begin : -1, rows[i].begin);
        }
    size_t begin = 0;
    assert_false(bawn_match_begin(&begin, b, BAWN_COUNT(rows) - 1, "(", 0, BAWN_LIT("("), 1));
    assert_true(begin == SIZE_MAX);                     /* the row that does not compile: never silence */
    assert_true(bawn_match_begin(&begin, b, 0, "falcon", 0, BAWN_LIT("falcon"), 6));
    assert_false(bawn_match_begin(&begin, b, 0, "falcon", 0, BAWN_LIT("falco"), 5));
    assert_false(begin == SIZE_MAX);
    assert_false(bawn_match_begin(&begin, b, BAWN_COUNT(rows), "foo", 0, BAWN_LIT("foo"), 3));   /* no such rule */
    bawn_match_begins_free(b);
}

static void only_the_last_bytes_are_looked_at(void **state)
{
    bawn_match_begins *b = bawn_match_begins_new(1);
    char text[1200];
    size_t begin = 0;
    (void)state;
    memset(text, 'a', sizeof text);
    assert_true(bawn_match_begin(&begin, b, 0, "a+", 0, bawn_slice_of(text, sizeof text), sizeof text));
    assert_int_equal(begin, sizeof text - BAWN_MATCH_WIDTH);
    /* not inside a code point, though it is one byte more then */
    for (size_t i = 0; i < sizeof text; i += 2)
        memcpy(text + i, "\u00E9", 2);
    bawn_match_begins *wide = bawn_match_begins_new(1);
    assert_true(bawn_match_begin(&begin, wide, 0, "\u00E9+", 0, bawn_slice_of(text, sizeof text), sizeof text));
    assert_int_equal(begin, sizeof text - BAWN_MATCH_WIDTH);
    text[0] = 'a';
    memmove(text + 1, text + 2, sizeof text - 2);
    assert_true(bawn_match_begin(&begin, wide, 0, "\u00E9+", 0, bawn_slice_of(text, sizeof text - 1), sizeof text - 1));
    assert_int_equal(begin, sizeof text - 1 - BAWN_MATCH_WIDTH);
    bawn_match_begins_free(b);
    bawn_match_begins_free(wide);
}

static void a_dear_expression_has_a_limit(void **state)
{
    /* Catastrophic backtracking ends at the match limit, in milliseconds: no begin then, and that is told. */
    bawn_match_begins *b = bawn_match_begins_new(1);
    char text[201];
    size_t begin = 0;
    (void)state;
    memset(text, 'a', 200);
    text[200] = 'c';
    assert_false(bawn_match_begin(&begin, b, 0, "(?:a+)+b|(?:a|aa)+d", 0, bawn_slice_of(text, 201), 201));
    assert_true(begin == SIZE_MAX);
    bawn_match_begins_free(b);
}

static void no_memory_is_no_begin(void **state)
{
    bool failed = true;
    (void)state;
    for (size_t n = 1; failed; n++) {
        size_t begin = 0;
        bawn_malloc_fail_at = n;
        bawn_match_begins *b = bawn_match_begins_new(2);
        bool ok = b && bawn_match_begin(&begin, b, 1, "foo", 0, BAWN_LIT("a foo"), 5);
        failed = bawn_malloc_fail_at == 0;
        bawn_malloc_fail_at = 0;
        assert_int_equal(ok, !failed);
        assert_true(!b || (begin == SIZE_MAX) == failed);
        if (b)                                  /* and the next time it is there */
            assert_true(bawn_match_begin(&begin, b, 1, "foo", 0, BAWN_LIT("a foo"), 5));
        bawn_match_begins_free(b);
    }
    bawn_match_begins_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_leftmost_begin_is_found), cmocka_unit_test(only_the_last_bytes_are_looked_at),
        cmocka_unit_test(a_dear_expression_has_a_limit), cmocka_unit_test(no_memory_is_no_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The literals with which a pattern can begin: right for each shape that is understood, none where it is not, and for
 * random expressions: whatever matches begins with one of them. A missing anchor would let the begin of a blocking
 * match leave in a stream. keeps: R2 */
#include "patterns.h"

/* The anchors joined by '|', or NULL when there are none. */
static const char *anchors_of(const char *regex, uint8_t flags, size_t max)
{
    bawn_arena *arena = bawn_arena_new(1024, 0);
    bawn_match_literal out[64];
    size_t n = 0;
    const char *text = bawn_match_anchors(out, &n, max, regex, flags, arena) ? literals_text(out, n) : NULL;
    bawn_arena_free(arena);
    return text;
}

static void each_shape_has_its_anchors(void **state)
{
    static const struct { const char *regex; uint8_t flags; const char *want; } rows[] = {
        { "ignore", 0, "ignore" }, { "Ignore", 0, "ignore" }, { "Ignore", BAWN_P_CASE, "Ignore" },
        { "ignore\\s{1,4}all", 0, "ignore" }, { "ignore all", 0, "ignore" }, { "ignore.{0,9}all", 0, "ignore" },
        { "(?:foo|bar)baz", 0, "foobaz|barbaz" }, { "(foo|bar) baz", 0, "foo|bar" }, { "foo|bar", 0, "foo|bar" },
        { "(?:a|b(?:c|d))e", 0, "ae|bce|bde" }, { "(?:foo|foo)x", 0, "foox" }, { "\\bfoo", 0, "foo" },
        { "(?:a|)c", 0, "ac|c" }, { "\\.env", 0, ".env" }, { "fo\\-o", 0, "fo-o" }, { "foo\\|bar", 0, "foo|bar" },
        { "colou?r", 0, "colo" }, { "colou*r", 0, "colo" }, { "colou{0,1}r", 0, "colo" }, { "ab+c", 0, "ab" },
        { "foo(?:bar)?", 0, "foo" }, { "foo[ab]", 0, "foo" }, { "foo\\d", 0, "foo" }, { "foo\\x41", 0, "foo" },
        { "foo(?=bar)", 0, "foo" }, { "foo$", 0, "foo" }, { "foo[(*] bar", 0, "foo" }, { "(?:x[])]y|z)w", 0, "x|zw" },
        { "abcdefghijklmnopqrst", 0, "abcdefghijklmnop" },
        { "a\u0438\u0438\u0438\u0438\u0438\u0438\u0438\u0438", 0, "a\u0438\u0438\u0438\u0438\u0438\u0438\u0438" },
        { "x\u00E9?abc", 0, "x" }, { "x\u00E9+", 0, "x\u00E9" }, { "a.b|c", BAWN_P_LITERAL, "a.b|c" },
        { "two words", BAWN_P_LITERAL, "two" }, { "(x", BAWN_P_LITERAL, "(x" },
        /* What can begin with no literal has none: the policy's reader refuses it. */
        { "[abc]def", 0, NULL }, { ".foo", 0, NULL }, { "\\dfoo", 0, NULL }, { "^foo", 0, NULL }, { "(?:ab)?cd", 0, NULL },
        { "a?b", 0, NULL }, { "a{0,2}b", 0, NULL }, { "foo|[x]", 0, NULL }, { "foo|", 0, NULL }, { "\u00E9?abc", 0, NULL },
        { "(?i)foo", 0, NULL }, { "(?:foo", 0, NULL }, { "(foo[)]", 0, NULL }, { "fo\\Q(\\Eo", 0, NULL }, { "foo(?#x)", 0, NULL }, { "foo[\\Q]\\E]", 0, NULL }, { "foo (?x)bar", 0, NULL },
        { "", 0, NULL }, { " foo", BAWN_P_LITERAL, NULL },
        { "((((((((((((((a))))))))))))))", 0, NULL },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        const char *got = anchors_of(rows[i].regex, rows[i].flags, 64);
        if ((got == NULL) != (rows[i].want == NULL) || (got && strcmp(got, rows[i].want) != 0))
            fail_msg("/%s/ begins with %s, not with %s", rows[i].regex, got ? got : "(none)", rows[i].want ? rows[i].want : "(none)");
    }
}

static void more_anchors_than_there_is_room_for_are_none(void **state)
{
    (void)state;
    assert_string_equal(anchors_of("foo|bar|baz", 0, 3), "foo|bar|baz");
    assert_null(anchors_of("foo|bar|baz", 0, 2));
    assert_null(anchors_of("(?:a|b|c|d)(?:e|f|g|h)(?:i|j|k|l)(?:m|n)", 0, 64));    /* 128 of them */
}

static void whatever_matches_begins_with_an_anchor(void **state)
{
    size_t seed = environment("BAWN_SEED", 1), rounds = environment("BAWN_ROUNDS", 400), told = 0;
    (void)state;
    for (size_t i = 0; i < rounds; i++) {
        dice d = { seed + i };
        bawn_arena *arena = bawn_arena_new(1024, 0);
        bawn_buf regex = { 0 }, sample = { 0 };
        bawn_match_literal out[64];
        size_t n = 0, k = 0;
        random_pattern(&regex, &sample, &d, 0);
        bawn_buf_byte(&regex, 0);
        if (bawn_match_anchors(out, &n, 64, regex.ptr, 0, arena) && pattern_compiles(regex.ptr, bawn_buf_slice(&sample))) {
            told++;
            while (k < n && !stands_at(bawn_buf_slice(&sample), 0, &out[k]))
                k++;
            if (k == n)
                fail_msg("BAWN_SEED=%zu: /%s/ matches \"%.*s\", which begins with none of %zu anchors, the first \"%.*s\"",
                         seed + i, regex.ptr, (int)sample.len, sample.ptr, n, (int)out[0].text.len, out[0].text.ptr);
        }
        bawn_buf_free(&regex);
        bawn_buf_free(&sample);
        bawn_arena_free(arena);
    }
    assert_true(told > rounds / 4);             /* else nothing was tested */
}

static void no_memory_is_no_anchor(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 6; n++) {
        bawn_arena *arena = bawn_arena_new(1024, 0);
        bawn_match_literal out[64];
        size_t found = 9;
        bawn_malloc_fail_at = n;
        bool ok = bawn_match_anchors(out, &found, 64, "(?:foo|bar)(?:x|y)", 0, arena);
        bool failed = bawn_malloc_fail_at == 0;
        bawn_malloc_fail_at = 0;
        assert_int_equal(ok, !failed);
        if (!ok)
            assert_int_equal(found, 0);
        bawn_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_shape_has_its_anchors), cmocka_unit_test(more_anchors_than_there_is_room_for_are_none),
        cmocka_unit_test(whatever_matches_begins_with_an_anchor), cmocka_unit_test(no_memory_is_no_anchor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

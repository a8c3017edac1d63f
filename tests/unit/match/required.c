/* The literals without which a pattern cannot match, which gate the dear patterns: the rarest parts are taken, and for
 * every expression, written or random, whatever matches holds one literal of each part. A wrong literal would be an
 * attack that is never looked for. */
#include "patterns.h"

static bawn_required parts[BAWN_REQUIRED_PARTS];

static const char *part_text(const bawn_required *r) { return literals_text(r->items, r->n); }

static void the_rarest_part_comes_first(void **state)
{
    static const struct { const char *regex, *best; } rows[] = {
        { "falcon", "falcon" }, { "ignore .{0,40} quokka", "quokka" }, { "(?:zebra|quokka)?platypus", "platypus" },
        { "\\bplatypus\\b", "platypus" }, { "^platypus$", "platypus" },
        { "(?i)platypus", "platypus" }, { "platypus[\\[\"(*?#]{1,3}x", "platypus" },
        /* nothing is known */
        { "ab", "" }, { "platypus|ab", "" }, { "platypus|", "" }, { "[a-z]{3,9}", "" }, { ".{3}", "" }, { "(?:platypus)?", "" },
        { "(?:platypus){0,3}", "" }, { "\\d\\d\\d", "" }, { "", "" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_arena *arena = bawn_arena_new(1024, 0);
        assert_true(bawn_match_required(parts, rows[i].regex, arena));
        if (strcmp(part_text(&parts[0]), rows[i].best) != 0)
            fail_msg("/%s/ needs %s, not %s", rows[i].regex, part_text(&parts[0]), rows[i].best);
        for (size_t p = 1; p < BAWN_REQUIRED_PARTS && parts[p].n > 0; p++)
            assert_true(parts[p].times >= parts[p - 1].times);
        bawn_arena_free(arena);
    }
}

/* Each part that is known has a literal in the text. */
static void needs_only_what_is_there(const char *regex, bawn_slice text, size_t seed)
{
    for (int p = 0; p < BAWN_REQUIRED_PARTS; p++) {
        size_t k = 0;
        while (k < parts[p].n && !stands_in(text, &parts[p].items[k]))
            k++;
        if (parts[p].n > 0 && k == parts[p].n)
            fail_msg("BAWN_SEED=%zu: /%s/ matches \"%.*s\", which has none of %s", seed, regex, (int)text.len, text.ptr,
                     part_text(&parts[p]));
    }
}

static void what_is_not_understood_is_not_guessed(void **state)
{
    static const struct { const char *regex, *text; } rows[] = {
        { "\\x{66}alcon", "falcon" }, { "\\x66alcon", "falcon" }, { "[[:alpha:]]ebra", "zebra" }, { "[[:^digit:]]ebra", "zebra" },
        { "\\p{Lu}ebra", "Zebra" }, { "\\p{Greek}{1,3}x", "\u03B1x" }, { "\\pLebra", "zebra" }, { "\\PNebra", "zebra" },
        { "\\141ardvark", "aardvark" }, { "\\o{141}ardvark", "aardvark" }, { "\\cAzeb", "\001zeb" }, { "\\Qz.b\\Era", "z.bra" },
        { "\\Q[abc]\\Edef", "[abc]def" }, { "\\Q(?:\\Edef", "(?:def" }, { "(?x) ze bra", "zebra" }, { "(?x:ze bra)quo", "zebraquo" },
        { "(?#comment)zeb", "zeb" }, { "zeb(?#comment)ra", "zebra" }, { "(?#a|b)zeb", "zeb" }, { "z{,3}ebra", "z{,3}ebra" },
        { "zeb{ra", "zeb{ra" }, { "ze[])]bra", "ze)bra" }, { "(?:z[])]|quo)x", "quox" }, { "(?P<n>zeb|quo)ra", "quora" },
        { "(?<n>zeb|quo)ra", "quora" }, { "(?i:ZEB)ra", "zebra" }, { "zeb\\\\ra", "zeb\\ra" }, { "\\tzeb", "\tzeb" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_arena *arena = bawn_arena_new(1024, 0);
        assert_true(bawn_match_required(parts, rows[i].regex, arena));
        if (pattern_compiles(rows[i].regex, bawn_slice_str(rows[i].text)))
            needs_only_what_is_there(rows[i].regex, bawn_slice_str(rows[i].text), 0);
        bawn_arena_free(arena);
    }
}

static void whatever_matches_holds_what_is_required(void **state)
{
    size_t seed = environment("BAWN_SEED", 1), rounds = environment("BAWN_ROUNDS", 400), told = 0;
    (void)state;
    for (size_t i = 0; i < rounds; i++) {
        dice d = { seed + i };
        bawn_arena *arena = bawn_arena_new(1024, 0);
        bawn_buf regex = { 0 }, sample = { 0 };
        random_pattern(&regex, &sample, &d, 0);
        bawn_buf_byte(&regex, 0);
        assert_true(bawn_match_required(parts, regex.ptr, arena));
        if (parts[0].n > 0 && pattern_compiles(regex.ptr, bawn_buf_slice(&sample))) {
            told++;
            needs_only_what_is_there(regex.ptr, bawn_buf_slice(&sample), seed + i);
        }
        bawn_buf_free(&regex);
        bawn_buf_free(&sample);
        bawn_arena_free(arena);
    }
    assert_true(told > rounds / 4);             /* else nothing was tested */
}

static void no_memory_is_told(void **state)
{
    (void)state;
    bool failed = true;
    for (size_t n = 1; failed; n++) {
        bawn_arena *arena = bawn_arena_new(64, 0);
        bawn_malloc_fail_at = n;
        bool ok = bawn_match_required(parts, "(?:zebra|quokka(?:s|es)?)\\s{1,4}falcon", arena);
        failed = bawn_malloc_fail_at == 0;
        bawn_malloc_fail_at = 0;
        /* without memory for a group nothing is known of it, which costs time, not findings */
        assert_true(ok || failed);
        if (ok)
            needs_only_what_is_there("(n)", BAWN_LIT("quokkaes falcon"), n);
        bawn_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rarest_part_comes_first), cmocka_unit_test(what_is_not_understood_is_not_guessed),
        cmocka_unit_test(whatever_matches_holds_what_is_required), cmocka_unit_test(no_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

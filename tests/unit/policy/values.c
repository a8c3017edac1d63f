/* What a policy says is read exactly: types, units, places, order; and the readers of the tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/policy.h"

static const bawn_key table[] = {
    { "bool", BAWN_T_BOOL, NULL, "false", "A truth.", NULL, false, 0, 0, NULL },
    { "int", BAWN_T_INT, NULL, "1", "A count.", NULL, false, 0, 0, NULL },
    { "number", BAWN_T_NUMBER, NULL, NULL, "A number.", NULL, false, 0, 0, NULL },
    { "size", BAWN_T_SIZE, NULL, NULL, "A size.", NULL, false, 0, 0, NULL },
    { "time", BAWN_T_TIME, NULL, NULL, "A time.", NULL, false, 0, 0, NULL },
    { "window", BAWN_T_WINDOW, NULL, NULL, "A window.", NULL, false, 0, 0, NULL },
    { "word", BAWN_T_WORD | BAWN_T_MAP, "none|low|high", NULL, "A word or a map.", NULL, false, 0, 0, NULL },
    { "word.input", BAWN_T_WORD, "none|low|high", NULL, "A word.", NULL, false, 0, 0, NULL },
    { "secret", BAWN_T_SECRET, NULL, NULL, "A secret.", NULL, false, 0, 0, NULL },
    { "text", BAWN_T_STRING, NULL, NULL, "A text.", NULL, false, 0, 0, NULL },
    { "list", BAWN_T_LIST, NULL, NULL, "A list.", NULL, false, 0, 0, NULL },
    { "list[]", BAWN_T_STRING | BAWN_T_INT, NULL, NULL, "An item.", NULL, false, 0, 0, NULL },
    { "names.*.a", BAWN_T_INT, NULL, NULL, "Under any name.", NULL, false, 0, 0, NULL },
    { "names.special", BAWN_T_MAP, NULL, NULL, "Has b too.", NULL, false, 0, 0, NULL },
    { "five", BAWN_T_INT, NULL, NULL, "A few.", NULL, false, 5, 64, NULL },
    { "only", BAWN_T_INT, NULL, NULL, "One.", NULL, false, 1, 1, NULL },
    { "more", BAWN_T_INT, NULL, NULL, "Some.", NULL, false, 2, 0, NULL },
    { "some", BAWN_T_LIST | BAWN_T_MAP, NULL, NULL, "At least one.", NULL, false, 1, 0, NULL },
    { "some[]", BAWN_T_STRING, NULL, NULL, "One.", NULL, false, 0, 0, NULL },
    { "some.*", BAWN_T_STRING, NULL, NULL, "One.", NULL, false, 0, 0, NULL },
    { "names.special.b", BAWN_T_INT, NULL, NULL, "Only under special.", NULL, false, 0, 0, NULL },
};

static bawn_policy *parsed(const char *self, const char *yaml)
{
    bawn_error err = { 0 };
    bawn_policy *policy = NULL;

    if (!bawn_policy_parse(&policy, self, bawn_slice_str(yaml), table, BAWN_COUNT(table), &err))
        print_error("%u:%u %s\n", err.line, err.column, err.message);
    assert_non_null(policy);
    return policy;
}

static void numbers_sizes_times_and_windows_are_exact(void **state)
{
    static const struct { const char *yaml, *key; uint64_t integer; } rows[] = {
        { "bool: true", "bool", 1 }, { "bool: false", "bool", 0 }, { "int: 0", "int", 0 },
        { "int: 18446744073709551615", "int", UINT64_MAX }, { "size: 1B", "size", 1 }, { "size: 16KiB", "size", 16384 },
        { "size: \"4MiB\"", "size", 4194304 }, { "time: 300ms", "time", 300000000 }, { "time: 5s", "time", 5000000000 },
        { "time: 2m", "time", 120000000000 }, { "time: 8h", "time", 28800000000000 },
        { "time: 7d", "time", 604800000000000 }, { "window: release", "window", 0 },
        { "window: buffer", "window", UINT64_MAX }, { "window: window 200", "window", 200 }, { "word: none", "word", 0 },
        { "word: high", "word", 2 },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_policy *policy = parsed("p.yaml", rows[i].yaml);
        const bawn_node *node = bawn_node_get(bawn_policy_root(policy), rows[i].key);

        assert_non_null(node);
        assert_true(node->integer == rows[i].integer);
        bawn_policy_free(policy);
    }
}

static void fractions_are_read_without_a_locale(void **state)
{
    bawn_policy *policy = parsed("p.yaml", "number: 0.75");

    (void)state;
    assert_true(bawn_node_get(bawn_policy_root(policy), "number")->number == 0.75);
    bawn_policy_free(policy);
    policy = parsed("p.yaml", "number: 123456789012.345");
    assert_true(bawn_node_get(bawn_policy_root(policy), "number")->number == 123456789012.345);
    bawn_policy_free(policy);
}

static void a_word_or_a_map_is_known_by_its_type(void **state)
{
    bawn_policy *policy = parsed("p.yaml", "word: {input: low}");
    const bawn_node *word = bawn_node_get(bawn_policy_root(policy), "word");

    (void)state;
    assert_int_equal(word->type, BAWN_T_MAP);
    assert_true(bawn_node_word(bawn_node_at(bawn_policy_root(policy), "word.input"), "low"));
    assert_null(bawn_node_at(bawn_policy_root(policy), "word.output"));
    assert_null(bawn_node_get(NULL, "word"));
    bawn_policy_free(policy);
}

static void places_count_characters_and_point_at_key_and_value(void **state)
{
    bawn_policy *policy = parsed("p.yaml", "\xef\xbb\xbf# \xc3\xa9\r\nnames:\r\n  \"\xc3\xbc\xc3\xbc\": {a: 3}\r\nlist:\n- x\n- 'y'\n");
    const bawn_node *root = bawn_policy_root(policy), *a = bawn_node_at(root, "names.\xc3\xbc\xc3\xbc.a");
    const bawn_node *y = bawn_node_get(root, "list")->first->next;

    (void)state;
    assert_int_equal(a->line, 3);
    assert_int_equal(a->column, 13);
    assert_int_equal(a->key_line, 3);
    assert_int_equal(a->key_column, 10);
    assert_int_equal(y->line, 6);
    assert_int_equal(y->column, 3);
    assert_true(y->quoted);
    bawn_policy_free(policy);
}

static void a_literal_row_adds_to_what_any_name_may_have(void **state)
{
    bawn_error err = { 0 };
    bawn_policy *policy = parsed("p.yaml", "names: {special: {a: 1, b: 2}, other: {a: 3}}");

    (void)state;
    assert_string_equal(bawn_node_at(bawn_policy_root(policy), "names.special.b")->spec->path, "names.special.b");
    assert_string_equal(bawn_node_at(bawn_policy_root(policy), "names.special.a")->spec->path, "names.*.a");
    bawn_policy_free(policy);
    assert_false(bawn_policy_parse(&policy, "p", BAWN_LIT("names: {other: {b: 2}}"), table, BAWN_COUNT(table), &err));
    assert_non_null(strstr(err.message, "unknown key `b` in names.other; expected one of a"));
}

static void errors_of_other_rooms_carry_place_and_path(void **state)
{
    bawn_policy *policy = parsed("dir/p.yaml", "list:\n  - x\n  - y\nnames:\n  n: {a: 1}\n");
    const bawn_node *root = bawn_policy_root(policy);
    char path[32];
    bawn_error err = { 0 };

    (void)state;
    assert_false(bawn_node_error(&err, policy, bawn_node_at(root, "names.n.a"), "found %d", 1));
    assert_string_equal(err.file, "dir/p.yaml");
    assert_string_equal(err.message, "found 1");
    assert_int_equal(err.line, 5);
    assert_int_equal(err.column, 10);
    assert_false(bawn_node_key_error(&err, policy, bawn_node_at(root, "names.n.a"), "name"));
    assert_int_equal(err.column, 7);
    assert_string_equal(bawn_node_path(path, sizeof path, bawn_node_get(root, "list")->first->next), "list[1]");
    assert_string_equal(bawn_node_path(path, 6, bawn_node_at(root, "names.n.a")), "s.n.a");
    bawn_policy_free(policy);
}

static void a_secret_is_fetched_from_environment_or_file(void **state)
{
    char folder[] = "/tmp/bawn-policy-XXXXXX", self[64], file[64];
    bawn_buf out = { 0 };
    bawn_error err = { 0 };
    bawn_policy *policy;
    FILE *f;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(self, sizeof self, "%s/bawn.yaml", folder);
    snprintf(file, sizeof file, "%s/key", folder);
    f = fopen(file, "w");
    assert_non_null(f);
    fputs("s3cret\n", f);
    fclose(f);
    policy = parsed(self, "secret: file:key");
    assert_true(bawn_policy_secret(&out, policy, bawn_node_get(bawn_policy_root(policy), "secret"), &err));
    assert_true(bawn_slice_is(bawn_buf_slice(&out), "s3cret"));
    bawn_policy_free(policy);
    bawn_buf_clear(&out);
    setenv("BAWN_TEST_SECRET", "from env", 1);
    policy = parsed(self, "secret: env:BAWN_TEST_SECRET");
    assert_true(bawn_policy_secret(&out, policy, bawn_node_get(bawn_policy_root(policy), "secret"), &err));
    assert_true(bawn_slice_is(bawn_buf_slice(&out), "from env"));
    unsetenv("BAWN_TEST_SECRET");
    assert_false(bawn_policy_secret(&out, policy, bawn_node_get(bawn_policy_root(policy), "secret"), &err));
    assert_non_null(strstr(err.message, "found no environment variable BAWN_TEST_SECRET"));
    assert_int_equal(err.column, 9);
    bawn_policy_free(policy);
    policy = parsed(self, "secret: file:missing");
    assert_false(bawn_policy_secret(&out, policy, bawn_node_get(bawn_policy_root(policy), "secret"), &err));
    assert_non_null(strstr(err.message, "found no readable file"));
    bawn_policy_free(policy);
    policy = parsed(self, "secret: file:.");
    assert_false(bawn_policy_secret(&out, policy, bawn_node_get(bawn_policy_root(policy), "secret"), &err));
    bawn_policy_free(policy);
    bawn_buf_free(&out);
    unlink(file);
    rmdir(folder);
}

static void the_nearest_name_is_near(void **state)
{
    static const char *const names[] = { "input", "output", "secrets", "on_block", "a", NULL };
    static const struct { const char *name, *near; } rows[] = {
        { "outptu", "output" }, { "OUTPUT", "output" }, { "on-blok", "on_block" }, { "secret", "secrets" },
        { "inptu", "input" }, { "zebra", NULL }, { "", NULL }, { "b", NULL }, { "putin", NULL },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        const char *near = bawn_nearest(bawn_slice_str(rows[i].name), names);

        if (rows[i].near)
            assert_string_equal(near, rows[i].near);
        else
            assert_null(near);
    }
}

static void a_range_is_kept_and_said(void **state)
{
    static const struct { const char *yaml, *says; } rows[] = {
        { "five: 5", NULL }, { "five: 64", NULL }, { "more: 99999999", NULL }, { "only: 1", NULL }, { "some: [a]", NULL }, { "some: {a: b}", NULL },
        { "five: 4", "found `4` for five; expected a whole number from 5 to 64" }, { "five: 65", "from 5 to 64" },
        { "more: 1", "expected a whole number, 2 or more" }, { "only: 2", "found `2` for only; expected 1" }, { "only: 0", "expected 1" },
        { "some: []", "found an empty list for some; expected at least one: At least one." }, { "some: {}", "found an empty map for some" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_error err = { 0 };
        bawn_policy *policy = NULL;
        bool ok = bawn_policy_parse(&policy, "p.yaml", bawn_slice_str(rows[i].yaml), table, BAWN_COUNT(table), &err);
        if (ok == (rows[i].says != NULL) || (rows[i].says && (!strstr(err.message, rows[i].says) || err.line != 1)))
            fail_msg("%s: %s", rows[i].yaml, err.message);
        bawn_policy_free(policy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_range_is_kept_and_said),
        cmocka_unit_test(numbers_sizes_times_and_windows_are_exact),
        cmocka_unit_test(fractions_are_read_without_a_locale),
        cmocka_unit_test(a_word_or_a_map_is_known_by_its_type),
        cmocka_unit_test(places_count_characters_and_point_at_key_and_value),
        cmocka_unit_test(a_literal_row_adds_to_what_any_name_may_have),
        cmocka_unit_test(errors_of_other_rooms_carry_place_and_path),
        cmocka_unit_test(a_secret_is_fetched_from_environment_or_file),
        cmocka_unit_test(the_nearest_name_is_near),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The command line: every way of writing an option, and what is said about a wrong one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cli/cli.h"

static int parse(bawn_cli *cli, bool *help, int argc, const char *const *argv)
{
    size_t used;
    const bawn_cli_command *c = bawn_cli_find(&used, argc, argv);

    assert_non_null(c);
    return bawn_cli_parse(cli, help, c, argc - (int)used, argv + used);
}

#define PARSE(cli, help, ...) parse(cli, help, (int)(sizeof(const char *[]){ __VA_ARGS__ } / sizeof(char *)), \
                                    (const char *[]){ __VA_ARGS__ })

static void options_are_read_in_every_form(void **state)
{
    bawn_cli cli;
    bool help;

    (void)state;
    assert_int_equal(PARSE(&cli, &help, "check", "--format=json", "a", "-c", "p.yaml", "-e", "--", "--x"), CLI_OK);
    assert_string_equal(bawn_cli_value(&cli, "format"), "json");
    assert_string_equal(bawn_cli_value(&cli, "policy"), "p.yaml");
    assert_string_equal(bawn_cli_value(&cli, "explain"), "");
    assert_null(bawn_cli_value(&cli, "guardrail"));
    assert_int_equal(cli.n_arguments, 2);
    assert_string_equal(cli.arguments[1], "--x");
    free(cli.arguments);
    assert_int_equal(PARSE(&cli, &help, "check", "-ecp.yaml", "-"), CLI_OK);
    assert_string_equal(bawn_cli_value(&cli, "policy"), "p.yaml");
    assert_string_equal(cli.arguments[0], "-");
    free(cli.arguments);
}

/* Who writes a policy calls it one, who runs it calls it the configuration: every command takes both words. */
static void policy_and_config_are_the_same(void **state)
{
    static const char *const lines[][3] = {
        { "check", "--config=p.yaml", "x" },  { "check", "--policy=p.yaml", "x" },  { "serve", "--policy=p.yaml" }, { "doctor", "--policy=p.yaml" },
        { "config", "--policy=p.yaml" },      { "log", "--policy=p.yaml" },         { "log", "--config=p.yaml" },   { "reload", "--policy=p.yaml" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(lines); i++) {
        bawn_cli cli;
        bool help;
        assert_int_equal(parse(&cli, &help, lines[i][2] ? 3 : 2, lines[i]), CLI_OK);
        assert_string_equal(bawn_cli_value(&cli, "policy"), "p.yaml");
        assert_string_equal(bawn_cli_value(&cli, "config"), "p.yaml");
        free(cli.arguments);
    }
    bawn_cli cli;
    bool help;
    assert_int_equal(PARSE(&cli, &help, "check", "--config=a", "--policy=b", "x"), CLI_USAGE);      /* one file, given twice */
    free(cli.arguments);
    assert_int_equal(PARSE(&cli, &help, "version", "--config=a"), CLI_USAGE);
    free(cli.arguments);
}

static void the_longest_name_is_the_command(void **state)
{
    static const struct { const char *words[3]; const char *name; size_t used; } rows[] = {
        { { "log", "show", "x" }, "log show", 2 }, { { "log", "--json", "x" }, "log", 1 },
        { { "policy", "check", "x" }, "policy check", 2 }, { { "check", "log", "x" }, "check", 1 },
    };
    size_t used;

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        assert_string_equal(bawn_cli_find(&used, 3, rows[i].words)->name, rows[i].name);
        assert_int_equal(used, rows[i].used);
    }
    assert_null(bawn_cli_find(&used, 1, (const char *[]){ "policy" }));
    assert_null(bawn_cli_find(&used, 1, (const char *[]){ "logs" }));
    assert_null(bawn_cli_find(&used, 1, (const char *[]){ "" }));
}

static void a_wrong_line_is_refused(void **state)
{
    bawn_cli cli;
    bool help;
    static const char *const lines[][4] = {
        { "check", "--formt", "x", "y" },   { "check", "--format", "xml", "y" }, { "check", "--explain=1", "x", "y" },
        { "check", "-z", "x", "y" },        { "check", "x", "y", "--policy" },   { "log", "show", "a", "b" },
        { "check", "-fjson", "-ftext", "y" },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(lines); i++) {
        assert_int_equal(parse(&cli, &help, 4, lines[i]), CLI_USAGE);
        free(cli.arguments);
    }
}

static void help_needs_no_arguments(void **state)
{
    bawn_cli cli;
    bool help;

    (void)state;
    assert_int_equal(PARSE(&cli, &help, "log", "show", "--help"), CLI_OK);
    assert_true(help);
    free(cli.arguments);
}

static void the_table_is_sound(void **state)
{
    size_t n;
    const bawn_cli_command *all = bawn_cli_commands(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        assert_non_null(all[i].run);
        assert_true(all[i].n_options <= CLI_OPTIONS_MAX);
        assert_true(all[i].least <= all[i].most);
        for (size_t a = 0; a < all[i].n_options; a++)
            for (size_t b = a + 1; b < all[i].n_options; b++) {
                assert_string_not_equal(all[i].options[a].name, all[i].options[b].name);
                assert_true(!all[i].options[a].letter || all[i].options[a].letter != all[i].options[b].letter);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_read_in_every_form), cmocka_unit_test(policy_and_config_are_the_same),
        cmocka_unit_test(the_longest_name_is_the_command),
        cmocka_unit_test(a_wrong_line_is_refused),        cmocka_unit_test(help_needs_no_arguments),
        cmocka_unit_test(the_table_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

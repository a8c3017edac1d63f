/* arguments.c: the command line against the table: --name value, --name=value, -n value, -nvalue, switches, `--`. */
#include <stdlib.h>

#include "cli/cli.h"

/* ---- which command ------------------------------------------------------------------------------------------- */
/* How many words of argv the name takes, 0: another command. */
static size_t words_taken(const char *name, int argc, const char *const *argv)
{
    for (size_t used = 0; (int)used < argc; used++) {
        size_t len = strlen(argv[used]);

        if (strncmp(name, argv[used], len) != 0)
            return 0;
        if (name[len] == 0)
            return used + 1;
        if (name[len] != ' ')
            return 0;
        name += len + 1;
    }
    return 0;
}

const bawn_cli_command *bawn_cli_find(size_t *used, int argc, const char *const *argv)
{
    size_t n;
    const bawn_cli_command *all = bawn_cli_commands(&n), *best = NULL;

    *used = 0;
    for (size_t i = 0; i < n; i++) {
        size_t taken = words_taken(all[i].name, argc, argv);

        if (taken > *used) {
            *used = taken;
            best = &all[i];
        }
    }
    return best;
}

/* ---- options ------------------------------------------------------------------------------------------------- */
/* Two names for the same file: what a policy is to who writes it is the configuration of what runs. Each command shows one
 * of them and takes both. */
static const char *const same[][2] = { { "policy", "config" }, { "config", "policy" } };

static size_t option_called(const bawn_cli_command *c, bawn_slice name)
{
    for (size_t i = 0; i < c->n_options; i++)
        if (bawn_slice_is(name, c->options[i].name))
            return i;
    return SIZE_MAX;
}

static size_t option_named(const bawn_cli_command *c, bawn_slice name)
{
    size_t found = option_called(c, name);

    for (size_t i = 0; i < BAWN_COUNT(same) && found == SIZE_MAX; i++)
        if (bawn_slice_is(name, same[i][0]))
            found = option_called(c, bawn_slice_str(same[i][1]));
    return found;
}

static size_t option_lettered(const bawn_cli_command *c, char letter)
{
    for (size_t i = 0; i < c->n_options; i++)
        if (c->options[i].letter == letter)
            return i;
    return SIZE_MAX;
}

const char *bawn_cli_value(const bawn_cli *cli, const char *name)
{
    size_t i = option_named(cli->command, bawn_slice_str(name));

    return i == SIZE_MAX ? NULL : cli->values[i];
}

static int unknown_option(const bawn_cli_command *c, bawn_slice name, const char *word)
{
    const char *names[CLI_OPTIONS_MAX + 2];
    size_t n = 0;

    for (; n < c->n_options; n++)
        names[n] = c->options[n].name;
    names[n++] = "help";
    names[n] = NULL;
    const char *near = name.len > 1 ? bawn_nearest(name, names) : NULL;
    if (near)
        return bawn_cli_fail(CLI_USAGE, "`bawn %s` has no option `%s`; did you mean `--%s`?", c->name, word, near);
    return bawn_cli_fail(CLI_USAGE, "`bawn %s` has no option `%s`; `bawn help %s` lists those it has", c->name, word, c->name);
}

static bool is_choice(const char *choices, const char *value)
{
    size_t len = strlen(value);

    for (const char *p = choices; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
        if (strncmp(p, value, len) == 0 && (p[len] == '|' || p[len] == 0) && len > 0)
            return true;
    return false;
}

static int set_value(bawn_cli *cli, size_t i, const char *value)
{
    const bawn_cli_option *o = &cli->command->options[i];

    if (cli->values[i] && o->value)
        return bawn_cli_fail(CLI_USAGE, "--%s stands twice; give it once", o->name);
    if (o->choices && !is_choice(o->choices, value))
        return bawn_cli_fail(CLI_USAGE, "--%s %s: expected one of %s", o->name, value, o->choices);
    cli->values[i] = value;
    return CLI_OK;
}

/* What was named without its value may have it in the next word. */
static int take(bawn_cli *cli, size_t i, const char *glued, int *at, int argc, const char *const *argv)
{
    const bawn_cli_option *o = &cli->command->options[i];

    if (!o->value)
        return glued ? bawn_cli_fail(CLI_USAGE, "--%s takes no value", o->name) : set_value(cli, i, "");
    if (!glued && *at + 1 >= argc)
        return bawn_cli_fail(CLI_USAGE, "--%s needs a value: --%s %s", o->name, o->name, o->value);
    return set_value(cli, i, glued ? glued : argv[++*at]);
}

static int long_option(bawn_cli *cli, int *at, int argc, const char *const *argv)
{
    const char *word = argv[*at], *name = word + 2, *equals = strchr(name, '=');
    bawn_slice plain = { name, equals ? (size_t)(equals - name) : strlen(name) };
    size_t i = option_named(cli->command, plain);

    return i == SIZE_MAX ? unknown_option(cli->command, plain, word)
                         : take(cli, i, equals ? equals + 1 : NULL, at, argc, argv);
}

static int short_options(bawn_cli *cli, int *at, int argc, const char *const *argv)
{
    const char *word = argv[*at];

    for (const char *p = word + 1; *p; p++) {
        size_t i = option_lettered(cli->command, *p);

        if (i == SIZE_MAX)
            return unknown_option(cli->command, bawn_slice_of(p, 1), word);
        if (cli->command->options[i].value)
            return take(cli, i, p[1] ? p + 1 : NULL, at, argc, argv);
        if (set_value(cli, i, "") != CLI_OK)
            return CLI_USAGE;
    }
    return CLI_OK;
}

/* ---- the whole line ------------------------------------------------------------------------------------------ */
static int count_arguments(const bawn_cli *cli)
{
    const bawn_cli_command *c = cli->command;

    if (cli->n_arguments < c->least)
        return bawn_cli_fail(CLI_USAGE, "`bawn %s` needs more: bawn %s %s", c->name, c->name, c->arguments);
    if (cli->n_arguments > c->most)
        return bawn_cli_fail(CLI_USAGE, "`%s` is one argument too many: bawn %s %s", cli->arguments[c->most], c->name,
                             c->arguments);
    return CLI_OK;
}

int bawn_cli_parse(bawn_cli *cli, bool *help, const bawn_cli_command *command, int argc, const char *const *argv)
{
    bool options = true;
    int status = CLI_OK;

    *cli = (bawn_cli){ .command = command, .arguments = calloc((size_t)argc + 1, sizeof *cli->arguments) };
    *help = false;
    if (!cli->arguments)
        return bawn_cli_fail(CLI_BROKEN, "no memory for the command line");
    for (int i = 0; i < argc && status == CLI_OK; i++) {
        const char *word = argv[i];

        if (!options || word[0] != '-' || word[1] == 0)
            cli->arguments[cli->n_arguments++] = word;
        else if (strcmp(word, "--") == 0)
            options = false;
        else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
            *help = true;
        else if (word[1] == '-')
            status = long_option(cli, &i, argc, argv);
        else
            status = short_options(cli, &i, argc, argv);
    }
    return status != CLI_OK || *help ? status : count_arguments(cli);
}

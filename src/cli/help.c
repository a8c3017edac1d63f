/* help.c: help pages from the table, the way from argv to a command, and "did you mean". */
#include <stdlib.h>

#include "cli/cli.h"

static const char *const families[] = { "policy", NULL };      /* first words that are no command alone */

static void rows(FILE *out, const char *prefix)
{
    size_t n, len = strlen(prefix);
    const bawn_cli_command *all = bawn_cli_commands(&n);

    for (size_t i = 0; i < n; i++)
        if (strncmp(all[i].name, prefix, len) == 0 && (len == 0 || all[i].name[len] == ' ' || all[i].name[len] == 0))
            fprintf(out, "  %s%-17s%s %s\n", bawn_cli_ink(out, CLI_BOLD), all[i].name, bawn_cli_ink(out, CLI_PLAIN),
                    all[i].summary);
}

void bawn_cli_help(FILE *out)
{
    fprintf(out, "Bawn, a wall around a generative-AI workload: it reads what goes to a model and what comes back, and\n"
                 "masks or blocks what one policy says.\n\n"
                 "Usage: bawn COMMAND [OPTION...]\n\n");
    rows(out, "");
    fprintf(out, "\n`bawn help COMMAND` explains one. Begin with:\n"
                 "  bawn check                       try the guards on lines that you type\n"
                 "  bawn policy init --upstream URL  write a policy\n"
                 "  bawn doctor                      see whether all is there\n"
                 "  bawn serve                       run the gateway\n");
}

static void option_row(FILE *out, const bawn_cli_option *o)
{
    char left[64], letter[8] = "    ";

    if (o->letter)
        snprintf(letter, sizeof letter, "-%c, ", o->letter);
    snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name, o->value ? " " : "", o->value ? o->value : "");
    fprintf(out, "  %s%-23s%s %s", bawn_cli_ink(out, CLI_BOLD), left, bawn_cli_ink(out, CLI_PLAIN), o->doc);
    if (o->choices)
        fprintf(out, " (%s)", o->choices);
    fputc('\n', out);
}

/* Whether there are commands "NAME SOMETHING". */
static bool heads_family(const bawn_cli_command *c)
{
    size_t n, len = strlen(c->name);
    const bawn_cli_command *all = bawn_cli_commands(&n);

    for (size_t i = 0; i < n; i++)
        if (strncmp(all[i].name, c->name, len) == 0 && all[i].name[len] == ' ')
            return true;
    return false;
}

void bawn_cli_help_of(FILE *out, const bawn_cli_command *c)
{
    static const bawn_cli_option help = { "help", 'h', NULL, NULL, "this page" };
    bool below = heads_family(c);

    fprintf(out, "Usage: bawn %s%s%s%s\n\n%c%s.\n", c->name, c->n_options ? " [OPTION...]" : "", *c->arguments ? " " : "",
            c->arguments, c->summary[0] - (bawn_is_lower((unsigned char)c->summary[0]) ? 32 : 0), c->summary + 1);
    if (c->more)
        fprintf(out, "\n%s\n", c->more);
    fprintf(out, "\nOptions:\n");
    for (size_t i = 0; i < c->n_options; i++)
        option_row(out, &c->options[i]);
    option_row(out, &help);
    if (below) {
        fprintf(out, "\nCommands:\n");
        rows(out, c->name);
    }
}

/* ---- what is no command ------------------------------------------------------------------------------------------ */
static int unknown_command(int argc, const char *const *argv)
{
    size_t n, k = 0;
    const bawn_cli_command *all = bawn_cli_commands(&n);
    const char *names[64], *near;
    char typed[160];

    for (size_t i = 0; i < n && k + 2 < BAWN_COUNT(names); i++)
        names[k++] = all[i].name;
    names[k++] = families[0];
    names[k] = NULL;
    snprintf(typed, sizeof typed, "%s%s%s", argv[0], argc > 1 && argv[1][0] != '-' ? " " : "",
             argc > 1 && argv[1][0] != '-' ? argv[1] : "");
    near = bawn_nearest(bawn_slice_str(typed), names);
    if (!near)
        near = bawn_nearest(bawn_slice_str(argv[0]), names);
    if (near)
        return bawn_cli_fail(CLI_USAGE, "there is no command `%s`; did you mean `bawn %s`?", typed, near);
    return bawn_cli_fail(CLI_USAGE, "there is no command `%s`; `bawn help` lists all", typed);
}

static int family(int argc, const char *const *argv)
{
    bool asked = argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;

    if (!asked)
        return unknown_command(argc, argv);
    FILE *out = argc < 2 ? stderr : stdout;
    fprintf(out, "Usage: bawn %s COMMAND\n\n", argv[0]);
    rows(out, argv[0]);
    return argc < 2 ? CLI_USAGE : CLI_OK;
}

static bool is_family(const char *word)
{
    for (size_t i = 0; families[i]; i++)
        if (strcmp(families[i], word) == 0)
            return true;
    return false;
}

int bawn_cli_help_command(bawn_cli *cli)
{
    size_t used;
    const bawn_cli_command *c = bawn_cli_find(&used, (int)cli->n_arguments, cli->arguments);

    if (cli->n_arguments == 0) {
        bawn_cli_help(stdout);
        return CLI_OK;
    }
    if (c && used == cli->n_arguments) {
        bawn_cli_help_of(stdout, c);
        return CLI_OK;
    }
    if (is_family(cli->arguments[0]) && cli->n_arguments == 1) {
        const char *words[] = { cli->arguments[0], "--help" };
        return family(2, words);
    }
    return unknown_command((int)cli->n_arguments, cli->arguments);
}

/* ---- from argv to a command ---------------------------------------------------------------------------------- */
/* Two words for the same thing, as people expect them. */
static const char *const *alias(const char *word)
{
    static const char *const to_help[] = { "help", NULL }, *const to_version[] = { "version", NULL };

    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return to_help;
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        return to_version;
    return NULL;
}

int bawn_cli_main(int argc, const char *const *argv)
{
    size_t used;
    bool help;
    bawn_cli cli;
    const bawn_cli_command *command;

    if (argc < 2) {
        bawn_cli_help(stderr);
        return CLI_USAGE;
    }
    command = alias(argv[1]) ? bawn_cli_find(&used, 1, alias(argv[1])) : bawn_cli_find(&used, argc - 1, argv + 1);
    if (!command)
        return is_family(argv[1]) ? family(argc - 1, argv + 1) : unknown_command(argc - 1, argv + 1);
    if (command->most == 0 && (size_t)argc > used + 1 && argv[used + 1][0] != '-' && heads_family(command))
        return unknown_command(argc - 1, argv + 1);
    int status = bawn_cli_parse(&cli, &help, command, argc - 1 - (int)used, argv + 1 + used);
    if (status == CLI_OK && help)
        bawn_cli_help_of(stdout, command);
    else if (status == CLI_OK)
        status = command->run(&cli);
    free(cli.arguments);
    if (fflush(stdout) != 0 && status == CLI_OK)
        status = bawn_cli_fail(CLI_BROKEN, "standard output could not be written");
    return status;
}

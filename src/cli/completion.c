/* completion.c: completions for bash, zsh and fish, from the table of commands: words, options, choices, files. */
#include "cli/cli.h"

static bool is_file(const bawn_cli_option *o) { return o->value && (strcmp(o->value, "FILE") == 0 || strcmp(o->value, "DIR") == 0); }

static void choices(FILE *out, const char *list)
{
    for (const char *p = list; *p; p++)
        fputc(*p == '|' ? ' ' : *p, out);
}

/* Words that may follow `first` ("" at the begin): the next words of the names, each once. */
static void next_words(FILE *out, const char *first)
{
    size_t n, len = strlen(first);
    const bawn_cli_command *all = bawn_cli_commands(&n);
    bawn_slice last = BAWN_NIL;

    for (size_t i = 0; i < n; i++) {
        const char *name = all[i].name;
        if (len > 0 && (strncmp(name, first, len) != 0 || name[len] != ' '))
            continue;
        name += len > 0 ? len + 1 : 0;
        bawn_slice word = { name, strcspn(name, " ") };
        if (!bawn_slice_eq(word, last))
            fprintf(out, "%.*s ", (int)word.len, word.ptr);
        last = word;
    }
}

/* ---- bash ---------------------------------------------------------------------------------------------------------- */
static void bash_options(FILE *out, const bawn_cli_command *c)
{
    fprintf(out, "    '%s')\n      case $prev in\n", c->name);
    for (size_t i = 0; i < c->n_options; i++) {
        const bawn_cli_option *o = &c->options[i];
        if (!o->value)
            continue;
        fprintf(out, "        --%s", o->name);
        if (o->letter)
            fprintf(out, "|-%c", o->letter);
        fputs(") ", out);
        if (is_file(o)) {
            fputs("COMPREPLY=($(compgen -f -- \"$cur\"))", out);
        } else if (o->choices) {
            fputs("COMPREPLY=($(compgen -W '", out);
            choices(out, o->choices);
            fputs("' -- \"$cur\"))", out);
        } else {
            fputs("COMPREPLY=()", out);
        }
        fputs("; return ;;\n", out);
    }
    fputs("      esac\n      words='--help", out);
    for (size_t i = 0; i < c->n_options; i++)
        fprintf(out, " --%s", c->options[i].name);
    fputs("' ;;\n", out);
}

static void bash(FILE *out)
{
    size_t n;
    const bawn_cli_command *all = bawn_cli_commands(&n);

    fputs("# bash completion of bawn; made by `bawn completion bash`\n"
          "_bawn() {\n"
          "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} name=${COMP_WORDS[1]} words=\n"
          "  if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W '", out);
    next_words(out, "");
    fputs("' -- \"$cur\")); return; fi\n  case $name in\n", out);
    static const char *const families[] = { "policy", "log" };
    for (size_t i = 0; i < BAWN_COUNT(families); i++) {
        fprintf(out, "    %s) if ((COMP_CWORD == 2)) && [[ $cur != -* ]]; then COMPREPLY=($(compgen -W '", families[i]);
        next_words(out, families[i]);
        fprintf(out, "' -- \"$cur\")); return; fi\n      [[ ${COMP_WORDS[2]} == -* ]] || name=\"$name ${COMP_WORDS[2]}\" ;;\n");
    }
    fputs("    completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$cur\")); return ;;\n"
          "    help) COMPREPLY=($(compgen -W '", out);
    next_words(out, "");
    fputs("' -- \"$cur\")); return ;;\n  esac\n  case $name in\n", out);
    for (size_t i = 0; i < n; i++)
        bash_options(out, &all[i]);
    fputs("  esac\n"
          "  if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")); else COMPREPLY=($(compgen -f -- \"$cur\")); fi\n"
          "}\n"
          "complete -o filenames -F _bawn bawn\n", out);
}

/* ---- zsh ----------------------------------------------------------------------------------------------------------- */
/* Within '...[doc]': brackets, colons and quotes of the text would end it. */
static void zsh_text(FILE *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\'')
            fputs("'\\''", out);
        else if (*p == '[' || *p == ']' || *p == ':' || *p == '\\')
            fprintf(out, "\\%c", *p);
        else
            fputc(*p, out);
    }
}

static void zsh_command(FILE *out, const bawn_cli_command *c)
{
    fprintf(out, "    '%s') _arguments -s", c->name);
    for (size_t i = 0; i < c->n_options; i++) {
        const bawn_cli_option *o = &c->options[i];
        fprintf(out, " \\\n      '--%s[", o->name);
        zsh_text(out, o->doc);
        fputc(']', out);
        if (o->value)
            fprintf(out, ":%s:%s", o->value, is_file(o) ? "_files" : o->choices ? "(" : "");
        if (o->value && !is_file(o) && o->choices) {
            choices(out, o->choices);
            fputc(')', out);
        }
        fputc('\'', out);
    }
    fprintf(out, " \\\n      '--help[this page]' '*:file:_files' ;;\n");
}

static void zsh(FILE *out)
{
    size_t n;
    const bawn_cli_command *all = bawn_cli_commands(&n);

    fputs("#compdef bawn\n# zsh completion of bawn; made by `bawn completion zsh`\n_bawn() {\n  local name=$words[2]\n"
          "  if (( CURRENT == 2 )); then compadd -- ", out);
    next_words(out, "");
    fputs("; return; fi\n  case $name in\n", out);
    static const char *const families[] = { "policy", "log" };
    for (size_t i = 0; i < BAWN_COUNT(families); i++) {
        fprintf(out, "    %s) if (( CURRENT == 3 )) && [[ $PREFIX != -* ]]; then compadd -- ", families[i]);
        next_words(out, families[i]);
        fputs("; return; fi\n      [[ $words[3] == -* ]] || { name=\"$name $words[3]\"; shift words; (( CURRENT-- )) } ;;\n", out);
    }
    fputs("    completion) compadd bash zsh fish; return ;;\n  esac\n  shift words; (( CURRENT-- ))\n  case $name in\n", out);
    for (size_t i = 0; i < n; i++)
        zsh_command(out, &all[i]);
    fputs("  esac\n}\nif [[ $funcstack[1] == _bawn ]]; then _bawn \"$@\"; else compdef _bawn bawn; fi\n", out);
}

/* ---- fish ---------------------------------------------------------------------------------------------------------- */
static void fish_text(FILE *out, const char *text)
{
    fputc('\'', out);
    for (const char *p = text; *p; p++) {
        if (*p == '\'' || *p == '\\')
            fputc('\\', out);
        fputc(*p, out);
    }
    fputc('\'', out);
}

static void fish_command(FILE *out, const bawn_cli_command *c)
{
    const char *second = strchr(c->name, ' ');
    int first = second ? (int)(second - c->name) : (int)strlen(c->name);

    fprintf(out, "complete -c bawn -n '%s%.*s%s' -a %s -d ", second ? "__fish_seen_subcommand_from " : "__fish_use_subcommand",
            second ? first : 0, c->name, "", second ? second + 1 : c->name);
    fish_text(out, c->summary);
    fputc('\n', out);
    for (size_t i = 0; i < c->n_options; i++) {
        const bawn_cli_option *o = &c->options[i];
        fprintf(out, "complete -c bawn -n '__fish_seen_subcommand_from %.*s%s%s' -l %s", first, c->name,
                second ? "; and __fish_seen_subcommand_from " : "", second ? second + 1 : "", o->name);
        if (o->letter)
            fprintf(out, " -s %c", o->letter);
        if (o->value)
            fputs(is_file(o) ? " -rF" : " -x", out);
        if (o->choices) {
            fputs(" -a '", out);
            choices(out, o->choices);
            fputc('\'', out);
        }
        fputs(" -d ", out);
        fish_text(out, o->doc);
        fputc('\n', out);
    }
}

static void fish(FILE *out)
{
    size_t n;
    const bawn_cli_command *all = bawn_cli_commands(&n);

    fputs("# fish completion of bawn; made by `bawn completion fish`\n"
          "complete -c bawn -n __fish_use_subcommand -a policy -d 'check, explain, write, publish policies'\n"
          "complete -c bawn -n '__fish_seen_subcommand_from completion' -xa 'bash zsh fish'\n", out);
    for (size_t i = 0; i < n; i++)
        fish_command(out, &all[i]);
}

int bawn_cli_completion(bawn_cli *cli)
{
    static const struct { const char *name; void (*write)(FILE *); } shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

    for (size_t i = 0; i < BAWN_COUNT(shells); i++)
        if (strcmp(cli->arguments[0], shells[i].name) == 0) {
            shells[i].write(stdout);
            return CLI_OK;
        }
    return bawn_cli_fail(CLI_USAGE, "no completions for `%s`; expected bash, zsh or fish", cli->arguments[0]);
}

/* prompt.c: `bawn check` on a terminal: each line typed is judged and explained. */
#include <stdlib.h>

#include "cli/judge.h"

static const struct { const char *name, *doc; bawn_cli_row who; } voices[] = {
    { "/user", "what a caller says", { .role = BAWN_USER, .origin = BAWN_CALLER } },
    { "/document", "a retrieved document: data, no orders", { .role = BAWN_USER, .origin = BAWN_DOCUMENT } },
    { "/tool", "a tool's result: data, no orders", { .role = BAWN_TOOL, .origin = BAWN_TOOL_RESULT } },
    { "/answer", "what the model answers", { .role = BAWN_ASSISTANT, .origin = BAWN_MODEL } },
    { "/arguments", "arguments of a tool call that the model makes", { .role = BAWN_TOOL, .origin = BAWN_MODEL } },
};

static void greet(void)
{
    printf("Type a line and see what the guards make of it. Lines are judged as");
    for (size_t i = 0; i < BAWN_COUNT(voices); i++)
        printf("%s\n  %s%-10s%s %s", i ? "" : ":", bawn_cli_ink(stdout, CLI_BOLD), voices[i].name,
               bawn_cli_ink(stdout, CLI_PLAIN), voices[i].doc);
    printf("\nafter one of these words; Ctrl-D ends.\n");
}

static bool change_voice(size_t *voice, bawn_slice line)
{
    for (size_t i = 0; i < BAWN_COUNT(voices); i++)
        if (bawn_slice_is(line, voices[i].name)) {
            *voice = i;
            return true;
        }
    return false;
}

static void explain_line(bawn_cli_judge *j, size_t voice, bawn_slice line)
{
    bawn_cli_row row = voices[voice].who;
    const bawn_verdict *v;
    bawn_slice masked;
    bawn_error err = { 0 };

    row.text = line;
    if (bawn_cli_judge_row(&v, &masked, j, &row, &err))
        bawn_cli_explain(stdout, j, &row, v, masked);
    else
        printf(" %s\n", err.message);
}

int bawn_cli_prompt(bawn_cli_judge *j)
{
    char *line = NULL;
    size_t cap = 0, voice = 0;
    ssize_t n;

    greet();
    for (;;) {
        printf("%s%s>%s ", bawn_cli_ink(stdout, CLI_BOLD), voices[voice].name + 1, bawn_cli_ink(stdout, CLI_PLAIN));
        fflush(stdout);
        n = getline(&line, &cap, stdin);
        if (n < 0)
            break;
        while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
            n--;
        if (n > 0 && !change_voice(&voice, bawn_slice_of(line, (size_t)n)))
            explain_line(j, voice, bawn_slice_of(line, (size_t)n));
    }
    putchar('\n');
    free(line);
    return CLI_OK;
}

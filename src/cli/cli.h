/* cli.h: the command `bawn`. One file a command; commands.c is the list of them all. A row of that list gives usage,
 * help, completion and parsing, so a command and an option exist once.
 *
 * What people read goes through stdio, coloured on a terminal only (NO_COLOR is honoured), and text that comes from
 * outside is shown with its controls made visible, because it may be hostile to the terminal. What machines read is
 * built in a buffer and written whole. Exit status (RULINGS R24): see below. */
#ifndef BAWN_CLI_H
#define BAWN_CLI_H

#include <stdio.h>

#include "engine/engine.h"

typedef enum {
    CLI_OK = 0,
    CLI_FOUND = 1,      /* bawn check FILE: something was blocked; doctor, log verify: something is wrong */
    CLI_USAGE = 2,      /* the command line or the policy is wrong */
    CLI_BROKEN = 3      /* a guard failed, input was broken, a file could not be read or written */
} bawn_cli_status;

/* ---- commands and options ------------------------------------------------------------------------------------- */
typedef struct {
    const char *name;           /* "format", without the dashes */
    char letter;                /* 'c' for -c, 0: none */
    const char *value;          /* "FILE": takes a value; NULL: a switch */
    const char *choices;        /* "text|json", or NULL: anything */
    const char *doc;
} bawn_cli_option;

typedef struct bawn_cli bawn_cli;
typedef struct {
    const char *name;           /* "check", "log show" */
    const char *arguments;      /* "[FILE...]", "" */
    const char *summary;        /* one line */
    const char *more;           /* paragraphs for `bawn help NAME`, or NULL */
    const bawn_cli_option *options;
    size_t n_options;
    size_t least, most;         /* arguments; most SIZE_MAX: any number */
    int (*run)(bawn_cli *);
} bawn_cli_command;

#define CLI_OPTIONS_MAX 16
struct bawn_cli {
    const bawn_cli_command *command;
    const char *values[CLI_OPTIONS_MAX];        /* by row of command->options; "" for a switch that was given */
    const char **arguments;
    size_t n_arguments;
};

/* All commands, *n of them, in the order of the help. Static. */
const bawn_cli_command *bawn_cli_commands(size_t *n);
/* The whole program: finds the command and runs it. Returns the exit status. */
int bawn_cli_main(int argc, const char *const *argv);           /* argv[0] is the program */
/* Reads what follows a command's name. CLI_OK, or CLI_USAGE after a message. *help: --help was among it. */
int bawn_cli_parse(bawn_cli *, bool *help, const bawn_cli_command *, int argc, const char *const *argv);
/* The value of an option of this command ("" for a switch), NULL when it was not given. */
const char *bawn_cli_value(const bawn_cli *, const char *name);
/* The command that begins argv, by its longest name; *used: words taken. NULL: none. */
const bawn_cli_command *bawn_cli_find(size_t *used, int argc, const char *const *argv);

void bawn_cli_help(FILE *);                                     /* the list of commands */
void bawn_cli_help_of(FILE *, const bawn_cli_command *);

/* ---- terminal.c ------------------------------------------------------------------------------------------------- */
typedef enum { CLI_PLAIN, CLI_BOLD, CLI_DIM, CLI_RED, CLI_GREEN, CLI_YELLOW, CLI_BLUE, CLI_MARK } bawn_cli_colour;
/* The escape sequence, or "" where colours are not wanted. */
const char *bawn_cli_ink(FILE *, bawn_cli_colour);
bawn_cli_colour bawn_cli_action_colour(bawn_action);
/* Text from outside, one line: controls, line ends and characters that are not seen are shown as escapes. */
void bawn_cli_show(FILE *, bawn_slice text);
/* Characters that move the cursor, turn the writing round, or are not seen: an attacker writes with them. */
bool bawn_cli_hidden(uint32_t code_point);
/* "bawn: " and the message, to standard error. Returns `status`. */
int bawn_cli_fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool bawn_cli_write(int fd, bawn_slice bytes);                  /* all of it; false with errno */
/* A bar on standard error while many inputs are read; nothing where that is no terminal. */
typedef struct { uint64_t total, done, shown_ns; bool on; } bawn_cli_progress;
void bawn_cli_progress_begin(bawn_cli_progress *, uint64_t total_bytes, bool wanted);
void bawn_cli_progress_add(bawn_cli_progress *, uint64_t bytes);
void bawn_cli_progress_end(bawn_cli_progress *);
uint64_t bawn_cli_now(void);                                    /* ns since the epoch */

/* ---- words of enums (api.md's names in lower case, RULINGS R46) ----------------------------------------------- */
extern const char *const bawn_cli_actions[], *const bawn_cli_roles[], *const bawn_cli_origins[], *const bawn_cli_sides[];
/* Index of the word among n, or -1. */
int bawn_cli_word(const char *const *words, size_t n, bawn_slice word);
const char *bawn_cli_view_name(uint8_t view);                   /* "raw", "canonical", "decoded" */
const char *bawn_cli_confidence(float score);                   /* "HIGH", "MEDIUM", "LOW" (RULINGS R12) */

/* ---- source.c: files and policies -------------------------------------------------------------------------------- */
#define CLI_PATH 4096
/* Reads a whole file; "-": standard input. False: *err says what and why. */
bool bawn_cli_read(bawn_buf *out, const char *path, bawn_error *err);

typedef struct {
    char self[CLI_PATH];        /* its path, for messages */
    bool built_in;              /* no file was named and there is no ./bawn.yaml */
    bawn_buf text;
    bawn_policy *tree;          /* once parsed */
    bawn_wall *wall;            /* once loaded */
} bawn_cli_policy;
/* path NULL: ./bawn.yaml if it is there, else the built-in policy (all guards of `default`). After a message false. */
bool bawn_cli_policy_read(bawn_cli_policy *out, const char *path);
bool bawn_cli_policy_parse(bawn_cli_policy *out, const char *path);     /* reads, and checks its form */
/* Reads and compiles. Keys of upstreams that are not in the environment are no error here: no command but `serve`
 * uses them. `cache`: folder of compiled patterns, NULL: none is kept. */
bool bawn_cli_policy_load(bawn_cli_policy *out, const char *path, const char *cache);
/* The second half of it, for one that is parsed and compiled as if `text` stood in its file. False after a message; then it is
 * freed. */
bool bawn_cli_policy_compile(bawn_cli_policy *, bawn_slice text, const char *cache);
void bawn_cli_policy_free(bawn_cli_policy *);
/* Puts a word into the environment for each key of an upstream that is not there. Without this a policy could only be
 * tried where its keys are. */
void bawn_cli_policy_lend(const bawn_policy *);
/* file:line:col: message, and the line with a caret under the column. */
void bawn_cli_policy_error(const bawn_cli_policy *, const bawn_error *);
void bawn_cli_policy_errors(const bawn_cli_policy *, const bawn_errors *);      /* the first of many, and how many more */
/* The state folder: --state, else $XDG_STATE_HOME/bawn or ~/.local/state/bawn, of root /var/lib/bawn. */
const char *bawn_cli_state(char out[CLI_PATH], const bawn_cli *);
const char *bawn_cli_cache(char out[CLI_PATH], const bawn_cli *);       /* of compiled patterns, in the state folder */
/* --workers: 1 to 256, or `auto` for one a processor; 0 when it was not given. False after a message. */
bool bawn_cli_workers(unsigned *out, const bawn_cli *);
/* --port: 1 to 65535, 0 when it was not given. False after a message. */
bool bawn_cli_port(uint16_t *out, const bawn_cli *);
/* The folder of the record: --folder, else the policy's (record.spool.folder). */
const char *bawn_cli_spool(char out[CLI_PATH], const bawn_cli *, const bawn_cli_policy *);

/* ---- commands ------------------------------------------------------------------------------------------------------ */
int bawn_cli_check(bawn_cli *);
int bawn_cli_policy_check(bawn_cli *);
int bawn_cli_policy_explain(bawn_cli *);
int bawn_cli_policy_schema(bawn_cli *);
int bawn_cli_policy_reference(bawn_cli *);
int bawn_cli_policy_init(bawn_cli *);
int bawn_cli_policy_publish(bawn_cli *);
int bawn_cli_policy_suggest(bawn_cli *);
int bawn_cli_doctor(bawn_cli *);
int bawn_cli_serve(bawn_cli *);
int bawn_cli_reload(bawn_cli *);
int bawn_cli_stop(bawn_cli *);
int bawn_cli_config(bawn_cli *);
int bawn_cli_log(bawn_cli *);
int bawn_cli_log_show(bawn_cli *);
int bawn_cli_log_stats(bawn_cli *);
int bawn_cli_log_verify(bawn_cli *);
int bawn_cli_log_repair(bawn_cli *);
int bawn_cli_completion(bawn_cli *);
int bawn_cli_version(bawn_cli *);
int bawn_cli_help_command(bawn_cli *);

#endif

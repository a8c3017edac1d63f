/* document.h: a file for `bawn check` as the texts that stand in it, and where each byte of a text stands in the file. */
#ifndef BAWN_CLI_DOCUMENT_H
#define BAWN_CLI_DOCUMENT_H

#include "cli/judge.h"

typedef struct {
    bawn_cli_row row;
    bawn_slice path;                    /* JSON Pointer of a chat's field; empty */
    bawn_json_map map;                  /* text -> bytes between the quotes; n 0: one to one */
    size_t at, raw_len;                 /* of those bytes in the file */
    const size_t *cuts; size_t n_cuts;  /* of parts joined: where in `row.text` each but the first begins; only what spans
                                           one counts, the rest was found in the part */
    uint32_t line;                      /* of JSON Lines: its line, and `at` is of no meaning; else 0 */
} bawn_cli_text;

typedef enum { CLI_TEXT, CLI_CHAT, CLI_LINES } bawn_cli_form;
typedef struct {
    const char *name;                   /* as given */
    bawn_cli_form form;
    bawn_buf bytes, wrapped;
    bawn_arena *arena;
    bawn_json json;
    bawn_cli_text *texts; size_t n;     /* of text and chat */
    size_t *lines; size_t n_lines;      /* where each line begins */
} bawn_cli_document;
/* Reads the file, by its name (.json, .jsonl, .ndjson) or as text. False: *err. Lines are left in `bytes`. */
bool bawn_cli_document_open(bawn_cli_document *out, const char *name, bawn_error *err);
void bawn_cli_document_close(bawn_cli_document *);
typedef struct { uint32_t line, column, end_line, end_column; } bawn_cli_region;   /* 1-based, in characters */
bawn_cli_region bawn_cli_document_region(const bawn_cli_document *, const bawn_cli_text *, bawn_span);

#endif

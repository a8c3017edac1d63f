/* report.h: how `bawn check FILE` prints: one table a format. */
#ifndef BAWN_CLI_REPORT_H
#define BAWN_CLI_REPORT_H

#include "cli/document.h"

typedef struct bawn_cli_report bawn_cli_report;
typedef struct {
    const char *name;
    void (*begin)(bawn_cli_report *);
    void (*one)(bawn_cli_report *, const bawn_cli_document *, const bawn_cli_text *, const bawn_verdict *, bawn_slice masked);
    void (*broken)(bawn_cli_report *, const char *file, bawn_slice id, const bawn_error *, uint32_t line);
    void (*end)(bawn_cli_report *);
} bawn_cli_format;
/* The formats of --format, by their names. */
extern const bawn_cli_format bawn_cli_format_text, bawn_cli_format_json, bawn_cli_format_jsonl, bawn_cli_format_sarif;

struct bawn_cli_report {
    const bawn_cli_format *format;
    const bawn_cli_judge *judge;
    bool explain;
    size_t files, texts, counts[4], broken;     /* counts: by action */
    void *data;                                 /* the format's own */
    void *kinds;
};

#endif

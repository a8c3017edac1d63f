/* judge.h: inside `bawn check`: one text and its verdict, and verdicts as lines of JSON. */
#ifndef BAWN_CLI_JUDGE_H
#define BAWN_CLI_JUDGE_H

#include "base/json.h"
#include "cli/cli.h"
#include "engine/wall.h"

typedef struct {
    bawn_slice names[24];               /* of the guards that run, each once, in the engine's order */
    size_t n;
    bawn_buf quiet;                     /* "scores":{"limits":0,...},"findings":[] */
} bawn_cli_guards;

/* Who judges. `guards` is by place, and for answers by whether a system prompt is known (else leak cannot run). */
typedef struct {
    const bawn_cli_policy *policy;
    const bawn_wall *wall;              /* the policy's */
    bawn_worker *worker;
    bawn_slice guardrail;
    int side;                           /* of --side, or -1: by role */
    bawn_cli_guards guards[BAWN_PLACE_COUNT][2];
} bawn_cli_judge;
/* guardrail, side NULL: the policy's default, by role. False after a message. The policy must be loaded. */
bool bawn_cli_judge_open(bawn_cli_judge *out, const bawn_cli_policy *, const char *guardrail, const char *side);
void bawn_cli_judge_close(bawn_cli_judge *);

/* A text to judge. */
typedef struct {
    bawn_slice id;                      /* JSON, written as it came; empty: null */
    bawn_slice text, context;           /* context: on answers the system prompt */
    bool has_context;
    bool earlier;                       /* a turn that is sent again in a request: judged as input */
    bawn_role role;
    bawn_origin origin;
} bawn_cli_row;
static inline bool bawn_cli_is_call(const bawn_cli_row *row) { return row->role == BAWN_TOOL && row->origin == BAWN_MODEL; }
/* The verdict lives until the next call. *masked: the rewritten text when the action is mask, else empty. */
bool bawn_cli_judge_row(const bawn_verdict **out, bawn_slice *masked, bawn_cli_judge *, const bawn_cli_row *, bawn_error *);
const bawn_cli_guards *bawn_cli_judge_guards(const bawn_cli_judge *, const bawn_cli_row *);
bawn_side bawn_cli_judge_side(const bawn_cli_judge *, const bawn_cli_row *);

/* ---- rows as JSON (row.c) ------------------------------------------------------------------------------------- */
/* One line of the filter. `arena`: decoded texts. False: broken; err says why, out->id is set when it could be read. */
bool bawn_cli_row_parse(bawn_cli_row *out, bawn_json *, bawn_arena *, bawn_slice line, bawn_error *err);
/* {"id",...}\n. `rest` (may be empty) follows the last member: ",\"path\":\"x\"". */
void bawn_cli_row_write(bawn_buf *out, const bawn_cli_guards *, bawn_slice id, const bawn_verdict *, bawn_slice masked);
void bawn_cli_row_write_error(bawn_buf *out, bawn_slice id, const bawn_error *, uint64_t line);
void bawn_cli_write_score(bawn_buf *out, float score);          /* [0, 1], at most four decimals */

/* ---- the filter (filter.c) ------------------------------------------------------------------------------------- */
/* Reads lines of `in` until its end, writes verdicts to `out`. CLI_OK, or CLI_BROKEN when a line was broken. */
int bawn_cli_filter(bawn_cli_judge *, int in, int out, bawn_cli_progress *);

/* ---- explanations (explain.c) ---------------------------------------------------------------------------------- */
/* Everything about one judged text, for people. */
void bawn_cli_explain(FILE *, const bawn_cli_judge *, const bawn_cli_row *, const bawn_verdict *, bawn_slice masked);
/* The text around [begin, end) with that part marked. */
void bawn_cli_show_span(FILE *, bawn_slice text, bawn_span);
int bawn_cli_prompt(bawn_cli_judge *);                          /* prompt.c: lines typed on a terminal */

#endif

/* advice.h: from a finding to the line of the policy that rules on it, and to the smallest change that lets it pass.
 * Used by `check --explain`, `log show` and `policy suggest`. */
#ifndef BAWN_CLI_ADVICE_H
#define BAWN_CLI_ADVICE_H

#include "cli/cli.h"

typedef struct {
    bawn_slice guardrail, guard, kind, path;    /* path: JSON Pointer, may be empty */
    bawn_side side;
    bool untrusted;                             /* a tool result or document */
    float score;
    bawn_slice value;                           /* what was matched, empty when it is not known */
    bawn_slice hash;                            /* the record's of it, "k:...", empty when it is not known */
} bawn_cli_case;

/* How much else a change lets pass. */
typedef enum {
    CLI_SCOPE_VALUE,            /* this exact value */
    CLI_SCOPE_SCORE,            /* the guard's findings on this side with a score below `below` */
    CLI_SCOPE_KIND,             /* the kind on this side */
    CLI_SCOPE_GUARD             /* the guard on this side */
} bawn_cli_scope;
typedef struct {
    char text[1024];            /* "leak: {canary: false}": keys below the guardrail, and a value; empty: see `advice` */
    char advice[512];
    bawn_cli_scope scope;
    float below;
} bawn_cli_change;

const bawn_node *bawn_cli_guardrail(const bawn_policy *, bawn_slice name);       /* NULL: not in the file */
/* The node that rules on this, up the chain of `extends`; NULL: the built-in default does. */
const bawn_node *bawn_cli_ruling(const bawn_policy *, const bawn_cli_case *);
void bawn_cli_change_for(bawn_cli_change *out, const bawn_policy *, const bawn_cli_case *);
/* The change that lets pass this finding and no other. False: the language has none for it (a limit, a canary), or nothing
 * is known of what was matched. */
bool bawn_cli_change_exact(bawn_cli_change *out, const bawn_cli_case *);
/* What a change lets pass, for people: "all that prompt_attack finds on this side". */
void bawn_cli_show_scope(FILE *, const bawn_cli_change *, const bawn_cli_case *);
/* The table's row of a kind, built in or from the policy; NULL: not known. */
const bawn_kind *bawn_cli_kind(bawn_slice code);
/* "bawn.yaml:12:5 (guardrails.shop.secrets.input: block)", or that the default rules. */
void bawn_cli_show_ruling(FILE *, const bawn_cli_policy *, const bawn_cli_case *);
/* Where in the file to write it, and what: an addition, another value in a line that is there, or an item of a list. */
void bawn_cli_show_change(FILE *, const bawn_policy *, const bawn_cli_change *, bawn_slice guardrail, const char *indent);

/* ---- advice on several findings, each said once (advice_list.c) -------------------------------------------------- */
#define CLI_ADVICE_MOST 16
bool bawn_cli_change_same(const bawn_cli_change *, const bawn_cli_change *);    /* the same words would be written */
/* Changes that go together, at most CLI_ADVICE_MOST: each said once, and what adds to the same list in one line. */
void bawn_cli_show_changes(FILE *, const bawn_policy *, const bawn_cli_change *const *, size_t n, bawn_slice guardrail,
                           const char *indent);
typedef struct { bawn_cli_change change; bawn_cli_case about; } bawn_cli_advice_row;
typedef struct {
    bawn_cli_advice_row exact[CLI_ADVICE_MOST], wide[CLI_ADVICE_MOST];
    size_t n_exact, n_wide, more;               /* more: findings for which there was no room */
} bawn_cli_advice;
void bawn_cli_advice_add(bawn_cli_advice *, const bawn_policy *, const bawn_cli_case *);
/* `exactly`: the words before the exact changes. Nothing when nothing was added. */
void bawn_cli_advice_show(FILE *, const bawn_cli_advice *, const bawn_policy *, bawn_slice guardrail, const char *exactly);

#endif

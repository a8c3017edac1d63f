/* checks.h: what the files of the dialect `guardrail` share: Amazon's ApplyGuardrail and InvokeGuardrailChecks, and the wires of
 * other scanners. Each API is a table of its own (bawn_dialect.next). Internal to the room. */
#ifndef BAWN_DIALECT_CHECKS_H
#define BAWN_DIALECT_CHECKS_H

#include "dialect/report.h"
#include "dialect/requests.h"
#include "dialect/walk.h"

/* The tables behind bawn_dialect_guardrail, which is Amazon's. */
extern const bawn_dialect bawn_checks_litellm, bawn_checks_presidio, bawn_checks_azure, bawn_checks_lakera;

/* ---- routes and errors ------------------------------------------------------------------------------------------- */
typedef struct { const char *path; bawn_operation op; } bawn_check_route;      /* POST; a query may follow */
bawn_operation bawn_checks_route(const bawn_check_route *, size_t n, bawn_slice method, bawn_slice raw_uri);
const char *bawn_checks_operation_name(bawn_operation);

/* ---- reading ------------------------------------------------------------------------------------------------------- */
const bawn_trie *bawn_checks_trie(void);            /* checks_table.c; built at the first call, never freed */
extern const bawn_hook_row bawn_checks_apply_hooks[], bawn_checks_invoke_hooks[], bawn_checks_litellm_hooks[],
                           bawn_checks_lakera_hooks[];
extern const size_t bawn_checks_n_apply_hooks, bawn_checks_n_invoke_hooks, bawn_checks_n_litellm_hooks, bawn_checks_n_lakera_hooks;

/* A walk over a body that must be an object; err is filled where it is none. */
bool bawn_checks_begin(bawn_walk *, bawn_conversation *out, const bawn_json *, bawn_arena *, bawn_error *);
void bawn_checks_as_answer(bawn_place *);           /* what stands there is a model's answer, and is judged as such */
void bawn_checks_speak(bawn_place *, const bawn_json *, uint32_t role);     /* of a chat: system, user, assistant, tool */
/* Whether the body's member is there (not null) and of that type; else the request is refused where it is `needed`, or where it is
 * of another type. *token is 0 where there is none. */
bool bawn_checks_member(uint32_t *token, bawn_walk *, const char *key, bawn_json_type, bool needed, const char *expected);
bool bawn_checks_is_one_of(const bawn_json *, uint32_t token, const char *const *words);   /* NULL ends them */

/* ---- writing --------------------------------------------------------------------------------------------------------- */
/* A finding's place in characters (code points). Findings come in their order, so a text is counted once. */
typedef struct { const bawn_report *report; uint32_t field; size_t at; uint64_t characters; } bawn_counter;
void bawn_counter_span(uint64_t *begin, uint64_t *end, bawn_counter *, const bawn_reported *);
/* The number behind `step` ("/messages/") in a field's pointer. */
uint64_t bawn_checks_number(bawn_slice path, const char *step);
float bawn_checks_decimal(bawn_slice number);        /* of JSON, near enough to compare scores */
void bawn_checks_score(bawn_buf *, float);          /* four decimals at most, whatever the locale */
void bawn_checks_member_add(bawn_buf *, const char *before, bawn_slice text);      /* before, then the text as a JSON string */
void bawn_checks_match_add(bawn_buf *, const char *before, bawn_slice match);      /* the same; a long one ends in an ellipsis */
bawn_slice bawn_checks_detail(bawn_slice kind);     /* "pii.EMAIL" -> "EMAIL" */
bool bawn_checks_is(const bawn_reported *, const char *guard);
/* Whether the guardrail acts, or in observe mode would: what a scanner calls flagged. */
bool bawn_checks_acts(const bawn_reported *);

/* checks_names.c: Presidio's names. Whether `asked`, Presidio's name or Bawn's, means that kind. */
bool bawn_presidio_means(bawn_slice asked, bawn_slice kind);
bawn_slice bawn_presidio_name(bawn_slice kind);     /* of "EMAIL": "EMAIL_ADDRESS"; its own where Presidio has none */

/* checks_apply.c, checks_invoke.c, checks_anonymize.c: one operation each, as bawn_dialect's members of that name. */
bool bawn_checks_apply_request(bawn_conversation *, const bawn_json *, bawn_arena *, bawn_error *);
bool bawn_checks_apply_report(bawn_buf *, const bawn_report *, bawn_arena *);
bool bawn_checks_apply_route(bawn_slice method, bawn_slice raw_uri);
bool bawn_checks_guardrail_of(bawn_slice *name, bawn_slice *version, bawn_operation, bawn_slice raw_uri, bawn_arena *);
bool bawn_checks_invoke_request(bawn_conversation *, const bawn_json *, bawn_arena *, bawn_error *);
bool bawn_checks_invoke_report(bawn_buf *, const bawn_report *);
bool bawn_checks_anonymize_request(bawn_conversation *, const bawn_json *, bawn_arena *, bawn_error *);
bool bawn_checks_anonymize_report(bawn_buf *, const bawn_report *, bawn_arena *);

#endif

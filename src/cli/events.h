/* events.h: recorded events for people: reading them, choosing among them, and their members (docs/event.md). */
#ifndef BAWN_CLI_EVENTS_H
#define BAWN_CLI_EVENTS_H

#include <jansson.h>

#include "cli/advice.h"
#include "record/record.h"

/* Which events are wanted; NULL members choose nothing out. */
typedef struct { const char *action, *guard; char since[32]; } bawn_cli_wanted;
/* --action, --guard, --since of the command line. False after a message. */
bool bawn_cli_wanted_of(bawn_cli_wanted *out, const bawn_cli *);

/* One event; `payload` are its bytes. Returns false to stop. Both live during the call (json_incref to keep one). */
typedef bool bawn_cli_each(void *user, json_t *event, bawn_slice payload);
/* All wanted events of the folder in their order; with `follow` it waits for more, for ever. What is torn or corrupt is
 * said on standard error. Returns an exit status. */
int bawn_cli_events(const char *folder, const bawn_cli_wanted *, bool follow, bawn_cli_each *, void *user);

/* Members by dotted path of event.md's groups: text "verdict", "action". "" and 0 when absent or null. */
const char *bawn_cli_member(const json_t *event, const char *group, const char *name);
long long bawn_cli_number(const json_t *event, const char *group, const char *name, long long absent);

/* Whether a published version ruled, and not the policy file itself. */
bool bawn_cli_by_version(const json_t *event);

/* The policy, as far as it can be read: what explains an event must work when the policy does not. */
void bawn_cli_policy_try(bawn_cli_policy *out, const bawn_cli *);
/* A finding of an event as a case for advice. */
bawn_cli_case bawn_cli_case_of(const json_t *event, const json_t *finding);

#endif

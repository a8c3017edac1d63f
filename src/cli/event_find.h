/* event_find.h: one recorded event by its id. */
#ifndef BAWN_CLI_EVENT_FIND_H
#define BAWN_CLI_EVENT_FIND_H

#include "cli/events.h"

/* The event (json_decref it) and, where `payload` is not NULL, its bytes. NULL after a message; *status is set. */
json_t *bawn_cli_event_find(int *status, bawn_buf *payload, const char *folder, const char *id);

#endif

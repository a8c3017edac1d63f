/* requests.h: what the dialects' requests have in common, as hooks of their field tables and as what such hooks are made of. Internal
 * to the room. */
#ifndef BAWN_DIALECT_REQUESTS_H
#define BAWN_DIALECT_REQUESTS_H

#include "dialect/walk.h"

/* A caller's words, outside all messages: where the walk of a request starts. */
bawn_place bawn_request_start(void);
bool bawn_request_is_object(const bawn_json *, bawn_error *);            /* else INVALID_REQUEST */
/* As bawn_walk_refuse, of a parameter that is put together: "messages[%" PRIu32 "].role". */
bool bawn_request_invalid(bawn_walk *, uint32_t token, const char *expected, const char *param, ...)
    __attribute__((format(printf, 4, 5)));

/* Hooks: bawn_conversation.model, which may not be empty, .stream, and of a chat .n_messages, one at least. */
bool bawn_request_model(bawn_walk *, bawn_place *, uint32_t token, uint32_t index);
bool bawn_request_stream(bawn_walk *, bawn_place *, uint32_t token, uint32_t index);
bool bawn_request_messages(bawn_walk *, bawn_place *, uint32_t token, uint32_t index);
/* At a walk's end: whether they were there; else refused. */
bool bawn_request_has_model(bawn_walk *);
bool bawn_request_has_messages(bawn_walk *);

/* Notes a parameter that brings in what the gateway never sees: history that the provider keeps, a prompt that it stores, an answer
 * that is fetched by a route that is closed. */
bool bawn_request_unseen(bawn_walk *, const char *param);

/* Who speaks: the API's roles are the first n of user, assistant, system, developer, tool, function. False: it is none of them, and
 * the place as it was. token: of the role, 0 for none. */
bool bawn_request_role(bawn_place *, const bawn_json *, uint32_t token, size_t n);
void bawn_request_by_tool(bawn_place *);            /* what a tool answered is not the speech of him in whose message it stands */

#endif

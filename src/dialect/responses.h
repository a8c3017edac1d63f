/* responses.h: what the files of OpenAI's Responses share: operation "responses" of the OpenAI dialect. Internal to the room.
 *
 * responses_table.c    fields; roots "responses" (a request), "response" (an answer), "event" (of a stream)
 * responses_request.c  body -> conversation
 * responses_answer.c   whole answer -> conversation, and what it shares with events
 * responses_event.c    event of a stream -> conversation
 * responses_story.c    what a client has been told of a stream
 * responses_write.c    refusals and failures
 *
 * Channels: an answer is a list of items, an item has parts (content, summary, commands) or arguments. The item's number is the choice,
 * the part's number and what it holds are the field, so that a part is one running text, which ends with the part. */
#ifndef BAWN_DIALECT_RESPONSES_H
#define BAWN_DIALECT_RESPONSES_H

#include "dialect/story.h"
#include "dialect/walk.h"

#define BAWN_RESPONSES_PARTS 2000                    /* content parts of an item, and as many of its summary: behind them */

/* What looks around at a path of the table, of requests and of answers. */
extern const bawn_hook_row bawn_responses_request_hooks[], bawn_responses_answer_hooks[];
extern const size_t bawn_responses_n_request_hooks, bawn_responses_n_answer_hooks;      /* how many they are */
const bawn_trie *bawn_responses_trie(void);         /* built at the first call, never freed */

/* dialect.h says what each promises. */
bool bawn_responses_request(bawn_conversation *, const bawn_json *, bawn_arena *, bawn_error *);
bool bawn_responses_answer(bawn_conversation *, const bawn_json *, bawn_arena *, bawn_error *);
bool bawn_responses_event(bawn_conversation *, bawn_stream_state *, const bawn_json *, bawn_arena *, bawn_error *);
bool bawn_responses_refusal(bawn_buf *, bawn_slice *content_type, const bawn_conversation *request, bawn_slice id,
                            bawn_slice message, uint64_t now_ns);
bool bawn_responses_refused_answer(bawn_buf *, const bawn_conversation *request, const bawn_conversation *answer, bawn_slice id,
                                   bawn_slice message, uint64_t now_ns);
bool bawn_responses_stream_refusal(bawn_buf *, const bawn_conversation *request, const bawn_story *told, bawn_slice id,
                                   bawn_slice message, uint64_t now_ns);
bool bawn_responses_broken(bawn_buf *, const bawn_conversation *request, const bawn_story *told, int code, bawn_slice message,
                           bawn_slice id, uint64_t now_ns);

#endif

/* anthropic.h: what the files of the Anthropic dialect share. Internal to the room. */
#ifndef BAWN_DIALECT_ANTHROPIC_H
#define BAWN_DIALECT_ANTHROPIC_H

#include "dialect/walk.h"

/* The field tables (anthropic_table.c); roots "ask" (a request), "message" (an answer), "event" (of a stream). */
extern const bawn_hook_row bawn_anthropic_request_hooks[], bawn_anthropic_answer_hooks[];
extern const size_t bawn_anthropic_n_request_hooks, bawn_anthropic_n_answer_hooks;
const bawn_trie *bawn_anthropic_trie(void);         /* built at the first call, never freed */

/* The members of bawn_dialect (dialect.h says what each promises). */
bool bawn_anthropic_request(bawn_conversation *, bawn_operation, const bawn_json *, bawn_arena *, bawn_error *);
/* A body, an object, that is one of messages, but that its model is named elsewhere. */
bool bawn_anthropic_read_request(bawn_conversation *, const bawn_json *, bawn_arena *, bawn_error *);
bool bawn_anthropic_answer(bawn_conversation *, bawn_operation, const bawn_json *, bawn_arena *, bawn_error *);
bool bawn_anthropic_event(bawn_conversation *, bawn_stream_state *, bawn_operation, const bawn_json *, bawn_arena *, bawn_error *);

/* anthropic_write.c: blocks. */
bool bawn_anthropic_refusal(bawn_buf *, bawn_slice *content_type, bawn_operation, const bawn_conversation *request,
                            bawn_slice id, bawn_slice message, uint64_t now_ns);
bool bawn_anthropic_refused_answer(bawn_buf *, bawn_operation, const bawn_conversation *request,
                                   const bawn_conversation *answer, bawn_slice id, bawn_slice message, uint64_t now_ns);
bool bawn_anthropic_stream_refusal(bawn_buf *, const bawn_conversation *request, bawn_slice last,
                                   const bawn_stream_state *passed, const uint32_t *choices, size_t n, bawn_slice id,
                                   bawn_slice message, uint64_t now_ns);

/* Whether the object is a block that calls a tool: tool_use, server_tool_use, mcp_tool_use. */
bool bawn_anthropic_calls_tool(const bawn_json *, uint32_t block);

#endif

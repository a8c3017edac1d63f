/* bedrock.h: what the files of the Bedrock dialect share. Internal to the room. */
#ifndef BAWN_DIALECT_BEDROCK_H
#define BAWN_DIALECT_BEDROCK_H

#include "dialect/walk.h"

/* The field tables (bedrock_table.c); roots "ask" and "count" (requests), "said" (an answer), "event" (of a stream), "native" and
 * "native_said" (bodies of models whose form we do not know). */
extern const bawn_hook_row bawn_bedrock_request_hooks[], bawn_bedrock_answer_hooks[];
extern const size_t bawn_bedrock_n_request_hooks, bawn_bedrock_n_answer_hooks;
const bawn_trie *bawn_bedrock_trie(void);           /* built at the first call, never freed */

/* The members of bawn_dialect (dialect.h says what each promises). */
bool bawn_bedrock_request(bawn_conversation *, bawn_operation, const bawn_json *, bawn_arena *, bawn_error *);
bool bawn_bedrock_answer(bawn_conversation *, bawn_operation, const bawn_json *, bawn_arena *, bawn_error *);
bool bawn_bedrock_event(bawn_conversation *, bawn_stream_state *, bawn_operation, const bawn_json *, bawn_arena *, bawn_error *);

/* bedrock_write.c: blocks and errors. */
bool bawn_bedrock_refusal(bawn_buf *, bawn_slice *content_type, bawn_operation, const bawn_conversation *request,
                          bawn_slice id, bawn_slice message, uint64_t now_ns);
bool bawn_bedrock_refused_answer(bawn_buf *, bawn_operation, const bawn_conversation *request,
                                 const bawn_conversation *answer, bawn_slice id, bawn_slice message, uint64_t now_ns);
bool bawn_bedrock_stream_refusal(bawn_buf *, const bawn_conversation *request, bawn_slice last,
                                 const bawn_stream_state *passed, const uint32_t *choices, size_t n, bawn_slice id,
                                 bawn_slice message, uint64_t now_ns);
bool bawn_bedrock_error(bawn_buf *, bawn_slice *content_type, int code, bawn_slice message, bawn_slice param);
const char *bawn_bedrock_error_type(int code);
bool bawn_bedrock_stream_error(bawn_buf *, int code, bawn_slice message);

/* bedrock_chunk.c: an event of InvokeModelWithResponseStream, {"bytes": base64 of the model's own event}. */
bool bawn_bedrock_unwrap(bawn_buf *out, bawn_slice payload);       /* appends the model's event; false: it is no such thing */
bool bawn_bedrock_wrap(bawn_buf *out, bawn_slice data);            /* appends the payload */

#endif

/* openai.h: what the files of the OpenAI dialect share. Internal to the room. */
#ifndef BAWN_DIALECT_OPENAI_H
#define BAWN_DIALECT_OPENAI_H

#include "dialect/walk.h"

/* The field tables (openai_table.c); roots "chat", "embeddings", "moderations", "answer", "vectors". */
extern const bawn_field_group bawn_openai_groups[];
extern const size_t bawn_openai_n_groups;
extern const bawn_hook_row bawn_openai_request_hooks[], bawn_openai_answer_hooks[];
extern const size_t bawn_openai_n_request_hooks, bawn_openai_n_answer_hooks;
const bawn_trie *bawn_openai_trie(void);            /* of the tables above; built at the first call, never freed */

/* The members of bawn_dialect (dialect.h says what each promises), one or two to a file. What they read is borrowed;
 * what they write is appended to the buffer. False: see there, or out of memory.
 * openai_request.c, openai_answer.c: a parsed body into a conversation, whose arrays are in the arena. */
bool bawn_openai_request(bawn_conversation *, bawn_operation, const bawn_json *, bawn_arena *, bawn_error *);
bool bawn_openai_answer(bawn_conversation *, bawn_operation, const bawn_json *, bawn_arena *, bawn_error *);
bool bawn_openai_event(bawn_conversation *, bawn_stream_state *, bawn_operation, const bawn_json *, bawn_arena *, bawn_error *);

/* openai_route.c: the operation of a request line, or UNKNOWN; *rest: the path without /v1, query included. */
bawn_operation bawn_openai_route(bawn_slice method, bawn_slice raw_uri, bawn_slice *rest);
const char *bawn_openai_operation_name(bawn_operation);
/* openai_models.c: the list of models. */
bool bawn_openai_models(bawn_buf *, const bawn_listed_model *, size_t n);

/* openai_write.c: blocks, each a whole answer or the end of a stream, dated now_ns. */
bool bawn_openai_refusal(bawn_buf *, bawn_slice *content_type, bawn_operation, const bawn_conversation *request,
                         bawn_slice id, bawn_slice message, uint64_t now_ns);
bool bawn_openai_refused_answer(bawn_buf *, bawn_operation, const bawn_conversation *request,
                                const bawn_conversation *answer, bawn_slice id, bawn_slice message, uint64_t now_ns);
bool bawn_openai_stream_refusal(bawn_buf *, const bawn_conversation *request, bawn_slice last,
                                const bawn_stream_state *passed, const uint32_t *choices, size_t n, bawn_slice id,
                                bawn_slice message, uint64_t now_ns);
/* openai_error.c: errors, as a body and as the last event of a stream. */
bool bawn_openai_error(bawn_buf *, bawn_slice *content_type, int code, bawn_slice message, bawn_slice param);
bool bawn_openai_stream_error(bawn_buf *, int code, bawn_slice message);
bool bawn_openai_broken(bawn_buf *, const bawn_conversation *request, const struct bawn_story *, int code, bawn_slice message,
                        bawn_slice id, uint64_t now_ns);
/* openai_moderation.c: n results, scores [n][13] and [n], the names of the 13; and that as the answer to what was found. */
bool bawn_openai_report(bawn_buf *, bawn_operation, const bawn_report *, bawn_arena *);
bool bawn_openai_moderation(bawn_buf *, bawn_slice id, bawn_slice model, const float *scores, const float *attack,
                            const bool *flagged, size_t n);
extern const char *const bawn_openai_moderation_categories[13];

#endif

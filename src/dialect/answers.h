/* answers.h: what the dialects' answers have in common: what they say of themselves and who is called in them, as hooks of field
 * tables and as what such hooks are made of. Internal to the room. */
#ifndef BAWN_DIALECT_ANSWERS_H
#define BAWN_DIALECT_ANSWERS_H

#include "dialect/walk.h"

#define BAWN_ANSWER_INDEX_MAX 16000                   /* of choices, calls and blocks: they fit a channel's 16 bits */

bool bawn_answer_invalid(bawn_error *, const char *what);      /* UPSTREAM_INVALID: "... has <what>"; always false */
bool bawn_answer_is_object(const bawn_json *, bawn_error *);   /* else UPSTREAM_INVALID */
bool bawn_answer_type(uint32_t *token, const bawn_json *, bawn_error *);        /* of an event that has to have one, a string */
/* Walks from a root, as what an assistant says, from that choice and call on. */
bool bawn_answer_walk(bawn_walk *, const char *root, bawn_place start);

/* Hooks: bawn_conversation.id, .model and .finish_reasons (where it looks like one); and padding, whose length hides, and so tells,
 * that of the text. */
bool bawn_answer_id(bawn_walk *, bawn_place *, uint32_t token, uint32_t index);
bool bawn_answer_model(bawn_walk *, bawn_place *, uint32_t token, uint32_t index);
bool bawn_answer_stop(bawn_walk *, bawn_place *, uint32_t token, uint32_t index);
bool bawn_answer_padding(bawn_walk *, bawn_place *, uint32_t token, uint32_t index);

/* The counts of those keys, where they are there. Always true. */
bool bawn_answer_usage(bawn_walk *, uint32_t usage, const char *input, const char *output);
/* For the record: who is called. named: the object with its name; whole: the one with its id, under that key. */
bool bawn_answer_call(bawn_walk *, uint32_t channel, uint32_t named, uint32_t whole, const char *id);
/* The channel of a call's arguments. */
uint32_t bawn_answer_call_channel(const bawn_place *);

#endif

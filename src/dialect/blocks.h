/* blocks.h: answers that are a list of blocks, one after the other: Anthropic's and Bedrock's. Internal to the room.
 *
 * Texts of blocks that follow each other are one running text (a citation parts a sentence into blocks); a call of a tool and
 * a thought stand alone: they end it, so that nothing waits for them to be over, and what follows is the next run. Runs take the place that choices
 * have in other dialects: they number channels. In a stream an event that does not fit there is refused: two texts that grow at
 * once would be judged in another order than the client reads them in. */
#ifndef BAWN_DIALECT_BLOCKS_H
#define BAWN_DIALECT_BLOCKS_H

#include "dialect/answers.h"

/* A block of a whole answer: its place. walk.extra counts runs (uint32_t). alone: a run of its own. False: refused. */
bool bawn_block_listed(bawn_walk *, bawn_place *, uint32_t index, bool alone);

/* An event of a stream, out->mark being what it does: its block's number is read and its run told (out->block, ends_run, run), and
 * the state moved on. delta: it brings a piece; alone: it opens a block that is a run of its own. False: refused. */
bool bawn_block_event(bawn_conversation *out, bawn_stream_state *, const bawn_json *, uint32_t number, bool delta, bool alone, bawn_error *);

/* The pointers of its fields, as they would stand in a whole answer: "/delta/text" -> "/content/2/text". `message`: where one is
 * there. The first step that a pointer begins with is taken. */
typedef struct { const char *event, *block; } bawn_block_step;
bool bawn_block_paths(bawn_conversation *out, const char *message, const bawn_block_step *, size_t n, bawn_arena *, bawn_error *);

#endif

/* story.h: what a client has been told of a stream of Responses, as it left: its end repeats it, and may hold nothing else. Kept by the
 * exchange, one a stream, made of the events that were passed on, edits and all. Internal to the room and the exchange.
 *
 * Bounded: at BAWN_STORY_MAX bytes nothing more is kept. A part that is not kept whole is not repeated, nor is its item. */
#ifndef BAWN_DIALECT_STORY_H
#define BAWN_DIALECT_STORY_H

#include "dialect/dialect.h"

#define BAWN_STORY_MAX (4u << 20)
#define BAWN_STORY_OPEN 8                            /* items that are open at once; more of them stay open */
#define BAWN_STORY_PARTS 4                           /* ... and parts of one item */

typedef struct {
    bool used, summary, lost;                        /* summary: it is one of the summary's; lost: there was no room for all of it */
    uint32_t number;
    const char *kind;                                /* its type */
    bawn_buf text;                                   /* what has come */
} bawn_story_part;

typedef struct {
    bool used;
    uint32_t index;
    bawn_buf item, content, summaries;               /* as it began; parts that have ended, a list without brackets */
    bawn_story_part parts[BAWN_STORY_PARTS];         /* those that are open */
} bawn_story_item;

typedef struct bawn_story {
    bool begun;
    uint64_t next_event;                             /* the number of the next one */
    uint32_t next_item;
    bawn_buf response;                               /* as the stream's begin had it, a JSON object */
    bawn_buf items;                                  /* those that have ended, a list without brackets */
    bawn_story_item open[BAWN_STORY_OPEN];
    size_t kept;                                     /* bytes of all that */
    bawn_json json; bawn_arena *arena;               /* of the event at hand */
} bawn_story;

/* Notes an event, made at the first. False: out of memory. */
bool bawn_responses_tell(bawn_story **, bawn_operation, bawn_slice data);
void bawn_story_free(bawn_story *);                  /* NULL is fine */

#endif

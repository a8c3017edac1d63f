/* channel.h: one text that grows, an answer's, judged as it comes (RULINGS R1 to R3). What may leave, and the verdict,
 * are a function of the text alone: of its bytes so far, never of the pieces in which they came.
 *
 * The gate is the largest safe boundary before everything that is still open: a match that may be opening, a guard
 * that must see more, an encoded run, letters spaced apart, a placeholder. A safe boundary is behind white space, but
 * not inside digits or behind a single letter; inside text without spaces it lags 16 characters behind. */
#ifndef BAWN_CHANNEL_H
#define BAWN_CHANNEL_H

#include "engine/judge.h"

typedef struct bawn_tokens bawn_tokens;         /* tokens.h */
typedef struct bawn_channel bawn_channel;

/* `judging` is copied (streaming is set); `tokens` may be NULL: nothing to restore. False: out of memory. */
bool bawn_channel_new(bawn_channel **out, const bawn_judging *judging, const bawn_tokens *tokens);
void bawn_channel_free(bawn_channel *);
/* Appends decoded text (valid UTF-8, whole code points) and judges it. `last`: the text ends. False: failed; nothing
 * more may leave. */
bool bawn_channel_feed(bawn_channel *, bawn_slice text, bool last);
size_t bawn_channel_length(const bawn_channel *);           /* bytes fed */
size_t bawn_channel_gate(const bawn_channel *);             /* bytes that may leave, masked; all when ended clean */
/* Whether a blocking finding is decided; then *cut bytes may leave and nothing later counts. */
bool bawn_channel_blocked(const bawn_channel *, size_t *cut);
const bawn_finds *bawn_channel_finds(bawn_channel *); /* up to the block point; unmerged */
bool bawn_channel_failed(const bawn_channel *);
/* Appends the text of raw bytes [from, to) with its edits, to <= gate (or cut). Calls must go from left to right.
 * `nested`: the text is JSON (tool arguments): what is restored is escaped for a JSON string. */
bool bawn_channel_render(bawn_buf *out, bawn_channel *, size_t from, size_t to, bool nested);
void bawn_channel_pass(bawn_channel *, size_t to);          /* [.., to) has left unedited: it may be forgotten */
uint64_t bawn_channel_characters_in(const bawn_channel *, size_t from, size_t to);
bool bawn_channel_edited(const bawn_channel *, size_t from, size_t to);   /* whether rendering would change it */
uint64_t bawn_channel_characters(const bawn_channel *);     /* code points fed */
uint64_t bawn_channel_guarded(const bawn_channel *);        /* ... while every guard of them ran */
/* Time or room is up. Where every guard of the text may drop out, they do: what has come leaves as what was found so far
 * has it, and the rest unjudged. False: one may not, and the channel has failed. */
bool bawn_channel_let_go(bawn_channel *, bawn_failure why);

#endif

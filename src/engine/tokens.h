/* tokens.h: what a mask looks like, and the table that turns placeholders back (RULINGS R13, R14). The table lives for
 * one exchange, in memory only. */
#ifndef BAWN_TOKENS_H
#define BAWN_TOKENS_H

#include "engine/view.h"

typedef struct bawn_tokens bawn_tokens;
bawn_tokens *bawn_tokens_new(void);                 /* an empty table; NULL: out of memory */
void bawn_tokens_free(bawn_tokens *);               /* its values are forgotten with it; NULL is fine */
/* Notes placeholders that the caller wrote himself: their numbers are never given, and they are never restored. */
bool bawn_tokens_reserve(bawn_tokens *, bawn_slice text);
/* The placeholder of a value: the same for the same label and value, numbered by first appearance from 1. */
bool bawn_tokens_put(bawn_slice *placeholder, bawn_tokens *, bawn_slice label, bawn_slice value);
/* Finds the first known placeholder at or after *from; *span is its place. `value`: what it stands for. False: none;
 * *open is then the begin of a tail that may still become one (text.len when none). */
bool bawn_tokens_find(bawn_span *span, bawn_slice *value, size_t *open, const bawn_tokens *, bawn_slice text, size_t from);
bool bawn_tokens_empty(const bawn_tokens *);

/* Appends what stands in a finding's place: in JSON escaped, and for a number in quotes (bawn_found.in). tokens may be NULL
 * (answers: what a model invents is masked, R14). */
bool bawn_mask_write(bawn_buf *out, const bawn_wall *, const bawn_found *, bawn_slice value, bawn_tokens *tokens);

/* One replacement in a text. */
typedef struct { bawn_span at; const bawn_found *found; } bawn_mask;
/* Masks of one segment from merged finds: overlapping ones joined, the label of the longest (R13). Returns the count;
 * out has room for as many as there are finds. */
size_t bawn_masks_of(bawn_mask *out, const bawn_found *finds, size_t n, uint32_t segment);

#endif

/* wall_words.h: between the policy's own patterns and the guardrails that use them, and what is derived from those. */
#ifndef BAWN_WALL_WORDS_H
#define BAWN_WALL_WORDS_H

#include "engine/wall.h"

#define BAWN_EXTENDS_MOST 16     /* guardrails in one chain of `extends` */

/* The guardrail of that name in a tree's `guardrails` (NULL: none are written), or NULL. */
const bawn_node *bawn_guardrail_node(const bawn_node *guardrails, bawn_slice name);

/* The last step of reading a guardrail: what follows from its rulings. False: no memory, or a stream cannot be held for what it
 * blocks. */
bool bawn_guardrail_derive(bawn_guardrail *, const bawn_wall *, bawn_error *);

/* The kind id made for a list item (a word list, a topic, an expression), or -1. */
int bawn_wall_policy_kind(const bawn_wall *, const bawn_node *item);

#endif

/* inject.h: what the detectors of this folder share: small readers over a guard's window. All of them read forward
 * through bawn_probe_at(), so that a decision waits for text that it needs, and none reads further than it must. */
#ifndef BAWN_INJECT_H
#define BAWN_INJECT_H

#include "guard/guard.h"

/* The first of the NULL-ended words that stands at i and is not followed by a letter, digit or '_'; its length, or 0. */
size_t bawn_inject_word(bawn_probe *, size_t i, const char *const *words);
/* Offset of the first of the NULL-ended words in [from, to), or SIZE_MAX; stops at `stop` (-1: at nothing). */
size_t bawn_inject_find(bawn_probe *, size_t from, size_t to, int stop, const char *const *words);
size_t bawn_inject_past(bawn_probe *, size_t i, const char *const *words);  /* past all of the NULL-ended words that follow each other from i on */
size_t bawn_inject_blanks(bawn_probe *, size_t i);              /* first offset >= i that is no space or tab */
size_t bawn_inject_line(const bawn_probe *, size_t i);          /* begin of the line that i is in */
/* The same for values: in a tool's arguments, which are JSON, a string is a value, and "\n" in it ends a line. */
size_t bawn_inject_value(const bawn_probe *, size_t i);
bool bawn_inject_value_opens(const bawn_probe *, size_t i);     /* only blanks from the value's or line's begin to i */
bool bawn_inject_escaped_end(const bawn_probe *, size_t i);     /* such a "\n" ends at i */
/* The same, where a lone word may be data: not a later line of a string, nor under a key whose values are commands. */
bool bawn_inject_data_opens(const bawn_probe *, size_t i);
bool bawn_inject_value_ends(bawn_probe *, size_t i);            /* only blanks from i to its end */
bool bawn_inject_value_closes(bawn_probe *, size_t i);          /* i is the quote that closes such a string */
/* Whether only blanks stand from i to the end of the line or text. */
bool bawn_inject_line_ends(bawn_probe *, size_t i);
/* The same backwards: only blanks from the line's begin to i. */
bool bawn_inject_line_opens(const bawn_probe *, size_t i);
/* The first word of the line or value (behind prompts like "$ " and list signs) is a program's name: an honest command line. */
bool bawn_inject_command_line(const bawn_probe *, size_t at);

static inline bool bawn_inject_name_byte(int c) { return c == '_' || (c >= 0 && (c >= 0x80 || bawn_is_alnum((unsigned char)c))); }

#endif

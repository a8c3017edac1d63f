/* literals.h: thousands of literals in Latin letters, looked for all at once.
 *
 * Most of what the byte pass looks for is plain words: gates of dear patterns, cues, key prefixes, word lists. Vectorscan
 * finds a few hundred of them at 0.3 us for each kB of prose and a few thousand at 2.7 (its buckets fill up). This matcher
 * is made for that one case: 2 us for four thousand, and it knows of white space beside and inside of them, so that a
 * phrase is one literal. Its tables need no making at a start, and all processes share them. */
#ifndef BAWN_LITERALS_H
#define BAWN_LITERALS_H

#include "base/base.h"

enum {
    BAWN_L_CASE = 1,            /* case-sensitive; default is caseless */
    BAWN_L_SPACE_BEFORE = 2,    /* white space must stand right before it; no part of the literal or of its end */
    BAWN_L_SPACE_AFTER = 4,     /* white space must stand right behind it; the same */
    BAWN_L_LOOSE = 8            /* a space inside stands for any white space, of any length */
};

/* `text` is NUL-ended, at most 255 bytes of ASCII and U+00C0 to U+00FF. Several may share an id. */
typedef struct { const char *text; uint32_t id; uint8_t flags; } bawn_literal;

typedef struct bawn_literals bawn_literals;         /* immutable, shared by threads and by fork */

/* Whether the matcher can take it: such letters, with its white space at least four bytes long, and nowhere two white
 * spaces in a row. */
bool bawn_literals_takes(const char *text, uint8_t flags);
/* How often its key stands in 64 KiB of prose, roughly; 1 when it is rare, 0 when it cannot be taken. */
unsigned bawn_literals_times(const char *text, uint8_t flags);
/* O(total length); the texts are copied. NULL when out of memory, or when one of them cannot be taken. */
bawn_literals *bawn_literals_new(const bawn_literal *, size_t n);
void bawn_literals_free(bawn_literals *);           /* of _new; NULL is fine */
/* A set is one block of bytes without pointers, in host order, so it can be saved and used where it lies (in read-only
 * memory, shared by all processes). _at borrows: NULL when these are not the bytes of a set, or not aligned to 4. */
bawn_slice bawn_literals_bytes(const bawn_literals *);
const bawn_literals *bawn_literals_at(bawn_slice bytes);

typedef void (*bawn_literals_hit)(void *context, uint32_t id, size_t end);
/* Reports every (id, end) whose literal lies in text[from, text.len), ends counted from text.ptr, in about rising
 * order (off by less than a literal's length). Reads text before `from` for white space alone. Linear, allocates
 * nothing. NULL set: nothing is found. */
void bawn_literals_scan(const bawn_literals *, bawn_slice text, size_t from, bawn_literals_hit, void *context);

#endif

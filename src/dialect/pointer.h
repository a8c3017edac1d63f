/* pointer.h: JSON Pointers (RFC 6901), bounded. Internal to the room.
 *
 * A body with a long key above many strings would cost (key x strings) bytes of pointers, so a segment is at most 64
 * bytes and a pointer at most BAWN_PATH_MAX: what is longer ends in an ellipsis, which still says where to look. */
#ifndef BAWN_DIALECT_POINTER_H
#define BAWN_DIALECT_POINTER_H

#include "base/base.h"

/* Appends "/key" or "/index" at len of a buffer of BAWN_PATH_MAX bytes; returns the new length. */
size_t bawn_pointer_key(char *path, size_t len, bawn_slice key);
size_t bawn_pointer_index(char *path, size_t len, uint32_t index);
/* `head` takes the place of the first n bytes; in the arena. False: out of memory. */
bool bawn_pointer_rebase(bawn_slice *path, size_t n, const char *head, bawn_arena *);

#endif

/* builtin.h: the database that is linked in. */
#ifndef BAWN_BUILTIN_H
#define BAWN_BUILTIN_H

#include "engine/wall.h"

extern const unsigned char bawn_patterns_blob[], bawn_patterns_blob_end[];  /* made by the build: cmake/product.cmake */

/* Lists the built-in rules and loads their database; `hash`: "sha256:..." of the rules. */
bool bawn_builtin_load(bawn_rules *rules, char hash[72], bawn_arena *arena, bawn_error *err);

/* Takes its pages out of this process's memory; they are read again where they are needed. */
void bawn_builtin_trim(void);

#endif

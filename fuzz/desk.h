/* desk.h: a wall, and a worker on it, for a fuzz target. */
#ifndef BAWN_FUZZ_DESK_H
#define BAWN_FUZZ_DESK_H

#include "failing.h"

#include "../tests/wall_help.h"
#include "engine/builtin.h"

const unsigned char *const fuzz_patterns = bawn_patterns_blob;     /* named, so that they are linked */

#endif

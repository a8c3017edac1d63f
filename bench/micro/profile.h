/* profile.h: where the time of one call goes, by parts. Functions at the borders of the rooms are wrapped by the linker
 * (--wrap, see cmake/bench.cmake); each wrapper charges the time until it returns to its part, less what wrapped
 * functions below it took. Off (the normal state), a wrapper is one untaken branch. */
#ifndef BAWN_BENCH_PROFILE_H
#define BAWN_BENCH_PROFILE_H

#include "engine/judge.h"

#define PROFILE_PARTS 320

typedef struct { uint64_t ticks, calls, bytes; } profile_part;
typedef struct { profile_part parts[PROFILE_PARTS]; uint64_t total; } profile;

void profile_install(bawn_wall *);              /* once: guards get wrappers of their own, databases their names */
void profile_begin(void);
void profile_end(profile *out);
const char *profile_name(size_t part);          /* NULL: no such part */
double profile_ns(uint64_t ticks);

#endif

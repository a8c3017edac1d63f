/* prose.h: harmless shop talk of any length, in three scripts, the same at every run. */
#ifndef BAWN_BENCH_PROSE_H
#define BAWN_BENCH_PROSE_H

#include "base/base.h"

typedef enum { PROSE_ENGLISH, PROSE_RUSSIAN, PROSE_CHINESE, PROSE_LANGUAGES } prose_language;
extern const char *const prose_names[PROSE_LANGUAGES];          /* "english" ... */

/* Appends prose of at most `bytes` and at least `bytes - 3`, whole code points, without quotes or backslashes. */
bool prose_write(bawn_buf *out, prose_language, size_t bytes);

#endif

/* utf8_wide.h: UTF-8 checked 32 bytes at a time where the machine can. Private to base. */
#ifndef BAWN_UTF8_WIDE_H
#define BAWN_UTF8_WIDE_H

#include "base/base.h"

/* Bytes at the front of s that are certainly valid and end between two characters. Not exact: what follows may be
 * valid too, and is the careful reader's business. 0 on machines without AVX2. */
size_t bawn_utf8_wide_prefix(bawn_slice s);

#endif

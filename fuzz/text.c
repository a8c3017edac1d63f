/* Fuzzes the views: any valid UTF-8, cut as the input's first bytes say, gives the same canonical view, map and encoded
 * runs as in one piece; flags by SIMD are those of the scalar oracle. */
#include <stdio.h>

#include "../tests/unit/text/hostile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct { const uint8_t *lengths; size_t at; } cutter;
static size_t next_length(void *context)
{
    cutter *c = context;
    return 1u + c->lengths[c->at++ % 4];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4)
        return 0;
    cutter c = { data, 0 };
    bawn_slice text = bawn_slice_of((const char *)data + 4, size - 4);
    text.len = bawn_utf8_valid_prefix(text);
    hostile_check(text, next_length, &c);
    return 0;
}

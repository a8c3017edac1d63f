/* alloc.c: the only door to the heap. Tests make the Nth allocation from now fail, once (SQLite's way of testing
 * what happens when memory runs out); in production the counter is never written. */
#include <stdlib.h>

#include "base/base.h"

size_t bawn_malloc_fail_at;

static bool must_fail(void)
{
    return bawn_malloc_fail_at != 0 && --bawn_malloc_fail_at == 0;
}

void *bawn_malloc(size_t size)
{
    return must_fail() ? NULL : malloc(size ? size : 1);
}

void *bawn_realloc(void *old, size_t size)
{
    return must_fail() ? NULL : realloc(old, size ? size : 1);
}

void bawn_free(void *p)
{
    free(p);
}

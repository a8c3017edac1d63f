/* alloc.c: the only door to the heap. Tests make the Nth allocation from now fail, once or with those that come behind it
 * (SQLite's way of testing what happens when memory runs out); in production the counters are never written. */
#include <stdlib.h>

#include "base/base.h"

size_t bawn_malloc_fail_at, bawn_malloc_fail_more;

static bool must_fail(void)
{
    if (bawn_malloc_fail_at == 0 || --bawn_malloc_fail_at != 0)
        return false;
    if (bawn_malloc_fail_more > 0) {
        bawn_malloc_fail_more--;
        bawn_malloc_fail_at = 1;
    }
    return true;
}

void *bawn_malloc(size_t size)
{
    return must_fail() ? NULL : malloc(size ? size : 1);
}

void *bawn_realloc(void *old, size_t size)
{
    return must_fail() ? NULL : realloc(old, size ? size : 1);
}

bool bawn_grow(void **items, size_t *cap, size_t n, size_t size, size_t first)
{
    size_t more = *cap ? *cap * 2 : first;
    void *p;

    if (n < *cap)
        return true;
    if (!(p = bawn_realloc(*items, more * size)))
        return false;
    *items = p;
    *cap = more;
    return true;
}

void bawn_free(void *p)
{
    free(p);
}

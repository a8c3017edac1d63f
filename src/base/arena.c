/* arena.c: a bump allocator. Blocks are chained newest first; each new one is twice the last (up to 256 KiB, or what
 * the allocation needs), so that the number of blocks grows with the logarithm of what is asked for.
 *
 * `limit` counts the bytes of all blocks, headers included: what the arena really takes from the heap. Near the
 * limit a block shrinks to what is left. Under AddressSanitizer all that has not been handed out is poisoned. */
#include "base/base.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BAWN_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(BAWN_ASAN)
#include <sanitizer/asan_interface.h>
#define poison(p, n) __asan_poison_memory_region((p), (n))
#define unpoison(p, n) __asan_unpoison_memory_region((p), (n))
#else
#define poison(p, n) ((void)0)
#define unpoison(p, n) ((void)0)
#endif

enum { ALIGN = 16, SMALLEST_BLOCK = 256, LARGEST_STEP = 256 * 1024 };

typedef struct block {
    struct block *older;
    size_t size, used;                     /* of data[] */
    _Alignas(ALIGN) char data[];
} block;

struct bawn_arena {
    block *newest, *first;
    size_t limit, held, used;
};

static bool block_add(bawn_arena *a, size_t size)
{
    size_t total;
    block *b;

    if (__builtin_add_overflow(size, sizeof(block), &total))
        return false;
    b = bawn_malloc(total);
    if (!b)
        return false;
    *b = (block){ .older = a->newest, .size = size };
    poison(b->data, b->size);
    a->newest = b;
    a->held += total;
    return true;
}

static void block_free(block *b)
{
    unpoison(b->data, b->size);
    bawn_free(b);
}

/* The size of the next block: room for `need`, doubling, within the limit. 0: the limit forbids it. */
static size_t next_size(const bawn_arena *a, size_t need)
{
    size_t size = a->newest->size * 2 < LARGEST_STEP ? a->newest->size * 2 : LARGEST_STEP;
    size_t left;

    if (size < need)
        size = need;
    if (a->limit == 0)
        return size;
    left = a->limit > a->held + sizeof(block) ? a->limit - a->held - sizeof(block) : 0;
    left &= ~(size_t)(ALIGN - 1);
    if (left < need)
        return 0;
    return size < left ? size : left;
}

bawn_arena *bawn_arena_new(size_t first_block, size_t limit)
{
    bawn_arena *a = bawn_malloc(sizeof *a);
    size_t size = first_block > SMALLEST_BLOCK ? first_block : SMALLEST_BLOCK;

    if (!a)
        return NULL;
    *a = (bawn_arena){ .limit = limit };
    if (size > SIZE_MAX - ALIGN || !block_add(a, (size + ALIGN - 1) & ~(size_t)(ALIGN - 1))) {
        bawn_free(a);
        return NULL;
    }
    a->first = a->newest;
    return a;
}

void bawn_arena_reset(bawn_arena *a)
{
    while (a->newest != a->first) {
        block *older = a->newest->older;

        block_free(a->newest);
        a->newest = older;
    }
    a->first->used = 0;
    a->used = 0;
    a->held = a->first->size + sizeof(block);
    poison(a->first->data, a->first->size);
}

void bawn_arena_free(bawn_arena *a)
{
    if (!a)
        return;
    bawn_arena_reset(a);
    block_free(a->first);
    bawn_free(a);
}

void *bawn_arena_alloc(bawn_arena *a, size_t size)
{
    size_t need = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    block *b = a->newest;
    char *p;

    if (need < size)
        return NULL;
    if (need == 0)
        need = ALIGN;
    if (need > b->size - b->used) {
        size_t grown = next_size(a, need);

        if (grown == 0 || !block_add(a, grown))
            return NULL;
        b = a->newest;
    }
    p = b->data + b->used;
    b->used += need;
    a->used += need;
    unpoison(p, size);
    return p;
}

bawn_slice bawn_arena_copy(bawn_arena *a, bawn_slice s, bool *ok)
{
    char *p = bawn_arena_alloc(a, s.len);

    if (ok)
        *ok = p != NULL;
    if (!p)
        return BAWN_NIL;
    if (s.len)
        memcpy(p, s.ptr, s.len);
    return bawn_slice_of(p, s.len);
}

const char *bawn_arena_string(bawn_arena *a, bawn_slice s)
{
    char *copy = bawn_arena_alloc(a, s.len + 1);
    if (!copy)
        return NULL;
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    copy[s.len] = 0;
    return copy;
}

size_t bawn_arena_used(const bawn_arena *a)
{
    return a->used;
}

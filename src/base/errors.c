/* errors.c: many errors, for who shows them all at once: each once, though it may be met again. Of a file that is wrong from
 * end to end the first BAWN_ERRORS_MOST that are found are kept, and looking ends there. */
#include <stdlib.h>

#include "base/base.h"

static int by_place(const void *left, const void *right)
{
    const bawn_error *a = left, *b = right;
    int order = strcmp(a->file, b->file);

    if (order)
        return order;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    if (a->column != b->column)
        return a->column < b->column ? -1 : 1;
    return strcmp(a->message, b->message);
}

bool bawn_errors_add(bawn_errors *all, const bawn_error *err)
{
    for (size_t i = 0; i < all->n; i++)
        if (by_place(&all->items[i], err) == 0)
            return true;
    if (all->n == BAWN_ERRORS_MOST)
        return false;
    all->items[all->n++] = *err;
    return true;
}

bool bawn_errors_go_on(bawn_errors *all, const bawn_error *err)
{
    return all && err->code == BAWN_E_POLICY && bawn_errors_add(all, err);
}

bool bawn_errors_end(bawn_errors *all, size_t before, bool ok, const bawn_error *err)
{
    if (!ok)
        bawn_errors_add(all, err);
    else if (all->n > before)
        qsort(all->items, all->n, sizeof *all->items, by_place);
    return ok && all->n == before;
}

/* What was found, put in order: one row per kind and place, however many ends and views showed it. */
#include "engine/view.h"

#include <stdlib.h>

static int by_kind(const void *a, const void *b)
{
    const bawn_found *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->span.begin != y->span.begin)
        return x->span.begin < y->span.begin ? -1 : 1;
    return x->span.end < y->span.end ? -1 : x->span.end > y->span.end;
}

static int by_place(const void *a, const void *b)
{
    const bawn_found *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    if (x->span.begin != y->span.begin)
        return x->span.begin < y->span.begin ? -1 : 1;
    if (x->span.end != y->span.end)
        return x->span.end < y->span.end ? -1 : 1;
    return x->kind < y->kind ? -1 : x->kind > y->kind;
}

static void absorb(bawn_found *into, const bawn_found *from)
{
    if (from->span.end > into->span.end)
        into->span.end = from->span.end;
    if (from->score > into->score)
        into->score = from->score;
    if (from->view < into->view)            /* RAW is the smallest bit */
        into->view = from->view;
    if (from->pattern < into->pattern)
        into->pattern = from->pattern;
}

void bawn_finds_merge(bawn_finds *f)
{
    size_t kept = 0;

    if (f->n < 2)
        return;
    qsort(f->items, f->n, sizeof *f->items, by_kind);
    for (size_t i = 1; i < f->n; i++) {
        bawn_found *last = &f->items[kept], *next = &f->items[i];
        if (last->segment == next->segment && last->kind == next->kind && next->span.begin < last->span.end)
            absorb(last, next);
        else
            f->items[++kept] = *next;
    }
    f->n = kept + 1;
    qsort(f->items, f->n, sizeof *f->items, by_place);
}

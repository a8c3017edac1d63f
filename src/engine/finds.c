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
    if (from->span.begin == into->span.begin && from->span.end > into->span.end && from->hashed) {
        memcpy(into->hash, from->hash, sizeof into->hash);      /* of the longer one, which is the whole now */
        into->text = from->text;
    }
    if (from->span.end > into->span.end)
        into->span.end = from->span.end;
    if (from->action > into->action)        /* one of them could not be masked where it stands */
        into->action = from->action;
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

static bool is_twin(const bawn_found *a, const bawn_found *b, const bawn_wall *w)
{
    return a->segment == b->segment && a->span.begin == b->span.begin && a->span.end == b->span.end &&
           strcmp(bawn_wall_kind(w, a->kind)->code, bawn_wall_kind(w, b->kind)->code) == 0 &&
           strcmp(w->guards[a->guard]->guard, w->guards[b->guard]->guard) == 0;
}

/* The stricter of two, with the better score and view of both. */
static bawn_found stricter(const bawn_found *first, const bawn_found *second)
{
    bool change = second->action > first->action || (second->action == first->action && second->would > first->would);
    bawn_found out = change ? *second : *first;
    out.score = first->score > second->score ? first->score : second->score;
    out.view = first->view < second->view ? first->view : second->view;
    return out;
}

/* Merged finds are sorted by place, so twins stand among those of their span: a handful. */
void bawn_finds_settle(bawn_finds *f, const bawn_wall *w)
{
    size_t kept = 0;

    bawn_finds_merge(f);
    for (size_t i = 0; i < f->n; i++) {
        const bawn_found *next = &f->items[i];
        size_t k = kept;
        while (k > 0 && f->items[k - 1].segment == next->segment && f->items[k - 1].span.begin == next->span.begin &&
               f->items[k - 1].span.end == next->span.end && !is_twin(&f->items[k - 1], next, w))
            k--;
        if (k > 0 && is_twin(&f->items[k - 1], next, w))
            f->items[k - 1] = stricter(&f->items[k - 1], next);
        else
            f->items[kept++] = *next;
    }
    f->n = kept;
}

/* What leaves of a channel: its text with masks, and with placeholders restored, piece by piece from left to right; and the
 * bookkeeping of what has left. See channel.h. */
#include "engine/channel_inner.h"

#include "base/json.h"

#define PLACEHOLDER_MAX 96      /* longer than any placeholder */

typedef struct { bawn_span at; const bawn_found *found; bawn_slice value; } edit;

/* A find as it will be when finds are merged: with all of its kind that it overlaps. Masks are named by these (R13). */
static bawn_found merged(const bawn_channel *c, const bawn_found *found)
{
    bawn_found out = *found;
    for (size_t i = c->live; i < c->finds.n; i++) {
        const bawn_found *f = &c->finds.items[i];
        bool grows = f->span.begin < out.span.begin || f->span.end > out.span.end;
        if (f->kind != out.kind || !grows || f->span.begin >= out.span.end || f->span.end <= out.span.begin)
            continue;
        out.span.begin = least(out.span.begin, f->span.begin);
        out.span.end = f->span.end > out.span.end ? f->span.end : out.span.end;
        i = c->live - 1;                    /* look again */
    }
    return out;
}

static bool names_mask(const bawn_channel *c, const bawn_found *a, const bawn_found *b)
{
    bawn_found whole_a = merged(c, a), whole_b = merged(c, b);
    return bawn_found_names_mask(&whole_a, &whole_b);
}

/* The next edit that begins at or after `from`: a mask (overlapping ones joined) or a placeholder. */
static bool next_edit(edit *out, const bawn_channel *c, size_t from, size_t to)
{
    const bawn_found *first = NULL, *longest;
    bawn_span span;
    bawn_slice value;
    size_t open;

    for (size_t i = c->live; i < c->finds.n; i++) {
        const bawn_found *f = &c->finds.items[i];
        if (f->action == BAWN_MASK && f->span.begin >= from && (!first || f->span.begin < first->span.begin))
            first = f;
    }
    /* A placeholder that begins before `to` may end behind it: the gate has let it pass whole. */
    size_t reach = least(length(c), to + PLACEHOLDER_MAX) - c->base;
    bool restore = c->tokens && bawn_tokens_find(&span, &value, &open, c->tokens, bawn_slice_of(c->text.ptr, reach),
                                                 from - c->base) && span.begin + c->base < to;
    if (restore && (!first || span.begin + c->base < first->span.begin)) {
        *out = (edit){ { span.begin + c->base, span.end + c->base }, NULL, value };
        return true;
    }
    if (!first || first->span.begin >= to)
        return false;
    *out = (edit){ first->span, first, BAWN_NIL };
    longest = first;
    for (size_t i = c->live; i < c->finds.n; i++) {
        const bawn_found *f = &c->finds.items[i];
        if (f->action != BAWN_MASK || f->span.begin < first->span.begin || f->span.begin >= out->at.end)
            continue;
        if (f != longest && names_mask(c, f, longest))
            longest = f;
        if (f->span.end > out->at.end) {
            out->at.end = f->span.end;
            i = c->live - 1;                /* look again: the union has grown */
        }
    }
    out->found = longest;
    return true;
}

static bool write_value(bawn_buf *out, bawn_slice value, bool nested)
{
    return nested ? bawn_json_write_escaped(out, value) : bawn_buf_add(out, value);
}

bool bawn_channel_render(bawn_buf *out, bawn_channel *c, size_t from, size_t to, bool nested)
{
    size_t at = from < c->masked_to ? least(c->masked_to, to) : from;
    edit e;

    while (at < to && next_edit(&e, c, at, to)) {
        bawn_slice value = { c->text.ptr + (e.at.begin - c->base), least(e.at.end, length(c)) - e.at.begin };
        bawn_buf_add(out, bawn_slice_of(c->text.ptr + (at - c->base), e.at.begin - at));
        bool ok = e.found ? bawn_mask_write(out, c->judging.worker->wall, e.found, value, NULL)
                          : write_value(out, e.value, nested);
        if (!ok)
            return !(c->failed = true);
        c->masked_to = e.at.end;
        at = least(e.at.end, to);
    }
    if (at < to)
        bawn_buf_add(out, bawn_slice_of(c->text.ptr + (at - c->base), to - at));
    if (to > c->rendered)
        c->rendered = to;
    return !out->failed;
}

void bawn_channel_pass(bawn_channel *c, size_t to)
{
    if (to > c->rendered)
        c->rendered = to;
}

uint64_t bawn_channel_characters_in(const bawn_channel *c, size_t from, size_t to)
{
    return from < to ? bawn_utf8_count(bawn_slice_of(c->text.ptr + (from - c->base), to - from)) : 0;
}

bool bawn_channel_edited(const bawn_channel *c, size_t from, size_t to)
{
    edit e;
    return from < c->masked_to || next_edit(&e, c, from, to);
}

/* A channel whose text is JSON, a tool call's arguments: masks take whole units of it, and the gate stands between units, so that
 * what is put in a value's place has not left in part. */
#include "engine/channel_inner.h"

static bool reads_json(bawn_channel *c)
{
    if (c->judging.json && !c->json && c->base == 0)
        c->json = bawn_quotes_is_json(bawn_buf_slice(&c->text));
    return c->json;
}

/* Whether nothing behind the text will be judged with it. */
static bool is_last(const bawn_channel *c) { return c->ended || c->let_go; }

/* *q moved on in the channel's text, whose offsets are raw ones. */
static void pass(const bawn_channel *c, bawn_quotes *q, size_t to)
{
    bawn_quotes own = { q->at - c->base, q->string };

    bawn_quotes_pass(&own, bawn_buf_slice(&c->text), to - c->base, is_last(c));
    *q = (bawn_quotes){ own.at + c->base, own.string };
}

/* A view that begins late finds again what was found, and may have left: that is known already. False: it is not. */
static bool is_known(const bawn_channel *c, bawn_found *f)
{
    for (size_t i = 0; i < c->finds.n; i++) {
        const bawn_found *k = &c->finds.items[i];
        if (k != f && k->fitted && k->kind == f->kind && k->span.begin <= f->span.begin && k->span.end >= f->span.end) {
            f->span = k->span;
            f->in = k->in;
            f->action = k->action;
            return true;
        }
    }
    return false;
}

/* False: it hangs on what comes behind `open`. */
static bool fit(bawn_channel *c, bawn_found *f, size_t *open)
{
    const bawn_quotes *from = f->span.begin >= c->seen.at ? &c->seen : &c->at_gate;
    bawn_quotes q = { from->at - c->base, from->string };

    if (f->span.begin < from->at) {
        if (!is_known(c, f))
            f->action = BAWN_BLOCK;                     /* part of it has left */
        return f->fitted = true;
    }
    f->span.begin -= c->base, f->span.end -= c->base;
    bawn_quotes_found(f, &q, bawn_buf_slice(&c->text), is_last(c));
    f->span.begin += c->base, f->span.end += c->base;
    *open = q.at + c->base;
    return f->fitted;
}

size_t bawn_channel_fit(bawn_channel *c)
{
    size_t first = SIZE_MAX, open;

    if (!reads_json(c))
        return first;
    for (size_t i = c->live; i < c->finds.n; i++) {
        bawn_found *f = &c->finds.items[i];
        if (f->action == BAWN_MASK && !f->fitted && !fit(c, f, &open))
            first = least(first, open);
    }
    return first;
}

size_t bawn_channel_part(const bawn_channel *c, size_t at)
{
    bawn_quotes q = at >= c->seen.at ? c->seen : c->at_gate;

    if (!c->json || at <= q.at)
        return at;
    pass(c, &q, at);
    return q.at;
}

void bawn_channel_settled(bawn_channel *c, size_t hold)
{
    if (!c->json)
        return;
    pass(c, &c->at_gate, c->gate);
    if (hold > c->seen.at)
        pass(c, &c->seen, least(hold, length(c)));
}

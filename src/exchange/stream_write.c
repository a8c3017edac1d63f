/* An event on its way out: as it came, or written anew around the strings that were edited, as far as the gates of its
 * texts. */
#include "exchange/exchange.h"

/* A message with its own headers; a chunk of invoke around what was judged of it. */
static bool write_message(bawn_exchange *x, const bawn_held *h, bawn_slice data)
{
    bawn_buf wrapped = { 0 };
    bool ok = (!h->wraps || x->dialect->wrap(&wrapped, data)) &&
              bawn_eventstream_write(&x->emit, bawn_buf_slice(&h->headers), h->wraps ? bawn_buf_slice(&wrapped) : data);

    bawn_buf_free(&wrapped);
    return ok;
}

static bool write_data(bawn_exchange *x, const bawn_held *h, bawn_slice data)
{
    bool told = !x->dialect->tell || x->dialect->tell(&x->stream.passed.story, x->operation, data);

    if (h->headers.len > 0)
        return write_message(x, h, data);
    if (h->n_name > 0) {
        bawn_buf_str(&x->emit, "event: ");
        bawn_buf_add(&x->emit, bawn_slice_of(h->name, h->n_name));
        bawn_buf_byte(&x->emit, '\n');
    }
    while (data.len > 0) {                      /* a line feed inside would end the field */
        size_t n = bawn_slice_find(data, BAWN_LIT("\n"));
        bawn_buf_str(&x->emit, "data: ");
        bawn_buf_add(&x->emit, bawn_slice_of(data.ptr, n));
        bawn_buf_byte(&x->emit, '\n');
        n += n < data.len;
        data = bawn_slice_of(data.ptr + n, data.len - n);
    }
    bawn_buf_byte(&x->emit, '\n');
    return told && !x->emit.failed;
}

size_t bawn_held_gate(const bawn_held_field *f, const bawn_stream *s)
{
    size_t gate = bawn_channel_gate(s->channels[f->channel].text);

    if (f->raw && gate < f->end)
        return f->begin;                        /* JSON is no JSON in part */
    return gate < f->begin ? f->begin : gate < f->end ? gate : f->end;
}

static bool has_lost(const bawn_held *h)
{
    for (size_t i = 0; i < h->n_copies; i++)
        if (h->copies[i].always)
            return true;
    return false;
}

static bool is_edited(const bawn_held *h, const bawn_stream *s)
{
    for (size_t i = 0; i < h->n_fields; i++) {
        const bawn_held_field *f = &h->fields[i];
        if (bawn_held_gate(f, s) < f->end || bawn_channel_edited(s->channels[f->channel].text, f->begin, f->end))
            return true;
    }
    return false;
}

/* Writes on from `at`, with what stands for the next copies that begin before `end`; returns how far. `edited`: the event's texts
 * are, so that no copy may stay. */
static size_t drop_copies(bawn_buf *out, size_t *copy, const bawn_held *h, bool edited, size_t at, size_t end)
{
    for (; *copy < h->n_copies && h->copies[*copy].wire.begin < end; ++*copy) {
        bawn_span wire = h->copies[*copy].wire;
        if (wire.begin < at || (!edited && !h->copies[*copy].always))
            continue;
        bawn_buf_add(out, bawn_slice_of(h->text.ptr + at, wire.begin - at));
        bawn_buf_str(out, h->copies[*copy].with);
        at = wire.end;
    }
    return at;
}

/* Writes the event with the strings of its fields as far as their gates; copies of edited text become null. */
static bool write_edited(bawn_exchange *x, bawn_held *h, bool edited)
{
    bawn_stream *s = &x->stream;
    bawn_slice data = bawn_buf_slice(&h->text);
    bawn_buf out = { 0 }, text = { 0 };
    size_t at = 0, copy = 0;
    bool ok = true;

    for (size_t i = 0; i < h->n_fields && ok; i++) {            /* fields and copies are in the order of the JSON */
        const bawn_held_field *f = &h->fields[i];
        at = drop_copies(&out, &copy, h, edited, at, f->wire.begin);
        bawn_buf_clear(&text);
        ok = bawn_channel_render(&text, s->channels[f->channel].text, f->begin, bawn_held_gate(f, s), f->nested);
        if (f->wire.begin < at)
            continue;                                           /* inside a copy that is null now */
        bawn_buf_add(&out, bawn_slice_of(data.ptr + at, f->wire.begin - at));
        if (f->raw)
            bawn_buf_str(&out, "null");                         /* it cannot be edited: it has not passed its gate */
        else
            bawn_json_write_escaped(&out, bawn_buf_slice(&text));
        at = f->wire.end;
    }
    at = drop_copies(&out, &copy, h, edited, at, data.len);
    bawn_buf_add(&out, bawn_slice_of(data.ptr + at, data.len - at));
    ok = ok && !out.failed && !text.failed;
    ok = ok && write_data(x, h, bawn_buf_slice(&out));
    bawn_buf_free(&out);
    bawn_buf_free(&text);
    return ok;
}

static void mark_rendered(bawn_held *h, bawn_stream *s)
{
    for (size_t i = 0; i < h->n_fields; i++)
        bawn_channel_pass(s->channels[h->fields[i].channel].text, h->fields[i].end);
}

static bool write_held(bawn_exchange *x, bawn_held *h)
{
    bawn_stream *s = &x->stream;

    if (h->comment)
        return bawn_buf_str(&x->emit, ":\n\n");
    for (size_t i = 0; i < h->n_fields; i++)
        if (!h->fields[i].whole)
            x->delivered += bawn_channel_characters_in(s->channels[h->fields[i].channel].text, h->fields[i].begin,
                                                       bawn_held_gate(&h->fields[i], s));
    bawn_stream_advance(&s->passed, h->mark, h->block);
    if (!h->done) {
        bawn_buf_clear(&s->last);
        bawn_buf_add(&s->last, bawn_buf_slice(&h->text));
    }
    bool edited = is_edited(h, s);
    if (edited || has_lost(h))
        return write_edited(x, h, edited);
    mark_rendered(h, s);
    return write_data(x, h, bawn_buf_slice(&h->text));
}

/* Whole, or nothing of it: what comes behind half an event would be read as its rest. */
bool bawn_held_write(bawn_exchange *x, bawn_held *h)
{
    size_t before = x->emit.len;
    uint64_t delivered = x->delivered;

    if (write_held(x, h) && !x->emit.failed)
        return true;
    x->emit.len = before;
    x->delivered = delivered;
    return false;
}

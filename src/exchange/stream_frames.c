/* From bytes to a stream's events: server-sent ones, or messages as AWS frames them. */
#include "exchange/exchange.h"

/* A message of AWS's framing; a chunk of invoke is judged by what is in it. */
static bool one_message(bawn_exchange *x, const bawn_eventstream_message *m)
{
    bool chunk = x->operation == BAWN_OP_INVOKE_STREAM && m->type == BAWN_EVENTSTREAM_EVENT;
    bawn_slice data = m->payload;

    x->stream.read.name = m->name;
    x->stream.read.exception = m->type != BAWN_EVENTSTREAM_EVENT;
    if (chunk) {
        bawn_buf_clear(&x->stream.chunk);
        if (!x->dialect->unwrap(&x->stream.chunk, m->payload))
            return bawn_stream_broken(x, x->stream.chunk.failed ? BAWN_E_GUARD_FAILED : BAWN_E_UPSTREAM_INVALID, "upstream_died");
        data = bawn_buf_slice(&x->stream.chunk);
    }
    return bawn_stream_data(x, m->name, data.len > 0 ? data : BAWN_LIT("{}"), m->headers);
}

/* True while there are more. *ok: nothing went wrong. */
static bool next_event(bawn_exchange *x, bool *ok)
{
    bawn_eventstream_message m;
    bawn_sse_event e;
    bool more = x->stream.frames ? bawn_eventstream_next(x->stream.frames, &m) : bawn_sse_next(x->stream.sse, &e);

    *ok = !more || (x->stream.frames ? one_message(x, &m) : bawn_stream_event(x, &e));
    return more;
}

static bool open_frames(bawn_exchange *x)
{
    bawn_stream *s = &x->stream;

    if (s->sse || s->frames)
        return true;
    if (x->dialect->stream_type)
        return (s->frames = bawn_eventstream_new(BAWN_EVENTSTREAM_PAYLOAD_MAX)) != NULL;
    return (s->sse = bawn_sse_new(BAWN_ANSWER_MAX)) != NULL;
}

static bool feed_frames(bawn_stream *s, bawn_slice bytes, bool last)
{
    return s->frames ? bawn_eventstream_feed(s->frames, bytes, last) : bawn_sse_feed(s->sse, bytes, last);
}

static bool frames_failed(const bawn_stream *s) { return s->frames ? bawn_eventstream_failed(s->frames) : bawn_sse_failed(s->sse); }
static bool frames_cut(const bawn_stream *s) { return s->frames ? bawn_eventstream_cut(s->frames) : bawn_sse_cut(s->sse); }

/* The connection ended: whether that is the stream's end. */
static bool is_over(const bawn_exchange *x)
{
    const bawn_stream *s = &x->stream;
    bool over = x->dialect->ends_with_connection ? s->read.finished : bawn_dialect_done(x->dialect, x->operation) && bawn_stream_is_finished(s);

    return over && !frames_cut(s);                      /* servers that never say [DONE] */
}

bool bawn_stream_feed(bawn_exchange *x, bawn_slice bytes, bool last)
{
    bool ok = true;

    if (!open_frames(x))
        return bawn_stream_broken(x, BAWN_E_GUARD_FAILED, "failed");
    bool fed = feed_frames(&x->stream, bytes, last);
    while (!x->recorded && next_event(x, &ok)) {
        if (!ok || !bawn_stream_has_room(x))
            return false;
    }
    if (x->recorded)
        return true;
    if (!fed || frames_failed(&x->stream))
        return x->stream.sse && bawn_sse_starved(x->stream.sse) ? bawn_stream_broken(x, BAWN_E_GUARD_FAILED, "failed")
                                                                : bawn_stream_broken(x, BAWN_E_UPSTREAM_INVALID, "upstream_died");
    if (!last)
        return true;
    return is_over(x) ? bawn_stream_end(x) : bawn_stream_broken(x, BAWN_E_UPSTREAM_INVALID, "upstream_died");
}

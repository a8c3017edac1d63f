/* A stream of events. Each event is dealt with as soon as it is whole, so nothing hangs on how its bytes were cut:
 * its texts go to their channels, it joins the queue, and events leave the queue in order once the gates of all their
 * texts have passed them (RULINGS R1, R2). An event whose text was edited is written anew around the edited strings;
 * every other event leaves as it came. */
#include "exchange/exchange.h"

/* ---- the queue ------------------------------------------------------------------------------------------------- */
static bawn_held *held_at(bawn_stream *s, size_t i) { return &s->held[(s->first + i) % s->cap_held]; }

static bool grow_ring(bawn_stream *s)
{
    size_t cap = s->cap_held ? 2 * s->cap_held : 16;
    bawn_held *ring = bawn_malloc(cap * sizeof *ring);

    if (!ring)
        return false;
    memset(ring, 0, cap * sizeof *ring);
    for (size_t i = 0; i < s->cap_held; i++)
        ring[i] = *held_at(s, i);
    bawn_free(s->held);
    s->held = ring;
    s->cap_held = cap;
    s->first = 0;
    return true;
}

static bawn_held *push(bawn_exchange *x)
{
    bawn_stream *s = &x->stream;
    if (s->n_held == s->cap_held && !grow_ring(s))
        return NULL;
    bawn_held *h = held_at(s, s->n_held++);
    bawn_buf_clear(&h->text);
    bawn_buf_clear(&h->headers);
    h->comment = h->done = h->indivisible = false;
    h->mark = BAWN_MARK_NONE;
    h->n_fields = h->n_copies = h->n_name = 0;
    h->since_ns = x->now_ns;
    return h;
}

static void pop(bawn_exchange *x)
{
    bawn_stream *s = &x->stream;
    bawn_held *h = held_at(s, 0);
    for (size_t i = 0; i < h->n_fields; i++)
        if (h->fields[i].whole && s->channels[h->fields[i].channel].text)
            bawn_channels_release(x, &s->channels[h->fields[i].channel]);
    uint64_t waited = x->now_ns - h->since_ns;
    if (h->n_fields > 0 && waited > x->held_max_ns)
        x->held_max_ns = waited;
    s->held_bytes -= h->text.len;
    s->first = (s->first + 1) % s->cap_held;
    s->n_held--;
}

/* ---- channels ----------------------------------------------------------------------------------------------------- */
static bawn_stream_channel *channel_of(bawn_stream *s, uint32_t id)
{
    for (size_t i = s->n_channels; i-- > 0;)
        if (s->channels[i].text && s->channels[i].id == id)
            return &s->channels[i];
    return NULL;
}

static bool running(uint32_t channel)
{
    uint32_t field = bawn_channel_field(channel);
    return field != BAWN_CHANNEL_OTHER && field != BAWN_CHANNEL_ALTERNATIVES;
}

static void note_choice(bawn_stream *s, uint32_t index, bool finished)
{
    size_t i = 0;
    while (i < s->n_choices && s->choices[i] != index)
        i++;
    if (i == s->n_choices) {
        if (i == BAWN_COUNT(s->choices))
            return;
        s->choices[i] = index;
        s->finished[i] = false;
        s->n_choices++;
    }
    s->finished[i] = s->finished[i] || finished;
}

bool bawn_stream_is_finished(const bawn_stream *s)
{
    for (size_t i = 0; i < s->n_choices; i++)
        if (!s->finished[i])
            return false;
    return s->n_choices > 0;
}

/* ---- leaving ------------------------------------------------------------------------------------------------------ */
static bool may_leave(const bawn_held *h, const bawn_stream *s)
{
    for (size_t i = 0; i < h->n_fields; i++)
        if (bawn_channel_gate(s->channels[h->fields[i].channel].text) < h->fields[i].end)
            return false;
    return true;
}

static bool flush(bawn_exchange *x)
{
    bawn_stream *s = &x->stream;
    while (s->n_held > 0 && may_leave(held_at(s, 0), s)) {
        if (!bawn_held_write(x, held_at(s, 0)))
            return false;
        pop(x);
    }
    return true;
}

/* ---- ends ------------------------------------------------------------------------------------------------------------ */
void bawn_stream_collect(bawn_exchange *x)
{
    bawn_stream *s = &x->stream;
    for (size_t i = 0; i < s->n_channels; i++)
        if (s->channels[i].text)
            bawn_channels_collect(x, &s->channels[i]);
    bawn_finds_settle(&x->finds[BAWN_OUTPUT], x->wall);
}

/* The last bytes wait until the record is written (RULINGS R16). */
static bool end_with(bawn_exchange *x, bawn_slice bytes, const char *end)
{
    bawn_buf_clear(&x->final);
    bawn_stream_collect(x);
    x->stream.n_held = 0;
    if (!bawn_buf_add(&x->final, bytes))
        return false;
    x->verdict_step = (bawn_step){ .kind = BAWN_VERDICT };
    x->verdict_ready = true;
    bawn_exchange_verdict(x, BAWN_OUTPUT);
    x->final_ready = x->final.len > 0;
    return bawn_exchange_close(x, end);
}

bool bawn_stream_fails(bawn_exchange *x, int code, bawn_slice message)
{
    const bawn_dialect *d = x->dialect;

    if (d->broken && d->broken(&x->reply, &x->request, x->stream.passed.story, code, message, bawn_slice_of(x->id, 36), x->now_ns))
        return true;
    return !x->reply.failed && d->stream_error(&x->reply, code, message);
}

bool bawn_stream_broken(bawn_exchange *x, int code, const char *end)
{
    bool guard = code == BAWN_E_GUARD_FAILED;
    const char *message = guard ? "A guard could not run; the rest of the answer is withheld."
                          : code == BAWN_E_UPSTREAM_TIMEOUT ? "The upstream sent no more in time; the rest of the answer is missing."
                                                            : "The upstream's answer broke off; the rest is missing.";
    bool ok;

    bawn_buf_clear(&x->reply);
    ok = bawn_stream_fails(x, code, bawn_slice_str(message));
    x->reason = bawn_slice_str(bawn_error_code_name(code));
    x->failed = guard;
    x->refused = !guard;
    x->side = "output";
    return ok && end_with(x, bawn_buf_slice(&x->reply), end);
}

/* What is clean up to the block point leaves, then the dialect's own refusal. */
static bool block(bawn_exchange *x)
{
    bawn_stream *s = &x->stream;
    bawn_slice message = bawn_outcome_message(x->guardrail, BAWN_OUTPUT, bawn_exchange_attribute(x, "http.accept_language"));
    uint32_t open[64];
    size_t n = 0;
    bool ok = flush(x);

    if (ok && s->n_held > 0) {
        bawn_held *h = held_at(s, 0);
        bool some = false;
        for (size_t i = 0; i < h->n_fields; i++)
            some = some || bawn_held_gate(&h->fields[i], s) > h->fields[i].begin;
        ok = !some || h->indivisible || bawn_held_write(x, h);
    }
    for (size_t i = 0; i < s->n_choices; i++)
        open[n++] = s->choices[i];
    bawn_buf_clear(&x->reply);
    x->side = "output";
    bawn_exchange_filtered(x, n ? n : x->request.n_choices);
    return ok && x->dialect->stream_refusal(&x->reply, &x->request, bawn_buf_slice(&s->last), &s->passed, open,
                                            n, bawn_slice_of(x->id, 36), message, x->now_ns) &&
           end_with(x, bawn_buf_slice(&x->reply), "blocked");
}

/* ---- an event ---------------------------------------------------------------------------------------------------------- */
static bool hold_field(bawn_held *h, bawn_held_field f)
{
    if (!bawn_grow((void **)&h->fields, &h->cap_fields, h->n_fields, sizeof *h->fields, 4))
        return false;
    h->fields[h->n_fields++] = f;
    return true;
}

static bool hold_copies(bawn_held *h, const bawn_conversation *c)
{
    if (c->n_copies > h->cap_copies) {
        bawn_held_copy *more = bawn_realloc(h->copies, c->n_copies * sizeof *more);
        if (!more)
            return false;
        h->copies = more;
        h->cap_copies = c->n_copies;
    }
    for (size_t i = 0; i < c->n_copies; i++)
        h->copies[h->n_copies++] = (bawn_held_copy){ c->copies[i].wire, c->copies[i].with, c->copies[i].always };
    return true;
}

/* A value that stands for itself is a text of its own: a channel that ends at once. Names of tools come in pieces only where
 * events have no names of their own. */
static bool is_whole(const bawn_conversation *c, const bawn_field *f)
{
    return f->key || f->raw || !running(f->channel) || (f->kind == BAWN_F_NAME && c->named);
}

/* Nothing to change in it and nothing to say of it: it need not be held. */
static bool is_plain(bawn_channel *text)
{
    size_t n = bawn_channel_length(text);

    return bawn_channel_gate(text) == n && bawn_channel_finds(text)->n == 0 && !bawn_channel_edited(text, 0, n);
}

static bool feed_field(bawn_exchange *x, bawn_held *h, const bawn_conversation *event, const bawn_field *f, bool *blocked)
{
    bool whole = is_whole(event, f);
    bawn_stream_channel *c = whole ? NULL : channel_of(&x->stream, f->channel);
    size_t begin, cut;

    if (!c && !(c = bawn_channels_open(x, f)))
        return false;
    if (whole)
        c->id = UINT32_MAX;
    begin = bawn_channel_length(c->text);
    if (!c->ended && !bawn_channel_feed(c->text, f->text, whole))
        return false;
    *blocked = *blocked || bawn_channel_blocked(c->text, &cut);
    if (whole && is_plain(c->text)) {
        bawn_channels_release(x, c);
        return true;
    }
    return hold_field(h, (bawn_held_field){ (uint32_t)(c - x->stream.channels), begin, begin + f->text.len, f->wire,
                                            f->kind == BAWN_F_ARGUMENTS, whole || c->copy, f->raw });
}

static bool end_channel(bawn_stream_channel *c, bool *blocked)
{
    size_t cut;
    if (!c->text || c->ended || c->id == UINT32_MAX)
        return true;
    c->ended = true;
    if (!bawn_channel_feed(c->text, BAWN_NIL, true))
        return false;
    *blocked = *blocked || bawn_channel_blocked(c->text, &cut);
    return true;
}

/* The texts of a choice end with its finish reason: what they held back is decided now. */
static bool end_choice(bawn_exchange *x, uint32_t choice, bool all, bool *blocked)
{
    bawn_stream *s = &x->stream;
    for (size_t i = 0; i < s->n_channels; i++)
        if (all || bawn_channel_choice(s->channels[i].id) == choice)
            if (!end_channel(&s->channels[i], blocked))
                return false;
    return true;
}

/* ... with the event, where that says so of channels, or where it is a repetition. */
static bool end_with_it(bawn_exchange *x, const bawn_conversation *c, bool *blocked)
{
    bawn_stream *s = &x->stream;
    for (size_t i = 0; c->indivisible && i < s->n_channels; i++)
        if (s->channels[i].copy || (s->channels[i].id >= c->ends_from && s->channels[i].id < c->ends_to))
            if (!end_channel(&s->channels[i], blocked))
                return false;
    return true;
}

/* Text after the end of its choice: nobody may send that. */
static bool has_late_text(bawn_exchange *x, const bawn_conversation *c)
{
    for (size_t i = 0; i < c->n_fields; i++) {
        const bawn_field *f = &c->fields[i];
        const bawn_stream_channel *channel = is_whole(c, f) ? NULL : channel_of(&x->stream, f->channel);
        if (channel && channel->ended && f->text.len > 0)
            return true;
    }
    return false;
}

/* The stream ends with this event, of whose texts leaves what the guards let pass. */
static bool end_with_event(bawn_exchange *x, bawn_held *h, const char *end)
{
    size_t before = x->emit.len;

    if (!bawn_held_write(x, h))
        return bawn_stream_broken(x, BAWN_E_GUARD_FAILED, "failed");
    bawn_buf_clear(&x->reply);
    bawn_buf_add(&x->reply, bawn_slice_of(x->emit.ptr + before, x->emit.len - before));
    x->emit.len = before;
    if (h->mark != BAWN_MARK_END && x->operation == BAWN_OP_RESPONSES &&
        !bawn_stream_fails(x, BAWN_E_UPSTREAM_INVALID, BAWN_LIT("The upstream reported an error.")))
        return false;
    return end_with(x, bawn_buf_slice(&x->reply), end);
}

/* The dialect's last event: all before it leaves, and it with the record. */
static bool last_event(bawn_exchange *x)
{
    bawn_stream *s = &x->stream;

    s->done = true;
    for (; s->n_held > 1; pop(x))
        if (!bawn_held_write(x, held_at(s, 0)))
            return bawn_stream_broken(x, BAWN_E_GUARD_FAILED, "failed");
    return end_with_event(x, held_at(s, 0), "complete");
}

/* Clients go by an event's name, we by its type: they must agree. */
static bool keep_name(bawn_held *h, const bawn_conversation *c, bawn_slice name)
{
    bawn_slice type = c->type;

    if (!c->named)
        return true;
    name = name.len == 0 && c->nameless ? type : name;
    if (name.len == 0 || name.len > sizeof h->name || !bawn_slice_eq(name, type))
        return false;
    memcpy(h->name, name.ptr, name.len);
    h->n_name = (uint8_t)name.len;
    return true;
}

/* Reads the event's data: into *c, whose arrays live until the next event. */
static bool read_event(bawn_conversation *c, bawn_exchange *x, bawn_held *h, bawn_slice name)
{
    bawn_error err = { 0 };

    bawn_arena_reset(x->event_arena);
    bool read = bawn_json_parse(&x->answer_json, bawn_buf_slice(&h->text), 128, &err) &&
                x->dialect->event(c, &x->stream.read, x->operation, &x->answer_json, x->event_arena, &err);
    if (!read || !keep_name(h, c, name) || has_late_text(x, c))
        return bawn_stream_broken(x, err.code == BAWN_E_NO_MEMORY ? BAWN_E_GUARD_FAILED : BAWN_E_UPSTREAM_INVALID,
                                  "upstream_died") && false;
    h->mark = c->mark;
    h->block = c->block;
    h->indivisible = c->indivisible;
    return true;
}

/* Its texts go to their channels, and what ends with it ends. */
static bool judge_event(bawn_exchange *x, bawn_held *h, const bawn_conversation *c, bool *blocked)
{
    if (c->ends_run && !end_choice(x, c->run, false, blocked))
        return false;
    for (size_t i = 0; i < c->n_fields; i++)
        if (!feed_field(x, h, c, &c->fields[i], blocked))
            return false;
    if (!end_with_it(x, c, blocked))
        return false;
    for (size_t i = 0; i < c->n_open; i++)
        if (c->choices[i].finish_reason.len > 0 && !end_choice(x, c->choices[i].index, false, blocked))
            return false;
    return (c->mark < BAWN_MARK_FINISH || end_choice(x, 0, true, blocked)) && hold_copies(h, c);
}

bool bawn_stream_data(bawn_exchange *x, bawn_slice name, bawn_slice data, bawn_slice headers)
{
    bawn_stream *s = &x->stream;
    bawn_conversation c;
    bool blocked = false;
    bawn_held *h = push(x);

    if (!h || !bawn_buf_add(&h->text, data) || (headers.len > 0 && !bawn_buf_add(&h->headers, headers)))
        return bawn_stream_broken(x, BAWN_E_GUARD_FAILED, "failed");
    h->wraps = headers.len > 0 && x->operation == BAWN_OP_INVOKE_STREAM && !s->read.exception;
    s->held_bytes += data.len;
    if (!read_event(&c, x, h, name))
        return x->recorded;                             /* the stream is broken, and says so */
    for (size_t i = 0; i < c.n_open; i++)
        note_choice(s, c.choices[i].index, c.choices[i].finish_reason.len > 0);
    bawn_stream_keep_facts(x, &c);
    if (!bawn_stream_keep_unguarded(x, &c) || !judge_event(x, h, &c, &blocked))
        return bawn_stream_broken(x, BAWN_E_GUARD_FAILED, "failed");
    if (blocked)
        return block(x);
    if (c.error)
        return end_with_event(x, h, "upstream_died");
    if (c.mark == BAWN_MARK_END)
        return last_event(x);
    return flush(x) || bawn_stream_broken(x, BAWN_E_GUARD_FAILED, "failed");
}

bool bawn_stream_end(bawn_exchange *x)
{
    bool blocked = false;
    if (!end_choice(x, 0, true, &blocked))
        return bawn_stream_broken(x, BAWN_E_GUARD_FAILED, "failed");
    if (blocked)
        return block(x);
    x->stream.done = true;
    if (!flush(x))
        return bawn_stream_broken(x, BAWN_E_GUARD_FAILED, "failed");
    const char *done = bawn_dialect_done(x->dialect, x->operation);
    return end_with(x, done ? bawn_slice_str(done) : BAWN_NIL, "complete");
}

/* A comment keeps the connection alive. Its text is for nobody, so it stays here: no guard reads it. */
static bool comment_event(bawn_exchange *x)
{
    bawn_held *h = push(x);
    if (!h)
        return bawn_stream_broken(x, BAWN_E_GUARD_FAILED, "failed");
    h->comment = true;
    return flush(x);
}

static bool over_limit(const bawn_exchange *x)
{
    size_t limit = x->guardrail->window == UINT64_MAX ? x->wall->body_limit : x->wall->hold_bytes + 4 * x->guardrail->window;
    size_t text = 0;
    if (x->stream.held_bytes < limit)
        return false;
    for (size_t i = 0; i < x->stream.n_channels; i++)
        text += !x->stream.channels[i].text ? 0 : bawn_channel_length(x->stream.channels[i].text) - bawn_channel_gate(x->stream.channels[i].text);
    return text > limit;
}

/* Time or room for what is held is up. The guards that hold it drop out where the policy lets them; else the answer ends
 * (RULINGS R3). */
static bool let_go(bawn_exchange *x, bawn_failure why)
{
    bawn_stream *s = &x->stream;
    bool blocked = false;
    size_t cut;

    x->failure = why;
    for (size_t i = 0; i < s->n_channels; i++) {
        bawn_channel *text = s->channels[i].text;
        if (text && !bawn_channel_let_go(text, why))
            return bawn_stream_broken(x, BAWN_E_GUARD_FAILED, "limit");
        blocked = blocked || (text && bawn_channel_blocked(text, &cut));
    }
    if (blocked)
        return block(x);
    /* what stays even so waits for the rest of a placeholder, which may not be waited for either */
    return (flush(x) && s->n_held == 0) || bawn_stream_broken(x, BAWN_E_GUARD_FAILED, "limit");
}

bool bawn_stream_has_room(bawn_exchange *x) { return x->recorded || !over_limit(x) || let_go(x, BAWN_OVERLOADED); }

bool bawn_stream_event(bawn_exchange *x, const bawn_sse_event *e)
{
    if (e->comment)
        return comment_event(x);
    if (bawn_dialect_done(x->dialect, x->operation) && bawn_slice_starts(e->data, BAWN_LIT("[DONE]")))     /* as the SDKs read it: nothing may hide behind it */
        return bawn_stream_end(x);
    if (e->data.len == 0)
        return true;
    return bawn_stream_data(x, e->name, e->data, BAWN_NIL);
}

/* ---- time -------------------------------------------------------------------------------------------------------------------- */
/* When to say again that we are still here: a pulse after the last sign, or after the oldest text was held. */
static uint64_t next_pulse(const bawn_stream *s)
{
    uint64_t since = s->held[s->first].since_ns;
    return (s->pulse_ns > since ? s->pulse_ns : since) + BAWN_PULSE_NS;
}

uint64_t bawn_stream_deadline(const bawn_exchange *x)
{
    const bawn_stream *s = &x->stream;
    if (x->phase != BAWN_PHASE_ANSWER || x->mode != BAWN_ANSWER_EVENTS || x->recorded || s->n_held == 0)
        return UINT64_MAX;
    uint64_t end = s->held[s->first].since_ns + x->wall->hold_ns, pulse = next_pulse(s);
    return x->dialect->hold && pulse < end ? pulse : end;
}

/* Time never releases text: it only says that we are still here, or ends the answer (RULINGS R3). */
bool bawn_stream_tick(bawn_exchange *x)
{
    bawn_stream *s = &x->stream;
    if (s->n_held == 0 || x->recorded)
        return true;
    if (x->now_ns >= s->held[s->first].since_ns + x->wall->hold_ns)
        return let_go(x, BAWN_TIMEOUT);
    if (x->dialect->hold && x->now_ns >= next_pulse(s)) {
        s->pulse_ns = x->now_ns;
        return bawn_buf_str(&x->emit, x->dialect->hold);
    }
    return true;
}

void bawn_stream_reset(bawn_stream *s)
{
    for (size_t i = 0; i < s->n_channels; i++)
        bawn_channel_free(s->channels[i].text);
    bawn_sse_free(s->sse);
    bawn_eventstream_free(s->frames);
    s->sse = NULL;
    s->frames = NULL;
    bawn_buf_free(&s->chunk);
    s->n_channels = s->n_places = s->n_held = s->first = s->n_choices = s->held_bytes = 0;
    s->pulse_ns = 0;
    s->done = false;
    bawn_story_free(s->passed.story);
    s->read = s->passed = (bawn_stream_state){ 0 };
    bawn_buf_clear(&s->last);
}

void bawn_stream_free(bawn_stream *s)
{
    bawn_stream_reset(s);
    for (size_t i = 0; i < s->cap_held; i++) {
        bawn_buf_free(&s->held[i].text);
        bawn_buf_free(&s->held[i].headers);
        bawn_free(s->held[i].fields);
        bawn_free(s->held[i].copies);
    }
    bawn_free(s->held);
    bawn_free(s->channels);
    bawn_free(s->places);
    bawn_buf_free(&s->last);
}

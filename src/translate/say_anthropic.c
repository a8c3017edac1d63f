/* say_anthropic.c: answers of Anthropic's Messages, whole and as events, read and written. Counts come in two halves in its streams, of
 * which the first is not known yet when another API streams: it is 0, and the second one says both. */
#include "translate/inner.h"

#define STR(b, text) bawn_buf_str(b, text)

/* ---- reading ------------------------------------------------------------------------------------------------------ */
static bool kind_of(bawn_tr_kind *kind, bawn_tr_reader *r, uint32_t block)
{
    static const struct { const char *type; bawn_tr_kind kind; } kinds[] = {
        { "text", BAWN_TR_TEXT }, { "tool_use", BAWN_TR_CALL }, { "thinking", BAWN_TR_THOUGHT } };
    uint32_t citations = bawn_json_get(r->json, block, "citations");
    bawn_tr_value type;

    if (!bawn_tr_need(&type, r, block, "type"))
        return false;
    if (citations && bawn_tr_type(r, citations) == BAWN_JSON_ARRAY && bawn_tr_count(r, citations) > 0)
        return bawn_tr_refuse(r, citations, NULL, "it cannot be said in the client's API.");
    for (size_t i = 0; i < BAWN_COUNT(kinds); i++)
        if (bawn_slice_is(type.raw, kinds[i].type)) {
            *kind = kinds[i].kind;
            return true;
        }
    return bawn_tr_refuse(r, block, NULL, "a block of this type cannot be said in the client's API.");
}

static bool call_of(bawn_tr_part *p, bawn_tr_reader *r, uint32_t block)
{
    if (!bawn_tr_call(p, r, block, "id"))
        return false;
    p->more = p->more.len > 0 ? p->more : BAWN_LIT("{}");
    return true;
}

static bool block_of(bawn_tr_part *p, bawn_tr_reader *r, uint32_t block)
{
    bawn_tr_value text, signature = { .there = false };

    *p = (bawn_tr_part){ .token = block };
    if (!kind_of(&p->kind, r, block))
        return false;
    if (p->kind == BAWN_TR_CALL)
        return call_of(p, r, block);
    bool thought = p->kind == BAWN_TR_THOUGHT;
    if (!bawn_tr_need(&text, r, block, thought ? "thinking" : "text") || (thought && !bawn_tr_string(&signature, r, block, "signature")))
        return false;
    p->text = text.raw;
    p->more = signature.raw;
    return true;
}

/* Of a message, or of the delta that ends one. */
static bool reason(bawn_tr_reason *out, bawn_tr_value *stopped, bawn_tr_reader *r, uint32_t object)
{
    uint32_t token = bawn_tr_take(r, object, "stop_reason");

    if (!bawn_tr_string(stopped, r, object, "stop_sequence"))
        return false;
    if (token && (*out = bawn_tr_reason_find(&bawn_dialect_anthropic, r->json, token)) == BAWN_TR_OPEN)
        return bawn_tr_refuse(r, token, NULL, "it cannot be said in the client's API.");
    return true;
}

bool bawn_tr_said_anthropic(bawn_tr_say *s, bawn_tr_reader *r)
{
    bawn_tr_value id, model;
    uint32_t list, usage;

    if (!bawn_tr_string(&id, r, 0, "id") || !bawn_tr_string(&model, r, 0, "model") || !bawn_tr_list(&list, r, 0, "content") ||
        !bawn_tr_object(&usage, r, 0, "usage") || !reason(&s->reason, &s->stopped, r, 0) ||
        !(s->parts = bawn_tr_array(r, bawn_tr_count(r, list), sizeof *s->parts)))
        return false;
    s->id = id.raw;
    s->model = model.raw;
    if (s->reason == BAWN_TR_OPEN || !list)
        return bawn_tr_refuse(r, 0, list ? "stop_reason" : "content", "found nothing.");
    for BAWN_TR_EACH(r, item, list)
        if (!block_of(&s->parts[s->n++], r, item))
            return false;
    return bawn_tr_counts_anthropic(&s->counts, r, usage);
}

/* ---- reading: events ------------------------------------------------------------------------------------------------ */
static bool out_of_order(bawn_tr_reader *r) { return bawn_tr_refuse(r, 0, "type", "an event where none of its type may come."); }

static bool on_begin(bawn_translation *t, bawn_tr_reader *r)
{
    bawn_tr_value id, model;
    uint32_t message, usage;

    if (t->begun)
        return out_of_order(r);
    if (!bawn_tr_object(&message, r, 0, "message") || !message)
        return message ? false : bawn_tr_refuse(r, 0, "message", "expected an object.");
    return bawn_tr_string(&id, r, message, "id") && bawn_tr_string(&model, r, message, "model") &&
           bawn_tr_object(&usage, r, message, "usage") && bawn_tr_counts_anthropic(&t->counts, r, usage) &&
           bawn_tr_tell_begin(t, r, id.raw, model.raw);
}

static bool number_of(uint32_t *out, bawn_tr_reader *r)
{
    uint32_t token = bawn_tr_take(r, 0, "index");
    uint64_t n = 0;

    if (!token || !bawn_json_u64(&n, r->json, token) || n >= UINT32_MAX)
        return bawn_tr_refuse(r, 0, "index", "expected the number of a block.");
    *out = (uint32_t)n;
    return true;
}

/* What a block opens with: mostly nothing, yet it may be its first piece. */
static bool on_open(bawn_translation *t, bawn_tr_reader *r)
{
    bawn_tr_value text = { .there = false }, id, name, input;
    bawn_tr_piece p = { .kind = BAWN_TR_TEXT };
    uint32_t block, number = 0;

    if (!number_of(&number, r) || !bawn_tr_object(&block, r, 0, "content_block"))
        return false;
    if (!t->begun || t->block || !block || number < t->next_block || t->reason != BAWN_TR_OPEN)
        return out_of_order(r);
    if (!kind_of(&p.kind, r, block))
        return false;
    t->block = true;
    t->block_kind = p.kind;
    t->block_number = number;
    t->next_block = number + 1;
    if (p.kind != BAWN_TR_CALL) {
        if (!bawn_tr_string(&text, r, block, p.kind == BAWN_TR_TEXT ? "text" : "thinking"))
            return false;
        p.text = text.raw;
        return p.text.len == 0 || bawn_tr_tell_piece(t, r, text.token, &p);
    }
    if (!bawn_tr_need(&id, r, block, "id") || !bawn_tr_need(&name, r, block, "name") ||
        !bawn_tr_tree(&input, r, block, "input", BAWN_JSON_OBJECT))
        return false;
    if (input.there && bawn_tr_count(r, input.token) > 0)
        return bawn_tr_refuse(r, input.token, NULL, "expected it in pieces.");
    p.begins = true;
    p.call = t->n_calls++;
    p.id = id.raw;
    p.name = name.raw;
    t->called = true;
    return bawn_tr_tell_piece(t, r, 0, &p);
}

static bool on_delta(bawn_translation *t, bawn_tr_reader *r)
{
    static const struct { const char *type, *key; bawn_tr_kind kind; bool signature; } kinds[] = {
        { "text_delta", "text", BAWN_TR_TEXT, false }, { "input_json_delta", "partial_json", BAWN_TR_CALL, false },
        { "thinking_delta", "thinking", BAWN_TR_THOUGHT, false }, { "signature_delta", "signature", BAWN_TR_THOUGHT, true } };
    bawn_tr_value type, text;
    uint32_t number = 0, delta;
    size_t k = 0;

    if (!number_of(&number, r) || !bawn_tr_object(&delta, r, 0, "delta"))
        return false;
    if (!t->block || number != t->block_number || !delta)
        return out_of_order(r);
    if (!bawn_tr_need(&type, r, delta, "type"))
        return false;
    while (k < BAWN_COUNT(kinds) && !bawn_slice_is(type.raw, kinds[k].type))
        k++;
    if (k == BAWN_COUNT(kinds) || kinds[k].kind != t->block_kind)
        return bawn_tr_refuse(r, type.token, NULL, "it cannot be said in the client's API.");
    if (!bawn_tr_need(&text, r, delta, kinds[k].key))
        return false;
    bawn_tr_piece p = { .kind = kinds[k].kind, .call = t->n_calls - (kinds[k].kind == BAWN_TR_CALL) };
    if (kinds[k].kind != BAWN_TR_CALL)
        p.call = 0;
    *(kinds[k].signature ? &p.signature : &p.text) = text.raw;
    return text.raw.len == 0 || bawn_tr_tell_piece(t, r, text.token, &p);
}

static bool on_close(bawn_translation *t, bawn_tr_reader *r)
{
    uint32_t number = 0;

    if (!number_of(&number, r))
        return false;
    if (!t->block || number != t->block_number)
        return out_of_order(r);
    t->block = false;
    return bawn_tr_tell_close(t, r);
}

static bool on_finish(bawn_translation *t, bawn_tr_reader *r)
{
    bawn_tr_value stopped = { .there = false };
    uint32_t delta, usage;

    if (!t->begun || t->block)
        return out_of_order(r);
    if (!bawn_tr_object(&delta, r, 0, "delta") || !bawn_tr_object(&usage, r, 0, "usage") ||
        (delta && !reason(&t->reason, &stopped, r, delta)))
        return false;
    if (stopped.there) {
        t->has_stopped = true;
        bawn_buf_clear(&t->stopped);
        if (!bawn_buf_add(&t->stopped, stopped.raw))
            return bawn_tr_memory(r);
    }
    return bawn_tr_counts_anthropic(&t->counts, r, usage);
}

static bool on_end(bawn_translation *t, bawn_tr_reader *r)
{
    return !t->begun || t->block || t->reason == BAWN_TR_OPEN ? out_of_order(r) : bawn_tr_tell_end(t, r);
}

static bool on_error(bawn_translation *t, bawn_tr_reader *r)
{
    bawn_tr_tell_error(t, bawn_tr_error_status(r->json), bawn_tr_error_message(r->json));
    return true;
}

static bool on_ping(bawn_translation *t, bawn_tr_reader *r)
{
    (void)t, (void)r;
    return true;
}

bool bawn_tr_event_anthropic(bawn_translation *t, bawn_tr_reader *r)
{
    static const struct { const char *type; bool (*on)(bawn_translation *, bawn_tr_reader *); } events[] = {
        { "content_block_delta", on_delta }, { "content_block_start", on_open }, { "content_block_stop", on_close }, { "ping", on_ping },
        { "message_start", on_begin }, { "message_delta", on_finish }, { "message_stop", on_end }, { "error", on_error } };
    bawn_tr_value type;

    if (!bawn_tr_need(&type, r, 0, "type"))
        return false;
    for (size_t i = 0; i < BAWN_COUNT(events); i++)
        if (bawn_slice_is(type.raw, events[i].type))
            return events[i].on(t, r);
    return bawn_tr_refuse(r, type.token, NULL, "an event of a type that cannot be said in the client's API.");
}

/* ---- writing ------------------------------------------------------------------------------------------------------------ */
static void head(bawn_buf *b, bawn_slice id, bawn_slice model)
{
    bawn_tr_quoted(b, "{\"id\":", id);
    bawn_tr_quoted(b, ",\"type\":\"message\",\"role\":\"assistant\",\"model\":", model);
    STR(b, ",\"content\":[");
}

static void write_reason(bawn_buf *b, const char *before, bawn_tr_reason why, bool has_stopped, bawn_slice stopped)
{
    bawn_tr_quoted(b, before, bawn_slice_str(bawn_tr_reason_name(&bawn_dialect_anthropic, why)));
    if (has_stopped)
        bawn_tr_quoted(b, ",\"stop_sequence\":", stopped);
    else
        STR(b, ",\"stop_sequence\":null");
}

static void write_part(bawn_buf *b, const bawn_tr_part *p)
{
    if (p->kind == BAWN_TR_TEXT) {
        bawn_tr_quoted(b, "{\"type\":\"text\",\"text\":", p->text);
    } else if (p->kind == BAWN_TR_THOUGHT) {
        bawn_tr_quoted(b, "{\"type\":\"thinking\",\"thinking\":", p->text);
        bawn_tr_quoted(b, ",\"signature\":", p->more);
    } else {
        bawn_tr_quoted(b, "{\"type\":\"tool_use\",\"id\":", p->id);
        bawn_tr_quoted(b, ",\"name\":", p->name);
        STR(b, ",\"input\":");
        bawn_buf_add(b, p->more);
    }
    STR(b, "}");
}

void bawn_tr_say_anthropic(bawn_buf *b, const bawn_tr_say *s)
{
    head(b, s->id, s->model);
    for (size_t i = 0; i < s->n; i++) {
        STR(b, i ? "," : "");
        write_part(b, &s->parts[i]);
    }
    write_reason(b, "],\"stop_reason\":", s->reason, s->stopped.there, s->stopped.raw);
    STR(b, ",\"usage\":");
    bawn_tr_counts_write(b, &bawn_dialect_anthropic, &s->counts);
    STR(b, "}");
}

/* ---- writing: events ------------------------------------------------------------------------------------------------------ */
static bawn_buf *event(bawn_translation *t, const char *type)
{
    bawn_buf *b = bawn_tr_event(t, type);

    bawn_tr_quoted(b, "{\"type\":", bawn_slice_str(type));
    return b;
}

static bawn_buf *block_event(bawn_translation *t, const char *type)
{
    bawn_buf *b = event(t, type);

    STR(b, ",\"index\":");
    bawn_buf_u64(b, t->n_blocks);
    return b;
}

static void ends(bawn_translation *t, const char *end)
{
    STR(&t->data, end);
    bawn_tr_event_ends(t);
}

static void begin(bawn_translation *t)
{
    bawn_buf *b = event(t, "message_start");

    STR(b, ",\"message\":");
    head(b, bawn_buf_slice(&t->id), bawn_buf_slice(&t->model));
    STR(b, "],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":");
    bawn_tr_counts_write(b, &bawn_dialect_anthropic, &t->counts);
    ends(t, "}}");
}

static void open(bawn_translation *t, const bawn_tr_piece *p)
{
    bawn_buf *b = block_event(t, "content_block_start");

    STR(b, ",\"content_block\":");
    if (p->kind == BAWN_TR_CALL) {
        bawn_tr_quoted(b, "{\"type\":\"tool_use\",\"id\":", p->id);
        bawn_tr_quoted(b, ",\"name\":", p->name);
        STR(b, ",\"input\":{}}");
    } else {
        STR(b, p->kind == BAWN_TR_TEXT ? "{\"type\":\"text\",\"text\":\"\"}" : "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}");
    }
    ends(t, "}");
}

static void piece(bawn_translation *t, const bawn_tr_piece *p)
{
    static const char *const deltas[] = { [BAWN_TR_TEXT] = ",\"delta\":{\"type\":\"text_delta\",\"text\":",
                                          [BAWN_TR_CALL] = ",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":",
                                          [BAWN_TR_THOUGHT] = ",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":" };

    bawn_tr_quoted(block_event(t, "content_block_delta"), deltas[p->kind], p->text);
    ends(t, "}}");
}

static void close(bawn_translation *t)
{
    block_event(t, "content_block_stop");
    ends(t, "}");
}

static void end(bawn_translation *t)
{
    bawn_buf *b = event(t, "message_delta");

    write_reason(b, ",\"delta\":{\"stop_reason\":", t->reason, t->has_stopped, bawn_buf_slice(&t->stopped));
    STR(b, "},\"usage\":");
    bawn_tr_counts_write(b, &bawn_dialect_anthropic, &t->counts);
    ends(t, "}");
    event(t, "message_stop");
    ends(t, "}");
}

static void error(bawn_translation *t, int status, bawn_slice message)
{
    bawn_tr_error_write(bawn_tr_event(t, "error"), &status, &bawn_dialect_anthropic, message);
    bawn_tr_event_ends(t);
}

const bawn_tr_voice bawn_tr_voice_anthropic = { begin, open, piece, close, end, error };

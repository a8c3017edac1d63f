/* translate.c: the pairs, and the four calls: each reads one API's text into the neutral form and writes another's from it. */
#include "translate/inner.h"

#define DEPTH 128

/* ---- pairs ----------------------------------------------------------------------------------------------------------- */
static bool is_converse(bawn_operation op) { return op == BAWN_OP_CONVERSE || op == BAWN_OP_CONVERSE_STREAM; }

bool bawn_translates(const bawn_dialect *client, const bawn_dialect *upstream, bawn_operation op)
{
    bool openai = upstream == &bawn_dialect_openai, anthropic = upstream == &bawn_dialect_anthropic;

    if (client == &bawn_dialect_openai)
        return anthropic && op == BAWN_OP_CHAT;
    if (client == &bawn_dialect_anthropic)
        return openai && op == BAWN_OP_MESSAGES;
    return client == &bawn_dialect_bedrock && (openai || anthropic) && is_converse(op);
}

static bool must_translate(const bawn_translate_pair *p, bawn_error *err)
{
    return bawn_translates(p->client, p->upstream, p->operation) ||
           bawn_error_set(err, BAWN_E_INVALID_REQUEST, "This operation cannot be translated to the upstream's API; use an upstream that "
                          "speaks the client's.");
}

/* ---- requests ---------------------------------------------------------------------------------------------------------- */
static bool read_ask(bawn_tr_ask *a, bawn_tr_reader *r, const bawn_translate_pair *p)
{
    const bool openai = p->client == &bawn_dialect_openai, anthropic = p->client == &bawn_dialect_anthropic;
    bawn_buf model = { 0 };
    bool ok = true;

    if (openai || anthropic)
        return (openai ? bawn_tr_ask_openai(a, r) : bawn_tr_ask_anthropic(a, r)) &&
               bawn_tr_all_used(r, openai ? &bawn_tr_fields_openai : &bawn_tr_fields_anthropic);
    a->stream = p->operation == BAWN_OP_CONVERSE_STREAM;
    bawn_json_write_escaped(&model, p->model);
    a->model = bawn_arena_copy(r->arena, bawn_buf_slice(&model), &ok);
    ok = ok && !model.failed;
    bawn_buf_free(&model);
    return ok ? bawn_tr_ask_bedrock(a, r) && bawn_tr_all_used(r, &bawn_tr_fields_bedrock) : bawn_tr_memory(r);
}

static bool write_ask(bawn_translated *out, const bawn_tr_ask *a, bawn_tr_reader *r, const bawn_translate_pair *p)
{
    bool openai = p->upstream == &bawn_dialect_openai, ok;
    bawn_buf b = { 0 };

    ok = openai ? bawn_tr_write_openai(&b, a, r) : bawn_tr_write_anthropic(&b, a, r);
    if (b.failed) {
        ok = bawn_tr_memory(r);
    } else if (ok) {
        out->body = bawn_arena_copy(r->arena, bawn_buf_slice(&b), &ok);
        ok = ok || bawn_tr_memory(r);
    }
    bawn_buf_free(&b);
    out->path = openai ? BAWN_LIT("/chat/completions") : BAWN_LIT("/v1/messages");
    out->operation = openai ? BAWN_OP_CHAT : BAWN_OP_MESSAGES;
    out->stream = a->stream;
    return ok;
}

bool bawn_translate_request(bawn_translated *out, const bawn_translate_pair *p, bawn_slice body, bawn_arena *arena, bawn_error *err)
{
    bawn_json j = { 0 };
    bawn_tr_reader r = { .json = &j, .arena = arena, .err = err, .code = BAWN_E_INVALID_REQUEST,
                         .dotted = p->client != &bawn_dialect_openai };
    bawn_tr_ask a = { .stream = false };
    bool ok;

    *out = (bawn_translated){ .stream = false };
    if (!must_translate(p, err))
        return false;
    ok = bawn_json_parse(&j, body, DEPTH, err) && (r.used = bawn_tr_array(&r, j.n, 1)) != NULL;
    ok = ok && (bawn_json_is_object(&j) || bawn_error_set(err, BAWN_E_INVALID_REQUEST, "The body is no JSON object."));
    ok = ok && read_ask(&a, &r, p) && write_ask(out, &a, &r, p);
    bawn_json_free(&j);
    return ok;
}

/* ---- whole answers ----------------------------------------------------------------------------------------------------- */
static bool read_said(bawn_tr_say *s, bawn_tr_reader *r, const bawn_translate_pair *p)
{
    bawn_buf model = { 0 };
    bool ok = true;

    s->created = p->now_ns / 1000000000u;
    if (!(p->upstream == &bawn_dialect_openai ? bawn_tr_said_openai(s, r) : bawn_tr_said_anthropic(s, r)))
        return false;
    s->id = s->id.len > 0 ? s->id : p->id;
    if (s->model.len > 0)
        return true;
    bawn_json_write_escaped(&model, p->model);
    s->model = bawn_arena_copy(r->arena, bawn_buf_slice(&model), &ok);
    ok = ok && !model.failed;
    bawn_buf_free(&model);
    return ok || bawn_tr_memory(r);
}

bool bawn_translate_answer(bawn_buf *out, const bawn_translate_pair *p, bawn_slice body, bawn_arena *arena, bawn_error *err)
{
    bawn_json j = { 0 };
    bawn_tr_reader r = { .json = &j, .arena = arena, .err = err, .code = BAWN_E_UPSTREAM_INVALID };
    bawn_tr_say s = { .reason = BAWN_TR_OPEN };
    bawn_error wrong = { 0 };
    size_t start = out->len;

    bool ok = bawn_json_parse(&j, body, DEPTH, &wrong) ||
              bawn_error_set(err, wrong.code == BAWN_E_NO_MEMORY ? BAWN_E_NO_MEMORY : BAWN_E_UPSTREAM_INVALID, "%s", wrong.message);
    ok = ok && (bawn_json_is_object(&j) || bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "The answer is no JSON object."));
    ok = ok && read_said(&s, &r, p);
    if (ok && p->client == &bawn_dialect_openai)
        bawn_tr_say_openai(out, &s);
    else if (ok && p->client == &bawn_dialect_anthropic)
        bawn_tr_say_anthropic(out, &s);
    else if (ok)
        bawn_tr_say_bedrock(out, &s);
    bawn_json_free(&j);
    return ok && (bawn_buf_whole(out, start) || bawn_tr_memory(&r));
}

/* ---- streams --------------------------------------------------------------------------------------------------------------- */
bawn_translation *bawn_translation_new(const bawn_translate_pair *p)
{
    bawn_translation *t = bawn_malloc(sizeof *t);

    if (!t)
        return NULL;
    *t = (bawn_translation){ .pair = *p, .created = p->now_ns / 1000000000u, .arena = bawn_arena_new(4096, 0) };
    if (t->arena)
        return t;
    bawn_free(t);
    return NULL;
}

void bawn_translation_free(bawn_translation *t)
{
    if (!t)
        return;
    bawn_json_free(&t->json);
    bawn_arena_free(t->arena);
    bawn_buf_free(&t->id);
    bawn_buf_free(&t->model);
    bawn_buf_free(&t->stopped);
    bawn_buf_free(&t->arguments);
    bawn_buf_free(&t->data);
    bawn_free(t->events);
    bawn_free(t);
}

static bawn_tr_reader begin_event(bawn_translation *t, bawn_error *err)
{
    bawn_arena_reset(t->arena);
    bawn_buf_clear(&t->data);
    t->n = 0;
    return (bawn_tr_reader){ .json = &t->json, .arena = t->arena, .err = err, .code = BAWN_E_UPSTREAM_INVALID };
}

/* An event that cannot be translated leaves nothing behind. */
static bool end_event(bawn_translation *t, bawn_tr_reader *r, bool ok)
{
    ok = ok && (!t->data.failed || bawn_tr_memory(r));
    if (!ok) {
        t->failed = true;
        t->n = 0;
    }
    return ok;
}

/* "[DONE]", or a connection that ended: an end where the answer has said why it ends. */
static bool done(bawn_translation *t, bawn_tr_reader *r)
{
    if (!t->begun || t->reason == BAWN_TR_OPEN)
        return bawn_error_set(r->err, BAWN_E_UPSTREAM_INVALID, "the stream ended before its answer did.");
    return bawn_tr_tell_end(t, r);
}

bool bawn_translation_event(bawn_translation *t, bawn_slice data, bawn_error *err)
{
    bawn_tr_reader r = begin_event(t, err);
    bool openai = t->pair.upstream == &bawn_dialect_openai, ok;
    bawn_error wrong = { 0 };

    if (t->failed || t->ended)
        return end_event(t, &r, t->ended && !t->failed && bawn_slice_starts(data, BAWN_LIT("[DONE]"))) ||
               bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "an event behind the end of a stream.");
    if (openai && bawn_slice_starts(data, BAWN_LIT("[DONE]")))
        return end_event(t, &r, done(t, &r));
    ok = bawn_json_parse(&t->json, data, DEPTH, &wrong) && bawn_json_is_object(&t->json);
    if (!ok)
        bawn_error_set(err, wrong.code == BAWN_E_NO_MEMORY ? BAWN_E_NO_MEMORY : BAWN_E_UPSTREAM_INVALID, "an event that is no JSON object.");
    return end_event(t, &r, ok && (openai ? bawn_tr_event_openai(t, &r) : bawn_tr_event_anthropic(t, &r)));
}

bool bawn_translation_end(bawn_translation *t, bawn_error *err)
{
    bawn_tr_reader r = begin_event(t, err);
    bool openai = t->pair.upstream == &bawn_dialect_openai;

    if (t->ended && !t->failed)
        return true;
    if (t->failed || !openai)                   /* servers of OpenAI's API may leave "[DONE]" out */
        return end_event(t, &r, false) || bawn_error_set(err, BAWN_E_UPSTREAM_INVALID, "the stream ended before its answer did.");
    return end_event(t, &r, done(t, &r));
}

bool bawn_translation_over(const bawn_translation *t) { return t->ended; }

size_t bawn_translation_events(const bawn_translate_event_out **out, bawn_slice *data, const bawn_translation *t)
{
    *out = t->events;
    *data = bawn_buf_slice(&t->data);
    return t->n;
}

/* tell.c: a stream on its way from one API's events to another's. The upstream's reader tells of a begin, of pieces of texts, thoughts
 * and calls, and of an end; here they become blocks that open and close one after the other, and the client's voice writes them. What
 * would need two open blocks at once is refused. A call's arguments are kept until it is whole: they must be an object, as in a whole
 * answer. Memory: those arguments and one event. */
#include "translate/inner.h"

static const bawn_tr_voice *voice_of(const bawn_translation *t)
{
    return t->pair.client == &bawn_dialect_openai ? &bawn_tr_voice_openai
           : t->pair.client == &bawn_dialect_anthropic ? &bawn_tr_voice_anthropic : &bawn_tr_voice_bedrock;
}

/* ---- events as they are written -------------------------------------------------------------------------------------- */
bawn_buf *bawn_tr_event(bawn_translation *t, const char *name)
{
    if (bawn_grow((void **)&t->events, &t->cap, t->n, sizeof *t->events, 8))
        t->events[t->n++] = (bawn_translate_event_out){ .name = name, .begin = t->data.len };
    else
        t->data.failed = true;
    return &t->data;
}

void bawn_tr_event_ends(bawn_translation *t)
{
    if (t->n > 0)
        t->events[t->n - 1].end = t->data.len;
}

/* ---- telling ----------------------------------------------------------------------------------------------------------- */
static bool keep(bawn_buf *b, bawn_slice said, bawn_slice otherwise)
{
    bawn_buf_clear(b);
    return said.len > 0 ? bawn_buf_add(b, said) : bawn_json_write_escaped(b, otherwise);
}

bool bawn_tr_tell_begin(bawn_translation *t, bawn_tr_reader *r, bawn_slice id, bawn_slice model)
{
    if (t->begun)
        return true;
    if (!keep(&t->id, id, t->pair.id) || !keep(&t->model, model, t->pair.model))
        return bawn_tr_memory(r);
    t->begun = true;
    voice_of(t)->begin(t);
    return true;
}

/* What a call was given is an object, as in an answer that comes whole. */
static bool arguments_hold(bawn_translation *t, bawn_tr_reader *r)
{
    bawn_error err = { 0 };
    bawn_json j = { 0 };
    bool ok = bawn_json_parse(&j, bawn_buf_slice(&t->arguments), 100, &err) && bawn_json_is_object(&j);

    bawn_json_free(&j);
    if (!ok && err.code == BAWN_E_NO_MEMORY)
        return bawn_tr_memory(r);
    return ok || bawn_error_set(r->err, r->code, "a call's arguments: expected a JSON object; the client's API has objects there.");
}

bool bawn_tr_tell_close(bawn_translation *t, bawn_tr_reader *r)
{
    bawn_tr_piece none = { .kind = BAWN_TR_CALL, .call = t->open_call, .text = BAWN_LIT("{}") };

    if (!t->open)
        return true;
    if (t->open_kind == BAWN_TR_CALL && t->arguments.len == 0)
        voice_of(t)->piece(t, &none);
    else if (t->open_kind == BAWN_TR_CALL && !arguments_hold(t, r))
        return false;
    voice_of(t)->close(t);
    t->open = false;
    t->n_blocks++;
    bawn_buf_clear(&t->arguments);
    return true;
}

/* The block that the piece belongs to is open behind it. */
static bool find_block(bawn_translation *t, bawn_tr_reader *r, uint32_t token, const bawn_tr_piece *p)
{
    if (t->open && t->open_kind == p->kind && t->open_call == p->call && !p->begins)
        return true;
    if (p->kind == BAWN_TR_CALL && !p->begins)
        return bawn_tr_refuse(r, token, NULL, "a call goes on behind another; in the client's API one ends before the next.");
    if (!bawn_tr_tell_close(t, r))
        return false;
    t->open = true;
    t->open_kind = p->kind;
    t->open_call = p->call;
    voice_of(t)->open(t, p);
    return true;
}

static bool keep_arguments(bawn_translation *t, bawn_tr_reader *r, uint32_t token)
{
    bawn_json_map map;
    bawn_slice text;

    if (!bawn_json_decode(&text, &map, r->json, token, t->arena) || !bawn_buf_add(&t->arguments, text))
        return bawn_tr_memory(r);
    return t->arguments.len <= BAWN_TR_ARGUMENTS_MOST || bawn_tr_refuse(r, token, NULL, "a call's arguments are too long.");
}

bool bawn_tr_tell_piece(bawn_translation *t, bawn_tr_reader *r, uint32_t token, const bawn_tr_piece *p)
{
    if (t->reason != BAWN_TR_OPEN && (p->text.len > 0 || p->begins))
        return bawn_tr_refuse(r, token, NULL, "it comes behind the end of the answer.");
    if (p->text.len == 0 && p->signature.len == 0 && !p->begins)
        return true;
    if (!find_block(t, r, token, p))
        return false;
    if (p->text.len == 0 && p->signature.len == 0)
        return true;
    if (p->kind == BAWN_TR_CALL && !keep_arguments(t, r, token))
        return false;
    voice_of(t)->piece(t, p);
    return true;
}

bool bawn_tr_tell_end(bawn_translation *t, bawn_tr_reader *r)
{
    if (!bawn_tr_tell_close(t, r))
        return false;
    t->ended = true;
    voice_of(t)->end(t);
    return true;
}

void bawn_tr_tell_error(bawn_translation *t, int status, bawn_slice message)
{
    t->ended = true;
    voice_of(t)->error(t, status, message);
}

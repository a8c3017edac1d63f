/* The channels of a stream: one a text, opened where the text begins, and their places, which are used again. What a channel found and
 * counted is the exchange's when it ends. */
#include "exchange/exchange.h"

#include <stdio.h>

#define CHANNELS_MAX 4096

/* The path as it would be in a whole answer: the "delta" of a choice is its "message" there. */
static void keep_path(char out[96], bawn_slice path)
{
    const bawn_slice choices = BAWN_LIT("/choices/"), delta = BAWN_LIT("/delta");
    size_t at = choices.len, behind;

    while (at < path.len && path.ptr[at] != '/')
        at++;
    bool chunk = bawn_slice_starts(path, choices) && bawn_slice_starts(bawn_slice_of(path.ptr + at, path.len - at), delta);
    at = chunk ? at : path.len;
    behind = chunk ? at + delta.len : at;
    snprintf(out, 96, "%.*s%s%.*s", (int)at, path.ptr, chunk ? "/message" : "", (int)(path.len - behind), path.ptr + behind);
}

static bawn_stream_channel *start_channel(bawn_exchange *x, bawn_stream_channel *c, const bawn_field *f)
{
    bool arguments = f->kind == BAWN_F_ARGUMENTS, repeats = bawn_answer_repeats(f);
    bool fixed = bawn_field_is_fixed(f) || f->raw;       /* JSON with something put into it may be none */
    bool restore = !fixed && (arguments ? x->guardrail->restore_tools : x->guardrail->restore_output);
    bawn_judging j = { .worker = x->worker, .guardrail = x->guardrail, .leak = repeats ? NULL : x->prompt,
                       .segment = (uint32_t)(c - x->stream.channels),
                       .place = repeats ? bawn_place_of(BAWN_INPUT, f->role, f->origin)
                                : arguments ? BAWN_PLACE_TOOL_CALL : BAWN_PLACE_OUTPUT, .failures = &x->failures,
                       .fixed = fixed, .json = arguments,
                       .kept = x->wall->record_text ? &x->stream.kept : NULL };

    if (!x->judged[BAWN_OUTPUT])
        x->stream.kept = (struct bawn_kept){ x->arena, BAWN_KEPT_TEXT };
    x->judged[BAWN_OUTPUT] = true;
    *c = (bawn_stream_channel){ .id = f->channel, .off = !x->guardrail->awake[j.place], .copy = f->copy };
    keep_path(c->path, f->path);
    return bawn_channel_new(&c->text, &j, restore ? x->tokens : NULL) ? c : NULL;
}

bawn_stream_channel *bawn_channels_open(bawn_exchange *x, const bawn_field *f)
{
    bawn_stream *s = &x->stream;

    for (size_t i = 0; i < s->n_channels; i++)
        if (!s->channels[i].text)
            return start_channel(x, &s->channels[i], f);
    if (s->n_channels == CHANNELS_MAX || !bawn_grow((void **)&s->channels, &s->cap_channels, s->n_channels, sizeof *s->channels, 8))
        return NULL;
    s->channels[s->n_channels].text = NULL;
    return start_channel(x, &s->channels[s->n_channels++], f);
}

/* Whether what a repetition shows was found in the text that it repeats: the record needs it once. */
static bool is_repeated(const bawn_stream *s, const bawn_stream_channel *c, const bawn_found *f)
{
    for (size_t i = 0; c->copy && i < s->n_channels; i++) {
        bawn_stream_channel *first = &s->channels[i];
        if (!first->text || first->copy || strcmp(first->path, c->path) != 0)
            continue;
        const bawn_finds *found = bawn_channel_finds(first->text);
        for (size_t k = 0; k < found->n; k++)
            if (found->items[k].kind == f->kind && found->items[k].span.begin == f->span.begin && found->items[k].span.end == f->span.end)
                return true;
    }
    return false;
}

/* The number of the channel's place; UINT32_MAX: out of memory, the record will not say where. */
static uint32_t place_of(bawn_stream *s, const bawn_stream_channel *c)
{
    if (!bawn_grow((void **)&s->places, &s->cap_places, s->n_places, sizeof *s->places, 8))
        return UINT32_MAX;
    s->places[s->n_places].channel = c->id;
    memcpy(s->places[s->n_places].path, c->path, sizeof c->path);
    return (uint32_t)s->n_places++;
}

static void collect_finds(bawn_exchange *x, const bawn_stream_channel *c, const bawn_finds *finds)
{
    uint32_t place = finds->n > 0 ? place_of(&x->stream, c) : UINT32_MAX;

    for (size_t i = 0; i < finds->n; i++) {
        bawn_found f = finds->items[i];
        f.segment = place;
        if (!is_repeated(&x->stream, c, &f))
            bawn_finds_add(&x->finds[BAWN_OUTPUT], &f);
    }
}

void bawn_channels_collect(bawn_exchange *x, bawn_stream_channel *c)
{
    uint64_t characters = bawn_channel_characters(c->text);

    collect_finds(x, c, bawn_channel_finds(c->text));
    x->total[BAWN_OUTPUT] += characters;
    x->guarded[BAWN_OUTPUT] += bawn_channel_guarded(c->text);
    x->off[BAWN_OUTPUT] += c->off ? characters : 0;
}

void bawn_channels_release(bawn_exchange *x, bawn_stream_channel *c)
{
    bawn_channels_collect(x, c);
    bawn_channel_free(c->text);
    c->text = NULL;
}

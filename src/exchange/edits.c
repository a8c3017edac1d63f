/* What is put into a body in place of what it says: masks, canaries, and in answers the values that placeholders stand for.
 * Each edit is a splice of wire bytes; all else stays as it came. */
#include "exchange/exchange.h"

void bawn_edits_fit(const bawn_finds *finds, const bawn_field *fields)
{
    bawn_quotes q = { 0 };
    uint32_t segment = UINT32_MAX;
    bool json = false;

    for (size_t i = 0; i < finds->n; i++) {     /* they are sorted by segment and begin */
        bawn_found *f = &finds->items[i];
        const bawn_field *in = &fields[f->segment];
        if (f->action != BAWN_MASK)
            continue;
        if (f->segment != segment) {
            segment = f->segment;
            q = (bawn_quotes){ 0 };
            json = in->kind == BAWN_F_ARGUMENTS && bawn_quotes_is_json(in->text);
        }
        if (bawn_field_is_fixed(in))
            f->action = BAWN_BLOCK;
        else if (json)
            bawn_quotes_found(f, &q, in->text, true);
    }
}

/* What a model thought and its provider signed comes back with each turn. Nothing may be put into it, and who wrote it has it
 * already: what would be masked there is noted, and the text is unguarded so far. */
bool bawn_edits_leave_signed(bawn_exchange *x)
{
    bawn_conversation *c = &x->request;
    bawn_finds *finds = &x->finds[BAWN_INPUT];
    bawn_unguarded *all = NULL;
    uint32_t last = UINT32_MAX;

    for (size_t i = 0; i < finds->n; i++) {
        bawn_found *f = &finds->items[i];
        const bawn_field *in = &c->fields[f->segment];
        if (f->action != BAWN_MASK || in->kind != BAWN_F_SIGNED)
            continue;
        f->action = BAWN_OBSERVE;
        if (f->segment == last)
            continue;
        last = f->segment;
        if (!all) {
            if (!(all = bawn_arena_alloc(x->arena, (c->n_unguarded + finds->n) * sizeof *all)))
                return false;
            if (c->n_unguarded > 0)
                memcpy(all, c->unguarded, c->n_unguarded * sizeof *all);
            c->unguarded = all;
        }
        all[c->n_unguarded++] = (bawn_unguarded){ in->path, bawn_utf8_count(in->text), "signed_block" };
    }
    return true;
}

typedef struct { bawn_exchange *x; bawn_side side; bawn_edit *out; size_t n, cap; bawn_buf text; } editor;

static bool add_edit(editor *e, const bawn_field *f, bawn_span at, bawn_slice with)
{
    bawn_buf escaped = { 0 };
    bool ok = true;
    bawn_span raw = bawn_json_map_span(&f->map, at, f->wire.end - f->wire.begin, f->text.len);

    if (e->n == e->cap) {
        size_t cap = e->cap ? 2 * e->cap : 16;
        bawn_edit *more = bawn_arena_alloc(e->x->arena, cap * sizeof *more);
        if (!more)
            return false;
        if (e->n)
            memcpy(more, e->out, e->n * sizeof *more);
        e->out = more;
        e->cap = cap;
    }
    if (f->raw)                                 /* it stands in JSON already: what must be escaped there is */
        bawn_buf_add(&escaped, with);
    else
        bawn_json_write_escaped(&escaped, with);
    bawn_slice kept = bawn_arena_copy(e->x->arena, bawn_buf_slice(&escaped), &ok);
    ok = ok && !escaped.failed;
    bawn_buf_free(&escaped);
    e->out[e->n++] = (bawn_edit){ { f->wire.begin + raw.begin, f->wire.begin + raw.end }, kept };
    return ok;
}

static bool mask_field(editor *e, const bawn_field *f, const bawn_mask *masks, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bawn_slice value = { f->text.ptr + masks[i].at.begin, masks[i].at.end - masks[i].at.begin };
        bawn_buf_clear(&e->text);
        if (!bawn_mask_write(&e->text, e->x->wall, masks[i].found, value, e->side == BAWN_INPUT ? e->x->tokens : NULL) ||
            !add_edit(e, f, masks[i].at, bawn_buf_slice(&e->text)))
            return false;
    }
    return true;
}

/* Placeholders in an answer's field that no mask touches. */
static bool restore_field(editor *e, const bawn_field *f, const bawn_mask *masks, size_t n)
{
    bawn_span span;
    bawn_slice value;
    size_t open, from = 0;
    bool nested = f->kind == BAWN_F_ARGUMENTS;

    while (bawn_tokens_find(&span, &value, &open, e->x->tokens, f->text, from)) {
        bool free_of_masks = true;
        from = span.end;
        for (size_t i = 0; i < n; i++)
            free_of_masks = free_of_masks && (masks[i].at.end <= span.begin || masks[i].at.begin >= span.end);
        bawn_buf_clear(&e->text);
        if (nested)
            bawn_json_write_escaped(&e->text, value);
        if (free_of_masks && !add_edit(e, f, span, nested ? bawn_buf_slice(&e->text) : value))
            return false;
    }
    return true;
}

static bool may_restore(const bawn_exchange *x, const bawn_field *f)
{
    if (!x->tokens || bawn_tokens_empty(x->tokens) || bawn_field_is_fixed(f))
        return false;
    return f->kind == BAWN_F_ARGUMENTS ? x->guardrail->restore_tools : x->guardrail->restore_output;
}

static void sort_edits(bawn_edit *e, size_t n)
{
    for (size_t i = 1; i < n; i++)          /* nearly sorted: fields come in the order of the body */
        for (size_t k = i; k > 0 && e[k].at.begin < e[k - 1].at.begin; k--) {
            bawn_edit t = e[k];
            e[k] = e[k - 1];
            e[k - 1] = t;
        }
}

/* Whether a field that is JSON is still JSON with its edits e[from, to). A mask over a number or a bracket would break it. */
static bool is_still_json(const editor *e, const bawn_field *f, size_t from, size_t to)
{
    const char *body = f->text.ptr - f->wire.begin;
    bawn_buf text = { 0 };
    bawn_json j = { 0 };
    size_t at = f->wire.begin;

    for (size_t i = from; i < to; i++) {
        bawn_buf_add(&text, bawn_slice_of(body + at, e->out[i].at.begin - at));
        bawn_buf_add(&text, e->out[i].with);
        at = e->out[i].at.end;
    }
    bawn_buf_add(&text, bawn_slice_of(body + at, f->wire.end - at));
    bool ok = !text.failed && bawn_json_parse(&j, bawn_buf_slice(&text), 128, NULL);
    bawn_json_free(&j);
    bawn_buf_free(&text);
    return ok;
}

/* What cannot be masked blocks: the first finding there that would be. False: out of memory. */
static bool block_instead(bawn_exchange *x, bawn_side side, uint32_t segment)
{
    for (size_t i = 0; i < x->finds[side].n; i++)
        if (x->finds[side].items[i].segment == segment && x->finds[side].items[i].action == BAWN_MASK) {
            x->finds[side].items[i].action = BAWN_BLOCK;
            return true;
        }
    return false;
}

/* One mask in place of all, where a finding takes the whole text. */
static size_t take_whole(bawn_mask *masks, size_t n_masks, const bawn_found *finds, size_t n, size_t length)
{
    for (size_t i = 0; i < n; i++)
        if (finds[i].whole && finds[i].action == BAWN_MASK) {
            masks[0] = (bawn_mask){ { 0, length }, &finds[i] };
            return 1;
        }
    return n_masks;
}

bool bawn_edits_make(bawn_exchange *x, bawn_side side, const bawn_field *fields, size_t n)
{
    const bawn_finds *finds = &x->finds[side];
    editor e = { .x = x, .side = side };
    bawn_mask *masks = bawn_arena_alloc(x->arena, (finds->n + 1) * sizeof *masks);
    bool ok = masks != NULL;
    size_t first = 0;

    for (uint32_t i = 0; ok && i < n; i++) {
        size_t end = first;                                     /* finds are sorted by segment */
        while (end < finds->n && finds->items[end].segment == i)
            end++;
        size_t n_masks = 0;
        if (end > first) {                                      /* else there may be no list at all */
            n_masks = bawn_masks_of(masks, finds->items + first, end - first, i);
            n_masks = take_whole(masks, n_masks, finds->items + first, end - first, fields[i].text.len);
        }
        first = end;
        size_t before = e.n;
        bawn_slice mark = side == BAWN_INPUT ? bawn_prompt_mark(x, fields, n, i) : BAWN_NIL;
        bawn_span behind = { fields[i].text.len, fields[i].text.len };
        ok = mask_field(&e, &fields[i], masks, n_masks) && (mark.len == 0 || add_edit(&e, &fields[i], behind, mark)) &&
             (side == BAWN_INPUT || !may_restore(x, &fields[i]) || restore_field(&e, &fields[i], masks, n_masks));
        if (ok && fields[i].raw && e.n > before) {
            sort_edits(e.out + before, e.n - before);
            ok = is_still_json(&e, &fields[i], before, e.n) || block_instead(x, side, i);
        }
    }
    bawn_buf_free(&e.text);
    sort_edits(e.out, e.n);
    x->edits = e.out;
    x->n_edits = e.n;
    x->edits_ready = ok && e.n > 0;
    return ok;
}

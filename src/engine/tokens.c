/* Placeholders and masks; see tokens.h. A placeholder is `<LABEL_N>`. Entries are found in constant time through one
 * open-addressing index that holds each of them twice: by its placeholder and by its label and value. */
#include "engine/tokens.h"

#include "base/json.h"

typedef struct { char *text; size_t placeholder_len, label_len, value_len; bool reserved; } entry;
typedef struct { bawn_slice name; unsigned next; } label_count;
struct bawn_tokens {
    entry *items; size_t n, cap;
    uint32_t *slots; size_t n_slots;        /* index + 1 into items; a power of two, at most half full */
    label_count *labels; size_t n_labels, cap_labels;   /* names borrowed from kinds, which outlive us */
};

bawn_tokens *bawn_tokens_new(void)
{
    bawn_tokens *t = bawn_malloc(sizeof *t);
    if (t)
        *t = (bawn_tokens){ 0 };
    return t;
}

void bawn_tokens_free(bawn_tokens *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n; i++)
        bawn_free(t->items[i].text);
    bawn_free(t->items);
    bawn_free(t->slots);
    bawn_free(t->labels);
    bawn_free(t);
}

bool bawn_tokens_empty(const bawn_tokens *t) { return t->n == 0; }

static bawn_slice placeholder_of(const entry *e) { return bawn_slice_of(e->text, e->placeholder_len); }
static bawn_slice label_of(const entry *e) { return bawn_slice_of(e->text + 1, e->label_len); }
static bawn_slice value_of(const entry *e) { return bawn_slice_of(e->text + e->placeholder_len, e->value_len); }

static uint64_t key_of(bawn_slice label, bawn_slice value) { return bawn_hash64(value, bawn_hash64(label, 7)); }

static void index_one(bawn_tokens *t, uint64_t hash, size_t item)
{
    size_t i = hash & (t->n_slots - 1);
    while (t->slots[i])
        i = (i + 1) & (t->n_slots - 1);
    t->slots[i] = (uint32_t)item + 1;
}

static void index_item(bawn_tokens *t, size_t item)
{
    const entry *e = &t->items[item];
    index_one(t, bawn_hash64(placeholder_of(e), 0), item);
    if (!e->reserved)
        index_one(t, key_of(label_of(e), value_of(e)), item);
}

static bool make_room(bawn_tokens *t)
{
    if (!bawn_grow((void **)&t->items, &t->cap, t->n, sizeof *t->items, 16))
        return false;
    if (4 * (t->n + 1) <= t->n_slots)
        return true;
    size_t n_slots = t->n_slots ? 2 * t->n_slots : 64;
    uint32_t *slots = bawn_malloc(n_slots * sizeof *slots);
    if (!slots)
        return false;
    memset(slots, 0, n_slots * sizeof *slots);
    bawn_free(t->slots);
    t->slots = slots;
    t->n_slots = n_slots;
    for (size_t i = 0; i < t->n; i++)
        index_item(t, i);
    return true;
}

static const entry *by_placeholder(const bawn_tokens *t, bawn_slice placeholder)
{
    if (t->n == 0)
        return NULL;
    for (size_t i = bawn_hash64(placeholder, 0) & (t->n_slots - 1); t->slots[i]; i = (i + 1) & (t->n_slots - 1))
        if (bawn_slice_eq(placeholder_of(&t->items[t->slots[i] - 1]), placeholder))
            return &t->items[t->slots[i] - 1];
    return NULL;
}

static const entry *by_value(const bawn_tokens *t, bawn_slice label, bawn_slice value)
{
    if (t->n == 0)
        return NULL;
    for (size_t i = key_of(label, value) & (t->n_slots - 1); t->slots[i]; i = (i + 1) & (t->n_slots - 1)) {
        const entry *e = &t->items[t->slots[i] - 1];
        if (!e->reserved && bawn_slice_eq(value_of(e), value) && bawn_slice_eq(label_of(e), label))
            return e;
    }
    return NULL;
}

static bool write_placeholder(bawn_buf *out, bawn_slice label, unsigned number)
{
    bawn_buf_byte(out, '<');
    bawn_buf_add(out, label);
    bawn_buf_byte(out, '_');
    bawn_buf_u64(out, number);
    return bawn_buf_byte(out, '>') && !out->failed;
}

/* Takes `b`, which holds a placeholder. */
static bool add(bawn_tokens *t, bawn_buf *b, bawn_slice label, bawn_slice value, bool reserved)
{
    size_t n = b->len;
    if (!make_room(t) || !bawn_buf_add(b, value) || b->failed) {
        bawn_buf_free(b);
        return false;
    }
    t->items[t->n] = (entry){ b->ptr, n, label.len, value.len, reserved };
    index_item(t, t->n++);
    return true;
}

/* Reads a placeholder's shape at s[0]: `<LABEL_N>`. Returns its length, 0 when it is none, and *partial when the text
 * ends before that is known. */
static size_t shape(bawn_slice s, bawn_slice *label, bool *partial)
{
    size_t i = 1, underscore = 0;
    *partial = false;
    while (i < s.len && i < 80 && (bawn_is_upper((unsigned char)s.ptr[i]) || bawn_is_digit((unsigned char)s.ptr[i]) ||
                                   s.ptr[i] == '_')) {
        if (s.ptr[i] == '_')
            underscore = i;
        i++;
    }
    if (i == s.len && i < 80) {
        *partial = true;
        return 0;
    }
    if (underscore < 2 || i == underscore + 1 || i > underscore + 6 || s.ptr[i] != '>')
        return 0;
    for (size_t d = underscore + 1; d < i; d++)
        if (!bawn_is_digit((unsigned char)s.ptr[d]))
            return 0;
    *label = bawn_slice_of(s.ptr + 1, underscore - 1);
    return i + 1;
}

bool bawn_tokens_reserve(bawn_tokens *t, bawn_slice text)
{
    const char *end = text.ptr + text.len;
    for (const char *p = text.ptr; p && p < end && (p = memchr(p, '<', (size_t)(end - p))); p++) {
        bawn_slice label;
        bool partial;
        size_t n = shape(bawn_slice_of(p, (size_t)(end - p)), &label, &partial);
        if (n == 0 || by_placeholder(t, bawn_slice_of(p, n)))
            continue;
        bawn_buf b = { 0 };
        bawn_buf_add(&b, bawn_slice_of(p, n));
        if (!add(t, &b, label, BAWN_NIL, true))
            return false;
    }
    return true;
}

static label_count *count_of(bawn_tokens *t, bawn_slice label)
{
    for (size_t i = 0; i < t->n_labels; i++)
        if (bawn_slice_eq(t->labels[i].name, label))
            return &t->labels[i];
    if (!bawn_grow((void **)&t->labels, &t->cap_labels, t->n_labels, sizeof *t->labels, 8))
        return NULL;
    t->labels[t->n_labels] = (label_count){ label, 1 };
    return &t->labels[t->n_labels++];
}

bool bawn_tokens_put(bawn_slice *placeholder, bawn_tokens *t, bawn_slice label, bawn_slice value)
{
    const entry *known = by_value(t, label, value);
    label_count *count = known ? NULL : count_of(t, label);
    bawn_buf b = { 0 };

    if (!known && !count)
        return false;
    while (!known) {
        bawn_buf_clear(&b);
        if (!write_placeholder(&b, label, count->next++)) {
            bawn_buf_free(&b);
            return false;
        }
        if (by_placeholder(t, bawn_buf_slice(&b)))
            continue;                       /* the caller wrote this one himself */
        if (!add(t, &b, label, value, false))
            return false;
        known = &t->items[t->n - 1];
    }
    *placeholder = placeholder_of(known);
    return true;
}

bool bawn_tokens_find(bawn_span *span, bawn_slice *value, size_t *open, const bawn_tokens *t, bawn_slice text, size_t from)
{
    *open = text.len;
    for (size_t i = from; i < text.len; i++) {
        const char *p = memchr(text.ptr + i, '<', text.len - i);
        bawn_slice label, rest;
        bool partial;
        if (!p)
            return false;
        i = (size_t)(p - text.ptr);
        rest = bawn_slice_of(p, text.len - i);
        size_t n = shape(rest, &label, &partial);
        if (partial) {
            *open = i;
            return false;
        }
        const entry *e = n ? by_placeholder(t, bawn_slice_of(p, n)) : NULL;
        if (e && !e->reserved) {
            *span = (bawn_span){ i, i + n };
            *value = value_of(e);
            return true;
        }
    }
    return false;
}

/* ---- masks --------------------------------------------------------------------------------------------------- */
bawn_slice bawn_kind_label(const bawn_kind *kind)
{
    bawn_slice code = bawn_slice_str(kind->code);
    size_t dot = bawn_slice_find(code, BAWN_LIT("."));
    return dot < code.len ? bawn_slice_of(code.ptr + dot + 1, code.len - dot - 1) : code;
}

/* Keeps the last four letters or digits, at most a third of them. */
static bool write_partial(bawn_buf *out, bawn_slice value)
{
    size_t letters = 0, seen = 0;
    for (size_t i = 0; i < value.len; i++)
        letters += bawn_is_alnum((unsigned char)value.ptr[i]);
    size_t keep = letters / 3 < 4 ? letters / 3 : 4;
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c >= 0x80) {
            if (bawn_utf8_is_start(c))
                bawn_buf_byte(out, '*');
        } else if (bawn_is_alnum(c) && seen++ < letters - keep) {
            bawn_buf_byte(out, '*');
        } else {
            bawn_buf_byte(out, (char)c);
        }
    }
    return !out->failed;
}

static bool write_label(bawn_buf *out, bawn_slice label)
{
    bawn_buf_byte(out, '<');
    bawn_buf_add(out, label);
    return bawn_buf_byte(out, '>');
}

/* What the table of tokens and a hash know of a value in tool arguments is what its JSON means, so that it is one value in
 * prose and in arguments; as it is written where it is not one whole JSON string. */
static bool add_meant(bawn_buf *out, bawn_slice written)
{
    bawn_buf quoted = { 0 };
    bawn_json json = { 0 };
    bawn_json_map map;
    bawn_slice value = written;
    bawn_arena *arena = bawn_arena_new(1024, 0);

    bawn_buf_byte(&quoted, '"');
    bawn_buf_add(&quoted, written);
    bawn_buf_byte(&quoted, '"');
    bool ok = arena && !quoted.failed;
    if (ok && bawn_json_parse(&json, bawn_buf_slice(&quoted), 1, NULL) && json.tokens[0].type == BAWN_JSON_STRING &&
        json.tokens[0].escaped)
        ok = bawn_json_decode(&value, &map, &json, 0, arena);
    ok = ok && bawn_buf_add(out, value);
    bawn_json_free(&json);
    bawn_buf_free(&quoted);
    bawn_arena_free(arena);
    return ok;
}

static bool write_mask(bawn_buf *out, const bawn_wall *wall, const bawn_found *f, bawn_slice value, bawn_tokens *tokens)
{
    const bawn_kind *kind = bawn_wall_kind(wall, f->kind);
    bawn_slice label = bawn_kind_label(kind), placeholder;
    uint8_t digest[8];
    char hash[16];

    switch (f->style) {
    case BAWN_STYLE_REMOVE:
        return true;
    case BAWN_STYLE_PARTIAL:
        return write_partial(out, value);
    case BAWN_STYLE_HASH:
        bawn_value_hash(digest, bawn_slice_of((const char *)wall->hash_key, 32), bawn_slice_str(kind->code), value);
        bawn_hex(hash, digest, sizeof digest);
        bawn_buf_byte(out, '<');
        bawn_buf_add(out, label);
        bawn_buf_byte(out, ':');
        bawn_buf_add(out, bawn_slice_of(hash, 16));
        return bawn_buf_byte(out, '>');
    case BAWN_STYLE_TOKEN:
        if (tokens)
            return bawn_tokens_put(&placeholder, tokens, label, value) && bawn_buf_add(out, placeholder);
        return write_label(out, label);
    default:
        return write_label(out, label);
    }
}

bool bawn_mask_write(bawn_buf *out, const bawn_wall *wall, const bawn_found *f, bawn_slice value, bawn_tokens *tokens)
{
    const char *quote = f->in == BAWN_IN_NUMBER ? "\"" : "";
    bawn_buf meant = { 0 }, mask = { 0 };
    bool ok;

    if (f->in == BAWN_IN_TEXT)
        return write_mask(out, wall, f, value, tokens);
    ok = add_meant(&meant, value) && write_mask(&mask, wall, f, bawn_buf_slice(&meant), tokens) && bawn_buf_str(out, quote) &&
         bawn_json_write_escaped(out, bawn_buf_slice(&mask)) && bawn_buf_str(out, quote);
    bawn_buf_free(&meant);
    bawn_buf_free(&mask);
    return ok;
}

size_t bawn_masks_of(bawn_mask *out, const bawn_found *finds, size_t n, uint32_t segment)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const bawn_found *f = &finds[i];
        if (f->segment != segment || f->action != BAWN_MASK)
            continue;
        bawn_mask *last = count ? &out[count - 1] : NULL;
        if (!last || f->span.begin >= last->at.end) {
            out[count++] = (bawn_mask){ f->span, f };
            continue;
        }
        if (bawn_found_names_mask(f, last->found))
            last->found = f;
        if (f->span.end > last->at.end)
            last->at.end = f->span.end;
    }
    return count;
}

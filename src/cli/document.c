/* document.c: see document.h. A chat is read by the dialect's own table of fields, so `bawn check` sees what the gateway
 * sees: every text-bearing field, keys included, and the text parts of one message joined (RULINGS R40). It may be a
 * request, an answer, or the list of messages alone. */
#include "cli/document.h"

#include "dialect/dialect.h"

/* ---- lines ------------------------------------------------------------------------------------------------------- */
static bool index_lines(bawn_cli_document *d)
{
    size_t n = 1;
    bawn_slice text = bawn_buf_slice(&d->bytes);

    for (size_t i = 0; i < text.len; i++)
        n += text.ptr[i] == '\n';
    d->lines = bawn_arena_alloc(d->arena, n * sizeof *d->lines);
    if (!d->lines)
        return false;
    d->lines[0] = 0;
    d->n_lines = 1;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\n')
            d->lines[d->n_lines++] = i + 1;
    return true;
}

static void place_of(const bawn_cli_document *d, size_t at, uint32_t *line, uint32_t *column)
{
    size_t low = 0, high = d->n_lines;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (d->lines[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    bawn_slice before = { d->bytes.ptr + d->lines[low], at - d->lines[low] };
    *line = (uint32_t)low + 1;
    *column = (uint32_t)bawn_utf8_count(bawn_slice_of(before.ptr, bawn_utf8_valid_prefix(before))) + 1;
}

bawn_cli_region bawn_cli_document_region(const bawn_cli_document *d, const bawn_cli_text *t, bawn_span span)
{
    bawn_span raw = t->map.n ? bawn_json_map_span(&t->map, span, t->raw_len, t->row.text.len) : span;
    bawn_cli_region r = { t->line, 1, t->line, 1 };
    size_t end = t->at + raw.end < d->bytes.len ? t->at + raw.end : d->bytes.len;

    if (t->line)
        return r;
    if (t->n_cuts > 0)
        raw = (bawn_span){ 0, 0 };      /* of parts joined: where the first begins */
    place_of(d, t->at + raw.begin < end ? t->at + raw.begin : end, &r.line, &r.column);
    place_of(d, end, &r.end_line, &r.end_column);
    return r;
}

/* ---- forms --------------------------------------------------------------------------------------------------------- */
static bool ends(const char *name, const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);

    return n > m && strcmp(name + n - m, suffix) == 0;
}

static bool read_text(bawn_cli_document *d, bawn_error *err)
{
    bawn_slice text = bawn_buf_slice(&d->bytes);
    size_t valid = bawn_utf8_valid_prefix(text);

    if (valid < text.len)
        return bawn_error_set(err, BAWN_E_INVALID_UTF8, "byte %zu is not UTF-8; expected a text in UTF-8", valid);
    d->texts = bawn_arena_alloc(d->arena, sizeof *d->texts);
    if (!d->texts)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for this file");
    d->texts[0] = (bawn_cli_text){ .row = { .text = text, .role = BAWN_USER, .origin = BAWN_CALLER }, .raw_len = text.len };
    d->n = 1;
    return true;
}

/* What the dialect wants around what is there, and how many bytes that adds in front. */
static bool wrap(bawn_cli_document *d, size_t *shift, bool *answer, bawn_error *err)
{
    static const bawn_slice list = { "{\"model\":\"-\",\"messages\":", 24 }, model = { "{\"model\":\"-\",", 13 };
    bawn_slice text = bawn_buf_slice(&d->bytes);

    *shift = 0;
    if (!bawn_json_parse(&d->json, text, 256, err))
        return false;
    bawn_json_type type = (bawn_json_type)d->json.tokens[0].type;
    size_t at = d->json.tokens[0].begin;
    *answer = type == BAWN_JSON_OBJECT && bawn_json_get(&d->json, 0, "choices");
    if (type == BAWN_JSON_ARRAY) {
        bawn_buf_add(&d->wrapped, list);
        bawn_buf_add(&d->wrapped, text);
        bawn_buf_byte(&d->wrapped, '}');
        *shift = list.len;
    } else if (type != BAWN_JSON_OBJECT || (!*answer && !bawn_json_get(&d->json, 0, "messages"))) {
        return bawn_error_set(err, BAWN_E_INVALID_REQUEST, "no chat: expected an object with `messages` or `choices`, or a "
                              "list of messages; name the file .txt to judge it as text");
    } else if (!*answer && !bawn_json_get(&d->json, 0, "model")) {
        bawn_buf_add(&d->wrapped, model);
        bawn_buf_add(&d->wrapped, bawn_slice_of(text.ptr + at + 1, text.len - at - 1));
        *shift = model.len - at - 1;
    } else {
        bawn_buf_add(&d->wrapped, text);
    }
    return !d->wrapped.failed && bawn_json_parse(&d->json, bawn_buf_slice(&d->wrapped), 256, err);
}

static bool is_part(const bawn_field *f) { return f->kind == BAWN_F_TEXT && !f->key; }

/* "/messages/1/content/0/text" -> "/messages/1" */
static bawn_slice message_path(bawn_slice path)
{
    size_t slashes = 0, i = 0;

    while (i < path.len && (path.ptr[i] != '/' || ++slashes < 3))
        i++;
    return bawn_slice_of(path.ptr, i);
}

/* The text parts among fields [0, n), all of one message, with `separator` between them. */
static bool add_joined(bawn_cli_document *d, const bawn_field *fields, size_t n, const bawn_cli_text *first, bawn_slice separator)
{
    bawn_cli_text t = { .row = first->row, .path = message_path(first->path), .at = first->at };
    size_t *cuts = bawn_arena_alloc(d->arena, n * sizeof *cuts);
    bawn_buf text = { 0 };
    bool ok = cuts != NULL, any = false;

    for (size_t i = 0; ok && i < n; i++) {
        if (!is_part(&fields[i]))
            continue;
        if (any) {
            bawn_buf_add(&text, separator);
            cuts[t.n_cuts++] = text.len;
        }
        any = true;
        bawn_buf_add(&text, fields[i].text);
    }
    t.row.text = bawn_arena_copy(d->arena, bawn_buf_slice(&text), &ok);
    t.cuts = cuts;
    ok = ok && !text.failed;
    bawn_buf_free(&text);
    if (ok && t.n_cuts > 0)
        d->texts[d->n++] = t;
    return ok;
}

/* After the fields of a message: their parts joined without and with a separator. */
static bool join_message(bawn_cli_document *d, const bawn_conversation *c, size_t from, size_t to, size_t first_text)
{
    if (c->fields[from].message == UINT32_MAX || d->n == first_text)
        return true;
    for (size_t i = from; i < to; i++)
        if (is_part(&c->fields[i])) {
            const bawn_cli_text first = d->texts[first_text];
            return add_joined(d, c->fields + from, to - from, &first, BAWN_NIL) &&
                   add_joined(d, c->fields + from, to - from, &first, BAWN_LIT("\n"));
        }
    return true;
}

static bool add_fields(bawn_cli_document *d, const bawn_conversation *c, size_t shift)
{
    d->texts = bawn_arena_alloc(d->arena, (3 * c->n_fields + 1) * sizeof *d->texts);
    for (size_t from = 0, to; d->texts && from < c->n_fields; from = to) {
        size_t first_text = d->n;

        for (to = from; to < c->n_fields && c->fields[to].message == c->fields[from].message; to++) {
            const bawn_field *f = &c->fields[to];
            if (f->wire.begin < shift)
                continue;               /* our own */
            bool call = f->kind == BAWN_F_ARGUMENTS;
            d->texts[d->n++] = (bawn_cli_text){
                .row = { .text = f->text, .role = call ? BAWN_TOOL : f->role, .origin = call ? BAWN_MODEL : f->origin }, .path = f->path, .map = f->map,
                .at = f->wire.begin - shift, .raw_len = f->wire.end - f->wire.begin };
        }
        if (!join_message(d, c, from, to, first_text))
            return false;
    }
    return d->texts != NULL;
}

static bool read_chat(bawn_cli_document *d, bawn_error *err)
{
    bawn_conversation c;
    size_t shift;
    bool answer;

    if (!wrap(d, &shift, &answer, err))
        return false;
    bool ok = answer ? bawn_dialect_openai.answer(&c, BAWN_OP_CHAT, &d->json, d->arena, err)
                     : bawn_dialect_openai.request(&c, BAWN_OP_CHAT, &d->json, d->arena, err);
    if (!ok)
        return false;
    if (!add_fields(d, &c, shift))
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for this file");
    for (size_t i = 0; i < d->n; i++) {
        bawn_cli_row *row = &d->texts[i].row;
        row->earlier = !answer;
        if (answer && !bawn_cli_is_call(row))
            row->role = BAWN_ASSISTANT;
    }
    return true;
}

bool bawn_cli_document_open(bawn_cli_document *d, const char *name, bawn_error *err)
{
    *d = (bawn_cli_document){ .name = name, .arena = bawn_arena_new(1 << 16, 0) };
    d->form = ends(name, ".jsonl") || ends(name, ".ndjson") ? CLI_LINES : ends(name, ".json") ? CLI_CHAT : CLI_TEXT;
    if (!d->arena)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for this file");
    if (!bawn_cli_read(&d->bytes, name, err))
        return false;
    if (!index_lines(d))
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for this file");
    return d->form == CLI_LINES || (d->form == CLI_CHAT ? read_chat(d, err) : read_text(d, err));
}

void bawn_cli_document_close(bawn_cli_document *d)
{
    bawn_buf_free(&d->bytes);
    bawn_buf_free(&d->wrapped);
    bawn_json_free(&d->json);
    bawn_arena_free(d->arena);
    *d = (bawn_cli_document){ 0 };
}

/* reader.c: members of a body, taken one by one. Each token that somebody takes is marked; at the end one pass over the tape asks for
 * everything else what the table of its fields says. So a field that a reader forgot, or that means nothing where it stands, is
 * refused, whatever the reader: none can be dropped but by a row that says so. Null, [] and {} say nothing, and are as absent. */
#include "translate/inner.h"

#include <stdio.h>
#include <stdlib.h>

#define PATH_MOST 256
#define DEEPEST 130                 /* more than the levels that a body may have */

enum { UNUSED, TAKEN, WHOLE };

static const char unknown[] = "this gateway does not know the field, and cannot translate it to the upstream's API.";

bool bawn_tr_memory(bawn_tr_reader *r) { return bawn_error_set(r->err, BAWN_E_NO_MEMORY, "no memory to translate a body"); }

/* ---- where --------------------------------------------------------------------------------------------------------- */
static uint32_t child_with(uint32_t *index, const bawn_json *j, uint32_t parent, uint32_t token)
{
    bool object = j->tokens[parent].type == BAWN_JSON_OBJECT;
    uint32_t child = parent + 1 + object;

    for (*index = 0; j->tokens[child].next <= token; ++*index)
        child = j->tokens[child].next + object;
    return child;
}

/* The path of a token in the client's terms, shortened where it does not fit. */
static void where(char *out, size_t size, const bawn_tr_reader *r, uint32_t token)
{
    const bawn_json *j = r->json;
    size_t n = 0;
    uint32_t index;

    out[0] = 0;
    for (uint32_t at = 0; at != token && n + 1 < size;) {
        bool object = j->tokens[at].type == BAWN_JSON_OBJECT;
        uint32_t child = child_with(&index, j, at, token);
        bawn_slice key = object ? bawn_json_raw(j, child - 1) : BAWN_NIL;
        int wrote = object ? snprintf(out + n, size - n, "%s%.*s", n ? "." : "", (int)(key.len < 64 ? key.len : 64), key.ptr)
                           : snprintf(out + n, size - n, r->dotted ? ".%u" : "[%u]", index);
        n += wrote > 0 ? (size_t)wrote : 0;
        at = child;
    }
    size_t end = n < size ? n : size - 1;
    out[bawn_utf8_valid_prefix(bawn_slice_of(out, end))] = 0;
}

bool bawn_tr_refuse(bawn_tr_reader *r, uint32_t token, const char *key, const char *why, ...)
{
    char path[sizeof r->err->file], text[sizeof r->err->message];
    size_t n;
    va_list args;

    if (!r->err)
        return false;
    where(path, sizeof path, r, token);
    n = strlen(path);
    if (key && n + strlen(key) + 2 < sizeof path)
        snprintf(path + n, sizeof path - n, "%s%s", n > 0 ? "." : "", key);
    va_start(args, why);
    vsnprintf(text, sizeof text, why, args);
    va_end(args);
    bawn_error_set(r->err, r->code, "`%s`: %s", path[0] ? path : "body", text);
    snprintf(r->err->file, sizeof r->err->file, "%s", path);
    return false;
}

/* ---- taking -------------------------------------------------------------------------------------------------------- */
void *bawn_tr_array(bawn_tr_reader *r, size_t n, size_t size)
{
    void *p = bawn_arena_alloc(r->arena, (n + 1) * size);

    if (p)
        memset(p, 0, (n + 1) * size);
    else
        bawn_tr_memory(r);
    return p;
}

void bawn_tr_use(bawn_tr_reader *r, uint32_t token)
{
    if (r->used)
        r->used[token] = TAKEN;
}

void bawn_tr_whole(bawn_tr_reader *r, uint32_t token)
{
    if (r->used)
        r->used[token] = WHOLE;
}

uint32_t bawn_tr_take(bawn_tr_reader *r, uint32_t object, const char *key)
{
    uint32_t token = bawn_json_get(r->json, object, key);

    if (!token || bawn_tr_type(r, token) == BAWN_JSON_NULL)
        return 0;
    bawn_tr_use(r, token);
    return token;
}

bawn_slice bawn_tr_json(const bawn_json *j, uint32_t token)
{
    bool quoted = j->tokens[token].type == BAWN_JSON_STRING;

    return bawn_slice_of(j->text.ptr + j->tokens[token].begin - quoted, j->tokens[token].end - j->tokens[token].begin + 2 * quoted);
}

static bool typed(uint32_t *token, bawn_tr_reader *r, uint32_t object, const char *key, bawn_json_type type, const char *expected)
{
    *token = bawn_tr_take(r, object, key);
    return !*token || bawn_tr_type(r, *token) == type || bawn_tr_refuse(r, *token, NULL, "expected %s.", expected);
}

static bool valued(bawn_tr_value *out, bawn_tr_reader *r, uint32_t object, const char *key, bawn_json_type type, const char *expected)
{
    uint32_t token;

    *out = (bawn_tr_value){ .raw = BAWN_NIL };
    if (!typed(&token, r, object, key, type, expected))
        return false;
    if (token)
        *out = (bawn_tr_value){ bawn_json_raw(r->json, token), token, true };
    return true;
}

bool bawn_tr_string(bawn_tr_value *out, bawn_tr_reader *r, uint32_t object, const char *key)
{
    return valued(out, r, object, key, BAWN_JSON_STRING, "a string");
}

bool bawn_tr_need(bawn_tr_value *out, bawn_tr_reader *r, uint32_t object, const char *key)
{
    return bawn_tr_string(out, r, object, key) && (out->there || bawn_tr_refuse(r, object, key, "found nothing, expected a string."));
}

bool bawn_tr_number(bawn_tr_value *out, bawn_tr_reader *r, uint32_t object, const char *key)
{
    return valued(out, r, object, key, BAWN_JSON_NUMBER, "a number");
}

bool bawn_tr_flag(bool *out, bawn_tr_reader *r, uint32_t object, const char *key)
{
    uint32_t token = bawn_tr_take(r, object, key);

    if (!token)
        return true;
    *out = bawn_tr_type(r, token) == BAWN_JSON_TRUE;
    return *out || bawn_tr_type(r, token) == BAWN_JSON_FALSE || bawn_tr_refuse(r, token, NULL, "expected true or false.");
}

bool bawn_tr_tree(bawn_tr_value *out, bawn_tr_reader *r, uint32_t object, const char *key, bawn_json_type type)
{
    if (!valued(out, r, object, key, type, type == BAWN_JSON_ARRAY ? "a list" : "an object"))
        return false;
    if (out->there)
        bawn_tr_whole(r, out->token);
    return true;
}

bool bawn_tr_list(uint32_t *out, bawn_tr_reader *r, uint32_t object, const char *key)
{
    return typed(out, r, object, key, BAWN_JSON_ARRAY, "a list");
}

bool bawn_tr_object(uint32_t *out, bawn_tr_reader *r, uint32_t object, const char *key)
{
    return typed(out, r, object, key, BAWN_JSON_OBJECT, "an object");
}

bool bawn_tr_unquote(bawn_tr_value *v, bawn_tr_reader *r)
{
    bawn_error err = { 0 };
    bawn_json_map map;
    bawn_json j = { 0 };
    bawn_slice text;

    if (!bawn_json_decode(&text, &map, r->json, v->token, r->arena))
        return bawn_tr_memory(r);
    v->raw = text.len > 0 ? text : BAWN_LIT("{}");
    bool ok = bawn_json_parse(&j, v->raw, 100, &err) && bawn_json_is_object(&j);
    bawn_json_free(&j);
    if (!ok && err.code == BAWN_E_NO_MEMORY)
        return bawn_tr_memory(r);
    return ok || bawn_tr_refuse(r, v->token, NULL, "expected a JSON object in the string; the other API has objects there.");
}

bool bawn_tr_call(bawn_tr_part *p, bawn_tr_reader *r, uint32_t object, const char *id)
{
    bawn_tr_value call, name, input;

    if (!bawn_tr_need(&call, r, object, id) || !bawn_tr_need(&name, r, object, "name") ||
        !bawn_tr_tree(&input, r, object, "input", BAWN_JSON_OBJECT))
        return false;
    p->kind = BAWN_TR_CALL;
    p->id = call.raw;
    p->name = name.raw;
    p->more = input.there ? bawn_tr_json(r->json, input.token) : BAWN_NIL;
    return true;
}

/* ---- what nobody took ---------------------------------------------------------------------------------------------- */
static int by_path(const void *path, const void *row) { return strcmp(path, ((const bawn_tr_field *)row)->path); }

const bawn_tr_field *bawn_tr_field_find(const bawn_tr_fields *fields, const char *path, bool *own)
{
    const bawn_tr_field *row = bsearch(path, fields->rows, fields->n, sizeof *fields->rows, by_path);
    char shorter[PATH_MOST];

    *own = row != NULL;
    if (strlen(path) >= sizeof shorter)
        return NULL;
    memcpy(shorter, path, strlen(path) + 1);
    for (size_t n = strlen(shorter); !row && n > 0; n--)
        if (shorter[n] == '.' || shorter[n] == '[') {
            shorter[n] = 0;
            row = bsearch(shorter, fields->rows, fields->n, sizeof *fields->rows, by_path);
        }
    return row;
}

static bool has_below(const bawn_tr_fields *fields, const char *path)
{
    size_t n = strlen(path);

    for (size_t i = 0; i < fields->n; i++)
        if (strncmp(fields->rows[i].path, path, n) == 0 && (fields->rows[i].path[n] == '.' || fields->rows[i].path[n] == '['))
            return true;
    return false;
}

static bool says_what_is_so(const char *values, bawn_slice json)
{
    for (const char *at = values; at && *at;) {
        size_t n = strcspn(at, " ");
        if (bawn_slice_eq(json, bawn_slice_of(at, n)))
            return true;
        at += n + (at[n] == ' ');
    }
    return false;
}

/* What becomes of a value that nobody took: *into when its members are to be looked at. */
static bool judge(bool *into, bawn_tr_reader *r, const bawn_tr_fields *fields, const char *path, uint32_t token)
{
    bool own;
    const bawn_tr_field *row = bawn_tr_field_find(fields, path, &own);
    bool container = bawn_tr_type(r, token) >= BAWN_JSON_ARRAY;

    *into = container && has_below(fields, path) && (!own || row->fate != BAWN_TR_REFUSED || row->unless);
    if (*into)
        return true;
    if (!row)
        return bawn_tr_refuse(r, token, NULL, "%s", unknown);
    if (row->fate == BAWN_TR_DROPPED || says_what_is_so(row->unless, bawn_tr_json(r->json, token)))
        return true;
    if (row->fate == BAWN_TR_CARRIED)
        return bawn_tr_refuse(r, token, NULL, "it cannot stand here in the upstream's API.");
    return bawn_tr_refuse(r, token, NULL, "%s", row->why);
}

typedef struct { uint32_t end; size_t path; bool object; } level;

static bool step_into(level *levels, size_t *depth, const bawn_json *j, uint32_t token, size_t path)
{
    if (*depth == DEEPEST)
        return false;
    levels[(*depth)++] = (level){ j->tokens[token].next, path, j->tokens[token].type == BAWN_JSON_OBJECT };
    return true;
}

/* A name that looks like a path could be taken for another field's. */
static bool is_a_path(bawn_slice key) { return key.len == 0 || memchr(key.ptr, '.', key.len) || memchr(key.ptr, '[', key.len); }

bool bawn_tr_all_used(bawn_tr_reader *r, const bawn_tr_fields *fields)
{
    const bawn_json *j = r->json;
    char path[PATH_MOST];
    level levels[DEEPEST];
    size_t depth = 0;
    uint32_t at = 1;

    path[0] = 0;
    step_into(levels, &depth, j, 0, 0);
    while (depth > 0) {
        level *l = &levels[depth - 1];
        if (at >= l->end) {
            depth--;
            continue;
        }
        bawn_slice key = l->object ? bawn_json_raw(j, at) : BAWN_LIT("[]");
        uint32_t value = at + l->object;
        size_t n = l->path;
        bool into = r->used[value] == TAKEN, container = j->tokens[value].type >= BAWN_JSON_ARRAY;
        if (n + key.len + 2 > sizeof path || (l->object && is_a_path(key)))
            return bawn_tr_refuse(r, value, NULL, "%s", unknown);
        if (l->object && n > 0)
            path[n++] = '.';
        memcpy(path + n, key.ptr, key.len);
        path[n += key.len] = 0;
        bool says = j->tokens[value].type != BAWN_JSON_NULL && (!container || j->tokens[value].count > 0);
        if (says && r->used[value] == UNUSED && !judge(&into, r, fields, path, value))
            return false;
        bool deeper = says && container && into;
        if (deeper && !step_into(levels, &depth, j, value, n))
            return bawn_tr_refuse(r, value, NULL, "it is too deep.");
        at = deeper ? value + 1 : j->tokens[value].next;
    }
    return true;
}

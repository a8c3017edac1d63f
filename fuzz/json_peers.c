/* Fuzz target: the JSON tokeniser against three that are not ours: jansson, yajl and cJSON. A body that the model's server reads
 * otherwise than Bawn judged it carries text past the guards, so what Bawn accepts, all three must accept and read alike: the
 * same values in the same order. What Bawn refuses jansson refuses too, and yajl where the text is no JSON; cJSON is lenient.
 *
 * Where they differ by design:
 *   numbers      jansson and cJSON convert them, and refuse or bend what does not fit; Bawn keeps their bytes
 *   NUL          jansson takes no key that holds U+0000, and to cJSON a string ends there; to jansson a text
 *                ends where a token would begin with it
 *   keys twice   Bawn and (when told) jansson refuse them; yajl and cJSON do not: T08
 *   surrogates   halves of pairs: Bawn and jansson refuse them as escapes, yajl and cJSON do not
 *   UTF-8        yajl takes overlong forms
 *   white space  VT and FF are to yajl
 *   the end      yajl takes a token that is begun behind the text and never ends
 *   depth        Bawn's is asked for with each parse; theirs are beyond what an input here can have
 * keeps: T08, T34 */
#include <cjson/cJSON.h>
#include <jansson.h>
#include <stdlib.h>
#include <yajl/yajl_parse.h>

#include "base/json.h"

enum { DEPTH = 16 };

static void must(bool holds)
{
    if (!holds)
        abort();
}

typedef struct { const bawn_json *j; bawn_arena *arena; uint32_t at; bool numbers_fit; } reading;

static bawn_slice text_of(const reading *r, uint32_t i)
{
    bawn_json_map map;
    bawn_slice text;

    must(bawn_json_decode(&text, &map, r->j, i, r->arena));
    return text;
}

/* Whether a converting parser keeps the number: few digits, small exponent. */
static bool number_fits(bawn_slice number)
{
    return number.len <= 18 && !memchr(number.ptr, 'e', number.len) && !memchr(number.ptr, 'E', number.len);
}

static bool nul_in_key(const reading *r)
{
    for (uint32_t i = 0; i < r->j->n; i++)
        if (r->j->tokens[i].key) {
            bawn_slice key = text_of(r, i);
            if (key.len && memchr(key.ptr, '\0', key.len))
                return true;
        }
    return false;
}

static double as_double(bawn_slice number)
{
    char copy[32];

    must(number.len < sizeof copy);
    memcpy(copy, number.ptr, number.len);
    copy[number.len] = '\0';
    return strtod(copy, NULL);
}

/* ---- jansson: a tree ------------------------------------------------------------------------------------------------ */
static void same_jansson(const reading *r, uint32_t i, const json_t *v);

static void same_object(const reading *r, uint32_t i, const json_t *v)
{
    uint32_t child = i + 1;

    must(json_is_object(v) && json_object_size(v) == r->j->tokens[i].count);
    while (child < r->j->tokens[i].next) {
        bawn_slice key = text_of(r, child);
        char *name = malloc(key.len + 1);

        must(name != NULL);
        if (key.len)
            memcpy(name, key.ptr, key.len);
        name[key.len] = '\0';
        same_jansson(r, child + 1, json_object_get(v, name));
        free(name);
        child = r->j->tokens[child + 1].next;
    }
}

static void same_array(const reading *r, uint32_t i, const json_t *v)
{
    uint32_t child = i + 1;

    must(json_is_array(v) && json_array_size(v) == r->j->tokens[i].count);
    for (size_t n = 0; child < r->j->tokens[i].next; n++, child = r->j->tokens[child].next)
        same_jansson(r, child, json_array_get(v, n));
}

static void same_jansson(const reading *r, uint32_t i, const json_t *v)
{
    bawn_slice text;

    must(v != NULL);
    switch (r->j->tokens[i].type) {
    case BAWN_JSON_OBJECT: same_object(r, i, v); return;
    case BAWN_JSON_ARRAY: same_array(r, i, v); return;
    case BAWN_JSON_STRING:
        text = text_of(r, i);
        must(json_is_string(v) && bawn_slice_eq(text, bawn_slice_of(json_string_value(v), json_string_length(v))));
        return;
    case BAWN_JSON_NUMBER: must(json_is_number(v) && json_number_value(v) == as_double(bawn_json_raw(r->j, i))); return;
    case BAWN_JSON_TRUE: must(json_is_true(v)); return;
    case BAWN_JSON_FALSE: must(json_is_false(v)); return;
    default: must(json_is_null(v));
    }
}

/* ---- yajl: events, in the order of the tape ------------------------------------------------------------------------- */
static int next_is(void *ctx, bawn_json_type type)
{
    reading *r = ctx;

    must(!r->j || (r->at < r->j->n && r->j->tokens[r->at].type == type));
    r->at++;
    return 1;
}

static int on_null(void *ctx) { return next_is(ctx, BAWN_JSON_NULL); }
static int on_bool(void *ctx, int is) { return next_is(ctx, is ? BAWN_JSON_TRUE : BAWN_JSON_FALSE); }
static int on_map(void *ctx) { return next_is(ctx, BAWN_JSON_OBJECT); }
static int on_array(void *ctx) { return next_is(ctx, BAWN_JSON_ARRAY); }

static int on_number(void *ctx, const char *s, size_t len)
{
    reading *r = ctx;

    must(!r->j || bawn_slice_eq(bawn_json_raw(r->j, r->at), bawn_slice_of(s, len)));
    return next_is(ctx, BAWN_JSON_NUMBER);
}

static int on_text(void *ctx, const unsigned char *s, size_t len)
{
    reading *r = ctx;

    must(!r->j || (r->j->tokens[r->at].type == BAWN_JSON_STRING &&
                   bawn_slice_eq(text_of(r, r->at), bawn_slice_of((const char *)s, len))));
    return next_is(ctx, BAWN_JSON_STRING);
}

static const yajl_callbacks callbacks = { .yajl_null = on_null, .yajl_boolean = on_bool, .yajl_number = on_number,
    .yajl_string = on_text, .yajl_start_map = on_map, .yajl_map_key = on_text, .yajl_start_array = on_array };

/* r->j NULL: only whether it is accepted. */
static bool yajl_accepts(reading *r, bawn_slice text)
{
    yajl_handle h = yajl_alloc(&callbacks, NULL, r);
    bool ok;

    must(h != NULL);
    ok = yajl_parse(h, (const unsigned char *)text.ptr, text.len) == yajl_status_ok && yajl_complete_parse(h) == yajl_status_ok;
    yajl_free(h);
    return ok;
}

/* ---- cJSON: a tree, its strings ended by NUL ------------------------------------------------------------------------ */
static bool same_text(const reading *r, uint32_t i, const char *s)
{
    bawn_slice text = text_of(r, i);
    const char *nul = text.len ? memchr(text.ptr, '\0', text.len) : NULL;

    return bawn_slice_is(nul ? bawn_slice_of(text.ptr, (size_t)(nul - text.ptr)) : text, s);
}

static void same_cjson(const reading *r, uint32_t i, const cJSON *v)
{
    const bawn_json_token *t = &r->j->tokens[i];
    const cJSON *c = v->child;

    switch (t->type) {
    case BAWN_JSON_OBJECT: case BAWN_JSON_ARRAY:
        must((t->type == BAWN_JSON_OBJECT ? cJSON_IsObject(v) : cJSON_IsArray(v)) && (uint32_t)cJSON_GetArraySize(v) == t->count);
        for (uint32_t child = i + 1; child < t->next; child = r->j->tokens[child].next, c = c->next) {
            if (t->type == BAWN_JSON_OBJECT)
                must(same_text(r, child++, c->string));
            same_cjson(r, child, c);
        }
        return;
    case BAWN_JSON_STRING: must(cJSON_IsString(v) && same_text(r, i, v->valuestring)); return;
    case BAWN_JSON_NUMBER: must(cJSON_IsNumber(v) && v->valuedouble == as_double(bawn_json_raw(r->j, i))); return;
    case BAWN_JSON_TRUE: must(cJSON_IsTrue(v)); return;
    case BAWN_JSON_FALSE: must(cJSON_IsFalse(v)); return;
    default: must(cJSON_IsNull(v));
    }
}

static void check_cjson(const reading *r)
{
    const char *end = NULL;
    cJSON *v = cJSON_ParseWithLengthOpts(r->j->text.ptr, r->j->text.len, &end, 0);

    must(v != NULL);
    same_cjson(r, 0, v);
    cJSON_Delete(v);
}

/* ---- all together ----------------------------------------------------------------------------------------------------- */
static void all_read_the_same(const bawn_json *j)
{
    reading r = { .j = j, .arena = bawn_arena_new(1024, 0), .numbers_fit = true };
    json_t *v;

    must(r.arena != NULL);
    must(yajl_accepts(&r, j->text) && r.at == j->n);
    for (uint32_t i = 0; i < j->n; i++)
        r.numbers_fit &= j->tokens[i].type != BAWN_JSON_NUMBER || number_fits(bawn_json_raw(j, i));
    if (r.numbers_fit && !nul_in_key(&r)) {
        v = json_loadb(j->text.ptr, j->text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
        same_jansson(&r, 0, v);
        json_decref(v);
        check_cjson(&r);
    }
    bawn_arena_free(r.arena);
}

static bool yajl_takes_more(bawn_slice text, const bawn_error *err)
{
    return err->code != BAWN_E_INVALID_JSON || strstr(err->message, "surrogate") || strstr(err->message, "end of the text") ||
           memchr(text.ptr, '\v', text.len) || memchr(text.ptr, '\f', text.len);
}

static void all_refuse(bawn_slice text, const bawn_error *err)
{
    reading none = { 0 };
    json_t *v = json_loadb(text.ptr, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);

    must(v == NULL || memchr(text.ptr, '\0', text.len));
    json_decref(v);
    must(yajl_takes_more(text, err) || !yajl_accepts(&none, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bawn_slice text = bawn_slice_of((const char *)data, size);
    bawn_error err = { 0 };
    bawn_json j = { 0 };

    if (bawn_json_parse(&j, text, DEPTH, &err))
        all_read_the_same(&j);
    else if (err.code != BAWN_E_TOO_DEEP)
        all_refuse(text, &err);
    bawn_json_free(&j);
    return 0;
}

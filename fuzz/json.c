/* Fuzz target: the JSON tokeniser. Whatever it accepts has a tape whose spans nest, follow each other and agree with
 * `next` and `count`; strings decode to valid UTF-8, map back into themselves, and are written so that they read the
 * same again. keeps: T08, T16, T34 */
#include <stdlib.h>

#include "base/json.h"

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* The children of a container: in order, inside it, one after another. */
static void check_container(const bawn_json *j, uint32_t i)
{
    const bawn_json_token *t = &j->tokens[i];
    uint32_t child = i + 1, at = t->begin + 1, n = 0;

    while (child < t->next) {
        const bawn_json_token *c = &j->tokens[child];

        must(c->begin >= at && c->end >= c->begin && c->end < t->end && c->next > child && c->next <= t->next);
        must(c->key == (t->type == BAWN_JSON_OBJECT && n % 2 == 0));
        must(!c->key || c->type == BAWN_JSON_STRING);
        at = c->end;
        child = c->next;
        n++;
    }
    must(child == t->next && n == t->count * (t->type == BAWN_JSON_OBJECT ? 2 : 1));
    must(j->text.ptr[t->begin] == (t->type == BAWN_JSON_OBJECT ? '{' : '['));
    must(j->text.ptr[t->end - 1] == (t->type == BAWN_JSON_OBJECT ? '}' : ']'));
}

static void check_again(bawn_slice text)
{
    bawn_arena *arena = bawn_arena_new(256, 0);
    bawn_buf written = { 0 };
    bawn_json j = { 0 };
    bawn_json_map map;
    bawn_slice again;

    must(arena && bawn_json_write_string(&written, text));
    must(bawn_json_parse(&j, bawn_buf_slice(&written), 0, NULL));
    must(bawn_json_decode(&again, &map, &j, 0, arena));
    must(bawn_slice_eq(again, text));
    bawn_json_free(&j);
    bawn_buf_free(&written);
    bawn_arena_free(arena);
}

static void check_string(const bawn_json *j, uint32_t i, bawn_arena *arena)
{
    bawn_slice raw = bawn_json_raw(j, i), text;
    bawn_json_map map;
    size_t before = 0;

    must(raw.ptr[-1] == '"' && raw.ptr[raw.len] == '"' && j->tokens[i].next == i + 1);
    must(bawn_json_decode(&text, &map, j, i, arena));
    must(text.len <= raw.len && bawn_utf8_valid_prefix(text) == text.len);
    for (size_t at = 0; at < text.len && at < 64; at++) {
        bawn_span span = bawn_json_map_span(&map, (bawn_span){ at, at + 1 }, raw.len, text.len);

        must(span.begin < span.end && span.end <= raw.len && span.begin >= before);
        before = span.begin;
    }
    bawn_span all = bawn_json_map_span(&map, (bawn_span){ 0, text.len }, raw.len, text.len);
    must(all.begin == 0 && all.end == raw.len);
    check_again(text);
}

static void check_tape(const bawn_json *j)
{
    bawn_arena *arena = bawn_arena_new(256, 0);

    must(arena && j->n > 0 && j->tokens[0].next == j->n);
    for (uint32_t i = 0; i < j->n; i++) {
        if (j->tokens[i].type == BAWN_JSON_STRING)
            check_string(j, i, arena);
        else if (j->tokens[i].type >= BAWN_JSON_ARRAY)
            check_container(j, i);
        else
            must(j->tokens[i].next == i + 1 && j->tokens[i].end > j->tokens[i].begin);
    }
    bawn_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bawn_slice text = bawn_slice_of((const char *)data, size);
    bawn_error err = { 0 };
    bawn_json j = { 0 };

    if (bawn_json_parse(&j, text, 16, &err))
        check_tape(&j);
    else
        must(err.code != 0 && err.column >= 1 && err.column <= size + 1 && j.n == 0);
    bawn_json_free(&j);
    return 0;
}

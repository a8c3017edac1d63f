/* The tape, look-up, decoding with its offset map, and the writer: all against each other on random texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/json.h"

static void parse(bawn_json *j, bawn_slice text)
{
    bawn_error err;

    if (!bawn_json_parse(j, text, 64, &err))
        fail_msg("%s", err.message);
}

static void the_tape_steps_in_and_over(void **state)
{
    bawn_json j = { 0 };
    const bawn_json_token *t;

    (void)state;
    parse(&j, BAWN_LIT(" {\"a\":[1,{\"b\":\"x\\n\"},[]],\"c\":\"\xC3\xA9\"} "));
    t = j.tokens;
    assert_int_equal(j.n, 10);
    assert_int_equal(t[0].type, BAWN_JSON_OBJECT);
    assert_int_equal(t[0].count, 2);
    assert_int_equal(t[0].begin, 1);
    assert_int_equal(t[0].end, j.text.len - 1);
    assert_true(t[1].key && t[1].ascii && !t[1].escaped);
    assert_int_equal(t[2].type, BAWN_JSON_ARRAY);
    assert_int_equal(t[2].count, 3);
    assert_int_equal(t[2].next, 8);
    assert_true(bawn_slice_is(bawn_json_raw(&j, 2), "[1,{\"b\":\"x\\n\"},[]]"));
    assert_true(bawn_slice_is(bawn_json_raw(&j, 3), "1"));
    assert_int_equal(t[4].next, 7);
    assert_true(bawn_slice_is(bawn_json_raw(&j, 6), "x\\n"));
    assert_true(t[6].escaped && !t[6].key);
    assert_int_equal(t[7].count, 0);
    assert_true(!t[9].ascii && !t[9].escaped);
    assert_int_equal(bawn_json_get(&j, 0, "c"), 9);
    bawn_json_free(&j);
}

static void members_are_found_by_decoded_name(void **state)
{
    bawn_json j = { 0 };

    (void)state;
    parse(&j, BAWN_LIT("{\"m\\u006fdel\":\"x\",\"a\":{\"model\":1},\"t\\/\":2,\"\\uD83D\\uDE00\":3,\"\":4}"));
    assert_int_equal(bawn_json_get(&j, 0, "model"), 2);
    assert_int_equal(bawn_json_get(&j, 0, "t/"), 8);
    assert_int_equal(bawn_json_get(&j, 0, "\xF0\x9F\x98\x80"), 10);
    assert_int_equal(bawn_json_get(&j, 0, ""), 12);
    assert_int_equal(bawn_json_get(&j, 0, "m\\u006fdel"), 0);
    assert_int_equal(bawn_json_get(&j, 0, "mode"), 0);
    assert_int_equal(bawn_json_get(&j, 0, "models"), 0);
    assert_int_equal(bawn_json_get(&j, 2, "model"), 0);      /* a string has no members */
    assert_int_equal(bawn_json_get(&j, bawn_json_get(&j, 0, "a"), "model"), 6);
    bawn_json_free(&j);
}

static void strings_and_integers_are_read(void **state)
{
    bawn_json j = { 0 };
    uint64_t n = 7;

    (void)state;
    parse(&j, BAWN_LIT("[\"us\\u0065r\",\"user\",18446744073709551615,18446744073709551616,-1,1.0,1e2,0,\"5\",true]"));
    assert_true(bawn_json_is(&j, 1, "user") && bawn_json_is(&j, 2, "user"));
    assert_false(bawn_json_is(&j, 1, "use"));
    assert_false(bawn_json_is(&j, 2, "user2"));
    assert_false(bawn_json_is(&j, 10, "true"));
    assert_true(bawn_json_u64(&n, &j, 3) && n == UINT64_MAX);
    for (uint32_t i = 4; i < 8; i++)
        assert_false(bawn_json_u64(&n, &j, i));
    assert_true(bawn_json_u64(&n, &j, 8) && n == 0);
    assert_false(bawn_json_u64(&n, &j, 9));
    assert_false(bawn_json_u64(&n, &j, 10));
    bawn_json_free(&j);
}

static void a_string_without_escapes_is_borrowed(void **state)
{
    bawn_arena *arena = bawn_arena_new(256, 0);
    bawn_json_map map;
    bawn_json j = { 0 };
    bawn_slice out;
    bawn_span span;

    (void)state;
    parse(&j, BAWN_LIT("\"plain \xC3\xA9\""));
    assert_true(bawn_json_decode(&out, &map, &j, 0, arena));
    assert_ptr_equal(out.ptr, j.text.ptr + 1);
    assert_int_equal(map.n, 0);
    assert_int_equal(bawn_arena_used(arena), 0);
    span = bawn_json_map_span(&map, (bawn_span){ 2, 5 }, out.len, out.len);
    assert_true(span.begin == 2 && span.end == 5);
    bawn_json_free(&j);
    bawn_arena_free(arena);
}

static const struct { const char *raw, *text; size_t len, begin, end, raw_begin, raw_end; } spans[] = {
    { "ab\\ncd", "ab\ncd", 5, 0, 2, 0, 2 },
    { "ab\\ncd", "ab\ncd", 5, 2, 3, 2, 4 },
    { "ab\\ncd", "ab\ncd", 5, 1, 4, 1, 5 },
    { "ab\\ncd", "ab\ncd", 5, 3, 5, 4, 6 },
    { "ab\\ncd", "ab\ncd", 5, 0, 5, 0, 6 },
    { "ab\\ncd", "ab\ncd", 5, 5, 5, 6, 6 },
    { "ab\\ncd", "ab\ncd", 5, 9, 12, 6, 6 },
    { "\\n\\t", "\n\t", 2, 0, 1, 0, 2 },
    { "\\n\\t", "\n\t", 2, 1, 2, 2, 4 },
    { "x\\u00e9y", "x\xC3\xA9y", 4, 1, 3, 1, 7 },
    { "x\\u00e9y", "x\xC3\xA9y", 4, 2, 3, 1, 7 },            /* half of an escape takes the whole of it */
    { "x\\u00e9y", "x\xC3\xA9y", 4, 2, 4, 1, 8 },
    { "x\\u20ACy", "x\xE2\x82\xACy", 5, 4, 5, 7, 8 },
    { "\\uD83D\\uDE00!", "\xF0\x9F\x98\x80!", 5, 0, 4, 0, 12 },
    { "\\uD83D\\uDE00!", "\xF0\x9F\x98\x80!", 5, 3, 5, 0, 13 },
    { "\\uD83D\\uDE00!", "\xF0\x9F\x98\x80!", 5, 4, 5, 12, 13 },
    { "\\u0000", "\0", 1, 0, 1, 0, 6 },
    { "\\\\n", "\\n", 2, 1, 2, 2, 3 },
    { "\\\"\\/", "\"/", 2, 1, 2, 2, 4 },
};

static void decoded_spans_map_to_whole_raw_escapes(void **state)
{
    bawn_arena *arena = bawn_arena_new(256, 0);
    bawn_json j = { 0 };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(spans); i++) {
        size_t raw_len = strlen(spans[i].raw);
        bawn_json_map map;
        bawn_slice out;
        bawn_span span;
        char text[64];

        text[0] = '"';
        memcpy(text + 1, spans[i].raw, raw_len);
        text[raw_len + 1] = '"';
        parse(&j, bawn_slice_of(text, raw_len + 2));
        assert_true(bawn_json_decode(&out, &map, &j, 0, arena));
        assert_int_equal(out.len, spans[i].len);
        assert_memory_equal(out.ptr, spans[i].text, out.len);
        span = bawn_json_map_span(&map, (bawn_span){ spans[i].begin, spans[i].end }, raw_len, out.len);
        assert_int_equal(span.begin, spans[i].raw_begin);
        assert_int_equal(span.end, spans[i].raw_end);
    }
    bawn_json_free(&j);
    bawn_arena_free(arena);
}

static void the_writer_escapes_what_must_be_and_nothing_else(void **state)
{
    bawn_buf out = { 0 };

    (void)state;
    assert_true(bawn_json_write_string(&out, BAWN_LIT("a\"b\\c/\b\f\n\r\t\x01\x1F\0\x7F\xC3\xA9 \xE2\x80\xA8")));
    assert_true(bawn_slice_is(bawn_buf_slice(&out),
        "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\\u0000\x7F\xC3\xA9 \xE2\x80\xA8\""));
    bawn_buf_clear(&out);
    assert_true(bawn_json_write_escaped(&out, BAWN_NIL));
    assert_int_equal(out.len, 0);
    bawn_buf_free(&out);
}

/* ---- properties ---------------------------------------------------------------------------------------------- */
static uint32_t random_character(unsigned *seed)
{
    static const uint32_t most[] = { 0x24, 0x80, 0x80, 0x80, 0x800, 0x10000, 0x110000 };
    uint32_t c = (uint32_t)rand_r(seed) % most[(size_t)rand_r(seed) % BAWN_COUNT(most)];

    return c >= 0xD800 && c <= 0xDFFF ? '"' : c;
}

/* One character as JSON may spell it: as it is, short, or \u in either case. */
static void spell(bawn_buf *raw, uint32_t c, unsigned *seed)
{
    char text[4];
    bool must = c < 0x20 || c == '"' || c == '\\';

    if (!must && rand_r(seed) % 4) {
        bawn_buf_add(raw, bawn_slice_of(text, bawn_utf8_put(text, c)));
    } else if (c == '\n') {
        bawn_buf_str(raw, "\\n");
    } else if (c < 0x10000) {
        bawn_buf_fmt(raw, rand_r(seed) % 2 ? "\\u%04x" : "\\u%04X", c);
    } else {
        bawn_buf_fmt(raw, "\\u%04x\\u%04X", 0xD800 + ((c - 0x10000) >> 10), 0xDC00 + ((c - 0x10000) & 0x3FF));
    }
}

static void check_span(const bawn_json_map *map, bawn_slice raw, bawn_slice text, bawn_arena *arena, unsigned *seed)
{
    size_t begin = (size_t)rand_r(seed) % (text.len + 1), end = begin + (size_t)rand_r(seed) % (text.len + 1 - begin);
    bawn_span span = bawn_json_map_span(map, (bawn_span){ begin, end }, raw.len, text.len);
    bawn_json_map again_map;
    bawn_slice again;
    bawn_json j = { 0 };
    bawn_buf quoted = { 0 };

    assert_true(span.begin <= span.end && span.end <= raw.len);
    assert_true(end == begin || span.end > span.begin);
    /* what the raw span says contains what the decoded span says (spans at character borders here) */
    while (begin > 0 && begin < text.len && !bawn_utf8_is_start((unsigned char)text.ptr[begin]))
        begin--;
    while (end < text.len && !bawn_utf8_is_start((unsigned char)text.ptr[end]))
        end++;
    span = bawn_json_map_span(map, (bawn_span){ begin, end }, raw.len, text.len);
    bawn_buf_byte(&quoted, '"');
    bawn_buf_add(&quoted, bawn_slice_of(raw.ptr + span.begin, span.end - span.begin));
    bawn_buf_byte(&quoted, '"');
    parse(&j, bawn_buf_slice(&quoted));
    assert_true(bawn_json_decode(&again, &again_map, &j, 0, arena));
    assert_true(bawn_slice_eq(again, bawn_slice_of(text.ptr + begin, end - begin)));
    bawn_buf_free(&quoted);
    bawn_json_free(&j);
}

static void any_spelling_of_any_text_decodes_to_it_and_maps_back(void **state)
{
    bawn_buf raw = { 0 }, text = { 0 };
    bawn_json j = { 0 };
    unsigned seed = 2;

    (void)state;
    for (size_t round = 0; round < 3000; round++) {
        bawn_arena *arena = bawn_arena_new(256, 0);
        size_t n = (size_t)rand_r(&seed) % 60;
        bawn_json_map map;
        bawn_slice out;
        char one[4];

        bawn_buf_clear(&raw);
        bawn_buf_clear(&text);
        bawn_buf_byte(&raw, '"');
        for (size_t i = 0; i < n; i++) {
            uint32_t c = random_character(&seed);

            spell(&raw, c, &seed);
            bawn_buf_add(&text, bawn_slice_of(one, bawn_utf8_put(one, c)));
        }
        bawn_buf_byte(&raw, '"');
        parse(&j, bawn_buf_slice(&raw));
        assert_true(bawn_json_decode(&out, &map, &j, 0, arena));
        assert_true(bawn_slice_eq(out, bawn_buf_slice(&text)));
        for (size_t i = 0; i < 4; i++)
            check_span(&map, bawn_json_raw(&j, 0), out, arena, &seed);
        bawn_arena_free(arena);
    }
    bawn_buf_free(&raw);
    bawn_buf_free(&text);
    bawn_json_free(&j);
}

static void what_the_writer_writes_reads_back(void **state)
{
    bawn_buf text = { 0 }, written = { 0 };
    bawn_json j = { 0 };
    unsigned seed = 3;

    (void)state;
    for (size_t round = 0; round < 3000; round++) {
        bawn_arena *arena = bawn_arena_new(256, 0);
        size_t n = (size_t)rand_r(&seed) % 60;
        bawn_json_map map;
        bawn_slice out;
        char one[4];

        bawn_buf_clear(&text);
        bawn_buf_clear(&written);
        for (size_t i = 0; i < n; i++)
            bawn_buf_add(&text, bawn_slice_of(one, bawn_utf8_put(one, random_character(&seed))));
        assert_true(bawn_json_write_string(&written, bawn_buf_slice(&text)));
        parse(&j, bawn_buf_slice(&written));
        assert_true(bawn_json_decode(&out, &map, &j, 0, arena));
        assert_true(bawn_slice_eq(out, bawn_buf_slice(&text)));
        bawn_arena_free(arena);
    }
    bawn_buf_free(&text);
    bawn_buf_free(&written);
    bawn_json_free(&j);
}

/* ---- memory -------------------------------------------------------------------------------------------------- */
static bool parse_and_decode(const bawn_buf *text, bool *no_memory)
{
    bawn_arena *arena = bawn_arena_new(256, 0);
    bawn_error err = { 0 };
    bawn_json_map map;
    bawn_json j = { 0 };
    bawn_buf written = { 0 };
    bawn_slice out = BAWN_NIL;
    bool ok = arena != NULL && bawn_json_parse(&j, bawn_buf_slice(text), 64, &err);

    *no_memory = err.code == 0 || err.code == BAWN_E_NO_MEMORY;
    for (uint32_t i = 0; ok && i < j.n; i++)
        if (j.tokens[i].type == BAWN_JSON_STRING)
            ok = bawn_json_decode(&out, &map, &j, i, arena) && bawn_json_write_string(&written, out);
    bawn_buf_free(&written);
    bawn_json_free(&j);
    bawn_arena_free(arena);
    return ok;
}

static void every_failing_allocation_is_an_error_and_nothing_leaks(void **state)
{
    bawn_buf text = { 0 };
    bool no_memory, failed = true;
    size_t nth = 0;

    (void)state;
    bawn_buf_str(&text, "{");
    for (int i = 0; i < 120; i++)
        bawn_buf_fmt(&text, "%s\"\\u006b%d\":[\"v\\n%d\"]", i ? "," : "", i, i);
    bawn_buf_str(&text, "}");
    assert_true(parse_and_decode(&text, &no_memory));
    while (failed) {
        bool ok;

        bawn_malloc_fail_at = ++nth;
        ok = parse_and_decode(&text, &no_memory);
        failed = bawn_malloc_fail_at == 0;
        bawn_malloc_fail_at = 0;
        assert_int_equal(ok, !failed);
        assert_true(no_memory);
    }
    assert_true(nth > 20);
    bawn_buf_free(&text);
}

static void the_tape_is_reused(void **state)
{
    bawn_json j = { 0 };
    bawn_json_token *tokens;

    (void)state;
    parse(&j, BAWN_LIT("[1,2,3]"));
    tokens = j.tokens;
    bawn_malloc_fail_at = 1;
    parse(&j, BAWN_LIT("[1,2,3,4,{\"a\":\"b\"}]"));
    assert_int_equal(bawn_malloc_fail_at, 1);
    bawn_malloc_fail_at = 0;
    assert_ptr_equal(j.tokens, tokens);
    bawn_json_free(&j);
    assert_null(j.tokens);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tape_steps_in_and_over),
        cmocka_unit_test(members_are_found_by_decoded_name),
        cmocka_unit_test(strings_and_integers_are_read),
        cmocka_unit_test(a_string_without_escapes_is_borrowed),
        cmocka_unit_test(decoded_spans_map_to_whole_raw_escapes),
        cmocka_unit_test(the_writer_escapes_what_must_be_and_nothing_else),
        cmocka_unit_test(any_spelling_of_any_text_decodes_to_it_and_maps_back),
        cmocka_unit_test(what_the_writer_writes_reads_back),
        cmocka_unit_test(every_failing_allocation_is_an_error_and_nothing_leaks),
        cmocka_unit_test(the_tape_is_reused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

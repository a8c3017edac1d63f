/* What the tokeniser takes and what it refuses, by the classes of RFC 8259 and of JSONTestSuite (structure, numbers,
 * strings, escapes, words, white space), with the exact position of each error. keeps: T08, T16, T34 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/json.h"

enum { DEPTH = 64 };

#define TEXT(s) s, sizeof(s) - 1

static const struct { const char *text; size_t len; } accepted[] = {
    { TEXT("null") }, { TEXT("true") }, { TEXT("false") }, { TEXT("0") }, { TEXT("\"\"") }, { TEXT("[]") }, { TEXT("{}") },
    { TEXT(" \t\r\n1 \t\r\n") }, { TEXT("[ ]") }, { TEXT("{ }") }, { TEXT("[[],{},[[]],[{}]]") },
    { TEXT("-0") }, { TEXT("-1") }, { TEXT("10") }, { TEXT("1.0") }, { TEXT("-0.001") }, { TEXT("1e5") }, { TEXT("1E+5") },
    { TEXT("1e-5") }, { TEXT("0e1") }, { TEXT("0.0e00") }, { TEXT("123456789012345678901234567890") },
    { TEXT("1e400") }, { TEXT("-1.5E-0007") },
    { TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"") }, { TEXT("\"\\u0000\"") }, { TEXT("\"\\uD83D\\uDE00\"") },
    { TEXT("\"\\ud83d\\ude00\"") }, { TEXT("\"\\uDBFF\\uDFFF\"") }, { TEXT("\"\\uFFFF\"") }, { TEXT("\"\\uD7FF\\uE000\"") },
    { TEXT("\"\x7F\"") }, { TEXT("\"\xC3\xA9\"") }, { TEXT("\"\xF0\x9F\x98\x80\"") }, { TEXT("\"\xEF\xBB\xBF\"") },
    { TEXT("\"\xE2\x80\xA8\xE2\x80\xA9\"") }, { TEXT("\"/*\"") },
    { TEXT("{\"a\":1,\"b\":[1,2,{\"c\":null}]}") }, { TEXT("{\"\":0}") }, { TEXT("{\"a\":{\"a\":{\"a\":0}}}") },
    { TEXT("{ \"a\" : 1 , \"A\" : 2 }") }, { TEXT("[1 , 2\n,3]") }, { TEXT("{\"a\":1,\"\\u0061a\":2}") },
};

static void all_of_json_is_accepted(void **state)
{
    bawn_json j = { 0 };
    bawn_error err;

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(accepted); i++) {
        if (!bawn_json_parse(&j, bawn_slice_of(accepted[i].text, accepted[i].len), DEPTH, &err))
            fail_msg("%s: %s", accepted[i].text, err.message);
        assert_true(j.n > 0);
        assert_int_equal(j.tokens[0].next, j.n);
    }
    bawn_json_free(&j);
}

static const struct { const char *text; size_t len; int code; uint32_t column; } refused[] = {
    /* structure */
    { TEXT(""), BAWN_E_INVALID_JSON, 1 }, { TEXT("  "), BAWN_E_INVALID_JSON, 3 }, { TEXT("["), BAWN_E_INVALID_JSON, 2 },
    { TEXT("{"), BAWN_E_INVALID_JSON, 2 }, { TEXT("]"), BAWN_E_INVALID_JSON, 1 }, { TEXT("}"), BAWN_E_INVALID_JSON, 1 },
    { TEXT("[1"), BAWN_E_INVALID_JSON, 3 }, { TEXT("[1,"), BAWN_E_INVALID_JSON, 4 }, { TEXT("[,1]"), BAWN_E_INVALID_JSON, 2 },
    { TEXT("[1,]"), BAWN_E_INVALID_JSON, 4 }, { TEXT("[1,,2]"), BAWN_E_INVALID_JSON, 4 }, { TEXT("[1 2]"), BAWN_E_INVALID_JSON, 4 },
    { TEXT("[1}"), BAWN_E_INVALID_JSON, 3 }, { TEXT("{\"a\":1]"), BAWN_E_INVALID_JSON, 7 }, { TEXT("[1:2]"), BAWN_E_INVALID_JSON, 3 },
    { TEXT("{a:1}"), BAWN_E_INVALID_JSON, 2 }, { TEXT("{'a':1}"), BAWN_E_INVALID_JSON, 2 }, { TEXT("{1:1}"), BAWN_E_INVALID_JSON, 2 },
    { TEXT("{\"a\"}"), BAWN_E_INVALID_JSON, 5 }, { TEXT("{\"a\":}"), BAWN_E_INVALID_JSON, 6 }, { TEXT("{\"a\" 1}"), BAWN_E_INVALID_JSON, 6 },
    { TEXT("{\"a\":1,}"), BAWN_E_INVALID_JSON, 8 }, { TEXT("{,}"), BAWN_E_INVALID_JSON, 2 }, { TEXT("{\"a\"::1}"), BAWN_E_INVALID_JSON, 6 },
    { TEXT("{\"a\":1 \"b\":2}"), BAWN_E_INVALID_JSON, 8 }, { TEXT("{null:1}"), BAWN_E_INVALID_JSON, 2 },
    { TEXT("[]]"), BAWN_E_INVALID_JSON, 3 }, { TEXT("{}{}"), BAWN_E_INVALID_JSON, 3 }, { TEXT("1 1"), BAWN_E_INVALID_JSON, 3 },
    { TEXT("1,"), BAWN_E_INVALID_JSON, 2 }, { TEXT("[] x"), BAWN_E_INVALID_JSON, 4 }, { TEXT("\"a\"\"b\""), BAWN_E_INVALID_JSON, 4 },
    { TEXT("[]\0"), BAWN_E_INVALID_JSON, 3 }, { TEXT("\0"), BAWN_E_INVALID_JSON, 1 }, { TEXT("[\"a\",\n4\n,1,"), BAWN_E_INVALID_JSON, 12 },
    /* comments, other white space, BOM, other charsets */
    { TEXT("/**/1"), BAWN_E_INVALID_JSON, 1 }, { TEXT("1//"), BAWN_E_INVALID_JSON, 2 }, { TEXT("[1/*x*/]"), BAWN_E_INVALID_JSON, 3 },
    { TEXT("#1"), BAWN_E_INVALID_JSON, 1 }, { TEXT("\f1"), BAWN_E_INVALID_JSON, 1 }, { TEXT("\v1"), BAWN_E_INVALID_JSON, 1 },
    { TEXT("[1\xC2\xA0]"), BAWN_E_INVALID_JSON, 3 }, { TEXT("\xE2\x81\xA0" "1"), BAWN_E_INVALID_JSON, 1 },
    { TEXT("\xEF\xBB\xBF{}"), BAWN_E_INVALID_JSON, 1 }, { TEXT("\xEF\xBB\xBF"), BAWN_E_INVALID_JSON, 1 },
    { TEXT("\xFF\xFE[\0]\0"), BAWN_E_INVALID_UTF8, 1 }, { TEXT("\0[\0]"), BAWN_E_INVALID_JSON, 1 },
    { TEXT("[\xFF]"), BAWN_E_INVALID_UTF8, 2 }, { TEXT("[1\x80]"), BAWN_E_INVALID_UTF8, 3 },
    /* words */
    { TEXT("nul"), BAWN_E_INVALID_JSON, 1 }, { TEXT("nulll"), BAWN_E_INVALID_JSON, 5 }, { TEXT("True"), BAWN_E_INVALID_JSON, 1 },
    { TEXT("FALSE"), BAWN_E_INVALID_JSON, 1 }, { TEXT("tru"), BAWN_E_INVALID_JSON, 1 }, { TEXT("truee"), BAWN_E_INVALID_JSON, 5 },
    { TEXT("NaN"), BAWN_E_INVALID_JSON, 1 }, { TEXT("Infinity"), BAWN_E_INVALID_JSON, 1 }, { TEXT("undefined"), BAWN_E_INVALID_JSON, 1 },
    { TEXT("[nu]"), BAWN_E_INVALID_JSON, 2 }, { TEXT("\xEF\xBC\x91"), BAWN_E_INVALID_JSON, 1 },
    /* numbers */
    { TEXT("-"), BAWN_E_INVALID_JSON, 2 }, { TEXT("+1"), BAWN_E_INVALID_JSON, 1 }, { TEXT("01"), BAWN_E_INVALID_JSON, 1 },
    { TEXT("-01"), BAWN_E_INVALID_JSON, 2 }, { TEXT("00"), BAWN_E_INVALID_JSON, 1 }, { TEXT(".5"), BAWN_E_INVALID_JSON, 1 },
    { TEXT("1."), BAWN_E_INVALID_JSON, 3 }, { TEXT("[1.]"), BAWN_E_INVALID_JSON, 4 }, { TEXT("1.e1"), BAWN_E_INVALID_JSON, 3 },
    { TEXT("1e"), BAWN_E_INVALID_JSON, 3 }, { TEXT("1e+"), BAWN_E_INVALID_JSON, 4 }, { TEXT("1e1.5"), BAWN_E_INVALID_JSON, 4 },
    { TEXT("1eE2"), BAWN_E_INVALID_JSON, 3 }, { TEXT("0x1F"), BAWN_E_INVALID_JSON, 2 }, { TEXT("1_000"), BAWN_E_INVALID_JSON, 2 },
    { TEXT("--1"), BAWN_E_INVALID_JSON, 2 }, { TEXT("- 1"), BAWN_E_INVALID_JSON, 2 }, { TEXT("-a"), BAWN_E_INVALID_JSON, 2 },
    { TEXT("1a"), BAWN_E_INVALID_JSON, 2 }, { TEXT("-Infinity"), BAWN_E_INVALID_JSON, 2 }, { TEXT("1.2.3"), BAWN_E_INVALID_JSON, 4 },
    /* strings and escapes */
    { TEXT("\""), BAWN_E_INVALID_JSON, 2 }, { TEXT("\"abc"), BAWN_E_INVALID_JSON, 5 }, { TEXT("'a'"), BAWN_E_INVALID_JSON, 1 },
    { TEXT("\"a\nb\""), BAWN_E_INVALID_JSON, 3 }, { TEXT("\"\t\""), BAWN_E_INVALID_JSON, 2 }, { TEXT("\"\0\""), BAWN_E_INVALID_JSON, 2 },
    { TEXT("\"\x1F\""), BAWN_E_INVALID_JSON, 2 }, { TEXT("\"\\"), BAWN_E_INVALID_JSON, 3 }, { TEXT("\"\\\""), BAWN_E_INVALID_JSON, 4 },
    { TEXT("\"\\a\""), BAWN_E_INVALID_JSON, 3 }, { TEXT("\"\\'\""), BAWN_E_INVALID_JSON, 3 }, { TEXT("\"\\x41\""), BAWN_E_INVALID_JSON, 3 },
    { TEXT("\"\\U0041\""), BAWN_E_INVALID_JSON, 3 }, { TEXT("\"\\0\""), BAWN_E_INVALID_JSON, 3 }, { TEXT("\"\\\n\""), BAWN_E_INVALID_JSON, 3 },
    { TEXT("\"\\u\""), BAWN_E_INVALID_JSON, 2 }, { TEXT("\"\\u004\""), BAWN_E_INVALID_JSON, 2 }, { TEXT("\"\\u004g\""), BAWN_E_INVALID_JSON, 2 },
    { TEXT("\"\\u 041\""), BAWN_E_INVALID_JSON, 2 }, { TEXT("\"\\u+041\""), BAWN_E_INVALID_JSON, 2 }, { TEXT("\"\\u00"), BAWN_E_INVALID_JSON, 2 },
    { TEXT("\"\\u{41}\""), BAWN_E_INVALID_JSON, 2 },
    { TEXT("\"\\uD800\""), BAWN_E_INVALID_JSON, 2 }, { TEXT("\"\\uDC00\""), BAWN_E_INVALID_JSON, 2 },
    { TEXT("\"\\uDFFF\\uD800\""), BAWN_E_INVALID_JSON, 2 }, { TEXT("\"\\uD800\\uD800\""), BAWN_E_INVALID_JSON, 2 },
    { TEXT("\"\\uD800\\n\""), BAWN_E_INVALID_JSON, 2 }, { TEXT("\"\\uD800a\""), BAWN_E_INVALID_JSON, 2 },
    { TEXT("\"\\uD800\\u\""), BAWN_E_INVALID_JSON, 2 }, { TEXT("\"\\uD800\\u0041\""), BAWN_E_INVALID_JSON, 2 },
    { TEXT("\"\\uD800\\"), BAWN_E_INVALID_JSON, 2 }, { TEXT("\"\\uD83D\xF0\x9F\x98\x80\""), BAWN_E_INVALID_JSON, 2 },
    { TEXT("\"\\uDBFF\\uE000\""), BAWN_E_INVALID_JSON, 2 }, { TEXT("[\"ok\\uD800\"]"), BAWN_E_INVALID_JSON, 5 },
    { TEXT("\"\xC0\x80\""), BAWN_E_INVALID_UTF8, 2 }, { TEXT("\"\xED\xA0\x80\""), BAWN_E_INVALID_UTF8, 2 },
    { TEXT("\"\xC3\""), BAWN_E_INVALID_UTF8, 2 }, { TEXT("\"a\xFF\""), BAWN_E_INVALID_UTF8, 3 },
    { TEXT("\"\xC3\xA9\xE9\""), BAWN_E_INVALID_UTF8, 4 }, { TEXT("\"\xF4\x90\x80\x80\""), BAWN_E_INVALID_UTF8, 2 },
    { TEXT("{\"\xFF\":1}"), BAWN_E_INVALID_UTF8, 3 },
    { TEXT("\"\xFF\\q\""), BAWN_E_INVALID_UTF8, 2 }, { TEXT("\"\xFF\n\""), BAWN_E_INVALID_UTF8, 2 }, /* the first error */
    { TEXT("\"\xFF"), BAWN_E_INVALID_UTF8, 2 }, { TEXT("\"\\q\xFF\""), BAWN_E_INVALID_JSON, 3 },
    /* keys that stand twice: where the second begins */
    { TEXT("{\"a\":1,\"a\":2}"), BAWN_E_DUPLICATE_KEY, 8 }, { TEXT("{\"\":1,\"\":2}"), BAWN_E_DUPLICATE_KEY, 7 },
    { TEXT("{\"a\":1,\"\\u0061\":2}"), BAWN_E_DUPLICATE_KEY, 8 }, { TEXT("{\"\\u0061\":1,\"a\":2}"), BAWN_E_DUPLICATE_KEY, 13 },
    { TEXT("{\"\\u00e9\":1,\"\xC3\xA9\":2}"), BAWN_E_DUPLICATE_KEY, 13 }, { TEXT("{\"\\/\":1,\"/\":2}"), BAWN_E_DUPLICATE_KEY, 9 },
    { TEXT("{\"\\uD83D\\uDE00\":1,\"\xF0\x9F\x98\x80\":2}"), BAWN_E_DUPLICATE_KEY, 19 },
    { TEXT("[{\"x\":{\"a\":1,\"b\":[],\"a\":2}}]"), BAWN_E_DUPLICATE_KEY, 21 },
};

static void all_else_is_refused_and_the_error_says_where(void **state)
{
    bawn_json j = { 0 };
    bawn_error err;

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(refused); i++) {
        char *exact = malloc(refused[i].len + 1);            /* of exactly this size, so that over-reading shows */

        memcpy(exact, refused[i].text, refused[i].len);
        exact = realloc(exact, refused[i].len ? refused[i].len : 1);
        err = (bawn_error){ 0 };
        if (bawn_json_parse(&j, bawn_slice_of(exact, refused[i].len), DEPTH, &err))
            fail_msg("accepted: %s", refused[i].text);
        if (err.code != refused[i].code || err.column != refused[i].column)
            fail_msg("%s: got %s at %u: %s", refused[i].text, bawn_error_code_name(err.code), err.column, err.message);
        assert_int_equal(err.line, 1);
        assert_int_equal(j.n, 0);
        assert_int_equal(bawn_utf8_valid_prefix(bawn_slice_str(err.message)), strlen(err.message));
        free(exact);
    }
    bawn_json_free(&j);
}

static void every_cut_of_a_text_is_refused(void **state)
{
    static const char text[] = "{\"a\":[1,2.5e3,\"\\u00e9\xC3\xA9 long enough for the wide scan \\n\"],\"b\":{\"c\":true,\"d\":null}}";
    bawn_json j = { 0 };

    (void)state;
    assert_true(bawn_json_parse(&j, BAWN_LIT(text), DEPTH, NULL));
    for (size_t len = 0; len < sizeof text - 1; len++) {
        char *exact = malloc(len ? len : 1);

        memcpy(exact, text, len);
        assert_false(bawn_json_parse(&j, bawn_slice_of(exact, len), DEPTH, NULL));
        free(exact);
    }
    bawn_json_free(&j);
}

static void depth_is_bounded_exactly_and_without_recursion(void **state)
{
    bawn_json j = { 0 };
    bawn_buf text = { 0 };
    bawn_error err;

    (void)state;
    for (unsigned depth = 0; depth < 70; depth++) {
        bawn_buf_clear(&text);
        for (unsigned i = 0; i < depth; i++)
            bawn_buf_str(&text, i % 2 ? "[" : "{\"k\":");
        bawn_buf_str(&text, "0");
        for (unsigned i = depth; i-- > 0;)
            bawn_buf_byte(&text, i % 2 ? ']' : '}');
        assert_int_equal(bawn_json_parse(&j, bawn_buf_slice(&text), DEPTH, &err), depth <= DEPTH);
        if (depth > DEPTH)
            assert_int_equal(err.code, BAWN_E_TOO_DEEP);
    }
    bawn_buf_clear(&text);
    for (size_t i = 0; i < 1000000; i++)
        bawn_buf_byte(&text, '[');
    assert_false(bawn_json_parse(&j, bawn_buf_slice(&text), DEPTH, &err));
    assert_int_equal(err.code, BAWN_E_TOO_DEEP);
    assert_int_equal(err.column, DEPTH + 1);
    assert_false(bawn_json_parse(&j, bawn_buf_slice(&text), UINT32_MAX, &err));
    assert_int_equal(err.code, BAWN_E_INVALID_JSON);
    bawn_buf_free(&text);
    bawn_json_free(&j);
}

/* {"k0":0,...}, all different; `again` >= 0 repeats that key at the end, spelt with escapes. */
static void many_keys(bawn_buf *text, size_t n, long again)
{
    bawn_buf_clear(text);
    bawn_buf_byte(text, '{');
    for (size_t i = 0; i < n; i++)
        bawn_buf_fmt(text, "%s\"%s%zu\":[%zu]", i ? "," : "", i % 3 ? "k" : "\\u006b", i, i);
    if (again >= 0)
        bawn_buf_fmt(text, ",\"\\u006B%ld\":0", again);
    bawn_buf_byte(text, '}');
}

static void a_key_is_found_again_in_objects_of_every_size(void **state)
{
    bawn_json j = { 0 };
    bawn_buf text = { 0 };
    bawn_error err;

    (void)state;
    for (size_t n = 1; n < 300; n += n < 40 ? 1 : 37) {
        many_keys(&text, n, -1);
        assert_true(bawn_json_parse(&j, bawn_buf_slice(&text), DEPTH, &err));
        assert_int_equal(j.tokens[0].count, n);
        for (size_t again = 0; again < n; again++) {
            many_keys(&text, n, (long)again);
            assert_false(bawn_json_parse(&j, bawn_buf_slice(&text), DEPTH, &err));
            assert_int_equal(err.code, BAWN_E_DUPLICATE_KEY);
            assert_memory_equal(text.ptr + err.column - 1, "\"\\u006B", 7);
        }
    }
    many_keys(&text, 200000, -1);                          /* quadratic time would take minutes */
    assert_true(bawn_json_parse(&j, bawn_buf_slice(&text), DEPTH, &err));
    bawn_buf_free(&text);
    bawn_json_free(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_json_is_accepted),
        cmocka_unit_test(all_else_is_refused_and_the_error_says_where),
        cmocka_unit_test(every_cut_of_a_text_is_refused),
        cmocka_unit_test(depth_is_bounded_exactly_and_without_recursion),
        cmocka_unit_test(a_key_is_found_again_in_objects_of_every_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The filter's lines, read and written (RULINGS R12, R46). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/judge.h"

typedef struct { bawn_json json; bawn_arena *arena; bawn_cli_row row; bawn_error err; } reading;

static bool read_line(reading *r, const char *line)
{
    *r = (reading){ .arena = bawn_arena_new(4096, 0) };
    assert_non_null(r->arena);
    return bawn_cli_row_parse(&r->row, &r->json, r->arena, bawn_slice_str(line), &r->err);
}

static void done(reading *r)
{
    bawn_json_free(&r->json);
    bawn_arena_free(r->arena);
}

static void ids_of_any_type_come_back_as_they_were(void **state)
{
    static const char *const ids[] = { "1", "-1.50e+3", "\"a\\u00e9\\\"\"", "null", "true", "[1, {\"a\": 2}]", "{\"k\":[]}" };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(ids); i++) {
        char line[128];
        reading r;
        bawn_buf out = { 0 };
        snprintf(line, sizeof line, "{\"text\":\"x\", \"id\" : %s }", ids[i]);
        assert_true(read_line(&r, line));
        assert_true(bawn_slice_is(r.row.id, ids[i]));
        bawn_cli_row_write_error(&out, r.row.id, &(bawn_error){ .code = BAWN_E_INVALID_JSON }, 1);
        assert_memory_equal(out.ptr + 6, ids[i], strlen(ids[i]));
        bawn_buf_free(&out);
        done(&r);
    }
}

static void origin_follows_from_role_and_may_be_named(void **state)
{
    static const struct { const char *line; bawn_role role; bawn_origin origin; } rows[] = {
        { "{\"text\":\"\"}", BAWN_USER, BAWN_CALLER },
        { "{\"text\":\"\",\"role\":\"system\"}", BAWN_SYSTEM, BAWN_APPLICATION },
        { "{\"text\":\"\",\"role\":\"assistant\"}", BAWN_ASSISTANT, BAWN_MODEL },
        { "{\"text\":\"\",\"role\":\"tool\"}", BAWN_TOOL, BAWN_TOOL_RESULT },
        { "{\"text\":\"\",\"role\":\"user\",\"origin\":\"document\"}", BAWN_USER, BAWN_DOCUMENT },
        { "{\"text\":\"\",\"role\":null,\"origin\":\"model\"}", BAWN_USER, BAWN_MODEL },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        reading r;
        assert_true(read_line(&r, rows[i].line));
        assert_int_equal(r.row.role, rows[i].role);
        assert_int_equal(r.row.origin, rows[i].origin);
        done(&r);
    }
}

static void texts_are_decoded(void **state)
{
    reading r;
    (void)state;
    assert_true(read_line(&r, "{\"text\":\"caf\\u00e9\\n\",\"context\":\"\\ud83d\\ude00\",\"extra\":[1]}"));
    assert_true(bawn_slice_is(r.row.text, "caf\xC3\xA9\n"));
    assert_true(r.row.has_context);
    assert_true(bawn_slice_is(r.row.context, "\xF0\x9F\x98\x80"));
    done(&r);
}

static void broken_lines_say_what_was_expected(void **state)
{
    static const struct { const char *line; int code; const char *says, *id; } rows[] = {
        { "[]", BAWN_E_INVALID_REQUEST, "one object", "" },
        { "nonsense", BAWN_E_INVALID_JSON, "expected a value", "" },
        { "{\"id\":7}", BAWN_E_INVALID_REQUEST, "`text`", "7" },
        { "{\"id\":7,\"text\":5}", BAWN_E_INVALID_REQUEST, "`text`", "7" },
        { "{\"id\":7,\"text\":\"\",\"role\":\"usr\"}", BAWN_E_INVALID_REQUEST, "did you mean user", "7" },
        { "{\"id\":7,\"text\":\"\",\"origin\":3}", BAWN_E_INVALID_REQUEST, "application", "7" },
        { "{\"text\":\"a\",\"text\":\"b\"}", BAWN_E_DUPLICATE_KEY, "twice", "" },
        { "{\"text\":\"\\ud800\"}", BAWN_E_INVALID_JSON, "surrogate", "" },
        { "{\"text\":\"\xff\"}", BAWN_E_INVALID_UTF8, "UTF-8", "" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        reading r;
        assert_false(read_line(&r, rows[i].line));
        assert_int_equal(r.err.code, rows[i].code);
        assert_non_null(strstr(r.err.message, rows[i].says));
        assert_true(bawn_slice_is(r.row.id, rows[i].id));
        done(&r);
    }
}

static void scores_have_at_most_four_decimals(void **state)
{
    static const struct { float score; const char *text; } rows[] = {
        { 0.0f, "0" }, { 1.0f, "1" }, { 0.95f, "0.95" }, { 0.12345f, "0.1235" }, { 0.5f, "0.5" }, { 0.00004f, "0" },
        { 0.99996f, "1" }, { 2.0f, "1" }, { -1.0f, "0" }, { 0.0625f, "0.0625" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_buf out = { 0 };
        bawn_cli_write_score(&out, rows[i].score);
        assert_true(bawn_slice_is(bawn_buf_slice(&out), rows[i].text));
        bawn_buf_free(&out);
    }
}

static void a_verdict_is_one_line_with_every_guard_that_ran(void **state)
{
    bawn_cli_guards g = { .names = { { "pii", 3 }, { "leak", 4 } }, .n = 2 };
    bawn_finding found[2] = {
        { .guard = { "pii", 3 }, .kind = { "pii.EMAIL", 9 }, .span = { 5, 25 }, .score = 0.95f },
        { .guard = { "pii", 3 }, .kind = { "pii.AGE", 7 }, .span = { 1, 2 }, .score = 0.5f },
    };
    bawn_verdict v = { .action = BAWN_MASK, .findings = found, .n_findings = 2, .guarded = 25, .total = 25 };
    bawn_buf out = { 0 };
    (void)state;
    bawn_cli_row_write(&out, &g, BAWN_NIL, &v, BAWN_LIT("a\"b"));
    assert_true(bawn_slice_is(bawn_buf_slice(&out),
        "{\"id\":null,\"action\":\"mask\",\"scores\":{\"pii\":0.95,\"leak\":0},\"findings\":["
        "{\"guard\":\"pii\",\"kind\":\"pii.EMAIL\",\"begin\":5,\"end\":25,\"score\":0.95},"
        "{\"guard\":\"pii\",\"kind\":\"pii.AGE\",\"begin\":1,\"end\":2,\"score\":0.5}],"
        "\"guarded\":25,\"total\":25,\"masked\":\"a\\\"b\"}\n"));
    bawn_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_of_any_type_come_back_as_they_were),
        cmocka_unit_test(origin_follows_from_role_and_may_be_named),
        cmocka_unit_test(texts_are_decoded),
        cmocka_unit_test(broken_lines_say_what_was_expected),
        cmocka_unit_test(scores_have_at_most_four_decimals),
        cmocka_unit_test(a_verdict_is_one_line_with_every_guard_that_ran),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

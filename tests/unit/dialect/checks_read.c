/* What each of the guardrail APIs asks, read: routes, whose text is whose, what is refused, what is not known. Bodies are those
 * that boto3 1.44, litellm 1.110, presidio's and Azure's documentation send. keeps: P3a.2 */
#include "dialect/checks.h"
#include "help.h"

static const bawn_dialect *table_of(bawn_operation op)
{
    for (const bawn_dialect *d = &bawn_dialect_guardrail; d; d = d->next) {
        static const char *const uris[] = { "/guardrail/a/version/DRAFT/apply", "/guardrail-checks/invoke", "/beta/litellm_basic_guardrail_api",
                                            "/analyze", "/anonymize", "/contentsafety/text:shieldPrompt?api-version=2024-09-01", "/v2/guard" };
        bawn_slice rest;
        if (d->route(BAWN_LIT("POST"), bawn_slice_str(uris[op - BAWN_OP_APPLY_GUARDRAIL]), &rest) == op)
            return d;
    }
    fail_msg("no table has operation %d", op);
    return NULL;
}

static seen_body see(bawn_operation op, const char *text) { return see_by(table_of(op)->request, op, text); }

static void every_operation_has_a_table_and_a_name(void **state)
{
    (void)state;
    for (bawn_operation op = BAWN_OP_APPLY_GUARDRAIL; op <= BAWN_OP_LAKERA_GUARD; op++) {
        assert_string_equal(table_of(op)->name, "guardrail");
        assert_string_not_equal(table_of(op)->operation_name(op), "unknown");
        assert_true(bawn_operation_checks(op) && !bawn_operation_talks(op));
    }
    assert_false(bawn_operation_checks(BAWN_OP_CHAT) || bawn_operation_checks(BAWN_OP_MODERATIONS));
    assert_false(bawn_checks_trie()->full);
}

static void routes_are_exact(void **state)
{
    static const char *const wrong[] = { "/guardrail/", "/guardrail//version/1/apply", "/guardrail/a/version//apply", "/guardrail/a/version/1",
        "/guardrail/a/b/version/1/apply", "/guardrail/a/version/1/2/apply", "/guardrail/a/version/1/apply/", "/analyze/", "/Analyze",
        "/guardrail-checks/invoke/", "/v2/guard/results", "/contentsafety/text:analyze", "/v1/analyze", "/apply", "" };
    bawn_slice rest;
    (void)state;
    for (const bawn_dialect *d = &bawn_dialect_guardrail; d; d = d->next) {
        for (size_t i = 0; i < BAWN_COUNT(wrong); i++)
            assert_int_equal(d->route(BAWN_LIT("POST"), bawn_slice_str(wrong[i]), &rest), BAWN_OP_UNKNOWN);
        assert_int_equal(d->route(BAWN_LIT("GET"), BAWN_LIT("/analyze"), &rest), BAWN_OP_UNKNOWN);
        assert_int_equal(d->route(BAWN_LIT("GET"), BAWN_LIT("/guardrail/a/version/1/apply"), &rest), BAWN_OP_UNKNOWN);
    }
}

static void a_guardrail_is_named_by_id_or_arn(void **state)
{
    static const struct { const char *uri, *name, *version; } rows[] = {
        { "/guardrail/shop/version/DRAFT/apply", "shop", "DRAFT" }, { "/guardrail/in%5fa/version/12/apply?x=1", "in_a", "12" },
        { "/guardrail/arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Aguardrail%2Fshop/version/3/apply", "shop", "3" },
        { "/guardrail/%zz%2/version/1/apply", "%zz%2", "1" }, { "/guardrail/a%2F/version/1/apply", "a%2F", "1" },
        { "/guardrail/a%2f..%2fb/version/1/apply", "b", "1" },
    };
    bawn_arena *arena = bawn_arena_new(1024, 0);
    bawn_slice name, version;
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        assert_true(bawn_checks_guardrail_of(&name, &version, BAWN_OP_APPLY_GUARDRAIL, bawn_slice_str(rows[i].uri), arena));
        assert_slice(name, rows[i].name);
        assert_slice(version, rows[i].version);
    }
    assert_true(bawn_checks_guardrail_of(&name, &version, BAWN_OP_GUARDRAIL_CHECKS, BAWN_LIT("/guardrail-checks/invoke"), arena));
    assert_int_equal(name.len, 0);
    bawn_arena_free(arena);
}

/* ---- whose text ------------------------------------------------------------------------------------------------------ */
typedef struct { const char *text; bawn_origin origin; bool answer; bawn_field_kind kind; } voice;

static void expect_voices(bawn_operation op, const char *body, const voice *voices, size_t n)
{
    seen_body s = see(op, body);
    if (!s.ok)
        fail_msg("%s: %s", body, s.err.message);
    assert_int_equal(s.got.n_fields, n);
    for (size_t i = 0; i < n; i++) {
        const bawn_field *f = find_text(&s, voices[i].text, NULL);
        if (!f || f->origin != voices[i].origin || f->answer != voices[i].answer || f->kind != voices[i].kind)
            fail_msg("%s: origin %d answer %d kind %d", voices[i].text, f ? (int)f->origin : -1, f ? f->answer : -1, f ? (int)f->kind : -1);
    }
    assert_int_equal(s.got.unknown_field.len, 0);
    unsee(&s);
}
#define VOICES(op, body, ...) expect_voices(op, body, (const voice[]){ __VA_ARGS__ }, sizeof((const voice[]){ __VA_ARGS__ }) / sizeof(voice))

static void texts_are_of_those_who_said_them(void **state)
{
    (void)state;
    VOICES(BAWN_OP_APPLY_GUARDRAIL, "{\"source\":\"INPUT\",\"content\":[{\"text\":{\"text\":\"hello\"}},{\"text\":{\"text\":\"there\","
           "\"qualifiers\":[\"query\",\"guard_content\"]}}],\"outputScope\":\"FULL\"}", { "hello", BAWN_CALLER, false, BAWN_F_TEXT },
           { "there", BAWN_CALLER, false, BAWN_F_TEXT });
    VOICES(BAWN_OP_APPLY_GUARDRAIL, "{\"content\":[{\"text\":{\"text\":\"hello\",\"qualifiers\":[]}}],\"source\":\"OUTPUT\"}",
           { "hello", BAWN_MODEL, true, BAWN_F_TEXT });
    VOICES(BAWN_OP_GUARDRAIL_CHECKS, "{\"messages\":[{\"content\":[{\"text\":\"sys\"}],\"role\":\"system\"},{\"role\":\"user\",\"content\":[{\"text\":\"usr\"}]},"
           "{\"role\":\"assistant\",\"content\":[{\"text\":\"ast\"}]}],\"checks\":{\"promptAttack\":{\"categories\":[{\"category\":\"JAILBREAK\"}]}}}",
           { "sys", BAWN_APPLICATION, false, BAWN_F_TEXT }, { "usr", BAWN_CALLER, false, BAWN_F_TEXT }, { "ast", BAWN_MODEL, true, BAWN_F_TEXT });
    VOICES(BAWN_OP_SHIELD_PROMPT, "{\"userPrompt\":\"ask\",\"documents\":[\"doc\"]}", { "ask", BAWN_CALLER, false, BAWN_F_TEXT },
           { "doc", BAWN_DOCUMENT, false, BAWN_F_TEXT });
    VOICES(BAWN_OP_PRESIDIO_ANALYZE, "{\"text\":[\"one\",\"two\"],\"language\":\"en\",\"entities\":[\"PERSON\"],\"score_threshold\":0.5,"
           "\"ad_hoc_recognizers\":[],\"allow_list\":null}", { "one", BAWN_CALLER, false, BAWN_F_TEXT }, { "two", BAWN_CALLER, false, BAWN_F_TEXT });
}

static void a_chats_last_answer_is_an_answer_and_those_before_are_history(void **state)
{
    (void)state;
    VOICES(BAWN_OP_LAKERA_GUARD, "{\"messages\":[{\"role\":\"system\",\"content\":\"sys\"},{\"role\":\"assistant\",\"content\":\"old\"},"
           "{\"role\":\"tool\",\"content\":\"tool\"},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"usr\"}]},{\"role\":\"assistant\",\"content\":\"new\","
           "\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"fnn\",\"arguments\":\"{\\\"q\\\":1}\"}}]}],\"payload\":true,\"dev_info\":null}",
           { "sys", BAWN_APPLICATION, false, BAWN_F_TEXT }, { "old", BAWN_MODEL, false, BAWN_F_TEXT }, { "tool", BAWN_TOOL_RESULT, false, BAWN_F_TEXT },
           { "usr", BAWN_CALLER, false, BAWN_F_TEXT }, { "new", BAWN_MODEL, true, BAWN_F_TEXT }, { "fnn", BAWN_MODEL, true, BAWN_F_NAME },
           { "{\"q\":1}", BAWN_MODEL, true, BAWN_F_ARGUMENTS });
}

static void litellms_texts_are_the_callers_or_the_models(void **state)
{
    (void)state;
    VOICES(BAWN_OP_LITELLM_GUARDRAIL, "{\"input_type\":\"response\",\"texts\":[\"said\"],\"request_data\":{},\"images\":null,\"model\":\"gpt-4\","
           "\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"fnn\",\"arguments\":\"args\"}}],"
           "\"structured_messages\":[{\"role\":\"user\",\"content\":\"asked\"}],\"additional_provider_specific_params\":{},\"tools\":null}",
           { "said", BAWN_MODEL, true, BAWN_F_TEXT }, { "fnn", BAWN_MODEL, true, BAWN_F_NAME }, { "args", BAWN_MODEL, true, BAWN_F_ARGUMENTS },
           { "asked", BAWN_CALLER, false, BAWN_F_TEXT });
}

/* ---- not judged, not known, not right ---------------------------------------------------------------------------------- */
static void what_is_there_to_be_compared_with_is_unguarded(void **state)
{
    seen_body s = see(BAWN_OP_APPLY_GUARDRAIL, "{\"source\":\"INPUT\",\"content\":[{\"text\":{\"text\":\"source\",\"qualifiers\":[\"grounding_source\"]}},"
                      "{\"text\":{\"qualifiers\":[\"query\"],\"text\":\"qu\\u00e9ry\"}},{\"image\":{\"format\":\"png\",\"source\":{\"bytes\":\"QUJD\"}}},{\"text\":{\"text\":\"judged\"}}]}");
    (void)state;
    assert_true(s.ok);
    assert_int_equal(s.got.n_fields, 1);
    assert_slice(s.got.fields[0].text, "judged");
    assert_int_equal(s.got.n_unguarded, 3);
    assert_string_equal(s.got.unguarded[0].reason, "not_asked");
    assert_int_equal(s.got.unguarded[0].characters, 6);
    assert_slice(s.got.unguarded[1].path, "/content/1/text/text");
    assert_int_equal(s.got.unguarded[1].characters, 5);
    assert_string_equal(s.got.unguarded[2].reason, "unsupported_media");
    unsee(&s);
}

static void what_no_row_names_is_judged_and_reported(void **state)
{
    static const struct { bawn_operation op; const char *body, *path; } rows[] = {
        { BAWN_OP_APPLY_GUARDRAIL, "{\"source\":\"INPUT\",\"content\":[{\"text\":{\"text\":\"a\",\"novel\":\"hidden\"}}]}", "/content/0/text/novel" },
        { BAWN_OP_GUARDRAIL_CHECKS, "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"a\"}],\"novel\":\"hidden\"}],\"checks\":{\"promptAttack\":"
          "{\"categories\":[{\"category\":\"JAILBREAK\"}]}}}", "/messages/0/novel" },
        { BAWN_OP_LITELLM_GUARDRAIL, "{\"input_type\":\"request\",\"novel\":[\"hidden\"]}", "/novel" },
        { BAWN_OP_PRESIDIO_ANALYZE, "{\"text\":\"a\",\"novel\":{\"x\":\"hidden\"}}", "/novel" },
        { BAWN_OP_PRESIDIO_ANONYMIZE, "{\"text\":\"a\",\"analyzer_results\":[],\"novel\":\"hidden\"}", "/novel" },
        { BAWN_OP_SHIELD_PROMPT, "{\"userPrompt\":\"a\",\"novel\":\"hidden\"}", "/novel" },
        { BAWN_OP_LAKERA_GUARD, "{\"messages\":[{\"role\":\"user\",\"content\":\"a\",\"novel\":\"hidden\"}]}", "/messages/0/novel" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        seen_body s = see(rows[i].op, rows[i].body);
        if (!s.ok)
            fail_msg("%s: %s", rows[i].body, s.err.message);
        assert_slice(s.got.unknown_field, rows[i].path);
        assert_non_null(find_text(&s, "hidden", NULL));
        unsee(&s);
    }
}

/* 16 Mi characters, about, is what the answer of one request may put in. */
static void a_small_request_cannot_ask_for_a_vast_answer(void **state)
{
    static const struct { int end, with; size_t n; bool ok; } rows[] = {       /* long results, or a long replacement */
        { 4096, 1, 4000, true }, { 4096, 1, 4100, false }, { 1, 4096, 4000, true }, { 1, 4096, 4100, false },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_buf b = { 0 };
        bawn_buf_fmt(&b, "{\"text\":\"%4096s\",\"analyzer_results\":[", "x");
        for (size_t k = 0; k < rows[i].n; k++)
            bawn_buf_fmt(&b, "%s{\"start\":0,\"end\":%d,\"score\":1,\"entity_type\":\"A\"}", k ? "," : "", rows[i].end);
        bawn_buf_fmt(&b, "],\"anonymizers\":{\"A\":{\"type\":\"replace\",\"new_value\":\"%*s\"}}}", rows[i].with, "y");
        bawn_buf_byte(&b, 0);
        seen_body s = see(BAWN_OP_PRESIDIO_ANONYMIZE, b.ptr);
        if (s.ok != rows[i].ok)
            fail_msg("row %zu: %s", i, s.ok ? "taken" : s.err.message);
        unsee(&s);
        bawn_buf_free(&b);
    }
}

static void what_is_not_of_the_api_is_refused_by_its_name(void **state)
{
#define CHECKS(x) "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"a\"}]}],\"checks\":" x "}"
#define RESULT(x) "{\"text\":\"abc\",\"analyzer_results\":[" x "]}"
#define WITH(x) "{\"text\":\"abc\",\"analyzer_results\":[],\"anonymizers\":{\"DEFAULT\":{" x "}}}"
    static const struct { bawn_operation op; const char *body, *param; } rows[] = {
        { BAWN_OP_APPLY_GUARDRAIL, "{\"content\":[]}", "source" }, { BAWN_OP_APPLY_GUARDRAIL, "{\"source\":\"BOTH\",\"content\":[]}", "source" },
        { BAWN_OP_APPLY_GUARDRAIL, "{\"source\":\"INPUT\"}", "content" }, { BAWN_OP_APPLY_GUARDRAIL, "{\"source\":\"INPUT\",\"content\":[\"a\"]}", "content" },
        { BAWN_OP_APPLY_GUARDRAIL, "{\"source\":\"INPUT\",\"content\":[{}]}", "content" },
        { BAWN_OP_APPLY_GUARDRAIL, "{\"source\":\"INPUT\",\"content\":[{\"text\":{\"text\":\"a\"},\"image\":{}}]}", "content" },
        { BAWN_OP_APPLY_GUARDRAIL, "{\"source\":\"INPUT\",\"content\":[{\"text\":{\"qualifiers\":[]}}]}", "content.text" },
        { BAWN_OP_APPLY_GUARDRAIL, "{\"source\":\"INPUT\",\"content\":[{\"text\":{\"text\":[\"a\"]}}]}", "content.text.text" },
        { BAWN_OP_APPLY_GUARDRAIL, "{\"source\":\"INPUT\",\"content\":[{\"text\":{\"text\":\"a\",\"qualifiers\":[\"other\"]}}]}", "content.text.qualifiers" },
        { BAWN_OP_APPLY_GUARDRAIL, "{\"source\":\"INPUT\",\"content\":[],\"outputScope\":\"ALL\"}", "outputScope" },
        { BAWN_OP_GUARDRAIL_CHECKS, "{\"messages\":[],\"checks\":{}}", "messages" }, { BAWN_OP_GUARDRAIL_CHECKS, CHECKS("{}"), "checks" },
        { BAWN_OP_GUARDRAIL_CHECKS, CHECKS("{\"promptAttack\":{\"categories\":[]}}"), "promptAttack" },
        { BAWN_OP_GUARDRAIL_CHECKS, CHECKS("{\"promptAttack\":{\"categories\":[{\"category\":\"HATE\"}]}}"), "promptAttack" },
        { BAWN_OP_GUARDRAIL_CHECKS, CHECKS("{\"contentFilter\":{\"categories\":[{\"category\":\"JAILBREAK\"}]}}"), "contentFilter" },
        { BAWN_OP_GUARDRAIL_CHECKS, CHECKS("{\"sensitiveInformation\":{\"entities\":[{\"type\":\"EM\\u0041IL\"}]}}"), "sensitiveInformation" },
        { BAWN_OP_GUARDRAIL_CHECKS, "{\"messages\":[{\"role\":\"tool\",\"content\":[{\"text\":\"a\"}]}],\"checks\":{\"promptAttack\":{\"categories\":[{\"category\":\"JAILBREAK\"}]}}}", "messages.role" },
        { BAWN_OP_LITELLM_GUARDRAIL, "{\"texts\":[\"a\"]}", "input_type" }, { BAWN_OP_LITELLM_GUARDRAIL, "{\"input_type\":\"request\",\"texts\":[1]}", "texts" },
        { BAWN_OP_PRESIDIO_ANALYZE, "{\"language\":\"en\"}", "text" }, { BAWN_OP_PRESIDIO_ANALYZE, "{\"text\":[1]}", "text" },
        { BAWN_OP_PRESIDIO_ANALYZE, "{\"text\":\"a\",\"entities\":\"PERSON\"}", "entities" }, { BAWN_OP_PRESIDIO_ANALYZE, "{\"text\":\"a\",\"score_threshold\":\"1\"}", "score_threshold" },
        { BAWN_OP_PRESIDIO_ANALYZE, "{\"text\":\"a\",\"ad_hoc_recognizers\":[{\"name\":\"x\"}]}", "ad_hoc_recognizers" },
        { BAWN_OP_PRESIDIO_ANALYZE, "{\"text\":\"a\",\"allow_list_match\":\"regex\"}", "allow_list_match" },
        { BAWN_OP_PRESIDIO_ANONYMIZE, "{\"text\":\"abc\"}", "analyzer_results" },
        { BAWN_OP_PRESIDIO_ANONYMIZE, RESULT("{\"start\":0,\"end\":4,\"score\":1,\"entity_type\":\"X\"}"), "analyzer_results" },
        { BAWN_OP_PRESIDIO_ANONYMIZE, RESULT("{\"start\":2,\"end\":1,\"score\":1,\"entity_type\":\"X\"}"), "analyzer_results" },
        { BAWN_OP_PRESIDIO_ANONYMIZE, RESULT("{\"start\":-1,\"end\":1,\"score\":1,\"entity_type\":\"X\"}"), "analyzer_results" },
        { BAWN_OP_PRESIDIO_ANONYMIZE, RESULT("{\"start\":0,\"end\":1,\"score\":1}"), "analyzer_results" },
        { BAWN_OP_PRESIDIO_ANONYMIZE, RESULT("7"), "analyzer_results" }, { BAWN_OP_PRESIDIO_ANONYMIZE, WITH(""), "anonymizers.type" },
        { BAWN_OP_PRESIDIO_ANONYMIZE, WITH("\"type\":\"encrypt\",\"key\":\"WmZq4t7w!z%C&F)J\""), "anonymizers.type" },
        { BAWN_OP_PRESIDIO_ANONYMIZE, WITH("\"type\":\"mask\",\"chars_to_mask\":1"), "anonymizers.masking_char" },
        { BAWN_OP_PRESIDIO_ANONYMIZE, WITH("\"type\":\"mask\",\"masking_char\":\"*\""), "anonymizers.chars_to_mask" },
        { BAWN_OP_PRESIDIO_ANONYMIZE, WITH("\"type\":\"mask\",\"masking_char\":\"**\",\"chars_to_mask\":1"), "anonymizers.masking_char" },
        { BAWN_OP_PRESIDIO_ANONYMIZE, WITH("\"type\":\"hash\",\"hash_type\":\"sha512\""), "anonymizers.hash_type" },
        { BAWN_OP_PRESIDIO_ANONYMIZE, WITH("\"type\":\"hash\",\"salt\":\"short\""), "anonymizers.salt" },
        { BAWN_OP_SHIELD_PROMPT, "{}", "userPrompt" }, { BAWN_OP_SHIELD_PROMPT, "{\"userPrompt\":1}", "userPrompt" },
        { BAWN_OP_SHIELD_PROMPT, "{\"documents\":[1]}", "documents" }, { BAWN_OP_LAKERA_GUARD, "{}", "messages" },
        { BAWN_OP_LAKERA_GUARD, "{\"messages\":[{\"content\":\"a\"}]}", "messages.role" }, { BAWN_OP_LAKERA_GUARD, "{\"messages\":[],\"payload\":\"yes\"}", "payload" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        seen_body s = see(rows[i].op, rows[i].body);
        if (s.ok || s.err.code != BAWN_E_INVALID_REQUEST || strcmp(s.err.file, rows[i].param) != 0)
            fail_msg("%s: %s (%s)", rows[i].body, s.ok ? "taken" : s.err.message, s.err.file);
        unsee(&s);
    }
    for (bawn_operation op = BAWN_OP_APPLY_GUARDRAIL; op <= BAWN_OP_LAKERA_GUARD; op++) {
        seen_body s = see(op, "[]");
        assert_false(s.ok);
        assert_int_equal(s.err.code, BAWN_E_INVALID_REQUEST);
        unsee(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_has_a_table_and_a_name), cmocka_unit_test(routes_are_exact),
        cmocka_unit_test(a_guardrail_is_named_by_id_or_arn), cmocka_unit_test(texts_are_of_those_who_said_them),
        cmocka_unit_test(a_chats_last_answer_is_an_answer_and_those_before_are_history),
        cmocka_unit_test(litellms_texts_are_the_callers_or_the_models), cmocka_unit_test(what_is_there_to_be_compared_with_is_unguarded),
        cmocka_unit_test(what_no_row_names_is_judged_and_reported), cmocka_unit_test(what_is_not_of_the_api_is_refused_by_its_name),
        cmocka_unit_test(a_small_request_cannot_ask_for_a_vast_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

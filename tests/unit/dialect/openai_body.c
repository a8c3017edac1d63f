/* What of an OpenAI body is read beyond its fields: parameters, errors, choices, usage, copies, bounds. */
#include "help.h"

#define MESSAGES "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]"

static void refused(bawn_operation op, const char *body, const char *param)
{
    seen_body s = see_request(op, body);

    if (s.ok)
        fail_msg("was accepted: %s", body);
    assert_int_equal(s.err.code, BAWN_E_INVALID_REQUEST);
    assert_string_equal(s.err.file, param);
    assert_true(strlen(s.err.message) > 0);
    unsee(&s);
}

static void a_mistake_in_a_chat_request_names_its_parameter(void **state)
{
    static const struct { const char *body, *param; } all[] = {
        { "[]", "" }, { "{\"model\":\"m\"}", "messages" }, { "{" MESSAGES "}", "model" },
        { "{\"model\":7," MESSAGES "}", "model" }, { "{\"model\":\"\"," MESSAGES "}", "model" },
        { "{\"model\":\"m\",\"messages\":{}}", "messages" }, { "{\"model\":\"m\",\"messages\":[]}", "messages" },
        { "{\"model\":\"m\",\"messages\":\"x\"}", "messages" }, { "{\"model\":\"m\",\"messages\":[\"x\"]}", "messages[0]" },
        { "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"},{\"content\":\"x\"}]}", "messages[1].role" },
        { "{\"model\":\"m\",\"messages\":[{\"role\":\"User\"}]}", "messages[0].role" },
        { "{\"model\":\"m\",\"messages\":[{\"role\":null}]}", "messages[0].role" },
        { "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":7}]}", "messages[0].content" },
        { "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":{}}]}", "messages[0].content" },
        { "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[\"x\"]}]}", "messages[0].content[0]" },
        { "{\"model\":\"m\",\"n\":0," MESSAGES "}", "n" }, { "{\"model\":\"m\",\"n\":129," MESSAGES "}", "n" },
        { "{\"model\":\"m\",\"n\":1.5," MESSAGES "}", "n" }, { "{\"model\":\"m\",\"stream\":\"true\"," MESSAGES "}", "stream" },
        { "{\"model\":\"m\",\"stream\":1," MESSAGES "}", "stream" },
        { "{\"model\":\"m\",\"stream_options\":[]," MESSAGES "}", "stream_options" },
        { "{\"model\":\"m\",\"stream_options\":{\"include_usage\":1}," MESSAGES "}", "stream_options.include_usage" },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(all); i++)
        refused(BAWN_OP_CHAT, all[i].body, all[i].param);
}

static void a_mistake_in_other_requests_too(void **state)
{
    (void)state;
    refused(BAWN_OP_EMBEDDINGS, "{\"model\":\"m\"}", "input");
    refused(BAWN_OP_EMBEDDINGS, "{\"model\":\"m\",\"input\":[]}", "input");
    refused(BAWN_OP_EMBEDDINGS, "{\"model\":\"m\",\"input\":{}}", "input");
    refused(BAWN_OP_EMBEDDINGS, "{\"model\":\"m\",\"input\":[\"a\",1]}", "input");
    refused(BAWN_OP_EMBEDDINGS, "{\"input\":\"a\"}", "model");
    refused(BAWN_OP_MODERATIONS, "{}", "input");
    refused(BAWN_OP_MODERATIONS, "{\"input\":[\"a\",{\"type\":\"text\",\"text\":\"b\"}]}", "input");
    refused(BAWN_OP_MODERATIONS, "{\"input\":[[1]]}", "input");
    refused(BAWN_OP_MODELS, "{}", "");
}

static void parameters_are_read(void **state)
{
    seen_body s = see_request(BAWN_OP_CHAT, "{\"stream_options\":{\"include_usage\":true},\"n\":3,\"stream\":true,"
                                            "\"model\":\"a\\u0062c\"," MESSAGES "}");
    seen_body plain = see_request(BAWN_OP_CHAT, "{\"n\":null,\"stream\":null,\"stream_options\":null,\"model\":\"m\"," MESSAGES "}");

    (void)state;
    assert_true(s.ok && s.got.stream && s.got.include_usage);
    assert_int_equal(s.got.n_choices, 3);
    assert_int_equal(s.got.n_messages, 1);
    assert_slice(s.got.model, "abc");
    assert_true(plain.ok && !plain.got.stream && !plain.got.include_usage);
    assert_int_equal(plain.got.n_choices, 1);
    unsee(&s);
    unsee(&plain);
}

static void inputs_are_numbered_and_tokens_are_reported(void **state)
{
    seen_body s = see_request(BAWN_OP_EMBEDDINGS, "{\"model\":\"m\",\"input\":[\"one\",[1,2,3],\"two\"]}");
    seen_body flat = see_request(BAWN_OP_EMBEDDINGS, "{\"model\":\"m\",\"input\":[5,6]}");
    seen_body parts = see_request(BAWN_OP_MODERATIONS, "{\"input\":[{\"type\":\"text\",\"text\":\"a b\"},{\"type\":"
                                                       "\"text\",\"text\":\"c d\"}]}");

    (void)state;
    assert_true(s.ok && flat.ok && parts.ok);
    assert_int_equal(s.got.n_messages, 3);
    assert_int_equal(s.got.n_fields, 2);
    assert_int_equal(s.got.fields[1].message, 2);
    assert_int_equal(s.got.n_unguarded, 1);
    assert_slice(s.got.unguarded[0].path, "/input/1");
    assert_string_equal(s.got.unguarded[0].reason, "unsupported_media");
    assert_int_equal(flat.got.n_messages, 1);
    assert_int_equal(flat.got.n_unguarded, 1);
    assert_slice(flat.got.unguarded[0].path, "/input");
    assert_int_equal(parts.got.n_messages, 1);
    assert_int_equal(parts.got.fields[1].message, 0);
    unsee(&s);
    unsee(&flat);
    unsee(&parts);
}

/* ---- answers ------------------------------------------------------------------------------------------------- */
static void channels_are_of_their_choice_and_tool_call(void **state)
{
    seen_body s = see_answer("{\"id\":\"c-1\",\"model\":\"m\",\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":2,"
                             "\"function\":{\"name\":\"get w\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\",\"index\":5},"
                             "{\"message\":{\"content\":\"hello you\",\"tool_calls\":[{},{\"custom\":{\"input\":\"in put\"}}]}}],"
                             "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":9}}");

    (void)state;
    assert_true(s.ok);
    assert_int_equal(find_text(&s, "get w", NULL)->channel, 5 << 16 | (17 + 2 * 2));
    assert_int_equal(find_text(&s, "{}", NULL)->channel, 5 << 16 | (16 + 2 * 2));
    assert_int_equal(find_text(&s, "hello you", NULL)->channel, 1 << 16 | 0);
    assert_int_equal(find_text(&s, "in put", NULL)->channel, 1 << 16 | (16 + 2));
    assert_int_equal(s.got.n_open, 2);
    assert_int_equal(s.got.choices[0].index, 5);
    assert_slice(s.got.choices[0].finish_reason, "tool_calls");
    assert_slice(bawn_slice_of(s.json.text.ptr + s.got.choices[0].finish_wire.begin,
                               s.got.choices[0].finish_wire.end - s.got.choices[0].finish_wire.begin), "\"tool_calls\"");
    assert_int_equal(s.got.choices[1].finish_reason.len, 0);
    assert_int_equal(s.got.n_finish, 1);
    assert_int_equal(s.got.input_tokens, 7);
    assert_int_equal(s.got.output_tokens, 9);
    assert_slice(s.got.id, "c-1");
    unsee(&s);
}

static void fields_that_may_stand_together_never_share_a_channel(void **state)
{
    seen_body s = see_answer("{\"choices\":[{\"delta\":{\"content\":\"a\",\"refusal\":\"b\",\"reasoning\":\"c\",\"reasoning_content\":"
                             "\"d\",\"reasoning_details\":[{\"text\":\"e\"}],\"audio\":{\"transcript\":\"f\"},\"function_call\":{"
                             "\"name\":\"g\",\"arguments\":\"h\"},\"tool_calls\":[{\"function\":{\"name\":\"i\",\"arguments\":\"j\"}}]},"
                             "\"logprobs\":{\"content\":[{\"token\":\"k\",\"top_logprobs\":[{\"token\":\"l\"}]}],\"refusal\":[{\"token\":"
                             "\"m\"}]}}]}");

    (void)state;
    assert_int_equal(s.got.n_fields, 13);
    for (size_t i = 0; i < s.got.n_fields; i++)
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(s.got.fields[i].channel, s.got.fields[k].channel);
    unsee(&s);
}

static void copies_of_text_are_named_with_their_wire_bytes(void **state)
{
    seen_body s = see_answer("{\"choices\":[{\"index\":1,\"logprobs\":{\"content\":[]}},{\"index\":2,\"logprobs\":null}],"
                             "\"obfuscation\":\"aZ9\"}");
    bawn_span a = s.got.copies[0].wire, b = s.got.copies[1].wire;

    (void)state;
    assert_int_equal(s.got.n_copies, 2);
    assert_int_equal(s.got.copies[0].choice, 1);
    assert_slice(bawn_slice_of(s.json.text.ptr + a.begin, a.end - a.begin), "{\"content\":[]}");
    assert_int_equal(s.got.copies[1].choice, UINT32_MAX);
    assert_slice(bawn_slice_of(s.json.text.ptr + b.begin, b.end - b.begin), "\"aZ9\"");
    assert_int_equal(s.got.n_fields, 0);
    unsee(&s);
}

static void a_usage_chunk_has_no_text_and_an_error_is_told(void **state)
{
    seen_body usage = see_event(&bawn_dialect_openai, BAWN_OP_CHAT, "{\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,"
                             "\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":0}}}", NULL);
    seen_body error = see_event(&bawn_dialect_openai, BAWN_OP_CHAT, "{\"error\":{\"message\":\"out of luck\",\"code\":null}}", NULL);

    (void)state;
    assert_true(usage.ok && usage.got.n_fields == 0 && usage.got.unknown_field.len == 0 && !usage.got.error);
    assert_int_equal(usage.got.output_tokens, 2);
    assert_true(error.ok && error.got.error);
    assert_slice(error.got.fields[0].text, "out of luck");
    unsee(&usage);
    unsee(&error);
}

static void vectors_are_no_text(void **state)
{
    seen_body s = see_by(bawn_dialect_openai.answer, BAWN_OP_EMBEDDINGS, "{\"object\":\"list\",\"model\":\"m\",\"data\":[{\"object\":"
                         "\"embedding\",\"index\":0,\"embedding\":\"AACAPw+/==\"},{\"embedding\":[0.5,1]}],\"usage\":{\"prompt_tokens\":3}}");

    (void)state;
    assert_true(s.ok);
    assert_int_equal(s.got.n_fields, 0);
    assert_int_equal(s.got.n_messages, 2);
    assert_int_equal(s.got.unknown_field.len, 0);
    unsee(&s);
}

static void an_answer_with_an_index_out_of_bounds_is_invalid(void **state)
{
    static const char *const all[] = { "{\"choices\":[{\"index\":70000}]}", "{\"choices\":[{\"index\":-1}]}", "[]",
                                       "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":40000}]}}]}" };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(all); i++) {
        seen_body s = see_answer(all[i]);

        assert_false(s.ok);
        assert_int_equal(s.err.code, BAWN_E_UPSTREAM_INVALID);
        unsee(&s);
    }
}

/* ---- bounds -------------------------------------------------------------------------------------------------- */
static void a_pointer_is_short_whatever_the_keys(void **state)
{
    char *body = malloc(40000), *at = body;

    (void)state;
    at += sprintf(at, "{\"model\":\"m\"," MESSAGES ",\"");
    for (int i = 0; i < 10000; i++)
        at += sprintf(at, "\xC3\xA9");
    at += sprintf(at, "\":");
    for (int i = 0; i < 90; i++)
        at += sprintf(at, "{\"level%d\":", i);
    at += sprintf(at, "\"deep text\"");
    for (int i = 0; i < 91; i++)
        *at++ = '}';
    *at = 0;
    seen_body s = see_request(BAWN_OP_CHAT, body);
    assert_true(s.ok);
    for (size_t i = 0; i < s.got.n_fields; i++) {
        assert_true(s.got.fields[i].path.len > 0 && s.got.fields[i].path.len <= 256);
        assert_int_equal(bawn_utf8_valid_prefix(s.got.fields[i].path), s.got.fields[i].path.len);
    }
    assert_non_null(find_text(&s, "deep text", NULL));
    assert_true(s.got.unknown_field.len > 0 && s.got.unknown_field.len <= 64 + 1);
    unsee(&s);
    free(body);
}

static void an_arena_that_is_too_small_is_an_error(void **state)
{
    const char *body = "{\"model\":\"m\"," MESSAGES ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":"
                       "{\"a b\":[{\"c d\":\"e f\"},\"g h\",\"i\",\"j\",\"k\",\"l\",\"m\",\"n\",\"o\",\"p\",\"q\"]}}}]}";
    bawn_conversation got;
    bawn_error err;
    bawn_json j = { 0 };
    bool ok = false;

    (void)state;
    assert_true(bawn_json_parse(&j, bawn_slice_str(body), 100, &err));
    for (size_t limit = 64; !ok && limit < 65536; limit += 64) {
        bawn_arena *arena = bawn_arena_new(64, limit);

        if (!arena)
            continue;
        ok = bawn_dialect_openai.request(&got, BAWN_OP_CHAT, &j, arena, &err);
        if (!ok)
            assert_int_equal(err.code, BAWN_E_NO_MEMORY);
        bawn_arena_free(arena);
    }
    assert_true(ok);
    bawn_json_free(&j);
}

/* ---- routes -------------------------------------------------------------------------------------------------- */
static bawn_operation route(const char *method, const char *uri, bawn_slice *rest)
{
    return bawn_dialect_openai.route(bawn_slice_str(method), bawn_slice_str(uri), rest);
}

static void a_route_is_one_spelling(void **state)
{
    static const struct { const char *method, *uri; bawn_operation op; const char *rest; } good[] = {
        { "POST", "/v1/chat/completions", BAWN_OP_CHAT, "/chat/completions" },
        { "POST", "/v1/chat/completions?api-version=1%2F", BAWN_OP_CHAT, "/chat/completions?api-version=1%2F" },
        { "POST", "/v1/responses", BAWN_OP_RESPONSES, "/responses" },
        { "POST", "/v1/embeddings", BAWN_OP_EMBEDDINGS, "/embeddings" },
        { "POST", "/v1/moderations", BAWN_OP_MODERATIONS, "/moderations" },
        { "GET", "/v1/models", BAWN_OP_MODELS, "/models" },
        { "GET", "/v1/models/gpt-4.1:x", BAWN_OP_MODEL, "/models/gpt-4.1:x" },
        { "GET", "/v1/models/org/name-7b", BAWN_OP_MODEL, "/models/org/name-7b" },
        { "GET", "/v1/models/org%2Fname?x=1", BAWN_OP_MODEL, "/models/org%2Fname?x=1" },
    };
    static const char *const bad[][2] = {
        { "GET", "/v1/chat/completions" }, { "post", "/v1/chat/completions" }, { "POST", "/v1/chat/completions/" },
        { "POST", "/v1//chat/completions" }, { "POST", "//v1/chat/completions" }, { "POST", "/v1/chat%2Fcompletions" },
        { "POST", "/v1/chat/%63ompletions" }, { "POST", "/v1/./chat/completions" }, { "POST", "/V1/chat/completions" },
        { "POST", "/v1/chat/completions#x" }, { "POST", "/v1/chat/completions?a b" }, { "POST", "" },
        { "POST", "/v1/chat/completions;x" }, { "POST", "http://h/v1/chat/completions" }, { "POST", "/chat/completions" },
        { "POST", "/v1/completions" }, { "POST", "/v1/responses/compact" }, { "GET", "/v1/responses" }, { "GET", "/v1/chat/completions/id" },
        { "GET", "/v1/models/" }, { "GET", "/v1/models/.." }, { "GET", "/v1/models/." }, { "GET", "/v1/models/a//b" },
        { "GET", "/v1/models/a%2F" }, { "GET", "/v1/models/a/../b" }, { "GET", "/v1/models/a%2f..%2fb" }, { "GET", "/v1/models/../chat/completions" },
        { "GET", "/v1/models//a" }, { "GET", "/v1/models/%2Fa" }, { "GET", "/v1/models/a%2Eb" }, { "GET", "/v1/models/a/%2e%2e" }, { "GET", "/v1/models/a/." },
        { "GET", "/v1/models/a%25b" }, { "GET", "/v1/models/a%2" }, { "DELETE", "/v1/models/a" }, { "POST", "/v1/batches" }, { "POST", "/v1/chat\\completions" },
    };
    bawn_slice rest;

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(good); i++) {
        assert_int_equal(route(good[i].method, good[i].uri, &rest), good[i].op);
        assert_slice(rest, good[i].rest);
    }
    for (size_t i = 0; i < BAWN_COUNT(bad); i++)
        if (route(bad[i][0], bad[i][1], &rest) != BAWN_OP_UNKNOWN)
            fail_msg("was routed: %s %s", bad[i][0], bad[i][1]);
    assert_string_equal(bawn_dialect_openai.operation_name(BAWN_OP_EMBEDDINGS), "embeddings");
    assert_string_equal(bawn_dialect_openai.operation_name(BAWN_OP_UNKNOWN), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mistake_in_a_chat_request_names_its_parameter),
        cmocka_unit_test(a_mistake_in_other_requests_too),
        cmocka_unit_test(parameters_are_read),
        cmocka_unit_test(inputs_are_numbered_and_tokens_are_reported),
        cmocka_unit_test(channels_are_of_their_choice_and_tool_call),
        cmocka_unit_test(fields_that_may_stand_together_never_share_a_channel),
        cmocka_unit_test(copies_of_text_are_named_with_their_wire_bytes),
        cmocka_unit_test(a_usage_chunk_has_no_text_and_an_error_is_told),
        cmocka_unit_test(vectors_are_no_text),
        cmocka_unit_test(an_answer_with_an_index_out_of_bounds_is_invalid),
        cmocka_unit_test(a_pointer_is_short_whatever_the_keys),
        cmocka_unit_test(an_arena_that_is_too_small_is_an_error),
        cmocka_unit_test(a_route_is_one_spelling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

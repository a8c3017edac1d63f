/* OpenAI's Responses: whose words an item holds, what stays unseen, the channels of items and parts, and the forms of ends.
 * keeps: P3a.2, P3a.5, R42 */
#include "dialect/responses.h"
#include "help.h"

static seen_body ask(const char *text) { return see_request(BAWN_OP_RESPONSES, text); }
static seen_body answer(const char *text) { return see_by(bawn_dialect_openai.answer, BAWN_OP_RESPONSES, text); }

static const bawn_field *the_text(const seen_body *s, const char *text)
{
    const bawn_field *f = find_text(s, text, NULL);

    if (!f)
        fail_msg("no field holds `%s`", text);
    return f;
}

static void the_table_has_room(void **state)
{
    (void)state;
    assert_false(bawn_responses_trie()->full);
}

/* ---- requests ------------------------------------------------------------------------------------------------------- */
static void each_voice_is_told_apart(void **state)
{
    static const struct { const char *text; bawn_role role; bawn_origin origin; uint32_t message; } voices[] = {
        { "the rules", BAWN_SYSTEM, BAWN_APPLICATION, UINT32_MAX - 1 }, { "from a developer", BAWN_SYSTEM, BAWN_APPLICATION, 0 },
        { "from a user", BAWN_USER, BAWN_CALLER, 1 }, { "of the model", BAWN_ASSISTANT, BAWN_MODEL, 2 },
        { "a thought", BAWN_ASSISTANT, BAWN_MODEL, 3 }, { "to the depot", BAWN_ASSISTANT, BAWN_MODEL, 4 },
        { "it went", BAWN_TOOL, BAWN_TOOL_RESULT, 5 }, { "what was searched", BAWN_ASSISTANT, BAWN_MODEL, 6 },
        { "a result", BAWN_TOOL, BAWN_TOOL_RESULT, 6 }, { "said a server", BAWN_TOOL, BAWN_TOOL_RESULT, 7 },
        { "printed there", BAWN_TOOL, BAWN_TOOL_RESULT, 8 }, { "logged there", BAWN_TOOL, BAWN_TOOL_RESULT, 9 },
        { "a tool of a server", BAWN_TOOL, BAWN_TOOL_RESULT, 10 }, { "never seen", BAWN_TOOL, BAWN_TOOL_RESULT, 11 },
        { "I say yes", BAWN_USER, BAWN_CALLER, 12 }, { "out of it", BAWN_TOOL, BAWN_TOOL_RESULT, 13 },
        { "what it does", BAWN_SYSTEM, BAWN_APPLICATION, UINT32_MAX },
    };
    seen_body s = ask("{\"model\":\"m\",\"instructions\":\"the rules\",\"input\":[{\"role\":\"developer\",\"content\":\"from a developer\"},"
        "{\"type\":\"message\",\"content\":[{\"type\":\"input_text\",\"text\":\"from a user\"}],\"role\":\"user\"},"
        "{\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"of the model\"}]},"
        "{\"type\":\"reasoning\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"a thought\"}],\"encrypted_content\":\"Z0FB==\"},"
        "{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"send\",\"arguments\":\"{\\\"to\\\":\\\"to the depot\\\"}\"},"
        "{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\"it went\"},"
        "{\"type\":\"web_search_call\",\"action\":{\"query\":\"what was searched\"},\"results\":[{\"text\":\"a result\"}]},"
        "{\"type\":\"mcp_call\",\"name\":\"n\",\"server_label\":\"s\",\"arguments\":\"{}\",\"output\":\"said a server\"},"
        "{\"type\":\"shell_call_output\",\"call_id\":\"c\",\"output\":[{\"stdout\":\"printed there\",\"stderr\":\"\"}]},"
        "{\"type\":\"code_interpreter_call\",\"code\":\"1\",\"outputs\":[{\"type\":\"logs\",\"logs\":\"logged there\"}]},"
        "{\"type\":\"mcp_list_tools\",\"tools\":[{\"name\":\"t\",\"description\":\"a tool of a server\"}]},"
        "{\"type\":\"of_tomorrow\",\"text\":\"never seen\"},{\"type\":\"mcp_approval_response\",\"reason\":\"I say yes\"},"
        "{\"type\":\"program_output\",\"result\":\"out of it\"}],\"tools\":[{\"type\":\"function\",\"description\":\"what it does\"}]}");

    (void)state;
    assert_true(s.ok);
    for (size_t i = 0; i < BAWN_COUNT(voices); i++) {
        size_t n = 0;
        const bawn_field *f = find_text(&s, voices[i].text, &n);
        if (n != 1)
            fail_msg("%zu fields hold `%s`", n, voices[i].text);
        if (f && (f->role != voices[i].role || f->origin != voices[i].origin || f->message != voices[i].message))
            fail_msg("`%s`: role %d, origin %d, message %u", voices[i].text, f->role, f->origin, f->message);
    }
    assert_int_equal(s.got.n_messages, 14);
    assert_int_equal(the_text(&s, "to the depot")->kind, BAWN_F_ARGUMENTS);
    assert_int_equal(s.got.operation, BAWN_OP_RESPONSES);
    unsee(&s);
}

static void what_is_not_read_is_reported(void **state)
{
    seen_body s = ask("{\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"image_url\":"
        "\"https://pictures.example/a b.png\"},{\"type\":\"input_file\",\"file_id\":\"file-1\"},{\"type\":\"input_file\",\"file_data\":\"aGVsbG8=\"}]}],"
        "\"tomorrow\":\"a new field\"}");

    (void)state;
    assert_true(s.ok);
    assert_int_equal(s.got.n_unguarded, 4);
    assert_non_null(find_text(&s, "https://pictures.example/a b.png", NULL));
    assert_slice(s.got.unknown_field, "/tomorrow");
    assert_non_null(find_text(&s, "a new field", NULL));
    unsee(&s);
}

static void unseen_history_is_named(void **state)
{
    static const char *const bodies[][2] = {
        { "{\"model\":\"m\",\"input\":\"x\",\"previous_response_id\":\"r\"}", "previous_response_id" },
        { "{\"model\":\"m\",\"input\":\"x\",\"conversation\":\"c\"}", "conversation" },
        { "{\"model\":\"m\",\"input\":\"x\",\"conversation\":{\"id\":\"c\"}}", "conversation" },
        { "{\"model\":\"m\",\"input\":\"x\",\"background\":true}", "background" },
        { "{\"prompt\":{\"id\":\"p\"}}", "prompt" },
        { "{\"model\":\"m\",\"input\":[{\"type\":\"item_reference\",\"id\":\"i\"}]}", "input" },
        { "{\"model\":\"m\",\"input\":[{\"id\":\"i\",\"type\":null}]}", "input" },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(bodies); i++) {
        seen_body s = ask(bodies[i][0]);
        assert_true(s.ok);
        assert_slice(s.got.unseen, bodies[i][1]);
        assert_int_equal(s.got.n_unguarded, 1);
        assert_string_equal(s.got.unguarded[0].reason, "route_open");
        unsee(&s);
    }
}

/* ---- answers ---------------------------------------------------------------------------------------------------------- */

static void parts_are_channels(void **state)
{
    seen_body s = answer("{\"id\":\"resp_1\",\"status\":\"completed\",\"model\":\"m-1\",\"instructions\":\"the rules\",\"output\":["
        "{\"type\":\"reasoning\",\"summary\":[{\"text\":\"first\"},{\"text\":\"second\"}],\"content\":[{\"text\":\"third\"}]},"
        "{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"fourth\"},{\"type\":\"refusal\",\"refusal\":\"fifth\"}]},"
        "{\"type\":\"function_call\",\"call_id\":\"c1\",\"name\":\"send\",\"arguments\":\"sixth\"}],\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}");
    static const struct { const char *text; uint32_t channel; } places[] = {
        { "first", 64 + 16 * 2000 }, { "second", 64 + 16 * 2001 }, { "third", 64 }, { "fourth", 1 << 16 | 64 },
        { "fifth", 1 << 16 | (64 + 16 + BAWN_CHANNEL_REFUSAL) }, { "sixth", 2 << 16 | BAWN_CHANNEL_TOOL_ARGUMENTS },
    };

    (void)state;
    assert_true(s.ok);
    for (size_t i = 0; i < BAWN_COUNT(places); i++)
        assert_int_equal(the_text(&s, places[i].text)->channel, places[i].channel);
    assert_null(find_text(&s, "the rules", NULL));
    assert_int_equal(s.got.n_copies, 1);
    assert_true(s.got.copies[0].always);
    assert_slice(s.got.finish_reasons[0], "completed");
    assert_int_equal(s.got.input_tokens, 3);
    assert_int_equal(s.got.n_calls, 1);
    assert_slice(s.got.calls[0].name, "send");
    assert_slice(s.got.calls[0].id, "c1");
    unsee(&s);
}

/* ---- events ---------------------------------------------------------------------------------------------------------- */
typedef struct { bawn_stream_state state; bool ok; bawn_error err; } stream;

static seen_body hear(stream *s, const char *text)
{
    seen_body b = { .arena = bawn_arena_new(16384, 0) };

    assert_true(bawn_json_parse(&b.json, bawn_slice_str(text), 100, &b.err));
    b.ok = bawn_dialect_openai.event(&b.got, &s->state, BAWN_OP_RESPONSES, &b.json, b.arena, &b.err);
    if (b.ok)
        assert_true(bawn_dialect_openai.tell(&s->state.story, BAWN_OP_RESPONSES, bawn_slice_str(text)));
    s->ok = b.ok;
    return b;
}

static void hear_all(stream *s, const char *const *events, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        seen_body b = hear(s, events[i]);
        if (!b.ok)
            fail_msg("event %zu: %s\n%s", i, b.err.message, events[i]);
        unsee(&b);
    }
}

#define AT "\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0"
static const char *const begin[] = {
    "{\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_1\",\"created_at\":7,\"model\":\"m-1\",\"status\":"
    "\"in_progress\",\"output\":[],\"tools\":[{\"type\":\"function\"}]}}",
    "{\"type\":\"response.output_item.added\",\"sequence_number\":1,\"output_index\":0,\"item\":{\"id\":\"msg_1\",\"type\":\"message\","
    "\"role\":\"assistant\",\"status\":\"in_progress\",\"content\":[]}}",
    "{\"type\":\"response.content_part.added\",\"sequence_number\":2," AT ",\"part\":{\"type\":\"output_text\",\"text\":\"\",\"annotations\":[]}}",
    "{\"type\":\"response.output_text.delta\",\"sequence_number\":3," AT ",\"delta\":\"Half of \\\"it\\\"\",\"logprobs\":[]}",
};

static void deltas_run_and_repetitions_stand_alone(void **state)
{
    stream s = { 0 };
    seen_body b;

    (void)state;
    hear_all(&s, begin, 3);
    b = hear(&s, begin[3]);
    assert_int_equal(b.got.fields[0].channel, 64);
    assert_slice(b.got.fields[0].path, "/output/0/content/0/text");
    assert_false(b.got.fields[0].copy || b.got.indivisible);
    assert_true(b.got.named && b.got.ends_to == 0);
    unsee(&b);
    b = hear(&s, "{\"type\":\"response.output_text.done\"," AT ",\"text\":\"Half of it\"}");
    assert_true(b.got.fields[0].copy && b.got.indivisible && b.got.fields[0].channel != 64);
    assert_true(b.got.ends_from <= 64 && 64 < b.got.ends_to);
    assert_slice(b.got.fields[0].path, "/output/0/content/0/text");
    unsee(&b);
    b = hear(&s, "{\"type\":\"response.output_item.done\",\"output_index\":0,\"item\":" "{\"id\":\"msg_1\",\"type\":\"message\","
                 "\"content\":[{\"type\":\"output_text\",\"text\":\"Half of it\"}]}}");
    assert_true(b.got.ends_run && b.got.run == 0 && b.got.fields[0].copy);
    assert_slice(b.got.fields[0].path, "/output/0/content/0/text");
    unsee(&b);
    b = hear(&s, "{\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"content\":["
                 "{\"type\":\"output_text\",\"text\":\"Half of it\"}]}]}}");
    assert_true(b.got.mark == BAWN_MARK_END && b.got.fields[0].copy);
    unsee(&b);
    bawn_story_free(s.state.story);
}

static void arguments_are_json_in_pieces(void **state)
{
    static const char *const events[] = {
        "{\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\"}}",
        "{\"type\":\"response.output_item.added\",\"output_index\":3,\"item\":{\"type\":\"function_call\",\"call_id\":\"c1\",\"name\":\"send\","
        "\"arguments\":\"\"}}",
    };
    stream s = { 0 };
    seen_body b;

    (void)state;
    hear_all(&s, events, 2);
    b = hear(&s, "{\"type\":\"response.function_call_arguments.delta\",\"output_index\":3,\"delta\":\"{\\\"to\"}");
    assert_int_equal(b.got.fields[0].kind, BAWN_F_ARGUMENTS);
    assert_int_equal(b.got.fields[0].channel, 3 << 16 | BAWN_CHANNEL_TOOL_ARGUMENTS);
    unsee(&b);
    b = hear(&s, "{\"type\":\"response.function_call_arguments.done\",\"output_index\":3,\"name\":\"send\",\"arguments\":\"{}\"}");
    assert_int_equal(b.got.ends_from, 3 << 16 | BAWN_CHANNEL_TOOL_ARGUMENTS);
    unsee(&b);
    bawn_story_free(s.state.story);
}

static void events_out_of_order_are_refused(void **state)
{
    static const char *const late[] = {
        "{\"type\":\"response.created\",\"response\":{}}", "{\"type\":\"response.output_item.added\",\"output_index\":0,\"item\":{}}",
        "{\"type\":\"response.output_text.delta\",\"output_index\":1,\"content_index\":0,\"delta\":\"x\"}",
        "{\"type\":\"response.output_item.done\",\"output_index\":1,\"item\":{}}",
        "{\"type\":\"response.output_text.delta\",\"output_index\":2048,\"content_index\":0,\"delta\":\"x\"}",
        "{\"type\":\"response.output_text.delta\",\"output_index\":0,\"content_index\":2000,\"delta\":\"x\"}",
        "{\"type\":\"response.output_text.delta\",\"output_index\":-1,\"content_index\":0,\"delta\":\"x\"}", "{\"output_index\":0}",
        "{\"type\":7}", "[]",
    };
    static const char *const early[] = {
        "{\"type\":\"response.output_text.delta\",\"output_index\":0,\"content_index\":0,\"delta\":\"x\"}",
        "{\"type\":\"response.completed\",\"response\":{}}", "{\"type\":\"response.in_progress\",\"response\":{}}",
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(late) + BAWN_COUNT(early); i++) {
        stream s = { 0 };
        const char *text = i < BAWN_COUNT(late) ? late[i] : early[i - BAWN_COUNT(late)];
        if (i < BAWN_COUNT(late))
            hear_all(&s, begin, BAWN_COUNT(begin));
        seen_body b = hear(&s, text);
        if (b.ok)
            fail_msg("was taken: %s", text);
        assert_int_equal(b.err.code, BAWN_E_UPSTREAM_INVALID);
        unsee(&b);
        bawn_story_free(s.state.story);
    }
}

/* An event that nobody knows: its pieces are one text, in no repetition. */
static void deltas_of_tomorrow_run_too(void **state)
{
    stream s = { 0 };

    (void)state;
    hear_all(&s, begin, 2);
    for (int i = 0; i < 2; i++) {
        seen_body b = hear(&s, "{\"type\":\"response.of_tomorrow.delta\",\"output_index\":0,\"delta\":\"x\"}");
        assert_true(b.ok && !b.got.fields[0].copy);
        assert_int_equal(b.got.fields[0].channel, 64 + BAWN_CHANNEL_REASONING_DETAILS);
        unsee(&b);
    }
    bawn_story_free(s.state.story);
}

/* ---- ends ------------------------------------------------------------------------------------------------------------ */
#define REFUSED "I cannot show that."

static const bawn_conversation asked = { .model = { "m-1", 3 }, .n_choices = 1, .stream = true, .operation = BAWN_OP_RESPONSES };
static const bawn_conversation asked_for_json = { .model = { "m-1", 3 }, .n_choices = 1, .structured = true, .operation = BAWN_OP_RESPONSES };

static bool has(const bawn_buf *b, const char *text) { return bawn_slice_find(bawn_buf_slice(b), bawn_slice_str(text)) < b->len; }

static void names_of(char *out, size_t size, const bawn_buf *events)
{
    bawn_sse *sse = bawn_sse_new(1 << 20);
    bawn_sse_event e;
    size_t n = 0;

    bawn_sse_feed(sse, bawn_buf_slice(events), true);
    while (bawn_sse_next(sse, &e)) {
        bawn_json j = { 0 };
        assert_true(bawn_json_parse(&j, e.data, 64, NULL));
        bawn_slice type = bawn_json_raw(&j, bawn_json_get(&j, 0, "type"));
        assert_true(bawn_slice_eq(type, e.name));
        type = bawn_slice_of(type.ptr + 9, type.len - 9);              /* behind "response." */
        n += (size_t)snprintf(out + n, size - n, "%s%.*s", n ? " " : "", (int)type.len, type.ptr);
        bawn_json_free(&j);
    }
    assert_false(bawn_sse_cut(sse));
    bawn_sse_free(sse);
}

static void a_block_before_anything_is_text_and_refusal(void **state)
{
    bawn_buf out = { 0 };
    bawn_slice type;
    char names[1024];

    (void)state;
    assert_true(bawn_dialect_openai.refusal(&out, &type, BAWN_OP_RESPONSES, &asked, BAWN_LIT("1"), BAWN_LIT(REFUSED), 0));
    assert_slice(type, "text/event-stream");
    names_of(names, sizeof names, &out);
    assert_string_equal(names, "created output_item.added content_part.added output_text.delta output_text.done content_part.done "
                               "content_part.added refusal.delta refusal.done content_part.done output_item.done incomplete");
    bawn_buf_clear(&out);
    assert_true(bawn_dialect_openai.refusal(&out, &type, BAWN_OP_RESPONSES, &asked_for_json, BAWN_LIT("1"), BAWN_LIT(REFUSED), 0));
    assert_slice(type, "application/json");
    assert_true(has(&out, "\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"content_filter\"}"));
    assert_true(has(&out, "\"refusal\":\"" REFUSED "\"") && !has(&out, "output_text"));
    bawn_buf_free(&out);
}

static void half_way_what_is_open_is_closed_with_what_was_delivered(void **state)
{
    stream s = { 0 };
    bawn_buf out = { 0 };
    char names[1024];

    (void)state;
    hear_all(&s, begin, BAWN_COUNT(begin));
    assert_true(bawn_dialect_openai.stream_refusal(&out, &asked, BAWN_NIL, &s.state, NULL, 0, BAWN_LIT("1"), BAWN_LIT(REFUSED), 0));
    names_of(names, sizeof names, &out);
    assert_string_equal(names, "output_text.done content_part.done output_item.done output_item.added content_part.added refusal.delta "
                               "refusal.done content_part.done output_item.done incomplete");
    assert_true(has(&out, "\"type\":\"response.output_text.done\",\"sequence_number\":4,\"output_index\":0,\"content_index\":0,\"item_id\":\"msg_1\","
                          "\"text\":\"Half of \\\"it\\\"\""));
    assert_true(has(&out, "\"item\":{\"status\":\"incomplete\",\"content\":[{\"type\":\"output_text\",\"text\":\"Half of \\\"it\\\"\""));
    assert_true(has(&out, "\"created_at\":7") && has(&out, "\"tools\":[{\"type\":\"function\"}]") && has(&out, "\"id\":\"resp_1\""));
    bawn_buf_clear(&out);
    assert_true(bawn_dialect_openai.stream_refusal(&out, &asked_for_json, BAWN_NIL, &s.state, NULL, 0, BAWN_LIT("1"), BAWN_LIT(REFUSED), 0));
    names_of(names, sizeof names, &out);
    assert_string_equal(names, "content_part.done output_item.done output_item.added content_part.added refusal.delta refusal.done "
                               "content_part.done output_item.done incomplete");
    bawn_buf_free(&out);
    bawn_story_free(s.state.story);
}

static void a_call_that_is_cut_is_no_call(void **state)
{
    static const char *const events[] = {
        "{\"type\":\"response.output_item.added\",\"output_index\":1,\"item\":{\"type\":\"custom_tool_call\",\"call_id\":\"c1\",\"name\":\"run\"}}",
        "{\"type\":\"response.custom_tool_call_input.delta\",\"output_index\":1,\"delta\":\"rm -r ./bu\"}",
    };
    stream s = { 0 };
    bawn_buf out = { 0 };

    (void)state;
    hear_all(&s, begin, BAWN_COUNT(begin));
    hear_all(&s, events, BAWN_COUNT(events));
    assert_true(bawn_dialect_openai.stream_refusal(&out, &asked, BAWN_NIL, &s.state, NULL, 0, BAWN_LIT("1"), BAWN_LIT(REFUSED), 0));
    assert_false(has(&out, "custom_tool_call") || has(&out, "rm -r"));
    assert_true(has(&out, "\"output_index\":2"));                       /* the refusal's own */
    bawn_buf_free(&out);
    bawn_story_free(s.state.story);
}

static void a_broken_stream_fails(void **state)
{
    stream s = { 0 };
    bawn_buf out = { 0 };
    char names[256];

    (void)state;
    assert_true(bawn_dialect_openai.broken(&out, &asked, NULL, BAWN_E_GUARD_FAILED, BAWN_LIT("why"), BAWN_LIT("1"), 0));
    names_of(names, sizeof names, &out);
    assert_string_equal(names, "created failed");
    bawn_buf_clear(&out);
    hear_all(&s, begin, BAWN_COUNT(begin));
    assert_true(bawn_dialect_openai.broken(&out, &asked, s.state.story, BAWN_E_UPSTREAM_INVALID, BAWN_LIT("why"), BAWN_LIT("1"), 0));
    names_of(names, sizeof names, &out);
    assert_string_equal(names, "failed");
    assert_true(has(&out, "\"sequence_number\":4") && has(&out, "\"error\":{\"code\":\"upstream_invalid\",\"message\":\"why\"}"));
    bawn_buf_free(&out);
    bawn_story_free(s.state.story);
}

/* What is kept of a stream is bounded, and its end is still one. */
static void a_long_story_is_not_kept(void **state)
{
    stream s = { 0 };
    bawn_buf event = { 0 }, out = { 0 };

    (void)state;
    hear_all(&s, begin, BAWN_COUNT(begin));
    bawn_buf_str(&event, "{\"type\":\"response.output_text.delta\"," AT ",\"delta\":\"");
    for (int i = 0; i < 70000; i++)
        bawn_buf_str(&event, "so long ");
    bawn_buf_str(&event, "\"}");
    for (int i = 0; i < 20; i++)
        assert_true(bawn_dialect_openai.tell(&s.state.story, BAWN_OP_RESPONSES, bawn_buf_slice(&event)));
    assert_true(s.state.story->kept <= BAWN_STORY_MAX);
    assert_true(bawn_dialect_openai.stream_refusal(&out, &asked, BAWN_NIL, &s.state, NULL, 0, BAWN_LIT("1"), BAWN_LIT(REFUSED), 0));
    assert_true(has(&out, "event: response.incomplete") && !has(&out, "so long") && !has(&out, "Half of"));
    bawn_buf_free(&event);
    bawn_buf_free(&out);
    bawn_story_free(s.state.story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_has_room),
        cmocka_unit_test(each_voice_is_told_apart),
        cmocka_unit_test(what_is_not_read_is_reported),
        cmocka_unit_test(unseen_history_is_named),
        cmocka_unit_test(parts_are_channels),
        cmocka_unit_test(deltas_run_and_repetitions_stand_alone),
        cmocka_unit_test(arguments_are_json_in_pieces),
        cmocka_unit_test(events_out_of_order_are_refused),
        cmocka_unit_test(deltas_of_tomorrow_run_too),
        cmocka_unit_test(a_block_before_anything_is_text_and_refusal),
        cmocka_unit_test(half_way_what_is_open_is_closed_with_what_was_delivered),
        cmocka_unit_test(a_call_that_is_cut_is_no_call),
        cmocka_unit_test(a_broken_stream_fails),
        cmocka_unit_test(a_long_story_is_not_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

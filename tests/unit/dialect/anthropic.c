/* Anthropic's Messages: whose text a block is, runs of text around tools, the order of events, and the shape of ends. */
#include "help.h"

#include "dialect/anthropic.h"

#define ASK(rest) "{\"model\":\"m\",\"messages\":[" rest "]}"

static const bawn_dialect *const d = &bawn_dialect_anthropic;

static seen_body ask(const char *text) { return see_by(d->request, BAWN_OP_MESSAGES, text); }
static seen_body answered(const char *text) { return see_by(d->answer, BAWN_OP_MESSAGES, text); }

static void texts_have_their_speakers(void **state)
{
    static const struct { const char *body; bawn_role role; bawn_origin origin; bawn_field_kind kind; } rows[] = {
        { ASK("{\"role\":\"user\",\"content\":\"x y\"}"), BAWN_USER, BAWN_CALLER, BAWN_F_TEXT },
        { ASK("{\"content\":[{\"type\":\"text\",\"text\":\"x y\"}],\"role\":\"assistant\"}"), BAWN_ASSISTANT, BAWN_MODEL, BAWN_F_TEXT },
        { ASK("{\"role\":\"system\",\"content\":\"x y\"}"), BAWN_SYSTEM, BAWN_APPLICATION, BAWN_F_TEXT },
        { ASK("{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"content\":\"x y\"}]}"), BAWN_TOOL, BAWN_TOOL_RESULT, BAWN_F_TEXT },
        { ASK("{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"content\":[{\"type\":\"document\",\"title\":\"x y\"}]}]}"),
          BAWN_TOOL, BAWN_TOOL_RESULT, BAWN_F_TEXT },
        { ASK("{\"role\":\"assistant\",\"content\":[{\"type\":\"web_search_tool_result\",\"content\":[{\"title\":\"x y\"}]}]}"),
          BAWN_TOOL, BAWN_TOOL_RESULT, BAWN_F_TEXT },
        { ASK("{\"role\":\"user\",\"content\":[{\"type\":\"document\",\"context\":\"x y\"}]}"), BAWN_USER, BAWN_DOCUMENT, BAWN_F_TEXT },
        { ASK("{\"role\":\"user\",\"content\":[{\"type\":\"search_result\",\"source\":\"x y\"}]}"), BAWN_USER, BAWN_DOCUMENT, BAWN_F_TEXT },
        { ASK("{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"x y\"}]}"), BAWN_ASSISTANT, BAWN_MODEL, BAWN_F_SIGNED },
        { ASK("{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"input\":{\"a\":\"x y\"}}]}"), BAWN_ASSISTANT, BAWN_MODEL,
          BAWN_F_ARGUMENTS },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        seen_body s = ask(rows[i].body);
        const bawn_field *f = find_text(&s, "x y", NULL);

        if (!s.ok || !f || f->role != rows[i].role || f->origin != rows[i].origin || f->kind != rows[i].kind)
            fail_msg("row %zu: %s %s", i, s.err.message, rows[i].body);
        unsee(&s);
    }
}

static void a_conversation_that_the_provider_holds_is_unseen(void **state)
{
    static const char *const goes_on[] = { "{\"type\":\"continue\",\"previous_message_id\":\"msg_1\"}", "{\"type\":\"create\",\"previous_message_id\":\"m\"}",
                                           "{}", "{\"type\":\"tomorrow\"}", "\"msg_1\"" };
    static const char *const begins[] = { "null", "{\"type\":\"create\"}" };
    char body[256];

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(goes_on) + BAWN_COUNT(begins); i++) {
        bool unseen = i < BAWN_COUNT(goes_on);
        snprintf(body, sizeof body, "{\"model\":\"m\",\"thread\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
                 unseen ? goes_on[i] : begins[i - BAWN_COUNT(goes_on)]);
        seen_body s = ask(body);
        assert_true(s.ok);
        assert_slice(s.got.unseen, unseen ? "thread" : "");
        assert_int_equal(s.got.n_unguarded > 0, unseen);
        unsee(&s);
    }
}

static void the_system_prompt_is_a_message_of_its_own(void **state)
{
    seen_body s = ask("{\"system\":[{\"type\":\"text\",\"text\":\"x y\"}],\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
    const bawn_field *f = find_text(&s, "x y", NULL);

    (void)state;
    assert_non_null(f);
    assert_true(f->role == BAWN_SYSTEM && f->message != UINT32_MAX && f->message != 0);
    unsee(&s);
}

static void a_document_in_words_is_text_whatever_it_looks_like(void **state)
{
    seen_body words = ask(ASK("{\"role\":\"user\",\"content\":[{\"type\":\"document\",\"source\":{\"type\":\"text\",\"data\":\"Tm90ZXM=\"}}]}"));
    seen_body bytes = ask(ASK("{\"role\":\"user\",\"content\":[{\"type\":\"document\",\"source\":{\"type\":\"base64\",\"data\":\"Tm90ZXM=\"}}]}"));

    (void)state;
    assert_non_null(find_text(&words, "Tm90ZXM=", NULL));
    assert_int_equal(words.got.n_unguarded, 0);
    assert_null(find_text(&bytes, "Tm90ZXM=", NULL));
    assert_string_equal(bytes.got.unguarded[0].reason, "unsupported_media");
    unsee(&words);
    unsee(&bytes);
}

static void a_tools_input_is_its_json_as_it_stands(void **state)
{
    seen_body s = answered("{\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"send\",\"input\":{ \"a\":[\"x y\"] }}]}");
    const bawn_field *f = find_text(&s, "x y", NULL);

    (void)state;
    assert_non_null(f);
    assert_slice(f->text, "{ \"a\":[\"x y\"] }");
    assert_slice(f->path, "/content/0/input");
    assert_true(f->raw && f->wire.end - f->wire.begin == f->text.len);
    assert_slice(s.got.calls[0].name, "send");
    assert_int_equal(s.got.calls[0].channel, f->channel);
    unsee(&s);
}

static uint32_t channel_of(const seen_body *s, const char *text)
{
    const bawn_field *f = find_text(s, text, NULL);

    assert_non_null(f);
    return f->channel;
}

static void texts_run_on_until_a_tool_is_called(void **state)
{
    seen_body s = answered("{\"content\":[{\"type\":\"text\",\"text\":\"one\"},{\"type\":\"text\",\"text\":\"two\"},{\"type\":\"tool_use\","
                           "\"name\":\"n\",\"input\":{\"a\":1}},{\"type\":\"text\",\"text\":\"three\"}]}");

    (void)state;
    assert_int_equal(channel_of(&s, "one"), channel_of(&s, "two"));
    assert_int_not_equal(channel_of(&s, "two"), channel_of(&s, "three"));
    unsee(&s);
}

/* ---- events ------------------------------------------------------------------------------------------------------------- */
static const char begin[] = "{\"type\":\"message_start\",\"message\":{\"id\":\"m1\",\"model\":\"c\",\"content\":[],\"usage\":{\"input_tokens\":3}}}";
static const char opened[] = "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}";
static const char delta[] = "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"x y\"}}";
static const char closed[] = "{\"type\":\"content_block_stop\",\"index\":0}";
static const char finish[] = "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":7}}";
static const char last[] = "{\"type\":\"message_stop\"}";

/* Reads events one after the other; how many until one is refused. */
static size_t read_all(const char *const *events, size_t n, bawn_stream_state *s)
{
    size_t i = 0;

    for (bool ok = true; ok && i < n; i += ok) {
        bawn_arena *arena = bawn_arena_new(8192, 0);
        bawn_conversation c;
        bawn_json j = { 0 };
        bawn_error err = { 0 };

        assert_true(bawn_json_parse(&j, bawn_slice_str(events[i]), 64, &err));
        ok = d->event(&c, s, BAWN_OP_MESSAGES, &j, arena, &err);
        assert_true(ok || err.code == BAWN_E_UPSTREAM_INVALID);
        bawn_json_free(&j);
        bawn_arena_free(arena);
    }
    return i;
}

static void events_come_in_order_or_are_refused(void **state)
{
    static const struct { const char *events[8]; size_t n, good; } rows[] = {
        { { begin, opened, delta, closed, finish, last }, 6, 6 },
        { { begin, "{\"type\":\"ping\"}", opened, "{\"type\":\"something_new\"}", delta, closed, finish, last }, 8, 8 },
        { { opened }, 1, 0 },                               /* before the message */
        { { delta }, 1, 0 },
        { { begin, begin }, 2, 1 },
        { { begin, delta }, 2, 1 },                         /* of no block */
        { { begin, opened, opened }, 3, 2 },                /* two at once */
        { { begin, opened, closed, opened }, 4, 3 },        /* the same again */
        { { begin, opened, finish }, 3, 2 },                /* a block is open */
        { { begin, opened, closed, finish, opened }, 5, 4 }, /* after the end */
        { { begin, opened, closed, delta }, 4, 3 },
        { { begin, "{\"type\":\"content_block_delta\",\"delta\":{\"text\":\"x\"}}" }, 2, 1 },
        { { begin, "{\"type\":\"content_block_start\",\"index\":\"0\"}" }, 2, 1 },
        { { begin, "{\"type\":\"content_block_start\",\"index\":70000}" }, 2, 1 },
        { { "{\"delta\":{}}" }, 1, 0 }, { { "[]" }, 1, 0 }, { { "{\"type\":7}" }, 1, 0 },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_stream_state s = { 0 };
        size_t good = read_all(rows[i].events, rows[i].n, &s);

        if (good != rows[i].good)
            fail_msg("row %zu: %zu events were good, expected %zu", i, good, rows[i].good);
    }
}

static void a_tool_ends_the_text_before_it_and_its_own_end_its_arguments(void **state)
{
    bawn_stream_state s = { .begun = true, .next = 1, .run = 4 };
    seen_body start = see_event(d, BAWN_OP_MESSAGES, "{\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"tool_use\","
                                "\"name\":\"send\",\"id\":\"t\",\"input\":{}}}", &s);

    (void)state;
    assert_true(start.ok && start.got.ends_run && start.got.run == 4 && start.got.mark == BAWN_MARK_OPEN);
    assert_int_equal(bawn_channel_choice(start.got.fields[0].channel), 5);
    assert_slice(start.got.fields[0].path, "/content/1/name");
    unsee(&start);
    s = (bawn_stream_state){ .begun = true, .open = true, .alone = true, .block = 1, .next = 2, .run = 5 };
    seen_body stop = see_event(d, BAWN_OP_MESSAGES, "{\"type\":\"content_block_stop\",\"index\":1}", &s);
    assert_true(stop.ok && stop.got.ends_run && stop.got.run == 5);
    unsee(&stop);
}

/* ---- ends ------------------------------------------------------------------------------------------------------------------ */
static void an_end_fits_what_was_passed_on(void **state)
{
    static const struct { bawn_stream_state passed; const char *has[4], *has_not; } rows[] = {
        { { 0 }, { "message_start", "content_block_start", "\"text\":\"No.\"", "content_block_stop" }, NULL },
        { { .begun = true }, { "content_block_start", "\"text\":\"No.\"", "content_block_stop", "refusal" }, "message_start" },
        { { .begun = true, .open = true, .block = 2, .next = 3 }, { "content_block_stop\",\"index\":2", "refusal", "message_stop", "No." },
          "content_block_start" },
        { { .begun = true, .block = 2, .next = 3 }, { "message_delta", "refusal", "message_stop", "No." }, "content_block_stop" },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_conversation asked = { .model = BAWN_LIT("m"), .stream = true };
        bawn_buf b = { 0 };

        assert_true(d->stream_refusal(&b, &asked, BAWN_NIL, &rows[i].passed, NULL, 0, BAWN_LIT("id"), BAWN_LIT("No."), 0));
        for (size_t k = 0; k < 4; k++)
            if (bawn_slice_find(bawn_buf_slice(&b), bawn_slice_str(rows[i].has[k])) == b.len)
                fail_msg("row %zu lacks %s: %.*s", i, rows[i].has[k], (int)b.len, b.ptr);
        assert_true(!rows[i].has_not || bawn_slice_find(bawn_buf_slice(&b), bawn_slice_str(rows[i].has_not)) == b.len);
        bawn_buf_free(&b);
    }
}

static void memory_fails_cleanly_and_the_tables_fit(void **state)
{
    bawn_conversation asked = { .model = BAWN_LIT("m") };

    (void)state;
    for (size_t k = 1; k < 5; k++) {
        bawn_buf b = { 0 };
        bawn_malloc_fail_at = k;
        bool ok = d->refused_answer(&b, BAWN_OP_MESSAGES, &asked, NULL, BAWN_LIT("id"), BAWN_LIT("No."), 0);
        bawn_malloc_fail_at = 0;
        assert_true(ok ? b.len > 0 : b.len == 0);
        bawn_buf_free(&b);
    }
    assert_false(bawn_anthropic_trie()->full);
    assert_true(bawn_anthropic_trie()->n_nodes * 2 < bawn_anthropic_trie()->mask);
}

static void routes_are_exact(void **state)
{
    static const struct { const char *method, *uri; bawn_operation op; } rows[] = {
        { "POST", "/v1/messages", BAWN_OP_MESSAGES }, { "POST", "/v1/messages?beta=true", BAWN_OP_MESSAGES },
        { "POST", "/v1/messages/count_tokens", BAWN_OP_COUNT_TOKENS }, { "GET", "/v1/models", BAWN_OP_MODELS },
        { "GET", "/v1/models/claude-x", BAWN_OP_MODEL }, { "GET", "/v1/messages", BAWN_OP_UNKNOWN },
        { "POST", "/v1/messages/", BAWN_OP_UNKNOWN }, { "POST", "/v1/messages/batches", BAWN_OP_UNKNOWN },
        { "POST", "/V1/messages", BAWN_OP_UNKNOWN }, { "POST", "/v1/messages#x", BAWN_OP_UNKNOWN }, { "POST", "", BAWN_OP_UNKNOWN },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_slice rest;

        if (d->route(bawn_slice_str(rows[i].method), bawn_slice_str(rows[i].uri), &rest) != rows[i].op)
            fail_msg("row %zu: %s %s", i, rows[i].method, rows[i].uri);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_have_their_speakers), cmocka_unit_test(a_conversation_that_the_provider_holds_is_unseen),
        cmocka_unit_test(the_system_prompt_is_a_message_of_its_own),
        cmocka_unit_test(a_document_in_words_is_text_whatever_it_looks_like), cmocka_unit_test(a_tools_input_is_its_json_as_it_stands),
        cmocka_unit_test(texts_run_on_until_a_tool_is_called), cmocka_unit_test(events_come_in_order_or_are_refused),
        cmocka_unit_test(a_tool_ends_the_text_before_it_and_its_own_end_its_arguments), cmocka_unit_test(an_end_fits_what_was_passed_on),
        cmocka_unit_test(memory_fails_cleanly_and_the_tables_fit), cmocka_unit_test(routes_are_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

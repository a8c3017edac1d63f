/* The coverage contract (DESIGN 3a.2): tests made from the table itself. For every row a body is built that has a
 * canary there; it must come out exactly once, where it stands, as whose it is. keeps: DESIGN 3a.2, R41, T35, T02, T03 */
#include "help.h"

#include "dialect/openai.h"

#define CANARY "the canary \\u0073ings"              /* spaces: no id; an escape: decoded */
#define SUNG "the canary sings"

typedef struct { char json[1024], pointer[512]; } body;

/* `tail` of a row's path as JSON around `value`, and as a pointer. */
static void nest(body *b, const char *path, const char *value)
{
    char close[64] = "";
    size_t n_close = 0, n = strlen(b->json), p = strlen(b->pointer);

    while (*path) {
        size_t len = strcspn(path, ".[");

        if (*path == '[') {
            n += (size_t)sprintf(b->json + n, "[");
            p += (size_t)sprintf(b->pointer + p, "/0");
            close[n_close++] = ']';
            path += 2;
        } else {
            const char *key = *path == '*' ? "k" : path;

            n += (size_t)sprintf(b->json + n, "{\"%.*s\":", (int)len, key);
            p += (size_t)sprintf(b->pointer + p, "/%.*s", (int)len, key);
            close[n_close++] = '}';
            path += len;
        }
        path += *path == '.';
    }
    n += (size_t)sprintf(b->json + n, "%s", value);
    while (n_close > 0)
        b->json[n++] = close[--n_close];
    b->json[n] = 0;
}

/* The object that nest() wrote at `from` loses its first brace, so that it can follow other members. */
static void unbrace(body *b, size_t from)
{
    memmove(b->json + from, b->json + from + 1, strlen(b->json + from));
}

static void chat_body(body *b, const char *path, const char *value, const char *role, bool role_last)
{
    size_t from;

    *b = (body){ 0 };
    if (strncmp(path, "messages[].", 11) == 0) {
        sprintf(b->json, "{\"model\":\"m\",\"messages\":[{");
        if (!role_last)
            sprintf(b->json + strlen(b->json), "\"role\":\"%s\",", role);
        strcpy(b->pointer, "/messages/0");
        from = strlen(b->json);
        nest(b, path + 11, value);
        unbrace(b, from);
        b->json[strlen(b->json) - 1] = 0;
        if (role_last)
            sprintf(b->json + strlen(b->json), ",\"role\":\"%s\"", role);
        strcat(b->json, "}]}");
    } else {
        sprintf(b->json, "{%s\"messages\":[{\"role\":\"user\"}],", strcmp(path, "model") ? "\"model\":\"m\"," : "");
        from = strlen(b->json);
        nest(b, path, value);
        unbrace(b, from);
    }
}

static void path_of(char out[256], const bawn_field_group *g, const char *root, const char *row)
{
    const char *prefix = g->prefix + strlen(root);

    snprintf(out, 256, "%s%s%s", *prefix == '.' ? prefix + 1 : prefix, *prefix ? "." : "", row);
}

static bool under(const bawn_field_group *g, const char *root)
{
    size_t n = strlen(root);

    return strncmp(g->prefix, root, n) == 0 && (g->prefix[n] == 0 || g->prefix[n] == '.');
}

/* Values that we read ourselves: a text there is refused before it is a field. */
static bool validated(const char *path)
{
    static const char *const all[] = { "stream", "stream_options.include_usage", "n", "messages[].role",
                                       "choices[].index", "choices[].message.tool_calls[].index",
                                       "choices[].delta.tool_calls[].index" };

    for (size_t i = 0; i < BAWN_COUNT(all); i++)
        if (strcmp(path, all[i]) == 0)
            return true;
    return false;
}

static bawn_field_kind kind_out(bawn_field_kind kind)
{
    return kind == BAWN_F_PLAIN || kind == BAWN_F_OPAQUE || kind == BAWN_F_MEDIA ? BAWN_F_DEEP : kind;
}

static const bawn_field *once(const seen_body *s, const body *b)
{
    size_t n;
    const bawn_field *f = find_text(s, SUNG, &n);

    if (!s->ok)
        fail_msg("refused: %s\n%s", s->err.message, b->json);
    if (n != 1)
        fail_msg("the canary came out %zu times: %s", n, b->json);
    assert_slice(f->path, b->pointer);
    assert_slice(bawn_slice_of(b->json + f->wire.begin, f->wire.end - f->wire.begin), CANARY);
    return f;
}

static const struct { const char *name; bawn_role role; bawn_origin origin; } roles[] = {
    { "user", BAWN_USER, BAWN_CALLER },          { "assistant", BAWN_ASSISTANT, BAWN_MODEL },
    { "system", BAWN_SYSTEM, BAWN_APPLICATION }, { "developer", BAWN_SYSTEM, BAWN_APPLICATION },
    { "tool", BAWN_TOOL, BAWN_TOOL_RESULT },     { "function", BAWN_TOOL, BAWN_TOOL_RESULT },
};

static void check_who(const bawn_field *f, bawn_who who, size_t role)
{
    static const bawn_origin origins[] = { 0, BAWN_APPLICATION, BAWN_CALLER, BAWN_DOCUMENT };
    static const bawn_role as[] = { 0, BAWN_SYSTEM, BAWN_USER, 0 };

    assert_int_equal(f->origin, who == BAWN_WHO_HERE ? roles[role].origin : origins[who]);
    assert_int_equal(f->role, who == BAWN_WHO_HERE || who == BAWN_WHO_DOCUMENT ? roles[role].role : as[who]);
}

static size_t check_chat_row(const bawn_field_group *g, const bawn_field_row *row)
{
    char path[256];
    bool in_message;
    body b;

    path_of(path, g, "chat", row->path);
    in_message = strncmp(path, "messages[].", 11) == 0;
    for (size_t r = 0; r < (in_message ? BAWN_COUNT(roles) : 1); r++)
        for (int last = 0; last <= in_message; last++) {
            seen_body s;

            chat_body(&b, path, "\"" CANARY "\"", roles[r].name, last);
            if (validated(path)) {
                if (strcmp(row->path, "role") == 0)
                    continue;
                s = see_request(BAWN_OP_CHAT, b.json);
                assert_false(s.ok);
                assert_int_equal(s.err.code, BAWN_E_INVALID_REQUEST);
                assert_string_equal(s.err.file, path);
            } else {
                s = see_request(BAWN_OP_CHAT, b.json);
                const bawn_field *f = once(&s, &b);

                assert_int_equal(f->kind, kind_out(row->kind));
                assert_int_equal(f->message, in_message ? 0 : UINT32_MAX);
                assert_false(f->key);
                check_who(f, row->who == BAWN_WHO_HERE ? g->who : row->who, r);
                assert_int_equal(s.got.unknown_field.len, 0);
                assert_int_equal(s.got.n_unguarded, row->kind == BAWN_F_MEDIA);
            }
            unsee(&s);
        }
    return 1;
}

static void every_chat_field_is_seen_once_with_its_owner(void **state)
{
    size_t n = 0;

    (void)state;
    for (size_t g = 0; g < bawn_openai_n_groups; g++)
        for (size_t i = 0; under(&bawn_openai_groups[g], "chat") && i < bawn_openai_groups[g].n; i++)
            n += check_chat_row(&bawn_openai_groups[g], &bawn_openai_groups[g].rows[i]);
    assert_true(n > 150);
}

static uint32_t channel_out(const bawn_field_row *row)
{
    return row->channel;                               /* choice 0, tool call 0 */
}

static size_t check_answer_row(const bawn_field_group *g, const bawn_field_row *row)
{
    char path[256];
    body b = { .json = "{\"id\":\"x\"," };
    size_t from = strlen(b.json);
    seen_body s;

    path_of(path, g, "answer", row->path);
    if (strcmp(path, "id") == 0)
        b.json[from = 1] = 0, strcpy(b.json, "{\"a\":1,"), from = strlen(b.json);
    nest(&b, path, "\"" CANARY "\"");
    unbrace(&b, from);
    s = see_answer(b.json);
    if (validated(path)) {
        assert_false(s.ok);
        assert_int_equal(s.err.code, BAWN_E_UPSTREAM_INVALID);
    } else {
        const bawn_field *f = once(&s, &b);

        assert_int_equal(f->kind, kind_out(row->kind));
        assert_int_equal(f->channel, channel_out(row));
        assert_int_equal(f->role, BAWN_ASSISTANT);
        assert_int_equal(f->origin, BAWN_MODEL);
    }
    unsee(&s);
    return 1;
}

static void every_answer_field_is_seen_once_on_its_channel(void **state)
{
    size_t n = 0;

    (void)state;
    for (size_t g = 0; g < bawn_openai_n_groups; g++)
        for (size_t i = 0; under(&bawn_openai_groups[g], "answer") && i < bawn_openai_groups[g].n; i++)
            n += check_answer_row(&bawn_openai_groups[g], &bawn_openai_groups[g].rows[i]);
    assert_true(n > 100);
}

/* An unknown member beside each row of the table: the row's last name is replaced by one that nobody knows. */
static void check_unknown(const char *root, const bawn_field_group *g, const bawn_field_row *row)
{
    char path[300], *last;
    body b = { .json = "{\"a\":0," };
    seen_body s;
    size_t n;

    path_of(path, g, root, row->path);
    last = strrchr(path, '.');
    if (strcmp(path, "messages[].role") == 0 || strchr(last ? last : path, '*') || strchr(last ? last : path, '['))
        return;
    strcpy(last ? last + 1 : path, "zz_unknown");
    if (strcmp(root, "chat") == 0) {
        chat_body(&b, path, "{\"deeper\":[\"" CANARY "\",7]}", "user", false);
        s = see_request(BAWN_OP_CHAT, b.json);
    } else {
        nest(&b, path, "{\"deeper\":[\"" CANARY "\",7]}");
        unbrace(&b, 7);
        s = see_answer(b.json);
    }
    assert_true(s.ok);
    const bawn_field *f = find_text(&s, SUNG, &n);
    if (n != 1)
        fail_msg("the canary came out %zu times: %s", n, b.json);
    assert_int_equal(f->kind, BAWN_F_DEEP);
    assert_non_null(find_text(&s, "deeper", &n));
    assert_true(n == 1 && find_text(&s, "deeper", NULL)->key);
    assert_non_null(find_text(&s, "zz_unknown", NULL));
    assert_true(s.got.unknown_field.len > 0);
    unsee(&s);
}

static void unknown_fields_are_guarded_and_reported_wherever_they_stand(void **state)
{
    (void)state;
    for (size_t g = 0; g < bawn_openai_n_groups; g++)
        for (size_t i = 0; i < bawn_openai_groups[g].n; i++) {
            if (under(&bawn_openai_groups[g], "chat"))
                check_unknown("chat", &bawn_openai_groups[g], &bawn_openai_groups[g].rows[i]);
            if (under(&bawn_openai_groups[g], "answer"))
                check_unknown("answer", &bawn_openai_groups[g], &bawn_openai_groups[g].rows[i]);
        }
}

static void an_unknown_field_is_counted_in_characters_at_its_place(void **state)
{
    seen_body s = see_request(BAWN_OP_CHAT, "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"x~/y\":{\"\\u00e9\":[\"caf\xC3\xA9\"]}}],"
                                            "\"b\":null}");

    (void)state;
    assert_true(s.ok);
    assert_slice(s.got.unknown_field, "/messages/0/x~0~1y");
    assert_int_equal(s.got.n_unguarded, 2);
    assert_slice(s.got.unguarded[0].path, "/messages/0/x~0~1y");
    assert_int_equal(s.got.unguarded[0].characters, 4 + 1 + 4);
    assert_string_equal(s.got.unguarded[0].reason, "unknown_field");
    assert_slice(s.got.unguarded[1].path, "/b");
    unsee(&s);
}

static void a_value_of_another_type_than_expected_is_text(void **state)
{
    static const char *const bodies[] = {
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"name\":{\"a\":\"" CANARY "\"}}]}",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"tool_calls\":\"" CANARY "\"}]}",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"tool_calls\":[\"" CANARY "\"]}]}",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],\"seed\":[[\"" CANARY "\"]]}",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],\"seed\":{\"" CANARY "\":1}}",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],\"logit_bias\":{\"" CANARY "\":1}}",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],\"tools\":{\"" CANARY "\":1}}",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":[\"" CANARY "\"]}]}]}",
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(bodies); i++) {
        seen_body s = see_request(BAWN_OP_CHAT, bodies[i]);
        size_t n;

        assert_true(s.ok);
        find_text(&s, SUNG, &n);
        if (n != 1)
            fail_msg("the canary came out %zu times: %s", n, bodies[i]);
        unsee(&s);
    }
}

static void keys_of_tool_schemas_are_text_but_not_to_be_masked(void **state)
{
    seen_body s = see_request(BAWN_OP_CHAT,
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"tools\":[{\"type\":\"function\","
        "\"function\":{\"name\":\"f\",\"parameters\":{\"properties\":{\"" CANARY "\":{\"type\":\"string\"}}}}}]}");
    size_t n;
    const bawn_field *f = find_text(&s, SUNG, &n);

    (void)state;
    assert_int_equal(n, 1);
    assert_true(f->key);
    assert_int_equal(f->origin, BAWN_APPLICATION);
    assert_slice(f->path, "/tools/0/function/parameters/properties/" SUNG);
    assert_int_equal(s.got.unknown_field.len, 0);
    unsee(&s);
}

static void names_written_with_escapes_are_the_same_names(void **state)
{
    seen_body s = see_request(BAWN_OP_CHAT, "{\"model\":\"m\",\"m\\u0065ssages\":[{\"r\\u006fle\":\"t\\u006fol\","
                                            "\"c\\u006fntent\":\"" CANARY "\"}]}");
    const bawn_field *f = find_text(&s, SUNG, NULL);

    (void)state;
    assert_true(s.ok);
    assert_int_equal(f->origin, BAWN_TOOL_RESULT);
    assert_slice(f->path, "/messages/0/content");
    assert_int_equal(s.got.unknown_field.len, 0);
    unsee(&s);
}

static void media_is_reported_and_addresses_are_read(void **state)
{
    seen_body s = see_request(BAWN_OP_CHAT,
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":"
        "\"data:image/png;base64,iVBORw0K\"}},{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://x.example/a b?q="
        "secret\"}},{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"AAAA\",\"format\":\"wav\"}}]}]}");

    (void)state;
    assert_true(s.ok);
    assert_int_equal(s.got.n_unguarded, 3);
    assert_string_equal(s.got.unguarded[2].reason, "unsupported_media");
    assert_slice(s.got.unguarded[2].path, "/messages/0/content/2/input_audio/data");
    assert_int_equal(s.got.n_fields, 1);
    assert_slice(s.got.fields[0].text, "https://x.example/a b?q=secret");
    unsee(&s);
}

static void ids_that_look_like_ids_are_no_text(void **state)
{
    seen_body s = see_request(BAWN_OP_CHAT, "{\"model\":\"org/m-1:x\",\"service_tier\":\"auto\",\"messages\":[{\"role\":\"tool\","
                                            "\"tool_call_id\":\"call_abc-123\",\"content\":\"hi\"}]}");

    (void)state;
    assert_int_equal(s.got.n_fields, 1);
    assert_slice(s.got.model, "org/m-1:x");
    unsee(&s);
}

static void an_address_in_an_id_is_text(void **state)
{
    seen_body s = see_request(BAWN_OP_CHAT, "{\"model\":\"ann@example.com\",\"messages\":[]}");

    (void)state;
    assert_int_equal(s.got.n_fields, 1);
    assert_slice(s.got.fields[0].text, "ann@example.com");
    unsee(&s);
}

static void an_id_that_is_long_is_text(void **state)
{
    char text[400], id[131];

    (void)state;
    for (size_t len = 127; len < 131; len++) {
        memset(id, 'x', len);
        id[len] = 0;
        sprintf(text, "{\"model\":\"m\",\"messages\":[{\"role\":\"tool\",\"tool_call_id\":\"%s\"}]}", id);
        seen_body s = see_request(BAWN_OP_CHAT, text);
        assert_int_equal(s.got.n_fields, len > 128);
        unsee(&s);
    }
}

static void retrieved_documents_are_documents(void **state)
{
    seen_body s = see_request(BAWN_OP_CHAT, "{\"model\":\"m\",\"documents\":[{\"text\":\"" CANARY "\"}],\"messages\":[{\"role\":"
                                            "\"user\",\"content\":[{\"type\":\"document\",\"document\":{\"data\":\"a b\"}}]}]}");

    (void)state;
    assert_int_equal(find_text(&s, SUNG, NULL)->origin, BAWN_DOCUMENT);
    assert_int_equal(find_text(&s, "a b", NULL)->origin, BAWN_DOCUMENT);
    assert_int_equal(s.got.unknown_field.len, 0);
    unsee(&s);
}

static void the_table_fits_its_trie(void **state)
{
    (void)state;
    assert_false(bawn_openai_trie()->full);
    assert_true(bawn_openai_trie()->n_nodes * 2 < bawn_openai_trie()->mask);
    assert_int_not_equal(bawn_trie_child(bawn_openai_trie(), 0, BAWN_LIT("chat")), BAWN_TRIE_NONE);
    assert_int_equal(bawn_trie_child(bawn_openai_trie(), 0, BAWN_LIT("nothing")), BAWN_TRIE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_fits_its_trie),
        cmocka_unit_test(every_chat_field_is_seen_once_with_its_owner),
        cmocka_unit_test(every_answer_field_is_seen_once_on_its_channel),
        cmocka_unit_test(unknown_fields_are_guarded_and_reported_wherever_they_stand),
        cmocka_unit_test(an_unknown_field_is_counted_in_characters_at_its_place),
        cmocka_unit_test(a_value_of_another_type_than_expected_is_text),
        cmocka_unit_test(keys_of_tool_schemas_are_text_but_not_to_be_masked),
        cmocka_unit_test(names_written_with_escapes_are_the_same_names),
        cmocka_unit_test(media_is_reported_and_addresses_are_read),
        cmocka_unit_test(ids_that_look_like_ids_are_no_text),
        cmocka_unit_test(an_address_in_an_id_is_text),
        cmocka_unit_test(an_id_that_is_long_is_text),
        cmocka_unit_test(retrieved_documents_are_documents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every field that the official SDKs' types know is known to our tables, and every text of them is seen. The bodies
 * are made by inventory.py from the SDKs. keeps: DESIGN 3a.2 */
#include "help.h"

typedef struct { const char *name; const bawn_dialect *dialect; bawn_operation op; enum { ASK, ANSWER, EVENT } as; } side;

static const side sides[] = {
    { "chat ", &bawn_dialect_openai, BAWN_OP_CHAT, ASK }, { "embeddings ", &bawn_dialect_openai, BAWN_OP_EMBEDDINGS, ASK },
    { "moderations ", &bawn_dialect_openai, BAWN_OP_MODERATIONS, ASK }, { "answer ", &bawn_dialect_openai, BAWN_OP_CHAT, ANSWER },
    { "vectors ", &bawn_dialect_openai, BAWN_OP_EMBEDDINGS, ANSWER }, { "messages ", &bawn_dialect_anthropic, BAWN_OP_MESSAGES, ASK },
    { "responses ", &bawn_dialect_openai, BAWN_OP_RESPONSES, ASK }, { "response ", &bawn_dialect_openai, BAWN_OP_RESPONSES, ANSWER },
    { "response_event ", &bawn_dialect_openai, BAWN_OP_RESPONSES, EVENT },
    { "message ", &bawn_dialect_anthropic, BAWN_OP_MESSAGES, ANSWER }, { "event ", &bawn_dialect_anthropic, BAWN_OP_MESSAGES, EVENT },
    { "converse ", &bawn_dialect_bedrock, BAWN_OP_CONVERSE, ASK }, { "said ", &bawn_dialect_bedrock, BAWN_OP_CONVERSE, ANSWER },
    { "event.", &bawn_dialect_bedrock, BAWN_OP_CONVERSE_STREAM, EVENT },
};

static size_t times(const char *line, const char *text)
{
    size_t n = 0;

    while ((line = strstr(line, text)))
        n++, line++;
    return n;
}

static size_t texts_out(const seen_body *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->got.n_fields; i++) {
        char *text = strndup(s->got.fields[i].text.ptr, s->got.fields[i].text.len);
        assert_non_null(text);
        n += times(text, "x y");
        free(text);
    }
    return n;
}

static seen_body see(const side *s, const char *body)
{
    size_t name = strcspn(body, " ");                   /* Bedrock's stands before the body */
    bool inside = strstr(body, "content_block_delta") || strstr(body, "content_block_stop") || strstr(body, "BlockStop");
    bool first = strstr(body, "message_start") || strstr(body, "messageStart") || strstr(body, "response.created");
    bawn_stream_state so_far = { .begun = !first, .open = inside, .block = 1, .name = bawn_slice_of(body, name),
                                 .exception = strstr(body, "Exception ") != NULL };

    if (!strstr(body, "output_item.added"))
        so_far.added[0] = 3;

    if (s->as == EVENT)
        return see_event(s->dialect, s->op, s->dialect == &bawn_dialect_bedrock ? body + name + 1 : body, &so_far);
    return see_by(s->as == ANSWER ? s->dialect->answer : s->dialect->request, s->op, body);
}

static size_t check(const char *line)
{
    for (size_t i = 0; i < BAWN_COUNT(sides); i++) {
        size_t skip = strlen(sides[i].name);

        if (strncmp(line, sides[i].name, skip) != 0)
            continue;
        seen_body s = see(&sides[i], line + skip);
        if (!s.ok)
            fail_msg("refused: %s\n%s", s.err.message, line);
        if (s.got.unknown_field.len)
            fail_msg("unknown: %.*s\n%s", (int)s.got.unknown_field.len, s.got.unknown_field.ptr, line);
        if (texts_out(&s) != times(line, "x y"))
            fail_msg("%zu of %zu texts came out: %s", texts_out(&s), times(line, "x y"), line);
        unsee(&s);
        return 1;
    }
    fail_msg("no side is named at the begin of: %s", line);
    return 0;
}

static void every_field_is_known(const char *path, size_t least)
{
    FILE *file = fopen(path, "r");
    char line[4000];
    size_t n = 0;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] != '#')
            n += check(line);
    }
    fclose(file);
    assert_true(n > least);
}

static void every_field_of_openai_is_known_and_its_text_seen(void **state)
{
    (void)state;
    every_field_is_known(BAWN_SOURCE_DIR "/tests/unit/dialect/openai_inventory.jsonl", 300);
}

static void every_field_of_anthropic_is_known_and_its_text_seen(void **state)
{
    (void)state;
    every_field_is_known(BAWN_SOURCE_DIR "/tests/unit/dialect/anthropic_inventory.jsonl", 300);
}

static void every_field_of_bedrock_is_known_and_its_text_seen(void **state)
{
    (void)state;
    every_field_is_known(BAWN_SOURCE_DIR "/tests/unit/dialect/bedrock_inventory.jsonl", 200);
}

static void every_field_of_responses_is_known_and_its_text_seen(void **state)
{
    (void)state;
    every_field_is_known(BAWN_SOURCE_DIR "/tests/unit/dialect/responses_inventory.jsonl", 600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_of_openai_is_known_and_its_text_seen),
        cmocka_unit_test(every_field_of_anthropic_is_known_and_its_text_seen),
        cmocka_unit_test(every_field_of_bedrock_is_known_and_its_text_seen),
        cmocka_unit_test(every_field_of_responses_is_known_and_its_text_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every field that the official SDK's types know is known to our table, and every text of them is seen. The bodies
 * are made by openai_inventory.py from the SDK. keeps: DESIGN 3a.2 */
#include "help.h"

static const struct { const char *name; bawn_operation op; bool answer; } sides[] = {
    { "chat ", BAWN_OP_CHAT, false }, { "embeddings ", BAWN_OP_EMBEDDINGS, false },
    { "moderations ", BAWN_OP_MODERATIONS, false }, { "answer ", BAWN_OP_CHAT, true },
    { "vectors ", BAWN_OP_EMBEDDINGS, true },
};

static size_t texts_in(const char *line)
{
    size_t n = 0;

    while ((line = strstr(line, "\"x y\"")))
        n++, line++;
    return n;
}

static size_t check(const char *line)
{
    for (size_t i = 0; i < BAWN_COUNT(sides); i++) {
        size_t n, skip = strlen(sides[i].name);

        if (strncmp(line, sides[i].name, skip) != 0)
            continue;
        seen_body s = see_by(sides[i].answer ? bawn_dialect_openai.answer : bawn_dialect_openai.request, sides[i].op, line + skip);

        if (!s.ok)
            fail_msg("refused: %s\n%s", s.err.message, line);
        if (s.got.unknown_field.len)
            fail_msg("unknown: %.*s\n%s", (int)s.got.unknown_field.len, s.got.unknown_field.ptr, line);
        find_text(&s, "x y", &n);
        if (n != texts_in(line))
            fail_msg("%zu of %zu texts came out: %s", n, texts_in(line), line);
        unsee(&s);
        return 1;
    }
    fail_msg("no side is named at the begin of: %s", line);
    return 0;
}

static void every_field_of_the_sdk_is_known_and_its_text_seen(void **state)
{
    FILE *file = fopen(BAWN_SOURCE_DIR "/tests/unit/dialect/openai_inventory.jsonl", "r");
    char line[2000];
    size_t n = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] != '#')
            n += check(line);
    }
    fclose(file);
    assert_true(n > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_field_of_the_sdk_is_known_and_its_text_seen) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

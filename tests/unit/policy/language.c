/* The whole language: the examples parse; each section of the north-star policy either parses or is refused with the
 * name of the room that it waits for; schema, reference and explanation are made from the same table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/json.h"
#include "policy_table.h"
#include "policy/policy.h"

#define NEEDED_TOP "version: 1\nupstreams: {main: {dialect: openai, url: \"http://127.0.0.1:9/v1\"}}\n"

static bawn_policy *parse(bawn_slice yaml, bawn_error *err)
{
    bawn_policy *policy = NULL;

    *err = (bawn_error){ 0 };
    bawn_policy_parse(&policy, "bawn.yaml", yaml, keys, BAWN_COUNT(keys), err);
    return policy;
}

static void read_file(bawn_buf *out, const char *name)
{
    char path[512], block[4096];
    FILE *file;
    size_t n;

    snprintf(path, sizeof path, "%s/%s", BAWN_SOURCE_DIR, name);
    file = fopen(path, "rb");
    assert_non_null(file);
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        bawn_buf_add(out, bawn_slice_of(block, n));
    fclose(file);
}

static bool same(const bawn_node *a, const bawn_node *b)
{
    if (a->kind != b->kind || a->type != b->type || a->integer != b->integer || !bawn_slice_eq(a->key, b->key) ||
        !bawn_slice_eq(a->text, b->text))
        return false;
    for (a = a->first, b = b->first; a && b; a = a->next, b = b->next)
        if (!same(a, b))
            return false;
    return !a && !b;
}

static void each_example_parses_and_its_explanation_means_the_same(void **state)
{
    static const char *const files[] = { "examples/policies/minimal.yaml", "examples/policies/shop.yaml",
                                         "examples/policies/observe.yaml" };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(files); i++) {
        bawn_buf yaml = { 0 }, page = { 0 };
        bawn_error err;
        bawn_policy *policy, *again;

        read_file(&yaml, files[i]);
        policy = parse(bawn_buf_slice(&yaml), &err);
        if (!policy)
            print_error("%s:%u:%u: %s\n", files[i], err.line, err.column, err.message);
        assert_non_null(policy);
        assert_true(bawn_policy_explain(&page, policy, keys, BAWN_COUNT(keys)));
        again = parse(bawn_buf_slice(&page), &err);
        if (!again)
            print_error("%.*s\n%u:%u: %s\n", (int)page.len, page.ptr, err.line, err.column, err.message);
        assert_non_null(again);
        assert_true(same(bawn_policy_root(policy), bawn_policy_root(again)));
        bawn_policy_free(again);
        bawn_policy_free(policy);
        bawn_buf_free(&page);
        bawn_buf_free(&yaml);
    }
}

static void what_the_file_leaves_out_is_explained(void **state)
{
    bawn_error err;
    bawn_buf page = { 0 };
    bawn_policy *policy = parse(BAWN_LIT(NEEDED_TOP "listeners:\n  public:\n    limits: {body: 1MiB}\nguardrails:\n"
                                         "  a: {extends: b, leak: {canary: false}}\n  b: {}\n"), &err);
    static const char *const pieces[] = {
        "version: 1  # line 1\n", "      body: 1MiB  # line 5\n", "      # header_time: 10s  # default\n",
        "    # address: 127.0.0.1:8480  # default\n", "# record:  # default\n#   spool:  # default\n"
        "#     folder: state/spool  # default\n", "    # the rest comes from b\n", "# defaults:  # default\n",
    };

    (void)state;
    assert_non_null(policy);
    assert_true(bawn_policy_explain(&page, policy, keys, BAWN_COUNT(keys)));
    for (size_t i = 0; i < BAWN_COUNT(pieces); i++) {
        if (bawn_slice_find(bawn_buf_slice(&page), bawn_slice_str(pieces[i])) == page.len)
            print_error("missing: %s\nin:\n%.*s\n", pieces[i], (int)page.len, page.ptr);
        assert_true(bawn_slice_find(bawn_buf_slice(&page), bawn_slice_str(pieces[i])) < page.len);
    }
    /* inside `extends` nothing is a default: it comes from the parent */
    assert_true(bawn_slice_find(bawn_buf_slice(&page), BAWN_LIT("canary: false  # line 7\n    # the rest comes")) < page.len);
    bawn_policy_free(policy);
    bawn_buf_free(&page);
}

/* What each section of the north-star policy meets: NULL: it parses. */
static const struct { const char *section, *refusal; } sections[] = {
    { "version", NULL }, { "listeners", "`mcp` for listeners.public.dialects[3] is not built yet" },
    { "upstreams", NULL }, { "routes", NULL },
    { "identities", "`identities` is not built yet" }, { "trust_levels", "`trust_levels` is not built yet" },
    { "roles", "`roles` is not built yet" }, { "limits", "`limits` is not built yet" },
    { "counters", "`counters` is not built yet" }, { "prices", "`prices` is not built yet" },
    { "network", "`network` is not built yet" }, { "defaults", NULL },
    { "guardrails", "`HATE` in guardrails.shop.content_filters is not built yet" },
    { "tools", "`tools` is not built yet" }, { "mcp", "`mcp` is not built yet" },
    { "record", "`store` in record is not built yet" }, { "watch", "`watch` is not built yet" },
    { "respond", "`respond` is not built yet" }, { "scorer", "`weights` in scorer is not built yet" },
    { "remote_scorers", "`remote_scorers` is not built yet" }, { "models", "`models` is not built yet" },
    { "data", "`data` is not built yet" }, { "posture", "`posture` is not built yet" },
};

/* The section that begins at *at (a line that begins with a letter), up to the next one. */
static bawn_slice next_section(bawn_slice file, size_t *at)
{
    size_t from = *at, to;

    while (from < file.len && !bawn_is_alpha((unsigned char)file.ptr[from])) {
        while (from < file.len && file.ptr[from] != '\n')
            from++;
        from++;
    }
    for (to = from; to < file.len; to++)
        if (to > from && file.ptr[to - 1] == '\n' && bawn_is_alpha((unsigned char)file.ptr[to]))
            break;
    *at = to;
    return from < file.len ? bawn_slice_of(file.ptr + from, to - from) : BAWN_NIL;
}

static void judge_section(size_t i, bawn_slice section)
{
    bawn_buf yaml = { 0 };
    bawn_error err;
    bawn_policy *policy;

    if (strcmp(sections[i].section, "version") != 0)
        bawn_buf_str(&yaml, "version: 1\n");
    if (strcmp(sections[i].section, "upstreams") != 0)
        bawn_buf_str(&yaml, "upstreams: {main: {dialect: openai, url: \"http://127.0.0.1:9/v1\"}}\n");
    bawn_buf_add(&yaml, section);
    policy = parse(bawn_buf_slice(&yaml), &err);
    if (!policy != (sections[i].refusal != NULL) || (sections[i].refusal && !strstr(err.message, sections[i].refusal)))
        print_error("%s: %u:%u %s\n", sections[i].section, err.line, err.column, err.message);
    assert_int_equal(!policy, sections[i].refusal != NULL);
    if (sections[i].refusal)
        assert_non_null(strstr(err.message, sections[i].refusal));
    bawn_policy_free(policy);
    bawn_buf_free(&yaml);
}

static void each_section_of_the_north_star_parses_or_names_its_room(void **state)
{
    bawn_buf file = { 0 };
    size_t at = 0;

    (void)state;
    read_file(&file, "tests/unit/policy/data/north-star.yaml");
    for (size_t i = 0; i < BAWN_COUNT(sections); i++) {
        bawn_slice section = next_section(bawn_buf_slice(&file), &at);

        assert_true(bawn_slice_starts(section, bawn_slice_str(sections[i].section)));
        judge_section(i, section);
    }
    assert_int_equal(next_section(bawn_buf_slice(&file), &at).len, 0);
    bawn_buf_free(&file);
}

static void each_later_key_is_refused_with_its_room(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(keys); i++) {
        bawn_buf yaml = { 0 };
        bawn_error err;
        unsigned closing = 0;
        const char *p = keys[i].path;

        if (!keys[i].later || strncmp(p, "upstreams", 9) == 0)
            continue;
        bawn_buf_str(&yaml, NEEDED_TOP);
        for (; *p; p += *p == '.') {        /* as nested flow maps: {a: {b: [... */
            size_t n = strcspn(p, ".[=");

            if (n)
                bawn_buf_fmt(&yaml, closing ? "{%.*s: " : "%.*s: ", (int)n, *p == '*' ? "n" : p);
            closing += n > 0;
            p += n;
            if (*p == '[') {
                bawn_buf_byte(&yaml, '[');
                p += 2;
            }
            if (*p == '=') {
                bawn_buf_str(&yaml, p + 1);
                p += strlen(p);
            }
        }
        if (!strchr(keys[i].path, '='))
            bawn_buf_str(&yaml, "x");
        if (strchr(keys[i].path, '['))
            bawn_buf_byte(&yaml, ']');
        /* "routes[].operations[]" opens two lists */
        if (strncmp(keys[i].path, "routes[]", 8) == 0)
            bawn_buf_str(&yaml, "}]"), closing -= 1;
        while (closing-- > 1)
            bawn_buf_byte(&yaml, '}');
        bawn_buf_byte(&yaml, '\n');
        assert_null(parse(bawn_buf_slice(&yaml), &err));
        if (!strstr(err.message, "is not built yet in this version") || !strstr(err.message, keys[i].later))
            print_error("%s: %.*s%s\n", keys[i].path, (int)yaml.len, yaml.ptr, err.message);
        assert_non_null(strstr(err.message, "is not built yet in this version"));
        assert_non_null(strstr(err.message, keys[i].later));
        bawn_buf_free(&yaml);
    }
}

/* A default is a value that its own row accepts. */
static void each_default_is_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(keys); i++) {
        bawn_key row = keys[i];
        bawn_buf yaml = { 0 };
        bawn_error err = { 0 };
        bawn_policy *policy = NULL;

        if (!row.fallback || row.fallback[0] == '[' || row.fallback[0] == '{')
            continue;
        row.path = "key";
        bawn_buf_fmt(&yaml, "key: %s\n", row.fallback);
        if (!bawn_policy_parse(&policy, "bawn.yaml", bawn_buf_slice(&yaml), &row, 1, &err))
            print_error("%s: %s\n", keys[i].path, err.message);
        assert_non_null(policy);
        bawn_policy_free(policy);
        bawn_buf_free(&yaml);
    }
}

static void rows_are_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(keys); i++) {
        assert_non_null(keys[i].doc);
        assert_true(strlen(keys[i].doc) > 3);
        assert_int_equal((keys[i].types & BAWN_T_WORD) != 0, keys[i].values != NULL);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(keys[i].path, keys[j].path);
    }
}

static void the_schema_is_json_and_closed(void **state)
{
    bawn_buf schema = { 0 };
    bawn_json json = { 0 };
    bawn_error err = { 0 };
    uint32_t at;

    (void)state;
    assert_true(bawn_policy_schema(&schema, keys, BAWN_COUNT(keys)));
    assert_true(bawn_json_parse(&json, bawn_buf_slice(&schema), 64, &err));
    at = bawn_json_get(&json, 0, "$schema");
    assert_true(bawn_json_is(&json, at, "https://json-schema.org/draft/2020-12/schema"));
    assert_int_equal(json.tokens[bawn_json_get(&json, 0, "additionalProperties")].type, BAWN_JSON_FALSE);
    at = bawn_json_get(&json, bawn_json_get(&json, bawn_json_get(&json, 0, "properties"), "defaults"), "properties");
    at = bawn_json_get(&json, bawn_json_get(&json, at, "on_block"), "default");
    assert_true(bawn_json_is(&json, at, "native"));
    assert_true(bawn_slice_find(bawn_buf_slice(&schema), BAWN_LIT("\"oneOf\":[{\"enum\":[\"none\",\"observe\",\"mask\",\"block\"]}"))
                < schema.len);
    assert_true(bawn_slice_find(bawn_buf_slice(&schema), BAWN_LIT("\"enum\":[\"openai\",\"anthropic\",\"bedrock\"]")) < schema.len);
    bawn_json_free(&json);
    bawn_buf_free(&schema);
}

static void the_reference_has_every_key(void **state)
{
    bawn_buf page = { 0 };

    (void)state;
    assert_true(bawn_policy_reference(&page, keys, BAWN_COUNT(keys)));
    for (size_t i = 0; i < BAWN_COUNT(keys); i++) {
        char cell[128];

        if (strchr(keys[i].path, '=') && !keys[i].later)
            continue;
        snprintf(cell, sizeof cell, "| `%s` |", keys[i].path);
        assert_true(bawn_slice_find(bawn_buf_slice(&page), bawn_slice_str(cell)) < page.len);
    }
    assert_true(bawn_slice_find(bawn_buf_slice(&page), BAWN_LIT("| `listeners.*.dialects[]` | `openai`")) < page.len);
    bawn_buf_free(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_example_parses_and_its_explanation_means_the_same),
        cmocka_unit_test(what_the_file_leaves_out_is_explained),
        cmocka_unit_test(each_section_of_the_north_star_parses_or_names_its_room),
        cmocka_unit_test(each_later_key_is_refused_with_its_room),
        cmocka_unit_test(each_default_is_valid),
        cmocka_unit_test(rows_are_sound),
        cmocka_unit_test(the_schema_is_json_and_closed),
        cmocka_unit_test(the_reference_has_every_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

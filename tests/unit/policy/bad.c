/* Bad policies: each is refused at an exact line and column, and the message says what was found and expected.
 *
 * keeps: T20 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "policy_table.h"
#include "policy/policy.h"

#define TOP "version: 1\nupstreams: {main: {dialect: openai, url: \"http://127.0.0.1:9/v1\"}}\n"     /* lines 1, 2 */
#define UP "version: 1\nupstreams:\n  main:\n    dialect: openai\n    url: http://127.0.0.1:9/v1\n" /* lines 1 to 5 */
#define SHOP TOP "guardrails:\n  shop:\n"                                                            /* lines 1 to 4 */

static const struct { const char *yaml; uint32_t line, column; const char *message; } rows[] = {
    /* the file */
    { "", 1, 1, "found an empty policy; expected at least `version: 1`" },
    { "# nothing\n\n", 1, 1, "empty policy" },
    { "---\n...\n", 1, 1, "empty policy" },
    { "version: 1\n\xff", 2, 1, "the byte 0xFF, which is not UTF-8" },
    { "version: 1 # \xc3\xa9 \xc0\x80\n", 1, 16, "the byte 0xC0" },
    { "version: 1\r\nnode: a\x01\r\n", 2, 8, "hidden character U+0001" },
    { "node: \xe2\x80\xaegpj.exe\n", 1, 7, "hidden character U+202E" },
    { "version: 1\n---\nnode: a\n", 2, 1, "a second document" },
    { "%YAML 1.1\n---\nversion: 1\n", 2, 1, "a YAML directive" },
    { "- version: 1\n", 1, 1, "found a list for the policy; expected a map" },
    { "version\n", 1, 1, "found `version` for the policy; expected a map" },
    /* YAML */
    { TOP "node: [a, b\n", 3, 7, "found a `[` that is never closed" },
    { TOP "record: {text: none\n", 4, 1, "found neither a comma nor the closing bracket; expected one of them; the bracket "
      "opens at line 3, column 9" },
    { TOP "record: {text: none on_full: block}\n", 3, 28, "found neither a comma nor the closing bracket" },
    { TOP "node: \"a\n", 3, 7, "found no closing quote" },
    { TOP "record:\n\ttext: none\n", 4, 1, "found a tab in the indentation; expected spaces" },
    { TOP "node: a: b\n", 3, 8, "a second `key: ` on one line" },
    { TOP "record:\n  text: none\n on_full: block\n", 5, 2, "YAML" },
    { TOP "node: &n a\n", 3, 7, "found an anchor (`&name`)" },
    { TOP "node: *n\n", 3, 7, "found an alias (`*name`)" },
    { TOP "node: !!str a\n", 3, 7, "found a tag (`!`)" },
    { TOP "record: !map {text: none}\n", 3, 9, "found a tag (`!`)" },
    { TOP "<<: {node: a}\n", 3, 1, "found the merge key `<<`; expected a name" },
    { TOP "? [node]\n: a\n", 3, 3, "found a map or list as a key" },
    { TOP "\"\": a\n", 3, 1, "found an empty key" },
    { TOP "node: \"a\\0b\"\n", 3, 7, "the escape of a NUL character" },
    /* keys */
    { TOP "lisners: {}\n", 3, 1, "unknown key `lisners` in the policy; expected one of version, node, listeners" },
    { TOP "lisners: {}\n", 3, 1, "did you mean `listeners`?" },
    { SHOP "    secrets: {outptu: block}\n", 5, 15,
      "unknown key `outptu` in guardrails.shop.secrets; expected one of input, output; did you mean `output`?" },
    { SHOP "    secrets:\n      input: block\n      Output: block\n", 7, 7, "did you mean `output`?" },
    { SHOP "    zzzzzzzzz: 1\n", 5, 5, "unknown key `zzzzzzzzz` in guardrails.shop; expected one of extends, mode" },
    { TOP "record: {spool: {rotte: 1MiB}}\n", 3, 18, "unknown key `rotte` in record.spool" },
    { TOP "\"no\\e[31mde\": a\n", 3, 1, "unknown key `no\\u001B[31mde` in the policy" },
    { TOP "node: a\nrecord: {}\nnode: b\n", 5, 1, "found `node` a second time; it stands at line 3, column 1 already" },
    { SHOP "    mode: observe\n    secrets: block\n    mode: enforce\n", 7, 5,
      "found `guardrails.shop.mode` a second time; it stands at line 5, column 5" },
    { TOP "guardrails:\n  a: {}\n  \"a\": {}\n", 5, 3, "found `guardrails.a` a second time" },
    { "upstreams: {m: {dialect: openai, url: http://h/v1}}\n", 1, 1, "missing key `version` in the policy: Version of the file format" },
    { "version: 1\n", 1, 1, "missing key `upstreams` in the policy" },
    { "version: 1\nupstreams:\n  main:\n    url: x\n", 3, 3, "missing key `dialect` in upstreams.main: The API" },
    { SHOP "    denied_topics:\n      - action: block\n", 6, 9,
      "missing key `name` in guardrails.shop.denied_topics[0]" },
    { TOP "routes:\n  - {operations: [chat]}\n  - {guardrail: none}\n", 5, 5, "missing key `operations` in routes[1]" },
    /* rooms to come */
    { TOP "identities:\n  jwt: []\n", 3, 1,
      "`identities` is not built yet in this version (it comes with identities and limits); remove the section" },
    { TOP "tools:\n", 3, 1, "`tools` is not built yet in this version" },
    { SHOP "    content_filters: {HATE: medium}\n", 5, 23,
      "`HATE` in guardrails.shop.content_filters is not built yet in this version (it comes with the token pass); "
      "remove the key" },
    { TOP "record:\n  text: all\n", 4, 9,
      "`all` for record.text is not built yet in this version (it comes with the encrypted record); choose another" },
    { TOP "listeners: {public: {dialects: [openai, mcp]}}\n", 3, 41,
      "`mcp` for listeners.public.dialects[1] is not built yet" },
    { TOP "listeners: {public: {serves: [admin]}}\n", 3, 31, "the admin API" },
    /* values */
    { "version: one\nupstreams: {}\n", 1, 10, "found `one` for version; expected 1" },
    { "version: \"1\"\nupstreams: {}\n", 1, 10, "; drop the quotes" },
    { "version: 01\nupstreams: {}\n", 1, 10, "found `01` for version" },
    { "version: -1\nupstreams: {}\n", 1, 10, "found `-1` for version" },
    { "version: 99999999999999999999\nupstreams: {}\n", 1, 10, "found `99999999999999999999` for version; expected 1" },
    { "version:\nupstreams: {}\n", 1, 1, "found nothing for version" },
    { "version: ~\nupstreams: {}\n", 1, 10, "found nothing for version" },
    { "version: 1\nupstreams: []\n", 2, 1, "found a list for upstreams; expected a map" },
    { "version: 1\nupstreams: {a: {dialect: {}, url: x}}\n", 2, 17,
      "found a map for upstreams.a.dialect; expected one of openai" },
    { "version: 1\nupstreams: {a: {dialect: opnai, url: x}}\n", 2, 26, "expected one of openai, anthropic, bedrock; did you mean `openai`?" },
    { UP "    key: sk-veryverysecret\n", 6, 10,
      "found a secret written into the file for upstreams.main.key; expected a reference, env:NAME or file:PATH, for "
      "example env:LLM_KEY" },
    { UP "    key: env:9KEY\n", 6, 10, "found a secret written into the file" },
    { UP "    key: \"file:\"\n", 6, 10, "found a secret written into the file" },
    { UP "    key: awskms:alias/x\n", 6, 10, "found a awskms: reference; it is not built yet" },
    { UP "    key: pkcs11:token=x\n", 6, 10, "not built yet in this version; expected env:NAME or file:PATH" },
    { UP "    forward_key: yes\n", 6, 18, "found `yes` for upstreams.main.forward_key; expected true or false" },
    { UP "    forward_key: yes\n", 6, 18, "did you mean `true`?" },
    { UP "    forward_key: Off\n", 6, 18, "did you mean `false`?" },
    { UP "    timeouts: {connect: 2 sec}\n", 6, 25, "expected a time in ms, s, m, h or d, for example 2s; did you mean "
      "`2s`?" },
    { UP "    timeouts: {connect: 2}\n", 6, 25, "found `2` for upstreams.main.timeouts.connect" },
    { UP "    timeouts: {connect: 1.5s}\n", 6, 25, "found `1.5s`" },
    { UP "    timeouts: {connect: 9223372036854775807d}\n", 6, 25, "expected a time" },
    { UP "    models: standin\n", 6, 13, "found `standin` for upstreams.main.models; expected a list" },
    { UP "    models:\n      - standin\n      - {a: b}\n", 8, 9, "found a map for upstreams.main.models[1]" },
    { TOP "listeners: {public: {limits: {body: 4MB}}}\n", 3, 37,
      "found `4MB` for listeners.public.limits.body; expected a size in B, KiB or MiB, for example 4MiB; did you mean "
      "`4MiB`?" },
    { TOP "listeners: {public: {limits: {body: 64 kb}}}\n", 3, 37, "did you mean `64KiB`?" },
    { TOP "listeners: {public: {limits: {body: 4096}}}\n", 3, 37, "found `4096`" },
    { SHOP "    mode: obsreve\n", 5, 11, "expected one of enforce, observe; did you mean `observe`?" },
    { SHOP "    secrets: [block]\n", 5, 5, "found a list for guardrails.shop.secrets; expected one of none, observe, mask, "
      "block, or a map" },
    { SHOP "    secrets: blok\n", 5, 14, "did you mean `block`?" },
    { SHOP "    stream: {leak: window}\n", 5, 20, "expected release, buffer or window N, for example window 200" },
    { SHOP "    stream: {leak: window 0}\n", 5, 20, "found `window 0`" },
    { SHOP "    stream: {default: hold}\n", 5, 23, "found `hold` for guardrails.shop.stream.default" },
    { SHOP "    sensitive_information: {entities: {EMAIL: {input: tokn}}}\n", 5, 55, "did you mean `token`?" },
    { SHOP "    leak: {min_words: 12.5}\n", 5, 23, "found `12.5` for guardrails.shop.leak.min_words" },
    { TOP "defaults: {on_error: deny}\n", 3, 22, "expected one of block, allow" },
};

static bool parse(bawn_policy **policy, bawn_slice yaml, bawn_error *err)
{
    size_t n;
    const bawn_key *keys_handed = bawn_engine_keys(&n);

    return bawn_policy_parse(policy, "bawn.yaml", yaml, keys_handed, n, err);
}

static void each_mistake_is_refused_where_it_stands(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_error err = { 0 };
        bawn_policy *policy = NULL;
        bool ok = parse(&policy, bawn_slice_str(rows[i].yaml), &err);

        if (ok || policy || err.code != BAWN_E_POLICY || err.line != rows[i].line || err.column != rows[i].column ||
            !strstr(err.message, rows[i].message) || strcmp(err.file, "bawn.yaml") != 0) {
            print_error("row %zu:\n%s\nexpected %u:%u %s\ngot      %u:%u %s\n", i, rows[i].yaml, rows[i].line,
                        rows[i].column, rows[i].message, err.line, err.column, ok ? "(accepted)" : err.message);
            wrong++;
        }
        bawn_policy_free(policy);
    }
    assert_int_equal(wrong, 0);
}

/* "5:15 unknown key; 7:3 ..." of all, each message cut at its first sign. */
static const char *all_of(char out[2048], const bawn_errors *all)
{
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < all->n && n < 1900; i++)
        n += (size_t)snprintf(out + n, 2048 - n, "%s%u:%u %.*s", i ? "; " : "", all->items[i].line, all->items[i].column,
                              (int)strcspn(all->items[i].message, ",;:("), all->items[i].message);
    return out;
}

static void all_mistakes_are_found_in_one_go(void **state)
{
    static const struct { const char *yaml, *all; } rows_of_many[] = {
        { SHOP "    secrets: {outptu: block, input: blok}\n    mode: obsreve\nlisners: {}\n",
          "5:15 unknown key `outptu` in guardrails.shop.secrets; 5:37 found `blok` for guardrails.shop.secrets.input; "
          "6:11 found `obsreve` for guardrails.shop.mode; 7:1 unknown key `lisners` in the policy" },
        { "version: 2\nnode: a\nnode: b\nnode: c\n",
          "1:1 missing key `upstreams` in the policy; 1:10 found `2` for version; 3:1 found `node` a second time; "
          "4:1 found `node` a second time" },
        { "node: a\n", "1:1 missing key `upstreams` in the policy; 1:1 missing key `version` in the policy" },
        /* what is wrong only because of another mistake is none */
        { SHOP "    denied_topics:\n      - {nmae: a}\n      - b\n", "6:10 unknown key `nmae` in guardrails.shop.denied_topics[0]; "
          "7:9 found `b` for guardrails.shop.denied_topics[1]" },
        { TOP "identities: {jwt: {a: b}, c: d}\nrecord: {txt: all}\n", "3:1 `identities` is not built yet in this version ; "
          "4:10 unknown key `txt` in record" },
        { "version: 1\nupstreams: {a: {dialect: {b: c}, url: x, key: sk-very}, b: {url: x}}\n",
          "2:17 found a map for upstreams.a.dialect; 2:47 found a secret written into the file for upstreams.a.key; "
          "2:57 missing key `dialect` in upstreams.b" },
        /* what is no YAML ends at the first */
        { TOP "lisners: {}\nnode: [a, b\nrecord: {txt: all}\n", "4:7 found a `[` that is never closed" },
        { "", "1:1 found an empty policy" }, { "- a\n", "1:1 found a list for the policy" },
    };
    static bawn_errors all;
    char got[2048];
    size_t n;

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows_of_many); i++) {
        bawn_policy *policy = NULL;

        all.n = 0;
        assert_false(bawn_policy_check(&policy, &all, "bawn.yaml", bawn_slice_str(rows_of_many[i].yaml), bawn_engine_keys(&n), BAWN_COUNT(keys)));
        assert_null(policy);
        assert_string_equal(all_of(got, &all), rows_of_many[i].all);
    }
}

static void a_right_policy_is_checked_without_a_word(void **state)
{
    bawn_errors all = { .n = 0 };
    bawn_policy *policy = NULL;
    size_t n;

    (void)state;
    assert_true(bawn_policy_check(&policy, &all, "bawn.yaml", BAWN_LIT(TOP), bawn_engine_keys(&n), BAWN_COUNT(keys)));
    assert_int_equal(all.n, 0);
    bawn_policy_free(policy);
}

static void a_file_wrong_from_end_to_end_is_bounded(void **state)
{
    static bawn_errors all;
    bawn_buf yaml = { 0 };
    bawn_policy *policy = NULL;
    size_t n;

    (void)state;
    bawn_buf_str(&yaml, TOP);
    for (int i = 0; i < 5000; i++)
        bawn_buf_fmt(&yaml, "wrong%d: a\n", i);
    all.n = 0;
    assert_false(bawn_policy_check(&policy, &all, "bawn.yaml", bawn_buf_slice(&yaml), bawn_engine_keys(&n), BAWN_COUNT(keys)));
    assert_int_equal(all.n, BAWN_ERRORS_MOST);
    assert_int_equal(all.items[0].line, 3);
    assert_int_equal(all.items[BAWN_ERRORS_MOST - 1].line, 2 + BAWN_ERRORS_MOST);
    bawn_buf_free(&yaml);
}

static void a_secret_in_the_file_never_gets_into_a_message(void **state)
{
    static const char *const policies[] = {
        UP "    key: sk-veryverysecret\n", UP "    key: \"sk-veryverysecret\n", UP "    key: &k sk-veryverysecret\n",
        UP "    key: [sk-veryverysecret]\n", UP "    key: {sk: sk-veryverysecret}\n", UP "    key: a: sk-veryverysecret\n",
        UP "    key: awskms:sk-veryverysecret\n", UP "    ky: sk-veryverysecret\n",
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(policies); i++) {
        bawn_error err = { 0 };
        bawn_policy *policy = NULL;

        assert_false(parse(&policy, bawn_slice_str(policies[i]), &err));
        assert_null(strstr(err.message, "veryverysecret"));
    }
}

static void nul_has_a_place(void **state)
{
    static const char yaml[] = "version: 1\nnode: a\0b\n";
    bawn_error err = { 0 };
    bawn_policy *policy = NULL;

    (void)state;
    assert_false(parse(&policy, bawn_slice_of(yaml, sizeof yaml - 1), &err));
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 8);
    assert_non_null(strstr(err.message, "found a NUL byte"));
}

/* Refused, with `piece` in the message; the buffer is freed. */
static void refused(bawn_buf *yaml, const char *piece, uint32_t line, uint32_t column)
{
    bawn_error err = { 0 };
    bawn_policy *policy = NULL;

    assert_false(yaml->failed);
    assert_false(parse(&policy, bawn_buf_slice(yaml), &err));
    assert_non_null(strstr(err.message, piece));
    assert_int_equal(err.line, line);
    assert_int_equal(err.column, column);
    bawn_buf_free(yaml);
}

static void size_count_and_depth_are_bounded(void **state)
{
    bawn_buf yaml = { 0 };

    (void)state;
    for (size_t i = 0; i <= (1 << 20); i++)
        bawn_buf_byte(&yaml, '\n');
    refused(&yaml, "found a policy of 1048577 bytes; expected at most 1048576", 1, 1);
    yaml = (bawn_buf){ 0 };
    bawn_buf_str(&yaml, "node:\n");
    for (size_t i = 0; i < 10001; i++)
        bawn_buf_str(&yaml, "- a\n");
    refused(&yaml, "found more than 10000 values", 10000, 3);   /* the root and the list are values too */
    yaml = (bawn_buf){ 0 };
    bawn_buf_str(&yaml, "node: ");
    for (size_t i = 0; i < 200000; i++)
        bawn_buf_byte(&yaml, '[');
    refused(&yaml, "found more than 32 levels", 1, 38);         /* the root is a level */
}

static void a_long_name_and_a_long_list_still_leave_room_for_the_hint(void **state)
{
    bawn_error err = { 0 };
    bawn_policy *policy = NULL;

    (void)state;
    assert_false(parse(&policy, BAWN_LIT(SHOP "    sensitive_informatio: {}\n"), &err));
    assert_non_null(strstr(err.message, "; did you mean `sensitive_information`?"));
    assert_non_null(strstr(err.message, ", ..."));
    assert_false(parse(&policy, BAWN_LIT(TOP "a\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                                         "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9: {}\n"), &err));
    assert_non_null(strstr(err.message, "\xc3\xa9...` in the policy"));
    assert_int_equal(bawn_utf8_valid_prefix(bawn_slice_str(err.message)), strlen(err.message));
}

static void running_out_of_memory_is_an_error_and_no_leak(void **state)
{
    size_t n_failed = 0;
    bool ok = false;

    (void)state;
    for (size_t at = 1; !ok && at < 200; at++) {
        bawn_error err = { 0 };
        bawn_policy *policy = NULL;

        bawn_malloc_fail_at = at;
        ok = parse(&policy, BAWN_LIT(SHOP "    secrets: {input: block}\n"), &err);
        bawn_malloc_fail_at = 0;
        if (!ok) {
            assert_int_equal(err.code, BAWN_E_NO_MEMORY);
            assert_null(policy);
            n_failed++;
        }
        bawn_policy_free(policy);
    }
    assert_true(ok);
    assert_true(n_failed >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_refused_where_it_stands),
        cmocka_unit_test(all_mistakes_are_found_in_one_go),
        cmocka_unit_test(a_right_policy_is_checked_without_a_word),
        cmocka_unit_test(a_file_wrong_from_end_to_end_is_bounded),
        cmocka_unit_test(a_secret_in_the_file_never_gets_into_a_message),
        cmocka_unit_test(nul_has_a_place),
        cmocka_unit_test(size_count_and_depth_are_bounded),
        cmocka_unit_test(a_long_name_and_a_long_list_still_leave_room_for_the_hint),
        cmocka_unit_test(running_out_of_memory_is_an_error_and_no_leak),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

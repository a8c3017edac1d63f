/* From a finding to the line of the policy that rules on it, and to the smallest change that lets it pass. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cli/advice.h"

static const char text[] =
    "version: 1\n"                                                      /* 1 */
    "upstreams: {m: {dialect: openai, url: \"http://127.0.0.1:9/v1\"}}\n"
    "guardrails:\n"
    "  shop:\n"
    "    content_filters: {PROMPT_ATTACK: {input: high, untrusted: low}}\n" /* 5 */
    "    denied_topics:\n"
    "      - {name: shares, words: [stock tips]}\n"                     /* 7 */
    "    word_filters:\n"
    "      custom:\n"
    "        - words: [bluefalcon]\n"                                   /* 10 */
    "    sensitive_information:\n"
    "      entities: {EMAIL: block}\n"                                  /* 12 */
    "      regexes: [{name: ORDER, pattern: 'ORD-[0-9]{6}'}]\n"         /* 13 */
    "    secrets: {output: mask}\n"                                     /* 14 */
    "  staff: {extends: shop, leak: {system_prompt: mask}}\n";          /* 15 */

static bawn_policy *policy;

static int set_up(void **state)
{
    bawn_error err = { 0 };
    size_t n;
    const bawn_key *keys = bawn_engine_keys(&n);
    (void)state;
    return bawn_policy_parse(&policy, "p.yaml", BAWN_LIT(text), keys, n, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    bawn_policy_free(policy);
    return 0;
}

static bawn_cli_case a_case(const char *guard, const char *kind, bawn_side side, float score, const char *value)
{
    return (bawn_cli_case){ .guardrail = BAWN_LIT("staff"), .guard = bawn_slice_str(guard), .kind = bawn_slice_str(kind),
                            .side = side, .score = score, .value = bawn_slice_str(value) };
}

static void the_line_that_rules_is_found_through_extends(void **state)
{
    static const struct { const char *guard, *kind, *value; bawn_side side; uint32_t line; } rows[] = {
        { "pii", "pii.EMAIL", "", BAWN_INPUT, 12 },
        { "pii", "pii.ORDER", "", BAWN_INPUT, 13 },
        { "pii", "pii.PHONE", "", BAWN_INPUT, 0 },
        { "secrets", "secrets.AWS_ACCESS_KEY", "", BAWN_OUTPUT, 14 },
        { "secrets", "secrets.AWS_ACCESS_KEY", "", BAWN_INPUT, 0 },
        { "prompt_attack", "prompt_attack.JAILBREAK", "", BAWN_INPUT, 5 },
        { "words", "words.CUSTOM", "BlueFalcon", BAWN_INPUT, 10 },
        { "topics", "topics.shares", "", BAWN_INPUT, 7 },
        { "leak", "leak.SYSTEM_PROMPT", "", BAWN_OUTPUT, 15 },
        { "exfiltration", "exfiltration.LINK", "", BAWN_OUTPUT, 0 },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_cli_case c = a_case(rows[i].guard, rows[i].kind, rows[i].side, 0.95f, rows[i].value);
        const bawn_node *node = bawn_cli_ruling(policy, &c);
        assert_int_equal(node ? node->line : 0, rows[i].line);
    }
}

static void the_change_is_the_smallest_that_there_is(void **state)
{
    static const struct { const char *guard, *kind, *value; bawn_side side; float score; const char *text, *by_hand;
                          bawn_cli_scope scope; } rows[] = {
        { "pii", "pii.EMAIL", "a\"@b.c", BAWN_INPUT, 0.95f, "sensitive_information: {allow: [\"a\\\"@b.c\"]}", "", CLI_SCOPE_VALUE },
        { "pii", "pii.EMAIL", "", BAWN_OUTPUT, 0.95f, "sensitive_information: {entities: {EMAIL: {output: observe}}}", "",
          CLI_SCOPE_KIND },
        { "prompt_attack", "prompt_attack.X", "", BAWN_INPUT, 0.6f, "content_filters: {PROMPT_ATTACK: {input: medium}}", "",
          CLI_SCOPE_SCORE },
        { "prompt_attack", "prompt_attack.X", "", BAWN_INPUT, 0.8f, "content_filters: {PROMPT_ATTACK: {input: low}}", "",
          CLI_SCOPE_SCORE },
        { "prompt_attack", "prompt_attack.X", "", BAWN_INPUT, 0.95f, "content_filters: {PROMPT_ATTACK: {input: none}}", "",
          CLI_SCOPE_GUARD },
        { "exfiltration", "exfiltration.LINK", "![x](https://cdn.example/a?b=1)", BAWN_OUTPUT, 1,
          "exfiltration: {allow_hosts: [\"cdn.example\"]}", "", CLI_SCOPE_VALUE },
        { "words", "words.CUSTOM", "bluefalcon", BAWN_INPUT, 1, "", "line 10", CLI_SCOPE_VALUE },
        { "topics", "topics.shares", "stock tips", BAWN_INPUT, 1, "", "line 7", CLI_SCOPE_KIND },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_cli_case c = a_case(rows[i].guard, rows[i].kind, rows[i].side, rows[i].score, rows[i].value);
        bawn_cli_change change;
        bawn_cli_change_for(&change, policy, &c);
        assert_string_equal(change.text, rows[i].text);
        assert_non_null(strstr(change.advice, rows[i].by_hand));
        assert_int_equal(change.scope, rows[i].scope);
    }
}

static void exactly_this_is_a_value_a_text_or_a_hash(void **state)
{
    static const struct { const char *guard, *kind, *value, *hash, *text; } rows[] = {
        { "pii", "pii.EMAIL", "a@b.example", "k:00000000000000aa", "sensitive_information: {allow: [\"a@b.example\"]}" },
        { "pii", "pii.EMAIL", "", "k:00000000000000aa", "except: [{kind: pii.EMAIL, hash: \"k:00000000000000aa\"}]" },
        { "prompt_attack", "prompt_attack.PROMPT_LEAK", "print\tit", "", "except: [{kind: prompt_attack.PROMPT_LEAK, text: \"print\\u0009it\"}]" },
        { "secrets", "secrets.AWS", "AKIA", "k:00000000000000aa", "except: [{kind: secrets.AWS, hash: \"k:00000000000000aa\"}]" },
        { "secrets", "secrets.AWS", "AKIA", "", "" },                   /* a secret does not belong into a policy */
        { "pii", "pii.PASSWORD", "hunter2", "k:00000000000000aa", "except: [{kind: pii.PASSWORD, hash: \"k:00000000000000aa\"}]" },
        { "leak", "leak.CANARY", "x", "k:00000000000000aa", "" },       /* another in each request */
        { "limits", "limits.DEPTH", "", "k:00000000000000aa", "" },
        { "topics", "topics.my shares", "buy", "", "except: [{kind: \"topics.my shares\", text: \"buy\"}]" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_cli_case c = a_case(rows[i].guard, rows[i].kind, BAWN_INPUT, 0.95f, rows[i].value);
        bawn_cli_change change;
        c.hash = bawn_slice_str(rows[i].hash);
        assert_int_equal(bawn_cli_change_exact(&change, &c), rows[i].text[0] != 0);
        assert_string_equal(change.text, rows[i].text);
    }
}

static void advice_on_many_findings_says_each_change_once(void **state)
{
    static const char *const values[] = { "one", "two", "one" };
    bawn_cli_advice advice = { 0 };
    char *shown;
    size_t n;
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(values); i++) {
        bawn_cli_case c = a_case("prompt_attack", "prompt_attack.PROMPT_LEAK", BAWN_INPUT, 0.95f, values[i]);
        bawn_cli_advice_add(&advice, policy, &c);
        c = a_case("pii", "pii.EMAIL", BAWN_INPUT, 0.95f, values[i]);
        bawn_cli_advice_add(&advice, policy, &c);
    }
    FILE *out = open_memstream(&shown, &n);
    bawn_cli_advice_show(out, &advice, policy, BAWN_LIT("shop"), "exactly");
    fclose(out);
    assert_string_equal(shown,
        "   exactly:\n"
        "     add to guardrails.shop (line 4): except: [{kind: prompt_attack.PROMPT_LEAK, text: \"one\"}, "
        "{kind: prompt_attack.PROMPT_LEAK, text: \"two\"}]\n"
        "     add to guardrails.shop.sensitive_information (line 11): allow: [\"one\", \"two\"]\n"
        "   wider, it lets pass all that prompt_attack finds in requests:\n"
        "     line 5: input: none   instead of input: high\n");
    free(shown);
}

static void untrusted_text_has_a_strength_of_its_own(void **state)
{
    bawn_cli_case c = a_case("prompt_attack", "prompt_attack.X", BAWN_INPUT, 0.95f, "");
    bawn_cli_change change;
    (void)state;
    c.untrusted = true;
    bawn_cli_change_for(&change, policy, &c);
    assert_string_equal(change.text, "content_filters: {PROMPT_ATTACK: {untrusted: none}}");
    assert_true(bawn_node_word(bawn_cli_ruling(policy, &c), "low"));
}

static void it_says_where_in_the_file_to_write_it(void **state)
{
    static const struct { const char *guardrail, *change, *says; } rows[] = {
        { "shop", "sensitive_information: {entities: {EMAIL: {input: observe}}}",
          "line 12: EMAIL: {input: observe, output: block}   instead of EMAIL: block" },
        { "shop", "content_filters: {PROMPT_ATTACK: {input: low}}", "line 5: input: low   instead of input: high" },
        { "shop", "content_filters: {PROMPT_ATTACK: {output: none}}",
          "add to guardrails.shop.content_filters.PROMPT_ATTACK (line 5): output: none" },
        { "shop", "sensitive_information: {allow: [\"a\"]}", "add to guardrails.shop.sensitive_information (line 11): allow: [\"a\"]" },
        { "staff", "leak: {canary: false}", "add to guardrails.staff.leak (line 15): canary: false" },
        { "staff", "secrets: {input: observe}", "add to guardrails.staff (line 15): secrets: {input: observe}" },
        { "default", "secrets: {input: observe}", "add to guardrails (line 3):\n>   default:\n>     secrets: {input: observe}" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_cli_change change = { 0 };
        char *shown;
        size_t n;
        FILE *out = open_memstream(&shown, &n);
        snprintf(change.text, sizeof change.text, "%s", rows[i].change);
        bawn_cli_show_change(out, policy, &change, bawn_slice_str(rows[i].guardrail), "> ");
        fclose(out);
        assert_memory_equal(shown + 2, rows[i].says, strlen(rows[i].says));
        assert_int_equal(n, strlen(rows[i].says) + 3);
        free(shown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_that_rules_is_found_through_extends),
        cmocka_unit_test(the_change_is_the_smallest_that_there_is),
        cmocka_unit_test(exactly_this_is_a_value_a_text_or_a_hash),
        cmocka_unit_test(advice_on_many_findings_says_each_change_once),
        cmocka_unit_test(untrusted_text_has_a_strength_of_its_own),
        cmocka_unit_test(it_says_where_in_the_file_to_write_it),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

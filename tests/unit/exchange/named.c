/* Converse's guardrailConfig: ours is left out of what AWS gets, another of ours is refused, AWS's own goes on. */
#include "help.h"

#define POLICY "version: 1\nupstreams: {aws: {dialect: bedrock, region: eu-west-1, credentials: env}}\ndefaults: {guardrail: strict}\n" \
    "guardrails:\n  strict: {sensitive_information: {entities: {EMAIL: mask}}}\n  lax: {mode: observe}\n"
#define ASKS "\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"to ada@example.com\"}]}]"
#define MASKED "\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"to <EMAIL>\"}]}]"
#define CONFIG(name, rest) "\"guardrailConfig\":{\"guardrailIdentifier\":\"" name "\"" rest "}"

static void the_guardrail_that_a_body_names(void **state)
{
    static const struct { const char *body, *sent, *refused; } rows[] = {
        { "{" ASKS "," CONFIG("strict", ",\"guardrailVersion\":\"DRAFT\"") "}", "{" MASKED "}", NULL },
        { "{" CONFIG("strict", ",\"trace\":\"disabled\"") " , " ASKS "}", "{ " MASKED "}", NULL },
        { "{" ASKS " , " CONFIG("strict", "") ",\"system\":[]}", "{" MASKED " ,\"system\":[]}", NULL },
        { "{" ASKS "," CONFIG("gr-of-aws", ",\"guardrailVersion\":\"1\",\"trace\":\"enabled\"") "}",
          "{" MASKED "," CONFIG("gr-of-aws", ",\"guardrailVersion\":\"1\",\"trace\":\"enabled\"") "}", NULL },
        /* what a caller may not choose, or is not built */
        { "{" ASKS "," CONFIG("lax", "") "}", NULL, "names another guardrail" },
        { "{" ASKS "," CONFIG("strict", ",\"guardrailVersion\":\"7\"") "}", NULL, "names another guardrail" },
        { "{" ASKS "," CONFIG("strict", ",\"trace\":\"enabled\"") "}", NULL, "no trace" },
        { "{" ASKS ",\"guardrailConfig\":\"strict\"}", NULL, "expected an object" },
    };
    desk k;
    (void)state;
    setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
    k = desk_open(POLICY);
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_exchange *x = drive_with(k.worker, "bedrock", "POST", "/model/m/converse", NULL, 0);
        run r = { 0 };
        bawn_buf_str(&r.request, rows[i].body);
        drive_feed(&r, x, BAWN_INPUT, bawn_slice_str(rows[i].body), NULL, 0);
        assert_int_equal(r.local, rows[i].refused != NULL);
        if (rows[i].refused)
            expect(&r.answer, rows[i].refused), assert_int_equal(r.status, 400);
        else if (!bawn_slice_is(bawn_buf_slice(&r.request), rows[i].sent))
            fail_msg("sent %.*s\nexpected %s", (int)r.request.len, r.request.ptr, rows[i].sent);
        bawn_exchange_free(x);
        run_free(&r);
    }
    desk_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_guardrail_that_a_body_names) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

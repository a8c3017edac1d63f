/* Secrets: each row's example is found and its near miss is not, values have their exact spans, for every cutting; what
 * stands in manuals and honest prose is no secret. */
#include "guard_harness.h"

extern const bawn_guard bawn_guard_secrets_tokens, bawn_guard_secrets_forms, bawn_guard_secrets_assign;
static const bawn_guard *const guards[] = { &bawn_guard_secrets_tokens, &bawn_guard_secrets_forms, &bawn_guard_secrets_assign };
enum { N_GUARDS = 3 };
static bawn_harness harness[N_GUARDS];

static int setup(void **state)
{
    (void)state;
    for (size_t g = 0; g < N_GUARDS; g++)
        harness_open(&harness[g], guards[g], BAWN_IN_INPUT);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (size_t g = 0; g < N_GUARDS; g++)
        harness_close(&harness[g]);
    return 0;
}

static void every_row_has_its_hit_and_its_miss(void **state)
{
    (void)state;
    for (size_t g = 0; g < N_GUARDS; g++)
        harness_check_rows(&harness[g]);
}

static void findings_do_not_depend_on_the_cutting(void **state)
{
    (void)state;
    for (size_t g = 0; g < N_GUARDS; g++)
        for (uint16_t i = 0; i < guards[g]->n_patterns; i++)
            harness_check_cuts(&harness[g], guards[g]->patterns[i].hit, 3);
}

static const struct { const char *text, *found; } spans[] = {
    { "postgres://shop:n7Kq2xLw@db.internal:5432/shop", "shop:n7Kq2xLw" },
    { "https://anna:Tr0ub4dor3@example.com/x", "anna:Tr0ub4dor3" },
    { "mongodb+srv://root:p4ssGeheim@cluster0.mongodb.net/db", "root:p4ssGeheim" },
    { "DB_PASSWORD=hunter22!", "hunter22!" },
    { "xo" "xb-123456789012-1234567890123-a8F3kQz7Lm2Xw9Rt5Yb1Nc6V", "xo" "xb-123456789012-1234567890123-a8F3kQz7Lm2Xw9Rt5Yb1Nc6V" },
    { "bot MTk4NjIyNDgzNDcxOTI1MjQ4." "Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs!", "MTk4NjIyNDgzNDcxOTI1MjQ4." "Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs" },
    { "MTA4NjIyNDgzNDcxOTI1MjQ4MA." "GabcDe.a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiK", "MTA4NjIyNDgzNDcxOTI1MjQ4MA." "GabcDe.a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiK" },
    { "machine github.com login bob password a8F3kQz7Lm2Xw9Rt5Yb1Nc6V", "a8F3kQz7Lm2Xw9Rt5Yb1Nc6V" }, { "machine a.example\n  login bob\n  password S3cr3tPass9\n", "S3cr3tPass9" },
    { "curl -s -u admin:S3cr3tPass9 https://a.example", "S3cr3tPass9" }, { "mysqldump -h db -u root -p'S3cr3tPass9' shop > a.sql", "S3cr3tPass9" },
    { "sshpass -p S3cr3tPass9 ssh bob@host", "S3cr3tPass9" },
    { "password: John.Smith1985", "John.Smith1985" },
    { "export API_KEY='n7Kq2xLw9Rt5Yb1Nc6Vd4Hs0'", "n7Kq2xLw9Rt5Yb1Nc6Vd4Hs0" },
    { "curl -H 'Authorization: Bearer a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0' x", "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0" },
    { "x\x1B[1mgh" "p_a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoT\x1B[0m", "gh" "p_a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoT" },
    { "x\x1B[38;5;9mAK" "IAQ7ZK2MX9VRT4HB3N\x1B[0m", "AK" "IAQ7ZK2MX9VRT4HB3N" },
    { "gh" "p_a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoT.", "gh" "p_a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoT" },
    { "x -----BEGIN PRIVATE " "KEY-----\nMIIEowa8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoT\n-----END PRIVATE " "KEY----- y",
      "-----BEGIN PRIVATE " "KEY-----\nMIIEowa8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoT\n-----END PRIVATE " "KEY-----" },
};

static void values_are_found_with_their_spans(void **state)
{
    int bad = 0;
    (void)state;
    for (size_t r = 0; r < BAWN_COUNT(spans); r++) {
        bool hit = false;
        for (size_t g = 0; g < N_GUARDS; g++) {
            bawn_harness *h = &harness[g];
            bawn_harness_run(h, spans[r].text);
            for (size_t i = 0; i < h->n_found; i++)
                hit |= h->found[i].end - h->found[i].begin == strlen(spans[r].found) &&
                       memcmp(spans[r].text + h->found[i].begin, spans[r].found, strlen(spans[r].found)) == 0;
        }
        if (!hit)
            bad++, print_error("not found: %s in %s\n", spans[r].found, spans[r].text);
    }
    assert_int_equal(bad, 0);
}

static const char *const honest[] = {
    "Set OPENAI_API_KEY to your key.", "export API_KEY=your-api-key-here", "token: <token>", "password: changeme", "password: ${DB_PASSWORD}",
    "api_key = os.environ[\"API_KEY\"]", "secret = config.get('secret')", "Authorization: Bearer <token>", "Authorization: Bearer YOUR_TOKEN",
    "The bearer of bad news came at 10.", "Basic authentication is described in RFC 7617.", "postgres://user:password@localhost/db",
    "https://example.com:8080/path?token=next", "commit 286ec554c04d4b47556f286ec554c04d4b47556f", "UUID 550e8400-e29b-41d4-a716-446655440000",
    "The task-based risk-averse approach works.", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "sk-1234567890abcdef1234567890abcdef1234567890abcdef",
    "AKIAIOSFODNN7EXAMPLE", "list[1mAK" "IAQ7ZK2MX9VRT4HB3N", "The secret of the recipe is patience: 3 hours of it.", "max_tokens: 4096, token_type: bearer", "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----",
    "keyboard key-value store", "password = settings.DB_PASS1", "on this machine the login password changed2 days ago", "curl -u user:password https://a.example", "curl -u $USER:$PASS1 https://a.example", "mysql -u root -p shop1", "mysql -P3306 -p", "sshpass -e ssh a -p 2222", "sshpass -p \"$SSH_PASS1\" ssh a", "docker run -u 1000:1000 image", "machine a.example login bob password <password1>", "see MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.xxxxxxxxxxxxxxxxxxxxxxxxxxx", "user.password = newPassword1;", "xo" "xb-123456789012-123456789012-xxxxxxxxxxxxxxxxxxxxxxxx", "const token = await getToken(request);", "password = input('Password: ')", "passwords must have 12 characters",
    "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA", "SKU SK12345678", "next_token_id = 12345",
};

static void manuals_and_prose_hold_no_secret(void **state)
{
    int bad = 0;
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(honest); i++)
        for (size_t g = 0; g < N_GUARDS; g++) {
            bawn_harness_run(&harness[g], honest[i]);
            if (harness_has(&harness[g], -1))
                bad++, print_error("%s in: %s\n", guards[g]->kinds[harness[g].found[0].kind].code, honest[i]);
        }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_has_its_hit_and_its_miss),
        cmocka_unit_test(findings_do_not_depend_on_the_cutting),
        cmocka_unit_test(values_are_found_with_their_spans),
        cmocka_unit_test(manuals_and_prose_hold_no_secret),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

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

/* ---- disguised ------------------------------------------------------------------------------------------------------- */
static void turn_round(char *out, const char *s)
{
    size_t n = strlen(s);
    for (size_t i = 0; i < n; i++)
        out[i] = s[n - 1 - i];
    out[n] = '\0';
}

/* keeps: P3a.6 */
static void every_token_is_known_backwards(void **state)
{
    static char text[4096];
    int bad = 0;
    (void)state;
    for (uint16_t i = 0; i < guards[0]->n_patterns; i++) {
        const bawn_pattern *row = &guards[0]->patterns[i];
        if (strncmp(row->regex, "SSWS", 4) == 0)            /* two digits would be all that is left of its prefix */
            continue;
        turn_round(text, row->hit);
        bawn_harness_run(&harness[0], text);
        if (!harness_has(&harness[0], row->kind))
            bad++, print_error("%s is not found\n", text);
        harness_check_cuts(&harness[0], text, 3);
        turn_round(text, row->miss);
        bawn_harness_run(&harness[0], text);
        if (harness_has(&harness[0], row->kind))
            bad++, print_error("%s is found\n", text);
    }
    assert_int_equal(bad, 0);
}

/* Raw, and as of characters apart that were joined, where nothing ends a word. */
static const struct { const char *text, *found; uint8_t view; } disguised[] = {
    { "x N3BH5TRV4XM2KZ7QAI" "KA y", "N3BH5TRV4XM2KZ7QAI" "KA", BAWN_VIEW_RAW }, { "x n3bh5trv4xm2kz7qai" "ka y", "n3bh5trv4xm2kz7qai" "ka", BAWN_VIEW_RAW },
    { "key=ak" "iaq7zk2mx4vrt5hb3n", "ak" "iaq7zk2mx4vrt5hb3n", BAWN_VIEW_RAW }, { "(Ak" "iaqbzkcmxdvrtehbfn)", "Ak" "iaqbzkcmxdvrtehbfn", BAWN_VIEW_RAW },
    { "as" "iaq7zk2mx4vrt5hb3n", "as" "iaq7zk2mx4vrt5hb3n", BAWN_VIEW_RAW }, { "SHP" "AT_9F3A7C1EB5D208467E1FA93C20D4B86A.", "SHP" "AT_9F3A7C1EB5D208467E1FA93C20D4B86A", BAWN_VIEW_RAW },
    { "ToEuPjG0sH4dV6cN1bY5tR9wX2mL7zQk3F8a_p" "hg", "ToEuPjG0sH4dV6cN1bY5tR9wX2mL7zQk3F8a_p" "hg", BAWN_VIEW_RAW },
    { "x==ZXqWlKmNvBcAdFgHjKlPoIuYtReWqAsDfGhJkLzXcVbNm" "_cesht", NULL, BAWN_VIEW_RAW },
    { "wellAK" "IAQ7ZK2MX4VRT5HB3Nthen", "AK" "IAQ7ZK2MX4VRT5HB3N", BAWN_VIEW_LETTERS }, { "wellak" "iaq7zk2mx4vrt5hb3nthen", "ak" "iaq7zk2mx4vrt5hb3n", BAWN_VIEW_LETTERS },
    { "wellN3BH5TRV4XM2KZ7QAI" "KAthen", "N3BH5TRV4XM2KZ7QAI" "KA", BAWN_VIEW_LETTERS },
    { "wellAK" "IAQGZKCMXDVRT5HBEN", "AK" "IAQGZKCMXDVRT5HBEN", BAWN_VIEW_LETTERS }, { "visitSLOVAK" "IANDTHEALPSBEYONDX", NULL, BAWN_VIEW_LETTERS },
    { "isgh" "p_a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTandso", "gh" "p_a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoT", BAWN_VIEW_LETTERS },
    /* near misses: a sign more or less, letters that its alphabet has not, manuals' placeholders, and what joined prose may hold */
    { "N3BH5TRV4XM2KZ7QQAI" "KA", NULL, BAWN_VIEW_RAW }, { "3BH5TRV4XM2KZ7QAI" "KA", NULL, BAWN_VIEW_RAW }, { "N3BH5TRV4XM2KZ7QAI" "KAB", NULL, BAWN_VIEW_RAW },
    { "ak" "iaq7zk2mx4vrt5hb3n9", NULL, BAWN_VIEW_RAW }, { "ELPMAXE7NNDOFSOI" "AIKA", NULL, BAWN_VIEW_RAW }, { "ak" "iaiosfodnn7example", NULL, BAWN_VIEW_RAW },
    { "asiapacificeconomics", NULL, BAWN_VIEW_RAW }, { "asiapacificforum2019", NULL, BAWN_VIEW_RAW }, { "accademiadellamusica", NULL, BAWN_VIEW_RAW },
    { "SHP" "AT_9F3A7C1EB5D208467E1FA93C20D4B86", NULL, BAWN_VIEW_RAW }, { "GH" "P_A8F3KQZ7LM2XW9RT5YB1NC6VD4HS0GJPUEOT", NULL, BAWN_VIEW_RAW },
    { "286ec554c04d4b47556f286ec554c04d4b47556f-ks8", NULL, BAWN_VIEW_RAW }, { "xn--80aswg-internationalization-risk-ks", NULL, BAWN_VIEW_RAW },
    { "wellAK" "IAQBZKCMXDVRTEHBFNthen", NULL, BAWN_VIEW_LETTERS }, { "THEDOGLAIKAWASTHEFIRSTANIMALINORBIT", NULL, BAWN_VIEW_LETTERS },
    { "theriskofrisk-aversionisthatnobodydaresanything", NULL, BAWN_VIEW_LETTERS }, { "southeastasiaandtherestoftheworldin2017", NULL, BAWN_VIEW_LETTERS },
};

static void what_is_disguised_is_found_and_what_is_like_it_is_not(void **state)
{
    int bad = 0;
    (void)state;
    for (size_t r = 0; r < BAWN_COUNT(disguised); r++) {
        const char *text = disguised[r].text, *want = disguised[r].found;
        bawn_harness *h = &harness[0];
        h->view = disguised[r].view;
        bawn_harness_run(h, text);
        bool right = want ? h->n_found == 1 && h->found[0].end - h->found[0].begin == strlen(want) && memcmp(text + h->found[0].begin, want, strlen(want)) == 0
                          : h->n_found == 0;
        if (!right)
            bad++, print_error("%s: %zu findings\n", text, h->n_found);
        if (h->view == BAWN_VIEW_RAW)
            harness_check_cuts(h, text, 20);
        h->view = BAWN_VIEW_RAW;
    }
    assert_int_equal(bad, 0);
}

/* A web token's header stands last; a token may be parted by dots, and stand in a text without an end. */
static void long_tokens_backwards_are_found_in_long_stretches(void **state)
{
    static const char jwt[] = "ey" "JhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsIm5hbWUiOiJBbm5hIn0.a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ";
    static char turned[256], text[12000];
    (void)state;
    turn_round(turned, jwt);
    for (size_t pad = 0; pad < 9000; pad = pad * 2 + 7) {
        size_t n = 0;
        while (n < pad)
            n += (size_t)snprintf(text + n, 32, "Q7zk2mx4vR/");
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", pad % 3 ? "" : " ", turned);
        snprintf(text + n, sizeof text - n, "/tail");
        bawn_harness_run(&harness[0], text);
        assert_int_equal(harness[0].n_found, 1);
        assert_string_equal(guards[0]->kinds[harness[0].found[0].kind].code, "secrets.JWT");
        assert_int_equal(harness[0].found[0].end, n);
        harness_check_cuts(&harness[0], text, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_has_its_hit_and_its_miss),
        cmocka_unit_test(findings_do_not_depend_on_the_cutting),
        cmocka_unit_test(values_are_found_with_their_spans),
        cmocka_unit_test(manuals_and_prose_hold_no_secret),
        cmocka_unit_test(every_token_is_known_backwards),
        cmocka_unit_test(what_is_disguised_is_found_and_what_is_like_it_is_not),
        cmocka_unit_test(long_tokens_backwards_are_found_in_long_stretches),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

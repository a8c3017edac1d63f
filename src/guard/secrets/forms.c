/* Secrets told by their form: private key blocks (RFC 7468, OpenSSH, OpenPGP, PuTTY), JSON web tokens (RFC 7519: the header
 * decodes to an object with "alg"), passwords in connection strings and URLs (RFC 3986 userinfo), bearer and basic
 * credentials (RFC 6750, RFC 7617), bot tokens (Telegram, Discord), webhooks of Teams, and keys with a mark in their middle. */
#include "guard/secrets/secrets.h"
#include "text/text.h"

enum { KEY_BLOCK, JWT, CONNECTION, BEARER, BASIC, TELEGRAM, AZURE, MAILCHIMP, AWS, DISCORD, TEAMS };

static const bawn_kind kinds[] = {
    [KEY_BLOCK] = BAWN_SECRET("PRIVATE_KEY", BAWN_BLOCK, "private key block, to its END line"),
    [JWT] = BAWN_SECRET("JWT", BAWN_BLOCK, "signed JSON web token"),
    [CONNECTION] = BAWN_SECRET("CONNECTION_STRING", BAWN_BLOCK, "user and password in a connection string or URL"),
    [BEARER] = BAWN_SECRET("BEARER_TOKEN", BAWN_BLOCK, "bearer credential of an Authorization header"),
    [BASIC] = BAWN_SECRET("BASIC_AUTH", BAWN_BLOCK, "basic credential of an Authorization header"),
    [TELEGRAM] = BAWN_SECRET("TELEGRAM", BAWN_BLOCK, "Telegram bot token"),
    [AZURE] = BAWN_SECRET("AZURE", BAWN_BLOCK, "Azure storage key, shared access signature or client secret"),
    [MAILCHIMP] = BAWN_SECRET("MAILCHIMP", BAWN_BLOCK, "Mailchimp key"),
    [AWS] = BAWN_SECRET("AWS_SECRET", BAWN_BLOCK, "AWS secret access key or session token behind its name"),
    [TEAMS] = BAWN_SECRET("MICROSOFT_TEAMS", BAWN_BLOCK, "webhook of Microsoft Teams or Outlook"),
    [DISCORD] = BAWN_SECRET("DISCORD", BAWN_BLOCK, "Discord bot token"),
};

#define ROW(text, kind, flags, hit, miss) { text, kind, BAWN_P_TRIGGER | BAWN_P_LITERAL | (flags), 0.95f, "*", hit, miss }
#define MIX43 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ"
#define WEBHOOK "9f3a7c1e-b5d2-4846-9e1f-a93c20d4b86a@5f1c9e37-d2b8-4a64-8c71-59fd0b28a46e/IncomingWebhook/9f3a7c1eb5d208467e1fa93c20d4b86a/" \
    "d2b80a64-e3c7-459f-8b28-a46e5f1c9e37"
#define MIX32 "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjP"

enum { AT_BEGIN_KEY, AT_BEGIN_PUTTY, AT_JWT, AT_URL, AT_BEARER, AT_BASIC, AT_TELEGRAM, AT_ACCOUNT_KEY, AT_SIG, AT_CLIENT, AT_CLIENT_7, AT_MAILCHIMP,
       AT_AWS, AT_DISCORD, AT_OFFICE, AT_OFFICE365 };
static const bawn_pattern patterns[] = {
    [AT_BEGIN_KEY] = ROW("-----BEGIN ", KEY_BLOCK, BAWN_P_CASE, "-----BEGIN RSA PRIVATE " "KEY-----\nMIIEow" MIX43 "\n-----END RSA PRIVATE " "KEY-----",
                         "-----BEGIN CERTIFICATE-----\nMIIEow\n-----END CERTIFICATE-----"),
    [AT_BEGIN_PUTTY] = ROW("PuTTY-User-Key-File-", KEY_BLOCK, BAWN_P_CASE, "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\n" MIX43 "\nPrivate-MAC: 12",
                           "a PuTTY-User-Key-File- header"),
    [AT_JWT] = ROW("eyJ", JWT, BAWN_P_CASE, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsIm5hbWUiOiJBbm5hIn0." MIX43, "eyJub3RoaW5nIjoxfQ.eyJzdWIiOiI0MiJ9." MIX43),
    [AT_URL] = ROW("://", CONNECTION, 0, "postgres://shop:n7Kq2xLw@db.internal:5432/shop", "postgres://shop@db.internal:5432/shop"),
    [AT_BEARER] = ROW("bearer ", BEARER, 0, "Authorization: Bearer " MIX32, "the bearer of this letter is known to us all"),
    [AT_BASIC] = ROW("basic ", BASIC, 0, "Authorization: Basic YWRtaW46aHVudGVyMjI=", "basic arithmetics is easy"),
    [AT_TELEGRAM] = ROW(":AA", TELEGRAM, BAWN_P_CASE, "bot 1104847563:AA" "F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEo", "battery:AA size"),
    [AT_ACCOUNT_KEY] = ROW("AccountKey=", AZURE, 0, "AccountName=x;AccountKey=" MIX43 MIX43 "==;", "AccountKey=<your key>"),
    [AT_SIG] = ROW("&sig=", AZURE, 0, "?sv=2022-11-02&sp=r&sig=" MIX43 "%3D", "?a=1&sig=none"),
    [AT_CLIENT] = ROW("8Q~", AZURE, BAWN_P_CASE, "secret aB28Q~" MIX32 "x", "in 8Q~ units"),
    [AT_CLIENT_7] = ROW("7Q~", AZURE, BAWN_P_CASE, "secret aB27Q~" MIX32 "x", "in 7Q~ units"),
    [AT_MAILCHIMP] = ROW("-us", MAILCHIMP, 0, "9f3a7c1eb5d208467e1fa93c20d4b86a-us14", "the north-us14 region"),
    [AT_AWS] = ROW("aws_s", AWS, 0, "aws_secret_access_key = " MIX32 "8J/+b2Xw", "aws_secret_access_key = <your secret access key>"),
    /* six digits of an id, in base64 */
    [AT_DISCORD] = { "[MNO][DTjz][AEIMQUYcgk][w-z0-5][MNO][DTjz][AEIMQUYcgk][w-z0-5]", DISCORD, BAWN_P_TRIGGER | BAWN_P_CASE, 0.95f, "*",
                     "token MTk4NjIyNDgzNDcxOTI1MjQ4." "Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs", "id MTk4NjIyNDgzNDcxOTI1MjQ4.json" },
    [AT_OFFICE] = ROW("office.com/webhook", TEAMS, 0, "https://x.webhook.office.com/webhookb2/" WEBHOOK, "https://x.webhook.office.com/webhookb2/..."),
    [AT_OFFICE365] = ROW("office365.com/webhook", TEAMS, 0, "https://outlook.office365.com/webhook/" WEBHOOK, "https://outlook.office365.com/webhook/GUID"),
};

static void found(bawn_probe *p, size_t begin, size_t end) { bawn_probe_found(p, p->pattern->kind, begin, end, p->pattern->score); }

static bool text_at(bawn_probe *p, size_t i, const char *word)
{
    for (; *word; word++, i++)
        if (bawn_probe_at(p, i) != (unsigned char)*word)
            return false;
    return true;
}

/* The label of a BEGIN line: whether it says private key. */
static bool is_private_label(bawn_slice label)
{
    return bawn_slice_find(label, BAWN_LIT("PRIVATE KEY")) < label.len;
}

enum { BLOCK_MAX = 4000 };  /* within the window; a longer block is reported as far as it was looked at */

static void key_block(bawn_probe *p, const char *ending)
{
    size_t begin = p->end - strlen(p->pattern->regex), i = p->end, body = 0;
    p->begin = begin;
    if (*ending) {
        size_t line = i;
        while (i - line < 60 && bawn_probe_at(p, i) >= ' ' && bawn_probe_at(p, i) != '-')
            i++;
        if (!is_private_label(bawn_slice_of(p->text.ptr + line, i - line)))
            return;
    }
    for (int c; i - begin < BLOCK_MAX && (c = bawn_probe_at(p, i)) >= 0; i++) {
        if (c >= 0x80 || (c < ' ' && !bawn_is_space((unsigned char)c)) || strchr("\"'`<>{}[]|", c))
            break;                              /* no key has these: what follows is text again */
        body += bawn_secret_sign(BAWN_SIGNS_BASE64, c);
        if (c == '-' && *ending && text_at(p, i, ending)) {
            i += strlen(ending);
            while (bawn_probe_at(p, i) >= ' ' && p->text.ptr[i] != '-')
                i++;
            while (bawn_probe_at(p, i) == '-')
                i++;
            break;
        }
        if (!*ending && c == 'P' && text_at(p, i, "Private-MAC:"))
            break;
    }
    if (body >= 40)
        found(p, begin, i);
}

/* Decodes base64url; enough of it to see the header's "alg". */
static bool header_has_alg(bawn_slice part)
{
    char text[96];
    size_t n = 0;
    uint32_t bits = 0;
    int have = 0;
    for (size_t i = 0; i < part.len && n < sizeof text; i++) {
        bits = bits << 6 | (uint32_t)bawn_decode_base64_digit(part.ptr[i]);     /* none is another sign: see jwt() */
        have += 6;
        if (have >= 8) {
            have -= 8;
            text[n++] = (char)(bits >> have);
        }
    }
    return bawn_slice_find(bawn_slice_of(text, n), BAWN_LIT("\"alg\"")) < n;
}

bool bawn_secret_jwt(size_t *end, bawn_probe *p, size_t begin)
{
    size_t one = bawn_secret_run(p, begin, BAWN_SIGNS_URL, 1000);
    bool inside = begin > 0 && bawn_secret_sign(BAWN_SIGNS_URL, (unsigned char)p->text.ptr[begin - 1]);
    if ((inside && p->view != BAWN_VIEW_LETTERS) || bawn_probe_at(p, one) != '.')
        return false;
    size_t two = bawn_secret_run(p, one + 1, BAWN_SIGNS_URL, 2500);
    if (two - one < 6 || bawn_probe_at(p, two) != '.' || !header_has_alg(bawn_slice_of(p->text.ptr + begin, one - begin)))
        return false;
    *end = bawn_secret_run(p, two + 1, BAWN_SIGNS_URL, 700);
    return *end - two > 20;
}

static void jwt(bawn_probe *p)
{
    size_t begin = p->end - 3, end;
    if (bawn_secret_jwt(&end, p, begin))
        found(p, begin, end);
}

/* user:password between "://" and "@". */
static void userinfo(bawn_probe *p)
{
    size_t i = p->end, colon = 0;
    for (int c; i - p->end < 200; i++) {
        c = bawn_probe_at(p, i);
        if (c == '@')
            break;
        if (c <= ' ' || strchr("\"'<>`\\|", c) || (c == '/' && colon == 0) || (colon == 0 && c == '?'))
            return;
        if (c == ':' && colon == 0)
            colon = i;
    }
    int host = bawn_probe_at(p, i + 1);
    if (colon == 0 || i - colon < 4 || i - p->end >= 200 || host <= ' ')
        return;
    bawn_slice password = { p->text.ptr + colon + 1, i - colon - 1 };
    if (!bawn_secret_is_placeholder(password) && !bawn_slice_eq_nocase(password, BAWN_LIT("password")) && !bawn_slice_eq_nocase(password, BAWN_LIT("pass")))
        found(p, p->end, i);
}

/* The credential behind "Bearer " or "Basic ". */
static void credential(bawn_probe *p, size_t min, bool digits)
{
    size_t begin = p->end - strlen(p->pattern->regex), end = bawn_secret_run(p, p->end, BAWN_SIGNS_BASE64, 2000);
    if (p->pattern->kind == BEARER)
        for (int c; end - p->end < 2000 && (bawn_secret_sign(BAWN_SIGNS_DOTS, c = bawn_probe_at(p, end)) || bawn_secret_sign(BAWN_SIGNS_BASE64, c)); end++)
            ;
    while (end > p->end && p->text.ptr[end - 1] == '.')
        end--;
    bawn_slice value = { p->text.ptr + p->end, end - p->end };
    bool mixed = false, number = false;
    for (size_t i = 1; i < value.len; i++) {
        mixed |= bawn_is_upper((unsigned char)value.ptr[i]);
        number |= bawn_is_digit((unsigned char)value.ptr[i]) || value.ptr[i] == '=';
    }
    if (bawn_probe_word_begins(p, begin) && value.len >= min && (number || !digits) && (mixed || number) && !bawn_secret_is_placeholder(value) &&
        bawn_secret_entropy(value) > 2.8)
        found(p, p->end, end);
}

static void telegram(bawn_probe *p)
{
    size_t begin = p->end - 3, end = bawn_secret_run(p, p->end, BAWN_SIGNS_URL, 40);
    size_t colon = begin;
    while (begin > 0 && colon - begin < 11 && bawn_is_digit((unsigned char)p->text.ptr[begin - 1]))
        begin--;
    if (colon - begin >= 8 && colon - begin <= 10 && end - p->end == 33)
        found(p, begin, end);
}

static void run_behind(bawn_probe *p, bawn_signs signs, size_t min, size_t max)
{
    size_t end = bawn_secret_run(p, p->end, signs, max);
    bawn_slice value = { p->text.ptr + p->end, end - p->end };
    if (value.len >= min && value.len <= max && !bawn_secret_is_placeholder(value) && bawn_secret_entropy(value) > 3)
        found(p, p->end, end);
}

static void client_secret(bawn_probe *p)
{
    size_t mark = p->end - 2, end = p->end;
    while (end - p->end < 40 && (bawn_secret_sign(BAWN_SIGNS_DOTS, bawn_probe_at(p, end)) || bawn_probe_at(p, end) == '~'))
        end++;
    if (mark >= 4 && bawn_is_digit((unsigned char)p->text.ptr[mark - 1]) && bawn_is_alnum((unsigned char)p->text.ptr[mark - 4]) &&
        end - p->end >= 31 && end - p->end <= 34)
        found(p, mark - 4, end);
}

static void mailchimp(bawn_probe *p)
{
    size_t begin = p->end - 3, dash = begin, end = p->end;
    while (begin > 0 && dash - begin < 33 && bawn_secret_sign(BAWN_SIGNS_HEX, (unsigned char)p->text.ptr[begin - 1]))
        begin--;
    while (end - p->end < 3 && bawn_probe_at(p, end) >= '0' && p->text.ptr[end] <= '9')
        end++;
    if (dash - begin == 32 && end > p->end && end - p->end <= 2)
        found(p, begin, end);
}

/* aws_secret_access_key or aws_session_token, a sign between, forty or more of base64. */
static void aws(bawn_probe *p)
{
    size_t i = bawn_secret_run(p, p->end, BAWN_SIGNS_WORD, 24);
    size_t name = i;
    for (int c; i - name < 8 && ((c = bawn_probe_at(p, i)) == ' ' || c == '=' || c == ':' || c == '"' || c == '\''); i++)
        ;
    size_t end = bawn_secret_run(p, i, BAWN_SIGNS_BASE64, 1200);
    bawn_slice value = { p->text.ptr + i, end - i };
    if (i > name && value.len >= 40 && !bawn_secret_is_placeholder(value) && bawn_secret_entropy(value) > 3.5)
        found(p, i, end);
}

/* ID.TIME.MAC: the base64url of a number of 17 to 20 digits, six signs, 27 or 38 signs. */
static void discord(bawn_probe *p)
{
    size_t begin = p->end - 8, one = bawn_secret_run(p, begin, BAWN_SIGNS_URL, 28);
    if ((begin > 0 && bawn_secret_sign(BAWN_SIGNS_DOTS, (unsigned char)p->text.ptr[begin - 1])) || one - begin < 23 || one - begin > 28 ||
        bawn_probe_at(p, one) != '.')
        return;
    size_t two = bawn_secret_run(p, one + 1, BAWN_SIGNS_URL, 8);
    if (two - one != 7 || bawn_probe_at(p, two) != '.')
        return;
    size_t three = bawn_secret_run(p, two + 1, BAWN_SIGNS_URL, 40), n = three - two - 1;
    bawn_slice mac = { p->text.ptr + two + 1, n };
    if (n >= 27 && n <= 38 && !bawn_secret_is_placeholder(mac) && bawn_secret_entropy(mac) > 3)
        found(p, begin, three);
}

static size_t guid(bawn_probe *p, size_t i)
{
    size_t end = bawn_secret_run(p, i, BAWN_SIGNS_URL, 37);
    return end - i == 36 && bawn_probe_at(p, i + 8) == '-' && bawn_probe_at(p, i + 23) == '-' ? end : 0;
}

/* GUID@GUID/IncomingWebhook/32 signs/GUID */
static void webhook(bawn_probe *p)
{
    size_t i = p->end + (text_at(p, p->end, "b2") ? 2 : 0), tenant = guid(p, i + 1);
    size_t group = tenant && bawn_probe_at(p, i) == '/' && bawn_probe_at(p, tenant) == '@' ? guid(p, tenant + 1) : 0;
    if (!group || !text_at(p, group, "/IncomingWebhook/"))
        return;
    size_t key = group + strlen("/IncomingWebhook/"), end = bawn_secret_run(p, key, BAWN_SIGNS_HEX, 33);
    bawn_slice value = { p->text.ptr + key, end - key };
    size_t owner = value.len == 32 && bawn_probe_at(p, end) == '/' ? guid(p, end + 1) : 0;
    if (owner && !bawn_secret_is_placeholder(value) && bawn_secret_entropy(value) > 2.8)
        found(p, p->end - strlen(p->pattern->regex), owner);
}

static void confirm(bawn_probe *p)
{
    switch (p->pattern - patterns) {
    case AT_BEGIN_KEY: key_block(p, "-----END"); break;
    case AT_BEGIN_PUTTY: key_block(p, ""); break;
    case AT_JWT: jwt(p); break;
    case AT_URL: userinfo(p); break;
    case AT_BEARER: credential(p, 16, true); break;
    case AT_BASIC: credential(p, 12, true); break;
    case AT_TELEGRAM: telegram(p); break;
    case AT_ACCOUNT_KEY: run_behind(p, BAWN_SIGNS_BASE64, 80, 90); break;
    case AT_SIG: run_behind(p, BAWN_SIGNS_BASE64, 40, 60); break;
    case AT_CLIENT:
    case AT_CLIENT_7: client_secret(p); break;
    case AT_MAILCHIMP: mailchimp(p); break;
    case AT_DISCORD: discord(p); break;
    case AT_OFFICE:
    case AT_OFFICE365: webhook(p); break;
    default: aws(p); break;
    }
}

const bawn_guard bawn_guard_secrets_forms = {
    .guard = "secrets", .id = "secrets.forms",
    .doc = "Private key blocks, JSON web tokens, credentials in connection strings and Authorization headers, and keys with a mark "
           "in their middle.",
    .places = BAWN_IN_ALL, .views = BAWN_SECRET_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm,
};

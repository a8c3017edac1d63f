/* Secrets told by the name they are assigned to: api_key = "...", client_secret: ..., DB_PASSWORD=... A key must look
 * random (Shannon entropy over its length, signs of two sorts); a password must only look like none of the words and
 * placeholders that stand there in manuals, so it is masked, not blocked. Passwords are also handed over without a name:
 * in .netrc (machine, login, password) and to commands (curl -u user:..., mysql -p..., sshpass -p ...). */
#include "guard/secrets/secrets.h"

enum { KEY, PASSWORD };
static const bawn_kind kinds[] = {
    [KEY] = BAWN_SECRET("API_KEY", BAWN_BLOCK, "random-looking value assigned to a name of a key, token or secret"),
    [PASSWORD] = BAWN_SECRET("PASSWORD", BAWN_MASK, "value assigned to a name of a password"),
};

#define NAME(text, kind, score, hit, miss) { text, kind, BAWN_P_TRIGGER | BAWN_P_LITERAL, score, "*", hit, miss }
#define V "n7Kq2xLw9Rt5Yb1Nc6Vd4Hs0"
/* rows that stand behind those of names, which are all of a sort */
enum { AT_CURL_U = 26, AT_CURL_USER, AT_MYSQL, AT_MARIADB, AT_SSHPASS };
static const bawn_pattern patterns[] = {
    NAME("api_key", KEY, 0.95f, "api_key = \"" V "\"", "api_key = \"your-api-key\""), NAME("api-key", KEY, 0.95f, "x-api-key: " V, "x-api-key: <token>"),
    NAME("apikey", KEY, 0.95f, "apikey=" V, "apikey=xxxxxxxxxxxxxxxxxxxx"), NAME("api key", KEY, 0.8f, "my API key is " V, "the API key is required"),
    NAME("secret_key", KEY, 0.95f, "SECRET_KEY = '" V "'", "SECRET_KEY = os.environ['SECRET_KEY']"), NAME("secretkey", KEY, 0.95f, "secretKey: \"" V "\"", "secretKey: config.secretKey"),
    NAME("access_key", KEY, 0.95f, "access_key=" V, "access_key=${ACCESS_KEY}"), NAME("accesskey", KEY, 0.95f, "accessKey: " V, "accessKey: null"),
    NAME("client_secret", KEY, 0.95f, "client_secret=" V, "client_secret=changeme"), NAME("clientsecret", KEY, 0.95f, "clientSecret: '" V "'", "clientSecret: process.env.SECRET"),
    NAME("access_token", KEY, 0.95f, "\"access_token\": \"" V "\"", "\"access_token\": \"...\""), NAME("accesstoken", KEY, 0.95f, "accessToken=" V, "accessToken=getAccessToken()"),
    NAME("refresh_token", KEY, 0.95f, "refresh_token=" V, "refresh_token=none"), NAME("auth_token", KEY, 0.95f, "auth_token: " V, "auth_token: string"),
    NAME("authtoken", KEY, 0.95f, "_authToken=" V, "_authToken=${NPM_TOKEN}"), NAME("private_key", KEY, 0.95f, "private_key = " V, "private_key = load_private_key_from_file"),
    NAME("encryption_key", KEY, 0.95f, "encryption_key=" V, "encryption_key=generate_encryption_key"), NAME("signing_key", KEY, 0.95f, "signing_key=" V, "signing_key=default"),
    NAME("webhook_secret", KEY, 0.95f, "webhook_secret=" V, "webhook_secret=none"), NAME("app_secret", KEY, 0.95f, "app_secret=" V, "app_secret=none"),
    NAME("token", KEY, 0.8f, "token = \"" V "\"", "token = next_token(stream)"), NAME("secret", KEY, 0.8f, "secret: \"" V "\"", "secret: it was a surprise party"),
    NAME("password", PASSWORD, 0.8f, "DB_PASSWORD=hunter22!", "password = getpass()"), NAME("passwd", PASSWORD, 0.8f, "passwd: Tr0ub4dor", "passwd: required"),
    NAME("pwd=", PASSWORD, 0.8f, "Server=x;Uid=y;Pwd=Tr0ub4dor;", "pwd=$(pwd)"), NAME("passphrase", PASSWORD, 0.8f, "passphrase=Tr0ub4dor&3", "passphrase=None"),
    [AT_CURL_U] = NAME(" -u ", PASSWORD, 0.8f, "curl -u admin:S3cr3tPass9 https://x.example", "docker run -u app:S3cr3t1 image"),
    [AT_CURL_USER] = NAME(" --user ", PASSWORD, 0.8f, "curl --user 'admin:S3cr3tPass9' https://x.example", "curl --user \"$USER:$PASS1\" https://x.example"),
    [AT_MYSQL] = NAME("mysql", PASSWORD, 0.8f, "mysql -u root -pS3cr3tPass9 shop", "mysql -u root -p shop1"),
    [AT_MARIADB] = NAME("mariadb", PASSWORD, 0.8f, "mariadb-dump -pS3cr3tPass9 shop", "mariadb 10.6 -p asks for it"),
    [AT_SSHPASS] = NAME("sshpass", PASSWORD, 0.8f, "sshpass -p 'S3cr3tPass9' ssh ada@host", "sshpass -p $PASS1 ssh ada@host"),
};

enum { VALUE_MAX = 512 };

/* Past the rest of the name, quotes and white space to the value; 0 when nothing is assigned. */
static size_t value_begin(bawn_probe *p)
{
    bool assigned = bawn_probe_back(p, p->end) == '=';
    size_t i = assigned ? p->end : bawn_secret_run(p, p->end, BAWN_SIGNS_URL, 24), begin = i;
    for (int c; i - begin < 12; i++) {
        c = bawn_probe_at(p, i);
        if (c == ':' || c == '=')
            assigned = true;
        else if (c == 'i' && bawn_probe_at(p, i + 1) == 's' && bawn_probe_at(p, i + 2) == ' ')
            assigned = true, i++;
        else if (c != ' ' && c != '"' && c != '\'' && c != '>' && c != '`')
            break;
    }
    return assigned ? i : 0;
}

static size_t value_end(bawn_probe *p, size_t i)
{
    size_t begin = i;
    for (int c; i - begin <= VALUE_MAX && (c = bawn_probe_at(p, i)) > ' ' && !strchr("\"'`<>,;(){}[]|\\", c) && (c != '&' || i - begin < 8); i++)
        ;
    while (i > begin && (p->text.ptr[i - 1] == '.' || p->text.ptr[i - 1] == ':'))
        i--;
    return i;
}

/* How many of: lower case, upper case, digits, signs. */
static int sorts(bawn_slice s, size_t *digits)
{
    bool lower = false, upper = false, sign = false;
    *digits = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        lower |= bawn_is_lower(c);
        upper |= bawn_is_upper(c);
        *digits += bawn_is_digit(c);
        sign |= !bawn_is_alnum(c) && c != '.' && c != '_' && c != '-' && c != '/';
    }
    return lower + upper + sign + (*digits > 0);
}

static bool is_key(bawn_slice value)
{
    size_t digits;
    return value.len >= 16 && sorts(value, &digits) >= 2 && digits >= 2 && bawn_secret_entropy(value) >= (value.len < 24 ? 3.0 : 3.3) &&
           (value.ptr[0] != '/' && value.ptr[0] != '#') && bawn_slice_find(value, BAWN_LIT("://")) == value.len;
}

static bool is_password(bawn_slice value)
{
    size_t digits;
    return value.len >= 6 && value.len <= 64 && sorts(value, &digits) >= 2 && digits >= 1 && bawn_secret_entropy(value) >= 2;
}

/* ---- handed over without a name ------------------------------------------------------------------------------------- */
static bool is_quote(int c) { return c == '"' || c == '\''; }

static void handed_over(bawn_probe *p, size_t begin)
{
    size_t end = value_end(p, begin);
    bawn_slice value = { p->text.ptr + begin, end - begin };
    if (value.len > 0 && is_password(value) && !bawn_secret_is_placeholder(value))
        bawn_probe_found(p, PASSWORD, begin, end, p->pattern->score);
}

/* curl -u user:password */
static void user_and_password(bawn_probe *p)
{
    static const char *const programs[] = { "curl", "curl.exe", NULL };
    size_t i = p->end, user;
    i += is_quote(bawn_probe_at(p, i));
    for (user = i; i - user < 64 && bawn_probe_at(p, i) > ' ' && !strchr(":\"'$/", bawn_probe_at(p, i)); i++)
        ;
    if (i > user && bawn_probe_at(p, i) == ':' && bawn_probe_near(p, p->end, 240, programs))
        handed_over(p, i + 1);
}

/* mysql ... -pPASSWORD, sshpass -p PASSWORD: the first -p of the line. */
static void behind_p(bawn_probe *p, bool apart)
{
    for (size_t i = p->end; i < p->end + 160; i++) {
        int c = bawn_probe_at(p, i);
        if (c < 0 || c == '\n' || c == ';' || c == '|' || c == '&')
            return;
        if (c != ' ' || bawn_probe_at(p, i + 1) != '-' || bawn_probe_at(p, i + 2) != 'p')
            continue;
        i += 3;
        while (apart && bawn_probe_at(p, i) == ' ' && i < p->end + 160)
            i++;
        handed_over(p, i + is_quote(bawn_probe_at(p, i)));
        return;
    }
}

static size_t back_while(const bawn_probe *p, size_t i, bool space)
{
    while (i > 0 && bawn_is_space((unsigned char)p->text.ptr[i - 1]) == space)
        i--;
    return i;
}

/* "machine HOST login NAME password VALUE", on one line or more. */
static bool in_netrc(bawn_probe *p)
{
    static const char *const machine[] = { "machine", "default", NULL };
    size_t begin = p->end - strlen(p->pattern->regex), name = back_while(p, begin, true), end = back_while(p, back_while(p, name, false), true);
    bool login = name < begin && end >= 5 && bawn_slice_eq_nocase(bawn_slice_of(p->text.ptr + end - 5, 5), BAWN_LIT("login"));
    return login && bawn_probe_at(p, p->end) == ' ' && bawn_probe_near(p, end - 5, 160, machine);
}

static void confirm(bawn_probe *p)
{
    switch (p->pattern - patterns) {
    case AT_CURL_U:
    case AT_CURL_USER: user_and_password(p); return;
    case AT_MYSQL:
    case AT_MARIADB: behind_p(p, false); return;
    case AT_SSHPASS: behind_p(p, true); return;
    default: break;
    }
    if (in_netrc(p))
        handed_over(p, p->end + 1);
    size_t begin = value_begin(p);
    if (begin == 0)
        return;
    size_t end = value_end(p, begin);
    bawn_slice value = { p->text.ptr + begin, end - begin };
    int next = bawn_probe_at(p, end);
    if (value.len == 0 || value.len > VALUE_MAX || next == '(' || next == '[' || next == '{' || bawn_secret_is_placeholder(value) ||
        bawn_secret_is_reference(p, begin, value))
        return;
    if (p->pattern->kind == KEY ? is_key(value) : is_password(value))
        bawn_probe_found(p, p->pattern->kind, begin, end, p->pattern->score);
}

const bawn_guard bawn_guard_secrets_assign = {
    .guard = "secrets", .id = "secrets.assign",
    .doc = "Values assigned to names of keys, tokens, secrets (random-looking: blocked) and passwords (masked); passwords "
           "in .netrc and of curl, mysql and sshpass.",
    .places = BAWN_IN_ALL, .views = BAWN_SECRET_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm,
};

/* AWS keys as personal data, under Bedrock's names (its sensitive-information policy lists them): the key id by prefix and
 * twenty signs, the secret by its name and forty signs. The secrets guard finds them too, as what they are;
 * what manuals show (AKIAIOSFODNN7EXAMPLE) is none for both. */
#include "guard/pii/pii.h"
#include "guard/secrets/secrets.h"

enum { ID, SECRET };
static const bawn_kind kinds[] = {
    [ID] = BAWN_PII("AWS_ACCESS_KEY", BAWN_MASK, "AWS access key id"),
    [SECRET] = BAWN_PII("AWS_SECRET_KEY", BAWN_MASK, "AWS secret access key behind its name"),
};

#define ROW(text, kind, flags, hit, miss) { text, kind, BAWN_P_TRIGGER | BAWN_P_LITERAL | (flags), 0.95f, "*", hit, miss }
static const bawn_pattern patterns[] = {
    ROW("AKIA", ID, BAWN_P_CASE, "key AK" "IAQ7ZK2MX9VRT4HB3N here", "AKIA is a prefix"),
    ROW("ASIA", ID, BAWN_P_CASE, "key AS" "IAQ7ZK2MX9VRT4HB3N here", "ASIA PACIFIC MARKETS"),
    ROW("secret_access_key", SECRET, 0, "aws_secret_access_key = tT0f8fBRRxTVMUQjTCew6dCZ1RaqWikAL3OpmPhW", "secret_access_key = none"),
    ROW("secretaccesskey", SECRET, 0, "\"SecretAccessKey\": \"tT0f8fBRRxTVMUQjTCew6dCZ1RaqWikAL3OpmPhW\"", "SecretAccessKey: string"),
    ROW("secret access key", SECRET, 0, "secret access key: tT0f8fBRRxTVMUQjTCew6dCZ1RaqWikAL3OpmPhW", "the secret access key is shown once"),
    ROW("secret key", SECRET, 0, "AWS secret key tT0f8fBRRxTVMUQjTCew6dCZ1RaqWikAL3OpmPhW", "a secret key to success"),
};

static bool is_id_sign(unsigned char c) { return bawn_is_upper(c) || bawn_is_digit(c); }
static bool is_secret_sign(unsigned char c) { return bawn_is_alnum(c) || c == '/' || c == '+'; }
static bool is_between(unsigned char c) { return c == ' ' || c == '=' || c == ':' || c == '"' || c == '\''; }

static bool made_up(const bawn_probe *p, size_t begin, size_t end)
{
    return bawn_secret_is_placeholder(bawn_slice_of(p->text.ptr + begin, end - begin));
}

static void confirm(bawn_probe *p)
{
    if (p->pattern->kind == ID) {
        size_t begin = p->end - 4, end = bawn_probe_skip(p, begin, is_id_sign);
        if (end - begin == 20 && bawn_probe_word_begins(p, begin) && bawn_probe_word_ends(p, end) && !made_up(p, begin, end))
            bawn_probe_found(p, ID, begin, end, p->pattern->score);
        return;
    }
    size_t begin = bawn_probe_skip(p, p->end, is_between), end = bawn_probe_skip(p, begin, is_secret_sign);
    if (begin > p->end && begin - p->end <= 8 && end - begin == 40 && !made_up(p, begin, end))
        bawn_probe_found(p, SECRET, begin, end, p->pattern->score);
}

const bawn_guard bawn_guard_pii_aws = {
    .guard = "pii", .id = "pii.aws", .doc = "AWS access key ids and secret keys, under the names of Bedrock's policy.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm,
};

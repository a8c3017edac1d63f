/* Signatures of AWS against those that AWS published: the Signature Version 4 test suite (AWS General Reference; kept by
 * awslabs in aws-c-auth, tests/aws-signing-test-suite) and the examples of the Amazon S3 API Reference ("Authenticating
 * Requests: Using the Authorization Header"). Keys are those of the examples. Thousands of random requests are held
 * against botocore's signer by tests/e2e/test_aws.py. keeps: R36 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <cmocka.h>

#include "base/sigv4.h"

#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

static bawn_sigv4_request suite(const char *method, const char *path, const char *query, const bawn_sigv4_header *headers, size_t n)
{
    return (bawn_sigv4_request){
        .method = bawn_slice_str(method), .path = bawn_slice_str(path), .query = bawn_slice_str(query), .headers = headers, .n_headers = n,
        .payload_hash = BAWN_LIT(BAWN_SIGV4_EMPTY_HASH), .who = { BAWN_LIT("AKIDEXAMPLE"), BAWN_LIT(SECRET), BAWN_NIL },
        .region = BAWN_LIT("us-east-1"), .service = BAWN_LIT("service"), .time_s = 1440938160,          /* 2015-08-30T12:36:00Z */
    };
}

static void assert_text(bawn_slice got, const char *expected)
{
    if (!bawn_slice_is(got, expected))
        fail_msg("found \"%.*s\", expected \"%s\"", (int)got.len, got.ptr, expected);
}

/* Both ends of the authorization: the names that are signed, and the signature. */
static void assert_signed(const bawn_sigv4_request *r, const char *names, const char *signature)
{
    bawn_arena *arena = bawn_arena_new(4096, 0);
    bawn_sigv4_added added;
    bawn_error err = { 0 };
    bawn_buf end = { 0 };
    bawn_slice text;

    if (!bawn_sigv4_sign(&added, arena, r, &err))
        fail_msg("refused: %s", err.message);
    text = added.headers[added.n - 1].value;
    assert_text(added.headers[added.n - 1].name, "authorization");
    bawn_buf_fmt(&end, "/%.*s/%.*s/aws4_request, SignedHeaders=%s, Signature=%s", (int)r->region.len, r->region.ptr, (int)r->service.len,
                 r->service.ptr, names, signature);
    assert_true(text.len > end.len);
    bawn_buf_byte(&end, '\0');
    assert_text(bawn_slice_of(text.ptr + text.len - (end.len - 1), end.len - 1), end.ptr);
    bawn_buf_free(&end);
    bawn_arena_free(arena);
}

static void the_test_suite_of_aws_is_signed(void **state)
{
    static const struct {
        const char *method, *path, *query;
        bawn_sigv4_header more[4];
        const char *names, *signature;
    } all[] = {
#define VANILLA "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
#define ONLY "host;x-amz-date"
#define NONE { { { NULL, 0 }, { NULL, 0 } } }
#define WITH(n, v) { BAWN_LIT_(n), BAWN_LIT_(v) }
#define BAWN_LIT_(s) { (s), sizeof(s) - 1 }
        { "GET", "/", "", NONE, ONLY, VANILLA },
        { "GET", "/example/..", "", NONE, ONLY, VANILLA },
        { "GET", "/example1/example2/../..", "", NONE, ONLY, VANILLA },
        { "GET", "/./", "", NONE, ONLY, VANILLA },
        { "GET", "//", "", NONE, ONLY, VANILLA },
        { "GET", "/./example", "", NONE, ONLY, "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5" },
        { "GET", "//example//", "", NONE, ONLY, "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84" },
        { "GET", "/example space/", "", NONE, ONLY, "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741" },
        { "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "", NONE, ONLY,
          "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f" },
        { "GET", "/\xE1\x88\xB4", "", NONE, ONLY, "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85" },
        { "GET", "/", "Param1=value1", NONE, ONLY, "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb" },
        { "GET", "/", "Param-3=Value3&Param=Value2&%E1%88%B4=Value1", NONE, ONLY,
          "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac" },
        { "GET", "/", "Param2=value2&Param1=value1", NONE, ONLY,
          "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500" },
        { "GET", "/",
          "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz="
          "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
          NONE, ONLY, "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197" },
        { "GET", "/", "\xE1\x88\xB4=bar", NONE, ONLY, "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04" },
        { "POST", "/", "", NONE, ONLY, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
        { "POST", "/", "Param1=value1", NONE, ONLY, "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11" },
        { "GET", "/", "", { WITH("My-Header1", "value2"), WITH("My-Header1", "value2"), WITH("My-Header1", "value1") },
          "host;my-header1;x-amz-date", "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea" },
        { "GET", "/", "",
          { WITH("My-Header1", "value4"), WITH("My-Header1", "value1"), WITH("My-Header1", "value3"), WITH("My-Header1", "value2") },
          "host;my-header1;x-amz-date", "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01" },
        { "GET", "/", "", { WITH("My-Header1", " value1"), WITH("My-Header2", " \"a   b   c\" ") },
          "host;my-header1;my-header2;x-amz-date", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736" },
        { "POST", "/", "", { WITH("My-Header1", "value1") }, "host;my-header1;x-amz-date",
          "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c" },
        { "POST", "/", "", { WITH("My-Header1", "VALUE1") }, "host;my-header1;x-amz-date",
          "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d" },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(all); i++) {
        bawn_sigv4_header headers[5] = { { BAWN_LIT("Host"), BAWN_LIT("example.amazonaws.com") } };
        bawn_sigv4_request r;
        size_t n = 1;

        while (n < 5 && all[i].more[n - 1].name.len > 0)
            n++;
        memcpy(headers + 1, all[i].more, (n - 1) * sizeof headers[0]);
        r = suite(all[i].method, all[i].path, all[i].query, headers, n);
        assert_signed(&r, all[i].names, all[i].signature);
    }
}

static void a_session_token_is_signed(void **state)
{
    const bawn_sigv4_header host = { BAWN_LIT("Host"), BAWN_LIT("example.amazonaws.com") };
    bawn_sigv4_request r = suite("GET", "/", "", &host, 1);

    (void)state;
    r.who.session_token = BAWN_LIT("6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267");
    assert_signed(&r, "host;x-amz-date;x-amz-security-token", "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8");
}

/* The four examples for S3: a range, a body, keys without a value, and a list. */
static void the_examples_of_s3_are_signed(void **state)
{
    const bawn_sigv4_header host = { BAWN_LIT("Host"), BAWN_LIT("examplebucket.s3.amazonaws.com") };
    const bawn_sigv4_header get[] = { host, { BAWN_LIT("Range"), BAWN_LIT("bytes=0-9") } };
    const bawn_sigv4_header put[] = { host, { BAWN_LIT("Date"), BAWN_LIT("Fri, 24 May 2013 00:00:00 GMT") },
                                      { BAWN_LIT("x-amz-storage-class"), BAWN_LIT("REDUCED_REDUNDANCY") } };
    bawn_sigv4_request r = suite("GET", "/test.txt", "", get, 2);

    (void)state;
    r.who.access_key = BAWN_LIT("AKIAIOSFODNN7EXAMPLE");
    r.who.secret_key = BAWN_LIT("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    r.service = BAWN_LIT("s3");
    r.time_s = 1369353600;                                                                  /* 2013-05-24T00:00:00Z */
    assert_signed(&r, "host;range;x-amz-content-sha256;x-amz-date",
                  "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    r.headers = &host;
    r.n_headers = 1;
    r.path = BAWN_LIT("/");
    r.query = BAWN_LIT("lifecycle");
    assert_signed(&r, "host;x-amz-content-sha256;x-amz-date", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    r.query = BAWN_LIT("max-keys=2&prefix=J");
    assert_signed(&r, "host;x-amz-content-sha256;x-amz-date", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    r.method = BAWN_LIT("PUT");
    r.path = BAWN_LIT("/test%24file.text");
    r.query = BAWN_NIL;
    r.headers = put;
    r.n_headers = 3;
    r.payload_hash = BAWN_LIT("44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");  /* "Welcome to Amazon S3." */
    assert_signed(&r, "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                  "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

/* The signature of a request for this query, which ends where its memory ends, so that reads past it are seen. */
static void signature_of(char out[64], const char *query)
{
    const bawn_sigv4_header host = { BAWN_LIT("host"), BAWN_LIT("h") };
    char *exact = memcpy(malloc(strlen(query)), query, strlen(query));
    bawn_sigv4_request r = suite("GET", "/", "", &host, 1);
    bawn_arena *arena = bawn_arena_new(4096, 0);
    bawn_sigv4_added added;
    bawn_slice text;

    r.query = bawn_slice_of(exact, strlen(query));
    assert_true(bawn_sigv4_sign(&added, arena, &r, NULL));
    text = added.headers[added.n - 1].value;
    memcpy(out, text.ptr + text.len - 64, 64);
    bawn_arena_free(arena);
    free(exact);
}

static void spellings_of_a_query_are_one(void **state)
{
    static const struct { const char *a, *b; bool same; } all[] = {
        { "a=1&a=2", "a=2&a=1", true }, { "policy", "policy=", true }, { "a-=1&a=2", "a=2&a-=1", true }, { "a=b:c", "a=b%3Ac", true },
        { "a=%2f", "a=%2F", true }, { "a=%7E", "a=~", true }, { "a=%", "a=%25", true }, { "a=%4", "a=%254", true }, { "a=%4x", "a=%254x", true },
        { "a=b=c", "a=b%3Dc", true }, { "a=+", "a=%2B", true }, { "a=%20", "a=%2B", false }, { "a=1&b=2", "a=2&b=1", false },
        { "a=%2525", "a=%25", false }, { "a=B", "a=b", false },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(all); i++) {
        char a[64], b[64];

        signature_of(a, all[i].a);
        signature_of(b, all[i].b);
        if ((memcmp(a, b, sizeof a) == 0) != all[i].same)
            fail_msg("`%s` and `%s`: %s", all[i].a, all[i].b, all[i].same ? "signed in two ways" : "signed alike");
    }
}

/* ---- what is added ------------------------------------------------------------------------------------------------- */
static void headers_are_added_by_service_and_credentials(void **state)
{
    const bawn_sigv4_header host = { BAWN_LIT("host"), BAWN_LIT("h") };
    bawn_sigv4_request r = suite("GET", "/", "", &host, 1);
    bawn_arena *arena = bawn_arena_new(4096, 0);
    bawn_sigv4_added added;

    (void)state;
    assert_true(bawn_sigv4_sign(&added, arena, &r, NULL));
    assert_int_equal(added.n, 2);
    assert_text(added.headers[0].name, "x-amz-date");
    assert_text(added.headers[0].value, "20150830T123600Z");
    assert_true(bawn_slice_starts(added.headers[1].value,
                                  BAWN_LIT("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=")));
    r.who.session_token = BAWN_LIT("token");
    r.service = BAWN_LIT("s3");
    assert_true(bawn_sigv4_sign(&added, arena, &r, NULL));
    assert_int_equal(added.n, 4);
    assert_text(added.headers[1].name, "x-amz-security-token");
    assert_text(added.headers[1].value, "token");
    assert_text(added.headers[2].name, "x-amz-content-sha256");
    assert_text(added.headers[2].value, BAWN_SIGV4_EMPTY_HASH);
    r.who.session_token = BAWN_NIL;
    r.service = BAWN_LIT("bedrock");
    r.payload_hash = BAWN_LIT("UNSIGNED-PAYLOAD");
    assert_true(bawn_sigv4_sign(&added, arena, &r, NULL));
    assert_int_equal(added.n, 3);
    assert_text(added.headers[1].name, "x-amz-content-sha256");
    assert_text(added.headers[1].value, "UNSIGNED-PAYLOAD");
    bawn_arena_free(arena);
}

/* Each is left out, in any case, and whatever it says: the signature is that of the request without it. */
static void headers_that_are_not_ours_to_sign_are_left_out(void **state)
{
    static const char *const names[] = { "Authorization", "X-Amz-Date", "x-amz-security-token", "X-AMZ-CONTENT-SHA256", "Connection",
                                         "User-Agent", "Transfer-Encoding", "TE", "Expect", "traceparent" };
    bawn_sigv4_header headers[] = { { BAWN_LIT("x"), BAWN_LIT("forged") }, { BAWN_LIT("Host"), BAWN_LIT("example.amazonaws.com") } };
    bawn_sigv4_request r = suite("GET", "/", "", headers, 2);

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(names); i++) {
        headers[0].name = bawn_slice_str(names[i]);
        assert_signed(&r, ONLY, VANILLA);
    }
}

/* ---- what is refused ----------------------------------------------------------------------------------------------- */
static void assert_refused(const bawn_sigv4_request *r, const char *word)
{
    bawn_arena *arena = bawn_arena_new(4096, 0);
    bawn_sigv4_added added;
    bawn_error err = { 0 };

    assert_false(bawn_sigv4_sign(&added, arena, r, &err));
    assert_int_equal(err.code, BAWN_E_USAGE);
    if (!strstr(err.message, word))
        fail_msg("\"%s\" does not say `%s`", err.message, word);
    assert_null(strstr(err.message, "wJal"));
    bawn_arena_free(arena);
}

static void what_cannot_be_signed_is_refused(void **state)
{
    bawn_sigv4_header headers[] = { { BAWN_LIT("host"), BAWN_LIT("h") }, { BAWN_LIT("x"), BAWN_LIT("v") } };
    const bawn_sigv4_request good = suite("GET", "/", "", headers, 2);
    const bawn_slice slices[] = { BAWN_NIL, BAWN_LIT("a b"), BAWN_LIT("a\n"), BAWN_LIT("a\r\nx: y"), { "a\0b", 3 }, BAWN_LIT("\xC3\xA9") };
    char long_secret[BAWN_SIGV4_SECRET_MAX + 1];

    (void)state;
#define REFUSED(field, text, word)                                                                             \
    do {                                                                                                       \
        bawn_sigv4_request r_ = good;                                                                          \
        r_.field = (text);                                                                                     \
        assert_refused(&r_, word);                                                                             \
    } while (0)
    for (size_t i = 0; i < BAWN_COUNT(slices); i++) {
        REFUSED(method, slices[i], "method");
        REFUSED(region, slices[i], "region");
        REFUSED(service, slices[i], "service");
        REFUSED(who.access_key, slices[i], "AWS_ACCESS_KEY_ID");
        REFUSED(who.secret_key, slices[i], "AWS_SECRET_ACCESS_KEY");
        REFUSED(payload_hash, slices[i], "SHA-256");
        if (i > 0)
            REFUSED(who.session_token, slices[i], "AWS_SESSION_TOKEN");
    }
    REFUSED(path, BAWN_NIL, "path");
    REFUSED(path, BAWN_LIT("model"), "path");
    REFUSED(path, BAWN_LIT("/a?b"), "path");
    REFUSED(path, BAWN_LIT("/a\nb"), "path");
    REFUSED(region, BAWN_LIT("us/east"), "region");
    REFUSED(who.access_key, BAWN_LIT("AKID,x"), "AWS_ACCESS_KEY_ID");
    REFUSED(payload_hash, BAWN_LIT("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"), "SHA-256");
    REFUSED(time_s, UINT64_MAX / 1000000000u + 1, "2554");
    memset(long_secret, 'a', sizeof long_secret);
    REFUSED(who.secret_key, bawn_slice_of(long_secret, sizeof long_secret), "256 bytes");
    headers[0].value = BAWN_NIL;
    assert_refused(&good, "host");
    headers[0].value = BAWN_LIT("h");
    headers[1].value = BAWN_LIT("a\r\nb: c");
    assert_refused(&good, "header 2");
    headers[1].value = BAWN_LIT("v");
    headers[1].name = BAWN_LIT("x:y");
    assert_refused(&good, "header 2");
    headers[1].name = BAWN_NIL;
    assert_refused(&good, "header 2");
    headers[0].name = BAWN_LIT("hosts");
    headers[1].name = BAWN_LIT("x");
    assert_refused(&good, "host");
}

static void out_of_memory_is_an_error(void **state)
{
    const bawn_sigv4_header host = { BAWN_LIT("host"), BAWN_LIT("h") };
    bawn_sigv4_request r = suite("GET", "/", "b=2&a=1", &host, 1);
    size_t failed = 0;
    bool ok = false;

    (void)state;
    for (size_t at = 1; !ok; at++, failed += !ok) {
        bawn_arena *arena = bawn_arena_new(256, 0);
        bawn_sigv4_added added;
        bawn_error err = { 0 };

        bawn_malloc_fail_at = at;
        ok = bawn_sigv4_sign(&added, arena, &r, &err);
        bawn_malloc_fail_at = 0;
        assert_int_equal(err.code, ok ? BAWN_E_NONE : BAWN_E_NO_MEMORY);
        bawn_arena_free(arena);
    }
    assert_true(failed >= 3);                                           /* the text, the query, and the arena's blocks */
}

/* ---- credentials --------------------------------------------------------------------------------------------------- */
static void credentials_are_read_from_the_environment(void **state)
{
    bawn_aws_credentials who;
    bawn_error err = { 0 };

    (void)state;
    assert_true(bawn_aws_credentials_read(&who, "AKID", "secret", "token", &err));
    assert_text(who.access_key, "AKID");
    assert_text(who.secret_key, "secret");
    assert_text(who.session_token, "token");
    assert_true(bawn_aws_credentials_read(&who, "AKID", "secret", NULL, &err));
    assert_int_equal(who.session_token.len, 0);
    assert_true(bawn_aws_credentials_read(&who, "AKID", "secret", "", &err));
    assert_int_equal(who.session_token.len, 0);
    assert_false(bawn_aws_credentials_read(&who, NULL, "secret", NULL, &err));
    assert_non_null(strstr(err.message, "AWS_ACCESS_KEY_ID"));
    assert_false(bawn_aws_credentials_read(&who, "AKID", "", "token", &err));
    assert_non_null(strstr(err.message, "AWS_SECRET_ACCESS_KEY"));
    assert_false(bawn_aws_credentials_read(&who, "AKID", "hushhush\n", NULL, &err));         /* as `echo` writes it to a file */
    assert_non_null(strstr(err.message, "AWS_SECRET_ACCESS_KEY"));
    assert_null(strstr(err.message, "hush"));
    assert_false(bawn_aws_credentials_read(&who, "AKID", "secret", "to ken", &err));
    assert_non_null(strstr(err.message, "AWS_SESSION_TOKEN"));
    assert_null(strstr(err.message, "to ken"));
}

/* ---- what is left behind ------------------------------------------------------------------------------------------- */
static void *sign_once(void *user)
{
    const bawn_sigv4_request *r = user;
    bawn_arena *arena = bawn_arena_new(4096, 0);
    bawn_sigv4_added added;
    bool ok = bawn_sigv4_sign(&added, arena, r, NULL);

    bawn_arena_free(arena);
    return ok ? user : NULL;
}

/* The keys that a signature goes through, worked out by themselves; and each as HMAC pads it. */
static size_t keys_of(uint8_t out[][64], const bawn_sigv4_request *r)
{
    const bawn_slice steps[] = { BAWN_LIT("20150830"), r->region, r->service, BAWN_LIT("aws4_request") };
    static const uint8_t pads[] = { 0, 0x36, 0x5C };
    uint8_t keys[5][64] = { { 0 } };
    size_t sizes[5] = { 4 + r->who.secret_key.len, 32, 32, 32, 32 }, n = 0;

    memcpy(keys[0], "AWS4" SECRET, sizes[0]);
    for (size_t i = 0; i < 4; i++)
        bawn_hmac_sha256(keys[i + 1], bawn_slice_of((const char *)keys[i], sizes[i]), &steps[i], 1);
    for (size_t i = 0; i < 5; i++)
        for (size_t p = 0; p < 3; p++, n++)
            for (size_t k = 0; k < 64; k++)
                out[n][k] = keys[i][k] ^ pads[p];
    return n;
}

/* A thread signs on a stack that is ours; afterwards no key stands there, plain or padded. */
static void no_key_is_left_on_the_stack(void **state)
{
    const bawn_sigv4_header host = { BAWN_LIT("host"), BAWN_LIT("h") };
    bawn_sigv4_request r = suite("GET", "/", "", &host, 1);
    size_t size = 1u << 20, n;
    uint8_t keys[15][64];
    char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_attr_t attributes;
    pthread_t thread;
    void *ok = NULL;

    (void)state;
    assert_true(stack != MAP_FAILED);
    n = keys_of(keys, &r);
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstack(&attributes, stack, size), 0);
    assert_int_equal(pthread_create(&thread, &attributes, sign_once, &r), 0);
    assert_int_equal(pthread_join(thread, &ok), 0);
    assert_ptr_equal(ok, &r);
    for (size_t i = 0; i < n; i++) {
        bawn_slice half = { (const char *)keys[i], 16 };                    /* a part of it is too much */
        size_t at = bawn_slice_find(bawn_slice_of(stack, size), half);

        if (at < size)
            fail_msg("key %zu (%zu: as it is, inner, outer) stands %zu bytes below the stack's top", i / 3, i % 3, size - at);
    }
    assert_int_equal(bawn_slice_find(bawn_slice_of(stack, size), bawn_slice_of(SECRET, 16)), size);
    pthread_attr_destroy(&attributes);
    munmap(stack, size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_test_suite_of_aws_is_signed),
        cmocka_unit_test(a_session_token_is_signed),
        cmocka_unit_test(the_examples_of_s3_are_signed),
        cmocka_unit_test(spellings_of_a_query_are_one),
        cmocka_unit_test(headers_are_added_by_service_and_credentials),
        cmocka_unit_test(headers_that_are_not_ours_to_sign_are_left_out),
        cmocka_unit_test(what_cannot_be_signed_is_refused),
        cmocka_unit_test(out_of_memory_is_an_error),
        cmocka_unit_test(credentials_are_read_from_the_environment),
        cmocka_unit_test(no_key_is_left_on_the_stack),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* sigv4.c: AWS Signature Version 4. A request is brought into a canonical form, that is hashed into a string to sign, and
 * that is signed by a key derived from the secret, the day, the region and the service.
 *
 * What others get wrong, and is tested against botocore's signer:
 * - parameters of a query are sorted by name, then by value, as they are encoded; one without a value has an empty one
 *   (`?policy` is signed as `policy=`). What stands unencoded, AWS encodes before it compares, and so do we;
 * - a path is signed as it is on the wire, encoded once more and without dot segments and empty ones, so that a model's
 *   `%3A` becomes `%253A`; but for S3 exactly as it is;
 * - values of headers lose blanks at both ends, and runs of blanks become one space. keeps: R36
 *
 * Buffers that held a key or a token are wiped. keeps: T22 */
#include "base/sigv4.h"

#include <stdlib.h>

enum { STAMP = 16, DAY = 8, HASH = 32, HEX = 64 };
#define ALGORITHM "AWS4-HMAC-SHA256"
#define UNSIGNED "UNSIGNED-PAYLOAD"

typedef struct { bawn_slice name, value; size_t index; } pair;
typedef struct {
    const bawn_sigv4_request *request;
    bawn_arena *arena;
    char stamp[STAMP];              /* "20150830T123600Z" */
    pair *headers;                  /* that are signed: names in lower case, sorted */
    size_t n_headers;
    bawn_buf text;                  /* the canonical request, then the value of `authorization` */
} signing;

static bool out_of_memory(bawn_error *err) { return bawn_error_set(err, BAWN_E_NO_MEMORY, "out of memory for a signature"); }

/* ---- what can be signed ------------------------------------------------------------------------------------------- */
static bool is_word(bawn_slice s, const char *but)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ' || (unsigned char)s.ptr[i] >= 0x7F || strchr(but, s.ptr[i]))
            return false;
    return s.len > 0;
}

static bool is_line(bawn_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (((unsigned char)s.ptr[i] < ' ' && s.ptr[i] != '\t') || s.ptr[i] == 0x7F)
            return false;
    return true;
}

static bool is_hash(bawn_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!bawn_is_digit((unsigned char)s.ptr[i]) && !(s.ptr[i] >= 'a' && s.ptr[i] <= 'f'))
            return false;
    return s.len == HEX;
}

static bool check_who(const bawn_aws_credentials *who, bawn_error *err)
{
    if (!is_word(who->access_key, "/,"))
        return bawn_error_set(err, BAWN_E_USAGE, "found no AWS access key id (AWS_ACCESS_KEY_ID), or one with blanks, `/` or `,`");
    if (!is_word(who->secret_key, "") || who->secret_key.len > BAWN_SIGV4_SECRET_MAX)
        return bawn_error_set(err, BAWN_E_USAGE, "found no AWS secret key (AWS_SECRET_ACCESS_KEY), or one with blanks or over %d bytes",
                              BAWN_SIGV4_SECRET_MAX);
    if (who->session_token.len > 0 && !is_word(who->session_token, ""))
        return bawn_error_set(err, BAWN_E_USAGE, "the AWS session token (AWS_SESSION_TOKEN) holds blanks or control characters");
    return true;
}

bool bawn_aws_credentials_read(bawn_aws_credentials *out, const char *access_key, const char *secret_key,
                               const char *session_token, bawn_error *err)
{
    *out = (bawn_aws_credentials){ bawn_slice_str(access_key), bawn_slice_str(secret_key), bawn_slice_str(session_token) };
    return check_who(out, err);
}

static bool check_headers(const bawn_sigv4_request *r, bawn_error *err)
{
    bool host = false;

    for (size_t i = 0; i < r->n_headers; i++) {
        bawn_slice name = r->headers[i].name, value = r->headers[i].value;

        if (!is_word(name, ":;") || !is_line(value))
            return bawn_error_set(err, BAWN_E_USAGE, "header %zu to sign has a name or a value that HTTP cannot carry", i + 1);
        host = host || (value.len > 0 && bawn_slice_eq_nocase(name, BAWN_LIT("host")));
    }
    return host || bawn_error_set(err, BAWN_E_USAGE, "a request is signed with its `host` header, and has none");
}

static bool check(const bawn_sigv4_request *r, bawn_error *err)
{
    if (!is_word(r->method, "") || r->path.len == 0 || r->path.ptr[0] != '/' || !is_line(r->path) ||
        memchr(r->path.ptr, '?', r->path.len))
        return bawn_error_set(err, BAWN_E_USAGE, "expected a method, and a path that begins with `/` and holds no query");
    if (!is_hash(r->payload_hash) && !bawn_slice_is(r->payload_hash, UNSIGNED))
        return bawn_error_set(err, BAWN_E_USAGE, "expected the body's SHA-256 in 64 lower-case hex digits, or " UNSIGNED);
    if (!is_word(r->region, "/,") || !is_word(r->service, "/,"))
        return bawn_error_set(err, BAWN_E_USAGE, "expected an AWS region and a service, without blanks, `/` and `,`");
    if (r->time_s > UINT64_MAX / 1000000000u)
        return bawn_error_set(err, BAWN_E_USAGE, "a time beyond the year 2554 cannot be signed");
    return check_who(&r->who, err) && check_headers(r, err);
}

/* ---- sorted pairs ------------------------------------------------------------------------------------------------- */
static int compare(bawn_slice a, bawn_slice b)
{
    int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int by_name_and_place(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    int order = compare(x->name, y->name);

    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

static int by_name_and_value(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    int order = compare(x->name, y->name);

    return order != 0 ? order : compare(x->value, y->value);
}

/* ---- path and query ----------------------------------------------------------------------------------------------- */
static bool is_s3(bawn_slice service)
{
    static const char *const all[] = { "s3", "s3-outposts", "s3-object-lambda", NULL };

    return bawn_slice_is_any(service, all);
}

/* RFC 3986: what is not unreserved is encoded, in upper-case hex. */
static void put_encoded(bawn_buf *out, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";

    if (bawn_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
        bawn_buf_byte(out, (char)c);
    } else {
        bawn_buf_byte(out, '%');
        bawn_buf_byte(out, digits[c >> 4]);
        bawn_buf_byte(out, digits[c & 15]);
    }
}

static size_t find_byte(bawn_slice s, size_t from, char c)
{
    const char *hit = from < s.len ? memchr(s.ptr + from, c, s.len - from) : NULL;

    return hit ? (size_t)(hit - s.ptr) : s.len;
}

static void put_path(bawn_buf *out, bawn_slice path)
{
    size_t begin = out->len;

    for (size_t at = 0, end; at < path.len; at = end + 1) {
        bawn_slice part;

        end = find_byte(path, at, '/');
        part = bawn_slice_of(path.ptr + at, end - at);
        if (bawn_slice_is(part, "..")) {
            while (out->len > begin && out->ptr[--out->len] != '/')
                ;
        } else if (part.len > 0 && !bawn_slice_is(part, ".")) {
            bawn_buf_byte(out, '/');
            for (size_t i = 0; i < part.len; i++)
                put_encoded(out, (unsigned char)part.ptr[i]);
        }
    }
    if (out->len == begin || path.ptr[path.len - 1] == '/')
        bawn_buf_byte(out, '/');
}

static void put_encoded_anew(bawn_buf *out, bawn_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        int high = s.ptr[i] == '%' && s.len - i > 2 ? bawn_hex_value(s.ptr[i + 1]) : -1, low = high < 0 ? -1 : bawn_hex_value(s.ptr[i + 2]);

        put_encoded(out, (unsigned char)(low < 0 ? s.ptr[i] : high << 4 | low));
        i += low < 0 ? 0 : 2;
    }
}

/* The parameters of a query, encoded into *texts, which has room for them. */
static size_t split_query(pair *out, bawn_buf *texts, bawn_slice query)
{
    size_t n = 0;

    for (size_t at = 0, end; at <= query.len; at = end + 1) {
        size_t equals, begin = texts->len, middle;

        end = find_byte(query, at, '&');
        equals = find_byte(bawn_slice_of(query.ptr, end), at, '=');
        put_encoded_anew(texts, bawn_slice_of(query.ptr + at, equals - at));
        middle = texts->len;
        if (equals < end)
            put_encoded_anew(texts, bawn_slice_of(query.ptr + equals + 1, end - equals - 1));
        out[n++] = (pair){ { texts->ptr + begin, middle - begin }, { texts->ptr + middle, texts->len - middle }, 0 };
    }
    return n;
}

static bool put_query(bawn_buf *out, bawn_arena *arena, bawn_slice query)
{
    size_t most = 1, n;
    bawn_buf texts = { 0 };
    pair *pairs;

    if (query.len == 0)
        return true;
    for (size_t i = 0; i < query.len; i++)
        most += query.ptr[i] == '&';
    pairs = bawn_arena_alloc(arena, most * sizeof(*pairs));
    if (!pairs || !bawn_buf_reserve(&texts, 3 * query.len))
        return false;
    n = split_query(pairs, &texts, query);
    qsort(pairs, n, sizeof(*pairs), by_name_and_value);
    for (size_t i = 0; i < n; i++) {
        bawn_buf_str(out, i > 0 ? "&" : "");
        bawn_buf_add(out, pairs[i].name);
        bawn_buf_byte(out, '=');
        bawn_buf_add(out, pairs[i].value);
    }
    bawn_buf_free(&texts);
    return true;
}

/* ---- headers ------------------------------------------------------------------------------------------------------ */
/* What this adds itself, what a proxy may change, and what says nothing to AWS. */
static bool is_left_out(bawn_slice name)
{
    static const char *const all[] = {
        "authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256",
        "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
        "upgrade", "user-agent", "baggage", "traceparent", "tracestate", "x-amzn-trace-id", NULL,
    };

    return bawn_slice_is_any(name, all);
}

static bool lower_copy(bawn_slice *out, bawn_arena *arena, bawn_slice s)
{
    char *copy = bawn_arena_alloc(arena, s.len);

    if (!copy)
        return false;
    for (size_t i = 0; i < s.len; i++)
        copy[i] = bawn_lower(s.ptr[i]);
    *out = bawn_slice_of(copy, s.len);
    return true;
}

static bool collect(signing *s, const bawn_sigv4_added *added)
{
    const bawn_sigv4_request *r = s->request;

    s->headers = bawn_arena_alloc(s->arena, (r->n_headers + added->n) * sizeof(*s->headers));
    if (!s->headers)
        return false;
    for (size_t i = 0; i < r->n_headers; i++) {
        pair *h = &s->headers[s->n_headers];

        *h = (pair){ BAWN_NIL, r->headers[i].value, i };
        if (!lower_copy(&h->name, s->arena, r->headers[i].name))
            return false;
        s->n_headers += !is_left_out(h->name);
    }
    for (size_t i = 0; i < added->n; i++)
        s->headers[s->n_headers++] = (pair){ added->headers[i].name, added->headers[i].value, 0 };
    qsort(s->headers, s->n_headers, sizeof(*s->headers), by_name_and_place);
    return true;
}

static void put_trimmed(bawn_buf *out, bawn_slice s)
{
    bool blank = false;
    size_t begin = out->len;

    for (size_t i = 0; i < s.len; i++) {
        bool now = bawn_is_space((unsigned char)s.ptr[i]);

        if (!now) {
            bawn_buf_str(out, blank && out->len > begin ? " " : "");
            bawn_buf_byte(out, s.ptr[i]);
        }
        blank = now;
    }
}

static bool is_repeated(const signing *s, size_t i) { return i > 0 && bawn_slice_eq(s->headers[i].name, s->headers[i - 1].name); }

static void put_headers(bawn_buf *out, const signing *s)
{
    for (size_t i = 0; i < s->n_headers; i++) {
        if (is_repeated(s, i)) {
            bawn_buf_byte(out, ',');
        } else {
            bawn_buf_str(out, i > 0 ? "\n" : "");
            bawn_buf_add(out, s->headers[i].name);
            bawn_buf_byte(out, ':');
        }
        put_trimmed(out, s->headers[i].value);
    }
    bawn_buf_byte(out, '\n');
}

static void put_names(bawn_buf *out, const signing *s)
{
    for (size_t i = 0; i < s->n_headers; i++)
        if (!is_repeated(s, i)) {
            bawn_buf_str(out, i > 0 ? ";" : "");
            bawn_buf_add(out, s->headers[i].name);
        }
}

/* ---- signature ---------------------------------------------------------------------------------------------------- */
/* Enough that the canonical request, which holds the session token, never moves: only one copy must be wiped. */
static size_t size_of_text(const signing *s)
{
    size_t n = 256 + s->request->method.len + 3 * s->request->path.len + 4 * s->request->query.len;

    for (size_t i = 0; i < s->n_headers; i++)
        n += 2 * s->headers[i].name.len + s->headers[i].value.len + 4;
    return n;
}

static bool put_request(signing *s)
{
    const bawn_sigv4_request *r = s->request;
    bawn_buf *out = &s->text;

    if (!bawn_buf_reserve(out, size_of_text(s)))
        return false;
    for (size_t i = 0; i < r->method.len; i++)
        bawn_buf_byte(out, (char)(bawn_is_lower((unsigned char)r->method.ptr[i]) ? r->method.ptr[i] - 32 : r->method.ptr[i]));
    bawn_buf_byte(out, '\n');
    if (is_s3(r->service))
        bawn_buf_add(out, r->path);
    else
        put_path(out, r->path);
    bawn_buf_byte(out, '\n');
    if (!put_query(out, s->arena, r->query))
        return false;
    bawn_buf_byte(out, '\n');
    put_headers(out, s);
    bawn_buf_byte(out, '\n');
    put_names(out, s);
    bawn_buf_byte(out, '\n');
    return bawn_buf_add(out, r->payload_hash);
}

static void derive_key(uint8_t key[HASH], const signing *s)
{
    const bawn_slice steps[] = { { s->stamp, DAY }, s->request->region, s->request->service, BAWN_LIT("aws4_request") };
    bawn_slice secret = s->request->who.secret_key;
    char first[4 + BAWN_SIGV4_SECRET_MAX] = "AWS4";

    memcpy(first + 4, secret.ptr, secret.len);
    bawn_hmac_sha256(key, bawn_slice_of(first, 4 + secret.len), &steps[0], 1);
    for (size_t i = 1; i < BAWN_COUNT(steps); i++)
        bawn_hmac_sha256(key, bawn_slice_of((const char *)key, HASH), &steps[i], 1);
    explicit_bzero(first, sizeof first);
}

/* The signature of the canonical request in the buffer. */
static void sign_text(char hex[HEX], const signing *s)
{
    const bawn_sigv4_request *r = s->request;
    const bawn_slice lines[] = { BAWN_LIT(ALGORITHM "\n"), { s->stamp, STAMP }, BAWN_LIT("\n"), { s->stamp, DAY }, BAWN_LIT("/"),
                                 r->region, BAWN_LIT("/"), r->service, BAWN_LIT("/aws4_request\n"), { hex, HEX } };
    uint8_t key[HASH], digest[HASH];

    bawn_sha256(digest, bawn_buf_slice(&s->text));
    bawn_hex(hex, digest, HASH);
    derive_key(key, s);
    bawn_hmac_sha256(digest, bawn_slice_of((const char *)key, HASH), lines, BAWN_COUNT(lines));
    bawn_hex(hex, digest, HASH);
    explicit_bzero(key, sizeof key);
}

static void put_authorization(signing *s, const char signature[HEX])
{
    const bawn_sigv4_request *r = s->request;
    const bawn_slice parts[] = { BAWN_LIT(ALGORITHM " Credential="), r->who.access_key, BAWN_LIT("/"), { s->stamp, DAY },
                                 BAWN_LIT("/"), r->region, BAWN_LIT("/"), r->service, BAWN_LIT("/aws4_request, SignedHeaders=") };

    for (size_t i = 0; i < BAWN_COUNT(parts); i++)
        bawn_buf_add(&s->text, parts[i]);
    put_names(&s->text, s);
    bawn_buf_str(&s->text, ", Signature=");
    bawn_buf_add(&s->text, bawn_slice_of(signature, HEX));
}

static bool authorize(bawn_slice *out, signing *s)
{
    char signature[HEX];
    size_t held;
    bool ok = put_request(s);

    held = s->text.len;
    if (ok) {
        sign_text(signature, s);
        explicit_bzero(s->text.ptr, held);
        bawn_buf_clear(&s->text);
        put_authorization(s, signature);
        *out = bawn_arena_copy(s->arena, bawn_buf_slice(&s->text), &ok);
        ok = ok && !s->text.failed;
    } else if (s->text.ptr) {
        explicit_bzero(s->text.ptr, held);
    }
    bawn_buf_free(&s->text);
    return ok;
}

static void stamp_of(char out[STAMP], uint64_t time_s)
{
    static const unsigned char digits[] = { 0, 1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 14, 15, 17, 18, 26 };  /* 2015-08-30T12:36:00.000000Z */
    char text[27];

    bawn_time_rfc3339(text, time_s * 1000000000u);
    for (size_t i = 0; i < STAMP; i++)
        out[i] = text[digits[i]];
}

static void add(bawn_sigv4_added *out, const char *name, bawn_slice value)
{
    out->headers[out->n++] = (bawn_sigv4_header){ bawn_slice_str(name), value };
}

bool bawn_sigv4_sign(bawn_sigv4_added *out, bawn_arena *arena, const bawn_sigv4_request *r, bawn_error *err)
{
    signing s = { .request = r, .arena = arena };
    bawn_slice authorization;
    bool ok = true;

    if (!check(r, err))
        return false;
    stamp_of(s.stamp, r->time_s);
    *out = (bawn_sigv4_added){ .n = 0 };
    add(out, "x-amz-date", bawn_arena_copy(arena, bawn_slice_of(s.stamp, STAMP), &ok));
    if (r->who.session_token.len > 0)
        add(out, "x-amz-security-token", r->who.session_token);
    if (is_s3(r->service) || !is_hash(r->payload_hash))
        add(out, "x-amz-content-sha256", r->payload_hash);
    if (!ok || !collect(&s, out) || !authorize(&authorization, &s))
        return out_of_memory(err);
    add(out, "authorization", authorization);
    return true;
}

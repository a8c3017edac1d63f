/* Fuzz target: the signer of requests to AWS. Lines of the input are method, path, query, region, service, access key, secret,
 * token and headers (`name:value`). What is signed stands on one line each, and its signature is that of what is the same
 * request for AWS: headers in another order and case, with other blanks; parameters in another order. What is not the same
 * has another one. keeps: R36, T15 */
#include <stdlib.h>

#include "base/sigv4.h"

enum { FIELDS = 8, HEADERS = 16 };

typedef struct { bawn_sigv4_request request; bawn_sigv4_header headers[HEADERS + 1]; } input;

static bawn_slice line_of(bawn_slice *rest, char end)
{
    const char *hit = rest->len > 0 ? memchr(rest->ptr, end, rest->len) : NULL;
    size_t n = hit ? (size_t)(hit - rest->ptr) : rest->len;
    bawn_slice line = { rest->ptr, n };

    *rest = bawn_slice_of(rest->ptr + n + (hit != NULL), rest->len - n - (hit != NULL));
    return line;
}

static void read_input(input *in, bawn_slice rest)
{
    bawn_sigv4_request *r = &in->request;
    bawn_slice *fields[FIELDS] = { &r->method, &r->path, &r->query, &r->region, &r->service, &r->who.access_key, &r->who.secret_key,
                                   &r->who.session_token };

    for (size_t i = 0; i < FIELDS; i++)
        *fields[i] = line_of(&rest, '\n');
    in->headers[0] = (bawn_sigv4_header){ BAWN_LIT("Host"), BAWN_LIT("h") };
    for (r->n_headers = 1; rest.len > 0 && r->n_headers <= HEADERS; r->n_headers++) {
        bawn_slice line = line_of(&rest, '\n'), value = line;

        in->headers[r->n_headers] = (bawn_sigv4_header){ line_of(&value, ':'), value };
    }
    r->headers = in->headers;
    r->payload_hash = BAWN_LIT(BAWN_SIGV4_EMPTY_HASH);
    r->time_s = 1440938160;
}

/* The value of `authorization`; empty when it is refused. */
static bawn_slice sign(bawn_arena *arena, const bawn_sigv4_request *r)
{
    bawn_sigv4_added added = { .n = 0 };
    bawn_error err = { 0 };

    if (!bawn_sigv4_sign(&added, arena, r, &err)) {
        if (err.code != BAWN_E_USAGE || err.message[0] == 0)
            abort();
        return BAWN_NIL;
    }
    for (size_t i = 0; i < added.n; i++)
        for (size_t k = 0; k < added.headers[i].value.len; k++)
            if ((unsigned char)added.headers[i].value.ptr[k] < ' ' || (unsigned char)added.headers[i].value.ptr[k] >= 0x7F)
                abort();
    return added.headers[added.n - 1].value;
}

static void must(bool same, bawn_slice a, bawn_slice b)
{
    if (bawn_slice_eq(a, b) != same)
        abort();
}

/* Headers from the last to the first, but those of one name in their order: their values are joined in it. */
static void turn_headers(input *in, bawn_buf *texts, size_t size)
{
    bawn_sigv4_header was[HEADERS + 1];
    size_t n = in->request.n_headers;

    memcpy(was, in->headers, sizeof was);
    bawn_buf_reserve(texts, 3 * size + 8 * (HEADERS + 1));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (bawn_slice_eq_nocase(was[i].name, was[k].name))
                return;
    for (size_t i = 0; i < n; i++) {
        bawn_sigv4_header *h = &in->headers[n - 1 - i];
        size_t begin = texts->len;

        for (size_t k = 0; k < was[i].name.len; k++)
            bawn_buf_byte(texts, (char)(bawn_is_alpha((unsigned char)was[i].name.ptr[k]) ? was[i].name.ptr[k] ^ 0x20 : was[i].name.ptr[k]));
        h->name = bawn_slice_of(texts->ptr + begin, texts->len - begin);
        begin = texts->len;
        bawn_buf_str(texts, " \t");
        for (size_t k = 0; k < was[i].value.len; k++)
            bawn_buf_str(texts, was[i].value.ptr[k] == ' ' ? " \t " : (char[]){ was[i].value.ptr[k], 0 });
        bawn_buf_str(texts, "  ");
        h->value = bawn_slice_of(texts->ptr + begin, texts->len - begin);
    }
}

/* Parameters from the last to the first. */
static void turn_query(bawn_buf *out, bawn_slice query)
{
    bool more = false;

    bawn_buf_reserve(out, query.len + 1);
    for (size_t end = query.len, at = end;; at--)
        if (at == 0 || query.ptr[at - 1] == '&') {
            bawn_buf_str(out, more ? "&" : "");
            bawn_buf_add(out, bawn_slice_of(query.ptr + at, end - at));
            more = true;
            if (at == 0)
                return;
            end = at - 1;
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bawn_arena *arena = bawn_arena_new(4096, 0);
    bawn_buf texts = { 0 }, query = { 0 };
    bawn_slice first;
    input in;

    read_input(&in, bawn_slice_of((const char *)data, size));
    first = sign(arena, &in.request);
    must(true, first, sign(arena, &in.request));
    if (first.len > 0) {
        turn_headers(&in, &texts, size);
        turn_query(&query, in.request.query);
        in.request.query = bawn_buf_slice(&query);
        must(true, first, sign(arena, &in.request));
        in.request.time_s++;
        must(false, first, sign(arena, &in.request));
        in.request.time_s--;
        bawn_buf_str(&query, query.len > 0 ? "&z" : "z");
        in.request.query = bawn_buf_slice(&query);
        must(false, first, sign(arena, &in.request));
    }
    bawn_buf_free(&texts);
    bawn_buf_free(&query);
    bawn_arena_free(arena);
    return 0;
}

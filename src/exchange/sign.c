/* A request to AWS carries a signature over its body as it is sent, so it is made when all edits are known. */
#include "base/sigv4.h"
#include "exchange/exchange.h"

/* SHA-256 of the body with its edits, in hex. False: out of memory. */
static bool hash_body(char out[64], const bawn_exchange *x)
{
    bawn_buf body = { 0 };
    uint8_t digest[32];
    size_t at = 0;

    for (size_t i = 0; i < x->n_edits; i++) {
        bawn_buf_add(&body, bawn_slice_of(x->body.ptr + at, x->edits[i].at.begin - at));
        bawn_buf_add(&body, x->edits[i].with);
        at = x->edits[i].at.end;
    }
    bawn_slice rest = { x->body.ptr ? x->body.ptr + at : "", x->body.len - at };
    bool ok = x->n_edits == 0 || bawn_buf_add(&body, rest);
    ok = ok && !body.failed;
    bawn_sha256(digest, x->n_edits == 0 ? rest : bawn_buf_slice(&body));
    bawn_hex(out, digest, sizeof digest);
    bawn_buf_free(&body);
    return ok;
}

static void take(bawn_step *step, const bawn_sigv4_header *h)
{
    if (bawn_slice_is(h->name, "authorization"))
        step->authorization = h->value;
    else if (bawn_slice_is(h->name, "x-amz-date"))
        step->amz_date = h->value;
    else if (bawn_slice_is(h->name, "x-amz-security-token"))
        step->amz_token = h->value;
}

bool bawn_sign(bawn_exchange *x, bawn_step *step)
{
    const bawn_upstream *u = x->upstream;
    bawn_slice type = bawn_exchange_attribute(x, "http.request.content_type");
    bawn_sigv4_header headers[2] = { { BAWN_LIT("host"), u->host }, { BAWN_LIT("content-type"), type } };
    bawn_sigv4_request request = { .method = x->method, .path = step->upstream_uri, .headers = headers,
                                   .n_headers = type.len > 0 ? 2 : 1, .region = u->region, .service = BAWN_LIT("bedrock"),
                                   .who = { u->access_key, u->secret_key, u->session_token }, .time_s = x->now_ns / 1000000000u };
    bawn_sigv4_added added;
    bawn_error err = { 0 };
    char hash[64];

    if (u->secret_key.len == 0)
        return true;                            /* a Bedrock API key: `authorization` has it */
    if (!hash_body(hash, x))
        return false;
    request.payload_hash = bawn_slice_of(hash, sizeof hash);
    if (!bawn_sigv4_sign(&added, x->arena, &request, &err))
        return false;
    for (size_t i = 0; i < added.n; i++)
        take(step, &added.headers[i]);
    return true;
}

/*
 * ngx_http_bawn_answer.c: answers that Bawn gives itself: blocks, refusals, moderations, errors.
 *
 * Status, type and body come from the exchange, in the client's dialect. The fallback at the end is for the moments
 * in which there is no exchange to ask (no memory) or nothing may be answered (no record).
 */
#include "ngx_http_bawn.h"


ngx_int_t
ngx_http_bawn_add_header(ngx_http_request_t *r, const char *name, const ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 1;
    h->key.data = (u_char *) (uintptr_t) name;
    h->key.len = ngx_strlen(name);
    h->lowcase_key = h->key.data;
    h->value = *value;

    return NGX_OK;
}


/* A buffer that holds the body and is the last. */
ngx_buf_t *
ngx_http_bawn_last(ngx_http_request_t *r, ngx_str_t *body)
{
    ngx_buf_t  *b;

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NULL;
    }

    if (body->len) {
        b->memory = 1;
        b->start = b->pos = body->data;
        b->end = b->last = body->data + body->len;
    }

    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;

    return b;
}


/* Turns r->headers_out into the head of a verdict's answer. Whatever stood there before must not speak of it. */
ngx_int_t
ngx_http_bawn_answer_head(ngx_http_bawn_ctx_t *ctx, ngx_http_bawn_verdict_t *v)
{
    static const ngx_str_t  no = ngx_string("false"), second = ngx_string("1");
    ngx_http_request_t     *r = ctx->request;

    ngx_http_clear_content_length(r);
    ngx_http_clear_accept_ranges(r);
    ngx_http_clear_last_modified(r);
    ngx_http_clear_etag(r);

    if (r->headers_out.content_encoding) {
        r->headers_out.content_encoding->hash = 0;
        r->headers_out.content_encoding = NULL;
    }

    if (r->headers_out.location) {
        r->headers_out.location->hash = 0;
        r->headers_out.location = NULL;
    }

    r->headers_out.status = v->status;
    r->headers_out.status_line.len = 0;
    r->headers_out.content_type = v->type;
    r->headers_out.content_type_len = v->type.len;
    r->headers_out.content_type_lowcase = NULL;
    r->headers_out.charset.len = 0;
    r->headers_out.content_length_n = (off_t) v->body.len;

    if (v->error_type.len && ngx_http_bawn_add_header(r, "x-amzn-ErrorType", &v->error_type) != NGX_OK) {
        return NGX_ERROR;
    }

    if (v->status == 429) {
        return ngx_http_bawn_add_header(r, "Retry-After", &second);
    }

    if (v->status == 503 && v->failed) {   /* SDKs retry a 503; a guard that failed will fail again */
        return ngx_http_bawn_add_header(r, "x-should-retry", &no);
    }

    return NGX_OK;
}


/* Sends the request side's verdict and ends the request. From PRECONTENT or later, once a request. */
void
ngx_http_bawn_answer(ngx_http_bawn_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_buf_t                *b;
    ngx_chain_t               out;
    ngx_http_request_t       *r = ctx->request;
    ngx_http_bawn_verdict_t  *v = &ctx->verdicts[BAWN_INPUT];

    ctx->phase = NGX_BAWN_PASSED;
    ctx->mode = NGX_BAWN_PLAIN;
    r->expect_tested = 1;                  /* refused before the body: no 100 Continue */

    if (ngx_http_discard_request_body(r) != NGX_OK) {
        r->keepalive = 0;
    }

    b = ngx_http_bawn_last(r, &v->body);

    if (b == NULL || ngx_http_bawn_answer_head(ctx, v) != NGX_OK) {
        ngx_http_finalize_request(r, NGX_ERROR);
        return;
    }

    ctx->ours = 1;
    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        ngx_http_finalize_request(r, rc);
        return;
    }

    out.buf = b;
    out.next = NULL;
    ngx_http_finalize_request(r, ngx_http_output_filter(r, &out));
}


/*
 * The verdict of last resort: nothing passes, and the client is told so: in his API's form while there is an exchange to
 * ask, else in OpenAI's.
 */
void
ngx_http_bawn_fallback(ngx_http_bawn_ctx_t *ctx, bawn_side side, ngx_uint_t status, const char *code)
{
    u_char                   *p;
    size_t                    size;
    bawn_slice                excuse;
    ngx_http_bawn_verdict_t  *v = &ctx->verdicts[side];

    static const char  text[] = "{\"error\":{\"message\":\"Bawn could not handle this request (%s).\","
                                "\"type\":\"%s\",\"param\":null,\"code\":\"%s\"}}";

    v->seen = 1;
    v->failed = 1;
    v->action = BAWN_BLOCK;
    v->status = status;
    ngx_str_set(&v->type, "application/json");
    ngx_str_null(&v->body);

    if (ctx->exchange) {
        excuse = bawn_exchange_excuse(ctx->exchange, bawn_slice_str(code), false);
        if (excuse.len) {
            v->body.data = ngx_pnalloc(ctx->request->pool, excuse.len);
            if (v->body.data) {
                v->body.len = excuse.len;
                ngx_memcpy(v->body.data, excuse.ptr, excuse.len);
                return;
            }
        }
    }

    size = sizeof(text) + 2 * ngx_strlen(code) + sizeof("invalid_request_error");
    p = ngx_pnalloc(ctx->request->pool, size);

    if (p) {
        v->body.data = p;
        p = ngx_snprintf(p, size, text, code, status < 500 ? "invalid_request_error" : "server_error", code);
        v->body.len = (size_t) (p - v->body.data);
    }
}

/*
 * ngx_http_bawn_out.c: bytes on their way to the client, and when they leave.
 *
 * What is emitted is copied to buffers of a block each, which are used again when they are sent. Sending is put off
 * until all events of this turn of the loop are judged: each send wakes a peer that sleeps, which costs more than
 * judging a short text; of many in a row only the first does. What is large is sent at once.
 */
#include "ngx_http_bawn.h"

#define BAWN_BLOCK_SIZE  4096
#define BAWN_BACKLOG     (256 * 1024)      /* bytes that may wait for a slow client */
#define BAWN_LARGE       (128 * 1024)      /* judging so much costs more than any wake-up, and many such fill the caches */


void
ngx_http_bawn_later_handler(ngx_event_t *ev)
{
    ngx_http_bawn_ctx_t  *ctx = ev->data;

    ctx->due = 1;
    ngx_http_bawn_resume(ctx);
}


/* Whether to send later. resume() is called then, and the answer to the next question is no. */
ngx_uint_t
ngx_http_bawn_put_off(ngx_http_bawn_ctx_t *ctx)
{
    if (ctx->due || ctx->source.len > BAWN_LARGE) {
        ctx->due = 0;
        return 0;
    }

    if (!ctx->later.posted) {
        ngx_post_event(&ctx->later, &ngx_posted_events);
    }

    return 1;
}


static ngx_buf_t *
ngx_http_bawn_room(ngx_http_bawn_ctx_t *ctx)
{
    ngx_buf_t           *b;
    ngx_chain_t         *cl;
    ngx_http_request_t  *r = ctx->request;

    if (ctx->fill && ctx->fill->last < ctx->fill->end) {
        return ctx->fill;
    }

    cl = ngx_chain_get_free_buf(r->pool, &ctx->free);
    if (cl == NULL) {
        return NULL;
    }

    b = cl->buf;

    if (b->start == NULL) {
        b->start = ngx_palloc(r->pool, BAWN_BLOCK_SIZE);
        if (b->start == NULL) {
            return NULL;
        }
        b->end = b->start + BAWN_BLOCK_SIZE;
    }

    b->pos = b->last = b->start;
    b->temporary = 1;
    b->tag = (ngx_buf_tag_t) &ngx_http_bawn_module;
    b->flush = 0;
    b->last_buf = 0;

    cl->next = NULL;
    *ctx->last_out = cl;
    ctx->last_out = &cl->next;
    ctx->fill = b;

    return b;
}


ngx_int_t
ngx_http_bawn_emit(ngx_http_bawn_ctx_t *ctx, bawn_slice bytes)
{
    size_t      n;
    ngx_buf_t  *b;

    while (bytes.len) {

        b = ngx_http_bawn_room(ctx);
        if (b == NULL) {
            return NGX_ERROR;
        }

        n = ngx_min(bytes.len, (size_t) (b->end - b->last));
        b->last = ngx_cpymem(b->last, bytes.ptr, n);
        bytes.ptr += n;
        bytes.len -= n;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_bawn_append(ngx_http_bawn_ctx_t *ctx, ngx_buf_t *b)
{
    ngx_chain_t  *cl;

    cl = ngx_alloc_chain_link(ctx->request->pool);
    if (cl == NULL || b == NULL) {
        return NGX_ERROR;
    }

    cl->buf = b;
    cl->next = NULL;
    *ctx->last_out = cl;
    ctx->last_out = &cl->next;
    ctx->fill = NULL;

    return NGX_OK;
}


ngx_int_t
ngx_http_bawn_flush(ngx_http_bawn_ctx_t *ctx)
{
    ngx_buf_t  *b;

    if (ctx->fill) {
        ctx->fill->flush = 1;
        return NGX_OK;
    }

    b = ngx_calloc_buf(ctx->request->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->flush = 1;

    return ngx_http_bawn_append(ctx, b);
}


/* A filter below may send something of its own meanwhile (addition's last buffer): that comes by us. */
ngx_int_t
ngx_http_bawn_pass_down(ngx_http_bawn_ctx_t *ctx, ngx_chain_t *out)
{
    ngx_int_t  rc;

    ctx->passing = 1;
    rc = ngx_http_bawn_next_body(ctx->request, out);
    ctx->passing = 0;

    return rc;
}


/* Gives `out` to the next filter and takes back the buffers that are done. */
ngx_int_t
ngx_http_bawn_send(ngx_http_bawn_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r = ctx->request;

    if (ctx->out == NULL && ctx->busy == NULL && !r->connection->buffered && r->postponed == NULL) {
        return NGX_OK;
    }

    if (ctx->out && ngx_http_bawn_put_off(ctx)) {
        ngx_http_bawn_set_buffered(r, 1);
        return NGX_OK;
    }

    rc = ngx_http_bawn_pass_down(ctx, ctx->out);

    ngx_chain_update_chains(r->pool, &ctx->free, &ctx->busy, &ctx->out, (ngx_buf_tag_t) &ngx_http_bawn_module);
    ctx->last_out = &ctx->out;
    ctx->fill = NULL;

    return rc;
}


ngx_uint_t
ngx_http_bawn_is_backed_up(ngx_http_bawn_ctx_t *ctx)
{
    size_t        n;
    ngx_chain_t  *cl;

    n = 0;

    for (cl = ctx->busy; cl; cl = cl->next) {
        n += (size_t) ngx_buf_size(cl->buf);
    }
    for (cl = ctx->out; cl; cl = cl->next) {
        n += (size_t) ngx_buf_size(cl->buf);
    }

    return n > BAWN_BACKLOG;
}

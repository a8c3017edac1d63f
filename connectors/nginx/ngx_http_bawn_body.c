/*
 * ngx_http_bawn_body.c: the answer's bytes, through the exchange.
 *
 * Stream: all input goes to the exchange, what it EMITs goes out, flushed; while the client does not read, input is
 * left where it is and nginx stops reading the upstream. Collect: the whole answer, then one verdict, then head and
 * body. The end (last_buf) leaves only when the exchange has ended and its record is written. Text leaves by EMIT
 * alone: flush, errors and a dead upstream release nothing; the exchange is told and says what the client reads.
 * NGX_ERROR is returned only where nothing can be sent any more (dataplane.md, pitfall 6).
 */
#include "ngx_http_bawn.h"


/* ---- input ---------------------------------------------------------------------------------------------------- */

static ngx_int_t
ngx_http_bawn_feed(ngx_http_bawn_ctx_t *ctx, u_char *bytes, size_t n)
{
    (void) bawn_exchange_feed(ctx->exchange, BAWN_OUTPUT, bawn_slice_of((char *) bytes, n), false,
                              ngx_http_bawn_now(ngx_http_bawn_worker(ctx->request)));
    return NGX_OK;
}


static ngx_int_t
ngx_http_bawn_collect(ngx_http_bawn_ctx_t *ctx, u_char *bytes, size_t n)
{
    size_t                     cap;
    u_char                    *p;
    ngx_http_request_t        *r = ctx->request;
    ngx_http_bawn_loc_conf_t  *lcf = ngx_http_get_module_loc_conf(r, ngx_http_bawn_module);

    if (n > lcf->answer_limit - ctx->collected_len) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "the upstream's answer is over %uz bytes (bawn_answer_limit)", lcf->answer_limit);
        return NGX_ERROR;
    }

    if (n > ctx->collected_cap - ctx->collected_len) {

        cap = ctx->collected_cap ? 2 * ctx->collected_cap : 4096;
        if (ctx->collected_cap == 0 && r->headers_out.content_length_n > 0) {
            cap = (size_t) ngx_min(r->headers_out.content_length_n, (off_t) lcf->answer_limit);
        }
        cap = ngx_min(ngx_max(cap, ctx->collected_len + n), lcf->answer_limit);

        p = ngx_palloc(r->pool, cap);
        if (p == NULL) {
            return NGX_ERROR;
        }

        if (ctx->collected) {
            ngx_memcpy(p, ctx->collected, ctx->collected_len);
            (void) ngx_pfree(r->pool, ctx->collected);
        }

        ctx->collected = p;
        ctx->collected_cap = cap;
    }

    ngx_memcpy(ctx->collected + ctx->collected_len, bytes, n);
    ctx->collected_len += n;

    return NGX_OK;
}


static void
ngx_http_bawn_die(ngx_http_bawn_ctx_t *ctx)
{
    ctx->died = 1;
    ngx_http_bawn_kill(ctx);
}


static void
ngx_http_bawn_take(ngx_http_bawn_ctx_t *ctx, ngx_buf_t *b)
{
    size_t                 n;
    ngx_int_t              rc;
    ngx_http_bawn_sink_pt  sink;

    sink = ctx->mode == NGX_BAWN_STREAM ? ngx_http_bawn_feed : ngx_http_bawn_collect;
    n = ngx_buf_in_memory(b) ? (size_t) (b->last - b->pos) : 0;

    if (n && !ctx->closed && !ctx->died && !ctx->kill) {
        rc = ctx->inflate ? ngx_http_bawn_inflate(ctx->inflate, ctx, b->pos, n, sink) : sink(ctx, b->pos, n);
        if (rc != NGX_OK) {
            ngx_http_bawn_die(ctx);
        }
    }

    b->pos = b->last;
    b->file_pos = b->file_last;

    if (b->last_buf) {
        ctx->eof = 1;
        if (ctx->inflate && !ctx->closed && ngx_http_bawn_inflate_ended(ctx->inflate) != NGX_OK) {
            ctx->died = 1;
        }
    }
}


/* An upstream that died shows as a flush from a finalized upstream that gave no last buffer. */
static ngx_uint_t
ngx_http_bawn_shows_death(ngx_http_request_t *r, ngx_buf_t *b)
{
    return b->flush && !b->last_buf && !ngx_buf_in_memory(b) && r->upstream && r->upstream->cleanup == NULL;
}


/* Behind what is not consumed yet. */
static ngx_int_t
ngx_http_bawn_queue(ngx_http_bawn_ctx_t *ctx, ngx_chain_t *in)
{
    while (*ctx->last_in) {
        ctx->last_in = &(*ctx->last_in)->next;
    }

    return in ? ngx_chain_add_copy(ctx->request->pool, ctx->last_in, in) : NGX_OK;
}


static ngx_int_t
ngx_http_bawn_read(ngx_http_bawn_ctx_t *ctx, ngx_chain_t *in)
{
    ngx_chain_t         *cl;
    ngx_http_request_t  *r = ctx->request;

    for (cl = in; cl; cl = cl->next) {
        ctx->died = ctx->died || ngx_http_bawn_shows_death(r, cl->buf);
    }

    if (ngx_http_bawn_queue(ctx, in) != NGX_OK) {
        return NGX_ERROR;
    }

    while (ctx->in && (ctx->kill || !ngx_http_bawn_is_backed_up(ctx))) {
        cl = ctx->in;
        ngx_http_bawn_take(ctx, cl->buf);
        ctx->in = cl->next;
        ngx_free_chain(r->pool, cl);
    }

    ctx->last_in = &ctx->in;

    return NGX_OK;
}


/* ---- the end --------------------------------------------------------------------------------------------------- */

/* The answer broke off: the exchange words what the client reads of that, and the record. */
static void
ngx_http_bawn_tell_death(ngx_http_bawn_ctx_t *ctx)
{
    uint64_t  now = ngx_http_bawn_now(ngx_http_bawn_worker(ctx->request));

    if (ctx->late) {
        (void) bawn_exchange_response(ctx->exchange, NGX_HTTP_GATEWAY_TIME_OUT, bawn_slice_of(NULL, 0), now);
    }

    (void) bawn_exchange_abort(ctx->exchange, BAWN_OUTPUT, now);
}


static void
ngx_http_bawn_close(ngx_http_bawn_ctx_t *ctx)
{
    if (ctx->closed || !(ctx->eof || ctx->died) || (ctx->in && !ctx->died)) {
        return;
    }

    ctx->closed = 1;

    if (ctx->ended) {
        return;                            /* the dialect's own end mark came before the connection's */
    }

    if (ctx->died) {
        ngx_http_bawn_tell_death(ctx);
        return;
    }

    ctx->source.data = ctx->collected;
    ctx->source.len = ctx->collected_len;
    (void) bawn_exchange_feed(ctx->exchange, BAWN_OUTPUT, bawn_slice_of((char *) ctx->collected, ctx->collected_len),
                              true, ngx_http_bawn_now(ngx_http_bawn_worker(ctx->request)));
}


/* Whether the answer's end must wait: for jobs, or for the write of its record, which is the last that an exchange does. */
static ngx_uint_t
ngx_http_bawn_waits(ngx_http_bawn_ctx_t *ctx)
{
    if (!ctx->ended && (ctx->jobs || ctx->again_posted)) {
        ngx_http_bawn_arm(ctx);
        return 1;
    }

    if (ctx->timer.timer_set) {
        ngx_del_timer(&ctx->timer);
    }

    return ctx->record == NGX_BAWN_UNWRITTEN;
}


static ngx_int_t
ngx_http_bawn_lost_in_stream(ngx_http_bawn_ctx_t *ctx)
{
    bawn_slice  event;

    event = bawn_exchange_excuse(ctx->exchange, bawn_slice_str("record_unavailable"), true);
    ngx_http_bawn_kill(ctx);

    if (ctx->final_out) {                  /* the answer's proper end stays here */
        *ctx->final_out = NULL;
        ctx->last_out = ctx->final_out;
        ctx->fill = NULL;
    }

    return event.len ? ngx_http_bawn_emit(ctx, event) : NGX_ERROR;     /* an end that nobody takes for one */
}


/* The record is written: the last buffer may leave. */
static ngx_int_t
ngx_http_bawn_stream_end(ngx_http_bawn_ctx_t *ctx)
{
    ngx_http_request_t  *r = ctx->request;

    ngx_http_bawn_set_buffered(r, 0);

    if (ngx_http_bawn_append(ctx, ngx_http_bawn_last(r, &(ngx_str_t) { 0, NULL })) != NGX_OK) {
        return NGX_ERROR;
    }

    ctx->mode = NGX_BAWN_DONE;
    return ngx_http_bawn_send(ctx);
}


static ngx_int_t
ngx_http_bawn_stream(ngx_http_bawn_ctx_t *ctx, ngx_chain_t *in)
{
    ngx_http_request_t         *r = ctx->request;
    ngx_http_bawn_verdict_t    *v = &ctx->verdicts[BAWN_OUTPUT];
    ngx_http_bawn_main_conf_t  *mcf = ngx_http_get_module_main_conf(r, ngx_http_bawn_module);

    if (ngx_http_bawn_read(ctx, in) != NGX_OK) {
        ngx_http_bawn_die(ctx);
    }

    ngx_http_bawn_close(ctx);

    if (ngx_http_bawn_pump(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    if (v->seen && (v->action == BAWN_BLOCK || v->failed)) {
        ngx_http_bawn_kill(ctx);
        ctx->closed = 1;
    }

    if (ctx->ended && ngx_http_bawn_waits(ctx)) {
        ngx_http_bawn_set_buffered(r, 1);
        return NGX_OK;
    }

    if (ngx_http_bawn_is_lost(mcf, ctx) && ngx_http_bawn_lost_in_stream(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ctx->ended && (ctx->kill || ctx->eof || ctx->died)) {
        return ngx_http_bawn_stream_end(ctx);
    }

    if (ngx_http_bawn_waits(ctx) || ctx->closed || ctx->eof) {
        ngx_http_bawn_set_buffered(r, 1);
    } else {
        ngx_http_bawn_set_buffered(r, 0);
        ngx_http_bawn_arm(ctx);            /* heartbeats and the hold's time limit */
    }

    if ((ctx->out || !ctx->flushed) && ngx_http_bawn_flush(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    ctx->flushed = 1;

    return ngx_http_bawn_send(ctx);
}


/* The verdict on a collected answer: as it came, with edits, or another one. */
static ngx_int_t
ngx_http_bawn_deliver(ngx_http_bawn_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_str_t                *body;
    ngx_http_request_t       *r = ctx->request;
    ngx_http_bawn_verdict_t  *v = &ctx->verdicts[BAWN_OUTPUT];

    ctx->mode = NGX_BAWN_DONE;

    if (v->status) {
        body = &v->body;
        rc = ngx_http_bawn_answer_head(ctx, v);

    } else {
        body = ctx->spliced.data ? &ctx->spliced : &ctx->source;
        ngx_http_clear_content_length(r);
        ngx_http_clear_accept_ranges(r);
        if (ctx->spliced.data || ctx->inflate) {
            ngx_http_clear_etag(r);
            ngx_http_clear_last_modified(r);
        }
        r->headers_out.content_length_n = (off_t) body->len;
        rc = NGX_OK;
    }

    if (rc == NGX_OK) {
        rc = ngx_http_bawn_next_header(r);
    }

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc > NGX_OK ? NGX_ERROR : rc;
    }

    if (ngx_http_bawn_append(ctx, ngx_http_bawn_last(r, body)) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_bawn_send(ctx);
}


static ngx_int_t
ngx_http_bawn_collected(ngx_http_bawn_ctx_t *ctx, ngx_chain_t *in)
{
    ngx_http_request_t         *r = ctx->request;
    ngx_http_bawn_verdict_t    *v = &ctx->verdicts[BAWN_OUTPUT];
    ngx_http_bawn_main_conf_t  *mcf = ngx_http_get_module_main_conf(r, ngx_http_bawn_module);

    if (ngx_http_bawn_read(ctx, in) != NGX_OK) {
        ngx_http_bawn_die(ctx);
    }

    ngx_http_bawn_close(ctx);

    if (!ctx->closed) {
        return NGX_OK;
    }

    if (ngx_http_bawn_pump(ctx) != NGX_OK) {
        ngx_http_bawn_fallback(ctx, BAWN_OUTPUT, 503, "guard_failed");
    }

    if (ngx_http_bawn_waits(ctx)) {
        ngx_http_bawn_set_buffered(r, 1);
        return NGX_OK;
    }

    ngx_http_bawn_set_buffered(r, 0);

    if (!v->seen || (ctx->died && v->status == 0)) {
        ngx_http_bawn_fallback(ctx, BAWN_OUTPUT, 502, "upstream_invalid");
    }

    if (ngx_http_bawn_is_lost(mcf, ctx)) {
        ngx_http_bawn_fallback(ctx, BAWN_OUTPUT, 503, "record_unavailable");
    }

    return ngx_http_bawn_deliver(ctx);
}


/* What came belongs to an answer that is not sent. */
static void
ngx_http_bawn_swallow(ngx_chain_t *in)
{
    for ( /* void */ ; in; in = in->next) {
        in->buf->pos = in->buf->last;
        in->buf->file_pos = in->buf->file_last;
    }
}


/* nginx marks the last buffer only behind an answer of known length: the last byte that the client needs is before it. */
static ngx_uint_t
ngx_http_bawn_off_ends(ngx_http_bawn_ctx_t *ctx, ngx_buf_t *b)
{
    off_t  length = ctx->request->headers_out.content_length_n;

    ctx->collected_len += (size_t) ngx_buf_size(b);
    ctx->died = ctx->died || ngx_http_bawn_shows_death(ctx->request, b);

    return b->last_buf || ctx->died || (length >= 0 && (off_t) ctx->collected_len >= length);
}


/* Nothing is read, but the record is written before the answer's end. */
static ngx_int_t
ngx_http_bawn_off(ngx_http_bawn_ctx_t *ctx, ngx_chain_t *in)
{
    ngx_int_t                   rc;
    ngx_chain_t                *cl;
    ngx_http_request_t         *r = ctx->request;
    ngx_http_bawn_main_conf_t  *mcf = ngx_http_get_module_main_conf(r, ngx_http_bawn_module);

    for (cl = in; cl; cl = cl->next) {

        if (ctx->closed || !ngx_http_bawn_off_ends(ctx, cl->buf)) {
            continue;
        }

        ctx->closed = 1;

        if (ctx->died) {
            ngx_http_bawn_tell_death(ctx);
        } else {
            (void) bawn_exchange_feed(ctx->exchange, BAWN_OUTPUT, bawn_slice_of(NULL, 0), true,
                                      ngx_http_bawn_now(mcf->worker));
        }

        (void) ngx_http_bawn_pump(ctx);
    }

    if (ngx_http_bawn_is_lost(mcf, ctx)) {
        return NGX_ERROR;                  /* part of it is gone already: cut it, it must not look complete */
    }

    if (ngx_http_bawn_queue(ctx, in) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ctx->record == NGX_BAWN_UNWRITTEN || (ctx->in && ngx_http_bawn_put_off(ctx))) {
        ngx_http_bawn_set_buffered(r, 1);
        return NGX_OK;
    }

    ngx_http_bawn_set_buffered(r, 0);
    rc = ngx_http_bawn_pass_down(ctx, ctx->in);

    while (ctx->in) {
        cl = ctx->in;
        ctx->in = cl->next;
        ngx_free_chain(r->pool, cl);
    }
    ctx->last_in = &ctx->in;

    return rc;
}


ngx_int_t
ngx_http_bawn_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_int_t             rc;
    ngx_http_bawn_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_bawn_module);

    if (ctx == NULL || r != r->main || ctx->mode == NGX_BAWN_PLAIN || ctx->passing) {
        return ngx_http_bawn_next_body(r, in);
    }

    switch (ctx->mode) {

    case NGX_BAWN_STREAM:
        do {
            rc = ngx_http_bawn_stream(ctx, in);
            in = NULL;                     /* input left for a slow client, who took all just now: no event would come */
        } while (rc != NGX_ERROR && ctx->mode == NGX_BAWN_STREAM && ctx->in && !ngx_http_bawn_is_backed_up(ctx));
        return rc;

    case NGX_BAWN_COLLECT:
        return ngx_http_bawn_collected(ctx, in);

    case NGX_BAWN_OFF:
        return ngx_http_bawn_off(ctx, in);

    case NGX_BAWN_SUBSTITUTE:
        ngx_http_bawn_swallow(in);
        ctx->mode = NGX_BAWN_DONE;
        if (ngx_http_bawn_append(ctx, ngx_http_bawn_last(r, &ctx->verdicts[ctx->side].body)) != NGX_OK) {
            return NGX_ERROR;
        }
        return ngx_http_bawn_send(ctx);

    default:
        ngx_http_bawn_swallow(in);
        ngx_http_bawn_set_buffered(r, 0);
        return ngx_http_bawn_send(ctx);
    }
}

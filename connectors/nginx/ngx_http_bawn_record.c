/*
 * ngx_http_bawn_record.c: the record of a decision, before the answer's last buffer (RULINGS R16).
 *
 * One write(2) to the worker's spool file. With `sync`, answers that end in the same turn of the event loop share
 * one fdatasync at the turn's end (a posted event); their last buffers wait for it. A record that cannot be written
 * makes the answer 503 record_unavailable, unless the policy says observe, which is counted.
 */
#include "ngx_http_bawn.h"


void
ngx_http_bawn_record(ngx_http_bawn_ctx_t *ctx, bawn_slice line)
{
    bawn_error                  err;
    ngx_http_bawn_worker_t     *w;
    ngx_http_bawn_main_conf_t  *mcf;

    mcf = ngx_http_get_module_main_conf(ctx->request, ngx_http_bawn_module);
    w = mcf->worker;
    ngx_memzero(&err, sizeof(bawn_error));

    if (!bawn_spool_append(w->spool, line, ngx_http_bawn_now(w), &err)) {
        ngx_log_error(NGX_LOG_CRIT, ctx->timer.log, 0, "record: %s", err.message);
        ngx_http_bawn_count_lost(mcf->zone);
        w->full = !mcf->on_full_observe;
        ctx->record = NGX_BAWN_LOST;
        return;
    }

    w->full = 0;
    ngx_http_bawn_count(mcf->zone, line);
    ngx_http_bawn_count_spool(mcf->zone, line.len);

    if (!mcf->sync) {
        ctx->record = NGX_BAWN_RECORDED;
        return;
    }

    ctx->record = NGX_BAWN_UNSYNCED;

    if (!ctx->leaving) {
        ngx_queue_insert_tail(&w->unsynced, &ctx->unsynced);
        ctx->in_unsynced = 1;
    }

    ngx_post_event(&w->sync, &ngx_posted_events);
}


/* For answers that cannot wait (nginx's own errors, shaped in a header filter): a commit of their own. */
void
ngx_http_bawn_record_now(ngx_http_bawn_ctx_t *ctx)
{
    ngx_http_bawn_worker_t  *w = ngx_http_bawn_worker(ctx->request);

    if (ctx->record == NGX_BAWN_UNSYNCED) {
        ngx_http_bawn_record_forget(ctx);
        ctx->record = bawn_spool_sync(w->spool, NULL) ? NGX_BAWN_RECORDED : NGX_BAWN_LOST;
    }
}


void
ngx_http_bawn_record_forget(ngx_http_bawn_ctx_t *ctx)
{
    if (ctx->in_unsynced) {
        ngx_queue_remove(&ctx->unsynced);
        ctx->in_unsynced = 0;
    }
}


/* The group commit: once for all answers that came to their end in this turn of the event loop. */
void
ngx_http_bawn_sync_handler(ngx_event_t *ev)
{
    bool                        ok;
    bawn_error                  err;
    ngx_queue_t                 ready;
    ngx_http_bawn_ctx_t        *ctx;
    ngx_http_bawn_main_conf_t  *mcf = ev->data;
    ngx_http_bawn_worker_t     *w = mcf->worker;

    ngx_memzero(&err, sizeof(bawn_error));
    ok = bawn_spool_sync(w->spool, &err);

    if (!ok) {
        ngx_log_error(NGX_LOG_CRIT, ev->log, 0, "record: %s", err.message);
        w->full = !mcf->on_full_observe;
    }

    ngx_queue_init(&ready);
    if (!ngx_queue_empty(&w->unsynced)) {
        ngx_queue_add(&ready, &w->unsynced);
        ngx_queue_init(&w->unsynced);
    }

    while (!ngx_queue_empty(&ready)) {
        ctx = ngx_queue_data(ngx_queue_head(&ready), ngx_http_bawn_ctx_t, unsynced);
        ngx_http_bawn_record_forget(ctx);
        ctx->record = ok ? NGX_BAWN_RECORDED : NGX_BAWN_LOST;
        ngx_http_bawn_resume(ctx);
    }
}

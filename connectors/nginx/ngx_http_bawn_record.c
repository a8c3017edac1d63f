/*
 * ngx_http_bawn_record.c: the record of a decision, before the answer's last buffer (RULINGS R16).
 *
 * Answers that end in the same turn of the event loop share one write(2) to the worker's spool file and, with `sync`,
 * one fdatasync, at the turn's end (a posted event); their last buffers wait for it. A record that cannot be written
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

    if (!bawn_spool_add(w->spool, line, ngx_http_bawn_now(w), &err)) {
        ngx_log_error(NGX_LOG_CRIT, ctx->timer.log, 0, "record: %s", err.message);
        ngx_http_bawn_count_lost(mcf->zone, 1);
        w->full = !mcf->on_full_observe;
        ctx->record = NGX_BAWN_LOST;
        return;
    }

    w->added++;
    ctx->record = NGX_BAWN_UNWRITTEN;
    ctx->final_out = ctx->last_out;
    ctx->fill = NULL;                      /* what is emitted from here on waits in buffers of its own */

    if (!ctx->leaving) {
        ngx_queue_insert_tail(&w->unwritten, &ctx->unwritten);
        ctx->in_unwritten = 1;
    }

    ngx_post_event(&w->commit, &ngx_posted_events);
}


static void
ngx_http_bawn_written(void *user, bawn_slice event)
{
    ngx_http_bawn_main_conf_t  *mcf = user;

    ngx_http_bawn_count(mcf->zone, event);
    ngx_http_bawn_count_spool(mcf->zone, event.len);
}


/* Writes what was recorded since the last time, and says so to those who wait for it. */
void
ngx_http_bawn_record_write(ngx_http_bawn_main_conf_t *mcf, ngx_log_t *log)
{
    bool                     ok;
    bawn_error               err;
    ngx_queue_t             *q;
    ngx_http_bawn_ctx_t     *ctx;
    ngx_http_bawn_worker_t  *w = mcf->worker;

    if (w->added == 0) {
        return;
    }

    ngx_memzero(&err, sizeof(bawn_error));
    ok = bawn_spool_flush(w->spool, ngx_http_bawn_written, mcf, &err)
         && (!mcf->sync || bawn_spool_sync(w->spool, &err));
    w->full = !ok && !mcf->on_full_observe;

    if (!ok) {
        ngx_log_error(NGX_LOG_CRIT, log, 0, "record: %s", err.message);
        ngx_http_bawn_count_lost(mcf->zone, w->added);
    }

    w->added = 0;

    for (q = ngx_queue_head(&w->unwritten); q != ngx_queue_sentinel(&w->unwritten); q = ngx_queue_next(q)) {
        ctx = ngx_queue_data(q, ngx_http_bawn_ctx_t, unwritten);

        if (ctx->record == NGX_BAWN_UNWRITTEN) {
            ctx->record = ok ? NGX_BAWN_RECORDED : NGX_BAWN_LOST;
        }
    }
}


/* For answers that cannot wait (nginx's own errors, shaped in a header filter): a write of their own. */
void
ngx_http_bawn_record_now(ngx_http_bawn_ctx_t *ctx)
{
    if (ctx->record == NGX_BAWN_UNWRITTEN) {
        ngx_http_bawn_record_write(ngx_http_get_module_main_conf(ctx->request, ngx_http_bawn_module),
                                   ctx->request->connection->log);
    }

    ngx_http_bawn_record_forget(ctx);
}


void
ngx_http_bawn_record_forget(ngx_http_bawn_ctx_t *ctx)
{
    if (ctx->in_unwritten) {
        ngx_queue_remove(&ctx->unwritten);
        ctx->in_unwritten = 0;
    }
}


/* Once for all answers that came to their end in this turn of the event loop. */
void
ngx_http_bawn_commit_handler(ngx_event_t *ev)
{
    ngx_queue_t                 ready;
    ngx_http_bawn_ctx_t        *ctx;
    ngx_http_bawn_main_conf_t  *mcf = ev->data;
    ngx_http_bawn_worker_t     *w = mcf->worker;

    ngx_http_bawn_record_write(mcf, ev->log);

    ngx_queue_init(&ready);
    if (!ngx_queue_empty(&w->unwritten)) {
        ngx_queue_add(&ready, &w->unwritten);
        ngx_queue_init(&w->unwritten);
    }

    while (!ngx_queue_empty(&ready)) {
        ctx = ngx_queue_data(ngx_queue_head(&ready), ngx_http_bawn_ctx_t, unwritten);
        ngx_http_bawn_record_forget(ctx);
        ctx->due = 1;
        ngx_http_bawn_resume(ctx);
    }
}

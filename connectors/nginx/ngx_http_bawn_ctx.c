/*
 * ngx_http_bawn_ctx.c: the exchange of one request: found again, driven, suspended, freed (open.c makes it).
 *
 * pump() obeys every step that the exchange has ready; what it finds (verdict, spliced body, bytes to emit, record)
 * is left in the ctx for the caller to act on. A NEED suspends: the ctx's timer is armed (a draining worker waits
 * for timers, dataplane.md pitfall 2) and resume() goes on where the request stood. No count of references is taken
 * while suspended: everything runs in one thread, and the pool's cleanup takes back jobs, timer and events.
 */
#include "ngx_http_bawn.h"


#define BAWN_MAX_SUSPEND  60000            /* ms: a suspension without a deadline of its own */

static void ngx_http_bawn_timer_handler(ngx_event_t *ev);
static void ngx_http_bawn_again_handler(ngx_event_t *ev);


static void
ngx_http_bawn_cleanup(void *data)
{
    ngx_http_bawn_leave(data);
}


/* Ends the exchange: a client that left, or a request that is over. Sends nothing, allocates nothing. */
void
ngx_http_bawn_leave(ngx_http_bawn_ctx_t *ctx)
{
    ngx_http_bawn_worker_t     *w;
    ngx_http_bawn_main_conf_t  *mcf;

    mcf = ngx_http_get_module_main_conf(ctx->request, ngx_http_bawn_module);
    w = mcf->worker;
    ctx->leaving = 1;

    if (ctx->exchange && w && !ctx->ended) {
        (void) bawn_exchange_abort(ctx->exchange, BAWN_INPUT, ngx_http_bawn_now(w));
        (void) ngx_http_bawn_pump(ctx);
    }

    if (ctx->in_live) {
        ngx_queue_remove(&ctx->live);
        ctx->in_live = 0;
    }

    if (ctx->in_woken) {
        ngx_queue_remove(&ctx->woken);
        ctx->in_woken = 0;
    }

    ngx_http_bawn_record_forget(ctx);

    if (w && w->scorer && ctx->jobs) {
        ngx_http_bawn_scorer_forget(w->scorer, ctx);
    }

    if (ctx->timer.timer_set) {
        ngx_del_timer(&ctx->timer);
    }

    if (ctx->again.posted) {
        ngx_delete_posted_event(&ctx->again);
    }

    if (ctx->later.posted) {
        ngx_delete_posted_event(&ctx->later);
    }

    if (ctx->counted) {
        ctx->counted = 0;
        ngx_http_bawn_count_streams(mcf->zone, -1);
    }

    bawn_exchange_free(ctx->exchange);
    ctx->exchange = NULL;
}


/* The ctx of a request; an internal redirect wipes r->ctx, the pool still knows (realip's trick). */
ngx_http_bawn_ctx_t *
ngx_http_bawn_get(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t   *cln;
    ngx_http_bawn_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_bawn_module);

    if (ctx || (!r->internal && !r->filter_finalize)) {
        return ctx;
    }

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_bawn_cleanup) {
            ctx = cln->data;
            if (ctx->request == r) {
                ngx_http_set_ctx(r, ctx, ngx_http_bawn_module);
                return ctx;
            }
        }
    }

    return NULL;
}


static void
ngx_http_bawn_trim_later(ngx_http_request_t *r)
{
    ngx_http_bawn_worker_t     *w;
    ngx_http_bawn_main_conf_t  *mcf;

    mcf = ngx_http_get_module_main_conf(r, ngx_http_bawn_module);
    w = mcf->worker;

    if (w && !w->trim.timer_set) {
        ngx_add_timer(&w->trim, BAWN_TRIM_AFTER);
    }
}


ngx_http_bawn_ctx_t *
ngx_http_bawn_create(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t        *cln;
    ngx_http_bawn_ctx_t       *ctx;
    ngx_http_bawn_loc_conf_t  *lcf = ngx_http_get_module_loc_conf(r, ngx_http_bawn_module);

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_bawn_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_bawn_ctx_t));
    cln->handler = ngx_http_bawn_cleanup;
    ngx_http_bawn_trim_later(r);

    ctx->request = r;
    ctx->http_version = r->http_version;
    ctx->off = lcf->guardrail.len == 4 && ngx_strncmp(lcf->guardrail.data, "none", 4) == 0;
    ctx->last_in = &ctx->in;
    ctx->last_out = &ctx->out;
    ctx->timer.data = ctx;
    ctx->timer.handler = ngx_http_bawn_timer_handler;
    ctx->timer.log = r->connection->log;
    ctx->again.data = ctx;
    ctx->again.handler = ngx_http_bawn_again_handler;
    ctx->again.log = r->connection->log;
    ctx->later.data = ctx;
    ctx->later.handler = ngx_http_bawn_later_handler;
    ctx->later.log = r->connection->log;

    ngx_http_set_ctx(r, ctx, ngx_http_bawn_module);

    return ctx;
}


/* ---- obeying steps ------------------------------------------------------------------------------------------- */

static ngx_int_t
ngx_http_bawn_keep(ngx_http_bawn_ctx_t *ctx, ngx_str_t *out, bawn_slice s)
{
    out->len = 0;

    if (s.len == 0) {
        return NGX_OK;
    }

    out->data = ngx_pnalloc(ctx->request->pool, s.len);
    if (out->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(out->data, s.ptr, s.len);
    out->len = s.len;

    return NGX_OK;
}


/* The body as fed with the edits put in: sorted, disjoint spans of it, or it is a mistake and nothing passes. */
static ngx_int_t
ngx_http_bawn_splice(ngx_http_bawn_ctx_t *ctx, const bawn_step *step)
{
    size_t   i, at, size;
    u_char  *p;

    size = ctx->source.len;
    at = 0;

    for (i = 0; i < step->n_edits; i++) {
        const bawn_edit *e = &step->edits[i];

        if (e->at.begin < at || e->at.end < e->at.begin || e->at.end > ctx->source.len) {
            ngx_log_error(NGX_LOG_ALERT, ctx->request->connection->log, 0, "an edit lies outside the body");
            return NGX_ERROR;
        }

        at = e->at.end;
        size = size - (e->at.end - e->at.begin) + e->with.len;
    }

    p = ngx_pnalloc(ctx->request->pool, size ? size : 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ctx->spliced.data = p;
    ctx->spliced.len = size;
    at = 0;

    for (i = 0; i < step->n_edits; i++) {
        const bawn_edit *e = &step->edits[i];

        p = ngx_cpymem(p, ctx->source.data + at, e->at.begin - at);
        if (e->with.len) {
            p = ngx_cpymem(p, e->with.ptr, e->with.len);
        }
        at = e->at.end;
    }

    (void) ngx_cpymem(p, ctx->source.data + at, ctx->source.len - at);

    return NGX_OK;
}


static ngx_int_t
ngx_http_bawn_take_verdict(ngx_http_bawn_ctx_t *ctx, const bawn_step *step)
{
    ngx_http_bawn_verdict_t  *v = &ctx->verdicts[ctx->side];

    v->seen = 1;
    v->status = step->status > 0 ? (ngx_uint_t) step->status : 0;

    if (step->verdict) {
        v->action = step->verdict->action;
        v->failed = step->verdict->failed;
    }

    if (ngx_http_bawn_keep(ctx, &v->type, step->content_type) != NGX_OK
        || ngx_http_bawn_keep(ctx, &v->error_type, step->error_type) != NGX_OK
        || ngx_http_bawn_keep(ctx, &v->body, step->body) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ctx->side == BAWN_OUTPUT) {
        return NGX_OK;
    }

    if (ngx_http_bawn_keep(ctx, &ctx->upstream, step->upstream) != NGX_OK
        || ngx_http_bawn_keep(ctx, &ctx->uri, step->upstream_uri) != NGX_OK
        || ngx_http_bawn_keep(ctx, &ctx->authorization, step->authorization) != NGX_OK
        || ngx_http_bawn_keep(ctx, &ctx->api_key, step->api_key) != NGX_OK
        || ngx_http_bawn_keep(ctx, &ctx->amz_date, step->amz_date) != NGX_OK
        || ngx_http_bawn_keep(ctx, &ctx->amz_token, step->amz_token) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_http_bawn_take_need(ngx_http_bawn_ctx_t *ctx, const bawn_job *job)
{
    const char              *why = "crashed";
    ngx_http_bawn_worker_t  *w = ngx_http_bawn_worker(ctx->request);

    switch (job->kind) {

    case 3:                                /* continue: others first, then us */
        ctx->next_job = job->id;
        ctx->again_posted = 1;
        ngx_post_event(&ctx->again, &ngx_posted_next_events);
        return;

    case 1:
        why = ngx_http_bawn_scorer_submit(w->scorer, ctx, job, ngx_http_bawn_now(w));
        if (why == NULL) {
            ctx->jobs_ns = ctx->jobs++ ? ngx_min(ctx->jobs_ns, job->deadline_ns) : job->deadline_ns;
            return;
        }
        break;

    default:                               /* approvals: their room is not built, so nobody approves */
        break;
    }

    (void) bawn_exchange_resume(ctx->exchange, job->id, false, bawn_slice_str(why), ngx_http_bawn_now(w));
}


/* One step. NGX_ERROR: no memory or a mistake; the caller fails closed. */
static ngx_int_t
ngx_http_bawn_obey(ngx_http_bawn_ctx_t *ctx, const bawn_step *step)
{
    if (step->kind == BAWN_RECORD) {
        ngx_http_bawn_record(ctx, step->record);
        return NGX_OK;
    }

    if (step->kind == BAWN_END) {
        ctx->ended = 1;
        if (ctx->in_live) {
            ngx_queue_remove(&ctx->live);
            ctx->in_live = 0;
        }
        return NGX_OK;
    }

    if (ctx->leaving) {
        return NGX_OK;
    }

    switch (step->kind) {

    case BAWN_EMIT:
        if (ctx->mode != NGX_BAWN_STREAM
            || ngx_http_bawn_is_lost((ngx_http_bawn_main_conf_t *)
                                     ngx_http_get_module_main_conf(ctx->request, ngx_http_bawn_module), ctx))
        {
            return NGX_OK;                 /* what follows a record that is lost is the answer's proper end */
        }
        return ngx_http_bawn_emit(ctx, step->emit);

    case BAWN_EDITS:
        return ngx_http_bawn_splice(ctx, step);

    case BAWN_VERDICT:
        return ngx_http_bawn_take_verdict(ctx, step);

    case BAWN_NEED:
        ngx_http_bawn_take_need(ctx, &step->job);
        return NGX_OK;

    default:
        return NGX_OK;
    }
}


ngx_int_t
ngx_http_bawn_pump(ngx_http_bawn_ctx_t *ctx)
{
    ngx_int_t  rc;
    bawn_step  step;

    rc = NGX_OK;

    if (!ctx->ended && !ctx->leaving) {    /* first, so that what a deadline causes is among the steps below */
        ctx->next_ns = UINT64_MAX;
        (void) bawn_exchange_tick(ctx->exchange, ngx_http_bawn_now(ngx_http_bawn_worker(ctx->request)), &ctx->next_ns);
    }

    while (!ctx->ended && bawn_exchange_next(&step, ctx->exchange)) {
        if (step.kind == BAWN_MORE) {
            break;
        }
        if (ngx_http_bawn_obey(ctx, &step) != NGX_OK) {
            rc = NGX_ERROR;
        }
    }

    return rc;
}


/* ---- suspending and going on ----------------------------------------------------------------------------------- */

/* Arms the timer for the next deadline, of the engine or of a job; called wherever the request waits for us. */
void
ngx_http_bawn_arm(ngx_http_bawn_ctx_t *ctx)
{
    uint64_t    now, next;
    ngx_msec_t  wait;

    now = ngx_http_bawn_now(ngx_http_bawn_worker(ctx->request));
    next = ctx->jobs ? ngx_min(ctx->next_ns, ctx->jobs_ns) : ctx->next_ns;
    wait = next <= now ? 1 : (ngx_msec_t) ngx_min((next - now) / 1000000 + 1, BAWN_MAX_SUSPEND);

    ngx_add_timer(&ctx->timer, wait);
}


static void
ngx_http_bawn_timer_handler(ngx_event_t *ev)
{
    ngx_http_bawn_ctx_t     *ctx = ev->data;
    ngx_http_bawn_worker_t  *w = ngx_http_bawn_worker(ctx->request);

    if (ctx->ended || ctx->exchange == NULL) {
        return;
    }

    if (w->scorer && ctx->jobs) {
        ctx->jobs_ns = ngx_http_bawn_scorer_expire(w->scorer, ctx, ngx_http_bawn_now(w));
    }

    ngx_http_bawn_resume(ctx);             /* whose pump ticks */
}


static void
ngx_http_bawn_again_handler(ngx_event_t *ev)
{
    ngx_http_bawn_ctx_t     *ctx = ev->data;
    ngx_http_bawn_worker_t  *w = ngx_http_bawn_worker(ctx->request);

    ctx->again_posted = 0;
    (void) bawn_exchange_resume(ctx->exchange, ctx->next_job, true, bawn_slice_of(NULL, 0), ngx_http_bawn_now(w));
    ngx_http_bawn_resume(ctx);
}


void
ngx_http_bawn_answered(ngx_http_bawn_ctx_t *ctx, uint64_t job, bool ok, bawn_slice frame)
{
    ngx_http_bawn_worker_t  *w = ngx_http_bawn_worker(ctx->request);

    ctx->jobs--;
    (void) bawn_exchange_resume(ctx->exchange, job, ok, frame, ngx_http_bawn_now(w));
}


/* Goes on after a job, a tick, a group commit. The request may be gone when this returns. */
void
ngx_http_bawn_resume(ngx_http_bawn_ctx_t *ctx)
{
    ngx_http_request_t  *r = ctx->request;
    ngx_connection_t    *c = r->connection;

    ngx_http_set_log_request(c->log, r);

    if (c->error) {
        ngx_http_finalize_request(r, NGX_ERROR);

    } else if (ctx->phase == NGX_BAWN_JUDGING || ctx->phase == NGX_BAWN_ANSWERING) {
        ngx_http_bawn_request_advance(ctx);

    } else if (ngx_http_output_filter(r, NULL) == NGX_ERROR) {
        ngx_http_finalize_request(r, NGX_ERROR);

    } else if (!(r->buffered & NGX_HTTP_BAWN_BUFFERED)) {
        r->write_event_handler(r);         /* the upstream's loop, or nginx's writer: both look what is left */
    }

    ngx_http_run_posted_requests(c);
}


/* nginx's own error, as the name of ours (RULINGS R15). */
const char *
ngx_http_bawn_code(ngx_uint_t status)
{
    static const struct { ngx_uint_t status; const char *code; } table[] = {
        { 400, "invalid_request" }, { 401, "unauthenticated" }, { 403, "forbidden" }, { 404, "unknown_route" },
        { 405, "unknown_route" }, { 413, "body_too_large" }, { 415, "unsupported_media" }, { 429, "rate_limited" },
        { 501 /* a transfer coding unknown to nginx */, "unsupported_media" }, { 502, "upstream_unreachable" },
        { 504, "upstream_timeout" }, { 505, "invalid_request" }
    };
    size_t  i;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (table[i].status == status) {
            return table[i].code;
        }
    }

    return status < 500 ? "invalid_request" : "guard_failed";
}

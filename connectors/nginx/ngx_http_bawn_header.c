/*
 * ngx_http_bawn_header.c: what kind of answer is this?
 *
 *   ours                 x-bawn-id, on its way
 *   nginx's own error    replaced by the same error in the client's dialect (413 before a body, 502 and 504 after)
 *   text/event-stream    head sent at once; the body filter pumps it
 *   application/json, or any error of the upstream: head held; the body filter collects and judges it
 *   anything else        refused: 502 upstream_invalid, and the upstream's connection closed
 *
 * Fails closed: an upstream's answer in a guarded location without a ctx is refused (dataplane.md, pitfall 1).
 */
#include "ngx_http_bawn.h"


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;

/* the chain of the configuration in force */
static ngx_http_output_header_filter_pt  ngx_http_kept_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_kept_body_filter;


void
ngx_http_bawn_filters_init(void)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_bawn_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_bawn_body_filter;
}


void
ngx_http_bawn_filters_keep(void)
{
    ngx_http_kept_header_filter = ngx_http_top_header_filter;
    ngx_http_kept_body_filter = ngx_http_top_body_filter;
}


/* The chain is built anew from its end with each configuration: when its head is the same, all of it is there. */
ngx_uint_t
ngx_http_bawn_filters_whole(void)
{
    return ngx_http_kept_header_filter == ngx_http_top_header_filter
           && ngx_http_kept_body_filter == ngx_http_top_body_filter;
}


/* An upstream's own x-bawn-id (a gateway behind this one) is no id of ours, and two would be none at all. */
static void
ngx_http_bawn_drop_ids(ngx_http_request_t *r)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        for (h = part->elts, i = 0; i < part->nelts; i++) {
            if (h[i].hash && h[i].key.len == 9 && ngx_strncasecmp(h[i].key.data, (u_char *) (uintptr_t) "x-bawn-id", 9) == 0) {
                h[i].hash = 0;
            }
        }
    }
}


ngx_int_t
ngx_http_bawn_next_header(ngx_http_request_t *r)
{
    ngx_http_bawn_ctx_t  *ctx = ngx_http_get_module_ctx(r, ngx_http_bawn_module);

    if (ctx && ctx->id.len) {
        ngx_http_bawn_drop_ids(r);

        if (ngx_http_bawn_add_header(r, "x-bawn-id", &ctx->id) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_http_next_header_filter(r);
}


ngx_int_t
ngx_http_bawn_next_body(ngx_http_request_t *r, ngx_chain_t *in)
{
    return ngx_http_next_body_filter(r, in);
}


/* ---- the upstream's hand -------------------------------------------------------------------------------------- */

/* Closes the upstream's connection as soon as its loop has the word again: no more tokens are paid for. */
void
ngx_http_bawn_kill(ngx_http_bawn_ctx_t *ctx)
{
    ngx_http_upstream_t  *u = ctx->request->upstream;

    ctx->kill = 1;

    if (u && u->cleanup) {
        u->length = 0;
        u->keepalive = 0;
    }
}


/* A framing error (chunked rubbish) would make nginx cut the client off without a word; it becomes a death. */
static ngx_int_t
ngx_http_bawn_input_filter(void *data, ssize_t bytes)
{
    ngx_http_request_t   *r = data;
    ngx_http_bawn_ctx_t  *ctx = ngx_http_get_module_ctx(r, ngx_http_bawn_module);

    if (ctx->kill) {
        r->upstream->length = 0;
        return NGX_OK;
    }

    if (ctx->input_filter(data, bytes) == NGX_ERROR) {
        ctx->died = 1;
        ngx_http_bawn_kill(ctx);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_bawn_input_filter_init(void *data)
{
    ngx_int_t             rc;
    ngx_http_request_t   *r = data;
    ngx_http_upstream_t  *u = r->upstream;
    ngx_http_bawn_ctx_t  *ctx = ngx_http_get_module_ctx(r, ngx_http_bawn_module);

    rc = ctx->input_filter_init(data);

    ctx->input_filter = u->input_filter;
    u->input_filter = ngx_http_bawn_input_filter;

    if (ctx->kill) {
        u->length = 0;
        u->keepalive = 0;
    }

    return rc;
}


/* The last moment at which nginx still has the connection and knows why it ends: the body filter sees a flush, no reason. */
static void
ngx_http_bawn_finalize_upstream(ngx_http_request_t *r, ngx_int_t rc)
{
    ngx_connection_t     *c = r->upstream->peer.connection;
    ngx_http_bawn_ctx_t  *ctx = ngx_http_bawn_get(r);

    if (ctx) {
        ctx->late = c != NULL && c->read->timedout;
        ctx->finalize_upstream(r, rc);
    }
}


static void
ngx_http_bawn_watch_end(ngx_http_bawn_ctx_t *ctx, ngx_http_upstream_t *u)
{
    if (u->finalize_request != ngx_http_bawn_finalize_upstream) {
        ctx->finalize_upstream = u->finalize_request;
        u->finalize_request = ngx_http_bawn_finalize_upstream;
    }
}


/* proxy_read_timeout waits for the first byte; a model that thinks and one that stalls differ, so the rest may have a
 * time of its own. The location's settings are shared, hence a copy. */
static void
ngx_http_bawn_set_idle_timeout(ngx_http_request_t *r)
{
    ngx_http_upstream_conf_t  *conf;
    ngx_http_bawn_loc_conf_t  *lcf = ngx_http_get_module_loc_conf(r, ngx_http_bawn_module);

    if (lcf->idle_timeout == 0 || lcf->idle_timeout == r->upstream->conf->read_timeout) {
        return;
    }

    conf = ngx_palloc(r->pool, sizeof(ngx_http_upstream_conf_t));
    if (conf) {
        *conf = *r->upstream->conf;
        conf->read_timeout = lcf->idle_timeout;
        r->upstream->conf = conf;
    }
}


/* From here the upstream is read unbuffered: what comes is judged at once, and nothing goes to a file. */
static void
ngx_http_bawn_take_upstream(ngx_http_bawn_ctx_t *ctx)
{
    ngx_http_upstream_t  *u = ctx->request->upstream;

    if (u == NULL) {
        return;
    }

    u->buffering = 0;
    ngx_http_bawn_watch_end(ctx, u);
    ngx_http_bawn_set_idle_timeout(ctx->request);

    if (u->input_filter && u->input_filter_init && u->input_filter_ctx == ctx->request) {
        ctx->input_filter_init = u->input_filter_init;
        u->input_filter_init = ngx_http_bawn_input_filter_init;
    }
}


/* ---- answers that are not the upstream's ----------------------------------------------------------------------- */

static ngx_int_t
ngx_http_bawn_substitute(ngx_http_bawn_ctx_t *ctx, bawn_side side)
{
    ngx_http_bawn_main_conf_t  *mcf;
    ngx_http_bawn_verdict_t    *v = &ctx->verdicts[side];

    mcf = ngx_http_get_module_main_conf(ctx->request, ngx_http_bawn_module);

    if (ctx->exchange && ngx_http_bawn_pump(ctx) != NGX_OK) {
        ngx_http_bawn_fallback(ctx, side, 503, "guard_failed");
    }

    if (!v->seen || v->status == 0) {
        ngx_http_bawn_fallback(ctx, side, 502, "upstream_invalid");
    }

    ngx_http_bawn_record_now(ctx);

    if (ngx_http_bawn_is_lost(mcf, ctx)) {
        ngx_http_bawn_fallback(ctx, side, 503, "record_unavailable");
    }

    ctx->side = side;
    ctx->mode = NGX_BAWN_SUBSTITUTE;

    if (ngx_http_bawn_answer_head(ctx, v) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_bawn_next_header(ctx->request);
}


/* nginx refused before there was a verdict: 400, 413 ... (a status below 400 is no answer to a guarded request) */
static ngx_int_t
ngx_http_bawn_refused_by_nginx(ngx_http_request_t *r, ngx_http_bawn_ctx_t *ctx, const char *code)
{
    ngx_http_bawn_worker_t  *w = ngx_http_bawn_worker(r);

    if (ctx == NULL) {
        ctx = ngx_http_bawn_create(r);
    }

    if (ctx == NULL || w == NULL) {
        return NGX_ERROR;
    }

    if (ctx->exchange == NULL) {
        if (ngx_http_bawn_open(ctx, code) != NGX_OK) {
            ngx_http_bawn_fallback(ctx, BAWN_INPUT, 503, "guard_failed");
        } else {
            (void) bawn_exchange_feed(ctx->exchange, BAWN_INPUT, bawn_slice_of(NULL, 0), true, ngx_http_bawn_now(w));
        }
    }

    ctx->phase = NGX_BAWN_PASSED;

    return ngx_http_bawn_substitute(ctx, BAWN_INPUT);
}


/* Nothing of an answer that does not pass reaches the client, its headers neither. */
static void
ngx_http_bawn_drop_headers(ngx_http_request_t *r)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        h = part->elts;
        for (i = 0; i < part->nelts; i++) {
            h[i].hash = 0;
        }
    }
}


/* The upstream gave no answer (502, 504), or one that may not pass (200 without a type): that is how the exchange knows. */
static ngx_int_t
ngx_http_bawn_upstream_failed(ngx_http_bawn_ctx_t *ctx, ngx_uint_t status)
{
    ngx_http_bawn_worker_t  *w = ngx_http_bawn_worker(ctx->request);

    if (!ctx->opened) {
        ctx->opened = 1;
        (void) bawn_exchange_response(ctx->exchange, (int) status, bawn_slice_of(NULL, 0), ngx_http_bawn_now(w));
    }

    ctx->closed = 1;
    (void) bawn_exchange_abort(ctx->exchange, BAWN_OUTPUT, ngx_http_bawn_now(w));
    ngx_http_bawn_drop_headers(ctx->request);

    return ngx_http_bawn_substitute(ctx, BAWN_OUTPUT);
}


/* What an upstream's answer says that it is, or what one may take it for that says nothing (RFC 9110 8.3). */
static bawn_slice
ngx_http_bawn_type(ngx_str_t *type)
{
    return type->len ? bawn_slice_of((char *) type->data, type->len) : BAWN_LIT("application/octet-stream");
}


/* An answer that we do not let in: the exchange words the error, the upstream's connection is closed. */
static ngx_int_t
ngx_http_bawn_invalid(ngx_http_bawn_ctx_t *ctx, const char *why)
{
    ngx_http_request_t  *r = ctx->request;

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "the upstream's answer is refused: %s", why);
    ngx_http_bawn_take_upstream(ctx);
    ngx_http_bawn_kill(ctx);

    return ngx_http_bawn_upstream_failed(ctx, 200);
}


/* nginx has one status for an upstream that sent nothing and for one that sent what is no head, or one larger than
 * proxy_buffer_size. The second was reached, and its answer is what may not pass. */
static ngx_int_t
ngx_http_bawn_no_answer(ngx_http_bawn_ctx_t *ctx, ngx_uint_t status)
{
    ngx_http_upstream_t  *u = ctx->request->upstream;

    if (status == NGX_HTTP_BAD_GATEWAY && u && u->state && u->state->bytes_received > 0) {
        status = 200;
    }

    return ngx_http_bawn_upstream_failed(ctx, status);
}


/* ---- the upstream's answer -------------------------------------------------------------------------------------- */

static ngx_int_t
ngx_http_bawn_is_type(ngx_http_request_t *r, const char *type)
{
    size_t      len = ngx_strlen(type);
    ngx_str_t  *have = &r->headers_out.content_type;

    return have->len >= len && ngx_strncasecmp(have->data, (u_char *) (uintptr_t) type, len) == 0
           && (have->len == len || have->data[len] == ';' || have->data[len] == ' ');
}


/* Server-sent events, or the messages in which Amazon Bedrock streams. */
static ngx_int_t
ngx_http_bawn_is_stream(ngx_http_request_t *r)
{
    return ngx_http_bawn_is_type(r, "text/event-stream") || ngx_http_bawn_is_type(r, "application/vnd.amazon.eventstream");
}


static const char *
ngx_http_bawn_cannot_judge(ngx_http_request_t *r)
{
    ngx_http_upstream_t  *u = r->upstream;

    if (u && (u->upgrade || u->headers_in.status_n == NGX_HTTP_SWITCHING_PROTOCOLS)) {
        return "it upgrades the connection";
    }
#if (NGX_HTTP_CACHE)
    if (u && (u->cacheable || r->cache)) {
        return "proxy_cache keeps answers that are not judged";
    }
#endif
    if (u && u->store) {
        return "proxy_store keeps answers that are not judged";
    }
    if (r->headers_out.status == NGX_HTTP_PARTIAL_CONTENT) {
        return "it is a part";
    }
    if (r->headers_out.status < 200 || (r->headers_out.status >= 300 && r->headers_out.status < 400)
        || r->headers_out.status == NGX_HTTP_NO_CONTENT)
    {
        return "its status has no place in this API";
    }

    return NULL;
}


static void
ngx_http_bawn_clear_length(ngx_http_request_t *r)
{
    ngx_http_clear_content_length(r);
    ngx_http_clear_accept_ranges(r);
    ngx_http_clear_last_modified(r);
    ngx_http_clear_etag(r);
}


static ngx_int_t
ngx_http_bawn_open_coding(ngx_http_bawn_ctx_t *ctx)
{
    ngx_table_elt_t     *h;
    ngx_http_request_t  *r = ctx->request;

    h = r->headers_out.content_encoding;

    if (h == NULL || h->value.len == 0
        || (h->value.len == 8 && ngx_strncasecmp(h->value.data, (u_char *) (uintptr_t) "identity", 8) == 0))
    {
        return NGX_OK;
    }

    ctx->inflate = ngx_http_bawn_inflate_new(r, &h->value);
    if (ctx->inflate == NULL) {
        return NGX_ERROR;
    }

    h->hash = 0;
    r->headers_out.content_encoding = NULL;

    return NGX_OK;
}


static ngx_int_t
ngx_http_bawn_begin(ngx_http_bawn_ctx_t *ctx, ngx_http_bawn_mode_e mode)
{
    ngx_str_t               *type;
    ngx_http_request_t      *r = ctx->request;
    ngx_http_bawn_worker_t  *w = ngx_http_bawn_worker(r);

    ctx->opened = 1;
    ctx->mode = mode;
    type = &r->headers_out.content_type;

    (void) bawn_exchange_response(ctx->exchange, (int) r->headers_out.status, ngx_http_bawn_type(type),
                                  ngx_http_bawn_now(w));

    if (ngx_http_bawn_pump(ctx) != NGX_OK) {
        ngx_http_bawn_fallback(ctx, BAWN_OUTPUT, 503, "guard_failed");
    }

    if (ctx->verdicts[BAWN_OUTPUT].seen && ctx->verdicts[BAWN_OUTPUT].status) {
        ngx_http_bawn_take_upstream(ctx);      /* the exchange will not have it: its word, then */
        ngx_http_bawn_kill(ctx);
        ctx->closed = 1;
        return ngx_http_bawn_substitute(ctx, BAWN_OUTPUT);
    }

    ngx_http_bawn_take_upstream(ctx);
    r->filter_need_in_memory = 1;
    r->allow_ranges = 0;

    if (mode == NGX_BAWN_COLLECT) {
        return NGX_OK;                         /* the head waits for the verdict */
    }

    ngx_http_bawn_clear_length(r);
    ctx->counted = 1;
    ngx_http_bawn_count_streams(
        ((ngx_http_bawn_main_conf_t *) ngx_http_get_module_main_conf(r, ngx_http_bawn_module))->zone, 1);

    return ngx_http_bawn_next_header(r);
}


static ngx_int_t
ngx_http_bawn_classify(ngx_http_bawn_ctx_t *ctx)
{
    const char          *why;
    ngx_http_request_t  *r = ctx->request;

    if (ctx->opened) {
        return ngx_http_bawn_invalid(ctx, "it is a second answer to one request");
    }

    if (r->http_version != ctx->http_version) {
        r->http_version = ctx->http_version;   /* HTTP/0.9 towards the client: an answer without a head */
        return ngx_http_bawn_invalid(ctx, "it has no status line");
    }

    why = ngx_http_bawn_cannot_judge(r);
    if (why) {
        return ngx_http_bawn_invalid(ctx, why);
    }

    if (ngx_http_bawn_open_coding(ctx) != NGX_OK) {
        return ngx_http_bawn_invalid(ctx, "its content coding is not gzip or br");
    }

    if (ngx_http_bawn_is_stream(r)) {
        return ngx_http_bawn_begin(ctx, NGX_BAWN_STREAM);
    }

    if (ngx_http_bawn_is_type(r, "application/json") || r->headers_out.status >= 400) {
        return ngx_http_bawn_begin(ctx, NGX_BAWN_COLLECT);
    }

    return ngx_http_bawn_invalid(ctx, "its content type is neither application/json nor a stream's");
}


static ngx_int_t
ngx_http_bawn_unguarded(ngx_http_bawn_ctx_t *ctx)
{
    ngx_str_t               *type = &ctx->request->headers_out.content_type;
    ngx_http_request_t      *r = ctx->request;
    ngx_http_bawn_worker_t  *w = ngx_http_bawn_worker(r);

    r->http_version = ctx->http_version;
    ctx->mode = NGX_BAWN_OFF;
    ctx->opened = 1;
    (void) bawn_exchange_response(ctx->exchange, (int) r->headers_out.status, ngx_http_bawn_type(type),
                                  ngx_http_bawn_now(w));
    (void) bawn_exchange_feed(ctx->exchange, BAWN_OUTPUT, bawn_slice_of(NULL, 0), false, ngx_http_bawn_now(w));

    if (r->upstream && r->upstream->cleanup) {
        ngx_http_bawn_watch_end(ctx, r->upstream);
        ngx_http_bawn_set_idle_timeout(r);
        if (ngx_http_bawn_is_stream(r)) {
            r->upstream->buffering = 0;
        }
    }

    if (r->header_only || r->headers_out.status == NGX_HTTP_NO_CONTENT || r->headers_out.status == NGX_HTTP_NOT_MODIFIED) {
        (void) bawn_exchange_feed(ctx->exchange, BAWN_OUTPUT, bawn_slice_of(NULL, 0), true, ngx_http_bawn_now(w));
        (void) ngx_http_bawn_pump(ctx);
        ngx_http_bawn_record_now(ctx);
    }

    return ngx_http_bawn_next_header(r);
}


ngx_int_t
ngx_http_bawn_header_filter(ngx_http_request_t *r)
{
    ngx_uint_t                 upstream;
    ngx_http_bawn_ctx_t       *ctx;
    ngx_http_bawn_loc_conf_t  *lcf;

    if (r != r->main) {
        return ngx_http_next_header_filter(r);
    }

    ctx = ngx_http_bawn_get(r);
    upstream = r->upstream != NULL && r->upstream->cleanup != NULL;

    if (ctx == NULL) {
        lcf = ngx_http_get_module_loc_conf(r, ngx_http_bawn_module);
        if (lcf->operations.len && r->headers_out.status >= 400 && ngx_http_bawn_is_type(r, "text/html")) {
            return ngx_http_bawn_no_operation(r, &lcf->operations);
        }
        if (!lcf->enable || (!upstream && r->headers_out.status < 400)) {
            return ngx_http_next_header_filter(r);
        }
    }

    if (ctx && ctx->accept_encoding.len && r->headers_in.accept_encoding) {
        r->headers_in.accept_encoding->value = ctx->accept_encoding;
        ctx->accept_encoding.len = 0;
    }

    if (ctx && ctx->ours) {
        return ngx_http_bawn_next_header(r);
    }

    if (ctx == NULL || ctx->phase != NGX_BAWN_PASSED) {
        return ngx_http_bawn_refused_by_nginx(r, ctx, upstream ? "guard_failed"
                                                               : ngx_http_bawn_code(r->headers_out.status));
    }

    if (!upstream && r->headers_out.status >= 400) {
        return ngx_http_bawn_no_answer(ctx, r->headers_out.status);
    }

    if (ctx->off) {
        return ngx_http_bawn_unguarded(ctx);
    }

    return r->header_only ? ngx_http_bawn_invalid(ctx, "it has no body") : ngx_http_bawn_classify(ctx);
}

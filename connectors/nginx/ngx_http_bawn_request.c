/*
 * ngx_http_bawn_request.c: the request's side, in the PRECONTENT phase (after access and limits; dataplane.md).
 *
 * The body is read whole into one contiguous view, judged, and then either answered here or passed on with its edits
 * put in. PRECONTENT is nginx's mirror pattern: the handler starts the reading and gives up its reference; whoever
 * has the verdict runs the phases on, and the handler's second call declines.
 */
#include "ngx_http_bawn.h"


/* ---- what the head alone refuses ------------------------------------------------------------------------------ */

static ngx_int_t
ngx_http_bawn_is_token(u_char *p, u_char *end, const char *word)
{
    size_t  len = ngx_strlen(word);

    return (size_t) (end - p) == len && ngx_strncasecmp(p, (u_char *) (uintptr_t) word, len) == 0;
}


/* application/json, with charset=utf-8 or none (RFC 8259 8.1; a charset that we do not read is a way around us). */
static ngx_int_t
ngx_http_bawn_is_json(ngx_str_t *type)
{
    u_char  *p, *q, *end, *value;

    p = type->data;
    end = p + type->len;

    for (q = p; q < end && *q != ';' && *q != ' ' && *q != '\t'; q++) { /* void */ }

    if (!ngx_http_bawn_is_token(p, q, "application/json")) {
        return 0;
    }

    for (p = q; p < end; p = q) {

        while (p < end && (*p == ';' || *p == ' ' || *p == '\t')) { p++; }
        for (q = p; q < end && *q != ';'; q++) { /* void */ }

        if (q - p >= 8 && ngx_strncasecmp(p, (u_char *) (uintptr_t) "charset=", 8) == 0) {
            value = p + 8;
            p = q;
            while (p > value && (p[-1] == ' ' || p[-1] == '\t')) { p--; }

            if (p - value >= 2 && *value == '"' && p[-1] == '"') {
                value++;
                p--;
            }
            if (!ngx_http_bawn_is_token(value, p, "utf-8") && !ngx_http_bawn_is_token(value, p, "utf8")) {
                return 0;
            }
        }
    }

    return 1;
}


static ngx_table_elt_t *
ngx_http_bawn_find_header(ngx_http_request_t *r, const char *lower, ngx_uint_t *count)
{
    size_t            len = ngx_strlen(lower);
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h, *found = NULL;

    *count = 0;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == len && ngx_strncmp(h[i].lowcase_key, lower, len) == 0) {
                found = found ? found : &h[i];
                (*count)++;
            }
        }
    }

    return found;
}


/* boto3 sends bodies of Bedrock's invoke without a type unless it is told one; they are JSON, and are judged. keeps: R39 */
static ngx_int_t
ngx_http_bawn_may_lack_type(ngx_str_t *uri)
{
    static const ngx_str_t  begin = ngx_string("/model/"), ends[] = {
        ngx_string("/invoke"), ngx_string("/invoke-with-response-stream")
    };

    size_t  i;

    if (uri->len < begin.len || ngx_memcmp(uri->data, begin.data, begin.len) != 0) {
        return 0;
    }

    for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (uri->len > ends[i].len && ngx_memcmp(uri->data + uri->len - ends[i].len, ends[i].data, ends[i].len) == 0) {
            return 1;
        }
    }

    return 0;
}


/* The code of the error that the head earns, or NULL. Limits that nginx enforces itself come through header.c. */
static const char *
ngx_http_bawn_refuses(ngx_http_request_t *r, ngx_http_bawn_loc_conf_t *lcf)
{
    ngx_uint_t        n;
    ngx_table_elt_t  *h;

    if (r->headers_in.content_length_n <= 0 && !r->headers_in.chunked) {
        return NULL;
    }

    if (r->headers_in.content_length_n > (off_t) lcf->body_limit) {
        return "body_too_large";
    }

    h = ngx_http_bawn_find_header(r, "content-encoding", &n);
    if (h && (n > 1 || (h->value.len && !ngx_http_bawn_is_token(h->value.data, h->value.data + h->value.len,
                                                                "identity"))))
    {
        return "unsupported_media";
    }

    h = ngx_http_bawn_find_header(r, "content-type", &n);
    if (h == NULL && ngx_http_bawn_may_lack_type(&r->unparsed_uri)) {
        return NULL;
    }
    if (h == NULL || n > 1 || !ngx_http_bawn_is_json(&h->value)) {
        return "unsupported_media";
    }

    return NULL;
}


/* ---- the body ------------------------------------------------------------------------------------------------- */

/*
 * The size of what was read, where it begins, and whether nginx's buffers touch, so that it is contiguous already.
 * What is on disk is no view.
 */
static ngx_int_t
ngx_http_bawn_measure(ngx_chain_t *cl, ngx_str_t *out, ngx_uint_t *joined)
{
    u_char  *p;

    p = NULL;
    *joined = 1;

    for ( /* void */ ; cl; cl = cl->next) {

        if (cl->buf->in_file) {
            return NGX_ERROR;
        }
        if (!ngx_buf_in_memory(cl->buf) || cl->buf->last == cl->buf->pos) {
            continue;                      /* the last buffer of a chunked or h2 body: neither memory nor file */
        }
        if (p == NULL) {
            out->data = cl->buf->pos;

        } else if (p != cl->buf->pos) {
            *joined = 0;
        }

        p = cl->buf->last;
        out->len += (size_t) (cl->buf->last - cl->buf->pos);
    }

    return NGX_OK;
}


/* One contiguous view of what was read; copies only where nginx's buffers do not touch. */
static ngx_int_t
ngx_http_bawn_view(ngx_http_request_t *r, ngx_str_t *out)
{
    u_char       *p;
    ngx_uint_t    joined;
    ngx_chain_t  *cl;

    out->len = 0;
    out->data = (u_char *) (uintptr_t) "";

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return NGX_OK;
    }

    if (r->request_body->temp_file) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "a body in a temporary file is not judged");
        return NGX_ERROR;
    }

    if (ngx_http_bawn_measure(r->request_body->bufs, out, &joined) != NGX_OK) {
        return NGX_ERROR;
    }

    if (joined) {
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, out->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    out->data = p;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        if (ngx_buf_in_memory(cl->buf)) {
            p = ngx_cpymem(p, cl->buf->pos, (size_t) (cl->buf->last - cl->buf->pos));
        }
    }

    return NGX_OK;
}


/* What the model gets is exactly what was judged: one buffer, its length in both places. */
static ngx_int_t
ngx_http_bawn_replace_body(ngx_http_request_t *r, ngx_str_t *body)
{
    ngx_buf_t        *b;
    ngx_chain_t      *cl;
    ngx_table_elt_t  *h;

    b = ngx_calloc_buf(r->pool);
    cl = ngx_alloc_chain_link(r->pool);

    if (b == NULL || cl == NULL) {
        return NGX_ERROR;
    }

    b->memory = 1;
    b->start = b->pos = body->data;
    b->end = b->last = body->data + body->len;
    b->last_buf = 1;

    cl->buf = b;
    cl->next = NULL;

    r->request_body->bufs = body->len ? cl : NULL;
    r->request_body->buf = b;
    r->headers_in.content_length_n = (off_t) body->len;

    h = r->headers_in.content_length;
    if (h) {
        h->value.data = ngx_pnalloc(r->pool, NGX_OFF_T_LEN);
        if (h->value.data == NULL) {
            return NGX_ERROR;
        }
        h->value.len = (size_t) (ngx_sprintf(h->value.data, "%uz", body->len) - h->value.data);
    }

    return NGX_OK;
}


/* ---- the verdict ----------------------------------------------------------------------------------------------- */

static ngx_int_t
ngx_http_bawn_pass(ngx_http_bawn_ctx_t *ctx)
{
    static ngx_str_t     identity = ngx_string("identity");
    ngx_http_request_t  *r = ctx->request;

    if (ctx->spliced.data && ngx_http_bawn_replace_body(r, &ctx->spliced) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_null(&ctx->spliced);
    r->preserve_body = 1;

    if (r->headers_in.accept_encoding && !ctx->off) {   /* back in the header filter, for nginx's own gzip */
        ctx->accept_encoding = r->headers_in.accept_encoding->value;
        r->headers_in.accept_encoding->value = identity;
    }

    ctx->phase = NGX_BAWN_PASSED;
    ctx->side = BAWN_OUTPUT;

    return NGX_OK;
}


static void
ngx_http_bawn_hold(ngx_http_bawn_ctx_t *ctx)
{
    ctx->request->read_event_handler = ngx_http_test_reading;
    ctx->request->write_event_handler = ngx_http_request_empty_handler;
}


static void
ngx_http_bawn_suspend(ngx_http_bawn_ctx_t *ctx)
{
    ngx_http_bawn_hold(ctx);

    if (ctx->phase == NGX_BAWN_JUDGING) {
        ngx_http_bawn_arm(ctx);
    }
}


/* Acts on what the exchange says about the request; again after each job. Ends the request or moves it on. */
void
ngx_http_bawn_request_advance(ngx_http_bawn_ctx_t *ctx)
{
    ngx_http_request_t         *r = ctx->request;
    ngx_http_bawn_verdict_t    *v = &ctx->verdicts[BAWN_INPUT];
    ngx_http_bawn_main_conf_t  *mcf = ngx_http_get_module_main_conf(r, ngx_http_bawn_module);

    if (ctx->exchange && !ctx->ended && ngx_http_bawn_pump(ctx) != NGX_OK) {
        ngx_http_bawn_fallback(ctx, BAWN_INPUT, 503, "guard_failed");
    }

    if (!v->seen) {
        if (ctx->jobs || ctx->again_posted) {
            ctx->phase = NGX_BAWN_JUDGING;
            ngx_http_bawn_suspend(ctx);
            return;
        }
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "the exchange gave no verdict");
        ngx_http_bawn_fallback(ctx, BAWN_INPUT, 503, "guard_failed");
    }

    if (ctx->timer.timer_set) {
        ngx_del_timer(&ctx->timer);
    }

    if (v->status == 0) {
        if (ngx_http_bawn_put_off(ctx)) {
            ctx->phase = NGX_BAWN_JUDGING;
            ngx_http_bawn_hold(ctx);
            return;
        }
        if (ngx_http_bawn_pass(ctx) != NGX_OK) {
            ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
            return;
        }
        r->write_event_handler = ngx_http_core_run_phases;
        ngx_http_core_run_phases(r);
        return;
    }

    if (ctx->record == NGX_BAWN_UNWRITTEN) {
        ctx->phase = NGX_BAWN_ANSWERING;
        ngx_http_bawn_suspend(ctx);
        return;
    }

    if (ngx_http_bawn_is_lost(mcf, ctx)) {
        ngx_http_bawn_fallback(ctx, BAWN_INPUT, 503, "record_unavailable");
    }

    ngx_http_bawn_answer(ctx);
}


static void
ngx_http_bawn_body_handler(ngx_http_request_t *r)
{
    ngx_http_bawn_ctx_t     *ctx = ngx_http_bawn_get(r);
    ngx_http_bawn_worker_t  *w = ngx_http_bawn_worker(r);

    if (ngx_http_bawn_view(r, &ctx->source) != NGX_OK || ngx_http_bawn_open(ctx, w->full ? "record_unavailable" : NULL)
        != NGX_OK)
    {
        ngx_http_bawn_fallback(ctx, BAWN_INPUT, 503, "guard_failed");
        ngx_http_bawn_request_advance(ctx);
        return;
    }

    (void) bawn_exchange_feed(ctx->exchange, BAWN_INPUT,
                              bawn_slice_of((char *) ctx->source.data, ctx->source.len), true, ngx_http_bawn_now(w));
    ngx_http_bawn_request_advance(ctx);
}


/* Refused by its head alone: the exchange words the error and the record. */
static void
ngx_http_bawn_refuse(ngx_http_bawn_ctx_t *ctx, const char *code)
{
    ngx_http_bawn_worker_t  *w = ngx_http_bawn_worker(ctx->request);

    if (ngx_http_bawn_open(ctx, code) != NGX_OK) {
        ngx_http_bawn_fallback(ctx, BAWN_INPUT, 503, "guard_failed");

    } else {
        (void) bawn_exchange_feed(ctx->exchange, BAWN_INPUT, bawn_slice_of(NULL, 0), true, ngx_http_bawn_now(w));
    }

    ngx_http_bawn_request_advance(ctx);
}


/* `guardrail: none` (RULINGS R17): nothing is read; the exchange is there for routing and for the record. */
static ngx_int_t
ngx_http_bawn_open_unguarded(ngx_http_bawn_ctx_t *ctx)
{
    if (ngx_http_bawn_worker(ctx->request)->full) {
        return NGX_ERROR;
    }

    if (ngx_http_bawn_open(ctx, NULL) != NGX_OK || ngx_http_bawn_pump(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    return ctx->verdicts[BAWN_INPUT].status ? NGX_ERROR : NGX_OK;
}


/* To the named location of the upstream that the exchange chose; its settings are static there. */
static ngx_int_t
ngx_http_bawn_go(ngx_http_bawn_ctx_t *ctx, ngx_http_bawn_loc_conf_t *lcf)
{
    ngx_str_t            name, *upstream;
    ngx_http_request_t  *r = ctx->request;

    upstream = ctx->upstream.len ? &ctx->upstream : &lcf->upstream;

    if (!lcf->dispatch || ctx->dispatched || upstream->len == 0) {
        return NGX_DECLINED;
    }

    name.len = upstream->len + 1;
    name.data = ngx_pnalloc(r->pool, name.len);
    if (name.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    name.data[0] = '@';
    ngx_memcpy(name.data + 1, upstream->data, upstream->len);

    ctx->dispatched = 1;
    (void) ngx_http_named_location(r, &name);
    ngx_http_finalize_request(r, NGX_DONE);

    return NGX_DONE;
}


ngx_int_t
ngx_http_bawn_request_handler(ngx_http_request_t *r)
{
    ngx_int_t                  rc;
    const char                *refused;
    ngx_http_bawn_ctx_t       *ctx;
    ngx_http_bawn_loc_conf_t  *lcf;

    lcf = ngx_http_get_module_loc_conf(r, ngx_http_bawn_module);

    if (!lcf->enable) {
        return NGX_DECLINED;
    }

    if (r != r->main) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "a subrequest to a guarded location is refused");
        return NGX_HTTP_FORBIDDEN;
    }

    ctx = ngx_http_bawn_get(r);
    if (ctx) {
        return ctx->phase == NGX_BAWN_PASSED ? ngx_http_bawn_go(ctx, lcf) : NGX_DONE;
    }

    ctx = ngx_http_bawn_create(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->off) {
        if (ngx_http_bawn_open_unguarded(ctx) == NGX_OK) {
            ngx_http_bawn_request_advance(ctx);
            return NGX_DONE;
        }
        if (!ctx->verdicts[BAWN_INPUT].seen || ctx->verdicts[BAWN_INPUT].status == 0) {
            ngx_http_bawn_fallback(ctx, BAWN_INPUT, 503, "record_unavailable");
        }
        ngx_http_bawn_request_advance(ctx);
        return NGX_DONE;
    }

    refused = ngx_http_bawn_refuses(r, lcf);
    if (refused) {
        ngx_http_bawn_refuse(ctx, refused);
        return NGX_DONE;
    }

    rc = ngx_http_read_client_request_body(r, ngx_http_bawn_body_handler);
    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    ngx_http_finalize_request(r, NGX_DONE);

    return NGX_DONE;
}

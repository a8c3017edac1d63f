/*
 * ngx_http_bawn_open.c: makes the exchange of a request: what the engine is told of it (attributes), its seed, and what
 * happens when there is no memory for it.
 */
#include "ngx_http_bawn.h"

#include <sys/random.h>


/* 32 bytes for canaries and ids; one system call serves 32 requests. */
static const uint8_t *
ngx_http_bawn_seed(ngx_http_bawn_worker_t *w)
{
    if (w->seeds_left < 32) {
        if (getrandom(w->seeds, sizeof(w->seeds), 0) != (ssize_t) sizeof(w->seeds)) {
            return NULL;
        }
        w->seeds_left = sizeof(w->seeds);
    }

    w->seeds_left -= 32;

    return w->seeds + w->seeds_left;
}


typedef struct {
    bawn_attribute  list[16];
    size_t          n;
} ngx_http_bawn_attributes_t;


static void
ngx_http_bawn_attribute(ngx_http_bawn_attributes_t *a, const char *key, const u_char *value, size_t len)
{
    if (len && a->n < sizeof(a->list) / sizeof(a->list[0])) {
        a->list[a->n].key = bawn_slice_str(key);
        a->list[a->n++].value = bawn_slice_of((const char *) value, len);
    }
}


/* The headers that an exchange reads besides those that nginx keeps. One pass: requests have a score of them. */
static void
ngx_http_bawn_describe_headers(ngx_http_bawn_attributes_t *a, ngx_http_request_t *r)
{
    static const struct { size_t len; const char *name, *attribute; } wanted[] = {
        { sizeof("traceparent") - 1, "traceparent", "http.request.traceparent" },
        { sizeof("accept-language") - 1, "accept-language", "http.accept_language" },
        { sizeof("anthropic-version") - 1, "anthropic-version", "http.request.anthropic_version" },
        { sizeof("x-api-key") - 1, "x-api-key", "http.request.api_key" }
    };

    size_t            k;
    ngx_uint_t        i;
    ngx_list_part_t  *part = &r->headers_in.headers.part;
    ngx_table_elt_t  *h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                return;
            }
            part = part->next;
            h = part->elts;
            i = 0;
        }

        for (k = 0; k < sizeof(wanted) / sizeof(wanted[0]); k++) {
            if (h[i].key.len == wanted[k].len && ngx_memcmp(h[i].lowcase_key, wanted[k].name, wanted[k].len) == 0) {
                ngx_http_bawn_attribute(a, wanted[k].attribute, h[i].value.data, h[i].value.len);
            }
        }
    }
}


static void
ngx_http_bawn_describe(ngx_http_bawn_attributes_t *a, ngx_http_request_t *r, ngx_http_bawn_loc_conf_t *lcf,
    u_char worker[NGX_INT_T_LEN])
{
    u_char  *end;

    end = ngx_sprintf(worker, "%ui", ngx_worker);
    ngx_http_bawn_attribute(a, "worker", worker, (size_t) (end - worker));
    ngx_http_bawn_attribute(a, "node", ngx_cycle->hostname.data, ngx_cycle->hostname.len);
    ngx_http_bawn_attribute(a, "listener", lcf->listener.data, lcf->listener.len);
    ngx_http_bawn_attribute(a, "client.address", r->connection->addr_text.data, r->connection->addr_text.len);
    ngx_http_bawn_attribute(a, "http.route.upstream", lcf->upstream.data, lcf->upstream.len);

    if (r->headers_in.content_type) {
        ngx_http_bawn_attribute(a, "http.request.content_type", r->headers_in.content_type->value.data,
                                r->headers_in.content_type->value.len);
    }

    if (r->headers_in.authorization) {
        ngx_http_bawn_attribute(a, "http.request.authorization", r->headers_in.authorization->value.data,
                                r->headers_in.authorization->value.len);
    }

    ngx_http_bawn_describe_headers(a, r);
}


/*
 * The exchange; without memory for it, one out of the worker's reserve, which refuses the request: so that this decision
 * has its record, too. The reserve is filled again by the next request.
 */
static ngx_int_t
ngx_http_bawn_make(ngx_http_bawn_ctx_t *ctx, ngx_http_bawn_attributes_t *a, ngx_http_bawn_loc_conf_t *lcf, const char *refused)
{
    bawn_error               err;
    ngx_uint_t               again;
    const uint8_t           *seed;
    ngx_http_request_t      *r = ctx->request;
    ngx_http_bawn_worker_t  *w = ngx_http_bawn_worker(r);

    ngx_memzero(&err, sizeof(bawn_error));
    seed = w ? ngx_http_bawn_seed(w) : NULL;

    if (w && w->reserve == NULL) {
        w->reserve = malloc(BAWN_RESERVE);
    }

    for (again = 0; seed && again < 2; again++) {

        if (bawn_exchange_new(&ctx->exchange, w->engine, bawn_slice_of((char *) lcf->dialect.data, lcf->dialect.len),
                              bawn_slice_of((char *) r->method_name.data, r->method_name.len),
                              bawn_slice_of((char *) r->unparsed_uri.data, r->unparsed_uri.len),
                              a->list, a->n, ngx_http_bawn_now(w), seed, &err))
        {
            return NGX_OK;
        }

        if (err.code != BAWN_E_NO_MEMORY || w->reserve == NULL) {
            break;
        }

        free(w->reserve);
        w->reserve = NULL;

        if (refused == NULL) {
            ngx_http_bawn_attribute(a, "refused", (const u_char *) "guard_failed", sizeof("guard_failed") - 1);
        }
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "no memory for an exchange: the request is refused");
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "cannot open an exchange: %s",
                  seed ? err.message : "no random numbers, or no worker");
    ctx->exchange = NULL;

    return NGX_ERROR;
}


/* Makes the exchange. `refused`: name of the error that the connector met before there was a body, or NULL. */
ngx_int_t
ngx_http_bawn_open(ngx_http_bawn_ctx_t *ctx, const char *refused)
{
    u_char                      worker[NGX_INT_T_LEN];
    bawn_slice                  id;
    ngx_http_request_t         *r = ctx->request;
    ngx_http_bawn_worker_t     *w = ngx_http_bawn_worker(r);
    ngx_http_bawn_loc_conf_t   *lcf;
    ngx_http_bawn_attributes_t  a;

    lcf = ngx_http_get_module_loc_conf(r, ngx_http_bawn_module);
    a.n = 0;

    ngx_http_bawn_describe(&a, r, lcf, worker);

    if (refused) {
        ngx_http_bawn_attribute(&a, "refused", (const u_char *) refused, ngx_strlen(refused));
    }

    if (ctx->off) {
        ngx_http_bawn_attribute(&a, "policy", (const u_char *) "off", 3);
    } else {
        ngx_http_bawn_attribute(&a, "guardrail", lcf->guardrail.data, lcf->guardrail.len);
    }

    if (ngx_http_bawn_make(ctx, &a, lcf, refused) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_queue_insert_tail(&w->live, &ctx->live);
    ctx->in_live = 1;

    id = bawn_exchange_id(ctx->exchange);
    ctx->id.data = ngx_pnalloc(r->pool, id.len);
    if (ctx->id.data == NULL) {
        return NGX_ERROR;
    }
    ngx_memcpy(ctx->id.data, id.ptr, id.len);
    ctx->id.len = id.len;

    return NGX_OK;
}

/*
 * ngx_http_bawn_status.c: /metrics, /healthz, /readyz (`bawn_status metrics|health|ready;` in a location).
 *
 * healthz: the process answers. readyz: it would also serve a request now: the wall is loaded, the last record was
 * written, and the scorer, where one is configured, is there. Errors beside them (no such path, no such method, a request
 * that nginx cannot read) say in JSON what there is; nginx has a page of HTML for people, and nobody looks here with a browser.
 */
#include "ngx_http_bawn.h"


static ngx_int_t
ngx_http_bawn_status_send(ngx_http_request_t *r, ngx_uint_t status, const char *type, ngx_str_t *body)
{
    ngx_int_t    rc;
    ngx_chain_t  out;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    r->headers_out.status = status;
    r->headers_out.content_length_n = (off_t) body->len;
    r->headers_out.content_type.data = (u_char *) (uintptr_t) type;
    r->headers_out.content_type.len = ngx_strlen(type);
    r->headers_out.content_type_len = r->headers_out.content_type.len;

    rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    out.buf = ngx_http_bawn_last(r, body);
    out.next = NULL;

    return out.buf ? ngx_http_output_filter(r, &out) : NGX_ERROR;
}


static ngx_int_t
ngx_http_bawn_metrics_handler(ngx_http_request_t *r)
{
    bawn_buf                    text;
    ngx_int_t                   rc;
    ngx_str_t                   body;
    ngx_http_bawn_main_conf_t  *mcf = ngx_http_get_module_main_conf(r, ngx_http_bawn_module);

    if (mcf->zone == NULL) {
        return NGX_HTTP_NOT_FOUND;
    }

    ngx_memzero(&text, sizeof(bawn_buf));
    rc = ngx_http_bawn_zone_text(mcf->zone, &text);

    (void) bawn_buf_fmt(&text, "# HELP bawn_policy_info The policy in force.\n# TYPE bawn_policy_info gauge\n"
                               "bawn_policy_info{hash=\"%.*s\",version=\"%s\"} 1\n",
                        (int) mcf->policy_hash.len, (const char *) mcf->policy_hash.data, BAWN_VERSION);

    body.len = text.len;
    body.data = ngx_pnalloc(r->pool, text.len + 1);

    if (body.data && rc == NGX_OK && !text.failed) {
        ngx_memcpy(body.data, text.ptr, text.len);
    } else {
        rc = NGX_ERROR;
    }

    bawn_buf_free(&text);

    return rc == NGX_OK ? ngx_http_bawn_status_send(r, 200, "text/plain; version=0.0.4; charset=utf-8", &body)
                        : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


static ngx_int_t
ngx_http_bawn_health_handler(ngx_http_request_t *r)
{
    ngx_str_t  body = ngx_string("{\"status\":\"ok\"}\n");

    return ngx_http_bawn_status_send(r, 200, "application/json", &body);
}


static ngx_int_t
ngx_http_bawn_ready_handler(ngx_http_request_t *r)
{
    ngx_str_t                ready = ngx_string("{\"status\":\"ready\"}\n");
    ngx_str_t                full = ngx_string("{\"status\":\"not ready\",\"reason\":\"the record cannot be written\"}\n");
    ngx_str_t                gone = ngx_string("{\"status\":\"not ready\",\"reason\":\"the scorer does not answer\"}\n");
    ngx_http_bawn_worker_t  *w = ngx_http_bawn_worker(r);

    if (w == NULL || w->full) {
        return ngx_http_bawn_status_send(r, 503, "application/json", &full);
    }
    if (w->scorer && !ngx_http_bawn_scorer_up(w->scorer)) {
        return ngx_http_bawn_status_send(r, 503, "application/json", &gone);
    }

    return ngx_http_bawn_status_send(r, 200, "application/json", &ready);
}


/* An error of nginx's own: its head is in the making, and what follows is its page, which the body filter swallows. */
ngx_int_t
ngx_http_bawn_no_operation(ngx_http_request_t *r, ngx_str_t *operations)
{
    static const ngx_str_t  methods = ngx_string("GET, HEAD");
    static const char       text[] = "{\"error\":{\"message\":\"Here is only GET %V.\",\"code\":\"%s\"}}\n";

    size_t                    size;
    ngx_uint_t                status = r->headers_out.status;
    ngx_http_bawn_ctx_t      *ctx = ngx_http_bawn_create(r);
    ngx_http_bawn_verdict_t  *v;

    if (ctx == NULL) {
        return NGX_ERROR;
    }

    v = &ctx->verdicts[BAWN_INPUT];
    size = sizeof(text) + operations->len + ngx_strlen(ngx_http_bawn_code(status));

    v->body.data = ngx_pnalloc(r->pool, size);
    if (v->body.data == NULL) {
        return NGX_ERROR;
    }

    v->body.len = (size_t) (ngx_snprintf(v->body.data, size, text, operations, ngx_http_bawn_code(status)) - v->body.data);
    v->status = status;
    ngx_str_set(&v->type, "application/json");
    ctx->mode = NGX_BAWN_SUBSTITUTE;

    if (ngx_http_bawn_answer_head(ctx, v) != NGX_OK
        || (status == NGX_HTTP_NOT_ALLOWED && ngx_http_bawn_add_header(r, "Allow", &methods) != NGX_OK))
    {
        return NGX_ERROR;
    }

    return ngx_http_bawn_next_header(r);
}


char *
ngx_http_bawn_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    static const struct { const char *name; ngx_http_handler_pt handler; } table[] = {
        { "metrics", ngx_http_bawn_metrics_handler },
        { "health", ngx_http_bawn_health_handler },
        { "ready", ngx_http_bawn_ready_handler }
    };

    size_t                     i;
    ngx_str_t                 *value = cf->args->elts;
    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_bawn_loc_conf_t  *lcf = conf;

    (void) cmd;
    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (ngx_strcmp(value[1].data, table[i].name) == 0) {
            clcf->handler = table[i].handler;
            lcf->status = clcf->name;
            return NGX_CONF_OK;
        }
    }

    return "takes one of: metrics, health, ready";
}

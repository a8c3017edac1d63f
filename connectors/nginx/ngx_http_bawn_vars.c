/*
 * ngx_http_bawn_vars.c: $bawn_id, $bawn_upstream, $bawn_uri, $bawn_authorization, $bawn_api_key, $bawn_amz_date, $bawn_amz_token: what the exchange
 * decided, for proxy_pass, proxy_set_header and log_format. Empty where there is no exchange.
 */
#include "ngx_http_bawn.h"


static ngx_int_t
ngx_http_bawn_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t            *s;
    ngx_http_bawn_ctx_t  *ctx = ngx_http_bawn_get(r->main);

    v->not_found = ctx == NULL;

    if (ctx) {
        s = (ngx_str_t *) (void *) ((char *) ctx + data);
        v->data = s->data;
        v->len = (unsigned) s->len & 0x0fffffff;
        v->valid = 1;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_bawn_add_variables(ngx_conf_t *cf)
{
    static const struct { ngx_str_t name; size_t field; } table[] = {
        { ngx_string("bawn_id"), offsetof(ngx_http_bawn_ctx_t, id) },
        { ngx_string("bawn_upstream"), offsetof(ngx_http_bawn_ctx_t, upstream) },
        { ngx_string("bawn_uri"), offsetof(ngx_http_bawn_ctx_t, uri) },
        { ngx_string("bawn_authorization"), offsetof(ngx_http_bawn_ctx_t, authorization) },
        { ngx_string("bawn_api_key"), offsetof(ngx_http_bawn_ctx_t, api_key) },
        { ngx_string("bawn_amz_date"), offsetof(ngx_http_bawn_ctx_t, amz_date) },
        { ngx_string("bawn_amz_token"), offsetof(ngx_http_bawn_ctx_t, amz_token) }
    };

    size_t                i;
    ngx_str_t             name;
    ngx_http_variable_t  *var;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        name = table[i].name;
        var = ngx_http_add_variable(cf, &name, NGX_HTTP_VAR_NOCACHEABLE);
        if (var == NULL) {
            return NGX_ERROR;
        }
        var->get_handler = ngx_http_bawn_variable;
        var->data = table[i].field;
    }

    return NGX_OK;
}

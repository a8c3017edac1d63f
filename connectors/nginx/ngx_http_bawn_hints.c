/*
 * ngx_http_bawn_hints.c: early hints (103, RFC 8297) of an upstream are not let by.
 *
 * nginx reads them since 1.29, and passes them on where `early_hints` says so. Their fields are text of a model's server that
 * no guard has read, and they leave before the answer is judged. Dropping them costs a client a preload. Before 1.29 such an
 * answer was invalid, and is refused (ngx_http_bawn_header.c).
 */
#include "ngx_http_bawn.h"


#if (nginx_version >= 1029000)

static ngx_http_output_header_filter_pt  ngx_http_next_early_hints_filter;


static ngx_int_t
ngx_http_bawn_early_hints_filter(ngx_http_request_t *r)
{
    ngx_http_bawn_loc_conf_t  *lcf = ngx_http_get_module_loc_conf(r, ngx_http_bawn_module);

    if (lcf->enable || ngx_http_bawn_get(r)) {
        return NGX_OK;
    }

    return ngx_http_next_early_hints_filter(r);
}


void
ngx_http_bawn_hints_init(void)
{
    ngx_http_next_early_hints_filter = ngx_http_top_early_hints_filter;
    ngx_http_top_early_hints_filter = ngx_http_bawn_early_hints_filter;
}

#else

void
ngx_http_bawn_hints_init(void)
{
}

#endif

/*
 * modules.c: the list that nginx reads in a dynamic module's file; otherwise made by nginx's ./configure.
 * The order puts our filters between the copy filter, which reads files into memory, and the rest.
 */
#include <ngx_config.h>
#include <ngx_core.h>

extern ngx_module_t  ngx_http_bawn_module;
extern char         *ngx_module_order[];

#define BAWN_SEEN __attribute__((visibility("default")))

static char  name[] = "ngx_http_bawn_module", copy[] = "ngx_http_copy_filter_module";

BAWN_SEEN ngx_module_t  *ngx_modules[] = { &ngx_http_bawn_module, NULL };
BAWN_SEEN char          *ngx_module_names[] = { name, NULL };
BAWN_SEEN char          *ngx_module_order[] = { name, copy, NULL };

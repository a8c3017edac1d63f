/*
 * ngx_http_bawn_module.c: directives, and the lives of configuration and worker.
 *
 * The wall is compiled once, in the master, when the configuration is read: `nginx -t` reports a policy's mistake
 * with line and column, and workers share its pages. The engine's scratch, the spool and the scorer's client belong
 * to a worker and are made after the fork. The directives only switch on and name files; all else is in the policy.
 */
#include "ngx_http_bawn.h"

#include <malloc.h>

#include <time.h>


static void *ngx_http_bawn_create_main_conf(ngx_conf_t *cf);
static void *ngx_http_bawn_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_bawn_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);
static char *ngx_http_bawn_init_main_conf(ngx_conf_t *cf, void *conf);
static ngx_int_t ngx_http_bawn_init_module(ngx_cycle_t *cycle);
static ngx_int_t ngx_http_bawn_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_bawn_init_process(ngx_cycle_t *cycle);
static void ngx_http_bawn_exit_process(ngx_cycle_t *cycle);
static char *ngx_http_bawn_spool(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_bawn_scorer(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

#define BAWN_MMAP_THRESHOLD  (1024 * 1024)
#define BAWN_TRIM_THRESHOLD  (8 * 1024 * 1024)
#define BAWN_HEAP_SPARE      (1024 * 1024)

#define MAIN(field) NGX_HTTP_MAIN_CONF_OFFSET, offsetof(ngx_http_bawn_main_conf_t, field)
#define LOC(field) NGX_HTTP_LOC_CONF_OFFSET, offsetof(ngx_http_bawn_loc_conf_t, field)
#define ANYWHERE (NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF)

static ngx_command_t  ngx_http_bawn_commands[] = {
    { ngx_string("bawn"), ANYWHERE|NGX_CONF_FLAG, ngx_conf_set_flag_slot, LOC(enable), NULL },
    { ngx_string("bawn_policy"), NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1, ngx_conf_set_str_slot, MAIN(policy), NULL },
    { ngx_string("bawn_cache"), NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1, ngx_conf_set_str_slot, MAIN(cache), NULL },
    { ngx_string("bawn_spool"), NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE, ngx_http_bawn_spool, MAIN(spool), NULL },
    { ngx_string("bawn_scorer"), NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1, ngx_http_bawn_scorer, MAIN(scorer), NULL },
    { ngx_string("bawn_confine"), NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE, ngx_http_bawn_confine, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL },
    { ngx_string("bawn_guardrail"), ANYWHERE|NGX_CONF_TAKE1, ngx_conf_set_str_slot, LOC(guardrail), NULL },
    { ngx_string("bawn_upstream"), ANYWHERE|NGX_CONF_TAKE1, ngx_conf_set_str_slot, LOC(upstream), NULL },
    { ngx_string("bawn_listener"), ANYWHERE|NGX_CONF_TAKE1, ngx_conf_set_str_slot, LOC(listener), NULL },
    { ngx_string("bawn_dialect"), ANYWHERE|NGX_CONF_TAKE1, ngx_conf_set_str_slot, LOC(dialect), NULL },
    { ngx_string("bawn_answer_limit"), ANYWHERE|NGX_CONF_TAKE1, ngx_conf_set_size_slot, LOC(answer_limit), NULL },
    { ngx_string("bawn_idle_timeout"), ANYWHERE|NGX_CONF_TAKE1, ngx_conf_set_msec_slot, LOC(idle_timeout), NULL },
    { ngx_string("bawn_dispatch"), ANYWHERE|NGX_CONF_FLAG, ngx_conf_set_flag_slot, LOC(dispatch), NULL },
    { ngx_string("bawn_status"), NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1, ngx_http_bawn_status, LOC(status), NULL },
    { ngx_string("bawn_operations"), ANYWHERE|NGX_CONF_TAKE1, ngx_conf_set_str_slot, LOC(operations), NULL },
    ngx_null_command
};


static ngx_http_module_t  ngx_http_bawn_module_ctx = {
    ngx_http_bawn_add_variables,           /* preconfiguration */
    ngx_http_bawn_init,                    /* postconfiguration */
    ngx_http_bawn_create_main_conf,
    ngx_http_bawn_init_main_conf,
    NULL,
    NULL,
    ngx_http_bawn_create_loc_conf,
    ngx_http_bawn_merge_loc_conf
};


ngx_module_t  ngx_http_bawn_module = {
    NGX_MODULE_V1,
    &ngx_http_bawn_module_ctx,
    ngx_http_bawn_commands,
    NGX_HTTP_MODULE,
    NULL,                                  /* init master */
    ngx_http_bawn_init_module,
    ngx_http_bawn_init_process,
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_bawn_exit_process,
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


uint64_t
ngx_http_bawn_now(ngx_http_bawn_worker_t *w)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return w->epoch_ns + (uint64_t) ts.tv_sec * 1000000000u + (uint64_t) ts.tv_nsec;
}


/* For the engine, which times its stages by it. */
static uint64_t
ngx_http_bawn_clock(void *w)
{
    return ngx_http_bawn_now(w);
}


static char *
ngx_http_bawn_spool(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_bawn_main_conf_t  *mcf = conf;

    ngx_str_t   *value, s;
    ngx_uint_t   i;

    (void) cmd;
    value = cf->args->elts;
    mcf->spool = value[1];

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_strcmp(value[i].data, "sync") == 0) {
            mcf->sync = 1;

        } else if (ngx_strcmp(value[i].data, "on_full=observe") == 0) {
            mcf->on_full_observe = 1;

        } else if (ngx_strncmp(value[i].data, "rotate=", 7) == 0) {
            s.data = value[i].data + 7;
            s.len = value[i].len - 7;
            if (ngx_parse_size(&s) == NGX_ERROR) {
                return "has an invalid size after \"rotate=\"";
            }
            mcf->rotate = (size_t) ngx_parse_size(&s);

        } else if (ngx_strncmp(value[i].data, "keep=", 5) == 0) {
            s.data = value[i].data + 5;
            s.len = value[i].len - 5;
            if (ngx_parse_time(&s, 1) == NGX_ERROR) {
                return "has an invalid time after \"keep=\"";
            }
            mcf->keep = (time_t) ngx_parse_time(&s, 1);

        } else if (ngx_strcmp(value[i].data, "on_full=block") != 0) {
            return "takes DIR and: sync, rotate=SIZE, keep=TIME, on_full=block|observe";
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_bawn_scorer(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_bawn_main_conf_t  *mcf = conf;

    ngx_str_t  *value = cf->args->elts;

    (void) cmd;

    if (ngx_strncmp(value[1].data, "unix:", 5) != 0 || value[1].len - 5 >= sizeof(((struct sockaddr_un *) 0)->sun_path)) {
        return "takes unix:PATH, at most 107 characters";
    }

    mcf->scorer.data = value[1].data + 5;
    mcf->scorer.len = value[1].len - 5;

    return NGX_CONF_OK;
}


static void *
ngx_http_bawn_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_bawn_main_conf_t  *mcf;

    mcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_bawn_main_conf_t));
    if (mcf == NULL) {
        return NULL;
    }

    mcf->rotate = 64 * 1024 * 1024;
    mcf->keep = 7 * 24 * 3600;

    return ngx_http_bawn_confine_create(cf, &mcf->confine) == NGX_OK ? mcf : NULL;
}


static void *
ngx_http_bawn_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_bawn_loc_conf_t  *lcf;

    lcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_bawn_loc_conf_t));
    if (lcf == NULL) {
        return NULL;
    }

    lcf->enable = NGX_CONF_UNSET;
    lcf->dispatch = NGX_CONF_UNSET;
    lcf->answer_limit = NGX_CONF_UNSET_SIZE;
    lcf->idle_timeout = NGX_CONF_UNSET_MSEC;

    return lcf;
}


static char *
ngx_http_bawn_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_bawn_loc_conf_t  *prev = parent, *conf = child;

    ngx_http_core_loc_conf_t   *clcf;
    ngx_http_bawn_main_conf_t  *mcf;

    if (ngx_http_bawn_confine_location(cf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    ngx_conf_merge_value(conf->enable, prev->enable, 0);
    ngx_conf_merge_value(conf->dispatch, prev->dispatch, 0);
    ngx_conf_merge_str_value(conf->guardrail, prev->guardrail, "");
    ngx_conf_merge_str_value(conf->upstream, prev->upstream, "");
    ngx_conf_merge_str_value(conf->listener, prev->listener, "public");
    ngx_conf_merge_str_value(conf->dialect, prev->dialect, "openai");
    ngx_conf_merge_str_value(conf->operations, prev->operations, "");
    ngx_conf_merge_msec_value(conf->idle_timeout, prev->idle_timeout, 0);
    ngx_conf_merge_size_value(conf->answer_limit, prev->answer_limit, 16 * 1024 * 1024);

    if (conf->operations.len == 0) {
        conf->operations = conf->status;
    }

    if (!conf->enable) {
        return NGX_CONF_OK;
    }

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_bawn_module);
    if (mcf->policy.len == 0 || mcf->spool.len == 0) {
        return "\"bawn on\" needs \"bawn_policy FILE\" and \"bawn_spool DIR\" in the http block";
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    if (clcf->client_max_body_size == 0) {
        return "\"bawn on\" with \"client_max_body_size 0\": a body is read whole, set a limit";
    }

    /* a prompt must not go to a temporary file: one buffer takes the largest body (dataplane.md, pitfall 5) */
    conf->body_limit = (size_t) clcf->client_max_body_size;
    clcf->client_body_buffer_size = ngx_max(clcf->client_body_buffer_size, conf->body_limit);
    clcf->client_body_in_single_buffer = 1;
    clcf->client_body_in_file_only = 0;        /* off */

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_bawn_read_file(ngx_conf_t *cf, ngx_str_t *out, ngx_str_t *name)
{
    ssize_t          n;
    ngx_file_t       file;
    ngx_file_info_t  info;

    ngx_memzero(&file, sizeof(ngx_file_t));
    file.name = *name;
    file.log = cf->log;

    file.fd = ngx_open_file(name->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);
    if (file.fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, "cannot open the policy \"%V\"", name);
        return NGX_ERROR;
    }

    n = NGX_ERROR;

    if (ngx_fd_info(file.fd, &info) != NGX_FILE_ERROR) {
        out->len = (size_t) ngx_file_size(&info);
        out->data = ngx_pnalloc(cf->pool, out->len + 1);
        n = out->data ? ngx_read_file(&file, out->data, out->len, 0) : NGX_ERROR;
    }

    (void) ngx_close_file(file.fd);

    if (n == NGX_ERROR || (size_t) n != out->len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, "cannot read the policy \"%V\"", name);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_http_bawn_free_wall(void *data)
{
    bawn_wall_free(data);
}


static ngx_int_t
ngx_http_bawn_load_wall(ngx_conf_t *cf, ngx_http_bawn_main_conf_t *mcf)
{
    ngx_str_t            text;
    bawn_error           err;
    const char          *cache;
    uint8_t              digest[32];
    ngx_pool_cleanup_t  *cln;

    if (ngx_conf_full_name(cf->cycle, &mcf->policy, 1) != NGX_OK
        || ngx_http_bawn_read_file(cf, &text, &mcf->policy) != NGX_OK)
    {
        return NGX_ERROR;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cache = mcf->cache.len ? (const char *) mcf->cache.data : NULL;
    ngx_memzero(&err, sizeof(bawn_error));

    if (!bawn_wall_load(&mcf->wall, (const char *) mcf->policy.data,
                        bawn_slice_of((const char *) text.data, text.len), cache, &err))
    {
        if (err.line) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "%s:%uD:%uD: %s", err.file, err.line, err.column, err.message);
        } else {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "%s: %s", mcf->policy.data, err.message);
        }
        return NGX_ERROR;
    }

    cln->handler = ngx_http_bawn_free_wall;
    cln->data = mcf->wall;

    mcf->policy_hash.len = 7 + 64;
    mcf->policy_hash.data = ngx_pnalloc(cf->pool, mcf->policy_hash.len);
    if (mcf->policy_hash.data == NULL) {
        return NGX_ERROR;
    }

    bawn_sha256(digest, bawn_slice_of((const char *) text.data, text.len));
    ngx_memcpy(mcf->policy_hash.data, "sha256:", 7);
    (void) ngx_hex_dump(mcf->policy_hash.data + 7, digest, sizeof(digest));

    return NGX_OK;
}


/*
 * The policy is refused here, before any module touches the chain of filters (postconfiguration): that is one for all
 * configurations of a process, so a reload refused in its midst would leave the old configuration, whose workers may yet
 * be replaced, with a chain that is not whole.
 */
static char *
ngx_http_bawn_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_bawn_main_conf_t  *mcf = conf;

    if (mcf->policy.len == 0 && mcf->confine.set) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "\"bawn_confine\" without \"bawn_policy FILE\": only workers that guard are confined");
        return NGX_CONF_ERROR;
    }

    if (mcf->policy.len == 0) {
        return NGX_CONF_OK;
    }

    if (mcf->spool.len == 0) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "\"bawn_policy\" without \"bawn_spool DIR\": "
                      "decisions are recorded or not made");
        return NGX_CONF_ERROR;
    }

    if (ngx_http_bawn_confine_check(cf, mcf) != NGX_CONF_OK
        || ngx_conf_full_name(cf->cycle, &mcf->spool, 0) != NGX_OK
        || ngx_http_bawn_load_wall(cf, mcf) != NGX_OK
        || ngx_http_bawn_zone_add(cf, mcf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_bawn_init(ngx_conf_t *cf)
{
    ngx_http_handler_pt        *h;
    ngx_http_bawn_main_conf_t  *mcf;
    ngx_http_core_main_conf_t  *cmcf;

    /* whatever this configuration says: should it be refused yet, an older one with a policy goes on with this chain */
    ngx_http_bawn_filters_init();
    ngx_http_bawn_hints_init();

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_bawn_module);

    if (mcf->policy.len == 0) {
        return NGX_OK;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_PRECONTENT_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }
    *h = ngx_http_bawn_request_handler;

    return NGX_OK;
}


static ngx_int_t
ngx_http_bawn_init_module(ngx_cycle_t *cycle)
{
    ngx_http_bawn_main_conf_t  *mcf;

    mcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_bawn_module);

    ngx_http_bawn_filters_keep();

    if (mcf && mcf->wall) {
        ngx_http_bawn_confine_say(cycle, mcf);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_bawn_open_spool(ngx_cycle_t *cycle, ngx_http_bawn_main_conf_t *mcf)
{
    bawn_error               err;
    bawn_spool_options       options;
    ngx_http_bawn_worker_t  *w = mcf->worker;

    ngx_memzero(&err, sizeof(bawn_error));
    ngx_memzero(&options, sizeof(bawn_spool_options));
    options.folder = (const char *) mcf->spool.data;
    options.worker = (int) ngx_worker;
    options.rotate_bytes = mcf->rotate;
    options.keep_ns = (uint64_t) mcf->keep * 1000000000u;
    options.sync = mcf->sync;

    if (!bawn_spool_open(&w->spool, &options, ngx_http_bawn_now(w), &err)) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0, "record: %s", err.message);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* Free pages below something that lives on stay in the heap however little is used; this gives them back, and what the
 * engine can do without. */
static void
ngx_http_bawn_trim_handler(ngx_event_t *ev)
{
    ngx_http_bawn_worker_t  *w = ev->data;

    bawn_worker_trim(w->engine);
    (void) malloc_trim(BAWN_HEAP_SPARE);
}


/* Large bodies are given back when they are done with: left alone, the C library raises this bound by each large
 * block that is freed, and keeps in its heap what many large bodies at a time once took. What the next request needs
 * again is kept: pages that come and go with each one cost an eighth of a request of 64 kB or 1 MB. */
static void
ngx_http_bawn_init_heap(ngx_cycle_t *cycle, ngx_http_bawn_worker_t *w)
{
    (void) mallopt(M_MMAP_THRESHOLD, BAWN_MMAP_THRESHOLD);
    (void) mallopt(M_TRIM_THRESHOLD, BAWN_TRIM_THRESHOLD);
    (void) mallopt(M_TOP_PAD, BAWN_HEAP_SPARE);

    w->trim.handler = ngx_http_bawn_trim_handler;
    w->trim.data = w;
    w->trim.log = cycle->log;
    w->trim.cancelable = 1;
}


static ngx_int_t
ngx_http_bawn_init_process(ngx_cycle_t *cycle)
{
    bawn_error                  err;
    struct timespec             wall, mono;
    ngx_http_bawn_worker_t     *w;
    ngx_http_bawn_main_conf_t  *mcf;

    mcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_bawn_module);

    if (mcf == NULL || mcf->wall == NULL
        || (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE))
    {
        return NGX_OK;
    }

    if (!ngx_http_bawn_filters_whole()) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0, "a reload that nginx refused left its filters in pieces: no worker begins, "
                      "because answers would go out unguarded; stop and start nginx");
        return NGX_ERROR;
    }

    w = ngx_pcalloc(cycle->pool, sizeof(ngx_http_bawn_worker_t));
    if (w == NULL) {
        return NGX_ERROR;
    }

    mcf->worker = w;
    ngx_queue_init(&w->live);
    ngx_queue_init(&w->unwritten);
    ngx_http_bawn_init_heap(cycle, w);
    w->commit.handler = ngx_http_bawn_commit_handler;
    w->commit.data = mcf;
    w->commit.log = cycle->log;

    (void) clock_gettime(CLOCK_REALTIME, &wall);
    (void) clock_gettime(CLOCK_MONOTONIC, &mono);
    w->epoch_ns = ((uint64_t) wall.tv_sec - (uint64_t) mono.tv_sec) * 1000000000u
                  + (uint64_t) wall.tv_nsec - (uint64_t) mono.tv_nsec;

    ngx_memzero(&err, sizeof(bawn_error));
    if (!bawn_worker_new(&w->engine, mcf->wall, &err)) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0, "engine: %s", err.message);
        return NGX_ERROR;
    }
    bawn_worker_clock(w->engine, ngx_http_bawn_clock, w);

    if (ngx_http_bawn_open_spool(cycle, mcf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (mcf->scorer.len) {
        w->scorer = ngx_http_bawn_scorer_new(cycle, &mcf->scorer);
        if (w->scorer == NULL) {
            return NGX_ERROR;
        }
    }

    return ngx_http_bawn_confine_enter(cycle, mcf);
}


static void
ngx_http_bawn_exit_process(ngx_cycle_t *cycle)
{
    ngx_http_bawn_worker_t     *w;
    ngx_http_bawn_main_conf_t  *mcf;

    mcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_bawn_module);
    w = mcf ? mcf->worker : NULL;

    if (w == NULL) {
        return;
    }

    /* a worker that must go at once still records what it was doing */
    while (!ngx_queue_empty(&w->live)) {
        ngx_http_bawn_leave(ngx_queue_data(ngx_queue_head(&w->live), ngx_http_bawn_ctx_t, live));
    }

    ngx_http_bawn_record_write(mcf, cycle->log);

    if (w->trim.timer_set) {
        ngx_del_timer(&w->trim);
    }

    if (w->scorer) {
        ngx_http_bawn_scorer_close(w->scorer);
    }

    if (w->spool) {
        bawn_spool_close(w->spool);
    }

    free(w->reserve);
    bawn_worker_free(w->engine);
    mcf->worker = NULL;
}

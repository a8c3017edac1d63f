/*
 * ngx_http_bawn_confine.c: a worker gives up what it does not need (src/confine), last of all that it does before it serves.
 *
 * What it needs is read off the configuration: its record, nginx's temporary folders and caches, the folders of its logs (which
 * workers open again after USR1), what locations serve as files, and the ports of the upstreams. What cannot be read off it is
 * said in `bawn_confine`. The master is never confined: it reads configurations, opens ports and starts other masters. Policies
 * and certificates are read by it alone, so no worker may.
 */
#include "ngx_http_bawn.h"


static ngx_int_t
ngx_http_bawn_confine_add(ngx_http_bawn_confine_t *c, ngx_str_t *name, bawn_confine_access access)
{
    ngx_uint_t          i;
    bawn_confine_path  *path = c->paths.elts;

    for (i = 0; i < c->paths.nelts; i++) {
        if (path[i].access == access && ngx_strcmp(path[i].path, name->data) == 0) {
            return NGX_OK;
        }
    }

    path = ngx_array_push(&c->paths);
    if (path == NULL) {
        return NGX_ERROR;
    }

    path->path = (const char *) name->data;
    path->access = access;

    return NGX_OK;
}


static ngx_int_t
ngx_http_bawn_confine_add_port(ngx_array_t *ports, in_port_t port)
{
    uint16_t    *known = ports->elts;
    ngx_uint_t   i;

    for (i = 0; i < ports->nelts; i++) {
        if (known[i] == port) {
            return NGX_OK;
        }
    }

    known = ngx_array_push(ports);
    if (known == NULL) {
        return NGX_ERROR;
    }
    *known = port;

    return NGX_OK;
}


/* ---- the directive ---------------------------------------------------------------------------------------------- */

static char *
ngx_http_bawn_confine_path(ngx_conf_t *cf, ngx_http_bawn_confine_t *c, ngx_str_t *value, size_t skip, bawn_confine_access access)
{
    ngx_str_t  name;

    name.data = value->data + skip;
    name.len = value->len - skip;

    if (name.len == 0 || ngx_conf_full_name(cf->cycle, &name, 0) != NGX_OK || ngx_http_bawn_confine_add(c, &name, access) != NGX_OK) {
        return "has no path after \"read=\" or \"write=\"";
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_bawn_confine_connect(ngx_http_bawn_confine_t *c, ngx_str_t *value)
{
    ngx_int_t  port;

    c->ports_given = 1;

    if (ngx_strcmp(value->data + 8, "any") == 0) {
        c->any_port = 1;
        return NGX_CONF_OK;
    }

    port = ngx_atoi(value->data + 8, value->len - 8);
    if (port < 1 || port > 65535 || ngx_http_bawn_confine_add_port(&c->ports, (in_port_t) port) != NGX_OK) {
        return "takes a port from 1 to 65535, or \"any\", after \"connect=\"";
    }

    return NGX_CONF_OK;
}


char *
ngx_http_bawn_confine(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    static const struct { const char *name; ngx_http_bawn_confine_e mode; } modes[] = {
        { "on", NGX_BAWN_CONFINE_ON }, { "off", NGX_BAWN_CONFINE_OFF }, { "required", NGX_BAWN_CONFINE_REQUIRED }
    };

    char                     *rv;
    size_t                    m;
    ngx_str_t                *value = cf->args->elts;
    ngx_uint_t                i;
    ngx_http_bawn_confine_t  *c = &((ngx_http_bawn_main_conf_t *) conf)->confine;

    (void) cmd;

    if (c->set) {
        return "is duplicate";
    }

    for (m = 0; m < sizeof(modes) / sizeof(modes[0]); m++) {
        if (ngx_strcmp(value[1].data, modes[m].name) == 0) {
            c->mode = modes[m].mode;
            c->set = 1;
        }
    }

    rv = c->set ? NGX_CONF_OK : "takes on|off|required and: read=PATH, write=PATH, connect=PORT|any, udp, unix";

    for (i = 2; i < cf->args->nelts && rv == NGX_CONF_OK; i++) {

        if (ngx_strncmp(value[i].data, "read=", 5) == 0) {
            rv = ngx_http_bawn_confine_path(cf, c, &value[i], 5, BAWN_CONFINE_READ);

        } else if (ngx_strncmp(value[i].data, "write=", 6) == 0) {
            rv = ngx_http_bawn_confine_path(cf, c, &value[i], 6, BAWN_CONFINE_WRITE);

        } else if (ngx_strncmp(value[i].data, "connect=", 8) == 0) {
            rv = ngx_http_bawn_confine_connect(c, &value[i]);

        } else if (ngx_strcmp(value[i].data, "udp") == 0) {
            c->udp = 1;

        } else if (ngx_strcmp(value[i].data, "unix") == 0) {
            c->unix_sockets = 1;

        } else {
            rv = "takes on|off|required and: read=PATH, write=PATH, connect=PORT|any, udp, unix";
        }
    }

    return rv;
}


/* ---- what the configuration says by itself ---------------------------------------------------------------------- */

ngx_int_t
ngx_http_bawn_confine_create(ngx_conf_t *cf, ngx_http_bawn_confine_t *c)
{
    c->mode = NGX_BAWN_CONFINE_ON;

    return ngx_array_init(&c->paths, cf->pool, 8, sizeof(bawn_confine_path)) == NGX_OK
           && ngx_array_init(&c->ports, cf->pool, 4, sizeof(uint16_t)) == NGX_OK ? NGX_OK : NGX_ERROR;
}


/* Of each location: the files that it would serve, and whether it looks up names, whose addresses and ports are known only then. */
ngx_int_t
ngx_http_bawn_confine_location(ngx_conf_t *cf)
{
    ngx_http_core_loc_conf_t  *clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    ngx_http_bawn_confine_t   *c;

    c = &((ngx_http_bawn_main_conf_t *) ngx_http_conf_get_module_main_conf(cf, ngx_http_bawn_module))->confine;

    if (clcf->resolver && clcf->resolver->connections.nelts) {
        c->resolves = 1;
    }

    if (clcf->root_lengths || clcf->root.len == 0) {
        return NGX_OK;
    }

    return ngx_http_bawn_confine_add(c, &clcf->root, BAWN_CONFINE_READ);
}


/* Is asked when the configuration is read: one that cannot be kept is refused before anything changes. */
char *
ngx_http_bawn_confine_check(ngx_conf_t *cf, ngx_http_bawn_main_conf_t *mcf)
{
    bawn_buf                  text;
    ngx_http_bawn_confine_t  *c = &mcf->confine;

    bawn_confine_look(&c->kernel);

    if (c->mode != NGX_BAWN_CONFINE_REQUIRED || bawn_confine_has_all(&c->kernel)) {
        return NGX_CONF_OK;
    }

    ngx_memzero(&text, sizeof(bawn_buf));
    (void) bawn_confine_say_missing(&text, &c->kernel);
    ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "workers cannot be confined, and \"bawn_confine required\" asks for it: %*s",
                  text.len, text.ptr);
    bawn_buf_free(&text);

    return NGX_CONF_ERROR;
}


/* ---- the plan of a cycle ---------------------------------------------------------------------------------------- */

/* A block of another kind of server, whose connections stand in no configuration that is known here. */
static ngx_uint_t
ngx_http_bawn_confine_has(ngx_cycle_t *cycle, const char *module)
{
    ngx_uint_t  i;

    for (i = 0; cycle->modules[i]; i++) {
        if (ngx_strcmp(cycle->modules[i]->name, module) == 0) {
            return cycle->conf_ctx[cycle->modules[i]->index] != NULL;
        }
    }

    return 0;
}


static ngx_int_t
ngx_http_bawn_confine_upstream(ngx_http_upstream_srv_conf_t *u, bawn_confine_plan *plan, ngx_array_t *ports)
{
    ngx_uint_t                   i, k;
    ngx_http_upstream_server_t  *server = u->servers ? u->servers->elts : NULL;

    if (server == NULL) {                  /* a name in proxy_pass, with several addresses */
        return u->port ? ngx_http_bawn_confine_add_port(ports, u->port) : NGX_OK;
    }

    for (i = 0; i < u->servers->nelts; i++) {
        for (k = 0; k < server[i].naddrs; k++) {

            if (server[i].addrs[k].sockaddr->sa_family == AF_UNIX) {
                plan->unix_sockets = true;

            } else if (ngx_http_bawn_confine_add_port(ports, ngx_inet_get_port(server[i].addrs[k].sockaddr)) != NGX_OK) {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_bawn_confine_connections(ngx_cycle_t *cycle, ngx_http_bawn_main_conf_t *mcf, bawn_confine_plan *plan)
{
    ngx_log_t                       *log;
    ngx_uint_t                       i, others;
    ngx_http_bawn_confine_t         *c = &mcf->confine;
    ngx_http_upstream_srv_conf_t   **u;
    ngx_http_upstream_main_conf_t   *umcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_upstream_module);

    others = c->resolves || ngx_http_bawn_confine_has(cycle, "ngx_stream_module") || ngx_http_bawn_confine_has(cycle, "ngx_mail_module");
    plan->any_port = c->any_port || (others && !c->ports_given);
    plan->udp = c->udp || others;
    plan->unix_sockets = c->unix_sockets || mcf->scorer.len > 0;

    for (log = cycle->log; log; log = log->next) {
        if (log->writer == ngx_syslog_writer) {
            plan->udp = true;
            plan->unix_sockets = true;
        }
    }

    u = umcf ? umcf->upstreams.elts : NULL;

    for (i = 0; u && i < umcf->upstreams.nelts; i++) {
        if (ngx_http_bawn_confine_upstream(u[i], plan, &c->ports) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (others && ngx_http_bawn_confine_add_port(&c->ports, 53) != NGX_OK) {      /* DNS by TCP, when an answer is long */
        return NGX_ERROR;
    }

    plan->ports = c->ports.elts;
    plan->n_ports = c->ports.nelts;

    return NGX_OK;
}


/* After USR1 the master has made the new file when it tells the workers; the folder is named, since a rule on the file would go
 * with the old one when it is moved away. What is no plain file (a terminal, /dev/null) is named itself. */
static ngx_int_t
ngx_http_bawn_confine_log(ngx_cycle_t *cycle, ngx_http_bawn_confine_t *c, ngx_str_t *file)
{
    size_t           n;
    ngx_str_t        name = *file;
    ngx_file_info_t  info;

    for (n = file->len; n > 0 && file->data[n - 1] != '/'; n--) { /* void */ }

    if (n > 1 && ngx_file_info(file->data, &info) != NGX_FILE_ERROR && ngx_is_file(&info)) {
        name.len = n - 1;
        name.data = ngx_pnalloc(cycle->pool, n);
        if (name.data == NULL) {
            return NGX_ERROR;
        }
        (void) ngx_cpystrn(name.data, file->data, n);
    }

    return ngx_http_bawn_confine_add(c, &name, BAWN_CONFINE_APPEND);
}


static ngx_int_t
ngx_http_bawn_confine_files(ngx_cycle_t *cycle, ngx_http_bawn_main_conf_t *mcf, bawn_confine_plan *plan)
{
    ngx_path_t              **path = cycle->paths.elts;
    ngx_uint_t                i;
    ngx_list_part_t          *part;
    ngx_open_file_t          *file;
    ngx_http_bawn_confine_t  *c = &mcf->confine;

    if (ngx_http_bawn_confine_add(c, &mcf->spool, BAWN_CONFINE_WRITE) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < cycle->paths.nelts; i++) {
        if (ngx_http_bawn_confine_add(c, &path[i]->name, BAWN_CONFINE_WRITE) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    for (part = &cycle->open_files.part; part; part = part->next) {
        file = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (file[i].name.len && ngx_http_bawn_confine_log(cycle, c, &file[i].name) != NGX_OK) {
                return NGX_ERROR;
            }
        }
    }

    plan->paths = c->paths.elts;
    plan->n_paths = c->paths.nelts;

    return NGX_OK;
}


/* ---- the lives --------------------------------------------------------------------------------------------------- */

/* In the master, of each configuration: what will hold. What is missing, only at the start. */
void
ngx_http_bawn_confine_say(ngx_cycle_t *cycle, ngx_http_bawn_main_conf_t *mcf)
{
    bawn_buf                  text;
    bawn_confine_plan         plan;
    ngx_http_bawn_confine_t  *c = &mcf->confine;

    if (c->mode == NGX_BAWN_CONFINE_OFF) {
        ngx_log_error(NGX_LOG_NOTICE, cycle->log, 0, "workers are not confined: \"bawn_confine off\"");
        return;
    }

    ngx_memzero(&text, sizeof(bawn_buf));
    ngx_memzero(&plan, sizeof(bawn_confine_plan));

    if (ngx_http_bawn_confine_connections(cycle, mcf, &plan) == NGX_OK && bawn_confine_say(&text, &c->kernel, &plan)) {
        ngx_log_error(NGX_LOG_NOTICE, cycle->log, 0, "workers are confined: %*s", text.len, text.ptr);
    }

    bawn_buf_clear(&text);

    if (!bawn_confine_has_all(&c->kernel) && ngx_is_init_cycle(cycle->old_cycle) && bawn_confine_say_missing(&text, &c->kernel)) {
        ngx_log_error(NGX_LOG_WARN, cycle->log, 0, "workers are confined only in part: %*s", text.len, text.ptr);
    }

    bawn_buf_free(&text);
}


/* One process that is master and worker must be able to do what a master does. */
static ngx_int_t
ngx_http_bawn_confine_single(ngx_cycle_t *cycle, ngx_http_bawn_confine_t *c)
{
    if (c->mode == NGX_BAWN_CONFINE_REQUIRED) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0, "with \"master_process off\" nothing can be confined, and \"bawn_confine required\" "
                      "asks for it; say \"master_process on\"");
        return NGX_ERROR;
    }

    ngx_log_error(NGX_LOG_WARN, cycle->log, 0, "with \"master_process off\" nothing is confined: one process is master and worker");

    return NGX_OK;
}


/* In a worker, which has opened what it needs. Where the kernel offers a thing and it cannot be had, no worker begins. */
ngx_int_t
ngx_http_bawn_confine_enter(ngx_cycle_t *cycle, ngx_http_bawn_main_conf_t *mcf)
{
    size_t                    outside = 0;
    bawn_error                err;
    ngx_uint_t                required;
    bawn_confine_plan         plan;
    ngx_http_bawn_confine_t  *c = &mcf->confine;

    required = c->mode == NGX_BAWN_CONFINE_REQUIRED;

    if (c->mode == NGX_BAWN_CONFINE_OFF) {
        return NGX_OK;
    }

    if (ngx_process == NGX_PROCESS_SINGLE) {
        return ngx_http_bawn_confine_single(cycle, c);
    }

    ngx_memzero(&err, sizeof(bawn_error));
    ngx_memzero(&plan, sizeof(bawn_confine_plan));

    if (ngx_http_bawn_confine_connections(cycle, mcf, &plan) != NGX_OK || ngx_http_bawn_confine_files(cycle, mcf, &plan) != NGX_OK) {
        return NGX_ERROR;
    }

    if (!bawn_confine_enter(&outside, &c->kernel, &plan, &err)) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0, "a worker cannot be confined: %s; mend that, or say \"bawn_confine off\"", err.message);
        return NGX_ERROR;
    }

    if (outside) {
        ngx_log_error((ngx_uint_t) (required ? NGX_LOG_EMERG : NGX_LOG_WARN), cycle->log, 0,
                      "%uz threads of this worker (\"aio threads\") began before it was confined, and this kernel's Landlock does not "
                      "hold them", outside);
    }

    return outside && required ? NGX_ERROR : NGX_OK;
}

/* nginx's configuration, written from the policy: nothing in it decides, it wires listeners to the wall and the wall to
 * upstreams. Everything about guards stays in the policy file, which the module reads itself. keeps: RULINGS R17, R21 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "serve/inner.h"

#define SECOND 1000000000u

/* Paths of the operations that `guardrail: none` may open unread; the exchange still routes on the raw URI. */
static const struct { const char *operation, *location; } paths[] = {
    { "chat", "= /v1/chat/completions" },
    { "embeddings", "= /v1/embeddings" },
    { "moderations", "= /v1/moderations" },
    { "models", "= /v1/models" },
    { "models", "^~ /v1/models/" },
    { "responses", "= /v1/responses" },
    { "messages", "= /v1/messages" },
    { "count_tokens", "= /v1/messages/count_tokens" },
};                                                      /* checks are not here: without a guardrail they are refused */

const bawn_node *bawn_serve_listeners(const bawn_policy *p)
{
    const bawn_node *all = bawn_node_get(bawn_policy_root(p), "listeners");
    return all ? all->first : NULL;
}

static bool serves(const bawn_node *listener, const char *what)
{
    const bawn_node *list = bawn_node_get(listener, "serves");
    for (const bawn_node *i = list ? list->first : NULL; i; i = i->next)
        if (bawn_node_word(i, what))
            return true;
    return false;
}

static bool has_operations_listener(const bawn_policy *p)
{
    for (const bawn_node *l = bawn_serve_listeners(p); l; l = l->next)
        if (bawn_node_get(l, "serves"))
            return true;
    return false;
}

static const bawn_node *first_for_clients(const bawn_policy *p)
{
    const bawn_node *l = bawn_serve_listeners(p);

    while (l && bawn_node_get(l, "serves"))
        l = l->next;
    return l;
}

bool bawn_serve_port_is_of(const bawn_policy *p, const bawn_node *listener) { return listener == first_for_clients(p); }

bawn_slice bawn_serve_listen_at(char out[SERVE_ADDRESS], const bawn_policy *p, const bawn_node *listener, const bawn_serve_plan *plan)
{
    const bawn_node *address = bawn_node_get(listener, "address");
    bawn_slice text = address ? address->text : BAWN_LIT("127.0.0.1:8480");
    bawn_serve_host h;

    if (plan->port == 0 || first_for_clients(p) != listener || !bawn_serve_parse_address(&h, text))
        return text;
    int n = snprintf(out, SERVE_ADDRESS, h.ip6 ? "[%.*s]:%u" : "%.*s:%u", (int)h.host.len, h.host.ptr, plan->port);
    return n > 0 && n < SERVE_ADDRESS ? bawn_slice_of(out, (size_t)n) : text;
}

static bawn_slice folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return bawn_slice_of(path, slash ? (size_t)(slash - path) + 1 : 0);
}

/* ---- one listener ----------------------------------------------------------------------------------------------- */
static bool write_address(bawn_buf *out, const bawn_policy *p, const bawn_node *listener, const bawn_serve_plan *plan, bawn_error *err)
{
    const bawn_node *address = bawn_node_get(listener, "address");
    char with_port[SERVE_ADDRESS];
    bawn_slice text = bawn_serve_listen_at(with_port, p, listener, plan);
    bawn_serve_host host;

    if (!bawn_serve_parse_address(&host, text))
        return bawn_node_error(err, p, address, "found `%.*s`, expected an address and port such as 127.0.0.1:8480",
                               (int)text.len, text.ptr);
    if (!host.loopback)
        return bawn_node_error(err, p, address, "`%.*s` is beyond loopback, and there are no identities: anybody could use "
                               "it. Listen on 127.0.0.1 or [::1]", (int)text.len, text.ptr);
    const bawn_node *http2 = bawn_node_get(listener, "http2");
    return bawn_buf_fmt(out, "        listen %.*s%s%s;\n", (int)text.len, text.ptr, bawn_node_get(listener, "tls") ? " ssl" : "",
                        http2 && http2->integer ? " http2" : "");
}

static bool is_self_signed(const bawn_node *listener)
{
    const bawn_node *own = bawn_node_get(bawn_node_get(listener, "tls"), "self_signed");
    return own && own->integer;
}

bool bawn_serve_wants_certificate(const bawn_policy *p)
{
    for (const bawn_node *l = bawn_serve_listeners(p); l; l = l->next)
        if (is_self_signed(l))
            return true;
    return false;
}

static bool write_own_certificate(bawn_buf *out, const char *state, bawn_error *err)
{
    static const char *const lines[][2] = { { "ssl_certificate", "pem" }, { "ssl_certificate_key", "key" } };

    for (size_t i = 0; i < BAWN_COUNT(lines); i++) {
        bawn_buf path = { 0 };
        bawn_buf_fmt(&path, "%s/tls/localhost.%s", state, lines[i][1]);
        bawn_buf_fmt(out, "        %s ", lines[i][0]);
        bool ok = !path.failed && bawn_serve_quote(out, bawn_buf_slice(&path));
        bawn_buf_free(&path);
        if (!ok)
            return bawn_error_set(err, BAWN_E_USAGE, "the path of the state folder holds `$` or a control character, which nginx cannot be "
                                  "given; choose another folder");
        bawn_buf_str(out, ";\n");
    }
    return true;
}

static bool write_listener_tls(bawn_buf *out, const bawn_policy *p, const bawn_node *listener, const bawn_serve_plan *plan,
                               bawn_error *err)
{
    const bawn_node *tls = bawn_node_get(listener, "tls");
    const bawn_node *certificate = bawn_node_get(tls, "certificate"), *key = bawn_node_get(tls, "key");

    if (!tls)
        return true;
    if ((certificate != NULL) != (key != NULL))
        return bawn_node_error(err, p, tls, "`certificate` and `key` go together; one is missing");
    if (is_self_signed(listener) == (certificate != NULL))
        return bawn_node_error(err, p, tls, "expected either `self_signed: true`, or a `certificate` with its `key`");
    bawn_buf_str(out, "        ssl_protocols TLSv1.2 TLSv1.3; ssl_session_tickets off; ssl_session_cache none;\n");
    if (!certificate)
        return write_own_certificate(out, plan->state, err);
    return bawn_serve_file(out, "ssl_certificate", p, certificate, folder_of(plan->policy), err) &&
           bawn_serve_file(out, "ssl_certificate_key", p, key, folder_of(plan->policy), err);
}

/* nginx believes X-Forwarded-For only when the connection itself comes from a trusted proxy (set_real_ip_from), and then takes the
 * last address in it that is no trusted proxy's (ngx_http_realip_module). */
static bool write_proxies(bawn_buf *out, const bawn_policy *p, const bawn_node *listener, bawn_error *err)
{
    const bawn_node *proxies = bawn_node_get(listener, "trusted_proxies");

    for (const bawn_node *i = proxies ? proxies->first : NULL; i; i = i->next) {
        if (!bawn_serve_is_network(i->text))
            return bawn_node_error(err, p, i, "found `%.*s`, expected the address of a proxy or its network, such as 127.0.0.1 or "
                                   "10.0.0.0/8 (not everybody's: /0)", (int)i->text.len, i->text.ptr);
        bawn_buf_fmt(out, "        set_real_ip_from %.*s;\n", (int)i->text.len, i->text.ptr);
    }
    return !proxies || bawn_buf_str(out, "        real_ip_header X-Forwarded-For; real_ip_recursive on;\n");
}

static void write_operations(bawn_buf *out, bool metrics, bool health)
{
    if (metrics)
        bawn_buf_str(out, "        location = /metrics { bawn off; bawn_status metrics; }\n");
    if (health)
        bawn_buf_str(out, "        location = /healthz { bawn off; bawn_status health; }\n"
                          "        location = /readyz { bawn off; bawn_status ready; }\n");
}

/* Only these, and errors say so. */
static void write_operations_only(bawn_buf *out, bool metrics, bool health)
{
    bawn_buf_fmt(out, "        bawn_operations \"%s%s%s\";\n", metrics ? "/metrics" : "", metrics && health ? ", " : "",
                 health ? "/healthz, /readyz" : "");
    write_operations(out, metrics, health);
    bawn_buf_str(out, "        location / { return 404; }\n    }\n");
}

static void write_sizes(bawn_buf *out, const bawn_node *listener)
{
    const bawn_node *limits = bawn_node_get(listener, "limits");

    bawn_buf_fmt(out, "        client_max_body_size %llu; client_header_timeout %llus; client_body_timeout %llus;\n",
                 (unsigned long long)bawn_serve_number(limits, "body", 4u << 20),
                 (unsigned long long)(bawn_serve_number(limits, "header_time", 10ull * SECOND) + SECOND - 1) / SECOND,
                 (unsigned long long)(bawn_serve_number(limits, "body_time", 30ull * SECOND) + SECOND - 1) / SECOND);
}

/* Counts stand in shared memory, where those of a worker that crashed would stay for ever. So a worker that is alone counts under
 * its own number, which dies with it; several count together, and each start and reload begins a zone of its own. */
static void write_zone(bawn_buf *out, const bawn_serve_plan *plan, bawn_slice name)
{
    bawn_buf_fmt(out, "    limit_conn_zone %s zone=bawn_%.*s_%llu:64k;\n", plan->workers > 1 ? "$server_port" : "$pid", (int)name.len,
                 name.ptr, plan->generation);
}

/* Not of the whole server: operations are asked for when there are too many clients. */
static void write_limit(bawn_buf *out, const bawn_node *listener, const bawn_serve_plan *plan)
{
    bawn_slice name = listener ? listener->key : BAWN_LIT("public");

    bawn_buf_fmt(out, "limit_conn bawn_%.*s_%llu %llu; limit_conn_status 429;", (int)name.len, name.ptr, plan->generation,
                 (unsigned long long)bawn_serve_number(bawn_node_get(listener, "limits"), "connections", 1000));
}

static void write_open_route(bawn_buf *out, const bawn_node *operation, const bawn_node *listener, const bawn_serve_plan *plan)
{
    for (size_t i = 0; i < BAWN_COUNT(paths); i++)
        if (bawn_node_word(operation, paths[i].operation)) {
            bawn_buf_fmt(out, "        location %s { bawn_guardrail none; ", paths[i].location);
            write_limit(out, listener, plan);
            bawn_buf_str(out, " }\n");
        }
}

/* Nothing is read on such a route, not even the model's name: with several upstreams it could only go to the first. */
static bool write_open_routes(bawn_buf *out, const bawn_policy *p, const bawn_node *listener, const bawn_serve_plan *plan,
                              bawn_error *err)
{
    const bawn_node *routes = bawn_node_get(bawn_policy_root(p), "routes"), *upstreams = bawn_node_get(bawn_policy_root(p), "upstreams");
    bool several = upstreams && upstreams->first && upstreams->first->next;

    for (const bawn_node *r = routes ? routes->first : NULL; r; r = r->next) {
        const bawn_node *operations = bawn_node_get(r, "operations"), *guardrail = bawn_node_get(r, "guardrail");
        if (!bawn_node_word(guardrail, "none"))
            continue;
        if (several && !bawn_node_get(r, "upstream"))
            return bawn_node_error(err, p, guardrail, "with `guardrail: none` nothing is read, so the model's name cannot choose among "
                                   "the upstreams; name one: {operations: [...], guardrail: none, upstream: %.*s}",
                                   (int)upstreams->first->key.len, upstreams->first->key.ptr);
        for (const bawn_node *o = operations ? operations->first : NULL; o; o = o->next)
            write_open_route(out, o, listener, plan);
    }
    return true;
}

static bool is_spoken(const bawn_policy *p, const bawn_node *listener, const char *dialect)
{
    const bawn_node *list = bawn_node_get(listener, "dialects"), *upstreams = bawn_node_get(bawn_policy_root(p), "upstreams");
    bool spoken = !list && strcmp(dialect, "guardrail") == 0;       /* it needs no upstream */

    for (const bawn_node *d = list ? list->first : NULL; d; d = d->next)
        spoken = spoken || bawn_node_word(d, dialect);
    for (const bawn_node *u = !list && upstreams ? upstreams->first : NULL; u; u = u->next)
        spoken = spoken || bawn_node_word(bawn_node_get(u, "dialect"), dialect);
    return spoken;
}

static void write_dialects(bawn_buf *out, const bawn_policy *p, const bawn_node *listener)
{
    static const char *const names[] = { "openai", "anthropic", "bedrock", "guardrail" };
    const char *before = "";

    bawn_buf_str(out, "bawn_dialect \"");
    for (size_t i = 0; i < BAWN_COUNT(names); i++)
        if (is_spoken(p, listener, names[i])) {
            bawn_buf_fmt(out, "%s%s", before, names[i]);
            before = " ";
        }
    bawn_buf_str(out, "\";");
}

static bool write_listener(bawn_buf *out, const bawn_policy *p, const bawn_node *listener, const bawn_serve_plan *plan,
                           bawn_error *err)
{
    bawn_slice name = listener ? listener->key : BAWN_LIT("public");
    bool operations = bawn_node_get(listener, "serves") != NULL;

    if (!bawn_serve_is_name(name))
        return bawn_node_error(err, p, listener, "`%.*s` is no name for a listener: use letters, digits, _ - . (at most 64)",
                               (int)name.len, name.ptr);
    bawn_buf_str(out, "    server {\n");
    if (!write_address(out, p, listener, plan, err) || !write_listener_tls(out, p, listener, plan, err) ||
        !write_proxies(out, p, listener, err))
        return false;
    if (operations) {
        write_operations_only(out, serves(listener, "metrics"), serves(listener, "health"));
        return !out->failed;
    }
    write_sizes(out, listener);
    bawn_buf_fmt(out, "        bawn on; bawn_dispatch on; bawn_listener %.*s; ", (int)name.len, name.ptr);
    write_dialects(out, p, listener);
    bawn_buf_byte(out, '\n');
    if (!has_operations_listener(p))
        write_operations(out, true, true);
    bawn_buf_str(out, "        location / { ");
    write_limit(out, listener, plan);
    bawn_buf_str(out, " }\n");
    if (!write_open_routes(out, p, listener, plan, err))
        return false;
    return bawn_serve_upstream_locations(out, p, folder_of(plan->policy), err) && bawn_buf_str(out, "    }\n");
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */
static uint64_t connections(const bawn_policy *p)
{
    struct rlimit files = { 1024, 1024 };
    uint64_t n = 64;

    for (const bawn_node *l = bawn_serve_listeners(p); l; l = l->next)
        n += 2 * bawn_serve_number(bawn_node_get(l, "limits"), "connections", 1000);
    if (!bawn_serve_listeners(p))
        n += 2000;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max != RLIM_INFINITY && n + 64 > files.rlim_max)
        n = files.rlim_max > 128 ? files.rlim_max - 64 : 64;
    return n;
}

static bool write_path(bawn_buf *out, const char *before, const char *path, const char *after, bawn_error *err)
{
    bawn_buf_str(out, before);
    if (!bawn_serve_quote(out, bawn_slice_str(path)))
        return bawn_error_set(err, BAWN_E_USAGE, "the path `%s` holds `$` or a control character, which nginx cannot be "
                              "given; choose another folder", path);
    return bawn_buf_str(out, after);
}

static bool write_main(bawn_buf *out, const bawn_policy *p, const bawn_serve_plan *plan, bawn_error *err)
{
    bawn_buf_str(out, "# Written by `bawn serve` from the policy; changes here are lost.\n");
    if (!write_path(out, "load_module ", plan->module, ";\n", err))
        return false;
    if (plan->user)
        bawn_buf_fmt(out, "user %s %s;\n", plan->user, plan->group);
    bawn_buf_fmt(out, "worker_processes %u;\nworker_shutdown_timeout 1h;\nworker_rlimit_core 0;\ndaemon off;\nerror_log stderr warn;\n"
                      "pid nginx.pid;\nevents { worker_connections %llu; }\n", plan->workers ? plan->workers : 1,
                 (unsigned long long)connections(p));
    return true;
}

static bool write_record(bawn_buf *out, const bawn_wall *w, const bawn_serve_plan *plan, bawn_error *err)
{
    const bawn_node *record = bawn_node_get(bawn_policy_root(bawn_wall_policy(w)), "record");
    const bawn_node *spool = bawn_node_get(record, "spool");
    bawn_buf folder = { 0 };
    bool ok = bawn_serve_spool(&folder, w, plan->state, err) && bawn_buf_byte(&folder, 0) &&
              write_path(out, "    bawn_spool ", folder.ptr, "", err);

    bawn_buf_free(&folder);
    if (!ok)
        return false;
    return bawn_buf_fmt(out, " rotate=%llu keep=%llus on_full=%s%s;\n",
                        (unsigned long long)bawn_serve_number(spool, "rotate", 64u << 20),
                        (unsigned long long)(bawn_serve_number(spool, "keep", 7ull * 86400 * SECOND) / SECOND),
                        bawn_node_word(bawn_node_get(record, "on_full"), "observe") ? "observe" : "block",
                        bawn_node_word(bawn_node_get(record, "durability"), "sync") ? " sync" : "");
}

static bool write_scorer(bawn_buf *out, const bawn_policy *p, bawn_error *err)
{
    const bawn_node *socket = bawn_node_at(bawn_policy_root(p), "scorer.socket");

    if (!socket)
        return true;
    bawn_buf_str(out, "    bawn_scorer \"unix:");
    for (size_t i = 0; i < socket->text.len; i++)
        if ((unsigned char)socket->text.ptr[i] <= ' ' || strchr("\"\\$;{}", socket->text.ptr[i]))
            return bawn_node_error(err, p, socket, "a path with spaces or quotes cannot be given to nginx");
    bawn_buf_add(out, socket->text);
    return bawn_buf_str(out, "\";\n");
}

static void write_http(bawn_buf *out)
{
    bawn_buf_str(out,
        "    access_log off; server_tokens off; default_type application/json; gzip off; merge_slashes off;\n"
        "    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; "
        "scgi_temp_path scgi;\n"
        "    keepalive_timeout 75s; keepalive_requests 100000; tcp_nodelay on; reset_timedout_connection on;\n"
        "    client_header_buffer_size 4k; large_client_header_buffers 8 32k; http2_max_concurrent_streams 256;\n"
        "    proxy_http_version 1.1; proxy_buffering off; proxy_buffer_size 32k; proxy_buffers 8 16k; proxy_max_temp_file_size 0;\n"
        "    proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset;\n"
        "    proxy_ignore_client_abort off; proxy_intercept_errors off; proxy_redirect off; proxy_socket_keepalive on;\n");
}

bool bawn_serve_config(bawn_buf *out, const bawn_wall *w, const bawn_serve_plan *plan, bawn_error *err)
{
    const bawn_policy *p = bawn_wall_policy(w);
    const bawn_node *listener = bawn_serve_listeners(p);

    if (!write_main(out, p, plan, err))
        return false;
    bawn_buf_str(out, "http {\n");
    write_http(out);
    if (!write_path(out, "    bawn_policy ", plan->policy, ";\n", err) ||
        !write_path(out, "    bawn_cache ", plan->cache, ";\n", err) || !write_record(out, w, plan, err) ||
        !bawn_buf_fmt(out, "    bawn_confine %s;\n", plan->confine) || !write_scorer(out, p, err) || !bawn_serve_upstreams(out, p, err))
        return false;
    do {
        if (!listener || !bawn_node_get(listener, "serves"))
            write_zone(out, plan, listener ? listener->key : BAWN_LIT("public"));
        if (!write_listener(out, p, listener, plan, err))
            return false;
    } while (listener && (listener = listener->next) != NULL);
    bawn_buf_str(out, "}\n");
    return !out->failed || bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for nginx's configuration");
}

void bawn_serve_url_of(char *out, size_t size, const bawn_policy *p, const bawn_serve_plan *plan)
{
    char address[SERVE_ADDRESS];
    const bawn_node *listener = first_for_clients(p);
    bawn_slice text = bawn_serve_listen_at(address, p, listener, plan);

    snprintf(out, size, "%s://%.*s", bawn_node_get(listener, "tls") ? "https" : "http", (int)text.len, text.ptr);
}

size_t bawn_serve_addresses(bawn_buf *out, const bawn_policy *p, const bawn_serve_plan *plan)
{
    char address[SERVE_ADDRESS];
    const bawn_node *l = bawn_serve_listeners(p);
    size_t n = 0;

    do {
        bawn_buf_str(out, n++ ? ", " : "");
        bawn_buf_add(out, bawn_serve_listen_at(address, p, l, plan));
    } while (l && (l = l->next) != NULL);
    return n;
}

/* Upstreams: a block of servers for nginx's balancer, and a named location each. The exchange names the upstream, the
 * connector goes to `@name`, where time-outs, TLS and retries are that upstream's own. Of the client's headers only those named
 * here go on, and its query never: either may carry a key of any name. The upstream's key comes from the exchange
 * ($bawn_authorization, $bawn_api_key) and is never written into a file. */
#include "serve/inner.h"

#define MS 1000000u
#define SYSTEM_CA "/etc/ssl/certs/ca-certificates.crt"

/* What the API reads that is no key and names no account: each name here is looked for among the headers of each request. What
 * SDKs tell of themselves (X-Stainless-*) is for no model. Content-Length and Transfer-Encoding are nginx's own. Not
 * OpenAI-Organization and OpenAI-Project: whose account pays is the operator's affair, like the key. Content-Encoding is of bodies
 * that `guardrail: none` lets through unread; others are refused. */
static const struct { const char *name, *variable, *dialect; } passed[] = {
    { "Content-Type", "content_type", NULL },
    { "Content-Encoding", "content_encoding", NULL },
    { "Accept", "accept", NULL },
    { "User-Agent", "user_agent", NULL },
    { "Idempotency-Key", "idempotency_key", NULL },
    { "X-Request-Id", "x_request_id", NULL },
    { "X-Client-Request-Id", "x_client_request_id", NULL },
    { "Traceparent", "traceparent", NULL },
    { "Tracestate", "tracestate", NULL },
    { "OpenAI-Beta", "openai_beta", "openai" },
    { "Anthropic-Version", "anthropic_version", "anthropic" },
    { "Anthropic-Beta", "anthropic_beta", "anthropic" },
    { "X-Amzn-Bedrock-Accept", "x_amzn_bedrock_accept", "bedrock" },
    { "X-Amzn-Bedrock-Trace", "x_amzn_bedrock_trace", "bedrock" },
    { "X-Amzn-Bedrock-GuardrailIdentifier", "x_amzn_bedrock_guardrailidentifier", "bedrock" },
    { "X-Amzn-Bedrock-GuardrailVersion", "x_amzn_bedrock_guardrailversion", "bedrock" },
    { "X-Amzn-Bedrock-PerformanceConfig-Latency", "x_amzn_bedrock_performanceconfig_latency", "bedrock" },
    { "X-Amzn-Bedrock-Service-Tier", "x_amzn_bedrock_service_tier", "bedrock" },
};

static const bawn_node *first_url(const bawn_node *upstream)
{
    const bawn_node *url = bawn_node_get(upstream, "url");
    return url && url->kind == BAWN_NODE_LIST ? url->first : url;
}

static const bawn_node *next_url(const bawn_node *upstream, const bawn_node *url)
{
    return bawn_node_get(upstream, "url")->kind == BAWN_NODE_LIST ? url->next : NULL;
}

static bool read_url(bawn_serve_url *out, const bawn_policy *p, const bawn_node *url, bawn_error *err)
{
    if (!url)
        return bawn_error_set(err, BAWN_E_POLICY, "an upstream without url");
    if (bawn_serve_parse_url(out, url->text))
        return true;
    return bawn_node_error(err, p, url, "found `%.*s`, expected a URL such as http://127.0.0.1:9400/v1 without query",
                           (int)url->text.len, url->text.ptr);
}

/* All URLs of one upstream are one service: same scheme, same path, and with TLS the same name. */
static bool check_same(const bawn_policy *p, const bawn_node *node, const bawn_serve_url *a, const bawn_serve_url *b,
                       bawn_error *err)
{
    if (a->tls != b->tls || !bawn_slice_eq(a->path, b->path))
        return bawn_node_error(err, p, node, "the URLs of one upstream differ in scheme or path; write two upstreams");
    if (a->tls && !bawn_slice_eq_nocase(a->host.host, b->host.host))
        return bawn_node_error(err, p, node, "the https URLs of one upstream have different hosts, and one name is checked; "
                               "write two upstreams");
    return true;
}

static bool write_servers(bawn_buf *out, const bawn_policy *p, const bawn_node *upstream, bawn_error *err)
{
    bawn_serve_url first = { 0 }, url;

    if (!bawn_serve_is_name(upstream->key))
        return bawn_node_error(err, p, upstream, "`%.*s` is no name for an upstream: use letters, digits, _ - . (at most 64)",
                               (int)upstream->key.len, upstream->key.ptr);
    if (!read_url(&first, p, first_url(upstream), err))
        return false;
    bawn_buf_fmt(out, "    upstream bawn_%.*s {\n", (int)upstream->key.len, upstream->key.ptr);
    for (const bawn_node *n = first_url(upstream); n; n = next_url(upstream, n)) {
        if (!read_url(&url, p, n, err) || !check_same(p, n, &first, &url, err))
            return false;
        bawn_buf_fmt(out, url.host.ip6 ? "        server [%.*s]:%u;\n" : "        server %.*s:%u;\n",
                     (int)url.host.host.len, url.host.host.ptr, url.host.port);
    }
    /* idle connections are given up before common servers close them: a POST is not sent twice */
    return bawn_buf_str(out, "        keepalive 64; keepalive_timeout 4s; keepalive_requests 100000;\n    }\n");
}

bool bawn_serve_upstreams(bawn_buf *out, const bawn_policy *p, bawn_error *err)
{
    const bawn_node *all = bawn_node_get(bawn_policy_root(p), "upstreams");

    bawn_buf_str(out, "    proxy_headers_hash_max_size 2048; proxy_headers_hash_bucket_size 128; proxy_pass_request_headers off;\n");
    for (const bawn_node *u = all ? all->first : NULL; u; u = u->next)
        if (!write_servers(out, p, u, err))
            return false;
    return !out->failed;
}

bool bawn_serve_file(bawn_buf *out, const char *directive, const bawn_policy *p, const bawn_node *node, bawn_slice folder,
                     bawn_error *err)
{
    const bawn_slice scheme = BAWN_LIT("file:");
    bawn_buf path = { 0 };
    bool ok;

    if (!bawn_slice_starts(node->text, scheme))
        return bawn_node_error(err, p, node, "found `%.*s`, expected file:PATH: nginx reads certificates from files",
                               (int)node->text.len, node->text.ptr);
    if (node->text.len > scheme.len && node->text.ptr[scheme.len] != '/')
        bawn_buf_add(&path, folder);
    bawn_buf_add(&path, bawn_slice_of(node->text.ptr + scheme.len, node->text.len - scheme.len));
    bawn_buf_fmt(out, "            %s ", directive);
    ok = bawn_serve_quote(out, bawn_buf_slice(&path));
    bawn_buf_free(&path);
    if (!ok)
        return bawn_node_error(err, p, node, "a path with `$` or control characters cannot be given to nginx");
    return bawn_buf_str(out, ";\n");
}

static bool write_tls(bawn_buf *out, const bawn_policy *p, const bawn_node *upstream, const bawn_serve_url *url,
                      bawn_slice folder, bawn_error *err)
{
    const bawn_node *tls = bawn_node_get(upstream, "tls"), *ca = bawn_node_get(tls, "ca");
    const bawn_node *certificate = bawn_node_get(tls, "certificate"), *key = bawn_node_get(tls, "key");

    if (!url->tls)
        return !tls || bawn_node_error(err, p, tls, "tls is for https upstreams, and this url is http");
    if ((certificate != NULL) != (key != NULL))
        return bawn_node_error(err, p, tls, "`certificate` and `key` go together; one is missing");
    bawn_buf_fmt(out, "            proxy_ssl_server_name on; proxy_ssl_name %.*s;\n"
                      "            proxy_ssl_verify on; proxy_ssl_verify_depth 5; proxy_ssl_protocols TLSv1.2 TLSv1.3;\n",
                 (int)url->host.host.len, url->host.host.ptr);
    if (ca ? !bawn_serve_file(out, "proxy_ssl_trusted_certificate", p, ca, folder, err)
           : !bawn_buf_str(out, "            proxy_ssl_trusted_certificate " SYSTEM_CA ";\n"))
        return false;
    return !certificate || (bawn_serve_file(out, "proxy_ssl_certificate", p, certificate, folder, err) &&
                            bawn_serve_file(out, "proxy_ssl_certificate_key", p, key, folder, err));
}

static void write_times(bawn_buf *out, const bawn_node *upstream)
{
    const bawn_node *times = bawn_node_get(upstream, "timeouts"), *retry = bawn_node_get(upstream, "retry");
    uint64_t attempts = bawn_serve_number(retry, "attempts", 2);

    bawn_buf_fmt(out, "            proxy_connect_timeout %llums; proxy_send_timeout %llums; proxy_read_timeout %llums; "
                      "bawn_idle_timeout %llums;\n",
                 (unsigned long long)(bawn_serve_number(times, "connect", 2000000000u) / MS),
                 (unsigned long long)(bawn_serve_number(times, "first_byte", 60000000000u) / MS),
                 (unsigned long long)(bawn_serve_number(times, "first_byte", 60000000000u) / MS),
                 (unsigned long long)(bawn_serve_number(times, "idle", 120000000000u) / MS));
    if (attempts < 2)
        bawn_buf_str(out, "            proxy_next_upstream off;\n");
    else    /* nginx never repeats a POST of which a byte was sent (no `non_idempotent` here) */
        bawn_buf_fmt(out, "            proxy_next_upstream error timeout; proxy_next_upstream_tries %llu;\n",
                     (unsigned long long)attempts);
}

static bool write_location(bawn_buf *out, const bawn_policy *p, const bawn_node *upstream, bawn_slice folder,
                           bawn_error *err)
{
    const bawn_node *dialect = bawn_node_get(upstream, "dialect");
    bawn_serve_url url = { 0 };

    if (!read_url(&url, p, first_url(upstream), err))
        return false;
    bawn_buf_fmt(out, "        location @%.*s {\n            proxy_pass %s://bawn_%.*s$bawn_uri;\n"
                      "            proxy_set_header Host %.*s;\n",
                 (int)upstream->key.len, upstream->key.ptr, url.tls ? "https" : "http", (int)upstream->key.len,
                 upstream->key.ptr, (int)url.authority.len, url.authority.ptr);
    bawn_buf_str(out, "            proxy_set_header Connection \"\"; proxy_set_header Authorization $bawn_authorization;\n"
                      "            proxy_set_header Accept-Encoding identity;\n");
    if (bawn_node_word(dialect, "anthropic"))
        bawn_buf_str(out, "            proxy_set_header x-api-key $bawn_api_key;\n");
    if (bawn_node_word(dialect, "bedrock"))
        bawn_buf_str(out, "            proxy_set_header X-Amz-Date $bawn_amz_date; proxy_set_header X-Amz-Security-Token $bawn_amz_token;\n");
    for (size_t i = 0; i < BAWN_COUNT(passed); i++)
        if (!passed[i].dialect || bawn_node_word(dialect, passed[i].dialect))
            bawn_buf_fmt(out, "            proxy_set_header %s $http_%s;\n", passed[i].name, passed[i].variable);
    write_times(out, upstream);
    return write_tls(out, p, upstream, &url, folder, err) && bawn_buf_str(out, "        }\n");
}

bool bawn_serve_upstream_locations(bawn_buf *out, const bawn_policy *p, bawn_slice folder, bawn_error *err)
{
    const bawn_node *all = bawn_node_get(bawn_policy_root(p), "upstreams");

    for (const bawn_node *u = all ? all->first : NULL; u; u = u->next)
        if (!write_location(out, p, u, folder, err))
            return false;
    return !out->failed;
}

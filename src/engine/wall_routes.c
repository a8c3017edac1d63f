/* Upstreams, routes and defaults: from the tree to what an exchange asks. */
#include <stdio.h>
#include <stdlib.h>

#include "base/sigv4.h"
#include "engine/wall.h"

static bool no_memory(bawn_error *err) { return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for the routes"); }

/* What `name` names is not there; whether to go on without it. */
static bool goes_without(const bawn_wall *w, const bawn_node *name, const char *what, bawn_error *err)
{
    bawn_node_error(err, w->policy, name, "there is no %s `%.*s`", what, (int)name->text.len, name->text.ptr);
    return bawn_wall_goes_on(w, err);
}

static size_t count(const bawn_node *list)
{
    size_t n = 0;
    for (const bawn_node *i = list ? list->first : NULL; i; i = i->next)
        n++;
    return n;
}

static bool slices_of(bawn_slice **out, size_t *n, bawn_wall *w, const bawn_node *list, bawn_error *err)
{
    *n = 0;
    *out = bawn_arena_alloc(w->arena, (count(list) + 1) * sizeof **out);
    if (!*out)
        return no_memory(err);
    for (const bawn_node *i = list ? list->first : NULL; i; i = i->next)
        (*out)[(*n)++] = i->text;
    return true;
}

/* The path of a URL without a trailing slash: "http://host:1/v1/" -> "/v1". */
static bawn_slice path_of(bawn_slice url)
{
    size_t host = bawn_slice_find(url, BAWN_LIT("://"));
    size_t i = host < url.len ? host + 3 : 0;
    while (i < url.len && url.ptr[i] != '/')
        i++;
    while (url.len > i && url.ptr[url.len - 1] == '/')
        url.len--;
    return bawn_slice_of(url.ptr + i, url.len > i ? url.len - i : 0);
}

/* Each API has its header for keys. */
static bool read_key(bawn_wall *w, bawn_upstream *u, const bawn_node *key, bawn_error *err)
{
    bool bearer = !bawn_slice_is(u->dialect, "anthropic"), ok = true;
    bawn_buf b = { 0 };

    if (!key)
        return true;
    bawn_buf_str(&b, bearer ? "Bearer " : "");
    if (!bawn_policy_secret(&b, w->policy, key, err)) {
        bawn_buf_free(&b);
        return false;
    }
    for (size_t i = 0; i < b.len; i++)
        if ((unsigned char)b.ptr[i] < 0x20 || b.ptr[i] == 0x7F)
            ok = bawn_node_error(err, w->policy, key, "the key holds a control character; a header cannot carry it");
    if (ok)
        *(bearer ? &u->authorization : &u->api_key) = bawn_arena_copy(w->arena, bawn_buf_slice(&b), &ok);
    explicit_bzero(b.ptr, b.len);
    bawn_buf_free(&b);
    return ok;
}

/* host[:port] of a URL. */
static bawn_slice host_of(bawn_slice url)
{
    size_t begin = bawn_slice_find(url, BAWN_LIT("://")), end;

    begin = begin < url.len ? begin + 3 : 0;
    for (end = begin; end < url.len && url.ptr[end] != '/'; end++)
        ;
    return bawn_slice_of(url.ptr + begin, end - begin);
}

/* Amazon Bedrock's address is that of its region. */
static bool put_url(bawn_wall *w, const bawn_node *node, bawn_error *err)
{
    const bawn_node *region = bawn_node_get(node, "region");
    bool ok = region && bawn_node_word(bawn_node_get(node, "dialect"), "bedrock");
    bawn_buf url = { 0 };

    if (!ok)
        return bawn_node_error(err, w->policy, node, "the upstream `%.*s` has no `url`: its base URL, such as http://127.0.0.1:9400/v1",
                               (int)node->key.len, node->key.ptr);
    for (size_t i = 0; i < region->text.len; i++)
        ok = ok && (bawn_is_alnum((unsigned char)region->text.ptr[i]) || region->text.ptr[i] == '-');
    if (!ok || region->text.len > 32)
        return bawn_node_error(err, w->policy, region, "`%.*s` is no region of AWS: expected such as eu-west-1",
                               (int)(region->text.len > 40 ? 40 : region->text.len), region->text.ptr);
    bawn_buf_fmt(&url, "https://bedrock-runtime.%.*s.amazonaws.com", (int)region->text.len, region->text.ptr);
    ok = !url.failed && bawn_policy_put(w->policy, node, "url", bawn_buf_slice(&url), region);
    bawn_buf_free(&url);
    return ok || no_memory(err);
}

/* Bedrock's own keys are bearers; without one AWS's credentials sign. */
static bool read_aws(bawn_wall *w, bawn_upstream *u, const bawn_node *node, bawn_error *err)
{
    const bawn_node *region = bawn_node_get(node, "region"), *credentials = bawn_node_get(node, "credentials");
    bawn_aws_credentials who;
    bawn_error why = { 0 };
    bool ok = true;

    if (!bawn_slice_is(u->dialect, "bedrock"))
        return (!region && !credentials) || bawn_node_error(err, w->policy, region ? region : credentials, "this is for upstreams of "
                                                            "dialect bedrock, and this one speaks %.*s", (int)u->dialect.len, u->dialect.ptr);
    if (!region)
        return bawn_node_error(err, w->policy, node, "an upstream of dialect bedrock needs its AWS `region`, such as eu-west-1");
    if (u->forward_key)
        return bawn_node_error(err, w->policy, bawn_node_get(node, "forward_key"), "a client's signature is over another request: "
                               "it cannot be forwarded to AWS; give `credentials: env` or a `key`");
    u->region = region->text;
    if (u->authorization.len > 0)
        return true;
    if (!bawn_aws_credentials_read(&who, getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"), getenv("AWS_SESSION_TOKEN"),
                                   &why))
        return bawn_node_error(err, w->policy, credentials ? credentials : node, "%s", why.message);
    u->access_key = bawn_arena_copy(w->arena, who.access_key, &ok);
    u->secret_key = bawn_arena_copy(w->arena, who.secret_key, &ok);
    u->session_token = bawn_arena_copy(w->arena, who.session_token, &ok);
    return ok || no_memory(err);
}

static bool check_url(bawn_wall *w, const bawn_node *url, bawn_error *err)
{
    if (bawn_slice_starts(url->text, BAWN_LIT("http://")) || bawn_slice_starts(url->text, BAWN_LIT("https://")))
        return true;
    return bawn_node_error(err, w->policy, url, "`%.*s` is no base URL: expected http://HOST[:PORT]/PATH or https://...",
                           (int)(url->text.len > 80 ? 80 : url->text.len), url->text.ptr);
}

static bool read_upstream(bawn_wall *w, bawn_upstream *u, const bawn_node *node, bawn_error *err)
{
    const bawn_node *url = bawn_node_get(node, "url"), *forward = bawn_node_get(node, "forward_key");

    if (!url && !put_url(w, node, err))
        return false;
    url = bawn_node_get(node, "url");
    const bawn_node *first = url->kind == BAWN_NODE_LIST ? url->first : url;

    *u = (bawn_upstream){ .name = node->key };
    if (!first)
        return bawn_node_error(err, w->policy, url, "the list of URLs is empty: name at least one");
    for (const bawn_node *one = first; one; one = url->kind == BAWN_NODE_LIST ? one->next : NULL) {
        if (!check_url(w, one, err))
            return false;
        if (!bawn_slice_eq(path_of(one->text), path_of(first->text)))
            return bawn_node_error(err, w->policy, one, "the URLs of one upstream must have the same path");
    }
    *u = (bawn_upstream){ .name = node->key, .dialect = bawn_node_get(node, "dialect")->text, .base_path = path_of(first->text),
                          .host = host_of(first->text), .forward_key = forward && forward->integer };
    return slices_of(&u->models, &u->n_models, w, bawn_node_get(node, "models"), err) &&
           read_key(w, u, bawn_node_get(node, "key"), err) && read_aws(w, u, node, err);
}

static int upstream_named(const bawn_wall *w, bawn_slice name)
{
    for (size_t i = 0; i < w->n_upstreams; i++)
        if (bawn_slice_eq(w->upstreams[i].name, name))
            return (int)i;
    return -1;
}

/* Versions are read before routes, so it is there; or it is one of the mistakes of a policy that is checked. */
static int version_of(const bawn_wall *w, const bawn_node *route)
{
    const bawn_version *v = bawn_wall_version_find(w, bawn_route_guardrail(w, route), bawn_node_get(route, "version")->integer);
    return v ? (int)(w->n_drafts + (size_t)(v - w->versions)) : -1;
}

/* Whose operation it is: an upstream that a route names must speak that. NULL: several APIs have it. */
static const char *dialect_of(bawn_slice operation)
{
    static const char *const owned[][2] = {
        { "chat", "openai" }, { "embeddings", "openai" }, { "moderations", "openai" }, { "messages", "anthropic" },
        { "converse", "bedrock" }, { "invoke", "bedrock" }, { "responses", "openai" },
    };

    for (size_t i = 0; i < BAWN_COUNT(owned); i++)
        if (bawn_slice_is(operation, owned[i][0]))
            return owned[i][1];
    return NULL;
}

/* Of the dialect `guardrail`: Bawn answers it, and no upstream. */
static bool is_check(bawn_slice operation)
{
    static const char *const checks[] = { "apply_guardrail", "guardrail_checks", "litellm_guardrail", "presidio_analyze",
                                          "presidio_anonymize", "shield_prompt", "lakera_guard", NULL };
    return bawn_slice_is_any(operation, checks);
}

static bool answers_checks(const bawn_wall *w, const bawn_route *r, const bawn_node *node, bawn_error *err)
{
    const bawn_node *operations = bawn_node_get(node, "operations"), *guardrail = bawn_node_get(node, "guardrail");

    for (const bawn_node *o = operations ? operations->first : NULL; o; o = o->next) {
        if (!is_check(o->text))
            continue;
        if (guardrail && bawn_node_word(guardrail, "none"))
            return bawn_node_error(err, w->policy, o, "`%.*s` asks what a guardrail finds: it cannot be without one (`guardrail: none`)",
                                   (int)o->text.len, o->text.ptr);
        if (r->upstream >= 0)
            return bawn_node_error(err, w->policy, o, "`%.*s` is answered by Bawn itself: give it a route without an upstream",
                                   (int)o->text.len, o->text.ptr);
    }
    return true;
}

static bool speaks(const bawn_wall *w, const bawn_route *r, const bawn_node *operations, bawn_error *err)
{
    const bawn_upstream *u = &w->upstreams[r->upstream];

    for (const bawn_node *o = operations ? operations->first : NULL; o; o = o->next) {
        const char *dialect = dialect_of(o->text);
        if (dialect && u->dialect.len > 0 && !bawn_slice_is(u->dialect, dialect))
            return bawn_node_error(err, w->policy, o, "`%.*s` is an operation of %s, and the upstream `%.*s` speaks %.*s: give it a route "
                                   "of its own", (int)o->text.len, o->text.ptr, dialect, (int)u->name.len, u->name.ptr,
                                   (int)u->dialect.len, u->dialect.ptr);
    }
    return true;
}

/* A signature is over the body, so a request to AWS is read. */
static bool is_signable(const bawn_wall *w, const bawn_route *r, const bawn_node *operations, bawn_error *err)
{
    for (const bawn_node *o = operations ? operations->first : NULL; o && r->guardrail < 0; o = o->next) {
        const char *dialect = dialect_of(o->text);
        if (dialect && strcmp(dialect, "bedrock") == 0)
            return bawn_node_error(err, w->policy, o, "`%.*s` cannot go with `guardrail: none`: a request to AWS is signed over its body, "
                                   "which would have to be read", (int)o->text.len, o->text.ptr);
    }
    return true;
}

static bool read_route(bawn_wall *w, bawn_route *r, const bawn_node *node, bawn_error *err)
{
    const bawn_node *guardrail = bawn_node_get(node, "guardrail"), *upstream = bawn_node_get(node, "upstream");

    *r = (bawn_route){ .guardrail = w->default_guardrail, .upstream = -1 };
    if (guardrail && bawn_node_word(guardrail, "none"))
        r->guardrail = -1;
    else if (!bawn_route_is_draft(node))
        r->guardrail = version_of(w, node);
    else if (guardrail && (r->guardrail = bawn_wall_guardrail_find(w, guardrail->text)) < 0 && !goes_without(w, guardrail, "guardrail", err))
        return false;
    if (upstream && (r->upstream = upstream_named(w, upstream->text)) < 0 && !goes_without(w, upstream, "upstream", err))
        return false;
    return answers_checks(w, r, node, err) && is_signable(w, r, bawn_node_get(node, "operations"), err) &&
           (r->upstream < 0 || speaks(w, r, bawn_node_get(node, "operations"), err)) &&
           slices_of(&r->operations, &r->n_operations, w, bawn_node_get(node, "operations"), err);
}

static uint64_t integer_at(const bawn_node *root, const char *path, uint64_t fallback)
{
    const bawn_node *node = bawn_node_at(root, path);
    return node ? node->integer : fallback;
}

/* The largest body that any listener takes: the bound of an exchange's memory. */
static uint64_t body_limit(const bawn_node *root)
{
    const bawn_node *listeners = bawn_node_get(root, "listeners");
    uint64_t most = 0;
    for (const bawn_node *l = listeners ? listeners->first : NULL; l; l = l->next) {
        uint64_t n = integer_at(l, "limits.body", 4u << 20);
        most = n > most ? n : most;
    }
    return most ? most : 4u << 20;
}

static bool read_defaults(bawn_wall *w, const bawn_node *root, bawn_error *err)
{
    const bawn_node *named = bawn_node_at(root, "defaults.guardrail");
    bawn_slice guardrail = named ? named->text : BAWN_LIT("default");
    const bawn_node *on_block = bawn_node_at(root, "defaults.on_block"), *on_error = bawn_node_at(root, "defaults.on_error");
    const bawn_node *text = bawn_node_at(root, "record.text"), *fields = bawn_node_at(root, "defaults.unknown_fields");
    const bawn_node *node = bawn_node_get(root, "node"), *unseen = bawn_node_at(root, "defaults.unseen_history");

    w->default_guardrail = bawn_wall_guardrail_find(w, guardrail);
    if (w->default_guardrail < 0 && (!named || !goes_without(w, named, "guardrail", err)))
        return false;       /* `default` itself is always there */
    w->refuse_unknown_fields = fields && bawn_node_word(fields, "refuse");
    w->refuse_unseen = !unseen || bawn_node_word(unseen, "refuse");
    w->hold_bytes = integer_at(root, "defaults.hold.bytes", 16 << 10);
    w->hold_ns = integer_at(root, "defaults.hold.time", 5000000000u);
    w->scorer_deadline_ns = integer_at(root, "scorer.deadline.request", 300000000u);
    w->scorer = bawn_node_at(root, "scorer.socket") != NULL;
    w->body_limit = body_limit(root);
    w->record_text = text && bawn_node_word(text, "findings");
    w->node = node ? node->text : BAWN_NIL;
    for (size_t i = 0; i < w->n_guardrails; i++) {
        w->guardrails[i].error_on_block = on_block && bawn_node_word(on_block, "error");
        for (size_t g = 0; g < w->n_guards; g++)
            if (w->guardrails[i].on_error[g] == BAWN_ON_ERROR_UNSAID)
                w->guardrails[i].on_error[g] = on_error && bawn_node_word(on_error, "allow") ? BAWN_ON_ERROR_ALLOW
                                                                                            : BAWN_ON_ERROR_BLOCK;
    }
    return true;
}

bool bawn_wall_read_routes(bawn_wall *w, bawn_error *err)
{
    const bawn_node *root = bawn_policy_root(w->policy);
    const bawn_node *upstreams = bawn_node_get(root, "upstreams"), *routes = bawn_node_get(root, "routes");

    if (!read_defaults(w, root, err))
        return false;
    w->upstreams = bawn_arena_alloc(w->arena, (count(upstreams) + 1) * sizeof *w->upstreams);
    w->routes = bawn_arena_alloc(w->arena, (count(routes) + 1) * sizeof *w->routes);
    if (!w->upstreams || !w->routes)
        return no_memory(err);
    for (const bawn_node *u = upstreams ? upstreams->first : NULL; u; u = u->next)
        if (!read_upstream(w, &w->upstreams[w->n_upstreams++], u, err) && !bawn_wall_goes_on(w, err))
            return false;
    if (w->n_upstreams == 0)
        return bawn_node_error(err, w->policy, upstreams ? upstreams : root, "no upstream: name at least one model server");
    for (const bawn_node *r = routes ? routes->first : NULL; r; r = r->next)
        if (!read_route(w, &w->routes[w->n_routes++], r, err) && !bawn_wall_goes_on(w, err))
            return false;
    return true;
}

/* policy.c: `bawn policy check`, `explain`, `schema`, `reference`. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/policy_effective.h"
#include "serve/serve.h"

static const char *path_of(const bawn_cli *cli)
{
    return cli->n_arguments ? cli->arguments[0] : bawn_cli_value(cli, "policy");
}

static int print(bool ok, bawn_buf *out)
{
    int status = CLI_OK;

    if (!ok)
        status = bawn_cli_fail(CLI_BROKEN, "no memory for the output");
    else if (!bawn_cli_write(STDOUT_FILENO, bawn_buf_slice(out)))
        status = bawn_cli_fail(CLI_BROKEN, "cannot write: %s", strerror(errno));
    bawn_buf_free(out);
    return status;
}

static size_t children(const bawn_node *map)
{
    size_t n = 0;

    for (const bawn_node *c = map ? map->first : NULL; c; c = c->next)
        n++;
    return n;
}

/* Whether keys that `serve` will need are there: no error, since a policy is also checked where it does not run.
 * Asked before the policy is loaded, which lends those that are missing. */
static void warn_of_keys(const bawn_cli_policy *p)
{
    const bawn_node *upstreams = bawn_node_get(bawn_policy_root(p->tree), "upstreams");

    for (const bawn_node *u = upstreams ? upstreams->first : NULL; u; u = u->next) {
        const bawn_node *key = bawn_node_get(u, "key");
        char name[256];

        if (!key || !bawn_slice_starts(key->text, BAWN_LIT("env:")))
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(key->text.len - 4), key->text.ptr + 4);
        if (!getenv(name))
            printf("%s:%u:%u: note: %s is not set here; `bawn serve` needs it\n", p->self, (unsigned)key->line,
                   (unsigned)key->column, name);
    }
}

/* Topics that nothing is found of yet: a definition and examples are for the token pass. */
static void warn_of_topics(const bawn_cli_policy *p)
{
    const bawn_node *guardrails = bawn_node_get(bawn_policy_root(p->tree), "guardrails");

    for (const bawn_node *g = guardrails ? guardrails->first : NULL; g; g = g->next) {
        const bawn_node *topics = bawn_node_get(g, "denied_topics");
        for (const bawn_node *t = topics ? topics->first : NULL; t; t = t->next)
            if (!bawn_node_get(t, "words") && !bawn_node_get(t, "patterns"))
                printf("%s:%u:%u: note: this topic has no words and no patterns, so nothing is found of it; its definition and "
                       "examples are used when the token pass is built\n", p->self, (unsigned)t->line, (unsigned)t->column);
    }
}

/* What `serve` refuses is no right policy, whatever the wall says. */
static bool check_serving(const bawn_cli *cli, const bawn_cli_policy *p)
{
    bawn_serve_options o = { .policy = p->self, .state = bawn_cli_value(cli, "state") };
    bawn_serve_plan plan;
    bawn_error err = { 0 };

    if (!bawn_serve_plan_new(&plan, &o, &err))
        return bawn_cli_fail(0, "%s", err.message);
    bool ok = bawn_serve_check_policy(p->wall, &plan, &err);
    bawn_serve_plan_free(&plan);
    if (!ok)
        bawn_cli_policy_error(p, &err);
    return ok;
}

/* All mistakes that can be told from each other: of the form, else of what stands in it, else what `serve` refuses first. */
static bool check_all(const bawn_cli *cli, bawn_cli_policy *p)
{
    bawn_errors all = { .n = 0 };
    char cache[CLI_PATH];
    size_t n;
    const bawn_key *keys = bawn_engine_keys(&n);

    if (bawn_policy_check(&p->tree, &all, p->self, bawn_buf_slice(&p->text), keys, n)) {
        warn_of_keys(p);
        warn_of_topics(p);
        bawn_cli_policy_lend(p->tree);
        if (bawn_wall_check(&p->wall, &all, p->self, bawn_buf_slice(&p->text), bawn_cli_cache(cache, cli)))
            return check_serving(cli, p);
    }
    bawn_cli_policy_errors(p, &all);
    return false;
}

int bawn_cli_policy_check(bawn_cli *cli)
{
    bawn_cli_policy p;
    int status = CLI_OK;

    if (!bawn_cli_policy_read(&p, path_of(cli)))
        return CLI_USAGE;
    if (p.built_in)
        status = bawn_cli_fail(CLI_USAGE, "there is no ./bawn.yaml; name a policy, or write one: bawn policy init --upstream URL");
    else if (!check_all(cli, &p))
        status = CLI_USAGE;
    else
        printf("%s: %sok%s: %zu guardrail%s, %zu upstream%s, %s\n", p.self, bawn_cli_ink(stdout, CLI_GREEN),
               bawn_cli_ink(stdout, CLI_PLAIN), bawn_wall_guardrails(p.wall), bawn_wall_guardrails(p.wall) == 1 ? "" : "s",
               children(bawn_node_get(bawn_policy_root(p.tree), "upstreams")),
               children(bawn_node_get(bawn_policy_root(p.tree), "upstreams")) == 1 ? "" : "s", bawn_wall_hash(p.wall));
    bawn_cli_policy_free(&p);
    return status;
}

int bawn_cli_policy_explain(bawn_cli *cli)
{
    bawn_cli_policy p;
    char cache[CLI_PATH];
    bawn_buf out = { 0 };
    size_t n;
    const bawn_key *keys = bawn_engine_keys(&n);

    if (!bawn_cli_policy_load(&p, path_of(cli), bawn_cli_cache(cache, cli)))
        return CLI_USAGE;
    int status = print(bawn_policy_explain(&out, p.tree, keys, n) && bawn_cli_effective(&out, p.wall), &out);
    bawn_cli_policy_free(&p);
    return status;
}

int bawn_cli_policy_schema(bawn_cli *cli)
{
    bawn_buf out = { 0 };
    size_t n;
    const bawn_key *keys = bawn_engine_keys(&n);

    (void)cli;
    return print(bawn_policy_schema(&out, keys, n), &out);
}

int bawn_cli_policy_reference(bawn_cli *cli)
{
    bawn_buf out = { 0 };
    size_t n;
    const bawn_key *keys = bawn_engine_keys(&n);

    (void)cli;
    return print(bawn_policy_reference(&out, keys, n), &out);
}

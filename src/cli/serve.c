/* serve.c: `bawn serve`, `reload`, `stop`, `config`: arguments for the room below, its words for people. */
#include <errno.h>
#include <unistd.h>

#include "cli/cli.h"
#include "serve/serve.h"

static bool options_of(bawn_serve_options *o, const bawn_cli *cli)
{
    *o = (bawn_serve_options){ .policy = bawn_cli_value(cli, "config"), .state = bawn_cli_value(cli, "state"),
                                .confine = bawn_cli_value(cli, "confine") };
    return bawn_cli_port(&o->port, cli) && bawn_cli_workers(&o->workers, cli);
}

/* A mistake in the policy is shown with its line; anything else is said as it is. */
static int failed(const bawn_cli *cli, const bawn_error *err)
{
    const char *file = access(err->file, R_OK) == 0 ? err->file : bawn_cli_value(cli, "config");    /* or a version's */
    bawn_cli_policy p;

    if (err->line == 0 || !bawn_cli_policy_read(&p, file))
        return bawn_cli_fail(err->code == BAWN_E_POLICY || err->code == BAWN_E_USAGE ? CLI_USAGE : CLI_BROKEN, "%s%s%s",
                             err->file, err->file[0] ? ": " : "", err->message);
    snprintf(p.self, sizeof p.self, "%s", err->file);
    bawn_cli_policy_error(&p, err);
    bawn_cli_policy_free(&p);
    return CLI_USAGE;
}

static void say(void *user, const char *line)
{
    (void)user;
    printf("%s\n", line);
    fflush(stdout);
}

int bawn_cli_serve(bawn_cli *cli)
{
    bawn_serve_options o;
    bawn_error err = { 0 };

    if (!options_of(&o, cli))
        return CLI_USAGE;
    return bawn_serve_run(&o, say, NULL, &err) ? CLI_OK : failed(cli, &err);
}

int bawn_cli_reload(bawn_cli *cli)
{
    bawn_serve_options o;
    bawn_error err = { 0 };

    if (!options_of(&o, cli))
        return CLI_USAGE;
    if (!bawn_serve_reload(&o, &err))
        return failed(cli, &err);
    puts("Reloaded: the new policy holds. Requests that were under way end under the old one.");
    return CLI_OK;
}

int bawn_cli_stop(bawn_cli *cli)
{
    bawn_serve_options o;
    bawn_error err = { 0 };

    if (!options_of(&o, cli))
        return CLI_USAGE;
    if (!bawn_serve_stop(&o, &err))
        return failed(cli, &err);
    puts("Stopped. The record and the compiled patterns stay in the state folder.");
    return CLI_OK;
}

int bawn_cli_config(bawn_cli *cli)
{
    bawn_serve_options o;
    bawn_serve_plan plan;
    bawn_cli_policy policy;
    bawn_wall *wall = NULL;
    bawn_error err = { 0 };
    bawn_buf out = { 0 };

    if (!options_of(&o, cli))
        return CLI_USAGE;
    if (!bawn_serve_plan_new(&plan, &o, &err))
        return failed(cli, &err);
    if (!bawn_cli_policy_parse(&policy, plan.policy)) {
        bawn_serve_plan_free(&plan);
        return CLI_USAGE;
    }
    bawn_cli_policy_lend(policy.tree);                  /* no key stands in a configuration, and the gateway's are elsewhere */
    bawn_cli_policy_free(&policy);
    bool ok = bawn_serve_load(&wall, &plan, &err) && bawn_serve_config(&out, wall, &plan, &err);
    if (ok && !bawn_cli_write(STDOUT_FILENO, bawn_buf_slice(&out)))
        ok = bawn_error_set(&err, BAWN_E_IO, "cannot write: %s", strerror(errno));
    bawn_buf_free(&out);
    bawn_wall_free(wall);
    bawn_serve_plan_free(&plan);
    return ok ? CLI_OK : failed(cli, &err);
}

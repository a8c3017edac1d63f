/* log_show.c: `bawn log show ID`: one decision, explained: what was seen, in which view, by which rule, which line of the
 * policy rules on it, and how to exempt exactly this. The text shows only if the policy records it (record.text). */
#include "cli/event_find.h"

static void field(const char *name, const char *text)
{
    if (*text) {
        printf("  %s ", name);
        bawn_cli_show(stdout, bawn_slice_str(text));
    }
}

static void show_head(const json_t *e)
{
    json_t *verdict = json_object_get(e, "verdict");
    const char *reason = bawn_cli_member(e, "verdict", "reason");

    printf("%s%s%s  %s\n", bawn_cli_ink(stdout, CLI_BOLD), bawn_cli_member(e, NULL, "id"), bawn_cli_ink(stdout, CLI_PLAIN),
           bawn_cli_member(e, NULL, "time"));
    printf("verdict   %s%s%s", bawn_cli_ink(stdout, CLI_BOLD), bawn_cli_member(e, "verdict", "action"),
           bawn_cli_ink(stdout, CLI_PLAIN));
    if (*reason)
        printf(", because of %s on the %s", reason, bawn_cli_member(e, "verdict", "side"));
    puts(json_is_false(json_object_get(verdict, "enforced")) ? "; only watched (mode: observe), nothing was changed" : "");
    fputs("request ", stdout);
    field("", bawn_cli_member(e, "route", "operation"));
    field("of model", bawn_cli_member(e, "gen_ai", "request.model"));
    field("to upstream", bawn_cli_member(e, "route", "upstream"));
    printf("  answered %lld, %s\n", bawn_cli_number(e, "http", "response.status_code", 0), bawn_cli_member(e, NULL, "end"));
}

static void show_coverage(const json_t *e)
{
    json_t *coverage = json_object_get(e, "coverage"), *unguarded = json_object_get(coverage, "unguarded"), *u;
    size_t i;

    fputs("guarded ", stdout);
    for (int side = 0; side < 2; side++) {
        json_t *one = json_object_get(coverage, bawn_cli_sides[side]);
        long long total = bawn_cli_number(one, NULL, "total", -1);
        printf("  %s %lld of ", bawn_cli_sides[side], bawn_cli_number(one, NULL, "guarded", 0));
        printf(total < 0 ? "what was not read" : "%lld characters", total);
    }
    putchar('\n');
    json_array_foreach(unguarded, i, u)
    {
        printf("  not guarded: %lld characters of ", bawn_cli_number(u, NULL, "characters", 0));
        const char *path = bawn_cli_member(u, NULL, "path");
        bawn_cli_show(stdout, bawn_slice_str(*path ? path : "a whole side"));
        printf(" (%s)\n", bawn_cli_member(u, NULL, "reason"));
    }
}

/* Guards that could not run, whether the policy let them drop out or not. */
static void show_failed(const json_t *e)
{
    json_t *failed = json_object_get(json_object_get(e, "guards"), "failed"), *one;
    size_t i;

    json_array_foreach(failed, i, one)
        printf("failed    %s could not run (%s)\n", bawn_cli_member(one, NULL, "guard"), bawn_cli_member(one, NULL, "code"));
}

/* Whether the lines of the policy that follow are those that ruled. */
static void show_policy(const json_t *e, const bawn_cli_policy *p)
{
    char hash[72];

    bawn_sha256_name(hash, bawn_buf_slice(&p->text));
    printf("policy    guardrail %s", bawn_cli_member(e, "policy", "guardrail"));
    if (bawn_cli_by_version(e))
        printf(" version %s", bawn_cli_member(e, "policy", "version"));
    printf(", %.19s...", bawn_cli_member(e, "policy", "hash"));
    if (p->tree && bawn_cli_by_version(e))
        printf("; lines below are of %s\n", p->self);
    else if (!p->tree || p->built_in)
        puts("; it is not here (name it with -c FILE), so no line of it can be shown");
    else if (strcmp(hash, bawn_cli_member(e, "policy", "hash")) != 0)
        printf("; %s has changed since, lines below are of today's\n", p->self);
    else
        printf(", %s as it stands\n", p->self);
}

static void show_match(const json_t *f)
{
    const char *text = bawn_cli_member(f, "match", "text");
    bool plain = *bawn_cli_ink(stdout, CLI_MARK) == 0;

    fputs("   seen      ", stdout);
    if (*text) {
        fputs(plain ? ">>>" : bawn_cli_ink(stdout, CLI_MARK), stdout);
        bawn_cli_show(stdout, bawn_slice_str(text));
        fputs(plain ? "<<<" : bawn_cli_ink(stdout, CLI_PLAIN), stdout);
    } else {
        printf("%s, the text is not recorded (record.text: none)", bawn_cli_member(f, "match", "hash"));
    }
    printf("\n             bytes [%lld,%lld) of ", bawn_cli_number(f, NULL, "begin", 0), bawn_cli_number(f, NULL, "end", 0));
    bawn_cli_show(stdout, bawn_slice_str(bawn_cli_member(f, NULL, "path")));
    printf(", in the %s view, from the %s\n", bawn_cli_member(f, NULL, "view"), bawn_cli_member(f, NULL, "origin"));
}

static void show_finding(bawn_cli_advice *advice, const json_t *e, const json_t *f, const bawn_cli_policy *p)
{
    bawn_cli_case c = bawn_cli_case_of(e, f);
    const bawn_kind *kind = bawn_cli_kind(c.kind);
    const char *action = bawn_cli_member(f, NULL, "action");
    int number = bawn_cli_word(bawn_cli_actions, 4, bawn_slice_str(action));

    printf("\n %s%-7s%s %s%.*s%s  score %.2f (%s)\n", bawn_cli_ink(stdout, bawn_cli_action_colour((bawn_action)(number & 3))),
           action, bawn_cli_ink(stdout, CLI_PLAIN), bawn_cli_ink(stdout, CLI_BOLD), (int)c.kind.len, c.kind.ptr,
           bawn_cli_ink(stdout, CLI_PLAIN), (double)c.score, bawn_cli_member(f, NULL, "confidence"));
    show_match(f);
    if (kind)
        printf("   rule      %s (OWASP %s, ATLAS %s)\n", kind->doc, kind->owasp, kind->atlas);
    fputs("   ruled by  ", stdout);
    bawn_cli_show_ruling(stdout, p, &c);
    putchar('\n');
    if (p->tree && number >= BAWN_MASK)
        bawn_cli_advice_add(advice, p->tree, &c);
}

static void show_advice(const bawn_cli_advice *advice, const json_t *e, const bawn_cli_policy *p)
{
    if (advice->n_exact + advice->n_wide == 0)
        return;
    if (bawn_cli_by_version(e))
        puts("\n   The version that ruled is frozen: change the draft, publish it, and name the new version in its route.");
    else
        putchar('\n');
    bawn_cli_advice_show(stdout, advice, p->tree, bawn_slice_str(bawn_cli_member(e, "policy", "guardrail")),
                         "to exempt exactly this");
}

static void show(const json_t *e, const bawn_cli_policy *p)
{
    json_t *findings = json_object_get(e, "findings"), *f;
    long long dropped = bawn_cli_number(e, NULL, "findings_dropped", 0);
    bawn_cli_advice advice = { 0 };
    size_t i;

    show_head(e);
    show_policy(e, p);
    show_coverage(e);
    show_failed(e);
    printf("time      %.1f ms in all, longest hold %.1f ms\n", (double)bawn_cli_number(e, "latency_us", "total", 0) / 1000,
           (double)bawn_cli_number(e, "latency_us", "held_max", 0) / 1000);
    json_array_foreach(findings, i, f)
        show_finding(&advice, e, f, p);
    show_advice(&advice, e, p);
    if (json_array_size(findings) == 0)
        puts("\nNothing was found.");
    if (dropped > 0)
        printf("\n%lld more findings were not recorded one by one.\n", dropped);
    if (strcmp(bawn_cli_member(e, "verdict", "action"), "block") == 0)
        printf("\nWhat else an exemption would let pass: bawn policy suggest %s\n", bawn_cli_member(e, NULL, "id"));
}

/* A version ruled: its file explains the event, and the policy that is in force does not. */
static void take_version(bawn_cli_policy *p, const bawn_cli *cli, const json_t *e)
{
    const char *name = bawn_cli_member(e, "policy", "guardrail");
    char state[CLI_PATH], path[2 * CLI_PATH];

    if (!bawn_cli_by_version(e) || strchr(name, '/'))
        return;
    snprintf(path, sizeof path, "%s/guardrails/%s/%s/bawn.yaml", bawn_cli_state(state, cli), name,
             bawn_cli_member(e, "policy", "version"));
    bawn_cli_policy_free(p);
    if (!bawn_cli_policy_parse(p, path))
        fprintf(stderr, "(going on without that version)\n");
}

int bawn_cli_log_show(bawn_cli *cli)
{
    bawn_cli_policy policy;
    char folder[CLI_PATH];
    bawn_buf payload = { 0 };
    int status;

    bawn_cli_policy_try(&policy, cli);
    json_t *event = bawn_cli_event_find(&status, &payload, bawn_cli_spool(folder, cli, &policy), cli->arguments[0]);
    if (event && bawn_cli_value(cli, "json")) {
        printf("%.*s\n", (int)payload.len, payload.ptr);
    } else if (event) {
        take_version(&policy, cli, event);
        show(event, &policy);
    }
    json_decref(event);
    bawn_buf_free(&payload);
    bawn_cli_policy_free(&policy);
    return status;
}

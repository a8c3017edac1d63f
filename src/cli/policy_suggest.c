/* policy_suggest.c: `bawn policy suggest ID`: the smallest change of policy that lets a recorded request pass, a wider one
 * where there is one, and what else of the recorded traffic each would let pass. Every finding that acted needs a change of
 * its own; another decision passes with it when each of its acting findings is covered by one of them. */
#include <stdlib.h>

#include "cli/event_find.h"

enum { CHANGES_MAX = CLI_ADVICE_MOST, EXAMPLES = 3 };

enum { EXACT, WIDE, WAYS };
typedef struct { bawn_cli_change change[WAYS]; bawn_cli_case about; const char *hash; } exemption;
typedef struct {
    exemption items[CHANGES_MAX];
    size_t n;
    const json_t *target;
    const char *action, *guardrail;     /* of the target */
    bool two_ways;                      /* the wide way is another than the exact one */
    size_t last, seen, acted, passing[WAYS];
    char examples[WAYS][EXAMPLES][40];
} suggestion;

static bool acts(const suggestion *s, const json_t *f)
{
    const char *action = bawn_cli_member(f, NULL, "action");

    return strcmp(action, "block") == 0 || (strcmp(s->action, "mask") == 0 && strcmp(action, "mask") == 0);
}

/* ---- what a change covers ------------------------------------------------------------------------------------------ */
static bool covers(const exemption *e, const json_t *f, int way)
{
    bawn_cli_case c = bawn_cli_case_of(NULL, f);
    bool same_place = c.side == e->about.side && c.untrusted == e->about.untrusted;

    if (!bawn_slice_eq(c.guard, e->about.guard))
        return false;
    switch (e->change[way].scope) {
    case CLI_SCOPE_VALUE: return bawn_slice_eq(c.kind, e->about.kind) && *e->hash &&
                                 strcmp(bawn_cli_member(f, "match", "hash"), e->hash) == 0;
    case CLI_SCOPE_SCORE: return same_place && c.score < e->change[way].below;
    case CLI_SCOPE_KIND: return bawn_slice_eq(c.kind, e->about.kind) && c.side == e->about.side;
    case CLI_SCOPE_GUARD: return same_place;
    }
    return false;
}

static bool is_covered(const suggestion *s, const json_t *f, int way)
{
    for (size_t i = 0; i < s->n; i++)
        if (covers(&s->items[i], f, way))
            return true;
    return false;
}

/* ---- the target ------------------------------------------------------------------------------------------------------ */
static bool collect(suggestion *s, const bawn_cli_policy *policy)
{
    json_t *findings = json_object_get(s->target, "findings"), *f;
    size_t i;

    json_array_foreach(findings, i, f)
    {
        if (!acts(s, f) || is_covered(s, f, EXACT))
            continue;
        if (s->n == CHANGES_MAX)
            return false;
        exemption *e = &s->items[s->n++];
        e->about = bawn_cli_case_of(s->target, f);
        e->hash = bawn_cli_member(f, "match", "hash");
        bawn_cli_change_for(&e->change[WIDE], policy->tree, &e->about);
        if (!bawn_cli_change_exact(&e->change[EXACT], &e->about))
            e->change[EXACT] = e->change[WIDE];
        else if (!bawn_cli_change_same(&e->change[EXACT], &e->change[WIDE]))
            s->two_ways = true;
    }
    return true;
}

/* ---- the rest of the record ------------------------------------------------------------------------------------------ */
static void judge(suggestion *s, const json_t *event)
{
    json_t *findings = json_object_get(event, "findings"), *f;
    size_t i, acting = 0, covered[WAYS] = { 0 };

    if (strcmp(bawn_cli_member(event, "policy", "guardrail"), s->guardrail) != 0 ||
        strcmp(bawn_cli_member(event, NULL, "id"), bawn_cli_member(s->target, NULL, "id")) == 0)
        return;
    json_array_foreach(findings, i, f)
    {
        if (!acts(s, f))
            continue;
        acting++;
        for (int way = 0; way < WAYS; way++)
            covered[way] += is_covered(s, f, way);
    }
    s->acted += acting > 0;
    for (int way = 0; way < WAYS; way++)
        if (acting > 0 && covered[way] == acting)
            snprintf(s->examples[way][s->passing[way]++ % EXAMPLES], sizeof s->examples[0][0], "%s", bawn_cli_member(event, NULL, "id"));
}

typedef struct { json_t **ring; size_t n, cap; } window;

static bool keep(void *user, json_t *event, bawn_slice payload)
{
    window *w = user;
    json_t **slot = &w->ring[w->n++ % w->cap];

    (void)payload;
    json_decref(*slot);
    *slot = json_incref(event);
    return true;
}

static int compare(suggestion *s, const char *folder)
{
    static const bawn_cli_wanted all = { 0 };
    window w = { .ring = calloc(s->last, sizeof(json_t *)), .cap = s->last };
    int status;

    if (!w.ring)
        return bawn_cli_fail(CLI_BROKEN, "no memory for %zu events; ask for fewer with --last", s->last);
    status = bawn_cli_events(folder, &all, false, keep, &w);
    s->seen = w.n < w.cap ? w.n : w.cap;
    for (size_t i = 0; i < s->seen; i++) {
        judge(s, w.ring[i]);
        json_decref(w.ring[i]);
    }
    free(w.ring);
    return status;
}

/* ---- saying it --------------------------------------------------------------------------------------------------------- */
static void print_consequences(const suggestion *s, int way)
{
    printf("Of the last %zu recorded decisions %zu more were %s under this guardrail; ", s->seen, s->acted,
           strcmp(s->action, "mask") == 0 ? "masked or blocked" : "blocked");
    if (s->passing[way] == 0) {
        puts("none of them would pass with it.");
        return;
    }
    printf("%s%zu of them would pass too%s:\n", bawn_cli_ink(stdout, CLI_YELLOW), s->passing[way], bawn_cli_ink(stdout, CLI_PLAIN));
    for (size_t i = 0; i < EXAMPLES && i < s->passing[way]; i++)
        printf("  bawn log show %s\n", s->examples[way][i]);
}

static void print_exact(const suggestion *s, const bawn_cli_policy *policy)
{
    const bawn_cli_change *changes[CHANGES_MAX];

    for (size_t i = 0; i < s->n; i++)
        changes[i] = &s->items[i].change[EXACT];
    bawn_cli_show_changes(stdout, policy->tree, changes, s->n, bawn_slice_str(s->guardrail), "  ");
    print_consequences(s, EXACT);
}

static void print_wide(const suggestion *s, const bawn_cli_policy *policy)
{
    for (size_t i = 0; i < s->n; i++) {
        const exemption *e = &s->items[i];
        bool said = false;
        for (size_t k = 0; k < i && !said; k++)
            said = bawn_cli_change_same(&s->items[k].change[WIDE], &e->change[WIDE]);
        if (said)
            continue;
        fputs("  lets pass ", stdout);
        bawn_cli_show_scope(stdout, &e->change[WIDE], &e->about);
        puts(":");
        bawn_cli_show_change(stdout, policy->tree, &e->change[WIDE], e->about.guardrail, "    ");
    }
    print_consequences(s, WIDE);
}

static void print(const suggestion *s, const bawn_cli_policy *policy)
{
    printf("%s %s by %s in guardrail %s.\n", bawn_cli_member(s->target, NULL, "id"),
           strcmp(s->action, "mask") == 0 ? "was masked" : "was blocked", bawn_cli_member(s->target, "verdict", "reason"),
           s->guardrail);
    for (size_t i = 0; i < s->n; i++) {
        const bawn_cli_case *about = &s->items[i].about;
        printf("%s%.*s%s, ruled by ", bawn_cli_ink(stdout, CLI_BOLD), (int)about->kind.len, about->kind.ptr,
               bawn_cli_ink(stdout, CLI_PLAIN));
        bawn_cli_show_ruling(stdout, policy, about);
        putchar('\n');
    }
    puts("\nThe smallest change that lets it pass:");
    print_exact(s, policy);
    if (s->two_ways) {
        puts("\nA wider one:");
        print_wide(s, policy);
    }
    if (bawn_cli_by_version(s->target))
        printf("\nVersion %s ruled, and it is frozen: change the draft so, publish it, and name the new version in its route.\n",
               bawn_cli_member(s->target, "policy", "version"));
}

static int suggest(bawn_cli *cli, suggestion *s, const bawn_cli_policy *policy, const char *folder)
{
    s->action = bawn_cli_member(s->target, "verdict", "action");
    s->guardrail = bawn_cli_member(s->target, "policy", "guardrail");
    if (strcmp(s->action, "block") != 0 && strcmp(s->action, "mask") != 0)
        return bawn_cli_fail(CLI_USAGE, "%s was not blocked but has the action `%s`%s: no change of policy lets it pass",
                             cli->arguments[0], s->action, strcmp(s->action, "allow") == 0 ? "" :
                             "; `bawn log show` says why");
    if (!policy->tree)
        return CLI_USAGE;
    if (!collect(s, policy))
        return bawn_cli_fail(CLI_FOUND, "more than %d different things were found: that is no false alarm", CHANGES_MAX);
    int status = compare(s, folder);
    print(s, policy);
    return status;
}

int bawn_cli_policy_suggest(bawn_cli *cli)
{
    const char *last = bawn_cli_value(cli, "last");
    suggestion *s = calloc(1, sizeof *s);
    bawn_cli_policy policy;
    char folder[CLI_PATH];
    int status;

    if (!s)
        return bawn_cli_fail(CLI_BROKEN, "no memory");
    s->last = last ? strtoul(last, NULL, 10) : 10000;
    if (s->last < 1 || s->last > 1000000) {
        free(s);
        return bawn_cli_fail(CLI_USAGE, "--last %s: expected a number from 1 to 1000000", last);
    }
    bawn_cli_policy_try(&policy, cli);
    json_t *event = bawn_cli_event_find(&status, NULL, bawn_cli_spool(folder, cli, &policy), cli->arguments[0]);
    s->target = event;
    if (event)
        status = suggest(cli, s, &policy, folder);
    json_decref(event);
    bawn_cli_policy_free(&policy);
    free(s);
    return status;
}

/* log.c: `bawn log`: a line a decision. */
#include <stdlib.h>

#include "cli/events.h"

typedef struct {
    bool json;
    bawn_buf *kept;             /* --last: a ring of the last events */
    size_t n, cap;
} listing;

static const struct { const char *word; bawn_cli_colour colour; } inks[] = {
    { "allow", CLI_GREEN }, { "observe", CLI_BLUE }, { "mask", CLI_YELLOW }, { "block", CLI_RED }, { "refuse", CLI_RED },
    { "fail", CLI_RED },
};

static const char *ink_of(const char *action)
{
    for (size_t i = 0; i < BAWN_COUNT(inks); i++)
        if (strcmp(inks[i].word, action) == 0)
            return bawn_cli_ink(stdout, inks[i].colour);
    return "";
}

static void show(const char *text, int width)
{
    bawn_slice s = bawn_slice_str(*text ? text : "-");
    int pad = width - (int)bawn_utf8_count(s);

    bawn_cli_show(stdout, s);
    printf("%*s ", pad > 0 ? pad : 0, "");
}

/* time action reason side guardrail model milliseconds id; events of other types by their name. */
static void print_line(const json_t *event)
{
    const char *action = bawn_cli_member(event, "verdict", "action"), *time = bawn_cli_member(event, NULL, "time");
    const char *type = bawn_cli_member(event, NULL, "type");
    bool watched = json_is_false(json_object_get(json_object_get(event, "verdict"), "enforced"));

    printf("%s%.19s%sZ ", bawn_cli_ink(stdout, CLI_DIM), time, bawn_cli_ink(stdout, CLI_PLAIN));
    if (!*action) {
        show(type, 20);
        show(bawn_cli_member(event, NULL, "id"), 36);
        putchar('\n');
        return;
    }
    printf("%s%-8s%s", ink_of(action), action, bawn_cli_ink(stdout, CLI_PLAIN));
    fputs(watched ? "(only watched) " : "", stdout);
    show(bawn_cli_member(event, "verdict", "reason"), 16);
    show(bawn_cli_member(event, "verdict", "side"), 6);
    show(bawn_cli_member(event, "route", "operation"), 10);
    show(bawn_cli_member(event, "gen_ai", "request.model"), 14);
    printf("%8.1f ms  ", (double)bawn_cli_number(event, "latency_us", "total", 0) / 1000);
    show(bawn_cli_member(event, NULL, "id"), 36);
    putchar('\n');
}

static void print(const listing *l, const json_t *event, bawn_slice payload)
{
    if (l->json)
        printf("%.*s\n", (int)payload.len, payload.ptr);
    else
        print_line(event);
}

static bool each(void *user, json_t *event, bawn_slice payload)
{
    listing *l = user;

    if (!l->kept) {
        print(l, event, payload);
        return true;
    }
    bawn_buf *slot = &l->kept[l->n++ % l->cap];
    bawn_buf_clear(slot);
    return bawn_buf_add(slot, payload);
}

static void print_kept(listing *l)
{
    for (size_t i = l->n > l->cap ? l->n - l->cap : 0; i < l->n; i++) {
        bawn_slice payload = bawn_buf_slice(&l->kept[i % l->cap]);
        json_t *event = json_loadb(payload.ptr, payload.len, 0, NULL);
        print(l, event, payload);
        json_decref(event);
    }
    for (size_t i = 0; i < l->cap; i++)
        bawn_buf_free(&l->kept[i]);
    free(l->kept);
    l->kept = NULL;
}

int bawn_cli_log(bawn_cli *cli)
{
    const char *last = bawn_cli_value(cli, "last");
    bool follow = bawn_cli_value(cli, "follow") != NULL;
    listing l = { .json = bawn_cli_value(cli, "json") != NULL };
    bawn_cli_wanted wanted;
    bawn_cli_policy policy;
    char folder[CLI_PATH];

    if (last && (strtoul(last, NULL, 10) < 1 || strtoul(last, NULL, 10) > 1000000 || follow))
        return bawn_cli_fail(CLI_USAGE, follow ? "--last and --follow do not go together" :
                             "--last %s: expected a number from 1 to 1000000", last);
    if (!bawn_cli_wanted_of(&wanted, cli))
        return CLI_USAGE;
    bawn_cli_policy_try(&policy, cli);
    if (last) {
        l.cap = strtoul(last, NULL, 10);
        l.kept = calloc(l.cap, sizeof *l.kept);
    }
    int status = last && !l.kept ? bawn_cli_fail(CLI_BROKEN, "no memory")
                                 : bawn_cli_events(bawn_cli_spool(folder, cli, &policy), &wanted, follow, each, &l);
    if (l.kept)
        print_kept(&l);
    bawn_cli_policy_free(&policy);
    return status;
}

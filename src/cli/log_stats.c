/* log_stats.c: `bawn log stats`: how many decisions, by which guard, how long they took. What a first week in
 * `mode: observe` is looked at with. Memory: one number for each decision, for the percentiles. */
#include <stdlib.h>

#include "cli/events.h"

typedef struct {
    json_t *actions, *kinds, *ids;      /* name -> count; ids: kind -> the newest event's id */
    json_t *guardrails, *ends, *unguarded, *failed_guards;   /* unguarded: reason -> characters; failed_guards: "guard code" */
    uint32_t *total_us; size_t n, cap;
    long long events, watched, input, output, input_tokens, output_tokens;
    bool failed;
} stats;

static void add(json_t *counts, const char *name, long long more)
{
    json_object_set_new(counts, name, json_integer(json_integer_value(json_object_get(counts, name)) + more));
}

static void count(json_t *counts, const char *name) { add(counts, name, 1); }

static void note_time(stats *s, long long us)
{
    if (us < 0)
        return;
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 1024;
        uint32_t *more = realloc(s->total_us, cap * sizeof *more);
        s->failed = s->failed || !more;
        if (!more)
            return;
        s->total_us = more;
        s->cap = cap;
    }
    s->total_us[s->n++] = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

/* A kind counts once for each decision, with what was (or would have been) done about it. */
static void note_findings(stats *s, const json_t *e)
{
    json_t *findings = json_object_get(e, "findings"), *f, *seen = json_object();
    size_t i;

    json_array_foreach(findings, i, f)
    {
        char key[200];
        snprintf(key, sizeof key, "%s %s", bawn_cli_member(f, NULL, "kind"), bawn_cli_member(f, NULL, "action"));
        if (json_object_get(seen, key))
            continue;
        json_object_set_new(seen, key, json_true());
        count(s->kinds, key);
        json_object_set_new(s->ids, key, json_string(bawn_cli_member(e, NULL, "id")));
    }
    json_decref(seen);
}

/* What no guard saw, who could not look, and how exchanges ended: a first week is right only when these are known. */
static void note_gaps(stats *s, const json_t *e)
{
    json_t *unguarded = json_object_get(json_object_get(e, "coverage"), "unguarded");
    json_t *failed = json_object_get(json_object_get(e, "guards"), "failed"), *one;
    size_t i;
    char key[200];

    json_array_foreach(unguarded, i, one)
        add(s->unguarded, bawn_cli_member(one, NULL, "reason"), bawn_cli_number(one, NULL, "characters", 0));
    json_array_foreach(failed, i, one)
    {
        snprintf(key, sizeof key, "%s %s", bawn_cli_member(one, NULL, "guard"), bawn_cli_member(one, NULL, "code"));
        count(s->failed_guards, key);
    }
    count(s->ends, bawn_cli_member(e, NULL, "end"));
    count(s->guardrails, bawn_cli_member(e, "policy", "guardrail"));
}

static bool each(void *user, json_t *e, bawn_slice payload)
{
    stats *s = user;

    (void)payload;
    if (strcmp(bawn_cli_member(e, NULL, "type"), "decision") != 0)
        return true;
    s->events++;
    count(s->actions, bawn_cli_member(e, "verdict", "action"));
    s->watched += json_is_false(json_object_get(json_object_get(e, "verdict"), "enforced"));
    s->input += bawn_cli_number(json_object_get(e, "coverage"), "input", "guarded", 0);
    s->output += bawn_cli_number(json_object_get(e, "coverage"), "output", "guarded", 0);
    s->input_tokens += bawn_cli_number(e, "gen_ai", "usage.input_tokens", 0);
    s->output_tokens += bawn_cli_number(e, "gen_ai", "usage.output_tokens", 0);
    note_time(s, bawn_cli_number(e, "latency_us", "total", -1));
    note_findings(s, e);
    note_gaps(s, e);
    return !s->failed;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static double percentile(const stats *s, unsigned percent)
{
    size_t at = s->n ? (s->n - 1) * percent / 100 : 0;

    return s->n ? (double)s->total_us[at] / 1000 : 0;
}

typedef struct { const char *key; long long n; } row;

static int by_count(const void *a, const void *b)
{
    long long x = ((const row *)a)->n, y = ((const row *)b)->n;

    return (x < y) - (x > y);
}

static void print_kinds(const stats *s)
{
    size_t n = json_object_size(s->kinds), i = 0;
    row *rows = calloc(n + 1, sizeof *rows);
    const char *key;
    json_t *value;

    if (!rows)
        return;
    json_object_foreach(s->kinds, key, value)
        rows[i++] = (row){ key, json_integer_value(value) };
    qsort(rows, n, sizeof *rows, by_count);
    if (n > 0)
        printf("\n%9s  %-45s %s\n", "decisions", "finding and action", "newest");
    for (i = 0; i < n; i++) {
        printf("%9lld  ", rows[i].n);
        bawn_cli_show(stdout, bawn_slice_str(rows[i].key));
        printf("%*s %s\n", (int)(strlen(rows[i].key) < 45 ? 45 - strlen(rows[i].key) : 0), "",
               json_string_value(json_object_get(s->ids, rows[i].key)));
    }
    free(rows);
}

/* "guard failures: 2 leak timeout, 1 pii crashed"; nothing when there are none. */
static void print_counts(const char *title, json_t *counts)
{
    const char *key;
    json_t *n;
    bool first = true;

    json_object_foreach(counts, key, n)
    {
        printf("%s%s %lld ", first ? title : ",", first ? ":" : "", (long long)json_integer_value(n));
        bawn_cli_show(stdout, bawn_slice_str(*key ? key : "none"));
        first = false;
    }
    if (!first)
        putchar('\n');
}

static void print(const stats *s)
{
    const char *action;
    json_t *n;

    printf("%lld decisions", s->events);
    json_object_foreach(s->actions, action, n)
        printf(", %lld %s", (long long)json_integer_value(n), action);
    puts("");
    if (s->watched)
        printf("%lld were only watched (mode: observe): the actions are what enforcing would have done\n", s->watched);
    printf("guarded %lld characters of requests, %lld of answers; the models counted %lld and %lld tokens\n", s->input,
           s->output, s->input_tokens, s->output_tokens);
    if (s->n)
        printf("requests took %.1f ms (median), %.1f ms (95th percentile), %.1f ms (longest), the model's time included\n",
               percentile(s, 50), percentile(s, 95), percentile(s, 100));
    print_counts("by guardrail", s->guardrails);
    print_counts("ended", s->ends);
    print_counts("characters that no guard saw, by reason", s->unguarded);
    print_counts("guards that could not run", s->failed_guards);
    print_kinds(s);
    if (json_object_size(s->kinds) > 0)
        puts("\nWhy, and how to exempt it: bawn log show ID. What else that would let pass: bawn policy suggest ID");
}

static void print_json(const stats *s)
{
    json_t *out = json_pack("{s:I, s:O, s:I, s:O, s:{s:I, s:I}, s:{s:I, s:I}, s:{s:f, s:f, s:f}, s:O, s:O, s:O, s:O}", "decisions",
                            (json_int_t)s->events, "actions", s->actions, "watched", (json_int_t)s->watched, "findings",
                            s->kinds, "characters", "input", (json_int_t)s->input, "output", (json_int_t)s->output,
                            "tokens", "input", (json_int_t)s->input_tokens, "output", (json_int_t)s->output_tokens,
                            "milliseconds", "p50", percentile(s, 50), "p95", percentile(s, 95), "max", percentile(s, 100),
                            "guardrails", s->guardrails, "ends", s->ends, "unguarded", s->unguarded, "failed", s->failed_guards);

    if (out)
        json_dumpf(out, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(out);
}

int bawn_cli_log_stats(bawn_cli *cli)
{
    stats s = { .actions = json_object(), .kinds = json_object(), .ids = json_object(), .guardrails = json_object(),
                .ends = json_object(), .unguarded = json_object(), .failed_guards = json_object() };
    json_t *all[] = { s.actions, s.kinds, s.ids, s.guardrails, s.ends, s.unguarded, s.failed_guards };
    bawn_cli_wanted wanted;
    bawn_cli_policy policy;
    char folder[CLI_PATH];
    int status = CLI_USAGE;

    if (bawn_cli_wanted_of(&wanted, cli)) {
        bawn_cli_policy_try(&policy, cli);
        status = bawn_cli_events(bawn_cli_spool(folder, cli, &policy), &wanted, false, each, &s);
        bawn_cli_policy_free(&policy);
        if (s.n)
            qsort(s.total_us, s.n, sizeof *s.total_us, by_number);
        if (s.events || status == CLI_OK)
            (bawn_cli_value(cli, "json") ? print_json : print)(&s);
    }
    for (size_t i = 0; i < BAWN_COUNT(all); i++)
        json_decref(all[i]);
    free(s.total_us);
    return status;
}

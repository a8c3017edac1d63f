/* events.c: see events.h. */
#define _GNU_SOURCE
#include "cli/events.h"

#include <ctype.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_AGAIN_US = 200000 };

/* ---- members ------------------------------------------------------------------------------------------------------- */
static json_t *member(const json_t *event, const char *group, const char *name)
{
    return json_object_get(group ? json_object_get(event, group) : event, name);
}

const char *bawn_cli_member(const json_t *event, const char *group, const char *name)
{
    const char *text = json_string_value(member(event, group, name));

    return text ? text : "";
}

long long bawn_cli_number(const json_t *event, const char *group, const char *name, long long absent)
{
    json_t *number = member(event, group, name);

    return json_is_integer(number) ? json_integer_value(number) : absent;
}

bawn_cli_case bawn_cli_case_of(const json_t *event, const json_t *finding)
{
    const char *origin = bawn_cli_member(finding, NULL, "origin");

    return (bawn_cli_case){
        .guardrail = bawn_slice_str(bawn_cli_member(event, "policy", "guardrail")),
        .guard = bawn_slice_str(bawn_cli_member(finding, NULL, "guard")),
        .kind = bawn_slice_str(bawn_cli_member(finding, NULL, "kind")),
        .path = bawn_slice_str(bawn_cli_member(finding, NULL, "path")),
        .side = strcmp(bawn_cli_member(finding, NULL, "side"), "output") == 0 ? BAWN_OUTPUT : BAWN_INPUT,
        .untrusted = strcmp(origin, "tool_result") == 0 || strcmp(origin, "document") == 0 || strcmp(origin, "model") == 0,
        .score = (float)json_number_value(json_object_get(finding, "score")),
        .value = bawn_slice_str(bawn_cli_member(finding, "match", "text")),
        .hash = bawn_slice_str(bawn_cli_member(finding, "match", "hash")),
    };
}

/* ---- which are wanted ------------------------------------------------------------------------------------------------ */
static bool ago(char out[32], const char *text)
{
    static const struct { char unit; uint64_t seconds; } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
    char *end;
    unsigned long long n = strtoull(text, &end, 10);

    if (end == text || !isdigit((unsigned char)text[0]) || n > 100000)
        return false;
    for (size_t i = 0; i < BAWN_COUNT(units); i++)
        if (end[0] == units[i].unit && end[1] == 0) {
            uint64_t back = n * units[i].seconds * 1000000000u, now = bawn_cli_now();
            bawn_time_rfc3339(out, now > back ? now - back : 0);
            out[27] = 0;
            return true;
        }
    return false;
}

static bool date(char out[32], const char *text)
{
    static const char shape[] = "0000-00-00T00:00:00";
    size_t n = strlen(text);

    if (n < 10 || n > 27)
        return false;
    for (size_t i = 0; i < n && i < sizeof shape - 1; i++)
        if (shape[i] == '0' ? !isdigit((unsigned char)text[i]) : text[i] != shape[i])
            return false;
    snprintf(out, 32, "%s", text);
    return true;
}

bool bawn_cli_by_version(const json_t *event)
{
    return bawn_is_digit((unsigned char)bawn_cli_member(event, "policy", "version")[0]);
}

bool bawn_cli_wanted_of(bawn_cli_wanted *out, const bawn_cli *cli)
{
    const char *since = bawn_cli_value(cli, "since");

    *out = (bawn_cli_wanted){ .action = bawn_cli_value(cli, "action"), .guard = bawn_cli_value(cli, "guard") };
    if (!since || ago(out->since, since) || date(out->since, since))
        return true;
    bawn_cli_fail(CLI_USAGE, "--since %s: expected a span such as 15m, 1h or 7d, or a date such as 2026-11-23", since);
    return false;
}

static bool has_guard(const json_t *event, const char *guard)
{
    json_t *findings = json_object_get(event, "findings"), *finding;
    size_t i;

    json_array_foreach(findings, i, finding)
        if (strcmp(bawn_cli_member(finding, NULL, "guard"), guard) == 0 ||
            strcmp(bawn_cli_member(finding, NULL, "kind"), guard) == 0)
            return true;
    return false;
}

static bool is_wanted(const json_t *event, const bawn_cli_wanted *w)
{
    return (!w->action || strcmp(bawn_cli_member(event, "verdict", "action"), w->action) == 0) &&
           (!w->since[0] || strcmp(bawn_cli_member(event, NULL, "time"), w->since) >= 0) &&
           (!w->guard || has_guard(event, w->guard));
}

/* ---- reading --------------------------------------------------------------------------------------------------------- */
static bool hand_out(const bawn_cli_wanted *w, bawn_cli_each *each, void *user, bawn_slice payload)
{
    json_error_t error;
    json_t *event = json_loadb(payload.ptr, payload.len, 0, &error);
    bool more = true;

    if (!event)
        bawn_cli_fail(0, "an event that is no JSON (%s); it was written by another program or another version", error.text);
    else if (is_wanted(event, w))
        more = each(user, event, payload);
    json_decref(event);
    return more;
}

static int read_all(bawn_spool_reader *r, const bawn_cli_wanted *w, bool follow, bawn_cli_each *each, void *user)
{
    int status = CLI_OK;

    for (;;) {
        bawn_slice payload;
        bawn_spool_position at;
        bawn_error err = { 0 };
        bawn_read got = bawn_spool_next(r, &payload, &at, &err);

        if (got == BAWN_READ_EVENT) {
            if (!hand_out(w, each, user, payload))
                return status;
        } else if (got == BAWN_READ_END) {
            if (!follow)
                return status;
            fflush(stdout);
            usleep(LOOK_AGAIN_US);
        } else {
            status = bawn_cli_fail(CLI_BROKEN, "%s", err.message);
            if (got == BAWN_READ_ERROR)
                return status;
        }
    }
}

int bawn_cli_events(const char *folder, const bawn_cli_wanted *w, bool follow, bawn_cli_each *each, void *user)
{
    bawn_spool_reader *reader;
    bawn_error err = { 0 };

    if (!bawn_spool_reader_open(&reader, folder, &err))
        return bawn_cli_fail(CLI_BROKEN, "%s; expected the record of a gateway that has run: is --state or --folder right?",
                             err.message);
    int status = read_all(reader, w, follow, each, user);
    bawn_spool_reader_close(reader);
    return status;
}

void bawn_cli_policy_try(bawn_cli_policy *p, const bawn_cli *cli)
{
    const char *path = bawn_cli_value(cli, "config");
    char beside[CLI_PATH + 16], state[CLI_PATH];

    *p = (bawn_cli_policy){ 0 };
    snprintf(beside, sizeof beside, "%s/../bawn.yaml", bawn_cli_state(state, cli));
    if (!path && access("bawn.yaml", R_OK) != 0)
        path = access(beside, R_OK) == 0 ? beside : NULL;
    if (!bawn_cli_policy_parse(p, path))
        fprintf(stderr, "(going on without a policy)\n");
}

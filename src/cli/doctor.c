/* doctor.c: `bawn doctor`: whether everything that serving needs is there; each failure says what to type. One row a
 * check, in the order in which a first start would trip over them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "confine/confine.h"
#include "serve/serve.h"

typedef enum { FINE, WARNING, FAILED } health;
typedef struct {
    bawn_cli *cli;
    bawn_cli_policy policy;
    bool readable;                      /* the policy */
    bawn_serve_plan plan;
    char found[512], type[512];         /* what was found; what to type */
} patient;

static health say(patient *p, health h, const char *type, const char *format, ...) __attribute__((format(printf, 4, 5)));
static health say(patient *p, health h, const char *type, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(p->found, sizeof p->found, format, list);
    va_end(list);
    snprintf(p->type, sizeof p->type, "%s", type ? type : "");
    return h;
}

/* ---- checks -------------------------------------------------------------------------------------------------------- */
static health policy_check(patient *p)
{
    p->readable = bawn_cli_policy_parse(&p->policy, bawn_cli_value(p->cli, "config"));
    if (!p->readable)
        return say(p, FAILED, "bawn policy check", "the policy is wrong, see above");
    if (p->policy.built_in)
        return say(p, FAILED, "bawn policy init --upstream URL", "there is no ./bawn.yaml");
    return say(p, FINE, NULL, "%s", p->policy.self);
}

/* Each reference to the environment or to a file, without reading a secret into this process. */
static health keys_check(patient *p)
{
    const bawn_node *upstreams = p->readable ? bawn_node_get(bawn_policy_root(p->policy.tree), "upstreams") : NULL;
    size_t n = 0;

    for (const bawn_node *u = upstreams ? upstreams->first : NULL; u; u = u->next) {
        const bawn_node *key = bawn_node_get(u, "key");
        bawn_buf value = { 0 };
        bawn_error err = { 0 };
        char type[300];

        if (!key)
            continue;
        n++;
        bool there = bawn_policy_secret(&value, p->policy.tree, key, &err);
        if (value.ptr)
            explicit_bzero(value.ptr, value.len);
        bawn_buf_free(&value);
        if (there)
            continue;
        if (bawn_slice_starts(key->text, BAWN_LIT("env:")))
            snprintf(type, sizeof type, "export %.*s=...", (int)(key->text.len - 4), key->text.ptr + 4);
        else
            snprintf(type, sizeof type, "put the key into the file that %.200s:%u names", p->policy.self, (unsigned)key->line);
        return say(p, FAILED, type, "upstream %.*s: %s", (int)u->key.len, u->key.ptr, err.message);
    }
    return n ? say(p, FINE, NULL, "%zu of %zu upstream keys can be read", n, n)
             : say(p, FINE, NULL, "the policy names no keys");
}

static health patterns_check(patient *p)
{
    bawn_wall *wall = NULL;
    bawn_error err = { 0 };
    struct timespec a, b;
    char type[300];

    if (!p->readable)
        return say(p, WARNING, NULL, "not looked at without a policy");
    bawn_cli_policy_lend(p->policy.tree);               /* keys have a line of their own */
    for (int round = 0; round < 2; round++) {           /* the first fills the cache, the second shows what a start costs */
        clock_gettime(CLOCK_MONOTONIC, &a);
        bool ok = bawn_wall_load(&wall, p->policy.self, bawn_buf_slice(&p->policy.text), p->plan.cache, &err);
        clock_gettime(CLOCK_MONOTONIC, &b);
        ok = ok && bawn_serve_check_policy(wall, &p->plan, &err);
        bawn_wall_free(wall);
        if (!ok && err.line == 0 && err.code != BAWN_E_POLICY)
            return say(p, FAILED, "rebuild or reinstall Bawn", "%s", err.message);
        if (!ok) {
            snprintf(type, sizeof type, "bawn policy check %.200s", p->policy.self);
            return say(p, FAILED, type, "line %u: %s", (unsigned)err.line, err.message);
        }
    }
    double ms = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
    if (ms > 500)
        return say(p, WARNING, "make the state folder writable, so that compiled patterns are kept",
                   "policy and patterns load in %.0f ms each time", ms);
    return say(p, FINE, NULL, "policy and patterns load in %.0f ms", ms);
}

static health names_check(patient *p)
{
    bawn_error err = { 0 };

    if (!p->readable)
        return say(p, WARNING, NULL, "not looked at without a policy");
    if (!bawn_serve_names_are_found(p->policy.tree, &err))
        return say(p, FAILED, "change upstreams.*.url in the policy, or mend this machine's resolver (/etc/resolv.conf, /etc/hosts)",
                   "line %u: %s", (unsigned)err.line, err.message);
    return say(p, FINE, NULL, "the hosts of all upstreams are found");
}

static health nginx_check(patient *p)
{
    bawn_error err = { 0 };

    return bawn_serve_check_nginx(&p->plan, &err) ? say(p, FINE, NULL, "%s with %s", p->plan.nginx, p->plan.module)
                                                 : say(p, FAILED, NULL, "%s", err.message);
}

static health port_check(patient *p)
{
    const bawn_node *taken = NULL;
    bawn_error err = { 0 };
    bawn_buf all = { 0 };
    char type[300];

    if (!p->readable)
        return say(p, WARNING, NULL, "not looked at without a policy");
    if (bawn_serve_pid(&p->plan) > 0)
        return say(p, FINE, NULL, "Bawn is running on it (process %ld)", (long)bawn_serve_pid(&p->plan));
    pid_t left = bawn_serve_left(&p->plan);
    if (left > 0)
        return say(p, FAILED, "bawn stop", "workers of a killed nginx master still serve (process group %ld)", (long)left);
    if (!bawn_serve_ports_are_free(p->policy.tree, &p->plan, &taken, &err)) {
        bawn_slice name = taken ? taken->key : BAWN_LIT("public");
        snprintf(type, sizeof type, "%slisteners.%.*s.address in the policy, or stop what listens there",
                 bawn_serve_port_is_of(p->policy.tree, taken) ? "bawn serve --port 8490, or change " : "change ", (int)name.len, name.ptr);
        return say(p, FAILED, type, "%s", err.message);
    }
    size_t n = bawn_serve_addresses(&all, p->policy.tree, &p->plan);
    health found = say(p, FINE, NULL, "%.*s %s free", (int)all.len, all.ptr, n > 1 ? "are" : "is");
    bawn_buf_free(&all);
    return found;
}

/* The nearest folder above that is there: what serve would have to be able to write into. */
static void nearest_folder(char out[CLI_PATH], const char *path)
{
    struct stat s;

    snprintf(out, CLI_PATH, "%s", path);
    while (stat(out, &s) != 0) {
        char *slash = strrchr(out, '/');
        if (!slash || slash == out) {
            snprintf(out, CLI_PATH, "/");
            return;
        }
        *slash = 0;
    }
}

static health rights_check(patient *p)
{
    char folder[CLI_PATH], type[600];
    struct stat s;

    nearest_folder(folder, p->plan.state);
    snprintf(type, sizeof type, "mkdir -p %.250s && chown \"$USER\" %.250s, or choose another with --state DIR", p->plan.state,
             p->plan.state);
    if (stat(folder, &s) == 0 && !S_ISDIR(s.st_mode))
        return say(p, FAILED, "choose another with --state DIR", "%s is no folder", folder);
    if (access(folder, W_OK | X_OK) != 0)
        return say(p, FAILED, type, "%s cannot be written: %s", folder, strerror(errno));
    if (geteuid() == 0)
        return say(p, FINE, NULL, "%s; you are root: workers will run as %s", p->plan.state, p->plan.user);
    return say(p, FINE, NULL, "%s", p->plan.state);
}

static health spool_check(patient *p)
{
    char spool[CLI_PATH], folder[CLI_PATH];
    struct statvfs s;

    bawn_cli_spool(spool, p->cli, &p->policy);
    nearest_folder(folder, spool);
    if (access(folder, W_OK | X_OK) != 0)
        return say(p, FAILED, "make it writable, or change record.spool.folder in the policy", "%s cannot be written: %s",
                   folder, strerror(errno));
    if (statvfs(folder, &s) != 0)
        return say(p, FAILED, NULL, "%s: %s", folder, strerror(errno));
    double free_mb = (double)s.f_bavail * (double)s.f_frsize / 1e6;
    if (free_mb < 64)
        return say(p, FAILED, "free some space: when the record cannot be written, requests are refused",
                   "%s: %.0f MB free", folder, free_mb);
    return say(p, free_mb < 1000 ? WARNING : FINE, free_mb < 1000 ? "free some space, or shorten record.spool.keep" : NULL,
               "%s, %.1f GB free", spool, free_mb / 1000);
}

static health processor_check(patient *p)
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("ssse3"))
        return say(p, FAILED, "use a machine with SSSE3 (any x86-64 since 2008)", "this processor has no SSSE3");
    return say(p, FINE, NULL, "%s", __builtin_cpu_supports("avx2") ? "AVX2" : "no AVX2: the guards run, at about half the speed");
#else
    return say(p, FINE, NULL, "not x86-64");
#endif
}

/* Whether a bug in a worker would stay in it. */
static health confinement_check(patient *p)
{
    bawn_confine_kernel kernel;
    bawn_buf text = { 0 };
    health h = FINE;

    bawn_confine_look(&kernel);
    if (!bawn_confine_has_all(&kernel) && bawn_confine_say_missing(&text, &kernel) && bawn_buf_byte(&text, 0))
        h = say(p, WARNING, NULL, "%s", text.ptr);
    else if (bawn_confine_say(&text, &kernel, NULL) && bawn_buf_byte(&text, 0))
        h = say(p, FINE, NULL, "workers will have %s", text.ptr);
    bawn_buf_free(&text);
    return h;
}

/* Events carry times and their order; a clock before this program was written is wrong. */
static health clock_check(patient *p)
{
    time_t now = time(NULL);
    char text[64];
    struct tm tm;

    gmtime_r(&now, &tm);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &tm);
    if (tm.tm_year + 1900 < 2025 || tm.tm_year + 1900 > 2100)
        return say(p, FAILED, "timedatectl set-ntp true", "the clock says %s", text);
    return say(p, FINE, NULL, "%s", text);
}

static const struct { const char *name; health (*check)(patient *); } checks[] = {
    { "policy", policy_check }, { "keys", keys_check },     { "rights", rights_check },       { "patterns", patterns_check },
    { "upstreams", names_check }, { "nginx", nginx_check },   { "port", port_check },     { "record", spool_check }, { "processor", processor_check },
    { "confined", confinement_check }, { "clock", clock_check },
};

/* ---- the visit ----------------------------------------------------------------------------------------------------- */
static void print(const patient *p, const char *name, health h)
{
    static const struct { const char *word; bawn_cli_colour colour; } words[] = {
        { "ok", CLI_GREEN }, { "warning", CLI_YELLOW }, { "failed", CLI_RED },
    };

    printf("%s%-8s%s %-10s ", bawn_cli_ink(stdout, words[h].colour), words[h].word, bawn_cli_ink(stdout, CLI_PLAIN), name);
    bawn_cli_show(stdout, bawn_slice_str(p->found));
    putchar('\n');
    if (p->type[0])
        printf("%20stype: %s\n", "", p->type);
}

int bawn_cli_doctor(bawn_cli *cli)
{
    patient p = { .cli = cli };
    bawn_serve_options o = { .policy = bawn_cli_value(cli, "config"), .state = bawn_cli_value(cli, "state") };
    bawn_error err = { 0 };
    size_t failed = 0;

    if (!bawn_cli_port(&o.port, cli))
        return CLI_USAGE;
    if (!bawn_serve_plan_new(&p.plan, &o, &err))
        return bawn_cli_fail(CLI_BROKEN, "%s", err.message);
    for (size_t i = 0; i < BAWN_COUNT(checks); i++) {
        health h = checks[i].check(&p);
        failed += h == FAILED;
        print(&p, checks[i].name, h);
        fflush(stdout);
    }
    bawn_cli_policy_free(&p.policy);
    bawn_serve_plan_free(&p.plan);
    if (failed)
        printf("%zu of %zu failed.\n", failed, BAWN_COUNT(checks));
    else
        puts("Everything is there: bawn serve");
    return failed ? CLI_FOUND : CLI_OK;
}

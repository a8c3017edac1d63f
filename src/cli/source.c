/* source.c: files, the policy and the folders that a command works with. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

/* ---- files ------------------------------------------------------------------------------------------------------- */
bool bawn_cli_read(bawn_buf *out, const char *path, bawn_error *err)
{
    bool in = strcmp(path, "-") == 0;
    int fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : 1;

    while (n > 0) {
        if (!bawn_buf_reserve(out, 1 << 16)) {
            errno = ENOMEM;
            n = -1;
            break;
        }
        n = read(fd, out->ptr + out->len, out->cap - out->len);
        if (n > 0)
            out->len += (size_t)n;
        else if (n < 0 && errno == EINTR)
            n = 1;
    }
    int failed = errno;
    if (fd >= 0 && !in)
        close(fd);
    if (n == 0)
        return true;
    bawn_error_set(err, BAWN_E_IO, "cannot read: %s", strerror(failed));
    return bawn_error_at(err, in ? "standard input" : path, 0, 0);
}

/* ---- policies ------------------------------------------------------------------------------------------------------ */
/* The upstream is never called: without a gateway nothing is sent anywhere. */
static const char built_in[] = "version: 1\nupstreams: {none: {dialect: openai, url: \"http://127.0.0.1:9/v1\"}}\n";

bool bawn_cli_policy_read(bawn_cli_policy *p, const char *path)
{
    bawn_error err = { 0 };

    *p = (bawn_cli_policy){ 0 };
    if (!path && access("bawn.yaml", F_OK) != 0) {
        p->built_in = true;
        snprintf(p->self, sizeof p->self, "(built-in policy)");
        bawn_buf_str(&p->text, built_in);
        return true;
    }
    snprintf(p->self, sizeof p->self, "%s", path ? path : "bawn.yaml");
    if (bawn_cli_read(&p->text, p->self, &err))
        return true;
    bawn_cli_fail(CLI_USAGE, "%s: %s; `bawn policy init --upstream URL` writes a first policy", p->self, err.message);
    bawn_cli_policy_free(p);
    return false;
}

void bawn_cli_policy_lend(const bawn_policy *policy)
{
    const bawn_node *upstreams = bawn_node_get(bawn_policy_root(policy), "upstreams");

    for (const bawn_node *u = upstreams ? upstreams->first : NULL; u; u = u->next) {
        const bawn_node *key = bawn_node_get(u, "key");
        char name[256];

        if (!key || !bawn_slice_starts(key->text, BAWN_LIT("env:")) || key->text.len - 4 >= sizeof name)
            continue;
        memcpy(name, key->text.ptr + 4, key->text.len - 4);
        name[key->text.len - 4] = 0;
        setenv(name, "not-needed-here", 0);
    }
}

bool bawn_cli_policy_parse(bawn_cli_policy *p, const char *path)
{
    bawn_error err = { 0 };
    size_t n;
    const bawn_key *keys = bawn_engine_keys(&n);

    if (!bawn_cli_policy_read(p, path))
        return false;
    if (bawn_policy_parse(&p->tree, p->self, bawn_buf_slice(&p->text), keys, n, &err))
        return true;
    bawn_cli_policy_error(p, &err);
    bawn_cli_policy_free(p);
    return false;
}

bool bawn_cli_policy_compile(bawn_cli_policy *p, bawn_slice text, const char *cache)
{
    bawn_error err = { 0 };

    bawn_cli_policy_lend(p->tree);
    if (bawn_wall_load(&p->wall, p->self, text, p->built_in ? NULL : cache, &err))
        return true;
    bawn_cli_policy_error(p, &err);
    bawn_cli_policy_free(p);
    return false;
}

bool bawn_cli_policy_load(bawn_cli_policy *p, const char *path, const char *cache)
{
    return bawn_cli_policy_parse(p, path) && bawn_cli_policy_compile(p, bawn_buf_slice(&p->text), cache);
}

void bawn_cli_policy_free(bawn_cli_policy *p)
{
    bawn_wall_free(p->wall);
    bawn_policy_free(p->tree);
    bawn_buf_free(&p->text);
    *p = (bawn_cli_policy){ 0 };
}

static bawn_slice line_of(bawn_slice text, uint32_t line)
{
    size_t at = 0;

    for (uint32_t i = 1; i < line && at < text.len; i++) {
        size_t end = bawn_slice_find(bawn_slice_of(text.ptr + at, text.len - at), BAWN_LIT("\n"));
        at += end + 1;
    }
    if (at >= text.len)
        return BAWN_NIL;
    bawn_slice rest = { text.ptr + at, text.len - at };
    return bawn_slice_of(rest.ptr, bawn_slice_find(rest, BAWN_LIT("\n")));
}

/* The line with a caret under the column (characters). A long line is shown around it. */
static void show_caret(bawn_slice line, uint32_t column)
{
    enum { ROOM = 100 };
    size_t at = 0, from = 0, characters = 1, skipped;

    while (characters < column && at < line.len && bawn_utf8_next(line, &at) != UINT32_MAX)
        characters++;
    if (at > ROOM - 20)
        from = bawn_utf8_floor(line, at - (ROOM - 20));
    skipped = line.len - from > ROOM ? ROOM : line.len - from;
    fputs("  | ", stderr);
    bawn_cli_show(stderr, bawn_slice_of(line.ptr + from, skipped));
    fprintf(stderr, "\n  | %*s%s^%s\n", (int)bawn_utf8_count(bawn_slice_of(line.ptr + from, at - from)), "",
            bawn_cli_ink(stderr, CLI_RED), bawn_cli_ink(stderr, CLI_PLAIN));
}

void bawn_cli_policy_error(const bawn_cli_policy *p, const bawn_error *err)
{
    bool ours = err->file[0] == 0 || strncmp(err->file, p->self, sizeof err->file - 1) == 0;
    bawn_slice line = ours && err->line ? line_of(bawn_buf_slice(&p->text), err->line) : BAWN_NIL;

    fflush(stdout);
    fprintf(stderr, "%s%s", bawn_cli_ink(stderr, CLI_BOLD), ours ? p->self : err->file);
    if (err->line)
        fprintf(stderr, ":%u:%u", (unsigned)err->line, (unsigned)err->column);
    fprintf(stderr, ":%s %s\n", bawn_cli_ink(stderr, CLI_PLAIN), err->message);
    if (line.ptr && bawn_utf8_valid_prefix(line) == line.len)
        show_caret(line, err->column);
}

void bawn_cli_policy_errors(const bawn_cli_policy *p, const bawn_errors *all)
{
    enum { SHOWN = 20 };

    for (size_t i = 0; i < all->n && i < SHOWN; i++)
        bawn_cli_policy_error(p, &all->items[i]);
    if (all->n > SHOWN)
        fprintf(stderr, "%s: and %s%zu more\n", p->self, all->n == BAWN_ERRORS_MOST ? "at least " : "", all->n - SHOWN);
}

/* ---- folders --------------------------------------------------------------------------------------------------------- */
const char *bawn_cli_state(char out[CLI_PATH], const bawn_cli *cli)
{
    const char *given = bawn_cli_value(cli, "state"), *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

    if (given)
        snprintf(out, CLI_PATH, "%s", given);
    else if (geteuid() == 0)
        snprintf(out, CLI_PATH, "/var/lib/bawn");
    else if (state && *state == '/')
        snprintf(out, CLI_PATH, "%s/bawn", state);
    else
        snprintf(out, CLI_PATH, "%s/.local/state/bawn", home ? home : ".");
    return out;
}

const char *bawn_cli_cache(char out[CLI_PATH], const bawn_cli *cli)
{
    char state[CLI_PATH];
    struct stat there;

    bawn_cli_state(state, cli);
    if (snprintf(out, CLI_PATH, "%s/cache", state) >= CLI_PATH || stat(state, &there) != 0)
        return NULL;                    /* no state yet: `bawn check` leaves nothing behind */
    return out;
}

bool bawn_cli_port(uint16_t *out, const bawn_cli *cli)
{
    const char *text = bawn_cli_value(cli, "port");
    char *end = NULL;
    unsigned long n = text && bawn_is_digit((unsigned char)*text) ? strtoul(text, &end, 10) : 0;

    *out = (uint16_t)n;
    if (!text || (end && *end == 0 && n >= 1 && n <= 65535))
        return true;
    return bawn_cli_fail(0, "--port %s: expected a number from 1 to 65535", text), false;
}

bool bawn_cli_workers(unsigned *out, const bawn_cli *cli)
{
    const char *text = bawn_cli_value(cli, "workers");
    char *end = NULL;
    unsigned long n = text && bawn_is_digit((unsigned char)*text) ? strtoul(text, &end, 10) : 0;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    if (text && strcmp(text, "auto") == 0)
        n = processors < 1 ? 1 : processors > 256 ? 256 : (unsigned long)processors;
    *out = (unsigned)n;
    if (!text || (n >= 1 && n <= 256 && (!end || *end == 0)))
        return true;
    return bawn_cli_fail(0, "--workers %s: expected a number from 1 to 256, or auto for one a processor", text), false;
}

const char *bawn_cli_spool(char out[CLI_PATH], const bawn_cli *cli, const bawn_cli_policy *policy)
{
    const char *given = bawn_cli_value(cli, "folder");
    const bawn_node *node = policy->tree ? bawn_node_at(bawn_policy_root(policy->tree), "record.spool.folder") : NULL;
    bawn_slice folder = node ? node->text : BAWN_LIT("state/spool");
    char state[CLI_PATH];

    if (given) {
        snprintf(out, CLI_PATH, "%s", given);
    } else if (folder.len > 0 && folder.ptr[0] == '/') {
        snprintf(out, CLI_PATH, "%.*s", (int)folder.len, folder.ptr);
    } else {
        if (bawn_slice_starts(folder, BAWN_LIT("state/")))         /* the state folder itself, as policies call it */
            folder = bawn_slice_of(folder.ptr + 6, folder.len - 6);
        if (snprintf(out, CLI_PATH, "%s/%.*s", bawn_cli_state(state, cli), (int)folder.len, folder.ptr) >= CLI_PATH)
            out[0] = 0;
    }
    return out;
}

/* policy_publish.c: `bawn policy publish NAME` (RULINGS R33): the guardrail as it stands becomes version 1, 2, 3 ...
 *
 * STATE/guardrails/NAME/N/ holds bawn.yaml, the word lists that it names, and version.json with their hashes. It is
 * written beside under another name, made read-only and renamed, so that a version is there whole or not at all; the
 * rename fails when N is there already, so that no version is ever changed. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cli.h"

typedef struct {
    const char *name;
    char folder[CLI_PATH];              /* STATE/guardrails/NAME */
    char draft[CLI_PATH + 64];          /* written here first */
    char base[CLI_PATH];                /* the policy's own folder, with its slash, or "" */
    unsigned newest;
    bawn_buf listed;                    /* members of "files" in version.json */
} publishing;

/* ---- files --------------------------------------------------------------------------------------------------------- */
static bool make_folders(const char *path)
{
    char part[CLI_PATH * 2];

    for (size_t i = 1; path[i - 1] && i < sizeof part; i++)
        if (path[i] == '/' || path[i] == 0) {
            memcpy(part, path, i);
            part[i] = 0;
            if (mkdir(part, 0755) != 0 && errno != EEXIST)
                return false;
        }
    return true;
}

static bool write_file(publishing *p, const char *name, bawn_slice bytes)
{
    char path[CLI_PATH * 2], folder[CLI_PATH * 2];
    char hash[72];

    snprintf(path, sizeof path, "%s/%s", p->draft, name);
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = 0;
    int fd = make_folders(folder) ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444) : -1;
    bool ok = fd >= 0 && bawn_cli_write(fd, bytes) && fsync(fd) == 0;
    if (fd >= 0 && close(fd) != 0)
        ok = false;
    if (!ok)
        return bawn_cli_fail(0, "%s cannot be written: %s", path, strerror(errno)), false;
    bawn_sha256_name(hash, bytes);
    bawn_buf_str(&p->listed, p->listed.len ? "," : "");
    bawn_json_write_string(&p->listed, bawn_slice_str(name));
    bawn_buf_fmt(&p->listed, ":\"%s\"", hash);
    return !p->listed.failed;
}

static void remove_draft(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    char path[CLI_PATH * 3];

    while (dir && (entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (unlink(path) != 0 && errno == EISDIR)
            remove_draft(path);
    }
    if (dir)
        closedir(dir);
    rmdir(folder);
}

/* ---- what belongs to a version ------------------------------------------------------------------------------------- */
static bool copy_list(publishing *p, const bawn_cli_policy *policy, const bawn_node *file)
{
    char name[512], path[CLI_PATH * 2];
    bawn_buf text = { 0 };
    bawn_error err = { 0 };

    snprintf(name, sizeof name, "%.*s", (int)(file->text.len - 5), file->text.ptr + 5);
    if (name[0] == '/' || strstr(name, "..")) {
        bawn_cli_fail(0, "%s:%u: the list %s is not beneath the policy's folder, so a version could not keep it; move it there",
                      policy->self, (unsigned)file->line, name);
        return false;
    }
    snprintf(path, sizeof path, "%s%s", p->base, name);
    bool ok = bawn_cli_read(&text, path, &err) || (bawn_cli_fail(0, "%s: %s", path, err.message), false);
    ok = ok && write_file(p, name, bawn_buf_slice(&text));
    bawn_buf_free(&text);
    return ok;
}

static bool copy_lists(publishing *p, const bawn_cli_policy *policy)
{
    const bawn_node *guardrails = bawn_node_get(bawn_policy_root(policy->tree), "guardrails");

    for (const bawn_node *g = guardrails ? guardrails->first : NULL; g; g = g->next) {
        const bawn_node *lists = bawn_node_at(g, "word_filters.custom");
        for (const bawn_node *l = lists ? lists->first : NULL; l; l = l->next) {
            const bawn_node *file = bawn_node_get(l, "file");
            if (file && bawn_slice_starts(file->text, BAWN_LIT("file:")) && !copy_list(p, policy, file))
                return false;
        }
    }
    return true;
}

static bool write_note(publishing *p, const bawn_cli_policy *policy, unsigned version)
{
    bawn_buf files = p->listed, note = { 0 };
    char time[27], hash[72];

    bawn_sha256_name(hash, bawn_buf_slice(&policy->text));
    p->listed = (bawn_buf){ 0 };
    bawn_time_rfc3339(time, bawn_cli_now());
    bawn_buf_str(&note, "{\"guardrail\":");
    bawn_json_write_string(&note, bawn_slice_str(p->name));
    bawn_buf_fmt(&note, ",\"version\":%u,\"published\":\"%.27s\",\"policy\":\"%s\",\"patterns\":\"%s\",\"engine\":\"%s\",\"files\":{",
                 version, time, hash, bawn_patterns_hash(), BAWN_VERSION);
    bawn_buf_add(&note, bawn_buf_slice(&files));
    bawn_buf_str(&note, "}}\n");
    bool ok = !note.failed && !files.failed && write_file(p, "version.json", bawn_buf_slice(&note));
    bawn_buf_free(&note);
    bawn_buf_free(&files);
    return ok;
}

/* ---- versions that are named before they are there ----------------------------------------------------------------- */
static size_t offset_of(bawn_slice text, const bawn_node *node)
{
    size_t at = 0;

    for (uint32_t line = 1; line < node->line && at < text.len; line++)
        at += bawn_slice_find(bawn_slice_of(text.ptr + at, text.len - at), BAWN_LIT("\n")) + 1;
    for (uint32_t column = 1; column < node->column && bawn_utf8_next(text, &at) != UINT32_MAX; column++)
        continue;
    return at;
}

/* Whether the route names the version that publishing its guardrail would make next. */
static bool names_the_next(const bawn_node *root, const bawn_node *route, const char *state)
{
    const bawn_node *version = bawn_node_get(route, "version"), *own = bawn_node_get(route, "guardrail");
    const bawn_node *common = bawn_node_at(root, "defaults.guardrail");
    bawn_slice name = own ? own->text : common ? common->text : BAWN_LIT("default");
    char folder[CLI_PATH + 128];

    if (!version || version->quoted || version->type == BAWN_T_WORD || !bawn_version_name_ok(name))
        return false;
    snprintf(folder, sizeof folder, "%s/guardrails/%.*s", state, (int)name.len, name.ptr);
    return version->integer == bawn_version_newest(folder) + 1ull;
}

/* The policy as it is judged: its routes may name versions that are to be made, which are drafts until then. What is published is
 * the file as it stands. */
static void judged_text(bawn_buf *out, const bawn_cli_policy *policy, const char *state)
{
    const bawn_node *root = bawn_policy_root(policy->tree), *routes = bawn_node_get(root, "routes");
    bawn_slice text = bawn_buf_slice(&policy->text);
    size_t done = 0;

    for (const bawn_node *r = routes ? routes->first : NULL; r; r = r->next) {
        const bawn_node *version = bawn_node_get(r, "version");
        size_t at = version ? offset_of(text, version) : 0;

        if (at < done || !version || at + version->text.len > text.len || !names_the_next(root, r, state) ||
            !bawn_slice_eq(bawn_slice_of(text.ptr + at, version->text.len), version->text))
            continue;
        bawn_buf_add(out, bawn_slice_of(text.ptr + done, at - done));
        bawn_buf_str(out, "DRAFT");
        done = at + version->text.len;
    }
    bawn_buf_add(out, bawn_slice_of(text.ptr + done, text.len - done));
}

static bool load_judged(bawn_cli_policy *policy, const bawn_cli *cli, const char *state)
{
    char cache[CLI_PATH];
    bawn_buf text = { 0 };

    if (!bawn_cli_policy_parse(policy, bawn_cli_value(cli, "config")))
        return false;
    judged_text(&text, policy, state);
    bool ok = bawn_cli_policy_compile(policy, bawn_buf_slice(&text), bawn_cli_cache(cache, cli));
    bawn_buf_free(&text);
    return ok;
}

/* ---- versions ------------------------------------------------------------------------------------------------------- */
/* Renamed to the next number that is free; another publisher may be faster. */
static unsigned settle(const publishing *p)
{
    for (unsigned version = p->newest + 1; version < p->newest + 100; version++) {
        char path[CLI_PATH + 32];
        snprintf(path, sizeof path, "%s/%u", p->folder, version);
        if (renameat2(AT_FDCWD, p->draft, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
            return chmod(path, 0555) == 0 ? version : 0;
        if (errno != EEXIST && errno != ENOTEMPTY)
            return 0;
    }
    return 0;
}

static int publish(publishing *p, const bawn_cli_policy *policy)
{
    bool ok;
    unsigned version = 0;
    char hash[72];

    p->newest = bawn_version_newest(p->folder);
    snprintf(p->draft, sizeof p->draft, "%s/.draft-%ld", p->folder, (long)getpid());
    ok = make_folders(p->draft) || (bawn_cli_fail(0, "%s cannot be made: %s", p->draft, strerror(errno)), false);
    ok = ok && write_file(p, "bawn.yaml", bawn_buf_slice(&policy->text)) && copy_lists(p, policy) &&
         write_note(p, policy, p->newest + 1);
    bawn_buf_free(&p->listed);
    if (ok && (version = settle(p)) == 0)
        bawn_cli_fail(0, "%s: the version cannot be settled: %s", p->folder, strerror(errno));
    if (version == 0) {
        remove_draft(p->draft);
        return CLI_BROKEN;
    }
    bawn_sha256_name(hash, bawn_buf_slice(&policy->text));
    printf("Published %s version %u: %s/%u, %s\n", p->name, version, p->folder, version, hash);
    return CLI_OK;
}

int bawn_cli_policy_publish(bawn_cli *cli)
{
    publishing p = { .name = cli->arguments[0] };
    bawn_cli_policy policy;
    char state[CLI_PATH];
    int status;

    if (!load_judged(&policy, cli, bawn_cli_state(state, cli)))
        return CLI_USAGE;
    const char *slash = strrchr(policy.self, '/');
    snprintf(p.base, sizeof p.base, "%.*s", slash ? (int)(slash - policy.self) + 1 : 0, policy.self);
    if (policy.built_in)
        status = bawn_cli_fail(CLI_USAGE, "there is no ./bawn.yaml to publish from; name a policy with -c FILE");
    else if (!bawn_version_name_ok(bawn_slice_str(p.name)) || bawn_wall_guardrail_find(policy.wall, bawn_slice_str(p.name)) < 0)
        status = bawn_cli_fail(CLI_USAGE, "%s has no guardrail `%s` (letters, digits, - and _)", policy.self, p.name);
    else if (snprintf(p.folder, sizeof p.folder, "%s/guardrails/%s", state, p.name) >= CLI_PATH)
        status = bawn_cli_fail(CLI_USAGE, "the state folder's name is too long");
    else
        status = publish(&p, &policy);
    bawn_cli_policy_free(&policy);
    return status;
}

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
    char time[27];

    p->listed = (bawn_buf){ 0 };
    bawn_time_rfc3339(time, bawn_cli_now());
    bawn_buf_str(&note, "{\"guardrail\":");
    bawn_json_write_string(&note, bawn_slice_str(p->name));
    bawn_buf_fmt(&note, ",\"version\":%u,\"published\":\"%.27s\",\"policy\":\"%s\",\"patterns\":\"%s\",\"engine\":\"%s\",\"files\":{",
                 version, time, bawn_wall_hash(policy->wall), bawn_patterns_hash(), BAWN_VERSION);
    bawn_buf_add(&note, bawn_buf_slice(&files));
    bawn_buf_str(&note, "}}\n");
    bool ok = !note.failed && !files.failed && write_file(p, "version.json", bawn_buf_slice(&note));
    bawn_buf_free(&note);
    bawn_buf_free(&files);
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
    printf("Published %s version %u: %s/%u, %s\n", p->name, version, p->folder, version, bawn_wall_hash(policy->wall));
    return CLI_OK;
}

int bawn_cli_policy_publish(bawn_cli *cli)
{
    publishing p = { .name = cli->arguments[0] };
    bawn_cli_policy policy;
    char state[CLI_PATH], cache[CLI_PATH];
    int status;

    if (!bawn_cli_policy_load(&policy, bawn_cli_value(cli, "config"), bawn_cli_cache(cache, cli)))
        return CLI_USAGE;
    const char *slash = strrchr(policy.self, '/');
    snprintf(p.base, sizeof p.base, "%.*s", slash ? (int)(slash - policy.self) + 1 : 0, policy.self);
    if (policy.built_in)
        status = bawn_cli_fail(CLI_USAGE, "there is no ./bawn.yaml to publish from; name a policy with -c FILE");
    else if (!bawn_version_name_ok(bawn_slice_str(p.name)) || bawn_wall_guardrail_find(policy.wall, bawn_slice_str(p.name)) < 0)
        status = bawn_cli_fail(CLI_USAGE, "%s has no guardrail `%s` (letters, digits, - and _)", policy.self, p.name);
    else if (snprintf(p.folder, sizeof p.folder, "%s/guardrails/%s", bawn_cli_state(state, cli), p.name) >= CLI_PATH)
        status = bawn_cli_fail(CLI_USAGE, "the state folder's name is too long");
    else
        status = publish(&p, &policy);
    bawn_cli_policy_free(&policy);
    return status;
}

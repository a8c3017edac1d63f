/* Published versions of guardrails (RULINGS R33). `bawn policy publish NAME` leaves STATE/guardrails/NAME/N/ with the
 * policy as it stood, the word lists that it named, and version.json with their hashes. A route that says
 * `{guardrail: NAME, version: N}` is guarded by what stands there and not by the file in force.
 *
 * Here the named versions are read: each is a tree of its own beside the policy's, and its guardrail joins the wall's
 * table behind those of the policy (the DRAFTs). The state folder is the one that holds the cache folder. Files that are
 * not what version.json says are refused: a version never changes. What is frozen is the policy; the built-in patterns
 * are those of the engine that runs, and every event names both (policy.patterns, policy.engine). */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "engine/wall.h"

#define PATH_MOST 4096

typedef struct {
    bawn_wall *wall;
    const bawn_node *node;          /* `version` of the route, where errors point */
    bawn_slice name;
    uint64_t number;
    char folder[PATH_MOST];         /* STATE/guardrails */
    bawn_error *err;
} reader;

static bool fail(const reader *r, const char *why)
{
    return bawn_node_error(r->err, r->wall->policy, r->node, "version %llu of guardrail `%.*s`: %s", (unsigned long long)r->number,
                           (int)r->name.len, r->name.ptr, why);
}

/* ---- where ----------------------------------------------------------------------------------------------------------- */
bool bawn_version_name_ok(bawn_slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!bawn_is_alnum((unsigned char)name.ptr[i]) && name.ptr[i] != '_' && name.ptr[i] != '-')
            return false;
    return name.len > 0 && name.len <= 64;
}

static bool find_folder(reader *r, const char *cache_dir)
{
    const char *end = cache_dir + strlen(cache_dir);
    while (end > cache_dir + 1 && end[-1] == '/')
        end--;
    while (end > cache_dir && end[-1] != '/')
        end--;
    int n = snprintf(r->folder, sizeof r->folder, "%.*sguardrails", (int)(end - cache_dir), cache_dir);
    return (n > 0 && (size_t)n + 512 < sizeof r->folder) || fail(r, "the state folder's name is too long");
}

static bool path_of(char out[PATH_MOST], const reader *r, bawn_slice file)
{
    int n = snprintf(out, PATH_MOST, "%s/%.*s/%llu/%.*s", r->folder, (int)r->name.len, r->name.ptr,
                     (unsigned long long)r->number, (int)file.len, file.ptr);
    return n > 0 && n < PATH_MOST;
}

unsigned bawn_version_newest(const char *folder)
{
    DIR *dir = opendir(folder);
    unsigned long newest = 0;

    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char *end;
        unsigned long number = strtoul(entry->d_name, &end, 10);
        if (*end == 0 && end != entry->d_name && number > newest && number < BAWN_VERSION_MOST)
            newest = number;
    }
    if (dir)
        closedir(dir);
    return (unsigned)newest;
}

/* With the newest number: what a person needs who mistyped one. */
static bool fail_missing(const reader *r)
{
    char path[PATH_MOST], why[200];
    int n = snprintf(path, sizeof path, "%s/%.*s", r->folder, (int)r->name.len, r->name.ptr);
    unsigned newest = n > 0 && n < PATH_MOST ? bawn_version_newest(path) : 0;

    if (newest > 0)
        snprintf(why, sizeof why, "it is not published; the newest is %u", newest);
    else
        snprintf(why, sizeof why, "it is not published; `bawn policy publish %.*s` makes version 1", (int)r->name.len, r->name.ptr);
    return fail(r, why);
}

/* ---- what stands there ----------------------------------------------------------------------------------------------- */
static bool read_file(bawn_buf *out, const reader *r, bawn_slice file)
{
    char path[PATH_MOST];
    bawn_buf_clear(out);
    return path_of(path, r, file) && bawn_wall_read_file(out, path);
}

/* One member of "files": its name and "sha256:" with the hash of its bytes. */
static bool is_unchanged(const reader *r, bawn_slice name, bawn_slice hash)
{
    bawn_buf bytes = { 0 };
    char expected[72];

    bool ok = bawn_slice_find(name, BAWN_LIT("..")) == name.len && read_file(&bytes, r, name);
    bawn_sha256_name(expected, bawn_buf_slice(&bytes));
    bawn_buf_free(&bytes);
    return ok && bawn_slice_is(hash, expected);
}

static bool check_files(const reader *r, bawn_slice note)
{
    bawn_json j = { 0 };
    bool ok = bawn_json_parse(&j, note, 8, NULL), policy = false;
    uint32_t files = ok ? bawn_json_get(&j, 0, "files") : 0;

    ok = files > 0 && j.tokens[files].type == BAWN_JSON_OBJECT;
    for (uint32_t i = 0, key = files + 1; ok && i < j.tokens[files].count; i++, key = j.tokens[key + 1].next) {
        bawn_slice name = bawn_json_raw(&j, key);
        policy = policy || bawn_slice_is(name, "bawn.yaml");
        ok = is_unchanged(r, name, bawn_json_raw(&j, key + 1));
    }
    bawn_json_free(&j);
    return (ok && policy) || fail(r, "its files are not what version.json says; a version never changes: restore it, or publish a new one");
}

static bool parse(bawn_policy **out, const reader *r, bawn_slice yaml)
{
    char path[PATH_MOST];
    size_t n;
    const bawn_key *keys = bawn_engine_keys(&n);
    return path_of(path, r, BAWN_LIT("bawn.yaml")) && bawn_policy_parse(out, path, yaml, keys, n, r->err);
}

static bool read_version(bawn_version *out, const reader *r)
{
    bawn_buf text = { 0 };
    bool ok = read_file(&text, r, BAWN_LIT("version.json")) ? check_files(r, bawn_buf_slice(&text)) : fail_missing(r);

    ok = ok && (read_file(&text, r, BAWN_LIT("bawn.yaml")) || fail(r, "its bawn.yaml cannot be read"));
    ok = ok && parse(&out->policy, r, bawn_buf_slice(&text));
    bawn_buf_free(&text);
    out->name = r->name;
    out->number = r->number;
    snprintf(out->text, sizeof out->text, "%llu", (unsigned long long)r->number);
    return ok;
}

/* ---- the routes' versions ---------------------------------------------------------------------------------------------- */
bawn_slice bawn_route_guardrail(const bawn_wall *w, const bawn_node *route)
{
    const bawn_node *own = bawn_node_get(route, "guardrail"), *common = bawn_node_at(bawn_policy_root(w->policy), "defaults.guardrail");
    return own ? own->text : common ? common->text : BAWN_LIT("default");
}

static bool begin(reader *r, bawn_wall *w, const bawn_node *route, const char *cache_dir, bawn_error *err)
{
    bawn_slice name = bawn_route_guardrail(w, route);

    *r = (reader){ .wall = w, .node = bawn_node_get(route, "version"), .name = name, .err = err };
    r->number = r->node->integer;
    if (bawn_slice_is(name, "none"))
        return bawn_node_error(err, w->policy, r->node, "`guardrail: none` has no versions; take one of the two lines out");
    if (r->number == 0 || r->number >= BAWN_VERSION_MOST)
        return bawn_node_error(err, w->policy, r->node, "found version %llu; versions are DRAFT, 1, 2 and so on",
                               (unsigned long long)r->number);
    if (!bawn_version_name_ok(name))
        return fail(r, "a guardrail of this name cannot be published (letters, digits, - and _)");
    if (!cache_dir)
        return fail(r, "there is no state folder here to look for it; name it with --state");
    return find_folder(r, cache_dir);
}

const bawn_version *bawn_wall_version_find(const bawn_wall *w, bawn_slice name, uint64_t number)
{
    for (size_t i = 0; i < w->n_versions; i++)
        if (w->versions[i].number == number && bawn_slice_eq(w->versions[i].name, name))
            return &w->versions[i];
    return NULL;
}

bool bawn_route_is_draft(const bawn_node *route)
{
    const bawn_node *version = bawn_node_get(route, "version");
    return !version || version->type == BAWN_T_WORD;
}

static bool read_route(bawn_wall *w, const bawn_node *route, const char *cache_dir, bawn_error *err)
{
    reader r;
    bawn_version *v = &w->versions[w->n_versions];

    if (!begin(&r, w, route, cache_dir, err))
        return false;
    if (bawn_wall_version_find(w, r.name, r.number))
        return true;
    *v = (bawn_version){ 0 };
    bool ok = read_version(v, &r);
    w->n_versions += v->policy != NULL;
    return ok;
}

bool bawn_wall_read_versions(bawn_wall *w, const char *cache_dir, bawn_error *err)
{
    const bawn_node *routes = bawn_node_get(bawn_policy_root(w->policy), "routes");
    size_t most = 0;

    for (const bawn_node *route = routes ? routes->first : NULL; route; route = route->next)
        most += !bawn_route_is_draft(route);
    if (most > 0 && !(w->versions = bawn_arena_alloc(w->arena, most * sizeof *w->versions)))
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for versions of guardrails");
    for (const bawn_node *route = routes ? routes->first : NULL; route; route = route->next)
        if (!bawn_route_is_draft(route) && !read_route(w, route, cache_dir, err) && !bawn_wall_goes_on(w, err))
            return false;
    return true;
}

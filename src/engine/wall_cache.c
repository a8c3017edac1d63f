/* What loading keeps between starts, in the cache folder: the policy's compiled patterns, by the hash of rules and
 * library, and the key of the record's hashes when the policy names none. Both are written beside and renamed. */
#include "engine/wall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUDGET 1.0          /* us for each kB of prose: docs/decisions.md */
#define COMPILED "patterns-2"       /* name of what is kept; another number where the same rules are compiled to something else */

/* The scalar of that text in a list item, at any depth of it. */
static const bawn_node *written_as(const bawn_node *node, bawn_slice text)
{
    const bawn_node *found = node->kind == BAWN_NODE_SCALAR && bawn_slice_eq(node->text, text) ? node : NULL;

    for (const bawn_node *n = node->first; n && !found; n = n->next)
        found = written_as(n, text);
    return found;
}

static const bawn_policy *policy_of(const bawn_wall *w, const bawn_node *node)
{
    while (node->parent)
        node = node->parent;
    for (size_t i = 0; i < w->n_versions; i++)
        if (bawn_policy_root(w->versions[i].policy) == node)
            return w->versions[i].policy;
    return w->policy;
}

bool bawn_wall_rule_error(bawn_error *err, const bawn_wall *w, const bawn_rule *rule, const char *message)
{
    const bawn_node *item = w->policy_items[rule->guard - (w->n_guards - BAWN_POLICY_GUARDS)][rule->pattern->kind];
    const bawn_node *node = written_as(item, bawn_slice_str(rule->pattern->regex));
    return bawn_node_error(err, policy_of(w, item), node ? node : item, "%s", message);
}

static bool check_cost(const bawn_wall *w, const bawn_rules *r, bawn_error *err)
{
    bawn_error why = { 0 };

    for (size_t which = 0; !bawn_rules_lint(&which, r, BUDGET, &why); which++)
        if (why.code == BAWN_E_NO_MEMORY)               /* no row is to blame */
            return bawn_error_set(err, why.code, "%s", why.message);
        else if (which == r->n_rules || (!bawn_wall_rule_error(err, w, &r->rules[which], why.message) && !bawn_wall_goes_on(w, err)))
            return false;
    return true;
}

bool bawn_wall_compile_policy_rules(bawn_wall *, const char *cache_dir, bawn_error *err);
bool bawn_wall_hash_key(bawn_wall *, const char *cache_dir, bawn_error *err);

bool bawn_wall_read_file(bawn_buf *out, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = 0;
    if (fd < 0)
        return false;
    do {
        n = bawn_buf_reserve(out, 1 << 16) ? read(fd, out->ptr + out->len, 1 << 16) : -1;
        if (n > 0)
            out->len += (size_t)n;
    } while (n > 0 || (n < 0 && errno == EINTR));
    close(fd);
    return n == 0;
}

static bool write_file(const char *path, bawn_slice bytes)
{
    char beside[560];
    snprintf(beside, sizeof beside, "%s.%ld", path, (long)getpid());
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, bytes.ptr, bytes.len) == (ssize_t)bytes.len;
    if (fd >= 0 && close(fd) != 0)
        ok = false;
    if (ok && rename(beside, path) == 0)
        return true;
    unlink(beside);
    return false;
}

/* What was packed for these rules, if it is there and sound. */
static bool from_cache(bawn_wall *w, const char *path)
{
    bawn_buf saved = { 0 };
    bool ok = true, loaded = false;

    if (bawn_wall_read_file(&saved, path)) {
        bawn_slice kept = bawn_arena_copy(w->arena, bawn_buf_slice(&saved), &ok);
        loaded = ok && bawn_rules_unpack(&w->rules[1], kept, w->arena, NULL);
    }
    bawn_buf_free(&saved);
    return loaded;
}

static void to_cache(const bawn_wall *w, const char *folder, const char *path)
{
    bawn_buf packed = { 0 };
    mkdir(folder, 0700);
    if (bawn_rules_pack(&packed, &w->rules[1]))
        write_file(path, bawn_buf_slice(&packed));      /* a cache that cannot be kept costs time, not safety */
    bawn_buf_free(&packed);
}

bool bawn_wall_compile_policy_rules(bawn_wall *w, const char *cache_dir, bawn_error *err)
{
    bawn_rules *r = &w->rules[1], listed = *r;
    char hash[72], path[512];

    if (r->n_rules == 0)
        return true;
    if (!bawn_rules_hash(hash, r))
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory to name the policy's patterns");
    snprintf(path, sizeof path, "%s/" COMPILED "-%.40s.db", cache_dir ? cache_dir : "", hash + 7);
    if (cache_dir && from_cache(w, path))
        return true;
    bawn_rules_free(r);
    *r = listed;
    if (!check_cost(w, r, err))
        return false;
    if (bawn_wall_is_wrong(w))
        return true;                    /* nobody will use them */
    if (!bawn_rules_compile(r, false, w->arena, err))
        return false;
    if (cache_dir)
        to_cache(w, cache_dir, path);
    return true;
}

bool bawn_wall_hash_key(bawn_wall *w, const char *cache_dir, bawn_error *err)
{
    const bawn_node *node = bawn_node_at(bawn_policy_root(w->policy), "record.hash_key");
    bawn_buf key = { 0 };
    char path[512];
    bool ok = true;

    snprintf(path, sizeof path, "%s/hash.key", cache_dir ? cache_dir : "");
    if (node) {
        ok = bawn_policy_secret(&key, w->policy, node, err);
        w->keeps_hash_key = ok;
    } else if (!cache_dir || !bawn_wall_read_file(&key, path) || key.len != 32) {
        bawn_buf_clear(&key);
        ok = bawn_buf_reserve(&key, 32) && getrandom(key.ptr, 32, 0) == 32;
        key.len = ok ? 32 : 0;
        if (!ok)
            bawn_error_set(err, BAWN_E_IO, "no random bytes for the record's hash key");
        if (ok && cache_dir) {
            mkdir(cache_dir, 0700);
            w->keeps_hash_key = write_file(path, bawn_buf_slice(&key));
        }
    } else {
        w->keeps_hash_key = true;
    }
    bawn_sha256(w->hash_key, bawn_buf_slice(&key));
    bawn_buf_free(&key);
    return ok;
}

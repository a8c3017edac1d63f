/* policy.c: reading a policy from its bytes, and the tree's readers. */
#include "policy/inner.h"

/* 10,000 nodes of some 200 bytes, the texts, and the table's rows fit many times over. */
#define ARENA_FIRST 16384
#define ARENA_MOST ((size_t)64 << 20)

static bool prepare(bawn_policy *policy, const char *self, const bawn_key *keys, size_t n_keys)
{
    bool ok = false;
    char *name;

    policy->arena = bawn_arena_new(ARENA_FIRST, ARENA_MOST);
    if (!policy->arena)
        return false;
    name = bawn_arena_alloc(policy->arena, strlen(self) + 1);
    if (name) {
        memcpy(name, self, strlen(self) + 1);
        policy->self = name;
        policy->rows = policy_rows_build(policy->arena, keys, n_keys);
        ok = policy->rows != NULL;
    }
    return ok;
}

static bool read_all(bawn_policy **out, bawn_errors *all, const char *self, bawn_slice yaml, const bawn_key *keys, size_t n_keys,
                     bawn_error *err)
{
    bawn_policy *policy = bawn_malloc(sizeof *policy);

    *out = NULL;
    if (policy)
        *policy = (bawn_policy){ .self = "" };
    if (!policy || !prepare(policy, self ? self : "", keys, n_keys)) {
        bawn_policy_free(policy);
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "out of memory while reading the policy");
    }
    if (!policy_source_check(policy->self, yaml, err) || !policy_yaml_read(policy, yaml, err) ||
        !policy_validate(policy, all, err)) {
        bawn_policy_free(policy);
        return false;
    }
    *out = policy;
    return true;
}

bool bawn_policy_parse(bawn_policy **out, const char *self, bawn_slice yaml, const bawn_key *keys, size_t n_keys,
                       bawn_error *err)
{
    return read_all(out, NULL, self, yaml, keys, n_keys, err);
}

bool bawn_policy_check(bawn_policy **out, bawn_errors *all, const char *self, bawn_slice yaml, const bawn_key *keys, size_t n_keys)
{
    bawn_error err = { 0 };
    size_t before = all->n;
    bool ok = read_all(out, all, self, yaml, keys, n_keys, &err);

    if (bawn_errors_end(all, before, ok, &err))
        return true;
    bawn_policy_free(*out);
    *out = NULL;
    return false;
}

void bawn_policy_free(bawn_policy *policy)
{
    if (!policy)
        return;
    bawn_arena_free(policy->arena);
    bawn_free(policy);
}

const bawn_node *bawn_policy_root(const bawn_policy *policy) { return policy->root; }

static const bawn_node *member(const bawn_node *map, bawn_slice key)
{
    if (!map || map->kind != BAWN_NODE_MAP)
        return NULL;
    for (const bawn_node *n = map->first; n; n = n->next)
        if (bawn_slice_eq(n->key, key))
            return n;
    return NULL;
}

const bawn_node *bawn_node_get(const bawn_node *map, const char *key) { return member(map, bawn_slice_str(key)); }

const bawn_node *bawn_node_at(const bawn_node *root, const char *dotted)
{
    const bawn_node *node = root;

    while (node && *dotted) {
        size_t n = strcspn(dotted, ".");

        node = member(node, bawn_slice_of(dotted, n));
        dotted += n + (dotted[n] == '.');
    }
    return node;
}

bool bawn_node_word(const bawn_node *node, const char *word)
{
    return node && node->kind == BAWN_NODE_SCALAR && bawn_slice_is(node->text, word);
}

bool bawn_policy_put(bawn_policy *p, const bawn_node *map, const char *key, bawn_slice text, const bawn_node *from)
{
    bawn_node *node = bawn_arena_alloc(p->arena, sizeof *node), *last = (bawn_node *)(uintptr_t)map->first;
    bool ok = true;

    if (!node || !last)                                 /* `from` is in it, so it has a member */
        return false;
    *node = *from;
    node->key = bawn_slice_str(key);
    node->text = bawn_arena_copy(p->arena, text, &ok);
    node->next = NULL;
    while (last->next)
        last = (bawn_node *)(uintptr_t)last->next;
    last->next = node;
    return ok;
}

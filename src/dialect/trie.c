/* trie.c: field tables -> one trie with its edges in a hash table, so that a step costs one probe however many
 * fields an object may have. Built once, in static storage; immutable afterwards. */
#include "dialect/trie.h"

static uint64_t load(const char *from, size_t n)       /* n: 8 or 4, so that no call of memcpy is left */
{
    uint64_t eight;
    uint32_t four;

    if (n == 8) {
        memcpy(&eight, from, 8);
        return eight;
    }
    memcpy(&four, from, 4);
    return four;
}

/* Length, begin and end tell all names of our tables apart; others only collide. */
static uint32_t slot_of(const bawn_trie *t, uint16_t parent, const char *key, size_t len)
{
    uint64_t head, tail;

    if (len >= 4) {
        size_t part = len >= 8 ? 8 : 4;

        head = load(key, part);
        tail = load(key + len - part, part);
    } else {
        head = (uint8_t)key[0];
        tail = (uint64_t)(uint8_t)key[len / 2] << 8 | (uint8_t)key[len - 1];
    }
    head = (head ^ (tail * 0x9E3779B97F4A7C15u) ^ ((uint64_t)parent << 48) ^ len) * 0xD6E8FEB86659FD93u;
    return (uint32_t)(head >> 40) & t->mask;
}

uint16_t bawn_trie_child(const bawn_trie *t, uint16_t parent, bawn_slice key)
{
    if (key.len > 0) {
        for (uint32_t s = slot_of(t, parent, key.ptr, key.len); t->slots[s].key; s = (s + 1) & t->mask) {
            const bawn_trie_edge *e = &t->slots[s];

            if (e->parent == parent && e->len == key.len && memcmp(e->key, key.ptr, key.len) == 0)
                return e->child;
        }
    }
    return t->nodes[parent].any;
}

static uint16_t node_new(bawn_trie *t)
{
    if (t->n_nodes == t->cap_nodes) {
        t->full = true;
        return BAWN_TRIE_NONE;
    }
    return (uint16_t)t->n_nodes++;
}

static uint16_t child_make(bawn_trie *t, uint16_t parent, const char *key, size_t len)
{
    uint32_t s = slot_of(t, parent, key, len);

    for (; t->slots[s].key; s = (s + 1) & t->mask) {
        const bawn_trie_edge *e = &t->slots[s];

        if (e->parent == parent && e->len == len && memcmp(e->key, key, len) == 0)
            return e->child;
    }
    t->slots[s] = (bawn_trie_edge){ key, (uint16_t)len, parent, node_new(t) };
    t->nodes[parent].keys = true;
    return t->slots[s].child;
}

/* One step of a path, "name", "*" or "[]"; *path moves past it. */
static uint16_t step_make(bawn_trie *t, uint16_t node, const char **path)
{
    size_t len = strcspn(*path, ".[");
    uint16_t *direct = **path == '[' ? &t->nodes[node].item : len == 1 && **path == '*' ? &t->nodes[node].any : NULL;
    const char *key = *path;

    *path += **path == '[' ? 2 : len;
    *path += **path == '.';
    if (!direct)
        return child_make(t, node, key, len);
    if (direct == &t->nodes[node].any)
        t->nodes[node].keys = true;
    if (*direct == BAWN_TRIE_NONE)
        *direct = node_new(t);
    return *direct;
}

static uint16_t path_make(bawn_trie *t, uint16_t node, const char *path)
{
    while (*path)
        node = step_make(t, node, &path);
    return node;
}

static void row_add(bawn_trie *t, uint16_t root, const bawn_field_row *row, bawn_who who)
{
    bawn_trie_node *node = &t->nodes[path_make(t, root, row->path)];

    node->kind = (uint8_t)row->kind;
    node->who = (uint8_t)(row->who == BAWN_WHO_HERE ? who : row->who);
    node->channel = row->channel;
    node->named = true;
}

void bawn_trie_build(bawn_trie *t, const bawn_field_group *groups, size_t n_groups)
{
    t->full = !t->nodes || !t->slots;
    if (t->full)
        return;
    t->n_nodes = 1;
    for (size_t g = 0; g < n_groups; g++) {
        uint16_t root = path_make(t, 0, groups[g].prefix);

        for (size_t i = 0; i < groups[g].n; i++)
            row_add(t, root, &groups[g].rows[i], groups[g].who);
    }
}

void bawn_trie_hang(bawn_trie *t, const bawn_hook_row *hooks, size_t n_hooks)
{
    for (size_t h = 0; h < n_hooks && t->nodes && t->slots; h++)
        t->nodes[path_make(t, 0, hooks[h].path)].hook = hooks[h].hook;
}

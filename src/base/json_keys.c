/* json_keys.c: keys of objects: no two may be equal, and look-up by name.
 *
 * Keys are equal when their decoded texts are. Up to SMALL members each new key is compared with all before it; larger
 * objects go through an open-addressing table of (hash, token), at most half full, so the time is linear. Its seed
 * is the table's address, which a sender cannot know; equal hashes alone are compared. keeps: T16 */
#include "base/json_text.h"

enum { SMALL = 16 };

typedef struct { uint32_t hash, key; } slot;              /* key 0: empty (token 0 is never a key) */

static bool same_key(const bawn_json *j, uint32_t a, uint32_t b)
{
    const bawn_json_token *ta = &j->tokens[a], *tb = &j->tokens[b];

    return bawn_json_same(bawn_json_raw(j, a), ta->escaped, bawn_json_raw(j, b), tb->escaped);
}

static uint32_t following_key(const bawn_json *j, uint32_t key)
{
    return j->tokens[key + 1].next;
}

static bool few_keys_differ(uint32_t *again, const bawn_json *j, uint32_t object)
{
    uint32_t end = j->tokens[object].next;

    for (uint32_t key = object + 1; key < end; key = following_key(j, key))
        for (uint32_t before = object + 1; before < key; before = following_key(j, before))
            if (same_key(j, before, key)) {
                *again = key;
                return false;
            }
    return true;
}

static bool key_hash(uint32_t *hash, const bawn_json *j, uint32_t key, uint64_t seed)
{
    bawn_slice raw = bawn_json_raw(j, key);
    char *text;

    if (!j->tokens[key].escaped) {
        *hash = (uint32_t)bawn_hash64(raw, seed);
        return true;
    }
    text = bawn_malloc(raw.len);
    if (!text)
        return false;
    *hash = (uint32_t)bawn_hash64(bawn_slice_of(text, bawn_json_unescape(text, raw)), seed);
    bawn_free(text);
    return true;
}

/* Finds the key's slot: true and filled when it is new. */
static bool insert(slot *table, size_t mask, const bawn_json *j, slot new)
{
    size_t i = new.hash & mask;

    for (; table[i].key; i = (i + 1) & mask)
        if (table[i].hash == new.hash && same_key(j, table[i].key, new.key))
            return false;
    table[i] = new;
    return true;
}

static bool insert_all(uint32_t *again, slot *table, size_t mask, const bawn_json *j, uint32_t object)
{
    uint32_t end = j->tokens[object].next;
    slot new;

    for (new.key = object + 1; new.key < end; new.key = following_key(j, new.key)) {
        if (!key_hash(&new.hash, j, new.key, (uint64_t)(uintptr_t)table)) {
            *again = 0;
            return false;
        }
        if (!insert(table, mask, j, new)) {
            *again = new.key;
            return false;
        }
    }
    return true;
}

bool bawn_json_keys_differ(uint32_t *again, const bawn_json *j, uint32_t object)
{
    size_t members = j->tokens[object].count, size = 4 * SMALL;
    slot *table;
    bool differ;

    *again = 0;
    if (members <= SMALL)
        return few_keys_differ(again, j, object);
    while (size < 2 * members)
        size *= 2;
    table = bawn_malloc(size * sizeof *table);
    if (!table)
        return false;
    memset(table, 0, size * sizeof *table);
    differ = insert_all(again, table, size - 1, j, object);
    bawn_free(table);
    return differ;
}

uint32_t bawn_json_get(const bawn_json *j, uint32_t object, const char *name)
{
    bawn_slice wanted = bawn_slice_str(name);
    uint32_t end = j->tokens[object].next;

    if (j->tokens[object].type != BAWN_JSON_OBJECT)
        return 0;
    for (uint32_t key = object + 1; key < end; key = following_key(j, key))
        if (bawn_json_same(bawn_json_raw(j, key), j->tokens[key].escaped, wanted, false))
            return key + 1;
    return 0;
}

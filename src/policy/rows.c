/* rows.c: the caller's flat table of keys as a tree. A path is names apart by dots, '*' for any name, '[]' for an item,
 * "=word" at its end for one word of the value. A place in the file is a small set of rows: at "a.b" both the row "a.b"
 * and the row "a.*" hold, and what either says below is known there; the literal one is asked first. Looking a name up
 * is linear in its siblings (tens). */
#include "policy/inner.h"

/* Takes the first component off *path. */
static policy_row next_component(const char **path)
{
    policy_row row = { .kind = POLICY_ROW_NAME };
    const char *p = *path;
    size_t n = strcspn(p, ".[=");

    if (*p == '=') {
        row.kind = POLICY_ROW_WORD;
        row.name = bawn_slice_str(p + 1);
        *path = p + 1 + row.name.len;
        return row;
    }
    if (p[0] == '[') {
        row.kind = POLICY_ROW_ITEM;
        n = p[1] == ']' ? 2 : 1;
    } else if (n == 1 && *p == '*') {
        row.kind = POLICY_ROW_ANY;
    } else {
        row.name = bawn_slice_of(p, n);
    }
    *path = p + n + (p[n] == '.');
    return row;
}

static policy_row *child(const policy_row *parent, policy_row_kind kind, bawn_slice name)
{
    for (policy_row *r = parent->first; r; r = r->next)
        if (r->kind == kind && bawn_slice_eq(r->name, name))
            return r;
    return NULL;
}

static policy_row *child_made(bawn_arena *arena, policy_row *parent, const policy_row *like)
{
    policy_row *row = child(parent, like->kind, like->name);

    if (row)
        return row;
    row = bawn_arena_alloc(arena, sizeof *row);
    if (!row)
        return NULL;
    *row = *like;
    if (parent->last)
        parent->last->next = row;
    else
        parent->first = row;
    parent->last = row;
    return row;
}

const policy_row *policy_rows_build(bawn_arena *arena, const bawn_key *keys, size_t n)
{
    policy_row *root = bawn_arena_alloc(arena, sizeof *root);

    if (!root)
        return NULL;
    *root = (policy_row){ .kind = POLICY_ROW_ANY };
    for (size_t i = 0; i < n; i++) {
        policy_row *row = root;

        for (const char *path = keys[i].path; row && *path;) {
            policy_row component = next_component(&path);

            row = child_made(arena, row, &component);
        }
        if (!row)
            return NULL;
        if (row != root)
            row->key = &keys[i];
    }
    return root;
}

static void also(policy_rows *rows, const policy_row *row)
{
    if (row && rows->n < POLICY_ROWS)
        rows->at[rows->n++] = row;
}

policy_rows policy_rows_root(const policy_row *root) { return (policy_rows){ { root }, 1 }; }

policy_rows policy_rows_member(const policy_rows *rows, bawn_slice name)
{
    policy_rows below = { { NULL }, 0 };

    for (size_t i = 0; i < rows->n; i++)
        also(&below, child(rows->at[i], POLICY_ROW_NAME, name));
    for (size_t i = 0; i < rows->n; i++)
        also(&below, child(rows->at[i], POLICY_ROW_ANY, BAWN_NIL));
    return below;
}

static policy_rows below_by_kind(const policy_rows *rows, policy_row_kind kind)
{
    policy_rows below = { { NULL }, 0 };

    for (size_t i = 0; i < rows->n; i++)
        also(&below, child(rows->at[i], kind, BAWN_NIL));
    return below;
}

policy_rows policy_rows_any(const policy_rows *rows) { return below_by_kind(rows, POLICY_ROW_ANY); }
policy_rows policy_rows_item(const policy_rows *rows) { return below_by_kind(rows, POLICY_ROW_ITEM); }

const policy_row *policy_rows_word(const policy_rows *rows, bawn_slice word)
{
    const policy_row *found = NULL;

    for (size_t i = 0; i < rows->n && !found; i++)
        found = child(rows->at[i], POLICY_ROW_WORD, word);
    return found;
}

const bawn_key *policy_rows_key(const policy_rows *rows)
{
    static const bawn_key map = { .path = "", .types = BAWN_T_MAP, .doc = "" };
    static const bawn_key list = { .path = "", .types = BAWN_T_LIST, .doc = "" };

    for (size_t i = 0; i < rows->n; i++)
        if (rows->at[i]->key)
            return rows->at[i]->key;
    return policy_rows_has(rows, POLICY_ROW_ITEM) ? &list : &map;
}

bool policy_rows_has(const policy_rows *rows, policy_row_kind kind)
{
    for (size_t i = 0; i < rows->n; i++)
        for (const policy_row *r = rows->at[i]->first; r; r = r->next)
            if (r->kind == kind)
                return true;
    return false;
}

/* Whether a row asked before `upto` names the same member. */
static bool named_before(const policy_rows *rows, size_t upto, bawn_slice name)
{
    for (size_t i = 0; i < upto; i++)
        if (child(rows->at[i], POLICY_ROW_NAME, name))
            return true;
    return false;
}

const policy_row *policy_rows_next(const policy_rows *rows, const policy_row *before)
{
    bool after = before == NULL;

    for (size_t i = 0; i < rows->n; i++)
        for (const policy_row *r = rows->at[i]->first; r; r = r->next) {
            if (after && r->kind == POLICY_ROW_NAME && !named_before(rows, i, r->name))
                return r;
            after = after || r == before;
        }
    return NULL;
}

bool policy_row_open(const policy_rows *rows, bawn_slice name)
{
    policy_rows below = policy_rows_member(rows, name);

    return below.n > 0 && !policy_rows_key(&below)->later;
}

/* validate.c: gives each node its meaning: its row, its type, its value; or refuses it, with what was found, what was
 * expected and, where something near exists, what was meant. The first mistake in the file's order ends the walk, or it is
 * kept and the walk goes on behind it: not into what is wrong as a whole, nor to what is wrong only because of it. A
 * secret's text never gets into a message. Recursion is bounded by the depth that yaml.c let through. O(n log n). */
#include <stdio.h>
#include <stdlib.h>

#include "policy/inner.h"

typedef struct { const bawn_policy *policy; bawn_errors *all; bawn_error *err; } check;

/* The tree is const to its readers; this room made it and fills it in. */
static bawn_node *mutable(const bawn_node *node) { return (bawn_node *)node; }

/* After a mistake: whether the walk goes on behind it. */
static bool goes_on(check *c) { return bawn_errors_go_on(c->all, c->err); }

static bool fail_at_key(check *c, const bawn_node *node, const policy_note *note)
{
    return policy_note_fail(c->err, c->policy->self, node->key_line, node->key_column, note);
}

/* ---- what was expected ----------------------------------------------------------------------------------------- */
#define ROOM_FOR_HINT 60

/* "a, b, c", ending in "..." where the rest would push the hint out of the message. */
static void note_in_list(policy_note *note, bool *first, bawn_slice name)
{
    char item[96];

    if (note->len + name.len + ROOM_FOR_HINT > sizeof note->text) {
        if (note->text[note->len - 1] != '.')
            policy_note_str(note, ", ...");
        return;
    }
    snprintf(item, sizeof item, "%s%.*s", *first ? "" : ", ", (int)(name.len < 80 ? name.len : 80), name.ptr);
    policy_note_str(note, item);
    *first = false;
}

static void note_words(policy_note *note, const bawn_key *key, const policy_rows *rows)
{
    const char *values = key->values;
    bool first = true;
    bawn_slice word;

    while (policy_word_next(&word, &values)) {
        const policy_row *row = policy_rows_word(rows, word);

        if (!row || !row->key || !row->key->later)
            note_in_list(note, &first, word);
    }
}

static void note_members(policy_note *note, const policy_rows *rows)
{
    bool first = true;

    for (const policy_row *r = policy_rows_next(rows, NULL); r; r = policy_rows_next(rows, r))
        if (policy_row_open(rows, r->name))
            note_in_list(note, &first, r->name);
}

static void note_range(policy_note *note, const bawn_key *key)
{
    char range[96];

    if (key->least == key->most)
        snprintf(range, sizeof range, "%llu", (unsigned long long)key->least);
    else if (key->most)
        snprintf(range, sizeof range, "a whole number from %llu to %llu", (unsigned long long)key->least, (unsigned long long)key->most);
    else
        snprintf(range, sizeof range, "a whole number, %llu or more", (unsigned long long)key->least);
    policy_note_str(note, range);
}

static void note_expected(policy_note *note, const bawn_key *key, const policy_rows *rows)
{
    const char *example = NULL;
    bool first = true;

    policy_note_str(note, "; expected ");
    for (const policy_type *t = policy_types; t->bit; t++) {
        if (!(key->types & t->bit))
            continue;
        policy_note_str(note, first ? "" : ", or ");
        if (t->bit == BAWN_T_INT && key->least + key->most > 0)
            note_range(note, key);
        else
            policy_note_str(note, t->expected);
        if (t->bit == BAWN_T_WORD) {
            policy_note_str(note, " ");
            note_words(note, key, rows);
        } else if (!example) {
            example = t->example;
        }
        first = false;
    }
    if (key->fallback && key->fallback[0])
        example = key->fallback;
    if (!(key->types & BAWN_T_WORD) && example && (key->least != key->most || !key->most)) {
        policy_note_str(note, ", for example ");
        policy_note_str(note, example);
    }
}

/* ---- refusals -------------------------------------------------------------------------------------------------- */
static bool refuse_value(check *c, const bawn_node *node, const bawn_key *key, const policy_rows *rows)
{
    policy_note note = { "", 0 };
    bool secret = (key->types & BAWN_T_SECRET) && node->kind == BAWN_NODE_SCALAR && !policy_scalar_is_null(node);

    policy_note_str(&note, "found ");
    if (secret)
        policy_note_str(&note, "a secret written into the file");
    else if (node->kind != BAWN_NODE_SCALAR)
        policy_note_str(&note, node->kind == BAWN_NODE_MAP ? "a map" : "a list");
    else if (policy_scalar_is_null(node))
        policy_note_str(&note, "nothing");
    else
        policy_note_name(&note, node->text);
    policy_note_str(&note, " for ");
    policy_note_path(&note, node);
    note_expected(&note, key, rows);
    if (!secret)
        policy_scalar_hint(&note, node, key, rows);
    return policy_note_fail(c->err, c->policy->self, node->line, node->column, &note);
}

/* `{}` or `[]` where something must stand. */
static bool refuse_empty(check *c, const bawn_node *node)
{
    policy_note note = { "", 0 };

    policy_note_str(&note, node->kind == BAWN_NODE_MAP ? "found an empty map for " : "found an empty list for ");
    policy_note_path(&note, node);
    policy_note_str(&note, "; expected at least one: ");
    policy_note_str(&note, node->spec->doc);
    return policy_note_fail(c->err, c->policy->self, node->line, node->column, &note);
}

static bool refuse_store(check *c, const bawn_node *node, const char *scheme)
{
    return bawn_node_error(c->err, c->policy, node, "found a %s reference; it is not built yet in this version; "
                           "expected env:NAME or file:PATH", scheme);
}

static bool refuse_later(check *c, const bawn_node *node, bool word, const char *room)
{
    policy_note note = { "", 0 };
    bool section = node->parent && !node->parent->parent && !word;

    policy_note_name(&note, word ? node->text : node->parent && node->parent->kind == BAWN_NODE_LIST ? BAWN_LIT("item")
                                                                                                      : node->key);
    if (!section) {
        policy_note_str(&note, word ? " for " : " in ");
        policy_note_path(&note, word || !node->parent ? node : node->parent);
    }
    policy_note_str(&note, " is not built yet in this version (it comes with ");
    policy_note_str(&note, room);
    policy_note_str(&note, section ? "); remove the section" : word ? "); choose another or remove it"
                                                                     : "); remove the key");
    if (word)
        return policy_note_fail(c->err, c->policy->self, node->line, node->column, &note);
    return fail_at_key(c, node, &note);
}

/* The member's name that is nearest to one that there is not; empty: none is near. */
static bawn_slice meant(bawn_slice name, const policy_rows *rows)
{
    const char *names[256], *near;
    char copies[256 * 32];
    size_t n = 0, used = 0;

    for (const policy_row *r = policy_rows_next(rows, NULL); r; r = policy_rows_next(rows, r)) {
        if (n + 1 == BAWN_COUNT(names) || used + r->name.len + 1 > sizeof copies)
            break;
        memcpy(copies + used, r->name.ptr, r->name.len);
        copies[used + r->name.len] = '\0';
        names[n++] = copies + used;
        used += r->name.len + 1;
    }
    names[n] = NULL;
    near = bawn_nearest(name, names);
    for (const policy_row *r = near ? policy_rows_next(rows, NULL) : NULL; r; r = policy_rows_next(rows, r))
        if (bawn_slice_is(r->name, near))
            return r->name;
    return BAWN_NIL;
}

static bool refuse_unknown(check *c, const bawn_node *node, const policy_rows *rows)
{
    policy_note note = { "", 0 };
    bawn_slice near = meant(node->key, rows);

    policy_note_str(&note, "unknown key ");
    policy_note_name(&note, node->key);
    policy_note_str(&note, " in ");
    policy_note_path(&note, node->parent);
    policy_note_str(&note, "; expected one of ");
    note_members(&note, rows);
    if (near.len) {
        policy_note_str(&note, "; did you mean ");
        policy_note_name(&note, near);
        policy_note_str(&note, "?");
    }
    return fail_at_key(c, node, &note);
}

static bool refuse_missing(check *c, const bawn_node *map, const policy_row *row)
{
    policy_note note = { "", 0 };

    policy_note_str(&note, "missing key ");
    policy_note_name(&note, row->name);
    policy_note_str(&note, " in ");
    policy_note_path(&note, map);
    policy_note_str(&note, ": ");
    policy_note_str(&note, row->key->doc);
    return fail_at_key(c, map, &note);
}

/* ---- duplicate keys ---------------------------------------------------------------------------------------------- */
static bool stands_before(const bawn_node *a, const bawn_node *b)
{
    return a->key_line != b->key_line ? a->key_line < b->key_line : a->key_column < b->key_column;
}

static int by_key(const void *left, const void *right)
{
    const bawn_node *a = *(const bawn_node *const *)left, *b = *(const bawn_node *const *)right;
    size_t least = a->key.len < b->key.len ? a->key.len : b->key.len;
    int order = least ? memcmp(a->key.ptr, b->key.ptr, least) : 0;

    if (order)
        return order;
    if (a->key.len != b->key.len)
        return a->key.len < b->key.len ? -1 : 1;
    return stands_before(a, b) ? -1 : 1;
}

static bool refuse_again(check *c, const bawn_node *again, const bawn_node *first)
{
    char path[96];

    return bawn_node_key_error(c->err, c->policy, again, "found `%s` a second time; it stands at line %u, column %u "
                               "already; keep one of the two", bawn_node_path(path, sizeof path, again),
                               (unsigned)first->key_line, (unsigned)first->key_column);
}

static bool no_duplicates(check *c, const bawn_node *map)
{
    const bawn_node **members, *again = NULL, *first = NULL;
    size_t n = 0, i = 0;
    bool on = true;

    for (const bawn_node *m = map->first; m; m = m->next)
        n++;
    if (n < 2)
        return true;
    members = bawn_malloc(n * sizeof *members);
    if (!members)
        return bawn_error_set(c->err, BAWN_E_NO_MEMORY, "out of memory while checking the policy");
    for (const bawn_node *m = map->first; m && i < n; m = m->next)
        members[i++] = m;
    qsort(members, n, sizeof *members, by_key);
    for (i = 1; i < n && on; i++) {
        if (!bawn_slice_eq(members[i]->key, members[i - 1]->key))
            continue;
        if (c->all)
            on = refuse_again(c, members[i], members[i - 1]) || goes_on(c);
        else if (!again || stands_before(members[i], again))
            again = members[i], first = members[i - 1];
    }
    bawn_free(members);
    return on && (!again || refuse_again(c, again, first));
}

/* ---- the walk ------------------------------------------------------------------------------------------------------ */
static bool check_node(check *c, bawn_node *node, const policy_rows *rows);

/* Whether it is there, or was meant by a member that is not known. */
static bool has_member(const bawn_node *map, const policy_rows *rows, bawn_slice name)
{
    for (const bawn_node *m = map->first; m; m = m->next)
        if (bawn_slice_eq(m->key, name) || (policy_rows_member(rows, m->key).n == 0 && bawn_slice_eq(meant(m->key, rows), name)))
            return true;
    return false;
}

static bool check_member(check *c, const bawn_node *member, const policy_rows *rows)
{
    policy_rows below = policy_rows_member(rows, member->key);

    return below.n > 0 ? check_node(c, mutable(member), &below) : refuse_unknown(c, member, rows);
}

static bool check_members(check *c, const bawn_node *map, const policy_rows *rows)
{
    if (!no_duplicates(c, map))
        return false;
    for (const bawn_node *m = map->first; m; m = m->next)
        if (!check_member(c, m, rows) && !goes_on(c))
            return false;
    for (const policy_row *r = policy_rows_next(rows, NULL); r; r = policy_rows_next(rows, r))
        if (r->key && r->key->required && !has_member(map, rows, r->name) && !refuse_missing(c, map, r) && !goes_on(c))
            return false;
    return true;
}

static bool check_items(check *c, const bawn_node *list, const policy_rows *rows)
{
    policy_rows below = policy_rows_item(rows);

    for (const bawn_node *item = list->first; item && below.n; item = item->next)
        if (!check_node(c, mutable(item), &below) && !goes_on(c))
            return false;
    return true;
}

static bool check_scalar(check *c, bawn_node *node, const policy_rows *rows)
{
    const policy_row *word;

    if (policy_scalar_is_null(node))
        return refuse_value(c, node, node->spec, rows);
    for (const policy_type *t = policy_types; t->bit; t++) {
        if (!(node->spec->types & t->bit) || !t->read || !t->read(node, node->spec))
            continue;
        node->type = t->bit;
        word = t->bit == BAWN_T_WORD ? policy_rows_word(rows, node->text) : NULL;
        return word && word->key && word->key->later ? refuse_later(c, node, true, word->key->later) : true;
    }
    if (node->spec->types & BAWN_T_SECRET) {
        if (bawn_slice_starts(node->text, BAWN_LIT("awskms:")))
            return refuse_store(c, node, "awskms:");
        if (bawn_slice_starts(node->text, BAWN_LIT("pkcs11:")))
            return refuse_store(c, node, "pkcs11:");
    }
    return refuse_value(c, node, node->spec, rows);
}

static bool check_node(check *c, bawn_node *node, const policy_rows *rows)
{
    uint32_t need = node->kind == BAWN_NODE_MAP ? BAWN_T_MAP : BAWN_T_LIST;

    node->spec = policy_rows_key(rows);
    if (node->spec->later)
        return refuse_later(c, node, false, node->spec->later);
    if (node->kind == BAWN_NODE_SCALAR)
        return check_scalar(c, node, rows);
    if (!(node->spec->types & need))
        return refuse_value(c, node, node->spec, rows);
    node->type = need;
    if (node->spec->least > 0 && !node->first)
        return refuse_empty(c, node);
    return need == BAWN_T_MAP ? check_members(c, node, rows) : check_items(c, node, rows);
}

bool policy_validate(bawn_policy *policy, bawn_errors *all, bawn_error *err)
{
    check c = { policy, all, err };
    policy_rows rows = policy_rows_root(policy->rows);
    const bawn_node *root = policy->root;

    if (!root || policy_scalar_is_null(root)) {
        bawn_error_set(err, BAWN_E_POLICY, "found an empty policy; expected at least `version: 1` and one upstream; "
                       "`bawn policy init` writes one to start from");
        return bawn_error_at(err, policy->self, 1, 1);
    }
    return check_node(&c, mutable(root), &rows);
}

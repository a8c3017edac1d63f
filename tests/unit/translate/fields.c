/* Every field that a dialect knows has a fate in translation, and no row speaks of a field that there is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dialect/anthropic.h"
#include "dialect/bedrock.h"
#include "dialect/openai.h"
#include "translate/inner.h"

static const struct { const char *name, *root; const bawn_tr_fields *fields; const bawn_trie *(*trie)(void); } tables[] = {
    { "openai", "chat", &bawn_tr_fields_openai, bawn_openai_trie },
    { "anthropic", "ask", &bawn_tr_fields_anthropic, bawn_anthropic_trie },
    { "bedrock", "ask", &bawn_tr_fields_bedrock, bawn_bedrock_trie },
};

static void rows_stand_in_their_order(void **state)
{
    (void)state;
    for (size_t t = 0; t < BAWN_COUNT(tables); t++)
        for (size_t i = 1; i < tables[t].fields->n; i++)
            if (strcmp(tables[t].fields->rows[i - 1].path, tables[t].fields->rows[i].path) >= 0)
                fail_msg("%s: %s stands before %s", tables[t].name, tables[t].fields->rows[i - 1].path, tables[t].fields->rows[i].path);
}

static void what_is_refused_says_why(void **state)
{
    (void)state;
    for (size_t t = 0; t < BAWN_COUNT(tables); t++)
        for (size_t i = 0; i < tables[t].fields->n; i++) {
            const bawn_tr_field *row = &tables[t].fields->rows[i];
            if ((row->fate == BAWN_TR_REFUSED) != (row->why && strlen(row->why) > 20))
                fail_msg("%s: %s", tables[t].name, row->path);
        }
}

/* ---- the dialects' own tables ------------------------------------------------------------------------------------------ */
static size_t seen;

/* An item of a list of plain values shares the list's row. */
static void check_path(size_t t, const char *full, const bawn_trie_node *node)
{
    char path[512];
    bool own;

    snprintf(path, sizeof path, "%s", full);
    if (strlen(path) > 2 && strcmp(path + strlen(path) - 2, "[]") == 0)
        path[strlen(path) - 2] = 0;
    const bawn_tr_field *row = bawn_tr_field_find(tables[t].fields, path, &own);
    bool as_a_whole = node->kind == BAWN_F_DEEP || node->kind == BAWN_F_ARGUMENTS;

    seen++;
    if (!row || (!own && row->fate == BAWN_TR_CARRIED && !as_a_whole))
        fail_msg("%s: %s has no fate of its own%s%s", tables[t].name, path, row ? "; the nearest is carried: " : "", row ? row->path : "");
}

static void walk(size_t t, const bawn_trie *trie, uint16_t node, const char *path)
{
    char below[512];

    if (trie->nodes[node].named && path[0])
        check_path(t, path, &trie->nodes[node]);
    for (uint32_t s = 0; s <= trie->mask; s++)
        if (trie->slots[s].key && trie->slots[s].parent == node) {
            snprintf(below, sizeof below, "%s%s%.*s", path, path[0] ? "." : "", (int)trie->slots[s].len, trie->slots[s].key);
            walk(t, trie, trie->slots[s].child, below);
        }
    if (trie->nodes[node].item != BAWN_TRIE_NONE) {
        snprintf(below, sizeof below, "%s[]", path);
        walk(t, trie, trie->nodes[node].item, below);
    }
    if (trie->nodes[node].any != BAWN_TRIE_NONE) {
        snprintf(below, sizeof below, "%s.*", path);
        walk(t, trie, trie->nodes[node].any, below);
    }
}

static void each_field_of_a_dialect_has_a_fate(void **state)
{
    (void)state;
    for (size_t t = 0; t < BAWN_COUNT(tables); t++) {
        const bawn_trie *trie = tables[t].trie();
        seen = 0;
        walk(t, trie, bawn_trie_child(trie, 0, bawn_slice_str(tables[t].root)), "");
        assert_true(seen > 50);
    }
}

/* Whether the dialect's table goes that way. */
static bool is_there(const bawn_trie *trie, const char *root, const char *path)
{
    uint16_t node = bawn_trie_child(trie, 0, bawn_slice_str(root));

    while (*path && node != BAWN_TRIE_NONE) {
        size_t n = strcspn(path, ".[");
        bool item = *path == '[';
        if (trie->nodes[node].named && trie->nodes[node].kind == BAWN_F_DEEP)
            return true;
        node = item ? trie->nodes[node].item : bawn_trie_child(trie, node, bawn_slice_of(path, n));
        path += item ? 2 : n;
        path += *path == '.';
    }
    return node != BAWN_TRIE_NONE;
}

static void no_row_speaks_of_a_field_that_there_is_not(void **state)
{
    (void)state;
    for (size_t t = 0; t < BAWN_COUNT(tables); t++)
        for (size_t i = 0; i < tables[t].fields->n; i++)
            if (!is_there(tables[t].trie(), tables[t].root, tables[t].fields->rows[i].path))
                fail_msg("%s: %s", tables[t].name, tables[t].fields->rows[i].path);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_stand_in_their_order),          cmocka_unit_test(what_is_refused_says_why),
        cmocka_unit_test(each_field_of_a_dialect_has_a_fate), cmocka_unit_test(no_row_speaks_of_a_field_that_there_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

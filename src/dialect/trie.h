/* trie.h: a dialect's field table, compiled. Internal to the room.
 *
 * Groups of rows hang below a prefix ("chat.messages[]"), so that one row stands for a field at every place where it
 * may occur; the first name of a prefix is a root ("chat", "answer"). A hook is called at every value of its path. */
#ifndef BAWN_DIALECT_TRIE_H
#define BAWN_DIALECT_TRIE_H

#include "dialect/dialect.h"

#define BAWN_TRIE_NONE 0                           /* node 0 stands above the roots: nobody's child */

struct bawn_walk;
struct bawn_place;
/* May change the place of what lies below; false: the walk ends, walk->err is filled. */
typedef bool (*bawn_hook)(struct bawn_walk *, struct bawn_place *, uint32_t token, uint32_t index);

typedef struct { const char *prefix; const bawn_field_row *rows; size_t n; bawn_who who; } bawn_field_group;
typedef struct { const char *path; bawn_hook hook; } bawn_hook_row;

typedef struct {
    bawn_hook hook;
    uint16_t item, any;                            /* node of list items, of any key; NONE when there is none */
    uint16_t channel;
    uint8_t kind, who;
    bool named;                                    /* a row ends here: strings are known */
    bool keys;                                     /* has children by key */
} bawn_trie_node;

typedef struct { const char *key; uint16_t len, parent, child; } bawn_trie_edge;

typedef struct {
    bawn_trie_node *nodes;
    bawn_trie_edge *slots;                         /* open addressing by (parent, key) */
    size_t n_nodes, cap_nodes;
    uint32_t mask;                                 /* slots - 1; slots are a power of two, over twice the edges */
    bool full;                                     /* the table outgrew the sizes above: a mistake of ours, tested */
} bawn_trie;

/* Compiles the rows into a trie whose nodes and slots are all zero, then hooks are hung to their paths. Paths are borrowed for
 * ever: string literals. What finds no room is left out, and out->full says so. */
void bawn_trie_build(bawn_trie *, const bawn_field_group *, size_t n_groups);
void bawn_trie_hang(bawn_trie *, const bawn_hook_row *, size_t n_hooks);
uint16_t bawn_trie_child(const bawn_trie *, uint16_t parent, bawn_slice key);     /* NONE when there is none */

#endif

/* rows.h: how a dialect's field table is written, and where it is kept. Internal to the room; for the files that hold one. */
#ifndef BAWN_DIALECT_ROWS_H
#define BAWN_DIALECT_ROWS_H

#include <pthread.h>

#include "dialect/trie.h"

/* A field of that kind, in the voice of the message around it; of somebody else; of an answer, on a channel of its own. */
#define ROW(path, kind) { path, BAWN_F_##kind, BAWN_WHO_HERE, BAWN_CHANNEL_OTHER }
#define FROM(path, kind, who) { path, BAWN_F_##kind, BAWN_WHO_##who, BAWN_CHANNEL_OTHER }
#define OUT(path, kind, channel) { path, BAWN_F_##kind, BAWN_WHO_HERE, BAWN_CHANNEL_##channel }
/* Rows that stand below a prefix, in that voice where they name none. */
#define GROUP(prefix, rows, who) { prefix, rows, BAWN_COUNT(rows), BAWN_WHO_##who }

/* The function `name` that gives the trie of `compile`, which is called once: room for so many nodes and slots (a power of two,
 * over twice the edges). */
#define BAWN_TRIE_OF(name, compile, n_nodes, n_slots)                                                               \
    static bawn_trie_node trie_nodes[n_nodes];                                                                     \
    static bawn_trie_edge trie_slots[n_slots];                                                                     \
    static bawn_trie compiled = { trie_nodes, trie_slots, .cap_nodes = (n_nodes), .mask = (n_slots) - 1 };           \
    static pthread_once_t once = PTHREAD_ONCE_INIT;                                                                \
    static void compile_it(void) { compile(&compiled); }                                                           \
    const bawn_trie *name(void)                                                                                    \
    {                                                                                                              \
        pthread_once(&once, compile_it);                                                                           \
        return &compiled;                                                                                          \
    }

#endif

/* inner.h: what the files of this room share. Reading goes in four steps, a file each:
 *   source.c    bytes that may be a policy at all: size, UTF-8, no control characters
 *   yaml.c      libfyaml's events to a tree of nodes without meaning; anchors, tags, depth and the like refused
 *   rows.c      the caller's table of keys as a tree, so that a place in the file finds its row
 *   validate.c  the nodes against the rows; scalar.c reads one value
 * All of it lives in the policy's arena. */
#ifndef BAWN_POLICY_INNER_H
#define BAWN_POLICY_INNER_H

#include "policy/policy.h"

#define POLICY_BYTES ((size_t)1 << 20)
#define POLICY_NODES 10000
#define POLICY_DEPTH 32

/* ---- messages: at most what bawn_error holds, cut between characters ------------------------------------- */
typedef struct { char text[sizeof ((bawn_error *)0)->message]; size_t len; } policy_note;
void policy_note_str(policy_note *, const char *);
void policy_note_name(policy_note *, bawn_slice name);          /* `name`, escaped, at most 40 bytes of it */
void policy_note_path(policy_note *, const bawn_node *);
bool policy_note_fail(bawn_error *err, const char *self, uint32_t line, uint32_t column, const policy_note *);

/* ---- the table as a tree ----------------------------------------------------------------------------------- */
typedef enum { POLICY_ROW_NAME, POLICY_ROW_ANY, POLICY_ROW_ITEM, POLICY_ROW_WORD } policy_row_kind;
typedef struct policy_row {
    policy_row_kind kind;
    bawn_slice name;                            /* of NAME and WORD */
    const bawn_key *key;                        /* NULL: only the rows below it are in the table */
    struct policy_row *first, *last, *next;
} policy_row;
/* The rows that hold at one place of the file, the most literal first: below "a.*" and "a.b" both may say more. */
#define POLICY_ROWS 4
typedef struct { const policy_row *at[POLICY_ROWS]; size_t n; } policy_rows;

const policy_row *policy_rows_build(bawn_arena *, const bawn_key *, size_t n);  /* NULL: out of memory */
policy_rows policy_rows_root(const policy_row *root);
policy_rows policy_rows_member(const policy_rows *, bawn_slice name);           /* n = 0: unknown */
policy_rows policy_rows_any(const policy_rows *);                               /* what '*' says */
policy_rows policy_rows_item(const policy_rows *);
const policy_row *policy_rows_word(const policy_rows *, bawn_slice word);       /* the row "=word", or NULL */
const bawn_key *policy_rows_key(const policy_rows *);                           /* never NULL when n > 0 */
bool policy_rows_has(const policy_rows *, policy_row_kind);
/* Walks the members by name, in the table's order, each once; start with NULL. */
const policy_row *policy_rows_next(const policy_rows *, const policy_row *before);
bool policy_row_open(const policy_rows *, bawn_slice name);                     /* known and not `later` */

/* ---- values ------------------------------------------------------------------------------------------------ */
typedef struct {
    uint32_t bit;
    const char *expected, *example;     /* "a size in B, KiB or MiB", "4MiB" */
    bool (*read)(bawn_node *, const bawn_key *);  /* NULL: not a scalar */
    const char *pattern;                /* of the JSON Schema; NULL: not text there */
} policy_type;
extern const policy_type policy_types[];        /* in the order in which a value is tried; ends with bit 0 */
bool policy_scalar_is_null(const bawn_node *);
bool policy_word_next(bawn_slice *word, const char **values);   /* walks "a|b|c" */
void policy_scalar_hint(policy_note *, const bawn_node *, const bawn_key *, const policy_rows *);

/* ---- the steps --------------------------------------------------------------------------------------------- */
struct bawn_policy {
    bawn_arena *arena;
    const char *self;
    const bawn_node *root;
    const policy_row *rows;
};
bool policy_is_hidden(uint32_t code_point, bool first);     /* what a policy may only hold as an escape */
bool policy_source_check(const char *self, bawn_slice yaml, bawn_error *err);
bool policy_yaml_read(bawn_policy *, bawn_slice yaml, bawn_error *err);
/* all: not NULL where the walk goes on behind a mistake; then true says nothing while there are any in it. */
bool policy_validate(bawn_policy *, bawn_errors *all, bawn_error *err);

#endif

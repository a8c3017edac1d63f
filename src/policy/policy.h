/* policy.h: reads bawn.yaml into a tree of typed nodes against a table of keys that is handed in (RULINGS R18, R19).
 * The same table gives the JSON Schema, the reference page, shell completion and `explain`. This room knows nothing
 * of guards or nginx. YAML by libfyaml; anchors, aliases, tags, merge keys, duplicate and unknown keys, invalid UTF-8
 * and NUL are errors with line and column, with what was found and what was expected, and "did you mean". */
#ifndef BAWN_POLICY_H
#define BAWN_POLICY_H

#include "base/base.h"

/* Types of a key, a set of bits: a key may take a plain word or a map ("HATE: medium" or "HATE: {input: low}"). */
enum {
    BAWN_T_MAP = 1, BAWN_T_LIST = 2, BAWN_T_STRING = 4, BAWN_T_BOOL = 8,
    BAWN_T_INT = 16,        /* non-negative */
    BAWN_T_NUMBER = 32,     /* 0 or more, with a fraction */
    BAWN_T_SIZE = 64,       /* 16KiB -> bytes in `integer` */
    BAWN_T_TIME = 128,      /* 5s -> nanoseconds in `integer` */
    BAWN_T_WORD = 256,      /* one of `values`; its index in `integer` */
    BAWN_T_SECRET = 512,    /* env:NAME or file:PATH (awskms:, pkcs11: are refused: not built yet), never inline */
    BAWN_T_REGEX = 1024,    /* checked by who uses it */
    BAWN_T_WINDOW = 2048    /* release | buffer | window N: `integer` 0, UINT64_MAX, N */
};

typedef struct bawn_key {
    /* "guardrails.*.secrets.input": '*' is any name (a literal row wins over it), '[]' an item of a list:
     * "routes[].operations[]". "record.text=all" speaks of one word of record.text: only `doc` and `later` count. */
    const char *path;
    uint32_t types;         /* BAWN_T_* */
    const char *values;     /* of WORD: "none|low|medium|high" */
    const char *fallback;   /* default as text, NULL: none */
    const char *doc;        /* one line, for people */
    const char *later;      /* not NULL: the room that is not built yet; using the key is an error that says so */
    bool required;          /* when its parent is there */
    uint64_t least, most;   /* INT: the range, most 0: no end. MAP and LIST: `least` members */
    /* of "x.*": all the names that there are, as many as `room` takes, their number is returned; NULL: any name */
    size_t (*names)(const char **out, size_t room);
} bawn_key;

typedef enum { BAWN_NODE_MAP, BAWN_NODE_LIST, BAWN_NODE_SCALAR } bawn_node_kind;
typedef struct bawn_node {
    bawn_node_kind kind;
    bawn_slice key;                 /* of a map's member; empty for list items and the root */
    bawn_slice text;                /* scalar: as written, unquoted */
    uint64_t integer;               /* INT, SIZE, TIME, BOOL (0/1), WORD (index), WINDOW */
    double number;                  /* INT, NUMBER */
    uint32_t type;                  /* the BAWN_T_* bit that it was read as */
    uint32_t line, column;          /* 1-based, in characters: of a scalar's value; of a map or list its key's */
    uint32_t key_line, key_column;  /* of a map's member: where its key stands; else line, column */
    bool quoted;                    /* scalar in quotes or a block ('|', '>'): never null, true or a number */
    const bawn_key *spec;
    const struct bawn_node *parent; /* NULL for the root */
    const struct bawn_node *first;  /* child */
    const struct bawn_node *next;   /* sibling, in the file's order */
} bawn_node;

typedef struct bawn_policy bawn_policy;     /* owns tree and texts */
/* `keys` must outlive the policy. On failure err has file = self, line, column, message. */
bool bawn_policy_parse(bawn_policy **out, const char *self, bawn_slice yaml, const bawn_key *keys, size_t n_keys,
                       bawn_error *err);
/* The same, for who wants all mistakes: goes on behind each and adds it to *all, sorted. What is no YAML ends at the first. */
bool bawn_policy_check(bawn_policy **out, bawn_errors *all, const char *self, bawn_slice yaml, const bawn_key *keys, size_t n_keys);
void bawn_policy_free(bawn_policy *);
const bawn_node *bawn_policy_root(const bawn_policy *);
/* Adds what a map leaves unsaid, a scalar that follows from another of its members (`from`, whose place it has). The text is
 * copied. False: out of memory. */
bool bawn_policy_put(bawn_policy *, const bawn_node *map, const char *key, bawn_slice text, const bawn_node *from);
const bawn_node *bawn_node_get(const bawn_node *map, const char *key);      /* NULL when absent or map is NULL */
const bawn_node *bawn_node_at(const bawn_node *root, const char *dotted);   /* "defaults.hold.bytes" */
bool bawn_node_word(const bawn_node *, const char *word);                    /* a scalar that reads so */
/* Error at a node: "<file>:<line>:<col>: message". Returns false. */
bool bawn_node_error(bawn_error *err, const bawn_policy *, const bawn_node *, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same, pointing at the key of a map's member: for a name that is wrong. */
bool bawn_node_key_error(bawn_error *err, const bawn_policy *, const bawn_node *, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* "guardrails.shop.denied_topics[0].name" into out, cut to size (at its front) and NUL-terminated. */
const char *bawn_node_path(char *out, size_t size, const bawn_node *);
/* Reads env:NAME or file:PATH (relative to the policy's folder; one trailing newline dropped) into *out. The value
 * never appears in a message. */
bool bawn_policy_secret(bawn_buf *out, const bawn_policy *, const bawn_node *, bawn_error *err);

bool bawn_policy_schema(bawn_buf *out, const bawn_key *, size_t n);          /* JSON Schema 2020-12 */
bool bawn_policy_reference(bawn_buf *out, const bawn_key *, size_t n);       /* Markdown */
bool bawn_policy_explain(bawn_buf *out, const bawn_policy *, const bawn_key *, size_t n); /* effective policy: YAML
                                                                                with defaults filled in, commented */
/* The nearest of NULL-ended names by edit distance (Damerau), or NULL when none is near. For every "did you mean". */
const char *bawn_nearest(bawn_slice name, const char *const *names);

#endif

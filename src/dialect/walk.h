/* walk.h: one pass over a body's tape along a field table. Internal to the room. */
#ifndef BAWN_DIALECT_WALK_H
#define BAWN_DIALECT_WALK_H

#include "dialect/trie.h"

#define BAWN_PATH_MAX 256                          /* bytes of a field's pointer */

/* Where a value stands: what a text found there is. Inherited downwards; hooks change it. */
typedef struct bawn_place {
    bawn_role role;
    bawn_origin origin;
    uint32_t message, choice, call;
    uint16_t channel;                              /* of the row that we are below */
    uint32_t report;                               /* 1 + index of the unguarded entry that counts us; 0: none */
    bool answer;                                   /* bawn_field.answer */
    const char *skip;                              /* texts are not asked about: recorded as unguarded, for this reason */
    bool words;                                    /* what would be media is text here */
    bool part;                                     /* texts are of part number `call` of an item */
    bool gone;                                     /* a hook's word: what stands here is not looked at */
} bawn_place;

typedef struct {
    bawn_place place;
    uint32_t token, end, index;                    /* next member or element, past the last, its number */
    uint16_t node;
    uint16_t path_len;                             /* of this container's own pointer */
    uint8_t mode;
    bool object;
} bawn_frame;

typedef struct bawn_walk {
    bawn_conversation *out;
    const bawn_json *json;
    bawn_arena *arena;
    bawn_error *err;
    const bawn_trie *trie;
    bawn_frame *frames;
    size_t n_frames, cap_frames, cap_fields, cap_unguarded, cap_choices, cap_copies, cap_calls;
    void *extra;                                   /* of the hooks */
    bawn_slice name;                               /* the last step to the value at hand, not yet in `path`: a key, */
    uint32_t number;                               /* or, when name.ptr is NULL, an index */
    bool stepped;                                  /* false: the step is in `path` */
    size_t path_len;
    char path[BAWN_PATH_MAX];
} bawn_walk;

/* A walk that will fill *out, which is empty so far. */
void bawn_walk_begin(bawn_walk *, const bawn_trie *, bawn_conversation *out, const bawn_json *, bawn_arena *, bawn_error *);
/* Walks the whole tape, its root being the one of that name in the table. Iterative; the stack lives in the arena. O(body).
 * False: out of memory, or a hook refused (err is filled). */
bool bawn_walk_run(bawn_walk *, const char *root, bawn_place start);

/* For hooks and for what they find. False: out of memory (err is filled). */
bool bawn_walk_unguarded(bawn_walk *, uint32_t *entry, bawn_slice path, uint64_t characters, const char *reason);
bool bawn_walk_copy(bawn_walk *, bawn_span wire, uint32_t choice);       /* becomes null when text is rewritten */
bool bawn_walk_erase(bawn_walk *, bawn_span wire, const char *with, bool always);   /* ... or `with`, in any case or then */
bool bawn_walk_call(bawn_walk *, const bawn_call *);
bool bawn_walk_choice(bawn_walk *, bawn_choice **out, uint32_t index);    /* found or added */
bool bawn_walk_text(bawn_slice *out, bawn_walk *, uint32_t token);        /* decoded */
bool bawn_walk_path(bawn_slice *out, bawn_walk *);                          /* pointer of the value at hand, a copy */
/* A request's parameter is not what it must be: "messages[3].role" goes into err->file, where error() finds it as `param`. token:
 * what stands there, UINT32_MAX for nothing. Always false. */
bool bawn_walk_refuse(bawn_walk *, const char *param, const char *expected, uint32_t token);
bool bawn_walk_flag(bool *out, bawn_walk *, const char *param, uint32_t token);    /* true, false or null; else refused */
/* The element at hand has that number in pointers: for a hook of it, before anything asks for its path. */
static inline void bawn_walk_number(bawn_walk *w, uint32_t number) { w->number = number; }
bool bawn_walk_string(bawn_slice *out, bawn_walk *, uint32_t token);      /* ... where it is one; *out stays where it is none, or the token 0 */
static inline uint8_t bawn_walk_type(const bawn_walk *w, uint32_t token) { return w->json->tokens[token].type; }   /* bawn_json_type */
bool bawn_walk_memory(bawn_walk *);                                       /* says out of memory; returns false */
bawn_span bawn_walk_value(const bawn_json *, uint32_t token);             /* wire bytes of a value, quotes included */
/* An array in the arena that doubles. */
bool bawn_walk_grow(bawn_walk *, void **array, size_t *cap, size_t n, size_t size);

#endif

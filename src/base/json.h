/* json.h: a strict JSON (RFC 8259) span tokeniser, a string decoder with an offset map, and a writer.
 *
 * The tokeniser makes one flat tape: token i is followed by its children; `next` is the index just past its last
 * descendant, so `i + 1` steps in and `tape[i].next` steps over. Spans are bytes of the input, so that a body can
 * be rewritten by splicing and everything that we do not change stays as the client wrote it.
 * Refused: invalid UTF-8, lone surrogates (also as escapes), control characters in strings, duplicate keys
 * (compared decoded), leading zeros, trailing text, BOM, more than `max_depth` levels. keeps: DESIGN 3, T08, T34 */
#ifndef BAWN_JSON_H
#define BAWN_JSON_H

#include "base/base.h"

typedef enum { BAWN_JSON_NULL, BAWN_JSON_FALSE, BAWN_JSON_TRUE, BAWN_JSON_NUMBER, BAWN_JSON_STRING,
               BAWN_JSON_ARRAY, BAWN_JSON_OBJECT } bawn_json_type;

typedef struct {
    uint32_t begin, end;    /* bytes of the input; of a string: between the quotes */
    uint32_t next;          /* index of the token after the last descendant */
    uint32_t count;         /* array: elements; object: members (each a STRING key token, then its value) */
    uint8_t type;           /* bawn_json_type */
    bool escaped;           /* string: holds at least one backslash */
    bool ascii;             /* string: raw bytes are all < 0x80 */
    bool key;               /* string that is a member's name */
} bawn_json_token;

typedef struct { bawn_json_token *tokens; size_t n, cap; bawn_slice text; } bawn_json; /* tokens owned, reusable */

/* Parses the whole of `text` (at most 4 GiB - 1). On failure err has BAWN_E_INVALID_JSON, _DUPLICATE_KEY,
 * _INVALID_UTF8, _TOO_DEEP or _NO_MEMORY; `column` is the byte offset + 1 (line 1 always). O(n). */
bool bawn_json_parse(bawn_json *, bawn_slice text, unsigned max_depth, bawn_error *err);
void bawn_json_free(bawn_json *);

static inline bawn_slice bawn_json_raw(const bawn_json *j, uint32_t token)   /* of a string: without its quotes */
{
    return (bawn_slice){ j->text.ptr + j->tokens[token].begin, j->tokens[token].end - j->tokens[token].begin };
}
static inline bool bawn_json_is_object(const bawn_json *j) { return j->n > 0 && j->tokens[0].type == BAWN_JSON_OBJECT; }
/* The value of an object's member, or 0 when absent or when the value is no object (the root is never a member's value). Keys with
 * escapes match by their decoded text. */
uint32_t bawn_json_get(const bawn_json *, uint32_t object, const char *key);
bool bawn_json_is(const bawn_json *, uint32_t token, const char *text);      /* a string equal to text (decoded) */
bool bawn_json_u64(uint64_t *out, const bawn_json *, uint32_t token);        /* a non-negative integer */

/* Where the decoded bytes of a string stand in its raw bytes: piecewise linear, a break at each escape.
 * mark i: decoded bytes [marks[i].text, marks[i+1].text) come from raw bytes [marks[i].raw, ...), one to one when
 * `marks[i].literal`, else the run is one escape (1 to 4 decoded bytes from 2, 6 or 12 raw ones). */
typedef struct { uint32_t text, raw; bool literal; } bawn_json_mark;
typedef struct { bawn_json_mark *marks; size_t n; } bawn_json_map;           /* n = 0: decoded equals raw */

/* Decodes a string token. Without escapes *out borrows the input and map->n is 0, else both live in the arena.
 * False: out of memory (the tokeniser has already refused all that cannot be decoded). */
bool bawn_json_decode(bawn_slice *out, bawn_json_map *map, const bawn_json *, uint32_t token, bawn_arena *);
/* The raw span that covers decoded span [begin, end): whole escapes. Offsets relative to the string's raw bytes. */
bawn_span bawn_json_map_span(const bawn_json_map *, bawn_span decoded, size_t raw_len, size_t text_len);

bool bawn_json_write_string(bawn_buf *, bawn_slice text);                    /* with quotes; escapes ", \, controls */
bool bawn_json_write_escaped(bawn_buf *, bawn_slice text);                   /* the same without the quotes */

#endif

/* json_text.h: strings of a parsed text by what they mean, not by how they are spelt. Private to base. */
#ifndef BAWN_JSON_TEXT_H
#define BAWN_JSON_TEXT_H

#include "base/json.h"

/* Decodes the escape or the literal byte at p (of a string that the tokeniser accepted): *raw bytes become the 1 to 4
 * that are returned. */
size_t bawn_json_unit(char out[4], size_t *raw, const char *p);
size_t bawn_json_unescape(char *out, bawn_slice raw);            /* out: raw.len bytes are always enough */
bool bawn_json_same(bawn_slice raw_a, bool escaped_a, bawn_slice raw_b, bool escaped_b);

/* True when no two keys of this closed object are the same text. On false *again is the later one, or 0 when
 * memory ran out. Linear in the object's size. */
bool bawn_json_keys_differ(uint32_t *again, const bawn_json *, uint32_t object);

#endif

/* decode.h: shared by the finder and the decoder of encoded runs. Private to the text room. */
#ifndef BAWN_TEXT_DECODE_H
#define BAWN_TEXT_DECODE_H

#include "text/text.h"

/* One escape at the begin of `t`: its code point(s) to *point, its length returned; 0: none. */
size_t bawn_decode_percent(uint32_t *byte, bawn_slice t);        /* %41 */
size_t bawn_decode_entity(uint32_t *point, bawn_slice t);        /* &lt; &#65; &#x41; */
size_t bawn_decode_escape(uint32_t *point, bool *is_byte, bawn_slice t); /* \x41 \u0041 \u{41} \U00000041 */

/* Measures what came out of a run, without keeping it. */
bool bawn_decode_is_text(bawn_slice decoded);
/* Base64 and hex through a buffer on the stack: would the run be useful? At most BAWN_CODE_RUN_MAX bytes. */
bool bawn_decode_probe(bawn_slice run, bawn_code code);
/* Writes at most run.len bytes. */
size_t bawn_decode_bytes(char *out, bawn_slice run, bawn_code code);

/* decode_rows.c: does an encoding in groups begin at `at`, where a word begins? 1: yes, *end: its end; 0: no; -1: it may go on.
 * Of octets *end is behind the last one in any case. */
int bawn_decode_row(size_t *end, bawn_slice text, bool final, size_t at);      /* base64 in words or lines */
int bawn_decode_octets(size_t *end, bawn_slice text, bool final, size_t at);   /* 01101001 01100111 ... */

/* decode_codes.c: the same for a list of characters' codes; and the text of such a run. */
int bawn_decode_codes(size_t *end, bawn_code *code, bawn_slice text, bool final, size_t at);   /* 73 103 110 ... \111\147 ... */
size_t bawn_decode_from_codes(char *out, bawn_slice run, uint32_t base);

/* decode_letters.c: the same for sixteen or more characters apart by one separator. *again: where to look next, which is inside a run
 * that was cut at its longest. */
int bawn_decode_letters(size_t *end, size_t *again, bawn_slice text, bool final, size_t at);
size_t bawn_decode_from_letters(char *out, bawn_slice run);

/* Is `s` (without padding) hex, base32, binary or base64 of text? `goes_on`: the part before it was, so it may be short. */
bool bawn_decode_is_packed(bawn_code *, bawn_slice s, bool goes_on);
/* The next part of a stretch of base64 characters between its signs + / - _, from *at on. */
bool bawn_decode_next_part(bawn_slice *part, size_t *at, bawn_slice stretch);

#endif

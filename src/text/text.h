/* text.h: views of a text and the maps back to its raw bytes (DESIGN 2, RULINGS R4 to R8, R40).
 *
 * A guard never sees the raw text alone. It sees raw; *canonical*, which undoes what hides words from patterns
 * (NFKC, invisible, bidi and tag characters, variation selectors; confusables, leetspeak, letters spaced apart, words
 * joined or parted by signs, each only where a token or its neighbours show it); and *decoded*, what stands inside base64, base32, hex, binary, URL,
 * entity and escape runs. Every byte of a view knows which raw bytes it came from.
 *
 * Both makers are transducers: their output for a prefix of the text is a prefix of their output for the whole, but
 * for a bounded tail that they keep back. So a stream and a whole text give the same views by construction. */
#ifndef BAWN_TEXT_H
#define BAWN_TEXT_H

#include "base/base.h"

/* ---- flags: one pass over the bytes that says what could be there (R6) -------------------------------- */
enum {
    BAWN_TEXT_NON_ASCII = 1,    /* a byte >= 0x80 */
    BAWN_TEXT_LEET = 2,         /* a digit or one of @$!|+ directly between letters (a1b), or before a word's letters */
    BAWN_TEXT_SPACED = 4,       /* three single letters or digits apart by one sign or space each */
    BAWN_TEXT_RUN = 8,          /* 16 or more base64 or hex characters in a row; eight hex pairs apart; 0x; eight bits;
                                   numbers over 22 characters */
    BAWN_TEXT_ESCAPE = 16,      /* '&' or '%' or '\\' */
    BAWN_TEXT_CONTROL = 32,     /* C0 control other than \t \n \r, or DEL */
    BAWN_TEXT_GAP = 64,         /* four blanks inside a line, a line of blanks; five of white space with a line
                                   end behind; indentation in a sentence */
    BAWN_TEXT_SEAM = 128,       /* signs, emphasis or tags where blanks stand in prose; a word parted at a line's end */
    BAWN_TEXT_LETTERS = 256     /* three single letters or digits, equally far apart: two to nine characters */
};
#define BAWN_TEXT_CANONICAL (BAWN_TEXT_NON_ASCII | BAWN_TEXT_LEET | BAWN_TEXT_SPACED | BAWN_TEXT_CONTROL | BAWN_TEXT_ESCAPE | \
                             BAWN_TEXT_GAP | BAWN_TEXT_SEAM)
#define BAWN_TEXT_DECODABLE (BAWN_TEXT_NON_ASCII | BAWN_TEXT_RUN | BAWN_TEXT_ESCAPE | BAWN_TEXT_LEET | BAWN_TEXT_LETTERS)
/* May say yes where nothing is to be done, never no where something is. SIMD (SSE2/AVX2/NEON) over one function,
 * scalar as oracle. */
uint32_t bawn_text_flags(bawn_slice text);
uint32_t bawn_text_flags_scalar(bawn_slice text);

/* ---- the map of a view ---------------------------------------------------------------------------------- */
/* Breakpoints in rising order: view bytes [view, next.view) come from raw bytes [raw, next.raw); one to one when
 * `literal` (raw bytes between its end and next.raw were left out), else the whole view run comes from the whole raw
 * run (a folded token, a decoded unit). The last mark is literal. */
typedef struct { size_t view, raw; bool literal; } bawn_text_mark;
typedef struct { bawn_text_mark *marks; size_t n, cap; } bawn_text_map;
void bawn_text_map_free(bawn_text_map *);
/* Raw span for a non-empty view span [begin, end), both offsets of the whole view. Never empty. O(log n). */
bawn_span bawn_text_map_span(const bawn_text_map *, bawn_span view);

/* ---- canonical: raw -> canonical, incrementally ---------------------------------------------------------- */
typedef struct bawn_canonical bawn_canonical;
bawn_canonical *bawn_canonical_new(void);                        /* NULL: out of memory */
void bawn_canonical_free(bawn_canonical *);
void bawn_canonical_reset(bawn_canonical *);
void bawn_canonical_reads_json(bawn_canonical *);                /* the text is JSON: escapes of strings are undone; until reset */
/* Feeds the next valid UTF-8 bytes (whole code points) and, with `final`, ends the text. Output is appended to
 * `out` and `map` (view offsets count from the first byte ever appended, raw offsets from the first byte fed).
 * *differs becomes true, and stays so, once any output differs from the raw text. At most 512 raw bytes are kept
 * back. Output depends on the text alone, not on how it was cut. False: out of memory. O(n). */
bool bawn_canonical_feed(bawn_canonical *, bawn_buf *out, bawn_text_map *map, bool *differs, bawn_slice raw, bool final);
size_t bawn_canonical_settled(const bawn_canonical *);           /* raw bytes whose output is complete */
/* What is read otherwise than it stands is marked, because pii and secrets may not read it (R6): true when the view span
 * touches a token in which digits or signs were read as letters, signs as blanks, or a gap that was cut short. */
bool bawn_canonical_leet(const bawn_canonical *, bawn_span view);

/* ---- decoded: encoded runs inside a text ----------------------------------------------------------------- */
/* Digits, which may stand in parts between signs; then what names characters or bytes one by one. BINARY: bytes of eight
 * digits 0 and 1; DECIMAL, OCTAL: lists of codes; ESCAPE: \uXXXX \xXX; TAGS: U+E0000 block, selectors. LETTERS: sixteen or
 * more characters apart by the same sign or signs, as they stand: only guards that ask for it read these (guard.h). */
typedef enum { BAWN_CODE_BASE64, BAWN_CODE_BASE64URL, BAWN_CODE_HEX, BAWN_CODE_BASE32, BAWN_CODE_BINARY,
               BAWN_CODE_DECIMAL, BAWN_CODE_OCTAL, BAWN_CODE_URL, BAWN_CODE_ENTITY, BAWN_CODE_ESCAPE, BAWN_CODE_TAGS,
               BAWN_CODE_LETTERS } bawn_code;
#define BAWN_CODE_RUN_MAX 4096  /* raw bytes of one unit; a longer run is cut from its start into such units */

/* Finds the next encoded run that begins at or after *from in text[0, len). Returns 1: *run and *code set, *from
 * moved past it (of a run of letters that was cut: into it, so that the next one overlaps it); 0: none, *from = where to go on when more text comes (at or before the begin of a run that could
 * still start or grow there; *open = true then, and everything from *from on must be held); the same for all cuts.
 * `final`: text ends here. */
int bawn_decode_find(bawn_span *run, bawn_code *code, bool *open, size_t *from, bawn_slice text, bool final);
int bawn_decode_hex_digit(char c);                               /* 0 to 15; -1 */
int bawn_decode_base64_digit(char c);                            /* 0 to 63, of both alphabets of RFC 4648; -1 */
/* Decodes one run. *useful: it is valid UTF-8, and mostly printable. Bytes that are not are left out.
 * False: out of memory. */
bool bawn_decode_run(bawn_buf *out, bool *useful, bawn_slice run, bawn_code code);

/* ---- words and boundaries --------------------------------------------------------------------------------- */
/* True when a word may not end at (begin at) offset `at` because letters or digits of the same kind stand on both
 * sides; knows non-ASCII letters, and that Chinese, Japanese and Thai have no spaces. */
bool bawn_text_inside_word(bawn_slice text, size_t at);
/* True when a terminal's control sequence (ECMA-48 5.4) ends at `at`: its letter belongs to no word. */
bool bawn_text_behind_sequence(bawn_slice text, size_t at);
bool bawn_text_is_letter(uint32_t code_point);                   /* general category L* or M* */
bool bawn_text_no_space_script(uint32_t code_point);             /* Han, Kana, Thai, Lao, Khmer, Myanmar */
const char *bawn_text_script(uint32_t code_point);               /* "Latin", "Cyrillic", ...; "Common" */

#endif

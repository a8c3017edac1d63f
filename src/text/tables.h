/* tables.h: what the build generates (tools/confusables.c) and how to read it. Private to the text room.
 *
 * One byte of class bits per code point, in blocks of 64 code points (so the last byte of a UTF-8 sequence is the
 * place in the block), equal blocks stored once. */
#ifndef BAWN_TEXT_TABLES_H
#define BAWN_TEXT_TABLES_H

#include "text/text.h"

enum {
    C_WORK = 1,      /* dropped, folded or changed by NFKC: the token needs the slow way */
    C_LOOK = 2,      /* looks like an ASCII letter or digit; or a full-width sign */
    C_LATIN = 4,     /* Latin letter, ordinary */
    C_OTHER = 8,     /* letter of another script, does not look like ASCII */
    C_MARK = 16,     /* combining class other than 0 */
    C_SPACE = 32,    /* white space */
    C_GLUE = 64,     /* may join with what stands before: no token is cut here */
    C_ALNUM = 128,   /* letter or number */
    C_DROPPED = C_WORK | C_GLUE | C_LATIN | C_OTHER, /* not seen by people: C_LATIN and C_OTHER together say it */
    /* ASCII only, from bawn_text_ascii: */
    C_DIGIT = 256, C_SIGN = 512, C_APART = 1024,   /* digit; @ $ ! | +; . - _ * | / , */
    C_CODEWORD = 4096, C_BASE64 = 8192, C_ESCAPE = 16384,     /* what encoded runs are made of; & % \ */
    C_EDGE = 32768,                                 /* * _ ~ ` < > " */
    C_ALPHABET = 2048,                              /* set by the scanner: a Latin letter beyond ASCII */
    C_PICTURE = 65536                               /* set by the scanner: an emoji or another sign beyond U+FFFF */
};

extern const uint16_t bawn_text_ascii[128];                     /* class bits of ASCII, those above 255 too */
static inline uint32_t bawn_text_byte(char c)                   /* the same, of any byte: 0 beyond ASCII */
{
    return (unsigned char)c < 0x80 ? bawn_text_ascii[(unsigned char)c] : 0;
}
extern const uint16_t bawn_text_class_index[0x110000 / 64];     /* code point / 64 -> its block */
extern const uint8_t bawn_text_class_blocks[][64];              /* class bits, low byte; by code point % 64 */
static inline uint8_t bawn_text_class(uint32_t c)
{
    return c < 0x110000 ? bawn_text_class_blocks[bawn_text_class_index[c >> 6]][c & 63] : 0;
}

typedef struct { uint32_t from; char to; } bawn_text_look;      /* non-ASCII -> ASCII, sorted */
extern const bawn_text_look bawn_text_looks[];
extern const size_t bawn_text_n_looks;

#define BAWN_ALPHABET_FIRST 0xC0u
#define BAWN_ALPHABET_END 0x250u
/* Sets of languages, a bit each: of every letter in the range above, and those of three languages alone. */
extern const uint32_t bawn_text_alphabets[BAWN_ALPHABET_END - BAWN_ALPHABET_FIRST];
extern const uint32_t bawn_text_vietnamese, bawn_text_german, bawn_text_welsh;
/* The languages (a bit each) whose alphabet has this Latin letter; all bits where the letter is no base with a mark. */
static inline uint32_t bawn_text_alphabet(uint32_t c)
{
    if (c >= BAWN_ALPHABET_FIRST && c < BAWN_ALPHABET_END)
        return bawn_text_alphabets[c - BAWN_ALPHABET_FIRST];
    if (c < 0x1E00 || c > 0x1EFF)
        return UINT32_MAX;
    return c >= 0x1EA0 ? bawn_text_vietnamese : c == 0x1E9E ? UINT32_MAX : c >= 0x1E80 && c <= 0x1E85 ? bawn_text_welsh : 0;
}

typedef struct { uint32_t first; uint16_t script; } bawn_text_script_range;  /* up to the next one's first */
extern const bawn_text_script_range bawn_text_script_ranges[];
extern const size_t bawn_text_n_script_ranges;
extern const char *const bawn_text_script_names[];

/* prefix.c: how many of the next bytes are ASCII words of two letters or more, apart by spaces, perhaps with a full stop
 * or comma at the end; up to the last space in reach. For text that begins where a word or a space begins. 0: none. */
size_t bawn_text_plain_prefix(const char *text, size_t len);
/* How many of the next bytes, up to the last white space or letter of another script in reach, are words in which no encoded
 * run begins. For text that begins where a word does; *doubt: how far away a run may begin, at least, if 0 is returned. */
size_t bawn_text_codeless_prefix(size_t *doubt, const char *text, size_t len);

#endif

/* pii.h: what the files of this folder share: shapes, check digits, context, and the table of national identifiers.
 *
 * An identifier is a row: how it is written (its shape), a rule that most wrong numbers break (its check), and words
 * that stand near an honest one. Where the check is weak or the shape is common, the row has no score of its own and
 * is found only beside one of its words: an order number must never be masked because one in ten passes Luhn. */
#ifndef BAWN_PII_H
#define BAWN_PII_H

#include "guard/guard.h"

#define BAWN_PII(name, action, doc) { "pii." name, "LLM02", "AML.T0057", action, action, doc }
#define BAWN_PII_VIEWS (BAWN_VIEW_RAW | BAWN_VIEW_CANONICAL | BAWN_VIEW_DECODED) /* never leet: RULINGS R6 */
#define BAWN_PII_WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* ---- shapes ----------------------------------------------------------------------------------------------
 * 9 digit; A letter; X letter or digit; S a sign of the Finnish code (+ - A to F, U to Y);
 * _ one of " -./", the same one at each place of the match; anything else stands for itself. */
typedef struct { size_t begin, end; char sep; bool lower; char text[40]; uint8_t n; } bawn_pii_match; /* text: letters
    and digits, upper case, NUL-ended; sep: what _ was, or 0; lower: has a lower-case letter */
/* Matches `shape` from `at` on. Reads forward. False: no match, or it goes on (a digit, letter or joined group). */
bool bawn_pii_shape(bawn_pii_match *out, bawn_probe *, size_t at, const char *shape);
/* Whether something may begin at `at`: no letter or digit touches it, also not over one of "-./,_". */
bool bawn_pii_left(const bawn_probe *, size_t at);
bool bawn_pii_right(bawn_probe *, size_t at);

/* ---- number runs as rows ------------------------------------------------------------------------------------ */
typedef struct bawn_pii_id {
    uint8_t kind, first;            /* first: digits before the first sign that is no digit; 0: match at word begins */
    const char *shape;
    bool (*valid)(const char *s);   /* NULL: any */
    float alone, near;              /* score without and with a context word; 0: not found so */
    const char *const *words;
} bawn_pii_id;
/* confirm() of a guard that is such a table: tries every group of the run against every row. */
void bawn_pii_ids(bawn_probe *, const bawn_pii_id *rows, size_t n);
/* The length of the first of the words that stands right before `end`, at or behind `from`; or 0. */
size_t bawn_pii_word_before(const bawn_probe *, size_t from, size_t end, const char *const *words);
/* A word of `words` within 64 bytes before or 32 after. */
bool bawn_pii_near(bawn_probe *, size_t begin, size_t end, const char *const *words);
/* Words right before a number that say what it is instead: order, version, part ... */
bool bawn_pii_otherwise(bawn_probe *, size_t begin);

/* c: a byte, or as of a probe at an end of the text, less than 0. */
static inline bool bawn_pii_is_digit(int c) { return c >= 0 && bawn_is_digit((unsigned char)c); }

/* ---- check digits (s: digits, or letters and digits upper case) ------------------------------------------------ */
static inline int bawn_pii_digit(char c) { return c - '0'; }
int bawn_pii_value(char c);                                      /* 0-9, A = 10 ... Z = 35; else -1 */
int bawn_pii_number(const char *s, size_t n);                    /* n <= 9 digits */
int bawn_pii_sum(const char *s, const char *weights);            /* weights: 0-9, A = 10 ...; as many as it has */
bool bawn_pii_luhn(const char *s, size_t n);                     /* ISO/IEC 7812-1 annex B */
bool bawn_pii_verhoeff(const char *s, size_t n);                 /* Verhoeff 1969, dihedral group D5 */
bool bawn_pii_mod11_10(const char *s, size_t n);                 /* ISO 7064 MOD 11,10 */
int bawn_pii_mod97(const char *s, size_t n);                     /* ISO 7064 MOD 97-10, letters as 10 to 35 */
bool bawn_pii_date(int month, int day);
bool bawn_pii_yymmdd(const char *s);                             /* six digits */
bool bawn_pii_same(const char *s, size_t n);                     /* all characters are one */

/* ---- letters of three bytes ------------------------------------------------------------------------------------------- */
/* Indic scripts, Thai, kana, Han, Hangul (U+0900 on); signs and forms of full width are none. */
static inline bool bawn_pii_wide(unsigned char a, unsigned char b, unsigned char c)
{
    bool letters = (a == 0xE0 && b >= 0xA4) || (a == 0xE3 && (b > 0x80 || c > 0x82)) || (a >= 0xE4 && a <= 0xED && !(a == 0xED && b > 0x9F));
    return letters && b >= 0x80 && b < 0xC0 && c >= 0x80 && c < 0xC0;
}
/* From i back over such letters, at most `most` bytes. */
size_t bawn_pii_back_wide(const bawn_probe *, size_t i, size_t most);

#endif

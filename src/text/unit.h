/* unit.h: what the makers of units share (canonical.c, spaced.c). Private to the text room. */
#ifndef BAWN_TEXT_UNIT_H
#define BAWN_TEXT_UNIT_H

#include "text/fold.h"
#include "text/sink.h"

enum {
    LOOK_BACK = 256, LOOK_AHEAD = 480,
    TOKEN_SOFT = 256, TOKEN_HARD = 448,      /* a token is cut between these */
    UNIT_MAX = 400,                          /* of several tokens */
    ONE_MAX = 32, ONES = 24,                 /* a single letter's raw bytes; letters of one unit */
    HOLD = LOOK_BACK + 512 + 1280,
    SIGHT = 128,                             /* behind a token, where its neighbours decide */
    LEET_TOKENS = 3, ALPHABETS = 3           /* how many tokens are remembered */
};

typedef enum { PLAIN, JOINED, GAP } mode;    /* after letters apart; after the gap that ends their word */

/* A run of white space so far: how many; line ends in a row; see gap.c. */
typedef struct { uint8_t n, row; bool indent, word, after_line, any_line, loose, marked; } bawn_gap;

struct bawn_canonical {
    bawn_sink sink;
    size_t settled;                          /* raw offset up to which units are done */
    mode mode;
    uint32_t sign;                           /* the white space that stands between the letters; 0: none more */
    unsigned leet_left;                      /* tokens for which the one before counts as leetspeak */
    bool apart_before, json;                 /* json: the text is a JSON text, whose escapes are undone */
    bawn_gap gap;
    uint32_t alphabets[ALPHABETS];
    char hold[HOLD];                         /* raw bytes before `settled`, then those that wait */
    size_t hold_len, hold_at;
    uint16_t from[BAWN_FOLD_RAW];            /* joined byte -> byte of the token */
    bawn_fold fold;
};

/* The raw text in reach. Everything before `done` is written. */
typedef struct { const char *t; size_t n; bool final; size_t raw; size_t done; bool json; } bawn_window; /* raw: offset of t[0] */

enum { WAIT = 0 };                           /* a unit's length when its end is not in sight */

typedef struct { size_t end; uint32_t any, alphabet; } bawn_token;   /* any: the classes of its characters, together */

/* The class of the character at t. */
static inline uint32_t bawn_unit_class(const uint8_t *t, size_t *len)
{
    uint32_t block;
    if (t[0] < 0x80) {
        *len = 1;
        return bawn_text_ascii[t[0]];
    }
    if (t[0] < 0xE0) {
        *len = 2;
        block = t[0] & 0x1Fu;
    } else if (t[0] < 0xF0) {
        *len = 3;
        block = (t[0] & 0xFu) << 6 | (t[1] & 0x3Fu);
    } else {
        *len = 4;
        block = (t[0] & 7u) << 12 | (t[1] & 0x3Fu) << 6 | (t[2] & 0x3Fu);
    }
    return bawn_text_class_blocks[bawn_text_class_index[block]][t[*len - 1] & 0x3F];
}

/* `begin`: the text begins here, blanks are a line's indentation. */
static inline void bawn_gap_reset(bawn_gap *g, bool begin) { *g = (bawn_gap){ .indent = begin }; }
/* The white space character at `at`: its length, or WAIT. */
size_t bawn_unit_space(bawn_canonical *, bawn_window *, size_t at);
/* Writes what lies before `to` as it is; [begin, end) as `with`. */
void bawn_unit_flush(bawn_canonical *, bawn_window *, size_t to);
void bawn_unit_change(bawn_canonical *, bawn_window *, size_t begin, size_t end, bawn_slice with);
/* The token at `at`. False: it may go on beyond the window. */
bool bawn_unit_scan(bawn_token *, const bawn_window *, size_t at);
bool bawn_unit_wants_fold(const bawn_canonical *, const bawn_window *, const bawn_token *, size_t at);
void bawn_unit_fold(bawn_canonical *, const bawn_window *, size_t at, size_t end);
/* A word of letters apart at `at`: its length when it was written, WAIT, or SIZE_MAX: there is none. */
size_t bawn_unit_spaced(bawn_canonical *, bawn_window *, size_t at);
/* A token of one letter, with no quote before: 1, 0, or -1: its end is not in sight. */
int bawn_unit_is_one(bawn_canonical *, const bawn_window *, size_t at);

#endif

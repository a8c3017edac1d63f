/* fold.h: one token of the text made canonical. Private to the text room. */
#ifndef BAWN_TEXT_FOLD_H
#define BAWN_TEXT_FOLD_H

#include "text/tables.h"

enum { BAWN_FOLD_RAW = 512, BAWN_FOLD_POINTS = 9216, BAWN_FOLD_BYTES = 4 * BAWN_FOLD_POINTS };

/* Where a token is worked on: code points, then the bytes of the result. */
typedef struct {
    int32_t seen[BAWN_FOLD_RAW];         /* what people see of the raw token */
    size_t n_seen;
    int32_t points[BAWN_FOLD_POINTS];    /* composed */
    size_t n;
    char out[BAWN_FOLD_BYTES];
    size_t len;
    uint32_t alphabet;          /* languages whose alphabet has all marked Latin letters; all bits: there was none */
} bawn_fold;

/* Folds `token` (at most BAWN_FOLD_RAW bytes of valid UTF-8) into fold->out. `before`: the raw text in front of it
 * (256 bytes are enough); `alphabets`: languages that the tokens before could have been written in. */
void bawn_fold_token(bawn_fold *, bawn_slice token, bawn_slice before, uint32_t alphabets);
/* The step of it that is NFKC (UAX 15), but for what fold.c lets stay: fold->seen to fold->points. */
void bawn_fold_compose(bawn_fold *);
/* 2: letters turned upside down; 1: could be read so; 0: no. */
int bawn_fold_turned(bawn_slice token);
/* True when the letters next before are not mostly of a script other than Latin. */
bool bawn_fold_latin_before(bawn_slice before);

/* leet.c: digits and signs in the token's bytes become letters where the token shows leetspeak; the length stays.
 * `near`: a token nearby shows it. False: nothing was changed. */
bool bawn_leet_fold(char *token, size_t len, bool near);
enum { BAWN_LEET_SIGHT = 96 };
/* Whether one nearby would make a difference. */
bool bawn_leet_hangs(bawn_slice token);
/* Whether the next tokens of the line show it, those of `token` apart: 1, 0, -1: not in sight yet. */
int bawn_leet_ahead(bawn_slice token, bawn_slice after, bool final);

/* escapes.c, seam.c: rewrite the `*len` bytes of a token where they stand; true: something was changed.
 * `before`, `after`: the raw text around, BAWN_SEAM_SIGHT bytes of it where there are as many. */
enum { BAWN_SEAM_SIGHT = 40, BAWN_SEAM_LONELY = 8 };
bool bawn_escapes_undo(char *token, size_t *len);
/* What the escape of a JSON string (RFC 8259 7) at the begin of `t`, a backslash, stands for: *n bytes of `to`, none for a
 * control other than white space; the backslash itself where it is no escape. Returns its length; 0: its end is not in sight. */
size_t bawn_escapes_json(char to[4], size_t *n, bawn_slice t, bool final);
bool bawn_seam_undo(char *token, size_t *len, bawn_slice before, bawn_slice after); /* tags, emphasis, quotes */
bool bawn_seam_part(char *token, size_t *len);                   /* words joined by signs */
/* A word parted at a line's end (instruc-, tions): how much of `after` stands between its parts; 0: it is none. */
size_t bawn_seam_hyphen(bawn_slice token, bawn_slice after);
/* A sign that stands between words again and again (ignore * all * previous), with blanks around. */
bool bawn_seam_lonely(bawn_slice token, bawn_slice before, bawn_slice after);

/* accents.c: 1: words of English stand around, 0: no, -1: not in sight yet. */
int bawn_accents_in_english(bawn_slice before, bawn_slice after, bool final);
/* Takes the accents off a folded token. False: then it would not be ASCII; nothing was changed. */
bool bawn_fold_accents(bawn_fold *);

/* apart.c: letters of one token that stand apart by one same sign (i.g.n.o.r.e). Finds the next such stretch at or
 * after `from`: [begin, end), the sign's bytes at every second place. `after`: one stood just before. */
typedef struct { size_t begin, end; } bawn_apart;
bool bawn_apart_find(bawn_apart *, bawn_slice token, size_t from, bool after);

#endif

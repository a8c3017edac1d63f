/* prompt.h: inside leak/: what a fingerprint is made of. */
#ifndef BAWN_LEAK_PROMPT_H
#define BAWN_LEAK_PROMPT_H

#include "guard/leak/leak.h"
#include "match/match.h"

/* One word of a text: letters and digits, folded; a character of Han, Kana, Thai and the like is a word by itself. */
typedef struct {
    uint32_t hash, back;    /* of its characters in order, and from the last to the first */
    bool single;            /* one character of a script without spaces: half a word's worth */
    size_t begin, end;
} leak_word;

/* The first word at or after *at; *at moves behind it. False: none (then *at = text.len). *open: the word reaches the
 * text's end, so more text could change it. */
bool leak_word_next(leak_word *, bool *open, size_t *at, bawn_slice text);      /* back = 0 */
bool leak_word_both(leak_word *, bool *open, size_t *at, bawn_slice text);

typedef struct { uint32_t end, need; } leak_text;       /* one system text: words up to `end`; points that are a leak */
typedef struct { uint8_t len; char token[BAWN_LEAK_CANARY_MAX]; } leak_canary;

struct bawn_leak_prompt {
    uint32_t n, mask, n_texts, n_canaries;
    uint32_t *words[2];     /* n hashes: in order of characters, reversed */
    uint8_t *single;        /* n */
    uint32_t *next;         /* 2n: chains of shingles with the same slot; the second half is of reversed words */
    uint32_t *slots;        /* mask + 1: first shingle of a chain, plus one */
    uint64_t *filter;       /* 8 (mask + 1) bits: which codes there are, so that ordinary words end here */
    leak_text *texts;
    bawn_match_bytes ends;  /* of canaries: the signs with which one can begin, from its front or its back, in any case */
    leak_canary canaries[BAWN_LEAK_CANARIES];
};

/* The code of three words in a row; the same for both directions of reading, so one table serves both. */
static inline uint32_t leak_code(uint32_t a, uint32_t b, uint32_t c)
{
    return (uint32_t)((((uint64_t)(a + c) ^ ((uint64_t)b << 29)) * 0x9E3779B97F4A7C15u) >> 32);
}
/* Its bit in the filter. The slot is the code's upper part. */
static inline uint64_t leak_bit(uint32_t code) { return (uint64_t)1 << (code & 63); }
static inline uint32_t leak_filter(uint32_t code, uint32_t mask) { return code >> 6 & (mask >> 3); }
static inline uint32_t leak_slot(uint32_t code, uint32_t mask) { return code >> 9 & mask; }

#endif

/* match.h: the byte pass. Patterns compiled by Vectorscan into one database that scans a view once; a pattern hit is
 * an end offset, never a begin (no start-of-match flag: RULINGS R10). Begins are found afterwards, for the few hits,
 * by PCRE2 inside the last `width` bytes.
 *
 * Rules that the lint (tools/patterns.c) enforces on every pattern: begins with a literal of at least 3 bytes (or a
 * group of such literals); finite width of at most BAWN_MATCH_WIDTH bytes; compiles alone; costs at most 0.2 us per kB of prose;
 * `\b` only beside ASCII letters; matches `hit`, does not match `miss`. */
#ifndef BAWN_MATCH_H
#define BAWN_MATCH_H

#include "base/base.h"

#define BAWN_MATCH_WIDTH 256    /* the widest match, bytes */

enum {
    BAWN_P_CASE = 1,        /* case-sensitive; default is caseless */
    BAWN_P_LITERAL = 2,     /* `regex` is plain text, no metacharacters */
    BAWN_P_WORD = 4,        /* the match must begin and end at word boundaries (checked in C, any script) */
    BAWN_P_CORE = 8,        /* LITERAL only, words of ASCII: in ROT13, reversed, by words reversed and joined too (R8) */
    BAWN_P_TRIGGER = 16     /* only wakes confirm(): any width rules and begins are confirm's own affair; may be as
                             * short as one byte ("@"), is never a finding by itself */
};

typedef struct bawn_pattern {
    const char *regex;      /* Vectorscan (PCRE) syntax, UTF-8; write `\s{1,4}` for spaces and `.{0,40}` for gaps */
    uint8_t kind;           /* index into its guard's kinds */
    uint8_t flags;          /* BAWN_P_* */
    float score;            /* 0.95 HIGH, 0.8 MEDIUM, 0.6 LOW (R12) */
    const char *lang;       /* "en" ...; "*" for any */
    const char *hit;        /* a text, in its own language, in which it must be found */
    const char *miss;       /* a near miss: an honest text close to it, in which it must not be found */
} bawn_pattern;

typedef struct bawn_match bawn_match;                  /* a database: immutable, shared */
typedef struct bawn_match_scratch bawn_match_scratch;  /* one per thread, made for one or more databases */

typedef struct { const char *regex; uint8_t flags; uint32_t id; } bawn_match_rule; /* flags: BAWN_P_CASE, _LITERAL */

/* `portable`: for any x86-64/arm64 machine (built-in database), else for this CPU. err names the rule that fails. */
bool bawn_match_compile(bawn_match **out, const bawn_match_rule *, size_t n, bool portable, bawn_error *err);
/* Appends a database as bytes. In place: as it lies in memory, so that it need not be read but can be used where it
 * stands, in read-only memory too, shared by all processes; without a checksum. */
bool bawn_match_save(bawn_buf *out, const bawn_match *, bool in_place);
/* Refuses another version's, and what was not saved so. A database in place is borrowed, and must stand at a multiple of
 * BAWN_MATCH_ALIGN. */
#define BAWN_MATCH_ALIGN 64
bool bawn_match_load(bawn_match **out, bawn_slice saved, bool in_place, bawn_error *err);
void bawn_match_free(bawn_match *);
size_t bawn_match_size(const bawn_match *);                                     /* bytes in memory */
bool bawn_match_scratch_fit(bawn_match_scratch **, const bawn_match *, bawn_error *err); /* makes or grows */
void bawn_match_scratch_free(bawn_match_scratch *);

typedef void (*bawn_match_hit)(void *context, uint32_t id, size_t end);
/* text: valid UTF-8. Reports every (id, end). False: the library failed (a guard failure, never "no match"). */
bool bawn_match_scan(const bawn_match *, bawn_match_scratch *, bawn_slice text, bawn_match_hit, void *context);

/* The leftmost begin of a match of `regex` that ends exactly at `end`, not before end - BAWN_MATCH_WIDTH.
 * Compiles on first use and remembers (per thread: `begin` cache of a worker). False: none; with *begin SIZE_MAX it could not be
 * looked for (no memory, the match limit): a guard failure, never "no match". */
typedef struct bawn_match_begins bawn_match_begins;
bawn_match_begins *bawn_match_begins_new(size_t n_rules);
void bawn_match_begins_free(bawn_match_begins *);
bool bawn_match_begin(size_t *begin, bawn_match_begins *, uint32_t id, const char *regex, uint8_t flags,
                      bawn_slice text, size_t end);

/* Widest match of a rule in bytes; 0: no finite width, or it does not compile (then err). */
uint32_t bawn_match_width(const char *regex, uint8_t flags, bawn_error *err);
/* A literal read off a pattern. flags: BAWN_L_SPACE_BEFORE, _AFTER (literals.h), where white space must stand beside it. */
typedef struct { bawn_slice text; uint8_t flags; } bawn_match_literal;

/* The literals with which a match can begin, up to the first white space, lower case, at most 16 bytes each; false
 * when there is none. out: up to `max`, their texts in `arena`. */
bool bawn_match_anchors(bawn_match_literal *out, size_t *n, size_t max, const char *regex, uint8_t flags, bawn_arena *arena);

/* Whether a match may hold ASCII white space; "no" is certain. */
bool bawn_match_may_hold_space(const char *regex, uint8_t flags);

/* How often a literal stands in 64 KiB of honest text, roughly (prose.c). flags: BAWN_L_SPACE_BEFORE, _AFTER. */
double bawn_match_times(bawn_slice text, uint8_t flags);
/* The same of one that is looked for by whichever matcher takes it, and *looks: how often a place has to be looked at there.
 * 0: it is too short to be of use. */
double bawn_match_literal_times(double *looks, const bawn_match_literal *);
/* Literals one of which (in any case) stands in every match of a pattern, and how often one of them stands in 64 KiB of
 * prose. n = 0: none are known. `order`: parts of one pattern stand in every match in this order. */
#define BAWN_REQUIRED_MAX 96
#define BAWN_REQUIRED_PARTS 3
typedef struct { bawn_match_literal items[BAWN_REQUIRED_MAX]; size_t n; double times; unsigned order; } bawn_required;
/* The rarest parts of `regex`, the rarest first: each match holds one literal of each of them. False: out of memory. */
bool bawn_match_required(bawn_required out[BAWN_REQUIRED_PARTS], const char *regex, bawn_arena *arena);

/* ---- single bytes ------------------------------------------------------------------------------------------------ */
/* A set of bytes: ASCII ones (bit c >> 4 of rows[c & 15]), all others together. */
typedef struct { uint8_t rows[16]; bool high; } bawn_match_bytes;
static inline bool bawn_match_bytes_has(const bawn_match_bytes *s, unsigned char c)
{
    return c < 0x80 ? s->rows[c & 15] >> (c >> 4) & 1 : s->high;
}
static inline void bawn_match_bytes_add(bawn_match_bytes *s, unsigned char c)
{
    if (c >= 0x80)
        s->high = true;
    else
        s->rows[c & 15] |= (uint8_t)(1u << (c >> 4));
}
/* Signs one of which stands in every match of `regex`, of those that prose has seldom (no quotes, dots, commas,
 * hyphens); false when there are none. */
bool bawn_match_signs(bawn_match_bytes *out, const char *regex, uint8_t flags);
/* The first offset >= from of a byte of the set; text.len when there is none. 32 bytes at a time with AVX2. */
size_t bawn_match_find_byte(const bawn_match_bytes *, bawn_slice text, size_t from);

#endif

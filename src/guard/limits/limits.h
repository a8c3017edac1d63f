/* limits.h: how much, how deep and in which scripts a caller may talk. Counts are the engine's: it asks the functions
 * below. What needs the text (repeated tokens, scripts) is a scan guard with these settings. */
#ifndef BAWN_LIMITS_H
#define BAWN_LIMITS_H

#include "base/base.h"

/* Kinds of bawn_guard_limits, in its table's order. */
enum { BAWN_LIMITS_CHARACTERS, BAWN_LIMITS_MESSAGES, BAWN_LIMITS_DEPTH, BAWN_LIMITS_REPEATED_TOKENS,
       BAWN_LIMITS_LANGUAGE, BAWN_LIMITS_DECODE_BOUND, BAWN_LIMITS_KINDS };

#define BAWN_LIMITS_RUN_DEFAULT 200     /* repeats in a row, when there are no settings */

/* probe->settings of bawn_guard_limits. NULL: repeated runs of BAWN_LIMITS_RUN_DEFAULT, all scripts. */
typedef struct bawn_limits {
    uint64_t characters;            /* code points of one request's texts; 0: no limit */
    uint64_t messages;              /* 0: no limit */
    uint64_t depth;                 /* nesting of the JSON body; 0: no limit */
    uint32_t repeated_token_run;    /* 0: off; less than 10 is read as 10 */
    uint64_t scripts;               /* allowed scripts, bits of bawn_limits_language(); 0: all */
} bawn_limits;

typedef struct { uint64_t characters, messages, depth; } bawn_limits_counts;

/* Which of CHARACTERS, MESSAGES and DEPTH are passed: writes their kinds, returns how many (0: all is well). */
size_t bawn_limits_check(uint8_t kinds[3], const bawn_limits *, const bawn_limits_counts *);
/* The scripts of a language ("en", "pt-BR", "ja"), to be or-ed into `scripts`. False: a language not known here. */
bool bawn_limits_language(uint64_t *scripts, bawn_slice language);
/* The script of a letter as one bit, and how many letters of an alphabet it is worth; 0 and 0 for what is no letter or
 * belongs to all (digits, signs, marks, emoji). */
uint64_t bawn_limits_script(uint32_t *weight, uint32_t code_point);

#endif

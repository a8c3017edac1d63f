/* leak.h: fingerprints of system texts, to see them in answers. */
#ifndef BAWN_LEAK_H
#define BAWN_LEAK_H

#include "base/base.h"

#define BAWN_LEAK_WORDS 8       /* a run of so many words is a leak, unless the policy says another number (R38) */
#define BAWN_LEAK_WORDS_LEAST 5 /* a system text of fewer words is not looked for; one of fewer than min_words words
                                 * must appear whole */
#define BAWN_LEAK_WORDS_MOST 64
#define BAWN_LEAK_CANARIES 8
#define BAWN_LEAK_CANARY_MIN 16
#define BAWN_LEAK_CANARY_MAX 64

/* probe->settings of bawn_guard_leak: the system texts of one exchange and their canaries. NULL: nothing to find.
 * Immutable once built; one allocation; about 3 us for 1 kB. */
typedef struct bawn_leak_prompt bawn_leak_prompt;

/* min_words 0: BAWN_LEAK_WORDS; clamped to the bounds above. n may be 0 (canaries only). NULL: out of memory. The texts
 * are not kept. O(bytes). */
bawn_leak_prompt *bawn_leak_prompt_new(const bawn_slice *texts, size_t n, unsigned min_words);
void bawn_leak_prompt_free(bawn_leak_prompt *);
/* Adds a token whose appearance (any case, forwards or backwards) is a leak. False: not 16 to 64 bytes of printable
 * ASCII without space, or more than BAWN_LEAK_CANARIES of them. */
bool bawn_leak_prompt_canary(bawn_leak_prompt *, bawn_slice token);

#endif

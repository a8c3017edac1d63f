/* prompt_attack.h: what the files of this guard share. Each family of attacks is one file with one bawn_guard; its rows
 * stand in a folder of the same name, one file a language. A row is
 *     P(score, "regex", "an attack in which it is found", "an honest near miss in which it is not")
 * with KIND, LANG and FLAGS defined around the #include. How rows are written:
 *   - whole words only (BAWN_P_WORD is on): list the inflections, no open stems;
 *   - an order needs its verb, what it is about (instructions, rules, prompt) and whose they are (previous, your, system):
 *     two of the three are what customers say as well ("forget my previous order");
 *   - accents are left out by many who type: `pr[eé]c[eè]dente`, `fr(?:ü|ue|u)here`; where a row begins, its first three
 *     letters must be certain, so both stand there: `(?:rév|rev)[eè]le`;
 *   - gaps are closed lists of small words, never ".*", so that two honest sentences cannot make one attack. */
#ifndef BAWN_PROMPT_ATTACK_H
#define BAWN_PROMPT_ATTACK_H

#include "guard/guard.h"

enum { ATTACK_OVERRIDE, ATTACK_JAILBREAK, ATTACK_LEAK, ATTACK_DELIMITER, ATTACK_MANY_SHOT, ATTACK_INDIRECT,
       ATTACK_OBFUSCATED, ATTACK_KINDS };
#define BAWN_PROMPT_ATTACK_KINDS bawn_prompt_attack_kinds, .n_kinds = ATTACK_KINDS
extern const bawn_kind bawn_prompt_attack_kinds[ATTACK_KINDS];  /* of all families, by the enum: kinds.c */

/* The score of an attack that is only talked about (see mention.c): recorded, below every threshold. */
#define ATTACK_MENTIONED 0.4f

/* confirm() of all families: word boundaries, then whether the text quotes the attack instead of making it. */
void bawn_prompt_attack_confirm(bawn_probe *);
/* Whether [begin, end) stands in a quotation that is talked about. */
bool bawn_prompt_attack_is_mentioned(bawn_probe *, size_t begin, size_t end);

#define P(score, regex, hit, miss) { regex, KIND, FLAGS, score, LANG, hit, miss },
#define S "\\s{1,4}"                    /* between two words */

#endif

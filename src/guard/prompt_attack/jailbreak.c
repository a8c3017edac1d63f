/* Jailbreaks: personas without rules (DAN and its kin), developer modes, twins and opposites, token games, forbidden
 * refusals. An honest role-play has a role and no word on rules; a jailbreak must say that the rules do not count, and
 * that is what the rows look for. */
#include "guard/prompt_attack/prompt_attack.h"

#define KIND ATTACK_JAILBREAK
#define FLAGS BAWN_P_WORD
static const bawn_pattern patterns[] = {
#include "guard/prompt_attack/jailbreak/en.inc"
#include "guard/prompt_attack/jailbreak/es.inc"
#include "guard/prompt_attack/jailbreak/fr.inc"
#include "guard/prompt_attack/jailbreak/de.inc"
#include "guard/prompt_attack/jailbreak/pt.inc"
#include "guard/prompt_attack/jailbreak/it.inc"
#include "guard/prompt_attack/jailbreak/ru.inc"
#include "guard/prompt_attack/jailbreak/zh.inc"
#include "guard/prompt_attack/jailbreak/ja.inc"
#include "guard/prompt_attack/jailbreak/ar.inc"
#include "guard/prompt_attack/jailbreak/hi.inc"
};

const bawn_guard bawn_guard_attack_jailbreak = {
    .guard = "prompt_attack", .id = "prompt_attack.jailbreak",
    .doc = "Finds personas, modes and games that are said to have no rules, in eleven languages.",
    .places = BAWN_IN_INPUT | BAWN_IN_UNTRUSTED, .views = BAWN_VIEW_ALL,
    .kinds = BAWN_PROMPT_ATTACK_KINDS,
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns),
    .confirm = bawn_prompt_attack_confirm,
};

/* Instruction override: "ignore all previous instructions" in its many word orders and languages, invented new tasks,
 * rules declared void. The rows are closed phrases; what hides them (spacing, look-alike letters, encodings) is undone
 * by the views, and the core phrases are looked for in ROT13 and backwards as well (core.c). */
#include "guard/prompt_attack/prompt_attack.h"

#define KIND ATTACK_OVERRIDE
#define FLAGS BAWN_P_WORD
static const bawn_pattern patterns[] = {
#include "guard/prompt_attack/override/en.inc"
#include "guard/prompt_attack/override/es.inc"
#include "guard/prompt_attack/override/fr.inc"
#include "guard/prompt_attack/override/de.inc"
#include "guard/prompt_attack/override/pt.inc"
#include "guard/prompt_attack/override/it.inc"
#include "guard/prompt_attack/override/ru.inc"
#include "guard/prompt_attack/override/zh.inc"
#include "guard/prompt_attack/override/ja.inc"
#include "guard/prompt_attack/override/ar.inc"
#include "guard/prompt_attack/override/hi.inc"
};

const bawn_guard bawn_guard_attack_override = {
    .guard = "prompt_attack", .id = "prompt_attack.override",
    .doc = "Finds orders to ignore, forget or replace the application's instructions, in eleven languages.",
    .places = BAWN_IN_INPUT | BAWN_IN_UNTRUSTED, .views = BAWN_VIEW_ALL,
    .kinds = BAWN_PROMPT_ATTACK_KINDS,
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns),
    .confirm = bawn_prompt_attack_confirm,
};

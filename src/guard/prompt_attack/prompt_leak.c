/* Prompt leak: asks for the system prompt by name, for the instructions received, or for the text that stands above the
 * user's own. */
#include "guard/prompt_attack/prompt_attack.h"

#define KIND ATTACK_LEAK
#define FLAGS BAWN_P_WORD
static const bawn_pattern patterns[] = {
#include "guard/prompt_attack/prompt_leak/en.inc"
#include "guard/prompt_attack/prompt_leak/es.inc"
#include "guard/prompt_attack/prompt_leak/fr.inc"
#include "guard/prompt_attack/prompt_leak/de.inc"
#include "guard/prompt_attack/prompt_leak/pt.inc"
#include "guard/prompt_attack/prompt_leak/it.inc"
#include "guard/prompt_attack/prompt_leak/ru.inc"
#include "guard/prompt_attack/prompt_leak/zh.inc"
#include "guard/prompt_attack/prompt_leak/ja.inc"
#include "guard/prompt_attack/prompt_leak/ar.inc"
#include "guard/prompt_attack/prompt_leak/hi.inc"
};

const bawn_guard bawn_guard_attack_leak = {
    .guard = "prompt_attack", .id = "prompt_attack.prompt_leak",
    .doc = "Finds requests for the system prompt, the initial instructions or the text above, in eleven languages.",
    .places = BAWN_IN_INPUT | BAWN_IN_UNTRUSTED, .views = BAWN_VIEW_ALL,
    .kinds = BAWN_PROMPT_ATTACK_KINDS,
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns),
    .confirm = bawn_prompt_attack_confirm,
};

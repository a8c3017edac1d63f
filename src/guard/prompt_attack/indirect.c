/* Indirect injection: a document or a tool's result that speaks to the model which reads it. Such text is data and may
 * give no orders, so phrases count here that are nothing from the caller's own mouth. */
#include "guard/prompt_attack/prompt_attack.h"

#define KIND ATTACK_INDIRECT
#define FLAGS BAWN_P_WORD
static const bawn_pattern patterns[] = {
#include "guard/prompt_attack/indirect/en.inc"
#include "guard/prompt_attack/indirect/es.inc"
#include "guard/prompt_attack/indirect/fr.inc"
#include "guard/prompt_attack/indirect/de.inc"
#include "guard/prompt_attack/indirect/pt.inc"
#include "guard/prompt_attack/indirect/it.inc"
#include "guard/prompt_attack/indirect/ru.inc"
#include "guard/prompt_attack/indirect/zh.inc"
#include "guard/prompt_attack/indirect/ja.inc"
#include "guard/prompt_attack/indirect/ar.inc"
#include "guard/prompt_attack/indirect/hi.inc"
};

const bawn_guard bawn_guard_attack_indirect = {
    .guard = "prompt_attack", .id = "prompt_attack.indirect",
    .doc = "Finds orders to the model inside documents and tool results, in eleven languages.",
    .places = BAWN_IN_UNTRUSTED, .views = BAWN_VIEW_ALL,
    .kinds = BAWN_PROMPT_ATTACK_KINDS,
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns),
    .confirm = bawn_prompt_attack_confirm,
};

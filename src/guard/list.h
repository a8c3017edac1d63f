/* One line per guard: the C name of its `const bawn_guard`. Order breaks ties (RULINGS R13). */
BAWN_GUARD(bawn_guard_attack_override)
BAWN_GUARD(bawn_guard_attack_jailbreak)
BAWN_GUARD(bawn_guard_attack_leak)
BAWN_GUARD(bawn_guard_attack_indirect)

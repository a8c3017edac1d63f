/* The table of all guards, made from guard/list.h. */
#include "guard/guard.h"

#define BAWN_GUARD(name) extern const bawn_guard name;
#include "guard/list.h"
#undef BAWN_GUARD

const bawn_guard *const bawn_guards[] = {
#define BAWN_GUARD(name) &name,
#include "guard/list.h"
#undef BAWN_GUARD
};
const size_t bawn_n_guards = sizeof bawn_guards / sizeof bawn_guards[0];

/* entities.h: names of kinds of personal data, as a policy writes them. */
#ifndef BAWN_ENTITIES_H
#define BAWN_ENTITIES_H

#include "engine/engine.h"

/* The built-in names (EMAIL, PHONE ...), each once, in the order of the guards; at most `room`. Returns their number. */
size_t bawn_entity_names(const char **out, size_t room);
bool bawn_entity_known(bawn_slice name);
/* The name that is meant: what other products call so, else the nearest; NULL: nothing is near. For "did you mean". */
const char *bawn_entity_meant(bawn_slice name);

#endif

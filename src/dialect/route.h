/* route.h: what routes are made of. Exact bytes of the raw URI, one spelling each: no decoding, no double or trailing
 * slashes, no dots; what we route is what the upstream gets. Names of models may have parts, "org/name"; clients write
 * the slash or %2F, and both are taken for one, so that no part is `..` either way. Internal to the room. keeps: T14 */
#ifndef BAWN_DIALECT_ROUTE_H
#define BAWN_DIALECT_ROUTE_H

#include "base/base.h"

bool bawn_route_is_printable(bawn_slice raw_uri);           /* visible ASCII without # and backslash */
bool bawn_route_is_model(bawn_slice path);                  /* /v1/models/{id}, without a query */
/* The id in such a path, a query behind it left out; in the arena. False: out of memory. */
bool bawn_route_model(bawn_slice *out, bawn_slice path, bawn_arena *);

#endif

/* shape.h: does a string look like what the table says it is? Internal to the room. */
#ifndef BAWN_DIALECT_SHAPE_H
#define BAWN_DIALECT_SHAPE_H

#include "base/base.h"

bool bawn_shape_id(bawn_slice raw);          /* an id, enum or number: short, one word */
bool bawn_shape_base64(bawn_slice raw);      /* base64 or base64url (RFC 4648), any length */

#endif

/* regex.h: inside the room: stepping over the parts of an expression's source, for those who read literals off it.
 * Each takes a place inside [s, end) and returns the place behind the part, at most `end`. */
#ifndef BAWN_REGEX_H
#define BAWN_REGEX_H

#include "base/base.h"

const char *bawn_regex_skip_class(const char *s, const char *end);      /* s at its "[" */
const char *bawn_regex_skip_group(const char *s, const char *end);      /* s at its "(" */
/* A quantifier, if one stands at s; *may_be_absent: what it is applied to may match nothing. */
const char *bawn_regex_skip_quantifier(const char *s, const char *end, bool *may_be_absent);
/* The alternative that begins at s: the place of its "|", or end. */
const char *bawn_regex_alternative_end(const char *s, const char *end);

#endif

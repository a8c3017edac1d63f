/* regex.h: inside the room: stepping over the parts of an expression's source, for those who read literals off it.
 * Each takes a place inside [s, end) and returns the place behind the part, at most `end`. */
#ifndef BAWN_REGEX_H
#define BAWN_REGEX_H

#include "base/base.h"

/* Who reads a source must know when not to: a literal that is guessed wrong is an attack that is never looked for.
 * Whether brackets, parentheses and bars mean what they seem to: no \Q quoting, no comments, no x option, no verbs. */
bool bawn_regex_is_regular(const char *regex);
/* Whether each escape of a letter or digit is one character long (\d, \n, \x41, but not \x{41}, \p{L}, \101). */
bool bawn_regex_escapes_are_short(const char *regex);

const char *bawn_regex_skip_class(const char *s, const char *end);      /* s at its "[" */
const char *bawn_regex_skip_group(const char *s, const char *end);      /* s at its "(" */
/* A quantifier, if one stands at s; *may_be_absent: what it is applied to may match nothing. */
const char *bawn_regex_skip_quantifier(const char *s, const char *end, bool *may_be_absent);
/* The alternative that begins at s: the place of its "|", or end. */
const char *bawn_regex_alternative_end(const char *s, const char *end);

#endif

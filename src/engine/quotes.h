/* quotes.h: where a mask may stand in JSON (RFC 8259): inside one string, or in the place of one number, which becomes a string.
 * The text of a tool call's arguments is walked unit by unit, a unit being an escape, a pair of escaped surrogates, a number, or a
 * byte. It is not checked: whatever was no JSON before is none afterwards. */
#ifndef BAWN_ENGINE_QUOTES_H
#define BAWN_ENGINE_QUOTES_H

#include "engine/view.h"

/* A place between two units, and whether it is inside a string. All zero: the begin of a text. */
typedef struct { size_t at; bool string; } bawn_quotes;
typedef enum { BAWN_QUOTES_FIT, BAWN_QUOTES_OPEN, BAWN_QUOTES_NOT } bawn_quotes_fit;

/* Whether a text of arguments is JSON at all: an object or a list. */
bool bawn_quotes_is_json(bawn_slice text);
/* Moves on to the last place at or before `to`. `last`: the text ends there; else a unit at its end may go on. */
void bawn_quotes_pass(bawn_quotes *, bawn_slice text, size_t to, bool last);
/* Widens the span to whole units and says in what they stand (bawn_found.in); *q moves on to the span's begin. OPEN: that hangs on
 * text to come. NOT: a mask there would break the JSON; the span is as it was. */
bawn_quotes_fit bawn_quotes_widen(bawn_span *, uint8_t *in, bawn_quotes *q, bawn_slice text, bool last);
/* ... of a finding that masks; one that does not fit blocks instead. False: OPEN. */
bool bawn_quotes_found(bawn_found *, bawn_quotes *q, bawn_slice text, bool last);

#endif

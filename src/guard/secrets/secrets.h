/* secrets.h: what the files of this folder share. A secret is told by its provider's prefix, by its form (key blocks,
 * JSON web tokens, connection strings) or by the name it is assigned to; in each case what looks made up is none. */
#ifndef BAWN_SECRETS_H
#define BAWN_SECRETS_H

#include "guard/guard.h"

#define BAWN_SECRET(name, action, doc) { "secrets." name, "LLM02", "AML.T0055", action, action, doc }
#define BAWN_SECRET_VIEWS (BAWN_VIEW_RAW | BAWN_VIEW_CANONICAL | BAWN_VIEW_DECODED | BAWN_VIEW_LETTERS) /* never leet: RULINGS R6 */

/* Signs a token may have. */
typedef enum { BAWN_SIGNS_ALNUM, BAWN_SIGNS_HEX, BAWN_SIGNS_UPPER, BAWN_SIGNS_URL /* - _ */, BAWN_SIGNS_DOTS /* - _ . */,
               BAWN_SIGNS_BASE64 /* + / = */, BAWN_SIGNS_WORD /* _ */, BAWN_SIGNS_BECH /* upper, lower, digits */ } bawn_signs;
bool bawn_secret_sign(bawn_signs, int c);
/* The end of the signs from i on, at most max + 1 of them. */
size_t bawn_secret_run(bawn_probe *, size_t i, bawn_signs, size_t max);

double bawn_secret_entropy(bawn_slice);             /* Shannon, bits per byte; O(n) */
/* What stands in manuals where a secret would: repeated or rising signs, "your-key", "example", "<token>", "${VAR}" ... */
bool bawn_secret_is_placeholder(bawn_slice);
/* Whether the value at i stands bare behind '=' or ':' and names where a secret is, as programs do: a member
 * (settings.DB_PASS1, this->pass1), a call (user.getPass1()), a variable whose name says so (newPassword1, DB_PASSWORD). */
bool bawn_secret_is_reference(const bawn_probe *, size_t i, bawn_slice value);

/* How long the rest behind a prefix is, and of what signs: of each row of secrets.tokens, in their order (tokens.c). */
typedef struct { bawn_signs signs; uint16_t min, max; } bawn_secret_form;
extern const bawn_secret_form bawn_secret_forms[];
extern const bawn_guard bawn_guard_secrets_tokens;
/* Whether a signed JSON web token begins at `begin`; *end behind it (forms.c). */
bool bawn_secret_jwt(size_t *end, bawn_probe *, size_t begin);
/* secrets.tokens' scan: its tokens and, as kind `jwt`, web tokens, spelled backwards or in other letters (disguised.c). */
void bawn_secret_disguised(bawn_probe *, uint8_t jwt);

#endif

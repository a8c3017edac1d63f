/* url.h: an address in an answer, taken apart far enough to say where it leads and whether it can carry data. */
#ifndef BAWN_EXFILTRATION_URL_H
#define BAWN_EXFILTRATION_URL_H

#include "guard/guard.h"

#define URL_MOST 2048       /* an address longer than this carries data, whatever it says */

typedef struct {
    bawn_slice host, rest;  /* rest: path, query and fragment */
    size_t begin, end;      /* window offsets */
    bool user;              /* user@host */
    bool too_long;
} bawn_url;

/* Reads the address whose authority (behind "//") begins at `authority`, up to where its context ends it. `close`: the
 * byte that ends it there (')', '>', a quote), 0 for a bare one. */
void bawn_url_read(bawn_url *, bawn_probe *, size_t begin, size_t authority, int close);
/* Whether text or coded text could be in it: a user, a long or many-valued query, coded or percent-coded pieces in host,
 * path or fragment. Words, numbers, dates and titles of pages are no data. */
bool bawn_url_carries(const bawn_url *);

#endif

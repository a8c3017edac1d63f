/* hits.h: what a scan finds, as one line of text "id@end id@end ". */
#ifndef BAWN_TEST_HITS_H
#define BAWN_TEST_HITS_H

#include <stdio.h>

#include "base/base.h"

typedef struct { char text[4096]; } hits;

static inline void write_hit(void *context, uint32_t id, size_t end)
{
    hits *h = context;
    size_t n = strlen(h->text);
    snprintf(h->text + n, sizeof h->text - n, "%u@%zu ", id, end);
}

#endif

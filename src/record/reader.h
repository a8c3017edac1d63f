/* reader.h: reading frames of one file through a window. Private to record: the reader and repair share it. */
#ifndef BAWN_RECORD_READER_H
#define BAWN_RECORD_READER_H

#include "record/frame.h"

typedef struct { int fd; bool failed; uint64_t start; bawn_buf window; } bawn_scan;   /* failed: errno says why */

void bawn_scan_begin(bawn_scan *, int fd);                       /* keeps the window while it is the same file */
void bawn_scan_forget(bawn_scan *);                              /* the file may have changed */
/* A sound frame at offset. *payload lives until the next call. */
bool bawn_scan_frame(bawn_scan *, bawn_frame *, bawn_slice *payload, uint64_t offset);
/* Moves *offset on to the next sound frame behind it, if there is one. */
bool bawn_scan_resume(bawn_scan *, uint64_t *offset, bawn_frame *);

#endif

/* frame.h: the frame of the spool and the folder's files. Private to record.
 *
 * Frame, little endian: "BWN1" | u32 length of payload | u32 CRC-32C of payload | u64 sequence | payload | zeros to 8.
 * Files: <boot id, 8 hex>-<worker>-<start, UTC, yyyymmddThhmmss.nnnnnnnnn>.spool */
#ifndef BAWN_RECORD_FRAME_H
#define BAWN_RECORD_FRAME_H

#include "base/base.h"

/* MAX_PAYLOAD is also what makes resynchronising linear: JSON holds no byte below 0x20, so "BWN1" within a payload
 * is followed by a length of at least 0x20202020 and is never taken for a frame. */
enum { BAWN_FRAME_HEADER = 20, BAWN_FRAME_MAX_PAYLOAD = 1 << 20, BAWN_SPOOL_NAME = 64 };

typedef struct { uint32_t length, crc; uint64_t sequence; } bawn_frame;

size_t bawn_frame_size(size_t payload);                          /* header, payload and padding */
bool bawn_frame_add(bawn_buf *out, uint64_t sequence, bawn_slice payload);
bool bawn_frame_read(bawn_frame *out, const char header[BAWN_FRAME_HEADER]);  /* magic and length are possible */

/* The name of a file that a worker begins now: `<boot-id>-<worker>-<start, UTC>.spool`, with NUL. */
void bawn_spool_name(char out[BAWN_SPOOL_NAME], const char boot[9], int worker, uint64_t now_ns);
void bawn_spool_boot(char out[9]);                               /* what names begin with; asked once: later /proc may be closed */
const char *bawn_spool_stamp(const char *name);                  /* where the start begins; NULL: not such a name */
bool bawn_spool_make_folder(const char *folder, bawn_error *err);
bool bawn_spool_io_error(bawn_error *err, int code, const char *what, const char *file); /* with errno; false */

/* All spool files' names, in order of their start; freed with bawn_spool_names_free. */
typedef struct { char (*names)[256]; size_t n, cap; } bawn_spool_names;
bool bawn_spool_list(bawn_spool_names *out, const char *folder, bawn_error *err);
void bawn_spool_names_free(bawn_spool_names *);
int bawn_spool_compare(const void *name_a, const void *name_b);

/* True when no process holds the file open for writing (writers hold a shared flock). Leaves no lock. */
bool bawn_spool_is_free(int fd);

#endif

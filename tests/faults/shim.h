/* shim.h: makes the calls to the disk fail that write the record, and the clock wrong, in a process that knows nothing of it.
 * Linked into a test it is `bawn_shim`; as libfaults.so in LD_PRELOAD it is the file that BAWN_SHIM names, mapped by all
 * processes of a tree, so that a test turns its knobs while they run (tests/faults/lab.py knows the same layout).
 *
 * Only spool files and the folder they are made in are concerned (their names end in .spool); everything else passes. */
#ifndef BAWN_FAULTS_SHIM_H
#define BAWN_FAULTS_SHIM_H

#include <stdint.h>

enum { SHIM_OPEN, SHIM_WRITE, SHIM_SYNC, SHIM_TRUNCATE, SHIM_LOCK, SHIM_CALLS };

/* nth: the nth call from now fails, 0 never, and then each one if `sticky`. error: its errno, 0 for a write that is only
 * short. bytes: how much of it a failing write writes all the same; below 0 nothing. seen, failed: counted. */
typedef struct { int64_t nth, error, bytes, sticky, seen, failed; } shim_rule;
/* later_ns: what is added to the clock of the day. no_sync: what does not fail says yes without asking the disk, which is slow. */
typedef struct { int64_t later_ns, no_sync; shim_rule rules[SHIM_CALLS]; } shim;

extern shim *bawn_shim;

#endif

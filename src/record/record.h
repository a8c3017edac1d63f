/* record.h: the record of decisions. event.c writes one decision as one JSON line (spec: docs/event.md), spool.c
 * frames and appends it to a file, reader.c reads, verifies and repairs. No SQL here.
 *
 * Spool frame, little endian: "BWN1" | u32 length | u32 CRC-32C of payload | u64 sequence | payload | zeros to 8. */
#ifndef BAWN_RECORD_H
#define BAWN_RECORD_H

#include "base/base.h"

/* ---- event ---------------------------------------------------------------------------------------------- */
typedef struct { bawn_slice path, guard, kind, owasp, atlas, origin; bawn_span span; float score;
                 const char *confidence, *view; bawn_action action; bawn_side side;
                 char match_hash[18]; bawn_slice match_text; } bawn_event_finding;     /* match_hash[0] 0: none */
typedef struct { bawn_slice path; uint64_t characters; const char *reason; } bawn_event_unguarded;
typedef struct { bawn_slice guard; const char *code; } bawn_event_guard;
typedef struct { bawn_slice name, call_id; const char *origin; bawn_action action; bawn_slice reason; } bawn_event_tool;

/* One decision. Empty slices and -1 numbers are written as null. Strings are borrowed. */
typedef struct {
    char id[36]; uint64_t time_ns; const char *type;            /* "decision" */
    bawn_slice node; int worker; bawn_slice trace_id, span_id;
    bawn_slice identity_kind, subject, key_id, trust, client_address;
    bawn_slice listener, dialect, operation, upstream; bool stream;
    bawn_slice method, path; int status;
    bawn_slice request_model, response_model, response_id, conversation_id;
    bawn_slice finish_reasons[8]; size_t n_finish; int64_t input_tokens, output_tokens;
    char policy_hash[72]; bawn_slice guardrail, version, engine; char patterns_hash[72]; const char *mode;
    const char *action; bawn_slice reason; bool enforced; const char *side; uint64_t delivered_characters;
    uint64_t guarded[2], total[2]; bool total_known;            /* [BAWN_INPUT], [BAWN_OUTPUT] */
    const bawn_event_unguarded *unguarded; size_t n_unguarded;
    const bawn_event_finding *findings; size_t n_findings;      /* the deciding one first */
    const bawn_slice *ran; size_t n_ran; const bawn_event_guard *failed, *skipped; size_t n_failed, n_skipped;
    const bawn_event_tool *tools; size_t n_tools;
    int64_t us_total, us_identity, us_parse, us_views, us_bytes, us_tokens, us_upstream, us_held_max, us_record;
    uint64_t bytes_request, bytes_response; const char *end;
} bawn_event;
/* Appends the JSON text, at most 32 KiB: findings and unguarded are cut first, and counted. */
bool bawn_event_write(bawn_buf *out, const bawn_event *);
/* `k:` + 16 hex of HMAC-SHA-256(key, kind, 0x00, text). out: 18 characters, no NUL. */
void bawn_event_hash(char out[18], bawn_slice key, bawn_slice kind, bawn_slice text);

/* ---- spool: writing --------------------------------------------------------------------------------------- */
typedef struct bawn_spool bawn_spool;                           /* one per worker */
typedef struct { const char *folder; int worker; uint64_t rotate_bytes, keep_ns; bool sync; } bawn_spool_options;
bool bawn_spool_open(bawn_spool **out, const bawn_spool_options *, uint64_t now_ns, bawn_error *err); /* mkdir -p */
/* add frames an event, flush appends all that were added with one write(2); append does both. An event that was added is
 * not recorded before flush says so. False: nothing may be answered (BAWN_E_RECORD_UNAVAILABLE: disk full, I/O); of what
 * flush wrote a part is cut off again, and nothing of it is tried anew. `written`, or NULL, is called for each event that
 * flush has written. With sync, fdatasync is the caller's: bawn_spool_sync(). Files are rotated between two flushes. */
typedef void bawn_spool_written(void *user, bawn_slice event);
bool bawn_spool_add(bawn_spool *, bawn_slice payload, uint64_t now_ns, bawn_error *err);
bool bawn_spool_flush(bawn_spool *, bawn_spool_written *written, void *user, bawn_error *err);
bool bawn_spool_append(bawn_spool *, bawn_slice payload, uint64_t now_ns, bawn_error *err);
bool bawn_spool_sync(bawn_spool *, bawn_error *err);
void bawn_spool_close(bawn_spool *);
void bawn_spool_stats(const bawn_spool *, uint64_t *bytes, uint64_t *events);   /* since it was opened */

/* ---- spool: reading --------------------------------------------------------------------------------------- */
typedef struct { char file[256]; uint64_t sequence, offset; } bawn_spool_position;
typedef enum { BAWN_READ_EVENT, BAWN_READ_END, BAWN_READ_TORN, BAWN_READ_CORRUPT, BAWN_READ_ERROR } bawn_read;
typedef struct bawn_spool_reader bawn_spool_reader;             /* all files of a folder, in order of time */
bool bawn_spool_reader_open(bawn_spool_reader **out, const char *folder, bawn_error *err);
/* EVENT: *payload lives until the next call. END: nothing more now (call again to follow; new files are seen). TORN:
 * a torn tail, `position` says where (bawn_spool_repair cuts it). CORRUPT: reported, the next call goes on at the
 * next sound frame. */
bawn_read bawn_spool_next(bawn_spool_reader *, bawn_slice *payload, bawn_spool_position *position, bawn_error *err);
void bawn_spool_reader_close(bawn_spool_reader *);
/* Cuts the torn tails of files that nobody has open (flock) and appends an event of type spool.repaired for each. */
bool bawn_spool_repair(const char *folder, uint64_t now_ns, size_t *repaired, bawn_error *err);

#endif

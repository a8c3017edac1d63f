/* eventstream.h: application/vnd.amazon.eventstream, the framing in which AWS streams answers (Amazon Bedrock's
 * ConverseStream and InvokeModelWithResponseStream). Bytes to messages, and messages to bytes.
 *
 * Source: "Amazon Event Stream Specification" of the Smithy documentation; botocore.eventstream, what boto3 reads with. */
#ifndef BAWN_DIALECT_EVENTSTREAM_H
#define BAWN_DIALECT_EVENTSTREAM_H

#include "base/base.h"

#define BAWN_EVENTSTREAM_HEADERS_MAX (128u << 10)         /* bytes of a message's headers */
#define BAWN_EVENTSTREAM_PAYLOAD_MAX (24u << 20)          /* bytes of a message's payload */
#define BAWN_EVENTSTREAM_N_HEADERS_MAX 32                 /* headers of a message; AWS sends three */

/* What :message-type says: `event`, `exception` (one that the service's model names) or `error` (any other). */
typedef enum { BAWN_EVENTSTREAM_EVENT, BAWN_EVENTSTREAM_EXCEPTION, BAWN_EVENTSTREAM_ERROR } bawn_eventstream_type;

/* One message. Borrowed from the reader, until its next feed or next. */
typedef struct {
    bawn_eventstream_type type;
    bawn_slice name;                /* of the event (:event-type), the exception (:exception-type), the error (:error-code) */
    bawn_slice content_type;        /* :content-type, empty when absent */
    bawn_slice error_message;       /* :error-message, empty when absent */
    bawn_slice headers;             /* all of them as they came, for bawn_eventstream_write() */
    bawn_slice payload;
} bawn_eventstream_message;

/* ---- reader ---------------------------------------------------------------------------------------------------- */
/* Use as the framer of server-sent events: feed, then next until false, then ask failed. The messages before a failure
 * are the same for every cutting of the bytes. A failure is final: a checksum (the prelude's, the message's) that does
 * not hold; lengths that contradict each other or pass a limit, found when the 12 bytes of a prelude are there; a header
 * of an unknown type, cut off, without a name, in no UTF-8, or twice; more headers than BAWN_EVENTSTREAM_N_HEADERS_MAX; a
 * :message-type that is absent or unknown; a message without its name; one of these headers that is no string; out of
 * memory. A client that ends in the middle of a message ignores it: ask cut. */
typedef struct bawn_eventstream bawn_eventstream;
/* max_payload: bytes, at most BAWN_EVENTSTREAM_PAYLOAD_MAX (more is read as that). NULL: out of memory. */
bawn_eventstream *bawn_eventstream_new(size_t max_payload);
void bawn_eventstream_free(bawn_eventstream *);                               /* NULL is fine */
bool bawn_eventstream_feed(bawn_eventstream *, bawn_slice bytes, bool last);  /* false: failed; the bytes are copied */
bool bawn_eventstream_next(bawn_eventstream *, bawn_eventstream_message *out);/* false: feed more, or failed */
bool bawn_eventstream_failed(const bawn_eventstream *);
bool bawn_eventstream_cut(const bawn_eventstream *);                          /* bytes of an unfinished message wait */

/* ---- writer ---------------------------------------------------------------------------------------------------- */
/* Append one message. False: out of memory (out->failed), or over a limit above (a name may have 65,535 bytes); *out is
 * as it was then. No slice may lie in *out. */
/* A message with these headers, which are written byte for byte: an edited message keeps what it came with. They are
 * taken as they are: hand in those of a message that was read. */
bool bawn_eventstream_write(bawn_buf *out, bawn_slice headers, bawn_slice payload);
/* An event whose payload is JSON. */
bool bawn_eventstream_write_event(bawn_buf *out, bawn_slice event_type, bawn_slice payload);
/* An exception ("validationException"); payload: {"message": ...}. For boto3 the stream ends with it. */
bool bawn_eventstream_write_exception(bawn_buf *out, bawn_slice exception_type, bawn_slice payload);

#endif

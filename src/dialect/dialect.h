/* dialect.h: wire <-> conversation. A dialect is a table: operations (routes), text-bearing fields, and the shapes
 * of its refusals and errors. Guards see fields, never wire JSON. keeps: DESIGN 3a.2, 3a.5
 *
 * Field tables are compiled once into a trie and walked over the JSON tape; an object key or list item that no row
 * names is an unknown field (reported or refused, by policy). Copies count, keys count (RULINGS R41). */
#ifndef BAWN_DIALECT_H
#define BAWN_DIALECT_H

#include "base/base.h"
#include "base/json.h"

typedef enum { BAWN_F_TEXT,         /* a string, or a list of content parts below it that have rows of their own */
               BAWN_F_DEEP,         /* every string below, object keys included (tool schemas, metadata) */
               BAWN_F_ARGUMENTS,    /* a tool call's arguments: a string that holds JSON, or the JSON itself (`raw`) */
               BAWN_F_NAME,         /* a tool's name: text, short, may not be masked (a finding there blocks) */
               BAWN_F_SIGNED,       /* text under a signature: may not be changed. In an answer what would be masked
                                     * blocks; in a request it stays, recorded as unguarded: signed_block */
               BAWN_F_PLAIN,        /* known, no text: numbers, enums, ids. A string here that does not look like an
                                     * id (over 128 bytes, or a byte outside [A-Za-z0-9._:/+=,#~-]) is guarded as DEEP */
               BAWN_F_OPAQUE,       /* bytes in base64 that are no text (vectors, signatures, padding): as PLAIN, of
                                     * any length; a string with other characters is guarded as DEEP */
               BAWN_F_MEDIA } bawn_field_kind; /* image, audio, file: recorded as unguarded: unsupported_media; an
                                     * address (not data:) is guarded as DEEP besides */

typedef enum { BAWN_WHO_HERE,       /* the role of the message around it, else the default of the body */
               BAWN_WHO_APPLICATION, BAWN_WHO_CALLER, BAWN_WHO_DOCUMENT } bawn_who;

typedef enum { BAWN_OP_UNKNOWN, BAWN_OP_CHAT, BAWN_OP_EMBEDDINGS, BAWN_OP_MODERATIONS, BAWN_OP_MODELS,
               BAWN_OP_MODEL /* GET /models/{id} */, BAWN_OP_MESSAGES, BAWN_OP_COUNT_TOKENS,
               BAWN_OP_CONVERSE, BAWN_OP_CONVERSE_STREAM, BAWN_OP_INVOKE, BAWN_OP_INVOKE_STREAM, BAWN_OP_RESPONSES,
               /* of the dialect `guardrail`, in one row */
               BAWN_OP_APPLY_GUARDRAIL, BAWN_OP_GUARDRAIL_CHECKS, BAWN_OP_LITELLM_GUARDRAIL, BAWN_OP_PRESIDIO_ANALYZE,
               BAWN_OP_PRESIDIO_ANONYMIZE, BAWN_OP_SHIELD_PROMPT, BAWN_OP_LAKERA_GUARD } bawn_operation;
/* Whether a model answers in words, which are judged. */
static inline bool bawn_operation_talks(bawn_operation op)
{
    return op == BAWN_OP_CHAT || op == BAWN_OP_MESSAGES || (op >= BAWN_OP_CONVERSE && op <= BAWN_OP_RESPONSES);
}

/* Whether Bawn answers it from its own judgement, whatever that is: it reaches no upstream. */
static inline bool bawn_operation_checks(bawn_operation op)
{
    return op >= BAWN_OP_APPLY_GUARDRAIL && op <= BAWN_OP_LAKERA_GUARD;
}

typedef struct {                    /* a row of a dialect's table */
    const char *path;               /* "messages[].content[].text"; "*" stands for any key */
    bawn_field_kind kind;
    bawn_who who;
    uint16_t channel;               /* BAWN_CHANNEL_... of answers */
} bawn_field_row;

/* One text of a request or answer. Borrowed from the body or the arena. */
typedef struct {
    bawn_slice path;                /* JSON Pointer (RFC 6901); of a key: of its value. At most 256 bytes: keys over
                                     * 64 bytes and levels beyond are shortened to an ellipsis */
    bawn_slice text;                /* decoded */
    bawn_json_map map;              /* decoded -> bytes inside the quotes */
    bawn_span wire;                 /* bytes of the body between the quotes */
    bawn_role role;
    bawn_origin origin;
    bawn_field_kind kind;           /* TEXT, DEEP, ARGUMENTS or NAME */
    uint32_t channel;               /* answers and stream events: id of the text channel, see below */
    uint32_t message;               /* request: index of its message or input, UINT32_MAX outside; texts of one are
                                     * joined (R40: kind TEXT only) */
    bool key;                       /* an object's key: may not be masked (a finding there blocks) */
    bool answer;                    /* request: it asks about a model's answer, and this is one: judged as such */
    bool copy;                      /* an event repeats it as a whole: a text of its own, that ends with the event */
    bool raw;                       /* `text` is the JSON of a value, as it stands in the body: what is put into it is not
                                     * escaped a second time, and must leave JSON */
} bawn_field;

/* Whether nothing may be put into the text, so that a finding that would be masked must block. */
static inline bool bawn_field_is_fixed(const bawn_field *f)
{
    return f->key || f->kind == BAWN_F_NAME || f->kind == BAWN_F_SIGNED;
}

/* Characters of an unknown field are in `fields` as well (they are guarded, and reported); those of media are not. */
typedef struct { bawn_slice path; uint64_t characters; const char *reason; } bawn_unguarded;

/* A part of an answer that repeats or measures the text of a choice (logprobs, obfuscation padding): when text of
 * that choice is rewritten, these wire bytes, a whole JSON value, are replaced by `with` (T35); `always`: in any case. */
typedef struct { bawn_span wire; uint32_t choice; const char *with; bool always; } bawn_copy;    /* choice UINT32_MAX: of all */

typedef struct {                    /* answers and events: each tool call that occurs */
    bawn_slice name, id;            /* empty where not said (later chunks do not repeat them), or no id by its shape */
    uint32_t channel;               /* of its arguments; that of its name is the next */
} bawn_call;
typedef struct {                    /* answers and events: each choice that occurs */
    uint32_t index;
    bawn_slice finish_reason;       /* empty while open */
    bawn_span finish_wire;          /* the JSON value of finish_reason, empty when absent */
} bawn_choice;

/* What an event does to a stream whose answer is a list of blocks, one after the other. */
typedef enum { BAWN_MARK_NONE, BAWN_MARK_BEGIN, BAWN_MARK_OPEN, BAWN_MARK_CLOSE, BAWN_MARK_FINISH, BAWN_MARK_END } bawn_mark;
#define BAWN_STREAM_ITEMS 2048
struct bawn_story;                              /* story.h: what a client has been told, where an end must repeat it */
/* How far such a stream has come: as read, which the next event's meaning hangs on, and as passed on, which the shape of
 * an end hangs on. All zero at its begin. */
typedef struct {
    bool begun, open, finished, alone;          /* alone: what is open is a run of its own */
    uint32_t block, next;           /* the block that is open, or was last; number of the next one */
    uint32_t run;                   /* texts are one running text until a tool is called or a thought comes: which one; of Responses: repetitions */
    bool native;                    /* its events are of a model's own form, which we do not know */
    bawn_slice name; bool exception; /* of the event at hand, where the framing names it; an exception ends the stream */
    uint64_t added[BAWN_STREAM_ITEMS / 64], closed[BAWN_STREAM_ITEMS / 64];     /* Responses: items by their number, a bit each */
    struct bawn_story *story;       /* of what was passed on; NULL where the operation tells none */
} bawn_stream_state;
void bawn_stream_advance(bawn_stream_state *, bawn_mark, uint32_t block);

typedef struct {
    bawn_field *fields; size_t n_fields;
    bawn_unguarded *unguarded; size_t n_unguarded;   /* media, unknown fields */
    bawn_slice unknown_field;       /* path of the first unknown field, empty when none */
    bawn_slice model, id;           /* as asked or answered */
    bawn_slice finish_reasons[8]; size_t n_finish;
    bawn_choice *choices; size_t n_open;             /* answers, events: choices by occurrence */
    bawn_copy *copies; size_t n_copies;              /* answers, events */
    bawn_call *calls; size_t n_calls;                /* answers, events: tool calls by occurrence */
    int64_t input_tokens, output_tokens;             /* -1: not said */
    uint32_t n_choices;             /* request: n */
    uint32_t n_messages;            /* chat: messages; embeddings, moderations: inputs (answers: results) */
    bool stream, include_usage;
    bool native, opaque;            /* request: a model's own body; Anthropic's, or of a form that we do not know */
    bool structured;                /* request: the answer is to be JSON, which a message of ours is not */
    bawn_operation operation;       /* request, where a dialect has several forms of streams */
    bawn_slice guardrail, guardrail_version; bool guardrail_trace;   /* request: the guardrail that its body names, empty: none */
    bawn_span guardrail_wire;       /* ... the member that does, with the comma beside it */
    bawn_slice unseen;              /* request: parameter that brings text the gateway never sees, empty when none */
    bool error;                     /* event: the upstream's {"error": ...} in a stream */
    bawn_slice type;                /* event: what it calls itself, where the dialect's events have names */
    bawn_mark mark; uint32_t block; /* event */
    bool ends_run; uint32_t run;    /* event: the texts of this choice end before it */
    uint32_t ends_from, ends_to;    /* event: ... and those of these channels, from <= channel < to */
    bool named, nameless;           /* event: it has a name, which must be its type; or none, where its type will do */
    bool indivisible;               /* event: it leaves as a whole or not at all */
} bawn_conversation;

/* ---- operations ------------------------------------------------------------------------------------------ */
typedef struct bawn_report bawn_report;                              /* report.h */
typedef struct { bawn_slice id, owner; } bawn_listed_model;
typedef struct bawn_dialect {
    const char *name;                                                /* "openai" */
    const char *routes;             /* for errors: what is served, "POST /v1/chat/completions, ..." */
    const char *family;             /* paths that begin so are this dialect's, known or not: errors there are in its form */
    /* Which operation a request is: exact paths on the raw URI (no decoding, one canonical form; T14). *rest: what is
     * sent to the upstream after its base path ("/chat/completions"), query included. */
    bawn_operation (*route)(bawn_slice method, bawn_slice raw_uri, bawn_slice *rest);
    const char *(*operation_name)(bawn_operation);                   /* "chat"; never NULL */
    /* Walks a parsed body into *out (arrays in the arena). err: INVALID_REQUEST (err->file names the parameter, for
     * error()'s `param`), NO_MEMORY. answer, event: UPSTREAM_INVALID, NO_MEMORY. */
    bool (*request)(bawn_conversation *out, bawn_operation, const bawn_json *, bawn_arena *, bawn_error *);
    bool (*answer)(bawn_conversation *out, bawn_operation, const bawn_json *, bawn_arena *, bawn_error *);
    /* One event of a stream; the state is what the events before it left, and is moved on. */
    bool (*event)(bawn_conversation *out, bawn_stream_state *, bawn_operation, const bawn_json *, bawn_arena *, bawn_error *);
    /* A block that looks like the provider's own refusal (200), for a request that never went upstream; a stream when
     * the request asked for one. False, *out as it was: the operation has no such form (embeddings): send
     * error(CONTENT_FILTER); or out of memory (out->failed). */
    bool (*refusal)(bawn_buf *out, bawn_slice *content_type, bawn_operation, const bawn_conversation *request,
                    bawn_slice id, bawn_slice message, uint64_t now_ns);
    /* A block of an unstreamed answer: the same shape, with model, id, choices and usage of the answer. */
    bool (*refused_answer)(bawn_buf *out, bawn_operation, const bawn_conversation *request,
                           const bawn_conversation *answer, bawn_slice id, bawn_slice message, uint64_t now_ns);
    /* The end of a stream that was blocked half-way: finish chunks for every open choice, usage if asked, [DONE].
     * `last`: the newest chunk's JSON text, whose id, model, created (and usage) are kept; empty when none was passed
     * on: then a whole refusal is written. `passed`: what the client has of the stream. */
    bool (*stream_refusal)(bawn_buf *out, const bawn_conversation *request, bawn_slice last, const bawn_stream_state *passed,
                           const uint32_t *choices, size_t n_choices, bawn_slice id, bawn_slice message, uint64_t now_ns);
    /* An error in the dialect's envelope: code is a bawn_error code. status: see bawn_dialect_status(). */
    bool (*error)(bawn_buf *out, bawn_slice *content_type, int code, bawn_slice message, bawn_slice param);
    bool (*stream_error)(bawn_buf *out, int code, bawn_slice message);        /* as an event in a stream, and the end */
    const char *(*error_type)(int code);                                      /* ... its name in the header x-amzn-ErrorType; may be NULL */
    const char *filtered;           /* the finish reason of a block, as clients read it */
    const char *hold;                                                /* keep-alive while text is held, or NULL */
    const char *done;               /* the end of a stream, an event that is no JSON; NULL: an event with BAWN_MARK_END is */
    bool ends_with_connection;      /* ... or that the connection ends, once the message has */
    bool model_in_path;             /* model_of() is asked, not the body */
    const char *stream_type;        /* media type of a stream; NULL: text/event-stream. Else it is framed as AWS does */
    /* Events that hold the model's own ones (invoke): what is judged and what is written in its place. NULL: they do not. */
    bool (*unwrap)(bawn_buf *out, bawn_slice payload);
    bool (*wrap)(bawn_buf *out, bawn_slice data);
    /* The answer to an operation that Bawn serves itself (one that checks, or moderations): JSON. False, *out as it was: out of memory. */
    bool (*report)(bawn_buf *out, bawn_operation, const bawn_report *, bawn_arena *);
    /* The guardrail and the version that the URI of such a request names; may be NULL. Empty name: it names none. False: out of
     * memory. */
    bool (*guardrail_of)(bawn_slice *name, bawn_slice *version, bawn_operation, bawn_slice raw_uri, bawn_arena *);
    const struct bawn_dialect *next;                                 /* another API under the same name, or NULL */
    /* Responses, whose ends repeat what was said; the rest may be NULL. tell: an event has left, as the client gets it; false: out of
     * memory. broken: the end of a stream that broke, instead of stream_error's; false: the operation has no such form. */
    bool (*tell)(struct bawn_story **, bawn_operation, bawn_slice data);
    bool (*broken)(bawn_buf *out, const bawn_conversation *request, const struct bawn_story *, int code, bawn_slice message,
                   bawn_slice id, uint64_t now_ns);
    bool (*models)(bawn_buf *out, const bawn_listed_model *, size_t n);
    bool (*model_of)(bawn_slice *out, bawn_slice raw_uri, bawn_arena *);   /* the id in GET /models/{id}, as route() let it through */
    const char *const *moderation_categories;                        /* of the provider, 13 */
    /* Id (channel) of field `path` of choice/tool-call, and whether text of it may be masked, are in bawn_field. */
} bawn_dialect;

extern const bawn_dialect bawn_dialect_openai;                       /* the OpenAI API, routes beneath /v1 */
extern const bawn_dialect bawn_dialect_anthropic;                    /* Anthropic's Messages API */
extern const bawn_dialect bawn_dialect_bedrock;                      /* Amazon Bedrock's runtime API */
extern const bawn_dialect bawn_dialect_guardrail;                    /* what Bawn answers itself: several APIs */
const bawn_dialect *bawn_dialect_find(bawn_slice name);              /* NULL when unknown */
/* How a stream of that operation ends besides its last event, or NULL. */
static inline const char *bawn_dialect_done(const bawn_dialect *d, bawn_operation op)
{
    return op == BAWN_OP_RESPONSES ? NULL : d->done;
}
int bawn_dialect_status(int code);                                   /* HTTP status of an error code (R15) */

/* ---- channels ------------------------------------------------------------------------------------------------ */
/* channel = choice << 16 | field. Fields that may both occur never share one, so that a channel is one running text,
 * the same in a stream and in a whole answer. OTHER and ALTERNATIVES are judged value by value. */
enum { BAWN_CHANNEL_CONTENT = 0, BAWN_CHANNEL_REFUSAL = 1, BAWN_CHANNEL_REASONING = 2, BAWN_CHANNEL_TRANSCRIPT = 3,
       BAWN_CHANNEL_CALL_ARGUMENTS = 4, BAWN_CHANNEL_CALL_NAME = 5,  /* of function_call */
       BAWN_CHANNEL_LOGPROBS = 6,                                    /* tokens of the content */
       BAWN_CHANNEL_OTHER = 7,                                       /* annotations, metadata, unknown fields */
       BAWN_CHANNEL_ALTERNATIVES = 8,                                /* top_logprobs: tokens not taken */
       BAWN_CHANNEL_LOGPROBS_REFUSAL = 9, BAWN_CHANNEL_REASONING_DETAILS = 10, BAWN_CHANNEL_REASONING_CONTENT = 11,
       BAWN_CHANNEL_STDOUT = 12, BAWN_CHANNEL_STDERR = 13,
       BAWN_CHANNEL_TOOL_ARGUMENTS = 16,                             /* + 2 * index of the tool call */
       BAWN_CHANNEL_TOOL_NAME = 17,
       BAWN_CHANNEL_PARTS = 64 };                                    /* + 16 * part + one of the above: a part of an item */
static inline uint32_t bawn_channel_choice(uint32_t channel) { return channel >> 16; }
static inline uint32_t bawn_channel_field(uint32_t channel) { return channel & 0xFFFF; }

/* ---- server-sent events (WHATWG HTML, 9.2) -------------------------------------------------------------------- */
/* A framer: bytes in, whole events out; the same events for every cutting. LF, CRLF and CR end lines; a BOM at the
 * begin is dropped; comments are events of their own; an event without its blank line is none. keeps: T24
 * Use: feed, then next until false, then ask failed: the events before a failure are the same for every cutting. */
typedef struct { bawn_slice name, data; bool comment; } bawn_sse_event;   /* data: lines joined by LF */
typedef struct bawn_sse bawn_sse;
bawn_sse *bawn_sse_new(size_t max_event_bytes);
void bawn_sse_free(bawn_sse *);
bool bawn_sse_feed(bawn_sse *, bawn_slice bytes, bool last);              /* false: too large, out of memory */
bool bawn_sse_next(bawn_sse *, bawn_sse_event *out);                      /* false: feed more; out until next call */
bool bawn_sse_failed(const bawn_sse *);                                   /* an event over the limit, out of memory */
bool bawn_sse_starved(const bawn_sse *);                                  /* ... out of memory: the upstream is not to blame */
bool bawn_sse_cut(const bawn_sse *);                                      /* bytes of an unfinished event wait */

#endif

/* bawn.h: the public C interface of Bawn, the wall around a generative-AI workload.
 *
 * One library for nginx, the command line, fuzzers and other people's programs. It does no input or output, starts no
 * thread, reads no clock and no environment after load. Two ways in: `bawn_inspect` (segments, whole, one call) and
 * `bawn_exchange` (wire bytes of one request and its answer, in any cutting). Both run the same engine.
 *
 * Contracts, each a test (tests/property/contracts.c):
 * 1. Order. Request side: feed until `last`, then any NEEDs, then VERDICT (allow with no edits: pass the body as it
 *    came; EDITS before it: splice them first; or a block with status and body). Then the answer's head and bytes; when
 *    it is no stream, after `last` any NEEDs, then its VERDICT.
 *    Exactly one VERDICT a side, one RECORD an exchange, then END. After a request-side block the answer never opens.
 * 2. Cutting. The concatenation of all EMITs, and the verdict, are a function of the bytes fed alone: not of the
 *    cuts, nor of now_ns short of a deadline, nor of the order in which job answers arrive.
 * 3. Failure. A call that returns false puts the exchange into *failed*: the next step is the dialect's guard_failed
 *    answer or terminal event. There is no path from failure to EMIT of held text.
 * 4. Ownership. Slices passed in are read during the call only. Request bodies are the exception: with EDITS the
 *    caller splices its own copy.
 * 5. Bounds. Memory of an exchange <= 16 KiB + body limit + hold limit. One call judges at most 256 KiB of a request or
 *    of an unstreamed answer; beyond that `next` yields NEED of kind 3 (continue): resume it when others have had their
 *    turn. A stream's event is judged as it comes.
 * 6. Determinism. Same wall, bytes, job answers and seed: same bytes out and same record but for time fields.
 * 7. ABI. libbawn.so.0 exports only what stands here; structs that a caller allocates never grow within a major. */
#ifndef BAWN_BAWN_H
#define BAWN_BAWN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#define BAWN_VERSION "0.1.0"
#if defined(__GNUC__)
#define BAWN_API __attribute__((visibility("default")))
#else
#define BAWN_API
#endif

typedef struct { const char *ptr; size_t len; } bawn_slice;  /* bytes, borrowed, never NUL-terminated */
typedef struct { size_t begin, end; } bawn_span;             /* [begin, end) in bytes; the field says of what */
/* code: bawn_code_name names it, 0 is none. line and column are 1-based, 0 = none. */
typedef struct { int code; uint32_t line, column; char file[128], message[256]; } bawn_error;

typedef enum { BAWN_ALLOW, BAWN_OBSERVE, BAWN_MASK, BAWN_BLOCK } bawn_action;          /* rising strictness */
typedef enum { BAWN_SYSTEM, BAWN_USER, BAWN_ASSISTANT, BAWN_TOOL } bawn_role;
typedef enum { BAWN_APPLICATION, BAWN_CALLER, BAWN_TOOL_RESULT, BAWN_DOCUMENT, BAWN_MODEL } bawn_origin;
typedef enum { BAWN_INPUT, BAWN_OUTPUT } bawn_side;

typedef struct bawn_wall bawn_wall;          /* a compiled policy: immutable, shared by threads and by fork */
typedef struct bawn_worker bawn_worker;      /* scratch of one thread: one session call at a time */
typedef struct bawn_exchange bawn_exchange;  /* one request and its answer */
typedef struct bawn_scorer bawn_scorer;      /* learned guards in this process: not built yet, pass NULL */

/* Compile a policy. `self` names it in errors; relative file: references start at its folder. Reads the files
 * that the policy names, the pattern cache, and for routes that name a published version `guardrails` beside cache_dir;
 * nothing later does. False: *out is NULL, err says where. */
BAWN_API bool bawn_wall_load(bawn_wall **out, const char *self, bawn_slice yaml, const char *cache_dir, bawn_error *err);
BAWN_API void bawn_wall_free(bawn_wall *);            /* after the last worker and exchange that use it; NULL is fine */
BAWN_API bool bawn_worker_new(bawn_worker **out, const bawn_wall *, bawn_error *err);   /* after fork, per thread */
BAWN_API void bawn_worker_free(bawn_worker *);
/* Optional, between calls, when there is time: gives back to the system memory that is needed seldom, pages of the library's
 * own file above all. The calls that come next are some 100 us slower. */
BAWN_API void bawn_worker_trim(bawn_worker *);
/* Optional: a clock on the scale of now_ns, for the times of stages in events; it is read twice a side, and once for each
 * call of feed in a stream. Without it those times are null, and nothing else changes. */
BAWN_API void bawn_worker_clock(bawn_worker *, uint64_t (*now)(void *user), void *user);

/* path: JSON Pointer. The arguments of a tool call, which a model wrote for a tool, are of BAWN_TOOL and BAWN_MODEL. */
typedef struct { bawn_role role; bawn_origin origin; bawn_slice path, text; } bawn_segment;
/* score: 0 to 1. view, in which it was seen: 1 the text as it stands, 2 canonical (disguises of characters taken off), 4 canonical
 * with digits read as letters, 8 decoded (Base64, escapes ...). */
typedef struct { bawn_slice guard, kind; bawn_span span; uint32_t segment; float score; uint8_t view;
                 bawn_action action; } bawn_finding;          /* span: bytes of that segment's text */
typedef struct { bawn_action action; const bawn_finding *findings; size_t n_findings;
                 uint64_t guarded, total;                     /* characters (code points) */
                 bawn_slice message; bool failed; } bawn_verdict;   /* failed: a guard could not run */
typedef struct { bawn_slice key, value; } bawn_attribute;     /* identity.kind, claims.tier, http.route ... */

/* Judge whole segments. `masked` is NULL, or has room for n slices: masked[i] becomes the text of i as it may be passed on,
 * which is segments[i].text itself where nothing was masked; it is not written when the verdict has failed. *out, what it points to and
 * masked[i] live until the worker's next call. `jobs`: NULL; learned guards are not built, and anything else is an error.
 * `attributes` are not read yet. False: no verdict, err says why (a guardrail that is not there, a text that is not UTF-8). */
BAWN_API bool bawn_inspect(const bawn_verdict **out, bawn_slice *masked, bawn_worker *, bawn_slice guardrail, bawn_side,
                  const bawn_segment *, size_t n, const bawn_attribute *, size_t n_attr,
                  bawn_scorer *jobs, bawn_error *err);

typedef enum { BAWN_MORE, BAWN_EMIT, BAWN_EDITS, BAWN_NEED, BAWN_VERDICT, BAWN_RECORD, BAWN_END } bawn_step_kind;
typedef struct { bawn_span at; bawn_slice with; } bawn_edit;  /* at: bytes of the body as fed; sorted, disjoint */
typedef struct { uint64_t id, deadline_ns; int kind; bawn_slice frame; } bawn_job; /* kind: 1 score, 2 approval, 3 continue */
typedef struct {
    bawn_step_kind kind;
    bawn_slice emit;                                       /* EMIT: send these bytes now, in order */
    const bawn_edit *edits; size_t n_edits;                /* EDITS: splice the body fed on that side, then send it */
    bawn_job job;                                          /* NEED: answer before its deadline; others may run beside */
    const bawn_verdict *verdict; int status; bawn_slice content_type, body;  /* VERDICT; a block's answer to send */
    bawn_slice error_type;                                 /* ... an error of AWS's: value of the header x-amzn-ErrorType */
    bawn_slice upstream, upstream_uri;                     /* VERDICT, request passes: name in the policy; path for it */
    bawn_slice authorization, api_key;                     /* VERDICT, request passes: values of the headers Authorization and
                                                            * x-api-key for the upstream; empty: send none */
    bawn_slice amz_date, amz_token;                        /* ... X-Amz-Date and X-Amz-Security-Token */
    bool stream;                                           /* VERDICT with body: body is a stream (text/event-stream) */
    bawn_slice record;                                     /* RECORD: append to the spool before END is obeyed */
} bawn_step;                                               /* everything in it lives until the next call */

/* dialect: "openai", "anthropic", "bedrock", or several: the one that knows the request's route is spoken. attributes are copied. seed feeds canaries and ids. False: *out is NULL. */
BAWN_API bool bawn_exchange_new(bawn_exchange **out, bawn_worker *, bawn_slice dialect, bawn_slice method, bawn_slice raw_uri,
                       const bawn_attribute *, size_t n, uint64_t now_ns, const uint8_t seed[32], bawn_error *err);
/* The head of the upstream's answer, once, after the request's VERDICT let it pass and before any of its bytes. content_type as it
 * came, application/octet-stream where it came without; text/event-stream (or application/vnd.amazon.eventstream, from Bedrock) is judged as a stream, application/json as a whole. An
 * upstream that gives no answer, or one that may not pass: the status in its place (502, 504; 200) without a type, then
 * bawn_exchange_abort. 504 without a type may also come in the midst of an answer: it stalled. False: not awaited here, or failed
 * (contract 3). */
BAWN_API bool bawn_exchange_response(bawn_exchange *, int status, bawn_slice content_type, uint64_t now_ns);
/* The next bytes of the request's body (BAWN_INPUT) or of the answer's (BAWN_OUTPUT), in any cutting; `last` with the last of them,
 * which may be none. Then take all steps with bawn_exchange_next. False: failed (contract 3); the steps say what to send. */
BAWN_API bool bawn_exchange_feed(bawn_exchange *, bawn_side, bawn_slice bytes, bool last, uint64_t now_ns);
/* ok: the answer. Not ok: `frame` may say why (timeout, overloaded, crashed, no_memory), which the record repeats. */
BAWN_API bool bawn_exchange_resume(bawn_exchange *, uint64_t job, bool ok, bawn_slice frame, uint64_t now_ns); /* late id: no-op */
BAWN_API bool bawn_exchange_tick(bawn_exchange *, uint64_t now_ns, uint64_t *next_ns);  /* deadlines; when to call again */
BAWN_API bool bawn_exchange_abort(bawn_exchange *, bawn_side who_left, uint64_t now_ns);  /* client left, upstream died */
BAWN_API bool bawn_exchange_next(bawn_step *out, bawn_exchange *);   /* false: nothing until fed, answered or ticked */
/* What the caller says where the exchange's own answer cannot be: `code` (a name such as "record_unavailable") in the client's API,
 * as a body, or as an event of a stream that has begun. Lives until the exchange's next call. Empty: no memory, or no such code. */
BAWN_API bawn_slice bawn_exchange_excuse(bawn_exchange *, bawn_slice code, bool in_stream);
BAWN_API void bawn_exchange_free(bawn_exchange *);                   /* frees all; releases no text */

/* The exchange's id (UUIDv7, 36 characters), sent to the client as `x-bawn-id`. Lives as long as the exchange. */
BAWN_API bawn_slice bawn_exchange_id(const bawn_exchange *);
/* The name of an error code ("invalid_json", "guard_failed" ...), as in events, answers and metrics. Never NULL. */
BAWN_API const char *bawn_code_name(int code);

#ifdef __cplusplus
}
#endif
#endif

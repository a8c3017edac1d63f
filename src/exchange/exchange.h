/* exchange.h: inside the room: one request and its answer. The public side is bawn/bawn.h.
 *
 * request.c  body -> conversation -> judgement -> pass, edits or refusal
 * turns.c    which texts belong together, which are old
 * edits.c    what is put into a body
 * upstream.c where it goes
 * sign.c     what AWS wants to see of it
 * named.c    the guardrail that a body names
 * prompt.c   what is kept of the system texts: fingerprint and canary
 * work.c     judging texts within a budget, in slices
 * answer.c   a whole JSON answer
 * stream.c   a stream of events: channels, the queue of held events, the block point
 * stream_frames.c bytes to events
 * stream_channels.c  the channels' places
 * stream_facts.c  what the record keeps of events
 * stream_write.c  an event on its way out
 * check.c    the answer to an operation that only checks, and to moderations
 * close.c    the record
 * close_lists.c  ... its lists of guards and of tool calls
 * exchange.c the calls, and the order of steps */
#ifndef BAWN_EXCHANGE_H
#define BAWN_EXCHANGE_H

#include "dialect/dialect.h"
#include "dialect/eventstream.h"
#include "dialect/story.h"
#include "engine/channel.h"
#include "engine/failures.h"
#include "engine/outcome.h"
#include "engine/quotes.h"
#include "engine/slices.h"
#include "engine/tokens.h"
#include "guard/leak/leak.h"
#include "record/record.h"

#define BAWN_SLICE_BYTES (256u << 10)   /* one call judges at most so much before it asks to be continued */
#define BAWN_PULSE_NS 5000000000u       /* between two signs of life while text is held */
#define BAWN_KEPT_TEXT (32u << 10)      /* of findings in a stream, with record.text: what fits into an event */
#define BAWN_ANSWER_MAX (64u << 20)     /* a whole answer that is larger is not read */

typedef enum { BAWN_PHASE_REQUEST, BAWN_PHASE_JUDGING, BAWN_PHASE_SCORING, BAWN_PHASE_ASKED /* upstream */,
               BAWN_PHASE_ANSWER, BAWN_PHASE_DONE } bawn_phase;
/* What the record times (latency_us): reading a side into texts, judging them, waiting for the scorer. */
typedef enum { BAWN_STAGE_PARSE, BAWN_STAGE_JUDGE, BAWN_STAGE_SCORE, BAWN_STAGES } bawn_stage;
typedef enum { BAWN_ANSWER_PASS, BAWN_ANSWER_JSON, BAWN_ANSWER_EVENTS } bawn_answer_mode;

/* A field of a held event: its place in the event's JSON and in its channel's text. */
typedef struct { uint32_t channel; size_t begin, end; bawn_span wire; bool nested, whole, raw; } bawn_held_field;
typedef struct { bawn_span wire; const char *with; bool always; } bawn_held_copy;
typedef struct { bawn_span wire; bawn_slice with; } bawn_splice;
typedef struct {
    bawn_buf text;                      /* the event's data */
    char name[64]; uint8_t n_name;      /* of the event, where the dialect's have names */
    bawn_buf headers; bool wraps;       /* of a message of AWS's framing; it wraps the text */
    bawn_mark mark; uint32_t block;
    bool comment, done, indivisible;
    bawn_held_field *fields; size_t n_fields, cap_fields;
    bawn_held_copy *copies; size_t n_copies, cap_copies;
    uint64_t since_ns;
} bawn_held;

typedef struct { uint32_t id; bawn_channel *text; bool ended, off, copy; char path[96]; } bawn_stream_channel;
typedef struct { uint32_t channel; char path[96]; } bawn_stream_place;     /* of findings: their segment; channels are used again */

typedef struct {
    bawn_sse *sse; bawn_eventstream *frames;    /* one of them, by the dialect */
    bawn_stream_channel *channels; size_t n_channels, cap_channels;
    bawn_stream_place *places; size_t n_places, cap_places;
    bawn_held *held; size_t first, n_held, cap_held;    /* a ring */
    size_t held_bytes;
    uint32_t choices[64]; bool finished[64]; size_t n_choices;
    bawn_buf last;                      /* the newest chunk that was passed on, for the shape of an end */
    bawn_stream_state read, passed;     /* how far it has come */
    bawn_buf chunk;                     /* what is in an event that wraps another */
    uint64_t pulse_ns;
    struct bawn_kept kept;
    bool done;                          /* [DONE] came, or every choice is finished */
} bawn_stream;

/* The text that is being judged, from call to call. */
typedef struct {
    bawn_slices *slices;                /* NULL: none is half judged */
    bawn_buf joined; size_t *begins;    /* several fields as one text: it, and begin and end of each in it */
    bawn_finds found;                   /* in it */
    size_t budget;                      /* what this call may still judge, in bytes */
} bawn_work;
typedef enum { BAWN_WORK_DONE, BAWN_WORK_WAITS, BAWN_WORK_FAILED } bawn_progress;

struct bawn_exchange {
    bawn_worker *worker;
    const bawn_wall *wall;
    const bawn_dialect *dialect;
    const bawn_guardrail *guardrail;    /* NULL: policy off */
    bawn_operation operation;
    bawn_arena *arena, *event_arena;
    bawn_attribute *attributes; size_t n_attributes;
    bawn_slice method, uri, rest;
    char id[36];
    uint8_t seed[32];
    uint64_t started_ns, now_ns, asked_ns, first_byte_ns, held_max_ns;
    uint64_t spent_ns[BAWN_STAGES], since_ns;   /* since: when the stage that runs now began */
    bool timed[BAWN_STAGES];
    bawn_phase phase;

    bawn_buf body;
    bawn_json json;
    bawn_conversation request, answered;
    uint64_t sent;                      /* bytes of the answer's body that were handed out, or are passed on as edited */
    uint64_t bytes[2], guarded[2], total[2], off[2];    /* off: characters where the policy lets no guard look */
    uint64_t errors;                /* characters of an upstream's error, which is passed on as it is */
    bool judged[2];                     /* guards have begun to look */
    bawn_finds finds[2];
    bawn_work work;
    size_t next_field;                  /* the judgement goes on here: a field of the request, a place in `order` */
    uint8_t step; uint64_t characters;  /* what is next for that field (request.c); how long it is */
    uint32_t *parts; size_t n_parts;    /* the texts of its message and voice */
    uint32_t voices;                    /* of its message, those that have spoken: a bit each */
    uint32_t *order;                    /* the answer's fields by channel; NULL: it is not being judged */
    bawn_tokens *tokens;
    bawn_leak_prompt *prompt;
    bawn_slice canary, canary_mark;     /* the word that was planted, and the text it stands in; empty: none */
    const bawn_upstream *upstream;
    bool no_such_guardrail;             /* the URI names one that the policy has not */

    bawn_answer_mode mode;
    int status;                         /* the upstream's, then the client's */
    bool answers;                       /* it was the upstream who answered: with a type, as connectors say it */
    bool late;                          /* the upstream was waited for in vain, for its head or for more of its answer */
    bawn_buf answer;
    bawn_json answer_json;
    bawn_stream stream;
    uint64_t running;                   /* characters of the answer's texts, keys and the like left out */
    uint64_t delivered;                 /* ... that have left */

    /* what next() hands out, in this order */
    bool job_waits, emit_ready, edits_ready, verdict_ready, record_ready, end_ready, final_ready;
    bawn_job job; uint64_t jobs; bawn_buf frame;
    bawn_buf emit, handed, final;       /* final: what may leave only after the record */
    bawn_edit *edits; size_t n_edits;
    bawn_step verdict_step; bawn_verdict verdict; bawn_buf reply;
    bawn_slice error_type;              /* of the error that the reply is */
    bawn_buf record;

    bool failed, recorded, broke;       /* broke: a call failed; nothing but that may be said */
    struct bawn_failures failures;      /* of guards, on both sides */
    bawn_failure scorer_failure;        /* ... and of the scorer, which speaks for the guard of prompt attacks */
    bawn_failure failure;               /* why all of them: what no guard is to blame for; memory where none is said */
    const char *end, *side;             /* of the event */
    bawn_action action; bool refused;
    bawn_slice reason;
};

/* The value of an attribute that the caller gave at _new, empty when he gave none. Lives as long as the exchange. */
bawn_slice bawn_exchange_attribute(const bawn_exchange *, const char *key);
/* The time since the last call of this, or of the exchange, belongs to that stage. Nothing where there is no clock. */
void bawn_exchange_spent(bawn_exchange *, bawn_stage);

/* request.c */
bool bawn_request_begin(bawn_exchange *);               /* with the last byte of the body: to a verdict, or a NEED */
bool bawn_request_judge(bawn_exchange *);               /* goes on where the last slice ended */
bool bawn_request_scored(bawn_exchange *, bool ok, bawn_slice frame);
/* Appends the dialect's error to the reply. False: out of memory. */
bool bawn_request_error(bawn_exchange *, bawn_slice *content_type, int code, bawn_slice message, bawn_slice param);
/* Refuses the request (or answers in the upstream's place) with an error of the dialect, and ends. */
bool bawn_request_refuse(bawn_exchange *, int code, bawn_slice message, bawn_slice param);

/* edits.c */
/* The edits that mask and restore in `fields`, sorted, in the arena. Where one would break the JSON that it stands in, its finding
 * blocks instead: ask for the outcome again. */
bool bawn_edits_make(bawn_exchange *, bawn_side, const bawn_field *fields, size_t n);
/* What would be masked where nothing may be put, or where that would break JSON, blocks. Finds are settled. */
void bawn_edits_fit(const bawn_finds *, const bawn_field *fields);
bool bawn_edits_leave_signed(bawn_exchange *);          /* the request's signed texts stay as they are */

/* upstream.c */
const bawn_route *bawn_upstream_route(const bawn_exchange *);   /* of its operation; NULL: none */
bool bawn_upstream_choose(bawn_exchange *);             /* false: no upstream serves the model */
/* The names that the policy gives to several upstreams' models. False: it gives none, or there is one upstream to ask. */
bool bawn_upstream_models(bawn_buf *out, const bawn_exchange *);

/* turns.c */
bool bawn_turns_list_message(bawn_exchange *, uint32_t i);  /* x->parts: texts of its message and voice, when field i is the first of
                                                             * several. False: out of memory */
bool bawn_turns_list_last(bawn_exchange *);                 /* x->parts: the caller's last turns, when they are several */
void bawn_turns_remove_old(bawn_exchange *);                /* what blocks in an old turn becomes a mask of its whole text */

/* named.c: `guardrailConfig` of Converse, where it names one of ours. A caller may name the guardrail that guards him, and no other:
 * he would choose a weaker one. */
const char *bawn_named_refuse(const bawn_exchange *);   /* why it is refused, or NULL */
bool bawn_named_leave_out(bawn_exchange *);             /* the upstream knows nothing of it: an edit more. False: out of memory */

/* sign.c */
bool bawn_sign(bawn_exchange *, bawn_step *);           /* for AWS: fills the headers of keys of a verdict that passes */

/* work.c */
/* Judges fields[parts[0..n)] as one text, joined by `separator`. `crossing`: only what spans two of them counts. WAITS:
 * this call's budget is spent; bawn_work_wait(), and the same again in the next one. FAILED: judging->failed. */
bawn_progress bawn_work_judge(bawn_exchange *, bawn_judging *, const bawn_field *fields, const uint32_t *parts, size_t n,
                              bawn_slice separator, bool crossing);
void bawn_work_count(bawn_exchange *, bawn_side, const bawn_judging *, uint64_t characters);   /* what was judged, for the record */
bool bawn_work_wait(bawn_exchange *);                   /* asks to be continued; true */
void bawn_work_free(bawn_work *);

/* prompt.c */
bool bawn_prompt_keep(bawn_exchange *);                 /* fingerprint and canary of the request's system texts */
/* What is planted behind the text of field i of n; empty: nothing. */
bawn_slice bawn_prompt_mark(const bawn_exchange *, const bawn_field *fields, size_t n, size_t i);
bool bawn_prompt_shows_canary(const bawn_exchange *, bawn_slice text);

/* Whether a text of an answer repeats the request: it is judged as it was there, and gives no instructions away. */
static inline bool bawn_answer_repeats(const bawn_field *f) { return f->origin == BAWN_APPLICATION || f->origin == BAWN_CALLER; }

/* answer.c */
bool bawn_answer_whole(bawn_exchange *);                /* after the last byte of a JSON answer: to a verdict, or a NEED */
bool bawn_answer_judge(bawn_exchange *);                /* goes on where the last slice ended */
/* stream_frames.c */
bool bawn_stream_feed(bawn_exchange *, bawn_slice bytes, bool last);
/* stream.c */
bool bawn_stream_event(bawn_exchange *, const bawn_sse_event *);
/* An event's data; headers: of a message of AWS's framing, which keeps them, else empty. */
bool bawn_stream_data(bawn_exchange *, bawn_slice name, bawn_slice data, bawn_slice headers);
bool bawn_stream_end(bawn_exchange *);                  /* the stream ended as it should */
bool bawn_stream_is_finished(const bawn_stream *);      /* every choice has its finish reason */
bool bawn_stream_has_room(bawn_exchange *);             /* for what is held; else its guards let go, or the answer ends: false */
bool bawn_stream_broken(bawn_exchange *, int code, const char *end);   /* our error event, nothing held leaves */
bool bawn_stream_fails(bawn_exchange *, int code, bawn_slice message);  /* appends the end of a stream that has none to the reply */
void bawn_stream_collect(bawn_exchange *);              /* what its channels found and counted; once, at its end */
void bawn_stream_free(bawn_stream *);
void bawn_stream_reset(bawn_stream *);
uint64_t bawn_stream_deadline(const bawn_exchange *);   /* UINT64_MAX: none */
bool bawn_stream_tick(bawn_exchange *);

/* stream_channels.c */
bawn_stream_channel *bawn_channels_open(bawn_exchange *, const bawn_field *);   /* for a text that begins; NULL: no room */
void bawn_channels_collect(bawn_exchange *, bawn_stream_channel *);     /* takes what it found and counted into the exchange */
void bawn_channels_release(bawn_exchange *, bawn_stream_channel *);     /* ... a text of its own has left: its place is free */

/* stream_facts.c: from an event into x->answered */
void bawn_stream_keep_facts(bawn_exchange *, const bawn_conversation *event);
bool bawn_stream_keep_unguarded(bawn_exchange *, const bawn_conversation *event);

/* stream_write.c */
size_t bawn_held_gate(const bawn_held_field *, const bawn_stream *);    /* how far the field may leave, in its channel */
bool bawn_held_write(bawn_exchange *, bawn_held *);     /* as far as its gates; the rest of it is lost */

/* check.c */
bool bawn_check_answer(bawn_exchange *);                /* all is judged: hands what was found to the dialect's writer. False: out of memory */

/* close_lists.c: into the event, with arrays in the arena. False: out of memory. */
bool bawn_close_guards(bawn_event *, const bawn_exchange *);
bool bawn_close_tools(bawn_event *, const bawn_exchange *);

/* close.c */
bool bawn_exchange_close(bawn_exchange *, const char *end);    /* writes the record; END follows */
void bawn_exchange_verdict(bawn_exchange *, bawn_side);        /* fills verdict from finds */
void bawn_exchange_filtered(bawn_exchange *, size_t choices);  /* the client reads content_filter in so many choices */

#endif

/*
 * ngx_http_bawn.h: what the files of the nginx connector share.
 *
 * The connector carries bytes between nginx and an exchange of libbawn (bawn/bawn.h) and obeys the steps that come
 * back. It decides nothing: no name of a guard, a kind or a policy key stands here. Flow:
 *
 *   PRECONTENT (request.c)  body read whole -> exchange -> VERDICT: answer here, or splice and let nginx proxy
 *   header filter (header.c) classify the answer: stream, collect, refuse; nginx's own errors get the dialect's shape
 *   body filter (body.c)     pump streams, judge collected answers, write the record before the last buffer
 *
 * Between them a ctx is found in r->ctx or, after an internal redirect wiped that, by the pool's cleanup list.
 */
#ifndef NGX_HTTP_BAWN_H
#define NGX_HTTP_BAWN_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>

#include "bawn/bawn.h"
#include "confine/confine.h"
#include "record/record.h"

#define NGX_HTTP_BAWN_BUFFERED   0x08      /* in r->buffered: the answer's end waits for us */
#define NGX_HTTP_BAWN_ID_LEN     36

typedef struct ngx_http_bawn_ctx_s     ngx_http_bawn_ctx_t;
typedef struct ngx_http_bawn_scorer_s  ngx_http_bawn_scorer_t;
typedef struct ngx_http_bawn_zone_s    ngx_http_bawn_zone_t;
typedef struct ngx_http_bawn_inflate_s ngx_http_bawn_inflate_t;

#define BAWN_TRIM_AFTER  1000                 /* milliseconds */
#define BAWN_RESERVE  (64 * 1024)             /* an exchange that refuses, and its record, need less */

/* Everything that a worker process owns; reached through the main configuration, there are no statics. */
typedef struct {
    bawn_worker             *engine;
    bawn_spool              *spool;
    ngx_http_bawn_scorer_t  *scorer;          /* NULL: no scorer configured */
    ngx_queue_t              live;            /* ctxs with an open exchange: recorded even if the worker must go */
    ngx_queue_t              unwritten;       /* ctxs whose record waits for the group's write */
    ngx_uint_t               added;           /* records since the last write */
    ngx_event_t              commit;
    ngx_event_t              trim;            /* while set, requests have come since the heap was trimmed */
    void                    *reserve;         /* given up when there is no memory for an exchange */
    uint64_t                 epoch_ns;        /* wall clock minus monotonic clock, taken once */
    uint8_t                  seeds[1024];
    size_t                   seeds_left;
    unsigned                 full:1;          /* the last append failed: refuse before asking an upstream */
} ngx_http_bawn_worker_t;

typedef enum { NGX_BAWN_CONFINE_ON, NGX_BAWN_CONFINE_OFF, NGX_BAWN_CONFINE_REQUIRED } ngx_http_bawn_confine_e;

typedef struct {                              /* what workers give up (confine.c) */
    ngx_http_bawn_confine_e  mode;
    bawn_confine_kernel      kernel;          /* what it offers */
    ngx_array_t              paths;           /* bawn_confine_path: from the directive and the locations, then all */
    ngx_array_t              ports;           /* uint16_t */
    unsigned                 set:1;
    unsigned                 ports_given:1, any_port:1, udp:1, unix_sockets:1;
    unsigned                 resolves:1;      /* a location has a resolver */
} ngx_http_bawn_confine_t;

typedef struct {
    ngx_str_t                policy;
    ngx_str_t                cache;
    ngx_str_t                scorer;          /* path of the unix socket */
    ngx_str_t                spool;
    size_t                   rotate;
    time_t                   keep;
    unsigned                 sync:1;
    unsigned                 on_full_observe:1;

    ngx_http_bawn_confine_t  confine;

    bawn_wall               *wall;
    ngx_str_t                policy_hash;
    ngx_shm_zone_t          *zone;
    ngx_http_bawn_worker_t  *worker;
} ngx_http_bawn_main_conf_t;

typedef struct {
    ngx_flag_t               enable;
    ngx_flag_t               dispatch;        /* go to the named location of the chosen upstream */
    ngx_str_t                guardrail;
    ngx_str_t                upstream;        /* fixed by the location; else the exchange chooses */
    ngx_str_t                listener;
    ngx_str_t                dialect;
    ngx_str_t                status;          /* the path of this location, where `bawn_status` answers */
    ngx_str_t                operations;      /* for people: which paths answer here; errors are words about them */
    size_t                   body_limit;      /* core's client_max_body_size */
    size_t                   answer_limit;
    ngx_msec_t               idle_timeout;    /* between two pieces of an answer; 0: proxy_read_timeout */
} ngx_http_bawn_loc_conf_t;

typedef enum { NGX_BAWN_NEW, NGX_BAWN_JUDGING, NGX_BAWN_ANSWERING, NGX_BAWN_PASSED } ngx_http_bawn_phase_e;
typedef enum { NGX_BAWN_PLAIN, NGX_BAWN_OFF, NGX_BAWN_STREAM, NGX_BAWN_COLLECT, NGX_BAWN_SUBSTITUTE,
               NGX_BAWN_DONE } ngx_http_bawn_mode_e;
typedef enum { NGX_BAWN_NO_RECORD, NGX_BAWN_UNWRITTEN, NGX_BAWN_RECORDED, NGX_BAWN_LOST } ngx_http_bawn_record_e;

typedef struct {                              /* a copy of the VERDICT step, in the request's pool */
    bawn_action              action;
    ngx_uint_t               status;          /* 0: pass on */
    ngx_str_t                type, body, error_type;
    unsigned                 seen:1, failed:1;
} ngx_http_bawn_verdict_t;

struct ngx_http_bawn_ctx_s {
    ngx_http_request_t       *request;
    bawn_exchange            *exchange;
    ngx_http_bawn_phase_e     phase;
    ngx_http_bawn_mode_e      mode;
    ngx_http_bawn_record_e    record;
    ngx_http_bawn_verdict_t   verdicts[2];    /* [BAWN_INPUT], [BAWN_OUTPUT] */
    bawn_side                 side;           /* the side that is being judged */
    ngx_str_t                 source;         /* body as fed on that side: EDITS are against it */
    ngx_str_t                 spliced;        /* ... and the body with them */
    ngx_str_t                 upstream, uri, authorization, api_key, amz_date, amz_token, id;
    ngx_str_t                 accept_encoding;
    ngx_uint_t                http_version;   /* the client's; an upstream without a status line makes nginx forget */

    ngx_uint_t                jobs;           /* NEEDs that are not answered */
    uint64_t                  next_ns;        /* when the engine wants to be called */
    uint64_t                  jobs_ns;        /* the first deadline of the jobs */
    uint64_t                  next_job;       /* kind 3: id to resume with */
    ngx_event_t               again;          /* kind 3: posted */
    ngx_event_t               later;          /* posted: to send what was put off */
    ngx_event_t               timer;          /* deadlines, heartbeats */
    ngx_queue_t               unwritten, live, woken;

    /* the answer's way */
    ngx_chain_t              *in, **last_in;  /* not consumed yet */
    ngx_chain_t              *out, **last_out, *free, *busy;
    ngx_buf_t                *fill;           /* the last buffer of `out`, where it has room */
    ngx_chain_t             **final_out;      /* where in `out` the end begins, which only a written record lets go */
    u_char                   *collected;
    size_t                    collected_len, collected_cap;
    ngx_http_bawn_inflate_t  *inflate;
    ngx_int_t               (*input_filter_init)(void *data);
    ngx_int_t               (*input_filter)(void *data, ssize_t bytes);
    void                    (*finalize_upstream)(ngx_http_request_t *r, ngx_int_t rc);

    unsigned                  ended:1;        /* END was seen */
    unsigned                  ours:1;         /* the answer is the request side's verdict */
    unsigned                  off:1;          /* `guardrail: none` */
    unsigned                  leaving:1;      /* in cleanup: nothing may be allocated or sent */
    unsigned                  opened:1;       /* the answer's head was given to the exchange */
    unsigned                  closed:1;       /* the answer's end (or death) was given to the exchange */
    unsigned                  eof:1, died:1;  /* how the upstream ended */
    unsigned                  late:1;         /* ... and it died by a time-out */
    unsigned                  kill:1;         /* close the upstream now */
    unsigned                  again_posted:1;
    unsigned                  due:1;          /* what was put off is to be sent now */
    unsigned                  passing:1;      /* we are inside the next filter: what comes by is that one's, not the upstream's */
    unsigned                  in_unwritten:1, in_live:1, in_woken:1;
    unsigned                  dispatched:1;
    unsigned                  flushed:1;      /* the stream's head is on its way */
    unsigned                  counted:1;      /* in the zone's streams_open */
};

/* module.c */
extern ngx_module_t  ngx_http_bawn_module;
uint64_t ngx_http_bawn_now(ngx_http_bawn_worker_t *w);
#define ngx_http_bawn_worker(r) \
    (((ngx_http_bawn_main_conf_t *) ngx_http_get_module_main_conf(r, ngx_http_bawn_module))->worker)

/* ctx.c: an exchange and the obeying of its steps */
ngx_http_bawn_ctx_t *ngx_http_bawn_get(ngx_http_request_t *r);
ngx_http_bawn_ctx_t *ngx_http_bawn_create(ngx_http_request_t *r);
void ngx_http_bawn_leave(ngx_http_bawn_ctx_t *ctx);
ngx_int_t ngx_http_bawn_pump(ngx_http_bawn_ctx_t *ctx);
void ngx_http_bawn_arm(ngx_http_bawn_ctx_t *ctx);
void ngx_http_bawn_resume(ngx_http_bawn_ctx_t *ctx);
void ngx_http_bawn_answered(ngx_http_bawn_ctx_t *ctx, uint64_t job, bool ok, bawn_slice frame);
const char *ngx_http_bawn_code(ngx_uint_t status);

/* open.c: `refused` is the name of the error that the connector met before there was a body, or NULL */
ngx_int_t ngx_http_bawn_open(ngx_http_bawn_ctx_t *ctx, const char *refused);

/* request.c */
ngx_int_t ngx_http_bawn_request_handler(ngx_http_request_t *r);
void ngx_http_bawn_request_advance(ngx_http_bawn_ctx_t *ctx);

/* answer.c: answers that are ours */
void ngx_http_bawn_answer(ngx_http_bawn_ctx_t *ctx);
ngx_int_t ngx_http_bawn_answer_head(ngx_http_bawn_ctx_t *ctx, ngx_http_bawn_verdict_t *v);
void ngx_http_bawn_fallback(ngx_http_bawn_ctx_t *ctx, bawn_side side, ngx_uint_t status, const char *code);
ngx_int_t ngx_http_bawn_add_header(ngx_http_request_t *r, const char *name, const ngx_str_t *value);
ngx_buf_t *ngx_http_bawn_last(ngx_http_request_t *r, ngx_str_t *body);

/* header.c, body.c */
ngx_int_t ngx_http_bawn_header_filter(ngx_http_request_t *r);
ngx_int_t ngx_http_bawn_body_filter(ngx_http_request_t *r, ngx_chain_t *in);
ngx_int_t ngx_http_bawn_next_header(ngx_http_request_t *r);
ngx_int_t ngx_http_bawn_next_body(ngx_http_request_t *r, ngx_chain_t *in);
void ngx_http_bawn_filters_init(void);
void ngx_http_bawn_filters_keep(void);
ngx_uint_t ngx_http_bawn_filters_whole(void);
void ngx_http_bawn_kill(ngx_http_bawn_ctx_t *ctx);

/* hints.c */
void ngx_http_bawn_hints_init(void);

/* out.c: what leaves, and when */
#define ngx_http_bawn_set_buffered(r, waits) \
    ((r)->buffered = ((r)->buffered & ~NGX_HTTP_BAWN_BUFFERED & 0x0f) | ((waits) ? NGX_HTTP_BAWN_BUFFERED : 0))
void ngx_http_bawn_later_handler(ngx_event_t *ev);
ngx_uint_t ngx_http_bawn_put_off(ngx_http_bawn_ctx_t *ctx);
ngx_int_t ngx_http_bawn_emit(ngx_http_bawn_ctx_t *ctx, bawn_slice bytes);
ngx_int_t ngx_http_bawn_append(ngx_http_bawn_ctx_t *ctx, ngx_buf_t *b);
ngx_int_t ngx_http_bawn_flush(ngx_http_bawn_ctx_t *ctx);
ngx_int_t ngx_http_bawn_send(ngx_http_bawn_ctx_t *ctx);
ngx_int_t ngx_http_bawn_pass_down(ngx_http_bawn_ctx_t *ctx, ngx_chain_t *out);
ngx_uint_t ngx_http_bawn_is_backed_up(ngx_http_bawn_ctx_t *ctx);

/* inflate.c: gzip and br under caps (RULINGS R23) */
ngx_http_bawn_inflate_t *ngx_http_bawn_inflate_new(ngx_http_request_t *r, ngx_str_t *coding);
typedef ngx_int_t (*ngx_http_bawn_sink_pt)(ngx_http_bawn_ctx_t *ctx, u_char *bytes, size_t n);
ngx_int_t ngx_http_bawn_inflate(ngx_http_bawn_inflate_t *z, ngx_http_bawn_ctx_t *ctx, u_char *in, size_t n,
    ngx_http_bawn_sink_pt sink);
ngx_int_t ngx_http_bawn_inflate_ended(ngx_http_bawn_inflate_t *z);

/* record.c: the spool */
void ngx_http_bawn_record(ngx_http_bawn_ctx_t *ctx, bawn_slice line);
void ngx_http_bawn_record_write(ngx_http_bawn_main_conf_t *mcf, ngx_log_t *log);
void ngx_http_bawn_record_now(ngx_http_bawn_ctx_t *ctx);
void ngx_http_bawn_record_forget(ngx_http_bawn_ctx_t *ctx);
void ngx_http_bawn_commit_handler(ngx_event_t *ev);
#define ngx_http_bawn_is_lost(mcf, ctx) ((ctx)->record == NGX_BAWN_LOST && !(mcf)->on_full_observe)

/* score.c: the scorer's socket */
ngx_http_bawn_scorer_t *ngx_http_bawn_scorer_new(ngx_cycle_t *cycle, ngx_str_t *path);
const char *ngx_http_bawn_scorer_submit(ngx_http_bawn_scorer_t *s, ngx_http_bawn_ctx_t *ctx, const bawn_job *job,
    uint64_t now);
void ngx_http_bawn_scorer_forget(ngx_http_bawn_scorer_t *s, ngx_http_bawn_ctx_t *ctx);
uint64_t ngx_http_bawn_scorer_expire(ngx_http_bawn_scorer_t *s, ngx_http_bawn_ctx_t *ctx, uint64_t now);
bool ngx_http_bawn_scorer_up(ngx_http_bawn_scorer_t *s);
void ngx_http_bawn_scorer_close(ngx_http_bawn_scorer_t *s);

/* zone.c, status.c: counters of all workers, /metrics, /healthz, /readyz, and errors where only those are */
char *ngx_http_bawn_zone_add(ngx_conf_t *cf, ngx_http_bawn_main_conf_t *mcf);
void ngx_http_bawn_count(ngx_shm_zone_t *zone, bawn_slice record);
void ngx_http_bawn_count_streams(ngx_shm_zone_t *zone, ngx_int_t delta);
void ngx_http_bawn_count_spool(ngx_shm_zone_t *zone, size_t bytes);
ngx_int_t ngx_http_bawn_zone_text(ngx_shm_zone_t *zone, bawn_buf *out);
void ngx_http_bawn_count_lost(ngx_shm_zone_t *zone, ngx_uint_t n);
char *ngx_http_bawn_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t ngx_http_bawn_no_operation(ngx_http_request_t *r, ngx_str_t *operations);

/* confine.c: what workers give up */
char *ngx_http_bawn_confine(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t ngx_http_bawn_confine_create(ngx_conf_t *cf, ngx_http_bawn_confine_t *c);
ngx_int_t ngx_http_bawn_confine_location(ngx_conf_t *cf);
char *ngx_http_bawn_confine_check(ngx_conf_t *cf, ngx_http_bawn_main_conf_t *mcf);
void ngx_http_bawn_confine_say(ngx_cycle_t *cycle, ngx_http_bawn_main_conf_t *mcf);
ngx_int_t ngx_http_bawn_confine_enter(ngx_cycle_t *cycle, ngx_http_bawn_main_conf_t *mcf);

/* vars.c */
ngx_int_t ngx_http_bawn_add_variables(ngx_conf_t *cf);

#endif

/*
 * ngx_http_bawn_score.c: the client of the scorer's socket. One connection a worker, many questions at once.
 *
 * Frames, little endian: question { u32 len, u32 id, u32 deadline_us, payload[len] }, answer { u32 len, u32 id,
 * payload[len] }; len counts the payload alone. An id is a slot's index and its generation, so that a late answer
 * cannot reach the slot's next owner. A lost connection answers every waiting question with "no" at once (the
 * exchange then fails closed) and is made again on demand, after a pause that doubles from 50 ms to 5 s. The connection
 * arms no timer and is not idle: a draining worker neither waits for it nor loses its questions; it closes at exit.
 */
#include "ngx_http_bawn.h"

#include <sys/un.h>

#define BAWN_SLOTS        1024             /* a power of two; index bits of an id */
#define BAWN_FRAME_MAX    (1024 * 1024)    /* an answer's payload */
#define BAWN_SEND_MAX     (16 * 1024 * 1024)
#define BAWN_PAUSE_FIRST  50
#define BAWN_PAUSE_LAST   5000


typedef struct {
    ngx_http_bawn_ctx_t  *ctx;             /* NULL: free */
    uint64_t              job, deadline_ns;
    uint32_t              generation;
    uint32_t              next_free;
} ngx_http_bawn_slot_t;

struct ngx_http_bawn_scorer_s {
    ngx_cycle_t           *cycle;
    ngx_str_t              path;
    ngx_connection_t      *connection;     /* NULL: none */
    bawn_buf               send, recv;
    size_t                 sent;
    ngx_msec_t             pause, not_before;
    uint32_t               first_free;
    ngx_http_bawn_slot_t   slots[BAWN_SLOTS];
};


static void ngx_http_bawn_scorer_write(ngx_event_t *wev);
static void ngx_http_bawn_scorer_read(ngx_event_t *rev);


ngx_http_bawn_scorer_t *
ngx_http_bawn_scorer_new(ngx_cycle_t *cycle, ngx_str_t *path)
{
    uint32_t                 i;
    ngx_http_bawn_scorer_t  *s;

    s = ngx_pcalloc(cycle->pool, sizeof(ngx_http_bawn_scorer_t));
    if (s == NULL) {
        return NULL;
    }

    s->cycle = cycle;
    s->path = *path;
    s->pause = BAWN_PAUSE_FIRST;

    for (i = 0; i < BAWN_SLOTS; i++) {
        s->slots[i].next_free = i + 1;
    }

    return s;
}


/* ---- connection ------------------------------------------------------------------------------------------------ */

static ngx_int_t
ngx_http_bawn_scorer_connect(ngx_http_bawn_scorer_t *s)
{
    int                 rc;
    ngx_socket_t        fd;
    ngx_connection_t   *c;
    struct sockaddr_un  address;

    if ((ngx_msec_int_t) (ngx_current_msec - s->not_before) < 0) {
        return NGX_DECLINED;
    }

    s->not_before = ngx_current_msec + s->pause;
    s->pause = ngx_min(2 * s->pause, BAWN_PAUSE_LAST);

    fd = ngx_socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd == (ngx_socket_t) -1) {
        return NGX_ERROR;
    }

    c = ngx_get_connection(fd, s->cycle->log);
    if (c == NULL || ngx_nonblocking(fd) == -1) {
        if (c) {
            ngx_free_connection(c);
        }
        (void) ngx_close_socket(fd);
        return NGX_ERROR;
    }

    ngx_memzero(&address, sizeof(address));
    address.sun_family = AF_UNIX;
    ngx_memcpy(address.sun_path, s->path.data, s->path.len);

    rc = connect(fd, (struct sockaddr *) &address, sizeof(address));

    c->data = s;
    c->log = s->cycle->log;
    c->read->log = c->write->log = s->cycle->log;
    c->read->handler = ngx_http_bawn_scorer_read;
    c->write->handler = ngx_http_bawn_scorer_write;
    c->recv = ngx_recv;
    c->send = ngx_send;

    if (rc == -1 || ngx_add_conn == NULL || ngx_add_conn(c) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, s->cycle->log, ngx_socket_errno, "cannot reach the scorer at \"%V\"", &s->path);
        ngx_close_connection(c);
        return NGX_ERROR;
    }

    c->write->ready = 1;
    s->connection = c;
    s->recv.len = 0;
    s->send.len = 0;
    s->sent = 0;

    return NGX_OK;
}


/* Takes a slot back and tells its owner; the owner may be gone afterwards. */
static void
ngx_http_bawn_slot_answer(ngx_http_bawn_scorer_t *s, ngx_http_bawn_slot_t *slot, bool ok, bawn_slice frame)
{
    ngx_http_bawn_ctx_t  *ctx = slot->ctx;

    slot->ctx = NULL;
    slot->generation++;
    slot->next_free = s->first_free;
    s->first_free = (uint32_t) (slot - s->slots);

    ngx_http_bawn_answered(ctx, slot->job, ok, frame);
}


static void
ngx_http_bawn_scorer_lost(ngx_http_bawn_scorer_t *s)
{
    ngx_uint_t            i;
    ngx_queue_t           woken;
    ngx_http_bawn_ctx_t  *ctx;

    ngx_queue_init(&woken);

    if (s->connection) {
        ngx_close_connection(s->connection);
        s->connection = NULL;
    }

    bawn_buf_free(&s->send);
    bawn_buf_free(&s->recv);
    ngx_memzero(&s->send, sizeof(bawn_buf));
    ngx_memzero(&s->recv, sizeof(bawn_buf));
    s->sent = 0;

    for (i = 0; i < BAWN_SLOTS; i++) {
        ctx = s->slots[i].ctx;
        if (ctx) {
            ngx_http_bawn_slot_answer(s, &s->slots[i], false, BAWN_LIT("crashed"));
            if (!ctx->in_woken) {
                ngx_queue_insert_tail(&woken, &ctx->woken);
                ctx->in_woken = 1;
            }
        }
    }

    /* only now: a request that goes on may ask again, in a slot that this loop would have come to */
    while (!ngx_queue_empty(&woken)) {
        ctx = ngx_queue_data(ngx_queue_head(&woken), ngx_http_bawn_ctx_t, woken);
        ngx_queue_remove(&ctx->woken);
        ctx->in_woken = 0;
        ngx_http_bawn_resume(ctx);
    }
}


/* ---- questions -------------------------------------------------------------------------------------------------- */

static void
ngx_http_bawn_put32(char *p, uint32_t v)
{
    p[0] = (char) (v & 0xff);
    p[1] = (char) (v >> 8 & 0xff);
    p[2] = (char) (v >> 16 & 0xff);
    p[3] = (char) (v >> 24 & 0xff);
}


static uint32_t
ngx_http_bawn_get32(const char *p)
{
    const u_char  *u = (const u_char *) p;

    return (uint32_t) u[0] | (uint32_t) u[1] << 8 | (uint32_t) u[2] << 16 | (uint32_t) u[3] << 24;
}


static void
ngx_http_bawn_scorer_write(ngx_event_t *wev)
{
    ssize_t                  n;
    ngx_connection_t        *c = wev->data;
    ngx_http_bawn_scorer_t  *s = c->data;

    while (s->sent < s->send.len) {

        n = c->send(c, (u_char *) s->send.ptr + s->sent, s->send.len - s->sent);

        if (n == NGX_AGAIN) {
            return;
        }
        if (n <= 0) {
            ngx_http_bawn_scorer_lost(s);
            return;
        }
        s->sent += (size_t) n;
    }

    s->send.len = 0;
    s->sent = 0;
}


/* NULL: it is asked. Else why it is not, as the exchange wants to hear it. */
const char *
ngx_http_bawn_scorer_submit(ngx_http_bawn_scorer_t *s, ngx_http_bawn_ctx_t *ctx, const bawn_job *job, uint64_t now)
{
    char                   head[12];
    uint32_t               i;
    uint64_t               left;
    ngx_http_bawn_slot_t  *slot;

    if (s == NULL) {
        return "crashed";                  /* none is configured */
    }

    if (job->deadline_ns <= now) {
        return "timeout";
    }

    if (s->first_free >= BAWN_SLOTS || s->send.len > BAWN_SEND_MAX) {
        return "overloaded";
    }

    if (s->connection == NULL && ngx_http_bawn_scorer_connect(s) != NGX_OK) {
        return "crashed";
    }

    i = s->first_free;
    slot = &s->slots[i];
    left = (job->deadline_ns - now) / 1000;

    ngx_http_bawn_put32(head, (uint32_t) job->frame.len);
    ngx_http_bawn_put32(head + 4, i | slot->generation * BAWN_SLOTS);
    ngx_http_bawn_put32(head + 8, (uint32_t) ngx_min(left, UINT32_MAX));

    if (!bawn_buf_reserve(&s->send, sizeof(head) + job->frame.len)) {
        s->send.failed = false;            /* nothing of the frame is in: the next one may fit */
        return "no_memory";
    }

    (void) bawn_buf_add(&s->send, bawn_slice_of(head, sizeof(head)));
    (void) bawn_buf_add(&s->send, job->frame);

    s->first_free = slot->next_free;
    slot->ctx = ctx;
    slot->job = job->id;
    slot->deadline_ns = job->deadline_ns;

    ngx_post_event(s->connection->write, &ngx_posted_events);   /* questions of one turn leave in one write */

    return NULL;
}


/* The ctx is going: its questions are nobody's now. */
void
ngx_http_bawn_scorer_forget(ngx_http_bawn_scorer_t *s, ngx_http_bawn_ctx_t *ctx)
{
    uint32_t               i;
    ngx_http_bawn_slot_t  *slot;

    for (i = 0; i < BAWN_SLOTS && ctx->jobs; i++) {
        slot = &s->slots[i];
        if (slot->ctx == ctx) {
            slot->ctx = NULL;
            slot->generation++;
            slot->next_free = s->first_free;
            s->first_free = i;
            ctx->jobs--;
        }
    }
}


/* Deadlines that have passed: the exchange is told "no"; the answer, if it comes, finds another generation. Returns
 * the first deadline of the questions that are left, UINT64_MAX without any. */
uint64_t
ngx_http_bawn_scorer_expire(ngx_http_bawn_scorer_t *s, ngx_http_bawn_ctx_t *ctx, uint64_t now)
{
    uint64_t    next;
    ngx_uint_t  i;

    next = UINT64_MAX;

    for (i = 0; i < BAWN_SLOTS; i++) {
        if (s->slots[i].ctx != ctx) {
            continue;
        }
        if (s->slots[i].deadline_ns <= now) {
            ngx_http_bawn_slot_answer(s, &s->slots[i], false, BAWN_LIT("timeout"));
        } else {
            next = ngx_min(next, s->slots[i].deadline_ns);
        }
    }

    return next;
}


/* ---- answers ---------------------------------------------------------------------------------------------------- */

/* One answer out of the buffer. NGX_AGAIN: not whole yet. */
static ngx_int_t
ngx_http_bawn_scorer_one(ngx_http_bawn_scorer_t *s, size_t *at)
{
    uint32_t               len, id;
    const char            *p;
    ngx_http_bawn_ctx_t   *ctx;
    ngx_http_bawn_slot_t  *slot;

    if (s->recv.len - *at < 8) {
        return NGX_AGAIN;
    }

    p = s->recv.ptr + *at;
    len = ngx_http_bawn_get32(p);
    id = ngx_http_bawn_get32(p + 4);

    if (len > BAWN_FRAME_MAX) {
        ngx_log_error(NGX_LOG_ERR, s->cycle->log, 0, "the scorer sent a frame of %uD bytes", len);
        return NGX_ERROR;
    }

    if (s->recv.len - *at - 8 < len) {
        return NGX_AGAIN;
    }

    *at += 8 + len;
    slot = &s->slots[id % BAWN_SLOTS];

    if (slot->ctx && slot->generation * BAWN_SLOTS == (id & ~(uint32_t) (BAWN_SLOTS - 1))) {
        ctx = slot->ctx;
        s->pause = BAWN_PAUSE_FIRST;
        ngx_http_bawn_slot_answer(s, slot, true, bawn_slice_of(p + 8, len));
        ngx_http_bawn_resume(ctx);
    }

    return NGX_OK;
}


static void
ngx_http_bawn_scorer_read(ngx_event_t *rev)
{
    size_t                   at;
    ssize_t                  n;
    ngx_int_t                rc;
    ngx_connection_t        *c = rev->data;
    ngx_http_bawn_scorer_t  *s = c->data;

    do {
        if (!bawn_buf_reserve(&s->recv, 65536)) {
            ngx_http_bawn_scorer_lost(s);
            return;
        }

        n = c->recv(c, (u_char *) s->recv.ptr + s->recv.len, s->recv.cap - s->recv.len);

        if (n == 0 || n == NGX_ERROR) {
            ngx_http_bawn_scorer_lost(s);
            return;
        }

        if (n > 0) {
            s->recv.len += (size_t) n;
        }

        at = 0;
        do {
            rc = ngx_http_bawn_scorer_one(s, &at);
        } while (rc == NGX_OK && s->connection == c);

        if (s->connection != c) {
            return;                        /* lost while a request went on */
        }

        if (rc == NGX_ERROR) {
            ngx_http_bawn_scorer_lost(s);
            return;
        }

        (void) bawn_buf_drop_front(&s->recv, at);

    } while (n > 0);
}


bool
ngx_http_bawn_scorer_up(ngx_http_bawn_scorer_t *s)
{
    return s->connection != NULL || ngx_http_bawn_scorer_connect(s) == NGX_OK;
}


void
ngx_http_bawn_scorer_close(ngx_http_bawn_scorer_t *s)
{
    ngx_http_bawn_scorer_lost(s);
}

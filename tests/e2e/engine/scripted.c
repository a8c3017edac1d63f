/* scripted.c: a libbawn.so that does what the body says. It stands in for the engine where a test needs a step that
 * the engine cannot be made to give on demand (jobs, refusals, failures), so that the connector's obedience is tested
 * alone. Words in a body and what they cause:
 *
 *   blockme        block            secret@x.com    mask (EDITS), also in answers and streams
 *   needscore      NEED kind 1      needcontinue    NEED kind 3, twice        needapproval    NEED kind 2
 *   answerscore    NEED kind 1 when the answer is whole       streamscore     NEED kind 1 in the middle of a stream
 *   noverdict      no verdict at all (a broken engine)        wildedit        an edit outside the body
 *
 * A job answered "no", or with the word `bad`, is a guard that failed. Streams leave by whole events. Not installed. */
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"

#define DEADLINE_NS 1000000000u
#define JOB 7

typedef struct { bawn_step step; char *owned; } item;

struct bawn_wall { char unused; };
struct bawn_worker { char unused; };
struct bawn_exchange {
    char excuse[200];
    char id[36];
    char *uri, *refused;
    item queue[256], held;
    size_t n, at;
    bawn_buf body;                          /* of the side that is being fed */
    int status, continues;
    bool off, wants_stream, opened, late, streaming, last, asked, done;
    uint64_t deadline;
};

static const bawn_verdict allowed = { .action = BAWN_ALLOW };
static const bawn_verdict blocked = { .action = BAWN_BLOCK };
static const bawn_verdict broken = { .action = BAWN_BLOCK, .failed = true };

/* ---- wall and worker ------------------------------------------------------------------------------------------ */
bool bawn_wall_load(bawn_wall **out, const char *self, bawn_slice yaml, const char *cache, bawn_error *err)
{
    (void)cache;
    *out = NULL;
    if (bawn_slice_find(yaml, BAWN_LIT("no_such_key")) < yaml.len) {
        (void)bawn_error_set(err, BAWN_E_POLICY, "unknown key");
        return bawn_error_at(err, self, 2, 1);
    }
    *out = calloc(1, sizeof **out);
    return *out != NULL;
}

void bawn_wall_free(bawn_wall *wall) { free(wall); }

bool bawn_worker_new(bawn_worker **out, const bawn_wall *wall, bawn_error *err)
{
    (void)wall;
    (void)err;
    return (*out = calloc(1, sizeof **out)) != NULL;
}

void bawn_worker_free(bawn_worker *worker) { free(worker); }

void bawn_worker_trim(bawn_worker *worker) { (void)worker; }

void bawn_worker_clock(bawn_worker *worker, uint64_t (*now)(void *user), void *user)
{
    (void)worker;
    (void)now;
    (void)user;
}

/* ---- steps ---------------------------------------------------------------------------------------------------- */
static bawn_step *push(bawn_exchange *x, bawn_step_kind kind)
{
    if (x->at == x->n)
        x->at = x->n = 0;
    if (x->n == BAWN_COUNT(x->queue))
        abort();
    item *i = &x->queue[x->n++];
    memset(i, 0, sizeof *i);
    i->step.kind = kind;
    return &i->step;
}

static bawn_slice own(bawn_exchange *x, bawn_slice s)
{
    char *copy = malloc(s.len + 1);
    if (!copy)
        abort();
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    x->queue[x->n - 1].owned = copy;
    return bawn_slice_of(copy, s.len);
}

static bool has(bawn_slice s, const char *word) { return bawn_slice_find(s, bawn_slice_str(word)) < s.len; }

static void finish(bawn_exchange *x, const char *action, const char *end)
{
    char line[512];
    int n = snprintf(line, sizeof line,
                     "{\"schema\":1,\"id\":\"%.36s\",\"type\":\"decision\",\"http\":{\"response.status_code\":%d},\"policy\":"
                     "{\"guardrail\":\"test\"},\"verdict\":{\"action\":\"%s\",\"reason\":\"%s\",\"side\":\"%s\"},\"findings\":[],"
                     "\"latency_us\":{\"total\":100},\"end\":\"%s\"}",
                     x->id, x->status, action, x->refused ? x->refused : "", x->opened ? "output" : "input", end);
    bawn_step *s = push(x, BAWN_RECORD);
    s->record = own(x, bawn_slice_of(line, (size_t)n));
    (void)push(x, BAWN_END);
    x->done = true;
}

static void verdict(bawn_exchange *x, const bawn_verdict *v, int status, const char *body)
{
    bawn_step *s = push(x, BAWN_VERDICT);
    s->verdict = v;
    s->status = status;
    s->stream = x->wants_stream && status == 200;
    s->content_type = s->stream ? BAWN_LIT("text/event-stream") : BAWN_LIT("application/json");
    s->body = own(x, bawn_slice_str(body));
    if (status)
        x->status = status;
}

static void refuse(bawn_exchange *x, int status, const char *code, const bawn_verdict *v, const char *action,
                   const char *end)
{
    char body[256];
    snprintf(body, sizeof body, "{\"error\":{\"message\":\"%s\",\"type\":\"x\",\"param\":null,\"code\":\"%s\"}}", code, code);
    x->wants_stream = false;
    verdict(x, v, status, body);
    finish(x, action, end);
}

static void pass(bawn_exchange *x)
{
    verdict(x, &allowed, 0, "");
    bawn_step *s = &x->queue[x->n - 1].step;
    s->upstream = BAWN_LIT("main");
    s->upstream_uri = bawn_slice_str(x->uri);
    s->authorization = BAWN_LIT("Bearer sk-of-the-upstream");
}

static void edits(bawn_exchange *x, bawn_slice body)
{
    const bawn_slice word = BAWN_LIT("secret@x.com");
    bawn_edit found[64];
    size_t n = 0;
    for (size_t at = 0; n < BAWN_COUNT(found);) {
        size_t hit = bawn_slice_find(bawn_slice_of(body.ptr + at, body.len - at), word);
        if (hit == body.len - at)
            break;
        found[n++] = (bawn_edit){ { at + hit, at + hit + word.len }, BAWN_LIT("<EMAIL>") };
        at += hit + word.len;
    }
    if (has(body, "wildedit"))
        found[n++] = (bawn_edit){ { body.len, body.len + 9 }, BAWN_LIT("x") };
    if (n == 0)
        return;
    bawn_step *s = push(x, BAWN_EDITS);
    s->edits = (const bawn_edit *)(const void *)own(x, bawn_slice_of((const char *)found, n * sizeof *found)).ptr;
    s->n_edits = n;
}

static void need(bawn_exchange *x, int kind, uint64_t now)
{
    bawn_step *s = push(x, BAWN_NEED);
    s->job = (bawn_job){ JOB, now + DEADLINE_NS, kind, BAWN_LIT("score this") };
    x->asked = true;
    x->deadline = kind == 3 ? 0 : now + DEADLINE_NS;
}

/* ---- one exchange --------------------------------------------------------------------------------------------- */
static char *text_of(bawn_slice s)
{
    char *copy = malloc(s.len + 1);
    if (!copy)
        abort();
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    copy[s.len] = 0;
    return copy;
}

bool bawn_exchange_new(bawn_exchange **out, bawn_worker *worker, bawn_slice dialect, bawn_slice method, bawn_slice uri,
                       const bawn_attribute *attributes, size_t n, uint64_t now, const uint8_t seed[32], bawn_error *err)
{
    (void)worker, (void)dialect, (void)err;
    bawn_exchange *x = calloc(1, sizeof *x);
    if (!x)
        return false;
    bawn_uuid7(x->id, now, seed);
    x->uri = text_of(bawn_slice_is(method, "POST") ? uri : BAWN_LIT("/not-post"));
    x->continues = 2;
    for (size_t i = 0; i < n; i++) {
        if (bawn_slice_is(attributes[i].key, "refused"))
            x->refused = text_of(attributes[i].value);
        if (bawn_slice_is(attributes[i].key, "policy"))
            x->off = bawn_slice_is(attributes[i].value, "off");
    }
    if (x->off)
        pass(x);
    *out = x;
    return true;
}

static int status_of(const char *code)
{
    static const struct { const char *code; int status; } table[] = {
        { "body_too_large", 413 }, { "unsupported_media", 415 }, { "unknown_route", 404 }, { "guard_failed", 503 },
        { "record_unavailable", 503 }, { "forbidden", 403 }
    };
    for (size_t i = 0; i < BAWN_COUNT(table); i++)
        if (!strcmp(table[i].code, code))
            return table[i].status;
    return 400;
}

static void judge_request(bawn_exchange *x)
{
    bawn_slice body = bawn_buf_slice(&x->body);
    if (x->refused) {
        refuse(x, status_of(x->refused), x->refused, &blocked, "refuse", "limit");
    } else if (strcmp(x->uri, "/v1/chat/completions") != 0) {
        refuse(x, 404, "unknown_route", &blocked, "refuse", "limit");
    } else if (has(body, "noverdict")) {
        return;
    } else if (body.len == 0 || (body.ptr[0] != '{' || body.ptr[body.len - 1] != '}')) {
        refuse(x, 400, "invalid_json", &blocked, "refuse", "limit");
    } else if (has(body, "blockme")) {
        verdict(x, &blocked, 200, x->wants_stream
            ? "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\ndata: [DONE]\n\n"
            : "{\"choices\":[{\"message\":{\"content\":\"\"},\"finish_reason\":\"content_filter\"}]}");
        finish(x, "block", "blocked");
    } else {
        edits(x, body);
        pass(x);
    }
}

static void judge_answer(bawn_exchange *x)
{
    bawn_slice body = bawn_buf_slice(&x->body);
    if (x->status < 400 && (body.len < 2 || body.ptr[0] != '{' || body.ptr[body.len - 1] != '}')) {
        refuse(x, 502, "upstream_invalid", &broken, "fail", "failed");
    } else if (has(body, "blockme") && x->status < 400) {
        verdict(x, &blocked, 200, "{\"choices\":[{\"message\":{\"content\":\"\"},\"finish_reason\":\"content_filter\"}]}");
        finish(x, "block", "blocked");
    } else {
        if (x->status < 400)
            edits(x, body);
        verdict(x, &allowed, 0, "");
        finish(x, "allow", "complete");
    }
}

static void emit(bawn_exchange *x, bawn_slice bytes)
{
    for (size_t at = 0; at < bytes.len;) {
        bawn_slice rest = bawn_slice_of(bytes.ptr + at, bytes.len - at);
        size_t hit = bawn_slice_find(rest, BAWN_LIT("secret@x.com"));
        bawn_step *s = push(x, BAWN_EMIT);
        s->emit = own(x, bawn_slice_of(rest.ptr, hit));
        at += hit;
        if (hit < rest.len) {
            s = push(x, BAWN_EMIT);
            s->emit = BAWN_LIT("<EMAIL>");
            at += sizeof "secret@x.com" - 1;
        }
    }
}

static void end_stream(bawn_exchange *x, const char *last_events, const bawn_verdict *v, const char *action, const char *end)
{
    emit(x, bawn_slice_str(last_events));
    push(x, BAWN_VERDICT)->verdict = v;
    finish(x, action, end);
}

static void judge_stream(bawn_exchange *x)
{
    size_t at;
    while (!x->done && (at = bawn_slice_find(bawn_buf_slice(&x->body), BAWN_LIT("\n\n"))) < x->body.len) {
        bawn_slice event = bawn_slice_of(x->body.ptr, at + 2);
        if (has(event, "blockme")) {
            end_stream(x, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\ndata: [DONE]\n\n",
                       &blocked, "block", "blocked");
            return;
        }
        emit(x, event);
        (void)bawn_buf_drop_front(&x->body, at + 2);
    }
    if (x->last && !x->done)
        end_stream(x, "", &allowed, "allow", "complete");
}

bool bawn_exchange_response(bawn_exchange *x, int status, bawn_slice type, uint64_t now)
{
    (void)now;
    x->late = status == 504 && type.len == 0;
    if (x->opened)
        return x->late;
    x->opened = true;
    x->asked = false;
    x->status = status;
    x->streaming = bawn_slice_starts(type, BAWN_LIT("text/event-stream"));
    bawn_buf_clear(&x->body);
    return true;
}

static void feed_answer(bawn_exchange *x, uint64_t now)
{
    bawn_slice body = bawn_buf_slice(&x->body);
    bool waits = x->asked && x->deadline;
    if (x->streaming && !x->asked && has(body, "streamscore"))
        need(x, 1, now);
    else if (x->streaming && !waits)
        judge_stream(x);
    else if (!x->streaming && x->last && has(body, "answerscore"))
        need(x, 1, now);
    else if (!x->streaming && x->last)
        judge_answer(x);
}

bool bawn_exchange_feed(bawn_exchange *x, bawn_side side, bawn_slice bytes, bool last, uint64_t now)
{
    if (x->done)
        return true;
    (void)bawn_buf_add(&x->body, bytes);
    bawn_slice body = bawn_buf_slice(&x->body);
    x->last = last && side == BAWN_OUTPUT;
    if (x->off && last)
        finish(x, "allow", "complete");
    else if (!x->off && side == BAWN_OUTPUT)
        feed_answer(x, now);
    else if (!x->off && last) {
        x->wants_stream = has(body, "\"stream\": true") || has(body, "\"stream\":true");
        if (!x->refused && has(body, "needscore"))
            need(x, 1, now);
        else if (!x->refused && has(body, "needcontinue"))
            need(x, 3, now);
        else if (!x->refused && has(body, "needapproval"))
            need(x, 2, now);
        else
            judge_request(x);
    }
    return true;
}

bool bawn_exchange_resume(bawn_exchange *x, uint64_t job, bool ok, bawn_slice frame, uint64_t now)
{
    if (job != JOB || !x->asked || x->done)
        return true;
    x->deadline = 0;
    if (ok && !x->opened && has(bawn_buf_slice(&x->body), "needcontinue") && --x->continues > 0) {
        need(x, 3, now);
        return true;
    }
    ok = ok && !has(frame, "bad");
    if (x->streaming && !ok)
        end_stream(x, "data: {\"error\":{\"code\":\"guard_failed\"}}\n\n", &broken, "fail", "failed");
    else if (x->streaming)
        judge_stream(x);
    else if (!ok)
        refuse(x, 503, "guard_failed", &broken, "fail", "failed");
    else if (x->opened)
        judge_answer(x);
    else
        judge_request(x);
    return true;
}

bool bawn_exchange_tick(bawn_exchange *x, uint64_t now, uint64_t *next)
{
    if (x->deadline && now >= x->deadline)
        (void)bawn_exchange_resume(x, JOB, false, BAWN_NIL, now);
    *next = x->deadline ? x->deadline : UINT64_MAX;
    return true;
}

bool bawn_exchange_abort(bawn_exchange *x, bawn_side side, uint64_t now)
{
    (void)now;
    if (x->done)
        return true;
    x->deadline = 0;
    if (side == BAWN_INPUT)
        finish(x, "allow", "client_left");
    else if (x->streaming)
        end_stream(x, "data: {\"error\":{\"code\":\"upstream_unreachable\"}}\n\n", &broken, "fail",
                   x->late ? "upstream_timeout" : "upstream_died");
    else if (x->late)
        refuse(x, 504, "upstream_timeout", &broken, "fail", "upstream_timeout");
    else
        refuse(x, 502, x->status == 502 ? "upstream_unreachable" : "upstream_invalid", &broken, "fail", "upstream_died");
    return true;
}

bool bawn_exchange_next(bawn_step *out, bawn_exchange *x)
{
    free(x->held.owned);
    x->held.owned = NULL;
    if (x->at == x->n)
        return false;
    x->held = x->queue[x->at++];
    *out = x->held.step;
    return true;
}

void bawn_exchange_free(bawn_exchange *x)
{
    if (!x)
        return;
    free(x->held.owned);
    for (size_t i = x->at; i < x->n; i++)
        free(x->queue[i].owned);
    bawn_buf_free(&x->body);
    free(x->uri);
    free(x->refused);
    free(x);
}

bawn_slice bawn_exchange_id(const bawn_exchange *x) { return bawn_slice_of(x->id, sizeof x->id); }
bawn_slice bawn_exchange_excuse(bawn_exchange *x, bawn_slice code, bool in_stream)
{
    int n = snprintf(x->excuse, sizeof x->excuse, in_stream ? "data: {\"error\":{\"code\":\"%.*s\"}}\n\n" : "{\"error\":{\"code\":\"%.*s\"}}",
                     (int)code.len, code.ptr);
    return bawn_slice_of(x->excuse, (size_t)n);
}
const char *bawn_code_name(int code) { return bawn_error_code_name(code); }

/* The whole world of an exchange from one seed: a policy, a request, an upstream that answers, breaks off, stalls, dies, errs or
 * sends another type; a scorer that is right, late, wrong or silent; a clock that jumps; a client that leaves; memory that runs
 * out; a disk that fails under the record. Each world is played twice. What must hold, whatever happens (bawn.h):
 *
 *   order        one verdict a side at most, one record, END and nothing behind it (contract 1); no step is awaited for ever
 *   failure      behind a call that failed nothing leaves but the dialect's guard_failed (contract 3); a word that the policy
 *                blocks leaves in no direction, unless the record says that its guard was off
 *   time         a timer that is asked for lies ahead, so that no caller spins
 *   record       it is JSON; what the spool acknowledged is read back, in order and once
 *   determinism  the same seed gives the same bytes (contract 6), where memory did not fail
 *
 * BAWN_SEED and BAWN_ROUNDS choose the worlds: BAWN_SEED=4711 BAWN_ROUNDS=1 plays one again. The idea is of TigerBeetle's
 * simulator. keeps: P3a.8, T04, T05, T07, T23, F16 */
#define _GNU_SOURCE
#include <errno.h>
#include <ftw.h>
#include <unistd.h>

#include "answers.h"
#include "faults/shim.h"
#include "record/record.h"

#define SECOND 1000000000u
#define WORD "bluefalcon"
enum { WALLS = 16 };

/* ---- policies -------------------------------------------------------------------------------------------------------- */
static desk walls[WALLS];
static uint64_t playing;

static void write_policy(bawn_buf *out, dice *d)
{
    static const char *const stream[] = { "", "    stream: {default: buffer}\n", "    stream: {default: window 40}\n" };
    static const char *const hold[] = { "4KiB", "16KiB", "64KiB" };
    bool scored = one_in(d, 3), allowed = one_in(d, 3);

    bawn_buf_str(out, "version: 1\nupstreams: {main: {dialect: openai, url: http://127.0.0.1:9/v1}}\n");
    bawn_buf_fmt(out, "defaults: {guardrail: g, hold: {bytes: %s, time: 2s}%s%s}\n", PICK(d, hold), allowed ? ", on_error: allow" : "",
                 one_in(d, 3) ? ", on_block: error" : "");
    if (scored)
        bawn_buf_str(out, "scorer: {socket: /run/none, deadline: {request: 300ms}}\n");
    bawn_buf_str(out, "guardrails:\n  g:\n    word_filters: {custom: [{words: [" WORD "], action: block}, {words: [stock tips], action: mask}]}\n"
                      "    sensitive_information: {entities: {EMAIL: {input: token, output: mask}, PHONE: {input: token, output: none}}}\n");
    bawn_buf_str(out, PICK(d, stream));
    if (one_in(d, 4))
        bawn_buf_str(out, "    leak: {canary: true}\n");
    bawn_buf_byte(out, 0);
}

static desk *wall_of(size_t i)
{
    if (!walls[i].wall) {
        bawn_buf yaml = { 0 };
        dice d = { 1000 + i };
        write_policy(&yaml, &d);
        walls[i] = desk_open(yaml.ptr);
        bawn_buf_free(&yaml);
    }
    return &walls[i];
}

/* ---- a world --------------------------------------------------------------------------------------------------------- */
typedef enum { ANSWERS, CUT, STALLS, UNREACHABLE, SILENT, REFUSES, ODD_TYPE, NO_TYPE } upstream;
typedef struct {
    uint64_t seed, now, job, deadline;
    dice d;
    bawn_exchange *x;
    bawn_buf request, answer;
    const char *type;
    size_t at[2], cut;                  /* fed so far; where the upstream breaks off */
    upstream upstream;
    int status, job_kind;               /* job_kind 0: none is awaited */
    bawn_slice asked;                   /* the scorer's frame */
    uint32_t n_asked;
    size_t fails_after, fails_for;      /* turns until memory fails, SIZE_MAX never; how often more */
    bool passed, opened, left, gone, memory, refused, refused_now, attributes;
    run r;
    size_t sent_when_refused;           /* with the steps of the call that failed: what it let go before that was judged */
} world;

static void write_request(world *w, bool stream)
{
    bawn_buf_fmt(&w->request, "{\"model\":\"m-1\",\"stream\":%s,\"messages\":[", stream ? "true" : "false");
    for (size_t n = 1 + under(&w->d, 4), i = 0; i < n; i++) {
        bawn_buf text = { 0 };
        bool system = i == 0 && i + 1 < n;              /* what the application says is judged less hard */
        write_text(&text, &w->d, 1 + under(&w->d, one_in(&w->d, 20) ? 300 : 10), !system && one_in(&w->d, 4) ? HOSTILE : 0);
        bawn_buf_fmt(&w->request, "%s{\"role\":\"%s\",\"content\":", i ? "," : "", system ? "system" : i + 1 == n ? "user" : "assistant");
        bawn_json_write_string(&w->request, bawn_buf_slice(&text));
        bawn_buf_byte(&w->request, '}');
        bawn_buf_free(&text);
    }
    bawn_buf_str(&w->request, "]}");
    if (one_in(&w->d, 25))
        w->request.len = under(&w->d, w->request.len + 1);
}

static void write_answer(world *w, bool stream)
{
    answer said;
    random_answer(&said, &w->d, one_in(&w->d, 3) ? HOSTILE : HELD, one_in(&w->d, 2));
    w->type = stream ? "text/event-stream" : "application/json";
    if (stream)
        write_stream(&w->answer, &said, &w->d, 1 + under(&w->d, 60));
    else
        write_whole(&w->answer, &said);
    answer_free(&said);
    if (one_in(&w->d, 15))
        w->answer.ptr[under(&w->d, w->answer.len)] = (char)roll(&w->d);      /* rubbish */
}

static void make(world *w, uint64_t seed)
{
    static const upstream ways[] = { ANSWERS, ANSWERS, ANSWERS, ANSWERS, CUT, CUT, STALLS, UNREACHABLE, SILENT, REFUSES, ODD_TYPE, NO_TYPE };
    static const int refusals[] = { 400, 401, 404, 429, 500, 503, 529 };
    *w = (world){ .seed = seed, .d = { seed }, .now = NOW, .fails_after = SIZE_MAX, .status = 200 };
    bool stream = one_in(&w->d, 2);
    write_request(w, stream);
    write_answer(w, one_in(&w->d, 20) ? !stream : stream);
    w->upstream = PICK(&w->d, ways);
    w->cut = w->upstream == CUT || w->upstream == STALLS ? under(&w->d, w->answer.len + 1) : w->answer.len;
    if (w->upstream == REFUSES)
        w->status = PICK(&w->d, refusals);
    if (w->upstream == ODD_TYPE)
        w->type = "text/html";
    if (one_in(&w->d, 3))
        w->fails_after = under(&w->d, 12), w->fails_for = one_in(&w->d, 3) ? under(&w->d, 60) : 0;
    bawn_buf_add(&w->r.request, bawn_buf_slice(&w->request));
}

static void unmake(world *w)
{
    bawn_buf_free(&w->request);
    bawn_buf_free(&w->answer);
    run_free(&w->r);
}

/* ---- the disk ---------------------------------------------------------------------------------------------------------- */
static char folder[64];
static bawn_spool *spool;
static uint64_t spool_time = NOW;       /* a worker's clock goes on (connectors/nginx: it is carried on by the monotonic one) */
static struct { uint64_t *hashes; size_t n, cap; } kept;      /* of records that the spool acknowledged, in order */

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static void break_disk(dice *d)
{
    static const int errors[] = { ENOSPC, EIO, EINTR, 0 };
    memset(bawn_shim->rules, 0, sizeof bawn_shim->rules);
    for (int call = 0; call < SHIM_CALLS; call++)
        if (one_in(d, 12))
            bawn_shim->rules[call] = (shim_rule){ .nth = 1, .error = call == SHIM_WRITE ? PICK(d, errors) : EIO, .sticky = one_in(d, 2),
                                                  .bytes = (int64_t)under(d, 900) - 100 };
    if (bawn_shim->rules[SHIM_WRITE].error == EINTR)
        bawn_shim->rules[SHIM_WRITE].sticky = 0, bawn_shim->rules[SHIM_WRITE].bytes = -1;
}

static void record(world *w, bawn_slice line)
{
    dice d = { w->seed ^ 0xD15C };
    bawn_error err;
    break_disk(&d);
    spool_time++;
    if (bawn_spool_append(spool, line, spool_time, &err) && (one_in(&d, 2) || bawn_spool_sync(spool, &err))) {
        if (kept.n == kept.cap) {
            kept.cap = kept.cap ? 2 * kept.cap : 1024;
            kept.hashes = realloc(kept.hashes, kept.cap * sizeof *kept.hashes);
            assert_non_null(kept.hashes);
        }
        kept.hashes[kept.n++] = bawn_hash64(line, 1);
    } else if (err.code != BAWN_E_RECORD_UNAVAILABLE) {
        fail_msg("the spool failed as %d: %s", err.code, err.message);
    }
    memset(bawn_shim->rules, 0, sizeof bawn_shim->rules);
}

static void read_spool(void)
{
    bawn_spool_reader *r;
    bawn_spool_position position;
    bawn_slice line;
    bawn_error err = { 0 };
    size_t next = 0, repaired;
    bawn_read what;
    assert_true(bawn_spool_repair(folder, NOW, &repaired, &err));
    assert_true(bawn_spool_reader_open(&r, folder, &err));
    while ((what = bawn_spool_next(r, &line, &position, &err)) != BAWN_READ_END) {
        if (what != BAWN_READ_EVENT)
            fail_msg("%s: %s", position.file, err.message);
        next += next < kept.n && kept.hashes[next] == bawn_hash64(line, 1);
    }
    bawn_spool_reader_close(r);
    if (next != kept.n)
        fail_msg("record %zu of %zu was acknowledged and is lost, or stands in another place", next, kept.n);
    print_message("%zu records acknowledged and read back, %zu torn tails repaired\n", kept.n, repaired);
}

/* ---- the connector ------------------------------------------------------------------------------------------------------ */
static void refused(world *w, bool ok)
{
    if (ok || w->refused)
        return;
    w->refused = w->r.refused_call = w->refused_now = true;
}

static void note_job(world *w, const bawn_job *j)
{
    note_step(&w->r, 'N');
    w->r.needs++;
    w->job = j->id, w->job_kind = j->kind, w->deadline = j->deadline_ns;
    if (j->kind != 1 && j->kind != 3)
        fail_msg("a job of kind %d", j->kind);
    if (j->kind == 1) {
        memcpy(&w->n_asked, j->frame.ptr, 4);
        if (j->deadline_ns <= w->now)
            fail_msg("a job that is over before it begins");
    }
}

static void obey(world *w)
{
    size_t failing = bawn_malloc_fail_at;               /* the world's own allocations do not fail */
    bawn_step s;
    bawn_side side = w->opened || w->gone ? BAWN_OUTPUT : BAWN_INPUT;
    while (bawn_malloc_fail_at = failing, bawn_exchange_next(&s, w->x)) {
        failing = bawn_malloc_fail_at;
        bawn_malloc_fail_at = 0;
        switch (s.kind) {
        case BAWN_EMIT:
            note_step(&w->r, 'E');
            bawn_buf_add(w->r.record.len ? &w->r.tail : &w->r.answer, s.emit);
            break;
        case BAWN_EDITS:
            note_step(&w->r, 'D');
            splice_body(side == BAWN_INPUT ? &w->r.request : &w->r.answer, bawn_buf_slice(side == BAWN_INPUT ? &w->request : &w->answer),
                        s.edits, s.n_edits);
            break;
        case BAWN_VERDICT:
            note_step(&w->r, 'V');
            note_verdict(&w->r, &s, side);
            w->passed = w->passed || (side == BAWN_INPUT && !s.status);
            break;
        case BAWN_RECORD:
            note_step(&w->r, 'R');
            bawn_buf_add(&w->r.record, s.record);
            record(w, s.record);
            break;
        case BAWN_NEED:
            note_job(w, &s.job);
            break;
        case BAWN_END:
            note_step(&w->r, 'X');
            w->r.ended = true;
            break;
        default:
            fail_msg("unknown step %d", s.kind);
        }
    }
    if (w->refused_now)
        w->sent_when_refused = w->r.answer.len + w->r.tail.len;
    w->refused_now = false;
}

static void tick(world *w)
{
    uint64_t next = 0;
    refused(w, bawn_exchange_tick(w->x, w->now, &next));
    if (next <= w->now)
        fail_msg("a timer for %lld ns from now", (long long)(next - w->now));
    if (w->job_kind == 1 && w->now >= w->deadline)
        w->job_kind = 0;
}

/* Feeds at most 1 to `most` bytes, in a piece that is freed at once. */
static void feed(world *w, bawn_side side, bawn_slice body, size_t end, bool whole)
{
    static const size_t sizes[] = { 4, 40, 400, 100000 };
    size_t at = w->at[side], n = 1 + under(&w->d, PICK(&w->d, sizes));
    n = n > end - at ? end - at : n;
    char *piece = malloc(n + 1);
    memcpy(piece, body.ptr ? body.ptr + at : "", n);
    w->at[side] = at + n;
    refused(w, bawn_exchange_feed(w->x, side, bawn_slice_of(piece, n), whole && at + n == body.len, w->now));
    free(piece);
}

static void answer_job(world *w)
{
    static const char *const words[] = { "timeout", "overloaded", "crashed", "no_memory", "", "rubbish" };
    size_t how = under(&w->d, 10);
    bool ok = true;
    float scores[512] = { 0 };
    bawn_slice frame = { (const char *)scores, w->n_asked * sizeof *scores };

    if (how == 0) {
        refused(w, bawn_exchange_resume(w->x, w->job ^ (1 + under(&w->d, 3)), true, frame, w->now));   /* nobody's */
        return;
    }
    if (how == 1 && w->job_kind == 1) {                 /* silent; what comes then is late */
        w->now = w->deadline + under(&w->d, SECOND);
        uint64_t late = w->job;
        tick(w);
        obey(w);
        if (!w->job_kind)
            refused(w, bawn_exchange_resume(w->x, late, true, frame, w->now));
        return;
    }
    for (size_t i = 0; i < w->n_asked && i < BAWN_COUNT(scores); i++)
        scores[i] = one_in(&w->d, 6) ? 0.99f : 0.01f;
    if (frame.len > sizeof scores || how == 2)
        frame.len = under(&w->d, sizeof scores);
    if (how == 3 && w->job_kind == 1)
        ok = false, frame = bawn_slice_str(PICK(&w->d, words));
    w->job_kind = 0;
    refused(w, bawn_exchange_resume(w->x, w->job, ok, frame, w->now));
}

static void open_answer(world *w)
{
    bool none = w->upstream == UNREACHABLE || w->upstream == SILENT;
    int status = w->upstream == UNREACHABLE ? 502 : w->upstream == SILENT ? 504 : w->status;
    w->opened = true;
    if (w->upstream == REFUSES || none || w->upstream == ODD_TYPE)
        bawn_buf_clear(&w->answer), bawn_buf_str(&w->answer, "{\"error\":{\"message\":\"no\"}}"), w->cut = w->answer.len;
    else if (strcmp(w->type, "application/json") == 0)
        bawn_buf_add(&w->r.answer, bawn_buf_slice(&w->answer));
    bawn_slice type = w->upstream == NO_TYPE ? BAWN_LIT("application/octet-stream") : none ? BAWN_NIL : bawn_slice_str(w->type);
    refused(w, bawn_exchange_response(w->x, status, type, w->now));
    if (none) {
        w->gone = true;
        refused(w, bawn_exchange_abort(w->x, BAWN_OUTPUT, w->now));
    }
}

static void break_off(world *w)
{
    w->gone = true;
    if (w->upstream == STALLS) {
        w->now += 60 * (uint64_t)SECOND;
        refused(w, bawn_exchange_response(w->x, 504, BAWN_NIL, w->now));
    }
    refused(w, bawn_exchange_abort(w->x, BAWN_OUTPUT, w->now));
}

/* One thing happens. False: nothing more can. */
static bool turn(world *w)
{
    bool broken = w->upstream == CUT || w->upstream == STALLS;
    w->now += under(&w->d, 3000000);
    if (one_in(&w->d, 60))
        w->now = one_in(&w->d, 3) && w->now > NOW + SECOND ? NOW : w->now + under(&w->d, 3600) * SECOND;
    if (one_in(&w->d, 8))
        tick(w);
    else if (one_in(&w->d, 150))
        w->left = true, refused(w, bawn_exchange_abort(w->x, BAWN_INPUT, w->now));
    else if (w->job_kind)
        answer_job(w);
    else if (w->at[BAWN_INPUT] < w->request.len || !w->request.len)
        feed(w, BAWN_INPUT, bawn_buf_slice(&w->request), w->request.len, true), w->request.len += !w->request.len;
    else if (w->passed && !w->opened)
        open_answer(w);
    else if (w->opened && w->at[BAWN_OUTPUT] < w->cut)
        feed(w, BAWN_OUTPUT, bawn_buf_slice(&w->answer), w->cut, !broken);
    else if (w->opened && broken && !w->gone)
        break_off(w);
    else
        return false;
    return true;
}

/* ---- what must hold ------------------------------------------------------------------------------------------------------ */
static bool shows_word(bawn_slice s)
{
    for (size_t at = 0; (at += bawn_slice_find(bawn_slice_of(s.ptr + at, s.len - at), BAWN_LIT(WORD))) < s.len; at += sizeof WORD - 1) {
        size_t end = at + sizeof WORD - 1;
        if ((at == 0 || (!bawn_is_alnum((unsigned char)s.ptr[at - 1]) && (unsigned char)s.ptr[at - 1] < 0x80)) &&
            (end == s.len || (!bawn_is_alnum((unsigned char)s.ptr[end]) && (unsigned char)s.ptr[end] < 0x80 && s.ptr[end] != '\\')))
            return true;
    }
    return false;
}

static bool has(const bawn_buf *b, const char *what) { return bawn_slice_find(bawn_buf_slice(b), bawn_slice_str(what)) < b->len; }

static void check_failure(const world *w)
{
    const run *r = &w->r;
    size_t sent = r->answer.len + r->tail.len;
    bool whole = !r->stream && r->status;               /* an error in the answer's place */
    if (w->refused && !whole && w->opened && strcmp(w->type, "text/event-stream") == 0 && sent > w->sent_when_refused + 2048)
        fail_msg("%zu bytes left behind a failure", sent - w->sent_when_refused);
    if (w->refused && r->ended && r->status >= 500 && !has(&r->answer, "guard_failed") && !has(&r->answer, "upstream"))
        fail_msg("status %d without its error: %.*s", r->status, (int)r->answer.len, r->answer.ptr);
    bool off = has(&r->record, "{\"guard\":\"words\",\"code\"");
    if (off && r->ended && !has(&r->record, "\"action\":\"fail\"") && w->fails_after == SIZE_MAX && w->deadline == 0 && !has(&r->record, "\"timeout\"")
        && !has(&r->record, "\"overloaded\""))
        fail_msg("a guard was off for no reason: %.*s", (int)r->record.len, r->record.ptr);
    if (w->passed && !off && shows_word(bawn_buf_slice(&r->request)) && !has(&r->record, "\"failed\":[{"))
        fail_msg("the word went upstream: %.*s\n%.*s", (int)r->request.len, r->request.ptr, (int)r->record.len, r->record.ptr);
    bool delivered = w->opened && w->status == 200 && r->ended && !w->left;
    if (delivered && !off && !has(&r->record, "\"failed\":[{") && (shows_word(bawn_buf_slice(&r->answer)) || shows_word(bawn_buf_slice(&r->tail))))
        fail_msg("the word reached the client: %.*s\n%.*s", (int)r->answer.len, r->answer.ptr, (int)r->record.len, r->record.ptr);
}

static void check(const world *w)
{
    const run *r = &w->r;
    bawn_json j = { 0 };
    if (!r->ended && !w->memory)
        fail_msg("no end: %s (job %d, passed %d, opened %d, refused %d)", r->steps, w->job_kind, w->passed, w->opened, w->refused);
    if (w->refused && !w->memory)
        fail_msg("a call failed: %s", r->steps);
    if (r->ended && !w->left)
        check_order(r);
    if (r->ended && !bawn_json_parse(&j, bawn_buf_slice(&r->record), 64, NULL))
        fail_msg("the record is no JSON: %.*s", (int)r->record.len, r->record.ptr);
    bawn_json_free(&j);
    check_failure(w);
}

/* After the end nothing is said any more. */
static void check_silence(world *w)
{
    bawn_step s;
    uint64_t next;
    (void)bawn_exchange_resume(w->x, w->job, true, BAWN_NIL, w->now);
    (void)bawn_exchange_feed(w->x, BAWN_OUTPUT, BAWN_LIT("data: more\n\n"), false, w->now);
    (void)bawn_exchange_abort(w->x, BAWN_OUTPUT, w->now);
    (void)bawn_exchange_tick(w->x, w->now + 3600 * (uint64_t)SECOND, &next);
    if (bawn_exchange_next(&s, w->x))
        fail_msg("step %d behind END", s.kind);
}

static void play(world *w)
{
    static const uint8_t bytes[32] = { 7, 1, 2 };
    static const size_t reach[] = { 3, 3, 40 };
    bawn_error err = { 0 };
    bawn_attribute trace = { BAWN_LIT("http.accept_language"), BAWN_LIT("de-AT,en;q=0.5") };
    desk *here = wall_of(under(&w->d, WALLS));
    if (w->fails_after != SIZE_MAX && one_in(&w->d, 4)) {      /* a worker that has nothing yet asks for more memory */
        bawn_worker_free(here->worker);
        assert_true(bawn_worker_new(&here->worker, here->wall, &err));
    }
    if (!bawn_exchange_new(&w->x, here->worker, BAWN_LIT("openai"), BAWN_LIT("POST"), BAWN_LIT("/v1/chat/completions"), &trace, 1,
                           w->now, bytes, &err))
        fail_msg("no exchange: %s", err.message);
    for (size_t turns = 0; !w->r.ended; turns++) {
        if (turns == w->fails_after)
            bawn_malloc_fail_at = 1 + under(&w->d, PICK(&w->d, reach)), bawn_malloc_fail_more = w->fails_for;
        bool armed = bawn_malloc_fail_at != 0, more = turn(w);
        obey(w);
        w->memory = w->memory || (armed && bawn_malloc_fail_at == 0) || bawn_malloc_fail_more < w->fails_for;
        if (!more || turns > 2000000)
            break;
    }
    bawn_malloc_fail_at = bawn_malloc_fail_more = 0;
    if (!w->r.ended && w->memory) {                     /* no memory even for a refusal: the connection is ended */
        w->left = true;
        refused(w, bawn_exchange_abort(w->x, BAWN_INPUT, w->now));
        obey(w);
        if (!w->r.ended)
            fail_msg("a client that left is not recorded: %s", w->r.steps);
    }
    if (w->r.ended)
        check_silence(w);
    check(w);
    bawn_exchange_free(w->x);
}

/* Times are what may differ. */
static void without_times(bawn_buf *record)
{
    size_t at = bawn_slice_find(bawn_buf_slice(record), BAWN_LIT("\"latency_us\":{"));
    for (; at < record->len && record->ptr[at] != '}'; at++)
        record->ptr[at] = '#';
}

static void same(const char *what, const bawn_buf *a, const bawn_buf *b)
{
    if (!bawn_slice_eq(bawn_buf_slice(a), bawn_buf_slice(b)))
        fail_msg("%s differs\n%.*s\n%.*s", what, (int)a->len, a->ptr, (int)b->len, b->ptr);
}

static void every_seed_keeps_the_contracts(void **state)
{
    size_t seed = environment("BAWN_SEED", 1), many = environment("BAWN_ROUNDS", 2500), ended[3] = { 0 };
    (void)state;
    for (size_t i = 0; i < many; i++) {
        world w, again;
        playing = seed + i;
        make(&w, seed + i);
        play(&w);
        make(&again, seed + i);
        play(&again);
        ended[0] += w.r.status >= 400 || w.r.failed[0] || w.r.failed[1], ended[1] += w.memory, ended[2] += w.left;
        if (!w.memory && !again.memory) {
            without_times(&w.r.record), without_times(&again.r.record);
            same("what goes upstream", &w.r.request, &again.r.request);
            same("what goes to the client", &w.r.answer, &again.r.answer);
            same("its end", &w.r.tail, &again.r.tail);
            same("the verdicts", &w.r.verdicts, &again.r.verdicts);
            same("the record", &w.r.record, &again.r.record);
            assert_string_equal(w.r.steps, again.r.steps);
        }
        unmake(&w), unmake(&again);
    }
    playing = 0;
    bawn_spool_close(spool);
    spool = NULL;
    read_spool();
    print_message("%zu worlds: %zu refused or failed, %zu without memory, %zu whose client left\n", many, ended[0], ended[1], ended[2]);
    if (many >= 1000)
        assert_true(ended[0] > many / 20 && ended[1] > many / 20 && ended[2] > many / 50);
}

static int set_up(void **state)
{
    bawn_spool_options o = { .folder = folder, .worker = 1, .rotate_bytes = 256 << 10, .sync = true };
    (void)state;
    bawn_shim->no_sync = 1;
    snprintf(folder, sizeof folder, "/tmp/bawn-simulate-XXXXXX");
    return mkdtemp(folder) && bawn_spool_open(&spool, &o, NOW, NULL) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    if (playing)
        print_error("to play it again: BAWN_SEED=%llu BAWN_ROUNDS=1\n", (unsigned long long)playing);
    for (size_t i = 0; i < WALLS; i++)
        if (walls[i].wall)
            desk_close(&walls[i]);
    free(kept.hashes);
    bawn_spool_close(spool);
    return nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(every_seed_keeps_the_contracts, set_up, tear_down) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

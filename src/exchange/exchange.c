/* The calls of bawn.h on an exchange, and the order in which its steps are handed out. */
#include "exchange/exchange.h"

#define SPARES 64               /* exchanges that a worker keeps for reuse, so that the hot path allocates nothing */
#define SPARE_BYTES (64u << 10) /* a buffer that grew larger is given back */

/* ---- making and freeing ----------------------------------------------------------------------------------------- */
typedef struct { bawn_exchange *items[SPARES]; size_t n; } spares;

static void destroy(bawn_exchange *x)
{
    bawn_buf *bufs[] = { &x->body, &x->answer, &x->frame, &x->emit, &x->handed, &x->final, &x->reply, &x->record };
    for (size_t i = 0; i < BAWN_COUNT(bufs); i++)
        bawn_buf_free(bufs[i]);
    bawn_json_free(&x->json);
    bawn_json_free(&x->answer_json);
    bawn_finds_free(&x->finds[0]);
    bawn_finds_free(&x->finds[1]);
    bawn_stream_free(&x->stream);
    bawn_work_free(&x->work);
    bawn_tokens_free(x->tokens);
    bawn_leak_prompt_free(x->prompt);
    bawn_arena_free(x->arena);
    bawn_arena_free(x->event_arena);
    bawn_free(x);
}

static void free_spares(void *p)
{
    spares *s = p;
    for (size_t i = 0; i < s->n; i++)
        destroy(s->items[i]);
    bawn_free(s);
}

static void trim(bawn_buf *b)
{
    if (b->cap > SPARE_BYTES)
        bawn_buf_free(b);
    bawn_buf_clear(b);
}

/* Everything a caller could still see is forgotten; what is expensive to make is kept. */
static void clear(bawn_exchange *x)
{
    bawn_exchange old = *x;
    bawn_buf *bufs[] = { &old.body, &old.answer, &old.frame, &old.emit, &old.handed, &old.final, &old.reply, &old.record,
                         &old.work.joined };

    for (size_t i = 0; i < BAWN_COUNT(bufs); i++) {
        if (bufs[i]->ptr)
            explicit_bzero(bufs[i]->ptr, bufs[i]->len);
        trim(bufs[i]);
    }
    bawn_tokens_free(old.tokens);
    bawn_slices_free(old.work.slices);
    bawn_leak_prompt_free(old.prompt);
    bawn_stream_reset(&old.stream);
    if (bawn_arena_used(old.arena) > SPARE_BYTES) {
        bawn_arena_free(old.arena);
        old.arena = NULL;
    } else {
        bawn_arena_reset(old.arena);
    }
    *x = (bawn_exchange){ .body = old.body, .answer = old.answer, .frame = old.frame, .emit = old.emit, .handed = old.handed,
                          .final = old.final, .reply = old.reply, .record = old.record, .json = old.json,
                          .answer_json = old.answer_json, .arena = old.arena, .event_arena = old.event_arena,
                          .stream = old.stream, .finds = { old.finds[0], old.finds[1] },
                          .work = { .joined = old.work.joined, .found = old.work.found } };
    x->finds[0].n = x->finds[1].n = x->work.found.n = 0;
    if (x->json.cap > SPARE_BYTES / sizeof(bawn_json_token))
        bawn_json_free(&x->json), x->json = (bawn_json){ 0 };
}

static bawn_exchange *take(bawn_worker *w)
{
    spares *s = w->spares;
    if (!s) {
        s = w->spares = bawn_malloc(sizeof *s);
        w->free_spares = free_spares;
        if (s)
            s->n = 0;
    }
    if (s && s->n > 0)
        return s->items[--s->n];
    bawn_exchange *x = bawn_malloc(sizeof *x);
    if (x)
        *x = (bawn_exchange){ 0 };
    return x;
}

void bawn_exchange_free(bawn_exchange *x)
{
    if (!x)
        return;
    spares *s = x->worker ? x->worker->spares : NULL;
    if (s && s->n < SPARES && x->arena && x->event_arena) {
        clear(x);
        if (x->arena) {
            s->items[s->n++] = x;
            return;
        }
    }
    destroy(x);
}

static bool copy_attributes(bawn_exchange *x, const bawn_attribute *a, size_t n)
{
    bool ok = true;
    x->attributes = bawn_arena_alloc(x->arena, (n + 1) * sizeof *x->attributes);
    if (!x->attributes)
        return false;
    for (size_t i = 0; i < n; i++)
        x->attributes[x->n_attributes++] = (bawn_attribute){ bawn_arena_copy(x->arena, a[i].key, &ok),
                                                             bawn_arena_copy(x->arena, a[i].value, &ok) };
    return ok;
}

bawn_slice bawn_exchange_attribute(const bawn_exchange *x, const char *key)
{
    for (size_t i = 0; i < x->n_attributes; i++)
        if (bawn_slice_is(x->attributes[i].key, key))
            return x->attributes[i].value;
    return BAWN_NIL;
}

void bawn_exchange_spent(bawn_exchange *x, bawn_stage stage)
{
    if (!x->worker->clock)
        return;
    uint64_t now = x->worker->clock(x->worker->clock_user);
    x->spent_ns[stage] += now > x->since_ns ? now - x->since_ns : 0;
    x->timed[stage] = true;
    x->since_ns = now;
}

/* Of the policy's file, or one of its versions that a route names; -1: there is none. */
static int guardrail_at(const bawn_wall *w, bawn_slice name, bawn_slice version)
{
    uint64_t number = 0;

    if (bawn_slice_is(version, "DRAFT"))
        return bawn_wall_guardrail_find(w, name);
    for (size_t i = 0; i < version.len; i++) {
        if (!bawn_is_digit((unsigned char)version.ptr[i]) || version.len > 8)
            return -1;
        number = number * 10 + (uint64_t)(version.ptr[i] - '0');
    }
    const bawn_version *v = bawn_wall_version_find(w, name, number);
    return v ? (int)(w->n_drafts + (size_t)(v - w->versions)) : -1;
}

/* Where the URI names a guardrail, it is that. False: out of memory. */
static bool name_guardrail(int *g, bawn_exchange *x)
{
    bawn_slice name, version;

    if (!x->dialect->guardrail_of)
        return true;
    if (!x->dialect->guardrail_of(&name, &version, x->operation, x->uri, x->arena))
        return false;
    if (name.len == 0)
        return true;
    int named = guardrail_at(x->wall, name, version);
    x->no_such_guardrail = named < 0;
    *g = named < 0 ? *g : named;
    return true;
}

/* The guardrail: the attribute `guardrail` (a location of nginx may name one), else the operation's route. */
static bool choose_guardrail(bawn_exchange *x, bawn_error *err)
{
    const bawn_wall *w = x->wall;
    bawn_slice named = bawn_exchange_attribute(x, "guardrail");
    const bawn_route *route = bawn_upstream_route(x);
    int g = route ? route->guardrail : w->default_guardrail;

    if (named.len > 0 && (g = bawn_wall_guardrail_find(w, named)) < 0)
        return bawn_error_set(err, BAWN_E_POLICY, "there is no guardrail `%.*s`", (int)named.len, named.ptr);
    if (!name_guardrail(&g, x))
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for an exchange");
    if (bawn_slice_is(bawn_exchange_attribute(x, "policy"), "off"))
        g = -1;
    x->guardrail = g < 0 ? NULL : &w->guardrails[g];
    return true;
}

/* The next name of a list such as "openai, anthropic". */
static bool next_name(bawn_slice *name, bawn_slice *list)
{
    size_t n = 0;

    while (list->len > 0 && (list->ptr[0] == ',' || list->ptr[0] == ' '))
        *list = bawn_slice_of(list->ptr + 1, list->len - 1);
    while (n < list->len && list->ptr[n] != ',' && list->ptr[n] != ' ')
        n++;
    *name = bawn_slice_of(list->ptr, n);
    *list = bawn_slice_of(list->ptr + n, list->len - n);
    return n > 0;
}

/* How well a request fits a dialect. Best is one that knows its route; where two do (lists of models), Anthropic's if the client
 * says which version of that API he speaks. A route that none knows is refused in the form of the one whose paths begin so. */
static size_t fit(const bawn_exchange *x, const bawn_dialect *d, bawn_operation op)
{
    bool versioned = d == &bawn_dialect_anthropic && bawn_exchange_attribute(x, "http.request.anthropic_version").len > 0;
    bool alike = bawn_slice_starts(x->uri, bawn_slice_str(d->family));

    return (op != BAWN_OP_UNKNOWN ? 1000u : 0u) + (versioned ? 500u : 0u) + (alike ? strlen(d->family) : 0u) + 1u;
}

/* Takes the dialect where it fits better than what was found before. */
static void try_dialect(bawn_exchange *x, size_t *best, const bawn_dialect *d)
{
    bawn_slice rest;
    bawn_operation op = d->route(x->method, x->uri, &rest);
    size_t fits = fit(x, d, op);

    if (fits <= *best)
        return;
    *best = fits;
    x->dialect = d;
    x->operation = op;
    x->rest = rest;
}

static bool choose_dialect(bawn_exchange *x, bawn_slice names, bawn_error *err)
{
    size_t best = 0;

    for (bawn_slice name, list = names; next_name(&name, &list);) {
        const bawn_dialect *d = bawn_dialect_find(name);
        if (!d)
            return bawn_error_set(err, BAWN_E_USAGE, "the dialect `%.*s` is not built; there are openai, anthropic, bedrock and guardrail",
                                  (int)name.len, name.ptr);
        for (; d; d = d->next)
            try_dialect(x, &best, d);
    }
    return best > 0 || bawn_error_set(err, BAWN_E_USAGE, "no dialect is named, expected such as openai");
}

static bool set_up(bawn_exchange *x, bawn_worker *w, bawn_slice dialect, bawn_slice method, bawn_slice raw_uri,
                   const bawn_attribute *attributes, size_t n, uint64_t now_ns, const uint8_t seed[32], bawn_error *err)
{
    bool ok = true;

    x->worker = w;
    x->wall = w->wall;
    x->started_ns = x->now_ns = x->since_ns = now_ns;
    x->answered.input_tokens = x->answered.output_tokens = -1;
    memcpy(x->seed, seed, 32);
    bawn_uuid7(x->id, now_ns, seed);
    if (!x->arena)
        x->arena = bawn_arena_new(8192, 0);
    if (!x->event_arena)
        x->event_arena = bawn_arena_new(2048, 0);
    if (!x->arena || !x->event_arena || !copy_attributes(x, attributes, n))
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for an exchange");
    x->method = bawn_arena_copy(x->arena, method, &ok);
    x->uri = bawn_arena_copy(x->arena, raw_uri, &ok);
    if (!ok)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for an exchange");
    return choose_dialect(x, dialect, err) && choose_guardrail(x, err);
}

bool bawn_exchange_new(bawn_exchange **out, bawn_worker *w, bawn_slice dialect, bawn_slice method, bawn_slice raw_uri,
                       const bawn_attribute *attributes, size_t n, uint64_t now_ns, const uint8_t seed[32], bawn_error *err)
{
    bawn_exchange *x = take(w);

    *out = NULL;
    if (!x)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for an exchange");
    if (!set_up(x, w, dialect, method, raw_uri, attributes, n, now_ns, seed, err)) {
        destroy(x);
        return false;
    }
    *out = x;
    if (bawn_slice_is(bawn_exchange_attribute(x, "policy"), "off"))
        bawn_request_begin(x);                  /* nothing of the body is read: the verdict stands now (R17) */
    return true;
}

bawn_slice bawn_exchange_id(const bawn_exchange *x) { return bawn_slice_of(x->id, 36); }

/* ---- feeding -------------------------------------------------------------------------------------------------------- */
/* Where memory does not suffice to say so either, each later call tries again, and nothing else. */
static bool fail(bawn_exchange *x)
{
    x->broke = true;
    if (x->recorded)
        return false;
    if (x->mode == BAWN_ANSWER_EVENTS && x->phase == BAWN_PHASE_ANSWER)
        bawn_stream_broken(x, BAWN_E_GUARD_FAILED, "failed");
    else
        bawn_request_refuse(x, BAWN_E_GUARD_FAILED, BAWN_LIT("Bawn ran out of memory; nothing was passed on."), BAWN_NIL);
    return false;
}

static bool feed_request(bawn_exchange *x, bawn_slice bytes, bool last)
{
    x->bytes[BAWN_INPUT] += bytes.len;
    if (x->phase != BAWN_PHASE_REQUEST)
        return !last || fail(x);
    if (x->guardrail && x->bytes[BAWN_INPUT] > x->wall->body_limit)
        return bawn_request_refuse(x, BAWN_E_BODY_TOO_LARGE, BAWN_LIT("The request's body is larger than this gateway "
                                   "takes."), BAWN_NIL);
    if (x->guardrail && x->operation != BAWN_OP_UNKNOWN && !bawn_buf_add(&x->body, bytes))
        return fail(x);
    return !last || bawn_request_begin(x) || fail(x);
}

static bool is_success(int status) { return status >= 200 && status < 300; }

static bool pass_through(bawn_exchange *x, bawn_slice bytes, bool last)
{
    if (bytes.len && !bawn_buf_add(&x->emit, bytes))
        return fail(x);
    if (x->guardrail && !is_success(x->status))
        x->errors += bawn_utf8_count(bytes);
    if (!last)
        return true;
    x->verdict_step = (bawn_step){ .kind = BAWN_VERDICT };
    x->verdict_ready = true;
    bawn_exchange_verdict(x, BAWN_OUTPUT);
    return bawn_exchange_close(x, "complete") || fail(x);
}

static bool feed_answer(bawn_exchange *x, bawn_slice bytes, bool last)
{
    x->bytes[BAWN_OUTPUT] += bytes.len;
    if (x->recorded)
        return true;                            /* what comes behind the end of an answer is nobody's */
    if (x->phase == BAWN_PHASE_ASKED) {         /* policy off: the caller did not say what came */
        x->phase = BAWN_PHASE_ANSWER;
        x->mode = BAWN_ANSWER_PASS;
    }
    if (x->phase != BAWN_PHASE_ANSWER)
        return fail(x);
    if (x->order)
        return true;                            /* nor what comes while it is judged */
    if (x->mode == BAWN_ANSWER_PASS)
        return pass_through(x, bytes, last);
    if (x->mode == BAWN_ANSWER_EVENTS) {
        bool ok = bawn_stream_feed(x, bytes, last) || fail(x);
        if (!x->recorded)                       /* else the record has taken it */
            bawn_exchange_spent(x, BAWN_STAGE_JUDGE);
        return ok;
    }
    if (x->bytes[BAWN_OUTPUT] > BAWN_ANSWER_MAX)
        return bawn_request_refuse(x, BAWN_E_UPSTREAM_INVALID, BAWN_LIT("The upstream's answer is too large."), BAWN_NIL);
    if (!bawn_buf_add(&x->answer, bytes))
        return fail(x);
    return !last || bawn_answer_whole(x) || fail(x);
}

bool bawn_exchange_feed(bawn_exchange *x, bawn_side side, bawn_slice bytes, bool last, uint64_t now_ns)
{
    x->now_ns = x->since_ns = now_ns;
    if (x->broke && !x->recorded)
        return fail(x);
    if (side == BAWN_INPUT)
        return x->recorded || feed_request(x, bytes, last);
    if (x->first_byte_ns == 0)
        x->first_byte_ns = now_ns;
    return feed_answer(x, bytes, last);
}

static bool is_media(bawn_slice type, const char *name)
{
    size_t n = strlen(name);
    if (type.len < n || !bawn_slice_eq_nocase(bawn_slice_of(type.ptr, n), bawn_slice_of(name, n)))
        return false;
    return type.len == n || type.ptr[n] == ';' || type.ptr[n] == ' ';
}

bool bawn_exchange_response(bawn_exchange *x, int status, bawn_slice content_type, uint64_t now_ns)
{
    x->now_ns = now_ns;
    x->late = status == 504 && content_type.len == 0;
    if (x->recorded || x->phase != BAWN_PHASE_ASKED)
        return x->late && x->phase == BAWN_PHASE_ANSWER;
    x->phase = BAWN_PHASE_ANSWER;
    x->status = status;
    x->answers = content_type.len > 0;
    x->mode = BAWN_ANSWER_PASS;
    if (!x->guardrail || !is_success(status) || !bawn_operation_talks(x->operation))
        return true;
    if (is_media(content_type, x->dialect->stream_type ? x->dialect->stream_type : "text/event-stream"))
        x->mode = BAWN_ANSWER_EVENTS;
    else if (is_media(content_type, "application/json"))
        x->mode = BAWN_ANSWER_JSON;
    else
        return bawn_request_refuse(x, BAWN_E_UPSTREAM_INVALID, BAWN_LIT("The upstream's answer cannot be guarded."), BAWN_NIL) || fail(x);
    return true;
}

bool bawn_exchange_resume(bawn_exchange *x, uint64_t job, bool ok, bawn_slice frame, uint64_t now_ns)
{
    bool scoring = x->phase == BAWN_PHASE_SCORING && !x->recorded && job == x->jobs;

    if (scoring)
        bawn_exchange_spent(x, BAWN_STAGE_SCORE);
    else
        x->since_ns = now_ns;
    x->now_ns = now_ns;
    if (x->recorded || job != x->jobs)
        return true;                            /* late: no-op */
    if (x->broke)
        return fail(x);
    if (scoring)
        return bawn_request_scored(x, ok, frame) || fail(x);
    if (x->phase == BAWN_PHASE_JUDGING && x->job.kind == 3)
        return bawn_request_judge(x) || fail(x);
    if (x->phase == BAWN_PHASE_ANSWER && x->order)
        return bawn_answer_judge(x) || fail(x);
    return true;
}

bool bawn_exchange_tick(bawn_exchange *x, uint64_t now_ns, uint64_t *next_ns)
{
    bool ok = !x->broke || x->recorded || fail(x);
    x->now_ns = now_ns;
    if (x->phase != BAWN_PHASE_SCORING)
        x->since_ns = now_ns;
    if (!x->recorded && x->phase == BAWN_PHASE_SCORING && now_ns >= x->job.deadline_ns)
        ok = bawn_exchange_resume(x, x->jobs, false, BAWN_NIL, now_ns);
    if (!x->recorded && !x->broke && x->mode == BAWN_ANSWER_EVENTS)
        ok = (bawn_stream_tick(x) || fail(x)) && ok;
    *next_ns = x->recorded ? UINT64_MAX : x->phase == BAWN_PHASE_SCORING ? x->job.deadline_ns : bawn_stream_deadline(x);
    return ok;
}

static bool client_left(bawn_exchange *x)
{
    bawn_buf_clear(&x->emit);
    if (x->mode == BAWN_ANSWER_EVENTS && x->phase == BAWN_PHASE_ANSWER) {
        bawn_stream_collect(x);
        bawn_exchange_verdict(x, BAWN_OUTPUT);
    }
    return bawn_exchange_close(x, "client_left");
}

/* The upstream gave no answer, or only part of one. */
static bool upstream_left(bawn_exchange *x)
{
    bool begun = x->first_byte_ns > 0;
    const char *end = x->late ? "upstream_timeout" : "upstream_died";

    if (x->mode == BAWN_ANSWER_EVENTS && x->phase == BAWN_PHASE_ANSWER)
        return bawn_stream_broken(x, x->late ? BAWN_E_UPSTREAM_TIMEOUT : BAWN_E_UPSTREAM_INVALID, end);
    if (x->mode == BAWN_ANSWER_PASS && x->phase == BAWN_PHASE_ANSWER && begun)
        return bawn_exchange_close(x, end);
    if (x->late)
        return bawn_request_refuse(x, BAWN_E_UPSTREAM_TIMEOUT, BAWN_LIT("The upstream did not answer in time."), BAWN_NIL);
    if (begun || x->answers)
        return bawn_request_refuse(x, BAWN_E_UPSTREAM_INVALID, BAWN_LIT("The upstream's answer broke off."), BAWN_NIL);
    if (x->status == 200)
        return bawn_request_refuse(x, BAWN_E_UPSTREAM_INVALID, BAWN_LIT("The upstream's answer cannot be guarded."), BAWN_NIL);
    return bawn_request_refuse(x, BAWN_E_UPSTREAM_UNREACHABLE, BAWN_LIT("The upstream could not be reached."), BAWN_NIL);
}

bool bawn_exchange_abort(bawn_exchange *x, bawn_side who_left, uint64_t now_ns)
{
    x->now_ns = x->since_ns = now_ns;
    if (x->recorded)
        return true;
    if (who_left == BAWN_OUTPUT)
        return upstream_left(x) || fail(x);
    x->broke = !client_left(x) || x->broke;             /* without memory for its record: the next call tries again */
    return !x->broke;
}

bawn_slice bawn_exchange_excuse(bawn_exchange *x, bawn_slice name, bool in_stream)
{
    bawn_slice type, done = x->dialect->done ? bawn_slice_str(x->dialect->done) : BAWN_NIL;
    bawn_slice message = bawn_slice_is(name, "record_unavailable") ? BAWN_LIT("The decision could not be recorded.")
                                                                   : BAWN_LIT("Bawn could not handle this request.");
    int code = bawn_error_code_find(name);

    bawn_buf_clear(&x->reply);
    if (code == BAWN_E_NONE || !(in_stream ? bawn_stream_fails(x, code, message)
                                           : x->dialect->error(&x->reply, &type, code, message, BAWN_NIL)))
        return BAWN_NIL;
    bawn_slice text = bawn_buf_slice(&x->reply);        /* no proper end: that is what stays back */
    if (in_stream && text.len >= done.len && memcmp(text.ptr + text.len - done.len, done.ptr ? done.ptr : "", done.len) == 0)
        text.len -= done.len;
    return text;
}

/* ---- steps -------------------------------------------------------------------------------------------------------------- */
static bool hand_emit(bawn_step *out, bawn_exchange *x, bawn_buf *from)
{
    bawn_buf t = x->handed;                     /* the caller may read it until the next call */
    x->handed = *from;
    *from = t;
    bawn_buf_clear(from);
    x->sent += x->handed.len;
    *out = (bawn_step){ .kind = BAWN_EMIT, .emit = bawn_buf_slice(&x->handed) };
    return true;
}

bool bawn_exchange_next(bawn_step *out, bawn_exchange *x)
{
    if (x->job_waits) {
        x->job_waits = false;
        *out = (bawn_step){ .kind = BAWN_NEED, .job = x->job };
    } else if (x->emit.len > 0) {
        return hand_emit(out, x, &x->emit);
    } else if (x->edits_ready) {
        x->edits_ready = false;
        *out = (bawn_step){ .kind = BAWN_EDITS, .edits = x->edits, .n_edits = x->n_edits };
    } else if (x->verdict_ready) {
        x->verdict_ready = false;
        *out = x->verdict_step;
        out->verdict = &x->verdict;
    } else if (x->record_ready) {
        x->record_ready = false;
        *out = (bawn_step){ .kind = BAWN_RECORD, .record = bawn_buf_slice(&x->record) };
    } else if (x->final_ready) {
        x->final_ready = false;
        return hand_emit(out, x, &x->final);
    } else if (x->end_ready) {
        x->end_ready = false;
        *out = (bawn_step){ .kind = BAWN_END };
    } else {
        return false;
    }
    return true;
}

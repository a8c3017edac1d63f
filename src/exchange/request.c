/* The request side: the whole body becomes a conversation, every field of it is judged, alone and joined with the other
 * texts of its message (RULINGS R40), and one verdict follows. Long bodies are judged in slices: between two of them
 * the caller's event loop runs (contract 5). */
#include "exchange/exchange.h"

/* ---- refusing ------------------------------------------------------------------------------------------------- */
static void set_reply(bawn_exchange *x, int status, bawn_slice content_type, bool stream)
{
    x->status = status;
    x->verdict_step = (bawn_step){ .kind = BAWN_VERDICT, .status = status, .content_type = content_type,
                                   .body = bawn_buf_slice(&x->reply), .stream = stream, .error_type = x->error_type };
    x->verdict_ready = true;
}

bool bawn_request_error(bawn_exchange *x, bawn_slice *content_type, int code, bawn_slice message, bawn_slice param)
{
    x->error_type = bawn_slice_str(x->dialect->error_type ? x->dialect->error_type(code) : NULL);
    return x->dialect->error(&x->reply, content_type, code, message, param);
}

bool bawn_request_refuse(bawn_exchange *x, int code, bawn_slice message, bawn_slice param)
{
    bawn_slice type = BAWN_NIL;

    bawn_buf_clear(&x->reply);
    if (!bawn_request_error(x, &type, code, message, param))
        return false;
    x->reason = bawn_slice_str(bawn_error_code_name(code));
    x->refused = code != BAWN_E_GUARD_FAILED;
    x->failed = !x->refused;
    x->side = x->phase < BAWN_PHASE_ANSWER ? "input" : "output";
    set_reply(x, bawn_dialect_status(code), type, false);
    bawn_exchange_verdict(x, x->phase < BAWN_PHASE_ANSWER ? BAWN_INPUT : BAWN_OUTPUT);
    return bawn_exchange_close(x, x->failed ? "failed" : code == BAWN_E_UPSTREAM_TIMEOUT ? "upstream_timeout"
                                  : x->phase < BAWN_PHASE_ANSWER ? "blocked" : "upstream_died");
}

static bool refuse_error(bawn_exchange *x, const bawn_error *err)
{
    bawn_slice param = err->code == BAWN_E_INVALID_REQUEST ? bawn_slice_str(err->file) : BAWN_NIL;
    int code = err->code == BAWN_E_NO_MEMORY ? BAWN_E_GUARD_FAILED : err->code;
    return bawn_request_refuse(x, code, bawn_slice_str(err->message), param);
}

static bool refuse_guard(bawn_exchange *x)
{
    return bawn_request_refuse(x, BAWN_E_GUARD_FAILED, BAWN_LIT("A guard could not run; the request was not sent on."),
                               BAWN_NIL);
}

static bawn_slice language_of(const bawn_exchange *x) { return bawn_exchange_attribute(x, "http.accept_language"); }

static bool block(bawn_exchange *x)
{
    bawn_slice message = bawn_outcome_message(x->guardrail, BAWN_INPUT, language_of(x)), type = BAWN_NIL;
    bool native = !x->guardrail->error_on_block;
    int status = 200;

    bawn_buf_clear(&x->reply);
    if (!native || !x->dialect->refusal(&x->reply, &type, x->operation, &x->request, bawn_slice_of(x->id, 36), message,
                                        x->started_ns)) {
        if (x->reply.failed || !bawn_request_error(x, &type, BAWN_E_CONTENT_FILTER, message, BAWN_NIL))
            return refuse_guard(x);
        status = 400;
    }
    x->side = "input";
    x->edits_ready = false;
    if (status == 200)
        bawn_exchange_filtered(x, x->request.n_choices);
    set_reply(x, status, type, status == 200 && x->request.stream);
    bawn_exchange_verdict(x, BAWN_INPUT);
    return bawn_exchange_close(x, "blocked");
}

/* ---- passing on -------------------------------------------------------------------------------------------------- */
/* What the upstream gets in a header for keys: the client's own where the policy forwards it, else the policy's. */
static bawn_slice key_for(const bawn_exchange *x, const char *attribute, bawn_slice own)
{
    return x->upstream->forward_key ? bawn_exchange_attribute(x, attribute) : own;
}

static bool pass(bawn_exchange *x)
{
    bawn_buf uri = { 0 };
    size_t path = 0;                            /* the query stays here: it is judged by nobody, and may carry a key */
    bool ok = true;

    while (path < x->rest.len && x->rest.ptr[path] != '?' && x->rest.ptr[path] != '#')
        path++;
    bawn_buf_add(&uri, x->upstream->base_path);
    bawn_buf_add(&uri, bawn_slice_of(x->rest.ptr, path));
    bawn_slice kept = bawn_arena_copy(x->arena, bawn_buf_slice(&uri), &ok);
    ok = ok && !uri.failed;
    bawn_buf_free(&uri);
    if (!ok)
        return refuse_guard(x);
    x->verdict_step = (bawn_step){ .kind = BAWN_VERDICT, .upstream = x->upstream->name, .upstream_uri = kept,
                                   .authorization = key_for(x, "http.request.authorization", x->upstream->authorization),
                                   .api_key = key_for(x, "http.request.api_key", x->upstream->api_key) };
    if (x->upstream->region.len > 0 && !bawn_sign(x, &x->verdict_step))
        return refuse_guard(x);
    x->verdict_ready = true;
    x->phase = BAWN_PHASE_ASKED;
    x->asked_ns = x->since_ns;
    bawn_exchange_verdict(x, BAWN_INPUT);
    return true;
}

/* ---- judging fields --------------------------------------------------------------------------------------------------- */
static bawn_side side_of(const bawn_field *f) { return f->answer ? BAWN_OUTPUT : BAWN_INPUT; }

static int place_of(const bawn_field *f)
{
    bawn_side side = side_of(f);
    if (f->kind == BAWN_F_ARGUMENTS)
        return side == BAWN_INPUT ? BAWN_PLACE_TOOL_ARGUMENTS : BAWN_PLACE_TOOL_CALL;
    return bawn_place_of(side, f->role, f->origin);
}

enum { COUNT, ALONE, JOINED, APART, JUDGED };       /* what is done with a field, in order (RULINGS R40) */

static bawn_progress judge_step(bawn_exchange *x, bawn_judging *j, uint32_t i)
{
    const bawn_field *fields = x->request.fields;

    if (x->step == COUNT) {
        x->characters = bawn_utf8_count(fields[i].text);
        x->total[side_of(&fields[i])] += x->characters;
        return BAWN_WORK_DONE;
    }
    if (x->step == ALONE) {
        j->place = place_of(&fields[i]);
        return bawn_work_judge(x, j, fields, &i, 1, BAWN_NIL, false);
    }
    if (x->step == JOINED && !x->work.slices && !bawn_turns_list_message(x, i))
        return BAWN_WORK_FAILED;
    if (x->n_parts == 0)
        return BAWN_WORK_DONE;
    j->place = place_of(&fields[x->parts[0]]);
    return bawn_work_judge(x, j, fields, x->parts, x->n_parts, x->step == JOINED ? BAWN_NIL : BAWN_LIT("\n"), true);
}

static bawn_progress judge_field(bawn_exchange *x, bawn_judging *j, uint32_t i)
{
    for (; x->step < JUDGED; x->step++) {
        bawn_progress done = judge_step(x, j, i);
        if (done != BAWN_WORK_DONE)
            return done;
    }
    j->place = place_of(&x->request.fields[i]);
    x->judged[side_of(&x->request.fields[i])] = true;
    bawn_work_count(x, side_of(&x->request.fields[i]), j, x->characters);
    return BAWN_WORK_DONE;
}

/* ---- the scorer ---------------------------------------------------------------------------------------------------------- */
static bool is_scored(const bawn_exchange *x, uint32_t i)
{
    int place = place_of(&x->request.fields[i]);
    return place == BAWN_PLACE_INPUT || place == BAWN_PLACE_UNTRUSTED;
}

/* Asks the scorer for the caller's and the untrusted texts: u32 count, then for each u8 place, u32 length, bytes. */
static bool ask_scorer(bawn_exchange *x)
{
    uint32_t n = 0;
    bawn_buf_clear(&x->frame);
    bawn_buf_add(&x->frame, bawn_slice_of((const char *)&n, 4));
    for (uint32_t i = 0; i < x->request.n_fields; i++) {
        const bawn_field *f = &x->request.fields[i];
        int place = place_of(f);
        uint32_t length = (uint32_t)f->text.len;
        if (!is_scored(x, i))
            continue;
        bawn_buf_byte(&x->frame, (char)place);
        bawn_buf_add(&x->frame, bawn_slice_of((const char *)&length, 4));
        bawn_buf_add(&x->frame, f->text);
        n++;
    }
    if (x->frame.failed)
        return refuse_guard(x);
    memcpy(x->frame.ptr, &n, 4);
    x->phase = BAWN_PHASE_SCORING;
    x->job = (bawn_job){ .id = ++x->jobs, .deadline_ns = x->now_ns + x->wall->scorer_deadline_ns, .kind = 1,
                         .frame = bawn_buf_slice(&x->frame) };
    x->job_waits = true;
    return true;
}

static uint32_t attack_kind(const bawn_wall *w)
{
    for (uint32_t k = 0; k < w->n_kinds; k++)
        if (strcmp(w->guards[w->kind_guard[k]]->guard, "prompt_attack") == 0)
            return k;
    return UINT32_MAX;
}

static bool conclude(bawn_exchange *x);

/* The scorer did not answer: its guard has failed, and what it was asked about is not guarded as the policy says. */
static bool go_unscored(bawn_exchange *x, uint32_t kind, bawn_failure why)
{
    uint64_t rest = 0;

    bool may = kind != UINT32_MAX && x->guardrail->on_error[x->wall->kind_guard[kind]] == BAWN_ON_ERROR_ALLOW;

    x->scorer_failure = why;
    for (uint32_t i = 0; i < x->request.n_fields; i++)
        rest += is_scored(x, i) ? 0 : bawn_utf8_count(x->request.fields[i].text);
    if (x->guarded[BAWN_INPUT] > rest)
        x->guarded[BAWN_INPUT] = rest;
    return may ? conclude(x) : refuse_guard(x);
}

/* The scorer's answer: for each text asked about, the probability of a prompt attack, as a float (host order). Not ok:
 * the name of a failure, or nothing. */
bool bawn_request_scored(bawn_exchange *x, bool ok, bawn_slice frame)
{
    uint32_t kind = attack_kind(x->wall), asked = 0;

    memcpy(&asked, x->frame.ptr, 4);
    x->phase = BAWN_PHASE_JUDGING;
    if (!ok)
        return go_unscored(x, kind, frame.len == 0 && x->now_ns >= x->job.deadline_ns ? BAWN_TIMEOUT : bawn_failure_named(frame));
    if (frame.len != asked * sizeof(float) || kind == UINT32_MAX)
        return go_unscored(x, kind, BAWN_CRASHED);
    for (uint32_t i = 0, k = 0; i < x->request.n_fields; i++) {
        int place = place_of(&x->request.fields[i]);
        float score;
        if (!is_scored(x, i))
            continue;
        memcpy(&score, frame.ptr + k++ * sizeof score, sizeof score);
        bawn_ruling r = x->guardrail->rulings[place][kind];
        bawn_found f = { .span = { 0, x->request.fields[i].text.len }, .kind = kind, .segment = i, .view = BAWN_VIEW_RAW,
                         .guard = x->wall->kind_guard[kind], .action = r.action, .would = r.would, .place = (uint8_t)place,
                         .score = score };
        if (r.action != BAWN_ALLOW && score >= r.min_score && !bawn_finds_add(&x->finds[BAWN_INPUT], &f))
            return refuse_guard(x);
    }
    bawn_finds_settle(&x->finds[BAWN_INPUT], x->wall);
    return conclude(x);
}

/* ---- from the body to the verdict --------------------------------------------------------------------------------------- */
static bool keep_tokens(bawn_exchange *x)
{
    bool any = false;
    for (size_t i = 0; i < x->finds[BAWN_INPUT].n && !any; i++)
        any = x->finds[BAWN_INPUT].items[i].action == BAWN_MASK && x->finds[BAWN_INPUT].items[i].style == BAWN_STYLE_TOKEN;
    if (!any)
        return true;
    if (!(x->tokens = bawn_tokens_new()))
        return false;
    for (size_t i = 0; i < x->request.n_fields; i++)
        if (!bawn_tokens_reserve(x->tokens, x->request.fields[i].text))
            return false;
    return true;
}

static bool refuse_model(bawn_exchange *x)
{
    return bawn_request_refuse(x, BAWN_E_UNKNOWN_MODEL, BAWN_LIT("No upstream of this gateway serves that model in this API; see "
                               "/v1/models for those that are served."), BAWN_LIT("model"));
}

/* GET /v1/models of several upstreams is answered from the policy; one upstream knows best itself what it has. */
static bool answer_models(bawn_exchange *x)
{
    bawn_buf_clear(&x->reply);
    if (!bawn_upstream_models(&x->reply, x))
        return bawn_upstream_choose(x) ? pass(x) : refuse_guard(x);
    set_reply(x, 200, BAWN_LIT("application/json"), false);
    bawn_exchange_verdict(x, BAWN_INPUT);
    return bawn_exchange_close(x, "complete");
}

static bool answer_check(bawn_exchange *x)
{
    bawn_buf_clear(&x->reply);
    if ((bawn_operation_checks(x->operation) && !keep_tokens(x)) || !bawn_check_answer(x))
        return refuse_guard(x);
    set_reply(x, 200, BAWN_LIT("application/json"), false);
    bawn_exchange_verdict(x, BAWN_INPUT);
    return bawn_exchange_close(x, "complete");
}

/* All is judged: what now? */
static bool conclude(bawn_exchange *x)
{
    bawn_outcome o = bawn_outcome_of(&x->finds[BAWN_INPUT]);

    if (x->operation == BAWN_OP_MODERATIONS || bawn_operation_checks(x->operation))
        return answer_check(x);
    if (o.action == BAWN_BLOCK)
        return block(x);
    if (!bawn_upstream_choose(x))
        return refuse_model(x);
    if (!bawn_prompt_keep(x) || !keep_tokens(x) ||
        !bawn_edits_make(x, BAWN_INPUT, x->request.fields, x->request.n_fields) || !bawn_named_leave_out(x))
        return refuse_guard(x);
    return bawn_outcome_of(&x->finds[BAWN_INPUT]).action == BAWN_BLOCK ? block(x) : pass(x);
}

/* Where the request's texts pass the limit of their characters, if they do. */
static bawn_past past_of(const bawn_exchange *x)
{
    uint64_t left = x->guardrail->limits.characters;
    bawn_past past = { 0 };

    for (uint32_t i = 0; left < x->total[BAWN_INPUT] && i < x->request.n_fields; i++)
        if (bawn_outcome_past(&past, &left, i, x->request.fields[i].text))
            break;
    return past;
}

static bool finish_judging(bawn_exchange *x)
{
    bawn_judging j = { .worker = x->worker, .guardrail = x->guardrail, .place = BAWN_PLACE_INPUT,
                       .finds = &x->finds[BAWN_INPUT] };
    if (!bawn_outcome_limits(&j, x->total[BAWN_INPUT], past_of(x), x->request.n_messages))
        return refuse_guard(x);
    bawn_finds_settle(&x->finds[BAWN_INPUT], x->wall);
    bawn_turns_remove_old(x);
    if (!bawn_edits_leave_signed(x))
        return refuse_guard(x);
    bawn_edits_fit(&x->finds[BAWN_INPUT], x->request.fields);
    if (x->wall->scorer && (bawn_operation_talks(x->operation) || bawn_operation_checks(x->operation)) &&
        bawn_outcome_of(&x->finds[BAWN_INPUT]).action != BAWN_BLOCK)
        return ask_scorer(x);
    return conclude(x);
}

/* The caller's last turns as one text: what is split over them. */
static bawn_progress judge_turns(bawn_exchange *x, bawn_judging *j)
{
    if (x->step == COUNT) {
        if (!bawn_turns_list_last(x))
            return BAWN_WORK_FAILED;
        x->step = JOINED;
    }
    for (; x->n_parts > 0 && x->step < JUDGED; x->step++) {
        j->place = place_of(&x->request.fields[x->parts[0]]);
        bawn_progress done = bawn_work_judge(x, j, x->request.fields, x->parts, x->n_parts,
                                             x->step == JOINED ? BAWN_NIL : BAWN_LIT("\n"), true);
        if (done != BAWN_WORK_DONE)
            return done;
    }
    return BAWN_WORK_DONE;
}

bool bawn_request_judge(bawn_exchange *x)
{
    bawn_judging j = { .worker = x->worker, .guardrail = x->guardrail, .finds = &x->finds[BAWN_INPUT],
                       .failures = &x->failures };
    bawn_progress done = BAWN_WORK_DONE;

    x->phase = BAWN_PHASE_JUDGING;
    x->judged[BAWN_INPUT] = true;
    x->work.budget = BAWN_SLICE_BYTES;
    for (; x->next_field < x->request.n_fields; x->next_field++, x->step = COUNT) {
        done = judge_field(x, &j, (uint32_t)x->next_field);
        if (done == BAWN_WORK_WAITS)
            break;
        if (done == BAWN_WORK_FAILED)
            return refuse_guard(x);
    }
    if (done == BAWN_WORK_DONE && (done = judge_turns(x, &j)) == BAWN_WORK_FAILED)
        return refuse_guard(x);
    bawn_exchange_spent(x, BAWN_STAGE_JUDGE);
    return done == BAWN_WORK_WAITS ? bawn_work_wait(x) : finish_judging(x);
}

static bool read_conversation(bawn_exchange *x, bawn_error *err)
{
    unsigned depth = x->guardrail->limits.depth ? (unsigned)x->guardrail->limits.depth : 64;
    return bawn_json_parse(&x->json, bawn_buf_slice(&x->body), depth, err) &&
           x->dialect->request(&x->request, x->operation, &x->json, x->arena, err) &&
           (!x->dialect->model_in_path || x->dialect->model_of(&x->request.model, x->uri, x->arena) ||
            bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for a model's name"));
}

/* What the connector met before there was a body: its attribute `refused` is the name of the code. */
static bool refuse_by_name(bawn_exchange *x, bawn_slice name)
{
    static const struct { int code; const char *message; } texts[] = {
        { BAWN_E_BODY_TOO_LARGE, "The request's body is larger than this gateway takes." },
        { BAWN_E_UNSUPPORTED_MEDIA, "Expected application/json in UTF-8 without a content or transfer coding; chunked is fine." },
        { BAWN_E_RECORD_UNAVAILABLE, "The decision cannot be recorded, and nothing passes unrecorded." },
        { BAWN_E_GUARD_FAILED, "A guard could not run; the request was not sent on." },
        { BAWN_E_RATE_LIMITED, "This gateway has as many requests under way as its policy allows (limits.connections); try again "
                               "in a second." },
        { BAWN_E_FORBIDDEN, "This server refused the request before it was judged." },
        { BAWN_E_UNAUTHENTICATED, "This server wants credentials that the request does not bring." },
        { BAWN_E_UNKNOWN_ROUTE, "This server has no such route, or not by that method." },
    };
    int code = bawn_error_code_find(name);
    const char *message = "The request cannot be read.";

    code = code == BAWN_E_NONE ? BAWN_E_INVALID_REQUEST : code;
    for (size_t i = 0; i < BAWN_COUNT(texts); i++)
        if (texts[i].code == code)
            message = texts[i].message;
    x->failure = code == BAWN_E_GUARD_FAILED ? BAWN_CRASHED : x->failure;
    return bawn_request_refuse(x, code, bawn_slice_str(message), BAWN_NIL);
}

static bool refuse_route(bawn_exchange *x)
{
    bawn_buf text = { 0 };
    bool ok;

    bawn_buf_fmt(&text, "This gateway has no such route; it serves %s.", x->dialect->routes);
    ok = !text.failed && bawn_request_refuse(x, BAWN_E_UNKNOWN_ROUTE, bawn_buf_slice(&text), BAWN_NIL);
    bawn_buf_free(&text);
    return ok;
}

static bool refuse_guardrail(bawn_exchange *x)
{
    return bawn_request_refuse(x, BAWN_E_UNKNOWN_ROUTE, BAWN_LIT("This gateway has no such guardrail, or not in that version: DRAFT is the "
                               "policy's file, a number is a published version that one of its routes names."), BAWN_NIL);
}

/* Texts that the provider keeps and this gateway never sees: what is in them, no guard has read. */
static bool refuse_unseen(bawn_exchange *x)
{
    return bawn_request_refuse(x, BAWN_E_INVALID_REQUEST, BAWN_LIT("The request brings in text that this gateway never sees (history, a "
                               "prompt or an answer that the provider keeps). Send the items themselves, or let the policy open it: "
                               "defaults.unseen_history: report."), x->request.unseen);
}

/* Called once, with the last byte of the body. */
bool bawn_request_begin(bawn_exchange *x)
{
    const bawn_route *route = bawn_upstream_route(x);
    bawn_slice refused = bawn_exchange_attribute(x, "refused");
    bawn_error err = { 0 };
    const char *why;

    if (refused.len > 0)
        return refuse_by_name(x, refused);
    if (x->operation != BAWN_OP_UNKNOWN && x->wall->n_routes > 0 && !route)
        return bawn_request_refuse(x, BAWN_E_UNKNOWN_ROUTE, BAWN_LIT("This gateway does not serve this operation: its policy names it "
                                   "in no route (`routes`)."), BAWN_NIL);
    if (x->operation == BAWN_OP_UNKNOWN)
        return refuse_route(x);
    if (x->operation == BAWN_OP_MODELS)
        return answer_models(x);
    if (x->no_such_guardrail || (!x->guardrail && bawn_operation_checks(x->operation)))
        return refuse_guardrail(x);
    if (!x->guardrail || x->operation == BAWN_OP_MODEL)
        return bawn_upstream_choose(x) ? pass(x) : refuse_model(x);
    bool read = read_conversation(x, &err);
    bawn_exchange_spent(x, BAWN_STAGE_PARSE);
    if (!read)
        return refuse_error(x, &err);
    if (x->wall->refuse_unknown_fields && x->request.unknown_field.len > 0)
        return bawn_request_refuse(x, BAWN_E_UNKNOWN_FIELD, BAWN_LIT("The request has a field that this gateway does not "
                                   "know, and the policy refuses such."), x->request.unknown_field);
    if (x->wall->refuse_unseen && x->request.unseen.len > 0)
        return refuse_unseen(x);
    if ((why = bawn_named_refuse(x)))
        return bawn_request_refuse(x, BAWN_E_INVALID_REQUEST, bawn_slice_str(why), BAWN_LIT("guardrailConfig"));
    return bawn_request_judge(x);
}

/* The end of an exchange: verdicts for the caller, and the record of the decision (docs/event.md). */
#include "exchange/exchange.h"

#define OPENING 1024u           /* bytes of a text that tell one conversation from another */

static bawn_slice path_of(const bawn_exchange *x, bawn_side side, const bawn_found *f)
{
    if (side == BAWN_INPUT)
        return f->segment < x->request.n_fields ? x->request.fields[f->segment].path : BAWN_NIL;
    if (x->mode == BAWN_ANSWER_JSON)
        return f->segment < x->answered.n_fields ? x->answered.fields[f->segment].path : BAWN_NIL;
    return f->segment < x->stream.n_places ? bawn_slice_str(x->stream.places[f->segment].path) : BAWN_NIL;
}

static bawn_slice text_of(const bawn_exchange *x, bawn_side side, const bawn_found *f)
{
    bawn_slice text = BAWN_NIL;
    if (f->hashed)
        return f->text;
    if (side == BAWN_INPUT && f->segment < x->request.n_fields)
        text = x->request.fields[f->segment].text;
    else if (side == BAWN_OUTPUT && x->mode == BAWN_ANSWER_JSON && f->segment < x->answered.n_fields)
        text = x->answered.fields[f->segment].text;
    return f->span.end <= text.len ? bawn_slice_of(text.ptr + f->span.begin, f->span.end - f->span.begin) : BAWN_NIL;
}

/* ---- verdicts ---------------------------------------------------------------------------------------------------- */
void bawn_exchange_verdict(bawn_exchange *x, bawn_side side)
{
    const bawn_finds *finds = &x->finds[side];
    bawn_outcome o = bawn_outcome_of(finds);
    bawn_finding *out = bawn_arena_alloc(x->arena, (finds->n + 1) * sizeof *out);
    size_t n = 0;

    for (size_t i = 0; out && i < finds->n; i++) {
        const bawn_found *f = &finds->items[i];
        out[n] = (bawn_finding){ .guard = bawn_finding_guard(x->wall, f),
                                 .kind = bawn_slice_str(bawn_wall_kind(x->wall, f->kind)->code), .span = f->span,
                                 .segment = f->segment, .score = f->score, .view = f->view, .action = bawn_finding_action(f) };
        if (f == o.deciding && n > 0) {
            bawn_finding first = out[0];
            out[0] = out[n];
            out[n] = first;
        }
        n++;
    }
    x->verdict = (bawn_verdict){ .action = x->failed || x->refused ? BAWN_BLOCK : o.action, .findings = out, .n_findings = n,
                                 .guarded = x->guarded[side], .total = x->total[side], .failed = x->failed };
    x->verdict_step.verdict = &x->verdict;
    if (o.action > x->action || (o.action == x->action && x->reason.len == 0)) {
        x->action = o.action;
        if (o.deciding) {
            x->reason = x->reason.len ? x->reason : bawn_finding_guard(x->wall, o.deciding);
            x->side = bawn_place_side(o.deciding->place) == BAWN_INPUT ? "input" : "output";
        }
    }
}

void bawn_exchange_filtered(bawn_exchange *x, size_t choices)
{
    size_t most = BAWN_COUNT(x->answered.finish_reasons);

    x->answered.n_finish = choices < most ? choices : most;
    for (size_t i = 0; i < x->answered.n_finish; i++)
        x->answered.finish_reasons[i] = bawn_slice_str(x->dialect->filtered);
}

/* ---- the record ------------------------------------------------------------------------------------------------------ */
static const char *confidence_of(float score) { return score >= 0.9f ? "HIGH" : score >= 0.75f ? "MEDIUM" : score > 0 ? "LOW" : "NONE"; }

static const char *view_of(uint8_t view)
{
    return view == BAWN_VIEW_RAW ? "raw" : view == BAWN_VIEW_CANONICAL ? "canonical" : "decoded";
}

static const char *origin_of(const bawn_exchange *x, bawn_side side, const bawn_found *f)
{
    static const char *const names[] = { "application", "caller", "tool_result", "document", "model" };
    return side == BAWN_OUTPUT || f->segment >= x->request.n_fields ? "model" : names[x->request.fields[f->segment].origin];
}

static void fill_finding(bawn_event_finding *out, const bawn_exchange *x, bawn_side side, const bawn_found *f)
{
    const bawn_kind *k = bawn_wall_kind(x->wall, f->kind);
    bawn_slice text = text_of(x, side, f);

    *out = (bawn_event_finding){ .path = path_of(x, side, f), .guard = bawn_finding_guard(x->wall, f),
                                 .kind = bawn_slice_str(k->code), .owasp = bawn_slice_str(k->owasp),
                                 .atlas = bawn_slice_str(k->atlas), .origin = bawn_slice_str(origin_of(x, side, f)),
                                 .span = f->span, .score = f->score, .confidence = confidence_of(f->score),
                                 .view = view_of(f->view), .action = bawn_finding_action(f), .side = bawn_place_side(f->place) };
    if (f->hashed) {
        memcpy(out->match_hash, "k:", 2);
        bawn_hex(out->match_hash + 2, f->hash, sizeof f->hash);
    } else {
        bawn_event_hash(out->match_hash, bawn_slice_of((const char *)x->wall->hash_key, 32), out->kind, text);
    }
    if (x->wall->record_text && strcmp(k->code, "leak.CANARY") != 0 && !bawn_prompt_shows_canary(x, text))
        out->match_text = text;
}

static size_t fill_findings(bawn_event_finding *out, const bawn_exchange *x)
{
    size_t n = 0;
    for (int pass = 0; pass < 2; pass++)        /* the deciding side's deciding finding goes first */
        for (bawn_side side = BAWN_INPUT; side <= BAWN_OUTPUT; side++) {
            bawn_outcome o = bawn_outcome_of(&x->finds[side]);
            bool first_side = x->side && (side == BAWN_INPUT) == (x->side[0] == 'i');
            for (size_t i = 0; i < x->finds[side].n; i++) {
                bool deciding = first_side && &x->finds[side].items[i] == o.deciding;
                if (deciding == (pass == 0))
                    fill_finding(&out[n++], x, side, &x->finds[side].items[i]);
            }
        }
    return n;
}

static const char *action_name(const bawn_exchange *x)
{
    static const char *const names[] = { "allow", "observe", "mask", "block" };
    bawn_action strictest = x->action;

    if (x->failed)
        return "fail";
    if (x->refused)
        return "refuse";
    for (bawn_side side = BAWN_INPUT; side <= BAWN_OUTPUT; side++)
        for (size_t i = 0; i < x->finds[side].n; i++)
            if (bawn_finding_action(&x->finds[side].items[i]) > strictest)
                strictest = bawn_finding_action(&x->finds[side].items[i]);
    return names[strictest];
}

static void fill_who(bawn_event *e, const bawn_exchange *x)
{
    bawn_slice address = bawn_exchange_attribute(x, "client.address");
    static __thread char address_hash[18];  /* one exchange closes at a time in a thread */

    e->identity_kind = bawn_exchange_attribute(x, "identity.kind");
    if (e->identity_kind.len == 0)
        e->identity_kind = BAWN_LIT("anonymous");
    e->trust = BAWN_LIT("anonymous");
    if (address.len > 0) {
        bawn_event_hash(address_hash, bawn_slice_of((const char *)x->wall->hash_key, 32), BAWN_LIT("client.address"), address);
        e->client_address = bawn_slice_of(address_hash, sizeof address_hash);
    }
    e->node = x->wall->node.len ? x->wall->node : bawn_exchange_attribute(x, "node");
    bawn_slice worker = bawn_exchange_attribute(x, "worker");
    for (size_t i = 0; i < worker.len; i++)
        if (bawn_is_digit((unsigned char)worker.ptr[i]))
            e->worker = e->worker * 10 + (worker.ptr[i] - '0');
}

/* Lower-case hex digits of which one at least is not zero. */
static bool is_trace_id(bawn_slice s)
{
    bool some = false;

    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!bawn_is_digit((unsigned char)c) && (c < 'a' || c > 'f'))
            return false;
        some = some || c != '0';
    }
    return some;
}

/* The caller's trace context, where it is one (W3C Trace Context 3.2: 00-<32 hex>-<16 hex>-<2 hex>), else one made of
 * the exchange's seed. keeps: no header's value is in an event but this one, which cannot be anything else */
static bool fill_trace(bawn_event *e, const bawn_exchange *x)
{
    bawn_slice trace = bawn_exchange_attribute(x, "http.request.traceparent");
    const bawn_slice purpose = BAWN_LIT("bawn/trace/v1");
    uint8_t random[32];
    char *made;

    if (trace.len == 55 && bawn_slice_starts(trace, BAWN_LIT("00-")) && trace.ptr[35] == '-' && trace.ptr[52] == '-' &&
        is_trace_id(bawn_slice_of(trace.ptr + 3, 32)) && is_trace_id(bawn_slice_of(trace.ptr + 36, 16))) {
        e->trace_id = bawn_slice_of(trace.ptr + 3, 32);
        e->span_id = bawn_slice_of(trace.ptr + 36, 16);
        return true;
    }
    if (!(made = bawn_arena_alloc(x->arena, 48)))
        return false;
    bawn_hmac_sha256(random, bawn_slice_of((const char *)x->seed, sizeof x->seed), &purpose, 1);
    bawn_hex(made, random, 24);
    e->trace_id = bawn_slice_of(made, 32);
    e->span_id = bawn_slice_of(made + 32, 16);
    return true;
}

static bawn_slice first_text(const bawn_exchange *x, bawn_role role)
{
    for (size_t i = 0; i < x->request.n_fields; i++) {
        const bawn_field *f = &x->request.fields[i];
        if (f->role == role && f->kind == BAWN_F_TEXT && !f->key && f->message != UINT32_MAX)
            return bawn_slice_of(f->text.ptr, f->text.len < OPENING ? f->text.len : OPENING);
    }
    return BAWN_NIL;
}

/* Chat completions name no conversation, but each turn brings its opening again: a keyed hash of the begins of the first
 * system text and the first user text. */
static bool fill_conversation(bawn_event *e, const bawn_exchange *x)
{
    bawn_slice parts[] = { BAWN_LIT("conversation"), first_text(x, BAWN_SYSTEM), BAWN_LIT("\0"), first_text(x, BAWN_USER) };
    uint8_t hash[32];
    char *text;

    if (!bawn_operation_talks(x->operation) || !parts[3].ptr)
        return true;
    if (!(text = bawn_arena_alloc(x->arena, 18)))
        return false;
    parts[2].len = 1;
    bawn_hmac_sha256(hash, bawn_slice_of((const char *)x->wall->hash_key, 32), parts, BAWN_COUNT(parts));
    memcpy(text, "k:", 2);
    bawn_hex(text + 2, hash, 8);
    e->conversation_id = bawn_slice_of(text, 18);
    return true;
}

static void fill_route(bawn_event *e, const bawn_exchange *x)
{
    bawn_slice path = x->uri;
    path.len = bawn_slice_find(path, BAWN_LIT("?"));            /* never the query */
    e->listener = bawn_exchange_attribute(x, "listener");
    e->dialect = bawn_slice_str(x->dialect->name);
    e->operation = bawn_slice_str(x->dialect->operation_name(x->operation));
    e->upstream = x->upstream ? x->upstream->name : BAWN_NIL;
    e->stream = x->request.stream;
    e->method = x->method;
    e->path = path.len < 256 ? path : bawn_slice_of(path.ptr, 256);
    e->status = x->status;
}

static void fill_model(bawn_event *e, const bawn_exchange *x)
{
    e->request_model = x->request.model;
    e->response_model = x->answered.model;
    e->response_id = x->answered.id;
    e->n_finish = x->answered.n_finish;
    memcpy(e->finish_reasons, x->answered.finish_reasons, sizeof e->finish_reasons);
    e->input_tokens = x->answered.input_tokens;
    e->output_tokens = x->answered.output_tokens;
}

static void fill_policy(bawn_event *e, const bawn_exchange *x)
{
    memcpy(e->policy_hash, x->wall->hash, sizeof e->policy_hash);
    memcpy(e->patterns_hash, x->wall->patterns_hash, sizeof e->patterns_hash);
    e->guardrail = x->guardrail ? x->guardrail->name : BAWN_NIL;
    e->version = x->guardrail ? x->guardrail->version : BAWN_NIL;
    e->engine = BAWN_LIT(BAWN_VERSION);
    e->mode = !x->guardrail ? "off" : x->guardrail->observe ? "observe" : "enforce";
}

static int64_t us(uint64_t from, uint64_t to) { return from && to >= from ? (int64_t)((to - from) / 1000) : -1; }

static int64_t spent(const bawn_exchange *x, bawn_stage stage)
{
    return x->timed[stage] ? (int64_t)(x->spent_ns[stage] / 1000) : -1;
}

/* What was not measured is null: no clock was given, or the stage is not built (identity) or not one of its own: views
 * are made while they are judged, and the record cannot hold the time of its own writing. */
static void fill_times(bawn_event *e, bawn_exchange *x)
{
    if (x->mode == BAWN_ANSWER_EVENTS)
        bawn_exchange_spent(x, BAWN_STAGE_JUDGE);
    e->us_total = us(x->started_ns, x->worker->clock ? x->worker->clock(x->worker->clock_user) : x->now_ns);
    e->us_identity = e->us_views = e->us_record = -1;
    e->us_parse = spent(x, BAWN_STAGE_PARSE);
    e->us_bytes = spent(x, BAWN_STAGE_JUDGE);
    e->us_tokens = spent(x, BAWN_STAGE_SCORE);
    e->us_upstream = us(x->asked_ns, x->first_byte_ns);
    e->us_held_max = x->mode == BAWN_ANSWER_EVENTS ? (int64_t)(x->held_max_ns / 1000) : -1;
}

/* What no guard has read. Characters of unknown fields are not counted among the texts. */
static void add_unguarded(bawn_event *e, bawn_event_unguarded *out, const bawn_conversation *c, bawn_side side)
{
    for (size_t i = 0; i < c->n_unguarded; i++) {
        const bawn_unguarded *u = &c->unguarded[i];
        out[e->n_unguarded++] = (bawn_event_unguarded){ u->path, u->characters, u->reason };
        e->total[side] += strcmp(u->reason, "unknown_field") == 0 ? 0 : u->characters;
    }
}

/* Of the body that the client is sent: an answer of our own, or what was handed out and what follows this record. */
static uint64_t sent_bytes(const bawn_exchange *x)
{
    if (bawn_slice_is(x->method, "HEAD"))
        return 0;
    return x->verdict_step.status ? x->verdict_step.body.len : x->sent + x->emit.len + (x->final_ready ? x->final.len : 0);
}

bool bawn_exchange_close(bawn_exchange *x, const char *end)
{
    size_t n = x->finds[0].n + x->finds[1].n;
    bool ok = true;
    bawn_event e = { .time_ns = x->started_ns, .type = "decision", .action = action_name(x), .reason = x->reason,
                     .side = x->side, .enforced = !x->guardrail || !x->guardrail->observe, .end = end,
                     .delivered_characters = x->delivered, .total_known = x->guardrail != NULL };
    bawn_event_finding *findings = bawn_arena_alloc(x->arena, (n + 1) * sizeof *findings);
    bawn_event_unguarded *unguarded = bawn_arena_alloc(x->arena, (x->request.n_unguarded + x->answered.n_unguarded + 4) * sizeof *unguarded);

    if (x->recorded)
        return true;
    x->recorded = true;
    x->phase = x->phase == BAWN_PHASE_ASKED || x->phase == BAWN_PHASE_ANSWER ? BAWN_PHASE_ANSWER : x->phase;
    memcpy(e.id, x->id, 36);
    fill_who(&e, x);
    ok = fill_trace(&e, x) && fill_conversation(&e, x) && bawn_close_guards(&e, x) && bawn_close_tools(&e, x);
    fill_route(&e, x);
    fill_model(&e, x);
    fill_policy(&e, x);
    fill_times(&e, x);
    memcpy(e.guarded, x->guarded, sizeof e.guarded);
    memcpy(e.total, x->total, sizeof e.total);
    e.bytes_request = x->bytes[BAWN_INPUT];
    e.bytes_response = sent_bytes(x);
    if (findings) {
        e.findings = findings;
        e.n_findings = fill_findings(findings, x);
    }
    if (unguarded) {
        add_unguarded(&e, unguarded, &x->request, BAWN_INPUT);
        add_unguarded(&e, unguarded, &x->answered, BAWN_OUTPUT);
    }
    if (unguarded && !x->guardrail)
        unguarded[e.n_unguarded++] = (bawn_event_unguarded){ BAWN_NIL, 0, "policy_off" };
    for (bawn_side side = BAWN_INPUT; unguarded && side <= BAWN_OUTPUT; side++)
        if (x->off[side] > 0)
            unguarded[e.n_unguarded++] = (bawn_event_unguarded){ BAWN_NIL, x->off[side], "policy_off" };
    if (unguarded && x->errors > 0)
        unguarded[e.n_unguarded++] = (bawn_event_unguarded){ BAWN_NIL, x->errors, "upstream_error" };
    e.total[BAWN_OUTPUT] += x->errors;
    e.unguarded = unguarded;
    bawn_buf_clear(&x->record);
    if (!ok || !findings || !unguarded || !bawn_event_write(&x->record, &e)) {
        /* no end and no verdict without its record: the caller fails, and tries again */
        x->recorded = x->final_ready = x->verdict_ready = x->edits_ready = false;
        return false;
    }
    x->phase = BAWN_PHASE_DONE;
    x->record_ready = x->end_ready = true;
    return true;
}

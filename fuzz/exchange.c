/* Fuzz target: whole exchanges, from the bytes of a request to the last byte for the client: routes, bodies of chat,
 * embeddings and moderations, the splicing of edits, answers whole and streamed, and their ends.
 *
 * Four bytes choose guardrail and operation, how request and answer are cut, and whether somebody leaves half-way. Then
 * come the request and, behind a zero byte, the answer, both as script.h reads them; or their texts alone, which are put
 * into a conversation here. Everything is done twice, in one piece and cut. Must hold: the order of steps (bawn.h, contract
 * 1); bytes, verdicts and record are the same for both; what goes on is JSON of the same shape as what came; what the
 * client gets is JSON, or events of JSON, and so is the record. keeps: P3a.1, P3a.2, T15, T34 */
#include "desk.h"
#include "script.h"

#include "../tests/property/drive.h"

static const char policy[] = "version: 1\nupstreams:\n  main: {dialect: openai, url: \"http://127.0.0.1:9400/v1\", models: [m*, '*-x*']}\n"
    "guardrails:\n"
    "  default: {}\n"
    "  tokens: {sensitive_information: {entities: {EMAIL: {input: token, output: mask}, PHONE: {input: token, output: none}}}, "
    "content_filters: {PROMPT_ATTACK: none}, leak: {canary: true}}\n"
    "  blocks: {word_filters: {custom: [{words: [bluefalcon], action: block}]}}\n"
    "  masks: {word_filters: {custom: [{words: [bluefalcon], action: mask}]}, secrets: mask, content_filters: {PROMPT_ATTACK: none}}\n"
    "  observe: {mode: observe}\n"
    "  buffer: {stream: {default: buffer}}\n"
    "  strict: {input_limits: {messages: 2, characters: 400}, code_injection: block}\n"
    "  window: {stream: {default: window 64}}\n"
    "defaults: {guardrail: default}\n";
static const char *const guardrails[] = { "default", "tokens", "blocks", "masks", "observe", "buffer", "strict", "window" };
static const struct { const char *method, *uri; bawn_operation op; } operations[] = {
    { "POST", "/v1/chat/completions", BAWN_OP_CHAT }, { "POST", "/v1/embeddings", BAWN_OP_EMBEDDINGS },
    { "POST", "/v1/moderations", BAWN_OP_MODERATIONS }, { "GET", "/v1/models", BAWN_OP_MODELS },
};
static desk here;

typedef struct { uint8_t guardrail, operation; bool events, texts; uint8_t pieces[2], leaves, after; } plan;
typedef struct { run run; size_t n_fed; bool passed; } told;    /* passed: the request went upstream */

/* ---- obeying --------------------------------------------------------------------------------------------------------- */
/* Whether somebody left, or it took too long; the exchange has then come to its end. */
static bool leave(told *t, bawn_exchange *x, const plan *p, bawn_side side, bawn_slice fed)
{
    uint64_t next;
    if (p->leaves == 0 || t->n_fed++ != p->after || t->run.ended)
        return false;
    if (p->leaves == 3) {
        bawn_exchange_tick(x, NOW + 6000000000u, &next);        /* a sign of life, then the limit */
        drive_steps(&t->run, x, side, fed, NOW + 5);
        bawn_exchange_tick(x, NOW + 3600000000000u, &next);
    } else {
        bawn_exchange_abort(x, p->leaves == 1 ? BAWN_INPUT : BAWN_OUTPUT, NOW + 9);
        if (p->leaves == 2 && strchr(t->run.steps, 'V'))
            side = BAWN_OUTPUT;                 /* the request has passed: what comes now is the answer's verdict */
    }
    drive_steps(&t->run, x, side, fed, NOW + 5);
    return p->leaves != 3;
}

static bool feed(told *t, bawn_exchange *x, const plan *p, bawn_side side, const script *s, bool cut)
{
    bawn_slice body = bawn_buf_slice(&s->text);
    size_t at = 0, next_cut = 0;
    do {
        size_t end = cut ? script_piece_end(s, &next_cut, at, p->pieces[side]) : body.len;
        drive_piece(&t->run, x, side, body, at, end);
        at = end;
        if (leave(t, x, p, side, body))
            return false;
    } while (at < body.len && !t->run.ended);
    return !t->run.ended;
}

static void tell(told *t, const plan *p, const script *request, const script *answer, bool cut)
{
    const bawn_attribute names[] = { { BAWN_LIT("guardrail"), bawn_slice_str(guardrails[p->guardrail]) },
                                     { BAWN_LIT("http.accept_language"), BAWN_LIT("de-AT,en;q=0.5") } };
    bawn_exchange *x = drive_new(here.worker, operations[p->operation].method, operations[p->operation].uri, names, 2);

    *t = (told){ 0 };
    bawn_buf_add(&t->run.request, bawn_buf_slice(&request->text));
    if (feed(t, x, p, BAWN_INPUT, request, cut) && !t->run.local) {
        t->passed = true;
        if (!p->events)
            bawn_buf_add(&t->run.answer, bawn_buf_slice(&answer->text));
        if (bawn_exchange_response(x, 200, p->events ? BAWN_LIT("text/event-stream") : BAWN_LIT("application/json"), NOW + 4)) {
            drive_steps(&t->run, x, BAWN_OUTPUT, bawn_buf_slice(&answer->text), NOW + 4);
            feed(t, x, p, BAWN_OUTPUT, answer, cut);
        }
    }
    bawn_exchange_free(x);
}

/* ---- what must hold ------------------------------------------------------------------------------------------------ */
static bool is_json(bawn_slice text, bawn_json *j) { return bawn_json_parse(j, text, 128, NULL); }

/* The same tokens, but for what stands in strings; `null` may have come in an object's place. */
static void check_shape(bawn_slice before, bawn_slice after)
{
    bawn_json a = { 0 }, b = { 0 };
    if (is_json(before, &a)) {
        if (!is_json(after, &b))
            fail_msg("edits made no JSON of %.*s: %.*s", (int)before.len, before.ptr, (int)after.len, after.ptr);
        for (uint32_t i = 0, k = 0; i < a.n && k < b.n; k++) {
            bool null = b.tokens[k].type == BAWN_JSON_NULL;
            if (a.tokens[i].type != b.tokens[k].type && !null)
                fail_msg("edits changed the shape of %.*s: %.*s", (int)before.len, before.ptr, (int)after.len, after.ptr);
            i = null ? a.tokens[i].next : i + 1;
        }
    }
    bawn_json_free(&a);
    bawn_json_free(&b);
}

static void check_events(bawn_slice bytes)
{
    bawn_sse *sse = bawn_sse_new(1u << 24);
    bawn_sse_event e;
    bawn_json j = { 0 };
    bawn_sse_feed(sse, bytes, true);
    while (bawn_sse_next(sse, &e))
        if (!e.comment && e.data.len > 0 && !bawn_slice_starts(e.data, BAWN_LIT("[DONE]")) && !is_json(e.data, &j))
            fail_msg("the client gets an event that is no JSON: %.*s", (int)e.data.len, e.data.ptr);
    assert_true(!bawn_sse_cut(sse) && !bawn_sse_failed(sse));
    bawn_json_free(&j);
    bawn_sse_free(sse);
}

static size_t steps_of(const run *r, char kind)
{
    size_t n = 0;
    for (const char *s = r->steps; *s; s++)
        n += *s == kind;
    return n;
}

static void check_ends(const told *t, const plan *p, const script *answer)
{
    const run *r = &t->run;
    bawn_json j = { 0 };
    bool guarded = p->operation == 0 && t->passed;
    bool left = p->leaves == 1 || p->leaves == 2;
    size_t verdicts = steps_of(r, 'V');

    assert_true(r->ended || left);
    assert_true(steps_of(r, 'R') == r->ended && verdicts <= (r->local ? 1u : 2u) && (verdicts >= 1 || left));
    if (r->ended)
        check_order(r);
    if (r->ended && !is_json(bawn_buf_slice(&r->record), &j))
        fail_msg("the record is no JSON: %.*s", (int)r->record.len, r->record.ptr);
    if (r->local || (guarded && !p->events && r->status))
        r->stream ? check_events(bawn_buf_slice(&r->answer)) : assert_true(is_json(bawn_buf_slice(&r->answer), &j));
    else if (guarded && p->events && r->ended && p->leaves != 1) {
        bawn_buf all = { 0 };
        bawn_buf_add(&all, bawn_buf_slice(&r->answer));
        bawn_buf_add(&all, bawn_buf_slice(&r->tail));
        check_events(bawn_buf_slice(&all));
        bawn_buf_free(&all);
    } else if (guarded && !p->events && r->ended) {
        check_shape(bawn_buf_slice(&answer->text), bawn_buf_slice(&r->answer));
    }
    bawn_json_free(&j);
}

static void same(const char *what, const bawn_buf *a, const bawn_buf *b)
{
    if (!bawn_slice_eq(bawn_buf_slice(a), bawn_buf_slice(b)))
        fail_msg("%s hangs on the cutting\n%.*s\n----\n%.*s", what, (int)a->len, a->ptr, (int)b->len, b->ptr);
}

static void check_same(told *a, told *b)
{
    run *one = &a->run, *cut = &b->run;
    without_bytes(&one->record), without_bytes(&cut->record);
    if (one->status != cut->status)
        fail_msg("the status hangs on the cutting: %d, %d", one->status, cut->status);
    same("the verdict", &one->verdicts, &cut->verdicts);
    same("what goes upstream", &one->request, &cut->request);
    same("what goes to the client", &one->answer, &cut->answer);
    same("its end", &one->tail, &cut->tail);
    same("the record", &one->record, &cut->record);
}

/* ---- texts in a conversation -------------------------------------------------------------------------------------------- */
static void put_request(script *s, uint8_t operation, bool stream)
{
    bawn_buf text = s->text;
    s->text = (bawn_buf){ 0 };
    s->n_cuts = 0;
    bawn_buf_fmt(&s->text, "{\"model\":\"m-1\",\"stream\":%s,", stream && operation == 0 ? "true" : "false");
    bawn_buf_str(&s->text, operation == 0 ? "\"messages\":[{\"role\":\"system\",\"content\":\"" SYSTEM_PROMPT "\"},{\"role\":\"user\",\"content\":"
                                          : "\"input\":[");
    bawn_json_write_string(&s->text, bawn_buf_slice(&text));
    bawn_buf_str(&s->text, operation == 0 ? "}]}" : "]}");
    bawn_buf_free(&text);
}

/* One event for each cut; or one whole answer. */
static void put_answer(script *s, bool events, bool tool)
{
    static script said;
    size_t next_cut = 0, at = 0;
    bawn_buf_free(&said.text);
    said = *s;
    s->text = (bawn_buf){ 0 };
    s->n_cuts = 0;
    do {
        size_t end = events ? script_piece_end(&said, &next_cut, at, 0) : said.text.len;
        bawn_buf_fmt(&s->text, "%s{\"id\":\"c\",\"choices\":[{\"index\":0,\"%s\":{", events ? "data: " : "", events ? "delta" : "message");
        bawn_buf_str(&s->text, tool ? "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":" : "\"content\":");
        bawn_json_write_string(&s->text, bawn_slice_of(said.text.ptr + at, end - at));
        bawn_buf_str(&s->text, tool ? "}}]}" : "},\"logprobs\":{\"content\":[]}");
        bawn_buf_fmt(&s->text, ",\"finish_reason\":%s}]}%s", events && end < said.text.len ? "null" : "\"stop\"", events ? "\n\n" : "");
        at = end;
    } while (at < said.text.len);
    if (events)
        bawn_buf_str(&s->text, "data: [DONE]\n\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static script request, answer;
    told whole, cut;

    if (!here.wall)
        here = desk_open(policy);
    if (size < 4)
        return 0;
    plan p = { data[0] & 7, data[0] >> 3 & 3, data[0] >> 5 & 1, data[0] >> 6 & 1, { data[1], data[2] },
               (uint8_t)(data[3] < 192 ? 0 : data[3] & 3), data[3] >> 2 & 15 };
    const uint8_t *zero = memchr(data + 4, 0, size - 4), *end = zero ? zero : data + size;
    script_read(&request, data + 4, (size_t)(end - data - 4));
    script_read(&answer, zero ? zero + 1 : end, zero ? size - (size_t)(zero + 1 - data) : 0);
    if (p.texts) {
        put_request(&request, p.operation, p.events);
        put_answer(&answer, p.events, data[0] & 128);
    }
    tell(&whole, &p, &request, &answer, false);
    tell(&cut, &p, &request, &answer, true);
    check_ends(&whole, &p, &answer);
    check_ends(&cut, &p, &answer);
    if (whole.passed)
        check_shape(bawn_buf_slice(&request.text), bawn_buf_slice(&whole.run.request));
    if (p.leaves == 0)
        check_same(&whole, &cut);
    run_free(&whole.run);
    run_free(&cut.run);
    return 0;
}

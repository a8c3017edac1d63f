/* checks_lakera.c: Lakera Guard, POST /v2/guard: a chat is screened, `flagged` says whether the policy acts on something in it,
 * `breakdown` which detectors did, `payload` where. Messages are judged as a chat's; the last one, when the assistant wrote it, as
 * an answer. Detectors are our guards; those of personal data are named as Lakera names them, "pii/email". */
#include "dialect/checks.h"

static bawn_operation route(bawn_slice method, bawn_slice raw_uri, bawn_slice *rest)
{
    static const bawn_check_route routes[] = { { "/v2/guard", BAWN_OP_LAKERA_GUARD } };

    *rest = BAWN_NIL;
    return bawn_checks_route(routes, BAWN_COUNT(routes), method, raw_uri);
}

/* ---- the request ------------------------------------------------------------------------------------------------------- */
static bool message(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    uint32_t role = bawn_json_get(w->json, token, "role");

    if (!role || w->json->tokens[role].type != BAWN_JSON_STRING)
        return bawn_walk_refuse(w, "messages.role", "system, user, assistant or tool", role ? role : UINT32_MAX);
    bawn_checks_speak(p, w->json, role);
    if (p->role == BAWN_ASSISTANT && index + 1 == w->out->n_messages)
        bawn_checks_as_answer(p);
    p->message = index;
    return true;
}

const bawn_hook_row bawn_checks_lakera_hooks[] = { { "lakera.messages[]", message } };
const size_t bawn_checks_n_lakera_hooks = BAWN_COUNT(bawn_checks_lakera_hooks);

static bool request(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    static const char *const flags[] = { "payload", "breakdown", "dev_info" };
    uint32_t messages;
    bawn_walk w;

    (void)op;
    if (!bawn_checks_begin(&w, out, j, arena, err) ||
        !bawn_checks_member(&messages, &w, "messages", BAWN_JSON_ARRAY, true, "a list of messages"))
        return false;
    for (size_t i = 0; i < BAWN_COUNT(flags); i++) {
        uint32_t flag = bawn_json_get(j, 0, flags[i]);
        bool on;
        if (flag && !bawn_walk_flag(&on, &w, flags[i], flag))
            return false;
    }
    out->n_messages = j->tokens[messages].count;
    return bawn_walk_run(&w, "lakera", bawn_request_start());
}

/* ---- the answer ---------------------------------------------------------------------------------------------------------- */
static bool wants(const bawn_report *r, const char *flag)
{
    uint32_t t = bawn_json_get(r->asked, 0, flag);
    return t && r->asked->tokens[t].type == BAWN_JSON_TRUE;
}

/* "pii/email", "secrets/aws"; a guard that is one detector there, by its name alone. */
static void detector(bawn_buf *b, const bawn_reported *f)
{
    static const char *const renamed[][2] = {
        { "PHONE", "phone_number" }, { "CREDIT_DEBIT_CARD_NUMBER", "credit_card" }, { "INTERNATIONAL_BANK_ACCOUNT_NUMBER", "iban_code" },
    };
    bawn_slice detail = bawn_checks_detail(f->kind);

    if (bawn_checks_is(f, "prompt_attack")) {
        bawn_buf_str(b, "prompt_attack");
        return;
    }
    bawn_buf_add(b, f->guard);
    bawn_buf_str(b, "/");
    for (size_t i = 0; bawn_checks_is(f, "pii") && i < BAWN_COUNT(renamed); i++)
        if (bawn_slice_is(detail, renamed[i][0])) {
            bawn_buf_str(b, renamed[i][1]);
            return;
        }
    for (size_t i = 0; i < detail.len; i++)
        bawn_buf_byte(b, bawn_lower(detail.ptr[i]));
}

static void payload_row(bawn_buf *b, bawn_counter *c, const bawn_reported *f)
{
    uint64_t begin, end;

    bawn_counter_span(&begin, &end, c, f);
    bawn_buf_fmt(b, "{\"start\":%llu,\"end\":%llu", (unsigned long long)begin, (unsigned long long)end);
    bawn_checks_match_add(b, ",\"text\":", f->match);
    bawn_buf_str(b, ",\"detector_type\":\"");
    detector(b, f);
    bawn_buf_fmt(b, "\",\"labels\":[],\"message_id\":%llu}",
                 (unsigned long long)bawn_checks_number(c->report->request->fields[f->field].path, "/messages/"));
}

static void payload(bawn_buf *b, const bawn_report *r)
{
    bawn_counter c = { r, 0, 0, 0 };
    const char *before = "";

    bawn_buf_str(b, ",\"payload\":[");
    for (size_t i = 0; i < r->n_findings; i++) {
        const bawn_reported *f = &r->findings[i];
        bool named = bawn_checks_is(f, "pii") || bawn_checks_is(f, "words") || bawn_checks_is(f, "secrets");
        if (!named || !bawn_checks_acts(f) || r->request->fields[f->field].kind != BAWN_F_TEXT)
            continue;
        bawn_buf_str(b, before);
        payload_row(b, &c, f);
        before = ",";
    }
    bawn_buf_str(b, "]");
}

/* Of one detector: all attacks are one, others are told apart by their kinds. */
static bool is_same(const bawn_reported *a, const bawn_reported *b)
{
    return bawn_slice_eq(a->guard, b->guard) && (bawn_checks_is(a, "prompt_attack") || bawn_slice_eq(a->kind, b->kind));
}

/* The first finding of each detector that acts; at most as many as there are kinds. */
static size_t detectors(const bawn_reported **out, const bawn_report *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n_findings; i++) {
        bool told = !bawn_checks_acts(&r->findings[i]);
        for (size_t k = 0; k < n && !told; k++)
            told = is_same(out[k], &r->findings[i]);
        if (!told)
            out[n++] = &r->findings[i];
    }
    return n;
}

static bool is_among(const bawn_reported *const *found, size_t n, bawn_slice guard)
{
    for (size_t i = 0; i < n; i++)
        if (bawn_slice_eq(found[i]->guard, guard))
            return true;
    return false;
}

/* What was found, a row a detector, then the guards that found nothing. */
static bool breakdown(bawn_buf *b, const bawn_report *r, bawn_arena *arena)
{
    const bawn_reported **found = bawn_arena_alloc(arena, (r->n_findings + 1) * sizeof *found);
    const char *before = "", *row = "{\"detector_type\":\"";

    if (!found)
        return false;
    size_t n = detectors(found, r);
    bawn_buf_str(b, ",\"breakdown\":[");
    for (size_t i = 0; i < n; i++, before = ",") {
        bawn_buf_str(b, before);
        bawn_buf_str(b, row);
        detector(b, found[i]);
        bawn_buf_str(b, "\",\"detected\":true}");
    }
    for (size_t i = 0; i < r->n_ran; i++) {
        if (is_among(found, n, r->ran[i]))
            continue;
        bawn_buf_str(b, before);
        bawn_buf_str(b, row);
        bawn_buf_add(b, r->ran[i]);
        bawn_buf_str(b, "\",\"detected\":false}");
        before = ",";
    }
    return bawn_buf_str(b, "]");
}

static bool report(bawn_buf *b, bawn_operation op, const bawn_report *r, bawn_arena *arena)
{
    size_t start = b->len;

    (void)op;
    bawn_buf_str(b, r->action >= BAWN_MASK ? "{\"flagged\":true" : "{\"flagged\":false");
    if (wants(r, "payload"))
        payload(b, r);
    if (wants(r, "breakdown") && !breakdown(b, r, arena))
        b->failed = true;
    if (wants(r, "dev_info"))
        bawn_buf_str(b, ",\"dev_info\":{\"version\":\"" BAWN_VERSION "\"}");
    bawn_checks_member_add(b, ",\"metadata\":{\"request_uuid\":", r->id);
    bawn_buf_str(b, "}}");
    return bawn_buf_whole(b, start);
}

static bool error(bawn_buf *b, bawn_slice *content_type, int code, bawn_slice message, bawn_slice param)
{
    size_t start = b->len;

    (void)param;
    *content_type = BAWN_LIT("application/json");
    bawn_buf_fmt(b, "{\"error\":{\"code\":\"%s\",\"message\":", bawn_error_code_name(code));
    bawn_json_write_string(b, message);
    bawn_buf_str(b, "}}");
    return bawn_buf_whole(b, start);
}

const bawn_dialect bawn_checks_lakera = {
    .name = "guardrail",
    .routes = "POST /v2/guard",
    .family = "/v2/guard",
    .route = route,
    .operation_name = bawn_checks_operation_name,
    .request = request,
    .error = error,
    .report = report,
};

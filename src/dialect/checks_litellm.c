/* checks_litellm.c: LiteLLM's generic guardrail API, POST /beta/litellm_basic_guardrail_api (litellm 1.110, the types
 * GenericGuardrailAPIRequest and -Response). `texts` is what LiteLLM passes on and what comes back masked; the messages, tools and
 * calls beside them are judged as well, each as the voice that it is.
 *
 * Only `texts` can come back changed. What would be masked elsewhere blocks, unless the same value is masked in a text, or it is
 * the application's own (a system prompt, a tool's description, what the proxy says of its user). */
#include "dialect/checks.h"

static bawn_operation route(bawn_slice method, bawn_slice raw_uri, bawn_slice *rest)
{
    static const bawn_check_route routes[] = { { "/beta/litellm_basic_guardrail_api", BAWN_OP_LITELLM_GUARDRAIL } };

    *rest = BAWN_NIL;
    return bawn_checks_route(routes, BAWN_COUNT(routes), method, raw_uri);
}

/* ---- the request ------------------------------------------------------------------------------------------------------- */
static bool text(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    p->message = index;
    return w->json->tokens[token].type == BAWN_JSON_STRING || bawn_walk_refuse(w, "texts", "a list of strings", token);
}

static bool message(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)index;
    p->answer = false;
    if (w->json->tokens[token].type == BAWN_JSON_OBJECT)
        bawn_checks_speak(p, w->json, bawn_json_get(w->json, token, "role"));
    return true;
}

const bawn_hook_row bawn_checks_litellm_hooks[] = { { "litellm.texts[]", text }, { "litellm.structured_messages[]", message } };
const size_t bawn_checks_n_litellm_hooks = BAWN_COUNT(bawn_checks_litellm_hooks);

static bool request(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    static const char *const types[] = { "request", "response", NULL };
    bawn_place start = bawn_request_start();
    uint32_t type, texts;
    bawn_walk w;

    (void)op;
    if (!bawn_checks_begin(&w, out, j, arena, err) ||
        !bawn_checks_member(&type, &w, "input_type", BAWN_JSON_STRING, true, "request or response") ||
        !bawn_checks_member(&texts, &w, "texts", BAWN_JSON_ARRAY, false, "a list of strings"))
        return false;
    if (!bawn_checks_is_one_of(j, type, types))
        return bawn_walk_refuse(&w, "input_type", "request or response", type);
    if (bawn_json_is(j, type, "response"))
        bawn_checks_as_answer(&start);
    return bawn_walk_run(&w, "litellm", start);
}

/* ---- the answer ---------------------------------------------------------------------------------------------------------- */
static bool is_returned(const bawn_field *f) { return f->kind == BAWN_F_TEXT && bawn_slice_starts(f->path, BAWN_LIT("/texts/")); }

static const bawn_field *field_of(const bawn_report *r, const bawn_reported *f) { return &r->request->fields[f->field]; }

static uint64_t value_of(const bawn_reported *f) { return bawn_hash64(f->match, 0); }

/* Hashes of what is masked in texts, in a table twice as large: so each other finding costs one look. */
typedef struct { uint64_t *slots; size_t mask; } values;

static bool in(values *v, uint64_t value, bool add)
{
    size_t s = value & v->mask;

    for (value += value == 0; v->slots[s] != 0 && v->slots[s] != value; s = (s + 1) & v->mask) {
    }
    bool found = v->slots[s] == value;
    if (add)
        v->slots[s] = value;
    return found;
}

static bool keep_values(values *v, const bawn_report *r, bawn_arena *arena)
{
    v->mask = 15;
    while (v->mask < 2 * r->n_findings)
        v->mask = 2 * v->mask + 1;
    if (!(v->slots = bawn_arena_alloc(arena, (v->mask + 1) * sizeof *v->slots)))
        return false;
    memset(v->slots, 0, (v->mask + 1) * sizeof *v->slots);
    for (size_t i = 0; i < r->n_findings; i++)
        if (r->findings[i].action == BAWN_MASK && is_returned(field_of(r, &r->findings[i])))
            in(v, value_of(&r->findings[i]), true);
    return true;
}

/* Whether something would have to be masked where nothing can be. */
static bool is_stuck(const bawn_report *r, values *v)
{
    for (size_t i = 0; i < r->n_findings; i++) {
        const bawn_reported *f = &r->findings[i];
        const bawn_field *in_field = field_of(r, f);
        if (f->action == BAWN_MASK && !is_returned(in_field) && in_field->origin != BAWN_APPLICATION && !in(v, value_of(f), false))
            return true;
    }
    return false;
}

static bool masks_a_text(const bawn_report *r)
{
    for (size_t i = 0; i < r->n_findings; i++)
        if (r->findings[i].action == BAWN_MASK && is_returned(field_of(r, &r->findings[i])))
            return true;
    return false;
}

static void texts(bawn_buf *b, const bawn_report *r)
{
    const char *before = "";

    bawn_buf_str(b, ",\"texts\":[");
    for (size_t i = 0; i < r->request->n_fields; i++)
        if (is_returned(&r->request->fields[i])) {
            bawn_checks_member_add(b, before, bawn_report_text(r, i));
            before = ",";
        }
    bawn_buf_str(b, "]");
}

static bool report(bawn_buf *b, bawn_operation op, const bawn_report *r, bawn_arena *arena)
{
    size_t start = b->len;
    values v;

    (void)op;
    if (!keep_values(&v, r, arena))
        return false;
    if (r->action == BAWN_BLOCK || is_stuck(r, &v)) {
        bawn_checks_member_add(b, "{\"action\":\"BLOCKED\",\"blocked_reason\":", r->message);
    } else if (masks_a_text(r)) {
        bawn_buf_str(b, "{\"action\":\"GUARDRAIL_INTERVENED\"");
        texts(b, r);
    } else {
        bawn_buf_str(b, "{\"action\":\"NONE\"");
    }
    bawn_buf_str(b, "}");
    return bawn_buf_whole(b, start);
}

/* LiteLLM reads the status alone; people read this in its log. */
static bool error(bawn_buf *b, bawn_slice *content_type, int code, bawn_slice message, bawn_slice param)
{
    size_t start = b->len;

    (void)param;
    *content_type = BAWN_LIT("application/json");
    bawn_checks_member_add(b, "{\"detail\":", message);
    bawn_buf_fmt(b, ",\"code\":\"%s\"}", bawn_error_code_name(code));
    return bawn_buf_whole(b, start);
}

const bawn_dialect bawn_checks_litellm = {
    .name = "guardrail",
    .routes = "POST /beta/litellm_basic_guardrail_api",
    .family = "/beta/litellm",
    .route = route,
    .operation_name = bawn_checks_operation_name,
    .request = request,
    .error = error,
    .report = report,
    .next = &bawn_checks_presidio,
};

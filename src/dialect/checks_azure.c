/* checks_azure.c: Azure AI Content Safety's Prompt Shields, POST /contentsafety/text:shieldPrompt (REST API 2024-09-01): whether the
 * user's prompt attacks the model, and whether documents give it orders. `userPrompt` is judged as the caller's, each document as
 * untrusted text; an attack is any finding of the guard prompt_attack. */
#include "dialect/checks.h"

static bawn_operation route(bawn_slice method, bawn_slice raw_uri, bawn_slice *rest)
{
    static const bawn_check_route routes[] = { { "/contentsafety/text:shieldPrompt", BAWN_OP_SHIELD_PROMPT } };

    *rest = BAWN_NIL;
    return bawn_checks_route(routes, BAWN_COUNT(routes), method, raw_uri);
}

static bool request(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    uint32_t prompt, documents;
    bawn_walk w;

    (void)op;
    if (!bawn_checks_begin(&w, out, j, arena, err) ||
        !bawn_checks_member(&prompt, &w, "userPrompt", BAWN_JSON_STRING, false, "a string") ||
        !bawn_checks_member(&documents, &w, "documents", BAWN_JSON_ARRAY, false, "a list of strings"))
        return false;
    if (!prompt && !documents)
        return bawn_walk_refuse(&w, "userPrompt", "a userPrompt, documents or both", UINT32_MAX);
    for (uint32_t i = 0, t = documents + 1; documents && i < j->tokens[documents].count; i++, t = j->tokens[t].next)
        if (j->tokens[t].type != BAWN_JSON_STRING)
            return bawn_walk_refuse(&w, "documents", "a list of strings", t);
    return bawn_walk_run(&w, "azure", bawn_request_start());
}

static void analysis(bawn_buf *b, bool attack) { bawn_buf_str(b, attack ? "{\"attackDetected\":true}" : "{\"attackDetected\":false}"); }

/* Findings from *i on that stand in the field, which is the next one: *i moves behind them. */
static bool is_attacked(const bawn_report *r, size_t *i, uint32_t field)
{
    bool attack = false;

    for (; *i < r->n_findings && r->findings[*i].field <= field; ++*i)
        attack = attack || (r->findings[*i].field == field && bawn_checks_is(&r->findings[*i], "prompt_attack"));
    return attack;
}

static bool report(bawn_buf *b, bawn_operation op, const bawn_report *r, bawn_arena *arena)
{
    bool *attacked = bawn_arena_alloc(arena, r->request->n_fields + 1), prompt = false;
    uint32_t documents = bawn_json_get(r->asked, 0, "documents");
    size_t start = b->len, at = 0, n = 0;

    (void)op;
    if (!attacked)
        return false;
    for (uint32_t i = 0; i < r->request->n_fields; i++) {
        const bawn_field *f = &r->request->fields[i];
        bool attack = is_attacked(r, &at, i);
        if (f->kind == BAWN_F_TEXT && f->origin == BAWN_DOCUMENT)
            attacked[n++] = attack;
        else
            prompt = prompt || attack;                  /* what stands in a field that we do not know is the caller's as well */
    }
    bawn_buf_str(b, "{\"userPromptAnalysis\":");
    analysis(b, prompt);
    bawn_buf_str(b, ",\"documentsAnalysis\":[");
    for (size_t i = 0; documents && i < n; i++) {
        bawn_buf_str(b, i ? "," : "");
        analysis(b, attacked[i]);
    }
    bawn_buf_str(b, "]}");
    return bawn_buf_whole(b, start);
}

static bool error(bawn_buf *b, bawn_slice *content_type, int code, bawn_slice message, bawn_slice param)
{
    int status = bawn_dialect_status(code);
    size_t start = b->len;

    (void)param;
    *content_type = BAWN_LIT("application/json");
    bawn_buf_fmt(b, "{\"error\":{\"code\":\"%s\",\"message\":", status == 404 ? "NotFound" : status == 429 ? "TooManyRequests"
                 : status == 503 ? "ServerBusy" : status >= 500 ? "InternalError" : "InvalidRequestBody");
    bawn_json_write_string(b, message);
    bawn_buf_fmt(b, ",\"innererror\":{\"code\":\"%s\"}}}", bawn_error_code_name(code));
    return bawn_buf_whole(b, start);
}

const bawn_dialect bawn_checks_azure = {
    .name = "guardrail",
    .routes = "POST /contentsafety/text:shieldPrompt",
    .family = "/contentsafety/",
    .route = route,
    .operation_name = bawn_checks_operation_name,
    .request = request,
    .error = error,
    .report = report,
    .next = &bawn_checks_lakera,
};

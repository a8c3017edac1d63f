/* checks_presidio.c: Microsoft Presidio's analyzer, POST /analyze, and its anonymizer, POST /anonymize (REST API of 2.2.36x), which
 * share a table here as they do not share a server there. What /analyze answers are the findings of the guard `pii`, the policy's own
 * expressions included, under Presidio's names; `text` may be a list, and then the answer is one of lists.
 *
 * A caller's own recognizers are refused: what is looked for stands in the policy. */
#include "dialect/checks.h"

#define MOST 256                /* names in `entities`, words in `allow_list` */

static bawn_operation route(bawn_slice method, bawn_slice raw_uri, bawn_slice *rest)
{
    static const bawn_check_route routes[] = { { "/analyze", BAWN_OP_PRESIDIO_ANALYZE }, { "/anonymize", BAWN_OP_PRESIDIO_ANONYMIZE } };

    *rest = BAWN_NIL;
    return bawn_checks_route(routes, BAWN_COUNT(routes), method, raw_uri);
}

/* ---- the request ------------------------------------------------------------------------------------------------------- */
static bool is_list_of_strings(bawn_walk *w, const char *key, uint32_t list)
{
    const bawn_json *j = w->json;

    for (uint32_t i = 0, t = list + 1; list && i < j->tokens[list].count; i++, t = j->tokens[t].next)
        if (j->tokens[t].type != BAWN_JSON_STRING)
            return bawn_walk_refuse(w, key, "a list of strings", t);
    return true;
}

static bool text_of(bawn_walk *w)
{
    uint32_t text = bawn_json_get(w->json, 0, "text");
    uint8_t type = text ? w->json->tokens[text].type : BAWN_JSON_NULL;

    if (type != BAWN_JSON_STRING && type != BAWN_JSON_ARRAY)
        return bawn_walk_refuse(w, "text", "a string or a list of strings", text ? text : UINT32_MAX);
    return type == BAWN_JSON_STRING || is_list_of_strings(w, "text", text);
}

static bool short_list(bawn_walk *w, const char *key)
{
    uint32_t list;

    return bawn_checks_member(&list, w, key, BAWN_JSON_ARRAY, false, "a list of strings") &&
           (!list || w->json->tokens[list].count <= MOST || bawn_walk_refuse(w, key, "at most 256 strings", list)) &&
           is_list_of_strings(w, key, list);
}

static bool no_recognizers(bawn_walk *w)
{
    uint32_t own = bawn_json_get(w->json, 0, "ad_hoc_recognizers"), match = bawn_json_get(w->json, 0, "allow_list_match");

    if (own && w->json->tokens[own].count > 0)
        return bawn_walk_refuse(w, "ad_hoc_recognizers", "none: expressions stand in the policy, sensitive_information.regexes", own);
    return !match || w->json->tokens[match].type == BAWN_JSON_NULL || bawn_json_is(w->json, match, "exact") ||
           bawn_walk_refuse(w, "allow_list_match", "exact", match);
}

static bool analyze(bawn_conversation *out, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    uint32_t threshold;
    bawn_walk w;

    return bawn_checks_begin(&w, out, j, arena, err) && text_of(&w) && short_list(&w, "entities") && short_list(&w, "allow_list") &&
           bawn_checks_member(&threshold, &w, "score_threshold", BAWN_JSON_NUMBER, false, "a number") && no_recognizers(&w) &&
           bawn_walk_run(&w, "analyze", bawn_request_start());
}

static bool request(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    return op == BAWN_OP_PRESIDIO_ANALYZE ? analyze(out, j, arena, err) : bawn_checks_anonymize_request(out, j, arena, err);
}

/* ---- the answer of /analyze ---------------------------------------------------------------------------------------------- */
typedef struct { bawn_slice *items; size_t n; } strings;
/* known: names that were looked up, by the address of the kind's code, which is the same for each of its findings. */
typedef struct { strings entities, allowed; float threshold; struct { const char *kind; bawn_slice name; } known[64]; } wish;

static bool read_list(strings *out, const bawn_report *r, const char *key, bawn_arena *arena)
{
    const bawn_json *j = r->asked;
    uint32_t list = bawn_json_get(j, 0, key);
    size_t n = list && j->tokens[list].type == BAWN_JSON_ARRAY ? j->tokens[list].count : 0;
    bawn_json_map map;

    *out = (strings){ bawn_arena_alloc(arena, (n + 1) * sizeof *out->items), 0 };
    for (uint32_t t = list + 1; out->items && out->n < n; t = j->tokens[t].next)
        if (!bawn_json_decode(&out->items[out->n++], &map, j, t, arena))
            return false;
    return out->items != NULL;
}

static bool read_wish(wish *out, const bawn_report *r, bawn_arena *arena)
{
    uint32_t threshold = bawn_json_get(r->asked, 0, "score_threshold");

    out->threshold = threshold ? bawn_checks_decimal(bawn_json_raw(r->asked, threshold)) : 0;
    return read_list(&out->entities, r, "entities", arena) && read_list(&out->allowed, r, "allow_list", arena);
}

static bawn_slice look_up(const wish *w, bawn_slice kind)
{
    if (w->entities.n == 0)
        return bawn_presidio_name(kind);
    for (size_t i = 0; i < w->entities.n; i++)
        if (bawn_presidio_means(w->entities.items[i], kind))
            return w->entities.items[i];
    return BAWN_NIL;
}

/* The name under which the kind is asked for; empty: it is not. */
static bawn_slice name_of(wish *w, bawn_slice kind)
{
    size_t k = ((uintptr_t)kind.ptr >> 3) % BAWN_COUNT(w->known);

    if (w->known[k].kind != kind.ptr) {
        w->known[k].kind = kind.ptr;
        w->known[k].name = look_up(w, kind);
    }
    return w->known[k].name;
}

static bool is_wished(wish *w, const bawn_reported *f)
{
    for (size_t i = 0; i < w->allowed.n; i++)
        if (bawn_slice_eq(w->allowed.items[i], f->match))
            return false;
    return bawn_checks_is(f, "pii") && f->score >= w->threshold && name_of(w, bawn_checks_detail(f->kind)).len > 0;
}

static void result(bawn_buf *b, bawn_counter *c, wish *w, const bawn_reported *f)
{
    uint64_t begin, end;

    bawn_counter_span(&begin, &end, c, f);
    bawn_buf_fmt(b, "{\"analysis_explanation\":null,\"end\":%llu,\"entity_type\":", (unsigned long long)end);
    bawn_json_write_string(b, name_of(w, bawn_checks_detail(f->kind)));
    bawn_buf_str(b, ",\"score\":");
    bawn_checks_score(b, f->score);
    bawn_buf_fmt(b, ",\"start\":%llu}", (unsigned long long)begin);
}

/* The findings from *i on that stand in the field. */
static void results(bawn_buf *b, const bawn_report *r, wish *w, size_t *i, uint32_t field)
{
    bawn_counter c = { r, field, 0, 0 };
    const char *before = "[";

    for (; *i < r->n_findings && r->findings[*i].field <= field; ++*i) {
        if (r->findings[*i].field != field || !is_wished(w, &r->findings[*i]))
            continue;
        bawn_buf_str(b, before);
        result(b, &c, w, &r->findings[*i]);
        before = ",";
    }
    bawn_buf_str(b, before[0] == '[' ? "[]" : "]");
}

static bool analyze_report(bawn_buf *b, const bawn_report *r, bawn_arena *arena)
{
    bool list = r->asked->tokens[bawn_json_get(r->asked, 0, "text")].type == BAWN_JSON_ARRAY;
    size_t start = b->len, at = 0;
    const char *before = "";
    wish w = { .threshold = 0 };

    if (!read_wish(&w, r, arena))
        return false;
    bawn_buf_str(b, list ? "[" : "");
    for (uint32_t i = 0; i < r->request->n_fields; i++) {
        const bawn_field *f = &r->request->fields[i];
        if (f->kind != BAWN_F_TEXT || !bawn_slice_starts(f->path, BAWN_LIT("/text")))
            continue;
        bawn_buf_str(b, before);
        results(b, r, &w, &at, i);
        before = ",";
    }
    bawn_buf_str(b, list ? "]" : "");
    return bawn_buf_whole(b, start);
}

static bool report(bawn_buf *b, bawn_operation op, const bawn_report *r, bawn_arena *arena)
{
    return op == BAWN_OP_PRESIDIO_ANALYZE ? analyze_report(b, r, arena) : bawn_checks_anonymize_report(b, r, arena);
}

static bool error(bawn_buf *b, bawn_slice *content_type, int code, bawn_slice message, bawn_slice param)
{
    size_t start = b->len;

    (void)param;
    *content_type = BAWN_LIT("application/json");
    bawn_checks_member_add(b, "{\"error\":", message);
    bawn_buf_fmt(b, ",\"code\":\"%s\"}", bawn_error_code_name(code));
    return bawn_buf_whole(b, start);
}

const bawn_dialect bawn_checks_presidio = {
    .name = "guardrail",
    .routes = "POST /analyze and /anonymize",
    .family = "/an",
    .route = route,
    .operation_name = bawn_checks_operation_name,
    .request = request,
    .error = error,
    .report = report,
    .next = &bawn_checks_azure,
};

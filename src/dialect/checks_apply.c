/* checks_apply.c: Amazon Bedrock's ApplyGuardrail, POST /guardrail/{id}/version/{version}/apply, as boto3 sends and parses it. The
 * id is the name of a guardrail of the policy, or an ARN that ends in it; the version DRAFT (the policy's file) or the number of
 * a published one that a route names.
 *
 * As in Bedrock: text that is only a `grounding_source` or a `query` is there to be compared with, and is not judged unless it is
 * `guard_content` as well; a block's output is the guardrail's message, else there is an output for each text, masked. */
#include "dialect/assessment.h"
#include "dialect/checks.h"

/* ---- the route ------------------------------------------------------------------------------------------------------- */
/* Between "/guardrail/" and "/version/", between that and "/apply": as they stand in the URI. */
static bool parts_of(bawn_slice *id, bawn_slice *version, bawn_slice uri)
{
    const bawn_slice head = BAWN_LIT("/guardrail/"), middle = BAWN_LIT("/version/"), tail = BAWN_LIT("/apply");
    bawn_slice path = { uri.ptr, bawn_slice_find(uri, BAWN_LIT("?")) };

    if (!bawn_slice_starts(path, head) || path.len < head.len + tail.len ||
        !bawn_slice_is(bawn_slice_of(path.ptr + path.len - tail.len, tail.len), "/apply"))
        return false;
    bawn_slice inner = { path.ptr + head.len, path.len - head.len - tail.len };
    size_t at = bawn_slice_find(inner, middle);
    if (at == 0 || at + middle.len >= inner.len)
        return false;
    *id = bawn_slice_of(inner.ptr, at);
    *version = bawn_slice_of(inner.ptr + at + middle.len, inner.len - at - middle.len);
    return bawn_slice_find(*id, BAWN_LIT("/")) == id->len && bawn_slice_find(*version, BAWN_LIT("/")) == version->len;
}

bool bawn_checks_apply_route(bawn_slice method, bawn_slice raw_uri)
{
    bawn_slice id, version;
    return bawn_slice_is(method, "POST") && parts_of(&id, &version, raw_uri);
}

/* The byte that "%2F" stands for; -1: it is no such thing. */
static int coded(bawn_slice three)
{
    static const char digits[] = "0123456789abcdef";
    const char *high, *low;

    if (three.len < 3 || three.ptr[0] != '%' || !three.ptr[1] || !three.ptr[2])
        return -1;
    high = strchr(digits, bawn_lower(three.ptr[1]));
    low = strchr(digits, bawn_lower(three.ptr[2]));
    return high && low ? (int)((high - digits) * 16 + (low - digits)) : -1;
}

/* Behind the last slash, written as such or coded: an ARN ends in "guardrail/ID". What is not coded well stays as it is, and is
 * nobody's name. */
static bool name_of(bawn_slice *out, bawn_slice id, bawn_arena *arena)
{
    char *text = bawn_arena_alloc(arena, id.len + 1);
    size_t n = 0;

    if (!text)
        return false;
    for (size_t i = 0; i < id.len; i++) {
        int byte = coded(bawn_slice_of(id.ptr + i, id.len - i));
        text[n++] = byte < 0 ? id.ptr[i] : (char)byte;
        i += byte < 0 ? 0 : 2;
        n = text[n - 1] == '/' ? 0 : n;
    }
    *out = n > 0 ? bawn_slice_of(text, n) : id;         /* never empty: that would be nobody in particular */
    return true;
}

bool bawn_checks_guardrail_of(bawn_slice *name, bawn_slice *version, bawn_operation op, bawn_slice raw_uri, bawn_arena *arena)
{
    bawn_slice id;

    *name = *version = BAWN_NIL;
    return op != BAWN_OP_APPLY_GUARDRAIL || !parts_of(&id, version, raw_uri) || name_of(name, id, arena);
}

/* ---- the request ------------------------------------------------------------------------------------------------------- */
static bool has_qualifier(const bawn_json *j, uint32_t list, const char *word)
{
    for (uint32_t i = 0, t = list + 1; i < j->tokens[list].count; i++, t = j->tokens[t].next)
        if (bawn_json_is(j, t, word))
            return true;
    return false;
}

/* Bedrock calls each block a union: exactly one of text and image. */
static bool block(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    const bawn_json *j = w->json;
    uint32_t text = bawn_json_get(j, token, "text"), image = bawn_json_get(j, token, "image");
    uint32_t list = text ? bawn_json_get(j, text, "qualifiers") : 0;

    (void)index;
    p->message = 0;                                     /* all blocks are one message: what is split over them is seen */
    if ((text != 0) == (image != 0))
        return bawn_walk_refuse(w, "content", "blocks of one member: text or image", token);
    if (text && !bawn_json_get(j, text, "text"))
        return bawn_walk_refuse(w, "content.text", "an object with text", text);
    if (list && j->tokens[list].type == BAWN_JSON_ARRAY && j->tokens[list].count > 0 && !has_qualifier(j, list, "guard_content"))
        p->skip = "not_asked";
    return true;
}

static bool text(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return w->json->tokens[token].type == BAWN_JSON_STRING || bawn_walk_refuse(w, "content.text.text", "a string", token);
}

static bool qualifier(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    static const char *const words[] = { "grounding_source", "query", "guard_content", NULL };

    (void)p, (void)index;
    return bawn_checks_is_one_of(w->json, token, words) ||
           bawn_walk_refuse(w, "content.text.qualifiers", "grounding_source, query or guard_content", token);
}

const bawn_hook_row bawn_checks_apply_hooks[] = {
    { "apply.content[]", block }, { "apply.content[].text.text", text }, { "apply.content[].text.qualifiers[]", qualifier },
};
const size_t bawn_checks_n_apply_hooks = BAWN_COUNT(bawn_checks_apply_hooks);

bool bawn_checks_apply_request(bawn_conversation *out, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    static const char *const sources[] = { "INPUT", "OUTPUT", NULL }, *const scopes[] = { "INTERVENTIONS", "FULL", NULL };
    bawn_place start = bawn_request_start();
    uint32_t source, content, scope;
    bawn_walk w;

    if (!bawn_checks_begin(&w, out, j, arena, err) ||
        !bawn_checks_member(&source, &w, "source", BAWN_JSON_STRING, true, "INPUT or OUTPUT") ||
        !bawn_checks_member(&content, &w, "content", BAWN_JSON_ARRAY, true, "a list of blocks") ||
        !bawn_checks_member(&scope, &w, "outputScope", BAWN_JSON_STRING, false, "INTERVENTIONS or FULL"))
        return false;
    if (!bawn_checks_is_one_of(j, source, sources))
        return bawn_walk_refuse(&w, "source", "INPUT or OUTPUT", source);
    if (scope && !bawn_checks_is_one_of(j, scope, scopes))
        return bawn_walk_refuse(&w, "outputScope", "INTERVENTIONS or FULL", scope);
    if (bawn_json_is(j, source, "OUTPUT"))
        bawn_checks_as_answer(&start);
    return bawn_walk_run(&w, "apply", start);
}

/* ---- the answer ---------------------------------------------------------------------------------------------------------- */
static void outputs(bawn_buf *b, const bawn_report *r)
{
    const char *before = "{\"text\":";

    if (r->action == BAWN_BLOCK) {
        bawn_checks_member_add(b, before, r->message);
        bawn_buf_str(b, "}");
    }
    for (size_t i = 0; r->action == BAWN_MASK && i < r->request->n_fields; i++) {
        const bawn_field *f = &r->request->fields[i];
        if (f->kind != BAWN_F_TEXT || f->key)
            continue;
        bawn_checks_member_add(b, before, bawn_report_text(r, i));
        bawn_buf_str(b, "}");
        before = ",{\"text\":";
    }
}

bool bawn_checks_apply_report(bawn_buf *b, const bawn_report *r, bawn_arena *arena)
{
    uint32_t scope = bawn_json_get(r->asked, 0, "outputScope");
    size_t start = b->len;

    (void)arena;
    bawn_buf_str(b, "{\"usage\":");
    bawn_assessment_usage(b, r);
    bawn_buf_fmt(b, ",\"action\":\"%s\",\"actionReason\":\"%s\",\"outputs\":[", r->action >= BAWN_MASK ? "GUARDRAIL_INTERVENED" : "NONE",
                 r->action == BAWN_BLOCK ? "Guardrail blocked." : r->action == BAWN_MASK ? "Guardrail masked." : "No action.");
    outputs(b, r);
    bawn_buf_str(b, "],\"assessments\":[");
    bawn_assessment_write(b, r, scope && bawn_json_is(r->asked, scope, "FULL"));
    bawn_buf_str(b, "],\"guardrailCoverage\":");
    bawn_assessment_coverage(b, r);
    bawn_buf_str(b, "}");
    return bawn_buf_whole(b, start);
}

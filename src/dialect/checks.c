/* checks.c: what the APIs of the dialect `guardrail` have in common. None of them reaches an upstream: a request brings texts, the
 * exchange judges them as it judges a chat's, and the answer is the judgement, in the wire of the API that was asked. */
#include "dialect/checks.h"

#define MATCH_MOST 2048         /* bytes of what was found, as in an event */

static const struct { bawn_operation op; const char *name; } names[] = {
    { BAWN_OP_APPLY_GUARDRAIL, "apply_guardrail" },     { BAWN_OP_GUARDRAIL_CHECKS, "guardrail_checks" },
    { BAWN_OP_LITELLM_GUARDRAIL, "litellm_guardrail" }, { BAWN_OP_PRESIDIO_ANALYZE, "presidio_analyze" },
    { BAWN_OP_PRESIDIO_ANONYMIZE, "presidio_anonymize" }, { BAWN_OP_SHIELD_PROMPT, "shield_prompt" },
    { BAWN_OP_LAKERA_GUARD, "lakera_guard" },
};

const char *bawn_checks_operation_name(bawn_operation op)
{
    for (size_t i = 0; i < BAWN_COUNT(names); i++)
        if (names[i].op == op)
            return names[i].name;
    return "unknown";
}

bawn_operation bawn_checks_route(const bawn_check_route *routes, size_t n, bawn_slice method, bawn_slice raw_uri)
{
    bawn_slice path = { raw_uri.ptr, bawn_slice_find(raw_uri, BAWN_LIT("?")) };

    for (size_t i = 0; i < n; i++)
        if (bawn_slice_is(method, "POST") && bawn_slice_is(path, routes[i].path))
            return routes[i].op;
    return BAWN_OP_UNKNOWN;
}

/* ---- reading ------------------------------------------------------------------------------------------------------- */
bool bawn_checks_begin(bawn_walk *w, bawn_conversation *out, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    bawn_walk_begin(w, bawn_checks_trie(), out, j, arena, err);
    return bawn_request_is_object(j, err);
}

void bawn_checks_as_answer(bawn_place *p)
{
    p->role = BAWN_ASSISTANT;
    p->origin = BAWN_MODEL;
    p->answer = true;
}

void bawn_checks_speak(bawn_place *p, const bawn_json *j, uint32_t role)
{
    p->role = BAWN_USER;
    p->origin = BAWN_CALLER;
    bawn_request_role(p, j, role, 6);
}

bool bawn_checks_member(uint32_t *token, bawn_walk *w, const char *key, bawn_json_type type, bool needed, const char *expected)
{
    *token = bawn_json_get(w->json, 0, key);
    if (*token && w->json->tokens[*token].type == BAWN_JSON_NULL)
        *token = 0;
    if (!*token)
        return !needed || bawn_walk_refuse(w, key, expected, UINT32_MAX);
    return w->json->tokens[*token].type == type || bawn_walk_refuse(w, key, expected, *token);
}

bool bawn_checks_is_one_of(const bawn_json *j, uint32_t token, const char *const *words)
{
    for (; *words; words++)
        if (bawn_json_is(j, token, *words))
            return true;
    return false;
}

/* ---- writing ------------------------------------------------------------------------------------------------------- */
void bawn_counter_span(uint64_t *begin, uint64_t *end, bawn_counter *c, const bawn_reported *f)
{
    bawn_slice text = c->report->request->fields[f->field].text;

    if (f->field != c->field || f->span.begin < c->at) {
        c->field = f->field;
        c->at = 0;
        c->characters = 0;
    }
    c->characters += bawn_utf8_count(f->span.begin > c->at ? bawn_slice_of(text.ptr + c->at, f->span.begin - c->at) : BAWN_NIL);
    c->at = f->span.begin;
    *begin = c->characters;
    *end = c->characters + bawn_utf8_count(f->span.end > f->span.begin ? bawn_slice_of(text.ptr + f->span.begin, f->span.end - f->span.begin) : BAWN_NIL);
}

uint64_t bawn_checks_number(bawn_slice path, const char *step)
{
    size_t at = bawn_slice_find(path, bawn_slice_str(step)) + strlen(step);
    uint64_t n = 0;

    for (; at < path.len && bawn_is_digit((unsigned char)path.ptr[at]); at++)
        n = n * 10 + (uint64_t)(path.ptr[at] - '0');
    return n;
}

/* strtod would read it by the locale. */
float bawn_checks_decimal(bawn_slice s)
{
    double value = 0, unit = 1;
    bool minus = s.len > 0 && s.ptr[0] == '-', fraction = false, small = false;
    size_t i = minus;
    int exponent = 0;

    for (; i < s.len && (bawn_is_digit((unsigned char)s.ptr[i]) || s.ptr[i] == '.'); i++) {
        fraction = fraction || s.ptr[i] == '.';
        if (s.ptr[i] == '.')
            continue;
        unit = fraction ? unit / 10 : 1;
        value = fraction ? value + (s.ptr[i] - '0') * unit : value * 10 + (s.ptr[i] - '0');
    }
    for (i++; i < s.len; i++) {
        small = small || s.ptr[i] == '-';
        if (bawn_is_digit((unsigned char)s.ptr[i]) && exponent < 100)
            exponent = exponent * 10 + (s.ptr[i] - '0');
    }
    for (; exponent > 0; exponent--)
        value = small ? value / 10 : value * 10;
    value = value > 1e9 ? 1e9 : value;
    return (float)(minus ? -value : value);
}

void bawn_checks_score(bawn_buf *b, float score)
{
    uint32_t n = !(score > 0) ? 0 : score >= 1 ? 10000 : (uint32_t)((double)score * 1e4 + 0.5);
    char digits[7] = "0.0000";
    size_t len = 6;

    digits[0] = (char)('0' + n / 10000);
    for (int i = 5; i > 1; i--, n /= 10)
        digits[i] = (char)('0' + n % 10);
    while (digits[len - 1] == '0' && len > 3)
        len--;
    bawn_buf_add(b, bawn_slice_of(digits, len));
}

void bawn_checks_member_add(bawn_buf *b, const char *before, bawn_slice text)
{
    bawn_buf_str(b, before);
    bawn_json_write_string(b, text);
}

/* What stands in one encoded run is found in all of it, by each guard that finds something there: whole, they would be many times
 * the request. */
void bawn_checks_match_add(bawn_buf *b, const char *before, bawn_slice match)
{
    bawn_slice head = { match.ptr, match.len > MATCH_MOST ? bawn_utf8_floor(match, MATCH_MOST) : match.len };

    bawn_buf_str(b, before);
    bawn_buf_byte(b, '"');
    bawn_json_write_escaped(b, head);
    bawn_buf_str(b, head.len < match.len ? "\xE2\x80\xA6\"" : "\"");
}

bawn_slice bawn_checks_detail(bawn_slice kind)
{
    size_t dot = bawn_slice_find(kind, BAWN_LIT("."));
    return dot < kind.len ? bawn_slice_of(kind.ptr + dot + 1, kind.len - dot - 1) : kind;
}

bool bawn_checks_is(const bawn_reported *f, const char *guard) { return bawn_slice_is(f->guard, guard); }
bool bawn_checks_acts(const bawn_reported *f) { return f->would >= BAWN_MASK; }

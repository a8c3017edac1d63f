/* checks_invoke.c: Amazon Bedrock's InvokeGuardrailChecks, POST /guardrail-checks/invoke: scores without a decision. What was asked
 * for and what no guard looks at has no result: a score of 0 would say that it was looked for. */
#include "dialect/assessment.h"
#include "dialect/checks.h"

#define UNIT 1000               /* characters of a text unit */
#define MOST 31                 /* names in a list: as many as there are */

/* What Bedrock's categories of attacks are called here. */
static const struct { const char *category, *kind; } attacks[] = {
    { "JAILBREAK", "prompt_attack.JAILBREAK" },               { "JAILBREAK", "prompt_attack.MANY_SHOT" },
    { "JAILBREAK", "prompt_attack.OBFUSCATED" },              { "PROMPT_INJECTION", "prompt_attack.INSTRUCTION_OVERRIDE" },
    { "PROMPT_INJECTION", "prompt_attack.INDIRECT" },         { "PROMPT_INJECTION", "prompt_attack.DELIMITER" },
    { "PROMPT_LEAKAGE", "prompt_attack.PROMPT_LEAK" },
};

typedef struct { const char *check, *list, *member, *guard; } check;
static const check checks[] = {
    { "contentFilter", "categories", "category", "harm" }, { "promptAttack", "categories", "category", "prompt_attack" },
    { "sensitiveInformation", "entities", "type", "pii" },
};
enum { CONTENT, ATTACK, SENSITIVE };

static bool knows(int which, const bawn_json *j, uint32_t token)
{
    static const char *const content[] = { "VIOLENCE", "HATE", "SEXUAL", "MISCONDUCT", "INSULTS", NULL };
    static const char *const attack[] = { "JAILBREAK", "PROMPT_INJECTION", "PROMPT_LEAKAGE", NULL };

    if (j->tokens[token].escaped)
        return false;                                   /* names are repeated as they stand */
    if (which != SENSITIVE)
        return bawn_checks_is_one_of(j, token, which == CONTENT ? content : attack);
    return j->tokens[token].type == BAWN_JSON_STRING && bawn_assessment_knows(bawn_json_raw(j, token));
}

/* ---- the request ------------------------------------------------------------------------------------------------------- */
static bool message(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    static const char *const roles[] = { "user", "assistant", "system", NULL };
    uint32_t role = bawn_json_get(w->json, token, "role"), content = bawn_json_get(w->json, token, "content");

    if (!role || !bawn_checks_is_one_of(w->json, role, roles))
        return bawn_walk_refuse(w, "messages.role", "user, assistant or system", role ? role : UINT32_MAX);
    if (!content || w->json->tokens[content].type != BAWN_JSON_ARRAY || w->json->tokens[content].count == 0)
        return bawn_walk_refuse(w, "messages.content", "a list of at least one block", content ? content : UINT32_MAX);
    bawn_checks_speak(p, w->json, role);
    if (p->role == BAWN_ASSISTANT)
        bawn_checks_as_answer(p);
    p->message = index;
    return true;
}

static bool text(bawn_walk *w, bawn_place *p, uint32_t token, uint32_t index)
{
    (void)p, (void)index;
    return w->json->tokens[token].type == BAWN_JSON_STRING || bawn_walk_refuse(w, "messages.content.text", "a string", token);
}

const bawn_hook_row bawn_checks_invoke_hooks[] = {
    { "invoke.messages[]", message }, { "invoke.messages[].content[].text", text },
};
const size_t bawn_checks_n_invoke_hooks = BAWN_COUNT(bawn_checks_invoke_hooks);

/* The list of what one check is asked for; 0: it is not asked. False: refused. */
static bool list_of(uint32_t *out, bawn_walk *w, uint32_t asked, int which)
{
    const bawn_json *j = w->json;
    uint32_t one = bawn_json_get(j, asked, checks[which].check);

    *out = 0;
    if (!one)
        return true;
    *out = bawn_json_get(j, one, checks[which].list);
    if (!*out || j->tokens[*out].type != BAWN_JSON_ARRAY || j->tokens[*out].count == 0 || j->tokens[*out].count > MOST)
        return bawn_walk_refuse(w, checks[which].check, "an object with a list of at most 31 names", *out ? *out : one);
    for (uint32_t i = 0, t = *out + 1; i < j->tokens[*out].count; i++, t = j->tokens[t].next) {
        uint32_t name = bawn_json_get(j, t, checks[which].member);
        if (!name || !knows(which, j, name))
            return bawn_walk_refuse(w, checks[which].check, "names that this API knows", name ? name : t);
    }
    return true;
}

bool bawn_checks_invoke_request(bawn_conversation *out, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    uint32_t messages, asked, list, some = 0;
    bawn_walk w;

    if (!bawn_checks_begin(&w, out, j, arena, err) ||
        !bawn_checks_member(&messages, &w, "messages", BAWN_JSON_ARRAY, true, "a list of at least one message") ||
        !bawn_checks_member(&asked, &w, "checks", BAWN_JSON_OBJECT, true, "an object with checks"))
        return false;
    if (j->tokens[messages].count == 0)
        return bawn_walk_refuse(&w, "messages", "a list of at least one message", messages);
    for (int which = CONTENT; which <= SENSITIVE; which++) {
        if (!list_of(&list, &w, asked, which))
            return false;
        some += list;
    }
    if (!some)
        return bawn_walk_refuse(&w, "checks", "contentFilter, promptAttack or sensitiveInformation", asked);
    out->n_messages = j->tokens[messages].count;
    return bawn_walk_run(&w, "invoke", bawn_request_start());
}

/* ---- the answer ---------------------------------------------------------------------------------------------------------- */
static bool is_category(const bawn_reported *f, bawn_slice category)
{
    if (bawn_checks_is(f, "harm"))
        return bawn_slice_eq(bawn_checks_detail(f->kind), category);
    for (size_t i = 0; i < BAWN_COUNT(attacks); i++)
        if (bawn_slice_is(category, attacks[i].category) && bawn_slice_is(f->kind, attacks[i].kind))
            return true;
    return false;
}

static float severity(const bawn_report *r, bawn_slice category)
{
    float most = 0;

    for (size_t i = 0; i < r->n_findings; i++)
        if (is_category(&r->findings[i], category) && r->findings[i].score > most)
            most = r->findings[i].score;
    return most;
}

static void categories(bawn_buf *b, const bawn_report *r, uint32_t list)
{
    const bawn_json *j = r->asked;

    for (uint32_t i = 0, t = list + 1; i < j->tokens[list].count; i++, t = j->tokens[t].next) {
        bawn_slice category = bawn_json_raw(j, bawn_json_get(j, t, "category"));
        bawn_checks_member_add(b, i ? ",{\"category\":" : "{\"category\":", category);
        bawn_buf_str(b, ",\"severityScore\":");
        bawn_checks_score(b, severity(r, category));
        bawn_buf_str(b, "}");
    }
}

static bool is_asked(const bawn_json *j, uint32_t list, bawn_slice entity)
{
    for (uint32_t i = 0, t = list + 1; i < j->tokens[list].count; i++, t = j->tokens[t].next)
        if (bawn_slice_eq(bawn_json_raw(j, bawn_json_get(j, t, "type")), entity))
            return true;
    return false;
}

static void entity(bawn_buf *b, bawn_counter *c, const bawn_reported *f)
{
    bawn_slice path = c->report->request->fields[f->field].path;
    uint64_t begin, end;

    bawn_counter_span(&begin, &end, c, f);
    bawn_checks_member_add(b, "{\"type\":", bawn_checks_detail(f->kind));
    bawn_buf_str(b, ",\"confidenceScore\":");
    bawn_checks_score(b, f->score);
    bawn_buf_fmt(b, ",\"beginOffset\":%llu,\"endOffset\":%llu,\"messageIndex\":%llu,\"contentIndex\":%llu}", (unsigned long long)begin,
                 (unsigned long long)end, (unsigned long long)bawn_checks_number(path, "/messages/"),
                 (unsigned long long)bawn_checks_number(path, "/content/"));
}

static void entities(bawn_buf *b, const bawn_report *r, uint32_t list)
{
    bawn_counter c = { r, 0, 0, 0 };
    const char *before = "";

    for (size_t i = 0; i < r->n_findings; i++) {
        const bawn_reported *f = &r->findings[i];
        bool in_text = r->request->fields[f->field].kind == BAWN_F_TEXT;
        if (!in_text || !bawn_checks_is(f, "pii") || !is_asked(r->asked, list, bawn_checks_detail(f->kind)))
            continue;
        bawn_buf_str(b, before);
        entity(b, &c, f);
        before = ",";
    }
}

bool bawn_checks_invoke_report(bawn_buf *b, const bawn_report *r)
{
    uint32_t asked = bawn_json_get(r->asked, 0, "checks");
    size_t start = b->len;
    bawn_buf usage = { 0 };
    const char *before = "";

    bawn_buf_str(b, "{\"results\":{");
    for (int which = CONTENT; which <= SENSITIVE; which++) {
        uint32_t one = bawn_json_get(r->asked, asked, checks[which].check), list = one ? bawn_json_get(r->asked, one, checks[which].list) : 0;
        if (!one || !bawn_report_ran(r, checks[which].guard))
            continue;
        bawn_buf_fmt(b, "%s\"%s\":{\"results\":[", before, checks[which].check);
        which == SENSITIVE ? entities(b, r, list) : categories(b, r, list);
        bawn_buf_str(b, which == SENSITIVE ? "],\"truncated\":false}" : "]}");
        bawn_buf_fmt(&usage, "%s\"%s\":{\"textUnits\":%llu}", before, checks[which].check, (unsigned long long)(r->guarded + UNIT - 1) / UNIT);
        before = ",";
    }
    bawn_buf_str(b, "},\"usage\":{");
    b->failed = b->failed || usage.failed;
    bawn_buf_add(b, bawn_buf_slice(&usage));
    bawn_buf_free(&usage);
    bawn_buf_str(b, "}}");
    return bawn_buf_whole(b, start);
}

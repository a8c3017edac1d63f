/* assessment.c: see assessment.h. Read off the service model of botocore (bedrock-runtime). Bedrock's lists are closed where Bawn
 * finds more: a kind that no enum has, and an action that a list cannot say (a masked word), becomes a row of
 * sensitiveInformationPolicy.regexes with the kind's name, which is free text there. Nothing that was found is left out. */
#include "dialect/assessment.h"

#include "dialect/checks.h"

#define UNIT 1000               /* characters of a text unit */

static const char *const entities[] = {
    "ADDRESS", "AGE", "AWS_ACCESS_KEY", "AWS_SECRET_KEY", "CA_HEALTH_NUMBER", "CA_SOCIAL_INSURANCE_NUMBER", "CREDIT_DEBIT_CARD_CVV",
    "CREDIT_DEBIT_CARD_EXPIRY", "CREDIT_DEBIT_CARD_NUMBER", "DRIVER_ID", "EMAIL", "INTERNATIONAL_BANK_ACCOUNT_NUMBER", "IP_ADDRESS",
    "LICENSE_PLATE", "MAC_ADDRESS", "NAME", "PASSWORD", "PHONE", "PIN", "SWIFT_CODE", "UK_NATIONAL_HEALTH_SERVICE_NUMBER",
    "UK_NATIONAL_INSURANCE_NUMBER", "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER", "URL", "USERNAME", "US_BANK_ACCOUNT_NUMBER",
    "US_BANK_ROUTING_NUMBER", "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER", "US_PASSPORT_NUMBER", "US_SOCIAL_SECURITY_NUMBER",
    "VEHICLE_IDENTIFICATION_NUMBER", NULL,
};

bool bawn_assessment_knows(bawn_slice entity) { return bawn_slice_is_any(entity, entities); }

/* ---- which list a finding stands in ------------------------------------------------------------------------------ */
typedef enum { TOPIC, FILTER, WORD, MANAGED, ENTITY, REGEX } list;

static list list_of(const bawn_reported *f)
{
    static const char *const filters[] = { "harm.INSULTS", "harm.HATE", "harm.SEXUAL", "harm.VIOLENCE", "harm.MISCONDUCT", NULL };

    if (bawn_checks_is(f, "pii") && f->pattern.len == 0 && bawn_assessment_knows(bawn_checks_detail(f->kind)))
        return ENTITY;
    if (f->action == BAWN_MASK)
        return REGEX;                                   /* the other lists only know BLOCKED and NONE */
    if (bawn_checks_is(f, "topics"))
        return TOPIC;
    if (bawn_checks_is(f, "prompt_attack") || bawn_slice_is_any(f->kind, filters))
        return FILTER;
    if (bawn_slice_is(f->kind, "words.PROFANITY"))
        return MANAGED;
    return bawn_checks_is(f, "words") ? WORD : REGEX;
}

static const char *action_of(const bawn_reported *f)
{
    return f->action == BAWN_BLOCK ? "BLOCKED" : f->action == BAWN_MASK ? "ANONYMIZED" : "NONE";
}

static void end_row(bawn_buf *b, const char *action)
{
    bawn_buf_str(b, ",\"action\":\"");
    bawn_buf_str(b, action);
    bawn_buf_str(b, "\",\"detected\":true}");
}

/* ---- rows, a shape each ---------------------------------------------------------------------------------------------- */
static void topic_row(bawn_buf *b, const bawn_reported *f)
{
    bawn_checks_member_add(b, "{\"name\":", bawn_checks_detail(f->kind));
    bawn_buf_str(b, ",\"type\":\"DENY\"");
}

static void word_row(bawn_buf *b, const bawn_reported *f) { bawn_checks_match_add(b, "{\"match\":", f->match); }

static void managed_row(bawn_buf *b, const bawn_reported *f)
{
    bawn_checks_match_add(b, "{\"match\":", f->match);
    bawn_buf_str(b, ",\"type\":\"PROFANITY\"");
}

static void entity_row(bawn_buf *b, const bawn_reported *f)
{
    bawn_checks_match_add(b, "{\"match\":", f->match);
    bawn_checks_member_add(b, ",\"type\":", bawn_checks_detail(f->kind));
}

static void regex_row(bawn_buf *b, const bawn_reported *f)
{
    bool own = bawn_checks_is(f, "pii");                /* the policy's expressions and our kinds go by their name alone */

    bawn_checks_member_add(b, "{\"name\":", own ? bawn_checks_detail(f->kind) : f->kind);
    if (f->match.len > 0)
        bawn_checks_match_add(b, ",\"match\":", f->match);
    if (f->pattern.len > 0)
        bawn_checks_member_add(b, ",\"regex\":", f->pattern);
}

static void rows(bawn_buf *b, const bawn_report *r, list which, void (*row)(bawn_buf *, const bawn_reported *))
{
    const char *before = "";

    bawn_buf_str(b, "[");
    for (size_t i = 0; i < r->n_findings; i++) {
        if (list_of(&r->findings[i]) != which)
            continue;
        bawn_buf_str(b, before);
        row(b, &r->findings[i]);
        end_row(b, action_of(&r->findings[i]));
        before = ",";
    }
    bawn_buf_str(b, "]");
}

static bool has(const bawn_report *r, list a, list other)
{
    for (size_t i = 0; i < r->n_findings; i++)
        if (list_of(&r->findings[i]) == a || list_of(&r->findings[i]) == other)
            return true;
    return false;
}

/* ---- content filters: one row a type, by its surest finding ---------------------------------------------------------- */
typedef struct { const char *type; float score, needed; bawn_action action; bool detected; } filter;

static void note_filter(filter *f, const bawn_reported *found)
{
    f->detected = true;
    f->score = found->score > f->score ? found->score : f->score;
    f->needed = found->needed;
    f->action = found->action > f->action ? found->action : f->action;
}

/* R12: what a score is called, and which strength looks at scores from `needed` on. */
static const char *confidence_of(float score) { return score >= 0.9f ? "HIGH" : score >= 0.75f ? "MEDIUM" : score > 0 ? "LOW" : "NONE"; }
static const char *strength_of(float needed) { return needed >= 0.9f ? "LOW" : needed >= 0.75f ? "MEDIUM" : "HIGH"; }

static void filter_row(bawn_buf *b, const filter *f)
{
    bawn_buf_fmt(b, "{\"type\":\"%s\",\"confidence\":\"%s\",", f->type, confidence_of(f->score));
    if (f->detected)
        bawn_buf_fmt(b, "\"filterStrength\":\"%s\",", strength_of(f->needed));
    bawn_buf_fmt(b, "\"action\":\"%s\",\"detected\":%s}", f->action == BAWN_BLOCK ? "BLOCKED" : "NONE", f->detected ? "true" : "false");
}

static void content_policy(bawn_buf *b, const bawn_report *r, bool full)
{
    filter filters[] = { { .type = "PROMPT_ATTACK" }, { .type = "INSULTS" }, { .type = "HATE" }, { .type = "SEXUAL" },
                         { .type = "VIOLENCE" }, { .type = "MISCONDUCT" } };
    const char *before = ",\"contentPolicy\":{\"filters\":[";

    for (size_t i = 0; i < r->n_findings; i++)
        for (size_t k = 0; k < BAWN_COUNT(filters) && list_of(&r->findings[i]) == FILTER; k++)
            if (k == 0 ? bawn_checks_is(&r->findings[i], "prompt_attack")
                       : bawn_slice_is(bawn_checks_detail(r->findings[i].kind), filters[k].type))
                note_filter(&filters[k], &r->findings[i]);
    for (size_t k = 0; k < BAWN_COUNT(filters); k++) {
        bool ran = bawn_report_ran(r, k == 0 ? "prompt_attack" : "harm");
        if (!filters[k].detected && !(full && ran))
            continue;
        bawn_buf_str(b, before);
        filter_row(b, &filters[k]);
        before = ",";
    }
    if (before[1] == 0)
        bawn_buf_str(b, "]}");
}

/* ---- the whole --------------------------------------------------------------------------------------------------------- */
void bawn_assessment_usage(bawn_buf *b, const bawn_report *r)
{
    unsigned long long units = (r->guarded + UNIT - 1) / UNIT;
    bool filters = bawn_report_ran(r, "prompt_attack") || bawn_report_ran(r, "harm");

    bawn_buf_fmt(b, "{\"topicPolicyUnits\":%llu,\"contentPolicyUnits\":%llu,\"wordPolicyUnits\":%llu,"
                 "\"sensitiveInformationPolicyUnits\":%llu,\"sensitiveInformationPolicyFreeUnits\":0,"
                 "\"contextualGroundingPolicyUnits\":0}", bawn_report_ran(r, "topics") ? units : 0, filters ? units : 0,
                 bawn_report_ran(r, "words") ? units : 0, bawn_report_ran(r, "pii") ? units : 0);
}

void bawn_assessment_coverage(bawn_buf *b, const bawn_report *r)
{
    size_t images = 0;

    for (size_t i = 0; i < r->request->n_unguarded; i++)
        images += strcmp(r->request->unguarded[i].reason, "unsupported_media") == 0;
    bawn_buf_fmt(b, "{\"textCharacters\":{\"guarded\":%llu,\"total\":%llu}", (unsigned long long)r->guarded,
                 (unsigned long long)r->total);
    if (images > 0)
        bawn_buf_fmt(b, ",\"images\":{\"guarded\":0,\"total\":%zu}", images);
    bawn_buf_str(b, "}");
}

static void metrics(bawn_buf *b, const bawn_report *r)
{
    bawn_buf_fmt(b, "\"invocationMetrics\":{\"guardrailProcessingLatency\":%llu,\"usage\":", (unsigned long long)r->milliseconds);
    bawn_assessment_usage(b, r);
    bawn_buf_str(b, ",\"guardrailCoverage\":");
    bawn_assessment_coverage(b, r);
    bawn_buf_str(b, "}");
}

void bawn_assessment_write(bawn_buf *b, const bawn_report *r, bool full)
{
    bawn_buf_str(b, "{");
    metrics(b, r);
    bawn_checks_member_add(b, ",\"appliedGuardrailDetails\":{\"guardrailId\":", r->guardrail);
    bawn_checks_member_add(b, ",\"guardrailVersion\":", r->version);
    bawn_buf_str(b, ",\"guardrailOrigin\":[\"REQUEST\"],\"guardrailOwnership\":\"SELF\"}");
    if (has(r, TOPIC, TOPIC)) {
        bawn_buf_str(b, ",\"topicPolicy\":{\"topics\":");
        rows(b, r, TOPIC, topic_row);
        bawn_buf_str(b, "}");
    }
    content_policy(b, r, full);
    if (has(r, WORD, MANAGED)) {
        bawn_buf_str(b, ",\"wordPolicy\":{\"customWords\":");
        rows(b, r, WORD, word_row);
        bawn_buf_str(b, ",\"managedWordLists\":");
        rows(b, r, MANAGED, managed_row);
        bawn_buf_str(b, "}");
    }
    if (has(r, ENTITY, REGEX)) {
        bawn_buf_str(b, ",\"sensitiveInformationPolicy\":{\"piiEntities\":");
        rows(b, r, ENTITY, entity_row);
        bawn_buf_str(b, ",\"regexes\":");
        rows(b, r, REGEX, regex_row);
        bawn_buf_str(b, "}");
    }
    bawn_buf_str(b, "}");
}

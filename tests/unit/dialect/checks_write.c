/* What was found, written in the wire of each guardrail API: whole answers, by hand-made reports. The expected bytes follow botocore's
 * service model, litellm's and presidio's response types, Azure's and Lakera's reference. keeps: R4, R12 */
#include "dialect/assessment.h"
#include "dialect/checks.h"
#include "help.h"

#define FINDS 8
typedef struct { const char *guard, *kind, *pattern; uint32_t field; size_t begin, end; float score; bawn_action action, would; } found;
typedef struct { bawn_field fields[4]; bawn_reported found[FINDS]; bawn_slice ran[8]; bawn_slice masked[4]; bawn_conversation c; bawn_json json; bawn_report r; } desk;

static const uint8_t seed[32] = { 1, 2, 3 };

static void open_desk(desk *d, const char *asked, const char *const *texts, const char *const *paths, const found *f)
{
    static const char *const ran[] = { "prompt_attack", "pii", "words", "secrets" };
    bawn_error err;

    *d = (desk){ 0 };
    if (!bawn_json_parse(&d->json, bawn_slice_str(asked), 32, &err))
        fail_msg("%s: %s", asked, err.message);
    for (; texts[d->c.n_fields]; d->c.n_fields++) {
        d->fields[d->c.n_fields] = (bawn_field){ .path = bawn_slice_str(paths[d->c.n_fields]), .text = bawn_slice_str(texts[d->c.n_fields]), .origin = BAWN_CALLER };
        d->r.total += bawn_utf8_count(bawn_slice_str(texts[d->c.n_fields]));
    }
    for (; f && f[d->r.n_findings].guard; d->r.n_findings++) {
        const found *from = &f[d->r.n_findings];
        d->found[d->r.n_findings] = (bawn_reported){ bawn_slice_str(from->guard), bawn_slice_str(from->kind),
            bawn_slice_of(texts[from->field] + from->begin, from->end - from->begin), bawn_slice_str(from->pattern), from->field,
            { from->begin, from->end }, from->score, 0.6f, from->action, from->would ? from->would : from->action };
        d->r.action = from->action > d->r.action ? from->action : d->r.action;
    }
    for (size_t i = 0; i < BAWN_COUNT(ran); i++)
        d->ran[d->r.n_ran++] = bawn_slice_str(ran[i]);
    d->c.fields = d->fields;
    d->r.request = &d->c;
    d->r.asked = &d->json;
    d->r.findings = d->found;
    d->r.ran = d->ran;
    d->r.message = BAWN_LIT("No \"way\".");
    d->r.guardrail = BAWN_LIT("shop");
    d->r.version = BAWN_LIT("2");
    d->r.id = BAWN_LIT("0193");
    d->r.guarded = d->r.total;
    d->r.milliseconds = 3;
    d->r.seed = seed;
}

/* The answer, which must be JSON; to be freed. */
static bawn_buf write(desk *d, bawn_operation op)
{
    const bawn_dialect *tables[] = { &bawn_dialect_guardrail, &bawn_checks_litellm, &bawn_checks_presidio, &bawn_checks_azure, &bawn_checks_lakera };
    static const uint8_t which[] = { 0, 0, 1, 2, 2, 3, 4 };
    bawn_arena *arena = bawn_arena_new(1024, 0);
    bawn_json j = { 0 };
    bawn_buf b = { 0 };

    assert_true(tables[which[op - BAWN_OP_APPLY_GUARDRAIL]]->report(&b, op, &d->r, arena));
    if (!bawn_json_parse(&j, bawn_buf_slice(&b), 64, NULL))
        fail_msg("no JSON: %.*s", (int)b.len, b.ptr);
    bawn_json_free(&j);
    bawn_arena_free(arena);
    return b;
}

static void expect_in(const bawn_buf *b, const char *text)
{
    if (bawn_slice_find(bawn_buf_slice(b), bawn_slice_str(text)) == b->len)
        fail_msg("%s\nis not in %.*s", text, (int)b->len, b->ptr);
}

static void expect_not_in(const bawn_buf *b, const char *text)
{
    if (bawn_slice_find(bawn_buf_slice(b), bawn_slice_str(text)) < b->len)
        fail_msg("%s\nis in %.*s", text, (int)b->len, b->ptr);
}

static void answer(bawn_operation op, const char *asked, const char *const *texts, const char *const *paths, const found *f, const char *expected)
{
    desk d;
    open_desk(&d, asked, texts, paths, f);
    bawn_buf b = write(&d, op);
    assert_string_equal((bawn_buf_byte(&b, 0), b.ptr), expected);
    bawn_buf_free(&b);
    bawn_json_free(&d.json);
}

static const char *const content[] = { "/content/0/text/text", "/content/1/text/text", NULL };

/* ---- Amazon's ---------------------------------------------------------------------------------------------------------- */
static void each_kind_stands_in_bedrocks_list_for_it(void **state)
{
    static const found f[] = {
        { "topics", "topics.stocks", "", 0, 0, 1, 0.95f, BAWN_BLOCK, 0 }, { "prompt_attack", "prompt_attack.JAILBREAK", "", 0, 1, 2, 0.8f, BAWN_BLOCK, 0 },
        { "words", "words.CUSTOM", "", 0, 2, 3, 0.95f, BAWN_BLOCK, 0 }, { "words", "words.PROFANITY", "", 0, 3, 4, 0.95f, BAWN_OBSERVE, 0 },
        { "pii", "pii.EMAIL", "", 0, 4, 5, 0.95f, BAWN_MASK, 0 }, { "pii", "pii.BR_CPF", "", 0, 5, 6, 0.95f, BAWN_MASK, 0 },
        { "pii", "pii.ORDER", "o[0-9]", 0, 6, 7, 0.95f, BAWN_OBSERVE, BAWN_MASK }, { NULL },
    };
    desk d;
    (void)state;
    open_desk(&d, "{\"source\":\"INPUT\"}", (const char *const[]){ "abcdefgh", NULL }, content, f);
    bawn_buf b = write(&d, BAWN_OP_APPLY_GUARDRAIL);
    expect_in(&b, "\"action\":\"GUARDRAIL_INTERVENED\",\"actionReason\":\"Guardrail blocked.\",\"outputs\":[{\"text\":\"No \\\"way\\\".\"}]");
    expect_in(&b, "\"topicPolicy\":{\"topics\":[{\"name\":\"stocks\",\"type\":\"DENY\",\"action\":\"BLOCKED\",\"detected\":true}]}");
    expect_in(&b, "\"contentPolicy\":{\"filters\":[{\"type\":\"PROMPT_ATTACK\",\"confidence\":\"MEDIUM\",\"filterStrength\":\"HIGH\",\"action\":\"BLOCKED\",\"detected\":true}]}");
    expect_in(&b, "\"wordPolicy\":{\"customWords\":[{\"match\":\"c\",\"action\":\"BLOCKED\",\"detected\":true}],\"managedWordLists\":[{\"match\":\"d\",\"type\":\"PROFANITY\",\"action\":\"NONE\",\"detected\":true}]}");
    expect_in(&b, "\"piiEntities\":[{\"match\":\"e\",\"type\":\"EMAIL\",\"action\":\"ANONYMIZED\",\"detected\":true}]");
    expect_in(&b, "\"regexes\":[{\"name\":\"BR_CPF\",\"match\":\"f\",\"action\":\"ANONYMIZED\",\"detected\":true},"
                  "{\"name\":\"ORDER\",\"match\":\"g\",\"regex\":\"o[0-9]\",\"action\":\"NONE\",\"detected\":true}]");
    expect_in(&b, "\"appliedGuardrailDetails\":{\"guardrailId\":\"shop\",\"guardrailVersion\":\"2\",\"guardrailOrigin\":[\"REQUEST\"],\"guardrailOwnership\":\"SELF\"}");
    expect_in(&b, "\"guardrailProcessingLatency\":3,");
    bawn_buf_free(&b);
    bawn_json_free(&d.json);
}

static void what_bedrock_has_no_list_for_is_an_expression_by_its_kind(void **state)
{
    static const found f[] = { { "secrets", "secrets.GITHUB", "", 0, 0, 2, 0.95f, BAWN_BLOCK, 0 }, { "words", "words.CUSTOM", "", 0, 2, 3, 0.95f, BAWN_MASK, 0 },
                               { "limits", "limits.MESSAGES", "", 0, 0, 0, 1, BAWN_BLOCK, 0 }, { NULL } };
    desk d;
    (void)state;
    open_desk(&d, "{\"source\":\"INPUT\"}", (const char *const[]){ "abcdefgh", NULL }, content, f);
    bawn_buf b = write(&d, BAWN_OP_APPLY_GUARDRAIL);
    expect_in(&b, "\"sensitiveInformationPolicy\":{\"piiEntities\":[],\"regexes\":[{\"name\":\"secrets.GITHUB\",\"match\":\"ab\",\"action\":\"BLOCKED\",\"detected\":true},"
                  "{\"name\":\"words.CUSTOM\",\"match\":\"c\",\"action\":\"ANONYMIZED\",\"detected\":true},"
                  "{\"name\":\"limits.MESSAGES\",\"action\":\"BLOCKED\",\"detected\":true}]}");
    expect_not_in(&b, "wordPolicy\":{");
    bawn_buf_free(&b);
    bawn_json_free(&d.json);
}

static void a_mask_gives_an_output_for_each_text_and_full_lists_what_found_nothing(void **state)
{
    static const found f[] = { { "pii", "pii.EMAIL", "", 1, 0, 7, 0.95f, BAWN_MASK, 0 }, { NULL } };
    desk d;
    (void)state;
    open_desk(&d, "{\"source\":\"INPUT\",\"outputScope\":\"FULL\"}", (const char *const[]){ "h\xC3\xA9", "a@b.org", NULL }, content, f);
    d.masked[0] = d.fields[0].text;
    d.masked[1] = BAWN_LIT("<EMAIL>");
    d.r.masked = d.masked;
    d.r.total = 1500;
    bawn_buf b = write(&d, BAWN_OP_APPLY_GUARDRAIL);
    expect_in(&b, "\"actionReason\":\"Guardrail masked.\",\"outputs\":[{\"text\":\"h\xC3\xA9\"},{\"text\":\"<EMAIL>\"}]");
    expect_in(&b, "\"contentPolicy\":{\"filters\":[{\"type\":\"PROMPT_ATTACK\",\"confidence\":\"NONE\",\"action\":\"NONE\",\"detected\":false}]}");
    expect_in(&b, "\"guardrailCoverage\":{\"textCharacters\":{\"guarded\":9,\"total\":1500}}");
    expect_in(&b, "\"sensitiveInformationPolicyUnits\":1,");
    expect_in(&b, "\"topicPolicyUnits\":0,");
    bawn_buf_free(&b);
    bawn_json_free(&d.json);
}

static void a_long_match_is_cut_and_shows_it(void **state)
{
    static char text[4097];
    static const found f[] = { { "pii", "pii.EMAIL", "", 0, 0, 4096, 0.95f, BAWN_OBSERVE, 0 }, { NULL } };
    desk d;
    (void)state;
    text[0] = text[4095] = 'x';                         /* so the cut would be in the midst of a character */
    for (size_t i = 1; i < 4095; i += 2)
        memcpy(text + i, "\xC3\xA9", 2);
    open_desk(&d, "{\"source\":\"INPUT\"}", (const char *const[]){ text, NULL }, content, f);
    bawn_buf b = write(&d, BAWN_OP_APPLY_GUARDRAIL);
    expect_in(&b, "\xC3\xA9\xE2\x80\xA6\",\"type\":\"EMAIL\"");
    assert_true(b.len < 3500);
    bawn_buf_free(&b);
    bawn_json_free(&d.json);
}

static void in_observe_mode_nothing_intervenes(void **state)
{
    static const found f[] = { { "words", "words.CUSTOM", "", 0, 0, 1, 0.95f, BAWN_OBSERVE, BAWN_BLOCK }, { NULL } };
    desk d;
    (void)state;
    open_desk(&d, "{\"source\":\"INPUT\"}", (const char *const[]){ "x", NULL }, content, f);
    bawn_buf b = write(&d, BAWN_OP_APPLY_GUARDRAIL);
    expect_in(&b, "\"action\":\"NONE\",\"actionReason\":\"No action.\",\"outputs\":[]");
    expect_in(&b, "{\"match\":\"x\",\"action\":\"NONE\",\"detected\":true}");
    bawn_buf_free(&b);
    bawn_json_free(&d.json);
}

static void checks_are_scores_with_places_in_characters(void **state)
{
    static const found f[] = {
        { "prompt_attack", "prompt_attack.MANY_SHOT", "", 0, 0, 1, 0.6f, BAWN_BLOCK, 0 }, { "prompt_attack", "prompt_attack.JAILBREAK", "", 0, 0, 1, 0.8f, BAWN_BLOCK, 0 },
        { "pii", "pii.EMAIL", "", 1, 5, 12, 0.95f, BAWN_MASK, 0 }, { "pii", "pii.PHONE", "", 1, 5, 6, 0.95f, BAWN_MASK, 0 }, { NULL } };
    (void)state;
    answer(BAWN_OP_GUARDRAIL_CHECKS, "{\"checks\":{\"contentFilter\":{\"categories\":[{\"category\":\"HATE\"}]},\"promptAttack\":{\"categories\":[{\"category\":\"JAILBREAK\"},"
           "{\"category\":\"PROMPT_LEAKAGE\"}]},\"sensitiveInformation\":{\"entities\":[{\"type\":\"EMAIL\"}]}}}",
           (const char *const[]){ "x", "\xF0\x9F\x98\x80 a@b.org", NULL }, (const char *const[]){ "/messages/0/content/0/text", "/messages/12/content/3/text" }, f,
           "{\"results\":{\"promptAttack\":{\"results\":[{\"category\":\"JAILBREAK\",\"severityScore\":0.8},{\"category\":\"PROMPT_LEAKAGE\",\"severityScore\":0.0}]},"
           "\"sensitiveInformation\":{\"results\":[{\"type\":\"EMAIL\",\"confidenceScore\":0.95,\"beginOffset\":2,\"endOffset\":9,\"messageIndex\":12,\"contentIndex\":3}],"
           "\"truncated\":false}},\"usage\":{\"promptAttack\":{\"textUnits\":1},\"sensitiveInformation\":{\"textUnits\":1}}}");
}

/* ---- the others' --------------------------------------------------------------------------------------------------------- */
static void litellm_gets_masked_texts_or_a_block(void **state)
{
    static const found mask[] = { { "pii", "pii.EMAIL", "", 0, 0, 7, 0.95f, BAWN_MASK, 0 }, { "pii", "pii.EMAIL", "", 1, 0, 7, 0.95f, BAWN_MASK, 0 }, { NULL } };
    static const found stuck[] = { { "pii", "pii.EMAIL", "", 1, 0, 7, 0.95f, BAWN_MASK, 0 }, { NULL } };
    const char *const same[] = { "a@b.org", "a@b.org", NULL }, *const paths[] = { "/texts/0", "/structured_messages/0/content" };
    const char *asked = "{\"input_type\":\"request\"}";
    (void)state;
    answer(BAWN_OP_LITELLM_GUARDRAIL, asked, same, paths, NULL, "{\"action\":\"NONE\"}");
    answer(BAWN_OP_LITELLM_GUARDRAIL, asked, same, paths, mask, "{\"action\":\"GUARDRAIL_INTERVENED\",\"texts\":[\"a@b.org\"]}");   /* as masked by the desk: not */
    answer(BAWN_OP_LITELLM_GUARDRAIL, asked, same, paths, stuck, "{\"action\":\"BLOCKED\",\"blocked_reason\":\"No \\\"way\\\".\"}");
    desk d;
    open_desk(&d, asked, same, paths, stuck);
    d.fields[1].origin = BAWN_APPLICATION;              /* a system prompt with a support address */
    bawn_buf b = write(&d, BAWN_OP_LITELLM_GUARDRAIL);
    assert_string_equal((bawn_buf_byte(&b, 0), b.ptr), "{\"action\":\"NONE\"}");
    bawn_buf_free(&b);
    bawn_json_free(&d.json);
}

static void presidio_gets_its_own_names_and_only_what_it_asks_for(void **state)
{
    static const found f[] = { { "pii", "pii.EMAIL", "", 0, 3, 10, 0.95f, BAWN_MASK, 0 }, { "pii", "pii.US_SOCIAL_SECURITY_NUMBER", "", 0, 11, 12, 0.6f, BAWN_MASK, 0 },
                               { "secrets", "secrets.AWS", "", 0, 11, 12, 0.95f, BAWN_BLOCK, 0 }, { "pii", "pii.PHONE", "", 1, 0, 1, 0.8f, BAWN_OBSERVE, 0 }, { NULL } };
    const char *const texts[] = { "\xC3\xA9 a@b.org 1", "2", NULL }, *const one[] = { "/text", "/novel" }, *const list[] = { "/text/0", "/text/1" };
#define EMAIL(name) "{\"analysis_explanation\":null,\"end\":9,\"entity_type\":\"" name "\",\"score\":0.95,\"start\":2}"
#define SSN "{\"analysis_explanation\":null,\"end\":11,\"entity_type\":\"US_SSN\",\"score\":0.6,\"start\":10}"
    (void)state;
    answer(BAWN_OP_PRESIDIO_ANALYZE, "{\"text\":\"\"}", texts, one, f, "[" EMAIL("EMAIL_ADDRESS") "," SSN "]");
    answer(BAWN_OP_PRESIDIO_ANALYZE, "{\"text\":\"\",\"entities\":[\"X\",\"EMAIL\"]}", texts, one, f, "[" EMAIL("EMAIL") "]");
    answer(BAWN_OP_PRESIDIO_ANALYZE, "{\"text\":\"\",\"score_threshold\":6.1e-1}", texts, one, f, "[" EMAIL("EMAIL_ADDRESS") "]");
    answer(BAWN_OP_PRESIDIO_ANALYZE, "{\"text\":\"\",\"allow_list\":[\"a@\\u0062.org\"]}", texts, one, f, "[" SSN "]");
    answer(BAWN_OP_PRESIDIO_ANALYZE, "{\"text\":[]}", texts, list, f, "[[" EMAIL("EMAIL_ADDRESS") "," SSN "],"
           "[{\"analysis_explanation\":null,\"end\":1,\"entity_type\":\"PHONE_NUMBER\",\"score\":0.8,\"start\":0}]]");
    answer(BAWN_OP_PRESIDIO_ANALYZE, "{\"text\":[]}", texts + 2, list, NULL, "[]");
}

static void azure_gets_a_word_for_the_prompt_and_one_for_each_document(void **state)
{
    static const found f[] = { { "pii", "pii.EMAIL", "", 0, 0, 1, 0.95f, BAWN_MASK, 0 }, { "prompt_attack", "prompt_attack.INDIRECT", "", 2, 0, 1, 0.8f, BAWN_OBSERVE, 0 }, { NULL } };
    desk d;
    (void)state;
    open_desk(&d, "{\"documents\":[\"\",\"\"]}", (const char *const[]){ "a", "b", "c", NULL }, (const char *const[]){ "/userPrompt", "/documents/0", "/documents/1" }, f);
    d.fields[1].origin = d.fields[2].origin = BAWN_DOCUMENT;
    bawn_buf b = write(&d, BAWN_OP_SHIELD_PROMPT);
    assert_string_equal((bawn_buf_byte(&b, 0), b.ptr), "{\"userPromptAnalysis\":{\"attackDetected\":false},\"documentsAnalysis\":[{\"attackDetected\":false},{\"attackDetected\":true}]}");
    bawn_buf_free(&b);
    bawn_json_free(&d.json);
}

static void lakera_gets_a_flag_and_what_it_asks_for(void **state)
{
    static const found f[] = { { "pii", "pii.PHONE", "", 0, 2, 3, 0.95f, BAWN_MASK, 0 }, { "pii", "pii.PHONE", "", 0, 3, 4, 0.95f, BAWN_MASK, 0 },
                               { "pii", "pii.URL", "", 0, 3, 4, 0.95f, BAWN_OBSERVE, 0 }, { NULL } };
    static const found seen[] = { { "words", "words.CUSTOM", "", 0, 2, 3, 0.95f, BAWN_OBSERVE, BAWN_BLOCK }, { NULL } };
    const char *const texts[] = { "\xC3\xA9" "ab", NULL }, *const paths[] = { "/messages/1/content" };
    (void)state;
    answer(BAWN_OP_LAKERA_GUARD, "{}", texts, paths, f, "{\"flagged\":true,\"metadata\":{\"request_uuid\":\"0193\"}}");
    answer(BAWN_OP_LAKERA_GUARD, "{\"breakdown\":true,\"payload\":true}", texts, paths, f, "{\"flagged\":true,\"payload\":["
           "{\"start\":1,\"end\":2,\"text\":\"a\",\"detector_type\":\"pii/phone_number\",\"labels\":[],\"message_id\":1},"
           "{\"start\":2,\"end\":3,\"text\":\"b\",\"detector_type\":\"pii/phone_number\",\"labels\":[],\"message_id\":1}],"
           "\"breakdown\":[{\"detector_type\":\"pii/phone_number\",\"detected\":true},{\"detector_type\":\"prompt_attack\",\"detected\":false},"
           "{\"detector_type\":\"words\",\"detected\":false},{\"detector_type\":\"secrets\",\"detected\":false}],\"metadata\":{\"request_uuid\":\"0193\"}}");
    answer(BAWN_OP_LAKERA_GUARD, "{\"breakdown\":true}", texts, paths, seen, "{\"flagged\":false,\"breakdown\":[{\"detector_type\":\"words/custom\",\"detected\":true},"
           "{\"detector_type\":\"prompt_attack\",\"detected\":false},{\"detector_type\":\"pii\",\"detected\":false},{\"detector_type\":\"secrets\",\"detected\":false}],"
           "\"metadata\":{\"request_uuid\":\"0193\"}}");
}

/* ---- /anonymize: expected values by presidio_anonymizer 2.2.366 ------------------------------------------------------------ */
#define R(s, e, p, t) "{\"start\":" #s ",\"end\":" #e ",\"score\":" #p ",\"entity_type\":\"" t "\"}"
static void anonymize(const char *text, const char *results, const char *operators, const char *expected)
{
    char asked[1024];
    snprintf(asked, sizeof asked, "{\"text\":\"%s\",\"analyzer_results\":[%s]%s%s}", text, results, *operators ? ",\"anonymizers\":" : "", operators);
    answer(BAWN_OP_PRESIDIO_ANONYMIZE, asked, (const char *const[]){ NULL }, content, NULL, expected);
}

static void operators_do_what_presidios_do(void **state)
{
#define ITEM(s, e, type, text, op) "{\"start\":" #s ",\"end\":" #e ",\"entity_type\":\"" type "\",\"text\":\"" text "\",\"operator\":\"" op "\",\"score\":0.8}"
    (void)state;
    anonymize("hi J\\u00f6 you", R(3, 5, 0.8, "PERSON"), "", "{\"text\":\"hi <PERSON> you\",\"items\":[" ITEM(3, 11, "PERSON", "<PERSON>", "replace") "]}");
    anonymize("hi J\\u00f6 you", R(3, 5, 0.8, "PERSON"), "{\"DEFAULT\":{\"type\":\"redact\"},\"PERSON\":{\"type\":\"replace\",\"new_value\":\"\\\"B\\u00e9\\\"\"}}",
              "{\"text\":\"hi \\\"B\xC3\xA9\\\" you\",\"items\":[" ITEM(3, 7, "PERSON", "\\\"B\xC3\xA9\\\"", "replace") "]}");
    anonymize("abcdef", R(1, 5, 0.8, "X"), "{\"DEFAULT\":{\"type\":\"mask\",\"masking_char\":\"*\",\"chars_to_mask\":3,\"from_end\":true}}",
              "{\"text\":\"ab***f\",\"items\":[" ITEM(1, 5, "X", "b***", "mask") "]}");
    anonymize("abcdef", R(1, 5, 0.8, "X"), "{\"DEFAULT\":{\"type\":\"mask\",\"masking_char\":\"#\",\"chars_to_mask\":3,\"from_end\":false}}",
              "{\"text\":\"a###ef\",\"items\":[" ITEM(1, 5, "X", "###e", "mask") "]}");
    anonymize("abcdef", R(1, 5, 0.8, "X"), "{\"DEFAULT\":{\"type\":\"mask\",\"masking_char\":\"*\",\"chars_to_mask\":-3,\"from_end\":true}}",
              "{\"text\":\"abcdef\",\"items\":[" ITEM(1, 5, "X", "bcde", "mask") "]}");
    anonymize("abc", R(0, 3, 0.8, "X"), "{\"X\":{\"type\":\"keep\"}}", "{\"text\":\"abc\",\"items\":[" ITEM(0, 3, "X", "abc", "keep") "]}");
    anonymize("abc", R(0, 3, 0.8, "X"), "{\"X\":{\"type\":\"hash\",\"hash_type\":\"sha256\",\"salt\":\"0123456789abcdef\"}}",
              "{\"text\":\"a98e029ed029d04e9897394ec35a4f73ccbe4fc01b386f19835ee5cbca762360\",\"items\":[" ITEM(0, 64, "X", "a98e029ed029d04e9897394ec35a4f73ccbe4fc01b386f19835ee5cbca762360", "hash") "]}");
}

static void overlaps_are_settled_as_presidio_settles_them(void **state)
{
#define REPLACED(s, e, type, score) "{\"start\":" #s ",\"end\":" #e ",\"entity_type\":\"" type "\",\"text\":\"<" type ">\",\"operator\":\"replace\",\"score\":" #score "}"
    (void)state;
    anonymize("abcdefgh", R(0, 3, 0.5, "A") "," R(2, 5, 0.9, "A"), "", "{\"text\":\"<A>fgh\",\"items\":[" REPLACED(0, 3, "A", 0.9) "]}");
    anonymize("abcdefgh", R(1, 3, 0.9, "B") "," R(0, 5, 0.5, "A"), "", "{\"text\":\"<A>fgh\",\"items\":[" REPLACED(0, 3, "A", 0.5) "]}");
    anonymize("abcdefgh", R(1, 3, 0.9, "B") "," R(1, 3, 0.5, "A"), "", "{\"text\":\"a<B>defgh\",\"items\":[" REPLACED(1, 4, "B", 0.9) "]}");
    anonymize("ab  cdef", R(0, 2, 0.9, "A") "," R(4, 6, 0.5, "A"), "", "{\"text\":\"<A>ef\",\"items\":[" REPLACED(0, 3, "A", 0.5) "]}");
    anonymize("abcdefgh", R(0, 4, 0.9, "A") "," R(2, 6, 0.5, "B"), "", "{\"text\":\"<A><B>gh\",\"items\":[" REPLACED(3, 6, "B", 0.5) "," REPLACED(0, 3, "A", 0.9) "]}");
    anonymize("", R(0, 0, 0.5, "A"), "{\"DEFAULT\":{\"type\":\"redact\"}}", "{\"text\":\"\",\"items\":[{\"start\":0,\"end\":0,\"entity_type\":\"A\",\"text\":\"\",\"operator\":\"redact\",\"score\":0.5}]}");
    anonymize("abcdefgh", "", "", "{\"text\":\"abcdefgh\",\"items\":[]}");
}

/* ---- errors and names ------------------------------------------------------------------------------------------------------ */
static void errors_are_in_the_form_that_the_client_reads(void **state)
{
    static const struct { const bawn_dialect *d; int code; const char *expected; } rows[] = {
        { &bawn_dialect_guardrail, BAWN_E_INVALID_REQUEST, "{\"__type\":\"ValidationException\",\"message\":\"a \\\"b\\\"\",\"reason\":\"invalid_request\"}" },
        { &bawn_dialect_guardrail, BAWN_E_UNKNOWN_ROUTE, "{\"__type\":\"ResourceNotFoundException\",\"message\":\"a \\\"b\\\"\",\"reason\":\"unknown_route\"}" },
        { &bawn_dialect_guardrail, BAWN_E_GUARD_FAILED, "{\"__type\":\"ServiceUnavailableException\",\"message\":\"a \\\"b\\\"\",\"reason\":\"guard_failed\"}" },
        { &bawn_dialect_guardrail, BAWN_E_RATE_LIMITED, "{\"__type\":\"ThrottlingException\",\"message\":\"a \\\"b\\\"\",\"reason\":\"rate_limited\"}" },
        { &bawn_dialect_guardrail, BAWN_E_FORBIDDEN, "{\"__type\":\"AccessDeniedException\",\"message\":\"a \\\"b\\\"\",\"reason\":\"forbidden\"}" },
        { &bawn_checks_litellm, BAWN_E_GUARD_FAILED, "{\"detail\":\"a \\\"b\\\"\",\"code\":\"guard_failed\"}" },
        { &bawn_checks_presidio, BAWN_E_GUARD_FAILED, "{\"error\":\"a \\\"b\\\"\",\"code\":\"guard_failed\"}" },
        { &bawn_checks_azure, BAWN_E_GUARD_FAILED, "{\"error\":{\"code\":\"ServerBusy\",\"message\":\"a \\\"b\\\"\",\"innererror\":{\"code\":\"guard_failed\"}}}" },
        { &bawn_checks_lakera, BAWN_E_GUARD_FAILED, "{\"error\":{\"code\":\"guard_failed\",\"message\":\"a \\\"b\\\"\"}}" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_buf b = { 0 };
        bawn_slice type;
        assert_true(rows[i].d->error(&b, &type, rows[i].code, BAWN_LIT("a \"b\""), BAWN_NIL));
        assert_string_equal((bawn_buf_byte(&b, 0), b.ptr), rows[i].expected);
        assert_slice(type, "application/json");
        bawn_buf_free(&b);
    }
}

/* The second and third column of a row of docs/entities.md, without their marks; false: it is no row of names. */
static bool names_of(char presidio[256], char kind[64], const char *line)
{
    const char *cells[5] = { 0 };
    size_t n = 0;
    for (const char *p = line; *p && n < 5; p++)
        if (*p == '|')
            cells[n++] = p + 1;
    if (n < 5 || snprintf(presidio, 256, "%.*s", (int)(cells[2] - cells[1] - 1), cells[1]) < 0)
        return false;
    return sscanf(cells[2], " `%63[A-Z_0-9]`", kind) == 1;
}

/* The page that people read and the table that the answers use say the same. */
static void presidios_names_are_those_of_the_page(void **state)
{
    char line[1024], presidio[256], kind[64], name[64];
    FILE *page = fopen(BAWN_SOURCE_DIR "/docs/entities.md", "r");
    size_t n = 0;
    (void)state;
    assert_non_null(page);
    while (page && fgets(line, sizeof line, page)) {
        if (!names_of(presidio, kind, line))
            continue;
        bool first = true;
        for (const char *p = strchr(presidio, '`'); p && sscanf(p, "`%63[A-Z_0-9]`", name) == 1; n++, first = false) {
            if (!bawn_presidio_means(bawn_slice_str(name), bawn_slice_str(kind)))
                fail_msg("%s is not %s", name, kind);
            if (first && strcmp(kind, "LICENSE_PLATE") != 0 && !bawn_slice_is(bawn_presidio_name(bawn_slice_str(kind)), name))
                fail_msg("%s is not called %s", kind, name);
            p = strchr(p + strlen(name) + 2, '`');
        }
        if (first)
            assert_slice(bawn_presidio_name(bawn_slice_str(kind)), kind);
        assert_true(bawn_presidio_means(bawn_slice_str(kind), bawn_slice_str(kind)));
    }
    assert_true(n > 80);
    if (page)
        fclose(page);
    assert_false(bawn_presidio_means(BAWN_LIT("PERSON"), BAWN_LIT("EMAIL")));
}

static void out_of_memory_leaves_the_buffer_as_it_was(void **state)
{
    static const found f[] = { { "pii", "pii.EMAIL", "", 0, 0, 1, 0.95f, BAWN_MASK, 0 }, { "prompt_attack", "prompt_attack.JAILBREAK", "", 0, 0, 1, 0.8f, BAWN_BLOCK, 0 }, { NULL } };
    const bawn_dialect *tables[] = { &bawn_dialect_guardrail, &bawn_dialect_guardrail, &bawn_checks_litellm, &bawn_checks_presidio, &bawn_checks_presidio, &bawn_checks_azure, &bawn_checks_lakera };
    size_t failures = 0;
    (void)state;
    for (bawn_operation op = BAWN_OP_APPLY_GUARDRAIL; op <= BAWN_OP_LAKERA_GUARD; op++) {
        desk d;
        open_desk(&d, "{\"text\":\"abc\",\"analyzer_results\":[" R(0, 2, 1, "A") "],\"payload\":true,\"breakdown\":true,\"documents\":[],"
                  "\"checks\":{\"promptAttack\":{\"categories\":[{\"category\":\"JAILBREAK\"}]}}}", (const char *const[]){ "abc", NULL }, content, f);
        for (size_t nth = 1;; nth++) {
            bawn_arena *arena = bawn_arena_new(64, 0);
            bawn_buf b = { 0 };
            bawn_malloc_fail_at = nth;
            bool ok = tables[op - BAWN_OP_APPLY_GUARDRAIL]->report(&b, op, &d.r, arena);
            bool failed = bawn_malloc_fail_at == 0;
            bawn_malloc_fail_at = 0;
            assert_true(ok == !failed);
            assert_true(ok || b.len == 0);
            failures += failed;
            bawn_buf_free(&b);
            bawn_arena_free(arena);
            if (!failed)
                break;
        }
        bawn_json_free(&d.json);
    }
    assert_true(failures > 7);
}

static void scores_are_read_and_written_without_a_locale(void **state)
{
    static const struct { const char *text; float value; const char *written; } rows[] = {
        { "0.85", 0.85f, "0.85" }, { "1", 1, "1.0" }, { "0", 0, "0.0" }, { "1e-05", 0.00001f, "0.0" }, { "5E-1", 0.5f, "0.5" }, { "2.5", 2.5f, "1.0" },
        { "-0.5", -0.5f, "0.0" }, { "9e+99", 1e9f, "1.0" }, { "0.12345678901234567890", 0.12345678f, "0.1235" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        float got = bawn_checks_decimal(bawn_slice_str(rows[i].text));
        bawn_buf b = { 0 };
        if (got < rows[i].value - 1e-6f || got > rows[i].value + 1e-6f)
            fail_msg("%s: %f", rows[i].text, (double)got);
        bawn_checks_score(&b, got);
        assert_string_equal((bawn_buf_byte(&b, 0), b.ptr), rows[i].written);
        bawn_buf_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_stands_in_bedrocks_list_for_it), cmocka_unit_test(what_bedrock_has_no_list_for_is_an_expression_by_its_kind),
        cmocka_unit_test(a_mask_gives_an_output_for_each_text_and_full_lists_what_found_nothing), cmocka_unit_test(in_observe_mode_nothing_intervenes),
        cmocka_unit_test(a_long_match_is_cut_and_shows_it),
        cmocka_unit_test(checks_are_scores_with_places_in_characters), cmocka_unit_test(litellm_gets_masked_texts_or_a_block),
        cmocka_unit_test(presidio_gets_its_own_names_and_only_what_it_asks_for), cmocka_unit_test(azure_gets_a_word_for_the_prompt_and_one_for_each_document),
        cmocka_unit_test(lakera_gets_a_flag_and_what_it_asks_for), cmocka_unit_test(operators_do_what_presidios_do),
        cmocka_unit_test(overlaps_are_settled_as_presidio_settles_them), cmocka_unit_test(errors_are_in_the_form_that_the_client_reads),
        cmocka_unit_test(out_of_memory_leaves_the_buffer_as_it_was), cmocka_unit_test(presidios_names_are_those_of_the_page), cmocka_unit_test(scores_are_read_and_written_without_a_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

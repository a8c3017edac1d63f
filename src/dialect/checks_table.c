/* checks_table.c: every field of the checks' requests that we know, and what is in it. Read off the service model of botocore
 * (bedrock-runtime), litellm 1.110's GenericGuardrailAPIRequest, presidio 2.2.36x's AnalyzerRequest and AppEntitiesConvertor, Azure's
 * REST reference (2024-09-01) and Lakera's. What stands in no row is an unknown field. */
#include "dialect/checks.h"
#include "dialect/rows.h"

static const bawn_field_row apply_rows[] = {
    ROW("source", PLAIN),                       ROW("outputScope", PLAIN),
    ROW("content[].text.text", TEXT),           ROW("content[].text.qualifiers[]", PLAIN),
    ROW("content[].image.format", PLAIN),       ROW("content[].image.source.bytes", MEDIA),
};

static const bawn_field_row invoke_rows[] = {
    ROW("messages[].role", PLAIN),              ROW("messages[].content[].text", TEXT),
    ROW("checks.contentFilter.categories[].category", PLAIN),
    ROW("checks.promptAttack.categories[].category", PLAIN),
    ROW("checks.sensitiveInformation.entities[].type", PLAIN),
};

/* Of a chat: messages as OpenAI writes them. */
static const bawn_field_row message_rows[] = {
    ROW("role", PLAIN),                         ROW("content", TEXT),
    ROW("name", TEXT),                          ROW("tool_call_id", PLAIN),
    ROW("refusal", TEXT),                       ROW("reasoning_content", TEXT),
    ROW("content[].type", PLAIN),               ROW("content[].text", TEXT),
    ROW("content[].refusal", TEXT),             ROW("content[].image_url", MEDIA),
    ROW("content[].image_url.url", MEDIA),      ROW("content[].image_url.detail", PLAIN),
    ROW("content[].input_audio.data", MEDIA),   ROW("content[].input_audio.format", PLAIN),
    ROW("content[].file.file_data", MEDIA),     ROW("content[].file.file_id", PLAIN),
    ROW("content[].file.filename", TEXT),       ROW("function_call.name", NAME),
    ROW("function_call.arguments", ARGUMENTS),
};

static const bawn_field_row call_rows[] = {
    ROW("id", PLAIN),                           ROW("type", PLAIN),
    ROW("index", PLAIN),                        ROW("function.name", NAME),
    ROW("function.arguments", ARGUMENTS),
};

static const bawn_field_row litellm_rows[] = {
    ROW("input_type", PLAIN),                   ROW("litellm_call_id", PLAIN),
    ROW("litellm_trace_id", PLAIN),             ROW("litellm_version", PLAIN),
    ROW("model", PLAIN),                        ROW("texts[]", TEXT),
    ROW("images[]", MEDIA),                     FROM("tools", DEEP, APPLICATION),
    FROM("request_data", DEEP, APPLICATION),    FROM("request_headers", DEEP, APPLICATION),
    FROM("additional_provider_specific_params", DEEP, APPLICATION),
};

static const bawn_field_row analyze_rows[] = {
    ROW("text", TEXT),                          ROW("text[]", TEXT),
    ROW("language", PLAIN),                     ROW("entities[]", PLAIN),
    ROW("correlation_id", PLAIN),               ROW("score_threshold", PLAIN),
    ROW("return_decision_process", PLAIN),      ROW("log_decision_process", PLAIN),
    FROM("ad_hoc_recognizers", DEEP, APPLICATION), FROM("context[]", DEEP, APPLICATION),
    FROM("allow_list[]", DEEP, APPLICATION),    ROW("allow_list_match", PLAIN),
    ROW("regex_flags", PLAIN),
};

static const bawn_field_row anonymize_rows[] = {
    ROW("text", TEXT),                          ROW("analyzer_results[].start", PLAIN),
    ROW("analyzer_results[].end", PLAIN),       ROW("analyzer_results[].score", PLAIN),
    ROW("analyzer_results[].entity_type", PLAIN), FROM("analyzer_results[].analysis_explanation", DEEP, APPLICATION),
    FROM("analyzer_results[].recognition_metadata", DEEP, APPLICATION),
    ROW("anonymizers.*.type", PLAIN),           FROM("anonymizers.*.new_value", DEEP, APPLICATION),
    FROM("anonymizers.*.masking_char", DEEP, APPLICATION), ROW("anonymizers.*.chars_to_mask", PLAIN),
    ROW("anonymizers.*.from_end", PLAIN),       ROW("anonymizers.*.hash_type", PLAIN),
    ROW("anonymizers.*.salt", OPAQUE),          ROW("anonymizers.*.key", OPAQUE),
};

static const bawn_field_row azure_rows[] = { ROW("userPrompt", TEXT), FROM("documents[]", TEXT, DOCUMENT) };

static const bawn_field_row lakera_rows[] = {
    ROW("project_id", PLAIN),                   ROW("policy_id", PLAIN),
    ROW("payload", PLAIN),                      ROW("breakdown", PLAIN),
    ROW("dev_info", PLAIN),                     FROM("metadata", DEEP, APPLICATION),
};

static const bawn_field_group groups[] = {
    GROUP("apply", apply_rows, HERE),
    GROUP("invoke", invoke_rows, HERE),
    GROUP("litellm", litellm_rows, HERE),
    GROUP("litellm.structured_messages[]", message_rows, HERE),
    GROUP("litellm.structured_messages[].tool_calls[]", call_rows, HERE),
    GROUP("litellm.tool_calls[]", call_rows, HERE),
    GROUP("analyze", analyze_rows, HERE),
    GROUP("anonymize", anonymize_rows, HERE),
    GROUP("azure", azure_rows, HERE),
    GROUP("lakera", lakera_rows, HERE),
    GROUP("lakera.messages[]", message_rows, HERE),
    GROUP("lakera.messages[].tool_calls[]", call_rows, HERE),
};

static void compile(bawn_trie *t)
{
    bawn_trie_build(t, groups, BAWN_COUNT(groups));
    bawn_trie_hang(t, bawn_checks_apply_hooks, bawn_checks_n_apply_hooks);
    bawn_trie_hang(t, bawn_checks_invoke_hooks, bawn_checks_n_invoke_hooks);
    bawn_trie_hang(t, bawn_checks_litellm_hooks, bawn_checks_n_litellm_hooks);
    bawn_trie_hang(t, bawn_checks_lakera_hooks, bawn_checks_n_lakera_hooks);
}

BAWN_TRIE_OF(bawn_checks_trie, compile, 320, 1024)

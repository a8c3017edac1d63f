/* responses_table.c: every field of OpenAI's Responses that we know, and what is in it. Read off the types of the official SDK
 * (openai-python 3.57: types/responses). One table of items serves requests, answers and events, because an answer's items come back
 * with the next turn. What stands in no row is an unknown field. */
#include "dialect/responses.h"
#include "dialect/rows.h"

static const bawn_field_row ask_rows[] = {
    ROW("access_programs.cyber", PLAIN),    ROW("background", PLAIN),
    ROW("background_options.completion_window", PLAIN), ROW("background_options.continuation_id", PLAIN),
    ROW("context_management[].type", PLAIN), ROW("context_management[].compact_threshold", PLAIN),
    ROW("conversation", PLAIN),             ROW("conversation.id", PLAIN),
    ROW("image.context_compression", PLAIN), ROW("include[]", PLAIN),
    FROM("input", TEXT, CALLER),            FROM("instructions", TEXT, APPLICATION),
    ROW("max_output_tokens", PLAIN),        ROW("max_tool_calls", PLAIN),
    FROM("metadata", DEEP, CALLER),         ROW("model", PLAIN),
    ROW("moderation.model", PLAIN),         ROW("moderation.policy.input.mode", PLAIN),
    ROW("moderation.policy.output.mode", PLAIN), ROW("parallel_tool_calls", PLAIN),
    ROW("previous_response_id", PLAIN),     ROW("prompt.id", PLAIN),
    ROW("prompt.version", PLAIN),           FROM("prompt.variables.*", TEXT, CALLER),
    FROM("prompt_cache_key", TEXT, CALLER), ROW("prompt_cache_options.*", PLAIN),
    ROW("prompt_cache_retention", PLAIN),   ROW("reasoning.context", PLAIN),
    ROW("reasoning.effort", PLAIN),         ROW("reasoning.generate_summary", PLAIN),
    ROW("reasoning.mode", PLAIN),           ROW("reasoning.summary", PLAIN),
    FROM("safety_identifier", TEXT, CALLER), ROW("service_tier", PLAIN),
    ROW("store", PLAIN),                    ROW("stream", PLAIN),
    ROW("stream_options.include_obfuscation", PLAIN), ROW("temperature", PLAIN),
    ROW("text.verbosity", PLAIN),           ROW("tool_choice", PLAIN),
    ROW("tool_choice.mode", PLAIN),         ROW("tool_choice.type", PLAIN),
    FROM("tool_choice.name", NAME, APPLICATION), FROM("tool_choice.server_label", NAME, APPLICATION),
    FROM("tool_choice.tools[]", DEEP, APPLICATION), ROW("top_logprobs", PLAIN),
    ROW("top_p", PLAIN),                    ROW("truncation", PLAIN),
    FROM("user", TEXT, CALLER),
};

static const bawn_field_row format_rows[] = {           /* text.format */
    ROW("type", PLAIN), ROW("name", NAME), ROW("description", TEXT), ROW("schema", DEEP), ROW("strict", PLAIN),
};

static const bawn_field_row tool_rows[] = {
    ROW("type", PLAIN),                     ROW("name", NAME),
    ROW("description", TEXT),               ROW("parameters", DEEP),
    ROW("output_schema", DEEP),             ROW("strict", PLAIN),
    ROW("async", PLAIN),                    ROW("allowed_callers[]", PLAIN),
    ROW("defer_loading", PLAIN),            ROW("execution", PLAIN),
    ROW("vector_store_ids[]", PLAIN),       ROW("filters", DEEP),
    ROW("max_num_results", PLAIN),          ROW("ranking_options.*", PLAIN),
    ROW("ranking_options.hybrid_search.*", PLAIN),
    ROW("display_height", PLAIN),           ROW("display_width", PLAIN),
    ROW("external_web_access", PLAIN),      ROW("search_context_size", PLAIN),
    ROW("search_content_types[]", PLAIN),   ROW("user_location.type", PLAIN),
    ROW("user_location.city", TEXT),        ROW("user_location.country", TEXT),
    ROW("user_location.region", TEXT),      ROW("user_location.timezone", TEXT),
    ROW("server_label", NAME),              ROW("server_description", TEXT),
    ROW("server_url", TEXT),                ROW("connector_id", PLAIN),
    ROW("tunnel_id", PLAIN),                ROW("authorization", PLAIN),
    ROW("headers.*", PLAIN),                ROW("allowed_tools[]", NAME),
    ROW("allowed_tools.read_only", PLAIN),  ROW("allowed_tools.tool_names[]", NAME),
    ROW("require_approval", PLAIN),         ROW("require_approval.*.read_only", PLAIN),
    ROW("require_approval.*.tool_names[]", NAME),
    ROW("container", PLAIN),                ROW("action", PLAIN),
    ROW("background", PLAIN),               ROW("complexity", PLAIN),
    ROW("frame_count", PLAIN),              ROW("frame_duration_ms", PLAIN),
    ROW("input_fidelity", PLAIN),           ROW("input_image_mask.file_id", PLAIN),
    ROW("input_image_mask.image_url", MEDIA), ROW("model", PLAIN),
    ROW("moderation", PLAIN),               ROW("output_compression", PLAIN),
    ROW("output_format", PLAIN),            ROW("partial_images", PLAIN),
    ROW("quality", PLAIN),                  ROW("size", PLAIN),
    ROW("svg.model", PLAIN),                ROW("svg.reasoning.effort", PLAIN),
    ROW("environment", PLAIN),              ROW("format.type", PLAIN),
    ROW("format.definition", TEXT),         ROW("format.syntax", PLAIN),
    ROW("input_schema", DEEP),              ROW("annotations", DEEP),       /* as a server of tools lists them */
};

static const bawn_field_row environment_rows[] = {      /* where a tool runs */
    ROW("type", PLAIN),                     ROW("file_ids[]", PLAIN),
    ROW("memory_limit", PLAIN),             ROW("container_id", PLAIN),
    ROW("network_policy.type", PLAIN),      ROW("network_policy.allowed_domains[]", TEXT),
    ROW("network_policy.domain_secrets[].domain", TEXT), ROW("network_policy.domain_secrets[].name", PLAIN),
    ROW("network_policy.domain_secrets[].value", PLAIN),
    ROW("skills[].skill_id", PLAIN),        ROW("skills[].type", PLAIN),
    ROW("skills[].version", PLAIN),         ROW("skills[].description", TEXT),
    ROW("skills[].name", NAME),             ROW("skills[].path", TEXT),
    ROW("skills[].source.data", MEDIA),     ROW("skills[].source.media_type", PLAIN),
    ROW("skills[].source.type", PLAIN),
};

/* A part of a message's content, of a tool's output, or a variable of a stored prompt. */
static const bawn_field_row part_rows[] = {
    ROW("type", PLAIN),                     OUT("text", TEXT, CONTENT),
    OUT("refusal", TEXT, REFUSAL),          ROW("detail", PLAIN),
    ROW("file_id", PLAIN),                  ROW("image_url", MEDIA),
    FROM("file_data", MEDIA, DOCUMENT),     FROM("file_url", MEDIA, DOCUMENT),
    FROM("filename", TEXT, DOCUMENT),       ROW("input_audio.data", MEDIA),
    ROW("input_audio.format", PLAIN),       OUT("transcript", TEXT, TRANSCRIPT),
    ROW("prompt_cache_breakpoint.mode", PLAIN), ROW("prompt_cache_breakpoint.ttl", PLAIN),
};

static const bawn_field_row annotation_rows[] = {
    ROW("type", PLAIN), ROW("file_id", PLAIN), ROW("filename", TEXT), ROW("index", PLAIN), ROW("start_index", PLAIN),
    ROW("end_index", PLAIN), ROW("title", TEXT), ROW("url", TEXT), ROW("container_id", PLAIN),
};

static const bawn_field_row token_rows[] = {
    OUT("token", TEXT, LOGPROBS), ROW("logprob", PLAIN), ROW("bytes[]", PLAIN), OUT("top_logprobs[].token", TEXT, ALTERNATIVES),
    ROW("top_logprobs[].logprob", PLAIN), ROW("top_logprobs[].bytes[]", PLAIN),
};

static const bawn_field_row output_rows[] = {           /* what a shell printed */
    OUT("stdout", TEXT, STDOUT), OUT("stderr", TEXT, STDERR), ROW("outcome.type", PLAIN), ROW("outcome.exit_code", PLAIN),
    ROW("created_by", PLAIN),
};

static const bawn_field_row action_rows[] = {           /* of a computer, a search, a shell */
    ROW("type", PLAIN),                     ROW("button", PLAIN),
    ROW("x", PLAIN),                        ROW("y", PLAIN),
    ROW("keys[]", PLAIN),                   ROW("path[].x", PLAIN),
    ROW("path[].y", PLAIN),                 ROW("scroll_x", PLAIN),
    ROW("scroll_y", PLAIN),                 ROW("text", TEXT),
    ROW("query", TEXT),                     ROW("queries[]", TEXT),
    ROW("sources[].type", PLAIN),           ROW("sources[].url", TEXT),
    ROW("url", TEXT),                       ROW("pattern", TEXT),
    ROW("command[]", TEXT),                 ROW("env", DEEP),
    ROW("timeout_ms", PLAIN),               ROW("user", PLAIN),
    ROW("working_directory", TEXT),         OUT("commands[]", TEXT, CALL_ARGUMENTS),
    ROW("max_output_length", PLAIN),
};

static const bawn_field_row item_rows[] = {
    ROW("type", PLAIN),                     ROW("id", PLAIN),
    ROW("role", PLAIN),                     ROW("status", PLAIN),
    ROW("phase", PLAIN),                    ROW("call_id", PLAIN),
    ROW("created_by", PLAIN),               OUT("content", TEXT, CONTENT),
    OUT("name", NAME, TOOL_NAME),           OUT("arguments", ARGUMENTS, TOOL_ARGUMENTS),
    OUT("input", TEXT, TOOL_ARGUMENTS),     OUT("code", TEXT, TOOL_ARGUMENTS),
    ROW("namespace", NAME),                 ROW("server_label", NAME),
    ROW("caller.type", PLAIN),              ROW("caller.caller_id", PLAIN),
    ROW("async", PLAIN),                    ROW("execution", PLAIN),
    ROW("output", TEXT),                    ROW("output.type", PLAIN),
    ROW("output.file_id", PLAIN),           ROW("output.image_url", MEDIA),
    OUT("summary[].text", TEXT, CONTENT),   ROW("summary[].type", PLAIN),
    ROW("encrypted_content", OPAQUE),       ROW("fingerprint", OPAQUE),
    ROW("queries[]", TEXT),                 ROW("results[].attributes", DEEP),
    ROW("results[].file_id", PLAIN),        ROW("results[].filename", TEXT),
    ROW("results[].score", PLAIN),          ROW("results[].text", TEXT),
    ROW("pending_safety_checks[].id", PLAIN), ROW("pending_safety_checks[].code", PLAIN),
    ROW("pending_safety_checks[].message", TEXT), ROW("acknowledged_safety_checks[].id", PLAIN),
    ROW("acknowledged_safety_checks[].code", PLAIN), ROW("acknowledged_safety_checks[].message", TEXT),
    ROW("reasoning.effort", PLAIN),         ROW("result", MEDIA),
    ROW("action", PLAIN),                   ROW("background", PLAIN),
    ROW("output_format", PLAIN),            ROW("quality", PLAIN),
    ROW("revised_prompt", TEXT),            ROW("size", PLAIN),
    ROW("svg_usage.*", PLAIN),              ROW("error", TEXT),
    ROW("error.code", PLAIN),               ROW("error.message", TEXT),
    ROW("error.param", TEXT),               ROW("error.type", PLAIN),
    ROW("error.content", DEEP),             ROW("error.moderation_details.categories[]", PLAIN),
    ROW("error.moderation_details.moderation_stage", PLAIN),
    ROW("container_id", PLAIN),             ROW("outputs[].type", PLAIN),
    ROW("outputs[].logs", TEXT),            ROW("outputs[].url", MEDIA),
    ROW("max_output_length", PLAIN),        ROW("operation.type", PLAIN),
    ROW("operation.path", TEXT),            ROW("operation.diff", TEXT),
    ROW("approval_request_id", PLAIN),      ROW("approve", PLAIN),
    ROW("reason", TEXT),
};

static const bawn_field_row moderation_rows[] = {
    ROW("type", PLAIN), ROW("model", PLAIN), ROW("code", PLAIN), ROW("message", TEXT), ROW("flagged", PLAIN),
    ROW("categories.*", PLAIN), ROW("category_scores.*", PLAIN), ROW("category_applied_input_types.*[]", PLAIN),
    ROW("results[].type", PLAIN), ROW("results[].model", PLAIN), ROW("results[].flagged", PLAIN),
    ROW("results[].categories.*", PLAIN), ROW("results[].category_scores.*", PLAIN),
    ROW("results[].category_applied_input_types.*[]", PLAIN),
};

/* An answer besides its items and what it repeats of the request. */
static const bawn_field_row response_rows[] = {
    ROW("id", PLAIN),                       ROW("object", PLAIN),
    ROW("created_at", PLAIN),               ROW("completed_at", PLAIN),
    ROW("status", PLAIN),                   ROW("incomplete_details.reason", PLAIN),
    ROW("error.code", PLAIN),               ROW("error.message", TEXT),
    ROW("error.param", TEXT),               ROW("error.type", PLAIN),
    ROW("error.misalignment.detailed_explanation", TEXT), ROW("error.misalignment.error_type", PLAIN),
    ROW("error.misalignment.review_target", TEXT), ROW("error.misalignment.steer.message", TEXT),
    ROW("input_transformations[].*", PLAIN), ROW("prompt_cache_diagnostics.*", PLAIN),
    ROW("tool_usage.*.*", PLAIN),           ROW("tool_usage.*.*.*", PLAIN),
    ROW("usage.*", PLAIN),                  ROW("usage.*.*", PLAIN),
    ROW("usage.*.*.*", PLAIN),              ROW("output_text", TEXT),
    ROW("billing.payer", PLAIN),            ROW("frequency_penalty", PLAIN),
    ROW("presence_penalty", PLAIN),
};

static const bawn_field_row event_rows[] = {
    ROW("type", PLAIN),                     ROW("sequence_number", PLAIN),
    ROW("output_index", PLAIN),             ROW("content_index", PLAIN),
    ROW("summary_index", PLAIN),            ROW("annotation_index", PLAIN),
    ROW("command_index", PLAIN),            ROW("partial_image_index", PLAIN),
    ROW("item_id", PLAIN),                  ROW("response_id", PLAIN),
    ROW("delta", TEXT),                     OUT("delta.stdout", TEXT, STDOUT),
    OUT("delta.stderr", TEXT, STDERR),      OUT("text", TEXT, CONTENT),
    OUT("refusal", TEXT, REFUSAL),          OUT("arguments", ARGUMENTS, TOOL_ARGUMENTS),
    OUT("input", TEXT, TOOL_ARGUMENTS),     OUT("code", TEXT, TOOL_ARGUMENTS),
    OUT("command", TEXT, CALL_ARGUMENTS),   OUT("transcript", TEXT, TRANSCRIPT),
    ROW("name", NAME),                      ROW("message", TEXT),
    ROW("param", TEXT),                     ROW("status", PLAIN),
    ROW("obfuscation", OPAQUE),             ROW("partial_image_b64", MEDIA),
    ROW("background", PLAIN),               ROW("output_format", PLAIN),
    ROW("quality", PLAIN),                  ROW("size", PLAIN),
    ROW("error.type", PLAIN),               ROW("error.code", PLAIN),
    ROW("error.message", TEXT),             ROW("error.param", TEXT),
};

#define TOOLS(at, who)                                                                                                  \
    GROUP(at, tool_rows, who), GROUP(at ".tools[]", tool_rows, who), GROUP(at ".environment", environment_rows, who),    \
    GROUP(at ".container", environment_rows, who)
#define PARTS(at, who)                                                                                                  \
    GROUP(at, part_rows, who), GROUP(at ".annotations[]", annotation_rows, who), GROUP(at ".logprobs[]", token_rows, who)
#define ITEMS(at)                                                                                                       \
    GROUP(at, item_rows, HERE), PARTS(at ".content[]", HERE), GROUP(at ".output[]", part_rows, HERE),                    \
    GROUP(at ".output[]", output_rows, HERE), GROUP(at ".action", action_rows, HERE), GROUP(at ".actions[]", action_rows, HERE), \
    GROUP(at ".environment", environment_rows, HERE), GROUP(at ".text.format", format_rows, APPLICATION), TOOLS(at ".tools[]", HERE)
#define RESPONSE(at)                                                                                                    \
    GROUP(at, ask_rows, HERE), GROUP(at, response_rows, HERE), GROUP(at ".text.format", format_rows, APPLICATION),        \
    GROUP(at ".prompt.variables.*", part_rows, CALLER), TOOLS(at ".tools[]", APPLICATION),                               \
    GROUP(at ".moderation.input", moderation_rows, HERE), GROUP(at ".moderation.output", moderation_rows, HERE),          \
    ITEMS(at ".output[]")

static const bawn_field_group groups[] = {
    GROUP("responses", ask_rows, HERE),
    GROUP("responses.text.format", format_rows, APPLICATION),
    GROUP("responses.prompt.variables.*", part_rows, CALLER),
    TOOLS("responses.tools[]", APPLICATION),
    ITEMS("responses.input[]"),
    RESPONSE("response"),
    GROUP("event", event_rows, HERE),
    GROUP("event.logprobs[]", token_rows, HERE),
    GROUP("event.annotation", annotation_rows, HERE),
    GROUP("event.output[]", output_rows, HERE),
    PARTS("event.part", HERE),
    ITEMS("event.item"),
    RESPONSE("event.response"),
};

static void compile(bawn_trie *t)
{
    bawn_trie_build(t, groups, BAWN_COUNT(groups));
    bawn_trie_hang(t, bawn_responses_request_hooks, bawn_responses_n_request_hooks);
    bawn_trie_hang(t, bawn_responses_answer_hooks, bawn_responses_n_answer_hooks);
}

BAWN_TRIE_OF(bawn_responses_trie, compile, 4096, 16384)

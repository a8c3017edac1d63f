/* openai_table.c: every field of the OpenAI operations that we know, and what is in it. Read off the types of the
 * official SDK (openai-python 3.54: types/chat, types/embedding*, types/moderation*), and the fields that compatible
 * servers add (vLLM, llama.cpp, Mistral, DeepSeek, OpenRouter, Azure). What stands in no row is an unknown field. */
#include "dialect/openai.h"
#include "dialect/rows.h"

static const bawn_field_row chat_rows[] = {
    ROW("model", PLAIN),                    ROW("audio.format", PLAIN),
    ROW("audio.voice", PLAIN),              ROW("audio.voice.id", PLAIN),
    ROW("frequency_penalty", PLAIN),        ROW("function_call", PLAIN),
    FROM("function_call.name", NAME, APPLICATION),
    ROW("logit_bias.*", PLAIN),             ROW("logprobs", PLAIN),
    ROW("max_completion_tokens", PLAIN),    ROW("max_tokens", PLAIN),
    FROM("metadata", DEEP, CALLER),         ROW("modalities[]", PLAIN),
    ROW("moderation.model", PLAIN),         ROW("moderation.policy.input.mode", PLAIN),
    ROW("moderation.policy.output.mode", PLAIN),
    ROW("n", PLAIN),                        ROW("parallel_tool_calls", PLAIN),
    ROW("prediction.type", PLAIN),          FROM("prediction.content", TEXT, CALLER),
    ROW("presence_penalty", PLAIN),         FROM("prompt_cache_key", TEXT, CALLER),
    ROW("prompt_cache_options.mode", PLAIN), ROW("prompt_cache_options.ttl", PLAIN),
    ROW("prompt_cache_retention", PLAIN),   ROW("reasoning_effort", PLAIN),
    ROW("response_format.type", PLAIN),
    FROM("response_format.json_schema.name", NAME, APPLICATION),
    FROM("response_format.json_schema.description", TEXT, APPLICATION),
    FROM("response_format.json_schema.schema", DEEP, APPLICATION),
    ROW("response_format.json_schema.strict", PLAIN),
    FROM("safety_identifier", TEXT, CALLER), ROW("seed", PLAIN),
    ROW("service_tier", PLAIN),             FROM("stop", TEXT, CALLER),
    FROM("stop[]", TEXT, CALLER),           ROW("store", PLAIN),
    ROW("stream", PLAIN),                   ROW("stream_options.include_usage", PLAIN),
    ROW("stream_options.include_obfuscation", PLAIN),
    ROW("temperature", PLAIN),              ROW("tool_choice", PLAIN),
    ROW("tool_choice.type", PLAIN),
    FROM("tool_choice.function.name", NAME, APPLICATION),
    FROM("tool_choice.custom.name", NAME, APPLICATION),
    ROW("tool_choice.allowed_tools.mode", PLAIN),
    ROW("top_logprobs", PLAIN),             ROW("top_p", PLAIN),
    FROM("user", TEXT, CALLER),             ROW("verbosity", PLAIN),
    ROW("web_search_options.search_context_size", PLAIN),
    ROW("web_search_options.user_location.type", PLAIN),
    FROM("web_search_options.user_location.approximate.city", TEXT, CALLER),
    FROM("web_search_options.user_location.approximate.country", TEXT, CALLER),
    FROM("web_search_options.user_location.approximate.region", TEXT, CALLER),
    FROM("web_search_options.user_location.approximate.timezone", TEXT, CALLER),
    /* compatible servers */
    ROW("top_k", PLAIN),                    ROW("min_p", PLAIN),
    ROW("top_a", PLAIN),                    ROW("typical_p", PLAIN),
    ROW("repetition_penalty", PLAIN),       ROW("length_penalty", PLAIN),
    ROW("min_tokens", PLAIN),               ROW("ignore_eos", PLAIN),
    ROW("skip_special_tokens", PLAIN),      ROW("spaces_between_special_tokens", PLAIN),
    ROW("include_stop_str_in_output", PLAIN), ROW("stop_token_ids[]", PLAIN),
    ROW("best_of", PLAIN),                  ROW("use_beam_search", PLAIN),
    ROW("add_generation_prompt", PLAIN),    ROW("continue_final_message", PLAIN),
    ROW("add_special_tokens", PLAIN),       ROW("echo", PLAIN),
    ROW("priority", PLAIN),                 ROW("return_token_ids", PLAIN),
    ROW("random_seed", PLAIN),              ROW("safe_prompt", PLAIN),
    ROW("enable_thinking", PLAIN),          ROW("thinking.type", PLAIN),
    ROW("thinking.budget_tokens", PLAIN),   ROW("reasoning.effort", PLAIN),
    ROW("reasoning.max_tokens", PLAIN),     ROW("reasoning.exclude", PLAIN),
    ROW("reasoning.enabled", PLAIN),        ROW("reasoning.summary", PLAIN),
    FROM("documents", DEEP, DOCUMENT),
};

static const bawn_field_row message_rows[] = {
    ROW("role", PLAIN),                     ROW("content", TEXT),
    ROW("name", DEEP),                      ROW("refusal", TEXT),
    ROW("tool_call_id", PLAIN),             ROW("id", PLAIN),
    ROW("audio.id", PLAIN),                 ROW("prefix", PLAIN),
    ROW("function_call.name", NAME),        ROW("function_call.arguments", ARGUMENTS),
    ROW("tool_calls[].id", PLAIN),          ROW("tool_calls[].type", PLAIN),
    ROW("tool_calls[].index", PLAIN),       ROW("tool_calls[].function.name", NAME),
    ROW("tool_calls[].function.arguments", ARGUMENTS),
    ROW("tool_calls[].custom.name", NAME),  ROW("tool_calls[].custom.input", TEXT),
    ROW("annotations[].type", PLAIN),       ROW("annotations[].url_citation.title", TEXT),
    ROW("annotations[].url_citation.url", TEXT),
    ROW("annotations[].url_citation.start_index", PLAIN),
    ROW("annotations[].url_citation.end_index", PLAIN),
    ROW("reasoning", TEXT),                 ROW("reasoning_content", TEXT),
    ROW("cache_control.type", PLAIN),       ROW("cache_control.ttl", PLAIN),
};

static const bawn_field_row reasoning_detail_rows[] = {
    ROW("type", PLAIN), ROW("id", PLAIN), ROW("format", PLAIN), ROW("index", PLAIN), ROW("data", OPAQUE),
    ROW("signature", OPAQUE), OUT("text", TEXT, REASONING_DETAILS), OUT("summary", TEXT, REASONING_DETAILS),
};

static const bawn_field_row part_rows[] = {
    ROW("type", PLAIN),                     ROW("text", TEXT),
    ROW("refusal", TEXT),                   ROW("image_url", MEDIA),
    ROW("image_url.url", MEDIA),            ROW("image_url.detail", PLAIN),
    ROW("input_audio.data", MEDIA),         ROW("input_audio.format", PLAIN),
    ROW("video_url.url", MEDIA),            ROW("audio_url.url", MEDIA),
    FROM("file.file_data", MEDIA, DOCUMENT), ROW("file.file_id", PLAIN),
    FROM("file.filename", TEXT, DOCUMENT),  FROM("document", DEEP, DOCUMENT),
    ROW("prompt_cache_breakpoint.mode", PLAIN), ROW("prompt_cache_breakpoint.ttl", PLAIN),
    ROW("cache_control.type", PLAIN),       ROW("cache_control.ttl", PLAIN),
};

static const bawn_field_row tool_rows[] = {
    ROW("type", PLAIN),                     ROW("function.name", NAME),
    ROW("function.description", TEXT),      ROW("function.parameters", DEEP),
    ROW("function.strict", PLAIN),          ROW("custom.name", NAME),
    ROW("custom.description", TEXT),        ROW("custom.format.type", PLAIN),
    ROW("custom.format.grammar.definition", TEXT), ROW("custom.format.grammar.syntax", PLAIN),
    ROW("cache_control.type", PLAIN),       ROW("cache_control.ttl", PLAIN),
};

static const bawn_field_row function_rows[] = { ROW("name", NAME), ROW("description", TEXT), ROW("parameters", DEEP) };

static const bawn_field_row embeddings_rows[] = {
    ROW("model", PLAIN), ROW("input", TEXT), ROW("input[]", TEXT), ROW("input[][]", TEXT), ROW("dimensions", PLAIN),
    ROW("encoding_format", PLAIN), ROW("user", TEXT), ROW("input_type", PLAIN), ROW("truncate", PLAIN),
    ROW("truncate_prompt_tokens", PLAIN), ROW("add_special_tokens", PLAIN), ROW("priority", PLAIN),
};

static const bawn_field_row moderations_rows[] = {
    ROW("model", PLAIN), ROW("input", TEXT), ROW("input[]", TEXT), ROW("input[].type", PLAIN),
    ROW("input[].text", TEXT), ROW("input[].image_url.url", MEDIA), ROW("input[].image_url.detail", PLAIN),
};

/* ---- answers and chunks -------------------------------------------------------------------------------------- */
static const bawn_field_row answer_rows[] = {
    ROW("id", PLAIN),                       ROW("object", PLAIN),
    ROW("created", PLAIN),                  ROW("model", PLAIN),
    ROW("system_fingerprint", PLAIN),       ROW("service_tier", PLAIN),
    ROW("provider", PLAIN),                 ROW("obfuscation", OPAQUE),
    ROW("usage.*", PLAIN),                  ROW("usage.*.*", PLAIN),
    ROW("timings.*", PLAIN),                ROW("x_groq.id", PLAIN),
    ROW("metadata", DEEP),                  ROW("citations[]", TEXT),
    ROW("search_results[].*", TEXT),        ROW("prompt_logprobs", PLAIN),
    ROW("prompt_token_ids", PLAIN),         ROW("prompt_token_ids[]", PLAIN),
    ROW("kv_transfer_params", PLAIN),       ROW("prompt_filter_results[].prompt_index", PLAIN),
    ROW("prompt_filter_results[].content_filter_results.*.*", PLAIN),
    ROW("error", TEXT),                     ROW("error.message", TEXT),
    ROW("error.type", PLAIN),               ROW("error.code", PLAIN),
    ROW("error.param", TEXT),
    ROW("choices[].index", PLAIN),          ROW("choices[].finish_reason", PLAIN),
    ROW("choices[].native_finish_reason", PLAIN), ROW("choices[].stop_reason", PLAIN),
    ROW("choices[].matched_stop", PLAIN),   ROW("choices[].token_ids", PLAIN),
    ROW("choices[].token_ids[]", PLAIN),    ROW("choices[].content_filter_results.*.*", PLAIN),
};

static const bawn_field_row moderation_result_rows[] = {
    ROW("type", PLAIN), ROW("model", PLAIN), ROW("code", PLAIN), ROW("message", TEXT), ROW("results[].type", PLAIN),
    ROW("results[].model", PLAIN), ROW("results[].flagged", PLAIN), ROW("results[].categories.*", PLAIN),
    ROW("results[].category_scores.*", PLAIN), ROW("results[].category_applied_input_types.*[]", PLAIN),
};

static const bawn_field_row token_rows[] = {
    OUT("token", TEXT, LOGPROBS), ROW("logprob", PLAIN), ROW("bytes[]", PLAIN),
    OUT("top_logprobs[].token", TEXT, ALTERNATIVES), ROW("top_logprobs[].logprob", PLAIN),
    ROW("top_logprobs[].bytes[]", PLAIN),
};

static const bawn_field_row refusal_token_rows[] = {
    OUT("token", TEXT, LOGPROBS_REFUSAL), ROW("logprob", PLAIN), ROW("bytes[]", PLAIN),
    OUT("top_logprobs[].token", TEXT, ALTERNATIVES), ROW("top_logprobs[].logprob", PLAIN),
    ROW("top_logprobs[].bytes[]", PLAIN),
};

static const bawn_field_row said_rows[] = {           /* choices[].message and choices[].delta */
    ROW("role", PLAIN),                               OUT("content", TEXT, CONTENT),
    ROW("content[].type", PLAIN),                     OUT("content[].text", TEXT, CONTENT),
    OUT("content[].refusal", TEXT, REFUSAL),          OUT("content[].thinking[].text", TEXT, REASONING),
    ROW("content[].thinking[].type", PLAIN),          OUT("refusal", TEXT, REFUSAL),
    OUT("reasoning", TEXT, REASONING),                OUT("reasoning_content", TEXT, REASONING_CONTENT),
    ROW("audio.id", PLAIN),                           ROW("audio.data", MEDIA),
    ROW("audio.expires_at", PLAIN),                   OUT("audio.transcript", TEXT, TRANSCRIPT),
    OUT("function_call.name", NAME, CALL_NAME),       OUT("function_call.arguments", ARGUMENTS, CALL_ARGUMENTS),
    ROW("tool_calls[].id", PLAIN),                    ROW("tool_calls[].type", PLAIN),
    ROW("tool_calls[].index", PLAIN),                 OUT("tool_calls[].function.name", NAME, TOOL_NAME),
    OUT("tool_calls[].function.arguments", ARGUMENTS, TOOL_ARGUMENTS),
    OUT("tool_calls[].custom.name", NAME, TOOL_NAME), OUT("tool_calls[].custom.input", TEXT, TOOL_ARGUMENTS),
    ROW("annotations[].type", PLAIN),                 ROW("annotations[].url_citation.title", TEXT),
    ROW("annotations[].url_citation.url", TEXT),      ROW("annotations[].url_citation.start_index", PLAIN),
    ROW("annotations[].url_citation.end_index", PLAIN),
};

static const bawn_field_row vectors_rows[] = {
    ROW("object", PLAIN), ROW("model", PLAIN), ROW("id", PLAIN), ROW("created", PLAIN), ROW("usage.*", PLAIN),
    ROW("usage.*.*", PLAIN), ROW("data[].object", PLAIN), ROW("data[].index", PLAIN), ROW("data[].embedding", OPAQUE),
    ROW("data[].embedding[]", PLAIN),
};

const bawn_field_group bawn_openai_groups[] = {
    GROUP("chat", chat_rows, HERE),
    GROUP("chat.messages[]", message_rows, HERE),
    GROUP("chat.messages[].reasoning_details[]", reasoning_detail_rows, HERE),
    GROUP("chat.messages[].content[]", part_rows, HERE),
    GROUP("chat.prediction.content[]", part_rows, CALLER),
    GROUP("chat.tools[]", tool_rows, APPLICATION),
    GROUP("chat.tool_choice.allowed_tools.tools[]", tool_rows, APPLICATION),
    GROUP("chat.functions[]", function_rows, APPLICATION),
    GROUP("embeddings", embeddings_rows, CALLER),
    GROUP("moderations", moderations_rows, CALLER),
    GROUP("answer", answer_rows, HERE),
    GROUP("answer.moderation.input", moderation_result_rows, HERE),
    GROUP("answer.moderation.output", moderation_result_rows, HERE),
    GROUP("answer.choices[].message", said_rows, HERE),
    GROUP("answer.choices[].message.reasoning_details[]", reasoning_detail_rows, HERE),
    GROUP("answer.choices[].delta", said_rows, HERE),
    GROUP("answer.choices[].delta.reasoning_details[]", reasoning_detail_rows, HERE),
    GROUP("answer.choices[].logprobs.content[]", token_rows, HERE),
    GROUP("answer.choices[].logprobs.refusal[]", refusal_token_rows, HERE),
    GROUP("vectors", vectors_rows, HERE),
};
const size_t bawn_openai_n_groups = BAWN_COUNT(bawn_openai_groups);

static void compile(bawn_trie *t)
{
    bawn_trie_build(t, bawn_openai_groups, bawn_openai_n_groups);
    bawn_trie_hang(t, bawn_openai_request_hooks, bawn_openai_n_request_hooks);
    bawn_trie_hang(t, bawn_openai_answer_hooks, bawn_openai_n_answer_hooks);
}

BAWN_TRIE_OF(bawn_openai_trie, compile, 640, 2048)

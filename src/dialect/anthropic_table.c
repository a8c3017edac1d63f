/* anthropic_table.c: every field of the Messages API that we know, and what is in it. Read off the types of the official
 * SDK (anthropic-python 2.14: types/message_create_params, types/message, types/raw_message_stream_event). What stands in
 * no row is an unknown field. */
#include "dialect/anthropic.h"
#include "dialect/rows.h"

static const bawn_field_row ask_rows[] = {
    ROW("model", PLAIN),                    ROW("max_tokens", PLAIN),
    ROW("cache_control.type", PLAIN),       ROW("cache_control.ttl", PLAIN),
    ROW("container", PLAIN),                ROW("container.id", PLAIN),
    ROW("container.skills[].*", PLAIN),     ROW("context_management", DEEP),
    ROW("diagnostics.previous_message_id", PLAIN), ROW("inference_geo", PLAIN),
    FROM("metadata.user_id", TEXT, CALLER), FROM("metadata", DEEP, CALLER),
    ROW("output_config.effort", PLAIN),     ROW("output_config.format.type", PLAIN),
    FROM("output_config.format.schema", DEEP, APPLICATION),
    ROW("output_config.task_budget.*", PLAIN),
    ROW("service_tier", PLAIN),             ROW("speed", PLAIN),
    FROM("stop_sequences[]", TEXT, CALLER), ROW("stream", PLAIN),
    FROM("system", TEXT, APPLICATION),      ROW("temperature", PLAIN),
    ROW("thinking.type", PLAIN),            ROW("thinking.budget_tokens", PLAIN),
    ROW("thinking.display", PLAIN),         ROW("tool_choice.type", PLAIN),
    ROW("tool_choice.disable_parallel_tool_use", PLAIN),
    FROM("tool_choice.name", NAME, APPLICATION),
    ROW("top_k", PLAIN),                    ROW("top_p", PLAIN),
    ROW("user_profile_id", PLAIN),          ROW("workspace_id", PLAIN),
    ROW("thread.type", PLAIN),              ROW("thread.previous_message_id", PLAIN),
    ROW("messages[].role", PLAIN),          ROW("messages[].content", TEXT),
    ROW("mcp_servers[].type", PLAIN),       FROM("mcp_servers[].name", NAME, APPLICATION),
    FROM("mcp_servers[].url", TEXT, APPLICATION), ROW("mcp_servers[].authorization_token", PLAIN),
    ROW("mcp_servers[].tool_configuration.enabled", PLAIN),
    FROM("mcp_servers[].tool_configuration.allowed_tools[]", NAME, APPLICATION),
    ROW("anthropic_version", PLAIN),        ROW("anthropic_beta[]", PLAIN),    /* in Bedrock's bodies */
};

static const bawn_field_row tool_rows[] = {
    ROW("name", NAME),                      ROW("description", TEXT),
    ROW("input_schema", DEEP),              ROW("input_examples[]", DEEP),
    ROW("type", PLAIN),                     ROW("strict", PLAIN),
    ROW("cache_control.type", PLAIN),       ROW("cache_control.ttl", PLAIN),
    ROW("allowed_callers[]", PLAIN),        ROW("defer_loading", PLAIN),
    ROW("eager_input_streaming", PLAIN),    ROW("configs.*.*", PLAIN),
    ROW("default_config.*", PLAIN),         ROW("mcp_server_name", NAME),
    ROW("max_characters", PLAIN),           ROW("max_uses", PLAIN),
    ROW("max_content_tokens", PLAIN),       ROW("use_cache", PLAIN),
    ROW("response_inclusion", PLAIN),       ROW("citations.enabled", PLAIN),
    ROW("allowed_domains[]", TEXT),         ROW("blocked_domains[]", TEXT),
    ROW("user_location.type", PLAIN),       ROW("user_location.city", TEXT),
    ROW("user_location.country", TEXT),     ROW("user_location.region", TEXT),
    ROW("user_location.timezone", TEXT),    ROW("display_width_px", PLAIN),
    ROW("display_height_px", PLAIN),        ROW("display_number", PLAIN),
    ROW("enable_zoom", PLAIN),              ROW("url_sources.*.type", PLAIN),
    ROW("url_sources.*.tools[].name", NAME), ROW("url_sources.*.tools[].type", PLAIN),
};

/* A block of a message's content. */
static const bawn_field_row block_rows[] = {
    ROW("type", PLAIN),                     OUT("text", TEXT, CONTENT),
    OUT("thinking", SIGNED, REASONING),     ROW("signature", OPAQUE),
    ROW("data", OPAQUE),                    ROW("id", PLAIN),
    OUT("name", NAME, TOOL_NAME),           OUT("input", ARGUMENTS, TOOL_ARGUMENTS),
    OUT("server_name", NAME, OTHER),        OUT("toolset_name", NAME, OTHER),
    ROW("caller.type", PLAIN),              ROW("caller.tool_id", PLAIN),
    ROW("tool_use_id", PLAIN),              ROW("is_error", PLAIN),
    ROW("content", TEXT),                   ROW("file_id", PLAIN),
    /* a server's own tools: search, fetch, code, files */
    ROW("content.type", PLAIN),             ROW("content.error_code", PLAIN),
    ROW("content.error_message", TEXT),     ROW("content.url", TEXT),
    ROW("content.retrieved_at", PLAIN),     ROW("content.return_code", PLAIN),
    ROW("content.stdout", TEXT),            ROW("content.stderr", TEXT),
    ROW("content.encrypted_stdout", OPAQUE), ROW("content.content", TEXT),
    ROW("content.content[].file_id", PLAIN), ROW("content.content[].type", PLAIN),
    ROW("content.file_type", PLAIN),        ROW("content.num_lines", PLAIN),
    ROW("content.start_line", PLAIN),       ROW("content.total_lines", PLAIN),
    ROW("content.is_file_update", PLAIN),   ROW("content.lines[]", TEXT),
    ROW("content.new_lines", PLAIN),        ROW("content.new_start", PLAIN),
    ROW("content.old_lines", PLAIN),        ROW("content.old_start", PLAIN),
    ROW("content.tool_references[].tool_name", NAME), ROW("content.tool_references[].type", PLAIN),
    ROW("content.tool_references[].cache_control.*", PLAIN),
    ROW("from.model", PLAIN),               ROW("to.model", PLAIN),
};

/* What may stand in a block: in the content of a tool's result or of a document, too. */
static const bawn_field_row inner_rows[] = {
    ROW("type", PLAIN),                     ROW("text", TEXT),
    ROW("title", TEXT),                     ROW("context", TEXT),
    ROW("source", TEXT),                    ROW("url", TEXT),
    ROW("page_age", TEXT),                  ROW("encrypted_content", OPAQUE),
    ROW("tool_name", NAME),                 ROW("file_id", PLAIN),
    ROW("cache_control.type", PLAIN),       ROW("cache_control.ttl", PLAIN),
    ROW("citations.enabled", PLAIN),        ROW("transformations.oversized_image", PLAIN),
    ROW("source.type", PLAIN),              ROW("source.media_type", PLAIN),
    ROW("source.data", MEDIA),              ROW("source.url", MEDIA),
    ROW("source.file_id", PLAIN),           ROW("source.content", TEXT),
    ROW("tabs[].tab_id", PLAIN),            ROW("tabs[].title", TEXT),
    ROW("tabs[].url", TEXT),                ROW("tabs[].active", PLAIN),
    ROW("state_changes[].tab_id", PLAIN),   ROW("state_changes[].type", PLAIN),
    ROW("state_changes[].download_id", PLAIN), ROW("state_changes[].url", TEXT),
    ROW("state_changes[].path", TEXT),      ROW("state_changes[].size_bytes", PLAIN),
    ROW("state_changes[].error", TEXT),
};

static const bawn_field_row citation_rows[] = {
    ROW("type", PLAIN),                     ROW("cited_text", TEXT),
    ROW("document_index", PLAIN),           ROW("document_title", TEXT),
    ROW("start_char_index", PLAIN),         ROW("end_char_index", PLAIN),
    ROW("start_page_number", PLAIN),        ROW("end_page_number", PLAIN),
    ROW("start_block_index", PLAIN),        ROW("end_block_index", PLAIN),
    ROW("encrypted_index", OPAQUE),         ROW("title", TEXT),
    ROW("url", TEXT),                       ROW("search_result_index", PLAIN),
    ROW("source", TEXT),                    ROW("file_id", PLAIN),
};

static const bawn_field_row message_rows[] = {
    ROW("id", PLAIN),                       ROW("type", PLAIN),
    ROW("role", PLAIN),                     ROW("model", PLAIN),
    ROW("stop_reason", PLAIN),              OUT("stop_sequence", TEXT, OTHER),
    ROW("stop_details.type", PLAIN),        ROW("stop_details.category", PLAIN),
    ROW("stop_details.explanation", TEXT),  ROW("container.id", PLAIN),
    ROW("container.expires_at", PLAIN),     ROW("container.skills[].*", PLAIN),
    ROW("diagnostics.cache_miss_reason.*", PLAIN), ROW("context_management", DEEP),
};

static const bawn_field_row usage_rows[] = { ROW("usage.*", PLAIN), ROW("usage.*.*", PLAIN), ROW("usage.*[].*", PLAIN) };

static const bawn_field_row event_rows[] = {
    ROW("type", PLAIN),                     ROW("index", PLAIN),
    ROW("request_id", PLAIN),               ROW("error.type", PLAIN),
    ROW("error.message", TEXT),             ROW("error.details", DEEP),
    ROW("delta.type", PLAIN),               OUT("delta.text", TEXT, CONTENT),
    OUT("delta.thinking", SIGNED, REASONING), ROW("delta.signature", OPAQUE),
    OUT("delta.partial_json", ARGUMENTS, TOOL_ARGUMENTS),
    ROW("delta.estimated_tokens", PLAIN),   ROW("context_management", DEEP),
    ROW("amazon-bedrock-invocationMetrics.*", PLAIN),
};

static const bawn_field_group groups[] = {
    GROUP("ask", ask_rows, HERE),
    GROUP("ask.system[]", inner_rows, APPLICATION),
    GROUP("ask.system[].citations[]", citation_rows, APPLICATION),
    GROUP("ask.tools[]", tool_rows, APPLICATION),
    GROUP("ask.messages[].content[]", inner_rows, HERE),
    GROUP("ask.messages[].content[]", block_rows, HERE),
    GROUP("ask.messages[].content[].citations[]", citation_rows, HERE),
    GROUP("ask.messages[].content[].source.content[]", inner_rows, HERE),
    GROUP("ask.messages[].content[].source.content[].citations[]", citation_rows, HERE),
    GROUP("ask.messages[].content[].content[]", inner_rows, HERE),
    GROUP("ask.messages[].content[].content[].citations[]", citation_rows, HERE),
    GROUP("ask.messages[].content[].content[].source.content[]", inner_rows, HERE),
    GROUP("ask.messages[].content[].content[].source.content[].citations[]", citation_rows, HERE),
    GROUP("ask.messages[].content[].content[].content[]", inner_rows, HERE),
    GROUP("ask.messages[].content[].content[].content[].citations[]", citation_rows, HERE),
    GROUP("ask.messages[].content[].content.content", inner_rows, HERE),
    GROUP("ask.messages[].content[].content.content.source.content[]", inner_rows, HERE),
    GROUP("ask.messages[].content[].content.content.source.content[].citations[]", citation_rows, HERE),
    GROUP("message", message_rows, HERE),
    GROUP("message", usage_rows, HERE),
    GROUP("message.content[]", inner_rows, HERE),
    GROUP("message.content[]", block_rows, HERE),
    GROUP("message.content[].citations[]", citation_rows, HERE),
    GROUP("message.content[].content[]", inner_rows, HERE),
    GROUP("message.content[].content.content", inner_rows, HERE),
    GROUP("event", event_rows, HERE),
    GROUP("event", usage_rows, HERE),
    GROUP("event.delta", message_rows, HERE),
    GROUP("event.delta.citation", citation_rows, HERE),
    GROUP("event.message", message_rows, HERE),
    GROUP("event.message", usage_rows, HERE),
    GROUP("event.message.content[]", inner_rows, HERE),
    GROUP("event.message.content[]", block_rows, HERE),
    GROUP("event.message.content[].citations[]", citation_rows, HERE),
    GROUP("event.message.content[].content[]", inner_rows, HERE),
    GROUP("event.message.content[].content.content", inner_rows, HERE),
    GROUP("event.content_block", inner_rows, HERE),
    GROUP("event.content_block", block_rows, HERE),
    GROUP("event.content_block.citations[]", citation_rows, HERE),
    GROUP("event.content_block.content[]", inner_rows, HERE),
    GROUP("event.content_block.content.content", inner_rows, HERE),
};

static void compile(bawn_trie *t)
{
    bawn_trie_build(t, groups, BAWN_COUNT(groups));
    bawn_trie_hang(t, bawn_anthropic_request_hooks, bawn_anthropic_n_request_hooks);
    bawn_trie_hang(t, bawn_anthropic_answer_hooks, bawn_anthropic_n_answer_hooks);
}

BAWN_TRIE_OF(bawn_anthropic_trie, compile, 1280, 4096)

/* bedrock_table.c: every field of Converse, ConverseStream and CountTokens that we know, and what is in it. Read off the service
 * model of the official SDK (botocore 1.44.8, bedrock-runtime/2023-09-30). What stands in no row is an unknown field. */
#include "dialect/bedrock.h"
#include "dialect/rows.h"

static const bawn_field_row ask_rows[] = {
    ROW("messages[].role", PLAIN),
    ROW("inferenceConfig.maxTokens", PLAIN), ROW("inferenceConfig.temperature", PLAIN),
    ROW("inferenceConfig.topP", PLAIN),     FROM("inferenceConfig.stopSequences[]", TEXT, CALLER),
    FROM("toolConfig.tools[].toolSpec.name", NAME, APPLICATION),
    FROM("toolConfig.tools[].toolSpec.description", TEXT, APPLICATION),
    FROM("toolConfig.tools[].toolSpec.inputSchema.json", DEEP, APPLICATION),
    ROW("toolConfig.tools[].toolSpec.strict", PLAIN),
    FROM("toolConfig.tools[].systemTool.name", NAME, APPLICATION),
    ROW("toolConfig.tools[].cachePoint.*", PLAIN),
    ROW("toolConfig.toolChoice.auto", PLAIN), ROW("toolConfig.toolChoice.any", PLAIN),
    FROM("toolConfig.toolChoice.tool.name", NAME, APPLICATION),
    ROW("guardrailConfig.*", PLAIN),        ROW("projectIdentifier", PLAIN),
    FROM("additionalModelRequestFields", DEEP, CALLER),
    FROM("promptVariables.*.text", TEXT, CALLER),
    FROM("additionalModelResponseFieldPaths[]", TEXT, CALLER),
    FROM("requestMetadata", DEEP, CALLER),  ROW("performanceConfig.latency", PLAIN),
    ROW("serviceTier.type", PLAIN),         ROW("outputConfig.textFormat.type", PLAIN),
    FROM("outputConfig.textFormat.structure.jsonSchema.schema", TEXT, APPLICATION),
    FROM("outputConfig.textFormat.structure.jsonSchema.name", NAME, APPLICATION),
    FROM("outputConfig.textFormat.structure.jsonSchema.description", TEXT, APPLICATION),
    ROW("outputConfig.effort", PLAIN),
};

/* A block of a message, of the system prompt, and (with what belongs to it) of a tool's result. */
static const bawn_field_row block_rows[] = {
    OUT("text", TEXT, CONTENT),             ROW("cachePoint.*", PLAIN),
    ROW("guardContent.text.text", TEXT),    ROW("guardContent.text.qualifiers[]", PLAIN),
    OUT("toolUse.name", NAME, TOOL_NAME),   OUT("toolUse.input", ARGUMENTS, TOOL_ARGUMENTS),
    ROW("toolUse.toolUseId", PLAIN),        ROW("toolUse.type", PLAIN),
    ROW("toolResult.toolUseId", PLAIN),     ROW("toolResult.status", PLAIN),
    ROW("toolResult.type", PLAIN),
    OUT("reasoningContent.reasoningText.text", SIGNED, REASONING),
    ROW("reasoningContent.reasoningText.signature", OPAQUE), ROW("reasoningContent.redactedContent", OPAQUE),
    OUT("citationsContent.content[].text", TEXT, CONTENT),
    ROW("toolAddition.tool.type", PLAIN),   ROW("toolAddition.tool.name", NAME),
    ROW("toolAddition.tool.serverName", NAME), ROW("toolRemoval.tool.type", PLAIN),
    ROW("toolRemoval.tool.name", NAME),     ROW("toolRemoval.tool.serverName", NAME),
};

/* What is no block of speech: documents and media. */
static const bawn_field_row media_rows[] = {
    ROW("image.format", PLAIN),             ROW("image.source.bytes", MEDIA),
    ROW("image.source.s3Location.uri", TEXT), ROW("image.source.s3Location.bucketOwner", PLAIN),
    ROW("image.error.message", TEXT),
    ROW("video.format", PLAIN),             ROW("video.source.bytes", MEDIA),
    ROW("video.source.s3Location.uri", TEXT), ROW("video.source.s3Location.bucketOwner", PLAIN),
    ROW("audio.format", PLAIN),             ROW("audio.source.bytes", MEDIA),
    ROW("audio.source.s3Location.uri", TEXT), ROW("audio.source.s3Location.bucketOwner", PLAIN),
    ROW("audio.error.message", TEXT),
    ROW("guardContent.image.format", PLAIN), ROW("guardContent.image.source.bytes", MEDIA),
};

static const bawn_field_row document_rows[] = {
    ROW("document.format", PLAIN),
    FROM("document.name", TEXT, DOCUMENT),  FROM("document.source.bytes", MEDIA, DOCUMENT),
    FROM("document.source.s3Location.uri", TEXT, DOCUMENT), ROW("document.source.s3Location.bucketOwner", PLAIN),
    FROM("document.source.text", TEXT, DOCUMENT), FROM("document.source.content[].text", TEXT, DOCUMENT),
    FROM("document.context", TEXT, DOCUMENT), ROW("document.citations.enabled", PLAIN),
    FROM("searchResult.source", TEXT, DOCUMENT), FROM("searchResult.title", TEXT, DOCUMENT),
    FROM("searchResult.content[].text", TEXT, DOCUMENT), ROW("searchResult.citations.enabled", PLAIN),
};

/* The same in what a tool answered: it is the tool's, whatever form it has. */
static const bawn_field_row result_rows[] = {
    ROW("text", TEXT),                      ROW("json", DEEP),
    ROW("document.format", PLAIN),          ROW("document.name", TEXT),
    ROW("document.source.bytes", MEDIA),    ROW("document.source.s3Location.uri", TEXT),
    ROW("document.source.s3Location.bucketOwner", PLAIN), ROW("document.source.text", TEXT),
    ROW("document.source.content[].text", TEXT), ROW("document.context", TEXT),
    ROW("document.citations.enabled", PLAIN), ROW("searchResult.source", TEXT),
    ROW("searchResult.title", TEXT),        ROW("searchResult.content[].text", TEXT),
    ROW("searchResult.citations.enabled", PLAIN),
};

static const bawn_field_row citation_rows[] = {
    ROW("title", TEXT), ROW("source", TEXT), ROW("sourceContent[].text", TEXT), ROW("location.web.url", TEXT),
    ROW("location.web.domain", TEXT), ROW("location.*.*", PLAIN),
};

static const bawn_field_row usage_rows[] = {
    ROW("usage.*", PLAIN),                  ROW("usage.cacheDetails[].*", PLAIN),
    ROW("metrics.latencyMs", PLAIN),        ROW("trace.guardrail", DEEP),
    ROW("trace.promptRouter.invokedModelId", PLAIN), ROW("performanceConfig.latency", PLAIN),
    ROW("serviceTier.type", PLAIN),
};

static const bawn_field_row said_rows[] = {
    ROW("output.message.role", PLAIN),      ROW("stopReason", PLAIN),
    ROW("additionalModelResponseFields", DEEP),
};

static const bawn_field_row event_rows[] = {
    ROW("role", PLAIN),                     ROW("contentBlockIndex", PLAIN),
    ROW("p", OPAQUE),                       ROW("stopReason", PLAIN),
    ROW("additionalModelResponseFields", DEEP), ROW("message", TEXT),
    ROW("originalStatusCode", PLAIN),       ROW("originalMessage", TEXT),
    ROW("start.toolUse.toolUseId", PLAIN),  OUT("start.toolUse.name", NAME, TOOL_NAME),
    ROW("start.toolUse.type", PLAIN),       ROW("start.toolResult.toolUseId", PLAIN),
    ROW("start.toolResult.type", PLAIN),    ROW("start.toolResult.status", PLAIN),
    ROW("start.image.format", PLAIN),
    OUT("delta.text", TEXT, CONTENT),       OUT("delta.toolUse.input", ARGUMENTS, TOOL_ARGUMENTS),
    OUT("delta.toolResult[].text", TEXT, TRANSCRIPT), ROW("delta.toolResult[].json", DEEP),
    OUT("delta.reasoningContent.text", SIGNED, REASONING), ROW("delta.reasoningContent.redactedContent", OPAQUE),
    ROW("delta.reasoningContent.signature", OPAQUE), ROW("delta.image.source.bytes", MEDIA),
    ROW("delta.image.source.s3Location.uri", TEXT), ROW("delta.image.source.s3Location.bucketOwner", PLAIN),
    ROW("delta.image.error.message", TEXT),
};

static const bawn_field_row count_rows[] = { ROW("input.invokeModel.body", MEDIA) };
static const bawn_field_row native_rows[] = { ROW("*", DEEP) };

#define MESSAGE(path) GROUP(path, block_rows, HERE), GROUP(path, media_rows, HERE), GROUP(path, document_rows, HERE), \
    GROUP(path ".citationsContent.citations[]", citation_rows, HERE), GROUP(path ".toolResult.content[]", result_rows, HERE), \
    GROUP(path ".toolResult.content[]", media_rows, HERE)

static const bawn_field_group groups[] = {
    GROUP("ask", ask_rows, HERE),           GROUP("ask.system[]", block_rows, APPLICATION),
    GROUP("ask.system[]", media_rows, APPLICATION), MESSAGE("ask.messages[].content[]"),
    GROUP("count", count_rows, HERE),       GROUP("count.input.converse", ask_rows, HERE),
    GROUP("count.input.converse.system[]", block_rows, APPLICATION), MESSAGE("count.input.converse.messages[].content[]"),
    GROUP("said", said_rows, HERE),         GROUP("said", usage_rows, HERE),
    MESSAGE("said.output.message.content[]"),
    GROUP("event", event_rows, HERE),       GROUP("event", usage_rows, HERE),
    GROUP("event.delta.citation", citation_rows, HERE),
    GROUP("native", native_rows, CALLER),   GROUP("native_said", native_rows, HERE),
};

static void compile(bawn_trie *t)
{
    bawn_trie_build(t, groups, BAWN_COUNT(groups));
    bawn_trie_hang(t, bawn_bedrock_request_hooks, bawn_bedrock_n_request_hooks);
    bawn_trie_hang(t, bawn_bedrock_answer_hooks, bawn_bedrock_n_answer_hooks);
}

BAWN_TRIE_OF(bawn_bedrock_trie, compile, 1024, 4096)

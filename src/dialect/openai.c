/* openai.c: the OpenAI dialect, one table. Its parts: openai_route.c (operations), openai_table.c (fields),
 * openai_request.c and openai_answer.c (wire -> conversation), openai_write.c (refusals), openai_error.c,
 * openai_moderation.c, openai_models.c, and the operation "responses" (responses.h). */
#include "dialect/openai.h"
#include "dialect/responses.h"
#include "dialect/route.h"

const bawn_dialect bawn_dialect_openai = {
    .name = "openai",
    .routes = "POST /v1/chat/completions, /v1/responses, /v1/embeddings, /v1/moderations and GET /v1/models",
    .family = "/v1/",
    .route = bawn_openai_route,
    .operation_name = bawn_openai_operation_name,
    .request = bawn_openai_request,
    .answer = bawn_openai_answer,
    .event = bawn_openai_event,
    .refusal = bawn_openai_refusal,
    .refused_answer = bawn_openai_refused_answer,
    .stream_refusal = bawn_openai_stream_refusal,
    .error = bawn_openai_error,
    .stream_error = bawn_openai_stream_error,
    .filtered = "content_filter",
    .tell = bawn_responses_tell,
    .broken = bawn_openai_broken,
    .hold = ": hold\n\n",
    .done = "data: [DONE]\n\n",
    .report = bawn_openai_report,
    .models = bawn_openai_models,
    .model_of = bawn_route_model,
    .moderation_categories = bawn_openai_moderation_categories,
};

/* openai_write.c: refusals in the provider's own form (DESIGN 3a.5, RULINGS R37, features 3.7).
 *
 * Unstreamed: HTTP 200, every choice with finish_reason "content_filter" and the message twice, as `refusal` and as
 * `content`. The SDK's types allow both (each Optional[str]). `refusal` is where the provider puts such a text and
 * what programs test; `content` is what chat front ends and most frameworks show: with null there a person would see
 * an empty answer and no reason.
 * Streamed, when nothing has been passed on: the same, as chunks. Half-way: `refusal` only, because `content` is
 * already the model's text and must stay a prefix of what the model said (RULINGS R2). */
#include "dialect/openai.h"
#include "dialect/responses.h"

typedef struct {                                       /* the head that all chunks of a stream share */
    bawn_slice id, model, usage;                       /* usage: raw JSON, empty when the stream had none */
    uint64_t created;
    bool include_usage;
} head;

#define STR(b, text) bawn_buf_str(b, text)
#define ZERO_USAGE "{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}"

static void id_add(bawn_buf *b, bawn_slice id)
{
    STR(b, "\"chatcmpl-");
    bawn_json_write_escaped(b, id);
    STR(b, "\"");
}

static void count_add(bawn_buf *b, int64_t n) { bawn_buf_u64(b, n < 0 ? 0 : (uint64_t)n); }

static void usage_add(bawn_buf *b, int64_t in, int64_t out)
{
    STR(b, "{\"prompt_tokens\":");
    count_add(b, in);
    STR(b, ",\"completion_tokens\":");
    count_add(b, out);
    STR(b, ",\"total_tokens\":");
    count_add(b, (in < 0 ? 0 : in) + (out < 0 ? 0 : out));
    STR(b, "}");
}

/* ---- whole --------------------------------------------------------------------------------------------------- */
static void choice_add(bawn_buf *b, uint32_t index, bawn_slice message)
{
    STR(b, "{\"index\":");
    bawn_buf_u64(b, index);
    STR(b, ",\"message\":{\"role\":\"assistant\",\"content\":");
    bawn_json_write_string(b, message);
    STR(b, ",\"refusal\":");
    bawn_json_write_string(b, message);
    STR(b, "},\"logprobs\":null,\"finish_reason\":\"content_filter\"}");
}

bool bawn_openai_refused_answer(bawn_buf *b, bawn_operation op, const bawn_conversation *request,
                                const bawn_conversation *answer, bawn_slice id, bawn_slice message, uint64_t now_ns)
{
    bool went = answer && answer->id.len > 0;
    size_t start = b->len, n = answer && answer->n_open ? answer->n_open : request->n_choices;

    if (op == BAWN_OP_RESPONSES)
        return bawn_responses_refused_answer(b, request, answer, id, message, now_ns);
    if (op != BAWN_OP_CHAT)
        return false;
    STR(b, "{\"id\":");
    if (went)
        bawn_json_write_string(b, answer->id);
    else
        id_add(b, id);
    STR(b, ",\"object\":\"chat.completion\",\"created\":");
    bawn_buf_u64(b, now_ns / 1000000000u);
    STR(b, ",\"model\":");
    bawn_json_write_string(b, answer && answer->model.len ? answer->model : request->model);
    STR(b, ",\"choices\":[");
    for (size_t i = 0; i < n; i++) {
        STR(b, i ? "," : "");
        choice_add(b, answer && answer->n_open ? answer->choices[i].index : (uint32_t)i, message);
    }
    STR(b, "],\"usage\":");
    usage_add(b, answer ? answer->input_tokens : 0, answer ? answer->output_tokens : 0);
    STR(b, "}");
    return bawn_buf_whole(b, start);
}

/* ---- streams ------------------------------------------------------------------------------------------------- */
static void chunk_begin(bawn_buf *b, const head *h)
{
    STR(b, "data: {\"id\":");
    bawn_json_write_string(b, h->id);
    STR(b, ",\"object\":\"chat.completion.chunk\",\"created\":");
    bawn_buf_u64(b, h->created);
    STR(b, ",\"model\":");
    bawn_json_write_string(b, h->model);
    STR(b, ",\"choices\":[");
}

static void chunk_end(bawn_buf *b, const head *h)
{
    STR(b, h->include_usage ? "],\"usage\":null}\n\n" : "]}\n\n");
}

static void delta_begin(bawn_buf *b, const head *h, uint32_t choice)
{
    chunk_begin(b, h);
    STR(b, "{\"index\":");
    bawn_buf_u64(b, choice);
    STR(b, ",\"delta\":{");
}

static void delta_end(bawn_buf *b, const head *h, const char *finish)
{
    STR(b, "},\"logprobs\":null,\"finish_reason\":");
    STR(b, finish);
    STR(b, "}");
    chunk_end(b, h);
}

static void opening(bawn_buf *b, const head *h, uint32_t choice, bawn_slice message)
{
    delta_begin(b, h, choice);
    STR(b, "\"role\":\"assistant\",\"content\":\"\",\"refusal\":null");
    delta_end(b, h, "null");
    delta_begin(b, h, choice);
    STR(b, "\"content\":");
    bawn_json_write_string(b, message);
    delta_end(b, h, "null");
}

static void closing(bawn_buf *b, const head *h, uint32_t choice, bawn_slice message)
{
    delta_begin(b, h, choice);
    STR(b, "\"refusal\":");
    bawn_json_write_string(b, message);
    delta_end(b, h, "null");
    delta_begin(b, h, choice);
    delta_end(b, h, "\"content_filter\"");
}

static void stream_end(bawn_buf *b, const head *h)
{
    if (h->include_usage) {
        chunk_begin(b, h);
        STR(b, "],\"usage\":");
        if (h->usage.len)
            bawn_buf_add(b, h->usage);
        else
            STR(b, ZERO_USAGE);
        STR(b, "}\n\n");
    }
    STR(b, "data: [DONE]\n\n");
}

static void text_read(bawn_slice *out, const bawn_json *j, const char *key, bawn_arena *arena)
{
    uint32_t token = bawn_json_get(j, 0, key);
    bawn_json_map map;
    bawn_slice text;

    if (token && j->tokens[token].type == BAWN_JSON_STRING && bawn_json_decode(&text, &map, j, token, arena))
        *out = text;
}

/* Keeps what the newest chunk says of itself, as far as it says it in the right types. */
static void head_read(head *h, const bawn_json *j, bawn_arena *arena)
{
    uint32_t usage = bawn_json_get(j, 0, "usage"), created = bawn_json_get(j, 0, "created");
    uint64_t n;

    text_read(&h->id, j, "id", arena);
    text_read(&h->model, j, "model", arena);
    if (usage && j->tokens[usage].type == BAWN_JSON_OBJECT)
        h->usage = bawn_json_raw(j, usage);
    if (created && bawn_json_u64(&n, j, created))
        h->created = n;
}

static void refuse_stream(bawn_buf *b, const head *h, bool open, const uint32_t *choices, size_t n, bawn_slice message)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t choice = choices ? choices[i] : (uint32_t)i;

        if (!open)
            opening(b, h, choice, message);
        closing(b, h, choice, message);
    }
    stream_end(b, h);
}

static bool own_id(bawn_buf *b, bawn_slice id)
{
    return bawn_buf_str(b, "chatcmpl-") && bawn_buf_add(b, id);
}

bool bawn_openai_stream_refusal(bawn_buf *b, const bawn_conversation *request, bawn_slice last,
                                const bawn_stream_state *passed, const uint32_t *choices, size_t n, bawn_slice id,
                                bawn_slice message, uint64_t now_ns)
{
    head h = { .model = request->model, .created = now_ns / 1000000000u, .include_usage = request->include_usage };
    bawn_arena *arena;
    bawn_json j = { 0 };
    bawn_buf own = { 0 };
    size_t start = b->len;

    if (request->operation == BAWN_OP_RESPONSES)
        return bawn_responses_stream_refusal(b, request, passed ? passed->story : NULL, id, message, now_ns);
    arena = last.len ? bawn_arena_new(4096, 0) : NULL;
    if (!own_id(&own, id))
        b->failed = true;
    h.id = bawn_buf_slice(&own);
    if (arena && bawn_json_parse(&j, last, 1000, NULL) && bawn_json_is_object(&j))
        head_read(&h, &j, arena);
    refuse_stream(b, &h, last.len > 0, n ? choices : NULL, n ? n : request->n_choices, message);
    bawn_json_free(&j);
    bawn_arena_free(arena);
    bawn_buf_free(&own);
    return bawn_buf_whole(b, start);
}

bool bawn_openai_refusal(bawn_buf *b, bawn_slice *content_type, bawn_operation op, const bawn_conversation *request,
                         bawn_slice id, bawn_slice message, uint64_t now_ns)
{
    if (op == BAWN_OP_RESPONSES)
        return bawn_responses_refusal(b, content_type, request, id, message, now_ns);
    if (op != BAWN_OP_CHAT)
        return false;
    *content_type = request->stream ? BAWN_LIT("text/event-stream") : BAWN_LIT("application/json");
    if (!request->stream)
        return bawn_openai_refused_answer(b, op, request, NULL, id, message, now_ns);
    return bawn_openai_stream_refusal(b, request, BAWN_NIL, NULL, NULL, 0, id, message, now_ns);
}

/* words.c: why an answer ended and what it cost, in the words of each API; how values are written. A reason is found by its first row and written by it. */
#include "translate/inner.h"

#define STR(b, text) bawn_buf_str(b, text)

typedef enum { OPENAI, ANTHROPIC, BEDROCK } column;

static column column_of(const bawn_dialect *d)
{
    return d == &bawn_dialect_openai ? OPENAI : d == &bawn_dialect_anthropic ? ANTHROPIC : BEDROCK;
}

/* OpenAI's API does not tell a stop sequence from an end, nor a full window from a full answer. */
static const char *const reasons[BAWN_TR_REASONS][3] = {
    [BAWN_TR_END] = { "stop", "end_turn", "end_turn" },
    [BAWN_TR_CALLS] = { "tool_calls", "tool_use", "tool_use" },
    [BAWN_TR_LENGTH] = { "length", "max_tokens", "max_tokens" },
    [BAWN_TR_STOPPED] = { "stop", "stop_sequence", "stop_sequence" },
    [BAWN_TR_WINDOW] = { "length", "model_context_window_exceeded", "model_context_window_exceeded" },
    [BAWN_TR_FILTERED] = { "content_filter", "refusal", "content_filtered" },
};

const char *bawn_tr_reason_name(const bawn_dialect *d, bawn_tr_reason reason) { return reasons[reason][column_of(d)]; }

bawn_tr_reason bawn_tr_reason_find(const bawn_dialect *d, const bawn_json *j, uint32_t token)
{
    for (bawn_tr_reason i = BAWN_TR_END; i < BAWN_TR_REASONS; i++)
        if (bawn_json_is(j, token, reasons[i][column_of(d)]))
            return i;
    return BAWN_TR_OPEN;
}

/* ---- counts ------------------------------------------------------------------------------------------------------- */
static bool count(uint64_t *out, bawn_tr_reader *r, uint32_t object, const char *key)
{
    uint32_t token = object ? bawn_tr_take(r, object, key) : 0;

    return !token || bawn_json_u64(out, r->json, token) || bawn_tr_refuse(r, token, NULL, "expected a number of tokens.");
}

/* Those from a cache are part of the prompt's here, and beside it in the other APIs. */
bool bawn_tr_counts_openai(bawn_tr_counts *c, bawn_tr_reader *r, uint32_t object)
{
    uint32_t details = 0;
    uint64_t all = c->input + c->read;

    if (!object || !bawn_tr_object(&details, r, object, "prompt_tokens_details") || !count(&all, r, object, "prompt_tokens") ||
        !count(&c->output, r, object, "completion_tokens") || !count(&c->read, r, details, "cached_tokens"))
        return !object;
    c->read = c->read < all ? c->read : all;
    c->input = all - c->read;
    return true;
}

bool bawn_tr_counts_anthropic(bawn_tr_counts *c, bawn_tr_reader *r, uint32_t object)
{
    return count(&c->input, r, object, "input_tokens") && count(&c->output, r, object, "output_tokens") &&
           count(&c->read, r, object, "cache_read_input_tokens") && count(&c->written, r, object, "cache_creation_input_tokens");
}

static uint64_t sum(const bawn_tr_counts *c)
{
    uint64_t n = c->input;

    return __builtin_add_overflow(n, c->read, &n) || __builtin_add_overflow(n, c->written, &n) ? UINT64_MAX : n;
}

static uint64_t total(const bawn_tr_counts *c)
{
    uint64_t n;

    return __builtin_add_overflow(sum(c), c->output, &n) ? UINT64_MAX : n;
}

void bawn_tr_counts_write(bawn_buf *b, const bawn_dialect *d, const bawn_tr_counts *c)
{
    static const struct { const char *keys[5]; } rows[] = {
        [OPENAI] = { { "{\"prompt_tokens\":", ",\"completion_tokens\":", ",\"total_tokens\":", ",\"prompt_tokens_details\":{\"cached_tokens\":" } },
        [ANTHROPIC] = { { "{\"input_tokens\":", ",\"output_tokens\":", ",\"cache_read_input_tokens\":", ",\"cache_creation_input_tokens\":" } },
        [BEDROCK] = { { "{\"inputTokens\":", ",\"outputTokens\":", ",\"totalTokens\":", ",\"cacheReadInputTokens\":", ",\"cacheWriteInputTokens\":" } },
    };
    column k = column_of(d);
    const uint64_t numbers[3][5] = { [OPENAI] = { sum(c), c->output, total(c), c->read },
                                     [ANTHROPIC] = { c->input, c->output, c->read, c->written },
                                     [BEDROCK] = { c->input, c->output, total(c), c->read, c->written } };

    for (size_t i = 0; i < 5 && rows[k].keys[i]; i++) {
        STR(b, rows[k].keys[i]);
        bawn_buf_u64(b, numbers[k][i]);
    }
    STR(b, k == OPENAI ? "}}" : "}");
}

/* ---- values as they are written --------------------------------------------------------------------------------------- */
void bawn_tr_numbers(bawn_buf *b, const bawn_tr_keyed *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (numbers[i].v->there) {
            STR(b, numbers[i].key);
            bawn_buf_add(b, numbers[i].v->raw);
        }
}

void bawn_tr_strings(bawn_buf *b, const char *open, const bawn_slice *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bawn_tr_quoted(b, i ? "," : open, items[i]);
    STR(b, n ? "]" : "");
}

void bawn_tr_quoted(bawn_buf *b, const char *before, bawn_slice raw)
{
    STR(b, before);
    STR(b, "\"");
    bawn_buf_add(b, raw);
    STR(b, "\"");
}

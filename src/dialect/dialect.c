/* dialect.c: the list of dialects, and the HTTP status of each error code (RULINGS R15). */
#include "dialect/dialect.h"

static const bawn_dialect *const dialects[] = { &bawn_dialect_openai, &bawn_dialect_anthropic, &bawn_dialect_bedrock,
                                                 &bawn_dialect_guardrail };

const bawn_dialect *bawn_dialect_find(bawn_slice name)
{
    for (size_t i = 0; i < BAWN_COUNT(dialects); i++)
        if (bawn_slice_is(name, dialects[i]->name))
            return dialects[i];
    return NULL;
}

void bawn_stream_advance(bawn_stream_state *s, bawn_mark mark, uint32_t block)
{
    s->begun = s->begun || mark != BAWN_MARK_NONE;
    s->finished = s->finished || mark == BAWN_MARK_FINISH;
    if (mark == BAWN_MARK_OPEN) {
        s->block = block;
        s->next = block + 1;
    }
    s->open = mark == BAWN_MARK_OPEN || (s->open && mark != BAWN_MARK_CLOSE);
}

/* 5xx makes SDKs try again: right where a second try may help, and for guard_failed the connector adds
 * `x-should-retry: false`. What is not here is a mistake of ours: 500. */
static const uint16_t status[BAWN_E_COUNT] = {
    [BAWN_E_NO_MEMORY] = 503,            [BAWN_E_INVALID_JSON] = 400,         [BAWN_E_DUPLICATE_KEY] = 400,
    [BAWN_E_INVALID_UTF8] = 400,         [BAWN_E_TOO_DEEP] = 400,             [BAWN_E_UNKNOWN_FIELD] = 400,
    [BAWN_E_UNSUPPORTED_MEDIA] = 415,    [BAWN_E_BODY_TOO_LARGE] = 413,       [BAWN_E_UNKNOWN_ROUTE] = 404,
    [BAWN_E_UNKNOWN_MODEL] = 404,        [BAWN_E_INVALID_REQUEST] = 400,      [BAWN_E_CONTENT_FILTER] = 400,
    [BAWN_E_GUARD_FAILED] = 503,         [BAWN_E_RECORD_UNAVAILABLE] = 503,   [BAWN_E_UPSTREAM_UNREACHABLE] = 502,
    [BAWN_E_UPSTREAM_TIMEOUT] = 504,     [BAWN_E_UPSTREAM_INVALID] = 502,     [BAWN_E_UNAUTHENTICATED] = 401,
    [BAWN_E_FORBIDDEN] = 403,            [BAWN_E_RATE_LIMITED] = 429,
};

int bawn_dialect_status(int code)
{
    return code >= 0 && code < BAWN_E_COUNT && status[code] ? status[code] : 500;
}

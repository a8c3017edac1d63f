/* error.c: one error value: a code for machines (names of RULINGS R15), a message for people, and where. */
#include <stdio.h>

#include "base/base.h"

static const char *const names[BAWN_E_COUNT] = {
    [BAWN_E_NONE] = "none",
    [BAWN_E_NO_MEMORY] = "no_memory",
    [BAWN_E_USAGE] = "usage",
    [BAWN_E_POLICY] = "policy",
    [BAWN_E_IO] = "io",
    [BAWN_E_INVALID_JSON] = "invalid_json",
    [BAWN_E_DUPLICATE_KEY] = "duplicate_key",
    [BAWN_E_INVALID_UTF8] = "invalid_utf8",
    [BAWN_E_TOO_DEEP] = "too_deep",
    [BAWN_E_UNKNOWN_FIELD] = "unknown_field",
    [BAWN_E_UNSUPPORTED_MEDIA] = "unsupported_media",
    [BAWN_E_BODY_TOO_LARGE] = "body_too_large",
    [BAWN_E_UNKNOWN_ROUTE] = "unknown_route",
    [BAWN_E_UNKNOWN_MODEL] = "unknown_model",
    [BAWN_E_INVALID_REQUEST] = "invalid_request",
    [BAWN_E_CONTENT_FILTER] = "content_filter",
    [BAWN_E_GUARD_FAILED] = "guard_failed",
    [BAWN_E_RECORD_UNAVAILABLE] = "record_unavailable",
    [BAWN_E_UPSTREAM_UNREACHABLE] = "upstream_unreachable",
    [BAWN_E_UPSTREAM_TIMEOUT] = "upstream_timeout",
    [BAWN_E_UPSTREAM_INVALID] = "upstream_invalid",
    [BAWN_E_UNAUTHENTICATED] = "unauthenticated",
    [BAWN_E_FORBIDDEN] = "forbidden",
    [BAWN_E_RATE_LIMITED] = "rate_limited",
};

/* A message cut by its buffer must not end inside a character: it goes into JSON answers. */
static void cut_whole_characters(char *text, size_t size)
{
    size_t len = strlen(text);

    if (len == size - 1)
        text[bawn_utf8_valid_prefix(bawn_slice_of(text, len))] = '\0';
}

bool bawn_error_set(bawn_error *err, int code, const char *format, ...)
{
    va_list ap;

    if (!err)
        return false;
    err->code = code;
    err->line = err->column = 0;
    err->file[0] = '\0';
    va_start(ap, format);
    vsnprintf(err->message, sizeof err->message, format, ap);
    va_end(ap);
    cut_whole_characters(err->message, sizeof err->message);
    return false;
}

bool bawn_error_at(bawn_error *err, const char *file, uint32_t line, uint32_t column)
{
    if (!err)
        return false;
    snprintf(err->file, sizeof err->file, "%s", file ? file : "");
    err->line = line;
    err->column = column;
    return false;
}

const char *bawn_error_code_name(int code)
{
    return code >= 0 && code < BAWN_E_COUNT ? names[code] : "unknown";
}

int bawn_error_code_find(bawn_slice name)
{
    for (int code = BAWN_E_NONE + 1; code < BAWN_E_COUNT; code++)
        if (bawn_slice_is(name, bawn_error_code_name(code)))
            return code;
    return BAWN_E_NONE;
}

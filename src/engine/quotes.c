/* quotes.c: see quotes.h. */
#include "engine/quotes.h"

#define ESCAPE 6                /* "\u0041" */

bool bawn_quotes_is_json(bawn_slice text)
{
    size_t at = 0;

    while (at < text.len && bawn_is_space((unsigned char)text.ptr[at]))
        at++;
    return at < text.len && (text.ptr[at] == '{' || text.ptr[at] == '[');
}

/* ---- units --------------------------------------------------------------------------------------------------------- */
/* Whether [at, len) begins like an escaped surrogate of that half: "\uD8.." to "\uDB..", or "\uDC.." to "\uDF..". */
static bool is_surrogate(bawn_slice t, size_t at, bool low)
{
    const char *const shape[] = { "\\", "u", "Dd", low ? "cdefCDEF" : "89abAB" };

    for (size_t i = 0; i < BAWN_COUNT(shape) && at + i < t.len; i++)
        if (t.ptr[at + i] == 0 || !strchr(shape[i], t.ptr[at + i]))
            return false;
    return true;
}

static size_t end_or_open(bawn_slice t, size_t end, bool *open)
{
    *open = *open || end > t.len;
    return end > t.len ? t.len : end;
}

static size_t escape_end(bawn_slice t, size_t at, bool *open)
{
    bool wide = at + 1 < t.len && t.ptr[at + 1] == 'u';

    if (!wide || at + ESCAPE > t.len)
        return end_or_open(t, at + (wide ? ESCAPE : 2), open);
    if (is_surrogate(t, at, false) && is_surrogate(t, at + ESCAPE, true))
        return end_or_open(t, at + 2 * (size_t)ESCAPE, open);
    return at + ESCAPE;
}

static bool is_of_number(unsigned char c) { return bawn_is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'; }
static bool begins_number(unsigned char c) { return bawn_is_digit(c) || c == '-'; }

/* The end of the unit at `at`, which is in the text. *open: it may go on behind the text. */
static size_t unit_end(bawn_slice t, size_t at, bool string, bool *open)
{
    unsigned char c = (unsigned char)t.ptr[at];

    *open = false;
    if (string && c == '\\')
        return escape_end(t, at, open);
    if (string || !begins_number(c))
        return at + 1;
    while (at < t.len && is_of_number((unsigned char)t.ptr[at]))
        at++;
    *open = at == t.len;
    return at;
}

/* ---- places ---------------------------------------------------------------------------------------------------------- */
void bawn_quotes_pass(bawn_quotes *q, bawn_slice text, size_t to, bool last)
{
    bool open;

    while (q->at < to) {
        size_t end = unit_end(text, q->at, q->string, &open);
        if (end > to || (open && !last))
            return;
        q->string = q->string != (text.ptr[q->at] == '"');
        q->at = end;
    }
}

static bawn_quotes_fit in_number(bawn_span *span, bawn_quotes q, bawn_slice text, bool last)
{
    bool open;
    size_t end;

    if (q.at >= text.len || !begins_number((unsigned char)text.ptr[q.at]))
        return BAWN_QUOTES_NOT;
    end = unit_end(text, q.at, false, &open);
    if (end < span->end)
        return BAWN_QUOTES_NOT;
    if (open && !last)
        return BAWN_QUOTES_OPEN;
    *span = (bawn_span){ q.at, end };
    return BAWN_QUOTES_FIT;
}

static bawn_quotes_fit in_string(bawn_span *span, bawn_quotes q, bawn_slice text, bool last)
{
    size_t begin = q.at;
    bool open;

    while (q.at < span->end) {
        if (text.ptr[q.at] == '"')
            return BAWN_QUOTES_NOT;
        q.at = unit_end(text, q.at, true, &open);
        if (open && !last)
            return BAWN_QUOTES_OPEN;
    }
    *span = (bawn_span){ begin, q.at };
    return BAWN_QUOTES_FIT;
}

bawn_quotes_fit bawn_quotes_widen(bawn_span *span, uint8_t *in, bawn_quotes *q, bawn_slice text, bool last)
{
    bawn_quotes_pass(q, text, span->begin, last);
    *in = q->string ? BAWN_IN_STRING : BAWN_IN_NUMBER;
    return q->string ? in_string(span, *q, text, last) : in_number(span, *q, text, last);
}

bool bawn_quotes_found(bawn_found *f, bawn_quotes *q, bawn_slice text, bool last)
{
    bawn_quotes_fit fit = bawn_quotes_widen(&f->span, &f->in, q, text, last);

    if (fit == BAWN_QUOTES_NOT)
        f->action = BAWN_BLOCK;
    f->fitted = fit != BAWN_QUOTES_OPEN;
    return f->fitted;
}

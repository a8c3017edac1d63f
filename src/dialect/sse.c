/* sse.c: server-sent events, the stream format of WHATWG HTML 9.2.6, bytes to events.
 *
 * Bytes are copied once, into one buffer; lines are found there by memchr (how far the search for LF and CR has come is
 * kept, so that no byte is searched twice) and a data line is returned where it stands. Only further data lines of the
 * same event are moved, to stand behind the first. What is consumed is dropped when new bytes come, which moves
 * nothing when whole events are fed. The limit counts the bytes of an event's lines, so it does not depend on the
 * cuts. Linear time; memory: one event and what was fed last. keeps: T24 */
#include "dialect/dialect.h"

struct bawn_sse {
    bawn_buf buf, name;
    size_t max;
    size_t line;                    /* begin of the next line */
    size_t lf, cr;                  /* no LF, no CR stands between `line` and here */
    size_t data, data_len;          /* the event's data so far */
    size_t size;                    /* bytes of its lines */
    bool has_data, after_cr, begun, given, failed;     /* given: the event in `out` is still being looked at */
};

bawn_sse *bawn_sse_new(size_t max_event_bytes)
{
    bawn_sse *s = bawn_malloc(sizeof(*s));

    if (s)
        *s = (bawn_sse){ .max = max_event_bytes };
    return s;
}

void bawn_sse_free(bawn_sse *s)
{
    if (!s)
        return;
    bawn_buf_free(&s->buf);
    bawn_buf_free(&s->name);
    bawn_free(s);
}

bool bawn_sse_failed(const bawn_sse *s) { return s->failed; }
bool bawn_sse_starved(const bawn_sse *s) { return s->buf.failed || s->name.failed; }

bool bawn_sse_cut(const bawn_sse *s)
{
    return s->line + (s->after_cr && s->line < s->buf.len && s->buf.ptr[s->line] == '\n') < s->buf.len ||
           s->has_data || (s->name.len > 0 && !s->given);
}

static void forget(bawn_sse *s)
{
    s->given = s->has_data = false;
    s->name.len = s->data_len = s->size = 0;
}

/* Moves data and unread bytes to the begin of the buffer. */
static void drop(bawn_sse *s)
{
    size_t keep = s->has_data ? s->data_len : 0, tail = s->buf.len - s->line, shift = s->line - keep;

    if (shift == 0)
        return;
    if (keep > 0 && s->data > 0)
        memmove(s->buf.ptr, s->buf.ptr + s->data, keep);
    if (tail > 0)
        memmove(s->buf.ptr + keep, s->buf.ptr + s->line, tail);
    s->data = 0;
    s->lf = s->lf > s->line ? s->lf - shift : keep;
    s->cr = s->cr > s->line ? s->cr - shift : keep;
    s->line = keep;
    s->buf.len = keep + tail;
}

bool bawn_sse_feed(bawn_sse *s, bawn_slice bytes, bool last)
{
    (void)last;                                        /* an event without its blank line is none (9.2.6) */
    if (s->failed)
        return false;
    if (s->given)
        forget(s);
    drop(s);
    if (bytes.len > 0 && !bawn_buf_add(&s->buf, bytes))
        s->failed = true;
    return !s->failed;
}

static size_t search(const bawn_sse *s, size_t *known, char c)
{
    const char *hit;

    if (*known < s->line)
        *known = s->line;
    if (*known >= s->buf.len)
        return s->buf.len;
    hit = memchr(s->buf.ptr + *known, c, s->buf.len - *known);
    return *known = hit ? (size_t)(hit - s->buf.ptr) : s->buf.len;
}

/* A comment counts for itself: keep-alives may go on for ever. */
static bool fits(const bawn_sse *s, bawn_slice line)
{
    bool comment = line.len > 0 && line.ptr[0] == ':';

    return line.len <= s->max && (comment || line.len <= s->max - s->size);
}

/* The next whole line. False: there is none yet, or it is too long. */
static bool line_next(bawn_slice *out, bawn_sse *s)
{
    size_t lf, cr, end;

    if (s->after_cr && s->line < s->buf.len) {
        s->line += s->buf.ptr[s->line] == '\n';
        s->after_cr = false;
    }
    lf = search(s, &s->lf, '\n');
    cr = search(s, &s->cr, '\r');
    end = lf < cr ? lf : cr;
    *out = bawn_slice_of(s->buf.ptr ? s->buf.ptr + s->line : "", end - s->line);
    if (!fits(s, *out))
        s->failed = true;
    if (s->failed || end == s->buf.len)
        return false;
    s->after_cr = s->buf.ptr[end] == '\r';
    s->line = end + 1;
    return true;
}

static bawn_slice value_of(bawn_slice line, size_t colon)
{
    size_t begin = colon < line.len ? colon + 1 : line.len;

    begin += begin < line.len && line.ptr[begin] == ' ';
    return bawn_slice_of(line.ptr + begin, line.len - begin);
}

static void data_add(bawn_sse *s, bawn_slice value)
{
    size_t at = (size_t)(value.ptr - s->buf.ptr);

    if (!s->has_data) {
        s->has_data = true;
        s->data = at;
        s->data_len = value.len;
        return;
    }
    s->buf.ptr[s->data + s->data_len++] = '\n';        /* there is room: "data" and a line end stand between */
    memmove(s->buf.ptr + s->data + s->data_len, value.ptr, value.len);
    s->data_len += value.len;
}

static void field(bawn_sse *s, bawn_slice line)
{
    const char *at = memchr(line.ptr, ':', line.len);
    size_t colon = at ? (size_t)(at - line.ptr) : line.len;
    bawn_slice name = { line.ptr, colon };

    s->size += line.len;
    if (bawn_slice_is(name, "data")) {
        data_add(s, value_of(line, colon));
    } else if (bawn_slice_is(name, "event")) {
        s->name.len = 0;
        if (!bawn_buf_add(&s->name, value_of(line, colon)))
            s->failed = true;
    }                                                  /* id, retry, others: for nobody here (9.2.6) */
}

static bool begin(bawn_sse *s)
{
    size_t n = s->buf.len < 3 ? s->buf.len : 3;
    bool bom = n > 0 && memcmp(s->buf.ptr, "\xEF\xBB\xBF", n) == 0;

    if (n == 0 || (bom && n < 3))
        return false;
    s->line = bom ? 3 : 0;
    return s->begun = true;
}

bool bawn_sse_next(bawn_sse *s, bawn_sse_event *out)
{
    bawn_slice line;

    if (s->given)
        forget(s);
    if (s->failed || (!s->begun && !begin(s)))
        return false;
    while (!s->failed && line_next(&line, s)) {
        if (line.len > 0 && line.ptr[0] == ':') {
            *out = (bawn_sse_event){ BAWN_NIL, value_of(line, 0), true };
            return true;
        }
        if (line.len > 0) {
            field(s, line);
        } else if (s->has_data) {
            *out = (bawn_sse_event){ bawn_buf_slice(&s->name), { s->buf.ptr + s->data, s->data_len }, false };
            return s->given = true;
        } else {
            forget(s);
        }
    }
    return false;
}

/* eventstream.c: application/vnd.amazon.eventstream. All numbers are big-endian:
 *
 *   message   u32 length of all | u32 length of headers | u32 CRC of these 8 bytes | headers | payload | u32 CRC of all before
 *   header    u8 length | name | u8 type | value
 *   value     true, false: nothing; int8 to int64, timestamp: 1, 2, 4, 8, 8 bytes; UUID: 16; bytes, string: u16 length | them
 *
 * The CRC is zlib's (CRC-32 of ISO 3309). A prelude is judged as soon as it is there, so that no length that it claims
 * is waited for in vain, and nothing is set aside for what it claims: the buffer grows with what came. What is consumed
 * is dropped when new bytes come, which moves nothing when whole messages are fed. Linear time (names are compared
 * pairwise, which the limit on headers bounds); memory: one message and what was fed last.
 *
 * Stricter than botocore, which takes a value that is cut off for a shorter one and a message without a type for an
 * event: what two readers may read in two ways must not pass a guard. keeps: T15 */
#include "dialect/eventstream.h"

#include <zlib.h>

enum { PRELUDE = 12, CHECKSUM = 4, SMALLEST = PRELUDE + CHECKSUM, STRING = 7 };

struct bawn_eventstream {
    bawn_buf buf;
    size_t max;
    size_t begin;                   /* of the message that is next */
    size_t total, headers;          /* its lengths; 0: its prelude is not judged yet */
    bool failed;
};

static uint32_t crc_of(const char *p, size_t len)
{
    return (uint32_t)crc32_z(0, (const unsigned char *)p, len);
}

static uint32_t load32(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;

    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void store32(char *p, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        p[i] = (char)(v >> (24 - 8 * i));
}

/* ---- headers --------------------------------------------------------------------------------------------------- */
typedef struct { bawn_slice name, value; unsigned type; } header;

/* The first n bytes of *rest, which moves behind them. False: there are fewer. */
static bool take(bawn_slice *out, bawn_slice *rest, size_t n)
{
    if (n > rest->len)
        return false;
    *out = bawn_slice_of(rest->ptr, n);
    *rest = bawn_slice_of(rest->ptr + n, rest->len - n);
    return true;
}

static bool take_number(size_t *out, bawn_slice *rest, size_t bytes)
{
    bawn_slice digits;

    if (!take(&digits, rest, bytes))
        return false;
    *out = 0;
    for (size_t i = 0; i < bytes; i++)
        *out = *out << 8 | (unsigned char)digits.ptr[i];
    return true;
}

static bool is_utf8(bawn_slice s) { return bawn_utf8_valid_prefix(s) == s.len; }

static bool read_value(header *out, bawn_slice *rest)
{
    static const struct { unsigned char size; bool counted; } types[] = {
        { 0, false }, { 0, false },                                     /* true, false */
        { 1, false }, { 2, false }, { 4, false }, { 8, false },         /* int8 to int64 */
        { 0, true }, { 0, true },                                       /* bytes, string */
        { 8, false }, { 16, false },                                    /* timestamp in ms, UUID */
    };
    size_t type, size;

    if (!take_number(&type, rest, 1) || type >= BAWN_COUNT(types))
        return false;
    size = types[type].size;
    if (types[type].counted && !take_number(&size, rest, 2))
        return false;
    out->type = (unsigned)type;
    return take(&out->value, rest, size) && (type != STRING || is_utf8(out->value));
}

static bool read_header(header *out, bawn_slice *rest)
{
    size_t n;

    return take_number(&n, rest, 1) && n > 0 && take(&out->name, rest, n) && is_utf8(out->name) && read_value(out, rest);
}

static const header *find(const header *all, size_t n, bawn_slice name)
{
    for (size_t i = 0; i < n; i++)
        if (bawn_slice_eq(all[i].name, name))
            return &all[i];
    return NULL;
}

static bool read_headers(header all[BAWN_EVENTSTREAM_N_HEADERS_MAX], size_t *n, bawn_slice rest)
{
    for (*n = 0; rest.len > 0; ++*n) {
        header h;

        if (*n == BAWN_EVENTSTREAM_N_HEADERS_MAX || !read_header(&h, &rest) || find(all, *n, h.name))
            return false;
        all[*n] = h;
    }
    return true;
}

/* A string among the headers; empty when it is not there. False: it is there, and no string. */
static bool string_of(bawn_slice *out, const header *all, size_t n, bawn_slice name)
{
    const header *h = find(all, n, name);

    *out = h ? h->value : BAWN_NIL;
    return !h || h->type == STRING;
}

/* What the headers say that a reader must know. */
static bool understand(bawn_eventstream_message *out, bawn_slice headers)
{
    static const struct { const char *type, *name; } kinds[] = {
        [BAWN_EVENTSTREAM_EVENT] = { "event", ":event-type" },
        [BAWN_EVENTSTREAM_EXCEPTION] = { "exception", ":exception-type" },
        [BAWN_EVENTSTREAM_ERROR] = { "error", ":error-code" },
    };
    header all[BAWN_EVENTSTREAM_N_HEADERS_MAX];
    bawn_slice type;
    size_t n, k = 0;

    if (!read_headers(all, &n, headers) || !string_of(&type, all, n, BAWN_LIT(":message-type")))
        return false;
    while (k < BAWN_COUNT(kinds) && !bawn_slice_is(type, kinds[k].type))
        k++;
    if (k == BAWN_COUNT(kinds))
        return false;
    out->type = (bawn_eventstream_type)k;
    out->headers = headers;
    return string_of(&out->name, all, n, bawn_slice_str(kinds[k].name)) && out->name.len > 0 &&
           string_of(&out->content_type, all, n, BAWN_LIT(":content-type")) &&
           string_of(&out->error_message, all, n, BAWN_LIT(":error-message"));
}

/* ---- reader ---------------------------------------------------------------------------------------------------- */
bawn_eventstream *bawn_eventstream_new(size_t max_payload)
{
    bawn_eventstream *s = bawn_malloc(sizeof(*s));

    if (s)
        *s = (bawn_eventstream){ .max = max_payload < BAWN_EVENTSTREAM_PAYLOAD_MAX ? max_payload : BAWN_EVENTSTREAM_PAYLOAD_MAX };
    return s;
}

void bawn_eventstream_free(bawn_eventstream *s)
{
    if (!s)
        return;
    bawn_buf_free(&s->buf);
    bawn_free(s);
}

bool bawn_eventstream_failed(const bawn_eventstream *s) { return s->failed; }

bool bawn_eventstream_cut(const bawn_eventstream *s) { return s->begin < s->buf.len; }

bool bawn_eventstream_feed(bawn_eventstream *s, bawn_slice bytes, bool last)
{
    (void)last;                     /* a message that is not whole is none: its checksum is missing */
    if (s->failed)
        return false;
    bawn_buf_drop_front(&s->buf, s->begin);
    s->begin = 0;
    if (bytes.len > 0 && !bawn_buf_add(&s->buf, bytes))
        s->failed = true;
    return !s->failed;
}

/* Keeps the lengths of a prelude, if they can be. */
static bool read_prelude(bawn_eventstream *s, const char *p)
{
    size_t total = load32(p), headers = load32(p + 4);

    if (load32(p + 8) != crc_of(p, 8) || total < SMALLEST || headers > total - SMALLEST)
        return false;
    if (headers > BAWN_EVENTSTREAM_HEADERS_MAX || total - SMALLEST - headers > s->max)
        return false;
    s->total = total;
    s->headers = headers;
    return true;
}

static bool read_message(bawn_eventstream_message *out, const bawn_eventstream *s, const char *p)
{
    size_t end = s->total - CHECKSUM, payload = PRELUDE + s->headers;

    *out = (bawn_eventstream_message){ .payload = { p + payload, end - payload } };
    return load32(p + end) == crc_of(p, end) && understand(out, bawn_slice_of(p + PRELUDE, s->headers));
}

bool bawn_eventstream_next(bawn_eventstream *s, bawn_eventstream_message *out)
{
    size_t n = s->buf.len - s->begin;
    const char *p = s->buf.ptr ? s->buf.ptr + s->begin : "";

    if (s->failed || n < PRELUDE)
        return false;
    if (s->total == 0 && !read_prelude(s, p)) {
        s->failed = true;
        return false;
    }
    if (n < s->total)
        return false;
    s->failed = !read_message(out, s, p);
    s->begin += s->total;
    s->total = 0;
    return !s->failed;
}

/* ---- writer ---------------------------------------------------------------------------------------------------- */
bool bawn_eventstream_write(bawn_buf *out, bawn_slice headers, bawn_slice payload)
{
    size_t begin = out->len, total = SMALLEST + headers.len + payload.len;
    char prelude[PRELUDE], crc[CHECKSUM];

    if (headers.len > BAWN_EVENTSTREAM_HEADERS_MAX || payload.len > BAWN_EVENTSTREAM_PAYLOAD_MAX || !bawn_buf_reserve(out, total))
        return false;
    store32(prelude, (uint32_t)total);
    store32(prelude + 4, (uint32_t)headers.len);
    store32(prelude + 8, crc_of(prelude, 8));
    bawn_buf_add(out, bawn_slice_of(prelude, sizeof prelude));
    bawn_buf_add(out, headers);
    bawn_buf_add(out, payload);
    store32(crc, crc_of(out->ptr + begin, total - CHECKSUM));
    return bawn_buf_add(out, bawn_slice_of(crc, sizeof crc));
}

static void write_header(bawn_buf *out, bawn_slice name, bawn_slice value)
{
    bawn_buf_byte(out, (char)name.len);
    bawn_buf_add(out, name);
    bawn_buf_byte(out, STRING);
    bawn_buf_byte(out, (char)(value.len >> 8));
    bawn_buf_byte(out, (char)value.len);
    bawn_buf_add(out, value);
}

/* In the order in which AWS writes them. */
static bool write_named(bawn_buf *out, bawn_slice key, bawn_slice name, bawn_slice type, bawn_slice payload)
{
    bawn_buf headers = { 0 };
    bool ok = false;

    if (name.len > 0 && name.len <= UINT16_MAX) {
        write_header(&headers, key, name);
        write_header(&headers, BAWN_LIT(":content-type"), BAWN_LIT("application/json"));
        write_header(&headers, BAWN_LIT(":message-type"), type);
        out->failed = out->failed || headers.failed;
        ok = !headers.failed && bawn_eventstream_write(out, bawn_buf_slice(&headers), payload);
    }
    bawn_buf_free(&headers);
    return ok;
}

bool bawn_eventstream_write_event(bawn_buf *out, bawn_slice event_type, bawn_slice payload)
{
    return write_named(out, BAWN_LIT(":event-type"), event_type, BAWN_LIT("event"), payload);
}

bool bawn_eventstream_write_exception(bawn_buf *out, bawn_slice exception_type, bawn_slice payload)
{
    return write_named(out, BAWN_LIT(":exception-type"), exception_type, BAWN_LIT("exception"), payload);
}

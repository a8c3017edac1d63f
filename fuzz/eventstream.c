/* Fuzz target: the framing of AWS's streams. The first bytes choose the limit, the cuts, and whether the checksums of what
 * looks like messages are set right, without which no mutated header would ever be read; the rest is a stream, fed whole and
 * in pieces: the messages, and whether it failed, must be the same. What is written from what was read must be the bytes
 * that came, and what is written anew must be read. keeps: T15 */
#include <stdlib.h>

#include <zlib.h>

#include "dialect/eventstream.h"

enum { FIRST = 3, PRELUDE = 12, CHECKSUM = 4 };

static uint32_t load32(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;

    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void store_crc(char *at, const char *from)
{
    uint32_t crc = (uint32_t)crc32(0, (const unsigned char *)from, (unsigned)(at - from));

    for (unsigned i = 0; i < 4; i++)
        at[i] = (char)(crc >> (24 - 8 * i));
}

static void repair(char *p, size_t n)
{
    while (n >= PRELUDE) {
        uint32_t total = load32(p);

        store_crc(p + 8, p);
        if (total < PRELUDE + CHECKSUM || total > n)
            return;
        store_crc(p + total - CHECKSUM, p);
        p += total;
        n -= total;
    }
}

/* All that can be said of a message, and what must hold of it. */
static void look(bawn_buf *log, bawn_buf *again, const bawn_eventstream_message *m, size_t max)
{
    if (m->payload.len > max || m->headers.len > BAWN_EVENTSTREAM_HEADERS_MAX || m->name.len == 0)
        abort();
    bawn_buf_byte(log, (char)('0' + m->type));
    bawn_buf_add(log, m->name);
    bawn_buf_byte(log, '|');
    bawn_buf_add(log, m->content_type);
    bawn_buf_byte(log, '|');
    bawn_buf_add(log, m->error_message);
    bawn_buf_byte(log, '\n');
    if (!bawn_eventstream_write(again, m->headers, m->payload))
        abort();
}

typedef struct { bawn_buf log, again; bool failed, cut; } heard;

static heard hear(bawn_slice stream, size_t max, uint8_t piece)
{
    bawn_eventstream *s = bawn_eventstream_new(max);
    bawn_eventstream_message m;
    heard h = { 0 };

    for (size_t at = 0, n; at < stream.len && !h.failed; at += n) {
        n = piece && piece < stream.len - at ? piece : stream.len - at;
        if (!bawn_eventstream_feed(s, bawn_slice_of(stream.ptr + at, n), at + n == stream.len))
            abort();                                    /* failed() was false: only memory could fail */
        while (bawn_eventstream_next(s, &m))
            look(&h.log, &h.again, &m, max);
        h.failed = bawn_eventstream_failed(s);
        h.cut = bawn_eventstream_cut(s);
        piece = (uint8_t)(piece ? piece * 5u % 31u + 1u : 0);
    }
    bawn_eventstream_free(s);
    return h;
}

static void must_be_begin(bawn_slice stream, bawn_slice again)
{
    if (!bawn_slice_starts(stream, again))
        abort();
}

/* Any bytes as the payload of an event and of an exception. */
static void write_anew(bawn_slice payload)
{
    bawn_buf out = { 0 };
    heard h;

    if (!bawn_eventstream_write_event(&out, BAWN_LIT("e"), payload) ||
        !bawn_eventstream_write_exception(&out, BAWN_LIT("x"), payload))
        abort();
    h = hear(bawn_buf_slice(&out), payload.len, 0);
    if (h.failed || h.cut || !bawn_slice_eq(bawn_buf_slice(&h.again), bawn_buf_slice(&out)) ||
        !bawn_slice_is(bawn_buf_slice(&h.log), "0e|application/json|\n1x|application/json|\n"))
        abort();
    bawn_buf_free(&out);
    bawn_buf_free(&h.log);
    bawn_buf_free(&h.again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bawn_buf stream = { 0 };
    heard whole, cut;

    if (size < FIRST)
        return 0;
    bawn_buf_add(&stream, bawn_slice_of((const char *)data + FIRST, size - FIRST));
    if (data[2] & 1)
        repair(stream.ptr, stream.len);
    whole = hear(bawn_buf_slice(&stream), data[0] * 16u, 0);
    cut = hear(bawn_buf_slice(&stream), data[0] * 16u, (uint8_t)(data[1] | 1));
    if (whole.failed != cut.failed || (!whole.failed && whole.cut != cut.cut) ||
        !bawn_slice_eq(bawn_buf_slice(&whole.log), bawn_buf_slice(&cut.log)))
        abort();
    must_be_begin(bawn_buf_slice(&stream), bawn_buf_slice(&whole.again));
    must_be_begin(bawn_buf_slice(&stream), bawn_buf_slice(&cut.again));
    write_anew(bawn_buf_slice(&stream));
    bawn_buf_free(&stream);
    bawn_buf_free(&whole.log);
    bawn_buf_free(&whole.again);
    bawn_buf_free(&cut.log);
    bawn_buf_free(&cut.again);
    return 0;
}

/* Fuzz target: the framer. The first bytes choose the limit and the cuts; the rest is a stream, fed whole and in
 * pieces: the events, and whether it failed, must be the same. keeps: T24 */
#include <stdlib.h>

#include "dialect/dialect.h"

static bool hear(bawn_buf *log, bawn_slice stream, size_t max, uint8_t piece)
{
    bawn_sse *s = bawn_sse_new(max);
    bawn_sse_event e;
    bool failed = false;

    for (size_t at = 0, n; at < stream.len && !failed; at += n) {
        n = piece && piece < stream.len - at ? piece : stream.len - at;
        if (!bawn_sse_feed(s, bawn_slice_of(stream.ptr + at, n), at + n == stream.len))
            abort();                                    /* failed() was false: only memory could fail */
        while (bawn_sse_next(s, &e)) {
            bawn_buf_str(log, e.comment ? "#" : "(");
            bawn_buf_add(log, e.name);
            bawn_buf_str(log, "|");
            bawn_buf_add(log, e.data);
            bawn_buf_str(log, ")\n");
        }
        failed = bawn_sse_failed(s);
        piece = (uint8_t)(piece ? piece * 5u % 31u + 1u : 0);
    }
    bawn_sse_free(s);
    return failed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bawn_buf whole = { 0 }, cut = { 0 };
    bawn_slice stream;

    if (size < 2)
        return 0;
    stream = bawn_slice_of((const char *)data + 2, size - 2);
    if (hear(&whole, stream, data[0], 0) != hear(&cut, stream, data[0], (uint8_t)(data[1] | 1)))
        abort();
    if (!bawn_slice_eq(bawn_buf_slice(&whole), bawn_buf_slice(&cut)))
        abort();
    bawn_buf_free(&whole);
    bawn_buf_free(&cut);
    return 0;
}

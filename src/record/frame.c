/* frame.c: writer and reader of one frame, side by side, byte by byte (no struct is laid over the file). */
#include "record/frame.h"

static const char magic[4] = { 'B', 'W', 'N', '1' };

static void put(char *out, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (char)(value >> (8 * i));
}

static uint64_t get(const char *in, size_t bytes)
{
    uint64_t value = 0;

    for (size_t i = bytes; i-- > 0;)
        value = value << 8 | (unsigned char)in[i];
    return value;
}

size_t bawn_frame_size(size_t payload)
{
    return (BAWN_FRAME_HEADER + payload + 7) & ~(size_t)7;
}

bool bawn_frame_add(bawn_buf *out, uint64_t sequence, bawn_slice payload)
{
    size_t size = bawn_frame_size(payload.len);
    char *p;

    if (!bawn_buf_reserve(out, size))
        return false;
    p = out->ptr + out->len;
    memcpy(p, magic, 4);
    put(p + 4, payload.len, 4);
    put(p + 8, bawn_crc32c(0, payload), 4);
    put(p + 12, sequence, 8);
    if (payload.len)
        memcpy(p + BAWN_FRAME_HEADER, payload.ptr, payload.len);
    memset(p + BAWN_FRAME_HEADER + payload.len, 0, size - BAWN_FRAME_HEADER - payload.len);
    out->len += size;
    return true;
}

bool bawn_frame_read(bawn_frame *out, const char header[BAWN_FRAME_HEADER])
{
    out->length = (uint32_t)get(header + 4, 4);
    out->crc = (uint32_t)get(header + 8, 4);
    out->sequence = get(header + 12, 8);
    /* Never empty: the checksum of nothing is zero, and so a begun header on a zeroed block would be sound. */
    return memcmp(header, magic, 4) == 0 && out->length > 0 && out->length <= BAWN_FRAME_MAX_PAYLOAD;
}

/* bedrock_chunk.c: the payload of a chunk, {"bytes": base64}, and what is in it. Padding ("p"), whose length hides that of the
 * text, is not written again: it would have to be made anew. */
#include <openssl/evp.h>

#include "dialect/bedrock.h"

static bool decode(bawn_buf *out, bawn_slice coded)
{
    size_t padding = 0, start = out->len;
    int n;

    if (coded.len == 0 || coded.len % 4 != 0 || coded.len > INT32_MAX || !bawn_buf_reserve(out, coded.len / 4 * 3 + 3))
        return false;
    while (padding < 2 && coded.ptr[coded.len - 1 - padding] == '=')
        padding++;
    if (memchr(coded.ptr, '=', coded.len - padding))               /* which OpenSSL takes for an A */
        return false;
    n = EVP_DecodeBlock((unsigned char *)out->ptr + start, (const unsigned char *)coded.ptr, (int)coded.len);
    if (n < (int)padding)
        return false;
    out->len = start + (size_t)n - padding;
    return true;
}

bool bawn_bedrock_unwrap(bawn_buf *out, bawn_slice payload)
{
    bawn_json j = { 0 };
    uint32_t bytes;
    bool ok = bawn_json_parse(&j, payload, 16, NULL) &&
              (bytes = bawn_json_get(&j, 0, "bytes")) != 0 && j.tokens[bytes].type == BAWN_JSON_STRING && !j.tokens[bytes].escaped &&
              decode(out, bawn_json_raw(&j, bytes));

    bawn_json_free(&j);
    return ok;
}

bool bawn_bedrock_wrap(bawn_buf *out, bawn_slice data)
{
    size_t coded = (data.len + 2) / 3 * 4;

    if (data.len > INT32_MAX / 2 || !bawn_buf_str(out, "{\"bytes\":\"") || !bawn_buf_reserve(out, coded + 1))
        return false;
    out->len += (size_t)EVP_EncodeBlock((unsigned char *)out->ptr + out->len, (const unsigned char *)data.ptr, (int)data.len);
    return bawn_buf_str(out, "\"}");
}

/* json_write.c: text as a JSON string (RFC 8259 section 7): quote, backslash and controls escaped, all else as it is.
 * The text is valid UTF-8 already; whoever has bytes from elsewhere checks them first. */
#include "base/json.h"
#include "base/json_scan.h"

static bool write_escape(bawn_buf *out, unsigned char c)
{
    static const char letters[] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
                                    ['"'] = '"', ['\\'] = '\\' };
    char text[6] = { '\\', 'u', '0', '0' };

    if (letters[c]) {
        text[1] = letters[c];
        return bawn_buf_add(out, bawn_slice_of(text, 2));
    }
    bawn_hex(text + 4, &c, 1);
    return bawn_buf_add(out, bawn_slice_of(text, 6));
}

bool bawn_json_write_escaped(bawn_buf *out, bawn_slice text)
{
    size_t i = 0;

    while (i < text.len) {
        size_t end = bawn_json_plain_end(text.ptr, i, text.len, true);

        if (!bawn_buf_add(out, bawn_slice_of(text.ptr + i, end - i)))
            return false;
        if (end < text.len && !write_escape(out, (unsigned char)text.ptr[end++]))
            return false;
        i = end;
    }
    return !out->failed;
}

bool bawn_json_write_string(bawn_buf *out, bawn_slice text)
{
    bawn_buf_byte(out, '"');
    bawn_json_write_escaped(out, text);
    return bawn_buf_byte(out, '"');
}

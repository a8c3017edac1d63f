/* escapes.c: letters that are written as escapes among others that are not (ig%6eore, ig&#110ore, \x69gnore, \151gnore).
 *
 * A word of nothing but escapes is an encoded run (decode_find.c) and a text of its own; here it is the rest of the
 * sentence that counts. Only ASCII letters are undone, and of entities blanks too (&nbsp;): no honest text writes
 * letters so, while escaped signs (%20, &lt;, \x00) have to stay what they are. Each escape is longer than its
 * letter, so the token is rewritten where it stands. */
#include "text/decode.h"
#include "text/fold.h"

/* \151 of ANSI C and of shells. */
static size_t octal(uint32_t *point, bawn_slice t)
{
    if (t.len < 4 || t.ptr[0] != '\\' || t.ptr[1] != '1' || t.ptr[2] < '0' || t.ptr[2] > '7' || t.ptr[3] < '0' || t.ptr[3] > '7')
        return 0;
    *point = 64u + (uint32_t)(t.ptr[2] - '0') * 8u + (uint32_t)(t.ptr[3] - '0');
    return 4;
}

/* The letter or blank that the escape at the begin of `t` stands for; its length, 0: none. */
static size_t undone(char *to, bawn_slice t)
{
    uint32_t point = 0;
    bool is_byte;
    size_t len = 0;
    if (t.ptr[0] == '%')
        len = bawn_decode_percent(&point, t);
    else if (t.ptr[0] == '&')
        len = bawn_decode_entity(&point, t);
    else if (t.ptr[0] == '\\' && !(len = bawn_decode_escape(&point, &is_byte, t)))
        len = octal(&point, t);
    if (!len)
        return 0;
    if (t.ptr[0] == '&' && (point == 0xA0 || point == ' ')) {
        *to = ' ';
        return len;
    }
    if (point >= 0x80 || !bawn_is_alpha((unsigned char)point))
        return 0;
    *to = (char)point;
    return len;
}

bool bawn_escapes_undo(char *t, size_t *len)
{
    size_t to = 0, step;
    for (size_t at = 0; at < *len; at += step) {
        char c = t[at];
        step = c == '%' || c == '&' || c == '\\' ? undone(&c, bawn_slice_of(t + at, *len - at)) : 0;
        step += step == 0;
        t[to++] = c;
    }
    bool changed = to < *len;
    *len = to;
    return changed;
}

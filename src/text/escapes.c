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

/* ---- JSON ---------------------------------------------------------------------------------------------------- */
static size_t literal(char to[4], size_t *n)
{
    to[0] = '\\';
    *n = 1;
    return 1;
}

static size_t code_point(char to[4], size_t *n, bawn_slice t, bool final)
{
    enum { UNIT = 6 };
    uint32_t point;
    bool is_byte;
    if (t.len < UNIT && !final)
        return 0;
    size_t len = t.len < UNIT || t.ptr[2] == '{' ? 0 : bawn_decode_escape(&point, &is_byte, t);
    if (!len)
        return literal(to, n);
    bool half = point >= 0xD800 && point < 0xE000;            /* of a pair */
    if (half && point < 0xDC00 && t.len < 2 * UNIT && !final)
        return 0;
    bool control = point < 0x20 && point != '\t' && point != '\n' && point != '\r';
    *n = control ? 0 : bawn_utf8_put(to, half ? 0xFFFD : point);
    return len;
}

size_t bawn_escapes_json(char to[4], size_t *n, bawn_slice t, bool final)
{
    static const char names[] = "\"\\/nrtbf", values[] = "\"\\/\n\r\t";
    if (t.len < 2)
        return final ? literal(to, n) : 0;
    if (t.ptr[1] == 'u')
        return code_point(to, n, t, final);
    const char *name = t.ptr[1] ? strchr(names, t.ptr[1]) : NULL;
    if (!name)
        return literal(to, n);
    *n = (size_t)(name - names) < sizeof values - 1;
    to[0] = *n ? values[name - names] : '\0';
    return 2;
}

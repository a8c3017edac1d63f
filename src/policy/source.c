/* source.c: whether bytes may be a policy at all, before the YAML parser sees them: at most 1 MiB, UTF-8, and no
 * character that an editor hides (NUL, controls, line breaks other than LF and CR, bidi overrides: a reader of the
 * file must see what the machine sees). Errors have line and column (RULINGS R44). One pass, no memory. */
#include "policy/inner.h"

typedef struct { uint32_t line, column; } place;

bool policy_is_hidden(uint32_t c, bool first)
{
    if (c < 0x20)
        return c != '\t' && c != '\n' && c != '\r';
    return (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || (c == 0xFEFF && !first);
}

static void step(place *at, uint32_t c, int following)
{
    if (c == '\n' || (c == '\r' && following != '\n')) {
        at->line++;
        at->column = 1;
    } else {
        at->column++;
    }
}

static bool refuse_hidden(bawn_error *err, const char *self, place at, uint32_t c)
{
    if (c == 0)
        bawn_error_set(err, BAWN_E_POLICY, "found a NUL byte; expected text; save the policy as plain UTF-8");
    else
        bawn_error_set(err, BAWN_E_POLICY, "found the hidden character U+%04X; expected visible text; remove it or "
                       "write it as \"\\u%04X\" in double quotes", (unsigned)c, (unsigned)c);
    return bawn_error_at(err, self, at.line, at.column);
}

bool policy_source_check(const char *self, bawn_slice yaml, bawn_error *err)
{
    bawn_slice valid = { yaml.ptr, bawn_utf8_valid_prefix(yaml) };
    place at = { 1, 1 };

    if (yaml.len > POLICY_BYTES) {
        bawn_error_set(err, BAWN_E_POLICY, "found a policy of %zu bytes; expected at most %zu; move long lists to files "
                       "(`file:`)", yaml.len, POLICY_BYTES);
        return bawn_error_at(err, self, 1, 1);
    }
    for (size_t i = 0; i < valid.len;) {
        bool first = i == 0;
        uint32_t c = bawn_utf8_next(valid, &i);

        if (policy_is_hidden(c, first))
            return refuse_hidden(err, self, at, c);
        if (!(first && c == 0xFEFF))
            step(&at, c, i < valid.len ? (unsigned char)valid.ptr[i] : -1);
    }
    if (valid.len == yaml.len)
        return true;
    bawn_error_set(err, BAWN_E_POLICY, "found the byte 0x%02X, which is not UTF-8; expected UTF-8 text; save the "
                   "policy as UTF-8", (unsigned)(unsigned char)yaml.ptr[valid.len]);
    return bawn_error_at(err, self, at.line, at.column);
}

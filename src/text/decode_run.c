/* decode_run.c: from an encoded run to its text: base64, base64url and base32 (RFC 4648), hex, binary digits, percent-encoding (RFC 3986),
 * HTML entities (HTML 5, numeric and the names that spell letters and ASCII signs), \x \u \U escapes, tag characters
 * and variation selectors (one byte in each); bytes are read as UTF-8, or as UTF-16 where they can be nothing else. Nothing
 * decoded is longer than its run. */
#include "text/decode.h"
#include "text/tables.h"

int bawn_decode_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char low = (char)(c | 0x20);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

int bawn_decode_base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static int base32_digit(char c)
{
    return bawn_is_upper((unsigned char)c) ? c - 'A' : c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

static int binary_digit(char c) { return c == '0' || c == '1' ? c - '0' : -1; }

/* ---- one escape ---------------------------------------------------------------------------------------------- */
static size_t hex_number(uint32_t *value, bawn_slice t, size_t least, size_t most)
{
    size_t n = 0;
    int digit;
    *value = 0;
    while (n < most && n < t.len && (digit = bawn_decode_hex_digit(t.ptr[n])) >= 0) {
        *value = *value << 4 | (uint32_t)digit;
        n++;
    }
    return n >= least ? n : 0;
}

static bool is_point(uint32_t c) { return c < 0x110000 && !(c >= 0xD800 && c < 0xE000); }
static bawn_slice skip(bawn_slice t, size_t n) { return bawn_slice_of(t.ptr + n, t.len - n); }

size_t bawn_decode_percent(uint32_t *byte, bawn_slice t)
{
    if (t.len < 3 || t.ptr[0] != '%')
        return 0;
    return hex_number(byte, skip(t, 1), 2, 2) ? 3 : 0;
}

static size_t escape_number(uint32_t *point, bawn_slice t)
{
    size_t n;
    if (t.len > 3 && t.ptr[1] == 'u' && t.ptr[2] == '{') {
        n = hex_number(point, skip(t, 3), 1, 6);
        return n && 3 + n < t.len && t.ptr[3 + n] == '}' ? n + 4 : 0;
    }
    size_t digits = t.ptr[1] == 'x' ? 2 : t.ptr[1] == 'u' ? 4 : t.ptr[1] == 'U' ? 8 : 0;
    return digits && hex_number(point, skip(t, 2), digits, digits) ? digits + 2 : 0;
}

size_t bawn_decode_escape(uint32_t *point, bool *is_byte, bawn_slice t)
{
    uint32_t low;
    size_t n, more;
    if (t.len < 4 || t.ptr[0] != '\\' || !(n = escape_number(point, t)))
        return 0;
    *is_byte = t.ptr[1] == 'x';
    if (*point >= 0xD800 && *point < 0xDC00 && t.len > n + 4 && t.ptr[n] == '\\' &&
        (more = escape_number(&low, skip(t, n))) && low >= 0xDC00 && low < 0xE000) {
        *point = 0x10000 + ((*point - 0xD800) << 10) + (low - 0xDC00);
        n += more;
    }
    return n;
}

/* The names of HTML 5 that spell ASCII signs, Latin-1 letters and common punctuation. */
static const struct { const char *name; uint32_t point; } entities[] = {
    { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' }, { "AMP", '&' }, { "LT", '<' },
    { "GT", '>' }, { "QUOT", '"' }, { "nbsp", 0xA0 }, { "Tab", '\t' }, { "NewLine", '\n' }, { "excl", '!' },
    { "num", '#' }, { "dollar", '$' }, { "percnt", '%' }, { "lpar", '(' }, { "rpar", ')' }, { "ast", '*' },
    { "midast", '*' }, { "plus", '+' }, { "comma", ',' }, { "period", '.' }, { "sol", '/' }, { "colon", ':' },
    { "semi", ';' }, { "equals", '=' }, { "quest", '?' }, { "commat", '@' }, { "lsqb", '[' }, { "lbrack", '[' },
    { "bsol", '\\' }, { "rsqb", ']' }, { "rbrack", ']' }, { "Hat", '^' }, { "lowbar", '_' }, { "UnderBar", '_' },
    { "grave", '`' }, { "lcub", '{' }, { "lbrace", '{' }, { "verbar", '|' }, { "vert", '|' }, { "VerticalLine", '|' },
    { "rcub", '}' }, { "rbrace", '}' }, { "fjlig", 'f' }, { "hyphen", 0x2010 }, { "dash", 0x2010 }, { "ndash", 0x2013 },
    { "mdash", 0x2014 }, { "lsquo", 0x2018 }, { "rsquo", 0x2019 }, { "ldquo", 0x201C }, { "rdquo", 0x201D },
    { "hellip", 0x2026 }, { "bull", 0x2022 }, { "copy", 0xA9 }, { "reg", 0xAE }, { "trade", 0x2122 }, { "euro", 0x20AC },
    { "pound", 0xA3 }, { "yen", 0xA5 }, { "cent", 0xA2 }, { "sect", 0xA7 }, { "para", 0xB6 }, { "deg", 0xB0 },
    { "iexcl", 0xA1 }, { "iquest", 0xBF }, { "laquo", 0xAB }, { "raquo", 0xBB }, { "times", 0xD7 }, { "divide", 0xF7 },
    { "OElig", 0x152 }, { "oelig", 0x153 }, { "Scaron", 0x160 }, { "scaron", 0x161 }, { "Yuml", 0x178 },
    { "ee", 0x2147 }, { "ii", 0x2148 }, { "dd", 0x2146 }, { "ell", 0x2113 }, { "imath", 0x131 }, { "shy", 0xAD },
    { "zwj", 0x200D }, { "zwnj", 0x200C }, { "ZeroWidthSpace", 0x200B }, { "NoBreak", 0x2060 },
};
static const char *const latin1[] = {                         /* from U+00C0 on */
    "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml",
    "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml", "times",
    "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig", "agrave", "aacute", "acirc", "atilde",
    "auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml",
    "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc",
    "uuml", "yacute", "thorn", "yuml",
};

static bool named(uint32_t *point, bawn_slice name)
{
    for (size_t i = 0; i < BAWN_COUNT(entities); i++)
        if (bawn_slice_is(name, entities[i].name)) {
            *point = entities[i].point;
            return true;
        }
    for (size_t i = 0; i < BAWN_COUNT(latin1); i++)
        if (bawn_slice_is(name, latin1[i])) {
            *point = 0xC0 + (uint32_t)i;
            return true;
        }
    /* &ascr; &afr; &aopf; and so on: mathematical letters, which NFKC would make ASCII too. */
    if ((name.len == 4 && (bawn_slice_is(skip(name, 1), "scr") || bawn_slice_is(skip(name, 1), "opf"))) ||
        (name.len == 3 && bawn_slice_is(skip(name, 1), "fr"))) {
        *point = (uint32_t)name.ptr[0];
        return bawn_is_alpha((unsigned char)name.ptr[0]);
    }
    return false;
}

static size_t numeric(uint32_t *point, bawn_slice t)          /* t begins with &# ; leading zeros are allowed */
{
    bool hex = t.len > 2 && (t.ptr[2] | 0x20) == 'x';
    size_t at = hex ? 3 : 2, from = at, most = at + 12;
    uint32_t value = 0;
    for (; at < t.len && at < most; at++) {
        int digit = bawn_decode_hex_digit(t.ptr[at]);
        if (digit < 0 || digit >= (hex ? 16 : 10))
            break;
        value = value < 0x110000 ? value * (hex ? 16u : 10u) + (uint32_t)digit : value;
    }
    if (at == from || value == 0 || !is_point(value))
        return 0;
    *point = value;
    return at < t.len && t.ptr[at] == ';' ? at + 1 : at;
}

size_t bawn_decode_entity(uint32_t *point, bawn_slice t)
{
    enum { LONGEST = 16 };
    size_t n = 1;
    if (t.len < 3 || t.ptr[0] != '&')
        return 0;
    if (t.ptr[1] == '#')
        return numeric(point, t);
    while (n < t.len && n <= LONGEST && bawn_is_alnum((unsigned char)t.ptr[n]))
        n++;
    if (n >= t.len || t.ptr[n] != ';' || !named(point, bawn_slice_of(t.ptr + 1, n - 1)))
        return 0;
    return n + 1;
}

/* ---- whole runs ------------------------------------------------------------------------------------------------ */
/* Digits of `width` bits each, most significant first; what is no digit is passed over, and so are bits over. */
static inline size_t from_digits(char *out, bawn_slice run, int (*digit_of)(char), unsigned width)
{
    uint32_t bits = 0;
    unsigned have = 0;
    size_t n = 0;
    for (size_t i = 0; i < run.len; i++) {
        int digit = digit_of(run.ptr[i]);
        if (digit < 0)
            continue;
        bits = bits << width | (uint32_t)digit;
        have += width;
        if (have >= 8) {
            have -= 8;
            out[n++] = (char)(uint8_t)(bits >> have);
        }
    }
    return n;
}

static size_t from_hex(char *out, bawn_slice run)
{
    size_t n = 0;
    for (size_t i = 0; i + 1 < run.len; i++) {
        int high = bawn_decode_hex_digit(run.ptr[i]), low = bawn_decode_hex_digit(run.ptr[i + 1]);
        if (run.ptr[i] == '0' && (run.ptr[i + 1] | 0x20) == 'x') {
            i++;
            continue;
        }
        if (high < 0 || low < 0)
            continue;
        out[n++] = (char)(uint8_t)(high << 4 | low);
        i++;
    }
    return n;
}

static size_t from_percent(char *out, bawn_slice run)
{
    size_t n = 0;
    for (size_t i = 0, len; i < run.len; i += len) {
        uint32_t byte;
        len = bawn_decode_percent(&byte, skip(run, i));
        out[n++] = len ? (char)(uint8_t)byte : run.ptr[i] == '+' ? ' ' : run.ptr[i];
        len += len == 0;
    }
    return n;
}

static size_t from_escapes(char *out, bawn_slice run, bool entity)
{
    size_t n = 0;
    for (size_t i = 0, len; i < run.len; i += len) {
        uint32_t point = 0;
        bool is_byte = false;
        len = entity ? bawn_decode_entity(&point, skip(run, i)) : bawn_decode_escape(&point, &is_byte, skip(run, i));
        if (!len) {
            out[n++] = run.ptr[i];
            len = 1;
        } else if (is_byte) {
            out[n++] = (char)(uint8_t)point;
        } else if (is_point(point)) {
            n += bawn_utf8_put(out + n, point);               /* 4 bytes at most, from 4 or more */
        }
    }
    return n;
}

static size_t from_tags(char *out, bawn_slice run)
{
    size_t n = 0, at = 0;
    while (at < run.len) {
        uint32_t c = bawn_utf8_next(run, &at);
        if (c >= 0xE0020 && c <= 0xE007E)
            out[n++] = (char)(uint8_t)(c - 0xE0000);
        else if (c >= 0xFE00 && c <= 0xFE0F)
            out[n++] = (char)(uint8_t)(c - 0xFE00);
        else if (c >= 0xE0100 && c <= 0xE01EF)
            out[n++] = (char)(uint8_t)(c - 0xE0100 + 16);
    }
    return n;
}

/* ---- UTF-16 ------------------------------------------------------------------------------------------------------- */
static uint32_t unit_of(const char *t, bool little)
{
    unsigned char a = (unsigned char)t[0], b = (unsigned char)t[1];
    return little ? (uint32_t)b << 8 | a : (uint32_t)a << 8 | b;
}

/* Nine in ten of the units, and four of them, are of the scripts below U+0800 and no control: bytes of UTF-8 are never so. */
static bool is_utf16(const char *t, size_t n, bool little)
{
    enum { LEAST = 4 };
    size_t good = 0;
    for (size_t i = 0; i + 1 < n; i += 2) {
        uint32_t c = unit_of(t + i, little);
        good += (c >= 0x20 && c < 0x800) || (c >= 9 && c <= 13);
    }
    return good >= LEAST && good * 10 >= n / 2 * 9;
}

/* UTF-16, as PowerShell has it in base64, becomes UTF-8 where it stands: no unit of those scripts is longer so. Others, a mark of byte
 * order among them, are left out. */
static size_t narrow(char *t, size_t n)
{
    bool little = is_utf16(t, n, true);
    size_t to = 0;
    if (!little && !is_utf16(t, n, false))
        return n;
    for (size_t i = 0; i + 1 < n; i += 2) {
        uint32_t c = unit_of(t + i, little);
        if (c > 0 && c < 0x800)
            to += bawn_utf8_put(t + to, c);
    }
    return to;
}

size_t bawn_decode_bytes(char *out, bawn_slice run, bawn_code code)
{
    switch (code) {
    case BAWN_CODE_BASE64:
    case BAWN_CODE_BASE64URL: return narrow(out, from_digits(out, run, bawn_decode_base64_digit, 6));
    case BAWN_CODE_BASE32: return narrow(out, from_digits(out, run, base32_digit, 5));
    case BAWN_CODE_BINARY: return from_digits(out, run, binary_digit, 1);
    case BAWN_CODE_HEX: return narrow(out, from_hex(out, run));
    case BAWN_CODE_DECIMAL: return bawn_decode_from_codes(out, run, 10);
    case BAWN_CODE_OCTAL: return bawn_decode_from_codes(out, run, 8);
    case BAWN_CODE_URL: return from_percent(out, run);
    case BAWN_CODE_ENTITY: return from_escapes(out, run, true);
    case BAWN_CODE_ESCAPE: return from_escapes(out, run, false);
    case BAWN_CODE_TAGS: return from_tags(out, run);
    case BAWN_CODE_LETTERS: return bawn_decode_from_letters(out, run);
    }
    return 0;
}

/* Goes through decoded bytes; appends what is valid UTF-8 to `kept` where that is wanted. */
static bool judge(bawn_buf *kept, bool *useful, bawn_slice bytes)
{
    enum { LETTERS = 4 };
    size_t all = 0, printable = 0, letters = 0, at = 0;
    while (at < bytes.len) {
        bawn_slice rest = skip(bytes, at);
        size_t valid = bawn_utf8_valid_prefix(rest), i = 0;
        bawn_slice good = bawn_slice_of(rest.ptr, valid);
        while (i < valid) {
            uint32_t c = bawn_utf8_next(good, &i);
            all++;
            bool is = bawn_text_is_letter(c);
            letters += is;
            printable += is || (c >= 0x20 && c != 0x7F && c != 0xFFFD && (c < 0x80 || c >= 0xA0)) || (c >= 9 && c <= 13);
        }
        if (kept && !bawn_buf_add(kept, good))
            return false;
        at += valid;
        all += at < bytes.len;
        at += at < bytes.len;                                 /* one byte that is no UTF-8 */
    }
    *useful = letters >= LETTERS && printable * 10 >= all * 9;
    return true;
}

bool bawn_decode_is_text(bawn_slice decoded)
{
    bool useful;
    return judge(NULL, &useful, decoded) && useful;
}

bool bawn_decode_probe(bawn_slice run, bawn_code code)
{
    char out[BAWN_CODE_RUN_MAX];
    if (run.len > sizeof out)
        return false;
    return bawn_decode_is_text(bawn_slice_of(out, bawn_decode_bytes(out, run, code)));
}

/* A stretch that is no text as a whole: its parts between signs, those that are, with spaces between. */
static size_t from_parts(char *out, bawn_slice run)
{
    bawn_slice part;
    bawn_code code;
    size_t n = 0, at = 0;
    while (bawn_decode_next_part(&part, &at, run)) {
        if (!bawn_decode_is_packed(&code, part, false))
            continue;
        n += bawn_decode_bytes(out + n, part, code);
        out[n++] = ' ';
    }
    return n - (n > 0);
}

bool bawn_decode_run(bawn_buf *out, bool *useful, bawn_slice run, bawn_code code)
{
    *useful = false;
    if (run.len == 0)
        return true;
    char *bytes = bawn_malloc(run.len);
    if (!bytes)
        return false;
    size_t n = bawn_decode_bytes(bytes, run, code);
    if (code <= BAWN_CODE_BINARY && !bawn_decode_is_text(bawn_slice_of(bytes, n))) {
        size_t in_parts = from_parts(bytes, run);
        n = in_parts ? in_parts : bawn_decode_bytes(bytes, run, code);
    }
    bool ok = judge(out, useful, bawn_slice_of(bytes, n));
    bawn_free(bytes);
    return ok;
}

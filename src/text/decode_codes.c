/* decode_codes.c: characters written as the list of their codes, in decimal digits (73 103 110) or octal ones (\111\147\156, 111 147).
 *
 * Numbers stand in lists everywhere, and a list of readings between 97 and 122 is all small letters. So a list counts only
 * when it reads as prose: of its first LEAST codes, and of its first TRIAL again, three in four are blanks or letters,
 * no capital behind a small one, and a blank is among them. It ends before the first number that is no character of a text. A list that does not count is given up after
 * TRIAL codes at most, so time is linear. */
#include "text/decode.h"

enum { LEAST = 8, TRIAL = 24, SEPARATORS = 3, DIGITS = 4, RUN_MAX = BAWN_CODE_RUN_MAX, CODE_MAX = DIGITS + 2 };

static bool is_separator(char c) { return bawn_is_space((unsigned char)c) || c == ',' || c == '.' || c == '-'; }

/* ASCII without controls, bytes of UTF-8, points of the alphabets to Arabic and Devanagari. */
static bool is_character(uint32_t c)
{
    return (c >= 0x20 && c < 0x7F) || (c >= 0x80 && c < 0x700) || (c >= 0x900 && c < 0x980) || c == '\t' || c == '\n' || c == '\r';
}

/* The code at the begin of `t`: its length; 0: none; -1: its end is not in sight. */
static int read_code(uint32_t *c, bawn_slice t, bool final, uint32_t base)
{
    size_t lead = base == 8 && t.len > 0 && t.ptr[0] == '\\', n = lead;
    *c = 0;
    for (; n < t.len && n - lead <= DIGITS && t.ptr[n] >= '0' && t.ptr[n] < (char)('0' + base); n++)
        *c = *c * base + (uint32_t)(t.ptr[n] - '0');
    if (n == t.len && !final)
        return -1;
    bool bounded = n == t.len || !bawn_is_alnum((unsigned char)t.ptr[n]);
    size_t most = base == 8 ? DIGITS - 1 : DIGITS;
    return bounded && n - lead >= 2 && n - lead <= most && is_character(*c) ? (int)n : 0;
}

static size_t put(char *to, uint32_t c)
{
    if (c >= 0x100)
        return bawn_utf8_put(to, c);
    *to = (char)(uint8_t)c;
    return 1;
}

static bool reads(const char *text, size_t len, bool blank_too)
{
    size_t good = 0, blanks = 0, all = 0, at = 0;
    uint32_t before = ' ';
    while (at < len) {
        bawn_slice rest = { text + at, len - at };
        size_t i = 0;
        uint32_t c = bawn_utf8_valid_prefix(rest) > 0 ? bawn_utf8_next(rest, &i) : UINT32_MAX;
        at += i ? i : 1;
        all++;
        bool blank = c == ' ' || c == '\n' || c == '\t' || c == '_';
        blanks += blank;
        bool humped = c < 0x80 && before < 0x80 && bawn_is_upper((unsigned char)c) && bawn_is_lower((unsigned char)before);
        good += blank || (c != UINT32_MAX && bawn_text_is_letter(c) && !humped);
        before = c;
    }
    return good * 4 >= all * 3 && (blanks > 0 || !blank_too);
}

static size_t past_separators(bawn_slice t, size_t i)
{
    size_t from = i;
    while (i < t.len && i - from < SEPARATORS && is_separator(t.ptr[i]))
        i++;
    return i;
}

static int find_list(size_t *end, bawn_slice whole, bool final, size_t at, uint32_t base)
{
    char text[TRIAL * 4];
    size_t n = 0, len = 0, i = at;
    while (i - at + CODE_MAX <= RUN_MAX) {
        uint32_t c;
        int is = read_code(&c, bawn_slice_of(whole.ptr + i, whole.len - i), final, base);
        if (is < 0)
            return -1;
        if (is == 0)
            break;
        if (n++ < TRIAL)
            len += put(text + len, c);
        if ((n == LEAST || n == TRIAL) && !reads(text, len, n == TRIAL))
            return 0;
        *end = i + (size_t)is;
        i = past_separators(whole, *end);
        if (i == whole.len && !final)
            return -1;
        if (i == *end && !(i < whole.len && whole.ptr[i] == '\\'))
            break;
    }
    return n >= LEAST && reads(text, len, true);
}

/* Whether two codes stand at `at`, or too little is in sight to say: most numbers are alone. */
static bool may_begin(bawn_slice whole, size_t at)
{
    size_t i = at + 1, most = at + 1 + DIGITS < whole.len ? at + 1 + DIGITS : whole.len;
    while (i < most && bawn_is_digit((unsigned char)whole.ptr[i]))
        i++;
    size_t next = past_separators(whole, i);
    return next == whole.len || (i > at + 1 && bawn_is_digit((unsigned char)whole.ptr[next]) && next > i) || whole.ptr[next] == '\\';
}

int bawn_decode_codes(size_t *end, bawn_code *code, bawn_slice whole, bool final, size_t at)
{
    char c = whole.ptr[at];
    bool digit = bawn_is_digit((unsigned char)c);
    if (!(digit || c == '\\') || !may_begin(whole, at))
        return 0;
    int is = digit ? find_list(end, whole, final, at, 10) : 0;
    *code = BAWN_CODE_DECIMAL;
    if (is != 0)
        return is;
    *code = BAWN_CODE_OCTAL;
    return find_list(end, whole, final, at, 8);
}

size_t bawn_decode_from_codes(char *out, bawn_slice run, uint32_t base)
{
    size_t n = 0;
    for (size_t i = 0; i < run.len;) {
        uint32_t c;
        int is = read_code(&c, bawn_slice_of(run.ptr + i, run.len - i), true, base);
        if (is > 0)
            n += put(out + n, c);                              /* at most three bytes, from three digits or more */
        i += is > 0 ? (size_t)is : 1;
    }
    return n;
}

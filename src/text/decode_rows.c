/* decode_rows.c: encodings written in groups: base64 in words or lines of any length (RFC 4648 leaves line lengths to
 * others, RFC 2045 has 76), and bytes as eight binary digits each.
 *
 * A row of base64 begins with a word of its alphabet that does not look like a word of prose: capitals behind small
 * letters, or digits among letters. Further words belong to it that look so too, or are as long as the first; with one
 * to SEPARATOR characters between, white space, commas or quotes. It is decoded on trial in blocks of BLOCK characters
 * and ends before the first block that is no text, so that a long row is read once: time is linear. A row has two words
 * at least and, where there is no stretch of sixteen in it, a digit between letters: that is what the flags see. */
#include "text/decode.h"
#include "text/tables.h"

enum { RUN_MAX = BAWN_CODE_RUN_MAX, WORD_MIN = 4, WORD_MAX = 80, SEPARATOR = 4, LEAST = 16, BLOCK = 64, OCTETS = 4 };

static bool in_base64(char c) { return (bawn_text_byte(c) & C_BASE64) != 0; }
static bool is_separator(char c) { return bawn_is_space((unsigned char)c) || c == ',' || c == '"' || c == '\''; }
static bool is_lower(char c) { return bawn_is_lower((unsigned char)c); }
static bool is_upper(char c) { return bawn_is_upper((unsigned char)c); }
static bool is_digit(char c) { return bawn_is_digit((unsigned char)c); }
static bool is_alpha(char c) { return bawn_is_alpha((unsigned char)c); }

/* Neither a word nor a name in capitals nor a number. */
static bool looks_odd(bawn_slice w)
{
    for (size_t i = 1; i < w.len; i++) {
        char a = w.ptr[i - 1], b = w.ptr[i];
        if ((is_lower(a) && is_upper(b)) || (is_alpha(a) && is_digit(b)) || (is_digit(a) && is_alpha(b)) ||
            (i > 1 && is_upper(w.ptr[i - 2]) && is_upper(a) && is_lower(b)))
            return true;
    }
    return false;
}

static bool digit_between(bawn_slice w)
{
    if (w.len >= LEAST)
        return true;
    for (size_t i = 2; i < w.len; i++)
        if (is_alpha(w.ptr[i - 2]) && is_digit(w.ptr[i - 1]) && is_alpha(w.ptr[i]))
            return true;
    return false;
}

/* What was gathered: the characters alone, and how many of them are known to be text. */
typedef struct { char chars[RUN_MAX]; size_t n, good, good_end; bool shown; } row;

/* Judges the blocks that are full; with `last`, what is left too. False: there is one that is no text. */
static bool judge(row *r, size_t end, bool last)
{
    char out[BLOCK + 2];
    while (r->n - r->good >= BLOCK || (last && r->n > r->good)) {
        size_t take = r->n - r->good < BLOCK ? r->n - r->good : BLOCK;
        size_t n = bawn_decode_bytes(out, bawn_slice_of(r->chars + r->good, take), BAWN_CODE_BASE64);
        bawn_slice bytes = { out, n };
        bool may_be_short = r->good > 0 && take < BLOCK && n > 0;             /* the end may have few letters */
        if (!bawn_decode_is_text(bytes) && !(may_be_short && bawn_utf8_valid_prefix(bytes) + 3 >= n))
            return false;
        r->good += take;
    }
    if (r->good == r->n)
        r->good_end = end;
    return true;
}

static size_t word_end(bawn_slice t, size_t at)
{
    size_t end = at;
    while (end < t.len && end - at <= WORD_MAX && in_base64(t.ptr[end]))
        end++;
    return end;
}

/* Takes the word [at, end) into the row. False: it does not belong there. */
static bool take(row *r, bawn_slice t, size_t at, size_t end, size_t first)
{
    bawn_slice word = { t.ptr + at, end - at };
    if (word.len == 0 || word.len > WORD_MAX || r->n + word.len > RUN_MAX)
        return false;
    if (!looks_odd(word) && word.len != first && !(end < t.len && t.ptr[end] == '='))
        return false;
    memcpy(r->chars + r->n, word.ptr, word.len);
    r->n += word.len;
    r->shown |= digit_between(word);
    return true;
}

/* A row whose first word may begin one. */
static __attribute__((noinline)) int gather(size_t *row_end, bawn_slice whole, bool final, size_t at, size_t first)
{
    row r;
    size_t i = at, end = at + first, words = 0;
    bool more = true;

    r.n = r.good = r.good_end = 0;
    r.shown = false;
    while (more) {
        if (end == whole.len && !final && end - i <= WORD_MAX)
            return -1;
        if (end - at > RUN_MAX - SEPARATOR || !take(&r, whole, i, end, first))
            break;
        words++;
        size_t pad = end;
        while (pad < whole.len && pad - end < 2 && whole.ptr[pad] == '=')
            pad++;
        more = pad == end && judge(&r, end, false);
        if (pad == whole.len && !final)
            return -1;
        for (i = pad; more && i < whole.len && i - end < SEPARATOR && is_separator(whole.ptr[i]); i++)
            ;
        if (more && i == whole.len && !final)
            return -1;
        more = more && i > end && i < whole.len;
        *row_end = pad;
        end = word_end(whole, i);
    }
    if (words < 2 || r.n < LEAST || !r.shown)
        return 0;
    if (!judge(&r, *row_end, true))
        *row_end = r.good_end;
    return r.good >= LEAST && *row_end > at;
}

int bawn_decode_row(size_t *end, bawn_slice whole, bool final, size_t at)
{
    size_t first = 0;
    bool may = false;                                         /* words of small letters alone are the most */
    for (; at + first < whole.len && first <= WORD_MAX && in_base64(whole.ptr[at + first]); first++)
        may |= whole.ptr[at + first] <= 'Z' && whole.ptr[at + first] >= '0';
    if (!may || first < WORD_MIN || first > WORD_MAX || !looks_odd(bawn_slice_of(whole.ptr + at, first)))
        return 0;
    return gather(end, whole, final, at, first);
}

/* ---- bytes of eight binary digits ------------------------------------------------------------------------------- */
static bool is_octet(bawn_slice t)
{
    for (size_t i = 0; i < 8; i++)
        if (i >= t.len || (t.ptr[i] != '0' && t.ptr[i] != '1'))
            return false;
    return t.len == 8 || !bawn_is_alnum((unsigned char)t.ptr[8]);
}

int bawn_decode_octets(size_t *end, bawn_slice whole, bool final, size_t at)
{
    size_t n = 0, i = at;
    *end = at;
    while (i - at + 16 < RUN_MAX) {
        bawn_slice rest = { whole.ptr + i, whole.len - i };
        if (rest.len < 9 && !final)
            return n > 0 || (rest.len > 0 && (rest.ptr[0] == '0' || rest.ptr[0] == '1')) ? -1 : 0;
        if (!is_octet(rest))
            break;
        n++;
        i = *end = i + 8;
        if (i < whole.len && is_separator(whole.ptr[i]))
            i++;
        else
            break;
    }
    return n >= OCTETS && bawn_decode_probe(bawn_slice_of(whole.ptr + at, *end - at), BAWN_CODE_BINARY);
}

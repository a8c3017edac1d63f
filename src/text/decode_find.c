/* decode_find.c: where encoded runs stand in a text.
 *
 * The text is read in words: printable ASCII without white space, quotes, brackets and commas, at most RUN_MAX bytes
 * (then the next word begins). A word is looked at when its end is in sight; what it is depends on the text from its
 * begin on, so the runs do not depend on how the text was cut.
 *   %XX twice, an HTML entity, \x \u twice: the run is the word, and further words of the same code up to NEAR bytes
 *   away (letters may be encoded one by one, the spaces between the words seldom are).
 *   base64, hex: a stretch of the alphabet inside a word; it is decoded on trial, whole or in the parts between its
 *   signs, and is a run only if text comes out. So paths, names and digests are none.
 *   hex pairs apart (48 65 6c, 0x48 0x65): eight or more.
 *   base64 in groups, bytes of binary digits: decode_rows.c; lists of characters' codes: decode_codes.c
 *   characters apart: decode_letters.c
 *   tags: three or more characters of the tag block or four variation selectors in a row. */
#include "text/decode.h"
#include "text/tables.h"

enum { RUN_MAX = BAWN_CODE_RUN_MAX, LEAST = 16, PAIRS = 8, NEAR = 64, TAGS = 3 };

typedef enum { WAIT = -1, NO = 0, YES = 1 } answer;
typedef struct { const char *t; size_t n; bool final; } text;

static bool in_word(char c) { return (bawn_text_byte(c) & C_CODEWORD) != 0; }
static bool in_base64(char c) { return (bawn_text_byte(c) & C_BASE64) != 0; }
static bawn_slice skip_two(bawn_slice s) { return bawn_slice_of(s.ptr + 2, s.len - 2); }
static bawn_slice cut(const text *t, size_t begin, size_t end) { return bawn_slice_of(t->t + begin, end - begin); }

/* ---- words ------------------------------------------------------------------------------------------------------ */
typedef struct { size_t end; unsigned percent, entity, escape; size_t longest; bool signs; } word;

static void count_escape(word *w, bawn_slice rest)
{
    uint32_t c;
    bool is_byte;
    if (rest.ptr[0] == '%')
        w->percent += bawn_decode_percent(&c, rest) > 0;
    else if (rest.ptr[0] == '&')
        w->entity += bawn_decode_entity(&c, rest) > 0 && c != 0xA0 && c != ' ' && c != '\t' && c != '\n';
    else
        w->escape += bawn_decode_escape(&c, &is_byte, rest) > 0;
}

/* False: the word may go on. Long words end before an escape that would be cut. */
static bool read_word(word *w, const text *t, size_t at)
{
    enum { ESCAPE_MAX = 20 };
    size_t i = at, row = 0, most = at + RUN_MAX;
    unsigned is, all = 0, each = C_ALNUM;
    *w = (word){ 0 };
    for (; i < t->n && i < most && ((is = bawn_text_byte(t->t[i])) & C_CODEWORD); i++) {
        row = is & C_BASE64 ? row + 1 : 0;
        w->longest = row > w->longest ? row : w->longest;
        all |= is;
        each &= is;
        if ((is & C_ESCAPE) && i + ESCAPE_MAX > most)
            break;
    }
    if (i == t->n && i < most && !t->final)
        return false;
    w->end = i > at ? i : at + 1;
    w->signs = !each;
    for (i = at; (all & C_ESCAPE) && i < w->end; i++)
        if (bawn_text_byte(t->t[i]) & C_ESCAPE)
            count_escape(w, cut(t, i, w->end));
    return true;
}

static unsigned shows(const word *w, bawn_code code)
{
    return code == BAWN_CODE_URL ? w->percent : code == BAWN_CODE_ENTITY ? w->entity : w->escape;
}

/* Words of the same code nearby belong to the run. */
static answer grow(size_t *end, const text *t, size_t begin, bawn_code code)
{
    size_t i = *end;
    while (i < t->n && i - *end < NEAR && i - begin < RUN_MAX) {
        word w;
        if (!in_word(t->t[i])) {
            i++;
            continue;
        }
        if (!read_word(&w, t, i))
            return t->n - *end < NEAR + RUN_MAX && t->n - begin < RUN_MAX ? WAIT : YES;
        if (w.end - begin > RUN_MAX)
            return YES;
        if (shows(&w, code))
            *end = w.end;
        i = w.end;
    }
    return i == t->n && i - *end < NEAR && i - begin < RUN_MAX && !t->final ? WAIT : YES;
}

static answer escaped(bawn_span *run, bawn_code *code, const text *t, size_t at, const word *w)
{
    if (w->percent >= 2)
        *code = BAWN_CODE_URL;
    else if (w->entity >= 1)
        *code = BAWN_CODE_ENTITY;
    else if (w->escape >= 2)
        *code = BAWN_CODE_ESCAPE;
    else
        return NO;
    *run = (bawn_span){ at, w->end };
    return grow(&run->end, t, at, *code);
}

/* ---- base64 and hex -------------------------------------------------------------------------------------------------- */
typedef struct { size_t hex, upper, lower, digit, std, url, base32, bits, all; } census;

static census count(bawn_slice s)
{
    census n = { .all = s.len };
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        n.hex += bawn_decode_hex_digit(s.ptr[i]) >= 0;
        n.upper += bawn_is_upper(c);
        n.lower += bawn_is_lower(c);
        n.digit += bawn_is_digit(c);
        n.base32 += bawn_is_upper(c) || (c >= '2' && c <= '7');
        n.bits += c == '0' || c == '1';
        n.std += c == '+' || c == '/';
        n.url += c == '-' || c == '_';
    }
    return n;
}

bool bawn_decode_is_packed(bawn_code *code, bawn_slice s, bool goes_on)
{
    census n = count(s);
    if (!goes_on && s.len < LEAST)
        return false;
    if (n.hex == n.all && s.len % 2 == 0 && (n.digit || !n.lower || !n.upper)) {
        *code = BAWN_CODE_HEX;
        if (bawn_decode_probe(s, *code))
            return true;
    }
    if ((n.bits == n.all && s.len % 8 == 0) || (n.base32 == n.all && n.digit && n.upper)) {
        *code = n.bits ? BAWN_CODE_BINARY : BAWN_CODE_BASE32;
        if (bawn_decode_probe(s, *code))
            return true;
    }
    if (s.len % 4 == 1 || (n.std && n.url) || !((n.upper && n.lower) || n.digit))
        return false;
    *code = n.url ? BAWN_CODE_BASE64URL : BAWN_CODE_BASE64;
    return bawn_decode_probe(s, *code);
}

bool bawn_decode_next_part(bawn_slice *part, size_t *at, bawn_slice s)
{
    size_t begin = *at;
    while (begin < s.len && !bawn_is_alnum((unsigned char)s.ptr[begin]))
        begin++;
    *at = begin;
    while (*at < s.len && bawn_is_alnum((unsigned char)s.ptr[*at]))
        ++*at;
    *part = bawn_slice_of(s.ptr + begin, *at - begin);
    return *at > begin;
}

/* The stretch as a whole, else from the first to the last of its parts that is an encoding: one run, so that a long
 * row of parts (a path, or a disguise) is read once. */
static bool code_in(bawn_span *run, bawn_code *code, const text *t, size_t begin, size_t end, bool goes_on)
{
    bawn_slice stretch = cut(t, begin, end), part;
    bawn_code is;
    size_t at = 0;
    bool found = false;
    if (end - begin > 2 && t->t[begin] == '0' && (t->t[begin + 1] | 0x20) == 'x')
        stretch = skip_two(stretch);
    *run = (bawn_span){ end - stretch.len, end };
    if (bawn_decode_is_packed(code, stretch, goes_on))
        return true;
    while (bawn_decode_next_part(&part, &at, stretch)) {
        if (part.len == stretch.len || !bawn_decode_is_packed(&is, part, false))
            continue;
        size_t from = (size_t)(part.ptr - t->t);
        *run = (bawn_span){ found ? run->begin : from, from + part.len };
        *code = found && *code != is ? BAWN_CODE_BASE64 : is;
        found = true;
    }
    return found;
}

static answer packed(bawn_span *run, bawn_code *code, const text *t, size_t at, size_t end)
{
    bool goes_on = at > 0 && in_base64(t->t[at - 1]) && in_base64(t->t[at]);
    for (size_t i = at, k; i < end; i = k + 1) {
        size_t most = i + RUN_MAX;
        bool part = goes_on && i == at;
        for (k = i; k < t->n && k < most && in_base64(t->t[k]); k++)
            ;
        if (k == t->n && k < most && !t->final)
            return WAIT;
        if ((k - i < LEAST && !part) || !code_in(run, code, t, i, k, part))
            continue;
        size_t pads = *code == BAWN_CODE_BASE32 ? 6 : 2;
        for (size_t pad = 0; pad < pads && run->end < t->n && t->t[run->end] == '=' && run->end - run->begin < RUN_MAX; pad++)
            run->end++;
        return run->end == t->n && !t->final && run->end - run->begin < RUN_MAX ? WAIT : YES;
    }
    return NO;
}

/* ---- hex pairs apart ---------------------------------------------------------------------------------------------------- */
/* One pair, with 0x or \x before it; its length, 0: none. */
static size_t pair(bawn_slice t)
{
    size_t lead = t.len > 3 && (t.ptr[0] == '0' || t.ptr[0] == '\\') && (t.ptr[1] | 0x20) == 'x' ? 2 : 0;
    if (t.len < lead + 2 || bawn_decode_hex_digit(t.ptr[lead]) < 0 || bawn_decode_hex_digit(t.ptr[lead + 1]) < 0)
        return 0;
    return t.len > lead + 2 && bawn_is_alnum((unsigned char)t.ptr[lead + 2]) ? 0 : lead + 2;
}

/* *next: what is known to be pairs, and no run, is not looked at again. */
static answer pairs(bawn_span *run, bawn_code *code, size_t *next, const text *t, size_t at)
{
    size_t n = 0, i = at, end = at, len;
    while (i - at + 8 < RUN_MAX && i < t->n && (len = pair(cut(t, i, t->n)))) {
        if (i + len == t->n && !t->final)
            return WAIT;
        n++;
        end = i + len;
        bool prefixed = len > 2;
        i = end + (end < t->n && (in_word(t->t[end]) || t->t[end] == ' ' || t->t[end] == ',' || t->t[end] == '\n'));
        if (i == end)
            break;
        if (prefixed && i < t->n && t->t[i] == ' ' && t->t[end] != ' ')
            i++;                                              /* 0x48, 0x65 */
    }
    if (t->n - i < 5 && i - at + 8 < RUN_MAX && !t->final && n > 0)
        return WAIT;
    if (n < PAIRS || !bawn_decode_probe(cut(t, at, end), BAWN_CODE_HEX)) {
        *next = end > *next ? end : *next;
        return NO;
    }
    *run = (bawn_span){ at, end };
    *code = BAWN_CODE_HEX;
    return YES;
}

/* ---- groups ------------------------------------------------------------------------------------------------------------- */
static answer groups(bawn_span *run, bawn_code *code, size_t *next, const text *t, size_t at)
{
    bawn_slice whole = { t->t, t->n };
    size_t end;
    int is = bawn_decode_octets(&end, whole, t->final, at);
    *code = BAWN_CODE_BINARY;
    if (is == 0) {
        *next = end > *next ? end : *next;
        is = bawn_decode_row(&end, whole, t->final, at);
        *code = BAWN_CODE_BASE64;
    }
    *run = (bawn_span){ at, is > 0 ? end : at };
    return (answer)is;
}

/* Before hex pairs: what could be both has blanks (32) in one reading, controls in the other. */
static answer codes(bawn_span *run, bawn_code *code, const text *t, size_t at)
{
    size_t end = at;
    int is = bawn_decode_codes(&end, code, bawn_slice_of(t->t, t->n), t->final, at);
    *run = (bawn_span){ at, is > 0 ? end : at };
    return (answer)is;
}

/* ---- characters apart --------------------------------------------------------------------------------------------------- */
static bool is_letter(const text *t, size_t at) { return (bawn_text_byte(t->t[at]) & C_ALNUM) != 0; }

/* Those that begin in [at, to). */
static answer letters(bawn_span *run, bawn_code *code, size_t *next, const text *t, size_t at, size_t to)
{
    bool inside = at > 0 && is_letter(t, at - 1);
    for (; at < to; at++) {
        bool before = inside;
        inside = is_letter(t, at);
        if (!inside || before || (at + 1 < t->n && is_letter(t, at + 1)))
            continue;
        size_t end = at, again;
        int is = bawn_decode_letters(&end, &again, bawn_slice_of(t->t, t->n), t->final, at);
        if (is == 0)
            continue;
        *run = (bawn_span){ at, is > 0 ? end : at };
        *code = BAWN_CODE_LETTERS;
        *next = is > 0 ? again : *next;
        return (answer)is;
    }
    return NO;
}

/* ---- tags ------------------------------------------------------------------------------------------------------------------ */
static size_t tag_len(bawn_slice t, bool *selector)
{
    const unsigned char *p = (const unsigned char *)t.ptr;
    if (t.len >= 4 && p[0] == 0xF3 && p[1] == 0xA0 && p[2] >= 0x80 && p[2] <= 0x87) {
        *selector = p[2] >= 0x84;
        return 4;
    }
    *selector = true;
    return t.len >= 3 && p[0] == 0xEF && p[1] == 0xB8 && p[2] >= 0x80 && p[2] <= 0x8F ? 3 : 0;
}

static answer tags(bawn_span *run, bawn_code *code, const text *t, size_t at)
{
    size_t i = at, len, n = 0;
    bool selector;
    while (i < t->n && i - at + 4 <= RUN_MAX && (len = tag_len(cut(t, i, t->n), &selector))) {
        n++;
        i += len;
    }
    if (n == 0)
        return NO;
    if (i == t->n && i - at + 4 <= RUN_MAX && !t->final)
        return WAIT;
    *run = (bawn_span){ at, i };
    *code = BAWN_CODE_TAGS;
    return n >= TAGS ? YES : NO;
}

/* ---- the finder ------------------------------------------------------------------------------------------------------------ */
static answer look(bawn_span *run, bawn_code *code, size_t *next, const text *t, size_t at)
{
    word w;
    answer is;
    unsigned char c = (unsigned char)t->t[at];
    if (c == 0xF3 || c == 0xEF) {
        is = tags(run, code, t, at);
        bool selector;
        size_t len = at;
        for (size_t k; is == NO && len < t->n && (k = tag_len(cut(t, len, t->n), &selector)); len += k)
            ;
        *next = len > at ? len : at + 1;
        return is;
    }
    if (!read_word(&w, t, at))
        return WAIT;
    if ((is = letters(run, code, next, t, at, at + 1)) != NO)
        return is;
    *next = w.end;
    if ((is = escaped(run, code, t, at, &w)) != NO)
        return is;
    bool fresh = at == 0 || !bawn_is_alnum((unsigned char)t->t[at - 1]);
    if (fresh && (is = codes(run, code, t, at)) != NO)
        return is;
    if (fresh && (is = pairs(run, code, next, t, at)) != NO)
        return is;
    if (fresh && (is = groups(run, code, next, t, at)) != NO)
        return is;
    bool goes_on = at > 0 && in_base64(t->t[at - 1]) && in_base64(t->t[at]);
    is = w.longest >= LEAST || goes_on ? packed(run, code, t, at, w.end) : NO;
    return is == NO && w.signs ? letters(run, code, next, t, at + 1, w.end) : is;
}

int bawn_decode_find(bawn_span *run, bawn_code *code, bool *open, size_t *from, bawn_slice whole, bool final)
{
    text t = { whole.ptr, whole.len, final };
    size_t at = *from, doubt, ordinary, careful = 0;          /* careful: word by word up to there */
    *open = false;
    while (at < t.n) {
        unsigned char c = (unsigned char)t.t[at];
        size_t next = at + 1;
        if (at >= careful && (at == 0 || !in_word(t.t[at - 1]))) {
            if ((ordinary = bawn_text_codeless_prefix(&doubt, t.t + at, t.n - at)) > 0) {
                at += ordinary;
                continue;
            }
            careful = at + doubt + 1;
        }
        if (!in_word((char)c) && c != 0xF3 && c != 0xEF) {
            at++;
            continue;
        }
        answer is = look(run, code, &next, &t, at);
        if (is == WAIT) {
            *open = true;
            break;
        }
        if (is == YES) {
            *from = *code == BAWN_CODE_LETTERS ? next : run->end;
            return 1;
        }
        at = next;
    }
    *from = at < t.n ? at : t.n;
    return 0;
}

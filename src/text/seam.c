/* seam.c: words of one token, or at its edges, that something else than blanks parts from their neighbours.
 *
 *   tags      <br> and its kind between two letters is a blank; <b> and its kind is nothing
 *   edges     emphasis (**all**, _all_, `all`) and tags between two words of a line, and quotes about one word
 *   joined    three or more words with one and the same sign between them (ignore-all-previous, ignore.all.previous),
 *             WORDS_LEN bytes together or with a sign that is not ASCII (an emoji): blanks; between single letters nothing
 * What is read so is marked as leetspeak is: for whoever looks for numbers and names the signs stand as they are.
 * Addresses and paths from the root stay. Nothing gets longer, so the token is rewritten where it stands. */
#include "text/decode.h"
#include "text/fold.h"

enum { WORDS_LEN = 18, WORDS = 3, WORD_MAX = 24, SHORTEST = 5, SIGN_MAX = 6, TAG_MAX = 12 };

static bool is_letter(char c) { return bawn_is_alpha((unsigned char)c); }
static bool is_blank(char c) { return c == ' ' || c == '\t'; }
static bool is_emphasis(char c) { return c == '*' || c == '_' || c == '~' || c == '`'; }
static bool is_word_byte(char c) { return (unsigned char)c >= 0x80 || is_letter(c); }

/* ---- tags ----------------------------------------------------------------------------------------------------- */
typedef enum { NO_TAG, OPENS, CLOSES } tag_kind;

/* The tag of HTML at the begin of `t`, without attributes; *len: its length, *block: it begins a line or a paragraph. */
static tag_kind tag(size_t *len, bool *block, bawn_slice t)
{
    static const char *const names[] = { "b", "i", "u", "s", "em", "strong", "span", "font", "a", "mark", "small", "big", "code",
        "sub", "sup", "q", "tt", "ins", "del", "abbr", "wbr", /* these begin a line: */ "br", "p", "div", "li", "ul", "ol", "td",
        "th", "tr", "table", "hr", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "center", "section", "article" };
    enum { FIRST_BLOCK = 21 };
    size_t at = 1, name;
    bool closes = t.len > 1 && t.ptr[1] == '/';
    if (t.len < 3 || t.ptr[0] != '<')
        return NO_TAG;
    name = at += closes;
    while (at < t.len && at < TAG_MAX && bawn_is_alnum((unsigned char)t.ptr[at]))
        at++;
    bawn_slice is = bawn_slice_of(t.ptr + name, at - name);
    at += at < t.len && t.ptr[at] == '/';
    if (is.len == 0 || !is_letter(is.ptr[0]) || at >= t.len || t.ptr[at] != '>')
        return NO_TAG;
    size_t i = 0;
    while (i < BAWN_COUNT(names) && !bawn_slice_eq_nocase(is, bawn_slice_str(names[i])))
        i++;
    *len = at + 1;
    *block = i >= FIRST_BLOCK;
    return i == BAWN_COUNT(names) ? NO_TAG : closes ? CLOSES : OPENS;
}

/* Tags between two letters. */
static bool undo_tags(char *t, size_t *len)
{
    size_t to = 0, at = 0;
    bool changed = false;
    while (at < *len) {
        size_t next = at, one;
        bool block = false, is_block;
        while (next < *len && tag(&one, &is_block, bawn_slice_of(t + next, *len - next)) != NO_TAG) {
            next += one;
            block |= is_block;
        }
        if (next > at && to > 0 && is_word_byte(t[to - 1]) && next < *len && is_word_byte(t[next])) {
            if (block)
                t[to++] = ' ';
            changed = true;
        } else {
            next += next == at;
            memmove(t + to, t + at, next - at);
            to += next - at;
        }
        at = next;
    }
    *len = to;
    return changed;
}

/* ---- edges ---------------------------------------------------------------------------------------------------- */
static bool is_edge(char c) { return is_emphasis(c) || c == '>' || c == '<' || c == '"' || c == '/'; }

/* A word, perhaps with such signs of its own, and blanks stand before; and the other way round. */
static bool word_before(bawn_slice raw)
{
    enum { FAR = 8 };
    size_t at = raw.len, from;
    while (at > 0 && raw.len - at < FAR && is_blank(raw.ptr[at - 1]))
        at--;
    from = at;
    while (at > 0 && from - at < FAR && is_edge(raw.ptr[at - 1]))
        at--;
    return from < raw.len && at > 0 && is_word_byte(raw.ptr[at - 1]);
}

static bool word_after(bawn_slice raw)
{
    enum { FAR = 8 };
    size_t at = 0, from;
    while (at < raw.len && at < FAR && is_blank(raw.ptr[at]))
        at++;
    from = at;
    while (at < raw.len && at - from < FAR && is_edge(raw.ptr[at]))
        at++;
    return from > 0 && at < raw.len && is_word_byte(raw.ptr[at]);
}

/* "_" is a part of names: it is emphasis where it stands on both sides of a token. */
static bool is_paired(char c, bawn_slice t) { return c != '_' || (t.ptr[0] == '_' && t.ptr[t.len - 1] == '_'); }

/* Emphasis and tags that open at the begin; their length. */
static size_t opening(bawn_slice t)
{
    size_t at = 0, len;
    bool block;
    while (at < t.len) {
        if (is_emphasis(t.ptr[at]) && is_paired(t.ptr[at], t))
            at++;
        else if (tag(&len, &block, bawn_slice_of(t.ptr + at, t.len - at)) == OPENS)
            at += len;
        else
            break;
    }
    return at < t.len && is_word_byte(t.ptr[at]) ? at : 0;
}

/* What is left of the token before the emphasis and the tags that close at its end. */
static size_t before_closing(bawn_slice t)
{
    size_t end = t.len, at, len;
    bool block;
    while (end > 0) {
        if (is_emphasis(t.ptr[end - 1]) && is_paired(t.ptr[end - 1], t)) {
            end--;
            continue;
        }
        for (at = end - 1; at > 0 && end - at <= TAG_MAX + 2 && t.ptr[at] != '<'; at--)
            ;
        if (t.ptr[end - 1] != '>' || tag(&len, &block, bawn_slice_of(t.ptr + at, end - at)) == NO_TAG || len != end - at)
            break;
        end = at;
    }
    return end > 0 && is_word_byte(t.ptr[end - 1]) ? end : t.len;
}

/* One word of letters in straight quotes, with a word beside it. */
static bool is_quoted(bawn_slice t, bawn_slice before, bawn_slice after)
{
    size_t n = 0;
    if (t.len < 3 || t.ptr[0] != '"' || t.ptr[t.len - 1] != '"')
        return false;
    for (size_t i = 1; i + 1 < t.len; i++)
        n += is_letter(t.ptr[i]);
    return n + 2 == t.len && (word_before(before) || word_after(after));
}

static bool undo_edges(char *t, size_t *len, bawn_slice before, bawn_slice after)
{
    bawn_slice token = { t, *len };
    size_t from = 0, end = *len;
    if (is_quoted(token, before, after)) {
        from = 1;
        end--;
    } else {
        from = opening(token);
        if (from && !word_before(before))
            from = 0;
        end = before_closing(token);
        if (end < *len && !word_after(after))
            end = *len;
    }
    if (end - from == *len)
        return false;
    memmove(t, t + from, end - from);
    *len = end - from;
    return true;
}

/* ---- joined words ------------------------------------------------------------------------------------------------ */
/* The end of the word at `at`: letters, and digits among them; at most WORD_MAX of them, as far as the flags see. */
static size_t word_end(bawn_slice t, size_t at)
{
    size_t letters = 0, ascii = 0, begin = at;
    while (at < t.len) {
        size_t next = at;
        uint32_t c = bawn_utf8_next(t, &next);
        bool letter = c < 0x80 ? is_letter((char)c) : (bawn_text_class(c) & C_ALNUM) && !bawn_text_no_space_script(c);
        if (!letter && !(c < 0x80 && bawn_is_digit((unsigned char)c)))
            break;
        letters += letter;
        ascii += c < 0x80;
        at = next;
    }
    return letters && ascii <= WORD_MAX ? at : begin;
}

/* The end of what stands between two words at `at`. */
static size_t sign_end(bawn_slice t, size_t at)
{
    size_t begin = at;
    while (at < t.len && at - begin <= SIGN_MAX) {
        size_t next = at;
        uint32_t c = bawn_utf8_next(t, &next);
        if (c < 0x80 ? bawn_is_alnum((unsigned char)c) || c == '\'' || c == '@' : (bawn_text_class(c) & C_ALNUM) || c == 0x2019)
            break;
        at = next;
    }
    return at - begin <= SIGN_MAX ? at : begin;
}

static bool is_address(bawn_slice t)
{
    return bawn_slice_find(t, BAWN_LIT("://")) < t.len || bawn_slice_find(t, BAWN_LIT("@")) < t.len ||
           bawn_slice_starts(t, BAWN_LIT("www.")) || t.ptr[0] == '/';
}

/* The words from `at` on that have one sign between them; *sign: the first. Returns the end of the last one. */
static size_t stretch(size_t *words, bawn_slice *sign, bawn_slice t, size_t at)
{
    size_t end = word_end(t, at);
    *words = end > at;
    *sign = BAWN_NIL;
    while (end > at && end < t.len) {
        size_t next = sign_end(t, end), beyond;
        bawn_slice is = { t.ptr + end, next - end };
        if (is.len == 0 || (*words > 1 && !bawn_slice_eq(is, *sign)) || (beyond = word_end(t, next)) == next)
            break;
        *sign = is;
        ++*words;
        end = beyond;
    }
    return end;
}

bool bawn_seam_part(char *t, size_t *len)
{
    bool changed = false;
    size_t at = 0, to = 0, words;
    bawn_slice token = { t, *len }, sign;
    if (*len < SHORTEST || bawn_text_no_space_script(bawn_utf8_next(token, &at)) || is_address(token))
        return false;
    at = 0;
    while (at < *len) {
        size_t end = stretch(&words, &sign, token, at), step = sign.len;
        bool wide = step > 0 && (unsigned char)sign.ptr[0] >= 0x80, letters = end - at == words + (words - 1) * step;
        bool undo = words >= WORDS && (end - at >= WORDS_LEN || wide) && sign.ptr[0] != ' ';
        char first[SIGN_MAX + 1];
        memcpy(first, step ? sign.ptr : "", step);
        if (end == at)
            bawn_utf8_next(token, &end);
        while (at < end) {
            bool is = undo && end - at > step && memcmp(t + at, first, step) == 0;
            if (!is || !letters)
                t[to++] = is ? ' ' : t[at];
            at += is ? step : 1;
        }
        changed |= undo;
    }
    *len = to;
    return changed;
}

/* ---- across tokens -------------------------------------------------------------------------------------------------- */
size_t bawn_seam_hyphen(bawn_slice token, bawn_slice after)
{
    enum { INDENT = 8 };
    size_t at = after.len > 0 && after.ptr[0] == '\r';
    if (token.len < 2 || token.ptr[token.len - 1] != '-' || !is_letter(token.ptr[token.len - 2]) || at >= after.len ||
        after.ptr[at] != '\n')
        return 0;
    for (at++; at < after.len && at < INDENT && is_blank(after.ptr[at]); at++)
        ;
    return at < after.len && bawn_is_lower((unsigned char)after.ptr[at]) ? at : 0;
}

/* A word of two letters or more between blanks; its length, 0: none. */
static size_t lone_word(bawn_slice t)
{
    enum { LONGEST = 24 };
    size_t at = 1;
    if (t.len == 0 || !is_blank(t.ptr[0]))
        return 0;
    while (at < t.len && at <= LONGEST && is_word_byte(t.ptr[at]))
        at++;
    return at > 2 && at < t.len && is_blank(t.ptr[at]) ? at + 1 : 0;
}

static size_t lone_word_before(bawn_slice t)
{
    enum { LONGEST = 24 };
    size_t at = t.len, most = t.len > LONGEST + 1 ? t.len - LONGEST - 1 : 0;
    if (at == 0 || !is_blank(t.ptr[--at]))
        return 0;
    while (at > most && is_word_byte(t.ptr[at - 1]))
        at--;
    return t.len - at > 2 && at > 0 && is_blank(t.ptr[at - 1]) ? t.len - at + 1 : 0;
}

bool bawn_seam_lonely(bawn_slice token, bawn_slice before, bawn_slice after)
{
    size_t n = before.len, word;
    if (token.len > BAWN_SEAM_LONELY || (token.len > 1 && (unsigned char)token.ptr[0] < 0x80) || strchr(",.?'", token.ptr[0]))
        return false;
    if (n < 2 || !is_blank(before.ptr[n - 1]) || !is_word_byte(before.ptr[n - 2]) || after.len < 2 || !is_blank(after.ptr[0]) ||
        !is_word_byte(after.ptr[1]))
        return false;
    word = lone_word(after);
    if (word && after.len > word + token.len && is_blank(after.ptr[word + token.len]) &&
        memcmp(after.ptr + word, token.ptr, token.len) == 0)
        return true;
    word = lone_word_before(before);
    return word && n > word + token.len && is_blank(before.ptr[n - word - token.len - 1]) &&
           memcmp(before.ptr + n - word - token.len, token.ptr, token.len) == 0;
}

bool bawn_seam_undo(char *t, size_t *len, bawn_slice before, bawn_slice after)
{
    bool changed = undo_tags(t, len);
    return undo_edges(t, len, before, after) || changed;
}

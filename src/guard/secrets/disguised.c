/* Tokens with a provider's prefix, disguised: spelled backwards; and in other letters, where that does not destroy them: what has
 * capitals and digits only, or is hexadecimal (a base62 token in capitals is another one). Models are asked for both.
 *
 * A token backwards is known by its end, so nothing wakes a guard at its begin. The scan therefore looks at stretches of
 * signs of tokens with SHOWN signs of base64url in a row, which is also the flag without which it is not called; such a
 * stretch is held while it grows. At each place where a token may end, its last signs are compared with the prefixes;
 * what is alike is turned round, or written in the row's letters, and put before the row's own confirm(), so that length,
 * signs, entropy and placeholders are judged as of plain tokens.
 *
 * What is looked back at from an end is at most REACH bytes. A token begins within EARLY bytes of the signs that raise the
 * flag: nothing of it has left a stream then. Time is linear: two signs choose the few rows that an end is compared with. */
#include <pthread.h>

#include "guard/secrets/secrets.h"
#include "text/text.h"

enum { SHOWN = 16, EARLY = 48, REACH = 4096, REST = 256, PREFIX = 32, PAIRS = 512, LENGTHS = 128, LINKS = 640 };

/* What the rows look like from behind. */
typedef struct {
    struct { uint16_t row, next; } links[LINKS];    /* chains of rows; a place is its number plus one, 0 ends */
    uint16_t n;
    uint16_t ends[PAIRS];               /* by the first two signs of a prefix, which stand last */
    uint16_t starts[PAIRS];             /* by the same in small letters: those whose tokens survive other letters, all of one length */
    uint16_t lengths[LENGTHS];          /* by the letters and digits with which their tokens end */
} book;

typedef struct { bawn_probe *p; const book *book; uint8_t jwt; } search;

/* Letters, digits and + - / _; those and . = $: sets of ASCII, a bit a character. */
#define DIGIT_BITS ((uint64_t)0x3FF << '0')
#define LETTER_BITS ((uint64_t)0x3FFFFFF << ('A' - 64) | (uint64_t)0x3FFFFFF << ('a' - 64) | (uint64_t)1 << ('_' - 64))
#define BIT(c) ((uint64_t)1 << (c))
static const uint64_t cores[4] = { DIGIT_BITS | BIT('+') | BIT('-') | BIT('/'), LETTER_BITS };
static const uint64_t tokens[4] = { DIGIT_BITS | BIT('+') | BIT('-') | BIT('/') | BIT('.') | BIT('=') | BIT('$'), LETTER_BITS };
static inline bool is_in(const uint64_t *set, char c) { return set[(unsigned char)c >> 6] >> ((unsigned char)c & 63) & 1; }
static inline bool in_core(char c) { return is_in(cores, c); }
static inline bool in_token(char c) { return is_in(tokens, c); }
static bool is_alnum(char c) { return bawn_is_alnum((unsigned char)c); }

/* ---- the book ------------------------------------------------------------------------------------------------------ */
static bool survives(const bawn_secret_form *f) { return (f->signs == BAWN_SIGNS_UPPER || f->signs == BAWN_SIGNS_HEX) && f->min == f->max; }

static char other_case(char c) { return bawn_is_alpha((unsigned char)c) ? (char)(c ^ 0x20) : c; }
static void chain(book *b, uint16_t *head, uint16_t row)
{
    if (b->n == LINKS)
        return;
    b->links[b->n].row = row;
    b->links[b->n].next = *head;
    *head = ++b->n;
}

static size_t pair_of(char last, char before) { return ((unsigned char)last * 31u + (unsigned char)before * 7u) % PAIRS; }

/* A prefix with a blank is looked for from behind it, where no stretch is parted. */
static const char *prefix_of(const bawn_pattern *row)
{
    const char *blank = strchr(row->regex, ' ');
    return blank ? blank + 1 : row->regex;
}

static size_t tail_of(const char *prefix)
{
    size_t n = strlen(prefix), i = n;
    while (i > 0 && is_alnum(prefix[i - 1]))
        i--;
    return n - i;
}

static book rows;                       /* immutable once it is made */

static void make_rows(void)
{
    const bawn_guard *guard = &bawn_guard_secrets_tokens;
    book *b = &rows;

    for (uint16_t i = 0; i < guard->n_patterns; i++) {
        const char *prefix = prefix_of(&guard->patterns[i]);
        const bawn_secret_form *f = &bawn_secret_forms[i];
        chain(b, &b->ends[pair_of(prefix[0], prefix[1])], i);
        if (!survives(f))
            continue;
        for (unsigned way = 1; way < 4; way++)
            chain(b, &b->ends[pair_of(way & 1 ? other_case(prefix[0]) : prefix[0], way & 2 ? other_case(prefix[1]) : prefix[1])], i);
        chain(b, &b->starts[pair_of(bawn_lower(prefix[0]), bawn_lower(prefix[1]))], i);
        chain(b, &b->lengths[(f->max + tail_of(prefix)) % LENGTHS], i);
    }
}

static const book *book_of_rows(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_rows);
    return &rows;
}

/* ---- one candidate --------------------------------------------------------------------------------------------------- */
typedef struct { bool found; size_t end; } answer;

static void take(bawn_probe *p, uint8_t kind, size_t begin, size_t end, float score)
{
    answer *a = p->engine;
    (void)kind, (void)begin, (void)score;
    *a = (answer){ true, end };
}

/* What the row's confirm() says of `before` (or 0), the row's prefix and `rest`, which goes on one sign behind the token.
 * The length of the token's rest; 0: it is none. */
static size_t confirmed(bawn_probe *p, uint16_t row, char before, bawn_slice rest)
{
    const bawn_pattern *pattern = &p->guard->patterns[row];
    char text[1 + PREFIX + REST + 2];
    size_t lead = before != 0, n = strlen(pattern->regex);
    answer is = { 0 };

    if (n > PREFIX || rest.len > REST + 2)
        return 0;
    text[0] = before;
    memcpy(text + lead, pattern->regex, n);
    memcpy(text + lead + n, rest.ptr, rest.len);
    bawn_probe one = { .text = { text, lead + n + rest.len }, .begin = lead + n, .end = lead + n, .final = true, .place = p->place,
                       .view = p->view, .guard = p->guard, .pattern = pattern, .sink = take, .engine = &is };
    p->guard->confirm(&one);
    return is.found ? is.end - (lead + n) : 0;
}

/* A key of AWS in other letters: behind a prefix that begins words, too ("Asia"), base32 with digits, which its keys are. */
static bool is_plausible(const bawn_pattern *row, bawn_slice rest)
{
    size_t digits = 0;
    if (strcmp(row->regex, "AKIA") == 0)
        return true;
    for (size_t i = 0; i < rest.len; i++) {
        digits += bawn_is_digit((unsigned char)rest.ptr[i]);
        if (strchr("0189", rest.ptr[i]))
            return false;
    }
    return digits >= 2;
}

/* In the letters of the row. */
static void write_out(char *rest, size_t n, const bawn_secret_form *f)
{
    for (size_t i = 0; i < n; i++) {
        rest[i] = bawn_lower(rest[i]);
        if (f->signs == BAWN_SIGNS_UPPER)
            rest[i] = other_case(rest[i]);
    }
}

static bool may_be(const search *s, uint16_t row, const char *rest, size_t n)
{
    const bawn_secret_form *f = &bawn_secret_forms[row];
    const bawn_pattern *pattern = &s->p->guard->patterns[row];
    bool keys = f->signs == BAWN_SIGNS_UPPER && f->max == 16;
    return n >= f->min && (!keys || is_plausible(pattern, bawn_slice_of(rest, f->max)));
}

/* Sixteen signs that raise the flag, near the begin of what was found. */
static bool is_shown(bawn_slice text, size_t begin)
{
    size_t row = 0;
    for (size_t i = begin; i < text.len && i < begin + EARLY + SHOWN && row < SHOWN; i++)
        row = in_core(text.ptr[i]) ? row + 1 : 0;
    return row == SHOWN;
}

static void found(search *s, uint8_t kind, size_t begin, size_t end)
{
    if (is_shown(s->p->text, begin))
        bawn_probe_found(s->p, kind, begin, end, 0.95f);
}

/* ---- backwards ---------------------------------------------------------------------------------------------------------- */
/* The prefix that stands turned round before `end`; its length there, 0: it does not. *exact: in its own letters. */
static size_t turned(bool *exact, bawn_slice t, size_t end, const char *prefix, bool any_case)
{
    size_t n = strlen(prefix);
    *exact = true;
    for (size_t k = 0; k < n; k++) {
        if (k == end)
            return 0;
        char c = t.ptr[end - 1 - k];
        if (c != prefix[k] && !(any_case && bawn_lower(c) == bawn_lower(prefix[k])))
            return 0;
        *exact &= c == prefix[k];
    }
    return n;
}

static bool backwards(search *s, uint16_t row, size_t end)
{
    bawn_slice t = s->p->text;
    const bawn_pattern *pattern = &s->p->guard->patterns[row];
    const bawn_secret_form *f = &bawn_secret_forms[row];
    const char *prefix = prefix_of(pattern);
    char before = end < t.len ? t.ptr[end] : 0;
    bool exact;
    size_t n = strlen(prefix) < 3 && prefix != pattern->regex ? 0 : turned(&exact, t, end, prefix, survives(f)), len = 0, last = end - n;

    if (n == 0)
        return false;
    char rest[REST + 2] = { 0 };
    for (; len < f->max + 2u && len < sizeof rest && len < last; len++)
        rest[len] = t.ptr[last - 1 - len];
    if (survives(f) && !exact) {
        write_out(rest, len, f);
        if (!may_be(s, row, rest, len))
            return false;
    }
    size_t length = confirmed(s->p, row, before, bawn_slice_of(rest, len));
    while (length > 0 && t.ptr[last - length] == '=')       /* padding has left before the flag was raised */
        length--;
    if (length > 0)
        found(s, pattern->kind, last - length, end);
    return length > 0;
}

static void jwt_backwards(search *s, size_t end)
{
    bawn_slice t = s->p->text;
    char text[REACH];
    size_t n = 0, length;
    if (end < 3 || memcmp(t.ptr + end - 3, "Jye", 3) != 0)
        return;
    for (; n < sizeof text && n < end && bawn_secret_sign(BAWN_SIGNS_DOTS, (unsigned char)t.ptr[end - 1 - n]); n++)
        text[n] = t.ptr[end - 1 - n];
    bawn_probe one = { .text = { text, n }, .final = true, .place = s->p->place, .view = s->p->view, .guard = s->p->guard };
    if (bawn_secret_jwt(&length, &one, 0))
        found(s, s->jwt, end - length, end);
}

/* ---- in other letters --------------------------------------------------------------------------------------------------- */
static bool in_other_letters(search *s, uint16_t row, size_t begin)
{
    bawn_slice t = s->p->text;
    const bawn_pattern *pattern = &s->p->guard->patterns[row];
    const bawn_secret_form *f = &bawn_secret_forms[row];
    size_t n = strlen(pattern->regex), end = begin + n + f->max, len = f->max + (size_t)(end < t.len);

    if (begin >= t.len || end > t.len || !bawn_slice_eq_nocase(bawn_slice_of(t.ptr + begin, n), bawn_slice_of(pattern->regex, n)))
        return false;
    char before = begin > 0 ? t.ptr[begin - 1] : 0, rest[REST + 2] = { 0 };
    memcpy(rest, t.ptr + begin + n, len);
    write_out(rest, f->max, f);
    bool plain = memcmp(t.ptr + begin, pattern->regex, n) == 0 && memcmp(rest, t.ptr + begin + n, f->max) == 0;
    if (plain || !may_be(s, row, rest, len) || confirmed(s->p, row, before, bawn_slice_of(rest, len)) != f->max)
        return false;
    found(s, pattern->kind, begin, end);
    return true;
}

/* ---- the scan -------------------------------------------------------------------------------------------------------------- */
/* A token may end at `end`, behind `letters` letters and digits. */
static void look_at(search *s, size_t end, size_t letters)
{
    const char *t = s->p->text.ptr;
    const bawn_guard *guard = s->p->guard;
    bool any = false;

    for (uint16_t at = s->book->ends[pair_of(t[end - 1], t[end - 2])]; at && !any; at = s->book->links[at - 1].next)
        any = backwards(s, s->book->links[at - 1].row, end);
    if (!any)
        jwt_backwards(s, end);
    for (uint16_t at = letters < LENGTHS ? s->book->lengths[letters] : 0; at && !any; at = s->book->links[at - 1].next) {
        uint16_t row = s->book->links[at - 1].row;
        any = in_other_letters(s, row, end - strlen(guard->patterns[row].regex) - bawn_secret_forms[row].max);
    }
}

/* Where characters stood apart a token may begin anywhere. */
static void look_everywhere(search *s)
{
    bawn_slice t = s->p->text;
    for (size_t begin = 0; begin + SHOWN < t.len; begin++) {
        uint16_t at = s->book->starts[pair_of(bawn_lower(t.ptr[begin]), bawn_lower(t.ptr[begin + 1]))];
        while (at && !in_other_letters(s, s->book->links[at - 1].row, begin))
            at = s->book->links[at - 1].next;
    }
}

/* All ends in (from, to]; the last one is known to be one only when the stretch is `closed`. */
static void look_at_ends(search *s, size_t from, size_t to, bool closed)
{
    bawn_slice t = s->p->text;
    bool joined = s->p->view == BAWN_VIEW_LETTERS;
    size_t letters = 0;
    while (letters < LENGTHS && letters < from && is_alnum(t.ptr[from - 1 - letters]))
        letters++;
    for (size_t end = from; end <= to; letters = is_alnum(t.ptr[end]) ? letters + 1 : 0, end++) {
        if (end == to ? closed : (joined || !is_alnum(t.ptr[end])))
            look_at(s, end, joined ? LENGTHS : letters);
        if (end == to)
            break;
    }
}

static size_t stretch_begin(bawn_slice t, size_t at)
{
    size_t most = at > REACH ? at - REACH : 0;
    while (at > most && in_token(t.ptr[at - 1]))
        at--;
    return at;
}

static size_t stretch_end(bawn_slice t, size_t at)
{
    while (at < t.len && in_token(t.ptr[at]))
        at++;
    return at;
}

/* Where SHOWN signs in a row begin, at or after i; the text's end when they do not. Most words are shorter: the last sign that a
 * row would have says so. */
static size_t next_shown(bawn_slice t, size_t i)
{
    while (i + SHOWN <= t.len) {
        size_t k = SHOWN;
        while (k > 0 && in_core(t.ptr[i + k - 1]))
            k--;
        if (k == 0)
            return i;
        i += k;
    }
    return t.len;
}

void bawn_secret_disguised(bawn_probe *p, uint8_t jwt)
{
    search s = { .p = p, .book = book_of_rows(), .jwt = jwt };
    size_t ahead = 0, from, at;

    if (p->state)
        memcpy(&ahead, p->state, sizeof ahead);         /* ends behind `begin` that were looked at */
    from = p->begin + ahead;
    if (p->view == BAWN_VIEW_LETTERS)
        look_everywhere(&s);
    at = stretch_begin(p->text, from);
    while ((at = next_shown(p->text, at)) < p->text.len) {
        size_t first = at + SHOWN > from ? at + SHOWN : from, end = stretch_end(p->text, at);
        if (first <= end)
            look_at_ends(&s, first, end, end < p->text.len || p->final);
        at = end;
    }
    p->end = p->final ? p->text.len : stretch_begin(p->text, p->text.len);
    ahead = p->text.len - p->end;
    if (p->state)
        memcpy(p->state, &ahead, sizeof ahead);
}

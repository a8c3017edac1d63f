/* fold.c: makes one token canonical, in steps over its code points:
 *   seen     characters that are not seen go (zero width, directions, tags, selectors, controls, private use, a terminal's sequences), and nothing with them:
 *            what a screen makes of a backspace or an override of direction is not what a model reads
 *   turned   letters written upside down are turned back, and their order with them
 *   compose  hand-made folds (small capitals, boxed letters), then NFKC (UAX 15, by utf8proc)
 *   marks    loose marks go; accents go where no living alphabet has all of the token's letters
 *   looks    look-alikes become ASCII, word by word (RULINGS R7; UTS 39)
 * All steps are linear in the token, which is at most 512 bytes; nothing is allocated. */
#include <utf8proc.h>

#include "text/fold.h"
#include "text/folds.h"

enum { MARKS_MAX = 8 };         /* marks kept on one base: Unicode's stream-safe form allows 30, prose needs 4 */

static bool dropped(uint32_t c) { return (bawn_text_class(c) & C_DROPPED) == C_DROPPED; }

static char lookup(const bawn_text_fold *table, size_t n, uint32_t c)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table[middle].from == c)
            return table[middle].to;
        if (table[middle].from < c)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}
#define LOOKUP(table, c) lookup(table, BAWN_COUNT(table), c)

static void reverse(int32_t *p, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        int32_t c = p[i];
        p[i] = p[n - 1 - i];
        p[n - 1 - i] = c;
    }
}

/* ---- seen -------------------------------------------------------------------------------------------------- */
static bool is_emoji(uint32_t c)
{
    return (c >= 0x1F000 && c <= 0x1FAFF) || (c >= 0x2190 && c <= 0x2BFF) || c == 0xA9 || c == 0xAE || c == 0x203C ||
           c == 0x2049 || c == 0x2122 || c == 0x2139 || c == 0x3030 || c == 0x303D || c == 0x3297 || c == 0x3299;
}

/* Selectors and joiners that make one picture of several code points stay: they hide nothing. */
static bool part_of_emoji(uint32_t before, uint32_t c, uint32_t after)
{
    if (c == 0xFE0F && after == 0x20E3)
        return before < 0x80;                                 /* a keycap */
    if (c == 0xFE0E || c == 0xFE0F)
        return is_emoji(before);
    return c == 0x200D && (is_emoji(before) || before == 0xFE0F) && is_emoji(after);
}

/* Behind a terminal's control sequence whose ESC ends at `at` (ECMA-48 5.4: [, parameters, a letter); `at` where it is none.
 * Its letter would else stand before a word as if it belonged to that. */
static size_t sequence_end(bawn_slice token, size_t at)
{
    enum { LONGEST = 32 };
    size_t i = at + 1;
    if (at >= token.len || token.ptr[at] != '[')
        return at;
    while (i < token.len && i - at < LONGEST && token.ptr[i] > ' ' && token.ptr[i] < '@')
        i++;
    return i < token.len && i - at < LONGEST && token.ptr[i] >= '@' && token.ptr[i] <= '~' ? i + 1 : at;
}

static bool is_alnum_at(const bawn_fold *f, size_t i) { return i < f->n_seen && (bawn_text_class((uint32_t)f->seen[i]) & C_ALNUM); }

/* Characters of private use part letters (and go) or words: of a token longer than words are, those between two letters and two
 * letters stay, as a sign. */
static void drop_private(bawn_fold *f)
{
    enum { WORD_LONGEST = 17 };
    size_t letters = 0, n = 0;
    for (size_t i = 0; i < f->n_seen; i++)
        letters += is_alnum_at(f, i);
    for (size_t i = 0; i < f->n_seen; i++) {
        bool between = letters > WORD_LONGEST && n > 1 && is_alnum_at(f, n - 1) && is_alnum_at(f, n - 2) &&
                       is_alnum_at(f, i + 1) && is_alnum_at(f, i + 2);
        if (!bawn_text_private((uint32_t)f->seen[i]) || between)
            f->seen[n++] = f->seen[i];
    }
    f->n_seen = n;
}

static void keep_seen(bawn_fold *f, bawn_slice token)
{
    size_t at = 0, n = 0;
    bool private = false;
    while (at < token.len && n < BAWN_FOLD_RAW) {
        uint32_t c = bawn_utf8_next(token, &at);
        size_t peek = at;
        private |= bawn_text_private(c);
        if (c == 0x1B)
            at = sequence_end(token, at);
        else if (!dropped(c) || (n && part_of_emoji((uint32_t)f->seen[n - 1], c, bawn_utf8_next(token, &peek))))
            f->seen[n++] = (int32_t)c;
    }
    f->n_seen = n;
    if (private)
        drop_private(f);
}

/* ---- turned ------------------------------------------------------------------------------------------------ */
static int turned_points(const int32_t *p, size_t n)
{
    size_t strong = 0, weak = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = (uint32_t)p[i];
        if (LOOKUP(bawn_turned, c))
            strong++;
        else if (bawn_text_class(c) & C_ALNUM) {
            if (!LOOKUP(bawn_turned_too, c))
                return 0;
            weak++;
        }
    }
    return strong && strong * 3 >= strong + weak ? 2 : strong + weak > 0;
}

int bawn_fold_turned(bawn_slice token)
{
    int32_t points[BAWN_FOLD_RAW];
    size_t at = 0, n = 0;
    while (at < token.len && n < BAWN_FOLD_RAW) {
        uint32_t c = bawn_utf8_next(token, &at);
        if (!dropped(c))
            points[n++] = (int32_t)c;
    }
    return turned_points(points, n);
}

static void turn_back(bawn_fold *f)
{
    if (turned_points(f->seen, f->n_seen) != 2)
        return;
    for (size_t i = 0; i < f->n_seen; i++) {
        char to = LOOKUP(bawn_turned, (uint32_t)f->seen[i]);
        to = to ? to : LOOKUP(bawn_turned_too, (uint32_t)f->seen[i]);
        f->seen[i] = to ? to : f->seen[i];
    }
    reverse(f->seen, f->n_seen);
}

/* ---- compose ----------------------------------------------------------------------------------------------- */
static bool ascii_alnum(int32_t c) { return c < 0x80 && bawn_is_alnum((unsigned char)c); }
static bool wide_alnum(int32_t c) { return (c >= 0xFF10 && c <= 0xFF19) || (c >= 0xFF21 && c <= 0xFF3A) || (c >= 0xFF41 && c <= 0xFF5A); }
static bool path_sign(int32_t c) { return c == 0xFF0E || c == 0xFF0F || c == '.' || c == '/'; }

static int32_t small_capital(int32_t c)
{
    char to = c >= 0x0262 ? LOOKUP(bawn_small_capitals, (uint32_t)c) : 0;
    return to ? to : c;
}

/* Letters in boxes and circles that NFKC leaves, small capitals. Two regional indicators are a flag. */
static int32_t by_hand(int32_t c, size_t n_regional)
{
    if (bawn_text_apostrophe((uint32_t)c))
        return '\'';
    if (c >= 0x1F150 && c <= 0x1F169)
        return 'A' + (c - 0x1F150);
    if (c >= 0x1F170 && c <= 0x1F189)
        return 'A' + (c - 0x1F170);
    if (c >= 0x1F1E6 && c <= 0x1F1FF && n_regional != 2)
        return 'A' + (c - 0x1F1E6);
    return small_capital(c);
}

/* Whether the code point before or behind place i is one of those. */
static bool beside(const bawn_fold *f, size_t i, bool (*one)(int32_t))
{
    return (i > 0 && one(f->seen[i - 1])) || (i + 1 < f->n_seen && one(f->seen[i + 1]));
}

static bool letter(int32_t c) { return ascii_alnum(c) || wide_alnum(c); }
static bool any_letter(int32_t c) { return c < 0x80 ? ascii_alnum(c) : (bawn_text_class((uint32_t)c) & C_ALNUM) != 0; }

static bool between(const bawn_fold *f, size_t i, bool (*one)(int32_t))
{
    return i > 0 && one(f->seen[i - 1]) && i + 1 < f->n_seen && one(f->seen[i + 1]);
}

static bool stays(const bawn_fold *f, size_t i)
{
    uint32_t c = (uint32_t)f->seen[i];
    if (bawn_text_apostrophe(c))
        return !between(f, i, any_letter);
    if (!bawn_text_wide_sign(c))
        return bawn_text_keeps_form(c);
    return !between(f, i, letter) && !(path_sign((int32_t)c) && beside(f, i, path_sign));
}

static int class_of_mark(int32_t c) { return c < 0x300 ? 0 : utf8proc_get_property(c)->combining_class; }

/* Appends the compatibility decomposition of c, of a spacing accent (space + mark) the canonical one. Raised small capitals come
 * down as small capitals. */
static void decompose(bawn_fold *f, int32_t c)
{
    int32_t *to = f->points + f->n;
    int boundary = 0;
    utf8proc_ssize_t room = (utf8proc_ssize_t)(BAWN_FOLD_POINTS - f->n);
    if (room == 0)
        return;
    utf8proc_ssize_t n = c < 0x80 ? 0 : utf8proc_decompose_char(c, to, room, UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE, &boundary);
    if (n > 1 && to[0] == ' ')
        n = utf8proc_decompose_char(c, to, room, UTF8PROC_DECOMPOSE, &boundary);
    if (n < 1 || n > room) {
        to[0] = c;
        n = 1;
    }
    for (utf8proc_ssize_t i = 0; i < n; i++)
        to[i] = small_capital(to[i]);
    f->n += (size_t)n;
}

/* Canonical ordering of marks (UAX 15 section 1.3), at most MARKS_MAX on a base. */
static void order_marks(bawn_fold *f)
{
    size_t n = 0, base = 0;
    for (size_t i = 0; i < f->n; i++) {
        int32_t c = f->points[i];
        int rank = class_of_mark(c);
        if (rank && n - base > MARKS_MAX)
            continue;
        size_t at = n++;
        for (; rank && at > base && class_of_mark(f->points[at - 1]) > rank; at--)
            f->points[at] = f->points[at - 1];
        f->points[at] = c;
        base = rank ? base : n;
    }
    f->n = n;
}

void bawn_fold_compose(bawn_fold *f)
{
    size_t n_regional = 0;
    for (size_t i = 0; i < f->n_seen; i++)
        n_regional += f->seen[i] >= 0x1F1E6 && f->seen[i] <= 0x1F1FF;
    f->n = 0;
    for (size_t i = 0; i < f->n_seen; i++) {
        if (!stays(f, i))
            decompose(f, by_hand(f->seen[i], n_regional));
        else if (f->n < BAWN_FOLD_POINTS)
            f->points[f->n++] = f->seen[i];
    }
    order_marks(f);
    utf8proc_ssize_t n = utf8proc_normalize_utf32(f->points, (utf8proc_ssize_t)f->n, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    f->n = n < 0 ? f->n : (size_t)n;
}

/* ---- marks --------------------------------------------------------------------------------------------------- */
/* The ASCII letter under a Latin letter's accents; c itself where there is none. */
static int32_t base_of(int32_t c)
{
    int32_t parts[8];
    int boundary = 0;
    char barred = c >= 0xC0 && c < 0x300 ? LOOKUP(bawn_barred, (uint32_t)c) : 0;
    if (barred)
        return barred;
    if (!(bawn_text_class((uint32_t)c) & C_LATIN) && !(c >= 0xC0 && c < 0x300) && !(c >= 0x1E00 && c < 0x1F00))
        return c;
    return utf8proc_decompose_char(c, parts, 8, UTF8PROC_DECOMPOSE, &boundary) > 1 && parts[0] < 0x80 ? parts[0] : c;
}

/* True when a mark stood on a Latin letter. */
static bool drop_loose_marks(bawn_fold *f)
{
    size_t n = 0;
    bool latin = false;
    for (size_t i = 0; i < f->n; i++) {
        if (!bawn_text_loose_mark((uint32_t)f->points[i]))
            f->points[n++] = f->points[i];
        else if (n)
            latin |= (bawn_text_class((uint32_t)f->points[n - 1]) & C_LATIN) != 0;
    }
    f->n = n;
    return latin;
}

/* Accents go when no one language (of those that the tokens before allow) has all of the token's letters, and the
 * token then is ASCII: an accent here and there is spelling, all accents of the world are a disguise. */
static void drop_foreign_marks(bawn_fold *f, uint32_t alphabets)
{
    f->alphabet = UINT32_MAX;
    for (size_t i = 0; i < f->n; i++)
        if (f->points[i] >= 0xC0)
            f->alphabet &= bawn_text_alphabet((uint32_t)f->points[i]);
    if (f->alphabet & alphabets)
        return;
    for (size_t i = 0; i < f->n; i++)
        if (f->points[i] >= 0x80 && (bawn_text_class((uint32_t)f->points[i]) & C_ALNUM) && base_of(f->points[i]) >= 0x80 &&
            !(bawn_text_class((uint32_t)f->points[i]) & C_LOOK))
            return;
    for (size_t i = 0; i < f->n; i++)
        f->points[i] = f->points[i] < 0x80 ? f->points[i] : base_of(f->points[i]);
}

bool bawn_fold_accents(bawn_fold *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (base_of(f->points[i]) >= 0x80)
            return false;
    for (size_t i = 0; i < f->n; i++)
        f->out[i] = (char)(f->points[i] < 0x80 ? f->points[i] : base_of(f->points[i]));
    f->len = f->n;
    return true;
}

/* ---- looks ----------------------------------------------------------------------------------------------------- */
static char look_of(uint32_t c)
{
    size_t low = 0, high = bawn_text_n_looks;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bawn_text_looks[middle].from == c)
            return bawn_text_looks[middle].to;
        if (bawn_text_looks[middle].from < c)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

/* Small letters that are only like ASCII in some hands: read so inside a word that has Latin letters too. */
static const bawn_text_fold alike[] = {
    { 0x03B5, 'e' }, { 0x03B7, 'n' }, { 0x03BA, 'k' }, { 0x03BC, 'u' }, { 0x03C0, 'n' }, { 0x03C4, 't' }, { 0x03C7, 'x' },
    { 0x03C9, 'w' }, { 0x0417, '3' }, { 0x0431, '6' }, { 0x0432, 'b' }, { 0x0438, 'u' }, { 0x043A, 'k' }, { 0x043C, 'm' },
    { 0x043D, 'h' }, { 0x043F, 'n' }, { 0x0442, 't' }, { 0x044A, 'b' }, { 0x044C, 'b' }, { 0x044F, 'r' }, { 0x0451, 'e' },
    { 0x0457, 'i' },
};

/* What the letters of a stretch are: ordinary Latin, look-alikes, sometimes alike, others. */
typedef struct { size_t latin, look, alike, other; } letters;

static void count_letter(letters *n, int32_t point)
{
    uint32_t c = (uint32_t)point;
    unsigned k = bawn_text_class(c);
    if (c < 0x80)
        n->latin += bawn_is_alpha((unsigned char)c);
    else if (k & C_LOOK)
        n->look += bawn_text_is_letter(c);
    else if (k & C_LATIN)
        n->latin += !(k & C_OTHER);
    else if (k & C_OTHER)
        LOOKUP(alike, c) ? n->alike++ : n->other++;
}

bool bawn_fold_latin_before(bawn_slice before)
{
    enum { NEAREST = 16, CHARACTERS = 64, BYTES = 256 };
    size_t at = before.len, stop = before.len > BYTES ? before.len - BYTES : 0, latin = 0, other = 0, seen = 0;
    while (at > stop && latin + other < NEAREST && seen < CHARACTERS) {
        size_t next = --at;
        unsigned char c = (unsigned char)before.ptr[at];
        seen += bawn_utf8_is_start(c);
        if (c < 0x80) {
            latin += bawn_is_alpha(c);
        } else if (bawn_utf8_is_start(c)) {
            unsigned k = bawn_text_class(bawn_utf8_next(before, &next)) & (C_LATIN | C_OTHER);
            latin += k == C_LATIN;
            other += k == C_OTHER;
        }
    }
    return latin >= other;
}

static bool word_folds(const letters *word, const letters *token, bawn_slice before)
{
    if (!word->look)
        return false;
    if (word->latin)
        return word->latin > word->other && word->latin >= word->alike;
    if (word->other || word->alike)
        return false;
    if (token->latin != token->other + token->alike)
        return token->latin > token->other + token->alike;
    return bawn_fold_latin_before(before);
}

static void fold_looks(bawn_fold *f, bawn_slice before)
{
    letters token = { 0 };
    for (size_t i = 0; i < f->n; i++)
        count_letter(&token, f->points[i]);
    if (!token.look)
        return;
    for (size_t i = 0, end; i < f->n; i = end + 1) {
        letters word = { 0 };
        for (end = i; end < f->n && (bawn_text_class((uint32_t)f->points[end]) & (C_ALNUM | C_GLUE)); end++)
            count_letter(&word, f->points[end]);
        if (!word_folds(&word, &token, before))
            continue;
        for (size_t k = i; k < end; k++) {
            char to = look_of((uint32_t)f->points[k]);
            if (!to && word.latin)
                to = LOOKUP(alike, (uint32_t)f->points[k]);
            f->points[k] = to ? to : f->points[k];
        }
    }
}

void bawn_fold_token(bawn_fold *f, bawn_slice token, bawn_slice before, uint32_t alphabets)
{
    keep_seen(f, token);
    turn_back(f);
    bawn_fold_compose(f);
    drop_foreign_marks(f, drop_loose_marks(f) ? 0 : alphabets);
    fold_looks(f, before);
    f->len = 0;
    for (size_t i = 0; i < f->n; i++)
        f->len += bawn_utf8_put(f->out + f->len, (uint32_t)f->points[i]);
}

/* flags.c: one pass over the bytes that says which views could differ from the raw text (RULINGS R6).
 *
 * Each block of 64 bytes becomes a few bit masks, one bit a byte (letter, digit or letter, base64 character, ...);
 * the patterns are then shifts and ANDs of those masks, with the last block's masks shifted in from below. Only the
 * masks depend on the instruction set. The scalar oracle reads the same definitions byte by byte.
 *
 * Most blocks are prose: letters, spaces, line ends and , . ? ' or bytes of other scripts. They need a few of the masks
 * and of the patterns; the full set is made for a block with anything else in it, and for the one behind it.
 *
 * What counts (A: ASCII letter or digit, L: letter, D: digit, H: hex digit, S: digit or one of @ $ ! | +, N: not A,
 * B: space or tab, W: B or a line end, E: one of * ~ ` < > ^ ] }):
 *   LEET    L S L, or L S S L, or N S L L
 *   SPACED  A three times, each alone between N, with exactly one N between them
 *   LETTERS A three times, each alone between N, equally far apart: two to nine characters
 *   RUN     16 base64 or base64url characters in a row; or 8 pairs H H with one N between; or "0x"; or 8 times 0 or 1; or D, 20 or 21
 *           of D W , . ? - and D
 *   GAP     four B behind what is no W; W and four line ends; W B and a line end; behind L, a byte of another script or one
 *           of , . ? behind L: three W, or up to W and four line ends, and then B
 *   SEAM    18 characters in a row that are no W and, anywhere, twice A behind a sign within 32 characters that are no
 *           W; a line end behind L -; letters in straight quotes; E beside L; N _ L; a sign of its own between B, twice
 *           within 32 characters
 * Outside of the text stands N, which is no W. */
#include "text/tables.h"

/* other: the x of 0x; own: a sign, neither letter nor digit nor white. */
typedef struct { uint64_t letter, sign, alnum, code, hex, other, high, escape, control,
                          blank, line, solid, edge, quote, hyphen, low, stop, tick, own, bit; } masks;

/* x moved k bits up, with the bits of the block before coming in. */
#define UP(x, before, k) (((x) << (k)) | ((before) >> (64 - (k))))

/* Of the block before; and what was found so far, wherever. */
typedef struct { masks last; bool prose, quoted; uint64_t leet, spaced, letters, run, high, escape, control, gap, seam, longs, starts, run2, run4, run8,
                 alone, pair, pair2, pair4, solid2, solid4, solid8, bits2, bits4, lonely, list, list2, list4, list8, list16; } history;

/* Prose has single letters, but seldom two near each other. */
static inline uint64_t thrice(uint64_t alone, uint64_t before)
{
    enum { NEAREST = 2, FARTHEST = 9 };
    uint64_t found = 0;
    if (!(alone & (alone - 1)) && !(alone && before >> (64 - 2 * FARTHEST)))
        return 0;
    for (unsigned far = NEAREST; far <= FARTHEST; far++)
        found |= alone & UP(alone, before, far) & UP(alone, before, 2 * far);
    return found;
}

/* Those that prose has the characters for. */
static inline __attribute__((always_inline)) void prose_patterns(history *h, const masks *m)
{
    const masks *b = &h->last;
    uint64_t none = ~m->alnum, none_before = ~b->alnum;

    uint64_t alone = UP(none, none_before, 2) & UP(m->alnum, b->alnum, 1) & none;
    h->spaced |= alone & UP(alone, h->alone, 2) & UP(alone, h->alone, 4);
    h->letters |= thrice(alone, h->alone);

    uint64_t run2 = m->code & UP(m->code, b->code, 1), run4 = run2 & UP(run2, h->run2, 2);
    uint64_t run8 = run4 & UP(run4, h->run4, 4), run16 = run8 & UP(run8, h->run8, 8);
    uint64_t pair = UP(none, none_before, 3) & UP(m->hex, b->hex, 2) & UP(m->hex, b->hex, 1) & none;
    uint64_t pair2 = pair & UP(pair, h->pair, 3), pair4 = pair2 & UP(pair2, h->pair2, 6);
    h->run |= run16 | (pair4 & UP(pair4, h->pair4, 12));

    uint64_t solid2 = m->solid & UP(m->solid, b->solid, 1), solid4 = solid2 & UP(solid2, h->solid2, 2);
    uint64_t solid8 = solid4 & UP(solid4, h->solid4, 4), solid16 = solid8 & UP(solid8, h->solid8, 8);
    h->longs |= solid16 & UP(solid2, h->solid2, 16);

    uint64_t letter1 = UP(m->letter, b->letter, 1);
    uint64_t blank2 = m->blank & UP(m->blank, b->blank, 1), blank2_before = b->blank & (b->blank << 1);
    uint64_t white = m->blank | m->line, white_before = b->blank | b->line, line1 = UP(m->line, b->line, 1);
    uint64_t line2 = m->line & line1, line2_before = b->line & (b->line << 1);
    uint64_t lines3 = line1 & UP(line2, line2_before, 2), white4 = UP(white, white_before, 4);
    uint64_t word = m->letter | m->high | (m->stop & letter1), word_before = b->letter | b->high | (b->stop & (b->letter << 1));
    h->gap |= (blank2 & UP(blank2, blank2_before, 2) & UP(m->solid, b->solid, 4)) |
              (m->line & lines3 & white4) |
              (UP(white, white_before, 2) & UP(m->blank, b->blank, 1) & m->line) |
              (m->blank & UP(white, white_before, 1) & UP(white, white_before, 2) & UP(white, white_before, 3) & UP(word, word_before, 4)) |
              (m->blank & lines3 & white4 & UP(word, word_before, 5)) |
              (m->blank & lines3 & UP(m->line, b->line, 4) & UP(white, white_before, 5) & UP(word, word_before, 6));
    h->run2 = run2;
    h->run4 = run4;
    h->run8 = run8;
    h->alone = alone;
    h->pair = pair;
    h->pair2 = pair2;
    h->pair4 = pair4;
    h->solid2 = solid2;
    h->solid4 = solid4;
    h->solid8 = solid8;
}

/* Whether x stood twice within 32 characters, the later one in this block, and all from one to the other are in `over`. */
static inline uint64_t twice(uint64_t x, uint64_t before, uint64_t over, uint64_t over_before)
{
    if (!x || (!before && !(x & (x - 1))))
        return 0;
    uint64_t near = UP(x, before, 1) & over, far = (before << 1) & over_before;
    for (unsigned k = 1; k < 32; k *= 2) {
        near |= over & UP(near, far, k);
        far |= over_before & (far << k);
        over &= UP(over, over_before, k);
        over_before &= over_before << k;
    }
    return x & near;
}

static inline __attribute__((always_inline)) void sign_patterns(history *h, const masks *m)
{
    const masks *b = &h->last;
    uint64_t none = ~m->alnum, none_before = ~b->alnum, sign1 = UP(m->sign, b->sign, 1), letter1 = UP(m->letter, b->letter, 1);

    uint64_t l_s = UP(m->letter, b->letter, 2) & sign1;
    uint64_t l_s_s = UP(m->letter, b->letter, 3) & UP(m->sign, b->sign, 2) & sign1;
    uint64_t n_s_l = UP(none, none_before, 3) & UP(m->sign, b->sign, 2) & letter1;
    h->leet |= (l_s | l_s_s | n_s_l) & m->letter;

    uint64_t bits2 = m->bit & UP(m->bit, b->bit, 1), bits4 = bits2 & UP(bits2, h->bits2, 2);
    h->run |= (m->other & sign1) | (bits4 & UP(bits4, h->bits4, 4));

    /* Both ends are digits, so none of it stands in a block of prose. */
    uint64_t digit = m->alnum & ~m->letter, digit_before = b->alnum & ~b->letter;
    uint64_t list = digit | m->blank | m->line | m->stop | m->hyphen, list2 = list & UP(list, h->list, 1);
    uint64_t list4 = list2 & UP(list2, h->list2, 2), list8 = list4 & UP(list4, h->list4, 4), list16 = list8 & UP(list8, h->list8, 8);
    h->run |= digit & ((list16 & UP(list16, h->list16, 6) & UP(digit, digit_before, 21)) |
                       (list16 & UP(list16, h->list16, 7) & UP(digit, digit_before, 22)));

    uint64_t letter2 = UP(m->letter, b->letter, 2);
    h->seam |= (UP(m->edge, b->edge, 1) & (letter2 | m->letter)) | (UP(none, none_before, 2) & UP(m->low, b->low, 1) & m->letter);
    h->seam |= letter2 & UP(m->hyphen, b->hyphen, 1) & m->line;

    /* A run of letters behind a quote is taken away by the carry of an addition: where it ended a quote may stand. */
    uint64_t begun = UP(m->quote, b->quote, 1) & m->letter, sum, more;
    bool over = __builtin_add_overflow(m->letter, begun, &sum);
    over |= __builtin_add_overflow(sum, (uint64_t)h->quoted, &more);
    h->seam |= more & ~m->letter & m->quote & (letter1);
    h->quoted = over;

    uint64_t lonely = UP(m->blank, b->blank, 2) & UP(m->own, b->own, 1) & m->blank;
    h->seam |= twice(lonely, h->lonely, UINT64_MAX, UINT64_MAX);
    uint64_t sign = m->own | m->stop, sign_before = b->own | b->stop;
    if (!h->starts)
        h->starts = twice(m->alnum & UP(sign, sign_before, 1), b->alnum & (sign_before << 1), m->solid, b->solid);
    h->high |= m->high;
    h->escape |= m->escape;
    h->control |= m->control;
    h->bits2 = bits2;
    h->bits4 = bits4;
    h->list = list;
    h->list2 = list2;
    h->list4 = list4;
    h->list8 = list8;
    h->list16 = list16;
    h->lonely = lonely;
}

static uint32_t found(const history *h)
{
    return (h->high ? BAWN_TEXT_NON_ASCII : 0u) | (h->leet ? BAWN_TEXT_LEET : 0u) | (h->spaced ? BAWN_TEXT_SPACED : 0u) |
           (h->run ? BAWN_TEXT_RUN : 0u) | (h->escape ? BAWN_TEXT_ESCAPE : 0u) | (h->control ? BAWN_TEXT_CONTROL : 0u) |
           (h->letters ? BAWN_TEXT_LETTERS : 0u) | (h->gap ? BAWN_TEXT_GAP : 0u) | (h->seam || (h->longs && h->starts) ? BAWN_TEXT_SEAM : 0u);
}

/* The loop, for any way to make masks; the last block is filled up with spaces that are not counted as blanks (there is
 * always one). prose() makes the masks of a block that is prose, or says that it is none. */
#define FLAGS(name, attribute, prose_block, classify)                                                                  \
    attribute static inline __attribute__((always_inline)) void name##_block(history *h, const uint8_t *p, uint64_t inside)                                  \
    {                                                                                                                  \
        masks m;                                                                                                       \
        bool prose = prose_block(&m, p);                                                                               \
        prose = prose && !(m.letter & UP(m.stop, h->last.stop, 1));    /* it is no prose where a word begins behind a stop */  \
        if (prose && h->prose && !h->quoted) {                                                                         \
            m.blank &= inside;                                                                                         \
            prose_patterns(h, &m);                                                                                     \
            h->high |= m.high;                                                                                         \
            h->bits2 = h->bits4 = h->list = h->list2 = h->list4 = h->list8 = h->list16 = h->lonely = 0;                                                                       \
        } else {                                                                                                       \
            classify(&m, p);                                                                                           \
            m.blank &= inside;                                                                                         \
            prose_patterns(h, &m);                                                                                     \
            sign_patterns(h, &m);                                                                                      \
        }                                                                                                              \
        h->prose = prose;                                                                                              \
        h->last = m;                                                                                                   \
    }                                                                                                                  \
    attribute static uint32_t name(bawn_slice text)                                                                    \
    {                                                                                                                  \
        history h = { .prose = true };                                                                                 \
        uint8_t tail[64];                                                                                              \
        size_t at = 0;                                                                                                 \
        for (; at + 64 <= text.len; at += 64)                                                                          \
            name##_block(&h, (const uint8_t *)text.ptr + at, UINT64_MAX);                                              \
        memset(tail, ' ', sizeof tail);                                                                                \
        if (text.len > at)                                                                                             \
            memcpy(tail, text.ptr + at, text.len - at);                                                                \
        name##_block(&h, tail, ((uint64_t)1 << (text.len - at)) - 1);                                                  \
        return found(&h);                                                                                              \
    }

static bool one_of(uint8_t c, const char *set) { return c && strchr(set, c) != NULL; }

/* ---- the oracle ------------------------------------------------------------------------------------------ */
static int at_or(bawn_slice t, size_t i, size_t back, int outside)
{
    return i < back || i - back >= t.len ? outside : (uint8_t)t.ptr[i - back];
}
static bool a(int c) { return bawn_is_alnum((unsigned char)c); }
static bool l(int c) { return bawn_is_alpha((unsigned char)c); }
static bool s(int c) { return bawn_is_digit((unsigned char)c) || one_of((uint8_t)c, "@$!|+"); }
static bool hex(int c) { return bawn_is_digit((unsigned char)c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }

static bool digit_at(bawn_slice t, size_t i, size_t back) { return bawn_is_digit((unsigned char)at_or(t, i, back, ' ')); }

static bool alone_at(bawn_slice t, size_t i)                  /* t[i - 1] is A between two N */
{
    return !a(at_or(t, i, 2, ' ')) && a(at_or(t, i, 1, ' ')) && !a(at_or(t, i, 0, ' '));
}
static bool pair_at(bawn_slice t, size_t i)
{
    return !a(at_or(t, i, 3, ' ')) && hex(at_or(t, i, 2, ' ')) && hex(at_or(t, i, 1, ' ')) && !a(at_or(t, i, 0, ' '));
}

static bool blank(int c) { return c == ' ' || c == '\t'; }
static bool line(int c) { return c == '\n' || c == '\r'; }
static bool white(int c) { return blank(c) || line(c); }
static bool edge(int c) { return one_of((uint8_t)c, "*~`<>^]}\x7F"); }
static bool own(int c)
{
    return c >= 0 && c < 0x80 && !a(c) && !blank(c) && !line(c) && !one_of((uint8_t)c, ",.?'");
}

enum { OUTSIDE = -1 };          /* neither white nor solid nor a letter */

/* A letter, any byte of another script, or a stop behind a letter: what may stand in the midst of a sentence. */
static bool word_at(bawn_slice t, size_t i, size_t back)
{
    int c = at_or(t, i, back, OUTSIDE), before = at_or(t, i, back + 1, OUTSIDE);
    return c >= 0x80 || (c >= 0 && l(c)) || (c >= 0 && one_of((uint8_t)c, ",.?") && before >= 0 && l(before));
}

static bool gap_at(bawn_slice t, size_t i)
{
    int c[6];
    for (size_t k = 0; k < 6; k++)
        c[k] = at_or(t, i, k, OUTSIDE);
    bool lines3 = line(c[1]) && line(c[2]) && line(c[3]);
    if (blank(c[0]) && blank(c[1]) && blank(c[2]) && blank(c[3]) && c[4] != OUTSIDE && !blank(c[4]) && !line(c[4]))
        return true;
    if (blank(c[0]) && ((white(c[1]) && white(c[2]) && white(c[3]) && word_at(t, i, 4)) ||
                        (lines3 && white(c[4]) && word_at(t, i, 5)) ||
                        (lines3 && line(c[4]) && white(c[5]) && word_at(t, i, 6))))
        return true;
    return line(c[0]) && ((lines3 && white(c[4])) || (blank(c[1]) && white(c[2])));
}

static bool lonely_at(bawn_slice t, size_t i)
{
    return blank(at_or(t, i, 2, OUTSIDE)) && own(at_or(t, i, 1, OUTSIDE)) && blank(at_or(t, i, 0, OUTSIDE));
}

static bool letter_at(bawn_slice t, size_t i, size_t back)
{
    int c = at_or(t, i, back, OUTSIDE);
    return c != OUTSIDE && l(c);
}

static bool seam_at(bawn_slice t, size_t i)
{
    int c = at_or(t, i, 0, OUTSIDE), c1 = at_or(t, i, 1, OUTSIDE);
    size_t k;
    int c2 = at_or(t, i, 2, OUTSIDE);
    if ((letter_at(t, i, 2) && c1 == '-' && line(c)) || (c1 == '_' && letter_at(t, i, 0) && (c2 == OUTSIDE || !a(c2))))
        return true;
    if (edge(c1) && (letter_at(t, i, 2) || letter_at(t, i, 0)))
        return true;
    for (k = 1; c == '"' && letter_at(t, i, k); k++)
        if (at_or(t, i, k + 1, OUTSIDE) == '"')
            return true;
    for (k = 1; lonely_at(t, i) && k <= 32 && k <= i; k++)
        if (lonely_at(t, i - k))
            return true;
    return false;
}

static bool solid_at(bawn_slice t, size_t i, size_t back)
{
    int c = at_or(t, i, back, OUTSIDE);
    return c != OUTSIDE && !blank(c) && !line(c);
}

static bool long_at(bawn_slice t, size_t i)
{
    size_t k = 0;
    while (k < 18 && solid_at(t, i, k))
        k++;
    return k == 18;
}

static bool starts_at(bawn_slice t, size_t i)                 /* a letter or digit directly behind a sign */
{
    int c = at_or(t, i, 0, OUTSIDE), c1 = at_or(t, i, 1, OUTSIDE);
    return c != OUTSIDE && a(c) && (own(c1) || (c1 != OUTSIDE && one_of((uint8_t)c1, ",.?")));
}

static bool starts_twice_at(bawn_slice t, size_t i)
{
    if (!starts_at(t, i))
        return false;
    for (size_t k = 1; k <= 32 && k <= i && solid_at(t, i, k); k++)
        if (starts_at(t, i - k))
            return true;
    return false;
}

uint32_t bawn_text_flags_scalar(bawn_slice text)
{
    uint32_t set = 0;
    size_t run = 0, bits = 0, list = 0;
    bool longs = false, starts = false;

    for (size_t i = 0; i <= text.len; i++) {
        int c = at_or(text, i, 0, ' '), c1 = at_or(text, i, 1, ' '), c2 = at_or(text, i, 2, ' '), c3 = at_or(text, i, 3, ' ');
        if (c >= 0x80)
            set |= BAWN_TEXT_NON_ASCII;
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
            set |= BAWN_TEXT_CONTROL;
        if (one_of((uint8_t)c, "&%\\"))
            set |= BAWN_TEXT_ESCAPE;
        if ((l(c) && s(c1) && (l(c2) || (s(c2) && l(c3)))) || (l(c) && l(c1) && s(c2) && !a(c3)))
            set |= BAWN_TEXT_LEET;
        if (alone_at(text, i) && i >= 5 && alone_at(text, i - 2) && alone_at(text, i - 4))
            set |= BAWN_TEXT_SPACED;
        for (size_t far = 2; alone_at(text, i) && far <= 9; far++)
            set |= i >= 2 * far + 1 && alone_at(text, i - far) && alone_at(text, i - 2 * far) ? BAWN_TEXT_LETTERS : 0u;
        run = a(c) || one_of((uint8_t)c, "+/-_") ? run + 1 : 0;
        bits = c == '0' || c == '1' ? bits + 1 : 0;
        if (run >= 16 || bits >= 8 || ((c | 0x20) == 'x' && s(c1)))
            set |= BAWN_TEXT_RUN;
        list = white(c) || bawn_is_digit((unsigned char)c) || one_of((uint8_t)c, ",.?-") ? list + 1 : 0;
        if (bawn_is_digit((unsigned char)c) && ((list >= 22 && digit_at(text, i, 21)) || (list >= 23 && digit_at(text, i, 22))))
            set |= BAWN_TEXT_RUN;
        size_t pairs = 0;
        while (pairs < 8 && i >= pairs * 3 + 2 && pair_at(text, i - pairs * 3))
            pairs++;
        if (pairs == 8)
            set |= BAWN_TEXT_RUN;
        longs |= long_at(text, i);
        starts |= starts_twice_at(text, i);
        set |= (gap_at(text, i) ? BAWN_TEXT_GAP : 0u) | (seam_at(text, i) ? BAWN_TEXT_SEAM : 0u);
    }
    return set | (longs && starts ? BAWN_TEXT_SEAM : 0u);
}

/* ---- the masks, by instruction set ------------------------------------------------------------------------ */
/* EQ, GT (signed), OR ... are the set's own; a byte >= 0x80 is negative, so it is below every bound. */
#define PROSE_BLOCK(V, EQ, GT, OR, AND, SET, BITS, m, ordinary, v, shift)                                               \
    do {                                                                                                               \
        V low_ = OR(v, SET(0x20));                                                                                     \
        V letter_ = AND(GT(low_, SET('a' - 1)), GT(SET('z' + 1), low_)), space_ = EQ(v, SET(' ')), line_ = EQ(v, SET('\n')); \
        V stop_ = OR(OR(EQ(v, SET(',')), EQ(v, SET('.'))), EQ(v, SET('?'))), tick_ = EQ(v, SET('\''));                 \
        uint64_t l_ = BITS(letter_);                                                                                   \
        (m)->letter |= l_ << (shift);                                                                                  \
        (m)->hex |= BITS(AND(letter_, GT(SET('g'), low_))) << (shift);                                                 \
        (m)->blank |= BITS(space_) << (shift);                                                                         \
        (m)->line |= BITS(line_) << (shift);                                                                           \
        (m)->stop |= BITS(stop_) << (shift);                                                                           \
        (m)->high |= BITS(v) << (shift);                                                                                       \
        (ordinary) |= BITS(OR(OR(OR(letter_, space_), OR(line_, stop_)), OR(tick_, v))) << (shift);                    \
    } while (0)

static inline __attribute__((always_inline)) bool prose_masks(masks *m, uint64_t ordinary)
{
    m->alnum = m->code = m->letter;
    m->solid = ~(m->blank | m->line);
    return ordinary == UINT64_MAX;
}

static inline __attribute__((always_inline)) void all_masks(masks *m)
{
    m->solid = ~(m->blank | m->line);
    m->own = m->solid & ~m->alnum & ~m->high & ~m->stop & ~m->tick;
}

#define CLASSIFY_BLOCK(V, EQ, GT, OR, AND, SET, BITS, m, v, shift)                                                      \
    do {                                                                                                               \
        V low_ = OR(v, SET(0x20));                                                                                     \
        V digit_ = AND(GT(v, SET('0' - 1)), GT(SET('9' + 1), v));                                                      \
        V letter_ = AND(GT(low_, SET('a' - 1)), GT(SET('z' + 1), low_));                                               \
        V plus_ = EQ(v, SET('+')), hyphen_ = EQ(v, SET('-')), bar_ = EQ(v, SET('|'));                                  \
        V sign_ = OR(OR(OR(EQ(v, SET('@')), EQ(v, SET('$'))), OR(EQ(v, SET('!')), bar_)), plus_);                      \
        V low_line_ = EQ(v, SET('_')), code_ = OR(OR(EQ(v, SET('/')), plus_), OR(hyphen_, low_line_));                                        \
        V escape_ = OR(OR(EQ(v, SET('&')), EQ(v, SET('%'))), EQ(v, SET('\\')));                                       \
        V line_ = OR(EQ(v, SET('\n')), EQ(v, SET('\r'))), tab_ = EQ(v, SET('\t'));                                     \
        V blank_ = OR(tab_, EQ(v, SET(' ')));                                                                          \
        V stop_ = OR(OR(EQ(v, SET(',')), EQ(v, SET('.'))), EQ(v, SET('?'))), tick_ = EQ(v, SET('\''));                 \
        V hex_ = OR(digit_, AND(letter_, GT(SET('g'), low_)));                                                         \
        /* ] } ^ ~ _ and DEL are the highest bytes once the bit of small letters is set */                              \
        V edge_ = OR(OR(GT(low_, SET('|')), EQ(OR(v, SET(2)), SET('>'))), OR(EQ(v, SET('*')), EQ(v, SET('`'))));        \
        uint64_t d_ = BITS(digit_), l_ = BITS(letter_), below_ = BITS(GT(SET(0x20), v)), high_ = BITS(v);             \
        uint64_t lines_ = BITS(line_);                                                                                 \
        (m)->letter |= l_ << (shift);                                                                                  \
        (m)->alnum |= (l_ | d_) << (shift);                                                                            \
        (m)->sign |= (d_ | BITS(sign_)) << (shift);                                                                    \
        (m)->code |= (l_ | d_ | BITS(code_)) << (shift);                                                               \
        (m)->hex |= BITS(hex_) << (shift);                                                                             \
        (m)->other |= BITS(EQ(low_, SET('x'))) << (shift);                                                             \
        (m)->high |= high_ << (shift);                                                                                          \
        (m)->escape |= BITS(escape_);                                                                                  \
        (m)->control |= ((below_ & ~high_ & ~BITS(tab_) & ~lines_) | BITS(EQ(v, SET(0x7F)))) << (shift);               \
        (m)->blank |= BITS(blank_) << (shift);                                                                         \
        (m)->line |= lines_ << (shift);                                                                                \
        (m)->edge |= (BITS(edge_) & ~BITS(low_line_)) << (shift);                                                                          \
        (m)->quote |= BITS(EQ(v, SET('"'))) << (shift);                                                                \
        (m)->hyphen |= BITS(hyphen_) << (shift);                                                                       \
        (m)->low |= BITS(low_line_) << (shift);                                                                        \
        (m)->bit |= BITS(EQ(OR(v, SET(1)), SET('1'))) << (shift);                                                      \
        (m)->stop |= BITS(stop_) << (shift);                                                                           \
        (m)->tick |= BITS(tick_) << (shift);                                                                           \
    } while (0)

/* Both kinds of a block's masks, in vectors of `width` bytes. */
#define MASKS(set, attribute, V, width, LOAD, ...)                                                                     \
    attribute static inline __attribute__((always_inline)) bool prose_##set(masks *m, const uint8_t *p)                \
    {                                                                                                                  \
        uint64_t ordinary = 0;                                                                                         \
        *m = (masks){ 0 };                                                                                             \
        for (unsigned k = 0; k < 64; k += (width)) {                                                                   \
            V v = LOAD(p + k);                                                                                         \
            PROSE_BLOCK(V, __VA_ARGS__, m, ordinary, v, k);                                                            \
        }                                                                                                              \
        return prose_masks(m, ordinary);                                                                               \
    }                                                                                                                  \
    attribute static inline __attribute__((always_inline)) void classify_##set(masks *m, const uint8_t *p)             \
    {                                                                                                                  \
        *m = (masks){ 0 };                                                                                             \
        for (unsigned k = 0; k < 64; k += (width)) {                                                                   \
            V v = LOAD(p + k);                                                                                         \
            CLASSIFY_BLOCK(V, __VA_ARGS__, m, v, k);                                                                   \
        }                                                                                                              \
        all_masks(m);                                                                                                  \
    }

#if defined(__x86_64__)
#include <immintrin.h>

#define BITS128(v) ((uint64_t)(uint32_t)_mm_movemask_epi8(v))
#define LOAD128(p) _mm_loadu_si128((const __m128i *)(const void *)(p))
MASKS(sse2, , __m128i, 16, LOAD128, _mm_cmpeq_epi8, _mm_cmpgt_epi8, _mm_or_si128, _mm_and_si128, _mm_set1_epi8, BITS128)
FLAGS(flags_sse2, , prose_sse2, classify_sse2)

#define AVX2 __attribute__((target("avx2")))
#define BITS256(v) ((uint64_t)(uint32_t)_mm256_movemask_epi8(v))
#define LOAD256(p) _mm256_loadu_si256((const __m256i *)(const void *)(p))
MASKS(avx2, AVX2, __m256i, 32, LOAD256, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_or_si256, _mm256_and_si256,
      _mm256_set1_epi8, BITS256)
FLAGS(flags_avx2, AVX2, prose_avx2, classify_avx2)

uint32_t bawn_text_flags(bawn_slice text)
{
    return __builtin_cpu_supports("avx2") ? flags_avx2(text) : flags_sse2(text);
}

#elif defined(__aarch64__)
#include <arm_neon.h>

static inline uint64_t bits_neon(uint8x16_t v)
{
    const uint8x16_t place = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
    uint8x16_t top = vandq_u8(vreinterpretq_u8_s8(vshrq_n_s8(vreinterpretq_s8_u8(v), 7)), place);
    return (uint64_t)vaddv_u8(vget_low_u8(top)) | (uint64_t)vaddv_u8(vget_high_u8(top)) << 8;
}
#define GT_NEON(x, y) vcgtq_s8(vreinterpretq_s8_u8(x), vreinterpretq_s8_u8(y))
#define SET_NEON(c) vdupq_n_u8((uint8_t)(c))
MASKS(neon, , uint8x16_t, 16, vld1q_u8, vceqq_u8, GT_NEON, vorrq_u8, vandq_u8, SET_NEON, bits_neon)
FLAGS(flags_neon, , prose_neon, classify_neon)
uint32_t bawn_text_flags(bawn_slice text) { return flags_neon(text); }

#else
uint32_t bawn_text_flags(bawn_slice text) { return bawn_text_flags_scalar(text); }
#endif

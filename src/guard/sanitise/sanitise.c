/* Finds characters that people do not see: controls, invisible characters, direction controls. Masking them means to take
 * them out of the text; a run of one kind is one finding.
 *
 * Some are part of honest writing and stay: joiners in Arabic, Indic and other joining scripts and in emoji sequences,
 * variation selectors behind emoji and ideographs, zero-width spaces in scripts without spaces, flags of tag characters,
 * direction marks, and embeddings and isolates that hold right-to-left text and are closed in their line (Unicode
 * Technical Report 36 and Standard Annex 9; "Trojan Source", CVE-2021-42574, for the ones that do not).
 *
 * The scan reads ahead for the closing of an embedding at most AHEAD bytes, for emoji one character, and holds what it
 * has not decided. What it must know of the text before (last character, open embeddings) is in the scan's state. */
#include "guard/guard.h"
#include "text/text.h"

#define AHEAD 1024      /* an embedding that is not closed within its line and so many bytes is not closed */
#define RUN_MOST 512    /* bytes of one finding; a longer run gives several */
#define DEPTH 16        /* open embeddings that are remembered */

enum { CONTROL, INVISIBLE, BIDI, CLEAN };

typedef struct { uint32_t previous; uint16_t open, kept; bool rtl; bool selector; } memory;
_Static_assert(sizeof(memory) <= 64, "a scan's state");

typedef struct { bawn_probe *probe; memory now; size_t next; bool wait; } walk;

static bool between(uint32_t c, uint32_t low, uint32_t high) { return c >= low && c <= high; }

/* ---- what the neighbours are ---------------------------------------------------------------------------------- */
static bool pictograph(uint32_t c)
{
    return between(c, 0x1F000, 0x1FAFF) || between(c, 0x2190, 0x2BFF) || between(c, 0x3030, 0x303D) || c == 0x3297 || c == 0x3299 || c == 0xA9 || c == 0xAE;
}
static bool emoji_part(uint32_t c) { return pictograph(c) || c == 0xFE0F || c == 0x20E3; }
/* Scripts in which joiners change or keep letters' shapes: Arabic, Syriac, N'Ko, Mandaic, the Indic ones, Tibetan, Myanmar,
 * Khmer, Mongolian. */
static bool joining(uint32_t c)
{
    return between(c, 0x600, 0x8FF) || between(c, 0x900, 0xDFF) || between(c, 0xF00, 0x109F) || between(c, 0x1780, 0x18AF) ||
           between(c, 0xA800, 0xABFF) || between(c, 0xFB50, 0xFDFF) || between(c, 0xFE70, 0xFEFC) || between(c, 0x11000, 0x1193F);
}
static bool without_spaces(uint32_t c) { return between(c, 0xE00, 0xEFF) || between(c, 0x1000, 0x109F) || between(c, 0x1780, 0x17FF) || between(c, 0x19E0, 0x19FF); }
static bool ideograph(uint32_t c) { return between(c, 0x3400, 0x9FFF) || between(c, 0xF900, 0xFAFF) || between(c, 0x20000, 0x3FFFF); }
static bool right_to_left(uint32_t c)
{
    return between(c, 0x590, 0x8FF) || between(c, 0xFB1D, 0xFDFF) || between(c, 0xFE70, 0xFEFC) || between(c, 0x10800, 0x10FFF) || between(c, 0x1E800, 0x1EFFF);
}

/* The character at i, or 0 at the end of the text; waits when it is not there yet. */
static uint32_t at(walk *w, size_t *i)
{
    if (*i >= w->probe->text.len) {
        w->wait |= !w->probe->final;
        return 0;
    }
    return bawn_utf8_next(w->probe->text, i);
}
static uint32_t following(walk *w)
{
    size_t i = w->next;
    return at(w, &i);
}

/* ---- invisible characters --------------------------------------------------------------------------------------- */
static bool unseen(uint32_t c)      /* has no honest use in a text that a model reads */
{
    return c == 0xAD || c == 0x34F || c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0 || c == 0x17B4 || c == 0x17B5 || c == 0x180E ||
           between(c, 0x2060, 0x2064) || c == 0x2065 || between(c, 0x206A, 0x206F) || c == 0xFEFF || between(c, 0xFFF9, 0xFFFB) ||
           between(c, 0x1D173, 0x1D17A) || between(c, 0xE0000, 0xE007F) || between(c, 0xE01F0, 0xE0FFF);
}

static bool selector(uint32_t c) { return between(c, 0xFE00, 0xFE0F) || between(c, 0xE0100, 0xE01EF) || between(c, 0x180B, 0x180D) || c == 0x180F; }

static bool selector_in_place(uint32_t c, uint32_t base)
{
    if (selector(base))
        return false;       /* a row of them carries bytes */
    if (between(c, 0x180B, 0x180F))
        return between(base, 0x1820, 0x18AF);
    if (between(c, 0xE0100, 0xE01EF))
        return ideograph(base);
    if (between(c, 0xFE0E, 0xFE0F))
        return pictograph(base) || between(base, '0', '9') || base == '#' || base == '*' || between(base, 0x2000, 0x2BFF) || base == 0x200D;
    return base >= 0x80;
}

static bool joiner_in_place(walk *w, uint32_t c)
{
    uint32_t before = w->now.previous;
    if (joining(before))
        return true;
    return c == 0x200D && emoji_part(before) && pictograph(following(w));
}

/* A waving black flag, tag letters, the cancel tag: the flag of a region. Moves behind it. */
static bool region_flag(walk *w)
{
    size_t i = w->next;
    if (w->now.previous != 0x1F3F4)
        return false;
    for (unsigned n = 1; n < 8; n++) {
        uint32_t c = at(w, &i);
        if (c == 0xE007F) {
            w->next = i;
            return n >= 3;
        }
        if (!between(c, 0xE0030, 0xE007A))
            return false;
    }
    return false;
}

static int invisible(walk *w, uint32_t c)
{
    if (between(c, 0xE0020, 0xE007E) && region_flag(w))
        return CLEAN;
    if (unseen(c))
        return INVISIBLE;
    if (c == 0x200B)
        return without_spaces(w->now.previous) || without_spaces(following(w)) ? CLEAN : INVISIBLE;
    if (c == 0x200C || c == 0x200D)
        return joiner_in_place(w, c) ? CLEAN : INVISIBLE;
    if (selector(c))
        return selector_in_place(c, w->now.previous) ? CLEAN : INVISIBLE;
    return CLEAN;
}

/* ---- direction controls ------------------------------------------------------------------------------------------- */
static bool opener(uint32_t c) { return between(c, 0x202A, 0x202B) || between(c, 0x202D, 0x202E) || between(c, 0x2066, 0x2068); }
static bool closer(uint32_t c) { return c == 0x202C || c == 0x2069; }

/* Whether the opener right before w->next is closed in its line; *rtl: and holds right-to-left letters. */
static bool closed(bool *rtl, walk *w)
{
    size_t i = w->next, to = i + AHEAD;
    unsigned depth = 1;
    *rtl = false;
    while (i < to) {
        uint32_t c = at(w, &i);
        if (c == 0 || c == '\n' || c == 0x2029)
            return false;
        *rtl |= right_to_left(c);
        if (opener(c))
            depth++;
        else if (closer(c) && --depth == 0)
            return true;
    }
    return false;
}

static int direction(walk *w, uint32_t c)
{
    memory *m = &w->now;
    if (closer(c)) {
        bool kept = m->open > 0 && (m->kept >> (m->open - 1) & 1);
        if (m->open > 0)
            m->open--;
        return kept ? CLEAN : BIDI;
    }
    bool rtl, ends = closed(&rtl, w), override = c == 0x202D || c == 0x202E, turns = c == 0x202B || c == 0x2067;
    bool keep = ends && !override && (!turns || rtl || m->rtl) && m->open < DEPTH - 1;
    if (m->open < DEPTH - 1) {
        m->kept = (uint16_t)((m->kept & ~(1u << m->open)) | (unsigned)keep << m->open);
        m->open++;
    }
    return keep ? CLEAN : BIDI;
}

/* ---- the scan ------------------------------------------------------------------------------------------------------ */
/* Blocks without any such character, so that most letters of most scripts cost four comparisons. */
static bool ordinary(uint32_t c)
{
    return c < 0xAD || (c > 0xAD && c < 0x34F) || between(c, 0x350, 0x115E) || between(c, 0x1E00, 0x1FFF) || between(c, 0x2070, 0x3163) ||
           between(c, 0x3165, 0xFDFF) || between(c, 0x1F000, 0x1FFFF);
}

static int judge(walk *w, uint32_t c)
{
    if (c < 0x20)
        return c == '\t' || c == '\n' || c == '\r' ? CLEAN : CONTROL;
    if (c == 0x7F || between(c, 0x80, 0x9F))
        return CONTROL;
    if (ordinary(c))
        return CLEAN;
    if (opener(c) || closer(c))
        return direction(w, c);
    return invisible(w, c);
}

/* Over printable ASCII: nothing to judge there. */
static size_t over_plain(walk *w, size_t i)
{
    const char *t = w->probe->text.ptr;
    size_t from = i;
    while (i < w->probe->text.len && (unsigned char)t[i] >= 0x20 && (unsigned char)t[i] < 0x7F)
        i++;
    if (i > from)
        w->now.previous = (unsigned char)t[i - 1];
    return i;
}

typedef struct { int kind; size_t begin, end; memory before; } open_run;

static void close_run(bawn_probe *p, open_run *r)
{
    if (r->kind != CLEAN)
        bawn_probe_found(p, (uint8_t)r->kind, r->begin, r->end, 0.95f);
    r->kind = CLEAN;
}

static void scan(bawn_probe *p)
{
    walk w = { .probe = p };
    open_run run = { .kind = CLEAN };
    size_t i = p->begin;

    memcpy(&w.now, p->state, sizeof w.now);
    while (i < p->text.len) {
        size_t plain = over_plain(&w, i);
        if (plain > i)
            close_run(p, &run);
        if ((i = plain) >= p->text.len)
            break;
        memory before = w.now;
        w.next = i;
        uint32_t c = bawn_utf8_next(p->text, &w.next);
        int kind = judge(&w, c);
        if (w.wait) {
            w.now = before;
            break;
        }
        w.now.previous = c;
        w.now.rtl |= right_to_left(c);
        if (c == '\n')
            w.now.rtl = false;
        if (kind != run.kind || i - run.begin >= RUN_MOST) {
            close_run(p, &run);
            run = (open_run){ kind, i, w.next, before };
        }
        run.end = i = w.next;
    }
    p->end = i;
    if (run.kind != CLEAN && !p->final) {       /* it may go on: ask again from its begin */
        p->end = run.begin;
        w.now = run.before;
    } else {
        close_run(p, &run);
    }
    memcpy(p->state, &w.now, sizeof w.now);
}

static const bawn_kind kinds[] = {
    { "sanitise.CONTROL", "LLM01", "AML.T0068", BAWN_MASK, BAWN_MASK, "control characters other than tab and line ends" },
    { "sanitise.INVISIBLE", "LLM01", "AML.T0068", BAWN_MASK, BAWN_MASK, "characters without an appearance, out of their honest places" },
    { "sanitise.BIDI", "LLM01", "AML.T0068", BAWN_MASK, BAWN_MASK, "direction controls that reorder left-to-right text or are not closed" },
};

const bawn_guard bawn_guard_sanitise = {
    .guard = "sanitise", .id = "sanitise",
    .doc = "Controls, invisible characters and direction controls. Joiners, selectors, flags and embeddings in their honest places stay. "
           "Masked means taken out.",
    .places = BAWN_IN_ALL, .views = BAWN_VIEW_RAW,
    .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .scan = scan, .scan_flags = BAWN_TEXT_NON_ASCII | BAWN_TEXT_CONTROL,
};

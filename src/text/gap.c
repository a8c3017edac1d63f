/* gap.c: white space. After letters that stood apart it is what ends their words; else it stays, but for two things:
 * space of other scripts becomes a blank or a line end, and of a long run only the first KEPT characters stay.
 *
 * A run is long when it has more than KEPT blanks inside a line, or goes over lines that hold nothing but blanks, or has
 * a line end as its fifth character or later. Indentation at a line's begin is no such run: most source code has it, and
 * would need a view of its own; but behind a line that ends in the midst of a sentence, with a letter or with a comma
 * behind one, it is. So what stays between two words of a sentence is four characters at most, whatever they are. What was
 * left out is marked: columns of numbers are not one number. */
#include "text/unit.h"

enum { KEPT = 3, LINES = 5, MOST = 4, MANY = 100 };

static bool is_line(uint32_t space) { return space == '\n' || space == '\r' || space == 0x85 || space == 0x2028 || space == 0x2029; }

/* Notes the next white space character of a run. True: it is to be left out. */
static bool is_too_many(bawn_gap *g, uint32_t space)
{
    bool line = is_line(space), first_line = line && !g->any_line, out;
    if (line) {
        g->loose |= g->n > 1 && !g->after_line;
        g->loose |= g->row + 1 >= LINES;
    }
    out = g->n >= KEPT && !first_line && (g->loose || (line ? g->n >= MOST : !g->indent));
    g->n = (uint8_t)(g->n + (g->n < MANY));
    g->row = (uint8_t)(line ? g->row + (g->row < MANY) : 0);
    g->after_line = line;
    g->any_line |= line;
    g->indent |= line && !g->word;
    return out;
}

/* The code point that ends at `at`, or 0; *begin: where it begins. */
static uint32_t code_before(size_t *begin, const char *t, size_t at)
{
    *begin = at;
    while (*begin > 0 && at - *begin < 4 && !bawn_utf8_is_start((unsigned char)t[--*begin]))
        continue;
    size_t next = *begin;
    uint32_t c = at > 0 ? bawn_utf8_next(bawn_slice_of(t, at), &next) : 0;
    return c == UINT32_MAX ? 0 : c;
}

static bool is_letter(uint32_t c) { return c < 0x80 ? bawn_is_alpha((unsigned char)c) : (bawn_text_class(c) & C_ALNUM) != 0; }

/* Whether a line end at `at`, behind one white space character at most, stands in the midst of a sentence. */
static bool is_in_sentence(const char *t, size_t at)
{
    uint32_t c = code_before(&at, t, at);
    if ((c < 0x80 ? c && strchr(" \t\v\f\r", (int)c) : (bawn_text_class(c) & C_SPACE) != 0))
        c = code_before(&at, t, at);
    if (c == ',')
        c = code_before(&at, t, at);
    return is_letter(c) || c == 0xFF0C || c == 0x3001;         /* commas of full width */
}

/* White space after letters apart: ends their word, but for the one that stands between them. */
static size_t after_letters(bawn_canonical *c, bawn_window *w, size_t at, uint32_t space, size_t next)
{
    size_t len = 0;
    if (next >= w->n && !w->final)
        return WAIT;
    if (space == c->sign && next < w->n && !(bawn_unit_class((const uint8_t *)w->t + next, &len) & C_SPACE)) {
        int is = bawn_unit_is_one(c, w, next);
        if (is < 0)
            return WAIT;
        if (is) {
            bawn_unit_change(c, w, at, next, BAWN_NIL);
            return next - at;
        }
    }
    if (space != ' ')
        bawn_unit_change(c, w, at, next, BAWN_LIT(" "));
    c->mode = GAP;
    return next - at;
}

static void leave_out(bawn_canonical *c, bawn_window *w, size_t at, size_t next)
{
    bawn_unit_change(c, w, at, next, BAWN_NIL);
    if (!c->gap.marked && c->sink.view > 0)
        bawn_sink_leet(&c->sink, c->sink.view - 1, c->sink.view);
    c->gap.marked = true;
}

size_t bawn_unit_space(bawn_canonical *c, bawn_window *w, size_t at)
{
    size_t next = at;
    uint32_t space = (unsigned char)w->t[at];
    if (space < 0x80)
        next++;
    else
        space = bawn_utf8_next(bawn_slice_of(w->t, w->n), &next);
    if (is_line(space) && !c->gap.any_line)
        c->gap.word = is_in_sentence(w->t, at);
    if (c->mode == JOINED)
        return after_letters(c, w, at, space, next);
    if (c->mode == GAP)
        bawn_unit_change(c, w, at, next, BAWN_NIL);
    else if (is_too_many(&c->gap, space))
        leave_out(c, w, at, next);
    else if (space >= 0x80)
        bawn_unit_change(c, w, at, next, is_line(space) ? BAWN_LIT("\n") : BAWN_LIT(" "));
    return next - at;
}

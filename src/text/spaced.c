/* spaced.c: letters apart by one white space each (i g n o r e).
 *
 * Three single letters (four where they are not ASCII) with the same white space between make a word; digits may stand
 * among them, but fewer. The first may have an opening quote or bracket, the last punctuation. Another gap than that
 * one ends the word and becomes one space; then a word of any length may follow. A long word is written in parts of
 * ONES letters. Letters that were not changed keep their own places in the map. */
#include "text/unit.h"

typedef struct { size_t begin, end; uint8_t lead, core, len; bool literal, ascii; char bytes[16]; } one;

static bool is_in(char c, const char *set) { return c && strchr(set, c) != NULL; }

static bool parse_one(one *o)
{
    size_t lead = 0, end, at;
    while (lead < o->len && is_in(o->bytes[lead], "\"'([{"))
        lead++;
    end = lead;
    uint32_t p = bawn_utf8_next(bawn_slice_of(o->bytes, o->len), &end);
    if (p == UINT32_MAX || !(p < 0x80 ? bawn_is_alnum((unsigned char)p) : (bawn_text_class(p) & C_ALNUM) != 0))
        return false;
    at = end;
    while (at < o->len && is_in(o->bytes[at], "\"')]}.,;:!?"))
        at++;
    o->lead = (uint8_t)lead;
    o->core = (uint8_t)(end - lead);
    o->ascii = p < 0x80;
    return at == o->len && lead < 3 && at - end < 4;
}

/* A token that is one letter or digit, perhaps with punctuation. 1 yes, 0 no, -1: its end is not in sight. */
static int read_one(one *o, bawn_canonical *c, const bawn_window *w, size_t at)
{
    bawn_token k;
    size_t len;
    if (!bawn_unit_scan(&k, w, at))
        return w->n - at > ONE_MAX ? 0 : -1;
    len = k.end - at;
    if (len == 0 || len > ONE_MAX || !(k.any & C_ALNUM))
        return 0;
    const char *bytes = w->t + at;
    if (bawn_unit_wants_fold(c, w, &k, at)) {
        bawn_unit_fold(c, w, at, k.end);
        bytes = c->fold.out;
        len = c->fold.len;
    }
    if (len > sizeof o->bytes)
        return 0;
    o->begin = at;
    o->end = k.end;
    o->len = (uint8_t)len;
    memcpy(o->bytes, bytes, len);
    o->literal = len == k.end - at && memcmp(o->bytes, w->t + at, len) == 0;
    return parse_one(o);
}

/* Three letters, or four where they are not ASCII, make a word; a word after another one needs no number. */
static bool is_word(const one *list, size_t n)
{
    size_t letters = 0, ascii = 0, seen = n < 4 ? n : 4;
    for (size_t i = 0; i < seen; i++) {
        ascii += list[i].ascii;
        letters += !(list[i].ascii && bawn_is_digit((unsigned char)list[i].bytes[list[i].lead]));
    }
    return letters >= 3 && (ascii == seen || seen == 4);
}

/* Gathers letters from `at` on. 1: a word (or a part of a long one); 0: none; -1: wait. */
static int gather(one *list, size_t *n, uint32_t *sign, bawn_canonical *c, const bawn_window *w, size_t at)
{
    bool goes_on = c->mode != PLAIN;
    size_t pos = at, len, digits = 0;
    *n = 0;
    *sign = c->mode == JOINED ? c->sign : 0;
    for (;;) {
        one *o = &list[*n];
        int is = read_one(o, c, w, pos);
        if (is < 0)
            return -1;
        if (!is || (*n && o->lead))
            break;
        bool closed = o->lead + o->core < o->len;
        ++*n;
        digits += o->ascii && bawn_is_digit((unsigned char)o->bytes[o->lead]);
        if (!goes_on && *n <= 4 && (digits > 1 || (*n == 4 && !is_word(list, 4))))
            return 0;
        if (closed) {
            *sign = 0;
            break;
        }
        if (*n == ONES || o->end - at > UNIT_MAX - ONE_MAX)
            break;
        pos = o->end;
        if (pos >= w->n) {
            if (!w->final)
                return -1;
            break;
        }
        uint32_t gap = bawn_utf8_next(bawn_slice_of(w->t, w->n), &pos);
        if (*sign && gap != *sign)
            break;
        if (pos >= w->n && !w->final)
            return -1;
        if (pos >= w->n || (bawn_unit_class((const uint8_t *)w->t + pos, &len) & C_SPACE))
            break;
        *sign = gap;
    }
    return *n && (goes_on || is_word(list, *n));
}

static void write_ones(bawn_canonical *c, bawn_window *w, const one *list, size_t n)
{
    char core[ONES * sizeof list->bytes + 16];
    size_t len = 0, view;
    for (size_t i = 0; i < n; i++) {
        memcpy(core + len, list[i].bytes + list[i].lead, list[i].core);
        len += list[i].core;
    }
    bawn_unit_flush(c, w, list[0].begin);
    view = c->sink.view;
    if (bawn_leet_fold(core, len, c->leet_left > 0)) {
        const one *first = &list[0], *last = &list[n - 1];
        size_t tail = (size_t)(last->len - last->lead - last->core);
        memmove(core + first->lead, core, len);
        memcpy(core, first->bytes, first->lead);
        memcpy(core + first->lead + len, last->bytes + last->lead + last->core, tail);
        bawn_unit_change(c, w, first->begin, last->end, bawn_slice_of(core, first->lead + len + tail));
        bawn_sink_leet(&c->sink, view, c->sink.view);
        c->leet_left = LEET_TOKENS;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (!list[i].literal) {
            bawn_unit_change(c, w, w->done, list[i].begin, BAWN_NIL);
            bawn_unit_change(c, w, list[i].begin, list[i].end, bawn_slice_of(list[i].bytes, list[i].len));
        } else {
            if (list[i].begin > w->done)
                bawn_unit_change(c, w, w->done, list[i].begin, BAWN_NIL);
            bawn_unit_flush(c, w, list[i].end);
        }
    }
}

/* SIZE_MAX: no such word here. */
size_t bawn_unit_spaced(bawn_canonical *c, bawn_window *w, size_t at)
{
    one list[ONES];
    uint32_t sign;
    size_t n;
    int is = gather(list, &n, &sign, c, w, at);
    if (is <= 0)
        return is < 0 ? WAIT : SIZE_MAX;
    write_ones(c, w, list, n);
    c->mode = JOINED;
    c->sign = sign;
    return list[n - 1].end - at;
}

int bawn_unit_is_one(bawn_canonical *c, const bawn_window *w, size_t at)
{
    one o;
    int is = read_one(&o, c, w, at);
    return is > 0 ? o.lead == 0 : is;
}

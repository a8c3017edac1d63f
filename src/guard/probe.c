/* The window through which a guard sees a text; the contract stands in guard.h. */
#include "guard/guard.h"
#include "text/text.h"

int bawn_probe_at(bawn_probe *p, size_t i)
{
    if (i < p->text.len)
        return (unsigned char)p->text.ptr[i];
    if (!p->final)
        p->edge = true;
    return -1;
}

size_t bawn_probe_skip(bawn_probe *p, size_t i, bool (*in)(unsigned char))
{
    for (;; i++) {
        int c = bawn_probe_at(p, i);
        if (c < 0 || !in((unsigned char)c))
            return i < p->text.len ? i : p->text.len;
    }
}

bool bawn_probe_text_at(bawn_probe *p, size_t i, const char *text)
{
    for (; *text; text++, i++) {
        int c = bawn_probe_at(p, i);
        if (c < 0 || bawn_lower((char)c) != *text)
            return false;
    }
    return true;
}

size_t bawn_probe_one_of(bawn_probe *p, size_t i, const char *const *texts)
{
    for (; *texts; texts++)
        if (bawn_probe_text_at(p, i, *texts))
            return strlen(*texts);
    return 0;
}

size_t bawn_probe_past_digits(bawn_probe *p, size_t i, size_t most)
{
    for (int c; most > 0 && (c = bawn_probe_at(p, i)) >= 0 && bawn_is_digit((unsigned char)c); most--)
        i++;
    return i;
}

bool bawn_probe_word_begins(const bawn_probe *p, size_t i)
{
    return !bawn_text_inside_word(bawn_slice_of(p->text.ptr, p->text.len), i);
}

bool bawn_probe_word_ends(bawn_probe *p, size_t i)
{
    /* The longest code point is four bytes; combining marks behind it do not matter here. */
    if (i + 4 > p->text.len)
        bawn_probe_at(p, i + 3);
    return !bawn_text_inside_word(p->text, i);
}

size_t bawn_probe_begin(bawn_probe *p)
{
    if (!p->pattern || p->begin != p->end)
        return p->begin;
    size_t begin = p->end;
    if (bawn_match_begin(&begin, p->begins, p->pattern_id, p->pattern->regex, p->pattern->flags, p->text, p->end))
        return p->begin = begin;
    p->failed = p->failed || begin == SIZE_MAX;
    return SIZE_MAX;
}

static bool is_word_byte(unsigned char c) { return c >= 0x80 || bawn_is_alnum(c); }

/* Whether `word` stands at i and ends, as a word, at or before `to`. Words of other scripts need no boundaries. */
static bool word_at(bawn_slice text, size_t i, size_t to, const char *word)
{
    size_t at = i;
    for (const char *w = word; *w; w++, at++)
        if (at >= to || bawn_lower(text.ptr[at]) != bawn_lower(*w))
            return false;
    bool bounded = bawn_is_alnum((unsigned char)*word);
    return !bounded || at >= text.len || !is_word_byte((unsigned char)text.ptr[at]);
}

bool bawn_probe_words(const bawn_probe *p, size_t from, size_t to, const char *const *words)
{
    bawn_slice text = p->text;
    to = to < text.len ? to : text.len;
    for (size_t i = from; i < to; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (bawn_is_alnum(c) && i > 0 && is_word_byte((unsigned char)text.ptr[i - 1]))
            continue;
        char first = bawn_lower((char)c);
        for (const char *const *w = words; *w; w++)
            if (bawn_lower(**w) == first && word_at(text, i, to, *w))
                return true;
    }
    return false;
}

bool bawn_probe_near(bawn_probe *p, size_t at, int reach, const char *const *words)
{
    size_t from = at, to = at;

    if (reach >= 0) {
        from = at > (size_t)reach ? at - (size_t)reach : 0;
    } else {
        to = at + (size_t)-reach;
        bawn_probe_at(p, to);       /* one byte more than is searched: whether the last word ends there */
    }
    return bawn_probe_words(p, from, to, words);
}

size_t bawn_probe_groups(const bawn_probe *p, bawn_group *out, size_t max)
{
    size_t n = 0;
    for (size_t i = p->begin; i < p->end && n < max; i++) {
        if (!bawn_is_digit((unsigned char)p->text.ptr[i]))
            continue;
        out[n].begin = i;
        while (i < p->end && bawn_is_digit((unsigned char)p->text.ptr[i]))
            i++;
        out[n++].end = i;
    }
    return n;
}

size_t bawn_probe_digits(const bawn_probe *p, size_t begin, size_t end, char *out, size_t max)
{
    size_t n = 0;
    for (size_t i = begin; i < end && i < p->text.len; i++)
        if (bawn_is_digit((unsigned char)p->text.ptr[i])) {
            if (n < max)
                out[n] = p->text.ptr[i];
            n++;
        }
    return n;
}

void bawn_probe_found(bawn_probe *p, uint8_t kind, size_t begin, size_t end, float score)
{
    if (begin < end && end <= p->text.len && kind < p->guard->n_kinds)
        p->sink(p, kind, begin, end, score);
}

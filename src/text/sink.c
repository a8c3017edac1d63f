/* sink.c: appends to the view and keeps its map as short as possible: neighbouring literal bytes need one mark
 * together. After a changed token the map ends in a literal mark, so that every token has its end. */
#include "text/sink.h"

static void mark(bawn_sink *s, size_t raw, bool literal)
{
    bawn_text_map *m = s->map;
    bawn_text_mark *last = m->n ? &m->marks[m->n - 1] : NULL;
    if (last && last->view == s->view && last->raw == raw && last->literal) {
        last->literal = literal;                              /* the end of one token is the begin of the next */
        return;
    }
    if (!m->marks || m->n == m->cap) {
        size_t cap = m->cap ? m->cap * 2 : 16;
        bawn_text_mark *marks = bawn_realloc(m->marks, cap * sizeof *marks);
        if (!marks) {
            s->failed = true;
            return;
        }
        m->marks = marks;
        m->cap = cap;
    }
    m->marks[m->n++] = (bawn_text_mark){ s->view, raw, literal };
}

static void add(bawn_sink *s, bawn_slice bytes)
{
    s->failed |= !bawn_buf_add(s->out, bytes);
    s->view += bytes.len;
}

void bawn_sink_literal(bawn_sink *s, bawn_slice bytes, size_t raw)
{
    if (bytes.len == 0)
        return;
    if (s->view == 0 || s->expected != raw)
        mark(s, raw, true);
    add(s, bytes);
    s->expected = raw + bytes.len;
}

void bawn_sink_changed(bawn_sink *s, bawn_slice bytes, size_t begin, size_t end)
{
    *s->differs = true;
    if (bytes.len == 0)
        return;
    mark(s, begin, false);
    add(s, bytes);
    mark(s, end, true);
    s->expected = end;
}

void bawn_sink_leet(bawn_sink *s, size_t begin, size_t end)
{
    if (s->n_leet && s->leet[s->n_leet - 1].end == begin) {
        s->leet[s->n_leet - 1].end = end;
        return;
    }
    if (s->n_leet == s->cap_leet) {
        size_t cap = s->cap_leet ? s->cap_leet * 2 : 8;
        bawn_span *leet = bawn_realloc(s->leet, cap * sizeof *leet);
        if (!leet) {
            s->failed = true;
            return;
        }
        s->leet = leet;
        s->cap_leet = cap;
    }
    s->leet[s->n_leet++] = (bawn_span){ begin, end };
}

bool bawn_sink_is_leet(const bawn_sink *s, bawn_span view)
{
    size_t low = 0, high = s->n_leet;                         /* the first span that ends after view.begin */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->leet[middle].end > view.begin)
            high = middle;
        else
            low = middle + 1;
    }
    return low < s->n_leet && s->leet[low].begin < view.end;
}

void bawn_sink_reset(bawn_sink *s)
{
    s->failed = false;
    s->view = s->expected = s->n_leet = 0;
}

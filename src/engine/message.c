/* message.c: what a client reads who was blocked, in his language. Accept-Language (RFC 9110 §12.5.4) is looked up in the
 * languages of the policy's messages as RFC 4647 §3.4 says: ranges by weight, then as they stand; each is shortened, subtag by
 * subtag, until a message has it (zh-Hant-TW, zh-Hant, zh). Where none has the bare language, any variety of it is nearer than
 * another language (pt-BR for pt or pt-PT). `*` is every language that no other range names. A range of weight 0 is not wanted.
 * What is no range is passed over; at most RANGES are read. Linear in the header's length. */
#include "engine/outcome.h"

#define RANGES 16
#define LONGEST 64              /* of a range; RFC 5646 §4.4.1 asks for 35 */

typedef struct { bawn_slice tag; unsigned weight; } range;      /* weight: thousandths */
typedef struct { range items[RANGES]; size_t n; } ranges;

/* ---- reading ------------------------------------------------------------------------------------------------------ */
static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static bawn_slice trim(bawn_slice s)
{
    while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
        s.len--;
    while (s.len > 0 && is_blank(s.ptr[0]))
        s = bawn_slice_of(s.ptr + 1, s.len - 1);
    return s;
}

/* What stands before the next `c`, or all; *rest goes on behind it. */
static bawn_slice take_to(bawn_slice *rest, char c)
{
    const char *at = rest->len ? memchr(rest->ptr, c, rest->len) : NULL;
    size_t n = at ? (size_t)(at - rest->ptr) : rest->len, past = n + (at != NULL);
    bawn_slice out = { rest->ptr, n };

    *rest = bawn_slice_of(rest->ptr + past, rest->len - past);
    return trim(out);
}

/* "q=0.85" is 850, nothing at all 1000. False: it is no weight. */
static bool read_weight(unsigned *out, bawn_slice s)
{
    unsigned unit = 1000;

    *out = 1000;
    if (s.len == 0)
        return true;
    if (s.len < 3 || s.len > sizeof "q=0.000" - 1 || bawn_lower(s.ptr[0]) != 'q' || s.ptr[1] != '=' ||
        (s.ptr[2] != '0' && s.ptr[2] != '1') || (s.len > 3 && s.ptr[3] != '.'))
        return false;
    *out = s.ptr[2] == '1' ? 1000 : 0;
    for (size_t i = 4; i < s.len; i++) {
        if (!bawn_is_digit((unsigned char)s.ptr[i]))
            return false;
        *out += (unit /= 10) * (unsigned)(s.ptr[i] - '0');
    }
    return *out <= 1000;
}

static void read_ranges(ranges *out, bawn_slice header)
{
    out->n = 0;
    while (header.len > 0 && out->n < RANGES) {
        bawn_slice item = take_to(&header, ',');
        range r = { .tag = take_to(&item, ';') };
        size_t at = out->n;

        if (r.tag.len == 0 || r.tag.len > LONGEST || !read_weight(&r.weight, trim(item)))
            continue;
        for (; at > 0 && out->items[at - 1].weight < r.weight; at--)
            out->items[at] = out->items[at - 1];
        out->items[at] = r;
        out->n++;
    }
}

/* ---- choosing ----------------------------------------------------------------------------------------------------- */
/* RFC 4647 §3.3.1: "de" covers "de" and "de-CH". */
static bool covers(bawn_slice tag, bawn_slice language)
{
    return language.len >= tag.len && bawn_slice_eq_nocase(tag, bawn_slice_of(language.ptr, tag.len)) &&
           (language.len == tag.len || language.ptr[tag.len] == '-');
}

static size_t shorter(bawn_slice tag)
{
    while (tag.len > 0 && tag.ptr[--tag.len] != '-')
        ;
    return tag.len;
}

static const bawn_message *look_up(const bawn_messages *m, bawn_slice tag)
{
    bawn_slice bare = tag;

    for (; tag.len > 0; tag.len = shorter(tag)) {
        bare = tag;
        for (size_t i = 0; i < m->n; i++)
            if (bawn_slice_eq_nocase(tag, m->items[i].language))
                return &m->items[i];
    }
    for (size_t i = 0; i < m->n; i++)
        if (covers(bare, m->items[i].language))
            return &m->items[i];
    return NULL;
}

static const bawn_message *usual(const bawn_messages *m)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->items[i].language.len == 0 || bawn_slice_is(m->items[i].language, "en"))
            return &m->items[i];
    return m->n > 0 ? &m->items[0] : NULL;
}

static bool is_named(const ranges *all, const bawn_message *message)
{
    for (size_t i = 0; i < all->n; i++)
        if (covers(all->items[i].tag, message->language))
            return true;
    return false;
}

static const bawn_message *any_other(const bawn_messages *m, const ranges *all)
{
    const bawn_message *first = usual(m);

    if (first && !is_named(all, first))
        return first;
    for (size_t i = 0; i < m->n; i++)
        if (!is_named(all, &m->items[i]))
            return &m->items[i];
    return NULL;
}

static const bawn_message *choose(const bawn_messages *m, bawn_slice accept)
{
    const bawn_message *found = NULL;
    ranges all;

    read_ranges(&all, accept);
    for (size_t i = 0; i < all.n && all.items[i].weight > 0 && !found; i++)
        found = bawn_slice_is(all.items[i].tag, "*") ? any_other(m, &all) : look_up(m, all.items[i].tag);
    return found ? found : usual(m);
}

bawn_slice bawn_outcome_message(const bawn_guardrail *g, bawn_side side, bawn_slice accept)
{
    const bawn_message *found = choose(&g->blocked[side], accept);

    if (found)
        return found->text;
    return side == BAWN_INPUT ? BAWN_LIT("Sorry, I cannot help with that request.")
                              : BAWN_LIT("Sorry, I cannot show that answer.");
}

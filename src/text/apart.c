/* apart.c: letters of one token set apart by one same sign each (i.g.n.o.r.e, i-g-n-o-r-e).
 *
 * A stretch counts from three letters on, with . , / or | from five (those stand in ordinary abbreviations, lists and
 * tables), and from any number when another stretch stood just before. Abbreviations stay: capitals with dots
 * (U.S.A., R.S.V.P.), and short ones that end in the dot (a.k.a.). Numbers stay: letters must outnumber digits. */
#include "text/fold.h"

typedef struct { char sign; size_t count, letters, digits, upper; } stretch;

static bool element(size_t *end, uint32_t *c, bawn_slice t, size_t at)
{
    *end = at;
    *c = bawn_utf8_next(t, end);
    if (*c == UINT32_MAX)
        return false;
    return *c < 0x80 ? bawn_is_alnum((unsigned char)*c) : (bawn_text_class(*c) & C_ALNUM) != 0;
}
static bool is_sign(char c) { return (bawn_text_byte(c) & C_APART) != 0; }

static void add(stretch *s, uint32_t c)
{
    bool digit = c < 0x80 && bawn_is_digit((unsigned char)c);
    s->count++;
    s->digits += digit;
    s->letters += !digit;
    s->upper += c < 0x80 && bawn_is_upper((unsigned char)c);
}

static bool counts(const stretch *s, bawn_slice t, size_t end, bool after)
{
    bool strict = s->sign == '.' || s->sign == ',' || s->sign == '/' || s->sign == '|';
    if (s->count < 3 || s->letters <= s->digits)
        return false;
    if (s->sign == '.' && !after && s->upper == s->letters && s->count < 7)
        return false;
    if (s->sign == '.' && !after && s->count < 5 && end < t.len && t.ptr[end] == '.')
        return false;
    return after || s->count >= (strict ? 5u : 3u);
}

bool bawn_apart_find(bawn_apart *found, bawn_slice t, size_t from, bool after)
{
    bool edge = from == 0;                                    /* no letter stands directly before */
    for (size_t at = from, end; at < t.len; at = end) {
        uint32_t c;
        bool is = element(&end, &c, t, at);
        if (!is || !edge) {
            edge = !is;
            continue;
        }
        stretch s = { .sign = end < t.len ? t.ptr[end] : 0 };
        size_t last = end, next;
        add(&s, c);
        while (last < t.len && t.ptr[last] == s.sign && is_sign(s.sign) && element(&next, &c, t, last + 1)) {
            size_t beyond;
            uint32_t d;
            if (element(&beyond, &d, t, next))                /* a longer word begins here */
                break;
            add(&s, c);
            last = next;
        }
        bool clean = !(last + 1 < t.len && t.ptr[last] == s.sign && element(&next, &c, t, last + 1));
        if (clean && counts(&s, t, last, after)) {
            *found = (bawn_apart){ at, last };
            return true;
        }
        end = last;
        edge = false;
    }
    return false;
}

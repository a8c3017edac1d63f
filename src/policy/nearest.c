/* nearest.c: "did you mean". The edit distance counts letters inserted, dropped, changed, and two neighbours swapped
 * (Damerau 1964, in the "optimal string alignment" form: no letter is touched twice), without regard to case and to
 * - or _. O(length of name x length of candidate), names over 64 bytes have no neighbours. */
#include "policy/policy.h"

#define LONGEST 64

static char plain(char c) { return c == '-' ? '_' : bawn_lower(c); }

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static size_t distance(bawn_slice a, bawn_slice b)
{
    size_t rows[3][LONGEST + 1];
    size_t *two = rows[0], *one = rows[1], *now = rows[2];

    for (size_t j = 0; j <= b.len; j++)
        one[j] = two[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            char x = plain(a.ptr[i - 1]), y = plain(b.ptr[j - 1]);

            now[j] = least(least(one[j] + 1, now[j - 1] + 1), one[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == plain(b.ptr[j - 2]) && plain(a.ptr[i - 2]) == y)
                now[j] = least(now[j], two[j - 2] + 1);
        }
        size_t *spare = two;

        two = one, one = now, now = spare;
    }
    return one[b.len];
}

const char *bawn_nearest(bawn_slice name, const char *const *names)
{
    const char *best = NULL;
    size_t least_far = SIZE_MAX;

    if (name.len == 0 || name.len > LONGEST)
        return NULL;
    for (; *names; names++) {
        bawn_slice other = bawn_slice_str(*names);
        /* A third of the longer word may be wrong, at least one letter, never all. */
        size_t most = (name.len > other.len ? name.len : other.len) / 3;
        size_t far;

        if (other.len == 0 || other.len > LONGEST)
            continue;
        far = distance(name, other);
        if (far <= (most ? most : 1) && far < least(name.len, other.len) && far < least_far)
            best = *names, least_far = far;
    }
    return best;
}

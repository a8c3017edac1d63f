/* decode_letters.c: characters apart: A K I A, A-K-I-A, one a line, "A", "K", ... Between each two stands the same separator, of one to
 * SEPARATOR bytes that are no letters or digits; the characters are printable ASCII, the first two letters or digits.
 *
 * Lists, tables, initials and moves of chess are written so too. What is joined here is therefore read by no guard but
 * those that know a value by its form alone (BAWN_VIEW_LETTERS). A run has LEAST characters; three letters or digits in a
 * row stand within SIGHT bytes of its begin, and before them no more than SIGNS bytes that are neither: this is what the
 * flags see before any of it has left a stream (engine/channel.c). One that is
 * longer than a unit is cut, and the next begins half a unit back, so that what stands across the cut is whole in one of
 * them. Fewer characters are given up where they end, so time is linear. */
#include "text/decode.h"

enum { SEPARATOR = 8, LEAST = 16, SIGHT = 64, SIGNS = 17, RUN_MAX = BAWN_CODE_RUN_MAX };

static bool alnum_at(bawn_slice t, size_t i) { return i < t.len && bawn_is_alnum((unsigned char)t.ptr[i]); }

/* The length of the separator behind the character at `at`; 0: there is none; -1: its end is not in sight. */
static int separator(bawn_slice t, bool final, size_t at)
{
    size_t i = at + 1;
    while (i < t.len && i - at <= SEPARATOR && !alnum_at(t, i))
        i++;
    if (i == t.len)
        return final ? 0 : -1;
    return alnum_at(t, i) ? (int)(i - at - 1) : 0;
}

/* Whether the separator stands at i, too: 1, 0, -1 as above. */
static int follows(bawn_slice t, bool final, bawn_slice sep, size_t i)
{
    size_t n = t.len - i < sep.len ? t.len - i : sep.len;
    if (memcmp(t.ptr + i, sep.ptr, n) != 0)
        return 0;
    return n == sep.len ? 1 : final ? 0 : -1;
}

int bawn_decode_letters(size_t *end, size_t *again, bawn_slice t, bool final, size_t at)
{
    int is = separator(t, final, at);
    size_t n = 0, row = 0, i = at, letter = at, step = (size_t)is + 1;
    bool shown = false;
    if (is <= 0)
        return is;
    bawn_slice sep = { t.ptr + at + 1, (size_t)is };
    *again = 0;
    for (;;) {
        is = follows(t, final, sep, i + 1);
        if (is < 0)
            return -1;
        if (is == 0 && alnum_at(t, i) && alnum_at(t, i + 1))
            break;                                            /* a word begins here */
        row = alnum_at(t, i) ? row + 1 : 0;
        shown |= row >= 3;
        letter = row > 0 ? i : letter;
        if (!shown && (i - at > SIGHT || i + step - letter - 1 > SIGNS))
            return 0;
        n++;
        *end = i + 1;
        if (i - at <= RUN_MAX / 2)
            *again = i;
        i += step;
        if (is == 0 || i + 1 - at > RUN_MAX)
            break;
        if (i >= t.len && !final)
            return -1;
        if (i >= t.len || t.ptr[i] <= ' ' || t.ptr[i] > '~')
            break;
    }
    if (i + 1 - at <= RUN_MAX)
        *again = *end;
    return n >= LEAST && shown;
}

size_t bawn_decode_from_letters(char *out, bawn_slice run)
{
    int sep = separator(run, true, 0);
    size_t n = 0;
    for (size_t i = 0; i < run.len; i += (size_t)sep + 1)
        out[n++] = run.ptr[i];
    return n;
}

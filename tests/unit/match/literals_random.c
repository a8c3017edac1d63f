/* The matcher of literals against a search that looks everywhere: random literals and texts of a few letters, signs and
 * white spaces, so that keys, windows and their edges meet each other at every place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "match/literals.h"
#include "property/dice.h"

#define LITERALS 24
#define HITS 8192

typedef struct { size_t end; uint32_t id; } hit;
typedef struct { hit items[HITS]; size_t n; } found;

static void note(void *context, uint32_t id, size_t end)
{
    found *f = context;
    assert_true(f->n < HITS);
    f->items[f->n++] = (hit){ end, id };
}

static int by_end(const void *a, const void *b)
{
    const hit *x = a, *y = b;
    return x->end != y->end ? (x->end < y->end ? -1 : 1) : x->id < y->id ? -1 : x->id > y->id;
}

static bool same_letter(const char *a, size_t i, const char *b, size_t k, bool exact)
{
    unsigned char x = (unsigned char)a[i], y = (unsigned char)b[k];
    if (x == y)
        return true;
    if (exact)
        return false;
    if (x < 0x80 && y < 0x80)
        return bawn_lower(a[i]) == bawn_lower(b[k]);
    return (x ^ y) == 0x20 && (x | 0x20) >= 0xA0 && (x | 0x20) != 0xB7 && (x | 0x20) < 0xBF && i > 0 && (unsigned char)a[i - 1] == 0xC3;
}

/* The end of the literal at `at`, or 0. */
static size_t stands_at(const bawn_literal *l, bawn_slice t, size_t at)
{
    for (size_t k = 0; l->text[k]; k++) {
        if (at >= t.len)
            return 0;
        if (l->text[k] == ' ' && (l->flags & BAWN_L_LOOSE)) {
            if (!bawn_is_space((unsigned char)t.ptr[at]))
                return 0;
            while (at < t.len && bawn_is_space((unsigned char)t.ptr[at]))
                at++;
        } else if (!same_letter(t.ptr, at++, l->text, k, l->flags & BAWN_L_CASE)) {
            return 0;
        }
    }
    return at;
}

static void look_everywhere(found *out, const bawn_literal *items, size_t n, bawn_slice t, size_t from)
{
    for (size_t i = 0; i < n; i++)
        for (size_t at = from; at < t.len; at++) {
            size_t end = stands_at(&items[i], t, at);
            bool before = at > 0 && bawn_is_space((unsigned char)t.ptr[at - 1]);
            bool after = end < t.len && bawn_is_space((unsigned char)t.ptr[end]);
            if (end > 0 && (before || !(items[i].flags & BAWN_L_SPACE_BEFORE)) && (after || !(items[i].flags & BAWN_L_SPACE_AFTER)))
                note(out, items[i].id, end);
        }
}

static const char *const pieces[] = { "a", "b", "A", "B", "a", "b", " ", " ", "  ", "\n", " \t", "ab", "abab", "[", "{", "1", "\x11", ".",
                                      "\u00E9", "\u00C9", "\u00D7", "\u00F7", "\u0436" };

static bool random_literal(char *out, bawn_literal *l, uint32_t id, dice *d)
{
    size_t most = one_in(d, 4) ? 30 : 9;
    out[0] = 0;
    while (strlen(out) < 3 || (strlen(out) < most && !one_in(d, 6)))
        strcat(out, one_in(d, 3) ? pieces[6 + under(d, BAWN_COUNT(pieces) - 6)] : pieces[under(d, 6)]);
    *l = (bawn_literal){ out, id, (uint8_t)under(d, 16) };
    if ((l->flags & BAWN_L_LOOSE) && (out[0] == ' ' || out[strlen(out) - 1] == ' ' || strpbrk(out, "\t\n")))
        return false;                           /* what begins with white space of any length begins anywhere in it */
    return bawn_literals_takes(out, l->flags);
}

static void one_round(size_t seed)
{
    static found got, wanted;
    static char texts[LITERALS][64], text[700];
    bawn_literal items[LITERALS];
    dice d = { seed };
    size_t n = 0, from;

    while (n < LITERALS)
        n += random_literal(texts[n], &items[n], (uint32_t)n, &d);
    text[0] = 0;
    for (size_t left = under(&d, 160); left > 0; left--)
        strcat(text, one_in(&d, 12) ? texts[under(&d, n)] : pieces[under(&d, BAWN_COUNT(pieces))]);
    bawn_slice t = { text, strlen(text) };
    bawn_literals *l = bawn_literals_new(items, n);
    assert_non_null(l);
    from = one_in(&d, 3) && t.len > 0 ? under(&d, t.len) : 0;
    got.n = wanted.n = 0;
    bawn_literals_scan(l, t, from, note, &got);
    look_everywhere(&wanted, items, n, t, from);
    qsort(got.items, got.n, sizeof *got.items, by_end);
    qsort(wanted.items, wanted.n, sizeof *wanted.items, by_end);
    for (size_t i = 0; i < got.n || i < wanted.n; i++)
        if (i >= got.n || i >= wanted.n || by_end(&got.items[i], &wanted.items[i]) != 0) {
            const hit *h = i >= got.n || (i < wanted.n && by_end(&wanted.items[i], &got.items[i]) < 0) ? &wanted.items[i] : &got.items[i];
            fail_msg("BAWN_SEED=%zu: \"%s\" (%d) to %zu of \"%s\" from %zu: %s", seed, items[h->id].text, items[h->id].flags, h->end,
                     text, from, h == &wanted.items[i] ? "not found" : "found, and is not there");
        }
    bawn_literals_free(l);
}

static void it_finds_what_a_plain_search_finds(void **state)
{
    size_t seed = environment("BAWN_SEED", 1), rounds = environment("BAWN_ROUNDS", 3000);
    (void)state;
    for (size_t i = 0; i < rounds; i++)
        one_round(seed + i);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(it_finds_what_a_plain_search_finds) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

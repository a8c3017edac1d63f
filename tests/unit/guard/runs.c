/* Number runs: what belongs to one, the same ones for every cutting, and their price on prose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <time.h>

#include "guard/runs.h"

/* All runs of a text as "[a][b]", fed in pieces by `seed` (0: whole). */
static void runs_of(char *out, size_t cap, const char *text, unsigned seed)
{
    size_t len = strlen(text), from = 0, have = seed ? 0 : len, used = 0;
    bool open;
    bawn_span run;
    out[0] = '\0';
    for (;;) {
        if (seed && have < len) {
            seed = seed * 1103515245u + 12345u;
            have += 1 + (seed >> 16) % 5;
            have = have > len ? len : have;
        }
        while (bawn_run_next(&run, &from, &open, bawn_slice_of(text, have), have == len))
            used += (size_t)snprintf(out + used, cap - used, "[%.*s]", (int)(run.end - run.begin), text + run.begin);
        assert_true(from <= have);
        if (have == len)
            return;
    }
}

static void a_run_is_groups_apart_by_one_or_two_separators(void **state)
{
    static const struct { const char *text, *runs; } rows[] = {
        { "no digits here", "" }, { "7", "[7]" }, { "a 12-34 b", "[12-34]" }, { "4111 1111 1111 1111", "[4111 1111 1111 1111]" },
        { "+49 (0) 30 123456", "[+49 (0) 30 123456]" }, { "(030) 12.34/5", "[(030) 12.34/5]" }, { "(+1) 212", "[(+1) 212]" },
        { "12   34", "[12][34]" }, { "12, 34:56", "[12][34][56]" }, { "12\n34", "[12][34]" }, { "DE89 3704", "[89 3704]" },
        { "1- 2", "[1- 2]" }, { "((+1", "[(+1]" }, { "end +", "" }, { "5 -", "[5]" }, { "1 ) (2", "[1][(2]" },
    };
    char got[512];
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        for (unsigned seed = 0; seed < 50; seed++) {
            runs_of(got, sizeof got, rows[i].text, seed);
            assert_string_equal(got, rows[i].runs);
        }
}

static void long_runs_are_cut_from_their_start(void **state)
{
    char text[1200], whole[2400], cut[2400];
    (void)state;
    for (int form = 0; form < 3; form++) {
        size_t n = 0;
        for (int i = 0; i < 300 && n < 1100; i++)
            n += (size_t)snprintf(text + n, sizeof text - n, form == 0 ? "%d" : form == 1 ? "%d " : "%d-00000000000", i % 10);
        runs_of(whole, sizeof whole, text, 0);
        for (const char *p = whole; *p; p++)
            if (*p == '[')
                assert_true(strcspn(p + 1, "]") <= 128);
        for (unsigned seed = 1; seed < 60; seed++) {
            runs_of(cut, sizeof cut, text, seed);
            assert_string_equal(whole, cut);
        }
    }
}

static void random_texts_have_the_same_runs_for_every_cutting(void **state)
{
    static const char set[] = "0123456789 -./()+a,";
    char text[300], whole[1200], cut[1200];
    (void)state;
    srand(7);
    for (int round = 0; round < 300; round++) {
        for (size_t i = 0; i < sizeof text - 1; i++)
            text[i] = set[(size_t)rand() % (sizeof set - 1)];
        text[sizeof text - 1] = '\0';
        runs_of(whole, sizeof whole, text, 0);
        for (unsigned seed = 1; seed < 8; seed++) {
            runs_of(cut, sizeof cut, text, seed);
            assert_string_equal(whole, cut);
        }
    }
}

static void prose_without_digits_is_nearly_free(void **state)
{
    static char text[1 << 20];
    size_t from;
    bool open;
    bawn_span run;
    struct timespec a, b;
    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "the quick brown fox, "[i % 21];
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int i = 0; i < 16; i++) {
        from = 0;
        assert_false(bawn_run_next(&run, &from, &open, bawn_slice_of(text, sizeof text), true));
    }
    clock_gettime(CLOCK_MONOTONIC, &b);
    double us = ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / 1e3 / (16.0 * 1024);
    print_message("runs: %.4f us/kB on prose\n", us);
#ifdef __OPTIMIZE__
#ifndef __SANITIZE_ADDRESS__
    assert_true(us < 0.5);     /* the bar is 0.05; ten times that would be a lost vector loop, not a busy machine */
#endif
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_groups_apart_by_one_or_two_separators),
        cmocka_unit_test(long_runs_are_cut_from_their_start),
        cmocka_unit_test(random_texts_have_the_same_runs_for_every_cutting),
        cmocka_unit_test(prose_without_digits_is_nearly_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

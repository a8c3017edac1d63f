/* injection_cases.h: the three promises of every guard of code_injection, over two tables of texts. */
#ifndef BAWN_INJECTION_CASES_H
#define BAWN_INJECTION_CASES_H

#include "guard_harness.h"

static inline void cases_all_found(const bawn_guard *g, const char *const *texts, size_t n)
{
    bawn_harness h;
    int bad = 0;
    harness_open(&h, g, BAWN_IN_INPUT);
    for (size_t i = 0; i < n; i++)
        if (bawn_harness_run(&h, texts[i]) == 0) {
            print_error("missed: %s\n", texts[i]);
            bad++;
        }
    harness_close(&h);
    assert_int_equal(bad, 0);
}

static inline void cases_none_found(const bawn_guard *g, const char *const *texts, size_t n)
{
    bawn_harness h;
    int bad = 0;
    harness_open(&h, g, BAWN_IN_INPUT);
    for (size_t i = 0; i < n; i++)
        if (bawn_harness_run(&h, texts[i]) > 0) {
            print_error("found in: %s [%.*s]\n", texts[i], (int)(h.found[0].end - h.found[0].begin), texts[i] + h.found[0].begin);
            bad++;
        }
    harness_close(&h);
    assert_int_equal(bad, 0);
}

/* Arguments of tools are JSON: each string is a value of its own. */
static inline void cases_in_arguments(const bawn_guard *g, const char *const *bad, size_t n_bad, const char *const *good, size_t n_good)
{
    bawn_harness h;
    harness_open(&h, g, BAWN_IN_TOOL_ARGUMENTS);
    for (size_t i = 0; i < n_bad; i++) {
        if (bawn_harness_run(&h, bad[i]) == 0)
            fail_msg("missed: %s", bad[i]);
        harness_check_cuts(&h, bad[i], 8);
    }
    for (size_t i = 0; i < n_good; i++)
        if (bawn_harness_run(&h, good[i]) > 0)
            fail_msg("found in: %s", good[i]);
    harness_close(&h);
}

static inline void cases_rows_and_cuts(const bawn_guard *g, const char *const *texts, size_t n)
{
    bawn_harness h;
    harness_open(&h, g, BAWN_IN_INPUT);
    harness_check_rows(&h);
    for (size_t i = 0; i < n; i++)
        harness_check_cuts(&h, texts[i], 8);
    harness_close(&h);
}

#endif

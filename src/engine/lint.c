/* The pattern lint: every expression is compiled alone and timed on prose, because one without a selective literal costs
 * more than all others together (RULINGS R10: fifteen of them took 4.4 of 5.9 us). Thread CPU time, best of several
 * runs: a busy machine does not fail an honest pattern. */
#include <time.h>

#include "engine/wall.h"

static const char prose[] =
    "The parcel with the blue kettle arrived last week, but the lid was bent and the manual does not say what to do "
    "next. Could you tell me whether it can be returned before the holiday, or whether I should order a new one? My "
    "neighbour bought the same model in the spring and it stopped working after the first wash. We would like to "
    "compare three of them: the compact one for 19.95, the larger one for 42.50, and the one that was in stock on "
    "Monday. Please explain how the warranty covers a lamp that faded within 14 days of the delivery. Thank you! ";

enum { SAMPLE = 64 * 1024 };

static void count_hit(void *context, uint32_t id, size_t end)
{
    (void)id;
    (void)end;
    ++*(size_t *)context;
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double time_of(const bawn_match *db, bawn_match_scratch *scratch, bawn_slice sample)
{
    double best = 1e9;
    size_t hits = 0;
    for (int round = 0; round < 5; round++) {
        double t = now_us();
        if (!bawn_match_scan(db, scratch, sample, count_hit, &hits))
            return 1e9;
        t = now_us() - t;
        best = t < best ? t : best;
    }
    return best / ((double)sample.len / 1024);
}

static bool lint_one(const bawn_rule *r, bawn_slice sample, double budget, bawn_error *err)
{
    bawn_match_rule rule = { r->regex, r->flags, 0 };
    bawn_match *db = NULL;
    bawn_match_scratch *scratch = NULL;
    double cost = 0;

    bool ok = bawn_match_compile(&db, &rule, 1, false, err) && bawn_match_scratch_fit(&scratch, db, err);
    if (ok && (cost = time_of(db, scratch, sample)) > budget)
        ok = bawn_error_set(err, BAWN_E_POLICY, "pattern `%s` costs %.2f us for each kB of prose, %.2f are allowed: begin it "
                            "with a rarer literal", r->regex, cost, budget);
    bawn_match_scratch_free(scratch);
    bawn_match_free(db);
    return ok;
}

bool bawn_rules_lint(size_t *which, const bawn_rules *rules, double budget_us_per_kb, bawn_error *err)
{
    bawn_buf sample = { 0 };
    bool ok = true;

    while (ok && sample.len < SAMPLE)
        ok = bawn_buf_str(&sample, prose) || bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory to time patterns");
    for (; ok && *which < rules->n_rules; *which += ok)
        if (!(rules->rules[*which].flags & (BAWN_P_LITERAL | BAWN_P_TRIGGER)))
            ok = lint_one(&rules->rules[*which], bawn_buf_slice(&sample), budget_us_per_kb, err);
    bawn_buf_free(&sample);
    return ok;
}

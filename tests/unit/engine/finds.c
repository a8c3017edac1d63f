/* Findings put in order: one row for each kind and place, however many ends and views showed it. keeps: R5 */
#include "help.h"

static bawn_found find(uint32_t segment, uint32_t kind, size_t begin, size_t end, uint8_t view, float score, uint32_t pattern)
{
    return (bawn_found){ .segment = segment, .kind = kind, .span = { begin, end }, .view = view, .score = score, .pattern = pattern };
}

/* "segment/kind begin-end view score pattern", one after the other. */
static const char *lines(const bawn_finds *f)
{
    static char text[2048];
    size_t at = 0;
    text[0] = 0;
    for (size_t i = 0; i < f->n; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%u/%u %zu-%zu %s %.2f %u|", f->items[i].segment, f->items[i].kind,
                               f->items[i].span.begin, f->items[i].span.end, view_word(f->items[i].view),
                               (double)f->items[i].score, f->items[i].pattern);
    return text;
}

static void the_same_thing_is_added_once(void **state)
{
    bawn_finds f = { 0 };
    bawn_found same = find(0, 1, 5, 9, BAWN_VIEW_RAW, 0.6f, 3);
    (void)state;
    assert_true(bawn_finds_add(&f, &same));
    same.score = 0.9f;
    same.view = BAWN_VIEW_CANONICAL;
    assert_true(bawn_finds_add(&f, &same));
    assert_string_equal(lines(&f), "0/1 5-9 raw 0.90 3|");          /* the higher score */
    same.kind = 9;
    assert_true(bawn_finds_add(&f, &same));
    same.view = BAWN_VIEW_RAW;                                      /* raw wins, whichever came first */
    assert_true(bawn_finds_add(&f, &same));
    assert_string_equal(lines(&f), "0/1 5-9 raw 0.90 3|0/9 5-9 raw 0.90 3|");
    bawn_found others[] = { find(0, 2, 5, 9, 1, 0.6f, 3), find(1, 1, 5, 9, 1, 0.6f, 3), find(0, 1, 5, 8, 1, 0.6f, 3) };
    for (size_t i = 0; i < BAWN_COUNT(others); i++)
        assert_true(bawn_finds_add(&f, &others[i]));
    assert_int_equal(f.n, 5);
    bawn_finds_free(&f);
    assert_int_equal(f.n, 0);
}

static void merging_joins_what_overlaps(void **state)
{
    static const struct { bawn_found in[6]; size_t n; const char *want; } rows[] = {
        { .want = "" },
        /* several ends of one match: their union, the best score, the smallest pattern */
        { { { .span = { 5, 9 }, .kind = 1, .view = 1, .score = 0.6f, .pattern = 7 },
            { .span = { 5, 12 }, .kind = 1, .view = 1, .score = 0.8f, .pattern = 9 } }, 2, "0/1 5-12 raw 0.80 7|" },
        /* raw wins over canonical over decoded */
        { { { .span = { 0, 40 }, .kind = 1, .view = BAWN_VIEW_DECODED, .score = 0.6f },
            { .span = { 3, 9 }, .kind = 1, .view = BAWN_VIEW_CANONICAL, .score = 0.6f } }, 2, "0/1 0-40 canonical 0.60 0|" },
        /* touching is not overlapping */
        { { { .span = { 5, 9 }, .kind = 1, .view = 1 }, { .span = { 9, 12 }, .kind = 1, .view = 1 } }, 2,
          "0/1 5-9 raw 0.00 0|0/1 9-12 raw 0.00 0|" },
        /* a chain: each overlaps the union of those before */
        { { { .span = { 8, 12 }, .kind = 1, .view = 1 }, { .span = { 0, 5 }, .kind = 1, .view = 1 },
            { .span = { 4, 9 }, .kind = 1, .view = 1 } }, 3, "0/1 0-12 raw 0.00 0|" },
        /* other kinds and segments stay apart; the order is by segment, begin, end, kind */
        { { { .span = { 5, 9 }, .kind = 2, .view = 1, .segment = 1 }, { .span = { 5, 9 }, .kind = 1, .view = 1, .segment = 1 },
            { .span = { 5, 9 }, .kind = 1, .view = 1 }, { .span = { 2, 30 }, .kind = 4, .view = 1 },
            { .span = { 2, 7 }, .kind = 5, .view = 1 } }, 5,
          "0/5 2-7 raw 0.00 0|0/4 2-30 raw 0.00 0|0/1 5-9 raw 0.00 0|1/1 5-9 raw 0.00 0|1/2 5-9 raw 0.00 0|" },
        /* nothing of no length disappears */
        { { { .span = { 5, 5 }, .kind = 1, .view = 1 }, { .span = { 5, 5 }, .kind = 2, .view = 1 } }, 2,
          "0/1 5-5 raw 0.00 0|0/2 5-5 raw 0.00 0|" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_finds f = { 0 };
        for (size_t k = 0; k < rows[i].n; k++)
            assert_true(bawn_finds_add(&f, &rows[i].in[k]));
        bawn_finds_merge(&f);
        assert_string_equal(lines(&f), rows[i].want);
        bawn_finds_merge(&f);
        assert_string_equal(lines(&f), rows[i].want);               /* merged stays merged */
        bawn_finds_free(&f);
    }
}

static void the_order_of_adding_does_not_matter(void **state)
{
    (void)state;
    unsigned seed = 1;
    for (int round = 0; round < 200; round++) {
        bawn_finds a = { 0 }, b = { 0 };
        bawn_found all[12];
        for (size_t i = 0; i < 12; i++) {
            seed = seed * 1103515245u + 12345u;
            size_t begin = seed >> 16 & 31;
            all[i] = find(seed >> 21 & 1, seed >> 22 & 1, begin, begin + 1 + (seed >> 24 & 7), (uint8_t)(1u << (seed >> 27 & 1)),
                          (float)(seed >> 28) / 16, seed >> 20 & 15);
        }
        for (size_t i = 0; i < 12; i++)
            assert_true(bawn_finds_add(&a, &all[i]) && bawn_finds_add(&b, &all[11 - i]));
        bawn_finds_merge(&a);
        bawn_finds_merge(&b);
        assert_int_equal(a.n, b.n);
        for (size_t i = 0; i < a.n; i++) {
            assert_int_equal(a.items[i].span.begin, b.items[i].span.begin);
            assert_int_equal(a.items[i].span.end, b.items[i].span.end);
            assert_int_equal(a.items[i].kind, b.items[i].kind);
            assert_true(a.items[i].score >= b.items[i].score && a.items[i].score <= b.items[i].score);
        }
        bawn_finds_free(&a);
        bawn_finds_free(&b);
    }
}

static void no_memory_is_told(void **state)
{
    bawn_finds f = { 0 };
    bawn_found one = find(0, 1, 5, 9, 1, 0.6f, 3);
    (void)state;
    bawn_malloc_fail_at = 1;
    assert_false(bawn_finds_add(&f, &one));
    assert_true(bawn_finds_add(&f, &one));
    bawn_finds_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_thing_is_added_once), cmocka_unit_test(merging_joins_what_overlaps),
        cmocka_unit_test(the_order_of_adding_does_not_matter), cmocka_unit_test(no_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

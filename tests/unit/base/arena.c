/* The arena, and the door to the heap beneath it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

static void allocations_are_aligned_disjoint_and_keep_what_is_written(void **state)
{
    bawn_arena *a = bawn_arena_new(64, 0);
    unsigned char *p[500];

    (void)state;
    assert_non_null(a);
    for (size_t i = 0; i < 500; i++) {
        p[i] = bawn_arena_alloc(a, i);
        assert_non_null(p[i]);
        assert_int_equal((uintptr_t)p[i] % 16, 0);
        memset(p[i], (int)(i & 0xFF), i);
    }
    for (size_t i = 0; i < 500; i++)
        for (size_t k = 0; k < i; k++)
            assert_int_equal(p[i][k], i & 0xFF);
    bawn_arena_free(a);
}

static void used_counts_what_was_handed_out_and_reset_forgets_it(void **state)
{
    bawn_arena *a = bawn_arena_new(1024, 0);
    void *first = bawn_arena_alloc(a, 100);

    (void)state;
    assert_int_equal(bawn_arena_used(a), 112);
    assert_non_null(bawn_arena_alloc(a, 100000));
    bawn_arena_reset(a);
    assert_int_equal(bawn_arena_used(a), 0);
    assert_ptr_equal(bawn_arena_alloc(a, 100), first);      /* the first block is kept and used again */
    bawn_arena_free(a);
}

static void the_limit_holds_for_every_way_of_reaching_it(void **state)
{
    (void)state;
    for (size_t step = 1; step < 3000; step += 97) {
        bawn_arena *a = bawn_arena_new(512, 8192);

        while (bawn_arena_alloc(a, step))
            assert_true(bawn_arena_used(a) <= 8192);
        assert_true(bawn_arena_used(a) + 2 * step >= 4096); /* and it is not refused long before the limit */
        bawn_arena_reset(a);
        assert_non_null(bawn_arena_alloc(a, step));
        bawn_arena_free(a);
    }
}

static void absurd_sizes_are_refused(void **state)
{
    bawn_arena *a = bawn_arena_new(64, 0);

    (void)state;
    assert_null(bawn_arena_alloc(a, SIZE_MAX));
    assert_null(bawn_arena_alloc(a, SIZE_MAX - 20));
    assert_null(bawn_arena_new(SIZE_MAX, 0));
    assert_non_null(bawn_arena_alloc(a, 1));
    bawn_arena_free(a);
    bawn_arena_free(NULL);
}

static void copy_owns_its_bytes(void **state)
{
    bawn_arena *a = bawn_arena_new(64, 0);
    char text[] = "wall";
    bool ok = false;
    bawn_slice s = bawn_arena_copy(a, bawn_slice_str(text), &ok);

    (void)state;
    assert_true(ok);
    text[0] = 'b';
    assert_true(bawn_slice_is(s, "wall"));
    s = bawn_arena_copy(a, BAWN_NIL, &ok);
    assert_true(ok && s.len == 0);
    bawn_arena_free(a);
}

static void every_failing_allocation_is_reported_and_nothing_leaks(void **state)
{
    (void)state;
    for (size_t nth = 1;; nth++) {
        bawn_arena *a;
        bool whole = true, ok;

        bawn_malloc_fail_at = nth;
        a = bawn_arena_new(64, 0);
        for (size_t i = 0; a && i < 50; i++) {
            bawn_arena_copy(a, BAWN_LIT("sixteen or more bytes of text"), &ok);
            whole = whole && ok;
        }
        bool failed = bawn_malloc_fail_at == 0;
        bawn_malloc_fail_at = 0;
        assert_int_equal(failed, !a || !whole);
        bawn_arena_free(a);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_are_aligned_disjoint_and_keep_what_is_written),
        cmocka_unit_test(used_counts_what_was_handed_out_and_reset_forgets_it),
        cmocka_unit_test(the_limit_holds_for_every_way_of_reaching_it),
        cmocka_unit_test(absurd_sizes_are_refused),
        cmocka_unit_test(copy_owns_its_bytes),
        cmocka_unit_test(every_failing_allocation_is_reported_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The spool when the disk or the memory fails it: what was said to be recorded is, what was not is refused in words, and nothing leaks.
 * keeps: P3a.8, R16 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/frame.h"
#include "record/record.h"

static const uint64_t noon = UINT64_C(1795435200123456789);

typedef struct { char root[64], folder[80]; } place;

static int set_up(void **state)
{
    place *p = calloc(1, sizeof *p);

    strcpy(p->root, "/tmp/bawn-faults-XXXXXX");
    if (!mkdtemp(p->root))
        return -1;
    snprintf(p->folder, sizeof p->folder, "%s/spool", p->root);
    *state = p;
    return 0;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static int tear_down(void **state)
{
    place *p = *state;

    nftw(p->root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(p);
    return 0;
}

static bawn_spool *open_spool(const place *p, uint64_t rotate)
{
    bawn_spool_options o = { .folder = p->folder, .rotate_bytes = rotate };
    bawn_spool *s;
    bawn_error err;

    if (!bawn_spool_open(&s, &o, noon, &err))
        fail_msg("%s", err.message);
    return s;
}

/* How many events the folder holds; all must be sound. */
static size_t recorded(const place *p)
{
    bawn_spool_position position;
    bawn_spool_reader *r;
    bawn_slice payload;
    bawn_error err;
    size_t n = 0;

    assert_true(bawn_spool_reader_open(&r, p->folder, &err));
    while (bawn_spool_next(r, &payload, &position, &err) == BAWN_READ_EVENT)
        n++;
    bawn_spool_reader_close(r);
    return n;
}

/* Rotation cannot make a new file where the folder is gone; the old one is still open, and takes the event. */
static void a_file_too_long_is_better_than_no_record(void **state)
{
    place *p = *state;
    bawn_spool *s = open_spool(p, 100);
    bawn_error err = { 0 };
    uint64_t bytes, events;

    for (int i = 0; i < 3; i++) {
        if (i == 1)
            assert_int_equal(nftw(p->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
        assert_true(bawn_spool_append(s, BAWN_LIT("{\"an\":\"event of some length, so that the next one does not fit in\"}"), noon + (uint64_t)i, &err));
    }
    bawn_spool_stats(s, &bytes, &events);
    assert_int_equal(events, 3);
    bawn_spool_close(s);
}

static void an_event_beyond_the_limit_is_refused_and_the_next_is_not(void **state)
{
    place *p = *state;
    bawn_spool *s = open_spool(p, 0);
    char *large = calloc(1, BAWN_FRAME_MAX_PAYLOAD + 1);
    bawn_error err = { 0 };

    assert_non_null(large);
    assert_false(bawn_spool_append(s, bawn_slice_of(large, BAWN_FRAME_MAX_PAYLOAD + 1), noon, &err));
    assert_int_equal(err.code, BAWN_E_RECORD_UNAVAILABLE);
    assert_non_null(strstr(err.message, "expected at most"));
    assert_true(bawn_spool_append(s, BAWN_LIT("{}"), noon, &err));
    bawn_spool_close(s);
    free(large);
    assert_int_equal(recorded(p), 1);
}

static void what_is_synced_was_written(void **state)
{
    place *p = *state;
    bawn_spool *s = open_spool(p, 0);
    bawn_error err = { 0 };

    assert_true(bawn_spool_append(s, BAWN_LIT("{}"), noon, &err) && bawn_spool_sync(s, &err));
    assert_int_equal(recorded(p), 1);
    bawn_spool_close(s);
}

static void a_folder_that_cannot_be_is_an_error(void **state)
{
    place *p = *state;
    bawn_spool_options o = { .folder = p->folder };
    char far[6000];
    bawn_spool_reader *r;
    bawn_spool *s;
    bawn_error err = { 0 };
    size_t repaired;
    FILE *f = fopen(p->folder, "w");                     /* a file stands where the folder should */

    assert_non_null(f);
    fclose(f);
    assert_false(bawn_spool_open(&s, &o, noon, &err));
    assert_true(err.code == BAWN_E_IO && strstr(err.message, p->folder));
    assert_false(bawn_spool_reader_open(&r, p->folder, &err));
    assert_false(bawn_spool_repair(p->folder, noon, &repaired, &err));
    memset(far, 'a', sizeof far - 1);
    far[0] = '/';
    far[sizeof far - 1] = '\0';
    o.folder = far;
    assert_false(bawn_spool_open(&s, &o, noon, &err));
    assert_int_equal(err.code, BAWN_E_IO);
}

/* Every allocation of a life of the spool fails once: each step says so or has done its work whole. */
static void memory_may_run_out_anywhere(void **state)
{
    place *p = *state;
    bawn_spool_options o = { .folder = p->folder, .rotate_bytes = 100 };
    size_t told = 0;
    bool failed = true;

    bawn_spool_close(open_spool(p, 0));
    for (size_t n = 1; failed; n++) {
        bawn_spool_reader *r = NULL;
        bawn_spool_position position;
        bawn_slice payload;
        bawn_spool *s = NULL;
        bawn_error err = { 0 };
        size_t repaired;

        bawn_malloc_fail_at = n;
        if (bawn_spool_repair(p->folder, noon, &repaired, &err) && bawn_spool_open(&s, &o, noon, &err))
            for (int i = 0; i < 3; i++)
                told += bawn_spool_append(s, BAWN_LIT("{\"an\":\"event\",\"of\":\"a few words, and then some more\"}"), noon, &err);
        if (bawn_spool_reader_open(&r, p->folder, &err))
            while (bawn_spool_next(r, &payload, &position, &err) == BAWN_READ_EVENT)
                assert_true(payload.len > 0);
        failed = bawn_malloc_fail_at == 0;
        bawn_malloc_fail_at = 0;
        assert_true(!failed || err.code == BAWN_E_NO_MEMORY || err.code == BAWN_E_RECORD_UNAVAILABLE || err.code == BAWN_E_IO);
        bawn_spool_reader_close(r);
        bawn_spool_close(s);
    }
    assert_true(told > 0);
    assert_int_equal(recorded(p), told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_too_long_is_better_than_no_record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_event_beyond_the_limit_is_refused_and_the_next_is_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_synced_was_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_may_run_out_anywhere, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

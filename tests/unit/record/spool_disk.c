/* The spool on a disk that fails: each call to it fails once, or from then on, with each error that it may have. What was
 * acknowledged is read back, in order and once; what was not is at most left over whole; nothing is read that is damaged; and
 * when the disk is well again, so is the spool. The idea is SQLite's ("How SQLite Is Tested", I/O error testing).
 *
 * keeps: P3a.8, R16, F02, F03, F15 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <unistd.h>

#include "faults/shim.h"
#include "record/record.h"

enum { EVENTS = 24, ROTATE = 1500 };
static const uint64_t noon = UINT64_C(1795435200123456789);
static char root[64];

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static int set_up(void **state)
{
    (void)state;
    bawn_shim->no_sync = 1;
    snprintf(root, sizeof root, "/tmp/bawn-faults-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    memset(bawn_shim, 0, sizeof *bawn_shim);
    return nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static bawn_slice event(char text[400], size_t n)
{
    size_t len = (size_t)snprintf(text, 400, "{\"n\":%zu,\"pad\":\"", n);
    for (size_t i = 0; i < n * 37 % 300; i++)
        text[len++] = (char)('a' + (n + i) % 26);
    len += (size_t)snprintf(text + len, 400 - len, "\"}");
    return bawn_slice_of(text, len);
}

/* ---- one life of a spool ------------------------------------------------------------------------------------------ */
typedef struct { bool acknowledged[EVENTS], well[EVENTS]; size_t opened; } life;

/* Events by ones and twos, as a connector writes them: added, flushed, synchronised. An open that fails is tried anew: a
 * worker that cannot begin is started again. */
static void live(life *l, bool sync)
{
    bawn_spool_options o = { .folder = root, .worker = 1, .rotate_bytes = ROTATE, .sync = sync };
    bawn_spool *s = NULL;
    bawn_error err;
    char text[400];

    *l = (life){ 0 };
    for (size_t n = 0; n < EVENTS; n += 1 + n % 2) {
        size_t last = n + n % 2 < EVENTS ? n + n % 2 : EVENTS - 1;
        int64_t failed = 0;
        bool ok = true;
        for (int i = 0; i < SHIM_CALLS; i++)
            failed -= bawn_shim->rules[i].failed;
        if (!s && !bawn_spool_open(&s, &o, noon + n, &err)) {
            assert_null(s);
            assert_true(err.code == BAWN_E_RECORD_UNAVAILABLE || err.code == BAWN_E_IO);
            continue;
        }
        for (size_t i = n; ok && i <= last; i++)
            ok = bawn_spool_add(s, event(text, i), noon + i, &err);
        ok = bawn_spool_flush(s, NULL, NULL, ok ? &err : NULL) && ok && (!sync || bawn_spool_sync(s, &err));
        for (int i = 0; i < SHIM_CALLS; i++)
            failed += bawn_shim->rules[i].failed;
        for (size_t i = n; i <= last; i++)
            l->acknowledged[i] = ok, l->well[i] = failed == 0;
    }
    bawn_spool_close(s);
}

/* What is read: each event at most once, in order, nothing damaged; at most a torn tail, which repair cuts. */
static void read_back(bool found[EVENTS], size_t *torn, bool repaired)
{
    bawn_spool_reader *r;
    bawn_spool_position position;
    bawn_slice payload;
    bawn_error err = { 0 };
    char text[400];
    bawn_read what;
    size_t next = 0;

    *torn = 0;
    memset(found, 0, EVENTS);
    assert_true(bawn_spool_reader_open(&r, root, &err));
    while ((what = bawn_spool_next(r, &payload, &position, &err)) != BAWN_READ_END) {
        if (what == BAWN_READ_TORN) {
            ++*torn;
            continue;
        }
        if (what != BAWN_READ_EVENT)
            fail_msg("%s at %llu: %s", position.file, (unsigned long long)position.offset, err.message);
        if (repaired && bawn_slice_find(payload, BAWN_LIT("spool.repaired")) < payload.len)
            continue;
        while (next < EVENTS && !bawn_slice_eq(payload, event(text, next)))
            next++;
        if (next == EVENTS)
            fail_msg("an event out of order, twice or unknown: %.*s", (int)payload.len, payload.ptr);
        found[next++] = true;
    }
    bawn_spool_reader_close(r);
}

static void wipe(void)
{
    assert_int_equal(nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
    assert_int_equal(mkdir(root, 0755), 0);
}

typedef struct { int call, error; int64_t bytes; bool cut_fails; } fault;

/* True: the life had no nth call of that kind. */
static bool fail_nth(const fault *f, int64_t n, bool sticky, bool sync)
{
    life l;
    bool found[EVENTS];
    size_t torn, repaired;

    memset(bawn_shim->rules, 0, sizeof bawn_shim->rules);
    bawn_shim->rules[f->call] = (shim_rule){ .nth = n, .error = f->error, .bytes = f->bytes, .sticky = sticky };
    if (f->cut_fails)
        bawn_shim->rules[SHIM_TRUNCATE] = (shim_rule){ .nth = 1, .error = EIO, .sticky = true };
    live(&l, sync);
    bool over = bawn_shim->rules[f->call].failed == 0;
    memset(bawn_shim->rules, 0, sizeof bawn_shim->rules);
    read_back(found, &torn, false);
    for (size_t i = 0; i < EVENTS; i++) {
        if (l.acknowledged[i] && !found[i])
            fail_msg("call %d, error %d, the %lldth: event %zu was acknowledged and is lost", f->call, f->error, (long long)n, i);
        if (!sticky && l.well[i] && !l.acknowledged[i])
            fail_msg("call %d, error %d, the %lldth: event %zu is refused though the disk is well", f->call, f->error, (long long)n, i);
    }
    assert_true(bawn_spool_repair(root, noon + EVENTS, &repaired, NULL));
    assert_int_equal(repaired, torn);
    read_back(found, &torn, true);
    assert_int_equal(torn, 0);
    for (size_t i = 0; i < EVENTS; i++)
        assert_true(found[i] || !l.acknowledged[i]);
    wipe();
    return over;
}

static void every_call_fails_in_every_way(void **state)
{
    static const fault faults[] = {
        { SHIM_OPEN, ENOSPC, -1, false }, { SHIM_OPEN, EMFILE, -1, false }, { SHIM_OPEN, EINTR, -1, false }, { SHIM_OPEN, EIO, -1, false },
        { SHIM_OPEN, EEXIST, -1, false },
        { SHIM_WRITE, ENOSPC, -1, false }, { SHIM_WRITE, EIO, -1, false }, { SHIM_WRITE, EINTR, -1, false }, { SHIM_WRITE, EDQUOT, -1, false },
        { SHIM_WRITE, 0, -1, false }, { SHIM_WRITE, 0, 1, false }, { SHIM_WRITE, 0, 19, false }, { SHIM_WRITE, 0, 20, false },
        { SHIM_WRITE, 0, 60, false }, { SHIM_WRITE, 0, 200, false }, { SHIM_WRITE, EIO, 60, false },
        { SHIM_WRITE, 0, 1, true }, { SHIM_WRITE, 0, 30, true }, { SHIM_WRITE, 0, 200, true }, { SHIM_WRITE, EIO, 60, true }, { SHIM_WRITE, ENOSPC, -1, true },
        { SHIM_SYNC, EIO, -1, false }, { SHIM_SYNC, ENOSPC, -1, false }, { SHIM_SYNC, EINTR, -1, false },
        { SHIM_LOCK, ENOLCK, -1, false }, { SHIM_LOCK, EINTR, -1, false },
    };
    size_t lives = 0;
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(faults); i++)
        for (int how = 0; how < 4; how++) {
            int64_t n = 1;
            if (faults[i].call == SHIM_SYNC && !(how & 2))
                continue;
            if (faults[i].error == EINTR && faults[i].call == SHIM_WRITE && how & 1)
                continue;                               /* a signal without end */
            while (lives++, !fail_nth(&faults[i], n, how & 1, how & 2))
                n++;
            assert_true(n > 1);
        }
    assert_true(lives > 500);
    print_message("%zu lives\n", lives);
}

/* ---- what the disk says once it does not say again ------------------------------------------------------------------- */
static size_t count_files(void)
{
    size_t n = 0;
    bawn_spool_reader *r;
    bawn_spool_position position;
    bawn_slice payload;
    char last[256] = "";

    assert_true(bawn_spool_reader_open(&r, root, NULL));
    while (bawn_spool_next(r, &payload, &position, NULL) == BAWN_READ_EVENT) {
        n += strcmp(last, position.file) != 0;
        snprintf(last, sizeof last, "%s", position.file);
    }
    bawn_spool_reader_close(r);
    return n;
}

/* A kernel that could not write pages forgets that it could not: the next fdatasync of the file says yes, with a hole on the disk
 * (PostgreSQL's lesson of 2018). So what comes then goes into a file of its own. */
static void a_file_whose_sync_failed_is_not_written_again(void **state)
{
    bawn_spool_options o = { .folder = root, .worker = 1, .sync = true };
    bawn_spool *s;
    char text[400];
    (void)state;
    assert_true(bawn_spool_open(&s, &o, noon, NULL));
    assert_true(bawn_spool_append(s, event(text, 0), noon, NULL) && bawn_spool_sync(s, NULL));
    bawn_shim->rules[SHIM_SYNC] = (shim_rule){ .nth = 1, .error = EIO };
    assert_true(bawn_spool_append(s, event(text, 1), noon, NULL));
    assert_false(bawn_spool_sync(s, NULL));
    assert_true(bawn_spool_append(s, event(text, 2), noon, NULL) && bawn_spool_sync(s, NULL));
    bawn_spool_close(s);
    assert_int_equal(count_files(), 2);
}

/* ---- a machine that goes down ------------------------------------------------------------------------------------------ */
/* Appends reach the disk as a prefix: each one opens, is repaired to whole events, and is written behind. */
static void every_prefix_of_a_file_opens(void **state)
{
    bawn_spool_options o = { .folder = root, .worker = 1 };
    bawn_spool *s;
    bawn_spool_position position;
    bawn_spool_reader *r;
    bawn_slice payload;
    char text[400], path[400], bytes[8192];
    (void)state;
    assert_true(bawn_spool_open(&s, &o, noon, NULL));
    for (size_t n = 0; n < 6; n++)
        assert_true(bawn_spool_append(s, event(text, n), noon, NULL));
    bawn_spool_close(s);
    assert_true(bawn_spool_reader_open(&r, root, NULL));
    assert_int_equal(bawn_spool_next(r, &payload, &position, NULL), BAWN_READ_EVENT);
    bawn_spool_reader_close(r);
    snprintf(path, sizeof path, "%s/%s", root, position.file);
    int fd = open(path, O_RDWR);
    ssize_t size = read(fd, bytes, sizeof bytes);
    assert_in_range(size, 500, sizeof bytes - 1);
    for (ssize_t end = 0; end <= size; end++) {
        bool found[EVENTS];
        size_t torn, repaired, whole = 0, frames = 0;
        assert_int_equal(ftruncate(fd, 0), 0);
        assert_int_equal(pwrite(fd, bytes, (size_t)end, 0), end);
        for (; frames < 6 && whole + ((20 + event(text, frames).len + 7) & ~(size_t)7) <= (size_t)end; frames++)
            whole += (20 + event(text, frames).len + 7) & ~(size_t)7;
        assert_true(bawn_spool_repair(root, noon, &repaired, NULL));
        assert_int_equal(repaired, whole < (size_t)end);
        read_back(found, &torn, true);
        assert_int_equal(torn, 0);
        for (size_t n = 0; n < 6; n++)
            assert_int_equal(found[n], n < frames);
    }
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_call_fails_in_every_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_whose_sync_failed_is_not_written_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_prefix_of_a_file_opens, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

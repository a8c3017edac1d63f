/* The spool on a real disk: what is appended is read back, in order, through rotation, torn tails, flipped bits, full
 * disks and kill -9. Each test has a folder of its own. keeps: DESIGN 3a.8, R16 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "record/record.h"

static const uint64_t noon = UINT64_C(1795435200123456789);

/* ---- a folder for each test ------------------------------------------------------------------------------------ */
typedef struct { char root[64], folder[80]; } place;

static int set_up(void **state)
{
    place *p = calloc(1, sizeof *p);

    strcpy(p->root, "/tmp/bawn-spool-XXXXXX");
    if (!mkdtemp(p->root))
        return -1;
    snprintf(p->folder, sizeof p->folder, "%s/a/b", p->root);
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

static bawn_spool *open_spool(const place *p, int worker, uint64_t rotate, uint64_t now)
{
    bawn_spool_options o = { .folder = p->folder, .worker = worker, .rotate_bytes = rotate };
    bawn_spool *s;
    bawn_error err;

    if (!bawn_spool_open(&s, &o, now, &err))
        fail_msg("%s", err.message);
    return s;
}

static bawn_spool_reader *open_reader(const place *p)
{
    bawn_spool_reader *r;
    bawn_error err;

    if (!bawn_spool_reader_open(&r, p->folder, &err))
        fail_msg("%s", err.message);
    return r;
}

/* Event number n of a worker: its length and bytes follow from n. */
static bawn_slice event(char text[600], int worker, size_t n)
{
    size_t len = (size_t)snprintf(text, 600, "{\"worker\":%d,\"n\":%zu,\"pad\":\"", worker, n);

    for (size_t i = 0; i < n * 37 % 300; i++)
        text[len++] = (char)('a' + (n + i) % 26);
    text[len++] = '"';
    text[len++] = '}';
    return bawn_slice_of(text, len);
}

static void append(bawn_spool *s, int worker, size_t n)
{
    bawn_error err;
    char text[600];

    if (!bawn_spool_append(s, event(text, worker, n), noon, &err))
        fail_msg("%s", err.message);
}

static void expect_event(bawn_spool_reader *r, int worker, size_t n)
{
    bawn_spool_position position;
    bawn_slice payload;
    bawn_error err = { 0 };
    char text[600];

    if (bawn_spool_next(r, &payload, &position, &err) != BAWN_READ_EVENT)
        fail_msg("event %zu: %s", n, err.message);
    assert_true(bawn_slice_eq(payload, event(text, worker, n)));
}

static bawn_read next(bawn_spool_reader *r, bawn_spool_position *position)
{
    bawn_slice payload;

    return bawn_spool_next(r, &payload, position, NULL);
}

static void expect_end(bawn_spool_reader *r)
{
    bawn_spool_position position;

    assert_int_equal(next(r, &position), BAWN_READ_END);
}

/* The path of the nth spool file by name, or false. */
static bool file_path(char path[400], const place *p, size_t nth)
{
    struct dirent **entries;
    int n = scandir(p->folder, &entries, NULL, alphasort), seen = 0;
    bool found = false;

    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.' && (size_t)seen++ == nth) {
            snprintf(path, 400, "%s/%s", p->folder, entries[i]->d_name);
            found = true;
        }
        free(entries[i]);
    }
    free(entries);
    return found;
}

static size_t count_files(const place *p)
{
    char path[400];
    size_t n = 0;

    while (file_path(path, p, n))
        n++;
    return n;
}

/* ---- the plain way --------------------------------------------------------------------------------------------- */
static void events_are_read_back_in_order_and_followed(void **state)
{
    bawn_spool *s = open_spool(*state, 3, 0, noon);
    bawn_spool_reader *r = open_reader(*state);
    bawn_spool_position position;
    uint64_t bytes, events;
    bawn_slice payload;
    struct stat st;
    char path[400];

    for (size_t n = 0; n < 200; n++)
        append(s, 3, n);
    for (size_t n = 0; n < 200; n++)
        expect_event(r, 3, n);
    expect_end(r);
    expect_end(r);
    append(s, 3, 200);
    assert_int_equal(bawn_spool_next(r, &payload, &position, NULL), BAWN_READ_EVENT);
    assert_int_equal(position.sequence, 200);
    assert_int_equal(position.offset % 8, 0);
    expect_end(r);
    assert_true(file_path(path, *state, 0));
    assert_string_equal(strrchr(path, '/') + 1, position.file);
    assert_non_null(strstr(path, "-3-20261123T120000.123456789.spool"));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0137, 0);
    bawn_spool_stats(s, &bytes, &events);
    assert_int_equal(bytes, st.st_size);
    assert_int_equal(events, 201);
    bawn_spool_close(s);
    expect_end(r);
    bawn_spool_reader_close(r);
}

static void files_are_read_in_order_of_their_start_and_new_ones_are_seen(void **state)
{
    bawn_spool_reader *r;
    bawn_spool *late = open_spool(*state, 0, 0, noon + 2000000000u), *early = open_spool(*state, 9, 0, noon), *newest;

    append(late, 0, 5);
    append(early, 9, 1);
    r = open_reader(*state);
    expect_event(r, 9, 1);
    expect_event(r, 0, 5);
    expect_end(r);
    newest = open_spool(*state, 1, 0, noon + 3000000000u);
    append(newest, 1, 7);
    expect_event(r, 1, 7);
    append(early, 9, 2);
    expect_event(r, 9, 2);
    expect_end(r);
    bawn_spool_close(late);
    bawn_spool_close(early);
    bawn_spool_close(newest);
    bawn_spool_reader_close(r);
}

static void a_full_file_is_followed_by_the_next(void **state)
{
    bawn_spool *s = open_spool(*state, 0, 4096, noon);
    bawn_spool_reader *r = open_reader(*state);
    struct stat st;
    char path[400];

    for (size_t n = 0; n < 300; n++)
        append(s, 0, n);
    assert_true(count_files(*state) > 5);
    for (size_t i = 0; file_path(path, *state, i); i++)
        assert_true(stat(path, &st) == 0 && st.st_size <= 4096);
    for (size_t n = 0; n < 300; n++)
        expect_event(r, 0, n);
    expect_end(r);
    bawn_spool_close(s);
    bawn_spool_reader_close(r);
}

static void old_files_go_and_open_ones_stay(void **state)
{
    const place *p = *state;
    uint64_t now = (uint64_t)time(NULL) * 1000000000u, hour = UINT64_C(3600000000000);
    bawn_spool_options o = { .folder = p->folder, .keep_ns = 10 * hour };
    bawn_spool *held = open_spool(p, 1, 0, now), *s = open_spool(p, 2, 0, now);
    bawn_error err;

    append(held, 1, 0);
    append(s, 2, 0);
    bawn_spool_close(s);
    assert_true(bawn_spool_open(&s, &o, now + hour, &err));
    bawn_spool_close(s);
    assert_int_equal(count_files(p), 3);
    assert_true(bawn_spool_open(&s, &o, now + 11 * hour, &err));
    assert_int_equal(count_files(p), 2);                   /* the held one and the new one */
    append(held, 1, 1);
    bawn_spool_close(s);
    bawn_spool_close(held);
}

/* ---- damage ---------------------------------------------------------------------------------------------------- */
enum { SOUND = 5 };

/* Makes a file of SOUND + 1 events; returns where the last one begins. */
static off_t make_file(const place *p, char path[400])
{
    bawn_spool *s = open_spool(p, 0, 0, noon);
    uint64_t bytes, events;

    for (size_t n = 0; n < SOUND; n++)
        append(s, 0, n);
    bawn_spool_stats(s, &bytes, &events);
    append(s, 0, SOUND);
    bawn_spool_close(s);
    assert_true(file_path(path, p, 0));
    return (off_t)bytes;
}

static void expect_sound_then(bawn_spool_reader *r, bawn_read what, off_t offset)
{
    bawn_spool_position position;

    for (size_t n = 0; n < SOUND; n++)
        expect_event(r, 0, n);
    assert_int_equal(next(r, &position), what);
    assert_int_equal(position.offset, offset);
}

static void a_tail_torn_at_any_byte_is_told_cut_and_recorded(void **state)
{
    const place *p = *state;
    char path[400];
    off_t last = make_file(p, path);
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    unlink(path);
    for (off_t end = last + 1; end < st.st_size; end++) {
        bawn_spool_reader *r;
        bawn_spool_position position;
        bawn_slice payload;
        size_t repaired = 9;

        make_file(p, path);
        assert_int_equal(truncate(path, end), 0);
        r = open_reader(p);
        expect_sound_then(r, BAWN_READ_TORN, last);
        expect_end(r);                                     /* told once */
        assert_true(bawn_spool_repair(p->folder, noon, &repaired, NULL));
        assert_int_equal(repaired, 1);
        assert_int_equal(bawn_spool_next(r, &payload, &position, NULL), BAWN_READ_EVENT);
        assert_true(bawn_slice_find(payload, BAWN_LIT("\"type\":\"spool.repaired\"")) < payload.len);
        assert_int_equal(position.sequence, SOUND);
        expect_end(r);
        assert_true(bawn_spool_repair(p->folder, noon, &repaired, NULL));
        assert_int_equal(repaired, 0);
        bawn_spool_reader_close(r);
        unlink(path);
    }
}

static void a_tail_that_is_being_written_is_neither_torn_nor_repaired(void **state)
{
    const place *p = *state;
    bawn_spool *s = open_spool(p, 0, 0, noon);
    bawn_spool_reader *r;
    size_t repaired;
    char path[400];
    int fd;

    for (size_t n = 0; n < SOUND; n++)
        append(s, 0, n);
    assert_true(file_path(path, p, 0));
    fd = open(path, O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, "BWN1 half", 9), 9);
    close(fd);
    r = open_reader(p);
    for (size_t n = 0; n < SOUND; n++)
        expect_event(r, 0, n);
    expect_end(r);
    assert_true(bawn_spool_repair(p->folder, noon, &repaired, NULL));
    assert_int_equal(repaired, 0);
    bawn_spool_close(s);
    assert_true(bawn_spool_repair(p->folder, noon, &repaired, NULL));
    assert_int_equal(repaired, 1);
    bawn_spool_reader_close(r);
}

static void flip(const char *path, off_t at, int bit)
{
    int fd = open(path, O_RDWR);
    char byte;

    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte = (char)(byte ^ 1 << bit);
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

/* Every bit that means something, one at a time; padding means nothing. */
static void a_flipped_bit_is_reported_with_its_place_and_the_rest_is_read(void **state)
{
    const place *p = *state;
    char path[400], text[600];
    off_t second, third;

    make_file(p, path);
    second = (off_t)((20 + event(text, 0, 0).len + 7) & ~(size_t)7);
    third = second + (off_t)((20 + event(text, 0, 1).len + 7) & ~(size_t)7);
    for (off_t at = second; at < second + 20 + (off_t)event(text, 0, 1).len; at++) {
        bawn_spool_reader *r;
        bawn_spool_position position;
        size_t repaired;

        flip(path, at, (int)(at % 8));
        r = open_reader(p);
        expect_event(r, 0, 0);
        assert_int_equal(next(r, &position), BAWN_READ_CORRUPT);
        assert_int_equal(position.offset, second);
        if (at < second + 12 || at >= second + 20) {
            expect_event(r, 0, 2);
        } else {                                           /* in the sequence: the events are whole, their order not */
            expect_event(r, 0, 1);
            assert_int_equal(next(r, &position), BAWN_READ_CORRUPT);
            assert_int_equal(position.offset, third);
            expect_event(r, 0, 2);
        }
        for (size_t n = 3; n <= SOUND; n++)
            expect_event(r, 0, n);
        expect_end(r);
        bawn_spool_reader_close(r);
        assert_true(bawn_spool_repair(p->folder, noon, &repaired, NULL));
        assert_int_equal(repaired, 0);                     /* evidence is not touched */
        flip(path, at, (int)(at % 8));
    }
}

static void frames_that_are_gone_from_the_middle_are_missed(void **state)
{
    const place *p = *state;
    char path[400], text[600], rest[4096];
    off_t first = (off_t)((20 + event(text, 0, 0).len + 7) & ~(size_t)7), second;
    bawn_spool_position position;
    bawn_spool_reader *r;
    ssize_t n;
    int fd;

    make_file(p, path);
    second = first + (off_t)((20 + event(text, 0, 1).len + 7) & ~(size_t)7);
    fd = open(path, O_RDWR);
    n = pread(fd, rest, sizeof rest, second);
    assert_int_equal(pwrite(fd, rest, (size_t)n, first), n);
    assert_int_equal(ftruncate(fd, first + n), 0);
    close(fd);
    r = open_reader(p);
    expect_event(r, 0, 0);
    assert_int_equal(next(r, &position), BAWN_READ_CORRUPT);
    for (size_t i = 2; i <= SOUND; i++)
        expect_event(r, 0, i);
    expect_end(r);
    bawn_spool_reader_close(r);
}

static void count(void *user, bawn_slice event)
{
    assert_true(event.len > 2 && event.ptr[0] == '{' && event.ptr[event.len - 1] == '}');
    ++*(size_t *)user;
}

static void what_was_added_is_written_by_one_flush(void **state)
{
    size_t told = 0;
    bawn_spool *s = open_spool(*state, 0, 0, noon);
    bawn_spool_reader *r = open_reader(*state);
    char text[600];
    uint64_t bytes, events;

    assert_true(bawn_spool_flush(s, NULL, NULL, NULL));                /* of nothing */
    for (size_t n = 0; n < 5; n++)
        assert_true(bawn_spool_add(s, event(text, 0, n), noon, NULL));
    expect_end(r);
    bawn_spool_stats(s, &bytes, &events);
    assert_int_equal(events, 0);
    assert_true(bawn_spool_flush(s, count, &told, NULL));
    assert_int_equal(told, 5);
    for (size_t n = 0; n < 5; n++)
        expect_event(r, 0, n);
    expect_end(r);
    bawn_spool_stats(s, &bytes, &events);
    assert_int_equal(events, 5);
    assert_true(bawn_spool_add(s, event(text, 0, 5), noon, NULL));
    bawn_spool_close(s);                                   /* writes what is left */
    expect_event(r, 0, 5);
    expect_end(r);
    bawn_spool_reader_close(r);
}

static void a_group_that_does_not_fit_leaves_nothing_behind(void **state)
{
    size_t told = 0;
    struct rlimit before, small;
    bawn_spool *s = open_spool(*state, 0, 0, noon);
    bawn_spool_reader *r = open_reader(*state);
    bawn_error err = { 0 };
    char text[600];

    signal(SIGXFSZ, SIG_IGN);
    append(s, 0, 0);
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 1200;
    for (size_t n = 0; n < 20; n++)
        assert_true(bawn_spool_add(s, event(text, 0, 100 + n), noon, NULL));
    setrlimit(RLIMIT_FSIZE, &small);
    assert_false(bawn_spool_flush(s, count, &told, &err));
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(err.code, BAWN_E_RECORD_UNAVAILABLE);
    assert_int_equal(told, 0);
    assert_true(bawn_spool_flush(s, NULL, NULL, NULL));                /* nothing of it is tried anew */
    append(s, 0, 1);
    bawn_spool_close(s);
    expect_event(r, 0, 0);
    expect_event(r, 0, 1);
    expect_end(r);
    bawn_spool_reader_close(r);
}

/* ---- the disk is full --------------------------------------------------------------------------------------------- */
static void a_write_that_does_not_fit_is_an_error_and_leaves_whole_events(void **state)
{
    struct rlimit before, small;
    bawn_spool *s = open_spool(*state, 0, 0, noon);
    bawn_spool_reader *r = open_reader(*state);
    bawn_error err = { 0 };
    char text[600];
    size_t n = 0;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 3001;                                 /* not at a frame's border: the last write is a part */
    setrlimit(RLIMIT_FSIZE, &small);
    while (n < 1000 && bawn_spool_append(s, event(text, 0, n), noon, &err))
        n++;
    assert_false(bawn_spool_append(s, event(text, 0, n), noon, &err));
    setrlimit(RLIMIT_FSIZE, &before);
    assert_in_range(n, 3, 100);
    assert_int_equal(err.code, BAWN_E_RECORD_UNAVAILABLE);
    append(s, 0, n);                                       /* there is room again */
    bawn_spool_close(s);
    for (size_t i = 0; i <= n; i++)
        expect_event(r, 0, i);
    expect_end(r);
    bawn_spool_reader_close(r);
}

static void what_cannot_be_opened_says_so(void **state)
{
    const place *p = *state;
    char path[200];
    bawn_spool_options o = { .folder = path };
    bawn_spool_reader *r;
    bawn_spool *s;
    bawn_error err = { 0 };
    size_t repaired;
    int fd;

    assert_false(bawn_spool_reader_open(&r, p->folder, &err));
    assert_int_equal(err.code, BAWN_E_IO);
    assert_null(r);
    assert_false(bawn_spool_repair(p->folder, noon, &repaired, &err));
    snprintf(path, sizeof path, "%s/file", p->root);
    fd = open(path, O_CREAT | O_WRONLY, 0600);
    close(fd);
    assert_false(bawn_spool_open(&s, &o, noon, &err));
    assert_null(s);
    assert_non_null(strstr(err.message, path));
    strcat(path, "/below");
    assert_false(bawn_spool_open(&s, &o, noon, &err));
}

/* ---- kill -9 ------------------------------------------------------------------------------------------------------ */
static void write_until_killed(const place *p, int acknowledge)
{
    bawn_spool *s = open_spool(p, 0, 64 * 1024, noon);
    char text[600];

    for (uint32_t n = 0;; n++) {
        if (!bawn_spool_append(s, event(text, 0, n), noon + n, NULL))
            _exit(1);
        if (write(acknowledge, &n, sizeof n) != sizeof n)
            _exit(1);
    }
}

static size_t count_until_dead(int fd, pid_t child, useconds_t after)
{
    uint32_t n, last = 0;
    size_t acknowledged = 0;

    fcntl(fd, F_SETPIPE_SZ, 1 << 20);
    usleep(after);
    kill(child, SIGKILL);
    while (read(fd, &n, sizeof n) == sizeof n) {
        last = n;
        acknowledged++;
    }
    assert_true(acknowledged == 0 || last == acknowledged - 1);
    return acknowledged;
}

static void no_acknowledged_event_is_lost_when_the_process_is_killed(void **state)
{
    const place *p = *state;
    size_t total = 0, repaired;
    unsigned seed = 4;

    for (int round = 0; round < 50; round++) {
        bawn_spool_reader *r;
        bawn_spool_position position;
        size_t acknowledged, n = 0;
        char path[400];
        int ends[2], status;
        pid_t child;

        assert_int_equal(pipe(ends), 0);
        child = fork();
        if (child == 0)
            write_until_killed(p, ends[1]);
        close(ends[1]);
        acknowledged = count_until_dead(ends[0], child, (useconds_t)rand_r(&seed) % 20000);
        close(ends[0]);
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        if (access(p->folder, F_OK) == 0) {
            assert_true(bawn_spool_repair(p->folder, noon, &repaired, NULL));
            r = open_reader(p);
            for (; n < acknowledged; n++)
                expect_event(r, 0, n);
            while (next(r, &position) == BAWN_READ_EVENT)  /* written, and killed before the acknowledgement */
                n++;
            assert_in_range(n, acknowledged, acknowledged + 2);
            bawn_spool_reader_close(r);
        }
        while (file_path(path, p, 0))
            unlink(path);
        total += acknowledged;
    }
    assert_true(total > 1000);
}

/* ---- memory ------------------------------------------------------------------------------------------------------- */
static void every_failing_allocation_is_an_error_and_nothing_leaks(void **state)
{
    const place *p = *state;
    bawn_spool_options o = { .folder = p->folder };
    bool failed = true;

    bawn_spool_close(open_spool(p, 0, 0, noon));
    for (size_t nth = 1; failed; nth++) {
        bawn_spool_reader *r = NULL;
        bawn_spool_position position;
        bawn_spool *s = NULL;
        bawn_slice payload;
        size_t repaired;
        bool ok;

        bawn_malloc_fail_at = nth;
        ok = bawn_spool_open(&s, &o, noon, NULL) && bawn_spool_append(s, BAWN_LIT("{}"), noon, NULL) &&
             bawn_spool_reader_open(&r, p->folder, NULL);
        while (ok) {
            bawn_read result = bawn_spool_next(r, &payload, &position, NULL);

            if (result == BAWN_READ_END)
                break;
            ok = result == BAWN_READ_EVENT;
        }
        ok = ok && bawn_spool_repair(p->folder, noon, &repaired, NULL);
        failed = bawn_malloc_fail_at == 0;
        bawn_malloc_fail_at = 0;
        assert_int_equal(ok, !failed);
        bawn_spool_close(s);
        bawn_spool_reader_close(r);
    }
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(events_are_read_back_in_order_and_followed),
        in_folder(files_are_read_in_order_of_their_start_and_new_ones_are_seen),
        in_folder(a_full_file_is_followed_by_the_next),
        in_folder(old_files_go_and_open_ones_stay),
        in_folder(a_tail_torn_at_any_byte_is_told_cut_and_recorded),
        in_folder(a_tail_that_is_being_written_is_neither_torn_nor_repaired),
        in_folder(a_flipped_bit_is_reported_with_its_place_and_the_rest_is_read),
        in_folder(frames_that_are_gone_from_the_middle_are_missed),
        in_folder(what_was_added_is_written_by_one_flush),
        in_folder(a_group_that_does_not_fit_leaves_nothing_behind),
        in_folder(a_write_that_does_not_fit_is_an_error_and_leaves_whole_events),
        in_folder(what_cannot_be_opened_says_so),
        in_folder(no_acknowledged_event_is_lost_when_the_process_is_killed),
        in_folder(every_failing_allocation_is_an_error_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

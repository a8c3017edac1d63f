/* shim.c: stands before the C library's calls (its names are found first) and goes on to the kernel itself. Linux alone.
 * See shim.h. */
#define _GNU_SOURCE
#include "faults/shim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define FDS 65536

#pragma GCC visibility push(default)        /* the project hides what it does not export */

static shim own;
shim *bawn_shim = &own;
static unsigned char concerned[FDS];        /* spool files, and folders in which one was made */

__attribute__((constructor)) static void begin(void)
{
    const char *name = getenv("BAWN_SHIM");
    int fd = name ? (int)syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_CLOEXEC, 0) : -1;

    if (fd < 0)
        return;
    void *at = mmap(NULL, sizeof(shim), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED)
        bawn_shim = at;
    syscall(SYS_close, fd);
}

/* Whether this call is one that fails; errno says how. */
static bool must_fail(int call, int64_t *bytes)
{
    shim_rule *r = &bawn_shim->rules[call];

    __atomic_add_fetch(&r->seen, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&r->nth, __ATOMIC_SEQ_CST) <= 0 || __atomic_sub_fetch(&r->nth, 1, __ATOMIC_SEQ_CST) != 0)
        return false;
    if (r->sticky)
        __atomic_store_n(&r->nth, 1, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&r->failed, 1, __ATOMIC_SEQ_CST);
    errno = (int)r->error;
    if (bytes)
        *bytes = r->bytes;
    return true;
}

static bool concerns(int fd) { return fd >= 0 && fd < FDS && concerned[fd]; }

static void note(int fd)
{
    if (fd >= 0 && fd < FDS)
        concerned[fd] = 1;
}

/* ---- files ------------------------------------------------------------------------------------------------------ */
int openat(int folder, const char *name, int flags, ...)
{
    size_t len = strlen(name);
    bool spool = len > 6 && strcmp(name + len - 6, ".spool") == 0 && (flags & O_ACCMODE) != O_RDONLY;
    mode_t mode = 0;

    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list args;
        va_start(args, flags);
        mode = va_arg(args, mode_t);
        va_end(args);
    }
    if (spool && must_fail(SHIM_OPEN, NULL))
        return -1;
    int fd = (int)syscall(SYS_openat, folder, name, flags, mode);
    if (spool && fd >= 0) {
        note(fd);
        note(folder);
    }
    return fd;
}

int close(int fd)
{
    if (fd >= 0 && fd < FDS)
        concerned[fd] = 0;
    return (int)syscall(SYS_close, fd);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    int64_t part = 0;

    if (!concerns(fd) || !must_fail(SHIM_WRITE, &part))
        return syscall(SYS_write, fd, bytes, n);
    int number = errno;
    if (part > 0 && (size_t)part < n)
        n = (size_t)part;
    ssize_t wrote = part > 0 ? syscall(SYS_write, fd, bytes, n) : 0;
    errno = number;
    return number ? -1 : wrote;
}

static int synchronise(int fd, long how)
{
    if (concerns(fd) && must_fail(SHIM_SYNC, NULL))
        return -1;
    return concerns(fd) && bawn_shim->no_sync ? 0 : (int)syscall(how, fd);
}

int fdatasync(int fd) { return synchronise(fd, SYS_fdatasync); }
int fsync(int fd) { return synchronise(fd, SYS_fsync); }
int ftruncate(int fd, off_t n) { return concerns(fd) && must_fail(SHIM_TRUNCATE, NULL) ? -1 : (int)syscall(SYS_ftruncate, fd, n); }
int flock(int fd, int how) { return concerns(fd) && must_fail(SHIM_LOCK, NULL) ? -1 : (int)syscall(SYS_flock, fd, how); }

/* ---- the clock of the day ------------------------------------------------------------------------------------------ */
int clock_gettime(clockid_t which, struct timespec *out)
{
    int result = (int)syscall(SYS_clock_gettime, which, out);

    if (result == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) {
        int64_t ns = (int64_t)out->tv_sec * 1000000000 + out->tv_nsec + __atomic_load_n(&bawn_shim->later_ns, __ATOMIC_RELAXED);
        out->tv_sec = ns / 1000000000;
        out->tv_nsec = ns % 1000000000;
    }
    return result;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    struct timespec t;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &t);
    *out = (struct timeval){ t.tv_sec, t.tv_nsec / 1000 };
    return 0;
}

time_t time(time_t *out)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    if (out)
        *out = t.tv_sec;
    return t.tv_sec;
}

#pragma GCC visibility pop

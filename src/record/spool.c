/* spool.c: appends frames to a file of its own: one write(2) for all that were added since the last, so that a killed
 * process loses no event that it acknowledged (the page cache survives kill -9), and what a crash leaves is at most one
 * torn tail.
 *
 * While a file is open a shared flock says so: repair and retention leave it alone. A write that fails, or that writes
 * a part, is cut off again; if even that fails, or a sync does, the file is left and the next event opens a new one. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/frame.h"
#include "record/record.h"

#define MAX_KEPT (256u << 10)                             /* bytes of memory kept from one write to the next */

struct bawn_spool {
    int folder_fd, fd;                                    /* fd < 0: no file that can be trusted */
    int worker;
    bool sync;
    uint64_t rotate_bytes, keep_ns;
    uint64_t size, sequence;                              /* of the open file */
    uint64_t bytes, events;                               /* since bawn_spool_open */
    bawn_buf frames;                                      /* added, not written yet: they go to the open file */
    uint64_t n_frames;
    char *folder;
    char name[BAWN_SPOOL_NAME], boot[9];
};

/* ---- files ------------------------------------------------------------------------------------------------- */
static int create(bawn_spool *s, uint64_t now_ns, char name[BAWN_SPOOL_NAME])
{
    for (int attempt = 0; attempt < 100; attempt++) {
        int fd;

        bawn_spool_name(name, s->boot, s->worker, now_ns + (uint64_t)attempt);
        fd = openat(s->folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0640);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

/* Leaves the old file as it is when no new one can be had. */
static bool open_next(bawn_spool *s, uint64_t now_ns)
{
    char name[BAWN_SPOOL_NAME];
    int fd = create(s, now_ns, name);

    if (fd < 0)
        return false;
    if (flock(fd, LOCK_SH) < 0 || (s->sync && fsync(s->folder_fd) < 0)) {
        int number = errno;

        close(fd);
        unlinkat(s->folder_fd, name, 0);
        errno = number;
        return false;
    }
    if (s->fd >= 0)
        close(s->fd);
    s->fd = fd;
    s->size = s->sequence = 0;
    memcpy(s->name, name, sizeof s->name);
    return true;
}

/* Removes files whose last event is older than keep_ns and that nobody writes. What cannot be removed is tried again
 * at the next rotation. */
static void remove_old(const bawn_spool *s, uint64_t now_ns)
{
    bawn_spool_names list;

    if (s->keep_ns == 0 || !bawn_spool_list(&list, s->folder, NULL))
        return;
    for (size_t i = 0; i < list.n; i++) {
        int fd = openat(s->folder_fd, list.names[i], O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        struct stat st;
        uint64_t last;

        if (fd < 0)
            continue;
        if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
            last = (uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec;
            if (last < now_ns && now_ns - last > s->keep_ns && bawn_spool_is_free(fd))
                unlinkat(s->folder_fd, list.names[i], 0);
        }
        close(fd);
    }
    bawn_spool_names_free(&list);
}

static bool start(bawn_spool *s, const bawn_spool_options *o, uint64_t now_ns, bawn_error *err)
{
    size_t len = strlen(o->folder) + 1;

    s->folder = bawn_malloc(len);
    if (!s->folder)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for the record's spool");
    memcpy(s->folder, o->folder, len);
    s->folder_fd = open(o->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->folder_fd < 0)
        return bawn_spool_io_error(err, BAWN_E_IO, "open the record's folder", o->folder);
    remove_old(s, now_ns);
    if (!open_next(s, now_ns))
        return bawn_spool_io_error(err, BAWN_E_RECORD_UNAVAILABLE, "create a spool file in", o->folder);
    return true;
}

bool bawn_spool_open(bawn_spool **out, const bawn_spool_options *o, uint64_t now_ns, bawn_error *err)
{
    bawn_spool *s;

    *out = NULL;
    if (!bawn_spool_make_folder(o->folder, err))
        return false;
    s = bawn_malloc(sizeof *s);
    if (!s)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for the record's spool");
    *s = (bawn_spool){ .folder_fd = -1, .fd = -1, .worker = o->worker, .sync = o->sync,
                       .rotate_bytes = o->rotate_bytes, .keep_ns = o->keep_ns };
    bawn_spool_boot(s->boot);
    if (!start(s, o, now_ns, err)) {
        bawn_spool_close(s);
        return false;
    }
    *out = s;
    return true;
}

void bawn_spool_close(bawn_spool *s)
{
    if (!s)
        return;
    (void)bawn_spool_flush(s, NULL, NULL, NULL);
    if (s->fd >= 0)
        close(s->fd);
    if (s->folder_fd >= 0)
        close(s->folder_fd);
    bawn_buf_free(&s->frames);
    bawn_free(s->folder);
    bawn_free(s);
}

/* ---- events ------------------------------------------------------------------------------------------------ */
static void cut_back(bawn_spool *s)
{
    if (ftruncate(s->fd, (off_t)s->size) == 0)
        return;
    close(s->fd);                                         /* nobody has it open now: repair may cut it */
    s->fd = -1;
}

static bool write_whole(bawn_spool *s, bawn_error *err)
{
    ssize_t n;

    do
        n = write(s->fd, s->frames.ptr, s->frames.len);
    while (n < 0 && errno == EINTR);
    if (n == (ssize_t)s->frames.len)
        return true;
    if (n >= 0)
        errno = ENOSPC;                                   /* a short write to a file means that no more fits */
    bawn_spool_io_error(err, BAWN_E_RECORD_UNAVAILABLE, "append to the spool file", s->name);
    cut_back(s);
    return false;
}

static bool ready(bawn_spool *s, size_t frame, uint64_t now_ns)
{
    if (s->fd >= 0 && (s->rotate_bytes == 0 || s->size == 0 || s->size + frame <= s->rotate_bytes))
        return true;
    if (open_next(s, now_ns)) {
        remove_old(s, now_ns);
        return true;
    }
    return s->fd >= 0;                                    /* better a file that is too long than no record */
}

bool bawn_spool_add(bawn_spool *s, bawn_slice payload, uint64_t now_ns, bawn_error *err)
{
    if (payload.len > BAWN_FRAME_MAX_PAYLOAD)
        return bawn_error_set(err, BAWN_E_RECORD_UNAVAILABLE, "an event of %zu bytes, expected at most %d", payload.len,
                              BAWN_FRAME_MAX_PAYLOAD);
    if (s->n_frames == 0 && !ready(s, bawn_frame_size(payload.len), now_ns))
        return bawn_spool_io_error(err, BAWN_E_RECORD_UNAVAILABLE, "create a spool file in", s->folder);
    if (!bawn_frame_add(&s->frames, s->sequence + s->n_frames, payload)) {
        s->frames.failed = false;
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for an event of %zu bytes", payload.len);
    }
    s->n_frames++;
    return true;
}

static void tell(const bawn_spool *s, bawn_spool_written *written, void *user)
{
    bawn_frame frame;

    for (size_t at = 0; at < s->frames.len && bawn_frame_read(&frame, s->frames.ptr + at); at += bawn_frame_size(frame.length))
        written(user, bawn_slice_of(s->frames.ptr + at + BAWN_FRAME_HEADER, frame.length));
}

bool bawn_spool_flush(bawn_spool *s, bawn_spool_written *written, void *user, bawn_error *err)
{
    bool ok = s->n_frames == 0 || write_whole(s, err);

    if (ok) {
        s->size += s->frames.len;
        s->bytes += s->frames.len;
        s->sequence += s->n_frames;
        s->events += s->n_frames;
        if (written)
            tell(s, written, user);
    }
    if (s->frames.cap > MAX_KEPT)
        bawn_buf_free(&s->frames);
    bawn_buf_clear(&s->frames);
    s->n_frames = 0;
    return ok;
}

bool bawn_spool_append(bawn_spool *s, bawn_slice payload, uint64_t now_ns, bawn_error *err)
{
    return bawn_spool_add(s, payload, now_ns, err) && bawn_spool_flush(s, NULL, NULL, err);
}

/* A file that could not be synchronised is left: the kernel forgets pages that it could not write, and the next fdatasync would
 * say yes over a hole (PostgreSQL, "fsyncgate", 2018). */
bool bawn_spool_sync(bawn_spool *s, bawn_error *err)
{
    if (s->fd >= 0 && fdatasync(s->fd) == 0)
        return true;
    bawn_spool_io_error(err, BAWN_E_RECORD_UNAVAILABLE, "write to the disk the spool file", s->name);
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
    return false;
}

void bawn_spool_stats(const bawn_spool *s, uint64_t *bytes, uint64_t *events)
{
    *bytes = s->bytes;
    *events = s->events;
}

/* repair.c: cuts the torn tails that a crash left, and says so in the record itself: an event of type spool.repaired,
 * appended to the file that was cut, as its next frame. A file that somebody has open is left alone (exclusive flock),
 * and so is one that is damaged elsewhere than at its end: that is evidence, which the reader reports. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "record/reader.h"
#include "record/record.h"

typedef struct { const char *name; int fd; uint64_t size, end, sequence; bool torn; } file;

/* Walks to the last sound frame: where the file should end, and which sequence comes next. */
static bool find_end(file *f, bawn_scan *scan)
{
    bawn_slice payload;
    bawn_frame frame;
    struct stat st;

    if (fstat(f->fd, &st) < 0)
        return false;
    f->size = (uint64_t)st.st_size;
    bawn_scan_begin(scan, f->fd);
    bawn_scan_forget(scan);
    while (f->end < f->size) {
        uint64_t at = f->end;

        if (!bawn_scan_frame(scan, &frame, &payload, at) && !bawn_scan_resume(scan, &at, &frame))
            break;
        f->end = at + bawn_frame_size(frame.length);
        f->sequence = frame.sequence + 1;
    }
    f->torn = f->end < f->size;
    return !scan->failed;
}

static void write_event(bawn_buf *out, const file *f, uint64_t now_ns, const uint8_t random[10])
{
    char id[36], time[27];

    bawn_uuid7(id, now_ns, random);
    bawn_time_rfc3339(time, now_ns);
    bawn_buf_str(out, "{\"schema\":1,\"id\":\"");
    bawn_buf_add(out, bawn_slice_of(id, sizeof id));
    bawn_buf_str(out, "\",\"time\":\"");
    bawn_buf_add(out, bawn_slice_of(time, sizeof time));
    bawn_buf_str(out, "\",\"type\":\"spool.repaired\",\"file\":");
    bawn_json_write_string(out, bawn_slice_str(f->name));
    bawn_buf_str(out, ",\"offset\":");
    bawn_buf_u64(out, f->end);
    bawn_buf_str(out, ",\"bytes_cut\":");
    bawn_buf_u64(out, f->size - f->end);
    bawn_buf_byte(out, '}');
}

static bool write_all(int fd, bawn_slice bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = bawn_slice_of(bytes.ptr + n, bytes.len - (size_t)n);
    }
    return true;
}

static bool cut(const file *f, uint64_t now_ns)
{
    bawn_buf event = { 0 }, frame = { 0 };
    uint8_t random[10];
    bool ok = getrandom(random, sizeof random, 0) == (ssize_t)sizeof random;

    if (ok)
        write_event(&event, f, now_ns, random);
    ok = ok && !event.failed && bawn_frame_add(&frame, f->sequence, bawn_buf_slice(&event));
    if (ok && ftruncate(f->fd, (off_t)f->end) == 0) {
        ok = write_all(f->fd, bawn_buf_slice(&frame)) && fdatasync(f->fd) == 0;
        if (!ok && ftruncate(f->fd, (off_t)f->end) < 0)
            ok = false;                                    /* torn again: the next repair sees it */
    } else {
        ok = false;
    }
    bawn_buf_free(&event);
    bawn_buf_free(&frame);
    return ok;
}

static bool repair_one(int folder_fd, file *f, bawn_scan *scan, uint64_t now_ns, size_t *repaired)
{
    bool ok = true;

    f->fd = openat(folder_fd, f->name, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    if (f->fd < 0)
        return errno == ENOENT;
    if (flock(f->fd, LOCK_EX | LOCK_NB) == 0) {
        ok = find_end(f, scan);
        if (ok && f->torn) {
            ok = cut(f, now_ns);
            *repaired += ok;
        }
    }
    close(f->fd);
    scan->fd = -1;
    return ok;
}

bool bawn_spool_repair(const char *folder, uint64_t now_ns, size_t *repaired, bawn_error *err)
{
    int folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bawn_scan scan = { .fd = -1 };
    bawn_spool_names list;
    bool ok = true;

    *repaired = 0;
    if (folder_fd < 0)
        return bawn_spool_io_error(err, BAWN_E_IO, "open the record's folder", folder);
    if (!bawn_spool_list(&list, folder, err)) {
        close(folder_fd);
        return false;
    }
    for (size_t i = 0; i < list.n; i++) {
        file f = { .name = list.names[i], .fd = -1 };

        if (!repair_one(folder_fd, &f, &scan, now_ns, repaired))
            ok = bawn_spool_io_error(err, BAWN_E_IO, "repair the spool file", f.name);
    }
    bawn_buf_free(&scan.window);
    bawn_spool_names_free(&list);
    close(folder_fd);
    return ok;
}

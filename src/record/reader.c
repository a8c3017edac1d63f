/* reader.c: all events of a folder, file after file in order of their start, then whatever is appended later.
 *
 * A frame is sound when magic, length, CRC and sequence fit. Where one is not, the next sound frame is looked for at
 * each multiple of eight (frames are padded to that): if there is one, what lies between is corruption; if not, it
 * is the tail, which is torn when nobody has the file open, and else an append under way. A file that is read to its
 * end and that nobody has open is finished and closed. Linear in the bytes read. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/frame.h"
#include "record/reader.h"
#include "record/record.h"

enum { WINDOW = 256 * 1024 };

typedef struct { char name[256]; int fd; bool finished; uint64_t offset, expected, torn_size; } source;

struct bawn_spool_reader {
    int folder_fd;
    char *folder;
    source *sources;
    size_t n, current;
    bawn_scan scan;
};

/* ---- one file: shared with repair ---------------------------------------------------------------------------- */
/* The bytes [offset, offset + n) of the file, or NULL when it does not have them (or on an I/O error: *failed). */
static const char *fetch(bawn_scan *s, uint64_t offset, size_t n)
{
    size_t want = n > WINDOW ? n : WINDOW;
    ssize_t got;

    if (offset >= s->start && offset + n <= s->start + s->window.len)
        return s->window.ptr + (offset - s->start);
    bawn_buf_clear(&s->window);
    if (!bawn_buf_reserve(&s->window, want)) {
        errno = ENOMEM;
        s->failed = true;
        return NULL;
    }
    while (s->window.len < n) {
        got = pread(s->fd, s->window.ptr + s->window.len, want - s->window.len, (off_t)(offset + s->window.len));
        if (got < 0 && errno == EINTR)
            continue;
        s->failed = s->failed || got < 0;
        if (got <= 0)
            break;
        s->window.len += (size_t)got;
    }
    s->start = offset;
    return s->window.len >= n ? s->window.ptr : NULL;
}

void bawn_scan_begin(bawn_scan *s, int fd)
{
    if (s->fd != fd)
        bawn_buf_clear(&s->window);
    s->fd = fd;
    s->failed = false;
}

void bawn_scan_forget(bawn_scan *s)
{
    bawn_buf_clear(&s->window);
}

bool bawn_scan_frame(bawn_scan *s, bawn_frame *frame, bawn_slice *payload, uint64_t offset)
{
    const char *p = fetch(s, offset, BAWN_FRAME_HEADER);

    if (!p || !bawn_frame_read(frame, p))
        return false;
    p = fetch(s, offset, bawn_frame_size(frame->length));
    if (!p)
        return false;
    *payload = bawn_slice_of(p + BAWN_FRAME_HEADER, frame->length);
    return bawn_crc32c(0, *payload) == frame->crc;
}

bool bawn_scan_resume(bawn_scan *s, uint64_t *offset, bawn_frame *frame)
{
    bawn_slice payload;

    for (uint64_t at = (*offset & ~(uint64_t)7) + 8; fetch(s, at, BAWN_FRAME_HEADER); at += 8)
        if (bawn_scan_frame(s, frame, &payload, at)) {
            *offset = at;
            return true;
        }
    return false;
}

/* ---- the folder's files ---------------------------------------------------------------------------------------- */
static bool known(const bawn_spool_reader *r, size_t n, const char *name)
{
    return n > 0 && bsearch(name, r->sources, n, sizeof *r->sources, bawn_spool_compare) != NULL;
}

static bool add_sources(bawn_spool_reader *r, const bawn_spool_names *list, bool *more, bawn_error *err)
{
    size_t before = r->n;
    source *sources = bawn_realloc(r->sources, (r->n + list->n) * sizeof *sources);

    if (!sources)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for %zu spool files", r->n + list->n);
    r->sources = sources;
    for (size_t i = 0; i < list->n; i++) {
        source *s = &r->sources[r->n];

        if (known(r, before, list->names[i]))
            continue;
        *s = (source){ .fd = -1 };
        memcpy(s->name, list->names[i], sizeof s->name);
        r->n++;
    }
    *more = r->n > before;
    if (*more)
        qsort(r->sources, r->n, sizeof *r->sources, bawn_spool_compare);
    return true;
}

static bool look_for_files(bawn_spool_reader *r, bool *more, bawn_error *err)
{
    bawn_spool_names list;
    bool ok = true;

    *more = false;
    if (!bawn_spool_list(&list, r->folder, err))
        return false;
    if (list.n > 0)
        ok = add_sources(r, &list, more, err);
    bawn_spool_names_free(&list);
    r->current = 0;
    return ok;
}

static void finish(source *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
    s->finished = true;
}

/* ---- one step -------------------------------------------------------------------------------------------------- */
static bawn_read corrupt(bawn_error *err, const source *s, uint64_t to, const char *what)
{
    bawn_error_set(err, BAWN_E_IO, "%s at byte %llu of %s; the next sound frame is at byte %llu", what,
                   (unsigned long long)s->offset, s->name, (unsigned long long)to);
    bawn_error_at(err, s->name, 0, 0);
    return BAWN_READ_CORRUPT;
}

static bawn_read failed(bawn_error *err, source *s)
{
    bawn_spool_io_error(err, errno == ENOMEM ? BAWN_E_NO_MEMORY : BAWN_E_IO, "read the spool file", s->name);
    return BAWN_READ_ERROR;
}

/* No sound frame stands here. */
static bawn_read damaged(bawn_spool_reader *r, source *s, bool nobody_writes, bawn_error *err)
{
    uint64_t at = s->offset;
    bawn_frame frame;
    struct stat st;
    bawn_read result;

    if (fstat(s->fd, &st) < 0)
        return failed(err, s);
    if ((uint64_t)st.st_size > s->offset && bawn_scan_resume(&r->scan, &at, &frame)) {
        result = corrupt(err, s, at, "damaged bytes");
        s->offset = at;
        s->expected = frame.sequence;
        return result;
    }
    if (r->scan.failed)
        return failed(err, s);
    if (!nobody_writes)
        return BAWN_READ_END;
    if ((uint64_t)st.st_size <= s->offset) {
        finish(s);
        r->scan.fd = -1;                                   /* the next file may get the same number */
        return BAWN_READ_END;
    }
    if (s->torn_size == (uint64_t)st.st_size)
        return BAWN_READ_END;                              /* said once; after a repair it goes on */
    s->torn_size = (uint64_t)st.st_size;
    bawn_error_set(err, BAWN_E_IO, "a torn tail of %llu bytes at byte %llu of %s; `bawn log repair` cuts it",
                   (unsigned long long)st.st_size - s->offset, (unsigned long long)s->offset, s->name);
    bawn_error_at(err, s->name, 0, 0);
    return BAWN_READ_TORN;
}

static bawn_read step(bawn_spool_reader *r, source *s, bawn_slice *payload, bawn_error *err)
{
    bool nobody_writes = false;
    bawn_frame frame;

    bawn_scan_begin(&r->scan, s->fd);
    if (!bawn_scan_frame(&r->scan, &frame, payload, s->offset)) {
        nobody_writes = bawn_spool_is_free(s->fd);         /* asked before looking again: no append is missed */
        bawn_scan_forget(&r->scan);
        if (!bawn_scan_frame(&r->scan, &frame, payload, s->offset))
            return r->scan.failed ? failed(err, s) : damaged(r, s, nobody_writes, err);
    }
    if (frame.sequence != s->expected) {
        s->expected = frame.sequence;
        return corrupt(err, s, s->offset, "events are missing: the sequence jumps");
    }
    s->offset += bawn_frame_size(frame.length);
    s->expected++;
    return BAWN_READ_EVENT;
}

static bool open_source(bawn_spool_reader *r, source *s)
{
    if (s->fd < 0)
        s->fd = openat(r->folder_fd, s->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return s->fd >= 0;
}

/* The first file from the current one on that has something to say. */
static bawn_read any(bawn_spool_reader *r, bawn_slice *payload, bawn_spool_position *position, bawn_error *err)
{
    for (; r->current < r->n; r->current++) {
        source *s = &r->sources[r->current];
        bawn_read result;

        if (s->finished)
            continue;
        if (!open_source(r, s)) {
            if (errno == ENOENT) {                         /* retention removed it before it was read */
                finish(s);
                continue;
            }
            return failed(err, s);
        }
        memcpy(position->file, s->name, sizeof position->file);
        position->offset = s->offset;
        result = step(r, s, payload, err);
        position->sequence = s->expected - (result == BAWN_READ_EVENT);
        if (result != BAWN_READ_END)
            return result;
    }
    return BAWN_READ_END;
}

bawn_read bawn_spool_next(bawn_spool_reader *r, bawn_slice *payload, bawn_spool_position *position, bawn_error *err)
{
    bool from_first = r->current == 0, more;
    bawn_read result = any(r, payload, position, err);

    if (result != BAWN_READ_END)
        return result;
    if (!look_for_files(r, &more, err))
        return BAWN_READ_ERROR;
    return more || !from_first ? any(r, payload, position, err) : BAWN_READ_END;
}

bool bawn_spool_reader_open(bawn_spool_reader **out, const char *folder, bawn_error *err)
{
    bawn_spool_reader *r = bawn_malloc(sizeof *r);
    size_t len = strlen(folder) + 1;
    bool more;

    *out = NULL;
    if (!r)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for a reader");
    *r = (bawn_spool_reader){ .folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), .scan = { .fd = -1 } };
    r->folder = bawn_malloc(len);
    if (r->folder)
        memcpy(r->folder, folder, len);
    if (r->folder_fd < 0)
        bawn_spool_io_error(err, BAWN_E_IO, "open the record's folder", folder);
    else if (!r->folder)
        bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for a reader");
    else if (look_for_files(r, &more, err)) {
        *out = r;
        return true;
    }
    bawn_spool_reader_close(r);
    return false;
}

void bawn_spool_reader_close(bawn_spool_reader *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n; i++)
        finish(&r->sources[i]);
    if (r->folder_fd >= 0)
        close(r->folder_fd);
    bawn_buf_free(&r->scan.window);
    bawn_free(r->sources);
    bawn_free(r->folder);
    bawn_free(r);
}

/* Fuzz target: reading and repairing the record. The input builds one spool file, step by step (a byte that says what, one
 * that says how much): sound frames, and what disks and crashes make of them. Must hold: reading comes to an end; every
 * sound frame that stands where a frame can stand is read, in order, its bytes unchanged, and nothing else is; a repair
 * leaves them all, cuts the torn tail, and says so in one more. keeps: P3a.8, T15 */
#define _GNU_SOURCE
#include "failing.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/frame.h"
#include "record/record.h"

#define NOON UINT64_C(1795435200123456789)
#define FRAMES 512

static char folder[64], path[64 + 1 + BAWN_SPOOL_NAME];

typedef struct { bawn_buf bytes; uint64_t sequence; size_t begin[FRAMES], n; size_t lengths[FRAMES]; } spool;

static void leave(void)
{
    unlink(path);
    rmdir(folder);
}

static void begin(void)
{
    char name[BAWN_SPOOL_NAME];
    snprintf(folder, sizeof folder, "%s/bawn-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(folder))
        fail_msg("no folder");
    bawn_spool_name(name, "00000000", 1, NOON);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    atexit(leave);
}

/* ---- the file -------------------------------------------------------------------------------------------------------- */
/* As JSON: no byte below 0x20, so that no payload holds a frame (frame.h), and a brace at the end. No B: what is cut off
 * of a payload must not be what begins the next frame. */
static void add_frame(spool *s, const uint8_t *in, size_t n, bool sound)
{
    char payload[257];
    for (size_t i = 0; i < n; i++)
        payload[i] = (char)(in[i] < 0x20 ? in[i] + 0x20 : in[i] == 'B' ? 'b' : in[i]);
    payload[n++] = '}';
    if (sound && s->bytes.len % 8 == 0) {
        s->begin[s->n] = s->bytes.len;
        s->lengths[s->n++] = n;
    }
    assert_true(bawn_frame_add(&s->bytes, s->sequence++, bawn_slice_of(payload, n)));
}

/* The bytes from `at` on are not what they were. */
static void spoil(spool *s, size_t at)
{
    while (s->n > 0 && s->begin[s->n - 1] + bawn_frame_size(s->lengths[s->n - 1]) > at)
        s->n--;
}

static void build(spool *s, const uint8_t *in, size_t size)
{
    enum { SOUND, RAW, CUT, FLIP, JUMP, PAD, HEAD, TWICE };
    s->bytes.len = s->n = s->sequence = 0;
    while (size >= 2 && s->n < FRAMES) {
        uint8_t what = in[0] % 8, how = in[1];
        size_t n = how < size - 2 ? how : size - 2, len = s->bytes.len;
        in += 2, size -= 2;
        if (what == SOUND || what == HEAD) {
            add_frame(s, in, n, what == SOUND);
            if (what == HEAD)
                s->bytes.len = len + how % (BAWN_FRAME_HEADER + n + 1);
            in += n, size -= n;
        } else if (what == RAW) {
            bawn_buf_add(&s->bytes, bawn_slice_of((const char *)in, n));
            in += n, size -= n;
        } else if (what == CUT && len > 0) {
            s->bytes.len = len - how % len;
            spoil(s, s->bytes.len);
        } else if (what == FLIP && s->n > 0) {
            size_t at = s->begin[s->n - 1] + how % (s->lengths[s->n - 1] + BAWN_FRAME_HEADER);
            s->bytes.ptr[at] = (char)(s->bytes.ptr[at] ^ 0x10);
            if (at < s->begin[s->n - 1] + 12 || at >= s->begin[s->n - 1] + BAWN_FRAME_HEADER)   /* else its sequence */
                spoil(s, at);
        } else if (what == JUMP) {
            s->sequence += how;
        } else if (what == PAD) {
            for (size_t to = ((len + 7) & ~(size_t)7) + how % 64 * 8; len < to; len++)
                bawn_buf_byte(&s->bytes, 0);
        } else if (what == TWICE) {             /* one more with the same number */
            s->sequence -= s->sequence > 0;
        }
    }
}

static void put(const spool *s)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && write(fd, s->bytes.ptr, s->bytes.len) == (ssize_t)s->bytes.len && close(fd) == 0);
}

/* ---- what must hold ---------------------------------------------------------------------------------------------------- */
static bool is_frame(const spool *s, size_t i, bawn_slice payload)
{
    return payload.len == s->lengths[i] && memcmp(payload.ptr, s->bytes.ptr + s->begin[i] + BAWN_FRAME_HEADER, payload.len) == 0;
}

/* Reads to the end. Returns whether a torn tail was reported; *more: events that are none of the frames. */
static bool read_all(const spool *s, size_t *more)
{
    bawn_spool_reader *r;
    bawn_spool_position position;
    bawn_slice payload;
    bawn_error err = { 0 };
    bawn_read read;
    size_t next = 0, steps = 0;
    bool torn = false;

    if (!bawn_spool_reader_open(&r, folder, &err))
        fail_msg("%s", err.message);
    for (*more = 0; (read = bawn_spool_next(r, &payload, &position, &err)) != BAWN_READ_END; steps++) {
        if (read == BAWN_READ_ERROR || steps > s->bytes.len / 4 + 8)
            fail_msg("reading does not end, or failed: %s", err.message);
        torn = torn || read == BAWN_READ_TORN;
        if (read != BAWN_READ_EVENT)
            continue;
        assert_true(payload.len > 0);
        if (next < s->n && is_frame(s, next, payload))
            next++;
        else
            ++*more;
    }
    bawn_spool_reader_close(r);
    if (next < s->n)
        fail_msg("of %zu sound frames %zu were read; the next stands at byte %zu", s->n, next, s->begin[next]);
    return torn;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static spool s;
    bawn_error err = { 0 };
    size_t repaired, more, others;

    if (!folder[0])
        begin();
    build(&s, data, size);
    put(&s);
    bool torn = read_all(&s, &more);
    if (!bawn_spool_repair(folder, NOON, &repaired, &err))
        fail_msg("%s", err.message);
    if (read_all(&s, &others) || others != more + repaired || repaired != torn)
        fail_msg("torn %d, repaired %zu, and then %zu other events instead of %zu", torn, repaired, others, more);
    return 0;
}

/* filter.c: the filter form of `bawn check`: lines in, verdicts out, in order.
 *
 * One buffer is read into, lines are judged where they lie, one buffer is written from. It is flushed when reading
 * would block, so that a caller who waits for an answer gets it, and when 64 KiB wait (RULINGS R24). Memory: the
 * longest line, at most LINE_MOST; a longer one is reported and passed over. Linear. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "cli/judge.h"

enum { FLUSH_AT = 64 << 10, READ_AT_ONCE = 256 << 10, LINE_MOST = 64 << 20 };

typedef struct {
    bawn_cli_judge *judge;
    int in, out_fd, status;
    bawn_buf text, out;
    size_t at;                          /* text before it is dealt with */
    bool passing_over;                  /* inside a line that is too long */
    uint64_t line;
    bawn_json json;
    bawn_arena *arena;
} filter;

/* ---- one line ---------------------------------------------------------------------------------------------------- */
static bool is_blank(bawn_slice line)
{
    for (size_t i = 0; i < line.len; i++)
        if (!bawn_is_space((unsigned char)line.ptr[i]))
            return false;
    return true;
}

static void broken(filter *f, bawn_slice id, const bawn_error *err)
{
    bawn_cli_row_write_error(&f->out, id, err, f->line);
    f->status = CLI_BROKEN;
}

/* A first line that is no JSON at all: most likely somebody piped a plain text. */
static void explain_plain_text(const filter *f, bawn_slice line)
{
    if (f->line == 1 && line.ptr[0] != '{' && line.ptr[0] != '[' && isatty(STDERR_FILENO))
        bawn_cli_fail(0, "in a pipe `bawn check` reads JSON Lines {\"id\",\"text\"}; for a plain text: bawn check -");
}

static void judge_line(filter *f, bawn_slice line)
{
    bawn_error err = { 0 };
    bawn_cli_row row;
    const bawn_verdict *verdict;
    bawn_slice masked;

    f->line++;
    if (is_blank(line))
        return;
    bawn_arena_reset(f->arena);
    if (!bawn_cli_row_parse(&row, &f->json, f->arena, line, &err)) {
        explain_plain_text(f, line);
        broken(f, row.id, &err);
        return;
    }
    if (!bawn_cli_judge_row(&verdict, &masked, f->judge, &row, &err)) {
        broken(f, row.id, &err);
        return;
    }
    if (verdict->failed)
        f->status = CLI_BROKEN;
    bawn_cli_row_write(&f->out, bawn_cli_judge_guards(f->judge, &row), row.id, verdict, masked);
}

/* ---- reading and writing ----------------------------------------------------------------------------------------- */
static bool flush(filter *f)
{
    if (f->out.failed)
        return bawn_cli_fail(CLI_BROKEN, "no memory for the output"), false;
    if (!bawn_cli_write(f->out_fd, bawn_buf_slice(&f->out)))
        return bawn_cli_fail(CLI_BROKEN, "cannot write the output: %s", strerror(errno)), false;
    bawn_buf_clear(&f->out);
    return true;
}

/* All whole lines that are there; at the end of the input also one without its line feed. */
static bool judge_lines(filter *f, bool last)
{
    while (f->at < f->text.len) {
        bawn_slice rest = { f->text.ptr + f->at, f->text.len - f->at };
        const char *end = memchr(rest.ptr, '\n', rest.len);

        if (!end && !last)
            break;
        bawn_slice line = { rest.ptr, end ? (size_t)(end - rest.ptr) : rest.len };
        f->at += line.len + (end != NULL);
        if (f->passing_over)
            f->passing_over = false;
        else
            judge_line(f, line);
        if (f->out.len >= FLUSH_AT && !flush(f))
            return false;
    }
    return true;
}

/* Keeps the unfinished line alone, at the front; a line that is too long is given up. */
static void make_room(filter *f)
{
    bawn_error err = { 0 };

    if (f->at > 0)
        bawn_buf_drop_front(&f->text, f->at);
    f->at = 0;
    if (f->text.len < LINE_MOST)
        return;
    if (!f->passing_over) {
        f->line++;
        bawn_error_set(&err, BAWN_E_BODY_TOO_LARGE, "a line of more than %d MiB; split the text", LINE_MOST >> 20);
        broken(f, BAWN_NIL, &err);
    }
    f->passing_over = true;
    f->text.len = 0;
}

static bool would_block(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    return poll(&p, 1, 0) == 0;
}

/* 1: bytes came, 0: the end, -1: failed after a message. */
static int read_more(filter *f)
{
    ssize_t n;

    make_room(f);
    if (f->out.len > 0 && would_block(f->in) && !flush(f))
        return -1;
    if (!bawn_buf_reserve(&f->text, READ_AT_ONCE))
        return bawn_cli_fail(-1, "no memory for a line of %zu bytes", f->text.len);
    do
        n = read(f->in, f->text.ptr + f->text.len, f->text.cap - f->text.len);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return bawn_cli_fail(-1, "cannot read the input: %s", strerror(errno));
    f->text.len += (size_t)n;
    return n > 0;
}

static bool run(filter *f, bawn_cli_progress *progress)
{
    for (;;) {
        size_t before = f->text.len - f->at;
        int more = read_more(f);

        if (more < 0)
            return false;
        if (progress)
            bawn_cli_progress_add(progress, f->text.len > before ? f->text.len - before : 0);
        if (!judge_lines(f, more == 0))
            return false;
        if (more == 0)
            return flush(f);
    }
}

int bawn_cli_filter(bawn_cli_judge *judge, int in, int out, bawn_cli_progress *progress)
{
    filter f = { .judge = judge, .in = in, .out_fd = out, .arena = bawn_arena_new(1 << 16, 0) };
    bool ok = f.arena ? run(&f, progress) : (bawn_cli_fail(0, "no memory"), false);

    bawn_buf_free(&f.text);
    bawn_buf_free(&f.out);
    bawn_json_free(&f.json);
    bawn_arena_free(f.arena);
    return ok ? f.status : CLI_BROKEN;
}

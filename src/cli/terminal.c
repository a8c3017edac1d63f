/* terminal.c: colours where they are wanted, text from outside made harmless, errors, progress. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

/* ---- colours ------------------------------------------------------------------------------------------------- */
static bool coloured(FILE *out)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return !(no && *no) && !(term && strcmp(term, "dumb") == 0) && isatty(fileno(out));
}

const char *bawn_cli_ink(FILE *out, bawn_cli_colour c)
{
    static const char *const inks[] = { [CLI_PLAIN] = "\033[0m", [CLI_BOLD] = "\033[1m", [CLI_DIM] = "\033[2m",
                                        [CLI_RED] = "\033[1;31m", [CLI_GREEN] = "\033[32m", [CLI_YELLOW] = "\033[33m",
                                        [CLI_BLUE] = "\033[36m", [CLI_MARK] = "\033[1;7m" };

    return coloured(out) ? inks[c] : "";
}

bawn_cli_colour bawn_cli_action_colour(bawn_action action)
{
    static const bawn_cli_colour colours[] = { CLI_GREEN, CLI_BLUE, CLI_YELLOW, CLI_RED };

    return colours[action & 3];
}

/* ---- text from outside --------------------------------------------------------------------------------------- */
bool bawn_cli_hidden(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

void bawn_cli_show(FILE *out, bawn_slice text)
{
    while (text.len > 0) {
        size_t valid = bawn_utf8_valid_prefix(text);

        for (size_t i = 0; i < valid;) {
            size_t from = i;
            uint32_t c = bawn_utf8_next(bawn_slice_of(text.ptr, valid), &i);

            if (c == '\n' || c == '\t' || c == '\r')
                fputs(c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r", out);
            else if (bawn_cli_hidden(c))
                fprintf(out, c < 0x100 ? "\\x%02x" : "\\u{%04x}", (unsigned)c);
            else
                fwrite(text.ptr + from, 1, i - from, out);
        }
        if (valid < text.len)
            fprintf(out, "\\x%02x", (unsigned char)text.ptr[valid++]);
        text = bawn_slice_of(text.ptr + valid, text.len - valid);
    }
}

/* ---- errors and writing -------------------------------------------------------------------------------------- */
int bawn_cli_fail(int status, const char *format, ...)
{
    va_list list;

    fflush(stdout);
    fprintf(stderr, "%sbawn:%s ", bawn_cli_ink(stderr, CLI_RED), bawn_cli_ink(stderr, CLI_PLAIN));
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
    return status;
}

bool bawn_cli_write(int fd, bawn_slice bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes = bawn_slice_of(bytes.ptr + n, bytes.len - (size_t)n);
    }
    return true;
}

uint64_t bawn_cli_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- progress ------------------------------------------------------------------------------------------------ */
#define BAR 30
#define SHOW_EVERY_NS 100000000u

void bawn_cli_progress_begin(bawn_cli_progress *p, uint64_t total, bool wanted)
{
    *p = (bawn_cli_progress){ .total = total, .on = total > 0 && (wanted || isatty(STDERR_FILENO)),
                              .shown_ns = bawn_cli_now() };
}

static void draw(const bawn_cli_progress *p)
{
    uint64_t done = p->done < p->total ? p->done : p->total;
    int full = (int)(done * BAR / p->total);

    fprintf(stderr, "\r  [%.*s%.*s] %3d %%  %.1f of %.1f MB", full, "##############################", BAR - full,
            "..............................", (int)(done * 100 / p->total), (double)done / 1e6, (double)p->total / 1e6);
}

void bawn_cli_progress_add(bawn_cli_progress *p, uint64_t bytes)
{
    p->done += bytes;
    if (!p->on || bawn_cli_now() - p->shown_ns < SHOW_EVERY_NS)
        return;
    p->shown_ns = bawn_cli_now();
    draw(p);
}

void bawn_cli_progress_end(bawn_cli_progress *p)
{
    if (p->on)
        fprintf(stderr, "\r%*s\r", 70, "");
    p->on = false;
}

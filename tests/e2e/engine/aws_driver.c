/* aws_driver.c: the signer and the framing of AWS by themselves, for tests against botocore. Not installed.
 *
 *   aws_driver sign       a line for each request: method, path, query, payload hash, access key, secret, token, region, service,
 *                         seconds, then names and values of headers; all in hex, parted by blanks, `-` for an empty one.
 *                         Answers each with a line of names and values, in the same form, or with `refused: ...`
 *   aws_driver read       streams, each behind three numbers (u32, big-endian): its length, the largest payload, a seed of its
 *                         cuts (0: whole). Answers each message with a line: type, name, content type, error message, headers,
 *                         payload; each stream with `end`, `cut` or `failed`
 *   aws_driver write      a line for each message: `event`, `exception` or `headers`, its name or headers, its payload. Answers
 *                         with the stream */
#include <stdio.h>
#include <stdlib.h>

#include "base/sigv4.h"
#include "dialect/eventstream.h"

#define WORDS 256

typedef struct { bawn_buf bytes; bawn_slice words[WORDS]; size_t n; } words;

static int digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

/* The words of a line, out of hex. */
static void read_words(words *w, const char *line)
{
    size_t begins[WORDS + 1] = { 0 };

    bawn_buf_clear(&w->bytes);
    bawn_buf_reserve(&w->bytes, strlen(line) + 1);
    for (w->n = 0; *line && *line != '\n' && w->n < WORDS; begins[++w->n] = w->bytes.len) {
        for (; *line && *line != ' ' && *line != '\n'; line++)
            if (*line != '-') {
                bawn_buf_byte(&w->bytes, (char)(digit(line[0]) << 4 | digit(line[1])));
                line++;
            }
        line += *line == ' ';
    }
    for (size_t i = 0; i < w->n; i++)
        w->words[i] = bawn_slice_of(w->bytes.ptr + begins[i], begins[i + 1] - begins[i]);
}

static void print_hex(bawn_slice s, char after)
{
    if (s.len == 0)
        putchar('-');
    for (size_t i = 0; i < s.len; i++)
        printf("%02x", (unsigned char)s.ptr[i]);
    putchar(after);
}

/* ---- sign ---------------------------------------------------------------------------------------------------------- */
static uint64_t number_of(bawn_slice s)
{
    uint64_t n = 0;

    for (size_t i = 0; i < s.len; i++)
        n = n * 10 + (uint64_t)(s.ptr[i] - '0');
    return n;
}

static void sign(const words *w, bawn_arena *arena)
{
    enum { FIELDS = 10 };
    bawn_sigv4_header headers[WORDS / 2];
    bawn_sigv4_added added;
    bawn_error err = { 0 };
    const bawn_slice *v = w->words;
    bawn_sigv4_request r = {
        .method = v[0], .path = v[1], .query = v[2], .payload_hash = v[3], .who = { v[4], v[5], v[6] }, .region = v[7], .service = v[8],
        .time_s = number_of(v[9]), .headers = headers, .n_headers = (w->n - FIELDS) / 2,
    };

    for (size_t i = 0; i < r.n_headers; i++)
        headers[i] = (bawn_sigv4_header){ v[FIELDS + 2 * i], v[FIELDS + 2 * i + 1] };
    if (!bawn_sigv4_sign(&added, arena, &r, &err)) {
        printf("refused: %s\n", err.message);
        return;
    }
    for (size_t i = 0; i < added.n; i++) {
        print_hex(added.headers[i].name, ' ');
        print_hex(added.headers[i].value, i + 1 < added.n ? ' ' : '\n');
    }
}

/* ---- read ---------------------------------------------------------------------------------------------------------- */
static bool read_number(uint32_t *out)
{
    unsigned char b[4];

    if (fread(b, 1, 4, stdin) != 4)
        return false;
    *out = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    return true;
}

static void print_messages(bawn_eventstream *s)
{
    static const char *const types[] = { "event", "exception", "error" };
    bawn_eventstream_message m;

    while (bawn_eventstream_next(s, &m)) {
        printf("%s ", types[m.type]);
        print_hex(m.name, ' ');
        print_hex(m.content_type, ' ');
        print_hex(m.error_message, ' ');
        print_hex(m.headers, ' ');
        print_hex(m.payload, '\n');
    }
}

static void read_stream(bawn_slice stream, size_t max, unsigned seed)
{
    bawn_eventstream *s = bawn_eventstream_new(max);
    bool cutting = seed > 0;

    for (size_t at = 0, n; at < stream.len; at += n) {
        n = cutting ? 1 + (size_t)rand_r(&seed) % 40 : stream.len;
        n = n < stream.len - at ? n : stream.len - at;
        if (!bawn_eventstream_feed(s, bawn_slice_of(stream.ptr + at, n), at + n == stream.len))
            break;
        print_messages(s);
    }
    puts(bawn_eventstream_failed(s) ? "failed" : bawn_eventstream_cut(s) ? "cut" : "end");
    bawn_eventstream_free(s);
}

static int read_streams(void)
{
    uint32_t len, max, seed;

    while (read_number(&len) && read_number(&max) && read_number(&seed)) {
        char *stream = malloc(len + 1u);

        if (!stream || fread(stream, 1, len, stdin) != len)
            return 1;
        read_stream(bawn_slice_of(stream, len), max, seed);
        free(stream);
    }
    return 0;
}

/* ---- write --------------------------------------------------------------------------------------------------------- */
static bool write_message(const char *line, words *w)
{
    const char *rest = strchr(line, ' ');
    bawn_buf out = { 0 };
    bool ok;

    if (!rest)
        return false;
    read_words(w, rest + 1);
    if (w->n != 2)
        return false;
    ok = line[0] == 'h'   ? bawn_eventstream_write(&out, w->words[0], w->words[1])
         : line[1] == 'v' ? bawn_eventstream_write_event(&out, w->words[0], w->words[1])
                          : bawn_eventstream_write_exception(&out, w->words[0], w->words[1]);
    ok = ok && fwrite(out.ptr, 1, out.len, stdout) == out.len;
    bawn_buf_free(&out);
    return ok;
}

static int each_line(bool signing)
{
    bawn_arena *arena = bawn_arena_new(4096, 0);
    words *w = calloc(1, sizeof *w);
    char *line = NULL;
    size_t cap = 0;
    bool ok = arena && w;

    while (ok && getline(&line, &cap, stdin) > 0) {
        if (!signing) {
            ok = write_message(line, w);
            continue;
        }
        read_words(w, line);
        ok = w->n >= 10;
        if (ok)
            sign(w, arena);
        bawn_arena_reset(arena);
    }
    if (w)
        bawn_buf_free(&w->bytes);
    free(w);
    free(line);
    bawn_arena_free(arena);
    return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    if (!strcmp(argv[1], "read"))
        return read_streams();
    return !strcmp(argv[1], "sign") || !strcmp(argv[1], "write") ? each_line(argv[1][0] == 's') : 2;
}

/* parsers.c: Bawn's parsers behind a pipe, so that tests in another language can hold them against parsers that are not ours.
 *
 *   parsers json DEPTH   each frame is a text; the answer is `+` and the text as Bawn read it, or `-` and the error's code
 *   parsers sse          each frame is a count of pieces, their lengths, and a stream; the answer is its events as JSON
 *   parsers canonical    each frame is a text; the answer is its canonical view
 *   parsers nfkc         each frame is a token of it; the answer is what its step NFKC makes of that
 *
 * A frame is its length and its bytes; all numbers are 32 bits, little-endian. The program ends with its input. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "dialect/dialect.h"
#include "text/fold.h"

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "parsers: %s\n", what);
    exit(2);
}

static uint32_t number_at(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* ---- json: what was read, written anew from the tape ----------------------------------------------------------- */
static void write_string(bawn_buf *out, const bawn_json *j, uint32_t i, bawn_arena *arena)
{
    bawn_json_map map;
    bawn_slice text;

    must(bawn_json_decode(&text, &map, j, i, arena) && bawn_json_write_string(out, text), "no memory");
}

/* The children of token i, each followed by what parts it from the next. Depth is bounded by the parse. */
static void write_value(bawn_buf *out, const bawn_json *j, uint32_t i, bawn_arena *arena)
{
    const bawn_json_token *t = &j->tokens[i];
    bool object = t->type == BAWN_JSON_OBJECT;

    if (t->type == BAWN_JSON_STRING) {
        write_string(out, j, i, arena);
    } else if (t->type < BAWN_JSON_ARRAY) {
        bawn_buf_add(out, bawn_json_raw(j, i));
    } else {
        bawn_buf_str(out, object ? "{" : "[");
        for (uint32_t child = i + 1, n = 0; child < t->next; child = j->tokens[child].next, n++) {
            if (n)
                bawn_buf_str(out, object && n % 2 ? ":" : ",");
            write_value(out, j, child, arena);
        }
        bawn_buf_str(out, object ? "}" : "]");
    }
}

static void answer_json(bawn_buf *out, bawn_slice text, unsigned depth)
{
    bawn_arena *arena = bawn_arena_new(4096, 0);
    bawn_json j = { 0 };
    bawn_error err = { 0 };

    must(arena != NULL, "no memory");
    if (bawn_json_parse(&j, text, depth, &err)) {
        bawn_buf_str(out, "+");
        write_value(out, &j, 0, arena);
    } else {
        bawn_buf_fmt(out, "-%s %s", bawn_error_code_name(err.code), err.message);
    }
    bawn_json_free(&j);
    bawn_arena_free(arena);
}

/* ---- sse ----------------------------------------------------------------------------------------------------------- */
static void take_events(bawn_buf *out, bawn_sse *s, size_t *n)
{
    bawn_sse_event e;

    while (bawn_sse_next(s, &e)) {
        if (e.comment)
            continue;
        bawn_buf_str(out, (*n)++ ? ",[" : "[");
        must(bawn_json_write_string(out, e.name), "no memory");
        bawn_buf_str(out, ",");
        must(bawn_json_write_string(out, e.data), "no memory");
        bawn_buf_str(out, "]");
    }
}

static void answer_sse(bawn_buf *out, bawn_slice frame)
{
    bawn_sse *s = bawn_sse_new(1 << 20);
    uint32_t pieces = number_at(frame.ptr);
    const char *lengths = frame.ptr + 4, *at = lengths + 4 * (size_t)pieces;
    size_t n = 0;

    must(s != NULL, "no memory");
    bawn_buf_str(out, "[");
    for (uint32_t i = 0; i < pieces; i++) {
        uint32_t len = number_at(lengths + 4 * (size_t)i);

        must(bawn_sse_feed(s, bawn_slice_of(at, len), i + 1 == pieces), "the framer refused a piece");
        take_events(out, s, &n);
        at += len;
    }
    must(at == frame.ptr + frame.len && !bawn_sse_failed(s), "the framer failed, or the pieces are not the stream");
    bawn_buf_str(out, "]");
    bawn_sse_free(s);
}

/* ---- the canonical view -------------------------------------------------------------------------------------------- */
static void answer_canonical(bawn_buf *out, bawn_slice text)
{
    bawn_canonical *maker = bawn_canonical_new();
    bawn_text_map map = { 0 };
    bool differs = false;

    must(maker && bawn_canonical_feed(maker, out, &map, &differs, text, true), "no canonical view");
    bawn_text_map_free(&map);
    bawn_canonical_free(maker);
}

/* ---- NFKC ---------------------------------------------------------------------------------------------------------- */
static void answer_nfkc(bawn_buf *out, bawn_slice text)
{
    static bawn_fold fold;
    size_t at = 0;

    must(text.len <= BAWN_FOLD_RAW, "a text that is no token");
    fold.n_seen = 0;
    while (at < text.len)
        fold.seen[fold.n_seen++] = (int32_t)bawn_utf8_next(text, &at);
    bawn_fold_compose(&fold);
    for (size_t i = 0; i < fold.n; i++) {
        char bytes[4];
        must(bawn_buf_add(out, bawn_slice_of(bytes, bawn_utf8_put(bytes, (uint32_t)fold.points[i]))), "no memory");
    }
}

/* ---- frames -------------------------------------------------------------------------------------------------------- */
static bool read_frame(bawn_buf *frame)
{
    char head[4];

    if (fread(head, 1, 4, stdin) != 4)
        return false;
    frame->len = 0;
    for (uint32_t left = number_at(head); left > 0;) {
        char piece[4096];
        size_t n = fread(piece, 1, left < sizeof piece ? left : sizeof piece, stdin);

        must(n > 0 && bawn_buf_add(frame, bawn_slice_of(piece, n)), "a frame is not whole");
        left -= (uint32_t)n;
    }
    return true;
}

static void write_frame(const bawn_buf *out)
{
    uint32_t n = (uint32_t)out->len;
    unsigned char head[4] = { (unsigned char)n, (unsigned char)(n >> 8), (unsigned char)(n >> 16), (unsigned char)(n >> 24) };

    must(fwrite(head, 1, 4, stdout) == 4 && fwrite(out->ptr ? out->ptr : "", 1, n, stdout) == n && fflush(stdout) == 0,
         "the pipe is closed");
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    unsigned depth = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 64;
    bawn_buf frame = { 0 }, out = { 0 };

    while (read_frame(&frame)) {
        bawn_slice text = bawn_slice_of(frame.ptr ? frame.ptr : "", frame.len);

        out.len = 0;
        if (!strcmp(what, "json"))
            answer_json(&out, text, depth);
        else if (!strcmp(what, "sse"))
            answer_sse(&out, text);
        else if (!strcmp(what, "canonical"))
            answer_canonical(&out, text);
        else if (!strcmp(what, "nfkc"))
            answer_nfkc(&out, text);
        else
            must(false, "found no `json`, `sse`, `canonical` or `nfkc`");
        write_frame(&out);
    }
    bawn_buf_free(&frame);
    bawn_buf_free(&out);
    return 0;
}

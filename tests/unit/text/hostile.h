/* hostile.h: cuttings of a text, all views compared with those of one piece. Used by the property test and the fuzzer. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <stdlib.h>

#include "text/text.h"

#define HOSTILE_MUST(x) do { if (!(x)) { fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); abort(); } } while (0)

typedef struct { bawn_span at; bawn_code code; } hostile_run;
typedef struct { hostile_run *runs; size_t n, cap; } hostile_runs;

static inline void hostile_decode(hostile_runs *r, size_t *from, bool *open, bawn_slice text, bool final)
{
    hostile_run run;
    while (bawn_decode_find(&run.at, &run.code, open, from, text, final)) {
        if (r->n == r->cap) {
            r->cap = r->cap ? r->cap * 2 : 8;
            r->runs = realloc(r->runs, r->cap * sizeof *r->runs);
        }
        HOSTILE_MUST(run.at.begin < run.at.end && run.at.end <= text.len && run.at.end - run.at.begin <= BAWN_CODE_RUN_MAX);
        HOSTILE_MUST(*from >= run.at.end || (run.code == BAWN_CODE_LETTERS && *from > run.at.begin));
        r->runs[r->n++] = run;
    }
    HOSTILE_MUST(*from <= text.len && (*open || *from == text.len) && !(final && *open));
}

/* `step` gives the next piece's length (at least 1); pieces end at code points. */
static inline void hostile_check(bawn_slice text, size_t (*step)(void *), void *context)
{
    bawn_canonical *a = bawn_canonical_new(), *b = bawn_canonical_new();
    bawn_buf whole = { 0 }, pieces = { 0 };
    bawn_text_map whole_map = { 0 }, piece_map = { 0 };
    bool differs_a = false, differs_b = false, open;
    hostile_runs runs_a = { 0 }, runs_b = { 0 };
    size_t from_a = 0, from_b = 0, at = 0;

    HOSTILE_MUST(a && b);
    HOSTILE_MUST(bawn_canonical_feed(a, &whole, &whole_map, &differs_a, text, true));
    hostile_decode(&runs_a, &from_a, &open, text, true);
    while (at < text.len) {
        size_t end = at + step(context);
        end = end > text.len ? text.len : end;
        while (end < text.len && !bawn_utf8_is_start((unsigned char)text.ptr[end]))
            end++;
        char *copy = malloc(end - at);
        memcpy(copy, text.ptr + at, end - at);
        HOSTILE_MUST(bawn_canonical_feed(b, &pieces, &piece_map, &differs_b, bawn_slice_of(copy, end - at), end == text.len));
        free(copy);
        hostile_decode(&runs_b, &from_b, &open, bawn_slice_of(text.ptr, end), end == text.len);
        at = end;
        HOSTILE_MUST(at - bawn_canonical_settled(b) <= 512);
        HOSTILE_MUST(pieces.len <= whole.len && (pieces.len == 0 || memcmp(pieces.ptr, whole.ptr, pieces.len) == 0));
    }
    HOSTILE_MUST(bawn_slice_eq(bawn_buf_slice(&whole), bawn_buf_slice(&pieces)));
    HOSTILE_MUST(differs_a == differs_b && differs_a == !bawn_slice_eq(text, bawn_buf_slice(&whole)));
    HOSTILE_MUST(!differs_a || (bawn_text_flags(text) & BAWN_TEXT_CANONICAL));
    HOSTILE_MUST(whole_map.n == piece_map.n);
    for (size_t i = 0; i < whole_map.n; i++)
        HOSTILE_MUST(whole_map.marks[i].view == piece_map.marks[i].view && whole_map.marks[i].raw == piece_map.marks[i].raw &&
                     whole_map.marks[i].literal == piece_map.marks[i].literal);
    HOSTILE_MUST(bawn_utf8_valid_prefix(bawn_buf_slice(&whole)) == whole.len);
    bawn_span last = { 0, 0 };
    for (size_t i = 0; i < whole.len; i++) {
        size_t end = i + 1;
        while (end < whole.len && !bawn_utf8_is_start((unsigned char)whole.ptr[end]))
            end++;
        if (!bawn_utf8_is_start((unsigned char)whole.ptr[i]))
            continue;
        bawn_span s = bawn_text_map_span(&whole_map, (bawn_span){ i, end });
        HOSTILE_MUST(s.begin < s.end && s.end <= text.len && s.begin >= last.begin && s.end >= last.end);
        HOSTILE_MUST(bawn_utf8_is_start((unsigned char)text.ptr[s.begin]));
        HOSTILE_MUST(s.end == text.len || bawn_utf8_is_start((unsigned char)text.ptr[s.end]));
        last = s;
    }
    HOSTILE_MUST(runs_a.n == runs_b.n);
    for (size_t i = 0; i < runs_a.n; i++) {
        bawn_buf out = { 0 };
        bool useful;
        bawn_slice run = bawn_slice_of(text.ptr + runs_a.runs[i].at.begin, runs_a.runs[i].at.end - runs_a.runs[i].at.begin);
        HOSTILE_MUST(runs_a.runs[i].at.begin == runs_b.runs[i].at.begin && runs_a.runs[i].at.end == runs_b.runs[i].at.end &&
                     runs_a.runs[i].code == runs_b.runs[i].code);
        HOSTILE_MUST(bawn_decode_run(&out, &useful, run, runs_a.runs[i].code));
        HOSTILE_MUST(bawn_utf8_valid_prefix(bawn_buf_slice(&out)) == out.len);
        bawn_buf_free(&out);
    }
    HOSTILE_MUST(runs_a.n == 0 || (bawn_text_flags(text) & BAWN_TEXT_DECODABLE));
    HOSTILE_MUST(bawn_text_flags(text) == bawn_text_flags_scalar(text));
    free(runs_a.runs);
    free(runs_b.runs);
    bawn_canonical_free(a);
    bawn_canonical_free(b);
    bawn_buf_free(&whole);
    bawn_buf_free(&pieces);
    bawn_text_map_free(&whole_map);
    bawn_text_map_free(&piece_map);
}

#endif

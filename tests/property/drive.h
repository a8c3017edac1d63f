/* drive.h: obeys one exchange as a connector must, writes down all that it said and in which order, and checks
 * contract 1 of bawn.h on the way. */
#ifndef BAWN_DRIVE_H
#define BAWN_DRIVE_H

#include "dialect/dialect.h"
#include "dice.h"
#include "wall_help.h"

#define NOW 1763000000000000000u

typedef struct { char kind[64]; bawn_span span; uint32_t segment; bawn_action action; } drive_find;
typedef struct {
    bawn_buf request;           /* what goes upstream, edits spliced in */
    bawn_buf answer;            /* what went to the client before the record */
    bawn_buf tail;              /* what went after it */
    bawn_buf record, verdicts;
    char steps[256]; size_t n_steps;    /* D edits, N need, V verdict, E emit, R record, X end; repeated E as one */
    drive_find *finds; size_t n_finds;  /* of the answer's verdict, the deciding one first */
    bawn_action action[2];
    bool failed[2];
    int status;
    bool stream;                /* what the client gets in place of the answer is events */
    bool local, ended, refused_call;    /* answered without the upstream; END came; a call returned false */
    size_t needs;
} run;

static inline void run_free(run *r)
{
    bawn_buf *bufs[] = { &r->request, &r->answer, &r->tail, &r->record, &r->verdicts };
    for (size_t i = 0; i < BAWN_COUNT(bufs); i++)
        bawn_buf_free(bufs[i]);
    free(r->finds);
    *r = (run){ 0 };
}

static inline void note_step(run *r, char c)
{
    if (r->ended)
        fail_msg("a step after END: %s then %c", r->steps, c);
    if (c == 'E' && r->n_steps && r->steps[r->n_steps - 1] == 'E')
        return;
    if (r->n_steps + 1 < sizeof r->steps)
        r->steps[r->n_steps++] = c;
}

static inline void splice_body(bawn_buf *out, bawn_slice body, const bawn_edit *edits, size_t n)
{
    size_t at = 0;
    bawn_buf_clear(out);
    for (size_t i = 0; i < n; i++) {
        if (edits[i].at.begin < at || edits[i].at.end > body.len || edits[i].at.begin > edits[i].at.end)
            fail_msg("edit %zu [%zu, %zu) is out of order or range (body %zu, before %zu)", i, edits[i].at.begin,
                     edits[i].at.end, body.len, at);
        bawn_buf_add(out, bawn_slice_of(body.ptr + at, edits[i].at.begin - at));
        bawn_buf_add(out, edits[i].with);
        at = edits[i].at.end;
    }
    bawn_buf_add(out, bawn_slice_of(body.ptr + at, body.len - at));
}

static inline void note_verdict(run *r, const bawn_step *s, bawn_side side)
{
    const bawn_verdict *v = s->verdict;
    r->action[side] = v->action;
    r->failed[side] = v->failed;
    bawn_buf_fmt(&r->verdicts, "%d action %d failed %d guarded %llu of %llu\n", side, v->action, v->failed,
                 (unsigned long long)v->guarded, (unsigned long long)v->total);
    free(r->finds);
    r->finds = calloc(v->n_findings + 1, sizeof *r->finds);
    r->n_finds = v->n_findings;
    for (size_t i = 0; i < v->n_findings; i++) {
        const bawn_finding *f = &v->findings[i];
        r->finds[i] = (drive_find){ .span = f->span, .segment = f->segment, .action = f->action };
        snprintf(r->finds[i].kind, sizeof r->finds[i].kind, "%.*s", (int)f->kind.len, f->kind.ptr);
        bawn_buf_fmt(&r->verdicts, "  %s %u [%zu, %zu) view %d action %d score %.2f\n", r->finds[i].kind, f->segment,
                     f->span.begin, f->span.end, f->view, f->action, (double)f->score);
    }
    if (s->status) {
        r->status = s->status;
        r->stream = s->stream;
        r->local = r->local || side == BAWN_INPUT;
        bawn_buf_clear(&r->answer);
        bawn_buf_add(&r->answer, s->body);
    }
}

/* Obeys all that is ready. `fed`: the body of that side as fed so far. Scores are answered by `score` (NULL: none). */
static inline void drive_steps(run *r, bawn_exchange *x, bawn_side side, bawn_slice fed, uint64_t now)
{
    bawn_step s;
    while (bawn_exchange_next(&s, x)) {
        switch (s.kind) {
        case BAWN_EMIT:
            note_step(r, 'E');
            bawn_buf_add(r->record.len ? &r->tail : &r->answer, s.emit);
            break;
        case BAWN_EDITS:
            note_step(r, 'D');
            splice_body(side == BAWN_INPUT ? &r->request : &r->answer, fed, s.edits, s.n_edits);
            break;
        case BAWN_VERDICT:
            note_step(r, 'V');
            note_verdict(r, &s, side);
            break;
        case BAWN_RECORD:
            note_step(r, 'R');
            bawn_buf_add(&r->record, s.record);
            break;
        case BAWN_NEED:
            note_step(r, 'N');
            r->needs++;
            if (s.job.kind == 3 && !bawn_exchange_resume(x, s.job.id, true, BAWN_NIL, now))
                r->refused_call = true;
            break;
        case BAWN_END:
            note_step(r, 'X');
            r->ended = true;
            break;
        default:
            fail_msg("unknown step %d", s.kind);
        }
    }
}

/* Contract 1: [NEED*] [EDITS] VERDICT on a side, one RECORD, what is last, END. */
static inline void check_order(const run *r)
{
    const char *s = r->steps;
    size_t verdicts = 0, records = 0, ends = 0;
    for (const char *p = s; *p; p++) {
        verdicts += *p == 'V', records += *p == 'R', ends += *p == 'X';
        if (*p == 'R' && p[1] != 'X' && !(p[1] == 'E' && p[2] == 'X'))
            fail_msg("after RECORD there is more than the last bytes and END: %s", s);
        if (*p == 'D' && p[1] != 'V')
            fail_msg("EDITS without its VERDICT: %s", s);
    }
    if (verdicts > (r->local ? 1u : 2u) || records != 1 || ends != 1 || s[strlen(s) - 1] != 'X')
        fail_msg("the order of steps is broken: %s (local %d)", s, r->local);
    const char *first = strchr(s, 'V'), *emit = strchr(s, 'E');
    if (emit && first && emit < first)
        fail_msg("EMIT before the request's VERDICT: %s", s);
}

static inline bawn_exchange *drive_with(bawn_worker *w, const char *dialect, const char *method, const char *uri, const bawn_attribute *a,
                                        size_t n)
{
    static const uint8_t seed[32] = { 7, 1, 2 };
    bawn_exchange *x = NULL;
    bawn_error err = { 0 };
    if (!bawn_exchange_new(&x, w, bawn_slice_str(dialect), bawn_slice_str(method), bawn_slice_str(uri), a, n, NOW, seed, &err))
        fail_msg("no exchange: %s", err.message);
    return x;
}

static inline bawn_exchange *drive_new(bawn_worker *w, const char *method, const char *uri, const bawn_attribute *a, size_t n)
{
    return drive_with(w, "openai", method, uri, a, n);
}

/* Feeds body[at, end) as a piece that is freed at once. */
static inline void drive_piece(run *r, bawn_exchange *x, bawn_side side, bawn_slice body, size_t at, size_t end)
{
    char *piece = malloc(end - at + 1);
    if (end > at)
        memcpy(piece, body.ptr + at, end - at);
    if (!bawn_exchange_feed(x, side, bawn_slice_of(piece, end - at), end == body.len, NOW + 5))
        r->refused_call = true;
    free(piece);
    drive_steps(r, x, side, body, NOW + 5);
}

/* Feeds a body in pieces. most 0: in one piece, without dice. */
static inline void drive_feed(run *r, bawn_exchange *x, bawn_side side, bawn_slice body, dice *d, size_t most)
{
    for (size_t at = 0; !r->ended;) {
        size_t n = most ? 1 + under(d, most) : body.len;
        n = n > body.len - at ? body.len - at : n;
        drive_piece(r, x, side, body, at, at + n);
        at += n;
        if (at >= body.len)
            break;
    }
}

/* How many bytes were read is not decided by the text when the end comes early; everything else of the record is. */
static inline void without_bytes(bawn_buf *record)
{
    size_t at = bawn_slice_find(bawn_buf_slice(record), BAWN_LIT("\"bytes\":{"));
    size_t n = bawn_slice_find(bawn_slice_of(record->ptr + at, record->len - at), BAWN_LIT("}"));
    if (at + n < record->len) {
        memmove(record->ptr + at, record->ptr + at + n, record->len - at - n);
        record->len -= n;
    }
}

/* One exchange from begin to end. */
static inline void drive_as(run *r, bawn_worker *w, const char *dialect, const char *uri, bawn_slice request, const char *type,
                            bawn_slice answer, dice *d, size_t most)
{
    bawn_exchange *x = drive_with(w, dialect, "POST", uri, NULL, 0);

    *r = (run){ 0 };
    bawn_buf_add(&r->request, request);
    drive_feed(r, x, BAWN_INPUT, request, d, 0);
    if (!r->local && !r->ended) {
        if (strstr(type, "stream") == NULL)
            bawn_buf_add(&r->answer, answer);
        if (!bawn_exchange_response(x, 200, bawn_slice_str(type), NOW + 4))
            r->refused_call = true;
        drive_steps(r, x, BAWN_OUTPUT, answer, NOW + 4);
        drive_feed(r, x, BAWN_OUTPUT, answer, d, most);
    }
    check_order(r);
    bawn_exchange_free(x);
}

static inline void drive_at(run *r, bawn_worker *w, const char *uri, bawn_slice request, const char *type, bawn_slice answer, dice *d,
                            size_t most)
{
    drive_as(r, w, "openai", uri, request, type, answer, d, most);
}

static inline void drive(run *r, bawn_worker *w, bawn_slice request, const char *type, bawn_slice answer, dice *d, size_t most)
{
    drive_at(r, w, "/v1/chat/completions", request, type, answer, d, most);
}

#endif

/* bawn_inspect: whole segments, one call. */
#include "engine/failures.h"
#include "engine/judge.h"
#include "engine/outcome.h"
#include "guard/leak/leak.h"

#define RESULT_LIMIT (256u << 20)

typedef struct {
    bawn_worker *worker;
    const bawn_guardrail *guardrail;
    bawn_side side;
    const bawn_segment *segments;
    size_t n;
    bawn_finds finds;
    bawn_judging judging;
    bawn_leak_prompt *prompt;
    struct bawn_failures failures;
    uint64_t guarded, total;
    bool failed;
} inspection;

static bool is_context(const inspection *s, const bawn_segment *segment)
{
    return s->side == BAWN_OUTPUT && segment->role == BAWN_SYSTEM;
}

/* On answers the system segments are what may not leak; they are not judged themselves. */
static bool read_prompt(inspection *s)
{
    bawn_slice texts[64];
    size_t n = 0;
    for (size_t i = 0; i < s->n && n < BAWN_COUNT(texts); i++)
        if (is_context(s, &s->segments[i]))
            texts[n++] = s->segments[i].text;
    if (n == 0 || !s->guardrail->leak)
        return true;
    s->prompt = bawn_leak_prompt_new(texts, n, s->guardrail->leak_words);
    return s->prompt != NULL;
}

static bool judge_segment(inspection *s, uint32_t i)
{
    const bawn_segment *segment = &s->segments[i];
    uint64_t characters = bawn_utf8_count(segment->text);

    if (is_context(s, segment))
        return true;
    s->judging.place = bawn_place_of(s->side, segment->role, segment->origin);
    s->judging.segment = i;
    s->total += characters;
    if (!bawn_judge_text(&s->judging, segment->text) && !bawn_failures_note_all(&s->judging, BAWN_OUT_OF_MEMORY))
        return false;
    if (bawn_judging_is_whole(&s->judging))
        s->guarded += characters;
    return true;
}

/* Where the texts pass the limit of their characters, if they do. */
static bawn_past past_of(const inspection *s)
{
    uint64_t left = s->guardrail->limits.characters;
    bawn_past past = { 0 };

    for (uint32_t i = 0; left < s->total && i < s->n; i++)
        if (!is_context(s, &s->segments[i]) && bawn_outcome_past(&past, &left, i, s->segments[i].text))
            break;
    return past;
}

static bool judge_all(inspection *s)
{
    s->judging = (bawn_judging){ .worker = s->worker, .guardrail = s->guardrail, .finds = &s->finds,
                                 .failures = &s->failures };
    if (!read_prompt(s))
        return false;
    s->judging.leak = s->prompt;
    for (uint32_t i = 0; i < s->n; i++)
        if (!judge_segment(s, i))
            return false;
    s->judging.place = s->side == BAWN_INPUT ? BAWN_PLACE_INPUT : BAWN_PLACE_OUTPUT;
    if (s->side == BAWN_INPUT && !bawn_outcome_limits(&s->judging, s->total, past_of(s), s->n))
        return false;
    bawn_finds_settle(&s->finds, s->worker->wall);
    return true;
}

static bool rewrite_all(inspection *s, bawn_slice *masked, bawn_arena *arena)
{
    bawn_tokens *tokens = s->side == BAWN_INPUT ? bawn_tokens_new() : NULL;
    bawn_buf out = { 0 };
    bool ok = s->side == BAWN_OUTPUT || tokens;

    for (size_t i = 0; ok && tokens && i < s->n; i++)
        ok = bawn_tokens_reserve(tokens, s->segments[i].text);
    for (uint32_t i = 0; ok && i < s->n; i++) {
        masked[i] = s->segments[i].text;
        if (!bawn_outcome_masks(&s->finds, i))
            continue;
        bawn_buf_clear(&out);
        ok = bawn_outcome_rewrite(&out, s->worker->wall, &s->finds, i, s->segments[i].text, tokens, arena);
        if (ok)
            masked[i] = bawn_arena_copy(arena, bawn_buf_slice(&out), &ok);
    }
    bawn_buf_free(&out);
    bawn_tokens_free(tokens);
    return ok;
}

static void fill_finding(bawn_finding *out, const bawn_wall *w, const bawn_found *f)
{
    *out = (bawn_finding){ .guard = bawn_finding_guard(w, f), .kind = bawn_slice_str(bawn_wall_kind(w, f->kind)->code),
                           .span = f->span, .segment = f->segment, .score = f->score, .view = f->view,
                           .action = bawn_finding_action(f) };
}

static bool fill_verdict(const bawn_verdict **out, inspection *s, bawn_arena *arena)
{
    bawn_verdict *v = bawn_arena_alloc(arena, sizeof *v);
    bawn_finding *findings = bawn_arena_alloc(arena, (s->finds.n + 1) * sizeof *findings);
    bawn_outcome o = bawn_outcome_of(&s->finds);
    size_t n = 0;

    if (!v || !findings)
        return false;
    if (o.deciding)
        fill_finding(&findings[n++], s->worker->wall, o.deciding);
    for (size_t i = 0; i < s->finds.n; i++)
        if (&s->finds.items[i] != o.deciding)
            fill_finding(&findings[n++], s->worker->wall, &s->finds.items[i]);
    *v = (bawn_verdict){ .action = s->failed ? BAWN_BLOCK : o.action, .findings = findings,
                         .n_findings = n, .guarded = s->guarded, .total = s->total, .failed = s->failed || s->failures.n > 0 };
    if (v->action == BAWN_BLOCK)
        v->message = bawn_outcome_message(s->guardrail, s->side, BAWN_NIL);
    *out = v;
    return true;
}

static bool check_input(bawn_worker *w, int *guardrail, bawn_slice name, const bawn_segment *segments, size_t n,
                        bawn_error *err)
{
    *guardrail = bawn_wall_guardrail_find(w->wall, name);
    if (*guardrail < 0)
        return bawn_error_set(err, BAWN_E_USAGE, "there is no guardrail `%.*s` in this policy", (int)name.len, name.ptr);
    for (size_t i = 0; i < n; i++)
        if (bawn_utf8_valid_prefix(segments[i].text) < segments[i].text.len)
            return bawn_error_set(err, BAWN_E_INVALID_UTF8, "segment %zu is not UTF-8 at byte %zu", i,
                                  bawn_utf8_valid_prefix(segments[i].text));
    return true;
}

bool bawn_inspect(const bawn_verdict **out, bawn_slice *masked, bawn_worker *w, bawn_slice guardrail, bawn_side side,
                  const bawn_segment *segments, size_t n, const bawn_attribute *attributes, size_t n_attributes,
                  bawn_scorer *jobs, bawn_error *err)
{
    inspection s = { .worker = w, .side = side, .segments = segments, .n = n };
    int g;

    (void)attributes;
    (void)n_attributes;
    *out = NULL;
    if (jobs)
        return bawn_error_set(err, BAWN_E_USAGE, "learned guards are not built yet: pass no scorer");
    if (!check_input(w, &g, guardrail, segments, n, err))
        return false;
    s.guardrail = &w->wall->guardrails[g];
    if (!w->inspect_arena)
        w->inspect_arena = bawn_arena_new(1 << 14, RESULT_LIMIT);
    if (w->inspect_arena)
        bawn_arena_reset(w->inspect_arena);
    s.failed = !judge_all(&s);
    bool ok = w->inspect_arena && (!masked || s.failed || rewrite_all(&s, masked, w->inspect_arena)) &&
              fill_verdict(out, &s, w->inspect_arena);
    bawn_leak_prompt_free(s.prompt);
    bawn_finds_free(&s.finds);
    return ok || bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for the verdict");
}

const char *bawn_code_name(int code) { return bawn_error_code_name(code); }

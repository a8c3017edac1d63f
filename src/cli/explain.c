/* explain.c: one judged text for people: what was seen, where, in which view, by which rule, and what to do. */
#include "cli/advice.h"
#include "cli/judge.h"

#include "engine/outcome.h"
#include "record/record.h"
#include "text/text.h"

enum { AROUND = 60 };           /* bytes shown before and after a span */

/* ---- a span in its text -------------------------------------------------------------------------------------------- */
void bawn_cli_show_span(FILE *out, bawn_slice text, bawn_span span)
{
    size_t end = span.end < text.len ? span.end : text.len, begin = span.begin < end ? span.begin : end;
    size_t from = bawn_utf8_floor(text, begin > AROUND ? begin - AROUND : 0);
    size_t to = bawn_utf8_floor(text, end + AROUND < text.len ? end + AROUND : text.len);
    bool plain = *bawn_cli_ink(out, CLI_MARK) == 0;

    fputs(from > 0 ? "..." : "", out);
    bawn_cli_show(out, bawn_slice_of(text.ptr + from, begin - from));
    fputs(plain ? ">>>" : bawn_cli_ink(out, CLI_MARK), out);
    bawn_cli_show(out, bawn_slice_of(text.ptr + begin, end - begin));
    fputs(plain ? "<<<" : bawn_cli_ink(out, CLI_PLAIN), out);
    bawn_cli_show(out, bawn_slice_of(text.ptr + end, to > end ? to - end : 0));
    fputs(to < text.len ? "..." : "", out);
}

/* ---- views --------------------------------------------------------------------------------------------------------- */
static void show_canonical(FILE *out, bawn_slice seen)
{
    bawn_canonical *maker = bawn_canonical_new();
    bawn_buf view = { 0 };
    bawn_text_map map = { 0 };
    bool differs = false;

    if (maker && bawn_canonical_feed(maker, &view, &map, &differs, seen, true) && differs) {
        fputs("   reads as  ", out);
        bawn_cli_show(out, bawn_buf_slice(&view));
        fputc('\n', out);
    }
    bawn_text_map_free(&map);
    bawn_buf_free(&view);
    bawn_canonical_free(maker);
}

static void show_decoded(FILE *out, bawn_slice seen)
{
    bawn_span run;
    bawn_code code;
    bool open, useful = false;
    size_t from = 0;
    bawn_buf text = { 0 };

    if (bawn_decode_find(&run, &code, &open, &from, seen, true) == 1 &&
        bawn_decode_run(&text, &useful, bawn_slice_of(seen.ptr + run.begin, run.end - run.begin), code) && useful) {
        fputs("   decodes to  ", out);
        bawn_cli_show(out, bawn_buf_slice(&text));
        fputc('\n', out);
    }
    bawn_buf_free(&text);
}

static void show_view(FILE *out, const bawn_finding *f, bawn_slice text)
{
    bawn_slice seen = { text.ptr + f->span.begin, f->span.end - f->span.begin };
    const char *view = bawn_cli_view_name(f->view);

    if (f->span.end > text.len || f->span.end <= f->span.begin)
        return;
    if (strcmp(view, "canonical") == 0)
        show_canonical(out, seen);
    else if (strcmp(view, "decoded") == 0)
        show_decoded(out, seen);
}

static bawn_slice guardrail_of(const bawn_cli_judge *j)
{
    return j->guardrail.len ? j->guardrail
                            : bawn_wall_guardrail_name(j->wall, (size_t)bawn_wall_guardrail_find(j->wall, BAWN_NIL));
}

/* ---- one finding --------------------------------------------------------------------------------------------------- */
static void show_finding(FILE *out, bawn_cli_advice *advice, const bawn_cli_judge *j, const bawn_cli_row *row, const bawn_finding *f)
{
    const bawn_kind *kind = bawn_cli_kind(f->kind);
    bool inside = f->span.end <= row->text.len && f->span.begin <= f->span.end;
    bawn_slice value = inside ? bawn_slice_of(row->text.ptr + f->span.begin, f->span.end - f->span.begin) : BAWN_NIL;
    char hash[18];
    bawn_cli_case c = { .guardrail = guardrail_of(j), .guard = f->guard, .kind = f->kind, .side = bawn_cli_judge_side(j, row), .score = f->score,
                        .untrusted = row->origin >= BAWN_TOOL_RESULT, .value = value, .hash = { hash, value.len && j->wall->keeps_hash_key ? 18 : 0 } };

    fprintf(out, " %s%-7s%s %s%.*s%s  score %.2f (%s), %s view, bytes [%zu,%zu)\n",
            bawn_cli_ink(out, bawn_cli_action_colour(f->action)), bawn_cli_actions[f->action & 3],
            bawn_cli_ink(out, CLI_PLAIN), bawn_cli_ink(out, CLI_BOLD), (int)f->kind.len, f->kind.ptr,
            bawn_cli_ink(out, CLI_PLAIN), (double)f->score, bawn_cli_confidence(f->score), bawn_cli_view_name(f->view),
            f->span.begin, f->span.end);
    fputs("   ", out);
    bawn_cli_show_span(out, row->text, f->span);
    fputc('\n', out);
    show_view(out, f, row->text);
    if (kind)
        fprintf(out, "   %s (OWASP %s, ATLAS %s)\n", kind->doc, kind->owasp, kind->atlas);
    fputs("   ruled by ", out);
    bawn_cli_show_ruling(out, j->policy, &c);
    fputc('\n', out);
    bawn_event_hash(hash, bawn_slice_of((const char *)j->wall->hash_key, 32), f->kind, value);
    bawn_cli_advice_add(advice, j->policy->tree, &c);
}

static void show_guards(FILE *out, const bawn_cli_guards *g)
{
    fprintf(out, " %slooked:", bawn_cli_ink(out, CLI_DIM));
    for (size_t i = 0; i < g->n; i++)
        fprintf(out, "%s%.*s", i ? ", " : " ", (int)g->names[i].len, g->names[i].ptr);
    fprintf(out, "%s\n", bawn_cli_ink(out, CLI_PLAIN));
}

void bawn_cli_explain(FILE *out, const bawn_cli_judge *j, const bawn_cli_row *row, const bawn_verdict *v, bawn_slice masked)
{
    bawn_cli_advice advice = { 0 };

    fprintf(out, " %s%s%s  %llu of %llu characters guarded, as %s from the %s\n",
            bawn_cli_ink(out, bawn_cli_action_colour(v->action)), bawn_cli_actions[v->action & 3],
            bawn_cli_ink(out, CLI_PLAIN), (unsigned long long)v->guarded, (unsigned long long)v->total,
            bawn_cli_sides[bawn_cli_judge_side(j, row)], bawn_cli_origins[row->origin]);
    if (v->failed)
        fprintf(out, " a guard could not run: the text is refused for that alone\n");
    for (size_t i = 0; i < v->n_findings; i++)
        if (v->findings[i].segment == 0)
            show_finding(out, &advice, j, row, &v->findings[i]);
    bawn_cli_advice_show(out, &advice, j->policy->tree, guardrail_of(j), "if it is a false alarm, exactly this");
    if (v->action == BAWN_MASK) {
        fprintf(out, " passed on as: ");
        bawn_cli_show(out, masked);
        fputc('\n', out);
    }
    show_guards(out, bawn_cli_judge_guards(j, row));
}

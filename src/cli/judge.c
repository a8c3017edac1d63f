/* judge.c: a row and its verdict; which guards run where. */
#include "cli/judge.h"

#include "engine/outcome.h"

/* ---- which guards run ------------------------------------------------------------------------------------------ */
static bool has_name(const bawn_cli_guards *g, bawn_slice name)
{
    for (size_t i = 0; i < g->n; i++)
        if (bawn_slice_eq(g->names[i], name))
            return true;
    return false;
}

static void write_quiet(bawn_cli_guards *g)
{
    bawn_buf_str(&g->quiet, "\"scores\":{");
    for (size_t i = 0; i < g->n; i++) {
        bawn_buf_str(&g->quiet, i ? "," : "");
        bawn_json_write_string(&g->quiet, g->names[i]);
        bawn_buf_str(&g->quiet, ":0");
    }
    bawn_buf_str(&g->quiet, "},\"findings\":[]");
}

static bool list_guards(bawn_cli_guards *out, const bawn_wall *w, const bawn_guardrail *g, int place, bool prompt_known)
{
    for (size_t i = 0; i < w->n_guards; i++) {
        bawn_slice name = bawn_slice_str(w->guards[i]->guard);

        if (!g->wakes[place][i] || has_name(out, name) || (!prompt_known && bawn_slice_is(name, "leak")))
            continue;
        if (out->n == BAWN_COUNT(out->names))
            return bawn_cli_fail(CLI_BROKEN, "more guards than `bawn check` has room for"), false;
        out->names[out->n++] = name;
    }
    write_quiet(out);
    return !out->quiet.failed;
}

/* ---- opening --------------------------------------------------------------------------------------------------- */
static bool find_guardrail(bawn_cli_judge *j, int *index, const char *name)
{
    const char *names[258];
    size_t n = 0;

    j->guardrail = bawn_slice_str(name);
    *index = bawn_wall_guardrail_find(j->wall, j->guardrail);
    if (*index >= 0)
        return true;
    for (; n < bawn_wall_guardrails(j->wall) && n + 1 < BAWN_COUNT(names); n++)
        names[n] = bawn_wall_guardrail_name(j->wall, n).ptr;
    names[n] = NULL;
    bawn_buf list = { 0 };
    for (size_t i = 0; i < n && i < 20; i++) {
        bawn_buf_str(&list, i ? ", " : "");
        bawn_buf_add(&list, bawn_wall_guardrail_name(j->wall, i));
    }
    bawn_cli_fail(CLI_USAGE, "the policy has no guardrail `%s`; it has %.*s", name, (int)list.len, list.ptr ? list.ptr : "");
    bawn_buf_free(&list);
    return false;
}

bool bawn_cli_judge_open(bawn_cli_judge *j, const bawn_cli_policy *policy, const char *guardrail, const char *side)
{
    bawn_error err = { 0 };
    const bawn_wall *wall = policy->wall;
    int index;

    *j = (bawn_cli_judge){ .policy = policy, .wall = wall, .side = side ? bawn_cli_word(bawn_cli_sides, 2, bawn_slice_str(side)) : -1 };
    if (!find_guardrail(j, &index, guardrail))
        return false;
    for (int place = 0; place < BAWN_PLACE_COUNT; place++)
        for (int known = 0; known < 2; known++)
            if (!list_guards(&j->guards[place][known], wall, &wall->guardrails[index], place, known))
                return false;
    if (bawn_worker_new(&j->worker, wall, &err))
        return true;
    bawn_cli_fail(CLI_BROKEN, "%s", err.message);
    return false;
}

void bawn_cli_judge_close(bawn_cli_judge *j)
{
    bawn_worker_free(j->worker);
    for (int place = 0; place < BAWN_PLACE_COUNT; place++)
        for (int known = 0; known < 2; known++)
            bawn_buf_free(&j->guards[place][known].quiet);
}

/* ---- judging --------------------------------------------------------------------------------------------------- */
bawn_side bawn_cli_judge_side(const bawn_cli_judge *j, const bawn_cli_row *row)
{
    if (j->side >= 0)
        return (bawn_side)j->side;
    return !row->earlier && (row->role == BAWN_ASSISTANT || bawn_cli_is_call(row)) ? BAWN_OUTPUT : BAWN_INPUT;
}

const bawn_cli_guards *bawn_cli_judge_guards(const bawn_cli_judge *j, const bawn_cli_row *row)
{
    return &j->guards[bawn_place_of(bawn_cli_judge_side(j, row), row->role, row->origin)][row->has_context];
}

bool bawn_cli_judge_row(const bawn_verdict **out, bawn_slice *masked, bawn_cli_judge *j, const bawn_cli_row *row,
                        bawn_error *err)
{
    bawn_side side = bawn_cli_judge_side(j, row);
    bawn_segment segments[2] = { { .role = row->role, .origin = row->origin, .text = row->text },
                                 { .role = BAWN_SYSTEM, .origin = BAWN_APPLICATION, .text = row->context } };
    size_t n = side == BAWN_OUTPUT && row->has_context ? 2 : 1;
    bawn_slice rewritten[2];

    if (side == BAWN_OUTPUT && !bawn_cli_is_call(row))
        segments[0].role = BAWN_ASSISTANT;              /* whatever its role was called: it is what is answered */
    *masked = BAWN_NIL;
    if (!bawn_inspect(out, NULL, j->worker, j->guardrail, side, segments, n, NULL, 0, NULL, err))
        return false;
    if ((*out)->action != BAWN_MASK)                    /* rewriting costs: only where something is rewritten */
        return true;
    if (!bawn_inspect(out, rewritten, j->worker, j->guardrail, side, segments, n, NULL, 0, NULL, err))
        return false;
    *masked = rewritten[0];
    return true;
}

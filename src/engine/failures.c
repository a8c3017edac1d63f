/* Guards that could not run; see failures.h. */
#include "engine/failures.h"

static const char *const names[] = { [BAWN_RAN] = "", [BAWN_TIMEOUT] = "timeout", [BAWN_OVERLOADED] = "overloaded",
                                     [BAWN_CRASHED] = "crashed", [BAWN_OUT_OF_MEMORY] = "no_memory" };

const char *bawn_failure_name(bawn_failure why) { return names[why < BAWN_COUNT(names) ? why : BAWN_CRASHED]; }

bawn_failure bawn_failure_named(bawn_slice name)
{
    for (size_t i = BAWN_TIMEOUT; i < BAWN_COUNT(names); i++)
        if (bawn_slice_is(name, names[i]))
            return (bawn_failure)i;
    return BAWN_CRASHED;
}

static void write_down(struct bawn_failures *f, size_t guard, bawn_failure why)
{
    if (f->why[guard] == BAWN_RAN)
        f->n++;
    f->why[guard] = (uint8_t)why;
}

bool bawn_failures_note(bawn_judging *j, uint16_t guard, bawn_failure why)
{
    bool open = j->failures && j->guardrail->on_error[guard] == BAWN_ON_ERROR_ALLOW;

    if (j->failures)
        write_down(j->failures, guard, why);
    if (!open)
        j->failed = j->blamed = true;
    return open;
}

bool bawn_failures_note_all(bawn_judging *j, bawn_failure why)
{
    const bool *wakes = j->guardrail->wakes[j->place];
    bool open = true;

    if (!j->failures || j->blamed)
        return false;
    for (size_t g = 0; g < j->worker->wall->n_guards; g++)
        if (wakes[g] && j->failures->why[g] == BAWN_RAN) {
            open = open && j->guardrail->on_error[g] == BAWN_ON_ERROR_ALLOW;
            write_down(j->failures, g, why);
        }
    j->failed = j->blamed = !open;
    return open;
}

bool bawn_judging_is_whole(const bawn_judging *j)
{
    const bawn_guardrail *g = j->guardrail;

    for (size_t i = 0; j->failures && j->failures->n > 0 && i < j->worker->wall->n_guards; i++)
        if (j->failures->why[i] != BAWN_RAN && g->wakes[j->place][i])
            return false;
    return g->awake[j->place];
}

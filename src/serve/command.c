/* reload and stop, from another process. */
#include <signal.h>
#include <time.h>

#include "serve/inner.h"

#define STOP_SECONDS 60
#define END_SECONDS 3

static bool nothing_runs(const bawn_serve_plan *plan, bawn_error *err)
{
    return bawn_error_set(err, BAWN_E_USAGE, "nothing runs in %s; start it with `bawn serve`, or name its state folder", plan->state);
}

bool bawn_serve_reload(const bawn_serve_options *options, bawn_error *err)
{
    bawn_serve_plan plan;
    bool ok;

    if (!bawn_serve_plan_new(&plan, options, err))
        return false;
    if (bawn_serve_pid(&plan))
        ok = bawn_serve_control_ask(&plan, err);
    else if (bawn_serve_left(&plan))
        ok = bawn_serve_say_left(&plan, err);
    else
        ok = nothing_runs(&plan, err);
    bawn_serve_plan_free(&plan);
    return ok;
}

static bool ended(pid_t group, unsigned seconds)
{
    const struct timespec tick = { 0, 20000000 };

    for (unsigned i = 0; i < seconds * 50; i++) {
        if (bawn_serve_signal(group, 0) == 0)
            return true;
        nanosleep(&tick, NULL);
    }
    return bawn_serve_signal(group, 0) == 0;
}

/* With grace while there is a master to wait for; what a killed one left, and answers that never end, are cut: their decisions are
 * recorded. */
bool bawn_serve_stop(const bawn_serve_options *options, bawn_error *err)
{
    bawn_serve_plan plan;
    bool ok = true;

    if (!bawn_serve_plan_new(&plan, options, err))
        return false;
    pid_t master = bawn_serve_pid(&plan), group = master ? master : bawn_serve_left(&plan);
    if (!group)
        ok = nothing_runs(&plan, err);
    else if (master && kill(master, SIGQUIT) == 0 && ended(group, STOP_SECONDS))
        ok = true;
    else {
        bawn_serve_signal(group, SIGTERM);
        if (!ended(group, END_SECONDS))
            bawn_serve_signal(group, SIGKILL);
        ok = ended(group, END_SECONDS) || bawn_error_set(err, BAWN_E_IO, "processes of nginx in group %ld do not end: are they "
                                                          "another user's? `kill -9 -- -%ld` as that user ends them", (long)group,
                                                          (long)group);
    }
    bawn_serve_plan_free(&plan);
    return ok;
}

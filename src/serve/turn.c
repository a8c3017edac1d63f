/* A reload is over when a new worker serves and no old one takes connections any more; or when nginx's master says that it
 * cannot, and starts no worker: then the old ones go on. nginx tells nobody, so its processes and its log are watched. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "serve/inner.h"

#define MS 1000000ll
#define PATIENCE (15000 * MS)           /* the whole */
#define SILENCE (1000 * MS)             /* after a complaint, until no worker is expected any more; nginx tries a port each 500 ms */
#define CALM 2                          /* looks at which all is well: between its new title and its closed socket lies a moment */

static long long now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 * MS + t.tv_nsec;
}

bool bawn_serve_turn_begin(bawn_serve_turn *t, pid_t master)
{
    *t = (bawn_serve_turn){ .master = master, .deadline = now() + PATIENCE };
    t->n = bawn_serve_processes(t->before, SERVE_PROCESSES, master);
    return kill(master, SIGHUP) == 0;
}

void bawn_serve_turn_complaint(bawn_serve_turn *t, bawn_slice line)
{
    const bawn_slice grave = BAWN_LIT("emerg: ");

    if (!bawn_slice_starts(line, grave))
        return;
    t->complained = now();
    if (!t->why[0])
        snprintf(t->why, sizeof t->why, "%.*s", (int)(line.len - grave.len), line.ptr + grave.len);
}

static bool was_there(const bawn_serve_turn *t, pid_t pid)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->before[i].pid == pid)
            return true;
    return false;
}

bawn_serve_turned bawn_serve_turn_look(bawn_serve_turn *t, bawn_error *err)
{
    bawn_serve_process all[SERVE_PROCESSES];
    size_t n = bawn_serve_processes(all, SERVE_PROCESSES, t->master), fresh = 0, ready = 0, old = 0;
    long long time = now();

    for (size_t i = 0; i < n; i++) {
        bool known = was_there(t, all[i].pid);
        fresh += !known;
        ready += !known && all[i].serves;
        old += known && all[i].serves;
    }
    t->calm = ready && !old ? t->calm + 1 : 0;
    if (t->calm >= CALM)
        return SERVE_TURNED;
    if (t->complained && fresh == 0 && time - t->complained > SILENCE)
        bawn_error_set(err, BAWN_E_USAGE, "nginx refused the new configuration, and the old policy stays in force: %s", t->why);
    else if (time > t->deadline)
        bawn_error_set(err, BAWN_E_IO, "after %lld seconds %s; the output of `bawn serve` may say why", PATIENCE / MS / 1000,
                       ready ? "the new policy holds for new connections, but an old worker has not let go of its own"
                             : "no worker serves by the new policy");
    else
        return SERVE_TURNING;
    return SERVE_REFUSED;
}

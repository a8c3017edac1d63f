/* wall_help.h: the wall of a policy's text, and one worker on it. */
#ifndef BAWN_WALL_HELP_H
#define BAWN_WALL_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/base.h"
#include "bawn/bawn.h"

static inline bawn_wall *load_wall(const char *yaml)
{
    bawn_wall *wall = NULL;
    bawn_error err = { 0 };
    if (!bawn_wall_load(&wall, "test.yaml", bawn_slice_str(yaml), NULL, &err))
        fail_msg("%s:%u:%u: %s", err.file, err.line, err.column, err.message);
    return wall;
}

typedef struct { bawn_wall *wall; bawn_worker *worker; } desk;

static inline desk desk_open(const char *yaml)
{
    desk k = { .wall = load_wall(yaml) };
    bawn_error err = { 0 };
    if (!bawn_worker_new(&k.worker, k.wall, &err))
        fail_msg("no worker: %s", err.message);
    return k;
}

static inline void desk_close(desk *k)
{
    bawn_worker_free(k->worker);
    bawn_wall_free(k->wall);
}

#endif

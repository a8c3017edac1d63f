/* confine.h: a process gives up what it does not need, for good. Hostile text is parsed in a worker; a bug there must not become
 * a shell, a read of the host's files, or a connection to somewhere new. So a worker, once it has what it needs, enters
 *
 *   no new privileges  prctl(2): nothing it could execute gains rights
 *   Landlock           (landlock.c) files only beneath the paths of its plan, nothing executed, TCP only to the plan's ports,
 *                      signals only to itself: as much of that as the kernel's version of Landlock knows
 *   seccomp            (seccomp.c, calls.c) only the system calls of a server that is up and running
 *
 * What is open already (listening sockets, logs, the record's file) stays open. Nothing can be taken back but by the process's
 * end. The room knows nobody above it: who enters says in a plan what it needs. Linux only, like nginx here. keeps: T36 */
#ifndef BAWN_CONFINE_H
#define BAWN_CONFINE_H

#include "base/base.h"

/* What this kernel offers to this process. An outer filter (of a container, of systemd) may refuse what the kernel has. */
typedef struct {
    int landlock;                       /* version of its ABI; 0: none */
    int landlock_error, seccomp_error;  /* errno of what is missing, else 0 */
    bool seccomp;
} bawn_confine_kernel;
void bawn_confine_look(bawn_confine_kernel *out);
bool bawn_confine_has_all(const bawn_confine_kernel *);           /* both, whatever Landlock's version */

typedef enum {
    BAWN_CONFINE_READ,                  /* read, and list, all beneath it */
    BAWN_CONFINE_WRITE,                 /* also make, write, rename and remove files and folders beneath it */
    BAWN_CONFINE_APPEND,                /* write files that are there, beneath it; not read, not make */
} bawn_confine_access;
typedef struct { const char *path; bawn_confine_access access; } bawn_confine_path;

/* What the process needs after it has entered. Borrowed. */
typedef struct {
    const bawn_confine_path *paths;     /* a path that is not there, or cannot be reached, is passed over */
    size_t n_paths;
    const uint16_t *ports;              /* TCP ports it may connect to (Landlock 4) */
    size_t n_ports;
    bool any_port;                      /* ... or to all */
    bool udp, unix_sockets;             /* it makes sockets of these kinds, too */
} bawn_confine_plan;

/* Enters, with all that the kernel offers; threads that are there already are under the filter of calls, and under Landlock since
 * its version 8 (*outside, may be NULL: how many are not). False: something that is offered could not be entered; the process is
 * then confined in part, and should end. */
bool bawn_confine_enter(size_t *outside, const bawn_confine_kernel *, const bawn_confine_plan *, bawn_error *err);

/* For people, appended: what holds, "seccomp, Landlock 7: files, TCP to ports 443 and 9400, signals"; `plan` may be NULL. */
bool bawn_confine_say(bawn_buf *out, const bawn_confine_kernel *, const bawn_confine_plan *plan);
/* For people, appended: what does not hold and what to do about it; nothing when all is there. */
bool bawn_confine_say_missing(bawn_buf *out, const bawn_confine_kernel *);
/* A build with sanitizers, which need more calls (a tracer that looks for leaks) and /proc: never a release. */
bool bawn_confine_is_relaxed(void);

#endif

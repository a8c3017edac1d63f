/* inner.h: what the files of this room share. */
#ifndef BAWN_CONFINE_INNER_H
#define BAWN_CONFINE_INNER_H

#include "confine/confine.h"

/* landlock.c: the version that the kernel has; 0: none, errno says why. */
int bawn_confine_landlock_version(void);
/* Enters. *all_threads: those that were there before, too. */
bool bawn_confine_landlock(bool *all_threads, int version, const bawn_confine_plan *, bawn_error *err);
#define CONFINE_LANDLOCK_TRUNCATE 3     /* since which version what is known */
#define CONFINE_LANDLOCK_PORTS 4
#define CONFINE_LANDLOCK_SCOPES 6

/* seccomp.c */
bool bawn_confine_has_seccomp(void);    /* false: errno says why */
bool bawn_confine_seccomp(const bawn_confine_plan *, bawn_error *err);

/* calls.c: names of system calls in groups, each with the reason why it is there. What stands in no group is refused (EPERM). */
typedef struct { const char *why, *const *names; } bawn_confine_group;
extern const bawn_confine_group bawn_confine_allowed[];           /* ended by NULL */
extern const char *const bawn_confine_deadly[];                   /* the process ends when it tries these; ended by NULL */

#endif

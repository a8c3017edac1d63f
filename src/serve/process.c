/* nginx's processes, as /proc shows them. The master leads a process group of its own, in which its workers are: a group lives as
 * long as one of them does, so that its number names them even when the master has been killed. */
#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/inner.h"

/* "12 (nginx) S 11 12 ..." -> its group; 0: it is no nginx, or it has ended and waits to be buried. */
static pid_t group_of(const char *pid)
{
    char path[300], line[512] = "", *name, *end;

    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return 0;
    if (!fgets(line, sizeof line, f))
        line[0] = '\0';
    fclose(f);
    name = strchr(line, '(');
    end = strrchr(line, ')');
    if (!name || !end || strncmp(name, "(nginx", 6) != 0 || strlen(end) < 4 || end[2] == 'Z' || end[2] == 'X')
        return 0;
    (void)strtol(end + 3, &end, 10);                    /* the parent */
    return (pid_t)strtol(end, NULL, 10);
}

/* nginx gives a worker its title when every module has begun in it (ngx_worker_process_cycle), and another before it closes its
 * sockets to end. */
static bool has_begun(const char *pid)
{
    char path[300], title[64] = "";

    snprintf(path, sizeof path, "/proc/%s/cmdline", pid);
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(title, 1, sizeof title - 1, f) : 0;
    if (f)
        fclose(f);
    title[n] = '\0';
    return strcmp(title, "nginx: worker process") == 0;
}

size_t bawn_serve_processes(bawn_serve_process *out, size_t most, pid_t group)
{
    DIR *all = group > 1 ? opendir("/proc") : NULL;
    struct dirent *entry;
    size_t n = 0;

    while (all && n < most && (entry = readdir(all)) != NULL)
        if (isdigit((unsigned char)entry->d_name[0]) && group_of(entry->d_name) == group)
            out[n++] = (bawn_serve_process){ (pid_t)strtol(entry->d_name, NULL, 10), has_begun(entry->d_name) };
    if (all)
        closedir(all);
    return n;
}

size_t bawn_serve_signal(pid_t group, int signal)
{
    bawn_serve_process all[SERVE_PROCESSES];
    size_t n = bawn_serve_processes(all, SERVE_PROCESSES, group);

    for (size_t i = 0; signal && i < n; i++)
        (void)kill(all[i].pid, signal);
    return n;
}

bool bawn_serve_has_worker(pid_t master)
{
    bawn_serve_process all[SERVE_PROCESSES];
    size_t n = bawn_serve_processes(all, SERVE_PROCESSES, master);
    bool found = false;

    for (size_t i = 0; i < n; i++)
        found = found || all[i].serves;
    return found;
}

/* What the pid file says, be it there or not. */
static pid_t written(const bawn_serve_plan *plan)
{
    char text[32] = "";
    FILE *f = fopen(plan->pid, "re");
    long pid = f && fgets(text, sizeof text, f) ? strtol(text, NULL, 10) : 0;

    if (f)
        fclose(f);
    return pid > 1 ? (pid_t)pid : 0;
}

/* The pid file may be left over by a killed machine: the process must be there, be nginx, and not have ended. */
pid_t bawn_serve_pid(const bawn_serve_plan *plan)
{
    char name[32];
    pid_t pid = written(plan);

    snprintf(name, sizeof name, "%ld", (long)pid);
    return pid && group_of(name) == pid ? pid : 0;
}

pid_t bawn_serve_left(const bawn_serve_plan *plan)
{
    pid_t pid = written(plan);

    return pid && !bawn_serve_pid(plan) && bawn_serve_signal(pid, 0) > 0 ? pid : 0;
}

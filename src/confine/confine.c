/* confine.c: what the kernel offers, in which order it is entered, and words about it.
 *
 * The order: no new privileges first, which both others ask for; Landlock next, since the filter of calls refuses to make rulesets;
 * the filter last. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <sys/prctl.h>

#include "confine/inner.h"

void bawn_confine_look(bawn_confine_kernel *out)
{
    *out = (bawn_confine_kernel){ .landlock = bawn_confine_landlock_version() };
    out->landlock_error = out->landlock ? 0 : errno;
    out->seccomp = bawn_confine_has_seccomp();
    out->seccomp_error = out->seccomp ? 0 : errno;
}

bool bawn_confine_has_all(const bawn_confine_kernel *k) { return k->landlock > 0 && k->seccomp; }

bool bawn_confine_is_relaxed(void)
{
#ifdef BAWN_CONFINE_RELAXED
    return true;
#else
    return false;
#endif
}

/* Without /proc it cannot be known, and none is taken to be there: nginx makes them only where a thread pool is used. */
static size_t other_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    size_t n = 0;

    for (const struct dirent *e = tasks ? readdir(tasks) : NULL; e; e = readdir(tasks))
        n += e->d_name[0] != '.';
    if (tasks)
        closedir(tasks);
    return n > 0 ? n - 1 : 0;
}

bool bawn_confine_enter(size_t *outside, const bawn_confine_kernel *k, const bawn_confine_plan *plan, bawn_error *err)
{
    size_t threads = other_threads();
    bool all = false;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return bawn_error_set(err, BAWN_E_IO, "the kernel does not promise to give no new privileges: %s", strerror(errno));
    if (k->landlock && !bawn_confine_landlock(&all, k->landlock, plan, err))
        return false;
    if (outside)
        *outside = k->landlock && !all ? threads : 0;
    return !k->seccomp || bawn_confine_seccomp(plan, err);
}

/* ---- words --------------------------------------------------------------------------------------------------------- */
static void say_ports(bawn_buf *out, const bawn_confine_plan *plan)
{
    bawn_buf_str(out, ", TCP to ");
    if (!plan || plan->any_port)
        bawn_buf_str(out, plan ? "any port" : "the upstreams' ports");
    else if (plan->n_ports == 0)
        bawn_buf_str(out, "nowhere");
    for (size_t i = 0; plan && !plan->any_port && i < plan->n_ports; i++)
        bawn_buf_fmt(out, "%s%u", i == 0 ? plan->n_ports > 1 ? "ports " : "port " : i + 1 < plan->n_ports ? ", " : " and ", plan->ports[i]);
}

bool bawn_confine_say(bawn_buf *out, const bawn_confine_kernel *k, const bawn_confine_plan *plan)
{
    bawn_buf_str(out, k->seccomp ? "no new privileges, seccomp" : "no new privileges");
    if (k->landlock) {
        bawn_buf_fmt(out, ", Landlock %d: files", k->landlock);
        if (k->landlock >= CONFINE_LANDLOCK_PORTS)
            say_ports(out, plan);
        if (k->landlock >= CONFINE_LANDLOCK_SCOPES)
            bawn_buf_str(out, ", signals");
    }
    if (bawn_confine_is_relaxed())
        bawn_buf_str(out, " (relaxed: a build with sanitizers)");
    return !out->failed;
}

/* Why, and what to do: the kernel was built without it, it was not switched on, or somebody around us does not let us. */
static void say_why(bawn_buf *out, int error, const char *since, const char *option, const char *boot)
{
    if (error == ENOSYS || error == EINVAL)
        bawn_buf_fmt(out, "this kernel has none; it takes Linux %s with %s", since, option);
    else if (error == EOPNOTSUPP)
        bawn_buf_fmt(out, "this kernel has it and did not switch it on; %s", boot);
    else
        bawn_buf_fmt(out, "it may not be used here (%s); let the container or the unit that runs this allow its system calls", strerror(error));
}

bool bawn_confine_say_missing(bawn_buf *out, const bawn_confine_kernel *k)
{
    if (!k->landlock) {
        bawn_buf_str(out, "no Landlock, so which files and ports are used is not limited: ");
        say_why(out, k->landlock_error, "5.13 or later", "CONFIG_SECURITY_LANDLOCK", "add `landlock` to lsm= on its command line");
    }
    if (!k->seccomp) {
        bawn_buf_str(out, k->landlock ? "no seccomp, so system calls are not limited: " : "; no seccomp, so system calls are not either: ");
        say_why(out, k->seccomp_error, "4.14 or later", "CONFIG_SECCOMP_FILTER", "");
    }
    return !out->failed;
}

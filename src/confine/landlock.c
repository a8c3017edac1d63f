/* landlock.c: which files and ports, by Landlock (Linux 5.13 and later; Documentation/userspace-api/landlock.rst). A ruleset names
 * the rights that it handles: all of those are refused but for what rules give back, beneath a path or for a port. Each version of
 * the ABI knows more of them than the last:
 *
 *   1  files and folders     2  moves between folders    3  truncation    4  TCP: bind, connect
 *   5  ioctl on devices      6  signals, abstract sockets of others       7  refusals can be logged    8  all threads at once
 *
 * A kernel that knows a right gets all of it handled, one that does not is not asked. Debian 12's headers end with version 2, so
 * the later constants stand here; the system calls have no wrappers in the C library. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine/inner.h"

#define FS_TRUNCATE (UINT64_C(1) << 14)
#define FS_IOCTL_DEV (UINT64_C(1) << 15)
#define NET_BIND_TCP (UINT64_C(1) << 0)
#define NET_CONNECT_TCP (UINT64_C(1) << 1)
#define SCOPE_ABSTRACT_UNIX_SOCKET (UINT64_C(1) << 0)
#define SCOPE_SIGNAL (UINT64_C(1) << 1)
#define RULE_NET_PORT 2
#define RESTRICT_SELF_TSYNC (1u << 3)
#define VERSION_WITH_TSYNC 8

#define FS_FIRST ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)          /* all of version 1 */
#define OF_FILES (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)
#define READS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITES (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
                LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER | FS_TRUNCATE)

/* As the kernel has them; an older one takes a longer structure whose unknown rest is zero. */
typedef struct { uint64_t fs, net, scoped; } ruleset;
typedef struct { uint64_t access, port; } port_rule;

/* What changes by version, from the highest down. */
static const struct { int since; ruleset handled; } versions[] = {
    { CONFINE_LANDLOCK_SCOPES, { 0, 0, SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL } },
    { 5, { FS_IOCTL_DEV, 0, 0 } },
    { CONFINE_LANDLOCK_PORTS, { 0, NET_BIND_TCP | NET_CONNECT_TCP, 0 } },
    { CONFINE_LANDLOCK_TRUNCATE, { FS_TRUNCATE, 0, 0 } },
    { 2, { LANDLOCK_ACCESS_FS_REFER, 0, 0 } },
    { 1, { FS_FIRST, 0, 0 } },
};

static const uint64_t rights[] = {
    [BAWN_CONFINE_READ] = READS, [BAWN_CONFINE_WRITE] = READS | WRITES, [BAWN_CONFINE_APPEND] = LANDLOCK_ACCESS_FS_WRITE_FILE,
};

/* What the C library and OpenSSL read whenever they like. Nothing else of the system: no host's names, no certificates, no
 * libraries; the master has read those. */
static const bawn_confine_path always[] = {
    { "/etc/localtime", BAWN_CONFINE_READ }, { "/usr/share/zoneinfo", BAWN_CONFINE_READ },
    { "/dev/null", BAWN_CONFINE_WRITE }, { "/dev/urandom", BAWN_CONFINE_READ },
#ifdef BAWN_CONFINE_RELAXED
    { "/proc", BAWN_CONFINE_READ }, { "/usr", BAWN_CONFINE_READ },    /* what sanitizers report with */
#endif
};

int bawn_confine_landlock_version(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    return version > 0 ? (int)version : 0;
}

static ruleset handled_by(int version, const bawn_confine_plan *plan)
{
    ruleset all = { 0, 0, 0 };

    for (size_t i = 0; i < BAWN_COUNT(versions); i++)
        if (version >= versions[i].since) {
            all.fs |= versions[i].handled.fs;
            all.net |= versions[i].handled.net;
            all.scoped |= versions[i].handled.scoped;
        }
    if (plan->any_port)
        all.net &= ~NET_CONNECT_TCP;
    return all;
}

/* A rule hangs on what is there now: a file that is moved away keeps it, another that takes its name does not get it. So what
 * is made anew (logs, files of the record) is named by its folder. */
static bool allow_path(int fd, const ruleset *all, const bawn_confine_path *path, bawn_error *err)
{
    struct landlock_path_beneath_attr rule = { .parent_fd = open(path->path, O_PATH | O_CLOEXEC) };
    struct stat st;
    bool ok;

    if (rule.parent_fd < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == EACCES ||
               bawn_error_set(err, BAWN_E_IO, "cannot open %s for Landlock: %s", path->path, strerror(errno));
    rule.allowed_access = all->fs & rights[path->access];
    if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
        rule.allowed_access &= OF_FILES;
    ok = syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0 ||
         bawn_error_set(err, BAWN_E_IO, "Landlock does not take %s: %s", path->path, strerror(errno));
    close(rule.parent_fd);
    return ok;
}

static bool allow_paths(int fd, const ruleset *all, const bawn_confine_path *paths, size_t n, bawn_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!allow_path(fd, all, &paths[i], err))
            return false;
    return true;
}

static bool allow_ports(int fd, const ruleset *all, const bawn_confine_plan *plan, bawn_error *err)
{
    for (size_t i = 0; i < plan->n_ports && all->net & NET_CONNECT_TCP; i++) {
        port_rule rule = { .access = NET_CONNECT_TCP, .port = plan->ports[i] };
        if (syscall(SYS_landlock_add_rule, fd, RULE_NET_PORT, &rule, 0) != 0)
            return bawn_error_set(err, BAWN_E_IO, "Landlock does not take port %u: %s", plan->ports[i], strerror(errno));
    }
    return true;
}

bool bawn_confine_landlock(bool *all_threads, int version, const bawn_confine_plan *plan, bawn_error *err)
{
    ruleset all = handled_by(version, plan);
    unsigned flags = version >= VERSION_WITH_TSYNC ? RESTRICT_SELF_TSYNC : 0;
    int fd = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    bool ok;

    *all_threads = flags != 0;
    if (fd < 0)
        return bawn_error_set(err, BAWN_E_IO, "Landlock %d makes no ruleset: %s", version, strerror(errno));
    ok = allow_paths(fd, &all, always, BAWN_COUNT(always), err) && allow_paths(fd, &all, plan->paths, plan->n_paths, err) &&
         allow_ports(fd, &all, plan, err);
    if (ok && syscall(SYS_landlock_restrict_self, fd, flags) != 0)
        ok = bawn_error_set(err, BAWN_E_IO, "Landlock %d cannot be entered: %s", version, strerror(errno));
    close(fd);
    return ok;
}

/* What a confined process can do and what it cannot: a child enters, as a worker of nginx does, tries one thing, and says with its
 * exit status how that ended. What the kernel does not offer cannot be tried: those rows say so and are passed over.
 *
 * keeps: T36 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "confine/confine.h"

enum { DIES = 1000, NOT_ENTERED = 250, NOT_TRIED = 251 };
static bawn_confine_kernel kernel;
static char root[64];
static uint16_t open_port, other_port;

/* ---- the world: folders of each kind, and two servers -------------------------------------------------------------- */
static const char *at(const char *name)
{
    static char paths[4][128];
    static unsigned turn;
    char *out = paths[turn++ % 4];

    snprintf(out, sizeof paths[0], "%s/%s", root, name);
    return out;
}

static void write_file(const char *name)
{
    int fd = open(at(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

    assert_true(fd >= 0 && write(fd, "text\n", 5) == 5 && close(fd) == 0);
}

static uint16_t listen_somewhere(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&a, len) == 0 && listen(fd, 16) == 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
    return ntohs(a.sin_port);
}

static int set_up(void **state)
{
    (void)state;
    bawn_confine_look(&kernel);
    snprintf(root, sizeof root, "/tmp/bawn-confine-XXXXXX");
    if (!mkdtemp(root))
        return -1;
    for (const char *const *f = (const char *const[]){ "served", "state", "logs", "host", NULL }; *f; f++)
        assert_int_equal(mkdir(at(*f), 0755), 0);
    for (const char *const *f = (const char *const[]){ "served/page", "state/old", "logs/log", "host/secret", "one", NULL }; *f; f++)
        write_file(*f);
    open_port = listen_somewhere();
    other_port = listen_somewhere();
    return 0;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static int tear_down(void **state)
{
    (void)state;
    return nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static bool enter(const bawn_confine_kernel *k, bool more_sockets, bool any_port)
{
    const bawn_confine_path paths[] = {
        { at("served"), BAWN_CONFINE_READ }, { at("state"), BAWN_CONFINE_WRITE }, { at("logs"), BAWN_CONFINE_APPEND },
        { at("not there"), BAWN_CONFINE_READ },
    };
    const bawn_confine_plan plan = { .paths = paths, .n_paths = BAWN_COUNT(paths), .ports = &open_port, .n_ports = 1, .any_port = any_port,
                                     .udp = more_sockets, .unix_sockets = more_sockets };
    bawn_error err = { 0 };

    if (bawn_confine_enter(NULL, k, &plan, &err))
        return true;
    fprintf(stderr, "cannot enter: %s\n", err.message);
    return false;
}

typedef int attempt(void);              /* 0, or the errno */
typedef struct { const char *what; attempt *try; int expected, landlock; bool relaxed; } row;

/* How it ended, in a child that has entered: errno, or DIES for a process that the kernel ended for the call. */
static int ends(attempt *try, const bawn_confine_kernel *k, bool more_sockets, bool any_port)
{
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
        _exit(enter(k, more_sockets, any_port) ? try() : NOT_ENTERED);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? DIES : -WTERMSIG(status);
    return WEXITSTATUS(status);
}

static void check(const row *rows, size_t n, bool more_sockets)
{
    for (size_t i = 0; i < n; i++) {
        if (!kernel.seccomp || kernel.landlock < rows[i].landlock || (rows[i].relaxed && bawn_confine_is_relaxed())) {
            print_message("not tried here: %s\n", rows[i].what);
            continue;
        }
        int got = ends(rows[i].try, &kernel, more_sockets, false);
        if (got != rows[i].expected)
            fail_msg("%s: expected %d, got %d", rows[i].what, rows[i].expected, got);
    }
}

/* ---- attempts ------------------------------------------------------------------------------------------------------ */
static int opens(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0644);
    return fd < 0 ? errno : 0;
}

static int runs_a_shell(void) { execve("/bin/sh", (char *[]){ (char *)(uintptr_t)"sh", NULL }, NULL); return errno; }
static int runs_a_file(void) { syscall(SYS_execveat, open("/bin/sh", O_PATH), "", NULL, NULL, 0x1000); return errno; }
static int reads_passwords(void) { return opens("/etc/shadow", O_RDONLY); }
static int reads_the_hosts_files(void) { return opens(at("host/secret"), O_RDONLY); }
static int reads_around_it(void) { return opens(at("served/../host/secret"), O_RDONLY); }
static int reads_environments(void) { return opens("/proc/self/environ", O_RDONLY); }
static int lists_root(void) { return opendir("/") ? 0 : errno; }
static int writes_outside(void) { return opens(at("host/secret"), O_WRONLY); }
static int makes_outside(void) { return opens(at("host/new"), O_WRONLY | O_CREAT); }
static int makes_where_it_reads(void) { return opens(at("served/new"), O_WRONLY | O_CREAT); }
static int removes_outside(void) { return unlink(at("host/secret")) ? errno : 0; }
static int moves_out(void) { return rename(at("state/old"), at("host/old")) ? errno : 0; }
static int links_in(void) { return link(at("host/secret"), at("state/link")) ? errno : 0; }
static int points_out(void) { return symlink("/etc/shadow", at("state/pointer")) ? errno : 0; }
static int reads_the_log(void) { return opens(at("logs/log"), O_RDONLY); }
static int makes_a_log(void) { return opens(at("logs/new"), O_WRONLY | O_CREAT | O_APPEND); }
static int empties_by_opening(void) { return opens(at("host/secret"), O_RDONLY | O_TRUNC); }
static int empties_by_name(void) { return truncate(at("host/secret"), 0) ? errno : 0; }
static int changes_rights(void) { return chmod(at("host/secret"), 0777) ? errno : 0; }
static int traces(void) { return ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? errno : 0; }
static int traces_its_parent(void) { return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) ? errno : 0; }
static int reads_its_parents_memory(void)
{
    struct iovec here = { root, 1 }, there = { root, 1 };
    return process_vm_readv(getppid(), &here, 1, &there, 1, 0) < 0 ? errno : 0;
}
static int writes_its_parents_memory(void)
{
    struct iovec here = { root, 1 }, there = { root, 1 };
    return process_vm_writev(getppid(), &here, 1, &there, 1, 0) < 0 ? errno : 0;
}
static int mounts(void) { return (int)syscall(SYS_mount, "none", root, "tmpfs", 0, NULL) ? errno : 0; }
static int unshares(void) { return unshare(CLONE_NEWUSER) ? errno : 0; }
static int clones_with_a_space(void) { return syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0) < 0 ? errno : 0; }
static int forks(void) { return (int)syscall(SYS_fork) < 0 ? errno : 0; }
static int clones_the_new_way(void) { return syscall(SYS_clone3, NULL, 0) < 0 ? errno : 0; }
static int loads_bpf(void) { return syscall(SYS_bpf, 0, NULL, 0) < 0 ? errno : 0; }
static int asks_for_keys(void) { return syscall(SYS_keyctl, 0, 0) < 0 ? errno : 0; }
static int faults_by_itself(void) { return syscall(SYS_userfaultfd, 0) < 0 ? errno : 0; }
static int counts_events(void) { return syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0) < 0 ? errno : 0; }
static int loads_a_module(void) { return syscall(SYS_init_module, NULL, 0, "") < 0 ? errno : 0; }
static int loads_a_kernel(void) { return syscall(SYS_kexec_load, 0, 0, NULL, 0) < 0 ? errno : 0; }
static int sets_up_a_ring(void) { return syscall(SYS_io_uring_setup, 4, NULL) < 0 ? errno : 0; }
static int changes_its_kind(void) { return syscall(SYS_personality, 0x0040000) < 0 ? errno : 0; }
static int makes_a_file_of_memory(void) { return syscall(SYS_memfd_create, "x", 0) < 0 ? errno : 0; }
static int calls_what_nobody_knows(void) { return syscall(500) < 0 ? errno : 0; }
static int calls_a_32_bit_number(void) { return syscall(0x40000000 | SYS_getpid) < 0 ? errno : 0; }      /* x32 */
static int makes_code(void) { return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0; }
static int turns_data_into_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(page, 4096, PROT_READ | PROT_EXEC) ? errno : 0;
}
static int kills_its_parent(void) { return kill(getppid(), 0) ? errno : 0; }
static int kills_all(void) { return kill(-1, 0) ? errno : 0; }
static int lets_a_file_signal(void) { return fcntl(STDERR_FILENO, F_SETOWN, getppid()) ? errno : 0; }
static int types_for_the_terminal(void) { return ioctl(STDIN_FILENO, TIOCSTI, "x") ? errno : 0; }
static int raises_its_limits(void) { return setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }) ? errno : 0; }

static int makes(int family, int type, int protocol) { return socket(family, type | SOCK_CLOEXEC, protocol) < 0 ? errno : 0; }
static int makes_netlink(void) { return makes(AF_NETLINK, SOCK_RAW, 0); }
static int makes_packets(void) { return makes(AF_PACKET, SOCK_RAW, 0); }
static int makes_vsock(void) { return makes(AF_VSOCK, SOCK_STREAM, 0); }
static int makes_alg(void) { return makes(AF_ALG, SOCK_SEQPACKET, 0); }
static int makes_raw(void) { return makes(AF_INET, SOCK_RAW, IPPROTO_TCP); }
static int makes_mptcp(void) { return makes(AF_INET, SOCK_STREAM, 262); }
static int makes_udp(void) { return makes(AF_INET, SOCK_DGRAM, 0); }
static int makes_unix(void) { return makes(AF_UNIX, SOCK_STREAM, 0); }
static int makes_tcp6(void) { return makes(AF_INET6, SOCK_STREAM, 0); }

static int connects(uint16_t port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    return connect(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), (struct sockaddr *)&a, sizeof a) ? errno : 0;
}
static int connects_to_its_upstream(void) { return connects(open_port); }
static int connects_elsewhere(void) { return connects(other_port); }
static int connects_by_sending(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(other_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    return sendto(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "x", 1, MSG_FASTOPEN, (struct sockaddr *)&a, sizeof a) < 0 ? errno : 0;
}
static int binds(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    return bind(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), (struct sockaddr *)&a, sizeof a) ? errno : 0;
}
static int listens(void) { return listen(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), 1) ? errno : 0; }

/* ---- what a worker does -------------------------------------------------------------------------------------------- */
static int keeps_its_record(void)
{
    int fd = open(at("state/new"), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0640);
    bool ok = fd >= 0 && write(fd, "frame", 5) == 5 && ftruncate(fd, 3) == 0 && fdatasync(fd) == 0 && fsync(fd) == 0 && close(fd) == 0;
    DIR *list = opendir(at("state"));

    ok = ok && list && readdir(list) && rename(at("state/new"), at("state/newer")) == 0 && unlink(at("state/newer")) == 0;
    return ok && mkdir(at("state/1"), 0700) == 0 && rmdir(at("state/1")) == 0 ? 0 : errno ? errno : NOT_TRIED;
}
static int reads_pages(void)
{
    char text[8];
    int fd = open(at("served/page"), O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, text, 5) == 5 && opendir(at("served")) ? 0 : errno;
}
static int opens_its_log_again(void) { return opens(at("logs/log"), O_WRONLY | O_CREAT | O_APPEND); }
static void *nothing(void *x) { return x; }
static int starts_a_thread(void)
{
    pthread_t t;
    int failed = pthread_create(&t, NULL, nothing, NULL);
    return failed ? failed : pthread_join(t, NULL);
}
static int lives_on(void)
{
    struct rlimit files;
    char *large = malloc(8u << 20);
    time_t now = time(NULL);
    struct tm tm;

    memset(large, 1, 8u << 20);
    free(large);
    return localtime_r(&now, &tm) && getrlimit(RLIMIT_NOFILE, &files) == 0 && kill(getpid(), 0) == 0 && !isatty(open("/dev/null", O_RDWR)) &&
           opens("/dev/urandom", O_RDONLY) == 0 ? 0 : errno ? errno : NOT_TRIED;
}
static int is_marked(void)
{
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == -1 && errno == EPERM ? 0 : NOT_TRIED;     /* even asking is over */
}

static void test_nothing_is_executed_and_no_other_process_is_touched(void **state)
{
    static const row rows[] = {
        { "a shell", runs_a_shell, DIES, 0, false },
        { "a file that is open", runs_a_file, DIES, 0, false },
        { "a trace", traces, DIES, 0, true },
        { "a trace of the parent", traces_its_parent, DIES, 0, true },
        { "a read of the parent's memory", reads_its_parents_memory, DIES, 0, true },
        { "a write to the parent's memory", writes_its_parents_memory, DIES, 0, false },
        { "a signal to the parent", kills_its_parent, EPERM, 0, true },
        { "a signal to all", kills_all, EPERM, 0, true },
        { "a signal by way of a file", lets_a_file_signal, EPERM, 0, false },
        { "a fork", forks, EPERM, 0, false },
        { "clone3", clones_the_new_way, ENOSYS, 0, false },
        { "a clone in another name space", clones_with_a_space, EPERM, 0, true },
        { "memory that is code", makes_code, EPERM, 0, true },
        { "data that becomes code", turns_data_into_code, EPERM, 0, true },
    };
    (void)state;
    check(rows, BAWN_COUNT(rows), false);
}

static void test_the_kernel_is_asked_for_nothing_else(void **state)
{
    static const row rows[] = {
        { "mount", mounts, DIES, 0, false },
        { "unshare", unshares, DIES, 0, false },
        { "bpf", loads_bpf, DIES, 0, false },
        { "keyctl", asks_for_keys, DIES, 0, false },
        { "userfaultfd", faults_by_itself, DIES, 0, false },
        { "perf_event_open", counts_events, DIES, 0, false },
        { "init_module", loads_a_module, DIES, 0, false },
        { "kexec_load", loads_a_kernel, DIES, 0, false },
        { "io_uring_setup", sets_up_a_ring, ENOSYS, 0, false },
        { "personality", changes_its_kind, EPERM, 0, false },
        { "memfd_create", makes_a_file_of_memory, EPERM, 0, false },
        { "a number without a name", calls_what_nobody_knows, ENOSYS, 0, false },
#ifdef __x86_64__
        { "a number of x32", calls_a_32_bit_number, DIES, 0, false },
#endif
        { "a character for the terminal", types_for_the_terminal, EPERM, 0, false },
        { "limits", raises_its_limits, EPERM, 0, true },
    };
    (void)state;
    check(rows, BAWN_COUNT(rows), false);
}

static void test_files_outside_the_lists_stay_closed(void **state)
{
    static const row rows[] = {
        { "/etc/shadow", reads_passwords, EACCES, 1, false },
        { "a file of the host", reads_the_hosts_files, EACCES, 1, false },
        { "the same by way of a folder that is open", reads_around_it, EACCES, 1, false },
        { "the environment", reads_environments, EACCES, 1, true },
        { "a list of /", lists_root, EACCES, 1, false },
        { "a write", writes_outside, EACCES, 1, false },
        { "a new file", makes_outside, EACCES, 1, false },
        { "a new file where it only reads", makes_where_it_reads, EACCES, 1, false },
        { "a file removed", removes_outside, EACCES, 1, false },
        { "a file moved out", moves_out, EACCES, 2, false },
        { "a file linked in", links_in, EPERM, 0, false },
        { "a link to what is closed", points_out, EPERM, 0, false },
        { "a log that is read", reads_the_log, EACCES, 1, false },
        { "a log that is made", makes_a_log, EACCES, 1, false },
        { "a file emptied by opening it", empties_by_opening, EPERM, 0, false },
        { "a file emptied by its name", empties_by_name, EPERM, 0, false },
        { "rights changed", changes_rights, EPERM, 0, false },
    };
    (void)state;
    check(rows, BAWN_COUNT(rows), false);
}

static void test_no_connection_goes_anywhere_new(void **state)
{
    static const row rows[] = {
        { "TCP to another port", connects_elsewhere, EACCES, 4, false },
        { "TCP by a send that connects", connects_by_sending, EPERM, 0, false },
        { "bind", binds, EPERM, 0, false },
        { "listen", listens, EPERM, 0, false },
        { "netlink", makes_netlink, EPERM, 0, false },
        { "packets", makes_packets, EPERM, 0, false },
        { "vsock", makes_vsock, EPERM, 0, false },
        { "the kernel's ciphers", makes_alg, EPERM, 0, false },
        { "raw IP", makes_raw, EPERM, 0, false },
        { "MPTCP", makes_mptcp, EPERM, 0, false },
        { "UDP", makes_udp, EPERM, 0, false },
        { "a unix socket", makes_unix, EPERM, 0, false },
    };
    static const row with_more[] = {
        { "UDP, where it is wanted", makes_udp, 0, 0, false },
        { "a unix socket, where it is wanted", makes_unix, 0, 0, false },
        { "netlink still", makes_netlink, EPERM, 0, false },
    };
    (void)state;
    check(rows, BAWN_COUNT(rows), false);
    check(with_more, BAWN_COUNT(with_more), true);
}

static void test_what_a_worker_needs_still_works(void **state)
{
    static const row rows[] = {
        { "the record", keeps_its_record, 0, 0, false },   { "pages", reads_pages, 0, 0, false },
        { "logs opened again", opens_its_log_again, 0, 0, false }, { "an upstream", connects_to_its_upstream, 0, 0, false },
        { "TCP over IPv6", makes_tcp6, 0, 0, false },      { "threads", starts_a_thread, 0, 0, false },
        { "memory, time, limits, random numbers", lives_on, 0, 0, false },
        { "the mark of no new privileges", is_marked, 0, 0, true },
    };
    (void)state;
    check(rows, BAWN_COUNT(rows), false);
}

/* Older kernels, as far as this one can play them: what a version does not know is not asked of it, and all the rest holds. */
static void test_each_version_of_landlock_holds_what_it_knows(void **state)
{
    (void)state;
    for (int version = 1; version <= kernel.landlock; version++) {
        bawn_confine_kernel k = kernel;
        k.landlock = version;
        assert_int_equal(ends(reads_passwords, &k, false, false), EACCES);
        assert_int_equal(ends(keeps_its_record, &k, false, false), 0);
        assert_int_equal(ends(connects_to_its_upstream, &k, false, false), 0);
        assert_int_equal(ends(connects_elsewhere, &k, false, false), version >= 4 ? EACCES : 0);
        assert_int_equal(ends(connects_elsewhere, &k, false, true), 0);
    }
}

static void test_either_of_both_holds_alone(void **state)
{
    bawn_confine_kernel without_landlock = kernel, without_seccomp = kernel;

    (void)state;
    without_landlock.landlock = 0;
    without_seccomp.seccomp = false;
    if (kernel.seccomp) {
        assert_int_equal(ends(runs_a_shell, &without_landlock, false, false), DIES);
        assert_int_equal(ends(reads_the_hosts_files, &without_landlock, false, false), 0);
    }
    if (kernel.landlock) {
        assert_int_equal(ends(runs_a_shell, &without_seccomp, false, false), EACCES);       /* no right to execute is given */
        assert_int_equal(ends(reads_the_hosts_files, &without_seccomp, false, false), EACCES);
    }
}

/* Under an outer filter that forbids Landlock, as an old container has it. */
static int looks(void)
{
    scmp_filter_ctx rules = seccomp_init(SCMP_ACT_ALLOW);
    bawn_confine_kernel k;
    bawn_buf said = { 0 };

    if (seccomp_rule_add(rules, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(landlock_create_ruleset), 0) != 0 || seccomp_load(rules) != 0)
        return NOT_TRIED;
    bawn_confine_look(&k);
    bool ok = k.landlock == 0 && k.landlock_error == EPERM && !bawn_confine_has_all(&k) && bawn_confine_say_missing(&said, &k) &&
              bawn_buf_byte(&said, 0) && strstr(said.ptr, "no Landlock") && strstr(said.ptr, "may not be used here") &&
              enter(&k, false, false) && connects_elsewhere() == 0 && makes_udp() == EPERM;
    return ok ? 0 : 1;
}

static void test_what_is_missing_is_said_and_the_rest_holds(void **state)
{
    int status = 0;
    pid_t child = kernel.seccomp ? fork() : -1;

    (void)state;
    if (!kernel.seccomp)
        skip();
    if (child == 0)
        _exit(looks());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void said(const char *expected, bawn_confine_kernel k, const bawn_confine_plan *plan)
{
    bawn_buf out = { 0 };

    assert_true(plan ? bawn_confine_say(&out, &k, plan) : bawn_confine_say_missing(&out, &k));
    assert_true(bawn_buf_byte(&out, 0));
    if (!bawn_confine_is_relaxed() || !plan)
        assert_string_equal(out.ptr, expected);
    bawn_buf_free(&out);
}

static void test_words(void **state)
{
    static const uint16_t ports[] = { 80, 443, 9400 };
    const bawn_confine_plan none = { 0 }, one = { .ports = ports, .n_ports = 1 }, three = { .ports = ports, .n_ports = 3 },
                            any = { .any_port = true };

    (void)state;
    said("no new privileges, seccomp, Landlock 7: files, TCP to ports 80, 443 and 9400, signals", (bawn_confine_kernel){ 7, 0, 0, true }, &three);
    said("no new privileges, seccomp, Landlock 4: files, TCP to port 80", (bawn_confine_kernel){ 4, 0, 0, true }, &one);
    said("no new privileges, seccomp, Landlock 6: files, TCP to any port, signals", (bawn_confine_kernel){ 6, 0, 0, true }, &any);
    said("no new privileges, Landlock 5: files, TCP to nowhere", (bawn_confine_kernel){ 5, 0, ENOSYS, false }, &none);
    said("no new privileges, seccomp, Landlock 2: files", (bawn_confine_kernel){ 2, 0, 0, true }, &one);
    said("no new privileges", (bawn_confine_kernel){ 0, ENOSYS, ENOSYS, false }, &one);
    said("", (bawn_confine_kernel){ 1, 0, 0, true }, NULL);
    said("no Landlock, so which files and ports are used is not limited: this kernel has it and did not switch it on; add `landlock` to "
         "lsm= on its command line; no seccomp, so system calls are not either: this kernel has none; it takes Linux 4.14 or later with "
         "CONFIG_SECCOMP_FILTER", (bawn_confine_kernel){ 0, EOPNOTSUPP, EINVAL, false }, NULL);
    said("no seccomp, so system calls are not limited: it may not be used here (Operation not permitted); let the container or the unit "
         "that runs this allow its system calls", (bawn_confine_kernel){ 1, 0, EPERM, false }, NULL);
}

/* A worker begins in a moment. */
static void test_entering_is_quick(void **state)
{
    struct timespec a, b;

    (void)state;
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int i = 0; i < 10; i++)
        assert_int_equal(ends(lives_on, &kernel, false, false), 0);
    clock_gettime(CLOCK_MONOTONIC, &b);
    double ms = ((double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6) / 10;
    print_message("entered, and left, in %.1f ms\n", ms);
    assert_true(ms < 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_executed_and_no_other_process_is_touched),
        cmocka_unit_test(test_the_kernel_is_asked_for_nothing_else),
        cmocka_unit_test(test_files_outside_the_lists_stay_closed),
        cmocka_unit_test(test_no_connection_goes_anywhere_new),
        cmocka_unit_test(test_what_a_worker_needs_still_works),
        cmocka_unit_test(test_each_version_of_landlock_holds_what_it_knows),
        cmocka_unit_test(test_either_of_both_holds_alone),
        cmocka_unit_test(test_what_is_missing_is_said_and_the_rest_holds),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_entering_is_quick),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

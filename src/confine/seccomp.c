/* seccomp.c: the filter of system calls, built with libseccomp from the lists in calls.c and, here, from those calls whose
 * arguments decide. What is refused:
 *
 *   EPERM   by default: code that meets it goes on as after any other failure, and the kernel's log says so
 *   ENOSYS  calls since Linux 5.1 (their numbers are the same on all machines from 424 on) that are not allowed: the C library
 *           then takes the older call, as it would on an older kernel (clone3 -> clone)
 *   death   what only an intruder calls (calls.c), and calls of another machine's ABI (32 bits, x32), which are numbered otherwise
 *
 * Numbers in arguments are compared in the 32 bits that the kernel reads of an int: the rest of a register may hold anything. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine/inner.h"

#define FIRST_COMMON_NUMBER 424
#define LAST_NUMBER 511                 /* x86-64: what follows is x32's */
#define INT_BITS 0xffffffffu
#define SOCKET_TYPE_BITS 0xfu           /* the rest: SOCK_NONBLOCK, SOCK_CLOEXEC */
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41           /* names of mappings, for who looks at them */
#endif

bool bawn_confine_has_seccomp(void)
{
    uint32_t action = SECCOMP_RET_KILL_PROCESS;

    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* A filter in the making; what fails sticks. */
typedef struct { scmp_filter_ctx rules; int failed; const char *name; } filter;

static void add(filter *f, uint32_t action, const char *name, const struct scmp_arg_cmp *arguments, unsigned n)
{
    int number = seccomp_syscall_resolve_name(name);
    int failed = number == __NR_SCMP_ERROR ? 0           /* younger than the library, so it is refused like any other */
                                           : seccomp_rule_add_array(f->rules, action, number, n, arguments);

    if (failed && failed != -EEXIST && !f->failed) {
        f->failed = failed;
        f->name = name;
    }
}

/* Allowed when the argument, in `mask`, is `value`. */
static void allow_when(filter *f, const char *name, unsigned argument, uint64_t mask, uint64_t value)
{
    add(f, SCMP_ACT_ALLOW, name, &(struct scmp_arg_cmp){ argument, SCMP_CMP_MASKED_EQ, mask, value }, 1);
}

static void allow_socket(filter *f, int family, int type, int protocol)
{
    const struct scmp_arg_cmp arguments[] = {
        { 0, SCMP_CMP_MASKED_EQ, INT_BITS, (uint64_t)family }, { 1, SCMP_CMP_MASKED_EQ, SOCKET_TYPE_BITS, (uint64_t)type },
        { 2, SCMP_CMP_MASKED_EQ, INT_BITS, (uint64_t)protocol },
    };
    add(f, SCMP_ACT_ALLOW, "socket", arguments, BAWN_COUNT(arguments));
}

/* Only TCP, for Landlock's ports are TCP's: MPTCP (262) and SCTP would pass by them, and UDP has none there. */
static void add_sockets(filter *f, const bawn_confine_plan *plan)
{
    static const int families[] = { AF_INET, AF_INET6 }, types[] = { SOCK_STREAM, SOCK_DGRAM };

    for (size_t i = 0; i < BAWN_COUNT(families); i++) {
        allow_socket(f, families[i], SOCK_STREAM, 0);
        allow_socket(f, families[i], SOCK_STREAM, IPPROTO_TCP);
        if (plan->udp) {
            allow_socket(f, families[i], SOCK_DGRAM, 0);
            allow_socket(f, families[i], SOCK_DGRAM, IPPROTO_UDP);
        }
    }
    for (size_t i = 0; i < BAWN_COUNT(types) && plan->unix_sockets; i++)
        allow_socket(f, AF_UNIX, types[i], 0);
    /* sending that connects is no connect(2), and Landlock does not see it */
    allow_when(f, "sendto", 3, MSG_FASTOPEN, 0);
    allow_when(f, "sendmsg", 2, MSG_FASTOPEN, 0);
}

/* Commands of one call, each of them harmless to others: no F_SETOWN and F_SETSIG, by which a file sends signals; of a
 * terminal only whether it is one. */
static void add_commands(filter *f)
{
    static const int commands[] = { F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW,
                                    F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW };
    static const unsigned long requests[] = { FIONBIO, FIONREAD, TCGETS };
    static const int options[] = { PR_SET_NAME, PR_SET_VMA };

    for (size_t i = 0; i < BAWN_COUNT(commands); i++)
        allow_when(f, "fcntl", 1, INT_BITS, (uint64_t)commands[i]);
    for (size_t i = 0; i < BAWN_COUNT(requests); i++)
        allow_when(f, "ioctl", 1, INT_BITS, requests[i]);
    for (size_t i = 0; i < BAWN_COUNT(options); i++)
        allow_when(f, "prctl", 0, INT_BITS, (uint64_t)options[i]);
}

/* Threads, but no processes and no name spaces; signals, but only to itself; limits are read, not set. */
static void add_processes(filter *f)
{
    const uint64_t spaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
    const uint64_t self = (uint64_t)getpid();
    static const struct scmp_arg_cmp reads[] = { { 0, SCMP_CMP_MASKED_EQ, INT_BITS, 0 }, { 2, SCMP_CMP_EQ, 0, 0 } };

    allow_when(f, "clone", 0, CLONE_THREAD | spaces, CLONE_THREAD);
    allow_when(f, "kill", 0, INT_BITS, self);
    allow_when(f, "tgkill", 0, INT_BITS, self);
    add(f, SCMP_ACT_ALLOW, "prlimit64", reads, BAWN_COUNT(reads));
}

/* No memory becomes code, and no file is emptied by opening it (which Landlock sees since its version 3). */
static void add_memory_and_files(filter *f)
{
    static const char *const code[] = { "mmap", "mmap2", "mprotect", "pkey_mprotect" };

    for (size_t i = 0; i < BAWN_COUNT(code); i++)
        allow_when(f, code[i], 2, PROT_EXEC, 0);
    allow_when(f, "open", 1, O_TRUNC, 0);
    allow_when(f, "openat", 2, O_TRUNC, 0);
}

static bool is_allowed(const char *name)
{
    for (const bawn_confine_group *g = bawn_confine_allowed; g->names; g++)
        for (const char *const *n = g->names; *n; n++)
            if (strcmp(*n, name) == 0)
                return true;
    return false;
}

/* Numbers that the library has no name for are younger than it: such calls are unknown to this program, too. */
static void add_unknown(filter *f)
{
    for (int number = FIRST_COMMON_NUMBER; number <= LAST_NUMBER; number++) {
        char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
        int failed = name && is_allowed(name) ? 0 : seccomp_rule_add(f->rules, SCMP_ACT_ERRNO(ENOSYS), number, 0);

        if (failed && failed != -EEXIST && !f->failed) {
            f->failed = failed;
            f->name = "a call that is not known here";
        }
        free(name);
    }
}

static void add_lists(filter *f)
{
    for (const bawn_confine_group *g = bawn_confine_allowed; g->names; g++)
        for (const char *const *n = g->names; *n; n++)
            add(f, SCMP_ACT_ALLOW, *n, NULL, 0);
    for (const char *const *n = bawn_confine_deadly; *n; n++)
        add(f, SCMP_ACT_KILL_PROCESS, *n, NULL, 0);
}

/* Attributes that an older library or kernel lacks change nothing of what is allowed. */
static void set_attributes(const filter *f)
{
    (void)seccomp_attr_set(f->rules, SCMP_FLTATR_CTL_NNP, 0);         /* is set already */
    (void)seccomp_attr_set(f->rules, SCMP_FLTATR_CTL_LOG, 1);         /* refusals stand in the kernel's log */
    (void)seccomp_attr_set(f->rules, SCMP_FLTATR_CTL_OPTIMIZE, 2);    /* a tree of numbers, not a row */
}

bool bawn_confine_seccomp(const bawn_confine_plan *plan, bawn_error *err)
{
    filter f = { .rules = seccomp_init(SCMP_ACT_ERRNO(EPERM)) };
    bool ok;

    if (!f.rules)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for the filter of system calls");
    set_attributes(&f);
    if (seccomp_attr_set(f.rules, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0 ||
        seccomp_attr_set(f.rules, SCMP_FLTATR_CTL_TSYNC, 1) != 0) {   /* all threads */
        seccomp_release(f.rules);
        return bawn_error_set(err, BAWN_E_IO, "libseccomp is too old: it cannot filter all threads at once");
    }
    add_lists(&f);
    add_sockets(&f, plan);
    add_commands(&f);
    add_processes(&f);
    add_memory_and_files(&f);
    add_unknown(&f);
    ok = f.failed ? bawn_error_set(err, BAWN_E_IO, "libseccomp does not take a rule for %s: %s", f.name, strerror(-f.failed)) : true;
    if (ok && (f.failed = seccomp_load(f.rules)) != 0)
        ok = bawn_error_set(err, BAWN_E_IO, "the filter of system calls cannot be entered: %s", strerror(-f.failed));
    seccomp_release(f.rules);
    return ok;
}

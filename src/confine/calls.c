/* calls.c: the system calls of a worker that is up and running, by what it needs them for: nginx's event loop, the C library, the
 * record's spool. It is a list of what may be done, not of what may not: a call that a future kernel brings is refused until
 * somebody writes down here why a worker needs it. Calls whose arguments decide (socket, clone, ioctl ...) stand in seccomp.c.
 *
 * Sources: nginx's src/os/unix and src/event, glibc 2.36, strace of the end-to-end tests. */
#include <stddef.h>

#include "confine/inner.h"

static const char *const bytes[] = { "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2",
    "sendfile", "sendfile64", "lseek", "_llseek", "close", "close_range", "dup", "dup2", "dup3", NULL };
static const char *const files[] = { "stat", "stat64", "lstat", "lstat64", "fstat", "fstat64", "newfstatat", "fstatat64", "statx", "statfs",
    "statfs64", "fstatfs", "fstatfs64", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd", "getdents", "getdents64",
    "fadvise64", "fadvise64_64", "flock", NULL };
static const char *const writing[] = { "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "ftruncate",
    "ftruncate64", "fallocate", "fsync", "fdatasync", "sync_file_range", "fchmod", "umask", NULL };
static const char *const memory[] = { "munmap", "mremap", "madvise", "brk", NULL };
static const char *const sockets[] = { "connect", "accept", "accept4", "recvfrom", "recvmsg", "getsockopt", "setsockopt", "getsockname",
    "getpeername", "shutdown", NULL };
static const char *const events[] = { "epoll_create", "epoll_create1", "epoll_ctl", "epoll_ctl_old", "epoll_wait", "epoll_wait_old",
    "epoll_pwait", "epoll_pwait2", "poll", "ppoll", "select", "_newselect", "pselect6", "eventfd", "eventfd2", "io_submit",
    "io_getevents", "io_destroy", NULL };
static const char *const times[] = { "clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64", "gettimeofday", "time",
    "times", "nanosleep", "clock_nanosleep", "clock_nanosleep_time64", "getitimer", "setitimer", NULL };
static const char *const signals[] = { "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigreturn", "rt_sigsuspend", "rt_sigpending",
    "rt_sigtimedwait", "sigaltstack", "restart_syscall", NULL };
static const char *const threads[] = { "futex", "futex_time64", "set_robust_list", "get_robust_list", "rseq", "membarrier", "sched_yield",
    "sched_getaffinity", "getcpu", "arch_prctl", "set_tid_address", "exit", "exit_group", NULL };
static const char *const itself[] = { "getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid", "getuid32", "geteuid32",
    "getgid32", "getegid32", "getrlimit", "ugetrlimit", "getrusage", "uname", "sysinfo", "getrandom", NULL };

#ifdef BAWN_CONFINE_RELAXED
/* LeakSanitizer looks for leaks at the end from a thread of its own that traces the others. */
static const char *const sanitizers[] = { "ptrace", "clone", "wait4", "waitid", "prctl", "mprotect", "mmap", "tgkill", "prlimit64", "kill",
    "pipe", "pipe2", "process_vm_readv", "mincore", "capget", "prlimit", NULL };
#endif

const bawn_confine_group bawn_confine_allowed[] = {
    { "bytes of files and sockets that are open", bytes },
    { "files are opened, looked at and locked; which ones is Landlock's affair", files },
    { "temporary files, and the record's files begun and removed", writing },
    { "memory comes and goes; none of it becomes code (seccomp.c: mmap, mprotect)", memory },
    { "connections; neither bind nor listen: the master has opened what clients connect to", sockets },
    { "what nginx waits with, and its asynchronous reads of files", events },
    { "clocks and timers", times },
    { "signals that come; those that go: seccomp.c", signals },
    { "the C library's locks and threads", threads },
    { "what a process may ask of itself, and random numbers", itself },
#ifdef BAWN_CONFINE_RELAXED
    { "sanitizers, in a build of theirs", sanitizers },
#endif
    { NULL, NULL },
};

/* No honest code of a worker calls these, so whoever does has taken it over. The first try ends it: an error would leave the
 * intruder inside, free to try the next thing, and the end is seen (nginx: "exited on signal 31"). */
const char *const bawn_confine_deadly[] = {
    "execve", "execveat",
#ifndef BAWN_CONFINE_RELAXED
    "ptrace", "process_vm_readv",
#endif
    "process_vm_writev", "kcmp", "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "bpf", "mount", "umount",
    "umount2", "pivot_root", "chroot", "unshare", "setns", "perf_event_open", "add_key", "request_key", "keyctl", "userfaultfd", "iopl",
    "ioperm", "swapon", "swapoff", "reboot", "acct", "quotactl", "open_by_handle_at", "settimeofday", "clock_settime", "clock_adjtime", NULL,
};

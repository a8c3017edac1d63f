/* The nginx program: is it there and the module's twin, does it like a configuration, and what does its log say. */
#define _GNU_SOURCE             /* pipe2 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "serve/inner.h"

#ifndef BAWN_NGINX_VERSION
#define BAWN_NGINX_VERSION "1.22.1"
#endif
#define REBUILD "install the package libnginx-mod-http-bawn of that version, or run `make install` in Bawn's source folder " \
                "again, with the nginx-dev of that version"

/* Runs nginx with stderr into `log`; the child gets a fresh signal mask and dies with us. It leads a group of its own: the
 * terminal's ^C is for us, who stop it with grace, and its workers are found by it should it be killed. */
static bool run(pid_t *pid, int *log, const bawn_serve_plan *plan, char *const argv[], bawn_error *err)
{
    int fds[2], broken[2], why = 0;

    if (pipe2(fds, O_CLOEXEC) != 0 || pipe2(broken, O_CLOEXEC) != 0)
        return bawn_error_set(err, BAWN_E_IO, "cannot make a pipe: %s", strerror(errno));
    *pid = fork();
    if (*pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGQUIT);
        dup2(fds[1], STDERR_FILENO);
        execvp(plan->nginx, argv);
        why = errno;
        (void)!write(broken[1], &why, sizeof why);
        _exit(127);
    }
    close(fds[1]);
    close(broken[1]);
    if (*pid < 0 || read(broken[0], &why, sizeof why) == (ssize_t)sizeof why) {
        close(fds[0]);
        close(broken[0]);
        if (*pid > 0)
            waitpid(*pid, NULL, 0);
        return bawn_error_set(err, BAWN_E_IO, "cannot run `%s`: %s; install Debian's nginx (apt-get install nginx)",
                              plan->nginx, strerror(why ? why : errno));
    }
    close(broken[0]);
    *log = fds[0];
    return true;
}

/* Runs to the end. Returns the exit status, -1 for a signal; all it said is in `out`. */
static bool run_whole(bawn_buf *out, int *status, const bawn_serve_plan *plan, char *const argv[], bawn_error *err)
{
    pid_t pid = -1;
    int log = -1, code = 0;
    ssize_t n;

    if (!run(&pid, &log, plan, argv, err))
        return false;
    while (bawn_buf_reserve(out, 4096) && ((n = read(log, out->ptr + out->len, 4096)) > 0 || (n < 0 && errno == EINTR)))
        out->len += n > 0 ? (size_t)n : 0;
    close(log);
    while (waitpid(pid, &code, 0) < 0 && errno == EINTR)
        continue;
    *status = WIFEXITED(code) ? WEXITSTATUS(code) : -1;
    return true;
}

static char *word(const char *s) { return (char *)(uintptr_t)s; }

bool bawn_serve_check_nginx(const bawn_serve_plan *plan, bawn_error *err)
{
    char *argv[] = { word(plan->nginx), word("-v"), NULL };
    const bawn_slice mark = BAWN_LIT("nginx/");
    bawn_buf said = { 0 };
    int status = 0;
    bool ok = run_whole(&said, &status, plan, argv, err);

    if (ok) {
        size_t at = bawn_slice_find(bawn_buf_slice(&said), mark), end;
        at = at < said.len ? at + mark.len : at;
        for (end = at; end < said.len && (bawn_is_digit((unsigned char)said.ptr[end]) || said.ptr[end] == '.'); end++)
            continue;
        if (!bawn_slice_is(bawn_slice_of(said.ptr + at, end - at), BAWN_NGINX_VERSION))
            ok = bawn_error_set(err, BAWN_E_USAGE, "nginx here is %.*s, and Bawn's module was built for " BAWN_NGINX_VERSION
                                "; " REBUILD, end > at ? (int)(end - at) : 7, end > at ? said.ptr + at : "unknown");
    }
    if (ok && access(plan->module, R_OK) != 0)
        ok = bawn_error_set(err, BAWN_E_IO, "the nginx module is not at %s: %s; " REBUILD, plan->module, strerror(errno));
    bawn_buf_free(&said);
    return ok;
}

bool bawn_serve_test(const bawn_serve_plan *plan, const char *conf, bawn_error *err)
{
    char prefix[4096], *argv[] = { word(plan->nginx), word("-t"), word("-q"), word("-p"), prefix, word("-c"), word(conf),
                                   word("-e"), word("stderr"), NULL };
    bawn_buf said = { 0 }, line = { 0 };
    int status = 0;
    bool ok;

    snprintf(prefix, sizeof prefix, "%s/run/", plan->state);
    ok = run_whole(&said, &status, plan, argv, err);
    if (ok && bawn_slice_find(bawn_buf_slice(&said), BAWN_LIT("binary compatible")) < said.len)
        ok = bawn_error_set(err, BAWN_E_USAGE, "nginx cannot load Bawn's module: it was built for another build of nginx; "
                            REBUILD);
    else if (ok && status != 0) {
        size_t end = bawn_slice_find(bawn_buf_slice(&said), BAWN_LIT("\n"));
        if (!bawn_serve_readable(&line, bawn_slice_of(said.ptr, end)))
            bawn_buf_str(&line, "no reason given");
        ok = bawn_error_set(err, BAWN_E_USAGE, "nginx refuses its configuration: %.*s", (int)line.len, line.ptr);
    }
    bawn_buf_free(&said);
    bawn_buf_free(&line);
    return ok;
}

bool bawn_serve_spawn(pid_t *pid, int *log, const bawn_serve_plan *plan, bawn_error *err)
{
    char prefix[4096], *argv[] = { word(plan->nginx), word("-p"), prefix, word("-c"), plan->conf, word("-e"),
                                   word("stderr"), NULL };
    struct rlimit files;

    snprintf(prefix, sizeof prefix, "%s/run/", plan->state);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    return run(pid, log, plan, argv, err);
}

/* "2026/11/24 03:48:59 [error] 12#12: *7 text, client: 1.2.3.4, ..." -> "error: text". Who asked is in the record. */
bool bawn_serve_readable(bawn_buf *out, bawn_slice line)
{
    size_t open = bawn_slice_find(line, BAWN_LIT(" [")), close, at, end;

    if (open == line.len || open > 24)
        return line.len > 0 && bawn_buf_add(out, line);
    close = bawn_slice_find(line, BAWN_LIT("] "));
    at = bawn_slice_find(line, BAWN_LIT(": "));
    if (close == line.len || at == line.len)
        return bawn_buf_add(out, line);
    at += 2;
    if (at < line.len && line.ptr[at] == '*') {
        while (at < line.len && line.ptr[at] != ' ')
            at++;
        at += at < line.len ? 1 : 0;
    }
    end = bawn_slice_find(line, BAWN_LIT(", client: "));
    bawn_buf_add(out, bawn_slice_of(line.ptr + open + 2, close - open - 2));
    bawn_buf_str(out, ": ");
    return bawn_buf_add(out, bawn_slice_of(line.ptr + at, end > at ? end - at : 0));
}

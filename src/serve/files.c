/* The files beneath the state folder: folders that the workers can reach, and nginx's configuration, tested before it takes the
 * old one's place. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "serve/inner.h"

bool bawn_serve_make_folder(const char *path, const char *owner, bawn_error *err)
{
    char copy[4096];
    struct passwd *who = owner ? getpwnam(owner) : NULL;

    if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy)
        return bawn_error_set(err, BAWN_E_IO, "the path %s is too long", path);
    for (char *p = copy + 1; ; p++) {
        char c = *p;
        if (c != '/' && c != '\0')
            continue;
        *p = '\0';
        if (mkdir(copy, c ? 0755 : 0750) != 0 && errno != EEXIST)
            return bawn_error_set(err, BAWN_E_IO, "cannot make the folder %s: %s", copy, strerror(errno));
        *p = c;
        if (c == '\0')
            break;
    }
    if (who && chown(path, who->pw_uid, who->pw_gid) != 0)
        return bawn_error_set(err, BAWN_E_IO, "cannot give %s to %s: %s", path, owner, strerror(errno));
    return true;
}

/* Whether another user may pass through every folder of a path; the first that is closed to it is the error. */
static bool may_reach(const char *path, const char *user, bawn_error *err)
{
    char copy[4096];
    struct passwd *who = getpwnam(user);
    struct stat st;

    snprintf(copy, sizeof copy, "%s", path);
    for (char *p = copy + 1; who && *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        mode_t bit = S_IXOTH;
        if (stat(copy, &st) != 0)
            return true;                                /* relative, or gone: whoever opens it says more */
        if (st.st_uid == who->pw_uid)
            bit = S_IXUSR;
        else if (st.st_gid == who->pw_gid)
            bit = S_IXGRP;
        if (!(st.st_mode & bit))
            return bawn_error_set(err, BAWN_E_IO, "the folder %s is closed to `%s`, as whom the workers run; expected a state "
                                  "folder that it can reach: choose another with --state, or say: chmod o+x %s", copy, user, copy);
        *p = '/';
    }
    return true;
}

static bool make_folders(const bawn_serve_plan *plan, const bawn_wall *w, bawn_error *err)
{
    bawn_buf spool = { 0 };
    char run[4096];
    bool ok;

    snprintf(run, sizeof run, "%s/run", plan->state);
    ok = bawn_serve_spool(&spool, w, plan->state, err) && bawn_buf_byte(&spool, 0) && bawn_serve_make_folder(plan->state, NULL, err) &&
         bawn_serve_make_folder(run, NULL, err) && bawn_serve_make_folder(plan->cache, NULL, err) && bawn_serve_make_folder(spool.ptr, plan->user, err);
    if (ok && plan->user)                               /* workers of another user must come through */
        ok = chmod(plan->state, 0755) == 0 && chmod(run, 0755) == 0 && may_reach(spool.ptr, plan->user, err);
    bawn_buf_free(&spool);
    return ok;
}

static bool write_whole(const char *path, bawn_slice text, bawn_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    bool ok = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len;

    if (fd >= 0 && close(fd) != 0)
        ok = false;
    return ok || bawn_error_set(err, BAWN_E_IO, "cannot write %s: %s", path, strerror(errno));
}

bool bawn_serve_write_conf(const bawn_serve_plan *plan, const bawn_wall *w, bawn_error *err)
{
    bawn_serve_plan dated = *plan;
    struct timespec now;
    char fresh[4096];
    bawn_buf text = { 0 };
    bool ok;

    clock_gettime(CLOCK_REALTIME, &now);
    dated.generation = (unsigned long long)now.tv_sec * 1000 + (unsigned long long)now.tv_nsec / 1000000;
    snprintf(fresh, sizeof fresh, "%s.new", plan->conf);
    ok = make_folders(plan, w, err) &&
         (!bawn_serve_wants_certificate(bawn_wall_policy(w)) || bawn_serve_certificate(plan->state, err)) && bawn_serve_config(&text, w, &dated, err) && write_whole(fresh, bawn_buf_slice(&text), err);
    if (ok && !bawn_serve_test(plan, fresh, err)) {
        ok = false;
        if (err && strstr(err->message, "host not found"))
            (void)bawn_serve_names_are_found(bawn_wall_policy(w), err);     /* says so at its line of the policy */
    }
    if (ok && rename(fresh, plan->conf) != 0)
        ok = bawn_error_set(err, BAWN_E_IO, "cannot put %s in place: %s", plan->conf, strerror(errno));
    bawn_buf_free(&text);
    return ok;
}

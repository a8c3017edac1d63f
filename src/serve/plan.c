/* Where things are (RULINGS R22): the state folder, the module, nginx, and who the workers are. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve/inner.h"

#define POLICY_MAX (4u << 20)

static char *join(const char *a, const char *b)
{
    size_t n = strlen(a) + strlen(b) + 2;
    char *out = bawn_malloc(n);
    if (out)
        snprintf(out, n, "%s%s%s", a, *a && a[strlen(a) - 1] != '/' ? "/" : "", b);
    return out;
}

static char *absolute(const char *path)
{
    char here[4096];
    if (path[0] == '/' || !getcwd(here, sizeof here))
        return join("", path);
    return join(here, path);
}

static char *state_folder(const char *given)
{
    const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

    if (given)
        return absolute(given);
    if (geteuid() == 0)
        return join("", "/var/lib/bawn");
    if (xdg && xdg[0] == '/')
        return join(xdg, "bawn");
    return join(home ? home : "/tmp", ".local/state/bawn");
}

/* Beside the command (a build folder), in ../lib/bawn of it (installed), or with nginx's own modules. */
static char *find_module(const char *given)
{
    static const char *const places[] = { "ngx_http_bawn_module.so", "../ngx_http_bawn_module.so",
                                          "../lib/bawn/ngx_http_bawn_module.so" };
    char self[4096], *slash, *path;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    if (given)
        return absolute(given);
    self[n > 0 ? n : 0] = '\0';
    slash = strrchr(self, '/');
    if (slash)
        *slash = '\0';
    for (size_t i = 0; i < BAWN_COUNT(places); i++) {
        path = join(self, places[i]);
        if (path && access(path, R_OK) == 0)
            return path;
        bawn_free(path);
    }
    return join("", "/usr/lib/nginx/modules/ngx_http_bawn_module.so");
}

void bawn_serve_plan_free(bawn_serve_plan *p)
{
    char *all[] = { p->policy, p->state, p->module, p->nginx, p->cache, p->conf, p->pid, p->spool, p->group };
    for (size_t i = 0; i < BAWN_COUNT(all); i++)
        bawn_free(all[i]);
    *p = (bawn_serve_plan){ 0 };
}

bool bawn_serve_plan_new(bawn_serve_plan *out, const bawn_serve_options *o, bawn_error *err)
{
    *out = (bawn_serve_plan){ .policy = absolute(o->policy ? o->policy : "bawn.yaml"), .state = state_folder(o->state),
                              .module = find_module(o->module), .nginx = join("", o->nginx ? o->nginx : "nginx"),
                              .workers = o->workers, .port = o->port, .confine = o->confine ? o->confine : "on" };
    if (out->state) {
        out->cache = join(out->state, "cache");
        out->conf = join(out->state, "run/nginx.conf");
        out->pid = join(out->state, "run/nginx.pid");
        out->spool = join(out->state, "spool");
    }
    if (geteuid() == 0) {
        struct passwd *who = getpwnam("bawn");
        struct group *group;
        out->user = who ? "bawn" : "nobody";
        who = who ? who : getpwnam("nobody");
        group = who ? getgrgid(who->pw_gid) : NULL;     /* Debian's nobody is in nogroup, and nginx would look for nobody */
        out->group = join("", group ? group->gr_name : "nogroup");
    }
    if (!out->policy || !out->state || !out->module || !out->nginx || !out->cache || !out->conf || !out->pid || !out->spool) {
        bawn_serve_plan_free(out);
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory");
    }
    return true;
}

static bool read_whole(bawn_buf *out, const char *path, bawn_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = -1;

    if (fd < 0)
        return bawn_error_set(err, BAWN_E_IO, "cannot open the policy %s: %s", path, strerror(errno));
    while (out->len < POLICY_MAX && bawn_buf_reserve(out, 65536) && (n = read(fd, out->ptr + out->len, 65536)) > 0)
        out->len += (size_t)n;
    close(fd);
    return n == 0 || bawn_error_set(err, BAWN_E_IO, "cannot read the policy %s: %s", path,
                                    n > 0 ? "larger than 4 MiB" : strerror(errno));
}

bool bawn_serve_load(bawn_wall **out, const bawn_serve_plan *p, bawn_error *err)
{
    bawn_buf text = { 0 };
    bool ok = read_whole(&text, p->policy, err);

    *out = NULL;
    ok = ok && bawn_wall_load(out, p->policy, bawn_buf_slice(&text), p->cache, err);
    bawn_buf_free(&text);
    return ok;
}

bool bawn_serve_spool(bawn_buf *out, const bawn_wall *w, const char *state, bawn_error *err)
{
    const bawn_node *folder = bawn_node_at(bawn_policy_root(bawn_wall_policy(w)), "record.spool.folder");
    const bawn_slice prefix = BAWN_LIT("state/");
    bawn_slice text = folder ? folder->text : BAWN_LIT("spool");

    if (bawn_slice_starts(text, prefix))                 /* "state/spool": the state folder's own */
        text = bawn_slice_of(text.ptr + prefix.len, text.len - prefix.len);
    if (text.len == 0 || memchr(text.ptr, '\0', text.len))
        return bawn_node_error(err, bawn_wall_policy(w), folder, "found an empty folder name for the spool");
    if (text.ptr[0] != '/') {
        bawn_buf_str(out, state);
        bawn_buf_byte(out, '/');
    }
    return bawn_buf_add(out, text) || bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory");
}

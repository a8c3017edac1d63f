/* serve: check everything that can be checked before a port opens, write the files, run nginx in the foreground and
 * watch it. A reload is judged here, where the keys are: the new policy must load and nginx must accept what is written from it,
 * before anything changes; and it is over when new workers serve, or refused when nginx's master says so. */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "confine/confine.h"
#include "serve/inner.h"

#define STOP_SECONDS 60
#define ORPHAN_SECONDS 2                /* for answers under way when the master has been killed, then for the records of the cut */
#define TICK 10                         /* milliseconds between looks at a start or a reload */

/* ---- ports -------------------------------------------------------------------------------------------------------- */
static bool port_is_free(const bawn_policy *p, const bawn_node *listener, const bawn_serve_plan *plan, bawn_error *err)
{
    const bawn_node *address = bawn_node_get(listener, "address");
    bawn_slice name = listener ? listener->key : BAWN_LIT("public");
    char host[256], port[8], with_port[SERVE_ADDRESS];
    bawn_slice text = bawn_serve_listen_at(with_port, p, listener, plan);
    struct addrinfo want = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found = NULL;
    bawn_serve_host h;
    bool ok = true;
    int one = 1, fd;

    if (!bawn_serve_parse_address(&h, text))
        return true;                                    /* the configuration's writer says it better */
    snprintf(host, sizeof host, "%.*s", (int)h.host.len, h.host.ptr);
    snprintf(port, sizeof port, "%u", h.port);
    if (getaddrinfo(host, port, &want, &found) != 0)
        return bawn_node_error(err, p, address, "`%s` is not an address of this machine", host);
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        if (bind(fd, found->ai_addr, found->ai_addrlen) != 0)   /* no listen: nobody may connect to a question */
            ok = bawn_node_error(err, p, address, "cannot listen on %.*s: %s; stop what listens there, or set "
                                 "listeners.%.*s.address to another port%s", (int)text.len, text.ptr, strerror(errno),
                                 (int)name.len, name.ptr, bawn_serve_port_is_of(p, listener) ? ", or give --port" : "");
        close(fd);
    }
    freeaddrinfo(found);
    return ok;
}

bool bawn_serve_ports_are_free(const bawn_policy *p, const bawn_serve_plan *plan, const bawn_node **taken, bawn_error *err)
{
    const bawn_node *l = bawn_serve_listeners(p);
    bool free = l || port_is_free(p, NULL, plan, err);

    for (; l && free; l = l->next)
        if (!(free = port_is_free(p, l, plan, err)) && taken)
            *taken = l;
    return free;
}

/* ---- starting ------------------------------------------------------------------------------------------------------- */
/* address: where clients are served, or NULL when nobody asks. */
static bool load_and_write(const bawn_serve_plan *plan, bool starting, char address[128], bawn_error *err)
{
    bawn_wall *wall = NULL;
    bool ok = bawn_serve_make_folder(plan->cache, NULL, err) && bawn_serve_load(&wall, plan, err) &&
              (!starting || bawn_serve_ports_are_free(bawn_wall_policy(wall), plan, NULL, err)) && bawn_serve_write_conf(plan, wall, err);

    if (ok && address)
        bawn_serve_url_of(address, 128, bawn_wall_policy(wall), plan);
    bawn_wall_free(wall);
    return ok;
}

typedef struct {
    bawn_serve_plan *plan;
    bawn_serve_say *say;
    void *user;
    pid_t nginx;
    int log, signals, control;          /* nginx's pipe; our signals; who asks for a reload */
    bawn_buf line;
    char address[128];
    bool stopping, listening, failed, dead;
    unsigned orphaned;                  /* how often the workers of a killed master were told to end */
    bool turning, again;                /* a reload is under way; another was asked for by a signal meanwhile */
    int client;                         /* who waits for it, or -1 */
    char *before;                       /* the policy until then, when it names another */
    bawn_serve_turn turn;
} watch;

static void tell(watch *w, const char *format, const char *a, const char *b)
{
    char line[1024];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(line, sizeof line, format, a, b);
#pragma GCC diagnostic pop
    w->say(w->user, line);
}

static void say_error(watch *w, const char *what, const bawn_error *err)
{
    char where[200] = "";
    if (err->line)
        snprintf(where, sizeof where, "%s:%u:%u: ", err->file, err->line, err->column);
    tell(w, "%s%s", what, where);
    tell(w, "  %s%s", err->message, "");
}

/* ---- reloading ------------------------------------------------------------------------------------------------------- */
/* err: it was refused, and the policy stays what it was. */
static void end_turn(watch *w, const bawn_error *err)
{
    if (err) {
        say_error(w, "reload refused, the old policy stays in force: ", err);
        if (w->before) {
            bawn_free(w->plan->policy);
            w->plan->policy = w->before;
        }
    } else {
        bawn_free(w->before);
        tell(w, "reloaded %s%s", w->plan->policy, "");
    }
    w->before = NULL;
    w->turning = false;
    if (w->client >= 0)
        bawn_serve_control_answer(w->client, err);
    w->client = -1;
}

static void begin_turn(watch *w)
{
    bawn_error err = { 0 };

    w->turning = true;
    if (w->stopping || w->failed || w->dead)
        bawn_error_set(&err, BAWN_E_USAGE, "the gateway is stopping; start it again with `bawn serve`");
    else if (load_and_write(w->plan, false, NULL, &err) && !bawn_serve_turn_begin(&w->turn, w->nginx))
        bawn_error_set(&err, BAWN_E_IO, "cannot signal process %ld: %s", (long)w->nginx, strerror(errno));
    if (err.code)
        end_turn(w, &err);
}

static void look_at_turn(watch *w)
{
    bawn_error err = { 0 };
    bawn_serve_turned turned = bawn_serve_turn_look(&w->turn, &err);

    if (turned != SERVE_TURNING)
        end_turn(w, turned == SERVE_REFUSED ? &err : NULL);
}

/* Somebody asks for a reload with this policy, which may be another file than until now. */
static void on_control(watch *w)
{
    char path[4096], *policy;

    w->client = bawn_serve_control_take(w->control, path, sizeof path);
    if (w->client < 0)
        return;
    policy = bawn_malloc(strlen(path) + 1);
    if (policy) {
        memcpy(policy, path, strlen(path) + 1);
        w->before = w->plan->policy;
        w->plan->policy = policy;
    }
    begin_turn(w);
}

/* ---- watching -------------------------------------------------------------------------------------------------------- */
/* A worker whose module could not begin ends with code 2, which nginx takes for a reason to start no other: its master would
 * hold the port open for clients whom nobody serves. Open answers of other workers are finished first. */
static void give_up(watch *w)
{
    bawn_error err = { 0 };

    if (w->failed || w->stopping)
        return;
    w->failed = true;
    if (w->turning) {
        bawn_error_set(&err, BAWN_E_IO, "a worker could not begin with the new policy, and the gateway ends: %s",
                       w->turn.why[0] ? w->turn.why : "the output of `bawn serve` says why");
        end_turn(w, &err);
    }
    kill(w->nginx, SIGQUIT);
    alarm(STOP_SECONDS);
}

/* Of a readable line, whole: what a client or a model sends may stand in other lines. */
static bool is_last_of_a_worker(bawn_slice line)
{
    const bawn_slice begin = BAWN_LIT("alert: worker process "), end = BAWN_LIT(" and cannot be respawned");

    return bawn_slice_starts(line, begin) && bawn_slice_find(line, end) + end.len == line.len;
}

static void read_log(watch *w)
{
    bawn_buf text = { 0 };
    size_t end;
    ssize_t n = -1;

    if (bawn_buf_reserve(&w->line, 4096))
        n = read(w->log, w->line.ptr + w->line.len, 4096);
    if (n <= 0) {
        close(w->log);
        w->log = -1;
        return;
    }
    w->line.len += (size_t)n;
    while ((end = bawn_slice_find(bawn_buf_slice(&w->line), BAWN_LIT("\n"))) < w->line.len) {
        bawn_buf_clear(&text);
        if (bawn_serve_readable(&text, bawn_slice_of(w->line.ptr, end)) && bawn_buf_byte(&text, 0)) {
            w->say(w->user, text.ptr);
            if (w->turning)
                bawn_serve_turn_complaint(&w->turn, bawn_slice_str(text.ptr));
            if (is_last_of_a_worker(bawn_slice_str(text.ptr)))
                give_up(w);
        }
        bawn_buf_drop_front(&w->line, end + 1);
    }
    if (w->line.len > 65536)
        bawn_buf_clear(&w->line);
    bawn_buf_free(&text);
}

/* Nothing serves unsupervised: workers whose master is gone take no more connections at once, and end soon. */
static void end_orphans(watch *w)
{
    static const int signals[] = { SIGQUIT, SIGTERM, SIGKILL };

    if (w->orphaned == BAWN_COUNT(signals)) {           /* whoever holds the pipe now is not nginx */
        close(w->log);
        w->log = -1;
        return;
    }
    kill(-w->nginx, signals[w->orphaned++]);            /* it is not buried yet: the number is still its own */
    alarm(ORPHAN_SECONDS);
}

static void look_at_master(watch *w)
{
    siginfo_t info = { 0 };

    if (w->dead || waitid(P_PID, (id_t)w->nginx, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
        return;
    w->dead = true;
    if (info.si_code != CLD_EXITED)
        tell(w, "nginx's master was killed: its workers are ended too%s%s", "", "");
    end_orphans(w);
}

static void on_signal(watch *w)
{
    struct signalfd_siginfo info;

    if (read(w->signals, &info, sizeof info) != (ssize_t)sizeof info)
        return;
    if (info.ssi_signo == SIGHUP && w->turning) {
        w->again = true;
    } else if (info.ssi_signo == SIGHUP) {
        begin_turn(w);
    } else if (info.ssi_signo == SIGINT || info.ssi_signo == SIGTERM) {
        tell(w, w->stopping ? "stopping at once%s%s" : "stopping: open answers are finished first (again: at once)%s%s", "", "");
        kill(w->nginx, w->stopping ? SIGTERM : SIGQUIT);
        w->stopping = true;
    } else if (info.ssi_signo == SIGALRM && w->dead) {
        end_orphans(w);
    } else if (info.ssi_signo == SIGALRM) {
        kill(w->nginx, SIGTERM);
    }
}

/* What the module does in each worker; what this kernel lacks it says itself, in nginx's log. */
static void say_confinement(watch *w)
{
    bawn_confine_kernel kernel;
    bawn_buf text = { 0 };

    bawn_confine_look(&kernel);
    if (strcmp(w->plan->confine, "off") == 0)
        tell(w, "workers are not confined: --confine off%s%s", "", "");
    else if (bawn_confine_say(&text, &kernel, NULL) && bawn_buf_byte(&text, 0))
        tell(w, "workers are confined: %s%s", text.ptr, "");
    bawn_buf_free(&text);
}

/* nginx's sockets are open when its pid is written, and answers come when a worker has begun; before that, saying so would
 * be a promise. */
static void announce(watch *w)
{
    w->listening = bawn_serve_pid(w->plan) == w->nginx && bawn_serve_has_worker(w->nginx);
    if (!w->listening)
        return;
    tell(w, "listening on %s/v1 with %s", w->address, w->plan->policy);
    say_confinement(w);
}

static void step(watch *w)
{
    bool waits = (!w->listening && !w->failed) || w->turning;
    struct pollfd fds[3] = { { w->log, POLLIN, 0 }, { w->signals, POLLIN, 0 }, { w->turning ? -1 : w->control, POLLIN, 0 } };

    if (poll(fds, 3, waits && !w->dead ? TICK : -1) < 0)
        return;
    if (!w->listening && !w->failed && !w->dead)
        announce(w);
    if (fds[1].revents)
        on_signal(w);
    look_at_master(w);
    if (fds[0].revents && w->log >= 0)
        read_log(w);
    if (w->turning && !w->dead)
        look_at_turn(w);
    else if (fds[2].revents)
        on_control(w);
    if (w->again && !w->turning) {
        w->again = false;
        begin_turn(w);
    }
}

static bool how_it_ended(const watch *w, int code, bawn_error *err)
{
    if (w->failed)
        return bawn_error_set(err, BAWN_E_IO, "a worker could not begin, and nginx starts no other in its place; expected it to "
                              "load the policy and to open its record: its own last lines, above, say what it lacked; mend "
                              "that and start again");
    if (WIFSIGNALED(code))
        return bawn_error_set(err, BAWN_E_IO, "nginx's master was killed (signal %d); its workers were ended with it, and nothing "
                              "serves any more: start `bawn serve` again", WTERMSIG(code));
    if (!WIFEXITED(code) || (WEXITSTATUS(code) != 0 && !w->stopping))
        return bawn_error_set(err, BAWN_E_IO, "nginx ended by itself; its last lines say why");
    return true;
}

/* Until nginx ends. Its pipe closes when the last worker is gone. */
static bool watch_until_end(watch *w, bawn_error *err)
{
    bawn_error gone = { 0 };
    int code = 0;

    while (w->log >= 0)
        step(w);
    bool was = bawn_serve_pid(w->plan) == 0;             /* the file names the one that is to be buried, or nobody */
    while (waitpid(w->nginx, &code, 0) < 0 && errno == EINTR)
        continue;
    alarm(0);
    if (WIFSIGNALED(code) && was)
        (void)unlink(w->plan->pid);
    if (w->turning) {
        bawn_error_set(&gone, BAWN_E_IO, "the gateway has ended; the output of `bawn serve` says why");
        end_turn(w, &gone);
    }
    if (!how_it_ended(w, code, err))
        return false;
    if (!w->stopping)
        tell(w, "stopped as another process asked (bawn stop): open answers were finished first%s%s", "", "");
    return true;
}

bool bawn_serve_say_left(const bawn_serve_plan *plan, bawn_error *err)
{
    return bawn_error_set(err, BAWN_E_USAGE, "nginx's master in %s was killed, and its workers still serve (process group %ld); "
                          "`bawn stop` ends them", plan->state, (long)bawn_serve_left(plan));
}

static bool start(watch *w, bawn_error *err)
{
    sigset_t ours;
    pid_t other = bawn_serve_pid(w->plan);

    if (other)
        return bawn_error_set(err, BAWN_E_USAGE, "Bawn runs already in %s (process %ld); stop it with `bawn stop`, or give "
                              "this one another state folder", w->plan->state, (long)other);
    if (bawn_serve_left(w->plan))
        return bawn_serve_say_left(w->plan, err);
    if (!bawn_serve_check_nginx(w->plan, err) || !load_and_write(w->plan, true, w->address, err) ||
        !bawn_serve_control_open(&w->control, w->plan, err))
        return false;
    (void)unlink(w->plan->pid);                         /* of a machine that went down */
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGHUP);
    sigaddset(&ours, SIGALRM);
    sigaddset(&ours, SIGCHLD);
    sigprocmask(SIG_BLOCK, &ours, NULL);
    w->signals = signalfd(-1, &ours, SFD_CLOEXEC);
    return w->signals >= 0 && bawn_serve_spawn(&w->nginx, &w->log, w->plan, err);
}

bool bawn_serve_run(const bawn_serve_options *options, bawn_serve_say *say, void *user, bawn_error *err)
{
    bawn_serve_plan plan;
    watch w = { .plan = &plan, .say = say, .user = user, .log = -1, .signals = -1, .control = -1, .client = -1 };
    bool ok;

    if (!bawn_serve_plan_new(&plan, options, err))
        return false;
    ok = start(&w, err) && watch_until_end(&w, err);
    if (w.signals >= 0)
        close(w.signals);
    if (w.control >= 0)
        close(w.control);
    bawn_buf_free(&w.line);
    bawn_serve_plan_free(&plan);
    return ok;
}

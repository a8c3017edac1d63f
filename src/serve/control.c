/* run/control: the socket by which `bawn reload` asks the supervisor, which has the gateway's environment and sees nginx's log.
 * Asked: the policy's path. Answered: "ok", or the error in three lines. Only the gateway's own user may ask. */
#define _GNU_SOURCE             /* accept4, O_PATH */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "serve/inner.h"

#define ASK_SECONDS 60                  /* a supervisor that is busy with another reload answers after it */

/* A path of a socket has 107 bytes, and a state folder's may be longer: the folder is opened, and the socket named through it. */
static bool address(struct sockaddr_un *out, int *folder, const bawn_serve_plan *plan)
{
    char run[4096];

    *out = (struct sockaddr_un){ .sun_family = AF_UNIX };
    snprintf(run, sizeof run, "%s/run", plan->state);
    *folder = open(run, O_PATH | O_DIRECTORY | O_CLOEXEC);
    snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/control", *folder);
    return *folder >= 0;
}

bool bawn_serve_control_open(int *fd, const bawn_serve_plan *plan, bawn_error *err)
{
    struct sockaddr_un at;
    int folder;
    mode_t mask = umask(0177);
    bool ok = address(&at, &folder, plan);

    *fd = ok ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    if (ok)
        (void)unlink(at.sun_path);                      /* of one that was killed */
    ok = *fd >= 0 && bind(*fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(*fd, 16) == 0;
    int why = errno;
    umask(mask);
    if (folder >= 0)
        close(folder);
    return ok || bawn_error_set(err, BAWN_E_IO, "cannot listen on %s/run/control: %s", plan->state, strerror(why));
}

static void set_patience(int fd, time_t seconds)
{
    struct timeval patience = { seconds, 0 };

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

/* All that the other side says until it has no more to say. */
static bool read_all(int fd, char *out, size_t size)
{
    size_t n = 0;
    ssize_t got = 0;

    while (n + 1 < size && ((got = read(fd, out + n, size - 1 - n)) > 0 || (got < 0 && errno == EINTR)))
        n += got > 0 ? (size_t)got : 0;
    out[n] = '\0';
    return got == 0 && n > 0;
}

int bawn_serve_control_take(int fd, char *policy, size_t size)
{
    int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

    if (client < 0)
        return -1;
    set_patience(client, 2);
    if (read_all(client, policy, size) && policy[0] == '/')
        return client;
    close(client);
    return -1;
}

void bawn_serve_control_answer(int client, const bawn_error *err)
{
    char text[1024] = "ok\n";

    if (err)
        snprintf(text, sizeof text, "%d %u %u\n%s\n%s\n", err->code, err->line, err->column, err->file, err->message);
    (void)!send(client, text, strlen(text), MSG_NOSIGNAL);
    close(client);
}

/* "4 2 9\nFILE\nMESSAGE\n" */
static bool read_error(char *text, bawn_error *err)
{
    char *file = strchr(text, '\n'), *message = file ? strchr(file + 1, '\n') : NULL, *at = text;
    int code = (int)strtol(at, &at, 10);
    unsigned long line = strtoul(at, &at, 10), column = strtoul(at, &at, 10);

    if (!message || at != file)
        return bawn_error_set(err, BAWN_E_IO, "the gateway ended before it said whether it took the policy; the output of `bawn "
                              "serve` says why");
    *message++ = '\0';
    message[strcspn(message, "\n")] = '\0';
    bawn_error_set(err, code, "%s", message);
    return bawn_error_at(err, file + 1, (uint32_t)line, (uint32_t)column);
}

bool bawn_serve_control_ask(const bawn_serve_plan *plan, bawn_error *err)
{
    struct sockaddr_un at;
    char answer[1024] = "";
    int folder, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t length = strlen(plan->policy);
    bool ok = address(&at, &folder, plan) && fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0;

    if (!ok)
        bawn_error_set(err, BAWN_E_IO, "cannot ask the supervisor by %s/run/control: %s; was `bawn serve` killed, nginx ends once "
                       "its open answers do: start it again", plan->state, strerror(errno));
    if (ok) {
        set_patience(fd, ASK_SECONDS);
        ok = send(fd, plan->policy, length, MSG_NOSIGNAL) == (ssize_t)length && shutdown(fd, SHUT_WR) == 0;
        read_all(fd, answer, sizeof answer);
        ok = (ok && strcmp(answer, "ok\n") == 0) || read_error(answer, err);
    }
    if (folder >= 0)
        close(folder);
    if (fd >= 0)
        close(fd);
    return ok;
}

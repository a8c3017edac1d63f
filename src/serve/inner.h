/* inner.h: what the files of this room share. */
#ifndef BAWN_SERVE_INNER_H
#define BAWN_SERVE_INNER_H

#include "serve/serve.h"

/* "127.0.0.1:8480", "[::1]:8480", "localhost:80": host without brackets. */
typedef struct { bawn_slice host; uint16_t port; bool loopback, ip6; } bawn_serve_host;
bool bawn_serve_parse_address(bawn_serve_host *out, bawn_slice text);
/* "https://api.example/v1": port defaults to 80 or 443; path without the last slash. */
typedef struct { bool tls; bawn_serve_host host; bawn_slice authority, path; } bawn_serve_url;
bool bawn_serve_parse_url(bawn_serve_url *out, bawn_slice text);
/* "10.0.0.0/8", "::1": an address of either family, alone or with the bits of its network, of which there is one at least. */
bool bawn_serve_is_network(bawn_slice text);
/* A name that is safe in nginx's configuration: letters, digits, `_`, `-`, `.`, at most 64. */
bool bawn_serve_is_name(bawn_slice);
/* A directive whose value is a file that the policy names, file:PATH: relative to the policy's `folder`, where nginx would take it
 * relative to its own. */
bool bawn_serve_file(bawn_buf *out, const char *directive, const bawn_policy *, const bawn_node *, bawn_slice folder, bawn_error *);
/* certificate.c: STATE/tls/localhost.pem and .key are there, and good for a month at least: made when they are not. */
bool bawn_serve_certificate(const char *state, bawn_error *);
/* Whether a listener of the policy wants it. */
bool bawn_serve_wants_certificate(const bawn_policy *);
/* A quoted word of nginx's language. False: it holds what cannot be quoted ($, control characters). */
bool bawn_serve_quote(bawn_buf *out, bawn_slice);

/* A key's value, or its default when the policy has none. */
uint64_t bawn_serve_number(const bawn_node *parent, const char *key, uint64_t otherwise);

bool bawn_serve_upstreams(bawn_buf *out, const bawn_policy *, bawn_error *);            /* upstream { } blocks */
/* location @name { } blocks; `folder`: the policy's, with its slash, for relative file: references */
bool bawn_serve_upstream_locations(bawn_buf *out, const bawn_policy *, bawn_slice folder, bawn_error *);

#define SERVE_ADDRESS 160
/* Where a listener (NULL: the default one) listens: the policy's address, of the first one for clients with the plan's
 * port in it when there is one. In `out`, or in the policy. */
bawn_slice bawn_serve_listen_at(char out[SERVE_ADDRESS], const bawn_policy *, const bawn_node *listener, const bawn_serve_plan *);
const bawn_node *bawn_serve_listeners(const bawn_policy *);      /* NULL: none written, the default one */

/* Asks nginx whether the configuration can be started; its complaint, for people, is the error. */
bool bawn_serve_test(const bawn_serve_plan *, const char *conf, bawn_error *);
/* Starts nginx's master; *log is the pipe's end from which its log is read, the caller's to close. */
bool bawn_serve_spawn(pid_t *pid, int *log, const bawn_serve_plan *, bawn_error *);
bool bawn_serve_readable(bawn_buf *out, bawn_slice line);             /* a line of nginx's log; false: not for people */

#define SERVE_PROCESSES 1024
typedef struct { pid_t pid; bool serves; } bawn_serve_process;        /* serves: a worker that takes connections */
/* The living processes of nginx's group (its master's pid), at most `most` of them. */
size_t bawn_serve_processes(bawn_serve_process *out, size_t most, pid_t group);
size_t bawn_serve_signal(pid_t group, int signal);                    /* to each of them (0: none); how many there are */
bool bawn_serve_has_worker(pid_t master);                             /* one of its workers is ready to serve */
bool bawn_serve_say_left(const bawn_serve_plan *, bawn_error *);      /* the error that names it */

/* A reload under way. */
typedef struct { pid_t master; bawn_serve_process before[SERVE_PROCESSES]; size_t n; long long deadline, complained; unsigned calm;
                 char why[200]; } bawn_serve_turn;
typedef enum { SERVE_TURNING, SERVE_TURNED, SERVE_REFUSED } bawn_serve_turned;
bool bawn_serve_turn_begin(bawn_serve_turn *, pid_t master);          /* signals it; false: it is not there */
void bawn_serve_turn_complaint(bawn_serve_turn *, bawn_slice line);   /* a readable line of nginx's log */
bawn_serve_turned bawn_serve_turn_look(bawn_serve_turn *, bawn_error *);

/* run/control, where the supervisor is asked for a reload. */
bool bawn_serve_control_open(int *fd, const bawn_serve_plan *, bawn_error *);
int bawn_serve_control_take(int fd, char *policy, size_t size);       /* who asks, to be answered once; -1: nobody */
void bawn_serve_control_answer(int client, const bawn_error *);       /* NULL: it is done. Closes it. */
bool bawn_serve_control_ask(const bawn_serve_plan *, bawn_error *);   /* from another process: reload, and wait */

bool bawn_serve_make_folder(const char *path, const char *owner, bawn_error *);         /* with its parents; owner may be NULL */
bool bawn_serve_write_conf(const bawn_serve_plan *, const bawn_wall *, bawn_error *);   /* tested, then renamed */
#endif

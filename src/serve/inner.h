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
bool bawn_serve_has_worker(pid_t master);                             /* one of its workers is ready to serve */

bool bawn_serve_make_folder(const char *path, const char *owner, bawn_error *);         /* with its parents; owner may be NULL */
bool bawn_serve_write_conf(const bawn_serve_plan *, const bawn_wall *, bawn_error *);   /* tested, then renamed */
/* `--port` and `--workers` of a running gateway: a reload comes from another process, and from a policy that says another
 * port and nothing of workers. What the plan itself names goes before what was kept. */
bool bawn_serve_keep_given(const bawn_serve_plan *, bawn_error *);
void bawn_serve_take_given(bawn_serve_plan *);
#endif

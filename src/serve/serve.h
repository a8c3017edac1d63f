/* serve.h: a policy becomes nginx's configuration, and nginx is run and watched in a private prefix. nginx's own
 * service is never touched. Layout of the state folder: run/ (nginx.conf, nginx.pid, control, temporary folders), spool/, cache/.
 *
 * plan.c    where things are: state folder, module, nginx, spool
 * config.c  the configuration as a whole, listeners and routes
 * upstream.c  upstreams: servers, named locations, TLS
 * address.c addresses and URLs as people write them
 * check.c   what can be asked of a policy before a start: addresses, URLs, names that this machine knows
 * nginx.c   the nginx program: version, test, start, its log made readable
 * process.c nginx's processes: whether it runs, whether a worker serves, who is left of a killed master
 * files.c   folders, the written configuration
 * turn.c    when a reload is over, or refused
 * control.c the socket by which the supervisor is asked for one
 * run.c     serve
 * command.c reload and stop, from another process */
#ifndef BAWN_SERVE_H
#define BAWN_SERVE_H

#include <sys/types.h>

#include "base/base.h"
#include "engine/engine.h"

/* Where things are. Strings are borrowed; NULL or 0 takes the default. */
typedef struct {
    const char *policy;         /* path of bawn.yaml; "bawn.yaml" */
    const char *state;          /* state folder; root: /var/lib/bawn, else $XDG_STATE_HOME/bawn (RULINGS R22) */
    const char *module;         /* ngx_http_bawn_module.so; beside the command, or in ../lib/bawn */
    const char *nginx;          /* "nginx", by PATH */
    unsigned workers;           /* 0: 1 */
    uint16_t port;              /* of the first listener for clients, in place of the policy's */
    const char *confine;        /* "on", "off" or "required": whether workers give up what they do not need; "on" */
} bawn_serve_options;

/* The options with every default filled in, absolute. One owner: bawn_serve_plan_free. */
typedef struct {
    char *policy, *state, *module, *nginx, *cache, *conf, *pid, *spool;
    const char *user;           /* of the workers when root runs us; NULL: our own */
    char *group;                /* its group */
    unsigned workers;           /* 0: 1 */
    uint16_t port;              /* 0: the policy's */
    const char *confine;        /* as in the options; borrowed */
    unsigned long long generation;      /* of the written configuration, in the names of its zones */
} bawn_serve_plan;
bool bawn_serve_plan_new(bawn_serve_plan *out, const bawn_serve_options *, bawn_error *);
void bawn_serve_plan_free(bawn_serve_plan *);
/* Loads the policy that the plan names. The file's text is read once. */
bool bawn_serve_load(bawn_wall **out, const bawn_serve_plan *, bawn_error *);
/* The spool's folder for this policy: beneath the state folder unless absolute ("state/spool" is its own spool/). */
bool bawn_serve_spool(bawn_buf *out, const bawn_wall *, const char *state, bawn_error *);

/* nginx's configuration for a policy (`bawn config`). */
bool bawn_serve_config(bawn_buf *out, const bawn_wall *, const bawn_serve_plan *, bawn_error *);
/* Where clients find the first listener for them ("http://127.0.0.1:8480"), for messages, cut to `size`. */
void bawn_serve_url_of(char *out, size_t size, const bawn_policy *, const bawn_serve_plan *);
size_t bawn_serve_addresses(bawn_buf *out, const bawn_policy *, const bawn_serve_plan *);       /* of all, with commas; how many */
/* What can be asked before a start. False: *err says what is missing and what to do. */
bool bawn_serve_check_nginx(const bawn_serve_plan *, bawn_error *);         /* it is there, and of the module's version */
bool bawn_serve_check_policy(const bawn_wall *, const bawn_serve_plan *, bawn_error *);    /* its addresses, URLs, names: by its text alone */
bool bawn_serve_names_are_found(const bawn_policy *, bawn_error *);         /* hosts of upstreams, as nginx will look them up */
/* *taken (may be NULL) is the first listener whose port is not; NULL: the default one. */
bool bawn_serve_ports_are_free(const bawn_policy *, const bawn_serve_plan *, const bawn_node **taken, bawn_error *);
bool bawn_serve_port_is_of(const bawn_policy *, const bawn_node *listener);  /* whether --port is this one's */
pid_t bawn_serve_pid(const bawn_serve_plan *);                              /* of a running nginx; 0: none runs */
pid_t bawn_serve_left(const bawn_serve_plan *);      /* nginx's group, when its master was killed and workers are left; else 0 */

/* `bawn serve`: runs until INT or TERM (graceful stop); HUP reloads. `say` gets one readable line at a time, without
 * line feed. Returns false when it could not start, a worker could not begin, or nginx ended by itself. */
typedef void bawn_serve_say(void *user, const char *line);
bool bawn_serve_run(const bawn_serve_options *, bawn_serve_say *say, void *user, bawn_error *);
/* `bawn reload`, `bawn stop`: from another process. Reload asks the supervisor, in whose environment the keys are, and returns when
 * new connections are served by the new policy; a policy that it or nginx refuses is an error, and the old one keeps running. Stop
 * returns when no process of nginx is left. */
bool bawn_serve_reload(const bawn_serve_options *, bawn_error *);
bool bawn_serve_stop(const bawn_serve_options *, bawn_error *);
#endif

/* What can be asked of a policy before a start. By its text alone: whether nginx's configuration can be written of it, so
 * that `policy check`, `doctor` and `serve` refuse the same. And whether this machine knows its upstreams: nginx resolves
 * names itself, once, when it starts or reloads, and its complaint names a line of a file that nobody wrote; so the name that
 * is not found is looked for in the policy. Nothing is connected to. */
#define _GNU_SOURCE
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>

#include "serve/inner.h"

bool bawn_serve_check_policy(const bawn_wall *wall, const bawn_serve_plan *plan, bawn_error *err)
{
    bawn_buf conf = { 0 };
    bool ok = bawn_serve_config(&conf, wall, plan, err);

    bawn_buf_free(&conf);
    return ok;
}

static int look_up(bawn_slice host)
{
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM }, *found = NULL;
    char name[256];

    if (host.len >= sizeof name)
        return EAI_NONAME;
    snprintf(name, sizeof name, "%.*s", (int)host.len, host.ptr);
    int why = getaddrinfo(name, NULL, &hints, &found);
    if (why == 0)
        freeaddrinfo(found);
    return why;
}

static bool check(const bawn_policy *p, const bawn_node *upstream, const bawn_node *url, bawn_error *err)
{
    bawn_serve_url parsed;
    int why;

    if (!bawn_serve_parse_url(&parsed, url->text) || (why = look_up(parsed.host.host)) == 0)
        return true;                                    /* what is no URL is refused elsewhere */
    return bawn_node_error(err, p, url, "the host `%.*s` of upstream `%.*s` is not found (%s); expected a name that this machine "
                           "can resolve, or an address: names are looked up at start and at reload. `getent hosts %.*s` tries it",
                           (int)parsed.host.host.len, parsed.host.host.ptr, (int)upstream->key.len, upstream->key.ptr,
                           gai_strerror(why), (int)parsed.host.host.len, parsed.host.host.ptr);
}

bool bawn_serve_names_are_found(const bawn_policy *p, bawn_error *err)
{
    const bawn_node *all = bawn_node_get(bawn_policy_root(p), "upstreams");

    for (const bawn_node *u = all ? all->first : NULL; u; u = u->next) {
        const bawn_node *url = bawn_node_get(u, "url");
        bool many = url && url->kind == BAWN_NODE_LIST;
        for (const bawn_node *one = many ? url->first : url; one; one = many ? one->next : NULL)
            if (!check(p, u, one, err))
                return false;
    }
    return true;
}

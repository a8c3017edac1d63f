/* Where a request goes: the route of its operation, the upstream that serves its model, and the list of the models that
 * several upstreams serve. */
#include "exchange/exchange.h"

static bool matches(bawn_slice pattern, bawn_slice name)
{
    size_t star = bawn_slice_find(pattern, BAWN_LIT("*"));
    if (star == pattern.len)
        return bawn_slice_eq(pattern, name);
    bawn_slice head = { pattern.ptr, star }, tail = { pattern.ptr + star + 1, pattern.len - star - 1 };
    if (name.len < head.len || !bawn_slice_starts(name, head))
        return false;
    for (size_t i = head.len; i <= name.len; i++)       /* patterns are short and names are bounded by the body */
        if (matches(tail, bawn_slice_of(name.ptr + i, name.len - i)))
            return true;
    return false;
}

static bool speaks(const bawn_upstream *u, const bawn_exchange *x) { return bawn_slice_is(u->dialect, x->dialect->name); }

static bool serves(const bawn_upstream *u, bawn_slice model)
{
    if (model.len > 256)
        return false;
    for (size_t i = 0; i < u->n_models; i++)
        if (matches(u->models[i], model))
            return true;
    return u->n_models == 0;
}

const bawn_route *bawn_upstream_route(const bawn_exchange *x)
{
    const char *name = x->dialect->operation_name(x->operation);
    for (size_t i = 0; i < x->wall->n_routes; i++)
        for (size_t o = 0; o < x->wall->routes[i].n_operations; o++)
            if (bawn_slice_is(x->wall->routes[i].operations[o], name))
                return &x->wall->routes[i];
    return NULL;
}

/* The model that is asked for; false where none is, or nothing was read of the request. */
static bool asks_for(bawn_slice *model, const bawn_exchange *x)
{
    *model = x->request.model;
    if (x->operation == BAWN_OP_MODEL || x->dialect->model_in_path)
        return x->dialect->model_of(model, x->uri, x->arena);
    return x->guardrail && x->operation != BAWN_OP_MODELS && x->operation != BAWN_OP_MODERATIONS;
}

bool bawn_upstream_choose(bawn_exchange *x)
{
    const bawn_route *route = bawn_upstream_route(x);
    bawn_slice model;
    bool by_model = asks_for(&model, x);

    x->upstream = NULL;
    if (route && route->upstream >= 0) {
        x->upstream = &x->wall->upstreams[route->upstream];
        return true;
    }
    for (size_t i = 0; !x->upstream && i < x->wall->n_upstreams; i++)
        if (speaks(&x->wall->upstreams[i], x) && (!by_model || serves(&x->wall->upstreams[i], model)))
            x->upstream = &x->wall->upstreams[i];
    return x->upstream != NULL;
}

bool bawn_upstream_models(bawn_buf *out, const bawn_exchange *x)
{
    const bawn_route *route = bawn_upstream_route(x);
    const bawn_wall *w = x->wall;
    size_t n = 0, most = 1, n_upstreams = 0;

    for (size_t u = 0; u < w->n_upstreams; u++) {
        most += w->upstreams[u].n_models;
        n_upstreams += speaks(&w->upstreams[u], x);
    }
    bawn_listed_model *list = bawn_arena_alloc(x->arena, most * sizeof *list);
    if (!list || n_upstreams < 2 || (route && route->upstream >= 0))
        return false;
    for (size_t u = 0; u < w->n_upstreams; u++)
        for (size_t m = 0; speaks(&w->upstreams[u], x) && m < w->upstreams[u].n_models; m++) {
            bawn_slice name = w->upstreams[u].models[m];
            bool known = bawn_slice_find(name, BAWN_LIT("*")) < name.len;       /* a pattern is nobody's name */
            for (size_t i = 0; i < n && !known; i++)
                known = bawn_slice_eq(list[i].id, name);
            if (!known)
                list[n++] = (bawn_listed_model){ name, w->upstreams[u].name };
        }
    return n > 0 && x->dialect->models(out, list, n);
}

/* event_find.c: one event by its id. A beginning of it, of eight characters or more, is enough when only one fits. */
#include "cli/event_find.h"

typedef struct { const char *id; size_t len, n; json_t *found; bawn_buf payload; } search;

static bool each(void *user, json_t *event, bawn_slice payload)
{
    search *s = user;

    if (strncmp(bawn_cli_member(event, NULL, "id"), s->id, s->len) != 0)
        return true;
    s->n++;
    json_decref(s->found);
    s->found = json_incref(event);
    bawn_buf_clear(&s->payload);
    bawn_buf_add(&s->payload, payload);
    return s->len < 36;                 /* a whole id stands once */
}

json_t *bawn_cli_event_find(int *status, bawn_buf *payload, const char *folder, const char *id)
{
    static const bawn_cli_wanted all = { 0 };
    search s = { .id = id, .len = strlen(id) };

    if (s.len < 8 || s.len > 36) {
        *status = bawn_cli_fail(CLI_USAGE, "`%s` is no id; expected the x-bawn-id of an answer, or its first eight characters", id);
        return NULL;
    }
    *status = bawn_cli_events(folder, &all, false, each, &s);
    if (s.n == 0 && *status == CLI_OK)
        *status = bawn_cli_fail(CLI_FOUND, "no event with the id %s in %s; kept as long as record.spool.keep says", id, folder);
    if (s.n > 1)
        *status = bawn_cli_fail(CLI_USAGE, "%zu events begin with %s; give more of the id", s.n, id);
    if (s.n == 1) {
        *status = CLI_OK;
        if (payload)
            *payload = s.payload;
        else
            bawn_buf_free(&s.payload);
        return s.found;
    }
    json_decref(s.found);
    bawn_buf_free(&s.payload);
    return NULL;
}

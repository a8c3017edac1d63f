/* Which texts of a request belong together, and which are old: the parts of a message, and the turns of a conversation, which
 * clients send in full each time. keeps: R40, P3a.9 */
#include "exchange/exchange.h"

/* Of one message and one voice: what a tool answered, though it stands in the user's message, is not the user's. */
static bool is_part_with(const bawn_field *a, const bawn_field *b)
{
    return a->kind == BAWN_F_TEXT && !a->key && a->role == b->role && a->origin == b->origin;
}

/* Whether a text of field i's message and voice came before it: that one has spoken for both. */
static bool has_spoken(bawn_exchange *x, uint32_t i)
{
    const bawn_field *f = &x->request.fields[i];
    uint32_t voice = 1u << (f->role * 5 + f->origin);
    bool spoken;

    if (i == 0 || x->request.fields[i - 1].message != f->message)
        x->voices = 0;
    spoken = x->voices & voice;
    if (f->kind == BAWN_F_TEXT && !f->key)
        x->voices |= voice;
    return spoken;
}

/* The texts of a message, when field i is its first and there are several: they are judged joined, too. */
bool bawn_turns_list_message(bawn_exchange *x, uint32_t i)
{
    const bawn_conversation *c = &x->request;
    const bawn_field *first = &c->fields[i];
    size_t n = 0;

    x->n_parts = 0;
    if (first->message == UINT32_MAX || has_spoken(x, i) || !is_part_with(first, first))
        return true;
    for (size_t k = i; k < c->n_fields && c->fields[k].message == first->message; k++)
        n += is_part_with(&c->fields[k], first);
    if (n < 2)
        return true;
    if (!(x->parts = bawn_arena_alloc(x->arena, n * sizeof *x->parts)))
        return false;
    for (uint32_t k = i; k < c->n_fields && c->fields[k].message == first->message; k++)
        if (is_part_with(&c->fields[k], first))
            x->parts[x->n_parts++] = k;
    return true;
}

static bool is_callers(const bawn_field *f)
{
    return f->kind == BAWN_F_TEXT && !f->key && f->role == BAWN_USER && f->origin == BAWN_CALLER && f->message != UINT32_MAX;
}

/* The first field of the caller's last `turns` messages; *turns becomes how many there are of them. */
static size_t first_of_last(const bawn_conversation *c, uint64_t *turns)
{
    uint64_t n = 0;
    uint32_t message = UINT32_MAX;
    size_t first = c->n_fields;

    for (size_t i = c->n_fields; i-- > 0;) {
        const bawn_field *f = &c->fields[i];
        if (!is_callers(f))
            continue;
        if (f->message != message && n == *turns)
            break;
        n += f->message != message;
        message = f->message;
        first = i;
    }
    *turns = n;
    return first;
}

bool bawn_turns_list_last(bawn_exchange *x)
{
    const bawn_conversation *c = &x->request;
    uint64_t turns = x->guardrail->join_last;
    size_t first, n = 0;

    x->n_parts = 0;
    if (turns < 2 || !bawn_operation_talks(x->operation))
        return true;
    first = first_of_last(c, &turns);
    if (turns < 2)
        return true;
    for (size_t i = first; i < c->n_fields; i++)
        n += is_callers(&c->fields[i]);
    if (!(x->parts = bawn_arena_alloc(x->arena, n * sizeof *x->parts)))
        return false;
    for (size_t i = first; i < c->n_fields; i++)
        if (is_callers(&c->fields[i]))
            x->parts[x->n_parts++] = (uint32_t)i;
    return true;
}

/* The text goes as a whole: what is left of an attack around the words that showed it may still be one. The model must not see
 * it, or a caller would have to send it only once and be refused. Names, keys and the like cannot be replaced: they block. */
void bawn_turns_remove_old(bawn_exchange *x)
{
    const bawn_conversation *c = &x->request;
    bawn_finds *finds = &x->finds[BAWN_INPUT];
    uint64_t one = 1;
    size_t last;

    if (!x->guardrail->remove_old || !bawn_operation_talks(x->operation) || (last = first_of_last(c, &one)) == c->n_fields)
        return;
    for (size_t i = 0; i < finds->n; i++) {
        bawn_found *f = &finds->items[i];
        const bawn_field *in = &c->fields[f->segment];
        if (f->action != BAWN_BLOCK || in->message >= c->fields[last].message || in->kind != BAWN_F_TEXT || in->key)
            continue;
        f->action = BAWN_MASK;
        f->style = BAWN_STYLE_MASK;
        f->whole = true;
    }
}

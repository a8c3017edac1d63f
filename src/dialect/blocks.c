/* blocks.c: see blocks.h. */
#include "dialect/blocks.h"

#include <stdio.h>

#include "dialect/pointer.h"

bool bawn_block_listed(bawn_walk *w, bawn_place *p, uint32_t index, bool alone)
{
    uint32_t *run = w->extra;

    if (index >= BAWN_ANSWER_INDEX_MAX)
        return bawn_answer_invalid(w->err, "too many content blocks");
    *run += alone;
    p->choice = *run;
    p->call = index;
    *run += alone;
    return true;
}

/* ---- events ---------------------------------------------------------------------------------------------------------- */
/* Whether the event may come now. A block may open with its first piece. */
static bool is_in_order(const bawn_stream_state *s, bawn_mark mark, bool delta, uint32_t block)
{
    if (mark == BAWN_MARK_CLOSE || (delta && mark == BAWN_MARK_NONE))
        return s->open && block == s->block;
    if (mark == BAWN_MARK_BEGIN)
        return !s->begun;
    if (mark == BAWN_MARK_OPEN)
        return s->begun && !s->open && !s->finished && block >= s->next;
    return mark == BAWN_MARK_NONE || (s->begun && !s->open);    /* a finish may come twice, with newer counts */
}

/* What ran before a block that stands alone ends with its begin, and it with its own end. */
static void turn(bawn_conversation *out, bawn_stream_state *s, bool alone)
{
    out->ends_run = alone || (out->mark == BAWN_MARK_CLOSE && s->alone);
    out->run = s->run;
    s->run += out->ends_run;
    s->alone = alone || (s->alone && out->mark != BAWN_MARK_CLOSE);
}

bool bawn_block_event(bawn_conversation *out, bawn_stream_state *s, const bawn_json *j, uint32_t number, bool delta, bool alone,
                      bawn_error *err)
{
    uint64_t block = s->block;

    if ((delta || out->mark == BAWN_MARK_OPEN || out->mark == BAWN_MARK_CLOSE) &&
        (!number || !bawn_json_u64(&block, j, number) || block >= BAWN_ANSWER_INDEX_MAX))
        return bawn_answer_invalid(err, "an event of a content block without its number");
    out->block = (uint32_t)block;
    if (!is_in_order(s, out->mark, delta, out->block))
        return bawn_answer_invalid(err, "an event where none of its type may come");
    turn(out, s, alone);
    bawn_stream_advance(s, out->mark, out->block);
    return true;
}

static bool whole_path(bawn_slice *path, const char *message, uint32_t block, const bawn_block_step *steps, size_t n, bawn_arena *arena)
{
    char head[96];

    for (size_t i = 0; i < n; i++)
        if (bawn_slice_starts(*path, bawn_slice_str(steps[i].event))) {
            snprintf(head, sizeof(head), "%s/content/%u%s", message, block, steps[i].block);
            return bawn_pointer_rebase(path, strlen(steps[i].event), head, arena);
        }
    return true;
}

bool bawn_block_paths(bawn_conversation *out, const char *message, const bawn_block_step *steps, size_t n, bawn_arena *arena,
                      bawn_error *err)
{
    for (size_t i = 0; i < out->n_fields; i++)
        if (!whole_path(&out->fields[i].path, message, out->block, steps, n, arena))
            return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for an event");
    return true;
}

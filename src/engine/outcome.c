/* Verdicts; see outcome.h. */
#include "engine/outcome.h"

static bool earlier(const bawn_found *a, const bawn_found *b)
{
    if (a->segment != b->segment)
        return a->segment < b->segment;
    if (a->span.end != b->span.end)
        return a->span.end < b->span.end;
    if (a->span.begin != b->span.begin)
        return a->span.begin < b->span.begin;
    return a->guard != b->guard ? a->guard < b->guard : a->pattern < b->pattern;
}

bawn_outcome bawn_outcome_of(const bawn_finds *finds)
{
    bawn_outcome o = { BAWN_ALLOW, NULL };
    for (size_t i = 0; i < finds->n; i++) {
        const bawn_found *f = &finds->items[i];
        if ((int)f->action > (int)o.action || (o.deciding && f->action == o.action && earlier(f, o.deciding))) {
            o.action = (bawn_action)f->action;
            o.deciding = f;
        }
    }
    return o;
}

int bawn_place_of(bawn_side side, bawn_role role, bawn_origin origin)
{
    if (role == BAWN_TOOL && origin == BAWN_MODEL)
        return side == BAWN_OUTPUT ? BAWN_PLACE_TOOL_CALL : BAWN_PLACE_TOOL_ARGUMENTS;
    if (side == BAWN_OUTPUT)
        return BAWN_PLACE_OUTPUT;
    if (origin == BAWN_APPLICATION)
        return BAWN_PLACE_SYSTEM;
    if (origin == BAWN_CALLER && role != BAWN_TOOL)
        return BAWN_PLACE_INPUT;
    return BAWN_PLACE_UNTRUSTED;
}

bool bawn_outcome_past(bawn_past *past, uint64_t *left, uint32_t segment, bawn_slice text)
{
    uint64_t characters = bawn_utf8_count(text);
    size_t at = 0;

    if (characters <= *left) {
        *left -= characters;
        return false;
    }
    for (; *left > 0; --*left)
        bawn_utf8_next(text, &at);
    *past = (bawn_past){ segment, { at, at } };
    bawn_utf8_next(text, &past->at.end);
    return true;
}

bool bawn_outcome_limits(bawn_judging *j, uint64_t characters, bawn_past past, uint64_t messages)
{
    const bawn_wall *wall = j->worker->wall;
    uint32_t base = wall->decode_bound - BAWN_LIMITS_DECODE_BOUND;
    bawn_limits_counts counts = { .characters = characters, .messages = messages, .depth = 0 };
    uint8_t kinds[3];
    size_t n = bawn_limits_check(kinds, &j->guardrail->limits, &counts);

    for (size_t i = 0; i < n; i++) {
        uint32_t kind = base + kinds[i];
        bawn_ruling ruling = j->guardrail->rulings[j->place][kind];
        bawn_found f = { .kind = kind, .guard = wall->kind_guard[kind], .view = BAWN_VIEW_RAW, .action = ruling.action,
                         .would = ruling.would, .place = (uint8_t)j->place, .score = 1.0f };
        if (kinds[i] == BAWN_LIMITS_CHARACTERS)
            f.segment = past.segment, f.span = past.at;
        if (ruling.action != BAWN_ALLOW && !bawn_finds_add(j->finds, &f))
            return false;
    }
    return true;
}

bool bawn_outcome_masks(const bawn_finds *finds, uint32_t segment)
{
    for (size_t i = 0; i < finds->n; i++)
        if (finds->items[i].segment == segment && finds->items[i].action == BAWN_MASK)
            return true;
    return false;
}

bool bawn_outcome_rewrite(bawn_buf *out, const bawn_wall *wall, const bawn_finds *finds, uint32_t segment, bawn_slice text,
                          bawn_tokens *tokens, bawn_arena *arena)
{
    bawn_mask *masks = bawn_arena_alloc(arena, (finds->n + 1) * sizeof *masks);
    size_t at = 0;

    if (!masks)
        return false;
    size_t n = bawn_masks_of(masks, finds->items, finds->n, segment);
    for (size_t i = 0; i < n; i++) {
        bawn_slice value = { text.ptr + masks[i].at.begin, masks[i].at.end - masks[i].at.begin };
        bawn_buf_add(out, bawn_slice_of(text.ptr + at, masks[i].at.begin - at));
        if (!bawn_mask_write(out, wall, masks[i].found, value, tokens))
            return false;
        at = masks[i].at.end;
    }
    return bawn_buf_add(out, bawn_slice_of(text.ptr + at, text.len - at)) && !out->failed;
}

bawn_slice bawn_finding_guard(const bawn_wall *w, const bawn_found *f) { return bawn_slice_str(w->guards[f->guard]->guard); }

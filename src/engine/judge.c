/* A whole text through its views: raw, canonical where it differs, and what its encoded runs hide, each of which is a
 * text again. Bounded in depth, number and bytes; reaching a bound is a finding, never silence (RULINGS R5). */
#include "engine/runs.h"

struct bawn_judge {
    bawn_level levels[BAWN_DEPTH + 1];
    bawn_runs runs;
};

bool bawn_judge_new(struct bawn_judge **out)
{
    struct bawn_judge *j = bawn_malloc(sizeof *j);
    *out = j;
    if (!j)
        return false;
    *j = (struct bawn_judge){ 0 };
    for (int i = 0; i <= BAWN_DEPTH; i++)
        if (!(j->levels[i].maker = bawn_canonical_new()))
            return false;
    return true;
}

void bawn_judge_free(struct bawn_judge *j)
{
    if (!j)
        return;
    for (int i = 0; i <= BAWN_DEPTH; i++) {
        bawn_canonical_free(j->levels[i].maker);
        bawn_buf_free(&j->levels[i].canonical);
        bawn_buf_free(&j->levels[i].decoded);
        bawn_text_map_free(&j->levels[i].map);
    }
    bawn_runs_free(&j->runs);
    bawn_free(j);
}

static bool fail(bawn_judging *j)
{
    j->failed = true;
    return false;
}

static bool step_whole(bawn_view *v, bawn_judging *j, uint32_t flags)
{
    bool ok = bawn_view_step(v, j, flags, true);
    bawn_view_free(v);
    return ok;
}

/* Makes the canonical view of `text` in the level's buffers; *differs says whether there is one. */
static bool make_canonical(bawn_level *level, bool *differs, bawn_slice text, bool json)
{
    *differs = false;
    bawn_buf_clear(&level->canonical);
    level->map.n = 0;
    bawn_canonical_reset(level->maker);
    if (json)
        bawn_canonical_reads_json(level->maker);
    return bawn_canonical_feed(level->maker, &level->canonical, &level->map, differs, text, true);
}

bool bawn_judge_bound(bawn_judging *j, bawn_unfold *u, bawn_span raw)
{
    const bawn_wall *wall = j->worker->wall;
    bawn_ruling ruling = j->guardrail->rulings[j->place][wall->decode_bound];
    bawn_found f = { .span = raw, .kind = wall->decode_bound, .segment = j->segment, .view = BAWN_VIEW_RAW,
                     .guard = wall->kind_guard[wall->decode_bound], .action = ruling.action, .would = ruling.would,
                     .style = ruling.style, .place = (uint8_t)j->place, .score = 0.95f };

    if (u->bound || ruling.action == BAWN_ALLOW)
        return true;
    u->bound = true;
    return bawn_finds_add(j->finds, &f) || fail(j);
}

static bool judge_level(bawn_judging *j, bawn_unfold *u, bawn_slice text, int depth, const bawn_span *unit, uint8_t kind);

bool bawn_judge_run(bawn_judging *j, bawn_unfold *u, bawn_slice run, bawn_code code, bawn_span raw, uint8_t view, int depth)
{
    bawn_level *level = &j->worker->judge->levels[depth];
    bool useful = false;

    bawn_buf_clear(&level->decoded);
    if (!bawn_decode_run(&level->decoded, &useful, run, code))
        return fail(j);
    if (!useful)
        return true;
    bool apart = code == BAWN_CODE_LETTERS;     /* lists are so too: no unfolding, and bounded by the text itself */
    if (depth >= BAWN_DEPTH || (!apart && (u->children >= BAWN_CHILDREN ||
                                           u->bytes + level->decoded.len > bawn_unfold_limit(raw.end))))
        return bawn_judge_bound(j, u, raw);
    u->children += !apart;
    u->bytes += apart ? 0 : level->decoded.len;
    return judge_level(j, u, bawn_buf_slice(&level->decoded), depth + 1, &raw,
                       apart || view == BAWN_VIEW_LETTERS ? BAWN_VIEW_LETTERS : BAWN_VIEW_DECODED);
}

static bool judge_runs(bawn_judging *j, bawn_unfold *u, const bawn_view *v, int depth)
{
    size_t from = 0;
    bawn_span run;
    bawn_code code;
    bool open;

    while (bawn_decode_find(&run, &code, &open, &from, v->text, true) == 1)
        if (depth == 0 ? !bawn_runs_judge(&j->worker->judge->runs, j, v, run, code)
                       : !bawn_judge_run(j, u, bawn_slice_of(v->text.ptr + run.begin, run.end - run.begin), code,
                                         bawn_view_to_raw(v, run), v->kind, depth))
            return false;
    return true;
}

/* One text and what it hides. `unit`: the raw run it was decoded from, and `u` what its view has unfolded; NULL for the
 * raw text itself, whose kind is BAWN_VIEW_RAW. */
static bool judge_level(bawn_judging *j, bawn_unfold *u, bawn_slice text, int depth, const bawn_span *unit, uint8_t kind)
{
    bawn_level *level = &j->worker->judge->levels[depth];
    uint32_t flags = bawn_text_flags(text);
    bool differs = false;
    bawn_view raw = { .kind = kind, .text = text, .has_unit = unit != NULL };

    if (unit)
        raw.unit = *unit;
    if (!step_whole(&raw, j, flags))
        return false;
    if ((flags & BAWN_TEXT_DECODABLE) && !judge_runs(j, u, &raw, depth))
        return false;
    if (!(flags & BAWN_TEXT_CANONICAL))
        return true;
    if (!make_canonical(level, &differs, text, !unit && bawn_place_is_json(j->place)))
        return fail(j);
    if (!differs)
        return true;
    bawn_view canonical = { .kind = unit ? kind : BAWN_VIEW_CANONICAL, .text = bawn_buf_slice(&level->canonical),
                            .has_unit = raw.has_unit, .unit = raw.unit, .map = &level->map, .canonical = level->maker };
    uint32_t canonical_flags = bawn_text_flags(canonical.text);
    if (!step_whole(&canonical, j, canonical_flags))
        return false;
    return !(canonical_flags & BAWN_TEXT_DECODABLE) || judge_runs(j, u, &canonical, depth);
}

bool bawn_judge_text(bawn_judging *j, bawn_slice text)
{
    size_t first = j->finds->n;

    bawn_runs_begin(&j->worker->judge->runs, text);
    bool ok = text.len == 0 || judge_level(j, NULL, text, 0, NULL, BAWN_VIEW_RAW);

    if (ok)
        bawn_except_drop(j, text, 0, first);
    return ok;
}

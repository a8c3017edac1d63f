/* What follows from a guardrail's rulings, once all of its keys are read: which guards wake where, what a stream is held for,
 * and whether it can be held at all. */
#include <stdio.h>

#include "engine/wall_words.h"

static bool no_memory(bawn_error *err) { return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for a guardrail"); }

static bool derive_wakes(bawn_guardrail *g, const bawn_wall *w, int place, bawn_error *err)
{
    bool *wakes = bawn_arena_alloc(w->arena, w->n_guards);
    bool on = bawn_place_side(place) == BAWN_INPUT ? g->on_input : g->on_output;
    if (!wakes)
        return no_memory(err);
    memset(wakes, 0, w->n_guards);
    for (uint32_t k = 0; k < w->n_kinds; k++) {
        if (!on)
            g->rulings[place][k].action = BAWN_ALLOW;
        if (g->rulings[place][k].action != BAWN_ALLOW)
            wakes[w->kind_guard[k]] = g->awake[place] = true;
    }
    g->wakes[place] = wakes;
    return true;
}

static bool derive_holds(bawn_guardrail *g, const bawn_wall *w, int place, bawn_error *err)
{
    uint32_t *holds = bawn_arena_alloc(w->arena, (w->rules[0].n_anchors + w->rules[1].n_anchors + 1) * sizeof *holds);
    if (!holds)
        return no_memory(err);
    memset(holds, 0, (w->rules[0].n_anchors + w->rules[1].n_anchors + 1) * sizeof *holds);
    for (int d = 0; d < 2; d++)
        for (size_t i = 0; i < w->rules[d].n_anchored; i++) {
            const bawn_anchored *a = &w->rules[d].anchored[i];
            const bawn_rule *opened = &w->rules[d].rules[a->rule];
            bawn_ruling ruling = g->rulings[place][w->kind_base[opened->guard] + opened->pattern->kind];
            uint32_t *hold = &holds[(d ? w->rules[0].n_anchors : 0) + a->anchor];
            if (ruling.action < BAWN_MASK || opened->pattern->score < ruling.min_score)
                continue;
            g->anchored[place][d] = true;
            if (a->width > *hold)
                *hold = a->width;
        }
    g->holds[place] = holds;
    return true;
}

static void derive_reach(bawn_guardrail *g, const bawn_wall *w, int place)
{
    for (uint32_t k = 0; k < w->n_kinds; k++) {
        uint16_t reach = w->guards[w->kind_guard[k]]->reach;
        if (g->rulings[place][k].action >= BAWN_MASK && reach > g->reach[place])
            g->reach[place] = reach;
    }
}

static bool derive_settings(bawn_guardrail *g, const bawn_wall *w, bawn_error *err)
{
    g->settings = bawn_arena_alloc(w->arena, w->n_guards * sizeof *g->settings);
    if (!g->settings)
        return no_memory(err);
    for (size_t i = 0; i < w->n_guards; i++) {
        const char *name = w->guards[i]->guard;
        g->settings[i] = strcmp(name, "exfiltration") == 0 ? (const void *)&g->exfiltration
                         : strcmp(name, "limits") == 0     ? (const void *)&g->limits
                                                           : NULL;
    }
    g->canary = g->canary && !g->observe;     /* observing changes nothing */
    g->leak = w->leak_guard != UINT16_MAX && (g->wakes[BAWN_PLACE_OUTPUT][w->leak_guard] ||
                                              g->wakes[BAWN_PLACE_TOOL_CALL][w->leak_guard]);
    return true;
}

/* An expression for which a stream is not held must have a window that is as wide as its matches, wherever it blocks or masks;
 * also in observe mode, which is there to show what enforcing would do. keeps: R2 */
static bool check_windows(bawn_guardrail *g, const bawn_wall *w, bawn_error *err)
{
    for (size_t i = 0; g->on_output && i < w->rules[1].n_rules; i++) {
        const bawn_rule *x = &w->rules[1].rules[i];
        uint32_t kind = w->kind_base[x->guard] + x->pattern->kind;
        char message[256];
        if (x->window <= g->window || (g->rulings[BAWN_PLACE_OUTPUT][kind].action < BAWN_MASK &&
                                       g->rulings[BAWN_PLACE_TOOL_CALL][kind].action < BAWN_MASK))
            continue;
        snprintf(message, sizeof message, "a stream cannot be held for this expression, which begins with no fixed text; begin it with "
                 "three fixed letters, as in 'ORD-[0-9]{6}', or write `stream: {%s: window %u}` (or buffer) into its guardrail",
                 strcmp(w->guards[x->guard]->guard, "pii") == 0 ? "sensitive_information" : "denied_topics", (unsigned)x->window);
        if (!bawn_wall_rule_error(err, w, x, message) && !bawn_wall_goes_on(w, err))
            return false;
    }
    return true;
}

bool bawn_guardrail_derive(bawn_guardrail *g, const bawn_wall *w, bawn_error *err)
{
    if (!check_windows(g, w, err))
        return false;
    for (int place = 0; place < BAWN_PLACE_COUNT; place++) {
        if (!derive_wakes(g, w, place, err))
            return false;
        for (uint32_t k = 0; g->observe && k < w->n_kinds; k++)
            if (g->rulings[place][k].action > BAWN_OBSERVE)
                g->rulings[place][k].would = g->rulings[place][k].action, g->rulings[place][k].action = BAWN_OBSERVE;
        if (!derive_holds(g, w, place, err))
            return false;
        derive_reach(g, w, place);
    }
    return derive_settings(g, w, err);
}

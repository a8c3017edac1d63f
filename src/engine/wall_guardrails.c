/* Guardrails: from the tree to a table of rulings, one for every place and kind. A guardrail begins as the built-in
 * `default` (the kinds' own default actions); then the keys of the one it extends are laid over, then its own. */
#include "engine/wall_words.h"

#include "engine/entities.h"
#include "guard/leak/leak.h"

enum { RUN_LEAST = 10 };        /* words in a row: fewer are no flood (guard/limits) */
#define LEAST_SCORE 0.55f       /* without a strength all that `high` acts on; what scores less is only shown (RULINGS R12) */

typedef struct { bawn_wall *wall; const bawn_policy *policy /* being read */; bawn_guardrail *g; bawn_error *err; } reader;

static bool no_memory(bawn_error *err) { return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for a guardrail"); }
static bool goes_on(const reader *r) { return bawn_wall_goes_on(r->wall, r->err); }

/* ---- the built-in default ----------------------------------------------------------------------------------------- */
static bool is_guard(const bawn_wall *w, uint32_t kind, const char *guard)
{
    return strcmp(w->guards[w->kind_guard[kind]]->guard, guard) == 0;
}

static bawn_ruling default_ruling(const bawn_wall *w, uint32_t kind, int place)
{
    const bawn_kind *k = bawn_wall_kind(w, kind);
    const bawn_guard *g = w->guards[w->kind_guard[kind]];
    bool answer = bawn_place_side(place) == BAWN_OUTPUT;
    bawn_ruling r = { .action = (uint8_t)(answer ? k->output : k->input), .style = BAWN_STYLE_MASK, .min_score = LEAST_SCORE };

    if (!(g->places & bawn_place_bit(place)))
        r.action = BAWN_ALLOW;
    else if (place == BAWN_PLACE_TOOL_CALL && strcmp(g->guard, "code_injection") == 0)
        r.action = (uint8_t)k->input;               /* what a tool is told to run is as bad from the model */
    if (strcmp(g->guard, "pii") == 0 && !answer)
        r.style = BAWN_STYLE_TOKEN;
    if (strcmp(g->guard, "sanitise") == 0)
        r.style = BAWN_STYLE_REMOVE;
    return r;
}

static bool begin_default(reader *r)
{
    const bawn_wall *w = r->wall;
    for (int place = 0; place < BAWN_PLACE_COUNT; place++) {
        r->g->rulings[place] = bawn_arena_alloc(w->arena, (w->n_kinds + 1) * sizeof(bawn_ruling));
        if (!r->g->rulings[place])
            return no_memory(r->err);
        for (uint32_t k = 0; k < w->n_kinds; k++)
            r->g->rulings[place][k] = default_ruling(w, k, place);
    }
    if (!(r->g->on_error = bawn_arena_alloc(w->arena, w->n_guards + 1)))
        return no_memory(r->err);
    memset(r->g->on_error, BAWN_ON_ERROR_UNSAID, w->n_guards + 1);
    r->g->on_input = r->g->on_output = true;
    r->g->restore_output = r->g->restore_tools = true;
    r->g->leak_words = BAWN_LEAK_WORDS;
    r->g->join_last = 4;
    r->g->limits = (bawn_limits){ .characters = 400000, .messages = 1000, .depth = 64, .repeated_token_run = 400 };
    return true;
}

/* ---- laying keys over ------------------------------------------------------------------------------------------------ */
enum { REQUEST_PLACES = 0x0F, ANSWER_PLACES = 0x30, ALL_PLACES = 0x3F };

static void rule(reader *r, uint32_t kind, unsigned places, uint8_t action, int style)
{
    const bawn_guard *g = r->wall->guards[r->wall->kind_guard[kind]];
    for (int place = 0; place < BAWN_PLACE_COUNT; place++)
        if ((places >> place & 1) && (g->places & bawn_place_bit(place))) {
            r->g->rulings[place][kind].action = action;
            if (style >= 0)
                r->g->rulings[place][kind].style = (uint8_t)style;
        }
}

static void rule_guard(reader *r, const char *guard, const char *code, unsigned places, uint8_t action, int style)
{
    for (uint32_t k = 0; k < r->wall->n_kinds; k++)
        if (is_guard(r->wall, k, guard) && (!code || strcmp(bawn_wall_kind(r->wall, k)->code, code) == 0))
            rule(r, k, places, action, style);
}

static const struct { const char *word; uint8_t action; int style; } actions[] = {
    { "none", BAWN_ALLOW, -1 },           { "observe", BAWN_OBSERVE, -1 },
    { "mask", BAWN_MASK, BAWN_STYLE_MASK }, { "token", BAWN_MASK, BAWN_STYLE_TOKEN },
    { "hash", BAWN_MASK, BAWN_STYLE_HASH }, { "partial", BAWN_MASK, BAWN_STYLE_PARTIAL },
    { "remove", BAWN_MASK, BAWN_STYLE_REMOVE }, { "block", BAWN_BLOCK, -1 }, { "refuse", BAWN_BLOCK, -1 },
};

static uint8_t action_of(const bawn_node *node, int *style)
{
    for (size_t i = 0; i < BAWN_COUNT(actions); i++)
        if (bawn_node_word(node, actions[i].word)) {
            *style = actions[i].style;
            return actions[i].action;
        }
    *style = -1;
    return BAWN_BLOCK;                      /* the policy room lets no other word through */
}

/* A guard's key that is a word (both sides) or a map of sides. */
static void rule_sides(reader *r, const bawn_node *node, const char *guard, const char *code)
{
    static const struct { const char *key; unsigned places; } sides[] = {
        { "input", REQUEST_PLACES & ~(1u << BAWN_PLACE_TOOL_ARGUMENTS) }, { "output", 1u << BAWN_PLACE_OUTPUT },
        { "tool_arguments", 1u << BAWN_PLACE_TOOL_ARGUMENTS | 1u << BAWN_PLACE_TOOL_CALL },
    };
    bool own_tools = bawn_node_get(node, "tool_arguments") != NULL || strcmp(guard, "code_injection") == 0;
    int style;

    if (!node)
        return;
    if (node->kind == BAWN_NODE_SCALAR) {
        uint8_t action = action_of(node, &style);
        rule_guard(r, guard, code, ALL_PLACES, action, style);
        return;
    }
    for (size_t i = 0; i < BAWN_COUNT(sides); i++) {
        const bawn_node *side = bawn_node_get(node, sides[i].key);
        unsigned places = sides[i].places;
        if (!own_tools)
            places |= i == 0 ? 1u << BAWN_PLACE_TOOL_ARGUMENTS : i == 1 ? 1u << BAWN_PLACE_TOOL_CALL : 0;
        if (side) {
            uint8_t action = action_of(side, &style);
            rule_guard(r, guard, code, places, action, style);
        }
    }
}

static void strength(reader *r, const bawn_node *node, unsigned places)
{
    static const struct { const char *word; float min_score; } strengths[] = {
        { "low", 0.9f }, { "medium", 0.75f }, { "high", LEAST_SCORE },
    };
    for (size_t i = 0; node && i < BAWN_COUNT(strengths); i++)
        for (uint32_t k = 0; bawn_node_word(node, strengths[i].word) && k < r->wall->n_kinds; k++)
            if (is_guard(r->wall, k, "prompt_attack")) {
                rule(r, k, places, BAWN_BLOCK, -1);
                for (int place = 0; place < BAWN_PLACE_COUNT; place++)
                    if (places >> place & 1)
                        r->g->rulings[place][k].min_score = strengths[i].min_score;
            }
    if (node && bawn_node_word(node, "none"))
        rule_guard(r, "prompt_attack", NULL, places, BAWN_ALLOW, -1);
}

static void read_filters(reader *r, const bawn_node *node)
{
    const bawn_node *attack = bawn_node_at(node, "content_filters.PROMPT_ATTACK");
    unsigned input = 1u << BAWN_PLACE_INPUT | 1u << BAWN_PLACE_SYSTEM | 1u << BAWN_PLACE_TOOL_ARGUMENTS;
    if (attack && attack->kind == BAWN_NODE_SCALAR)
        strength(r, attack, ALL_PLACES);
    strength(r, bawn_node_get(attack, "input"), input);
    strength(r, bawn_node_get(attack, "untrusted"), 1u << BAWN_PLACE_UNTRUSTED);
    strength(r, bawn_node_get(attack, "output"), ANSWER_PLACES);
}

/* ---- lists of the policy's own ------------------------------------------------------------------------------------------ */
static bool rule_items(reader *r, const bawn_node *list, uint8_t fallback)
{
    for (const bawn_node *item = list ? list->first : NULL; item; item = item->next) {
        const bawn_node *action = bawn_node_get(item, "action");
        int kind = bawn_wall_policy_kind(r->wall, item), style = fallback == BAWN_MASK ? BAWN_STYLE_MASK : -1;
        uint8_t a = action ? action_of(action, &style) : fallback;
        if (kind < 0)
            return bawn_node_error(r->err, r->policy, item, "list item without a guard");
        rule(r, (uint32_t)kind, ALL_PLACES & ~(1u << BAWN_PLACE_SYSTEM), a, style);
    }
    return true;
}

/* Kinds of the policy's own have their action beside their pattern, which would win over one written here. */
static bool refuse_entity(reader *r, const bawn_node *e)
{
    const bawn_node *list = bawn_node_get(e->parent->parent, "regexes");
    const char *meant = bawn_entity_meant(e->key);

    for (const bawn_node *own = list ? list->first : NULL; own; own = own->next)
        if (bawn_slice_eq(bawn_node_get(own, "name")->text, e->key))
            return bawn_node_key_error(r->err, r->policy, e, "`%.*s` is a kind of this policy's own; write its `action` beside its "
                                       "pattern, in line %u", (int)e->key.len, e->key.ptr, (unsigned)own->line);
    return bawn_node_key_error(r->err, r->policy, e, "unknown entity `%.*s`%s%s%s; docs/guards.md lists all, and a kind of your own "
                               "is an item of `regexes`", (int)(e->key.len > 100 ? 100 : e->key.len), e->key.ptr,
                               meant ? "; did you mean `" : "", meant ? meant : "", meant ? "`?" : "");
}

static bool read_entities(reader *r, const bawn_node *entities)
{
    for (const bawn_node *e = entities ? entities->first : NULL; e; e = e->next) {
        char code[128];
        if (e->key.len > 100 || !bawn_entity_known(e->key)) {
            if (!refuse_entity(r, e) && !goes_on(r))
                return false;
            continue;
        }
        memcpy(code, "pii.", 4);
        memcpy(code + 4, e->key.ptr, e->key.len);
        code[4 + e->key.len] = 0;
        rule_sides(r, e, "pii", code);
    }
    return true;
}

static bool read_allow(reader *r, const bawn_node *list)
{
    if (!list)
        return true;
    size_t n = 0;
    for (const bawn_node *v = list->first; v; v = v->next)
        n++;
    r->g->allow = bawn_arena_alloc(r->wall->arena, (n + 1) * sizeof *r->g->allow);
    if (!r->g->allow)
        return no_memory(r->err);
    r->g->n_allow = 0;
    for (const bawn_node *v = list->first; v; v = v->next)
        r->g->allow[r->g->n_allow++] = v->text;
    return true;
}

/* ---- Bawn's own guards ------------------------------------------------------------------------------------------------------ */
static void read_words_of(reader *r, const bawn_node *map, const char *guard, const char *const (*rows)[2], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const bawn_node *node = bawn_node_get(map, rows[i][0]);
        int style;
        if (node) {
            uint8_t action = action_of(node, &style);
            rule_guard(r, guard, rows[i][1], ALL_PLACES, action, style);
        }
    }
}

const char *const bawn_code_kinds[BAWN_CODE_KINDS][2] = {
    { "sql", "code_injection.SQL" }, { "shell", "code_injection.SHELL" }, { "template", "code_injection.TEMPLATE" },
    { "path", "code_injection.PATH" }, { "html", "code_injection.HTML" }, { "ldap", "code_injection.LDAP" },
    { "xpath", "code_injection.XPATH" }, { "header", "code_injection.HEADER" },
};

static void read_kinds(reader *r, const bawn_node *list)
{
    for (size_t i = 0; list && i < BAWN_CODE_KINDS; i++) {
        bool named = false;
        for (const bawn_node *item = list->first; item; item = item->next)
            named = named || bawn_node_word(item, bawn_code_kinds[i][0]);
        if (!named)
            rule_guard(r, "code_injection", bawn_code_kinds[i][1], ALL_PLACES, BAWN_ALLOW, -1);
    }
}

static void read_limit(uint64_t *out, const bawn_node *map, const char *key)
{
    const bawn_node *node = bawn_node_get(map, key);
    if (node)
        *out = node->integer;
}

static bool read_hosts(reader *r, const bawn_node *list)
{
    size_t n = 0;
    if (!list)
        return true;
    for (const bawn_node *h = list->first; h; h = h->next)
        n++;
    bawn_slice *hosts = bawn_arena_alloc(r->wall->arena, (n + 1) * sizeof *hosts);
    if (!hosts)
        return no_memory(r->err);
    n = 0;
    for (const bawn_node *h = list->first; h; h = h->next)
        hosts[n++] = h->text;
    r->g->exfiltration = (bawn_exfiltration){ hosts, n };
    return true;
}

/* Own languages replace those of the guardrail that is extended. An empty list is a mistake: it would allow all or none. */
static bool read_languages(reader *r, const bawn_node *list)
{
    uint64_t scripts = 0;
    if (!list)
        return true;
    if (!list->first)
        return bawn_node_error(r->err, r->policy, list, "the list of languages is empty: name at least one, or leave the key out");
    for (const bawn_node *l = list->first; l; l = l->next)
        if (!bawn_limits_language(&scripts, l->text) &&
            !bawn_node_error(r->err, r->policy, l, "unknown language `%.*s`; expected the ISO 639-1 code of a language "
                             "whose script Bawn knows, as en, de, pt-BR, ru, ar, hi, zh, ja, ko", (int)l->text.len, l->text.ptr) &&
            !goes_on(r))
            return false;
    r->g->limits.scripts = scripts;
    return true;
}

/* A canary tells of the same leak, so it gets the same answer; but whoever asks for it wants it seen. */
static void rule_canary(reader *r, const bawn_node *system_prompt)
{
    int style;
    uint8_t action = system_prompt ? action_of(system_prompt, &style) : BAWN_ALLOW;
    if (action != BAWN_ALLOW)
        rule_guard(r, "leak", "leak.CANARY", ALL_PLACES, action, style);
}

static bool read_own_guards(reader *r, const bawn_node *node)
{
    static const char *const sanitise[][2] = { { "control", "sanitise.CONTROL" }, { "invisible", "sanitise.INVISIBLE" },
                                               { "bidi", "sanitise.BIDI" } };
    static const char *const exfiltration[][2] = { { "links", "exfiltration.LINK" }, { "html", "exfiltration.HTML" },
                                                   { "ansi", "exfiltration.ANSI" } };
    static const char *const leak[][2] = { { "system_prompt", "leak.SYSTEM_PROMPT" } };
    const bawn_node *limits = bawn_node_get(node, "input_limits"), *leaks = bawn_node_get(node, "leak");
    const bawn_node *run = bawn_node_get(limits, "repeated_token_run");
    uint64_t words = r->g->leak_words, n;

    if (run && run->integer > 0 && run->integer < RUN_LEAST &&
        !bawn_node_error(r->err, r->policy, run, "found %llu; expected 0 (not looked for), or %d or more",
                         (unsigned long long)run->integer, RUN_LEAST) && !goes_on(r))
        return false;

    read_words_of(r, bawn_node_get(node, "sanitise"), "sanitise", sanitise, BAWN_COUNT(sanitise));
    read_words_of(r, bawn_node_get(node, "exfiltration"), "exfiltration", exfiltration, BAWN_COUNT(exfiltration));
    read_words_of(r, leaks, "leak", leak, BAWN_COUNT(leak));
    rule_canary(r, bawn_node_get(leaks, "system_prompt"));
    read_limit(&words, leaks, "min_words");
    r->g->leak_words = (unsigned)words;
    if (bawn_node_get(leaks, "canary"))
        r->g->canary = bawn_node_get(leaks, "canary")->integer != 0;
    n = r->g->limits.characters; read_limit(&n, limits, "characters"); r->g->limits.characters = n;
    n = r->g->limits.messages; read_limit(&n, limits, "messages"); r->g->limits.messages = (uint32_t)n;
    n = r->g->limits.depth; read_limit(&n, limits, "depth"); r->g->limits.depth = (uint32_t)n;
    n = r->g->limits.repeated_token_run; read_limit(&n, limits, "repeated_token_run");
    r->g->limits.repeated_token_run = (uint32_t)n;
    rule_sides(r, bawn_node_get(node, "code_injection"), "code_injection", NULL);
    read_kinds(r, bawn_node_at(node, "code_injection.kinds"));
    return (read_languages(r, bawn_node_get(node, "languages")) || goes_on(r)) && read_hosts(r, bawn_node_at(node, "exfiltration.allow_hosts"));
}

/* ---- the rest of one guardrail's keys ------------------------------------------------------------------------------------ */
static bool read_messages(reader *r, bawn_messages *out, const bawn_node *node)
{
    size_t n = 1;
    if (!node)
        return true;
    for (const bawn_node *m = node->first; m; m = m->next)
        n++;
    out->items = bawn_arena_alloc(r->wall->arena, n * sizeof *out->items);
    if (!out->items)
        return no_memory(r->err);
    out->n = 0;
    if (node->kind == BAWN_NODE_SCALAR)
        out->items[out->n++] = (bawn_message){ BAWN_NIL, node->text };
    for (const bawn_node *m = node->first; m; m = m->next)
        out->items[out->n++] = (bawn_message){ m->key, m->text };
    return true;
}

static void read_stream(reader *r, const bawn_node *stream)
{
    for (const bawn_node *n = stream ? stream->first : NULL; n; n = n->next)
        if (n->integer > r->g->window)
            r->g->window = n->integer;
}

/* The guards of a section, by the section's name. Guards without a section (limits) have no exception. */
static void read_on_error(reader *r, const bawn_node *map)
{
    static const char *const sections[][2] = {
        { "content_filters", "prompt_attack" }, { "denied_topics", "topics" }, { "word_filters", "words" },
        { "sensitive_information", "pii" },     { "secrets", "secrets" },      { "sanitise", "sanitise" },
        { "code_injection", "code_injection" }, { "leak", "leak" },            { "exfiltration", "exfiltration" },
    };
    for (size_t i = 0; map && i < BAWN_COUNT(sections); i++) {
        const bawn_node *node = bawn_node_get(map, sections[i][0]);
        for (size_t g = 0; node && g < r->wall->n_guards; g++)
            if (strcmp(r->wall->guards[g]->guard, sections[i][1]) == 0)
                r->g->on_error[g] = bawn_node_word(node, "allow") ? BAWN_ON_ERROR_ALLOW : BAWN_ON_ERROR_BLOCK;
    }
}

static void read_flag(bool *out, const bawn_node *map, const char *key)
{
    const bawn_node *node = bawn_node_at(map, key);
    if (node)
        *out = node->integer != 0;
}

static void read_stages(reader *r, const bawn_node *list)
{
    if (!list)
        return;
    r->g->on_input = r->g->on_output = false;
    for (const bawn_node *s = list->first; s; s = s->next) {
        r->g->on_input = r->g->on_input || bawn_node_word(s, "input");
        r->g->on_output = r->g->on_output || bawn_node_word(s, "output");
    }
}

static void read_history(reader *r, const bawn_node *history)
{
    const bawn_node *old = bawn_node_get(history, "old_turns"), *last = bawn_node_get(history, "join_last");

    if (old)
        r->g->remove_old = bawn_node_word(old, "remove");
    if (last)
        r->g->join_last = last->integer;
}

static bool lay_over(reader *r, const bawn_node *node)
{
    const bawn_node *mode = bawn_node_get(node, "mode");
    if (mode)
        r->g->observe = bawn_node_word(mode, "observe");
    read_stages(r, bawn_node_get(node, "stages"));
    read_filters(r, node);
    rule_sides(r, bawn_node_at(node, "word_filters.managed.PROFANITY"), "words", "words.PROFANITY");
    rule_sides(r, bawn_node_get(node, "secrets"), "secrets", NULL);
    read_stream(r, bawn_node_get(node, "stream"));
    read_history(r, bawn_node_get(node, "history"));
    read_on_error(r, bawn_node_get(node, "on_error"));
    read_flag(&r->g->restore_output, node, "sensitive_information.restore.output");
    read_flag(&r->g->restore_tools, node, "sensitive_information.restore.tool_arguments");
    return read_messages(r, &r->g->blocked[BAWN_INPUT], bawn_node_get(node, "blocked_input_message")) &&
           read_messages(r, &r->g->blocked[BAWN_OUTPUT], bawn_node_get(node, "blocked_output_message")) &&
           read_entities(r, bawn_node_at(node, "sensitive_information.entities")) &&
           read_allow(r, bawn_node_at(node, "sensitive_information.allow")) &&
           bawn_wall_read_except(r->g, r->wall, r->policy, bawn_node_get(node, "except"), r->err) && read_own_guards(r, node);
}

/* The nearest list of that name up the chain: keys replace those of the parent, one by one. */
static const bawn_node *nearest_list(const bawn_node *const *chain, size_t n, const char *path)
{
    for (size_t i = 0; i < n; i++)
        if (bawn_node_at(chain[i], path))
            return bawn_node_at(chain[i], path);
    return NULL;
}

static bool read_chain(reader *r, const bawn_node *const *chain, size_t n)
{
    for (size_t i = n; i-- > 0;)
        if (!lay_over(r, chain[i]))
            return false;
    return rule_items(r, nearest_list(chain, n, "word_filters.custom"), BAWN_BLOCK) &&
           rule_items(r, nearest_list(chain, n, "denied_topics"), BAWN_BLOCK) &&
           rule_items(r, nearest_list(chain, n, "sensitive_information.regexes"), BAWN_MASK);
}

/* ---- all guardrails ------------------------------------------------------------------------------------------------------------ */
static bool stands_before(const bawn_node *a, const bawn_node *b)
{
    return a->key_line != b->key_line ? a->key_line < b->key_line : a->key_column < b->key_column;
}

/* Where a circle is shown: at that of its guardrails that stands first in the file, wherever the chain came into it. */
static const bawn_node *first_of_circle(const bawn_node *const *chain, size_t n, const bawn_node *node)
{
    const bawn_node *first = node;
    for (size_t i = n; i-- > 0 && chain[i] != node;)
        if (stands_before(chain[i], first))
            first = chain[i];
    return first;
}

static bool chain_of(const bawn_node **chain, size_t *n, reader *r, const bawn_node *all, const bawn_node *node)
{
    for (*n = 0; node; (*n)++) {
        const bawn_node *parent = bawn_node_get(node, "extends");
        if (*n == BAWN_EXTENDS_MOST)
            return bawn_node_error(r->err, r->policy, first_of_circle(chain, *n, node), "guardrails extend each other in a circle, or more than %d deep",
                                   BAWN_EXTENDS_MOST);
        chain[*n] = node;
        if (!parent || bawn_slice_is(parent->text, "default"))
            node = parent ? bawn_node_get(all, "default") : NULL;
        else {
            const bawn_node *found = bawn_guardrail_node(all, parent->text);
            if (!found)
                return bawn_node_error(r->err, r->policy, parent, "there is no guardrail `%.*s` to extend",
                                       (int)parent->text.len, parent->text.ptr);
            node = found;
        }
    }
    return true;
}

/* The next entry of the wall's table, from a tree's guardrail of that name; one that is not written is the built-in
 * default. */
static bool read_one(bawn_wall *w, const bawn_policy *policy, bawn_slice name, bawn_slice version, bawn_error *err)
{
    const bawn_node *all = bawn_node_get(bawn_policy_root(policy), "guardrails");
    reader r = { w, policy, &w->guardrails[w->n_guardrails++], err };
    const bawn_node *chain[BAWN_EXTENDS_MOST];
    size_t n = 0;

    *r.g = (bawn_guardrail){ .name = name, .version = version };
    return begin_default(&r) && chain_of(chain, &n, &r, all, bawn_guardrail_node(all, name)) && read_chain(&r, chain, n) &&
           bawn_guardrail_derive(r.g, w, err);
}

static bool read_versions(bawn_wall *w, bawn_error *err)
{
    for (size_t i = 0; i < w->n_versions; i++) {
        const bawn_version *v = &w->versions[i];
        const bawn_node *root = bawn_policy_root(v->policy), *all = bawn_node_get(root, "guardrails");
        if (!bawn_guardrail_node(all, v->name) && !bawn_slice_is(v->name, "default"))
            return bawn_node_error(err, v->policy, all ? all : root, "there is no guardrail `%.*s` in its version %s",
                                   (int)v->name.len, v->name.ptr, v->text);
        if (!read_one(w, v->policy, v->name, bawn_slice_str(v->text), err) && !bawn_wall_goes_on(w, err))
            return false;
    }
    return true;
}

bool bawn_wall_read_guardrails(bawn_wall *w, bawn_error *err)
{
    const bawn_node *all = bawn_node_get(bawn_policy_root(w->policy), "guardrails");
    const bawn_slice draft = BAWN_LIT("DRAFT");
    size_t n = 1 + w->n_versions;

    for (const bawn_node *g = all ? all->first : NULL; g; g = g->next)
        n++;
    w->guardrails = bawn_arena_alloc(w->arena, n * sizeof *w->guardrails);
    if (!w->guardrails)
        return no_memory(err);
    for (const bawn_node *g = all ? all->first : NULL; g; g = g->next)
        if (!read_one(w, w->policy, g->key, draft, err) && !bawn_wall_goes_on(w, err))
            return false;
    if (!bawn_guardrail_node(all, BAWN_LIT("default")) && !read_one(w, w->policy, BAWN_LIT("default"), draft, err))
        return false;
    w->n_drafts = w->n_guardrails;
    return read_versions(w, err);
}

/* policy_effective.c: the end of `bawn policy explain`: what each guardrail does when all is taken together, its own keys, those
 * that it extends and the defaults of the guards' tables. Read off the wall that judges, so it is what holds; written as
 * comments in the language of the policy, so that a line can be copied to where it shall change. */
#include "cli/policy_effective.h"

enum { INPUT = 1u << BAWN_PLACE_INPUT, UNTRUSTED = 1u << BAWN_PLACE_UNTRUSTED, OUTPUT = 1u << BAWN_PLACE_OUTPUT,
       TOOLS = 1u << BAWN_PLACE_TOOL_ARGUMENTS | 1u << BAWN_PLACE_TOOL_CALL };

typedef struct { bawn_buf *out; const bawn_wall *wall; const bawn_guardrail *g; } page;

static bool is_of(const page *p, uint32_t kind, const char *guard, const char *code)
{
    return strcmp(p->wall->guards[p->wall->kind_guard[kind]]->guard, guard) == 0 &&
           (!code || strcmp(bawn_wall_kind(p->wall, kind)->code, code) == 0);
}

/* The strictest ruling on the kinds of a guard (code NULL: all of them) in these places. */
static bawn_ruling ruling_of(const page *p, const char *guard, const char *code, unsigned places)
{
    bawn_ruling best = { .action = BAWN_ALLOW };

    for (uint32_t k = 0; k < p->wall->n_kinds; k++)
        for (int place = 0; place < BAWN_PLACE_COUNT && is_of(p, k, guard, code); place++) {
            bawn_ruling r = p->g->rulings[place][k];
            r.action = r.would ? r.would : r.action;
            if ((places >> place & 1) && r.action > best.action)
                best = r;
        }
    return best;
}

static const char *word_of(bawn_ruling r)
{
    static const char *const styles[] = { [BAWN_STYLE_MASK] = "mask", [BAWN_STYLE_TOKEN] = "token", [BAWN_STYLE_HASH] = "hash",
                                          [BAWN_STYLE_PARTIAL] = "partial", [BAWN_STYLE_REMOVE] = "remove" };
    return r.action == BAWN_ALLOW ? "none" : r.action == BAWN_OBSERVE ? "observe" : r.action == BAWN_BLOCK ? "block" : styles[r.style];
}

/* The same as sanitising says it. */
static const char *sanitise_word(bawn_ruling r) { return r.action == BAWN_BLOCK ? "refuse" : word_of(r); }

static const char *strength_of(bawn_ruling r)
{
    if (r.action == BAWN_ALLOW)
        return "none";
    return r.min_score > 0.85f ? "low" : r.min_score > 0.7f ? "medium" : "high";
}

static const char *on(const page *p, const char *guard, const char *code, unsigned places)
{
    return word_of(ruling_of(p, guard, code, places));
}

/* ---- sections -------------------------------------------------------------------------------------------------------- */
static void write_attacks(page *p)
{
    bawn_buf_fmt(p->out, "#   content_filters: {PROMPT_ATTACK: {input: %s, output: %s, untrusted: %s}}\n",
                 strength_of(ruling_of(p, "prompt_attack", NULL, INPUT)), strength_of(ruling_of(p, "prompt_attack", NULL, OUTPUT)),
                 strength_of(ruling_of(p, "prompt_attack", NULL, UNTRUSTED)));
}

static void write_entities(page *p)
{
    const char *names[1024];
    size_t n = bawn_entity_names(names, BAWN_COUNT(names));
    char code[128];

    bawn_buf_str(p->out, "#   sensitive_information:\n#     entities:\n");
    for (size_t i = 0; i < n; i++) {
        snprintf(code, sizeof code, "pii.%s", names[i]);
        bawn_buf_fmt(p->out, "#       %s: {input: %s, output: %s}\n", names[i], on(p, "pii", code, INPUT), on(p, "pii", code, OUTPUT));
    }
    bawn_buf_fmt(p->out, "#     restore: {output: %s, tool_arguments: %s}\n", p->g->restore_output ? "true" : "false",
                 p->g->restore_tools ? "true" : "false");
}

/* Lists of the policy's own stand above as they are written; here is that they are in force. */
static void write_own(page *p)
{
    static const struct { const char *guard, *section; } own[BAWN_POLICY_GUARDS] = {
        { "words", "word_filters.custom" }, { "topics", "denied_topics" }, { "pii", "sensitive_information.regexes" },
    };
    for (size_t i = 0; i < BAWN_POLICY_GUARDS; i++) {
        size_t g = p->wall->n_guards - BAWN_POLICY_GUARDS + i;
        for (size_t k = 0; k < p->wall->guards[g]->n_kinds; k++) {
            bawn_ruling r = p->g->rulings[BAWN_PLACE_INPUT][p->wall->kind_base[g] + k];
            r.action = r.would ? r.would : r.action;
            if (r.action != BAWN_ALLOW)
                bawn_buf_fmt(p->out, "#   %s: %s from line %u: %s\n", own[i].section, p->wall->guards[g]->kinds[k].code,
                             (unsigned)p->wall->policy_items[i][k]->line, word_of(r));
        }
    }
}

static void write_code(page *p)
{
    bool first = true;

    bawn_buf_fmt(p->out, "#   code_injection: {input: %s, output: %s, tool_arguments: %s, kinds: [", on(p, "code_injection", NULL, INPUT),
                 on(p, "code_injection", NULL, OUTPUT), on(p, "code_injection", NULL, TOOLS));
    for (size_t i = 0; i < BAWN_CODE_KINDS; i++)
        if (ruling_of(p, "code_injection", bawn_code_kinds[i][1], ~0u).action != BAWN_ALLOW) {
            bawn_buf_fmt(p->out, "%s%s", first ? "" : ", ", bawn_code_kinds[i][0]);
            first = false;
        }
    bawn_buf_str(p->out, "]}\n");
}

static void write_others(page *p)
{
    const bawn_limits *l = &p->g->limits;

    bawn_buf_fmt(p->out, "#   word_filters: {managed: {PROFANITY: %s}}\n", on(p, "words", "words.PROFANITY", INPUT | OUTPUT));
    bawn_buf_fmt(p->out, "#   secrets: {input: %s, output: %s}\n", on(p, "secrets", NULL, INPUT), on(p, "secrets", NULL, OUTPUT));
    bawn_buf_fmt(p->out, "#   sanitise: {control: %s, invisible: %s, bidi: %s}\n",
                 sanitise_word(ruling_of(p, "sanitise", "sanitise.CONTROL", INPUT | UNTRUSTED | OUTPUT)),
                 sanitise_word(ruling_of(p, "sanitise", "sanitise.INVISIBLE", INPUT | UNTRUSTED | OUTPUT)),
                 sanitise_word(ruling_of(p, "sanitise", "sanitise.BIDI", INPUT | UNTRUSTED | OUTPUT)));
    write_code(p);
    bawn_buf_fmt(p->out, "#   leak: {system_prompt: %s, canary: %s, min_words: %u}\n", on(p, "leak", "leak.SYSTEM_PROMPT", OUTPUT),
                 p->g->canary ? "true" : "false", p->g->leak_words);
    bawn_buf_fmt(p->out, "#   exfiltration: {links: %s, html: %s, ansi: %s}\n", on(p, "exfiltration", "exfiltration.LINK", OUTPUT),
                 on(p, "exfiltration", "exfiltration.HTML", OUTPUT), on(p, "exfiltration", "exfiltration.ANSI", OUTPUT));
    bawn_buf_fmt(p->out, "#   input_limits: {characters: %llu, messages: %llu, depth: %llu, repeated_token_run: %u}\n",
                 (unsigned long long)l->characters, (unsigned long long)l->messages, (unsigned long long)l->depth, l->repeated_token_run);
}

bool bawn_cli_effective(bawn_buf *out, const bawn_wall *wall)
{
    bawn_buf_str(out, "\n# What holds in each guardrail, with what it extends and the defaults of the guards (docs/guards.md):\n");
    for (size_t i = 0; i < wall->n_drafts; i++) {
        page p = { out, wall, &wall->guardrails[i] };
        bawn_buf_fmt(out, "# %.*s:\n#   mode: %s\n#   stages: [%s%s%s]\n", (int)p.g->name.len, p.g->name.ptr, p.g->observe ? "observe" : "enforce",
                     p.g->on_input ? "input" : "", p.g->on_input && p.g->on_output ? ", " : "", p.g->on_output ? "output" : "");
        write_attacks(&p);
        write_own(&p);
        write_entities(&p);
        write_others(&p);
        if (p.g->n_except > 0)
            bawn_buf_fmt(out, "#   except: %zu exact finding%s\n", p.g->n_except, p.g->n_except == 1 ? "" : "s");
    }
    return !out->failed;
}

/* advice.c: see advice.h. One row of a table for each thing that a policy can say about a finding. */
#include "cli/advice.h"

#include "base/json.h"
#include "guard/guard.h"

/* ---- what the policy language says about a guard ------------------------------------------------------------------ */
/* %L: the kind's label (EMAIL), %S: the side. NULL kind: all others of the guard. A row with sides has its action
 * either at `path` or in a member of it called input, output, untrusted or tool_arguments. */
typedef struct { const char *guard, *kind, *path; bool sides; const char *change; bawn_cli_scope scope; } language;
static const language rows[] = {
    { "pii", NULL, "sensitive_information.entities.%L", true, "sensitive_information: {entities: {%L: {%S: observe}}}",
      CLI_SCOPE_KIND },
    { "prompt_attack", NULL, "content_filters.PROMPT_ATTACK", true, "content_filters: {PROMPT_ATTACK: {%S: none}}",
      CLI_SCOPE_GUARD },
    { "secrets", NULL, "secrets", true, "secrets: {%S: observe}", CLI_SCOPE_GUARD },
    { "code_injection", NULL, "code_injection", true, "code_injection: {%S: observe}", CLI_SCOPE_GUARD },
    { "words", "words.PROFANITY", "word_filters.managed.PROFANITY", false,
      "word_filters: {managed: {PROFANITY: observe}}", CLI_SCOPE_KIND },
    { "leak", "leak.CANARY", "leak.canary", false, "leak: {canary: false}", CLI_SCOPE_KIND },
    { "leak", NULL, "leak.system_prompt", false, "leak: {system_prompt: observe}", CLI_SCOPE_KIND },
    { "exfiltration", "exfiltration.HTML", "exfiltration.html", false, "exfiltration: {html: observe}", CLI_SCOPE_KIND },
    { "exfiltration", "exfiltration.ANSI", "exfiltration.ansi", false, "exfiltration: {ansi: observe}", CLI_SCOPE_KIND },
    { "exfiltration", NULL, "exfiltration.links", false, "exfiltration: {links: observe}", CLI_SCOPE_KIND },
    { "sanitise", "sanitise.CONTROL", "sanitise.control", false, "sanitise: {control: observe}", CLI_SCOPE_KIND },
    { "sanitise", "sanitise.BIDI", "sanitise.bidi", false, "sanitise: {bidi: observe}", CLI_SCOPE_KIND },
    { "sanitise", NULL, "sanitise.invisible", false, "sanitise: {invisible: observe}", CLI_SCOPE_KIND },
    { "limits", "limits.CHARACTERS", "input_limits.characters", false, "input_limits: {characters: 1000000}",
      CLI_SCOPE_KIND },
    { "limits", "limits.MESSAGES", "input_limits.messages", false, "input_limits: {messages: 5000}", CLI_SCOPE_KIND },
    { "limits", "limits.DEPTH", "input_limits.depth", false, "input_limits: {depth: 128}", CLI_SCOPE_KIND },
    { "limits", "limits.REPEATED_TOKENS", "input_limits.repeated_token_run", false,
      "input_limits: {repeated_token_run: 4000}", CLI_SCOPE_KIND },
};

static const language *language_of(const bawn_cli_case *c)
{
    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        if (bawn_slice_is(c->guard, rows[i].guard) && (!rows[i].kind || bawn_slice_is(c->kind, rows[i].kind)))
            return &rows[i];
    return NULL;
}

static bawn_slice label_of(bawn_slice kind)
{
    size_t dot = bawn_slice_find(kind, BAWN_LIT("."));

    return dot < kind.len ? bawn_slice_of(kind.ptr + dot + 1, kind.len - dot - 1) : kind;
}

static const char *side_of(const bawn_cli_case *c)
{
    if (bawn_slice_is(c->guard, "code_injection") && bawn_slice_ends(c->path, BAWN_LIT("/arguments")))
        return "tool_arguments";
    if (c->side == BAWN_OUTPUT)
        return "output";
    return bawn_slice_is(c->guard, "prompt_attack") && c->untrusted ? "untrusted" : "input";
}

/* The pattern with %L and %S filled in. */
static void fill(char *out, size_t size, const char *pattern, const bawn_cli_case *c)
{
    bawn_slice label = label_of(c->kind);
    size_t n = 0;

    for (const char *p = pattern; *p && n + 1 < size; p++) {
        if (p[0] == '%' && (p[1] == 'L' || p[1] == 'S')) {
            bawn_slice with = *++p == 'L' ? label : bawn_slice_str(side_of(c));
            n += (size_t)snprintf(out + n, size - n, "%.*s", (int)with.len, with.ptr);
            n = n < size ? n : size - 1;
        } else {
            out[n++] = *p;
        }
    }
    out[n] = 0;
}

/* ---- the node that rules ------------------------------------------------------------------------------------------- */
const bawn_node *bawn_cli_guardrail(const bawn_policy *policy, bawn_slice name)
{
    const bawn_node *all = bawn_node_get(bawn_policy_root(policy), "guardrails");

    for (const bawn_node *g = all ? all->first : NULL; g; g = g->next)
        if (bawn_slice_eq(g->key, name))
            return g;
    return NULL;
}

static const bawn_node *parent_of(const bawn_policy *policy, const bawn_node *guardrail)
{
    const bawn_node *extends = bawn_node_get(guardrail, "extends");

    return extends ? bawn_cli_guardrail(policy, extends->text) : NULL;
}

static const bawn_node *item_named(const bawn_node *list, bawn_slice name)
{
    for (const bawn_node *item = list ? list->first : NULL; item; item = item->next) {
        const bawn_node *own = bawn_node_get(item, "name");
        if (own && bawn_slice_eq(own->text, name))
            return item;
    }
    return NULL;
}

/* The word itself in a list of words; else the first list that is a file, because it may stand there. */
static const bawn_node *word_of(const bawn_node *list, bawn_slice value)
{
    const bawn_node *file = NULL;

    for (const bawn_node *item = list ? list->first : NULL; item; item = item->next) {
        const bawn_node *words = bawn_node_get(item, "words");
        for (const bawn_node *w = words ? words->first : NULL; w; w = w->next)
            if (bawn_slice_eq_nocase(w->text, value))
                return w;
        if (!file)
            file = bawn_node_get(item, "file");
    }
    return file ? file : list;
}

/* The list item of the policy's own that made the kind, or NULL. */
static const bawn_node *own_item(const bawn_node *guardrail, const bawn_cli_case *c)
{
    if (bawn_slice_is(c->kind, "words.CUSTOM"))
        return word_of(bawn_node_at(guardrail, "word_filters.custom"), c->value);
    if (bawn_slice_is(c->guard, "topics"))
        return item_named(bawn_node_get(guardrail, "denied_topics"), label_of(c->kind));
    if (bawn_slice_is(c->guard, "pii"))
        return item_named(bawn_node_at(guardrail, "sensitive_information.regexes"), label_of(c->kind));
    return NULL;
}

static const bawn_node *ruling_in(const bawn_node *guardrail, const bawn_cli_case *c)
{
    const language *l = language_of(c);
    const bawn_node *own = own_item(guardrail, c), *node, *side;
    char path[256];

    if (own || !l)
        return own;
    fill(path, sizeof path, l->path, c);
    node = bawn_node_at(guardrail, path);
    if (!node || node->kind == BAWN_NODE_SCALAR)
        return node;
    side = bawn_node_get(node, side_of(c));
    return side;
}

const bawn_node *bawn_cli_ruling(const bawn_policy *policy, const bawn_cli_case *c)
{
    const bawn_node *guardrail = bawn_cli_guardrail(policy, c->guardrail);

    for (int depth = 0; guardrail && depth < 16; depth++) {
        const bawn_node *found = ruling_in(guardrail, c);
        if (found)
            return found;
        guardrail = parent_of(policy, guardrail);
    }
    return NULL;
}

/* ---- the smallest change ---------------------------------------------------------------------------------------------- */
/* A double-quoted YAML scalar that is also harmless on a terminal. */
static bool quote(char *out, size_t size, bawn_slice value)
{
    bawn_buf b = { 0 };

    bawn_buf_byte(&b, '"');
    for (size_t i = 0; i < value.len;) {
        size_t from = i;
        uint32_t c = bawn_utf8_next(value, &i);
        if (bawn_cli_hidden(c))
            bawn_buf_fmt(&b, c > 0xFFFF ? "\\U%08X" : "\\u%04X", (unsigned)c);
        else
            bawn_json_write_escaped(&b, bawn_slice_of(value.ptr + from, i - from));
    }
    bawn_buf_byte(&b, '"');
    bool ok = value.len > 0 && value.len <= 200 && !b.failed && b.len < size;
    if (ok)
        snprintf(out, size, "%.*s", (int)b.len, b.ptr);
    bawn_buf_free(&b);
    return ok;
}

/* The host of the first http(s) address in the text. */
static bawn_slice host_of(bawn_slice text)
{
    size_t at = bawn_slice_find(text, BAWN_LIT("://")), end;

    if (at == text.len)
        return BAWN_NIL;
    for (end = at += 3; end < text.len && (bawn_is_alnum((unsigned char)text.ptr[end]) || text.ptr[end] == '-' ||
                                           text.ptr[end] == '.'); end++)
        ;
    return bawn_slice_of(text.ptr + at, end - at);
}

/* What does not belong into a policy: secrets, and pieces of a system prompt. */
static bool is_secret(const bawn_cli_case *c)
{
    static const char *const kinds[] = { "pii.AWS_ACCESS_KEY", "pii.AWS_SECRET_KEY", "pii.PASSWORD", "pii.PIN" };

    for (size_t i = 0; i < BAWN_COUNT(kinds); i++)
        if (bawn_slice_is(c->kind, kinds[i]))
            return true;
    return bawn_slice_is(c->guard, "secrets") || bawn_slice_is(c->guard, "leak");
}

/* Values that can be named one by one. */
static bool by_value(bawn_cli_change *out, const bawn_cli_case *c)
{
    bool link = bawn_slice_is(c->kind, "exfiltration.LINK");
    char value[600];

    if ((!link && !bawn_slice_is(c->guard, "pii")) || is_secret(c))
        return false;
    if (!quote(value, sizeof value, link ? host_of(c->value) : c->value))
        return false;
    snprintf(out->text, sizeof out->text, link ? "exfiltration: {allow_hosts: [%s]}" : "sensitive_information: {allow: [%s]}",
             value);
    out->scope = CLI_SCOPE_VALUE;
    return true;
}

/* A text is clearer than its hash, where it may be read. */
static bool by_exception(bawn_cli_change *out, const bawn_cli_case *c)
{
    char kind[300], value[600];

    if (bawn_slice_is(c->guard, "limits") || bawn_slice_is(c->kind, "leak.CANARY") || !quote(kind, sizeof kind, c->kind))
        return false;
    if (bawn_cli_kind(c->kind))                         /* a name of the tables is plain as it is */
        snprintf(kind, sizeof kind, "%.*s", (int)c->kind.len, c->kind.ptr);
    if (!is_secret(c) && quote(value, sizeof value, c->value))
        snprintf(out->text, sizeof out->text, "except: [{kind: %s, text: %s}]", kind, value);
    else if (c->hash.len == 18)
        snprintf(out->text, sizeof out->text, "except: [{kind: %s, hash: \"%.*s\"}]", kind, (int)c->hash.len, c->hash.ptr);
    else
        return false;
    return true;
}

bool bawn_cli_change_exact(bawn_cli_change *out, const bawn_cli_case *c)
{
    *out = (bawn_cli_change){ .scope = CLI_SCOPE_VALUE };
    return (bawn_slice_is(c->guard, "pii") && by_value(out, c)) || by_exception(out, c);
}

/* Strengths act on scores: a weaker one may do (RULINGS R12). */
static bool by_strength(bawn_cli_change *out, const bawn_cli_case *c)
{
    if (!bawn_slice_is(c->guard, "prompt_attack") || c->score >= 0.9f)
        return false;
    out->below = c->score < 0.75f ? 0.75f : 0.9f;
    out->scope = CLI_SCOPE_SCORE;
    snprintf(out->text, sizeof out->text, "content_filters: {PROMPT_ATTACK: {%s: %s}}", side_of(c),
             c->score < 0.75f ? "medium" : "low");
    return true;
}

static bool by_own_item(bawn_cli_change *out, const bawn_policy *policy, const bawn_cli_case *c)
{
    const bawn_node *node = bawn_cli_ruling(policy, c);
    bool word = bawn_slice_is(c->kind, "words.CUSTOM"), listed = node && node->parent && node->parent->kind == BAWN_NODE_LIST;

    out->scope = word && listed ? CLI_SCOPE_VALUE : CLI_SCOPE_KIND;
    if (!node || (!word && !listed))
        return false;
    if (word && listed)
        snprintf(out->advice, sizeof out->advice, "take the word out of the list in line %u", (unsigned)node->line);
    else if (word)
        snprintf(out->advice, sizeof out->advice, "take the word out of its list (line %u)", (unsigned)node->line);
    else
        snprintf(out->advice, sizeof out->advice, "write `action: observe` in the list item of line %u", (unsigned)node->line);
    return true;
}

void bawn_cli_change_for(bawn_cli_change *out, const bawn_policy *policy, const bawn_cli_case *c)
{
    const language *l = language_of(c);

    *out = (bawn_cli_change){ .scope = CLI_SCOPE_KIND };
    if (by_value(out, c) || by_strength(out, c) || by_own_item(out, policy, c))
        return;
    if (l) {
        fill(out->text, sizeof out->text, l->change, c);
        out->scope = l->scope;
        return;
    }
    snprintf(out->advice, sizeof out->advice, "the policy language has no exemption for this kind; `mode: observe` records it only");
}

void bawn_cli_show_scope(FILE *out, const bawn_cli_change *change, const bawn_cli_case *c)
{
    const char *side = c->side == BAWN_OUTPUT ? "answers" : c->untrusted ? "tool results and documents" : "requests";

    switch (change->scope) {
    case CLI_SCOPE_VALUE: fputs(bawn_slice_is(c->kind, "exfiltration.LINK") ? "every link to this host" : "this value everywhere", out); break;
    case CLI_SCOPE_SCORE: fprintf(out, "what %.*s finds in %s with a score below %.2f", (int)c->guard.len, c->guard.ptr, side,
                                  (double)change->below); break;
    case CLI_SCOPE_KIND: fprintf(out, "every %.*s", (int)c->kind.len, c->kind.ptr); break;
    case CLI_SCOPE_GUARD: fprintf(out, "all that %.*s finds in %s", (int)c->guard.len, c->guard.ptr, side); break;
    }
}

/* ---- showing ------------------------------------------------------------------------------------------------------------- */
const bawn_kind *bawn_cli_kind(bawn_slice code)
{
    for (size_t g = 0; g < bawn_n_guards; g++)
        for (size_t k = 0; k < bawn_guards[g]->n_kinds; k++)
            if (bawn_slice_is(code, bawn_guards[g]->kinds[k].code))
                return &bawn_guards[g]->kinds[k];
    return NULL;
}

void bawn_cli_show_ruling(FILE *out, const bawn_cli_policy *policy, const bawn_cli_case *c)
{
    const bawn_node *node = policy->tree ? bawn_cli_ruling(policy->tree, c) : NULL;
    char path[512];

    if (!node) {
        fprintf(out, "the built-in default%s", policy->built_in || !policy->tree ? "" : "; the policy says nothing about it");
        return;
    }
    fprintf(out, "%s:%u:%u  %s", policy->self, (unsigned)node->key_line, (unsigned)node->key_column,
            bawn_node_path(path, sizeof path, node));
    if (node->kind == BAWN_NODE_SCALAR) {
        fputs(": ", out);
        bawn_cli_show(out, node->text);
    }
}

/* The policy's own words, topics and expressions, made into guards like the built-in ones: one of `words`, one of
 * `topics`, one of `pii`, with a kind for every list item; a guardrail rules only on the kinds of its own items. */
#include "engine/wall_words.h"

#define KINDS_MAX 250               /* a pattern's kind is a byte */

typedef struct {
    bawn_wall *wall;
    const bawn_policy *policy;          /* the tree that is read: the wall's, or a published version's */
    bawn_guard *guard;
    bawn_kind *kinds;
    const bawn_node **items;
    bawn_pattern *rows;
    size_t n_kinds, n_rows, cap_rows;
} maker;

static const char *c_string(bawn_arena *arena, const char *head, bawn_slice s)
{
    size_t n = strlen(head);
    char *copy = bawn_arena_alloc(arena, n + s.len + 1);
    if (!copy)
        return NULL;
    memcpy(copy, head, n);
    memcpy(copy + n, s.ptr, s.len);
    copy[n + s.len] = 0;
    return copy;
}

static bool maker_open(maker *m, bawn_wall *w, const char *name, const char *id, const char *doc)
{
    m->wall = w;
    m->guard = bawn_arena_alloc(w->arena, sizeof *m->guard);
    m->kinds = bawn_arena_alloc(w->arena, KINDS_MAX * sizeof *m->kinds);
    m->items = bawn_arena_alloc(w->arena, KINDS_MAX * sizeof *m->items);
    if (!m->guard || !m->kinds || !m->items)
        return false;
    *m->guard = (bawn_guard){ .guard = name, .id = id, .doc = doc, .places = BAWN_IN_ALL,
                              .views = BAWN_VIEW_RAW | BAWN_VIEW_CANONICAL | BAWN_VIEW_DECODED | BAWN_VIEW_LEET,
                              .kinds = m->kinds };
    if (strcmp(name, "pii") == 0)
        m->guard->views &= (uint8_t)~BAWN_VIEW_LEET;
    return true;
}

static bool no_memory(bawn_error *err) { return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for the policy's words"); }

static bool add_kind(maker *m, const bawn_node *item, const char *code, const char *owasp, const char *atlas,
                     bawn_error *err)
{
    if (m->n_kinds == KINDS_MAX)
        return bawn_node_error(err, m->policy, item, "more than %d lists of %s in one policy; join some", KINDS_MAX,
                               m->guard->guard);
    if (!code)
        return no_memory(err);
    m->kinds[m->n_kinds] = (bawn_kind){ code, owasp, atlas, BAWN_ALLOW, BAWN_ALLOW, "From the policy" };
    m->items[m->n_kinds++] = item;
    return true;
}

static bool add_row(maker *m, const char *regex, uint8_t flags)
{
    if (m->n_rows == m->cap_rows) {
        size_t cap = m->cap_rows ? 2 * m->cap_rows : 64;
        bawn_pattern *rows = bawn_arena_alloc(m->wall->arena, cap * sizeof *rows);
        if (!rows)
            return false;
        if (m->n_rows)
            memcpy(rows, m->rows, m->n_rows * sizeof *rows);
        m->rows = rows;
        m->cap_rows = cap;
    }
    m->rows[m->n_rows++] = (bawn_pattern){ regex, (uint8_t)(m->n_kinds - 1), flags, 0.95f, "*", NULL, NULL };
    return regex != NULL;
}

/* A phrase as an expression: white space between its words may be any. */
static bool add_spelling(maker *m, bawn_slice phrase)
{
    bawn_buf b = { 0 };
    while (phrase.len && bawn_is_space((unsigned char)phrase.ptr[0]))
        phrase = bawn_slice_of(phrase.ptr + 1, phrase.len - 1);
    while (phrase.len && bawn_is_space((unsigned char)phrase.ptr[phrase.len - 1]))
        phrase.len--;
    if (phrase.len == 0)
        return true;
    for (size_t i = 0; i < phrase.len; i++) {
        unsigned char c = (unsigned char)phrase.ptr[i];
        if (bawn_is_space(c)) {
            if (!bawn_is_space((unsigned char)phrase.ptr[i - 1]))
                bawn_buf_str(&b, "\\s{1,4}");
            continue;
        }
        if (c < 0x80 && !bawn_is_alnum(c))
            bawn_buf_byte(&b, '\\');
        bawn_buf_byte(&b, (char)c);
    }
    const char *regex = b.failed ? NULL : c_string(m->wall->arena, "", bawn_buf_slice(&b));
    bawn_buf_free(&b);
    return add_row(m, regex, BAWN_P_WORD);
}

/* A phrase, and where it has an ß or ss the other spelling too: case folding makes "STRASSE" of "Straße". */
static bool add_phrase(maker *m, bawn_slice phrase)
{
    static const char *const folds[][2] = { { "ß", "ss" }, { "ss", "ß" } };
    bool ok = add_spelling(m, phrase);
    for (size_t f = 0; ok && f < BAWN_COUNT(folds); f++) {
        bawn_buf other = { 0 };
        size_t found = 0;
        for (size_t i = 0; i < phrase.len;) {
            bool here = i + 2 <= phrase.len && bawn_slice_eq_nocase(bawn_slice_of(phrase.ptr + i, 2), bawn_slice_str(folds[f][0]));
            here ? bawn_buf_str(&other, folds[f][1]) : bawn_buf_byte(&other, phrase.ptr[i]);
            i += here ? 2 : 1;
            found += here;
        }
        ok = !other.failed && (found == 0 || add_spelling(m, bawn_buf_slice(&other)));
        bawn_buf_free(&other);
    }
    return ok;
}

static bool add_expression(maker *m, const bawn_node *node, bawn_error *err)
{
    const char *regex = c_string(m->wall->arena, "", node->text);
    bawn_error why = { 0 };
    uint32_t width = regex && *regex ? bawn_match_width(regex, 0, &why) : 0;

    if (regex && !*regex)
        return bawn_node_error(err, m->policy, node, "found an empty expression; expected one that begins with a literal, such as "
                               "'ORD-[0-9]{6}'");
    if (regex && (width == 0 || width > BAWN_MATCH_WIDTH))
        return bawn_node_error(err, m->policy, node, "%s", width ? "the expression can match more than 256 bytes: bound "
                               "its repeats" : why.message);
    return add_row(m, regex, 0) || no_memory(err);
}

/* "# ..." and a '#' alone are for people; "#word" is a word. */
static bool is_comment(bawn_slice line)
{
    while (line.len && bawn_is_space((unsigned char)line.ptr[0]))
        line = bawn_slice_of(line.ptr + 1, line.len - 1);
    return line.len > 0 && line.ptr[0] == '#' && (line.len == 1 || bawn_is_space((unsigned char)line.ptr[1]) || line.ptr[1] == '#');
}

static bool add_file(maker *m, const bawn_node *node, bawn_error *err)
{
    bawn_buf text = { 0 };
    bool ok = bawn_policy_secret(&text, m->policy, node, err);
    for (size_t from = 0; ok && from < text.len;) {
        bawn_slice rest = { text.ptr + from, text.len - from };
        size_t n = bawn_slice_find(rest, BAWN_LIT("\n"));
        if (bawn_utf8_valid_prefix(bawn_slice_of(rest.ptr, n)) < n)
            ok = bawn_node_error(err, m->policy, node, "the word list is not UTF-8");
        else if (!is_comment(bawn_slice_of(rest.ptr, n)) && !add_phrase(m, bawn_slice_of(rest.ptr, n)))
            ok = no_memory(err);
        from += n + 1;
    }
    bawn_buf_free(&text);
    return ok;
}

static bool add_words(maker *m, const bawn_node *list, bawn_error *err)
{
    for (const bawn_node *word = list ? list->first : NULL; word; word = word->next)
        if (!add_phrase(m, word->text))
            return no_memory(err);
    return true;
}

/* Kinds are made for all items, whatever is wrong with their words. */
static bool read_word_lists(maker *m, const bawn_node *guardrail, bawn_error *err)
{
    const bawn_node *lists = bawn_node_at(guardrail, "word_filters.custom");
    for (const bawn_node *item = lists ? lists->first : NULL; item; item = item->next) {
        const bawn_node *file = bawn_node_get(item, "file");
        if (!add_kind(m, item, "words.CUSTOM", "LLM05", "AML.T0048", err) || !add_words(m, bawn_node_get(item, "words"), err) ||
            (file && !add_file(m, file, err) && !bawn_wall_goes_on(m->wall, err)))
            return false;
    }
    return true;
}

static bool read_topics(maker *m, const bawn_node *guardrail, bawn_error *err)
{
    const bawn_node *topics = bawn_node_get(guardrail, "denied_topics");
    for (const bawn_node *item = topics ? topics->first : NULL; item; item = item->next) {
        const char *code = c_string(m->wall->arena, "topics.", bawn_node_get(item, "name")->text);
        const bawn_node *patterns = bawn_node_get(item, "patterns");
        if (!add_kind(m, item, code, "LLM09", "AML.T0048", err) || !add_words(m, bawn_node_get(item, "words"), err))
            return false;
        for (const bawn_node *p = patterns ? patterns->first : NULL; p; p = p->next)
            if (!add_expression(m, p, err) && !bawn_wall_goes_on(m->wall, err))
                return false;
    }
    return true;
}

static bool read_regexes(maker *m, const bawn_node *guardrail, bawn_error *err)
{
    const bawn_node *regexes = bawn_node_at(guardrail, "sensitive_information.regexes");
    for (const bawn_node *item = regexes ? regexes->first : NULL; item; item = item->next) {
        const char *code = c_string(m->wall->arena, "pii.", bawn_node_get(item, "name")->text);
        if (!add_kind(m, item, code, "LLM02", "AML.T0057", err) ||
            (!add_expression(m, bawn_node_get(item, "pattern"), err) && !bawn_wall_goes_on(m->wall, err)))
            return false;
    }
    return true;
}

static const struct {
    const char *guard, *id, *doc;
    bool (*read)(maker *, const bawn_node *, bawn_error *);
} makers[BAWN_POLICY_GUARDS] = {
    { "words", "words.custom", "The policy's own words and phrases.", read_word_lists },
    { "topics", "topics.words", "Denied topics, by their words and expressions.", read_topics },
    { "pii", "pii.regexes", "The policy's own kinds of personal data.", read_regexes },
};

const bawn_node *bawn_guardrail_node(const bawn_node *guardrails, bawn_slice name)
{
    const bawn_node *g = guardrails ? guardrails->first : NULL;
    while (g && !bawn_slice_eq(g->key, name))
        g = g->next;
    return g;
}

/* Whether g is `name` or one that it extends: the rest of a published file is not in force. */
static bool is_of(const bawn_node *guardrails, bawn_slice name, const bawn_node *g)
{
    for (int depth = 0; depth < BAWN_EXTENDS_MOST; depth++) {
        const bawn_node *node = bawn_guardrail_node(guardrails, name);
        if (!node || node == g)
            return node == g;
        const bawn_node *parent = bawn_node_get(node, "extends");
        if (!parent)
            return false;
        name = parent->text;
    }
    return false;
}

/* The items of a tree's guardrails; with a name, of that one and those that it extends. */
static bool read_tree(maker *m, size_t i, const bawn_policy *policy, const bawn_slice *name, bawn_error *err)
{
    const bawn_node *guardrails = bawn_node_get(bawn_policy_root(policy), "guardrails");

    m->policy = policy;
    for (const bawn_node *g = guardrails ? guardrails->first : NULL; g; g = g->next)
        if ((!name || is_of(guardrails, *name, g)) && !makers[i].read(m, g, err))
            return false;
    return true;
}

static bool make_guard(bawn_wall *w, size_t i, bawn_error *err)
{
    maker m = { 0 };

    if (!maker_open(&m, w, makers[i].guard, makers[i].id, makers[i].doc))
        return no_memory(err);
    if (!read_tree(&m, i, w->policy, NULL, err))
        return false;
    for (size_t v = 0; v < w->n_versions; v++)
        if (!read_tree(&m, i, w->versions[v].policy, &w->versions[v].name, err))
            return false;
    if (m.n_rows > UINT16_MAX)
        return bawn_error_set(err, BAWN_E_POLICY, "more than %d words in one policy", UINT16_MAX);
    m.guard->n_kinds = (uint16_t)m.n_kinds;
    m.guard->patterns = m.rows;
    m.guard->n_patterns = (uint16_t)m.n_rows;
    w->policy_items[i] = m.items;
    w->guards[bawn_n_guards + i] = m.guard;
    return true;
}

bool bawn_wall_read_words(bawn_wall *w, bawn_error *err)
{
    w->n_guards = bawn_n_guards + BAWN_POLICY_GUARDS;
    w->guards = bawn_arena_alloc(w->arena, w->n_guards * sizeof *w->guards);
    if (!w->guards)
        return no_memory(err);
    for (size_t g = 0; g < bawn_n_guards; g++)
        w->guards[g] = bawn_guards[g];
    for (size_t i = 0; i < BAWN_POLICY_GUARDS; i++)
        if (!make_guard(w, i, err))
            return false;
    if (!bawn_rules_list(&w->rules[1], w->guards + bawn_n_guards, BAWN_POLICY_GUARDS, (uint16_t)bawn_n_guards, w->arena, err))
        return false;
    for (size_t i = 0; i < w->rules[1].n_rules; i++)
        if (!(w->rules[1].rules[i].flags & BAWN_P_WORD))        /* words begin with themselves */
            w->rules[1].rules[i].window = bawn_rule_window(&w->rules[1].rules[i], w->arena);
    return true;
}

int bawn_wall_policy_kind(const bawn_wall *w, const bawn_node *item)
{
    for (size_t i = 0; i < BAWN_POLICY_GUARDS; i++) {
        size_t g = bawn_n_guards + i;
        for (size_t k = 0; k < w->guards[g]->n_kinds; k++)
            if (w->policy_items[i][k] == item)
                return (int)(w->kind_base[g] + k);
    }
    return -1;
}

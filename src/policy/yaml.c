/* yaml.c: libfyaml's events to a tree of nodes that have a place and a text but no meaning yet. Events, not
 * libfyaml's document: so depth and number of nodes are bounded while reading, nothing recurses, and what a policy may
 * not have (anchors, aliases, tags, merge keys, directives, a second document, keys that are no words) is refused where
 * it stands. libfyaml prints nothing: its errors are collected and become ours. Linear in the size of the file. */
#include <libfyaml.h>

#include "policy/inner.h"

typedef struct {
    bawn_node *node, *last;         /* the open map or list, its last child */
    uint32_t line, column;          /* of its bracket */
    bool keyed;                     /* a map whose key has come and whose value has not */
    bawn_slice key;
    uint32_t key_line, key_column;
} level;
typedef struct {
    bawn_policy *policy;
    bawn_error *err;
    level levels[POLICY_DEPTH];
    size_t depth, nodes, documents;
    uint32_t line, column;          /* where the event stands, or the last one that had a place */
} builder;

static bool refuse(builder *b, const char *message)
{
    bawn_error_set(b->err, BAWN_E_POLICY, "%s", message);
    return bawn_error_at(b->err, b->policy->self, b->line, b->column);
}

static bool no_memory(builder *b)
{
    return bawn_error_set(b->err, BAWN_E_NO_MEMORY, "out of memory while reading the policy");
}

/* libfyaml counts lines and characters from 0 and puts the mark of a quoted text behind its quote. */
static void stand_at(builder *b, struct fy_token *token)
{
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;

    if (!mark)
        return;
    b->line = (uint32_t)mark->line + 1;
    b->column = (uint32_t)mark->column + 1;
}

static void stand_at_scalar(builder *b, struct fy_token *token, enum fy_scalar_style style)
{
    stand_at(b, token);
    if ((style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) && b->column > 1)
        b->column--;
}

static level *top(builder *b) { return b->depth ? &b->levels[b->depth - 1] : NULL; }

static bool wants_key(builder *b)
{
    level *l = top(b);

    return l && l->node->kind == BAWN_NODE_MAP && !l->keyed;
}

/* A new node as the next child of the innermost open one. */
static bawn_node *attach(builder *b, bawn_node_kind kind)
{
    level *l = top(b);
    bawn_node *node;

    if (++b->nodes > POLICY_NODES) {
        refuse(b, "found more than 10000 values; expected fewer; move long lists to files (`file:`)");
        return NULL;
    }
    node = bawn_arena_alloc(b->policy->arena, sizeof *node);
    if (!node) {
        no_memory(b);
        return NULL;
    }
    *node = (bawn_node){ .kind = kind, .line = b->line, .column = b->column, .key_line = b->line,
                         .key_column = b->column };
    if (!l) {
        b->policy->root = node;
        return node;
    }
    node->parent = l->node;
    if (l->keyed) {
        node->key = l->key;
        node->key_line = l->key_line;
        node->key_column = l->key_column;
        l->keyed = false;
    }
    if (l->last)
        l->last->next = node;
    else
        l->node->first = node;
    l->last = node;
    return node;
}

static bool take_key(builder *b, bawn_slice text, bool plain)
{
    level *l = top(b);

    if (plain && bawn_slice_is(text, "<<"))
        return refuse(b, "found the merge key `<<`; expected a name; write the keys out (guardrails have `extends`)");
    if (text.len == 0)
        return refuse(b, "found an empty key; expected a name before the colon");
    l->key = text;
    l->keyed = true;
    l->key_line = b->line;
    l->key_column = b->column;
    return true;
}

/* The text may stand in libfyaml's memory: ours is a copy. Escapes can make what the file itself may not hold. */
static bool copy_text(builder *b, bawn_slice *out, struct fy_token *token)
{
    bawn_slice text = BAWN_NIL;
    bool ok = true;

    if (token)
        text.ptr = fy_token_get_text(token, &text.len);
    if (token && !text.ptr)
        return no_memory(b);
    if (text.len && memchr(text.ptr, 0, text.len))
        return refuse(b, "found the escape of a NUL character; expected text without it");
    if (bawn_utf8_valid_prefix(text) != text.len)
        return refuse(b, "found an escape that is no character (a surrogate); expected \\u or \\U of a code point");
    *out = bawn_arena_copy(b->policy->arena, text, &ok);
    return ok || no_memory(b);
}

static bool on_scalar(builder *b, struct fy_token *token)
{
    enum fy_scalar_style style = token ? fy_token_scalar_style(token) : FYSS_PLAIN;
    bool key = wants_key(b);
    bawn_slice text = BAWN_NIL;
    bawn_node *node;

    if (token)
        stand_at_scalar(b, token, style);
    else if (!key && top(b) && top(b)->keyed)       /* nothing after the colon: the place is the key's */
        b->line = top(b)->key_line, b->column = top(b)->key_column;
    if (!copy_text(b, &text, token))
        return false;
    if (key)
        return take_key(b, text, style == FYSS_PLAIN);
    node = attach(b, BAWN_NODE_SCALAR);
    if (!node)
        return false;
    node->text = text;
    node->quoted = style != FYSS_PLAIN;
    return true;
}

static bool on_start(builder *b, bawn_node_kind kind, struct fy_token *token)
{
    bawn_node *node;

    stand_at(b, token);
    if (wants_key(b))
        return refuse(b, "found a map or list as a key; expected a name");
    if (b->depth == POLICY_DEPTH)
        return refuse(b, "found more than 32 levels of maps and lists; expected fewer");
    node = attach(b, kind);
    if (!node)
        return false;
    node->line = node->key_line;
    node->column = node->key_column;
    b->levels[b->depth++] = (level){ .node = node, .line = b->line, .column = b->column };
    return true;
}

static bool on_document(builder *b, struct fy_event *event)
{
    struct fy_document_state *state = event->document_start.document_state;

    stand_at(b, event->document_start.document_start);
    if (b->documents++)
        return refuse(b, "found a second document (`---`); expected one policy in a file");
    if (state && (fy_document_state_version_explicit(state) || fy_document_state_tags_explicit(state)))
        return refuse(b, "found a YAML directive (`%`) before `---`; expected none; remove that line");
    return true;
}

/* keeps: RULINGS R19 (what would make one text mean two things is refused) */
static bool is_plain(builder *b, struct fy_event *event)
{
    struct fy_token *anchor = fy_event_get_anchor_token(event), *tag = fy_event_get_tag_token(event);

    if (event->type == FYET_ALIAS || anchor) {
        stand_at(b, event->type == FYET_ALIAS ? event->alias.anchor : anchor);
        if (b->column > 1)      /* the mark stands behind the sign */
            b->column--;
        return refuse(b, event->type == FYET_ALIAS
                      ? "found an alias (`*name`); a policy has none; write the value out, or quote the star: \"*\""
                      : "found an anchor (`&name`); a policy has none; write the value out where it is used");
    }
    if (!tag)
        return true;
    stand_at(b, tag);
    return refuse(b, "found a tag (`!`); a policy has none; remove it, or quote the text");
}

static bool on_event(builder *b, struct fy_event *event)
{
    if (!is_plain(b, event))
        return false;
    switch (event->type) {
    case FYET_DOCUMENT_START:
        return on_document(b, event);
    case FYET_MAPPING_START:
        return on_start(b, BAWN_NODE_MAP, event->mapping_start.mapping_start);
    case FYET_SEQUENCE_START:
        return on_start(b, BAWN_NODE_LIST, event->sequence_start.sequence_start);
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END:
        b->depth--;
        return true;
    case FYET_SCALAR:
        return on_scalar(b, event->scalar.value);
    default:
        return true;
    }
}

/* What libfyaml says, and what a person can do about it. */
static const struct { const char *said, *found; } advice[] = {
    { "tab character", "found a tab in the indentation; expected spaces; replace the tab by spaces" },
    { "invalid nested block mapping", "found a second `key: ` on one line; expected one; put it on its own line, or the "
      "value in quotes" },
    { "without closing quote", "found no closing quote for the quote that opens here; expected it before the file ends" },
    { "flow sequence without", "found a `[` that is never closed; expected `]`" },
    { "flow mapping without", "found a `{` that is never closed; expected `}`" },
    { "missing comma in flow", NULL },
    { "multiline plain key", "found a line that does not fit the indentation around it; expected keys of one map to begin "
      "in one column" },
};

static bool syntax_error(builder *b, const struct fy_diag_error *said)
{
    level *l = top(b);

    for (size_t i = 0; said && i < BAWN_COUNT(advice); i++) {
        if (!strstr(said->msg, advice[i].said))
            continue;
        if (advice[i].found)
            bawn_error_set(b->err, BAWN_E_POLICY, "%s", advice[i].found);
        else
            bawn_error_set(b->err, BAWN_E_POLICY, "found neither a comma nor the closing bracket; expected one of them; the "
                           "bracket opens at line %u, column %u", l ? (unsigned)l->line : 1, l ? (unsigned)l->column : 1);
        if (strstr(advice[i].said, "closing quote") && said->column > 1)
            return bawn_error_at(b->err, b->policy->self, (uint32_t)said->line, (uint32_t)said->column - 1);
        if (strstr(advice[i].said, "without") && l)      /* the end of the file helps nobody */
            return bawn_error_at(b->err, b->policy->self, l->line, l->column);
        return bawn_error_at(b->err, b->policy->self, (uint32_t)said->line, (uint32_t)said->column);
    }
    if (!said)
        return refuse(b, "this is not YAML from here on; check indentation, quotes and brackets");
    bawn_error_set(b->err, BAWN_E_POLICY, "this is not YAML: %.100s; check indentation, quotes and brackets here and in "
                   "the line before", said->msg);
    return bawn_error_at(b->err, b->policy->self, (uint32_t)said->line, (uint32_t)said->column);
}

static bool read_events(builder *b, struct fy_parser *parser, struct fy_diag *diag)
{
    for (bool end = false; !end;) {
        struct fy_event *event = fy_parser_parse(parser);
        void *first = NULL;
        bool ok;

        if (!event)
            return syntax_error(b, fy_diag_errors_iterate(diag, &first));
        end = event->type == FYET_STREAM_END;
        ok = on_event(b, event);
        fy_parser_event_free(parser, event);
        if (!ok)
            return false;
    }
    return true;
}

static void say_nothing(struct fy_diag *diag, void *user, const char *text, size_t len)
{
    (void)diag, (void)user, (void)text, (void)len;
}

bool policy_yaml_read(bawn_policy *policy, bawn_slice yaml, bawn_error *err)
{
    builder b = { .policy = policy, .err = err, .line = 1, .column = 1 };
    struct fy_parse_cfg config = { .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DEFAULT_VERSION_1_2 |
                                            FYPCF_JSON_NONE };
    struct fy_diag_cfg quiet;
    struct fy_parser *parser = NULL;
    bool ok = false;

    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    quiet.output_fn = say_nothing;
    config.diag = fy_diag_create(&quiet);
    if (config.diag) {
        fy_diag_set_collect_errors(config.diag, true);
        parser = fy_parser_create(&config);
    }
    if (!parser || fy_parser_set_string(parser, yaml.ptr, yaml.len) != 0)
        no_memory(&b);
    else
        ok = read_events(&b, parser, config.diag);
    fy_parser_destroy(parser);
    fy_diag_destroy(config.diag);
    return ok;
}

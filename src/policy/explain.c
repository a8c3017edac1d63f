/* explain.c: the effective policy as YAML: what the file says, each line with the line it comes from, and what it does
 * not say as comments with the default. So the output is itself a policy that means the same. Where a map has `extends`
 * its missing keys come from there, and it says so instead of showing defaults. Secrets show as their references. */
#include "base/json.h"
#include "policy/inner.h"

typedef struct {
    bawn_buf *out;
    bool comment;       /* inside defaults */
    bool inherits;      /* inside a map with `extends` */
} page;

static const char *const not_text[] = { "true", "false", "null", "Null", "NULL" };

/* Whether text means the same without quotes, inside brackets too. */
static bool is_bare(bawn_slice text)
{
    if (text.len == 0 || !(bawn_is_alnum((unsigned char)text.ptr[0]) || text.ptr[0] == '/' || text.ptr[0] == '_'))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i], after = i + 1 < text.len ? text.ptr[i + 1] : ' ';

        if (!bawn_is_alnum((unsigned char)c) && !strchr("_-./@*", c) && !(c == ':' && after != ' ') &&
            !(c == ' ' && after != ' '))
            return false;
    }
    for (size_t i = 0; i < BAWN_COUNT(not_text); i++)
        if (bawn_slice_is(text, not_text[i]))
            return false;
    return true;
}

/* As JSON, which YAML's double quotes read the same, with escapes for what a policy may not hold as it is. */
static void write_quoted(bawn_buf *out, bawn_slice text)
{
    bawn_buf_byte(out, '"');
    for (size_t i = 0; i < text.len;) {
        size_t from = i;
        uint32_t c = bawn_utf8_next(text, &i);

        if (policy_is_hidden(c, false))
            bawn_buf_fmt(out, "\\u%04X", (unsigned)c);
        else
            bawn_json_write_escaped(out, bawn_slice_of(text.ptr + from, i - from));
    }
    bawn_buf_byte(out, '"');
}

static void write_name(bawn_buf *out, bawn_slice name)
{
    if (is_bare(name))
        bawn_buf_add(out, name);
    else
        write_quoted(out, name);
}

static void write_scalar(bawn_buf *out, const bawn_node *node)
{
    bool typed = (node->type & (BAWN_T_BOOL | BAWN_T_INT | BAWN_T_NUMBER)) != 0;

    if (typed || (!node->quoted && is_bare(node->text)))
        bawn_buf_add(out, node->text);
    else
        write_quoted(out, node->text);
}

static void begin(page *p, unsigned indent)
{
    for (unsigned i = 0; i < indent; i++)
        bawn_buf_str(p->out, "  ");
    if (p->comment)
        bawn_buf_str(p->out, "# ");
}

static void end(page *p, const bawn_node *node)
{
    bawn_buf_fmt(p->out, "  # line %u\n", (unsigned)node->key_line);
}

static bool is_flat(const bawn_node *list)
{
    for (const bawn_node *n = list->first; n; n = n->next)
        if (n->kind != BAWN_NODE_SCALAR)
            return false;
    return true;
}

static void write_flat(bawn_buf *out, const bawn_node *list)
{
    bawn_buf_byte(out, '[');
    for (const bawn_node *n = list->first; n; n = n->next) {
        write_scalar(out, n);
        if (n->next)
            bawn_buf_str(out, ", ");
    }
    bawn_buf_byte(out, ']');
}

/* The default of each key below `rows` that the file does not have, as comments. `map` NULL: it has none of them. */
static void write_defaults(page *p, const bawn_node *map, const policy_rows *rows, unsigned indent, unsigned base)
{
    for (const policy_row *r = policy_rows_next(rows, NULL); r; r = policy_rows_next(rows, r)) {
        policy_rows below = policy_rows_member(rows, r->name);
        const bawn_key *key = policy_rows_key(&below);
        bool there = false;
        size_t mark;

        for (const bawn_node *n = map ? map->first : NULL; n && !there; n = n->next)
            there = bawn_slice_eq(n->key, r->name);
        if (there || key->later || (!key->fallback && !policy_rows_has(&below, POLICY_ROW_NAME)))
            continue;
        mark = p->out->len;
        p->comment = true;
        begin(p, base);
        for (unsigned i = base; i < indent; i++)
            bawn_buf_str(p->out, "  ");
        write_name(p->out, r->name);
        if (key->fallback) {
            bawn_buf_fmt(p->out, ": %s  # default\n", key->fallback);
        } else {
            size_t before;

            bawn_buf_str(p->out, ":  # default\n");
            before = p->out->len;
            if (indent < POLICY_DEPTH)
                write_defaults(p, NULL, &below, indent + 1, base);
            if (p->out->len == before)      /* nothing below has a default */
                p->out->len = mark;
        }
        p->comment = false;
    }
}

static void write_map(page *p, const bawn_node *map, const policy_rows *rows, unsigned indent);

static void write_value(page *p, const bawn_node *node, const policy_rows *rows, unsigned indent)
{
    if (node->kind == BAWN_NODE_SCALAR) {
        bawn_buf_byte(p->out, ' ');
        write_scalar(p->out, node);
        end(p, node);
    } else if (node->kind == BAWN_NODE_LIST && is_flat(node)) {
        bawn_buf_byte(p->out, ' ');
        write_flat(p->out, node);
        end(p, node);
    } else if (!node->first) {
        bawn_buf_str(p->out, " {}");
        end(p, node);
        write_map(p, node, rows, indent);
    } else if (node->kind == BAWN_NODE_MAP) {
        end(p, node);
        write_map(p, node, rows, indent);
    } else {
        policy_rows item = policy_rows_item(rows);

        end(p, node);
        for (const bawn_node *n = node->first; n; n = n->next) {
            begin(p, indent);
            bawn_buf_byte(p->out, '-');
            write_value(p, n, &item, indent + 1);
        }
    }
}

static void write_map(page *p, const bawn_node *map, const policy_rows *rows, unsigned indent)
{
    const bawn_node *parent = bawn_node_get(map, "extends");
    bool inherited = p->inherits;

    p->inherits = inherited || parent;
    for (const bawn_node *n = map->first; n; n = n->next) {
        policy_rows below = policy_rows_member(rows, n->key);

        begin(p, indent);
        write_name(p->out, n->key);
        bawn_buf_byte(p->out, ':');
        write_value(p, n, &below, indent + 1);
    }
    p->inherits = inherited;
    if (!parent && !inherited) {
        write_defaults(p, map, rows, indent, indent);
    } else if (parent) {
        begin(p, indent);
        bawn_buf_str(p->out, "# the rest comes from ");
        write_name(p->out, parent->text);
        bawn_buf_byte(p->out, '\n');
    }
}

bool bawn_policy_explain(bawn_buf *out, const bawn_policy *policy, const bawn_key *keys, size_t n)
{
    bawn_arena *arena = bawn_arena_new(16384, 0);
    const policy_row *root = arena ? policy_rows_build(arena, keys, n) : NULL;

    if (root) {
        policy_rows rows = policy_rows_root(root);
        page p = { .out = out };

        bawn_buf_str(out, "# Effective policy of ");
        bawn_json_write_string(out, bawn_slice_str(policy->self));
        bawn_buf_str(out, ": `# line N` is where the file says it, comments are defaults.\n");
        write_map(&p, policy->root, &rows, 0);
    }
    bawn_arena_free(arena);
    return root && !out->failed;
}

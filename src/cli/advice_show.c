/* advice_show.c: where in a policy file a change is to be written. A change is a chain of keys below a guardrail with a
 * value at its end, "leak: {canary: false}". As much of the chain as the file has is walked; what is left is added there,
 * or the value that stands there is replaced. So what is printed can be typed, and never makes a key stand twice. */
#include "cli/advice.h"

enum { KEYS_MAX = 4 };
typedef struct { bawn_slice keys[KEYS_MAX], rest[KEYS_MAX], value; size_t n; } chain;  /* rest[i]: from keys[i] on */

/* "a: {b: {c: v}}": three keys. */
static chain chain_of(const char *text)
{
    chain c = { 0 };
    bawn_slice left = bawn_slice_str(text);

    while (c.n < KEYS_MAX) {
        size_t colon = bawn_slice_find(left, BAWN_LIT(": "));
        if (colon == left.len)
            break;
        c.keys[c.n] = bawn_slice_of(left.ptr, colon);
        c.rest[c.n++] = left;
        left = bawn_slice_of(left.ptr + colon + 2, left.len - colon - 2);
        if (left.len < 2 || left.ptr[0] != '{')
            break;
        left = bawn_slice_of(left.ptr + 1, left.len - 2);
    }
    c.value = left;
    return c;
}

static const bawn_node *member(const bawn_node *map, bawn_slice key)
{
    for (const bawn_node *m = map->kind == BAWN_NODE_MAP ? map->first : NULL; m; m = m->next)
        if (bawn_slice_eq(m->key, key))
            return m;
    return NULL;
}

static void write_slice(FILE *out, bawn_slice s) { fwrite(s.ptr, 1, s.len, out); }

static void write_green(FILE *out, bawn_slice s)
{
    fputs(bawn_cli_ink(out, CLI_GREEN), out);
    write_slice(out, s);
    fputs(bawn_cli_ink(out, CLI_PLAIN), out);
}

/* A word that held for all sides becomes a map in which the others keep it. */
static void write_sides(FILE *out, bawn_slice key, bawn_slice side, bawn_slice value, bawn_slice old)
{
    static const char *const sides[] = { "input", "output", "untrusted", "tool_arguments" };
    const char *third = bawn_slice_is(key, "PROMPT_ATTACK") ? sides[2] : bawn_slice_is(key, "code_injection") ? sides[3] : "";

    fprintf(out, "%.*s: {%.*s: %.*s", (int)key.len, key.ptr, (int)side.len, side.ptr, (int)value.len, value.ptr);
    for (size_t i = 0; i < BAWN_COUNT(sides); i++)
        if ((i < 2 || strcmp(sides[i], third) == 0) && !bawn_slice_is(side, sides[i]))
            fprintf(out, ", %s: %.*s", sides[i], (int)old.len, old.ptr);
    fputc('}', out);
}

static void show_replacement(FILE *out, const chain *c, size_t walked, const bawn_node *node)
{
    fprintf(out, "line %u: %s", (unsigned)node->line, bawn_cli_ink(out, CLI_GREEN));
    if (walked == c->n)
        write_slice(out, c->rest[c->n - 1]);
    else
        write_sides(out, c->keys[walked - 1], c->keys[walked], c->value, node->text);
    fprintf(out, "%s   instead of %.*s: ", bawn_cli_ink(out, CLI_PLAIN), (int)node->key.len, node->key.ptr);
    bawn_cli_show(out, node->text);
    fputc('\n', out);
}

static void show_in_file(FILE *out, const chain *c, const bawn_node *guardrail)
{
    const bawn_node *node = guardrail, *next;
    size_t walked = 0;
    char path[256];

    while (walked < c->n && (next = member(node, c->keys[walked]))) {
        node = next;
        walked++;
    }
    if (node->kind == BAWN_NODE_SCALAR) {
        show_replacement(out, c, walked, node);
        return;
    }
    fprintf(out, "add to %s (line %u): ", bawn_node_path(path, sizeof path, node), (unsigned)node->key_line);
    if (walked < c->n)
        write_green(out, c->rest[walked]);
    else if (c->value.len >= 2)                         /* a list that is there: the item alone */
        write_green(out, bawn_slice_of(c->value.ptr + 1, c->value.len - 2));
    fputc('\n', out);
}

void bawn_cli_show_change(FILE *out, const bawn_policy *policy, const bawn_cli_change *change, bawn_slice name,
                          const char *indent)
{
    bawn_slice guardrail = name.len ? name : BAWN_LIT("default");
    const bawn_node *node = bawn_cli_guardrail(policy, guardrail), *all = bawn_node_get(bawn_policy_root(policy), "guardrails");
    chain c = chain_of(change->text);

    fputs(indent, out);
    if (c.n == 0) {
        fprintf(out, "%s\n", change->advice);
    } else if (node) {
        show_in_file(out, &c, node);
    } else {
        if (all)
            fprintf(out, "add to guardrails (line %u):\n%s  ", (unsigned)all->key_line, indent);
        else
            fprintf(out, "add to the policy:\n%sguardrails:\n%s  ", indent, indent);
        bawn_cli_show(out, guardrail);
        fprintf(out, ":\n%s    ", indent);
        write_green(out, bawn_slice_str(change->text));
        fputc('\n', out);
    }
}

/* note.c: the words of an error. A message holds what bawn_error can carry and is cut between characters; names from
 * the file are shown with escapes for what a terminal would obey. Also the errors of nodes for other rooms. */
#include <stdio.h>

#include "policy/inner.h"

#define NAME_SHOWN 40
#define PATH_SHOWN 96

static void put(char *text, size_t size, size_t *len, bawn_slice more)
{
    size_t room = size - 1 - *len;

    if (more.len > room) {
        more.len = room;
        more.len = bawn_utf8_valid_prefix(more);
    }
    if (more.len)
        memcpy(text + *len, more.ptr, more.len);
    *len += more.len;
    text[*len] = '\0';
}

static void add(policy_note *note, bawn_slice more) { put(note->text, sizeof note->text, &note->len, more); }

void policy_note_str(policy_note *note, const char *text) { add(note, bawn_slice_str(text)); }

/* Appends name with backslash escapes for control characters and backticks; at most `most` bytes of it. */
static void put_escaped(char *text, size_t size, size_t *len, bawn_slice name, size_t most)
{
    bool cut = name.len > most;

    if (cut)
        name.len = most, name.len = bawn_utf8_valid_prefix(name);
    for (size_t i = 0; i < name.len;) {
        size_t from = i;
        uint32_t c = bawn_utf8_next(name, &i);
        char hex[16];

        if (c >= 0x20 && c != '`' && !(c >= 0x7F && c <= 0x9F) && !(c >= 0x2028 && c <= 0x202E)) {
            put(text, size, len, bawn_slice_of(name.ptr + from, i - from));
            continue;
        }
        snprintf(hex, sizeof hex, "\\u%04X", (unsigned)c);
        put(text, size, len, bawn_slice_str(hex));
    }
    if (cut)
        put(text, size, len, BAWN_LIT("..."));
}

void policy_note_name(policy_note *note, bawn_slice name)
{
    policy_note_str(note, "`");
    put_escaped(note->text, sizeof note->text, &note->len, name, NAME_SHOWN);
    policy_note_str(note, "`");
}

static size_t index_of(const bawn_node *node)
{
    size_t i = 0;

    for (const bawn_node *n = node->parent->first; n && n != node; n = n->next)
        i++;
    return i;
}

const char *bawn_node_path(char *out, size_t size, const bawn_node *node)
{
    const bawn_node *chain[POLICY_DEPTH + 2];
    char whole[1024];
    size_t n = 0, len = 0, from;

    if (size == 0)
        return "";
    whole[0] = '\0';
    for (; node && node->parent && n < BAWN_COUNT(chain); node = node->parent)
        chain[n++] = node;
    while (n--) {
        char number[24];

        if (chain[n]->parent->kind == BAWN_NODE_LIST) {
            snprintf(number, sizeof number, "[%zu]", index_of(chain[n]));
            put(whole, sizeof whole, &len, bawn_slice_str(number));
            continue;
        }
        if (len)
            put(whole, sizeof whole, &len, BAWN_LIT("."));
        put_escaped(whole, sizeof whole, &len, chain[n]->key, NAME_SHOWN);
    }
    from = bawn_utf8_ceil(bawn_slice_of(whole, len), len < size ? 0 : len - size + 1);
    memcpy(out, whole + from, len - from + 1);
    return out;
}

void policy_note_path(policy_note *note, const bawn_node *node)
{
    char path[PATH_SHOWN];

    policy_note_str(note, node->parent ? bawn_node_path(path, sizeof path, node) : "the policy");
}

bool policy_note_fail(bawn_error *err, const char *self, uint32_t line, uint32_t column, const policy_note *note)
{
    bawn_error_set(err, BAWN_E_POLICY, "%s", note->text);
    return bawn_error_at(err, self, line, column);
}

static bool fail(bawn_error *err, const bawn_policy *policy, uint32_t line, uint32_t column, const char *format,
                 va_list args) __attribute__((format(printf, 5, 0)));
static bool fail(bawn_error *err, const bawn_policy *policy, uint32_t line, uint32_t column, const char *format,
                 va_list args)
{
    char text[1024];
    policy_note note = { "", 0 };

    vsnprintf(text, sizeof text, format, args);
    policy_note_str(&note, text);
    return policy_note_fail(err, policy->self, line, column, &note);
}

bool bawn_node_error(bawn_error *err, const bawn_policy *policy, const bawn_node *node, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fail(err, policy, node->line, node->column, format, args);
    va_end(args);
    return false;
}

bool bawn_node_key_error(bawn_error *err, const bawn_policy *policy, const bawn_node *node, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fail(err, policy, node->key_line, node->key_column, format, args);
    va_end(args);
    return false;
}

/* reference.c: the table of keys as a page for people (Markdown): a table for each section, and at the end what later
 * versions bring. In the table's order, so the order of rows is the order of reading. */
#include "policy/inner.h"

static const char intro[] =
    "# The policy, key by key\n\n"
    "*Made from the table that reads the policy; do not edit.*\n\n"
    "One YAML 1.2 file. Anchors, aliases, tags and merge keys are errors, and so are duplicate and unknown keys.\n"
    "Sizes have a unit: `B`, `KiB`, `MiB`. Times have one: `ms`, `s`, `m`, `h`, `d`. Secrets are references, `env:NAME` or\n"
    "`file:PATH` (relative to the policy's folder), never inline. In the paths below `*` is a name of your choice and\n"
    "`[]` an item of a list. Lists are tried from top to bottom.\n";

/* Text for a cell: the bar would end it. */
static void cell(bawn_buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            bawn_buf_byte(out, '\\');
        bawn_buf_byte(out, *text);
    }
}

static const char *const type_names[] = { "a map", "a list", "text", "true or false", "a whole number", "a number", "a size",
                                          "a time", NULL, "a reference", "a pattern", "release, buffer or window N" };

/* Whether the row "path=word" says that the word is not built yet. */
static bool word_is_later(const bawn_key *key, bawn_slice word, const bawn_key *keys, size_t n)
{
    size_t len = strlen(key->path);

    for (size_t i = 0; i < n; i++)
        if (keys[i].later && strncmp(keys[i].path, key->path, len) == 0 && keys[i].path[len] == '=' &&
            bawn_slice_is(word, keys[i].path + len + 1))
            return true;
    return false;
}

static void range(bawn_buf *out, const bawn_key *key)
{
    if (key->most && key->most == key->least)
        bawn_buf_fmt(out, ": %llu", (unsigned long long)key->most);
    else if (key->most)
        bawn_buf_fmt(out, ", %llu to %llu", (unsigned long long)key->least, (unsigned long long)key->most);
    else if (key->least)
        bawn_buf_fmt(out, ", %llu or more", (unsigned long long)key->least);
}

static void types(bawn_buf *out, const bawn_key *key, const bawn_key *keys, size_t n)
{
    bool first = true;

    for (uint32_t bit = BAWN_T_WINDOW; bit; bit >>= 1) {
        const char *values = key->values;
        bawn_slice word;
        bool more = false;

        if (!(key->types & bit))
            continue;
        bawn_buf_str(out, first ? "" : ", or ");
        first = false;
        if (bit != BAWN_T_WORD) {
            bawn_buf_str(out, type_names[__builtin_ctz(bit)]);
            if (bit == BAWN_T_INT)
                range(out, key);
            continue;
        }
        while (policy_word_next(&word, &values)) {
            if (word_is_later(key, word, keys, n))
                continue;
            bawn_buf_str(out, more ? ", `" : "`");
            bawn_buf_add(out, word);
            bawn_buf_byte(out, '`');
            more = true;
        }
    }
}

static size_t section_length(const char *path) { return strcspn(path, ".[="); }

static bool same_section(const char *a, const char *b)
{
    size_t n = section_length(a);

    return n == section_length(b) && strncmp(a, b, n) == 0;
}

static void row(bawn_buf *out, const bawn_key *key, const bawn_key *keys, size_t n)
{
    bawn_buf_fmt(out, "| `%s` | ", key->path);
    types(out, key, keys, n);
    bawn_buf_str(out, " | ");
    if (key->required)
        bawn_buf_str(out, "required");
    if (key->fallback)
        bawn_buf_byte(out, '`'), cell(out, key->fallback), bawn_buf_byte(out, '`');
    bawn_buf_str(out, " | ");
    cell(out, key->doc);
    bawn_buf_str(out, " |\n");
}

/* One section: its heading at its first row, all its rows that are built. */
static void sections(bawn_buf *out, const bawn_key *keys, size_t n)
{
    const char *last = "";

    for (size_t i = 0; i < n; i++) {
        if (keys[i].later || strchr(keys[i].path, '='))
            continue;
        if (!same_section(last, keys[i].path)) {
            bawn_buf_fmt(out, "\n## `%.*s`\n\n", (int)section_length(keys[i].path), keys[i].path);
            bawn_buf_str(out, "| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
        }
        last = keys[i].path;
        row(out, &keys[i], keys, n);
    }
}

bool bawn_policy_reference(bawn_buf *out, const bawn_key *keys, size_t n)
{
    bool any = false;

    bawn_buf_str(out, intro);
    sections(out, keys, n);
    for (size_t i = 0; i < n; i++) {
        if (!keys[i].later)
            continue;
        if (!any)
            bawn_buf_str(out, "\n## Not built yet\n\nUsing one of these is an error that says so.\n\n"
                         "| key | comes with | meaning |\n| --- | --- | --- |\n");
        any = true;
        bawn_buf_fmt(out, "| `%s` | %s | ", keys[i].path, keys[i].later);
        cell(out, keys[i].doc);
        bawn_buf_str(out, " |\n");
    }
    return !out->failed;
}

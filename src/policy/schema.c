/* schema.c: the table of keys as a JSON Schema (draft 2020-12), for editors. Each place of the language becomes one
 * schema object: maps close with additionalProperties false (or the schema of '*'), a value that may be a word or a map
 * is a oneOf, keys of rooms not built yet are there with a description and match nothing. Recursion is as deep as the
 * table's paths. */
#include "base/json.h"
#include "policy/inner.h"

#define LEVELS 24       /* no path of a table is that deep */

static bool write_place(bawn_buf *out, const policy_rows *rows, unsigned level);

static void comma(bawn_buf *out, bool *first)
{
    if (!*first)
        bawn_buf_byte(out, ',');
    *first = false;
}

static void write_text(bawn_buf *out, const char *name, const char *text)
{
    bawn_buf_fmt(out, "\"%s\":", name);
    bawn_json_write_string(out, bawn_slice_str(text));
}

#define NAMES_MOST 1024

/* The names that '*' may be, where they are known: an editor completes them, and refuses others. */
static bool write_names(bawn_buf *out, const bawn_key *any)
{
    const char **names = bawn_malloc(NAMES_MOST * sizeof *names);
    size_t n = names ? any->names(names, NAMES_MOST) : 0;

    bawn_buf_str(out, "\"propertyNames\":{\"enum\":[");
    for (size_t i = 0; i < n; i++) {
        bawn_buf_str(out, i ? "," : "");
        bawn_json_write_string(out, bawn_slice_str(names[i]));
    }
    bawn_free(names);
    return bawn_buf_str(out, "]},") && n > 0;
}

static bool write_map(bawn_buf *out, const policy_rows *rows, unsigned level)
{
    policy_rows any = policy_rows_any(rows);
    const bawn_key *key = policy_rows_key(rows), *other = any.n ? policy_rows_key(&any) : NULL;
    bool first = true;

    if (key->least)
        bawn_buf_fmt(out, "\"minProperties\":%llu,", (unsigned long long)key->least);
    if (other && other->names && !write_names(out, other))
        return false;

    bawn_buf_str(out, "\"type\":\"object\",\"properties\":{");
    for (const policy_row *r = policy_rows_next(rows, NULL); r; r = policy_rows_next(rows, r)) {
        policy_rows below = policy_rows_member(rows, r->name);

        comma(out, &first);
        bawn_json_write_string(out, r->name);
        bawn_buf_byte(out, ':');
        if (!write_place(out, &below, level))
            return false;
    }
    bawn_buf_str(out, "},\"required\":[");
    first = true;
    for (const policy_row *r = policy_rows_next(rows, NULL); r; r = policy_rows_next(rows, r)) {
        if (!r->key || !r->key->required)
            continue;
        comma(out, &first);
        bawn_json_write_string(out, r->name);
    }
    bawn_buf_str(out, "],\"additionalProperties\":");
    return any.n ? write_place(out, &any, level) : bawn_buf_str(out, "false");
}

static bool write_list(bawn_buf *out, const policy_rows *rows, unsigned level)
{
    policy_rows item = policy_rows_item(rows);

    bawn_buf_str(out, "\"type\":\"array\"");
    if (policy_rows_key(rows)->least)
        bawn_buf_fmt(out, ",\"minItems\":%llu", (unsigned long long)policy_rows_key(rows)->least);
    if (item.n == 0)
        return !out->failed;
    bawn_buf_str(out, ",\"items\":");
    return write_place(out, &item, level);
}

static void write_words(bawn_buf *out, const bawn_key *key, const policy_rows *rows)
{
    const char *values = key->values;
    bool first = true;
    bawn_slice word;

    bawn_buf_str(out, "\"enum\":[");
    while (policy_word_next(&word, &values)) {
        const policy_row *row = policy_rows_word(rows, word);

        if (row && row->key && row->key->later)
            continue;
        comma(out, &first);
        bawn_json_write_string(out, word);
    }
    bawn_buf_byte(out, ']');
}

static bool write_type(bawn_buf *out, const policy_type *type, const bawn_key *key, const policy_rows *rows, unsigned level)
{
    switch (type->bit) {
    case BAWN_T_MAP:
        return write_map(out, rows, level);
    case BAWN_T_LIST:
        return write_list(out, rows, level);
    case BAWN_T_WORD:
        write_words(out, key, rows);
        return true;
    case BAWN_T_BOOL:
        return bawn_buf_str(out, "\"type\":\"boolean\"");
    case BAWN_T_INT:
        if (key->most)
            bawn_buf_fmt(out, "\"maximum\":%llu,", (unsigned long long)key->most);
        return bawn_buf_fmt(out, "\"type\":\"integer\",\"minimum\":%llu", (unsigned long long)key->least);
    case BAWN_T_NUMBER:
        return bawn_buf_str(out, "\"type\":\"number\",\"minimum\":0");
    default:
        bawn_buf_str(out, "\"type\":\"string\"");
        if (type->pattern && type->pattern[0])
            bawn_buf_byte(out, ','), write_text(out, "pattern", type->pattern);
        return true;
    }
}

/* Types that any other one of the set covers in JSON are left out: a word where any text may stand. */
static uint32_t apart(uint32_t types)
{
    const uint32_t texts = BAWN_T_WORD | BAWN_T_SIZE | BAWN_T_TIME | BAWN_T_WINDOW | BAWN_T_SECRET;

    if (types & (BAWN_T_STRING | BAWN_T_REGEX))
        types = (types & ~(texts | BAWN_T_REGEX)) | BAWN_T_STRING;
    return (types & BAWN_T_NUMBER) ? types & ~(uint32_t)BAWN_T_INT : types;
}

static void write_default(bawn_buf *out, const bawn_key *key)
{
    const char *text = key->fallback;

    if (!text)
        return;
    if (text[0] == '[' || text[0] == '{') {     /* YAML, not JSON: for people only */
        bawn_buf_byte(out, ','), write_text(out, "$comment", text);
        return;
    }
    bawn_buf_str(out, ",\"default\":");
    bool bare = bawn_is_digit((unsigned char)text[0]) || (key->types & BAWN_T_BOOL);    /* a key may take numbers and words */
    if (bare && (key->types & (BAWN_T_BOOL | BAWN_T_INT | BAWN_T_NUMBER)))
        bawn_buf_str(out, text);
    else
        bawn_json_write_string(out, bawn_slice_str(text));
}

static bool write_types(bawn_buf *out, const bawn_key *key, const policy_rows *rows, unsigned level)
{
    uint32_t types = apart(key->types);
    bool one = (types & (types - 1)) == 0, first = true;

    if (!one)
        bawn_buf_str(out, "\"oneOf\":[");
    for (const policy_type *t = policy_types; t->bit; t++) {
        if (!(types & t->bit))
            continue;
        if (!one)
            bawn_buf_str(out, first ? "{" : ",{");
        first = false;
        if (!write_type(out, t, key, rows, level))
            return false;
        if (!one)
            bawn_buf_byte(out, '}');
    }
    return one || bawn_buf_byte(out, ']');
}

static bool write_place(bawn_buf *out, const policy_rows *rows, unsigned level)
{
    const bawn_key *key = policy_rows_key(rows);

    if (level >= LEVELS)
        return false;
    bawn_buf_byte(out, '{');
    if (key->doc[0])
        write_text(out, "description", key->doc), bawn_buf_byte(out, ',');
    if (key->later) {
        bawn_buf_str(out, "\"$comment\":\"not built yet in this version\",\"not\":{}}");
        return !out->failed;
    }
    if (!write_types(out, key, rows, level + 1))
        return false;
    write_default(out, key);
    return bawn_buf_byte(out, '}');
}

bool bawn_policy_schema(bawn_buf *out, const bawn_key *keys, size_t n)
{
    bawn_arena *arena = bawn_arena_new(16384, 0);
    const policy_row *root = arena ? policy_rows_build(arena, keys, n) : NULL;
    bool ok = false;

    if (root) {
        policy_rows rows = policy_rows_root(root);

        bawn_buf_str(out, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"bawn.yaml\",");
        ok = write_map(out, &rows, 0) && bawn_buf_str(out, "}\n") && !out->failed;
    }
    bawn_arena_free(arena);
    return ok;
}

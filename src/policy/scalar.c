/* scalar.c: reads one value. A row allows a set of types; they are tried in the table's order and the first that can
 * read the value has it, so text comes last. Numbers are read by hand, since strtod heeds the locale and both accept too
 * much ("0x10", "1e3", "010" would mean something to one reader and something else to another). */
#include "policy/inner.h"

/* Digits from *pos on, without a leading zero. False: none, or more than 64 bits hold. */
static bool read_digits(uint64_t *out, bawn_slice text, size_t *pos)
{
    size_t i = *pos;
    uint64_t value = 0;

    while (i < text.len && bawn_is_digit((unsigned char)text.ptr[i])) {
        uint64_t digit = (uint64_t)(text.ptr[i++] - '0');

        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (i == *pos || (i - *pos > 1 && text.ptr[*pos] == '0'))
        return false;
    *pos = i;
    *out = value;
    return true;
}

typedef struct { const char *name; uint64_t factor; } unit;
static const unit size_units[] = { { "B", 1 }, { "KiB", 1024 }, { "MiB", 1048576 }, { NULL, 0 } };
static const unit time_units[] = {
    { "ms", 1000000 }, { "s", 1000000000 }, { "m", 60000000000 }, { "h", 3600000000000 }, { "d", 86400000000000 },
    { NULL, 0 }
};

static bool read_with_unit(bawn_node *node, const unit *units)
{
    size_t at = 0;
    uint64_t value;

    if (!read_digits(&value, node->text, &at))
        return false;
    for (; units->name; units++) {
        if (!bawn_slice_is(bawn_slice_of(node->text.ptr + at, node->text.len - at), units->name))
            continue;
        if (value > (uint64_t)INT64_MAX / units->factor)
            return false;
        node->integer = value * units->factor;
        return true;
    }
    return false;
}

static bool read_size(bawn_node *node, const bawn_key *key) { (void)key; return read_with_unit(node, size_units); }
static bool read_time(bawn_node *node, const bawn_key *key) { (void)key; return read_with_unit(node, time_units); }

static bool read_int(bawn_node *node, const bawn_key *key)
{
    size_t at = 0;

    if (node->quoted || !read_digits(&node->integer, node->text, &at) || at != node->text.len)
        return false;
    if (node->integer < key->least || (key->most && node->integer > key->most))
        return false;
    node->number = (double)node->integer;
    return true;
}

/* At most 15 digits in all, so that one division rounds correctly. */
static bool read_number(bawn_node *node, const bawn_key *key)
{
    size_t at = 0;
    uint64_t whole;
    double scale = 1;

    (void)key;
    if (node->quoted || node->text.len > 16 || !read_digits(&whole, node->text, &at))
        return false;
    if (at < node->text.len) {
        if (node->text.ptr[at] != '.' || at + 1 == node->text.len)
            return false;
        while (++at < node->text.len) {
            if (!bawn_is_digit((unsigned char)node->text.ptr[at]))
                return false;
            whole = whole * 10 + (uint64_t)(node->text.ptr[at] - '0');
            scale *= 10;
        }
    }
    node->number = (double)whole / scale;
    return true;
}

static bool read_bool(bawn_node *node, const bawn_key *key)
{
    (void)key;
    if (node->quoted || (!bawn_slice_is(node->text, "true") && !bawn_slice_is(node->text, "false")))
        return false;
    node->integer = bawn_slice_is(node->text, "true");
    return true;
}

bool policy_word_next(bawn_slice *word, const char **values)
{
    const char *p = *values;

    if (!p || !*p)
        return false;
    *word = bawn_slice_of(p, strcspn(p, "|"));
    *values = p + word->len + (p[word->len] == '|');
    return true;
}

static bool read_word(bawn_node *node, const bawn_key *key)
{
    const char *values = key->values;
    bawn_slice word;

    for (uint64_t i = 0; policy_word_next(&word, &values); i++)
        if (bawn_slice_eq(word, node->text)) {
            node->integer = i;
            return true;
        }
    return false;
}

static bool read_window(bawn_node *node, const bawn_key *key)
{
    size_t at = sizeof "window " - 1;

    (void)key;
    node->integer = bawn_slice_is(node->text, "buffer") ? UINT64_MAX : 0;
    if (bawn_slice_is(node->text, "release") || bawn_slice_is(node->text, "buffer"))
        return true;
    return bawn_slice_starts(node->text, BAWN_LIT("window ")) && read_digits(&node->integer, node->text, &at) &&
           at == node->text.len && node->integer > 0 && node->integer <= UINT32_MAX;
}

static bool read_secret(bawn_node *node, const bawn_key *key)
{
    bawn_slice text = node->text;

    (void)key;
    if (bawn_slice_starts(text, BAWN_LIT("file:")))
        return text.len > 5;
    if (!bawn_slice_starts(text, BAWN_LIT("env:")) || text.len == 4 || bawn_is_digit((unsigned char)text.ptr[4]))
        return false;
    for (size_t i = 4; i < text.len; i++)
        if (!bawn_is_alnum((unsigned char)text.ptr[i]) && text.ptr[i] != '_')
            return false;
    return true;
}

static bool read_string(bawn_node *node, const bawn_key *key)
{
    (void)node, (void)key;
    return true;
}

#define SECRET_PATTERN "^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$"
const policy_type policy_types[] = {
    { BAWN_T_WORD, "one of", "", read_word, NULL },
    { BAWN_T_BOOL, "true or false", "true", read_bool, NULL },
    { BAWN_T_INT, "a whole number, 0 or more", "10", read_int, NULL },
    { BAWN_T_NUMBER, "a number, 0 or more", "0.75", read_number, NULL },
    { BAWN_T_SIZE, "a size in B, KiB or MiB", "4MiB", read_size, "^(0|[1-9][0-9]*)(B|KiB|MiB)$" },
    { BAWN_T_TIME, "a time in ms, s, m, h or d", "10s", read_time, "^(0|[1-9][0-9]*)(ms|s|m|h|d)$" },
    { BAWN_T_WINDOW, "release, buffer or window N", "window 200", read_window, "^(release|buffer|window [1-9][0-9]*)$" },
    { BAWN_T_SECRET, "a reference, env:NAME or file:PATH", "env:LLM_KEY", read_secret, SECRET_PATTERN },
    { BAWN_T_REGEX, "a pattern", "'[0-9]{6}'", read_string, "" },
    { BAWN_T_STRING, "a text", "abc", read_string, "" },
    { BAWN_T_LIST, "a list", "[one, two]", NULL, NULL },
    { BAWN_T_MAP, "a map", "{key: value}", NULL, NULL },
    { 0, NULL, NULL, NULL, NULL }
};

bool policy_scalar_is_null(const bawn_node *node)
{
    return node->kind == BAWN_NODE_SCALAR && !node->quoted &&
           (node->text.len == 0 || bawn_slice_is(node->text, "~") || bawn_slice_is(node->text, "null") ||
            bawn_slice_is(node->text, "Null") || bawn_slice_is(node->text, "NULL"));
}

/* ---- did you mean -------------------------------------------------------------------------------------------- */
static bool mean(policy_note *note, bawn_slice value)
{
    policy_note_str(note, "; did you mean ");
    policy_note_name(note, value);
    policy_note_str(note, "?");
    return true;
}

/* "4MB", "4 mib", "10sec": the digits, and the unit that begins with the same letter. */
static bool mean_unit(policy_note *note, bawn_slice text, const unit *units)
{
    size_t at = 0, digits;
    uint64_t value;
    char guess[48];

    if (!read_digits(&value, text, &at) || at > 20)
        return false;
    digits = at;
    while (at < text.len && bawn_is_space((unsigned char)text.ptr[at]))
        at++;
    for (; at < text.len && units->name; units++) {
        if (bawn_lower(units->name[0]) != bawn_lower(text.ptr[at]) ||
            (units->name[1] == 's' && (text.len < at + 2 || bawn_lower(text.ptr[at + 1]) != 's')))
            continue;
        memcpy(guess, text.ptr, digits);
        memcpy(guess + digits, units->name, strlen(units->name));
        return mean(note, bawn_slice_of(guess, digits + strlen(units->name)));
    }
    return false;
}

static bool mean_bool(policy_note *note, bawn_slice text)
{
    static const char *const yes[] = { "yes", "on", "true", "y", "1", NULL }, *const no[] = { "no", "off", "false", "n",
                                                                                            "0", NULL };

    for (size_t i = 0; yes[i]; i++) {
        if (bawn_slice_eq_nocase(text, bawn_slice_str(yes[i])))
            return mean(note, BAWN_LIT("true"));
        if (bawn_slice_eq_nocase(text, bawn_slice_str(no[i])))
            return mean(note, BAWN_LIT("false"));
    }
    return false;
}

#define MOST_WORDS 64
static bool mean_word(policy_note *note, bawn_slice text, const bawn_key *key, const policy_rows *rows)
{
    char copy[1024];
    const char *names[MOST_WORDS + 1], *values = key->values;
    size_t n = 0, used = 0;
    bawn_slice word;

    while (n < MOST_WORDS && policy_word_next(&word, &values)) {
        const policy_row *row = policy_rows_word(rows, word);

        if ((row && row->key && row->key->later) || used + word.len + 1 > sizeof copy)
            continue;
        memcpy(copy + used, word.ptr, word.len);
        copy[used + word.len] = '\0';
        names[n++] = copy + used;
        used += word.len + 1;
    }
    names[n] = NULL;
    values = bawn_nearest(text, names);
    return values && mean(note, bawn_slice_str(values));
}

void policy_scalar_hint(policy_note *note, const bawn_node *node, const bawn_key *key, const policy_rows *rows)
{
    if (node->kind != BAWN_NODE_SCALAR || policy_scalar_is_null(node))
        return;
    if (node->quoted && (key->types & (BAWN_T_INT | BAWN_T_NUMBER | BAWN_T_BOOL))) {
        policy_note_str(note, "; drop the quotes");
        return;
    }
    if ((key->types & BAWN_T_WORD) && mean_word(note, node->text, key, rows))
        return;
    if ((key->types & BAWN_T_BOOL) && mean_bool(note, node->text))
        return;
    if ((key->types & BAWN_T_SIZE) && mean_unit(note, node->text, size_units))
        return;
    if (key->types & BAWN_T_TIME)
        mean_unit(note, node->text, time_units);
}

/* The expressions of a set of guards, by id: first every row of every table, then the forms of core phrases: in ROT13,
 * reversed, each word reversed, without blanks (RULINGS R8: cheaper in the database than decoding every text). */
#include "engine/wall.h"

static bawn_rule *new_rule(bawn_rules *out, size_t cap)
{
    return out->n_rules < cap ? &out->rules[out->n_rules++] : NULL;
}

/* ---- the forms of a core phrase, each at most as long as it -------------------------------------------------------- */
static void rot13(char *to, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = text[i], base = bawn_is_upper((unsigned char)c) ? 'A' : 'a';
        if (bawn_is_alpha((unsigned char)c))
            c = (char)(base + (c - base + 13) % 26);
        to[i] = c;
    }
}

static void reversed(char *to, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = text[n - 1 - i];
}

/* Each word by itself. */
static void words_reversed(char *to, const char *text, size_t n)
{
    for (size_t at = 0, end; at < n; at = end + 1) {
        for (end = at; end < n && text[end] != ' '; end++)
            ;
        reversed(to + at, text + at, end - at);
        if (end < n)
            to[end] = ' ';
    }
}

/* Of four words or long ones: shorter ones are names in programs (developerModeEnabled). */
static void joined(char *to, const char *text, size_t n)
{
    enum { WORDS = 4, LETTERS = 24 };
    size_t words = 1, letters = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == ' ')
            words++;
        else
            to[letters++] = text[i];
    }
    if (words < WORDS && letters < LETTERS)
        to[0] = '\0';
}

/* Writes the form of a phrase, its end included; nothing where it has none. */
static void (*const forms[])(char *to, const char *text, size_t n) = { rot13, reversed, words_reversed, joined };

static bool add_forms(bawn_rules *out, size_t cap, const bawn_pattern *row, uint16_t guard, bawn_arena *arena)
{
    size_t n = strlen(row->regex);
    for (size_t form = 0; form < BAWN_COUNT(forms); form++) {
        char *text = bawn_arena_alloc(arena, n + 1);
        if (!text)
            return false;
        memset(text, 0, n + 1);
        forms[form](text, row->regex, n);
        if (*text == '\0')
            continue;
        bawn_rule *r = new_rule(out, cap);
        if (!r)
            return false;
        *r = (bawn_rule){ .regex = text, .flags = BAWN_P_LITERAL, .type = BAWN_RULE_FORM, .guard = guard, .pattern = row,
                          .width = (uint32_t)strlen(text) };
    }
    return true;
}

static size_t count_rows(const bawn_guard *const *guards, size_t n)
{
    size_t rows = 0;
    for (size_t g = 0; g < n; g++)
        rows += guards[g]->n_patterns;
    return rows;
}

static bool list_rows(bawn_rules *out, size_t cap, const bawn_guard *const *guards, size_t n, uint16_t first,
                      bawn_arena *arena)
{
    for (size_t g = 0; g < n; g++)
        for (size_t i = 0; i < guards[g]->n_patterns; i++) {
            const bawn_pattern *row = &guards[g]->patterns[i];
            bawn_rule *r = new_rule(out, cap);
            if (!r)
                return false;
            *r = (bawn_rule){ .regex = row->regex, .flags = row->flags, .type = BAWN_RULE_PATTERN,
                              .guard = (uint16_t)(first + g), .pattern = row };
        }
    for (size_t i = 0, rows = out->n_rules; i < rows; i++)
        if (out->rules[i].flags & BAWN_P_CORE &&
            !add_forms(out, cap, out->rules[i].pattern, out->rules[i].guard, arena))
            return false;
    return true;
}

bool bawn_rules_list(bawn_rules *out, const bawn_guard *const *guards, size_t n, uint16_t first_guard, bawn_arena *arena,
                     bawn_error *err)
{
    size_t cap = (1 + BAWN_COUNT(forms)) * count_rows(guards, n);

    *out = (bawn_rules){ 0 };
    out->rules = bawn_arena_alloc(arena, (cap + 1) * sizeof *out->rules);
    if (!out->rules || !list_rows(out, cap, guards, n, first_guard, arena))
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for the pattern table");
    return true;
}

void bawn_rules_free(bawn_rules *r)
{
    for (int d = 0; d < BAWN_DBS; d++)
        bawn_match_free(r->db[d]);
}

bool bawn_rules_hash(char out[72], const bawn_rules *r)
{
    bawn_buf b = { 0 };

    for (size_t i = 0; i < r->n_rules; i++) {
        bawn_buf_str(&b, r->rules[i].regex);
        bawn_buf_byte(&b, '\0');
        bawn_buf_byte(&b, (char)r->rules[i].flags);
        bawn_buf_byte(&b, (char)r->rules[i].guard);
    }
    bool ok = !b.failed;
    if (ok)
        bawn_sha256_name(out, bawn_buf_slice(&b));
    bawn_buf_free(&b);
    return ok;
}

/* The expressions of a set of guards, by id: first every row of every table, then the ROT13 and reversed forms of core
 * phrases (RULINGS R8: cheaper in the database than decoding every text). */
#include "engine/wall.h"

static bawn_rule *new_rule(bawn_rules *out, size_t cap)
{
    return out->n_rules < cap ? &out->rules[out->n_rules++] : NULL;
}

static char *transformed(bawn_arena *arena, const char *text, bool reverse)
{
    size_t n = strlen(text);
    char *copy = bawn_arena_alloc(arena, n + 1);
    if (!copy)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        char c = text[reverse ? n - 1 - i : i];
        if (!reverse && bawn_is_alpha((unsigned char)c)) {
            char base = bawn_is_upper((unsigned char)c) ? 'A' : 'a';
            c = (char)(base + (c - base + 13) % 26);
        }
        copy[i] = c;
    }
    copy[n] = 0;
    return copy;
}

static bool add_forms(bawn_rules *out, size_t cap, const bawn_pattern *row, uint16_t guard, bawn_arena *arena)
{
    for (int reverse = 0; reverse <= 1; reverse++) {
        bawn_rule *r = new_rule(out, cap);
        char *text = transformed(arena, row->regex, reverse);
        if (!r || !text)
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
    size_t cap = 3 * count_rows(guards, n);

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

void bawn_rules_hash(char out[72], const bawn_rules *r)
{
    bawn_buf b = { 0 };

    for (size_t i = 0; i < r->n_rules; i++) {
        bawn_buf_str(&b, r->rules[i].regex);
        bawn_buf_byte(&b, '\0');
        bawn_buf_byte(&b, (char)r->rules[i].flags);
        bawn_buf_byte(&b, (char)r->rules[i].guard);
    }
    bawn_sha256_name(out, b.failed ? BAWN_NIL : bawn_buf_slice(&b));
    bawn_buf_free(&b);
}

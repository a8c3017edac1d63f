/* The expressions of a set of guards, by id: first every row of every table, then the ROT13 and reversed forms of core
 * phrases (RULINGS R8: cheaper in the database than decoding every text), then the anchors, the literals with which
 * a row that may contain white space begins. A stream holds text from an anchor on while the row may still match. */
#include "engine/wall.h"

#define ANCHORS_PER_ROW 64
#define ANCHORS_MAX 4096

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
        *r = (bawn_rule){ text, BAWN_P_LITERAL, BAWN_RULE_FORM, guard, row, (uint32_t)strlen(text) };
    }
    return true;
}

/* Whether a match of this row may contain white space; others are kept whole by the safe boundaries of a stream. */
static bool may_hold_space(const bawn_pattern *row)
{
    const char *s = row->regex;
    if (row->flags & BAWN_P_LITERAL)
        return strpbrk(s, " \t\n") != NULL;
    for (; *s; s++) {
        if (*s == '\\' && s[1]) {
            s++;
            if (strchr("sWDHV", *s))
                return true;
        } else if (*s == ' ' || *s == '.' || (*s == '[' && s[1] == '^')) {
            return true;
        }
    }
    return false;
}

static uint32_t anchor_id(bawn_rules *out, size_t cap, bawn_slice text)
{
    for (uint32_t i = out->first_anchor; i < out->n_rules; i++)
        if (bawn_slice_is(text, out->rules[i].regex))
            return i - out->first_anchor;
    bawn_rule *r = new_rule(out, cap);
    if (!r)
        return UINT32_MAX;
    *r = (bawn_rule){ text.ptr, BAWN_P_LITERAL, BAWN_RULE_ANCHOR, 0, NULL, 0 };
    return (uint32_t)(r - out->rules) - out->first_anchor;
}

/* Copies with a terminating NUL: the databases take C strings. */
static bawn_slice terminated(bawn_arena *arena, bawn_slice s)
{
    char *copy = bawn_arena_alloc(arena, s.len + 1);
    if (!copy)
        return BAWN_NIL;
    memcpy(copy, s.ptr, s.len);
    copy[s.len] = 0;
    return bawn_slice_of(copy, s.len);
}

static bool add_anchors(bawn_rules *out, size_t cap, uint32_t rule, bawn_arena *arena, bawn_error *err)
{
    const bawn_rule *r = &out->rules[rule];
    bawn_slice literals[ANCHORS_PER_ROW];
    size_t n = 0;

    if (!may_hold_space(r->pattern) || (r->flags & BAWN_P_TRIGGER))
        return true;
    uint32_t width = r->type == BAWN_RULE_FORM ? r->width : bawn_match_width(r->regex, r->flags, err);
    if (width == 0)
        return false;
    if (!bawn_match_anchors(literals, &n, ANCHORS_PER_ROW, r->regex, r->flags, arena))
        return bawn_error_set(err, BAWN_E_POLICY, "pattern `%s` must begin with a literal of at least 3 characters (or with "
                              "a group of such): a stream could not be held for it", r->regex);
    for (size_t i = 0; i < n; i++) {
        bawn_slice text = terminated(arena, literals[i]);
        uint32_t anchor = text.ptr ? anchor_id(out, cap, text) : UINT32_MAX;
        if (anchor == UINT32_MAX || out->n_anchored == ANCHORS_MAX)
            return bawn_error_set(err, BAWN_E_NO_MEMORY, "too many anchors");
        out->anchored[out->n_anchored++] = (bawn_anchored){ anchor, rule, width };
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
            *r = (bawn_rule){ row->regex, row->flags, BAWN_RULE_PATTERN, (uint16_t)(first + g), row, 0 };
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
    size_t cap = 3 * count_rows(guards, n) + ANCHORS_MAX;

    *out = (bawn_rules){ 0 };
    out->rules = bawn_arena_alloc(arena, cap * sizeof *out->rules);
    out->anchored = bawn_arena_alloc(arena, ANCHORS_MAX * sizeof *out->anchored);
    if (!out->rules || !out->anchored || !list_rows(out, cap, guards, n, first_guard, arena))
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for the pattern table");
    out->first_anchor = (uint32_t)out->n_rules;
    for (uint32_t i = 0; i < out->first_anchor; i++)
        if (!add_anchors(out, cap, i, arena, err))
            return false;
    out->n_anchors = (uint32_t)out->n_rules - out->first_anchor;
    return true;
}

bool bawn_rules_compile(bawn_rules *r, bool portable, bawn_error *err)
{
    if (r->n_rules == 0)
        return true;
    bawn_match_rule *rules = bawn_malloc(r->n_rules * sizeof *rules);
    if (!rules)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory to compile %zu patterns", r->n_rules);
    for (size_t i = 0; i < r->n_rules; i++)
        rules[i] = (bawn_match_rule){ r->rules[i].regex, r->rules[i].flags, (uint32_t)i };
    bool ok = bawn_match_compile(&r->db, rules, r->n_rules, portable, err);
    bawn_free(rules);
    return ok;
}

void bawn_rules_hash(char out[72], const bawn_rules *r)
{
    bawn_buf b = { 0 };
    uint8_t digest[32];

    for (size_t i = 0; i < r->n_rules; i++) {
        bawn_buf_str(&b, r->rules[i].regex);
        bawn_buf_byte(&b, '\0');
        bawn_buf_byte(&b, (char)r->rules[i].flags);
    }
    bawn_sha256(digest, b.failed ? BAWN_NIL : bawn_buf_slice(&b));
    bawn_buf_free(&b);
    memcpy(out, "sha256:", 7);
    bawn_hex(out + 7, digest, 32);
    out[71] = 0;
}

/* patterns.h: random expressions, each together with a text that it matches whole, for tests of what is read off an
 * expression's source. The pieces are those that a policy's author may write, odd ones included: what the reader does
 * not understand must make it give up, never guess. */
#ifndef BAWN_TEST_PATTERNS_H
#define BAWN_TEST_PATTERNS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "match/literals.h"
#include "match/match.h"
#include "property/dice.h"

typedef struct { const char *regex, *sample; } pattern_piece;
static const pattern_piece pattern_pieces[] = {
    { "a", "a" }, { "b", "b" }, { "x", "x" }, { "\u00E9", "\u00E9" }, { "\u0436", "\u0436" }, { "\\.", "." }, { "\\-", "-" },
    { "\\|", "|" }, { "\\(", "(" }, { "[ab]", "b" }, { "[^x]", "q" }, { "[]a]", "]" }, { "[^]a]", "k" }, { "[a\\]b]", "]" },
    { "[|]", "|" }, { "[)]", ")" }, { "[])]", ")" }, { "[a(]", "(" }, { "[[:alpha:]]", "k" }, { "[[:digit:])]", ")" }, { ".", "z" },
    { "\\d", "7" }, { "\\w", "w" }, { "\\s", " " }, { "\\x41", "a" }, { "\\x{42}", "b" }, { "\\101", "a" }, { "\\o{101}", "a" },
    { "\\cA", "\x01" }, { "\\p{L}", "m" }, { "\\pL", "m" }, { "\\P{N}", "m" }, { "\\t", "\t" }, { "\\N", "n" }, { "\\h", " " },
    { "[\\x{41}-\\x{43}]", "b" }, { "\\Q+\\E", "+" }, { "\\Q(\\E", "(" },
};
static const char *const pattern_words[] = {    /* no quantifier may follow: it would take the last letter only */
    "ignore", "previous", "the", "instructions", "falcon", "\u0441\u0435\u043A\u0440\u0435\u0442", "ab", "rules", "caf\u00E9",
};
static const struct { const char *text; int least, most; } pattern_repeats[] = {
    { "?", 0, 1 }, { "*", 0, 2 }, { "+", 1, 3 }, { "{2}", 2, 2 }, { "{0,2}", 0, 2 }, { "{1,3}", 1, 3 }, { "{2,}", 2, 3 },
    { "??", 0, 1 }, { "+?", 1, 2 },
};

static inline void random_pattern(bawn_buf *regex, bawn_buf *sample, dice *d, int depth);

static inline void random_group(bawn_buf *regex, bawn_buf *sample, dice *d, int depth)
{
    size_t n = 1 + under(d, 3), chosen = under(d, n);
    bawn_buf_str(regex, one_in(d, 4) ? "(" : "(?:");
    for (size_t i = 0; i < n; i++) {
        bawn_buf alternative = { 0 };
        bawn_buf_str(regex, i ? "|" : "");
        random_pattern(regex, &alternative, d, depth + 1);
        if (i == chosen)
            bawn_buf_add(sample, bawn_buf_slice(&alternative));
        bawn_buf_free(&alternative);
    }
    bawn_buf_byte(regex, ')');
}

static inline void random_piece(bawn_buf *regex, bawn_buf *sample, dice *d, int depth)
{
    bawn_buf one = { 0 };
    int times = 1;

    if (depth < 4 && one_in(d, 4))
        random_group(regex, &one, d, depth);
    else {
        const pattern_piece *p = &pattern_pieces[under(d, BAWN_COUNT(pattern_pieces))];
        bawn_buf_str(regex, p->regex);
        bawn_buf_str(&one, p->sample);
    }
    if (one_in(d, 4)) {
        size_t r = under(d, BAWN_COUNT(pattern_repeats));
        bawn_buf_str(regex, pattern_repeats[r].text);
        times = pattern_repeats[r].least + (int)under(d, (size_t)(pattern_repeats[r].most - pattern_repeats[r].least) + 1);
    }
    while (times-- > 0)
        bawn_buf_add(sample, bawn_buf_slice(&one));
    bawn_buf_free(&one);
}

/* A sequence of one to four pieces and words. */
static inline void random_pattern(bawn_buf *regex, bawn_buf *sample, dice *d, int depth)
{
    for (size_t n = 1 + under(d, 4); n > 0; n--)
        if (one_in(d, 2)) {
            const char *word = PICK(d, pattern_words);
            bawn_buf_str(regex, word);
            bawn_buf_str(sample, word);
        } else
            random_piece(regex, sample, d, depth);
}

typedef struct { size_t end; bool found; } pattern_end;
static inline void pattern_hit(void *context, uint32_t id, size_t end)
{
    pattern_end *e = context;
    (void)id;
    e->found = e->found || end == e->end;
}

/* Whether the expression compiles; then it must match its sample, or the generator above is wrong. */
static inline bool pattern_compiles(const char *regex, bawn_slice sample)
{
    bawn_match *db = NULL;
    bawn_match_scratch *scratch = NULL;
    bawn_match_rule rule = { regex, 0, 0 };
    pattern_end e = { sample.len, false };
    bawn_error err = { 0 };

    if (!bawn_match_compile(&db, &rule, 1, false, &err))
        return false;
    assert_true(bawn_match_scratch_fit(&scratch, db, &err));
    assert_true(bawn_match_scan(db, scratch, sample, pattern_hit, &e));
    if (!e.found && sample.len > 0)
        fail_msg("/%s/ does not match its sample \"%.*s\"", regex, (int)sample.len, sample.ptr);
    bawn_match_scratch_free(scratch);
    bawn_match_free(db);
    return true;
}

/* Literals joined by '|'. Static text. */
static inline const char *literals_text(const bawn_match_literal *items, size_t n)
{
    static char text[4096];
    size_t at = 0;
    text[0] = 0;
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%.*s", i ? "|" : "", (int)items[i].text.len, items[i].text.ptr);
    return text;
}

/* Whether a literal stands at text[at], as a reader of literals.h finds it: in any case of ASCII letters, a space for any
 * white space where it is loose, and white space beside it where it asks for that. */
static inline bool stands_at(bawn_slice text, size_t at, const bawn_match_literal *l)
{
    size_t i = at, k = 0;
    if ((l->flags & BAWN_L_SPACE_BEFORE) && (at == 0 || !bawn_is_space((unsigned char)text.ptr[at - 1])))
        return false;
    while (k < l->text.len && i < text.len) {
        if (l->text.ptr[k] == ' ' && (l->flags & BAWN_L_LOOSE) && bawn_is_space((unsigned char)text.ptr[i])) {
            for (k++; i < text.len && bawn_is_space((unsigned char)text.ptr[i]);)
                i++;
        } else if (bawn_lower(l->text.ptr[k++]) != bawn_lower(text.ptr[i++])) {
            return false;
        }
    }
    return k == l->text.len &&
           (!(l->flags & BAWN_L_SPACE_AFTER) || (i < text.len && bawn_is_space((unsigned char)text.ptr[i])));
}

static inline bool stands_in(bawn_slice text, const bawn_match_literal *l)
{
    for (size_t at = 0; at < text.len; at++)
        if (stands_at(text, at, l))
            return true;
    return false;
}

#endif

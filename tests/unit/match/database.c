/* A pattern database: what it finds and where it ends, that a saved one is the same after loading and that a damaged or
 * foreign one is refused, and that a pattern that cannot be is named. keeps: R9, R10 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "hits.h"
#include "match/match.h"

typedef struct { bawn_match *db; bawn_match_scratch *scratch; } loaded;

static loaded open_rules(const bawn_match_rule *rules, size_t n)
{
    loaded l = { 0 };
    bawn_error err = { 0 };
    if (!bawn_match_compile(&l.db, rules, n, false, &err) || !bawn_match_scratch_fit(&l.scratch, l.db, &err))
        fail_msg("%s", err.message);
    return l;
}

static loaded open_one(const char *regex, uint8_t flags) { return open_rules(&(bawn_match_rule){ regex, flags, 7 }, 1); }

static void close_rules(loaded *l)
{
    bawn_match_free(l->db);
    bawn_match_scratch_free(l->scratch);
}

static const char *hits_of(const loaded *l, bawn_slice text)
{
    static hits h;
    h.text[0] = 0;
    assert_true(bawn_match_scan(l->db, l->scratch, text, write_hit, &h));
    return h.text;
}

static void every_end_is_reported(void **state)
{
    static const struct { const char *regex; uint8_t flags; const char *text, *hits; } rows[] = {
        { "ab", 0, "abab", "7@2 7@4 " }, { "a+", 0, "aaa", "7@1 7@2 7@3 " }, { "ab", 0, "AB", "7@2 " }, { "ab", BAWN_P_CASE, "AB", "" },
        { "ab", 0, "", "" }, { "\\bab", 0, "xab ab", "7@6 " }, { "a.b", 0, "a\nb axb", "7@7 " },
        { "ab$", 0, "ab ab", "7@5 " }, { "ab\\z", 0, "ab ab", "7@5 " }, { "[$]ab", 0, "$ab $ab", "7@3 7@7 " }, { "\\Q[\\Eab$", 0, "[ab [ab", "7@7 " },
        /* plain text is plain, whatever it holds */
        { "a.b*c[d](e)\\f|g", BAWN_P_LITERAL, "xa.b*c[d](e)\\f|g", "7@16 " }, { "a.b", BAWN_P_LITERAL, "axb", "" },
        { "\\d", BAWN_P_LITERAL, "1\\D", "7@3 " }, { "$5 {2} ^", BAWN_P_LITERAL, "$5 {2} ^", "7@8 " },
        { "a b\tc\n", BAWN_P_LITERAL, "A B\tC\n", "7@6 " }, { "#x", BAWN_P_LITERAL, "#X", "7@2 " },
        /* letters of all scripts have a case, with and without metacharacters */
        { "\u00E4rger", 0, "\u00C4RGER", "7@6 " }, { "\u00E4rger", BAWN_P_LITERAL, "\u00C4RGER", "7@6 " },
        { "\u043F\u0440\u0438\u0432\u0435\u0442", 0, "\u041F\u0420\u0418\u0412\u0415\u0422", "7@12 " },
        { "\u00E4rger", BAWN_P_CASE, "\u00C4RGER", "" }, { "\u03C3\u03BF\u03C6", 0, "\u03A3\u039F\u03A6", "7@6 " },
        { "\u5FFD\u7565", BAWN_P_LITERAL, "\u8BF7\u5FFD\u7565", "7@9 " },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        loaded l = open_one(rows[i].regex, rows[i].flags);
        const char *got = hits_of(&l, bawn_slice_str(rows[i].text));
        if (strcmp(got, rows[i].hits) != 0)
            fail_msg("/%s/ in \"%s\": %s, not %s", rows[i].regex, rows[i].text, got, rows[i].hits);
        close_rules(&l);
    }
}

static void a_zero_byte_is_a_byte(void **state)
{
    loaded l = open_one("ab", 0);
    (void)state;
    assert_string_equal(hits_of(&l, bawn_slice_of("\0ab\0ab", 6)), "7@3 7@6 ");
    close_rules(&l);
}

static void each_rule_has_its_id(void **state)
{
    static const bawn_match_rule rules[] = { { "foo", 0, 41 }, { "f", BAWN_P_LITERAL, 3 }, { "FO", BAWN_P_CASE, 8 } };
    loaded l = open_rules(rules, BAWN_COUNT(rules));
    (void)state;
    assert_string_equal(hits_of(&l, BAWN_LIT("foo")), "3@1 41@3 ");
    assert_string_equal(hits_of(&l, BAWN_LIT("FOO")), "3@1 8@2 41@3 ");
    close_rules(&l);
}

static void one_scratch_serves_several_databases(void **state)
{
    loaded a = open_one("foo", 0), b = open_one("(?:a|b|c|d){1,40}foo.{0,60}bar", 0);
    bawn_error err = { 0 };
    (void)state;
    assert_true(bawn_match_scratch_fit(&a.scratch, b.db, &err));
    loaded both = { b.db, a.scratch };
    assert_string_equal(hits_of(&a, BAWN_LIT("foo")), "7@3 ");
    assert_string_equal(hits_of(&both, BAWN_LIT("abfoo bar")), "7@9 ");
    close_rules(&a);
    close_rules(&b);
}

/* ---- saving ----------------------------------------------------------------------------------------------------- */
static bawn_buf saved_rules(bool in_place)
{
    static const bawn_match_rule rules[] = { { "foo\\s{1,4}bar", 0, 1 }, { "\u00E4rger", 0, 2 }, { "x.y", BAWN_P_LITERAL, 3 } };
    loaded l = open_rules(rules, BAWN_COUNT(rules));
    bawn_buf out = { 0 };
    assert_true(bawn_match_save(&out, l.db, in_place));
    assert_true(bawn_match_size(l.db) > 0);
    close_rules(&l);
    return out;
}

static void finds_the_same(bawn_match *db)
{
    loaded l = { .db = db };
    bawn_error err = { 0 };
    assert_true(bawn_match_scratch_fit(&l.scratch, l.db, &err));
    assert_string_equal(hits_of(&l, BAWN_LIT("Foo  bar \u00C4rger x.y xzy")), "1@8 2@15 3@19 ");
    close_rules(&l);
}

static void a_saved_database_finds_the_same(void **state)
{
    bawn_buf saved = saved_rules(false);
    bawn_error err = { 0 };
    (void)state;
    for (size_t shift = 0; shift < 16; shift++) {       /* wherever it stands in memory */
        char *copy = malloc(saved.len + shift);
        bawn_match *db = NULL;
        memcpy(copy + shift, saved.ptr, saved.len);
        assert_true(bawn_match_load(&db, bawn_slice_of(copy + shift, saved.len), false, &err));
        free(copy);                                     /* it keeps nothing of it */
        finds_the_same(db);
    }
    bawn_buf_free(&saved);
}

static void one_in_place_is_used_where_it_lies(void **state)
{
    bawn_buf saved = saved_rules(true), other = saved_rules(false);
    bawn_error err = { 0 };
    bawn_match *db = NULL;
    (void)state;
    for (size_t page = 0; page < 3; page++) {           /* at any multiple of 64 */
        char *copy = aligned_alloc(4096, 3 * 4096 + (saved.len + 4095) / 4096 * 4096), *at = copy + page * 4096 + page * 64;
        memcpy(at, saved.ptr, saved.len);
        assert_true(bawn_match_load(&db, bawn_slice_of(at, saved.len), true, &err));
        finds_the_same(db);
        assert_memory_equal(at, saved.ptr, saved.len);  /* it is only read */
        memmove(at + 1, at, saved.len);
        assert_false(bawn_match_load(&db, bawn_slice_of(at + 1, saved.len), true, &err));
        free(copy);
    }
    assert_false(bawn_match_load(&db, bawn_buf_slice(&saved), false, &err));     /* which of them it is must be known */
    assert_false(bawn_match_load(&db, bawn_buf_slice(&other), true, &err));
    bawn_buf_free(&saved);
    bawn_buf_free(&other);
}

static void is_refused(bawn_slice bytes)
{
    bawn_match *db = (bawn_match *)(uintptr_t)1;
    bawn_error err = { 0 };
    assert_false(bawn_match_load(&db, bytes, false, &err));
    assert_null(db);
    assert_int_equal(err.code, BAWN_E_POLICY);
}

/* Vectorscan has a checksum over all that it reads; the few bytes that it does not read may be anything. */
static bool is_refused_or_the_same(bawn_slice bytes)
{
    bawn_match *db = NULL;
    if (!bawn_match_load(&db, bytes, false, NULL))
        return true;
    finds_the_same(db);
    return false;
}

static void a_damaged_database_is_refused(void **state)
{
    bawn_buf saved = saved_rules(false);
    size_t flips = 0, refused = 0;
    (void)state;
    for (size_t len = 0; len < saved.len; len += len < 200 ? 1 : 97)
        is_refused(bawn_slice_of(saved.ptr, len));
    for (size_t at = 0; at < saved.len; at += at < 200 ? 1 : 31) {
        if (at >= 8 && at < 72)
            continue;                                   /* the version has a test of its own */
        saved.ptr[at] = (char)(saved.ptr[at] ^ 0x10);
        flips++;
        if (at < 8)
            is_refused(bawn_buf_slice(&saved));         /* the magic */
        refused += is_refused_or_the_same(bawn_buf_slice(&saved));
        saved.ptr[at] = (char)(saved.ptr[at] ^ 0x10);
    }
    assert_true(refused > flips * 8 / 10);
    bawn_buf_free(&saved);
}

static void another_version_is_refused_by_name(void **state)
{
    bawn_buf saved = saved_rules(false);
    bawn_error err = { 0 };
    (void)state;
    bawn_match *db = NULL;
    saved.ptr[8] = '4';
    assert_false(bawn_match_load(&db, bawn_buf_slice(&saved), false, &err));
    assert_non_null(strstr(err.message, "was made by Vectorscan 4"));
    assert_non_null(strstr(err.message, "rebuild"));
    bawn_buf_free(&saved);
}

/* ---- what cannot be ------------------------------------------------------------------------------------------------ */
static void a_pattern_that_does_not_compile_is_named(void **state)
{
    static const char *const bad[] = { "fo(o", "fo[o", "(?=foo)bar", "foo\\1", "fo{2,1}o" };
    bawn_error err;
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(bad); i++) {
        bawn_match_rule rules[] = { { "fine", 0, 0 }, { bad[i], 0, 1 }, { "fine too", 0, 2 } };
        bawn_match *db = NULL;
        char named[64];
        snprintf(named, sizeof named, "`%s`", bad[i]);
        err = (bawn_error){ 0 };
        assert_false(bawn_match_compile(&db, rules, BAWN_COUNT(rules), false, &err));
        assert_null(db);
        assert_int_equal(err.code, BAWN_E_POLICY);
        if (!strstr(err.message, named))
            fail_msg("the message does not name %s: %s", named, err.message);
        err = (bawn_error){ 0 };
        assert_int_equal(bawn_match_width(bad[i], 0, &err), 0);
        if (!strstr(err.message, named))
            fail_msg("the message does not name %s: %s", named, err.message);
    }
}

static void a_width_is_counted_in_bytes(void **state)
{
    static const struct { const char *regex; uint8_t flags; uint32_t width; } rows[] = {
        { "foo", 0, 3 }, { "fo{2,5}", 0, 6 }, { "foo|quux", 0, 4 }, { "a\\s{1,4}b", 0, 6 }, { "a+b", BAWN_P_LITERAL, 3 },
        { "\\bfoo\\b", 0, 3 },
    };
    bawn_error err = { 0 };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        assert_int_equal(bawn_match_width(rows[i].regex, rows[i].flags, &err), rows[i].width);
    assert_true(bawn_match_width("\u00E9{3}", 0, &err) >= 6);
    assert_int_equal(bawn_match_width("foo.*", 0, &err), 0);
    assert_non_null(strstr(err.message, "has no finite width"));
}

/* ---- no memory -------------------------------------------------------------------------------------------------------- */
/* Compiles, saves, loads and scans with the n-th allocation failing. True: none did. */
static bool survives(size_t n)
{
    static const bawn_match_rule rules[] = { { "foo", 0, 1 }, { "\u00E4rger", 0, 2 }, { "x.y", BAWN_P_LITERAL, 3 } };
    bawn_match *made = NULL, *read = NULL;
    bawn_match_scratch *scratch = NULL;
    bawn_buf saved = { 0 };
    bawn_error err = { 0 };

    bawn_malloc_fail_at = n;
    bool ok = bawn_match_compile(&made, rules, BAWN_COUNT(rules), false, &err) && bawn_match_save(&saved, made, false) &&
              bawn_match_load(&read, bawn_buf_slice(&saved), false, &err) && bawn_match_scratch_fit(&scratch, read, &err);
    bool failed = bawn_malloc_fail_at == 0;
    bawn_malloc_fail_at = 0;
    assert_int_equal(ok, !failed);
    bawn_match_scratch_free(scratch);
    bawn_match_free(read);
    bawn_match_free(made);
    bawn_buf_free(&saved);
    return ok;
}

static void no_memory_is_told_and_nothing_is_lost(void **state)
{
    size_t n = 1;
    (void)state;
    while (!survives(n))
        n++;
    assert_true(n > 6);
}

/* Vectorscan 5.4.9 misses matches that end in the last bytes of what it is given, for this very database, depending on
 * length and alignment: 13 % of these placements when it is called plainly. */
static void nothing_is_missed_at_the_end(void **state)
{
    static const bawn_match_rule rules[] = { { "bluefalcon", 0, 0 }, { "project\\s{1,4}falcon", 0, 1 }, { "ORD-[0-9]{6}", 0, 2 } };
    static _Alignas(64) char memory[1024 + 64];
    loaded l = open_rules(rules, 3);
    (void)state;
    for (size_t align = 0; align < 64; align += 3)
        for (size_t len = 64; len <= 400; len += 16)
            for (size_t tail = 0; tail < 40; tail++) {
                char *t = memory + align;
                for (size_t i = 0; i < len; i++)
                    t[i] = "We ship twice a week. "[i % 22];
                memcpy(t + len - tail - 11, "\nbluefalcon", 11);
                if (tail)
                    t[len - tail] = '\n';
                char wanted[32];
                snprintf(wanted, sizeof wanted, "0@%zu ", len - tail);
                const char *got = hits_of(&l, bawn_slice_of(t, len));
                if (strcmp(got, wanted) != 0)
                    fail_msg("length %zu, %zu before its end, at %zu: \"%s\", not \"%s\"", len, tail, align, got, wanted);
            }
    close_rules(&l);
}

/* A text too long to be copied is scanned where it lies, its end once more: a hit may then come twice. */
static void long_texts_have_an_end_too(void **state)
{
    static const bawn_match_rule rules[] = { { "bluefalcon", 0, 0 }, { "project\\s{1,4}falcon", 0, 1 }, { "x$", 0, 2 } };
    loaded l = open_rules(rules, 3);
    size_t len = 100000;
    char *text = malloc(len);
    (void)state;
    assert_non_null(text);
    memset(text, '.', len);
    memcpy(text + 50, "project  falcon", 15);
    memcpy(text + len - 31, "bluefalcon", 10);
    text[len - 1] = 'x';
    const char *got = hits_of(&l, bawn_slice_of(text, len));
    assert_non_null(strstr(got, "1@65 "));
    assert_non_null(strstr(got, "0@99979 "));
    assert_non_null(strstr(got, "2@100000 "));
    assert_null(strstr(got, "2@99979 "));
    free(text);
    close_rules(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_end_is_reported), cmocka_unit_test(a_zero_byte_is_a_byte), cmocka_unit_test(each_rule_has_its_id),
        cmocka_unit_test(one_scratch_serves_several_databases), cmocka_unit_test(a_saved_database_finds_the_same),
        cmocka_unit_test(one_in_place_is_used_where_it_lies),
        cmocka_unit_test(a_damaged_database_is_refused), cmocka_unit_test(another_version_is_refused_by_name),
        cmocka_unit_test(a_pattern_that_does_not_compile_is_named), cmocka_unit_test(a_width_is_counted_in_bytes),
        cmocka_unit_test(no_memory_is_told_and_nothing_is_lost), cmocka_unit_test(nothing_is_missed_at_the_end),
        cmocka_unit_test(long_texts_have_an_end_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

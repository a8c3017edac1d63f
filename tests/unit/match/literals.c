/* The matcher of literals: what it takes, what it finds and with which white space beside it; that it finds what a plain
 * search finds, wherever it stands; and that a set is the same after it was saved, and refused when it is damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "hits.h"
#include "match/literals.h"

static const char *find(const bawn_literal *items, size_t n, const char *text, size_t from)
{
    static hits h;
    bawn_literals *l = bawn_literals_new(items, n);
    assert_non_null(l);
    h.text[0] = 0;
    bawn_literals_scan(l, bawn_slice_str(text), from, write_hit, &h);
    bawn_literals_free(l);
    return h.text;
}

static void it_takes_four_latin_bytes(void **state)
{
    static const struct { const char *text; uint8_t flags; bool taken; } rows[] = {
        { "abcd", 0, true }, { "abc", 0, false }, { "", 0, false }, { "abc", BAWN_L_SPACE_AFTER, true },
        { "ab", BAWN_L_SPACE_AFTER | BAWN_L_SPACE_BEFORE, true }, { "ab", BAWN_L_SPACE_BEFORE, false },
        { "r\u00E9v\u00E8le", 0, true }, { "\u0444\u0430\u043A\u0442", 0, false }, { "\u0151rs\u00E9g", 0, false },
        { "a b c", BAWN_L_LOOSE, false }, { "a b c", 0, true }, { "to be", BAWN_L_LOOSE, false }, { "to be it", BAWN_L_LOOSE, true },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        if (bawn_literals_takes(rows[i].text, rows[i].flags) != rows[i].taken)
            fail_msg("\"%s\" (%d): taken %d", rows[i].text, rows[i].flags, !rows[i].taken);
    assert_null(bawn_literals_new(&(bawn_literal){ "abc", 0, 0 }, 1));
}

static void it_finds_with_white_space_beside(void **state)
{
    static const struct { const char *literal; uint8_t flags; const char *text, *found; } rows[] = {
        { "order", 0, "An order, reORDERed.", "7@8 7@17 " }, { "order", BAWN_L_CASE, "Order order", "7@11 " },
        { "order", BAWN_L_SPACE_AFTER, "order, order\tx order", "7@12 " },
        { "order", BAWN_L_SPACE_BEFORE, "order \nordered", "7@12 " },
        { "act", BAWN_L_SPACE_BEFORE | BAWN_L_SPACE_AFTER, "act fact act acts\nact\ract", "7@12 7@21 " },
        { "ai", BAWN_L_SPACE_BEFORE | BAWN_L_SPACE_AFTER, "said ai \tai\n", "7@7 7@11 " },
        { "r\u00E9v\u00E8le", 0, "R\u00C9V\u00C8LE r\u00E9v\u00E8le r\u00D7v\u00E8le", "7@8 7@17 " },
        { "r\u00D7vele", 0, "R\u00F7VELE R\u00D7VELE", "7@15 " },   /* the sign of multiplication is no letter */
        { "before this", BAWN_L_LOOSE, "before this, before \n\t this, beforethis, before that", "7@11 7@27 " },
        { "before this", 0, "before this, before  this", "7@11 " },
        { "a [b]", 0, "a [b] a {b}", "7@5 " }, { "@@@@", 0, "```` @@@@", "7@9 " },      /* bit 5 tells them apart */
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_literal l = { rows[i].literal, 7, rows[i].flags };
        const char *got = find(&l, 1, rows[i].text, 0);
        if (strcmp(got, rows[i].found) != 0)
            fail_msg("\"%s\" (%d) in \"%s\": \"%s\", not \"%s\"", rows[i].literal, rows[i].flags, rows[i].text, got, rows[i].found);
    }
}

static void one_text_may_have_many_ids(void **state)
{
    static const bawn_literal items[] = {
        { "order", 1, 0 }, { "order", 2, BAWN_L_SPACE_AFTER }, { "ORDER", 3, BAWN_L_CASE }, { "orders", 4, 0 }, { "order", 5, 0 },
    };
    (void)state;
    assert_string_equal(find(items, BAWN_COUNT(items), "order", 0), "1@5 5@5 ");
    assert_string_equal(find(items, BAWN_COUNT(items), "orders", 0), "1@5 5@5 4@6 ");
    assert_string_equal(find(items, BAWN_COUNT(items), "ORDER x", 0), "1@5 5@5 2@5 3@5 ");
    assert_string_equal(find(items, BAWN_COUNT(items), "order order", 1), "1@11 5@11 ");     /* not before `from` */
    bawn_literals_scan(NULL, BAWN_LIT("order"), 0, write_hit, NULL);
}

/* Literal k at every place of texts of every length around the matcher's own steps. */
static void wherever_it_stands(void **state)
{
    static const bawn_literal items[] = { { "zebra crossing", 0, 0 }, { "quiz", 1, 0 }, { "jukebox", 2, BAWN_L_SPACE_BEFORE } };
    bawn_literals *l = bawn_literals_new(items, BAWN_COUNT(items));
    static char text[2200];
    (void)state;
    for (size_t k = 0; k < BAWN_COUNT(items); k++)
        for (size_t len = 14; len < sizeof text; len += len < 120 ? 1 : 97)
            for (size_t at = 1, n = strlen(items[k].text); at + n <= len; at += len < 120 || at > len - 40 ? 1 : 31) {
                hits h = { "" };
                char wanted[32];
                memset(text, ' ', len);
                memcpy(text + at, items[k].text, n);
                bawn_literals_scan(l, bawn_slice_of(text, len), 0, write_hit, &h);
                snprintf(wanted, sizeof wanted, "%zu@%zu ", k, at + n);
                if (strcmp(h.text, wanted) != 0)
                    fail_msg("\"%s\" at %zu of %zu: \"%s\"", items[k].text, at, len, h.text);
            }
    bawn_literals_free(l);
}

static void a_saved_set_is_the_same(void **state)
{
    static const bawn_literal items[] = { { "order", 1, 0 }, { "by phone", 2, BAWN_L_LOOSE } };
    bawn_literals *l = bawn_literals_new(items, 2);
    bawn_slice bytes = bawn_literals_bytes(l);
    char *copy = malloc(bytes.len + 4);
    hits h = { "" };
    (void)state;
    memcpy(copy, bytes.ptr, bytes.len);
    const bawn_literals *again = bawn_literals_at(bawn_slice_of(copy, bytes.len));
    assert_non_null(again);
    bawn_literals_scan(again, BAWN_LIT("order by\nphone"), 0, write_hit, &h);
    assert_string_equal(h.text, "1@5 2@14 ");
    assert_null(bawn_literals_at(bawn_slice_of(copy, bytes.len - 4)));
    assert_null(bawn_literals_at(bawn_slice_of(copy + 1, bytes.len - 1)));
    assert_null(bawn_literals_at(BAWN_NIL));
    /* No single byte that is wrong makes it read beyond its end: the sanitizer watches. */
    for (size_t i = 0; i < bytes.len; i += i < 32 || i + 200 > bytes.len ? 1 : 61) {
        copy[i] = (char)(copy[i] ^ 0x55);
        const bawn_literals *damaged = bawn_literals_at(bawn_slice_of(copy, bytes.len));
        h.text[0] = 0;
        if (damaged)
            bawn_literals_scan(damaged, BAWN_LIT("an order by phone, order by phone"), 0, write_hit, &h);
        copy[i] = (char)(copy[i] ^ 0x55);
    }
    free(copy);
    bawn_literals_free(l);
}

static void no_memory_is_no_set(void **state)
{
    bawn_literal item = { "order", 1, 0 };
    (void)state;
    for (size_t n = 1; n <= 2; n++) {
        bawn_malloc_fail_at = n;
        assert_null(bawn_literals_new(&item, 1));
        bawn_malloc_fail_at = 0;
    }
    bawn_literals_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_takes_four_latin_bytes), cmocka_unit_test(it_finds_with_white_space_beside),
        cmocka_unit_test(one_text_may_have_many_ids), cmocka_unit_test(wherever_it_stands),
        cmocka_unit_test(a_saved_set_is_the_same), cmocka_unit_test(no_memory_is_no_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

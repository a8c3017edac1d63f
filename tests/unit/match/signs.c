/* Signs read off patterns: each match must hold one; and the search for bytes, at every place and length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "match/match.h"

static void signs_are_read_off(void **state)
{
    static const struct { const char *regex, *signs; uint8_t flags; } rows[] = {
        { "\\{\\{", "{", 0 }, { "[$#*~]\\{", "{", 0 }, { "<[a-z]", "<", 0 }, { "[;|&][ \\t]{0,3}[a-z/]", ";|&", 0 },
        { "['\")][ ]{0,2}(?:\\|\\||&&)", "|&", 0 }, { "a=b", "=", 0 }, { "a=?b", NULL, 0 }, { "a=*b", NULL, 0 },
        { "a={1,3}b", "=", 0 }, { "(?:=)?b", NULL, 0 }, { "(?:=|b)c", NULL, 0 }, { "[=a]c", NULL, 0 }, { "[^=]c", NULL, 0 },
        { "[!-~]", NULL, 0 }, { "it's", NULL, 0 }, { "a.b", NULL, 0 }, { "\\x1b", "\x1b", 0 }, { "\\*/(?:or|and)", "*", 0 },
        { "@", "@", BAWN_P_LITERAL }, { "://", ":", BAWN_P_LITERAL }, { "a_b", "_", BAWN_P_LITERAL }, { "abc", NULL, BAWN_P_LITERAL },
        { "\u00E9?x", NULL, 0 },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_match_bytes found = { .high = false };
        bool some = bawn_match_signs(&found, rows[i].regex, rows[i].flags);
        if (some != (rows[i].signs != NULL))
            fail_msg("/%s/: %s", rows[i].regex, some ? "signs where none must be" : "no signs");
        for (unsigned c = 1; c < 128 && some; c++)
            if (bawn_match_bytes_has(&found, (unsigned char)c) != (strchr(rows[i].signs, (int)c) != NULL))
                fail_msg("/%s/: byte %u", rows[i].regex, c);
    }
}

static void a_byte_is_found_wherever_it_stands(void **state)
{
    bawn_match_bytes high = { .high = true }, some = { .high = false };
    char text[300];
    (void)state;
    some.rows['<' & 15] |= 1 << ('<' >> 4);
    some.rows['~' & 15] |= 1 << ('~' >> 4);
    for (size_t len = 0; len < sizeof text; len += len < 80 ? 1 : 13) {
        memset(text, 'l', len);                     /* 'l' shares its lower half with '<' */
        assert_int_equal(bawn_match_find_byte(&some, bawn_slice_of(text, len), 0), len);
        for (size_t at = 0; at < len; at++) {
            text[at] = at % 2 ? '<' : '~';
            for (size_t from = at > 40 ? at - 40 : 0; from <= at; from += 7)
                assert_int_equal(bawn_match_find_byte(&some, bawn_slice_of(text, len), from), at);
            assert_int_equal(bawn_match_find_byte(&some, bawn_slice_of(text, len), at + 1), len);
            text[at] = (char)0xC3;
            assert_int_equal(bawn_match_find_byte(&high, bawn_slice_of(text, len), 0), at);
            assert_int_equal(bawn_match_find_byte(&some, bawn_slice_of(text, len), 0), len);
            text[at] = 'l';
        }
    }
    assert_int_equal(bawn_match_find_byte(&some, BAWN_NIL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(signs_are_read_off), cmocka_unit_test(a_byte_is_found_wherever_it_stands) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* UTF-8 against RFC 3629. The oracle knows nothing of bytes: a byte string is valid exactly when it is a sequence of
 * encodings, by bawn_utf8_put, of U+0000..U+D7FF and U+E000..U+10FFFF. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/base.h"

static bool is_scalar_value(uint32_t c)
{
    return c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF);
}

/* How many bytes at s are one valid encoding: decodes naively, encodes again, compares. */
static size_t oracle_one(const unsigned char *s, size_t len)
{
    for (size_t n = 1; n <= 4 && n <= len; n++) {
        static const unsigned char lead[5] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
        uint32_t c = s[0] & lead[n];
        char again[4];

        for (size_t i = 1; i < n; i++)
            c = c << 6 | (s[i] & 0x3F);
        if (is_scalar_value(c) && bawn_utf8_put(again, c) == n && memcmp(again, s, n) == 0)
            return n;
    }
    return 0;
}

static size_t oracle(const unsigned char *s, size_t len)
{
    size_t i = 0, n;

    while (i < len && (n = oracle_one(s + i, len - i)) > 0)
        i += n;
    return i;
}

static void every_code_point_round_trips_and_counts_one(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        char text[4];
        bawn_slice s = bawn_slice_of(text, bawn_utf8_put(text, c));
        size_t pos = 0;

        if (!is_scalar_value(c)) {
            assert_int_equal(bawn_utf8_valid_prefix(s), 0);
            continue;
        }
        assert_int_equal(bawn_utf8_valid_prefix(s), s.len);
        assert_int_equal(bawn_utf8_count(s), 1);
        assert_int_equal(bawn_utf8_next(s, &pos), c);
        assert_int_equal(pos, s.len);
        assert_int_equal(bawn_utf8_next(s, &pos), UINT32_MAX);
        assert_int_equal(pos, s.len);
        for (size_t at = 0; at <= s.len; at++)
            assert_int_equal(bawn_utf8_floor(s, at), at < s.len ? 0 : s.len);
    }
}

static void the_floor_of_an_offset_is_the_begin_of_its_character(void **state)
{
    static const size_t floors[] = { 0, 1, 1, 3, 4, 4, 4, 7, 7, 7, 7, 11, 12 };
    bawn_slice s = BAWN_LIT("a\xC3\xA9" "b\xE6\x97\xA5\xF0\x9F\x98\x80" "c");

    (void)state;
    for (size_t at = 0; at < BAWN_COUNT(floors); at++)
        assert_int_equal(bawn_utf8_floor(s, at), floors[at]);
    assert_int_equal(bawn_utf8_floor(BAWN_NIL, 0), 0);
    assert_int_equal(bawn_utf8_floor(BAWN_LIT("\x80\x80\x80"), 2), 0);     /* never before the begin */
}

static const struct { const char *bytes; size_t len, valid; } classic[] = {
    { "\x80", 1, 0 },                                     /* continuation alone */
    { "a\xBF", 2, 1 },
    { "\xC0\x80", 2, 0 },                                 /* overlong NUL */
    { "\xC1\xBF", 2, 0 },
    { "\xC0\xAF", 2, 0 },                                 /* overlong slash */
    { "\xE0\x80\xAF", 3, 0 },
    { "\xF0\x80\x80\xAF", 4, 0 },
    { "\xE0\x9F\xBF", 3, 0 },
    { "\xE0\xA0\x80", 3, 3 },
    { "\xED\x9F\xBF", 3, 3 },
    { "\xED\xA0\x80", 3, 0 },                             /* surrogates */
    { "\xED\xBF\xBF", 3, 0 },
    { "\xED\xA0\xBD\xED\xB8\x80", 6, 0 },                 /* CESU-8 */
    { "\xEE\x80\x80", 3, 3 },
    { "\xEF\xBF\xBF", 3, 3 },                             /* a noncharacter is a character to RFC 3629 */
    { "\xF0\x8F\xBF\xBF", 4, 0 },
    { "\xF0\x90\x80\x80", 4, 4 },
    { "\xF4\x8F\xBF\xBF", 4, 4 },
    { "\xF4\x90\x80\x80", 4, 0 },                         /* above U+10FFFF */
    { "\xF5\x80\x80\x80", 4, 0 },
    { "\xF8\x88\x80\x80\x80", 5, 0 },                     /* five and six bytes */
    { "\xFC\x84\x80\x80\x80\x80", 6, 0 },
    { "\xFE", 1, 0 },
    { "\xFF", 1, 0 },
    { "ab\xC3", 3, 2 },                                   /* cut short */
    { "ab\xE2\x82", 4, 2 },
    { "ab\xF0\x9F\x98", 5, 2 },
    { "\xC3" "a", 2, 0 },
    { "\xE2\x82" "a", 3, 0 },
    { "\xC3\xA9\xA9", 3, 2 },                             /* one continuation too many */
    { "", 0, 0 },
};

/* Each at every place of a run of ASCII and of a run of wide text: all lanes of all block sizes. */
static void the_classic_sequences_are_judged_right_everywhere(void **state)
{
    static const char *const filler[] = { "a", "\xD1\x8F", "\xE6\x97\xA5", "\xF0\x9F\x98\x80" };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(classic); i++)
        for (size_t f = 0; f < BAWN_COUNT(filler); f++)
            for (size_t before = 0; before < 36; before++)
                for (size_t after = 0; after < 70; after += 35) {
                    char text[1024];
                    size_t n = 0, unit = strlen(filler[f]), expected;

                    for (size_t k = 0; k < before; k++, n += unit)
                        memcpy(text + n, filler[f], unit);
                    expected = n + classic[i].valid;
                    memcpy(text + n, classic[i].bytes, classic[i].len);
                    n += classic[i].len;
                    for (size_t k = 0; k < after; k++, n += unit)
                        memcpy(text + n, filler[f], unit);
                    if (classic[i].valid == classic[i].len)
                        expected = n;
                    assert_int_equal(bawn_utf8_valid_prefix(bawn_slice_of(text, n)), expected);
                }
}

/* All three-byte strings, and all four-byte ones whose last two bytes stand at a boundary, inside a wide block. */
static void all_short_byte_strings_agree_with_the_oracle(void **state)
{
    static const unsigned char edge[] = { 0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xFF };
    unsigned char text[68];

    (void)state;
    memset(text, 'x', sizeof text);
    for (unsigned a = 0x7E; a < 256; a++)
        for (unsigned b = 0; b < 256; b++)
            for (size_t c = 0; c < sizeof edge; c++)
                for (size_t d = 0; d < sizeof edge; d++) {
                    const size_t at = 29 + (a + b) % 4;

                    text[at] = (unsigned char)a;
                    text[at + 1] = (unsigned char)b;
                    text[at + 2] = edge[c];
                    text[at + 3] = edge[d];
                    assert_int_equal(bawn_utf8_valid_prefix(bawn_slice_of((char *)text, sizeof text)),
                                     oracle(text, sizeof text));
                    memset(text + at, 'x', 4);
                }
}

static size_t random_text(char *out, size_t room, unsigned *seed)
{
    size_t n = 0;

    while (n + 4 <= room) {
        uint32_t most[] = { 0x80, 0x800, 0x10000, 0x110000 };
        uint32_t c = (uint32_t)rand_r(seed) % most[rand_r(seed) % 4];

        if (is_scalar_value(c))
            n += bawn_utf8_put(out + n, c);
    }
    return n;
}

static void random_damage_is_found_where_the_oracle_finds_it(void **state)
{
    unsigned seed = 1;
    char text[300];

    (void)state;
    for (size_t round = 0; round < 20000; round++) {
        size_t n = random_text(text, 4 + (size_t)rand_r(&seed) % 290, &seed), count = 0;
        bawn_slice s = bawn_slice_of(text, n);

        assert_int_equal(bawn_utf8_valid_prefix(s), n);
        for (size_t pos = 0; pos < n; count++)
            bawn_utf8_next(s, &pos);
        assert_int_equal(bawn_utf8_count(s), count);
        text[(size_t)rand_r(&seed) % n] = (char)rand_r(&seed);
        s.len -= (size_t)rand_r(&seed) % 3 % n;
        assert_int_equal(bawn_utf8_valid_prefix(s), oracle((unsigned char *)text, s.len));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_round_trips_and_counts_one),
        cmocka_unit_test(the_floor_of_an_offset_is_the_begin_of_its_character),
        cmocka_unit_test(the_classic_sequences_are_judged_right_everywhere),
        cmocka_unit_test(all_short_byte_strings_agree_with_the_oracle),
        cmocka_unit_test(random_damage_is_found_where_the_oracle_finds_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

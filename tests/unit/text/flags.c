/* The flags by SIMD are those of the scalar oracle, and say what they promise. */
#include "views.h"

static void both_ways_say_the_same(void **state)
{
    (void)state;
    static const char some[] = "ab zAZ019.,-_/+@$!|&%\\xX=\t\n\r  \"*~<>`]\x01\x7F\xC3\xA9";
    char text[300];
    uint64_t x = 42;
    for (size_t round = 0; round < 60000; round++) {
        size_t len = round % sizeof text, few = 2 + (round / 7) % (sizeof some - 2), from = (round / 3) % (sizeof some - 1);
        for (size_t i = 0; i < len; i++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            text[i] = some[(from + (x >> 33) % few) % (sizeof some - 1)];
        }
        bawn_slice t = bawn_slice_of(text, len);
        assert_int_equal(bawn_text_flags(t), bawn_text_flags_scalar(t));
    }
    for (int c = 0; c < 256; c++) {
        memset(text, ' ', sizeof text);
        text[c % 70] = (char)c;
        bawn_slice t = bawn_slice_of(text, 70);
        assert_int_equal(bawn_text_flags(t), bawn_text_flags_scalar(t));
    }
}

/* Prose takes the short way; so does a block of it behind and before other characters. */
static void prose_is_judged_alike(void **state)
{
    (void)state;
    static const char *const parts[] = { "word ", "longerwordthanthose", "be ", "ad ", "a ", "    ", "\n", "\n\n\n", "\n\n\n\n\n", "\n \n", "\"", "\xC3\xA9", "3",
        "- ", " *", "yes, ", "it's. ", "<", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
    char text[700];
    uint64_t x = 7;
    for (size_t round = 0; round < 40000; round++) {
        size_t len = 0, few = 1 + round % BAWN_COUNT(parts), most = round % 600;
        while (len < most) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            bawn_slice part = bawn_slice_str(parts[(round / 17 + (x >> 33) % few) % BAWN_COUNT(parts)]);
            memcpy(text + len, part.ptr, part.len);
            len += part.len;
        }
        bawn_slice t = bawn_slice_of(text, len);
        assert_int_equal(bawn_text_flags(t), bawn_text_flags_scalar(t));
    }
}

static void flag_is(const char *text, uint32_t want)
{
    char padded[256];
    for (size_t shift = 0; shift < 130; shift++) {           /* wherever it stands in its block */
        memset(padded, ' ', shift);
        size_t len = shift + (size_t)snprintf(padded + shift, sizeof padded - shift, "%s", text);
        assert_int_equal(bawn_text_flags(bawn_slice_of(padded, len)), want);
    }
}

static void flags_say_what_is_there(void **state)
{
    (void)state;
    flag_is("It is a big day, and $5 is paid. The end!", 0);
    flag_is("caf\xC3\xA9", BAWN_TEXT_NON_ASCII);
    flag_is("p4ss", BAWN_TEXT_LEET);
    flag_is("in$ide", BAWN_TEXT_LEET);
    flag_is("instruct10ns", BAWN_TEXT_LEET);
    flag_is("i g n", BAWN_TEXT_SPACED | BAWN_TEXT_LETTERS);
    flag_is("i.g.n", BAWN_TEXT_SPACED | BAWN_TEXT_LETTERS);
    flag_is("is a b c", BAWN_TEXT_SPACED | BAWN_TEXT_LETTERS);
    flag_is("i, g, n", BAWN_TEXT_LETTERS);
    flag_is("i  g  n", BAWN_TEXT_LETTERS);
    flag_is("7\r\ng\r\nn", BAWN_TEXT_LETTERS);
    flag_is("i'''   '''g'''   '''n", 0);
    flag_is("i'''  '''g'''  '''n", BAWN_TEXT_LETTERS);
    flag_is("i am a man", 0);
    flag_is("i, g n", 0);
    flag_is("it is a, b", 0);
    flag_is("aGVsbGgdybGQgabc", BAWN_TEXT_RUN);
    flag_is("aGVsbGgdybGQgab", 0);
    flag_is("48 65 6c 6c 6f 20 77 6f", BAWN_TEXT_RUN);
    flag_is("48 65 6c 6c 6f 20 77", 0);
    flag_is("73 103 110 111 114 101 32 97", BAWN_TEXT_RUN);
    flag_is("73,103,110,111,114,101,32,97", BAWN_TEXT_RUN | BAWN_TEXT_SEAM);
    flag_is("73, 71, 78, 79, 82, 69, 32", BAWN_TEXT_RUN);
    flag_is("10 11 12 13 14 15 16 17", BAWN_TEXT_RUN);
    flag_is("10 11 12 13 14 15 16 and 17 18 19 20", 0);
    flag_is("at 10:20:30 on 12-11-2026: it is so", 0);
    flag_is("a&b", BAWN_TEXT_ESCAPE);
    flag_is("a\\b", BAWN_TEXT_ESCAPE);
    flag_is("a\bb", BAWN_TEXT_CONTROL);
    flag_is("a\tb\r\n", 0);
    flag_is("4ll", BAWN_TEXT_LEET);
    flag_is("@ll", BAWN_TEXT_LEET);
    flag_is("01101001", BAWN_TEXT_RUN);
    flag_is("ab    cd", BAWN_TEXT_GAP);
    flag_is("ab\t \t cd", BAWN_TEXT_GAP);
    flag_is("ab   cd", 0);
    flag_is("ab:\n        cd", 0);                           /* a line's indentation */
    flag_is("ab\n        cd", BAWN_TEXT_GAP);                /* in the midst of a sentence */
    flag_is("ab\n   cd", BAWN_TEXT_GAP);
    flag_is("ab\n  cd", 0);
    flag_is("ab\r\n\tcd", 0);
    flag_is("ab\n\n\n cd", BAWN_TEXT_GAP);
    flag_is("ab\n\n\n\n cd", BAWN_TEXT_GAP);
    flag_is("ab\n\n\n\ncd", 0);
    flag_is("ab\n\n\n\n\ncd", BAWN_TEXT_GAP);
    flag_is("ab\r\n\r\ncd", 0);
    flag_is("ab\n \ncd", BAWN_TEXT_GAP);
    flag_is("ab \n\ncd", 0);
    flag_is("ignore.all.the.is", 0);
    flag_is("ignore.all.the.is.", BAWN_TEXT_SEAM);
    flag_is("instruc-\ntions", BAWN_TEXT_SEAM);
    flag_is("well-known", 0);
    flag_is("internationalization.", BAWN_TEXT_RUN);
    flag_is("t_aaaaabdikmpcfgha_ word t_aaaaabdikmpcfghb_ word", BAWN_TEXT_RUN);
    flag_is("snake_case", 0);
    flag_is("_all_", BAWN_TEXT_SEAM);
    flag_is("the **best** one", BAWN_TEXT_SEAM);
    flag_is("the _best_ one", BAWN_TEXT_SEAM);
    flag_is("the <b>best</b> one", BAWN_TEXT_SEAM);
    flag_is("a<br>b", BAWN_TEXT_SEAM);
    flag_is("ignore \"all\" of", BAWN_TEXT_SEAM);
    flag_is("he said \"of course\" to her", 0);
    flag_is("one - two three - four", BAWN_TEXT_SEAM);
    flag_is("one - two, three and four, five", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(both_ways_say_the_same), cmocka_unit_test(prose_is_judged_alike),
        cmocka_unit_test(flags_say_what_is_there) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

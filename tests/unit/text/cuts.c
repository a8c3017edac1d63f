/* However a text is cut, canonical view, map and encoded runs are those of the text in one piece. */
#include "views.h"

#include "hostile.h"

static const char *const alphabet[] = {
    " ", " ", " ", "  ", "     ", "\n", "\n\n", "\r\n", "\t", "a", "b", "c", "e", "i", "g", "n", "o", "I ", "x", "ignore", "all", "previous", "the ",
    "1", "0", "3", "4", "5", "7", "8", "@", "$", "!", "|", "+", ".", "-", "_", "*", "/", ",", "i.", "g.", "n.", "o ", "r ", "\"",
    "(", ")", "?", ":", "\b", "\x01", "\x7F", "\u200B", "\u200D", "\uFEFF", "\u00AD", "\u202E", "\u202C", "\u2066", "\u0301",
    "\u0332", "\u0316", "\u034F", "\uFE0F", "\U000E0041", "\U000E0069", "\U000E0101", "\uFE03", "\u00A0", "\u3000", "\u2028",
    "\u00E9", "\u00F1", "\u0131", "\u015F", "\u0123", "\u0157", "\u1EBF", "\u1E21", "\u0430", "\u0435", "\u043E", "\u0436",
    "\u041F", "\u03BF", "\u03B1", "\u05D0", "\u0627", "\u0915\u094D", "\u4F60", "\u597D", "\uFF0C", "\uFF20", "\uFF49", "\uFF11",
    "\uAC00", "\u1161", "\u11A8", "\u314B", "\u0E33", "\uFDFA", "\u1D0F", "\u24D8", "\U0001F1EE", "\U0001F158", "\U0001D422",
    "\u01DD", "\u0279", "\u0250", "\u0287", "\U0001F600", "\u2764\uFE0F", "\u2026", "\u00B4", "%69", "%6e", "%20", "&#105;",
    "&lt;", "&amp;", "&x", "\\u0069", "\\x67", "\\u{6f}", "\\ud83d\\ude00", "SGVsbG8g", "d29ybGQg", "aWdub3Jl", "==", "=",
    "48", "65 ", "6c 6c ", "48 65 6c 6c 6f 20 77 6f 72 ", "0x48 ", "69676e6f726520616c6c", "ghp_a1B2",
    "**", "`", "~", "<b>", "</b>", "<br>", "<br/>", "<", ">", "&nbsp;", "&#32", "%6", "\\151", "\\", "=", "all-of-the", "-\n", "\"all\"", "and", "\u00E1ll",
    "ign\u00F3re", "\U0001F44F", " \U0001F44F ", " - ", "4ll", "1n57ruc710n5", "01101001 ", "aWdu b3Jl ", "cmV2aW91", "NFTW433SMUQGC3DM", "the",
    "73 103 110 111 114 101 32 97 ", "108, ", "32 ", "105-", "\\151\\147", "151 147 156 040 ", "aQBnAG4Abw", "IABhAGwA", "\u2800", "\uE000", "\u3164",
    "A K I A Q 7 ", "Z-K-2-", "M\", \"X\", \"4\", \"", "V\r\nR\r\nT\r\n5\r\n", "H  B  3  ", "\", \"",
};

static uint64_t seed;
static size_t below(size_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)((seed >> 11) % n);
}
static size_t any_step(void *most) { return 1 + below(*(size_t *)most); }

static void random_texts(size_t rounds, size_t longest)
{
    bawn_buf text = { 0 };
    for (size_t round = 0; round < rounds; round++) {
        size_t parts = below(longest), few = 2 + below(BAWN_COUNT(alphabet)), first = below(BAWN_COUNT(alphabet));
        size_t most = 1 + below(round % 4 ? 30 : 900);
        bawn_buf_clear(&text);
        for (size_t i = 0; i < parts; i++)
            bawn_buf_str(&text, alphabet[(first + below(few)) % BAWN_COUNT(alphabet)]);
        hostile_check(bawn_buf_slice(&text), any_step, &most);
    }
    bawn_buf_free(&text);
}

static void cutting_changes_nothing(void **state)
{
    (void)state;
    seed = 0x9E3779B97F4A7C15u;
    random_texts(2000, 60);
    random_texts(150, 1500);
}

static void long_runs_are_cut_alike(void **state)
{
    (void)state;
    static const char *const units[] = { "aGVsbG8gd29ybGQg", "%69g%6e", "&#105;n", "\\u0069", "\U000E0069", "48 65 ", "0x6c ",
        "a", "i ", "i.", "\u0301", "\u200B", "\u4F60", "\u01DD", "\u202E", "/aGVsbG8gd29ybGQg", "i\u200B ", "12 ", "105 32 ", "101,", "105, 110, 32,\n", "\\151\\40",
        "151 040 ", "aQAgAGkA", "i\u2800", "i\uE000", "i, ",
        "7\r\n", "a\", \"", "a b - c d - ", "a b - - - - - - - - ", "a b c - - - - - - - - ", "a b c d e f g h i j k l m n o pp " };
    bawn_buf text = { 0 };
    seed = 88172645463325252u;
    for (size_t i = 0; i < BAWN_COUNT(units); i++) {
        size_t most = 700;
        bawn_buf_clear(&text);
        while (text.len < 14000)
            bawn_buf_str(&text, units[i]);
        hostile_check(bawn_buf_slice(&text), any_step, &most);
    }
    bawn_buf_free(&text);
}

/* With as many signs between two words of a row as may be, with fewer, and with more. */
static void a_row_goes_on_behind_its_separators(void **state)
{
    static const char *const between[] = { " ", " \"", "\",\"", " \",\"", " \", \"", "\r\n\r\n", "   \n ", "", "'" };
    static const char *const second[] = { "path1", "d2hhdCBldmVy", "words", "=", "" };
    bawn_buf text = { 0 };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(between); i++)
        for (size_t k = 0; k < BAWN_COUNT(second); k++) {
            size_t most = 1;
            bawn_buf_clear(&text);
            bawn_buf_fmt(&text, "see \"S0Q5M0dLR1AgbnVtYmVyIHBsYXRl%s%s\": and more", between[i], second[k]);
            hostile_check(bawn_buf_slice(&text), any_step, &most);
        }
    bawn_buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(cutting_changes_nothing), cmocka_unit_test(long_runs_are_cut_alike),
                                        cmocka_unit_test(a_row_goes_on_behind_its_separators) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

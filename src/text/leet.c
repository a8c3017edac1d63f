/* leet.c: leetspeak, undone inside a token that shows it and nowhere else.
 *
 * A token shows it when a digit of 0 1 3 4 5 7 or one of @ $ ! stands between letters (one or two of them); when its
 * letters outnumber its digits (three are enough for three); when it has no 2 6 8 9 and no three digits in a row, for those are numbers, versions
 * and names of things; and when it is not an address. After such a token one with a digit at its edge (th3, 4ll)
 * counts too, unless it reads as a quantity (4th, 5pm, 7km). Each sign is one letter, so the length stays. */
#include "text/fold.h"

static bool is_leet(char c)                                   /* 0 1 3 4 5 7 @ $ ! | + */
{
    if (c >= '0' && c <= '7')
        return (0xBBu >> (c - '0')) & 1;
    return c > 0 && (bawn_text_ascii[(unsigned char)c] & C_SIGN);
}
static bool is_letter(char c) { return bawn_is_alpha((unsigned char)c); }
static bool is_digit(char c) { return bawn_is_digit((unsigned char)c); }
static bool is_vowel(char c) { return c && strchr("aeiouAEIOU043@", c) != NULL; }

typedef struct { size_t letters, upper, digits, signs; bool between, firm, strange; } counts;

static void count(counts *n, const char *t, size_t len)
{
    size_t row = 0;
    *n = (counts){ 0 };
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)t[i];
        row = bawn_is_digit(c) ? row + 1 : 0;
        n->letters += bawn_is_alpha(c);
        n->upper += bawn_is_upper(c);
        n->digits += bawn_is_digit(c);
        n->strange |= c >= 0x80 || row > 2 || c == '=' || (bawn_is_digit(c) && !is_leet(t[i]));
        if (!is_leet(t[i]) || i == 0)
            continue;
        bool one = i + 1 < len && is_letter(t[i - 1]) && is_letter(t[i + 1]);
        bool two = i + 2 < len && is_letter(t[i - 1]) && is_leet(t[i + 1]) && is_letter(t[i + 2]);
        n->between |= one || two;
        n->firm |= (one || two) && c != '|' && c != '+';
        n->signs += one || two;
    }
}

static bool is_address(bawn_slice t)
{
    size_t at = bawn_slice_find(t, BAWN_LIT("@"));
    if (bawn_slice_find(t, BAWN_LIT("://")) < t.len || bawn_slice_starts(t, BAWN_LIT("www.")))
        return true;
    return at < t.len && bawn_slice_find(bawn_slice_of(t.ptr + at, t.len - at), BAWN_LIT(".")) < t.len - at;
}

/* A number with its unit or ending, or a name that everybody writes so. */
static bool is_quantity(bawn_slice t)
{
    static const char *const units[] = { "st", "nd", "rd", "th", "am", "pm", "km", "kg", "mg", "ml", "cm", "mm", "gb",
        "mb", "tb", "kb", "px", "em", "pt", "ms", "hz", "mp", "ft", "in", "lb", "oz", "yr", "min", "sec", "hr", "hrs",
        "day", "days", "bit", "way", "zip" };
    static const char *const names[] = { "mp3", "mp4", "ps3", "ps4", "ps5", "md5", "web3", "i3", "i5", "i7" };
    size_t n = 0;
    for (size_t i = 0; i < BAWN_COUNT(names); i++)
        if (bawn_slice_eq_nocase(t, bawn_slice_str(names[i])))
            return true;
    while (n < t.len && is_digit(t.ptr[n]))
        n++;
    bawn_slice rest = bawn_slice_of(t.ptr + n, t.len - n);
    for (size_t i = 0; n && i < BAWN_COUNT(units); i++)
        if (bawn_slice_eq_nocase(rest, bawn_slice_str(units[i])))
            return true;
    return n && rest.len < 2;
}

static bool shows(const char *t, size_t len, bool after)
{
    enum { LONGEST = 48 };
    counts n;
    if (len < 3 || len > LONGEST)
        return len == 2 && after && is_letter(t[0]) && is_digit(t[1]) && is_leet(t[1]) &&
               !is_quantity(bawn_slice_of(t, len));
    count(&n, t, len);
    if (n.strange || n.letters < 2 || n.letters < n.digits + (n.letters < 3) || n.letters < n.signs || is_address(bawn_slice_of(t, len)))
        return false;
    if (n.between)
        return n.firm && !(n.upper + 1 >= n.letters && n.upper > 1 && n.letters + n.digits <= 4);
    return after && n.digits && n.digits < 3 && n.upper < 2 && !is_quantity(bawn_slice_of(t, len));
}

static char letter_of(const char *run, size_t i, size_t len)
{
    static const char from[] = "03457@$!|+", to[] = "oeastasilt";
    if (run[i] != '1')
        return to[strchr(from, run[i]) - from];
    char before = i ? run[i - 1] : 0, after = i + 1 < len ? run[i + 1] : 0;
    if (before == '1' || after == '1' || ((before | 0x20) == 'l' && !after))
        return 'l';
    return before ? (is_vowel(before) ? 'l' : 'i') : (is_vowel(after) ? 'l' : 'i');
}

/* One stretch of letters and signs. Signs at its ends are punctuation or prices, but for $ and @ before a letter. */
static void fold_run(char *run, size_t len)
{
    enum { LONGEST = 64 };
    char out[LONGEST];
    size_t end = len;
    while (end && !is_letter(run[end - 1]) && !is_digit(run[end - 1]))
        end--;
    if (end > LONGEST)
        return;
    for (size_t i = 0; i < end; i++) {
        bool lead = i == 0 && (run[i] == '!' || run[i] == '|' || run[i] == '+');
        out[i] = is_letter(run[i]) || lead ? run[i] : letter_of(run, i, end);
    }
    memcpy(run, out, end);
}

bool bawn_leet_fold(char *t, size_t len, bool after)
{
    bool changed = false;
    if (!shows(t, len, after))
        return false;
    for (size_t i = 0, end; i < len; i = end + 1) {
        bool letters = false, leet = false;
        for (end = i; end < len && (is_letter(t[end]) || is_leet(t[end])); end++) {
            letters |= is_letter(t[end]);
            leet |= is_leet(t[end]);
        }
        if (letters && leet) {
            fold_run(t + i, end - i);
            changed = true;
        }
    }
    return changed;
}

/* leet.c: leetspeak, undone inside a token that shows it and nowhere else.
 *
 * A token shows it when a digit of 0 1 3 4 5 7 or one of @ $ ! stands between letters (one or two of them); when its
 * letters outnumber its digits (three are enough for three); when it has no 2 6 8 9 and no three digits in a row, for
 * those are numbers, versions and names of things; and when it is not an address. One such digit before small letters
 * shows it too (4ll), unless it reads as a quantity (4th, 5pm, 7km).
 *
 * Near a token that shows it less is needed, for up to three tokens behind and before it on its line: a digit at the edge
 * (al1), one of @ $ ! | at the begin or $ at the end, up to two digits for each letter. Two tokens that begin with
 * different signs (!gnore @ll) show it to each other. Each sign is one letter, so the length stays. */
#include "text/fold.h"

static bool is_leet(char c)                                   /* 0 1 3 4 5 7 @ $ ! | + */
{
    if (c >= '0' && c <= '7')
        return (0xBBu >> (c - '0')) & 1;
    return (bawn_text_byte(c) & C_SIGN) != 0;
}
static bool is_letter(char c) { return bawn_is_alpha((unsigned char)c); }
static bool is_digit(char c) { return bawn_is_digit((unsigned char)c); }
static bool is_vowel(char c) { return c && strchr("aeiouAEIOU043@", c) != NULL; }

typedef struct { size_t letters, upper, digits, signs, row; bool between, firm, strange; } counts;

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
        n->row = row > n->row ? row : n->row;
        n->strange |= c >= 0x80 || c == '=' || (bawn_is_digit(c) && !is_leet(t[i]));
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
        "day", "days", "bit", "way", "zip", "ths", "rds", "lbs", "mins", "secs", "hour", "hours", "week", "weeks", "month",
        "months", "year", "years", "yo", "star", "stars", "times", "kwh", "kcal", "cal", "ever", "chan", "some", "bn", "mhz",
        "ghz", "rpm", "mph", "kmh", "kph", "fps", "bps", "mbps", "gbps", "gal", "inch", "feet", "pack", "pcs", "ply", "door",
        "wd", "wheel", "pin", "dp", "sp", "ch", "vw", "vh", "rem", "deg", "rad", "fr", "pointer", "point", "pts", "and", "or",
        "to", "per", "by", "euro", "usd", "eur", "grams", "meters", "metres", "miles", "people", "dprinter", "password" };
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

/* 4ll: one digit, then small letters. */
static bool is_light(bawn_slice t)
{
    size_t lower = 0;
    for (size_t i = 1; i < t.len; i++)
        lower += bawn_is_lower((unsigned char)t.ptr[i]);
    return t.len > 2 && is_digit(t.ptr[0]) && is_leet(t.ptr[0]) && lower + 1 == t.len && !is_quantity(t) &&
           !(t.ptr[0] == '0' && t.ptr[1] == 'x');
}

static bool starts_with_sign(bawn_slice t)
{
    if (t.len < 3 || !is_leet(t.ptr[0]) || is_digit(t.ptr[0]) || t.ptr[0] == '+')
        return false;
    for (size_t i = 1; i < t.len; i++)
        if (!bawn_is_lower((unsigned char)t.ptr[i]))
            return false;
    return true;
}

enum { LONGEST = 48 };

static bool shows(bawn_slice t)
{
    counts n;
    if (t.len < 3 || t.len > LONGEST)
        return false;
    count(&n, t.ptr, t.len);
    if (n.strange || n.row > 2 || n.letters < 2 || is_address(t))
        return false;
    if (is_light(t))
        return true;
    return n.between && n.firm && n.letters >= n.digits + (n.letters < 3) && n.letters >= n.signs &&
           !(n.upper + 1 >= n.letters && n.upper > 1 && n.letters + n.digits <= 4);
}

/* What shows nothing by itself, but counts near a token that does. */
bool bawn_leet_hangs(bawn_slice t)
{
    enum { ROW = 4 };
    counts n;
    if (t.len > LONGEST || t.len < 2 || is_quantity(t))
        return false;
    if (t.len == 2)
        return is_letter(t.ptr[0]) && is_digit(t.ptr[1]) && is_leet(t.ptr[1]);
    count(&n, t.ptr, t.len);
    if (n.strange || n.row > ROW || n.letters < 2 || n.upper > 1 || n.digits > 2 * n.letters || is_address(t))
        return false;
    if (shows(t))
        return t.ptr[0] == '!' || t.ptr[0] == '|';            /* that sign is read as a letter too */
    return n.digits > 0 || starts_with_sign(t) || (t.ptr[t.len - 1] == '$' && is_letter(t.ptr[t.len - 2]));
}

static bool is_punctuation(char c) { return c && strchr(".,;:!?\"'()[]", c) != NULL; }

int bawn_leet_ahead(bawn_slice token, bawn_slice after, bool final)
{
    enum { TOKENS = 3 };
    bool sign = starts_with_sign(token);
    after.len = after.len < BAWN_LEET_SIGHT ? after.len : BAWN_LEET_SIGHT;      /* never more: what is decided hangs on no cut */
    for (size_t n = 0, at = 0, end; n < TOKENS; n++, at = end) {
        while (at < after.len && (after.ptr[at] == ' ' || after.ptr[at] == '\t'))
            at++;
        for (end = at; end < after.len && !bawn_is_space((unsigned char)after.ptr[end]); end++)
            ;
        if (end == after.len && after.len < BAWN_LEET_SIGHT && !final)
            return -1;
        bawn_slice next = { after.ptr + at, end - at };
        while (next.len > 1 && is_punctuation(next.ptr[next.len - 1]))
            next.len--;
        if (next.len == 0)
            return 0;
        if (shows(next) || (sign && starts_with_sign(next) && next.ptr[0] != token.ptr[0]))
            return 1;
    }
    return 0;
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

/* One stretch of letters and signs. Signs at its ends are punctuation or prices, but for $ and @ before a letter, and
 * near other leetspeak ! and | there, and $ behind one. */
static void fold_run(char *run, size_t len, bool near)
{
    enum { MOST = 64 };
    char out[MOST];
    size_t end = len;
    while (end && !is_letter(run[end - 1]) && !is_digit(run[end - 1]) && !(near && run[end - 1] == '$'))
        end--;
    if (end > MOST)
        return;
    for (size_t i = 0; i < end; i++) {
        bool lead = i == 0 && (((run[i] == '!' || run[i] == '|') && !near) || run[i] == '+');
        out[i] = is_letter(run[i]) || lead ? run[i] : letter_of(run, i, end);
    }
    memcpy(run, out, end);
}

bool bawn_leet_fold(char *t, size_t len, bool near)
{
    bool changed = false;
    bawn_slice token = { t, len };
    if (!shows(token) && !(near && bawn_leet_hangs(token)))
        return false;
    for (size_t i = 0, end; i < len; i = end + 1) {
        bool letters = false, leet = false;
        for (end = i; end < len && (is_letter(t[end]) || is_leet(t[end])); end++) {
            letters |= is_letter(t[end]);
            leet |= is_leet(t[end]);
        }
        if (letters && leet) {
            fold_run(t + i, end - i, near);
            changed = true;
        }
    }
    return changed;
}

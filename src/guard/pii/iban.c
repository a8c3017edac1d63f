/* International bank account numbers (ISO 13616): country, its length, ISO 7064 MOD 97-10. Woken by the number run whose
 * first two digits are the check digits; letters may stand anywhere behind. Compact or in groups apart by single spaces. */
#include "guard/pii/pii.h"

static const bawn_kind kinds[] = { BAWN_PII("INTERNATIONAL_BANK_ACCOUNT_NUMBER", BAWN_MASK, "IBAN (country's length, mod 97)") };

/* Country and length, after the SWIFT registry. */
static const struct { char country[3]; uint8_t length; } lengths[] = {
    { "AD", 24 }, { "AE", 23 }, { "AL", 28 }, { "AT", 20 }, { "AZ", 28 }, { "BA", 20 }, { "BE", 16 }, { "BG", 22 }, { "BH", 22 },
    { "BI", 27 }, { "BR", 29 }, { "BY", 28 }, { "CH", 21 }, { "CR", 22 }, { "CY", 28 }, { "CZ", 24 }, { "DE", 22 }, { "DJ", 27 },
    { "DK", 18 }, { "DO", 28 }, { "EE", 20 }, { "EG", 29 }, { "ES", 24 }, { "FI", 18 }, { "FK", 18 }, { "FO", 18 }, { "FR", 27 },
    { "GB", 22 }, { "GE", 22 }, { "GI", 23 }, { "GL", 18 }, { "GR", 27 }, { "GT", 28 }, { "HN", 28 }, { "HR", 21 }, { "HU", 28 },
    { "IE", 22 }, { "IL", 23 }, { "IQ", 23 }, { "IS", 26 }, { "IT", 27 }, { "JO", 30 }, { "KW", 30 }, { "KZ", 20 }, { "LB", 28 },
    { "LC", 32 }, { "LI", 21 }, { "LT", 20 }, { "LU", 20 }, { "LV", 21 }, { "LY", 25 }, { "MC", 27 }, { "MD", 24 }, { "ME", 22 },
    { "MK", 19 }, { "MN", 20 }, { "MR", 27 }, { "MT", 31 }, { "MU", 30 }, { "NI", 28 }, { "NL", 18 }, { "NO", 15 }, { "OM", 23 },
    { "PK", 24 }, { "PL", 28 }, { "PS", 29 }, { "PT", 25 }, { "QA", 29 }, { "RO", 24 }, { "RS", 22 }, { "RU", 33 }, { "SA", 24 },
    { "SC", 31 }, { "SD", 18 }, { "SE", 24 }, { "SI", 19 }, { "SK", 24 }, { "SM", 27 }, { "SO", 23 }, { "ST", 25 }, { "SV", 28 },
    { "TL", 23 }, { "TN", 24 }, { "TR", 26 }, { "UA", 29 }, { "VA", 22 }, { "VG", 24 }, { "XK", 20 }, { "YE", 30 },
};

static char upper(char c) { return bawn_is_lower((unsigned char)c) ? (char)(c - 32) : c; }

static size_t length_of(char a, char b)
{
    for (size_t i = 0; i < BAWN_COUNT(lengths); i++)
        if (lengths[i].country[0] == upper(a) && lengths[i].country[1] == upper(b))
            return lengths[i].length;
    return 0;
}

/* Reads `want` letters and digits, apart by at most one space or hyphen; returns where they end, or 0. */
static size_t read_number(char *out, bawn_probe *p, size_t i, size_t want)
{
    for (size_t n = 0; n < want; i++) {
        int c = bawn_probe_at(p, i);
        if (c < 0)
            return 0;
        if (bawn_is_alnum((unsigned char)c))
            out[n++] = upper((char)c);
        else if ((c != ' ' && c != '-') || !bawn_is_alnum((unsigned char)bawn_probe_back(p, i)))
            return 0;
    }
    return i;
}

static void confirm(bawn_probe *p)
{
    char text[34], turned[34];
    bawn_group g;
    if (bawn_probe_groups(p, &g, 1) == 0 || g.begin < 2 || g.end - g.begin < 2)
        return;
    size_t begin = g.begin - 2, want;
    const char *at = p->text.ptr + begin;
    if (!bawn_is_alpha((unsigned char)at[0]) || !bawn_is_alpha((unsigned char)at[1]) || (want = length_of(at[0], at[1])) == 0)
        return;
    if (!bawn_pii_left(p, begin))
        return;
    size_t end = read_number(text, p, begin, want);
    if (end == 0 || !bawn_probe_word_ends(p, end))
        return;
    memcpy(turned, text + 4, want - 4);
    memcpy(turned + want - 4, text, 4);
    if (bawn_pii_mod97(turned, want) == 1)
        bawn_probe_found(p, 0, begin, end, 0.95f);
}

const bawn_guard bawn_guard_pii_iban = {
    .guard = "pii", .id = "pii.iban",
    .doc = "International bank account numbers of all registered countries: length and mod 97.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .digits_min = 2, .digits_max = 255, .confirm = confirm,
};

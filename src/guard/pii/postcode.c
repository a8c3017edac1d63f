/* Postal codes that stand alone, beside a word that says so; those behind a street belong to the address (address.c).
 * Great Britain: the letters that BS 7666 lets stand in each place; Canada: those of Canada Post (no D, F, I, O, Q, U, and
 * no W or Z in front); Germany: 01001 to 99998, two zeros never in front; United States: five digits or ZIP+4. */
#include "guard/pii/pii.h"

enum { UK, CA, DE, US };

static const bawn_kind kinds[] = {
    [UK] = BAWN_PII("UK_POSTCODE", BAWN_MASK, "British postcode, beside a word that says so"),
    [CA] = BAWN_PII("CA_POSTAL_CODE", BAWN_MASK, "Canadian postal code, beside a word that says so"),
    [DE] = BAWN_PII("DE_PLZ", BAWN_MASK, "German Postleitzahl, beside a word that says so"),
    [US] = BAWN_PII("US_ZIP_CODE", BAWN_MASK, "US ZIP code, beside a word that says so"),
};

#define UK_WORDS BAWN_PII_WORDS("postcode", "postcodes", "post code", "postal code", "zip", "address", "i live at", "i live in")
#define CA_WORDS BAWN_PII_WORDS("postal code", "postal codes", "code postal", "postcode", "zip", "address", "adresse", "i live in", "j'habite")
#define DE_WORDS BAWN_PII_WORDS("plz", "postleitzahl", "postleitzahlen", "german postal code", "german postcode")
#define US_WORDS BAWN_PII_WORDS("zip", "zip code", "zipcode", "zip codes", "zip+4")

static bool none_of(const char *s, size_t n, const char *letters)
{
    for (size_t i = 0; i < n; i++)
        if (strchr(letters, s[i]))
            return false;
    return true;
}

/* Outward (two to four signs), then a digit and two letters. */
static bool uk(const char *s)
{
    size_t inward = strlen(s) - 3;
    return !strchr("QVX", s[0]) && !strchr("IJZ", s[1]) && none_of(s + inward + 1, 2, "CIKMOV");
}

static bool ca(const char *s) { return !strchr("WZ", s[0]) && none_of(s, 6, "DFIOQU"); }
static bool de(const char *s)
{
    int number = bawn_pii_number(s + (s[0] == 'D'), 5);
    return number >= 1001 && number <= 99998;
}

static bool us(const char *s) { return bawn_pii_number(s, 5) >= 501 && bawn_pii_number(s, 5) <= 99950; }

static const bawn_pii_id rows[] = {
    { UK, 1, "A9 9AA", uk, 0, 0.8f, UK_WORDS },   { UK, 2, "A99 9AA", uk, 0, 0.8f, UK_WORDS },
    { UK, 1, "AA9 9AA", uk, 0, 0.8f, UK_WORDS },  { UK, 2, "AA99 9AA", uk, 0, 0.8f, UK_WORDS },
    { UK, 1, "A9A 9AA", uk, 0, 0.8f, UK_WORDS },  { UK, 1, "AA9A 9AA", uk, 0, 0.8f, UK_WORDS },
    { UK, 1, "AA9A9AA", uk, 0, 0.8f, UK_WORDS },
    { CA, 1, "A9A 9A9", ca, 0, 0.8f, CA_WORDS },  { CA, 1, "A9A-9A9", ca, 0, 0.8f, CA_WORDS },
    { CA, 1, "A9A9A9", ca, 0, 0.8f, CA_WORDS },
    { DE, 5, "D-99999", de, 0, 0.95f, DE_WORDS }, { DE, 5, "99999", de, 0, 0.8f, DE_WORDS },
    { US, 5, "99999-9999", us, 0, 0.95f, US_WORDS }, { US, 5, "99999", us, 0, 0.8f, US_WORDS },
};

static void confirm(bawn_probe *p) { bawn_pii_ids(p, rows, BAWN_COUNT(rows)); }

const bawn_guard bawn_guard_pii_postcode = {
    .guard = "pii", .id = "pii.postcode",
    .doc = "Postal codes of Great Britain, Canada, Germany and the United States by the letters and numbers that they may have, "
           "beside a word that says so.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .digits_min = 1, .digits_max = 255, .confirm = confirm,
};

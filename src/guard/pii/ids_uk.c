/* Identifiers of the United Kingdom and Ireland: NHS number (mod 11), national insurance number (HMRC's prefix rules),
 * unique taxpayer reference (mod 11 after HMRC), passport, postcode-free vehicle marks of 2001, the driver number (DVLA:
 * surname, birth date, initials, checks that are not published), the Irish PPS number. */
#include "guard/pii/pii.h"

enum { NHS, NINO, UTR, PASSPORT, PLATE, DRIVER, PPS };

static const bawn_kind kinds[] = {
    [NHS] = BAWN_PII("UK_NATIONAL_HEALTH_SERVICE_NUMBER", BAWN_MASK, "NHS number (mod 11), beside a word that says so"),
    [NINO] = BAWN_PII("UK_NATIONAL_INSURANCE_NUMBER", BAWN_MASK, "UK national insurance number"),
    [UTR] = BAWN_PII("UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER", BAWN_MASK, "UK unique taxpayer reference, beside a word that says so"),
    [PASSPORT] = BAWN_PII("UK_PASSPORT", BAWN_MASK, "British passport number, beside a word that says so"),
    [PLATE] = BAWN_PII("LICENSE_PLATE", BAWN_MASK, "vehicle registration mark, beside a word that says so"),
    [DRIVER] = BAWN_PII("DRIVER_ID", BAWN_MASK, "British driver number"),
    [PPS] = BAWN_PII("IE_PPS", BAWN_MASK, "Irish personal public service number (mod 23), beside a word that says so"),
};

#define NHS_WORDS BAWN_PII_WORDS("nhs", "national health", "health service", "health services", "patient", "hospital number")
#define NINO_WORDS BAWN_PII_WORDS("national insurance", "ni number", "nino", "ni no", "insurance number")
#define UTR_WORDS BAWN_PII_WORDS("utr", "unique taxpayer", "taxpayer reference", "self assessment", "self-assessment")
#define PASSPORT_WORDS BAWN_PII_WORDS("uk passport", "british passport", "gbr passport", "hm passport", "united kingdom passport")
#define PLATE_WORDS BAWN_PII_WORDS("registration", "number plate", "licence plate", "license plate", "reg", "plate", "vehicle", "car", "vrm", "vrn")

static bool nhs(const char *s)
{
    int check = 11 - bawn_pii_sum(s, "A98765432") % 11;
    return !bawn_pii_same(s, 10) && (check == 11 ? 0 : check) == bawn_pii_digit(s[9]);
}

static bool nino(const char *s)
{
    static const char *const never[] = { "BG", "GB", "KN", "NK", "NT", "TN", "ZZ" };
    if (strchr("DFIQUV", s[0]) || strchr("DFIQUVO", s[1]) || !strchr("ABCD", s[8]))
        return false;
    for (size_t i = 0; i < BAWN_COUNT(never); i++)
        if (memcmp(s, never[i], 2) == 0)
            return false;
    return true;
}

static bool utr(const char *s) { return "21987654321"[bawn_pii_sum(s + 1, "6789A5432") % 11] == s[0]; }

/* Two letters of a place, age 02 to 29 or 51 to 79, three letters; no I, Q (nor Z in front). */
static bool mark_2001(const char *s)
{
    int age = bawn_pii_number(s + 2, 2);
    return !strpbrk(s, "IQ") && s[0] != 'Z' && ((age >= 2 && age <= 29) || (age >= 51 && age <= 79));
}

/* Five letters of the surname, filled up with nines; decade, month (51 to 62: a woman), day, year; initials; checks. */
static bool driver(const char *s)
{
    int month = bawn_pii_number(s + 6, 2), n = 0;
    while (n < 5 && bawn_is_upper((unsigned char)s[n]))
        n++;
    for (int i = n; i < 5; i++)
        if (s[i] != '9')
            return false;
    return n > 0 && bawn_pii_date(month > 50 ? month - 50 : month, bawn_pii_number(s + 8, 2)) && bawn_is_upper((unsigned char)s[11])
        && (bawn_is_upper((unsigned char)s[12]) || s[12] == '9') && bawn_is_upper((unsigned char)s[14]) && bawn_is_upper((unsigned char)s[15]);
}

static bool pps(const char *s)
{
    int sum = bawn_pii_sum(s, "8765432") + (s[8] ? 9 * (s[8] == 'W' ? 0 : s[8] - 'A' + 1) : 0);
    return "WABCDEFGHIJKLMNOPQRSTUV"[sum % 23] == s[7];
}

static const bawn_pii_id rows[] = {
    { NHS, 3, "999_999_9999", nhs, 0, 0.95f, NHS_WORDS },
    { NHS, 10, "9999999999", nhs, 0, 0.95f, NHS_WORDS },
    { NINO, 6, "AA999999A", nino, 0.8f, 0.95f, NINO_WORDS },
    { NINO, 2, "AA_99_99_99_A", nino, 0.8f, 0.95f, NINO_WORDS },
    { NINO, 2, "AA99 99 99A", nino, 0.8f, 0.95f, NINO_WORDS },
    { UTR, 10, "9999999999", utr, 0, 0.95f, UTR_WORDS },
    { UTR, 10, "9999999999", NULL, 0, 0.6f, UTR_WORDS },
    { UTR, 5, "99999_99999", NULL, 0, 0.8f, UTR_WORDS },
    { PASSPORT, 9, "999999999", NULL, 0, 0.8f, PASSPORT_WORDS },
    { PLATE, 2, "AA99 AAA", mark_2001, 0, 0.8f, PLATE_WORDS },
    { PLATE, 2, "AA99AAA", mark_2001, 0, 0.8f, PLATE_WORDS },
    { DRIVER, 0, "XXXXX999999XXXXX", driver, 0.8f, 0.95f, BAWN_PII_WORDS("driving licence", "driver number", "driving license", "dvla", "licence") },
    { PPS, 7, "9999999A", pps, 0, 0.95f, BAWN_PII_WORDS("pps", "ppsn", "personal public service", "pps number") },
    { PPS, 7, "9999999AA", pps, 0, 0.95f, BAWN_PII_WORDS("pps", "ppsn", "personal public service", "pps number") },
};

static void confirm(bawn_probe *p) { bawn_pii_ids(p, rows, BAWN_COUNT(rows)); }

const bawn_guard bawn_guard_pii_ids_uk = {
    .guard = "pii", .id = "pii.ids_uk",
    .doc = "Identifiers of the United Kingdom and Ireland by shape, issue rules and check digit; weak ones only beside a "
           "word that names them.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .digits_min = 2, .digits_max = 255, .confirm = confirm,
};

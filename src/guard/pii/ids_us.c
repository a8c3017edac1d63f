/* Identifiers of the United States, and of payment and vehicles as written there: social security, taxpayer, passport,
 * routing (ABA), Medicare and provider numbers, DEA licences, vehicle identification numbers.
 * Rules: SSA (areas never issued), IRS publication 1915 (ITIN groups), ABA check digit 3-7-1, NPI: Luhn after 80840,
 * CMS MBI format of 2018, DEA check digit, 49 CFR 565.15 (VIN check digit), IRS's list of EIN prefixes. */
#include "guard/pii/pii.h"

enum { SSN, ITIN, PASSPORT, ROUTING, NPI, MBI, DEA, VIN, EIN };

static const bawn_kind kinds[] = {
    [SSN] = BAWN_PII("US_SOCIAL_SECURITY_NUMBER", BAWN_MASK, "US social security number"),
    [ITIN] = BAWN_PII("US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER", BAWN_MASK, "US individual taxpayer number"),
    [PASSPORT] = BAWN_PII("US_PASSPORT_NUMBER", BAWN_MASK, "US passport number, beside a word that says so"),
    [ROUTING] = BAWN_PII("US_BANK_ROUTING_NUMBER", BAWN_MASK, "US bank routing number (ABA check digit), beside a word that says so"),
    [NPI] = BAWN_PII("US_NPI", BAWN_MASK, "US national provider identifier, beside a word that says so"),
    [MBI] = BAWN_PII("US_MBI", BAWN_MASK, "US Medicare beneficiary identifier"),
    [DEA] = BAWN_PII("MEDICAL_LICENSE", BAWN_MASK, "US DEA registration number of a prescriber, beside a word that says so"),
    [EIN] = BAWN_PII("US_PROVIDER_TAX_ID", BAWN_MASK, "US employer identification number (EIN) of a provider, beside a word that says so"),
    [VIN] = BAWN_PII("VEHICLE_IDENTIFICATION_NUMBER", BAWN_MASK, "vehicle identification number: check digit or a word that says so"),
};

#define SSN_WORDS BAWN_PII_WORDS("ssn", "ssns", "ssn#", "social security", "social", "seguro social", "numéro de sécurité sociale", "taxpayer", "tax id")
#define ITIN_WORDS BAWN_PII_WORDS("itin", "taxpayer", "tax id", "tax", "irs", "individual taxpayer")
#define PASSPORT_WORDS BAWN_PII_WORDS("passport", "us passport", "passport#", "travel document")
#define EIN_WORDS BAWN_PII_WORDS("ein", "fein", "employer identification", "federal tax", "tax id", "tax identification", "provider tax", "irs")
#define ROUTING_WORDS BAWN_PII_WORDS("routing", "aba", "rtn", "aba/rtn", "transit number", "wire")
#define VIN_WORDS BAWN_PII_WORDS("vin", "vehicle identification", "chassis", "fahrgestellnummer", "fin", "fahrzeug-ident", \
    "fahrzeugidentifizierungsnummer", "numéro de châssis", "bastidor", "telaio", "chassisnummer", "numer vin", "şasi")

static bool area_issued(const char *s)
{
    int area = bawn_pii_number(s, 3);
    return area != 0 && area != 666 && area < 900 && bawn_pii_number(s + 3, 2) != 0 && bawn_pii_number(s + 5, 4) != 0;
}

/* 078-05-1120 and 219-09-9999 were printed in advertisements and belong to nobody. */
static bool ssn(const char *s) { return area_issued(s) && memcmp(s, "078051120", 9) != 0 && memcmp(s, "219099999", 9) != 0; }

static bool itin(const char *s)
{
    int group = bawn_pii_number(s + 3, 2);
    return s[0] == '9' && ((group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group != 93 && group <= 99));
}

static bool routing(const char *s)
{
    int first = bawn_pii_number(s, 2);
    bool district = first <= 12 || (first >= 21 && first <= 32) || (first >= 61 && first <= 72) || first == 80;
    return district && !bawn_pii_same(s, 9) && bawn_pii_sum(s, "371371371") % 10 == 0;
}

static bool npi(const char *s)
{
    char full[15] = "80840";
    memcpy(full + 5, s, 10);
    return (s[0] == '1' || s[0] == '2') && bawn_pii_luhn(full, 15);
}

static bool mbi(const char *s)
{
    for (const char *c = s; *c; c++)
        if (strchr("SLOIBZ", *c))
            return false;
    return s[0] != '0' && bawn_is_upper((unsigned char)s[1]) && bawn_is_upper((unsigned char)s[4]);
}

static bool dea(const char *s)
{
    int sum = bawn_pii_sum(s + 2, "101010") + 2 * bawn_pii_sum(s + 2, "010101");
    return strchr("ABCDEFGHJKLMPRSTUX", s[0]) && sum % 10 == bawn_pii_digit(s[8]);
}

/* The prefixes that the IRS assigns; 07 to 09, 17 to 19 and the like have never been. */
static bool ein(const char *s)
{
    static const char never[] = "00 07 08 09 17 18 19 28 29 49 69 70 78 79 89 96 97 ";
    char prefix[] = { s[0], s[1], ' ', '\0' };
    return !strstr(never, prefix) && !bawn_pii_same(s + 2, 7);
}

static bool passport(const char *s) { return !bawn_pii_same(s + 1, strlen(s) - 1); }

/* The value of each sign in a VIN; I, O, Q do not occur. */
static int vin_value(char c)
{
    static const char letters[] = "12345678012345070923456789"; /* A to Z; 0 where the letter may not stand */
    return bawn_is_digit((unsigned char)c) ? c - '0' : letters[c - 'A'] - '0';
}

static bool vin_signs(const char *s)
{
    int letters = 0, digits = 0;
    for (int i = 0; i < 17; i++) {
        if (s[i] == 'I' || s[i] == 'O' || s[i] == 'Q')
            return false;
        bawn_is_digit((unsigned char)s[i]) ? digits++ : letters++;
    }
    return letters >= 2 && digits >= 1;
}

static bool vin_checked(const char *s)
{
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += vin_value(s[i]) * bawn_pii_value("8765432A098765432"[i]);
    return vin_signs(s) && bawn_is_digit((unsigned char)s[15]) && bawn_is_digit((unsigned char)s[16]) && "0123456789X"[sum % 11] == s[8];
}

static const bawn_pii_id rows[] = {
    { SSN, 3, "999-99-9999", ssn, 0.8f, 0.95f, SSN_WORDS },
    { SSN, 3, "999_99_9999", ssn, 0, 0.95f, SSN_WORDS },
    { SSN, 3, "999 99-9999", ssn, 0, 0.95f, SSN_WORDS },
    { SSN, 9, "999999999", ssn, 0, 0.95f, SSN_WORDS },
    { ITIN, 3, "999_99_9999", itin, 0.8f, 0.95f, ITIN_WORDS },
    { ITIN, 9, "999999999", itin, 0, 0.95f, ITIN_WORDS },
    { PASSPORT, 9, "999999999", passport, 0, 0.8f, PASSPORT_WORDS },
    { PASSPORT, 8, "A99999999", passport, 0, 0.8f, PASSPORT_WORDS },
    { ROUTING, 9, "999999999", routing, 0, 0.95f, ROUTING_WORDS },
    { ROUTING, 4, "9999-9999-9", routing, 0, 0.95f, ROUTING_WORDS },
    { NPI, 10, "9999999999", npi, 0, 0.95f, BAWN_PII_WORDS("npi", "national provider", "provider identifier", "provider id", "provider number") },
    { MBI, 1, "9AX9AX9AA99", mbi, 0.8f, 0.95f, BAWN_PII_WORDS("mbi", "medicare", "beneficiary") },
    { MBI, 1, "9AX9-AX9-AA99", mbi, 0.8f, 0.95f, BAWN_PII_WORDS("mbi", "medicare", "beneficiary") },
    { EIN, 2, "99-9999999", ein, 0, 0.95f, EIN_WORDS },
    { EIN, 9, "999999999", ein, 0, 0.8f, BAWN_PII_WORDS("ein", "fein", "employer identification") },
    { DEA, 7, "AA9999999", dea, 0, 0.95f, BAWN_PII_WORDS("dea", "prescriber", "medical license", "medical licence", "certificate", "physician") },
    { VIN, 0, "XXXXXXXXXXXXXXXXX", vin_checked, 0.8f, 0.95f, VIN_WORDS },
    { VIN, 0, "XXXXXXXXXXXXXXXXX", vin_signs, 0, 0.95f, VIN_WORDS },
};

static void confirm(bawn_probe *p) { bawn_pii_ids(p, rows, BAWN_COUNT(rows)); }

const bawn_guard bawn_guard_pii_ids_us = {
    .guard = "pii", .id = "pii.ids_us",
    .doc = "Identifiers of the United States by shape, issue rules and check digit; those with neither only beside a word "
           "that names them.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .digits_min = 1, .digits_max = 255, .confirm = confirm,
};

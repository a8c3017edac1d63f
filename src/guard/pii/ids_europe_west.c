/* Identifiers of Germany, Austria, Switzerland, France, Belgium, the Netherlands, Spain, Portugal and Italy.
 * Checks: Steuer-ID ISO 7064 MOD 11,10 (Paragraph 139b AO: one digit twice or thrice); Personalausweis and Reisepass
 * 7-3-1; Versicherungsnummer VKVV paragraph 4; Krankenversichertennummer paragraph 290 SGB V; Arztnummer (KBV) weights 4 and 9;
 * USt-IdNr ISO 7064 MOD 11,10; AHV13 EAN-13; NIR and BE 97 - n mod 97; BSN elfproef; NIF/NIE mod 23;
 * codice fiscale decree of 23-12-1976; partita IVA Luhn. */
#include "guard/pii/pii.h"

enum { DE_TAX, DE_CARD, DE_PASSPORT, DE_SOCIAL, AT_SOCIAL, CH_AHV, FR_NIR, BE_NN, NL_BSN, ES_NIF, ES_NIE, PT_NIF, IT_FISCAL,
       IT_VAT, IT_LICENCE, IT_CARD, IT_PASSPORT, FR_PASSPORT, ES_PASSPORT, DE_HEALTH, DE_VAT, DE_TAX_NUMBER, DE_DOCTOR,
       DE_PRACTICE, DE_REGISTER };

static const bawn_kind kinds[] = {
    [DE_TAX] = BAWN_PII("DE_TAX_ID", BAWN_MASK, "German Steuer-Identifikationsnummer, beside a word that says so"),
    [DE_CARD] = BAWN_PII("DE_ID_CARD", BAWN_MASK, "German Personalausweis number, beside a word that says so"),
    [DE_PASSPORT] = BAWN_PII("DE_PASSPORT", BAWN_MASK, "German Reisepass number, beside a word that says so"),
    [DE_SOCIAL] = BAWN_PII("DE_SOCIAL_SECURITY", BAWN_MASK, "German Sozialversicherungsnummer"),
    [AT_SOCIAL] = BAWN_PII("AT_SOCIAL_SECURITY", BAWN_MASK, "Austrian Sozialversicherungsnummer, beside a word that says so"),
    [CH_AHV] = BAWN_PII("CH_AHV", BAWN_MASK, "Swiss AHV/AVS number"),
    [FR_NIR] = BAWN_PII("FR_NIR", BAWN_MASK, "French social security number (NIR)"),
    [BE_NN] = BAWN_PII("BE_NATIONAL_NUMBER", BAWN_MASK, "Belgian national register number"),
    [NL_BSN] = BAWN_PII("NL_BSN", BAWN_MASK, "Dutch burgerservicenummer, beside a word that says so"),
    [ES_NIF] = BAWN_PII("ES_NIF", BAWN_MASK, "Spanish DNI/NIF"),
    [ES_NIE] = BAWN_PII("ES_NIE", BAWN_MASK, "Spanish foreigner's number (NIE)"),
    [PT_NIF] = BAWN_PII("PT_NIF", BAWN_MASK, "Portuguese taxpayer number, beside a word that says so"),
    [IT_FISCAL] = BAWN_PII("IT_FISCAL_CODE", BAWN_MASK, "Italian codice fiscale"),
    [IT_VAT] = BAWN_PII("IT_VAT_CODE", BAWN_MASK, "Italian partita IVA, beside a word that says so"),
    [IT_LICENCE] = BAWN_PII("IT_DRIVER_LICENSE", BAWN_MASK, "Italian driving licence, beside a word that says so"),
    [IT_CARD] = BAWN_PII("IT_IDENTITY_CARD", BAWN_MASK, "Italian identity card, beside a word that says so"),
    [IT_PASSPORT] = BAWN_PII("IT_PASSPORT", BAWN_MASK, "Italian passport, beside a word that says so"),
    [FR_PASSPORT] = BAWN_PII("FR_PASSPORT", BAWN_MASK, "French passport, beside a word that says so"),
    [ES_PASSPORT] = BAWN_PII("ES_PASSPORT", BAWN_MASK, "Spanish passport, beside a word that says so"),
    [DE_HEALTH] = BAWN_PII("DE_HEALTH_INSURANCE", BAWN_MASK, "German Krankenversichertennummer, beside a word that says so"),
    [DE_VAT] = BAWN_PII("DE_VAT_ID", BAWN_MASK, "German Umsatzsteuer-Identifikationsnummer"),
    [DE_TAX_NUMBER] = BAWN_PII("DE_TAX_NUMBER", BAWN_MASK, "German Steuernummer, beside a word that says so"),
    [DE_DOCTOR] = BAWN_PII("DE_LANR", BAWN_MASK, "German lifelong number of a doctor (LANR), beside a word that says so"),
    [DE_PRACTICE] = BAWN_PII("DE_BSNR", BAWN_MASK, "German number of a doctor's practice (BSNR), beside a word that says so"),
    [DE_REGISTER] = BAWN_PII("DE_HANDELSREGISTER", BAWN_MASK, "German Handelsregister number, beside a word that says so"),
};

#define DE_TAX_WORDS BAWN_PII_WORDS("steuer-id", "steuerid", "steuer-identifikationsnummer", "steueridentifikationsnummer", \
    "idnr", "steuer-idnr", "steuernummer", "identifikationsnummer", "tax id", "tin")
#define DE_CARD_WORDS BAWN_PII_WORDS("personalausweis", "personalausweisnummer", "ausweisnummer", "ausweis", "ausweis-nr", "perso", "id card", "identity card")
#define DE_PASSPORT_WORDS BAWN_PII_WORDS("reisepass", "reisepassnummer", "passnummer", "pass-nr", "passport", "reisepass-nr")
#define DE_SOCIAL_WORDS BAWN_PII_WORDS("sozialversicherungsnummer", "sozialversicherung", "versicherungsnummer", "rentenversicherungsnummer", "sv-nummer", "rvnr", "svnr")
#define DE_HEALTH_WORDS BAWN_PII_WORDS("krankenversichertennummer", "krankenversicherungsnummer", "versichertennummer", "kvnr", "gesundheitskarte", \
    "krankenkasse", "krankenversicherung", "egk")
#define DE_NUMBER_WORDS BAWN_PII_WORDS("steuernummer", "steuer-nr", "steuernr", "st.-nr", "st-nr", "finanzamt")
#define DE_REGISTER_WORDS BAWN_PII_WORDS("handelsregister", "amtsgericht", "registergericht", "handelsregisternummer")
#define AT_WORDS BAWN_PII_WORDS("svnr", "sozialversicherungsnummer", "sv-nummer", "versicherungsnummer", "sozialversicherung")
#define CH_WORDS BAWN_PII_WORDS("ahv", "avs", "ahv-nummer", "ahvn13", "navs13", "numéro avs", "sozialversicherungsnummer")
#define NIR_WORDS BAWN_PII_WORDS("nir", "sécurité sociale", "securite sociale", "numéro de sécu", "insee", "numéro de sécurité sociale", "vitale")
#define BE_WORDS BAWN_PII_WORDS("rijksregisternummer", "registre national", "nn", "numéro national", "insz", "niss", "national number", "rijksregister")
#define BSN_WORDS BAWN_PII_WORDS("bsn", "burgerservicenummer", "sofinummer", "sofi-nummer", "citizen service number")
#define NIF_WORDS BAWN_PII_WORDS("dni", "nif", "documento nacional", "identidad", "documento")
#define PT_WORDS BAWN_PII_WORDS("nif", "contribuinte", "número fiscal", "numero fiscal", "nipc", "identificação fiscal")
#define CARD_WORDS BAWN_PII_WORDS("carta d'identità", "carta di identità", "carta d'identita", "carta identità", "identity card", "cie", "documento d'identità", "documento")
#define LICENCE_WORDS BAWN_PII_WORDS("patente", "patente di guida", "driving licence", "driver license", "driver's license")

static bool de_tax(const char *s)
{
    int counts[10] = { 0 }, repeated = 0;
    for (int i = 0; i < 10; i++)
        repeated += ++counts[bawn_pii_digit(s[i])] == 2;
    return s[0] != '0' && repeated == 1 && bawn_pii_mod11_10(s, 11);
}

/* Signs of German document numbers: digits and consonants that cannot be misread. */
static bool de_document(const char *s)
{
    int digits = 0;
    for (int i = 0; i < 9; i++) {
        if (!strchr("0123456789CFGHJKLMNPRTVWXYZ", s[i]))
            return false;
        digits += bawn_is_digit((unsigned char)s[i]) != 0;
    }
    return digits >= 2;
}

static bool de_document_checked(const char *s)
{
    int sum = 0;
    for (int i = 0; i < 9; i++)
        sum += bawn_pii_value(s[i]) * (i % 3 == 0 ? 7 : i % 3 == 1 ? 3 : 1);
    return de_document(s) && sum % 10 == bawn_pii_digit(s[9]);
}

/* A letter is two digits, A is 01. */
static void letter_digits(char out[2], char letter)
{
    int n = letter - 'A' + 1;
    out[0] = (char)('0' + n / 10);
    out[1] = (char)('0' + n % 10);
}

/* Products of digits and weights, each counted by its digit sum. */
static int digit_sums(const char *s, const char *weights)
{
    int sum = 0;
    for (size_t i = 0; weights[i]; i++) {
        int product = bawn_pii_digit(s[i]) * bawn_pii_digit(weights[i]);
        sum += product / 10 + product % 10;
    }
    return sum;
}

/* 2 area, 6 birth date, letter, 2 serial, check. */
static bool de_social(const char *s)
{
    char full[12];
    memcpy(full, s, 8);
    letter_digits(full + 8, s[8]);
    memcpy(full + 10, s + 9, 2);
    int day = bawn_pii_number(s + 2, 2), month = bawn_pii_number(s + 4, 2);
    return digit_sums(full, "212571212121") % 10 == bawn_pii_digit(s[11]) && bawn_pii_date(month, day > 50 ? day - 50 : day);
}

/* Letter, eight digits, check. */
static bool de_health(const char *s)
{
    char full[10];
    letter_digits(full, s[0]);
    memcpy(full + 2, s + 1, 8);
    return digit_sums(full, "1212121212") % 10 == bawn_pii_digit(s[9]);
}

static bool de_vat(const char *s) { return s[2] != '0' && bawn_pii_mod11_10(s + 2, 9); }
static bool de_doctor(const char *s) { return !bawn_pii_same(s, 9) && (bawn_pii_sum(s, "494949") + bawn_pii_digit(s[6])) % 10 == 0; }

static bool at_social(const char *s)
{
    return s[0] != '0' && (bawn_pii_sum(s, "379") + bawn_pii_sum(s + 4, "584216")) % 11 == bawn_pii_digit(s[3]) &&
           bawn_pii_number(s + 6, 2) <= 15 && bawn_pii_number(s + 4, 2) <= 31;
}

static bool ch_ahv(const char *s) { return memcmp(s, "756", 3) == 0 && bawn_pii_sum(s, "1313131313131") % 10 == 0; }

/* Sex, year, month, department (2A, 2B for Corsica), commune, order, key. */
static bool fr_nir(const char *s)
{
    char digits[16];
    memcpy(digits, s, 15);
    digits[15] = '\0';
    int corsica = s[6] == 'A' ? 19 : s[6] == 'B' ? 18 : -1;
    if (corsica > 0) {
        digits[5] = '1';
        digits[6] = (char)('0' + corsica - 10);
    }
    for (int i = 0; i < 15; i++)
        if (!bawn_is_digit((unsigned char)digits[i]))
            return false;
    int month = bawn_pii_number(s + 3, 2);
    bool month_holds = (month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50;
    return strchr("123478", s[0]) && month_holds && 97 - bawn_pii_mod97(digits, 13) == bawn_pii_number(s + 13, 2);
}

/* Nine digits and 97 - n mod 97; for births since 2000 with a 2 in front. */
static bool be_number(const char *s)
{
    char late[11] = "2";
    int check = bawn_pii_number(s + 9, 2);
    memcpy(late + 1, s, 9);
    return bawn_pii_number(s + 2, 2) % 20 <= 12 && bawn_pii_number(s + 4, 2) <= 31 &&
           (97 - bawn_pii_mod97(s, 9) == check || 97 - bawn_pii_mod97(late, 10) == check);
}

static bool nl_bsn(const char *s)
{
    return !bawn_pii_same(s, 9) && (bawn_pii_sum(s, "98765432") - bawn_pii_digit(s[8])) % 11 == 0;
}

static bool es_nif(const char *s) { return "TRWAGMYFPDXBNJZSQVHLCKE"[bawn_pii_number(s, 8) % 23] == s[8]; }

static bool es_nie(const char *s)
{
    if (s[0] < 'X' || s[0] > 'Z')
        return false;
    return "TRWAGMYFPDXBNJZSQVHLCKE"[((s[0] - 'X') * 10000000 + bawn_pii_number(s + 1, 7)) % 23] == s[8];
}

static bool pt_nif(const char *s)
{
    int check = 11 - bawn_pii_sum(s, "98765432") % 11;
    return s[0] != '0' && (check > 9 ? 0 : check) == bawn_pii_digit(s[8]);
}

/* Odd places count by this table, even ones by their value; digits may be written as letters (omocodia). */
static bool it_fiscal(const char *s)
{
    static const uint8_t odd[] = { 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23 };
    int sum = 0;
    if (!strchr("ABCDEHLMPRST", s[8]))
        return false;
    for (int i = 0; i < 15; i++) {
        int v = bawn_is_digit((unsigned char)s[i]) ? s[i] - '0' : s[i] - 'A';
        sum += i % 2 == 0 ? odd[v] : v;
    }
    return 'A' + sum % 26 == s[15];
}

static bool it_vat(const char *s) { return bawn_pii_luhn(s, 11) && !bawn_pii_same(s, 11); }

static bool it_vat_prefixed(const char *s) { return it_vat(s + 2); }

static const bawn_pii_id rows[] = {
    { DE_TAX, 11, "99999999999", de_tax, 0, 0.95f, DE_TAX_WORDS },
    { DE_TAX, 2, "99_999_999_999", de_tax, 0, 0.95f, DE_TAX_WORDS },
    { DE_CARD, 0, "AXXXXXXXX9", de_document_checked, 0, 0.95f, DE_CARD_WORDS },
    { DE_CARD, 0, "AXXXXXXXX", de_document, 0, 0.8f, DE_CARD_WORDS },
    { DE_PASSPORT, 0, "AXXXXXXXX9", de_document_checked, 0, 0.95f, DE_PASSPORT_WORDS },
    { DE_PASSPORT, 0, "AXXXXXXXX", de_document, 0, 0.8f, DE_PASSPORT_WORDS },
    { DE_SOCIAL, 8, "99999999A999", de_social, 0.8f, 0.95f, DE_SOCIAL_WORDS },
    { DE_SOCIAL, 2, "99 999999 A 999", de_social, 0.95f, 0.95f, DE_SOCIAL_WORDS },
    { AT_SOCIAL, 10, "9999999999", at_social, 0, 0.95f, AT_WORDS },
    { AT_SOCIAL, 4, "9999 999999", at_social, 0, 0.95f, AT_WORDS },
    { CH_AHV, 3, "999.9999.9999.99", ch_ahv, 0.95f, 0.95f, CH_WORDS },
    { CH_AHV, 13, "9999999999999", ch_ahv, 0.8f, 0.95f, CH_WORDS },
    { FR_NIR, 15, "999999999999999", fr_nir, 0.8f, 0.95f, NIR_WORDS },
    { FR_NIR, 1, "9_99_99_9X_999_999_99", fr_nir, 0.95f, 0.95f, NIR_WORDS },
    { FR_NIR, 6, "999999A99999999", fr_nir, 0.8f, 0.95f, NIR_WORDS },
    { BE_NN, 2, "99.99.99-999.99", be_number, 0.95f, 0.95f, BE_WORDS },
    { BE_NN, 11, "99999999999", be_number, 0, 0.95f, BE_WORDS },
    { NL_BSN, 9, "999999999", nl_bsn, 0, 0.95f, BSN_WORDS },
    { NL_BSN, 4, "9999_99_999", nl_bsn, 0, 0.95f, BSN_WORDS },
    { ES_NIF, 8, "99999999A", es_nif, 0.8f, 0.95f, NIF_WORDS },
    { ES_NIF, 8, "99999999-A", es_nif, 0.8f, 0.95f, NIF_WORDS },
    { ES_NIF, 2, "99.999.999-A", es_nif, 0.95f, 0.95f, NIF_WORDS },
    { ES_NIE, 7, "A9999999A", es_nie, 0.8f, 0.95f, BAWN_PII_WORDS("nie", "extranjero", "identidad", "tie") },
    { ES_NIE, 7, "A-9999999-A", es_nie, 0.8f, 0.95f, BAWN_PII_WORDS("nie", "extranjero", "identidad", "tie") },
    { PT_NIF, 9, "999999999", pt_nif, 0, 0.95f, PT_WORDS },
    { PT_NIF, 3, "999_999_999", pt_nif, 0, 0.95f, PT_WORDS },
    { IT_FISCAL, 2, "AAAAAA99A99A999A", it_fiscal, 0.95f, 0.95f, BAWN_PII_WORDS("codice fiscale", "cf", "c.f") },
    { IT_FISCAL, 0, "AAAAAAXXAXXAXXXA", it_fiscal, 0.8f, 0.95f, BAWN_PII_WORDS("codice fiscale", "cf", "c.f") },
    { IT_VAT, 11, "IT99999999999", it_vat_prefixed, 0.8f, 0.95f, BAWN_PII_WORDS("partita iva", "p.iva", "p. iva", "iva", "piva", "vat") },
    { IT_VAT, 11, "IT 99999999999", it_vat_prefixed, 0, 0.95f, BAWN_PII_WORDS("partita iva", "p.iva", "p. iva", "iva", "piva", "vat") },
    { IT_VAT, 11, "99999999999", it_vat, 0, 0.95f, BAWN_PII_WORDS("partita iva", "p.iva", "p. iva", "iva", "piva", "vat") },
    { IT_LICENCE, 7, "AA9999999A", NULL, 0, 0.8f, LICENCE_WORDS },
    { IT_LICENCE, 0, "U1XXXXXXXA", NULL, 0, 0.8f, LICENCE_WORDS },
    { IT_CARD, 5, "AA99999AA", NULL, 0, 0.8f, CARD_WORDS },
    { IT_CARD, 7, "AA9999999", NULL, 0, 0.8f, CARD_WORDS },
    { IT_CARD, 7, "9999999AA", NULL, 0, 0.8f, CARD_WORDS },
    { IT_PASSPORT, 7, "AA9999999", NULL, 0, 0.8f, BAWN_PII_WORDS("passaporto", "italian passport", "passaporti") },
    { FR_PASSPORT, 2, "99AA99999", NULL, 0, 0.8f, BAWN_PII_WORDS("passeport", "passport", "french passport") },
    { DE_HEALTH, 9, "A999999999", de_health, 0, 0.95f, DE_HEALTH_WORDS },
    { DE_VAT, 9, "DE999999999", de_vat, 0.95f, 0.95f, BAWN_PII_WORDS("ust-idnr", "ust-id", "umsatzsteuer", "vat") },
    { DE_VAT, 9, "DE 999999999", de_vat, 0, 0.95f, BAWN_PII_WORDS("ust-idnr", "ust-id", "ustid", "ust-id-nr", "umsatzsteuer", "umsatzsteuer-id", "vat") },
    { DE_VAT, 3, "DE 999 999 999", de_vat, 0.95f, 0.95f, BAWN_PII_WORDS("ust-idnr", "ust-id", "umsatzsteuer", "vat") },
    { DE_TAX_NUMBER, 2, "99/999/99999", NULL, 0, 0.8f, DE_NUMBER_WORDS },
    { DE_TAX_NUMBER, 3, "999/999/99999", NULL, 0, 0.8f, DE_NUMBER_WORDS },
    { DE_TAX_NUMBER, 3, "999/9999/9999", NULL, 0, 0.8f, DE_NUMBER_WORDS },
    { DE_TAX_NUMBER, 13, "9999999999999", NULL, 0, 0.8f, DE_NUMBER_WORDS },
    { DE_DOCTOR, 9, "999999999", de_doctor, 0, 0.95f, BAWN_PII_WORDS("lanr", "arztnummer", "arzt-nr") },
    { DE_PRACTICE, 9, "999999999", NULL, 0, 0.8f, BAWN_PII_WORDS("bsnr", "betriebsstättennummer", "betriebsstätten-nr") },
    { DE_REGISTER, 4, "HRB 9999", NULL, 0, 0.8f, DE_REGISTER_WORDS },
    { DE_REGISTER, 5, "HRB 99999", NULL, 0, 0.8f, DE_REGISTER_WORDS },
    { DE_REGISTER, 6, "HRB 999999", NULL, 0, 0.8f, DE_REGISTER_WORDS },
    { ES_PASSPORT, 6, "AAA999999", NULL, 0, 0.8f, BAWN_PII_WORDS("pasaporte", "passport", "spanish passport") },
};

static void confirm(bawn_probe *p) { bawn_pii_ids(p, rows, BAWN_COUNT(rows)); }

const bawn_guard bawn_guard_pii_ids_europe_west = {
    .guard = "pii", .id = "pii.ids_europe_west",
    .doc = "Identifiers of Germany, Austria, Switzerland, France, Belgium, the Netherlands, Spain, Portugal and Italy by "
           "shape and check digit; weak ones only beside a word that names them.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .digits_min = 1, .digits_max = 255, .confirm = confirm,
};

/* Identifiers of Nigeria and South Africa. Checks: NIN Verhoeff (NIMC); identity number Luhn behind a birth date; tax and
 * VAT numbers Luhn, told apart by their first digit (SARS); company numbers begin with their year (CIPC). Driving licences
 * (eNaTIS) are digits that end in letters and digits; number plates end with their province. */
#include "guard/pii/pii.h"

enum { NG_NIN, NG_PLATE, ZA_ID, ZA_TAX, ZA_VAT, ZA_COMPANY, ZA_PASSPORT, ZA_TRAFFIC, ZA_DRIVER, ZA_PLATE };

static const bawn_kind kinds[] = {
    [NG_NIN] = BAWN_PII("NG_NIN", BAWN_MASK, "Nigerian national identification number, beside a word that says so"),
    [NG_PLATE] = BAWN_PII("NG_VEHICLE_REGISTRATION", BAWN_MASK, "Nigerian number plate, beside a word that says so"),
    [ZA_ID] = BAWN_PII("ZA_ID", BAWN_MASK, "South African id number, beside a word that says so"),
    [ZA_TAX] = BAWN_PII("ZA_INCOME_TAX_NUMBER", BAWN_MASK, "South African income tax number, beside a word that says so"),
    [ZA_VAT] = BAWN_PII("ZA_VAT_NUMBER", BAWN_MASK, "South African VAT number, beside a word that says so"),
    [ZA_COMPANY] = BAWN_PII("ZA_COMPANY_REGISTRATION", BAWN_MASK, "South African company number, beside a word that says so"),
    [ZA_PASSPORT] = BAWN_PII("ZA_PASSPORT", BAWN_MASK, "South African passport, beside a word that says so"),
    [ZA_DRIVER] = BAWN_PII("ZA_DRIVER_LICENSE", BAWN_MASK, "South African driving licence number, beside a word that says so"),
    [ZA_PLATE] = BAWN_PII("ZA_LICENSE_PLATE", BAWN_MASK, "South African number plate, beside a word that says so"),
    [ZA_TRAFFIC] = BAWN_PII("ZA_TRAFFIC_REGISTER_NUMBER", BAWN_MASK, "South African traffic register number, beside a word that says so"),
};

#define NIN_WORDS BAWN_PII_WORDS("nin", "nimc", "national identification number", "national identity number")
#define PLATE_WORDS BAWN_PII_WORDS("plate", "plate number", "number plate", "vehicle", "registration")
#define ID_WORDS BAWN_PII_WORDS("id number", "identity number", "id no", "sa id", "south african id", "id nommer", "identiteitsnommer")
#define TAX_WORDS BAWN_PII_WORDS("tax", "tax number", "income tax", "sars", "belastingnommer", "tax reference")
#define COMPANY_WORDS BAWN_PII_WORDS("cipc", "company registration", "registration number", "reg no", "company", "pty", "maatskappy")
#define PASSPORT_WORDS BAWN_PII_WORDS("south african passport", "sa passport", "rsa passport", "paspoort")
#define DRIVER_WORDS BAWN_PII_WORDS("driving licence", "driving license", "driver's licence", "driver's license", "drivers licence", \
    "drivers license", "driver licence", "licence number", "license number", "rybewys", "bestuurslisensie", "natis", "enatis")
#define ZA_PLATE_WORDS BAWN_PII_WORDS("plate", "plate number", "number plate", "licence plate", "license plate", "vehicle", "registration", \
    "nommerplaat", "natis", "enatis")
#define TRAFFIC_WORDS BAWN_PII_WORDS("traffic register", "traffic registration", "trn", "natis", "enatis")

static bool nin(const char *s) { return !bawn_pii_same(s, 11) && bawn_pii_verhoeff(s, 11); }
static bool za_id(const char *s) { return bawn_pii_yymmdd(s) && s[10] <= '2' && bawn_pii_luhn(s, 13); }
static bool za_tax(const char *s) { return strchr("01239", s[0]) && !bawn_pii_same(s, 10) && bawn_pii_luhn(s, 10); }
static bool za_vat(const char *s) { return s[0] == '4' && bawn_pii_luhn(s, 10); }

/* Year, serial, sort of company (06 to 31, and 07 is the limited one). */
static bool za_company(const char *s)
{
    int year = bawn_pii_number(s, 4), sort = bawn_pii_number(s + 10, 2);
    return year >= 1850 && year <= 2099 && sort >= 6 && sort <= 31;
}

/* The province behind the number: Gauteng, KwaZulu-Natal, Western, Eastern and Northern Cape, Free State, Limpopo,
 * Mpumalanga, North West. */
static bool za_plate(const char *s)
{
    char province[] = { s[strlen(s) - 2], s[strlen(s) - 1], ' ', '\0' };
    return strstr("GP ZN WP EC NC FS LP MP NW ", province) != NULL;
}

static bool za_passport(const char *s) { return strchr("ADMT", s[0]) != NULL; }

static const bawn_pii_id rows[] = {
    { NG_NIN, 11, "99999999999", nin, 0, 0.95f, NIN_WORDS },
    { NG_PLATE, 3, "AAA-999AA", NULL, 0, 0.8f, PLATE_WORDS },
    { NG_PLATE, 3, "AAA999AA", NULL, 0, 0.8f, PLATE_WORDS },
    { ZA_ID, 13, "9999999999999", za_id, 0, 0.95f, ID_WORDS },
    { ZA_ID, 6, "999999 9999 999", za_id, 0, 0.95f, ID_WORDS },
    { ZA_TAX, 10, "9999999999", za_tax, 0, 0.95f, TAX_WORDS },
    { ZA_VAT, 10, "9999999999", za_vat, 0, 0.95f, BAWN_PII_WORDS("vat", "vat number", "btw", "vat no") },
    { ZA_COMPANY, 4, "9999/999999/99", za_company, 0, 0.95f, COMPANY_WORDS },
    { ZA_PASSPORT, 8, "A99999999", za_passport, 0, 0.8f, PASSPORT_WORDS },
    { ZA_DRIVER, 8, "99999999XXXX", NULL, 0, 0.8f, DRIVER_WORDS },
    { ZA_DRIVER, 9, "999999999XXX", NULL, 0, 0.8f, DRIVER_WORDS },
    { ZA_DRIVER, 10, "9999999999XX", NULL, 0, 0.8f, DRIVER_WORDS },
    { ZA_PLATE, 2, "AA99AAAA", za_plate, 0, 0.95f, ZA_PLATE_WORDS },
    { ZA_PLATE, 2, "AA 99 AA AA", za_plate, 0, 0.95f, ZA_PLATE_WORDS },
    { ZA_PLATE, 3, "AAA999AA", za_plate, 0, 0.95f, ZA_PLATE_WORDS },
    { ZA_PLATE, 3, "AAA 999 AA", za_plate, 0, 0.95f, ZA_PLATE_WORDS },
    { ZA_PLATE, 3, "AA 999 AA", za_plate, 0, 0.95f, ZA_PLATE_WORDS },
    { ZA_TRAFFIC, 13, "9999999999999", NULL, 0, 0.8f, TRAFFIC_WORDS },
};

static void confirm(bawn_probe *p) { bawn_pii_ids(p, rows, BAWN_COUNT(rows)); }

const bawn_guard bawn_guard_pii_ids_africa = {
    .guard = "pii", .id = "pii.ids_africa",
    .doc = "Identifiers of Nigeria and South Africa by shape and check digit, beside a word that names them.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .digits_min = 2, .digits_max = 255, .confirm = confirm,
};

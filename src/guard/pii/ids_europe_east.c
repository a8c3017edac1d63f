/* Identifiers of Northern and Eastern Europe: personal codes, nearly all a birth date with one or two check digits.
 * Checks: PL PESEL 1379, NIP mod 11; FI mod 31; SE and DK dates (SE Luhn); NO two mod 11 digits; EE/LT two-stage mod 11;
 * CZ/SK mod 11; RO 279146358279; BG mod 11; HR ISO 7064 MOD 11,10; GR Luhn; RU SNILS mod 101, INN mod 11; TR two sums. */
#include "guard/pii/pii.h"

enum { PESEL, NIP, FI, SE, DK, NO, EE, CZ, RO, BG, HR, GR, SNILS, INN, RU_PASSPORT, TR, SE_ORG };

static const bawn_kind kinds[] = {
    [PESEL] = BAWN_PII("PL_PESEL", BAWN_MASK, "Polish PESEL, beside a word that says so"),
    [NIP] = BAWN_PII("PL_NIP", BAWN_MASK, "Polish taxpayer number, beside a word that says so"),
    [FI] = BAWN_PII("FI_PERSONAL_IDENTITY_CODE", BAWN_MASK, "Finnish henkilötunnus"),
    [SE] = BAWN_PII("SE_PERSONNUMMER", BAWN_MASK, "Swedish personnummer"),
    [DK] = BAWN_PII("DK_CPR", BAWN_MASK, "Danish CPR number, beside a word that says so"),
    [NO] = BAWN_PII("NO_FODSELSNUMMER", BAWN_MASK, "Norwegian fødselsnummer, beside a word that says so"),
    [EE] = BAWN_PII("BALTIC_PERSONAL_CODE", BAWN_MASK, "Estonian isikukood or Lithuanian asmens kodas, beside a word that says so"),
    [CZ] = BAWN_PII("CZ_RODNE_CISLO", BAWN_MASK, "Czech or Slovak rodné číslo"),
    [RO] = BAWN_PII("RO_CNP", BAWN_MASK, "Romanian CNP, beside a word that says so"),
    [BG] = BAWN_PII("BG_EGN", BAWN_MASK, "Bulgarian EGN, beside a word that says so"),
    [HR] = BAWN_PII("HR_OIB", BAWN_MASK, "Croatian OIB, beside a word that says so"),
    [GR] = BAWN_PII("GR_AMKA", BAWN_MASK, "Greek AMKA, beside a word that says so"),
    [SNILS] = BAWN_PII("RU_SNILS", BAWN_MASK, "Russian SNILS"),
    [INN] = BAWN_PII("RU_INN", BAWN_MASK, "Russian INN, beside a word that says so"),
    [RU_PASSPORT] = BAWN_PII("RU_PASSPORT", BAWN_MASK, "Russian passport number, beside a word that says so"),
    [TR] = BAWN_PII("TR_KIMLIK_NO", BAWN_MASK, "Turkish T.C. kimlik number, beside a word that says so"),
    [SE_ORG] = BAWN_PII("SE_ORGANISATIONSNUMMER", BAWN_MASK, "Swedish organisationsnummer, beside a word that says so"),
};

#define FI_WORDS BAWN_PII_WORDS("hetu", "henkilötunnus", "personbeteckning", "personal identity code")
#define SE_WORDS BAWN_PII_WORDS("personnummer", "pnr", "personal identity number", "samordningsnummer")
#define NO_WORDS BAWN_PII_WORDS("fødselsnummer", "fodselsnummer", "personnummer", "fnr")
#define CZ_WORDS BAWN_PII_WORDS("rodné číslo", "rodne cislo", "rč", "r.č", "rodného čísla", "birth number")

static bool pesel(const char *s)
{
    int month = bawn_pii_number(s + 2, 2) % 20;
    return bawn_pii_date(month, bawn_pii_number(s + 4, 2)) && bawn_pii_sum(s, "13791379131") % 10 == 0;
}

static bool nip(const char *s) { return !bawn_pii_same(s, 10) && bawn_pii_sum(s, "657234567") % 11 == bawn_pii_digit(s[9]); }

/* Day, month, year, (sign of the century: a letter or not among the text), order, check over the nine digits. */
static bool finnish(const char *s)
{
    char digits[10];
    size_t n = strlen(s), skip = n == 11 ? 1 : 0;
    memcpy(digits, s, 6);
    memcpy(digits + 6, s + 6 + skip, 3);
    for (int i = 0; i < 9; i++)
        if (!bawn_is_digit((unsigned char)digits[i]))
            return false;
    return bawn_pii_date(bawn_pii_number(s + 2, 2), bawn_pii_number(s, 2)) &&
           "0123456789ABCDEFHJKLMNPRSTUVWXY"[bawn_pii_number(digits, 9) % 31] == s[n - 1];
}

static bool swedish(const char *s)
{
    size_t century = strlen(s) == 12 ? 2 : 0;
    int day = bawn_pii_number(s + century + 4, 2);
    return (century == 0 || memcmp(s, "19", 2) == 0 || memcmp(s, "20", 2) == 0) &&
           bawn_pii_date(bawn_pii_number(s + century + 2, 2), day > 60 ? day - 60 : day) && bawn_pii_luhn(s + century, 10);
}

/* The third digit tells an organisation from a person's month. */
static bool swedish_org(const char *s) { return s[2] >= '2' && bawn_pii_luhn(s, 10); }

static bool danish(const char *s) { return bawn_pii_date(bawn_pii_number(s + 2, 2), bawn_pii_number(s, 2)); }

static bool norwegian(const char *s)
{
    return danish(s) && bawn_pii_sum(s, "3761894521") % 11 == 0 && bawn_pii_sum(s, "54327654321") % 11 == 0;
}

static bool baltic(const char *s)
{
    int check = bawn_pii_sum(s, "1234567891") % 11;
    if (check == 10)
        check = bawn_pii_sum(s, "3456789123") % 11 % 10;
    return s[0] >= '1' && s[0] <= '8' && bawn_pii_yymmdd(s + 1) && check == bawn_pii_digit(s[10]);
}

static bool czech(const char *s)
{
    int month = bawn_pii_number(s + 2, 2), rest = 0;
    for (int i = 0; i < 10; i++)
        rest = (rest * 10 + bawn_pii_digit(s[i])) % 11;
    month -= month > 70 ? 70 : month > 50 ? 50 : month > 20 ? 20 : 0;
    return bawn_pii_date(month, bawn_pii_number(s + 4, 2)) && rest == 0;
}

static bool romanian(const char *s)
{
    int check = bawn_pii_sum(s, "279146358279") % 11;
    return s[0] != '0' && bawn_pii_yymmdd(s + 1) && (check == 10 ? 1 : check) == bawn_pii_digit(s[12]);
}

static bool bulgarian(const char *s)
{
    int month = bawn_pii_number(s + 2, 2);
    month -= month > 40 ? 40 : month > 20 ? 20 : 0;
    return bawn_pii_date(month, bawn_pii_number(s + 4, 2)) && bawn_pii_sum(s, "2485A9736") % 11 % 10 == bawn_pii_digit(s[9]);
}

static bool croatian(const char *s) { return bawn_pii_mod11_10(s, 11); }
static bool greek(const char *s) { return danish(s) && bawn_pii_luhn(s, 11); }

static bool snils(const char *s)
{
    int check = bawn_pii_sum(s, "987654321") % 101;
    return bawn_pii_number(s, 9) > 1001998 && (check == 100 ? 0 : check) == bawn_pii_number(s + 9, 2);
}

static bool inn(const char *s)
{
    if (strlen(s) == 10)
        return !bawn_pii_same(s, 10) && bawn_pii_sum(s, "24A359468") % 11 % 10 == bawn_pii_digit(s[9]);
    return bawn_pii_sum(s, "724A359468") % 11 % 10 == bawn_pii_digit(s[10]) &&
           bawn_pii_sum(s, "3724A359468") % 11 % 10 == bawn_pii_digit(s[11]);
}

static bool turkish(const char *s)
{
    int odd = bawn_pii_sum(s, "101010101"), even = bawn_pii_sum(s, "01010101");
    int ten = ((odd * 7 - even) % 10 + 10) % 10;
    return s[0] != '0' && ten == bawn_pii_digit(s[9]) && (odd + even + ten) % 10 == bawn_pii_digit(s[10]);
}

#define ORG_WORDS BAWN_PII_WORDS("organisationsnummer", "org.nr", "orgnr", "org nr", "org.nummer", "organization number", "organisation number")
static const bawn_pii_id rows[] = {
    { PESEL, 11, "99999999999", pesel, 0, 0.95f, BAWN_PII_WORDS("pesel", "pesel:", "numer pesel") },
    { NIP, 10, "9999999999", nip, 0, 0.95f, BAWN_PII_WORDS("nip") },
    { NIP, 3, "999-999-99-99", nip, 0, 0.95f, BAWN_PII_WORDS("nip") },
    { FI, 6, "999999S999X", finnish, 0.95f, 0.95f, FI_WORDS },
    { SE, 6, "999999-9999", swedish, 0.8f, 0.95f, SE_WORDS },
    { SE, 6, "999999+9999", swedish, 0.8f, 0.95f, SE_WORDS },
    { SE, 8, "99999999-9999", swedish, 0.8f, 0.95f, SE_WORDS },
    { SE, 12, "999999999999", swedish, 0, 0.95f, SE_WORDS },
    { SE, 10, "9999999999", swedish, 0, 0.95f, SE_WORDS },
    { SE_ORG, 6, "999999-9999", swedish_org, 0, 0.95f, ORG_WORDS },
    { SE_ORG, 10, "9999999999", swedish_org, 0, 0.95f, ORG_WORDS },
    { DK, 6, "999999-9999", danish, 0, 0.8f, BAWN_PII_WORDS("cpr", "cpr-nummer", "cpr-nr", "personnummer") },
    { DK, 10, "9999999999", danish, 0, 0.8f, BAWN_PII_WORDS("cpr", "cpr-nummer", "cpr-nr") },
    { NO, 11, "99999999999", norwegian, 0, 0.95f, NO_WORDS },
    { NO, 6, "999999 99999", norwegian, 0, 0.95f, NO_WORDS },
    { EE, 11, "99999999999", baltic, 0, 0.95f, BAWN_PII_WORDS("isikukood", "asmens kodas", "personal code", "id-kood") },
    { CZ, 6, "999999/9999", czech, 0.8f, 0.95f, CZ_WORDS },
    { CZ, 10, "9999999999", czech, 0, 0.95f, CZ_WORDS },
    { RO, 13, "9999999999999", romanian, 0, 0.95f, BAWN_PII_WORDS("cnp", "cod numeric personal") },
    { BG, 10, "9999999999", bulgarian, 0, 0.95f, BAWN_PII_WORDS("егн", "ЕГН", "egn") },
    { HR, 11, "99999999999", croatian, 0, 0.95f, BAWN_PII_WORDS("oib", "osobni identifikacijski") },
    { GR, 11, "99999999999", greek, 0, 0.95f, BAWN_PII_WORDS("αμκα", "ΑΜΚΑ", "amka") },
    { SNILS, 3, "999-999-999 99", snils, 0.95f, 0.95f, BAWN_PII_WORDS("снилс", "СНИЛС", "snils") },
    { SNILS, 11, "99999999999", snils, 0, 0.95f, BAWN_PII_WORDS("снилс", "СНИЛС", "snils") },
    { INN, 12, "999999999999", inn, 0, 0.95f, BAWN_PII_WORDS("инн", "ИНН", "inn") },
    { INN, 10, "9999999999", inn, 0, 0.95f, BAWN_PII_WORDS("инн", "ИНН", "inn") },
    { RU_PASSPORT, 2, "99 99 999999", NULL, 0, 0.8f, BAWN_PII_WORDS("паспорт", "Паспорт", "паспорта", "серия") },
    { RU_PASSPORT, 4, "9999 999999", NULL, 0, 0.8f, BAWN_PII_WORDS("паспорт", "Паспорт", "паспорта", "серия") },
    { TR, 11, "99999999999", turkish, 0, 0.95f, BAWN_PII_WORDS("tc", "t.c", "tckn", "kimlik", "kimlik no", "tc kimlik", "vatandaşlık") },
};

static void confirm(bawn_probe *p) { bawn_pii_ids(p, rows, BAWN_COUNT(rows)); }

const bawn_guard bawn_guard_pii_ids_europe_east = {
    .guard = "pii", .id = "pii.ids_europe_east",
    .doc = "Identifiers of Northern and Eastern Europe, Russia and Turkey by shape, birth date and check digit; those "
           "without signs in them only beside a word that names them.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .digits_min = 6, .digits_max = 255, .confirm = confirm,
};

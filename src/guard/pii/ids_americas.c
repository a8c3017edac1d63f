/* Identifiers of the Americas outside the United States: Canada (SIN: Luhn; health numbers of the provinces), Brazil
 * (CPF, CNPJ: two mod 11 digits), Mexico (CURP: mod 10 over 37 signs; RFC), Chile (RUT mod 11), Argentina (CUIT mod 11),
 * Peru (RUC mod 11), Colombia (NIT: primes, mod 11), Ecuador (cédula: Luhn). */
#include "guard/pii/pii.h"

enum { SIN, HEALTH, CPF, CNPJ, CURP, RFC, RUT, CUIT, RUC, NIT, CEDULA };

static const bawn_kind kinds[] = {
    [SIN] = BAWN_PII("CA_SOCIAL_INSURANCE_NUMBER", BAWN_MASK, "Canadian social insurance number, beside a word that says so"),
    [HEALTH] = BAWN_PII("CA_HEALTH_NUMBER", BAWN_MASK, "Canadian health number, beside a word that says so"),
    [CPF] = BAWN_PII("BR_CPF", BAWN_MASK, "Brazilian CPF"),
    [CNPJ] = BAWN_PII("BR_CNPJ", BAWN_MASK, "Brazilian CNPJ"),
    [CURP] = BAWN_PII("MX_CURP", BAWN_MASK, "Mexican CURP"),
    [RFC] = BAWN_PII("MX_RFC", BAWN_MASK, "Mexican RFC of a person, beside a word that says so"),
    [RUT] = BAWN_PII("CL_RUT", BAWN_MASK, "Chilean RUT"),
    [CUIT] = BAWN_PII("AR_CUIT", BAWN_MASK, "Argentine CUIT/CUIL"),
    [RUC] = BAWN_PII("PE_RUC", BAWN_MASK, "Peruvian RUC, beside a word that says so"),
    [NIT] = BAWN_PII("CO_NIT", BAWN_MASK, "Colombian NIT, beside a word that says so"),
    [CEDULA] = BAWN_PII("EC_CEDULA", BAWN_MASK, "Ecuadorian cédula, beside a word that says so"),
};

#define SIN_WORDS BAWN_PII_WORDS("sin", "social insurance", "assurance sociale", "nas", "sin:", "numéro d'assurance sociale")
#define HEALTH_WORDS BAWN_PII_WORDS("health card", "health number", "ohip", "phn", "health insurance number", "hcn", "medicare number", \
    "carte santé", "assurance maladie", "ramq", "carte soleil", "personal health number", "health care number")
#define CPF_WORDS BAWN_PII_WORDS("cpf", "cadastro de pessoa", "contribuinte")

static bool sin_holds(const char *s) { return s[0] != '8' && !bawn_pii_same(s, 9) && bawn_pii_luhn(s, 9); }

static bool check_mod11(const char *s, const char *weights, size_t at)
{
    int rest = bawn_pii_sum(s, weights) % 11;
    return (rest < 2 ? 0 : 11 - rest) == bawn_pii_digit(s[at]);
}

static bool cpf(const char *s) { return !bawn_pii_same(s, 11) && check_mod11(s, "A98765432", 9) && check_mod11(s, "BA98765432", 10); }

static bool cnpj(const char *s)
{
    return !bawn_pii_same(s, 14) && check_mod11(s, "543298765432", 12) && check_mod11(s, "6543298765432", 13);
}

/* Names, birth date, sex, state, consonants, homonym sign, check. The alphabet has Ñ (37 signs) after N. */
static bool curp(const char *s)
{
    int sum = 0;
    for (int i = 0; i < 17; i++) {
        int v = bawn_pii_value(s[i]);
        sum += (v > 23 ? v + 1 : v) * (18 - i);
    }
    return bawn_pii_yymmdd(s + 4) && strchr("HMX", s[10]) && (10 - sum % 10) % 10 == bawn_pii_digit(s[17]);
}

static bool rfc(const char *s) { return bawn_pii_yymmdd(s + 4); }

static bool rut(const char *s)
{
    size_t n = strlen(s) - 1;
    int check = 11 - bawn_pii_sum(s, &"32765432"[8 - n]) % 11;
    return "0123456789K0"[check == 11 ? 11 : check] == s[n];
}

static bool cuit(const char *s)
{
    int type = bawn_pii_number(s, 2), check = 11 - bawn_pii_sum(s, "5432765432") % 11;
    bool known = type == 20 || (type >= 23 && type <= 27) || type == 30 || type == 33 || type == 34;
    return known && (check == 11 ? 0 : check) == bawn_pii_digit(s[10]);
}

/* 10 and 15 to 17: persons, 20: companies. */
static bool ruc(const char *s)
{
    int type = bawn_pii_number(s, 2);
    return (type == 10 || (type >= 15 && type <= 17) || type == 20) && (11 - bawn_pii_sum(s, "5432765432") % 11) % 10 == bawn_pii_digit(s[10]);
}

/* Weighed by 41, 37, 29, 23, 19, 17, 13, 7 and 3, of which only the rest by 11 counts. */
static bool nit(const char *s) { return "01987654321"[bawn_pii_sum(s, "847186273") % 11] == s[9]; }

/* Province (24 of them, 30 abroad), a third digit up to 6 for persons. */
static bool cedula(const char *s)
{
    int province = bawn_pii_number(s, 2);
    return ((province >= 1 && province <= 24) || province == 30) && s[2] <= '6' && bawn_pii_luhn(s, 10);
}

static const bawn_pii_id rows[] = {
    { SIN, 3, "999_999_999", sin_holds, 0, 0.95f, SIN_WORDS },
    { SIN, 9, "999999999", sin_holds, 0, 0.95f, SIN_WORDS },
    { HEALTH, 10, "9999999999", NULL, 0, 0.8f, HEALTH_WORDS },
    { HEALTH, 4, "9999_999_999", NULL, 0, 0.8f, HEALTH_WORDS },
    { HEALTH, 4, "9999-999-999-AA", NULL, 0, 0.95f, HEALTH_WORDS },
    { HEALTH, 9, "999999999", NULL, 0, 0.8f, HEALTH_WORDS },
    { HEALTH, 12, "999999999999", NULL, 0, 0.8f, HEALTH_WORDS },
    { HEALTH, 4, "AAAA 9999 9999", NULL, 0, 0.95f, HEALTH_WORDS },
    { HEALTH, 8, "AAAA99999999", NULL, 0, 0.95f, HEALTH_WORDS },
    { CPF, 3, "999.999.999-99", cpf, 0.95f, 0.95f, CPF_WORDS },
    { CPF, 11, "99999999999", cpf, 0, 0.95f, CPF_WORDS },
    { CNPJ, 2, "99.999.999/9999-99", cnpj, 0.95f, 0.95f, BAWN_PII_WORDS("cnpj") },
    { CNPJ, 14, "99999999999999", cnpj, 0, 0.95f, BAWN_PII_WORDS("cnpj") },
    { CURP, 6, "AAAA999999AAAAAAX9", curp, 0.95f, 0.95f, BAWN_PII_WORDS("curp") },
    { RFC, 6, "AAAA999999XXX", rfc, 0, 0.95f, BAWN_PII_WORDS("rfc", "registro federal") },
    { RUT, 2, "99.999.999-X", rut, 0.95f, 0.95f, BAWN_PII_WORDS("rut", "run", "rol único") },
    { RUT, 1, "9.999.999-X", rut, 0.8f, 0.95f, BAWN_PII_WORDS("rut", "run", "rol único") },
    { RUT, 8, "99999999-X", rut, 0, 0.95f, BAWN_PII_WORDS("rut", "run", "rol único") },
    { CUIT, 2, "99-99999999-9", cuit, 0.8f, 0.95f, BAWN_PII_WORDS("cuit", "cuil", "cuit:") },
    { NIT, 3, "999.999.999-9", nit, 0, 0.95f, BAWN_PII_WORDS("nit", "dian", "rut") },
    { NIT, 9, "999999999-9", nit, 0, 0.95f, BAWN_PII_WORDS("nit", "dian", "rut") },
    { CEDULA, 10, "9999999999", cedula, 0, 0.95f, BAWN_PII_WORDS("cédula", "cedula", "c.i", "registro civil") },
    { RUC, 11, "99999999999", ruc, 0, 0.95f, BAWN_PII_WORDS("ruc", "registro único", "contribuyente", "sunat") },
};

static void confirm(bawn_probe *p) { bawn_pii_ids(p, rows, BAWN_COUNT(rows)); }

const bawn_guard bawn_guard_pii_ids_americas = {
    .guard = "pii", .id = "pii.ids_americas",
    .doc = "Identifiers of Canada, Brazil, Mexico, Chile, Argentina, Peru, Colombia and Ecuador by shape and check digit; weak ones only beside a "
           "word that names them.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .digits_min = 6, .digits_max = 255, .confirm = confirm,
};

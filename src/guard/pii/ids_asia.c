/* Identifiers of Asia, Oceania and Israel. Checks: Aadhaar Verhoeff; GSTIN mod 36; NRIC/FIN weights 2765432;
 * ABN mod 89, ACN and Medicare mod 10, TFN mod 11; RRN mod 11 (not since 10-2020, so only its date counts); TH, CN, JP mod
 * 11 (CN: ISO 7064 MOD 11-2); HK and TW letters as numbers; IL Luhn; MY state codes; KR business number weights 137137135. */
#include "guard/pii/pii.h"

enum { PAN, AADHAAR, IN_PLATE, VOTER, IN_PASSPORT, GSTIN, NRIC, UEN, ABN, ACN, TFN, AU_MEDICARE, RRN, KR_PASSPORT, TH, CN, JP, HK,
       TW, MY, ID_NIK, IL, KR_BUSINESS, KR_DRIVER, PH_TIN, PH_UMID, PH_PASSPORT, FRN };

static const bawn_kind kinds[] = {
    [PAN] = BAWN_PII("IN_PAN", BAWN_MASK, "Indian permanent account number"),
    [AADHAAR] = BAWN_PII("IN_AADHAAR", BAWN_MASK, "Indian Aadhaar number (Verhoeff)"),
    [IN_PLATE] = BAWN_PII("IN_VEHICLE_REGISTRATION", BAWN_MASK, "Indian vehicle registration"),
    [VOTER] = BAWN_PII("IN_VOTER", BAWN_MASK, "Indian voter id, beside a word that says so"),
    [IN_PASSPORT] = BAWN_PII("IN_PASSPORT", BAWN_MASK, "Indian passport, beside a word that says so"),
    [GSTIN] = BAWN_PII("IN_GSTIN", BAWN_MASK, "Indian goods and services tax number"),
    [NRIC] = BAWN_PII("SG_NRIC_FIN", BAWN_MASK, "Singapore NRIC or FIN"),
    [UEN] = BAWN_PII("SG_UEN", BAWN_MASK, "Singapore unique entity number, beside a word that says so"),
    [ABN] = BAWN_PII("AU_ABN", BAWN_MASK, "Australian business number"),
    [ACN] = BAWN_PII("AU_ACN", BAWN_MASK, "Australian company number, beside a word that says so"),
    [TFN] = BAWN_PII("AU_TFN", BAWN_MASK, "Australian tax file number, beside a word that says so"),
    [AU_MEDICARE] = BAWN_PII("AU_MEDICARE", BAWN_MASK, "Australian Medicare number, beside a word that says so"),
    [RRN] = BAWN_PII("KR_RRN", BAWN_MASK, "Korean resident registration number"),
    [FRN] = BAWN_PII("KR_FRN", BAWN_MASK, "Korean registration number of a foreigner"),
    [KR_PASSPORT] = BAWN_PII("KR_PASSPORT", BAWN_MASK, "Korean passport, beside a word that says so"),
    [TH] = BAWN_PII("TH_TNIN", BAWN_MASK, "Thai national id"),
    [CN] = BAWN_PII("CN_RESIDENT_ID", BAWN_MASK, "Chinese resident identity number"),
    [JP] = BAWN_PII("JP_MY_NUMBER", BAWN_MASK, "Japanese My Number, beside a word that says so"),
    [HK] = BAWN_PII("HK_ID", BAWN_MASK, "Hong Kong identity card"),
    [TW] = BAWN_PII("TW_ID", BAWN_MASK, "Taiwanese national id"),
    [MY] = BAWN_PII("MY_NRIC", BAWN_MASK, "Malaysian MyKad number"),
    [ID_NIK] = BAWN_PII("ID_NIK", BAWN_MASK, "Indonesian NIK, beside a word that says so"),
    [IL] = BAWN_PII("IL_ID", BAWN_MASK, "Israeli identity number, beside a word that says so"),
    [KR_BUSINESS] = BAWN_PII("KR_BRN", BAWN_MASK, "Korean business registration number, beside a word that says so"),
    [KR_DRIVER] = BAWN_PII("KR_DRIVER_LICENSE", BAWN_MASK, "Korean driving licence, beside a word that says so"),
    [PH_TIN] = BAWN_PII("PH_TIN", BAWN_MASK, "Philippine taxpayer number, beside a word that says so"),
    [PH_UMID] = BAWN_PII("PH_UMID", BAWN_MASK, "Philippine unified multi-purpose id, beside a word that says so"),
    [PH_PASSPORT] = BAWN_PII("PH_PASSPORT", BAWN_MASK, "Philippine passport, beside a word that says so"),
};

#define AADHAAR_WORDS BAWN_PII_WORDS("aadhaar", "aadhar", "uidai", "आधार")
#define NRIC_WORDS BAWN_PII_WORDS("nric", "fin", "identity card", "ic")
#define FRN_WORDS BAWN_PII_WORDS("외국인등록번호", "외국인번호", "외국인 등록", "frn", "alien registration", "foreigner registration")
#define RRN_WORDS BAWN_PII_WORDS("주민등록번호", "주민번호", "rrn", "resident registration")
#define TH_WORDS BAWN_PII_WORDS("บัตรประชาชน", "เลขประจำตัวประชาชน", "thai id", "national id", "citizen id")
#define CN_WORDS BAWN_PII_WORDS("身份证", "身份证号", "公民身份号码", "resident id", "identity card")
#define JP_WORDS BAWN_PII_WORDS("マイナンバー", "個人番号", "my number")
#define PH_TIN_WORDS BAWN_PII_WORDS("tin", "bir", "taxpayer identification", "tax identification")
#define PH_UMID_WORDS BAWN_PII_WORDS("umid", "crn", "common reference number", "sss", "gsis")
#define PH_PASSPORT_WORDS BAWN_PII_WORDS("philippine passport", "philippines passport", "filipino passport", "pasaporte", "dfa")

static bool pan(const char *s) { return strchr("PCHABGJLFT", s[3]) && bawn_pii_number(s + 5, 4) != 0; }
static bool aadhaar(const char *s) { return s[0] >= '2' && !bawn_pii_same(s, 12) && bawn_pii_verhoeff(s, 12); }

static bool in_plate(const char *s)
{
    static const char states[] = "ANAPARASBHBRCHCGDDDLGAGJHRHPJKJHKAKLLALDMPMHMNMLMZNLODORPYPBRJSKTNTSTRUPUKUAWB";
    for (const char *c = states; *c; c += 2)
        if (c[0] == s[0] && c[1] == s[1])
            return s[2] != '0' || s[3] != '0';
    return false;
}

static bool gstin(const char *s)
{
    int sum = 0;
    for (int i = 0; i < 14; i++) {
        int v = bawn_pii_value(s[i]) * (i % 2 + 1);
        sum += v / 36 + v % 36;
    }
    int state = bawn_pii_number(s, 2);
    return s[13] == 'Z' && state >= 1 && state <= 38 && (36 - sum % 36) % 36 == bawn_pii_value(s[14]);
}

static bool nric(const char *s)
{
    int sum = bawn_pii_sum(s + 1, "2765432");
    switch (s[0]) {
    case 'S': return "JZIHGFEDCBA"[sum % 11] == s[8];
    case 'T': return "JZIHGFEDCBA"[(sum + 4) % 11] == s[8];
    case 'F': return "XWUTRQPNMLK"[sum % 11] == s[8];
    case 'G': return "XWUTRQPNMLK"[(sum + 4) % 11] == s[8];
    case 'M': return "XWUTRQPNJLK"[10 - (sum + 3) % 11] == s[8];
    default: return false;
    }
}

static bool abn(const char *s)
{
    return s[0] != '0' && (bawn_pii_sum(s, "A13579BDFHJ") - 10) % 89 == 0;
}

static bool acn(const char *s) { return (bawn_pii_sum(s, "87654321") + bawn_pii_digit(s[8])) % 10 == 0; }
static bool tfn(const char *s) { return !bawn_pii_same(s, 9) && bawn_pii_sum(s, "14375869A") % 11 == 0; }

static bool au_medicare(const char *s)
{
    return s[0] >= '2' && s[0] <= '6' && bawn_pii_sum(s, "13791379") % 10 == bawn_pii_digit(s[8]);
}

/* The seventh digit is the century and the sex: 1 to 4 of citizens, 5 to 8 of foreigners. */
static bool rrn(const char *s) { return bawn_pii_yymmdd(s) && s[6] >= '1' && s[6] <= '4'; }
static bool frn(const char *s) { return bawn_pii_yymmdd(s) && s[6] >= '5' && s[6] <= '8'; }
static bool kr_passport(const char *s) { return strchr("MSRODG", s[0]); }
static bool thai(const char *s) { return s[0] != '0' && (11 - bawn_pii_sum(s, "DCBA98765432") % 11) % 10 == bawn_pii_digit(s[12]); }

static bool chinese(const char *s)
{
    int year = bawn_pii_number(s + 6, 4), province = bawn_pii_number(s, 2);
    return province >= 11 && province <= 91 && year >= 1880 && year <= 2099 &&
           bawn_pii_date(bawn_pii_number(s + 10, 2), bawn_pii_number(s + 12, 2)) &&
           "10X98765432"[bawn_pii_sum(s, "79A58421637" "9A5842") % 11] == s[17];
}

static bool my_number(const char *s)
{
    int rest = bawn_pii_sum(s, "65432765432") % 11;
    return (rest <= 1 ? 0 : 11 - rest) == bawn_pii_digit(s[11]);
}

static bool hong_kong(const char *s)
{
    int sum = 36 * 9 + (bawn_pii_value(s[0])) * 8 + bawn_pii_sum(s + 1, "765432") + (s[7] == 'A' ? 10 : bawn_pii_value(s[7]));
    return (bawn_is_digit((unsigned char)s[7]) || s[7] == 'A') && sum % 11 == 0;
}

static bool taiwan(const char *s)
{
    static const uint8_t letters[] = { 10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33 };
    int v = letters[s[0] - 'A'];
    return (s[1] == '1' || s[1] == '2' || s[1] == '8' || s[1] == '9') &&
           (v / 10 + v % 10 * 9 + bawn_pii_sum(s + 1, "876543211")) % 10 == 0;
}

static bool malaysia(const char *s)
{
    int place = bawn_pii_number(s + 6, 2);
    return bawn_pii_yymmdd(s) && place >= 1 && place != 17 && place != 18 && place != 19 && place != 20 && place != 69 && place != 70 &&
           place != 73 && place != 80 && place != 81 && place != 94 && place != 95 && place != 96 && place != 97;
}

static bool nik(const char *s)
{
    int day = bawn_pii_number(s + 6, 2);
    return s[0] != '0' && bawn_pii_date(bawn_pii_number(s + 8, 2), day > 40 ? day - 40 : day);
}

static bool israel(const char *s) { return !bawn_pii_same(s, 9) && bawn_pii_luhn(s, 9); }

/* The ninth digit counts by its fivefold's digits. */
static bool kr_business(const char *s)
{
    int sum = bawn_pii_sum(s, "137137135") + bawn_pii_digit(s[8]) * 5 / 10;
    return s[0] != '0' && (10 - sum % 10) % 10 == bawn_pii_digit(s[9]);
}

/* Region (Seoul 11 to Sejong 28), year, serial, an unpublished check. */
static bool kr_driver(const char *s)
{
    int region = bawn_pii_number(s, 2);
    return region >= 11 && region <= 28 && region != 27;
}

static const bawn_pii_id rows[] = {
    { PAN, 4, "AAAAA9999A", pan, 0.8f, 0.95f, BAWN_PII_WORDS("pan", "permanent account", "income tax", "pan card") },
    { AADHAAR, 4, "9999_9999_9999", aadhaar, 0.8f, 0.95f, AADHAAR_WORDS },
    { AADHAAR, 12, "999999999999", aadhaar, 0, 0.95f, AADHAAR_WORDS },
    { IN_PLATE, 2, "AA99AA9999", in_plate, 0.8f, 0.95f, BAWN_PII_WORDS("vehicle", "rto", "registration", "car", "number plate") },
    { IN_PLATE, 2, "AA_99_AA_9999", in_plate, 0.8f, 0.95f, BAWN_PII_WORDS("vehicle", "rto", "registration", "car", "number plate") },
    { IN_PLATE, 2, "AA99A9999", in_plate, 0, 0.8f, BAWN_PII_WORDS("vehicle", "rto", "registration", "car", "number plate") },
    { VOTER, 7, "AAA9999999", NULL, 0, 0.8f, BAWN_PII_WORDS("voter", "epic", "elector", "voter id", "election") },
    { IN_PASSPORT, 7, "A9999999", NULL, 0, 0.8f, BAWN_PII_WORDS("passport", "indian passport", "पासपोर्ट") },
    { GSTIN, 2, "99AAAAA9999AXXX", gstin, 0.95f, 0.95f, BAWN_PII_WORDS("gstin", "gst") },
    { NRIC, 7, "A9999999A", nric, 0.8f, 0.95f, NRIC_WORDS },
    { UEN, 8, "99999999A", NULL, 0, 0.8f, BAWN_PII_WORDS("uen", "unique entity", "acra") },
    { UEN, 9, "999999999A", NULL, 0, 0.8f, BAWN_PII_WORDS("uen", "unique entity", "acra") },
    { UEN, 2, "A99AA9999A", NULL, 0, 0.8f, BAWN_PII_WORDS("uen", "unique entity", "acra") },
    { ABN, 2, "99 999 999 999", abn, 0.8f, 0.95f, BAWN_PII_WORDS("abn", "business number") },
    { ABN, 11, "99999999999", abn, 0, 0.95f, BAWN_PII_WORDS("abn", "business number") },
    { ACN, 3, "999_999_999", acn, 0, 0.95f, BAWN_PII_WORDS("acn", "company number") },
    { ACN, 9, "999999999", acn, 0, 0.95f, BAWN_PII_WORDS("acn", "company number") },
    { TFN, 3, "999_999_999", tfn, 0, 0.95f, BAWN_PII_WORDS("tfn", "tax file") },
    { TFN, 9, "999999999", tfn, 0, 0.95f, BAWN_PII_WORDS("tfn", "tax file") },
    { AU_MEDICARE, 4, "9999_99999_9", au_medicare, 0, 0.95f, BAWN_PII_WORDS("medicare") },
    { AU_MEDICARE, 10, "9999999999", au_medicare, 0, 0.95f, BAWN_PII_WORDS("medicare") },
    { FRN, 6, "999999-9999999", frn, 0.8f, 0.95f, FRN_WORDS },
    { FRN, 13, "9999999999999", frn, 0, 0.95f, FRN_WORDS },
    { RRN, 6, "999999-9999999", rrn, 0.8f, 0.95f, RRN_WORDS },
    { RRN, 13, "9999999999999", rrn, 0, 0.95f, RRN_WORDS },
    { KR_PASSPORT, 8, "A99999999", kr_passport, 0, 0.8f, BAWN_PII_WORDS("여권", "여권번호", "korean passport") },
    { KR_PASSPORT, 3, "A999A9999", kr_passport, 0, 0.8f, BAWN_PII_WORDS("여권", "여권번호", "korean passport", "passport") },
    { TH, 1, "9-9999-99999-99-9", thai, 0.95f, 0.95f, TH_WORDS },
    { TH, 13, "9999999999999", thai, 0, 0.95f, TH_WORDS },
    { CN, 17, "99999999999999999A", chinese, 0.95f, 0.95f, CN_WORDS },
    { CN, 18, "999999999999999999", chinese, 0.8f, 0.95f, CN_WORDS },
    { JP, 12, "999999999999", my_number, 0, 0.95f, JP_WORDS },
    { JP, 4, "9999_9999_9999", my_number, 0, 0.95f, JP_WORDS },
    { HK, 6, "A999999(X)", hong_kong, 0.95f, 0.95f, BAWN_PII_WORDS("hkid", "身份證", "identity card") },
    { HK, 6, "A999999X", hong_kong, 0, 0.95f, BAWN_PII_WORDS("hkid", "身份證", "hong kong") },
    { TW, 9, "A999999999", taiwan, 0.8f, 0.95f, BAWN_PII_WORDS("身分證", "national id", "身份證") },
    { MY, 6, "999999-99-9999", malaysia, 0.8f, 0.95f, BAWN_PII_WORDS("mykad", "nric", "kad pengenalan", "ic") },
    { ID_NIK, 16, "9999999999999999", nik, 0, 0.95f, BAWN_PII_WORDS("nik", "ktp", "nomor induk kependudukan") },
    { KR_BUSINESS, 3, "999-99-99999", kr_business, 0, 0.95f, BAWN_PII_WORDS("사업자등록번호", "사업자번호", "사업자", "business registration", "brn") },
    { KR_BUSINESS, 10, "9999999999", kr_business, 0, 0.95f, BAWN_PII_WORDS("사업자등록번호", "사업자번호", "사업자", "business registration", "brn") },
    { KR_DRIVER, 2, "99-99-999999-99", kr_driver, 0, 0.95f, BAWN_PII_WORDS("운전면허", "운전면허번호", "면허번호", "driver license", "driver's license", "driving licence") },
    { KR_DRIVER, 12, "999999999999", kr_driver, 0, 0.8f, BAWN_PII_WORDS("운전면허", "운전면허번호", "면허번호", "korean driver") },
    { PH_TIN, 3, "999-999-999-999", NULL, 0, 0.95f, PH_TIN_WORDS },
    { PH_TIN, 3, "999-999-999", NULL, 0, 0.8f, PH_TIN_WORDS },
    { PH_UMID, 4, "9999-9999999-9", NULL, 0, 0.95f, PH_UMID_WORDS },
    { PH_PASSPORT, 7, "A9999999A", NULL, 0, 0.8f, PH_PASSPORT_WORDS },
    { PH_PASSPORT, 7, "AA9999999", NULL, 0, 0.8f, PH_PASSPORT_WORDS },
    { IL, 9, "999999999", israel, 0, 0.95f, BAWN_PII_WORDS("teudat zehut", "תעודת זהות", "ת.ז", "ת\"ז", "מספר זהות", "israeli id") },
};

static void confirm(bawn_probe *p) { bawn_pii_ids(p, rows, BAWN_COUNT(rows)); }

const bawn_guard bawn_guard_pii_ids_asia = {
    .guard = "pii", .id = "pii.ids_asia",
    .doc = "Identifiers of Asia, Oceania and Israel by shape and check digit; weak ones only beside a word that names them.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .digits_min = 2, .digits_max = 255, .confirm = confirm,
};

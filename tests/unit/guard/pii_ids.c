/* National identifiers: for each kind three valid ones that must be found and three near misses that must not.
 * The numbers of rows with check digits were drawn at random and judged by python-stdnum 2.2 (an implementation that is
 * not ours); the others are published examples or made up by their issue rules. */
#include "guard_harness.h"

#define GUARDS(X) X(us) X(uk) X(europe_west) X(europe_east) X(americas) X(asia) X(africa)
#define X(name) extern const bawn_guard bawn_guard_pii_ids_##name;
GUARDS(X)
#undef X
static const bawn_guard *const guards[] = {
#define X(name) &bawn_guard_pii_ids_##name,
GUARDS(X)
#undef X
};
enum { US, UK, WEST, EAST, AMERICAS, ASIA, AFRICA };

static const struct { int guard; const char *kind, *word, *hits[3], *misses[3]; } rows[] = {
    { US, "US_SOCIAL_SECURITY_NUMBER", "SSN", { "787-78-9328", "792-17-4218", "096-79-2908" }, { "666-78-9328", "792-00-4218", "096-79-0000" } },
    { US, "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER", "ITIN", { "993-83-4701", "946-81-4538", "901-91-6146" }, { "993-93-4701", "946-49-4538", "901-66-6146" } },
    { US, "US_BANK_ROUTING_NUMBER", "routing number", { "021231007", "022758929", "021703179" }, { "021231009", "022758921", "021703171" } },
    { UK, "UK_NATIONAL_HEALTH_SERVICE_NUMBER", "NHS number", { "8317100898", "0590344536", "9026605609" }, { "8317100890", "0590344538", "9026605601" } },
    { UK, "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER", "UTR", { "7414220709", "8029203221", "8687245461" }, { "741422070", "80292032211", "868724546X" } },
    { UK, "IE_PPS", "PPS number", { "0791130F", "6953980I", "1118218S" }, { "0791132F", "6953982I", "1118210S" } },
    { WEST, "DE_TAX_ID", "Steuer-ID", { "30085796121", "54910329895", "45970324812" }, { "30085796123", "54910329897", "45970324814" } },
    { WEST, "AT_SOCIAL_SECURITY", "SVNR", { "8153210881", "7529051272", "4347071180" }, { "8153210883", "7529051274", "4347071182" } },
    { WEST, "CH_AHV", "", { "756.3521.2975.86", "756.6269.1591.30", "756.0646.6304.72" }, { "756.3521.2975.88", "756.6269.1591.32", "756.0646.6304.74" } },
    { WEST, "FR_NIR", "", { "187077587355608", "271047554520917", "182127503260206" }, { "187077587355600", "271047554520919", "182127503260208" } },
    { WEST, "BE_NATIONAL_NUMBER", "", { "80.01.04-544.53", "63.06.13-291.05", "93.03.03-696.24" }, { "80.01.04-544.55", "63.06.13-291.07", "93.03.03-696.26" } },
    { WEST, "NL_BSN", "BSN", { "003047271", "303460994", "818688907" }, { "003047273", "303460996", "818688909" } },
    { WEST, "ES_NIF", "", { "71560298F", "18166542S", "98167171C" }, { "71560290F", "18166544S", "98167173C" } },
    { WEST, "ES_NIE", "", { "X4084502R", "X4707012Q", "X1803617A" }, { "X4084504R", "X4707014Q", "X1803619A" } },
    { WEST, "PT_NIF", "NIF", { "745996639", "527794864", "568083687" }, { "745996631", "527794866", "568083689" } },
    { WEST, "IT_FISCAL_CODE", "", { "RSSMRA85T27H501F", "RSSMRA85T21H501O", "RSSMRA85T10H501O" }, { "RSSMRA85T27H503F", "RSSMRA85T21H503O", "RSSMRA85T10H503O" } },
    { WEST, "IT_VAT_CODE", "Partita IVA", { "90867470891", "69048450451", "60767270410" }, { "90867470893", "69048450453", "60767270412" } },
    { WEST, "IT_VAT_CODE", "P.IVA", { "IT00743110157", "IT 00743110157", "IT90867470891" }, { "IT00743110158", "IT 00743110158", "IT9086747089" } },
    { WEST, "DE_VAT_ID", "USt-IdNr.", { "DE 136695976", "DE 136 695 976", "DE136695976" }, { "DE 136695978", "DE 136 695 978", "DE 13669597" } },
    { EAST, "PL_PESEL", "PESEL", { "69052840671", "90111245715", "76100750705" }, { "69052840673", "90111245717", "76100750707" } },
    { EAST, "PL_NIP", "NIP", { "2197557507", "3684731237", "7611266334" }, { "2197557509", "3684731239", "7611266336" } },
    { EAST, "FI_PERSONAL_IDENTITY_CODE", "", { "120988-022D", "210493-718X", "170988-458P" }, { "120988-024D", "210493-710X", "170988-450P" } },
    { EAST, "SE_PERSONNUMMER", "", { "700322-8298", "580614-6287", "970309-5530" }, { "700322-8290", "580614-6289", "970309-5532" } },
    { EAST, "NO_FODSELSNUMMER", "fødselsnummer", { "26126812085", "24105626718", "19126096855" }, { "26126812087", "24105626710", "19126096857" } },
    { EAST, "BALTIC_PERSONAL_CODE", "isikukood", { "46704118454", "35508241605", "35008046782" }, { "46704118456", "35508241607", "35008046784" } },
    { EAST, "BALTIC_PERSONAL_CODE", "asmens kodas", { "46803017161", "35908178535", "46305114944" }, { "46803017163", "35908178537", "46305114946" } },
    { EAST, "CZ_RODNE_CISLO", "", { "831116/8173", "530410/6907", "560618/5486" }, { "831116/8175", "530410/6909", "560618/5488" } },
    { EAST, "RO_CNP", "CNP", { "1540828127764", "2960112123106", "1730405126683" }, { "1540828127766", "2960112123108", "1730405126685" } },
    { EAST, "BG_EGN", "ЕГН", { "9704107684", "6101161792", "7007059261" }, { "9704107686", "6101161794", "7007059263" } },
    { EAST, "HR_OIB", "OIB", { "47672640645", "72985621147", "79748789872" }, { "47672640647", "72985621149", "79748789874" } },
    { EAST, "GR_AMKA", "AMKA", { "23096700671", "15087114243", "19127204501" }, { "23096700673", "15087114245", "19127204503" } },
    { EAST, "RU_INN", "ИНН", { "7951966609", "0879494050", "3609267197" }, { "7951966601", "0879494052", "3609267199" } },
    { EAST, "RU_INN", "ИНН", { "298776596837", "392147974139", "508416330744" }, { "298776596839", "392147974131", "508416330746" } },
    { EAST, "TR_KIMLIK_NO", "TC kimlik no", { "97963848510", "81446849262", "28390138554" }, { "97963848512", "81446849264", "28390138556" } },
    { AMERICAS, "CA_SOCIAL_INSURANCE_NUMBER", "SIN", { "172-925-588", "979-878-600", "249-748-161" }, { "172-925-580", "979-878-602", "249-748-163" } },
    { AMERICAS, "BR_CPF", "", { "532.818.808-00", "622.089.557-65", "780.889.480-02" }, { "532.818.808-02", "622.089.557-67", "780.889.480-04" } },
    { AMERICAS, "BR_CNPJ", "", { "49.037.574/0001-23", "77.377.059/0001-28", "39.923.398/0001-73" }, { "49.037.574/0001-25", "77.377.059/0001-20", "39.923.398/0001-75" } },
    { AMERICAS, "MX_CURP", "", { "BOXW500418HNERXN06", "BOXW980903HNERXN06", "BOXW601121HNERXN06" }, { "BOXW500418HNERXN08", "BOXW980903HNERXN08", "BOXW601121HNERXN08" } },
    { AMERICAS, "CL_RUT", "", { "77.276.263-1", "53.431.338-1", "78.526.106-2" }, { "77.276.263-3", "53.431.338-3", "78.526.106-4" } },
    { AMERICAS, "AR_CUIT", "", { "20-87531259-7", "20-60695148-6", "20-01089567-8" }, { "20-87531259-9", "20-60695148-8", "20-01089567-0" } },
    { AMERICAS, "PE_RUC", "RUC", { "20260181590", "15890786666", "10760313721" }, { "20260181592", "15890786668", "10760313723" } },
    { ASIA, "IN_AADHAAR", "", { "4222 7890 2888", "9748 8573 9721", "2493 2456 1924" }, { "4222 7890 2880", "9748 8573 9723", "2493 2456 1926" } },
    { ASIA, "IN_GSTIN", "", { "27AAPFU2070F1Z1", "27AAPFU1503F1Z9", "27AAPFU5300F1Z6" }, { "27AAPFU2070F1Z3", "27AAPFU1503F1Z1", "27AAPFU5300F1Z8" } },
    { ASIA, "SG_UEN", "UEN", { "57003909J", "60056260C", "37595145L" }, { "5700390J", "6005626CC", "37595147" } },
    { ASIA, "AU_ABN", "", { "85 014 972 284", "31 143 389 058", "83 745 419 616" }, { "85 014 972 286", "31 143 389 050", "83 745 419 618" } },
    { ASIA, "AU_ACN", "ACN", { "963280060", "580522729", "442001149" }, { "963280062", "580522721", "442001141" } },
    { ASIA, "AU_TFN", "TFN", { "158486981", "634624560", "914605686" }, { "158486983", "634624562", "914605688" } },
    { ASIA, "TH_TNIN", "", { "4-4095-02781-86-3", "5-2234-22755-99-2", "2-6770-09820-47-4" }, { "4-4095-02781-86-5", "5-2234-22755-99-4", "2-6770-09820-47-6" } },
    { ASIA, "CN_RESIDENT_ID", "", { "110105199808274412", "110105198202177509", "110105198204098994" }, { "110105199808274414", "110105198202177501", "110105198204098996" } },
    { ASIA, "JP_MY_NUMBER", "マイナンバー", { "847962599489", "643440396044", "743841822121" }, { "847962599481", "643440396046", "743841822123" } },
    { AFRICA, "ZA_ID", "ID number", { "8404151265143", "9903011548019", "6903018745025" }, { "8404151265145", "9903011548011", "6903018745027" } },
    { ASIA, "IL_ID", "Teudat Zehut", { "632271029", "000272062", "650462880" }, { "632271021", "000272064", "650462882" } },
    { US, "US_PASSPORT_NUMBER", "passport", { "340007237", "A12345678", "C03005988" }, { "34000723", "AB1234567890", "111111111" } },
    { US, "US_NPI", "NPI", { "1234567893", "1993999998", "1245319599" }, { "1234567890", "3993999998", "1245319590" } },
    { US, "US_MBI", "", { "1EG4-TE5-MK73", "1EG4TE5MK73", "5C19H38DW67" }, { "1SG4-TE5-MK73", "0EG4TE5MK73", "5C19H38D6W7" } },
    { US, "MEDICAL_LICENSE", "DEA", { "AB1234563", "BJ6125341", "FS1234563" }, { "AB1234561", "BJ6125340", "IS1234563" } },
    { US, "VEHICLE_IDENTIFICATION_NUMBER", "", { "1M8GDM9AXKP042788", "5GZCZ43D13S812715", "1HGCM82633A004352" }, { "1M8GDM9A1KP042788", "5GZCZ43D13S8127150", "1HGCM82630A004352" } },
    { UK, "UK_NATIONAL_INSURANCE_NUMBER", "", { "AB123456C", "JG 10 37 59 A", "CE 12 34 56 D" }, { "BG123456C", "DA123456C", "AB123456E" } },
    { UK, "UK_PASSPORT", "UK passport", { "925665416", "107185703", "533380006" }, { "92566541", "1071857033", "53338000X" } },
    { UK, "LICENSE_PLATE", "registration", { "AB12 CDE", "LD63ABC", "BX70 XYZ" }, { "AB01 CDE", "ZD63ABC", "BX45 XYZ" } },
    { WEST, "DE_ID_CARD", "Personalausweis", { "L01X00T471", "L01X00T47", "T220001293" }, { "L01X00T479A", "LAIX00T47", "L01X00" } },
    { WEST, "DE_PASSPORT", "Reisepass", { "C01X00T478", "C01X00T47", "F0000K1R2" }, { "CAOX00T47", "C01X00T4712", "C01X0" } },
    { WEST, "DE_SOCIAL_SECURITY", "", { "15070649C103", "15 070649 C 103", "65170839J003" }, { "15070649C104", "15071349C103", "15 070649 C 108" } },
    { WEST, "FR_NIR", "", { "2 95 10 99 126 111 93", "2-95-10-99-126-111-93", "295109912611193" }, { "2 95 10 99 126 111 94", "5 95 10 99 126 111 93", "295139912611193" } },
    { WEST, "ES_NIF", "", { "54362315-K", "54362315K", "54.362.315-K" }, { "54362315-J", "5436231K", "54.362.316-K" } },
    { WEST, "IT_DRIVER_LICENSE", "patente di guida", { "AA1234567B", "RM7654321X", "U1H86J05KB" }, { "AA123456B", "A1234567B", "AA12345678B" } },
    { WEST, "IT_IDENTITY_CARD", "carta d'identità", { "CA00000AA", "AB1234567", "1234567AB" }, { "CA0000AA", "A12345678", "12345678AB" } },
    { WEST, "IT_PASSPORT", "passaporto", { "AA1234567", "YA7654321", "YB1122334" }, { "A1234567", "AA123456", "AAA123456" } },
    { WEST, "FR_PASSPORT", "passeport", { "12AB34567", "09PA12345", "18CX99999" }, { "12A34567", "1AB34567", "12AB345678" } },
    { WEST, "ES_PASSPORT", "pasaporte", { "AAA123456", "XDB987654", "PAB112233" }, { "AA12345", "AAA12345", "AAAA123456" } },
    { EAST, "DK_CPR", "CPR", { "211062-5629", "010170-1234", "2110625629" }, { "321062-5629", "211362-5629", "21106256291" } },
    { EAST, "RU_SNILS", "", { "112-233-445 95", "087-654-303 00", "160-722-398 51" }, { "112-233-445 96", "087-654-304 00", "160-722-398 52" } },
    { EAST, "RU_PASSPORT", "паспорт", { "4509 123456", "45 09 123456", "1201 654321" }, { "4509 12345", "450 9123456", "45 091 23456" } },
    { EAST, "SE_PERSONNUMMER", "", { "880320-0016", "811228-9874", "19811228-9874" }, { "880320-0018", "811328-9874", "18811228-9874" } },
    { EAST, "FI_PERSONAL_IDENTITY_CODE", "", { "131052-308T", "131052A308T", "010101-123N" }, { "131352-308T", "131052-308U", "131052B308" } },
    { AMERICAS, "CA_HEALTH_NUMBER", "health card", { "1234-567-890-AB", "9876543217", "2345 678 901" }, { "12345", "98765432101234", "2345 67 901" } },
    { AMERICAS, "MX_RFC", "RFC", { "GODE561231GR8", "VECJ880326XXX", "BOXW310820AB1" }, { "GODE561331GR8", "GOD561231GR8", "GODE561231GR" } },
    { ASIA, "IN_PAN", "", { "ACUPA7085R", "AAAPL1234C", "BNZPM2501F" }, { "ACUXA7085R", "ACUPA0000R", "ACUPA70855" } },
    { ASIA, "IN_VEHICLE_REGISTRATION", "", { "MH12AB1234", "DL 01 AB 1234", "KA-05-MN-4321" }, { "ZZ12AB1234", "MH00AB1234", "MH12AB12345" } },
    { ASIA, "IN_VOTER", "voter", { "ABC1234567", "XGN7654321", "UVE0011223" }, { "AB1234567", "ABC123456", "ABCD1234567" } },
    { ASIA, "IN_PASSPORT", "passport", { "J8369854", "A1234567", "Z7654321" }, { "J836985", "JJ836985", "J83698541" } },
    { ASIA, "SG_NRIC_FIN", "", { "S1234567D", "T1234567J", "F1234567N" }, { "S1234567E", "T1234567D", "A1234567D" } },
    { ASIA, "AU_MEDICARE", "medicare", { "2123456701", "2123 45670 1", "4050 07347 1" }, { "2123456791", "7123456701", "2123 45671 1" } },
    { ASIA, "KR_RRN", "", { "971013-1019902", "880101-2345678", "050512-3123456" }, { "971313-1019902", "971013-9019902", "971013-101990" } },
    { ASIA, "KR_FRN", "", { "971013-5019902", "880101-6345678", "050512-7123456" }, { "971313-5019902", "971013-9019902", "971013-1019902" } },
    { US, "US_PROVIDER_TAX_ID", "EIN", { "12-3456789", "45-6789012", "98-7654321" }, { "07-3456789", "49-6789012", "98-76543210" } },
    { AFRICA, "ZA_DRIVER_LICENSE", "driving licence", { "60100018X1Y2", "123456789ABC", "1234567890CT" }, { "601000181122", "60100018X1Y", "60100018X1Y23" } },
    { AFRICA, "ZA_LICENSE_PLATE", "number plate", { "KD93GKGP", "DK 28 LF GP", "GET 103 WP" }, { "KD93GKGX", "DK 28 LFX GP", "GET 1034 WP" } },
    { ASIA, "KR_PASSPORT", "여권번호", { "M12345678", "M123A4567", "S87654321" }, { "A12345678", "M1234567", "M1234A567" } },
    { ASIA, "HK_ID", "", { "A123456(3)", "L555555(0)", "G123456(A)" }, { "A123456(4)", "L555555(1)", "G123456(B)" } },
    { ASIA, "TW_ID", "", { "A123456789", "F131104093", "N120511462" }, { "A123456788", "F331104093", "N120511460" } },
    { ASIA, "MY_NRIC", "", { "770305-02-1234", "901231-14-5678", "850101-01-0001" }, { "771305-02-1234", "770305-00-1234", "770305-17-1234" } },
    { ASIA, "ID_NIK", "NIK", { "3171234506890123", "3204110609970001", "3578014202900003" }, { "3171239967890123", "317123456789012", "0204110609970001" } },
    { WEST, "DE_HEALTH_INSURANCE", "Krankenversichertennummer", { "M661934514", "B663049403", "C699102374" }, { "M661934516", "B663049405", "C699102376" } },
    { WEST, "DE_VAT_ID", "", { "DE363745360", "DE828773255", "DE369832181" }, { "DE363745362", "DE828773257", "DE369832183" } },
    { WEST, "DE_TAX_NUMBER", "Steuernummer", { "97/641/32381", "133/8150/8159", "2893081508152" }, { "97/64/132381", "133/815/081591", "289308150815" } },
    { WEST, "DE_LANR", "LANR", { "551716079", "458889263", "397179189" }, { "551716279", "458889463", "397179389" } },
    { WEST, "DE_BSNR", "BSNR", { "021234568", "388812345", "721111100" }, { "02123456", "3888123456", "72-1111100" } },
    { WEST, "DE_HANDELSREGISTER", "Amtsgericht", { "HRB 12345", "HRB 4321", "HRB 158855" }, { "HRC 12345", "HRB 432", "HRB 1588551" } },
    { UK, "DRIVER_ID", "", { "MORGA657054SM9IJ", "LEE99607152J99AB", "FOX99801201A99XY" }, { "MORGA657354SM9IJ", "L9E99607152J99AB", "FOX9980120A99XYZ" } },
    { EAST, "SE_ORGANISATIONSNUMMER", "organisationsnummer", { "556590-6004", "556709-3330", "557925-0746" }, { "556590-6006", "556709-3332", "557925-0748" } },
    { AMERICAS, "CO_NIT", "NIT", { "990.109.281-5", "951.505.877-0", "914.014.193-1" }, { "990.109.281-7", "951.505.877-2", "914.014.193-3" } },
    { AMERICAS, "EC_CEDULA", "cédula", { "2359852353", "2459956823", "0867518326" }, { "2359852355", "2459956825", "0867518328" } },
    { ASIA, "KR_BRN", "사업자등록번호", { "134-86-72683", "116-82-00276", "124-81-00998" }, { "134-86-72685", "116-82-00278", "124-81-00990" } },
    { ASIA, "KR_DRIVER_LICENSE", "운전면허", { "11-18-123456-01", "13-94-654321-77", "28-05-000123-45" }, { "10-18-123456-01", "27-94-654321-77", "11-18-12345-01" } },
    { ASIA, "PH_TIN", "TIN", { "123-456-789-000", "987-654-321", "217-000-111-002" }, { "123-456-78-000", "987-654-32", "1217-000-111-002" } },
    { ASIA, "PH_UMID", "UMID", { "0111-2345678-9", "0033-1234567-1", "1212-7654321-0" }, { "011-2345678-9", "0033-123456-1", "1212-7654321-00" } },
    { ASIA, "PH_PASSPORT", "Philippine passport", { "P1234567A", "EB1234567", "P7654321B" }, { "P123456A", "EB123456", "PP7654321B" } },
    { AFRICA, "NG_NIN", "NIN", { "89544126258", "18489544999", "74765817360" }, { "89544126250", "18489544991", "74765817362" } },
    { AFRICA, "NG_VEHICLE_REGISTRATION", "plate number", { "ABC-123DE", "KJA456XY", "LSD-001AA" }, { "AB-123DE", "KJA4567XY", "LSD-01AA" } },
    { AFRICA, "ZA_INCOME_TAX_NUMBER", "income tax", { "0310535166", "1556134227", "0295896583" }, { "0310535168", "1556134229", "0295896585" } },
    { AFRICA, "ZA_VAT_NUMBER", "VAT", { "4326884030", "4308687245", "4605049669" }, { "4326884032", "4308687247", "4605049661" } },
    { AFRICA, "ZA_COMPANY_REGISTRATION", "company registration", { "1999/123456/07", "2015/000321/08", "1962/003165/06" }, { "1799/123456/07", "2015/000321/05", "1962/00316/06" } },
    { AFRICA, "ZA_PASSPORT", "South African passport", { "A12345678", "M00123456", "D87654321" }, { "B12345678", "M0012345", "AD8765432" } },
    { AFRICA, "ZA_TRAFFIC_REGISTER_NUMBER", "traffic register", { "1234567890123", "4000012345678", "9988776655443" }, { "123456789012", "40000123456789", "99887766554 43" } },
};

static int kind_of(const bawn_guard *g, const char *name)
{
    for (uint16_t i = 0; i < g->n_kinds; i++)
        if (strcmp(g->kinds[i].code + 4, name) == 0)
            return i;
    fail_msg("%s has no kind %s", g->id, name);
    return -1;
}

/* Whether exactly `value` was found as that kind. */
static bool found_as(const bawn_harness *h, int kind, const char *text, const char *value)
{
    for (size_t i = 0; i < h->n_found; i++)
        if (h->found[i].kind == kind && h->found[i].end - h->found[i].begin == strlen(value) &&
            memcmp(text + h->found[i].begin, value, strlen(value)) == 0)
            return true;
    return false;
}

static void every_identifier_is_found_and_its_near_misses_are_not(void **state)
{
    static bawn_harness h[BAWN_COUNT(guards)];
    char text[256];
    int bad = 0;
    (void)state;
    for (size_t g = 0; g < BAWN_COUNT(guards); g++)
        harness_open(&h[g], guards[g], BAWN_IN_INPUT);
    for (size_t r = 0; r < BAWN_COUNT(rows); r++) {
        bawn_harness *g = &h[rows[r].guard];
        int kind = kind_of(g->guard, rows[r].kind);
        for (int i = 0; i < 3; i++) {
            assert_non_null(rows[r].hits[i]);
            assert_non_null(rows[r].misses[i]);
            snprintf(text, sizeof text, "Mine, %s: %s, as you asked.", rows[r].word, rows[r].hits[i]);
            bawn_harness_run(g, text);
            if (!found_as(g, kind, text, rows[r].hits[i]))
                bad++, print_error("not found: %s in %s\n", rows[r].kind, text);
            harness_check_cuts(g, text, 5);
            snprintf(text, sizeof text, "Mine, %s: %s, as you asked.", rows[r].word, rows[r].misses[i]);
            bawn_harness_run(g, text);
            if (harness_has(g, kind))
                bad++, print_error("found: %s in %s\n", rows[r].kind, text);
        }
    }
    for (size_t g = 0; g < BAWN_COUNT(guards); g++)
        harness_close(&h[g]);
    assert_int_equal(bad, 0);
}

static void what_has_no_score_alone_needs_its_word(void **state)
{
    static bawn_harness h;
    char text[256];
    (void)state;
    for (size_t r = 0; r < BAWN_COUNT(rows); r++) {
        if (!*rows[r].word)
            continue;
        harness_open(&h, guards[rows[r].guard], BAWN_IN_INPUT);
        int kind = kind_of(h.guard, rows[r].kind);
        for (int i = 0; i < 3 && rows[r].guard != US; i++) {
            snprintf(text, sizeof text, "The order %s was shipped.", rows[r].hits[i]);
            bawn_harness_run(&h, text);
            if (harness_has(&h, kind))
                fail_msg("%s found in %s", rows[r].kind, text);
        }
        harness_close(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_identifier_is_found_and_its_near_misses_are_not),
        cmocka_unit_test(what_has_no_score_alone_needs_its_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

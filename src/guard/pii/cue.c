/* What only a word in front tells from any other number or word: CVV, expiry, PIN, account, licence, plate, BIC, passport,
 * user name, password, name, and the numbers of American health insurance, whose form each payer chooses. A cue is a literal in the byte pass; behind it stand fillers ("number", ":", "is", quotes),
 * then the value, in the form of its kind. User names and passwords ask for a link ("is", ":", "=") among the fillers;
 * code that says where a password is (settings.DB_PASS1) is none. */
#include "guard/pii/pii.h"
#include "guard/secrets/secrets.h"

enum { CVV, EXPIRY, PIN, ACCOUNT, DRIVER, PLATE, SWIFT, PASSPORT, USERNAME, PASSWORD, NAME, MEMBER, AUTHORIZATION, CLAIM, PRESCRIPTION,
       REFERRAL };

static const bawn_kind kinds[] = {
    [CVV] = BAWN_PII("CREDIT_DEBIT_CARD_CVV", BAWN_MASK, "card security code behind a word that says so"),
    [EXPIRY] = BAWN_PII("CREDIT_DEBIT_CARD_EXPIRY", BAWN_MASK, "card expiry, MM/YY, behind a word that says so"),
    [PIN] = BAWN_PII("PIN", BAWN_MASK, "personal identification number of 4 to 6 digits behind a word that says so"),
    [ACCOUNT] = BAWN_PII("US_BANK_ACCOUNT_NUMBER", BAWN_MASK, "bank account number behind a word that says so"),
    [DRIVER] = BAWN_PII("DRIVER_ID", BAWN_MASK, "driving licence number behind a word that says so"),
    [PLATE] = BAWN_PII("LICENSE_PLATE", BAWN_MASK, "vehicle registration behind a word that says so"),
    [SWIFT] = BAWN_PII("SWIFT_CODE", BAWN_MASK, "bank identifier code (ISO 9362) behind a word that says so"),
    [PASSPORT] = BAWN_PII("PASSPORT_NUMBER", BAWN_MASK, "passport number behind a word that says so"),
    [USERNAME] = BAWN_PII("USERNAME", BAWN_MASK, "user name behind a word that says so"),
    [PASSWORD] = BAWN_PII("PASSWORD", BAWN_MASK, "password behind a word that says so"),
    [NAME] = BAWN_PII("NAME", BAWN_OBSERVE, "a person's name behind \"my name is\" and the like"),
    [MEMBER] = BAWN_PII("US_HEALTH_INSURANCE_MEMBER_ID", BAWN_MASK, "member or subscriber number of a health insurance behind a word that says so"),
    [AUTHORIZATION] = BAWN_PII("US_PRIOR_AUTHORIZATION_NUMBER", BAWN_MASK, "prior authorization number behind a word that says so"),
    [CLAIM] = BAWN_PII("US_CLAIM_NUMBER", BAWN_MASK, "claim number behind a word that says so"),
    [PRESCRIPTION] = BAWN_PII("US_PRESCRIPTION_NUMBER", BAWN_MASK, "prescription number behind a word that says so"),
    [REFERRAL] = BAWN_PII("US_REFERRAL_NUMBER", BAWN_MASK, "referral number behind a word that says so"),
};

/* A short cue stands inside many words: the byte pass asks for a whole one, or prose would wake the guard at each line. */
#define SHORT(word, kind, score, lang, hit, miss) { "\\b" word "\\b", kind, BAWN_P_TRIGGER, score, lang, hit, miss }
#define CUE(word, kind, score, lang, hit, miss) { word, kind, BAWN_P_TRIGGER | BAWN_P_LITERAL, score, lang, hit, miss }

static const bawn_pattern patterns[] = {
    SHORT("cvv", CVV, 0.95f, "*", "CVV: 123", "the CVV is on the back"),
    SHORT("cvc", CVV, 0.95f, "*", "cvc 4321", "the CVC 12 is short"),
    CUE("cvc2", CVV, 0.95f, "*", "cvc2 is 737", "cvc2 has 3 digits"),
    CUE("cvv2", CVV, 0.95f, "*", "cvv2=737", "cvv2 has 3 digits"),
    CUE("security code", CVV, 0.8f, "en", "security code is 737", "the security code of 20 lines"),
    CUE("card verification", CVV, 0.8f, "en", "card verification number 737", "card verification takes 10 days"),
    CUE("prüfnummer", CVV, 0.8f, "de", "Die Prüfnummer lautet 737", "Die Prüfnummer hat 3 Stellen"),
    CUE("prüfziffer", CVV, 0.8f, "de", "Prüfziffer: 737", "Die Prüfziffer ist 7"),
    CUE("cryptogramme", CVV, 0.8f, "fr", "cryptogramme : 737", "un cryptogramme de 20 lettres"),
    CUE("código de seguridad", CVV, 0.8f, "es", "código de seguridad: 737", "el código de seguridad tiene 3 cifras"),
    CUE("código de segurança", CVV, 0.8f, "pt", "código de segurança: 737", "o código de segurança tem 3 dígitos"),
    CUE("codice di sicurezza", CVV, 0.8f, "it", "codice di sicurezza: 737", "il codice di sicurezza ha 3 cifre"),

    CUE("expiry", EXPIRY, 0.95f, "en", "expiry 12/27", "expiry in 12 days"),
    CUE("expiration", EXPIRY, 0.95f, "en", "expiration date: 09/2028", "expiration after 30 days"),
    CUE("expires", EXPIRY, 0.8f, "en", "expires 04/26", "expires 14/26"),
    SHORT("exp", EXPIRY, 0.8f, "*", "exp: 04/26", "exp 3/4 of the time"),
    CUE("valid thru", EXPIRY, 0.95f, "en", "valid thru 01/30", "valid thru Monday"),
    CUE("valid until", EXPIRY, 0.8f, "en", "valid until 01/30", "valid until 13/30"),
    CUE("gültig bis", EXPIRY, 0.8f, "de", "gültig bis 01/30", "gültig bis 01.02.2030"),
    CUE("expire", EXPIRY, 0.8f, "fr", "expire le 01/30", "il expire 00/30"),
    CUE("caduca", EXPIRY, 0.8f, "es", "caduca el 01/30", "caduca en 30 días"),
    CUE("vencimiento", EXPIRY, 0.8f, "es", "fecha de vencimiento 01/30", "vencimiento en 30 días"),
    CUE("scadenza", EXPIRY, 0.8f, "it", "scadenza 01/30", "scadenza tra 30 giorni"),
    CUE("validade", EXPIRY, 0.8f, "pt", "validade 01/30", "validade de 30 dias"),

    SHORT("pin", PIN, 0.8f, "*", "my PIN is 4821", "pin 7 of the connector"),
    CUE("geheimzahl", PIN, 0.8f, "de", "Die Geheimzahl lautet 4821", "Die Geheimzahl hat vier Stellen"),
    CUE("pin-code", PIN, 0.8f, "*", "pin-code: 4821", "pin-code of 4 digits"),

    CUE("account", ACCOUNT, 0.8f, "en", "transfer 300 to account 34077940077", "my account has 300 euros"),
    CUE("acct", ACCOUNT, 0.8f, "en", "acct no. 12345678", "acct 12"),
    CUE("kontonummer", ACCOUNT, 0.8f, "de", "Kontonummer: 12345678", "Die Kontonummer hat 10 Stellen"),
    CUE("konto", ACCOUNT, 0.8f, "de", "Konto Nr. 12345678", "Das Konto hat 12 Buchungen"),
    CUE("numéro de compte", ACCOUNT, 0.8f, "fr", "numéro de compte : 12345678901", "le numéro de compte a 11 chiffres"),
    CUE("número de cuenta", ACCOUNT, 0.8f, "es", "número de cuenta 1234567890", "el número de cuenta tiene 20 cifras"),
    CUE("numero di conto", ACCOUNT, 0.8f, "it", "numero di conto 123456789012", "il numero di conto ha 12 cifre"),
    CUE("rekeningnummer", ACCOUNT, 0.8f, "nl", "rekeningnummer 123456789", "het rekeningnummer heeft 9 cijfers"),
    CUE("conta", ACCOUNT, 0.8f, "pt", "conta número 12345678", "a conta de 300 euros"),

    CUE("driver's license", DRIVER, 0.8f, "en", "driver's license D1234567", "a driver's license costs 40 dollars"),
    CUE("drivers license", DRIVER, 0.8f, "en", "drivers license number: D1234567", "drivers license class 2"),
    CUE("driver license", DRIVER, 0.8f, "en", "driver license D123-4567-8901", "driver license class B2"),
    CUE("driver's licence", DRIVER, 0.8f, "en", "driver's licence D1234567", "a driver's licence in 2024"),
    CUE("driving licence", DRIVER, 0.8f, "en", "Driving licence 64144314 expires soon", "driving licence since 1998"),
    CUE("driving license", DRIVER, 0.8f, "en", "driving license MORGA753116SM9IJ", "driving license for 2024"),
    CUE("dl number", DRIVER, 0.8f, "en", "DL number D1234567", "DL number missing"),
    CUE("license number", DRIVER, 0.8f, "en", "license number D1234567", "license number 12"),
    CUE("führerscheinnummer", DRIVER, 0.8f, "de", "Führerscheinnummer B072RRE2I55", "Die Führerscheinnummer fehlt"),
    CUE("führerschein", DRIVER, 0.8f, "de", "Führerschein Nr. B072RRE2I55", "Führerschein seit 1998"),
    CUE("permis de conduire", DRIVER, 0.8f, "fr", "permis de conduire 13AA00002", "permis de conduire en 2024"),
    CUE("permiso de conducir", DRIVER, 0.8f, "es", "permiso de conducir 12345678Z", "permiso de conducir en 2024"),
    CUE("rijbewijs", DRIVER, 0.8f, "nl", "rijbewijs 5123456789", "rijbewijs sinds 1998"),

    CUE("license plate", PLATE, 0.8f, "en", "license plate 7ABC123", "the license plate is white"),
    CUE("licence plate", PLATE, 0.8f, "en", "licence plate AB12 CDE", "the licence plate of 2 cars"),
    CUE("number plate", PLATE, 0.8f, "en", "number plate AB12 CDE", "number plate in 2024"),
    CUE("plate number", PLATE, 0.8f, "en", "plate number: XYZ-4821", "plate number unknown"),
    CUE("plate", PLATE, 0.8f, "en", "a car with plate KA-123-BC", "a plate of 12 eggs"),
    CUE("kennzeichen", PLATE, 0.8f, "de", "Kennzeichen B-MW 1234", "Das Kennzeichen fehlt"),
    CUE("immatriculation", PLATE, 0.8f, "fr", "immatriculation AB-123-CD", "immatriculation en 2024"),
    CUE("matrícula", PLATE, 0.8f, "es", "matrícula 1234 BCD", "la matrícula de 2024"),
    CUE("targa", PLATE, 0.8f, "it", "targa AB123CD", "la targa del 2024"),
    CUE("plaka", PLATE, 0.8f, "tr", "plaka: 34 ABC 123", "plaka takmak 12 dakika"),
    CUE("kenteken", PLATE, 0.8f, "nl", "kenteken AB-123-C", "het kenteken is geel"),

    CUE("swift", SWIFT, 0.95f, "*", "SWIFT DEUTDEFF500", "SWIFT ANSWERED"),
    SHORT("bic", SWIFT, 0.95f, "*", "BIC: COBADEFFXXX", "a BIC has 8 or 11 letters"),

    CUE("passport", PASSPORT, 0.8f, "en", "passport no. X4RTBPFW4", "passport control in 2024"),
    CUE("reisepass", PASSPORT, 0.8f, "de", "Reisepass Nr. C01X00T47", "Der Reisepass kostet 70 Euro"),
    CUE("passeport", PASSPORT, 0.8f, "fr", "passeport n° 12AB34567", "le passeport en 2024"),
    CUE("pasaporte", PASSPORT, 0.8f, "es", "pasaporte AAA123456", "el pasaporte cuesta 30 euros"),
    CUE("passaporto", PASSPORT, 0.8f, "it", "passaporto YA1234567", "il passaporto del 2024"),
    CUE("paspoort", PASSPORT, 0.8f, "nl", "paspoort SPECI2014", "het paspoort van 2024"),
    CUE("paszport", PASSPORT, 0.8f, "pl", "paszport ZS1234567", "paszport z 2024 roku"),

    CUE("паспорт", PASSPORT, 0.8f, "ru", "паспорт серия 4508 номер 123456", "паспорт с 2024 года"),

    CUE("username", USERNAME, 0.8f, "en", "username: jdoe42", "the username is required"),
    CUE("user name", USERNAME, 0.8f, "en", "my user name is jdoe42", "enter a user name: it must be short"),
    CUE("user id", USERNAME, 0.8f, "en", "user id: jdoe42", "the user id is missing"),
    CUE("\"user\"", USERNAME, 0.8f, "*", "{\"user\": \"jdoe42\"}", "{\"user\": \"\"}"),
    CUE("failed for user ", USERNAME, 0.8f, "en", "Login failed for user jdoe42 from", "the login failed for user reasons"),
    CUE("ssh ", USERNAME, 0.8f, "*", "ssh jdoe42@10.0.0.7", "ssh keys are safe"),
    CUE("benutzername", USERNAME, 0.8f, "de", "Benutzername: jdoe42", "Der Benutzername ist falsch"),
    CUE("nom d'utilisateur", USERNAME, 0.8f, "fr", "nom d'utilisateur : jdoe42", "le nom d'utilisateur est obligatoire"),
    CUE("nombre de usuario", USERNAME, 0.8f, "es", "nombre de usuario: jdoe42", "el nombre de usuario es obligatorio"),
    CUE("nome utente", USERNAME, 0.8f, "it", "nome utente: jdoe42", "il nome utente è obbligatorio"),
    CUE("gebruikersnaam", USERNAME, 0.8f, "nl", "gebruikersnaam: jdoe42", "de gebruikersnaam is verplicht"),

    CUE("password", PASSWORD, 0.8f, "en", "my password is hunter22", "the password is required"),
    CUE("passcode", PASSWORD, 0.8f, "en", "passcode: 99Bottles!", "the passcode is wrong"),
    CUE("passphrase", PASSWORD, 0.8f, "en", "passphrase = \"Tr0ub4dor&3\"", "a passphrase is longer"),
    SHORT("pwd", PASSWORD, 0.8f, "*", "pwd: Tr0ub4dor", "pwd prints the folder"),
    CUE("passwort", PASSWORD, 0.8f, "de", "Das Passwort lautet Geheim2020!", "Das Passwort ist falsch"),
    CUE("kennwort", PASSWORD, 0.8f, "de", "Kennwort: Geheim2020!", "Das Kennwort ist falsch"),
    CUE("mot de passe", PASSWORD, 0.8f, "fr", "mot de passe : Secret2020!", "le mot de passe est obligatoire"),
    CUE("contraseña", PASSWORD, 0.8f, "es", "contraseña: Secreto2020!", "la contraseña es obligatoria"),
    CUE("senha", PASSWORD, 0.8f, "pt", "senha: Segredo2020!", "a senha é obrigatória"),
    CUE("wachtwoord", PASSWORD, 0.8f, "nl", "wachtwoord: Geheim2020!", "het wachtwoord is verkeerd"),
    CUE("пароль", PASSWORD, 0.8f, "ru", "пароль: Secret2020!", "введите пароль: восемь знаков"),
    CUE("密码", PASSWORD, 0.8f, "zh", "密码: Secret2020!", "密码错误"),
    CUE("パスワード", PASSWORD, 0.8f, "ja", "パスワードはSecret2020!です", "パスワードはOAuth2です"),
    CUE("비밀번호", PASSWORD, 0.8f, "ko", "비밀번호는 Secret2020! 입니다", "비밀번호를 잊었어요"),
    CUE("كلمة المرور", PASSWORD, 0.8f, "ar", "كلمة المرور: Secret2020!", "كلمة المرور خاطئة"),
    CUE("كلمة السر", PASSWORD, 0.8f, "ar", "كلمة السر هي Secret2020!", "كلمة السر خاطئة"),
    CUE("पासवर्ड", PASSWORD, 0.8f, "hi", "मेरा पासवर्ड Secret2020! है", "पासवर्ड: आठ अक्षर"),

    CUE("my name is", NAME, 0.6f, "en", "Hello, my name is Anna Smith.", "my name is not important"),
    CUE("mein name ist", NAME, 0.6f, "de", "Mein Name ist Jörg Weiß", "mein name ist egal"),
    CUE("ich heiße", NAME, 0.6f, "de", "Ich heiße Anna Schmidt", "ich heiße dich willkommen"),
    CUE("je m'appelle", NAME, 0.6f, "fr", "Je m'appelle Élodie Dupont", "je m'appelle moi-même"),
    CUE("me llamo", NAME, 0.6f, "es", "Me llamo Ángel Ruiz", "me llamo a mí mismo"),
    CUE("mi nombre es", NAME, 0.6f, "es", "Mi nombre es Ana Ruiz", "mi nombre es secreto"),
    CUE("mi chiamo", NAME, 0.6f, "it", "Mi chiamo Anna Rossi", "mi chiamo fuori"),
    CUE("meu nome é", NAME, 0.6f, "pt", "Meu nome é Ana Souza", "meu nome é segredo"),
    CUE("mijn naam is", NAME, 0.6f, "nl", "Mijn naam is Jan de Vries", "mijn naam is onbekend"),
    CUE("nazywam się", NAME, 0.6f, "pl", "Nazywam się Anna Nowak", "nazywam się inaczej"),
    CUE("member id", MEMBER, 0.8f, "en", "member ID: XYZ123456789", "the member id has 9 signs"),
    CUE("member number", MEMBER, 0.8f, "en", "member number W123456789", "member number 12"),
    CUE("member no", MEMBER, 0.8f, "en", "Member No. 98765432101", "member no more"),
    CUE("subscriber id", MEMBER, 0.8f, "en", "subscriber ID JQU850913204", "subscriber id missing"),
    CUE("subscriber number", MEMBER, 0.8f, "en", "subscriber number 850913204", "subscriber number 850"),
    CUE("insurance id", MEMBER, 0.8f, "en", "insurance ID is ABC-1234567", "an insurance id costs 20 dollars"),
    CUE("policy number", MEMBER, 0.8f, "en", "health insurance policy number POL1234567", "policy number 12 of the house"),

    CUE("prior authorization", AUTHORIZATION, 0.8f, "en", "prior authorization number PA-123456789", "prior authorization takes 10 days"),
    CUE("prior auth", AUTHORIZATION, 0.8f, "en", "prior auth # 12345678", "prior auth in 2024"),
    CUE("preauthorization", AUTHORIZATION, 0.8f, "en", "preauthorization no. 445566778", "preauthorization of 3 visits"),
    CUE("pre-authorization", AUTHORIZATION, 0.8f, "en", "pre-authorization: 445566778", "pre-authorization of 3 visits"),
    CUE("authorization number", AUTHORIZATION, 0.8f, "en", "authorization number A12345678", "the authorization number is missing"),

    CUE("claim number", CLAIM, 0.8f, "en", "claim number: CLM-20481234", "the claim number has 10 digits"),
    CUE("claim no", CLAIM, 0.8f, "en", "Claim no. 204812345", "they claim no 20 people came"),
    CUE("claim id", CLAIM, 0.8f, "en", "claim ID 204812345678", "claim id 12"),
    CUE("claim #", CLAIM, 0.8f, "en", "claim #204812345", "claim #1 is wrong"),

    CUE("prescription number", PRESCRIPTION, 0.8f, "en", "prescription number 7654321", "prescription number 12 of the day"),
    CUE("prescription no", PRESCRIPTION, 0.8f, "en", "Prescription no. 7654321-01", "a prescription no doctor wrote"),
    CUE("prescription #", PRESCRIPTION, 0.8f, "en", "prescription #7654321", "prescription #2"),
    CUE("rx number", PRESCRIPTION, 0.8f, "en", "Rx number: RX7654321", "the rx number is on the label"),
    CUE("rx# ", PRESCRIPTION, 0.8f, "en", "Rx# 7654321", "rx# is empty"),
    CUE("rx #", PRESCRIPTION, 0.8f, "en", "Rx #7654321", "rx #2"),

    CUE("referral number", REFERRAL, 0.8f, "en", "referral number REF-8812345", "a referral number of 5"),
    CUE("referral no", REFERRAL, 0.8f, "en", "Referral no. 8812345", "a referral no one needs"),
    CUE("referral id", REFERRAL, 0.8f, "en", "referral ID 8812345", "referral id missing"),
    CUE("referral #", REFERRAL, 0.8f, "en", "referral #8812345", "referral #3"),

    CUE("меня зовут", NAME, 0.6f, "ru", "Меня зовут Анна Петрова", "меня зовут домой"),
};

/* ---- from the cue to the value ------------------------------------------------------------------------------- */
static bool is_sign(int c) { return c == ' ' || c == '\t' || c == ':' || c == '=' || c == '#' || c == '"' || c == '\'' || c == '(' || c == '.' || c == '*' || c == '`'; }

static const struct { const char *word; bool link; } fillers[] = {
    { "number", false }, { "no", false }, { "nr", false }, { "num", false }, { "número", false }, { "numero", false }, { "numéro", false },
    { "n°", false }, { "nº", false }, { "nummer", false }, { "code", false }, { "id", false }, { "date", false }, { "bic", false },
    { "value", false }, { "plate", false }, { "swift", false }, { "on", false }, { "the", false }, { "le", false }, { "el", false }, { "il", false },
    { "is", true }, { "was", true }, { "ist", true }, { "lautet", true }, { "est", true }, { "es", true }, { "è", true }, { "é", true }, { "to", false },
    { "серия", false }, { "серии", false }, { "номер", false }, { "рф", false }, { "РФ", false }, { "№", false }, { "هي", true }, { "هو", true },
};

/* What follows a cue without a blank, in scripts that have none between words, and is a link. */
static const char *const particles[] = { "是", "为", "は", "는", "은", "：", NULL };

/* Past one filler word at i, or i. */
static size_t past_filler(bool *link, bawn_probe *p, size_t i)
{
    for (size_t k = 0; k < BAWN_COUNT(fillers); k++) {
        size_t n = strlen(fillers[k].word);
        bawn_probe_at(p, i + n);
        if (i + n > p->text.len || !bawn_slice_eq_nocase(bawn_slice_of(p->text.ptr + i, n), bawn_slice_str(fillers[k].word)))
            continue;
        if (!is_sign(bawn_probe_at(p, i + n)))
            continue;
        *link |= fillers[k].link;
        return i + n;
    }
    return i;
}

static size_t value_begin(bool *link, bawn_probe *p)
{
    size_t i = p->end + bawn_probe_one_of(p, p->end, particles);
    *link = bawn_probe_back(p, i) == ' ' || i > p->end || strcmp(p->pattern->lang, "hi") == 0;
    for (int words = 0; words < 5; words++) {
        size_t before = i;
        for (int c; i < p->end + 48 && is_sign(c = bawn_probe_at(p, i)); i++)
            *link |= c == ':' || c == '=';
        i = past_filler(link, p, i);
        if (i == before)
            break;
    }
    return i;
}

/* ---- forms of values: each returns where the value ends, or 0 ---------------------------------------------------- */
static size_t digits_form(bawn_probe *p, size_t i, size_t min, size_t max)
{
    size_t digits = 0, end = i;
    for (int c; (c = bawn_probe_at(p, i)) >= 0; i++) {
        if (bawn_is_digit((unsigned char)c)) {
            digits++;
            end = i + 1;
        } else if (max < 7 || digits == 0 || (c != ' ' && c != '-') || i > end) {
            break;
        }
    }
    return digits >= min && digits <= max && bawn_pii_right(p, end) ? end : 0;
}

static size_t digits_of(bawn_probe *p, size_t i, size_t n)
{
    size_t end = bawn_probe_past_digits(p, i, n + 1);
    return end - i == n ? end : 0;
}

/* Series and number of a Russian passport: "4508 123456", "45 08 № 123456", "4508 номер 123456". */
static size_t russian_passport(bawn_probe *p, size_t i)
{
    static const char *const numbers[] = { "номер", "№", "n", NULL };
    size_t end = digits_of(p, i, 4);
    if (!end && digits_of(p, i, 2) && bawn_probe_at(p, i + 2) == ' ')
        end = digits_of(p, i + 3, 2);
    if (!end)
        return 0;
    i = end + (bawn_probe_at(p, end) == ',');
    i += bawn_probe_at(p, i) == ' ';
    i += bawn_probe_one_of(p, i, numbers);
    i += bawn_probe_at(p, i) == ':';
    i += bawn_probe_at(p, i) == ' ';
    end = digits_of(p, i, 6);
    return end && bawn_pii_right(p, end) ? end : 0;
}

static size_t expiry_form(bawn_probe *p, size_t i)
{
    bawn_pii_match m;
    if (!bawn_pii_shape(&m, p, i, "99/99") && !bawn_pii_shape(&m, p, i, "99/9999") && !bawn_pii_shape(&m, p, i, "99-99") &&
        !bawn_pii_shape(&m, p, i, "99 / 99"))
        return 0;
    int month = bawn_pii_number(m.text, 2);
    return month >= 1 && month <= 12 && (m.n == 4 || memcmp(m.text + 2, "20", 2) == 0) ? m.end : 0;
}

/* Upper-case letters and digits, with single hyphens or spaces inside; a space only before a part with a digit, or
 * (plates) before a short part of letters. */
static size_t code_form(bawn_probe *p, size_t i, size_t min, size_t max, size_t min_digits, bool spaces)
{
    size_t end = 0, signs = 0, digits = 0, begin = i;
    for (int c; signs <= max && (c = bawn_probe_at(p, i)) >= 0; i++) {
        if (bawn_is_digit((unsigned char)c) || bawn_is_upper((unsigned char)c)) {
            signs++;
            digits += bawn_is_digit((unsigned char)c);
            end = i + 1;
        } else if (i == begin || i > end || (c != '-' && !(spaces && c == ' '))) {
            break;
        }
    }
    return signs >= min && signs <= max && digits >= min_digits && bawn_pii_right(p, end) ? end : 0;
}

static size_t swift_form(bawn_probe *p, size_t i)
{
    static const char countries[] = " AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM"
        " CN CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG ES ET FI FJ FO FR GA GB GD GE GH GI GL GM GN GR GT GY HK HN HR HT HU ID IE IL IN IQ IR"
        " IS IT JM JO JP KE KG KH KM KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MK ML MM MN MO MR MT MU MV MW MX MY MZ NA NE NG"
        " NI NL NO NP NZ OM PA PE PG PH PK PL PS PT PY QA RO RS RU RW SA SC SD SE SG SI SK SL SM SN SO SR SV SY SZ TD TG TH TJ TM TN TR TT TW TZ"
        " UA UG US UY UZ VA VE VG VN XK YE ZA ZM ZW ";
    bawn_pii_match m;
    if (!bawn_pii_shape(&m, p, i, "AAAAAAXXXXX") && !bawn_pii_shape(&m, p, i, "AAAAAAXX"))
        return 0;
    char country[] = { ' ', m.text[4], m.text[5], ' ', '\0' };
    return !m.lower && strstr(countries, country) ? m.end : 0;
}

static bool is_stop_word(bawn_slice value)
{
    static const char *const words[] = {
        "not", "wrong", "invalid", "required", "correct", "incorrect", "already", "taken", "too", "the", "missing", "empty", "unknown", "being",
        "still", "set", "now", "also", "case", "never", "always", "must", "it", "and", "for", "your", "my", "our", "very", "stored", "hashed",
        "reset", "expired", "protected", "longer", "short", "weak", "strong", "falsch", "nicht", "leer", "zu", "ein", "eine", "obligatoire", "vide",
        "obligatorio", "obligatoria", "obbligatorio", "verplicht", "verkeerd", "incorrecto", "incorrecta", "incorrecte", "interfaces", "reasons",
        "experience", "input", "name", "password", "username", "null", "none", "undefined", "true", "false", "string", "str", "here",
        "what", "that", "this", "same", "different", "important", "interface", "accounts", "something", "asked", "sent", "in", "at", "on",
        "changeme", "secret", "example", "changed", "shown", "generated", "optional", "kept", "needed", "only", "safe", "forgotten", "lost", NULL };
    return bawn_slice_is_any(value, words);
}

/* Accounts of nobody, as command lines of manuals and of servers have them. */
static bool is_role(bawn_slice value)
{
    static const char *const words[] = { "user", "username", "root", "admin", "git", "ubuntu", "ec2-user", "centos", "debian", "deploy", "vagrant",
                                         "remote", "remote_user", "me", "you", "your_user", "login", NULL };
    return bawn_slice_is_any(value, words);
}

/* Letters of three bytes end a word in Latin letters ("Secret2020!です"), and so does the Arabic comma. */
static bool other_script(bawn_probe *p, size_t i)
{
    int c = bawn_probe_at(p, i);
    return (c >= 0xE3 && c <= 0xEF) || (c == 0xD8 && bawn_probe_at(p, i + 1) == 0x8C);
}

/* Scripts without blanks put names and terms behind the same particle ("パスワードはSHA-256で"): a password has more sorts of signs. */
static bool is_strong(bawn_slice value)
{
    bool lower = false, upper = false, digit = false, sign = false;
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        lower |= bawn_is_lower(c);
        upper |= bawn_is_upper(c);
        digit |= bawn_is_digit(c);
        sign |= strchr("!@#$%^&*+~_", c) != NULL;
    }
    return digit && (lower || upper) && value.len >= 6 && (sign || (lower && upper && value.len >= 8));
}

/* One word of at least three signs that says something; a password needs a digit, a sign or mixed case. */
static size_t word_form(bawn_probe *p, size_t i, bool password)
{
    size_t begin = i, marks = 0, alphas = 0;
    for (int c; i - begin < 64 && (c = bawn_probe_at(p, i)) > ' ' && !strchr("\"'`<>,;", c) && (password || c != '@') && !other_script(p, i); i++) {
        alphas += bawn_is_alpha((unsigned char)c);
        marks += bawn_is_digit((unsigned char)c) || (i > begin && bawn_is_upper((unsigned char)c)) || strchr("!@#$%^&*_-+~", c) != NULL;
        if (c == '{' || c == '[')
            return 0;
    }
    while (i > begin && strchr(".?)!:}]", p->text.ptr[i - 1]) && !(password && p->text.ptr[i - 1] == '!' && marks > 1))
        i--;
    bawn_slice value = { p->text.ptr + begin, i - begin };
    if (value.len < 3 || is_stop_word(value) || bawn_pii_same(value.ptr, value.len) || (password && (marks == 0 || value.len < 4)))
        return 0;
    bool glued = password && begin > 0 && (unsigned char)p->text.ptr[begin - 1] >= 0x80;
    bool loose = password && (strcmp(p->pattern->lang, "hi") == 0 || strcmp(p->pattern->lang, "ko") == 0);     /* the link is weak, or behind the value */
    if ((glued || loose) && !is_strong(value))
        return 0;
    if (password && bawn_secret_is_reference(p, begin, value))
        return 0;
    return alphas + marks > 0 && (unsigned char)value.ptr[0] < 0x80 && value.ptr[0] != '$' && value.ptr[0] != '%' && value.ptr[0] != '/' ? i : 0;
}

/* A letter that begins a name: upper case in Latin (to U+017F) or Cyrillic. */
static bool is_capital(bawn_probe *p, size_t i)
{
    int a = bawn_probe_at(p, i), b = a >= 0xC3 ? bawn_probe_at(p, i + 1) : 0;
    if (a < 0x80)
        return a >= 0 && bawn_is_upper((unsigned char)a);
    return (a == 0xC3 && b >= 0x80 && b <= 0x9E) || (a >= 0xC4 && a <= 0xC5) || (a == 0xD0 && b >= 0x81 && b <= 0xAF);
}

static size_t name_form(bawn_probe *p, size_t i)
{
    size_t end = 0;
    for (int words = 0; words < 4 && is_capital(p, i); words++) {
        int c;
        while ((c = bawn_probe_at(p, i)) >= 0 && (bawn_is_alpha((unsigned char)c) || c >= 0x80 || c == '-' || c == '\''))
            i++;
        end = i;
        if (c != ' ')
            break;
        i++;
        if (words > 0 && !is_capital(p, i))
            break;
        if (bawn_probe_at(p, i) == 'd' && bawn_probe_at(p, i + 1) == 'e' && bawn_probe_at(p, i + 2) == ' ')
            i += 3;
    }
    return end;
}

static size_t value_end(bawn_probe *p, uint8_t kind, size_t i)
{
    switch (kind) {
    case CVV: return digits_form(p, i, 3, 4);
    case PIN: return digits_form(p, i, 4, 6);
    case EXPIRY: return expiry_form(p, i);
    case ACCOUNT: return digits_form(p, i, 7, 17);
    case DRIVER: return code_form(p, i, 6, 18, 4, false);
    case PLATE: {
        size_t end = code_form(p, i, 4, 9, 1, true);
        return end ? end : code_form(p, i, 4, 9, 1, false);
    }
    case SWIFT: return swift_form(p, i);
    case PASSPORT:
        if (strcmp(p->pattern->lang, "ru") == 0)
            return russian_passport(p, i);
        return code_form(p, i, 6, 10, 2, false);
    case MEMBER: return code_form(p, i, 6, 20, 5, false);
    case AUTHORIZATION:
    case CLAIM:
    case REFERRAL: return code_form(p, i, 6, 18, 6, false);
    case PRESCRIPTION: return code_form(p, i, 6, 14, 6, false);
    case USERNAME: return word_form(p, i, false);
    case PASSWORD: return word_form(p, i, true);
    default: return name_form(p, i);
    }
}

static void confirm(bawn_probe *p)
{
    bool link;
    size_t cue = strlen(p->pattern->regex) - (p->pattern->regex[0] == '\\' ? 4 : 0);  /* without the \b of SHORT */
    size_t begin = p->end - cue;
    uint8_t kind = p->pattern->kind;

    if (!bawn_probe_word_begins(p, begin))
        return;
    size_t i = value_begin(&link, p);
    if ((i == p->end && bawn_probe_back(p, i) != ' ' && bawn_probe_back(p, i) != '#') || ((kind == USERNAME || kind == PASSWORD) && !link))
        return;
    size_t end = value_end(p, kind, i);
    if (strcmp(p->pattern->regex, "ssh ") == 0 && (bawn_probe_at(p, end) != '@' || is_role(bawn_slice_of(p->text.ptr + i, end > i ? end - i : 0))))
        return;
    if (end > i)
        bawn_probe_found(p, kind, i, end, p->pattern->score);
}

const bawn_guard bawn_guard_pii_cue = {
    .guard = "pii", .id = "pii.cue",
    .doc = "Values that only a word in front of them gives away: card security code and expiry, PIN, account, licence, plate, "
           "BIC, passport, user name, password, name, numbers of American health insurance.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm,
};

/* Personal data that is no national identifier: what is found, with its exact span, what is not, and honest prose in
 * which no pii guard may find anything but what is observed by default. */
#include "guard_harness.h"

#define GUARDS(X) X(card) X(iban) X(phone) X(email) X(network) X(url) X(crypto) X(cue) X(name) X(age) X(date) X(address) X(aws) \
    X(address_east) X(address_korea) X(spoken) X(postcode) X(ids_us) X(ids_uk) X(ids_europe_west) X(ids_europe_east) X(ids_americas) X(ids_asia)
#define X(name) extern const bawn_guard bawn_guard_pii_##name;
GUARDS(X)
#undef X
static const bawn_guard *const guards[] = {
#define X(name) &bawn_guard_pii_##name,
GUARDS(X)
#undef X
};
enum { N_GUARDS = sizeof guards / sizeof guards[0] };

static bawn_harness harness[N_GUARDS];

static const struct { const char *kind, *text, *found; } rows[] = {  /* found: the span, NULL for none */
    { "CREDIT_DEBIT_CARD_NUMBER", "card 4111 1111 1111 1111 12/27", "4111 1111 1111 1111" },
    { "CREDIT_DEBIT_CARD_NUMBER", "pay with 5500-0000-0000-0004 please", "5500-0000-0000-0004" },
    { "CREDIT_DEBIT_CARD_NUMBER", "3782 822463 10005", "3782 822463 10005" },
    { "CREDIT_DEBIT_CARD_NUMBER", "it is 4012888888881881.", "4012888888881881" },
    { "CREDIT_DEBIT_CARD_NUMBER", "Diners card 30569309025904", "30569309025904" },
    { "CREDIT_DEBIT_CARD_NUMBER", "card 4111 1111 1111 1112", NULL },
    { "CREDIT_DEBIT_CARD_NUMBER", "order 4012888888881881", NULL },
    { "CREDIT_DEBIT_CARD_NUMBER", "EAN 4006381333931", NULL },
    { "CREDIT_DEBIT_CARD_NUMBER", "0.4111111111111111", NULL },
    { "CREDIT_DEBIT_CARD_NUMBER", "it is _4111111111111111_, yes", "4111111111111111" }, { "CREDIT_DEBIT_CARD_NUMBER", "**__4111 1111 1111 1111__**", "4111 1111 1111 1111" },
    { "CREDIT_DEBIT_CARD_NUMBER", "id_4111111111111111_x and id_4111111111111111_ and _4111111111111111_x", NULL },
    { "CREDIT_DEBIT_CARD_NUMBER", "_4111111111111111 and 4111111111111111_ and _4111111111111111__", NULL }, { "CREDIT_DEBIT_CARD_NUMBER", "_4111111111111112_", NULL },
    { "CREDIT_DEBIT_CARD_NUMBER", "pay\x1B[1;31m4111111111111111\x1B[0m", "4111111111111111" }, { "CREDIT_DEBIT_CARD_NUMBER", "pay[1m4111111111111111", NULL },
    { "AWS_ACCESS_KEY", "x\x1B[1mAKIAQ7ZK2MX9VRT4HB3N\x1B[m", "AKIAQ7ZK2MX9VRT4HB3N" },
    { "INTERNATIONAL_BANK_ACCOUNT_NUMBER", "x\x1B[1mDE89370400440532013000\x1B[0m", "DE89370400440532013000" },
    { "INTERNATIONAL_BANK_ACCOUNT_NUMBER", "IBAN DE89 3704 0044 0532 0130 00, danke", "DE89 3704 0044 0532 0130 00" },
    { "INTERNATIONAL_BANK_ACCOUNT_NUMBER", "GB82WEST12345698765432", "GB82WEST12345698765432" },
    { "INTERNATIONAL_BANK_ACCOUNT_NUMBER", "to MT84 MALT 0110 0001 2345 MTLC AST0 01S now", "MT84 MALT 0110 0001 2345 MTLC AST0 01S" },
    { "INTERNATIONAL_BANK_ACCOUNT_NUMBER", "DE89 3704 0044 0532 0130 01", NULL },
    { "INTERNATIONAL_BANK_ACCOUNT_NUMBER", "XX89 3704 0044 0532 0130 00", NULL },
    { "INTERNATIONAL_BANK_ACCOUNT_NUMBER", "DE89 3704 0044 0532 0130", NULL },
    { "PHONE", "+49 (0) 30 123456, bitte", "+49 (0) 30 123456" },
    { "PHONE", "Call +1-212-555-0123 now", "+1-212-555-0123" },
    { "PHONE", "at (415) 555-2671.", "(415) 555-2671" },
    { "PHONE", "or 361.629.8460 x12", "361.629.8460 x12" },
    { "PHONE", "mój telefon to 883 560 672.", "883 560 672" },
    { "PHONE", "le 06 12 34 56 78 !", "06 12 34 56 78" },
    { "PHONE", "请致电07-98920537。", "07-98920537" },
    { "PHONE", "it is 020 7946 0958.", "020 7946 0958" }, { "PHONE", "07700 900123 any time", "07700 900123" }, { "PHONE", "(11) 91234-5678", "(11) 91234-5678" },
    { "PHONE", "090-1234-5678", "090-1234-5678" }, { "PHONE", "138 1234 5678", "138 1234 5678" }, { "PHONE", "082 123 4567", "082 123 4567" },
    { "PHONE", "020 7946 0958 1234", NULL }, { "PHONE", "000 7946 0958", NULL }, { "PHONE", "order 020 7946 0958", NULL }, { "PHONE", "128 1234 5678", NULL },
    { "PHONE", "order 415-555-2671", NULL },
    { "PHONE", "on 2021-03-04 we call", NULL },
    { "PHONE", "call me on 12.03.2021", NULL },
    { "PHONE", "between 1914-1918 and 1939-1945", NULL },
    { "PHONE", "115-555-2671", NULL },
    { "EMAIL", "write to jane.doe+x@mail.example.co.uk.", "jane.doe+x@mail.example.co.uk" },
    { "EMAIL", "<o'neil@example.org>", "o'neil@example.org" },
    { "EMAIL", "mailto:a@b.de?subject=x", "a@b.de" },
    { "EMAIL", "josé@exemplo.com.br,", "josé@exemplo.com.br" },
    { "EMAIL", "an josef@müller.de, bitte", "josef@müller.de" }, { "EMAIL", "пишите на анна@почта.рф.", "анна@почта.рф" }, { "EMAIL", "邮箱 用户@例子.中国。", "用户@例子.中国" },
    { "EMAIL", "发到jane@example.com请", "jane@example.com" }, { "EMAIL", "jane@example.com，谢谢", "jane@example.com" }, { "EMAIL", "анна@почта", NULL },
    { "EMAIL", "my email is jane.roe at example dot com", "jane.roe at example dot com" }, { "EMAIL", "jane (at) example.com", "jane (at) example.com" },
    { "EMAIL", "jane [at] mail [dot] example [dot] org!", "jane [at] mail [dot] example [dot] org" }, { "EMAIL", "mi correo es ana arroba ejemplo punto com", "ana arroba ejemplo punto com" },
    { "EMAIL", "mail: jane dot roe at example dot com", "jane dot roe at example dot com" }, { "EMAIL", "jane.roe[@]example.com", "jane.roe[@]example.com" },
    { "EMAIL", "look at example dot com", NULL }, { "EMAIL", "email us: the form is at example dot com", NULL }, { "EMAIL", "he stood at gate dot matrix", NULL },
    { "EMAIL", "logo@2x.png", NULL }, { "EMAIL", "git@github.com:org/repo.git", NULL },
    { "EMAIL", "react@18.2.0", NULL }, { "EMAIL", "postgres://u:secret@db.example.com/x", NULL }, { "EMAIL", "@jane said hi", NULL },
    { "IP_ADDRESS", "from 192.168.1.20 at", "192.168.1.20" }, { "IP_ADDRESS", "[2001:db8::1]:443", "2001:db8::1" },
    { "IP_ADDRESS", "ssh x@292:4c9f:fa92:ad6e:e843:160c:fbf6:599c", "292:4c9f:fa92:ad6e:e843:160c:fbf6:599c" },
    { "IP_ADDRESS", "version 10.1.2.3 is out", NULL }, { "IP_ADDRESS", "1.2.3.4.5", NULL }, { "IP_ADDRESS", "10.753.7.1", NULL },
    { "IP_ADDRESS", "at 10:20:30 or std::a1", NULL },
    { "MAC_ADDRESS", "(MAC 2c:95:39:0A:bb:cc)", "2c:95:39:0A:bb:cc" }, { "MAC_ADDRESS", "2C-95-39-0A-BB-CC", "2C-95-39-0A-BB-CC" },
    { "MAC_ADDRESS", "aa:bb:cc:dd:ee:01 up", "aa:bb:cc:dd:ee:01" },
    { "UUID", "id 550e8400-e29b-41d4-a716-446655440000.", "550e8400-e29b-41d4-a716-446655440000" }, { "UUID", "ABCDEFAB-CDEF-4ABC-8DEF-ABCDEFABCDEF", "ABCDEFAB-CDEF-4ABC-8DEF-ABCDEFABCDEF" },
    { "UUID", "{01890a5d-ac96-774b-bcce-b302099a8057}", "01890a5d-ac96-774b-bcce-b302099a8057" },
    { "UUID", "550e8400-e29b-91d4-a716-446655440000", NULL }, { "UUID", "550e8400-e29b-41d4-c716-446655440000", NULL }, { "UUID", "550e8400-e29b-41d4-a716-4466554400001", NULL },
    { "UUID", "x550e8400-e29b-41d4-a716-446655440000", NULL }, { "UUID", "550e8400e29b41d4a716446655440000", NULL },
    { "UUID", "urn:uuid:550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000" },
    { "MAC_ADDRESS", "port 001a.2B3C.4d5e is up", "001a.2B3C.4d5e" }, { "MAC_ADDRESS", "abcd.ef01.2345 up", "abcd.ef01.2345" }, { "MAC_ADDRESS", "1234.5678.9012", NULL },
    { "MAC_ADDRESS", "001a.2b3c.4d5e.6f70", NULL },
    { "MAC_ADDRESS", "2c:95:39:0a:bb", NULL }, { "MAC_ADDRESS", "2c:95:39:0a:bb:cc:dd", NULL }, { "MAC_ADDRESS", "10:20:30:40:50", NULL },
    { "URL", "see https://example.com/a?b=1.", "https://example.com/a?b=1" }, { "URL", "www.example.org)", "www.example.org" },
    { "URL", "ftp://files.example.net/x,", "ftp://files.example.net/x" },
    { "URL", "redis://cache", NULL }, { "URL", "http:// nothing", NULL }, { "URL", "the www. prefix", NULL },
    { "CRYPTO", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT" },
    { "CRYPTO", "to 3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy" },
    { "CRYPTO", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0" },
    { "CRYPTO", "1BoatSLRHtKNngkdXEeobR76b53LETtpyU", NULL }, { "CRYPTO", "0x1234", NULL }, { "CRYPTO", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLz", NULL },
    { "DATE_TIME", "on 2021-03-04 we", "2021-03-04" }, { "DATE_TIME", "am 04.03.1999.", "04.03.1999" }, { "DATE_TIME", "12/31/24", "12/31/24" },
    { "DATE_TIME", "born 12 March 1984 in Oslo", "12 March 1984" }, { "DATE_TIME", "on March 12, 1984,", "March 12, 1984" }, { "DATE_TIME", "the 1st of May, 2020", "1st of May, 2020" },
    { "DATE_TIME", "am 12. März 1984", "12. März 1984" }, { "DATE_TIME", "le 1er juillet 1984", "1er juillet 1984" }, { "DATE_TIME", "12 de marzo de 1984", "12 de marzo de 1984" },
    { "DATE_TIME", "il 12 marzo 1984", "12 marzo 1984" }, { "DATE_TIME", "12 de março de 1984", "12 de março de 1984" }, { "DATE_TIME", "12 maart 1984", "12 maart 1984" },
    { "DATE_TIME", "12 marca 1984 r.", "12 marca 1984" }, { "DATE_TIME", "родился 12 марта 1984 года", "12 марта 1984" }, { "DATE_TIME", "12 Mart 1984", "12 Mart 1984" },
    { "DATE_TIME", "生于1984年3月12日", "1984年3月12日" }, { "DATE_TIME", "1984년 3월 12일생", "1984년 3월 12일" }, { "DATE_TIME", "في 12 مارس 1984", "12 مارس 1984" },
    { "DATE_TIME", "12 मार्च 1984 को", "12 मार्च 1984" },
    { "DATE_TIME", "32 March 1984", NULL }, { "DATE_TIME", "12 Marches 1984", NULL }, { "DATE_TIME", "may 12 people", NULL }, { "DATE_TIME", "12 марта мы", NULL }, { "DATE_TIME", "1984年3月的第12日", NULL },
    { "DATE_TIME", "12 March 1284", NULL }, { "DATE_TIME", "12 de agosto", NULL },
    { "DATE_TIME", "2021-13-04", NULL }, { "DATE_TIME", "1/2 of 3/4", NULL }, { "DATE_TIME", "10.20.30.40", NULL },
    { "CREDIT_DEBIT_CARD_CVV", "CVV: 123.", "123" }, { "CREDIT_DEBIT_CARD_CVV", "cvc2 is 1234", "1234" },
    { "CREDIT_DEBIT_CARD_CVV", "the security code number 737", "737" }, { "CREDIT_DEBIT_CARD_CVV", "CVV 12345", NULL },
    { "CREDIT_DEBIT_CARD_CVV", "cvvs 123", NULL },
    { "CREDIT_DEBIT_CARD_CVV", "The card 4505341629609777 with code 138 was declined.", "138" },
    { "CREDIT_DEBIT_CARD_CVV", "Karte 4505 3416 2960 9777 mit Prüfziffer 138.", "138" },
    { "CREDIT_DEBIT_CARD_CVV", "The card 4505341629609777 with 138 points.", NULL }, { "CREDIT_DEBIT_CARD_CVV", "The door 4505341629609778 with code 138.", NULL },
    { "CREDIT_DEBIT_CARD_EXPIRY", "exp. 04/26", "04/26" }, { "CREDIT_DEBIT_CARD_EXPIRY", "Expiration date: 09/2028", "09/2028" },
    { "CREDIT_DEBIT_CARD_EXPIRY", "experience 04/26", NULL },
    { "PIN", "my PIN is 4821", "4821" }, { "PIN", "PIN: 482133", "482133" }, { "PIN", "opinion 4821", NULL }, { "PIN", "pin 12", NULL },
    { "SWIFT_CODE", "SWIFT QXPJUSWP.", "QXPJUSWP" }, { "SWIFT_CODE", "BIC/SWIFT: COBADEFFXXX", "COBADEFFXXX" }, { "SWIFT_CODE", "swift code is OVIFDEO7XXX", "OVIFDEO7XXX" },
    { "SWIFT_CODE", "a swift ANSWERED", NULL }, { "SWIFT_CODE", "Swift language", NULL },
    { "US_BANK_ACCOUNT_NUMBER", "transfer 300 to account 34077940077, thanks", "34077940077" },
    { "US_BANK_ACCOUNT_NUMBER", "acct no. 12345678", "12345678" }, { "US_BANK_ACCOUNT_NUMBER", "Kontonummer: 0532013000", "0532013000" },
    { "US_BANK_ACCOUNT_NUMBER", "my account has 300 euros", NULL }, { "US_BANK_ACCOUNT_NUMBER", "on account of 2024", NULL }, { "US_BANK_ACCOUNT_NUMBER", "accountant 12345678", NULL },
    { "US_HEALTH_INSURANCE_MEMBER_ID", "Member ID: XYZ123456789, group 7", "XYZ123456789" }, { "US_HEALTH_INSURANCE_MEMBER_ID", "subscriber ID is W123456789.", "W123456789" },
    { "US_HEALTH_INSURANCE_MEMBER_ID", "the member id is required", NULL }, { "US_HEALTH_INSURANCE_MEMBER_ID", "member_id = 123456789", NULL },
    { "US_PRIOR_AUTHORIZATION_NUMBER", "prior authorization number PA-123456789 was", "PA-123456789" }, { "US_PRIOR_AUTHORIZATION_NUMBER", "prior authorization for 12 visits", NULL },
    { "US_CLAIM_NUMBER", "claim number CLM-20481234 is open", "CLM-20481234" }, { "US_CLAIM_NUMBER", "claim #204812345", "204812345" }, { "US_CLAIM_NUMBER", "we claim 1000000 users", NULL },
    { "US_PRESCRIPTION_NUMBER", "Rx number: 7654321", "7654321" }, { "US_PRESCRIPTION_NUMBER", "Rx# 7654321", "7654321" }, { "US_PRESCRIPTION_NUMBER", "RX packets 123456789", NULL },
    { "US_REFERRAL_NUMBER", "referral no. REF-8812345", "REF-8812345" }, { "US_REFERRAL_NUMBER", "referral code 881", NULL },
    { "DRIVER_ID", "Driving licence H934-5484-2541 expires", "H934-5484-2541" }, { "DRIVER_ID", "driver's license number is D1234567", "D1234567" },
    { "LICENSE_PLATE", "license plate 7ABC123", "7ABC123" }, { "LICENSE_PLATE", "Kennzeichen: B-MW 1234", "B-MW 1234" }, { "LICENSE_PLATE", "a plate of 3 eggs", NULL },
    { "PASSPORT_NUMBER", "passport no. X4RTBPFW4", "X4RTBPFW4" }, { "PASSPORT_NUMBER", "passport control in 2024", NULL },
    { "USERNAME", "username: zwilliams", "zwilliams" }, { "USERNAME", "{\"user\": \"francis34\", \"ip\"", "francis34" },
    { "USERNAME", "failed for user maya06 from", "maya06" }, { "USERNAME", "the username is required", NULL }, { "USERNAME", "username, please", NULL },
    { "PASSWORD", "my password is he3eefbkke, can you", "he3eefbkke" }, { "PASSWORD", "password: Anika1960!", "Anika1960!" },
    { "PASSWORD", "Das Passwort lautet Geheim2020!", "Geheim2020!" }, { "PASSWORD", "the password is incorrect", NULL },
    { "PASSWORD", "password: ${DB_PASS}", NULL }, { "PASSWORD", "reset your password here", NULL },
    { "PASSWORD", "const password = process.env.DB_PASSWORD;", NULL }, { "PASSWORD", "password = settings.DB_PASS1", NULL },
    { "PASSWORD", "String password = user.getPassword1();", NULL }, { "PASSWORD", "password: this->oldPass1,", NULL },
    { "PASSWORD", "user.password = newPassword1;", NULL }, { "PASSWORD", "password = DB_PASSWORD", NULL }, { "PASSWORD", "password = os.getenv('DB_PASS1')", NULL },
    { "PASSWORD", "password: John.Smith1985", "John.Smith1985" }, { "PASSWORD", "password = \"settings.DB_PASS1\"", "settings.DB_PASS1" },
    { "PASSWORD", "password=my_secret_1985", "my_secret_1985" }, { "PASSWORD", "password=Password1985", "Password1985" }, { "PASSWORD", "my password is my_password1", "my_password1" },
    { "USERNAME", "scp file user@host:/tmp; ssh user@host ls", NULL }, { "USERNAME", "ssh root@10.0.0.7", NULL }, { "USERNAME", "ssh rooth@10.0.0.7", "rooth" },
    { "CREDIT_DEBIT_CARD_NUMBER", "IMEI 490154203237518", NULL }, { "CREDIT_DEBIT_CARD_NUMBER", "SIM card, IMEI: 490154203237518", NULL },
    { "CREDIT_DEBIT_CARD_NUMBER", "it is 30569309025904.", "30569309025904" }, { "CREDIT_DEBIT_CARD_NUMBER", "38520000023237", "38520000023237" },
    { "CREDIT_DEBIT_CARD_NUMBER", "30569309025905", NULL }, { "CREDIT_DEBIT_CARD_NUMBER", "order 30569309025904", NULL },
    { "CREDIT_DEBIT_CARD_NUMBER", "5019717010103742", "5019717010103742" }, { "CREDIT_DEBIT_CARD_NUMBER", "5019717010103743", NULL },
    { "CREDIT_DEBIT_CARD_NUMBER", "IMEI 378282246310005", NULL }, { "CREDIT_DEBIT_CARD_NUMBER", "amex 378282246310005", "378282246310005" },
    { "AWS_ACCESS_KEY", "AKIAIOSFODNN7EXAMPLE", NULL }, { "AWS_SECRET_KEY", "secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", NULL },
    { "PASSWORD", "كلمة المرور: Abc12345!", "Abc12345!" }, { "PASSWORD", "كلمة المرور هي Abc12345!، شكرا", "Abc12345!" }, { "PASSWORD", "كلمة المرور خاطئة 12", NULL },
    { "PASSWORD", "पासवर्ड: Abc12345!", "Abc12345!" }, { "PASSWORD", "पासवर्ड SHA-256 से", NULL }, { "PASSWORD", "我的密码是Abc12345!", "Abc12345!" }, { "PASSWORD", "密码是用AES256加密的", NULL },
    { "PASSWORD", "密码为SHA256格式", NULL }, { "PASSWORD", "パスワードはAbc12345!です", "Abc12345!" }, { "PASSWORD", "パスワードはSHA-256で保存", NULL }, { "PASSWORD", "パスワードは8文字以上", NULL },
    { "PASSWORD", "비밀번호는 Abc12345!입니다", "Abc12345!" },
    { "PASSPORT_NUMBER", "паспорт серия 4508 номер 123456", "4508 номер 123456" }, { "PASSPORT_NUMBER", "паспорт РФ: 45 08 № 123456.", "45 08 № 123456" },
    { "PASSPORT_NUMBER", "Паспорт 4508 123456", "4508 123456" }, { "PASSPORT_NUMBER", "паспорт 4508 номер 12345", NULL }, { "PASSPORT_NUMBER", "паспорт 2024 года 123456", NULL },
    { "PHONE", "Звони 8 (495) 123-45-67.", "8 (495) 123-45-67" }, { "PHONE", "8-916-123-45-67", "8-916-123-45-67" }, { "PHONE", "8 916 123-45-67", "8 916 123-45-67" },
    { "PHONE", "9-916-123-45-67", NULL }, { "PHONE", "8-216-123-45-67", NULL }, { "PHONE", "8 916 123 45 67", NULL },
    { "AGE", "Мне 42 года", "42" }, { "AGE", "дай мне 42 рубля", NULL }, { "AGE", "Mi abuela tiene 82 años", "82" }, { "AGE", "la empresa tiene 20 años de experiencia", NULL },
    { "AGE", "tiene 82 años de edad", "82" }, { "AGE", "tiene 82 casas", NULL },
    { "ADDRESS", "Unter den Linden 77, 10117 Berlin", "Unter den Linden 77, 10117 Berlin" }, { "ADDRESS", "unter den Gästen 77 Leute", NULL }, { "ADDRESS", "an der Universität 77, im Jahr", NULL },
    { "ADDRESS", "Calle de Alcalá 45, 28014 Madrid", "Calle de Alcalá 45, 28014 Madrid" }, { "ADDRESS", "C/ Mayor, 12", "C/ Mayor, 12" }, { "ADDRESS", "Av. Paulista, 1578.", "Av. Paulista, 1578" },
    { "ADDRESS", "Piazza del Duomo 1, Milano", "Piazza del Duomo 1" }, { "ADDRESS", "Plaza de España 2024", NULL }, { "ADDRESS", "corso di Matematica 12 ore", NULL },
    { "AGE", "I'm 42 years old", "42" }, { "AGE", "a 13-year-old girl", "13" }, { "AGE", "age 63, admitted", "63" },
    { "AGE", "My age is 42 and I", "42" }, { "AGE", "My age is 42", "42" }, { "AGE", "我今年42岁", "42" }, { "AGE", "私は42歳です", "42" }, { "AGE", "мне 42 года, Анне 31 лет", "31" },
    { "AGE", "عمري 42 سنة", "42" }, { "AGE", "मेरी उम्र 42 साल है", "42" }, { "AGE", "the page is 42.", NULL }, { "AGE", "the average age is 42 percent", NULL },
    { "AGE", "tengo 42 años", "42" },
    { "AGE", "and i'm 75 y/o.", "75" }, { "AGE", "retired at the age of 67.", "67" }, { "AGE", "the age of 42 nations", NULL },
    { "AGE", "the page 63, then", NULL }, { "AGE", "420 years old", NULL }, { "AGE", "tengo 42 libros", NULL },
    { "NAME", "Hi, my name is Anna Smith.", "Anna Smith" }, { "NAME", "Ich heiße Jörg Weiß und", "Jörg Weiß" }, { "NAME", "my name is not known", NULL },
    { "NAME", "你好，我叫王伟，今年30岁。", "王伟" },
    { "NAME", "我叫李小龙来自北京", "李小龙" },
    { "NAME", "我叫王伟今年30岁", "王伟" },
    { "NAME", "我的名字是欧阳娜娜。", "欧阳娜娜" },
    { "NAME", "姓名：李娜 性别：女", "李娜" },
    { "NAME", "姓名: 陈静", "陈静" },
    { "NAME", "收件人：赵敏，电话", "赵敏" },
    { "NAME", "我叫外卖", NULL },
    { "NAME", "我叫他来", NULL },
    { "NAME", "我叫高铁站的工作人员帮忙", NULL },
    { "NAME", "姓名：必填", NULL },
    { "NAME", "姓名不能为空", NULL },
    { "NAME", "我叫什么", NULL },
    { "NAME", "我的名字是秘密", NULL },
    { "NAME", "私の名前は田中太郎です。", "田中太郎" },
    { "NAME", "氏名：鈴木 一郎\n", "鈴木 一郎" },
    { "NAME", "担当者：渡辺さん", "渡辺" },
    { "NAME", "初めまして、佐藤健と申します。", "佐藤健" },
    { "NAME", "名前：ジョン・スミス、", "ジョン・スミス" },
    { "NAME", "私の名前は秘密です", NULL },
    { "NAME", "名前は必須です", NULL },
    { "NAME", "氏名：未記入", NULL },
    { "NAME", "お名前：任意", NULL },
    { "NAME", "お名前：高橋様、", "高橋" },
    { "NAME", "何と申しますか", NULL },
    { "NAME", "私の名前は社員名簿にある", NULL },
    { "NAME", "मेरा नाम राहुल शर्मा है।", "राहुल शर्मा" },
    { "NAME", "मेरा नाम प्रिया है", "प्रिया" },
    { "NAME", "ग्राहक का नाम: राहुल वर्मा, फ़ोन", "राहुल वर्मा" },
    { "NAME", "नाम: अमित", "अमित" },
    { "NAME", "मेरा नाम क्या है", NULL },
    { "NAME", "मेरा नाम मत लो", NULL },
    { "NAME", "मेरा नाम सूची में नहीं है", NULL },
    { "NAME", "फ़ाइल का नाम: रिपोर्ट", NULL },
    { "NAME", "नाम: आवश्यक", NULL },
    { "NAME", "مرحبا، اسمي أحمد علي.", "أحمد علي" },
    { "NAME", "اسمي هو سارة", "سارة" },
    { "NAME", "اسمي خالد وأعمل مهندسا", "خالد" },
    { "NAME", "اسمي أحمد من القاهرة", "أحمد" },
    { "NAME", "الاسم: محمد حسن، الهاتف", "محمد حسن" },
    { "NAME", "اسمي هناء المهنا ووُلدت في دمشق", "هناء المهنا" },
    { "NAME", "اسمي Gina Dennis ووُلدت", "Gina Dennis" }, { "NAME", "मेरा नाम Sachi Rao है, मेरा", "Sachi Rao" }, { "NAME", "मेरा नाम table में है", NULL },
    { "NAME", "اسمي ليس مهما", NULL },
    { "NAME", "اسمي مكتوب هنا", NULL },
    { "NAME", "الاسم: مطلوب", NULL },
    { "NAME", "رسمي أحمد علي", NULL },
    { "NAME", "اسمي يظهر في القائمة", NULL },
    { "AWS_ACCESS_KEY", "AK" "IAQ7ZK2MX9VRT4HB3N", "AK" "IAQ7ZK2MX9VRT4HB3N" }, { "AWS_ACCESS_KEY", "XAKIAQ7ZK2MX9VRT4HB3N", NULL }, { "AWS_ACCESS_KEY", "AKIAQ7ZK2MX9VRT4HB3NX", NULL },
    { "AWS_SECRET_KEY", "secret_access_key=tT0f8fBRRxTVMUQjTCew6dCZ1RaqWikAL3OpmPhW;", "tT0f8fBRRxTVMUQjTCew6dCZ1RaqWikAL3OpmPhW" },
    { "ADDRESS", "at 221B Baker Street, London NW1 6XE.", "221B Baker Street, London NW1 6XE" },
    { "ADDRESS", "1600 Amphitheatre Parkway, Mountain View, CA 94043 is", "1600 Amphitheatre Parkway, Mountain View, CA 94043" },
    { "ADDRESS", "to 12 Oak St, Boston MA 02108 now", "12 Oak St, Boston MA 02108" }, { "ADDRESS", "at 717 6th St", "717 6th St" },
    { "ADDRESS", "18 Privet Dr.", "18 Privet Dr" }, { "ADDRESS", "7b Abbey Rd", "7b Abbey Rd" }, { "ADDRESS", "7 Penny Ln!", "7 Penny Ln" },
    { "ADDRESS", "5 Elm Ct", "5 Elm Ct" }, { "ADDRESS", "the 21 st, ask 2 Dr Lee, 5 ct, 12 St John, 12 Oak Street1, 3 big st", NULL },
    { "ADDRESS", "12 Oak Story", NULL }, { "ADDRESS", "Hauptstraße 5, 10115 Berlin, Telefon", "Hauptstraße 5, 10115 Berlin" },
    { "ADDRESS", "12 rue de la Paix, 75002 Paris", "12 rue de la Paix, 75002 Paris" },
    { "ADDRESS", "Calle Mayor, 12", "Calle Mayor, 12" }, { "ADDRESS", "PO Box 1234", "PO Box 1234" },
    { "ADDRESS", "Rules: 2. Main Street is closed", NULL }, { "ADDRESS", "1. 2. 3.'123 Main Street", NULL },
    { "ADDRESS", "at 12 42nd Street now", "12 42nd Street" }, { "ADDRESS", "30 901820. 7765'123 Main Street", NULL },
    { "ADDRESS", "Живёт на ул. Ленина, д. 5, кв. 12, звоните", "ул. Ленина, д. 5, кв. 12" }, { "ADDRESS", "адрес: улица Пушкина, дом 10.", "улица Пушкина, дом 10" },
    { "ADDRESS", "проспект Мира, 12", "проспект Мира, 12" }, { "ADDRESS", "улица была пуста, 5 машин", NULL },
    { "ADDRESS", "我住在北京市朝阳区建国路88号。", "北京市朝阳区建国路88号" }, { "ADDRESS", "上海市浦东新区世纪大道100号3号楼2单元501室", "上海市浦东新区世纪大道100号3号楼2单元501室" },
    { "ADDRESS", "地址：中山路12號", "中山路12號" }, { "ADDRESS", "我在88号线等你", NULL }, { "ADDRESS", "这条路88号车能走", NULL }, { "ADDRESS", "他走路88分钟", NULL },
    { "ADDRESS", "住所は東京都千代田区丸の内1-9-1です", "東京都千代田区丸の内1-9-1" }, { "ADDRESS", "大阪府大阪市北区梅田3丁目1番3号", "大阪府大阪市北区梅田3丁目1番3号" },
    { "ADDRESS", "東京都の人口は1400万人", NULL }, { "ADDRESS", "千代田区の1-2位", NULL },
    { "ADDRESS", "제 주소는 서울특별시 강남구 테헤란로 123, 4층입니다", "서울특별시 강남구 테헤란로 123, 4층" },
    { "ADDRESS", "경기도 성남시 분당구 판교역로 235 에이치스퀘어", "경기도 성남시 분당구 판교역로 235" },
    { "ADDRESS", "부산 해운대구 우동 1408-1번지", "부산 해운대구 우동 1408-1번지" }, { "ADDRESS", "서울시 중구 세종대로14길 38.", "서울시 중구 세종대로14길 38" },
    { "ADDRESS", "충청남도 천안시 동남구 병천면 가전8길 12 101동 1203호", "충청남도 천안시 동남구 병천면 가전8길 12 101동 1203호" },
    { "ADDRESS", "서울 강남구 역삼로 7 (역삼동, 한빛2 빌딩)입니다", "서울 강남구 역삼로 7 (역삼동, 한빛2 빌딩)" },
    { "ADDRESS", "서울 강남구 역삼로 7 (see map)", "서울 강남구 역삼로 7" },
    { "ADDRESS", "서울 강남구에는 3호선이 있다", NULL }, { "ADDRESS", "서울 종로 3가는 복잡하다", NULL }, { "ADDRESS", "경기 결과로 2위", NULL },
    { "ADDRESS", "경기도 양평군 서종면 문호리 산 12-3번지에", "경기도 양평군 서종면 문호리 산 12-3번지" }, { "ADDRESS", "세종시 한누리대로 2130 정문", "세종시 한누리대로 2130" },
    { "ADDRESS", "서울 종로구 종로3가 12", "서울 종로구 종로3가 12" }, { "ADDRESS", "대구 중구 동성로 1203호", "대구 중구 동성로 1203호" },
    { "ADDRESS", "서울 낮 온도가 35도", NULL }, { "ADDRESS", "서울 아파트 평균가 12억 원", NULL }, { "ADDRESS", "경기 막판 동점골로 1-1 무승부", NULL },
    { "ADDRESS", "서울 강남으로 3번 버스", NULL }, { "ADDRESS", "서울 강남구 확진자가 12건", NULL }, { "ADDRESS", "광주 남구 시민 수가 10여 명", NULL },
    { "ADDRESS", "제주 제주시 여행 경비로 1,500원", NULL }, { "ADDRESS", "서울 중구 기온이 영하로 10도", NULL }, { "ADDRESS", "경기 결과로 10 대 0", NULL },
    { "ADDRESS", "서울 강남구 강남으로 3 정거장", NULL },
    { "ADDRESS", "서울 사람으로 2024년을 보냈다", NULL }, { "ADDRESS", "서울은 강남구 테헤란로 123", NULL },
    { "ADDRESS", "عنواني شارع التحرير 15، القاهرة", "شارع التحرير 15" }, { "ADDRESS", "في شارع مزدحم 20 سيارة كبيرة", NULL },
    { "ADDRESS", "मेरा पता 12 महात्मा गांधी मार्ग है", "12 महात्मा गांधी मार्ग" }, { "ADDRESS", "यह मार्ग 12 किलोमीटर लंबा है", NULL },
    { "ADDRESS", "मकान नंबर 12, दिल्ली", "मकान नंबर 12" },
    { "UK_POSTCODE", "my postcode is SW1A 1AA, thanks", "SW1A 1AA" }, { "UK_POSTCODE", "postcode M1 1AE", "M1 1AE" },
    { "UK_POSTCODE", "the new M1 8GB model", NULL }, { "UK_POSTCODE", "postcode QW1A 1AA", NULL }, { "UK_POSTCODE", "postcode SW1A 1AC", NULL },
    { "CA_POSTAL_CODE", "My postal code is K1A 0B1.", "K1A 0B1" }, { "CA_POSTAL_CODE", "code postal H3Z2Y7", "H3Z2Y7" },
    { "CA_POSTAL_CODE", "postal code D1A 0B1", NULL }, { "CA_POSTAL_CODE", "the part K1A 0B1 is here", NULL },
    { "DE_PLZ", "PLZ 10115 Berlin", "10115" }, { "DE_PLZ", "Postleitzahl: D-80331", "D-80331" }, { "DE_PLZ", "PLZ 00999", NULL }, { "DE_PLZ", "zip code 10115", NULL }, { "DE_PLZ", "es waren 10115 Leute", NULL },
    { "US_ZIP_CODE", "ZIP code 94043-1351", "94043-1351" }, { "US_ZIP_CODE", "zip: 10001", "10001" }, { "US_ZIP_CODE", "unzip 10001 files", NULL },
    { "ADDRESS", "5 people on the street", NULL }, { "ADDRESS", "we met 3 times along the Way", NULL }, { "ADDRESS", "a 2 hour Drive", NULL },
};

static const char *const prose[] = {
    "Order 948675 was shipped yesterday.", "The part number is EN-259768.", "Error code 0xe325dbbb393feae8f5d9 at line 959.",
    "Tracking number 821634821634.", "Tracking number 1Z999AA10123456784 has left the depot.", "Version 10.753.7.1 is out.",
    "Invoice total: 748.80 EUR, due within 30 days.", "The song has 983511 plays.", "Room 6736, floor 6.", "The ISBN is 978-3-16-148410-0.",
    "SHA1 286ec554c04d4b47556f286ec554c04d4b47556f", "Model X867670B weighs 573 grams.", "Set the port to 8080 and restart.",
    "Ticket #634913 is closed.", "The build fd49a809e8b70a2515e5 failed.", "At 1700000000000 ms the clock was 12 ms late.",
    "It costs $1,234,567.89 or 1.234.567,89 EUR.", "The population was 8 336 817 in 2019.", "Between 1914-1918 many letters were lost.",
    "Call the function with 3 arguments and return 42.", "The call took 1200000 ms in total.", "Bus 42 leaves at 10:15, 10:35 and 10:55.",
    "ISO 27001, RFC 9110 and IEEE 802.11ax are standards.", "The ratio is 16:9 and the size 1920x1080.", "Coordinates 52.520008, 13.404954 are in Berlin.",
    "Pi is 3.141592653589793 and e is 2.718281828459045.", "Serial number 5CD1234XYZ, product code WH-1000XM4.", "The EAN is 4006381333931.",
    "We sold 5,500,000 units in 2023, 12 % more than in 2022.", "Article 3450 1234 5678 is sold out.", "Chapter 12.3.4.5 describes the protocol.",
    "The password is required.", "Please reset your password under settings.", "Your username is already taken.", "A passport must be valid for 6 months.",
    "The account was closed in 2019.", "My account has 300 euros left.", "Use git@github.com:org/repo.git to clone.", "Install react@18.2.0 and lodash@4.17.21.",
    "The pin 13 of the connector is bent.", "In my opinion 2024 was fine.", "He scored 100 points in 12 games.", "The flight LH 1234 leaves from gate B42.",
    "A 2 hour drive on the road to 5 villages.", "The street is 12 metres wide.", "We walked along the Via Appia for hours.", "The recipe needs 500 g flour and 2 eggs.",
    "UUID 550e8400-e29b-41d4-a716-446655440000 is reserved.", "x = 123456789 * 987654321", "for (i = 0; i < 1000000; i++) sum += i;",
    "Die Bestellung 4711-0815 wurde storniert.", "Das Kapitel 7 hat 120 Seiten.", "La commande 12345678 est partie.", "El pedido 987654321 llega mañana.",
    "L'ordine 123456789 è partito.", "订单号 20231234567890 已发货。", "注文番号 12345678 を確認してください。", "Заказ 123456789 отправлен.",
    "Section 4.1.2 (see 3.2.1) applies.", "Phase 3 ran from 2019 to 2021 with 1,024 patients.", "The GPU has 24576 MB and 10496 cores.",
    "Revision 8a6b5c4d3e2f1a0b of 2147483647 rows.", "The driver's license costs 40 dollars.", "1234567890", "0000 0000 0000 0000", "9,999,999,999 people",
    "The meeting id is 872 1234 5678.", "License number plates are white.", "From 9.99 to 19.99, 30% off 1-2-3.", "Score 6-3 6-4 7-6 in 2:45.",
};

static int setup(void **state)
{
    (void)state;
    for (size_t g = 0; g < N_GUARDS; g++)
        harness_open(&harness[g], guards[g], BAWN_IN_INPUT);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (size_t g = 0; g < N_GUARDS; g++)
        harness_close(&harness[g]);
    return 0;
}

static void every_row_has_its_hit_and_its_miss(void **state)
{
    (void)state;
    for (size_t g = 0; g < N_GUARDS; g++)
        harness_check_rows(&harness[g]);
}

static void values_are_found_with_their_spans(void **state)
{
    int bad = 0;
    (void)state;
    for (size_t r = 0; r < BAWN_COUNT(rows); r++) {
        bool hit = false, any = false, known = false;
        for (size_t g = 0; g < N_GUARDS; g++) {
            bawn_harness *h = &harness[g];
            bawn_harness_run(h, rows[r].text);
            for (uint16_t k = 0; k < h->guard->n_kinds; k++)
                known |= strcmp(h->guard->kinds[k].code + 4, rows[r].kind) == 0;
            for (size_t i = 0; i < h->n_found; i++) {
                if (strcmp(h->guard->kinds[h->found[i].kind].code + 4, rows[r].kind) != 0)
                    continue;
                any = true;
                size_t n = h->found[i].end - h->found[i].begin;
                hit |= rows[r].found && n == strlen(rows[r].found) && memcmp(rows[r].text + h->found[i].begin, rows[r].found, n) == 0;
                if (!rows[r].found || !hit)
                    print_error("%s: [%.*s] in %s\n", rows[r].kind, (int)n, rows[r].text + h->found[i].begin, rows[r].text);
            }
            harness_check_cuts(h, rows[r].text, 4);
        }
        if (!known || hit != (rows[r].found != NULL) || (!rows[r].found && any))
            bad++, print_error("%s: %s: %s\n", rows[r].kind, hit ? "found" : any ? "wrong span" : "not found", rows[r].text);
    }
    assert_int_equal(bad, 0);
}

static void honest_prose_holds_nothing_to_mask(void **state)
{
    int bad = 0;
    (void)state;
    assert_true(BAWN_COUNT(prose) >= 60);
    for (size_t i = 0; i < BAWN_COUNT(prose); i++)
        for (size_t g = 0; g < N_GUARDS; g++) {
            bawn_harness *h = &harness[g];
            bawn_harness_run(h, prose[i]);
            for (size_t f = 0; f < h->n_found; f++)
                if (h->guard->kinds[h->found[f].kind].input > BAWN_OBSERVE)
                    bad++, print_error("%s [%.*s] in: %s\n", h->guard->kinds[h->found[f].kind].code,
                                       (int)(h->found[f].end - h->found[f].begin), prose[i] + h->found[f].begin, prose[i]);
        }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_has_its_hit_and_its_miss),
        cmocka_unit_test(values_are_found_with_their_spans),
        cmocka_unit_test(honest_prose_holds_nothing_to_mask),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

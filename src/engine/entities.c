/* Names of kinds of personal data: those of the tables, and what other products call the same, for "did you mean". A name of
 * another product is never taken as if it were ours: what it finds may differ, so the policy says which kind it wants.
 * Sources: Presidio's supported entities, AWS Comprehend's and Bedrock's PII types, Google's infoTypes, Azure's PII
 * categories, and what people write. */
#include "engine/entities.h"

static const struct { const char *theirs, *ours; } others[] = {
    /* Presidio */
    { "EMAIL_ADDRESS", "EMAIL" }, { "PHONE_NUMBER", "PHONE" }, { "PERSON", "NAME" }, { "LOCATION", "ADDRESS" },
    { "CREDIT_CARD", "CREDIT_DEBIT_CARD_NUMBER" }, { "IBAN_CODE", "INTERNATIONAL_BANK_ACCOUNT_NUMBER" },
    { "US_SSN", "US_SOCIAL_SECURITY_NUMBER" }, { "US_ITIN", "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER" },
    { "US_PASSPORT", "US_PASSPORT_NUMBER" }, { "US_BANK_NUMBER", "US_BANK_ACCOUNT_NUMBER" },
    { "US_DRIVER_LICENSE", "DRIVER_ID" }, { "ABA_ROUTING_NUMBER", "US_BANK_ROUTING_NUMBER" },
    { "UK_NHS", "UK_NATIONAL_HEALTH_SERVICE_NUMBER" }, { "UK_NINO", "UK_NATIONAL_INSURANCE_NUMBER" },
    { "AU_TFN_NUMBER", "AU_TFN" }, { "IN_GST", "IN_GSTIN" }, { "FI_HETU", "FI_PERSONAL_IDENTITY_CODE" },
    /* AWS Comprehend */
    { "SSN", "US_SOCIAL_SECURITY_NUMBER" }, { "BANK_ACCOUNT_NUMBER", "US_BANK_ACCOUNT_NUMBER" },
    { "BANK_ROUTING", "US_BANK_ROUTING_NUMBER" }, { "CREDIT_DEBIT_NUMBER", "CREDIT_DEBIT_CARD_NUMBER" },
    { "CREDIT_DEBIT_CVV", "CREDIT_DEBIT_CARD_CVV" }, { "CREDIT_DEBIT_EXPIRY", "CREDIT_DEBIT_CARD_EXPIRY" },
    { "INTERNATIONAL_BANK_ACCOUNT", "INTERNATIONAL_BANK_ACCOUNT_NUMBER" },
    { "UK_UNIQUE_TAXPAYER_REFERENCE", "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER" },
    { "CA_SOCIAL_INSURANCE", "CA_SOCIAL_INSURANCE_NUMBER" }, { "IN_PERMANENT_ACCOUNT_NUMBER", "IN_PAN" },
    { "VEHICLE_IDENTIFIER", "VEHICLE_IDENTIFICATION_NUMBER" },
    /* Google */
    { "CREDIT_CARD_NUMBER", "CREDIT_DEBIT_CARD_NUMBER" }, { "PERSON_NAME", "NAME" }, { "STREET_ADDRESS", "ADDRESS" },
    { "DATE", "DATE_TIME" }, { "IP", "IP_ADDRESS" }, { "PASSPORT", "PASSPORT_NUMBER" },
    { "US_INDIVIDUAL_TAXPAYER_IDENTIFICATION_NUMBER", "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER" },
    { "US_DRIVERS_LICENSE_NUMBER", "DRIVER_ID" }, { "BRAZIL_CPF_NUMBER", "BR_CPF" }, { "MEXICO_CURP_NUMBER", "MX_CURP" },
    { "FRANCE_NIR", "FR_NIR" }, { "NETHERLANDS_BSN_NUMBER", "NL_BSN" }, { "SPAIN_NIF_NUMBER", "ES_NIF" },
    { "GERMANY_TAXPAYER_IDENTIFICATION_NUMBER", "DE_TAX_ID" }, { "UK_NATIONAL_INSURANCE", "UK_NATIONAL_INSURANCE_NUMBER" },
    /* Azure, OpenAI's guardrails, and what people write */
    { "USSOCIALSECURITYNUMBER", "US_SOCIAL_SECURITY_NUMBER" }, { "CREDITCARDNUMBER", "CREDIT_DEBIT_CARD_NUMBER" },
    { "PHONENUMBER", "PHONE" }, { "INTERNATIONALBANKINGACCOUNTNUMBER", "INTERNATIONAL_BANK_ACCOUNT_NUMBER" },
    { "SWIFTCODE", "SWIFT_CODE" }, { "IPADDRESS", "IP_ADDRESS" }, { "SOCIAL_SECURITY_NUMBER", "US_SOCIAL_SECURITY_NUMBER" },
    { "IBAN", "INTERNATIONAL_BANK_ACCOUNT_NUMBER" }, { "CARD", "CREDIT_DEBIT_CARD_NUMBER" }, { "CARD_NUMBER", "CREDIT_DEBIT_CARD_NUMBER" },
    { "CVV", "CREDIT_DEBIT_CARD_CVV" }, { "CVC", "CREDIT_DEBIT_CARD_CVV" }, { "TELEPHONE", "PHONE" }, { "MOBILE", "PHONE" },
    { "MAIL", "EMAIL" }, { "BIC", "SWIFT_CODE" }, { "VIN", "VEHICLE_IDENTIFICATION_NUMBER" }, { "ITIN", "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER" },
    { "NHS_NUMBER", "UK_NATIONAL_HEALTH_SERVICE_NUMBER" }, { "NINO", "UK_NATIONAL_INSURANCE_NUMBER" },
    { "BITCOIN", "CRYPTO" }, { "BITCOIN_ADDRESS", "CRYPTO" }, { "DRIVER_LICENSE", "DRIVER_ID" }, { "DRIVERS_LICENSE", "DRIVER_ID" },
    { "USER_NAME", "USERNAME" }, { "FULL_NAME", "NAME" }, { "DATE_OF_BIRTH", "DATE_TIME" }, { "AADHAAR", "IN_AADHAAR" }, { "CPF", "BR_CPF" },
    { "LINK", "URL" }, { "MAC", "MAC_ADDRESS" },
};

size_t bawn_entity_names(const char **out, size_t room)
{
    size_t n = 0;

    for (size_t g = 0; g < bawn_n_guards; g++)
        for (size_t k = 0; strcmp(bawn_guards[g]->guard, "pii") == 0 && k < bawn_guards[g]->n_kinds && n < room; k++) {
            const char *name = bawn_guards[g]->kinds[k].code + sizeof "pii." - 1;
            size_t i = 0;
            while (i < n && strcmp(out[i], name) != 0)
                i++;
            if (i == n)
                out[n++] = name;
        }
    return n;
}

bool bawn_entity_known(bawn_slice name)
{
    for (size_t g = 0; g < bawn_n_guards; g++)
        for (size_t k = 0; strcmp(bawn_guards[g]->guard, "pii") == 0 && k < bawn_guards[g]->n_kinds; k++)
            if (bawn_slice_is(name, bawn_guards[g]->kinds[k].code + sizeof "pii." - 1))
                return true;
    return false;
}

const char *bawn_entity_meant(bawn_slice name)
{
    const char *names[1024];
    size_t n;

    for (size_t i = 0; i < BAWN_COUNT(others); i++)
        if (bawn_slice_eq_nocase(name, bawn_slice_str(others[i].theirs)))
            return others[i].ours;
    n = bawn_entity_names(names, BAWN_COUNT(names) - 1);
    names[n] = NULL;
    return bawn_nearest(name, names);
}

/* checks_names.c: what Presidio calls kinds of personal data, where it is not what they are called here. docs/entities.md has the
 * same in words. The first row of a kind is its name in answers; the others only ask for it. */
#include "dialect/checks.h"

static const struct { const char *kind, *presidio; } names[] = {
    { "NAME", "PERSON" },
    { "EMAIL", "EMAIL_ADDRESS" },
    { "PHONE", "PHONE_NUMBER" },
    { "PHONE", "ZA_MOBILE_NUMBER" },
    { "PHONE", "ZA_TELEPHONE_NUMBER" },
    { "DRIVER_ID", "US_DRIVER_LICENSE" },
    { "DRIVER_ID", "UK_DRIVING_LICENCE" },
    { "DRIVER_ID", "DE_FUEHRERSCHEIN" },
    { "LICENSE_PLATE", "LICENSE_PLATE" },       /* Presidio has one for each country, and nobody knows which this is of */
    { "LICENSE_PLATE", "UK_VEHICLE_REGISTRATION" },
    { "LICENSE_PLATE", "DE_KFZ" },
    { "LICENSE_PLATE", "TR_LICENSE_PLATE" },
    { "CREDIT_DEBIT_CARD_NUMBER", "CREDIT_CARD" },
    { "INTERNATIONAL_BANK_ACCOUNT_NUMBER", "IBAN_CODE" },
    { "US_BANK_ACCOUNT_NUMBER", "US_BANK_NUMBER" },
    { "US_BANK_ROUTING_NUMBER", "ABA_ROUTING_NUMBER" },
    { "US_SOCIAL_SECURITY_NUMBER", "US_SSN" },
    { "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER", "US_ITIN" },
    { "US_PASSPORT_NUMBER", "US_PASSPORT" },
    { "CA_SOCIAL_INSURANCE_NUMBER", "CA_SIN" },
    { "UK_NATIONAL_HEALTH_SERVICE_NUMBER", "UK_NHS" },
    { "UK_NATIONAL_INSURANCE_NUMBER", "UK_NINO" },
    { "TR_KIMLIK_NO", "TR_NATIONAL_ID" },
    { "ZA_ID", "ZA_ID_NUMBER" },
};

bool bawn_presidio_means(bawn_slice asked, bawn_slice kind)
{
    for (size_t i = 0; i < BAWN_COUNT(names); i++)
        if (bawn_slice_is(kind, names[i].kind) && bawn_slice_is(asked, names[i].presidio))
            return true;
    return bawn_slice_eq(asked, kind);
}

bawn_slice bawn_presidio_name(bawn_slice kind)
{
    for (size_t i = 0; i < BAWN_COUNT(names); i++)
        if (bawn_slice_is(kind, names[i].kind))
            return bawn_slice_str(names[i].presidio);
    return kind;
}

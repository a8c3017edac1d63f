/* LDAP and XPath payloads are found; whole filters, paths and regular expressions are not. */
#include "unit/guard/injection_cases.h"

extern const bawn_guard bawn_guard_query;

static const char *const attacks[] = {
    "*)(uid=*))(|(uid=*", "admin)(&)", "admin)(|(password=*", "*)(objectClass=*", "x)(cn=*))", "*))%00", "*)(&", "*)(|", "' or contains(name,'adm') or '", "x' or count(/*)=1 or 'a'='b", "'] | //user/*[1]", "//user[username='' or '1'='1']",
    "x' or name()='user' or 'x'='y", "' and string-length(name(/*[1]))=4 and '1'='1",
};
static const char *const honest[] = {
    "(&(objectClass=user)(memberOf=cn=admins))", "(|(uid=a)(cn=b*))", "the regex (.*)(foo)(bar=baz)", "//div[@class='x']/a[contains(@href,'foo') or @id='y']", "//a[@x='b'] | //c",
    "the regex (.*)(&", "a*)(& b", "//a[contains(name,'adm') or contains(name,'b')]", "count(//item) in XPath", "f(x)(y) = 1; foo(a)(b=2)", "(see fig. 1)(a=b)", "\"yes\" or \"no\"", "the boys' or the girls' name",
};

static void finds_payloads(void **state) { (void)state; cases_all_found(&bawn_guard_query, attacks, BAWN_COUNT(attacks)); }
static void passes_honest_text(void **state) { (void)state; cases_none_found(&bawn_guard_query, honest, BAWN_COUNT(honest)); }
static void finds_payloads_in_arguments(void **state)
{
    static const char *const bad[] = {
        "{\"a\":\"don't (\",\"q\":\"x' or contains(name,'adm') or '\"}", "{\"a\":\"(\",\"q\": \"*)(&\", \"n\": 1}"
    }, *const good[] = {
        "{\"q\":\"(&(objectClass=user)(memberOf=cn=a))\"}"
    };
    (void)state;
    cases_in_arguments(&bawn_guard_query, bad, BAWN_COUNT(bad), good, BAWN_COUNT(good));
}

static void rows_hold_and_cutting_changes_nothing(void **state)
{
    (void)state;
    cases_rows_and_cuts(&bawn_guard_query, attacks, BAWN_COUNT(attacks));
    cases_rows_and_cuts(&bawn_guard_query, honest, BAWN_COUNT(honest));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(finds_payloads), cmocka_unit_test(passes_honest_text), cmocka_unit_test(finds_payloads_in_arguments),
                                        cmocka_unit_test(rows_hold_and_cutting_changes_nothing) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Headers behind a coded end of line are found; line ends in coded text, pasted messages and talk are not. */
#include "unit/guard/injection_cases.h"

extern const bawn_guard bawn_guard_header;

static const char *const attacks[] = {
    "/?lang=en%0d%0aSet-Cookie:%20admin=1", "https://a.example/?u=/home%0D%0ALocation:%20https://evil.example", "x%0aBcc:spam@evil.example",
    "en%0d%0a%0d%0aHTTP/1.1%20200%20OK", "a%0d%0aContent-Length%3a%200%0d%0a", "q=1%0d%0a%09X-Forwarded-For: 1.2.3.4",
};
static const char *const honest[] = {
    "/?text=first%20line%0d%0asecond%20line", "mailto:a@b.example?body=Hello%0A%0AI%20write%20to%20you", "What does %0d%0aSet-Cookie: do?",
    "The string `%0d%0aLocation:` is an attack", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", "50%0discount", "to%0afrom", "%0d%0a",
};

static void finds_payloads(void **state) { (void)state; cases_all_found(&bawn_guard_header, attacks, BAWN_COUNT(attacks)); }
static void passes_honest_text(void **state) { (void)state; cases_none_found(&bawn_guard_header, honest, BAWN_COUNT(honest)); }
static void rows_hold_and_cutting_changes_nothing(void **state)
{
    (void)state;
    cases_rows_and_cuts(&bawn_guard_header, attacks, BAWN_COUNT(attacks));
    cases_rows_and_cuts(&bawn_guard_header, honest, BAWN_COUNT(honest));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(finds_payloads), cmocka_unit_test(passes_honest_text),
                                        cmocka_unit_test(rows_hold_and_cutting_changes_nothing) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

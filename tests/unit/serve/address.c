/* Addresses, URLs and quoted words: what is taken, what is refused, what counts as loopback (RULINGS R21). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "serve/inner.h"

static void only_loopback_is_loopback(void **state)
{
    static const struct { const char *text; bool loopback; } rows[] = {
        { "127.0.0.1:8480", true }, { "127.255.0.9:1", true }, { "[::1]:8480", true }, { "localhost:80", true },
        { "LOCALHOST:80", true }, { "0.0.0.0:80", false }, { "[::]:80", false }, { "10.0.0.1:80", false },
        { "127.0.0.1.example.org:80", false }, { "127.1:80", false }, { "127.0.0.:80", false }, { "127..0.1:80", false },
        { "localhost.example.org:80", false }, { "1127.0.0.1:80", false },
    };
    bawn_serve_host h;
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        assert_true(bawn_serve_parse_address(&h, bawn_slice_str(rows[i].text)));
        assert_int_equal(h.loopback, rows[i].loopback);
    }
}

static void addresses_without_sense_are_refused(void **state)
{
    static const char *const rows[] = { "", ":", "8480", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
                                        "127.0.0.1:8x", "[::1", "[::1]8480", "a b:1", "a;b:1", "a{:1", "::1:8480", ":8480" };
    bawn_serve_host h;
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        assert_false(bawn_serve_parse_address(&h, bawn_slice_str(rows[i])));
}

static void urls_are_taken_apart(void **state)
{
    bawn_serve_url u;
    (void)state;
    assert_true(bawn_serve_parse_url(&u, BAWN_LIT("https://api.example.com/openai/v1//")));
    assert_true(u.tls && bawn_slice_is(u.host.host, "api.example.com") && bawn_slice_is(u.path, "/openai/v1"));
    assert_int_equal(u.host.port, 443);
    assert_true(bawn_serve_parse_url(&u, BAWN_LIT("http://[::1]:9400")));
    assert_true(!u.tls && u.host.ip6 && u.host.port == 9400 && u.path.len == 0 && bawn_slice_is(u.authority, "[::1]:9400"));
    assert_true(bawn_serve_parse_url(&u, BAWN_LIT("http://a/")) && u.host.port == 80);
}

static void urls_that_nginx_would_misread_are_refused(void **state)
{
    static const char *const rows[] = { "", "ftp://a/", "http://", "http:///v1", "http://a b/", "http://user@a/", "http://a/v1?x=1",
                                        "http://a/v1#x", "http://a/$x", "http://a/;", "http://a/{", "http://a/\"", "http://a:99999/",
                                        "http://a;/", "HTTP://a/", "//a/", "http://a\n/" };
    bawn_serve_url u;
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        assert_false(bawn_serve_parse_url(&u, bawn_slice_str(rows[i])));
}

static void networks_are_addresses_with_bits(void **state)
{
    static const char *const good[] = { "127.0.0.1", "10.0.0.0/8", "192.168.1.7/32", "::1", "2001:db8::/32", "fd00::1/128" },
                            *const bad[] = { "", "/8", "10.0.0.0/", "10.0.0.0/0", "10.0.0.0/33", "::/0", "::1/129", "10.0.0/8", "proxy",
                                             "10.0.0.0/8;", "10.0.0.1 ", "unix:", "[::1]", "10.0.0.0/8/8" };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(good); i++)
        assert_true(bawn_serve_is_network(bawn_slice_str(good[i])));
    for (size_t i = 0; i < BAWN_COUNT(bad); i++)
        assert_false(bawn_serve_is_network(bawn_slice_str(bad[i])));
    assert_false(bawn_serve_is_network(bawn_slice_of("10.0.0.1\0x", 10)));
}

static void names_are_plain(void **state)
{
    (void)state;
    assert_true(bawn_serve_is_name(BAWN_LIT("main-2_x.y")));
    assert_false(bawn_serve_is_name(BAWN_LIT("")));
    assert_false(bawn_serve_is_name(BAWN_LIT("a b")));
    assert_false(bawn_serve_is_name(BAWN_LIT("a;b")));
    assert_false(bawn_serve_is_name(bawn_slice_of("a\0b", 3)));
    assert_false(bawn_serve_is_name(BAWN_LIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
}

static void quoted_words_cannot_break_out(void **state)
{
    bawn_buf b = { 0 };
    (void)state;
    assert_true(bawn_serve_quote(&b, BAWN_LIT("/a b\"c\\d;}")));
    assert_true(bawn_slice_is(bawn_buf_slice(&b), "\"/a b\\\"c\\\\d;}\""));
    assert_false(bawn_serve_quote(&b, BAWN_LIT("/a$b")));
    assert_false(bawn_serve_quote(&b, BAWN_LIT("/a\nb")));
    bawn_buf_free(&b);
}

static void log_lines_lose_date_process_and_client(void **state)
{
    static const struct { const char *line, *said; } rows[] = {
        { "2026/11/24 03:48:59 [error] 12#12: *7 upstream timed out (110: x) while reading, client: 127.0.0.1, server: , request: \"POST /\"",
          "error: upstream timed out (110: x) while reading" },
        { "2026/11/24 03:48:59 [emerg] 12#12: /p/bawn.yaml:3:4: unknown key", "emerg: /p/bawn.yaml:3:4: unknown key" },
        { "nginx: something plain", "nginx: something plain" },
    };
    bawn_buf b = { 0 };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_buf_clear(&b);
        assert_true(bawn_serve_readable(&b, bawn_slice_str(rows[i].line)));
        assert_true(bawn_slice_is(bawn_buf_slice(&b), rows[i].said));
    }
    assert_false(bawn_serve_readable(&b, BAWN_NIL));
    bawn_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_loopback_is_loopback), cmocka_unit_test(addresses_without_sense_are_refused),
        cmocka_unit_test(urls_are_taken_apart), cmocka_unit_test(urls_that_nginx_would_misread_are_refused),
        cmocka_unit_test(networks_are_addresses_with_bits), cmocka_unit_test(names_are_plain), cmocka_unit_test(quoted_words_cannot_break_out),
        cmocka_unit_test(log_lines_lose_date_process_and_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

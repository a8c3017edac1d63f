/* Fuzz target: the short things that people and programs write on one line: a row of `bawn check`'s filter, an address, a
 * URL, a word for nginx. Must hold: what is answered to a row is one line of JSON; the parts of what is accepted stand
 * inside it, and none of them holds what means something else in nginx's configuration. keeps: T15, T18 */
#include "failing.h"

#include "cli/row.c"
#include "cli/words.c"
#include "serve/address.c"

static void check_line(bawn_buf *out)
{
    bawn_json j = { 0 };
    assert_true(out->len > 0 && memchr(out->ptr, '\n', out->len) == out->ptr + out->len - 1);
    if (!bawn_json_parse(&j, bawn_slice_of(out->ptr, out->len - 1), 128, NULL))
        fail_msg("no line of JSON: %.*s", (int)out->len, out->ptr);
    bawn_json_free(&j);
}

static void check_row(bawn_slice line)
{
    static const char quiet[] = "\"scores\":{},\"findings\":[]";
    bawn_arena *arena = bawn_arena_new(1024, 1u << 24);
    bawn_cli_guards guards = { .n = 1, .names = { BAWN_LIT("pii") } };
    bawn_finding finding = { .guard = BAWN_LIT("pii"), .kind = BAWN_LIT("pii.EMAIL"), .score = 0.8f, .action = BAWN_MASK };
    bawn_json j = { 0 };
    bawn_buf out = { 0 };
    bawn_error err = { 0 };
    bawn_cli_row row;

    if (!bawn_cli_row_parse(&row, &j, arena, line, &err)) {
        assert_true(err.code != BAWN_E_NONE && err.message[0]);
        bawn_cli_row_write_error(&out, row.id, &err, 1);
    } else {
        bawn_verdict v = { .action = BAWN_MASK, .findings = &finding, .n_findings = line.len & 1, .failed = line.len & 2 };
        assert_true(bawn_utf8_valid_prefix(row.text) == row.text.len && bawn_utf8_valid_prefix(row.context) == row.context.len);
        bawn_buf_str(&guards.quiet, quiet);
        bawn_cli_row_write(&out, &guards, row.id, &v, row.text);
    }
    check_line(&out);
    bawn_buf_free(&guards.quiet);
    bawn_buf_free(&out);
    bawn_json_free(&j);
    bawn_arena_free(arena);
}

static void check_part(bawn_slice whole, bawn_slice part)
{
    assert_true(part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len));
    for (size_t i = 0; i < part.len; i++)
        if ((unsigned char)part.ptr[i] <= ' ' || strchr("?#\"\\$;{}", part.ptr[i]))
            fail_msg("accepted with a sign of nginx's: %.*s", (int)whole.len, whole.ptr);
}

static void check_address(bawn_slice s)
{
    bawn_serve_host host;
    bawn_serve_url url;
    bawn_buf word = { 0 };

    if (bawn_serve_parse_address(&host, s)) {
        assert_true(host.port > 0 && host.host.len > 0);
        check_part(s, host.host);
    }
    if (bawn_serve_parse_url(&url, s)) {
        assert_true(url.host.port > 0 && url.host.host.len > 0);
        check_part(s, url.host.host);
        check_part(s, url.authority);
        check_part(s, url.path);
    }
    if (bawn_serve_is_name(s))
        check_part(s, s);
    if (bawn_serve_quote(&word, s)) {               /* ends at its last byte, not before */
        size_t i = 1;
        while (i < word.len && word.ptr[i] != '"')
            i += word.ptr[i] == '\\' ? 2 : 1;
        assert_true(i == word.len - 1);
    }
    bawn_buf_free(&word);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bawn_slice all = { (const char *)data, size };
    if (memchr(data, '\n', size))
        return 0;
    check_row(all);
    check_address(all);
    return 0;
}

/* Placeholders and masks: numbers by first appearance, the caller's own placeholders left alone, values put back byte
 * for byte, and what each style of mask looks like. keeps: P3a.4, R13, R14 */
#include "help.h"

static const char *put(bawn_tokens *t, const char *label, const char *value)
{
    static char text[64];
    bawn_slice p;
    assert_true(bawn_tokens_put(&p, t, bawn_slice_str(label), bawn_slice_str(value)));
    snprintf(text, sizeof text, "%.*s", (int)p.len, p.ptr);
    return text;
}

static void numbers_follow_first_appearance(void **state)
{
    bawn_tokens *t = bawn_tokens_new();
    (void)state;
    assert_true(bawn_tokens_empty(t));
    assert_string_equal(put(t, "EMAIL", "ada@example.com"), "<EMAIL_1>");
    assert_string_equal(put(t, "EMAIL", "bob@example.com"), "<EMAIL_2>");
    assert_string_equal(put(t, "PHONE", "ada@example.com"), "<PHONE_1>");      /* each label counts for itself */
    assert_string_equal(put(t, "EMAIL", "ada@example.com"), "<EMAIL_1>");
    assert_string_equal(put(t, "EMAIL", "Ada@example.com"), "<EMAIL_3>");      /* other bytes are another value */
    assert_string_equal(put(t, "EMAIL", ""), "<EMAIL_4>");
    assert_false(bawn_tokens_empty(t));
    bawn_tokens_free(t);
    bawn_tokens_free(NULL);
}

static void what_the_caller_wrote_is_his(void **state)
{
    bawn_tokens *t = bawn_tokens_new();
    bawn_span span;
    bawn_slice value;
    size_t open;
    (void)state;
    assert_true(bawn_tokens_reserve(t, BAWN_LIT("my <EMAIL_1> and <EMAIL_3><EMAIL_3>, <EMAIL_, <email_2>, <EMAIL_x>")));
    assert_string_equal(put(t, "EMAIL", "ada@example.com"), "<EMAIL_2>");      /* 1 and 3 are never given */
    assert_string_equal(put(t, "EMAIL", "bob@example.com"), "<EMAIL_4>");
    assert_false(bawn_tokens_find(&span, &value, &open, t, BAWN_LIT("<EMAIL_1> <EMAIL_3>"), 0));    /* nor restored */
    assert_true(bawn_tokens_find(&span, &value, &open, t, BAWN_LIT("<EMAIL_1> <EMAIL_2>"), 0));
    assert_int_equal(span.begin, 10);
    assert_true(bawn_slice_is(value, "ada@example.com"));
    bawn_tokens_free(t);
}

static void only_whole_known_placeholders_are_found(void **state)
{
    static const struct { const char *text; int begin, end; size_t open; } rows[] = {
        { "to <EMAIL_1>.", 3, 12, 13 }, { "<EMAIL_1>", 0, 9, 9 }, { "<<EMAIL_1>>", 1, 10, 11 }, { "<EMAIL_2>", -1, 0, 9 },
        { "<email_1>", -1, 0, 9 }, { "EMAIL_1>", -1, 0, 8 }, { "<EMAIL_1 >", -1, 0, 10 }, { "<EMAIL_01>", -1, 0, 10 },
        { "<EMAIL_10>", -1, 0, 10 }, { "", -1, 0, 0 }, { "<EMAIL_111111>", -1, 0, 14 },
        /* a tail that may still become one is open from its '<' on */
        { "to <", -1, 0, 3 }, { "to <E", -1, 0, 3 }, { "to <EMAIL_", -1, 0, 3 }, { "to <EMAIL_1", -1, 0, 3 }, { "<a <EMAIL_1", -1, 0, 3 },
        { "a < b", -1, 0, 5 }, { "<<", -1, 0, 1 },
    };
    bawn_tokens *t = bawn_tokens_new();
    (void)state;
    put(t, "EMAIL", "ada@example.com");
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_span span = { 0, 0 };
        bawn_slice value;
        size_t open = 99;
        bool found = bawn_tokens_find(&span, &value, &open, t, bawn_slice_str(rows[i].text), 0);
        if (found != (rows[i].begin >= 0) || (found && (span.begin != (size_t)rows[i].begin || span.end != (size_t)rows[i].end)) ||
            open != rows[i].open)
            fail_msg("\"%s\": found %d [%zu, %zu), open from %zu", rows[i].text, found, span.begin, span.end, open);
    }
    bawn_tokens_free(t);
}

static void many_values_collide_with_nobody(void **state)
{
    bawn_tokens *t = bawn_tokens_new();
    char value[32], text[40];
    (void)state;
    for (int round = 0; round < 2; round++)
        for (int i = 1; i <= 3000; i++) {
            snprintf(value, sizeof value, "user%d@example.com", i);
            snprintf(text, sizeof text, "<EMAIL_%d>", i);
            assert_string_equal(put(t, "EMAIL", value), text);
        }
    for (int i = 1; i <= 3000; i++) {
        bawn_span span;
        bawn_slice found;
        size_t open;
        snprintf(value, sizeof value, "user%d@example.com", i);
        snprintf(text, sizeof text, "<EMAIL_%d>", i);
        assert_true(bawn_tokens_find(&span, &found, &open, t, bawn_slice_str(text), 0));
        assert_true(bawn_slice_is(found, value));
    }
    bawn_tokens_free(t);
}

static void values_are_bytes(void **state)
{
    bawn_tokens *t = bawn_tokens_new();
    bawn_slice p, found, odd = bawn_slice_of("a\0b<EMAIL_1>\xF0\x9F\x98\x80", 16);
    bawn_span span;
    size_t open;
    (void)state;
    assert_true(bawn_tokens_put(&p, t, BAWN_LIT("NAME"), odd));
    assert_true(bawn_tokens_find(&span, &found, &open, t, p, 0));
    assert_true(bawn_slice_eq(found, odd));
    bawn_tokens_free(t);
}

static void no_memory_is_told_and_nothing_is_lost(void **state)
{
    bool failed = true;
    (void)state;
    for (size_t n = 1; failed; n++) {
        bawn_tokens *t;
        bawn_slice p;
        bool ok;
        bawn_malloc_fail_at = n;
        ok = (t = bawn_tokens_new()) && bawn_tokens_reserve(t, BAWN_LIT("<EMAIL_1>")) &&
             bawn_tokens_put(&p, t, BAWN_LIT("EMAIL"), BAWN_LIT("ada@example.com")) &&
             bawn_tokens_put(&p, t, BAWN_LIT("PHONE"), BAWN_LIT("555"));
        failed = bawn_malloc_fail_at == 0;
        bawn_malloc_fail_at = 0;
        assert_int_equal(ok, !failed);
        bawn_tokens_free(t);
    }
}

/* ---- masks ------------------------------------------------------------------------------------------------------ */
static void each_style_has_its_look(void **state)
{
    static const struct { uint8_t style; const char *value, *want; } rows[] = {
        { BAWN_STYLE_MASK, "ada@example.com", "<EMAIL>" }, { BAWN_STYLE_REMOVE, "ada@example.com", "" },
        { BAWN_STYLE_TOKEN, "ada@example.com", "<EMAIL_1>" }, { BAWN_STYLE_PARTIAL, "ada@example.com", "***@******e.com" },
        { BAWN_STYLE_PARTIAL, "4111 1111 1111 1234", "**** **** **** 1234" }, { BAWN_STYLE_PARTIAL, "12345", "****5" },
        { BAWN_STYLE_PARTIAL, "ab", "**" }, { BAWN_STYLE_PARTIAL, "", "" }, { BAWN_STYLE_PARTIAL, "\u00C4da\U0001F600 1", "**** 1" },
    };
    bench b;
    (void)state;
    bench_open(&b, UPSTREAM, "default", BAWN_PLACE_INPUT);
    uint32_t email = kind_of(b.wall, "pii.EMAIL");
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_buf out = { 0 };
        bawn_tokens *t = bawn_tokens_new();
        bawn_found f = { .kind = email, .style = rows[i].style };
        assert_true(bawn_mask_write(&out, b.wall, &f, bawn_slice_str(rows[i].value), t));
        if (!bawn_slice_is(bawn_buf_slice(&out), rows[i].want))
            fail_msg("style %d of \"%s\": %.*s, not %s", rows[i].style, rows[i].value, (int)out.len, out.ptr, rows[i].want);
        bawn_buf_free(&out);
        bawn_tokens_free(t);
    }
    bench_close(&b);
}

static void a_token_without_a_table_is_a_plain_mask(void **state)
{
    bench b;
    bawn_buf out = { 0 }, again = { 0 };
    bawn_found f = { .style = BAWN_STYLE_TOKEN };
    (void)state;
    bench_open(&b, UPSTREAM, "default", BAWN_PLACE_INPUT);
    f.kind = kind_of(b.wall, "pii.EMAIL");
    assert_true(bawn_mask_write(&out, b.wall, &f, BAWN_LIT("ada@example.com"), NULL));
    assert_true(bawn_slice_is(bawn_buf_slice(&out), "<EMAIL>"));       /* what a model invents is masked (R14) */
    /* a hash is the same for the same value, another for another, and no value shows */
    f.style = BAWN_STYLE_HASH;
    bawn_buf_clear(&out);
    assert_true(bawn_mask_write(&out, b.wall, &f, BAWN_LIT("ada@example.com"), NULL));
    assert_true(bawn_mask_write(&again, b.wall, &f, BAWN_LIT("ada@example.com"), NULL));
    assert_true(bawn_slice_eq(bawn_buf_slice(&out), bawn_buf_slice(&again)));
    assert_int_equal(out.len, strlen("<EMAIL:0123456789abcdef>"));
    assert_true(bawn_slice_starts(bawn_buf_slice(&out), BAWN_LIT("<EMAIL:")));
    bawn_buf_clear(&again);
    assert_true(bawn_mask_write(&again, b.wall, &f, BAWN_LIT("bob@example.com"), NULL));
    assert_false(bawn_slice_eq(bawn_buf_slice(&out), bawn_buf_slice(&again)));
    bawn_buf_free(&out);
    bawn_buf_free(&again);
    bench_close(&b);
}

static void overlapping_masks_are_one(void **state)
{
    static const bawn_found finds[] = {
        { .span = { 0, 4 }, .action = BAWN_MASK, .guard = 3 }, { .span = { 10, 20 }, .action = BAWN_MASK, .guard = 3 },
        { .span = { 12, 30 }, .action = BAWN_MASK, .guard = 2 }, { .span = { 28, 46 }, .action = BAWN_MASK, .guard = 1 },
        { .span = { 46, 50 }, .action = BAWN_MASK, .guard = 1 }, { .span = { 48, 60 }, .action = BAWN_OBSERVE, .guard = 1 },
        { .span = { 0, 9 }, .action = BAWN_MASK, .segment = 1 },
    };
    bawn_mask out[BAWN_COUNT(finds)];
    (void)state;
    assert_int_equal(bawn_masks_of(out, finds, BAWN_COUNT(finds), 0), 3);
    assert_true(out[0].at.begin == 0 && out[0].at.end == 4);
    assert_true(out[1].at.begin == 10 && out[1].at.end == 46);      /* the union */
    assert_ptr_equal(out[1].found, &finds[3]);                      /* the longest; of equals the earlier guard */
    assert_true(out[2].at.begin == 46 && out[2].at.end == 50);      /* touching is not overlapping; observing is no mask */
    assert_int_equal(bawn_masks_of(out, finds, BAWN_COUNT(finds), 1), 1);
    assert_int_equal(bawn_masks_of(out, finds, BAWN_COUNT(finds), 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_follow_first_appearance), cmocka_unit_test(what_the_caller_wrote_is_his),
        cmocka_unit_test(only_whole_known_placeholders_are_found), cmocka_unit_test(many_values_collide_with_nobody),
        cmocka_unit_test(values_are_bytes), cmocka_unit_test(no_memory_is_told_and_nothing_is_lost),
        cmocka_unit_test(each_style_has_its_look), cmocka_unit_test(a_token_without_a_table_is_a_plain_mask),
        cmocka_unit_test(overlapping_masks_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

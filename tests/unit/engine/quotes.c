/* Where masks may stand in JSON. A row: a text with «» around what was found, the same around what is masked, and in what. */
#include "help.h"

#include "engine/quotes.h"

#define OPEN "«"
#define CLOSE "»"

static bawn_span unmark(bawn_buf *out, const char *marked)
{
    const char *open = strstr(marked, OPEN), *close = strstr(marked, CLOSE);
    bawn_span span = { (size_t)(open - marked), (size_t)(close - marked) - 2 };

    bawn_buf_clear(out);
    bawn_buf_add(out, bawn_slice_of(marked, span.begin));
    bawn_buf_add(out, bawn_slice_of(open + 2, (size_t)(close - open) - 2));
    bawn_buf_str(out, close + 2);
    return span;
}

typedef struct { const char *found, *masked; bawn_quotes_fit fit; uint8_t in; } row;
static const row rows[] = {
    { "{\"a\":\"«ada@x.org»\"}", "{\"a\":\"«ada@x.org»\"}", BAWN_QUOTES_FIT, BAWN_IN_STRING },
    { "{\"«key»\":1}", "{\"«key»\":1}", BAWN_QUOTES_FIT, BAWN_IN_STRING },
    { "{\"a\":«4111»}", "{\"a\":«4111»}", BAWN_QUOTES_FIT, BAWN_IN_NUMBER },
    /* part of a number, of an escape, of a pair of surrogates: all of it */
    { "{\"a\":-«4111».5e3}", "{\"a\":«-4111.5e3»}", BAWN_QUOTES_FIT, BAWN_IN_NUMBER },
    { "[\"x\\«nada@x.org»\"]", "[\"x«\\nada@x.org»\"]", BAWN_QUOTES_FIT, BAWN_IN_STRING },
    { "[\"\\u00«41da»\"]", "[\"«\\u0041da»\"]", BAWN_QUOTES_FIT, BAWN_IN_STRING },
    { "[\"«ab\\ud83d»\\ude00\"]", "[\"«ab\\ud83d\\ude00»\"]", BAWN_QUOTES_FIT, BAWN_IN_STRING },
    { "[\"«ab\\ud83d»\\u0041\"]", "[\"«ab\\ud83d»\\u0041\"]", BAWN_QUOTES_FIT, BAWN_IN_STRING },
    { "[\"a\\\"«b»\"]", "[\"a\\\"«b»\"]", BAWN_QUOTES_FIT, BAWN_IN_STRING },
    { "[\"a\\\\\",«12»]", "[\"a\\\\\",«12»]", BAWN_QUOTES_FIT, BAWN_IN_NUMBER },
    /* over a quote, a bracket, two values, a word of JSON's own */
    { "{\"a\":\"x«y\",\"b»\":1}", NULL, BAWN_QUOTES_NOT, 0 },
    { "{\"a\":«\"x\"»}", NULL, BAWN_QUOTES_NOT, 0 },
    { "[«12,13»]", NULL, BAWN_QUOTES_NOT, 0 },
    { "[«true»]", NULL, BAWN_QUOTES_NOT, 0 },
    { "[\"a\\\"«b\"»]", NULL, BAWN_QUOTES_NOT, 0 },
    /* what comes may belong to it */
    { "{\"a\":«4111»", NULL, BAWN_QUOTES_OPEN, 0 },
    { "[\"«ab\\»", NULL, BAWN_QUOTES_OPEN, 0 },
    { "[\"«ab\\u00»", NULL, BAWN_QUOTES_OPEN, 0 },
    { "[\"«ab\\ud83d»", NULL, BAWN_QUOTES_OPEN, 0 },
    { "[\"«ab\\ud83d»\\u", NULL, BAWN_QUOTES_OPEN, 0 },
    { "[\"«ab»", "[\"«ab»", BAWN_QUOTES_FIT, BAWN_IN_STRING },
};

static void masks_take_whole_units_of_one_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_buf text = { 0 }, other = { 0 };
        bawn_quotes q = { 0 };
        uint8_t in = 0;
        bawn_span span = unmark(&text, rows[i].found), want;
        bawn_quotes_fit fit = bawn_quotes_widen(&span, &in, &q, bawn_buf_slice(&text), false);

        if (fit != rows[i].fit || (fit == BAWN_QUOTES_FIT && in != rows[i].in))
            fail_msg("%s: fit %d in %d, expected %d in %d", rows[i].found, fit, in, rows[i].fit, rows[i].in);
        want = unmark(&other, rows[i].masked ? rows[i].masked : rows[i].found);
        if (span.begin != want.begin || span.end != want.end)
            fail_msg("%s: [%zu, %zu), expected [%zu, %zu)", rows[i].found, span.begin, span.end, want.begin, want.end);
        bawn_buf_free(&text);
        bawn_buf_free(&other);
    }
}

/* A text that ends leaves nothing open: what was undecided fits, or does not. */
static void an_end_decides(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_buf text = { 0 };
        bawn_quotes q = { 0 };
        uint8_t in;
        bawn_span span = unmark(&text, rows[i].found);

        assert_int_not_equal(bawn_quotes_widen(&span, &in, &q, bawn_buf_slice(&text), true), BAWN_QUOTES_OPEN);
        assert_true(span.end <= text.len && span.begin < span.end);
        bawn_buf_free(&text);
    }
}

static void what_does_not_fit_blocks(void **state)
{
    bawn_slice text = BAWN_LIT("{\"a\":true}");
    bawn_found f = { .span = { 5, 9 }, .action = BAWN_MASK }, number = { .span = { 5, 6 }, .action = BAWN_MASK };
    bawn_quotes q = { 0 };
    (void)state;
    assert_true(bawn_quotes_found(&f, &q, text, false));
    assert_true(f.fitted && f.action == BAWN_BLOCK);
    q = (bawn_quotes){ 0 };
    assert_false(bawn_quotes_found(&number, &q, BAWN_LIT("{\"a\":1"), false));
    assert_true(!number.fitted && number.action == BAWN_MASK);
}

/* Places are between units, wherever the walk is stopped on its way. */
static void a_place_is_the_same_by_every_way(void **state)
{
    static const char text[] = "{\"a\\\"\\u00e9\\ud83d\\ude00\":[-12.5e+3,\"x\\\\\",true,0],\"b\":{}}";
    bawn_slice all = BAWN_LIT(text);
    bawn_quotes slow = { 0 };
    (void)state;
    for (size_t to = 0; to <= all.len; to++) {
        bawn_quotes at_once = { 0 };
        bawn_quotes_pass(&at_once, all, to, false);
        bawn_quotes_pass(&slow, all, to, false);
        assert_int_equal(at_once.at, slow.at);
        assert_int_equal(at_once.string, slow.string);
        assert_true(slow.at <= to && to - slow.at < 12);
    }
    assert_int_equal(slow.at, all.len);
    assert_false(slow.string);
}

static void only_objects_and_lists_are_arguments(void **state)
{
    (void)state;
    assert_true(bawn_quotes_is_json(BAWN_LIT(" \n{")));
    assert_true(bawn_quotes_is_json(BAWN_LIT("[1]")));
    assert_false(bawn_quotes_is_json(BAWN_LIT("Write to ada@example.com")));
    assert_false(bawn_quotes_is_json(BAWN_LIT(" ")));
    assert_false(bawn_quotes_is_json(BAWN_NIL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_take_whole_units_of_one_value), cmocka_unit_test(an_end_decides),
        cmocka_unit_test(what_does_not_fit_blocks), cmocka_unit_test(a_place_is_the_same_by_every_way),
        cmocka_unit_test(only_objects_and_lists_are_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

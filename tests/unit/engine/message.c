/* Which of a policy's messages a client reads. Headers are those of browsers, and of RFC 9110 §12.5.4 and RFC 4647 §3.4. */
#include "engine/outcome.h"
#include "wall_help.h"

#define MOST 6

/* The message of each language is its name; "-" is the one without. */
static bawn_slice choose(const char *languages, bawn_slice accept)
{
    bawn_message items[MOST];
    bawn_guardrail g = { .blocked = { { items, 0 } } };

    while (*languages) {
        size_t n = strcspn(languages, " ");
        bawn_slice name = { languages, n };
        assert_true(g.blocked[0].n < MOST);
        items[g.blocked[0].n++] = (bawn_message){ bawn_slice_is(name, "-") ? BAWN_NIL : name, name };
        languages += n + strspn(languages + n, " ");
    }
    return bawn_outcome_message(&g, BAWN_INPUT, accept);
}

static void expect(const char *languages, bawn_slice accept, const char *want)
{
    bawn_slice got = choose(languages, accept);
    if (!bawn_slice_is(got, want))
        fail_msg("[%s] `%.*s`: %.*s, not %s", languages, (int)(accept.len < 80 ? accept.len : 80), accept.ptr, (int)got.len, got.ptr, want);
}

static void the_message_speaks_the_clients_language(void **state)
{
    static const struct { const char *languages, *accept, *want; } rows[] = {
        { "de en fr", "fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr" }, { "de en fr", "DE", "de" }, { "de en", "de-at", "de" },
        { "de en fr", "", "en" }, { "de en fr", "ja", "en" }, { "de en", "d", "en" }, { "de fr", "ja", "de" },
        { "-", "fr", "-" }, { "-", "", "-" }, { "-", "*", "-" },
        /* weight decides, then the order */
        { "de en fr", "de;q=0.5, fr;q=0.9", "fr" }, { "de en fr", "de;q=0.9, fr;q=0.9", "de" }, { "de en fr", "fr, de;q=1.000", "fr" },
        { "de en fr", "de;q=0.123, fr;q=0.124", "fr" }, { "de en", "ja, de;q=0.001", "de" }, { "de en", "ja, de;q=0", "en" },
        { "de en fr", " de ; q=0.2 ,\tfr;Q=0.3 ", "fr" }, { "de en", ",, ,de", "de" },
        /* regions and scripts, from near to far */
        { "en zh zh-TW", "zh-TW, zh;q=0.9", "zh-TW" }, { "en zh zh-TW", "zh-tw", "zh-TW" }, { "en zh zh-TW", "zh-Hant-TW", "zh" },
        { "en zh-Hant zh", "zh-Hant-TW", "zh-Hant" }, { "en zh-TW zh", "zh-CN", "zh" }, { "en zh-TW", "zh", "zh-TW" },
        { "en pt", "pt-BR", "pt" }, { "en pt-BR", "pt-PT, en;q=0.5", "pt-BR" }, { "en pt-BR pt", "pt-BR", "pt-BR" },
        { "en fil", "fi", "en" }, { "en fi", "fil", "en" }, { "en en-GB", "en-GB", "en-GB" }, { "en-GB de", "en-US", "en-GB" },
        /* any other */
        { "de en fr", "*", "en" }, { "de en fr", "*, fr;q=0.5", "en" }, { "de en fr", "en;q=0, *", "de" }, { "de en fr", "en;q=0.1, de;q=0.2, *", "fr" },
        { "en de", "en;q=0.5, de;q=0.4, *", "en" }, { "en de", "*;q=0, de;q=0.1", "de" },
        /* what is none is passed over */
        { "de en fr", "de;q=2, fr", "fr" }, { "de en fr", "de;q=0.1234, fr;q=0.1", "fr" }, { "de en fr", "de;q=x, fr;q=0.1", "fr" },
        { "de en fr", "de;q=, fr;q=0.1", "fr" }, { "de en fr", "de;level=1, fr;q=0.1", "fr" }, { "de en fr", "de;q=1.001, fr;q=0.1", "fr" },
        { "de en fr", ";q=1, -, --, fr;q=0.1", "fr" }, { "de en", "\xff\xfe", "en" }, { "de en", "english", "en" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        expect(rows[i].languages, bawn_slice_str(rows[i].accept), rows[i].want);
}

static void without_messages_there_is_one_for_each_side(void **state)
{
    bawn_guardrail g = { .blocked = { { NULL, 0 } } };
    (void)state;
    assert_true(bawn_slice_is(bawn_outcome_message(&g, BAWN_INPUT, BAWN_LIT("fr, *")), "Sorry, I cannot help with that request."));
    assert_true(bawn_slice_is(bawn_outcome_message(&g, BAWN_OUTPUT, BAWN_NIL), "Sorry, I cannot show that answer."));
}

/* However long: nothing takes long, and what stands behind sixteen ranges is not read. */
static void a_long_header_is_bounded(void **state)
{
    static const struct { const char *piece, *want; } rows[] = {
        { ",", "de" }, { "xx,", "en" }, { "a-", "en" }, { "-", "en" }, { ";", "en" }, { " ", "de" }, { "q=0,", "en" }, { "*;q=0,", "en" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_buf header = { 0 };
        while (header.len < (1u << 20))
            bawn_buf_str(&header, rows[i].piece);
        bawn_buf_str(&header, "de");
        expect("en de", bawn_buf_slice(&header), rows[i].want);
        bawn_buf_free(&header);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_message_speaks_the_clients_language), cmocka_unit_test(without_messages_there_is_one_for_each_side),
        cmocka_unit_test(a_long_header_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The canary: a word of its own stands behind each system message when it goes to the model, and an answer that shows it,
 * however it is written and cut, is stopped; what is not a system message arrives as it was sent. keeps: P3a.6 */
#include "dice.h"
#include "exchange_help.h"

#define HEAD "version: 1\nupstreams: {main: {dialect: openai, url: \"http://127.0.0.1:9400/v1\"}}\nrecord: {text: findings}\n" \
             "defaults: {guardrail: t}\nguardrails:\n  t:\n"
#define SAY(content) "{\"model\":\"m\",\"messages\":[" content "{\"role\":\"user\",\"content\":\"Good morning.\"}]}"
#define ONE SAY("{\"role\":\"system\",\"content\":\"Be kind.\"},")
#define WORD 24                 /* letters of a canary */
#define LEAD "\\n\\nDocument code: "

static desk desks[4];
enum { BLOCK, MASK, OFF, OBSERVE };
static const char *const policies[] = {
    HEAD "    leak: {canary: true}\n", HEAD "    leak: {canary: true, system_prompt: mask}\n", HEAD "    leak: {system_prompt: block}\n",
    HEAD "    mode: observe\n    leak: {canary: true}\n",
};

static int load(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(policies); i++)
        desks[i] = desk_open(policies[i]);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(policies); i++)
        desk_close(&desks[i]);
    return 0;
}

/* ---- planting ----------------------------------------------------------------------------------------------------- */
/* The word behind the `nth` lead in what went to the upstream; fails when it is not there. */
static void word_of(char word[WORD + 1], const outcome *o, size_t nth)
{
    bawn_slice rest = bawn_buf_slice(&o->request);
    for (size_t i = 0; i <= nth; i++) {
        size_t at = bawn_slice_find(rest, BAWN_LIT(LEAD));
        if (at == rest.len)
            fail_msg("no mark %zu in %.*s", i, (int)o->request.len, o->request.ptr);
        at += sizeof LEAD - 1;
        rest = bawn_slice_of(rest.ptr + at, rest.len - at);
    }
    memcpy(word, rest.ptr, WORD);
    word[WORD] = 0;
    assert_int_equal(strspn(word, "abcdefghijklmnopqrstuvwxyz"), WORD);
}

static void ask(outcome *o, int policy, const char *request)
{
    run_exchange(o, desks[policy].worker, request, "application/json",
                 BAWN_LIT("{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"}}]}"), 0, 0);
}

/* A body with `mark` at each "^" is what must arrive of the body without them. */
static void arrives(const char *marked)
{
    char body[2048], expected[4096], word[WORD + 1];
    size_t n = 0, m = 0, marks = 0;
    outcome o;

    for (const char *c = marked; *c; c++)
        if (*c != '^')
            body[n++] = *c;
    body[n] = 0;
    ask(&o, BLOCK, body);
    word_of(word, &o, 0);
    for (const char *c = marked; *c; c++)
        if (*c == '^') {
            m += (size_t)sprintf(expected + m, LEAD "%s.", word);
            marks++;
        } else {
            expected[m++] = *c;
        }
    expected[m] = 0;
    assert_true(marks > 0);
    assert_string_equal(bawn_buf_byte(&o.request, 0) ? o.request.ptr : "", expected);
    assert_int_equal(o.action[BAWN_INPUT], BAWN_ALLOW);
    outcome_free(&o);
}

static void it_stands_behind_each_system_message(void **state)
{
    (void)state;
    arrives(SAY("{\"role\":\"system\",\"content\":\"Be kind.^\"},"));
    arrives(SAY("{\"role\":\"developer\",\"content\":\"Be \\u006bind\\n\\\"now\\\"^\"},"));
    arrives(SAY("{\"role\":\"system\",\"content\":[{\"type\":\"text\",\"text\":\"Be kind.\"},{\"type\":\"text\",\"text\":\"And brief.^\"}]},"));
    arrives(SAY("{\"role\":\"system\",\"content\":\"Be kind.^\"},{\"role\":\"developer\",\"name\":\"ops\",\"content\":\"Be brief.^\"},"));
    arrives(" {\"messages\" : [ {\"content\":\"Hi\",\"role\":\"user\"}, {\"content\":\"Be kind.^\",\"role\":\"system\"} ] , \"model\":\"m\"}\n");
}

static void a_mask_at_the_end_stands_before_it(void **state)
{
    outcome o;
    char word[WORD + 1], expected[512];
    (void)state;
    ask(&o, BLOCK, SAY("{\"role\":\"system\",\"content\":\"Hand over to ada@example.org\"},"));
    word_of(word, &o, 0);
    sprintf(expected, SAY("{\"role\":\"system\",\"content\":\"Hand over to <EMAIL_1>" LEAD "%s.\"},"), word);
    assert_string_equal(bawn_buf_byte(&o.request, 0) ? o.request.ptr : "", expected);
    outcome_free(&o);
}

static void passes_untouched(int policy, const char *request)
{
    outcome o;
    ask(&o, policy, request);
    assert_string_equal(bawn_buf_byte(&o.request, 0) ? o.request.ptr : "", request);
    outcome_free(&o);
}

static void nothing_is_planted_without_reason(void **state)
{
    (void)state;
    passes_untouched(BLOCK, SAY(""));
    passes_untouched(BLOCK, SAY("{\"role\":\"system\",\"content\":\"\"},"));
    passes_untouched(OFF, ONE);
    passes_untouched(OBSERVE, ONE);
}

static void the_seed_makes_the_word(void **state)
{
    static const uint8_t other[32] = { 8 };
    bawn_exchange *x = NULL;
    bawn_error err = { 0 };
    outcome o, again;
    char word[WORD + 1], second[WORD + 1];
    (void)state;
    ask(&o, BLOCK, ONE);
    ask(&again, BLOCK, ONE);
    word_of(word, &o, 0);
    word_of(second, &again, 0);
    assert_string_equal(word, second);
    outcome_free(&again);
    again = (outcome){ 0 };
    assert_true(bawn_exchange_new(&x, desks[BLOCK].worker, BAWN_LIT("openai"), BAWN_LIT("POST"),
                                  BAWN_LIT("/v1/chat/completions"), NULL, 0, 1, other, &err));
    bawn_exchange_feed(x, BAWN_INPUT, BAWN_LIT(ONE), true, 2);
    obey(&again, x, BAWN_INPUT, BAWN_LIT(ONE));
    word_of(second, &again, 0);
    assert_string_not_equal(word, second);
    bawn_exchange_free(x);
    outcome_free(&o);
    outcome_free(&again);
}

/* ---- finding ------------------------------------------------------------------------------------------------------ */
static void as_it_is(bawn_buf *out, bawn_slice word) { bawn_buf_add(out, word); }

static void in_capitals(bawn_buf *out, bawn_slice word)
{
    for (size_t i = 0; i < word.len; i++)
        bawn_buf_byte(out, (char)(word.ptr[i] - 32));
}

static void backwards(bawn_buf *out, bawn_slice word)
{
    for (size_t i = word.len; i > 0; i--)
        bawn_buf_byte(out, word.ptr[i - 1]);
}

static void apart(bawn_buf *out, bawn_slice word) { with_between(out, word, " "); }
static void hyphened(bawn_buf *out, bawn_slice word) { with_between(out, word, "-"); }
static void listed(bawn_buf *out, bawn_slice word) { with_between(out, word, ", "); }
static void invisibly_apart(bawn_buf *out, bawn_slice word) { with_between(out, word, "\xE2\x80\x8B"); }

static void apart_backwards(bawn_buf *out, bawn_slice word)
{
    bawn_buf turned = { 0 };
    backwards(&turned, word);
    apart(out, bawn_buf_slice(&turned));
    bawn_buf_free(&turned);
}

static const struct { const char *name; void (*write)(bawn_buf *out, bawn_slice word); } writings[] = {
    { "as it is", as_it_is }, { "in capitals", in_capitals }, { "backwards", backwards }, { "letters apart", apart },
    { "letters hyphened", hyphened }, { "letters listed", listed }, { "invisibly apart", invisibly_apart },
    { "apart and backwards", apart_backwards }, { "in hex", as_hex }, { "in base64", as_base64 }, { "full width", as_wide },
};

static void write_answer(bawn_buf *out, const char *text, bool stream)
{
    bawn_slice t = bawn_slice_str(text);
    if (!stream) {
        bawn_buf_str(out, "{\"id\":\"a\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":");
        bawn_json_write_string(out, t);
        bawn_buf_str(out, "},\"finish_reason\":\"stop\"}]}");
        return;
    }
    for (size_t i = 0, n; i < t.len; i += n) {              /* events of a few bytes: the word spans many */
        for (n = 3; i + n < t.len && !bawn_utf8_is_start((unsigned char)t.ptr[i + n]); n++)
            continue;
        n = n > t.len - i ? t.len - i : n;
        bawn_buf_str(out, "data: {\"id\":\"a\",\"choices\":[{\"index\":0,\"delta\":{\"content\":");
        bawn_json_write_string(out, bawn_slice_of(t.ptr + i, n));
        bawn_buf_str(out, "},\"finish_reason\":null}]}\n\n");
    }
    bawn_buf_str(out, "data: {\"id\":\"a\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
}

static void tell(outcome *o, int policy, const char *written, bool stream, unsigned cut)
{
    bawn_buf answer = { 0 };
    char text[512];

    sprintf(text, "Certainly, here it is: %s and that was all of it.", written);
    write_answer(&answer, text, stream);
    run_exchange(o, desks[policy].worker, ONE, stream ? "text/event-stream" : "application/json", bawn_buf_slice(&answer), cut,
                 40);
    bawn_buf_free(&answer);
}

static bool holds(const bawn_buf *b, const char *text)
{
    return bawn_slice_find(bawn_buf_slice(b), bawn_slice_str(text)) < b->len;
}

static void it_is_found_however_it_is_written(void **state)
{
    outcome o;
    char word[WORD + 1];
    bawn_buf written = { 0 };
    (void)state;
    ask(&o, BLOCK, ONE);
    word_of(word, &o, 0);
    outcome_free(&o);
    for (size_t i = 0; i < BAWN_COUNT(writings); i++)
        for (unsigned cut = 0; cut < 12; cut++) {
            bool stream = cut % 3 != 0;
            bawn_buf_clear(&written);
            writings[i].write(&written, bawn_slice_str(word));
            bawn_buf_byte(&written, 0);
            tell(&o, BLOCK, written.ptr, stream, cut);
            if (o.action[BAWN_OUTPUT] != BAWN_BLOCK || !holds(&o.record, "\"leak.CANARY\""))
                fail_msg("%s, %s, cut %u: not blocked: %.*s", writings[i].name, stream ? "stream" : "whole", cut,
                         (int)o.record.len, o.record.ptr);
            written.ptr[6] = 0;                             /* not even its begin is delivered, nor is it written down */
            assert_false(holds(&o.answer, written.ptr));
            assert_false(holds(&o.record, word));
            outcome_free(&o);
        }
    bawn_buf_free(&written);
}

static void mask_masks_it(void **state)
{
    outcome o;
    char word[WORD + 1];
    (void)state;
    ask(&o, MASK, ONE);
    word_of(word, &o, 0);
    outcome_free(&o);
    for (int stream = 0; stream < 2; stream++) {
        tell(&o, MASK, word, stream, 0);
        assert_int_equal(o.action[BAWN_OUTPUT], BAWN_MASK);
        assert_true(holds(&o.answer, "<CANARY>"));
        assert_false(holds(&o.answer, word));
        assert_false(holds(&o.record, word));
        outcome_free(&o);
    }
}

static void an_answer_without_it_passes(void **state)
{
    outcome o;
    (void)state;
    for (int stream = 0; stream < 2; stream++) {
        tell(&o, BLOCK, "bakedozifugohejilopusate", stream, 0);
        assert_int_equal(o.action[BAWN_OUTPUT], BAWN_ALLOW);
        outcome_free(&o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_stands_behind_each_system_message), cmocka_unit_test(a_mask_at_the_end_stands_before_it),
        cmocka_unit_test(nothing_is_planted_without_reason), cmocka_unit_test(the_seed_makes_the_word),
        cmocka_unit_test(it_is_found_however_it_is_written), cmocka_unit_test(mask_masks_it),
        cmocka_unit_test(an_answer_without_it_passes),
    };
    return cmocka_run_group_tests(tests, load, unload);
}

/* Contract 5 of bawn.h as a caller meets it: a long text, on either side, alone or of several parts, is judged in several
 * calls with a NEED of kind 3 between them, and what comes out is what a shorter road would have given. */
#include "exchange_help.h"

#define POLICY "version: 1\nupstreams: {main: {dialect: openai, url: \"http://127.0.0.1:9400/v1\"}}\n" \
               "guardrails: {default: {sensitive_information: {entities: {EMAIL: mask}}, input_limits: {characters: 100000000, repeated_token_run: 1000000}}}\n"
#define SIZE (1u << 20)

static desk here;

static int load(void **state)
{
    (void)state;
    here = desk_open(POLICY);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    desk_close(&here);
    return 0;
}

/* Prose of `size` bytes with an address in its first and its last part. */
static void write_prose(bawn_buf *out, size_t size)
{
    bawn_buf_str(out, "Write to first@example.org. ");
    for (size_t i = 0; i < size / 22; i++)
        bawn_buf_str(out, "We ship twice a week. ");
    bawn_buf_str(out, "Or to last@example.org!");
}

static size_t count(const bawn_buf *in, const char *what)
{
    bawn_slice rest = bawn_buf_slice(in), needle = bawn_slice_str(what);
    size_t n = 0, at;
    while ((at = bawn_slice_find(rest, needle)) < rest.len) {
        n++;
        rest = bawn_slice_of(rest.ptr + at + needle.len, rest.len - at - needle.len);
    }
    return n;
}

static const char hello[] = "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}";

static void ask(outcome *o, const bawn_buf *body)
{
    run_exchange(o, here.worker, body->ptr, "application/json", bawn_slice_str(hello), 0, 0);
    assert_int_equal(o->n_verdicts, 2);
    assert_int_equal(o->n_records, 1);
    assert_false(o->late);
}

static void one_long_field(void **state)
{
    bawn_buf body = { 0 };
    outcome o;
    (void)state;
    bawn_buf_str(&body, "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"");
    write_prose(&body, SIZE);
    bawn_buf_str(&body, "\"}]}");
    bawn_buf_byte(&body, 0);
    ask(&o, &body);
    assert_true(o.n_needs >= SIZE / (256u << 10));
    assert_int_equal(o.action[BAWN_INPUT], BAWN_MASK);
    assert_int_equal(count(&o.request, "<EMAIL>"), 2);
    assert_int_equal(count(&o.request, "@example.org"), 0);
    outcome_free(&o);
    bawn_buf_free(&body);
}

static void long_parts_of_one_message(void **state)
{
    bawn_buf body = { 0 };
    outcome o;
    (void)state;
    bawn_buf_str(&body, "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"");
    write_prose(&body, SIZE / 2);
    bawn_buf_str(&body, " and split@\"},{\"type\":\"text\",\"text\":\"example.org ");
    write_prose(&body, SIZE / 2);
    bawn_buf_str(&body, "\"}]}]}");
    bawn_buf_byte(&body, 0);
    ask(&o, &body);
    assert_true(o.n_needs >= 3 * SIZE / (256u << 10));      /* each alone, and joined in two ways */
    assert_int_equal(o.action[BAWN_INPUT], BAWN_MASK);
    assert_int_equal(count(&o.request, "@example.org"), 0);
    assert_int_equal(count(&o.request, "split@"), 0);       /* found in the joined text alone */
    outcome_free(&o);
    bawn_buf_free(&body);
}

static void many_short_fields(void **state)
{
    bawn_buf body = { 0 };
    outcome o;
    (void)state;
    bawn_buf_str(&body, "{\"model\":\"m\",\"messages\":[");
    for (size_t i = 0; i < 20; i++) {
        bawn_buf_str(&body, i ? ",{\"role\":\"user\",\"content\":\"" : "{\"role\":\"user\",\"content\":\"");
        write_prose(&body, 50000);
        bawn_buf_str(&body, "\"}");
    }
    bawn_buf_str(&body, "]}");
    bawn_buf_byte(&body, 0);
    ask(&o, &body);
    assert_true(o.n_needs >= 3 && o.n_needs <= 5);          /* a million bytes */
    assert_int_equal(count(&o.request, "<EMAIL>"), 40);
    outcome_free(&o);
    bawn_buf_free(&body);
}

static void a_long_answer(void **state)
{
    bawn_buf answer = { 0 };
    outcome o;
    (void)state;
    bawn_buf_str(&answer, "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"");
    write_prose(&answer, SIZE);
    bawn_buf_str(&answer, "\"},\"finish_reason\":\"stop\"}]}");
    run_exchange(&o, here.worker, "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}",
                 "application/json", bawn_buf_slice(&answer), 77, 300000);
    assert_true(o.n_needs >= SIZE / (256u << 10));
    assert_int_equal(o.n_records, 1);
    assert_int_equal(o.n_ends, 1);
    assert_int_equal(o.action[BAWN_OUTPUT], BAWN_MASK);
    assert_int_equal(count(&o.answer, "<EMAIL>"), 2);
    assert_true(count(&o.record, "\"end\":\"complete\"") == 1);
    outcome_free(&o);
    bawn_buf_free(&answer);
}

static void a_client_that_leaves_between_two_slices(void **state)
{
    static const uint8_t seed[32] = { 1 };
    bawn_buf body = { 0 };
    (void)state;
    bawn_buf_str(&body, "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"");
    write_prose(&body, SIZE);
    bawn_buf_str(&body, "\"}]}");
    for (int twice = 0; twice < 2; twice++) {               /* the second exchange is the first one's memory */
        bawn_exchange *x = NULL;
        bawn_step step;
        assert_true(bawn_exchange_new(&x, here.worker, BAWN_LIT("openai"), BAWN_LIT("POST"), BAWN_LIT("/v1/chat/completions"),
                                      NULL, 0, 1, seed, NULL));
        bawn_exchange_feed(x, BAWN_INPUT, bawn_buf_slice(&body), true, 2);
        assert_true(bawn_exchange_next(&step, x));
        assert_int_equal(step.kind, BAWN_NEED);
        assert_int_equal(step.job.kind, 3);
        assert_false(bawn_exchange_next(&step, x));
        bawn_exchange_abort(x, BAWN_INPUT, 3);
        assert_true(bawn_exchange_next(&step, x));
        assert_int_equal(step.kind, BAWN_RECORD);
        bawn_exchange_free(x);
    }
    bawn_buf_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_long_field), cmocka_unit_test(long_parts_of_one_message), cmocka_unit_test(many_short_fields),
        cmocka_unit_test(a_long_answer), cmocka_unit_test(a_client_that_leaves_between_two_slices),
    };
    return cmocka_run_group_tests(tests, load, unload);
}

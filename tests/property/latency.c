/* The times in the record (latency_us): with a clock each stage has its own and nothing is counted twice or while nobody
 * works; without one what cannot be known is null. The clock here moves by one millisecond each time it is read. */
#include "exchange_help.h"

#define POLICY "version: 1\nupstreams: {main: {dialect: openai, url: \"http://127.0.0.1:9400/v1\"}}\n"
#define REQUEST "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Good morning.\"}]}"
#define MS 1000000u

static uint64_t time_ns;

static uint64_t tick(void *reads)
{
    ++*(size_t *)reads;
    return time_ns += MS;
}

static int64_t member(const bawn_buf *record, const char *name)
{
    bawn_json j = { 0 };
    uint64_t n = 0;
    assert_true(bawn_json_parse(&j, bawn_buf_slice(record), 16, NULL));
    uint32_t value = bawn_json_get(&j, bawn_json_get(&j, 0, "latency_us"), name);
    assert_true(value > 0);
    bool known = bawn_json_u64(&n, &j, value);
    assert_true(known || j.tokens[value].type == BAWN_JSON_NULL);
    bawn_json_free(&j);
    return known ? (int64_t)n : -1;
}

typedef struct { const char *type; const char *pieces[4]; } reply;

/* Asks, waits 50 ms for the upstream, then gets its pieces, 20 ms apart. */
static void run(outcome *o, const char *policy, bool clock, size_t *reads, const reply *r)
{
    static const uint8_t seed[32] = { 7 };
    desk k = desk_open(policy);
    bawn_exchange *x = NULL;

    *reads = 0;
    *o = (outcome){ 0 };
    if (clock)
        bawn_worker_clock(k.worker, tick, reads);
    time_ns = 1763000000000000000u;
    assert_true(bawn_exchange_new(&x, k.worker, BAWN_LIT("openai"), BAWN_LIT("POST"), BAWN_LIT("/v1/chat/completions"), NULL, 0,
                                  time_ns, seed, NULL));
    bawn_exchange_feed(x, BAWN_INPUT, BAWN_LIT(REQUEST), true, time_ns);
    obey(o, x, BAWN_INPUT, BAWN_LIT(REQUEST));
    time_ns += 50 * MS;
    bawn_exchange_response(x, 200, bawn_slice_str(r->type), time_ns);
    for (size_t i = 0; i < BAWN_COUNT(r->pieces) && r->pieces[i]; i++) {
        bool last = i + 1 == BAWN_COUNT(r->pieces) || !r->pieces[i + 1];
        bawn_exchange_feed(x, BAWN_OUTPUT, bawn_slice_str(r->pieces[i]), last, time_ns);
        obey(o, x, BAWN_OUTPUT, bawn_slice_str(r->pieces[i]));
        time_ns += 20 * MS;
    }
    assert_int_equal(o->n_records, 1);
    bawn_exchange_free(x);
    desk_close(&k);
}

static const reply whole = { "application/json", { "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"},"
                                                   "\"finish_reason\":\"stop\"}]}" } };
#define EVENT(text, finish) "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text "\"},\"finish_reason\":" finish "}]}\n\n"
static const reply stream = { "text/event-stream", { EVENT("Hello ", "null"), EVENT("again ", "null"), EVENT("you", "\"stop\""),
                                                     "data: [DONE]\n\n" } };

static void each_stage_has_its_own_time(void **state)
{
    outcome o;
    size_t reads;
    (void)state;
    run(&o, POLICY, true, &reads, &whole);
    assert_int_equal(member(&o.record, "parse"), 2000);                 /* once a side */
    assert_int_equal(member(&o.record, "bytes"), 2000);
    assert_int_equal(member(&o.record, "upstream_first_byte"), 50000);  /* our own judging is not in it */
    assert_int_equal(member(&o.record, "total"), 55000);
    assert_int_equal(member(&o.record, "held_max"), -1);
    assert_true(reads <= 5);
    outcome_free(&o);
}

static void a_stream_counts_work_and_not_waiting(void **state)
{
    outcome o;
    size_t reads;
    (void)state;
    run(&o, POLICY, true, &reads, &stream);
    assert_int_equal(member(&o.record, "parse"), 1000);
    assert_int_equal(member(&o.record, "bytes"), 5000);                 /* the request, and four pieces; no waiting */
    assert_int_equal(member(&o.record, "upstream_first_byte"), 50000);
    assert_true(member(&o.record, "total") >= 110000);
    assert_true(reads <= 7);
    outcome_free(&o);
}

static void without_a_clock_they_are_null(void **state)
{
    static const char *const unknown[] = { "identity", "parse", "views", "bytes", "tokens", "record" };
    outcome o;
    size_t reads;
    (void)state;
    run(&o, POLICY, false, &reads, &whole);
    for (size_t i = 0; i < BAWN_COUNT(unknown); i++)
        assert_int_equal(member(&o.record, unknown[i]), -1);
    assert_int_equal(member(&o.record, "upstream_first_byte"), 50000);
    assert_int_equal(member(&o.record, "total"), 50000);
    outcome_free(&o);
}

static void policy_off_has_no_stages(void **state)
{
    outcome o;
    size_t reads;
    (void)state;
    run(&o, POLICY "routes: [{operations: [chat], guardrail: none}]\n", true, &reads, &whole);
    assert_int_equal(member(&o.record, "parse"), -1);
    assert_int_equal(member(&o.record, "bytes"), -1);
    assert_int_equal(reads, 1);
    outcome_free(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_stage_has_its_own_time), cmocka_unit_test(a_stream_counts_work_and_not_waiting),
        cmocka_unit_test(without_a_clock_they_are_null), cmocka_unit_test(policy_off_has_no_stages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The seven contracts of bawn.h over random requests and answers, whole and streamed. Contract 2 (cutting) has a file of
 * its own, cuttings.c. BAWN_SEED and BAWN_ROUNDS choose the games; a failure prints its seed.
 *
 * keeps: P3a.8, P3a.10 */
#include "answers.h"

#define POLICY "version: 1\nupstreams: {main: {dialect: openai, url: http://127.0.0.1:9/v1}}\n" \
    "defaults: {guardrail: g, hold: {bytes: 16KiB}}\nlisteners: {public: {address: 127.0.0.1:8480, limits: {body: 1MiB}}}\n" \
    "record: {hash_key: env:BAWN_TEST_HASH_KEY}\n" \
    "guardrails:\n  g:\n    word_filters: {custom: [{words: [bluefalcon, project falcon], action: block}]}\n" \
    "    sensitive_information: {entities: {EMAIL: {input: token, output: mask}, PHONE: {input: token, output: none}}}\n"

static desk here;

static int load(void **state)
{
    (void)state;
    setenv("BAWN_TEST_HASH_KEY", "0123456789abcdef", 1);
    here = desk_open(POLICY);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    desk_close(&here);
    return 0;
}

/* ---- games ------------------------------------------------------------------------------------------------------- */
typedef struct { bawn_buf request, answer; const char *type; answer said; } game;

static void write_message(bawn_buf *out, dice *d, const char *role, unsigned what)
{
    bawn_buf text = { 0 };
    write_text(&text, d, 1 + under(d, 12), what);
    bawn_buf_fmt(out, "{\"role\":\"%s\",\"content\":", role);
    bawn_json_write_string(out, bawn_buf_slice(&text));
    bawn_buf_byte(out, '}');
    bawn_buf_free(&text);
}

/* A request, sometimes broken; an answer of its kind, sometimes broken off. */
static void play_game(game *g, dice *d)
{
    bool stream = one_in(d, 2);
    unsigned what = one_in(d, 3) ? HOSTILE : 0;
    *g = (game){ .type = stream ? "text/event-stream" : "application/json" };
    bawn_buf_fmt(&g->request, "{\"model\":\"m-1\",\"n\":3,\"stream\":%s,\"messages\":[", stream ? "true" : "false");
    write_message(&g->request, d, "system", 0);
    for (size_t n = 1 + under(d, 4); n > 0; n--) {
        bawn_buf_byte(&g->request, ',');
        write_message(&g->request, d, one_in(d, 3) ? "assistant" : "user", what);
    }
    bawn_buf_str(&g->request, "]}");
    random_answer(&g->said, d, one_in(d, 3) ? HOSTILE : HELD, one_in(d, 2));
    if (stream)
        write_stream(&g->answer, &g->said, d, 1 + under(d, 60));
    else
        write_whole(&g->answer, &g->said);
    if (one_in(d, 12))
        g->answer.len = under(d, g->answer.len + 1);
    if (one_in(d, 20))
        g->request.len = under(d, g->request.len + 1);
    if (one_in(d, 30))
        g->type = "text/html";
}

static void end_game(game *g)
{
    bawn_buf_free(&g->request);
    bawn_buf_free(&g->answer);
    answer_free(&g->said);
}

static void drive_game(run *r, const game *g, dice *d, size_t most)
{
    drive(r, here.worker, bawn_buf_slice(&g->request), g->type, bawn_buf_slice(&g->answer), d, most);
}

typedef void (*round_of)(uint64_t seed);
static void rounds(size_t n, round_of play)
{
    size_t seed = environment("BAWN_SEED", 1), many = environment("BAWN_ROUNDS", n);
    for (size_t i = 0; i < many; i++)
        play(seed + i);
}

/* ---- 1: order ------------------------------------------------------------------------------------------------------ */
static void one_order(uint64_t seed)
{
    dice d = { seed };
    game g;
    run r;
    play_game(&g, &d);
    drive_game(&r, &g, &d, one_in(&d, 2) ? 0 : 50);     /* check_order() inside */
    if (r.refused_call)
        fail_msg("BAWN_SEED=%llu: a call failed", (unsigned long long)seed);
    if (r.local && (strchr(r.steps, 'D') || strchr(r.steps, 'E')))
        fail_msg("BAWN_SEED=%llu: the answer opened behind a refused request: %s", (unsigned long long)seed, r.steps);
    if (!r.local && strncmp(r.steps, "V", 1) != 0 && strncmp(r.steps, "DV", 2) != 0)
        fail_msg("BAWN_SEED=%llu: the request's verdict does not come first: %s", (unsigned long long)seed, r.steps);
    run_free(&r);
    end_game(&g);
}

static void contract_1_order(void **state)
{
    (void)state;
    rounds(1500, one_order);
}

/* ---- 3: failure ------------------------------------------------------------------------------------------------------ */
/* What a client may have seen of an exchange in which nothing failed, to hold failing ones against. */
static bool is_prefix_or_ending(const run *whole, const run *failing)
{
    /* A stream: what left before the failure left in the same order; then comes one terminal event, or the whole end. */
    size_t same = 0, n = failing->answer.len < whole->answer.len ? failing->answer.len : whole->answer.len;
    while (same < n && whole->answer.ptr[same] == failing->answer.ptr[same])
        same++;
    return same == failing->answer.len || failing->status != 0;
}

static bool is_terminal(bawn_slice s)
{
    return bawn_slice_find(s, BAWN_LIT("guard_failed")) < s.len;
}

/* The n-th allocation fails. True: the exchange did not need so many. */
static bool fail_one(const game *g, const run *whole, uint64_t seed, size_t n)
{
    bawn_exchange *x = NULL;
    bawn_error err = { 0 };
    static const uint8_t bytes[32] = { 7, 1, 2 };
    bawn_slice body = bawn_buf_slice(&g->request), reply = bawn_buf_slice(&g->answer);
    dice d = { seed };
    run r = { 0 };

    bawn_buf *ours[] = { &r.request, &r.answer, &r.tail, &r.record, &r.verdicts };
    for (size_t i = 0; i < BAWN_COUNT(ours); i++)       /* what the test writes down is not to fail */
        bawn_buf_reserve(ours[i], 1 << 18);
    bawn_malloc_fail_at = n;
    bool made = bawn_exchange_new(&x, here.worker, BAWN_LIT("openai"), BAWN_LIT("POST"), BAWN_LIT("/v1/chat/completions"),
                                  NULL, 0, NOW, bytes, &err);
    if (made) {
        drive_feed(&r, x, BAWN_INPUT, body, &d, 0);
        if (!r.local && !r.ended) {
            if (!bawn_exchange_response(x, 200, bawn_slice_str(g->type), NOW + 4))
                r.refused_call = true;
            drive_steps(&r, x, BAWN_OUTPUT, reply, NOW + 4);
            drive_feed(&r, x, BAWN_OUTPUT, reply, &d, 300);
        }
    }
    bool failed = bawn_malloc_fail_at == 0;
    bawn_malloc_fail_at = 0;
    if (made && failed && r.refused_call && !r.ended) {
        /* no memory even for the refusal: the connector ends the connection; nothing more may come */
        size_t had = r.answer.len;
        drive_steps(&r, x, BAWN_OUTPUT, reply, NOW + 6);
        if (r.answer.len != had)
            fail_msg("BAWN_SEED=%llu, allocation %zu: text left behind a failure", (unsigned long long)seed, n);
    }
    if (failed && r.failed[BAWN_OUTPUT] && r.status == 0 && r.ended && !is_terminal(bawn_buf_slice(&r.tail)))
        fail_msg("BAWN_SEED=%llu, allocation %zu: no terminal event: %.*s", (unsigned long long)seed, n, (int)r.tail.len, r.tail.ptr);
    if (failed && r.status >= 500 && !is_terminal(bawn_buf_slice(&r.answer)))
        fail_msg("BAWN_SEED=%llu, allocation %zu: %d without its error: %.*s", (unsigned long long)seed, n, r.status,
                 (int)r.answer.len, r.answer.ptr);
    if (strcmp(g->type, "text/event-stream") == 0 && !is_prefix_or_ending(whole, &r))
        fail_msg("BAWN_SEED=%llu, allocation %zu: other text than without the failure\n%.*s", (unsigned long long)seed, n,
                 (int)r.answer.len, r.answer.ptr);
    if (failed && r.ended && r.record.len == 0)
        fail_msg("BAWN_SEED=%llu, allocation %zu: an end without a record: %s, status %d", (unsigned long long)seed, n, r.steps, r.status);
    bawn_exchange_free(x);
    run_free(&r);
    return !failed;
}

static void one_failure(uint64_t seed)
{
    dice d = { seed };
    game g;
    run whole;
    play_game(&g, &d);
    drive_game(&whole, &g, &d, 300);
    for (size_t n = 1; !fail_one(&g, &whole, seed, n) && n < 4000; n++)
        ;
    run_free(&whole);
    end_game(&g);
}

static void contract_3_failure(void **state)
{
    (void)state;
    rounds(14, one_failure);
}

/* ---- 4, 6: ownership, determinism ------------------------------------------------------------------------------------ */
/* Times are what may differ. */
static void without_times(bawn_buf *record)
{
    size_t at = bawn_slice_find(bawn_buf_slice(record), BAWN_LIT("\"latency_us\":{"));
    for (; at < record->len && record->ptr[at] != '}'; at++)
        record->ptr[at] = '#';
}

static void same(uint64_t seed, const char *what, const bawn_buf *a, const bawn_buf *b)
{
    if (!bawn_slice_eq(bawn_buf_slice(a), bawn_buf_slice(b)))
        fail_msg("BAWN_SEED=%llu: %s differs\n%.*s\n%.*s", (unsigned long long)seed, what, (int)a->len, a->ptr, (int)b->len, b->ptr);
}

static void one_replay(uint64_t seed)
{
    dice d = { seed }, again;
    game g;
    run one, other;
    play_game(&g, &d);
    again = d;
    drive_game(&one, &g, &d, 60);       /* drive_feed() frees each piece when the call is over: contract 4 */
    drive_game(&other, &g, &again, 60);
    without_times(&one.record), without_times(&other.record);
    same(seed, "what goes upstream", &one.request, &other.request);
    same(seed, "what goes to the client", &one.answer, &other.answer);
    same(seed, "its end", &one.tail, &other.tail);
    same(seed, "the verdicts", &one.verdicts, &other.verdicts);
    same(seed, "the record", &one.record, &other.record);
    run_free(&one), run_free(&other);
    end_game(&g);
}

static void contracts_4_and_6_ownership_and_determinism(void **state)
{
    (void)state;
    rounds(600, one_replay);
}

/* What was handed in at _new is the exchange's own copy. */
static void contract_4_attributes_are_copied(void **state)
{
    static const uint8_t bytes[32] = { 3 };
    char uri[] = "/v1/chat/completions?x=1", method[] = "POST", key[] = "client.address", value[] = "192.0.2.1", dialect[] = "openai";
    bawn_attribute a = { bawn_slice_str(key), bawn_slice_str(value) };
    bawn_exchange *x = NULL;
    bawn_error err = { 0 };
    run r = { 0 }, plain = { 0 };
    dice d = { 1 };
    (void)state;
    for (int scrub = 0; scrub < 2; scrub++) {
        assert_true(bawn_exchange_new(&x, here.worker, bawn_slice_str(dialect), bawn_slice_str(method), bawn_slice_str(uri), &a,
                                      1, NOW, bytes, &err));
        if (scrub)
            memset(uri, 'x', sizeof uri - 1), memset(method, 'x', 4), memset(key, 'x', 5), memset(value, 'x', 5), memset(dialect, 'x', 6);
        drive_feed(scrub ? &r : &plain, x, BAWN_INPUT, BAWN_LIT("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"), &d, 3);
        assert_true(bawn_exchange_abort(x, BAWN_INPUT, NOW + 9));
        drive_steps(scrub ? &r : &plain, x, BAWN_INPUT, BAWN_NIL, NOW + 9);
        bawn_exchange_free(x);
    }
    without_times(&r.record), without_times(&plain.record);
    same(0, "the record", &r.record, &plain.record);
    run_free(&r), run_free(&plain);
}

/* ---- 5: bounds ----------------------------------------------------------------------------------------------------------- */
/* One call judges about 256 KiB of fields, then asks to go on. */
static void contract_5_a_long_body_is_judged_in_slices(void **state)
{
    bawn_buf body = { 0 };
    run r;
    dice d = { 1 };
    (void)state;
    bawn_buf_str(&body, "{\"model\":\"m-1\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}");
    for (int i = 0; i < 300; i++) {
        bawn_buf_str(&body, ",{\"role\":\"user\",\"content\":\"");
        for (int k = 0; k < 50; k++)
            bawn_buf_str(&body, "plain prose that says little, ");
        bawn_buf_str(&body, "\"}");
    }
    bawn_buf_str(&body, "]}");
    drive(&r, here.worker, bawn_buf_slice(&body), "application/json", BAWN_LIT("{\"id\":\"1\",\"choices\":[]}"), &d, 0);
    assert_true(body.len > 400000 && body.len < (1u << 20));
    assert_in_range(r.needs, body.len / (256u << 10), body.len / (256u << 10) + 1);
    assert_string_equal(strchr(r.steps, 'V') - r.needs, strstr(r.steps, "N"));     /* all before the verdict */
    run_free(&r);
    bawn_buf_free(&body);
}

/* What is fed and has not left is never more than the hold limit and an event: it flows, or the answer is ended. */
static void contract_5_what_is_held_is_bounded(void **state)
{
    bawn_exchange *x = drive_new(here.worker, "POST", "/v1/chat/completions", NULL, 0);
    run r = { 0 };
    dice d = { 1 };
    size_t sent = 0, fed = 0;
    (void)state;
    drive_feed(&r, x, BAWN_INPUT, BAWN_LIT("{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"), &d, 0);
    assert_true(bawn_exchange_response(x, 200, BAWN_LIT("text/event-stream"), NOW));
    char event[2400];
    while (!r.ended && sent < (1u << 20)) {             /* one word without an end */
        int n = snprintf(event, sizeof event, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s", sent ? "" : "<a href=\\\"");
        memset(event + n, 'x', 1000);
        n += 1000;
        n += snprintf(event + n, sizeof event - (size_t)n, "\"}}]}\n\n");
        bawn_exchange_feed(x, BAWN_OUTPUT, bawn_slice_of(event, (size_t)n), false, NOW + 5);
        drive_steps(&r, x, BAWN_OUTPUT, BAWN_NIL, NOW + 5);
        sent += 1000;
        fed += (size_t)n;
        assert_true(r.ended || fed - r.answer.len <= (16u << 10) + 2 * sizeof event);
    }
    bawn_exchange_free(x);
    run_free(&r);
}

static void contract_5_a_body_over_its_limit_is_refused(void **state)
{
    bawn_exchange *x = drive_new(here.worker, "POST", "/v1/chat/completions", NULL, 0);
    run r = { 0 };
    char piece[65536];
    size_t fed = 0;
    (void)state;
    memset(piece, ' ', sizeof piece);
    for (; !r.ended && fed < (4u << 20); fed += sizeof piece) {
        assert_true(bawn_exchange_feed(x, BAWN_INPUT, bawn_slice_of(piece, sizeof piece), false, NOW));
        drive_steps(&r, x, BAWN_INPUT, BAWN_NIL, NOW);
    }
    assert_int_equal(r.status, 413);
    assert_in_range(fed, 1u << 20, (1u << 20) + sizeof piece);
    bawn_exchange_free(x);
    run_free(&r);
}

/* ---- 7: ABI ----------------------------------------------------------------------------------------------------------------- */
static void read_all(bawn_buf *out, FILE *f)
{
    int c;
    assert_non_null(f);
    while ((c = fgetc(f)) != EOF)
        bawn_buf_byte(out, (char)c);
    bawn_buf_byte(out, 0);
}

/* Appends the next name "bawn_..." at or behind *at, between blanks; *at moves behind it. False: none. */
static bool next_name(bawn_buf *out, const char **at)
{
    const char *name = strstr(*at, "bawn_"), *end = name;
    while (end && (bawn_is_alnum((unsigned char)*end) || *end == '_'))
        end++;
    if (!name)
        return false;
    bawn_buf_byte(out, ' ');
    bawn_buf_add(out, bawn_slice_of(name, (size_t)(end - name)));
    bawn_buf_byte(out, ' ');
    *at = end;
    return true;
}

/* The functions of the header: the name before the parenthesis of each BAWN_API line. */
static size_t declared_names(bawn_buf *out)
{
    bawn_buf header = { 0 };
    FILE *f = fopen(BAWN_SOURCE_DIR "/include/bawn/bawn.h", "r");
    size_t n = 0;
    read_all(&header, f);
    fclose(f);
    for (const char *p = header.ptr; (p = strstr(p, "\nBAWN_API ")); n++) {
        do {
            size_t before = out->len;
            assert_true(next_name(out, &p));
            if (*p != '(')
                out->len = before;              /* a type */
        } while (*p != '(');
    }
    bawn_buf_free(&header);
    return n;
}

static void contract_7_only_the_header_is_exported(void **state)
{
    bawn_buf symbols = { 0 }, declared = { 0 }, exported = { 0 };
    FILE *nm = popen("nm -D --defined-only " BAWN_LIBRARY, "r");
    size_t n = declared_names(&declared), found = 0;
    (void)state;
    bawn_buf_byte(&declared, 0);
    read_all(&symbols, nm);
    assert_int_equal(pclose(nm), 0);
    for (const char *p = symbols.ptr, *line; *p; p = line + 1) {
        line = strchr(p, '\n');
        assert_non_null(line);
        const char *type = strchr(p, ' ') + 1, *at = type;
        if (*type == 'A')
            continue;                           /* the name of the version */
        bawn_buf_clear(&exported);
        if (!next_name(&exported, &at) || at > line || (bawn_buf_byte(&exported, 0), !strstr(declared.ptr, exported.ptr)))
            fail_msg("libbawn exports what bawn.h does not declare: %.*s", (int)(line - p), p);
        found++;
    }
    assert_int_equal(found, n);
    bawn_buf_free(&symbols), bawn_buf_free(&declared), bawn_buf_free(&exported);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contract_1_order), cmocka_unit_test(contract_3_failure),
        cmocka_unit_test(contracts_4_and_6_ownership_and_determinism), cmocka_unit_test(contract_4_attributes_are_copied),
        cmocka_unit_test(contract_5_a_long_body_is_judged_in_slices), cmocka_unit_test(contract_5_what_is_held_is_bounded),
        cmocka_unit_test(contract_5_a_body_over_its_limit_is_refused), cmocka_unit_test(contract_7_only_the_header_is_exported),
    };
    return cmocka_run_group_tests(tests, load, unload);
}

/* Streams of OpenAI's Responses say every text several times: in deltas, and again when the part, the item and the answer are done. On
 * random answers under random policies: all the client gets of a text is the same text, in a stream however it is cut and as a whole;
 * where a stream is blocked, what its end repeats is what the deltas brought. keeps: P3a.1, P3a.4, P3a.5
 *
 * BAWN_CUTS: how many streams (600); BAWN_SEED: where to begin. */
#include "answers.h"
#include "dialect/story.h"

#define HEAD "version: 1\nupstreams: {main: {dialect: openai, url: \"http://127.0.0.1:9400/v1\"}}\ndefaults: {guardrail: t, " \
             "hold: {bytes: 4MiB}}\nguardrails:\n  t:\n    content_filters: {PROMPT_ATTACK: {input: none, untrusted: none, output: none}}\n"
#define REQUEST "{\"model\":\"m-1\",\"stream\":%s,\"instructions\":\"" SYSTEM_PROMPT "\",\"input\":\"Write to grace@example.org and " \
                "\\\"x y\\\"@example.org or alan@example.net, phone +49 30 901820.\"}"

static const struct { const char *name, *yaml; unsigned what; } policies[] = {
    { "masks", HEAD "    word_filters: {custom: [{words: [bluefalcon, project falcon, 秘密计划], action: mask}]}\n"
      "    sensitive_information: {entities: {EMAIL: {input: observe, output: mask}, PHONE: {input: observe, output: partial}}}\n"
      "    secrets: {input: none, output: mask}\n    exfiltration: {links: mask, html: mask, ansi: mask}\n    leak: {system_prompt: observe}\n",
      HOSTILE },
    { "blocks", HEAD "    word_filters: {custom: [{words: [bluefalcon, project falcon, 秘密计划], action: block}]}\n"
      "    sensitive_information: {entities: {EMAIL: {input: observe, output: mask}}}\n    secrets: {input: none, output: block}\n", HOSTILE },
    { "default", HEAD, HOSTILE },
    { "restore", HEAD "    sensitive_information: {entities: {EMAIL: {input: token, output: mask}, PHONE: {input: token, output: none}}}\n", HELD },
};

static desk desks[BAWN_COUNT(policies)];

static int load(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(policies); i++)
        desks[i] = desk_open(policies[i].yaml);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(policies); i++)
        desk_close(&desks[i]);
    return 0;
}

/* ---- what the model says ------------------------------------------------------------------------------------------------- */
enum { SUMMARY, TEXT, TEXT_2, CALL, ITEMS };            /* TEXT and TEXT_2 are parts of one message */
typedef struct { bawn_buf texts[ITEMS]; bool turns; } said;

typedef struct { unsigned item, part; const char *index, *name, *key, *around, *type, *list; } place;
static const place places[ITEMS] = {
    { 0, 0, "summary_index", "reasoning_summary_text", "text", "reasoning_summary_part", "summary_text", "summary" },
    { 1, 0, "content_index", "output_text", "text", "content_part", "output_text", "content" },
    { 1, 1, "content_index", "output_text", "text", "content_part", "output_text", "content" },
    { 2, 0, NULL, "function_call_arguments", "arguments", NULL, NULL, NULL },
};
static const char *const item_heads[] = {
    "\"id\":\"rs_0\",\"type\":\"reasoning\"", "\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"status\":\"completed\"",
    "\"id\":\"fc_2\",\"type\":\"function_call\",\"call_id\":\"call_2\",\"name\":\"send_mail\",\"status\":\"completed\"",
};

static void say(said *s, dice *d, unsigned what)
{
    *s = (said){ .turns = one_in(d, 3) };
    for (int i = 0; i < ITEMS; i++) {
        size_t pieces = one_in(d, 40) ? 60 + under(d, 100) : 1 + under(d, 10);
        if (i == CALL)
            write_arguments(&s->texts[i], d, pieces, what);
        else
            write_text(&s->texts[i], d, pieces, what);
    }
}

static void part_write(bawn_buf *out, const place *p, bawn_slice text)
{
    bawn_buf_fmt(out, "{\"type\":\"%s\",\"%s\":", p->type, p->key);
    bawn_json_write_string(out, text);
    bawn_buf_str(out, strcmp(p->type, "output_text") == 0 ? ",\"annotations\":[],\"logprobs\":[]}" : "}");
}

static void item_write(bawn_buf *out, const said *s, unsigned item, bool begins)
{
    bool first = true;
    bawn_buf_fmt(out, "{%s", item_heads[item]);
    if (item == 2) {
        bawn_buf_str(out, ",\"arguments\":");
        bawn_json_write_string(out, begins ? BAWN_NIL : bawn_buf_slice(&s->texts[CALL]));
    } else {
        bawn_buf_fmt(out, ",\"%s\":[", item == 0 ? "summary" : "content");
        for (int i = 0; !begins && i < ITEMS; i++)
            if (places[i].item == item) {
                bawn_buf_str(out, first ? "" : ",");
                part_write(out, &places[i], bawn_buf_slice(&s->texts[i]));
                first = false;
            }
        bawn_buf_str(out, "]");
    }
    bawn_buf_str(out, "}");
}

static void response_write(bawn_buf *out, const said *s, const char *status)
{
    bawn_buf_fmt(out, "{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":1763000000,\"model\":\"m-1\",\"status\":\"%s\",\"instructions\":\""
                      SYSTEM_PROMPT "\",\"metadata\":{},\"output\":[", status);
    for (unsigned i = 0; strcmp(status, "completed") == 0 && i < 3; i++) {
        bawn_buf_str(out, i ? "," : "");
        item_write(out, s, i, false);
    }
    bawn_buf_str(out, "],\"tools\":[],\"usage\":null}");
}

static unsigned sequence;

static void event_open(bawn_buf *out, const char *name, const char *tail)
{
    bawn_buf_fmt(out, "event: response.%s%s\ndata: {\"type\":\"response.%s%s\",\"sequence_number\":%u", name, tail, name, tail, sequence++);
}

static void text_event_open(bawn_buf *out, const char *name, const char *tail, const place *p)
{
    event_open(out, name, tail);
    bawn_buf_fmt(out, ",\"output_index\":%u,\"item_id\":\"x\"", p->item);
    if (p->index)
        bawn_buf_fmt(out, ",\"%s\":%u", p->index, p->part);
}

static void life_write(bawn_buf *out, const said *s, const char *name, const char *status)
{
    event_open(out, name, "");
    bawn_buf_str(out, ",\"response\":");
    response_write(out, s, status);
    bawn_buf_str(out, "}\n\n");
}

static void item_event_write(bawn_buf *out, const said *s, unsigned item, bool begins)
{
    event_open(out, "output_item", begins ? ".added" : ".done");
    bawn_buf_fmt(out, ",\"output_index\":%u,\"item\":", item);
    item_write(out, s, item, begins);
    bawn_buf_str(out, "}\n\n");
}

static void part_event_write(bawn_buf *out, const place *p, const char *tail, bawn_slice text)
{
    if (!p->around)
        return;
    text_event_open(out, p->around, tail, p);
    bawn_buf_str(out, ",\"part\":");
    part_write(out, p, text);
    bawn_buf_str(out, "}\n\n");
}

static void said_write(bawn_buf *out, const place *p, const char *tail, const char *key, bawn_slice text)
{
    text_event_open(out, p->name, tail, p);
    bawn_buf_fmt(out, ",\"%s\":", key);
    bawn_json_write_string(out, text);
    bawn_buf_str(out, "}\n\n");
}

static void pieces_write(bawn_buf *out, const said *s, dice *d, size_t most, int from, int to)
{
    size_t at[ITEMS] = { 0 }, left = 0;

    for (int i = from; i < to; i++) {
        part_event_write(out, &places[i], ".added", BAWN_NIL);
        left += s->texts[i].len > 0;
    }
    while (left > 0) {
        int i = from + (int)under(d, (size_t)(to - from));
        if (at[i] == s->texts[i].len)
            continue;
        size_t end = piece_end(d, bawn_buf_slice(&s->texts[i]), at[i], most);
        said_write(out, &places[i], ".delta", "delta", bawn_slice_of(s->texts[i].ptr + at[i], end - at[i]));
        at[i] = end;
        left -= end == s->texts[i].len;
    }
    for (int i = from; i < to; i++) {
        said_write(out, &places[i], ".done", places[i].key, bawn_buf_slice(&s->texts[i]));
        part_event_write(out, &places[i], ".done", bawn_buf_slice(&s->texts[i]));
    }
}

/* The answer as events; in turns: all items are open at once. */
static void stream_write(bawn_buf *out, const said *s, dice *d, size_t most)
{
    static const int ends[] = { TEXT, CALL, ITEMS };

    sequence = 0;
    life_write(out, s, "created", "in_progress");
    for (unsigned i = 0; s->turns && i < 3; i++)
        item_event_write(out, s, i, true);
    for (unsigned i = 0; i < 3; i++) {
        if (!s->turns)
            item_event_write(out, s, i, true);
        if (!s->turns || i == 0)
            pieces_write(out, s, d, most, s->turns || i == 0 ? 0 : ends[i - 1], s->turns ? (int)ITEMS : ends[i]);
        if (!s->turns)
            item_event_write(out, s, i, false);
    }
    for (unsigned i = 0; s->turns && i < 3; i++)
        item_event_write(out, s, i, false);
    life_write(out, s, "completed", "completed");
}

/* ---- what the client reads -------------------------------------------------------------------------------------------------- */
typedef struct { bawn_buf joined[ITEMS], again[ITEMS][5]; size_t n_again[ITEMS]; bool blocked; unsigned events; } heard;

static void unhear(heard *h)
{
    for (int i = 0; i < ITEMS; i++) {
        bawn_buf_free(&h->joined[i]);
        for (size_t k = 0; k < h->n_again[i]; k++)
            bawn_buf_free(&h->again[i][k]);
    }
    *h = (heard){ 0 };
}

static bool text_at(bawn_buf *out, const bawn_json *j, uint32_t object, const char *key)
{
    bawn_arena *arena = bawn_arena_new(1024, 0);
    uint32_t token = object && j->tokens[object].type == BAWN_JSON_OBJECT ? bawn_json_get(j, object, key) : object ? 0 : bawn_json_get(j, 0, key);
    bawn_json_map map;
    bawn_slice text;
    bool ok = token && j->tokens[token].type == BAWN_JSON_STRING && bawn_json_decode(&text, &map, j, token, arena) && bawn_buf_add(out, text);

    bawn_arena_free(arena);
    return ok;
}

static void hear_again(heard *h, int i, const bawn_json *j, uint32_t object, const char *key)
{
    assert_true(h->n_again[i] < 5);
    h->n_again[i] += text_at(&h->again[i][h->n_again[i]], j, object, key);
}

static void hear_item(heard *h, const bawn_json *j, uint32_t item)
{
    uint32_t id = bawn_json_get(j, item, "id");

    for (int i = 0; id && i < ITEMS; i++) {
        char own[32];
        snprintf(own, sizeof own, "%.*s", (int)strcspn(item_heads[places[i].item] + 6, "\""), item_heads[places[i].item] + 6);
        uint32_t list = places[i].list ? bawn_json_get(j, item, places[i].list) : 0, one = list ? list + 1 : 0;
        if (!bawn_json_is(j, id, own))
            continue;
        if (!places[i].list)
            hear_again(h, i, j, item, places[i].key);
        for (unsigned k = 0; list && k < j->tokens[list].count; k++, one = j->tokens[one].next)
            if (k == places[i].part)
                hear_again(h, i, j, one, places[i].key);
    }
}

static void hear_response(heard *h, const bawn_json *j, uint32_t response)
{
    uint32_t output = bawn_json_get(j, response, "output"), instructions = bawn_json_get(j, response, "instructions");

    assert_true(!instructions || j->tokens[instructions].type == BAWN_JSON_NULL);
    assert_true(output != 0);
    for (uint32_t k = 0, item = output + 1; k < j->tokens[output].count; k++, item = j->tokens[item].next)
        hear_item(h, j, item);
}

static unsigned number_at(const bawn_json *j, const char *key)
{
    uint32_t token = bawn_json_get(j, 0, key);
    uint64_t n = 0;

    return token && bawn_json_u64(&n, j, token) ? (unsigned)n : 0;
}

static void hear_event(heard *h, const bawn_json *j, bawn_slice name)
{
    unsigned item = number_at(j, "output_index"), number = number_at(j, "content_index");

    assert_int_equal(number_at(j, "sequence_number"), h->events++);
    assert_true(bawn_slice_eq(bawn_json_raw(j, bawn_json_get(j, 0, "type")), name));
    h->blocked = h->blocked || bawn_slice_is(name, "response.incomplete");
    for (int i = 0; i < ITEMS; i++) {
        char delta[64], done[64], ended[64];
        snprintf(delta, sizeof delta, "response.%s.delta", places[i].name);
        snprintf(done, sizeof done, "response.%s.done", places[i].name);
        snprintf(ended, sizeof ended, "response.%s.done", places[i].around ? places[i].around : "-");
        if (places[i].item != item || places[i].part != number)
            continue;
        if (bawn_slice_is(name, delta))
            assert_true(text_at(&h->joined[i], j, 0, "delta"));
        if (bawn_slice_is(name, done))
            hear_again(h, i, j, 0, places[i].key);
        if (bawn_slice_is(name, ended))
            hear_again(h, i, j, bawn_json_get(j, 0, "part"), places[i].key);
    }
    if (bawn_slice_is(name, "response.output_item.done"))
        hear_item(h, j, bawn_json_get(j, 0, "item"));
    if (bawn_json_get(j, 0, "response"))
        hear_response(h, j, bawn_json_get(j, 0, "response"));
}

static void hear(heard *h, const run *r)
{
    bawn_buf all = { 0 };
    bawn_sse *sse = bawn_sse_new(1u << 24);
    bawn_sse_event e;

    bawn_buf_add(&all, bawn_buf_slice(&r->answer));
    bawn_buf_add(&all, bawn_buf_slice(&r->tail));
    bawn_sse_feed(sse, bawn_buf_slice(&all), true);
    while (bawn_sse_next(sse, &e)) {
        bawn_json j = { 0 };
        if (e.comment)
            continue;
        assert_true(bawn_json_parse(&j, e.data, 128, NULL));
        hear_event(h, &j, e.name);
        bawn_json_free(&j);
    }
    bawn_sse_free(sse);
    bawn_buf_free(&all);
}

/* ---- one round ------------------------------------------------------------------------------------------------------------ */
static void complain(uint64_t seed, size_t policy, const char *what, bawn_slice one, bawn_slice other)
{
    fprintf(stderr, "---- one (%zu)\n%.*s\n---- other (%zu)\n%.*s\n", one.len, (int)one.len, one.ptr, other.len, (int)other.len, other.ptr);
    fail_msg("policy `%s`, BAWN_SEED=%llu: %s", policies[policy].name, (unsigned long long)seed, what);
}

static void same(uint64_t seed, size_t policy, const char *what, bawn_slice one, bawn_slice other)
{
    if (!bawn_slice_eq(one, other))
        complain(seed, policy, what, one, other);
}

static void check_whole(uint64_t seed, size_t policy, const said *s, const run *streamed, const heard *h, bawn_worker *w, dice *d)
{
    bawn_buf body = { 0 }, request = { 0 };
    heard whole = { 0 };
    bawn_json j = { 0 };
    run r;

    bawn_buf_fmt(&request, REQUEST, "false");
    response_write(&body, s, "completed");
    drive_at(&r, w, "/v1/responses", bawn_buf_slice(&request), "application/json", bawn_buf_slice(&body), d, 0);
    assert_int_equal(r.status, r.action[BAWN_OUTPUT] == BAWN_BLOCK ? 200 : 0);
    if (r.action[BAWN_OUTPUT] != streamed->action[BAWN_OUTPUT])
        complain(seed, policy, "stream and whole answer have different verdicts", bawn_buf_slice(&r.verdicts), bawn_buf_slice(&streamed->verdicts));
    assert_true(bawn_json_parse(&j, bawn_buf_slice(&r.answer), 128, NULL));
    hear_response(&whole, &j, 0);
    for (int i = 0; !h->blocked && i < ITEMS; i++) {
        assert_int_equal(whole.n_again[i], 1);
        same(seed, policy, "the streamed text is not the whole answer's", bawn_buf_slice(&h->joined[i]), bawn_buf_slice(&whole.again[i][0]));
    }
    unhear(&whole);
    bawn_json_free(&j);
    run_free(&r);
    bawn_buf_free(&body);
    bawn_buf_free(&request);
}

/* Each repetition is what the deltas brought; all of them are there where nothing was blocked. */
static void check_repetitions(uint64_t seed, size_t policy, const heard *h)
{
    for (int i = 0; i < ITEMS; i++) {
        for (size_t k = 0; k < h->n_again[i]; k++)
            same(seed, policy, "a repetition is not what the deltas brought", bawn_buf_slice(&h->joined[i]), bawn_buf_slice(&h->again[i][k]));
        if (!h->blocked)
            assert_int_equal(h->n_again[i], places[i].around ? 4 : 3);
    }
}

static size_t blocked_rounds, passed_rounds;

static void one_round(uint64_t seed)
{
    static const size_t sizes[] = { 1, 3, 12, 80, 2000 };
    dice d = { seed };
    size_t policy = under(&d, BAWN_COUNT(policies));
    bawn_buf stream = { 0 }, request = { 0 };
    bawn_worker *w = desks[policy].worker;
    said s;
    run first, other;
    heard h = { 0 };

    say(&s, &d, policies[policy].what);
    bawn_buf_fmt(&request, REQUEST, "true");
    stream_write(&stream, &s, &d, PICK(&d, sizes));
    drive_at(&first, w, "/v1/responses", bawn_buf_slice(&request), "text/event-stream", bawn_buf_slice(&stream), &d, 0);
    drive_at(&other, w, "/v1/responses", bawn_buf_slice(&request), "text/event-stream", bawn_buf_slice(&stream), &d, PICK(&d, sizes));
    same(seed, policy, "the bytes hang on the cutting", bawn_buf_slice(&first.answer), bawn_buf_slice(&other.answer));
    same(seed, policy, "the end hangs on the cutting", bawn_buf_slice(&first.tail), bawn_buf_slice(&other.tail));
    same(seed, policy, "the verdict hangs on the cutting", bawn_buf_slice(&first.verdicts), bawn_buf_slice(&other.verdicts));
    hear(&h, &first);
    if (h.blocked != (first.action[BAWN_OUTPUT] == BAWN_BLOCK))
        complain(seed, policy, "the end is not the verdict's", bawn_buf_slice(&first.answer), bawn_buf_slice(&first.verdicts));
    assert_true(h.blocked == (first.action[BAWN_OUTPUT] == BAWN_BLOCK));
    check_repetitions(seed, policy, &h);
    check_whole(seed, policy, &s, &first, &h, w, &d);
    *(h.blocked ? &blocked_rounds : &passed_rounds) += 1;
    unhear(&h);
    run_free(&first);
    run_free(&other);
    for (int i = 0; i < ITEMS; i++)
        bawn_buf_free(&s.texts[i]);
    bawn_buf_free(&stream);
    bawn_buf_free(&request);
}

static void all_that_is_said_of_a_text_is_the_same_text(void **state)
{
    size_t n = environment("BAWN_CUTS", 600);
    uint64_t seed = environment("BAWN_SEED", 1);

    (void)state;
    for (size_t i = 0; i < n; i++)
        one_round(seed + i);
    print_message("%zu answers passed, %zu were blocked\n", passed_rounds, blocked_rounds);
    assert_true(n < 100 || (blocked_rounds > n / 20 && passed_rounds > n / 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(all_that_is_said_of_a_text_is_the_same_text) };

    return cmocka_run_group_tests(tests, load, unload);
}

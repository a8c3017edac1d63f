/* The promise of streams (DESIGN 3a.1, RULINGS R1, R2; contracts 1 and 2 of bawn.h), on random answers under random
 * policies: what a client gets is a function of the bytes alone, its text is a function of the model's text alone, and
 * both are what the same answer would have been as a whole. keeps: P3a.1, P3a.4, T01, T06
 *
 * BAWN_CUTS: how many cuttings in all (10,000; a million in the soak). BAWN_SEED: where to begin. A failure prints
 * the seed of its round: BAWN_SEED=that BAWN_CUTS=1 shows it alone. */
#include "blocks.h"
#include "engine/quotes.h"
#include "engine/tokens.h"

/* ---- policies ------------------------------------------------------------------------------------------------------ */
#define HEAD "version: 1\nupstreams:\n  main: {dialect: openai, url: \"http://127.0.0.1:9400/v1\"}\n  a: {dialect: anthropic, url: \"http://127.0.0.1:9401\"}\n" \
             "  b: {dialect: bedrock, region: eu-west-1, credentials: env}\ndefaults: {guardrail: t, " \
             "hold: {bytes: 4MiB}}\nguardrails:\n  t:\n"
#define QUIET_INPUT "    content_filters: {PROMPT_ATTACK: {input: none, untrusted: none, output: none}}\n"
#define LOUD_OUTPUT "    content_filters: {PROMPT_ATTACK: {input: none, untrusted: none, output: high}}\n"
#define WORDS(action) "    word_filters: {custom: [{words: [bluefalcon, project falcon, 秘密计划, Überläufer], action: " action "}]}\n" \
                      "    denied_topics: [{name: shares, words: [stock tips], action: " action "}]\n"
#define REGEX(action) "      regexes: [{name: ORDER_ID, pattern: 'ORD-[0-9]{6}', action: " action "}]\n"

typedef struct { const char *name, *yaml; unsigned what; bool masks; } policy;
static const policy policies[] = {
    { "masks", HEAD QUIET_INPUT WORDS("mask") "    sensitive_information:\n" REGEX("mask")
      "      entities: {EMAIL: {input: observe, output: mask}, PHONE: {input: observe, output: partial}, "
      "CREDIT_DEBIT_CARD_NUMBER: {input: observe, output: partial}, INTERNATIONAL_BANK_ACCOUNT_NUMBER: {input: observe, output: hash}, "
      "ADDRESS: {input: none, output: token}, NAME: {input: none, output: mask}}\n"
      "    secrets: {input: none, output: mask}\n    exfiltration: {links: mask, html: mask, ansi: mask}\n    leak: {system_prompt: observe}\n",
      HOSTILE, true },
    { "blocks", HEAD LOUD_OUTPUT WORDS("block") "    sensitive_information:\n" REGEX("block")
      "      entities: {EMAIL: {input: observe, output: mask}, PHONE: {input: none, output: none}}\n    secrets: {input: none, output: mask}\n",
      HOSTILE, true },
    { "only blocks", HEAD LOUD_OUTPUT WORDS("block") "    sensitive_information:\n" REGEX("block")
      "      entities: {EMAIL: {input: none, output: block}, PHONE: {input: none, output: none}, NAME: none, ADDRESS: none, AGE: none, "
      "CREDIT_DEBIT_CARD_NUMBER: {input: none, output: block}, INTERNATIONAL_BANK_ACCOUNT_NUMBER: {input: none, output: block}}\n"
      "    secrets: {input: none, output: block}\n    exfiltration: {links: block, html: block, ansi: block}\n    sanitise: {control: none, invisible: none, bidi: none}\n",
      HOSTILE, true },      /* kinds not named here are masked by default */
    { "default", HEAD "    content_filters: {PROMPT_ATTACK: {input: none}}\n", HOSTILE, true },
    { "observe", HEAD "    mode: observe\n" LOUD_OUTPUT WORDS("block"), HOSTILE, false },
    { "window", HEAD LOUD_OUTPUT WORDS("block") "    sensitive_information: {entities: {EMAIL: {input: observe, output: mask}}}\n"
      "    stream: {default: window 64}\n", HOSTILE, true },
    { "buffer", HEAD LOUD_OUTPUT WORDS("observe") "    sensitive_information: {entities: {EMAIL: {input: token, output: mask}}}\n"
      "    stream: {default: buffer}\n", HELD, true },
    { "restore", HEAD QUIET_INPUT WORDS("mask") "    sensitive_information: {entities: {EMAIL: {input: token, output: mask}, PHONE: "
      "{input: token, output: none}}}\n", HELD, true },
};

static desk desks[BAWN_COUNT(policies)];

static int load(void **state)
{
    (void)state;
    setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
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

/* ---- one round ------------------------------------------------------------------------------------------------------- */
typedef struct { uint64_t seed; size_t policy; answer said; bawn_worker *worker; size_t cuts; } game;

/* cmocka's own print_error cuts at 1,024 bytes. */
static void show(const char *what, bawn_slice s) { fprintf(stderr, "---- %s (%zu)\n%.*s\n", what, s.len, (int)(s.len > 9000 ? 9000 : s.len), s.ptr); }

static void complain(const game *g, const char *what)
{
    for (size_t i = 0; i < g->said.n; i++) {
        fprintf(stderr, "choice %u kind %d: ", g->said.parts[i].choice, g->said.parts[i].kind);
        show("the model says", bawn_buf_slice(&g->said.parts[i].text));
    }
    fail_msg("policy `%s`, %s, BAWN_SEED=%llu: %s", policies[g->policy].name, forms[g->said.form].stream.uri, (unsigned long long)g->seed, what);
}

static void same(const game *g, const char *what, const bawn_buf *a, const bawn_buf *b)
{
    if (bawn_slice_eq(bawn_buf_slice(a), bawn_buf_slice(b)))
        return;
    size_t at = 0;
    while (at < a->len && at < b->len && a->ptr[at] == b->ptr[at])
        at++;
    size_t from = at > 200 ? at - 200 : 0;
    fprintf(stderr, "they part at byte %zu\n", at);
    show("one", bawn_slice_of(a->ptr + from, a->len - from < 400 ? a->len - from : 400));
    show("other", bawn_slice_of(b->ptr + from, b->len - from < 400 ? b->len - from : 400));
    complain(g, what);
}

static bool is_copy(uint32_t channel)
{
    uint32_t f = bawn_channel_field(channel);
    return f == BAWN_CHANNEL_LOGPROBS || f == BAWN_CHANNEL_ALTERNATIVES || f == BAWN_CHANNEL_OTHER;
}

static void drive_stream(run *r, const game *g, bawn_slice stream, dice *d, size_t most)
{
    const asking *asks = &forms[g->said.form].stream;

    drive_as(r, g->worker, forms[g->said.form].dialect, asks->uri, bawn_slice_str(asks->body), forms[g->said.form].type, stream, d, most);
}

static void drive_whole(run *r, const game *g, bawn_slice body, dice *d, size_t most)
{
    const asking *asks = &forms[g->said.form].whole;

    drive_as(r, g->worker, forms[g->said.form].dialect, asks->uri, bawn_slice_str(asks->body), "application/json", body, d, most);
}

/* (a) Every cutting of the bytes gives the same bytes, verdict and record. */
static void check_cuttings(game *g, dice *d, const bawn_buf *stream, run *first, size_t n)
{
    static const size_t sizes[] = { 1, 2, 7, 40, 300, 2000 };
    drive_stream(first, g, bawn_buf_slice(stream), d, 0);
    g->cuts++;
    without_bytes(&first->record);
    for (size_t i = 0; i < n; i++, g->cuts++) {
        run other;
        drive_stream(&other, g, bawn_buf_slice(stream), d, sizes[under(d, BAWN_COUNT(sizes))]);
        without_bytes(&other.record);
        same(g, "the bytes hang on the cutting", &first->answer, &other.answer);
        same(g, "the end hangs on the cutting", &first->tail, &other.tail);
        same(g, "the verdict hangs on the cutting", &first->verdicts, &other.verdicts);
        same(g, "the record hangs on the cutting", &first->record, &other.record);
        run_free(&other);
    }
}

/* Whether what is masked in a channel of the whole answer goes on from one block into the next: each has a mask of its own then,
 * where a stream has one. */
static bool is_masked_across(const run *whole, const readings *said, uint32_t channel)
{
    for (size_t i = 0; i < whole->n_finds; i++) {
        const drive_find *f = &whole->finds[i];
        if (f->action == BAWN_MASK && f->segment < said->n_segments && said->segments[f->segment].channel == channel &&
            f->span.begin == 0 && said->segments[f->segment].offset > 0)
            return true;
    }
    return false;
}

/* (c) Delivered text of a stream that passes is the whole answer's. */
static void check_equal_texts(const game *g, const readings *streamed, const readings *delivered, const run *whole, const readings *said)
{
    for (size_t i = 0; i < delivered->n; i++) {
        const reading *r = &delivered->items[i], *s = reading_of(streamed, r->channel);
        static const bawn_buf nothing = { 0 };
        if (!is_copy(r->channel) && !is_masked_across(whole, said, r->channel))
            same(g, "the streamed text is not the whole answer's", s ? &s->text : &nothing, &r->text);
    }
}

/* Where the first blocking finding of the whole answer begins in a channel; SIZE_MAX: none. */
static size_t first_block(const run *whole, const readings *said, uint32_t channel)
{
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < whole->n_finds; i++) {
        const drive_find *f = &whole->finds[i];
        if (f->action != BAWN_BLOCK || f->segment >= said->n_segments)
            continue;
        const segment *s = &said->segments[f->segment];
        if (s->channel == channel && s->offset + f->span.begin < first)
            first = s->offset + f->span.begin;
    }
    return first;
}

/* What would be delivered of the first `end` bytes of a part if nothing came behind them. */
static void masked_prefix(game *g, bawn_buf *out, const part *p, size_t end, dice *d)
{
    answer cut;
    bawn_buf body = { 0 };
    static readings texts;
    run r;

    lone_part(&cut, g->said.form, p->kind);
    bawn_buf_add(&cut.parts[0].text, bawn_slice_of(p->text.ptr, end));
    form_whole(&body, &cut);
    drive_whole(&r, g, bawn_buf_slice(&body), d, 0);
    readings_free(&texts);
    if (r.action[BAWN_OUTPUT] == BAWN_BLOCK || !read_json(&texts, g->said.form, bawn_buf_slice(&r.answer)))
        bawn_buf_str(out, "BLOCKED");
    for (size_t i = 0; i < texts.n; i++)
        if (texts.items[i].channel == cut.parts[0].channel)
            bawn_buf_add(out, bawn_buf_slice(&texts.items[i].text));
    run_free(&r);
    answer_free(&cut);
    bawn_buf_free(&body);
}

/* The masks of the whole answer in one part. They are merged: two kinds may share a code, and would be taken for one here. */
static void find_masks(const game *g, bawn_finds *out, const run *whole, const readings *said, const part *p)
{
    const bawn_wall *w = desks[g->policy].wall;
    const bawn_guardrail *rail = &w->guardrails[bawn_wall_guardrail_find(w, BAWN_LIT("t"))];
    const bawn_ruling *rulings = rail->rulings[p->kind >= TOOL ? BAWN_PLACE_TOOL_CALL : BAWN_PLACE_OUTPUT];
    for (size_t i = 0; i < whole->n_finds; i++) {
        const drive_find *f = &whole->finds[i];
        uint32_t k = 0;
        if (f->action != BAWN_MASK || f->segment >= said->n_segments || said->segments[f->segment].channel != p->channel)
            continue;
        while (k < w->n_kinds && (rulings[k].action != BAWN_MASK || strcmp(bawn_wall_kind(w, k)->code, f->kind) != 0))
            k++;
        if (k == w->n_kinds)
            fail_msg("no kind %s is masked", f->kind);
        size_t from = said->segments[f->segment].offset;
        bawn_found m = { .span = { from + f->span.begin, from + f->span.end }, .kind = k, .guard = w->kind_guard[k], .action = BAWN_MASK, .style = rulings[k].style };
        bawn_quotes q = { 0 };
        if (p->kind >= TOOL)
            bawn_quotes_found(&m, &q, bawn_buf_slice(&p->text), true);
        assert_true(bawn_finds_add(out, &m));
        for (size_t n = out->n; n > 1 && out->items[n - 1].span.begin < out->items[n - 2].span.begin; n--) {   /* by place */
            bawn_found t = out->items[n - 1];
            out->items[n - 1] = out->items[n - 2];
            out->items[n - 2] = t;
        }
    }
}

/* What the request's placeholders stand for. */
static bawn_tokens *tokens_of(const policy *p)
{
    static const struct { const char *policies, *label, *value; } values[] = {
        { "buffer restore", "EMAIL", "grace@example.org" }, { "buffer restore", "EMAIL", "alan@example.net" },
        { "buffer restore", "PHONE", "+49 30 901820" },
    };
    bawn_tokens *tokens = bawn_tokens_new();
    bawn_slice placeholder;

    for (size_t i = 0; i < BAWN_COUNT(values); i++)
        if (strstr(values[i].policies, p->name))
            assert_true(bawn_tokens_put(&placeholder, tokens, bawn_slice_str(values[i].label), bawn_slice_str(values[i].value)));
    return tokens;
}

static void add_restored(const game *g, bawn_buf *out, bawn_slice text, bool nested)
{
    bawn_tokens *tokens = tokens_of(&policies[g->policy]);
    bawn_span span;
    bawn_slice value;
    size_t at = 0, open;

    for (; bawn_tokens_find(&span, &value, &open, tokens, text, at); at = span.end) {
        bawn_buf_add(out, bawn_slice_of(text.ptr + at, span.begin - at));
        assert_true(nested ? bawn_json_write_escaped(out, value) : bawn_buf_add(out, value));
    }
    bawn_buf_add(out, bawn_slice_of(text.ptr + at, text.len - at));
    bawn_tokens_free(tokens);
}

/* The first `end` bytes of a part under the masks of the whole answer, up to one that goes on behind them. What stands there
 * alone, without what follows, can be another thing ("AB 12 34 56 C/" before a card number). */
static void prefix_under_masks(const game *g, bawn_buf *out, const run *whole, const readings *said, const part *p, size_t end)
{
    bawn_finds finds = { 0 };
    size_t at = 0, i = 0;
    find_masks(g, &finds, whole, said, p);
    bawn_mask *masks = calloc(finds.n + 1, sizeof *masks);
    size_t n = bawn_masks_of(masks, finds.items, finds.n, 0);
    for (; i < n && masks[i].at.end <= end; at = masks[i++].at.end) {
        bawn_slice value = { p->text.ptr + masks[i].at.begin, masks[i].at.end - masks[i].at.begin };
        add_restored(g, out, bawn_slice_of(p->text.ptr + at, masks[i].at.begin - at), p->kind >= TOOL);
        assert_true(bawn_mask_write(out, desks[g->policy].wall, masks[i].found, value, NULL));
    }
    end = i < n && masks[i].at.begin < end ? masks[i].at.begin : end;
    add_restored(g, out, bawn_slice_of(p->text.ptr + at, end - at), p->kind >= TOOL);
    free(masks);
    bawn_finds_free(&finds);
}

/* (c) What was delivered before a block is a prefix that ends before every blocking match of the whole text. */
static void check_prefixes(game *g, dice *d, const readings *streamed, const run *whole, const readings *said)
{
    for (size_t i = 0; i < g->said.n; i++) {
        const part *p = &g->said.parts[i];
        const reading *s = reading_of(streamed, p->channel);
        size_t begin = first_block(whole, said, p->channel), end = begin < p->text.len ? begin : p->text.len;
        bawn_buf clean = { 0 }, under_masks = { 0 };
        if (!s)
            continue;
        prefix_under_masks(g, &under_masks, whole, said, p, end);
        bool part_of_json = p->kind >= TOOL && g->said.form != CHAT;    /* a whole answer cannot hold it */
        if (part_of_json)
            ;
        else if (policies[g->policy].masks)
            masked_prefix(g, &clean, p, end, d);
        else
            bawn_buf_add(&clean, bawn_slice_of(p->text.ptr, end));
        if (bawn_slice_is(bawn_buf_slice(&clean), "BLOCKED"))
            ;       /* cut there, the text means something else: it says nothing about the whole one */
        else if (!bawn_slice_starts(bawn_buf_slice(&clean), bawn_buf_slice(&s->text)) &&
                 !bawn_slice_starts(bawn_buf_slice(&under_masks), bawn_buf_slice(&s->text))) {
            fprintf(stderr, "channel %x, first blocking byte %zu\n%.*s", p->channel, begin, (int)whole->verdicts.len, whole->verdicts.ptr);
            show("what is clean", bawn_buf_slice(&clean));
            show("the prefix under the masks of the whole", bawn_buf_slice(&under_masks));
            show("what was delivered", bawn_buf_slice(&s->text));
            complain(g, "what was delivered before the block is not a clean prefix");
        }
        bawn_buf_free(&clean);
        bawn_buf_free(&under_masks);
    }
}

/* A tool's arguments are JSON still. */
static void check_json(const game *g, const readings *streamed)
{
    for (size_t i = 0; i < g->said.n; i++) {
        const reading *s = g->said.parts[i].kind >= TOOL ? reading_of(streamed, g->said.parts[i].channel) : NULL;
        bawn_json j = { 0 };
        if (s && !bawn_json_parse(&j, bawn_buf_slice(&s->text), 128, NULL)) {
            show("the arguments", bawn_buf_slice(&s->text));
            complain(g, "what was put into arguments left no JSON");
        }
        bawn_json_free(&j);
    }
}

static void check_against_whole(game *g, dice *d, const run *streamed)
{
    static readings delivered, whole_texts, said;
    bawn_buf body = { 0 };
    run whole;

    form_whole(&body, &g->said);
    drive_whole(&whole, g, bawn_buf_slice(&body), d, one_in(d, 2) ? 0 : 64);
    g->cuts++;
    readings_free(&delivered), readings_free(&whole_texts), readings_free(&said);
    form_read(&delivered, g->said.form, bawn_buf_slice(&streamed->answer));
    if (!read_json(&said, g->said.form, bawn_buf_slice(&body)) || !read_json(&whole_texts, g->said.form, bawn_buf_slice(&whole.answer)))
        complain(g, "the whole answer is no JSON of an answer");
    if (whole.failed[BAWN_OUTPUT] || streamed->failed[BAWN_OUTPUT])
        complain(g, "a guard failed");
    if (whole.action[BAWN_OUTPUT] != streamed->action[BAWN_OUTPUT]) {
        show("whole", bawn_buf_slice(&whole.verdicts));
        show("streamed", bawn_buf_slice(&streamed->verdicts));
        complain(g, "stream and whole answer have different verdicts");
    }
    if (streamed->action[BAWN_OUTPUT] == BAWN_BLOCK)
        check_prefixes(g, d, &delivered, &whole, &said);
    else
        check_equal_texts(g, &delivered, &whole_texts, &whole, &said), check_json(g, &delivered);
    run_free(&whole);
    bawn_buf_free(&body);
}

/* (b) The same text in other events: the same text delivered, the same verdict. With several texts a block of one ends
 * them all, and how far the others had come is for the upstream to say. */
static void check_other_events(game *g, dice *d, const run *first, size_t n)
{
    static readings one, other;
    static const size_t sizes[] = { 1, 2, 5, 30, 400, 100000 };

    for (size_t i = 0; i < n; i++, g->cuts++) {
        bawn_buf stream = { 0 };
        run r;
        form_stream(&stream, &g->said, d, sizes[under(d, BAWN_COUNT(sizes))]);
        drive_stream(&r, g, bawn_buf_slice(&stream), d, one_in(d, 3) ? 50 : 0);
        readings_free(&one), readings_free(&other);
        form_read(&one, g->said.form, bawn_buf_slice(&first->answer));
        form_read(&other, g->said.form, bawn_buf_slice(&r.answer));
        if (r.action[BAWN_OUTPUT] != first->action[BAWN_OUTPUT] || r.failed[BAWN_OUTPUT] != first->failed[BAWN_OUTPUT]) {
            show("one", bawn_buf_slice(&first->verdicts));
            show("other", bawn_buf_slice(&r.verdicts));
            complain(g, "the verdict hangs on the events");
        }
        if (g->said.n == 1 || r.action[BAWN_OUTPUT] != BAWN_BLOCK)
            for (size_t k = 0; k < one.n; k++) {
                const reading *s = reading_of(&other, one.items[k].channel);
                static const bawn_buf nothing = { 0 };
                if (!is_copy(one.items[k].channel) && s && !bawn_slice_eq(bawn_buf_slice(&one.items[k].text), bawn_buf_slice(&s->text))) {
                    show("verdicts of one", bawn_buf_slice(&first->verdicts));
                    show("verdicts of the other", bawn_buf_slice(&r.verdicts));
                }
                if (!is_copy(one.items[k].channel))
                    same(g, "the text hangs on the events", &one.items[k].text, s ? &s->text : &nothing);
            }
        run_free(&r);
        bawn_buf_free(&stream);
    }
}

static size_t play(uint64_t seed)
{
    static const size_t sizes[] = { 1, 3, 12, 80, 100000 };
    dice d = { seed };
    game g = { .seed = seed, .policy = under(&d, BAWN_COUNT(policies)) };
    bawn_buf stream = { 0 };
    run first;

    g.worker = desks[g.policy].worker;
    form_answer(&g.said, (form)under(&d, FORMS), &d, policies[g.policy].what, one_in(&d, 2));
    form_stream(&stream, &g.said, &d, sizes[under(&d, BAWN_COUNT(sizes))]);
    check_cuttings(&g, &d, &stream, &first, stream.len > 20000 ? 1 : 4);
    if (first.local || first.n_steps == 0)
        complain(&g, "the request was not passed on");
    check_against_whole(&g, &d, &first);
    check_other_events(&g, &d, &first, stream.len > 20000 ? 1 : 4);
    run_free(&first);
    bawn_buf_free(&stream);
    answer_free(&g.said);
    return g.cuts;
}

static void what_is_delivered_is_a_function_of_the_text(void **state)
{
    size_t wanted = environment("BAWN_CUTS", 10000), seed = environment("BAWN_SEED", 1);
    (void)state;
    for (size_t cuts = 0; cuts < wanted; seed++)
        cuts += play(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_delivered_is_a_function_of_the_text) };
    return cmocka_run_group_tests(tests, load, unload);
}

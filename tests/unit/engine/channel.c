/* A growing text: where its gate stands, what a block lets out, how masks and placeholders are written in pieces, and
 * that all of it is a function of the text and not of the pieces. keeps: P3a.1, R1, R2, R3 */
#include "help.h"

#include "property/dice.h"

#define POLICY UPSTREAM "guardrails:\n" \
    "  block: {word_filters: {custom: [{words: [blue falcon, bluebird], action: block}]}}\n" \
    "  mask: {word_filters: {custom: [{words: [blue falcon, bluebird], action: mask}]}, " \
    "sensitive_information: {entities: {NAME: mask}}}\n" \
    "  window: {stream: {default: window 20}}\n" \
    "  secret: {secrets: {input: none, output: mask}}\n" \
    "  buffer: {stream: {default: buffer}}\n" \
    "  observe: {mode: observe}\n" \
    "  plain: {code_injection: none, exfiltration: {links: none, html: none, ansi: none}}\n"

/* The wall is loaded once, which takes most of the time; a worker for each channel. */
static bench b;
static bawn_wall *wall;

static void leave(void)
{
    bawn_finds_free(&b.finds);
    bawn_worker_free(b.worker);
    b = (bench){ 0 };
}

static void open_at(bawn_channel **c, const char *guardrail, const bawn_tokens *tokens, int place)
{
    leave();
    if (!wall)
        wall = load_wall(POLICY);
    int g = bawn_wall_guardrail_find(wall, bawn_slice_str(guardrail));
    assert_true(g >= 0);
    bench_start(&b, wall, &wall->guardrails[g], place);
    assert_true(bawn_channel_new(c, &b.judging, tokens));
}

static void open_channel(bawn_channel **c, const char *guardrail, const bawn_tokens *tokens)
{
    open_at(c, guardrail, tokens, BAWN_PLACE_OUTPUT);
}

static int shut(void **state)
{
    (void)state;
    leave();
    bawn_wall_free(wall);
    return 0;
}

static void feed(bawn_channel *c, const char *text, bool last) { assert_true(bawn_channel_feed(c, bawn_slice_str(text), last)); }

static void the_gate_stands_at_a_safe_boundary(void **state)
{
    static const struct { const char *text; size_t gate; } rows[] = {
        { "", 0 }, { "hello", 0 }, { "hello ", 0 }, { "hello w", 6 }, { "hello world. How", 13 }, { "hello\nworld", 6 },
        /* not behind a single letter, which may be the first of letters apart; not inside digits */
        { "秘 密 计 划\n", 0 }, { "see 秘 密 计 划\n", 4 }, { "it is a b", 6 }, { "I am", 0 }, { "yes, 12 3", 5 }, { "yes, (12) 3", 5 }, { "IBAN DE89 3704", 5 },
        /* what may be opening is held from its begin: an anchor, a run of digits, an encoded run, a placeholder's '<' */
        { "the blue fal", 4 }, { "the blue sky was so", 17 }, { "the blue", 4 }, { "see QUJDREVGR0hJSktMTU5PUA", 4 },
        /* nor behind one with other signs around it */
        { "see \"A\", \"K\", ", 4 }, { "see A\r\nK\r\n", 4 }, { "see A  K  ", 4 },
        /* a row of letters, and a long word that may be a key backwards, while they grow */
        { "see A, K, I, A, Q, 7, Z, K, 2, M, X, 4, V, R, T, 5, H, B", 4 }, { "see A, K, I, A, then it is", 24 }, { "see N3BH5TRV4XM2KZ7QAIK", 4 },
        { "see &#98;&#1", 4 }, { "see \\u0062\\u0", 4 },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_channel *c;
        open_channel(&c, "block", NULL);
        feed(c, rows[i].text, false);
        if (bawn_channel_gate(c) != rows[i].gate)
            fail_msg("\"%s\": the gate stands at %zu, not at %zu", rows[i].text, bawn_channel_gate(c), rows[i].gate);
        feed(c, "", true);
        assert_int_equal(bawn_channel_gate(c), strlen(rows[i].text));   /* all, when it ends clean */
        bawn_channel_free(c);
    }
}

/* A guard that looks back from its waking words finds what begins before them: nothing of it may have left. */
static void what_a_tool_is_to_run_is_held_from_its_begin(void **state)
{
    static const char *const texts[] = {
        "for the id 1 /* so */ union all select null,null,null-- ", "for ')  ;  drop table users; --", "to \"; cat /etc/passwd",
        "for x' = 'x' or 'a'='a' -- ", "for 10  order by 5-- ", "that //user[name='a b c' or '1'='1']", "in ''. __class__ or ''.__class__.__mro__[1].__subclasses__()",
        "so say '\u200b;\u200b \u200bD\u200bR\u200bO\u200bP\u200b \u200bT\u200bA\u200bB\u200bL\u200bE\u200b users; --",
        "of 1                                                                                              or 1=1 -- ",
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(texts); i++) {
        bawn_channel *c;
        size_t left = 0, cut, n = strlen(texts[i]);
        open_at(&c, "block", NULL, BAWN_PLACE_TOOL_CALL);
        for (size_t k = 0; k <= n && !bawn_channel_blocked(c, &cut); k++) {
            size_t to = k;
            left = bawn_channel_gate(c);
            while (to < n && !bawn_utf8_is_start((unsigned char)texts[i][++to]))
                ;
            assert_true(bawn_channel_feed(c, bawn_slice_of(texts[i] + k, to - k), k == n));
            k = k == n ? n : to - 1;
        }
        if (!bawn_channel_blocked(c, &cut))
            fail_msg("`%s` is no finding", texts[i]);
        for (size_t f = 0; f < bawn_channel_finds(c)->n; f++)
            if (bawn_channel_finds(c)->items[f].action == BAWN_BLOCK && bawn_channel_finds(c)->items[f].span.begin < left)
                fail_msg("`%s`: what begins at %zu had left up to %zu", texts[i], bawn_channel_finds(c)->items[f].span.begin, left);
        bawn_channel_free(c);
    }
}

/* No byte of what the policy's own expressions block leaves, whatever its matches look like. */
static void a_policys_own_expressions_are_held_from_their_begin(void **state)
{
    static const struct { const char *pattern, *stream, *text; } rows[] = {
        { "CARD[ -][0-9]{4}", "release", "the number is CARD 1234 and" },
        { "CARD\\x20[0-9]{4}", "release", "the number is CARD 1234 and" },
        { "CARD\\tNO[0-9]{4}", "release", "the number is CARD\tNO1234 and" },
        { "ab[[:space:]]{2}cd[0-9]{3}", "release", "so be it: ab \ncd123, or" },
        { "ab\\p{Zs}cd[0-9]{3}", "release", "so be it: ab cd123, or" },
        { "TOK[a-z0-9]{160}", "release", "it is TOK0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz"
          "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghij, you see" },
        { "[A-F]{2}-[a-f0-9]{70}", "release", "it is AB-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef012345, so" },
        { "[0-9]{4} tons of", "window 12", "there are 4321 tons of it, here and there and everywhere" },
        { "[0-9]{4} tons of", "buffer", "there are 4321 tons of it, here" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        char yaml[512];
        bawn_channel *c;
        bench own;
        size_t left = 0, cut = 0, n = strlen(rows[i].text);
        snprintf(yaml, sizeof yaml, UPSTREAM "guardrails: {g: {stream: {default: %s}, denied_topics: [{name: t, patterns: ['%s']}]}}\n",
                 rows[i].stream, rows[i].pattern);
        bench_open(&own, yaml, "g", BAWN_PLACE_OUTPUT);
        assert_true(bawn_channel_new(&c, &own.judging, NULL));
        for (size_t k = 0; k <= n && !bawn_channel_blocked(c, &cut); k++) {
            left = bawn_channel_gate(c);
            assert_true(bawn_channel_feed(c, bawn_slice_of(rows[i].text + k, k < n), k == n));
        }
        if (!bawn_channel_blocked(c, &cut))
            fail_msg("/%s/ is not found", rows[i].pattern);
        for (size_t f = 0; f < bawn_channel_finds(c)->n; f++)
            if (bawn_channel_finds(c)->items[f].action == BAWN_BLOCK && bawn_channel_finds(c)->items[f].span.begin < left)
                fail_msg("/%s/: what begins at %zu had left up to %zu", rows[i].pattern, bawn_channel_finds(c)->items[f].span.begin, left);
        bawn_channel_free(c);
        bench_close(&own);
    }
}

static void a_window_lags_and_a_buffer_waits(void **state)
{
    bawn_channel *c;
    const char *text = "one two three four five six seven eight nine ten";
    (void)state;
    open_channel(&c, "window", NULL);
    for (size_t n = 0; n < strlen(text); n++) {
        assert_true(bawn_channel_feed(c, bawn_slice_of(text + n, 1), false));
        assert_true(bawn_channel_gate(c) + 20 <= n + 1 || bawn_channel_gate(c) == 0);
    }
    assert_int_equal(bawn_channel_gate(c), strlen("one two three four five six "));
    bawn_channel_free(c);
    open_channel(&c, "buffer", NULL);
    feed(c, text, false);
    assert_int_equal(bawn_channel_gate(c), 0);
    feed(c, "", true);
    assert_int_equal(bawn_channel_gate(c), strlen(text));
    bawn_channel_free(c);
}

/* ---- blocks ------------------------------------------------------------------------------------------------------- */
static void no_byte_of_a_blocking_match_leaves(void **state)
{
    static const struct { const char *text; size_t cut; } rows[] = {
        { "blue falcon", 0 }, { "the blue falcon, and more", 4 }, { "so the (blue falcon)", 7 }, { "see bluebird", 4 }, { "xyz-bluebird", 0 },
        { "see blue\n falcon x", 4 }, { "a secret: Bluebird!", 10 }, { "the b l u e b i r d", 4 }, { "it is blue\u200Bbird", 6 },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        for (size_t most = 0; most < 12; most++) {
            dice d = { most };
            bawn_slice text = bawn_slice_str(rows[i].text);
            bawn_channel *c;
            size_t cut = 99;
            open_channel(&c, "block", NULL);
            for (size_t at = 0, end; at < text.len; at = end) {
                end = most ? piece_end(&d, text, at, most) : text.len;
                assert_true(bawn_channel_feed(c, bawn_slice_of(text.ptr + at, end - at), end == text.len));
                if (bawn_channel_gate(c) > rows[i].cut)
                    fail_msg("\"%s\" in pieces of %zu: %zu bytes may leave", rows[i].text, most, bawn_channel_gate(c));
            }
            assert_true(bawn_channel_blocked(c, &cut));
            assert_int_equal(cut, rows[i].cut);
            assert_int_equal(bawn_channel_gate(c), cut);
            bawn_channel_free(c);
        }
}

static void nothing_counts_behind_a_block(void **state)
{
    bawn_channel *c;
    size_t cut;
    (void)state;
    open_channel(&c, "block", NULL);
    feed(c, "see bluebird now. ", false);
    assert_true(bawn_channel_blocked(c, &cut));
    size_t length = bawn_channel_length(c), n = bawn_channel_finds(c)->n;
    feed(c, "and ada@example.com", true);
    assert_int_equal(bawn_channel_length(c), length);
    assert_int_equal(bawn_channel_finds(c)->n, n);
    assert_int_equal(bawn_channel_gate(c), 4);
    bawn_channel_free(c);
}

/* ---- masks and placeholders ------------------------------------------------------------------------------------------- */
/* All of a text, fed at once and rendered in pieces of `piece` bytes (0: what the gate lets out after each byte fed). */
static const char *rendered(const char *guardrail, const bawn_tokens *tokens, const char *text, size_t piece, bool nested)
{
    static char copy[4096];
    bawn_channel *c;
    bawn_buf out = { 0 };
    size_t n = strlen(text), done = 0;
    open_channel(&c, guardrail, tokens);
    if (piece) {
        feed(c, text, true);
        for (; done < n; done += piece)
            assert_true(bawn_channel_render(&out, c, done, done + piece < n ? done + piece : n, nested));
    }
    for (size_t at = 0, end; !piece && at < n; at = end) {
        for (end = at + 1; end < n && !bawn_utf8_is_start((unsigned char)text[end]);)
            end++;
        assert_true(bawn_channel_feed(c, bawn_slice_of(text + at, end - at), end == n));
        size_t gate = bawn_channel_gate(c);
        assert_true(gate >= done && gate <= n);
        assert_true(gate == n || bawn_utf8_is_start((unsigned char)text[gate]));
        assert_true(bawn_channel_render(&out, c, done, gate, nested));
        done = gate;
    }
    snprintf(copy, sizeof copy, "%.*s", (int)out.len, out.ptr);
    bawn_buf_free(&out);
    bawn_channel_free(c);
    return copy;
}

static void a_mask_is_written_once_however_it_is_cut(void **state)
{
    static const struct { const char *text, *want; } rows[] = {
        { "the blue falcon flew", "the <CUSTOM> flew" }, { "bluebird", "<CUSTOM>" }, { "bluebird bluebird", "<CUSTOM> <CUSTOM>" },
        { "to ada@example.com, now", "to <EMAIL>, now" }, { "plain prose stays as it is.", "plain prose stays as it is." },
        { "it is blue\u200Bbird now", "it is <CUSTOM> now" }, { "\U0001F600 bluebird \U0001F600", "\U0001F600 <CUSTOM> \U0001F600" },
        /* the canonical view reads the fullwidth letter as one more part of the name */
        { "my name is John Smith \uFF23\uFF1Ax now", "my name is <NAME> now" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        for (size_t piece = 0; piece < 30; piece++) {
            const char *got = rendered("mask", NULL, rows[i].text, piece, false);
            if (strcmp(got, rows[i].want) != 0)
                fail_msg("\"%s\" in pieces of %zu: \"%s\"", rows[i].text, piece, got);
        }
}

/* A key that stands disguised: nothing of it leaves, the mask covers all of it; and what is nearly one leaves as it is. */
static void a_disguised_key_is_masked_however_it_is_cut(void **state)
{
    static const char key[] = "gh" "p_a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoT", *const between[] = { " ", "-", ".", "_", ",", ", ", "\n", "\r\n", "  ", "\", \"", "\n- ", " \u00B7 ", "** **" };
    static const struct { const char *text, *want; } rows[] = {
        { "it is N3BH5TRV4XM2KZ7QAI" "KA.", "it is <AWS>." }, { "it is N3BH5TRV4XM2KZ7QAI" "KB.", "it is N3BH5TRV4XM2KZ7QAIKB." },
        { "it is ak" "iaq7zk2mx4vrt5hb3n.", "it is <AWS>." }, { "it is ak" "iaq7zk2mx4vrt5hb3n8.", "it is akiaq7zk2mx4vrt5hb3n8." },
        { "it is a64a8d4b02c39af1e764802d5be1c7a3f9_ta" "phs: x", "it is a64a8d4b02c39af1e764802d5be1c7a3f9_taphs: x" },
        { "it is a68b4d02c39af1e764802d5be1c7a3f9_ta" "phs: x", "it is <SHOPIFY>: x" },
        { "it is SHP" "AT_9F3A7C1EB5D208467E1FA93C20D4B86A", "it is <SHOPIFY>" },
    };
    bawn_buf text = { 0 }, want = { 0 };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        for (size_t piece = 0; piece < 50; piece++)
            assert_string_equal(rendered("secret", NULL, rows[i].text, piece, false), rows[i].want);
    for (size_t k = 0; k < 2 * BAWN_COUNT(between); k++)
        for (size_t piece = 0; piece < 30; piece++) {
            bool whole = k % 2;                                  /* else a letter short */
            bawn_buf_clear(&text);
            bawn_buf_clear(&want);
            bawn_buf_str(&text, "it is \"");
            for (size_t i = 0; i + 2 < sizeof key + whole; i++)
                bawn_buf_fmt(&text, "%s%c", i ? between[k / 2] : "", key[i]);
            bawn_buf_str(&text, "\" and no more");
            bawn_buf_byte(&text, '\0');
            bawn_buf_fmt(&want, "%s%c", whole ? "it is \"<GITHUB>\" and no more" : text.ptr, '\0');
            assert_string_equal(rendered("secret", NULL, text.ptr, piece, false), want.ptr);
        }
    bawn_buf_free(&text);
    bawn_buf_free(&want);
}

static void feed_in_pieces(bawn_channel *c, bawn_slice text, size_t piece)
{
    for (size_t at = 0, end; at < text.len; at = end) {
        end = at + piece < text.len ? at + piece : text.len;
        assert_true(bawn_channel_feed(c, bawn_slice_of(text.ptr + at, end - at), end == text.len));
        bawn_channel_pass(c, bawn_channel_gate(c));
    }
}

/* What was found in a channel, as the findings of a whole text. */
static void take_finds(bench *to, bawn_channel *c)
{
    const bawn_finds *finds = bawn_channel_finds(c);
    to->finds.n = 0;
    for (size_t i = 0; i < finds->n; i++)
        assert_true(bawn_finds_add(&to->finds, &finds->items[i]));
    bawn_finds_merge(&to->finds);
}

static size_t decoded_of(const bawn_finds *finds)
{
    size_t n = 0;
    for (size_t i = 0; i < finds->n; i++)
        n += finds->items[i].view == BAWN_VIEW_DECODED;
    return n;
}

/* Long after the text before it was forgotten. */
static void an_encoded_run_is_found_however_late_it_comes(void **state)
{
    static const char run[] = "cGxlYXNlIHdyaXRlIHRvIGFkYUBleGFtcGxlLmNvbSB0b2RheQ==";
    static const size_t pieces[] = { 1, 7, 300 };
    (void)state;
    for (size_t p = 0; p < BAWN_COUNT(pieces); p++) {
        bawn_channel *c;
        bawn_buf text = { 0 };
        while (text.len < 12000)
            bawn_buf_str(&text, "plain words of an answer, line after line. ");
        bawn_buf_fmt(&text, "see %s.", run);
        open_channel(&c, "mask", NULL);
        feed_in_pieces(c, bawn_buf_slice(&text), pieces[p]);
        if (decoded_of(bawn_channel_finds(c)) == 0)
            fail_msg("in pieces of %zu the run is not found", pieces[p]);
        bawn_channel_free(c);
        bawn_buf_free(&text);
    }
}

/* Of more runs than there is room for, the same ones are read: those of the raw view do not push out the canonical one's. */
static void which_runs_fit_is_a_function_of_the_text(void **state)
{
    static const char run[] = "GxlYXNlIHdyaXRlIHRvIGFkYUBleGFtcGxlLmNvbSB0b2RheQ==";
    static const size_t pieces[] = { 1, 7, 300, SIZE_MAX / 2 };
    (void)state;
    for (size_t p = 0; p < BAWN_COUNT(pieces); p++) {
        bawn_channel *c;
        bawn_buf text = { 0 };
        bawn_buf_fmt(&text, "first c%s, ", run);
        for (int i = 0; i < 40; i++)
            bawn_buf_fmt(&text, "see c%s and \uFF43%s, ", run, run);
        open_channel(&c, "mask", NULL);
        feed_in_pieces(c, bawn_buf_slice(&text), pieces[p]);
        char *want = strdup(judged(&b, bawn_buf_slice(&text), ""));
        assert_int_equal(decoded_of(&b.finds), 2 * BAWN_CHILDREN);
        take_finds(&b, c);
        assert_string_equal(describe(&b, &b.finds, ""), want);
        free(want);
        bawn_channel_free(c);
        bawn_buf_free(&text);
    }
}

static void a_placeholder_is_restored_however_it_is_cut(void **state)
{
    static const struct { const char *text; bool nested; const char *want; } rows[] = {
        { "Dear <NAME_1>, hello", false, "Dear Ada \"L\" Byron, hello" }, { "{\"to\":\"<NAME_1>\"}", true, "{\"to\":\"Ada \\\"L\\\" Byron\"}" },
        { "<NAME_1><NAME_1>", false, "Ada \"L\" ByronAda \"L\" Byron" }, { "<NAME_2> <NAME_1", false, "<NAME_2> <NAME_1" },
        { "a < b, <b>bold</b> <NAME_1>", false, "a < b, <b>bold</b> Ada \"L\" Byron" }, { "<<NAME_1>>", false, "<Ada \"L\" Byron>" },
        { "<name_1>", false, "<name_1>" },
    };
    bawn_tokens *t = bawn_tokens_new();
    bawn_slice p;
    (void)state;
    assert_true(bawn_tokens_put(&p, t, BAWN_LIT("NAME"), BAWN_LIT("Ada \"L\" Byron")));
    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        for (size_t piece = 0; piece < 30; piece++) {
            const char *got = rendered("observe", t, rows[i].text, piece, rows[i].nested);
            if (strcmp(got, rows[i].want) != 0)
                fail_msg("\"%s\" in pieces of %zu: \"%s\"", rows[i].text, piece, got);
        }
    bawn_tokens_free(t);
}

static void only_a_placeholder_that_may_be_restored_is_waited_for(void **state)
{
    bawn_tokens *t = bawn_tokens_new();
    bawn_slice p;
    bawn_channel *c;
    (void)state;
    open_channel(&c, "plain", t);                       /* an empty table: nothing to wait for */
    feed(c, "so <EMAIL_", false);
    assert_int_equal(bawn_channel_gate(c), 3);
    bawn_channel_free(c);
    assert_true(bawn_tokens_put(&p, t, BAWN_LIT("EMAIL"), BAWN_LIT("ada@example.com")));
    open_channel(&c, "plain", t);
    feed(c, "so it is <EMAIL_1", false);
    assert_int_equal(bawn_channel_gate(c), 9);
    feed(c, " or that is all that there is to say of it, is it not so, or is there more to say of it? Yes", false);
    assert_true(bawn_channel_gate(c) > 40);             /* white space: it cannot become one */
    bawn_channel_free(c);
    bawn_tokens_free(t);
}

static void edits_are_known_before_they_are_written(void **state)
{
    bawn_channel *c;
    (void)state;
    open_channel(&c, "mask", NULL);
    feed(c, "the bluebird flew away", true);
    assert_false(bawn_channel_edited(c, 0, 4));
    assert_true(bawn_channel_edited(c, 0, 5));
    assert_true(bawn_channel_edited(c, 4, 12));
    assert_false(bawn_channel_edited(c, 12, 22));
    assert_int_equal(bawn_channel_characters(c), 22);
    assert_int_equal(bawn_channel_characters_in(c, 4, 12), 8);
    bawn_channel_free(c);
}

/* ---- for every text ---------------------------------------------------------------------------------------------------- */
static void a_growing_text_is_judged_as_a_whole_one(void **state)
{
    size_t seed = environment("BAWN_SEED", 1), rounds = environment("BAWN_ROUNDS", 250);
    static const size_t sizes[] = { 1, 3, 20, 200 };
    bench whole;
    (void)state;
    bench_open(&whole, POLICY, "observe", BAWN_PLACE_OUTPUT);
    for (size_t i = 0; i < rounds; i++) {
        static char want[1 << 16];
        dice d = { seed + i };
        bawn_buf text = { 0 };
        bawn_channel *c;
        size_t last_gate = 0;
        write_text(&text, &d, 1 + under(&d, 60), HOSTILE);
        bawn_slice s = bawn_buf_slice(&text);
        snprintf(want, sizeof want, "%s", judged(&whole, s, ""));
        assert_true(bawn_channel_new(&c, &whole.judging, NULL));
        for (size_t at = 0, end, most = PICK(&d, sizes); at < s.len; at = end) {
            end = piece_end(&d, s, at, most);
            char *piece = malloc(end - at);             /* freed at once: it is read during the call only */
            memcpy(piece, s.ptr + at, end - at);
            assert_true(bawn_channel_feed(c, bawn_slice_of(piece, end - at), end == s.len));
            free(piece);
            assert_true(bawn_channel_gate(c) >= last_gate && bawn_channel_gate(c) <= end);
            last_gate = bawn_channel_gate(c);
            assert_true(last_gate == s.len || bawn_utf8_is_start((unsigned char)s.ptr[last_gate]));
            bawn_channel_pass(c, last_gate);
        }
        assert_int_equal(bawn_channel_characters(c), bawn_utf8_count(s));
        take_finds(&whole, c);
        if (strcmp(describe(&whole, &whole.finds, ""), want) != 0) {
            const char *got = describe(&whole, &whole.finds, "");
            size_t same = 0;
            while (got[same] && got[same] == want[same])
                same++;
            print_error("whole   %.200s\ngrowing %.200s\n", want + same, got + same);
            fail_msg("BAWN_SEED=%zu: \"%.*s\"", seed + i, (int)s.len, s.ptr);
        }
        bawn_channel_free(c);
        bawn_buf_free(&text);
    }
    bench_close(&whole);
}

static void no_memory_lets_nothing_more_out(void **state)
{
    static const char text[] = "the blue\u200Bbird  Ymx1ZWJpcmQgaXMgdGhlIHdvcmQ= and <NAME_1> and 4111 1111 1111 1111, bluebird again and more";
    bool failed = true;
    (void)state;
    for (size_t n = 1; failed; n++) {
        bawn_channel *c;
        bawn_buf out = { 0 };
        size_t done = 0;
        open_channel(&c, "mask", NULL);
        bawn_malloc_fail_at = n;
        bool ok = true;
        for (size_t at = 0, end; ok && at + 1 < sizeof text; at = end) {
            for (end = at + 1; !bawn_utf8_is_start((unsigned char)text[end]);)
                end++;
            ok = bawn_channel_feed(c, bawn_slice_of(text + at, end - at), end + 1 == sizeof text);
            size_t gate = bawn_channel_gate(c);
            if (!ok) {
                assert_true(bawn_channel_failed(c));
                assert_int_equal(gate, done);           /* what has left, and not a byte more */
                assert_false(bawn_channel_feed(c, BAWN_LIT("x"), true));
            } else {
                ok = bawn_channel_render(&out, c, done, gate, false);
            }
            done = gate;
        }
        failed = bawn_malloc_fail_at == 0;
        bawn_malloc_fail_at = 0;
        assert_int_equal(ok, !failed);
        if (ok)
            assert_true(bawn_slice_is(bawn_buf_slice(&out), "the <CUSTOM>  <CUSTOM> and <NAME_1> and <CREDIT_DEBIT_CARD_NUMBER>, <CUSTOM> "
                                                            "again and more"));
        bawn_buf_free(&out);
        bawn_channel_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gate_stands_at_a_safe_boundary), cmocka_unit_test(what_a_tool_is_to_run_is_held_from_its_begin),
        cmocka_unit_test(a_policys_own_expressions_are_held_from_their_begin), cmocka_unit_test(a_window_lags_and_a_buffer_waits),
        cmocka_unit_test(no_byte_of_a_blocking_match_leaves), cmocka_unit_test(nothing_counts_behind_a_block),
        cmocka_unit_test(a_mask_is_written_once_however_it_is_cut), cmocka_unit_test(a_disguised_key_is_masked_however_it_is_cut), cmocka_unit_test(an_encoded_run_is_found_however_late_it_comes),
        cmocka_unit_test(which_runs_fit_is_a_function_of_the_text),
        cmocka_unit_test(a_placeholder_is_restored_however_it_is_cut),
        cmocka_unit_test(only_a_placeholder_that_may_be_restored_is_waited_for), cmocka_unit_test(edits_are_known_before_they_are_written),
        cmocka_unit_test(a_growing_text_is_judged_as_a_whole_one), cmocka_unit_test(no_memory_lets_nothing_more_out),
    };
    return cmocka_run_group_tests(tests, NULL, shut);
}

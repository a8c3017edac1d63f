/* Fuzz target: the guards of streams. The first byte chooses guardrail and place, the second how the text is cut, and the
 * rest is a text as script.h reads it, with cuts of its own. It is told to a channel in one piece and cut, and judged
 * whole, and must be the same three times:
 *
 *   - what is delivered, to the byte, the verdict, and where a block cuts, hang on the text alone;
 *   - what passes is the whole text under its masks, with placeholders put back; findings are those of the whole;
 *   - what is delivered before a block ends before every blocking finding, and is a prefix of the text under its masks;
 *   - the gate only moves on, at characters, and nothing behind it is delivered. keeps: P3a.1, P3a.4, T15 */
#include "desk.h"
#include "script.h"

#include "engine/channel.h"
#include "engine/outcome.h"
#include "guard/leak/leak.h"

#define WORDS(action) "    word_filters: {managed: {PROFANITY: " action "}, custom: [{words: [bluefalcon, project falcon, 秘密计划, Überläufer], action: " \
                      action "}]}\n    denied_topics: [{name: shares, words: [stock tips], action: " action "}]\n"
#define REGEX(action) "      regexes: [{name: ORDER_ID, pattern: 'ORD-[0-9]{6}', action: " action "}]\n"
static const char policy[] = "version: 1\nupstreams: {main: {dialect: openai, url: \"http://127.0.0.1:9400/v1\"}}\nguardrails:\n"
    "  default: {}\n"
    "  masks:\n" WORDS("mask") "    sensitive_information:\n" REGEX("mask")
    "      entities: {EMAIL: {output: mask}, PHONE: {output: partial}, CREDIT_DEBIT_CARD_NUMBER: {output: partial}, "
    "INTERNATIONAL_BANK_ACCOUNT_NUMBER: {output: hash}, ADDRESS: {output: token}, NAME: {output: mask}}\n"
    "    secrets: {output: mask}\n    exfiltration: {links: mask, html: mask, ansi: mask}\n    leak: {system_prompt: observe}\n"
    "  blocks:\n    content_filters: {PROMPT_ATTACK: {output: high}}\n" WORDS("block") "    sensitive_information:\n" REGEX("block")
    "      entities: {EMAIL: {output: block}, CREDIT_DEBIT_CARD_NUMBER: {output: block}, INTERNATIONAL_BANK_ACCOUNT_NUMBER: {output: block}, "
    "PHONE: none, NAME: none, ADDRESS: none, AGE: none}\n    secrets: {output: block}\n    code_injection: block\n"
    "    exfiltration: {links: block, html: block, ansi: block}\n    leak: {system_prompt: block}\n"
    "  mixed:\n    content_filters: {PROMPT_ATTACK: {output: low}}\n" WORDS("block") "    code_injection: {output: block, tool_arguments: mask}\n"
    "    secrets: {output: mask}\n"
    "  observe:\n    mode: observe\n    content_filters: {PROMPT_ATTACK: {output: high}}\n" WORDS("block")
    "  window:\n    content_filters: {PROMPT_ATTACK: {output: high}}\n" WORDS("block") "    stream: {default: window 64}\n"
    "  buffer:\n" WORDS("observe") "    stream: {default: buffer}\n"
    "  restore:\n" WORDS("mask") "    sensitive_information: {entities: {EMAIL: {output: mask}, PHONE: {output: none}}}\n"
    "defaults: {guardrail: default}\n";

static desk here;
static bawn_tokens *tokens;
static bawn_leak_prompt *prompt;

static void begin(void)
{
    static const char *const values[] = { "grace@example.org", "\"x y\"@example.org", "alan\\n@example.net" };
    const bawn_slice system = BAWN_LIT(SYSTEM_PROMPT);
    bawn_slice placeholder;

    here = desk_open(policy);
    assert_true((prompt = bawn_leak_prompt_new(&system, 1, 0)) && bawn_leak_prompt_canary(prompt, BAWN_LIT("bakemodurinogetu")));
    assert_true((tokens = bawn_tokens_new()) && bawn_tokens_reserve(tokens, BAWN_LIT("I wrote <EMAIL_2> myself")));
    for (size_t i = 0; i < BAWN_COUNT(values); i++)
        assert_true(bawn_tokens_put(&placeholder, tokens, BAWN_LIT("EMAIL"), bawn_slice_str(values[i])));
    assert_true(bawn_tokens_put(&placeholder, tokens, BAWN_LIT("PHONE"), BAWN_LIT("+49 30 901820")));
}

/* ---- the three ways ---------------------------------------------------------------------------------------------- */
typedef struct { bawn_buf delivered; bool blocked; size_t cut; bawn_finds finds; bawn_action action; } telling;

static void telling_free(telling *t)
{
    bawn_buf_free(&t->delivered);
    bawn_finds_free(&t->finds);
}

static void settle(telling *t, const bawn_finds *found)
{
    for (size_t i = 0; i < found->n; i++)
        assert_true(bawn_finds_add(&t->finds, &found->items[i]));
    bawn_finds_settle(&t->finds, here.wall);
    t->action = bawn_outcome_of(&t->finds).action;
}

/* As exchange/stream.c has its events leave: whole, in order, unedited ones as they came. */
static void deliver(telling *t, bawn_channel *c, bawn_slice text, bawn_span piece, bool nested)
{
    if (bawn_channel_edited(c, piece.begin, piece.end)) {
        assert_true(bawn_channel_render(&t->delivered, c, piece.begin, piece.end, nested));
    } else {
        bawn_channel_pass(c, piece.end);
        bawn_buf_add(&t->delivered, bawn_slice_of(text.ptr + piece.begin, piece.end - piece.begin));
    }
}

static void check_gate(const bawn_channel *c, bawn_slice text, size_t fed, size_t before)
{
    size_t gate = bawn_channel_gate(c);
    if (bawn_channel_failed(c))
        fail_msg("%s", "a guard failed");
    if (gate < before || gate > fed || (gate < text.len && !bawn_utf8_is_start((unsigned char)text.ptr[gate])))
        fail_msg("the gate moved from %zu to %zu with %zu fed", before, gate, fed);
}

/* most 0 with no script: in one piece. */
static void tell(telling *t, const bawn_judging *j, bawn_slice text, const script *s, size_t most, bool restore)
{
    static bawn_span pieces[SCRIPT_CUTS + SCRIPT_MOST];
    size_t n = 0, first = 0, next_cut = 0, gate = 0, at = 0;
    bool nested = j->place == BAWN_PLACE_TOOL_CALL;
    bawn_channel *c;

    *t = (telling){ 0 };
    assert_true(bawn_channel_new(&c, j, restore ? tokens : NULL));
    do {
        size_t end = s ? script_piece_end(s, &next_cut, at, most) : text.len;
        char *copy = malloc(end - at + 1);              /* it is gone when the call is over */
        if (end > at)
            memcpy(copy, text.ptr + at, end - at);
        assert_true(bawn_channel_feed(c, bawn_slice_of(copy, end - at), end == text.len));
        free(copy);
        pieces[n++] = (bawn_span){ at, end };
        at = end;
        check_gate(c, text, at, gate);
        gate = bawn_channel_gate(c);
        t->blocked = bawn_channel_blocked(c, &t->cut);
        for (; first < n && pieces[first].end <= gate; first++)
            deliver(t, c, text, pieces[first], nested);
    } while (at < text.len && !t->blocked);
    if (t->blocked && first < n && pieces[first].begin < gate)
        assert_true(bawn_channel_render(&t->delivered, c, pieces[first].begin, gate, nested));
    if (!t->blocked && gate != text.len)
        fail_msg("a clean text of %zu ended at %zu", text.len, gate);
    settle(t, bawn_channel_finds(c));
    bawn_channel_free(c);
}

/* text[0, end) under masks, and with placeholders that no mask touches; a mask that goes on behind `end` ends it. */
static void rewrite(bawn_buf *out, const bawn_finds *finds, bawn_slice text, size_t end, bool nested, bool restore)
{
    bawn_mask *masks = calloc(finds->n + 1, sizeof *masks);
    size_t n = bawn_masks_of(masks, finds->items, finds->n, 0), at = 0, open;
    bawn_span span;
    bawn_slice value;

    for (size_t i = 0; i <= n; i++) {
        size_t to = i < n && masks[i].at.begin < end ? masks[i].at.begin : end;
        while (restore && bawn_tokens_find(&span, &value, &open, tokens, bawn_slice_of(text.ptr, i < n ? masks[i].at.begin : text.len), at) &&
               span.end <= to) {
            bawn_buf_add(out, bawn_slice_of(text.ptr + at, span.begin - at));
            assert_true(nested ? bawn_json_write_escaped(out, value) : bawn_buf_add(out, value));
            at = span.end;
        }
        bawn_buf_add(out, bawn_slice_of(text.ptr + at, to - at));
        if (i == n || masks[i].at.end > end)
            break;
        assert_true(bawn_mask_write(out, here.wall, masks[i].found,
                                    bawn_slice_of(text.ptr + masks[i].at.begin, masks[i].at.end - masks[i].at.begin), NULL));
        at = masks[i].at.end;
    }
    free(masks);
}

static void judge_whole(telling *t, const bawn_judging *judging, bawn_slice text, bool restore)
{
    bawn_judging j = *judging;
    bawn_finds finds = { 0 };

    *t = (telling){ .cut = SIZE_MAX };
    j.finds = &finds;
    j.streaming = false;
    if (!bawn_judge_text(&j, text) || j.failed)
        fail_msg("%s", "a guard failed on the whole text");
    settle(t, &finds);
    t->blocked = t->action == BAWN_BLOCK;
    for (size_t i = 0; i < t->finds.n; i++)
        if (t->finds.items[i].action == BAWN_BLOCK && t->finds.items[i].span.begin < t->cut)
            t->cut = t->finds.items[i].span.begin;
    rewrite(&t->delivered, &t->finds, text, t->blocked ? t->cut : text.len, j.place == BAWN_PLACE_TOOL_CALL, restore);
    bawn_finds_free(&finds);
}

/* ---- what must hold --------------------------------------------------------------------------------------------------- */
static void show(const char *what, const telling *t)
{
    print_error("---- %s: action %d, %s at %zu, %zu bytes: %.*s\n", what, t->action, t->blocked ? "blocked" : "open", t->cut,
                t->delivered.len, (int)(t->delivered.len > 4000 ? 4000 : t->delivered.len), t->delivered.ptr);
    for (size_t i = 0; i < t->finds.n; i++) {
        const bawn_found *f = &t->finds.items[i];
        print_error("  %s (%s) [%zu, %zu) view %d action %d would %d score %.2f\n", bawn_wall_kind(here.wall, f->kind)->code,
                    here.wall->guards[f->guard]->id, f->span.begin, f->span.end, f->view, f->action, f->would, (double)f->score);
    }
}

static void complain(const script *s, const char *what, const telling *a, const telling *b)
{
    show("one", a);
    show("other", b);
    print_error("---- the text (%zu): %.*s\n", s->text.len, (int)(s->text.len > 4000 ? 4000 : s->text.len), s->text.ptr);
    fail_msg("%s", what);
}

static bool same_finds(const telling *a, const telling *b)
{
    bool same = a->finds.n == b->finds.n;
    for (size_t i = 0; same && i < a->finds.n; i++) {
        const bawn_found *x = &a->finds.items[i], *y = &b->finds.items[i];
        same = x->span.begin == y->span.begin && x->span.end == y->span.end && x->kind == y->kind && x->guard == y->guard &&
               x->view == y->view && x->action == y->action && x->would == y->would && x->score == y->score &&
               (!x->hashed || !y->hashed || memcmp(x->hash, y->hash, sizeof x->hash) == 0);
    }
    return same;
}

static void check_spans(const script *s, const telling *t)
{
    bawn_slice text = bawn_buf_slice(&s->text);
    for (size_t i = 0; i < t->finds.n; i++) {
        bawn_span at = t->finds.items[i].span;
        if (at.begin > at.end || at.end > text.len || bawn_utf8_floor(text, at.begin) != at.begin || bawn_utf8_floor(text, at.end) != at.end)
            complain(s, "a finding stands outside of the text, or inside a character", t, t);
    }
}

static void check_cutting(const script *s, const telling *one, const telling *cut)
{
    if (one->blocked != cut->blocked || (one->blocked && one->cut != cut->cut))
        complain(s, "the verdict hangs on the cutting", one, cut);
    if (!bawn_slice_eq(bawn_buf_slice(&one->delivered), bawn_buf_slice(&cut->delivered)))
        complain(s, "what is delivered hangs on the cutting", one, cut);
    if (!one->blocked && !same_finds(one, cut))
        complain(s, "the findings hang on the cutting", one, cut);
}

/* A prefix of the whole text under its masks; or of what begins the text and is judged without what comes behind it, which
 * can be another thing ("AB 12 34 56 C/" before a card number). */
static bool is_clean_prefix(const telling *t, const telling *whole, const bawn_judging *j, bawn_slice text, bool restore)
{
    telling alone;
    bool clean = bawn_slice_starts(bawn_buf_slice(&whole->delivered), bawn_buf_slice(&t->delivered));
    if (clean)
        return true;
    judge_whole(&alone, j, bawn_slice_of(text.ptr, whole->cut), restore);
    clean = alone.blocked || bawn_slice_starts(bawn_buf_slice(&alone.delivered), bawn_buf_slice(&t->delivered));
    telling_free(&alone);
    return clean;
}

static void check_whole(const script *s, const telling *t, const telling *whole, const bawn_judging *j, bool restore)
{
    if (t->blocked != whole->blocked)
        complain(s, "stream and whole text have different verdicts", t, whole);
    if (t->blocked && t->cut > whole->cut)
        complain(s, "bytes of a blocking finding were delivered", t, whole);
    if (t->blocked && !is_clean_prefix(t, whole, j, bawn_buf_slice(&s->text), restore))
        complain(s, "what was delivered before the block is no clean prefix", t, whole);
    if (t->blocked)
        return;
    if (!bawn_slice_eq(bawn_buf_slice(&t->delivered), bawn_buf_slice(&whole->delivered)))
        complain(s, "the streamed text is not the whole one", t, whole);
    if (!same_finds(t, whole))
        complain(s, "the findings of stream and whole text differ", t, whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static script s;
    telling one, cut, whole;

    if (!here.wall)
        begin();
    if (size < 2)
        return 0;
    script_read(&s, data + 2, size - 2);
    bawn_slice text = bawn_buf_slice(&s.text);
    const bawn_guardrail *rail = &here.wall->guardrails[data[0] % here.wall->n_drafts];
    bawn_judging j = { .worker = here.worker, .guardrail = rail, .leak = rail->leak ? prompt : NULL,
                       .place = data[0] & 128 ? BAWN_PLACE_TOOL_CALL : BAWN_PLACE_OUTPUT };
    bool restore = bawn_slice_is(rail->name, "restore");

    tell(&one, &j, text, NULL, 0, restore);
    tell(&cut, &j, text, &s, data[1], restore);
    judge_whole(&whole, &j, text, restore);
    check_spans(&s, &one);
    check_cutting(&s, &one, &cut);
    check_whole(&s, &one, &whole, &j, restore);
    telling_free(&one);
    telling_free(&cut);
    telling_free(&whole);
    return 0;
}

/* Guardrails and routes as a policy writes them: what is inherited, what a word means on each side, what is refused, and
 * what inspecting whole segments says. keeps: R12, R13, R33 */
#include "engine/entities.h"
#include "help.h"

static const char *action_word(uint8_t action)
{
    static const char *const words[] = { "allow", "observe", "mask", "block" };
    return words[action];
}

/* The ruling on a kind in a place: "mask". */
static const char *ruling_of(const bawn_wall *w, const char *guardrail, const char *code, int place)
{
    int g = bawn_wall_guardrail_find(w, bawn_slice_str(guardrail));
    assert_true(g >= 0);
    return action_word(w->guardrails[g].rulings[place][kind_of(w, code)].action);
}

#define POLICY UPSTREAM "guardrails:\n" \
    "  base:\n    sensitive_information: {entities: {EMAIL: block, PHONE: {input: none, output: hash}}}\n    secrets: observe\n" \
    "    word_filters: {custom: [{words: [falcon]}]}\n    blocked_input_message: {de: Nein.}\n" \
    "  child:\n    extends: base\n    secrets: {input: block}\n    stages: [input]\n" \
    "  grandchild: {extends: child, word_filters: {custom: [{words: [osprey], action: mask}]}, mode: observe}\n" \
    "  plain: {extends: default}\n"

static void keys_are_inherited_one_by_one(void **state)
{
    static const struct { const char *guardrail, *kind; int place; const char *want; } rows[] = {
        { "base", "pii.EMAIL", BAWN_PLACE_INPUT, "block" }, { "base", "pii.EMAIL", BAWN_PLACE_OUTPUT, "block" },
        { "base", "pii.PHONE", BAWN_PLACE_INPUT, "allow" }, { "base", "pii.PHONE", BAWN_PLACE_OUTPUT, "mask" },
        { "child", "pii.EMAIL", BAWN_PLACE_INPUT, "block" }, { "child", "pii.EMAIL", BAWN_PLACE_OUTPUT, "allow" },   /* its stage is off */
        { "grandchild", "pii.EMAIL", BAWN_PLACE_INPUT, "observe" }, { "plain", "pii.EMAIL", BAWN_PLACE_INPUT, "mask" },
        { "default", "pii.EMAIL", BAWN_PLACE_INPUT, "mask" },
    };
    bawn_wall *w = load_wall(POLICY);
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        if (strcmp(ruling_of(w, rows[i].guardrail, rows[i].kind, rows[i].place), rows[i].want) != 0)
            fail_msg("%s %s in place %d: %s", rows[i].guardrail, rows[i].kind, rows[i].place,
                     ruling_of(w, rows[i].guardrail, rows[i].kind, rows[i].place));
    int child = bawn_wall_guardrail_find(w, BAWN_LIT("child")), last = bawn_wall_guardrail_find(w, BAWN_LIT("grandchild"));
    assert_int_equal(w->guardrails[child].blocked[BAWN_INPUT].n, 1);
    assert_true(w->guardrails[last].observe && !w->guardrails[child].observe);
    assert_int_equal(bawn_wall_guardrail_find(w, BAWN_LIT("none such")), -1);
    assert_int_equal(bawn_wall_guardrail_find(w, BAWN_NIL), w->default_guardrail);
    assert_int_equal(w->guardrails[child].n_ran[1], w->guardrails[child].n_ran[0]);     /* no guard on answers alone */
    bawn_wall_free(w);
}

static void a_guardrail_rules_on_its_own_words_only(void **state)
{
    static const struct { const char *guardrail; const char *want; } rows[] = {
        { "base", "words.CUSTOM 0-6 raw" }, { "child", "words.CUSTOM 0-6 raw" }, { "grandchild", "words.CUSTOM 7-13 raw" }, { "plain", "" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bench b;
        bench_open(&b, POLICY, rows[i].guardrail, BAWN_PLACE_INPUT);
        expect_judged(&b, "falcon osprey", "words.", rows[i].want);
        bench_close(&b);
    }
}

/* Without an action an expression does what the language says it does: the same as when it is written. */
static void a_default_does_what_the_written_word_does(void **state)
{
    bawn_wall *w = load_wall(UPSTREAM "guardrails: {a: {sensitive_information: {regexes: [{name: ORDER, pattern: 'ORD-[0-9]{6}'}, "
                             "{name: PART, pattern: 'PRT-[0-9]{6}', action: mask}, {name: BOX, pattern: 'BOX-[0-9]{6}', action: token}]}}}\n");
    const bawn_guardrail *g = &w->guardrails[bawn_wall_guardrail_find(w, BAWN_LIT("a"))];
    const bawn_ruling *r = g->rulings[BAWN_PLACE_INPUT];
    (void)state;
    assert_int_equal(r[kind_of(w, "pii.ORDER")].style, BAWN_STYLE_MASK);
    assert_int_equal(r[kind_of(w, "pii.PART")].style, BAWN_STYLE_MASK);
    assert_int_equal(r[kind_of(w, "pii.BOX")].style, BAWN_STYLE_TOKEN);
    assert_int_equal(r[kind_of(w, "pii.ORDER")].action, BAWN_MASK);
    bawn_wall_free(w);
}

static void a_strength_is_a_threshold(void **state)
{
    static const struct { const char *word; uint8_t action; float least; } rows[] = {
        { "low", BAWN_BLOCK, 0.9f }, { "medium", BAWN_BLOCK, 0.75f }, { "high", BAWN_BLOCK, 0.55f }, { "none", BAWN_ALLOW, 0 },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        char yaml[512];
        snprintf(yaml, sizeof yaml, UPSTREAM "guardrails: {g: {content_filters: {PROMPT_ATTACK: {input: %s}}}}\n", rows[i].word);
        bawn_wall *w = load_wall(yaml);
        const bawn_guardrail *g = &w->guardrails[bawn_wall_guardrail_find(w, BAWN_LIT("g"))];
        size_t n = 0;
        for (uint32_t k = 0; k < w->n_kinds; k++)
            if (strncmp(bawn_wall_kind(w, k)->code, "prompt_attack.", 14) == 0 &&
                (w->guards[w->kind_guard[k]]->places & BAWN_IN_INPUT)) {
                bawn_ruling r = g->rulings[BAWN_PLACE_INPUT][k];
                assert_int_equal(r.action, rows[i].action);
                if (rows[i].action)
                    assert_true(r.min_score > rows[i].least - 0.001f && r.min_score < rows[i].least + 0.001f);
                n++;
            }
        assert_true(n > 0);
        bawn_wall_free(w);
    }
}

static void what_makes_no_sense_is_refused_with_its_place(void **state)
{
    static const struct { const char *yaml; uint32_t line; const char *says; } rows[] = {
        { UPSTREAM "guardrails: {a: {extends: b}, b: {extends: a}}\n", 3, "circle" },
        { UPSTREAM "guardrails: {a: {extends: nobody}}\n", 3, "no guardrail `nobody`" },
        { UPSTREAM "guardrails: {a: {sensitive_information: {entities: {EMIAL: mask}}}}\n", 3, "did you mean `EMAIL`" },
        { UPSTREAM "guardrails: {a: {denied_topics: [{name: t, patterns: ['fo(o']}]}}\n", 3, "`fo(o`" },
        { UPSTREAM "guardrails: {a: {denied_topics: [{name: t, patterns: ['foo.*']}]}}\n", 3, "finite width" },
        { UPSTREAM "guardrails: {a: {denied_topics: [{name: t, patterns: ['foo.{0,300}']}]}}\n", 3, "256 bytes" },
        { UPSTREAM "guardrails: {a: {denied_topics: [{name: t, patterns: ['ok[0-9]{3}',\n 'the.{0,100}']}]}}\n", 4, "us for each kB of prose" },
        { UPSTREAM "guardrails: {a: {denied_topics: [{name: t, patterns: ['ok[0-9]{3}',\n 'foo|']}]}}\n", 4, "empty" },
        { UPSTREAM "guardrails: {a: {sensitive_information: {regexes: [{name: A, pattern: 'ok[0-9]{3}'},\n {name: B, pattern: ''}]}}}\n", 4, "empty expression" },
        /* R2: what a stream cannot be held for */
        { UPSTREAM "guardrails: {a: {denied_topics: [{name: t, patterns: ['ok[0-9]{3}',\n '[0-9]{4} tons of']}]}}\n", 4, "or write `stream: {denied_topics: window 12}`" },
        { UPSTREAM "guardrails: {a: {sensitive_information: {regexes: [{name: A, pattern: 'ok[0-9]{3}'},\n {name: B, pattern: '[A-Z]{2}\\x20[0-9]{4}'}]}}}\n",
          4, "`stream: {sensitive_information: window 7}` (or buffer) into its guardrail" },
        { UPSTREAM "guardrails: {a: {sensitive_information: {regexes: [{name: A, pattern: '[A-F]{2}x[a-f0-9]{90}'}]}}}\n", 3, "window 93" },
        { UPSTREAM "guardrails: {a: {mode: observe, denied_topics: [{name: t, patterns: ['[0-9]{4} tons of']}]}}\n", 3, "begins with no fixed text" },
        { UPSTREAM "guardrails: {a: {stream: {leak: window 11}, denied_topics: [{name: t, patterns: ['[0-9]{4} tons of']}]}}\n", 3, "window 12" },
        { UPSTREAM "defaults: {guardrail: nobody}\n", 3, "no guardrail `nobody`" },
        { UPSTREAM "routes: [{operations: [chat], upstream: nobody}]\n", 3, "no upstream `nobody`" },
        { UPSTREAM "routes: [{operations: [chat], guardrail: nobody}]\n", 3, "no guardrail `nobody`" },
        { "version: 1\nupstreams: {main: {dialect: openai, url: 'ftp://x/'}}\n", 2, "no base URL" },
        { "version: 1\nupstreams: {main: {dialect: openai, url: [http://a/v1, http://b/v2]}}\n", 2, "same path" },
        { "version: 1\nupstreams: {}\n", 2, "found an empty map for upstreams; expected at least one" },
        { UPSTREAM "listeners: {ops: {serves: []}}\n", 3, "found an empty list for listeners.ops.serves; expected at least one" },
        { "version: 2\nupstreams: {}\n", 1, "found `2` for version; expected 1" },
        { UPSTREAM "guardrails: {a: {leak: {min_words: 2}}}\n", 3, "expected a whole number from 5 to 64" },
        { UPSTREAM "guardrails: {a: {input_limits: {repeated_token_run: 3}}}\n", 3, "expected 0 (not looked for), or 10 or more" },
        /* names of other products, and what people write */
        { UPSTREAM "guardrails: {a: {sensitive_information: {entities: {PHONE_NUMBER: mask}}}}\n", 3, "did you mean `PHONE`" },
        { UPSTREAM "guardrails: {a: {sensitive_information: {entities: {SSN: mask}}}}\n", 3, "did you mean `US_SOCIAL_SECURITY_NUMBER`" },
        { UPSTREAM "guardrails: {a: {sensitive_information: {entities: {Credit_Card: mask}}}}\n", 3, "`CREDIT_DEBIT_CARD_NUMBER`" },
        { UPSTREAM "guardrails: {a: {sensitive_information: {entities: {Iban: mask}}}}\n", 3, "INTERNATIONAL_BANK_ACCOUNT_NUMBER" },
        { UPSTREAM "guardrails: {a: {sensitive_information: {entities: {SHOE_SIZE: mask}}}}\n", 3, "an item of `regexes`" },
        { UPSTREAM "guardrails: {a: {sensitive_information: {regexes: [{name: ORDER, pattern: 'ORD-[0-9]{6}'}], entities: {ORDER: block}}}}\n", 3,
          "write its `action` beside its pattern, in line 3" },
        { UPSTREAM "guardrails: {a: {languages: [en, klingon]}}\n", 3, "unknown language `klingon`; expected the ISO 639-1 code" },
        { UPSTREAM "guardrails: {a: {languages: []}}\n", 3, "the list of languages is empty" },
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_wall *w = NULL;
        bawn_error err = { 0 };
        assert_false(bawn_wall_load(&w, "p.yaml", bawn_slice_str(rows[i].yaml), NULL, &err));
        assert_null(w);
        if (!strstr(err.message, rows[i].says) || (rows[i].line && err.line != rows[i].line) || strcmp(err.file, "p.yaml") != 0)
            fail_msg("%s: %s:%u: %s", rows[i].yaml, err.file, err.line, err.message);
    }
}

/* ... unless no stream need be held for it, or it is. */
static void an_expression_without_a_begin_may_be_held_otherwise(void **state)
{
    static const char *const policies[] = {
        "{stream: {denied_topics: window 12}, denied_topics: [{name: t, patterns: ['[0-9]{4} tons of']}]}",
        "{stream: {default: buffer}, denied_topics: [{name: t, patterns: ['[0-9]{4} tons of']}]}",
        "{stages: [input], denied_topics: [{name: t, patterns: ['[0-9]{4} tons of']}]}",
        "{denied_topics: [{name: t, action: observe, patterns: ['[0-9]{4} tons of']}]}",
        "{sensitive_information: {regexes: [{name: A, pattern: '[A-F]{2}x[a-f0-9]{70}'}]}}",     /* no white space, no boundary in it */
        "{sensitive_information: {regexes: [{name: A, pattern: '(?:ORD|INV)[ -][0-9]{6}'}, {name: B, pattern: '\\bTOK[a-z0-9]{90}'}]}}",
    };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(policies); i++) {
        char yaml[512];
        snprintf(yaml, sizeof yaml, UPSTREAM "guardrails: {a: %s, b: {extends: a}}\n", policies[i]);
        bawn_wall_free(load_wall(yaml));
    }
    bawn_wall *w = NULL;
    bawn_error err = { 0 };         /* a child's window is its own */
    assert_false(bawn_wall_load(&w, "p.yaml", BAWN_LIT(UPSTREAM "guardrails:\n  a: {stream: {denied_topics: window 12}, denied_topics: "
                                "[{name: t, patterns: ['[0-9]{4} tons of']}]}\n  b: {denied_topics: [{name: t, patterns: ['[0-9]{4} tons of']}]}\n"), NULL, &err));
    assert_int_equal(err.line, 5);
}

/* ---- all at once ------------------------------------------------------------------------------------------------------- */
/* "4 message; 7 ..." of all, each message cut at its first sign. */
static const char *all_of(char out[2048], const bawn_errors *all)
{
    size_t n = 0;
    out[0] = 0;
    for (size_t i = 0; i < all->n && n < 1900; i++)
        n += (size_t)snprintf(out + n, 2048 - n, "%s%u %.*s", i ? "; " : "", all->items[i].line,
                              (int)strcspn(all->items[i].message, ",;:("), all->items[i].message);
    return out;
}

static void all_mistakes_are_found_in_one_go(void **state)
{
    static const struct { const char *yaml, *all; } rows[] = {
        { UPSTREAM "guardrails:\n  a:\n    denied_topics:\n      - {name: t, patterns: ['foo.*', 'ok[0-9]{3}', 'foo.{0,300}']}\n"
          "    sensitive_information:\n      entities: {EMIAL: mask, PHONE: mask, SHOE_SIZE: mask}\n      regexes: [{name: B, pattern: ''}]\n"
          "    languages: [xx, yy]\n    input_limits: {repeated_token_run: 3}\n  b: {extends: nobody}\n"
          "routes: [{operations: [chat], guardrail: c, upstream: x}]\ndefaults: {guardrail: d}\n",
          "6 pattern `foo.*` has no finite width; 6 the expression can match more than 256 bytes; 8 unknown entity `EMIAL`; 8 unknown entity `SHOE_SIZE`; 9 found an empty expression; "
          "10 unknown language `xx`; 10 unknown language `yy`; 11 found 3; 12 there is no guardrail `nobody` to extend; "
          "13 there is no guardrail `c`; 13 there is no upstream `x`; 14 there is no guardrail `d`" },
        /* each once, whoever inherits it; and what is built on it is no mistake of its own */
        { UPSTREAM "guardrails:\n  a: {sensitive_information: {entities: {EMIAL: mask}}}\n  b: {extends: a}\n  c: {extends: b}\n"
          "  d: {extends: f}\n  e: {extends: d}\n  f: {extends: e}\n  g: {extends: e}\nroutes: [{operations: [chat], guardrail: e}]\n",
          "4 unknown entity `EMIAL`; 7 guardrails extend each other in a circle" },
        { "version: 1\nupstreams:\n  a: {dialect: openai, url: ftp://x/}\n  b: {dialect: openai, url: [http://x/1, http://x/2]}\n"
          "  c: {dialect: openai, url: http://x/v1, key: env:BAWN_NO_SUCH_KEY}\nroutes: [{operations: [chat], upstream: a}]\n",
          "3 `ftp; 4 the URLs of one upstream must have the same path; 5 found no environment variable BAWN_NO_SUCH_KEY" },
        { UPSTREAM "guardrails:\n  a:\n    except: [{kind: pii.EMAIL}, {kind: pii.EMIAL, text: a},\n     {kind: pii.ORDER, text: b}]\n"
          "    sensitive_information: {regexes: [{name: ORDER, pattern: 'a.*'}]}\nrecord: {hash_key: env:BAWN_NO_SUCH_KEY}\n"
          "routes: [{operations: [chat], guardrail: a, version: 3}, {operations: [models], guardrail: none, version: 2}]\n",
          "5 found neither `hash` nor `text`; 5 unknown kind `pii.EMIAL`; 7 pattern `a.*` has no finite width; "
          "8 found no environment variable BAWN_NO_SUCH_KEY; 9 version 3 of guardrail `a`; 9 `guardrail" },
        { UPSTREAM "guardrails: {a: {denied_topics: [{name: t, patterns: ['the.{0,100}',\n 'and.{0,100}', 'ok[0-9]{3}']}]}}\n"
          "defaults: {guardrail: d}\n", "3 pattern `the.{0; 4 pattern `and.{0; 5 there is no guardrail `d`" },
        /* a file that is wrong by its keys is not looked at any further */
        { UPSTREAM "guardrails: {a: {languages: [xx], mod: a}, b: {secrets: blok}}\n", "3 unknown key `mod` in guardrails.a; 3 found `blok` for guardrails.b.secrets" },
    };
    static bawn_errors all;
    char got[2048];
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_wall *w = NULL;
        all.n = 0;
        assert_false(bawn_wall_check(&w, &all, "p.yaml", bawn_slice_str(rows[i].yaml), NULL));
        assert_null(w);
        assert_string_equal(all_of(got, &all), rows[i].all);
        for (size_t k = 0; k < all.n; k++)
            assert_string_equal(all.items[k].file, "p.yaml");
    }
}

static void a_right_policy_is_checked_without_a_word(void **state)
{
    static bawn_errors all;
    bawn_wall *w = NULL;
    bawn_worker *worker = NULL;
    (void)state;
    assert_true(bawn_wall_check(&w, &all, "p.yaml", BAWN_LIT(POLICY), NULL));
    assert_int_equal(all.n, 0);
    assert_true(bawn_worker_new(&worker, w, NULL));
    bawn_worker_free(worker);
    bawn_wall_free(w);
}

/* Every hint is a name that a policy may use. */
static void names_of_other_products_are_known(void **state)
{
    static const char *const theirs[] = { "EMAIL_ADDRESS", "PERSON", "LOCATION", "US_SSN", "CREDIT_CARD", "IBAN_CODE", "UK_NHS", "CREDIT_DEBIT_CVV",
                                          "PHONENUMBER", "STREET_ADDRESS", "AU_TFN_NUMBER", "VIN", "CVV", "BITCOIN", "US_ITIN", "IP" };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(theirs); i++) {
        const char *ours = bawn_entity_meant(bawn_slice_str(theirs[i]));
        if (!ours || !bawn_entity_known(bawn_slice_str(ours)) || bawn_entity_known(bawn_slice_str(theirs[i])))
            fail_msg("%s: %s", theirs[i], ours ? ours : "nothing");
    }
    assert_null(bawn_entity_meant(BAWN_LIT("SHOE_SIZE")));
}

static void a_language_is_allowed_by_its_script(void **state)
{
    static const struct { const char *guardrail, *text; bool blocked; } rows[] = {
        { "two", "What is the weather like in Paris today?", false },
        { "two", "Какая сегодня погода в Париже?", false },
        { "two", "今天巴黎的天气怎么样？", true }, { "two", "كيف حال الطقس في باريس اليوم؟", true }, { "two", "आज पेरिस में मौसम कैसा है?", true },
        { "own", "Какая сегодня погода в Париже?", true }, { "own", "今天巴黎的天气怎么样？", false },     /* own list, not both */
        { "same", "今天巴黎的天气怎么样？", true }, { "all", "今天巴黎的天气怎么样？", false },
    };
    bench b;
    bawn_error err = { 0 };
    (void)state;
    bench_open(&b, UPSTREAM "guardrails:\n  two: {languages: [en, ru]}\n  own: {extends: two, languages: [zh-TW]}\n  same: {extends: two}\n"
                            "  all: {}\n", "two", BAWN_PLACE_INPUT);
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        const bawn_verdict *v;
        bawn_segment s = { BAWN_USER, BAWN_CALLER, BAWN_NIL, bawn_slice_str(rows[i].text) };
        assert_true(bawn_inspect(&v, NULL, b.worker, bawn_slice_str(rows[i].guardrail), BAWN_INPUT, &s, 1, NULL, 0, NULL, &err));
        if ((v->action == BAWN_BLOCK) != rows[i].blocked)
            fail_msg("%s: %s: %s", rows[i].guardrail, rows[i].text, action_word((uint8_t)v->action));
    }
    bench_close(&b);
}

static void routes_and_upstreams_are_read(void **state)
{
    bawn_wall *w = load_wall("version: 1\nupstreams:\n  a: {dialect: openai, url: http://h:1/v1/, models: [m-*, n]}\n"
                             "  b: {dialect: openai, url: [http://h:2/x, http://h:3/x]}\n"
                             "routes:\n  - {operations: [chat, embeddings], guardrail: none, upstream: b}\n  - {operations: [models]}\n"
                             "defaults: {hold: {bytes: 2KiB, time: 3s}}\n");
    (void)state;
    assert_int_equal(w->n_upstreams, 2);
    assert_true(bawn_slice_is(w->upstreams[0].base_path, "/v1") && bawn_slice_is(w->upstreams[1].base_path, "/x"));
    assert_int_equal(w->upstreams[0].n_models, 2);
    assert_int_equal(w->n_routes, 2);
    assert_int_equal(w->routes[0].guardrail, -1);
    assert_int_equal(w->routes[0].upstream, 1);
    assert_int_equal(w->routes[0].n_operations, 2);
    assert_int_equal(w->routes[1].guardrail, w->default_guardrail);
    assert_int_equal(w->routes[1].upstream, -1);
    assert_int_equal(w->hold_bytes, 2048);
    assert_int_equal(w->hold_ns, 3000000000u);
    bawn_wall_free(w);
}

/* ---- bawn_inspect ---------------------------------------------------------------------------------------------------- */
static void segments_are_inspected_and_rewritten(void **state)
{
    bench b;
    bawn_error err = { 0 };
    const bawn_verdict *v;
    bawn_slice masked[3];
    bawn_segment s[] = { { BAWN_SYSTEM, BAWN_APPLICATION, BAWN_NIL, BAWN_LIT("You are Ada.") },
                         { BAWN_USER, BAWN_CALLER, BAWN_NIL, BAWN_LIT("\U0001F600 ada@example.com, bob@example.com") },
                         { BAWN_USER, BAWN_CALLER, BAWN_NIL, BAWN_LIT("ada@example.com") } };
    (void)state;
    bench_open(&b, POLICY, "plain", BAWN_PLACE_INPUT);
    assert_true(bawn_inspect(&v, masked, b.worker, BAWN_LIT("plain"), BAWN_INPUT, s, 3, NULL, 0, NULL, &err));
    assert_int_equal(v->action, BAWN_MASK);
    assert_int_equal(v->n_findings, 3);
    assert_int_equal(v->total, 12 + 34 + 15);
    assert_int_equal(v->guarded, v->total);
    assert_true(bawn_slice_is(masked[0], "You are Ada."));
    assert_true(bawn_slice_is(masked[1], "\U0001F600 <EMAIL_1>, <EMAIL_2>"));
    assert_true(bawn_slice_is(masked[2], "<EMAIL_1>"));
    assert_true(bawn_inspect(&v, NULL, b.worker, BAWN_LIT("base"), BAWN_INPUT, s, 3, NULL, 0, NULL, &err));
    assert_int_equal(v->action, BAWN_BLOCK);
    assert_true(bawn_slice_is(v->message, "Nein."));
    assert_false(bawn_inspect(&v, NULL, b.worker, BAWN_LIT("nobody"), BAWN_INPUT, s, 3, NULL, 0, NULL, &err));
    assert_null(v);
    s[1].text = BAWN_LIT("a\xFF");
    assert_false(bawn_inspect(&v, NULL, b.worker, BAWN_NIL, BAWN_INPUT, s, 3, NULL, 0, NULL, &err));
    assert_int_equal(err.code, BAWN_E_INVALID_UTF8);
    bench_close(&b);
}

static void a_limit_is_shown_where_it_was_passed(void **state)
{
    bench b;
    bawn_error err = { 0 };
    const bawn_verdict *v;
    bawn_segment s[] = { { BAWN_USER, BAWN_CALLER, BAWN_NIL, BAWN_LIT("hello") }, { BAWN_USER, BAWN_CALLER, BAWN_NIL, BAWN_LIT("\U0001F600worlds") } };
    (void)state;
    bench_open(&b, UPSTREAM "guardrails: {g: {input_limits: {characters: 10}}}\n", "g", BAWN_PLACE_INPUT);
    assert_true(bawn_inspect(&v, NULL, b.worker, BAWN_LIT("g"), BAWN_INPUT, s, 2, NULL, 0, NULL, &err));
    assert_int_equal(v->n_findings, 1);
    assert_true(bawn_slice_is(v->findings[0].kind, "limits.CHARACTERS") && v->findings[0].segment == 1);
    assert_int_equal(v->findings[0].span.begin, 8);
    assert_int_equal(v->findings[0].span.end, 9);
    bench_close(&b);
}

static void inspecting_without_memory_fails_closed(void **state)
{
    bawn_segment s = { BAWN_USER, BAWN_CALLER, BAWN_NIL, BAWN_LIT("ada@example.com and the falcon") };
    bool failed = true;
    (void)state;
    for (size_t n = 1; failed; n++) {
        bench b;
        bawn_error err = { 0 };
        const bawn_verdict *v;
        bawn_slice masked[1];
        bench_open(&b, POLICY, "base", BAWN_PLACE_INPUT);
        bawn_malloc_fail_at = n;
        bool ok = bawn_inspect(&v, masked, b.worker, BAWN_LIT("base"), BAWN_INPUT, &s, 1, NULL, 0, NULL, &err);
        failed = bawn_malloc_fail_at == 0;
        bawn_malloc_fail_at = 0;
        if (ok && v->action != BAWN_BLOCK)
            fail_msg("allocation %zu fails: the verdict is %s", n, action_word((uint8_t)v->action));
        if (!ok)
            assert_int_equal(err.code, BAWN_E_NO_MEMORY);
        bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_inherited_one_by_one), cmocka_unit_test(a_guardrail_rules_on_its_own_words_only),
        cmocka_unit_test(a_default_does_what_the_written_word_does), cmocka_unit_test(a_strength_is_a_threshold), cmocka_unit_test(what_makes_no_sense_is_refused_with_its_place),
        cmocka_unit_test(an_expression_without_a_begin_may_be_held_otherwise),
        cmocka_unit_test(all_mistakes_are_found_in_one_go), cmocka_unit_test(a_right_policy_is_checked_without_a_word),
        cmocka_unit_test(names_of_other_products_are_known),
        cmocka_unit_test(a_language_is_allowed_by_its_script), cmocka_unit_test(routes_and_upstreams_are_read), cmocka_unit_test(segments_are_inspected_and_rewritten),
        cmocka_unit_test(a_limit_is_shown_where_it_was_passed), cmocka_unit_test(inspecting_without_memory_fails_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

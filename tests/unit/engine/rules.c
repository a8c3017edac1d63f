/* The rules of a set of guards: what is listed, what is packed and unpacked, and that the gates change the cost alone:
 * around gates or everywhere, in windows joined, cut or too many, a dear pattern finds what it finds when it is run over
 * the whole text. keeps: R8, R9 */
#include "help.h"

#include "property/dice.h"

static const bawn_kind kinds[] = { { "test.ONE", "LLM01", "AML.T0051", BAWN_BLOCK, BAWN_BLOCK, "one" },
                                   { "test.TWO", "LLM01", "AML.T0051", BAWN_BLOCK, BAWN_BLOCK, "two" } };
static const bawn_pattern rows[] = {
    { "Ignore all of this", 0, BAWN_P_LITERAL | BAWN_P_CORE, 0.95f, "en", "", "" },
    { "zebra[a-z ]{0,40}quokka", 1, 0, 0.8f, "en", "", "" },
    { "plain words", 0, BAWN_P_LITERAL, 0.8f, "en", "", "" },
    { "@", 0, BAWN_P_TRIGGER, 0.8f, "*", "", "" },
    { "what[0-9]that", 0, 0, 0.8f, "en", "", "" },
    { "mode enabled", 0, BAWN_P_LITERAL | BAWN_P_CORE, 0.95f, "en", "", "" },
};
static const bawn_guard guard = { .guard = "test", .id = "test.rows", .places = BAWN_IN_ALL, .views = BAWN_VIEW_ALL, .kinds = kinds,
                                  .n_kinds = 2, .patterns = rows, .n_patterns = BAWN_COUNT(rows) };
static const bawn_guard *const guards[] = { &guard };

static void rows_are_listed_and_core_ones_transformed(void **state)
{
    bawn_arena *arena = bawn_arena_new(1024, 0);
    bawn_rules r;
    (void)state;
    assert_true(bawn_rules_list(&r, guards, 1, 5, arena, NULL));
    assert_int_equal(r.n_rules, BAWN_COUNT(rows) + 4 + 3);
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        assert_string_equal(r.rules[i].regex, rows[i].regex);
        assert_int_equal(r.rules[i].guard, 5);
        assert_ptr_equal(r.rules[i].pattern, &rows[i]);
        assert_int_equal(r.rules[i].type, BAWN_RULE_PATTERN);
    }
    static const char *const forms[] = { "Vtaber nyy bs guvf", "siht fo lla erongI", "erongI lla fo siht", "Ignoreallofthis",    /* ROT13 first */
                                         "zbqr ranoyrq", "delbane edom", "edom delbane" };                                   /* too short to be joined */
    for (size_t i = 0; i < BAWN_COUNT(forms); i++) {
        const bawn_rule *rule = &r.rules[BAWN_COUNT(rows) + i];
        assert_string_equal(rule->regex, forms[i]);
        assert_int_equal(rule->type, BAWN_RULE_FORM);
        assert_int_equal(rule->width, strlen(forms[i]));
        assert_ptr_equal(rule->pattern, &rows[i < 4 ? 0 : 5]);
    }
    bawn_arena_free(arena);
}

static void the_hash_is_of_every_row(void **state)
{
    bawn_arena *arena = bawn_arena_new(1024, 0);
    bawn_rules r;
    char one[72], other[72];
    (void)state;
    assert_true(bawn_rules_list(&r, guards, 1, 0, arena, NULL));
    assert_true(bawn_rules_hash(one, &r));
    assert_int_equal(strlen(one), 71);
    for (size_t i = 0; i < r.n_rules; i++) {
        bawn_rule old = r.rules[i];
        r.rules[i].regex = "another";
        assert_true(bawn_rules_hash(other, &r));
        assert_string_not_equal(one, other);
        r.rules[i] = old;
        r.rules[i].flags ^= BAWN_P_CASE;
        assert_true(bawn_rules_hash(other, &r));
        assert_string_not_equal(one, other);
        r.rules[i] = old;
    }
    assert_true(bawn_rules_hash(other, &r));
    assert_string_equal(one, other);
    bawn_malloc_fail_at = 1;                             /* never the name of nothing: a cache file would bear it */
    assert_false(bawn_rules_hash(other, &r));
    bawn_malloc_fail_at = 0;
    bawn_arena_free(arena);
}

/* ---- packing ------------------------------------------------------------------------------------------------------ */
static bawn_buf packed_rules(bool portable)
{
    bawn_arena *arena = bawn_arena_new(1024, 0);
    bawn_rules r;
    bawn_buf out = { 0 };
    bawn_error err = { 0 };
    assert_true(bawn_rules_list(&r, guards, 1, 0, arena, NULL) && bawn_rules_compile(&r, portable, arena, &err));
    assert_true(bawn_rules_pack(&out, &r));
    bawn_rules_free(&r);
    bawn_arena_free(arena);
    return out;
}

static bool unpacks(bawn_slice packed, bawn_buf *again)
{
    bawn_arena *arena = bawn_arena_new(1024, 0);
    bawn_error err = { 0 };
    bawn_rules r;
    assert_true(bawn_rules_list(&r, guards, 1, 0, arena, NULL));
    bool ok = bawn_rules_unpack(&r, packed, arena, &err);
    assert_true(ok || strstr(err.message, "rebuild it"));
    if (ok && again)
        assert_true(bawn_rules_pack(again, &r));
    bawn_rules_free(&r);
    bawn_arena_free(arena);
    return ok;
}

static void what_is_unpacked_is_what_was_packed(void **state)
{
    bawn_buf packed = packed_rules(false), again = { 0 };
    (void)state;
    assert_true(unpacks(bawn_buf_slice(&packed), &again));
    assert_int_equal(packed.len, again.len);
    /* but for bytes of a database that its library leaves as they are in memory */
    bawn_buf third = { 0 };
    assert_true(unpacks(bawn_buf_slice(&again), &third));
    assert_int_equal(third.len, again.len);
    bawn_buf_free(&packed);
    bawn_buf_free(&again);
    bawn_buf_free(&third);
}

/* Portable ones are used where they lie: which is asked for, and at a multiple of 64. */
static void what_is_linked_in_is_used_where_it_lies(void **state)
{
    bawn_buf packed = packed_rules(true), again = { 0 };
    char *at = aligned_alloc(BAWN_MATCH_ALIGN, (packed.len / BAWN_MATCH_ALIGN + 2) * BAWN_MATCH_ALIGN);
    bawn_arena *arena = bawn_arena_new(1024, 0);
    bawn_error err = { 0 };
    bawn_rules r;
    (void)state;
    for (size_t shift = 0; shift < 2; shift++) {
        memcpy(at + shift, packed.ptr, packed.len);
        assert_true(bawn_rules_list(&r, guards, 1, 0, arena, NULL));
        r.in_place = true;
        assert_int_equal(bawn_rules_unpack(&r, bawn_slice_of(at + shift, packed.len), arena, &err), shift == 0);
        if (shift == 0)
            assert_true(bawn_rules_pack(&again, &r));
        bawn_rules_free(&r);
    }
    assert_true(bawn_slice_eq(bawn_buf_slice(&again), bawn_buf_slice(&packed)));
    assert_false(unpacks(bawn_buf_slice(&packed), NULL));
    bawn_arena_free(arena);
    free(at);
    bawn_buf_free(&packed);
    bawn_buf_free(&again);
}

static void a_damaged_pack_is_refused(void **state)
{
    bawn_buf packed = packed_rules(false);
    size_t refused = 0, tried = 0;
    (void)state;
    for (size_t len = 0; len < packed.len; len += len < 400 ? 1 : 101) {
        char *copy = malloc(len + 1);           /* on the heap, so that reading past it is seen */
        memcpy(copy, packed.ptr, len);
        assert_false(unpacks(bawn_slice_of(copy, len), NULL));
        free(copy);
    }
    for (size_t at = 0; at < packed.len; at += at < 400 ? 1 : 101)
        for (int bit = 0; bit < 8; bit += at < 400 ? 1 : 7, tried++) {
            packed.ptr[at] = (char)(packed.ptr[at] ^ 1 << bit);
            refused += !unpacks(bawn_buf_slice(&packed), NULL);
            packed.ptr[at] = (char)(packed.ptr[at] ^ 1 << bit);
        }
    assert_in_range(refused, 1, tried);         /* the rest are numbers that may be any, and unused bytes */
    for (int i = 0; i < 6; i++) {               /* counts beyond all reason */
        uint32_t old, most = UINT32_MAX;
        memcpy(&old, packed.ptr + 4 * i, 4);
        memcpy(packed.ptr + 4 * i, &most, 4);
        assert_false(unpacks(bawn_buf_slice(&packed), NULL));
        memcpy(packed.ptr + 4 * i, &old, 4);
    }
    bawn_buf_free(&packed);
}

/* ---- gates --------------------------------------------------------------------------------------------------------- */
static const char *const dear[] = { "zebra[a-z ]{0,40}quokka", "(?:falcon|osprey)\\s{1,4}(?:nest|eyrie)", "platypus",
                                    "wombat.{0,200}numbat", "\u0441\u0435\u043A\u0440\u0435\u0442.{0,30}\u043A\u043B\u044E\u0447",
                                    "xyz[0-9]{1,3}k" };
/* So many plain rows beside them that the set is no longer looked for by one database. */
enum { DEAR = BAWN_COUNT(dear), ROWS = DEAR + BAWN_RULES_FEW };
static const bawn_kind animals[] = {
    { "zoo.T0", "LLM01", "AML.T0051", 0, 0, "" }, { "zoo.T1", "LLM01", "AML.T0051", 0, 0, "" }, { "zoo.T2", "LLM01", "AML.T0051", 0, 0, "" },
    { "zoo.T3", "LLM01", "AML.T0051", 0, 0, "" }, { "zoo.T4", "LLM01", "AML.T0051", 0, 0, "" }, { "zoo.T5", "LLM01", "AML.T0051", 0, 0, "" },
    { "zoo.OTHER", "LLM01", "AML.T0051", 0, 0, "" },
};
static char names[BAWN_RULES_FEW][24];
static bawn_pattern zoo_rows[ROWS];
static const bawn_guard zoo_guard = { .guard = "zoo", .id = "zoo", .places = BAWN_IN_ALL, .views = BAWN_VIEW_RAW, .kinds = animals,
                                      .n_kinds = BAWN_COUNT(animals), .patterns = zoo_rows, .n_patterns = ROWS };

static void make_rows(void)
{
    for (uint8_t i = 0; i < DEAR; i++)
        zoo_rows[i] = (bawn_pattern){ dear[i], i, 0, 0.95f, "*", "", "" };
    for (size_t i = 0; i < BAWN_RULES_FEW; i++) {
        snprintf(names[i], sizeof names[i], "otheranimal%03zu", i);
        zoo_rows[DEAR + i] = (bawn_pattern){ names[i], DEAR, BAWN_P_LITERAL, 0.95f, "*", "", "" };
    }
}

typedef struct { bawn_finds *finds; bawn_match_begins *begins; bawn_slice text; } oracle;

static void oracle_hit(void *context, uint32_t id, size_t end)
{
    oracle *o = context;
    size_t begin;
    if (bawn_match_begin(&begin, o->begins, id, dear[id], 0, o->text, end))
        bawn_finds_add(o->finds, &(bawn_found){ .kind = id, .span = { begin, end }, .view = BAWN_VIEW_RAW });
}

typedef struct { bench b; bawn_match *all; bawn_match_scratch *scratch; bawn_match_begins *begins; } zoo;

static void zoo_open(zoo *z)
{
    bawn_match_rule plain[BAWN_COUNT(dear)];
    bawn_error err = { 0 };
    *z = (zoo){ .begins = bawn_match_begins_new(BAWN_COUNT(dear)) };
    static const bawn_guard *const own[] = { &zoo_guard };
    make_rows();
    bench_own(&z->b, own, 1);
    z->b.own.decode_bound = DEAR;
    for (uint32_t i = 0; i < DEAR; i++) {
        plain[i] = (bawn_match_rule){ dear[i], 0, i };
        assert_int_equal(z->b.own.rules[0].rules[i].place, BAWN_BY_GATES);
    }
    for (uint32_t i = DEAR; i < ROWS; i++)
        assert_int_equal(z->b.own.rules[0].rules[i].place, BAWN_BY_LITERALS);
    assert_true(bawn_match_compile(&z->all, plain, DEAR, false, &err) && bawn_match_scratch_fit(&z->scratch, z->all, &err));
}

static void zoo_close(zoo *z)
{
    bench_close(&z->b);
    bawn_match_free(z->all);
    bawn_match_scratch_free(z->scratch);
    bawn_match_begins_free(z->begins);
}

/* The engine's findings, raw view, are those of the six patterns run over all of the text. */
static void same_as_everywhere(zoo *z, bawn_slice text, const char *what, size_t seed)
{
    bawn_finds want = { 0 };
    oracle o = { &want, z->begins, text };
    static char expected[1 << 16];
    assert_true(bawn_match_scan(z->all, z->scratch, text, oracle_hit, &o));
    bawn_finds_merge(&want);
    snprintf(expected, sizeof expected, "%s", describe(&z->b, &want, "zoo.T"));
    const char *got = judged(&z->b, text, "zoo.T");
    if (strcmp(got, expected) != 0)
        fail_msg("%s (BAWN_SEED=%zu), %zu bytes\n  gated:      %.600s\n  everywhere: %.600s", what, seed, text.len, got, expected);
    bawn_finds_free(&want);
}

static void a_dear_match_is_found_wherever_it_stands(void **state)
{
    static const char *const matches[] = { "zebra quokka", "Falcon  nest", "PLATYPUS", "osprey eyrie" };
    zoo z;
    char text[2048];
    (void)state;
    zoo_open(&z);
    for (size_t m = 0; m < BAWN_COUNT(matches); m++)
        for (size_t at = 0; at < 1200; at += at < 300 ? 1 : 37) {
            size_t n = strlen(matches[m]);
            memset(text, '-', sizeof text);
            memcpy(text + at, matches[m], n);
            same_as_everywhere(&z, bawn_slice_of(text, at + n), "at the end of the text", at);
            same_as_everywhere(&z, bawn_slice_of(text, at + n + 300), "in the middle", at);
            assert_true(z.b.finds.n > 0);
        }
    zoo_close(&z);
}

static void the_widest_match_fits_its_window(void **state)
{
    zoo z;
    bawn_buf text = { 0 };
    (void)state;
    zoo_open(&z);
    for (size_t gap = 195; gap <= 203; gap++)           /* up to 200 is a match */
        for (int wide = 0; wide < 2; wide++) {
            bawn_buf_clear(&text);
            bawn_buf_str(&text, wide ? "\u00E9 wombat" : "wombat");
            for (size_t i = 0; i < gap; i++)
                bawn_buf_byte(&text, 'x');
            bawn_buf_str(&text, "numbat\u00E9");
            same_as_everywhere(&z, bawn_buf_slice(&text), "at its widest", gap);
            assert_int_equal(z.b.finds.n > 0, gap <= 200);
        }
    bawn_buf_free(&text);
    zoo_close(&z);
}

static void write_filler(bawn_buf *text, dice *d, size_t n)
{
    static const char *const filler[] = { "x", " ", "-", "\u00E9", "lorem ", "ipsum\n", "\u0436", "\U0001F600", "zebr", "quok", "nest ", "numba" };
    while (n-- > 0)
        bawn_buf_str(text, PICK(d, filler));
}

static void random_texts_are_found_alike(void **state)
{
    static const char *const parts[] = { "zebra", "quokka", " quokka", "falcon", " nest", "osprey\n\n", "eyrie", "platypus", "wombat", "numbat",
        "\u0441\u0435\u043A\u0440\u0435\u0442", "\u041A\u041B\u042E\u0427", " ", "xyz12k", "ZEBRA and QUOKKA" };
    size_t seed = environment("BAWN_SEED", 1), rounds = environment("BAWN_ROUNDS", 1000);
    zoo z;
    (void)state;
    zoo_open(&z);
    for (size_t i = 0; i < rounds; i++) {
        dice d = { seed + i };
        bawn_buf text = { 0 };
        for (size_t n = 1 + under(&d, 40); n > 0; n--) {
            bawn_buf_str(&text, PICK(&d, parts));
            write_filler(&text, &d, one_in(&d, 3) ? under(&d, 120) : under(&d, 8));
        }
        same_as_everywhere(&z, bawn_buf_slice(&text), "a random text", seed + i);
        bawn_buf_free(&text);
    }
    zoo_close(&z);
}

static void more_windows_than_there_is_room_for_lose_nothing(void **state)
{
    zoo z;
    bawn_buf text = { 0 };
    dice d = { 3 };
    (void)state;
    zoo_open(&z);
    for (int round = 0; round < 700; round++) {         /* 512 windows, too far apart to be joined */
        bawn_buf_str(&text, round % 2 ? "platypus" : "zebra of quokka");
        for (int i = 0; i < 20; i++)
            bawn_buf_str(&text, "and so on ");
    }
    same_as_everywhere(&z, bawn_buf_slice(&text), "full", 0);
    bawn_buf_str(&text, "falcon nest");                 /* a rule that got no window: everything is run everywhere */
    write_filler(&text, &d, 50);
    bawn_buf_str(&text, "wombat numbat");
    same_as_everywhere(&z, bawn_buf_slice(&text), "overflowing", 0);
    assert_true(z.b.finds.n >= 702);
    bawn_buf_free(&text);
    zoo_close(&z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_listed_and_core_ones_transformed), cmocka_unit_test(the_hash_is_of_every_row),
        cmocka_unit_test(what_is_unpacked_is_what_was_packed),
        cmocka_unit_test(what_is_linked_in_is_used_where_it_lies), cmocka_unit_test(a_damaged_pack_is_refused),
        cmocka_unit_test(a_dear_match_is_found_wherever_it_stands),
        cmocka_unit_test(the_widest_match_fits_its_window), cmocka_unit_test(random_texts_are_found_alike),
        cmocka_unit_test(more_windows_than_there_is_room_for_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Judging is linear: a text of twice the length takes at most 2.5 times as long, whatever it repeats: the sample of each row of
 * each guard, its near miss, what it begins with and never ends, and what decoders and views work on. Backtracking and everything
 * else that is quadratic shows as 4.
 *
 * Time is the processor's for this thread, the least of several runs of each length, by turns; a text that seems too slow is
 * measured again, up to TRIES times, because a machine that does something else makes single measurements longer and never
 * shorter. BAWN_EVERY: only each so manieth text (1: all). keeps: T16, T17, P3a.10 */
#include <time.h>

#include "engine/builtin.h"
#include "dice.h"
#include "guard/guard.h"
#include "wall_help.h"

enum { SHORT = 24 << 10, RUNS = 3, TRIES = 6 };
#define MOST 2.5

static desk here;

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void fill(bawn_buf *out, bawn_slice piece, size_t n)
{
    bawn_buf_clear(out);
    while (out->len < n) {
        bawn_buf_add(out, piece);
        bawn_buf_byte(out, ' ');
    }
    assert_false(out->failed);
}

static double once(const bawn_buf *text)
{
    bawn_segment s = { BAWN_USER, BAWN_CALLER, BAWN_LIT("/a"), bawn_buf_slice(text) };
    const bawn_verdict *v;
    bawn_slice masked;
    bawn_error err = { 0 };
    double t = now_us();
    if (!bawn_inspect(&v, &masked, here.worker, BAWN_NIL, BAWN_INPUT, &s, 1, NULL, 0, NULL, &err))
        fail_msg("%s", err.message);
    return now_us() - t;
}

/* t(2n) / t(n). */
static double growth(bawn_slice piece)
{
    bawn_buf text[2] = { { 0 }, { 0 } };
    double best[2] = { 1e18, 1e18 };
    fill(&text[0], piece, SHORT);
    fill(&text[1], piece, (size_t)2 * SHORT);
    for (int attempt = 0; attempt < TRIES && (attempt == 0 || best[1] > MOST * best[0]); attempt++)
        for (int run = 0; run < RUNS; run++)
            for (int i = 0; i < 2; i++) {
                double t = once(&text[i]);
                best[i] = t < best[i] ? t : best[i];
            }
    bawn_buf_free(&text[0]);
    bawn_buf_free(&text[1]);
    return best[1] / best[0];
}

typedef struct { size_t n, done, every; double worst; char said[200]; size_t bad; } tally;

static void try(tally *t, const char *what, bawn_slice piece)
{
    if (piece.len == 0 || t->n++ % t->every != 0)
        return;
    double g = growth(piece);
    t->done++;
    if (g > MOST) {
        t->bad++;
        print_error("t(2n)/t(n) = %.2f: %s: %.*s\n", g, what, piece.len > 80 ? 80 : (int)piece.len, piece.ptr);
    }
    if (g > t->worst) {
        t->worst = g;
        snprintf(t->said, sizeof t->said, "%s: %.*s", what, piece.len > 60 ? 60 : (int)piece.len, piece.ptr);
    }
}

/* The first half of it, at a character. */
static bawn_slice half(const char *s)
{
    bawn_slice all = bawn_slice_str(s);
    return bawn_slice_of(s, bawn_utf8_floor(all, all.len / 2));
}

static void every_row_of_every_guard(void **state)
{
    tally t = { .every = environment("BAWN_EVERY", 23) };
    (void)state;
    for (size_t g = 0; g < bawn_n_guards; g++)
        for (size_t i = 0; i < bawn_guards[g]->n_patterns; i++) {
            const bawn_pattern *p = &bawn_guards[g]->patterns[i];
            try(&t, bawn_guards[g]->guard, bawn_slice_str(p->hit));
            try(&t, bawn_guards[g]->guard, bawn_slice_str(p->miss));
            try(&t, bawn_guards[g]->guard, half(p->hit));
        }
    print_message("%zu of %zu texts, the steepest %.2f (%s)\n", t.done, t.n, t.worst, t.said);
    assert_int_equal(t.bad, 0);
    assert_true(t.done > 20);
}

/* What has no row: what views undo, decoders open, numbers, openings without an end. */
static void every_text_that_is_hard(void **state)
{
    static const char *const hard[] = {
        "a", "A.", "1", "1-", "1 2 3", "(", "((((((((", "<", "<a ", "<a href=\"", "![", "![x](", "[a](http://", "`", "```", "{{", "${", "%25", "%3", "\\u0041", "\\x4",
        "&#x41;", "&amp", "QUJD", "QUJDREVG", "====", "0x41 0x42", "01000001", "i g n o r e", "i-g-n-o-r-e", "1gn0r3", "\xEF\xBD\x89", "\xE2\x80\x8B", "\xC2\xAD",
        "\xE2\x80\xAE", "a\xCC\x81\xCC\x81\xCC\x81\xCC\x81", "\xF0\x9F\x91\xA8\xE2\x80\x8D", "<EMAIL_1", "<EMAIL_", "a@", "a@b", "a.b.c.d@", "http://a.b/", "//", "../", "..%2f",
        "'", "' or '", "/*", "--", "; ", "|", "\n", "\r\n", "\t", "ignore all previous", "-----BEGIN", "-----BEGIN RSA PRIVATE KEY-----", "eyJ", "eyJhbGciOiJIUzI1NiJ9.",
        "4111 1111", "+1 (", "12/34/", "AAAA:", "::", "1.2.3", "password=", "key: ", "sk-", "\xE5\xBF\xBD\xE7\x95\xA5", "\xD0\xB8\xD0\xB3\xD0\xBD",
        "a b - c d -", "a b - - - - -", "A K I A", "\"A\", \"K\",", "A.\r\nK.\r\n", "i h g f e d c b a a i k a", "-ks", "AIKAQ7ZK2MX4VRT5HB3NAIKA", "Jye.a-b.c", "aika+akia/aika",
        "a8F3kQz7Lm2Xw9Rt5Yb1Nc6Vd4Hs0GjPuEoTiKqW3eZ.Jye", "9f3a7c1eb5d208467e1fa93c20d4b86aks-",
    };
    tally t = { .every = 1 };
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(hard); i++)
        try(&t, "hard", bawn_slice_str(hard[i]));
    print_message("%zu texts, the steepest %.2f (%s)\n", t.done, t.worst, t.said);
    assert_int_equal(t.bad, 0);
}

static int set_up(void **state)
{
    (void)state;
    here = desk_open("version: 1\nupstreams: {main: {dialect: openai, url: http://127.0.0.1:9/v1}}\ndefaults: {guardrail: g}\nguardrails:\n  g:\n"
                     "    code_injection: block\n    sensitive_information: {entities: {EMAIL: mask, PHONE: mask}}\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    desk_close(&here);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_row_of_every_guard), cmocka_unit_test(every_text_that_is_hard) };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* The engine in process: what it costs to judge a text, an exchange, a stream, and where the time goes.
 *
 *   micro                   everything: three tables, and `name value` lines for the bars
 *   micro quick             a tenth of the time
 *   micro parts             where the time goes, every part over 1 %, calls and bytes too
 *   micro prose LANG BYTES  prints the prose that is judged (english, russian, chinese)
 *   micro text FILE         a text of yours, judged as a request: how long, and where the time goes
 * A last argument that ends with ".yaml" is the policy; without it, it is the smallest one: all guards at their defaults.
 *
 * Times are CPU time of this thread, so that a busy machine disturbs little: the best and the median of many batches. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "exchange.h"
#include "profile.h"

#define BATCHES_MAX 400

static const char smallest[] =              /* with room for a text of 1 MB */
    "version: 1\nupstreams: {main: {dialect: openai, url: \"http://127.0.0.1:9400/v1\"}}\n"
    "defaults: {guardrail: micro}\nguardrails: {micro: {input_limits: {characters: 4000000}}}\n";
static const size_t sizes[] = { 1024, 8192, 65536, 1 << 20 };
static const char *const size_names[] = { "1kB", "8kB", "64kB", "1MB" };

typedef struct { double best, median; } cost;               /* ns a call */
typedef bool (*work)(void *);
typedef struct { bawn_worker *worker; const bawn_guardrail *guardrail; int place; bawn_slice text; bawn_finds finds; } judge_work;
typedef struct { bawn_worker *worker; dialogue talk; } exchange_work;

static double budget_ns = 2e8;                              /* for one figure */
static bawn_wall *wall;
static bawn_worker *worker;

static double cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "micro: %s\n", what);
    exit(1);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double batch(work run, void *arg, size_t n)
{
    double from = cpu_ns();
    for (size_t i = 0; i < n; i++)
        if (!run(arg))
            fail("a call failed");
    return (cpu_ns() - from) / (double)n;
}

static cost measure(work run, void *arg)
{
    static double took[BATCHES_MAX];
    double one = batch(run, arg, 1), spent = 0;
    size_t n = 0, each;

    one = batch(run, arg, one < 1e6 ? 20 : 1);
    each = one > 2e5 ? 1 : (size_t)(2e5 / one) + 1;
    while (n < BATCHES_MAX && (n < 5 || spent < budget_ns)) {
        took[n] = batch(run, arg, each);
        spent += took[n++] * (double)each;
    }
    qsort(took, n, sizeof *took, by_value);
    return (cost){ took[0], took[n / 2] };
}

/* The median of single calls, each after all caches were filled with something else: what a lone request meets on a
 * machine that does other things between two requests. */
static double measure_cold(work run, void *arg)
{
    enum { SWEEP = 64 << 20, LINE = 64, MOST = 100 };
    static double took[MOST];
    size_t n = budget_ns < 1e8 ? MOST / 4 : MOST;
    volatile char *sweep = malloc(SWEEP);

    if (!sweep)
        fail("no memory");
    for (size_t i = 0; i < n; i++) {
        for (size_t at = 0; at < SWEEP; at += LINE)
            sweep[at] = (char)(sweep[at] + 1);
        took[i] = batch(run, arg, 1);
    }
    free((void *)sweep);
    qsort(took, n, sizeof *took, by_value);
    return took[n / 2];
}

/* ---- what is measured ------------------------------------------------------------------------------------------- */
static bool judge(void *arg)
{
    judge_work *w = arg;
    bawn_judging j = { .worker = w->worker, .guardrail = w->guardrail, .place = w->place, .finds = &w->finds };
    w->finds.n = 0;
    return bawn_judge_text(&j, w->text);
}

static bool exchange(void *arg)
{
    exchange_work *w = arg;
    return dialogue_run(w->worker, &w->talk);
}

static bool read_file(bawn_buf *out, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    size_t n = bawn_buf_reserve(out, 1 << 20) ? fread(out->ptr, 1, 1 << 20, f) : 0;
    out->len = n;
    fclose(f);
    return n > 0;
}

static void load(const char *path)
{
    bawn_error err = { 0 };
    bawn_buf yaml = { 0 };

    if (path ? !read_file(&yaml, path) : !bawn_buf_str(&yaml, smallest))
        fail("the policy cannot be read");
    double from = cpu_ns();
    if (!bawn_wall_load(&wall, path ? path : "micro.yaml", bawn_buf_slice(&yaml), NULL, &err) ||
        !bawn_worker_new(&worker, wall, &err))
        fail(err.message);
    printf("%s loaded in %.1f ms\n", path ? path : "smallest policy", (cpu_ns() - from) / 1e6);
    bawn_buf_free(&yaml);
}

static judge_work judge_of(const bawn_buf *text, int place)
{
    return (judge_work){ .worker = worker, .guardrail = &wall->guardrails[wall->default_guardrail], .place = place,
                         .text = bawn_buf_slice(text) };
}

/* ---- tables -------------------------------------------------------------------------------------------------------- */
static void judge_row(prose_language l, size_t size)
{
    bawn_buf text = { 0 };
    prose_write(&text, l, sizes[size]);
    printf("%-8s %5s", prose_names[l], size_names[size]);
    for (int place = BAWN_PLACE_INPUT; place <= BAWN_PLACE_OUTPUT; place += BAWN_PLACE_OUTPUT - BAWN_PLACE_INPUT) {
        judge_work w = judge_of(&text, place);
        cost c = measure(judge, &w);
        printf("  %11.2f %11.2f %7.0f %5zu", c.best / 1e3, c.median / 1e3, (double)text.len * 1e3 / c.best, w.finds.n);
        bawn_finds_free(&w.finds);
    }
    printf("\n");
    fflush(stdout);
    bawn_buf_free(&text);
}

static void judge_table(void)
{
    printf("\nOne text, all views and guards\n%-14s  %37s  %37s\n", "", "input: best us   median us    MB/s finds",
           "output: best us   median us    MB/s finds");
    for (prose_language l = 0; l < PROSE_LANGUAGES; l++)
        for (size_t s = 0; s < BAWN_COUNT(sizes); s++)
            judge_row(l, s);
}

static void exchange_row(const char *name, prose_language l, size_t bytes, answer_kind kind)
{
    exchange_work w = { .worker = worker };
    if (!dialogue_make(&w.talk, l, bytes, kind))
        fail("no memory");
    cost c = measure(exchange, &w);
    printf("%-40s %11.2f %11.2f\n", name, c.best / 1e3, c.median / 1e3);
    fflush(stdout);
    dialogue_free(&w.talk);
}

static void exchange_table(void)
{
    printf("\nA whole exchange: request, answer, record %8s %11s\n", "best us", "median us");
    exchange_row("1 kB, answer 0.9 kB", PROSE_ENGLISH, 1024, ANSWER_JSON);
    exchange_row("8 kB, answer 0.9 kB", PROSE_ENGLISH, 8192, ANSWER_JSON);
    exchange_row("64 kB, answer 0.9 kB", PROSE_ENGLISH, 65536, ANSWER_JSON);
    exchange_row("1 MB, answer 0.9 kB", PROSE_ENGLISH, 1 << 20, ANSWER_JSON);
    exchange_row("8 kB Russian, answer 0.9 kB", PROSE_RUSSIAN, 8192, ANSWER_JSON);
    exchange_row("8 kB Chinese, answer 0.9 kB", PROSE_CHINESE, 8192, ANSWER_JSON);
    exchange_row("1 kB, stream of 50 events", PROSE_ENGLISH, 1024, ANSWER_STREAM);
    exchange_row("1 kB, the same in one piece", PROSE_ENGLISH, 1024, ANSWER_COALESCED);
}

/* ---- where the time goes ----------------------------------------------------------------------------------------------- */
static profile best_profile(work run, void *arg)
{
    profile best = { .total = UINT64_MAX }, p;
    double spent = 0;

    for (int i = 0; i < 2000 && (i < 5 || spent < budget_ns / 2); i++) {
        profile_begin();
        bool ok = run(arg);
        profile_end(&p);
        if (!ok)
            fail("a call failed");
        spent += profile_ns(p.total);
        if (p.total < best.total)
            best = p;
    }
    return best;
}

static profile profile_text(prose_language l, size_t bytes, int place)
{
    bawn_buf text = { 0 };
    prose_write(&text, l, bytes);
    judge_work w = judge_of(&text, place);
    profile p = best_profile(judge, &w);
    bawn_finds_free(&w.finds);
    bawn_buf_free(&text);
    return p;
}

static profile profile_exchange(size_t bytes, answer_kind kind)
{
    exchange_work w = { .worker = worker };
    if (!dialogue_make(&w.talk, PROSE_ENGLISH, bytes, kind))
        fail("no memory");
    profile p = best_profile(exchange, &w);
    dialogue_free(&w.talk);
    return p;
}

enum { COLUMNS = 9 };
static const char *const columns[COLUMNS] = { "in 1kB", "in 8kB", "in 64kB", "out 8kB", "ru 8kB", "zh 8kB", "x 1kB", "x 64kB",
                                              "stream" };

static void print_part(const profile *p, size_t part, bool all)
{
    double most = 0;
    for (int c = 0; c < COLUMNS; c++) {
        double share = (double)p[c].parts[part].ticks / (double)p[c].total;
        most = share > most ? share : most;
    }
    if (most < (all ? 0.0005 : 0.01))
        return;
    printf("%-28s", profile_name(part));
    for (int c = 0; c < COLUMNS; c++)
        printf(" %9.2f", profile_ns(p[c].parts[part].ticks) / 1e3);
    printf("\n");
    if (!all)
        return;
    printf("%28s", "calls");
    for (int c = 0; c < COLUMNS; c++)
        printf(" %9llu", (unsigned long long)p[c].parts[part].calls);
    printf("\n%28s", "bytes");
    for (int c = 0; c < COLUMNS; c++)
        printf(" %9llu", (unsigned long long)p[c].parts[part].bytes);
    printf("\n");
}

static void parts_table(bool all)
{
    static profile p[COLUMNS];

    profile_install(wall);
    p[0] = profile_text(PROSE_ENGLISH, 1024, BAWN_PLACE_INPUT);
    p[1] = profile_text(PROSE_ENGLISH, 8192, BAWN_PLACE_INPUT);
    p[2] = profile_text(PROSE_ENGLISH, 65536, BAWN_PLACE_INPUT);
    p[3] = profile_text(PROSE_ENGLISH, 8192, BAWN_PLACE_OUTPUT);
    p[4] = profile_text(PROSE_RUSSIAN, 8192, BAWN_PLACE_INPUT);
    p[5] = profile_text(PROSE_CHINESE, 8192, BAWN_PLACE_INPUT);
    p[6] = profile_exchange(1024, ANSWER_JSON);
    p[7] = profile_exchange(65536, ANSWER_JSON);
    p[8] = profile_exchange(1024, ANSWER_STREAM);
    printf("\nWhere the time goes, us (in/out: one English text, ru/zh: on input; x: an exchange; stream: 50 events; the\n"
           "clock's own reading is in it, so the sum is more than above)\n%-28s", "");
    for (int c = 0; c < COLUMNS; c++)
        printf(" %9s", columns[c]);
    printf("\n");
    for (size_t part = 0; part < PROFILE_PARTS; part++)
        if (profile_name(part))
            print_part(p, part, all);
    printf("%-28s", "all");
    for (int c = 0; c < COLUMNS; c++)
        printf(" %9.2f", profile_ns(p[c].total) / 1e3);
    printf("\n");
}

/* ---- lines for the bars -------------------------------------------------------------------------------------------------- */
static void bar(const char *name, prose_language l, size_t bytes, bool cold)
{
    bawn_buf text = { 0 };
    prose_write(&text, l, bytes);
    judge_work w = judge_of(&text, BAWN_PLACE_INPUT);
    printf("%s %.2f\n", name, (cold ? measure_cold(judge, &w) : measure(judge, &w).median) / 1e3);
    bawn_finds_free(&w.finds);
    bawn_buf_free(&text);
}

static int print_prose(const char *name, const char *bytes)
{
    bawn_buf text = { 0 };
    for (prose_language l = 0; l < PROSE_LANGUAGES; l++)
        if (strcmp(name, prose_names[l]) == 0 && prose_write(&text, l, strtoul(bytes, NULL, 10))) {
            fwrite(text.ptr, 1, text.len, stdout);
            bawn_buf_free(&text);
            return 0;
        }
    fail("expected: micro prose english|russian|chinese BYTES");
    return 1;
}

static void text_parts(const char *path)
{
    bawn_buf text = { 0 };
    if (!read_file(&text, path) || bawn_utf8_valid_prefix(bawn_buf_slice(&text)) < text.len)
        fail("the text cannot be read, or is not UTF-8");
    judge_work w = judge_of(&text, BAWN_PLACE_INPUT);
    cost c = measure(judge, &w);
    printf("%zu bytes: best %.1f us, median %.1f us, %zu finds\n", text.len, c.best / 1e3, c.median / 1e3, w.finds.n);
    profile_install(wall);
    profile p = best_profile(judge, &w);
    for (size_t part = 0; part < PROFILE_PARTS; part++)
        if (profile_name(part) && p.parts[part].calls)
            printf("%-28s %10.2f us %8llu calls %9llu bytes\n", profile_name(part), profile_ns(p.parts[part].ticks) / 1e3,
                   (unsigned long long)p.parts[part].calls, (unsigned long long)p.parts[part].bytes);
    bawn_finds_free(&w.finds);
    bawn_buf_free(&text);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "", *last = argv[argc - 1], *path = NULL;
    size_t n = argc > 1 ? strlen(last) : 0;

    if (argc == 4 && strcmp(what, "prose") == 0)
        return print_prose(argv[2], argv[3]);
    if (strcmp(what, "quick") == 0)
        budget_ns /= 10;
    if (n > 5 && strcmp(last + n - 5, ".yaml") == 0)
        path = last;
    load(path);
    if (argc > 2 && strcmp(what, "text") == 0) {
        text_parts(argv[2]);
        return 0;
    }
    if (strcmp(what, "parts") != 0) {
        judge_table();
        exchange_table();
        printf("\n");
        bar("engine_us_1kB", PROSE_ENGLISH, 1024, false);
        bar("engine_us_8kB", PROSE_ENGLISH, 8192, false);
        bar("engine_us_1kB_cold", PROSE_ENGLISH, 1024, true);
        bar("engine_us_8kB_cold", PROSE_ENGLISH, 8192, true);
        fflush(stdout);
    }
    parts_table(strcmp(what, "parts") == 0);
    bawn_worker_free(worker);
    bawn_wall_free(wall);
    return 0;
}

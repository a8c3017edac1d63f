/* Limits on a caller's text (OWASP LLM10). Counts are checked by plain functions. The scan finds
 *
 * repeats: a word or another unit of up to 24 bytes that stands run times in a row. Text is compared with itself a few
 *   distances back, at samples STEP bytes apart: a run that is long enough cannot lie between them. Where a sample
 *   agrees, the run is measured to the byte. The distances are multiples of all periods up to 17 bytes, so nine
 *   comparisons of eight bytes serve them all.
 * floods: few words in any order. Of a stretch of 1,024 bytes, four bytes in every 16 are hashed, each time at another
 *   place of the 16, so that a list whose items are as wide as that ("word100 word101") shows more than its common part;
 *   prose has about 60 different ones in 64, a few words over and over have at most FLOOD_KINDS. So many stretches in a
 *   row make a flood.
 * scripts: counts letters inside and outside the allowed scripts; 20 letters, and more outside than inside, is a finding.
 *   A sign of Chinese or Japanese says as much as three letters, one of Korean as two, and counts so.
 *
 * All positions count from the text's begin, so cuts change nothing. KEEP bytes behind the place that is compared are
 * held. A finding is the unit, or the sample, with which the limit was reached, not all before it. */
#include "guard/limits/limits.h"

#include "guard/guard.h"

#define KEEP 192
#define STEP 64
#define PERIOD_MOST 24
#define SAMPLE 8
#define SIGNS_TIMES 4       /* rulers and blanks ("-----", "     ") may be so many times longer */
#define STRETCH 64          /* samples in a stretch */
#define FLOOD_KINDS 10
#define LETTERS_LEAST 20
#define TAIL_MOST 1024      /* bytes without letters behind the last letter, before it is given up as the finding's place */
#define LOST UINT32_MAX

size_t bawn_limits_check(uint8_t kinds[3], const bawn_limits *l, const bawn_limits_counts *c)
{
    size_t n = 0;
    if (l->characters > 0 && c->characters > l->characters)
        kinds[n++] = BAWN_LIMITS_CHARACTERS;
    if (l->messages > 0 && c->messages > l->messages)
        kinds[n++] = BAWN_LIMITS_MESSAGES;
    if (l->depth > 0 && c->depth > l->depth)
        kinds[n++] = BAWN_LIMITS_DEPTH;
    return n;
}

/* `*_at`: offsets from the scan's begin. */
typedef struct {
    uint32_t repeat_at, matched, flood_at, letters_at, inside, outside, last_at;
    uint8_t period, samples, kinds_seen, started;
    uint16_t stretches;
    uint64_t seen[2];
} memory;
_Static_assert(sizeof(memory) <= 64, "a scan's state");

static void report(bawn_probe *p, uint8_t kind, size_t begin, size_t end)
{
    while (begin > p->begin && !bawn_utf8_is_start((unsigned char)p->text.ptr[begin]))
        begin--;
    bawn_probe_found(p, kind, begin, bawn_utf8_ceil(p->text, end), 0.95f);
}

/* ---- repeats ------------------------------------------------------------------------------------------------------ */
static bool same(const char *t, size_t x, size_t distance) { return memcmp(t + x, t + x - distance, SAMPLE) == 0; }

/* The shortest period at x, 0 when text does not repeat there. known: bytes before x that may be read. */
static uint8_t period_at(const char *t, size_t x, size_t known, bool close)
{
    static const uint8_t distances[] = { 24, 35, 27, 30, 22, 26, 28, 32, 34 };
    bool any = close;
    for (size_t i = 0; i < BAWN_COUNT(distances) && !any; i++)
        any = distances[i] <= known && same(t, x, distances[i]);
    for (uint8_t d = 1; any && d <= PERIOD_MOST && d <= known; d++)
        if (same(t, x, d))
            return d;
    return 0;
}

static bool sign(char c) { return (unsigned char)c < 0x80 && !bawn_is_alnum((unsigned char)c); }

static uint64_t needed(const char *t, size_t x, uint8_t period, uint32_t run)
{
    return (uint64_t)run * period * (period == 1 && sign(t[x - 1]) ? SIGNS_TIMES : 1);
}

/* Over the run in which x lies; reports the unit that is one too many. True: it ended at x. */
static bool follow(bawn_probe *p, memory *m, size_t *x, uint32_t run)
{
    const char *t = p->text.ptr;
    while (*x < p->text.len && t[*x] == t[*x - m->period]) {
        ++*x;
        if (++m->matched + (uint64_t)m->period == needed(t, *x, m->period, run))
            report(p, BAWN_LIMITS_REPEATED_TOKENS, *x - m->period, *x);
    }
    return *x < p->text.len;
}

static void begin_run(bawn_probe *p, memory *m, size_t x, size_t known, uint32_t run)
{
    const char *t = p->text.ptr;
    size_t least = x - known + m->period, start = x;
    while (start > least && t[start - 1] == t[start - 1 - m->period])
        start--;
    m->matched = (uint32_t)(x - start);
    if (m->matched + (uint64_t)m->period >= needed(t, x, m->period, run))
        m->matched = (uint32_t)(needed(t, x, m->period, run) - m->period - 1);
}

static size_t repeats(bawn_probe *p, memory *m, uint32_t run)
{
    size_t step = run > 112 ? STEP : run > 48 ? run - 47 : 1, x = p->begin + m->repeat_at;
    while (x < p->text.len) {
        if (m->period > 0) {
            if (!follow(p, m, &x, run))
                break;
            m->period = 0;
            m->matched = 0;
        }
        if (x + SAMPLE > p->text.len)
            break;
        size_t known = x - p->begin < KEEP - SAMPLE ? x - p->begin : KEEP - SAMPLE;
        m->period = period_at(p->text.ptr, x, known, step == 1);
        if (m->period > 0)
            begin_run(p, m, x, known, run);
        else
            x += step;
    }
    return x;
}

/* ---- floods ---------------------------------------------------------------------------------------------------------- */
static void sample(memory *m, const char *at)
{
    uint32_t v;
    memcpy(&v, at, sizeof v);
    v = (v | 0x20202020u) * 0x9E3779B1u;    /* two rounds: neighbours in the alphabet must not collide */
    unsigned bit = ((v ^ v >> 15) * 0x85EBCA77u) >> 25;
    uint64_t mask = (uint64_t)1 << (bit & 63);
    m->kinds_seen = (uint8_t)(m->kinds_seen + !(m->seen[bit >> 6] & mask));
    m->seen[bit >> 6] |= mask;
    m->samples++;
}

static size_t floods(bawn_probe *p, memory *m, uint32_t run)
{
    size_t y = p->begin + m->flood_at;
    uint32_t limit = run / 100 < 2 ? 2 : run / 100;     /* 1,024 bytes are about 200 words */
    for (; y + 20 <= p->text.len; y += 16) {
        size_t at = y + (7u * m->samples & 15);
        sample(m, p->text.ptr + at);
        if (m->samples < STRETCH)
            continue;
        m->stretches = m->kinds_seen <= FLOOD_KINDS ? (uint16_t)(m->stretches + (m->stretches < UINT16_MAX)) : 0;
        if (m->stretches == limit)
            report(p, BAWN_LIMITS_REPEATED_TOKENS, at, at + 4);
        m->samples = m->kinds_seen = 0;
        m->seen[0] = m->seen[1] = 0;
    }
    return y;
}

/* ---- scripts ---------------------------------------------------------------------------------------------------------- */
static size_t letters(bawn_probe *p, memory *m, uint64_t allowed)
{
    size_t z = p->begin + m->letters_at, last = m->last_at == LOST ? SIZE_MAX : p->begin + m->last_at;
    while (z < p->text.len) {
        size_t begin = z;
        uint32_t weight, c = bawn_utf8_next(p->text, &z);
        uint64_t script = bawn_limits_script(&weight, c);
        if (script != 0)
            last = begin;
        m->inside += script & allowed ? weight : 0;
        m->outside += script & allowed ? 0 : weight;
    }
    bool near = last != SIZE_MAX && p->text.len - last <= TAIL_MOST;
    m->letters_at = (uint32_t)(z - p->begin);
    m->last_at = near ? (uint32_t)(last - p->begin) : LOST;
    if (p->final && m->inside + m->outside >= LETTERS_LEAST && m->outside > m->inside) {
        size_t at = near ? last : p->text.len - 1;
        report(p, BAWN_LIMITS_LANGUAGE, at, at + 1);
    }
    return near ? last : p->text.len;
}

/* ---- the scan ---------------------------------------------------------------------------------------------------------- */
static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static void scan(bawn_probe *p)
{
    const bawn_limits *l = p->settings;
    uint32_t run = l ? l->repeated_token_run : BAWN_LIMITS_RUN_DEFAULT;
    memory m;
    size_t end = p->text.len;

    memcpy(&m, p->state, sizeof m);
    if (!m.started)
        m.repeat_at = m.started = 1;
    if (run > 0) {
        run = run < 10 ? 10 : run;
        size_t x = repeats(p, &m, run), y = floods(p, &m, run);
        m.repeat_at = (uint32_t)(x - p->begin);
        m.flood_at = (uint32_t)(y - p->begin);
        end = least(least(x - least(x - p->begin, KEEP), y), end);
    }
    if (l && l->scripts)
        end = least(end, letters(p, &m, l->scripts));
    while (end > p->begin && end < p->text.len && !bawn_utf8_is_start((unsigned char)p->text.ptr[end]))
        end--;
    if (p->final)
        end = p->text.len;
    uint32_t moved = (uint32_t)(end - p->begin);
    m.repeat_at -= (uint32_t)least(m.repeat_at, moved);
    m.flood_at -= (uint32_t)least(m.flood_at, moved);
    m.letters_at -= (uint32_t)least(m.letters_at, moved);
    if (m.last_at != LOST)
        m.last_at -= (uint32_t)least(m.last_at, moved);
    p->end = end;
    memcpy(p->state, &m, sizeof m);
}

static const bawn_kind kinds[] = {
    { "limits.CHARACTERS", "LLM10", "AML.T0029", BAWN_BLOCK, BAWN_ALLOW, "more characters in a request than allowed" },
    { "limits.MESSAGES", "LLM10", "AML.T0029", BAWN_BLOCK, BAWN_ALLOW, "more messages in a request than allowed" },
    { "limits.DEPTH", "LLM10", "AML.T0029", BAWN_BLOCK, BAWN_ALLOW, "a body nested deeper than allowed" },
    { "limits.REPEATED_TOKENS", "LLM10", "AML.T0029", BAWN_BLOCK, BAWN_ALLOW, "the same few words or signs over and over" },
    { "limits.LANGUAGE", "LLM10", "AML.T0029", BAWN_BLOCK, BAWN_ALLOW, "a text mostly in scripts of languages that are not allowed" },
    { "limits.DECODE_BOUND", "LLM10", "AML.T0029", BAWN_BLOCK, BAWN_ALLOW, "more encoded text inside a text than is decoded" },
};
_Static_assert(BAWN_COUNT(kinds) == BAWN_LIMITS_KINDS, "a row for each kind");

const bawn_guard bawn_guard_limits = {
    .guard = "limits", .id = "limits",
    .doc = "Counts of a request (checked by the engine), words and units repeated many times in a row, few words over long stretches, "
           "scripts of languages that are not allowed.",
    .places = BAWN_IN_INPUT | BAWN_IN_UNTRUSTED, .views = BAWN_VIEW_RAW,
    .kinds = kinds, .n_kinds = BAWN_COUNT(kinds), .scan = scan,
};

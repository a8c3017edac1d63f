/* A stack of parts with exclusive times, read from the time-stamp counter (x86) or the monotonic clock. One wrapped
 * call costs about 40 ns, so the parts say where time goes and the unprofiled runs say how much there is. */
#include "profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "dialect/walk.h"
#include "engine/channel.h"
#include "guard/leak/leak.h"
#include "guard/runs.h"
#include "record/record.h"

#define MAX_GUARDS 128
#define DEPTH 64

enum { REST, FLAGS, LITERALS, SHORT, SIGNS, WIDE, SLOW, ANCHORS, GATES, BEGINS, RUNS, CANONICAL, DECODE_FIND, DECODE_RUN,
       MAP, COUNT, MERGE, JSON, JSON_STRING, WALK, LEAK_PROMPT, CHANNEL, RENDER, SSE, EVENT, HASH, NAMED };
enum { CONFIRM = 32, SCAN = CONFIRM + MAX_GUARDS };

static const char *const names[NAMED] = { "everything else", "flags", "literals", "short database", "signs", "not ASCII",
    "dear windows", "anchors", "hits and gates", "begins (PCRE2)", "number runs", "canonical", "decode: find",
    "decode: run", "map to raw", "count characters", "merge finds", "JSON parse", "JSON strings", "dialect walk",
    "leak fingerprints", "channel", "render", "events: framing", "record: event", "record: hashes" };

static struct { int part; uint64_t below; } stack[DEPTH];
static int depth;
static bool on;
static uint64_t begun;
static profile now;
static const bawn_wall *wall;
static bawn_guard guards[MAX_GUARDS];
static void (*confirms[MAX_GUARDS])(bawn_probe *), (*scans[MAX_GUARDS])(bawn_probe *);

static uint64_t ticks(void)
{
#if defined(__x86_64__)
    return __rdtsc();
#else
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
#endif
}

double profile_ns(uint64_t n)
{
    static double per_tick;
    struct timespec a, b;
    if (per_tick == 0) {
        clock_gettime(CLOCK_MONOTONIC, &a);
        uint64_t from = ticks();
        do
            clock_gettime(CLOCK_MONOTONIC, &b);
        while ((b.tv_sec - a.tv_sec) * 1000000000 + (b.tv_nsec - a.tv_nsec) < 20000000);
        per_tick = (double)((b.tv_sec - a.tv_sec) * 1000000000 + (b.tv_nsec - a.tv_nsec)) / (double)(ticks() - from);
    }
    return (double)n * per_tick;
}

static uint64_t enter(int part, size_t bytes)
{
    if (!on || depth == DEPTH)
        return 0;
    stack[depth].part = part;
    stack[depth++].below = 0;
    now.parts[part].calls++;
    now.parts[part].bytes += bytes;
    return ticks();
}

static void leave(uint64_t since)
{
    if (since == 0)
        return;
    uint64_t took = ticks() - since;
    depth--;
    now.parts[stack[depth].part].ticks += took - stack[depth].below;
    if (depth > 0)
        stack[depth - 1].below += took;
}

void profile_begin(void)
{
    now = (profile){ 0 };
    depth = 0;
    on = true;
    begun = enter(REST, 0);
}

void profile_end(profile *out)
{
    uint64_t end = ticks();
    leave(begun);
    on = false;
    now.total = end - begun;
    *out = now;
}

const char *profile_name(size_t part)
{
    static char name[80];
    if (part < NAMED)
        return names[part];
    if (part < CONFIRM || part >= SCAN + MAX_GUARDS)
        return NULL;
    const bawn_guard *g = &guards[(part - CONFIRM) % MAX_GUARDS];
    snprintf(name, sizeof name, "%s %s", part < SCAN ? "confirm" : "scan", g->id ? g->id : "?");
    return name;
}

/* ---- guards -------------------------------------------------------------------------------------------------- */
static void timed_confirm(bawn_probe *p)
{
    ptrdiff_t g = p->guard - guards;
    uint64_t t = enter(CONFIRM + (int)g, 0);
    confirms[g](p);
    leave(t);
}

static void timed_scan(bawn_probe *p)
{
    ptrdiff_t g = p->guard - guards;
    uint64_t t = enter(SCAN + (int)g, p->text.len);
    scans[g](p);
    leave(t);
}

void profile_install(bawn_wall *w)
{
    wall = w;
    for (size_t i = 0; i < w->n_guards && i < MAX_GUARDS; i++) {
        guards[i] = *w->guards[i];
        confirms[i] = guards[i].confirm;
        scans[i] = guards[i].scan;
        if (guards[i].confirm)
            guards[i].confirm = timed_confirm;
        if (guards[i].scan)
            guards[i].scan = timed_scan;
        w->guards[i] = &guards[i];
    }
}

/* ---- the byte pass --------------------------------------------------------------------------------------------- */
typedef struct { bawn_match_hit hit; void *context; } relay;

static void timed_hit(void *context, uint32_t id, size_t end)
{
    relay *r = context;
    uint64_t t = enter(GATES, 0);
    r->hit(r->context, id, end);
    leave(t);
}

static int database_of(const bawn_match *db)
{
    for (int set = 0; wall && set < 2; set++) {
        static const int parts[BAWN_DBS] = { SHORT, SIGNS, WIDE, ANCHORS, ANCHORS };
        for (int d = 0; d < BAWN_DBS; d++)
            if (db == wall->rules[set].db[d])
                return parts[d];
    }
    return SLOW;
}

/* Both have the type that the header gives the function: where that changes, this file no longer compiles, rather than run wrong. */
#define REAL(result, name, ...) extern __typeof__(name) __real_##name, __wrap_##name; \
    result __wrap_##name(__VA_ARGS__)
#define TIMED(part, bytes, type, call) { uint64_t t = enter(part, bytes); type r = call; leave(t); return r; }

REAL(bool, bawn_match_scan, const bawn_match *db, bawn_match_scratch *s, bawn_slice text, bawn_match_hit hit, void *context)
{
    if (!on)
        return __real_bawn_match_scan(db, s, text, hit, context);
    relay r = { hit, context };
    uint64_t t = enter(database_of(db), text.len);
    bool ok = __real_bawn_match_scan(db, s, text, timed_hit, &r);
    leave(t);
    return ok;
}

REAL(void, bawn_literals_scan, const bawn_literals *set, bawn_slice text, size_t from, bawn_literals_hit hit, void *context)
{
    if (!on) {
        __real_bawn_literals_scan(set, text, from, hit, context);
        return;
    }
    relay r = { hit, context };
    uint64_t t = enter(wall && (set == wall->rules[0].anchor_literals || set == wall->rules[1].anchor_literals) ? ANCHORS : LITERALS,
                       text.len - from);
    __real_bawn_literals_scan(set, text, from, timed_hit, &r);
    leave(t);
}

/* ---- the rest ---------------------------------------------------------------------------------------------------- */
REAL(bool, bawn_match_begin, size_t *out, bawn_match_begins *b, uint32_t id, const char *regex, uint8_t flags,
     bawn_slice text, size_t end)
TIMED(BEGINS, 0, bool, __real_bawn_match_begin(out, b, id, regex, flags, text, end))

REAL(uint32_t, bawn_text_flags, bawn_slice text)
TIMED(FLAGS, text.len, uint32_t, __real_bawn_text_flags(text))

REAL(bool, bawn_run_next, bawn_span *run, size_t *from, bool *open, bawn_slice text, bool final)
TIMED(RUNS, 0, bool, __real_bawn_run_next(run, from, open, text, final))

REAL(bool, bawn_canonical_feed, bawn_canonical *c, bawn_buf *out, bawn_text_map *map, bool *differs, bawn_slice raw, bool final)
TIMED(CANONICAL, raw.len, bool, __real_bawn_canonical_feed(c, out, map, differs, raw, final))

REAL(int, bawn_decode_find, bawn_span *run, bawn_code *code, bool *open, size_t *from, bawn_slice text, bool final)
TIMED(DECODE_FIND, text.len - *from, int, __real_bawn_decode_find(run, code, open, from, text, final))

REAL(bool, bawn_decode_run, bawn_buf *out, bool *useful, bawn_slice run, bawn_code code)
TIMED(DECODE_RUN, run.len, bool, __real_bawn_decode_run(out, useful, run, code))

REAL(bawn_span, bawn_text_map_span, const bawn_text_map *m, bawn_span view)
TIMED(MAP, 0, bawn_span, __real_bawn_text_map_span(m, view))

REAL(size_t, bawn_utf8_count, bawn_slice s)
TIMED(COUNT, s.len, size_t, __real_bawn_utf8_count(s))

REAL(bool, bawn_json_parse, bawn_json *j, bawn_slice text, unsigned max_depth, bawn_error *err)
TIMED(JSON, text.len, bool, __real_bawn_json_parse(j, text, max_depth, err))

REAL(bool, bawn_json_decode, bawn_slice *out, bawn_json_map *map, const bawn_json *j, uint32_t token, bawn_arena *a)
TIMED(JSON_STRING, 0, bool, __real_bawn_json_decode(out, map, j, token, a))

REAL(bool, bawn_walk_run, bawn_walk *w, const char *root, bawn_place start)
TIMED(WALK, 0, bool, __real_bawn_walk_run(w, root, start))

REAL(bawn_leak_prompt *, bawn_leak_prompt_new, const bawn_slice *texts, size_t n, unsigned min_words)
TIMED(LEAK_PROMPT, 0, bawn_leak_prompt *, __real_bawn_leak_prompt_new(texts, n, min_words))

REAL(bool, bawn_channel_feed, bawn_channel *c, bawn_slice text, bool last)
TIMED(CHANNEL, text.len, bool, __real_bawn_channel_feed(c, text, last))

REAL(bool, bawn_channel_render, bawn_buf *out, bawn_channel *c, size_t from, size_t to, bool nested)
TIMED(RENDER, to - from, bool, __real_bawn_channel_render(out, c, from, to, nested))

REAL(bool, bawn_sse_feed, bawn_sse *s, bawn_slice bytes, bool last)
TIMED(SSE, bytes.len, bool, __real_bawn_sse_feed(s, bytes, last))

REAL(bool, bawn_sse_next, bawn_sse *s, bawn_sse_event *out)
TIMED(SSE, 0, bool, __real_bawn_sse_next(s, out))

REAL(bool, bawn_event_write, bawn_buf *out, const bawn_event *e)
TIMED(EVENT, 0, bool, __real_bawn_event_write(out, e))

REAL(void, bawn_event_hash, char out[18], bawn_slice key, bawn_slice kind, bawn_slice text)
{
    uint64_t t = enter(HASH, text.len);
    __real_bawn_event_hash(out, key, kind, text);
    leave(t);
}

REAL(void, bawn_finds_merge, bawn_finds *f)
{
    uint64_t t = enter(MERGE, 0);
    __real_bawn_finds_merge(f);
    leave(t);
}

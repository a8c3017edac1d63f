/*
 * ngx_http_bawn_zone.c: counters of all workers in shared memory, and their Prometheus text.
 *
 * Everything is counted from the record's own line, so that metrics and record cannot disagree. The line is ours
 * (docs/event.md: fixed keys, fixed order), and a quote inside a string of it is escaped, so a key such as
 * "guardrail":" can be found by plain search. A series is a row of a fixed, open-addressed table, keyed by its full
 * text; rows are claimed under the zone's lock and counted without it. When the table is full, new series go to one
 * that says so: names that callers choose (models) cannot grow it.
 */
#include "ngx_http_bawn.h"

#define BAWN_SERIES      1024
#define BAWN_SERIES_KEY  176
#define BAWN_STAGES      9
#define BAWN_BUCKETS     12


typedef struct {
    ngx_atomic_t  ready;
    ngx_atomic_t  value;
    u_char        key[BAWN_SERIES_KEY];    /* name{labels}, NUL-ended */
} ngx_http_bawn_series_t;

typedef struct {
    ngx_atomic_t  count, sum_us;
    ngx_atomic_t  buckets[BAWN_BUCKETS];
} ngx_http_bawn_stage_t;

struct ngx_http_bawn_zone_s {
    ngx_slab_pool_t         *pool;
    ngx_atomic_t             streams, spool_bytes, lost, overflow;
    ngx_http_bawn_stage_t    stages[BAWN_STAGES];
    ngx_http_bawn_series_t   series[BAWN_SERIES];
};

static const char *const  bawn_stages[BAWN_STAGES] = {
    "total", "identity", "parse", "views", "bytes", "tokens", "upstream_first_byte", "held_max", "record"
};

static const char *const  bawn_stage_keys[BAWN_STAGES] = {       /* as the record has them, in its order */
    "\"total\":", "\"identity\":", "\"parse\":", "\"views\":", "\"bytes\":", "\"tokens\":",
    "\"upstream_first_byte\":", "\"held_max\":", "\"record\":"
};

static const uint64_t  bawn_bounds_us[BAWN_BUCKETS] = {
    5, 10, 25, 50, 100, 250, 1000, 5000, 25000, 100000, 1000000, 10000000
};


static ngx_int_t
ngx_http_bawn_zone_init(ngx_shm_zone_t *zone, void *old)
{
    ngx_slab_pool_t       *pool;
    ngx_http_bawn_zone_t  *z;

    pool = (ngx_slab_pool_t *) zone->shm.addr;

    if (old) {                             /* a reload: counters go on */
        zone->data = old;
        return NGX_OK;
    }

    pool->log_nomem = 0;

    z = ngx_slab_calloc(pool, sizeof(ngx_http_bawn_zone_t));
    if (z == NULL) {
        return NGX_ERROR;
    }

    z->pool = pool;
    zone->data = z;

    return NGX_OK;
}


char *
ngx_http_bawn_zone_add(ngx_conf_t *cf, ngx_http_bawn_main_conf_t *mcf)
{
    ngx_str_t  name = ngx_string("bawn_counters_1");

    mcf->zone = ngx_shared_memory_add(cf, &name, 512 * 1024, &ngx_http_bawn_module);
    if (mcf->zone == NULL) {
        return NGX_CONF_ERROR;
    }

    mcf->zone->init = ngx_http_bawn_zone_init;

    return NGX_CONF_OK;
}


/* ---- counting --------------------------------------------------------------------------------------------------- */

static ngx_http_bawn_series_t *
ngx_http_bawn_series_claim(ngx_http_bawn_zone_t *z, const u_char *key, size_t len, uint32_t hash)
{
    uint32_t                 i, n;
    ngx_http_bawn_series_t  *s = NULL;

    ngx_shmtx_lock(&z->pool->mutex);

    for (n = 0, i = hash; n < BAWN_SERIES * 3 / 4; n++, i++) {
        s = &z->series[i % BAWN_SERIES];
        if (!s->ready) {
            ngx_memcpy(s->key, key, len + 1);
            ngx_memory_barrier();
            s->ready = 1;
            break;
        }
        if (ngx_strcmp(s->key, key) == 0) {
            break;
        }
        s = NULL;
    }

    ngx_shmtx_unlock(&z->pool->mutex);

    return s;
}


static void
ngx_http_bawn_series_add(ngx_http_bawn_zone_t *z, const u_char *key, size_t len, ngx_atomic_int_t by)
{
    uint32_t                 i, n, hash;
    ngx_http_bawn_series_t  *s;

    hash = ngx_murmur_hash2((u_char *) (uintptr_t) key, len);

    for (n = 0, i = hash; n < 16; n++, i++) {
        s = &z->series[i % BAWN_SERIES];
        if (!s->ready) {
            break;
        }
        if (ngx_strcmp(s->key, key) == 0) {
            (void) ngx_atomic_fetch_add(&s->value, by);
            return;
        }
    }

    s = ngx_http_bawn_series_claim(z, key, len, hash);
    (void) ngx_atomic_fetch_add(s ? &s->value : &z->overflow, by);
}


/* Moves the cursor behind `key`; an empty rest when it does not come any more. The record's keys have one order, so
 * the line is read once, from its begin to its end. */
static void
ngx_http_bawn_to(bawn_slice *rest, const char *key)
{
    bawn_slice  k = bawn_slice_str(key);
    size_t      at = bawn_slice_find(*rest, k);

    at = at < rest->len ? at + k.len : rest->len;
    rest->ptr += at;
    rest->len -= at;
}


/* The value behind `key`: the text of a string, or a number; empty when absent or null. */
static bawn_slice
ngx_http_bawn_value(bawn_slice *rest, const char *key)
{
    size_t      n = 0;
    bawn_slice  v;
    ngx_uint_t  string;

    ngx_http_bawn_to(rest, key);

    string = rest->len && rest->ptr[0] == '"';
    v.ptr = rest->ptr + string;
    v.len = rest->len - string;

    while (n < v.len && (string ? v.ptr[n] != '"' || v.ptr[n - 1] == '\\' : bawn_is_digit((unsigned char) v.ptr[n]))) {
        n++;
    }

    v.len = n;
    rest->ptr = v.ptr + n;
    rest->len -= string + n;

    return v;
}


/* A label's value: what JSON escaped stays so, which Prometheus reads alike; cut at 48 bytes. */
static u_char *
ngx_http_bawn_label(u_char *p, u_char *end, const char *name, bawn_slice value, const char *open)
{
    size_t  i, n = ngx_min(value.len, 48);

    p = ngx_slprintf(p, end, "%s%s=\"", open, name);

    for (i = 0; i < n && p < end; i++) {
        *p++ = (value.ptr[i] == '\\' || (u_char) value.ptr[i] < 0x20 || (u_char) value.ptr[i] > 0x7e)
               ? '_' : (u_char) value.ptr[i];
    }

    return ngx_slprintf(p, end, "\"");
}


static void
ngx_http_bawn_series3(ngx_http_bawn_zone_t *z, const char *name, const char *const labels[3],
    const bawn_slice values[3], ngx_atomic_int_t by)
{
    u_char      key[BAWN_SERIES_KEY], *p, *end;
    ngx_uint_t  i;

    end = key + sizeof(key) - 2;
    p = ngx_slprintf(key, end, "%s", name);

    for (i = 0; i < 3 && labels[i]; i++) {
        p = ngx_http_bawn_label(p, end, labels[i], values[i], i ? "," : "{");
    }

    *p++ = '}';
    *p = '\0';
    ngx_http_bawn_series_add(z, key, (size_t) (p - key), by);
}


static uint64_t
ngx_http_bawn_number(bawn_slice s)
{
    size_t    i;
    uint64_t  n = 0;

    for (i = 0; i < s.len && i < 18; i++) {
        n = n * 10 + (uint64_t) (s.ptr[i] - '0');
    }

    return n;
}


static void
ngx_http_bawn_count_stages(ngx_http_bawn_zone_t *z, bawn_slice line)
{
    uint64_t                us;
    bawn_slice              v;
    ngx_uint_t              i, b;
    ngx_http_bawn_stage_t  *stage;

    ngx_http_bawn_to(&line, "\"latency_us\":{");

    for (i = 0; i < BAWN_STAGES && line.len; i++) {

        v = ngx_http_bawn_value(&line, bawn_stage_keys[i]);

        if (v.len == 0) {
            continue;
        }

        us = ngx_http_bawn_number(v);
        stage = &z->stages[i];
        (void) ngx_atomic_fetch_add(&stage->count, 1);
        (void) ngx_atomic_fetch_add(&stage->sum_us, (ngx_atomic_int_t) us);

        for (b = 0; b < BAWN_BUCKETS; b++) {
            if (us <= bawn_bounds_us[b]) {
                (void) ngx_atomic_fetch_add(&stage->buckets[b], 1);
                break;
            }
        }
    }
}


/* The next object of the array in which the cursor stands: its bytes; empty at the array's end. */
static bawn_slice
ngx_http_bawn_next_object(bawn_slice *list)
{
    size_t      i, from;
    bawn_slice  none = { NULL, 0 };
    ngx_uint_t  quoted = 0, depth = 0;

    for (i = 0, from = 0; i < list->len; i++) {
        char  c = list->ptr[i];

        if (quoted) {
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = 0;
            }
        } else if (c == '"') {
            quoted = 1;
        } else if (c == '{') {
            if (depth++ == 0) {
                from = i;
            }
        } else if (c == '}') {
            if (--depth == 0) {
                bawn_slice  object = { list->ptr + from, i + 1 - from };
                list->ptr += i + 1;
                list->len -= i + 1;
                return object;
            }
        } else if (c == ']' && depth == 0) {
            break;
        }
    }

    list->ptr += i;
    list->len -= i;

    return none;
}


void
ngx_http_bawn_count(ngx_shm_zone_t *zone, bawn_slice line)
{
    static const char *const  decisions[3] = { "guardrail", "action", "side" };
    static const char *const  findings[3] = { "guard", "kind", "action" };
    static const char *const  failures[3] = { "guard", "code", NULL };
    static const char *const  unguarded[3] = { "reason", NULL, NULL };
    static const char *const  tokens[3] = { "model", "direction", NULL };

    bawn_slice             o, in, out, model, guardrail, action, guard, kind;
    ngx_http_bawn_zone_t  *z = zone->data;

    model = ngx_http_bawn_value(&line, "\"response.model\":");
    in = ngx_http_bawn_value(&line, "\"usage.input_tokens\":");
    out = ngx_http_bawn_value(&line, "\"usage.output_tokens\":");

    if (in.len) {
        ngx_http_bawn_series3(z, "bawn_tokens_total", tokens, (bawn_slice[3]) { model, BAWN_LIT("input"),
            { NULL, 0 } }, (ngx_atomic_int_t) ngx_http_bawn_number(in));
    }
    if (out.len) {
        ngx_http_bawn_series3(z, "bawn_tokens_total", tokens, (bawn_slice[3]) { model, BAWN_LIT("output"),
            { NULL, 0 } }, (ngx_atomic_int_t) ngx_http_bawn_number(out));
    }

    guardrail = ngx_http_bawn_value(&line, "\"guardrail\":");
    action = ngx_http_bawn_value(&line, "\"verdict\":{\"action\":");
    ngx_http_bawn_series3(z, "bawn_decisions_total", decisions, (bawn_slice[3]) {
        guardrail, action, ngx_http_bawn_value(&line, "\"side\":") }, 1);

    ngx_http_bawn_to(&line, "\"unguarded\":[");
    while ((o = ngx_http_bawn_next_object(&line)).len) {
        in = ngx_http_bawn_value(&o, "\"characters\":");
        ngx_http_bawn_series3(z, "bawn_unguarded_characters_total", unguarded, (bawn_slice[3]) {
            ngx_http_bawn_value(&o, "\"reason\":"), { NULL, 0 }, { NULL, 0 } },
            (ngx_atomic_int_t) ngx_http_bawn_number(in));
    }

    ngx_http_bawn_to(&line, "\"findings\":[");
    while ((o = ngx_http_bawn_next_object(&line)).len) {
        guard = ngx_http_bawn_value(&o, "\"guard\":");
        kind = ngx_http_bawn_value(&o, "\"kind\":");
        ngx_http_bawn_series3(z, "bawn_findings_total", findings, (bawn_slice[3]) {
            guard, kind, ngx_http_bawn_value(&o, "\"action\":") }, 1);
    }

    ngx_http_bawn_to(&line, "\"failed\":[");
    while ((o = ngx_http_bawn_next_object(&line)).len) {
        guard = ngx_http_bawn_value(&o, "\"guard\":");
        ngx_http_bawn_series3(z, "bawn_guard_failures_total", failures, (bawn_slice[3]) {
            guard, ngx_http_bawn_value(&o, "\"code\":"), { NULL, 0 } }, 1);
    }

    ngx_http_bawn_count_stages(z, line);
}


void
ngx_http_bawn_count_streams(ngx_shm_zone_t *zone, ngx_int_t delta)
{
    ngx_http_bawn_zone_t  *z = zone->data;

    (void) ngx_atomic_fetch_add(&z->streams, delta);
}


void
ngx_http_bawn_count_spool(ngx_shm_zone_t *zone, size_t bytes)
{
    ngx_http_bawn_zone_t  *z = zone->data;

    (void) ngx_atomic_fetch_add(&z->spool_bytes, (ngx_atomic_int_t) bytes);
}


void
ngx_http_bawn_count_lost(ngx_shm_zone_t *zone, ngx_uint_t n)
{
    ngx_http_bawn_zone_t  *z = zone->data;

    (void) ngx_atomic_fetch_add(&z->lost, (ngx_atomic_int_t) n);
}


/* ---- the text (Prometheus exposition format 0.0.4) ---------------------------------------------------------------- */

static void
ngx_http_bawn_stage_text(ngx_http_bawn_stage_t *stage, const char *name, bawn_buf *out)
{
    uint64_t    sum;
    ngx_uint_t  b;

    sum = 0;

    for (b = 0; b < BAWN_BUCKETS; b++) {
        sum += stage->buckets[b];
        (void) bawn_buf_fmt(out, "bawn_stage_seconds_bucket{stage=\"%s\",le=\"%g\"} %llu\n", name,
                            (double) bawn_bounds_us[b] / 1e6, (unsigned long long) sum);
    }

    (void) bawn_buf_fmt(out, "bawn_stage_seconds_bucket{stage=\"%s\",le=\"+Inf\"} %llu\n", name,
                        (unsigned long long) stage->count);
    (void) bawn_buf_fmt(out, "bawn_stage_seconds_sum{stage=\"%s\"} %.6f\n", name, (double) stage->sum_us / 1e6);
    (void) bawn_buf_fmt(out, "bawn_stage_seconds_count{stage=\"%s\"} %llu\n", name,
                        (unsigned long long) stage->count);
}


static void
ngx_http_bawn_family_text(ngx_http_bawn_zone_t *z, const char *name, const char *help, bawn_buf *out)
{
    size_t      len = ngx_strlen(name);
    ngx_uint_t  i;

    (void) bawn_buf_fmt(out, "# HELP %s %s\n# TYPE %s counter\n", name, help, name);

    for (i = 0; i < BAWN_SERIES; i++) {
        if (z->series[i].ready && ngx_strncmp(z->series[i].key, name, len) == 0 && z->series[i].key[len] == '{') {
            (void) bawn_buf_fmt(out, "%s %llu\n", (const char *) z->series[i].key,
                                (unsigned long long) z->series[i].value);
        }
    }
}


ngx_int_t
ngx_http_bawn_zone_text(ngx_shm_zone_t *zone, bawn_buf *out)
{
    ngx_uint_t             i;
    ngx_http_bawn_zone_t  *z = zone->data;

    ngx_http_bawn_family_text(z, "bawn_decisions_total", "Decisions, by guardrail, action and side.", out);
    ngx_http_bawn_family_text(z, "bawn_findings_total", "Findings, by guard, kind and action.", out);
    ngx_http_bawn_family_text(z, "bawn_tokens_total", "Tokens that models reported, by model and direction.", out);
    ngx_http_bawn_family_text(z, "bawn_guard_failures_total", "Guards that could not run.", out);
    ngx_http_bawn_family_text(z, "bawn_unguarded_characters_total", "Characters that no guard saw.", out);

    (void) bawn_buf_str(out, "# HELP bawn_stage_seconds Time per stage of a decision.\n"
                             "# TYPE bawn_stage_seconds histogram\n");
    for (i = 0; i < BAWN_STAGES; i++) {
        if (z->stages[i].count) {
            ngx_http_bawn_stage_text(&z->stages[i], bawn_stages[i], out);
        }
    }

    (void) bawn_buf_fmt(out, "# HELP bawn_spool_bytes Bytes of decisions appended to the spool.\n"
                             "# TYPE bawn_spool_bytes counter\nbawn_spool_bytes %llu\n"
                             "# HELP bawn_unrecorded_total Decisions that could not be recorded.\n"
                             "# TYPE bawn_unrecorded_total counter\nbawn_unrecorded_total %llu\n"
                             "# HELP bawn_series_overflow_total Counts that found no row for their labels.\n"
                             "# TYPE bawn_series_overflow_total counter\nbawn_series_overflow_total %llu\n"
                             "# HELP bawn_streams_open Streams being delivered.\n"
                             "# TYPE bawn_streams_open gauge\nbawn_streams_open %llu\n",
                        (unsigned long long) z->spool_bytes, (unsigned long long) z->lost,
                        (unsigned long long) z->overflow, (unsigned long long) z->streams);

    return out->failed ? NGX_ERROR : NGX_OK;
}

/* checks_anonymize.c: Presidio's POST /anonymize: operators applied to the places that the caller names. It follows presidio_anonymizer
 * 2.2.36x: overlapping results of one type become one; of those inside others, and of those with the same place, the surest stays;
 * results of one type with spaces between become one; then the text is rewritten from its end. All in O(n log n).
 *
 * replace, redact, mask, hash (SHA-256) and keep are here; encrypt, custom and SHA-512 are refused, and so is a request whose answer
 * could be many times its own size: each result may repeat its part of the text, or a long replacement. */
#include <stdlib.h>

#include "dialect/checks.h"

#define MOST 256                /* operators */
#define LARGEST (16u << 20)     /* what all results together may put in their places: characters, about */

static const char *const operators[] = { "replace", "redact", "mask", "hash", "keep", NULL };

typedef struct { size_t begin, end; bawn_slice type, score; float value; uint32_t position; bool dropped; } place;    /* bytes of the text */
typedef struct { const bawn_report *report; bawn_arena *arena; bawn_slice text; place *places; size_t n; } work;

/* ---- the request ------------------------------------------------------------------------------------------------------- */
/* One, or none: then what is masked is taken out. */
static bool is_character(bawn_walk *w, uint32_t token)
{
    bawn_slice text;
    return bawn_walk_text(&text, w, token) && bawn_utf8_count(text) <= 1;
}

static bool one_operator(bawn_walk *w, uint32_t token)
{
    const bawn_json *j = w->json;
    uint32_t type = bawn_json_get(j, token, "type"), sign = bawn_json_get(j, token, "masking_char");
    uint32_t value = bawn_json_get(j, token, "new_value"), salt = bawn_json_get(j, token, "salt");
    uint32_t hash = bawn_json_get(j, token, "hash_type"), count = bawn_json_get(j, token, "chars_to_mask");
    bool masks = type && bawn_json_is(j, type, "mask");

    if (!type || !bawn_checks_is_one_of(j, type, operators))
        return bawn_walk_refuse(w, "anonymizers.type", "replace, redact, mask, hash or keep", type ? type : UINT32_MAX);
    if (masks && (!sign || j->tokens[sign].type != BAWN_JSON_STRING || !is_character(w, sign)))
        return bawn_walk_refuse(w, "anonymizers.masking_char", "a character", sign ? sign : UINT32_MAX);
    if (masks && (!count || j->tokens[count].type != BAWN_JSON_NUMBER))
        return bawn_walk_refuse(w, "anonymizers.chars_to_mask", "a number", count ? count : UINT32_MAX);
    if (value && j->tokens[value].type != BAWN_JSON_STRING && j->tokens[value].type != BAWN_JSON_NULL)
        return bawn_walk_refuse(w, "anonymizers.new_value", "a string", value);
    if (hash && !bawn_json_is(j, hash, "sha256"))
        return bawn_walk_refuse(w, "anonymizers.hash_type", "sha256", hash);
    if (salt && (j->tokens[salt].type != BAWN_JSON_STRING || j->tokens[salt].end - j->tokens[salt].begin < 16))
        return bawn_walk_refuse(w, "anonymizers.salt", "a string of at least 16 bytes", salt);
    return true;
}

/* longest: of their replacements, in bytes. */
static bool check_operators(bawn_walk *w, uint64_t *longest)
{
    const bawn_json *j = w->json;
    uint32_t all;

    *longest = 64;                                      /* a hash */
    if (!bawn_checks_member(&all, w, "anonymizers", BAWN_JSON_OBJECT, false, "an object of operators by entity"))
        return false;
    if (all && j->tokens[all].count > MOST)
        return bawn_walk_refuse(w, "anonymizers", "at most 256 operators", all);
    for (uint32_t i = 0, key = all + 1; all && i < j->tokens[all].count; i++, key = j->tokens[key + 1].next) {
        if (!one_operator(w, key + 1))
            return false;
        uint32_t with = bawn_json_get(j, key + 1, "new_value");
        uint64_t length = with ? j->tokens[with].end - j->tokens[with].begin : 0;
        *longest = length > *longest ? length : *longest;
    }
    return true;
}

static bool check_results(bawn_walk *w, uint64_t length, uint64_t longest)
{
    const bawn_json *j = w->json;
    uint64_t sum = 0;
    uint32_t all;

    if (!bawn_checks_member(&all, w, "analyzer_results", BAWN_JSON_ARRAY, true, "a list of results"))
        return false;
    for (uint32_t i = 0, t = all + 1; i < j->tokens[all].count; i++, t = j->tokens[t].next) {
        uint32_t begin = bawn_json_get(j, t, "start"), end = bawn_json_get(j, t, "end");
        uint32_t type = bawn_json_get(j, t, "entity_type"), score = bawn_json_get(j, t, "score");
        uint64_t from, to;
        if (!begin || !end || !bawn_json_u64(&from, j, begin) || !bawn_json_u64(&to, j, end) || from > to || to > length)
            return bawn_walk_refuse(w, "analyzer_results", "start and end in the text", t);
        if (!type || j->tokens[type].type != BAWN_JSON_STRING || !score || j->tokens[score].type != BAWN_JSON_NUMBER)
            return bawn_walk_refuse(w, "analyzer_results", "entity_type and score", t);
        sum += to - from + longest;
        if (sum > LARGEST)
            return bawn_walk_refuse(w, "analyzer_results", "fewer or shorter results: they overlap many times", t);
    }
    return true;
}

bool bawn_checks_anonymize_request(bawn_conversation *out, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    bawn_slice text;
    uint64_t longest;
    uint32_t token;
    bawn_walk w;

    return bawn_checks_begin(&w, out, j, arena, err) &&
           bawn_checks_member(&token, &w, "text", BAWN_JSON_STRING, true, "a string") && bawn_walk_text(&text, &w, token) &&
           check_operators(&w, &longest) && check_results(&w, bawn_utf8_count(text), longest) && bawn_walk_run(&w, "anonymize", bawn_request_start());
}

/* ---- places ---------------------------------------------------------------------------------------------------------- */
static int three(uint64_t a, uint64_t b) { return a < b ? -1 : a > b; }

static int by_begin(const void *a, const void *b)
{
    const place *p = a, *q = b;
    int c = three(p->begin, q->begin), e = three(p->end, q->end);
    return c ? c : e ? e : three(p->position, q->position);
}

static int by_type(const void *a, const void *b)
{
    const place *p = a, *q = b;
    size_t n = p->type.len < q->type.len ? p->type.len : q->type.len;
    int c = n ? memcmp(p->type.ptr, q->type.ptr, n) : 0;
    c = c ? c : three(p->type.len, q->type.len);
    return c ? c : by_begin(a, b);
}

static int by_cover(const void *a, const void *b)      /* what covers others comes before them; of equals the one that stays */
{
    const place *p = a, *q = b;
    int c = three(p->begin, q->begin), e = three(q->end, p->end);
    if (c || e)
        return c ? c : e;
    return p->value != q->value ? (p->value > q->value ? -1 : 1) : three(q->position, p->position);
}

static int by_position(const void *a, const void *b) { return three(((const place *)a)->position, ((const place *)b)->position); }

/* Characters to bytes: sorted by begin for the begins, then by end for the ends; a text is walked twice. */
static int by_end(const void *a, const void *b) { return three(((const place *)a)->end, ((const place *)b)->end); }

static void to_bytes(work *w, bool ends)
{
    size_t at = 0;
    uint64_t n = 0;

    qsort(w->places, w->n, sizeof *w->places, ends ? by_end : by_begin);
    for (size_t i = 0; i < w->n; i++) {
        size_t *offset = ends ? &w->places[i].end : &w->places[i].begin;
        for (; n < *offset; n++)
            bawn_utf8_next(w->text, &at);
        *offset = at;
    }
}

static bool read_places(work *w)
{
    const bawn_json *j = w->report->asked;
    uint32_t all = bawn_json_get(j, 0, "analyzer_results");
    bawn_json_map map;

    w->n = j->tokens[all].count;
    if (!(w->places = bawn_arena_alloc(w->arena, (w->n + 1) * sizeof *w->places)))
        return false;
    for (uint32_t i = 0, t = all + 1; i < w->n; i++, t = j->tokens[t].next) {
        place *p = &w->places[i];
        uint64_t begin = 0, end = 0;
        *p = (place){ .score = bawn_json_raw(j, bawn_json_get(j, t, "score")) };
        bawn_json_u64(&begin, j, bawn_json_get(j, t, "start"));
        bawn_json_u64(&end, j, bawn_json_get(j, t, "end"));
        p->begin = begin;
        p->end = end;
        p->value = bawn_checks_decimal(p->score);
        if (!bawn_json_decode(&p->type, &map, j, bawn_json_get(j, t, "entity_type"), w->arena))
            return false;
    }
    to_bytes(w, false);
    to_bytes(w, true);
    qsort(w->places, w->n, sizeof *w->places, by_begin);
    for (uint32_t i = 0; i < w->n; i++)
        w->places[i].position = i;
    return true;
}

static void drop(work *w)
{
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++)
        if (!w->places[i].dropped)
            w->places[n++] = w->places[i];
    w->n = n;
}

/* Results of one type that overlap become one, at the place in the order of the last. */
static void join_types(work *w)
{
    place *open = NULL;

    qsort(w->places, w->n, sizeof *w->places, by_type);
    for (size_t i = 0; i < w->n; i++) {
        place *p = &w->places[i];
        bool joins = open && bawn_slice_eq(open->type, p->type) && p->begin < open->end && p->begin < p->end;
        if (!joins) {
            open = p;
            continue;
        }
        open->end = p->end > open->end ? p->end : open->end;
        open->score = p->value > open->value ? p->score : open->score;
        open->value = p->value > open->value ? p->value : open->value;
        open->position = p->position > open->position ? p->position : open->position;
        p->dropped = true;
    }
    drop(w);
}

static void drop_covered(work *w)
{
    size_t furthest = 0;

    qsort(w->places, w->n, sizeof *w->places, by_cover);
    for (size_t i = 0; i < w->n; i++) {
        w->places[i].dropped = i > 0 && w->places[i].end <= furthest;
        furthest = w->places[i].end > furthest ? w->places[i].end : furthest;
    }
    drop(w);
    qsort(w->places, w->n, sizeof *w->places, by_position);
}

static bool is_spaces(bawn_slice text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (text.ptr[i] != ' ')
            return false;
    return from < to;
}

static void join_spaced(work *w)
{
    for (size_t i = 1; i < w->n; i++) {
        place *last = &w->places[i - 1], *p = &w->places[i];
        if (bawn_slice_eq(last->type, p->type) && is_spaces(w->text, last->end, p->begin)) {
            p->begin = last->begin;
            last->dropped = true;
        }
    }
    drop(w);
    qsort(w->places, w->n, sizeof *w->places, by_begin);
}

static bawn_slice part(bawn_slice text, size_t begin, size_t end)
{
    return begin < end ? bawn_slice_of(text.ptr + begin, end - begin) : BAWN_NIL;       /* nothing of a text that may be none */
}

/* ---- operators ---------------------------------------------------------------------------------------------------------- */
static uint32_t operator_of(const bawn_json *j, uint32_t all, bawn_slice type, bawn_arena *arena)
{
    const char *name = bawn_arena_string(arena, type);
    uint32_t own = all && name && memchr(name, 0, type.len + 1) == name + type.len ? bawn_json_get(j, all, name) : 0;
    return own ? own : all ? bawn_json_get(j, all, "DEFAULT") : 0;
}

static void write_hash(bawn_buf *b, const work *w, bawn_slice salt, bawn_slice value, uint32_t position)
{
    bawn_slice index = { (const char *)&position, sizeof position };
    bawn_buf salted = { 0 };
    uint8_t bytes[32];
    char digits[64];

    bawn_buf_add(&salted, value);
    if (salt.len == 0) {                                /* one of this entity alone, as there */
        bawn_hmac_sha256(bytes, bawn_slice_of((const char *)w->report->seed, 32), &index, 1);
        salt = bawn_slice_of((const char *)bytes, sizeof bytes);
    }
    bawn_buf_add(&salted, salt);
    b->failed = b->failed || salted.failed;
    bawn_sha256(bytes, bawn_buf_slice(&salted));
    bawn_hex(digits, bytes, sizeof bytes);
    bawn_buf_add(b, bawn_slice_of(digits, sizeof digits));
    bawn_buf_free(&salted);
}

static void write_mask(bawn_buf *b, const bawn_json *j, uint32_t op, bawn_slice sign, bawn_slice value)
{
    uint32_t from_end = bawn_json_get(j, op, "from_end");
    uint64_t length = bawn_utf8_count(value), count = 0, kept;
    size_t at = 0;

    bawn_json_u64(&count, j, bawn_json_get(j, op, "chars_to_mask"));
    count = count < length ? count : length;
    bool last = from_end && j->tokens[from_end].type == BAWN_JSON_TRUE;
    kept = last ? length - count : count;               /* characters before the cut */
    for (uint64_t i = 0; i < kept; i++)
        bawn_utf8_next(value, &at);
    if (last)
        bawn_buf_add(b, part(value, 0, at));
    for (uint64_t i = 0; i < count; i++)
        bawn_buf_add(b, sign);
    if (!last)
        bawn_buf_add(b, part(value, at, value.len));
}

static bawn_slice string_of(const work *w, uint32_t op, const char *key, bool *ok)
{
    const bawn_json *j = w->report->asked;
    uint32_t token = bawn_json_get(j, op, key);
    bawn_slice text = BAWN_NIL;
    bawn_json_map map;

    if (token && j->tokens[token].type == BAWN_JSON_STRING)
        *ok = bawn_json_decode(&text, &map, j, token, w->arena) && *ok;
    return text;
}

static const char *operate(bawn_buf *b, const work *w, const place *p)
{
    const bawn_json *j = w->report->asked;
    uint32_t op = operator_of(j, bawn_json_get(j, 0, "anonymizers"), p->type, w->arena);
    uint32_t type = op ? bawn_json_get(j, op, "type") : 0;
    bawn_slice value = part(w->text, p->begin, p->end), with;
    size_t which = 0;
    bool ok = true;

    while (type && !bawn_json_is(j, type, operators[which]))
        which++;
    switch (which) {
    case 0:
        with = op ? string_of(w, op, "new_value", &ok) : BAWN_NIL;
        if (with.len == 0)
            bawn_buf_fmt(b, "<%.*s>", (int)p->type.len, p->type.ptr);
        bawn_buf_add(b, with);
        break;
    case 1:
        break;
    case 2:
        write_mask(b, j, op, string_of(w, op, "masking_char", &ok), value);
        break;
    case 3:
        write_hash(b, w, string_of(w, op, "salt", &ok), value, p->position);
        break;
    default:
        bawn_buf_add(b, value);
    }
    b->failed = b->failed || !ok;
    return operators[which];
}

/* ---- the answer ---------------------------------------------------------------------------------------------------------- */
typedef struct { size_t begin, end; uint64_t from, to; const char *operator; } item;       /* bytes and characters of the new text */

static void write_item(bawn_buf *b, const place *p, const item *i, bawn_slice text)
{
    bawn_buf_fmt(b, "{\"start\":%llu,\"end\":%llu,\"entity_type\":", (unsigned long long)i->from, (unsigned long long)i->to);
    bawn_json_write_string(b, p->type);
    bawn_checks_member_add(b, ",\"text\":", part(text, i->begin, i->end));
    bawn_buf_fmt(b, ",\"operator\":\"%s\",\"score\":", i->operator);
    bawn_buf_add(b, p->score);
    bawn_buf_str(b, "}");
}

/* The new text; where two overlap, the later one begins where it begins, and the first is replaced up to there. */
static void rewrite(bawn_buf *out, const work *w, item *items)
{
    uint64_t characters = 0;
    size_t at = 0;

    for (size_t i = 0; i < w->n; i++) {
        const place *p = &w->places[i];
        size_t next = i + 1 < w->n ? w->places[i + 1].begin : w->text.len, begin = out->len;
        if (p->begin > at)
            bawn_buf_add(out, part(w->text, at, p->begin));
        characters += bawn_utf8_count(part(bawn_buf_slice(out), begin, out->len));
        items[i] = (item){ .begin = out->len, .from = characters };
        items[i].operator = operate(out, w, p);
        items[i].end = out->len;
        characters += bawn_utf8_count(part(bawn_buf_slice(out), items[i].begin, out->len));
        items[i].to = characters;
        at = p->end < next ? p->end : next;
    }
    bawn_buf_add(out, part(w->text, at, w->text.len));
}

bool bawn_checks_anonymize_report(bawn_buf *b, const bawn_report *r, bawn_arena *arena)
{
    work w = { .report = r, .arena = arena };
    bawn_buf text = { 0 };
    size_t start = b->len;
    bawn_json_map map;
    item *items;

    if (!bawn_json_decode(&w.text, &map, r->asked, bawn_json_get(r->asked, 0, "text"), arena) || !read_places(&w) ||
        !(items = bawn_arena_alloc(arena, (w.n + 1) * sizeof *items)))
        return false;
    join_types(&w);
    drop_covered(&w);
    join_spaced(&w);
    rewrite(&text, &w, items);
    bawn_checks_member_add(b, "{\"text\":", bawn_buf_slice(&text));
    bawn_buf_str(b, ",\"items\":[");
    for (size_t i = w.n; i > 0; i--) {
        bawn_buf_str(b, i < w.n ? "," : "");
        write_item(b, &w.places[i - 1], &items[i - 1], bawn_buf_slice(&text));
    }
    bawn_buf_str(b, "]}");
    b->failed = b->failed || text.failed;
    bawn_buf_free(&text);
    return bawn_buf_whole(b, start);
}

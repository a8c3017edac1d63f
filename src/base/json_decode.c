/* json_decode.c: what a string token means, and which raw bytes each decoded byte comes from.
 *
 * Offsets are kept as marks: one where each literal run begins and one for each escape, so a span is mapped back by
 * binary search. A span that begins or ends within an escape covers the whole escape, since half an escape cannot
 * be cut out. All strings here were accepted by the tokeniser: escapes are whole and surrogates paired. */
#include "base/json_text.h"

static uint32_t hex4(const char *p)
{
    uint32_t v = 0;

    for (size_t i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)p[i];

        v = v << 4 | (bawn_is_digit(c) ? c - '0' + 0u : (c | 0x20) - 'a' + 10u);
    }
    return v;
}

static size_t unicode(char out[4], size_t *raw, const char *p)
{
    uint32_t c = hex4(p + 2);

    *raw = 6;
    if (c >= 0xD800 && c <= 0xDBFF) {
        c = 0x10000 + ((c - 0xD800) << 10) + (hex4(p + 8) - 0xDC00);
        *raw = 12;
    }
    return bawn_utf8_put(out, c);
}

size_t bawn_json_unit(char out[4], size_t *raw, const char *p)
{
    *raw = p[0] == '\\' ? 2 : 1;
    out[0] = p[0];
    if (p[0] != '\\')
        return 1;
    switch (p[1]) {
    case 'u': return unicode(out, raw, p);
    case 'b': out[0] = '\b'; break;
    case 'f': out[0] = '\f'; break;
    case 'n': out[0] = '\n'; break;
    case 'r': out[0] = '\r'; break;
    case 't': out[0] = '\t'; break;
    default: out[0] = p[1]; break;                        /* quote, backslash, slash */
    }
    return 1;
}

/* The offset of the next backslash at or after i; raw.len if none. */
static size_t literal_end(bawn_slice raw, size_t i)
{
    const char *slash = i < raw.len ? memchr(raw.ptr + i, '\\', raw.len - i) : NULL;

    return slash ? (size_t)(slash - raw.ptr) : raw.len;
}

/* Decodes raw into out and, where marks is not NULL, notes each run. */
static size_t decode(char *out, bawn_json_map *map, bawn_slice raw)
{
    size_t i = 0, n = 0, used;

    while (i < raw.len) {
        size_t end = literal_end(raw, i);

        if (end > i) {
            if (map)
                map->marks[map->n++] = (bawn_json_mark){ (uint32_t)n, (uint32_t)i, true };
            memcpy(out + n, raw.ptr + i, end - i);
            n += end - i;
            i = end;
            continue;
        }
        if (map)
            map->marks[map->n++] = (bawn_json_mark){ (uint32_t)n, (uint32_t)i, false };
        n += bawn_json_unit(out + n, &used, raw.ptr + i);
        i += used;
    }
    return n;
}

/* An escape is at least as long as what it stands for (2 for 1, 6 for up to 3, 12 for 4), so raw.len is enough. */
size_t bawn_json_unescape(char *out, bawn_slice raw)
{
    return decode(out, NULL, raw);
}

static size_t count_marks(bawn_slice raw)
{
    size_t i = 0, n = 0, used;
    char unit[4];

    while (i < raw.len) {
        size_t end = literal_end(raw, i);

        n++;
        if (end > i) {
            i = end;
            continue;
        }
        bawn_json_unit(unit, &used, raw.ptr + i);
        i += used;
    }
    return n;
}

bool bawn_json_decode(bawn_slice *out, bawn_json_map *map, const bawn_json *j, uint32_t token, bawn_arena *arena)
{
    bawn_slice raw = bawn_json_raw(j, token);
    char *text;

    *out = raw;
    *map = (bawn_json_map){ NULL, 0 };
    if (!j->tokens[token].escaped)
        return true;
    text = bawn_arena_alloc(arena, raw.len);
    map->marks = bawn_arena_alloc(arena, count_marks(raw) * sizeof *map->marks);
    if (!text || !map->marks)
        return false;
    *out = bawn_slice_of(text, decode(text, map, raw));
    return true;
}

/* The mark whose run holds the decoded byte `at`. */
static size_t mark_of(const bawn_json_map *map, size_t at)
{
    size_t low = 0, high = map->n;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (map->marks[middle].text <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static size_t raw_begin(const bawn_json_map *map, size_t at)
{
    const bawn_json_mark *m = &map->marks[mark_of(map, at)];

    return m->literal ? m->raw + (at - m->text) : m->raw;
}

/* Just past the raw bytes of the decoded byte `last`. */
static size_t raw_end(const bawn_json_map *map, size_t last, size_t raw_len)
{
    size_t i = mark_of(map, last);
    const bawn_json_mark *m = &map->marks[i];

    if (m->literal)
        return m->raw + (last - m->text) + 1;
    return i + 1 < map->n ? m[1].raw : raw_len;
}

bawn_span bawn_json_map_span(const bawn_json_map *map, bawn_span decoded, size_t raw_len, size_t text_len)
{
    size_t begin = decoded.begin < text_len ? decoded.begin : text_len;
    size_t end = decoded.end < text_len ? decoded.end : text_len;
    bawn_span raw;

    if (map->n == 0)
        return (bawn_span){ begin, end > begin ? end : begin };
    raw.begin = begin < text_len ? raw_begin(map, begin) : raw_len;
    raw.end = end > begin ? raw_end(map, end - 1, raw_len) : raw.begin;
    return raw;
}

typedef struct { const char *at, *end; bool escaped; char unit[4]; size_t taken, n; } reader;

static bool next_byte(char *byte, reader *r)
{
    size_t used = 1;

    if (r->taken == r->n) {
        if (r->at == r->end)
            return false;
        r->taken = 0;
        r->unit[0] = *r->at;
        r->n = r->escaped ? bawn_json_unit(r->unit, &used, r->at) : 1;
        r->at += used;
    }
    *byte = r->unit[r->taken++];
    return true;
}

bool bawn_json_same(bawn_slice a, bool escaped_a, bawn_slice b, bool escaped_b)
{
    reader ra = { .at = a.ptr, .end = a.ptr + a.len, .escaped = escaped_a };
    reader rb = { .at = b.ptr, .end = b.ptr + b.len, .escaped = escaped_b };
    char byte_a, byte_b;

    if (!escaped_a && !escaped_b)
        return bawn_slice_eq(a, b);
    while (next_byte(&byte_a, &ra))
        if (!next_byte(&byte_b, &rb) || byte_a != byte_b)
            return false;
    return !next_byte(&byte_b, &rb);
}

bool bawn_json_is(const bawn_json *j, uint32_t token, const char *text)
{
    bawn_slice wanted = bawn_slice_str(text);

    return j->tokens[token].type == BAWN_JSON_STRING &&
           bawn_json_same(bawn_json_raw(j, token), j->tokens[token].escaped, wanted, false);
}

bool bawn_json_u64(uint64_t *out, const bawn_json *j, uint32_t token)
{
    bawn_slice raw = bawn_json_raw(j, token);
    uint64_t n = 0;

    if (j->tokens[token].type != BAWN_JSON_NUMBER)
        return false;
    for (size_t i = 0; i < raw.len; i++) {
        if (!bawn_is_digit((unsigned char)raw.ptr[i]))
            return false;
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, (unsigned)(raw.ptr[i] - '0'), &n))
            return false;
    }
    *out = n;
    return true;
}

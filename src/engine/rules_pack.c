/* Compiled rules as bytes and back: the built-in ones are linked in, the policy's are kept in the cache. Numbers are
 * u32 in host order and everything begins at a multiple of four, databases at one of 64, so that the literals can be used where
 * they lie, and the databases that are linked in as well. */
#include "engine/wall.h"

/* ---- writing ----------------------------------------------------------------------------------------------------- */
static void put(bawn_buf *out, uint32_t n) { bawn_buf_add(out, bawn_slice_of((const char *)&n, sizeof n)); }

static void pad(bawn_buf *out, size_t multiple)
{
    while (out->len % multiple != 0 && bawn_buf_byte(out, 0))
        ;
}

/* At the next multiple of `align`, which is at least four. */
static void put_bytes(bawn_buf *out, bawn_slice s, size_t align)
{
    put(out, (uint32_t)s.len);
    pad(out, align);
    bawn_buf_add(out, s);
    pad(out, 4);
}

static void put_literals(bawn_buf *out, const bawn_literals *l)
{
    put_bytes(out, l ? bawn_literals_bytes(l) : BAWN_NIL, 4);
}

static void put_database(bawn_buf *out, const bawn_match *m, bool in_place)
{
    bawn_buf db = { 0 };
    if (m && !bawn_match_save(&db, m, in_place))
        out->failed = true;
    put_bytes(out, bawn_buf_slice(&db), BAWN_MATCH_ALIGN);
    bawn_buf_free(&db);
}

static void put_tables(bawn_buf *out, const bawn_rules *r)
{
    for (size_t i = 0; i < r->n_rules; i++)
        put(out, (uint32_t)r->rules[i].place << 16 | r->rules[i].slot);
    for (uint32_t i = 0; i < r->n_anchors; i++)
        put(out, r->anchors[i].len);
    for (size_t i = 0; i < r->n_anchored; i++) {
        put(out, r->anchored[i].anchor);
        put(out, r->anchored[i].rule);
        put(out, r->anchored[i].width);
    }
    for (uint32_t i = 0; i < r->n_gates; i++) {
        put(out, r->gates[i].first);
        put(out, r->gates[i].n);
    }
    for (uint32_t i = 0; i < r->n_uses; i++)
        put(out, (uint32_t)r->uses[i].slot << 16 | r->uses[i].part);
    for (uint32_t i = 0; i < r->n_slow; i++) {
        put(out, (uint32_t)r->slow[i].parts << 16 | r->slow[i].width);
        put_bytes(out, r->saved[i], BAWN_MATCH_ALIGN);
    }
}

bool bawn_rules_pack(bawn_buf *out, const bawn_rules *r)
{
    pad(out, BAWN_MATCH_ALIGN);
    put(out, r->in_place);
    put(out, (uint32_t)r->n_rules);
    put(out, r->n_anchors);
    put(out, (uint32_t)r->n_anchored);
    put(out, r->n_gates);
    put(out, r->n_uses);
    put(out, r->n_slow);
    put_tables(out, r);
    put_literals(out, r->literals);
    put_literals(out, r->anchor_literals);
    put_bytes(out, bawn_slice_of((const char *)r->signs.rows, sizeof r->signs.rows), 4);
    for (int d = 0; d < BAWN_DBS; d++) {
        put(out, r->margin[d]);
        put_database(out, r->db[d], r->in_place);
    }
    return !out->failed;
}

/* ---- reading ------------------------------------------------------------------------------------------------------ */
typedef struct { bawn_slice from; const char *begin; bawn_arena *arena; bool ok; } reader;

static uint32_t get(reader *in)
{
    uint32_t n = 0;
    in->ok = in->ok && in->from.len >= sizeof n;
    if (!in->ok)
        return 0;
    memcpy(&n, in->from.ptr, sizeof n);
    in->from.ptr += sizeof n;
    in->from.len -= sizeof n;
    return n;
}

static size_t to_multiple(size_t n, size_t of) { return (n + of - 1) / of * of; }

static bawn_slice get_bytes(reader *in, size_t align)
{
    size_t n = get(in), at = (size_t)(in->from.ptr - in->begin), skip = to_multiple(at, align) - at, all = to_multiple(skip + n, 4);
    in->ok = in->ok && in->from.len >= all;
    if (!in->ok)
        return BAWN_NIL;
    bawn_slice s = { in->from.ptr + skip, n };
    in->from.ptr += all;
    in->from.len -= all;
    return s;
}

/* Room for n items, of which the packed bytes hold at least four bytes each: a damaged count asks for no more. */
static void *room(reader *in, uint32_t n, size_t size)
{
    in->ok = in->ok && n <= in->from.len / 4;
    void *p = in->ok ? bawn_arena_alloc(in->arena, ((size_t)n + 1) * size) : NULL;
    in->ok = p != NULL;
    return p;
}

static void get_rules(reader *in, bawn_rules *r, uint32_t n_slow)
{
    for (uint32_t i = 0; in->ok && i < r->n_rules; i++) {
        uint32_t n = get(in);
        r->rules[i].place = (uint8_t)(n >> 16);
        r->rules[i].slot = (uint16_t)n;
        in->ok = in->ok && n >> 16 <= BAWN_BY_GATES && (n >> 16 != BAWN_BY_GATES || (n & 0xFFFF) < n_slow);
    }
}

static void get_anchors(reader *in, bawn_rules *r, uint32_t n_anchors, uint32_t n_anchored)
{
    r->anchors = room(in, n_anchors, sizeof *r->anchors);
    for (; in->ok && r->n_anchors < n_anchors; r->n_anchors++)
        r->anchors[r->n_anchors] = (bawn_anchor){ .len = get(in) };
    r->anchored = room(in, n_anchored, sizeof *r->anchored);
    for (; in->ok && r->n_anchored < n_anchored; r->n_anchored++) {
        bawn_anchored *a = &r->anchored[r->n_anchored];
        a->anchor = get(in);
        a->rule = get(in);
        a->width = get(in);
        in->ok = in->ok && a->anchor < n_anchors && a->rule < r->n_rules;
    }
}

static void get_gates(reader *in, bawn_rules *r, uint32_t n_gates, uint32_t n_uses, uint32_t n_slow)
{
    r->gates = room(in, n_gates, sizeof *r->gates);
    for (; in->ok && r->n_gates < n_gates; r->n_gates++) {
        bawn_gate *g = &r->gates[r->n_gates];
        *g = (bawn_gate){ .first = get(in) };
        g->n = get(in);
        in->ok = in->ok && g->first <= n_uses && g->n <= n_uses - g->first;
    }
    r->uses = room(in, n_uses, sizeof *r->uses);
    for (; in->ok && r->n_uses < n_uses; r->n_uses++) {
        uint32_t n = get(in);
        r->uses[r->n_uses] = (bawn_gate_use){ (uint16_t)(n >> 16), (uint16_t)n };
        in->ok = in->ok && n >> 16 < n_slow && (n & 0xFFFF) < BAWN_GATE_PARTS;
    }
    r->slow = room(in, n_slow, sizeof *r->slow);
    r->saved = room(in, n_slow, sizeof *r->saved);
    for (; in->ok && r->n_slow < n_slow; r->n_slow++) {
        uint32_t n = get(in);
        r->slow[r->n_slow] = (bawn_slow){ .parts = (uint16_t)(n >> 16), .width = (uint16_t)n };
        r->saved[r->n_slow] = get_bytes(in, BAWN_MATCH_ALIGN);
        in->ok = in->ok && n >> 16 <= BAWN_GATE_PARTS;
    }
    for (uint32_t i = 0; in->ok && i < r->n_rules; i++)
        if (r->rules[i].place == BAWN_BY_GATES)
            r->slow[r->rules[i].slot].guard = r->rules[i].guard;
}

static const bawn_literals *get_literals(reader *in)
{
    bawn_slice bytes = get_bytes(in, 4);
    if (bytes.len == 0)
        return NULL;
    const bawn_literals *l = bawn_literals_at(bytes);
    if (!l && in->ok)           /* perhaps only misaligned: the arena aligns */
        l = bawn_literals_at(bawn_arena_copy(in->arena, bytes, &in->ok));
    in->ok = in->ok && l;
    return l;
}

static bool get_databases(reader *in, bawn_rules *r, bawn_error *err)
{
    for (int d = 0; in->ok && d < BAWN_DBS; d++) {
        r->margin[d] = get(in);
        bawn_slice s = get_bytes(in, BAWN_MATCH_ALIGN);
        if (in->ok && s.len > 0 && !bawn_match_load(&r->db[d], s, r->in_place, err))
            return false;
    }
    return in->ok || bawn_error_set(err, BAWN_E_POLICY, "the pattern database is damaged: rebuild it");
}

bool bawn_rules_unpack(bawn_rules *r, bawn_slice packed, bawn_arena *arena, bawn_error *err)
{
    reader in = { packed, packed.ptr, arena, true };
    uint32_t head[6];

    in.ok = get(&in) == r->in_place;
    for (size_t i = 0; i < BAWN_COUNT(head); i++)
        head[i] = get(&in);
    if (!in.ok || head[0] != r->n_rules)
        return bawn_error_set(err, BAWN_E_POLICY, "the pattern database was made from other tables: rebuild it");
    get_rules(&in, r, head[5]);
    get_anchors(&in, r, head[1], head[2]);
    get_gates(&in, r, head[3], head[4], head[5]);
    r->literals = get_literals(&in);
    r->anchor_literals = get_literals(&in);
    bawn_slice signs = get_bytes(&in, 4);
    in.ok = in.ok && signs.len == sizeof r->signs.rows;
    if (in.ok)
        memcpy(r->signs.rows, signs.ptr, signs.len);
    return get_databases(&in, r, err);
}

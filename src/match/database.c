/* A Vectorscan database in block mode: compile, save, load, scan.
 *
 * Patterns of ASCII text are compiled on bytes, the others with HS_FLAG_UTF8 so that case folding knows their letters;
 * the text is valid UTF-8 in both cases. The built-in database is compiled for the generic platform, which is loadable
 * on every CPU and was measured no slower than native (RULINGS R9). A saved database carries the library's version,
 * because Vectorscan reads only its own.
 *
 * A database in place is what hs_deserialize_database_at() writes at a multiple of 64: it holds no addresses, only the
 * distance to its tables, which are aligned to 64 (src/database.c of Vectorscan; tests/unit/match/database.c moves one).
 *
 * Vectorscan 5.4.9 (Debian 12) misses matches that end in the last 30 bytes of its buffer, for some databases of a few
 * patterns and some alignments (13 % of the placements that were tried: tests/unit/match/database.c); with 32 zero
 * bytes behind the text none. So a text is scanned with zeros behind it, a long one where it lies and its end once more
 * as such a copy; and, where a pattern asks for the end of the text, as it is as well. */
#include "match/match.h"
#include "match/regex.h"

#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>

#define PADDING 64
#define COPIED (16u << 10)      /* so long a text is copied as a whole */
#define TAIL (2 * PADDING)      /* of a longer one: where a match may have been missed */
#define AGAIN (8 * BAWN_MATCH_WIDTH)    /* ... and so much is scanned again, in which a match that ends there begins */

struct bawn_match { hs_database_t *db; bool asks_for_end, borrowed; };
struct bawn_match_scratch { hs_scratch_t *scratch; char padded[COPIED + PADDING]; };

/* A saved database: how it is kept, the library's version with asks_for_end as its last byte, and what Vectorscan wrote. */
enum { KIND = 8, VERSION = 64, HEAD = 2 * BAWN_MATCH_ALIGN };
static const char serialised[KIND] = "BAWNDB3", in_memory[KIND] = "BAWNDBM";

/* Escapes plain text into an expression that matches exactly it. */
static bool quote(bawn_buf *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c >= 0x80 || bawn_is_alnum(*c))
            bawn_buf_byte(out, (char)*c);
        else
            bawn_buf_fmt(out, "\\x%02x", *c);
    return bawn_buf_byte(out, '\0');
}

bool bawn_match_expression(bawn_buf *out, unsigned *hs_flags, const char *regex, uint8_t flags)
{
    bawn_buf_clear(out);
    *hs_flags = (flags & BAWN_P_CASE) ? 0 : HS_FLAG_CASELESS;
    if (!bawn_slice_is_ascii(bawn_slice_str(regex)))
        *hs_flags |= HS_FLAG_UTF8;
    if (flags & BAWN_P_LITERAL)
        return quote(out, regex);
    return bawn_buf_str(out, regex) && bawn_buf_byte(out, '\0');
}

/* Whether an expression knows the end of the text: \z, or a `$` that is no sign of its own. */
static bool asks_for_end(const bawn_match_rule *r)
{
    const char *end = r->regex + strlen(r->regex);
    bool regular = bawn_regex_is_regular(r->regex);

    for (const char *c = r->regex; c < end && !(r->flags & BAWN_P_LITERAL); c++)
        if (*c == '\\' && (c[1] | 0x20) == 'z')
            return true;
        else if (*c == '\\' && c[1])
            c++;
        else if (*c == '[' && regular)
            c = bawn_regex_skip_class(c, end) - 1;
        else if (*c == '$')
            return true;
    return false;
}

typedef struct { char **text; unsigned *flags, *ids; } rule_arrays;

static void arrays_free(rule_arrays *a, size_t n)
{
    for (size_t i = 0; a->text && i < n; i++)
        bawn_free(a->text[i]);
    bawn_free(a->text);
    bawn_free(a->flags);
    bawn_free(a->ids);
}

static bool arrays_fill(rule_arrays *a, const bawn_match_rule *rules, size_t n)
{
    a->text = bawn_malloc(n * sizeof *a->text);
    a->flags = bawn_malloc(n * sizeof *a->flags);
    a->ids = bawn_malloc(n * sizeof *a->ids);
    if (a->text)
        memset(a->text, 0, n * sizeof *a->text);        /* first: arrays_free() reads it */
    if (!a->text || !a->flags || !a->ids)
        return false;
    for (size_t i = 0; i < n; i++) {
        bawn_buf b = { 0 };
        if (!bawn_match_expression(&b, &a->flags[i], rules[i].regex, rules[i].flags)) {
            bawn_buf_free(&b);
            return false;
        }
        a->text[i] = b.ptr;
        a->ids[i] = rules[i].id;
    }
    return true;
}

static bool compile_error(bawn_error *err, hs_compile_error_t *e, const bawn_match_rule *rules, size_t n)
{
    const char *rule = n == 1 ? rules->regex : e && e->expression >= 0 ? rules[e->expression].regex : "(all together)";
    bawn_error_set(err, BAWN_E_POLICY, "pattern `%s` does not compile: %s", rule, e ? e->message : "no memory");
    hs_free_compile_error(e);
    return false;
}

bool bawn_match_compile(bawn_match **out, const bawn_match_rule *rules, size_t n, bool portable, bawn_error *err)
{
    hs_platform_info_t generic = { 0 };
    hs_compile_error_t *e = NULL;
    rule_arrays a = { 0 };
    bawn_match *m = bawn_malloc(sizeof *m);

    *out = NULL;
    if (m)
        *m = (bawn_match){ .db = NULL };
    for (size_t i = 0; m && i < n; i++)
        m->asks_for_end = m->asks_for_end || asks_for_end(&rules[i]);
    if (!m || !arrays_fill(&a, rules, n)) {
        arrays_free(&a, n);
        bawn_free(m);
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory to compile %zu patterns", n);
    }
    hs_error_t rc = hs_compile_multi((const char *const *)a.text, a.flags, a.ids, (unsigned)n, HS_MODE_BLOCK,
                                     portable ? &generic : NULL, &m->db, &e);
    arrays_free(&a, n);
    if (rc != HS_SUCCESS) {
        bawn_free(m);
        return compile_error(err, e, rules, n);
    }
    *out = m;
    return true;
}

static bool add_head(bawn_buf *out, const bawn_match *m, const char *kind)
{
    char head[HEAD] = { 0 };
    memcpy(head, kind, KIND);
    snprintf(head + KIND, VERSION - 1, "%s", hs_version());
    head[KIND + VERSION - 1] = m->asks_for_end;
    return bawn_buf_add(out, bawn_slice_of(head, sizeof head));
}

/* The database as it lies at a multiple of 64. */
static bool add_in_place(bawn_buf *out, const char *bytes, size_t n)
{
    size_t size = 0;
    if (hs_serialized_database_size(bytes, n, &size) != HS_SUCCESS)
        return false;
    size = (size + BAWN_MATCH_ALIGN - 1) / BAWN_MATCH_ALIGN * BAWN_MATCH_ALIGN;
    void *at = aligned_alloc(BAWN_MATCH_ALIGN, size);
    if (at)
        memset(at, 0, size);
    bool ok = at && hs_deserialize_database_at(bytes, n, at) == HS_SUCCESS && bawn_buf_add(out, bawn_slice_of(at, size));
    free(at);
    return ok;
}

bool bawn_match_save(bawn_buf *out, const bawn_match *m, bool in_place)
{
    char *bytes = NULL;
    size_t n = 0;

    if (hs_serialize_database(m->db, &bytes, &n) != HS_SUCCESS)
        return false;
    bool ok = add_head(out, m, in_place ? in_memory : serialised) &&
              (in_place ? add_in_place(out, bytes, n) : bawn_buf_add(out, bawn_slice_of(bytes, n)));
    free(bytes);
    return ok;
}

/* Vectorscan looks at the database's own head. */
static bool borrow(bawn_match *m, const char *at)
{
    size_t size;
    m->db = (hs_database_t *)(uintptr_t)at;
    m->borrowed = true;
    return (uintptr_t)at % BAWN_MATCH_ALIGN == 0 && hs_database_size(m->db, &size) == HS_SUCCESS;
}

bool bawn_match_load(bawn_match **out, bawn_slice saved, bool in_place, bawn_error *err)
{
    *out = NULL;
    if (saved.len <= HEAD || memcmp(saved.ptr, in_place ? in_memory : serialised, KIND) != 0)
        return bawn_error_set(err, BAWN_E_POLICY, "this is no saved pattern database: rebuild it");
    if (strncmp(saved.ptr + KIND, hs_version(), VERSION - 2) != 0)
        return bawn_error_set(err, BAWN_E_POLICY, "the pattern database was made by Vectorscan %.40s, here is %s: rebuild "
                              "it", saved.ptr + KIND, hs_version());
    bawn_match *m = bawn_malloc(sizeof *m);
    if (!m)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for the pattern database");
    *m = (bawn_match){ .asks_for_end = saved.ptr[KIND + VERSION - 1] != 0 };
    if (in_place ? !borrow(m, saved.ptr + HEAD) : hs_deserialize_database(saved.ptr + HEAD, saved.len - HEAD, &m->db) != HS_SUCCESS) {
        bawn_free(m);
        return bawn_error_set(err, BAWN_E_POLICY, "the pattern database is damaged: rebuild it");
    }
    *out = m;
    return true;
}

void bawn_match_free(bawn_match *m)
{
    if (!m)
        return;
    if (!m->borrowed)
        hs_free_database(m->db);
    bawn_free(m);
}

size_t bawn_match_size(const bawn_match *m)
{
    size_t n = 0;
    return hs_database_size(m->db, &n) == HS_SUCCESS ? n : 0;
}

bool bawn_match_scratch_fit(bawn_match_scratch **s, const bawn_match *m, bawn_error *err)
{
    if (!*s) {
        *s = bawn_malloc(sizeof **s);
        if (!*s)
            return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for pattern scratch");
        (*s)->scratch = NULL;
    }
    if (hs_alloc_scratch(m->db, &(*s)->scratch) != HS_SUCCESS)
        return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for pattern scratch");
    return true;
}

void bawn_match_scratch_free(bawn_match_scratch *s)
{
    if (!s)
        return;
    hs_free_scratch(s->scratch);
    bawn_free(s);
}

/* base: what is added to an end; [from, to]: the ends that are reported. */
typedef struct { bawn_match_hit hit; void *context; size_t base, from, to; } relay;

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
    const relay *r = context;
    size_t end = (size_t)to + r->base;
    (void)from;
    (void)flags;
    if (end >= r->from && end <= r->to)
        r->hit(r->context, id, end);
    return 0;
}

static bool scan(const bawn_match *m, bawn_match_scratch *s, const char *text, size_t len, relay *r)
{
    return hs_scan(m->db, text, (unsigned)len, 0, s->scratch, on_match, r) == HS_SUCCESS;
}

/* The text's last bytes from `from` on, with zeros behind them. */
static bool scan_padded(const bawn_match *m, bawn_match_scratch *s, bawn_slice text, size_t from, relay *r)
{
    size_t len = text.len - from;
    memcpy(s->padded, text.ptr + from, len);
    memset(s->padded + len, 0, PADDING);
    r->base = from;
    return scan(m, s, s->padded, len + PADDING, r);
}

bool bawn_match_scan(const bawn_match *m, bawn_match_scratch *s, bawn_slice text, bawn_match_hit hit, void *context)
{
    relay r = { hit, context, 0, 0, text.len };

    if (text.len == 0)
        return true;
    if (text.len > UINT32_MAX - PADDING)
        return false;
    if (m->asks_for_end || text.len > COPIED) {
        if (!scan(m, s, text.ptr, text.len, &r))
            return false;
        r.from = text.len > TAIL ? text.len - TAIL : 0;
    }
    return scan_padded(m, s, text, text.len > AGAIN && r.from > 0 ? text.len - AGAIN : 0, &r);
}

uint32_t bawn_match_width(const char *regex, uint8_t flags, bawn_error *err)
{
    bawn_buf b = { 0 };
    unsigned hs_flags = 0;
    hs_expr_info_t *info = NULL;
    hs_compile_error_t *e = NULL;
    uint32_t width = 0;

    if (!bawn_match_expression(&b, &hs_flags, regex, flags)) {
        bawn_buf_free(&b);
        bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory");
        return 0;
    }
    bawn_match_rule rule = { regex, flags, 0 };
    if (hs_expression_info(b.ptr, hs_flags, &info, &e) != HS_SUCCESS)
        compile_error(err, e, &rule, 1);
    else if (info->max_width == UINT32_MAX)
        bawn_error_set(err, BAWN_E_POLICY, "pattern `%s` has no finite width: bound its repeats, as in `.{0,40}`", regex);
    else
        width = info->max_width;
    free(info);
    bawn_buf_free(&b);
    return width;
}

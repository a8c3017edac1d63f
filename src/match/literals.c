/* literals.c: see literals.h.
 *
 * Of each literal one *key* is chosen: four bytes of it that honest text has least (or three and the white space that
 * must stand beside it). Every four bytes of the text are hashed, white space as one, letters folded to one case by setting
 * bit 5 (which folds some signs too: what follows is exact), and looked up in a bitmap small enough for the first cache; only
 * where a bit is set is there anything more to do: one bucket of a hash table. This is Karp and Rabin's search for many
 * patterns (1987) with a fixed width. With AVX2 eight positions are hashed and looked up at a time, and where bits are set
 * is noted without a branch, since prose has one in every third lot of eight.
 *
 * The entries of a bucket are compared sixteen bytes at once with the *window* around the key, white space of any length
 * as one space: prose has three entries at every such place, and a match at every third. Most literals stand in the
 * window whole and need no more than that; the others are compared byte by byte. */
#include "match/literals.h"

#include <stdlib.h>

#define KEY 4
#define MAP_BITS 18             /* 32 KiB of bitmap */
#define BUCKET_BITS 13
#define FOLD 0x20202020u
#define MIX 0x9E3779B1u         /* 2^32 over the golden ratio (Knuth, TAOCP 3, 6.4) */
#define LONGEST 255
#define MAGIC 0x334C5742u       /* "BWL3" */
#define WINDOW 16               /* bytes that are compared at once: those before the key, the key, and those behind it */
#define BEFORE 4
#define BEHIND (WINDOW - BEFORE)
#define WHOLE 128               /* of an entry's flags: what stands in the window is all that there is to compare */

/* One text, for all literals that differ in their id or white space alone. */
typedef struct {
    uint8_t window[WINDOW], mask[WINDOW];   /* folded; mask: 255 where the literal has a byte */
    uint32_t text;              /* where it stands, in bytes from the set's begin */
    uint32_t first;             /* uses[first, next entry's first) */
    uint8_t len, flags;         /* BAWN_L_CASE, BAWN_L_LOOSE, WHOLE */
    int16_t at;                 /* offset of the key in the text; -1: it begins with the white space before */
} entry;
typedef struct { uint32_t id, flags; } use;
#define HOW (BAWN_L_CASE | BAWN_L_LOOSE)    /* how a text is compared */

struct bawn_literals {
    uint32_t magic, size, n, n_uses;                /* size: of the whole block; n: entries */
    uint32_t map[(1u << MAP_BITS) / 32];
    uint32_t bucket[(1u << BUCKET_BITS) + 1];       /* entries of bucket b: [bucket[b], bucket[b + 1]) */
    entry entries[];                                /* one more than n; behind them the uses, then the texts */
};

static inline uint32_t hash_of(uint32_t key) { return key * MIX; }
static inline uint32_t bit_of(uint32_t hash) { return hash >> (32 - MAP_BITS); }
static inline uint32_t bucket_of(uint32_t hash) { return hash >> (32 - BUCKET_BITS); }
static inline bool is_set(const bawn_literals *l, uint32_t bit) { return l->map[bit >> 5] >> (bit & 31) & 1; }
static const char *text_of(const bawn_literals *l, const entry *e) { return (const char *)l + e->text; }
static const use *uses_of(const bawn_literals *l) { return (const use *)(const void *)(l->entries + l->n + 1); }

/* Four bytes as they are hashed: all four at once, in the halves and the top bits of one word. */
static uint32_t key_of(const char *s)
{
    uint32_t key, low, space;
    memcpy(&key, s, KEY);
    low = key & 0x7F7F7F7Fu;
    space = (low + 0x77777777u) & ~(low + 0x72727272u) & ~key & 0x80808080u;    /* 9 to 13 */
    space = (space >> 7) * 0xFFu;
    return (key & ~space) | FOLD;
}

typedef uint8_t lanes __attribute__((vector_size(WINDOW)));

/* Sixteen bytes as they are compared: white space as a space, letters in lower case; signs from @ up, and what is not
 * ASCII, by their value without bit 5. */
static inline lanes fold(lanes v)
{
    lanes space = (lanes)((v >= 9) & (v <= 13));
    v = (v & ~space) | (space & ' ');
    return v | (v & 0x40) >> 1 | (v & 0x80) >> 2;
}

static inline bool is_zero(lanes v)
{
    uint64_t halves[2];
    memcpy(halves, &v, sizeof halves);
    return (halves[0] | halves[1]) == 0;
}

/* Whether white space stands beside white space in it. */
static inline bool has_wide_space(lanes folded)
{
    lanes space = (lanes)(folded == ' '), nothing = { 0 };
    return !is_zero(space & __builtin_shufflevector(space, nothing, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14));
}

/* ---- keys ---------------------------------------------------------------------------------------------------- */
static const struct { unsigned times; const char *grams; } common[] = {
#include "match/common_grams.inc"
};

static int by_gram(const void *a, const void *b) { return memcmp(a, b, KEY); }

/* How often four bytes stand in 64 KiB of prose. */
static unsigned times_of(const unsigned char *bytes)
{
    char gram[KEY];

    for (size_t i = 0; i < KEY; i++)
        gram[i] = bawn_is_space(bytes[i]) ? ' ' : bawn_lower((char)bytes[i]);
    for (size_t c = 0; c < BAWN_COUNT(common); c++)
        if (bsearch(gram, common[c].grams, strlen(common[c].grams) / KEY, KEY, by_gram))
            return common[c].times;
    return 1;
}

/* Among the uncommon ones: letters of English by their share (Lewand, Cryptological Mathematics, 2000, per thousand);
 * signs and digits are rare beside them. */
static unsigned share_of(unsigned char c)
{
    static const uint8_t letters[] = { 82, 15, 28, 43, 127, 22, 20, 61, 70, 2, 8, 40, 24, 67, 75, 19, 1, 60, 63, 91, 28,
                                       10, 24, 2, 20, 1 };
    unsigned letter = (c | 0x20u) - 'a';
    if (letter < BAWN_COUNT(letters))
        return letters[letter];
    return bawn_is_space(c) ? 180 : 2;
}

/* ASCII, or a byte of U+00C0 to U+00FF: there too bit 5 of the second byte is the letter's case. */
static bool is_latin(const char *text, size_t i)
{
    unsigned char c = (unsigned char)text[i];
    return c < 0x80 || c == 0xC3 || (c < 0xC0 && i > 0 && (unsigned char)text[i - 1] == 0xC3);
}

typedef struct { unsigned char bytes[LONGEST + 3]; size_t n; bool before, after, loose; } shape;  /* with its white space */

/* Where the key is; s->n: nowhere. */
static size_t rarest_key(const shape *s)
{
    size_t best = s->n;
    uint64_t least = UINT64_MAX;

    for (size_t at = 0; at + KEY <= s->n; at++) {
        if (s->loose && (s->bytes[at + 1] == ' ' || s->bytes[at + 2] == ' '))
            continue;                       /* white space of any length: a key may only begin or end with it */
        uint64_t weight = times_of(s->bytes + at);
        for (size_t i = at; i < at + KEY; i++)
            weight = weight * (share_of(s->bytes[i]) + 1);
        weight += (uint64_t)times_of(s->bytes + at) << 40;
        if (weight < least) {
            least = weight;
            best = at;
        }
    }
    return best;
}

static bool add_byte(shape *s, unsigned char c)
{
    if (bawn_is_space(c) && s->n > 0 && bawn_is_space(s->bytes[s->n - 1]))
        return false;                       /* two of them are as one */
    s->bytes[s->n++] = c;
    return true;
}

static bool shape_of(shape *s, const char *text, uint8_t flags)
{
    size_t len = strlen(text);
    bool ok = len > 0 && len <= LONGEST;

    *s = (shape){ .before = flags & BAWN_L_SPACE_BEFORE, .after = flags & BAWN_L_SPACE_AFTER,
                    .loose = flags & BAWN_L_LOOSE };
    if (s->before)
        s->bytes[s->n++] = ' ';
    for (size_t i = 0; ok && i < len; i++)
        ok = is_latin(text, i) && add_byte(s, (unsigned char)text[i]);
    ok = ok && (!s->after || add_byte(s, ' '));
    return ok && s->n >= KEY && rarest_key(s) < s->n;
}

bool bawn_literals_takes(const char *text, uint8_t flags)
{
    shape s;
    return shape_of(&s, text, flags);
}

unsigned bawn_literals_times(const char *text, uint8_t flags)
{
    shape s;
    return shape_of(&s, text, flags) ? times_of(s.bytes + rarest_key(&s)) : 0;
}

/* ---- making a set ---------------------------------------------------------------------------------------------- */
/* A literal on its way: its entry but for the places, and what it is sorted by. */
typedef struct { const bawn_literal *literal; uint32_t key; entry e; } row;

/* Whether folding tells a byte from all others, but a letter from its other case. */
static bool is_told(unsigned char c) { return bawn_is_alnum(c) || (c >= ' ' && c < '@'); }

/* The literal as it stands around its key, and whether nothing else has to be compared. */
static void read_window(entry *e, const shape *s, size_t at)
{
    bool whole = at <= BEFORE && s->n - at <= BEHIND && !(e->flags & BAWN_L_CASE);
    lanes v = { 0 };

    for (size_t i = at > BEFORE ? at - BEFORE : 0; i < s->n && i < at + BEHIND; i++) {
        bool beside = (s->before && i == 0) || (s->after && i + 1 == s->n);
        v[i + BEFORE - at] = s->bytes[i];
        e->mask[i + BEFORE - at] = 0xFF;
        whole = whole && is_told(s->bytes[i]) && (s->bytes[i] != ' ' || s->loose || beside);
    }
    v = fold(v);
    memcpy(e->window, &v, sizeof v);
    e->flags |= whole ? WHOLE : 0;
}

static bool read_row(row *r, const bawn_literal *l)
{
    shape s;
    if (!shape_of(&s, l->text, l->flags))
        return false;
    size_t at = rarest_key(&s);
    *r = (row){ l, key_of((const char *)s.bytes + at),
                { .len = (uint8_t)strlen(l->text), .flags = l->flags & HOW, .at = (int16_t)((int)at - s.before) } };
    read_window(&r->e, &s, at);
    return true;
}

/* By bucket, so that a bucket's entries lie together; then those that share a text and a key. */
static int by_bucket(const void *a, const void *b)
{
    const row *x = a, *y = b;
    if (x->key != y->key) {
        uint32_t i = hash_of(x->key), k = hash_of(y->key);
        return i != k ? (i < k ? -1 : 1) : x->key < y->key ? -1 : 1;
    }
    if (x->e.at != y->e.at)
        return x->e.at < y->e.at ? -1 : 1;
    int how = (x->e.flags & HOW) - (y->e.flags & HOW), text = how ? how : strcmp(x->literal->text, y->literal->text);
    text = text ? text : memcmp(&x->e, &y->e, sizeof x->e);
    return text ? text : x->literal->id < y->literal->id ? -1 : x->literal->id > y->literal->id;
}

static bool share_entry(const row *x, const row *y)
{
    return x->key == y->key && memcmp(&x->e, &y->e, sizeof x->e) == 0 && strcmp(x->literal->text, y->literal->text) == 0;
}

/* Writes entries, uses and texts from sorted rows; the block has room for all. */
static void fill(bawn_literals *l, const row *rows, size_t n, size_t texts_at)
{
    use *uses = (use *)(void *)(l->entries + l->n + 1);
    size_t e = 0, at = texts_at;

    for (size_t i = 0; i < n; i++) {
        const bawn_literal *literal = rows[i].literal;
        uses[i] = (use){ literal->id, literal->flags & ~(uint32_t)HOW };
        if (i > 0 && share_entry(&rows[i - 1], &rows[i]))
            continue;
        uint32_t hash = hash_of(rows[i].key), bit = bit_of(hash);
        l->entries[e] = rows[i].e;
        l->entries[e].text = (uint32_t)at;
        l->entries[e++].first = (uint32_t)i;
        memcpy((char *)l + at, literal->text, rows[i].e.len);
        at += rows[i].e.len;
        l->map[bit >> 5] |= 1u << (bit & 31);
        l->bucket[bucket_of(hash) + 1] = (uint32_t)e;
    }
    l->entries[e] = (entry){ .first = (uint32_t)n };
    for (size_t b = 0; b < 1u << BUCKET_BITS; b++)
        if (l->bucket[b + 1] < l->bucket[b])
            l->bucket[b + 1] = l->bucket[b];        /* empty */
}

static bawn_literals *build(const row *rows, size_t n)
{
    size_t entries = 0, texts = 0;

    for (size_t i = 0; i < n; i++)
        if (i == 0 || !share_entry(&rows[i - 1], &rows[i])) {
            entries++;
            texts += strlen(rows[i].literal->text);
        }
    size_t head = sizeof(bawn_literals) + (entries + 1) * sizeof(entry) + n * sizeof(use);
    size_t size = (head + texts + 3) & ~(size_t)3;
    bawn_literals *l = size < UINT32_MAX ? bawn_malloc(size) : NULL;
    if (!l)
        return NULL;
    memset(l, 0, size);
    l->magic = MAGIC;
    l->size = (uint32_t)size;
    l->n = (uint32_t)entries;
    l->n_uses = (uint32_t)n;
    fill(l, rows, n, head);
    return l;
}

bawn_literals *bawn_literals_new(const bawn_literal *items, size_t n)
{
    row *rows = n < UINT32_MAX / sizeof *rows ? bawn_malloc((n + 1) * sizeof *rows) : NULL;
    bool ok = rows != NULL;

    for (size_t i = 0; ok && i < n; i++)
        ok = read_row(&rows[i], &items[i]);
    if (ok && n > 0)
        qsort(rows, n, sizeof *rows, by_bucket);
    bawn_literals *l = ok ? build(rows, n) : NULL;
    bawn_free(rows);
    return l;
}

void bawn_literals_free(bawn_literals *l) { bawn_free(l); }

bawn_slice bawn_literals_bytes(const bawn_literals *l) { return bawn_slice_of((const char *)l, l->size); }

/* Nothing read later can lie outside of the block. */
static bool is_sound(const bawn_literals *l, size_t size)
{
    size_t room = size - sizeof *l;
    if (l->magic != MAGIC || l->size != size || l->n >= room / sizeof(entry) ||
        l->n_uses > (room - (l->n + 1) * sizeof(entry)) / sizeof(use))
        return false;
    for (size_t b = 0; b < 1u << BUCKET_BITS; b++)
        if (l->bucket[b] > l->bucket[b + 1])
            return false;
    for (size_t i = 0; i < l->n; i++) {
        const entry *e = &l->entries[i];
        if (e->text > size || e->len > size - e->text || e->at < -1 ||
            e->at >= (int)e->len || e->first > e[1].first)
            return false;
    }
    return l->bucket[1u << BUCKET_BITS] == l->n && l->entries[l->n].first == l->n_uses;
}

const bawn_literals *bawn_literals_at(bawn_slice bytes)
{
    const bawn_literals *l = (const bawn_literals *)(const void *)bytes.ptr;

    if (bytes.len < sizeof *l || (uintptr_t)bytes.ptr % _Alignof(bawn_literals) != 0 || !is_sound(l, bytes.len))
        return NULL;
    return l;
}

/* ---- looking ----------------------------------------------------------------------------------------------------- */
typedef struct { const bawn_literals *set; bawn_slice text; size_t from; bawn_literals_hit hit; void *context; } search;

/* The lower-case letter of a byte, that of U+00C0 to U+00DE too (U+00D7, the sign of multiplication, is none). */
static unsigned char lower_at(const char *s, size_t i)
{
    unsigned char c = (unsigned char)s[i];
    if (c < 0x80)
        return (unsigned char)bawn_lower(s[i]);
    return c < 0x9F && c != 0x97 && i > 0 && (unsigned char)s[i - 1] == 0xC3 ? c | 0x20 : c;
}

static bool is_same(const char *a, const char *b, size_t i, size_t k)
{
    return a[i] == b[k] || lower_at(a, i) == lower_at(b, k);
}

/* Compares the literal from its byte k on with the text from `at` on; returns the end, SIZE_MAX when they differ. */
static size_t compare_on(const search *s, const entry *e, size_t at, size_t k)
{
    const char *text = text_of(s->set, e);
    for (; k < e->len; k++, at++) {
        if (at >= s->text.len)
            return SIZE_MAX;
        if (text[k] == ' ' && (e->flags & BAWN_L_LOOSE)) {
            if (!bawn_is_space((unsigned char)s->text.ptr[at]))
                return SIZE_MAX;
            while (at + 1 < s->text.len && bawn_is_space((unsigned char)s->text.ptr[at + 1]))
                at++;
        } else if (e->flags & BAWN_L_CASE ? s->text.ptr[at] != text[k] : !is_same(s->text.ptr, text, at, k)) {
            return SIZE_MAX;
        }
    }
    return at;
}

/* The same to the left, from the bytes before `at` and k; returns the begin. */
static size_t compare_back(const search *s, const entry *e, size_t at, size_t k)
{
    const char *text = text_of(s->set, e);
    for (; k > 0; k--, at--) {
        if (at <= s->from)
            return SIZE_MAX;
        if (text[k - 1] == ' ' && (e->flags & BAWN_L_LOOSE)) {
            if (!bawn_is_space((unsigned char)s->text.ptr[at - 1]))
                return SIZE_MAX;
            while (at - 1 > s->from && bawn_is_space((unsigned char)s->text.ptr[at - 2]))
                at--;
        } else if (e->flags & BAWN_L_CASE ? s->text.ptr[at - 1] != text[k - 1]
                                          : !is_same(s->text.ptr, text, at - 1, k - 1)) {
            return SIZE_MAX;
        }
    }
    return at;
}

static bool is_space_at(const search *s, size_t at) { return at < s->text.len && bawn_is_space((unsigned char)s->text.ptr[at]); }

/* The text of an entry stands at `begin`: who asked for it with the white space that stands beside it? */
static void report(const search *s, const entry *e, size_t begin, size_t end)
{
    const use *uses = uses_of(s->set);
    uint32_t beside = (begin > 0 && is_space_at(s, begin - 1) ? (uint32_t)BAWN_L_SPACE_BEFORE : 0) |
                      (is_space_at(s, end) ? (uint32_t)BAWN_L_SPACE_AFTER : 0);
    for (uint32_t i = e->first; i < e[1].first; i++)
        if ((uses[i].flags & ~beside) == 0)
            s->hit(s->context, uses[i].id, end);
}

/* The window around `at`, with white space of any length as one space: what stands outside of the text is 0. */
static lanes narrowed(const search *s, size_t at)
{
    const char *text = s->text.ptr;
    lanes v = { 0 };

    for (size_t i = BEFORE, k = at; i < WINDOW && k < s->text.len; i++, k++) {
        while (is_space_at(s, k) && is_space_at(s, k + 1))
            k++;
        v[i] = (uint8_t)text[k];
    }
    for (size_t i = BEFORE, k = at; i > 0; i--, k--) {
        while (k > 0 && is_space_at(s, k) && is_space_at(s, k - 1))
            k--;
        if (k == 0)
            break;
        v[i - 1] = (uint8_t)text[k - 1];
    }
    return fold(v);
}

/* The literal's bytes around its key stand here, and so do the others? */
static void compare(const search *s, const entry *e, size_t at, bool all)
{
    size_t k = e->at < 0 ? 0 : (size_t)e->at, from = at + (e->at < 0), begin, end;

    if (all) {
        begin = from >= s->from + k ? from - k : SIZE_MAX;
        end = begin == SIZE_MAX || e->len > s->text.len - begin ? SIZE_MAX : begin + e->len;
    } else {
        if ((e->flags & BAWN_L_LOOSE) && e->at > 0 && text_of(s->set, e)[k] == ' ')
            k++, from++;                    /* there may be more white space before it than the key's */
        begin = from < s->from ? SIZE_MAX : compare_back(s, e, from, k);
        end = begin == SIZE_MAX ? SIZE_MAX : compare_on(s, e, from, k);
    }
    if (end != SIZE_MAX)
        report(s, e, begin, end);
}

static inline uint32_t bucket_at(const search *s, size_t at) { return bucket_of(hash_of(key_of(s->text.ptr + at))); }

/* The bitmap has a bit for the four bytes at `at`, whose bucket this is. */
static inline void candidate(const search *s, size_t at, uint32_t bucket)
{
    const entry *e = s->set->entries + s->set->bucket[bucket], *end = s->set->entries + s->set->bucket[bucket + 1];
    bool inside = at >= BEFORE && s->text.len - at >= BEHIND;
    lanes v = { 0 }, window, mask;

    if (inside) {
        memcpy(&v, s->text.ptr + at - BEFORE, sizeof v);
        v = fold(v);
        inside = !has_wide_space(v);
    }
    if (!inside)
        v = narrowed(s, at);
    for (; e < end; e++) {
        memcpy(&window, e->window, sizeof window);
        memcpy(&mask, e->mask, sizeof mask);
        if (is_zero((v ^ window) & mask))
            compare(s, e, at, inside && (e->flags & WHOLE));
    }
}

static void scan_plain(const search *s, size_t at)
{
    for (; at + KEY <= s->text.len; at++) {
        if (is_set(s->set, bit_of(hash_of(key_of(s->text.ptr + at)))))
            candidate(s, at, bucket_at(s, at));
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi2")))
#define BLOCK 2048              /* positions between two looks at the candidates */

/* One bit for each of the positions p[0, 8): whether the bitmap knows the four bytes there. Reads p[0, 16). */
AVX2 static inline unsigned look_at_eight(const uint32_t *map, const char *p)
{
    const __m256i spread = _mm256_setr_epi8(0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6,
                                            4, 5, 6, 7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10);
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i space = _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(8)), _mm_cmpgt_epi8(_mm_set1_epi8(14), bytes));
    __m256i v = _mm256_broadcastsi128_si256(_mm_blendv_epi8(bytes, _mm_set1_epi8(' '), space));
    __m256i keys = _mm256_or_si256(_mm256_shuffle_epi8(v, spread), _mm256_set1_epi8(0x20));
    __m256i bit = _mm256_srli_epi32(_mm256_mullo_epi32(keys, _mm256_set1_epi32((int)MIX)), 32 - MAP_BITS);
    __m256i word = _mm256_i32gather_epi32((const int *)(const void *)map, _mm256_srli_epi32(bit, 5), 4);
    __m256i low = _mm256_set1_epi32(31), up = _mm256_andnot_si256(bit, low);       /* 31 - bit % 32: to the sign */
    return (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_sllv_epi32(word, up)));
}

/* Writes base + i for each bit i of the mask, and rubbish behind; returns the new end. */
AVX2 static inline uint16_t *note_positions(uint16_t *out, unsigned mask, unsigned base)
{
    uint64_t wide = _pdep_u64(mask, 0x0101010101010101u) * 0xFF;
    __m128i at = _mm_cvtepu8_epi16(_mm_cvtsi64_si128((long long)_pext_u64(0x0706050403020100u, wide)));
    _mm_storeu_si128((__m128i *)(void *)out, _mm_add_epi16(at, _mm_set1_epi16((short)base)));
    return out + __builtin_popcount(mask);
}

/* The candidates of a block, at + found[0, n). Their entries lie all over the second cache: they are asked for first. */
static void look_up(const search *s, size_t at, const uint16_t *found, size_t n)
{
    uint16_t buckets[BLOCK + 8];

    for (size_t i = 0; i < n; i++) {
        buckets[i] = (uint16_t)bucket_at(s, at + found[i]);
        __builtin_prefetch(&s->set->bucket[buckets[i]]);
    }
    for (size_t i = 0; i < n; i++) {
        const entry *e = &s->set->entries[s->set->bucket[buckets[i]]];
        __builtin_prefetch(e);
        __builtin_prefetch((const char *)e + 64);
    }
    for (size_t i = 0; i < n; i++)
        candidate(s, at + found[i], buckets[i]);
}

AVX2 static size_t scan_avx2(const search *s, size_t at)
{
    uint16_t found[BLOCK + 8];

    while (at + 8 + 16 <= s->text.len) {
        uint16_t *end = found;
        const char *p = s->text.ptr + at;
        size_t most = s->text.len - at - 16 < BLOCK ? s->text.len - at - 16 : BLOCK, i = 0;
        for (; i + 8 <= most; i += 8)
            end = note_positions(end, look_at_eight(s->set->map, p + i), (unsigned)i);
        look_up(s, at, found, (size_t)(end - found));
        at += i;
    }
    return at;
}
#endif

void bawn_literals_scan(const bawn_literals *l, bawn_slice text, size_t from, bawn_literals_hit hit, void *context)
{
    search s = { l, text, from, hit, context };
    size_t at = from > 0 ? from - 1 : 0;        /* a key may begin with the white space before */

    if (!l || l->n == 0)
        return;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
        at = scan_avx2(&s, at);
#endif
    scan_plain(&s, at);
}

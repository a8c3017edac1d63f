/* Builds the fingerprint of system texts: the hashes of their words and a table of all runs of three words. One
 * allocation, sized by the number of bytes: a word and what parts it from the next take at least two. */
#include "guard/leak/prompt.h"

static size_t aligned(size_t n) { return (n + 15) & ~(size_t)15; }

typedef struct { size_t words, slots, texts; } bounds;

static bounds bound(const bawn_slice *texts, size_t n)
{
    bounds b = { 0, 64, n };
    for (size_t i = 0; i < n; i++)
        b.words += texts[i].len / 2 + 1;
    while (b.slots < b.words)       /* about two shingles per two words' bytes: words are longer than one letter */
        b.slots *= 2;
    return b;
}

static bawn_leak_prompt *allocate(const bounds *b)
{
    size_t head = aligned(sizeof(bawn_leak_prompt)), word = aligned(b->words * 4), single = aligned(b->words),
           next = aligned(b->words * 8), slots = aligned(b->slots * 4), filter = aligned(b->slots), texts = aligned(b->texts * sizeof(leak_text) + 1);
    char *at = bawn_malloc(head + 2 * word + single + next + slots + filter + texts);
    bawn_leak_prompt *p = (bawn_leak_prompt *)(void *)at;

    if (!p)
        return NULL;
    memset(p, 0, offsetof(bawn_leak_prompt, canaries));
    p->words[0] = (uint32_t *)(void *)(at += head);
    p->words[1] = (uint32_t *)(void *)(at += word);
    p->single = (uint8_t *)(at += word);
    p->next = (uint32_t *)(void *)(at += single);
    p->slots = (uint32_t *)(void *)(at += next);
    p->filter = (uint64_t *)(void *)(at += slots);
    p->texts = (leak_text *)(void *)(at + filter);
    p->mask = (uint32_t)b->slots - 1;
    memset(p->slots, 0, b->slots * 4);
    memset(p->filter, 0, b->slots);
    return p;
}

static void add_text(bawn_leak_prompt *p, bawn_slice text, unsigned min_words)
{
    leak_word w;
    bool open;
    size_t at = 0;
    uint32_t first = p->n, points = 0;

    while (leak_word_both(&w, &open, &at, text)) {
        p->words[0][p->n] = w.hash;
        p->words[1][p->n] = w.back;
        p->single[p->n++] = w.single;
        points += w.single ? 1 : 2;
    }
    if (points < 2 * BAWN_LEAK_WORDS_LEAST)
        p->n = first;       /* too short to be told from an ordinary phrase */
    else
        p->texts[p->n_texts++] = (leak_text){ p->n, points < 2 * min_words ? points : 2 * min_words };
}

/* Chains every three words in a row that lie in one text; from the last to the first, so that chains begin with the
 * earliest. */
static void index_shingles(bawn_leak_prompt *p)
{
    uint32_t begin = 0;
    for (uint32_t t = 0; t < p->n_texts; begin = p->texts[t++].end)
        for (uint32_t i = p->texts[t].end - 2; i-- > begin;)
            for (uint32_t way = 0; way < 2; way++) {
                const uint32_t *w = p->words[way] + i;
                uint32_t code = leak_code(w[0], w[1], w[2]), slot = leak_slot(code, p->mask), node = i + way * p->n;
                p->filter[leak_filter(code, p->mask)] |= leak_bit(code);
                p->next[node] = p->slots[slot];
                p->slots[slot] = node + 1;
            }
}

bawn_leak_prompt *bawn_leak_prompt_new(const bawn_slice *texts, size_t n, unsigned min_words)
{
    bounds b = bound(texts, n);
    bawn_leak_prompt *p = b.words > UINT32_MAX / 4 ? NULL : allocate(&b);

    if (!p)
        return NULL;
    if (min_words == 0)
        min_words = BAWN_LEAK_WORDS;
    min_words = min_words < BAWN_LEAK_WORDS_LEAST ? BAWN_LEAK_WORDS_LEAST : min_words > BAWN_LEAK_WORDS_MOST ? BAWN_LEAK_WORDS_MOST : min_words;
    for (size_t i = 0; i < n; i++)
        add_text(p, texts[i], min_words);
    index_shingles(p);
    return p;
}

void bawn_leak_prompt_free(bawn_leak_prompt *p) { bawn_free(p); }

static void add_end(bawn_match_bytes *ends, unsigned char c)
{
    bawn_match_bytes_add(ends, c);
    bawn_match_bytes_add(ends, bawn_is_alpha(c) ? c ^ 0x20 : c);
}

bool bawn_leak_prompt_canary(bawn_leak_prompt *p, bawn_slice token)
{
    if (token.len < BAWN_LEAK_CANARY_MIN || token.len > BAWN_LEAK_CANARY_MAX || p->n_canaries == BAWN_LEAK_CANARIES)
        return false;
    leak_canary *c = &p->canaries[p->n_canaries];
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] <= ' ' || token.ptr[i] > '~')
            return false;
        c->token[i] = bawn_lower(token.ptr[i]);
    }
    c->len = (uint8_t)token.len;
    add_end(&p->ends, (unsigned char)c->token[0]);
    add_end(&p->ends, (unsigned char)c->token[c->len - 1]);
    p->n_canaries++;
    return true;
}

/* Finds Markdown images by reference, `![chart][1]` with `[1]: https://evil.example/p.png` somewhere else in the answer:
 * the reader's program fetches them like inline ones, so what defines the label of an image is a finding as an inline
 * image is (link.c). References of links are links, and link.c's affair.
 *
 * The two halves may stand in any order and far from each other, so this is a scan: it remembers by hash the labels that
 * images use and those that are defined with a host that is not allowed (CommonMark 0.31 4.7, 6.3: full, collapsed and
 * shortcut references; case and blanks do not matter). An image behind its definition is the finding itself, for the
 * address may have left already. More labels than fit into the state count as used and as defined: a page of that many
 * is no answer. Held are at most an open label and the address behind it. O(n). */
#include "guard/exfiltration/exfiltration.h"
#include "guard/exfiltration/url.h"

#define LABELS 7
#define LABEL_MOST 400      /* bytes between brackets; CommonMark allows 999 characters, nobody needs them */

typedef struct { uint8_t n_used, n_defined; bool all_used, all_defined, inside_line; uint32_t used[LABELS], defined[LABELS]; } memory;
_Static_assert(sizeof(memory) <= 64, "a scan's state");

enum { OPEN, NONE, DONE };  /* a construct: its end has not come; it is none; it was read */

/* ---- labels --------------------------------------------------------------------------------------------------------- */
/* FNV-1a of a label in lower case, blanks as one. */
static uint32_t hash_of(bawn_slice label)
{
    uint32_t h = 2166136261u;
    bool blank = true;
    for (size_t i = 0; i < label.len; i++) {
        unsigned char c = (unsigned char)bawn_lower(label.ptr[i]);
        bool space = bawn_is_space(c);
        if (space && (blank || i + 1 == label.len))
            continue;
        h = (h ^ (space ? ' ' : c)) * 16777619u;
        blank = space;
    }
    return h;
}

static bool knows(const uint32_t *labels, uint8_t n, bool all, uint32_t label)
{
    for (uint8_t i = 0; i < n; i++)
        all |= labels[i] == label;
    return all;
}

static void learn(uint32_t *labels, uint8_t *n, bool *all, uint32_t label)
{
    if (knows(labels, *n, *all, label))
        return;
    if (*n < LABELS)
        labels[(*n)++] = label;
    else
        *all = true;
}

/* The bracket that closes the one at `open`. */
static int closing(size_t *close, const bawn_probe *p, size_t open)
{
    int depth = 0;
    for (size_t i = open; i < p->text.len && i - open <= LABEL_MOST; i++) {
        char c = p->text.ptr[i];
        if (c == '\\')
            i++;
        else if (c == '[')
            depth++;
        else if (c == ']' && --depth == 0) {
            *close = i;
            return i + 1 < p->text.len || p->final ? DONE : OPEN;   /* what follows says what it was */
        }
    }
    return p->text.len - open > LABEL_MOST || p->final ? NONE : OPEN;
}

static bawn_slice between(const bawn_probe *p, size_t open, size_t close) { return bawn_slice_of(p->text.ptr + open + 1, close - open - 1); }
static int byte_at(const bawn_probe *p, size_t i) { return i < p->text.len ? (unsigned char)p->text.ptr[i] : -1; }

/* ---- the two halves -------------------------------------------------------------------------------------------------- */
/* "![alt][label]", "![label][]", "![label]"; at: its bracket. *end: behind it. */
static int image(size_t *end, bawn_probe *p, memory *m, size_t at)
{
    size_t close, second;
    int got = closing(&close, p, at);
    if (got != DONE)
        return got;
    *end = close + 1;
    bawn_slice label = between(p, at, close);
    if (byte_at(p, close + 1) == '(')
        return DONE;                        /* inline: link.c */
    if (byte_at(p, close + 1) == '[') {
        got = closing(&second, p, close + 1);
        if (got != DONE)
            return got;
        *end = second + 1;
        if (second > close + 2)
            label = between(p, close + 1, second);
    }
    uint32_t h = hash_of(label);
    learn(m->used, &m->n_used, &m->all_used, h);
    if (knows(m->defined, m->n_defined, m->all_defined, h))
        bawn_probe_found(p, 0, at - 1, *end, 0.95f);
    return DONE;
}

static bool blank(int c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static bool slash(int c) { return c == '/' || c == '\\'; }

/* Behind the slashes of the address at i; 0: it has no host of its own, or is no address. */
static size_t authority_of(const bawn_probe *p, size_t i)
{
    size_t begin = i;
    while (i - begin < 16 && i < p->text.len && (bawn_is_alnum((unsigned char)p->text.ptr[i]) || strchr("+-.", p->text.ptr[i])))
        i++;
    bool scheme = i > begin && byte_at(p, i) == ':';
    size_t slashes = scheme ? i + 1 : begin;
    for (i = slashes; slash(byte_at(p, i)); i++)
        ;
    return i - slashes >= (scheme ? 1u : 2u) ? i : 0;
}

/* "[label]: address"; at: its bracket. */
static int definition(size_t *end, bawn_probe *p, memory *m, size_t at)
{
    size_t close, i, to;
    int got = closing(&close, p, at);
    if (got != DONE || byte_at(p, close + 1) != ':')
        return got == DONE ? NONE : got;
    for (i = close + 2; i < p->text.len && i - close < 40 && blank((unsigned char)p->text.ptr[i]); i++)
        ;
    bool angle = byte_at(p, i) == '<';
    i += angle ? 1 : 0;
    for (to = i; to < p->text.len && to - i < URL_MOST + 16 && (unsigned char)p->text.ptr[to] > ' ' && p->text.ptr[to] != '>'; to++)
        ;
    if (to == p->text.len && !p->final)
        return OPEN;
    *end = to;
    size_t authority = authority_of(p, i);
    if (authority == 0 || authority >= to)
        return NONE;
    bawn_url u;
    bawn_url_read(&u, p, i, authority, angle ? '>' : 0);
    if (u.host.len == 0 || bawn_exfiltration_allows(p->settings, u.host))
        return DONE;
    uint32_t h = hash_of(between(p, at, close));
    learn(m->defined, &m->n_defined, &m->all_defined, h);
    if (knows(m->used, m->n_used, m->all_used, h))
        bawn_probe_found(p, 0, u.begin, u.end, 0.95f);
    return DONE;
}

/* Whether only blanks and marks of quotes and lists stand before i in its line. */
static bool opens_line(const bawn_probe *p, const memory *m, size_t i)
{
    while (i > p->begin && strchr(" \t>-*+", p->text.ptr[i - 1]))
        i--;
    return i > p->begin ? p->text.ptr[i - 1] == '\n' : !m->inside_line;
}

static size_t walk(bawn_probe *p, memory *m)
{
    for (size_t at = p->begin; at < p->text.len; at++) {
        const char *open = memchr(p->text.ptr + at, '[', p->text.len - at);
        size_t end = 0;
        if (!open)
            break;
        at = (size_t)(open - p->text.ptr);
        bool is_image = at > p->begin && open[-1] == '!';
        int got = is_image ? image(&end, p, m, at) : opens_line(p, m, at) ? definition(&end, p, m, at) : NONE;
        if (got == OPEN)
            return is_image ? at - 1 : at;
        if (got == DONE)
            at = end - 1;
    }
    bool mark = p->text.len > p->begin && p->text.ptr[p->text.len - 1] == '!' && !p->final;
    return p->text.len - (mark ? 1 : 0);
}

static void scan(bawn_probe *p)
{
    memory m;
    memcpy(&m, p->state, sizeof m);
    p->end = walk(p, &m);
    for (size_t i = p->begin; i < p->end; i++)
        m.inside_line = p->text.ptr[i] != '\n' && (m.inside_line || !strchr(" \t>-*+", p->text.ptr[i]));
    memcpy(p->state, &m, sizeof m);
}

static const bawn_kind kinds[] = {
    { "exfiltration.LINK", "LLM02", "AML.T0077", BAWN_ALLOW, BAWN_MASK, "images by reference whose address is on a host that is not allowed" },
};

const bawn_guard bawn_guard_reference = {
    .guard = "exfiltration", .id = "exfiltration.reference",
    .doc = "Markdown images by reference: the address that defines the label of an image, or the image behind its definition. Hosts of "
           "allow_hosts pass.",
    .places = BAWN_IN_OUTPUT, .views = BAWN_VIEW_RAW, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds), .scan = scan,
};

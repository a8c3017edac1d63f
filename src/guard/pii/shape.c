/* Shapes and context of identifiers, and the loop over a table of them; see pii.h. Cost of a run: groups x rows, the
 * row told off by one byte (its first group's length) in nearly all cases. */
#include "guard/pii/pii.h"
#include "text/text.h"

static bool finnish_sign(int c) { return c == '+' || c == '-' || (c >= 'A' && c <= 'F') || (c >= 'U' && c <= 'Y'); }

/* Whether byte c stands for the shape's character s. */
static bool stands_for(bawn_pii_match *m, char s, int c)
{
    unsigned char u = (unsigned char)c;
    switch (s) {
    case '9': return bawn_is_digit(u);
    case 'A': return bawn_is_alpha(u);
    case 'X': return bawn_is_alnum(u);
    case 'S': return finnish_sign(c);
    case '_':
        if (m->sep == 0 && (c == ' ' || c == '-' || c == '.' || c == '/'))
            m->sep = (char)c;
        return c == m->sep && c != 0;
    default: return c == s;
    }
}

bool bawn_pii_shape(bawn_pii_match *m, bawn_probe *p, size_t at, const char *shape)
{
    *m = (bawn_pii_match){ .begin = at };
    for (; *shape; shape++, at++) {
        int c = bawn_probe_at(p, at);
        if (c < 0 || !stands_for(m, *shape, c))
            return false;
        if (!bawn_is_alnum((unsigned char)c) || m->n + 1u >= sizeof m->text)
            continue;
        m->lower |= bawn_is_lower((unsigned char)c);
        m->text[m->n++] = bawn_is_lower((unsigned char)c) ? (char)(c - 32) : (char)c;
    }
    m->end = at;
    return bawn_pii_right(p, at);
}

size_t bawn_pii_back_wide(const bawn_probe *p, size_t i, size_t most)
{
    const unsigned char *t = (const unsigned char *)p->text.ptr;
    size_t end = i;
    while (i >= 3 && end - i + 3 <= most && bawn_pii_wide(t[i - 3], t[i - 2], t[i - 1]))
        i -= 3;
    return i;
}

static bool joins(int c) { return c == '-' || c == '.' || c == '/' || c == ',' || c == '_'; }

bool bawn_pii_left(const bawn_probe *p, size_t at)
{
    int c = bawn_probe_back(p, at);
    if (c < 0 || bawn_text_behind_sequence(p->text, at))
        return true;
    if (bawn_is_alnum((unsigned char)c) || c == '_' || !bawn_probe_word_begins(p, at))
        return false;
    int before = joins(c) || c == ':' ? bawn_probe_back(p, at - 1) : -1;
    return !bawn_pii_is_digit(before) && !(c == '-' && before >= 0 && bawn_is_alnum((unsigned char)before));
}

bool bawn_pii_right(bawn_probe *p, size_t at)
{
    int c = bawn_probe_at(p, at);
    if (c < 0)
        return true;
    if (bawn_is_alnum((unsigned char)c) || c == '_' || c == '%' || (c >= 0x80 && !bawn_probe_word_ends(p, at)))
        return false;
    if (!joins(c) && c != ':' && c != '@')
        return true;
    int after = bawn_probe_at(p, at + 1);
    return after < 0 || !(bawn_is_digit((unsigned char)after) || (c != '.' && c != ',' && c != '/' && bawn_is_alnum((unsigned char)after)));
}

size_t bawn_pii_word_before(const bawn_probe *p, size_t from, size_t end, const char *const *words)
{
    for (; *words; words++) {
        size_t n = strlen(*words);
        if (end >= from + n && memcmp(p->text.ptr + end - n, *words, n) == 0)
            return n;
    }
    return 0;
}

static bool words_before(bawn_probe *p, size_t begin, size_t reach, const char *const *words)
{
    return bawn_probe_words(p, begin > reach ? begin - reach : 0, begin, words);
}

bool bawn_pii_near(bawn_probe *p, size_t begin, size_t end, const char *const *words)
{
    if (!words)
        return false;
    if (words_before(p, begin, 64, words))
        return true;
    bawn_probe_at(p, end + 32);     /* one byte more than is searched: whether the last word ends there */
    return bawn_probe_words(p, end, end + 32, words);
}

bool bawn_pii_otherwise(bawn_probe *p, size_t begin)
{
    static const char *const words[] = {
        "order", "invoice", "tracking", "ticket", "isbn", "issn", "version", "build", "release", "part", "model", "sku", "serial",
        "reference", "ref", "case", "article", "item", "product", "firmware", "commit", "parcel", "shipment", "booking",
        "bestellung", "bestellnummer", "rechnung", "rechnungsnummer", "sendungsnummer", "commande", "facture", "pedido",
        "factura", "ordine", "fattura", "bestelling", "factuur", NULL };
    return words_before(p, begin, 24, words);
}

/* A match with spaces whose neighbours are numbers apart by spaces too: a table of figures as likely as an identifier. */
static bool in_figures(bawn_probe *p, const bawn_pii_match *m)
{
    if (m->sep != ' ')
        return false;
    int after = bawn_probe_at(p, m->end) == ' ' ? bawn_probe_at(p, m->end + 1) : -1;
    int before = bawn_probe_back(p, m->begin) == ' ' ? bawn_probe_back(p, m->begin - 1) : -1;
    return bawn_pii_is_digit(after) || bawn_pii_is_digit(before);
}

static float score_of(bawn_probe *p, const bawn_pii_id *row, const bawn_pii_match *m)
{
    if (row->near > row->alone && bawn_pii_near(p, m->begin, m->end, row->words))
        return row->near;
    if (row->alone == 0 || m->lower || in_figures(p, m) || bawn_pii_otherwise(p, m->begin))
        return 0;
    return row->alone;
}

/* `word`: where the word around the group begins, SIZE_MAX when an earlier group of that word was tried already. */
static bool try_row(bawn_probe *p, const bawn_pii_id *row, size_t word, size_t group)
{
    bawn_pii_match m;
    size_t at = word;

    if (row->first == 0 && word == SIZE_MAX)
        return false;
    if (row->first) {
        size_t lead = strcspn(row->shape, "9");
        if (lead > group)
            return false;
        at = group - lead;
    }
    if (!bawn_pii_shape(&m, p, at, row->shape) || !bawn_pii_left(p, at) || (row->valid && !row->valid(m.text)))
        return false;
    float score = score_of(p, row, &m);
    if (score > 0)
        bawn_probe_found(p, row->kind, m.begin, m.end, score);
    return score > 0;
}

/* The begin of the ASCII word around `at`; SIZE_MAX when it has a digit before `at`. */
static size_t word_begin(const bawn_probe *p, size_t at)
{
    size_t low = at > 32 ? at - 32 : 0;
    for (; at > low && bawn_is_alnum((unsigned char)p->text.ptr[at - 1]); at--)
        if (bawn_is_digit((unsigned char)p->text.ptr[at - 1]))
            return SIZE_MAX;
    return at;
}

void bawn_pii_ids(bawn_probe *p, const bawn_pii_id *rows, size_t n)
{
    bawn_group groups[24];
    size_t n_groups = bawn_probe_groups(p, groups, BAWN_COUNT(groups));

    for (size_t g = 0; g < n_groups; g++) {
        size_t length = groups[g].end - groups[g].begin, word = word_begin(p, groups[g].begin);
        int found = -1;     /* one finding of a kind for a group: rows of a kind go from sure to less sure */
        for (size_t r = 0; r < n; r++) {
            if (rows[r].first != 0 && rows[r].first != length)
                continue;
            if (rows[r].kind != found && try_row(p, &rows[r], word, groups[g].begin))
                found = rows[r].kind;
        }
    }
}

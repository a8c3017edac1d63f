/* Payment card numbers: 12 to 19 digits, Luhn valid (ISO/IEC 7812-1 annex B), with an issuer's prefix and a length that
 * this issuer uses. A run may hold more than the card (expiry, CVV follow it), so each group may begin one. Groups as on
 * the card (4-4-4-4, 4-6-5, 4-6-4) or a word near it make it sure; bare 12 to 14 digits are bar codes and ids as often,
 * and count only with such a word,
 * but for those of Diners Club, whose prefixes are few. Behind a card, "with code 123" is its security code; elsewhere it could be anything. */
#include "guard/pii/pii.h"

enum { CARD, CVV };
static const bawn_kind kinds[] = {
    [CARD] = BAWN_PII("CREDIT_DEBIT_CARD_NUMBER", BAWN_MASK, "payment card number (Luhn, issuer prefix and length)"),
    [CVV] = BAWN_PII("CREDIT_DEBIT_CARD_CVV", BAWN_MASK, "card security code right behind a card's number"),
};

typedef struct { uint16_t low, high; uint8_t min, max; } issuer;   /* the first four digits, lengths */

static const issuer issuers[] = {
    { 4000, 4999, 13, 13 }, { 4000, 4999, 16, 16 }, { 4000, 4999, 19, 19 }, /* Visa */
    { 5100, 5599, 16, 16 }, { 2221, 2720, 16, 16 },                     /* Mastercard */
    { 3400, 3499, 15, 15 }, { 3700, 3799, 15, 15 },                     /* American Express */
    { 6011, 6011, 16, 19 }, { 6440, 6599, 16, 19 },                     /* Discover, RuPay */
    { 3000, 3059, 14, 19 }, { 3095, 3095, 14, 19 }, { 3600, 3699, 14, 19 }, { 3800, 3999, 14, 19 }, /* Diners Club */
    { 3528, 3589, 16, 19 },                                             /* JCB */
    { 6200, 6299, 16, 19 }, { 8100, 8171, 16, 19 },                     /* UnionPay */
    { 5018, 5018, 12, 19 }, { 5019, 5019, 16, 16 } /* Dankort */, { 5020, 5020, 12, 19 }, { 5038, 5038, 12, 19 }, { 5612, 5612, 12, 19 }, { 5893, 5893, 12, 19 },
    { 6304, 6304, 12, 19 }, { 6759, 6763, 12, 19 },                     /* Maestro */
    { 2200, 2204, 16, 19 },                                             /* Mir */
    { 6060, 6099, 16, 16 }, { 5080, 5089, 16, 16 },                     /* RuPay, Elo */
    { 9792, 9792, 16, 16 },                                             /* Troy */
};

static const char *const words[] = {
    "card", "credit", "debit", "visa", "mastercard", "amex", "american express", "discover", "maestro", "unionpay", "jcb",
    "diners", "payment", "pan", "cc", "kreditkarte", "kartennummer", "karte", "carte", "carte bancaire", "carte bleue", "tarjeta",
    "carta", "carta di credito", "cartão", "cartao", "kaart", "kaartnummer", "karta", "karty", "kart", "карта", "карты", "карту",
    "信用卡", "银行卡", "クレジットカード", "カード", "카드", "بطاقة", "कार्ड", NULL };

static bool issuer_holds(const char *digits, size_t n)
{
    int head = bawn_pii_number(digits, 4);
    for (size_t i = 0; i < BAWN_COUNT(issuers); i++)
        if (head >= issuers[i].low && head <= issuers[i].high && n >= issuers[i].min && n <= issuers[i].max)
            return n != 14 || head < 4000;
    return false;
}

/* Groups of four (the last shorter or not), 4-6-5 or 4-6-4. */
static bool as_on_cards(const bawn_group *g, size_t n)
{
    size_t last = g[n - 1].end - g[n - 1].begin;
    if (n == 3)
        return g[0].end - g[0].begin == 4 && g[1].end - g[1].begin == 6 && (last == 4 || last == 5);
    for (size_t i = 0; i + 1 < n; i++)
        if (g[i].end - g[i].begin != 4)
            return false;
    return n >= 4 && n <= 5 && last >= 1 && last <= 4;
}

/* All groups apart by the same single space, hyphen or dot. */
static bool evenly_apart(const bawn_probe *p, const bawn_group *g, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++) {
        char c = p->text.ptr[g[i].end];
        if (g[i + 1].begin != g[i].end + 1 || (c != ' ' && c != '-' && c != '.') || c != p->text.ptr[g[0].end])
            return false;
    }
    return true;
}

/* Where the word at i ends, when it may stand between a card and its code; else 0. */
static size_t past_link(bool *named, bawn_probe *p, size_t i)
{
    static const struct { const char *word; bool names; } links[] = {
        { "with", false }, { "and", false }, { "the", false }, { "security", false }, { "is", false }, { "its", false }, { "code", true },
        { "mit", false }, { "und", false }, { "y", false }, { "con", false }, { "avec", false }, { "et", false }, { "le", false },
        { "el", false }, { "il", false }, { "e", false }, { "com", false }, { "o", false }, { "código", true }, { "codigo", true },
        { "codice", true }, { "prüfziffer", true }, { "sicherheitscode", true }, { "код", true }, { "kod", true }, { "代码", true }, { "コード", true },
    };
    for (size_t k = 0; k < BAWN_COUNT(links); k++) {
        size_t n = strlen(links[k].word);
        bawn_probe_at(p, i + n);            /* one byte more: whether the word ends there */
        if (i + n > p->text.len || !bawn_slice_eq_nocase(bawn_slice_of(p->text.ptr + i, n), bawn_slice_str(links[k].word)))
            continue;
        if (!bawn_probe_word_ends(p, i + n))
            continue;
        *named |= links[k].names;
        return i + n;
    }
    return 0;
}

/* "4505 3416 2960 9777 with code 138". */
static void find_code(bawn_probe *p, size_t i)
{
    bool named = false;
    for (int link = 0; link < 5; link++) {
        int blanks = 0;
        for (int c; blanks++ < 4 && ((c = bawn_probe_at(p, i)) == ' ' || c == ',' || c == ':' || c == '(');)
            i++;
        size_t next = past_link(&named, p, i);
        if (!next)
            break;
        i = next;
    }
    size_t end = i;
    while (end - i < 5 && bawn_is_digit((unsigned char)bawn_probe_at(p, end)))
        end++;
    if (named && end - i >= 3 && end - i <= 4 && bawn_pii_right(p, end))
        bawn_probe_found(p, CVV, i, end, 0.8f);
}

static float score_of(bawn_probe *p, const bawn_group *g, size_t n, size_t digits)
{
    static const char *const devices[] = { "imei", "imeisv", "imsi", "iccid", "meid", "esn", "eid", NULL };   /* Luhn holds for them too */
    size_t begin = g[0].begin, end = g[n - 1].end;
    if (bawn_probe_near(p, begin, 20, devices))
        return 0;
    if (n > 1 && as_on_cards(g, n))
        return 0.95f;
    if (bawn_pii_near(p, begin, end, words))
        return 0.95f;
    bool diners = digits == 14 && p->text.ptr[begin] == '3';
    if ((digits < 15 && !diners) || n > 1 || bawn_pii_otherwise(p, begin))
        return 0;
    return 0.8f;
}

static size_t underscores_before(const bawn_probe *p, size_t i)
{
    size_t n = 0;
    while (bawn_probe_back(p, i - n) == '_')
        n++;
    return n;
}

/* Underscores around it and nothing beside them, as Markdown writes emphasis: _4111..._, not id_4111..._x. */
static bool is_emphasised(bawn_probe *p, size_t begin, size_t end)
{
    enum { MOST = 3 };
    size_t n = underscores_before(p, begin), i = end;
    while (i - end <= MOST && bawn_probe_at(p, i) == '_')
        i++;
    int before = bawn_probe_back(p, begin - n), after = bawn_probe_at(p, i);
    return n > 0 && n <= MOST && i - end == n && (before < 0 || !bawn_is_alnum((unsigned char)before)) &&
           (after < 0 || !bawn_is_alnum((unsigned char)after));
}

/* A card of the groups g[0] .. g[n-1]. */
static bool is_card(bawn_probe *p, const bawn_group *g, size_t n, size_t digits)
{
    char text[19];
    size_t begin = g[0].begin, end = g[n - 1].end;

    if (digits < 12 || digits > 19 || bawn_probe_digits(p, begin, end, text, sizeof text) != digits)
        return false;
    if (!issuer_holds(text, digits) || !bawn_pii_luhn(text, digits) || bawn_pii_same(text, digits) || !evenly_apart(p, g, n))
        return false;
    bool free = bawn_pii_left(p, begin) && (n > 1 || bawn_pii_right(p, end));
    if (!(free || is_emphasised(p, begin, end)) || !bawn_probe_word_ends(p, end))
        return false;
    float score = score_of(p, g, n, digits);
    if (score <= 0)
        return false;
    bawn_probe_found(p, CARD, begin, end, score);
    find_code(p, end);
    return true;
}

static void confirm(bawn_probe *p)
{
    bawn_group g[24];
    size_t n = bawn_probe_groups(p, g, BAWN_COUNT(g));

    for (size_t first = 0; first < n; first++) {
        size_t digits = 0, best = 0;
        for (size_t last = first; last < n && last < first + 6; last++) {
            digits += g[last].end - g[last].begin;
            if (digits > 19)
                break;
            if (is_card(p, g + first, last - first + 1, digits))
                best = last + 1;
        }
        if (best)
            first = best - 1;
    }
}

const bawn_guard bawn_guard_pii_card = {
    .guard = "pii", .id = "pii.card",
    .doc = "Payment card numbers: an issuer's prefix and length, Luhn check digit, groups as on cards or a word near it.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .digits_min = 12, .digits_max = 255, .confirm = confirm,
};

/* Telephone numbers. International ones ("+", or "00") by calling code and the lengths used behind it (ITU-T E.164);
 * national ones beside a word that says so, or in a form that little else has: (415) 555-2671, 415-555-2671 with the
 * digits that the North American plan allows, 06 12 34 56 78, (0115) 496 0949, and the groups in which national plans are
 * written behind their trunk 0, or 8 in Russia (Ofcom, ACMA, MIC of Japan, MSIT of Korea ...). An extension (x12, ext. 12) belongs. */
#include "guard/pii/pii.h"

static const bawn_kind kinds[] = { BAWN_PII("PHONE", BAWN_MASK, "telephone number, international or national") };

/* Calling code, digits behind it (with a trunk 0 one more is allowed). Longest code first where one begins another. */
static const struct { const char *code; uint8_t min, max; } codes[] = {
    { "1", 10, 10 }, { "20", 8, 10 }, { "27", 9, 9 }, { "30", 10, 10 }, { "31", 9, 9 }, { "32", 8, 9 }, { "33", 9, 9 }, { "34", 9, 9 },
    { "36", 8, 9 }, { "39", 6, 12 }, { "40", 9, 9 }, { "41", 9, 9 }, { "43", 7, 13 }, { "44", 9, 10 }, { "45", 8, 8 }, { "46", 7, 10 },
    { "47", 8, 8 }, { "48", 9, 9 }, { "49", 6, 13 }, { "51", 8, 9 }, { "52", 10, 11 }, { "53", 8, 8 }, { "54", 10, 11 }, { "55", 10, 11 },
    { "56", 9, 9 }, { "57", 8, 10 }, { "58", 10, 10 }, { "60", 8, 10 }, { "61", 9, 9 }, { "62", 8, 12 }, { "63", 8, 10 }, { "64", 8, 10 },
    { "65", 8, 8 }, { "66", 8, 9 }, { "7", 10, 10 }, { "81", 9, 10 }, { "82", 8, 11 }, { "84", 9, 10 }, { "86", 10, 11 }, { "90", 10, 10 },
    { "91", 10, 10 }, { "92", 9, 10 }, { "93", 9, 9 }, { "94", 9, 9 }, { "95", 7, 10 }, { "98", 10, 10 },
    { "2", 10, 12 }, { "3", 9, 12 }, { "4", 9, 12 }, { "5", 9, 12 }, { "6", 7, 11 }, { "8", 10, 13 }, { "9", 10, 12 }, /* three-digit codes */
};

static const char *const words[] = {
    "phone", "telephone", "tel", "mobile", "cell", "cellphone", "call", "calling", "fax", "whatsapp", "sms", "dial", "reach me",
    "my number", "contact number", "hotline", "landline", "phones", "signal", "text me", "ring me", "telefon", "telefonnummer", "handy",
    "handynummer", "mobil", "mobilnummer", "anrufen", "rufnummer", "rufen", "erreichbar", "téléphone", "tél", "portable", "appelez",
    "appeler", "joindre", "appelle", "teléfono", "telefono", "móvil", "movil", "celular", "llamar", "llame", "llámame", "llámeme",
    "cellulare", "chiamare", "chiamami", "chiami", "chiamate", "telefone", "telemóvel", "ligar", "ligue", "telefoon", "telefoonnummer",
    "bel", "bellen", "mobiel", "numer telefonu", "zadzwoń", "telefonní", "zavolejte", "volejte", "telefonum", "ara", "arayın", "puhelin",
    "ring", "hívja", "sunați", "телефон", "тел", "звоните", "позвоните", "номер", "电话", "致电", "手机", "電話", "携帯", "전화", "연락처",
    "هاتف", "اتصل", "फ़ोन", "फोन", "hubungi", "telepon", "điện thoại", "gọi", "โทร", "τηλέφωνο", "טלפון", "nömrə", "ফোন", NULL };

/* ---- the digits of a candidate ------------------------------------------------------------------------------ */
typedef struct { bawn_group g[24]; size_t n; char digits[20]; } parts;

static size_t count(const parts *a, size_t first, size_t n)
{
    size_t digits = 0;
    for (size_t i = first; i < first + n; i++)
        digits += a->g[i].end - a->g[i].begin;
    return digits;
}

static size_t size_of(const parts *a, size_t i) { return a->g[i].end - a->g[i].begin; }

/* Whether the digits behind the calling code are as many as that code has. */
static bool international_holds(const char *digits, size_t n)
{
    for (size_t i = 0; i < BAWN_COUNT(codes); i++) {
        size_t code = strlen(codes[i].code);
        if (n > code && memcmp(digits, codes[i].code, code) == 0) {
            size_t rest = n - code, max = codes[i].max + (digits[code] == '0' ? 1u : 0u);
            return rest >= codes[i].min && rest <= max;
        }
    }
    return false;
}

/* ---- the end: an extension, and what may not follow ------------------------------------------------------------ */
static size_t with_extension(bawn_probe *p, size_t end)
{
    static const char *const signs[] = { "x", " x", " ext. ", " ext ", " ext", ", ext. ", " extension " };
    for (size_t i = 0; i < BAWN_COUNT(signs); i++) {
        if (!bawn_probe_text_at(p, end, signs[i]))
            continue;
        size_t digits = end + strlen(signs[i]), after = bawn_probe_past_digits(p, digits, 6);
        if (after > digits)
            return after;
    }
    return end;
}

static bool found(bawn_probe *p, size_t begin, size_t end, float score)
{
    size_t full = with_extension(p, end);
    if (full == end && !bawn_pii_right(p, end))
        return false;
    bawn_probe_found(p, 0, begin, full, score);
    return true;
}

/* ---- forms ------------------------------------------------------------------------------------------------------ */
/* From the first group on, the longest that is an international number (its digits after "+" or "00"). */
static bool international(bawn_probe *p, const parts *a, size_t skip, float score)
{
    for (size_t n = a->n < 8 ? a->n : 8; n > 0; n--) {
        size_t digits = count(a, 0, n);
        if (digits - skip <= 15 && digits > skip + 6 && international_holds(a->digits + skip, digits - skip) &&
            found(p, p->begin, a->g[n - 1].end, score))
            return true;
    }
    return false;
}

static bool plan_digit(char c) { return c >= '2' && c <= '9'; }

/* North America from group i: [1] AAA EEE NNNN with hyphens, dots, or the area in parentheses. */
static bool north_american(bawn_probe *p, const parts *a, size_t i)
{
    if (i + 3 > a->n || size_of(a, i) != 3 || size_of(a, i + 1) != 3 || size_of(a, i + 2) != 4)
        return false;
    const char *t = p->text.ptr;
    size_t begin = a->g[i].begin;
    char first = t[a->g[i].end], second = t[a->g[i + 1].end];
    bool paren = first == ')' && begin > p->begin && t[begin - 1] == '(';
    bool single = a->g[i + 1].begin == a->g[i].end + 1 && a->g[i + 2].begin == a->g[i + 1].end + 1;
    if (!plan_digit(t[begin]) || !plan_digit(t[a->g[i + 1].begin]) || !(paren || (single && first == second && first != ' ' && first != '/')))
        return false;
    if (paren)
        begin--;
    if (i > 0 && size_of(a, i - 1) == 1 && t[a->g[i - 1].begin] == '1' && a->g[i - 1].end + 1 == begin)
        begin = a->g[i - 1].begin;
    return bawn_pii_left(p, begin) && !bawn_pii_otherwise(p, begin) && found(p, begin, a->g[i + 2].end, 0.8f);
}

/* France: five pairs, the first 01 to 09, apart by the same sign. */
static bool french(bawn_probe *p, const parts *a, size_t i)
{
    if (i + 5 > a->n || p->text.ptr[a->g[i].begin] != '0' || p->text.ptr[a->g[i].begin + 1] == '0')
        return false;
    for (size_t k = i; k < i + 5; k++)
        if (size_of(a, k) != 2 || (k > i && (a->g[k].begin != a->g[k - 1].end + 1 ||
                                             p->text.ptr[a->g[k - 1].end] != p->text.ptr[a->g[i].end])))
            return false;
    return bawn_pii_left(p, a->g[i].begin) && (i + 5 == a->n || size_of(a, i + 5) > 2) &&
           found(p, a->g[i].begin, a->g[i + 4].end, 0.8f);
}

/* (0115) 496 0949: a trunk code in parentheses. */
static bool trunk_in_parentheses(bawn_probe *p, const parts *a)
{
    const char *t = p->text.ptr;
    if (t[p->begin] != '(' || a->g[0].begin != p->begin + 1 || t[p->begin + 1] != '0' || t[a->g[0].end] != ')' || a->n < 2)
        return false;
    for (size_t n = a->n < 4 ? a->n : 4; n > 1; n--) {
        size_t digits = count(a, 0, n);
        if (digits >= 8 && digits <= 12 && found(p, p->begin, a->g[n - 1].end, 0.8f))
            return true;
    }
    return false;
}

/* Groups of digits as national plans write them, all apart by the same sign and nothing beside them: 020 7946 0958,
 * 01632 960001, 07700 900123, 0121 496 0000, 02 9374 4000, 0412 345 678, 03-1234-5678, 090-1234-5678, 010-1234-5678,
 * 082 123 4567, 0532 123 45 67; a Chinese mobile, 138 1234 5678; a Brazilian one, (11) 91234-5678. */
static const struct { const char *sizes, *lead; } plans[] = {
    { "344", "0" }, { "434", "0" }, { "433", "0" }, { "334", "0" }, { "244", "0" }, { "4322", "0" }, { "56", "01" }, { "56", "07" },
    { "533", "07" }, { "344", "13" }, { "344", "15" }, { "344", "17" }, { "344", "18" }, { "344", "19" },
};

static bool sized(const parts *a, const char *sizes)
{
    size_t n = strlen(sizes);
    if (a->n != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (size_of(a, i) != (size_t)(sizes[i] - '0'))
            return false;
    return true;
}

static bool same_signs(const bawn_probe *p, const parts *a)
{
    const char *t = p->text.ptr;
    for (size_t i = 0; i + 1 < a->n; i++)
        if (a->g[i + 1].begin != a->g[i].end + 1 || t[a->g[i].end] != t[a->g[0].end] || !strchr(" -", t[a->g[0].end]))
            return false;
    return true;
}

static bool national(bawn_probe *p, const parts *a)
{
    const char *t = p->text.ptr;
    bool brazil = sized(a, "254") && t[p->begin] == '(' && p->begin + 1 == a->g[0].begin && t[a->g[0].end] == ')' && a->digits[0] != '0' &&
                  a->digits[1] != '0' && a->digits[2] == '9' && t[a->g[1].end] == '-';
    if (brazil)
        return found(p, p->begin, p->end, 0.8f);
    for (size_t i = 0; i < BAWN_COUNT(plans); i++)
        if (sized(a, plans[i].sizes) && memcmp(a->digits, plans[i].lead, strlen(plans[i].lead)) == 0 && a->digits[1] != '0')
            return p->begin == a->g[0].begin && same_signs(p, a) && !bawn_pii_otherwise(p, p->begin) && found(p, p->begin, p->end, 0.8f);
    return false;
}

/* Russia and Kazakhstan from within: 8 (495) 123-45-67, 8-916-123-45-67, the code from 3, 4, 7, 8 or 9 on. */
static bool russian(bawn_probe *p, const parts *a)
{
    const char *t = p->text.ptr;
    if (!sized(a, "13322") || a->digits[0] != '8' || !strchr("34789", a->digits[1]) || t[a->g[2].end] != '-' || t[a->g[3].end] != '-')
        return false;
    bool parentheses = t[a->g[1].end] == ')' && t[a->g[1].begin - 1] == '(', signs = t[a->g[0].end] == t[a->g[1].end] && strchr(" -", t[a->g[0].end]);
    return (parentheses || signs) && !bawn_pii_otherwise(p, p->begin) && found(p, p->begin, p->end, 0.8f);
}

/* Dates and addresses of machines, which have telephone-like groups. */
static bool is_date_or_address(bawn_probe *p, const parts *a)
{
    size_t s0 = size_of(a, 0), s1 = a->n > 1 ? size_of(a, 1) : 0, s2 = a->n > 2 ? size_of(a, 2) : 0;
    bool date = a->n >= 3 && ((s0 == 4 && s1 == 2 && s2 == 2 && (a->n == 3 || a->digits[0] == '2' || a->digits[0] == '1')) || (s0 <= 2 && s1 <= 2 && (s2 == 4 || s2 == 2) && a->n == 3));
    bool address = a->n == 4 && s0 <= 3 && s1 <= 3 && s2 <= 3 && size_of(a, 3) <= 3 && p->text.ptr[a->g[0].end] == '.' &&
                   p->text.ptr[a->g[1].end] == '.';
    return date || address;
}

/* A telephone word in the 48 bytes before, or one of those that stand behind the number. */
static bool told(bawn_probe *p)
{
    static const char *const behind[] = { "お電話", "に電話", "電話", "पर फ़ोन", "पर फोन", "numarasını", "번으로", NULL };
    if (bawn_probe_words(p, p->begin > 48 ? p->begin - 48 : 0, p->begin, words))
        return true;
    bawn_probe_at(p, p->end + 32);
    return bawn_probe_words(p, p->end, p->end + 32, behind);
}

/* Beside a telephone word: seven (ungrouped: eight) to thirteen digits in at most six groups. */
static bool by_word(bawn_probe *p, const parts *a)
{
    size_t begin = p->begin;
    if (is_date_or_address(p, a) || !told(p) || bawn_pii_otherwise(p, begin))
        return false;
    for (size_t n = a->n < 6 ? a->n : 6; n > 0; n--) {
        size_t digits = count(a, 0, n);
        if (digits >= (n == 1 ? 8 : 7) && digits <= 13 && found(p, begin, a->g[n - 1].end, 0.8f))
            return true;
    }
    return false;
}

static void confirm(bawn_probe *p)
{
    parts a;
    a.n = bawn_probe_groups(p, a.g, BAWN_COUNT(a.g));
    memset(a.digits, '0', sizeof a.digits);
    bawn_probe_digits(p, p->begin, p->end, a.digits, sizeof a.digits);
    if (a.n == 0 || !bawn_pii_left(p, p->begin))
        return;
    bool plus = memchr(p->text.ptr + p->begin, '+', a.g[0].begin - p->begin) != NULL;
    if (plus && international(p, &a, 0, 0.95f))
        return;
    if (!plus && a.digits[0] == '0' && a.digits[1] == '0' && a.n > 1 && international(p, &a, 2, 0.8f))
        return;
    if (trunk_in_parentheses(p, &a) || national(p, &a) || russian(p, &a))
        return;
    for (size_t i = 0; i < a.n; i++)
        if (north_american(p, &a, i) || french(p, &a, i))
            return;
    by_word(p, &a);
}

const bawn_guard bawn_guard_pii_phone = {
    .guard = "pii", .id = "pii.phone",
    .doc = "Telephone numbers: international by calling code and length; national in unmistakable forms or beside a word "
           "for telephone in some twenty languages.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .digits_min = 7, .digits_max = 255, .confirm = confirm,
};

/* Postal addresses that show by a street word and a house number: "12 Baker Street", "Hauptstraße 5", "12 rue de la Paix",
 * "Calle Mayor, 12", "ул. Ленина, д. 5, кв. 12", "شارع التحرير 15", "12 गांधी मार्ग", and post-office boxes. A postal code within the next eighty bytes (United States, Canada, Great
 * Britain, Netherlands, or five digits and a place) extends the span to it. Free text without a street word is the token
 * pass's affair. */
#include "guard/pii/pii.h"

static const bawn_kind kinds[] = { BAWN_PII("ADDRESS", BAWN_MASK, "street address or post-office box") };

#define SCORE 0.8f
#define ROW(word, lang, hit, miss) { word, 0, BAWN_P_TRIGGER | BAWN_P_LITERAL, SCORE, lang, hit, miss }
enum { FIRST_GLUED = 22, FIRST_AFTER = 36, FIRST_CODED = 64, FIRST_BEFORE = 69, FIRST_BOX = 76 };

static const bawn_pattern patterns[] = {
    /* SUFFIX: number, one to four capital words, this. Those of two letters are looked for from the number on: abbreviated(). */
    ROW(" street", "en", "221 Baker Street", "5 people on the street"),
    ROW(" avenue", "en", "500 Fifth Avenue", "a new avenue"), ROW(" ave", "en", "500 Fifth Ave.", "Hail Mary, ave"),
    ROW(" road", "en", "7 Abbey Road", "10 miles of road"),
    ROW(" lane", "en", "7 Penny Lane", "2 lane motorway"),
    ROW(" drive", "en", "18 Privet Drive", "a 2 hour drive"),
    ROW(" boulevard", "en", "100 Sunset Boulevard", "a wide boulevard"), ROW(" blvd", "en", "100 Sunset Blvd", "blvd"),
    ROW(" court", "en", "5 Elm Court", "the 5 judges of this court"), ROW(" way", "en", "5 Mission Way", "in 1 way"),
    ROW(" square", "en", "10 Sloane Square", "10 metres square"), ROW(" place", "en", "10 Portland Place", "in 1st place"),
    ROW(" terrace", "en", "8 Royal Terrace", "on 2 floors and a terrace"), ROW(" crescent", "en", "8 Royal Crescent", "a crescent"),
    ROW(" close", "en", "8 Rowan Close", "2 shops close"), ROW(" highway", "en", "1200 Pacific Highway", "a highway"),
    ROW(" parkway", "en", "1600 Amphitheatre Parkway", "a parkway"), ROW(" pkwy", "en", "1600 Amphitheatre Pkwy", "pkwy"),
    ROW(" circle", "en", "3 Hill Circle", "draw 1 circle"),
    ROW(" मार्ग", "hi", "12 महात्मा गांधी मार्ग, दिल्ली", "यह मार्ग लंबा है"), ROW(" रोड", "hi", "45 नेहरू रोड", "रोड पर 5 लोग"), ROW(" नगर", "hi", "7 गांधी नगर", "बड़ा नगर"),
    /* GLUED: end of the street's word, then the number */
    ROW("straße", "de", "Hauptstraße 5", "die Hauptstraße"), ROW("strasse", "de", "Bahnhofstrasse 12a", "die Strasse 2024 gesperrt"),
    ROW("str.", "de", "Hauptstr. 5", "die Hauptstr. dort"), ROW("weg", "de", "Lindenweg 7", "bin weg 7 Tage"), ROW("platz", "de", "Marktplatz 3", "ein Platz 3 Leute"),
    ROW("allee", "de", "Kastanienallee 82", "die Allee"), ROW("gasse", "de", "Herrengasse 9", "die Gasse"), ROW("damm", "de", "Kurfürstendamm 21", "der Damm"),
    ROW("straat", "nl", "Kerkstraat 12", "de straat"), ROW("laan", "nl", "Beukenlaan 4", "de laan"), ROW("plein", "nl", "Marktplein 3", "het plein"),
    ROW("gracht", "nl", "Herengracht 501", "de gracht"), ROW("kade", "nl", "Prinsenkade 8", "de kade"), ROW("ring", "de", "Rosenring 4", "the ring 4"),
    /* PREFIX_AFTER: this, capital words, a number */
    ROW("calle ", "es", "Calle Mayor, 12", "la calle está vacía"), ROW("avenida ", "es", "Avenida América 25", "la avenida principal"), ROW("paseo ", "es", "Paseo Colón, 3", "un paseo de 3 horas"),
    ROW("plaza ", "es", "Plaza España 7", "la plaza grande"), ROW("via ", "it", "Via Roma 12", "via e-mail 12"), ROW("viale ", "it", "Viale Europa, 44", "il viale lungo"),
    ROW("piazza ", "it", "Piazza Garibaldi 1", "la piazza bella"), ROW("corso ", "it", "Corso Italia 10", "un corso di 10 ore"), ROW("rua ", "pt", "Rua Augusta, 100", "a rua cheia"),
    ROW("praça ", "pt", "Praça Central, 5", "a praça cheia"), ROW("travessa ", "pt", "Travessa Nova, 5", "a travessa estreita"), ROW("ul. ", "pl", "ul. Marszałkowska 10", "ul. nieznana"),
    ROW("ulica ", "pl", "ulica Długa 5", "ulica jest długa"), ROW("ул. ", "ru", "ул. Ленина, д. 5", "ул. без имени"),
    ROW("улица ", "ru", "улица Пушкина, дом 10", "улица была пуста"), ROW("проспект ", "ru", "проспект Мира, 12", "проспект открыт"), ROW("пр-т ", "ru", "пр-т Мира 12", "пр-т закрыт"),
    ROW("переулок ", "ru", "переулок Сивцев, 3", "переулок узкий"), ROW("пер. ", "ru", "пер. Садовый, д. 3", "пер. с англ."), ROW("бульвар ", "ru", "бульвар Гоголя, 7", "бульвар широкий"),
    ROW("наб. ", "ru", "наб. Мойки, 12", "наб. реки"), ROW("шоссе ", "ru", "шоссе Энтузиастов, 31", "шоссе перекрыто"), ROW("вул. ", "uk", "вул. Хрещатик, буд. 22", "вул. без назви"),
    ROW("شارع ", "ar", "شارع التحرير 15، القاهرة", "شارع طويل جدا"), ROW("طريق ", "ar", "طريق الملك فهد، 120", "طريق طويل"),
    ROW("c/ ", "es", "C/ Mayor, 12", "c/ o 12 euros"), ROW("avda. ", "es", "Avda. América 25", "avda. cerrada"), ROW("av. ", "pt", "Av. Paulista, 1578", "av. de 12 horas"),
    /* PREFIX_CODED: this, capital words, a number, and only with a postal code and a place behind */
    ROW("unter den ", "de", "Unter den Linden 77, 10117 Berlin", "unter den Linden 77 Bäume"), ROW("an der ", "de", "An der Alster 3, 20099 Hamburg", "an der Alster 3 Stunden"),
    ROW("auf der ", "de", "Auf der Heide 12, 29640 Schneverdingen", "auf der Heide 12 Schafe"), ROW("auf dem ", "de", "Auf dem Berge 5, 28844 Weyhe", "auf dem Berge 5 Hütten"),
    ROW("hinter der ", "de", "Hinter der Kirche 2, 24937 Flensburg", "hinter der Kirche 2 Bäume"),
    /* PREFIX_BEFORE: a number, this, a name */
    ROW("rue ", "fr", "12 rue de la Paix", "la rue est longue"), ROW("avenue ", "fr", "12, avenue Foch", "une avenue large"), ROW("boulevard ", "fr", "5 boulevard Voltaire", "le boulevard large"),
    ROW("place ", "fr", "3 place Bellecour", "une place libre"), ROW("chemin ", "fr", "8 chemin Vert", "le chemin"), ROW("impasse ", "fr", "4 impasse Martin", "une impasse"), ROW("quai ", "fr", "6 quai Conti", "un quai"),
    /* BOX */
    ROW("p.o. box ", "en", "P.O. Box 1234", "a p.o. box near"), ROW("po box ", "en", "PO Box 1234", "a po box near"), ROW("postfach ", "de", "Postfach 10 12 34", "ein Postfach hier"),
    ROW("postbus ", "nl", "Postbus 1234", "een postbus"), ROW("apartado ", "es", "Apartado 1234", "un apartado"), ROW("casella postale ", "it", "Casella postale 12", "una casella postale"),
    ROW("boîte postale ", "fr", "boîte postale 12", "une boîte postale"), ROW("caixa postal ", "pt", "caixa postal 12", "uma caixa postal"),
    ROW("मकान नंबर ", "hi", "मकान नंबर 12", "मकान नंबर बताइए"), ROW("मकान संख्या ", "hi", "मकान संख्या 45", "मकान संख्या नहीं है"), ROW("फ्लैट नंबर ", "hi", "फ्लैट नंबर 302", "फ्लैट नंबर बताइए"),
    ROW("ص.ب. ", "ar", "ص.ب. 1234", "ص.ب. الشركة"), ROW("ص.ب ", "ar", "ص.ب 1234", "ص.ب الشركة"), ROW("صندوق بريد ", "ar", "صندوق بريد 1234", "صندوق بريد كبير"),
    ROW("а/я ", "ru", "а/я 123", "а/я организации"),
};

#define STREET_WORD 20  /* bytes behind a number in which "rue ", "place " and the like have been seen */

/* ---- signs and words ---------------------------------------------------------------------------------------------- */
static bool is_letter(int c) { return c >= 0x80 || (c >= 0 && bawn_is_alpha((unsigned char)c)); }

/* Whether the word that begins at i has a capital or a digit in front. */
static bool is_name_at(const bawn_probe *p, size_t i)
{
    unsigned char a = (unsigned char)p->text.ptr[i], b = i + 1 < p->text.len ? (unsigned char)p->text.ptr[i + 1] : 0;
    return bawn_is_upper(a) || bawn_is_digit(a) || (a == 0xC3 && b >= 0x80 && b <= 0x9E) || (a == 0xC4 || a == 0xC5) ||
           (a == 0xD0 && b >= 0x80 && b <= 0xAF) ||
           (a >= 0xD8 && a <= 0xDB) || a == 0xE0;     /* Arabic and the scripts of India have no capitals */
}

static size_t back_word(const bawn_probe *p, size_t end)
{
    size_t i = end;
    while (i > 0 && end - i < 40 && (is_letter(bawn_probe_back(p, i)) || bawn_pii_is_digit(bawn_probe_back(p, i)) ||
                                     bawn_probe_back(p, i) == '-' || bawn_probe_back(p, i) == '\'' || bawn_probe_back(p, i) == '.'))
        i--;
    return i;
}

static size_t past_word(bawn_probe *p, size_t i)
{
    size_t begin = i;
    for (int c; i - begin < 40 && (is_letter(c = bawn_probe_at(p, i)) || c == '-' || c == '\''); i++)
        ;
    return i;
}

static bool arabic_comma(bawn_probe *p, size_t i) { return bawn_probe_at(p, i) == 0xD8 && bawn_probe_at(p, i + 1) == 0x8C; }

/* The end of a house number at i ("12", "12a", "12-14", "5/7"), or 0. */
static size_t house_number(bawn_probe *p, size_t i)
{
    size_t begin = i;
    i = bawn_probe_past_digits(p, begin, 6);
    if (i == begin || i - begin > 5)
        return 0;
    int c = bawn_probe_at(p, i), after = bawn_probe_at(p, i + 1);
    if ((c == '-' || c == '/') && bawn_pii_is_digit(after)) {
        for (i++; i - begin < 12 && bawn_pii_is_digit(bawn_probe_at(p, i)); i++)
            ;
    } else if (is_letter(c) && c < 0x80 && !is_letter(after) && !bawn_pii_is_digit(after)) {
        i++;
    }
    bool goes_on = is_letter(bawn_probe_at(p, i)) && !arabic_comma(p, i);
    return goes_on || bawn_pii_is_digit(bawn_probe_at(p, i)) ? 0 : i;
}

/* A house number behind a word for it ("д. 5", "дом 5", "رقم 5"), with building and flat behind. 0: none. */
static size_t named_number(bawn_probe *p, size_t i)
{
    static const char *const houses[] = { "д. ", "д.", "дом ", "буд. ", "رقم ", NULL };
    static const char *const flats[] = { ", кв. ", " кв. ", ", кв.", ", корп. ", " корп. ", ", стр. ", ", к. ", ", оф. ", ", квартира ", NULL };
    size_t end = house_number(p, i + bawn_probe_one_of(p, i, houses)), flat, next;
    for (int parts = 0; end && parts < 3 && (flat = bawn_probe_one_of(p, end, flats)) > 0 && (next = house_number(p, end + flat)) > 0; parts++)
        end = next;
    return end;
}

/* Digits, and perhaps one letter: "2." begins a list. */
static bool is_house_number(const bawn_probe *p, size_t begin, size_t end)
{
    size_t digits = 0;
    while (begin + digits < end && bawn_pii_is_digit((unsigned char)p->text.ptr[begin + digits]))
        digits++;
    bool whole = end - begin == digits || (end - begin == digits + 1 && is_letter((unsigned char)p->text.ptr[end - 1]));
    return digits >= 1 && digits <= 6 && whole && bawn_pii_left(p, begin);
}

/* "5th", "42nd": the one number that is part of a street's name. */
static bool is_ordinal(const bawn_probe *p, size_t begin, size_t end)
{
    return end - begin >= 3 && end - begin <= 6 && bawn_is_alpha((unsigned char)p->text.ptr[end - 1]) &&
           bawn_is_alpha((unsigned char)p->text.ptr[end - 2]);
}

/* ---- the postal code behind -------------------------------------------------------------------------------------- */
static size_t postal_code(bawn_probe *p, size_t i)
{
    static const char *const shapes[] = { "AA 99999-9999", "AA 99999", "A9A 9A9", "AA99 9AA", "AA9 9AA", "A99 9AA", "A9 9AA", "AA9A 9AA",
                                          "A9A 9AA", "9999 AA", "9999AA" };
    bawn_pii_match m;
    for (size_t k = 0; k < BAWN_COUNT(shapes); k++)
        if (bawn_pii_shape(&m, p, i, shapes[k]) && !m.lower)
            return m.end;
    if (!bawn_pii_shape(&m, p, i, "99999") && !bawn_pii_shape(&m, p, i, "9999"))
        return 0;
    if (bawn_probe_at(p, m.end) != ' ' || bawn_probe_at(p, m.end + 1) < 0 || !is_name_at(p, m.end + 1) ||
        bawn_pii_is_digit(bawn_probe_at(p, m.end + 1)))
        return m.n == 5 && bawn_probe_back(p, i) == ' ' ? m.end : 0;
    return past_word(p, m.end + 1);
}

static size_t with_postal_code(bawn_probe *p, size_t end)
{
    size_t limit = end + 80;
    for (size_t i = end; i < limit; i++) {
        int c = bawn_probe_at(p, i), before = bawn_probe_back(p, i);
        if (c < 0 || c == '?' || c == '!' || c == ';' || (c == '.' && bawn_probe_at(p, i + 1) == ' ' && i > end))
            break;
        if ((before != ' ' && before != '\n' && before != ',') || !(bawn_pii_is_digit(c) || bawn_is_upper((unsigned char)c)))
            continue;
        size_t code = postal_code(p, i);
        if (code)
            return code;
    }
    return end;
}

static void found(bawn_probe *p, size_t begin, size_t end) { bawn_probe_found(p, 0, begin, with_postal_code(p, end), SCORE); }

/* ---- forms -------------------------------------------------------------------------------------------------------- */
/* A street word in [begin + 1, end), a blank before it. */
static void suffix(bawn_probe *p, size_t begin, size_t end)
{
    size_t i = begin;
    int next = bawn_probe_at(p, end);
    if (is_letter(next) || bawn_pii_is_digit(next) || !is_name_at(p, begin + 1))
        return;
    for (int words = 0; words < 5; words++) {
        size_t word = back_word(p, i);
        if (word == i || !is_name_at(p, word))
            return;
        if (words > 0 && is_house_number(p, word, i)) {
            found(p, word, end);
            return;
        }
        if (word == 0 || bawn_probe_back(p, word) != ' ' || (bawn_pii_is_digit((unsigned char)p->text.ptr[word]) && !is_ordinal(p, word, i)))
            return;
        i = word - 1;
    }
}

static void glued(bawn_probe *p, size_t begin)
{
    size_t word = back_word(p, begin), i = p->end;
    if (!is_name_at(p, word) || bawn_pii_is_digit((unsigned char)p->text.ptr[word]) || bawn_probe_at(p, i) != ' ')
        return;
    bool alone = word == begin;
    size_t end = house_number(p, i + 1);
    bool sure = strcmp(p->pattern->regex, "straße") == 0 || strcmp(p->pattern->regex, "str.") == 0 || strcmp(p->pattern->regex, "strasse") == 0;
    if (end && end - i <= 5 && (!alone || sure) && !(alone && end - i == 5))
        found(p, word, end);
}

static bool ends_clause(bawn_probe *p, size_t i)
{
    int c = bawn_probe_at(p, i);
    return c < 0 || strchr(",.;)\n\r", c) || arabic_comma(p, i);
}

static bool comma_before(const bawn_probe *p, size_t i) { return bawn_probe_back(p, i) == ','; }

static void number_after(bawn_probe *p, size_t begin)
{
    static const char *const particles[] = { "de la ", "de los ", "de las ", "de ", "del ", "della ", "dello ", "dei ", "degli ", "delle ", "di ", "do ", "da ", "dos ", "das ", NULL };
    size_t i = p->end, particle = bawn_probe_one_of(p, i, particles);
    bool coded = p->pattern >= &patterns[FIRST_CODED];
    i += particle;
    if (!bawn_probe_word_begins(p, begin) || bawn_probe_at(p, i) < 0 || !is_name_at(p, i) || bawn_pii_is_digit(bawn_probe_at(p, i)))
        return;
    bool arabic = strcmp(p->pattern->lang, "ar") == 0;     /* without capitals: fewer words, and the number ends it */
    for (int words = 0; words < (arabic ? 3 : 6); words++) {
        size_t word = past_word(p, i);
        if (word == i)
            return;
        bool comma = bawn_probe_at(p, word) == ',' || (word - i > 2 && memcmp(p->text.ptr + word - 2, "،", 2) == 0);
        size_t next = word + (bawn_probe_at(p, word) == ',' ? 1 : 0);
        if (bawn_probe_at(p, next) != ' ')
            return;
        size_t end = named_number(p, next + 1);
        if (end) {
            bool year = particle > 0 && !comma_before(p, next) && end - next == 5;      /* "Plaza de España 2024" */
            bool whole = (!arabic && particle == 0) || ends_clause(p, end);
            if (whole && !year && (!coded || with_postal_code(p, end) > end))
                found(p, begin, end);
            return;
        }
        if (comma)
            return;
        i = next + 1;
    }
}

static void number_before(bawn_probe *p, size_t begin)
{
    size_t i = begin, name = p->end;
    while (i > 0 && begin - i < 2 && (bawn_probe_back(p, i) == ' ' || bawn_probe_back(p, i) == ','))
        i--;
    size_t number = back_word(p, i);
    if (i == begin || number == i || !is_house_number(p, number, i))
        return;
    p->begin = number;
    for (int words = 0; words < 5; words++) {
        size_t end = past_word(p, name);
        if (end == name)
            return;
        if (is_name_at(p, name)) {
            found(p, number, end);
            return;
        }
        if (bawn_probe_at(p, end) != ' ')
            return;
        name = end + 1;
    }
}

static void box(bawn_probe *p, size_t begin)
{
    size_t end = p->end, digits = 0;
    for (int c; end - p->end < 12 && (bawn_pii_is_digit(c = bawn_probe_at(p, end)) ||
                                      (c == ' ' && bawn_pii_is_digit(bawn_probe_at(p, end + 1)))); end++)
        digits += c != ' ';
    if (digits > 0 && digits <= 8 && bawn_probe_word_begins(p, begin))
        found(p, begin, end);
}

/* "221 Baker St": words of two letters are too short to be looked for everywhere. */
static void abbreviated(bawn_probe *p, size_t blank)
{
    static const char *const words[] = { "st", "rd", "ln", "dr", "ct", NULL };
    size_t length = bawn_probe_one_of(p, blank + 1, words);
    if (length > 0)
        suffix(p, blank, blank + 1 + length);
}

/* A number run: its last group may be a house number. It is held while names or a street word may follow, because the
 * finding of the word begins here ("221 Baker Street", "3, rue Royale"). */
static void number(bawn_probe *p)
{
    bawn_group groups[24];
    size_t n = bawn_probe_groups(p, groups, BAWN_COUNT(groups));
    if (n == 0 || groups[n - 1].end - groups[n - 1].begin > 6)
        return;
    p->begin = groups[n > 1 ? n - 2 : 0].begin; /* "717 6th St" */
    size_t i = p->end;
    if (bawn_probe_at(p, i + STREET_WORD) < 0 && p->edge)
        return;                                 /* too near the end for a street word to be seen */
    for (int letters = 0; letters < 2 && is_letter(bawn_probe_at(p, i)); letters++)
        i++;                                    /* "12a", "6th" */
    for (int words = 0; words < 6; words++) {
        if (bawn_probe_at(p, i) != ' ' || bawn_probe_at(p, i + 2) < 0 || !is_name_at(p, i + 1))
            return;
        abbreviated(p, i);
        for (i++; bawn_probe_at(p, i) > ' ' && i < p->end + 240; i++)
            ;
    }
}

static void confirm(bawn_probe *p)
{
    if (!p->pattern) {
        number(p);
        return;
    }
    size_t row = (size_t)(p->pattern - patterns), begin = p->end - strlen(p->pattern->regex);
    if (row >= FIRST_AFTER)
        p->begin = begin;       /* held while what follows the word comes: there is a blank behind it */
    if (row < FIRST_GLUED)
        suffix(p, begin, p->end);
    else if (row < FIRST_AFTER)
        glued(p, begin);
    else if (row < FIRST_BEFORE)
        number_after(p, begin);
    else if (row < FIRST_BOX)
        number_before(p, begin);
    else
        box(p, begin);
}

const bawn_guard bawn_guard_pii_address = {
    .guard = "pii", .id = "pii.address",
    .doc = "Street addresses by street word and house number in ten languages, post-office boxes, and the postal code behind them.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .digits_min = 1, .digits_max = 255, .confirm = confirm,
};

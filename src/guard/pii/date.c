/* Calendar dates with a day and month that exist and a year: in numbers (2021-03-04, 04.03.2021, 3/4/21), with the
 * month's name behind the day in thirteen languages (12 March 1984, 12. März 1984, 12 de marzo de 1984, 12 марта 1984) or
 * in front of it in English (March 12, 1984), and as China, Japan and Korea write them (1984年3月12日). Observed by
 * default. Names of months: the wide and short ones of Unicode CLDR, in the case that dates ask for. */
#include "guard/pii/pii.h"

static const bawn_kind kinds[] = { BAWN_PII("DATE_TIME", BAWN_OBSERVE, "a calendar date with its year, in numbers or with the month's name") };

#define MONTH(word, hit, miss) { word, 0, BAWN_P_TRIGGER | BAWN_P_LITERAL, 0.8f, "en", hit, miss }
static const bawn_pattern patterns[] = {
    MONTH("january ", "January 12, 1984", "January 12 people"), MONTH("february ", "February 28th, 1984", "February 30, 1984"),
    MONTH("march ", "born March 12, 1984", "a march 12 miles long"), MONTH("april ", "April 1st 2020", "April 2020"),
    MONTH("may ", "May 5, 2021", "may 5 of them"), MONTH("june ", "June 15, 1999", "June 31, 1999"),
    MONTH("july ", "July 4, 1776 or July 4, 1976", "July 4 and 5"), MONTH("august ", "August 9 1990", "an august 9"),
    MONTH("september ", "September 3rd, 2001", "September 3rd"), MONTH("october ", "October 10, 2010", "October 100, 2010"),
    MONTH("november ", "November 11, 1918", "November 11, 918"), MONTH("december ", "December 25, 2024", "December 25 and 26"),
    MONTH("jan ", "Jan 12, 1984", "Jan 12 people"), MONTH("feb ", "Feb 28, 1984", "Feb 30, 1984"),
    MONTH("mar ", "Mar 12, 1984", "Mar 12"), MONTH("apr ", "Apr 1 2020", "Apr 2020"), MONTH("jun ", "Jun 15, 1999", "Jun 31, 1999"),
    MONTH("jul ", "Jul 4, 1976", "Jul 4"), MONTH("aug ", "Aug 9, 1990", "Aug 9"), MONTH("sep ", "Sep 3, 2001", "Sep 3"),
    MONTH("sept ", "Sept 3, 2001", "Sept 3"), MONTH("oct ", "Oct 10, 2010", "Oct 100"), MONTH("nov ", "Nov 11, 1918", "Nov 11"),
    MONTH("dec ", "Dec 25, 2024", "Dec 25"),
};

#define NAMES 22                /* most names of one month, and NULL */

/* The twelve months behind a day, in thirteen languages, each with its short form. */
static const char *const months[12][NAMES] = {
    { "january", "jan", "january.", "jan.", "januar", "jänner", "januari", "janvier", "enero", "gennaio", "janeiro", "ene",
      "ene.", "genn.", "stycznia", "января", "янв", "ocak", "يناير", "जनवरी", "січня" },
    { "february", "feb", "feb.", "februar", "februari", "février", "févr.", "febrero", "febbraio", "febbr.", "fevereiro",
      "fev", "lutego", "февраля", "фев", "şubat", "فبراير", "फ़रवरी", "फरवरी", "лютого" },
    { "march", "mar", "mar.", "märz", "mrz", "maart", "mars", "marzo", "março", "marca", "марта", "мар", "mart", "مارس",
      "मार्च", "березня" },
    { "april", "apr", "apr.", "avril", "avr.", "abril", "abr", "aprile", "kwietnia", "апреля", "апр", "nisan",
      "أبريل", "ابريل", "إبريل", "अप्रैल", "квітня" },
    { "may", "mai", "mayo", "maggio", "magg.", "maio", "mei", "maja", "maj", "мая", "mayıs", "مايو", "मई", "травня" },
    { "june", "jun", "jun.", "juni", "juin", "junio", "giugno", "junho", "czerwca", "июня", "июн", "haziran", "يونيو", "जून",
      "червня" },
    { "july", "jul", "jul.", "juli", "juillet", "juil.", "julio", "luglio", "julho", "lipca", "июля", "июл", "temmuz", "يوليو",
      "जुलाई", "липня" },
    { "august", "aug", "aug.", "août", "agosto", "ago", "augustus", "augusti", "sierpnia", "августа", "авг", "ağustos",
      "أغسطس", "अगस्त", "серпня" },
    { "september", "sep", "sept", "sep.", "sept.", "septembre", "septiembre", "settembre", "setembro", "set", "września",
      "сентября", "сен", "eylül", "سبتمبر", "सितंबर", "вересня" },
    { "october", "oct", "oct.", "oktober", "okt", "octobre", "octubre", "ottobre", "outubro", "out", "października", "октября",
      "окт", "ekim", "أكتوبر", "अक्टूबर", "жовтня" },
    { "november", "nov", "nov.", "novembre", "noviembre", "novembro", "listopada", "ноября", "ноя", "kasım", "نوفمبر", "नवंबर",
      "листопада" },
    { "december", "dec", "dec.", "dezember", "dez", "décembre", "déc.", "diciembre", "dic", "dicembre", "dezembro", "grudnia",
      "декабря", "дек", "aralık", "ديسمبر", "दिसंबर", "грудня" },
};

static bool year_holds(int year, size_t digits) { return digits == 2 || (digits == 4 && year >= 1900 && year <= 2099); }

/* ---- readers ------------------------------------------------------------------------------------------------------ */
/* The number of at most `most` digits at i; its end, or i. */
static size_t number_at(int *value, bawn_probe *p, size_t i, size_t most)
{
    size_t end = bawn_probe_past_digits(p, i, most);
    *value = end > i ? bawn_pii_number(p->text.ptr + i, end - i) : 0;
    int next = bawn_probe_at(p, end);
    return bawn_pii_is_digit(next) ? i : end;
}

/* The longest name of a month at i; its end, or 0. */
static size_t month_at(int *month, bawn_probe *p, size_t i)
{
    int c = bawn_probe_at(p, i);
    char first = bawn_lower((char)c);
    size_t best = 0;
    for (int m = 0; m < 12 && c >= 0; m++)
        for (const char *const *name = months[m]; *name; name++) {
            size_t n = **name == first && bawn_probe_text_at(p, i, *name) ? strlen(*name) : 0;
            if (n > best) {
                best = n;
                *month = m + 1;
            }
        }
    return best ? i + best : 0;
}

/* A year of four digits at i that ends there; its end, or 0. */
static size_t year_at(bawn_probe *p, size_t i)
{
    int year;
    size_t end = number_at(&year, p, i, 4);
    return end == i + 4 && year_holds(year, 4) && bawn_pii_right(p, end) ? end : 0;
}

static void found(bawn_probe *p, size_t begin, size_t end) { bawn_probe_found(p, 0, begin, end, 0.8f); }

/* ---- forms ---------------------------------------------------------------------------------------------------------- */
static bool is_date(const bawn_probe *p, const bawn_group *g)
{
    const char *t = p->text.ptr;
    size_t n0 = g[0].end - g[0].begin, n1 = g[1].end - g[1].begin, n2 = g[2].end - g[2].begin;
    char sign = t[g[0].end];
    if ((sign != '-' && sign != '.' && sign != '/') || sign != t[g[1].end] || g[1].begin != g[0].end + 1 || g[2].begin != g[1].end + 1)
        return false;
    if (n0 > 4 || n1 > 2 || n2 > 4)
        return false;
    int a = bawn_pii_number(t + g[0].begin, n0), b = bawn_pii_number(t + g[1].begin, n1), c = bawn_pii_number(t + g[2].begin, n2);
    if (n0 == 4)
        return n1 == 2 && n2 == 2 && year_holds(a, 4) && bawn_pii_date(b, c);
    if (n0 > 2 || (n2 == 2 && (sign == '-' || n0 + n1 < 3)))
        return false;
    return year_holds(c, n2) && (bawn_pii_date(b, a) || (sign != '.' && bawn_pii_date(a, b)));
}

static void in_numbers(bawn_probe *p, const bawn_group *g, size_t n)
{
    for (size_t i = 0; i + 3 <= n; i++)
        if (is_date(p, g + i) && bawn_pii_left(p, g[i].begin)) {
            int next = bawn_probe_at(p, g[i + 2].end), after = bawn_probe_at(p, g[i + 2].end + 1);
            if (next == 'T' || ((next != '-' && next != '/' && next != '.') || after < 0 || !bawn_is_digit((unsigned char)after)))
                found(p, g[i].begin, g[i + 2].end);
        }
}

/* "12 March 1984", "12th of March, 1984", "12. März 1984", "1º de marzo de 1984": from the day on. */
static void day_first(bawn_probe *p, bawn_group day)
{
    static const char *const ordinals[] = { "st", "nd", "rd", "th", "er", "º", "ª", "°", ".", NULL };
    static const char *const between[] = { " of ", " de ", " d'", " ", "-", NULL };
    static const char *const before_year[] = { " de ", " del ", ", ", ". ", " ", "-", NULL };
    int value = bawn_pii_number(p->text.ptr + day.begin, day.end - day.begin), month = 0;
    size_t i = day.end;
    if (value < 1 || value > 31)
        return;
    i += bawn_probe_one_of(p, i, ordinals);
    size_t gap = bawn_probe_one_of(p, i, between);
    if (gap == 0 || (i = month_at(&month, p, i + gap)) == 0 || !bawn_pii_date(month, value) || !bawn_pii_left(p, day.begin))
        return;
    gap = bawn_probe_one_of(p, i, before_year);
    size_t end = gap ? year_at(p, i + gap) : 0;
    if (end)
        found(p, day.begin, end);
}

/* "1984年3月12日", "1984년 3월 12일": from the year on. */
static void year_first(bawn_probe *p, bawn_group year)
{
    static const char *const signs[2][3] = { { "年", "月", "日" }, { "년", "월", "일" } };
    size_t i = year.end, korean = bawn_probe_text_at(p, i, signs[1][0]) ? 1 : 0;
    int part[2];
    if (year.end - year.begin != 4 || !year_holds(bawn_pii_number(p->text.ptr + year.begin, 4), 4) || !bawn_probe_text_at(p, i, signs[korean][0]))
        return;
    i += 3;
    for (int k = 0; k < 2; k++) {
        i += bawn_probe_at(p, i) == ' ' ? 1 : 0;
        size_t end = number_at(&part[k], p, i, 2);
        if (end == i || !bawn_probe_text_at(p, end, signs[korean][k + 1]))
            return;
        i = end + 3;
    }
    if (bawn_pii_date(part[0], part[1]))
        found(p, year.begin, i);
}

/* "March 12, 1984": from the month on, which is the pattern. */
static void month_first(bawn_probe *p)
{
    static const char *const ordinals[] = { "st", "nd", "rd", "th", NULL };
    static const char *const before_year[] = { ", ", " ", NULL };
    size_t begin = p->end - strlen(p->pattern->regex);
    int month = 0, day;
    p->begin = begin;
    size_t end = number_at(&day, p, p->end, 2);
    if (end == p->end || !bawn_probe_word_begins(p, begin) || !month_at(&month, p, begin) || !bawn_pii_date(month, day))
        return;
    end += bawn_probe_one_of(p, end, ordinals);
    size_t gap = bawn_probe_one_of(p, end, before_year), year = gap ? year_at(p, end + gap) : 0;
    if (year)
        found(p, begin, year);
}

static void confirm(bawn_probe *p)
{
    bawn_group g[24];
    if (p->pattern) {
        month_first(p);
        return;
    }
    size_t n = bawn_probe_groups(p, g, BAWN_COUNT(g));
    in_numbers(p, g, n);
    if (n == 0)
        return;
    if (g[n - 1].end - g[n - 1].begin <= 2)
        day_first(p, g[n - 1]);
    else
        year_first(p, g[n - 1]);
}

const bawn_guard bawn_guard_pii_date = {
    .guard = "pii", .id = "pii.date",
    .doc = "Calendar dates with their year, in numbers or with the month's name in thirteen languages; observed by default.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .digits_min = 1, .digits_max = 255, .confirm = confirm,
};

/* Dates written in numbers: 2021-03-04, 04.03.2021, 3/4/21, with a day and month that exist; observed by default. */
#include "guard/pii/pii.h"

static const bawn_kind kinds[] = { BAWN_PII("DATE_TIME", BAWN_OBSERVE, "a calendar date in numbers") };

static bool year_holds(int year, size_t digits) { return digits == 2 || (digits == 4 && year >= 1900 && year <= 2099); }

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

static void confirm(bawn_probe *p)
{
    bawn_group g[24];
    size_t n = bawn_probe_groups(p, g, BAWN_COUNT(g));
    for (size_t i = 0; i + 3 <= n; i++)
        if (is_date(p, g + i) && bawn_pii_left(p, g[i].begin)) {
            int next = bawn_probe_at(p, g[i + 2].end), after = bawn_probe_at(p, g[i + 2].end + 1);
            if (next == 'T' || ((next != '-' && next != '/' && next != '.') || after < 0 || !bawn_is_digit((unsigned char)after)))
                bawn_probe_found(p, 0, g[i].begin, g[i + 2].end, 0.8f);
        }
}

const bawn_guard bawn_guard_pii_date = {
    .guard = "pii", .id = "pii.date", .doc = "Calendar dates written in numbers; observed by default.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .digits_min = 4, .digits_max = 255, .confirm = confirm,
};

/* Check digits: the arithmetic of national identifiers, each named after its standard. */
#include "guard/pii/pii.h"

int bawn_pii_value(char c)
{
    if (bawn_is_digit((unsigned char)c))
        return c - '0';
    return bawn_is_upper((unsigned char)c) ? c - 'A' + 10 : -1;
}

int bawn_pii_number(const char *s, size_t n)
{
    int v = 0;
    for (size_t i = 0; i < n; i++)
        v = v * 10 + bawn_pii_digit(s[i]);
    return v;
}

int bawn_pii_sum(const char *s, const char *weights)
{
    int sum = 0;
    for (size_t i = 0; weights[i]; i++)
        sum += bawn_pii_digit(s[i]) * bawn_pii_value(weights[i]);
    return sum;
}

bool bawn_pii_luhn(const char *s, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int d = bawn_pii_digit(s[n - 1 - i]) << (i & 1);
        sum += d > 9 ? d - 9 : d;
    }
    return sum % 10 == 0;
}

bool bawn_pii_verhoeff(const char *s, size_t n)
{
    static const char d[10][11] = { "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
                                    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210" };
    static const char p[8][11] = { "0123456789", "1576283094", "5803796142", "8916043527",
                                   "9453126870", "4286573901", "2793806415", "7046913258" };
    int c = 0;
    for (size_t i = 0; i < n; i++)
        c = bawn_pii_digit(d[c][bawn_pii_digit(p[i % 8][bawn_pii_digit(s[n - 1 - i])])]);
    return c == 0;
}

bool bawn_pii_mod11_10(const char *s, size_t n)
{
    int product = 10;
    for (size_t i = 0; i + 1 < n; i++) {
        int sum = (bawn_pii_digit(s[i]) + product) % 10;
        product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    return (11 - product) % 10 == bawn_pii_digit(s[n - 1]);
}

int bawn_pii_mod97(const char *s, size_t n)
{
    int rest = 0;
    for (size_t i = 0; i < n; i++) {
        int v = bawn_pii_value(s[i]);
        rest = (rest * (v > 9 ? 100 : 10) + v) % 97;
    }
    return rest;
}

bool bawn_pii_date(int month, int day)
{
    static const uint8_t days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

bool bawn_pii_yymmdd(const char *s) { return bawn_pii_date(bawn_pii_number(s + 2, 2), bawn_pii_number(s + 4, 2)); }

bool bawn_pii_same(const char *s, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (s[i] != s[0])
            return false;
    return true;
}

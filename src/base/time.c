/* time.c: RFC 3339 text and UUIDv7 from nanoseconds since the UNIX epoch. No clock is read here.
 * The calendar is the proleptic Gregorian one, by Howard Hinnant's civil_from_days ("chrono-Compatible Low-Level Date
 * Algorithms"): years begin in March, so that the leap day is the last of a year. */
#include "base/base.h"

static char *digits(char *out, unsigned value, size_t width)
{
    for (size_t i = width; i-- > 0; value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + width;
}

static char *date(char *out, uint64_t days_since_epoch)
{
    uint64_t days = days_since_epoch + 719468;          /* from 0000-03-01 */
    uint64_t era = days / 146097;
    unsigned of_era = (unsigned)(days % 146097);
    unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
    unsigned from_march = (5 * of_year + 2) / 153;
    unsigned month = from_march < 10 ? from_march + 3 : from_march - 9;

    out = digits(out, year + (unsigned)era * 400 + (month <= 2), 4);
    *out++ = '-';
    out = digits(out, month, 2);
    *out++ = '-';
    return digits(out, of_year - (153 * from_march + 2) / 5 + 1, 2);
}

void bawn_time_rfc3339(char out[27], uint64_t now_ns)
{
    uint64_t seconds = now_ns / 1000000000u;
    unsigned of_day = (unsigned)(seconds % 86400);

    out = date(out, seconds / 86400);
    *out++ = 'T';
    out = digits(out, of_day / 3600, 2);
    *out++ = ':';
    out = digits(out, of_day / 60 % 60, 2);
    *out++ = ':';
    out = digits(out, of_day % 60, 2);
    *out++ = '.';
    out = digits(out, (unsigned)(now_ns % 1000000000u / 1000), 6);
    *out = 'Z';
}

/* RFC 9562 section 5.7: 48 bits of milliseconds, version 7, 12 random bits, variant 10, 62 random bits. */
void bawn_uuid7(char out[36], uint64_t now_ns, const uint8_t random[10])
{
    uint64_t ms = now_ns / 1000000u;
    uint8_t id[16];

    for (size_t i = 0; i < 6; i++)
        id[i] = (uint8_t)(ms >> (40 - 8 * i));
    memcpy(id + 6, random, 10);
    id[6] = (uint8_t)(0x70 | (id[6] & 0x0F));
    id[8] = (uint8_t)(0x80 | (id[8] & 0x3F));
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        bawn_hex(out, id + i, 1);
        out += 2;
    }
}

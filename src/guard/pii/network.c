/* Addresses of machines: IPv4 (four numbers to 255), IPv6 (RFC 4291 2.2), MAC (six pairs); and names that machines give,
 * UUIDs (RFC 9562: versions 1 to 8, variant 8 to b). All are woken by their first
 * digit: one without any digit is too rare to pay for. A dotted number right after "version" and the like is none. */
#include "guard/pii/pii.h"

enum { IP, MAC, UUID };
static const bawn_kind kinds[] = {
    [IP] = BAWN_PII("IP_ADDRESS", BAWN_OBSERVE, "IPv4 or IPv6 address"),
    [MAC] = BAWN_PII("MAC_ADDRESS", BAWN_OBSERVE, "hardware address of a network card"),
    [UUID] = BAWN_PII("UUID", BAWN_OBSERVE, "universally unique identifier (RFC 9562)"),
};

static bool is_hex(int c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

static bool is_version(bawn_probe *p, size_t begin)
{
    static const char *const words[] = { "version", "ver", "v", "release", "build", "firmware", "driver", "chapter", "section", "clause",
                                         "paragraph", "abschnitt", "kapitel", "chrome", "sdk", NULL };
    return bawn_probe_near(p, begin, 16, words);
}

static bool is_octet(const bawn_probe *p, bawn_group g)
{
    size_t n = g.end - g.begin;
    return n <= 3 && (n == 1 || p->text.ptr[g.begin] != '0') && bawn_pii_number(p->text.ptr + g.begin, n) <= 255;
}

static void ipv4(bawn_probe *p)
{
    bawn_group g[24];
    size_t n = bawn_probe_groups(p, g, BAWN_COUNT(g));

    for (size_t i = 0; i + 4 <= n; i++) {
        size_t k = i;
        while (k < i + 4 && is_octet(p, g[k]) && (k == i || (g[k].begin == g[k - 1].end + 1 && p->text.ptr[g[k - 1].end] == '.')))
            k++;
        if (k < i + 4)
            continue;
        size_t begin = g[i].begin, end = g[i + 3].end;
        int left = bawn_probe_back(p, begin), next = bawn_probe_at(p, end);
        int after = next == '.' || next == '-' ? bawn_probe_at(p, end + 1) : -1;
        if (left == '.' || left == '-' || !bawn_probe_word_begins(p, begin) || !bawn_probe_word_ends(p, end))
            continue;
        if (next != '_' && !(after >= 0 && bawn_is_alnum((unsigned char)after)) && !is_version(p, begin))
            bawn_probe_found(p, IP, begin, end, 0.95f);
    }
}

/* 001a.2b3c.4d5e, as routers write it: a letter among the digits, or it is a number with points. */
static size_t mac_of_routers(bawn_probe *p, size_t i)
{
    bool letter = false;
    for (size_t k = 0; k < 14; k++) {
        int c = bawn_probe_at(p, i + k);
        if (k % 5 == 4 ? c != '.' : !is_hex(c))
            return 0;
        letter |= c > '9';
    }
    int next = bawn_probe_at(p, i + 14);
    return letter && !(next == '.' && is_hex(bawn_probe_at(p, i + 15))) && bawn_probe_word_ends(p, i + 14) ? i + 14 : 0;
}

/* Six pairs of hexadecimal digits from i, apart by the same sign; returns the end or 0. */
static size_t mac(bawn_probe *p, size_t i)
{
    int sign = bawn_probe_at(p, i + 2);
    if (sign != ':' && sign != '-')
        return 0;
    for (int pair = 0; pair < 6; pair++, i += 3)
        if (!is_hex(bawn_probe_at(p, i)) || !is_hex(bawn_probe_at(p, i + 1)) || (pair < 5 && bawn_probe_at(p, i + 2) != sign))
            return 0;
    int next = bawn_probe_at(p, i - 1);
    return next == sign && is_hex(bawn_probe_at(p, i)) ? 0 : i - 1;
}

/* ":5432" behind a whole address, as in connection strings. */
static bool is_port(bawn_probe *p, size_t i)
{
    size_t n = bawn_probe_past_digits(p, i, 6) - i;
    int next = bawn_probe_at(p, i + n);
    return n >= 1 && n <= 5 && !is_hex(next) && next != ':';
}

/* Groups of up to four digits apart by colons, "::" once: eight, or fewer with "::"; returns the end or 0. */
static size_t ipv6(bawn_probe *p, size_t begin)
{
    size_t i = begin, end = 0;
    int groups = 0;
    bool gap = false, sure = false;

    if (bawn_probe_at(p, i) == ':' && bawn_probe_at(p, i + 1) == ':') {
        gap = sure = true;
        end = i += 2;
    }
    for (;;) {
        size_t n = 0;
        while (n < 5 && is_hex(bawn_probe_at(p, i + n)))
            n++;
        if (n == 0 || n > 4)
            break;
        sure |= n == 4 && groups == 0 && strchr("23fF", p->text.ptr[i]);
        groups++;
        end = i += n;
        if (bawn_probe_at(p, i) != ':' || groups == 8)
            break;
        if (bawn_probe_at(p, i + 1) == ':') {
            if (gap)
                return 0;
            gap = true;
            end = i += 2;
        } else {
            i++;
        }
    }
    bool whole = gap ? groups >= 1 && groups <= 7 && sure : groups == 8;
    bool goes_on = bawn_probe_at(p, end) == ':' && !(groups == 8 && is_port(p, end + 1));
    return whole && i == end && bawn_probe_word_ends(p, end) && !goes_on ? end : 0;
}

/* 8-4-4-4-12 hexadecimal digits, the version in front of the third group and the variant in front of the fourth. */
static size_t uuid(bawn_probe *p, size_t i)
{
    static const uint8_t groups[] = { 8, 4, 4, 4, 12 };
    size_t at = i;
    for (size_t g = 0; g < BAWN_COUNT(groups); g++) {
        for (size_t end = at + groups[g]; at < end; at++)
            if (!is_hex(bawn_probe_at(p, at)))
                return 0;
        if (g < 4 && bawn_probe_at(p, at++) != '-')
            return 0;
    }
    char version = p->text.ptr[i + 14], variant = bawn_lower(p->text.ptr[i + 19]);
    bool goes_on = bawn_probe_at(p, at) == '-' && is_hex(bawn_probe_at(p, at + 1));
    return version >= '1' && version <= '8' && strchr("89ab", variant) && bawn_probe_word_ends(p, at) && !goes_on ? at : 0;
}

/* The token of hexadecimal digits, colons and hyphens around the run, if this is its first digit. */
static void hex_token(bawn_probe *p, size_t digit)
{
    size_t begin = digit, low = digit > 40 ? digit - 40 : 0;
    for (; begin > low; begin--) {
        int c = bawn_probe_back(p, begin);
        if (c >= '0' && c <= '9')
            return;
        if (!is_hex(c) && c != ':' && c != '-')
            break;
    }
    while (begin < digit && p->text.ptr[begin] == '-')
        begin++;
    if (p->text.ptr[begin] == ':' && p->text.ptr[begin + 1] != ':')
        begin++;
    if (!bawn_probe_word_begins(p, begin) || bawn_probe_back(p, begin) == '_')
        return;
    size_t end = mac(p, begin);
    if (end > 0 && bawn_probe_word_ends(p, end))
        bawn_probe_found(p, MAC, begin, end, 0.95f);
    else if (end == 0 && (end = ipv6(p, begin)) > 0)
        bawn_probe_found(p, IP, begin, end, 0.95f);
}

/* Where the hexadecimal digits around the token's first digit begin, with `sign` between them; SIZE_MAX: not its first. */
static size_t token_begin(const bawn_probe *p, size_t digit, int sign, size_t most)
{
    size_t begin = digit;
    for (int c; begin > 0 && digit - begin < most && (is_hex(c = bawn_probe_back(p, begin)) || c == sign); begin--)
        if (bawn_is_digit((unsigned char)c))
            return SIZE_MAX;
    return bawn_pii_left(p, begin) ? begin : SIZE_MAX;
}

static void signed_token(bawn_probe *p, size_t digit)
{
    size_t begin = token_begin(p, digit, '-', 36), end = begin != SIZE_MAX ? uuid(p, begin) : 0;
    if (end > 0)
        bawn_probe_found(p, UUID, begin, end, 0.95f);
    begin = token_begin(p, digit, '.', 14);
    if (begin != SIZE_MAX && (end = mac_of_routers(p, begin)) > 0)
        bawn_probe_found(p, MAC, begin, end, 0.95f);
}

static void confirm(bawn_probe *p)
{
    bawn_group g;
    if (bawn_probe_groups(p, &g, 1) == 0)
        return;
    int before = bawn_probe_back(p, g.begin), after = bawn_probe_at(p, g.end);
    if (before == ':' || after == ':' || (is_hex(before) && before > '9') || (is_hex(after) && after > '9') || after == '-')
        hex_token(p, g.begin);
    signed_token(p, g.begin);
    if (p->end - p->begin >= 7)
        ipv4(p);
}

const bawn_guard bawn_guard_pii_network = {
    .guard = "pii", .id = "pii.network", .doc = "IPv4 and IPv6 addresses, MAC addresses and UUIDs; observed by default.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .digits_min = 1, .digits_max = 255, .confirm = confirm,
};

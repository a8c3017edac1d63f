/* Addresses of crypto currencies: Bitcoin base58check (two SHA-256 rounds), bech32 and bech32m (BIP 173, BIP 350:
 * BCH code over GF(32)), Ethereum (0x and forty hexadecimal digits, not all alike). */
#include "guard/pii/pii.h"

static const bawn_kind kinds[] = { BAWN_PII("CRYPTO", BAWN_MASK, "Bitcoin or Ethereum address") };
static const bawn_pattern patterns[] = {
    { "bc1", 0, BAWN_P_TRIGGER | BAWN_P_LITERAL, 0.95f, "*", "pay bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 now",
      "pay bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5 now" },
    { "0x", 0, BAWN_P_TRIGGER | BAWN_P_LITERAL, 0.95f, "*", "send to 0x52908400098527886E0F7030069857D2E4169EE7.",
      "error code 0xe325dbbb393feae8f5d9 at line 4" },
};

static bool is_alnum_byte(unsigned char c) { return bawn_is_alnum(c); }

/* The 25 bytes of a base58 number, big-endian; false when it is none or has too many. */
static bool base58(uint8_t out[25], const char *s, size_t n)
{
    static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    memset(out, 0, 25);
    for (size_t i = 0; i < n; i++) {
        const char *at = s[i] ? strchr(alphabet, s[i]) : NULL;
        if (!at)
            return false;
        unsigned carry = (unsigned)(at - alphabet);
        for (int k = 24; k >= 0; k--) {
            carry += 58u * out[k];
            out[k] = (uint8_t)carry;
            carry >>= 8;
        }
        if (carry)
            return false;
    }
    return true;
}

static bool base58check(const char *s, size_t n)
{
    uint8_t bytes[25], first[32], second[32];
    if (n < 26 || n > 35 || !base58(bytes, s, n) || (bytes[0] != 0 && bytes[0] != 5))
        return false;
    bawn_sha256(first, bawn_slice_of((const char *)bytes, 21));
    bawn_sha256(second, bawn_slice_of((const char *)first, 32));
    return memcmp(second, bytes + 21, 4) == 0;
}

static uint32_t bech32_step(uint32_t sum, uint32_t value)
{
    static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
    uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (int i = 0; i < 5; i++)
        if (top >> i & 1)
            sum ^= generator[i];
    return sum;
}

/* s: all of it, "bc1" in front. */
static bool bech32(const char *s, size_t n)
{
    static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    uint32_t sum = 1;
    if (n < 14 || n > 74)
        return false;
    const uint32_t prefix[] = { 'b' >> 5, 'c' >> 5, 0, 'b' & 31, 'c' & 31 };
    for (size_t i = 0; i < 5; i++)
        sum = bech32_step(sum, prefix[i]);
    for (size_t i = 3; i < n; i++) {
        const char *at = strchr(alphabet, bawn_lower(s[i]));
        if (!at || !*at)
            return false;
        sum = bech32_step(sum, (uint32_t)(at - alphabet));
    }
    return sum == 1 || sum == 0x2bc830a3;
}

static bool ethereum(const char *s, size_t n)
{
    if (n != 42 || bawn_pii_same(s + 2, 40))
        return false;
    for (size_t i = 2; i < n; i++)
        if (!bawn_is_digit((unsigned char)s[i]) && !strchr("abcdefABCDEF", s[i]))
            return false;
    return true;
}

static void confirm(bawn_probe *p)
{
    bawn_group g = { 0 };
    bawn_probe_groups(p, &g, 1);
    size_t begin = p->pattern ? p->end - strlen(p->pattern->regex) : g.begin;
    int c = bawn_probe_at(p, begin);
    if ((!p->pattern && c != '1' && c != '3') || !bawn_probe_word_begins(p, begin))
        return;
    size_t end = begin;
    for (int b; end - begin < 80 && (b = bawn_probe_at(p, end)) >= 0 && is_alnum_byte((unsigned char)b); end++)
        ;
    const char *s = p->text.ptr + begin;
    size_t n = end - begin;
    bool holds = !p->pattern ? base58check(s, n) : c == '0' ? ethereum(s, n) : bech32(s, n);
    if (holds && bawn_probe_word_ends(p, end))
        bawn_probe_found(p, 0, begin, end, 0.95f);
}

const bawn_guard bawn_guard_pii_crypto = {
    .guard = "pii", .id = "pii.crypto", .doc = "Bitcoin addresses by their checksums, Ethereum addresses by their form.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .digits_min = 1, .digits_max = 255, .confirm = confirm,
};

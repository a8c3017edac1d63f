/* hash.c: SHA-256 (FIPS 180-4) and HMAC (RFC 2104) for what must hold against people, and a fast 64-bit hash for
 * tables in memory.
 *
 * OpenSSL's low-level SHA-256 is used on purpose, though it is marked deprecated: it neither allocates nor fetches,
 * so it cannot fail and costs a fraction of EVP's per call; an event may hash 64 findings. What an HMAC made of its key on
 * the stack is wiped. keeps: T22
 * The table hash is Wang Yi's wyhash construction (public domain): 64x64->128 bit multiplications, folded. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "base/base.h"

enum { SHA256_BLOCK = 64, SHA256_SIZE = 32 };

void bawn_sha256(uint8_t out[32], bawn_slice s)
{
    SHA256_CTX c;

    SHA256_Init(&c);
    SHA256_Update(&c, s.ptr, s.len);
    SHA256_Final(out, &c);
}

static void begin_padded(SHA256_CTX *c, const uint8_t key[SHA256_BLOCK], uint8_t pad)
{
    uint8_t block[SHA256_BLOCK];

    for (size_t i = 0; i < SHA256_BLOCK; i++)
        block[i] = key[i] ^ pad;
    SHA256_Init(c);
    SHA256_Update(c, block, sizeof block);
    explicit_bzero(block, sizeof block);
}

void bawn_hmac_sha256(uint8_t out[32], bawn_slice key, const bawn_slice *parts, size_t n_parts)
{
    uint8_t block[SHA256_BLOCK] = { 0 };
    SHA256_CTX c;

    if (key.len > SHA256_BLOCK) {
        SHA256_Init(&c);
        SHA256_Update(&c, key.ptr, key.len);
        SHA256_Final(block, &c);
    } else if (key.len) {
        memcpy(block, key.ptr, key.len);
    }
    begin_padded(&c, block, 0x36);
    for (size_t i = 0; i < n_parts; i++)
        SHA256_Update(&c, parts[i].ptr, parts[i].len);
    SHA256_Final(out, &c);
    begin_padded(&c, block, 0x5C);
    SHA256_Update(&c, out, SHA256_SIZE);
    SHA256_Final(out, &c);
    explicit_bzero(block, sizeof block);
    explicit_bzero(&c, sizeof c);
}

void bawn_sha256_name(char out[72], bawn_slice bytes)
{
    uint8_t digest[SHA256_SIZE];

    bawn_sha256(digest, bytes);
    memcpy(out, "sha256:", 7);
    bawn_hex(out + 7, digest, sizeof digest);
    out[71] = 0;
}

void bawn_value_hash(uint8_t out[8], bawn_slice key, bawn_slice kind, bawn_slice value)
{
    const bawn_slice parts[] = { kind, { "", 1 }, value };
    uint8_t mac[SHA256_SIZE];

    bawn_hmac_sha256(mac, key, parts, BAWN_COUNT(parts));
    memcpy(out, mac, 8);
}

__extension__ typedef unsigned __int128 wide;

static uint64_t fold(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load64(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return v;
}

uint64_t bawn_hash64(bawn_slice s, uint64_t seed)
{
    static const uint64_t k0 = UINT64_C(0xa0761d6478bd642f), k1 = UINT64_C(0xe7037ed1a0b428db),
                          k2 = UINT64_C(0x8ebc6af09c88c6e3);
    char last[16] = { 0 };
    uint64_t secret = k1 ^ seed, h = seed ^ k0;           /* no text that does not know the seed makes a factor 0 */
    size_t i = 0;

    for (; s.len - i > 16; i += 16)
        h = fold(load64(s.ptr + i) ^ secret, load64(s.ptr + i + 8) ^ h);
    if (s.len - i)
        memcpy(last, s.ptr + i, s.len - i);
    h = fold(load64(last) ^ secret, load64(last + 8) ^ h);
    return fold(h ^ k2, (uint64_t)s.len ^ k1);
}

void bawn_hex(char *out, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
}

/* Hashes, times and ids against the vectors of their standards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

static void assert_hex(const uint8_t *bytes, size_t n, const char *expected)
{
    char text[129] = "";

    bawn_hex(text, bytes, n);
    assert_string_equal(text, expected);
}

static void sha256_gives_the_answers_of_fips_180(void **state)
{
    uint8_t out[32];

    (void)state;
    bawn_sha256(out, BAWN_LIT("abc"));
    assert_hex(out, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    bawn_sha256(out, BAWN_NIL);
    assert_hex(out, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void hmac_gives_the_answers_of_rfc_4231(void **state)
{
    bawn_slice parts[] = { BAWN_LIT("what do ya "), BAWN_LIT("want "), BAWN_LIT("for nothing?") };
    bawn_slice long_key_text = BAWN_LIT("Test Using Larger Than Block-Size Key - Hash Key First");
    char long_key[131];
    uint8_t out[32];

    (void)state;
    bawn_hmac_sha256(out, BAWN_LIT("Jefe"), parts, 3);
    assert_hex(out, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(long_key, 0xAA, sizeof long_key);
    bawn_hmac_sha256(out, bawn_slice_of(long_key, sizeof long_key), &long_key_text, 1);
    assert_hex(out, 32, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void a_sha256_has_its_name(void **state)
{
    char name[72];

    (void)state;
    bawn_sha256_name(name, BAWN_LIT("abc"));
    assert_string_equal(name, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* Against `printf 'pii.EMAIL\0ada@example.com' | openssl dgst -sha256 -hmac 0123456789abcdef`. */
static void a_value_is_hashed_with_its_kind(void **state)
{
    uint8_t out[8], other[8];

    (void)state;
    bawn_value_hash(out, BAWN_LIT("0123456789abcdef"), BAWN_LIT("pii.EMAIL"), BAWN_LIT("ada@example.com"));
    assert_hex(out, 8, "cd9fde80edf55a76");
    bawn_value_hash(other, BAWN_LIT("0123456789abcdef"), BAWN_LIT("pii.EMAI"), BAWN_LIT("Lada@example.com"));
    assert_memory_not_equal(out, other, 8);
    bawn_value_hash(other, BAWN_LIT("0123456789abcdef"), BAWN_LIT("pii.EMAIL"), BAWN_NIL);
    assert_hex(other, 8, "957de0c3bd30911b");
}

static void crc32c_gives_the_answers_of_rfc_3720(void **state)
{
    char bytes[48];

    (void)state;
    memset(bytes, 0, 32);
    assert_int_equal(bawn_crc32c(0, bawn_slice_of(bytes, 32)), 0x8A9136AAu);
    memset(bytes, 0xFF, 32);
    assert_int_equal(bawn_crc32c(0, bawn_slice_of(bytes, 32)), 0x62A8AB43u);
    for (int i = 0; i < 32; i++)
        bytes[i] = (char)i;
    assert_int_equal(bawn_crc32c(0, bawn_slice_of(bytes, 32)), 0x46DD794Eu);
    assert_int_equal(bawn_crc32c(0, BAWN_LIT("123456789")), 0xE3069283u);
    assert_int_equal(bawn_crc32c(bawn_crc32c(0, BAWN_LIT("1234")), BAWN_LIT("56789")), 0xE3069283u);
    assert_int_equal(bawn_crc32c(0, BAWN_NIL), 0);
}

static void hash64_depends_on_every_bit_and_on_the_seed(void **state)
{
    char text[40];

    (void)state;
    memset(text, 0, sizeof text);
    for (size_t len = 1; len <= sizeof text; len++) {
        uint64_t h = bawn_hash64(bawn_slice_of(text, len), 7);

        assert_true(h != bawn_hash64(bawn_slice_of(text, len - 1), 7));
        assert_true(h != bawn_hash64(bawn_slice_of(text, len), 8));
        for (size_t bit = 0; bit < len * 8; bit++) {
            text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
            assert_true(h != bawn_hash64(bawn_slice_of(text, len), 7));
            text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
        }
    }
}

static void times_are_written_as_rfc3339(void **state)
{
    static const struct { uint64_t ns; const char *text; } cases[] = {
        { 0, "1970-01-01T00:00:00.000000Z" },
        { UINT64_C(951782400000000000), "2000-02-29T00:00:00.000000Z" },
        { UINT64_C(951868799999999999), "2000-02-29T23:59:59.999999Z" },
        { UINT64_C(1795446245123456789), "2026-11-23T15:04:05.123456Z" },
        { UINT64_C(1709164800000001000), "2024-02-29T00:00:00.000001Z" },
        { UINT64_C(4107542399000000000), "2100-02-28T23:59:59.000000Z" },
        { UINT64_C(4107542400000000000), "2100-03-01T00:00:00.000000Z" },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(cases); i++) {
        char text[28] = "";

        bawn_time_rfc3339(text, cases[i].ns);
        assert_string_equal(text, cases[i].text);
    }
}

static void uuid7_gives_the_example_of_rfc_9562(void **state)
{
    /* appendix A.6: unix_ts_ms 0x017F22E279B0, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F */
    const uint8_t random[10] = { 0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F };
    char id[37] = "";

    (void)state;
    bawn_uuid7(id, UINT64_C(0x017F22E279B0) * 1000000, random);
    assert_string_equal(id, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_gives_the_answers_of_fips_180),
        cmocka_unit_test(hmac_gives_the_answers_of_rfc_4231),
        cmocka_unit_test(a_sha256_has_its_name),
        cmocka_unit_test(a_value_is_hashed_with_its_kind),
        cmocka_unit_test(crc32c_gives_the_answers_of_rfc_3720),
        cmocka_unit_test(hash64_depends_on_every_bit_and_on_the_seed),
        cmocka_unit_test(times_are_written_as_rfc3339),
        cmocka_unit_test(uuid7_gives_the_example_of_rfc_9562),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

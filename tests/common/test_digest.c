/* SPDX-License-Identifier: MIT */
#include "common/digest.h"

#include "tests/unit.h"

static void digest_bytes__matches_fips_180_4_examples(void **state)
{
    char hex[DIGEST_HEX_SIZE];
    struct err err;

    (void)state;
    assert_ok(digest_bytes("abc", 3, DIGEST_SHA256, hex, &err), err);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
                             "b00361a396177a9cb410ff61f20015ad");
    assert_ok(digest_bytes("abc", 3, DIGEST_SHA512, hex, &err), err);
    assert_string_equal(hex, "ddaf35a193617abacc417349ae204131"
                             "12e6fa4e89a97ea20a9eeee64b55d39a"
                             "2192992a274fc1a836ba3c23a3feebbd"
                             "454d4423643ce80e2a9ac94fa54ca49f");
}

static void digest_bytes__knows_what_ocfl_fixity_uses(void **state)
{
    char hex[DIGEST_HEX_SIZE];
    struct err err;

    (void)state;
    assert_ok(digest_bytes("abc", 3, DIGEST_MD5, hex, &err), err);
    assert_string_equal(hex, "900150983cd24fb0d6963f7d28e17f72");
    assert_ok(digest_bytes("abc", 3, DIGEST_SHA1, hex, &err), err);
    assert_string_equal(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
    /* RFC 7693, appendix A */
    assert_ok(digest_bytes("abc", 3, DIGEST_BLAKE2B_512, hex, &err), err);
    assert_memory_equal(hex, "ba80a53f981c4d0d6a2797b69f12f6e9", 32);
}

static void digest_file__says_what_it_cannot_read(void **state)
{
    char hex[DIGEST_HEX_SIZE];
    struct err err;

    (void)state;
    assert_int_equal(digest_file("/nonexistent", DIGEST_MD5, hex, &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    assert_string_equal(err.msg, "/nonexistent: No such file or directory");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digest_bytes__matches_fips_180_4_examples),
        cmocka_unit_test(digest_bytes__knows_what_ocfl_fixity_uses),
        cmocka_unit_test(digest_file__says_what_it_cannot_read),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

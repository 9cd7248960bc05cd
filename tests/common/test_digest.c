/* SPDX-License-Identifier: MIT */
#include "common/digest.h"

#include "tests/unit.h"

#include <string.h>

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

/* RFC 4648, section 10; and what is longer than one step. */
static void base64_add__matches_rfc_4648(void **state)
{
    static const char *const pairs[][2] = {
        {"", ""},        {"f", "Zg=="},          {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"},
    };
    CLEANUP(buf_fini) struct buf whole = BUF_INIT;
    char many[10000];

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        CLEANUP(buf_fini) struct buf out = BUF_INIT;

        base64_add(&out, pairs[i][0], strlen(pairs[i][0]));
        assert_string_equal(buf_str(&out), pairs[i][1]);
    }
    memset(many, 'A', sizeof(many));
    base64_add(&whole, many, sizeof(many));
    assert_int_equal(whole.len, 13336);
    for (size_t i = 0; i < 13332; i++)
        assert_int_equal(whole.data[i], "QUFB"[i % 4]);
    assert_string_equal(buf_str(&whole) + 13332, "QQ==");
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
        cmocka_unit_test(base64_add__matches_rfc_4648),
        cmocka_unit_test(digest_file__says_what_it_cannot_read),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

/* SPDX-License-Identifier: MIT */
#include "common/bagit.h"

#include <string.h>

#include "tests/unit.h"

static void bagit_next_line__ends_at_each_kind_of_line_end(void **state)
{
    static const char *const lines[] = {"a", "", "b", "c", "", "d"};
    char text[] = "a\n\nb\r\nc\r\rd";
    struct bagit_lines l = {text, NULL, 0};
    struct bagit_lines none = {NULL, NULL, 0};

    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        assert_true(bagit_next_line(&l));
        assert_string_equal(l.line, lines[i]);
        assert_int_equal(l.number, i + 1);
    }
    assert_false(bagit_next_line(&l));
    assert_false(bagit_next_line(&none));
}

static void bagit_manifest__is_known_by_its_name(void **state)
{
    static const struct {
        const char *name;
        enum bagit_manifest_of of;
        const char *algorithm;
    } cases[] = {
        {"manifest-sha512.txt", BAGIT_OF_PAYLOAD, "sha512"},
        {"manifest-MD5.txt", BAGIT_OF_PAYLOAD, "md5"},
        {"tagmanifest-sha384.txt", BAGIT_OF_TAGS, "sha384"},
        {"manifest-blake2b-512.txt", BAGIT_OF_PAYLOAD, "blake2b512"},
        {"manifest-whirlpool.txt", BAGIT_OF_PAYLOAD, NULL},
        {"manifest-.txt", BAGIT_OF_NOTHING, NULL},
        {"manifest-md5.TXT", BAGIT_OF_NOTHING, NULL},
        {"manifest-md5", BAGIT_OF_NOTHING, NULL},
        {"data/manifest-md5.txt", BAGIT_OF_NOTHING, NULL},
        {"manifest-a/md5.txt", BAGIT_OF_NOTHING, NULL},
        {"bagit.txt", BAGIT_OF_NOTHING, NULL},
        {"", BAGIT_OF_NOTHING, NULL},
        {"m", BAGIT_OF_NOTHING, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct bagit_manifest m = bagit_manifest_of_name(cases[i].name);

        assert_int_equal(m.of, cases[i].of);
        assert_int_equal(m.algorithm == NULL, cases[i].algorithm == NULL);
        if (m.algorithm != NULL)
            assert_string_equal(m.algorithm->name, cases[i].algorithm);
    }
    assert_int_equal(
        bagit_manifest_of_name("manifest-whirlpool.txt").said_length, 9);
}

static void bagit_algorithms__are_as_long_as_they_say(void **state)
{
    char hex[DIGEST_HEX_SIZE];
    struct err err;

    (void)state;
    for (size_t i = 0; i < BAGIT_ALGORITHMS; i++) {
        assert_ok(digest_bytes("x", 1, bagit_algorithms[i].kind, hex, &err),
                  err);
        assert_int_equal(strlen(hex), bagit_algorithms[i].hex_length);
    }
}

static void bagit_listed__are_a_digest_and_a_path(void **state)
{
    static const struct {
        const char *line, *path;
        bool has_star, has_dot;
    } good[] = {
        {"ab12  data/x y", "data/x y", false, false},
        {"AB\t *data/x", "data/x", true, false},
        {"ab ./data/x", "data/x", false, true},
        {"ab *./data/x", "data/x", true, true},
    };
    static const char *const bad[] = {"",          "ab",         "ab ",
                                      "xy data/x", " ab data/x", "abdata/x"};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        char line[64];
        struct bagit_listed l;

        (void)snprintf(line, sizeof(line), "%s", good[i].line);
        assert_true(bagit_split_listed(line, &l));
        assert_string_equal(l.path, good[i].path);
        assert_int_equal(l.has_star, good[i].has_star);
        assert_int_equal(l.has_dot, good[i].has_dot);
        assert_string_equal(line, good[i].line);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        char line[64];
        struct bagit_listed l;

        (void)snprintf(line, sizeof(line), "%s", bad[i]);
        assert_false(bagit_split_listed(line, &l));
    }
}

static void bagit_decode_path__takes_three_codes_back(void **state)
{
    char path[] = "a%0Ab%0dc%25%250Ad%20%2%";

    (void)state;
    bagit_decode_path(path);
    assert_string_equal(path, "a\nb\rc%%0Ad%20%2%");
}

static void bagit_value__is_lax_or_strict(void **state)
{
    (void)state;
    assert_string_equal(bagit_value("A: x", "A", BAGIT_STRICT), "x");
    assert_string_equal(bagit_value("a \t:\t x", "A", BAGIT_LAX), "x");
    assert_string_equal(bagit_value("A:", "A", BAGIT_LAX), "");
    assert_null(bagit_value("A : x", "A", BAGIT_STRICT));
    assert_null(bagit_value("A:  x", "A", BAGIT_STRICT));
    assert_null(bagit_value("AB: x", "A", BAGIT_LAX));
    assert_null(bagit_value(NULL, "A", BAGIT_LAX));
}

static void bagit_numbers__are_digits_with_a_dot(void **state)
{
    static const char *const bad[] = {"",     "1",   "1.",   ".1",     "1.0.1",
                                      "-1.0", "1.x", "1 .0", "10000.1"};
    unsigned major = 0, minor = 0;
    uint64_t bytes = 0, files = 0;

    (void)state;
    assert_true(bagit_version("0.97 ", &major, &minor));
    assert_int_equal(major, 0);
    assert_int_equal(minor, 97);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(bagit_version(bad[i], &major, &minor));
    assert_true(bagit_oxum("279164409832.1198", &bytes, &files));
    assert_int_equal(bytes, 279164409832);
    assert_int_equal(files, 1198);
    assert_false(bagit_oxum("99999999999999999999999.1", &bytes, &files));
}

static void bagit_fetched__are_three_parts(void **state)
{
    char line[] = "https://x.org/a\t-  data/a b", short_line[] = "https://x 1 ";
    struct bagit_fetched f;

    (void)state;
    assert_true(bagit_split_fetched(line, &f));
    assert_int_equal(f.url_length, 15);
    assert_string_equal(f.path, "data/a b");
    assert_false(bagit_split_fetched(short_line, &f));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bagit_next_line__ends_at_each_kind_of_line_end),
        cmocka_unit_test(bagit_manifest__is_known_by_its_name),
        cmocka_unit_test(bagit_algorithms__are_as_long_as_they_say),
        cmocka_unit_test(bagit_listed__are_a_digest_and_a_path),
        cmocka_unit_test(bagit_decode_path__takes_three_codes_back),
        cmocka_unit_test(bagit_value__is_lax_or_strict),
        cmocka_unit_test(bagit_numbers__are_digits_with_a_dot),
        cmocka_unit_test(bagit_fetched__are_three_parts),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <string.h>

#include "ingest/identifier.h"

static void slug__of_cyrillic_follows_the_act_of_2009(void **state)
{
    char slug[SLUG_SIZE];
    struct err err;

    (void)state;
    assert_ok(slug_from_name("Щръклево, Юндола и Жълъд", slug, &err), err);
    assert_string_equal(slug, "shtraklevo-yundola-i-zhalad");
    assert_ok(slug_from_name("Мария Цонкова (София)", slug, &err), err);
    assert_string_equal(slug, "maria-tsonkova-sofia");
    assert_ok(slug_from_name("Триянов синьо", slug, &err), err);
    assert_string_equal(slug, "triyanov-sinyo");
}

/* и asks whether я follows; the end of the memory is not asked. Not UTF-8, so
 * that these very bytes are read and no copy of them. */
static void slug__of_a_name_that_ends_in_i_reads_no_further(void **state)
{
    CLEANUP(free) char *name = strdup("\xff\xd0\xb8");
    char slug[SLUG_SIZE];
    struct err err;

    (void)state;
    assert_ok(slug_from_name(name, slug, &err), err);
    assert_string_equal(slug, "i");
}

static void slug__of_decomposed_letters_is_that_of_composed(void **state)
{
    char slug[SLUG_SIZE];
    struct err err;

    (void)state;
    assert_ok(slug_from_name("Раи\xcc\x86на", slug, &err), err);
    assert_string_equal(slug, "rayna");
}

static void slug__keeps_its_own_characters_and_lowers_case(void **state)
{
    char slug[SLUG_SIZE];
    struct err err;

    (void)state;
    assert_ok(slug_from_name("1938-012_Vol.II", slug, &err), err);
    assert_string_equal(slug, "1938-012_vol.ii");
    assert_ok(slug_from_name(" ..hidden/../etc ", slug, &err), err);
    assert_true(slug_is_valid(slug));
    assert_ok(slug_from_name("bad\xff\xfe name", slug, &err), err);
    assert_string_equal(slug, "bad-name");
}

static void slug__is_refused_when_nothing_is_left(void **state)
{
    char slug[SLUG_SIZE] = "untouched";
    struct err err;

    (void)state;
    assert_int_equal(slug_from_name("★ / ★", slug, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(slug, "untouched");
    assert_int_equal(slug_from_name("", slug, &err), -1);
}

static void slug__of_a_long_name_is_cut_to_64_bytes(void **state)
{
    char slug[SLUG_SIZE];
    struct err err;
    char name[400];

    (void)state;
    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    name[63] = ' ';
    assert_ok(slug_from_name(name, slug, &err), err);
    assert_int_equal(strlen(slug), 63);
    assert_true(slug_is_valid(slug));
}

static void slug__validity(void **state)
{
    (void)state;
    assert_true(slug_is_valid("1938-012"));
    assert_false(slug_is_valid(""));
    assert_false(slug_is_valid(".."));
    assert_false(slug_is_valid("-a"));
    assert_false(slug_is_valid("A"));
    assert_false(slug_is_valid("a/b"));
    assert_true(
        slug_is_valid("a123456789012345678901234567890123456789012345678"
                      "901234567890123"));
    assert_false(
        slug_is_valid("a12345678901234567890123456789012345678901234567"
                      "8901234567890123x"));
}

static void volume_id__goes_there_and_back(void **state)
{
    struct volume_id parsed;
    char id[ID_SIZE];
    struct err err;

    (void)state;
    assert_ok(
        volume_id_format("odesos", "family-register", "1938-012", id, &err),
        err);
    assert_string_equal(id, "odesos/family-register/1938-012");
    assert_ok(volume_id_parse(id, &parsed, &err), err);
    assert_string_equal(parsed.site, "odesos");
    assert_string_equal(parsed.series, "family-register");
    assert_string_equal(parsed.number, "1938-012");
    assert_int_equal(volume_id_format("odesos", "a b", "1", id, &err), -1);
    assert_non_null(strstr(err.msg, "series \"a b\""));
}

static void volume_id__refuses_what_is_not_three_slugs(void **state)
{
    static const char *const bad[] = {"",      "a",       "a/b",    "a/b/",
                                      "a//c",  "a/b/c/d", "/a/b/c", "a/../c",
                                      "a/b/C", "a/b/c/"};
    struct volume_id parsed;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_int_equal(volume_id_parse(bad[i], &parsed, &err), -1);
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

static void page_id__goes_there_and_back(void **state)
{
    char volume[ID_SIZE];
    uint32_t number;
    char id[ID_SIZE];
    struct err err;

    (void)state;
    assert_ok(page_id_format("a/b/c", 7, id, &err), err);
    assert_string_equal(id, "a/b/c/0007");
    assert_ok(page_id_format("a/b/c", 12345, id, &err), err);
    assert_string_equal(id, "a/b/c/12345");
    assert_ok(page_id_parse(id, volume, &number, &err), err);
    assert_string_equal(volume, "a/b/c");
    assert_int_equal(number, 12345);
    assert_int_equal(page_id_format("a/b/c", 0, id, &err), -1);
}

static void page_id__has_one_spelling(void **state)
{
    static const char *const bad[] = {
        "a/b/c",       "a/b/c/7",    "a/b/c/0000", "a/b/c/00007",
        "a/b/c/7777x", "a/b/c/-001", "a/b/0001",   "a/b/c/99999999999"};
    char volume[ID_SIZE];
    uint32_t number;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_int_equal(page_id_parse(bad[i], volume, &number, &err), -1);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.msg, "is not a page"));
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slug__of_cyrillic_follows_the_act_of_2009),
        cmocka_unit_test(slug__of_a_name_that_ends_in_i_reads_no_further),
        cmocka_unit_test(slug__of_decomposed_letters_is_that_of_composed),
        cmocka_unit_test(slug__keeps_its_own_characters_and_lowers_case),
        cmocka_unit_test(slug__is_refused_when_nothing_is_left),
        cmocka_unit_test(slug__of_a_long_name_is_cut_to_64_bytes),
        cmocka_unit_test(slug__validity),
        cmocka_unit_test(volume_id__goes_there_and_back),
        cmocka_unit_test(volume_id__refuses_what_is_not_three_slugs),
        cmocka_unit_test(page_id__goes_there_and_back),
        cmocka_unit_test(page_id__has_one_spelling),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

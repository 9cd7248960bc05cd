/* SPDX-License-Identifier: MIT */
#include "common/text.h"

#include <string.h>

#include "common/cleanup.h"
#include "tests/unit.h"

static void text_is_utf8__refuses_what_is_not(void **state)
{
    (void)state;
    assert_true(text_is_utf8("ѣ", 2));
    assert_false(text_is_utf8("\xd1", 1));         /* cut short   */
    assert_false(text_is_utf8("\xc0\xaf", 2));     /* overlong    */
    assert_false(text_is_utf8("\xed\xa0\x80", 3)); /* a surrogate */
    assert_false(text_is_utf8("a\0b", 3));         /* NUL         */
}

static void text_visible__keeps_one_line(void **state)
{
    CLEANUP(free) char *shown = text_visible("лист\n7\\\x1b\xff");

    (void)state;
    assert_string_equal(shown, "лист\\n7\\\\\\x1b\\xff");
    assert_true(text_is_one_line(shown));
    assert_false(text_is_one_line("a\nb"));
}

static void text_visible__shows_c1_controls_by_their_bytes(void **state)
{
    CLEANUP(free) char *shown = text_visible("a\xc2\x85");

    (void)state;
    assert_string_equal(shown, "a\\xc2\\x85");
}

static void text_nfc__composes(void **state)
{
    CLEANUP(free) char *composed = text_nfc("\xd0\xb8\xcc\x86"); /* и + breve */

    (void)state;
    assert_string_equal(composed, "й");
    assert_null(text_nfc("\xff"));
}

static void text_casefold__makes_one_of_what_looks_alike(void **state)
{
    CLEANUP(free) char *a = text_casefold("ЛИСТ Й ß");
    CLEANUP(free) char *b = text_casefold("лист \xd0\xb8\xcc\x86 SS");
    CLEANUP(free) char *c = text_casefold("лист2");

    (void)state;
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    assert_null(text_casefold("\xff"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_utf8__refuses_what_is_not),
        cmocka_unit_test(text_visible__keeps_one_line),
        cmocka_unit_test(text_visible__shows_c1_controls_by_their_bytes),
        cmocka_unit_test(text_nfc__composes),
        cmocka_unit_test(text_casefold__makes_one_of_what_looks_alike),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

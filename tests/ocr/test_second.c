/* SPDX-License-Identifier: MIT */
#include "ocr/second.h"

#include "tests/unit.h"

static void second_kind_of__asks_for_what_bulgarian_cannot_write(void **state)
{
    static const struct {
        const char *word;
        bool alone;
        enum second_kind kind;
    } rows[] = {
        {"6.ХТТ.1959", false, SECOND_DATE},
        {"12.11.1960", false, SECOND_DATE},
        {"З3.1Т11.1888,", false, SECOND_DATE},
        {"25.М.1925,", false, SECOND_DATE},
        {"04.06.1944", false, SECOND_NONE},
        {"14.03.38", false, SECOND_NONE},
        {"утт", false, SECOND_ROMAN},
        {"ТТТ", false, SECOND_ROMAN},
        {"11", false, SECOND_NONE},
        {"Х", false, SECOND_NONE},
        {"з", true, SECOND_DIGITS},
        {"ж", true, SECOND_DIGITS},
        {"з", false, SECOND_NONE},
        {"12", true, SECOND_NONE},
        {"син", true, SECOND_NONE},
        {"гр.", false, SECOND_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_int_equal(second_kind_of(rows[i].word, rows[i].alone),
                         rows[i].kind);
}

static void second_choose__takes_only_what_it_was_asked_for(void **state)
{
    static const struct {
        enum second_kind kind;
        const char *word, *again, *chosen;
    } rows[] = {
        {SECOND_DATE, "6.ХТТ.1959,", "6.XII.1959,", "6.XII.1959,"},
        /* The month alone is taken; day and year were digits already. */
        {SECOND_DATE, "17.У111.1908,", "1?.VIII.1903", "17.VIII.1908,"},
        {SECOND_DATE, "З3.1Т11.1888", "3.III.1888", "3.III.1888"},
        {SECOND_DATE, "12.11.1960", "12.11.1960", NULL},
        {SECOND_DATE, "12.11.1960", "12.XV.1960", NULL},
        {SECOND_DATE, "12.11.1960", "scrawl", NULL},
        {SECOND_ROMAN, "утт", "VII", "VII"},
        {SECOND_ROMAN, "ТТТ", "the", NULL},
        {SECOND_DIGITS, "з", "3", "3"},
        {SECOND_DIGITS, "ж", "x", NULL},
        {SECOND_DIGITS, "ж", "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        CLEANUP(free)
        char *got = second_choose(rows[i].kind, rows[i].word, rows[i].again);

        if (rows[i].chosen == NULL) {
            assert_null(got);
        } else {
            assert_non_null(got);
            assert_string_equal(got, rows[i].chosen);
        }
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(second_kind_of__asks_for_what_bulgarian_cannot_write),
        cmocka_unit_test(second_choose__takes_only_what_it_was_asked_for),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

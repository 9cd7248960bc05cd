/* SPDX-License-Identifier: MIT */
#include "ocr/roman.h"

#include <string.h>

#include "tests/unit.h"

static void roman_value__knows_every_way_to_write_a_month(void **state)
{
    static const struct {
        const char *text;
        unsigned value;
    } rows[] = {
        {"I", 1},   {"II", 2},    {"III", 3},  {"IV", 4}, {"VIII", 8},
        {"IX", 9},  {"XII", 12},  {"ХІ", 11},  {"Х", 10}, {"У", 5},
        {"IХ", 9},  {"VIl", 7},   {"X1", 11},  {"1X", 9}, {"vii", 7},
        {"ХТ", 11}, {"XXIV", 24}, {"XIL", 12},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_int_equal(roman_value(rows[i].text, strlen(rows[i].text)),
                         rows[i].value);
}

static void roman_value__takes_nothing_else(void **state)
{
    static const char *const rows[] = {"",   "1",  "11",   "12", "IIII",
                                       "VV", "IM", "март", "Т",  "IIX"};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_int_equal(roman_value(rows[i], strlen(rows[i])), 0);
}

static void roman_write__is_read_back(void **state)
{
    char out[ROMAN_SIZE];

    (void)state;
    for (unsigned value = 1; value <= ROMAN_MAX; value++) {
        roman_write(value, out);
        assert_int_equal(roman_value(out, strlen(out)), value);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roman_value__knows_every_way_to_write_a_month),
        cmocka_unit_test(roman_value__takes_nothing_else),
        cmocka_unit_test(roman_write__is_read_back),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

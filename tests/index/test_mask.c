/* SPDX-License-Identifier: MIT */
#include "index/mask.h"

#include "tests/unit.h"

static void mask__covers_the_end_of_personal_numbers(void **state)
{
    static const struct {
        const char *text, *masked;
    } cases[] = {
        {"", ""},
        {"7505121238", "750512****"},
        {"ЕГН 7505121238, 8001014509.", "ЕГН 750512****, 800101****."},
        {"999999995", "999999995"},     /* EIK */
        {"12345678901", "12345678901"}, /* too long for one */
        {"19.IV.1979 5 120,00", "19.IV.1979 5 120,00"},
        {"№7505121238г", "№750512****г"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        CLEANUP(free) char *text = strdup(cases[i].text);

        mask_numbers(text);
        assert_string_equal(text, cases[i].masked);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mask__covers_the_end_of_personal_numbers),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

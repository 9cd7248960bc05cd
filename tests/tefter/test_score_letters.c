/* SPDX-License-Identifier: MIT */
#include "tefter/score_letters.h"

#include <utf8proc.h>

#include "tests/unit.h"

#define MOST 128

static struct letters letters_of(const char *text, int32_t *at)
{
    const utf8proc_uint8_t *from = (const utf8proc_uint8_t *)text;
    struct letters out = {at, 0};

    while (*from != 0 && out.count < MOST)
        from += utf8proc_iterate(from, -1, &at[out.count++]);
    return out;
}

static void expect(void (*score)(struct letters, struct letters, struct part *),
                   const char *want, const char *got, int right, int all)
{
    int32_t a[MOST], b[MOST];
    struct part part = {0, 0};

    score(letters_of(want, a), letters_of(got, b), &part);
    assert_int_equal(part.right, right);
    assert_int_equal(part.all, all);
}

static void score_old_letters__counts_those_that_both_have(void **state)
{
    (void)state;
    expect(score_old_letters, "с. Бѣла рѣка, сѫ", "с. Бѣла ръка, съ", 1, 3);
    expect(score_old_letters, "Бѣла", "Бѣѣла", 1, 1);
    expect(score_old_letters, "Бела", "Бѣла", 0, 0);
}

static void score_roman_dates__wants_all_of_a_date(void **state)
{
    (void)state;
    expect(score_roman_dates, "3.III.1888, гр. Бургас", "3.III.1888 гр.", 1, 1);
    expect(score_roman_dates, "3.III.1888, гр. Бургас", "3.ІІІ.1888, гр.", 0,
           1);
    expect(score_roman_dates, "3.III.1888", "3.II.1888", 0, 1);
    expect(score_roman_dates, "от 3.V.1888 до 12.XI.99", "3.V.1888 12.XI.99", 2,
           2);
    expect(score_roman_dates, "3.03.1888", "3.03.1888", 0, 0);
    expect(score_roman_dates, "1.I.2, X.1938", "", 0, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(score_old_letters__counts_those_that_both_have),
        cmocka_unit_test(score_roman_dates__wants_all_of_a_date),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

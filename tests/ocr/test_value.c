/* SPDX-License-Identifier: MIT */
#include "ocr/value.h"

#include <string.h>

#include "tests/unit.h"

static const struct value_years registers = {1840, 1977};

/* What is meant: NULL when it is not understood, the text itself when that
 * says it. */
struct row {
    enum value_type type;
    const char *text, *meaning;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        struct value value = value_read(row->type, row->text, registers);
        const char *means =
            value.meaning[0] == '\0' ? row->text : value.meaning;

        if (value.valid != (row->meaning != NULL))
            fail_msg("%s '%s' is %s", value_type_name(row->type), row->text,
                     value.valid ? "understood" : "not understood");
        if (row->meaning != NULL && strcmp(means, row->meaning) != 0)
            fail_msg("%s '%s' means '%s', not '%s'", value_type_name(row->type),
                     row->text, means, row->meaning);
        if (!value.valid)
            assert_string_equal(value.meaning, "");
    }
}

static void value_read__knows_dates_in_every_spelling(void **state)
{
    static const struct row rows[] = {
        {VALUE_DATE, "14.III.1938 г.", "1938-03-14"},
        {VALUE_DATE, "14/3/938", "1938-03-14"},
        {VALUE_DATE, "14 мартъ 1938 год.", "1938-03-14"},
        {VALUE_DATE, "7. ХІ. 1921", "1921-11-07"},
        {VALUE_DATE, "22.08.1922 г.,", "1922-08-22"},
        {VALUE_DATE, "3.III.1888,", "1888-03-03"},
        {VALUE_DATE, "24 май 1975 г.,", "1975-05-24"},
        {VALUE_DATE, "14 септемврий 1882 г.", "1882-09-14"},
        {VALUE_DATE, "17 декември 1884", "1884-12-17"},
        {VALUE_DATE, "17 декемьри 1884", "1884-12-17"}, /* a letter wrong */
        {VALUE_DATE, "12 септ. 1911 г.", "1911-09-12"},
        {VALUE_DATE, "29.02.1944", "1944-02-29"},
        {VALUE_DATE, "III.1938", "1938-03"},
        {VALUE_DATE, "март 1938 г.", "1938-03"},
        {VALUE_DATE, "1861 г.", "1861"},
        {VALUE_DATE, "неизв. 1886 г.", "1886"},
        {VALUE_DATE, "неизв.", "неизв."},
        /* Two figures are a year only when the form leaves one choice. */
        {VALUE_DATE, "14.03.38", "1938-03-14"},
        {VALUE_DATE, "14.03.89", "1889-03-14"},
        {VALUE_DATE, "14.03.50", NULL},
        {VALUE_DATE, "29.02.1943", NULL},
        {VALUE_DATE, "32.01.1943", NULL},
        {VALUE_DATE, "12.13.1943", NULL},
        {VALUE_DATE, "14.Ш.1938 с. Авренъ", NULL},
        {VALUE_DATE, "17.9З.1912", NULL},
        {VALUE_DATE, "22 нещо 1912", NULL},
        {VALUE_YEAR, "1958", "1958"},
        {VALUE_YEAR, "1958 г.", "1958"},
        {VALUE_YEAR, "958", "1958"},
        {VALUE_YEAR, "19б8", NULL},
    };

    (void)state;
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void value_read__knows_numbers_money_and_areas(void **state)
{
    static const struct row rows[] = {
        {VALUE_NUMBER, "112", "112"},
        {VALUE_NUMBER, "007", "7"},
        {VALUE_NUMBER, "1 250", "1250"},
        {VALUE_NUMBER, "12,5", "12.5"},
        {VALUE_NUMBER, "3.", "3"},
        {VALUE_NUMBER, "З", NULL},
        {VALUE_NUMBER, "12 34", NULL},
        {VALUE_ROMAN, "VII", "7"},
        {VALUE_ROMAN, "ХІ", "11"},
        {VALUE_ROMAN, "12", "12"},
        {VALUE_MONEY, "97 152,71", "97152.71"},
        {VALUE_MONEY, "46,40 лв.", "46.40"},
        {VALUE_MONEY, "120 лв. 5 ст.", "120.05"},
        {VALUE_MONEY, "75 401", "75401.00"},
        {VALUE_MONEY, "300,-", "300.00"},
        {VALUE_MONEY, "46,4", "46.40"},
        {VALUE_MONEY, "46,405", NULL},
        {VALUE_MONEY, "4б,40", NULL},
        {VALUE_AREA, "918", "918"},
        {VALUE_AREA, "1 250 кв.м.", "1250"},
        {VALUE_AREA, "12,5 дка", "12500"},
        {VALUE_AREA, "830,9", "830.900"},
        {VALUE_AREA, "64 лева", NULL},
    };

    (void)state;
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void value_read__checks_the_digit_of_identity_numbers(void **state)
{
    static const struct row rows[] = {
        {VALUE_EGN, "7501020018", "7501020018"},
        {VALUE_EGN, "75 01 02 0018", "7501020018"},
        {VALUE_EGN, "7501020019", NULL}, /* the check digit      */
        {VALUE_EGN, "7513020018", NULL}, /* no such month        */
        {VALUE_EGN, "750102001", NULL},
        {VALUE_EGN, "75О1О2ОО18", "7501020018"}, /* proven by it */
        {VALUE_EGN, "75О1О2ОО19", NULL},
        {VALUE_EIK, "999999995", "999999995"},
        {VALUE_EIK, "999999994", NULL},
        {VALUE_EIK, "000090638", NULL},
    };

    (void)state;
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void egn_is_valid__knows_the_three_centuries(void **state)
{
    (void)state;
    assert_true(egn_is_valid("7523169263")); /* March 1875 */
    assert_true(egn_is_valid("7501020018"));
    assert_true(egn_is_valid("0141150008")); /* January 2001 */
    assert_false(egn_is_valid("0161150008"));
    assert_false(egn_is_valid("7502300018")); /* 30 February */
    assert_false(egn_is_valid("75010200180"));
    assert_false(egn_is_valid("750102001x"));
}

static void eik_is_valid__weighs_again_when_the_rest_is_ten(void **state)
{
    unsigned second = 0;

    (void)state;
    assert_true(eik_is_valid("175074752"));
    assert_true(eik_is_valid("100000086")); /* the first rest is ten */
    assert_true(eik_is_valid("1750747520019"));
    assert_false(eik_is_valid("1750747520018"));
    /* Exactly one last digit fits every eight before it. */
    for (unsigned n = 10000000; n < 10000200; n++) {
        unsigned fits = 0;

        for (unsigned last = 0; last < 10; last++) {
            char digits[16];

            (void)snprintf(digits, sizeof(digits), "%08u%u", n, last);
            fits += eik_is_valid(digits);
        }
        second += fits == 1;
    }
    assert_int_equal(second, 200);
}

static void value_read__knows_names_places_and_words(void **state)
{
    static const struct row rows[] = {
        {VALUE_NAME, "Стоянка Стоянова Петрова", "Стоянка Стоянова Петрова"},
        {VALUE_NAME, "Иванъ Петровъ Тодоровъ", "Иван Петров Тодоров"},
        {VALUE_NAME, "Недѣлка", "Неделка"},
        {VALUE_NAME, "Петър 7", NULL},
        {VALUE_NAME, "—", NULL},
        {VALUE_PLACE, "гр. Варна", "гр. Варна"},
        {VALUE_PLACE, "с. Авренъ", "с. Аврен"},
        {VALUE_PLACE, "с. Бѣла", "с. Бяла"},
        {VALUE_PLACE, "с. БЪла", "с. Бяла"}, /* read so by `bul` */
        {VALUE_PLACE, "градъ Бургасъ", "гр. Бургас"},
        {VALUE_PLACE, "Гебедже", "Белослав"},
        {VALUE_PLACE, "с. Никъде", NULL},
        {VALUE_RELATION, "глава", "глава"},
        {VALUE_RELATION, "синъ", "син"},
        {VALUE_RELATION, "СИН", "син"},
        {VALUE_RELATION, "сьпруга", "съпруга"},
        {VALUE_RELATION, "заварен син", "доведен син"},
        {VALUE_RELATION, "кум", NULL},
        {VALUE_SEX, "м", "м"},
        {VALUE_SEX, "женски", "ж"},
        {VALUE_SEX, "н", NULL},
        {VALUE_TEXT, "каквото и да е", "каквото и да е"},
    };

    (void)state;
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void value_date_prefix__ends_where_the_place_begins(void **state)
{
    static const struct {
        const char *text, *rest;
    } rows[] = {
        {"22.08.1922 г., гр. Бургас", "гр. Бургас"},
        {"3.III.1888, гр. Шумен", "гр. Шумен"},
        {"7 април 1929 г., с. Бяла", "с. Бяла"},
        {"1861 г., с. Голица", "с. Голица"},
        {"неизв. 1886 г., гр. Несебър", "гр. Несебър"},
        {"с. Бяла", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        size_t len = value_date_prefix(rows[i].text);

        if (rows[i].rest == NULL)
            assert_int_equal(len, 0);
        else
            assert_string_equal(rows[i].text + len, rows[i].rest);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_read__knows_dates_in_every_spelling),
        cmocka_unit_test(value_read__knows_numbers_money_and_areas),
        cmocka_unit_test(value_read__checks_the_digit_of_identity_numbers),
        cmocka_unit_test(egn_is_valid__knows_the_three_centuries),
        cmocka_unit_test(eik_is_valid__weighs_again_when_the_rest_is_ten),
        cmocka_unit_test(value_read__knows_names_places_and_words),
        cmocka_unit_test(value_date_prefix__ends_where_the_place_begins),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

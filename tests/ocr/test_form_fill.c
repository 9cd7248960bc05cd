/* SPDX-License-Identifier: MIT */
#include "ocr/form_fill.h"

#include <string.h>

#include "tests/ocr/made_form.h"

#define COLUMNS 5

static const int widths[COLUMNS] = {120, 700, 600, 300, 500};

static struct form_set *forms;

static int open_forms(void **state)
{
    struct err err;

    (void)state;
    return form_set_new(&forms, &err);
}

static int close_forms(void **state)
{
    (void)state;
    form_set_free(forms);
    return 0;
}

static struct page_records *fill(struct page_text *text)
{
    struct page_records *records = NULL;
    struct err err;

    page_text_finish(text);
    assert_ok(form_fill(forms, text, &records, &err), err);
    return records;
}

static const struct record_field *field_of(const struct page_records *records,
                                           uint32_t number, const char *name)
{
    const struct record_field *field;

    assert_true(number >= 1 && number <= records->record_count);
    field = form_record_get(&records->records[number - 1], name);
    if (field == NULL)
        fail_msg("record %u has no field %s", number, name);
    return field;
}

static void check_text(const struct page_records *records, uint32_t number,
                       const char *name, const char *text)
{
    assert_string_equal(field_of(records, number, name)->text, text);
}

static const char *const headings[COLUMNS] = {
    "№ по\nредъ", "Собствено, бащино и фамилно име", "Дата и мѣсто на раждане",
    "Родство с\nглавата", "Бѣлѣжки"};

/* Title, labels, headings and the row that counts the columns. */
static struct page_text *register_page(const char *const heads[COLUMNS])
{
    static const char *const counting[COLUMNS] = {"1", "2", "3", "4", "5"};
    struct page_text *text = made_page();

    made_line(text, 900, 40, "СЕМЕЕНЪ РЕГИСТЪРЪ");
    made_line(text, 60, 120, "Община Варна Партида № 606 Адресъ: ул. Шипка 5");
    made_row(text, 200, 120, widths, heads, COLUMNS);
    made_row(text, 328, 50, widths, counting, COLUMNS);
    return text;
}

static void add_person(struct page_text *text, int row, const char *number,
                       const char *name, const char *birth,
                       const char *relation, const char *notes)
{
    const char *const cells[COLUMNS] = {number, name, birth, relation, notes};

    made_row(text, 386 + row * 108, 100, widths, cells, COLUMNS);
}

static void form_fill__joins_persons_to_their_household(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = register_page(headings);
    CLEANUP(page_records_free) struct page_records *records = NULL;

    (void)state;
    add_person(text, 0, "1", "Иванъ Петровъ", "3.III.1888, гр. Бургасъ",
               "глава", NULL);
    add_person(text, 1, "2", "Мария Петрова", "24 май 1905 г., с. Бѣла",
               "съпруга", "?");
    add_person(text, 2, NULL, NULL, NULL, NULL, NULL);
    records = fill(text);

    assert_int_equal(records->record_count, 3);
    assert_string_equal(records->records[0].kind, "household");
    assert_string_equal(records->records[0].form, "family-register");
    assert_int_equal(records->records[0].head, 2);
    assert_int_equal(records->records[1].in, 1);
    assert_int_equal(records->records[2].in, 1);
    check_text(records, 1, "municipality", "Варна");
    check_text(records, 1, "file", "606");
    check_text(records, 1, "address", "ул. Шипка 5");
    check_text(records, 2, "name", "Иванъ Петровъ");
    assert_string_equal(field_of(records, 2, "name")->value, "Иван Петров");
    check_text(records, 2, "birth_date", "3.III.1888,");
    assert_string_equal(field_of(records, 2, "birth_date")->value,
                        "1888-03-03");
    assert_string_equal(field_of(records, 2, "birth_place")->value,
                        "гр. Бургас");
    assert_null(form_record_get(&records->records[1], "notes"));
    assert_int_equal(field_of(records, 2, "name")->confidence, 81);
}

static void form_fill__gives_an_unread_cell_no_text(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = register_page(headings);
    CLEANUP(page_records_free) struct page_records *records = NULL;
    const struct record_field *notes;

    (void)state;
    add_person(text, 0, "1", "Иванъ Петровъ", "?", "глава", "?");
    records = fill(text);
    notes = field_of(records, 2, "notes");
    assert_int_equal(notes->origin, RECORD_UNREAD);
    assert_string_equal(notes->text, "");
    assert_string_equal(notes->value, "");
    assert_false(notes->valid);
    assert_true(notes->box.w > 0);
    assert_int_equal(records->cells[notes->cell - 1].state, CELL_UNREAD);
    assert_int_equal(field_of(records, 2, "birth_date")->origin, RECORD_UNREAD);
    assert_null(form_record_get(&records->records[1], "birth_place"));
}

static void form_fill__finds_headings_that_were_misread(void **state)
{
    /* The first two are past recognition: their place tells. */
    static const char *const misread[COLUMNS] = {
        "Ко", "Ссссо, ббб", "Дата и мъсто на рахдане", "Родсгво с\nглавата",
        "БЪльжки"};
    CLEANUP(page_text_free) struct page_text *text = register_page(misread);
    CLEANUP(page_records_free) struct page_records *records = NULL;

    (void)state;
    add_person(text, 0, "1", "Иванъ Петровъ", "1861 г., с. Бѣла", "глава",
               "преселенъ");
    records = fill(text);
    check_text(records, 2, "birth_place", "с. Бѣла");
    check_text(records, 2, "relation", "глава");
    check_text(records, 2, "notes", "преселенъ");
}

static void form_fill__goes_on_in_the_next_row(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = register_page(headings);
    CLEANUP(page_records_free) struct page_records *records = NULL;

    (void)state;
    add_person(text, 0, "1", "Иванъ Петровъ", "1861 г., с. Бѣла", "глава",
               "преселенъ отъ");
    add_person(text, 1, NULL, "Хаджипетровъ", NULL, NULL, "Бургасъ");
    add_person(text, 2, "2", "Мария Петрова", NULL, "съпруга", NULL);
    records = fill(text);
    assert_int_equal(records->record_count, 3);
    check_text(records, 2, "name", "Иванъ Петровъ Хаджипетровъ");
    check_text(records, 2, "notes", "преселенъ отъ Бургасъ");
    check_text(records, 3, "name", "Мария Петрова");
}

static void form_fill__begins_a_household_with_each_head(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = register_page(headings);
    CLEANUP(page_records_free) struct page_records *records = NULL;

    (void)state;
    add_person(text, 0, "1", "Иванъ Петровъ", NULL, "глава", NULL);
    add_person(text, 1, "2", "Мария Петрова", NULL, "съпруга", NULL);
    add_person(text, 2, "3", "Стоянъ Колевъ", NULL, "глава", NULL);
    add_person(text, 3, "4", "Яна Колева", NULL, "дъщеря", NULL);
    records = fill(text);
    assert_int_equal(records->record_count, 6);
    assert_string_equal(records->records[3].kind, "household");
    assert_int_equal(records->records[3].head, 5);
    assert_int_equal(records->records[2].in, 1);
    assert_int_equal(records->records[4].in, 4);
    assert_int_equal(records->records[5].in, 4);
    check_text(records, 5, "name", "Стоянъ Колевъ");
}

/* No rule parts the persons of a household. */
static void form_fill__parts_rows_that_no_rule_parts(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = register_page(headings);
    CLEANUP(page_records_free) struct page_records *records = NULL;
    static const char *const cells[COLUMNS] = {
        "1\n2\n3", "Иванъ Петровъ\nМария Петрова\nЯна Петрова",
        "1861\n1870\n1890", "глава\nсъпруга\nдъщеря", NULL};

    (void)state;
    made_row(text, 386, 130, widths, cells, COLUMNS);
    records = fill(text);
    assert_int_equal(records->record_count, 4);
    check_text(records, 3, "name", "Мария Петрова");
    check_text(records, 3, "birth_date", "1870");
    check_text(records, 4, "relation", "дъщеря");
}

/* The rule between two rows is missing in one column. */
static void form_fill__shares_out_a_cell_of_two_rows(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = register_page(headings);
    CLEANUP(page_records_free) struct page_records *records = NULL;
    const char *const first[] = {"Иванъ Петровъ", "1861", "глава", NULL};
    const char *const second[] = {"Мария Петрова", "1870", "съпруга", NULL};

    (void)state;
    made_cell(text, (struct rect){50, 386, 120, 208}, "1\n\n\n2");
    for (int i = 0, x = 178; i < 4; x += widths[++i] + 8) {
        made_cell(text, (struct rect){x, 386, widths[i + 1], 100}, first[i]);
        made_cell(text, (struct rect){x, 494, widths[i + 1], 100}, second[i]);
    }
    records = fill(text);
    assert_int_equal(records->record_count, 3);
    check_text(records, 3, "name", "Мария Петрова");
}

static void form_fill__reads_a_declaration_and_its_sum(void **state)
{
    static const int two[] = {400, 800};
    static const int table[] = {120, 600, 300, 300, 350, 400};
    static const char *const name[] = {"Име, презиме, фамилия", "Яна Колева"};
    static const char *const egn[] = {"ЕГН", "7501020019"};
    static const char *const heads[] = {"№",
                                        "Вид на имота",
                                        "Площ кв. м.",
                                        "Година на строеж",
                                        "Цена за кв. м. лв.",
                                        "Данъчна оценка лв."};
    static const char *const house[] = {"1",    "масивна сграда", "920",
                                        "1976", "92 821,00",      "94 845,50"};
    static const char *const sum[] = {NULL, "Всичко:", NULL,
                                      NULL, NULL,      "94 845,50"};
    CLEANUP(page_text_free) struct page_text *text = made_page();
    CLEANUP(page_records_free) struct page_records *records = NULL;

    (void)state;
    made_line(text, 300, 40, "ДАНЪЧНА ДЕКЛАРАЦИЯ");
    made_row(text, 100, 90, two, name, 2);
    made_row(text, 198, 90, two, egn, 2);
    made_row(text, 400, 100, table, heads, 6);
    made_row(text, 508, 80, table, house, 6);
    made_row(text, 596, 80, table, sum, 6);
    records = fill(text);
    assert_int_equal(records->record_count, 2);
    assert_string_equal(records->records[0].kind, "taxpayer");
    check_text(records, 1, "name", "Яна Колева");
    check_text(records, 1, "egn", "7501020019");
    assert_false(field_of(records, 1, "egn")->valid); /* its check digit */
    assert_string_equal(field_of(records, 1, "assessment_total")->value,
                        "94845.50");
    assert_int_equal(records->records[1].in, 1);
    assert_string_equal(records->records[1].kind, "property");
    check_text(records, 2, "built", "1976");
}

static void form_fill__names_an_unknown_forms_fields_by_its_headings(
    void **state)
{
    static const int four[] = {120, 600, 300, 500};
    static const char *const heads[] = {"Ред", "Вносител на налога", "Дукати",
                                        "Пчелни кошери"};
    static const char *const first[] = {"1", "Яна Колева", "12", "три"};
    static const char *const second[] = {NULL, "Петър Динов", "15", "два"};
    CLEANUP(page_text_free) struct page_text *text = made_page();
    CLEANUP(page_records_free) struct page_records *records = NULL;

    (void)state;
    made_row(text, 200, 90, four, heads, 4);
    made_row(text, 298, 90, four, first, 4);
    made_row(text, 396, 90, four, second, 4);
    records = fill(text);
    assert_int_equal(records->record_count, 2);
    assert_string_equal(records->records[0].form, FORM_UNKNOWN);
    check_text(records, 1, "Вносител на налога", "Яна Колева");
    check_text(records, 2, "Пчелни кошери", "два");
}

/* дата and място under a heading that they share. */
static void form_fill__reads_headings_of_two_storeys(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = made_page();
    CLEANUP(page_records_free) struct page_records *records = NULL;
    static const int four[] = {120, 600, 300, 400};
    static const char *const person[] = {"1", "Яна Колева", "3.II.1901 г.",
                                         "с. Аврен"};

    (void)state;
    made_line(text, 900, 40, "ДОМАКИНСКА КНИГА");
    made_cell(text, (struct rect){50, 200, 120, 128}, "№");
    made_cell(text, (struct rect){178, 200, 600, 128},
              "Име, презиме и фамилия");
    made_cell(text, (struct rect){786, 200, 708, 60}, "Раждане");
    made_cell(text, (struct rect){786, 268, 300, 60}, "дата");
    made_cell(text, (struct rect){1094, 268, 400, 60}, "място");
    made_row(text, 336, 90, four, person, 4);
    records = fill(text);
    assert_int_equal(records->record_count, 2);
    assert_string_equal(records->records[0].form, "household-book");
    assert_string_equal(field_of(records, 2, "birth_date")->value,
                        "1901-02-03");
    check_text(records, 2, "birth_place", "с. Аврен");
}

/* A cell of nothing, one of a caption alone, and one with both. */
static void form_fill__takes_captioned_cells_and_leaves_empty_ones(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = made_page();
    CLEANUP(page_records_free) struct page_records *records = NULL;

    (void)state;
    made_cell(text, (struct rect){50, 100, 600, 120}, NULL);
    made_cell(text, (struct rect){900, 400, 600, 120}, "Телефонъ");
    made_cell(text, (struct rect){50, 800, 600, 120}, "Забележка\nняма");
    records = fill(text);
    assert_int_equal(records->record_count, 1);
    check_text(records, 1, "Забележка", "няма");
    assert_int_equal(records->records[0].field_count, 1);
}

static void form_fill__leaves_a_page_without_cells_alone(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = made_page();

    (void)state;
    made_line(text, 100, 100, "СЕМЕЕНЪ РЕГИСТЪРЪ");
    assert_null(fill(text));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(form_fill__joins_persons_to_their_household),
        cmocka_unit_test(form_fill__gives_an_unread_cell_no_text),
        cmocka_unit_test(form_fill__finds_headings_that_were_misread),
        cmocka_unit_test(form_fill__goes_on_in_the_next_row),
        cmocka_unit_test(form_fill__begins_a_household_with_each_head),
        cmocka_unit_test(form_fill__parts_rows_that_no_rule_parts),
        cmocka_unit_test(form_fill__shares_out_a_cell_of_two_rows),
        cmocka_unit_test(form_fill__reads_a_declaration_and_its_sum),
        cmocka_unit_test(
            form_fill__names_an_unknown_forms_fields_by_its_headings),
        cmocka_unit_test(form_fill__reads_headings_of_two_storeys),
        cmocka_unit_test(
            form_fill__takes_captioned_cells_and_leaves_empty_ones),
        cmocka_unit_test(form_fill__leaves_a_page_without_cells_alone),
    };
    int rc;

    if (open_forms(NULL) != 0)
        return 1;
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    (void)close_forms(NULL);
    return rc;
}

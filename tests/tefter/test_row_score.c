/* SPDX-License-Identifier: MIT */
#include "tefter/row_score.h"

#include <string.h>

#include "common/json.h"
#include "tests/unit.h"

/* A table of 100 x 50 cells; what the truth says of each, row by row. */
struct made_cell {
    int row, column;
    const char *text, *kind;
};

static json_t *made_truth(const struct made_cell *cells, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        int x = cells[i].column * 100, y = cells[i].row * 50;
        json_t *cell =
            json_pack("{s:s, s:s, s:s, s:i, s:i, s:[[i,i],[i,i],[i,i],[i,i]]}",
                      "text", cells[i].text, "kind", cells[i].kind, "region",
                      "table", "row", cells[i].row, "col", cells[i].column,
                      "quad", x, y, x + 100, y, x + 100, y + 50, x, y + 50);

        assert_non_null(cell);
        (void)json_array_append_new(list, cell);
    }
    return json_pack("{s:o}", "cells", list);
}

static void add_field(struct page_records *records, uint32_t record, int row,
                      int column)
{
    const struct record_field field = {
        .box = {column * 100, row * 50, 100, 50}};
    struct err err;

    assert_ok(form_record_add(&records->records[record - 1], &field, &err),
              err);
}

static struct page_records *made_records(size_t count)
{
    struct page_records *records = page_records_new();

    assert_non_null(records);
    for (size_t i = 0; i < count; i++)
        assert_non_null(page_records_add(records, "f", "row"));
    return records;
}

static const struct made_cell page[] = {
    {0, 0, "№", "printed"},     {0, 1, "Име", "printed"},
    {1, 0, "1", "typed"},       {1, 1, "Иван", "typed"},
    {2, 0, "2", "typed"},       {2, 1, "Мария", "typed"},
    {3, 0, "", "typed"},        {3, 1, "", "typed"},
    {4, 0, "3", "typed"},       {4, 1, "", "typed"},
    {5, 0, "Всичко:", "typed"}, {5, 1, "7", "typed"},
};

static struct row_score score(const struct page_records *records)
{
    CLEANUP(json_decref)
    json_t *truth = made_truth(page, sizeof(page) / sizeof(*page));
    struct row_score out = {0, 0};
    struct err err;

    assert_ok(row_score_page(truth, records, &out, &err), err);
    return out;
}

static void row_score_page__counts_rows_of_two_cells_and_more(void **state)
{
    CLEANUP(page_records_free) struct page_records *records = made_records(2);

    (void)state;
    add_field(records, 1, 1, 0);
    add_field(records, 1, 1, 1);
    add_field(records, 2, 2, 0);
    add_field(records, 2, 2, 1);
    assert_int_equal(score(records).rows, 2);
    assert_int_equal(score(records).right, 2);
}

static void row_score_page__finds_rows_that_are_torn_or_mixed(void **state)
{
    CLEANUP(page_records_free) struct page_records *torn = made_records(3);
    CLEANUP(page_records_free) struct page_records *mixed = made_records(1);

    (void)state;
    add_field(torn, 1, 1, 0);
    add_field(torn, 2, 1, 1);
    add_field(torn, 3, 2, 0);
    add_field(torn, 3, 2, 1);
    assert_int_equal(score(torn).right, 1);
    for (int row = 1; row <= 2; row++) {
        add_field(mixed, 1, row, 0);
        add_field(mixed, 1, row, 1);
    }
    assert_int_equal(score(mixed).right, 0);
    assert_int_equal(score(NULL).right, 0);
    assert_int_equal(score(NULL).rows, 2);
}

/* A cell that was found empty is an error of reading; one that was read and
 * got into no record, or was not found at all, is lost. */
static void row_score_page__forgives_what_was_not_read(void **state)
{
    CLEANUP(page_records_free) struct page_records *records = made_records(2);

    (void)state;
    add_field(records, 1, 1, 0);
    add_field(records, 1, 1, 1);
    add_field(records, 2, 2, 0);
    assert_int_equal(score(records).right, 1);
    records->cells = calloc(1, sizeof(*records->cells));
    assert_non_null(records->cells);
    records->cell_count = 1;
    records->cells[0].quad =
        (struct quad){{{100, 100}, {200, 100}, {200, 150}, {100, 150}}};
    assert_int_equal(score(records).right, 2);
    records->cells[0].state = CELL_READ;
    assert_int_equal(score(records).right, 1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_score_page__counts_rows_of_two_cells_and_more),
        cmocka_unit_test(row_score_page__finds_rows_that_are_torn_or_mixed),
        cmocka_unit_test(row_score_page__forgives_what_was_not_read),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

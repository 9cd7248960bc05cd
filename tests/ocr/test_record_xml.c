/* SPDX-License-Identifier: MIT */
#include "ocr/record_xml.h"

#include <string.h>

#include "tests/unit.h"

/* Fields own their texts elsewhere; here they are borrowed. */
static char *borrowed(const char *text)
{
    return (char *)(uintptr_t)text;
}

static struct page_records *made_records(void)
{
    const struct record_field fields[] = {
        {.name = borrowed("birth_date"),
         .type = VALUE_DATE,
         .text = borrowed("3.III.1888, <&>"),
         .value = borrowed("1888-03-03"),
         .valid = true,
         .confidence = 88,
         .origin = RECORD_OCR,
         .box = {1301, -5, 590, 112},
         .cell = 2},
        {.name = borrowed("Пчелни кошери"),
         .type = VALUE_TEXT,
         .origin = RECORD_UNREAD,
         .box = {1, 2, 3, 4}},
    };
    struct page_records *records = page_records_new();
    struct form_record *record;
    struct err err;

    assert_non_null(records);
    records->cells = calloc(2, sizeof(*records->cells));
    assert_non_null(records->cells);
    records->cell_count = 2;
    records->cells[0] =
        (struct record_cell){.row = 1, .column = 1, .rows = 2, .columns = 1};
    records->cells[1] =
        (struct record_cell){.quad = {{{-3, 4}, {50, 6}, {49, 60}, {-4, 58}}},
                             .leaf = 1,
                             .row = 3,
                             .column = 2,
                             .rows = 1,
                             .columns = 4,
                             .state = CELL_READ,
                             .confidence = 97};
    record = page_records_add(records, "family-register", "household");
    assert_non_null(record);
    record->head = 2;
    record = page_records_add(records, "family-register", "person");
    assert_non_null(record);
    record->in = 1;
    for (size_t i = 0; i < 2; i++)
        assert_ok(form_record_add(record, &fields[i], &err), err);
    return records;
}

static void write_to(void *dir, const char *bytes, size_t len,
                     char path[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(path, &err, "%s/0001.records.xml", (char *)dir), err);
    assert_ok(file_write_durable(path, bytes, len, &err), err);
}

static void records_read__gives_back_all_that_was_written(void **state)
{
    CLEANUP(page_records_free) struct page_records *records = made_records();
    CLEANUP(page_records_free) struct page_records *back = NULL;
    CLEANUP(buf_fini) struct buf xml = BUF_INIT;
    CLEANUP(buf_fini) struct buf again = BUF_INIT;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(records_write(records, "a/b/c/0001", &xml, &err), err);
    write_to(*state, xml.data, xml.len, path);
    assert_ok(records_read(path, &back, &err), err);
    assert_int_equal(back->record_count, 2);
    assert_int_equal(back->records[0].head, 2);
    assert_string_equal(back->records[1].fields[0].text, "3.III.1888, <&>");
    assert_int_equal(back->records[1].fields[1].origin, RECORD_UNREAD);
    assert_int_equal(back->cells[1].quad.corner[3].x, -4);
    assert_ok(records_write(back, "a/b/c/0001", &again, &err), err);
    assert_string_equal(buf_str(&xml), buf_str(&again));
}

static void records_read__refuses_what_the_schema_does_not_allow(void **state)
{
    static const char *const rows[] = {
        "",
        "<records/>",
        "<records xmlns=\"urn:tefter:records:1\"/>",
        "<!DOCTYPE records><records xmlns=\"urn:tefter:records:1\" "
        "page=\"p\"/>",
        "<records xmlns=\"urn:tefter:records:1\" page=\"p\">"
        "<record number=\"0\" form=\"f\" kind=\"k\"/></records>",
        "<records xmlns=\"urn:tefter:records:1\" page=\"p\">"
        "<record number=\"1\" form=\"f\" kind=\"k\"/>"
        "<record number=\"1\" form=\"f\" kind=\"k\"/></records>",
        "<records xmlns=\"urn:tefter:records:1\" page=\"p\">"
        "<record number=\"1\" form=\"f\" kind=\"k\" in=\"7\"/></records>",
        "<records xmlns=\"urn:tefter:records:1\" page=\"p\">"
        "<cell number=\"1\" leaf=\"1\" row=\"1\" column=\"1\" state=\"read\" "
        "points=\"1,2 3,4\"/></records>",
        "<records xmlns=\"urn:tefter:records:1\" page=\"p\">"
        "<record number=\"1\" form=\"f\" kind=\"k\"><field name=\"a\" "
        "type=\"text\" origin=\"ocr\" valid=\"true\" confidence=\"101\" "
        "x=\"0\" y=\"0\" w=\"0\" h=\"0\"/></record></records>",
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct page_records *back = NULL;
        char path[PATH_SIZE];
        struct err err;

        write_to(*state, rows[i], strlen(rows[i]), path);
        assert_int_equal(records_read(path, &back, &err), -1);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.msg, path));
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(records_read__gives_back_all_that_was_written),
        unit_test_in_dir(records_read__refuses_what_the_schema_does_not_allow),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

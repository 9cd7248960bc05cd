/* SPDX-License-Identifier: MIT */
/*
 * The logical structure of a volume, from the records of its pages.
 */
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "store/division.h"

static void add(struct page_records *records, const char *kind, uint32_t in,
                const char *file)
{
    struct form_record *r = page_records_add(records, "family-register", kind);
    char name[] = "file";
    struct record_field field = {.name = name, .text = (char *)(uintptr_t)file};
    struct err err;

    assert_non_null(r);
    r->in = in;
    if (file != NULL)
        assert_ok(form_record_add(r, &field, &err), err);
}

static void take(const struct page_records *records, struct division_list *out)
{
    struct err err;

    assert_ok(divisions_of_records(records, out, &err), err);
}

/* A spread shows two households; persons are in them. */
static void divisions__are_records_that_others_belong_to(void **state)
{
    CLEANUP(page_records_free)
    struct page_records *records = page_records_new();
    struct division_list list = {NULL, 0};

    (void)state;
    add(records, "household", 0, "606");
    add(records, "person", 1, NULL);
    add(records, "person", 1, NULL);
    add(records, "household", 0, NULL);
    add(records, "person", 4, NULL);
    add(records, "person", 0, NULL); /* of no household */
    take(records, &list);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0].kind, "household");
    assert_string_equal(list.items[0].form, "family-register");
    assert_string_equal(list.items[0].file, "606");
    assert_string_equal(list.items[1].file, "");
    division_list_fini(&list);
}

static void divisions__are_not_the_rows_of_a_table(void **state)
{
    CLEANUP(page_records_free) struct page_records *rows = page_records_new();
    CLEANUP(page_records_free) struct page_records *lone = page_records_new();
    struct division_list list = {NULL, 0};

    (void)state;
    for (unsigned i = 0; i < 3; i++)
        add(rows, "row", 0, NULL);
    take(rows, &list);
    assert_int_equal(list.count, 0);
    add(lone, "household", 0, "7"); /* a form that nobody is entered in yet */
    take(lone, &list);
    assert_int_equal(list.count, 1);
    division_list_fini(&list);
}

static void divisions__come_back_from_json(void **state)
{
    struct division_list list = {NULL, 0}, back = {NULL, 0}, none = {NULL, 0};
    CLEANUP(page_records_free)
    struct page_records *records = page_records_new();
    CLEANUP(json_decref) json_t *json = NULL;
    CLEANUP(json_decref) json_t *bad = json_pack("[{s:s}]", "kind", "x");
    struct err err;

    (void)state;
    add(records, "household", 0, "12а");
    take(records, &list);
    json = divisions_to_json(&list);
    assert_non_null(json);
    assert_ok(divisions_from_json(json, &back, &err), err);
    assert_int_equal(back.count, 1);
    assert_memory_equal(back.items, list.items, sizeof(*list.items));
    assert_int_equal(divisions_from_json(bad, &none, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_ok(divisions_from_json(NULL, &none, &err), err);
    division_list_fini(&list);
    division_list_fini(&back);
    division_list_fini(&none);
}

/* Where the same file goes on, over pages that follow one another. */
static void divisions_join__goes_by_the_file(void **state)
{
    static struct division household[] = {
        {"household", "f", "1"}, {"household", "f", "1"},
        {"household", "f", "2"}, {"household", "f", ""},
        {"household", "f", ""},  {"household", "f", "2"}};
    struct division_list on[] = {{household, 1},     {household + 1, 2},
                                 {household + 3, 1}, {household + 4, 1},
                                 {NULL, 0},          {household + 5, 1}};
    const struct division_list *pages[6];
    struct volume_division *out = NULL;
    size_t count = 0;
    struct err err;
    static const size_t due[][2] = {{0, 1}, {1, 1}, {2, 2}, {3, 3}, {5, 5}};

    (void)state;
    for (size_t i = 0; i < 6; i++)
        pages[i] = &on[i];
    assert_ok(divisions_join(pages, 6, &out, &count, &err), err);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(out[i].first, due[i][0]);
        assert_int_equal(out[i].last, due[i][1]);
    }
    assert_string_equal(out[1].what->file, "2");
    free(out);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divisions__are_records_that_others_belong_to),
        cmocka_unit_test(divisions__are_not_the_rows_of_a_table),
        cmocka_unit_test(divisions__come_back_from_json),
        cmocka_unit_test(divisions_join__goes_by_the_file),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

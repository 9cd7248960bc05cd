/* SPDX-License-Identifier: MIT */
/*
 * What people enter and a second reading: each a version of its own with its
 * PREMIS event, and a reading never takes away what a person entered.
 */
#include <string.h>

#include "common/xml.h"
#include "ocr/record_xml.h"
#include "tests/store/made.h"

static void add_field(struct form_record *r, const char *name, const char *text,
                      enum record_origin origin, int x, int y)
{
    struct record_field f = {.name = (char *)(uintptr_t)name,
                             .text = (char *)(uintptr_t)text,
                             .value = (char *)(uintptr_t) "",
                             .type = VALUE_TEXT,
                             .valid = true,
                             .confidence = 80,
                             .origin = origin,
                             .box = {x, y, 40, 10}};
    struct err err;

    assert_ok(form_record_add(r, &f, &err), err);
}

/* Two rows of name and notes; row 2's notes could not be read. dy: how far the
 * second reading finds all of it from the first. */
static struct page_records *made_records(const char *by, int dy)
{
    struct page_records *records = page_records_new();
    char text[64];

    assert_non_null(records);
    for (int row = 0; row < 2; row++) {
        struct form_record *r = page_records_add(records, "list", "person");

        assert_non_null(r);
        (void)snprintf(text, sizeof(text), "%s%d", by, row + 1);
        add_field(r, "name", text, RECORD_OCR, 5, 20 + 20 * row + dy);
        add_field(r, "notes", row == 0 ? "бележка" : "",
                  row == 0 ? RECORD_OCR : RECORD_UNREAD, 50,
                  20 + 20 * row + dy);
    }
    return records;
}

/* Pages 1 to 3, of which 2 is a form. */
static struct store *made_forms(const char *dir)
{
    struct store *store = made_store(dir);
    CLEANUP(draft_abandon) struct draft *draft = made_draft(store);
    CLEANUP(page_records_free)
    struct page_records *records = made_records("ocr", 0);
    char path[PATH_SIZE];
    struct err err;

    for (uint32_t n = 1; n <= 3; n++)
        assert_ok(made_add(dir, draft, MADE_VOLUME, n, &err), err);
    {
        CLEANUP(page_free) struct page *p = made_page(dir, MADE_VOLUME, 2);

        made_records_file(dir, records, p->id, path);
        assert_ok(draft_add_records(draft, p, path, &err), err);
    }
    assert_ok(draft_commit(draft, "batch made-1", &err), err);
    return store;
}

static void enter(struct store *store, size_t row, const char *name,
                  const char *text, enum record_origin origin)
{
    CLEANUP(page_records_free)
    struct page_records *records = made_held_records(store, 1);
    CLEANUP(draft_abandon) struct draft *draft = made_draft(store);
    struct form_record *r = &records->records[row];
    struct err err;

    for (size_t f = 0; f < r->field_count; f++) {
        if (strcmp(r->fields[f].name, name) == 0) {
            made_text(&r->fields[f].text, text);
            r->fields[f].origin = origin;
            r->fields[f].confidence = 100;
        }
    }
    assert_ok(draft_enter_records(draft, 2, records, 1, "clerk-2", &err), err);
    assert_int_equal(draft_enter_records(draft, 2, records, 1, "clerk-2", &err),
                     -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    assert_ok(draft_commit(draft, "keyed", &err), err);
}

static void read_again(const char *dir, struct store *store, uint32_t number,
                       const struct page_records *fresh)
{
    CLEANUP(draft_abandon) struct draft *draft = made_draft(store);
    CLEANUP(page_text_free) struct page_text *text = made_reading(number + 70);
    CLEANUP(page_free) struct page *p = made_page(dir, MADE_VOLUME, number);
    char alto[PATH_SIZE], records[PATH_SIZE];
    struct err err;

    (void)snprintf(text->language, sizeof(text->language), "tefter");
    (void)snprintf(text->software, sizeof(text->software), "tesseract 6.0.0");
    made_alto(dir, p, text, alto);
    if (fresh != NULL)
        made_records_file(dir, fresh, p->id, records);
    assert_ok(draft_read_again(draft, p, alto, text,
                               fresh == NULL ? NULL : records, &err),
              err);
    assert_ok(draft_commit(draft, "read again", &err), err);
}

static const char *text_of(const struct page_records *records, size_t row,
                           const char *name)
{
    const struct record_field *f =
        form_record_get(&records->records[row], name);

    return f == NULL ? "(none)" : f->text;
}

/* premis.xml of a version, as text. */
static void read_premis(const char *dir, int version, struct buf *out)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err,
                          "%s/store/" MADE_OBJECT
                          "/v%d/content/metadata/preservation/premis.xml",
                          dir, version),
              err);
    assert_ok(file_read(path, 1 << 22, out, &err), err);
}

static size_t count_of(const struct buf *text, const char *what)
{
    size_t count = 0;

    for (const char *at = buf_str(text); (at = strstr(at, what)) != NULL; at++)
        count++;
    return count;
}

static void entry__is_a_version_with_its_event_and_person(void **state)
{
    CLEANUP(store_close) struct store *store = made_forms(*state);
    CLEANUP(page_records_free) struct page_records *records = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    CLEANUP(buf_fini) struct buf premis = BUF_INIT;
    struct err err;

    enter(store, 1, "notes", "преселен", RECORD_KEYED);
    records = made_held_records(store, 1);
    assert_string_equal(text_of(records, 1, "notes"), "преселен");
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_int_equal(package_version(package), 2);
    made_assert_whole(store);
    read_premis(*state, 2, &premis);
    assert_int_equal(count_of(&premis, ">modification<"), 1);
    assert_non_null(strstr(buf_str(&premis), "person:clerk-2"));
    assert_non_null(strstr(buf_str(&premis), "entered or corrected"));
}

static void second_reading__keeps_what_people_entered(void **state)
{
    CLEANUP(store_close) struct store *store = made_forms(*state);
    CLEANUP(page_records_free)
    struct page_records *fresh = made_records("tefter", 2);
    CLEANUP(page_records_free) struct page_records *records = NULL;
    CLEANUP(buf_fini) struct buf premis = BUF_INIT;

    enter(store, 0, "name", "Иванъ", RECORD_CORRECTED);
    enter(store, 1, "notes", "преселен", RECORD_KEYED);
    read_again(*state, store, 2, fresh);
    records = made_held_records(store, 1);
    assert_string_equal(text_of(records, 0, "name"), "Иванъ");
    assert_string_equal(text_of(records, 1, "notes"), "преселен");
    /* What nobody entered is what was read now. */
    assert_string_equal(text_of(records, 1, "name"), "tefter2");
    assert_int_equal(page_records_entered(records), 2);
    made_assert_whole(store);
    read_premis(*state, 4, &premis);
    /* Two entries by one person in two versions, and the reading. */
    assert_int_equal(count_of(&premis, ">modification<"), 3);
    assert_non_null(strstr(buf_str(&premis), "by tesseract 5.3.0 with the"));
    assert_non_null(strstr(buf_str(&premis), "tesseract 6.0.0"));
}

static void second_reading__loses_no_entry_when_the_form_is_not_found(
    void **state)
{
    CLEANUP(store_close) struct store *store = made_forms(*state);
    CLEANUP(page_records_free) struct page_records *records = NULL;

    enter(store, 1, "notes", "преселен", RECORD_KEYED);
    read_again(*state, store, 2, NULL);
    records = made_held_records(store, 1);
    assert_int_equal(records->record_count, 1);
    assert_string_equal(text_of(records, 0, "notes"), "преселен");
    made_assert_whole(store);
}

static void second_reading__of_a_form_without_entries_may_find_none(
    void **state)
{
    CLEANUP(store_close) struct store *store = made_forms(*state);
    CLEANUP(package_close) struct package *package = NULL;
    struct err err;

    read_again(*state, store, 2, NULL);
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_false(package_has_records(package, 1));
    made_assert_whole(store);
}

/* Records that moved far, or rows in another order: every entry is there. */
static void entries__are_kept_wherever_rows_are_found_now(void **state)
{
    CLEANUP(page_records_free) struct page_records *held = made_records("a", 0);
    struct err err;

    (void)state;
    held->records[0].fields[1].origin = RECORD_KEYED;
    held->records[1].fields[0].origin = RECORD_CORRECTED;
    for (int dy = -60; dy <= 60; dy += 5) {
        CLEANUP(page_records_free)
        struct page_records *fresh = made_records("b", dy);
        size_t found = 0;

        assert_ok(page_records_keep_entered(fresh, held, &err), err);
        for (size_t i = 0; i < fresh->record_count; i++) {
            const struct form_record *r = &fresh->records[i];

            for (size_t f = 0; f < r->field_count; f++)
                found += record_field_is_entered(&r->fields[f]) &&
                         (strcmp(r->fields[f].text, "бележка") == 0 ||
                          strcmp(r->fields[f].text, "a2") == 0);
        }
        assert_int_equal(found, 2);
    }
}

static void pages_not_changed__are_not_written_again(void **state)
{
    CLEANUP(store_close) struct store *store = made_forms(*state);
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE];
    struct err err;

    read_again(*state, store, 1, NULL);
    assert_ok(path_format(path, &err,
                          "%s/store/" MADE_OBJECT
                          "/v2/content/representations/ocr/data",
                          (const char *)*state),
              err);
    assert_ok(dir_list(path, &names, &err), err);
    assert_int_equal(names.count, 1);
    assert_string_equal(names.names[0], "0001.xml");
    made_assert_whole(store);
}

static void amendments__come_back_from_volume_json(void **state)
{
    CLEANUP(store_close) struct store *store = made_forms(*state);
    CLEANUP(page_records_free)
    struct page_records *fresh = made_records("tefter", 0);
    CLEANUP(buf_fini) struct buf third = BUF_INIT, fifth = BUF_INIT;
    const char *event = "modification</eventType>";

    enter(store, 0, "name", "Иванъ", RECORD_CORRECTED);
    read_again(*state, store, 2, fresh);
    read_premis(*state, 3, &third);
    made_version(*state, store, MADE_VOLUME, 8, 9);
    read_premis(*state, 4, &fifth);
    /* They are written again from it, with the same identifiers. */
    assert_int_equal(count_of(&third, event), 2);
    assert_int_equal(count_of(&fifth, event), 2);
    made_assert_whole(store);
}

/* Of a scan that is not the page's any more nothing is said. */
static void second_reading__of_another_scan_is_refused(void **state)
{
    CLEANUP(store_close) struct store *store = made_forms(*state);
    CLEANUP(draft_abandon) struct draft *draft = made_draft(store);
    CLEANUP(page_text_free) struct page_text *text = made_reading(71);
    CLEANUP(page_free) struct page *p = made_page(*state, MADE_VOLUME, 1);
    char alto[PATH_SIZE];
    struct err err;

    made_alto(*state, p, text, alto);
    p->digests.sha256[0] = p->digests.sha256[0] == '0' ? '1' : '0';
    assert_int_equal(draft_read_again(draft, p, alto, text, NULL, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
}

static void no_such_page__is_told(void **state)
{
    CLEANUP(store_close) struct store *store = made_forms(*state);
    CLEANUP(page_records_free)
    struct page_records *records = made_held_records(store, 1);
    CLEANUP(draft_abandon) struct draft *draft = made_draft(store);
    struct err err;

    assert_int_equal(draft_enter_records(draft, 9, records, 1, "x", &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_int_equal(draft_enter_records(draft, 2, records, 0, "x", &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(draft_enter_records(draft, 2, records, 1, "", &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
}

/* Events are history: one for each thing that was done. */
static void events__of_earlier_readings_stay_told(void **state)
{
    CLEANUP(store_close) struct store *store = made_forms(*state);
    CLEANUP(page_records_free)
    struct page_records *fresh = made_records("again", 3);
    CLEANUP(buf_fini) struct buf premis = BUF_INIT;

    read_again(*state, store, 2, fresh);
    read_again(*state, store, 1, NULL);
    enter(store, 0, "name", "Иван", RECORD_CORRECTED);
    read_again(*state, store, 2, NULL);
    read_again(*state, store, 3, NULL);
    for (int version = 1; version < 6; version++)
        made_assert_history(*state, version, version + 1);
    /* Nobody reads by the first program any more; he is an agent still. */
    read_premis(*state, 6, &premis);
    assert_non_null(strstr(premis.data, ">software:tesseract 5.3.0<"));
    made_assert_whole(store);
}

/* The moment of a version alone is no reason to write a METS again. */
static void mets__is_written_only_when_it_says_something_else(void **state)
{
    CLEANUP(store_close) struct store *store = made_forms(*state);
    const char *const folder = "store/" MADE_OBJECT;
    char path[PATH_SIZE];
    struct err err;

    enter(store, 0, "name", "Иван", RECORD_CORRECTED);
    for (int is_ocr = 0; is_ocr < 2; is_ocr++) {
        assert_ok(path_format(path, &err,
                              "%s/%s/v2/content/representations/%s/METS.xml",
                              (char *)*state, folder,
                              is_ocr == 1 ? "ocr" : "master"),
                  err);
        assert_int_equal(file_exists(path), is_ocr == 1);
    }
    made_assert_whole(store);
    /* A new page is in both. */
    made_version(*state, store, MADE_VOLUME, 9, 9);
    assert_ok(path_format(path, &err,
                          "%s/%s/v3/content/representations/master/METS.xml",
                          (char *)*state, folder),
              err);
    assert_true(file_exists(path));
    made_assert_whole(store);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(entry__is_a_version_with_its_event_and_person),
        unit_test_in_dir(second_reading__keeps_what_people_entered),
        unit_test_in_dir(
            second_reading__loses_no_entry_when_the_form_is_not_found),
        unit_test_in_dir(
            second_reading__of_a_form_without_entries_may_find_none),
        cmocka_unit_test(entries__are_kept_wherever_rows_are_found_now),
        unit_test_in_dir(pages_not_changed__are_not_written_again),
        unit_test_in_dir(amendments__come_back_from_volume_json),
        unit_test_in_dir(second_reading__of_another_scan_is_refused),
        unit_test_in_dir(no_such_page__is_told),
        unit_test_in_dir(events__of_earlier_readings_stay_told),
        unit_test_in_dir(mets__is_written_only_when_it_says_something_else),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

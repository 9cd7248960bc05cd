/* SPDX-License-Identifier: MIT */
/*
 * A new scan of a page on which people had entered fields: what they entered
 * comes along, never onto another row, and is marked where the form is not the
 * same there.
 */
#include <string.h>

#include "common/xml.h"
#include "ocr/record_xml.h"
#include "store/contents.h"
#include "tests/store/made.h"

#define ROWS 4

enum { NAME, BORN, NOTES, COLUMNS };
static const char *const columns[] = {"name", "birth_date", "notes"};

/* How a picture shows the form. */
struct picture {
    int x, y;            /* of the grid's corner */
    int scale;           /* pixels of a unit */
    int first_row, rows; /* of the paper that are on it */
    int shift;           /* of the last column, in units */
};
static const struct picture plain = {10, 20, 1, 0, ROWS, 0};

static void add_cell(struct page_records *records, struct rect r, int row,
                     int column)
{
    size_t n = records->cell_count;

    records->cells = realloc(records->cells, (n + 1) * sizeof(*records->cells));
    assert_non_null(records->cells);
    records->cells[records->cell_count++] =
        (struct record_cell){.quad = {{{r.x, r.y},
                                       {r.x + r.w, r.y},
                                       {r.x + r.w, r.y + r.h},
                                       {r.x, r.y + r.h}}},
                             .row = (uint32_t)row + 1,
                             .column = (uint32_t)column + 1,
                             .rows = 1,
                             .columns = 1,
                             .state = CELL_READ,
                             .confidence = 90};
}

static void add_field(struct page_records *records, struct form_record *r,
                      const struct picture *p, int row, int column,
                      const char *text)
{
    struct rect box = {
        p->x + (40 * column + (column == NOTES ? p->shift : 0)) * p->scale,
        p->y + 10 * row * p->scale, 40 * p->scale, 10 * p->scale};
    struct record_field f = {.name = (char *)(uintptr_t)columns[column],
                             .text = (char *)(uintptr_t)text,
                             .value = (char *)(uintptr_t) "",
                             .type = VALUE_TEXT,
                             .valid = true,
                             .confidence = 80,
                             .origin =
                                 text[0] == '\0' ? RECORD_UNREAD : RECORD_OCR,
                             .box = box};
    struct err err;

    add_cell(records, box, row, column);
    f.cell = (uint32_t)records->cell_count;
    assert_ok(form_record_add(r, &f, &err), err);
}

/* Rows of name and year of birth, which every reading reads alike, and notes
 * by hand, which none does. */
static struct page_records *made_records(const struct picture *p)
{
    struct page_records *records = page_records_new();
    char name[32], born[32];

    assert_non_null(records);
    for (int row = 0; row < p->rows; row++) {
        struct form_record *r = page_records_add(records, "list", "person");

        assert_non_null(r);
        (void)snprintf(name, sizeof(name), "човек %d", p->first_row + row);
        (void)snprintf(born, sizeof(born), "190%d", p->first_row + row);
        add_field(records, r, p, row, NAME, name);
        add_field(records, r, p, row, BORN, born);
        add_field(records, r, p, row, NOTES, "");
    }
    return records;
}

static void enter(struct page_records *records, size_t row, int column,
                  const char *text)
{
    struct record_field *f = &records->records[row].fields[column];

    made_text(&f->text, text);
    f->origin = column == NOTES ? RECORD_KEYED : RECORD_CORRECTED;
    f->confidence = 100;
}

/* The one field of that text, and its record; NULL. */
static const struct record_field *find(const struct page_records *records,
                                       const char *text,
                                       const struct form_record **record)
{
    const struct record_field *found = NULL;

    for (size_t i = 0; i < records->record_count; i++) {
        const struct form_record *r = &records->records[i];

        for (size_t f = 0; f < r->field_count; f++) {
            if (strcmp(r->fields[f].text, text) != 0)
                continue;
            assert_null(found);
            found = &r->fields[f];
            if (record != NULL)
                *record = r;
        }
    }
    return found;
}

static size_t carry(struct page_records *fresh, const struct page_records *held)
{
    size_t marked = 0;
    struct err err;

    assert_ok(page_records_carry(fresh, held, &marked, &err), err);
    return marked;
}

static bool is_box(struct rect a, struct rect b)
{
    return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h;
}

static void entries__come_along_to_the_same_cells(void **state)
{
    static const struct picture larger = {310, 200, 3, 0, ROWS, 0};
    CLEANUP(page_records_free)
    struct page_records *held = made_records(&plain);
    CLEANUP(page_records_free)
    struct page_records *fresh = made_records(&larger);
    struct rect place = fresh->records[1].fields[NOTES].box;
    const struct form_record *r = NULL;
    const struct record_field *f;

    (void)state;
    enter(held, 1, NOTES, "преселен");
    enter(held, 2, NAME, "Иванъ");
    assert_int_equal(carry(fresh, held), 0);
    assert_int_equal(fresh->record_count, ROWS);
    f = find(fresh, "преселен", &r);
    assert_non_null(f);
    assert_int_equal(r->number, 2);
    assert_int_equal(f->origin, RECORD_KEYED);
    assert_int_equal(f->confidence, 100);
    assert_false(f->review);
    /* Where it stands is what the new picture says. */
    assert_true(is_box(f->box, place));
    f = find(fresh, "Иванъ", &r);
    assert_non_null(f);
    assert_int_equal(r->number, 3);
    assert_int_equal(f->origin, RECORD_CORRECTED);
    assert_null(find(fresh, "човек 2", NULL));
}

static void entry__in_a_cell_that_moved_is_marked(void **state)
{
    static const struct picture moved = {10, 20, 1, 0, ROWS, 90};
    CLEANUP(page_records_free)
    struct page_records *held = made_records(&plain);
    CLEANUP(page_records_free)
    struct page_records *fresh = made_records(&moved);
    const struct form_record *r = NULL;
    const struct record_field *f;

    (void)state;
    enter(held, 1, BORN, "1899");
    assert_int_equal(carry(fresh, held), 1);
    f = find(fresh, "1899", &r);
    assert_non_null(f);
    assert_int_equal(r->number, 2);
    assert_true(f->review);
    assert_int_equal(f->confidence, 0);
}

/* The first row is not on the new picture: counted, all rows are others'. */
static void entries__do_not_slip_to_the_next_row(void **state)
{
    static const struct picture cut = {10, 20, 1, 1, ROWS - 1, 0};
    CLEANUP(page_records_free)
    struct page_records *held = made_records(&plain);
    CLEANUP(page_records_free)
    struct page_records *fresh = made_records(&cut);
    const struct form_record *r = NULL;
    const struct record_field *f;

    (void)state;
    enter(held, 0, NOTES, "на отрязания ред");
    enter(held, 2, NOTES, "преселен");
    assert_int_equal(carry(fresh, held), 2);
    f = find(fresh, "преселен", &r);
    assert_non_null(f);
    assert_string_equal(form_record_get(r, "name")->text, "човек 2");
    assert_true(f->review);
    /* No row of the new picture is its own: it stands by itself, nowhere. */
    f = find(fresh, "на отрязания ред", &r);
    assert_non_null(f);
    assert_int_equal(r->number, ROWS);
    assert_int_equal(r->field_count, 1);
    assert_true(f->review);
    assert_true(is_box(f->box, (struct rect){0, 0, 0, 0}));
    assert_int_equal(f->cell, 0);
}

/* Whatever rows the two pictures have: nothing is lost, and nothing stands on
 * a row of another name. */
static void entries__are_never_lost_nor_on_another_row(void **state)
{
    char text[32], name[32];

    (void)state;
    for (int first = 0; first < ROWS; first++) {
        for (int rows = 0; first + rows <= ROWS; rows++) {
            struct picture p = {7, 3, 2, first, rows, 0};
            CLEANUP(page_records_free)
            struct page_records *held = made_records(&plain);
            CLEANUP(page_records_free)
            struct page_records *fresh = made_records(&p);

            for (size_t row = 0; row < ROWS; row++) {
                (void)snprintf(text, sizeof(text), "бележка %zu", row);
                enter(held, row, NOTES, text);
            }
            (void)carry(fresh, held);
            for (size_t row = 0; row < ROWS; row++) {
                const struct form_record *r = NULL;
                const struct record_field *n;

                (void)snprintf(text, sizeof(text), "бележка %zu", row);
                (void)snprintf(name, sizeof(name), "човек %zu", row);
                assert_non_null(find(fresh, text, &r));
                n = form_record_get(r, "name");
                assert_true(n == NULL || strcmp(n->text, name) == 0);
            }
        }
    }
}

static void carry__of_twins_chooses_neither(void **state)
{
    static const struct picture cut = {10, 20, 1, 0, ROWS - 1, 0};
    CLEANUP(page_records_free)
    struct page_records *held = made_records(&plain);
    CLEANUP(page_records_free)
    struct page_records *fresh = made_records(&cut);
    const struct form_record *r = NULL;

    (void)state;
    for (int column = NAME; column <= BORN; column++)
        made_text(&fresh->records[1].fields[column].text,
                  fresh->records[0].fields[column].text);
    enter(held, 0, NOTES, "на единия");
    assert_int_equal(carry(fresh, held), 1);
    assert_non_null(find(fresh, "на единия", &r));
    assert_int_equal(r->number, ROWS);
}

/* "notes" twice in a record: each stays what it was. */
static void carry__keeps_fields_of_one_name_apart(void **state)
{
    CLEANUP(page_records_free)
    struct page_records *held = made_records(&plain);
    CLEANUP(page_records_free)
    struct page_records *fresh = made_records(&plain);

    (void)state;
    made_text(&held->records[0].fields[BORN].name, "notes");
    made_text(&fresh->records[0].fields[BORN].name, "notes");
    enter(held, 0, BORN, "първа");
    enter(held, 0, NOTES, "втора");
    (void)carry(fresh, held);
    assert_string_equal(fresh->records[0].fields[BORN].text, "първа");
    assert_string_equal(fresh->records[0].fields[NOTES].text, "втора");
}

/* In packages */

/* A form as page 1, on which a clerk entered the notes of two rows. */
static struct store *made_entered(const char *dir)
{
    struct store *store = made_store(dir);
    CLEANUP(page_records_free)
    struct page_records *records = made_records(&plain);
    CLEANUP(draft_abandon) struct draft *first = made_draft(store);
    CLEANUP(draft_abandon) struct draft *second = NULL;
    CLEANUP(page_free) struct page *p = made_page(dir, MADE_VOLUME, 1);
    char path[PATH_SIZE];
    struct err err;

    assert_ok(made_add(dir, first, MADE_VOLUME, 1, &err), err);
    made_records_file(dir, records, p->id, path);
    assert_ok(draft_add_records(first, p, path, &err), err);
    assert_ok(draft_commit(first, "batch made-1", &err), err);
    draft_abandon(STEAL(first));
    enter(records, 1, NOTES, "преселен");
    enter(records, 3, NOTES, "умрял");
    second = made_draft(store);
    assert_ok(draft_enter_records(second, 1, records, 2, "clerk-2", &err), err);
    assert_ok(draft_commit(second, "keyed", &err), err);
    return store;
}

static void scan_again(const char *dir, struct store *store, const char *bytes,
                       const struct page_records *fresh)
{
    CLEANUP(page_free) struct page *p = made_page(dir, MADE_VOLUME, 1);
    CLEANUP(page_text_free) struct page_text *text = made_reading(101);
    CLEANUP(draft_abandon) struct draft *draft = made_draft(store);
    char master[PATH_SIZE], alto[PATH_SIZE], path[PATH_SIZE], name[32];
    struct err err;

    p->replaces = 1;
    made_file(dir, "again", bytes, &p->digests);
    (void)snprintf(name, sizeof(name), "0001-%.8s.tif", p->digests.sha256);
    made_file(dir, name, bytes, &p->digests);
    made_text(&p->master, name);
    made_path(dir, p->master, master);
    made_alto(dir, p, text, alto);
    if (fresh != NULL)
        made_records_file(dir, fresh, p->id, path);
    assert_ok(draft_replace_page(draft, p, master, alto, text,
                                 fresh == NULL ? NULL : path, &err),
              err);
    assert_ok(draft_commit(draft, "a rescan", &err), err);
}

static void assert_says(const struct buf *text, const char *what)
{
    if (strstr(buf_str(text), what) == NULL)
        fail_msg("'%s' is not in %s", what, buf_str(text));
}

static void rescan__keeps_what_people_entered(void **state)
{
    static const struct picture larger = {30, 60, 3, 0, ROWS, 0};
    CLEANUP(store_close) struct store *store = made_entered(*state);
    CLEANUP(page_records_free)
    struct page_records *fresh = made_records(&larger);
    CLEANUP(page_records_free) struct page_records *records = NULL;
    CLEANUP(buf_fini) struct buf premis = BUF_INIT, volume = BUF_INIT;
    const struct form_record *r = NULL;

    scan_again(*state, store, "II*. better\n", fresh);
    made_assert_whole(store);
    records = made_held_records(store, 0);
    assert_int_equal(page_records_entered(records), 2);
    assert_non_null(find(records, "умрял", &r));
    assert_int_equal(r->number, 4);
    made_read(*state, 3, PREMIS_XML, &premis);
    assert_says(&premis, "2 fields that people had entered on the earlier");
    assert_says(&premis, "0 of them are marked");
    assert_says(&premis, "person:clerk-2");
    made_read(*state, 3, VOLUME_JSON, &volume);
    assert_says(&volume, "\"carried\"");
}

static void rescan__of_what_is_no_form_now_loses_no_entry(void **state)
{
    CLEANUP(store_close) struct store *store = made_entered(*state);
    CLEANUP(page_records_free) struct page_records *records = NULL;
    CLEANUP(buf_fini) struct buf premis = BUF_INIT;
    const struct record_field *f;

    scan_again(*state, store, "II*. pale\n", NULL);
    made_assert_whole(store);
    records = made_held_records(store, 0);
    assert_int_equal(records->record_count, 2);
    f = find(records, "преселен", NULL);
    assert_non_null(f);
    assert_true(f->review);
    assert_int_equal(f->origin, RECORD_KEYED);
    made_read(*state, 3, PREMIS_XML, &premis);
    assert_says(&premis, "2 of them are marked");
}

/* Scanned a third time: still there, and still to be looked at. */
static void rescan__of_a_rescan_keeps_the_mark(void **state)
{
    CLEANUP(store_close) struct store *store = made_entered(*state);
    CLEANUP(page_records_free)
    struct page_records *fresh = made_records(&plain);
    CLEANUP(page_records_free) struct page_records *records = NULL;
    const struct record_field *f;

    scan_again(*state, store, "II*. pale\n", NULL);
    scan_again(*state, store, "II*. better\n", fresh);
    made_assert_whole(store);
    records = made_held_records(store, 0);
    assert_int_equal(page_records_entered(records), 2);
    f = find(records, "преселен", NULL);
    assert_non_null(f);
    assert_true(f->review);
}

static void rescan__of_a_page_without_entries_has_its_own_records(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(page_records_free)
    struct page_records *fresh = made_records(&plain);
    CLEANUP(page_records_free) struct page_records *records = NULL;
    CLEANUP(buf_fini) struct buf volume = BUF_INIT;

    made_version(*state, store, MADE_VOLUME, 1, 1);
    scan_again(*state, store, "II*. better\n", fresh);
    made_assert_whole(store);
    records = made_held_records(store, 0);
    assert_int_equal(records->record_count, ROWS);
    made_read(*state, 2, VOLUME_JSON, &volume);
    assert_null(strstr(buf_str(&volume), "amendments"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries__come_along_to_the_same_cells),
        cmocka_unit_test(entry__in_a_cell_that_moved_is_marked),
        cmocka_unit_test(entries__do_not_slip_to_the_next_row),
        cmocka_unit_test(entries__are_never_lost_nor_on_another_row),
        cmocka_unit_test(carry__of_twins_chooses_neither),
        cmocka_unit_test(carry__keeps_fields_of_one_name_apart),
        unit_test_in_dir(rescan__keeps_what_people_entered),
        unit_test_in_dir(rescan__of_what_is_no_form_now_loses_no_entry),
        unit_test_in_dir(rescan__of_a_rescan_keeps_the_mark),
        unit_test_in_dir(rescan__of_a_page_without_entries_has_its_own_records),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

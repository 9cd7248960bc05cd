/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <string.h>

#include "index/search.h"
#include "tests/index/dump.h"
#include "tests/index/made.h"

#define VOLUME "odesos/family-register/1938-012"
#define OTHER  "odesos/technical/7"

static int64_t number(struct catalogue *c, const char *sql)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    struct err err;

    assert_ok(db_prepare(catalogue_db(c), sql, &s, &err), err);
    assert_int_equal(stmt_step(s, &err), 1);
    return stmt_int(s, 0);
}

/* FTS5 compares the index with the texts it was made from. */
static void check_integrity(struct catalogue *c)
{
    struct err err;

    assert_ok(db_exec(catalogue_db(c),
                      "INSERT INTO word_index (word_index, rank)"
                      " VALUES ('integrity-check', 1)",
                      &err),
              err);
}

static void put__replaces_changed_pages_and_removes_vanished_ones(void **state)
{
    static const struct made_page first[] = {
        {1, "дом"}, {2, "къща"}, {3, "хан"}};
    static const struct made_page then[] = {{1, "дом"}, {2, "градъ"}};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    int64_t key;

    made_put(c, VOLUME, "1938", "", first, 3);
    key = number(c, "SELECT key FROM page WHERE number = 1");
    made_put(c, VOLUME, "1938", "", then, 2);
    assert_int_equal(made_found(c, "дом"), 1);
    assert_int_equal(made_found(c, "къща"), 0);
    assert_int_equal(made_found(c, "град"), 1);
    assert_int_equal(made_found(c, "хан"), 0);
    assert_int_equal(made_found(c, ""), 2);
    assert_int_equal(number(c, "SELECT key FROM page WHERE number = 1"), key);
    assert_int_equal(number(c, "SELECT count(*) FROM body"), 2);
    check_integrity(c);
}

static void put__leaves_unchanged_pages_alone(void **state)
{
    static const struct made_page pages[] = {{1, "дом"}, {2, "къща"}};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    struct err err;

    made_put(c, VOLUME, "1938", "", pages, 2);
    /* A mark that a rewritten row would lose. */
    assert_ok(db_exec(catalogue_db(c), "UPDATE page SET skew_cw_deg = 9", &err),
              err);
    made_put(c, VOLUME, "1938", "", pages, 2);
    assert_int_equal(
        number(c, "SELECT count(*) FROM page WHERE skew_cw_deg = 9"), 2);
}

static void put__follows_a_volume_to_another_year(void **state)
{
    static const struct made_page pages[] = {{1, "дом"}, {2, "къща"}};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);

    made_put(c, VOLUME, "1938", "", pages, 2);
    made_put(c, VOLUME, "1941", "", pages, 2);
    assert_int_equal(made_found(c, "дом"), 1);
    assert_int_equal(
        number(c, "SELECT count(*) FROM page WHERE key >> 28 = 1941"), 2);
    assert_int_equal(number(c, "SELECT count(*) FROM page"), 2);
    check_integrity(c);
}

static void put_abandon__leaves_what_was_there(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    CLEANUP(volume_free)
    struct volume *volume = made_volume(VOLUME, "1938", "");
    CLEANUP(put_abandon) struct put *put = NULL;
    struct put_source source = {volume, 2, "urn:uuid:made"};
    struct err err;

    made_put_text(c, VOLUME, "1938", "дом");
    assert_ok(put_begin(catalogue_db(c), &source, &put, &err), err);
    made_put_page(put, VOLUME, (struct made_page){1, "къща"});
    put_abandon(STEAL(put));
    assert_int_equal(made_found(c, "дом"), 1);
    assert_int_equal(made_found(c, "къща"), 0);
}

static void put_remove_volume__takes_all_of_it_and_nothing_else(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    struct db *db = catalogue_db(c);
    struct err err;

    made_put_text(c, VOLUME, "1938", "дом");
    made_put_text(c, OTHER, "1938", "дом");
    assert_ok(put_remove_volume(db, VOLUME, &err), err);
    assert_ok(put_remove_volume(db, "no/such/volume", &err), err);
    assert_int_equal(made_found(c, "дом"), 1);
    assert_int_equal(made_found(c, ""), 1);
    check_integrity(c);
}

static void put__reads_years_from_dates(void **state)
{
    static const struct {
        const char *from, *to;
        int year, year_to;
    } table[] = {
        {"1938", "", 1938, 1938},
        {"1938-05-01", "1940", 1938, 1940},
        {"", "", 0, 0},
        {"", "1940", 0, 0},
        {"1938", "1930", 1938, 1938},
        {"неизв.", "", 0, 0},
        {"19385", "", 0, 0},
        {"193", "1940", 0, 0},
    };
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    struct made_page page = {1, "дом"};

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        made_put(c, VOLUME, table[i].from, table[i].to, &page, 1);
        assert_int_equal(number(c, "SELECT year FROM volume"), table[i].year);
        assert_int_equal(number(c, "SELECT year_to FROM volume"),
                         table[i].year_to);
    }
}

/* However a catalogue came to what it holds, it holds the same. */
static void put__history_leaves_no_trace(void **state)
{
    static const struct made_page old_pages[] = {
        {1, "бѣлъ домъ"}, {2, "хан"}, {9, "изчезва"}};
    static const struct made_page pages[] = {
        {1, "бѣлъ домъ"}, {2, "къща на хълма"}, {3, ""}, {4, NULL}};
    CLEANUP(buf_fini) struct buf grown_dump = BUF_INIT;
    CLEANUP(buf_fini) struct buf fresh_dump = BUF_INIT;
    CLEANUP(catalogue_close) struct catalogue *grown = made_catalogue(*state);
    CLEANUP(catalogue_close) struct catalogue *fresh = NULL;
    char path[PATH_SIZE];
    struct err err;

    made_put(grown, VOLUME, "1930", "", old_pages, 3);
    made_put_text(grown, "odesos/technical/8", "1938", "дом");
    made_put(grown, VOLUME, "1938", "", old_pages, 3);
    made_put_text(grown, OTHER, "", "друга");
    made_put(grown, VOLUME, "1938", "", pages, 4);
    assert_ok(
        put_remove_volume(catalogue_db(grown), "odesos/technical/8", &err),
        err);

    assert_ok(path_format(path, &err, "%s/fresh.sqlite", (char *)*state), err);
    assert_ok(catalogue_open(path, CATALOGUE_WRITE, &fresh, &err), err);
    made_put_text(fresh, OTHER, "", "друга");
    made_put(fresh, VOLUME, "1938", "", pages, 4);

    dump_catalogue(grown, &grown_dump);
    dump_catalogue(fresh, &fresh_dump);
    assert_non_null(strstr(buf_str(&fresh_dump), "хълма"));
    assert_string_equal(buf_str(&grown_dump), buf_str(&fresh_dump));
}

static void catalogue_open__refuses_what_another_version_made(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    struct catalogue *again = NULL;
    struct err err;

    assert_ok(db_exec(catalogue_db(c),
                      "UPDATE meta SET value = 99 WHERE name = 'tokenizer'",
                      &err),
              err);
    assert_int_equal(
        catalogue_open(catalogue_path(c), CATALOGUE_WRITE, &again, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, "reindex"));
}

static void catalogue_open__says_when_there_is_none(void **state)
{
    char path[PATH_SIZE];
    struct catalogue *c = NULL;
    struct err err;

    assert_ok(path_format(path, &err, "%s/none.sqlite", (char *)*state), err);
    assert_int_equal(catalogue_open(path, CATALOGUE_READ, &c, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(put__replaces_changed_pages_and_removes_vanished_ones),
        unit_test_in_dir(put__leaves_unchanged_pages_alone),
        unit_test_in_dir(put__follows_a_volume_to_another_year),
        unit_test_in_dir(put_abandon__leaves_what_was_there),
        unit_test_in_dir(put_remove_volume__takes_all_of_it_and_nothing_else),
        unit_test_in_dir(put__reads_years_from_dates),
        unit_test_in_dir(put__history_leaves_no_trace),
        unit_test_in_dir(catalogue_open__refuses_what_another_version_made),
        unit_test_in_dir(catalogue_open__says_when_there_is_none),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

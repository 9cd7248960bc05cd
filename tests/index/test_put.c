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
        {1, "дом", NULL, 0}, {2, "къща", NULL, 0}, {3, "хан", NULL, 0}};
    static const struct made_page then[] = {{1, "дом", NULL, 0},
                                            {2, "градъ", NULL, 0}};
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
    static const struct made_page pages[] = {{1, "дом", NULL, 0},
                                             {2, "къща", NULL, 0}};
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
    static const struct made_page pages[] = {{1, "дом", NULL, 0},
                                             {2, "къща", NULL, 0}};
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
    made_put_page(put, VOLUME, (struct made_page){1, "къща", NULL, 0});
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
    struct made_page page = {1, "дом", NULL, 0};

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        made_put(c, VOLUME, table[i].from, table[i].to, &page, 1);
        assert_int_equal(number(c, "SELECT year FROM volume"), table[i].year);
        assert_int_equal(number(c, "SELECT year_to FROM volume"),
                         table[i].year_to);
    }
}

static const struct put_field person[] = {
    {"given",
     FIELD_NAME,
     "Ст.",
     "Стоян",
     91,
     ORIGIN_OCR,
     {10, 20, 30, 40},
     false},
    {"family",
     FIELD_NAME,
     "Тодоровъ",
     "",
     100,
     ORIGIN_KEYED,
     {50, 20, 90, 40},
     false},
    {"born",
     FIELD_DATE,
     "14.III.1938 г.",
     "1938-03-14",
     80,
     ORIGIN_OCR,
     {150, 20, 90, 40},
     false},
    {"died", FIELD_DATE, "", "", 0, ORIGIN_UNREAD, {250, 20, 90, 40}, false},
    {"birthplace",
     FIELD_PLACE,
     "гр. Варна",
     NULL,
     70,
     ORIGIN_CORRECTED,
     {350, 20, 90, 40},
     false},
};
static const struct put_field other_person[] = {
    {"given",
     FIELD_NAME,
     "Марія",
     "",
     100,
     ORIGIN_KEYED,
     {10, 80, 30, 40},
     false},
    {"born",
     FIELD_DATE,
     "1906–1907",
     "1906..1907-02",
     100,
     ORIGIN_KEYED,
     {150, 80, 90, 40},
     false},
    {"married",
     FIELD_DATE,
     "30.II.1930",
     "1930-02-30",
     60,
     ORIGIN_KEYED,
     {250, 80, 90, 40},
     false},
};
static const struct put_record people[] = {{1, "family-1934", person, 5},
                                           {2, "family-1934", other_person, 3}};

static void put__keeps_records_and_their_typed_fields(void **state)
{
    static const struct made_page pages[] = {{1, "листъ 1", people, 2}};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);

    made_put(c, VOLUME, "1934", "1977", pages, 1);
    assert_int_equal(number(c, "SELECT count(*) FROM record"), 2);
    assert_int_equal(number(c, "SELECT count(*) FROM field"), 8);
    assert_int_equal(
        number(c, "SELECT count(*) FROM field WHERE name = 'family' AND"
                  " type = 'name' AND text = 'Тодоровъ' AND value = '' AND"
                  " confidence = 100 AND origin = 'keyed' AND x = 50 AND"
                  " y = 20 AND w = 90 AND h = 40 AND place = 2"),
        1);
    assert_int_equal(number(c, "SELECT fields_read FROM volume"), 2);
    assert_int_equal(number(c, "SELECT fields_keyed FROM volume"), 5);
    assert_int_equal(number(c, "SELECT fields_unread FROM volume"), 1);
    assert_int_equal(
        number(c, "SELECT count(*) FROM volume WHERE state = 'keyed'"), 1);
    /* Found as it is written, as it is meant, though the text has neither. */
    assert_int_equal(made_found(c, "тодоров"), 1);
    assert_int_equal(made_found(c, "стоян"), 1);
    assert_int_equal(made_found(c, "варна"), 1);
    check_integrity(c);
}

static void put__keeps_dates_as_the_days_they_can_mean(void **state)
{
    static const struct made_page pages[] = {{1, "", people, 2}};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);

    made_put(c, VOLUME, "1934", "1977", pages, 1);
    assert_int_equal(
        number(c, "SELECT count(*) FROM field WHERE"
                  " date_from = '1938-03-14' AND date_to = '1938-03-14'"),
        1);
    assert_int_equal(
        number(c, "SELECT count(*) FROM field WHERE"
                  " date_from = '1906-01-01' AND date_to = '1907-02-28'"),
        1);
    /* There is no 30 February. */
    assert_int_equal(number(c, "SELECT count(*) FROM field WHERE"
                               " name = 'married' AND date_from = ''"),
                     1);
    assert_int_equal(number(c, "SELECT year FROM record WHERE number = 1"),
                     1938);
    assert_int_equal(number(c, "SELECT year_to FROM record WHERE number = 2"),
                     1907);
}

static void put__tells_what_not_found_means(void **state)
{
    static const struct put_field unread[] = {
        {"given", FIELD_NAME, "", "", 0, ORIGIN_UNREAD, {0, 0, 9, 9}, false}};
    static const struct put_record nobody[] = {{1, "f", unread, 1}};
    static const struct put_record one[] = {{1, "f", other_person, 3}};
    static const struct made_page pages[] = {
        {1, NULL, nobody, 1}, {1, "дом", nobody, 1}, {1, NULL, one, 1}};
    static const char *const states[] = {
        "SELECT state = 'unread' FROM volume",
        "SELECT state = 'ocr' FROM volume",
        "SELECT state = 'verified' FROM volume"};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);

    for (size_t i = 0; i < 3; i++) {
        made_put(c, VOLUME, "1934", "", &pages[i], 1);
        assert_int_equal(number(c, states[i]), 1);
    }
}

static void put__replaces_records_with_their_page(void **state)
{
    static const struct made_page first[] = {{1, "дом", people, 2}};
    static const struct made_page then[] = {{1, "дом", people + 1, 1}};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    struct err err;

    made_put(c, VOLUME, "1934", "", first, 1);
    made_put(c, VOLUME, "1934", "", then, 1);
    assert_int_equal(made_found(c, "стоян"), 0);
    assert_int_equal(made_found(c, "мария"), 1);
    assert_int_equal(number(c, "SELECT count(*) FROM field"), 3);
    check_integrity(c);
    assert_ok(put_remove_volume(catalogue_db(c), VOLUME, &err), err);
    assert_int_equal(number(c, "SELECT count(*) FROM field"), 0);
    assert_int_equal(number(c, "SELECT count(*) FROM record"), 0);
}

static void put_page__refuses_two_records_of_one_number(void **state)
{
    static const struct put_record twice[] = {{3, "f", person, 5},
                                              {3, "f", other_person, 3}};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    CLEANUP(volume_free)
    struct volume *volume = made_volume(VOLUME, "1938", "");
    CLEANUP(page_free) struct page *page = made_page(VOLUME, 1);
    CLEANUP(page_text_free) struct page_text *text = made_text("дом");
    CLEANUP(put_abandon) struct put *put = NULL;
    struct put_source source = {volume, 1, "urn:uuid:made"};
    struct put_made_from made_from = {"a", "b"};
    struct put_content content = {text, twice, 2};
    struct err err;

    assert_ok(put_begin(catalogue_db(c), &source, &put, &err), err);
    assert_int_equal(put_page(put, page, &made_from, &content, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, "3"));
}

/* However a catalogue came to what it holds, it holds the same. */
static void put__history_leaves_no_trace(void **state)
{
    static const struct made_page old_pages[] = {{1, "бѣлъ домъ", people, 2},
                                                 {2, "хан", people, 1},
                                                 {9, "изчезва", NULL, 0}};
    static const struct made_page pages[] = {{1, "бѣлъ домъ", NULL, 0},
                                             {2, "къща на хълма", people, 2},
                                             {3, "", NULL, 0},
                                             {4, NULL, NULL, 0}};
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

/* What a volume may look like at a time, by turns. */
static const struct made_page turns[][3] = {
    {{1, "Стоянъ Тодоровъ", people, 2},
     {2, "бѣлъ домъ", NULL, 0},
     {3, "", NULL, 0}},
    {{1, "Стоянъ Тодоровъ", people, 1},
     {2, "Бѣлъ Домъ", people, 2},
     {7, NULL, NULL, 0}},
    {{2, "бѣлъ домъ", NULL, 0},
     {3, "Мария Иванова", people + 1, 1},
     {4, "Мария", NULL, 0}},
};

#define TURNS        3
#define RANDOM_STEPS 60

static void put_turn(struct catalogue *c, unsigned volume, unsigned turn)
{
    static const char *const volumes[] = {VOLUME, OTHER, "a/technical/1"};

    made_put(c, volumes[volume], turn == 1 ? "1940" : "1938", "", turns[turn],
             3);
}

/* Pages come, change, go and come again, volumes are taken out: in the end the
 * catalogue is the one that knows only how it ended. */
static void put__a_random_history_ends_as_its_end(void **state)
{
    CLEANUP(buf_fini) struct buf grown_dump = BUF_INIT;
    CLEANUP(buf_fini) struct buf fresh_dump = BUF_INIT;
    CLEANUP(catalogue_close) struct catalogue *grown = made_catalogue(*state);
    CLEANUP(catalogue_close) struct catalogue *fresh = NULL;
    unsigned last[3] = {0, 0, 0};
    unsigned random = 12345;
    char path[PATH_SIZE];
    struct err err;

    for (int i = 0; i < RANDOM_STEPS; i++) {
        random = random * 1103515245U + 12345U;
        unsigned volume = (random >> 16) % 3;
        unsigned turn = (random >> 20) % (TURNS + 1);

        if (turn == TURNS)
            assert_ok(put_remove_volume(catalogue_db(grown), OTHER, &err), err);
        else
            put_turn(grown, volume, last[volume] = turn);
    }
    for (unsigned volume = 0; volume < 3; volume++)
        put_turn(grown, volume, last[volume]);
    assert_ok(path_format(path, &err, "%s/fresh.sqlite", (char *)*state), err);
    assert_ok(catalogue_open(path, CATALOGUE_WRITE, &fresh, &err), err);
    for (unsigned volume = 0; volume < 3; volume++)
        put_turn(fresh, volume, last[volume]);
    dump_catalogue(grown, &grown_dump);
    dump_catalogue(fresh, &fresh_dump);
    assert_string_equal(buf_str(&grown_dump), buf_str(&fresh_dump));
    check_integrity(grown);
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
        unit_test_in_dir(put__keeps_records_and_their_typed_fields),
        unit_test_in_dir(put__keeps_dates_as_the_days_they_can_mean),
        unit_test_in_dir(put__tells_what_not_found_means),
        unit_test_in_dir(put__replaces_records_with_their_page),
        unit_test_in_dir(put_page__refuses_two_records_of_one_number),
        unit_test_in_dir(put__history_leaves_no_trace),
        unit_test_in_dir(put__a_random_history_ends_as_its_end),
        unit_test_in_dir(catalogue_open__refuses_what_another_version_made),
        unit_test_in_dir(catalogue_open__says_when_there_is_none),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

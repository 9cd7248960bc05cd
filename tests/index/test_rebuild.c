/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <string.h>

#include "index/search.h"
#include "tests/index/dump.h"
#include "tests/store/made.h"

#define OTHER_VOLUME "mladost/local-tax/55"

static void catalogue_path_in(const char *dir, const char *name,
                              char out[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(out, &err, "%s/%s.sqlite", dir, name), err);
}

static struct catalogue *open_catalogue(const char *path,
                                        enum catalogue_mode mode)
{
    struct catalogue *c = NULL;
    struct err err;

    assert_ok(catalogue_open(path, mode, &c, &err), err);
    return c;
}

/* As the pipeline does after each commit. */
static void put_newest(struct catalogue *c, const struct store *store,
                       const char *volume)
{
    CLEANUP(package_close) struct package *package = NULL;
    struct err err;

    assert_ok(package_open(store, volume, &package, &err), err);
    assert_ok(catalogue_put(c, package, &err), err);
}

static int64_t found(struct catalogue *c, const char *query)
{
    static const char *const series[] = {"family-register", "local-tax"};
    const struct search_scope scope = {.series = series, .series_count = 2};
    const struct search_request request = {.query = query};
    CLEANUP(search_answer_free) struct search_answer *answer = NULL;
    struct err err;

    assert_ok(search_run(c, &scope, &request, &answer, &err), err);
    return answer->total;
}

static void check_same(struct catalogue *a, struct catalogue *b)
{
    CLEANUP(buf_fini) struct buf x = BUF_INIT;
    CLEANUP(buf_fini) struct buf y = BUF_INIT;

    dump_catalogue(a, &x);
    dump_catalogue(b, &y);
    assert_non_null(strstr(buf_str(&x), "лист"));
    assert_string_equal(buf_str(&x), buf_str(&y));
}

static void catalogue_put__takes_what_the_package_says(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(catalogue_close) struct catalogue *c = NULL;
    char path[PATH_SIZE];

    made_version(*state, store, MADE_VOLUME, 1, 3);
    catalogue_path_in(*state, "catalogue", path);
    c = open_catalogue(path, CATALOGUE_WRITE);
    put_newest(c, store, MADE_VOLUME);
    assert_int_equal(found(c, "лист"), 3);
    assert_int_equal(found(c, "лист2"), 1);
}

static void catalogue_put__follows_versions(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(catalogue_close) struct catalogue *c = NULL;
    char path[PATH_SIZE];

    catalogue_path_in(*state, "catalogue", path);
    c = open_catalogue(path, CATALOGUE_WRITE);
    made_version(*state, store, MADE_VOLUME, 2, 3);
    put_newest(c, store, MADE_VOLUME);
    put_newest(c, store, MADE_VOLUME);
    assert_int_equal(found(c, "лист"), 2);
    made_version(*state, store, MADE_VOLUME, 1, 1);
    put_newest(c, store, MADE_VOLUME);
    assert_int_equal(found(c, "лист"), 3);
}

static void catalogue_rebuild__equals_what_was_filled_page_by_page(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(catalogue_close) struct catalogue *grown = NULL;
    CLEANUP(catalogue_close) struct catalogue *rebuilt = NULL;
    char path[PATH_SIZE], other[PATH_SIZE];
    struct err err;

    catalogue_path_in(*state, "grown", path);
    grown = open_catalogue(path, CATALOGUE_WRITE);
    made_version(*state, store, MADE_VOLUME, 2, 3);
    put_newest(grown, store, MADE_VOLUME);
    made_version(*state, store, OTHER_VOLUME, 1, 2);
    put_newest(grown, store, OTHER_VOLUME);
    made_version(*state, store, MADE_VOLUME, 1, 1);
    put_newest(grown, store, MADE_VOLUME);

    catalogue_path_in(*state, "rebuilt", other);
    assert_ok(catalogue_rebuild(other, store, NULL, &err), err);
    rebuilt = open_catalogue(other, CATALOGUE_WRITE);
    check_same(grown, rebuilt);
}

/* Who has the old one open sees the new one without opening it again, with the
 * write-ahead log of the old one still there. */
static void catalogue_rebuild__replaces_it_under_open_connections(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(catalogue_close) struct catalogue *writer = NULL;
    CLEANUP(catalogue_close) struct catalogue *reader = NULL;
    char path[PATH_SIZE];
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 2);
    made_version(*state, store, OTHER_VOLUME, 1, 2);
    catalogue_path_in(*state, "catalogue", path);
    writer = open_catalogue(path, CATALOGUE_WRITE);
    put_newest(writer, store, OTHER_VOLUME);
    reader = open_catalogue(path, CATALOGUE_READ);
    assert_int_equal(found(reader, "лист"), 2);

    assert_ok(catalogue_rebuild(path, store, NULL, &err), err);
    assert_int_equal(found(reader, "лист"), 4);
    assert_int_equal(found(writer, "лист"), 4);
    made_version(*state, store, OTHER_VOLUME, 3, 3);
    put_newest(writer, store, OTHER_VOLUME);
    assert_int_equal(found(reader, "лист"), 5);
    assert_ok(db_exec(catalogue_db(writer),
                      "INSERT INTO word_index (word_index, rank)"
                      " VALUES ('integrity-check', 1)",
                      &err),
              err);
}

static void check_rebuilds_over(const char *dir, const void *bytes, size_t len)
{
    CLEANUP(store_close) struct store *store = made_store(dir);
    CLEANUP(catalogue_close) struct catalogue *c = NULL;
    char path[PATH_SIZE];
    struct err err;

    made_version(dir, store, MADE_VOLUME, 1, 2);
    catalogue_path_in(dir, "catalogue", path);
    assert_ok(file_write_durable(path, bytes, len, &err), err);
    assert_ok(catalogue_rebuild(path, store, NULL, &err), err);
    c = open_catalogue(path, CATALOGUE_READ);
    assert_int_equal(found(c, "лист"), 2);
}

static void catalogue_rebuild__replaces_what_is_no_database(void **state)
{
    static const char garbage[8192] = "not a database at all";

    check_rebuilds_over(*state, garbage, sizeof(garbage));
}

static void catalogue_rebuild__replaces_an_empty_file(void **state)
{
    check_rebuilds_over(*state, "", 0);
}

static void catalogue_rebuild__replaces_a_catalogue_of_another_version(
    void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(catalogue_close) struct catalogue *c = NULL;
    char path[PATH_SIZE];
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 2);
    catalogue_path_in(*state, "catalogue", path);
    c = open_catalogue(path, CATALOGUE_WRITE);
    assert_ok(db_exec(catalogue_db(c), "UPDATE meta SET value = 99", &err),
              err);
    catalogue_close(STEAL(c));
    assert_int_equal(catalogue_open(path, CATALOGUE_READ, &c, &err), -1);
    assert_ok(catalogue_rebuild(path, store, NULL, &err), err);
    c = open_catalogue(path, CATALOGUE_READ);
    assert_int_equal(found(c, "лист"), 2);
}

static void catalogue_rebuild__leaves_nothing_beside(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    char path[PATH_SIZE], beside[PATH_SIZE];
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 1);
    catalogue_path_in(*state, "catalogue", path);
    assert_ok(path_format(beside, &err, "%s.rebuild", path), err);
    assert_ok(file_write_durable(beside, "left by a kill", 14, &err), err);
    assert_ok(catalogue_rebuild(path, store, NULL, &err), err);
    assert_false(file_exists(beside));
}

static void catalogue_rebuild__is_done_by_one_at_a_time(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(lock_release) struct lock *lock = NULL;
    char path[PATH_SIZE], name[PATH_SIZE];
    struct err err;

    catalogue_path_in(*state, "catalogue", path);
    assert_ok(path_format(name, &err, "%s.rebuild.lock", path), err);
    assert_ok(lock_acquire(name, LOCK_TRY, &lock, &err), err);
    assert_int_equal(catalogue_rebuild(path, store, NULL, &err), -1);
    assert_int_equal(err.kind, ERR_BUSY);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(catalogue_put__takes_what_the_package_says),
        unit_test_in_dir(catalogue_put__follows_versions),
        unit_test_in_dir(
            catalogue_rebuild__equals_what_was_filled_page_by_page),
        unit_test_in_dir(catalogue_rebuild__replaces_it_under_open_connections),
        unit_test_in_dir(catalogue_rebuild__replaces_what_is_no_database),
        unit_test_in_dir(catalogue_rebuild__replaces_an_empty_file),
        unit_test_in_dir(
            catalogue_rebuild__replaces_a_catalogue_of_another_version),
        unit_test_in_dir(catalogue_rebuild__leaves_nothing_beside),
        unit_test_in_dir(catalogue_rebuild__is_done_by_one_at_a_time),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

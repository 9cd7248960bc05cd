/* SPDX-License-Identifier: MIT */
#include "store/fixity_log.h"

#include <fcntl.h>
#include <string.h>

#include "common/json.h"
#include "tests/unit.h"

static void log_path(const char *dir, char out[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(out, &err, "%s/fixity.jsonl", dir), err);
}

static void add_check(struct fixity_log *log, const char *volume, bool whole)
{
    struct err err;

    assert_ok(fixity_log_add(log, "check",
                             json_pack("{s:s, s:i, s:b}", "volume", volume,
                                       "version", 1, "whole", whole),
                             &err),
              err);
}

static void fixity_history_read__tells_the_last_check_of_each(void **state)
{
    CLEANUP(fixity_history_fini) struct fixity_history h = {.begun = NULL};
    CLEANUP(fixity_log_close) struct fixity_log *log = NULL;
    char path[PATH_SIZE];
    struct err err;

    log_path(*state, path);
    assert_ok(fixity_history_read(path, &h, &err), err);
    assert_int_equal(json_object_size(h.last), 0);
    fixity_history_fini(&h);
    assert_ok(fixity_log_open(path, NULL, &log, &err), err);
    add_check(log, "a/b/c", true);
    add_check(log, "a/b/d", true);
    add_check(log, "a/b/c", false);
    assert_ok(fixity_log_sync(log, &err), err);
    assert_ok(fixity_history_read(path, &h, &err), err);
    assert_int_equal(json_object_size(h.last), 2);
    assert_false(json_is_true(
        json_object_get(json_object_get(h.last, "a/b/c"), "whole")));
    assert_true(json_is_true(
        json_object_get(json_object_get(h.last, "a/b/d"), "whole")));
    assert_string_equal(
        json_get_text(json_object_get(h.last, "a/b/d"), "run", ""),
        fixity_log_run(log));
    assert_null(h.begun);
}

static void fixity_history_read__knows_a_run_that_has_no_end(void **state)
{
    CLEANUP(fixity_history_fini) struct fixity_history h = {.begun = NULL};
    CLEANUP(fixity_log_close) struct fixity_log *log = NULL;
    char path[PATH_SIZE], run[64];
    struct err err;

    log_path(*state, path);
    assert_ok(fixity_log_open(path, NULL, &log, &err), err);
    add_check(log, "a/b/before", true);
    assert_ok(fixity_log_add(log, "begin", json_object(), &err), err);
    add_check(log, "a/b/c", true);
    (void)snprintf(run, sizeof(run), "%s", fixity_log_run(log));
    fixity_log_close(STEAL(log));
    assert_ok(fixity_history_read(path, &h, &err), err);
    assert_string_equal(json_get_text(h.begun, "run", ""), run);
    assert_int_equal(json_object_size(h.begun_last), 1);
    fixity_history_fini(&h);
    /* Gone on with, and brought to its end. */
    assert_ok(fixity_log_open(path, run, &log, &err), err);
    add_check(log, "a/b/d", true);
    assert_ok(fixity_log_add(log, "end", json_object(), &err), err);
    assert_ok(fixity_history_read(path, &h, &err), err);
    assert_null(h.begun);
    assert_int_equal(json_object_size(h.begun_last), 0);
    assert_int_equal(json_object_size(h.last), 3);
}

static void fixity_history_read__knows_the_highest_version(void **state)
{
    CLEANUP(fixity_history_fini) struct fixity_history h = {.begun = NULL};
    CLEANUP(fixity_log_close) struct fixity_log *log = NULL;
    char path[PATH_SIZE];
    struct err err;

    log_path(*state, path);
    assert_ok(fixity_log_published(path, "a/b/c", 1, &err), err);
    assert_ok(fixity_log_published(path, "a/b/c", 3, &err), err);
    assert_ok(fixity_log_published(path, "a/b/d", 2, &err), err);
    assert_ok(fixity_log_open(path, NULL, &log, &err), err);
    /* Rolled back, and looked at as that. */
    add_check(log, "a/b/c", true);
    assert_ok(fixity_log_add(log, "replicate",
                             json_pack("{s:s, s:i}", "volume",
                                       "no volume's name", "version", 9),
                             &err),
              err);
    assert_ok(fixity_history_read(path, &h, &err), err);
    assert_int_equal(fixity_history_version(&h, "a/b/c"), 3);
    assert_int_equal(fixity_history_version(&h, "a/b/d"), 2);
    assert_int_equal(fixity_history_version(&h, "a/b/e"), 0);
    assert_int_equal(json_object_size(h.known), 2);
    assert_int_equal(json_object_size(h.last), 1);
}

static void fixity_history_read_volume__takes_the_lines_of_that_one(
    void **state)
{
    static const char *const volumes[] = {"a/b/c", "a/b/cc", "x/a/b"};
    CLEANUP(fixity_history_fini) struct fixity_history h = {.begun = NULL};
    char path[PATH_SIZE];
    struct err err;

    log_path(*state, path);
    assert_ok(fixity_history_read_volume(path, "a/b/c", &h, &err), err);
    assert_int_equal(fixity_history_version(&h, "a/b/c"), 0);
    for (unsigned version = 1; version <= 3; version++) {
        for (unsigned v = 0; v < 3; v++)
            assert_ok(fixity_log_published(path, volumes[v], version + v, &err),
                      err);
    }
    for (unsigned v = 0; v < 3; v++) {
        fixity_history_fini(&h);
        assert_ok(fixity_history_read_volume(path, volumes[v], &h, &err), err);
        assert_int_equal(fixity_history_version(&h, volumes[v]), 3 + v);
        assert_int_equal(json_object_size(h.known), 1);
    }
}

static void fixity_log_add__goes_on_after_a_line_that_was_cut_off(void **state)
{
    CLEANUP(fixity_history_fini) struct fixity_history h = {.begun = NULL};
    CLEANUP(fixity_log_close) struct fixity_log *log = NULL;
    char path[PATH_SIZE];
    struct err err;

    log_path(*state, path);
    assert_ok(fixity_log_open(path, NULL, &log, &err), err);
    add_check(log, "a/b/c", true);
    add_check(log, "a/b/d", true);
    fixity_log_close(STEAL(log));
    assert_int_equal(truncate(path, file_size(path) - 20), 0);
    assert_ok(fixity_log_open(path, NULL, &log, &err), err);
    add_check(log, "a/b/e", true);
    assert_ok(fixity_history_read(path, &h, &err), err);
    assert_int_equal(h.unreadable, 1);
    assert_non_null(json_object_get(h.last, "a/b/c"));
    assert_null(json_object_get(h.last, "a/b/d"));
    assert_non_null(json_object_get(h.last, "a/b/e"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(fixity_history_read__tells_the_last_check_of_each),
        unit_test_in_dir(fixity_history_read__knows_a_run_that_has_no_end),
        unit_test_in_dir(fixity_history_read__knows_the_highest_version),
        unit_test_in_dir(
            fixity_history_read_volume__takes_the_lines_of_that_one),
        unit_test_in_dir(fixity_log_add__goes_on_after_a_line_that_was_cut_off),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

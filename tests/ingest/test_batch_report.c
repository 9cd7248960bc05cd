/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <string.h>

#include "ingest/batch_report.h"

struct places {
    char staging[PATH_SIZE], reports[PATH_SIZE];
};

static void write_file(const char *dir, const char *name)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(dir_make(dir, &err), err);
    assert_ok(path_format(path, &err, "%s/%s", dir, name), err);
    assert_ok(file_write_durable(path, "{}", 2, &err), err);
}

/* A staged batch: record, master, unit, picture. */
static void make_staged(const char *dir, struct places *out)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(out->staging, &err, "%s/staging", dir), err);
    assert_ok(path_format(out->reports, &err, "%s/reports", dir), err);
    assert_ok(path_format(path, &err, "%s/box-1", out->staging), err);
    write_file(path, "batch.json");
    assert_ok(path_format(path, &err, "%s/box-1/masters/v", out->staging), err);
    write_file(path, "0001.tif");
    assert_ok(path_format(path, &err, "%s/box-1/units/0001", out->staging),
              err);
    write_file(path, "unit.json");
    assert_ok(path_format(path, &err, "%s/box-1/pictures", out->staging), err);
    write_file(path, "000000-0000.jpg");
}

static bool has(const char *root, const char *name)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/%s", root, name), err);
    return file_exists(path);
}

static void close_box(const struct places *at)
{
    CLEANUP(batch_outcome_fini) struct batch_outcome outcome = {NULL, 0};
    struct err err;

    assert_ok(batch_outcome_add(&outcome, "a/b/c/0001", "packed", "", &err),
              err);
    assert_ok(batch_outcome_add(&outcome, "a/b/c/0002", "duplicate",
                                "these very bytes", &err),
              err);
    assert_ok(
        batch_report_close(at->staging, at->reports, "box-1", &outcome, &err),
        err);
}

static void batch_report_close__keeps_record_and_pictures_alone(void **state)
{
    CLEANUP(batch_outcome_fini) struct batch_outcome read = {NULL, 0};
    struct places at;
    char dir[PATH_SIZE];
    struct err err;

    make_staged(*state, &at);
    close_box(&at);
    assert_false(has(at.staging, "box-1"));
    assert_true(has(at.reports, "box-1/batch.json"));
    assert_true(has(at.reports, "box-1/pictures/000000-0000.jpg"));
    assert_false(has(at.reports, "box-1/masters"));
    assert_false(has(at.reports, "box-1/units"));
    assert_ok(batch_report_find(at.staging, at.reports, "box-1", dir, &err),
              err);
    assert_ok(batch_outcome_read(dir, &read, &err), err);
    assert_int_equal(read.count, 2);
    assert_string_equal(batch_outcome_find(&read, "a/b/c/0002")->reason,
                        "these very bytes");
    assert_null(batch_outcome_find(&read, "a/b/c/0003"));
}

/* Killed anywhere, it is done again; the same batch may come again, too. */
static void batch_report_close__can_be_done_again(void **state)
{
    struct places at;

    make_staged(*state, &at);
    close_box(&at);
    close_box(&at);
    assert_true(has(at.reports, "box-1/batch.json"));
    make_staged(*state, &at);
    close_box(&at);
    assert_true(has(at.reports, "box-1/batch.json"));
    assert_false(has(at.staging, "box-1"));
}

static void batch_report_find__takes_no_path_for_an_id(void **state)
{
    static const char *const bad[] = {"",    ".",          "..",  "../reports",
                                      "a/b", ".tmp-1-box", "none"};
    struct places at;
    char dir[PATH_SIZE];
    struct err err;

    make_staged(*state, &at);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        err.kind = ERR_NONE;
        assert_int_equal(
            batch_report_find(at.staging, at.reports, bad[i], dir, &err), -1);
        assert_int_equal(err.kind, ERR_ABSENT);
    }
}

static void batch_report_list__has_those_at_work_and_those_done(void **state)
{
    CLEANUP(name_list_fini) struct name_list list = {NULL, 0};
    struct places at;
    char path[PATH_SIZE];
    struct err err;

    make_staged(*state, &at);
    assert_ok(path_format(path, &err, "%s/a-box", at.reports), err);
    write_file(path, "batch.json");
    assert_ok(path_format(path, &err, "%s/no-batch", at.reports), err);
    assert_ok(dir_make(path, &err), err);
    assert_ok(batch_report_list(at.staging, at.reports, &list, &err), err);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.names[0], "a-box");
    assert_string_equal(list.names[1], "box-1");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(batch_report_close__keeps_record_and_pictures_alone),
        unit_test_in_dir(batch_report_close__can_be_done_again),
        unit_test_in_dir(batch_report_find__takes_no_path_for_an_id),
        unit_test_in_dir(batch_report_list__has_those_at_work_and_those_done),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

/* SPDX-License-Identifier: MIT */
#include "tefter/unit.h"

#include <string.h>
#include <sys/stat.h>

#include "tests/unit.h"

static const struct unit_limits limits = {60, 0};

static struct page *make_page(unsigned number)
{
    struct page *page = page_new();
    struct err err;

    (void)snprintf(page->volume, sizeof(page->volume), "a/b/c");
    (void)snprintf(page->id, sizeof(page->id), "a/b/c/%04u", number);
    page->number = number;
    free(page->language);
    page->language = strdup("bul");
    free(page->master);
    page->master = strdup("master.tif");
    clock_now_rfc3339(page->received_utc);
    page->orientation = 1;
    page->width_px = page->height_px = 1;
    (void)digest_bytes("", 0, DIGEST_SHA256, page->digests.sha256, &err);
    (void)digest_bytes("", 0, DIGEST_SHA512, page->digests.sha512, &err);
    return page;
}

/* A unit of two pages: a sample, and a file that is no TIFF. */
static void make_unit(const char *dir)
{
    CLEANUP(page_free) struct page *good = make_page(1);
    CLEANUP(page_free) struct page *bad = make_page(2);
    const struct page *pages[] = {good, bad};
    const char *masters[] = {SAMPLES_DIR "/batch/1979-107-002.tif", "bad.tif"};
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/bad.tif", dir), err);
    assert_ok(file_write_durable(path, "no TIFF", 7, &err), err);
    assert_ok(unit_write(dir, pages, masters, 2, &err), err);
}

static void unit_run__reads_what_can_be_read(void **state)
{
    const char *dir = *state;
    struct page_result result;
    char path[PATH_SIZE];
    struct err err;

    make_unit(dir);
    assert_int_equal(unit_result(dir, 1, &result, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_ok(unit_run(dir, &limits, -1, &err), err);
    assert_ok(unit_result(dir, 1, &result, &err), err);
    assert_true(result.is_read);
    assert_true(result.times.read_s > 0);
    assert_ok(unit_alto_path(dir, 1, path, &err), err);
    assert_true(file_size(path) > 1000);
    assert_ok(unit_result(dir, 2, &result, &err), err);
    assert_false(result.is_read);
    assert_non_null(strstr(result.reason, "bad.tif"));
}

static void unit_run__leaves_results_alone(void **state)
{
    const char *dir = *state;
    struct stat before, after;
    char path[PATH_SIZE];
    struct err err;

    make_unit(dir);
    assert_ok(unit_run(dir, &limits, -1, &err), err);
    assert_ok(unit_alto_path(dir, 1, path, &err), err);
    assert_int_equal(stat(path, &before), 0);
    assert_ok(unit_run(dir, &limits, -1, &err), err);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
}

static void unit_run__sets_a_slow_page_aside(void **state)
{
    const struct unit_limits impatient = {0.02, 0};
    struct page_result result;
    struct err err;

    make_unit(*state);
    assert_ok(unit_run(*state, &impatient, -1, &err), err);
    assert_ok(unit_result(*state, 1, &result, &err), err);
    assert_false(result.is_read);
    assert_non_null(strstr(result.reason, "ran longer than 0.02 s"));
}

#ifndef __SANITIZE_ADDRESS__
static void unit_run__sets_a_greedy_page_aside(void **state)
{
    const struct unit_limits narrow = {60, (uint64_t)1 << 20};
    struct page_result result;
    struct err err;

    make_unit(*state);
    assert_ok(unit_run(*state, &narrow, -1, &err), err);
    assert_ok(unit_result(*state, 1, &result, &err), err);
    assert_false(result.is_read);
    assert_true(strlen(result.reason) > 0);
}
#endif

static void unit_run__stops_when_results_cannot_be_written(void **state)
{
    char path[PATH_SIZE];
    struct err err;

    make_unit(*state);
    /* A folder that is not empty stands where the result's ALTO should. */
    assert_ok(path_format(path, &err, "%s/0001.alto.xml/x", (char *)*state),
              err);
    assert_ok(dir_make(path, &err), err);
    assert_int_equal(unit_run(*state, &limits, -1, &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    assert_non_null(strstr(err.msg, "a/b/c/0001"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(unit_run__reads_what_can_be_read),
        unit_test_in_dir(unit_run__leaves_results_alone),
        unit_test_in_dir(unit_run__sets_a_slow_page_aside),
#ifndef __SANITIZE_ADDRESS__
        unit_test_in_dir(unit_run__sets_a_greedy_page_aside),
#endif
        unit_test_in_dir(unit_run__stops_when_results_cannot_be_written),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

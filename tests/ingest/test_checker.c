/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <fcntl.h>
#include <string.h>

#include "ingest/checker.h"
#include "tests/ingest/made_tiff.h"

static struct rule_book *rules;

static int make_rules(void **state)
{
    struct err err;

    if (rule_book_new(&rules, &err) != 0)
        return -1;
    return unit_make_dir(state);
}

static int drop_rules(void **state)
{
    rule_book_free(rules);
    return unit_remove_dir(state);
}

#define with_rules(fn) \
    cmocka_unit_test_setup_teardown(fn, make_rules, drop_rules)

/* An open grey page of 4 pixels by rows. */
static int open_page(void **state, uint32_t rows)
{
    struct made_entry tags[] = MADE_PAGE;
    CLEANUP(buf_fini) struct buf b = BUF_INIT;
    char path[PATH_SIZE];
    struct err err;
    int fd;

    tags[MADE_LENGTH].value = tags[MADE_ROWS].value = rows;
    made_page(&b, tags, 0);
    assert_ok(path_format(path, &err, "%s/page.tif", (char *)*state), err);
    assert_ok(file_write_durable(path, b.data, b.len, &err), err);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static void checker__hands_reports_back_in_order(void **state)
{
    CLEANUP(checker_close) struct checker *c = NULL;
    unsigned added = 0;
    struct err err;

    assert_ok(checker_open(rules, 3, LOOKS_PICTURED, &c, &err), err);
    for (unsigned i = 0; i < 1000; i++) {
        struct tiff_report report;

        for (; added < 1000 && checker_has_room(c); added++)
            assert_ok(
                checker_add(c, open_page(state, 1 + added % 4), "page", &err),
                err);
        assert_ok(checker_next(c, &report, &err), err);
        assert_int_equal(report.image_count, 1);
        assert_int_equal(report.images[0].height_px, 1 + i % 4);
        tiff_report_fini(&report);
    }
}

static void checker__can_be_closed_while_children_run(void **state)
{
    struct checker *c = NULL;
    struct tiff_report report;
    struct err err;

    assert_ok(checker_open(rules, 2, LOOKS_PICTURED, &c, &err), err);
    while (checker_has_room(c))
        assert_ok(checker_add(c, open_page(state, 4), "page", &err), err);
    assert_ok(checker_next(c, &report, &err), err);
    tiff_report_fini(&report);
    checker_close(c);
}

static int open_slow(void **state)
{
    char path[PATH_SIZE];
    struct err err;
    int fd;

    assert_ok(path_format(path, &err, "%s/slow.tif", (char *)*state), err);
    fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    return fd;
}

/* 256 MiB of pixels that take their time; on the disk they are a hole. */
static void write_slow(int fd, uint32_t rows)
{
    struct made_entry tags[] = MADE_PAGE;
    CLEANUP(buf_fini) struct buf b = BUF_INIT;
    uint32_t width = 16384;

    tags[MADE_WIDTH].value = width;
    tags[MADE_LENGTH].value = tags[MADE_ROWS].value = rows;
    tags[MADE_COUNTS].value = width * rows;
    tags[MADE_OFFSETS].value = 8 + MADE_DIRECTORY_BYTES;
    made_header(&b, 8);
    made_directory(&b, tags, MADE_TAGS, 0);
    assert_int_equal(write(fd, b.data, b.len), b.len);
    assert_int_equal(ftruncate(fd, (off_t)(b.len + (size_t)width * rows)), 0);
}

static bool has_died(const struct tiff_report *report)
{
    for (size_t i = 0; i < report->findings.count; i++) {
        if (strcmp(report->findings.items[i].rule, "tiff-decoder-died") == 0)
            return true;
    }
    return false;
}

static void limit_cpu(void **state)
{
    const char text[] = "[tiff-decoder-died]\nmax_cpu_seconds = 0.1\n";
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/rules.conf", (char *)*state), err);
    assert_ok(file_write_durable(path, text, sizeof(text) - 1, &err), err);
    assert_ok(rule_book_read(rules, path, &err), err);
}

/* Small files share a child; one is made to outlast its limit of CPU time. */
static void checker__holds_a_death_against_one_file_only(void **state)
{
    CLEANUP(checker_close) struct checker *c = NULL;
    struct err err;

    limit_cpu(state);
    assert_ok(checker_open(rules, 1, LOOKS_PICTURED, &c, &err), err);
    for (unsigned i = 0; i < 5; i++) {
        int fd = i == 2 ? open_slow(state) : open_page(state, 4);

        assert_ok(checker_add(c, fd, "page", &err), err);
        if (i == 2) /* it has grown by the time that it is checked */
            write_slow(fd, 16384);
    }
    for (unsigned i = 0; i < 5; i++) {
        struct tiff_report report;

        assert_ok(checker_next(c, &report, &err), err);
        assert_int_equal(has_died(&report), i == 2);
        assert_int_equal(report.image_count, i == 2 ? 0 : 1);
        tiff_report_fini(&report);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        with_rules(checker__hands_reports_back_in_order),
        with_rules(checker__can_be_closed_while_children_run),
        with_rules(checker__holds_a_death_against_one_file_only),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

/* SPDX-License-Identifier: MIT */
#include "store/bag_check.h"

#include <string.h>

#include "tests/unit.h"

static const char *const bag_files[][2] = {
    {"bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"},
    {"data/hello.txt", "hello\n"},
    {"manifest-md5.txt", "b1946ac92492d2347c6235b4d2611184  data/hello.txt\n"},
    {"bag-info.txt", "Payload-Oxum: 6.1\n"},
};

static void write_text(const char *dir, const char *name, const char *text)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/%s", dir, name), err);
    assert_ok(file_write_durable(path, text, strlen(text), &err), err);
}

static void make_bag(const char *dir)
{
    char data[PATH_SIZE];
    struct err err;

    assert_ok(path_format(data, &err, "%s/data", dir), err);
    assert_ok(dir_make(data, &err), err);
    for (size_t i = 0; i < sizeof(bag_files) / sizeof(*bag_files); i++)
        write_text(dir, bag_files[i][0], bag_files[i][1]);
}

/* The codes found, in their order, each with a space behind it. */
static void assert_codes(const char *dir, const char *expected)
{
    CLEANUP(buf_fini) struct buf codes = BUF_INIT;
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    struct err err;

    assert_ok(bag_check(dir, &report, &err), err);
    for (size_t i = 0; i < report.count; i++)
        buf_printf(&codes, "%s ", report.faults[i].code);
    assert_string_equal(buf_str(&codes), expected);
}

static void a_whole_bag__has_no_findings(void **state)
{
    make_bag(*state);
    assert_codes(*state, "");
}

static void all_faults_are_told_not_the_first(void **state)
{
    make_bag(*state);
    write_text(*state, "data/hello.txt", "hallo\n");
    write_text(*state, "data/more.txt", "more\n");
    write_text(*state, "manifest-md5.txt",
               "b1946ac92492d2347c6235b4d2611184  data/hello.txt\n"
               "b1946ac92492d2347c6235b4d2611184  data/lost.txt\n"
               "b1946ac92492d2347c6235b4d2611184  data/../../x\n");
    assert_codes(*state, "BAG4 BAG8 BAG6 BAG7 BAG9 ");
}

/* What intake takes, is judged here, too. */
static void every_algorithm_that_is_known__is_compared(void **state)
{
    CLEANUP(buf_fini) struct buf manifest = BUF_INIT;
    char path[PATH_SIZE], hex[DIGEST_HEX_SIZE];
    struct err err;

    make_bag(*state);
    assert_ok(path_format(path, &err, "%s/data/hello.txt", (char *)*state),
              err);
    assert_ok(digest_file(path, DIGEST_BLAKE2B_512, hex, &err), err);
    buf_printf(&manifest, "%s  data/hello.txt\n", hex);
    write_text(*state, "manifest-blake2b512.txt", buf_str(&manifest));
    assert_codes(*state, "");
    manifest.data[0] = manifest.data[0] == '0' ? '1' : '0';
    write_text(*state, "manifest-blake2b512.txt", buf_str(&manifest));
    assert_codes(*state, "BAG8 ");
}

static void a_link_in_a_bag__is_a_fault(void **state)
{
    char path[PATH_SIZE];
    struct err err;

    make_bag(*state);
    assert_ok(path_format(path, &err, "%s/data/link", (char *)*state), err);
    assert_int_equal(symlink("hello.txt", path), 0);
    assert_codes(*state, "BAG10 ");
}

static void an_encoded_newline__is_part_of_the_name(void **state)
{
    make_bag(*state);
    write_text(*state, "data/a\nb%", "hello\n");
    write_text(*state, "manifest-md5.txt",
               "b1946ac92492d2347c6235b4d2611184  data/hello.txt\n"
               "b1946ac92492d2347c6235b4d2611184  data/a%0Ab%25\n");
    write_text(*state, "bag-info.txt", "Payload-Oxum: 12.2\n");
    assert_codes(*state, "");
}

static void no_folder__is_an_error(void **state)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/none", (char *)*state), err);
    assert_int_equal(bag_check(path, &report, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
}

static void a_nul_in_a_manifest__is_a_fault(void **state)
{
    static const char text[] =
        "b1946ac92492d2347c6235b4d2611184  data/hello.txt\n\0 more";
    char path[PATH_SIZE];
    struct err err;

    make_bag(*state);
    assert_ok(path_format(path, &err, "%s/manifest-md5.txt", (char *)*state),
              err);
    assert_ok(file_write_durable(path, text, sizeof(text), &err), err);
    assert_codes(*state, "BAG3 BAG7 ");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(a_whole_bag__has_no_findings),
        unit_test_in_dir(all_faults_are_told_not_the_first),
        unit_test_in_dir(every_algorithm_that_is_known__is_compared),
        unit_test_in_dir(a_link_in_a_bag__is_a_fault),
        unit_test_in_dir(an_encoded_newline__is_part_of_the_name),
        unit_test_in_dir(no_folder__is_an_error),
        unit_test_in_dir(a_nul_in_a_manifest__is_a_fault),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

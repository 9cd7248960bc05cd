/* SPDX-License-Identifier: MIT */
#include "store/archive.h"

#include <string.h>

#include "store/package.h"
#include "tests/unit.h"

static void archive_init__makes_what_archive_open_opens(void **state)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(store_close) struct store *store = NULL;
    char dir[PATH_SIZE];
    int64_t port = 0;
    struct err err;

    assert_ok(path_format(dir, &err, "%s/archive", (char *)*state), err);
    assert_ok(archive_init(dir, &err), err);
    assert_ok(archive_open(dir, &archive, &err), err);
    assert_string_equal(path_base(archive->dir), "archive");
    assert_true(dir_exists(archive->inbox));
    assert_true(dir_exists(archive->quarantine));
    assert_true(dir_exists(archive->staging));
    assert_true(dir_exists(archive->cache));
    assert_ok(store_open(archive->store, &store, &err), err);
    /* What is commented out has the default of whoever asks. */
    assert_ok(conf_int(archive->conf, "web.port", 1, 65535, &port, &err), err);
    assert_int_equal(port, 0);
}

static void archive_init__refuses_a_folder_with_something_in_it(void **state)
{
    char dir[PATH_SIZE];
    struct err err;

    assert_ok(path_format(dir, &err, "%s/archive", (char *)*state), err);
    assert_ok(archive_init(dir, &err), err);
    assert_int_equal(archive_init(dir, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
}

static void archive_open__says_what_is_no_archive(void **state)
{
    struct archive *archive = NULL;
    struct err err;

    assert_int_equal(archive_open(*state, &archive, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_non_null(strstr(err.msg, "tefter init"));
    assert_null(archive);
}

static void archive_open__reads_the_environment(void **state)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    char dir[PATH_SIZE];
    struct err err;

    assert_ok(path_format(dir, &err, "%s/archive", (char *)*state), err);
    assert_ok(archive_init(dir, &err), err);
    assert_int_equal(setenv("TEFTER_ARCHIVE", dir, 1), 0);
    assert_ok(archive_open(NULL, &archive, &err), err);
    assert_int_equal(unsetenv("TEFTER_ARCHIVE"), 0);
    assert_string_equal(path_base(archive->dir), "archive");
}

static void archive_open__looks_upwards(void **state)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    char dir[PATH_SIZE], before[PATH_SIZE];
    struct err err;

    (void)unsetenv("TEFTER_ARCHIVE");
    assert_non_null(getcwd(before, sizeof(before)));
    assert_ok(path_format(dir, &err, "%s/archive", (char *)*state), err);
    assert_ok(archive_init(dir, &err), err);
    assert_ok(path_format(dir, &err, "%s/archive/inbox", (char *)*state), err);
    assert_int_equal(chdir(dir), 0);
    int rc = archive_open(NULL, &archive, &err);
    assert_int_equal(chdir(before), 0);
    assert_ok(rc, err);
    assert_string_equal(path_base(archive->dir), "archive");
}

static void archive_open__refuses_settings_that_there_are_not(void **state)
{
    static const char good[] = "site = a\n[work]\njobs = 1\n[web]\nport = 81\n";
    static const char bad[] = "[work]\npage_megabytes = 5\n";
    CLEANUP(archive_close) struct archive *archive = NULL;
    char dir[PATH_SIZE], path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(dir, &err, "%s/archive", (char *)*state), err);
    assert_ok(archive_init(dir, &err), err);
    assert_ok(path_format(path, &err, "%s/tefter.conf", dir), err);
    assert_ok(file_write_durable(path, bad, strlen(bad), &err), err);
    assert_int_equal(archive_open(dir, &archive, &err), -1);
    assert_non_null(strstr(err.msg, "tefter.conf:2: "));
    assert_non_null(strstr(err.msg, "page_mebibytes"));
    assert_ok(file_write_durable(path, good, strlen(good), &err), err);
    assert_ok(archive_open(dir, &archive, &err), err);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(archive_init__makes_what_archive_open_opens),
        unit_test_in_dir(archive_init__refuses_a_folder_with_something_in_it),
        unit_test_in_dir(archive_open__says_what_is_no_archive),
        unit_test_in_dir(archive_open__reads_the_environment),
        unit_test_in_dir(archive_open__looks_upwards),
        unit_test_in_dir(archive_open__refuses_settings_that_there_are_not),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

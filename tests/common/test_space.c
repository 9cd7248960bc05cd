/* SPDX-License-Identifier: MIT */
#include "common/space.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "tests/unit.h"

/* A disk of one MiB below the test's folder; skips where it may not be. */
static void make_disk(void **state, char disk[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(disk, &err, "%s/disk", (char *)*state), err);
    assert_ok(dir_make(disk, &err), err);
    if (mount("tmpfs", disk, "tmpfs", 0, "size=1m") != 0) {
        print_message("skipped: this user may not mount a small disk\n");
        skip();
    }
}

static int remove_disk_and_dir(void **state)
{
    char disk[PATH_SIZE];
    struct err err;

    if (path_format(disk, &err, "%s/disk", (char *)*state) == 0)
        (void)umount2(disk, MNT_DETACH);
    return unit_remove_dir(state);
}

static void space_need__says_how_much_is_there_and_needed(void **state)
{
    char disk[PATH_SIZE];
    int64_t bytes = 0;
    struct err err;

    make_disk(state, disk);
    assert_ok(space_free(disk, &bytes, &err), err);
    assert_int_equal(bytes, 1 << 20);
    assert_ok(space_need(disk, 1000000, &err), err);
    assert_int_equal(space_need(disk, 5 << 20, &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    assert_non_null(strstr(err.msg, disk));
    assert_non_null(strstr(err.msg, "1.0 MiB free, and 5.0 MiB are needed"));
    assert_true(space_is_why(disk, &err));
    assert_int_equal(mount(NULL, disk, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    assert_int_equal(space_need(disk, 1, &err), -1);
    assert_non_null(strstr(err.msg, "mounted read-only"));
}

static void space_explain__adds_figures_to_such_errors_only(void **state)
{
    char disk[PATH_SIZE];
    struct err err;

    make_disk(state, disk);
    errno = ENOSPC;
    (void)err_set_errno(&err, "cannot write x");
    assert_int_equal(space_explain(disk, &err), -1);
    assert_non_null(strstr(err.msg, "has 1.0 MiB free: make room"));
    (void)err_set(&err, ERR_INPUT, "a bad list");
    (void)space_explain(disk, &err);
    assert_string_equal(err.msg, "a bad list");
    /* SQLite does not say why; the disk does */
    (void)err_set(&err, ERR_IO, "sqlite: step: disk I/O error");
    (void)space_explain(disk, &err);
    assert_null(strstr(err.msg, "MiB"));
    assert_int_equal(mount(NULL, disk, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    (void)space_explain(disk, &err);
    assert_non_null(strstr(err.msg, "is mounted read-only"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            space_need__says_how_much_is_there_and_needed, unit_make_dir,
            remove_disk_and_dir),
        cmocka_unit_test_setup_teardown(
            space_explain__adds_figures_to_such_errors_only, unit_make_dir,
            remove_disk_and_dir),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

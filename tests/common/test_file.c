/* SPDX-License-Identifier: MIT */
#include "common/file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit.h"

static void path_is_safe__keeps_a_name_inside(void **state)
{
    (void)state;
    assert_true(path_is_safe("a/b.tif"));
    assert_true(path_is_safe("лист 1..tif"));
    assert_false(path_is_safe(""));
    assert_false(path_is_safe("/a"));
    assert_false(path_is_safe("a//b"));
    assert_false(path_is_safe("a/../b"));
    assert_false(path_is_safe("."));
    assert_false(path_is_safe("a\nb"));
    assert_false(path_is_safe("a\\b"));
}

static void file_copy_durable__copies_and_hashes(void **state)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    CLEANUP(close_fd) int fd = -1;
    struct file_digests d;
    char from[PATH_SIZE], to[PATH_SIZE];
    struct err err;

    assert_ok(path_format(from, &err, "%s/from", (char *)*state), err);
    assert_ok(path_format(to, &err, "%s/to", (char *)*state), err);
    assert_ok(file_write_durable(from, "abc", 3, &err), err);
    fd = open(from, O_RDONLY);
    assert_ok(file_copy_durable(fd, "from", to, &d, &err), err);
    assert_int_equal(d.size_bytes, 3);
    assert_memory_equal(d.sha256, "ba7816bf", 8);
    assert_memory_equal(d.sha512, "ddaf35a1", 8);
    assert_int_equal(file_size(to), 3);
    assert_ok(dir_list(*state, &names, &err), err);
    assert_int_equal(names.count, 2);
}

static void file_copy__copies_and_leaves_nothing_when_it_fails(void **state)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    CLEANUP(close_fd) int fd = -1;
    char from[PATH_SIZE], to[PATH_SIZE], hex[DIGEST_HEX_SIZE];
    struct file_digests d;
    struct err err;

    assert_ok(path_format(from, &err, "%s/from", (char *)*state), err);
    assert_ok(path_format(to, &err, "%s/to", (char *)*state), err);
    assert_ok(file_write_durable(from, "hello", 5, &err), err);
    fd = open(from, O_RDONLY | O_CLOEXEC);
    assert_ok(file_copy(fd, "from", to, &d, &err), err);
    assert_ok(file_sync(to, &err), err);
    assert_ok(file_read(to, 10, &bytes, &err), err);
    assert_string_equal(buf_str(&bytes), "hello");
    assert_int_equal(d.size_bytes, 5);
    assert_ok(digest_bytes("hello", 5, DIGEST_SHA512, hex, &err), err);
    assert_string_equal(d.sha512, hex);
    assert_ok(file_remove(to, &err), err);
    (void)close(fd);
    fd = open(*state, O_RDONLY | O_CLOEXEC); /* a folder: reading it fails */
    assert_int_equal(file_copy(fd, "folder", to, &d, &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    assert_false(file_exists(to));
    assert_int_equal(file_sync(to, &err), -1);
}

static void file_write_durable__leaves_nothing_when_it_fails(void **state)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE];
    struct err err;

    /* The target is a folder that is not empty: rename(2) must refuse. */
    assert_ok(path_format(path, &err, "%s/d/e", (char *)*state), err);
    assert_ok(dir_make(path, &err), err);
    assert_ok(path_format(path, &err, "%s/d", (char *)*state), err);
    assert_int_equal(file_write_durable(path, "x", 1, &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    assert_ok(dir_list(*state, &names, &err), err);
    assert_int_equal(names.count, 1);
}

static void file_read__tells_absent_from_too_large(void **state)
{
    CLEANUP(buf_fini) struct buf b = BUF_INIT;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/f", (char *)*state), err);
    assert_int_equal(file_read(path, 10, &b, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_ok(file_write_durable(path, "0123456789x", 11, &err), err);
    assert_int_equal(file_read(path, 10, &b, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
}

static void dir_list__sorts_and_hides_temporaries(void **state)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    const char *made[] = {"b", "a", TEMP_PREFIX "1-c"};
    char path[PATH_SIZE];
    struct err err;

    for (size_t i = 0; i < 3; i++) {
        assert_ok(path_format(path, &err, "%s/%s", (char *)*state, made[i]),
                  err);
        assert_ok(file_write_durable(path, "", 0, &err), err);
    }
    assert_ok(dir_list(*state, &names, &err), err);
    assert_int_equal(names.count, 2);
    assert_string_equal(names.names[0], "a");
    assert_string_equal(names.names[1], "b");
    name_list_fini(&names);
    assert_ok(dir_list_all(*state, &names, &err), err);
    assert_int_equal(names.count, 3);
}

static void lock_acquire__is_busy_while_held(void **state)
{
    CLEANUP(lock_release) struct lock *first = NULL;
    struct lock *second = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/lock", (char *)*state), err);
    assert_ok(lock_acquire(path, LOCK_TRY, &first, &err), err);
    assert_int_equal(lock_acquire(path, LOCK_TRY, &second, &err), -1);
    assert_int_equal(err.kind, ERR_BUSY);
    lock_release(STEAL(first));
    assert_ok(lock_acquire(path, LOCK_TRY, &second, &err), err);
    lock_release(second);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path_is_safe__keeps_a_name_inside),
        unit_test_in_dir(file_copy_durable__copies_and_hashes),
        unit_test_in_dir(file_copy__copies_and_leaves_nothing_when_it_fails),
        unit_test_in_dir(file_write_durable__leaves_nothing_when_it_fails),
        unit_test_in_dir(file_read__tells_absent_from_too_large),
        unit_test_in_dir(dir_list__sorts_and_hides_temporaries),
        unit_test_in_dir(lock_acquire__is_busy_while_held),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

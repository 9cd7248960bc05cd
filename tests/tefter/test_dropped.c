/* SPDX-License-Identifier: MIT */
#include "tefter/dropped.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit.h"

static void put(const char *dir, const char *name, const char *text)
{
    char path[PATH_SIZE], folder[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/%s", dir, name), err);
    assert_ok(path_format(folder, &err, "%.*s",
                          (int)(path_base(path) - path - 1), path),
              err);
    assert_ok(dir_make(folder, &err), err);
    assert_ok(file_write_durable(path, text, strlen(text), &err), err);
}

static struct dropped look(const char *dir)
{
    struct dropped seen;
    struct err err;

    assert_ok(dropped_look(dir, &seen, &err), err);
    return seen;
}

static void expect_waits(const char *dir, const char *reason)
{
    struct dropped seen = look(dir);

    assert_false(seen.is_complete);
    if (strstr(seen.reason, reason) == NULL)
        fail_msg("%s\nexpected: %s", seen.reason, reason);
}

static void dropped_look__waits_for_what_is_listed(void **state)
{
    expect_waits(*state, "nothing is in it yet");
    put(*state, "v/1.tif", "x");
    assert_true(look(*state).is_complete);
    put(*state, "batch.csv", "file,volume\nv/1.tif,v\nv/2.tif,v\nv/3.tif,v\n");
    expect_waits(*state, "2 of 3 files that batch.csv lists are not there: "
                         "v/2.tif");
    put(*state, "v/2.tif", "x");
    put(*state, "v/3.tif.part", "x");
    expect_waits(*state, "a transfer is under way: v/3.tif.part");
    put(*state, "v/3.tif", "x");
    expect_waits(*state, "a transfer is under way");
    /* a list that cannot be read is for the intake to refuse */
    put(*state, "batch.csv", "nonsense");
    expect_waits(*state, "a transfer is under way");
}

static void dropped_look__waits_for_the_whole_bag(void **state)
{
    put(*state, "bagit.txt",
        "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    put(*state, "manifest-md5.txt",
        "d41d8cd98f00b204e9800998ecf8427e  data/1.tif\n"
        "d41d8cd98f00b204e9800998ecf8427e  data/2.tif\n");
    put(*state, "data/1.tif", "");
    expect_waits(*state,
                 "1 of 2 files that the bag lists are not there: 2.tif");
    put(*state, "data/2.tif", "");
    assert_true(look(*state).is_complete);
    put(*state, "batch.csv", "file,volume\ndata/1.tif,v\n3.tif,v\n");
    expect_waits(*state, "1 of 2 files that batch.csv lists are not there: "
                         "3.tif");
}

/* Some programs make a file of the full size, and then fill it. */
static void dropped_find_cut__waits_for_what_is_not_filled(void **state)
{
    static const char scan[] = SAMPLES_DIR "/batch/1962-005-002.tif";
    CLEANUP(buf_fini) struct buf whole = BUF_INIT;
    char path[PATH_SIZE], reason[320];
    struct err err;

    assert_ok(file_read(scan, SIZE_MAX, &whole, &err), err);
    assert_ok(path_format(path, &err, "%s/1.tif", (char *)*state), err);
    for (unsigned part = 0; part <= 4; part++) {
        CLEANUP(free) char *bytes = calloc(1, whole.len);

        assert_non_null(bytes);
        memcpy(bytes, whole.data, whole.len * part / 4);
        assert_ok(file_write_durable(path, bytes, whole.len, &err), err);
        dropped_find_cut(*state, reason, sizeof(reason));
        if (part == 4)
            assert_string_equal(reason, "");
        else
            assert_non_null(strstr(reason, "1.tif has zeros where"));
    }
}

static void dropped_look__sees_every_change(void **state)
{
    struct timespec times[2] = {{0, UTIME_OMIT}, {1700000000, 5}};
    struct dropped before, after;
    char path[PATH_SIZE];
    struct err err;

    put(*state, "a/1.tif", "x");
    put(*state, "a/2.tif", "x");
    before = look(*state);
    assert_string_equal(before.fingerprint, look(*state).fingerprint);
    assert_ok(path_format(path, &err, "%s/a/1.tif", (char *)*state), err);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    after = look(*state);
    assert_string_not_equal(before.fingerprint, after.fingerprint);
    put(*state, "b/1.tif", "x");
    assert_string_not_equal(look(*state).fingerprint, after.fingerprint);
    assert_int_equal(dropped_look("/nowhere", &after, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(dropped_look__waits_for_what_is_listed),
        unit_test_in_dir(dropped_look__waits_for_the_whole_bag),
        unit_test_in_dir(dropped_find_cut__waits_for_what_is_not_filled),
        unit_test_in_dir(dropped_look__sees_every_change),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

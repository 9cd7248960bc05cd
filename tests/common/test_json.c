/* SPDX-License-Identifier: MIT */
#include "common/json.h"

#include <string.h>

#include "tests/unit.h"

static void json_read_file__reads_what_was_written(void **state)
{
    CLEANUP(json_decref) json_t *in = json_pack("{s:s, s:i}", "a", "ж", "n", 3);
    CLEANUP(json_decref) json_t *out = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/x.json", (char *)*state), err);
    assert_ok(json_write_durable(path, in, &err), err);
    assert_ok(json_read_file(path, &out, &err), err);
    assert_true(json_equal(in, out));
    assert_string_equal(json_get_text(out, "a", NULL), "ж");
    assert_string_equal(json_get_text(out, "n", "none"), "none");
    assert_int_equal(json_get_int(out, "n", 0), 3);
}

static void json_read_file__names_line_and_column(void **state)
{
    json_t *out = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/x.json", (char *)*state), err);
    assert_ok(file_write_durable(path, "{\n \"a\" 1}", 9, &err), err);
    assert_int_equal(json_read_file(path, &out, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, "x.json:2:"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(json_read_file__reads_what_was_written),
        unit_test_in_dir(json_read_file__names_line_and_column),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

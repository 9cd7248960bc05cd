/* SPDX-License-Identifier: MIT */
#include "ocr/alphabet.h"

#include <stdint.h>
#include <string.h>

#include "common/buf.h"
#include "common/file.h"
#include "tests/unit.h"

#define PARTS 24

/* A model with an alphabet and nothing else. */
static void write_model(const char *dir, const char *name, const char *alphabet)
{
    CLEANUP(buf_fini) struct buf model = BUF_INIT;
    char path[PATH_SIZE];
    int32_t count = PARTS;
    struct err err;

    buf_add(&model, &count, sizeof(count));
    for (int i = 0; i < PARTS; i++) {
        int64_t at =
            i == 21 ? (int64_t)(sizeof(count) + PARTS * sizeof(at)) : -1;

        buf_add(&model, &at, sizeof(at));
    }
    buf_puts(&model, alphabet);
    assert_ok(path_format(path, &err, "%s/%s.traineddata", dir, name), err);
    assert_ok(file_write_durable(path, model.data, model.len, &err), err);
}

static void alphabet_missing__names_what_no_model_has(void **state)
{
    const char *dir = *state;
    char out[ALPHABET_SIZE];
    struct err err;

    write_model(dir, "one", "4\nNULL 0\nа 3\nѣ 3\nI 5\n");
    write_model(dir, "two", "3\n№ 10\nV 5\nIX 5\n");
    assert_ok(alphabet_missing(dir, "one", out, &err), err);
    assert_string_equal(out, "ѢѫѪѭ№VX");
    assert_ok(alphabet_missing(dir, "one+two", out, &err), err);
    assert_string_equal(out, "ѢѫѪѭX");
}

static void alphabet_missing__refuses_what_is_no_model(void **state)
{
    const char *dir = *state;
    char path[PATH_SIZE], out[ALPHABET_SIZE] = "as it was";
    struct err err;

    assert_ok(path_format(path, &err, "%s/bad.traineddata", dir), err);
    assert_ok(file_write_durable(path, "\1\0\0\0abc", 7, &err), err);
    assert_int_equal(alphabet_missing(dir, "bad", out, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(out, "as it was");
    assert_int_equal(alphabet_missing(dir, "absent", out, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(alphabet_missing__names_what_no_model_has),
        unit_test_in_dir(alphabet_missing__refuses_what_is_no_model),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

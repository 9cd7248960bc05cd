/* SPDX-License-Identifier: MIT */
/*
 * tests/unit.h - what every unit test needs: cmocka, a fresh folder, and the
 * shared corpus or the honest word that it is not there.
 *
 *     int main(int argc, char **argv)
 *     {
 *         const struct CMUnitTest tests[] = { cmocka_unit_test(...), };
 *         return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
 *     }
 *
 * An argument is a cmocka test filter: one case runs alone.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/err.h"
#include "common/file.h"

#define UNIT_SKIPPED 77

/* rc is 0, else the test fails with the message. */
#define assert_ok(rc, err)             \
    do {                               \
        if ((rc) != 0)                 \
            fail_msg("%s", (err).msg); \
    } while (0)

/* A fresh folder; its path is *state. Removed by unit_remove_dir. */
static inline int unit_make_dir(void **state)
{
    char *path = strdup("/tmp/tefter-test-XXXXXX");

    if (path == NULL || mkdtemp(path) == NULL)
        return -1;
    *state = path;
    return 0;
}

static inline int unit_remove_dir(void **state)
{
    struct err err;
    int rc = dir_remove(*state, &err);

    free(*state);
    return rc;
}

/* cmocka_unit_test with a fresh folder in *state. */
#define unit_test_in_dir(fn) \
    cmocka_unit_test_setup_teardown(fn, unit_make_dir, unit_remove_dir)

/* Tests that could not run. */
static int unit_skipped;

/* Skips the running test when ../shared is not beside the checkout. */
#define need_shared()                                                \
    do {                                                             \
        if (!dir_exists(SHARED_DIR)) {                               \
            print_message("skipped: " SHARED_DIR " is not there\n"); \
            unit_skipped++;                                          \
            skip();                                                  \
        }                                                            \
    } while (0)

/* Run all tests, or those the first argument (a cmocka filter) names. A program
 * of which one test wanted the shared corpus and did not find it counts as
 * skipped, never as passed. */
static inline int unit_main(int argc, char **argv,
                            const struct CMUnitTest *tests, size_t count)
{
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    if (_cmocka_run_group_tests("tests", tests, count, NULL, NULL) != 0)
        return 1;
    return unit_skipped > 0 ? UNIT_SKIPPED : 0;
}

#endif

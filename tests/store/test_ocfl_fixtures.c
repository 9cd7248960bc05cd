/* SPDX-License-Identifier: MIT */
/*
 * The public fixtures of OCFL 1.0 and 1.1 (github.com/OCFL/fixtures), where
 * the environment variable OCFL_FIXTURES says their folder is; otherwise this
 * is skipped. A fixture's name begins with the codes that must be found.
 */
#include "store/check.h"

#include <string.h>

#include "tests/unit.h"

static const char *fixtures;
static unsigned judged;

static bool has_code(const struct fault_report *report, const char *code)
{
    for (size_t i = 0; i < report->count; i++) {
        if (strcmp(report->faults[i].code, code) == 0)
            return true;
    }
    return false;
}

/* A fixture has a new line for each finding that it does not name. */
static void print_report(const char *name, const struct fault_report *report)
{
    print_message("%s\n", name);
    for (size_t i = 0; i < report->count; i++)
        print_message("    %-4s %-10s %s: %s\n", report->faults[i].code,
                      fault_kind_name(report->faults[i].kind),
                      report->faults[i].path, report->faults[i].message);
}

/* All codes that lead the name: E011_E013_invalid_... */
static bool has_all_codes(const char *name, const struct fault_report *report)
{
    bool all = true;

    while ((name[0] == 'E' || name[0] == 'W') &&
           strspn(name + 1, "0123456789") == 3 && name[4] == '_') {
        char code[5] = {name[0], name[1], name[2], name[3], '\0'};

        all = all && has_code(report, code);
        name += 5;
    }
    return all;
}

enum expectation { GOOD, WARNED, BAD };

static bool is_judged_right(enum expectation expected, const char *name,
                            const struct fault_report *report)
{
    switch (expected) {
    case GOOD:
        return report->count == 0;
    case WARNED:
        return !fault_report_is_broken(report) && has_all_codes(name, report);
    default:
        return fault_report_is_broken(report) && has_all_codes(name, report);
    }
}

static void judge_folder(const char *version, const char *folder,
                         enum expectation expected)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char dir[PATH_SIZE], path[PATH_SIZE];
    unsigned wrong = 0;
    const struct verify_means alone = VERIFY_MEANS_INIT;
    struct err err;

    assert_ok(path_format(dir, &err, "%s/%s/%s", fixtures, version, folder),
              err);
    assert_ok(dir_list(dir, &names, &err), err);
    assert_true(names.count > 0);
    for (size_t i = 0; i < names.count; i++) {
        struct fault_report report = FAULT_REPORT_INIT;

        assert_ok(path_format(path, &err, "%s/%s", dir, names.names[i]), err);
        assert_ok(ocfl_check_object(path, "", &alone, &report, &err), err);
        judged++;
        if (!is_judged_right(expected, names.names[i], &report)) {
            wrong++;
            print_report(path, &report);
        } else if (getenv("OCFL_FIXTURES_SHOW") != NULL) {
            print_report(path, &report);
        }
        fault_report_fini(&report);
    }
    assert_int_equal(wrong, 0);
}

static void good_objects_1_0__have_no_findings(void **state)
{
    (void)state;
    judge_folder("1.0", "good-objects", GOOD);
}

static void good_objects_1_1__have_no_findings(void **state)
{
    (void)state;
    judge_folder("1.1", "good-objects", GOOD);
}

static void warn_objects_1_0__have_their_warnings_only(void **state)
{
    (void)state;
    judge_folder("1.0", "warn-objects", WARNED);
}

static void warn_objects_1_1__have_their_warnings_only(void **state)
{
    (void)state;
    judge_folder("1.1", "warn-objects", WARNED);
}

static void bad_objects_1_0__have_their_errors(void **state)
{
    (void)state;
    judge_folder("1.0", "bad-objects", BAD);
}

static void bad_objects_1_1__have_their_errors(void **state)
{
    (void)state;
    judge_folder("1.1", "bad-objects", BAD);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_objects_1_0__have_no_findings),
        cmocka_unit_test(good_objects_1_1__have_no_findings),
        cmocka_unit_test(warn_objects_1_0__have_their_warnings_only),
        cmocka_unit_test(warn_objects_1_1__have_their_warnings_only),
        cmocka_unit_test(bad_objects_1_0__have_their_errors),
        cmocka_unit_test(bad_objects_1_1__have_their_errors),
    };
    int status;

    fixtures = getenv("OCFL_FIXTURES");
    if (fixtures == NULL) {
        print_message("skipped: OCFL_FIXTURES is not set\n");
        return UNIT_SKIPPED;
    }
    status = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    print_message("%u fixtures judged\n", judged);
    return status;
}

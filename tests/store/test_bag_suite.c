/* SPDX-License-Identifier: MIT */
/*
 * The BagIt conformance suite of the Library of Congress
 * (github.com/LibraryOfCongress/bagit-conformance-suite), where the environment
 * variable BAGIT_SUITE says its folder is; otherwise this is skipped.
 */
#include "store/bag_check.h"

#include <string.h>

#include "tests/unit.h"

static const char *suite;
static unsigned judged;

static bool is_judged_right(const char *folder,
                            const struct fault_report *report)
{
    if (strcmp(folder, "valid") == 0)
        return !fault_report_is_broken(report);
    if (strcmp(folder, "warning") == 0)
        return !fault_report_is_broken(report) && report->count > 0;
    return fault_report_is_broken(report);
}

static unsigned judge_folder(const char *version, const char *folder)
{
    CLEANUP(name_list_fini) struct name_list bags = {NULL, 0};
    char dir[PATH_SIZE], path[PATH_SIZE];
    unsigned wrong = 0;
    struct err err;

    assert_ok(path_format(dir, &err, "%s/%s/%s", suite, version, folder), err);
    if (!dir_exists(dir))
        return 0;
    assert_ok(dir_list(dir, &bags, &err), err);
    for (size_t i = 0; i < bags.count; i++) {
        CLEANUP(fault_report_fini)
        struct fault_report report = FAULT_REPORT_INIT;

        assert_ok(path_format(path, &err, "%s/%s", dir, bags.names[i]), err);
        if (!dir_exists(path))
            continue;
        assert_ok(bag_check(path, &report, &err), err);
        judged++;
        if (is_judged_right(folder, &report))
            continue;
        wrong++;
        print_message("%s\n", path);
        for (size_t k = 0; k < report.count; k++)
            print_message("    %s %s: %s\n", report.faults[k].code,
                          report.faults[k].path, report.faults[k].message);
    }
    return wrong;
}

static void the_conformance_suite__is_judged_right(void **state)
{
    static const char *const versions[] = {"v0.93", "v0.94", "v0.95",
                                           "v0.96", "v0.97", "v1.0"};
    static const char *const folders[] = {"valid", "warning", "invalid",
                                          "linux-only", "windows-only"};
    unsigned wrong = 0;

    (void)state;
    for (size_t v = 0; v < sizeof(versions) / sizeof(*versions); v++) {
        for (size_t f = 0; f < sizeof(folders) / sizeof(*folders); f++)
            wrong += judge_folder(versions[v], folders[f]);
    }
    print_message("%u bags judged, %u wrong\n", judged, wrong);
    assert_true(judged > 0);
    assert_int_equal(wrong, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_conformance_suite__is_judged_right),
    };

    suite = getenv("BAGIT_SUITE");
    if (suite == NULL) {
        print_message("skipped: BAGIT_SUITE is not set\n");
        return UNIT_SKIPPED;
    }
    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

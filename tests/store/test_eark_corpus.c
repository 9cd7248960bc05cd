/* SPDX-License-Identifier: MIT */
/*
 * What the test corpus of the DILCIS Board calls invalid is found broken, and
 * what it calls valid keeps the rule in question.
 * EARK_CORPUS=DIR: the folder corpus/ of github.com/DILCISBoard/
 * eark-ip-test-corpus. EARK_CORPUS_SHOW=1 names the valid ones that do not.
 */
#include "store/eark_check.h"

#include <string.h>

#include "common/xml.h"
#include "tests/unit.h"

static unsigned judged, own_code, valid_count, valid_wrong, line_ends;

static bool has_code(const struct fault_report *report, const char *code)
{
    for (size_t i = 0; i < report->count; i++) {
        if (strcmp(report->faults[i].code, code) == 0)
            return true;
    }
    return false;
}

static void judge_invalid(const char *folder, const char *dir,
                          const struct fault_report *report)
{
    judged++;
    own_code += has_code(report, path_base(folder));
    if (!fault_report_is_broken(report))
        fail_msg("%s was found whole", dir);
}

/* Valid examples of these rules of sizes and checksums state those that the
 * files had before their line ends were changed. */
static bool has_other_line_ends(const char *rule)
{
    static const char *const rules[] = {"CSIP41", "CSIP43", "CSIP54", "CSIP56"};

    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(rule, rules[i]) == 0)
            return true;
    }
    return false;
}

/* Many of the valid ones break some other rule: they are judged by the one
 * that they are an example of. */
static void judge_valid(const char *folder, const char *dir,
                        const struct fault_report *report)
{
    valid_count++;
    if (!has_code(report, path_base(folder)))
        return;
    if (has_other_line_ends(path_base(folder))) {
        line_ends++;
        return;
    }
    valid_wrong++;
    if (getenv("EARK_CORPUS_SHOW") == NULL)
        return;
    print_message("%s\n", dir);
    for (size_t i = 0; i < report->count; i++)
        print_message("    %s %s: %s\n", report->faults[i].code,
                      report->faults[i].path, report->faults[i].message);
}

static void judge_package(const char *folder, const xmlNode *package)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    CLEANUP(free) char *valid = xml_get_attr(package, "isValid");
    CLEANUP(free) char *made = xml_get_attr(package, "isImplemented");
    const xmlNode *path_node = xml_child(package, "path");
    CLEANUP(free)
    char *path = path_node == NULL ? NULL : xml_get_text(path_node);
    char dir[PATH_SIZE];
    struct err err;

    if (path == NULL || valid == NULL || made == NULL ||
        strcmp(made, "TRUE") != 0)
        return;
    path[strcspn(path, " \n\t")] = '\0';
    assert_ok(path_format(dir, &err, "%s/%s", folder, path), err);
    if (!dir_exists(dir))
        return;
    assert_ok(eark_check(dir, &report, &err), err);
    if (strcmp(valid, "FALSE") == 0)
        judge_invalid(folder, dir, &report);
    else
        judge_valid(folder, dir, &report);
}

static void judge_case(const char *folder)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    char path[PATH_SIZE];
    struct err err;
    const xmlNode *rule;

    assert_ok(path_format(path, &err, "%s/testCase.xml", folder), err);
    if (xml_parse_file(path, &doc, &err) != 0)
        return;
    rule = xml_child(xmlDocGetRootElement(doc), "rules");
    rule = rule == NULL ? NULL : xml_child(rule, "rule");
    for (; rule != NULL; rule = xml_next(rule, "rule")) {
        const xmlNode *error = xml_child(rule, "error");
        CLEANUP(free)
        char *level = error == NULL ? NULL : xml_get_attr(error, "level");
        const xmlNode *p = xml_child(rule, "corpusPackages");

        if (level == NULL || strcmp(level, "ERROR") != 0 || p == NULL)
            continue;
        for (p = xml_child(p, "package"); p != NULL; p = xml_next(p, "package"))
            judge_package(folder, p);
    }
}

static void judge_specification(const char *corpus, const char *name)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char dir[PATH_SIZE];
    struct err err;

    assert_ok(path_format(dir, &err, "%s/%s", corpus, name), err);
    assert_ok(dir_list(dir, &names, &err), err);
    for (size_t i = 0; i < names.count; i++) {
        char folder[PATH_SIZE];

        assert_ok(path_format(folder, &err, "%s/%s", dir, names.names[i]), err);
        judge_case(folder);
    }
}

static void eark_check__judges_as_the_corpus_does(void **state)
{
    const char *corpus = getenv("EARK_CORPUS");

    (void)state;
    if (corpus == NULL) {
        print_message("skipped: EARK_CORPUS is not set\n");
        unit_skipped++;
        skip();
    }
    judge_specification(corpus, "CSIP");
    judge_specification(corpus, "SIP");
    judge_specification(corpus, "DIP");
    assert_true(judged > 100);
    print_message("%u invalid, all found broken, %u of them by the rule that "
                  "they are of\n%u valid, %u of them found to break that rule "
                  "(%u more state "
                  "sizes and checksums of files with other line ends)\n",
                  judged, own_code, valid_count, valid_wrong, line_ends);
    assert_int_equal(valid_wrong, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eark_check__judges_as_the_corpus_does),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

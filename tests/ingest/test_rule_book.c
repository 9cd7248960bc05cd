/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <string.h>

#include "ingest/rules.h"

static struct rule_book *built_in(void)
{
    struct rule_book *book = NULL;
    struct err err;

    assert_ok(rule_book_new(&book, &err), err);
    return book;
}

/* What reading such a file says: 0, or -1 with the message in err. */
static int read_text(void **state, struct rule_book *book, const char *text,
                     struct err *err)
{
    char path[PATH_SIZE];

    assert_ok(path_format(path, err, "%s/rules.conf", (char *)*state), *err);
    assert_ok(file_write_durable(path, text, strlen(text), err), *err);
    return rule_book_read(book, path, err);
}

static void expect_refused(void **state, const char *text, const char *says)
{
    CLEANUP(rule_book_free) struct rule_book *book = built_in();
    struct err err = {ERR_NONE, ""};

    assert_int_equal(read_text(state, book, text, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    if (strstr(err.msg, says) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.msg, says);
}

static void rule_book__has_every_rule_with_its_text(void **state)
{
    CLEANUP(rule_book_free) struct rule_book *book = built_in();

    (void)state;
    assert_int_equal(rule_book_count(book), RULE_COUNT);
    for (size_t i = 0; i < rule_book_count(book); i++) {
        struct rule_entry e = rule_book_entry(book, i);

        if (strlen(e.what) < 10 || strlen(e.why) < 10 ||
            strlen(e.what_to_do) < 5)
            fail_msg("[%s] does not say what, why and what to do", e.id);
        if ((strstr(e.what, "Fixed.") != NULL) != e.is_fixed)
            fail_msg("[%s]: its text and the code differ on \"Fixed\"", e.id);
        if (e.is_fixed && strcmp(e.severity, "error") != 0)
            fail_msg("[%s] is fixed and %s", e.id, e.severity);
    }
}

/* A section that is left out would leave a rule that does nothing. */
static void rule_book__sets_every_key_in_the_built_in_file(void **state)
{
    CLEANUP(rule_book_free) struct rule_book *book = built_in();

    (void)state;
    for (size_t i = 0; i < rule_book_count(book); i++) {
        struct rule_entry e = rule_book_entry(book, i);
        const struct rule_row *row = rule_row((enum rule)i);
        char head[80];
        const char *section;

        (void)snprintf(head, sizeof(head), "\n[%s]\n", e.id);
        section = strstr(rule_book_default_text(), head);
        if (section == NULL || strstr(section, "\nseverity = ") == NULL)
            fail_msg("[%s] has no section", e.id);
        for (size_t k = 0; k < e.key_count; k++) {
            struct rule_threshold t = rule_book_threshold(book, i, k);

            if (row->keys[k].words != NULL ? t.words == NULL
                                           : t.number < row->keys[k].min)
                fail_msg("[%s] does not set %s", e.id, t.key);
        }
    }
}

static void rule_book__can_be_read_as_it_is_printed(void **state)
{
    CLEANUP(rule_book_free) struct rule_book *book = built_in();
    struct err err;

    assert_ok(read_text(state, book, rule_book_default_text(), &err), err);
}

static void rule_book__changes_only_what_the_file_says(void **state)
{
    CLEANUP(rule_book_free) struct rule_book *book = built_in();
    struct err err;

    assert_ok(read_text(state, book,
                        "[tiff-resolution]\nseverity = error\n\n"
                        "[tiff-compression]\nallowed = g4, none\n"
                        "[tiff-planar]\nseverity = off\n"
                        "[tiff-resolution-range]\nmin_dpi = 300\n",
                        &err),
              err);
    assert_int_equal(rule_severity(book, RULE_RESOLUTION), SEVERITY_ERROR);
    assert_true(rule_allows(book, RULE_COMPRESSION, "allowed", "g4"));
    assert_true(rule_allows(book, RULE_COMPRESSION, "allowed", "none"));
    assert_false(rule_allows(book, RULE_COMPRESSION, "allowed", "g3"));
    assert_false(rule_allows(book, RULE_COMPRESSION, "allowed", "g"));
    assert_int_equal(rule_severity(book, RULE_COMPRESSION), SEVERITY_WARNING);
    assert_true(rule_is_off(book, RULE_PLANAR));
    assert_float_equal(rule_number(book, RULE_RESOLUTION_RANGE, "min_dpi"), 300,
                       0);
    assert_float_equal(rule_number(book, RULE_RESOLUTION_RANGE, "max_dpi"),
                       2400, 0);
}

static void rule_book__reports_nothing_of_a_rule_that_is_off(void **state)
{
    CLEANUP(rule_book_free) struct rule_book *book = built_in();
    struct finding_list list = {NULL, 0};
    struct err err;

    assert_ok(rule_broken(book, &list, RULE_PLANAR, 0, 284, &err, "in planes"),
              err);
    assert_int_equal(list.count, 1);
    assert_ok(read_text(state, book, "[tiff-planar]\nseverity = off\n", &err),
              err);
    assert_ok(rule_broken(book, &list, RULE_PLANAR, 0, 284, &err, "in planes"),
              err);
    assert_int_equal(list.count, 1);
    finding_list_fini(&list);
}

static void rule_book__refuses_what_it_does_not_know(void **state)
{
    expect_refused(state, "\n\n[tiff-colours]\nseverity = info\n",
                   "rules.conf:4: there is no rule [tiff-colours]");
    expect_refused(state, "[tiff-icc]\nweight = info\n",
                   "rules.conf:2: [tiff-icc] has no key \"weight\"");
    expect_refused(state, "[tiff-icc]\nseverity = fatal\n",
                   "rules.conf:2: severity = fatal: expected error, warning");
    expect_refused(state, "[tiff-images]\nmax_images = many\n",
                   "rules.conf:2: max_images = many: expected a number from 1");
    expect_refused(state, "[tiff-images]\nmax_images = 0\n", "from 1 to 65535");
    expect_refused(state, "[tiff-compression]\n# ours\nallowed = g4 g5\n",
                   "rules.conf:3: allowed: \"g5\" is none of the words");
    expect_refused(state, "[tiff-compression]\nallowed =\n",
                   "rules.conf:2: allowed: expected some of: none");
    expect_refused(state, "severity = info\n",
                   "rules.conf:1: \"severity\" stands before the first [rule]");
    expect_refused(state, "[tiff-icc]\nseverity = info\nseverity = off\n",
                   "rules.conf:3: tiff-icc.severity is set twice");
    expect_refused(state, "[tiff-icc]\nnonsense\n",
                   "rules.conf:2: expected `key = value`");
}

static void rule_book__keeps_unreadable_pages_errors(void **state)
{
    expect_refused(state, "[tiff-strip-decodes]\nseverity = warning\n",
                   "rules.conf:2: [tiff-strip-decodes] severity = warning: "
                   "this rule stays an error");
    expect_refused(state, "[tiff-size]\nmax_pixels = 100\nseverity = off\n",
                   "rules.conf:3: [tiff-size] severity = off");
}

static void rule_book__is_unchanged_by_a_file_that_is_refused(void **state)
{
    CLEANUP(rule_book_free) struct rule_book *book = built_in();
    struct err err;

    assert_int_equal(read_text(state, book,
                               "[tiff-icc]\nseverity = error\n"
                               "[tiff-bits]\nallowed = 1\n"
                               "[tiff-nothing]\nseverity = info\n",
                               &err),
                     -1);
    assert_int_equal(rule_severity(book, RULE_ICC), SEVERITY_WARNING);
    assert_true(rule_allows(book, RULE_BITS, "allowed", "8"));
}

static void rule_book__says_that_a_file_is_not_there(void **state)
{
    CLEANUP(rule_book_free) struct rule_book *book = built_in();
    struct err err = {ERR_NONE, ""};

    (void)state;
    assert_int_equal(rule_book_read(book, "/nowhere/rules.conf", &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_book__has_every_rule_with_its_text),
        cmocka_unit_test(rule_book__sets_every_key_in_the_built_in_file),
        unit_test_in_dir(rule_book__can_be_read_as_it_is_printed),
        unit_test_in_dir(rule_book__changes_only_what_the_file_says),
        unit_test_in_dir(rule_book__reports_nothing_of_a_rule_that_is_off),
        unit_test_in_dir(rule_book__refuses_what_it_does_not_know),
        unit_test_in_dir(rule_book__keeps_unreadable_pages_errors),
        unit_test_in_dir(rule_book__is_unchanged_by_a_file_that_is_refused),
        cmocka_unit_test(rule_book__says_that_a_file_is_not_there),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

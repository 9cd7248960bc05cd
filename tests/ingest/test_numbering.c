/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <string.h>

#include "ingest/numbering.h"

/* Numbers of the pages from place 1 on; 0: not read. */
typedef int checking(const struct rule_book *rules,
                     const struct number_read *reads, size_t count,
                     struct finding_list *findings, struct err *err);

static struct finding_list check_by(checking *by, const int *numbers,
                                    size_t count)
{
    CLEANUP(rule_book_free) struct rule_book *rules = NULL;
    struct finding_list findings = {NULL, 0};
    struct number_read reads[32];
    size_t n = 0;
    struct err err;

    assert_ok(rule_book_new(&rules, &err), err);
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] != 0)
            reads[n++] = (struct number_read){(uint32_t)i + 1, numbers[i], 95};
    }
    assert_ok(by(rules, reads, n, &findings, &err), err);
    return findings;
}

static struct finding_list check(const int *numbers, size_t count)
{
    return check_by(numbering_check, numbers, count);
}

#define FAMILIES(...)                                              \
    check_by(numbering_check_families, (const int[]){__VA_ARGS__}, \
             sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

#define CHECK(...)                    \
    check((const int[]){__VA_ARGS__}, \
          sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

static void expect(struct finding_list findings, size_t count, const char *says)
{
    assert_int_equal(findings.count, count);
    if (count > 0 && strstr(findings.items[0].message, says) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", findings.items[0].message, says);
    finding_list_fini(&findings);
}

static void numbering__that_grows_with_the_places_is_good(void **state)
{
    (void)state;
    expect(CHECK(7, 8, 9, 10, 11, 12), 0, "");
    expect(CHECK(7, 0, 9, 0, 0, 12, 13), 0, "");
}

static void numbering__finds_a_number_that_is_missing(void **state)
{
    (void)state;
    expect(CHECK(1, 2, 3, 5, 6, 7), 1,
           "page 0003 has the number 3 and page 0004 the number 5: 1 number");
    expect(CHECK(1, 2, 3, 0, 7, 8), 1, "2 numbers between them are missing");
}

static void numbering__finds_a_number_that_is_there_twice(void **state)
{
    (void)state;
    expect(CHECK(1, 2, 3, 3, 4, 5), 1, "scanned twice");
}

static void numbering__passes_over_a_mistake_of_reading(void **state)
{
    (void)state;
    expect(CHECK(1, 2, 8, 4, 5, 6), 0, "");
}

static void numbering__of_families_is_not_of_pages(void **state)
{
    (void)state;
    expect(CHECK(3325, 17, 2008, 411, 12, 990, 5), 0, "");
    expect(CHECK(4, 9), 0, "");
    expect(check(NULL, 0), 0, "");
}

static void families__that_grow_or_go_on_are_good(void **state)
{
    (void)state;
    expect(FAMILIES(7, 8, 9, 10, 11, 12), 0, "");
    expect(FAMILIES(7, 7, 8, 9, 9, 9, 10, 11), 0, "");
    expect(FAMILIES(7, 0, 0, 8, 9, 0, 11, 12), 0, "");
}

static void families__say_which_may_be_missing(void **state)
{
    (void)state;
    expect(FAMILIES(1, 2, 2, 3, 5, 6, 7), 1,
           "page 0004 has the family 3 and page 0005 the family 5");
    expect(FAMILIES(1, 2, 3, 0, 7, 8), 1, "page 0005 the family 7");
    expect(FAMILIES(0, 21, 22, 24, 0, 25), 1, "page 0004 the family 24");
}

static void families__say_which_are_there_again(void **state)
{
    (void)state;
    expect(FAMILIES(11, 12, 13, 14, 12, 15, 16), 1,
           "page 0005 has the family 12");
    expect(FAMILIES(11, 12, 13, 12, 13, 14), 1, "page 0004 has the family 12");
}

static void families__pass_over_mistakes_and_other_orders(void **state)
{
    (void)state;
    expect(FAMILIES(11, 12, 73, 14, 15, 16), 0, "");
    expect(FAMILIES(511, 512, 513, 515, 216, 517), 1, "the family 515");
    expect(FAMILIES(11, 12, 13, 5, 14, 15), 0, "");
    expect(FAMILIES(3325, 606, 1646, 3857, 3553, 2686, 4219), 0, "");
    expect(FAMILIES(1, 2, 3), 0, "");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbering__that_grows_with_the_places_is_good),
        cmocka_unit_test(numbering__finds_a_number_that_is_missing),
        cmocka_unit_test(numbering__finds_a_number_that_is_there_twice),
        cmocka_unit_test(numbering__passes_over_a_mistake_of_reading),
        cmocka_unit_test(numbering__of_families_is_not_of_pages),
        cmocka_unit_test(families__that_grow_or_go_on_are_good),
        cmocka_unit_test(families__say_which_may_be_missing),
        cmocka_unit_test(families__say_which_are_there_again),
        cmocka_unit_test(families__pass_over_mistakes_and_other_orders),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

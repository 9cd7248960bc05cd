/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <string.h>

#include "ingest/numbering.h"

/* Numbers of the pages from place 1 on; 0: not read. */
static struct finding_list check(const int *numbers, size_t count)
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
    assert_ok(numbering_check(rules, reads, n, &findings, &err), err);
    return findings;
}

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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbering__that_grows_with_the_places_is_good),
        cmocka_unit_test(numbering__finds_a_number_that_is_missing),
        cmocka_unit_test(numbering__finds_a_number_that_is_there_twice),
        cmocka_unit_test(numbering__passes_over_a_mistake_of_reading),
        cmocka_unit_test(numbering__of_families_is_not_of_pages),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

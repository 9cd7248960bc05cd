/* SPDX-License-Identifier: MIT */
#include "ocr/trees.h"

#include <math.h>

#include "tests/unit.h"

/* Asks for measure 0 first, then for 1 below and 2 above, then for 3. */
static const struct tree one = {{0, 1, 2, 3, 3, 3, 3},
                                {10, 5, 5, 1, 1, 1, 1},
                                {-4, -3, -2, -1, 1, 2, 3, 4}};

static double sum_of(double likely)
{
    return log(likely / (1 - likely));
}

static void assert_answer(const float *measures, double want)
{
    const struct trees trees = {0, &one, 1};

    assert_true(fabs(sum_of(trees_judge(&trees, measures)) - want) < 1e-9);
}

static void trees_judge__follows_the_answers(void **state)
{
    (void)state;
    assert_answer((const float[]){0, 0, 0, 0}, -4);
    assert_answer((const float[]){0, 0, 0, 1}, -3);
    assert_answer((const float[]){0, 5, 0, 0}, -2);
    assert_answer((const float[]){10, 9, 0, 0}, 1);
    assert_answer((const float[]){10, 0, 6, 2}, 4);
}

static void trees_judge__adds_up_trees_and_base(void **state)
{
    const struct tree two[] = {one, one};
    const struct trees trees = {0.5, two, 2};
    const float measures[] = {10, 0, 0, 1}; /* 2 */

    (void)state;
    assert_true(fabs(sum_of(trees_judge(&trees, measures)) - 4.5) < 1e-9);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_judge__follows_the_answers),
        cmocka_unit_test(trees_judge__adds_up_trees_and_base),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

/* SPDX-License-Identifier: MIT */
#include "ocr/mend.h"

#include "tests/unit.h"

#define LEFT   100
#define RIGHT  700
#define MIDDLE 400
#define TOP    100
#define ROW    70
#define ROWS   6
#define BOTTOM (TOP + ROWS * ROW)

static void rules_init(struct rules *r)
{
    r->across = pixCreate(900, 700, 1);
    r->down = pixCreate(900, 700, 1);
    assert_non_null(r->across);
    assert_non_null(r->down);
}

static void across(struct rules *r, int from, int to, int y)
{
    (void)pixRenderLine(r->across, from, y, to, y, 3, L_SET_PIXELS);
}

static void down(struct rules *r, int x, int from, int to)
{
    (void)pixRenderLine(r->down, x, from, x, to, 3, L_SET_PIXELS);
}

static bool is_rule(PIX *pix, int x, int y)
{
    l_uint32 value = 0;

    assert_int_equal(pixGetPixel(pix, x, y, &value), 0);
    return value == 1;
}

/* Rows without any column. */
static void rows(struct rules *r)
{
    for (int i = 0; i <= ROWS; i++)
        across(r, LEFT, RIGHT, TOP + i * ROW);
}

static void mend(struct rules *r)
{
    struct err err;

    assert_ok(rules_mend(r, &err), err);
}

static void rules_mend__closes_the_gaps_of_a_broken_rule(void **state)
{
    CLEANUP(rules_fini) struct rules r = {NULL, NULL};

    (void)state;
    rules_init(&r);
    rows(&r);
    down(&r, LEFT, TOP, BOTTOM);
    down(&r, RIGHT, TOP, BOTTOM);
    down(&r, MIDDLE, TOP, TOP + 100);
    down(&r, MIDDLE + 1, TOP + 180, TOP + 310);
    down(&r, MIDDLE + 1, TOP + 390, BOTTOM);
    mend(&r);
    for (int y = TOP; y < BOTTOM; y++)
        assert_true(is_rule(r.down, MIDDLE, y) ||
                    is_rule(r.down, MIDDLE + 1, y));
}

/* The column stops at the rules above and below the third row. */
static void rules_mend__leaves_a_cell_that_spans_columns(void **state)
{
    CLEANUP(rules_fini) struct rules r = {NULL, NULL};

    (void)state;
    rules_init(&r);
    rows(&r);
    down(&r, LEFT, TOP, BOTTOM);
    down(&r, RIGHT, TOP, BOTTOM);
    down(&r, MIDDLE, TOP, TOP + 2 * ROW);
    down(&r, MIDDLE, TOP + 3 * ROW, BOTTOM);
    mend(&r);
    assert_false(is_rule(r.down, MIDDLE, TOP + 2 * ROW + ROW / 2));
}

static void rules_mend__closes_the_frame_even_from_rule_to_rule(void **state)
{
    CLEANUP(rules_fini) struct rules r = {NULL, NULL};

    (void)state;
    rules_init(&r);
    rows(&r);
    down(&r, MIDDLE, TOP, BOTTOM);
    down(&r, RIGHT, TOP, BOTTOM);
    down(&r, LEFT, TOP, TOP + 2 * ROW);
    down(&r, LEFT, TOP + 3 * ROW, BOTTOM);
    mend(&r);
    assert_true(is_rule(r.down, LEFT, TOP + 2 * ROW + ROW / 2));
}

static void rules_mend__does_not_bridge_the_gutter(void **state)
{
    CLEANUP(rules_fini) struct rules r = {NULL, NULL};

    (void)state;
    rules_init(&r);
    for (int i = 0; i <= ROWS; i++) {
        across(&r, LEFT, MIDDLE - 60, TOP + i * ROW);
        across(&r, MIDDLE + 60, RIGHT, TOP + i * ROW);
    }
    down(&r, LEFT, TOP, BOTTOM);
    down(&r, MIDDLE - 60, TOP, BOTTOM);
    down(&r, MIDDLE + 60, TOP, BOTTOM);
    down(&r, RIGHT, TOP, BOTTOM);
    mend(&r);
    for (int i = 0; i <= ROWS; i++)
        assert_false(is_rule(r.across, MIDDLE, TOP + i * ROW));
}

static void rules_mend__draws_a_rule_on_to_the_one_it_ends_before(void **state)
{
    CLEANUP(rules_fini) struct rules r = {NULL, NULL};

    (void)state;
    rules_init(&r);
    rows(&r);
    down(&r, LEFT, TOP, BOTTOM);
    down(&r, RIGHT, TOP, BOTTOM);
    down(&r, MIDDLE, TOP, BOTTOM - 28);
    mend(&r);
    assert_true(is_rule(r.down, MIDDLE, BOTTOM - 10));
}

static void rules_mend__gives_an_open_table_its_sides(void **state)
{
    CLEANUP(rules_fini) struct rules r = {NULL, NULL};

    (void)state;
    rules_init(&r);
    rows(&r);
    down(&r, MIDDLE, TOP, BOTTOM);
    mend(&r);
    for (int y = TOP + 5; y < BOTTOM - 5; y += 20) {
        assert_true(is_rule(r.down, LEFT, y) || is_rule(r.down, LEFT - 1, y));
        assert_true(is_rule(r.down, RIGHT, y) || is_rule(r.down, RIGHT + 1, y));
    }
}

static void rules_mend__closes_columns_that_end_in_line(void **state)
{
    CLEANUP(rules_fini) struct rules r = {NULL, NULL};

    (void)state;
    rules_init(&r);
    across(&r, LEFT, RIGHT, TOP);
    across(&r, LEFT, RIGHT, TOP + ROW);
    for (int x = LEFT; x <= RIGHT; x += 100)
        down(&r, x, TOP, BOTTOM);
    mend(&r);
    for (int x = LEFT + 5; x < RIGHT - 5; x += 20)
        assert_true(is_rule(r.across, x, BOTTOM) ||
                    is_rule(r.across, x, BOTTOM + 1));
}

/* Lines to write on, with a label before each, are no rules of a table. */
static void rules_mend__leaves_lines_that_cross_nothing(void **state)
{
    CLEANUP(rules_fini) struct rules r = {NULL, NULL};

    (void)state;
    rules_init(&r);
    across(&r, LEFT, 250, 50);
    across(&r, 350, 500, 50);
    across(&r, 600, RIGHT, 50);
    mend(&r);
    assert_false(is_rule(r.across, 300, 50));
    assert_false(is_rule(r.across, 550, 50));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_mend__closes_the_gaps_of_a_broken_rule),
        cmocka_unit_test(rules_mend__leaves_a_cell_that_spans_columns),
        cmocka_unit_test(rules_mend__closes_the_frame_even_from_rule_to_rule),
        cmocka_unit_test(rules_mend__does_not_bridge_the_gutter),
        cmocka_unit_test(rules_mend__draws_a_rule_on_to_the_one_it_ends_before),
        cmocka_unit_test(rules_mend__gives_an_open_table_its_sides),
        cmocka_unit_test(rules_mend__closes_columns_that_end_in_line),
        cmocka_unit_test(rules_mend__leaves_lines_that_cross_nothing),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

/* SPDX-License-Identifier: MIT */
#include "ocr/bend.h"

#include "tests/unit.h"

#define WIDTH  300
#define HEIGHT 80 /* of the cell at the scale of its hole */

/* How far down a cell's upper rule is, column by column. */
static int flat(int x)
{
    (void)x;
    return 10;
}

static int curled(int x)
{
    return x * x * 30 / WIDTH / WIDTH; /* falls by 30 to the right */
}

static PIX *hole(int (*top)(int x), int thick)
{
    PIX *pix = pixCreate(WIDTH, HEIGHT, 1);

    assert_non_null(pix);
    for (int x = 0; x < WIDTH; x++) {
        for (int y = top(x); y < top(x) + thick; y++)
            assert_int_equal(pixSetPixel(pix, x, y, 1), 0);
    }
    return pix;
}

static void bend_init__finds_a_straight_cell_straight(void **state)
{
    CLEANUP(pix_drop) PIX *pix = hole(flat, 50);
    CLEANUP(bend_fini) struct bend bend = {NULL, 0};
    struct err err;

    (void)state;
    assert_ok(bend_init(&bend, pix, 2 * WIDTH, 2 * HEIGHT, &err), err);
    assert_null(bend.sink);
    assert_int_equal(bend_at(&bend, 100), 0);
}

/* A line of letters along the rule comes out level, and bend_at says where
 * each of them was. */
static void bend_flatten__makes_the_line_of_a_curled_cell_level(void **state)
{
    CLEANUP(pix_drop) PIX *pix = hole(curled, 50);
    CLEANUP(pix_drop) PIX *text = pixCreate(2 * WIDTH, 2 * HEIGHT, 1);
    CLEANUP(pix_drop) PIX *level = NULL;
    CLEANUP(bend_fini) struct bend bend = {NULL, 0};
    l_int32 first = -1;
    struct err err;

    (void)state;
    for (int x = 0; x < 2 * WIDTH; x++)
        assert_int_equal(pixSetPixel(text, x, 2 * curled(x / 2) + 50, 1), 0);
    assert_ok(bend_init(&bend, pix, 2 * WIDTH, 2 * HEIGHT, &err), err);
    assert_non_null(bend.sink);
    level = bend_flatten(&bend, text);
    assert_non_null(level);
    for (int x = 10; x < 2 * WIDTH - 10; x++) {
        for (int y = 0; y < 2 * HEIGHT; y++) {
            l_uint32 value = 0;

            assert_int_equal(pixGetPixel(level, x, y, &value), 0);
            if (value == 0)
                continue;
            first = first < 0 ? y : first;
            assert_in_range(y - first + 3, 0, 6);
            assert_int_equal(y + bend_at(&bend, x), 2 * curled(x / 2) + 50);
        }
    }
    assert_true(first > 0);
}

/* A stamp or a stroke that closes half of a hole bends nothing. */
static void bend_init__is_not_misled_by_what_stands_in_a_cell(void **state)
{
    CLEANUP(pix_drop) PIX *pix = hole(flat, 50);
    CLEANUP(bend_fini) struct bend bend = {NULL, 0};
    struct err err;

    (void)state;
    for (int x = 200; x < 280; x++) {
        for (int y = 0; y < 40; y++)
            assert_int_equal(pixSetPixel(pix, x, y, 0), 0);
    }
    assert_ok(bend_init(&bend, pix, 2 * WIDTH, 2 * HEIGHT, &err), err);
    assert_null(bend.sink);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bend_init__finds_a_straight_cell_straight),
        cmocka_unit_test(bend_flatten__makes_the_line_of_a_curled_cell_level),
        cmocka_unit_test(bend_init__is_not_misled_by_what_stands_in_a_cell),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

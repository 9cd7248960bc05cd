/* SPDX-License-Identifier: MIT */
#include "ocr/outside.h"

#include "tests/unit.h"

/* So many letters of one size, 10 px apart. */
static void put_letters(PIX *ink, int x, int y, int h, int count)
{
    for (int i = 0; i < count; i++) {
        BOX *box = boxCreate(x + i * 30, y, 20, h);

        (void)pixSetInRect(ink, box);
        boxDestroy(&box);
    }
}

static void put_mark(PIX *ink, int x, int y, int w, int h)
{
    BOX *box = boxCreate(x, y, w, h);

    (void)pixSetInRect(ink, box);
    boxDestroy(&box);
}

static void assert_box(BOXA *boxes, int i, int x, int y, int w, int h)
{
    l_int32 bx, by, bw, bh;

    assert_int_equal(boxaGetBoxGeometry(boxes, i, &bx, &by, &bw, &bh), 0);
    assert_int_equal(bx, x);
    assert_int_equal(by, y);
    assert_int_equal(bw, w);
    assert_int_equal(bh, h);
}

static void outside_lines__part_at_wide_gaps_only(void **state)
{
    CLEANUP(pix_drop) PIX *ink = pixCreate(1000, 400, 1);
    BOXA *lines;
    struct err err;

    (void)state;
    put_letters(ink, 100, 100, 30, 4); /* two words of one line */
    put_letters(ink, 250, 100, 30, 3);
    put_letters(ink, 600, 104, 30, 2); /* what is typed far behind it */
    put_letters(ink, 100, 160, 30, 4); /* the line below */
    assert_ok(outside_lines(ink, 1, &lines, &err), err);
    assert_int_equal(boxaGetCount(lines), 3);
    assert_box(lines, 0, 100, 100, 230, 30);
    assert_box(lines, 1, 600, 104, 50, 30);
    assert_box(lines, 2, 100, 160, 110, 30);
    boxaDestroy(&lines);
}

static void outside_lines__take_their_dots_and_no_specks(void **state)
{
    CLEANUP(pix_drop) PIX *ink = pixCreate(1000, 400, 1);
    BOXA *lines;
    struct err err;

    (void)state;
    put_letters(ink, 100, 100, 30, 3);
    put_mark(ink, 186, 124, 6, 6);   /* its full stop            */
    put_mark(ink, 700, 100, 6, 6);   /* dirt                     */
    put_mark(ink, 800, 100, 10, 15); /* and such as a letter has */
    put_mark(ink, 500, 10, 8, 380);  /* part of a rule           */
    assert_ok(outside_lines(ink, 1, &lines, &err), err);
    assert_int_equal(boxaGetCount(lines), 1);
    assert_box(lines, 0, 100, 100, 92, 30);
    boxaDestroy(&lines);
}

static void outside_lines__keep_a_title_from_the_line_below_it(void **state)
{
    CLEANUP(pix_drop) PIX *ink = pixCreate(1000, 400, 1);
    BOXA *lines;
    struct err err;

    (void)state;
    put_letters(ink, 100, 60, 90, 5);
    put_letters(ink, 100, 158, 24, 5);
    put_letters(ink, 260, 100, 20, 2); /* small print beside the title */
    assert_ok(outside_lines(ink, 1, &lines, &err), err);
    assert_int_equal(boxaGetCount(lines), 3);
    boxaDestroy(&lines);
}

static void outside_lines__of_nothing_are_none(void **state)
{
    CLEANUP(pix_drop) PIX *ink = pixCreate(100, 100, 1);
    BOXA *lines;
    struct err err;

    (void)state;
    assert_ok(outside_lines(ink, 1, &lines, &err), err);
    assert_int_equal(boxaGetCount(lines), 0);
    boxaDestroy(&lines);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outside_lines__part_at_wide_gaps_only),
        cmocka_unit_test(outside_lines__take_their_dots_and_no_specks),
        cmocka_unit_test(outside_lines__keep_a_title_from_the_line_below_it),
        cmocka_unit_test(outside_lines__of_nothing_are_none),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

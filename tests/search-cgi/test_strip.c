/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include "search-cgi/strip.h"

static bool contains(struct rect strip, struct rect box)
{
    return strip.x <= box.x && strip.y <= box.y &&
           strip.x + strip.w >= box.x + box.w &&
           strip.y + strip.h >= box.y + box.h;
}

static void strip_of__is_wide_and_holds_the_word(void **state)
{
    const struct rect word = {1000, 2000, 200, 50};
    struct rect strip = strip_of(&word, 1, false);

    (void)state;
    assert_true(contains(strip, word));
    assert_int_equal(strip.w, STRIP_SHAPE * strip.h);
    assert_int_equal(strip.x + strip.w / 2, 1100);
    assert_int_equal(strip.h, 150);
}

static void strip_of__takes_the_line_with_most_words(void **state)
{
    const struct rect words[] = {{100, 100, 200, 50},
                                 {100, 1000, 200, 50},
                                 {900, 1010, 200, 44},
                                 {100, 1900, 200, 50}};
    struct rect strip = strip_of(words, 4, false);

    (void)state;
    assert_true(contains(strip, words[1]));
    assert_true(contains(strip, words[2]));
    assert_false(contains(strip, words[0]));
    assert_false(contains(strip, words[3]));
}

/* Three words on a line of a wide register: what would make the strip too thin
 * to be read stays out of it. */
static void strip_of__is_as_wide_as_can_be_read(void **state)
{
    const struct rect words[] = {
        {100, 1000, 200, 50}, {1500, 1000, 200, 50}, {6000, 1000, 200, 50}};
    struct rect strip = strip_of(words, 3, false);

    (void)state;
    assert_true(contains(strip, words[0]));
    assert_true(contains(strip, words[1]));
    assert_false(contains(strip, words[2]));
    assert_true(strip.w > STRIP_SHAPE * strip.h);
    assert_true(strip.w <= STRIP_MOST_WIDE * strip.h);
}

/* A phrase of one box that is wider than a strip. */
static void strip_of__holds_a_wide_box(void **state)
{
    const struct rect words[] = {{100, 1000, 4000, 50}};

    (void)state;
    assert_true(contains(strip_of(words, 1, false), words[0]));
}

static void strip_of__runs_down_a_page_that_lies_on_its_side(void **state)
{
    const struct rect words[] = {{2000, 1000, 50, 200}, {2004, 1400, 50, 200}};
    struct rect strip = strip_of(words, 2, true);

    (void)state;
    assert_true(contains(strip, words[0]));
    assert_true(contains(strip, words[1]));
    assert_true(strip.h >= STRIP_SHAPE * strip.w);
}

static void strip_of__stays_on_the_page(void **state)
{
    const struct rect word = {0, 3, 30, 20};
    struct rect strip = strip_of(&word, 1, false);

    (void)state;
    assert_int_equal(strip.x, 0);
    assert_int_equal(strip.y, 0);
    assert_true(contains(strip, word));
}

static void strip_of__is_nothing_without_a_place(void **state)
{
    const struct rect none[] = {{5, 5, 0, 0}, {7, 7, 10, 0}};

    (void)state;
    assert_int_equal(strip_of(NULL, 0, false).w, 0);
    assert_int_equal(strip_of(none, 2, false).w, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strip_of__is_wide_and_holds_the_word),
        cmocka_unit_test(strip_of__takes_the_line_with_most_words),
        cmocka_unit_test(strip_of__is_as_wide_as_can_be_read),
        cmocka_unit_test(strip_of__holds_a_wide_box),
        cmocka_unit_test(strip_of__runs_down_a_page_that_lies_on_its_side),
        cmocka_unit_test(strip_of__stays_on_the_page),
        cmocka_unit_test(strip_of__is_nothing_without_a_place),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

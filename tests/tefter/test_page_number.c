/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include "tefter/page_number.h"

/* A word round (x, y) on the master of 1000 x 1400. */
static void add(struct page_text *text, const char *word, int32_t x, int32_t y)
{
    struct quad q = {{{x - 20, y - 10},
                      {x + 20, y - 10},
                      {x + 20, y + 10},
                      {x - 20, y + 10}}};
    struct err err;

    assert_ok(page_text_begin_line(text, &err), err);
    assert_ok(page_text_add_word(text, word, 90, q, &err), err);
}

static struct page_text *new_text(int turn_cw_deg)
{
    struct page_text *text = page_text_new();
    struct err err;

    text->width_px = 1000;
    text->height_px = 1400;
    text->turn_cw_deg = turn_cw_deg;
    assert_ok(page_text_begin_block(text, &err), err);
    return text;
}

static void page_number_read__takes_the_one_in_an_upper_corner(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = new_text(0);
    struct number_read read = {0, 0, 0};

    (void)state;
    add(text, "1938", 500, 60); /* in the middle          */
    add(text, "117", 940, 60);  /* the page's own         */
    add(text, "12", 940, 1350); /* at the foot            */
    add(text, "42", 60, 700);   /* in a column            */
    add(text, "12345", 60, 60); /* too long for a page's  */
    add(text, "стр.", 60, 80);
    assert_true(page_number_read(text, &read));
    assert_int_equal(read.number, 117);
    assert_int_equal((int)read.confidence, 90);
}

static void page_number_read__is_not_sure_of_two(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = new_text(0);
    struct number_read read;

    (void)state;
    add(text, "116", 60, 60);
    add(text, "117", 940, 60);
    assert_false(page_number_read(text, &read));
}

/* Where the upper right corner of the upright page is on the master. */
static void page_number_read__knows_how_the_page_is_turned(void **state)
{
    static const struct {
        int turn_cw_deg;
        int32_t x, y;
    } corners[] = {
        {0, 940, 60}, {90, 60, 60}, {180, 60, 1340}, {270, 940, 1340}};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        CLEANUP(page_text_free)
        struct page_text *text = new_text(corners[i].turn_cw_deg);
        struct number_read read;

        add(text, "7", corners[i].x, corners[i].y);
        if (!page_number_read(text, &read))
            fail_msg("turn %d: not found", corners[i].turn_cw_deg);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_number_read__takes_the_one_in_an_upper_corner),
        cmocka_unit_test(page_number_read__is_not_sure_of_two),
        cmocka_unit_test(page_number_read__knows_how_the_page_is_turned),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

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

/* A line of up to three words from there on. */
static void add_line(struct page_text *text, const char *const words[3],
                     int32_t x, int32_t y)
{
    struct err err;

    assert_ok(page_text_begin_line(text, &err), err);
    for (int32_t i = 0; i < 3 && words[i] != NULL; i++) {
        int32_t left = x + 60 * i;
        struct quad q = {
            {{left, y}, {left + 50, y}, {left + 50, y + 20}, {left, y + 20}}};

        assert_ok(page_text_add_word(text, words[i], 90, q, &err), err);
    }
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

static void page_number_read__takes_the_one_at_the_top(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = new_text(0);
    struct number_read read = {0, 0, 0};

    (void)state;
    add(text, "117", 940, 60);  /* the page's own        */
    add(text, "12", 940, 1350); /* at the foot           */
    add(text, "42", 60, 700);   /* in a column           */
    add(text, "12345", 60, 60); /* too long for a page's */
    add(text, "Варна", 60, 80);
    assert_true(page_number_read(text, &read));
    assert_int_equal(read.number, 117);
    assert_int_equal((int)read.confidence, 90);
}

/* What books print: a line that says nothing else. */
static void page_number_read__knows_how_numbers_are_printed(void **state)
{
    static const struct {
        const char *words[3];
        long number; /* -1: none */
    } lines[] = {
        {{"-", "11", "-"}, 11},           {{"-13-", NULL, NULL}, 13},
        {{"Лист", "№", "4"}, 4},          {{"Стр.", "24", NULL}, 24},
        {{"24.", NULL, NULL}, 24},        {{"ул.", "Дунав", "24"}, -1},
        {{"17.05.1962", NULL, NULL}, -1}, {{"№", NULL, NULL}, -1},
        {{"12", "13", NULL}, -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        for (int32_t y = 60; y < 1400; y += 1280) {
            CLEANUP(page_text_free) struct page_text *text = new_text(0);
            struct number_read read = {0, -1, 0};
            bool found;

            add_line(text, lines[i].words, 500, y);
            found = page_number_read(text, &read);
            if (found != (lines[i].number >= 0) ||
                (found && read.number != lines[i].number))
                fail_msg("line %zu at %d: %s %lld", i, y,
                         found ? "found" : "none", (long long)read.number);
        }
    }
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

/* As it is read on registers: the sign is seldom right. */
static void family_number_read__takes_the_one_behind_its_label(void **state)
{
    static const struct {
        const char *words[3];
        int32_t y;
        long number; /* -1: none */
    } lines[] = {
        {{"Партида", "Хе", "3325"}, 250, 3325},
        {{"Партида", "№", "6"}, 250, 6},
        {{"Семейство", "12", NULL}, 60, 12},
        {{"Партида", "2656", "Том"}, 9, 2656},
        {{"Партида", "Ме", NULL}, 250, -1},
        {{"Партида", "1", "646"}, 250, -1},
        {{"Партида", "№", "8"}, 900, -1},
        {{"Адрес:", "№", "8"}, 250, -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        CLEANUP(page_text_free) struct page_text *text = new_text(0);
        struct number_read read = {0, -1, 0};
        bool found;

        add_line(text, lines[i].words, 100, lines[i].y);
        found = family_number_read(text, &read);
        if (found != (lines[i].number >= 0) ||
            (found && read.number != lines[i].number))
            fail_msg("line %zu: %s %lld", i, found ? "found" : "none",
                     (long long)read.number);
    }
}

static void family_number_read__is_not_sure_of_a_spread(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = new_text(0);
    const char *const left[3] = {"Партида", "№", "11"};
    const char *const right[3] = {"Партида", "№", "12"};
    struct number_read read;

    (void)state;
    add_line(text, left, 60, 100);
    add_line(text, right, 560, 100);
    assert_false(family_number_read(text, &read));
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
        cmocka_unit_test(page_number_read__takes_the_one_at_the_top),
        cmocka_unit_test(page_number_read__knows_how_numbers_are_printed),
        cmocka_unit_test(page_number_read__is_not_sure_of_two),
        cmocka_unit_test(page_number_read__knows_how_the_page_is_turned),
        cmocka_unit_test(family_number_read__takes_the_one_behind_its_label),
        cmocka_unit_test(family_number_read__is_not_sure_of_a_spread),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

/* SPDX-License-Identifier: MIT */
#include "ocr/page_text.h"

#include <string.h>

#include "tests/unit.h"

static struct quad box(int x, int y, int w, int h)
{
    return (struct quad){{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}};
}

static void assert_quad(struct quad got, struct quad want)
{
    for (int i = 0; i < 4; i++) {
        assert_int_equal(got.corner[i].x, want.corner[i].x);
        assert_int_equal(got.corner[i].y, want.corner[i].y);
    }
}

static void page_text__gives_running_text(void **state)
{
    CLEANUP(page_text_free) struct page_text *t = page_text_new();
    CLEANUP(free) char *plain = NULL;
    struct err err;

    (void)state;
    assert_ok(page_text_begin_block(t, &err), err);
    assert_ok(page_text_begin_line(t, &err), err);
    assert_ok(page_text_add_word(t, "Иван", 90, box(0, 0, 40, 10), &err), err);
    assert_ok(page_text_add_word(t, "Петров", 81, box(50, 0, 60, 10), &err),
              err);
    assert_ok(page_text_begin_line(t, &err), err);
    assert_ok(page_text_add_word(t, "1938", 70, box(0, 20, 30, 10), &err), err);
    assert_ok(page_text_begin_block(t, &err), err);
    assert_ok(page_text_begin_line(t, &err), err);
    assert_ok(page_text_add_word(t, "София", 60, box(0, 90, 30, 10), &err),
              err);
    page_text_finish(t);
    assert_ok(page_text_plain(t, &plain, &err), err);
    assert_string_equal(plain, "Иван Петров\n1938\n\nСофия\n");
    assert_int_equal(t->mean_confidence, 75);
    assert_quad(t->lines[0].quad, box(0, 0, 110, 10));
    assert_quad(t->blocks[0].quad, box(0, 0, 110, 30));
}

static void page_text__drops_lines_and_blocks_without_words(void **state)
{
    CLEANUP(page_text_free) struct page_text *t = page_text_new();
    struct err err;

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_ok(page_text_begin_block(t, &err), err);
        assert_ok(page_text_begin_line(t, &err), err);
        assert_ok(page_text_begin_line(t, &err), err);
    }
    assert_ok(page_text_add_word(t, "x", 1, box(0, 0, 1, 1), &err), err);
    assert_ok(page_text_begin_line(t, &err), err);
    assert_ok(page_text_begin_block(t, &err), err);
    page_text_finish(t);
    assert_int_equal(t->block_count, 1);
    assert_int_equal(t->line_count, 1);
    assert_int_equal(t->lines[0].word_count, 1);
}

static void page_text__empty_page_is_empty_text(void **state)
{
    CLEANUP(page_text_free) struct page_text *t = page_text_new();
    CLEANUP(free) char *plain = NULL;
    struct err err;

    (void)state;
    page_text_finish(t);
    assert_ok(page_text_plain(t, &plain, &err), err);
    assert_string_equal(plain, "");
    assert_int_equal(t->mean_confidence, 0);
}

static void page_text__line_of_a_page_turned_by_90_keeps_direction(void **state)
{
    /* Reading runs upwards: the top left of a letter lies at the bottom. */
    const struct quad first = {{{10, 500}, {10, 400}, {40, 400}, {40, 500}}};
    const struct quad second = {{{12, 380}, {12, 300}, {38, 300}, {38, 380}}};
    const struct quad both = {{{10, 500}, {10, 300}, {40, 300}, {40, 500}}};
    CLEANUP(page_text_free) struct page_text *t = page_text_new();
    struct err err;

    (void)state;
    assert_ok(page_text_add_word(t, "a", 1, first, &err), err);
    assert_ok(page_text_add_word(t, "b", 1, second, &err), err);
    page_text_finish(t);
    assert_quad(t->lines[0].quad, both);
}

static void page_text__line_of_a_mirrored_page_keeps_direction(void **state)
{
    const struct quad first = {{{500, 0}, {400, 0}, {400, 30}, {500, 30}}};
    const struct quad second = {{{380, 0}, {300, 0}, {300, 30}, {380, 30}}};
    const struct quad both = {{{500, 0}, {300, 0}, {300, 30}, {500, 30}}};
    CLEANUP(page_text_free) struct page_text *t = page_text_new();
    struct err err;

    (void)state;
    assert_ok(page_text_add_word(t, "a", 1, first, &err), err);
    assert_ok(page_text_add_word(t, "b", 1, second, &err), err);
    page_text_finish(t);
    assert_quad(t->lines[0].quad, both);
}

static void page_text_add_word__composes(void **state)
{
    CLEANUP(page_text_free) struct page_text *t = page_text_new();
    struct err err;

    (void)state;
    assert_ok(page_text_add_word(t, "и\xcc\x86", 1, box(0, 0, 1, 1), &err),
              err);
    assert_string_equal(t->words[0].text, "й");
}

static void page_text_add_word__refuses_what_is_no_word(void **state)
{
    const char *const bad[] = {
        "",           "a b",          "a\n",          "\xff", "a\x01",
        "a\302\240b", "\xe2\x80\x89", "\xe3\x80\x80", " ",    "\xef\xbf\xbf",
    };
    CLEANUP(page_text_free) struct page_text *t = page_text_new();
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        err.kind = ERR_NONE;
        assert_int_equal(
            page_text_add_word(t, bad[i], 1, box(0, 0, 1, 1), &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
    }
    assert_int_equal(page_text_add_word(t, "a", 101, box(0, 0, 1, 1), &err),
                     -1);
    assert_int_equal(
        page_text_add_word(t, "a", 1, box(INT32_MAX, 0, 0, 1), &err), -1);
    assert_int_equal(t->word_count, 0);
}

static void page_text__unread_blocks_keep_their_place(void **state)
{
    CLEANUP(page_text_free) struct page_text *t = page_text_new();
    CLEANUP(free) char *plain = NULL;
    struct extent extent;
    struct err err;

    (void)state;
    assert_ok(page_text_add_unread(t, box(0, 0, 10, 10), &err), err);
    assert_ok(page_text_add_word(t, "Иван", 90, box(0, 20, 30, 10), &err), err);
    assert_ok(page_text_add_word(t, "Ив", 74, box(40, 20, 5, 10), &err), err);
    assert_ok(page_text_add_unread(t, box(0, 40, 40, 10), &err), err);
    assert_ok(page_text_begin_block(t, &err), err);
    page_text_finish(t);
    assert_int_equal(t->block_count, 3);
    assert_true(t->blocks[0].unread);
    assert_false(t->blocks[1].unread);
    assert_true(t->blocks[2].unread);
    assert_quad(t->blocks[2].quad, box(0, 40, 40, 10));
    assert_ok(page_text_plain(t, &plain, &err), err);
    assert_string_equal(plain, "Иван Ив\n");
    extent = page_text_extent(t);
    assert_int_equal(extent.read_px, 300);
    assert_int_equal(extent.doubtful_px, 50);
    assert_int_equal(extent.unread_px, 500);
    assert_int_equal(extent_percent(&extent, extent.read_px), 35);
    assert_int_equal(extent_percent(&extent, 1), 1);
    assert_int_equal(extent_percent(&extent, 0), 0);
}

static void page_text__holds_many_words(void **state)
{
    CLEANUP(page_text_free) struct page_text *t = page_text_new();
    char word[16];
    struct err err;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        if (i % 7 == 0)
            assert_ok(page_text_begin_line(t, &err), err);
        if (i % 70 == 0)
            assert_ok(page_text_begin_block(t, &err), err);
        (void)snprintf(word, sizeof(word), "w%d", i);
        assert_ok(page_text_add_word(t, word, 1, box(i, 0, 1, 1), &err), err);
    }
    page_text_finish(t);
    assert_int_equal(t->word_count, 5000);
    assert_string_equal(t->words[4999].text, "w4999");
    assert_int_equal(t->line_count, 715);
    assert_int_equal(t->block_count, 72);
    assert_int_equal(t->lines[714].first_word, 4998);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_text__gives_running_text),
        cmocka_unit_test(page_text__drops_lines_and_blocks_without_words),
        cmocka_unit_test(page_text__empty_page_is_empty_text),
        cmocka_unit_test(
            page_text__line_of_a_page_turned_by_90_keeps_direction),
        cmocka_unit_test(page_text__line_of_a_mirrored_page_keeps_direction),
        cmocka_unit_test(page_text_add_word__composes),
        cmocka_unit_test(page_text_add_word__refuses_what_is_no_word),
        cmocka_unit_test(page_text__unread_blocks_keep_their_place),
        cmocka_unit_test(page_text__holds_many_words),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

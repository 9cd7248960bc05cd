/* SPDX-License-Identifier: MIT */
#include "ocr/hand.h"

#include <string.h>

#include "common/json.h"
#include "ocr/reader.h"
#include "tefter/ocr_score.h"
#include "tests/unit.h"

/* A made form, half of its cells written in a hand, and with type, that nothing
 * was learnt from (docs/learning.md). */
#define PAGE  DATA_DIR "/hand.tif"
#define TRUTH DATA_DIR "/hand.json"

static struct quad box(int x, int y, int w, int h)
{
    return (struct quad){{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}};
}

static void hand__is_left_unread_and_type_is_not(void **state)
{
    CLEANUP(json_decref) json_t *truth = NULL;
    CLEANUP(raster_free) struct raster *raster = NULL;
    CLEANUP(reader_close) struct reader *reader = NULL;
    CLEANUP(page_text_free) struct page_text *text = NULL;
    CLEANUP(free) struct score_word *words = NULL;
    const struct reader_options options = READER_OPTIONS_INIT;
    struct score score = {.pages = 0};
    struct extent extent;
    size_t count = 0;
    struct err err;

    (void)state;
    assert_ok(json_read_file(TRUTH, &truth, &err), err);
    assert_ok(raster_read_tiff(PAGE, 0, &raster, &err), err);
    assert_ok(reader_open(&options, &reader, &err), err);
    assert_ok(reader_read(reader, raster, "bul", &text, NULL, &err), err);
    assert_ok(score_words_of(text, &words, &count, &err), err);
    assert_ok(score_page(truth, words, count, &score, &err), err);
    assert_int_equal(score.of[SCORE_HAND].cells, 74);
    assert_in_range(score.hand_unread, 70, 74);
    assert_int_equal(score.of[SCORE_FILLED].cells, 78);
    assert_in_range(score.type_unread, 0, 2);
    assert_in_range(score.of[SCORE_FILLED].exact, 50, 78);
    extent = page_text_extent(text);
    assert_in_range(extent_percent(&extent, extent.unread_px), 40, 85);
}

/* What is by hand becomes a block of its own, where it was; the other lines of
 * its cell stay what they are. */
static void hand_leave__keeps_the_order(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    CLEANUP(page_text_free) struct page_text *left = NULL;
    __attribute__((cleanup(hand_lines_fini_at))) struct hand_lines lines = {0};
    struct hand_line hand = {.quad = box(0, 40, 90, 20), .line = 1};
    struct err err;

    (void)state;
    assert_ok(page_text_begin_block(text, &err), err);
    assert_ok(page_text_add_word(text, "а", 90, box(0, 0, 9, 9), &err), err);
    assert_ok(page_text_begin_line(text, &err), err);
    assert_ok(page_text_add_word(text, "б", 90, box(0, 40, 9, 9), &err), err);
    assert_ok(page_text_begin_line(text, &err), err);
    assert_ok(page_text_add_word(text, "в", 90, box(0, 80, 9, 9), &err), err);
    page_text_finish(text);
    hand.line_count = 1;
    hand.likely = 0.9;
    assert_ok(hand_lines_add(&lines, &hand, &err), err);
    hand = (struct hand_line){.quad = box(0, 120, 90, 20), .line = 3};
    hand.likely = 0.9; /* nothing was read of this one */
    assert_ok(hand_lines_add(&lines, &hand, &err), err);
    hand.quad = box(0, 160, 90, 20);
    hand.likely = 0.1;
    assert_ok(hand_lines_add(&lines, &hand, &err), err);
    assert_ok(hand_leave(text, &lines, &left, &err), err);
    assert_int_equal(left->block_count, 4);
    assert_int_equal(left->word_count, 2);
    assert_false(left->blocks[0].unread);
    assert_true(left->blocks[1].unread);
    assert_int_equal(left->blocks[1].quad.corner[2].y, 60);
    assert_false(left->blocks[2].unread);
    assert_string_equal(left->words[1].text, "в");
    assert_true(left->blocks[3].unread);
    assert_int_equal(left->blocks[3].quad.corner[0].y, 120);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hand__is_left_unread_and_type_is_not),
        cmocka_unit_test(hand_leave__keeps_the_order),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

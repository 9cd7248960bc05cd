/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include "index/layout.h"
#include "tests/index/made.h"

static void layout__comes_back_as_it_was(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = made_text("а б\nв");
    CLEANUP(buf_fini) struct buf packed = BUF_INIT;
    CLEANUP(free) struct word_place *places = NULL;
    struct rect third = made_box(1, 0);
    struct err err;
    size_t count;

    (void)state;
    layout_pack(text, &packed);
    assert_ok(layout_unpack(packed.data, packed.len, &places, &count, &err),
              err);
    assert_int_equal(count, 3);
    assert_int_equal(places[0].start, WORD_STARTS_BLOCK);
    assert_int_equal(places[1].start, WORD_FOLLOWS);
    assert_int_equal(places[2].start, WORD_STARTS_LINE);
    assert_memory_equal(&places[2].box, &third, sizeof(third));
}

static void layout__keeps_boxes_off_the_page_and_far_away(void **state)
{
    static const struct rect boxes[] = {
        {-5, -7, 10, 12}, {60000, 59999, 1, 1}, {0, 0, 0, 0}, {3, 2, 1, 40000}};
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    CLEANUP(buf_fini) struct buf packed = BUF_INIT;
    CLEANUP(free) struct word_place *places = NULL;
    struct err err;
    size_t count;

    (void)state;
    assert_ok(page_text_begin_block(text, &err), err);
    assert_ok(page_text_begin_line(text, &err), err);
    for (int i = 0; i < 4; i++)
        assert_ok(page_text_add_word(text, "x", 1, made_quad(boxes[i]), &err),
                  err);
    page_text_finish(text);
    layout_pack(text, &packed);
    assert_ok(layout_unpack(packed.data, packed.len, &places, &count, &err),
              err);
    assert_int_equal(count, 4);
    for (int i = 0; i < 4; i++)
        assert_memory_equal(&places[i].box, &boxes[i], sizeof(boxes[i]));
}

/* Cut anywhere, or with any byte altered, it is refused or read: no harm. */
static void layout_unpack__survives_damage(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = made_text("а б\nв г д");
    CLEANUP(buf_fini) struct buf packed = BUF_INIT;
    struct err err;
    size_t count;

    (void)state;
    layout_pack(text, &packed);
    for (size_t len = 0; len < packed.len; len++) {
        struct word_place *places = NULL;

        assert_int_equal(layout_unpack(packed.data, len, &places, &count, &err),
                         -1);
    }
    for (size_t i = 0; i < packed.len; i++)
        for (int value = 0; value < 256; value++) {
            CLEANUP(free) struct word_place *places = NULL;
            char was = packed.data[i];

            packed.data[i] = (char)value;
            (void)layout_unpack(packed.data, packed.len, &places, &count, &err);
            packed.data[i] = was;
        }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout__comes_back_as_it_was),
        cmocka_unit_test(layout__keeps_boxes_off_the_page_and_far_away),
        cmocka_unit_test(layout_unpack__survives_damage),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

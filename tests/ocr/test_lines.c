/* SPDX-License-Identifier: MIT */
/* Lines for teaching, and the boxes of words of lines read as they are. */
#include <string.h>

#include "ocr/frame.h"
#include "ocr/training/label.h"
#include "ocr/training/lstmf.h"
#include "ocr/training/soil.h"
#include "ocr/word_boxes.h"
#include "tests/unit.h"

static void label_of__writes_no_with_a_cyrillic_letter(void **state)
{
    static const char *const cases[][2] = {
        {"ул. Шипка No 12", "ул. Шипка Nо 12"},
        {"NoNo N o", "NоNо N o"},
        {"14.IX.1938 г.", "14.IX.1938 г."},
        {"", ""}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        CLEANUP(free) char *label = label_of(cases[i][0]);

        assert_string_equal(label, cases[i][1]);
    }
}

static uint32_t u32_at(const struct buf *bytes, size_t at)
{
    const uint8_t *b = (const uint8_t *)bytes->data + at;

    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
           (uint32_t)b[3] << 24;
}

/* As DocumentData::LoadDocument reads them. */
static void lstmf_write__keeps_picture_and_text(void **state)
{
    __attribute__((cleanup(lstmf_fini_at))) struct lstmf lstmf = LSTMF_INIT;
    CLEANUP(pix_drop) PIX *line = pixCreate(300, 40, 1);
    CLEANUP(pix_drop) PIX *back = NULL;
    CLEANUP(buf_fini) struct buf file = BUF_INIT;
    char path[PATH_SIZE];
    struct err err;
    size_t at;
    l_int32 same = 0;

    assert_ok(path_format(path, &err, "%s/a.lstmf", (char *)*state), err);
    (void)pixSetPixel(line, 17, 5, 1);
    assert_ok(lstmf_add(&lstmf, "first", line, "ѣ 1", &err), err);
    assert_ok(lstmf_add(&lstmf, "second", line, "2", &err), err);
    assert_ok(lstmf_write(&lstmf, path, &err), err);
    assert_ok(file_read(path, 1 << 20, &file, &err), err);
    assert_int_equal(u32_at(&file, 0), 2);
    assert_int_equal(file.data[4], 1);
    assert_int_equal(u32_at(&file, 5), 5);
    assert_memory_equal(file.data + 9, "first", 5);
    at = 14 + 4; /* the page's number */
    back = pixReadMem((l_uint8 *)file.data + at + 4, u32_at(&file, at));
    assert_non_null(back);
    assert_int_equal(pixEqual(back, line, &same), 0);
    assert_int_equal(same, 1);
    at += 4 + u32_at(&file, at); /* the language */
    at += 4 + u32_at(&file, at); /* the text     */
    assert_int_equal(u32_at(&file, at), strlen("ѣ 1"));
    assert_memory_equal(file.data + at + 4, "ѣ 1", strlen("ѣ 1"));
    at += 4 + u32_at(&file, at);
    assert_int_equal(u32_at(&file, at), 1); /* one box: left, bottom, ... */
    assert_int_equal(
        (uint8_t)file.data[at + 8] | (uint8_t)file.data[at + 9] << 8, 300);
}

/* A line of small letters is given as many rows as one of tall ones. */
static void frame_line__keeps_small_letters_small(void **state)
{
    CLEANUP(pix_drop) PIX *low = pixCreate(100, 20, 1);
    CLEANUP(pix_drop) PIX *high = pixCreate(100, 60, 8);
    CLEANUP(pix_drop) PIX *framed_low = NULL;
    CLEANUP(pix_drop) PIX *framed_high = NULL;
    struct point by;
    l_uint32 corner = 0;

    (void)state;
    framed_low = frame_line(low, true, 1, &by);
    assert_int_equal(pixGetHeight(framed_low), 44);
    assert_int_equal(by.y, 12);
    framed_high = frame_line(high, true, 1, &by);
    assert_int_equal(pixGetHeight(framed_high), 66);
    assert_int_equal(by.x, 3);
    assert_int_equal(pixGetPixel(framed_high, 0, 0, &corner), 0);
    assert_int_equal(corner, 255); /* white round it */
}

static struct quad quad_at(int x, int y, int w, int h)
{
    return (struct quad){{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}};
}

static void ink_at(PIX *ink, int x, int w)
{
    (void)pixRasterop(ink, x, 10, w, 20, PIX_SET, NULL, 0, 0);
}

/* Seen on registers: the first word had the box of all three. */
static void word_boxes_mend__parts_a_word_that_covers_the_line(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    CLEANUP(pix_drop) PIX *ink = pixCreate(320, 40, 1);
    struct err err;
    struct rect r;

    (void)state;
    ink_at(ink, 5, 80);
    ink_at(ink, 110, 60);
    ink_at(ink, 200, 100);
    assert_ok(page_text_begin_line(text, &err), err);
    assert_ok(
        page_text_add_word(text, "Тодор", 90, quad_at(105, 210, 300, 20), &err),
        err);
    assert_ok(
        page_text_add_word(text, "Енев", 90, quad_at(210, 210, 60, 20), &err),
        err);
    assert_ok(page_text_add_word(text, "Атанасов", 90,
                                 quad_at(300, 210, 100, 20), &err),
              err);
    word_boxes_mend(text, ink, (struct point){100, 200});
    r = quad_bounds(text->words[0].quad);
    assert_int_equal(r.x, 105);
    assert_int_equal(r.w, 80);
    assert_int_equal(r.y, 210);
    assert_int_equal(r.h, 20);
    r = quad_bounds(text->words[1].quad);
    assert_int_equal(r.x, 210);
    assert_int_equal(r.w, 60);
}

/* The word in the middle has it: both others keep theirs. */
static void word_boxes_mend__parts_one_in_the_middle(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    CLEANUP(pix_drop) PIX *ink = pixCreate(320, 40, 1);
    struct err err;
    struct rect r;

    (void)state;
    ink_at(ink, 5, 80);
    ink_at(ink, 110, 60);
    ink_at(ink, 200, 100);
    assert_ok(page_text_begin_line(text, &err), err);
    assert_ok(page_text_add_word(text, "1", 90, quad_at(5, 10, 80, 20), &err),
              err);
    assert_ok(
        page_text_add_word(text, "май", 90, quad_at(5, 10, 295, 20), &err),
        err);
    assert_ok(
        page_text_add_word(text, "1938", 90, quad_at(200, 10, 100, 20), &err),
        err);
    word_boxes_mend(text, ink, (struct point){0, 0});
    r = quad_bounds(text->words[1].quad);
    assert_int_equal(r.x, 110);
    assert_int_equal(r.w, 60);
    r = quad_bounds(text->words[0].quad);
    assert_int_equal(r.w, 80);
}

/* Where the line lies in the soiled one: its black top row is 40 px long. */
static int place_of(PIX *soiled)
{
    for (int x = 0; x + 40 <= pixGetWidth(soiled); x++) {
        int n = 0;
        l_uint32 v = 0;

        while (n < 40 && pixGetPixel(soiled, x + n, 20, &v) == 0 &&
               (pixGetDepth(soiled) == 1 ? v == 1 : v == 0))
            n++;
        if (n == 40)
            return x;
    }
    return -1;
}

static PIX *line_of_depth(int depth)
{
    PIX *line = pixCreate(80, 44, depth);

    (void)pixSetBlackOrWhite(line, L_SET_WHITE);
    for (int x = 20; x < 60; x++)
        (void)pixSetPixel(line, x, 20, depth == 1 ? 1 : 0);
    return line;
}

/* Dirt stands beside what is there, which stays as it was; and not where full
 * stops do. */
static void soil_line__puts_dirt_beside_some(void **state)
{
    int soiled_count = 0;

    (void)state;
    for (int i = 0; i < 600; i++) {
        CLEANUP(pix_drop) PIX *line = line_of_depth(i % 2 == 0 ? 1 : 8);
        CLEANUP(pix_drop) PIX *soiled = NULL;
        CLEANUP(pix_drop) PIX *again = NULL;
        CLEANUP(pix_drop) PIX *back = NULL;
        BOX *box;
        char name[32];
        struct err err;
        l_int32 same = 0;

        (void)snprintf(name, sizeof(name), "practice-%d", i);
        assert_ok(soil_line(line, name, &soiled, &err), err);
        assert_ok(soil_line(line, name, &again, &err), err);
        assert_int_equal(pixEqual(soiled, again, &same), 0);
        assert_int_equal(same, 1);
        assert_int_equal(pixGetHeight(soiled), pixGetHeight(line));
        soiled_count += pixGetWidth(soiled) > pixGetWidth(line);
        box = boxCreate(place_of(soiled), 0, 40, 44);
        back = pixClipRectangle(soiled, box, NULL);
        boxDestroy(&box);
        assert_int_equal(pixGetWidth(back), 40);
        for (int y = 0; y < 44; y++) {
            l_uint32 v = 0;

            (void)pixGetPixel(back, 39, y, &v);
            assert_int_equal(v, y == 20 ? (i % 2 == 0 ? 1 : 0)
                                        : (i % 2 == 0 ? 0 : 255));
        }
    }
    assert_in_range(soiled_count, 100, 200); /* a quarter of them */
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(soil_line__puts_dirt_beside_some),
        cmocka_unit_test(label_of__writes_no_with_a_cyrillic_letter),
        unit_test_in_dir(lstmf_write__keeps_picture_and_text),
        cmocka_unit_test(frame_line__keeps_small_letters_small),
        cmocka_unit_test(word_boxes_mend__parts_a_word_that_covers_the_line),
        cmocka_unit_test(word_boxes_mend__parts_one_in_the_middle),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

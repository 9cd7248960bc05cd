/* SPDX-License-Identifier: MIT */
#include "ocr/sheet.h"

#include <math.h>
#include <string.h>

#include "tests/unit.h"

#define WIDTH  1700
#define HEIGHT 1400
#define PAPER  225
#define INK    40

static struct raster *page(enum raster_form form)
{
    struct raster *r = NULL;
    struct err err;

    assert_ok(raster_new(form, WIDTH, HEIGHT, &r, &err), err);
    memset(r->data, form == RASTER_BITONAL ? 0 : PAPER,
           r->height_px * r->stride_bytes);
    r->xres_dpi = r->yres_dpi = 300;
    r->orientation = 1;
    return r;
}

static void put(struct raster *r, int x, int y)
{
    uint8_t *row = r->data + (size_t)y * r->stride_bytes;

    if (r->form == RASTER_BITONAL)
        row[x >> 3] |= (uint8_t)(0x80u >> (x & 7));
    else
        row[x] = INK;
}

/* Lines of words that fall by so many degrees to the right. */
static struct raster *lines_aslant(double cw_deg)
{
    struct raster *r = page(RASTER_GREY);
    double c = cos(cw_deg * M_PI / 180);
    double s = sin(cw_deg * M_PI / 180);

    for (int y = 300; y < HEIGHT - 300; y++) {
        for (int x = 300; x < WIDTH - 300; x++) {
            double along = fmod(c * x + s * y + 10000, 140);
            double letter = fmod(along, 28);
            double down = fmod(c * y - s * x + 10000, 70);

            if (along < 112 && letter < 20 && down < 26)
                put(r, x, y);
        }
    }
    return r;
}

static void make(const struct raster *raster, struct sheet *sheet)
{
    struct err err;

    assert_ok(sheet_init(sheet, raster, (struct pose){false, 0}, false, &err),
              err);
}

static bool is_ink(const struct sheet *sheet, int x, int y)
{
    l_uint32 value = 0;

    assert_int_equal(pixGetPixel(sheet->ink, x, y, &value), 0);
    return value == 1;
}

static void sheet_init__levels_a_page_however_far_aslant(void **state)
{
    static const double degrees[] = {-15, -9.3, -2, 3.5, 8, 14.6};

    (void)state;
    for (size_t i = 0; i < sizeof(degrees) / sizeof(*degrees); i++) {
        CLEANUP(raster_free) struct raster *raster = lines_aslant(degrees[i]);
        CLEANUP(sheet_fini) struct sheet sheet = {.ink = NULL};

        make(raster, &sheet);
        assert_true(fabs(sheet.skew_cw_deg + degrees[i]) < 0.1);
        assert_true(sheet.skew_confidence >= 3);
    }
}

static void sheet_init__turns_nothing_without_lines(void **state)
{
    CLEANUP(raster_free) struct raster *raster = page(RASTER_GREY);
    CLEANUP(sheet_fini) struct sheet sheet = {.ink = NULL};

    (void)state;
    for (int y = 600; y < 800; y++) {
        for (int x = 700; x < 900; x++) {
            if (hypot(x - 800, y - 700) < 90)
                put(raster, x, y);
        }
    }
    make(raster, &sheet);
    assert_true(sheet.skew_cw_deg == 0);
}

/* Paper of dots, as error diffusion makes it, and a black square. */
static void sheet_init__takes_dots_of_a_dithered_page_for_paper(void **state)
{
    CLEANUP(raster_free) struct raster *raster = page(RASTER_BITONAL);
    CLEANUP(sheet_fini) struct sheet sheet = {.ink = NULL};
    unsigned random = 1;

    (void)state;
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            random = random * 1103515245 + 12345;
            if ((x + 2 * (y % 2)) % 4 == 0 && y % 2 == 0 && random >> 16 & 3)
                put(raster, x, y);
            if (x >= 800 && x < 860 && y >= 700 && y < 760)
                put(raster, x, y);
        }
    }
    make(raster, &sheet);
    assert_true(sheet.has_grey);
    assert_true(is_ink(&sheet, 830, 730));
    for (int y = 400; y < 600; y++) {
        for (int x = 300; x < 500; x++)
            assert_false(is_ink(&sheet, x, y));
    }
}

/* A scanner's border is thick ink, and must not hide that the page is dots. */
static void sheet_init__sees_dots_inside_a_black_border(void **state)
{
    CLEANUP(raster_free) struct raster *raster = page(RASTER_BITONAL);
    CLEANUP(sheet_fini) struct sheet sheet = {.ink = NULL};

    (void)state;
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            if (x < 160 || x >= WIDTH - 160 || y < 160 || y >= HEIGHT - 160 ||
                (y % 2 == 0 && (x + y) % 4 == 0))
                put(raster, x, y);
        }
    }
    make(raster, &sheet);
    assert_true(sheet.has_grey);
    assert_false(is_ink(&sheet, 20, 20));
}

static void sheet_init__leaves_black_on_white_as_it_is(void **state)
{
    CLEANUP(raster_free) struct raster *raster = page(RASTER_BITONAL);
    CLEANUP(sheet_fini) struct sheet sheet = {.ink = NULL};

    (void)state;
    for (int y = 700; y < 710; y++)
        put(raster, 801, y); /* a stroke of one pixel, and a speck */
    put(raster, 400, 400);
    make(raster, &sheet);
    assert_false(sheet.has_grey);
    assert_null(sheet.grey);
    assert_true(is_ink(&sheet, 801, 705));
    assert_true(is_ink(&sheet, 400, 400));
    assert_false(is_ink(&sheet, 802, 705));
}

static l_uint32 level_at(PIX *pix, int x, int y)
{
    l_uint32 value = 0;

    assert_int_equal(pixGetPixel(pix, x, y, &value), 0);
    return value;
}

static void sheet_show__keeps_the_edges_of_letters_and_nothing_else(
    void **state)
{
    CLEANUP(raster_free) struct raster *raster = page(RASTER_GREY);
    CLEANUP(sheet_fini) struct sheet sheet = {.ink = NULL};
    CLEANUP(pix_drop) PIX *ink = NULL;
    CLEANUP(pix_drop) PIX *grey = NULL;
    CLEANUP(pix_drop) PIX *shown = NULL;
    struct err err;
    BOX *box = boxCreate(780, 680, 100, 100);

    (void)state;
    for (int y = 700; y < 760; y++) {
        for (int x = 800; x < 830; x++)
            put(raster, x, y);
        raster->data[(size_t)y * raster->stride_bytes + 830] = 215;
        raster->data[(size_t)y * raster->stride_bytes + 860] = 215;
    }
    make(raster, &sheet);
    ink = pixClipRectangle(sheet.ink, box, NULL);
    grey = pixClipRectangle(sheet.grey, box, NULL);
    boxDestroy(&box);
    assert_ok(sheet_show(grey, ink, &shown, &err), err);
    assert_int_equal(pixGetDepth(shown), 8);
    assert_true(level_at(shown, 30, 40) < 100);         /* the letter     */
    assert_in_range(level_at(shown, 50, 40), 200, 250); /* its edge */
    assert_int_equal(level_at(shown, 80, 40), 255);     /* far from ink   */
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sheet_init__levels_a_page_however_far_aslant),
        cmocka_unit_test(sheet_init__turns_nothing_without_lines),
        cmocka_unit_test(sheet_init__takes_dots_of_a_dithered_page_for_paper),
        cmocka_unit_test(sheet_init__sees_dots_inside_a_black_border),
        cmocka_unit_test(sheet_init__leaves_black_on_white_as_it_is),
        cmocka_unit_test(
            sheet_show__keeps_the_edges_of_letters_and_nothing_else),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

/* SPDX-License-Identifier: MIT */
#include "search-cgi/pyramid.h"

#include <string.h>

#include "common/file.h"
#include "tests/search-cgi/picture.h"

/* Quality 85 on a smooth picture. */
#define TOLERANCE 6

static struct pyramid *pyramid_of(const char *dir, struct raster *raster)
{
    struct pyramid *p = NULL;
    char temp[PATH_SIZE];
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(temp, &err, "%s/.tmp-p", dir), err);
    assert_ok(path_format(path, &err, "%s/p.tif", dir), err);
    assert_ok(pyramid_make_from(raster, temp, path, &err), err);
    assert_false(file_exists(temp));
    assert_ok(pyramid_open(path, &p, &err), err);
    raster_free(raster);
    return p;
}

static void assert_near(unsigned a, unsigned b, unsigned tolerance)
{
    assert_in_range(a, b < tolerance ? 0 : b - tolerance, b + tolerance);
}

static void pyramid_levels_for__halves_until_one_tile(void **state)
{
    static const struct {
        uint32_t width, height;
        unsigned levels;
    } table[] = {{1, 1, 1},      {256, 256, 1},  {257, 1, 2},
                 {512, 512, 2},  {513, 512, 3},  {2480, 3508, 5},
                 {1, 70000, 10}, {20000, 300, 8}};

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        assert_int_equal(pyramid_levels_for(table[i].width, table[i].height),
                         table[i].levels);
    assert_int_equal(pyramid_side(2481, 1), 1241);
    assert_int_equal(pyramid_side(3, 9), 1);
}

static void pyramid_open__tells_levels_with_odd_sides(void **state)
{
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_smooth(RASTER_GREY, 1027, 601));
    static const uint32_t sides[][2] = {
        {1027, 601}, {514, 301}, {257, 151}, {129, 76}};

    assert_int_equal(pyramid_level_count(p), 4);
    for (unsigned n = 0; n < 4; n++) {
        struct pyramid_level l = pyramid_level(p, n);

        assert_int_equal(l.width_px, sides[n][0]);
        assert_int_equal(l.height_px, sides[n][1]);
        assert_int_equal(l.columns, (sides[n][0] + 255) / 256);
        assert_int_equal(l.rows, (sides[n][1] + 255) / 256);
        assert_true(l.is_jpeg);
        assert_int_equal(l.form, RASTER_GREY);
    }
}

/* Every tile of a level against what the full picture has there. */
static void check_level(struct pyramid *p, unsigned level, unsigned channels)
{
    static uint8_t pixels[TILE_PX * TILE_PX * 3];
    struct pyramid_level l = pyramid_level(p, level);
    size_t stride = (size_t)TILE_PX * channels;
    uint32_t scale = 1U << level;
    struct err err;

    for (uint32_t t = 0; t < l.columns * l.rows; t++) {
        struct tile_at at = {level, t % l.columns, t / l.columns};

        assert_ok(pyramid_tile_read(p, at, pixels, stride, &err), err);
        for (uint32_t y = 0; y < TILE_PX; y += 17) {
            for (uint32_t x = 0; x < TILE_PX; x += 13) {
                uint32_t lx = at.column * TILE_PX + x;
                uint32_t ly = at.row * TILE_PX + y;

                if (lx + 1 >= l.width_px || ly + 1 >= l.height_px)
                    continue;
                for (unsigned c = 0; c < channels; c++)
                    assert_near(pixels[y * stride + x * channels + c],
                                smooth_value(lx * scale + scale / 2,
                                             ly * scale + scale / 2, c),
                                TOLERANCE + scale / 2);
            }
        }
    }
}

static void pyramid_tile_read__shows_grey_at_every_level(void **state)
{
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_smooth(RASTER_GREY, 1100, 700));

    for (unsigned n = pyramid_level_count(p); n-- > 0;)
        check_level(p, n, 1);
}

static void pyramid_tile_read__shows_colour_at_every_level(void **state)
{
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_smooth(RASTER_RGB, 900, 1030));

    for (unsigned n = 0; n < pyramid_level_count(p); n++)
        check_level(p, n, 3);
}

static void pyramid_tile_read__keeps_every_bit_of_a_bitonal_page(void **state)
{
    static uint8_t pixels[TILE_PX * TILE_PX];
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_inked(523, 301));
    struct err err;

    assert_false(pyramid_level(p, 0).is_jpeg);
    for (uint32_t t = 0; t < 6; t++) {
        struct tile_at at = {0, t % 3, t / 3};

        assert_ok(pyramid_tile_read(p, at, pixels, TILE_PX, &err), err);
        for (uint32_t y = 0; y < TILE_PX; y++)
            for (uint32_t x = 0; x < TILE_PX; x++) {
                uint32_t px = at.column * TILE_PX + x;
                uint32_t py = at.row * TILE_PX + y;
                bool ink = px < 523 && py < 301 && ink_at(px, py);

                assert_int_equal(pixels[y * TILE_PX + x], ink ? 0 : 255);
            }
    }
}

static void pyramid_level__of_bitonal_page_is_grey_below_full_size(void **state)
{
    static uint8_t pixels[TILE_PX * TILE_PX];
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_inked(523, 301));
    struct raster *paper = NULL;
    struct err err;

    assert_int_equal(pyramid_level(p, 1).form, RASTER_GREY);
    assert_true(pyramid_level(p, 1).is_jpeg);
    pyramid_close(p);
    p = NULL;
    assert_ok(raster_new(RASTER_BITONAL, 600, 600, &paper, &err), err);
    memset(paper->data, 0, paper->stride_bytes * 600);
    p = pyramid_of(*state, paper);
    assert_ok(
        pyramid_tile_read(p, (struct tile_at){2, 0, 0}, pixels, TILE_PX, &err),
        err);
    assert_near(pixels[0], 255, 1); /* no ink is white, not black */
}

static void pyramid_tile_jpeg__is_a_grey_jpeg_file(void **state)
{
    static uint8_t pixels[TILE_PX * TILE_PX];
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_smooth(RASTER_GREY, 800, 800));
    CLEANUP(decoded_fini) struct decoded d = {0};
    CLEANUP(buf_fini) struct buf file = BUF_INIT;
    struct tile_at at = {1, 0, 0};
    struct err err;

    assert_ok(pyramid_tile_jpeg(p, at, &file, &err), err);
    assert_ok(pyramid_tile_read(p, at, pixels, TILE_PX, &err), err);
    decode_jpeg(&file, &d);
    assert_int_equal(d.jpeg_colour, JCS_GRAYSCALE);
    assert_int_equal(d.width_px, TILE_PX);
    assert_int_equal(d.height_px, TILE_PX);
    assert_memory_equal(d.pixels, pixels, sizeof(pixels));
}

static void pyramid_tile_jpeg__is_understood_as_ycbcr(void **state)
{
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_smooth(RASTER_RGB, 800, 800));
    CLEANUP(decoded_fini) struct decoded d = {0};
    CLEANUP(buf_fini) struct buf file = BUF_INIT;
    struct err err;

    assert_ok(pyramid_tile_jpeg(p, (struct tile_at){0, 1, 2}, &file, &err),
              err);
    assert_memory_equal(file.data + 6, "JFIF", 5);
    decode_jpeg(&file, &d);
    assert_int_equal(d.jpeg_colour, JCS_YCbCr);
    assert_int_equal(d.channels, 3);
    for (uint32_t y = 0; y < TILE_PX; y += 5)
        for (uint32_t x = 0; x < TILE_PX; x += 5)
            for (unsigned c = 0; c < 3; c++)
                assert_near(decoded_at(&d, x, y, c),
                            smooth_value(TILE_PX + x, 2 * TILE_PX + y, c),
                            TOLERANCE);
}

static void pyramid_tile__refuses_what_is_not_there(void **state)
{
    static uint8_t pixels[TILE_PX * TILE_PX];
    static const struct tile_at wrong[] = {
        {0, 3, 0}, {0, 0, 2}, {2, 1, 0}, {99, 0, 0}};
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_inked(523, 301));
    CLEANUP(buf_fini) struct buf file = BUF_INIT;
    struct err err;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        err.kind = ERR_NONE;
        assert_int_equal(pyramid_tile_read(p, wrong[i], pixels, TILE_PX, &err),
                         -1);
        assert_int_equal(err.kind, ERR_USAGE);
    }
    assert_int_equal(
        pyramid_tile_jpeg(p, (struct tile_at){0, 0, 0}, &file, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
}

static void pyramid_open__tells_absent_from_damaged(void **state)
{
    CLEANUP(buf_fini) struct buf whole = BUF_INIT;
    struct pyramid *p = pyramid_of(*state, make_smooth(RASTER_GREY, 600, 600));
    char path[PATH_SIZE];
    struct err err;

    pyramid_close(p);
    p = NULL;
    assert_ok(path_format(path, &err, "%s/none.tif", (char *)*state), err);
    assert_int_equal(pyramid_open(path, &p, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);

    assert_ok(file_write_durable(path, "not a picture", 13, &err), err);
    assert_int_equal(pyramid_open(path, &p, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);

    assert_ok(file_write_durable(path, "", 0, &err), err);
    assert_int_equal(pyramid_open(path, &p, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_null(p);
}

static void pyramid_open__refuses_another_kind_of_tiff(void **state)
{
    struct pyramid *p = NULL;
    struct err err;

    (void)state;
    need_shared();
    assert_int_equal(
        pyramid_open(SHARED_DIR "/corpus/leptonica-prog/feyn.tif", &p, &err),
        -1);
    assert_int_equal(err.kind, ERR_INPUT);
}

static void pyramid_make__takes_real_scans(void **state)
{
    static const char *const scans[] = {"feyn.tif", "miniswhite.tif",
                                        "jpeg-coded.tif", "form1.tif"};
    char master[PATH_SIZE];
    char temp[PATH_SIZE];
    char path[PATH_SIZE];
    struct err err;

    need_shared();
    for (size_t i = 0; i < sizeof(scans) / sizeof(*scans); i++) {
        CLEANUP(pyramid_close) struct pyramid *p = NULL;
        CLEANUP(raster_free) struct raster *r = NULL;

        assert_ok(path_format(master, &err, "%s/corpus/leptonica-prog/%s",
                              SHARED_DIR, scans[i]),
                  err);
        assert_ok(path_format(temp, &err, "%s/.tmp-x", (char *)*state), err);
        assert_ok(path_format(path, &err, "%s/x.tif", (char *)*state), err);
        assert_ok(pyramid_make(master, 0, temp, path, &err), err);
        assert_ok(pyramid_open(path, &p, &err), err);
        assert_ok(raster_read_tiff(master, 0, &r, &err), err);
        assert_int_equal(pyramid_level(p, 0).width_px, r->width_px);
        assert_int_equal(pyramid_level(p, 0).height_px, r->height_px);
        assert_int_equal(pyramid_level(p, 0).form, r->form);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pyramid_levels_for__halves_until_one_tile),
        unit_test_in_dir(pyramid_open__tells_levels_with_odd_sides),
        unit_test_in_dir(pyramid_tile_read__shows_grey_at_every_level),
        unit_test_in_dir(pyramid_tile_read__shows_colour_at_every_level),
        unit_test_in_dir(pyramid_tile_read__keeps_every_bit_of_a_bitonal_page),
        unit_test_in_dir(
            pyramid_level__of_bitonal_page_is_grey_below_full_size),
        unit_test_in_dir(pyramid_tile_jpeg__is_a_grey_jpeg_file),
        unit_test_in_dir(pyramid_tile_jpeg__is_understood_as_ycbcr),
        unit_test_in_dir(pyramid_tile__refuses_what_is_not_there),
        unit_test_in_dir(pyramid_open__tells_absent_from_damaged),
        cmocka_unit_test(pyramid_open__refuses_another_kind_of_tiff),
        unit_test_in_dir(pyramid_make__takes_real_scans),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

/* SPDX-License-Identifier: MIT */
#include "search-cgi/iiif_image.h"

#include <jansson.h>
#include <string.h>

#include "common/file.h"
#include "common/json.h"
#include "search-cgi/jpeg_file.h"
#include "tests/search-cgi/picture.h"

/* Twice through JPEG at quality 85. */
#define TOLERANCE 8

static struct pyramid *pyramid_of(const char *dir, struct raster *raster)
{
    struct pyramid *p = NULL;
    char temp[PATH_SIZE];
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(temp, &err, "%s/.tmp-p", dir), err);
    assert_ok(path_format(path, &err, "%s/p.tif", dir), err);
    assert_ok(pyramid_make_from(raster, temp, path, &err), err);
    assert_ok(pyramid_open(path, &p, &err), err);
    raster_free(raster);
    return p;
}

/* "REGION/SIZE/ROTATION/QUALITY.FORMAT" as a plan for this pyramid. */
static struct iiif_plan plan_of(const struct pyramid *p, const char *text)
{
    struct pyramid_level full = pyramid_level(p, 0);
    struct iiif_request request;
    struct iiif_plan plan;
    char part[4][64];
    struct err err;

    assert_int_equal(sscanf(text, "%63[^/]/%63[^/]/%63[^/]/%63s", part[0],
                            part[1], part[2], part[3]),
                     4);
    assert_ok(iiif_parse(part[0], part[1], part[2], part[3], &request, &err),
              err);
    assert_ok(iiif_plan(&request, full.width_px, full.height_px, &plan, &err),
              err);
    return plan;
}

static void get(struct pyramid *p, const char *text, struct decoded *d)
{
    CLEANUP(buf_fini) struct buf file = BUF_INIT;
    struct iiif_plan plan = plan_of(p, text);
    struct err err;

    assert_ok(iiif_image(p, &plan, NULL, &file, &err), err);
    if (plan.format == FORMAT_PNG)
        decode_png(&file, d);
    else
        decode_jpeg(&file, d);
}

static void assert_near(unsigned a, unsigned b, unsigned tolerance)
{
    assert_in_range(a, b < tolerance ? 0 : b - tolerance, b + tolerance);
}

static void iiif_image__copies_a_bitonal_region_to_the_bit(void **state)
{
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_inked(700, 500));
    static const char *const same[] = {"250,201,301,199/max/0/default.png",
                                       "250,201,301,199/max/0/bitonal.png",
                                       "250,201,301,199/301,199/0/gray.png"};

    for (size_t i = 0; i < 3; i++) {
        CLEANUP(decoded_fini) struct decoded d = {0};

        get(p, same[i], &d);
        assert_int_equal(d.bits, 1);
        assert_int_equal(d.width_px, 301);
        assert_int_equal(d.height_px, 199);
        for (uint32_t y = 0; y < 199; y++)
            for (uint32_t x = 0; x < 301; x++)
                assert_int_equal(decoded_at(&d, x, y, 0),
                                 ink_at(250 + x, 201 + y) ? 0 : 255);
    }
}

/* Where pixel (x, y) of a w x h picture goes. */
static struct point turned(bool mirror, int deg, struct point at, int32_t w,
                           int32_t h)
{
    int32_t x = mirror ? w - 1 - at.x : at.x;
    int32_t y = at.y;

    switch (deg) {
    case 90:
        return (struct point){h - 1 - y, x};
    case 180:
        return (struct point){w - 1 - x, h - 1 - y};
    case 270:
        return (struct point){y, w - 1 - x};
    default:
        return (struct point){x, y};
    }
}

static void iiif_image__mirrors_then_turns_clockwise(void **state)
{
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_inked(300, 280));

    for (int i = 0; i < 8; i++) {
        CLEANUP(decoded_fini) struct decoded d = {0};
        bool mirror = i >= 4;
        int deg = i % 4 * 90;
        char text[64];

        (void)snprintf(text, sizeof(text), "10,20,270,150/max/%s%d/default.png",
                       mirror ? "!" : "", deg);
        get(p, text, &d);
        assert_int_equal(d.width_px, deg % 180 == 0 ? 270 : 150);
        assert_int_equal(d.height_px, deg % 180 == 0 ? 150 : 270);
        for (int32_t y = 0; y < 150; y++)
            for (int32_t x = 0; x < 270; x++) {
                struct point to =
                    turned(mirror, deg, (struct point){x, y}, 270, 150);

                assert_int_equal(
                    decoded_at(&d, (uint32_t)to.x, (uint32_t)to.y, 0),
                    ink_at(10 + (uint32_t)x, 20 + (uint32_t)y) ? 0 : 255);
            }
    }
}

static void iiif_image__turns_colour(void **state)
{
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_smooth(RASTER_RGB, 640, 600));
    CLEANUP(decoded_fini) struct decoded d = {0};

    get(p, "100,50,400,300/max/90/default.png", &d);
    assert_int_equal(d.channels, 3);
    assert_int_equal(d.width_px, 300);
    for (int32_t y = 0; y < 300; y += 7)
        for (int32_t x = 0; x < 400; x += 7) {
            struct point to = turned(false, 90, (struct point){x, y}, 400, 300);

            for (unsigned c = 0; c < 3; c++)
                assert_near(
                    decoded_at(&d, (uint32_t)to.x, (uint32_t)to.y, c),
                    smooth_value(100 + (uint32_t)x, 50 + (uint32_t)y, c),
                    TOLERANCE);
        }
}

static void iiif_is_stored_tile__only_for_whole_untouched_tiles(void **state)
{
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_smooth(RASTER_GREY, 1300, 900));
    static const struct {
        const char *text;
        bool stored;
        struct tile_at at;
    } table[] = {
        {"0,0,256,256/256,256/0/default.jpg", true, {0, 0, 0}},
        {"256,512,256,256/256,/0/default.jpg", true, {0, 1, 2}},
        {"256,512,256,256/max/0/gray.jpg", true, {0, 1, 2}},
        {"512,0,512,512/256,256/0/color.jpg", true, {1, 1, 0}},
        {"0,0,1024,1024/256,256/0/default.jpg", false, {0}},  /* edge: 900 */
        {"1024,0,512,512/256,256/0/default.jpg", false, {0}}, /* edge */
        {"1,0,256,256/256,256/0/default.jpg", false, {0}},
        {"0,0,256,256/255,256/0/default.jpg", false, {0}},
        {"256,0,512,512/256,256/0/default.jpg", false, {0}},
        {"0,0,256,256/256,256/90/default.jpg", false, {0}},
        {"0,0,256,256/256,256/!0/default.jpg", false, {0}},
        {"0,0,256,256/256,256/0/default.png", false, {0}},
        {"0,0,256,256/256,256/0/bitonal.jpg", false, {0}},
        {"0,0,256,256/^512,512/0/default.jpg", false, {0}},
        {"0,0,512,512/max/0/default.jpg", false, {0}},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct iiif_plan plan = plan_of(p, table[i].text);
        struct tile_at at;

        if (iiif_is_stored_tile(p, &plan, &at) != table[i].stored)
            fail_msg("%s", table[i].text);
        if (table[i].stored)
            assert_memory_equal(&at, &table[i].at, sizeof(at));
    }
}

/* A tile that passes through, and the same pixels decoded: asked for as PNG,
 * which never passes. */
static void iiif_image__passes_on_what_it_would_have_decoded(void **state)
{
    static const enum raster_form forms[] = {RASTER_GREY, RASTER_RGB};
    static const char *const tiles[] = {"256,256,256,256/256,256/0/default",
                                        "512,0,512,512/256,256/0/default"};

    for (size_t i = 0; i < 4; i++) {
        CLEANUP(pyramid_close)
        struct pyramid *p =
            pyramid_of(*state, make_smooth(forms[i / 2], 1300, 900));
        CLEANUP(decoded_fini) struct decoded jpg = {0};
        CLEANUP(decoded_fini) struct decoded png = {0};
        struct tile_at at;
        char text[80];

        (void)snprintf(text, sizeof(text), "%s.jpg", tiles[i % 2]);
        assert_true(iiif_is_stored_tile(
            p,
            &(struct iiif_plan){plan_of(p, text).region, 256, 256, false, 0,
                                QUALITY_DEFAULT, FORMAT_JPG},
            &at));
        get(p, text, &jpg);
        (void)snprintf(text, sizeof(text), "%s.png", tiles[i % 2]);
        get(p, text, &png);
        assert_int_equal(jpg.channels, png.channels);
        for (size_t k = 0; k < (size_t)256 * 256 * jpg.channels; k++)
            assert_near(jpg.pixels[k], png.pixels[k], 1);
    }
}

/* The tiles at the edge are asked for as IIIF's implementation notes (section
 * 3) say; no pixel may shift there. */
static void iiif_image__gives_edge_tiles_unscaled(void **state)
{
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_smooth(RASTER_GREY, 1301, 905));
    CLEANUP(decoded_fini) struct decoded d = {0};
    static uint8_t tile[TILE_PX * TILE_PX];
    struct err err;

    /* scale 4, column 1 of 2: 1301 - 1024 = 277 px, 70 on the level */
    get(p, "1024,0,277,905/70,227/0/default.png", &d);
    assert_ok(
        pyramid_tile_read(p, (struct tile_at){2, 1, 0}, tile, TILE_PX, &err),
        err);
    assert_int_equal(d.width_px, 70);
    assert_int_equal(d.height_px, 227);
    for (uint32_t y = 0; y < 227; y++)
        for (uint32_t x = 0; x < 70; x++)
            assert_int_equal(decoded_at(&d, x, y, 0), tile[y * TILE_PX + x]);
}

static void iiif_image__scales_down_without_a_shift(void **state)
{
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_smooth(RASTER_RGB, 1300, 900));
    CLEANUP(decoded_fini) struct decoded d = {0};

    get(p, "100,200,1000,600/370,222/0/default.jpg", &d);
    assert_int_equal(d.width_px, 370);
    assert_int_equal(d.height_px, 222);
    for (uint32_t y = 2; y < 220; y += 3)
        for (uint32_t x = 2; x < 368; x += 3)
            for (unsigned c = 0; c < 3; c++)
                assert_near(
                    decoded_at(&d, x, y, c),
                    smooth_value((uint32_t)(100 + (x + 0.5) * 1000 / 370),
                                 (uint32_t)(200 + (y + 0.5) * 600 / 222), c),
                    TOLERANCE);
}

static void iiif_image__scales_up_without_a_shift(void **state)
{
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_smooth(RASTER_GREY, 1300, 900));
    CLEANUP(decoded_fini) struct decoded d = {0};

    get(p, "300,200,100,80/^400,320/0/default.jpg", &d);
    assert_int_equal(d.width_px, 400);
    for (uint32_t y = 4; y < 316; y += 5)
        for (uint32_t x = 4; x < 396; x += 5)
            assert_near(decoded_at(&d, x, y, 0),
                        smooth_value(300 + x / 4, 200 + y / 4, 0), TOLERANCE);
}

static void iiif_image__keeps_an_even_surface_even(void **state)
{
    CLEANUP(pyramid_close) struct pyramid *p = NULL;
    struct raster *r = NULL;
    struct err err;
    static const char *const sizes[] = {
        "full/max/0/default.png", "full/97,/0/default.png",
        "full/1,1/0/default.png", "10,10,31,31/^777,777/0/default.png"};

    assert_ok(raster_new(RASTER_GREY, 811, 603, &r, &err), err);
    memset(r->data, 201, r->stride_bytes * 603);
    p = pyramid_of(*state, r);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        CLEANUP(decoded_fini) struct decoded d = {0};

        get(p, sizes[i], &d);
        for (size_t k = 0; k < (size_t)d.width_px * d.height_px; k++)
            assert_int_equal(d.pixels[k], 201);
    }
}

/* By its definition: is the point on the same side of all four edges? */
static bool is_inside(const struct quad *q, int64_t x, int64_t y)
{
    bool left = true, right = true;

    for (int i = 0; i < 4; i++) {
        struct point a = q->corner[i], b = q->corner[(i + 1) % 4];
        int64_t side =
            (int64_t)(b.x - a.x) * (y - a.y) - (int64_t)(b.y - a.y) * (x - a.x);

        left = left && side <= 0;
        right = right && side >= 0;
    }
    return left || right;
}

static bool is_shown(const struct iiif_mask *mask, int64_t x, int64_t y,
                     unsigned level)
{
    int64_t x0 = x << level, x1 = (x + 1) << level;
    int64_t y0 = y << level, y1 = (y + 1) << level;

    for (size_t i = 0; i < mask->count; i++) {
        const struct quad *q = &mask->quads[i];

        if (is_inside(q, x0, y0) && is_inside(q, x1, y0) &&
            is_inside(q, x0, y1) && is_inside(q, x1, y1))
            return true;
    }
    return false;
}

static int below(unsigned *state, int n)
{
    *state = *state * 1103515245u + 12345u;
    return (int)((*state >> 16) % (unsigned)n);
}

/* A parallelogram: convex, aslant, its corners either way round, and reaching
 * over the picture's edge at times. */
static struct quad any_quad(unsigned *state)
{
    struct point o = {below(state, 640) - 40, below(state, 540) - 40};
    struct point u = {below(state, 260), below(state, 60) - 30};
    struct point v = {below(state, 60) - 30, below(state, 120)};
    struct quad q = {{o,
                      {o.x + u.x, o.y + u.y},
                      {o.x + u.x + v.x, o.y + u.y + v.y},
                      {o.x + v.x, o.y + v.y}}};

    if (below(state, 2) == 1) {
        struct point second = q.corner[1];

        q.corner[1] = q.corner[3];
        q.corner[3] = second;
    }
    return q;
}

static void assert_masked(struct pyramid *p, const struct iiif_mask *mask,
                          const char *text, unsigned level)
{
    CLEANUP(buf_fini) struct buf file = BUF_INIT;
    struct iiif_plan plan = plan_of(p, text);
    CLEANUP(decoded_fini) struct decoded d = {0};
    struct err err;

    assert_ok(iiif_image(p, &plan, mask, &file, &err), err);
    decode_png(&file, &d);
    for (int32_t y = 0; y < 500 >> level; y++)
        for (int32_t x = 0; x < 600 >> level; x++)
            if ((decoded_at(&d, x, y, 0) < 128) != is_shown(mask, x, y, level))
                fail_msg("level %u, %d, %d", level, x, y);
}

static void iiif_image__shows_what_lies_in_the_mask_alone(void **state)
{
    CLEANUP(raster_free) struct raster *dark = NULL;
    CLEANUP(pyramid_close) struct pyramid *p = NULL;
    unsigned seed = 7;
    struct err err;

    assert_ok(raster_new(RASTER_GREY, 600, 500, &dark, &err), err);
    memset(dark->data, 40, dark->stride_bytes * dark->height_px);
    p = pyramid_of(*state, STEAL(dark));
    for (int i = 0; i < 60; i++) {
        struct quad quads[3];
        struct iiif_mask mask = {quads, (size_t)below(&seed, 3) + 1};

        for (size_t k = 0; k < mask.count; k++)
            quads[k] = any_quad(&seed);
        assert_masked(p, &mask, "full/max/0/gray.png", 0);
        assert_masked(p, &mask, "full/300,/0/gray.png", 1);
    }
}

static void iiif_image__gray_is_the_luma_of_colour(void **state)
{
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_smooth(RASTER_RGB, 400, 400));
    CLEANUP(decoded_fini) struct decoded d = {0};

    get(p, "full/max/0/gray.jpg", &d);
    assert_int_equal(d.channels, 1);
    for (uint32_t y = 0; y < 400; y += 9)
        for (uint32_t x = 0; x < 400; x += 9)
            assert_near(decoded_at(&d, x, y, 0),
                        (299U * smooth_value(x, y, 0) +
                         587U * smooth_value(x, y, 1) +
                         114U * smooth_value(x, y, 2)) /
                            1000,
                        TOLERANCE);
}

/* Dark paper: a threshold in the middle of the scale would make it all ink. */
static void iiif_image__bitonal_finds_its_own_threshold(void **state)
{
    CLEANUP(pyramid_close) struct pyramid *p = NULL;
    CLEANUP(decoded_fini) struct decoded d = {0};
    struct raster *r = NULL;
    struct err err;

    assert_ok(raster_new(RASTER_GREY, 300, 300, &r, &err), err);
    memset(r->data, 110, r->stride_bytes * 300);
    for (uint32_t y = 100; y < 140; y++)
        memset(r->data + y * r->stride_bytes + 50, 30, 60);
    p = pyramid_of(*state, r);
    get(p, "full/max/0/bitonal.png", &d);
    assert_int_equal(d.bits, 1);
    assert_int_equal(decoded_at(&d, 10, 10, 0), 255);
    assert_int_equal(decoded_at(&d, 80, 120, 0), 0);
    assert_int_equal(decoded_at(&d, 80, 160, 0), 255);
}

static void iiif_image__writes_plain_jpeg(void **state)
{
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_smooth(RASTER_RGB, 500, 400));
    CLEANUP(buf_fini) struct buf file = BUF_INIT;
    struct iiif_plan plan = plan_of(p, "3,3,300,300/200,/0/default.jpg");
    struct err err;

    assert_ok(iiif_image(p, &plan, NULL, &file, &err), err);
    assert_memory_equal(file.data + 6, "JFIF", 5);
    for (size_t i = 0; i + 4 < file.len; i++)
        if (memcmp(file.data + i, "Exif", 4) == 0)
            fail_msg("EXIF at byte %zu", i);
}

static void iiif_info__describes_what_can_be_asked(void **state)
{
    CLEANUP(pyramid_close)
    struct pyramid *p = pyramid_of(*state, make_smooth(RASTER_GREY, 1301, 905));
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    CLEANUP(json_decref) json_t *info = NULL;
    const json_t *tile, *sizes;
    json_error_t why;
    struct err err;

    assert_ok(iiif_info(p, "http://archive.test/iiif/a%2Fb", NULL, &text, &err),
              err);
    info = json_loads(buf_str(&text), 0, &why);
    assert_non_null(info);
    assert_string_equal(json_get_text(info, "@context", ""),
                        "http://iiif.io/api/image/3/context.json");
    assert_string_equal(json_get_text(info, "id", ""),
                        "http://archive.test/iiif/a%2Fb");
    assert_string_equal(json_get_text(info, "type", ""), "ImageService3");
    assert_string_equal(json_get_text(info, "profile", ""), "level2");
    assert_int_equal(json_get_int(info, "width", 0), 1301);
    assert_int_equal(json_get_int(info, "height", 0), 905);
    tile = json_array_get(json_object_get(info, "tiles"), 0);
    assert_int_equal(json_get_int(tile, "width", 0), 256);
    assert_int_equal(json_array_size(json_object_get(tile, "scaleFactors")), 4);
    sizes = json_object_get(info, "sizes");
    assert_int_equal(json_array_size(sizes), 4);
    for (size_t i = 0; i < 4; i++) {
        const json_t *size = json_array_get(sizes, i);
        CLEANUP(decoded_fini) struct decoded d = {0};
        char ask[64];

        (void)snprintf(ask, sizeof(ask), "full/%d,%d/0/default.jpg",
                       (int)json_get_int(size, "width", 0),
                       (int)json_get_int(size, "height", 0));
        get(p, ask, &d);
        assert_int_equal(d.width_px, json_get_int(size, "width", 0));
    }
}

static void iiif_info__names_colour_only_where_it_is(void **state)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    struct pyramid *p = pyramid_of(*state, make_smooth(RASTER_RGB, 300, 200));
    struct err err;

    assert_ok(iiif_info(p, "http://archive.test/iiif/a", NULL, &text, &err),
              err);
    assert_non_null(strstr(buf_str(&text), "\"color\""));
    pyramid_close(p);
    buf_clear(&text);
    p = pyramid_of(*state, make_inked(300, 200));
    assert_ok(iiif_info(p, "http://archive.test/iiif/a", NULL, &text, &err),
              err);
    assert_null(strstr(buf_str(&text), "\"color\""));
    pyramid_close(p);
}

static void jpeg_file_join__refuses_what_is_no_jpeg(void **state)
{
    static const uint8_t good[] = {0xff, 0xd8, 0xff, 0xd9};
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    struct bytes g = {good, sizeof(good)};
    struct err err;

    (void)state;
    assert_int_equal(jpeg_file_join((struct bytes){NULL, 0}, g, &out, &err),
                     -1);
    assert_int_equal(jpeg_file_join(g,
                                    (struct bytes){(const uint8_t *)"MM\0*", 4},
                                    &out, &err),
                     -1);
    assert_int_equal(jpeg_file_join((struct bytes){good, 2}, g, &out, &err),
                     -1);
    assert_int_equal(out.len, 0);
    assert_ok(jpeg_file_join(g, g, &out, &err), err);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(iiif_image__copies_a_bitonal_region_to_the_bit),
        unit_test_in_dir(iiif_image__mirrors_then_turns_clockwise),
        unit_test_in_dir(iiif_image__turns_colour),
        unit_test_in_dir(iiif_is_stored_tile__only_for_whole_untouched_tiles),
        unit_test_in_dir(iiif_image__passes_on_what_it_would_have_decoded),
        unit_test_in_dir(iiif_image__gives_edge_tiles_unscaled),
        unit_test_in_dir(iiif_image__scales_down_without_a_shift),
        unit_test_in_dir(iiif_image__scales_up_without_a_shift),
        unit_test_in_dir(iiif_image__keeps_an_even_surface_even),
        unit_test_in_dir(iiif_image__shows_what_lies_in_the_mask_alone),
        unit_test_in_dir(iiif_image__gray_is_the_luma_of_colour),
        unit_test_in_dir(iiif_image__bitonal_finds_its_own_threshold),
        unit_test_in_dir(iiif_image__writes_plain_jpeg),
        unit_test_in_dir(iiif_info__describes_what_can_be_asked),
        unit_test_in_dir(iiif_info__names_colour_only_where_it_is),
        cmocka_unit_test(jpeg_file_join__refuses_what_is_no_jpeg),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

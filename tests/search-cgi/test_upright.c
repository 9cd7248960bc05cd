/* SPDX-License-Identifier: MIT */
/* From the Orientation tag of a master to the picture on a web page: upright,
 * whatever the tag says. */
#include <string.h>
#include <tiffio.h>

#include "ocr/sheet.h"
#include "search-cgi/iiif_image.h"
#include "tests/ocr/reading.h"
#include "tests/search-cgi/picture.h"

#define WIDTH  300u
#define HEIGHT 280u

/* A bitonal master that stores the picture as this Orientation has it. */
static void write_master(const char *path, unsigned orientation)
{
    CLEANUP(raster_free) struct raster *upright = make_inked(WIDTH, HEIGHT);
    CLEANUP(raster_free) struct raster *picture = stored(upright, orientation);
    TIFF *tif = TIFFOpen(path, "w");
    uint8_t row[WIDTH / 8 + 1];

    assert_non_null(tif);
    TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, picture->width_px);
    TIFFSetField(tif, TIFFTAG_IMAGELENGTH, picture->height_px);
    TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, 1);
    TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tif, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
    TIFFSetField(tif, TIFFTAG_ORIENTATION, orientation);
    TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, 64);
    for (uint32_t y = 0; y < picture->height_px; y++) {
        memset(row, 0, sizeof(row));
        for (uint32_t x = 0; x < picture->width_px; x++) {
            if (get_pixel(picture, x, y) != 0)
                row[x / 8] |= (uint8_t)(0x80 >> x % 8);
        }
        assert_int_equal(TIFFWriteScanline(tif, row, y, 0), 1);
    }
    TIFFClose(tif);
}

/* What the pose of the tag asks the server for. */
static void get_upright(struct pyramid *p, unsigned orientation,
                        struct decoded *d)
{
    struct pose pose = pose_from_orientation(orientation);
    CLEANUP(buf_fini) struct buf file = BUF_INIT;
    struct pyramid_level full = pyramid_level(p, 0);
    struct iiif_request request;
    struct iiif_plan plan;
    char rotation[8];
    struct err err;

    (void)snprintf(rotation, sizeof(rotation), "%s%d", pose.mirrored ? "!" : "",
                   pose.turn_cw_deg);
    assert_ok(
        iiif_parse("full", "max", rotation, "default.png", &request, &err),
        err);
    assert_ok(iiif_plan(&request, full.width_px, full.height_px, &plan, &err),
              err);
    assert_ok(iiif_image(p, &plan, NULL, &file, &err), err);
    decode_png(&file, d);
}

static void pictures__are_upright_for_every_orientation_tag(void **state)
{
    char master[PATH_SIZE], temp[PATH_SIZE], path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(master, &err, "%s/m.tif", (char *)*state), err);
    assert_ok(path_format(temp, &err, "%s/.tmp-p", (char *)*state), err);
    assert_ok(path_format(path, &err, "%s/p.tif", (char *)*state), err);
    for (unsigned orientation = 1; orientation <= 8; orientation++) {
        CLEANUP(pyramid_close) struct pyramid *p = NULL;
        CLEANUP(decoded_fini) struct decoded d = {0};

        write_master(master, orientation);
        assert_ok(pyramid_make(master, 0, temp, path, &err), err);
        assert_ok(pyramid_open(path, &p, &err), err);
        get_upright(p, orientation, &d);
        assert_int_equal(d.width_px, WIDTH);
        assert_int_equal(d.height_px, HEIGHT);
        for (uint32_t y = 0; y < HEIGHT; y++)
            for (uint32_t x = 0; x < WIDTH; x++)
                if (decoded_at(&d, x, y, 0) != (ink_at(x, y) ? 0u : 255u))
                    fail_msg("orientation %u: pixel %u, %u is wrong",
                             orientation, x, y);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(pictures__are_upright_for_every_orientation_tag),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

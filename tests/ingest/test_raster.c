/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <string.h>
#include <tiffio.h>

#include "ingest/raster.h"

/* A picture to be made: tags and the bytes of its single strip. */
struct sketch {
    uint32_t width, height;
    uint16_t bits, samples, photometric, planar, compression, orientation;
    const void *bytes; /* of each strip or plane in turn */
    size_t strip_bytes;
    unsigned strips;
};

#define SKETCH(w, h, b, s, p)                                          \
    {                                                                  \
        .width = (w), .height = (h), .bits = (b), .samples = (s),      \
        .photometric = (p), .planar = PLANARCONFIG_CONTIG,             \
        .compression = COMPRESSION_NONE, .orientation = 1, .strips = 1 \
    }

static void set_tags(TIFF *tif, const struct sketch *s)
{
    TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, s->width);
    TIFFSetField(tif, TIFFTAG_IMAGELENGTH, s->height);
    TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, s->bits);
    TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, s->samples);
    TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, s->photometric);
    TIFFSetField(tif, TIFFTAG_PLANARCONFIG, s->planar);
    TIFFSetField(tif, TIFFTAG_COMPRESSION, s->compression);
    TIFFSetField(tif, TIFFTAG_ORIENTATION, s->orientation);
    TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, s->height);
    TIFFSetField(tif, TIFFTAG_RESOLUTIONUNIT, RESUNIT_CENTIMETER);
    TIFFSetField(tif, TIFFTAG_XRESOLUTION, 100.0);
    TIFFSetField(tif, TIFFTAG_YRESOLUTION, 50.0);
}

static void add_image(TIFF *tif, const struct sketch *s)
{
    const char *at = s->bytes;

    set_tags(tif, s);
    for (unsigned i = 0; i < s->strips; i++, at += s->strip_bytes) {
        CLEANUP(free) void *copy = malloc(s->strip_bytes);

        memcpy(copy, at, s->strip_bytes);
        assert_int_equal(
            TIFFWriteEncodedStrip(tif, i, copy, (tmsize_t)s->strip_bytes),
            s->strip_bytes);
    }
    assert_int_equal(TIFFWriteDirectory(tif), 1);
}

static const char *make_tiff(void **state, char path[PATH_SIZE],
                             const struct sketch *s)
{
    struct err err;
    TIFF *tif;

    assert_ok(path_format(path, &err, "%s/made.tif", (char *)*state), err);
    tif = TIFFOpen(path, "w");
    assert_non_null(tif);
    add_image(tif, s);
    TIFFClose(tif);
    return path;
}

static struct raster *read_sketch(void **state, const struct sketch *s)
{
    struct raster *raster = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(raster_read_tiff(make_tiff(state, path, s), 0, &raster, &err),
              err);
    assert_int_equal(raster->width_px, s->width);
    assert_int_equal(raster->height_px, s->height);
    return raster;
}

static void raster__bitonal_has_one_for_ink(void **state)
{
    static const uint8_t bytes[] = {0xa0, 0x1f, 0x05, 0x7f};
    struct sketch s = SKETCH(11, 2, 1, 1, PHOTOMETRIC_MINISWHITE);

    s.bytes = bytes;
    s.strip_bytes = sizeof(bytes);
    for (int black = 0; black < 2; black++) {
        CLEANUP(raster_free) struct raster *r = NULL;
        uint8_t flip = black ? 0xff : 0;

        s.photometric = black ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_MINISWHITE;
        r = read_sketch(state, &s);
        assert_int_equal(r->form, RASTER_BITONAL);
        assert_int_equal(r->stride_bytes, 2);
        assert_int_equal(r->data[0], 0xa0 ^ flip);
        assert_int_equal(r->data[1], (0x1f ^ flip) & 0xe0);
        assert_int_equal(r->data[2], 0x05 ^ flip);
        assert_int_equal(r->data[3], (0x7f ^ flip) & 0xe0);
    }
}

static void raster__grey_has_zero_for_black(void **state)
{
    static const uint8_t bytes[] = {0, 1, 128, 255};
    struct sketch s = SKETCH(4, 1, 8, 1, PHOTOMETRIC_MINISWHITE);
    CLEANUP(raster_free) struct raster *r = NULL;

    s.bytes = bytes;
    s.strip_bytes = sizeof(bytes);
    r = read_sketch(state, &s);
    assert_int_equal(r->form, RASTER_GREY);
    assert_int_equal(r->data[0], 255);
    assert_int_equal(r->data[2], 127);
    assert_int_equal(r->data[3], 0);
}

static void raster__resolution_in_cm_becomes_dpi(void **state)
{
    static const uint8_t byte = 7;
    struct sketch s = SKETCH(1, 1, 8, 1, PHOTOMETRIC_MINISBLACK);
    CLEANUP(raster_free) struct raster *r = NULL;

    s.bytes = &byte;
    s.strip_bytes = 1;
    r = read_sketch(state, &s);
    assert_true(r->xres_dpi == 254.0);
    assert_true(r->yres_dpi == 127.0);
}

static void raster__orientation_is_told_and_not_applied(void **state)
{
    static const uint8_t bytes[] = {10, 20, 30, 40, 50, 60};
    struct sketch s = SKETCH(3, 2, 8, 1, PHOTOMETRIC_MINISBLACK);

    s.bytes = bytes;
    s.strip_bytes = sizeof(bytes);
    for (uint16_t orientation = 1; orientation <= 8; orientation++) {
        CLEANUP(raster_free) struct raster *r = NULL;

        s.orientation = orientation;
        r = read_sketch(state, &s);
        assert_int_equal(r->orientation, orientation);
        assert_memory_equal(r->data, bytes, sizeof(bytes));
    }
}

/* Lab goes through libtiff's own conversion, which would turn the picture. */
static void raster__lab_is_not_turned_either(void **state)
{
    /* light above, dark below */
    static const uint8_t bytes[] = {250, 0, 0, 250, 0, 0, 5, 0, 0, 5, 0, 0};
    struct sketch s = SKETCH(2, 2, 8, 3, PHOTOMETRIC_CIELAB);

    s.bytes = bytes;
    s.strip_bytes = sizeof(bytes);
    for (uint16_t orientation = 1; orientation <= 8; orientation++) {
        CLEANUP(raster_free) struct raster *r = NULL;

        s.orientation = orientation;
        r = read_sketch(state, &s);
        assert_int_equal(r->form, RASTER_RGB);
        assert_true(r->data[0] > 200);
        assert_true(r->data[r->stride_bytes] < 50);
    }
}

static void raster__odd_depths_are_scaled_to_a_byte(void **state)
{
    static const uint8_t two_bits[] = {0x1b};                /* 0 1 2 3 */
    static const uint8_t twelve_bits[] = {0xff, 0xf0, 0x10}; /* 4095 16 */
    static const uint16_t sixteen[] = {0x1234, 0xfe01};
    struct sketch s = SKETCH(4, 1, 2, 1, PHOTOMETRIC_MINISBLACK);
    CLEANUP(raster_free) struct raster *a = NULL;
    CLEANUP(raster_free) struct raster *b = NULL;
    CLEANUP(raster_free) struct raster *c = NULL;

    s.bytes = two_bits;
    s.strip_bytes = 1;
    a = read_sketch(state, &s);
    assert_memory_equal(a->data, "\x00\x55\xaa\xff", 4);
    s.width = 2;
    s.bits = 12;
    s.bytes = twelve_bits;
    s.strip_bytes = 3;
    b = read_sketch(state, &s);
    assert_memory_equal(b->data, "\xff\x01", 2);
    s.bits = 16;
    s.bytes = sixteen;
    s.strip_bytes = 4;
    c = read_sketch(state, &s);
    assert_memory_equal(c->data, "\x12\xfe", 2);
}

static void raster__cmyk_becomes_rgb(void **state)
{
    static const uint8_t bytes[] = {255, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0};
    struct sketch s = SKETCH(3, 1, 8, 4, PHOTOMETRIC_SEPARATED);
    CLEANUP(raster_free) struct raster *r = NULL;

    s.bytes = bytes;
    s.strip_bytes = sizeof(bytes);
    r = read_sketch(state, &s);
    assert_memory_equal(r->data, "\0\xff\xff\0\0\0\xff\xff\xff", 9);
}

static void raster__separate_planes_come_together(void **state)
{
    static const uint8_t bytes[] = {1, 2, 11, 12, 21, 22};
    struct sketch s = SKETCH(2, 1, 8, 3, PHOTOMETRIC_RGB);
    CLEANUP(raster_free) struct raster *r = NULL;

    s.planar = PLANARCONFIG_SEPARATE;
    s.bytes = bytes;
    s.strip_bytes = 2;
    s.strips = 3;
    r = read_sketch(state, &s);
    assert_memory_equal(r->data, "\x01\x0b\x15\x02\x0c\x16", 6);
}

static void raster__image_is_the_one_asked_for(void **state)
{
    uint8_t value = 0;
    struct sketch s = SKETCH(1, 1, 8, 1, PHOTOMETRIC_MINISBLACK);
    struct raster *none = NULL;
    char path[PATH_SIZE];
    struct err err;
    TIFF *tif;

    assert_ok(path_format(path, &err, "%s/many.tif", (char *)*state), err);
    tif = TIFFOpen(path, "w8b"); /* BigTIFF, big-endian */
    s.bytes = &value;
    s.strip_bytes = 1;
    for (value = 10; value < 13; value++)
        add_image(tif, &s);
    TIFFClose(tif);
    for (uint32_t i = 0; i < 3; i++) {
        CLEANUP(raster_free) struct raster *r = NULL;

        assert_ok(raster_read_tiff(path, i, &r, &err), err);
        assert_int_equal(r->data[0], 10 + i);
    }
    assert_int_equal(raster_read_tiff(path, 3, &none, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, "no image 4"));
}

/* Overwrite the value of a one-valued tag in a classic little-endian file. */
static void patch_tag(const char *path, uint16_t tag, uint32_t value)
{
    CLEANUP(buf_fini) struct buf file = BUF_INIT;
    uint32_t at;
    uint16_t entries;
    struct err err;

    assert_ok(file_read(path, (size_t)1 << 24, &file, &err), err);
    memcpy(&at, file.data + 4, 4);
    memcpy(&entries, file.data + at, 2);
    for (at += 2; entries > 0; entries--, at += 12) {
        if (memcmp(file.data + at, &tag, 2) == 0)
            break;
    }
    assert_int_not_equal(entries, 0);
    memcpy(file.data + at + 2, "\x04\0\1\0\0\0", 6); /* LONG, one */
    memcpy(file.data + at + 8, &value, 4);
    assert_ok(file_write_durable(path, file.data, file.len, &err), err);
}

static uint32_t stored_bytes(const char *path)
{
    TIFF *tif = TIFFOpen(path, "r");
    uint32_t bytes = (uint32_t)TIFFRawStripSize(tif, 0);

    TIFFClose(tif);
    return bytes;
}

/* Half of the strip is left; every compression must notice. Without one, the
 * strip is moved to where the file ends too early. */
static void raster__refuses_a_strip_that_is_cut_short(void **state)
{
    static const uint16_t kinds[] = {
        COMPRESSION_NONE, COMPRESSION_LZW,           COMPRESSION_PACKBITS,
        COMPRESSION_JPEG, COMPRESSION_ADOBE_DEFLATE, COMPRESSION_CCITTFAX4};
    const size_t side = 256;
    CLEANUP(free) uint8_t *bytes = malloc(side * side);
    struct sketch s = SKETCH(256, 256, 8, 1, PHOTOMETRIC_MINISBLACK);
    char path[PATH_SIZE];
    struct err err;

    for (size_t i = 0; i < side * side; i++)
        bytes[i] = (uint8_t)(i * i * 2654435761u >> 16);
    s.bytes = bytes;
    for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
        struct raster *r = NULL;
        uint32_t stored;

        s.compression = kinds[k];
        s.bits = kinds[k] == COMPRESSION_CCITTFAX4 ? 1 : 8;
        s.strip_bytes = side * side * s.bits / 8;
        assert_ok(raster_read_tiff(make_tiff(state, path, &s), 0, &r, &err),
                  err);
        raster_free(STEAL(r));
        stored = stored_bytes(path);
        if (kinds[k] == COMPRESSION_NONE)
            patch_tag(path, TIFFTAG_STRIPOFFSETS,
                      (uint32_t)file_size(path) - stored / 2);
        else
            patch_tag(path, TIFFTAG_STRIPBYTECOUNTS, stored / 2);
        if (raster_read_tiff(path, 0, &r, &err) == 0)
            fail_msg("compression %u: half a strip was read", kinds[k]);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_null(r);
    }
}

static void raster__refuses_more_pixels_than_any_scanner_makes(void **state)
{
    static const uint8_t row[60000 / 8];
    struct sketch s = SKETCH(60000, 60000, 1, 1, PHOTOMETRIC_MINISWHITE);
    struct raster *r = NULL;
    char path[PATH_SIZE];
    struct err err;

    s.bytes = row;
    s.strip_bytes = sizeof(row);
    assert_int_equal(raster_read_tiff(make_tiff(state, path, &s), 0, &r, &err),
                     -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, "60000 x 60000 pixels"));
    assert_non_null(strstr(err.msg, "expected at most 500 million"));
}

static void raster__says_that_a_file_is_not_there(void **state)
{
    struct raster *r = NULL;
    struct err err;

    (void)state;
    assert_int_equal(raster_read_tiff("/nowhere/at/all.tif", 0, &r, &err), -1);
    assert_int_equal(err.kind, ERR_IO);
}

static void raster__new_refuses_sizes_that_overflow(void **state)
{
    struct raster *r = NULL;
    struct err err;

    (void)state;
    assert_int_equal(raster_new(RASTER_RGB, UINT32_MAX, UINT32_MAX, &r, &err),
                     -1);
    assert_int_equal(raster_new(RASTER_GREY, 0, 1, &r, &err), -1);
}

/* --- beside libtiff's own conversion, on real files --- */

static void rgb_at(const struct raster *r, uint32_t x, uint32_t y, int rgb[3])
{
    const uint8_t *line = r->data + r->stride_bytes * y;

    for (int k = 0; k < 3; k++) {
        if (r->form == RASTER_BITONAL)
            rgb[k] = line[x / 8] >> (7 - x % 8) & 1 ? 0 : 255;
        else
            rgb[k] = r->form == RASTER_GREY ? line[x] : line[(size_t)x * 3 + k];
    }
}

/* Largest difference between our pixels and those of the RGBA interface. */
static int worst_difference(const struct raster *r, const uint32_t *rgba)
{
    int worst = 0;

    for (uint32_t y = 0; y < r->height_px; y++) {
        for (uint32_t x = 0; x < r->width_px; x++) {
            uint32_t p = rgba[(size_t)y * r->width_px + x];
            int theirs[3] = {(int)TIFFGetR(p), (int)TIFFGetG(p),
                             (int)TIFFGetB(p)};
            int ours[3];

            rgb_at(r, x, y, ours);
            for (int k = 0; k < 3; k++)
                worst = abs(ours[k] - theirs[k]) > worst
                            ? abs(ours[k] - theirs[k])
                            : worst;
        }
    }
    return worst;
}

/* 1 compared and equal, 0 not comparable, -1 differs */
static int compare(const char *path)
{
    CLEANUP(raster_free) struct raster *r = NULL;
    CLEANUP(free) uint32_t *rgba = NULL;
    uint16_t extra = 0;
    uint16_t *kinds = NULL;
    uint16_t orientation = 1;
    struct err err;
    TIFF *tif = TIFFOpen(path, "r");
    int worst;

    if (tif == NULL)
        return 0;
    (void)TIFFGetField(tif, TIFFTAG_EXTRASAMPLES, &extra, &kinds);
    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_ORIENTATION, &orientation);
    if (extra > 0 || raster_read_tiff(path, 0, &r, &err) != 0) {
        if (extra == 0)
            print_error("%s\n", err.msg);
        TIFFClose(tif);
        return extra > 0 ? 0 : -1;
    }
    rgba = malloc((size_t)r->width_px * r->height_px * sizeof(*rgba));
    worst = TIFFReadRGBAImageOriented(tif, r->width_px, r->height_px, rgba,
                                      orientation, 1) != 1
                ? -1
                : worst_difference(r, rgba);
    TIFFClose(tif);
    if (worst > 1)
        print_error("%s: pixels differ by up to %d\n", path, worst);
    return worst > 1 ? -1 : worst >= 0;
}

static void raster__equals_libtiffs_own_pixels_on_the_corpus(void **state)
{
    CLEANUP(close_stream) FILE *f = NULL;
    char line[2048];
    unsigned equal = 0;
    unsigned differ = 0;

    (void)state;
    need_shared();
    (void)TIFFSetWarningHandler(NULL);
    (void)TIFFSetErrorHandler(NULL);
    f = fopen(SHARED_DIR "/corpus/tiff/manifest.tsv", "r");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f) != NULL) {
        char path[PATH_SIZE];
        size_t len = strcspn(line, "\t");
        struct err err;
        int rc;

        if (strncmp(line + len, "\taccept\t", 8) != 0)
            continue;
        assert_ok(path_format(path, &err, SHARED_DIR "/corpus/tiff/%.*s",
                              (int)len, line),
                  err);
        rc = compare(path);
        equal += rc == 1;
        differ += rc == -1;
    }
    print_message("%u files equal\n", equal);
    assert_int_equal(differ, 0);
    assert_true(equal > 100);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(raster__bitonal_has_one_for_ink),
        unit_test_in_dir(raster__grey_has_zero_for_black),
        unit_test_in_dir(raster__resolution_in_cm_becomes_dpi),
        unit_test_in_dir(raster__orientation_is_told_and_not_applied),
        unit_test_in_dir(raster__lab_is_not_turned_either),
        unit_test_in_dir(raster__odd_depths_are_scaled_to_a_byte),
        unit_test_in_dir(raster__cmyk_becomes_rgb),
        unit_test_in_dir(raster__separate_planes_come_together),
        unit_test_in_dir(raster__image_is_the_one_asked_for),
        unit_test_in_dir(raster__refuses_a_strip_that_is_cut_short),
        unit_test_in_dir(raster__refuses_more_pixels_than_any_scanner_makes),
        cmocka_unit_test(raster__says_that_a_file_is_not_there),
        cmocka_unit_test(raster__new_refuses_sizes_that_overflow),
        cmocka_unit_test(raster__equals_libtiffs_own_pixels_on_the_corpus),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

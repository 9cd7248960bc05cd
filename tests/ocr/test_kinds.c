/* SPDX-License-Identifier: MIT */
/* One page stored in every way that ingest accepts: the same words are read at
 * the same places. */
#include <math.h>
#include <string.h>
#include <tiffio.h>

#include "ingest/ingest.h"
#include "ocr/reader.h"
#include "tests/ocr/reading.h"

#define PAGE SHARED_DIR "/corpus/tesseract-test/phototest.tif"

static struct reader *reader;
static struct rule_book *rules;

/* How the page is stored. */
struct kind {
    const char *name;
    uint16_t photometric, bits, samples, planar, compression;
    uint16_t orientation; /* 0: 1               */
    bool tiled;
    unsigned every_row; /* 2: only every second, as a fax; 0: 1 */
    uint16_t unit;      /* of the resolution; 0: inch           */
    uint32_t page;      /* so many blank pages in front         */
    enum file_verdict verdict;
};

static unsigned step_of(const struct kind *k)
{
    return k->every_row == 0 ? 1 : k->every_row;
}

/* Sample s of a pixel of that lightness, as the kind's colour model has it. */
static uint8_t sample_of(const struct kind *k, unsigned s, uint8_t grey)
{
    double y = pow(grey / 255.0, 2.2);

    switch (k->photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_PALETTE: /* a map that runs the other way round */
        return (uint8_t)(255 - grey);
    case PHOTOMETRIC_SEPARATED:
        return s == 3 ? (uint8_t)(255 - grey) : 0;
    case PHOTOMETRIC_CIELAB:
        return s == 0
                   ? (uint8_t)(y > 0.008856 ? (116 * cbrt(y) - 16) * 255 / 100
                                            : y * 903.3 * 255 / 100)
                   : 0;
    default:
        return grey;
    }
}

/* count pixels from x on, of one plane or of all samples. */
static void put_pixels(const struct kind *k, const struct raster *r, uint32_t x,
                       uint32_t y, uint32_t count, uint8_t *to)
{
    unsigned samples = k->planar == PLANARCONFIG_SEPARATE ? 1 : k->samples;

    for (uint32_t i = 0; i < count; i++) {
        uint8_t grey = x + i < r->width_px && y < r->height_px
                           ? get_pixel(r, x + i, y)
                           : 255;

        for (unsigned s = 0; s < samples; s++) {
            uint8_t v = sample_of(k, s, grey);
            size_t at = (size_t)i * samples + s;

            if (k->bits == 16)
                ((uint16_t *)(void *)to)[at] = (uint16_t)(v * 257);
            else if (k->bits == 8)
                to[at] = v;
            else if (v >= 128)
                to[at / 8] |= (uint8_t)(0x80 >> at % 8);
        }
    }
}

static void set_tags(TIFF *tif, const struct kind *k, const struct raster *r)
{
    static uint16_t map[256];

    for (unsigned i = 0; i < 256; i++)
        map[i] = (uint16_t)((255 - i) * 257);
    TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, r->width_px);
    TIFFSetField(tif, TIFFTAG_IMAGELENGTH, r->height_px / step_of(k));
    TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, k->bits);
    TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, k->samples);
    TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, k->photometric);
    TIFFSetField(tif, TIFFTAG_PLANARCONFIG,
                 k->planar == 0 ? PLANARCONFIG_CONTIG : k->planar);
    TIFFSetField(tif, TIFFTAG_COMPRESSION,
                 k->compression == 0 ? COMPRESSION_NONE : k->compression);
    TIFFSetField(tif, TIFFTAG_ORIENTATION,
                 k->orientation == 0 ? 1 : k->orientation);
    TIFFSetField(tif, TIFFTAG_XRESOLUTION, 300.0);
    TIFFSetField(tif, TIFFTAG_YRESOLUTION, 300.0 / step_of(k));
    TIFFSetField(tif, TIFFTAG_RESOLUTIONUNIT,
                 k->unit == 0 ? RESUNIT_INCH : k->unit);
    if (k->photometric == PHOTOMETRIC_PALETTE)
        TIFFSetField(tif, TIFFTAG_COLORMAP, map, map, map);
    if (k->photometric == PHOTOMETRIC_YCBCR)
        TIFFSetField(tif, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    if (k->tiled) {
        TIFFSetField(tif, TIFFTAG_TILEWIDTH, 128);
        TIFFSetField(tif, TIFFTAG_TILELENGTH, 64);
    } else {
        TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, 32);
    }
}

static void write_tiles(TIFF *tif, const struct kind *k, const struct raster *r)
{
    tmsize_t bytes = TIFFTileSize(tif), row = TIFFTileRowSize(tif);
    CLEANUP(free) uint8_t *tile = malloc((size_t)bytes);
    uint32_t index = 0;

    assert_non_null(tile);
    for (uint32_t y = 0; y < r->height_px; y += 64) {
        for (uint32_t x = 0; x < r->width_px; x += 128) {
            memset(tile, 0, (size_t)bytes);
            for (uint32_t i = 0; i < 64; i++)
                put_pixels(k, r, x, y + i, 128, tile + row * i);
            assert_int_equal(TIFFWriteEncodedTile(tif, index++, tile, bytes),
                             bytes);
        }
    }
}

static void write_rows(TIFF *tif, const struct kind *k, const struct raster *r)
{
    unsigned planes = k->planar == PLANARCONFIG_SEPARATE ? k->samples : 1;
    CLEANUP(free) uint8_t *row = NULL;
    size_t bytes = (size_t)r->width_px * k->samples * 2 + 16;

    row = malloc(bytes);
    assert_non_null(row);
    for (unsigned plane = 0; plane < planes; plane++) {
        for (uint32_t y = 0; y < r->height_px / step_of(k); y++) {
            memset(row, 0, bytes);
            put_pixels(k, r, 0, y * step_of(k), r->width_px, row);
            assert_int_equal(TIFFWriteScanline(tif, row, y, (uint16_t)plane),
                             1);
        }
    }
}

static void write_page(TIFF *tif, const struct kind *k, const struct raster *r)
{
    set_tags(tif, k, r);
    if (k->tiled)
        write_tiles(tif, k, r);
    else
        write_rows(tif, k, r);
    assert_int_equal(TIFFWriteDirectory(tif), 1);
}

/* The picture as the kind's orientation stores it. */
static struct raster *turned(const struct kind *k, const struct raster *upright)
{
    return stored(upright, k->orientation == 0 ? 1 : k->orientation);
}

static void write_kind(const char *path, const struct kind *k,
                       const struct raster *upright)
{
    CLEANUP(raster_free) struct raster *picture = turned(k, upright);
    CLEANUP(raster_free) struct raster *blank = NULL;
    TIFF *tif = TIFFOpen(path, "w");
    struct err err;

    assert_non_null(tif);
    assert_ok(raster_new(RASTER_GREY, 64, 64, &blank, &err), err);
    memset(blank->data, 255, blank->stride_bytes * blank->height_px);
    for (uint32_t i = 0; i < k->page; i++)
        write_page(tif, k, blank);
    write_page(tif, k, picture);
    TIFFClose(tif);
}

static void expect_verdict(const char *path, const struct kind *k)
{
    struct batch_file file;
    struct err err;

    assert_ok(ingest_check_file(path, rules, &file, &err), err);
    if (file.verdict != k->verdict)
        fail_msg("%s: %s: %s", k->name, verdict_name(file.verdict),
                 file.findings.count > 0 ? file.findings.items[0].message : "");
    batch_file_fini(&file);
}

static struct page_text *read_raster(const struct raster *raster)
{
    struct page_text *text = NULL;
    struct err err;

    assert_ok(reader_read(reader, raster, "eng", &text, NULL, &err), err);
    return text;
}

static void scale_words(struct page_text *text, unsigned by)
{
    for (size_t i = 0; i < text->word_count; i++) {
        for (int c = 0; c < 4; c++)
            text->words[i].quad.corner[c].y *= (int32_t)by;
    }
}

/* Store the page so, take it in, read it, and compare. */
static void expect_read(void **state, const struct kind *k)
{
    CLEANUP(raster_free) struct raster *original = NULL;
    CLEANUP(raster_free) struct raster *upright = NULL;
    CLEANUP(raster_free) struct raster *raster = NULL;
    CLEANUP(page_text_free) struct page_text *want = NULL;
    CLEANUP(page_text_free) struct page_text *text = NULL;
    unsigned orientation = k->orientation == 0 ? 1 : k->orientation;
    char path[PATH_SIZE];
    struct err err;

    need_shared();
    assert_ok(path_format(path, &err, "%s/page.tif", (char *)*state), err);
    assert_ok(raster_read_tiff(PAGE, 0, &original, &err), err);
    upright = stored(original, 1);
    upright->xres_dpi = upright->yres_dpi = 300;
    write_kind(path, k, upright);
    expect_verdict(path, k);
    assert_ok(raster_read_tiff(path, k->page, &raster, &err), err);
    assert_int_equal(raster->orientation, orientation);
    want = read_raster(upright);
    assert_true(want->word_count > 50);
    text = read_raster(raster);
    scale_words(text, step_of(k));
    assert_same_places(want, text,
                       stored_as(orientation, (int)upright->width_px,
                                 (int)upright->height_px));
}

#define expect_kind(state, ...)                  \
    do {                                         \
        const struct kind kind_ = {__VA_ARGS__}; \
        expect_read(state, &kind_);              \
    } while (0)

static void kinds__bitonal_both_ways_round(void **state)
{
    expect_kind(state, .name = "G4, white is 0", .bits = 1, .samples = 1,
                .photometric = PHOTOMETRIC_MINISWHITE,
                .compression = COMPRESSION_CCITTFAX4);
    expect_kind(state, .name = "packbits, black is 0", .bits = 1, .samples = 1,
                .photometric = PHOTOMETRIC_MINISBLACK,
                .compression = COMPRESSION_PACKBITS);
}

static void kinds__grey_white_is_zero_of_16_bits(void **state)
{
    expect_kind(state, .name = "grey 16", .bits = 16, .samples = 1,
                .photometric = PHOTOMETRIC_MINISWHITE,
                .compression = COMPRESSION_LZW);
}

static void kinds__palette(void **state)
{
    expect_kind(state, .name = "palette", .bits = 8, .samples = 1,
                .photometric = PHOTOMETRIC_PALETTE,
                .compression = COMPRESSION_LZW);
}

static void kinds__rgb_in_planes_of_16_bits(void **state)
{
    expect_kind(state, .name = "planes", .bits = 16, .samples = 3,
                .photometric = PHOTOMETRIC_RGB, .planar = PLANARCONFIG_SEPARATE,
                .compression = COMPRESSION_ADOBE_DEFLATE);
}

static void kinds__jpeg_in_tiles(void **state)
{
    expect_kind(state, .name = "JPEG tiles", .bits = 8, .samples = 3,
                .photometric = PHOTOMETRIC_YCBCR, .tiled = true,
                .compression = COMPRESSION_JPEG);
}

static void kinds__cmyk_and_lab_with_a_warning(void **state)
{
    expect_kind(state, .name = "CMYK", .bits = 8, .samples = 4,
                .photometric = PHOTOMETRIC_SEPARATED,
                .compression = COMPRESSION_LZW, .verdict = VERDICT_WARN);
    expect_kind(state, .name = "Lab", .bits = 8, .samples = 3,
                .photometric = PHOTOMETRIC_CIELAB, .verdict = VERDICT_WARN);
}

static void kinds__fax_with_half_the_rows(void **state)
{
    expect_kind(state, .name = "fax", .bits = 1, .samples = 1,
                .photometric = PHOTOMETRIC_MINISWHITE, .every_row = 2,
                .compression = COMPRESSION_CCITTFAX3);
}

static void kinds__fax_that_states_a_ratio_only(void **state)
{
    expect_kind(state, .name = "fax without unit", .bits = 1, .samples = 1,
                .photometric = PHOTOMETRIC_MINISWHITE, .every_row = 2,
                .unit = RESUNIT_NONE, .compression = COMPRESSION_CCITTFAX3);
}

static void kinds__turned_by_the_orientation_tag(void **state)
{
    expect_kind(state, .name = "orientation 6", .bits = 8, .samples = 1,
                .photometric = PHOTOMETRIC_MINISBLACK, .orientation = 6,
                .compression = COMPRESSION_LZW);
    expect_kind(state, .name = "orientation 7", .bits = 8, .samples = 3,
                .photometric = PHOTOMETRIC_RGB, .orientation = 7, .tiled = true,
                .compression = COMPRESSION_LZW);
}

static void kinds__second_page_of_a_file(void **state)
{
    expect_kind(state, .name = "second page", .bits = 1, .samples = 1,
                .photometric = PHOTOMETRIC_MINISWHITE, .page = 1,
                .compression = COMPRESSION_CCITTFAX4);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(kinds__bitonal_both_ways_round),
        unit_test_in_dir(kinds__grey_white_is_zero_of_16_bits),
        unit_test_in_dir(kinds__palette),
        unit_test_in_dir(kinds__rgb_in_planes_of_16_bits),
        unit_test_in_dir(kinds__jpeg_in_tiles),
        unit_test_in_dir(kinds__cmyk_and_lab_with_a_warning),
        unit_test_in_dir(kinds__fax_with_half_the_rows),
        unit_test_in_dir(kinds__fax_that_states_a_ratio_only),
        unit_test_in_dir(kinds__turned_by_the_orientation_tag),
        unit_test_in_dir(kinds__second_page_of_a_file),
    };
    const struct reader_options options = READER_OPTIONS_INIT;
    struct err err;
    int rc;

    if (reader_open(&options, &reader, &err) != 0 ||
        rule_book_new(&rules, &err) != 0) {
        (void)fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    rule_book_free(rules);
    reader_close(reader);
    return rc;
}

/* SPDX-License-Identifier: MIT */
/*
 * tests/search-cgi/picture.h - made pictures, and real decoders (libjpeg,
 * libpng) for what the server gives out.
 */
#ifndef TESTS_SEARCH_CGI_PICTURE_H
#define TESTS_SEARCH_CGI_PICTURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#include "common/buf.h"
#include "ingest/raster.h"
#include "tests/unit.h"

struct decoded {
    uint32_t width_px, height_px;
    unsigned channels;
    int bits;        /* of a PNG's sample as stored */
    int jpeg_colour; /* a JPEG's J_COLOR_SPACE as the decoder understood it */
    uint8_t *pixels; /* rows without gaps; bits spread to 0 and 255 */
};

static inline void decoded_fini(struct decoded *d)
{
    free(d->pixels);
}

static inline void decoded_fini_at(struct decoded *d)
{
    decoded_fini(d);
}

static inline unsigned decoded_at(const struct decoded *d, uint32_t x,
                                  uint32_t y, unsigned channel)
{
    assert_true(x < d->width_px && y < d->height_px);
    return d->pixels[((size_t)y * d->width_px + x) * d->channels + channel];
}

/* libjpeg's default error handler ends the program, and so the test. */
static inline void decode_jpeg(const struct buf *file, struct decoded *d)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr handler;

    memset(d, 0, sizeof(*d));
    jpeg.err = jpeg_std_error(&handler);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, (const unsigned char *)file->data, file->len);
    assert_int_equal(jpeg_read_header(&jpeg, TRUE), JPEG_HEADER_OK);
    d->jpeg_colour = (int)jpeg.jpeg_color_space;
    (void)jpeg_start_decompress(&jpeg);
    d->width_px = jpeg.output_width;
    d->height_px = jpeg.output_height;
    d->channels = (unsigned)jpeg.output_components;
    d->bits = 8;
    d->pixels = malloc((size_t)d->width_px * d->height_px * d->channels);
    assert_non_null(d->pixels);
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = d->pixels +
                       (size_t)jpeg.output_scanline * d->width_px * d->channels;

        (void)jpeg_read_scanlines(&jpeg, &row, 1);
    }
    (void)jpeg_finish_decompress(&jpeg);
    assert_int_equal(handler.num_warnings, 0);
    jpeg_destroy_decompress(&jpeg);
}

static inline void decode_png(const struct buf *file, struct decoded *d)
{
    png_image image = {.version = PNG_IMAGE_VERSION};

    memset(d, 0, sizeof(*d));
    assert_true(file->len > 25);
    d->bits =
        (unsigned char)file->data[24]; /* IHDR: width, height, bit depth */
    assert_int_not_equal(
        png_image_begin_read_from_memory(&image, file->data, file->len), 0);
    image.format =
        image.format & PNG_FORMAT_FLAG_COLOR ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    d->width_px = image.width;
    d->height_px = image.height;
    d->channels = image.format == PNG_FORMAT_RGB ? 3 : 1;
    d->pixels = malloc(PNG_IMAGE_SIZE(image));
    assert_non_null(d->pixels);
    assert_int_not_equal(
        png_image_finish_read(&image, NULL, d->pixels, 0, NULL), 0);
}

/* Smooth in both directions, so that JPEG keeps it within a few values. */
static inline uint8_t smooth_value(uint32_t x, uint32_t y, unsigned channel)
{
    uint32_t v = channel == 0   ? x / 3 + y / 5
                 : channel == 1 ? x / 7 + 40
                                : 255 - y / 4 % 256;

    v %= 510;
    return (uint8_t)(v < 256 ? v : 510 - v);
}

/* A pattern without any symmetry. */
static inline bool ink_at(uint32_t x, uint32_t y)
{
    return (x * 7 + y * 13 + x * y / 9) % 11 < 3 || x == 2 * y;
}

static inline struct raster *make_smooth(enum raster_form form, uint32_t width,
                                         uint32_t height)
{
    struct raster *r = NULL;
    struct err err;
    unsigned channels = form == RASTER_RGB ? 3 : 1;

    assert_ok(raster_new(form, width, height, &r, &err), err);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            for (unsigned c = 0; c < channels; c++)
                r->data[y * r->stride_bytes + (size_t)x * channels + c] =
                    smooth_value(x, y, c);
    return r;
}

static inline struct raster *make_inked(uint32_t width, uint32_t height)
{
    struct raster *r = NULL;
    struct err err;

    assert_ok(raster_new(RASTER_BITONAL, width, height, &r, &err), err);
    memset(r->data, 0, r->stride_bytes * height);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            if (ink_at(x, y))
                r->data[y * r->stride_bytes + x / 8] |=
                    (uint8_t)(0x80 >> x % 8);
    return r;
}

#endif

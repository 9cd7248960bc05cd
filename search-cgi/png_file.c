/* SPDX-License-Identifier: MIT */
#include "search-cgi/png_file.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "common/cleanup.h"

struct encoder {
    struct buf *out;
    char said[256];
};

static void fail(png_structp png, png_const_charp text)
{
    struct encoder *e = png_get_error_ptr(png);

    (void)snprintf(e->said, sizeof(e->said), "%s", text);
    png_longjmp(png, 1);
}

static void say_nothing(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static void take_bytes(png_structp png, png_bytep bytes, size_t len)
{
    struct encoder *e = png_get_io_ptr(png);

    buf_add(e->out, bytes, len);
}

static void flush_nothing(png_structp png)
{
    (void)png;
}

/* libpng writes 1-bit rows from one byte a pixel of 0 or 1; 255 is white. */
static void pack_row(const uint8_t *pixels, uint32_t width, uint8_t *bits)
{
    memset(bits, 0, ((size_t)width + 7) / 8);
    for (uint32_t x = 0; x < width; x++)
        if (pixels[x] >= 128)
            bits[x / 8] |= (uint8_t)(0x80 >> x % 8);
}

static void write_rows(png_structp png, const struct raster *picture,
                       uint8_t *packed)
{
    for (uint32_t y = 0; y < picture->height_px; y++) {
        const uint8_t *row = picture->data + (size_t)y * picture->stride_bytes;

        if (packed != NULL) {
            pack_row(row, picture->width_px, packed);
            row = packed;
        }
        png_write_row(png, row);
    }
}

/* 0, or -1 when libpng jumped back. */
static int encode(png_structp png, png_infop info, const struct raster *picture,
                  uint8_t *packed)
{
    bool colour = picture->form == RASTER_RGB;

    if (setjmp(png_jmpbuf(png)) != 0)
        return -1;
    png_set_IHDR(png, info, picture->width_px, picture->height_px,
                 packed != NULL ? 1 : 8,
                 colour ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    /* Bits gain nothing from filters; photographs little from more effort. */
    png_set_filter(png, 0, packed != NULL ? PNG_FILTER_NONE : PNG_FILTER_SUB);
    png_set_compression_level(png, packed != NULL ? 6 : 3);
    png_write_info(png, info);
    write_rows(png, picture, packed);
    png_write_end(png, info);
    return 0;
}

int png_file_encode(const struct raster *picture, int bits, struct buf *out,
                    struct err *err)
{
    CLEANUP(free) uint8_t *packed = NULL;
    struct encoder e = {.out = out};
    png_structp png = NULL;
    png_infop info = NULL;
    int rc = -1;

    if (picture->form == RASTER_BITONAL)
        return err_set(err, ERR_USAGE, "a PNG is made of bytes");
    if (bits == 1 && picture->form == RASTER_GREY) {
        packed = malloc(((size_t)picture->width_px + 7) / 8);
        if (packed == NULL)
            return err_set(err, ERR_NOMEM, "out of memory for a PNG file");
    }
    png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &e, fail, say_nothing);
    if (png != NULL)
        info = png_create_info_struct(png);
    if (info != NULL) {
        png_set_write_fn(png, &e, take_bytes, flush_nothing);
        rc = encode(png, info, picture, packed);
    }
    png_destroy_write_struct(&png, &info);
    if (rc != 0)
        return err_set(err, ERR_LIBRARY, "libpng: %s", e.said);
    if (out->failed)
        return err_set(err, ERR_NOMEM, "out of memory for a PNG file");
    return 0;
}

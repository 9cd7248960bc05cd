/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <tiffio.h>

#include "common/file.h"
#include "search-cgi/pyramid.h"
#include "search-cgi/tiff_file.h"

unsigned pyramid_levels_for(uint32_t width_px, uint32_t height_px)
{
    unsigned levels = 1;

    while (pyramid_side(width_px, levels - 1) > TILE_PX ||
           pyramid_side(height_px, levels - 1) > TILE_PX)
        levels++;
    return levels;
}

uint32_t pyramid_side(uint32_t full_px, unsigned level)
{
    uint64_t scale = (uint64_t)1 << level;
    uint64_t side = (full_px + scale - 1) / scale;

    return side == 0 ? 1 : (uint32_t)side;
}

static unsigned bytes_per_pixel(const struct raster *r)
{
    return r->form == RASTER_RGB ? 3 : 1;
}

static const uint8_t *row_of(const struct raster *r, uint32_t y)
{
    return r->data + (size_t)y * r->stride_bytes;
}

/* White, the colour of paper: 255 for a pixel without ink. */
static unsigned bit_value(const uint8_t *row, uint32_t x)
{
    return row[x / 8] >> (7 - x % 8) & 1 ? 0 : 255;
}

/* One row of half the size from the two above it; channel by channel. A row or
 * column that has no partner counts for both. */
static void halve_bytes(const uint8_t *upper, const uint8_t *lower,
                        uint32_t width, unsigned channels, uint8_t *out)
{
    for (uint32_t x = 0; x < width; x += 2) {
        size_t left = (size_t)x * channels;
        size_t right = x + 1 < width ? left + channels : left;

        for (unsigned c = 0; c < channels; c++)
            *out++ = (uint8_t)((upper[left + c] + upper[right + c] +
                                lower[left + c] + lower[right + c] + 2) /
                               4);
    }
}

static void halve_bits(const uint8_t *upper, const uint8_t *lower,
                       uint32_t width, uint8_t *out)
{
    for (uint32_t x = 0; x < width; x += 2) {
        uint32_t right = x + 1 < width ? x + 1 : x;

        *out++ = (uint8_t)((bit_value(upper, x) + bit_value(upper, right) +
                            bit_value(lower, x) + bit_value(lower, right) + 2) /
                           4);
    }
}

static int halve(const struct raster *in, struct raster **out, struct err *err)
{
    enum raster_form form = in->form == RASTER_RGB ? RASTER_RGB : RASTER_GREY;
    CLEANUP(raster_free) struct raster *half = NULL;

    if (raster_new(form, pyramid_side(in->width_px, 1),
                   pyramid_side(in->height_px, 1), &half, err) != 0)
        return -1;
    for (uint32_t y = 0; y < half->height_px; y++) {
        const uint8_t *upper = row_of(in, 2 * y);
        const uint8_t *lower =
            2 * y + 1 < in->height_px ? row_of(in, 2 * y + 1) : upper;
        uint8_t *to = half->data + (size_t)y * half->stride_bytes;

        if (in->form == RASTER_BITONAL)
            halve_bits(upper, lower, in->width_px, to);
        else
            halve_bytes(upper, lower, in->width_px, bytes_per_pixel(in), to);
    }
    *out = STEAL(half);
    return 0;
}

/* Fill one tile row of bytes, the last pixel repeated beyond the edge. */
static void cut_bytes(const struct raster *r, const uint8_t *row, uint32_t x0,
                      uint8_t *to)
{
    unsigned channels = bytes_per_pixel(r);
    uint32_t have = r->width_px - x0 < TILE_PX ? r->width_px - x0 : TILE_PX;
    size_t last = ((size_t)have - 1) * channels;

    memcpy(to, row + (size_t)x0 * channels, (size_t)have * channels);
    for (uint32_t x = have; x < TILE_PX; x++)
        memcpy(to + (size_t)x * channels, to + last, channels);
}

/* The same of bits; beyond the edge is paper, which Group 4 packs best. x0 is
 * a multiple of 8. */
static void cut_bits(const struct raster *r, const uint8_t *row, uint32_t x0,
                     uint8_t *to)
{
    uint32_t have = r->width_px - x0 < TILE_PX ? r->width_px - x0 : TILE_PX;

    memset(to, 0, TILE_PX / 8);
    memcpy(to, row + x0 / 8, (have + 7) / 8);
    if (have % 8 != 0)
        to[have / 8] &= (uint8_t)(0xff00 >> have % 8);
}

static void cut_tile(const struct raster *r, uint32_t x0, uint32_t y0,
                     uint8_t *tile, size_t tile_stride)
{
    for (uint32_t y = 0; y < TILE_PX; y++) {
        bool inside = y0 + y < r->height_px;
        const uint8_t *row = row_of(r, inside ? y0 + y : r->height_px - 1);
        uint8_t *to = tile + y * tile_stride;

        if (r->form != RASTER_BITONAL)
            cut_bytes(r, row, x0, to);
        else if (inside)
            cut_bits(r, row, x0, to);
        else
            memset(to, 0, tile_stride);
    }
}

static void set_tags(TIFF *tif, const struct raster *r, unsigned level)
{
    bool bits = r->form == RASTER_BITONAL;
    bool colour = r->form == RASTER_RGB;

    TIFFSetField(tif, TIFFTAG_SUBFILETYPE,
                 level > 0 ? FILETYPE_REDUCEDIMAGE : 0);
    TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, r->width_px);
    TIFFSetField(tif, TIFFTAG_IMAGELENGTH, r->height_px);
    TIFFSetField(tif, TIFFTAG_TILEWIDTH, TILE_PX);
    TIFFSetField(tif, TIFFTAG_TILELENGTH, TILE_PX);
    TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, bits ? 1 : 8);
    TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, colour ? 3 : 1);
    TIFFSetField(tif, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tif, TIFFTAG_COMPRESSION,
                 bits ? COMPRESSION_CCITTFAX4 : COMPRESSION_JPEG);
    if (bits) {
        TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
        return;
    }
    TIFFSetField(tif, TIFFTAG_PHOTOMETRIC,
                 colour ? PHOTOMETRIC_YCBCR : PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tif, TIFFTAG_JPEGQUALITY, TILE_JPEG_QUALITY);
    if (colour) {
        TIFFSetField(tif, TIFFTAG_YCBCRSUBSAMPLING, 2, 2);
        TIFFSetField(tif, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    }
}

static int write_level(struct tiff_file *h, const struct raster *r,
                       unsigned level, struct err *err)
{
    uint8_t tile[TILE_PX * TILE_PX * 3];
    size_t stride = r->form == RASTER_BITONAL
                        ? TILE_PX / 8
                        : (size_t)TILE_PX * bytes_per_pixel(r);
    tmsize_t size = (tmsize_t)(stride * TILE_PX);
    uint32_t index = 0;

    set_tags(h->tif, r, level);
    for (uint32_t y = 0; y < r->height_px; y += TILE_PX) {
        for (uint32_t x = 0; x < r->width_px; x += TILE_PX) {
            cut_tile(r, x, y, tile, stride);
            if (TIFFWriteEncodedTile(h->tif, index++, tile, size) != size)
                return tiff_file_err(h, err, "cannot write a tile");
        }
    }
    if (!TIFFWriteDirectory(h->tif))
        return tiff_file_err(h, err, "cannot write a directory");
    return 0;
}

/* The levels below the full one, each from the one above it. */
static int write_reduced(struct tiff_file *h, const struct raster *full,
                         struct err *err)
{
    unsigned levels = pyramid_levels_for(full->width_px, full->height_px);
    CLEANUP(raster_free) struct raster *above = NULL;

    for (unsigned level = 1; level < levels; level++) {
        struct raster *half = NULL;

        if (halve(above == NULL ? full : above, &half, err) != 0)
            return -1;
        raster_free(above);
        above = half;
        if (write_level(h, above, level, err) != 0)
            return -1;
    }
    return 0;
}

static int write_file(const struct raster *raster, const char *temp,
                      struct err *err)
{
    CLEANUP(tiff_file_close) struct tiff_file *h = NULL;

    if (tiff_file_open(temp, "w", &h, err) != 0 ||
        write_level(h, raster, 0, err) != 0 ||
        write_reduced(h, raster, err) != 0)
        return -1;
    if (!TIFFFlush(h->tif))
        return tiff_file_err(h, err, "cannot write it to the end");
    if (fsync(TIFFFileno(h->tif)) != 0)
        return err_set_errno(err, "%s: cannot write it to the disk", temp);
    return 0;
}

int pyramid_make_from(const struct raster *raster, const char *temp,
                      const char *path, struct err *err)
{
    if (write_file(raster, temp, err) != 0 ||
        file_move_durable(temp, path, err) != 0) {
        (void)unlink(temp);
        return -1;
    }
    return 0;
}

int pyramid_make(const char *master, uint32_t image, const char *temp,
                 const char *path, struct err *err)
{
    CLEANUP(raster_free) struct raster *raster = NULL;

    if (raster_read_tiff(master, image, &raster, err) != 0)
        return -1;
    return pyramid_make_from(raster, temp, path, err);
}

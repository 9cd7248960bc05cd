/* SPDX-License-Identifier: MIT */
#include "ocr/load.h"

#include <stdlib.h>
#include <string.h>

/* A3 at 450 dpi. Anything larger is read at a half, a third... of its
 * resolution: letters are large enough there, and memory is bounded. */
#define READ_MAX_PIXELS ((uint64_t)42000000)
/* Tesseract keeps coordinates in 16 bits. */
#define READ_MAX_SIDE 32000

unsigned load_reduction(const struct raster *raster)
{
    unsigned by = 1;

    for (;; by++) {
        uint64_t w = raster->width_px / by;
        uint64_t h = raster->height_px / by;

        if (w <= READ_MAX_SIDE && h <= READ_MAX_SIDE &&
            w * h <= READ_MAX_PIXELS)
            return by;
    }
}

static int make(uint32_t width, uint32_t height, int depth, PIX **out,
                struct err *err)
{
    PIX *pix = pixCreate((l_int32)width, (l_int32)height, depth);

    if (pix == NULL)
        return err_set(err, ERR_NOMEM, "picture of %u x %u: out of memory",
                       width, height);
    *out = pix;
    return 0;
}

/* Rows byte by byte; Leptonica keeps them as 32-bit words of the machine. */
static int copy_rows(const struct raster *raster, int depth, PIX **out,
                     struct err *err)
{
    size_t bytes = ((size_t)raster->width_px * (size_t)depth + 7) / 8;
    PIX *pix = NULL;

    if (make(raster->width_px, raster->height_px, depth, &pix, err) != 0)
        return -1;
    for (uint32_t y = 0; y < raster->height_px; y++)
        memcpy(pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix),
               raster->data + y * raster->stride_bytes, bytes);
    (void)pixEndianByteSwap(pix);
    (void)pixSetPadBits(pix, 0);
    *out = pix;
    return 0;
}

/* Luma by ITU-R BT.601, in 256ths. */
static unsigned luma(const uint8_t *rgb)
{
    return (77u * rgb[0] + 150u * rgb[1] + 29u * rgb[2]) >> 8;
}

static unsigned grey_at(const struct raster *raster, const uint8_t *row,
                        uint32_t x)
{
    switch (raster->form) {
    case RASTER_BITONAL:
        return (row[x >> 3] >> (7 - (x & 7)) & 1) != 0 ? 0 : 255;
    case RASTER_GREY:
        return row[x];
    case RASTER_RGB:
    default:
        return luma(row + (size_t)3 * x);
    }
}

/* One row of means from `by` rows of the raster, starting at row y * by. */
static void mean_row(const struct raster *raster, unsigned by, uint32_t y,
                     uint32_t width, uint32_t *sums, l_uint32 *line)
{
    memset(sums, 0, width * sizeof(*sums));
    for (unsigned dy = 0; dy < by; dy++) {
        const uint8_t *row =
            raster->data + ((size_t)y * by + dy) * raster->stride_bytes;

        for (uint32_t x = 0; x < width; x++) {
            for (unsigned dx = 0; dx < by; dx++)
                sums[x] += grey_at(raster, row, x * by + dx);
        }
    }
    for (uint32_t x = 0; x < width; x++)
        SET_DATA_BYTE(line, x, sums[x] / (by * by));
}

static int load_means(const struct raster *raster, unsigned by, PIX **out,
                      struct err *err)
{
    uint32_t width = raster->width_px / by;
    uint32_t height = raster->height_px / by;
    CLEANUP(free) uint32_t *sums = calloc(width, sizeof(*sums));
    PIX *pix = NULL;

    if (sums == NULL)
        return err_set(err, ERR_NOMEM, "picture: out of memory");
    if (make(width, height, 8, &pix, err) != 0)
        return -1;
    for (uint32_t y = 0; y < height; y++)
        mean_row(raster, by, y, width, sums,
                 pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix));
    *out = pix;
    return 0;
}

int load_grey(const struct raster *raster, unsigned reduction, PIX **out,
              struct err *err)
{
    if (reduction > 1 || raster->form == RASTER_RGB)
        return load_means(raster, reduction, out, err);
    return copy_rows(raster, raster->form == RASTER_BITONAL ? 1 : 8, out, err);
}

int load_as_is(const struct raster *raster, PIX **out, struct err *err)
{
    PIX *pix = NULL;

    if (raster->form != RASTER_RGB)
        return load_grey(raster, 1, out, err);
    if (make(raster->width_px, raster->height_px, 32, &pix, err) != 0)
        return -1;
    for (uint32_t y = 0; y < raster->height_px; y++) {
        const uint8_t *rgb = raster->data + y * raster->stride_bytes;
        l_uint32 *line = pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix);

        for (uint32_t x = 0; x < raster->width_px; x++, rgb += 3)
            composeRGBPixel(rgb[0], rgb[1], rgb[2], line + x);
    }
    *out = pix;
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include "samples/picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#define LEVEL_STEP   17 /* 16 grey levels: LZW needs flat paper */
#define BLACK_BELOW  140
#define ROWS_A_STRIP 64
#define RESOLUTION   300.0
#define SPECK_MAX_PX 4

struct picture *picture_from_sheet(const struct sheet *sheet)
{
    struct picture *picture = calloc(1, sizeof(*picture));
    const unsigned char *data = cairo_image_surface_get_data(sheet->surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(sheet->surface);
    size_t w = (size_t)sheet->file.w;
    size_t h = (size_t)sheet->file.h;

    if (picture == NULL)
        return NULL;
    picture->size = sheet->file;
    picture->grey = malloc(w * h);
    if (picture->grey == NULL) {
        free(picture);
        return NULL;
    }
    cairo_surface_flush(sheet->surface);
    for (size_t y = 0; y < h; y++) {
        for (size_t x = 0; x < w; x++) {
            uint32_t rgb;

            memcpy(&rgb, data + y * stride + x * 4, sizeof(rgb));
            picture->grey[y * w + x] = (uint8_t)(rgb & 0xff);
        }
    }
    return picture;
}

void picture_free(struct picture *picture)
{
    if (picture == NULL)
        return;
    free(picture->grey);
    free(picture);
}

/* 1 in the bright corner (top left), falling to 1 - share in the other. */
static double light_at(const struct picture *picture, double share, int x,
                       int y)
{
    double along = 0.65 * x / picture->size.w + 0.35 * y / picture->size.h;

    return 1 - share * along * along;
}

static uint8_t quantise(double level)
{
    double step = floor(level / LEVEL_STEP + 0.5);

    return (uint8_t)(fmin(fmax(step, 0), 15) * LEVEL_STEP);
}

static void degrade_row(struct picture *picture, struct sheet *sheet, int y)
{
    const struct look *look = sheet->look;
    uint8_t *row = picture->grey + (size_t)y * (size_t)picture->size.w;

    for (int x = 0; x < picture->size.w; x++) {
        double level = row[x] * light_at(picture, look->light_share, x, y);

        if (look->grain_levels > 0)
            level += sheet_random(sheet, -1, 1) * look->grain_levels;
        if (sheet_random(sheet, 0, 1) < look->fleck_share)
            level += sheet_random(sheet, 0, 1) < 0.5 ? LEVEL_STEP : -LEVEL_STEP;
        row[x] = quantise(level);
    }
}

static void add_speck(struct picture *picture, struct sheet *sheet)
{
    int w = (int)sheet_random(sheet, 1, SPECK_MAX_PX);
    int h = (int)sheet_random(sheet, 1, SPECK_MAX_PX);
    int left = (int)sheet_random(sheet, 0, picture->size.w - w);
    int top = (int)sheet_random(sheet, 0, picture->size.h - h);
    uint8_t level = quantise(sheet_random(sheet, 50, 150));

    for (int y = top; y < top + h; y++)
        for (int x = left; x < left + w; x++)
            picture->grey[(size_t)y * (size_t)picture->size.w + (size_t)x] =
                level;
}

static void turn_upside_down(struct picture *picture)
{
    size_t count = (size_t)picture->size.w * (size_t)picture->size.h;

    for (size_t i = 0; i < count / 2; i++) {
        uint8_t kept = picture->grey[i];

        picture->grey[i] = picture->grey[count - 1 - i];
        picture->grey[count - 1 - i] = kept;
    }
}

void picture_degrade(struct picture *picture, struct sheet *sheet)
{
    for (int y = 0; y < picture->size.h; y++)
        degrade_row(picture, sheet, y);
    for (int i = 0; i < sheet->look->speck_count; i++)
        add_speck(picture, sheet);
    if (sheet->look->turned_cw_deg == 180)
        turn_upside_down(picture);
}

static void set_tags(TIFF *tiff, struct size size, enum encoding encoding)
{
    int bitonal = encoding == ENCODING_BITONAL_G4;

    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, (uint32_t)size.w);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, (uint32_t)size.h);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, bitonal ? 1 : 8);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, (uint32_t)ROWS_A_STRIP);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, RESOLUTION);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, RESOLUTION);
    TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
                 bitonal ? PHOTOMETRIC_MINISWHITE : PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION,
                 bitonal ? COMPRESSION_CCITTFAX4 : COMPRESSION_LZW);
    if (!bitonal)
        TIFFSetField(tiff, TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
}

static void pack_row(const uint8_t *grey, size_t width, uint8_t *out)
{
    memset(out, 0, (width + 7) / 8);
    for (size_t x = 0; x < width; x++)
        if (grey[x] < BLACK_BELOW)
            out[x / 8] |= (uint8_t)(0x80u >> (x % 8));
}

static int write_rows(TIFF *tiff, const struct picture *picture,
                      enum encoding encoding)
{
    size_t width = (size_t)picture->size.w;
    uint8_t *row = malloc(width);
    int status = 0;

    if (row == NULL)
        return -1;
    for (int y = 0; y < picture->size.h && status == 0; y++) {
        const uint8_t *grey = picture->grey + (size_t)y * width;

        if (encoding == ENCODING_BITONAL_G4)
            pack_row(grey, width, row);
        else /* libtiff's predictor works in place */
            memcpy(row, grey, width);
        if (TIFFWriteScanline(tiff, row, (uint32_t)y, 0) != 1)
            status = -1;
    }
    free(row);
    return status;
}

int picture_write(const struct picture *picture, enum encoding encoding,
                  const char *path)
{
    TIFF *tiff = TIFFOpen(path, "wl");
    int status;

    if (tiff == NULL)
        return -1;
    set_tags(tiff, picture->size, encoding);
    status = write_rows(tiff, picture, encoding);
    if (status == 0 && TIFFFlush(tiff) != 1)
        status = -1;
    TIFFClose(tiff);
    return status;
}

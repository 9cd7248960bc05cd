/* SPDX-License-Identifier: MIT */
#include "samples/pixels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#include "ingest/raster.h"

/* Grey from which a bitonal scanner sees white. */
#define WHITE_FROM 140

void pixels_free(struct pixels *p)
{
    if (p == NULL)
        return;
    free(p->at);
    free(p);
}

/* Of the kind of like, with other sides. */
static struct pixels *pixels_like(const struct pixels *like, uint32_t w,
                                  uint32_t h)
{
    struct pixels *p = like == NULL ? NULL : malloc(sizeof(*p));

    if (p == NULL)
        return NULL;
    *p = *like;
    p->w = w;
    p->h = h;
    p->at = malloc((size_t)w * h * like->channels);
    if (p->at != NULL)
        return p;
    free(p);
    return NULL;
}

static uint8_t *pixel(const struct pixels *p, uint32_t x, uint32_t y)
{
    return p->at + ((size_t)y * p->w + x) * p->channels;
}

static uint8_t clamp(double v)
{
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v + 0.5);
}

struct pixels *pixels_copy(const struct pixels *p)
{
    struct pixels *to = p == NULL ? NULL : pixels_like(p, p->w, p->h);

    if (to != NULL)
        memcpy(to->at, p->at, (size_t)p->w * p->h * p->channels);
    return to;
}

/* --- files --- */

static void take_raster(struct pixels *p, const struct raster *r)
{
    for (uint32_t y = 0; y < p->h; y++) {
        const uint8_t *from = r->data + r->stride_bytes * y;

        if (r->form != RASTER_BITONAL) {
            memcpy(pixel(p, 0, y), from, (size_t)p->w * p->channels);
            continue;
        }
        for (uint32_t x = 0; x < p->w; x++)
            *pixel(p, x, y) = from[x / 8] >> (7 - x % 8) & 1 ? 0 : 255;
    }
}

static unsigned read_compression(const char *path)
{
    TIFF *tif = TIFFOpen(path, "r");
    uint16_t compression = COMPRESSION_NONE;

    if (tif == NULL)
        return compression;
    (void)TIFFGetField(tif, TIFFTAG_COMPRESSION, &compression);
    TIFFClose(tif);
    return compression;
}

int pixels_read(const char *path, struct pixels **out, struct err *err)
{
    CLEANUP(raster_free) struct raster *r = NULL;
    struct pixels *p;
    struct pixels like = {.w = 0};

    if (raster_read_tiff(path, 0, &r, err) != 0)
        return -1;
    like.channels = r->form == RASTER_RGB ? 3 : 1;
    like.bitonal = r->form == RASTER_BITONAL;
    like.compression = read_compression(path);
    like.orientation = ORIENTATION_TOPLEFT;
    like.dpi = r->xres_dpi > 0 ? r->xres_dpi : 300;
    p = pixels_like(&like, r->width_px, r->height_px);
    if (p == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    take_raster(p, r);
    *out = p;
    return 0;
}

static void set_tags(TIFF *tif, const struct pixels *p)
{
    bool jpeg = p->compression == COMPRESSION_JPEG && !p->bitonal;

    TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, p->w);
    TIFFSetField(tif, TIFFTAG_IMAGELENGTH, p->h);
    TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, p->bitonal ? 1 : 8);
    TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, p->channels);
    TIFFSetField(tif, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tif, TIFFTAG_ORIENTATION, p->orientation);
    TIFFSetField(tif, TIFFTAG_XRESOLUTION, p->dpi);
    TIFFSetField(tif, TIFFTAG_YRESOLUTION, p->dpi);
    TIFFSetField(tif, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
    TIFFSetField(tif, TIFFTAG_COMPRESSION,
                 p->bitonal ? COMPRESSION_CCITTFAX4
                 : jpeg     ? COMPRESSION_JPEG
                            : COMPRESSION_LZW);
    TIFFSetField(tif, TIFFTAG_PHOTOMETRIC,
                 p->bitonal         ? PHOTOMETRIC_MINISWHITE
                 : p->channels == 1 ? PHOTOMETRIC_MINISBLACK
                 : jpeg             ? PHOTOMETRIC_YCBCR
                                    : PHOTOMETRIC_RGB);
    if (jpeg) {
        TIFFSetField(tif, TIFFTAG_JPEGQUALITY, 85);
        TIFFSetField(tif, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    }
    TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP,
                 jpeg ? 128u : TIFFDefaultStripSize(tif, 0));
}

static int write_rows(TIFF *tif, const struct pixels *p)
{
    CLEANUP(free) uint8_t *row = malloc((size_t)p->w * p->channels);

    if (row == NULL)
        return -1;
    for (uint32_t y = 0; y < p->h; y++) {
        memcpy(row, pixel(p, 0, y), (size_t)p->w * p->channels);
        for (uint32_t x = 0; p->bitonal && x < p->w; x++) {
            uint8_t bit = (uint8_t)(0x80 >> x % 8);
            bool ink = *pixel(p, x, y) < WHITE_FROM;

            row[x / 8] = (uint8_t)(ink ? (x % 8 ? row[x / 8] : 0) | bit
                                       : (x % 8 ? row[x / 8] : 0));
        }
        if (TIFFWriteScanline(tif, row, y, 0) != 1)
            return -1;
    }
    return 0;
}

int pixels_write(const struct pixels *p, const char *path, struct err *err)
{
    TIFF *tif = TIFFOpen(path, "w");
    int rc = -1;

    if (tif != NULL) {
        set_tags(tif, p);
        rc = write_rows(tif, p);
        TIFFClose(tif);
    }
    return rc == 0 ? 0 : err_set(err, ERR_IO, "%s: cannot be written", path);
}

/* --- where pixels are --- */

/* Between four pixels, or the fill outside. */
static double between(const struct pixels *p, double x, double y, unsigned c,
                      const uint8_t *fill)
{
    int64_t x0 = (int64_t)floor(x), y0 = (int64_t)floor(y);
    double sum = 0;

    for (int k = 0; k < 4; k++) {
        int64_t u = x0 + (k & 1), v = y0 + (k >> 1);
        double weight = (k & 1 ? x - (double)x0 : 1 - (x - (double)x0)) *
                        (k >> 1 ? y - (double)y0 : 1 - (y - (double)y0));
        bool inside = u >= 0 && v >= 0 && u < p->w && v < p->h;

        sum +=
            weight * (inside ? pixel(p, (uint32_t)u, (uint32_t)v)[c] : fill[c]);
    }
    return sum;
}

struct pixels *pixels_rotate(struct pixels *p, double cw_deg)
{
    double c = cos(cw_deg * M_PI / 180), s = sin(cw_deg * M_PI / 180);
    struct pixels *to = p == NULL ? NULL : pixels_like(p, p->w, p->h);

    for (uint32_t y = 0; to != NULL && y < p->h; y++) {
        for (uint32_t x = 0; x < p->w; x++) {
            double dx = x - p->w / 2.0, dy = y - p->h / 2.0;

            for (unsigned k = 0; k < p->channels; k++)
                pixel(to, x, y)[k] =
                    clamp(between(p, dx * c + dy * s + p->w / 2.0,
                                  dy * c - dx * s + p->h / 2.0, k, p->at));
        }
    }
    pixels_free(p);
    return to;
}

struct pixels *pixels_turn(struct pixels *p, unsigned quarters)
{
    bool swap = quarters % 2 == 1;
    struct pixels *to =
        p == NULL ? NULL
                  : pixels_like(p, swap ? p->h : p->w, swap ? p->w : p->h);

    for (uint32_t y = 0; to != NULL && y < p->h; y++) {
        for (uint32_t x = 0; x < p->w; x++) {
            uint32_t u = quarters == 1   ? p->h - 1 - y
                         : quarters == 2 ? p->w - 1 - x
                         : quarters == 3 ? y
                                         : x;
            uint32_t v = quarters == 1   ? x
                         : quarters == 2 ? p->h - 1 - y
                         : quarters == 3 ? p->w - 1 - x
                                         : y;

            memcpy(pixel(to, u, v), pixel(p, x, y), p->channels);
        }
    }
    pixels_free(p);
    return to;
}

struct pixels *pixels_mirror(struct pixels *p)
{
    struct pixels *to = p == NULL ? NULL : pixels_like(p, p->w, p->h);

    for (uint32_t y = 0; to != NULL && y < p->h; y++) {
        for (uint32_t x = 0; x < p->w; x++)
            memcpy(pixel(to, p->w - 1 - x, y), pixel(p, x, y), p->channels);
    }
    pixels_free(p);
    return to;
}

struct pixels *pixels_window(struct pixels *p, int64_t x0, int64_t y0,
                             uint32_t w, uint32_t h, uint8_t fill)
{
    struct pixels *to = p == NULL ? NULL : pixels_like(p, w, h);

    for (uint32_t y = 0; to != NULL && y < h; y++) {
        for (uint32_t x = 0; x < w; x++) {
            int64_t u = x + x0, v = y + y0;

            if (u >= 0 && v >= 0 && u < p->w && v < p->h)
                memcpy(pixel(to, x, y), pixel(p, (uint32_t)u, (uint32_t)v),
                       p->channels);
            else
                memset(pixel(to, x, y), fill, p->channels);
        }
    }
    pixels_free(p);
    return to;
}

struct pixels *pixels_beside(struct pixels *left, const struct pixels *right)
{
    uint32_t w = left == NULL || right == NULL ? 0 : left->w;
    struct pixels *to =
        w == 0 ? NULL
               : pixels_window(left, 0, 0, w + right->w,
                               left->h > right->h ? left->h : right->h, 20);

    for (uint32_t y = 0; to != NULL && y < right->h; y++) {
        for (uint32_t x = 0; x < right->w; x++) {
            for (unsigned c = 0; c < to->channels; c++)
                pixel(to, w + x, y)[c] =
                    pixel(right, x, y)[right->channels == 3 ? c : 0];
        }
    }
    return to;
}

/* --- what pixels are --- */

/* Along one line of bytes that are `step` apart. */
static void blur_line(uint8_t *at, size_t step, uint32_t count,
                      const double *kernel, int reach, uint8_t *line)
{
    for (uint32_t i = 0; i < count; i++)
        line[i] = at[i * step];
    for (uint32_t i = 0; i < count; i++) {
        double sum = 0;

        for (int k = -reach; k <= reach; k++) {
            int64_t j = (int64_t)i + k;

            j = j < 0 ? 0 : j >= count ? count - 1 : j;
            sum += kernel[k + reach] * line[j];
        }
        at[i * step] = clamp(sum);
    }
}

static struct pixels *blur_along(struct pixels *p, const double *kernel,
                                 int reach, bool down)
{
    size_t pixel_step = p == NULL ? 0 : p->channels;
    size_t row_step = p == NULL ? 0 : pixel_step * p->w;
    CLEANUP(free)
    uint8_t *line = p == NULL ? NULL : malloc(p->w > p->h ? p->w : p->h);

    if (line == NULL) {
        pixels_free(p);
        return NULL;
    }
    for (uint32_t i = 0; i < (down ? p->w : p->h); i++) {
        for (unsigned c = 0; c < p->channels; c++)
            blur_line(p->at + c + i * (down ? pixel_step : row_step),
                      down ? row_step : pixel_step, down ? p->h : p->w, kernel,
                      reach, line);
    }
    return p;
}

#define MAX_REACH 64

struct pixels *pixels_blur(struct pixels *p, double sigma)
{
    double kernel[2 * MAX_REACH + 1];
    int reach = (int)ceil(3 * sigma);
    double sum = 0;

    reach = reach > MAX_REACH ? MAX_REACH : reach;
    for (int k = -reach; k <= reach; k++)
        sum += exp(-k * k / (2 * sigma * sigma));
    for (int k = -reach; k <= reach; k++)
        kernel[k + reach] = exp(-k * k / (2 * sigma * sigma)) / sum;
    return blur_along(blur_along(p, kernel, reach, false), kernel, reach, true);
}

struct pixels *pixels_smear(struct pixels *p, unsigned length, bool down)
{
    double kernel[2 * MAX_REACH + 1];
    int reach = (int)(length / 2);

    for (int k = 0; k <= 2 * reach; k++)
        kernel[k] = 1.0 / (2 * reach + 1);
    return blur_along(p, kernel, reach, down);
}

/* Mean of the part of a larger picture that a pixel of the smaller covers. */
static double mean_of(const struct pixels *p, uint32_t x, uint32_t y,
                      double factor, unsigned c)
{
    uint32_t x1 = (uint32_t)((x + 1) * factor),
             y1 = (uint32_t)((y + 1) * factor);
    uint32_t x0 = (uint32_t)(x * factor), y0 = (uint32_t)(y * factor);
    double sum = 0;

    for (uint32_t v = y0; v < y1; v++) {
        for (uint32_t u = x0; u < x1; u++)
            sum += pixel(p, u, v)[c];
    }
    return sum / ((x1 - x0) * (y1 - y0));
}

struct pixels *pixels_shrink(struct pixels *p, double factor)
{
    struct pixels *to = p == NULL ? NULL
                                  : pixels_like(p, (uint32_t)(p->w / factor),
                                                (uint32_t)(p->h / factor));

    for (uint32_t y = 0; to != NULL && y < to->h; y++) {
        for (uint32_t x = 0; x < to->w; x++) {
            for (unsigned c = 0; c < p->channels; c++)
                pixel(to, x, y)[c] = clamp(mean_of(p, x, y, factor, c));
        }
    }
    pixels_free(p);
    return to;
}

struct pixels *pixels_tone(struct pixels *p, const uint8_t level[256])
{
    size_t count = p == NULL ? 0 : (size_t)p->w * p->h * p->channels;

    for (size_t i = 0; i < count; i++)
        p->at[i] = level[p->at[i]];
    return p;
}

struct pixels *pixels_noise(struct pixels *p, double sigma, uint64_t seed)
{
    struct dice dice = {seed};
    size_t count = p == NULL ? 0 : (size_t)p->w * p->h;

    for (size_t i = 0; i < count; i++) {
        double n = 0;

        for (int k = 0; k < 3; k++) /* nearly Gaussian, of variance 1 */
            n += dice_between(&dice, -1, 1);
        for (unsigned c = 0; c < p->channels; c++)
            p->at[i * p->channels + c] =
                clamp(p->at[i * p->channels + c] + sigma * n);
    }
    return p;
}

struct pixels *pixels_shine_through(struct pixels *p,
                                    const struct pixels *other, double strength)
{
    double paper = other == NULL ? 255 : pixels_level(other, 0.6);

    if (other == NULL) {
        pixels_free(p);
        return NULL;
    }
    for (uint32_t y = 0; p != NULL && y < p->h && y < other->h; y++) {
        for (uint32_t x = 0; x < p->w && x < other->w; x++) {
            double dark = 1 - *pixel(other, x, y) / paper;

            for (unsigned c = 0; c < p->channels && dark > 0; c++)
                pixel(p, x, y)[c] =
                    clamp(pixel(p, x, y)[c] * (1 - strength * dark));
        }
    }
    return p;
}

static void brightest_line(uint8_t *at, size_t step, uint32_t count,
                           unsigned reach, uint8_t *line)
{
    for (uint32_t i = 0; i < count; i++)
        line[i] = at[i * step];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t from = i < reach ? 0 : i - reach;
        uint32_t to = i + reach >= count ? count - 1 : i + reach;
        uint8_t best = 0;

        for (uint32_t k = from; k <= to; k++)
            best = line[k] > best ? line[k] : best;
        at[i * step] = best;
    }
}

struct pixels *pixels_brightest(struct pixels *p, unsigned reach)
{
    CLEANUP(free)
    uint8_t *line = p == NULL ? NULL : malloc(p->w > p->h ? p->w : p->h);

    if (line == NULL) {
        pixels_free(p);
        return NULL;
    }
    for (unsigned c = 0; c < p->channels; c++) {
        for (uint32_t y = 0; y < p->h; y++)
            brightest_line(pixel(p, 0, y) + c, p->channels, p->w, reach, line);
        for (uint32_t x = 0; x < p->w; x++)
            brightest_line(pixel(p, x, 0) + c, (size_t)p->channels * p->w, p->h,
                           reach, line);
    }
    return p;
}

uint8_t pixels_level(const struct pixels *p, double share)
{
    size_t count = (size_t)p->w * p->h;
    uint32_t histogram[256] = {0};
    size_t below = 0;

    for (size_t i = 0; i < count; i++)
        histogram[p->at[i * p->channels]]++;
    for (unsigned v = 0; v < 255; v++) {
        below += histogram[v];
        if ((double)below > share * (double)count)
            return (uint8_t)v;
    }
    return 255;
}

/* Vigna's splitmix64. */
static uint64_t roll(struct dice *dice)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

double dice_between(struct dice *dice, double low, double high)
{
    return low + (high - low) * (double)(roll(dice) >> 11) / 0x1p53;
}

unsigned dice_below(struct dice *dice, unsigned limit)
{
    return (unsigned)(roll(dice) % limit);
}

/* SPDX-License-Identifier: MIT */
#include "samples/scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#define PI           3.14159265358979323846
#define ROWS_A_STRIP 64
#define TABLE_LEVEL  28 /* what lies behind a torn page */
#define BEND_STEPS   12

static uint8_t clamp(double level)
{
    return (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level + 0.5);
}

static uint8_t *pixel(const struct scan *scan, int x, int y)
{
    return scan->rgb + 3 * ((size_t)y * (size_t)scan->size.w + (size_t)x);
}

struct scan *scan_from_sheet(const struct sheet *sheet)
{
    struct scan *scan = calloc(1, sizeof(*scan));
    const unsigned char *data = cairo_image_surface_get_data(sheet->surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(sheet->surface);

    if (scan == NULL)
        return NULL;
    scan->size = sheet->file;
    scan->xres_dpi = scan->yres_dpi = 300;
    scan->tone = TONE_GREY;
    scan->black_below = 140;
    scan->rgb = malloc((size_t)sheet->file.w * (size_t)sheet->file.h * 3);
    if (scan->rgb == NULL) {
        free(scan);
        return NULL;
    }
    cairo_surface_flush(sheet->surface);
    for (int y = 0; y < scan->size.h; y++) {
        for (int x = 0; x < scan->size.w; x++) {
            uint8_t *to = pixel(scan, x, y);
            uint32_t rgb;

            memcpy(&rgb, data + (size_t)y * stride + (size_t)x * 4,
                   sizeof(rgb));
            to[0] = (uint8_t)(rgb >> 16 & 0xff);
            to[1] = (uint8_t)(rgb >> 8 & 0xff);
            to[2] = (uint8_t)(rgb & 0xff);
        }
    }
    return scan;
}

void scan_free(struct scan *scan)
{
    if (scan == NULL)
        return;
    free(scan->rgb);
    free(scan);
}

/* From a point of the file to where its ink was drawn. */
static struct point unbend(const struct curl *c, struct point p)
{
    double from_edge = c->side == GUTTER_LEFT ? p.x : c->size.w - p.x;
    double near = c->reach > 0 ? fmax(1 - from_edge / c->reach, 0) : 0;
    double steep = near * near;
    double down = (p.y - c->size.h / 2.0) / (c->size.h / 2.0);
    double aside = c->squeeze * steep * near;

    return (struct point){p.x + (c->side == GUTTER_LEFT ? -aside : aside),
                          p.y + c->rise * steep + c->fan * steep * down +
                              c->wave * sin(2 * PI * p.x / c->size.w)};
}

/* Where a drawn point is in the file. */
static struct point bend(const void *by, struct point drawn)
{
    const struct curl *c = by;
    struct point at = drawn;

    for (int i = 0; i < BEND_STEPS; i++) {
        struct point back = unbend(c, at);

        at.x += drawn.x - back.x;
        at.y += drawn.y - back.y;
    }
    if (c->scale_x > 0)
        at = (struct point){at.x * c->scale_x, at.y * c->scale_y};
    return at;
}

/* The colour between four pixels; beyond the edge, that of the edge. */
static void sample(const struct scan *scan, struct point p, uint8_t out[3])
{
    double x = fmin(fmax(p.x, 0), scan->size.w - 1.001);
    double y = fmin(fmax(p.y, 0), scan->size.h - 1.001);
    int x0 = (int)x;
    int y0 = (int)y;
    const uint8_t *a = pixel(scan, x0, y0);
    const uint8_t *b = pixel(scan, x0, y0 + 1);

    x -= x0;
    y -= y0;
    for (int i = 0; i < 3; i++)
        out[i] = clamp((1 - y) * ((1 - x) * a[i] + x * a[i + 3]) +
                       y * ((1 - x) * b[i] + x * b[i + 3]));
}

static void tell(struct sheet *sheet, const struct curl *curl)
{
    sheet->bend = bend;
    sheet->bend_by = curl;
}

int scan_curl(struct scan *scan, struct sheet *sheet, struct curl *curl)
{
    struct scan bent = *scan;

    curl->size = scan->size;
    bent.rgb = malloc((size_t)scan->size.w * (size_t)scan->size.h * 3);
    if (bent.rgb == NULL)
        return -1;
    for (int y = 0; y < scan->size.h; y++) {
        for (int x = 0; x < scan->size.w; x++) {
            double from_edge = curl->side == GUTTER_LEFT ? x : scan->size.w - x;
            double near = fmax(1 - from_edge / curl->reach, 0);
            uint8_t *to = pixel(&bent, x, y);

            sample(scan, unbend(curl, (struct point){x, y}), to);
            for (int i = 0; i < 3; i++)
                to[i] = clamp(to[i] * (1 - 0.45 * near * near * near));
        }
    }
    free(scan->rgb);
    scan->rgb = bent.rgb;
    tell(sheet, curl);
    return 0;
}

static void mean_of(const struct scan *scan, struct point lo, struct point hi,
                    uint8_t out[3])
{
    double sums[3] = {0, 0, 0};
    double weights = 0;

    for (int y = (int)lo.y; y < hi.y && y < scan->size.h; y++) {
        double wy = fmin(hi.y, y + 1) - fmax(lo.y, y);

        for (int x = (int)lo.x; x < hi.x && x < scan->size.w; x++) {
            double w = wy * (fmin(hi.x, x + 1) - fmax(lo.x, x));

            for (int i = 0; i < 3; i++)
                sums[i] += w * pixel(scan, x, y)[i];
            weights += w;
        }
    }
    for (int i = 0; i < 3; i++)
        out[i] = clamp(weights > 0 ? sums[i] / weights : 0);
}

int scan_shrink(struct scan *scan, struct sheet *sheet, struct curl *curl,
                double by_x, double by_y)
{
    struct scan small = *scan;

    small.size.w = (int)(scan->size.w * by_x);
    small.size.h = (int)(scan->size.h * by_y);
    small.rgb = malloc((size_t)small.size.w * (size_t)small.size.h * 3);
    if (small.rgb == NULL)
        return -1;
    for (int y = 0; y < small.size.h; y++) {
        for (int x = 0; x < small.size.w; x++)
            mean_of(scan, (struct point){x / by_x, y / by_y},
                    (struct point){(x + 1) / by_x, (y + 1) / by_y},
                    pixel(&small, x, y));
    }
    free(scan->rgb);
    scan->rgb = small.rgb;
    scan->size = small.size;
    scan->xres_dpi *= by_x;
    scan->yres_dpi *= by_y;
    if (curl->size.w == 0)
        curl->size = sheet->file;
    curl->scale_x = by_x;
    curl->scale_y = by_y;
    sheet->file = small.size;
    tell(sheet, curl);
    return 0;
}

void scan_light(struct scan *scan, double share)
{
    for (int y = 0; y < scan->size.h; y++) {
        for (int x = 0; x < scan->size.w; x++) {
            double along = 0.65 * x / scan->size.w + 0.35 * y / scan->size.h;

            for (int i = 0; i < 3; i++)
                pixel(scan, x, y)[i] =
                    clamp(pixel(scan, x, y)[i] * (1 - share * along * along));
        }
    }
}

void scan_grain(struct scan *scan, struct sheet *sheet, double levels)
{
    for (int y = 0; y < scan->size.h; y++) {
        for (int x = 0; x < scan->size.w; x++) {
            double by = sheet_random(sheet, -levels, levels);

            for (int i = 0; i < 3; i++)
                pixel(scan, x, y)[i] = clamp(pixel(scan, x, y)[i] + by);
        }
    }
}

/* Running means of a line of pixels, `step` bytes apart. */
static void blur_line(uint8_t *at, int count, size_t step, int r, uint8_t *line)
{
    for (int i = 0; i < count; i++)
        line[i] = at[(size_t)i * step];
    for (int i = 0, sum = 0, n = 0; i < count + r; i++) {
        sum += i < count ? line[i] : 0;
        n += i < count;
        if (i > 2 * r) {
            sum -= line[i - 2 * r - 1];
            n--;
        }
        if (i >= r)
            at[(size_t)(i - r) * step] = (uint8_t)(sum / n);
    }
}

int scan_blur(struct scan *scan, int r)
{
    int longest = scan->size.w > scan->size.h ? scan->size.w : scan->size.h;
    uint8_t *line = malloc((size_t)longest);

    if (line == NULL)
        return -1;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < 3; i++) {
            for (int y = 0; y < scan->size.h; y++)
                blur_line(pixel(scan, 0, y) + i, scan->size.w, 3, r, line);
            for (int x = 0; x < scan->size.w; x++)
                blur_line(pixel(scan, x, 0) + i, scan->size.h,
                          (size_t)scan->size.w * 3, r, line);
        }
    }
    free(line);
    return 0;
}

int scan_show_through(struct scan *scan, double share)
{
    size_t bytes = (size_t)scan->size.w * (size_t)scan->size.h * 3;
    struct scan back = *scan;

    back.rgb = malloc(bytes);
    if (back.rgb == NULL)
        return -1;
    memcpy(back.rgb, scan->rgb, bytes);
    if (scan_blur(&back, 3) != 0) {
        free(back.rgb);
        return -1;
    }
    for (int y = 0; y < scan->size.h; y++) {
        int from_y = (y + 57) % scan->size.h; /* the back has its own lines */

        for (int x = 0; x < scan->size.w; x++) {
            const uint8_t *from = pixel(&back, scan->size.w - 1 - x, from_y);

            for (int i = 0; i < 3; i++) {
                double dark = share * (220 - from[i]);

                if (dark > 0 && from[i] > 70) /* its border does not show */
                    pixel(scan, x, y)[i] = clamp(pixel(scan, x, y)[i] - dark);
            }
        }
    }
    free(back.rgb);
    return 0;
}

void scan_ring(struct scan *scan, struct sheet *sheet)
{
    static const double stain[3] = {0.35, 0.5, 0.75}; /* light it swallows */
    double cx = sheet_random(sheet, 0.2, 0.8) * scan->size.w;
    double cy = sheet_random(sheet, 0.2, 0.8) * scan->size.h;
    double r = sheet_random(sheet, 380, 520);
    double strength = sheet_random(sheet, 0.35, 0.7);

    for (int y = 0; y < scan->size.h; y++) {
        for (int x = 0; x < scan->size.w; x++) {
            double d = hypot(x - cx, y - cy) - r;
            double turn = atan2(y - cy, x - cx);
            double rim = exp(-d * d / 220) * (0.65 + 0.35 * sin(3 * turn + cx));
            double inside = d < 0 ? 0.12 : 0;

            for (int i = 0; i < 3; i++)
                pixel(scan, x, y)[i] =
                    clamp(pixel(scan, x, y)[i] *
                          (1 - strength * stain[i] * (rim + inside)));
        }
    }
}

void scan_tear(struct scan *scan, struct sheet *sheet, int corner, double reach)
{
    double jag[64];

    for (int i = 0; i < 64; i++)
        jag[i] = sheet_random(sheet, -0.05, 0.05) * reach;
    for (int y = 0; y < scan->size.h; y++) {
        double dy = corner < 2 ? y : scan->size.h - y;

        for (int x = 0; x < scan->size.w; x++) {
            double dx = corner == 0 || corner == 3 ? x : scan->size.w - x;
            int i = (int)(64 * dx / (reach * 1.2)) & 63;

            if (dx + dy < reach + jag[i])
                memset(pixel(scan, x, y), TABLE_LEVEL, 3);
        }
    }
}

static double luma(const uint8_t *rgb)
{
    return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
}

static void spread(struct scan *scan, int x, int y, double error)
{
    if (x >= 0 && x < scan->size.w && y < scan->size.h)
        pixel(scan, x, y)[0] = clamp(pixel(scan, x, y)[0] + error);
}

void scan_dither(struct scan *scan)
{
    for (int y = 0; y < scan->size.h; y++)
        for (int x = 0; x < scan->size.w; x++)
            pixel(scan, x, y)[0] = clamp(luma(pixel(scan, x, y)));
    for (int y = 0; y < scan->size.h; y++) {
        for (int x = 0; x < scan->size.w; x++) {
            uint8_t *at = pixel(scan, x, y);
            double error = at[0] < 128 ? at[0] : at[0] - 255.0;

            memset(at, at[0] < 128 ? 0 : 255, 3);
            spread(scan, x + 1, y, error * 7 / 16);
            spread(scan, x - 1, y + 1, error * 3 / 16);
            spread(scan, x, y + 1, error * 5 / 16);
            spread(scan, x + 1, y + 1, error / 16);
        }
    }
    scan->tone = TONE_BITONAL;
    scan->black_below = 128;
}

void scan_screen(struct scan *scan, double period_px, double angle_rad)
{
    double c = cos(angle_rad) * 2 * PI / period_px;
    double s = sin(angle_rad) * 2 * PI / period_px;

    for (int y = 0; y < scan->size.h; y++) {
        for (int x = 0; x < scan->size.w; x++) {
            uint8_t *at = pixel(scan, x, y);
            double dots = cos(c * x + s * y) * cos(c * y - s * x);
            double beat = 12 * sin(2 * PI * (x * 0.9 + y * 0.4) / 71);

            memset(at, luma(at) + 70 * dots + beat < 142 ? 0 : 255, 3);
        }
    }
    scan->tone = TONE_BITONAL;
    scan->black_below = 128;
}

static void set_tags(TIFF *tiff, const struct scan *scan)
{
    int bitonal = scan->tone == TONE_BITONAL;
    int colour = scan->tone == TONE_COLOUR;

    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, (uint32_t)scan->size.w);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, (uint32_t)scan->size.h);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, bitonal ? 1 : 8);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, colour ? 3 : 1);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, (uint32_t)ROWS_A_STRIP);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, scan->xres_dpi);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, scan->yres_dpi);
    TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
                 bitonal  ? PHOTOMETRIC_MINISWHITE
                 : colour ? PHOTOMETRIC_RGB
                          : PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION,
                 bitonal ? COMPRESSION_CCITTFAX4 : COMPRESSION_LZW);
    if (!bitonal)
        TIFFSetField(tiff, TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
}

static void pack_row(const struct scan *scan, int y, uint8_t *row)
{
    memset(row, 0, (size_t)scan->size.w * 3);
    for (int x = 0; x < scan->size.w; x++) {
        const uint8_t *at = pixel(scan, x, y);

        if (scan->tone == TONE_COLOUR)
            memcpy(row + (size_t)3 * (size_t)x, at, 3);
        else if (scan->tone == TONE_GREY)
            row[x] = clamp(luma(at));
        else if (luma(at) < scan->black_below)
            row[x / 8] |= (uint8_t)(0x80u >> (x % 8));
    }
}

int scan_write(const struct scan *scan, const char *path)
{
    TIFF *tiff = TIFFOpen(path, "wl");
    uint8_t *row = malloc((size_t)scan->size.w * 3);
    int status = tiff == NULL || row == NULL ? -1 : 0;

    if (status == 0)
        set_tags(tiff, scan);
    for (int y = 0; status == 0 && y < scan->size.h; y++) {
        pack_row(scan, y, row);
        if (TIFFWriteScanline(tiff, row, (uint32_t)y, 0) != 1)
            status = -1;
    }
    free(row);
    if (status == 0 && TIFFFlush(tiff) != 1)
        status = -1;
    if (tiff != NULL)
        TIFFClose(tiff);
    return status;
}

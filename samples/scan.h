/* SPDX-License-Identifier: MIT */
/*
 * samples/scan.h - a scanned page in colour, and what goes wrong with one:
 * the book's curl, torn corners, screens and dithering, bad light, stains, a
 * telefax's resolution.
 *
 * Lifecycle: scan_from_sheet -> faults -> scan_write -> scan_free. Faults that
 * move pixels also tell the sheet where its points have gone (sheet->bend),
 * so that the truth written afterwards is that of the file.
 */
#ifndef SAMPLES_SCAN_H
#define SAMPLES_SCAN_H

#include "samples/sheet.h"

/* Curl towards the gutter, in px: lines rise or fall by `rise`, spread by
 * `fan` at top and bottom, and are squeezed by `squeeze`, all within `reach`
 * of the edge; `wave` bends the whole page gently. */
struct curl {
    double reach, rise, fan, squeeze, wave;
    enum { GUTTER_LEFT, GUTTER_RIGHT } side;
    struct size size;        /* of the file, filled in             */
    double scale_x, scale_y; /* then made smaller by this; 0: not  */
};

enum tone { TONE_COLOUR, TONE_GREY, TONE_BITONAL };

struct scan {
    struct size size;
    uint8_t *rgb; /* rows from the top, three bytes a pixel */
    double xres_dpi, yres_dpi;
    enum tone tone;
    int black_below; /* level of a bitonal one             */
};

struct scan *scan_from_sheet(const struct sheet *sheet);
void scan_free(struct scan *scan);

/** Bend the page; curl is borrowed by the sheet. @return 0, -1: no memory */
int scan_curl(struct scan *scan, struct sheet *sheet, struct curl *curl);
/** Make it smaller, unlike across and down; the same rules as scan_curl. */
int scan_shrink(struct scan *scan, struct sheet *sheet, struct curl *curl,
                double by_x, double by_y);

void scan_light(struct scan *scan, double share);
void scan_grain(struct scan *scan, struct sheet *sheet, double levels);
/** A mean over 2 r + 1 pixels each way, twice. @return 0, -1: no memory */
int scan_blur(struct scan *scan, int r);
/** What is printed on the other side. @return 0, -1: no memory */
int scan_show_through(struct scan *scan, double share);
/** A wet cup was put down here. */
void scan_ring(struct scan *scan, struct sheet *sheet);
/** A corner (0 to 3 clockwise from top left) is missing; black lies behind. */
void scan_tear(struct scan *scan, struct sheet *sheet, int corner,
               double reach);
/** Error diffusion (Floyd and Steinberg) to black and white. */
void scan_dither(struct scan *scan);
/** A halftone screen of that period at that angle, then black and white. */
void scan_screen(struct scan *scan, double period_px, double angle_rad);

/** Write as TIFF. @return 0, or -1 when libtiff could not (it says why) */
int scan_write(const struct scan *scan, const char *path);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * ingest/quality_sketch.h - a page seen in passing: while its strips or tiles
 * are decoded for the TIFF check, each is also added to a small grey picture
 * of the page, and a few rows and columns of pixels are kept as they are.
 * What is measured of a page is measured of these, so that memory does not
 * grow with the page and nothing is decoded twice. Private to ingest/.
 *
 *     sketch_begin(...)      once the layout of an image is known
 *     sketch_take(...)       for each decoded block, of a column from the top
 *     sketch_end(...)        upright from here on
 *     sketch_free(...)
 *
 * Until sketch_end everything is as stored; it turns the picture, and swaps or
 * turns round rows and columns, by the Orientation tag (TIFF 6.0 page 36).
 */
#ifndef INGEST_QUALITY_SKETCH_H
#define INGEST_QUALITY_SKETCH_H

#include "ingest/page.h"
#include "ingest/tiff_handle.h"

/* A grey picture, one byte a pixel, 0 = black, rows without padding. */
struct grey {
    uint32_t w, h;
    uint8_t *px;
};

/* Lines of pixels of full size, each `length` bytes, one after the other. */
struct profiles {
    uint32_t count, length;
    uint8_t *px;
};

struct sketch {
    struct grey grey;    /* the longer side is at most SKETCH_SIDE_PX       */
    uint32_t factor;     /* pixels of the master for one of the sketch      */
    struct profiles row; /* every step-th row and column of the page        */
    struct profiles column;
    uint32_t width_px, height_px; /* of the master, upright                 */
    double xres_dpi, yres_dpi;    /* upright; 0 when the file does not say  */
    double res_ratio;             /* as in raster.h, but upright            */
    bool bitonal; /* stored with one bit, or of two levels all the same */
    unsigned orientation; /* that sketch_end applied */
    struct sketching *work;
};

#define SKETCH_SIDE_PX 2400u

/* Of the current image of an open file. *out stays NULL when its pixels cannot
 * be had block by block (Lab, subsampled YCbCr, CMYK in planes). ERR_NOMEM. */
int sketch_begin(TIFF *tif, const struct tiff_layout *layout,
                 struct sketch **out, struct err *err);
void sketch_free(struct sketch *sketch);
DEFINE_CLEANUP(struct sketch, sketch_free)

/* A decoded block whose first pixel is x, y: rows of row_bytes each. What
 * stands beyond the image is not looked at. NULL sketch does nothing. */
struct sketch_block {
    uint32_t x, y, rows;
    unsigned plane; /* which, where they are stored one by one; else 0 */
    size_t row_bytes;
    uint8_t *bytes;
};
void sketch_take(struct sketch *sketch, const struct sketch_block *block);

/* All blocks were taken. ERR_NOMEM. */
int sketch_end(struct sketch *sketch, struct err *err);

/* Where a part of the upright sketch is on the master as it is stored. */
struct finding_box sketch_box_on_master(const struct sketch *sketch,
                                        struct finding_box on_sketch);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * ocr/sheet.h - a page made ready for reading: flipped, turned, its pixels
 * made square, scanner borders and uneven light taken away, levelled, and
 * black on white. The raster is never written to.
 */
#ifndef OCR_SHEET_H
#define OCR_SHEET_H

#include <stdbool.h>

#include "ingest/raster.h"
#include "ocr/pix.h"
#include "ocr/plane.h"

/* Least height of what is counted as a letter, at 300 dpi. */
#define SHEET_LETTER_H 14

struct sheet {
    PIX *ink;                /* 1 bit a pixel, 1 = ink                       */
    PIX *grey;               /* 8 bits, cleaned, level; NULL: no has_grey    */
    PIX *small;              /* 8 bits of grey at RULES_DPI, cleaned, level  */
    struct affine to_master; /* from pixels of ink to pixels of the raster   */
    double dpi;              /* of ink, both ways; 0 when unknown            */
    bool mirrored;           /* as in page_text.h                            */
    int turn_cw_deg;
    double skew_cw_deg; /* applied; 0 when it was not sure          */
    double skew_confidence;
    bool was_bitonal; /* and was made grey to be scaled          */
    bool has_grey;    /* before it was turned: black and white does not gain
                         by it                                  */
    bool enlarged;    /* a small grey picture, made twice as big */
    unsigned marks;   /* components of the size of letters and larger */
    unsigned letters; /* components of the size of letters        */
    unsigned large;   /* those larger than that, yet of a shape as letters */
    double large_h;   /* mean height of these, in pixels of ink   */
};

/* How the file says it is to be looked at. */
struct pose {
    bool mirrored;
    int turn_cw_deg;
};

/* TIFF 6.0 Orientation, 1 to 8, as flip and turn. */
struct pose pose_from_orientation(unsigned orientation);

/* @param steep  clean_grain it; nothing changes when it has no grey
 * ERR_LIBRARY, ERR_NOMEM. The caller calls sheet_fini. */
int sheet_init(struct sheet *sheet, const struct raster *raster,
               struct pose pose, bool steep, struct err *err);
void sheet_fini(struct sheet *sheet);

/**
 * What Tesseract is given of some of a sheet's ink: the grey picture where
 * that ink is and close round it, and white elsewhere. Grey letters keep their
 * edges, and are read better than their threshold.
 *
 * @param grey  8 bits a pixel, the same piece of the sheet as the ink; NULL
 *              when the sheet has none: then the ink is shown
 * @param ink   1 bit a pixel
 */
int sheet_show(PIX *grey, PIX *ink, PIX **out, struct err *err);

static inline void sheet_fini_at(struct sheet *sheet)
{
    sheet_fini(sheet);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * ingest/grey_row.h - a row of decoded samples, whatever their colour model and
 * depth, as grey bytes: for looking at a page in passing, not for reading it
 * (raster.h does that). Private to ingest/.
 */
#ifndef INGEST_GREY_ROW_H
#define INGEST_GREY_ROW_H

#include "ingest/tiff_handle.h"

struct grey_row {
    const struct tiff_layout *layout; /* borrowed                            */
    unsigned plane; /* the one that is looked at, of separate planes         */
    /* Samples that are whole bytes need no conversion: a pixel is the mean of
     * `direct` of them. 0: they go through grey_row_convert. */
    unsigned direct;
    uint8_t *palette;  /* the grey of each value; NULL: there is none       */
    uint64_t *of_byte; /* bitonal: the eight greys of a byte; else NULL      */
};

/* 0 with *known false when rows of this layout cannot be made grey. */
int grey_row_init(struct grey_row *row, TIFF *tif,
                  const struct tiff_layout *layout, bool *known,
                  struct err *err);
void grey_row_fini(struct grey_row *row);
/* count pixels from packed samples to bytes; room for count + 8. */
void grey_row_convert(const struct grey_row *row, const uint8_t *from,
                      size_t count, uint8_t *to);

#endif
